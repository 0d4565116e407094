// SPDX-License-Identifier: Apache-2.0
#include "task/task_digest.h"

#include "snapshot/state_digest.h"
#include "state/keyed_copy.h"

void snap_task_digest_taken(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    struct snap_actor *actor = &task->actor;
    struct snap_state_digest digest = {.all = 0};

    if (!actor->world->told[SNAP_EVENT_STATE_TAKEN])
        return;
    for (uint32_t i = 0; i < task->chain.count && !task->deployed_finished; i++)
        if (snap_state_digest_counts(task->chain.operators[i].context.op))
            snap_state_digest_add(&digest, &snapshot->operators[i],
                                  task->chain.operators[i].context.op);
    snapshot->digest = digest.all;
    SNAP_EVENT(actor, STATE_TAKEN, actor->now_ns, snapshot->checkpoint, (int64_t)digest.all,
               (int64_t)digest.dealt);
}

static void add_digest_now(struct snap_state_digest *digest, struct snap_task *task,
                           struct snap_chain_operator *at)
{
    struct snap_operator_state state = {.bytes = 0};
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    if (at->class->show_keyed) {
        at->class->show_keyed(at->self, &scratch, &state);
        snap_state_digest_add(digest, &state, at->context.op);
    } else if (at->class->snapshot(at->self, task->restored_checkpoint, &scratch, &state,
                                   &task->error)) {
        snap_state_digest_add(digest, &state, at->context.op);
    }
    snap_keyed_copies_abandon(&state);
    snap_arena_fini(&scratch);
}

void snap_task_digest_restored(struct snap_task *task)
{
    struct snap_actor *actor = &task->actor;
    struct snap_state_digest digest = {.all = 0};

    if (!actor->world->told[SNAP_EVENT_STATE_RESTORED] || task->deployed_finished ||
        task->restored_checkpoint == SNAP_NO_CHECKPOINT)
        return;
    for (uint32_t i = 0; i < task->chain.count; i++)
        if (snap_state_digest_counts(task->chain.operators[i].context.op))
            add_digest_now(&digest, task, &task->chain.operators[i]);
    SNAP_EVENT(actor, STATE_RESTORED, actor->now_ns, task->restored_checkpoint, (int64_t)digest.all,
               (int64_t)digest.dealt);
}
