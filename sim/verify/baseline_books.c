// SPDX-License-Identifier: Apache-2.0
/*
 * The books of a run that starts from a snapshot on disk: its splits begin where that left them,
 * its states with what that held.
 */
#include "verify/ledger.h"
#include "verify/ledger_parts.h"

static void begin_splits(struct snap_ledger *ledger, const struct snap_baseline *baseline)
{
    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        struct snap_split_book *book = &ledger->splits[s];
        uint64_t origin = snap_origin_make(s, baseline->split_next[s]);

        ledger->base_origin[s] = origin;
        book->first_origin = origin;
        book->end_origin = origin;
        book->next_origin = origin;
        book->past_origin = UINT64_MAX;
        /* What is below was sent: it is not new, whoever sends it. */
        book->sent_any = baseline->split_next[s] > 0;
    }
}

/* Entries stand by operator, then subtask. */
static void begin_states(struct snap_ledger *ledger, const struct snap_baseline *baseline)
{
    for (uint32_t i = 0; i < baseline->entry_count; i++) {
        const struct snap_state_entry *entry = &baseline->entries[i];
        struct snap_subtask_book *book = &ledger->books[entry->operator_index][entry->subtask];

        if (!book->base_entries)
            book->base_entries = entry;
        book->base_entry_count++;
    }
}

static void begin_windows(struct snap_ledger *ledger, const struct snap_baseline *baseline)
{
    for (uint32_t i = 0; i < baseline->window_count; i++) {
        const struct snap_base_window *window = &baseline->windows[i];
        struct snap_subtask_book *book = &ledger->books[window->operator_index][window->subtask];

        if (!book->base_windows)
            book->base_windows = window;
        /* They say in which windows a record is. */
        book->journal.log.keeps_timestamps = true;
        book->base_window_count++;
    }
}

static void note_snapshot(struct snap_ledger *ledger, const struct snap_baseline *baseline)
{
    struct snap_ledger_moment moment = {.checkpoint = baseline->checkpoint};
    struct snap_task_book *master = &ledger->tasks[snap_job_manager_actor(ledger->job)];

    for (uint32_t t = 0; t < ledger->job->task_count; t++) {
        struct snap_task_book *task = &ledger->tasks[t];
        const struct snap_vertex *vertex = &ledger->job->vertices[ledger->task_vertex[t]];

        if (baseline->finished[t])
            continue;
        snap_moments_add(&task->snapshots, &task->arena, &moment);
        for (uint32_t p = 0; p < vertex->operator_count; p++) {
            uint32_t op = vertex->operators[p];
            struct snap_subtask_book *book = &ledger->books[op][t - vertex->task_first];

            if (snap_rule_has_state(ledger->rules[op]->kind))
                snap_journal_mark(&book->journal, &task->arena, moment.checkpoint, 0);
            if (book->windows)
                snap_journal_mark(&book->windows->journal, &task->arena, moment.checkpoint, 0);
        }
    }
    snap_moments_add(&master->completions, &master->arena, &moment);
}

bool snap_ledger_is_past(const struct snap_ledger *ledger, uint64_t origin)
{
    uint32_t split = snap_origin_split(origin);

    while (ledger->before)
        ledger = ledger->before;
    return ledger->baseline && split < ledger->job->split_count &&
           snap_origin_offset(origin) < ledger->baseline->split_next[split];
}

bool snap_ledger_is_past_again(const struct snap_ledger *ledger, uint64_t origin)
{
    const struct snap_ledger *first = ledger;

    while (first->before)
        first = first->before;
    if (!snap_ledger_is_past(ledger, origin) ||
        origin < ledger->splits[snap_origin_split(origin)].past_origin)
        return false;
    /* Records that were under way have the first origin of their split. */
    return !first->baseline->in_flight || snap_origin_offset(origin) > 0;
}

void snap_ledger_begin_at(struct snap_ledger *ledger, const struct snap_baseline *baseline)
{
    ledger->baseline = baseline;
    /* Sums cannot tell what was under way from what is sent now. */
    ledger->prints = ledger->prints && !baseline->in_flight;
    ledger->in_flight = ledger->in_flight || baseline->in_flight;
    begin_splits(ledger, baseline);
    begin_states(ledger, baseline);
    begin_windows(ledger, baseline);
    note_snapshot(ledger, baseline);
}
