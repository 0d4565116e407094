// SPDX-License-Identifier: Apache-2.0
/*
 * channels.c: every subtask of one operator sends to every subtask of the next: what a million
 * channels take to build and to carry the barriers of one aligned checkpoint.
 */
#include <sys/resource.h>

#include "base/text.h"
#include "bench/bench.h"

/* Nothing but the first checkpoint happens up to the end of the run. */
double snap_bench_channels_seconds(const struct snap_bench_pipeline *pipeline)
{
    struct snap_text yaml = {0};
    struct snap_bench_job job = {.runtime = SNAP_RUNTIME_VIRTUAL, .unwatched = true};
    struct snap_bench_cost cost;

    snap_text_printf(&yaml,
                     "name: channels\n"
                     "ledger: off\n"
                     "until: 10 s\n"
                     "config: {parallelism.default: %u, execution.checkpointing.interval: 1 h}\n"
                     "operators:\n"
                     "  - {uid: src, type: sequence, rate: 1/h}\n"
                     "  - {uid: out, type: discard, input: src, ship: hash}\n",
                     pipeline->parallelism);
    job.yaml = snap_text_get(&yaml);
    cost = snap_bench_run_job(&job);
    snap_text_fini(&yaml);
    return cost.build_seconds + cost.run_seconds;
}

double snap_bench_channels_mib(const struct snap_bench_pipeline *pipeline)
{
    struct rusage usage;

    snap_bench_channels_seconds(pipeline);
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}
