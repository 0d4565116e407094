// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "verify/books.h"
#include "verify/fold_check.h"
#include "verify/ledger.h"
#include "verify/match.h"
#include "verify/match_results.h"
#include "verify/order.h"
#include "verify/past_check.h"
#include "verify/print_judge.h"
#include "verify/row_match.h"
#include "verify/shadow_check.h"
#include "verify/story.h"
#include "verify/window_check.h"

/* One state or sink under judgement. */
struct trial {
    struct snap_ledger *ledger;
    enum snap_job_status status;
    const struct snap_operator *op;
    struct snap_arena scratch;
    struct snap_runs runs;
    struct snap_judgement *judgement;
    struct snap_finding first;
};

static bool has_ended(enum snap_job_status status)
{
    return status == SNAP_JOB_FINISHED || status == SNAP_JOB_FAILED;
}

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

static bool is_behind_window(const struct trial *trial)
{
    return trial->ledger->graph.behind_window[trial->op->index];
}

/* Whether all executions had the operators of the last one. */
static bool has_same_operators(const struct snap_ledger *newest)
{
    for (const struct snap_ledger *at = newest->before; at; at = at->before) {
        if (at->job->operator_count != newest->job->operator_count)
            return false;
        for (uint32_t i = 0; i < newest->job->operator_count; i++) {
            const struct snap_operator *op = &newest->job->operators[i];
            const struct snap_operator *same = snap_job_find_operator(at->job, op->uid);

            if (!same || same->type != op->type)
                return false;
        }
    }
    return true;
}

/* Lost, duplicated, uncommitted and pending, where the number of copies can be known. */
static void judge_copies(struct trial *trial, struct snap_match *match)
{
    int64_t *counters = trial->judgement->counters;

    if (!trial->ledger->graph.countable[trial->op->index])
        return;
    *match = (struct snap_match){
        .ledger = trial->ledger,
        .operator_index = trial->op->index,
        .stopped = !has_ended(trial->status),
        .canceled = trial->status == SNAP_JOB_CANCELED,
        .runs = &trial->runs,
        .arena = &trial->scratch,
    };
    if (is_behind_window(trial) && !has_same_operators(trial->ledger))
        return; /* what windows of another job sent is not known any more */
    if (is_behind_window(trial))
        snap_match_results(match);
    else
        snap_match_run(match);
    counters[SNAP_COUNTER_LOST] = match->lost;
    counters[SNAP_COUNTER_DUPLICATED] = match->duplicated;
    counters[SNAP_COUNTER_PENDING] = match->pending;
    snap_finding_offer(&trial->first, &match->first);
}

/* What the run takes for granted, if it began with a snapshot on disk. */
static const struct snap_baseline *baseline_of(const struct trial *trial)
{
    const struct snap_ledger *first = trial->ledger;

    while (first->before)
        first = first->before;
    return first->baseline;
}

/* Operators of a later job that the first one did not have began with nothing. */
static bool knows_beginning(const struct trial *trial)
{
    const struct snap_ledger *first = trial->ledger;
    const struct snap_operator *same;

    while (first->before)
        first = first->before;
    same = snap_job_find_operator(first->job, trial->op->uid);
    return !first->baseline || !same || first->baseline->has_entries[same->index];
}

/* Who got what of it at another parallelism only such an operator knows. */
static bool was_dealt_by_itself(const struct trial *trial)
{
    const struct snap_operator_type *type = trial->op->type;

    for (const struct snap_ledger *at = trial->ledger->before; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, trial->op->uid);

        if (same && same->parallelism != trial->op->parallelism)
            return type->keeps_own_state && !type->keyed;
    }
    return false;
}

/* A task that is down, or that was restored as finished, has no state to compare. */
static void judge_fold(struct trial *trial)
{
    struct snap_ledger *ledger = trial->ledger;
    int64_t wrong = 0;

    if (trial->status == SNAP_JOB_FAILED || !ledger->rules[trial->op->index]->fold)
        return;
    if (!knows_beginning(trial) || was_dealt_by_itself(trial))
        return;
    for (uint32_t i = 0; i < trial->op->parallelism; i++) {
        const struct snap_subtask_book *book = &ledger->books[trial->op->index][i];
        struct snap_runs runs = {0};
        struct snap_fold_subject subject = {
            .op = trial->op,
            .rules = ledger->rules[trial->op->index],
            .book = book,
            .runs = &runs,
        };

        if (!snap_ledger_is_alive(snap_ledger_task(ledger, trial->op->index, i)) ||
            book->finished_before || book->partly_finished)
            continue;
        snap_runs_add_journal(&runs, &trial->scratch, book, i);
        wrong += snap_fold_check(&subject, &trial->first);
    }
    trial->judgement->counters[SNAP_COUNTER_WRONG_STATE] = wrong;
}

/* Contents that a shadow has; of what `fold` decides and of these both count. */
static void judge_shadow(struct trial *trial)
{
    const struct snap_operator_rules *rules = trial->ledger->rules[trial->op->index];
    int64_t *counter = &trial->judgement->counters[SNAP_COUNTER_WRONG_STATE];
    bool judged = !rules->fold || *counter != SNAP_UNJUDGED;
    int64_t by_fold = *counter > 0 ? *counter : 0;
    int64_t wrong = SNAP_UNJUDGED;

    if (!rules->shadow || trial->status == SNAP_JOB_FAILED)
        return;
    if (snap_shadow_knows(trial->ledger, trial->op))
        wrong = snap_shadow_check(trial->ledger, trial->op, &trial->first);
    judged = judged && wrong != SNAP_UNJUDGED;
    by_fold += wrong > 0 ? wrong : 0;
    *counter = judged || by_fold > 0 ? by_fold : SNAP_UNJUDGED;
}

/* What the restored windows became. */
static void judge_windows(struct trial *trial)
{
    const struct snap_operator_rules *rules = trial->ledger->rules[trial->op->index];
    int64_t wrong = 0;

    if (!baseline_of(trial) || !rules->add_to_window || trial->status == SNAP_JOB_FAILED)
        return;
    for (uint32_t i = 0; i < trial->op->parallelism; i++) {
        const struct snap_subtask_book *book = &trial->ledger->books[trial->op->index][i];
        const struct snap_window_subject subject = {
            .op = trial->op,
            .rules = rules,
            .book = book,
            .has_ended = trial->status == SNAP_JOB_FINISHED && !trial->ledger->suspended,
        };

        int64_t of_subtask = book->windows ? snap_window_check(&subject, &trial->scratch) : 0;

        if (of_subtask == SNAP_UNJUDGED)
            return;
        wrong += of_subtask;
    }
    trial->judgement->counters[SNAP_COUNTER_WRONG_STATE] = wrong;
}

/* What was dropped as late was handled, so it is not lost, but it has affected nothing. */
static void count_late(struct trial *trial)
{
    struct snap_judgement *judgement = trial->judgement;

    judgement->late = 0;
    for (uint32_t i = 0; i < trial->op->parallelism; i++)
        judgement->late += snap_window_book_dropped(
            trial->ledger->books[trial->op->index][i].windows, &trial->scratch);
    judgement->affected -= judgement->late;
}

/* Rules that each subtask has: whoever is added starts with those of another one, which is in
 * nobody's journal. */
static bool was_dealt_anew(const struct trial *trial)
{
    for (const struct snap_ledger *at = trial->ledger->before; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, trial->op->uid);

        if (same && same->parallelism != trial->op->parallelism)
            return trial->op->type->second_is_broadcast;
    }
    return false;
}

/* The run was cut off when a subtask had been deployed and not begun yet: what it has is of the
 * attempt before, and others have begun anew. */
static bool is_half_restarted(const struct trial *trial)
{
    for (uint32_t i = 0; i < trial->op->parallelism; i++) {
        const struct snap_task_book *task = snap_ledger_task(trial->ledger, trial->op->index, i);

        if (task->restored != task->sent)
            return true;
    }
    return false;
}

static void judge_state(struct trial *trial)
{
    struct snap_match match;

    if (was_dealt_anew(trial))
        return;
    for (uint32_t i = 0; i < trial->op->parallelism; i++)
        snap_runs_add_journal(&trial->runs, &trial->scratch,
                              &trial->ledger->books[trial->op->index][i], i);
    trial->judgement->affected = (int64_t)trial->runs.visible_count;
    /* Its windows fire anew, maybe with other records: what is still there of old ones is gone. */
    if (trial->ledger->graph.behind_window[trial->op->index] && is_half_restarted(trial))
        return;
    judge_copies(trial, &match);
    if (trial->ledger->rules[trial->op->index]->kind == SNAP_RULE_WINDOW) {
        count_late(trial);
        judge_windows(trial);
    }
    if (trial->ledger->rules[trial->op->index]->kind == SNAP_RULE_FOLD) {
        judge_fold(trial);
        judge_shadow(trial);
    }
}

/* Only what is left of each key can be judged, and sums do not know what that is. */
static void judge_rows(struct trial *trial)
{
    int64_t *counters = trial->judgement->counters;
    struct snap_row_match match = {
        .ledger = trial->ledger,
        .op = trial->op,
        .stopped = !has_ended(trial->status),
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
static bool keeps_order(const struct trial *trial, const bool *changes_key)
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

static void judge_sink(struct trial *trial)
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
    if (!graph->countable[index] || is_half_restarted(trial))
        return;
    if (trial->ledger->before)
        snap_runs_sort(&trial->runs);
    judge_copies(trial, &match);
    counters[SNAP_COUNTER_DUPLICATED] += alien;
    counters[SNAP_COUNTER_UNCOMMITTED] = match.uncommitted;
    /* Results come when windows are over: in no order that a split has. */
    if (!graph->behind_window[index] && keeps_order(trial, match.changes_key))
        counters[SNAP_COUNTER_OUT_OF_ORDER] = snap_order_count(&match, &trial->first);
}

static void add_to(int64_t *counter, int64_t more)
{
    if (*counter != SNAP_UNJUDGED)
        *counter += more;
}

/* Records that an earlier run had prepared, and that this one was to commit. */
static void add_restored_parts(struct trial *trial)
{
    struct snap_judgement *judgement = trial->judgement;

    for (uint32_t i = 0; i < trial->ledger->subtasks[trial->op->index]; i++) {
        const int64_t *restored = trial->ledger->books[trial->op->index][i].restored;

        judgement->affected += restored[SNAP_PART_VISIBLE];
        add_to(&judgement->counters[SNAP_COUNTER_UNCOMMITTED], restored[SNAP_PART_PREPARED]);
        add_to(&judgement->counters[SNAP_COUNTER_LOST], restored[SNAP_PART_GONE]);
    }
}

/* Sums cannot tell what was under way. */
static bool hides_its_past(const struct trial *trial)
{
    const struct snap_baseline *baseline = baseline_of(trial);

    return baseline && baseline->in_flight && trial->ledger->mode == SNAP_LEDGER_FINGERPRINT;
}

static void judge_operator(struct trial *trial)
{
    const struct snap_operator_rules *rules = trial->ledger->rules[trial->op->index];
    struct snap_judgement *judgement = trial->judgement;
    bool replaces = trial->op->sink_view == SNAP_SINK_REPLACES;

    judgement->operator_index = trial->op->index;
    judgement->kind = snap_rule_has_state(rules->kind) ? SNAP_JUDGED_STATE : SNAP_JUDGED_SINK;
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        judgement->counters[c] = SNAP_UNJUDGED;
    for (uint32_t i = 0; i < trial->ledger->subtasks[trial->op->index]; i++)
        judgement->processed += trial->ledger->books[trial->op->index][i].processed;
    judgement->late = SNAP_UNJUDGED;
    if (rules->reads_none || hides_its_past(trial) ||
        (replaces && trial->ledger->mode != SNAP_LEDGER_FULL))
        return;
    if (trial->ledger->mode == SNAP_LEDGER_FINGERPRINT)
        snap_print_judge(trial->ledger,
                         has_ended(trial->status) ? SNAP_ENDING_ENDED : SNAP_ENDING_STOPPED,
                         judgement);
    else if (snap_rule_has_state(rules->kind))
        judge_state(trial);
    else if (replaces)
        judge_rows(trial);
    else
        judge_sink(trial);
    add_restored_parts(trial);
    snap_past_doubt(trial->ledger, judgement);
}

/* None was found, and of one that was restored nobody knows. */
static bool is_in_doubt(const struct snap_verdict *verdict, unsigned counter)
{
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].doubt > SNAP_DOUBT_TRUSTED &&
            verdict->judgements[i].counters[counter] == SNAP_UNJUDGED)
            return verdict->counters[counter] == 0;
    return false;
}

static void add_up(struct snap_verdict *verdict)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        verdict->counters[c] = SNAP_UNJUDGED;
        for (uint32_t i = 0; i < verdict->judgement_count; i++) {
            int64_t counter = verdict->judgements[i].counters[c];

            if (counter == SNAP_UNJUDGED)
                continue;
            if (verdict->counters[c] == SNAP_UNJUDGED)
                verdict->counters[c] = 0;
            verdict->counters[c] += counter;
        }
        if (is_in_doubt(verdict, c))
            verdict->counters[c] = SNAP_UNJUDGED;
    }
}

void snap_ledger_judge(struct snap_ledger *ledger, enum snap_job_status status,
                       struct snap_arena *arena, struct snap_verdict *verdict)
{
    struct snap_finding first = {0};

    memset(verdict, 0, sizeof(*verdict));
    verdict->judgements =
        SNAP_ARENA_ARRAY(arena, struct snap_judgement, ledger->job->operator_count);
    for (uint32_t i = 0; i < ledger->job->operator_count; i++) {
        enum snap_rule_kind kind = ledger->rules[i]->kind;
        struct trial trial = {
            .ledger = ledger,
            .status = status,
            .op = &ledger->job->operators[i],
            .judgement = &verdict->judgements[verdict->judgement_count],
        };

        if (!snap_rule_has_state(kind) && kind != SNAP_RULE_SINK)
            continue;
        verdict->judgement_count++;
        judge_operator(&trial);
        snap_finding_offer(&first, &trial.first);
        snap_arena_fini(&trial.scratch);
    }
    add_up(verdict);
    snap_story_tell(ledger, &first, &verdict->culprit);
}
