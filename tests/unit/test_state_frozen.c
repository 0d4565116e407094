// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "state/keyed_copy.h"
#include "state/keyed_list.h"
#include "state/keyed_map.h"
#include "state/timers.h"

enum { MAX_PARALLELISM = 128, KEYS = 500 };

/* A table of one kind, and what was taken of it: later, and for comparison at once. */
struct lab {
    const struct kind *kind;
    struct snap_arena attempt;
    struct snap_arena snapshot;
    struct snap_keyed_list list;
    struct snap_keyed_map map;
    struct snap_scoped_table windows;
    struct snap_timers timers;
    int64_t clock; /* each change is another one */
    struct snap_operator_state want;
    struct snap_operator_state got;
};

/* What can happen to a table. */
enum act { ADD, CHANGE, DROP };

struct kind {
    const char *name;
    void (*act)(struct lab *lab, enum act act, int64_t key);
    struct snap_frozen **(*hook)(struct lab *lab);
    void (*take)(struct lab *lab, struct snap_operator_state *state, bool later);
};

static union snap_value number(int64_t value)
{
    return (union snap_value){.number = value};
}

/* ---- the kinds ---- */

static void put_keyed(struct lab *lab, struct snap_operator_state *state,
                      struct snap_keyed_snapshot keyed)
{
    snap_operator_state_add_keyed(state, &lab->snapshot, &keyed);
}

static void act_list(struct lab *lab, enum act act, int64_t key)
{
    const struct snap_keyed_list_head *head = snap_keyed_list_find(&lab->list, number(key));
    struct snap_keyed_list_head *mine = head ? &lab->list.heads[head - lab->list.heads] : NULL;

    if (act != ADD && head && head->count > 0)
        snap_keyed_list_drop_first(&lab->list, mine);
    if (act != DROP)
        snap_keyed_list_add(&lab->list, number(key), number(lab->clock++));
}

static void take_list(struct lab *lab, struct snap_operator_state *state, bool later)
{
    put_keyed(lab, state,
              later ? snap_keyed_list_freeze(&lab->list, &lab->snapshot)
                    : snap_keyed_list_snapshot(&lab->list, &lab->snapshot));
}

static struct snap_frozen **hook_of_list(struct lab *lab)
{
    return &lab->list.frozen;
}

static void act_map(struct lab *lab, enum act act, int64_t key)
{
    static const char *const names[] = {"f0", "f1", "f2", "f3"};
    int64_t which = act == ADD ? lab->clock % 4 : 0;
    struct snap_map_field *field =
        snap_keyed_map_obtain(&lab->map, number(key), snap_bytes_of(names[which]));

    field->value = lab->clock++;
    field->is_null = act == DROP;
}

static void take_map(struct lab *lab, struct snap_operator_state *state, bool later)
{
    put_keyed(lab, state,
              later ? snap_keyed_map_freeze(&lab->map, &lab->snapshot)
                    : snap_keyed_map_snapshot(&lab->map, &lab->snapshot));
}

static struct snap_frozen **hook_of_map(struct lab *lab)
{
    return &lab->map.list.frozen;
}

/* Drops from the middle or the end. */
static void act_list_inside(struct lab *lab, enum act act, int64_t key)
{
    struct snap_keyed_list_head *head = snap_keyed_list_of(&lab->list, number(key));
    uint32_t link = head ? head->first : SNAP_NO_LINK;

    if (act == ADD || !head || head->count < 2) {
        act_list(lab, act, key);
        return;
    }
    for (uint32_t i = lab->clock % 2 ? 1 : head->count - 1; i > 0; i--)
        link = lab->list.links[link].next;
    snap_keyed_list_drop_number(&lab->list, head, lab->list.links[link].value.number);
    if (act == CHANGE)
        snap_keyed_list_add(&lab->list, number(key), number(lab->clock++));
}

/* What is removed leaves its place to another key. */
static void act_map_removing(struct lab *lab, enum act act, int64_t key)
{
    static const char *const names[] = {"f0", "f1", "f2", "f3"};
    struct snap_bytes name = snap_bytes_of(names[lab->clock++ % 4]);
    bool was_there = snap_keyed_map_find(&lab->map, number(key), name) != NULL;

    if (act == ADD)
        act_map(lab, ADD, key);
    else
        assert_int_equal(snap_keyed_map_remove(&lab->map, number(key), name), was_there);
    if (act == CHANGE)
        act_map(lab, ADD, key);
}

/* Longs as names; texts that the attempt has, as after a restore. */
static void act_map_texts(struct lab *lab, enum act act, int64_t key)
{
    uint8_t bytes[SNAP_LONG_NAME_BYTES];
    struct snap_bytes name = snap_long_name(bytes, lab->clock % 3 - 1);
    struct snap_map_field *field = snap_keyed_map_obtain(&lab->map, number(key), name);
    const char *text = snap_arena_printf(&lab->attempt, "text %d", (int)lab->clock++);

    field->is_text = act != DROP;
    field->text = snap_bytes_of(act == DROP ? "" : text);
    field->is_null = act == DROP && lab->clock % 2;
}

/* Lists of one value. */
static void act_value(struct lab *lab, enum act act, int64_t key)
{
    struct snap_keyed_list_head *head = snap_keyed_list_of(&lab->list, number(key));

    if (act == DROP && head)
        snap_keyed_list_clear(&lab->list, head);
    else if (act != DROP)
        snap_keyed_list_set(&lab->list, number(key), number(lab->clock++));
    head = snap_keyed_list_of(&lab->list, number(key));
    assert_int_equal(head ? head->count : 0, act != DROP);
}

static void act_windows(struct lab *lab, enum act act, int64_t key)
{
    struct snap_scope scope = {.key = number(key), .start_ms = 10, .end_ms = 20};
    uint32_t index;

    if (act == ADD)
        scope.end_ms += 1 + lab->clock % 3;
    index = snap_scoped_table_find(&lab->windows, &scope);
    if (act == DROP && index != SNAP_SCOPED_NONE) {
        snap_scoped_table_remove(&lab->windows, index);
        return;
    }
    if (index == SNAP_SCOPED_NONE)
        index = snap_scoped_table_insert(&lab->windows, &scope);
    snap_scoped_table_cell(&lab->windows, index)->value = lab->clock++;
}

static void put_scoped(struct lab *lab, struct snap_operator_state *state,
                       struct snap_scoped_table *table, bool later)
{
    struct snap_scoped_snapshot scoped =
        later ? snap_scoped_table_freeze(table, &lab->snapshot, "scoped")
              : snap_scoped_table_snapshot(table, &lab->snapshot, "scoped");

    snap_operator_state_add_scoped(state, &lab->snapshot, &scoped);
}

static void take_windows(struct lab *lab, struct snap_operator_state *state, bool later)
{
    put_scoped(lab, state, &lab->windows, later);
}

static struct snap_frozen **hook_of_windows(struct lab *lab)
{
    return &lab->windows.frozen;
}

static void act_timers(struct lab *lab, enum act act, int64_t key)
{
    struct snap_scope scope = {.key = number(key), .time_ms = 100 + key % 7};
    struct snap_scope fired;

    if (act == DROP)
        snap_timers_delete(&lab->timers, &scope);
    else if (act == ADD)
        snap_timers_register(&lab->timers, &scope);
    else if (snap_timers_pop(&lab->timers, 100 + key % 7, &fired))
        lab->clock++;
}

static void take_timers(struct lab *lab, struct snap_operator_state *state, bool later)
{
    put_scoped(lab, state, &lab->timers.table, later);
}

static struct snap_frozen **hook_of_timers(struct lab *lab)
{
    return &lab->timers.table.frozen;
}

static const struct kind kinds[] = {
    {"list", act_list, hook_of_list, take_list},
    {"map", act_map, hook_of_map, take_map},
    {"list, inside", act_list_inside, hook_of_list, take_list},
    {"map, removing", act_map_removing, hook_of_map, take_map},
    {"map of texts", act_map_texts, hook_of_map, take_map},
    {"value", act_value, hook_of_list, take_list},
    {"windows", act_windows, hook_of_windows, take_windows},
    {"timers", act_timers, hook_of_timers, take_timers},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* ---- taking ---- */

static void freeze(struct lab *lab)
{
    lab->want = (struct snap_operator_state){0};
    lab->got = (struct snap_operator_state){0};
    lab->kind->take(lab, &lab->want, false);
    lab->kind->take(lab, &lab->got, true);
}

static void start(struct lab *lab, const struct kind *kind, int64_t keys)
{
    const struct snap_keyed_state_options options = {
        .name = "keyed",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .parallelism = {1, MAX_PARALLELISM},
    };
    const struct snap_scoped_options scoped = {
        .key_kind = SNAP_VALUE_LONG,
        .parallelism = {1, MAX_PARALLELISM},
    };

    *lab = (struct lab){.kind = kind};
    snap_keyed_list_init(&lab->list, &lab->attempt, &options);
    snap_keyed_map_init(&lab->map, &lab->attempt, &options);
    snap_scoped_table_init(&lab->windows, &lab->attempt, &scoped);
    snap_timers_init(&lab->timers, &lab->attempt, &scoped);
    for (int64_t i = 0; i < 3 * keys; i++)
        kind->act(lab, i % 7 == 6 ? CHANGE : ADD, i * 31 % (keys ? keys : 1));
    freeze(lab);
}

/* The attempt is over: what the snapshot still needed of it the sanitizer would find. */
static void end_attempt(struct lab *lab)
{
    snap_keyed_copies_finish(&lab->got);
    snap_arena_fini(&lab->attempt);
}

static bool is_same_value(const struct snap_keyed_snapshot *of, union snap_value a,
                          union snap_value b)
{
    return of->schema.value == SNAP_VALUE_LONG ? a.number == b.number
                                               : snap_string_equal(a.string, b.string);
}

static void expect_keyed(const char *name, const struct snap_keyed_snapshot *want,
                         const struct snap_keyed_snapshot *got)
{
    assert_null(got->frozen);
    assert_string_equal(got->name, want->name);
    assert_int_equal(got->group_count, want->group_count);
    for (uint32_t g = 0; g <= want->group_count; g++)
        if (got->group_starts[g] != want->group_starts[g])
            fail_msg("%s: group %u starts at %u", name, g, got->group_starts[g]);
    for (uint32_t i = 0; i < want->group_starts[want->group_count]; i++)
        if (got->entries[i].key.number != want->entries[i].key.number ||
            !is_same_value(want, got->entries[i].value, want->entries[i].value))
            fail_msg("%s: entry %u is another one", name, i);
}

static void expect_scoped(const char *name, const struct snap_scoped_snapshot *want,
                          const struct snap_scoped_snapshot *got)
{
    assert_null(got->frozen);
    assert_string_equal(got->name, want->name);
    assert_int_equal(got->group_count, want->group_count);
    for (uint32_t g = 0; g <= want->group_count; g++)
        if (got->group_starts[g] != want->group_starts[g])
            fail_msg("%s: group %u starts at %u", name, g, got->group_starts[g]);
    for (uint32_t i = 0; i < want->group_starts[want->group_count]; i++)
        if (memcmp(&got->items[i], &want->items[i], sizeof(want->items[i])) != 0)
            fail_msg("%s: item %u is another one", name, i);
}

static void expect_as_taken(const char *name, const struct lab *lab,
                            const struct snap_operator_state *got)
{
    assert_int_equal(got->keyed_count, lab->want.keyed_count);
    assert_int_equal(got->scoped_count, lab->want.scoped_count);
    for (uint32_t i = 0; i < got->keyed_count; i++)
        expect_keyed(name, &lab->want.keyed[i], &got->keyed[i]);
    for (uint32_t i = 0; i < got->scoped_count; i++)
        expect_scoped(name, &lab->want.scoped[i], &got->scoped[i]);
}

/* ---- the tests ---- */

/* Keys from, from + step, ... below `to` change while the snapshot is being taken. */
static void holds_what_was_there(void **unused)
{
    static const struct {
        const char *name;
        int64_t keys, from, to, step;
        enum act act;
    } rows[] = {
        {"nothing in it", 0, 0, 5, 1, ADD},
        {"a few entries", 3, 0, 9, 1, CHANGE},
        {"nothing changes", KEYS, 0, 0, 1, ADD},
        {"one changes", KEYS, 7, 8, 1, CHANGE},
        {"all change", KEYS, 0, KEYS, 1, CHANGE},
        {"all get more, and new ones come", KEYS, 0, 3 * KEYS, 1, ADD},
        {"all lose", KEYS, 0, KEYS, 1, DROP},
        {"some lose", 10 * KEYS, 0, 10 * KEYS, 397, DROP},
        {"some change", 10 * KEYS, 0, 10 * KEYS, 397, CHANGE},
        {"only new ones", KEYS, KEYS, KEYS + 20, 1, ADD},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        for (int k = 0; k < KINDS; k++) {
            struct lab lab;
            char name[100];

            start(&lab, &kinds[k], rows[r].keys);
            for (int64_t key = rows[r].from; key < rows[r].to; key += rows[r].step)
                kinds[k].act(&lab, rows[r].act, key);
            /* What has gone makes room for others. */
            for (int64_t key = rows[r].to; rows[r].act == DROP && key < rows[r].to + 50; key++)
                kinds[k].act(&lab, ADD, key);
            end_attempt(&lab);
            snprintf(name, sizeof(name), "%s: %s", kinds[k].name, rows[r].name);
            snap_keyed_copies_order(&lab.got, &lab.snapshot);
            expect_as_taken(name, &lab, &lab.got);
            snap_arena_fini(&lab.snapshot);
        }
}

/* Right after it was taken it can be read without being finished. */
static void is_seen_at_once(void **unused)
{
    (void)unused;
    for (int k = 0; k < KINDS; k++) {
        struct lab lab;
        struct snap_arena scratch = {0};
        struct snap_operator_state seen;

        start(&lab, &kinds[k], KEYS);
        seen = snap_keyed_copies_seen(&lab.got, &scratch);
        expect_as_taken(kinds[k].name, &lab, &seen);
        assert_non_null(*kinds[k].hook(&lab));
        snap_arena_fini(&scratch);
        end_attempt(&lab);
        snap_arena_fini(&lab.snapshot);
    }
}

static void ends_by_itself(void **unused)
{
    (void)unused;
    for (int k = 0; k < KINDS; k++) {
        struct lab lab;
        int64_t changes = 0;

        start(&lab, &kinds[k], KEYS);
        while (*kinds[k].hook(&lab)) {
            kinds[k].act(&lab, ADD, KEYS + changes);
            if (++changes > 3 * KEYS)
                fail_msg("%s: it is still being taken", kinds[k].name);
        }
        end_attempt(&lab);
        snap_keyed_copies_order(&lab.got, &lab.snapshot);
        expect_as_taken(kinds[k].name, &lab, &lab.got);
        snap_arena_fini(&lab.snapshot);
    }
}

static void another_one_finishes_the_first(void **unused)
{
    (void)unused;
    for (int k = 0; k < KINDS; k++) {
        struct lab lab;
        struct lab first;

        start(&lab, &kinds[k], KEYS);
        kinds[k].act(&lab, CHANGE, 5);
        first.want = lab.want;
        first.got = lab.got;
        freeze(&lab);
        kinds[k].act(&lab, DROP, 5);
        kinds[k].act(&lab, ADD, 6);
        end_attempt(&lab);
        snap_keyed_copies_order(&first.got, &lab.snapshot);
        expect_as_taken("first", &first, &first.got);
        snap_keyed_copies_order(&lab.got, &lab.snapshot);
        expect_as_taken("second", &lab, &lab.got);
        snap_arena_fini(&lab.snapshot);
    }
}

static void is_abandoned(void **unused)
{
    (void)unused;
    for (int k = 0; k < KINDS; k++) {
        struct lab lab;

        start(&lab, &kinds[k], KEYS);
        kinds[k].act(&lab, CHANGE, 1);
        snap_keyed_copies_abandon(&lab.got);
        snap_arena_fini(&lab.snapshot);
        assert_null(*kinds[k].hook(&lab));
        kinds[k].act(&lab, CHANGE, 1);
        kinds[k].act(&lab, ADD, 2);
        snap_arena_fini(&lab.attempt);
    }
}

/* Ever new keys, of which a few have values at a time, and one always has. */
static void keys_without_values_go(void **unused)
{
    enum { LIVE = 20, ALL = 5000 };
    const struct snap_keyed_state_options options = {
        .name = "keyed",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .parallelism = {1, MAX_PARALLELISM},
    };
    struct lab lab = {.kind = &kinds[0]};
    struct snap_keyed_snapshot last;

    (void)unused;
    snap_keyed_list_init(&lab.list, &lab.attempt, &options);
    snap_keyed_list_set(&lab.list, number(-1), number(-1));
    for (int64_t i = 0; i < ALL; i++) {
        if (i % 7 == 0)
            freeze(&lab);
        snap_keyed_list_set(&lab.list, number(i), number(i));
        if (i % 7 == 0) {
            snap_keyed_copies_finish(&lab.got);
            snap_keyed_copies_order(&lab.got, &lab.snapshot);
            expect_as_taken("keys that go", &lab, &lab.got);
        }
        if (i >= LIVE)
            snap_keyed_list_clear(&lab.list, snap_keyed_list_of(&lab.list, number(i - LIVE)));
        assert_true(lab.list.table.count <= 200);
    }
    assert_int_equal(lab.list.count, LIVE + 1);
    last = snap_keyed_list_snapshot(&lab.list, &lab.snapshot);
    assert_int_equal(last.group_starts[last.group_count], LIVE + 1);
    for (int64_t i = ALL - LIVE; i < ALL; i++) {
        const struct snap_keyed_list_head *head = snap_keyed_list_find(&lab.list, number(i));

        assert_int_equal(head->count, 1);
        assert_int_equal(lab.list.links[head->first].value.number, i);
    }
    assert_int_equal(snap_keyed_list_find(&lab.list, number(-1))->count, 1);
    assert_true(lab.attempt.bytes_total < 1 << 17);
    snap_arena_fini(&lab.attempt);
    snap_arena_fini(&lab.snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_without_values_go),
        cmocka_unit_test(holds_what_was_there),
        cmocka_unit_test(is_seen_at_once),
        cmocka_unit_test(ends_by_itself),
        cmocka_unit_test(another_one_finishes_the_first),
        cmocka_unit_test(is_abandoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
