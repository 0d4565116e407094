// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "model/total.h"
#include "verify/ledger.h"
#include "verify/match_results.h"
#include "verify/past_check.h"
#include "verify/print_judge.h"
#include "verify/story.h"
#include "verify/trial.h"

bool snap_trial_has_ended(const struct snap_trial *trial)
{
    return trial->status == SNAP_JOB_FINISHED || trial->status == SNAP_JOB_FAILED;
}

static bool is_behind_window(const struct snap_trial *trial)
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

bool snap_trial_judge_copies(struct snap_trial *trial, struct snap_match *match)
{
    int64_t *counters = trial->judgement->counters;

    *match = (struct snap_match){0};
    if (!trial->ledger->graph.countable[trial->op->index])
        return false;
    *match = (struct snap_match){
        .ledger = trial->ledger,
        .operator_index = trial->op->index,
        .stopped = !snap_trial_has_ended(trial),
        .only_seen = trial->judgement->is_half_restarted,
        .canceled = trial->status == SNAP_JOB_CANCELED,
        .runs = &trial->runs,
        .arena = &trial->scratch,
    };
    if (is_behind_window(trial) && !has_same_operators(trial->ledger))
        return false; /* what windows of another job sent is not known any more */
    if (is_behind_window(trial))
        snap_match_results(match);
    else
        snap_match_run(match);
    counters[SNAP_COUNTER_DUPLICATED] = match->duplicated;
    if (!match->only_seen) {
        counters[SNAP_COUNTER_LOST] = match->lost;
        counters[SNAP_COUNTER_PENDING] = match->pending;
    }
    snap_finding_offer(&trial->first, &match->first);
    return true;
}

const struct snap_baseline *snap_trial_baseline(const struct snap_trial *trial)
{
    const struct snap_ledger *first = trial->ledger;

    while (first->before)
        first = first->before;
    return first->baseline;
}

bool snap_trial_is_half_restarted(const struct snap_trial *trial)
{
    for (uint32_t i = 0; i < trial->op->parallelism; i++) {
        const struct snap_task_book *task = snap_ledger_task(trial->ledger, trial->op->index, i);

        if (task->restored != task->sent)
            return true;
    }
    return false;
}

static void add_to(int64_t *counter, int64_t more)
{
    if (*counter != SNAP_UNJUDGED)
        *counter += more;
}

/* Records that an earlier run had prepared, and that this one was to commit. */
static void add_restored_parts(struct snap_trial *trial)
{
    struct snap_judgement *judgement = trial->judgement;

    for (uint32_t i = 0; i < trial->ledger->subtasks[trial->op->index]; i++) {
        const int64_t *restored = trial->ledger->books[trial->op->index][i].restored;

        add_to(&judgement->affected, restored[SNAP_PART_VISIBLE]);
        add_to(&judgement->counters[SNAP_COUNTER_UNCOMMITTED], restored[SNAP_PART_PREPARED]);
        add_to(&judgement->counters[SNAP_COUNTER_LOST], restored[SNAP_PART_GONE]);
    }
}

/* Sums cannot tell what was under way. */
static bool hides_its_past(const struct snap_trial *trial)
{
    const struct snap_baseline *baseline = snap_trial_baseline(trial);

    return baseline && baseline->in_flight && trial->ledger->mode == SNAP_LEDGER_FINGERPRINT;
}

static void judge_operator(struct snap_trial *trial)
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
    judgement->is_unread = rules->reads_none;
    judgement->affected = rules->reads_none ? 0 : SNAP_UNJUDGED;
    judgement->late = SNAP_UNJUDGED;
    if (rules->reads_none || hides_its_past(trial) ||
        (replaces && trial->ledger->mode != SNAP_LEDGER_FULL))
        return;
    if (trial->ledger->mode == SNAP_LEDGER_FINGERPRINT)
        snap_print_judge(trial->ledger,
                         snap_trial_has_ended(trial) ? SNAP_ENDING_ENDED : SNAP_ENDING_STOPPED,
                         judgement);
    else if (snap_rule_has_state(rules->kind))
        snap_trial_judge_state(trial);
    else if (replaces)
        snap_trial_judge_rows(trial);
    else
        snap_trial_judge_sink(trial);
    add_restored_parts(trial);
    snap_past_doubt(trial->ledger, judgement);
}

static void add_up(struct snap_verdict *verdict)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        struct snap_total total = snap_verdict_total(verdict, (enum snap_counter)c);

        verdict->counters[c] = snap_total_count(&total);
    }
}

/* All that are judged, and the first record that went wrong in any of them. */
struct court {
    struct snap_verdict *verdict;
    struct snap_ledger *first_in; /* of the execution that had the sink of `first` last */
    struct snap_finding first;
};

static bool is_judged(const struct snap_ledger *ledger, uint32_t index)
{
    enum snap_rule_kind kind = ledger->rules[index]->kind;

    return snap_rule_has_state(kind) || kind == SNAP_RULE_SINK;
}

static void try_one(struct court *court, struct snap_ledger *ledger, uint32_t index,
                    enum snap_job_status status)
{
    struct snap_trial trial = {
        .ledger = ledger,
        .status = status,
        .op = &ledger->job->operators[index],
        .judgement = &court->verdict->judgements[court->verdict->judgement_count++],
    };

    judge_operator(&trial);
    if (snap_finding_offer(&court->first, &trial.first))
        court->first_in = ledger;
    snap_arena_fini(&trial.scratch);
}

/* Whether a later execution has the operator. */
static bool goes_on(const struct snap_ledger *newest, const struct snap_ledger *ledger,
                    const struct snap_operator *op)
{
    for (const struct snap_ledger *at = newest; at != ledger; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, op->uid);

        if (same && same->type == op->type)
            return true;
    }
    return false;
}

/* Sinks that a restart took away: nobody will commit what they had prepared. What states they or
 * others had is dropped, which is no loss but what the user asked for. */
static void try_removed(struct court *court, struct snap_ledger *newest)
{
    for (struct snap_ledger *at = newest->before; at; at = at->before)
        for (uint32_t i = 0; i < at->job->operator_count; i++) {
            struct snap_judgement *judgement =
                &court->verdict->judgements[court->verdict->judgement_count];

            if (at->rules[i]->kind != SNAP_RULE_SINK || goes_on(newest, at, &at->job->operators[i]))
                continue;
            try_one(court, at, i, at->status);
            judgement->operator_index = SNAP_NO_INDEX;
            judgement->removed = &at->job->operators[i];
        }
}

void snap_ledger_judge(struct snap_ledger *ledger, enum snap_job_status status,
                       struct snap_arena *arena, struct snap_verdict *verdict)
{
    struct court court = {.verdict = verdict, .first_in = ledger};
    uint32_t count = 0;

    memset(verdict, 0, sizeof(*verdict));
    for (const struct snap_ledger *at = ledger; at; at = at->before)
        count += at->job->operator_count;
    verdict->judgements = SNAP_ARENA_ARRAY(arena, struct snap_judgement, count);
    for (uint32_t i = 0; i < ledger->job->operator_count; i++)
        if (is_judged(ledger, i))
            try_one(&court, ledger, i, status);
    try_removed(&court, ledger);
    add_up(verdict);
    snap_story_tell(court.first_in, &court.first, &verdict->culprit);
    if (court.first_in != ledger)
        verdict->culprit.operator_index = SNAP_NO_INDEX;
}
