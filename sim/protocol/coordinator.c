// SPDX-License-Identifier: Apache-2.0
#include "protocol/coordinator_internal.h"

#include <string.h>

#include "base/check.h"

#define YEAR (365 * 24 * 3600 * SNAP_SECOND)

void snap_coordinator_config_normalise(struct snap_coordinator_config *config)
{
    if (config->min_pause_ns > YEAR)
        config->min_pause_ns = YEAR;
    if (config->interval_ns < config->min_pause_ns)
        config->interval_ns = config->min_pause_ns;
    if (config->interval_backlog_ns < 10 * SNAP_MS)
        config->interval_backlog_ns = SNAP_NEVER;
    if (config->queued_max == 0)
        config->queued_max = SNAP_QUEUED_REQUESTS_MAX;
    if (config->first_id == 0)
        config->first_id = 1;
}

void snap_coordinator_init(struct snap_coordinator *coordinator, struct snap_arena *arena,
                           const struct snap_coordinator_config *config)
{
    struct snap_decider_limits limits;

    memset(coordinator, 0, sizeof(*coordinator));
    coordinator->arena = arena;
    coordinator->config = *config;
    snap_coordinator_config_normalise(&coordinator->config);
    coordinator->task_states =
        SNAP_ARENA_ARRAY(arena, enum snap_plan_state, config->graph->task_count);
    coordinator->attempts = SNAP_ARENA_ARRAY(arena, uint32_t, config->graph->task_count);
    coordinator->next_id = coordinator->config.first_id;
    coordinator->periodic_next_ns = SNAP_NEVER;
    coordinator->submitting = SNAP_NO_REQUEST;
    limits = (struct snap_decider_limits){.concurrent_max = config->concurrent_max,
                                          .queued_max = coordinator->config.queued_max,
                                          .min_pause_ns = coordinator->config.min_pause_ns};
    snap_decider_init(&coordinator->decider, arena, &limits);
    snap_failure_manager_init(&coordinator->failures, arena, config->tolerable);
    snap_completed_store_init(&coordinator->store, &config->store);
}

const struct snap_coordinator_action *
snap_coordinator_actions(const struct snap_coordinator *coordinator, uint32_t *count)
{
    *count = coordinator->action_count;
    return coordinator->actions;
}

void snap_coordinator_begin(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    struct snap_checkpoint_record *record;

    SNAP_CHECK(now_ns >= coordinator->now_ns);
    SNAP_CHECK(coordinator->deferred_count == 0);
    coordinator->now_ns = now_ns;
    coordinator->action_count = 0;
    while ((record = snap_record_list_take(&coordinator->retired)))
        snap_record_list_add(&coordinator->unused, record);
}

static struct snap_checkpoint_record *find_pending(const struct snap_coordinator *coordinator,
                                                   snap_checkpoint_id checkpoint)
{
    struct snap_checkpoint_record *at = coordinator->pending.first;

    while (at && at->id != checkpoint)
        at = at->next;
    return at;
}

bool snap_coordinator_is_pending(const struct snap_coordinator *coordinator,
                                 snap_checkpoint_id checkpoint)
{
    return find_pending(coordinator, checkpoint) != NULL;
}

bool snap_coordinator_would_complete(const struct snap_coordinator *coordinator,
                                     snap_checkpoint_id checkpoint, const struct snap_task_ack *ack)
{
    const struct snap_checkpoint_record *record = find_pending(coordinator, checkpoint);

    SNAP_CHECK(ack->task < coordinator->config.graph->task_count);
    return record && record->tasks_missing == 1 && record->coordinators_missing == 0 &&
           record->hooks_missing == 0 && record->task_parts[ack->task] == SNAP_PART_MISSING &&
           record->attempts[ack->task] == ack->attempt;
}

static bool expired_lately(const struct snap_coordinator *coordinator,
                           snap_checkpoint_id checkpoint)
{
    uint32_t known = coordinator->expired_count < SNAP_EXPIRED_REMEMBERED
                         ? coordinator->expired_count
                         : SNAP_EXPIRED_REMEMBERED;

    for (uint32_t i = 0; i < known; i++)
        if (coordinator->expired[i] == checkpoint)
            return true;
    return false;
}

void snap_coordinator_trigger(struct snap_coordinator *coordinator, snap_ns now_ns,
                              enum snap_snapshot_kind kind, uint64_t request)
{
    struct snap_trigger_request wanted = {.id = request, .kind = kind, .asked_ns = now_ns};

    /* With unaligned checkpoints a savepoint beside others could block behind their data. */
    wanted.forced = snap_kind_is_savepoint(kind) && !coordinator->config.unaligned;
    snap_coordinator_begin(coordinator, now_ns);
    coordinator->submitting = request;
    snap_coordinator_submit(coordinator, &wanted);
    /* The requester learns of a refusal only when its call has returned: after all else. */
    coordinator->submitting = SNAP_NO_REQUEST;
    if (coordinator->submit_refused)
        snap_coordinator_refuse(coordinator, request, coordinator->submit_reason);
    coordinator->submit_refused = false;
    snap_coordinator_end(coordinator);
}

static void discard_late(struct snap_coordinator *coordinator, snap_checkpoint_id checkpoint,
                         const struct snap_task_ack *ack)
{
    struct snap_coordinator_action *action;

    if (!ack->state)
        return;
    action = snap_coordinator_emit(coordinator, SNAP_COORDINATOR_DISCARD_STATE, checkpoint);
    action->index = ack->task;
    action->state = ack->state;
}

bool snap_coordinator_ack(struct snap_coordinator *coordinator, snap_ns now_ns,
                          snap_checkpoint_id checkpoint, const struct snap_task_ack *ack)
{
    struct snap_checkpoint_record *record = find_pending(coordinator, checkpoint);
    enum snap_ack_result result;

    snap_coordinator_begin(coordinator, now_ns);
    if (coordinator->shut_down)
        return false;
    if (!record) {
        discard_late(coordinator, checkpoint, ack);
        return expired_lately(coordinator, checkpoint);
    }
    result = snap_checkpoint_record_ack_task(record, ack);
    SNAP_CHECK(result != SNAP_ACK_DISCARDED);
    if (result == SNAP_ACK_UNKNOWN)
        discard_late(coordinator, checkpoint, ack);
    /* A second acknowledgement of a part changes nothing, and completion has happened already. */
    if (result == SNAP_ACK_SUCCESS && snap_checkpoint_record_complete(record))
        snap_coordinator_complete(coordinator, record);
    snap_coordinator_end(coordinator);
    return true;
}

void snap_coordinator_decline(struct snap_coordinator *coordinator, snap_ns now_ns,
                              const struct snap_task_decline *decline)
{
    struct snap_checkpoint_record *record = find_pending(coordinator, decline->checkpoint);

    snap_coordinator_begin(coordinator, now_ns);
    if (record && !coordinator->shut_down)
        snap_coordinator_abort(
            coordinator, record,
            (struct snap_abort){.reason = decline->reason, .task = decline->task});
    snap_coordinator_end(coordinator);
}

void snap_coordinator_operator_done(struct snap_coordinator *coordinator, snap_ns now_ns,
                                    const struct snap_operator_answer *answer)
{
    struct snap_checkpoint_record *record = coordinator->starting_record;

    snap_coordinator_begin(coordinator, now_ns);
    /* An answer for a checkpoint that was aborted meanwhile: only its state is left to free. */
    if (!record || record->id != answer->checkpoint) {
        if (!answer->failed && answer->state) {
            struct snap_coordinator_action *action = snap_coordinator_emit(
                coordinator, SNAP_COORDINATOR_DISCARD_OPERATOR_STATE, answer->checkpoint);

            action->index = answer->coordinator;
            action->state = answer->state;
        }
        return;
    }
    if (answer->failed) {
        coordinator->starting_record = NULL;
        snap_coordinator_emit_operators(coordinator, SNAP_COORDINATOR_OPERATOR_ABORT_TRIGGERING,
                                        SNAP_NO_CHECKPOINT);
        snap_coordinator_abort(
            coordinator, record,
            (struct snap_abort){.reason = answer->reason, .task = SNAP_NO_INDEX});
        coordinator->starting = false;
        snap_coordinator_poll(coordinator);
    } else {
        snap_checkpoint_record_ack_coordinator(record, answer->coordinator, answer->state);
        if (record->coordinators_missing == 0) {
            snap_coordinator_trigger_tasks(coordinator);
            snap_coordinator_poll(coordinator);
        }
    }
    snap_coordinator_end(coordinator);
}

void snap_coordinator_task_status(struct snap_coordinator *coordinator, snap_ns now_ns,
                                  const struct snap_task_report *status)
{
    SNAP_CHECK(status->task < coordinator->config.graph->task_count);
    snap_coordinator_begin(coordinator, now_ns);
    coordinator->task_states[status->task] = status->state;
    coordinator->attempts[status->task] = status->attempt;
}

void snap_coordinator_storage_fails(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_coordinator_begin(coordinator, now_ns);
    coordinator->storage_failing = true;
}

void snap_coordinator_storage_recovers(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_coordinator_begin(coordinator, now_ns);
    coordinator->storage_failing = false;
}

void snap_coordinator_abort_pending(struct snap_coordinator *coordinator, snap_ns now_ns,
                                    enum snap_failure_reason reason)
{
    snap_coordinator_begin(coordinator, now_ns);
    snap_coordinator_abort_all(coordinator, reason);
    snap_coordinator_end(coordinator);
}

void snap_coordinator_fail_unacknowledged(struct snap_coordinator *coordinator, snap_ns now_ns,
                                          uint32_t task)
{
    struct snap_checkpoint_record *next;

    snap_coordinator_begin(coordinator, now_ns);
    SNAP_CHECK(task < coordinator->config.graph->task_count);
    for (struct snap_checkpoint_record *at = coordinator->pending.first; at; at = next) {
        next = at->next;
        if (at->task_parts[task] == SNAP_PART_MISSING)
            snap_coordinator_abort(
                coordinator, at,
                (struct snap_abort){.reason = SNAP_FAILURE_TASK_FAILURE, .task = SNAP_NO_INDEX});
    }
    snap_coordinator_end(coordinator);
}

const struct snap_checkpoint_record *
snap_coordinator_restore_region(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_coordinator_begin(coordinator, now_ns);
    return snap_completed_store_latest(&coordinator->store);
}

const struct snap_checkpoint_record *
snap_coordinator_restore_global(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    const struct snap_checkpoint_record *record = snap_completed_store_latest(&coordinator->store);

    snap_coordinator_begin(coordinator, now_ns);
    for (uint32_t i = 0; i < coordinator->config.operator_coordinators; i++) {
        struct snap_coordinator_action *action = snap_coordinator_emit(
            coordinator, SNAP_COORDINATOR_OPERATOR_RESET, record ? record->id : SNAP_NO_CHECKPOINT);

        action->index = i;
        action->state = record ? record->coordinator_states[i] : NULL;
    }
    return record;
}

void snap_coordinator_adopt(struct snap_coordinator *coordinator, snap_ns now_ns,
                            const struct snap_restored_snapshot *snapshot)
{
    struct snap_checkpoint_record *record = snap_coordinator_take_record(coordinator);
    struct snap_store_outcome outcome;

    snap_coordinator_begin(coordinator, now_ns);
    SNAP_CHECK(coordinator->pending.count == 0);
    snap_checkpoint_record_start(record, coordinator->attempts);
    memcpy(record->task_states, snapshot->task_states,
           record->shape.tasks * sizeof(*record->task_states));
    if (record->shape.coordinators > 0)
        memcpy(record->coordinator_states, snapshot->operator_states,
               record->shape.coordinators * sizeof(*record->coordinator_states));
    for (uint32_t i = 0; i < snapshot->finished_count; i++)
        record->plan.finished[i] = snapshot->finished[i];
    record->plan.finished_count = snapshot->finished_count;
    record->id = snapshot->id;
    record->created_ns = snapshot->created_ns;
    record->request = SNAP_NO_REQUEST;
    /* Claimed, a snapshot is one of our own checkpoints from now on. */
    record->kind = snapshot->claim == SNAP_CLAIM ? SNAP_KIND_CHECKPOINT : SNAP_KIND_SAVEPOINT;
    record->taken = snapshot->kind;
    record->unclaimed = snapshot->claim == SNAP_NO_CLAIM;
    coordinator->force_full = snapshot->claim == SNAP_NO_CLAIM;
    coordinator->next_id = snapshot->id + 1;
    outcome = snap_completed_store_add(&coordinator->store, record);
    snap_coordinator_let_go(coordinator, &outcome);
    snap_coordinator_end(coordinator);
}
