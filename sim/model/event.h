// SPDX-License-Identifier: Apache-2.0
/*
 * event.h: the trace events, one table.
 *
 * - The trace is the only output of a run: text, plots, statistics and tests read these events.
 * - An event has an instant, an actor (task id, or the JobManager's actor id) and the actor's own
 *   sequence number; (at_ns, actor, sequence) orders a run totally. At most SNAP_EVENT_ARGS_MAX
 *   arguments, each with a name and a kind that says how it is written.
 * - The level of a type says from which --trace level on it is written; which events observers in
 *   the process see is theirs to say, see observer.h. The trace hash covers the level
 *   `checkpoints`.
 * - The table below makes the enum, the writer, the reader and `snapsim help events`.
 */
#ifndef SNAP_MODEL_EVENT_H
#define SNAP_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum { SNAP_EVENT_ARGS_MAX = 8 };

enum snap_trace_level {
    SNAP_TRACE_OFF,
    SNAP_TRACE_CHECKPOINTS,
    SNAP_TRACE_BUFFERS,
    SNAP_TRACE_RECORDS,
};

/* How an argument is written; names that end in _ns hold nanoseconds. */
enum snap_arg_kind {
    SNAP_ARG_NONE,
    SNAP_ARG_NUMBER,      /* integer */
    SNAP_ARG_TASK,        /* task id, written "uid[i]" */
    SNAP_ARG_OPERATOR,    /* operator index, written as uid */
    SNAP_ARG_KIND,        /* enum snap_snapshot_kind */
    SNAP_ARG_ALIGNMENT,   /* enum snap_alignment */
    SNAP_ARG_REASON,      /* enum snap_failure_reason */
    SNAP_ARG_TASK_STATUS, /* enum snap_task_status */
    SNAP_ARG_JOB_STATUS,  /* enum snap_job_status */
    SNAP_ARG_CAUSE,       /* enum snap_failure_cause */
    SNAP_ARG_ORIGIN,      /* origin, written "SOURCE:SPLIT:OFFSET", SPLIT counted per source */
    SNAP_ARG_KEY,         /* union snap_value, by the schema of the operator in this event */
    SNAP_ARG_VALUE,
    SNAP_ARG_LINEAGE,  /* 64 bits, written as 16 hex digits */
    SNAP_ARG_SABOTAGE, /* enum snap_broken_rule */
};

/* Flink: ExecutionState. */
enum snap_task_status {
    SNAP_TASK_CREATED,
    SNAP_TASK_DEPLOYING,
    SNAP_TASK_INITIALIZING,
    SNAP_TASK_RUNNING,
    SNAP_TASK_FINISHED,
    SNAP_TASK_CANCELING,
    SNAP_TASK_CANCELED,
    SNAP_TASK_FAILED,
};

/* Flink: JobStatus. */
enum snap_job_status {
    SNAP_JOB_CREATED,
    SNAP_JOB_RUNNING,
    SNAP_JOB_RESTARTING,
    SNAP_JOB_FAILING,
    SNAP_JOB_FAILED,
    SNAP_JOB_FINISHED,
    SNAP_JOB_CANCELLING,
    SNAP_JOB_CANCELED,
};

/* Why a task or the job failed. */
enum snap_failure_cause {
    SNAP_CAUSE_NONE,
    SNAP_CAUSE_CRASH,               /* a crash of the timeline */
    SNAP_CAUSE_CHECKPOINT_FAILURES, /* more failed checkpoints than tolerated */
    SNAP_CAUSE_RESTORE_FAILED,      /* the storage could not be read */
    SNAP_CAUSE_NO_RESTART,          /* the restart strategy refused */
    SNAP_CAUSE_SINK_FAILED,         /* a sink could not write */
    SNAP_CAUSE_OPEN_FAILED,         /* an operator could not start */
    SNAP_CAUSE_BARRIERS,            /* barriers came in an order that Flink refuses */
    SNAP_CAUSE_TASK_MANAGER_LOST,   /* its TaskManager is gone */
    SNAP_CAUSE_JOB_MANAGER_LOST,    /* the JobManager is gone, and nobody takes over */
    SNAP_CAUSE_SNAPSHOT_CORRUPT,    /* what was read back is not what had been written */
    SNAP_CAUSE_STOP_FAILED,         /* a stop with savepoint came to nothing */
    SNAP_CAUSE_SNAPSHOT_MISSING,    /* a file of the snapshot is not where it is looked for */
    SNAP_CAUSE_NOT_MATERIALIZED,    /* state beside a change log could not be written */
};

/* X(NAME, "name", LEVEL, "what it says", args...) with args A(KIND, "name"). */
#define SNAP_EVENTS(X, A)                                                                          \
    X(JOB_STATUS, "job_status", CHECKPOINTS, "the job changed its status",                         \
      A(JOB_STATUS, "status"))                                                                     \
    X(TASK_STATUS, "task_status", CHECKPOINTS, "a subtask changed its status",                     \
      A(NUMBER, "attempt") A(TASK_STATUS, "status") A(CAUSE, "cause"))                             \
    X(TASK_DEPLOYED, "task_deployed", CHECKPOINTS, "the JobManager sent a subtask to its slot",    \
      A(TASK, "task") A(NUMBER, "attempt"))                                                        \
    X(CHECKPOINT_TRIGGERED, "checkpoint_triggered", CHECKPOINTS, "the coordinator started one",    \
      A(NUMBER, "checkpoint") A(KIND, "kind") A(ALIGNMENT, "alignment"))                           \
    X(CHECKPOINT_REFUSED, "checkpoint_refused", CHECKPOINTS,                                       \
      "a request was given up before it had an id", A(KIND, "kind") A(REASON, "reason"))           \
    X(CHECKPOINT_COMPLETED, "checkpoint_completed", CHECKPOINTS,                                   \
      "all parts were acknowledged and stored",                                                    \
      A(NUMBER, "checkpoint") A(NUMBER, "duration_ns") A(NUMBER, "state_bytes") A(KIND, "kind"))   \
    X(CHECKPOINT_ABORTED, "checkpoint_aborted", CHECKPOINTS, "a pending one was given up",         \
      A(NUMBER, "checkpoint") A(REASON, "reason") A(NUMBER, "duration_ns"))                        \
    X(CHANNEL_FILES, "channel_files", CHECKPOINTS,                                                 \
      "in how many files the data in flight of a completed checkpoint lies, and of how many "      \
      "subtasks",                                                                                  \
      A(NUMBER, "checkpoint") A(NUMBER, "files") A(NUMBER, "subtasks") A(NUMBER, "bytes"))         \
    X(CHECKPOINT_SUBSUMED, "checkpoint_subsumed", CHECKPOINTS,                                     \
      "a completed one was dropped for newer ones", A(NUMBER, "checkpoint"))                       \
    X(TASK_TRIGGERED, "task_triggered", CHECKPOINTS,                                               \
      "a subtask took the coordinator's trigger message", A(NUMBER, "checkpoint"))                 \
    X(BARRIER_RECEIVED, "barrier_received", CHECKPOINTS, "a barrier was taken from a channel",     \
      A(NUMBER, "checkpoint") A(TASK, "from") A(NUMBER, "channel") A(ALIGNMENT, "alignment"))      \
    X(CHANNEL_BLOCKED, "channel_blocked", CHECKPOINTS, "alignment blocks a channel",               \
      A(NUMBER, "checkpoint") A(TASK, "from") A(NUMBER, "channel"))                                \
    X(CHANNEL_UNBLOCKED, "channel_unblocked", CHECKPOINTS, "a channel may go on",                  \
      A(NUMBER, "checkpoint") A(TASK, "from") A(NUMBER, "channel"))                                \
    X(SNAPSHOT_STARTED, "snapshot_started", CHECKPOINTS, "alignment is over, the snapshot begins", \
      A(NUMBER, "checkpoint") A(NUMBER, "start_delay_ns") A(NUMBER, "alignment_ns")                \
          A(NUMBER, "processed_bytes") A(ALIGNMENT, "alignment"))                                  \
    X(ALIGNMENT_TIMED_OUT, "alignment_timed_out", CHECKPOINTS,                                     \
      "barriers waited too long and overtake from here on (outputs 1: the subtask's own)",         \
      A(NUMBER, "checkpoint") A(NUMBER, "outputs"))                                                \
    X(ALIGNMENT_MEASURED, "alignment_measured", CHECKPOINTS,                                       \
      "the last barrier of a snapshot that had begun before was taken",                            \
      A(NUMBER, "checkpoint") A(NUMBER, "alignment_ns") A(NUMBER, "processed_bytes"))              \
    X(CHANNELS_SAVED, "channels_saved", CHECKPOINTS,                                               \
      "in-flight data that belongs to a snapshot is known",                                        \
      A(NUMBER, "checkpoint") A(NUMBER, "input_bytes") A(NUMBER, "input_buffers")                  \
          A(NUMBER, "output_bytes") A(NUMBER, "output_buffers"))                                   \
    X(CHANNELS_RESTORED, "channels_restored", CHECKPOINTS, "in-flight data was put back",          \
      A(NUMBER, "checkpoint") A(NUMBER, "input_bytes") A(NUMBER, "input_buffers")                  \
          A(NUMBER, "output_bytes") A(NUMBER, "output_buffers"))                                   \
    X(BARRIER_SENT, "barrier_sent", CHECKPOINTS, "the barrier was put into all outputs",           \
      A(NUMBER, "checkpoint"))                                                                     \
    X(SNAPSHOT_SYNC, "snapshot_sync", CHECKPOINTS, "the synchronous part is done",                 \
      A(NUMBER, "checkpoint") A(NUMBER, "sync_ns"))                                                \
    X(SNAPSHOT_ASYNC, "snapshot_async", CHECKPOINTS, "the asynchronous part is done",              \
      A(NUMBER, "checkpoint") A(NUMBER, "async_ns") A(NUMBER, "state_bytes"))                      \
    X(ACK_SENT, "ack_sent", CHECKPOINTS, "the subtask acknowledged", A(NUMBER, "checkpoint"))      \
    X(ACK_RECEIVED, "ack_received", CHECKPOINTS, "the coordinator took an acknowledgement",        \
      A(NUMBER, "checkpoint") A(TASK, "task") A(NUMBER, "state_bytes") A(NUMBER, "written_bytes")) \
    X(ACK_LATE, "ack_late", CHECKPOINTS, "an acknowledgement nobody waits for",                    \
      A(NUMBER, "checkpoint") A(TASK, "task"))                                                     \
    X(DECLINE_SENT, "decline_sent", CHECKPOINTS, "the subtask declined",                           \
      A(NUMBER, "checkpoint") A(REASON, "reason"))                                                 \
    X(DECLINE_RECEIVED, "decline_received", CHECKPOINTS, "the coordinator took a decline",         \
      A(NUMBER, "checkpoint") A(TASK, "task") A(REASON, "reason"))                                 \
    X(CANCEL_RECEIVED, "cancel_received", CHECKPOINTS,                                             \
      "a cancellation marker was taken from a channel",                                            \
      A(NUMBER, "checkpoint") A(TASK, "from") A(NUMBER, "channel"))                                \
    X(CANCEL_SENT, "cancel_sent", CHECKPOINTS, "a cancellation marker was put into all outputs",   \
      A(NUMBER, "checkpoint"))                                                                     \
    X(NOTIFIED_COMPLETE, "notified_complete", CHECKPOINTS, "the subtask heard of the completion",  \
      A(NUMBER, "checkpoint"))                                                                     \
    X(NOTIFIED_ABORTED, "notified_aborted", CHECKPOINTS, "the subtask heard of the abort",         \
      A(NUMBER, "checkpoint"))                                                                     \
    X(END_OF_DATA, "end_of_data", CHECKPOINTS, "all input is used up, operators have finished")    \
    X(END_RECEIVED, "end_received", CHECKPOINTS, "an input channel ended",                         \
      A(TASK, "from") A(NUMBER, "channel"))                                                        \
    X(RESTORED, "restored", CHECKPOINTS, "state was put back (checkpoint -1: started empty)",      \
      A(NUMBER, "attempt") A(NUMBER, "checkpoint") A(NUMBER, "state_bytes"))                       \
    X(FAILOVER, "failover", CHECKPOINTS, "the JobManager decided what to do about a failure",      \
      A(TASK, "task") A(CAUSE, "cause") A(NUMBER, "tasks") A(NUMBER, "delay_ns")                   \
          A(NUMBER, "checkpoint"))                                                                 \
    X(SINK_PREPARED, "sink_prepared", CHECKPOINTS, "a sink flushed and closed what it wrote",      \
      A(OPERATOR, "operator") A(NUMBER, "checkpoint") A(NUMBER, "parts") A(NUMBER, "records"))     \
    X(SINK_COMMITTED, "sink_committed", CHECKPOINTS, "a sink made prepared output visible",        \
      A(OPERATOR, "operator") A(NUMBER, "checkpoint") A(NUMBER, "parts") A(NUMBER, "records"))     \
    X(STORAGE_FAULT, "storage_fault", CHECKPOINTS, "storage fails (permille 0) or is slower",      \
      A(NUMBER, "permille") A(NUMBER, "duration_ns"))                                              \
    X(STORAGE_STALLED, "storage_stalled", CHECKPOINTS,                                             \
      "nothing that the storage does ends for a while", A(NUMBER, "duration_ns"))                  \
    X(STORAGE_FULL, "storage_full", CHECKPOINTS, "writes find no space for a while",               \
      A(NUMBER, "duration_ns"))                                                                    \
    X(WRITE_REFUSED, "write_refused", CHECKPOINTS, "a snapshot found no space in the storage",     \
      A(TASK, "task"))                                                                             \
    X(STATE_TOO_LARGE, "state_too_large", CHECKPOINTS,                                             \
      "an operator's state has more bytes than the JobManager keeps of one",                       \
      A(OPERATOR, "operator") A(NUMBER, "checkpoint") A(NUMBER, "state_bytes")                     \
          A(NUMBER, "limit_bytes"))                                                                \
    X(SNAPSHOT_CORRUPTED, "snapshot_corrupted", CHECKPOINTS,                                       \
      "what is stored of a snapshot is damaged", A(NUMBER, "checkpoint") A(TASK, "task"))          \
    X(ACK_LOST, "ack_lost", CHECKPOINTS, "an acknowledgement does not arrive",                     \
      A(NUMBER, "checkpoint") A(TASK, "task"))                                                     \
    X(ACK_DELAYED, "ack_delayed", CHECKPOINTS, "an acknowledgement will arrive later",             \
      A(NUMBER, "checkpoint") A(TASK, "task") A(NUMBER, "delay_ns"))                               \
    X(ACK_DUPLICATED, "ack_duplicated", CHECKPOINTS, "an acknowledgement arrives twice",           \
      A(NUMBER, "checkpoint") A(TASK, "task"))                                                     \
    X(NOTIFICATION_LOST, "notification_lost", CHECKPOINTS,                                         \
      "a notification of completion does not arrive", A(NUMBER, "checkpoint") A(TASK, "task"))     \
    X(NOTIFICATION_DELAYED, "notification_delayed", CHECKPOINTS,                                   \
      "a notification of completion will arrive later",                                            \
      A(NUMBER, "checkpoint") A(TASK, "task") A(NUMBER, "delay_ns"))                               \
    X(NOTIFICATION_DUPLICATED, "notification_duplicated", CHECKPOINTS,                             \
      "a notification of completion arrives twice", A(NUMBER, "checkpoint") A(TASK, "task"))       \
    X(ABORT_NOTIFICATION_LOST, "abort_notification_lost", CHECKPOINTS,                             \
      "a notification of an abort does not arrive", A(NUMBER, "checkpoint") A(TASK, "task"))       \
    X(ABORT_NOTIFICATION_DELAYED, "abort_notification_delayed", CHECKPOINTS,                       \
      "a notification of an abort will arrive later",                                              \
      A(NUMBER, "checkpoint") A(TASK, "task") A(NUMBER, "delay_ns"))                               \
    X(ABORT_NOTIFICATION_DUPLICATED, "abort_notification_duplicated", CHECKPOINTS,                 \
      "a notification of an abort arrives twice", A(NUMBER, "checkpoint") A(TASK, "task"))         \
    X(JOB_MANAGER_LOST, "job_manager_lost", CHECKPOINTS, "the JobManager is gone")                 \
    X(JOB_MANAGER_TOOK_OVER, "job_manager_took_over", CHECKPOINTS,                                 \
      "a new JobManager goes on from what the old one had stored", A(NUMBER, "checkpoint"))        \
    X(TASK_PAUSED, "task_paused", CHECKPOINTS, "a subtask stands still for a while",               \
      A(NUMBER, "duration_ns"))                                                                    \
    X(TASK_SPEED, "task_speed", CHECKPOINTS,                                                       \
      "a subtask's costs change for a while (permille of what they are)",                          \
      A(NUMBER, "cost_permille") A(NUMBER, "duration_ns"))                                         \
    X(LINK_SPEED, "link_speed", CHECKPOINTS,                                                       \
      "what a subtask sends takes another time for a while (permille of what it is)",              \
      A(TASK, "to") A(NUMBER, "time_permille") A(NUMBER, "duration_ns"))                           \
    X(LINK_PAUSED, "link_paused", CHECKPOINTS, "what a subtask sends does not arrive for a while", \
      A(TASK, "to") A(NUMBER, "duration_ns"))                                                      \
    X(ACTION_FIRED, "action_fired", CHECKPOINTS, "an action of the timeline took effect",          \
      A(NUMBER, "action"))                                                                         \
    X(SABOTAGED, "sabotaged", CHECKPOINTS, "a rule that is broken on purpose made a difference",   \
      A(SABOTAGE, "rule") A(NUMBER, "checkpoint"))                                                 \
    X(TASK_TOTALS, "task_totals", CHECKPOINTS, "counters and times of a subtask at the end",       \
      A(NUMBER, "records_in") A(NUMBER, "records_out") A(NUMBER, "busy_ns")                        \
          A(NUMBER, "backpressured_ns") A(NUMBER, "idle_ns") A(NUMBER, "initializing_ns")          \
              A(NUMBER, "down_ns") A(NUMBER, "finished_ns"))                                       \
    X(LATE_TOTAL, "late_total", CHECKPOINTS, "how many records an operator dropped as late",       \
      A(OPERATOR, "operator") A(NUMBER, "records"))                                                \
    X(SAVEPOINT_COMPLETED, "savepoint_completed", CHECKPOINTS,                                     \
      "a savepoint that somebody asked for is complete",                                           \
      A(NUMBER, "action") A(NUMBER, "checkpoint"))                                                 \
    X(SAVEPOINT_FAILED, "savepoint_failed", CHECKPOINTS,                                           \
      "a savepoint that somebody asked for came to nothing",                                       \
      A(NUMBER, "action") A(REASON, "reason"))                                                     \
    X(JOB_RESUMED, "job_resumed", CHECKPOINTS,                                                     \
      "a new execution starts from a savepoint or a retained checkpoint",                          \
      A(NUMBER, "execution") A(NUMBER, "checkpoint") A(NUMBER, "action"))                          \
    X(BUFFER_QUEUED, "buffer_queued", BUFFERS, "a sender put a buffer into its queue",             \
      A(TASK, "to") A(NUMBER, "channel") A(NUMBER, "bytes") A(NUMBER, "records"))                  \
    X(BUFFER_SENT, "buffer_sent", BUFFERS, "a buffer left the sender",                             \
      A(TASK, "to") A(NUMBER, "channel") A(NUMBER, "bytes") A(NUMBER, "backlog"))                  \
    X(BUFFER_RECEIVED, "buffer_received", BUFFERS, "a buffer reached the receiver's queue",        \
      A(TASK, "from") A(NUMBER, "channel") A(NUMBER, "bytes"))                                     \
    X(BUFFER_TAKEN, "buffer_taken", BUFFERS, "the receiver used a buffer up",                      \
      A(TASK, "from") A(NUMBER, "channel") A(NUMBER, "bytes") A(NUMBER, "records"))                \
    X(BUFFER_RECOVERED, "buffer_recovered", BUFFERS,                                               \
      "a buffer that a snapshot held is back in the receiver's queue",                             \
      A(TASK, "from") A(NUMBER, "channel") A(NUMBER, "bytes") A(NUMBER, "records"))                \
    X(BUFFER_CAPTURED, "buffer_captured", BUFFERS,                                                 \
      "a buffer in flight was saved with a snapshot (output 1: from the subtask's own output)",    \
      A(TASK, "peer") A(NUMBER, "channel") A(NUMBER, "bytes") A(NUMBER, "records")                 \
          A(NUMBER, "checkpoint") A(NUMBER, "output"))                                             \
    X(CREDIT_SENT, "credit_sent", BUFFERS, "the receiver announced free buffers",                  \
      A(TASK, "to") A(NUMBER, "channel") A(NUMBER, "credits"))                                     \
    X(GATE_DEBLOATED, "gate_debloated", BUFFERS,                                                   \
      "the buffers that a gate's senders fill were given a size (a change large enough is told)",  \
      A(NUMBER, "gate") A(NUMBER, "bytes_per_second") A(NUMBER, "buffers_in_use")                  \
          A(NUMBER, "size_bytes") A(NUMBER, "told_bytes") A(NUMBER, "estimate_ns"))                \
    X(TASK_METRICS, "task_metrics", BUFFERS,                                                       \
      "a subtask's gauges, once a second: of the time since the last ones, and now",               \
      A(NUMBER, "over_ns") A(NUMBER, "busy_ms_per_s") A(NUMBER, "backpressured_ms_per_s")          \
          A(NUMBER, "idle_ms_per_s") A(NUMBER, "in_pool_permille") A(NUMBER, "out_pool_permille")) \
    X(WATERMARK, "watermark", BUFFERS,                                                             \
      "event time rose, for a subtask or by it; 2^63 - 1 is its end", A(NUMBER, "watermark_ms"))   \
    X(WATERMARK_STATUS, "watermark_status", BUFFERS,                                               \
      "no input of a subtask gives event time any more (idle 1), or one does again",               \
      A(NUMBER, "idle"))                                                                           \
    X(RECORD_EMITTED, "record_emitted", RECORDS, "a source sent a record",                         \
      A(OPERATOR, "operator") A(ORIGIN, "origin") A(KEY, "key") A(VALUE, "value"))                 \
    X(RECORD_AFFECTED, "record_affected", RECORDS, "a record changed keyed state",                 \
      A(OPERATOR, "operator") A(ORIGIN, "origin") A(LINEAGE, "lineage") A(KEY, "key"))             \
    X(RECORD_WRITTEN, "record_written", RECORDS, "a sink took a record",                           \
      A(OPERATOR, "operator") A(ORIGIN, "origin") A(LINEAGE, "lineage") A(KEY, "key")              \
          A(VALUE, "value"))                                                                       \
    X(RECORD_CAPTURED, "record_captured", RECORDS,                                                 \
      "a record in flight was saved with a snapshot (output 1: in the subtask's own output)",      \
      A(OPERATOR, "operator") A(ORIGIN, "origin") A(LINEAGE, "lineage") A(KEY, "key")              \
          A(VALUE, "value") A(NUMBER, "checkpoint") A(NUMBER, "channel") A(NUMBER, "output"))      \
    X(STATE_TAKEN, "state_taken", RECORDS, "what a subtask put into a snapshot",                   \
      A(NUMBER, "checkpoint") A(LINEAGE, "digest") A(LINEAGE, "dealt"))                            \
    X(STATE_STORED, "state_stored", RECORDS, "what a completed checkpoint holds of a subtask",     \
      A(NUMBER, "checkpoint") A(TASK, "task") A(LINEAGE, "digest"))                                \
    X(STATE_RESTORED, "state_restored", RECORDS, "what a subtask has after a restore",             \
      A(NUMBER, "checkpoint") A(LINEAGE, "digest") A(LINEAGE, "dealt"))                            \
    X(WINDOW_FIRED, "window_fired", RECORDS, "a window sent its result",                           \
      A(OPERATOR, "operator") A(KEY, "key") A(NUMBER, "value") A(NUMBER, "start_ms")               \
          A(NUMBER, "end_ms") A(NUMBER, "records"))                                                \
    X(RECORD_LATE, "record_late", RECORDS, "a record came too late for a window",                  \
      A(OPERATOR, "operator") A(ORIGIN, "origin") A(LINEAGE, "lineage") A(KEY, "key"))             \
    X(MATERIALIZED, "materialized", CHECKPOINTS,                                                   \
      "keyed state was written beside its change log, which has only what came later from now on", \
      A(OPERATOR, "operator") A(NUMBER, "bytes") A(NUMBER, "log_bytes") A(NUMBER, "duration_ns"))  \
    X(PAUSE_BEGUN, "pause_begun", CHECKPOINTS,                                                     \
      "a subtask stands still in a pause of its operators (the key `pauses`)",                     \
      A(NUMBER, "duration_ns"))

#define SNAP_EVENT_ENUM(name, text, level, doc, ...) SNAP_EVENT_##name,
#define SNAP_EVENT_NO_ARG(kind, name)
enum snap_event_type { SNAP_EVENTS(SNAP_EVENT_ENUM, SNAP_EVENT_NO_ARG) SNAP_EVENT_COUNT };
#undef SNAP_EVENT_ENUM
#undef SNAP_EVENT_NO_ARG

struct snap_event {
    snap_ns at_ns;
    uint64_t sequence; /* of the actor, over all its attempts */
    uint32_t actor;
    enum snap_event_type type;
    int64_t args[SNAP_EVENT_ARGS_MAX];
};

struct snap_event_arg {
    enum snap_arg_kind kind;
    const char *name;
};

struct snap_event_info {
    const char *name;
    const char *doc;
    enum snap_trace_level level;
    uint32_t arg_count;
    struct snap_event_arg args[SNAP_EVENT_ARGS_MAX];
};

/* Returns the row of the table for the type. */
const struct snap_event_info *snap_event_info_get(enum snap_event_type type);

/* Finds a type by its written name; returns SNAP_EVENT_COUNT if there is none. */
enum snap_event_type snap_event_type_find(const char *name);

/* "RUNNING", ... as Flink writes it. */
const char *snap_task_status_name(enum snap_task_status status);
const char *snap_job_status_name(enum snap_job_status status);

/* Own words: "crash", "too many failed checkpoints", ... */
const char *snap_failure_cause_name(enum snap_failure_cause cause);

/* The other way round; false if there is none of that name. */
bool snap_task_status_parse(const char *name, enum snap_task_status *status);
bool snap_job_status_parse(const char *name, enum snap_job_status *status);
bool snap_failure_cause_parse(const char *name, enum snap_failure_cause *cause);

/* Compares by (at_ns, actor, sequence): < 0, 0, > 0. */
int snap_event_compare(const struct snap_event *a, const struct snap_event *b);

#endif
