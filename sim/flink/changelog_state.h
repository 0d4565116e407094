// SPDX-License-Identifier: Apache-2.0
/*
 * changelog_state.h: keyed state as the changes of a change log leave it, where that can be told.
 *
 * - Read are changes of values (also reducing and aggregating ones): set, and cleared. Changes of
 *   lists, maps and timers, changes on top of a materialized state, and compressed files are not.
 * - The files do not say how keys are written: String, Long and Integer are tried; all changes must
 *   make sense, and each key must fall into the key group that its change is in.
 * - Memory: a place for each key that is there; keys and values point into the files.
 * Flink: StateChangeFormat, StateChangeLoggerImpl, StateChangeOperation.
 */
#ifndef SNAP_FLINK_CHANGELOG_STATE_H
#define SNAP_FLINK_CHANGELOG_STATE_H

#include "flink/keyed_file.h"

struct snap_changelog_part {
    struct snap_bytes file;
    int64_t offset; /* counts from behind the mark of compression */
};

struct snap_changelog_source {
    const struct snap_changelog_part *parts;
    uint32_t part_count;
    uint32_t max_parallelism;
};

struct snap_changelog_slot {
    struct snap_keyed_item item;
    bool is_used;
    bool is_there; /* else cleared */
};

struct snap_changelog_state {
    struct snap_keyed_head head; /* key: as found out */
    struct snap_changelog_slot *slots;
    uint32_t mask; /* number of slots - 1 */
    uint32_t used;
    uint32_t next;
    uint16_t *ids; /* of the states in the files, by position in the head; arena */
    struct snap_arena *arena;
};

/* Applies all changes; memory of the arena. Returns false if that is not possible: *error is set if
 * a file is damaged, else the changes are of kinds that are not read. */
bool snap_changelog_state_load(struct snap_changelog_state *state,
                               const struct snap_changelog_source *source, struct snap_arena *arena,
                               struct snap_error *error);

/* Returns the entries by key group, `*count` of them; memory of the state's arena. */
const struct snap_keyed_item *snap_changelog_state_sorted(struct snap_changelog_state *state,
                                                          uint32_t *count);

/* Returns whether a change set or cleared the item's key and namespace in its state. */
bool snap_changelog_state_touches(const struct snap_changelog_state *state,
                                  const struct snap_keyed_item *item);

/* Returns the next entry, in no order; false at the end. */
bool snap_changelog_state_next(struct snap_changelog_state *state, struct snap_keyed_item *item);

#endif
