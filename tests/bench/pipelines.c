// SPDX-License-Identifier: Apache-2.0
/*
 * pipelines.c: source -> map -> hash -> keyed sum over 10,007 keys -> sink, with 32 KiB buffers, a
 * checkpoint every 100 ms, the trace at level `checkpoints`.
 */
#include "base/text.h"
#include "bench/bench.h"

static void add_head(struct snap_text *yaml, const struct snap_bench_pipeline *pipeline)
{
    snap_text_printf(yaml,
                     "name: bench\n"
                     "ledger: %s\n"
                     "config: {parallelism.default: %u, execution.checkpointing.interval: %u ms,\n"
                     "         pipeline.operator-chaining.enabled: %s,\n"
                     "         execution.checkpointing.unaligned.enabled: %s,\n"
                     "         execution.buffer-timeout.enabled: %s,\n"
                     "         taskmanager.memory.segment-size: 32 kb}\n"
                     "model: {record-size: 32 b, network: {latency: 200 us, local-latency: 200 us,"
                     " bandwidth: unlimited}}\n"
                     "operators:\n",
                     pipeline->ledger ? "full" : "off", pipeline->parallelism,
                     pipeline->interval_ms ? pipeline->interval_ms : 100,
                     pipeline->chained ? "true" : "false", pipeline->unaligned ? "true" : "false",
                     pipeline->full_buffers ? "false" : "true");
    snap_text_printf(yaml, "  - {uid: src, type: sequence, count: %llu, keys: %u, cost: %s",
                     (unsigned long long)pipeline->records, pipeline->keys ? pipeline->keys : 10007,
                     pipeline->cost);
    if (pipeline->splits)
        snap_text_printf(yaml, ", splits: %u", pipeline->splits);
    snap_text_printf(yaml, "}\n");
}

static double run(const struct snap_bench_pipeline *pipeline, struct snap_text *yaml)
{
    struct snap_bench_job job = {.yaml = snap_text_get(yaml),
                                 .runtime = pipeline->runtime,
                                 .every_record = pipeline->every_record,
                                 .ledger = pipeline->ledger};
    double seconds = snap_bench_run_job(&job).run_seconds;

    snap_text_fini(yaml);
    return seconds;
}

double snap_bench_pipeline_seconds(const struct snap_bench_pipeline *pipeline)
{
    struct snap_text yaml = {0};

    add_head(&yaml, pipeline);
    snap_text_printf(&yaml, "  - {uid: map, type: map, function: identity, input: src, cost: %s}\n",
                     pipeline->cost);
    if (pipeline->forward)
        snap_text_printf(&yaml,
                         "  - {uid: sum, type: map, function: identity, input: map, cost: %s}\n",
                         pipeline->cost);
    else
        snap_text_printf(&yaml, "  - {uid: sum, type: sum, input: map, ship: hash, cost: %s}\n",
                         pipeline->cost);
    snap_text_printf(&yaml, "  - {uid: out, type: discard, input: sum, cost: %s}\n",
                     pipeline->cost);
    return run(pipeline, &yaml);
}

double snap_bench_pipeline(const struct snap_bench_pipeline *pipeline)
{
    return (double)pipeline->records / snap_bench_pipeline_seconds(pipeline) / 1e6;
}

double snap_bench_all_to_all(const struct snap_bench_pipeline *pipeline)
{
    struct snap_text yaml = {0};

    add_head(&yaml, pipeline);
    snap_text_printf(&yaml, "  - {uid: out, type: discard, input: src, ship: hash, cost: %s}\n",
                     pipeline->cost);
    return (double)pipeline->records / run(pipeline, &yaml) / 1e6;
}
