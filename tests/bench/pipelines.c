// SPDX-License-Identifier: Apache-2.0
/*
 * pipelines.c: source -> map -> hash -> keyed sum over 10,007 keys -> sink, not chained, with
 * 32 KiB buffers, a checkpoint every 100 ms, the trace at level `checkpoints`, no ledger.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "bench/bench.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"
#include "trace/statistics.h"
#include "trace/trace_hash.h"
#include "trace/writer.h"

struct pipeline {
    uint32_t parallelism;
    uint64_t records;
    const char *cost;
    enum snap_runtime_kind runtime;
    bool every_record;
};

static void build(const struct pipeline *pipeline, struct snap_built *built)
{
    struct snap_scenario_text text = {.name = "bench.yaml"};
    struct snap_scenario *scenario;
    struct snap_error error = {0};
    struct snap_text yaml = {0};

    snap_text_printf(&yaml,
                     "name: bench\n"
                     "ledger: off\n"
                     "config: {parallelism.default: %u, execution.checkpointing.interval: 100 ms,\n"
                     "         pipeline.operator-chaining.enabled: false,\n"
                     "         taskmanager.memory.segment-size: 32 kb}\n"
                     "model: {record-size: 32 b, network: {latency: 200 us, local-latency: 200 us,"
                     " bandwidth: unlimited}}\n"
                     "operators:\n"
                     "  - {uid: src, type: sequence, count: %llu, keys: 10007, cost: %s}\n"
                     "  - {uid: map, type: map, function: identity, input: src, cost: %s}\n"
                     "  - {uid: sum, type: sum, input: map, ship: hash, cost: %s}\n"
                     "  - {uid: out, type: discard, input: sum, cost: %s}\n",
                     pipeline->parallelism, (unsigned long long)pipeline->records, pipeline->cost,
                     pipeline->cost, pipeline->cost, pipeline->cost);
    text.bytes = snap_text_get(&yaml);
    text.length = yaml.length;
    if (!snap_scenario_parse(&text, snap_operator_catalogue_get(), &scenario, &error) ||
        !snap_scenario_build(scenario, NULL, built, &error)) {
        fprintf(stderr, "bench: %s\n", error.message);
        exit(3);
    }
    snap_scenario_destroy(scenario);
    snap_text_fini(&yaml);
}

static double measure(const struct pipeline *pipeline)
{
    struct snap_built built = {0};
    struct snap_trace_hash hash = {0};
    struct snap_statistics statistics;
    struct snap_trace_writer writer;
    struct snap_error error = {0};
    struct snap_observer observers[3];
    struct snap_run_options options = {.runtime = pipeline->runtime,
                                       .every_record = pipeline->every_record,
                                       .observers = observers,
                                       .observer_count = 3};
    struct snap_run_result result;
    struct snap_trace_run header = {
        .program_version = "bench", .runtime = pipeline->runtime, .level = SNAP_TRACE_CHECKPOINTS};
    struct snap_run *run;
    double start;

    build(pipeline, &built);
    header.simulation = &built.sim;
    snap_statistics_init(&statistics, built.sim.job);
    SNAP_CHECK(snap_trace_writer_open(&writer, "/dev/null", &header, &error));
    observers[0] = (struct snap_observer){.context = &hash, .merged = snap_trace_hash_event};
    observers[1] = (struct snap_observer){
        .context = &statistics, .merged = snap_statistics_event, .in_flight_wanted = true};
    observers[2] = (struct snap_observer){.context = &writer, .merged = snap_trace_writer_event};
    start = snap_bench_seconds();
    run = snap_run_create(&built.sim, &options);
    result = snap_run_execute(run);
    start = snap_bench_seconds() - start;
    SNAP_CHECK(result.status == SNAP_JOB_FINISHED);
    snap_run_destroy(run);
    SNAP_CHECK(snap_trace_writer_close(&writer, &error));
    snap_statistics_fini(&statistics);
    snap_built_fini(&built);
    return (double)pipeline->records / start / 1e6;
}

double snap_bench_virtual_p1(void)
{
    return measure(&(struct pipeline){1, 40000000, "1 us", SNAP_RUNTIME_VIRTUAL, false});
}

double snap_bench_virtual_p4(void)
{
    return measure(&(struct pipeline){4, 40000000, "1 us", SNAP_RUNTIME_VIRTUAL, false});
}

double snap_bench_virtual_p1_every_record(void)
{
    return measure(&(struct pipeline){1, 2000000, "1 us", SNAP_RUNTIME_VIRTUAL, true});
}

double snap_bench_threads_p1(void)
{
    return measure(&(struct pipeline){1, 60000000, "0 us", SNAP_RUNTIME_THREADS, false});
}

double snap_bench_threads_p4(void)
{
    return measure(&(struct pipeline){4, 60000000, "0 us", SNAP_RUNTIME_THREADS, false});
}
