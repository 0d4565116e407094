// SPDX-License-Identifier: Apache-2.0
#include "protocol/restore_check.h"

#include <string.h>

#include "base/check.h"

static bool same_id(const struct snap_operator_id *a, const struct snap_operator_id *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static uint32_t find_stored(const struct snap_restore_check *check,
                            const struct snap_operator_id *id)
{
    for (uint32_t i = 0; id && i < check->stored_count; i++)
        if (same_id(&check->stored[i].id, id))
            return i;
    return SNAP_NO_STORED;
}

uint32_t snap_restore_source(const struct snap_restore_check *check, uint32_t operator_index)
{
    const struct snap_restoring_operator *op = &check->operators[operator_index];
    uint32_t by_user = find_stored(check, op->user_id);

    SNAP_CHECK(operator_index < check->operator_count);
    return by_user != SNAP_NO_STORED ? by_user : find_stored(check, &op->id);
}

uint32_t snap_restore_target(const struct snap_restore_check *check, uint32_t stored_index)
{
    const struct snap_operator_id *id = &check->stored[stored_index].id;

    for (uint32_t i = 0; i < check->operator_count; i++) {
        const struct snap_restoring_operator *op = &check->operators[i];

        if (same_id(&op->id, id) || (op->user_id && same_id(op->user_id, id)))
            return i;
    }
    return SNAP_NO_STORED;
}

/* Whether somebody would miss the state. */
static bool has_contents(const struct snap_stored_operator *stored)
{
    return stored->has_coordinator_state || stored->has_subtask_state;
}

bool snap_restore_is_homeless(const struct snap_restore_check *check, uint32_t stored_index)
{
    SNAP_CHECK(stored_index < check->stored_count);
    return snap_restore_target(check, stored_index) == SNAP_NO_STORED &&
           has_contents(&check->stored[stored_index]);
}

enum snap_restore_refusal snap_restore_load(const struct snap_restore_check *check, bool *kept,
                                            uint32_t *culprit)
{
    for (uint32_t i = 0; i < check->stored_count; i++) {
        const struct snap_stored_operator *stored = &check->stored[i];
        uint32_t target = snap_restore_target(check, i);

        *culprit = i;
        kept[i] = target != SNAP_NO_STORED;
        if (kept[i] && check->operators[target].max_parallelism_configured &&
            check->operators[target].max_parallelism != stored->max_parallelism)
            return SNAP_RESTORE_MAX_PARALLELISM_DIFFERS;
        if (check->non_restored == SNAP_NON_RESTORED_REFUSED && snap_restore_is_homeless(check, i))
            return SNAP_RESTORE_STATE_WITHOUT_OPERATOR;
    }
    return SNAP_RESTORE_OK;
}

enum snap_restore_refusal snap_restore_complete(const struct snap_restore_check *check,
                                                uint32_t *culprit)
{
    for (uint32_t i = 0; i < check->stored_count; i++) {
        *culprit = i;
        if (check->non_restored == SNAP_NON_RESTORED_REFUSED &&
            snap_restore_target(check, i) == SNAP_NO_STORED)
            return SNAP_RESTORE_STATE_WITHOUT_OPERATOR;
    }
    return SNAP_RESTORE_OK;
}

enum snap_restore_refusal snap_restore_assign(const struct snap_stored_operator *stored,
                                              const struct snap_restoring_operator *op,
                                              uint32_t *max_parallelism)
{
    SNAP_CHECK(stored->has_subtasks || !stored->has_subtask_state);
    /* Nothing of it is divided over subtasks. */
    if (stored->fully_finished || !stored->has_subtasks)
        return SNAP_RESTORE_OK;
    if (stored->max_parallelism < op->parallelism)
        return SNAP_RESTORE_PARALLELISM_TOO_HIGH;
    if (stored->max_parallelism == *max_parallelism)
        return SNAP_RESTORE_OK;
    if (op->max_parallelism_configured)
        return SNAP_RESTORE_MAX_PARALLELISM_DIFFERS;
    *max_parallelism = stored->max_parallelism;
    return SNAP_RESTORE_OK;
}
