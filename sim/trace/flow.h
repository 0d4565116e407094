// SPDX-License-Identifier: Apache-2.0
/*
 * flow.h: what flowed through each vertex over time: records, what its subtasks' time went to, and
 * how many records wait in front of it.
 *
 * - Fed with stints (an observer's `stint`: one task's by that task's thread) and with changes
 *   of what is queued (one thread, in the order of time). Nothing is kept of a job that sends none.
 * - Memory is bounded: see series.h. All is taken at the start, so that threads need no lock.
 * - finish brings all series to one width and makes the rows, a row a vertex and bin; a row stands
 *   for [bin * width_ns, (bin + 1) * width_ns), the last one ends at end_ns.
 * - A share counts against the time of all subtasks of the vertex; what is missing to 1 they were
 *   down, initializing or finished. NaN: not known.
 */
#ifndef SNAP_TRACE_FLOW_H
#define SNAP_TRACE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/job.h"
#include "model/observer.h"
#include "trace/series.h"

struct snap_flow_row {
    double records_per_s; /* taken from the input; of a source, produced */
    double busy;          /* share */
    double backpressured;
    double idle;
    double backlog; /* records sent to the vertex and not used up, in the mean over the bin */
};

/* What waits in one place, and how it did over time. */
struct snap_flow_queue {
    struct snap_series series; /* amount * ns */
    double amount;             /* now */
    snap_ns since_ns;
};

struct snap_flow {
    struct snap_arena arena;
    struct snap_arena series_arena; /* series and what is queued: until drop_series */
    const struct snap_job *job;     /* borrowed */
    struct snap_series *tasks;      /* by task id: uses, then records; NULL: no stints wanted */
    struct snap_flow_queue *queues; /* by vertex: records; the last one: bytes of the whole job;
                                     * NULL: nothing was ever queued */
    snap_ns until_ns;               /* the end of the run: what is behind it does not count */

    /* From finish on. */
    snap_ns end_ns;
    snap_ns width_ns;
    uint32_t bin_count;
    struct snap_flow_row *rows; /* vertex * bin_count + bin; NULL: nothing is known */
};

/* Makes an empty flow of the job (borrowed until fini). */
void snap_flow_init(struct snap_flow *flow, const struct snap_job *job);
void snap_flow_fini(struct snap_flow *flow);

/* Takes the memory for stints; to be called before the first one. Of one that goes on behind
 * `until_ns`, the end of the run, what lies before that counts. */
void snap_flow_expect_stints(struct snap_flow *flow, snap_ns until_ns);

/* Takes a stint; `flow` is a struct snap_flow (an observer's `stint`). */
void snap_flow_stint(void *flow, const struct snap_stint *stint);

/* So many records and bytes more (or fewer) are queued for the vertex from the instant on. */
struct snap_queued {
    snap_ns at_ns;
    uint32_t vertex;
    int64_t records;
    int64_t bytes;
};

void snap_flow_queued(struct snap_flow *flow, const struct snap_queued *change);

/* Makes the rows; `end_ns` is the end of the run. */
void snap_flow_finish(struct snap_flow *flow, snap_ns end_ns);

/* The finished flow of one execution, and which vertex of the whole each of its vertices is. */
struct snap_flow_part {
    const struct snap_flow *flow;
    const uint32_t *vertices;
};

/* Makes the rows of a flow that nothing was told to from those of executions of the run, the last
 * one last. Shares count against the time of the subtasks that there were. */
void snap_flow_join(struct snap_flow *flow, const struct snap_flow_part *parts, uint32_t count);

/* Frees all but the rows; the functions `..._after` know nothing from then on. */
void snap_flow_drop_series(struct snap_flow *flow);

/* Returns the row. */
const struct snap_flow_row *snap_flow_at(const struct snap_flow *flow, uint32_t vertex,
                                         uint32_t bin);

/* Returns when the bin begins and ends, in nanoseconds; the last one ends with the run. */
snap_ns snap_flow_from(const struct snap_flow *flow, uint32_t bin);
snap_ns snap_flow_until(const struct snap_flow *flow, uint32_t bin);

/* Returns the mean of the bytes on their way in the whole job from the instant to the end; NaN if
 * nothing is known. */
double snap_flow_bytes_after(const struct snap_flow *flow, snap_ns from_ns);

/* Returns the records that all sources produced a second from the instant to the end; NaN if
 * nothing is known. */
double snap_flow_throughput_after(const struct snap_flow *flow, snap_ns from_ns);

#endif
