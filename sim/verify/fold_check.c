// SPDX-License-Identifier: Apache-2.0
#include "verify/fold_check.h"

#include "verify/fold_sums.h"
#include "verify/key_table.h"

/* No entry of the journal has the key: its value was there when the run began. */
#define NO_ENTRY UINT64_MAX

struct check {
    const struct snap_fold_subject *subject;
    struct snap_arena arena;
    struct snap_string_pool strings;
    struct snap_key_table table;
};

/* Entries from `from` on; the first of all is entry `index` of the log. */
static void fold_some(struct check *check, const struct snap_log_entries *entries, uint32_t from,
                      uint64_t index)
{
    const struct snap_fold_subject *subject = check->subject;
    const struct snap_record *records = entries->records + from;
    uint32_t count = entries->count - from;
    struct snap_key_slot *slots[SNAP_KEYS_AT_ONCE];

    if (count > SNAP_KEYS_AT_ONCE)
        count = SNAP_KEYS_AT_ONCE;
    snap_key_table_get_all(&check->table, records, count, slots);
    for (uint32_t i = 0; i < count; i++) {
        subject->rules->fold(subject->op, &records[i], &check->strings, &slots[i]->value,
                             &slots[i]->present);
        slots[i]->last = index + from + i;
    }
}

static void fold_run(struct check *check, const struct snap_run *run)
{
    struct snap_log_entries entries = {.count = 0};

    for (uint32_t i = 0; i < run->slice.count; i += entries.count) {
        snap_slice_read(&run->slice, i, &entries);
        for (uint32_t k = 0; k < entries.count; k += SNAP_KEYS_AT_ONCE)
            fold_some(check, &entries, k, run->first + i);
    }
}

static void offer(const struct check *check, const struct snap_key_slot *slot,
                  struct snap_finding *first)
{
    const struct snap_run *run = &check->subject->runs->items[0];
    struct snap_log_entry entry;

    /* What was there from the start has no record to blame. */
    if (slot->last == NO_ENTRY)
        return;
    entry = snap_log_entry_at(run->log, slot->last);
    snap_finding_offer(first, &(struct snap_finding){
                                  .found = true,
                                  .counter = SNAP_COUNTER_WRONG_STATE,
                                  .operator_index = check->subject->op->index,
                                  .subtask = run->subtask,
                                  .origin = entry.record.origin,
                                  .lineage = entry.lineage,
                                  .at_ns = snap_log_time_of(run->log, slot->last),
                              });
}

static int64_t compare_entries(struct check *check, struct snap_finding *first)
{
    const struct snap_subtask_book *book = check->subject->book;
    enum snap_value_kind kind = snap_rules_state_kind(check->subject->rules, check->subject->op);
    int64_t wrong = 0;

    for (uint32_t i = 0; i < book->entry_count; i++) {
        const struct snap_state_entry *entry = &book->entries[i];
        struct snap_key_slot *slot = snap_key_table_get(&check->table, entry->key, 0);

        if (!slot->present) {
            wrong++; /* no record has this key: there is no culprit to name */
        } else if (slot->compared || !snap_value_same(kind, slot->value, entry->value)) {
            wrong++;
            offer(check, slot, first);
        }
        slot->compared = true;
    }
    return wrong;
}

static int64_t count_missing(const struct check *check, struct snap_finding *first)
{
    int64_t missing = 0;

    for (uint32_t i = 0; i < check->table.slot_count; i++) {
        const struct snap_key_slot *slot = &check->table.slots[i];

        if (!slot->used || !slot->present || slot->compared)
            continue;
        missing++;
        offer(check, slot, first);
    }
    return missing;
}

/* A union list may have a key once for each subtask that counted it: with fewer subtasks than
 * before one takes the place of several, and what they had adds up. Of texts, which only a damaged
 * file has twice, the later one stays, as in the operator's state. */
static void take_base(struct check *check)
{
    const struct snap_subtask_book *book = check->subject->book;
    bool adds = snap_rules_state_kind(check->subject->rules, check->subject->op) == SNAP_VALUE_LONG;

    for (uint32_t i = 0; i < book->base_entry_count; i++) {
        const struct snap_state_entry *entry = &book->base_entries[i];
        struct snap_key_slot *slot = snap_key_table_get(&check->table, entry->key, 0);

        if (slot->present && adds)
            slot->value.number =
                (int64_t)((uint64_t)slot->value.number + (uint64_t)entry->value.number);
        else
            slot->value = entry->value;
        slot->present = true;
        slot->last = NO_ENTRY;
    }
}

int64_t snap_fold_check(const struct snap_fold_subject *subject, struct snap_finding *first)
{
    struct check check = {.subject = subject};
    int64_t wrong;

    if (snap_fold_sums_agree(subject))
        return 0;
    snap_string_pool_init(&check.strings);
    check.table.arena = &check.arena;
    check.table.kind = subject->op->input_schemas[0].key;
    take_base(&check);
    for (uint32_t r = 0; r < subject->runs->count; r++)
        fold_run(&check, &subject->runs->items[r]);
    wrong = compare_entries(&check, first);
    wrong += count_missing(&check, first);
    snap_string_pool_fini(&check.strings);
    snap_arena_fini(&check.arena);
    return wrong;
}
