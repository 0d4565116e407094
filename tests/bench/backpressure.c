// SPDX-License-Identifier: Apache-2.0
/*
 * backpressure.c: a minute of Flink's CheckpointingTimeBenchmark with four subtasks each, whose
 * sink takes 200 us a record, with a checkpoint every 1.3 s. It is scenarios/flink-benchmark/
 * checkpointing-time.yaml with large records. What is measured is the process' own time, so that
 * what else the machine does counts little.
 */
#include <sys/resource.h>

#include "base/text.h"
#include "bench/bench.h"

static double own_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

double snap_bench_backpressured_minute(const struct snap_bench_pipeline *pipeline)
{
    struct snap_text yaml = {0};
    struct snap_bench_job job = {.runtime = SNAP_RUNTIME_VIRTUAL};
    double began = own_seconds();

    snap_text_printf(
        &yaml,
        "name: a backpressured minute\n"
        "ledger: off\n"
        "until: 60 s\n"
        "config: {parallelism.default: %u, execution.checkpointing.interval: 1300 ms,\n"
        "         execution.checkpointing.unaligned.enabled: %s,\n"
        "         taskmanager.memory.segment-size: 8 kb}\n"
        "model: {record-size: 1052 b, snapshot-sync: 300 us, startup: 200 ms,\n"
        "        network: {latency: 200 us, jobmanager-latency: 3 ms, bandwidth: 1 gb/s},\n"
        "        storage: {latency: 1 ms, per-file: 600 us, bandwidth: 500 mb/s}}\n"
        "operators:\n"
        "  - {uid: source, type: sequence, slot-sharing-group: source, cost: 2.5 us}\n"
        "  - {uid: map, type: map, function: identity, input: source, ship: rebalance,"
        " slot-sharing-group: map, cost: 2.5 us}\n"
        "  - {uid: sink, type: discard, input: map, ship: rebalance, slot-sharing-group: sink,"
        " cost: %s}\n",
        pipeline->parallelism, pipeline->unaligned ? "true" : "false", pipeline->cost);
    job.yaml = snap_text_get(&yaml);
    snap_bench_run_job(&job);
    snap_text_fini(&yaml);
    return own_seconds() - began;
}
