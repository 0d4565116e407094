// SPDX-License-Identifier: Apache-2.0
/* test_snapshot_list_restore.c: which lists subtasks get back after a failure. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "snapshot/list_restore.h"
#include "task/task.h"

enum { SUBTASKS = 3 };

struct row {
    const char *name;
    const char *split[SUBTASKS]; /* one letter an item */
    const char *join[SUBTASKS];  /* of the union list; NULL: it has none */
    const char *restored;        /* split.join of each subtask; NULL: as it was taken */
};

static const struct row rows[] = {
    {"no union list", {"ab", "c", "d"}, {NULL, NULL, NULL}, NULL},
    {"a union list", {"ab", "c", ""}, {"x", "yz", "w"}, "ab.xyzw|c.xyzw|.xyzw"},
    {"one subtask has no entry", {"a", "b", "c"}, {"x", "", "y"}, "a.xy|b.xy|c.xy"},
    {"one subtask has no list", {"a", "b", "c"}, {"x", NULL, "y"}, "a.xy|b.xy|c.xy"},
};

static void add_items(struct snap_operator_state *state, struct snap_arena *arena,
                      const char *letters, enum snap_list_mode mode)
{
    uint32_t count = (uint32_t)strlen(letters);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, count);
    struct snap_list_snapshot list = {.name = mode == SNAP_LIST_UNION ? "union" : "split",
                                      .mode = mode,
                                      .items = items,
                                      .count = count};

    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct snap_list_item){&letters[i], 1};
    snap_operator_state_add_list(state, arena, &list);
}

static struct snap_task_snapshot *take(const struct row *row, uint32_t subtask)
{
    struct snap_arena arena;
    struct snap_task_snapshot *snapshot;

    snap_arena_init(&arena);
    snapshot = SNAP_ARENA_NEW(&arena, struct snap_task_snapshot);
    snapshot->operator_count = 1;
    snapshot->operators = SNAP_ARENA_NEW(&arena, struct snap_operator_state);
    add_items(snapshot->operators, &arena, row->split[subtask], SNAP_LIST_SPLIT);
    if (row->join[subtask])
        add_items(snapshot->operators, &arena, row->join[subtask], SNAP_LIST_UNION);
    snapshot->bytes = snapshot->operators->bytes;
    snapshot->arena = arena;
    return snapshot;
}

static void write_items(struct snap_text *text, const struct snap_operator_state *state,
                        const char *name)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, name);

    for (uint32_t i = 0; list && i < list->count; i++)
        snap_text_add(text, list->items[i].data, 1);
}

/* What was taken stays: its bytes, and its own union list. */
static void check_taken(const struct row *row, const struct snap_task_snapshot *snapshot,
                        uint32_t subtask)
{
    const char *own = row->join[subtask] ? row->join[subtask] : "";
    struct snap_text text = {0};

    write_items(&text, snapshot->operators, "union");
    assert_string_equal(snap_text_get(&text), own);
    assert_int_equal(snapshot->operators->bytes, strlen(row->split[subtask]) + strlen(own));
    if (snapshot->restored)
        assert_int_equal(snapshot->restored->bytes, snapshot->bytes + snapshot->others_bytes);
    snap_text_fini(&text);
}

static void try_row(const struct row *row)
{
    uint32_t index = 0;
    struct snap_operator op = {.parallelism = SUBTASKS};
    struct snap_vertex vertex = {.operators = &index, .operator_count = 1, .parallelism = SUBTASKS};
    struct snap_job job = {.operators = &op,
                           .operator_count = 1,
                           .vertices = &vertex,
                           .vertex_count = 1,
                           .task_count = SUBTASKS};
    void *snapshots[SUBTASKS];
    struct snap_text text = {0};

    for (uint32_t i = 0; i < SUBTASKS; i++)
        snapshots[i] = take(row, i);
    snap_lists_restore(&job, snapshots);
    snap_lists_restore(&job, snapshots); /* a second failure before the next checkpoint */
    for (uint32_t i = 0; i < SUBTASKS; i++) {
        struct snap_task_snapshot *snapshot = snapshots[i];

        if (!row->restored)
            assert_null(snapshot->restored);
        check_taken(row, snapshot, i);
        snap_text_add_string(&text, i ? "|" : "");
        if (snapshot->restored) {
            write_items(&text, snapshot->restored, "split");
            snap_text_add_string(&text, ".");
            write_items(&text, snapshot->restored, "union");
        }
        snap_task_snapshot_free(snapshot);
    }
    if (row->restored && strcmp(snap_text_get(&text), row->restored) != 0)
        fail_msg("%s: expected %s, actual %s", row->name, row->restored, snap_text_get(&text));
    snap_text_fini(&text);
}

static void everybody_gets_all_union_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        try_row(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everybody_gets_all_union_items)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
