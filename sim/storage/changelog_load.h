// SPDX-License-Identifier: Apache-2.0
/*
 * changelog_load.h: keyed state of a subtask from a change log: the changes applied to what was
 * materialized before them.
 *
 * - Changes of values (also reducing and aggregating ones) are applied; with others, of lists, maps
 *   and timers, the log is refused. Values of the materialized state that no change touches stay.
 * Flink: ChangelogBackendRestoreOperation, ChangelogBackendLogApplier.
 */
#ifndef SNAP_STORAGE_CHANGELOG_LOAD_H
#define SNAP_STORAGE_CHANGELOG_LOAD_H

#include "flink/changelog_state.h"
#include "storage/list_file.h"
#include "storage/snapshot_read.h"

/* What the state is made of; all borrowed. */
struct snap_changelog_parts {
    const struct snap_state_bytes *from;
    const struct snap_keyed_handle *handle;
    struct snap_changelog_source changes;
    const struct snap_operator_state *base; /* materialized */
};

/* Reads the files of changes; memory of the reading's arena. *last_path becomes that of the last
 * one. Errors: SNAP_ERROR_SNAPSHOT, SNAP_ERROR_RESTORE; SNAP_ERROR_UNSUPPORTED if changes lie in
 * memory. */
bool snap_changelog_open(const struct snap_snapshot_reading *reading,
                         const struct snap_keyed_handle *handle,
                         struct snap_changelog_source *changes, const char **last_path,
                         struct snap_error *error);

/* Adds to `state` what the changes make of the base; memory of the arena. Errors:
 * SNAP_ERROR_SNAPSHOT, SNAP_ERROR_RESTORE, SNAP_ERROR_UNSUPPORTED if there are changes of other
 * kinds. */
bool snap_changelog_load(const struct snap_changelog_parts *parts, struct snap_arena *arena,
                         struct snap_operator_state *state, struct snap_error *error);

#endif
