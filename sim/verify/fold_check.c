// SPDX-License-Identifier: Apache-2.0
#include "verify/fold_check.h"

#include "verify/key_table.h"

struct check {
    const struct snap_fold_subject *subject;
    struct snap_arena arena;
    struct snap_string_pool strings;
    struct snap_key_table table;
};

static void fold_run(struct check *check, const struct snap_run *run)
{
    const struct snap_fold_subject *subject = check->subject;

    for (uint32_t i = 0; i < run->slice.count; i++) {
        struct snap_log_entry entry = snap_slice_entry(&run->slice, i);
        struct snap_key_slot *slot = snap_key_table_get(&check->table, entry.record.key, 0);

        subject->rules->fold(subject->op, &entry.record, &check->strings, &slot->value,
                             &slot->present);
        slot->origin = entry.record.origin;
        slot->lineage = entry.lineage;
        slot->log_index = run->first + i;
    }
}

static void offer(const struct check *check, const struct snap_key_slot *slot,
                  struct snap_finding *first)
{
    /* A slot that is present has an entry in the journal, so there is a run. */
    const struct snap_run *run = &check->subject->runs->items[0];

    snap_finding_offer(first, &(struct snap_finding){
                                  .found = true,
                                  .counter = SNAP_COUNTER_WRONG_STATE,
                                  .operator_index = check->subject->op->index,
                                  .subtask = run->subtask,
                                  .origin = slot->origin,
                                  .lineage = slot->lineage,
                                  .at_ns = snap_log_time_of(run->log, slot->log_index),
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

int64_t snap_fold_check(const struct snap_fold_subject *subject, struct snap_finding *first)
{
    struct check check = {.subject = subject};
    int64_t wrong;

    snap_string_pool_init(&check.strings);
    check.table.arena = &check.arena;
    check.table.kind = subject->op->input_schemas[0].key;
    for (uint32_t r = 0; r < subject->runs->count; r++)
        fold_run(&check, &subject->runs->items[r]);
    wrong = compare_entries(&check, first);
    wrong += count_missing(&check, first);
    snap_string_pool_fini(&check.strings);
    snap_arena_fini(&check.arena);
    return wrong;
}
