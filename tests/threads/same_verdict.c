// SPDX-License-Identifier: Apache-2.0
/*
 * Random exactly-once jobs with crashes give the same verdict on real threads as in virtual time:
 *
 * - The job ends alike, and nothing is lost, duplicated, out of order, wrong or left uncommitted
 *   under either runtime.
 * - The same things can be judged, and where the number of records does not depend on who comes
 *   first, as many count at the end in each state and sink; unless the job went on with another
 *   parallelism, which on threads may come earlier or not at all.
 * - As many records were handled, if nothing had to be done again.
 * - A job may have been cancelled to start again from its latest checkpoint where it had none yet,
 *   only a savepoint, or one in which too few subtasks had finished, or too many: then it stays
 *   cancelled, where the other runtime was quicker or slower.
 *
 * What depends on who comes first: what windows drop as late, what joins and rules make of a
 * record that comes before another. Usage: threads_same_verdict [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/failure_reason.h"
#include "operators/operator.h"
#include "swarm/judgement.h"
#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 100 };

/* Notes of an outcome. */
enum {
    NOTE_RESTARTS,
    NOTE_COMPLETED,
    NOTE_UNALIGNED,
    NOTE_CAPTURED,
    NOTE_RESTORED,
    NOTE_AFFECTED,
    NOTE_PROCESSED,
    NOTE_STOOD,
    NOTE_CANCELLED,
    NOTE_UNION,
};

/* What is not confirmed when a job is stopped is no error, and how much that is depends on the
 * instant. */
static bool is_clean(const int64_t *counters)
{
    bool clean = true;

    for (unsigned c = 0; c < SNAP_COUNTER_PENDING; c++)
        clean = clean && counters[c] <= 0;
    return clean;
}

/* Whether a job that goes on mixes what was in flight with what is new depends on whether anything
 * was in flight at its last checkpoint, and with that whether order is judged. */
static bool order_may_vary(const struct swarm_run *run)
{
    return run->was_resumed && run->sim->config.checkpoint.unaligned.during_recovery;
}

static bool same_are_judged(const int64_t *a, const int64_t *b, bool order_varies)
{
    bool same = true;

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        same =
            same && ((order_varies && c == SNAP_COUNTER_OUT_OF_ORDER) || (a[c] < 0) == (b[c] < 0));
    return same;
}

static bool was_rescaled(const struct swarm_run *run)
{
    for (uint32_t i = 0; i < run->job->operator_count; i++)
        if (run->job->operators[i].parallelism != run->sim->job->operators[i].parallelism)
            return true;
    return false;
}

static bool is_at_or_behind_window(const struct snap_job *job, uint32_t op)
{
    const struct snap_operator *at = &job->operators[op];

    if (snap_operator_rules_of(at).kind == SNAP_RULE_WINDOW)
        return true;
    for (uint32_t i = 0; i < at->in_edge_count; i++)
        if (is_at_or_behind_window(job, job->edges[at->in_edges[i]].producer))
            return true;
    return false;
}

/* The ledger does not judge copies whose number depends on history; windows tell theirs. */
static bool has_fixed_numbers(const struct swarm_run *run, const struct snap_judgement *at)
{
    return at->counters[SNAP_COUNTER_LOST] != SNAP_UNJUDGED &&
           run->result.status == SNAP_JOB_FINISHED && !at->removed &&
           !is_at_or_behind_window(run->job, at->operator_index);
}

static bool was_repeated(const struct swarm_run *run)
{
    for (uint64_t i = 0; i < run->event_count; i++)
        if (run->events[i].type == SNAP_EVENT_FAILOVER)
            return true;
    return run->was_resumed;
}

static bool same_numbers(const struct swarm_run *timed, const struct swarm_run *real,
                         struct swarm_outcome *outcome)
{
    bool repeated = was_repeated(timed) || was_repeated(real);
    bool order_varies = order_may_vary(timed) || order_may_vary(real);

    for (uint32_t i = 0; i < timed->verdict.judgement_count; i++) {
        const struct snap_judgement *a = &timed->verdict.judgements[i];
        const struct snap_judgement *b = &real->verdict.judgements[i];

        if (!same_are_judged(a->counters, b->counters, order_varies))
            return false;
        if (!has_fixed_numbers(timed, a))
            continue;
        if (a->affected != b->affected || (!repeated && a->processed != b->processed))
            return false;
        outcome->notes[NOTE_AFFECTED] += (uint64_t)a->affected;
        outcome->notes[NOTE_PROCESSED] += repeated ? 0 : (uint64_t)a->processed;
    }
    return true;
}

/* A diamond of edges of both kinds may stand still for good, as in Flink, where the other runtime
 * was luckier: docs/decisions/0074. */
static bool stands_as_diamond(const struct swarm_run *timed, const struct swarm_run *real)
{
    bool overtaken = false;
    bool forced = false;

    for (uint32_t e = 0; e < real->job->edge_count; e++) {
        const struct snap_edge *edge = &real->job->edges[e];

        overtaken |= !edge->chained && edge->overtaken;
        forced |= !edge->chained && !edge->overtaken;
    }
    return real->sim->config.checkpoint.unaligned.enabled && overtaken && forced &&
           real->result.status == SNAP_JOB_RUNNING && timed->result.status != SNAP_JOB_RUNNING;
}

/* No checkpoint is taken of a union list some of whose subtasks have finished: if one restarts when
 * others have, it waits for its last checkpoint for good, as in Flink
 * (DefaultCheckpointPlan). Whether it is late depends on the threads. */
static bool stands_over_union(const struct swarm_run *timed, const struct swarm_run *real)
{
    enum { ARG_REASON = 1 };
    bool declined = false;

    for (uint64_t i = 0; i < real->event_count; i++) {
        const struct snap_event *event = &real->events[i];

        if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED)
            declined = false;
        else if (event->type == SNAP_EVENT_CHECKPOINT_ABORTED)
            declined = event->args[ARG_REASON] == SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING;
    }
    return declined && real->result.status == SNAP_JOB_RUNNING &&
           timed->result.status != SNAP_JOB_RUNNING;
}

/* It was cancelled, and its last execution left no checkpoint to start from: docs/SCENARIO.md. */
static bool has_nothing_to_start_from(const struct swarm_run *run)
{
    enum { ARG_KIND = 3 };
    bool has_checkpoint = false;

    for (uint64_t i = 0; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];

        if (event->type == SNAP_EVENT_JOB_RESUMED)
            has_checkpoint = false;
        else if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED)
            has_checkpoint |=
                !snap_kind_is_savepoint((enum snap_snapshot_kind)event->args[ARG_KIND]);
    }
    return run->result.status == SNAP_JOB_CANCELED && !has_checkpoint;
}

static bool stays_cancelled(const struct swarm_run *run)
{
    return has_nothing_to_start_from(run) || swarm_is_refused_as_in_flink(run);
}

static bool same_verdict(const struct swarm_run *timed, const struct swarm_run *real,
                         struct swarm_outcome *outcome)
{
    if (stands_as_diamond(timed, real)) {
        outcome->notes[NOTE_STOOD]++;
        return is_clean(timed->verdict.counters) && is_clean(real->verdict.counters);
    }
    if (stands_over_union(timed, real)) {
        outcome->notes[NOTE_UNION]++;
        return is_clean(timed->verdict.counters) && is_clean(real->verdict.counters);
    }
    if (timed->result.status != real->result.status &&
        (stays_cancelled(timed) || stays_cancelled(real))) {
        outcome->notes[NOTE_CANCELLED]++;
        return is_clean(timed->verdict.counters) && is_clean(real->verdict.counters);
    }
    if (timed->result.status != real->result.status || !is_clean(timed->verdict.counters) ||
        !is_clean(real->verdict.counters) ||
        timed->verdict.judgement_count != real->verdict.judgement_count)
        return false;
    return was_rescaled(timed) || was_rescaled(real) || same_numbers(timed, real, outcome);
}

static void count(const struct swarm_run *run, struct swarm_outcome *outcome)
{
    struct swarm_overtaking overtaking;

    swarm_run_count_overtaking(run, &overtaking);
    outcome->notes[NOTE_UNALIGNED] += overtaking.unaligned;
    outcome->notes[NOTE_CAPTURED] += overtaking.captured;
    outcome->notes[NOTE_RESTORED] += overtaking.restored;
    for (uint64_t i = 0; i < run->event_count; i++) {
        outcome->notes[NOTE_RESTARTS] += run->events[i].type == SNAP_EVENT_FAILOVER;
        outcome->notes[NOTE_COMPLETED] += run->events[i].type == SNAP_EVENT_CHECKPOINT_COMPLETED;
    }
}

static void compare_runtimes(uint64_t seed, struct swarm_outcome *outcome)
{
    struct swarm_run_options timed_options = {.runtime = SNAP_RUNTIME_VIRTUAL};
    struct swarm_run_options real_options = {.runtime = SNAP_RUNTIME_THREADS};
    struct snap_text text = {0};
    struct snap_built built;
    struct swarm_run timed = {0};
    struct swarm_run real = {0};

    random_job_text(&text, RANDOM_JOB_THREADS, seed);
    outcome->result = SWARM_FAILED;
    if (swarm_build(snap_text_get(&text), &built)) {
        swarm_run_perform(&timed, &built.sim, &timed_options);
        swarm_run_perform(&real, &built.sim, &real_options);
        count(&real, outcome);
        if (same_verdict(&timed, &real, outcome) && swarm_oracles_hold(&real, 0))
            outcome->result = SWARM_PASSED;
        if (outcome->result == SWARM_FAILED) {
            printf(" in virtual time:\n");
            swarm_print_verdict(&timed);
            printf(" on threads:\n");
            swarm_print_verdict(&real);
        }
        swarm_run_fini(&timed);
        swarm_run_fini(&real);
    }
    if (outcome->result == SWARM_FAILED)
        printf("threads: seed %" PRIu64 " has another verdict; its scenario:\n%s\n", seed,
               snap_text_get(&text));
    snap_built_fini(&built);
    snap_text_fini(&text);
}

int main(int argc, char **argv)
{
    struct swarm_plan plan = {
        .name = "threads",
        .seeds = JOBS_EVERYDAY,
        .first_seed = 1,
        .run = compare_runtimes,
        .note_names = {"failures decided on", "checkpoints completed", "of these, unaligned",
                       "of these, with data in flight", "restores of data in flight",
                       "records that count in both, compared", "records handled in both, compared",
                       "diamonds that stood still", "cancelled with nothing to start from",
                       "unions of lists that were finished in part"},
        .seconds_a_seed = 120,
    };
    uint64_t notes[SWARM_NOTES];
    uint64_t failed;

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: threads_same_verdict [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    failed = swarm_drive(&plan, notes);
    /* Threads on which nothing overtakes prove nothing about it. */
    if (plan.seeds >= JOBS_EVERYDAY && notes[NOTE_CAPTURED] == 0)
        return 1;
    return failed == 0 ? 0 : 1;
}
