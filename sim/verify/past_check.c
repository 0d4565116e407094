// SPDX-License-Identifier: Apache-2.0
#include "verify/past_check.h"

#include "verify/key_table.h"
#include "verify/walk.h"

enum past { PAST_UNKNOWN, PAST_EXACT, PAST_DIFFERS };

/* What the records before the offsets come to at one operator. */
struct past_check {
    const struct snap_ledger *ledger; /* of the execution that began with the snapshot */
    const struct snap_operator *op;
    struct snap_arena arena;
    struct snap_string_pool strings;
    struct snap_key_table table;
    struct snap_walk walk;
};

/* Partly restored graphs, and what was under way, add up to something else. */
static bool is_whole(const struct snap_ledger *ledger, const bool *reaching)
{
    const struct snap_baseline *baseline = ledger->baseline;

    for (uint32_t i = 0; i < ledger->job->operator_count; i++) {
        bool is_source = ledger->rules[i]->kind == SNAP_RULE_SOURCE;

        if (reaching[i] && is_source && (!ledger->rules[i]->record_at || !baseline->restored[i]))
            return false;
    }
    for (uint32_t t = 0; t < ledger->job->task_count; t++)
        if (baseline->finished[t])
            return false;
    return !baseline->in_flight;
}

static bool can_compare(const struct snap_ledger *ledger, const struct snap_operator *op,
                        const bool *reaching)
{
    const struct snap_operator_rules *rules = ledger->rules[op->index];
    const struct snap_graph *graph = &ledger->graph;

    return rules->kind == SNAP_RULE_FOLD && rules->fold && !rules->fold_order_matters &&
           rules->affecting_inputs == 0 && op->type->keyed &&
           snap_rules_state_kind(rules, op) == SNAP_VALUE_LONG &&
           graph->known[op->index] == SNAP_KNOWN_ALL && graph->countable[op->index] &&
           !graph->behind_window[op->index] && ledger->baseline->restored[op->index] &&
           ledger->baseline->has_entries[op->index] && is_whole(ledger, reaching);
}

/* The strings of copies are gone with the next walk. */
static void keep_key(struct past_check *check, struct snap_key_slot *slot)
{
    if (!slot->present && check->table.kind == SNAP_VALUE_STRING)
        slot->key.string =
            snap_string_make(&check->arena, slot->key.string->bytes, slot->key.string->length);
}

static void fold_copies(struct past_check *check)
{
    const struct snap_operator_rules *rules = check->ledger->rules[check->op->index];

    for (uint32_t i = 0; i < check->walk.count; i++) {
        const struct snap_record *record = &check->walk.copies[i].record;
        struct snap_key_slot *slot = snap_key_table_get(&check->table, record->key, 0);

        keep_key(check, slot);
        rules->fold(check->op, record, &check->strings, &slot->value, &slot->present);
    }
}

/* Returns false if the split does not have so many records. */
static bool fold_split(struct past_check *check, uint32_t split)
{
    const struct snap_ledger *ledger = check->ledger;
    uint32_t source = ledger->split_operator[split];
    const struct snap_operator *op = &ledger->job->operators[source];
    uint64_t end = ledger->baseline->split_next[split];
    struct snap_record records[SNAP_WALK_RECORDS];
    uint32_t count = 0;

    for (uint64_t offset = 0; offset < end; offset++) {
        if (!ledger->rules[source]->record_at(op, split - op->split_first, offset, &records[count]))
            return false;
        records[count++].origin = snap_origin_make(split, offset);
        if (count < SNAP_WALK_RECORDS && offset + 1 < end)
            continue;
        snap_walk_from(&check->walk, source, records, count);
        fold_copies(check);
        count = 0;
    }
    return true;
}

static enum past compare(struct past_check *check)
{
    const struct snap_baseline *baseline = check->ledger->baseline;
    uint32_t met = 0;

    for (uint32_t i = 0; i < baseline->entry_count; i++) {
        const struct snap_state_entry *entry = &baseline->entries[i];
        struct snap_key_slot *slot;

        if (entry->operator_index != check->op->index)
            continue;
        slot = snap_key_table_get(&check->table, entry->key, 0);
        if (!slot->present || slot->value.number != entry->value.number)
            return PAST_DIFFERS;
        met++;
    }
    return met == check->table.used_count ? PAST_EXACT : PAST_DIFFERS;
}

static enum past fold_all(struct past_check *check, const bool *reaching)
{
    const struct snap_ledger *ledger = check->ledger;

    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        uint32_t source = ledger->split_operator[s];

        if (source != SNAP_NO_INDEX && reaching[source] && !fold_split(check, s))
            return PAST_UNKNOWN;
    }
    return compare(check);
}

static enum past look_at_past(const struct snap_ledger *ledger, const struct snap_operator *op)
{
    struct past_check check = {.ledger = ledger, .op = op};
    enum past past = PAST_UNKNOWN;
    const bool *reaching;

    snap_arena_init(&check.arena);
    reaching = snap_graph_reaching(&ledger->graph, &check.arena, op->index);
    if (can_compare(ledger, op, reaching)) {
        snap_string_pool_init(&check.strings);
        check.table.arena = &check.arena;
        check.table.kind = op->input_schemas[0].key;
        snap_walk_init_to(&check.walk, &ledger->graph, op->index);
        past = fold_all(&check, reaching);
        snap_walk_fini(&check.walk);
        snap_string_pool_fini(&check.strings);
    }
    snap_arena_fini(&check.arena);
    return past;
}

/* Whether the snapshot would hold records twice if this job had taken it: without periodic
 * checkpoints nobody waits for a savepoint's barriers, but at a stop nothing comes behind them. */
static bool may_hold_twice(const struct snap_ledger *first)
{
    return first->at_least_once || (first->savepoints_only && first->baseline->in_passing);
}

static enum snap_doubt doubt_about(const struct snap_ledger *first, const struct snap_operator *op)
{
    bool has_state = snap_rule_has_state(first->rules[op->index]->kind);
    enum past past;

    /* What was not in the snapshot began with nothing. */
    if (has_state && !first->baseline->restored[op->index])
        return SNAP_DOUBT_NONE;
    past = look_at_past(first, op);
    if (past == PAST_DIFFERS)
        return SNAP_DOUBT_DIFFERS;
    if (past == PAST_EXACT || first->baseline->overtaken)
        return SNAP_DOUBT_NONE;
    if (may_hold_twice(first))
        return SNAP_DOUBT_AT_LEAST_ONCE;
    return has_state ? SNAP_DOUBT_TRUSTED : SNAP_DOUBT_NONE;
}

static void give_up(int64_t *counter)
{
    if (*counter == 0)
        *counter = SNAP_UNJUDGED;
}

void snap_past_doubt(const struct snap_ledger *newest, struct snap_judgement *judgement)
{
    const struct snap_operator *op = &newest->job->operators[judgement->operator_index];
    const struct snap_ledger *first = newest;
    const struct snap_operator *same;

    while (first->before)
        first = first->before;
    same = snap_job_find_operator(first->job, op->uid);
    judgement->doubt = first->baseline && same ? doubt_about(first, same) : SNAP_DOUBT_NONE;
    if (judgement->doubt <= SNAP_DOUBT_TRUSTED)
        return;
    give_up(&judgement->counters[SNAP_COUNTER_DUPLICATED]);
    give_up(&judgement->counters[SNAP_COUNTER_WRONG_STATE]);
    if (!may_hold_twice(first))
        give_up(&judgement->counters[SNAP_COUNTER_LOST]);
}
