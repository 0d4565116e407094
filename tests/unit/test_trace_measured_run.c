// SPDX-License-Identifier: Apache-2.0
/* Flow and latencies of real runs, against the events of the same run and of every pace. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"
#include "trace/latency.h"
#include "trace/statistics.h"

/* Filters, a chain with a cost in its middle, full buffers, and a crash. */
static const char scenario[] =
    "name: measured\n"
    "config: {parallelism.default: 2, execution.checkpointing.interval: 40 ms,\n"
    "         execution.buffer-timeout.interval: 3 ms, restart-strategy.type: fixed-delay,\n"
    "         restart-strategy.fixed-delay.delay: 10 ms,\n"
    "         taskmanager.memory.segment-size: 4 kb}\n"
    "operators:\n"
    "  - {uid: src, type: sequence, count: 3000, keys: 7, rate: 20000/s, cost: 3 us}\n"
    "  - {uid: odd, type: filter, keep: 1/2, input: src, ship: rebalance, cost: 20 us}\n"
    "  - {uid: same, type: map, function: identity, input: odd}\n"
    "  - {uid: sum, type: sum, input: same, ship: hash, cost: 60 us}\n"
    "  - {uid: out, type: collect, input: sum}\n"
    "timeline: [{at: 50 ms, crash: 'sum[0]'}]\n";

enum { RECORDS_MAX = 1 << 16 };

struct measured {
    struct snap_built built;
    struct snap_statistics statistics;
    struct snap_latency latency;
    snap_ns latest_sent[RECORDS_MAX]; /* by split and offset: by record events */
    uint64_t taken;
    snap_ns sum;
    snap_ns longest;
};

static uint32_t place_of(uint64_t origin)
{
    return snap_origin_split(origin) * (RECORDS_MAX / 4) + (uint32_t)snap_origin_offset(origin);
}

static void keep_records(void *context, const struct snap_event *event)
{
    struct measured *measured = context;

    if (event->type == SNAP_EVENT_RECORD_EMITTED) {
        measured->latest_sent[place_of((uint64_t)event->args[1])] = event->at_ns;
    } else if (event->type == SNAP_EVENT_RECORD_WRITTEN) {
        snap_ns took = event->at_ns - measured->latest_sent[place_of((uint64_t)event->args[1])];

        measured->taken++;
        measured->sum += took;
        measured->longest = snap_ns_max(measured->longest, took);
    }
}

static struct measured *run(bool every_record)
{
    const struct snap_scenario_text text = {"measured.yaml", scenario, strlen(scenario)};
    struct measured *measured = calloc(1, sizeof(*measured));
    struct snap_scenario *read = NULL;
    struct snap_error error = {0};
    struct snap_observer observers[4];
    struct snap_run_options options = {
        .every_record = every_record, .observers = observers, .observer_count = 4};
    struct snap_run_result result;
    struct snap_run *created;

    assert_true(snap_scenario_parse(&text, snap_operator_catalogue_get(), &read, &error));
    if (!snap_scenario_build(read, NULL, &measured->built, &error))
        fail_msg("%s", error.message);
    snap_scenario_destroy(read);
    snap_statistics_init(&measured->statistics, measured->built.sim.job);
    snap_flow_expect_stints(&measured->statistics.flow, SNAP_NEVER);
    snap_latency_init(&measured->latency, measured->built.sim.job);
    observers[0] = (struct snap_observer){.context = &measured->statistics,
                                          .merged = snap_statistics_event,
                                          .in_flight_wanted = true};
    observers[1] =
        (struct snap_observer){.context = &measured->statistics.flow, .stint = snap_flow_stint};
    observers[2] = (struct snap_observer){
        .context = &measured->latency, .span = snap_latency_span, .instants_wanted = true};
    observers[3] =
        (struct snap_observer){.context = measured, .merged = keep_records, .records_wanted = true};
    created = snap_run_create(&measured->built.sim, &options);
    result = snap_run_execute(created);
    assert_int_equal(result.status, SNAP_JOB_FINISHED);
    snap_run_destroy(created);
    snap_statistics_finish(&measured->statistics, result.elapsed_ns);
    snap_latency_finish(&measured->latency);
    return measured;
}

static void end(struct measured *measured)
{
    snap_latency_fini(&measured->latency);
    snap_statistics_fini(&measured->statistics);
    snap_built_fini(&measured->built);
    free(measured);
}

static void latencies_are_those_of_the_record_events(void **state)
{
    struct measured *measured = run(false);
    const struct snap_latency_sink *sink = &measured->latency.sinks[0];
    snap_ns sum = 0;

    (void)state;
    for (uint32_t i = 0; i < measured->latency.all_count; i++)
        sum += measured->latency.durations[i];
    assert_true(measured->taken > 1500);
    assert_int_equal(sink->count, measured->taken);
    assert_int_equal(sink->max_ns, measured->longest);
    assert_int_equal(sum, measured->sum);
    end(measured);
}

static void latencies_do_not_depend_on_the_pace(void **state)
{
    struct measured *ahead = run(false);
    struct measured *each = run(true);

    (void)state;
    assert_int_equal(ahead->latency.all_count, each->latency.all_count);
    assert_memory_equal(&ahead->latency.sinks[0], &each->latency.sinks[0],
                        sizeof(struct snap_latency_sink));
    end(ahead);
    end(each);
}

/* The bins of a subtask's flow add up to its totals. */
static void the_flow_adds_up_to_the_totals(void **state)
{
    struct measured *measured = run(false);
    const struct snap_flow *flow = &measured->statistics.flow;

    (void)state;
    for (uint32_t task = 0; task < flow->job->task_count; task++) {
        const struct snap_subtask_totals *totals = &measured->statistics.subtasks[task].totals;
        const snap_ns times[SNAP_TIME_USES] = {totals->busy_ns, totals->backpressured_ns,
                                               totals->idle_ns, totals->initializing_ns,
                                               totals->down_ns, totals->finished_ns};

        for (uint32_t use = 0; use < SNAP_TIME_USES; use++) {
            double sum = 0;

            for (uint32_t bin = 0; bin < flow->bin_count; bin++)
                sum += snap_series_get(&flow->tasks[task], use, bin);
            if (sum < (double)times[use] - 100 || sum > (double)times[use] + 100)
                fail_msg("task %u, use %u: %.0f instead of %lld", task, use, sum,
                         (long long)times[use]);
        }
    }
    end(measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latencies_are_those_of_the_record_events),
        cmocka_unit_test(latencies_do_not_depend_on_the_pace),
        cmocka_unit_test(the_flow_adds_up_to_the_totals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
