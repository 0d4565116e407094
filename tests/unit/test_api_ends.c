// SPDX-License-Identifier: Apache-2.0
#include "api_lab.h"

#include <stdlib.h>

/* ---- sources ---- */

enum { RECORDS = 500 };

struct reader {
    uint64_t next;
};

static uint64_t position(void *self)
{
    const struct reader *reader = self;

    return reader->next < RECORDS ? reader->next : SNAPSIM_END;
}

/* Every second offset only. */
static uint64_t position_with_gaps(void *self)
{
    uint64_t at = position(self);

    return at == SNAPSIM_END ? at : at * 2;
}

static uint64_t position_too_large(void *self)
{
    uint64_t at = position(self);

    return at == SNAPSIM_END ? at : at + (UINT64_C(1) << 48);
}

static void next(void *self, struct snapsim_record *out, struct snapsim_context *context)
{
    struct reader *reader = self;

    (void)context;
    out->key = snapsim_long((int64_t)(reader->next % 5));
    out->value = snapsim_long((int64_t)reader->next++);
}

static void next_without_moving(void *self, struct snapsim_record *out,
                                struct snapsim_context *context)
{
    (void)self;
    (void)context;
    out->value = snapsim_long(1);
}

static void next_text(void *self, struct snapsim_record *out, struct snapsim_context *context)
{
    next(self, out, context);
    out->value = snapsim_text("x");
}

static bool save(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)checkpoint;
    snapsim_save(context, self, sizeof(struct reader));
    return true;
}

/* Saves where it will be some records later: those are skipped after a restore. */
static bool save_ahead(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct reader later = *(struct reader *)self;

    (void)checkpoint;
    later.next += 7;
    snapsim_save(context, &later, sizeof(later));
    return true;
}

static bool restore(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    (void)context;
    assert_int_equal(bytes, sizeof(struct reader));
    memcpy(self, data, bytes);
    return true;
}

#define SOURCE(NAME, POSITION, NEXT, SNAPSHOT)                                                     \
    {                                                                                              \
        .name = NAME, .role = SNAPSIM_SOURCE, .instance_bytes = sizeof(struct reader),             \
        .position = POSITION, .next = NEXT, .snapshot = SNAPSHOT, .restore = restore               \
    }

static struct snapsim_job *job_of_source(const struct snapsim_operator_type *type)
{
    struct snapsim_job *job = lab_job("source");

    snapsim_job_type(job, type);
    snapsim_job_operator(job, "tested", type->name);
    snapsim_job_option(job, "tested", "parallelism", "2");
    snapsim_job_option(job, "tested", "rate", "2000/s");
    snapsim_job_operator(job, "counts", "count");
    snapsim_job_input(job, "counts", "tested", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "counts", NULL);
    snapsim_job_timeline(job, "{at: 250 ms, crash: \"tested[1]\"}");
    return job;
}

static void sources_are_judged(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        int64_t lost;
        int64_t duplicated;
    } rows[] = {
        {SOURCE("good", position, next, save), 0, 0},
        {SOURCE("gaps", position_with_gaps, next, save), 0, 0},
        {SOURCE("forgets", position, next, NULL), 0, ANY_ABOVE},
        {SOURCE("skips", position, next, save_ahead), 14, 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of_source(&rows[i].type);
        struct snapsim_result *result = lab_run(job, SNAPSIM_VIRTUAL);

        lab_counter(rows[i].type.name, snapsim_result_counter(result, "counts", SNAPSIM_LOST),
                    rows[i].lost);
        lab_counter(rows[i].type.name, snapsim_result_counter(result, "counts", SNAPSIM_DUPLICATED),
                    rows[i].duplicated);
        assert_true(snapsim_result_processed(result, "counts") > 2 * RECORDS - 20);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* Two subtasks with 500 records each at 2000/s in all: half a second. */
static void a_rate_counts_positions(void **unused)
{
    static const struct snapsim_operator_type type = SOURCE("good", position, next, save);
    struct snapsim_job *job = job_of_source(&type);
    struct snapsim_result *result = lab_run(job, SNAPSIM_VIRTUAL);

    (void)unused;
    assert_in_range(snapsim_result_elapsed_ns(result), 499 * 1000000, 700 * 1000000);
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

static void sources_that_break_a_rule_fail(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {SOURCE("stands still", position, next_without_moving, save),
         "next went from position 0 to 0; it must rise"},
        {SOURCE("too large", position_too_large, next, save),
         "position is 281474976710656, at most 2^48 - 2 is possible"},
        {SOURCE("wrong kind", position, next_text, save), "a text where the type declares a long"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of_source(&rows[i].type);
        struct snapsim_error error = {0};

        if (snapsim_job_run(job, NULL, &error) || !strstr(error.message, rows[i].message))
            fail_msg("%s: \"%s\"", rows[i].type.name, error.message);
        snapsim_job_destroy(job);
    }
}

/* ---- sinks ---- */

enum { LINES_MAX = 4096 };

/* One list for each subtask; a part is an attempt. */
struct list {
    struct {
        uint64_t part;
        int64_t key;
        int64_t value;
    } lines[LINES_MAX];
    int count;
};

static struct list lists[2];

static uint64_t append(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct list *list = &lists[snapsim_subtask(context)];
    uint32_t attempt = snapsim_attempt(context);

    (void)self;
    assert_true(list->count < LINES_MAX);
    list->lines[list->count].part = attempt;
    list->lines[list->count].key = in->key.number;
    list->lines[list->count++].value = in->value.number;
    return attempt;
}

static void read_from(struct snapsim_context *context, int skipped, int64_t added,
                      enum snapsim_phase phase)
{
    const struct list *list = &lists[snapsim_subtask(context)];

    for (int i = skipped; i < list->count; i++) {
        if (i == skipped || list->lines[i].part != list->lines[i - 1].part)
            snapsim_part(context, list->lines[i].part, phase);
        snapsim_line(context, snapsim_long(list->lines[i].key),
                     snapsim_long(list->lines[i].value + added));
    }
}

static void read_all(struct snapsim_context *context)
{
    read_from(context, 0, 0, SNAPSIM_VISIBLE);
}

/* A list that loses its first two lines. */
static void read_later_ones(struct snapsim_context *context)
{
    read_from(context, 2, 0, SNAPSIM_VISIBLE);
}

static void read_other_values(struct snapsim_context *context)
{
    read_from(context, 0, 1, SNAPSIM_VISIBLE);
}

static void read_prepared(struct snapsim_context *context)
{
    read_from(context, 0, 0, SNAPSIM_PREPARED);
}

static void read_a_part_twice(struct snapsim_context *context)
{
    snapsim_part(context, 1, SNAPSIM_VISIBLE);
    snapsim_part(context, 1, SNAPSIM_VISIBLE);
}

static void read_without_part(struct snapsim_context *context)
{
    snapsim_line(context, snapsim_long(1), snapsim_long(1));
}

static struct snapsim_job *job_of_sink(const struct snapsim_operator_type *type, const char *crash)
{
    struct snapsim_job *job = lab_job("sink");

    memset(lists, 0, sizeof(lists));
    snapsim_job_type(job, type);
    lab_numbers(job);
    snapsim_job_operator(job, "tested", type->name);
    snapsim_job_option(job, "tested", "parallelism", "2");
    snapsim_job_input(job, "tested", "numbers", "rebalance");
    if (crash)
        snapsim_job_timeline(job, crash);
    return job;
}

#define SINK(NAME, READ)                                                                           \
    {                                                                                              \
        .name = NAME, .role = SNAPSIM_SINK, .write = append, .read = READ                          \
    }

static const char crash[] = "{at: 250 ms, crash: \"tested[0]\"}";

static void sinks_are_judged(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        const char *crash;
        enum snapsim_runtime runtime;
        int64_t lost;
        int64_t duplicated;
    } rows[] = {
        {SINK("no crash", read_all), NULL, SNAPSIM_VIRTUAL, 0, 0},
        {SINK("no crash on threads", read_all), NULL, SNAPSIM_THREADS, 0, 0},
        {SINK("no commit", read_all), crash, SNAPSIM_VIRTUAL, 0, ANY_ABOVE},
        {SINK("nobody reads", NULL), crash, SNAPSIM_VIRTUAL, SNAPSIM_UNJUDGED, SNAPSIM_UNJUDGED},
        {SINK("loses lines", read_later_ones), NULL, SNAPSIM_VIRTUAL, ANY_ABOVE, ANY_ABOVE},
        {SINK("other lines", read_other_values), NULL, SNAPSIM_VIRTUAL, 1000, 1000},
        {SINK("nothing visible", read_prepared), NULL, SNAPSIM_VIRTUAL, 0, 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of_sink(&rows[i].type, rows[i].crash);
        struct snapsim_result *result = lab_run(job, rows[i].runtime);

        lab_counter(rows[i].type.name, snapsim_result_counter(result, "tested", SNAPSIM_LOST),
                    rows[i].lost);
        lab_counter(rows[i].type.name, snapsim_result_counter(result, "tested", SNAPSIM_DUPLICATED),
                    rows[i].duplicated);
        lab_counter(rows[i].type.name,
                    snapsim_result_counter(result, "tested", SNAPSIM_UNCOMMITTED),
                    rows[i].type.read == read_prepared ? 1000
                    : rows[i].type.read                ? 0
                                                       : SNAPSIM_UNJUDGED);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

static void sinks_that_are_read_wrongly_fail(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {SINK("twice", read_a_part_twice), "read tells of part 1 twice"},
        {SINK("no part", read_without_part), "snapsim_line comes after snapsim_part"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of_sink(&rows[i].type, NULL);
        struct snapsim_error error = {0};

        if (snapsim_job_run(job, NULL, &error) || !strstr(error.message, rows[i].message))
            fail_msg("%s: \"%s\"", rows[i].type.name, error.message);
        snapsim_job_destroy(job);
    }
}

/* ---- reading results ---- */

static void count_visits(void *to, uint32_t subtask, struct snapsim_value key,
                         struct snapsim_value value)
{
    int *count = to;

    (void)subtask;
    (void)key;
    (void)value;
    ++*count;
}

static void results_can_be_visited(void **unused)
{
    static const struct snapsim_operator_type type = SOURCE("good", position, next, save);
    struct snapsim_job *job = job_of_source(&type);
    struct snapsim_result *result = lab_run(job, SNAPSIM_VIRTUAL);
    struct snapsim_error error = {0};
    int count = 0;
    struct snapsim_visitor visitor = {count_visits, &count};

    (void)unused;
    assert_true(snapsim_result_state(result, "counts", &visitor, &error));
    assert_int_equal(count, 5);
    count = 0;
    assert_true(snapsim_result_lines(result, "out", &visitor, &error));
    assert_int_equal(count, 2 * RECORDS);
    assert_false(snapsim_result_state(result, "nobody", &visitor, &error));
    assert_string_equal(error.message, "there is no operator \"nobody\"");
    assert_int_equal(snapsim_result_counter(result, "tested", SNAPSIM_LOST), SNAPSIM_UNJUDGED);
    assert_true(snapsim_result_met(result));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

static void numbers_of_checkpoints_are_expected(void **unused)
{
    static const struct {
        const char *completed;
        bool met;
    } rows[] = {{"> 2", true}, {"> 1000", false}};

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = lab_job("numbers");
        struct snapsim_result *result;

        lab_numbers(job);
        snapsim_job_operator(job, "out", "discard");
        snapsim_job_input(job, "out", "numbers", NULL);
        snapsim_job_expect(job, "checkpoints.completed", rows[i].completed);
        result = lab_run(job, SNAPSIM_VIRTUAL);
        assert_int_equal(snapsim_result_met(result), rows[i].met);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

static void files_need_a_directory_on_threads(void **unused)
{
    struct snapsim_job *job = lab_job("files");
    struct snapsim_run_options options = {.runtime = SNAPSIM_THREADS};
    struct snapsim_error error = {0};

    (void)unused;
    lab_numbers(job);
    snapsim_job_operator(job, "out", "file-sink");
    snapsim_job_option(job, "out", "path", "files");
    snapsim_job_input(job, "out", "numbers", NULL);
    assert_null(snapsim_job_run(job, &options, &error));
    assert_string_equal(error.message, "\"out\" writes files: on threads a run needs a directory");
    snapsim_result_destroy(lab_run(job, SNAPSIM_VIRTUAL));
    snapsim_job_destroy(job);
}

/* The first bytes of a file; "" if there is none. */
static const char *beginning(const char *directory, const char *name)
{
    static char text[64];
    char path[256];
    FILE *file;

    memset(text, 0, sizeof(text));
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "r");
    if (file) {
        assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
        fclose(file);
    }
    return text;
}

static void files_are_written(void **unused)
{
    static const enum snapsim_runtime runtimes[] = {SNAPSIM_VIRTUAL, SNAPSIM_THREADS};
    char directory[] = "/tmp/snapsim-api-XXXXXX";
    char trace[64];
    char command[64];

    (void)unused;
    assert_non_null(mkdtemp(directory));
    snprintf(trace, sizeof(trace), "%s/trace.jsonl", directory);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    for (size_t i = 0; i < 2; i++) {
        struct snapsim_job *job = lab_job("files");
        struct snapsim_run_options options = {
            .runtime = runtimes[i], .directory = directory, .trace_path = trace};
        struct snapsim_error error = {0};
        struct snapsim_result *result;
        int count = 0;
        struct snapsim_visitor visitor = {count_visits, &count};

        lab_numbers(job);
        snapsim_job_operator(job, "out", "file-sink");
        snapsim_job_option(job, "out", "path", i == 0 ? "first" : "second");
        snapsim_job_input(job, "out", "numbers", NULL);
        snapsim_job_config(job, "execution.checkpointing.local-backup.enabled", "true");
        result = snapsim_job_run(job, &options, &error);
        if (!result)
            fail_msg("%s", error.message);
        assert_true(snapsim_result_lines(result, "out", &visitor, &error));
        assert_int_equal(count, 1000);
        assert_non_null(strstr(snapsim_result_note(result, 0), "no effect"));
        assert_null(snapsim_result_note(result, 1));
        assert_non_null(strstr(beginning(directory, "trace.jsonl"), "{"));
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_judged),
        cmocka_unit_test(a_rate_counts_positions),
        cmocka_unit_test(sources_that_break_a_rule_fail),
        cmocka_unit_test(sinks_are_judged),
        cmocka_unit_test(sinks_that_are_read_wrongly_fail),
        cmocka_unit_test(results_can_be_visited),
        cmocka_unit_test(files_are_written),
        cmocka_unit_test(numbers_of_checkpoints_are_expected),
        cmocka_unit_test(files_need_a_directory_on_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
