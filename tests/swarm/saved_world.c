// SPDX-License-Identifier: Apache-2.0
/*
 * A saved world put back replays to the same trace: each random job runs once to its end, is put
 * back to a random instant between two of its events, and runs on; events, verdict and state must
 * be those of the first time. The ledger and the oracles are part of the world. Of jobs that start
 * again from a savepoint half are put back to a later execution.
 * Usage: swarm_saved_world [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/judges.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/rng.h"
#include "model/verdict.h"
#include "runtime/run.h"
#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 150, NOTE_EVENTS = 0, NOTE_KIB = 1, NOTE_RESUMED = 2, NOTE_ENDED = 3 };

/* What is reserved for a job; few of them use a thousandth of it. */
static const size_t region_bytes = (size_t)4 << 30;

/* What was seen of a run: lies outside of the world. Texts count by their address, too. */
struct seen {
    uint64_t events;
    uint64_t digest;
    uint64_t state;
    struct snap_run_result result;
    int64_t counters[SNAP_COUNTER_COUNT];
    uint64_t objections;
    uint64_t executions; /* that have begun, but for the first */
    bool over;
};

/* What has memory lies in the region, the rest stays as it was created. */
struct lab {
    const struct snap_simulation *sim;
    struct snap_run_options options;
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    struct snap_run *run;
    struct snap_judges judges;
    struct seen seen;
};

static void see_event(void *context, const struct snap_event *event)
{
    struct seen *seen = context;
    uint32_t args = snap_event_info_get(event->type)->arg_count;
    uint64_t words[] = {(uint64_t)event->at_ns, event->sequence, event->actor, event->type};

    seen->events++;
    seen->digest = snap_hash_feed(seen->digest, words, sizeof(words));
    seen->digest = snap_hash_feed(seen->digest, event->args, args * sizeof(event->args[0]));
}

static void see_state(void *context, const struct snap_state_entry *entry)
{
    struct seen *seen = context;
    uint64_t words[] = {entry->operator_index, entry->subtask, entry->key_group,
                        (uint64_t)entry->key.number, (uint64_t)entry->value.number};

    seen->state = snap_hash_feed(seen->state, words, sizeof(words));
}

static void see_execution(void *context, const struct snap_execution_start *start)
{
    struct lab *lab = context;

    lab->seen.executions++;
    snap_judges_resume(&lab->judges, start);
}

/* In the region: the run, its files, and those who judge it. */
static void create(struct lab *lab, uint64_t seed)
{
    struct snap_arena *arena = snap_memory_take_zeroed(sizeof(*arena));
    uint32_t count = 0;

    snap_arena_init(arena);
    snap_judges_create(&lab->judges, lab->sim, arena);
    lab->options.fs = snap_fs_memory_create(NULL);
    lab->options.every_record = seed % 2 == 0;
    lab->observers[count++] = (struct snap_observer){.context = &lab->seen,
                                                     .merged = see_event,
                                                     .records_wanted = seed % 3 != 0,
                                                     .buffers_wanted = true};
    lab->observers[count++] = (struct snap_observer){.context = lab, .execution = see_execution};
    lab->options.observer_count = snap_judges_observe(&lab->judges, lab->observers, count);
    lab->options.observers = lab->observers;
    lab->run = snap_run_create(lab->sim, &lab->options);
}

/* At most so many passes of this execution; at its end the next one begins. */
static bool advance(struct lab *lab, uint64_t passes)
{
    if (snap_run_advance(lab->run, passes))
        return true;
    lab->seen.over = !snap_run_end(lab->run, &lab->seen.result);
    return false;
}

/* Runs on to the end; what was seen of all of the run is in lab->seen. */
static void go_on(struct lab *lab)
{
    struct snap_verdict verdict = {0};
    struct snap_error error = {0};

    while (!lab->seen.over)
        advance(lab, 512);
    snap_run_each_state_entry(lab->run, see_state, &lab->seen);
    SNAP_CHECK(snap_judges_hear(&lab->judges, lab->run, &lab->seen.result, &verdict, &error));
    memcpy(lab->seen.counters, verdict.counters, sizeof(verdict.counters));
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        lab->seen.objections += verdict.oracles[i].objections;
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->events == b->events && a->digest == b->digest && a->state == b->state &&
           a->result.status == b->result.status && a->result.cause == b->result.cause &&
           a->result.elapsed_ns == b->result.elapsed_ns && a->objections == b->objections &&
           a->executions == b->executions &&
           memcmp(a->counters, b->counters, sizeof(a->counters)) == 0;
}

static bool starts_again(const struct snap_simulation *sim)
{
    for (uint32_t i = 0; i < sim->timeline.count; i++)
        if (sim->timeline.actions[i].kind == SNAP_ACTION_RESTART_FROM)
            return true;
    return false;
}

/* To a random instant: even over the orders of magnitude, so that short jobs are met in their midst
 * too, and of any execution. */
static void go_somewhere(struct lab *lab, uint64_t seed)
{
    struct snap_rng rng;
    bool in_midst = false;

    snap_rng_init(&rng, seed, 0, 0);
    while (starts_again(lab->sim) && seed / 2 % 2 == 0 && !lab->seen.over &&
           lab->seen.executions == 0)
        advance(lab, 512);
    while (!in_midst && !lab->seen.over)
        in_midst = advance(lab, snap_rng_below(&rng, UINT64_C(8) << snap_rng_below(&rng, 12)));
}

static bool replays(const struct snap_simulation *sim, uint64_t seed, uint64_t *notes)
{
    struct snap_region *region = snap_region_create(region_bytes);
    struct snap_region *outside = snap_region_enter(region);
    struct lab lab = {.sim = sim};
    struct snap_region_copy *copy;
    struct seen before;
    struct seen first;

    create(&lab, seed);
    snap_run_start(lab.run);
    go_somewhere(&lab, seed);
    notes[NOTE_RESUMED] = lab.seen.executions > 0;
    notes[NOTE_ENDED] = lab.seen.over;
    copy = snap_region_save(region);
    before = lab.seen;
    notes[NOTE_KIB] = snap_region_bytes(region) >> 10;
    go_on(&lab);
    first = lab.seen;
    snap_region_restore(region, copy);
    lab.seen = before;
    go_on(&lab);
    notes[NOTE_EVENTS] = lab.seen.events - before.events;
    if (!same(&first, &lab.seen))
        printf(" saved after %" PRIu64 " events: %" PRIu64 " and %" PRIu64 " events\n",
               before.events, first.events, lab.seen.events);
    snap_region_enter(outside);
    snap_region_copy_free(copy);
    snap_region_destroy(region);
    return same(&first, &lab.seen);
}

static void save_and_put_back(uint64_t seed, struct swarm_outcome *outcome)
{
    struct snap_text text = {0};
    struct snap_built built;

    random_job_text(&text, RANDOM_JOB_ANYTHING, seed);
    outcome->result = SWARM_FAILED;
    if (swarm_build(snap_text_get(&text), &built) && replays(&built.sim, seed, outcome->notes))
        outcome->result = SWARM_PASSED;
    if (outcome->result == SWARM_FAILED)
        printf("saved world: seed %" PRIu64 " differs; its scenario:\n%s\n", seed,
               snap_text_get(&text));
    snap_built_fini(&built);
    snap_text_fini(&text);
}

int main(int argc, char **argv)
{
    struct swarm_plan plan = {
        .name = "saved world",
        .seeds = JOBS_EVERYDAY,
        .first_seed = 1,
        .run = save_and_put_back,
        .note_names = {"events replayed", "KiB saved", "saved in a later execution",
                       "saved at the end"},
        .seconds_a_seed = 120,
    };

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: swarm_saved_world [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    return swarm_drive(&plan, NULL) == 0 ? 0 : 1;
}
