// SPDX-License-Identifier: Apache-2.0
/*
 * Keyed state in files of RocksDB: whatever changes between snapshots, what is read of each is what
 * was written; a snapshot writes what changed and no more; files are shared, own, or the
 * snapshot's alone, as its form says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "model/key_group.h"
#include "operators/classes.h"
#include "state/keyed_list.h"
#include "state/keyed_state.h"
#include "state/scoped_table.h"
#include "storage/rocksdb.h"
#include "storage/snapshot_read.h"
#include "storage/snapshot_write.h"

enum { GROUPS = 32, KEYS = 300, ROUNDS = 45 };

static const struct snap_state_spec specs[] = {
    {.name = "count", .shape = SNAP_SHAPE_VALUE},
    {.name = "bag", .shape = SNAP_SHAPE_KEYED_LIST},
    {.name = "window-contents", .shape = SNAP_SHAPE_WINDOW},
    {.name = "_timer_state/event_window-timers", .shape = SNAP_SHAPE_EVENT_TIMERS},
};
static const struct snap_state_specs states = {.items = specs, .count = 4};

/* One subtask of one operator with a state of each shape, and its checkpoints. */
struct lab {
    struct snap_arena arena;
    struct snap_rng rng;
    struct snap_fs *fs;
    struct snap_rocksdb_states *databases;
    struct snap_operator op;
    struct snap_keyed_state count;
    struct snap_keyed_list bag;
    struct snap_scoped_table windows;
    struct snap_scoped_table timers;
    snap_checkpoint_id id;
    uint32_t new_files; /* of the last snapshot, in the shared directory */
    uint32_t old_files;
};

static void start(struct lab *lab, uint64_t seed)
{
    struct snap_keyed_state_options options = {
        .name = "count",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .parallelism = {1, GROUPS},
    };
    struct snap_scoped_options scoped = {SNAP_VALUE_LONG, 0, {1, GROUPS}};

    memset(lab, 0, sizeof(*lab));
    snap_arena_init(&lab->arena);
    snap_rng_init(&lab->rng, seed, 0, 0);
    lab->fs = snap_fs_memory_create(NULL);
    lab->databases = snap_rocksdb_states_create(seed);
    lab->op = (struct snap_operator){.type = &snap_count_class.type, .uid = "zoo"};
    lab->op.schema = options.schema;
    lab->op.id = snap_operator_id_of_uid("zoo", 3);
    snap_keyed_state_init(&lab->count, &lab->arena, &options);
    options.name = "bag";
    snap_keyed_list_init(&lab->bag, &lab->arena, &options);
    snap_scoped_table_init(&lab->windows, &lab->arena, &scoped);
    snap_scoped_table_init(&lab->timers, &lab->arena, &scoped);
}

static void stop(struct lab *lab)
{
    snap_rocksdb_states_destroy(lab->databases);
    snap_fs_destroy(lab->fs);
    snap_arena_fini(&lab->arena);
}

/* ---- what happens between snapshots ---- */

static uint32_t drawn(struct lab *lab, uint32_t below)
{
    return (uint32_t)snap_rng_between(&lab->rng, 0, below - 1);
}

static void change_scope(struct lab *lab, struct snap_scoped_table *table, int64_t key)
{
    struct snap_scope scope = {.key = {.number = key}, .start_ms = 10 * drawn(lab, 3)};
    uint32_t at;

    scope.end_ms = scope.start_ms + 10;
    if (table == &lab->timers)
        scope.time_ms = scope.end_ms - 1;
    at = snap_scoped_table_find(table, &scope);
    if (at == SNAP_SCOPED_NONE)
        at = snap_scoped_table_insert(table, &scope);
    else if (drawn(lab, 2))
        snap_scoped_table_remove(table, at);
    if (table == &lab->windows)
        snap_scoped_table_entry(table, at)->item.cell.value += key;
}

static void change(struct lab *lab)
{
    union snap_value key = {.number = (int64_t)drawn(lab, KEYS) - 20};
    struct snap_keyed_list_head *head;

    switch (drawn(lab, 4)) {
    case 0:
        snap_keyed_state_obtain(&lab->count, key)->number++;
        break;
    case 1:
        head = snap_keyed_list_add(&lab->bag, key, (union snap_value){.number = lab->id});
        if (head->count > 3)
            snap_keyed_list_drop_first(&lab->bag, head);
        break;
    case 2:
        change_scope(lab, &lab->windows, key.number);
        break;
    default:
        change_scope(lab, &lab->timers, key.number);
    }
}

/* ---- snapshots ---- */

static struct snap_operator_state take(struct lab *lab)
{
    struct snap_operator_state state = {0};
    struct snap_keyed_snapshot bag = snap_keyed_list_snapshot(&lab->bag, &lab->arena);
    struct snap_scoped_snapshot scoped;

    snap_operator_state_add_keyed(&state, &lab->arena,
                                  snap_keyed_state_snapshot(&lab->count, &lab->arena));
    snap_operator_state_add_keyed(&state, &lab->arena, &bag);
    scoped = snap_scoped_table_snapshot(&lab->windows, &lab->arena, specs[2].name);
    snap_operator_state_add_scoped(&state, &lab->arena, &scoped);
    scoped = snap_scoped_table_snapshot(&lab->timers, &lab->arena, specs[3].name);
    snap_operator_state_add_scoped(&state, &lab->arena, &scoped);
    return state;
}

struct form {
    enum snap_snapshot_kind kind;
    bool is_incremental;
    enum snap_flink_version version;
    int64_t inline_max;
};

static bool write_state(struct lab *lab, const struct form *form, struct snap_operator_state *state,
                        struct snap_error *error)
{
    struct snap_image_subtask subtask = {.is_taken = true, .state = state};
    struct snap_image_operator zoo = {.id = lab->op.id,
                                      .uid = "zoo",
                                      .name = "zoo",
                                      .parallelism = 1,
                                      .max_parallelism = GROUPS,
                                      .op = &lab->op,
                                      .states = &states,
                                      .subtasks = &subtask};
    struct snap_image image = {
        .id = ++lab->id, .kind = form->kind, .operators = &zoo, .operator_count = 1};
    struct snap_rocksdb_writing rocksdb = {
        lab->databases, form->is_incremental, {"job/shared", "file:job/shared"}};
    struct snap_snapshot_writing how = {
        .fs = lab->fs,
        .directory = snap_arena_printf(&lab->arena, "job/chk-%d", (int)lab->id),
        .inline_max = form->inline_max,
        .version = form->version,
        .format = SNAP_SAVEPOINT_NATIVE,
        .seed = snap_mix64((uint64_t)lab->id),
        .rocksdb = &rocksdb};
    const struct snap_shared_file *shared;
    uint32_t count;

    if (!snap_snapshot_write(&image, &how, NULL, error))
        return false;
    shared = snap_rocksdb_states_shared(lab->databases, &count);
    lab->new_files = lab->old_files = 0;
    for (uint32_t i = 0; i < count; i++) {
        assert_true(lab->fs->is_file(lab->fs, shared[i].path));
        lab->new_files += shared[i].is_new && !shared[i].is_own;
        lab->old_files += !shared[i].is_new;
    }
    snap_rocksdb_states_confirm(lab->databases);
    return true;
}

static const struct snap_operator_state *read_state(struct lab *lab,
                                                    struct snap_snapshot_reading *reading)
{
    struct snap_error error = {0};
    char pointer[40];
    const struct snap_snapshot_place place = {.pointer = pointer};

    *reading = (struct snap_snapshot_reading){
        .fs = lab->fs, .arena = &lab->arena, .backend = SNAP_BACKEND_ROCKSDB};
    snprintf(pointer, sizeof(pointer), "job/chk-%d", (int)lab->id);
    if (!snap_snapshot_open(reading, &place, &error))
        fail_msg("%s", error.message);
    reading->image.operators[0].op = &lab->op;
    reading->image.operators[0].states = &states;
    if (!snap_snapshot_load(reading, &error))
        fail_msg("%s", error.message);
    return reading->image.operators[0].subtasks[0].state;
}

/* ---- comparison: inside a key group the order is the file's ---- */

static bool has_entry(const struct snap_keyed_snapshot *in, uint32_t group,
                      struct snap_keyed_entry entry)
{
    for (uint32_t i = in->group_starts[group]; i < in->group_starts[group + 1]; i++)
        if (in->entries[i].key.number == entry.key.number &&
            in->entries[i].value.number == entry.value.number)
            return true;
    return false;
}

static bool has_item(const struct snap_scoped_snapshot *in, uint32_t group,
                     const struct snap_scoped_item *item)
{
    for (uint32_t i = in->group_starts[group]; i < in->group_starts[group + 1]; i++)
        if (memcmp(&in->items[i].scope, &item->scope, sizeof(item->scope)) == 0 &&
            in->items[i].cell.value == item->cell.value)
            return true;
    return false;
}

static void compare(const struct snap_operator_state *want, const struct snap_operator_state *got)
{
    assert_int_equal(got->keyed_count, 2);
    assert_int_equal(got->scoped_count, 2);
    for (uint32_t k = 0; k < 2; k++) {
        const struct snap_keyed_snapshot *a = &want->keyed[k];
        const struct snap_keyed_snapshot *b = snap_operator_state_find_keyed(got, a->name);
        const struct snap_scoped_snapshot *c = &want->scoped[k];
        const struct snap_scoped_snapshot *d = snap_operator_state_find_scoped(got, c->name);

        assert_int_equal(b->group_starts[GROUPS], a->group_starts[GROUPS]);
        assert_int_equal(d->group_starts[GROUPS], c->group_starts[GROUPS]);
        for (uint32_t g = 0; g < GROUPS; g++) {
            for (uint32_t i = a->group_starts[g]; i < a->group_starts[g + 1]; i++)
                assert_true(has_entry(b, g, a->entries[i]));
            for (uint32_t i = c->group_starts[g]; i < c->group_starts[g + 1]; i++)
                assert_true(has_item(d, g, &c->items[i]));
        }
    }
}

/* ---- tests ---- */

static const struct form forms[] = {
    {SNAP_KIND_CHECKPOINT, true, SNAP_FLINK_2_3, 0},
    {SNAP_KIND_CHECKPOINT, true, SNAP_FLINK_1_20, 20480},
    {SNAP_KIND_CHECKPOINT, false, SNAP_FLINK_2_3, 0},
    {SNAP_KIND_SAVEPOINT, true, SNAP_FLINK_2_3, 0},
    {SNAP_KIND_FULL_CHECKPOINT, true, SNAP_FLINK_2_3, 0},
    {SNAP_KIND_CHECKPOINT, true, SNAP_FLINK_2_3, 0},
};

static bool is_absent(void)
{
    if (!snap_rocksdb_version())
        skip();
    return !snap_rocksdb_version();
}

static void test_any_changes(void **state)
{
    (void)state;
    if (is_absent())
        return;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct lab lab;

        start(&lab, seed);
        for (int round = 0; round < ROUNDS; round++) {
            const struct form *form = &forms[drawn(&lab, sizeof(forms) / sizeof(forms[0]))];
            struct snap_operator_state taken;
            struct snap_snapshot_reading reading;
            struct snap_error error = {0};

            for (uint32_t i = drawn(&lab, 200); i > 0; i--)
                change(&lab);
            taken = take(&lab);
            if (!write_state(&lab, form, &taken, &error))
                fail_msg("%s", error.message);
            compare(&taken, read_state(&lab, &reading));
            if (form->kind != SNAP_KIND_CHECKPOINT || !form->is_incremental)
                assert_int_equal(lab.old_files, 0);
        }
        stop(&lab);
    }
}

/* What is the same is not written again; one changed entry is one small table. */
static void test_cost(void **state)
{
    const struct form form = forms[0];
    struct snap_operator_state taken;
    struct snap_snapshot_reading reading;
    struct snap_error error = {0};
    struct lab lab;

    (void)state;
    if (is_absent())
        return;
    start(&lab, 1);
    for (int i = 0; i < 5000; i++)
        snap_keyed_state_obtain(&lab.count, (union snap_value){.number = i})->number = i;
    taken = take(&lab);
    assert_true(write_state(&lab, &form, &taken, &error));
    assert_int_equal(lab.new_files, 1);
    taken = take(&lab);
    assert_true(write_state(&lab, &form, &taken, &error));
    assert_int_equal(lab.new_files, 0);
    assert_int_equal(lab.old_files, 1);
    snap_keyed_state_obtain(&lab.count, (union snap_value){.number = 77})->number = -1;
    taken = take(&lab);
    assert_true(write_state(&lab, &form, &taken, &error));
    assert_int_equal(lab.new_files, 1);
    assert_int_equal(lab.old_files, 1);
    compare(&taken, read_state(&lab, &reading));
    stop(&lab);
}

/* What a snapshot that came to nothing wrote is written again by the next. */
static void test_given_up(void **state)
{
    struct snap_operator_state taken;
    struct snap_snapshot_reading reading;
    struct snap_error error = {0};
    struct lab lab;

    (void)state;
    if (is_absent())
        return;
    start(&lab, 1);
    for (int i = 0; i < 100; i++)
        change(&lab);
    taken = take(&lab);
    snap_fs_memory_fill(lab.fs, 3);
    assert_false(write_state(&lab, &forms[0], &taken, &error));
    snap_rocksdb_states_give_up(lab.databases);
    snap_fs_memory_fill(lab.fs, UINT64_MAX);
    error = (struct snap_error){0};
    if (!write_state(&lab, &forms[0], &taken, &error))
        fail_msg("%s", error.message);
    assert_int_equal(lab.old_files, 0);
    compare(&taken, read_state(&lab, &reading));
    stop(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_changes),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
