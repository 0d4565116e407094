// SPDX-License-Identifier: Apache-2.0
/*
 * coordinator_internal.h: what the files of the coordinator share; not for others.
 *
 * - coordinator.c: events in; coordinator_start.c: from request to triggered tasks;
 *   coordinator_end.c: completion and abort; coordinator_schedule.c: timers and deferred work.
 * - Between snap_coordinator_begin and snap_coordinator_end one event is handled.
 */
#ifndef SNAP_PROTOCOL_COORDINATOR_INTERNAL_H
#define SNAP_PROTOCOL_COORDINATOR_INTERNAL_H

#include "protocol/coordinator.h"

/* Begins an event: the last one's actions are over, its ended records are free. */
void snap_coordinator_begin(struct snap_coordinator *coordinator, snap_ns now_ns);

/* Ends an event: does what it deferred. */
void snap_coordinator_end(struct snap_coordinator *coordinator);

/* Appends an action of this type and returns it for filling in. */
struct snap_coordinator_action *snap_coordinator_emit(struct snap_coordinator *coordinator,
                                                      enum snap_coordinator_action_type type,
                                                      snap_checkpoint_id checkpoint);

/* Emits the action for every operator coordinator. */
void snap_coordinator_emit_operators(struct snap_coordinator *coordinator,
                                     enum snap_coordinator_action_type type,
                                     snap_checkpoint_id checkpoint);

/* Tells a requester, if there is one, that its request failed. */
void snap_coordinator_refuse(struct snap_coordinator *coordinator, uint64_t request,
                             enum snap_failure_reason reason);

/* Asks the failure manager and emits FAIL_JOB if it says so. */
void snap_coordinator_count_failure(struct snap_coordinator *coordinator,
                                    const struct snap_checkpoint_failure *failure, uint32_t task);

/* Returns a record for the next snapshot, its plan not computed. */
struct snap_checkpoint_record *snap_coordinator_take_record(struct snap_coordinator *coordinator);

/* Submits a request and starts what may start. */
void snap_coordinator_submit(struct snap_coordinator *coordinator,
                             const struct snap_trigger_request *request);

/* Starts queued requests as long as the decider lets them. */
void snap_coordinator_poll(struct snap_coordinator *coordinator);

/* All operator coordinators have acknowledged: triggers the tasks and ends the starting phase. The
 * caller asks the decider for the next request. */
void snap_coordinator_trigger_tasks(struct snap_coordinator *coordinator);

/* Completes a pending checkpoint of which nothing is missing; false if that failed, and it is
 * aborted. */
bool snap_coordinator_complete(struct snap_coordinator *coordinator,
                               struct snap_checkpoint_record *record);

struct snap_abort {
    enum snap_failure_reason reason;
    uint32_t task; /* that reported it, or SNAP_NO_INDEX */
};

/* Aborts a pending checkpoint. */
void snap_coordinator_abort(struct snap_coordinator *coordinator,
                            struct snap_checkpoint_record *record, struct snap_abort abort);

/* Aborts everything pending. */
void snap_coordinator_abort_all(struct snap_coordinator *coordinator,
                                enum snap_failure_reason reason);

/* Leaves a question to the decider for right after this piece of work. */
void snap_coordinator_defer_poll(struct snap_coordinator *coordinator);

/* Leaves the starting phase of a request, which is under way from now on, for later. */
void snap_coordinator_defer_start(struct snap_coordinator *coordinator,
                                  const struct snap_trigger_request *request);

/* Goes on with it: there is a pending checkpoint, or the request fails. The caller asks the decider
 * for the next request. Flink: CheckpointCoordinator.startTriggeringCheckpoint, whose parts are
 * turns of their own on the timer's thread. */
void snap_coordinator_start(struct snap_coordinator *coordinator,
                            const struct snap_trigger_request *request);

/* Leaves the end of the starting phase of an aborted checkpoint for later. */
void snap_coordinator_defer_start_failed(struct snap_coordinator *coordinator,
                                         const struct snap_checkpoint_failure *failure);

/* Sets the periodic timer anew, to fire after the delay. */
void snap_coordinator_set_periodic(struct snap_coordinator *coordinator, snap_ns delay_ns);

/* Emits what became of records that the store let go. */
void snap_coordinator_let_go(struct snap_coordinator *coordinator,
                             struct snap_store_outcome *outcome);

/* Tells all operator coordinators to give up their snapshot and counts the failure. */
void snap_coordinator_start_failed(struct snap_coordinator *coordinator,
                                   const struct snap_checkpoint_failure *failure);

#endif
