// SPDX-License-Identifier: Apache-2.0
/*
 * diff_keys.h: names some of the entries that differ between two snapshots.
 *
 * - Comparing keeps hashes only. Which of them are to be named is collected here, by rising hash
 * and at most so many; a second walk over the state finds their keys and values.
 */
#ifndef SNAP_VIEW_DIFF_KEYS_H
#define SNAP_VIEW_DIFF_KEYS_H

#include "view/entry_print.h"
#include "view/snapshot_diff.h"
#include "view/state_walk.h"

struct snap_wanted_key {
    enum snap_difference what;
    struct snap_entry_print
        prints[2]; /* in the first and in the second; equal if only one has it */
    bool is_found[2];
    struct snap_key_diff named;
};

struct snap_wanted_keys {
    struct snap_wanted_key *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t max;
    struct snap_arena *arena;
};

/* Takes up to `max`, in the arena. */
void snap_wanted_keys_init(struct snap_wanted_keys *wanted, uint32_t max, struct snap_arena *arena);

/* Adds one by rising hash of its key, if there is room. */
void snap_wanted_keys_add(struct snap_wanted_keys *wanted, enum snap_difference what,
                          struct snap_entry_print first, struct snap_entry_print second);

/* Finds them by the walks over the first and the second, whose visitors are replaced; sets the keys
 * of the state, memory of the arena. Errors: values that cannot be read. */
bool snap_wanted_keys_name(struct snap_wanted_keys *wanted, const struct snap_state_walk walks[2],
                           struct snap_state_diff *state, struct snap_arena *arena,
                           struct snap_error *error);

#endif
