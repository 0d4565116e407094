// SPDX-License-Identifier: Apache-2.0
/*
 * Random jobs with crashes in virtual time, judged by the full ledger, by the oracles, and by
 * another look at the consistency of each completed checkpoint. Each seed makes three jobs:
 *
 * - exactly-once: nothing is lost, duplicated, out of order, wrong or left uncommitted, and nobody
 *   persists more data in flight than it has memory for;
 * - at-least-once: nothing is lost;
 * - exactly-once with skip-alignment: if a record took effect twice because of it, the ledger says
 *   so.
 *
 * Usage: swarm_ledger [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operators/operator.h"
#include "swarm/cut_oracle.h"
#include "swarm/judgement.h"
#include "swarm/persisted_bounds.h"
#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 700 };

/* Notes of an outcome. */
enum {
    NOTE_RESTARTS,
    NOTE_COMPLETED,
    NOTE_UNALIGNED,
    NOTE_CAPTURED,
    NOTE_RESTORED,
    NOTE_DEALT,
    NOTE_TOOK_EFFECT,
    NOTE_NOT_JUDGED,
};

/* What a missing alignment breaks. */
#define UNALIGNED_CUT ((uint32_t)1 << SNAP_ORACLE_CUT | (uint32_t)1 << SNAP_ORACLE_CHANNELS)

static bool is_consistent(const struct swarm_run *run)
{
    struct cut_report report;

    cut_oracle_examine(run, &report);
    free(report.doubled);
    if (report.early + report.late == 0)
        return true;
    printf("checkpoint %" PRId64 " is no consistent cut: %" PRIu64 " records early, %" PRIu64
           " late, the first is\n",
           report.first_checkpoint, report.early, report.late);
    swarm_print_event(run->sim->job, &report.first);
    printf("\n");
    return false;
}

static bool is_exactly_once(const struct swarm_run *run, struct swarm_outcome *outcome)
{
    (void)outcome;
    return swarm_has_ended_well(run) && swarm_is_alive(run) && swarm_is_quiet(run) &&
           is_consistent(run) && persisted_bounds_hold(run);
}

static bool is_at_least_once(const struct swarm_run *run, struct swarm_outcome *outcome)
{
    (void)outcome;
    return swarm_has_ended_well(run) && swarm_is_alive(run) &&
           swarm_is_clean(run, SNAP_COUNTER_LOST);
}

/* Whether the ledger says of the operator that something was duplicated, or cannot say. */
static bool names_duplicates(const struct swarm_run *run, uint32_t op, bool *judged)
{
    for (uint32_t i = 0; i < run->verdict.judgement_count; i++) {
        const struct snap_judgement *at = &run->verdict.judgements[i];

        if (at->operator_index != op)
            continue;
        if (at->counters[SNAP_COUNTER_DUPLICATED] != SNAP_UNJUDGED)
            *judged = true;
        if (at->counters[SNAP_COUNTER_DUPLICATED] > 0)
            return true;
    }
    return false;
}

static bool is_caught(const struct swarm_run *run, struct swarm_outcome *outcome)
{
    const struct snap_job *job = run->sim->job;
    struct cut_report report;
    bool caught = true;
    bool any_judged = false;

    if (!swarm_is_alive(run))
        return false;
    cut_oracle_examine(run, &report);
    for (uint32_t op = 0; op < job->operator_count && report.took_effect > 0; op++) {
        bool judged = false;

        /* What comes again into a part that is never shown is not seen twice. */
        if (!report.doubled[op] || run->result.status != SNAP_JOB_FINISHED ||
            swarm_may_lose_its_rest(run, op))
            continue;
        if (!names_duplicates(run, op, &judged) && judged) {
            printf("records took effect twice at %s, and the ledger does not say so\n",
                   job->operators[op].uid);
            caught = false;
        }
        any_judged = any_judged || judged;
    }
    if (report.took_effect > 0 && run->result.status == SNAP_JOB_FINISHED)
        outcome->notes[any_judged ? NOTE_TOOK_EFFECT : NOTE_NOT_JUDGED]++;
    free(report.doubled);
    return caught;
}

static void count(const struct swarm_run *run, struct swarm_outcome *outcome)
{
    struct swarm_overtaking overtaking;

    swarm_run_count_overtaking(run, &overtaking);
    outcome->notes[NOTE_UNALIGNED] += overtaking.unaligned;
    outcome->notes[NOTE_CAPTURED] += overtaking.captured;
    outcome->notes[NOTE_RESTORED] += overtaking.restored;
    outcome->notes[NOTE_DEALT] += overtaking.dealt;
    for (uint64_t i = 0; i < run->event_count; i++) {
        outcome->notes[NOTE_RESTARTS] += run->events[i].type == SNAP_EVENT_FAILOVER;
        outcome->notes[NOTE_COMPLETED] += run->events[i].type == SNAP_EVENT_CHECKPOINT_COMPLETED;
    }
}

static bool run_profile(enum random_job_profile profile, struct swarm_outcome *outcome,
                        bool (*is_good)(const struct swarm_run *, struct swarm_outcome *))
{
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL, .records_wanted = true};
    struct snap_text text = {0};
    struct snap_built built;
    struct swarm_run run = {0};
    bool good = false;

    random_job_text(&text, profile, outcome->seed);
    if (swarm_build(snap_text_get(&text), &built)) {
        swarm_run_perform(&run, &built.sim, &options);
        good = swarm_oracles_hold(&run, profile == RANDOM_JOB_SABOTAGED ? UNALIGNED_CUT : 0) &&
               is_good(&run, outcome);
        count(&run, outcome);
        if (!good) {
            swarm_print_verdict(&run);
            printf("swarm: seed %" PRIu64 "; its scenario:\n%s\n", outcome->seed,
                   snap_text_get(&text));
        }
        swarm_run_fini(&run);
    }
    snap_built_fini(&built);
    snap_text_fini(&text);
    return good;
}

static void run_seed(uint64_t seed, struct swarm_outcome *outcome)
{
    (void)seed;
    bool exactly = run_profile(RANDOM_JOB_EXACTLY_ONCE, outcome, is_exactly_once);
    bool at_least = run_profile(RANDOM_JOB_AT_LEAST_ONCE, outcome, is_at_least_once);
    bool caught = run_profile(RANDOM_JOB_SABOTAGED, outcome, is_caught);

    outcome->result = exactly && at_least && caught ? SWARM_PASSED : SWARM_FAILED;
}

int main(int argc, char **argv)
{
    struct swarm_plan plan = {
        .name = "ledger",
        .seeds = JOBS_EVERYDAY,
        .first_seed = 1,
        .run = run_seed,
        .note_names = {"failures decided on", "checkpoints completed", "of these, unaligned",
                       "of these, with data in flight", "restores of data in flight",
                       "of these, at the start from a retained checkpoint",
                       "sabotaged jobs in which it took effect",
                       "sabotaged jobs in which that could not be judged"},
        .seconds_a_seed = 120,
    };
    uint64_t notes[SWARM_NOTES];
    uint64_t failed;

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: swarm_ledger [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    failed = swarm_drive(&plan, notes);
    /* A swarm in which nothing happens proves nothing. */
    if (plan.seeds >= 200 && (notes[NOTE_TOOK_EFFECT] * 20 < plan.seeds ||
                              notes[NOTE_RESTARTS] == 0 || notes[NOTE_CAPTURED] * 2 < plan.seeds ||
                              notes[NOTE_RESTORED] * 4 < plan.seeds || notes[NOTE_DEALT] == 0))
        return 1;
    return failed == 0 ? 0 : 1;
}
