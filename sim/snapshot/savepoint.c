// SPDX-License-Identifier: Apache-2.0
#include "snapshot/savepoint.h"

#include <string.h>

#include "base/check.h"

void snap_savepoints_init(struct snap_savepoints *savepoints)
{
    memset(savepoints, 0, sizeof(*savepoints));
    snap_arena_init(&savepoints->arena);
}

void snap_savepoints_fini(struct snap_savepoints *savepoints)
{
    for (struct snap_savepoint *at = savepoints->newest; at; at = at->next)
        for (uint32_t t = 0; t < at->job->task_count; t++)
            snap_task_snapshot_free(at->tasks[t]);
    snap_arena_fini(&savepoints->arena);
    savepoints->newest = NULL;
}

void snap_savepoints_keep(struct snap_savepoints *savepoints, const char *name,
                          const struct snap_world *world,
                          const struct snap_checkpoint_record *record)
{
    const struct snap_job *job = world->job;
    struct snap_arena *arena = &savepoints->arena;
    struct snap_savepoint *kept = SNAP_ARENA_NEW(arena, struct snap_savepoint);

    SNAP_CHECK(record->shape.tasks == job->task_count);
    kept->name = name ? snap_arena_strdup(arena, name) : NULL;
    kept->id = record->id;
    kept->execution = world->execution;
    kept->kind = record->taken;
    kept->created_ns = record->created_ns;
    kept->job = job;
    kept->tasks = SNAP_ARENA_ARRAY(arena, struct snap_task_snapshot *, job->task_count);
    kept->finished = SNAP_ARENA_ARRAY(arena, bool, job->task_count);
    for (uint32_t t = 0; t < job->task_count; t++) {
        kept->tasks[t] = record->task_states[t];
        snap_task_snapshot_order(kept->tasks[t]);
    }
    for (uint32_t i = 0; i < record->plan.finished_count; i++)
        kept->finished[record->plan.finished[i]] = true;
    kept->next = savepoints->newest;
    savepoints->newest = kept;
}

void snap_savepoints_asked(struct snap_savepoints *savepoints, const char *name, snap_ns at_ns)
{
    struct snap_savepoint_wish *wish =
        SNAP_ARENA_NEW(&savepoints->arena, struct snap_savepoint_wish);

    wish->name = snap_arena_strdup(&savepoints->arena, name);
    wish->asked_ns = at_ns;
    wish->failed_ns = SNAP_NEVER;
    wish->next = savepoints->wishes;
    savepoints->wishes = wish;
}

struct snap_savepoint_wish *snap_savepoints_wish(const struct snap_savepoints *savepoints,
                                                 const char *name)
{
    for (struct snap_savepoint_wish *at = savepoints->wishes; at; at = at->next)
        if (!strcmp(at->name, name))
            return at;
    return NULL;
}

void snap_savepoints_failed(struct snap_savepoints *savepoints, const char *name, snap_ns at_ns,
                            enum snap_failure_reason reason)
{
    struct snap_savepoint_wish *wish = snap_savepoints_wish(savepoints, name);

    SNAP_CHECK(wish);
    wish->failed_ns = at_ns;
    wish->reason = reason;
}

const struct snap_savepoint *snap_savepoints_find(const struct snap_savepoints *savepoints,
                                                  const char *name)
{
    for (const struct snap_savepoint *at = savepoints->newest; at; at = at->next)
        if (at->name && !strcmp(at->name, name))
            return at;
    return NULL;
}

const struct snap_savepoint *
snap_savepoints_find_checkpoint(const struct snap_savepoints *savepoints, snap_checkpoint_id id)
{
    for (const struct snap_savepoint *at = savepoints->newest; at; at = at->next)
        if (!at->name && at->id == id)
            return at;
    return NULL;
}

const struct snap_savepoint *
snap_savepoints_latest_checkpoint(const struct snap_savepoints *savepoints, uint32_t execution)
{
    for (const struct snap_savepoint *at = savepoints->newest; at; at = at->next)
        if (!at->name && at->execution == execution)
            return at;
    return NULL;
}
