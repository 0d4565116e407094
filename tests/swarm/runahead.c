// SPDX-License-Identifier: Apache-2.0
/*
 * Run-ahead gives the trace of one event per record: each random job runs both ways, and all merged
 * events, records (of two seeds in three) and buffers included, must be equal, and the state at the
 * end; and once more with nobody watching buffers. No oracle objects.
 * Usage: swarm_runahead [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 2000, CONTEXT_EVENTS = 6 };

/* Notes of an outcome. */
enum { NOTE_EVENTS, NOTE_UNALIGNED, NOTE_CAPTURED, NOTE_RESTORED, NOTE_DEALT };

static void print_around(const char *title, const struct swarm_run *run, uint64_t at)
{
    uint64_t first = at > CONTEXT_EVENTS ? at - CONTEXT_EVENTS : 0;

    printf(" %s:\n", title);
    for (uint64_t i = first; i < run->event_count && i < at + CONTEXT_EVENTS; i++) {
        swarm_print_event(run->sim->job, &run->events[i]);
        printf("%s\n", i == at ? "   <-- here" : "");
    }
}

static bool same_run(const struct swarm_run *ahead, const struct swarm_run *single)
{
    uint64_t at;

    if (swarm_runs_equal(ahead, single, &at))
        return true;
    if (ahead->state_digest != single->state_digest)
        printf(" the state at the end differs\n");
    for (int c = 0; c < SNAP_COUNTER_COUNT; c++)
        if (ahead->verdict.counters[c] != single->verdict.counters[c])
            printf(" %s: %" PRId64 ", one event per record: %" PRId64 "\n",
                   snap_counter_name((enum snap_counter)c), ahead->verdict.counters[c],
                   single->verdict.counters[c]);
    print_around("one event per record", single, at);
    print_around("run-ahead", ahead, at);
    return false;
}

/* Where nobody watches buffers either, spans pass over mails. */
static bool same_unwatched(struct swarm_run *single)
{
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL, .buffers_unwanted = true};
    struct swarm_run ahead = {0};
    bool same;

    swarm_run_perform(&ahead, single->sim, &options);
    /* What the timeline waits for is told in any case. */
    swarm_run_keep_level(&ahead, SNAP_TRACE_CHECKPOINTS);
    swarm_run_keep_level(single, SNAP_TRACE_CHECKPOINTS);
    same = same_run(&ahead, single);
    if (!same)
        printf(" with nobody watching buffers\n");
    swarm_run_fini(&ahead);
    return same;
}

static void compare_paces(uint64_t seed, struct swarm_outcome *outcome)
{
    /* Nobody watching single records is a way of its own through the runtime. */
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL,
                                        .records_wanted = seed % 3 != 0};
    struct swarm_run_options every = options;
    struct snap_text text = {0};
    struct snap_built built;
    struct swarm_run ahead = {0};
    struct swarm_run single = {0};
    struct swarm_overtaking overtaking;

    every.every_record = true;
    random_job_text(&text, RANDOM_JOB_ANYTHING, seed);
    outcome->result = SWARM_FAILED;
    if (swarm_build(snap_text_get(&text), &built)) {
        swarm_run_perform(&single, &built.sim, &every);
        swarm_run_perform(&ahead, &built.sim, &options);
        swarm_run_count_overtaking(&single, &overtaking);
        outcome->notes[NOTE_EVENTS] = single.event_count;
        outcome->notes[NOTE_UNALIGNED] = overtaking.unaligned;
        outcome->notes[NOTE_CAPTURED] = overtaking.captured;
        outcome->notes[NOTE_RESTORED] = overtaking.restored;
        outcome->notes[NOTE_DEALT] = overtaking.dealt;
        if (same_run(&ahead, &single) && swarm_oracles_hold(&ahead, 0) && same_unwatched(&single))
            outcome->result = SWARM_PASSED;
        else
            swarm_print_verdict(&ahead);
        swarm_run_fini(&ahead);
        swarm_run_fini(&single);
    }
    if (outcome->result == SWARM_FAILED)
        printf("run-ahead: seed %" PRIu64 " differs; its scenario:\n%s\n", seed,
               snap_text_get(&text));
    snap_built_fini(&built);
    snap_text_fini(&text);
}

int main(int argc, char **argv)
{
    struct swarm_plan plan = {
        .name = "run-ahead",
        .seeds = JOBS_EVERYDAY,
        .first_seed = 1,
        .run = compare_paces,
        .note_names = {"events compared", "unaligned checkpoints completed",
                       "of these, with data in flight", "restores of data in flight",
                       "of these, at the start from a retained checkpoint"},
        .seconds_a_seed = 120,
    };
    uint64_t notes[SWARM_NOTES];
    uint64_t failed;

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: swarm_runahead [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    failed = swarm_drive(&plan, notes);
    /* A swarm in which nothing overtakes proves nothing about it. */
    if (plan.seeds >= 200 &&
        (notes[NOTE_CAPTURED] == 0 || notes[NOTE_RESTORED] == 0 || notes[NOTE_DEALT] == 0))
        return 1;
    return failed == 0 ? 0 : 1;
}
