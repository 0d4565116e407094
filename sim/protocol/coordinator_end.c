// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "protocol/coordinator_internal.h"

struct snap_coordinator_action *snap_coordinator_emit(struct snap_coordinator *coordinator,
                                                      enum snap_coordinator_action_type type,
                                                      snap_checkpoint_id checkpoint)
{
    struct snap_coordinator_action *action;

    coordinator->actions =
        snap_arena_grow(coordinator->arena, coordinator->actions, coordinator->action_count,
                        &coordinator->action_capacity, sizeof(*coordinator->actions));
    action = &coordinator->actions[coordinator->action_count++];
    *action = (struct snap_coordinator_action){.type = type,
                                               .checkpoint = checkpoint,
                                               .other = SNAP_NO_CHECKPOINT,
                                               .index = SNAP_NO_INDEX,
                                               .request = SNAP_NO_REQUEST};
    return action;
}

void snap_coordinator_emit_operators(struct snap_coordinator *coordinator,
                                     enum snap_coordinator_action_type type,
                                     snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < coordinator->config.operator_coordinators; i++)
        snap_coordinator_emit(coordinator, type, checkpoint)->index = i;
}

/* Notifies the tasks of the plan, then the operator coordinators. */
static void notify(struct snap_coordinator *coordinator,
                   const struct snap_checkpoint_record *record,
                   enum snap_coordinator_action_type type, snap_checkpoint_id other)
{
    for (uint32_t i = 0; i < record->plan.wait_for_count; i++) {
        struct snap_coordinator_action *action =
            snap_coordinator_emit(coordinator, type, record->id);

        action->index = record->plan.wait_for[i];
        action->other = other;
    }
    snap_coordinator_emit_operators(coordinator,
                                    type == SNAP_COORDINATOR_NOTIFY_COMPLETE
                                        ? SNAP_COORDINATOR_OPERATOR_NOTIFY_COMPLETE
                                        : SNAP_COORDINATOR_OPERATOR_NOTIFY_ABORTED,
                                    record->id);
}

static void discard_states(struct snap_coordinator *coordinator, snap_checkpoint_id checkpoint,
                           enum snap_coordinator_action_type type, void *const *states)
{
    uint32_t count = type == SNAP_COORDINATOR_DISCARD_STATE
                         ? coordinator->config.graph->task_count
                         : coordinator->config.operator_coordinators;

    for (uint32_t i = 0; i < count; i++) {
        struct snap_coordinator_action *action;

        if (!states[i])
            continue;
        action = snap_coordinator_emit(coordinator, type, checkpoint);
        action->index = i;
        action->state = states[i];
    }
}

/* Emits the discarding of all states in the record. */
static void discard(struct snap_coordinator *coordinator,
                    const struct snap_checkpoint_record *record)
{
    discard_states(coordinator, record->id, SNAP_COORDINATOR_DISCARD_STATE, record->task_states);
    discard_states(coordinator, record->id, SNAP_COORDINATOR_DISCARD_OPERATOR_STATE,
                   record->coordinator_states);
}

void snap_coordinator_refuse(struct snap_coordinator *coordinator, uint64_t request,
                             enum snap_failure_reason reason)
{
    struct snap_coordinator_action *action;

    if (request == SNAP_NO_REQUEST)
        return;
    /* A requester whose call has not returned yet learns of it when it has. */
    if (request == coordinator->submitting) {
        coordinator->submit_refused = true;
        coordinator->submit_reason = reason;
        return;
    }
    action = snap_coordinator_emit(coordinator, SNAP_COORDINATOR_REQUEST_DONE, SNAP_NO_CHECKPOINT);
    action->request = request;
    action->reason = reason;
}

void snap_coordinator_count_failure(struct snap_coordinator *coordinator,
                                    const struct snap_checkpoint_failure *failure, uint32_t task)
{
    enum snap_failure_verdict verdict =
        snap_failure_manager_failure(&coordinator->failures, failure);
    struct snap_coordinator_action *action;

    if (verdict == SNAP_VERDICT_GO_ON)
        return;
    action = snap_coordinator_emit(coordinator, SNAP_COORDINATOR_FAIL_JOB, failure->checkpoint);
    action->verdict = verdict;
    action->reason = failure->reason;
    action->barrier.options.kind = failure->kind;
    action->index = task;
}

static void remove_pending(struct snap_coordinator *coordinator,
                           struct snap_checkpoint_record *record)
{
    struct snap_record_list all = coordinator->pending;
    uint32_t before = all.count;
    struct snap_checkpoint_record *at;

    memset(&coordinator->pending, 0, sizeof(coordinator->pending));
    while ((at = snap_record_list_take(&all)))
        if (at != record)
            snap_record_list_add(&coordinator->pending, at);
    SNAP_CHECK(coordinator->pending.count + 1 == before);
}

void snap_coordinator_let_go(struct snap_coordinator *coordinator,
                             struct snap_store_outcome *outcome)
{
    struct snap_checkpoint_record *record;

    while ((record = snap_record_list_take(&outcome->deleted))) {
        discard(coordinator, record);
        snap_record_list_add(&coordinator->retired, record);
        snap_coordinator_defer_poll(coordinator);
    }
    while ((record = snap_record_list_take(&outcome->released))) {
        snap_coordinator_emit(coordinator, SNAP_COORDINATOR_CHECKPOINT_RELEASED, record->id)
            ->record = record;
        snap_record_list_add(&coordinator->retired, record);
    }
}

void snap_coordinator_abort(struct snap_coordinator *coordinator,
                            struct snap_checkpoint_record *record, struct snap_abort abort)
{
    struct snap_checkpoint_failure failure = {.checkpoint = record->id,
                                              .kind = record->kind,
                                              .reason = abort.reason,
                                              .reported_by_task = abort.task != SNAP_NO_INDEX};
    struct snap_coordinator_action *aborted;

    snap_checkpoint_record_dispose(record);
    remove_pending(coordinator, record);
    /* Its starting phase is still under way and ends, as failed, right after this. */
    if (coordinator->starting_record == record) {
        coordinator->starting_record = NULL;
        failure.reported_by_task = false;
        snap_coordinator_defer_start_failed(coordinator, &failure);
        failure.reported_by_task = abort.task != SNAP_NO_INDEX;
    }
    aborted = snap_coordinator_emit(coordinator, SNAP_COORDINATOR_CHECKPOINT_ABORTED, record->id);
    aborted->reason = abort.reason;
    aborted->index = abort.task;
    aborted->record = record;
    snap_coordinator_refuse(coordinator, record->request, abort.reason);
    discard(coordinator, record);
    /* The deletion is over and the place is free: each is a reason to look at the queue. */
    snap_coordinator_defer_poll(coordinator);
    snap_coordinator_count_failure(coordinator, &failure, abort.task);
    notify(coordinator, record, SNAP_COORDINATOR_NOTIFY_ABORTED,
           snap_completed_store_latest_id(&coordinator->store));
    if (abort.reason == SNAP_FAILURE_CHECKPOINT_EXPIRED)
        coordinator->expired[coordinator->expired_count++ % SNAP_EXPIRED_REMEMBERED] = record->id;
    snap_coordinator_defer_poll(coordinator);
    snap_record_list_add(&coordinator->retired, record);
}

void snap_coordinator_abort_all(struct snap_coordinator *coordinator,
                                enum snap_failure_reason reason)
{
    while (coordinator->pending.first)
        snap_coordinator_abort(coordinator, coordinator->pending.first,
                               (struct snap_abort){.reason = reason, .task = SNAP_NO_INDEX});
}

/* A newer checkpoint makes the older ones pointless; savepoints are somebody's wish and stay. */
static void abort_subsumed(struct snap_coordinator *coordinator, snap_checkpoint_id completed)
{
    struct snap_checkpoint_record *next;

    for (struct snap_checkpoint_record *at = coordinator->pending.first; at; at = next) {
        next = at->next;
        if (at->id < completed && !snap_kind_is_savepoint(at->kind))
            snap_coordinator_abort(coordinator, at,
                                   (struct snap_abort){.reason = SNAP_FAILURE_CHECKPOINT_SUBSUMED,
                                                       .task = SNAP_NO_INDEX});
    }
}

/* Stores a completed checkpoint; returns the id of the newest one it replaced, for the tasks. */
static snap_checkpoint_id store(struct snap_coordinator *coordinator,
                                struct snap_checkpoint_record *record)
{
    struct snap_store_outcome outcome = snap_completed_store_add(&coordinator->store, record);

    coordinator->force_full = false;
    snap_coordinator_let_go(coordinator, &outcome);
    return outcome.subsumed_told;
}

static void tell_requester(struct snap_coordinator *coordinator,
                           const struct snap_checkpoint_record *record)
{
    if (record->request == SNAP_NO_REQUEST)
        return;
    snap_coordinator_emit(coordinator, SNAP_COORDINATOR_REQUEST_DONE, record->id)->request =
        record->request;
}

bool snap_coordinator_complete(struct snap_coordinator *coordinator,
                               struct snap_checkpoint_record *record)
{
    bool savepoint = snap_kind_is_savepoint(record->kind);
    snap_checkpoint_id told = SNAP_NO_CHECKPOINT;

    enum snap_failure_reason refused = SNAP_FAILURE_FINALIZE_CHECKPOINT_FAILURE;
    bool splits_union = coordinator->config.after_tasks_finish &&
                        snap_checkpoint_record_splits_union(record, coordinator->config.graph);

    SNAP_CHECK(snap_checkpoint_record_complete(record));
    if (splits_union)
        refused = SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING;
    if (coordinator->storage_failing || splits_union) {
        snap_coordinator_abort(coordinator, record,
                               (struct snap_abort){.reason = refused, .task = SNAP_NO_INDEX});
        snap_coordinator_defer_poll(coordinator);
        return false;
    }
    remove_pending(coordinator, record);
    /* The runtime writes the metadata at this action; only then may old snapshots go. */
    snap_coordinator_emit(coordinator, SNAP_COORDINATOR_CHECKPOINT_COMPLETED, record->id)->record =
        record;
    snap_coordinator_defer_poll(coordinator);
    if (savepoint)
        snap_record_list_add(&coordinator->retired, record);
    else
        told = store(coordinator, record);
    tell_requester(coordinator, record);
    /* A savepoint counts for these two as a checkpoint does. */
    snap_failure_manager_success(&coordinator->failures, record->id);
    snap_coordinator_defer_poll(coordinator);
    coordinator->last_completion_ns = coordinator->now_ns;
    /* A plain savepoint is nobody's business but the requester's. */
    if (savepoint && !snap_kind_is_stop(record->kind))
        return true;
    abort_subsumed(coordinator, record->id);
    notify(coordinator, record, SNAP_COORDINATOR_NOTIFY_COMPLETE, told);
    return true;
}
