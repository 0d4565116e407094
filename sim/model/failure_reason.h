// SPDX-License-Identifier: Apache-2.0
/*
 * failure_reason.h: every reason why a checkpoint can fail, in one table.
 *
 * - Names and messages are Flink's, word for word: a message is what its REST answers show as
 *   `failure_message` of a checkpoint that has failed.
 * - pre-flight: the checkpoint had not started. counted: it counts as a failure against the
 *   number that the job tolerates (policy: protocol/failure_manager.h).
 * Flink: CheckpointFailureReason.
 */
#ifndef SNAP_MODEL_FAILURE_REASON_H
#define SNAP_MODEL_FAILURE_REASON_H

#include <stdbool.h>

/* One row a reason: X(name without prefix, pre-flight, counted, message). */
#define SNAP_FAILURE_REASONS(X)                                                                    \
    X(PERIODIC_SCHEDULER_SHUTDOWN, true, false, "Periodic checkpoint scheduler is shut down.")     \
    X(TOO_MANY_CHECKPOINT_REQUESTS, true, false,                                                   \
      "The maximum number of queued checkpoint requests exceeded")                                 \
    X(MINIMUM_TIME_BETWEEN_CHECKPOINTS, true, false,                                               \
      "The minimum time between checkpoints is still pending. Checkpoint will be "                 \
      "triggered after the minimum time.")                                                         \
    X(NOT_ALL_REQUIRED_TASKS_RUNNING, true, false,                                                 \
      "Not all required tasks are currently running.")                                             \
    X(IO_EXCEPTION, true, true,                                                                    \
      "An Exception occurred while triggering the checkpoint. IO-problem detected.")               \
    X(BLOCKING_OUTPUT_EXIST, true, false, "Blocking output edge exists in running tasks.")         \
    X(CHECKPOINT_ASYNC_EXCEPTION, false, true, "Asynchronous task checkpoint failed.")             \
    X(CHANNEL_STATE_SHARED_STREAM_EXCEPTION, false, false,                                         \
      "The checkpoint was aborted due to exception of other subtasks sharing the "                 \
      "ChannelState file.")                                                                        \
    X(CHECKPOINT_EXPIRED, false, true, "Checkpoint expired before completing.")                    \
    X(CHECKPOINT_SUBSUMED, false, false, "Checkpoint has been subsumed.")                          \
    X(CHECKPOINT_DECLINED, false, true, "Checkpoint was declined.")                                \
    X(CHECKPOINT_DECLINED_TASK_NOT_READY, false, false,                                            \
      "Checkpoint was declined (tasks not ready)")                                                 \
    X(CHECKPOINT_DECLINED_TASK_CLOSING, false, false, "Checkpoint was declined (task is closing)") \
    X(CHECKPOINT_DECLINED_SUBSUMED, false, false,                                                  \
      "Checkpoint was canceled because a barrier from newer checkpoint was received.")             \
    X(CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER, false, false,                                   \
      "Task received cancellation from one of its inputs")                                         \
    X(CHECKPOINT_DECLINED_INPUT_END_OF_STREAM, false, false,                                       \
      "Checkpoint was declined because one input stream is finished")                              \
    X(CHECKPOINT_COORDINATOR_SHUTDOWN, false, false, "CheckpointCoordinator shutdown.")            \
    X(CHECKPOINT_COORDINATOR_SUSPEND, false, false, "Checkpoint Coordinator is suspending.")       \
    X(JOB_FAILOVER_REGION, false, false, "FailoverRegion is restarting.")                          \
    X(TASK_FAILURE, false, false, "Task has failed.")                                              \
    X(TASK_CHECKPOINT_FAILURE, false, false, "Task local checkpoint failure.")                     \
    X(UNKNOWN_TASK_CHECKPOINT_NOTIFICATION_FAILURE, false, false,                                  \
      "Unknown task for the checkpoint to notify.")                                                \
    X(FINALIZE_CHECKPOINT_FAILURE, false, true, "Failure to finalize checkpoint.")                 \
    X(TRIGGER_CHECKPOINT_FAILURE, false, false, "Trigger checkpoint failure.")

#define SNAP_FAILURE_ENUMERATOR(name, pre_flight, counted, message) SNAP_FAILURE_##name,
enum snap_failure_reason { SNAP_FAILURE_REASONS(SNAP_FAILURE_ENUMERATOR) };
#undef SNAP_FAILURE_ENUMERATOR

/* Returns Flink's name of the reason. */
const char *snap_failure_reason_name(enum snap_failure_reason reason);

/* Returns Flink's message for the reason. Flink: CheckpointException, FailedCheckpointStats. */
const char *snap_failure_reason_message(enum snap_failure_reason reason);

/* Sets *reason by Flink's name; false if there is none of that name. */
bool snap_failure_reason_parse(const char *name, enum snap_failure_reason *reason);

/* Returns whether the checkpoint fails before it has started. */
bool snap_failure_reason_pre_flight(enum snap_failure_reason reason);

/* Returns whether the reason counts against the tolerable number of failures. */
bool snap_failure_reason_counted(enum snap_failure_reason reason);

#endif
