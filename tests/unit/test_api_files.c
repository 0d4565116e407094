// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots in files through snap.h: written where the settings say, told by the result, started
 * from by another run; and what is wrong about that.
 */
#include "api_lab.h"

#include "api_directory.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define U SNAPSIM_UNJUDGED

enum { RECORDS = 500 };

static const char *below(const char *name)
{
    static char paths[4][256];
    static unsigned at;
    char *path = paths[at++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
    return path;
}

/* ---- types of a program ---- */

struct reader {
    uint64_t next;
};

static uint64_t position(void *self)
{
    const struct reader *reader = self;

    return reader->next < RECORDS ? reader->next : SNAPSIM_END;
}

static void next(void *self, struct snapsim_record *out, struct snapsim_context *context)
{
    struct reader *reader = self;

    (void)context;
    out->key = snapsim_long((int64_t)(reader->next % 5));
    out->value = snapsim_long((int64_t)reader->next++);
}

static bool save_reader(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)checkpoint;
    snapsim_save(context, self, sizeof(struct reader));
    return true;
}

static bool restore_reader(void *self, const void *data, size_t bytes,
                           struct snapsim_context *context)
{
    if (bytes != sizeof(struct reader))
        return snapsim_fail(context, "%zu bytes are no position", bytes);
    memcpy(self, data, bytes);
    return true;
}

/* It skips seven records and tells nobody. */
static bool restore_ahead(void *self, const void *data, size_t bytes,
                          struct snapsim_context *context)
{
    bool good = restore_reader(self, data, bytes, context);

    ((struct reader *)self)->next += 7;
    return good;
}

static bool restore_nothing(void *self, const void *data, size_t bytes,
                            struct snapsim_context *context)
{
    (void)self;
    (void)data;
    (void)bytes;
    (void)context;
    return false;
}

#define READER(SNAPSHOT, RESTORE)                                                                  \
    {                                                                                              \
        .name = "reader", .role = SNAPSIM_SOURCE, .instance_bytes = sizeof(struct reader),         \
        .position = position, .next = next, .snapshot = SNAPSHOT, .restore = RESTORE               \
    }

static const struct snapsim_operator_type reader = READER(save_reader, restore_reader);

static void add(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value sum;

    snapsim_state_get(context, &sum);
    snapsim_state_put(context, snapsim_long(sum.number + in->value.number));
}

static const struct snapsim_operator_type adder = {.name = "adder", .keyed = true, .fold = add};

/* Adds up in memory of its own, which a list without keys holds. */
struct table {
    int64_t sums[5];
};

static void add_to_table(void *self, const struct snapsim_record *in,
                         struct snapsim_context *context)
{
    struct table *table = self;

    table->sums[in->key.number] += in->value.number;
    snapsim_emit(context, in->key, snapsim_long(table->sums[in->key.number]));
}

static bool save_table(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)checkpoint;
    snapsim_save(context, self, sizeof(struct table));
    return true;
}

static bool restore_table(void *self, const void *data, size_t bytes,
                          struct snapsim_context *context)
{
    const struct table *from = data;
    struct table *table = self;

    (void)context;
    assert_int_equal(bytes, sizeof(*from));
    for (int key = 0; key < 5; key++)
        table->sums[key] += from->sums[key];
    return true;
}

static void tell_table(void *self, struct snapsim_context *context)
{
    const struct table *table = self;

    for (int key = 0; key < 5; key++)
        if (table->sums[key])
            snapsim_entry(context, snapsim_long(key), snapsim_long(table->sums[key]));
}

static const struct snapsim_operator_type own_table = {.name = "own-table",
                                                       .instance_bytes = sizeof(struct table),
                                                       .process = add_to_table,
                                                       .fold = add,
                                                       .entries = tell_table,
                                                       .snapshot = save_table,
                                                       .restore = restore_table};

/* ---- jobs ---- */

/* tested -> sums -> out, with two subtasks each but for the last. */
static struct snapsim_job *job_of(const struct snapsim_operator_type *source,
                                  const struct snapsim_operator_type *state)
{
    struct snapsim_job *job = lab_job("files");

    snapsim_job_type(job, source);
    snapsim_job_type(job, state);
    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    snapsim_job_operator(job, "tested", source->name);
    snapsim_job_option(job, "tested", "parallelism", "2");
    snapsim_job_option(job, "tested", "rate", "2000/s");
    snapsim_job_operator(job, "sums", state->name);
    snapsim_job_option(job, "sums", "parallelism", "2");
    snapsim_job_input(job, "sums", "tested", state->keyed ? "hash" : "rebalance");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "sums", NULL);
    return job;
}

static struct snapsim_result *run(struct snapsim_job *job, const struct snapsim_run_options *how)
{
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, how, &error);

    if (!result)
        fail_msg("%s\n%s", error.message, snapsim_job_text(job));
    return result;
}

/* A job that was stopped with a savepoint: its directory lies in the result. */
struct taken {
    struct snapsim_job *job;
    struct snapsim_result *result;
    const char *savepoint;
};

static struct taken take(const struct snapsim_operator_type *state, enum snapsim_runtime runtime)
{
    struct taken taken = {.job = job_of(&reader, state)};
    const struct snapsim_run_options how = {.runtime = runtime, .directory = below("first")};

    snapsim_job_timeline(taken.job, "{at: 250 ms, stop-with-savepoint: before}");
    taken.result = run(taken.job, &how);
    assert_non_null(snapsim_result_snapshot(taken.result, 0));
    taken.savepoint = snapsim_result_snapshot(taken.result, 0)->directory;
    return taken;
}

static void give_back(struct taken *taken)
{
    snapsim_result_destroy(taken->result);
    snapsim_job_destroy(taken->job);
}

/* ---- going on ---- */

static void a_job_goes_on_from_files(void **unused)
{
    static const struct snapsim_operator_type forgetful = READER(save_reader, NULL);
    static const struct snapsim_operator_type hasty = READER(save_reader, restore_ahead);
    static const struct {
        const char *name;
        const struct snapsim_operator_type *source;
        const struct snapsim_operator_type *state;
        int64_t lost;
        int64_t duplicated;
        int64_t wrong_state;
    } rows[] = {
        {"state by key", &reader, &adder, 0, 0, 0},
        {"state of its own", &reader, &own_table, 0, 0, U},
        {"begins anew", &forgetful, &adder, 0, ANY_ABOVE, 0},
        {"skips what nobody knows of", &hasty, &adder, 0, 0, 0},
    };

    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct taken taken = take(rows[i].state, (enum snapsim_runtime)runtime);
            const struct snapsim_start start = {.snapshot = taken.savepoint};
            const struct snapsim_run_options how = {.runtime = (enum snapsim_runtime)runtime,
                                                    .directory = below("second"),
                                                    .start = &start};
            struct snapsim_job *job = job_of(rows[i].source, rows[i].state);
            struct snapsim_result *result = run(job, &how);

            lab_counter(rows[i].name, snapsim_result_counter(result, "sums", SNAPSIM_LOST),
                        rows[i].lost);
            lab_counter(rows[i].name, snapsim_result_counter(result, "sums", SNAPSIM_DUPLICATED),
                        rows[i].duplicated);
            lab_counter(rows[i].name, snapsim_result_counter(result, "sums", SNAPSIM_WRONG_STATE),
                        rows[i].wrong_state);
            assert_non_null(strstr(snapsim_result_started_from(result), taken.savepoint));
            assert_null(snapsim_result_started_from(taken.result));
            snapsim_result_destroy(result);
            snapsim_job_destroy(job);
            give_back(&taken);
        }
}

/* Sums of what both runs took: the second one began where the first had stopped. */
static void add_sum(void *to, uint32_t subtask, struct snapsim_value key,
                    struct snapsim_value value)
{
    int64_t *sum = to;

    (void)subtask;
    (void)key;
    *sum += value.number;
}

static void restored_state_is_there(void **unused)
{
    struct taken taken = take(&own_table, SNAPSIM_VIRTUAL);
    const struct snapsim_start start = {.snapshot = taken.savepoint};
    const struct snapsim_run_options how = {.start = &start};
    struct snapsim_job *job = job_of(&reader, &own_table);
    struct snapsim_result *result = run(job, &how);
    struct snapsim_error error = {0};
    int64_t sum = 0;

    (void)unused;
    assert_true(
        snapsim_result_state(result, "sums", &(struct snapsim_visitor){add_sum, &sum}, &error));
    assert_int_equal(sum, 2 * (RECORDS * (RECORDS - 1) / 2));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    give_back(&taken);
}

static void settings_name_the_snapshot_as_well(void **unused)
{
    struct taken taken = take(&adder, SNAPSIM_VIRTUAL);
    static const struct snapsim_start as_set = {.snapshot = NULL};
    static const struct snapsim_start other = {.snapshot = "/nowhere"};
    const struct {
        const struct snapsim_start *start;
        bool runs;
    } rows[] = {{NULL, true}, {&as_set, true}, {&other, false}};

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct snapsim_run_options how = {.start = rows[i].start};
        struct snapsim_job *job = job_of(&reader, &adder);
        struct snapsim_error error = {0};
        struct snapsim_result *result;

        snapsim_job_config(job, "execution.state-recovery.path", taken.savepoint);
        result = snapsim_job_run(job, &how, &error);
        assert_int_equal(result != NULL, rows[i].runs);
        assert_int_equal(snapsim_job_check_run(job, &how, &error), rows[i].runs);
        if (result)
            lab_counter("set", snapsim_result_counter(result, NULL, SNAPSIM_DUPLICATED), 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
    give_back(&taken);
}

/* ---- a sink that commits in two phases, in a store that outlives runs ---- */

enum { PARTS = 64, PART_LINES = 256 };

static struct {
    struct {
        int64_t lines[PART_LINES][2];
        int count;
        int64_t checkpoint; /* that closed it; 0: open */
        bool visible;
    } parts[PARTS];
    int count;
} store;

struct writer {
    int part; /* the open one, counted from 1; 0: none */
};

static uint64_t write_line(void *self, const struct snapsim_record *in,
                           struct snapsim_context *context)
{
    struct writer *writer = self;
    int part;

    (void)context;
    if (!writer->part)
        writer->part = ++store.count;
    assert_true(store.count <= PARTS);
    part = writer->part - 1;
    assert_true(store.parts[part].count < PART_LINES);
    store.parts[part].lines[store.parts[part].count][0] = in->key.number;
    store.parts[part].lines[store.parts[part].count++][1] = in->value.number;
    return (uint64_t)part;
}

static bool prepare(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct writer *writer = self;

    if (writer->part)
        store.parts[writer->part - 1].checkpoint = checkpoint;
    writer->part = 0;
    for (int i = 0; i < store.count; i++)
        if (store.parts[i].checkpoint > 0 && !store.parts[i].visible)
            snapsim_save(context, &i, sizeof(i));
    return true;
}

static bool commit(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)self;
    (void)context;
    for (int i = 0; i < store.count; i++)
        if (store.parts[i].checkpoint > 0 && store.parts[i].checkpoint <= checkpoint)
            store.parts[i].visible = true;
    return true;
}

static bool commit_again(void *self, const void *data, size_t bytes,
                         struct snapsim_context *context)
{
    int part;

    (void)self;
    (void)context;
    assert_int_equal(bytes, sizeof(part));
    memcpy(&part, data, bytes);
    store.parts[part].visible = true;
    return true;
}

static void read_store(struct snapsim_context *context)
{
    for (int i = 0; i < store.count; i++) {
        snapsim_part(context, (uint64_t)i,
                     store.parts[i].visible          ? SNAPSIM_VISIBLE
                     : store.parts[i].checkpoint > 0 ? SNAPSIM_PREPARED
                                                     : SNAPSIM_IN_PROGRESS);
        for (int l = 0; l < store.parts[i].count; l++)
            snapsim_line(context, snapsim_long(store.parts[i].lines[l][0]),
                         snapsim_long(store.parts[i].lines[l][1]));
    }
}

static const struct snapsim_operator_type two_phases = {.name = "two-phases",
                                                        .role = SNAPSIM_SINK,
                                                        .instance_bytes = sizeof(struct writer),
                                                        .write = write_line,
                                                        .read = read_store,
                                                        .snapshot = prepare,
                                                        .confirmed = commit,
                                                        .restore = commit_again};

static struct snapsim_job *job_of_store(void)
{
    struct snapsim_job *job = lab_job("store");

    snapsim_job_type(job, &reader);
    snapsim_job_type(job, &two_phases);
    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    snapsim_job_operator(job, "tested", "reader");
    snapsim_job_option(job, "tested", "rate", "1000/s");
    snapsim_job_operator(job, "out", "two-phases");
    snapsim_job_input(job, "out", "tested", NULL);
    return job;
}

static void what_an_earlier_run_prepared_is_committed(void **unused)
{
    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++) {
        struct snapsim_job *first = job_of_store();
        struct snapsim_job *second = job_of_store();
        struct snapsim_run_options how = {.runtime = (enum snapsim_runtime)runtime,
                                          .directory = below("two-phases")};
        struct snapsim_start start = {.snapshot = NULL};
        struct snapsim_result *taken;
        struct snapsim_result *result;
        int visible = 0;

        memset(&store, 0, sizeof(store));
        snapsim_job_timeline(first, "{at: 250 ms, cancel-with-savepoint: before}");
        taken = run(first, &how);
        assert_true(snapsim_result_counter(taken, "out", SNAPSIM_UNCOMMITTED) > 0);
        start.snapshot = snapsim_result_snapshot(taken, 0)->directory;
        how.start = &start;
        result = run(second, &how);
        for (int i = 0; i < store.count; i++)
            visible += store.parts[i].visible ? store.parts[i].count : 0;
        assert_int_equal(visible, RECORDS);
        lab_counter("lost", snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        lab_counter("duplicated", snapsim_result_counter(result, "out", SNAPSIM_DUPLICATED), 0);
        lab_counter("uncommitted", snapsim_result_counter(result, "out", SNAPSIM_UNCOMMITTED), 0);
        snapsim_result_destroy(result);
        snapsim_result_destroy(taken);
        snapsim_job_destroy(second);
        snapsim_job_destroy(first);
    }
}

/* The same within one run. */
static void a_sink_is_read_once_however_often_the_job_starts(void **unused)
{
    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++) {
        const struct snapsim_run_options how = {.runtime = (enum snapsim_runtime)runtime,
                                                .directory = below("once")};
        struct snapsim_job *job = job_of_store();
        struct snapsim_result *result;

        memset(&store, 0, sizeof(store));
        snapsim_job_timeline(job, "{at: 250 ms, cancel-with-savepoint: before}");
        snapsim_job_timeline(job, "{at: 300 ms, restart-from: before}");
        result = run(job, &how);
        lab_counter("lost", snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        lab_counter("duplicated", snapsim_result_counter(result, "out", SNAPSIM_DUPLICATED), 0);
        lab_counter("uncommitted", snapsim_result_counter(result, "out", SNAPSIM_UNCOMMITTED), 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* ---- snapshots that are left ---- */

static bool exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

static void a_run_tells_what_it_left(void **unused)
{
    struct snapsim_job *job = job_of(&reader, &adder);
    const struct snapsim_run_options how = {.directory = below("left")};
    struct snapsim_result *result;
    const struct snapsim_snapshot *snapshot;

    (void)unused;
    snapsim_job_config(job, "execution.checkpointing.dir", "checkpoints");
    snapsim_job_config(job, "execution.checkpointing.num-retained", "2");
    snapsim_job_set(job, "until", "450 ms");
    snapsim_job_timeline(job, "{at: 150 ms, savepoint: early}");
    snapsim_job_timeline(job, "{at: 250 ms, savepoint: elsewhere/}");
    result = run(job, &how);
    for (uint32_t i = 0; i < 4; i++) {
        snapshot = snapsim_result_snapshot(result, i);
        assert_non_null(snapshot);
        assert_int_equal(snapshot->is_savepoint, i < 2);
        assert_true(exists(snapshot->directory) && snapshot->directory[0] == '/');
    }
    assert_null(snapsim_result_snapshot(result, 4));
    assert_string_equal(snapsim_result_snapshot(result, 0)->name, "early");
    assert_non_null(strstr(snapsim_result_snapshot(result, 1)->directory, "/elsewhere/"));
    assert_non_null(strstr(snapshot->directory, "/chk-"));
    assert_null(snapshot->name);
    assert_true(snapshot->id > 3);
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

/* Without a directory of the run relative ones are in memory: nobody can start from those. */
static void what_is_in_memory_is_not_told(void **unused)
{
    struct snapsim_job *job = job_of(&reader, &adder);
    struct snapsim_result *result;
    char action[300];

    (void)unused;
    snprintf(action, sizeof(action), "{at: 200 ms, savepoint: \"%s/\"}", below("absolute"));
    snapsim_job_timeline(job, "{at: 150 ms, savepoint: in-memory}");
    snapsim_job_timeline(job, action);
    result = run(job, NULL);
    assert_non_null(snapsim_result_snapshot(result, 0));
    assert_true(exists(snapsim_result_snapshot(result, 0)->directory));
    assert_null(snapsim_result_snapshot(result, 1));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

static void a_claimed_snapshot_goes(void **unused)
{
    static const struct {
        enum snapsim_claim_mode claim;
        const char *set;
        bool stays;
    } rows[] = {
        {SNAPSIM_CLAIM, "NO_CLAIM", false},       {SNAPSIM_NO_CLAIM, "CLAIM", true},
        {SNAPSIM_LEGACY, "CLAIM", true},          {SNAPSIM_CLAIM_AS_SET, "CLAIM", false},
        {SNAPSIM_CLAIM_AS_SET, "NO_CLAIM", true},
    };

    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct taken taken = take(&adder, SNAPSIM_VIRTUAL);
            const struct snapsim_start start = {.snapshot = taken.savepoint,
                                                .claim = rows[i].claim};
            const struct snapsim_run_options how = {.runtime = (enum snapsim_runtime)runtime,
                                                    .directory = below("claims"),
                                                    .start = &start};
            struct snapsim_job *job = job_of(&reader, &adder);

            snapsim_job_config(job, "execution.state-recovery.claim-mode", rows[i].set);
            snapsim_job_config(job, "execution.checkpointing.dir", "checkpoints");
            snapsim_result_destroy(run(job, &how));
            if (exists(taken.savepoint) != rows[i].stays)
                fail_msg("row %zu: the snapshot %s", i, rows[i].stays ? "is gone" : "stays");
            snapsim_job_destroy(job);
            give_back(&taken);
        }
}

static void dropped_state_is_told(void **unused)
{
    struct taken taken = take(&adder, SNAPSIM_VIRTUAL);
    const struct snapsim_start start = {.snapshot = taken.savepoint, .allow_non_restored = true};
    const struct snapsim_run_options how = {.start = &start};
    struct snapsim_job *job = lab_job("other");
    struct snapsim_result *result;

    (void)unused;
    snapsim_job_type(job, &reader);
    snapsim_job_operator(job, "tested", "reader");
    snapsim_job_option(job, "tested", "parallelism", "2");
    snapsim_job_operator(job, "out", "discard");
    snapsim_job_input(job, "out", "tested", NULL);
    result = run(job, &how);
    assert_non_null(strstr(snapsim_result_started_from(result), "\n"));
    assert_non_null(strstr(snapsim_result_started_from(result), "sums"));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    give_back(&taken);
}

/* What was found in a file that is damaged while the job runs. */
static void what_became_of_files_is_a_note(void **unused)
{
    struct snapsim_job *job = job_of(&reader, &adder);
    const struct snapsim_run_options how = {.directory = below("damaged")};
    struct snapsim_result *result;
    bool told = false;

    (void)unused;
    snapsim_job_config(job, "execution.checkpointing.dir", "checkpoints");
    snapsim_job_timeline(job, "{when: checkpoint 2 completed, corrupt: {checkpoint: latest, "
                              "subtask: \"sums[0]\", file: torn}}");
    snapsim_job_timeline(job, "{when: checkpoint 2 completed, crash: \"tested[0]\"}");
    snapsim_job_expect(job, "job", "FAILED");
    result = run(job, &how);
    for (uint32_t i = 0; snapsim_result_note(result, i); i++)
        told = told || strstr(snapsim_result_note(result, i), "/chk-2");
    assert_true(told);
    assert_string_equal(snapsim_result_status(result), "FAILED");
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

/* ---- what is wrong ---- */

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void starts_that_cannot_be_are_refused(void **unused)
{
    static const char *const relocations[] = {"nowhere", NULL};
    struct taken taken = take(&adder, SNAPSIM_VIRTUAL);
    char no_metadata[256];
    const struct {
        const char *name;
        struct snapsim_start start;
        enum snapsim_error_code code;
        const char *message;
    } rows[] = {
        {"nothing set", {.snapshot = NULL}, SNAPSIM_ERROR_USAGE, "which snapshot?"},
        {"empty", {.snapshot = ""}, SNAPSIM_ERROR_USAGE, "is empty"},
        {"nowhere", {.snapshot = "/nowhere/at/all"}, SNAPSIM_ERROR_RESTORE, "/nowhere/at/all"},
        {"a directory", {.snapshot = directory}, SNAPSIM_ERROR_RESTORE, "_metadata"},
        {"a text", {.snapshot = no_metadata}, SNAPSIM_ERROR_RESTORE, "empty.txt"},
        {"s3", {.snapshot = "s3://bucket/savepoint"}, SNAPSIM_ERROR_RESTORE, "s3://"},
        {"claim",
         {.snapshot = taken.savepoint, .claim = (enum snapsim_claim_mode)9},
         SNAPSIM_ERROR_USAGE,
         "no claim mode 9"},
        {"relocate",
         {.snapshot = taken.savepoint, .relocate = relocations},
         SNAPSIM_ERROR_USAGE,
         "FROM=TO is expected"},
    };

    (void)unused;
    snprintf(no_metadata, sizeof(no_metadata), "%s/empty.txt", directory);
    write_text(no_metadata, "no metadata at all");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct snapsim_run_options how = {.directory = below("refused"),
                                                .start = &rows[i].start};
        struct snapsim_job *job = job_of(&reader, &adder);
        struct snapsim_error error = {0};

        if (snapsim_job_run(job, &how, &error) || error.code != rows[i].code ||
            !strstr(error.message, rows[i].message))
            fail_msg("%s: %d \"%s\"", rows[i].name, (int)error.code, error.message);
        memset(&error, 0, sizeof(error));
        if (snapsim_job_check_run(job, &how, &error) || error.code != rows[i].code)
            fail_msg("%s, checked: %d \"%s\"", rows[i].name, (int)error.code, error.message);
        assert_false(exists(how.directory));
        snapsim_job_destroy(job);
    }
    give_back(&taken);
}

/* A job of `type` alone, as "tested", with what else the row says. */
static struct snapsim_job *job_of_one(const struct snapsim_operator_type *type, const char *count)
{
    struct snapsim_job *job = lab_job("one");

    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    if (type)
        snapsim_job_type(job, type);
    snapsim_job_operator(job, "tested", type ? type->name : "sequence");
    snapsim_job_option(job, "tested", "parallelism", count);
    if (!type)
        snapsim_job_option(job, "tested", "count", "900");
    snapsim_job_option(job, "tested", "rate", "2000/s");
    snapsim_job_operator(job, "out", "discard");
    snapsim_job_input(job, "out", "tested", NULL);
    return job;
}

/* From `first` with two subtasks to `second` with so many, in files. */
static void jobs_that_do_not_fit_are_refused(void **unused)
{
    static const struct snapsim_operator_type clumsy = READER(save_reader, restore_nothing);
    static const struct {
        const char *name;
        const struct snapsim_operator_type *first;
        const struct snapsim_operator_type *second;
        const char *parallelism;
        const char *message; /* NULL: it runs */
    } rows[] = {
        {"the same", &reader, &reader, "2", NULL},
        {"more subtasks", &reader, &reader, "3", "so it keeps its parallelism"},
        {"fewer subtasks", &reader, &reader, "1", "had 2 subtasks in the snapshot and has 1"},
        {"splits for a place", NULL, &reader, "2", NULL},
        {"a place for splits", &reader, NULL, "2", NULL},
        {"restore fails", &reader, &clumsy, "2", "tested["},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of_one(rows[i].first, "2");
        struct snapsim_job *other = job_of_one(rows[i].second, rows[i].parallelism);
        const struct snapsim_run_options at = {.directory = below("fit")};
        struct snapsim_start start = {.snapshot = NULL};
        const struct snapsim_run_options how = {.start = &start};
        struct snapsim_error error = {0};
        struct snapsim_result *taken;
        struct snapsim_result *result;

        snapsim_job_timeline(job, "{at: 150 ms, stop-with-savepoint: before}");
        taken = run(job, &at);
        start.snapshot = snapsim_result_snapshot(taken, 0)->directory;
        result = snapsim_job_run(other, &how, &error);
        if ((result != NULL) != (rows[i].message == NULL) ||
            (rows[i].message && !strstr(error.message, rows[i].message)))
            fail_msg("%s: \"%s\"", rows[i].name, error.message);
        snapsim_result_destroy(result);
        snapsim_result_destroy(taken);
        snapsim_job_destroy(other);
        snapsim_job_destroy(job);
    }
}

static void a_source_keeps_its_parallelism_in_one_run_too(void **unused)
{
    struct snapsim_job *job = job_of_one(&reader, "2");
    struct snapsim_error error = {0};

    (void)unused;
    snapsim_job_timeline(job, "{at: 150 ms, stop-with-savepoint: before}");
    snapsim_job_timeline(job, "{at: 300 ms, restart-from: before, set: {tested.parallelism: 3}}");
    assert_false(snapsim_job_check(job, &error));
    assert_non_null(strstr(error.message, "so it keeps its parallelism"));
    snapsim_job_destroy(job);
}

static void what_writes_files_needs_a_directory_on_threads(void **unused)
{
    struct taken taken = take(&adder, SNAPSIM_VIRTUAL);
    const struct snapsim_start claim = {.snapshot = taken.savepoint, .claim = SNAPSIM_CLAIM};
    const struct {
        const char *key;
        const char *value;
        const struct snapsim_start *start;
        const char *message;
    } rows[] = {
        {"execution.checkpointing.dir", "x", NULL, "it writes snapshots: on threads"},
        {"execution.checkpointing.savepoint-dir", "null", &claim, "it claims a snapshot: on"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct snapsim_run_options how = {.runtime = SNAPSIM_THREADS, .start = rows[i].start};
        struct snapsim_job *job = lab_job("threads");
        struct snapsim_error error = {0};

        snapsim_job_type(job, &reader);
        snapsim_job_type(job, &adder);
        snapsim_job_config(job, rows[i].key, rows[i].value);
        snapsim_job_operator(job, "tested", "reader");
        snapsim_job_option(job, "tested", "parallelism", "2");
        snapsim_job_operator(job, "sums", "adder");
        snapsim_job_input(job, "sums", "tested", "hash");
        snapsim_job_operator(job, "out", "collect");
        snapsim_job_input(job, "out", "sums", NULL);
        if (snapsim_job_run(job, &how, &error) || !strstr(error.message, rows[i].message))
            fail_msg("row %zu: \"%s\"", i, error.message);
        snapsim_job_destroy(job);
    }
    give_back(&taken);
}

static void nothing_is_no_crash(void **unused)
{
    struct snapsim_job *jobs[] = {snapsim_job_create(NULL), snapsim_job_load(NULL),
                                  snapsim_job_parse("name", NULL), lab_job("no type")};
    struct snapsim_job *job = job_of_one(&reader, "1");
    const struct snapsim_run_options no_directory = {.directory = ""};
    struct snapsim_error error = {0};
    struct snapsim_result *result = run(job, NULL);

    (void)unused;
    snapsim_job_type(jobs[3], NULL);
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        memset(&error, 0, sizeof(error));
        assert_false(snapsim_job_check(jobs[i], &error));
        assert_int_equal(error.code, SNAPSIM_ERROR_USAGE);
        assert_int_not_equal(error.message[0], '\0');
        assert_null(snapsim_job_run(jobs[i], NULL, NULL));
        snapsim_job_destroy(jobs[i]);
    }
    assert_null(snapsim_job_run(job, &no_directory, &error));
    assert_false(snapsim_result_state(result, NULL, NULL, &error));
    assert_false(snapsim_result_lines(result, "out", NULL, &error));
    assert_null(snapsim_result_snapshot(result, 0));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_goes_on_from_files),
        cmocka_unit_test(restored_state_is_there),
        cmocka_unit_test(settings_name_the_snapshot_as_well),
        cmocka_unit_test(what_an_earlier_run_prepared_is_committed),
        cmocka_unit_test(a_sink_is_read_once_however_often_the_job_starts),
        cmocka_unit_test(a_run_tells_what_it_left),
        cmocka_unit_test(what_is_in_memory_is_not_told),
        cmocka_unit_test(a_claimed_snapshot_goes),
        cmocka_unit_test(dropped_state_is_told),
        cmocka_unit_test(what_became_of_files_is_a_note),
        cmocka_unit_test(starts_that_cannot_be_are_refused),
        cmocka_unit_test(jobs_that_do_not_fit_are_refused),
        cmocka_unit_test(a_source_keeps_its_parallelism_in_one_run_too),
        cmocka_unit_test(what_writes_files_needs_a_directory_on_threads),
        cmocka_unit_test(nothing_is_no_crash),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
