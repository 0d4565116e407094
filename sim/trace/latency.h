// SPDX-License-Identifier: Apache-2.0
/*
 * latency.h: how long records take from their source to each sink.
 *
 * - The latency of a record that a sink took is the time since its source sent it: the latest time
 *   before, where it was sent again after a restore. It is not the time until a reader sees it.
 * - A task keeps what it sent or took in a log of its own, so that threads need no lock. A full log
 *   halves the share of origins that it keeps; origins are chosen by a hash, the same ones in every
 *   task. In the end all logs are cut to the least share and joined. While the share is 1 all
 *   records count, and the maximum is one of all records.
 * - Instants are those of snap_span_record_instant.
 * - Memory is bounded by about SNAP_LATENCY_ENTRIES_MAX entries, however long the run.
 * Flink: LatencyMarker, of which this is the exact counterpart: no markers, but records.
 */
#ifndef SNAP_TRACE_LATENCY_H
#define SNAP_TRACE_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/job.h"
#include "model/observer.h"

enum { SNAP_LATENCY_ENTRIES_MAX = 1 << 18 };

struct snap_latency_entry {
    uint64_t origin;
    snap_ns at_ns;
    uint32_t operator_index; /* the sink that took it */
};

/* What one task sent, or what its sinks took. */
struct snap_latency_log {
    struct snap_latency_entry *entries; /* heap */
    uint32_t count;
    uint32_t capacity;
    uint32_t capacity_max; /* 0: the task has no source, or no sink */
    uint32_t halvings;     /* of the share that is kept */
};

/* What records took to one sink. */
struct snap_latency_sink {
    uint32_t operator_index;
    uint32_t count; /* records that were measured */
    snap_ns p50_ns;
    snap_ns p90_ns;
    snap_ns p99_ns;
    snap_ns max_ns;
};

struct snap_latency {
    struct snap_arena arena;
    const struct snap_job *job;    /* borrowed */
    struct snap_latency_log *sent; /* by task */
    struct snap_latency_log *taken;

    /* From finish on. */
    uint32_t halvings;               /* 1 in 2^halvings origins was measured */
    struct snap_latency_sink *sinks; /* all sinks, in the order of operators */
    uint32_t sink_count;
    struct snap_latency_entry *all; /* measured: at_ns is when the sink took it... */
    snap_ns *durations;             /* ... and how long it took */
    uint32_t all_count;
};

/* Makes empty logs for the job (borrowed until fini). fini is safe on zeroed memory. */
void snap_latency_init(struct snap_latency *latency, const struct snap_job *job);
void snap_latency_fini(struct snap_latency *latency);

/* Takes a span; `latency` is a struct snap_latency (an observer's `span`). */
void snap_latency_span(void *latency, const struct snap_span *span);

/* Joins the logs. */
void snap_latency_finish(struct snap_latency *latency);

/* What all sinks together took from the instant on: count is 0 if nothing did. */
struct snap_latency_sink snap_latency_after(const struct snap_latency *latency, snap_ns from_ns);

#endif
