// SPDX-License-Identifier: Apache-2.0
/*
 * failure_reason.h: every reason why a checkpoint can fail, in one table.
 *
 * - Names are Flink's, word for word.
 * - pre-flight: the checkpoint had not started. counted: it counts as a failure against the
 *   number that the job tolerates (policy: protocol/failure_manager.h).
 * Flink: CheckpointFailureReason.
 */
#ifndef SNAP_MODEL_FAILURE_REASON_H
#define SNAP_MODEL_FAILURE_REASON_H

#include <stdbool.h>

/* One row a reason: X(name without prefix, pre-flight, counted). */
#define SNAP_FAILURE_REASONS(X)                                                                    \
    X(PERIODIC_SCHEDULER_SHUTDOWN, true, false)                                                    \
    X(TOO_MANY_CHECKPOINT_REQUESTS, true, false)                                                   \
    X(MINIMUM_TIME_BETWEEN_CHECKPOINTS, true, false)                                               \
    X(NOT_ALL_REQUIRED_TASKS_RUNNING, true, false)                                                 \
    X(IO_EXCEPTION, true, true)                                                                    \
    X(BLOCKING_OUTPUT_EXIST, true, false)                                                          \
    X(CHECKPOINT_ASYNC_EXCEPTION, false, true)                                                     \
    X(CHANNEL_STATE_SHARED_STREAM_EXCEPTION, false, false)                                         \
    X(CHECKPOINT_EXPIRED, false, true)                                                             \
    X(CHECKPOINT_SUBSUMED, false, false)                                                           \
    X(CHECKPOINT_DECLINED, false, true)                                                            \
    X(CHECKPOINT_DECLINED_TASK_NOT_READY, false, false)                                            \
    X(CHECKPOINT_DECLINED_TASK_CLOSING, false, false)                                              \
    X(CHECKPOINT_DECLINED_SUBSUMED, false, false)                                                  \
    X(CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER, false, false)                                   \
    X(CHECKPOINT_DECLINED_INPUT_END_OF_STREAM, false, false)                                       \
    X(CHECKPOINT_COORDINATOR_SHUTDOWN, false, false)                                               \
    X(CHECKPOINT_COORDINATOR_SUSPEND, false, false)                                                \
    X(JOB_FAILOVER_REGION, false, false)                                                           \
    X(TASK_FAILURE, false, false)                                                                  \
    X(TASK_CHECKPOINT_FAILURE, false, false)                                                       \
    X(UNKNOWN_TASK_CHECKPOINT_NOTIFICATION_FAILURE, false, false)                                  \
    X(FINALIZE_CHECKPOINT_FAILURE, false, true)                                                    \
    X(TRIGGER_CHECKPOINT_FAILURE, false, false)

#define SNAP_FAILURE_ENUMERATOR(name, pre_flight, counted) SNAP_FAILURE_##name,
enum snap_failure_reason { SNAP_FAILURE_REASONS(SNAP_FAILURE_ENUMERATOR) };
#undef SNAP_FAILURE_ENUMERATOR

/* Returns Flink's name of the reason. */
const char *snap_failure_reason_name(enum snap_failure_reason reason);

/* Sets *reason by Flink's name; false if there is none of that name. */
bool snap_failure_reason_parse(const char *name, enum snap_failure_reason *reason);

/* Returns whether the checkpoint fails before it has started. */
bool snap_failure_reason_pre_flight(enum snap_failure_reason reason);

/* Returns whether the reason counts against the tolerable number of failures. */
bool snap_failure_reason_counted(enum snap_failure_reason reason);

#endif
