// SPDX-License-Identifier: Apache-2.0
/* test_snapshot_state_rescale.c: who gets which key groups, list, union and broadcast entries. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "model/key_group.h"
#include "snapshot/state_rescale.h"

enum { GROUPS = 12, SUBTASKS_MAX = 8 };

struct row {
    const char *name;
    uint32_t from;
    uint32_t to;
    const char *items[SUBTASKS_MAX]; /* of each old subtask: one letter an item */
    const char *keyed;               /* per new subtask: key groups with an entry */
    const char *split;
    const char *join; /* union */
    const char *broadcast;
};

static const struct row rows[] = {
    {"4 to 3",
     4,
     3,
     {"ab", "c", "def", "g"},
     "0.1.2.3|4.5.6.7|8.9.10.11",
     "abc|de|fg",
     "abcdefg|abcdefg|abcdefg",
     "ab|c|def"},
    {"3 to 4",
     3,
     4,
     {"ab", "cd", "ef"},
     "0.1.2|3.4.5|6.7.8|9.10.11",
     "ab|cd|e|f",
     "abcdef|abcdef|abcdef|abcdef",
     "ab|cd|ef|ab"},
    {"2 to 2", 2, 2, {"ab", "cde"}, "0.1.2.3.4.5|6.7.8.9.10.11", "ab|cde", "abcde|abcde", "ab|cde"},
    {"3 to 1", 3, 1, {"a", "", "bc"}, "0.1.2.3.4.5.6.7.8.9.10.11", "abc", "abc", "a"},
    {"1 to 3", 1, 3, {"a"}, "0.1.2.3|4.5.6.7|8.9.10.11", "a||", "a|a|a", "a|a|a"},
};

/* One entry a key group: its number is key and value. */
static void add_keyed(struct snap_operator_state *state, struct snap_arena *arena,
                      struct snap_key_group_range range)
{
    uint32_t count = range.last - range.first + 1;
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, count + 1);
    struct snap_keyed_entry *entries = SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, count);
    struct snap_keyed_snapshot keyed = {.name = "value",
                                        .group_first = range.first,
                                        .group_count = count,
                                        .group_starts = starts,
                                        .entries = entries};

    for (uint32_t i = 0; i < count; i++) {
        starts[i + 1] = i + 1;
        entries[i].key.number = range.first + i;
        entries[i].value.number = range.first + i;
    }
    snap_operator_state_add_keyed(state, arena, &keyed);
    state->bytes += 10 * count;
}

static void add_items(struct snap_operator_state *state, struct snap_arena *arena,
                      const char *letters, enum snap_list_mode mode)
{
    static const char *const names[] = {"split", "union", "broadcast"};
    uint32_t count = (uint32_t)strlen(letters);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, count);
    struct snap_list_snapshot list = {
        .name = names[mode], .mode = mode, .items = items, .count = count};

    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct snap_list_item){&letters[i], 1};
    snap_operator_state_add_list(state, arena, &list);
}

static void write_items(struct snap_text *text, const struct snap_operator_state *state,
                        const char *name)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, name);

    for (uint32_t i = 0; list && i < list->count; i++)
        snap_text_add(text, list->items[i].data, 1);
}

static void write_keyed(struct snap_text *text, const struct snap_operator_state *state)
{
    const struct snap_keyed_snapshot *keyed = snap_operator_state_find_keyed(state, "value");

    for (uint32_t g = 0; keyed && g < keyed->group_count; g++) {
        assert_int_equal(keyed->group_starts[g + 1] - keyed->group_starts[g], 1);
        assert_int_equal(keyed->entries[g].key.number, keyed->group_first + g);
        snap_text_printf(text, "%s%u", g ? "." : "", keyed->group_first + g);
    }
}

static void expect_text(const struct row *row, const char *expected, struct snap_text *text)
{
    if (strcmp(expected, snap_text_get(text)) != 0)
        fail_msg("%s: expected %s, actual %s", row->name, expected, snap_text_get(text));
    snap_text_fini(text);
}

static void try_row(const struct row *row)
{
    struct snap_operator from = {.parallelism = row->from, .max_parallelism = GROUPS};
    struct snap_operator to = {.parallelism = row->to, .max_parallelism = GROUPS};
    struct snap_operator_state states[SUBTASKS_MAX] = {0};
    const struct snap_operator_state *pointers[SUBTASKS_MAX];
    struct snap_old_states old = {&from, pointers};
    struct snap_state_rescale rescale;
    struct snap_text texts[4] = {0};
    struct snap_arena arena;
    int64_t keyed_bytes = 0;

    snap_arena_init(&arena);
    for (uint32_t i = 0; i < row->from; i++) {
        struct snap_parallelism parallelism = {row->from, GROUPS};

        add_keyed(&states[i], &arena, snap_key_group_range(i, parallelism));
        for (int mode = SNAP_LIST_SPLIT; mode <= SNAP_LIST_BROADCAST; mode++)
            add_items(&states[i], &arena, row->items[i], (enum snap_list_mode)mode);
        pointers[i] = &states[i];
    }
    snap_state_rescale_init(&rescale, &old, &to, &arena);
    for (uint32_t i = 0; i < row->to; i++) {
        struct snap_operator_state state = {0};
        static const char *const names[] = {"split", "union", "broadcast"};

        snap_state_rescale_subtask(&rescale, i, &arena, &state);
        for (int t = 0; t < 4; t++) {
            snap_text_add_string(&texts[t], i ? "|" : "");
            if (t == 3)
                write_keyed(&texts[t], &state);
            else
                write_items(&texts[t], &state, names[t]);
        }
        keyed_bytes += state.bytes;
        for (uint32_t l = 0; l < state.list_count; l++)
            keyed_bytes -= state.lists[l].count;
    }
    assert_int_equal(keyed_bytes, 10 * GROUPS);
    expect_text(row, row->split, &texts[0]);
    expect_text(row, row->join, &texts[1]);
    expect_text(row, row->broadcast, &texts[2]);
    expect_text(row, row->keyed, &texts[3]);
    snap_arena_fini(&arena);
}

static void shares(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        try_row(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
