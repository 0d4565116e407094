// SPDX-License-Identifier: Apache-2.0
#include "protocol/pending_checkpoint.h"

#include <string.h>

#include "base/check.h"
#include "protocol/finished_state.h"

void snap_checkpoint_record_init(struct snap_checkpoint_record *record, struct snap_arena *arena,
                                 const struct snap_checkpoint_shape *shape)
{
    memset(record, 0, sizeof(*record));
    record->shape = *shape;
    record->attempts = SNAP_ARENA_ARRAY(arena, uint32_t, shape->tasks);
    record->task_parts = SNAP_ARENA_ARRAY(arena, enum snap_part, shape->tasks);
    record->task_states = SNAP_ARENA_ARRAY(arena, void *, shape->tasks);
    record->unions = SNAP_ARENA_ARRAY(arena, bool, shape->tasks);
    record->ended = SNAP_ARENA_ARRAY(arena, bool, shape->tasks);
    record->coordinator_parts = SNAP_ARENA_ARRAY(arena, enum snap_part, shape->coordinators);
    record->coordinator_states = SNAP_ARENA_ARRAY(arena, void *, shape->coordinators);
    record->hook_parts = SNAP_ARENA_ARRAY(arena, enum snap_part, shape->hooks);
}

void snap_checkpoint_record_start(struct snap_checkpoint_record *record, const uint32_t *attempts)
{
    const struct snap_checkpoint_shape *shape = &record->shape;

    record->disposed = false;
    record->unclaimed = false;
    memcpy(record->attempts, attempts, shape->tasks * sizeof(*attempts));
    memset(record->task_parts, 0, shape->tasks * sizeof(*record->task_parts));
    memset(record->task_states, 0, shape->tasks * sizeof(*record->task_states));
    memset(record->unions, 0, shape->tasks * sizeof(*record->unions));
    memset(record->ended, 0, shape->tasks * sizeof(*record->ended));
    memset(record->coordinator_states, 0,
           shape->coordinators * sizeof(*record->coordinator_states));
    for (uint32_t i = 0; i < record->plan.wait_for_count; i++)
        record->task_parts[record->plan.wait_for[i]] = SNAP_PART_MISSING;
    for (uint32_t i = 0; i < shape->coordinators; i++)
        record->coordinator_parts[i] = SNAP_PART_MISSING;
    for (uint32_t i = 0; i < shape->hooks; i++)
        record->hook_parts[i] = SNAP_PART_MISSING;
    record->tasks_acknowledged = 0;
    record->tasks_missing = record->plan.wait_for_count;
    record->coordinators_missing = shape->coordinators;
    record->hooks_missing = shape->hooks;
}

enum snap_ack_result snap_checkpoint_record_ack_task(struct snap_checkpoint_record *record,
                                                     const struct snap_task_ack *ack)
{
    if (record->disposed)
        return SNAP_ACK_DISCARDED;
    if (ack->task >= record->shape.tasks || record->task_parts[ack->task] == SNAP_PART_NONE ||
        record->attempts[ack->task] != ack->attempt)
        return SNAP_ACK_UNKNOWN;
    if (record->task_parts[ack->task] != SNAP_PART_MISSING)
        return SNAP_ACK_DUPLICATE;
    record->task_parts[ack->task] =
        ack->state ? SNAP_PART_ACKNOWLEDGED : SNAP_PART_ACKNOWLEDGED_EMPTY;
    record->task_states[ack->task] = ack->state;
    record->unions[ack->task] = ack->has_union;
    record->ended[ack->task] = ack->operators_ended;
    /* Flink: PendingCheckpoint.updateFinishedOnRestoreOperatorStates. */
    if (ack->finished_on_restore)
        record->plan.finished[record->plan.finished_count++] = ack->task;
    record->tasks_acknowledged++;
    record->tasks_missing--;
    return SNAP_ACK_SUCCESS;
}

static bool splits_union(const struct snap_checkpoint_record *record,
                         const struct snap_plan_vertex *vertex)
{
    uint32_t last = vertex->first_task + vertex->parallelism - 1;
    struct snap_finish_counts counts = {.tasks = vertex->parallelism};

    for (uint32_t t = vertex->first_task; t <= last; t++) {
        counts.has_union |= record->unions[t];
        counts.called += record->ended[t];
    }
    if (!counts.has_union)
        return false;
    for (uint32_t i = 0; i < record->plan.finished_count; i++)
        counts.finished +=
            record->plan.finished[i] >= vertex->first_task && record->plan.finished[i] <= last;
    return counts.finished < counts.tasks && snap_finished_union(&counts) != SNAP_FINISH_OK;
}

bool snap_checkpoint_record_splits_union(const struct snap_checkpoint_record *record,
                                         const struct snap_plan_graph *graph)
{
    SNAP_CHECK(snap_checkpoint_record_complete(record));
    for (uint32_t v = 0; v < graph->vertex_count; v++)
        if (splits_union(record, &graph->vertices[v]))
            return true;
    return false;
}

enum snap_ack_result snap_checkpoint_record_ack_coordinator(struct snap_checkpoint_record *record,
                                                            uint32_t coordinator, void *state)
{
    enum snap_part part;

    if (record->disposed)
        return SNAP_ACK_DISCARDED;
    if (coordinator >= record->shape.coordinators)
        return SNAP_ACK_UNKNOWN;
    part = record->coordinator_parts[coordinator];
    /* An empty acknowledgement leaves no trace by which a second one would be known. */
    if (part != SNAP_PART_MISSING)
        return part == SNAP_PART_ACKNOWLEDGED ? SNAP_ACK_DUPLICATE : SNAP_ACK_UNKNOWN;
    record->coordinator_parts[coordinator] =
        state ? SNAP_PART_ACKNOWLEDGED : SNAP_PART_ACKNOWLEDGED_EMPTY;
    record->coordinator_states[coordinator] = state;
    record->coordinators_missing--;
    return SNAP_ACK_SUCCESS;
}

void snap_checkpoint_record_ack_hook(struct snap_checkpoint_record *record, uint32_t hook)
{
    SNAP_CHECK(hook < record->shape.hooks);
    if (record->disposed || record->hook_parts[hook] != SNAP_PART_MISSING)
        return;
    record->hook_parts[hook] = SNAP_PART_ACKNOWLEDGED;
    record->hooks_missing--;
}

bool snap_checkpoint_record_complete(const struct snap_checkpoint_record *record)
{
    return !record->disposed && record->tasks_missing == 0 && record->coordinators_missing == 0 &&
           record->hooks_missing == 0;
}

void snap_checkpoint_record_dispose(struct snap_checkpoint_record *record)
{
    record->disposed = true;
    record->tasks_missing = 0;
}
