// SPDX-License-Identifier: Apache-2.0
#include "snapshot/list_restore.h"

#include "snapshot/state_rescale.h"
#include "snapshot/task_snapshot.h"

/* The states of one operator of a vertex, by subtask; NULL where there is none. */
static const struct snap_operator_state **states_of(const struct snap_vertex *vertex,
                                                    uint32_t place, void *const *snapshots,
                                                    struct snap_arena *arena)
{
    const struct snap_operator_state **states =
        SNAP_ARENA_ARRAY(arena, const struct snap_operator_state *, vertex->parallelism);

    for (uint32_t i = 0; i < vertex->parallelism; i++) {
        const struct snap_task_snapshot *snapshot = snapshots[vertex->task_first + i];

        if (snapshot && !snapshot->finished_on_restore)
            states[i] = &snapshot->operators[place];
    }
    return states;
}

/* The operator's state with other lists than it was taken with. */
static void give(struct snap_task_snapshot *snapshot, uint32_t place,
                 struct snap_state_rescale *rescale, uint32_t subtask)
{
    struct snap_operator_state *state;

    if (!snapshot->restored) {
        snap_task_snapshot_order(snapshot);
        snapshot->restored =
            snap_arena_copy(&snapshot->arena, snapshot->operators,
                            snapshot->operator_count * sizeof(*snapshot->restored));
    }
    state = &snapshot->restored[place];
    state->lists = NULL;
    state->list_count = 0;
    state->bytes -= snap_operator_state_list_bytes(&snapshot->operators[place]);
    snap_state_rescale_lists(rescale, subtask, &snapshot->arena, state);
    snapshot->others_bytes += state->bytes - snapshot->operators[place].bytes;
}

static void restore_operator(const struct snap_job *job, const struct snap_vertex *vertex,
                             uint32_t place, void *const *snapshots)
{
    struct snap_arena scratch;
    struct snap_old_states old = {.op = &job->operators[vertex->operators[place]]};
    struct snap_state_rescale rescale;

    snap_arena_init(&scratch);
    old.states = states_of(vertex, place, snapshots, &scratch);
    snap_state_rescale_init_lists(&rescale, &old, old.op, &scratch);
    for (uint32_t i = 0; !rescale.lists.unchanged && i < vertex->parallelism; i++)
        if (old.states[i])
            give(snapshots[vertex->task_first + i], place, &rescale, i);
    snap_arena_fini(&scratch);
}

static bool was_called(const struct snap_job *job, void *const *snapshots)
{
    for (uint32_t t = 0; t < job->task_count; t++)
        if (snapshots[t])
            return ((const struct snap_task_snapshot *)snapshots[t])->lists_restored;
    return true;
}

void snap_lists_restore(const struct snap_job *job, void *const *snapshots)
{
    if (was_called(job, snapshots))
        return;
    for (uint32_t t = 0; t < job->task_count; t++) {
        struct snap_task_snapshot *snapshot = snapshots[t];

        if (snapshot)
            snapshot->lists_restored = true;
    }
    for (uint32_t v = 0; v < job->vertex_count; v++)
        for (uint32_t place = 0; place < job->vertices[v].operator_count; place++)
            restore_operator(job, &job->vertices[v], place, snapshots);
}
