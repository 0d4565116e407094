// SPDX-License-Identifier: Apache-2.0
/*
 * snapshots.c: what a snapshot of a million keys takes: its synchronous part, and with RocksDB a
 * checkpoint of what has changed, as a share of the first one, which has everything.
 */
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "bench/bench.h"
#include "operators/classes.h"
#include "state/keyed_copy.h"
#include "state/keyed_list.h"
#include "state/scoped_table.h"
#include "storage/rocksdb.h"
#include "storage/snapshot_write.h"

enum { KEYS = 1000000, GROUPS = 128 };

static const struct snap_state_spec specs[] = {{.name = "count", .shape = SNAP_SHAPE_VALUE}};
static const struct snap_state_specs states = {.items = specs, .count = 1};

/* One subtask of one operator, and its checkpoints in memory. */
struct lab {
    struct snap_arena arena;
    struct snap_fs *fs;
    struct snap_rocksdb_states *databases;
    struct snap_operator op;
    struct snap_keyed_state count;
    snap_checkpoint_id id;
};

/* Of a checkpoint. */
struct cost {
    double seconds;
    double bytes; /* of new files that checkpoints share */
};

static void start(struct lab *lab)
{
    const struct snap_keyed_state_options options = {
        .name = "count",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .parallelism = {1, GROUPS},
    };

    memset(lab, 0, sizeof(*lab));
    snap_arena_init(&lab->arena);
    lab->fs = snap_fs_memory_create(NULL);
    lab->databases = snap_rocksdb_states_create(1);
    lab->op = (struct snap_operator){
        .type = &snap_count_class.type, .uid = "count", .schema = options.schema};
    lab->op.id = snap_operator_id_of_uid("count", 5);
    snap_keyed_state_init(&lab->count, &lab->arena, &options);
    for (int64_t i = 0; i < KEYS; i++)
        snap_keyed_state_obtain(&lab->count, (union snap_value){.number = i})->number = i;
}

static void stop(struct lab *lab)
{
    snap_rocksdb_states_destroy(lab->databases);
    snap_fs_destroy(lab->fs);
    snap_arena_fini(&lab->arena);
}

/* Keys from all over the table. */
static void change(struct lab *lab, uint32_t percent)
{
    for (int64_t i = 0; i < KEYS; i++)
        if (snap_mix64((uint64_t)i) % 100 < percent)
            snap_keyed_state_obtain(&lab->count, (union snap_value){.number = i})->number += KEYS;
}

static double new_bytes(const struct lab *lab)
{
    double bytes = 0;
    uint32_t count;
    const struct snap_shared_file *shared = snap_rocksdb_states_shared(lab->databases, &count);

    for (uint32_t i = 0; i < count; i++) {
        struct snap_text text = {0};
        struct snap_error error = {0};

        if (!shared[i].is_new || shared[i].is_own)
            continue;
        SNAP_CHECK(lab->fs->read(lab->fs, shared[i].path, &text, &error));
        bytes += (double)text.length;
        snap_text_fini(&text);
    }
    return bytes;
}

static struct cost checkpoint(struct lab *lab)
{
    struct snap_operator_state state = {0};
    struct snap_image_subtask subtask = {.is_taken = true, .state = &state};
    struct snap_image_operator counter = {.id = lab->op.id,
                                          .uid = "count",
                                          .name = "count",
                                          .parallelism = 1,
                                          .max_parallelism = GROUPS,
                                          .op = &lab->op,
                                          .states = &states,
                                          .subtasks = &subtask};
    struct snap_image image = {
        .id = ++lab->id, .kind = SNAP_KIND_CHECKPOINT, .operators = &counter, .operator_count = 1};
    struct snap_rocksdb_writing rocksdb = {lab->databases, true, {"job/shared", "file:job/shared"}};
    struct snap_snapshot_writing how = {
        .fs = lab->fs,
        .directory = snap_arena_printf(&lab->arena, "job/chk-%d", (int)lab->id),
        .version = SNAP_FLINK_2_3,
        .seed = snap_mix64((uint64_t)lab->id),
        .rocksdb = &rocksdb};
    struct snap_error error = {0};
    struct cost cost;
    double begin;

    snap_operator_state_add_keyed(&state, &lab->arena,
                                  snap_keyed_state_snapshot(&lab->count, &lab->arena));
    begin = snap_bench_seconds();
    SNAP_CHECK(snap_snapshot_write(&image, &how, NULL, &error));
    cost.seconds = snap_bench_seconds() - begin;
    cost.bytes = new_bytes(lab);
    snap_rocksdb_states_confirm(lab->databases);
    return cost;
}

/* What a checkpoint behind changes of so many percent costs, beside one of everything. */
static struct cost measure(uint32_t percent)
{
    struct lab lab;
    struct cost full, cost;

    if (!snap_rocksdb_version())
        return (struct cost){0, 0};
    start(&lab);
    SNAP_CHECK(lab.fs->make_dirs(lab.fs, "job/shared", &(struct snap_error){0}));
    full = checkpoint(&lab);
    change(&lab, percent);
    cost = checkpoint(&lab);
    stop(&lab);
    return (struct cost){100 * cost.seconds / full.seconds, 100 * cost.bytes / full.bytes};
}

double snap_bench_incremental_time(const struct snap_bench_pipeline *pipeline)
{
    return measure(pipeline->keys).seconds;
}

double snap_bench_incremental_bytes(const struct snap_bench_pipeline *pipeline)
{
    return measure(pipeline->keys).bytes;
}

/* Takes a snapshot of the table, and measures one part of that. */
struct taking {
    struct lab lab;
    struct snap_operator_state state;
    double seconds[3];
    int64_t changes; /* until all was copied in passing */
};

enum { SYNC, COPYING, ORDERING };

static void freeze(struct taking *taking, struct snap_arena *arena)
{
    double begin = snap_bench_seconds();
    const struct snap_keyed_snapshot *keyed = snap_keyed_state_freeze(&taking->lab.count, arena);

    taking->seconds[SYNC] = snap_bench_seconds() - begin;
    SNAP_CHECK(keyed->copy);
    snap_operator_state_add_keyed(&taking->state, arena, keyed);
}

/* Keys from all over the table change until none is left to be copied. */
static void change_all(struct taking *taking)
{
    int64_t i;

    for (i = 0; taking->lab.count.copy; i++) {
        int64_t key = (int64_t)(snap_mix64((uint64_t)i) % KEYS);

        snap_keyed_state_obtain(&taking->lab.count, (union snap_value){.number = key})->number++;
    }
    taking->changes = i;
}

static void take(struct taking *taking, bool changes)
{
    struct snap_arena arena = {0};
    double begin;

    memset(taking, 0, sizeof(*taking));
    start(&taking->lab);
    freeze(taking, &arena);
    begin = snap_bench_seconds();
    if (changes)
        change_all(taking);
    snap_keyed_copies_finish(&taking->state);
    taking->seconds[COPYING] = snap_bench_seconds() - begin;
    begin = snap_bench_seconds();
    snap_keyed_copies_order(&taking->state, &arena);
    taking->seconds[ORDERING] = snap_bench_seconds() - begin;
    snap_arena_fini(&arena);
    stop(&taking->lab);
}

/* What processing waits for. Milliseconds. */
double snap_bench_snapshot_sync(const struct snap_bench_pipeline *unused)
{
    struct taking taking;

    (void)unused;
    take(&taking, false);
    return 1000 * taking.seconds[SYNC];
}

/* What a task that changed nothing does at once when it acknowledges. Milliseconds. */
double snap_bench_snapshot_finish(const struct snap_bench_pipeline *unused)
{
    struct taking taking;

    (void)unused;
    take(&taking, false);
    return 1000 * taking.seconds[COPYING];
}

/* What the JobManager does. Milliseconds. */
double snap_bench_snapshot_order(const struct snap_bench_pipeline *unused)
{
    struct taking taking;

    (void)unused;
    take(&taking, false);
    return 1000 * taking.seconds[ORDERING];
}

double snap_bench_snapshot_change(const struct snap_bench_pipeline *unused)
{
    struct taking taking;

    (void)unused;
    take(&taking, true);
    return 1e9 * taking.seconds[COPYING] / (double)taking.changes;
}

/* A million windows, or a list of one value a key: the tables whose items go and come again. */
static double freeze_scoped(void)
{
    const struct snap_scoped_options options = {.key_kind = SNAP_VALUE_LONG,
                                                .parallelism = {1, GROUPS}};
    struct snap_arena attempt = {0}, arena = {0};
    struct snap_scoped_table table;
    struct snap_scoped_snapshot taken;
    double begin, seconds;

    snap_scoped_table_init(&table, &attempt, &options);
    for (int64_t i = 0; i < KEYS; i++) {
        const struct snap_scope scope = {.key.number = i, .start_ms = 0, .end_ms = 1000};

        snap_scoped_table_cell(&table, snap_scoped_table_insert(&table, &scope))->value = i;
    }
    begin = snap_bench_seconds();
    taken = snap_scoped_table_freeze(&table, &arena, "windows");
    seconds = snap_bench_seconds() - begin;
    SNAP_CHECK(taken.frozen);
    snap_frozen_abandon(taken.frozen);
    snap_arena_fini(&arena);
    snap_arena_fini(&attempt);
    return seconds;
}

static double freeze_list(void)
{
    const struct snap_keyed_state_options options = {
        .name = "list",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .parallelism = {1, GROUPS},
    };
    struct snap_arena attempt = {0}, arena = {0};
    struct snap_keyed_list list;
    struct snap_keyed_snapshot taken;
    double begin, seconds;

    snap_keyed_list_init(&list, &attempt, &options);
    for (int64_t i = 0; i < KEYS; i++)
        snap_keyed_list_add(&list, (union snap_value){.number = i},
                            (union snap_value){.number = i});
    begin = snap_bench_seconds();
    taken = snap_keyed_list_freeze(&list, &arena);
    seconds = snap_bench_seconds() - begin;
    SNAP_CHECK(taken.frozen);
    snap_frozen_abandon(taken.frozen);
    snap_arena_fini(&arena);
    snap_arena_fini(&attempt);
    return seconds;
}

double snap_bench_snapshot_sync_windows(const struct snap_bench_pipeline *unused)
{
    (void)unused;
    return 1000 * freeze_scoped();
}

double snap_bench_snapshot_sync_lists(const struct snap_bench_pipeline *unused)
{
    (void)unused;
    return 1000 * freeze_list();
}
