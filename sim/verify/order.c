// SPDX-License-Identifier: Apache-2.0
#include "verify/order.h"

#include "verify/key_table.h"

static bool is_repeat(const struct snap_match *match, uint32_t run, uint32_t position)
{
    return match->repeats && match->repeats[run][position];
}

int64_t snap_order_count(const struct snap_match *match, struct snap_finding *first)
{
    const struct snap_operator *op = &match->ledger->job->operators[match->operator_index];
    struct snap_arena arena = {0};
    struct snap_key_table table = {.arena = &arena, .kind = op->input_schemas[0].key};
    int64_t count = 0;

    for (uint32_t r = 0; r < match->runs->count; r++) {
        const struct snap_run *run = &match->runs->items[r];

        for (uint32_t i = 0; run->phase == SNAP_PART_VISIBLE && i < run->slice.count; i++) {
            struct snap_log_entry entry = snap_slice_entry(&run->slice, i);
            const struct snap_record *record = &entry.record;
            struct snap_key_slot *slot;

            if (is_repeat(match, r, i))
                continue;
            slot = snap_key_table_get(&table, record->key, snap_origin_split(record->origin));
            if (record->origin >= slot->origin) {
                slot->origin = record->origin;
                continue;
            }
            count++;
            snap_finding_offer(first, &(struct snap_finding){
                                          .found = true,
                                          .counter = SNAP_COUNTER_OUT_OF_ORDER,
                                          .operator_index = match->operator_index,
                                          .subtask = run->subtask,
                                          .origin = record->origin,
                                          .lineage = entry.lineage,
                                          .at_ns = snap_run_time_of(run, i),
                                      });
        }
    }
    snap_arena_fini(&arena);
    return count;
}
