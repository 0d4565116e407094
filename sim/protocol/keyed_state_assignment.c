// SPDX-License-Identifier: Apache-2.0
#include "protocol/keyed_state_assignment.h"

#include "base/check.h"

/* Whether the two ranges meet; *shared is what both hold. */
static bool meet(struct snap_key_group_range a, struct snap_key_group_range b,
                 struct snap_key_group_range *shared)
{
    shared->first = a.first > b.first ? a.first : b.first;
    shared->last = a.last < b.last ? a.last : b.last;
    return shared->first <= shared->last;
}

uint32_t snap_keyed_state_assign(const struct snap_keyed_rescale *in, uint32_t new_subtask,
                                 struct snap_keyed_piece *pieces)
{
    struct snap_key_group_range own = snap_key_group_range(new_subtask, in->to);
    bool stays = in->old_parallelism == in->to.subtasks;
    uint32_t count = 0;

    SNAP_CHECK(new_subtask < in->to.subtasks);
    for (uint32_t h = 0; h < in->handle_count; h++) {
        const struct snap_keyed_handle *handle = &in->handles[h];
        struct snap_key_group_range shared;

        if (stays ? handle->subtask != new_subtask : !meet(handle->range, own, &shared))
            continue;
        pieces[count].handle = h;
        pieces[count++].range = stays || handle->incremental ? handle->range : shared;
    }
    return count;
}
