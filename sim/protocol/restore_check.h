// SPDX-License-Identifier: Apache-2.0
/*
 * restore_check.h: whether a job may start from a snapshot, and what of it it takes.
 *
 * - A stored operator belongs to the operator of the job that has its id. A hash that the user set
 *   comes before the generated id, if the snapshot has state under it.
 * - Loading a snapshot by name refuses another max parallelism if the job's was configured, and
 *   state that no operator takes, unless that is allowed. State of nobody without contents is
 *   dropped quietly.
 * - Assigning refuses a parallelism above the state's key groups, and again another max parallelism
 *   if configured; a derived one adopts the state's.
 * Flink: Checkpoints.loadAndValidateCheckpoint, StateAssignmentOperation.
 */
#ifndef SNAP_PROTOCOL_RESTORE_CHECK_H
#define SNAP_PROTOCOL_RESTORE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/operator_id.h"

/* What a snapshot says of one operator. */
struct snap_stored_operator {
    struct snap_operator_id id;
    uint32_t max_parallelism;
    bool fully_finished;
    bool has_subtasks;      /* subtasks reported, even if empty */
    bool has_subtask_state; /* some subtask reported contents */
    bool has_coordinator_state;
};

/* One operator of the job that is to start. */
struct snap_restoring_operator {
    struct snap_operator_id id;             /* by uid, or generated */
    const struct snap_operator_id *user_id; /* a hash set by the user, or NULL */
    uint32_t parallelism;
    uint32_t max_parallelism; /* of its vertex */
    bool max_parallelism_configured;
};

enum snap_restore_refusal {
    SNAP_RESTORE_OK,
    SNAP_RESTORE_MAX_PARALLELISM_DIFFERS,
    SNAP_RESTORE_PARALLELISM_TOO_HIGH,
    SNAP_RESTORE_STATE_WITHOUT_OPERATOR,
};

/* What a job may leave behind. */
enum snap_non_restored { SNAP_NON_RESTORED_REFUSED, SNAP_NON_RESTORED_ALLOWED };

struct snap_restore_check {
    const struct snap_stored_operator *stored; /* borrowed */
    uint32_t stored_count;
    const struct snap_restoring_operator *operators; /* borrowed */
    uint32_t operator_count;
    enum snap_non_restored non_restored;
};

/* Returns the stored operator that the operator starts from, SNAP_NO_STORED if there is none. */
#define SNAP_NO_STORED UINT32_MAX
uint32_t snap_restore_source(const struct snap_restore_check *check, uint32_t operator_index);

/* Returns the operator that has one of its ids, SNAP_NO_STORED if there is none. */
uint32_t snap_restore_target(const struct snap_restore_check *check, uint32_t stored_index);

/* Whether no operator of the job takes the stored one, which has contents. */
bool snap_restore_is_homeless(const struct snap_restore_check *check, uint32_t stored_index);

/*
 * Checks a snapshot that is loaded by name. *culprit is the stored operator that is refused.
 * `kept`, an entry per stored operator, tells which stay: those that the job has.
 */
enum snap_restore_refusal snap_restore_load(const struct snap_restore_check *check, bool *kept,
                                            uint32_t *culprit);

/* Checks that each stored operator is known, contents or not: what assigning asks first. After a
 * load that went well it finds nothing here, since what is not kept is not assigned; it is for
 * those who hold assigning alone against Flink's. */
enum snap_restore_refusal snap_restore_complete(const struct snap_restore_check *check,
                                                uint32_t *culprit);

/*
 * Checks one stored operator against the operator that takes it. *max_parallelism, the vertex's,
 * becomes the state's where it was derived.
 */
enum snap_restore_refusal snap_restore_assign(const struct snap_stored_operator *stored,
                                              const struct snap_restoring_operator *op,
                                              uint32_t *max_parallelism);

#endif
