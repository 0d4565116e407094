// SPDX-License-Identifier: Apache-2.0
#include "snapshot/large_states.h"

#include "base/text.h"
#include "model/names.h"
#include "snapshot/task_snapshot.h"

enum { MEGABYTE = 1024 * 1024 };

static void tell(struct snap_large_states *states, const struct snap_world *world, snap_ns now_ns,
                 uint32_t task, uint32_t op, const struct snap_task_snapshot *snapshot)
{
    struct snap_text text = {0};
    struct snap_arena arena;
    bool is_savepoint = snap_kind_is_savepoint(snapshot->kind);

    snap_arena_init(&arena);
    snap_text_printf(
        &text,
        "%.3f s: the state of \"%s\" in %s had %.2f MB at %s %lld, more than the %d MB that "
        "Flink's "
        "JobManager storage takes of one state: without a directory Flink would fail this %s. "
        "Choose execution.checkpointing.storage: filesystem, with execution.checkpointing.dir; or "
        "jobmanager, to have the limit here, too",
        (double)now_ns / SNAP_SECOND,
        world->job->operators[snap_job_task_vertex(world->job, task)->operators[op]].uid,
        snap_actor_name(world->job, task, &arena), (double)snapshot->operators[op].bytes / MEGABYTE,
        is_savepoint ? "savepoint" : "checkpoint", (long long)snapshot->checkpoint,
        SNAP_MEMORY_STATE_BYTES_MAX / MEGABYTE, is_savepoint ? "savepoint" : "checkpoint");
    states->tell(states->to, text.data);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
}

void snap_large_states_look(const struct snap_world *world, snap_ns now_ns, uint32_t task,
                            const struct snap_task_snapshot *snapshot)
{
    const struct snap_storage_config *storage = &world->sim->config.storage;
    struct snap_large_states *states = world->large_states;

    if (!states->tell || states->is_told || !snapshot || storage->kind_given ||
        storage->kind != SNAP_STORAGE_JOB_MANAGER)
        return;
    for (uint32_t i = 0; i < snapshot->operator_count && !states->is_told; i++) {
        if (snapshot->operators[i].bytes <= SNAP_MEMORY_STATE_BYTES_MAX)
            continue;
        states->is_told = true;
        tell(states, world, now_ns, task, i, snapshot);
    }
}
