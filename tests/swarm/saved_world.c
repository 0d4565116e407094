// SPDX-License-Identifier: Apache-2.0
/*
 * A saved world put back replays to the same trace: each random job runs once to its end, is put
 * back to a random instant between two of its events, and runs on; events, verdict and state must
 * be those of the first time. The ledger and the oracles are part of the world.
 * Usage: swarm_saved_world [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/rng.h"
#include "model/verdict.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"
#include "verify/ledger.h"
#include "verify/oracles.h"

enum { JOBS_EVERYDAY = 150, NOTE_EVENTS = 0, NOTE_KIB = 1, NOTE_ENDED = 2 };

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
};

struct lab {
    const struct snap_simulation *sim;
    struct snap_run_options options;
    struct snap_observer observers[3];
    struct snap_run *run;
    struct snap_oracles *oracles;
    struct snap_ledger *ledger; /* NULL: off */
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

/* In the region: the run, its files, and those who judge it. */
static void create(struct lab *lab, uint64_t seed)
{
    struct snap_arena arena = {0}; /* its memory goes with the region */
    const struct snap_operator_rules *const *rules =
        snap_operator_rules_of_job(lab->sim->job, &arena);

    lab->oracles = snap_oracles_create(lab->sim, rules);
    if (lab->sim->ledger != SNAP_LEDGER_OFF)
        lab->ledger = snap_ledger_create(lab->sim, rules);
    lab->options.fs = snap_fs_memory_create(NULL);
    lab->options.every_record = seed % 2 == 0;
    lab->observers[0] = (struct snap_observer){.context = &lab->seen,
                                               .merged = see_event,
                                               .records_wanted = seed % 3 != 0,
                                               .buffers_wanted = true};
    lab->observers[1] = snap_oracles_observer(lab->oracles);
    if (lab->ledger)
        lab->observers[2] = snap_ledger_observer(lab->ledger);
    lab->options.observers = lab->observers;
    lab->options.observer_count = lab->ledger ? 3 : 2;
    lab->run = snap_run_create(lab->sim, &lab->options);
}

/* Runs on to the end; what was seen of all of the run is in lab->seen. */
static void go_on(struct lab *lab)
{
    struct snap_verdict verdict = {0};
    struct snap_arena arena = {0};
    struct snap_error error = {0};

    while (snap_run_advance(lab->run, 512))
        continue;
    lab->seen.result = snap_run_end(lab->run);
    snap_run_each_state_entry(lab->run, see_state, &lab->seen);
    if (lab->ledger) {
        snap_run_each_state_entry(lab->run, snap_ledger_take_state, lab->ledger);
        SNAP_CHECK(snap_run_each_part(lab->run, snap_ledger_take_part, lab->ledger, &error));
        snap_ledger_judge(lab->ledger, lab->seen.result.status, &arena, &verdict);
    }
    snap_oracles_end(lab->oracles,
                     &(struct snap_oracle_end){lab->seen.result.status, lab->seen.result.elapsed_ns,
                                               lab->seen.result.interrupted},
                     verdict.oracles);
    memcpy(lab->seen.counters, verdict.counters, sizeof(verdict.counters));
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        lab->seen.objections += verdict.oracles[i].objections;
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->events == b->events && a->digest == b->digest && a->state == b->state &&
           a->result.status == b->result.status && a->result.cause == b->result.cause &&
           a->result.elapsed_ns == b->result.elapsed_ns && a->objections == b->objections &&
           memcmp(a->counters, b->counters, sizeof(a->counters)) == 0;
}

/* Even over the orders of magnitude: short jobs are met in their midst too. */
static uint64_t draw_passes(uint64_t seed)
{
    struct snap_rng rng;

    snap_rng_init(&rng, seed, 0, 0);
    return snap_rng_below(&rng, UINT64_C(8) << snap_rng_below(&rng, 12));
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
    notes[NOTE_ENDED] = !snap_run_advance(lab.run, draw_passes(seed));
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
        .note_names = {"events replayed", "KiB saved", "saved at the end"},
        .seconds_a_seed = 120,
    };

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: swarm_saved_world [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    return swarm_drive(&plan, NULL) == 0 ? 0 : 1;
}
