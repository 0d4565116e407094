// SPDX-License-Identifier: Apache-2.0
/*
 * Random exactly-once jobs with crashes give the same verdict on real threads as in virtual time:
 * the same counters are zero, and the job ends alike. Usage: threads_same_verdict [JOBS
 * [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 100, NOTE_RESTARTS = 0, NOTE_COMPLETED, NOTE_UNALIGNED,
       NOTE_CAPTURED, NOTE_RESTORED };

/* What cannot be judged is unjudged under both runtimes. */
static bool same_counter(int64_t a, int64_t b)
{
    return (a < 0) == (b < 0) && (a > 0) == (b > 0);
}

static bool same_verdict(const struct swarm_run *timed, const struct swarm_run *real)
{
    bool same = timed->result.status == real->result.status;

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        same = same && same_counter(timed->verdict.counters[c], real->verdict.counters[c]);
    return same;
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
        if (same_verdict(&timed, &real) && swarm_oracles_hold(&real, 0))
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
                       "of these, with data in flight", "restores of data in flight"},
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
