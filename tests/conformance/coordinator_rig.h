// SPDX-License-Identifier: Apache-2.0
/*
 * coordinator_rig.h: a coordinator as the cases configure it, with all tasks running.
 *
 * - Tasks are numbered vertex by vertex, sources first; every source feeds every other vertex.
 * - State handles are numbers in disguise: checkpoint and task, so that a case can name them.
 */
#ifndef SNAP_TESTS_COORDINATOR_RIG_H
#define SNAP_TESTS_COORDINATOR_RIG_H

#include "conform.h"
#include "protocol/coordinator.h"

enum { RIG_ATTEMPT = 1 };

struct coordinator_rig {
    struct snap_arena arena;
    struct snap_plan_graph graph;
    struct snap_coordinator coordinator;
    snap_ns now_ns;
    snap_ns initial_delay_ns;
};

/* Makes the rig from a case's "config". */
void coordinator_rig_init(struct coordinator_rig *rig, const json_t *config);

void coordinator_rig_fini(struct coordinator_rig *rig);

/* Returns the handle of the state that the task sends for the checkpoint. */
void *coordinator_rig_handle(snap_checkpoint_id checkpoint, uint32_t task);

/* Returns the ids in the list as JSON. */
json_t *coordinator_rig_ids(const struct snap_record_list *list);

#endif
