// SPDX-License-Identifier: Apache-2.0
/*
 * statistics.h: what a run did, added up from its events.
 *
 * - Fed with merged events in the order (time, actor, sequence), live or from a trace; knows
 *   nothing else of the run. Call finish once, behind the last event.
 * - Checkpoints keep what Flink's REST answers show of them, in nanoseconds from the job's start;
 *   -1 is "not (yet)", as there.
 * - Lanes are what a subtask was doing when, in four layers that may overlap: its status, blocked
 *   by alignment, the synchronous and the asynchronous part of a snapshot.
 * - What flowed through the vertices needs stints beside the events, see flow.h: hand them to
 *   snap_flow_stint with `flow` inside.
 * - All memory is in the arena inside; everything handed out is borrowed until fini. One thread.
 * Flink: CheckpointStatsTracker, PendingCheckpointStats, CompletedCheckpointStats.
 */
#ifndef SNAP_TRACE_STATISTICS_H
#define SNAP_TRACE_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/failure_reason.h"
#include "model/job.h"
#include "trace/flow.h"
#include "trace/metrics.h"

#define SNAP_NO_TASK UINT32_MAX
#define SNAP_NOT_YET ((snap_ns)-1)

/* One subtask's part of one checkpoint. */
struct snap_subtask_part {
    bool acknowledged;
    bool finished; /* had finished before the trigger: counts as acknowledged from then on */
    bool aborted;  /* the subtask heard of the abort, or declined */
    bool unaligned;
    snap_ns first_barrier_ns; /* sources: when the trigger message was taken */
    snap_ns last_barrier_ns;  /* channels only */
    uint32_t last_from;       /* sender of the last barrier, or SNAP_NO_TASK */
    uint32_t last_channel;
    snap_ns started_ns; /* the snapshot began */
    snap_ns ack_ns;     /* the coordinator took the acknowledgement */
    snap_ns start_delay_ns;
    snap_ns alignment_ns;
    snap_ns sync_duration_ns;
    snap_ns async_duration_ns;
    int64_t processed_bytes;
    int64_t persisted_bytes;
    int64_t state_bytes;
    int64_t written_bytes; /* of these; what earlier checkpoints have is not written again */
};

enum snap_checkpoint_status {
    SNAP_CHECKPOINT_IN_PROGRESS,
    SNAP_CHECKPOINT_COMPLETED,
    SNAP_CHECKPOINT_FAILED,
};

/* A state that the storage did not take, as it was too large. */
struct snap_large_state {
    uint32_t task; /* SNAP_NO_TASK: there was none */
    uint32_t op;
    int64_t bytes;
    int64_t limit_bytes;
};

struct snap_checkpoint_stats {
    snap_checkpoint_id id;
    enum snap_snapshot_kind kind;
    enum snap_alignment alignment;
    enum snap_checkpoint_status status;
    enum snap_failure_reason reason; /* FAILED */
    bool discarded;                  /* COMPLETED, and subsumed since */
    bool unaligned;                  /* an acknowledged subtask was unaligned */
    snap_ns trigger_ns;
    snap_ns ran_from_ns; /* all subtasks that ran at the trigger had run from then on */
    snap_ns latest_ack_ns;
    snap_ns end_ns;        /* completed or failed at */
    snap_ns duration_ns;   /* end to end, Flink's rule */
    int64_t state_bytes;   /* acknowledged so far */
    int64_t written_bytes; /* likewise */
    int64_t processed_bytes;
    int64_t persisted_bytes;
    int64_t in_flight_bytes; /* sent but not used up, just before the trigger */
    uint32_t acknowledged_count;
    uint32_t last_task;                /* which acknowledged last, or SNAP_NO_TASK */
    uint32_t declined_task;            /* which declined, or SNAP_NO_TASK */
    struct snap_large_state too_large; /* the first */
    struct snap_subtask_part *parts;   /* by task id */
};

/* One failure and what became of it. */
struct snap_failure_stats {
    snap_ns failed_ns; /* the task failed; the decision's instant if no task did */
    snap_ns decided_ns;
    snap_ns restarted_ns; /* all restarted subtasks run again, or -1 */
    uint32_t task;        /* or SNAP_NO_TASK: the whole job */
    enum snap_failure_cause cause;
    enum snap_failure_cause root; /* what no restart was allowed for; else the cause */
    uint32_t restarting_count;    /* subtasks restarted; 0: the job failed */
    snap_ns delay_ns;
    snap_checkpoint_id checkpoint; /* restored from, or SNAP_NO_CHECKPOINT */
};

enum snap_lane_kind {
    SNAP_LANE_DOWN,
    SNAP_LANE_INITIALIZING,
    SNAP_LANE_RUNNING,
    SNAP_LANE_FINISHED,
    SNAP_LANE_BLOCKED, /* from the first channel blocked to the last unblocked */
    SNAP_LANE_SYNC,
    SNAP_LANE_ASYNC,
    SNAP_LANE_KIND_COUNT,
};

struct snap_lane_interval {
    snap_ns from_ns;
    snap_ns to_ns;
    snap_checkpoint_id checkpoint; /* BLOCKED, SYNC, ASYNC */
    enum snap_lane_kind kind;
};

/* Totals of a subtask, from its task_totals event. */
struct snap_subtask_totals {
    bool known;
    int64_t records_in;
    int64_t records_out;
    snap_ns busy_ns;
    snap_ns backpressured_ns;
    snap_ns idle_ns;
    snap_ns initializing_ns;
    snap_ns down_ns;
    snap_ns finished_ns;
};

struct snap_subtask_stats {
    struct snap_subtask_totals totals;
    struct snap_lane_interval *intervals; /* each layer in the order of time */
    uint32_t interval_count;
    uint32_t interval_capacity;
    uint32_t vertex; /* whose subtask it is */
    enum snap_task_status status;
    int64_t attempt;
    snap_ns status_since_ns;
    snap_ns failed_ns;                 /* the latest failure of its own, or -1 */
    enum snap_failure_cause failed_by; /* its cause */
    int64_t sent;                      /* the latest attempt that was deployed */
    bool up;               /* it runs, or has finished, and nothing has restarted it since */
    snap_ns blocked_since; /* -1: nothing is blocked */
    uint32_t blocked_count;
    snap_checkpoint_id blocked_for;
    int64_t in_flight_bytes; /* queued for this subtask, not used up */
    int64_t in_flight_records;
};

struct snap_statistics {
    struct snap_arena arena;
    const struct snap_job *job; /* borrowed */
    enum snap_job_status job_status;
    snap_ns resumed_ns;                         /* a savepoint began this execution at, or -1 */
    snap_checkpoint_id resumed_from;            /* that savepoint */
    snap_ns end_ns;                             /* of the last event, later what finish says */
    struct snap_checkpoint_stats **checkpoints; /* by rising id */
    uint32_t checkpoint_count;
    uint32_t checkpoint_capacity;
    uint32_t refused_count; /* requests that never got an id */
    uint32_t completed_count;
    uint32_t failed_count; /* refused ones not included */
    struct snap_failure_stats *failures;
    uint32_t failure_count;
    uint32_t failure_capacity;
    uint32_t restart_count;
    uint32_t restored_count;
    snap_checkpoint_id restored_checkpoint; /* of the latest restore, or SNAP_NO_CHECKPOINT */
    snap_ns restored_ns;
    bool began_restored; /* its first subtasks came out of a snapshot */
    snap_ns all_up_ns;   /* all subtasks ran for the first time, before any failure; or not yet */
    struct snap_subtask_stats *subtasks; /* by task id */
    uint32_t *regions;                   /* by task id: what restarts together */
    uint32_t *down;                      /* by region: its subtasks that are not up */
    uint32_t down_count;                 /* all of them */
    bool buffers_seen;                   /* else in-flight bytes are not known */
    bool restore_expected;    /* it begins, or a failover named a checkpoint: no restore seen yet */
    int64_t in_flight_bytes;  /* over all subtasks, now */
    int64_t in_flight_before; /* at the end of the instant before `in_flight_at` */
    snap_ns in_flight_at;
    struct snap_flow flow;
    struct snap_metrics metrics;
};

/* Makes empty statistics of the job (borrowed until fini). */
void snap_statistics_init(struct snap_statistics *statistics, const struct snap_job *job);
void snap_statistics_fini(struct snap_statistics *statistics);

/* Takes the next event; `statistics` is a struct snap_statistics (an observer's `merged`). */
void snap_statistics_event(void *statistics, const struct snap_event *event);

/* Ends the lanes at `end_ns`, at the earliest the last event. */
void snap_statistics_finish(struct snap_statistics *statistics, snap_ns end_ns);

/* Returns the checkpoint, NULL if it was never triggered. */
struct snap_checkpoint_stats *snap_statistics_find(const struct snap_statistics *statistics,
                                                   snap_checkpoint_id id);

/* Returns how long the checkpoint took, end to end; of one that is under way, how long it has been
 * until the last event, not until its last acknowledgement. */
snap_ns snap_checkpoint_stats_taken(const struct snap_statistics *statistics,
                                    const struct snap_checkpoint_stats *checkpoint);

/* "crash" or "no restart allowed: crash": why the job failed over, or ended. The text is owned by
 * the arena. Flink: the cause of the exception that says that recovery is suppressed. */
const char *snap_failure_stats_cause(const struct snap_failure_stats *failure,
                                     struct snap_arena *arena);

/* "lines[0] -> counts[1]": the channel on which the last barrier reached the subtask that
 * acknowledged last; NULL if it has no channels. The text is owned by the arena. */
const char *snap_last_channel_name(const struct snap_statistics *statistics,
                                   const struct snap_checkpoint_stats *checkpoint,
                                   struct snap_arena *arena);

#endif
