// SPDX-License-Identifier: Apache-2.0
/*
 * A job under backpressure crashes five times: in a map, twice in a restore, in a snapshot, and at
 * close: a sink has finished, and what it wrote waits for the last checkpoint. With unaligned
 * checkpoints, and with aligned ones that time out, narrow and wide, in virtual time and on real
 * threads: nothing is lost, duplicated or out of order. On threads a busy machine may end the job
 * before the last crash could strike: then it has two more goes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "swarm/swarm_run.h"

enum { CRASHES = 5, GOES_ON_THREADS = 3 };

static const struct {
    const char *name;
    const char *setting;
} modes[] = {
    {"unaligned", ""},
    {"hybrid", "  execution.checkpointing.aligned-checkpoint-timeout: 3 ms\n"},
};

static const unsigned widths[] = {1, 5, 20};

static void put_job(struct snap_text *text, const char *setting, unsigned width)
{
    snap_text_printf(text,
                     "name: five crashes\n"
                     "seed: %u\n"
                     "until: 120 s\n"
                     "config:\n"
                     "  parallelism.default: %u\n"
                     "  execution.checkpointing.interval: 15 ms\n"
                     "  execution.checkpointing.unaligned.enabled: true\n%s"
                     "  execution.checkpointing.tolerable-failed-checkpoints: 1000000\n"
                     "  restart-strategy.type: fixed-delay\n"
                     "  restart-strategy.fixed-delay.attempts: 1000000\n"
                     "  restart-strategy.fixed-delay.delay: 5 ms\n"
                     "  taskmanager.memory.segment-size: 4 kb\n"
                     "model: {snapshot-sync: 100 us, storage: {latency: 1 ms}}\n"
                     "operators:\n",
                     width, width, setting);
    snap_text_printf(text,
                     "  - {uid: numbers, type: sequence, count: %u, keys: 60, record-size: 1 kb}\n"
                     "  - {uid: map, type: map, function: add 1, input: numbers, ship: hash,"
                     " record-size: 1 kb, cost: 10 us}\n"
                     "  - {uid: counts, type: count, input: map, ship: hash, record-size: 1 kb}\n"
                     "  - {uid: out, type: file-sink, input: counts, ship: hash, path: out,"
                     " cost: 400 us}\n",
                     1000 + 500 * width);
    snap_text_printf(
        text,
        "timeline:\n"
        "  - {when: \"checkpoint 2 completed\", crash: \"map[0]\"}\n"
        "  - {when: \"after restore of checkpoint any at counts[0]\", crash: \"counts[0]\"}\n"
        "  - {when: \"before restore of checkpoint any at out[%u]\", crash: \"out[%u]\"}\n"
        "  - {when: \"before snapshot of checkpoint 8 at counts[%u]\", crash: \"counts[%u]\"}\n"
        "  - {when: \"subtask out[0] finished\", crash: \"out[0]\"}\n",
        width - 1, width - 1, width / 2, width / 2);
}

static uint64_t count_of(const struct swarm_run *run, enum snap_event_type type)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < run->event_count; i++)
        count += run->events[i].type == type;
    return count;
}

/* The sink tells the order, the state does not. */
static bool is_clean(const struct swarm_run *run)
{
    const int64_t *counters = run->verdict.counters;

    return run->result.status == SNAP_JOB_FINISHED && counters[SNAP_COUNTER_LOST] == 0 &&
           counters[SNAP_COUNTER_DUPLICATED] == 0 && counters[SNAP_COUNTER_OUT_OF_ORDER] == 0 &&
           counters[SNAP_COUNTER_WRONG_STATE] == 0 && counters[SNAP_COUNTER_UNCOMMITTED] == 0 &&
           swarm_oracles_hold(run, 0);
}

/* Whether all has happened that the job is about. The two crashes in a restore may strike the same
 * attempt, which then fails once. */
static bool is_worth_it(const struct swarm_run *run, const struct swarm_overtaking *overtaking)
{
    return count_of(run, SNAP_EVENT_ACTION_FIRED) == CRASHES &&
           count_of(run, SNAP_EVENT_FAILOVER) >= CRASHES - 1 && overtaking->captured > 0 &&
           overtaking->restored > 0;
}

enum outcome { CLEAN, NOT_WORTH_IT, NOT_CLEAN };

static enum outcome perform(const char *text, enum snap_runtime_kind runtime, const char *name)
{
    struct swarm_run_options options = {.runtime = runtime};
    struct swarm_overtaking overtaking;
    struct snap_built built;
    struct swarm_run run;
    enum outcome outcome;

    if (!swarm_build(text, &built))
        return NOT_CLEAN;
    swarm_run_perform(&run, &built.sim, &options);
    swarm_run_count_overtaking(&run, &overtaking);
    outcome = !is_clean(&run) ? NOT_CLEAN : is_worth_it(&run, &overtaking) ? CLEAN : NOT_WORTH_IT;
    printf("%s %s: %" PRIu64 " crashes, %" PRIu64 " failures decided on, %" PRIu64
           " checkpoints with data in flight, %" PRIu64 " restores of it%s\n",
           name, runtime == SNAP_RUNTIME_THREADS ? "on threads" : "in virtual time",
           count_of(&run, SNAP_EVENT_ACTION_FIRED), count_of(&run, SNAP_EVENT_FAILOVER),
           overtaking.captured, overtaking.restored,
           outcome == CLEAN ? "" : ": NOT as it should be");
    if (outcome == NOT_CLEAN)
        swarm_print_verdict(&run);
    swarm_run_fini(&run);
    snap_built_fini(&built);
    return outcome;
}

static bool perform_on_threads(const char *text, const char *name)
{
    enum outcome outcome = NOT_WORTH_IT;

    for (int go = 0; go < GOES_ON_THREADS && outcome == NOT_WORTH_IT; go++)
        outcome = perform(text, SNAP_RUNTIME_THREADS, name);
    return outcome == CLEAN;
}

int main(void)
{
    int failed = 0;

    for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
        for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
            struct snap_text text = {0};
            char name[64];

            snprintf(name, sizeof(name), "%s, parallelism %u,", modes[m].name, widths[w]);
            put_job(&text, modes[m].setting, widths[w]);
            failed += perform(snap_text_get(&text), SNAP_RUNTIME_VIRTUAL, name) != CLEAN;
            failed += !perform_on_threads(snap_text_get(&text), name);
            snap_text_fini(&text);
        }
    }
    return failed > 0;
}
