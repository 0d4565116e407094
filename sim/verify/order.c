// SPDX-License-Identifier: Apache-2.0
#include "verify/order.h"

#include "verify/key_table.h"

struct check {
    const struct snap_match *match;
    struct snap_key_table table; /* last: the greatest origin so far */
    struct snap_finding *first;
    int64_t count;
};

static bool is_repeat(const struct snap_match *match, uint32_t run, uint32_t position)
{
    return match->repeats && match->repeats[run][position];
}

static void note_late(struct check *check, const struct snap_run *run, uint32_t position)
{
    struct snap_log_entry entry = snap_slice_entry(&run->slice, position);

    check->count++;
    snap_finding_offer(check->first, &(struct snap_finding){
                                         .found = true,
                                         .counter = SNAP_COUNTER_OUT_OF_ORDER,
                                         .operator_index = check->match->operator_index,
                                         .subtask = run->subtask,
                                         .origin = entry.record.origin,
                                         .lineage = entry.lineage,
                                         .at_ns = snap_run_time_of(run, position),
                                     });
}

/* Entries of the run from `position` on, which are the first `count` of `records`. */
static void check_some(struct check *check, uint32_t run, uint32_t position,
                       const struct snap_record *records, uint32_t count)
{
    struct snap_key_slot *slots[SNAP_KEYS_AT_ONCE];

    snap_key_table_get_all(&check->table, records, count, slots);
    for (uint32_t i = 0; i < count; i++) {
        if (is_repeat(check->match, run, position + i))
            continue;
        if (records[i].origin >= slots[i]->last)
            slots[i]->last = records[i].origin;
        else
            note_late(check, &check->match->runs->items[run], position + i);
    }
}

static void check_run(struct check *check, uint32_t index)
{
    const struct snap_slice *slice = &check->match->runs->items[index].slice;
    struct snap_log_entries entries = {.count = 0};

    for (uint32_t i = 0; i < slice->count; i += entries.count) {
        snap_slice_read(slice, i, &entries);
        for (uint32_t k = 0; k < entries.count; k += SNAP_KEYS_AT_ONCE) {
            uint32_t rest = entries.count - k;

            check_some(check, index, i + k, entries.records + k,
                       rest < SNAP_KEYS_AT_ONCE ? rest : SNAP_KEYS_AT_ONCE);
        }
    }
}

int64_t snap_order_count(const struct snap_match *match, struct snap_finding *first)
{
    const struct snap_operator *op = &match->ledger->job->operators[match->operator_index];
    struct snap_arena arena = {0};
    struct check check = {
        .match = match,
        .table = {.arena = &arena, .kind = op->input_schemas[0].key, .by_split = true},
        .first = first,
    };

    for (uint32_t r = 0; r < match->runs->count; r++)
        if (match->runs->items[r].phase == SNAP_PART_VISIBLE)
            check_run(&check, r);
    snap_arena_fini(&arena);
    return check.count;
}
