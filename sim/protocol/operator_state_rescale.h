// SPDX-License-Identifier: Apache-2.0
/*
 * operator_state_rescale.h: which items of the named lists of old subtasks each new subtask gets.
 *
 * - A handle is what one old subtask wrote: named lists with their number of items. A piece is a
 *   run of consecutive items of one list of one handle.
 * - Split: all items of a name form one list, in the order of subtasks; each new subtask gets a
 *   run of it, the first ones of the round one item more. The round of the next name starts at the
 *   first subtask that got no extra item.
 * - Union: everybody gets everything. Broadcast: new subtask i gets that of one old subtask.
 * - With the parallelism unchanged split lists stay where they are.
 * - Every split item goes to exactly one new subtask: checked.
 * Flink: RoundRobinOperatorStateRepartitioner.
 */
#ifndef SNAP_PROTOCOL_OPERATOR_STATE_RESCALE_H
#define SNAP_PROTOCOL_OPERATOR_STATE_RESCALE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/list_mode.h"

/* One named list; its items are numbered from 0. */
struct snap_list_extent {
    const char *name;
    enum snap_list_mode mode;
    uint32_t items;
};

struct snap_list_handle {
    uint64_t file;    /* handles of one subtask with the same number share a file */
    uint32_t subtask; /* old */
    const struct snap_list_extent *lists;
    uint32_t list_count;
};

struct snap_operator_state_rescale {
    const struct snap_list_handle *handles; /* in the order of old subtasks; borrowed */
    uint32_t handle_count;
    uint32_t old_parallelism;
    uint32_t new_parallelism;
};

struct snap_list_piece {
    uint32_t handle;
    uint32_t list; /* of the handle */
    uint32_t first;
    uint32_t count; /* 0: the subtask gets the name with an empty list */
};

/* What one new subtask gets: name by name, inside a name in the order of handles. */
struct snap_list_share {
    struct snap_list_piece *pieces;
    uint32_t count;
    uint32_t capacity;
};

struct snap_list_assignment {
    bool unchanged;                 /* each subtask keeps exactly its handles; no shares */
    struct snap_list_share *shares; /* by new subtask; arena */
    const char **split_order;       /* names of split lists as they were divided; arena */
    uint32_t split_count;
};

/*
 * Divides the lists; all memory is the arena's. Returns false where Flink ends with an error: two
 * handles of one subtask in one file while the parallelism stays. Errors: SNAP_ERROR_RESTORE.
 */
bool snap_operator_state_rescale(const struct snap_operator_state_rescale *in,
                                 struct snap_arena *arena, struct snap_list_assignment *out,
                                 struct snap_error *error);

#endif
