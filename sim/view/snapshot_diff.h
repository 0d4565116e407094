// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_diff.h: what differs between two snapshots: operators, states, keys, sizes,
 * coordinators, files.
 *
 * - Operators are the same ones if their ids are; states if their names are. Entries are compared
 * by key and namespace, whatever subtask or layout they are in: a map is one entry in one layout
 * and many in another, so its keys are those of its user.
 * - Of each entry two hashes are kept: 16 bytes, not the values. Keys that are named are looked up
 *   afterwards, only so many.
 * - Data in flight is compared channel by channel, records in their order: whether the sender or
 * the receiver had them does not matter.
 * - Files that both name are shared; what only the second names is new.
 */
#ifndef SNAP_VIEW_SNAPSHOT_DIFF_H
#define SNAP_VIEW_SNAPSHOT_DIFF_H

#include "base/arena.h"
#include "base/text.h"
#include "model/snapshot.h"

enum snap_difference { SNAP_DIFFERS_NEW, SNAP_DIFFERS_GONE, SNAP_DIFFERS_CHANGED };

/* One entry that differs; texts are compact JSON in the arena, NULL where there is none. */
struct snap_key_diff {
    enum snap_difference what;
    const char *key; /* NULL: an element of a list */
    const char *name_space;
    bool is_timer;
    int64_t time_ms;
    const char *value[2]; /* in the first, in the second */
};

/* One state of an operator in both; counts are -1 where nobody knows. */
struct snap_state_diff {
    const char *name;
    const char *type; /* in the second; of the first if only that has it */
    bool is_keyed;
    bool is_in[2];
    int64_t entries[2];
    int64_t added;
    int64_t removed;
    int64_t changed;
    struct snap_key_diff *keys; /* some of those that differ, by rising key */
    uint32_t key_count;
};

struct snap_operator_diff {
    const struct snap_snapshot_operator *of[2]; /* NULL: that one lacks it */
    int64_t bytes[2];                           /* of its states and its coordinator's */
    uint32_t finished[2];                       /* subtasks */
    int64_t coordinator_bytes[2];               /* -1: it has no state of a coordinator */
    bool coordinator_differs;
    bool is_unread[2]; /* some of its keyed state cannot be read */
    struct snap_state_diff *states;
    uint32_t state_count;
    uint32_t state_capacity;
};

struct snap_files_diff {
    uint32_t shared, gone, added; /* both have it; only the first; only the second */
    int64_t shared_bytes, gone_bytes, added_bytes;
};

struct snap_snapshot_diff {
    const struct snap_snapshot *snapshots[2];
    struct snap_operator_diff *operators;
    uint32_t operator_count;
    struct snap_state_diff channels; /* those with data in flight */
    struct snap_files_diff files;
    uint32_t keys_max; /* so many keys of a state are named */
};

/* Compares diff->snapshots, of which keys_max is set, too; memory of the arena. Errors: values that
 * cannot be read. */
bool snap_snapshot_compare(struct snap_snapshot_diff *diff, struct snap_arena *arena,
                           struct snap_error *error);

/* Its part of the files. */
void snap_snapshot_compare_files(struct snap_snapshot_diff *diff, struct snap_arena *arena);

/* Whether anything is known to differ but their own paths and ids. */
bool snap_snapshots_differ(const struct snap_snapshot_diff *diff);

/* Whether there is something that could not be compared: it may differ or not. */
bool snap_snapshots_unread(const struct snap_snapshot_diff *diff);

/* Appends the differences as tables, or as JSON. */
void snap_snapshot_diff_text(const struct snap_snapshot_diff *diff, uint32_t width,
                             struct snap_text *text);
void snap_snapshot_diff_json(const struct snap_snapshot_diff *diff, struct snap_text *text);

#endif
