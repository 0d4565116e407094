// SPDX-License-Identifier: Apache-2.0
/*
 * explain_facts.h: what is known of one checkpoint, wherever it was read: the facts from which an
 * explanation is made.
 *
 * - Filled from a run's trace (explain_trace.h) or from saved REST answers of a real Flink job
 *   (explain_rest.h); what explains them (explain_walk.h, explain_advice.h) does not know which.
 * - Instants count from the checkpoint's trigger. SNAP_UNKNOWN (-1), for shares and rates NaN, is
 *   "not known": nothing is made up.
 * - Vertices stand in topological order, tasks by vertex, then subtask.
 * - All memory is in the arena inside. One thread.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_FACTS_H
#define SNAP_EXPLAIN_EXPLAIN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/job.h"

#define SNAP_UNKNOWN ((int64_t)-1)
#define SNAP_NO_FACT UINT32_MAX

enum snap_facts_origin { SNAP_FACTS_OF_RUN, SNAP_FACTS_OF_FLINK };

enum snap_facts_status {
    SNAP_FACTS_IN_PROGRESS,
    SNAP_FACTS_COMPLETED,
    SNAP_FACTS_FAILED,
};

/* How it was given up, as far as the words differ. */
enum snap_facts_end {
    SNAP_END_NONE,
    SNAP_END_EXPIRED,
    SNAP_END_DECLINED,
    SNAP_END_STORAGE,     /* an asynchronous part failed */
    SNAP_END_FAILOVER,    /* a task or the job failed meanwhile */
    SNAP_END_STOOD_STILL, /* the coordinator did: a failure, a stop, or the end of the job */
    SNAP_END_OTHER,
};

/* What lies in queues, or was used up. */
struct snap_fact_amount {
    int64_t buffers;
    int64_t bytes;
    int64_t records;
};

/* The barrier's way from one subtask to another. */
struct snap_fact_hop {
    uint32_t from;
    uint32_t to;
    snap_ns sent_ns;
    snap_ns received_ns;             /* SNAP_UNKNOWN: it was never taken */
    bool inferred;                   /* from whom it came is worked out, not read */
    struct snap_fact_amount channel; /* before it on its own channel when it was sent */
    struct snap_fact_amount all;     /* before the receiver on all channels, at that instant */
    struct snap_fact_amount taken;   /* used up by the receiver from then until it was taken */
};

struct snap_fact_task {
    uint32_t vertex;
    uint32_t subtask;
    const char *name; /* "counts[1]" */
    bool acknowledged;
    bool finished; /* had finished before the trigger */
    bool declined;
    bool unaligned;
    bool ack_lost;
    bool ran;             /* it was RUNNING, last ... */
    snap_ns ran_from_ns;  /* ... from then on, which may be before the trigger */
    snap_ns begun_ns;     /* a source took the trigger message; else the first barrier was taken */
    snap_ns ready_ns;     /* the last barrier was taken; sources: as begun */
    snap_ns sent_ns;      /* its own barrier was put out */
    snap_ns timed_out_ns; /* alignment was given up for overtaking */
    snap_ns synced_ns;    /* end of the synchronous part */
    snap_ns stored_ns;    /* end of the asynchronous part */
    snap_ns ack_ns;       /* the JobManager took the acknowledgement */
    snap_ns hindered_ns;  /* of the checkpoint, while faults held the subtask or its links up */
    snap_ns start_delay_ns;
    snap_ns alignment_ns;
    snap_ns sync_ns; /* durations, as reported */
    snap_ns async_ns;
    int64_t state_bytes;
    int64_t processed_bytes;
    int64_t persisted_bytes;
    bool queued_is_mean;            /* over the subtasks of its vertex */
    bool rate_is_mean;              /* likewise */
    struct snap_fact_amount queued; /* before it at the trigger, or around it: see around_ns */
    int64_t restored_bytes; /* in flight, put back before it since a checkpoint completed; or 0 */
    bool recovered_known;   /* whether it is known ... */
    snap_ns recovered_ns;   /* ... when all that was used up, or that it was not until the end */
    int64_t came_records;   /* used up before the trigger, or waiting then; a mean is not known */
    double more_records;    /* that lay there right behind the trigger; NaN: not known */
    double records_per_s;   /* used up; before the trigger if that is known */
    double bytes_per_s;
    double busy; /* shares of the time it ran */
    double backpressured;
    int64_t records_in;
    int64_t records_out;
};

/* A subtask stood still in a pause of its operators. */
struct snap_fact_pause {
    uint32_t task;
    snap_ns from_ns; /* which may be before the trigger */
    snap_ns until_ns;
};

struct snap_fact_vertex {
    const char *name;
    uint32_t parallelism;
    uint32_t task_first;
    const char *windows;        /* its operator whose windows fire at a watermark, or NULL */
    bool windows_interruptible; /* their timers let a barrier through */
    /* Sums that Flink tells although it does not tell the subtasks; else SNAP_UNKNOWN. */
    snap_ns last_ack_ns;
    uint32_t acknowledged_count;
    int64_t state_bytes;
    int64_t persisted_bytes;
};

struct snap_fact_edge {
    uint32_t from; /* vertices */
    uint32_t to;
    enum snap_ship ship;
    const char *ship_name; /* as it was read */
};

/* Settings that closed forms need. */
struct snap_fact_settings {
    const char *flink_version; /* or NULL */
    snap_ns interval_ns;
    snap_ns timeout_ns;
    snap_ns min_pause_ns;
    int64_t concurrent_max;
    int64_t unaligned;            /* 0, 1 */
    int64_t interruptible_timers; /* 0, 1 */
    snap_ns aligned_timeout_ns;
    int64_t at_least_once;     /* 0, 1 */
    const char *network_rules; /* whose network stack it is, "2.3", ..., or NULL */
    int64_t output_timeout;    /* 0, 1: a barrier in an output queue may begin to overtake */
    int64_t segment_bytes;
    int64_t exclusive_per_channel; /* buffers of an input, ... */
    int64_t floating_per_gate;
    int64_t per_subpartition_max; /* ... and of an output queue */
    snap_ns buffer_timeout_ns;    /* until an open buffer is sent as it is */
    int64_t debloat;              /* 0, 1 */
    snap_ns debloat_target_ns;
    snap_ns unaligned_turn_ns; /* of the cores, for each subtask of an unaligned checkpoint */
    snap_ns startup_max_ns;    /* until a subtask that runs begins its work, at most */
    snap_ns network_latency_ns;
    snap_ns storage_latency_ns;
    snap_ns storage_per_file_ns; /* of the storage's time for each file */
    int64_t storage_bytes_per_s; /* 0: no limit */
};

/* A state that the JobManager's storage did not take. */
struct snap_fact_large_state {
    const char *subtask; /* NULL: there is none, or it is not known */
    const char *uid;
    int64_t bytes;
    int64_t limit_bytes;
};

struct snap_facts {
    struct snap_arena arena;
    enum snap_facts_origin origin;
    const char *job;
    uint32_t execution;       /* of the job, from 1 ... */
    uint32_t execution_count; /* ... of so many; 0: not known */
    int64_t checkpoint;
    const char *kind;      /* "Checkpoint", "Savepoint", ... */
    const char *alignment; /* "ALIGNED", ..., or NULL */
    bool savepoint;
    enum snap_facts_status status;
    enum snap_facts_end end;
    const char *reason;      /* FAILED: in Flink's words */
    snap_ns triggered_at_ns; /* since the job's start, or SNAP_UNKNOWN */
    snap_ns duration_ns;     /* end to end; in progress: until what was read last */
    snap_ns next_trigger_ns; /* of the checkpoint behind it, or SNAP_UNKNOWN */
    snap_ns rest_ns; /* from the end of a checkpoint before it until the trigger; UNKNOWN: none */
    snap_ns
        around_ns; /* what was queued is a mean over so long around the trigger; 0: it was then */
    int64_t in_flight_bytes; /* of the whole job at the trigger */
    int64_t channel_files;   /* in which data in flight was saved */
    uint32_t acknowledged_count;
    uint32_t subtask_count; /* as Flink tells it, of those that are known and others */
    uint32_t last_task;     /* acknowledged last, or SNAP_NO_FACT */
    bool last_untold; /* the subtask that acknowledged last is not among those that are known */
    bool planless;    /* who sends to whom is not known */
    uint32_t declined_task;
    struct snap_fact_large_state too_large;
    bool storage_faulty; /* the storage was slower than its model, or failed, while it ran */
    struct snap_fact_vertex *vertices;
    uint32_t vertex_count;
    struct snap_fact_task *tasks;
    uint32_t task_count;
    struct snap_fact_edge *edges;
    uint32_t edge_count;
    struct snap_fact_hop *hops; /* every barrier that was sent or taken; any order */
    uint32_t hop_count;
    uint32_t hop_capacity;
    struct snap_fact_pause *pauses; /* that reach into the checkpoint, by their beginning */
    uint32_t pause_count;
    uint32_t pause_capacity;
    struct snap_fact_settings settings;
    const char **missing; /* what is not known and would have helped, a sentence each */
    uint32_t missing_count;
    uint32_t missing_capacity;
};

/* Makes empty facts: nothing is known. */
void snap_facts_init(struct snap_facts *facts, enum snap_facts_origin origin);
void snap_facts_fini(struct snap_facts *facts);

/* Makes room for the tasks of the vertices, which have their parallelism; nothing is known of
 * them but their names "NAME[i]" by the vertices' names. */
void snap_facts_make_tasks(struct snap_facts *facts);

/* Notes what is missing; a copy is kept, once. */
void snap_facts_miss(struct snap_facts *facts, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/* Adds a hop between the two, which has none yet; borrowed until the next is added. */
struct snap_fact_hop *snap_facts_add_hop(struct snap_facts *facts, uint32_t from, uint32_t to);

/* Returns the hop between the two, or NULL. */
const struct snap_fact_hop *snap_facts_find_hop(const struct snap_facts *facts, uint32_t from,
                                                uint32_t to);

/* Returns the vertex whose last acknowledgement came last, by sums; SNAP_NO_FACT: none is known. */
uint32_t snap_facts_last_vertex(const struct snap_facts *facts);

/* Whether one subtask has a channel to the other. */
bool snap_facts_connected(const struct snap_facts *facts, uint32_t from, uint32_t to);

/* Whether a barrier may overtake what lies before the vertex: no input is pointwise or broadcast.
 * Flink: StreamGraphGenerator, StreamEdge.supportsUnalignedCheckpoints. */
bool snap_facts_overtakes(const struct snap_facts *facts, uint32_t vertex);

#endif
