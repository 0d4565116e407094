// SPDX-License-Identifier: Apache-2.0
#include "trace/measures.h"

#include <math.h>

#include "base/check.h"

enum { WARM_UP_PART = 10 };

#define ROW(name, key, unit, title) {key, SNAP_UNIT_##unit, title},
static const struct snap_measure_info infos[SNAP_MEASURE_NUMBER] = {SNAP_MEASURES(ROW)};
#undef ROW

const struct snap_measure_info *snap_measure_info_get(enum snap_measure measure)
{
    SNAP_CHECK(measure < SNAP_MEASURE_NUMBER);
    return &infos[measure];
}

snap_ns snap_warm_up_default(snap_ns elapsed_ns)
{
    return elapsed_ns / WARM_UP_PART;
}

static double ms(snap_ns ns)
{
    return (double)ns / (double)SNAP_MS;
}

/* When the first checkpoint that was triggered at the instant or later was complete. */
static snap_ns next_completed(const struct snap_statistics *statistics, snap_ns from_ns)
{
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];

        if (checkpoint->trigger_ns >= from_ns && checkpoint->status == SNAP_CHECKPOINT_COMPLETED)
            return checkpoint->end_ns;
    }
    return SNAP_NOT_YET;
}

/* Sums over restores, and over those of them that a completed checkpoint followed. */
struct restores {
    snap_ns restore_ns;
    snap_ns next_ns;
    uint32_t restores;
    uint32_t nexts;
};

static void add_restore(struct restores *all, const struct snap_statistics *statistics,
                        snap_ns from_ns, snap_ns running_ns)
{
    snap_ns completed_ns = next_completed(statistics, running_ns);

    all->restore_ns += running_ns - from_ns;
    all->restores++;
    if (completed_ns == SNAP_NOT_YET)
        return;
    all->next_ns += completed_ns - running_ns;
    all->nexts++;
}

static void measure_restores(const struct snap_statistics *statistics, double *values)
{
    struct restores all = {0};

    if (statistics->began_restored && statistics->all_up_ns != SNAP_NOT_YET)
        add_restore(&all, statistics,
                    statistics->resumed_ns == SNAP_NOT_YET ? 0 : statistics->resumed_ns,
                    statistics->all_up_ns);
    for (uint32_t i = 0; i < statistics->failure_count; i++) {
        const struct snap_failure_stats *failure = &statistics->failures[i];

        if (failure->restarted_ns != SNAP_NOT_YET)
            add_restore(&all, statistics, failure->failed_ns, failure->restarted_ns);
    }
    values[SNAP_MEASURE_RESTORE] = all.restores > 0 ? ms(all.restore_ns) / all.restores : NAN;
    values[SNAP_MEASURE_NEXT_CHECKPOINT] = all.nexts > 0 ? ms(all.next_ns) / all.nexts : NAN;
}

struct snap_measures snap_measures_of(const struct snap_statistics *statistics,
                                      const struct snap_latency *latency, snap_ns warm_up_ns)
{
    struct snap_measures measures = {.warm_up_ns = warm_up_ns};
    struct snap_latency_sink took = {.count = 0};
    double *values = measures.values;

    if (latency)
        took = snap_latency_after(latency, warm_up_ns);
    values[SNAP_MEASURE_THROUGHPUT] = snap_flow_throughput_after(&statistics->flow, warm_up_ns);
    values[SNAP_MEASURE_LATENCY_P50] = took.count > 0 ? ms(took.p50_ns) : NAN;
    values[SNAP_MEASURE_LATENCY_P99] = took.count > 0 ? ms(took.p99_ns) : NAN;
    values[SNAP_MEASURE_CHECKPOINTS_FAILED] = statistics->failed_count;
    values[SNAP_MEASURE_IN_FLIGHT] = snap_flow_bytes_after(&statistics->flow, warm_up_ns);
    measure_restores(statistics, values);
    return measures;
}
