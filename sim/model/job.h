// SPDX-License-Identifier: Apache-2.0
/*
 * job.h: the job graph: operators and edges as written, vertices (chains) and tasks as Flink
 * makes them.
 *
 * - Operators stand in the order of the scenario; edges in the order of consumer, then input.
 * - A vertex is a chain: `operators[0]` is its head; the others follow depth first, in the order
 *   of their producers' edges. Vertices stand in topological order, sources first.
 * - A task is one subtask of one vertex. Task ids are dense: vertex.task_first + subtask.
 * - All memory is owned by one arena, constant once built, readable by all threads.
 * Flink: StreamGraph, JobGraph, StreamingJobGraphGenerator.
 */
#ifndef SNAP_MODEL_JOB_H
#define SNAP_MODEL_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/cost.h"
#include "model/operator_id.h"
#include "model/operator_type.h"
#include "model/record.h"

/* "None" where an index is asked for. */
#define SNAP_NO_INDEX UINT32_MAX

/* How records of one operator are spread over the subtasks of the next. Flink: StreamPartitioner.*/
enum snap_ship {
    SNAP_SHIP_FORWARD,
    SNAP_SHIP_REBALANCE,
    SNAP_SHIP_RESCALE,
    SNAP_SHIP_HASH,
    SNAP_SHIP_BROADCAST,
    SNAP_SHIP_GLOBAL,
    SNAP_SHIP_SHUFFLE,
    SNAP_SHIP_CUSTOM, /* a partitioner of the user's own: the key modulo the receivers */
};

/* Whether each receiver hears of some senders only. Flink: StreamPartitioner.isPointwise. */
static inline bool snap_ship_is_pointwise(enum snap_ship ship)
{
    return ship == SNAP_SHIP_FORWARD || ship == SNAP_SHIP_RESCALE;
}

/* Whether barriers may overtake on such an edge. Flink: supportsUnalignedCheckpoint. */
static inline bool snap_ship_is_overtaken(enum snap_ship ship)
{
    return !snap_ship_is_pointwise(ship) && ship != SNAP_SHIP_BROADCAST;
}

struct snap_edge {
    uint32_t index;
    uint32_t producer; /* operator index */
    uint32_t consumer; /* operator index */
    uint32_t input;    /* which of the consumer's inputs, from 0 */
    uint32_t output;   /* which of the producer's outgoing edges, from 0 */
    uint64_t way;      /* what tells it from others whose ways meet its own: see lineage.h */
    enum snap_ship ship;
    bool chained; /* inside a vertex: a function call, no channels */
    /* Unaligned barriers may overtake its data. Flink: StreamEdge.supportsUnalignedCheckpoints. */
    bool overtaken;
};

/* How a reader comes to see what a sink took. */
enum snap_sink_view {
    SNAP_SINK_APPENDS,   /* at once, and it stays */
    SNAP_SINK_CUTS_BACK, /* at once; a restore takes back what the checkpoint does not hold */
    SNAP_SINK_REPLACES,  /* at once, in place of the record with the same key */
    SNAP_SINK_COMMITS,   /* when a checkpoint with it is committed */
};

/* What an operator has to do with watermarks. */
enum snap_event_time {
    SNAP_EVENT_TIME_PASSED,   /* they go through it */
    SNAP_EVENT_TIME_MADE,     /* it makes its own */
    SNAP_EVENT_TIME_WITHHELD, /* it makes none, but at the end of its input */
    SNAP_EVENT_TIME_AWAITED,  /* they go through it, and it waits for them */
};

struct snap_operator {
    uint32_t index;
    const char *uid;
    const char *name; /* as in vertex names: "Source: lines", "counts", "out: Writer" */
    const struct snap_operator_type *type;
    const struct snap_option *options;       /* type->option_count entries */
    void *settings;                          /* what type->configure made of them; arena */
    struct snap_schema schema;               /* of what it emits */
    const struct snap_schema *input_schemas; /* of its inputs, set before configure */
    uint32_t input_count;
    struct snap_operator_id id;
    bool id_generated; /* no uid was given: it depends on the place in the graph */
    uint32_t parallelism;
    uint32_t max_parallelism; /* number of key groups */
    bool max_parallelism_configured;
    bool chaining_allowed;
    const char *slot_sharing_group; /* "default" if not given and not inherited */
    snap_ns cost_ns;                /* busy time for one input record (source: one output record) */
    const struct snap_cost *cost;   /* not NULL: drawn, or by key, and cost_ns is 0; arena */
    struct snap_pauses pauses;
    uint32_t record_size_bytes; /* of what it emits, on the wire and in state */
    uint32_t split_first;       /* sources: first split id of the whole job */
    uint32_t split_count;
    bool splits_are_default;       /* nobody said how many: as many as subtasks */
    bool unbounded;                /* sources: sends records until the job is stopped */
    enum snap_sink_view sink_view; /* sinks */
    enum snap_event_time event_time;
    uint32_t vertex; /* vertex index */
    const uint32_t *in_edges;
    uint32_t in_edge_count;
    const uint32_t *out_edges;
    uint32_t out_edge_count;
};

struct snap_vertex {
    uint32_t index;
    const char *name;           /* Flink's: "Source: events -> parse" */
    struct snap_operator_id id; /* of the head operator */
    uint32_t parallelism;
    uint32_t max_parallelism;
    uint32_t task_first;
    const char *slot_sharing_group;
    const uint32_t *operators; /* operator indices, head first */
    uint32_t operator_count;
    const uint32_t *in_edges; /* not chained, by input of the head */
    uint32_t in_edge_count;
    const uint32_t *out_edges; /* not chained, by operator in the chain, then output */
    uint32_t out_edge_count;
};

struct snap_job {
    const char *name;
    struct snap_operator *operators;
    uint32_t operator_count;
    struct snap_edge *edges;
    uint32_t edge_count;
    struct snap_vertex *vertices;
    uint32_t vertex_count;
    uint32_t task_count;  /* over all vertices; the JobManager's actor id is task_count */
    uint32_t split_count; /* over all sources */
    uint32_t slots_per_task_manager;
    const uint32_t *task_manager; /* by task id: which TaskManager it runs on */
    uint32_t task_manager_count;
};

/* The actor id of the JobManager: the one behind the last task. */
static inline uint32_t snap_job_manager_actor(const struct snap_job *job)
{
    return job->task_count;
}

/* Returns the vertex of the task; task < job->task_count. */
const struct snap_vertex *snap_job_task_vertex(const struct snap_job *job, uint32_t task);

/* Returns the subtask index of the task inside its vertex. */
uint32_t snap_job_task_subtask(const struct snap_job *job, uint32_t task);

/* Whether nothing flows into the vertex. Needs the edges only: also for jobs read from a trace. */
bool snap_job_vertex_is_source(const struct snap_job *job, uint32_t vertex);

/* Returns the operator with this uid, NULL if there is none. */
const struct snap_operator *snap_job_find_operator(const struct snap_job *job, const char *uid);

/*
 * The subtasks of the producer that feed one subtask of the consumer: [*first, *first + *count).
 * FORWARD and RESCALE are pointwise, all others all-to-all.
 * Flink: DistributionPattern, VertexInputInfoComputationUtils.
 */
void snap_job_edge_upstream(const struct snap_job *job, const struct snap_edge *edge,
                            uint32_t consumer_subtask, uint32_t *first, uint32_t *count);

/* The subtasks of the consumer that one subtask of the producer feeds: [*first, *first + *count).*/
void snap_job_edge_downstream(const struct snap_job *job, const struct snap_edge *edge,
                              uint32_t producer_subtask, uint32_t *first, uint32_t *count);

/*
 * The number that a channel of the edge has at its receiver, among the channels of all its gates,
 * and at its sender. The two subtasks have to be connected.
 */
uint32_t snap_job_input_channel(const struct snap_job *job, const struct snap_edge *edge,
                                uint32_t producer_subtask, uint32_t consumer_subtask);
uint32_t snap_job_output_channel(const struct snap_job *job, const struct snap_edge *edge,
                                 uint32_t producer_subtask, uint32_t consumer_subtask);

/*
 * Fills `regions` (job->task_count entries) with the pipelined region of each task, counted from 0
 * in the order of tasks, and returns how many there are: tasks connected by channels fail and
 * restart together. Scratch memory of the arena. Flink: PipelinedRegionComputeUtil.
 */
uint32_t snap_job_regions(const struct snap_job *job, struct snap_arena *arena, uint32_t *regions);

/* "forward", "hash", ... as in scenario files. */
const char *snap_ship_name(enum snap_ship ship);

/* "appends", "cuts back", ... as traces have it. */
const char *snap_sink_view_name(enum snap_sink_view view);

#endif
