// SPDX-License-Identifier: Apache-2.0
/*
 * What readers of sinks see.
 */
#include "verify/match.h"
#include "verify/order.h"
#include "verify/row_match.h"
#include "verify/trial.h"

/* Lines that are not what was written, or that nobody wrote, in parts that readers see. */
static int64_t count_alien_lines(const struct snap_subtask_book *book)
{
    int64_t alien = 0;

    for (uint32_t i = 0; i < book->part_count; i++) {
        const struct snap_part_book *part = &book->parts[i];

        if (!part->reported || part->phase != SNAP_PART_VISIBLE)
            continue;
        alien += part->bad_count;
        if (part->line_count > part->written.count)
            alien += (int64_t)(part->line_count - part->written.count);
    }
    return alien;
}

/* Only what is left of each key can be judged, and sums do not know what that is. */
void snap_trial_judge_rows(struct snap_trial *trial)
{
    int64_t *counters = trial->judgement->counters;
    struct snap_row_match match = {
        .ledger = trial->ledger,
        .op = trial->op,
        .stopped = !snap_trial_has_ended(trial),
        .runs = &trial->runs,
        .arena = &trial->scratch,
    };
    int64_t alien = 0;

    for (uint32_t i = 0; i < trial->ledger->subtasks[trial->op->index]; i++) {
        const struct snap_subtask_book *book = &trial->ledger->books[trial->op->index][i];

        snap_runs_add_parts(&trial->runs, &trial->scratch, book, i);
        alien += count_alien_lines(book);
    }
    snap_row_match_run(&match);
    trial->judgement->affected = match.rows;
    counters[SNAP_COUNTER_LOST] = match.lost;
    counters[SNAP_COUNTER_DUPLICATED] = match.duplicated;
    if (match.duplicated != SNAP_UNJUDGED)
        counters[SNAP_COUNTER_DUPLICATED] += alien;
    counters[SNAP_COUNTER_PENDING] = match.pending;
    counters[SNAP_COUNTER_UNCOMMITTED] = 0;
    trial->judgement->rows = match.doubt;
    snap_finding_offer(&trial->first, &match.first);
}

/* What was dealt to other subtasks, captured again and restored comes beside what is newer: nothing
 * makes the one wait for the other then. Flink: execution.checkpointing.during-recovery.enabled. */
static bool may_mix(const struct snap_ledger *newest)
{
    for (const struct snap_ledger *at = newest; at; at = at->before)
        if (at->in_flight && at->recaptures)
            return true;
    return false;
}

/* Records that an operator held back were dealt to other subtasks, one by one: those of one split
 * no longer wait for each other. One subtask gets them all, in their order. */
static bool deals_held(const struct snap_ledger *newest)
{
    for (const struct snap_ledger *at = newest; at->before; at = at->before)
        for (uint32_t i = 0; i < at->job->operator_count; i++) {
            const struct snap_operator *op = &at->job->operators[i];
            const struct snap_operator *same = snap_job_find_operator(at->before->job, op->uid);

            if (at->rules[i]->holds && same && op->parallelism > 1 &&
                op->parallelism != same->parallelism)
                return true;
        }
    return false;
}

/* In all executions that had the sink. */
static bool keeps_order(const struct snap_trial *trial, const bool *changes_key)
{
    const struct snap_ledger *newest = trial->ledger;

    if (may_mix(newest) || deals_held(newest))
        return false;
    for (const struct snap_ledger *at = newest->before; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, trial->op->uid);

        /* What the walk saw of keys is told by the operators of the last job. */
        if (same && (at->job->operator_count != newest->job->operator_count ||
                     !snap_graph_keeps_order(&at->graph, changes_key, same->index)))
            return false;
    }
    return snap_graph_keeps_order(&newest->graph, changes_key, trial->op->index);
}

/* A job that has failed leaves behind what readers see, and nobody comes to change it. Where it was
 * cut off in a restore, that would still commit: only what is seen already is judged. Nothing is of
 * a list that a restore cuts back, nor behind windows: they fire anew, maybe with other records. */
static bool is_left_open(const struct snap_trial *trial)
{
    bool all = trial->ledger->graph.behind_window[trial->op->index] ||
               trial->op->sink_view == SNAP_SINK_CUTS_BACK;

    if (!snap_trial_is_half_restarted(trial))
        return false;
    trial->judgement->is_half_restarted = all || !snap_trial_has_ended(trial);
    return all;
}

void snap_trial_judge_sink(struct snap_trial *trial)
{
    const struct snap_graph *graph = &trial->ledger->graph;
    uint32_t index = trial->op->index;
    int64_t *counters = trial->judgement->counters;
    struct snap_match match;
    int64_t alien = 0;

    for (uint32_t i = 0; i < trial->ledger->subtasks[index]; i++) {
        const struct snap_subtask_book *book = &trial->ledger->books[index][i];

        snap_runs_add_parts(&trial->runs, &trial->scratch, book, i);
        alien += count_alien_lines(book);
    }
    trial->judgement->affected = (int64_t)trial->runs.visible_count + alien;
    if (!graph->countable[index] || is_left_open(trial))
        return;
    if (trial->ledger->before)
        snap_runs_sort(&trial->runs);
    if (!snap_trial_judge_copies(trial, &match))
        return;
    counters[SNAP_COUNTER_DUPLICATED] += alien;
    if (!match.only_seen)
        counters[SNAP_COUNTER_UNCOMMITTED] = match.uncommitted;
    /* Results come when windows are over: in no order that a split has. */
    if (!graph->behind_window[index] && keeps_order(trial, match.changes_key))
        counters[SNAP_COUNTER_OUT_OF_ORDER] = snap_order_count(&match, &trial->first);
}
