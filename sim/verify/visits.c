// SPDX-License-Identifier: Apache-2.0
#include "verify/visits.h"

/* In the order of time. */
static void add_visit(struct snap_visits *visits, const struct snap_visit *visit)
{
    uint32_t at = visits->count;

    if (at == SNAP_VISITS_MAX)
        return;
    for (; at > 0 && visits->items[at - 1].at_ns > visit->at_ns; at--)
        visits->items[at] = visits->items[at - 1];
    visits->items[at] = *visit;
    visits->count++;
}

struct snap_ledger *snap_ledger_execution_at(struct snap_ledger *ledger, snap_ns at_ns)
{
    while (ledger->before && at_ns < ledger->began_ns)
        ledger = ledger->before;
    return ledger;
}

static bool stands_in_journal(const struct snap_journal_range *ranges, uint32_t count,
                              uint64_t index)
{
    for (uint32_t i = 0; i < count; i++)
        if (index >= ranges[i].first && index < ranges[i].end)
            return true;
    return false;
}

static bool stands_in_part(const struct snap_part_book *part, uint64_t index)
{
    if (!part->reported || part->phase != SNAP_PART_VISIBLE || index >= part->line_count)
        return false;
    for (uint32_t i = 0; i < part->bad_count; i++)
        if (part->bad_lines[i] == index)
            return false;
    return true;
}

/* Finds the next entry of the record at or behind *index; false if there is none. */
static bool find_next(const struct snap_log *log, const struct snap_finding *finding,
                      uint64_t *index)
{
    while (*index < log->count) {
        struct snap_slice slice = snap_log_slice(log, *index, log->count);

        for (uint32_t i = 0; i < slice.count; i++, ++*index)
            if (snap_slice_cell(&slice, SNAP_COLUMN_ORIGIN, i) == finding->origin &&
                snap_slice_cell(&slice, SNAP_COLUMN_LINEAGE, i) == finding->lineage)
                return true;
    }
    return false;
}

static void look_in_journal(struct snap_visits *visits, const struct snap_journal *journal,
                            uint32_t subtask, const struct snap_finding *finding)
{
    struct snap_arena arena;
    const struct snap_journal_range *ranges;
    uint32_t count;

    snap_arena_init(&arena);
    ranges = snap_journal_content(journal, &arena, &count);
    for (uint64_t index = 0; find_next(&journal->log, finding, &index); index++)
        add_visit(visits, &(struct snap_visit){
                              .subtask = subtask,
                              .at_ns = snap_log_time_of(&journal->log, index),
                              .stands = stands_in_journal(ranges, count, index),
                              .segment = snap_journal_segment_of(journal, index),
                          });
    snap_arena_fini(&arena);
}

static void look_in_parts(struct snap_visits *visits, const struct snap_subtask_book *book,
                          uint32_t subtask, const struct snap_finding *finding)
{
    for (uint32_t p = 0; p < book->part_count; p++) {
        const struct snap_part_book *part = &book->parts[p];

        for (uint64_t index = 0; find_next(&part->written, finding, &index); index++)
            add_visit(visits, &(struct snap_visit){
                                  .subtask = subtask,
                                  .at_ns = snap_log_time_of(&part->written, index),
                                  .stands = stands_in_part(part, index),
                                  .part = part,
                              });
    }
}

void snap_visits_find(struct snap_visits *visits, struct snap_ledger *ledger,
                      const struct snap_finding *finding)
{
    const struct snap_operator *op = &ledger->job->operators[finding->operator_index];
    const struct snap_subtask_book *books = ledger->books[op->index];
    bool is_sink = ledger->rules[op->index]->kind == SNAP_RULE_SINK;

    visits->count = 0;
    for (uint32_t i = 0; i < ledger->subtasks[op->index]; i++) {
        if (is_sink)
            look_in_parts(visits, &books[i], i, finding);
        else if (i < op->parallelism)
            look_in_journal(visits, &books[i].journal, i, finding);
    }
}
