// SPDX-License-Identifier: Apache-2.0
#include "snapshot/task_snapshot.h"

#include "state/keyed_copy.h"

void snap_task_snapshot_unlink(struct snap_task_snapshot *snapshot)
{
    if (!snapshot->unsettled_link)
        return;
    *snapshot->unsettled_link = snapshot->unsettled_next;
    if (snapshot->unsettled_next)
        snapshot->unsettled_next->unsettled_link = snapshot->unsettled_link;
    snapshot->unsettled_link = NULL;
}

void snap_task_snapshot_free(struct snap_task_snapshot *snapshot)
{
    struct snap_arena arena;

    if (!snapshot)
        return;
    snap_task_snapshot_unlink(snapshot);
    /* The struct lies in its own arena. */
    arena = snapshot->arena;
    snap_arena_fini(&arena);
}

void snap_task_snapshot_order(struct snap_task_snapshot *snapshot)
{
    for (uint32_t i = 0; snapshot && i < snapshot->operator_count; i++)
        snap_keyed_copies_order(&snapshot->operators[i], &snapshot->arena);
}
