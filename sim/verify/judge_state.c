// SPDX-License-Identifier: Apache-2.0
/*
 * What states hold: the records that affected them, and what became of these.
 */
#include "verify/fold_check.h"
#include "verify/shadow_check.h"
#include "verify/trial.h"
#include "verify/window_check.h"

/* Operators of a later job that the first one did not have began with nothing. */
static bool knows_beginning(const struct snap_trial *trial)
{
    const struct snap_ledger *first = trial->ledger;
    const struct snap_operator *same;

    while (first->before)
        first = first->before;
    same = snap_job_find_operator(first->job, trial->op->uid);
    return !first->baseline || !same || first->baseline->has_entries[same->index];
}

/* Who got what of it at another parallelism only such an operator knows. */
static bool was_dealt_by_itself(const struct snap_trial *trial)
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
static void judge_fold(struct snap_trial *trial)
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
static void judge_shadow(struct snap_trial *trial)
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
static void judge_windows(struct snap_trial *trial)
{
    const struct snap_operator_rules *rules = trial->ledger->rules[trial->op->index];
    int64_t wrong = 0;

    if (!snap_trial_baseline(trial) || !rules->add_to_window || trial->status == SNAP_JOB_FAILED)
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
static void count_late(struct snap_trial *trial)
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
static bool was_dealt_anew(const struct snap_trial *trial)
{
    for (const struct snap_ledger *at = trial->ledger->before; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, trial->op->uid);

        if (same && same->parallelism != trial->op->parallelism)
            return trial->op->type->second_is_broadcast;
    }
    return false;
}

void snap_trial_judge_state(struct snap_trial *trial)
{
    struct snap_match match;

    if (was_dealt_anew(trial))
        return;
    for (uint32_t i = 0; i < trial->op->parallelism; i++)
        snap_runs_add_journal(&trial->runs, &trial->scratch,
                              &trial->ledger->books[trial->op->index][i], i);
    /* Its windows fire anew, maybe with other records: what is still there of old ones is gone. */
    trial->judgement->is_half_restarted =
        trial->ledger->graph.behind_window[trial->op->index] && snap_trial_is_half_restarted(trial);
    if (trial->judgement->is_half_restarted)
        return;
    trial->judgement->affected = (int64_t)trial->runs.visible_count;
    snap_trial_judge_copies(trial, &match);
    if (trial->ledger->rules[trial->op->index]->kind == SNAP_RULE_WINDOW) {
        count_late(trial);
        judge_windows(trial);
    }
    if (trial->ledger->rules[trial->op->index]->kind == SNAP_RULE_FOLD) {
        judge_fold(trial);
        judge_shadow(trial);
    }
}
