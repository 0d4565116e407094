// SPDX-License-Identifier: Apache-2.0
/*
 * broken.h: rules that are broken on purpose: model/sabotage.h. What tasks and the JobManager do
 * then: task_sabotage.h, job_sabotage.h.
 */
#ifndef SNAP_ACTOR_BROKEN_H
#define SNAP_ACTOR_BROKEN_H

#include <stdbool.h>

#include "actor/world.h"

/* Returns whether the run breaks the rule. */
static inline bool snap_breaks(const struct snap_world *world, enum snap_broken_rule rule)
{
    return (world->sim->sabotage >> rule & 1) != 0;
}

/* Tells SABOTAGED: breaking the rule made a difference, which concerns the checkpoint. */
static inline void snap_tell_sabotaged(struct snap_actor *actor, enum snap_broken_rule rule,
                                       snap_checkpoint_id checkpoint)
{
    SNAP_EVENT(actor, SABOTAGED, actor->now_ns, rule, checkpoint);
}

#endif
