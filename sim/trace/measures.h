// SPDX-License-Identifier: Apache-2.0
/*
 * measures.h: the figures by which runs are compared, one number each.
 *
 * - The first part of a run, its warm-up, is left out of throughput, latencies and bytes in flight:
 *   records that a sink took, or time that passed, before its end do not count. What concerns
 *   checkpoints and restores counts from the start.
 * - A number that is not known (nothing failed; no latency without a ledger) is NaN.
 * - The table below makes the enum, the members of summary.json and the columns.
 */
#ifndef SNAP_TRACE_MEASURES_H
#define SNAP_TRACE_MEASURES_H

#include "trace/latency.h"
#include "trace/statistics.h"

/*
 * X(NAME, "key", UNIT, "title"):
 * - throughput: records that all sources sent a second, those sent again after a restore included;
 * - latencies: from the source to whatever sink, see latency.h;
 * - failed checkpoints: those that were given up, refused requests not included;
 * - bytes in flight: sent to some subtask and not used up, in the mean over time;
 * - restore: from a failure, or the start from a snapshot, until all that was started runs, in the
 *   mean over these;
 * - next checkpoint: from there until the next one is complete, likewise.
 */
#define SNAP_MEASURES(X)                                                                           \
    X(THROUGHPUT, "throughput_per_s", PER_SECOND, "Through- put")                                  \
    X(LATENCY_P50, "latency_p50_ms", MS, "Latency p50")                                            \
    X(LATENCY_P99, "latency_p99_ms", MS, "Latency p99")                                            \
    X(CHECKPOINTS_FAILED, "checkpoints_failed", COUNT, "Failed Check- points")                     \
    X(IN_FLIGHT, "in_flight_bytes", BYTES, "Bytes in Flight")                                      \
    X(RESTORE, "restore_ms", MS, "Restore Time")                                                   \
    X(NEXT_CHECKPOINT, "next_checkpoint_ms", MS, "Next Check- point")

#define SNAP_MEASURE_ENUM(name, key, unit, title) SNAP_MEASURE_##name,
enum snap_measure { SNAP_MEASURES(SNAP_MEASURE_ENUM) SNAP_MEASURE_NUMBER };
#undef SNAP_MEASURE_ENUM

enum snap_measure_unit {
    SNAP_UNIT_PER_SECOND,
    SNAP_UNIT_MS,
    SNAP_UNIT_COUNT,
    SNAP_UNIT_BYTES,
};

struct snap_measure_info {
    const char *key;
    enum snap_measure_unit unit;
    const char *title;
};

struct snap_measures {
    snap_ns warm_up_ns;
    double values[SNAP_MEASURE_NUMBER];
};

/* What of a run is left out if nobody says otherwise: a tenth of it. */
snap_ns snap_warm_up_default(snap_ns elapsed_ns);

/* Measures a finished run; `latency` is finished too, or NULL if there is none. */
struct snap_measures snap_measures_of(const struct snap_statistics *statistics,
                                      const struct snap_latency *latency, snap_ns warm_up_ns);

/* Returns the row of the table for the measure. */
const struct snap_measure_info *snap_measure_info_get(enum snap_measure measure);

#endif
