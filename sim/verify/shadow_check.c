// SPDX-License-Identifier: Apache-2.0
#include "verify/shadow_check.h"

#include <stdlib.h>
#include <string.h>

#include "verify/key_table.h"
#include "verify/ledger.h"
#include "verify/runs.h"

struct entries {
    struct snap_named_entry *items;
    uint32_t count;
    uint32_t capacity;
};

/* One subtask. */
struct check {
    const struct snap_operator *op;
    const struct snap_subtask_book *book;
    struct snap_arena arena;
    struct snap_string_pool strings;
    struct snap_runs runs;
    struct snap_key_table table; /* the last entry of the journal with each key */
    struct entries expected;
};

/* ---- what is known ---- */

static const struct snap_ledger *first_of(const struct snap_ledger *ledger)
{
    while (ledger->before)
        ledger = ledger->before;
    return ledger;
}

/* Whether another execution had it with another parallelism. */
static bool was_rescaled(const struct snap_ledger *ledger, const struct snap_operator *op)
{
    for (const struct snap_ledger *at = ledger->before; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, op->uid);

        if (same && same->parallelism != op->parallelism)
            return true;
    }
    return false;
}

bool snap_shadow_knows(const struct snap_ledger *ledger, const struct snap_operator *op)
{
    const struct snap_ledger *first = first_of(ledger);
    bool remembers = ledger->rules[op->index]->shadow_remembers;
    const struct snap_operator *same = snap_job_find_operator(first->job, op->uid);

    if (remembers && was_rescaled(ledger, op))
        return false;
    if (!first->baseline || !same || !first->baseline->restored[same->index])
        return true;
    return !remembers && first == ledger && first->baseline->begun[op->index].items;
}

/* ---- the shadow ---- */

static void take_expected(void *to, const struct snap_named_entry *entry)
{
    struct check *check = to;
    struct entries *entries = &check->expected;

    entries->items = snap_arena_grow(&check->arena, entries->items, entries->count,
                                     &entries->capacity, sizeof(*entries->items));
    entries->items[entries->count] = *entry;
    entries->items[entries->count++].content = snap_arena_strdup(&check->arena, entry->content);
}

static void take_run(struct check *check, const struct snap_shadow_functions *functions,
                     void *shadow, const struct snap_run *run)
{
    for (uint32_t i = 0; i < run->slice.count; i++) {
        struct snap_log_entry entry = snap_log_entry_at(run->log, run->first + i);

        functions->take(shadow, &entry.record);
        snap_key_table_get(&check->table, entry.record.key, 0)->last = run->first + i + 1;
    }
}

/* Returns false if the shadow could not do what the operator did. */
static bool run_shadow(struct check *check, const struct snap_shadow_functions *functions,
                       const struct snap_shadow *of)
{
    void *shadow = functions->open(of);

    for (uint32_t r = 0; r < check->runs.count; r++)
        take_run(check, functions, shadow, &check->runs.items[r]);
    functions->each(shadow, take_expected, check);
    return functions->close(shadow);
}

/* ---- comparing ---- */

static int compare_names(const struct snap_named_entry *a, const struct snap_named_entry *b)
{
    return strcmp(a->state, b->state);
}

static int compare_longs(const void *one, const void *other)
{
    const struct snap_named_entry *a = one, *b = other;
    int names = compare_names(a, b);

    return names ? names : (a->key.number > b->key.number) - (a->key.number < b->key.number);
}

static int compare_texts(const void *one, const void *other)
{
    const struct snap_named_entry *a = one, *b = other;
    const struct snap_string *left = a->key.string, *right = b->key.string;
    uint32_t common = left->length < right->length ? left->length : right->length;
    int names = compare_names(a, b);
    int bytes = names ? names : memcmp(left->bytes, right->bytes, common);

    return bytes ? bytes : (left->length > right->length) - (left->length < right->length);
}

/* A key that no record of the journal has was there from the start: nobody is to blame. */
static void offer(struct check *check, const struct snap_named_entry *entry,
                  struct snap_finding *first)
{
    uint64_t last = snap_key_table_get(&check->table, entry->key, 0)->last;
    const struct snap_run *run;
    struct snap_log_entry found;

    if (last == 0)
        return;
    run = &check->runs.items[0];
    found = snap_log_entry_at(run->log, last - 1);
    snap_finding_offer(first, &(struct snap_finding){
                                  .found = true,
                                  .counter = SNAP_COUNTER_WRONG_STATE,
                                  .operator_index = check->op->index,
                                  .subtask = run->subtask,
                                  .origin = found.record.origin,
                                  .lineage = found.lineage,
                                  .at_ns = snap_log_time_of(run->log, last - 1),
                              });
}

static int64_t compare_all(struct check *check, struct snap_finding *first)
{
    bool is_long = check->op->input_schemas[0].key == SNAP_VALUE_LONG;
    int (*compare)(const void *, const void *) = is_long ? compare_longs : compare_texts;
    struct entries expected = check->expected;
    struct entries found = {.items = check->book->named, .count = check->book->named_count};
    int64_t wrong = 0;

    if (expected.count)
        qsort(expected.items, expected.count, sizeof(*expected.items), compare);
    if (found.count)
        qsort(found.items, found.count, sizeof(*found.items), compare);
    for (uint32_t e = 0, f = 0; e < expected.count || f < found.count;) {
        int order = e == expected.count ? 1
                    : f == found.count  ? -1
                                        : compare(&expected.items[e], &found.items[f]);

        if (order != 0 || strcmp(expected.items[e].content, found.items[f].content) != 0) {
            wrong++;
            offer(check, order > 0 ? &found.items[f] : &expected.items[e], first);
        }
        e += order <= 0;
        f += order >= 0;
    }
    return wrong;
}

static int64_t check_subtask(struct snap_ledger *ledger, const struct snap_operator *op,
                             uint32_t subtask, struct snap_finding *first)
{
    const struct snap_baseline *baseline = first_of(ledger)->baseline;
    struct check check = {.op = op, .book = &ledger->books[op->index][subtask]};
    const struct snap_shadow of = {
        .op = op,
        .subtask = subtask,
        .begun = baseline && !ledger->before ? &baseline->begun[op->index] : NULL,
        .arena = &check.arena,
        .strings = &check.strings};
    int64_t wrong = SNAP_UNJUDGED;

    snap_arena_init(&check.arena);
    snap_string_pool_init(&check.strings);
    check.table.arena = &check.arena;
    check.table.kind = op->input_schemas[0].key;
    snap_runs_add_journal(&check.runs, &check.arena, check.book, subtask);
    if (run_shadow(&check, ledger->rules[op->index]->shadow, &of))
        wrong = compare_all(&check, first);
    snap_string_pool_fini(&check.strings);
    snap_arena_fini(&check.arena);
    return wrong;
}

int64_t snap_shadow_check(struct snap_ledger *ledger, const struct snap_operator *op,
                          struct snap_finding *first)
{
    int64_t wrong = 0;

    for (uint32_t i = 0; i < op->parallelism; i++) {
        const struct snap_subtask_book *book = &ledger->books[op->index][i];
        int64_t of_subtask;

        if (!snap_ledger_is_alive(snap_ledger_task(ledger, op->index, i)) ||
            book->finished_before || book->partly_finished)
            continue;
        of_subtask = check_subtask(ledger, op, i, first);
        if (of_subtask == SNAP_UNJUDGED)
            return SNAP_UNJUDGED;
        wrong += of_subtask;
    }
    return wrong;
}
