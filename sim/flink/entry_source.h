// SPDX-License-Identifier: Apache-2.0
/*
 * entry_source.h: entries of a subtask's keyed state, wherever they are: a file with key groups,
 * tables of RocksDB, a change log; for snapshot_*.c only.
 *
 * - `reader` has the head and takes parts of items apart, whichever kind it is.
 * - While much is read, pages of the files are given back.
 */
#ifndef SNAP_FLINK_ENTRY_SOURCE_H
#define SNAP_FLINK_ENTRY_SOURCE_H

#include "flink/snapshot_tables.h"

enum snap_entry_kind { SNAP_ENTRIES_GROUPS, SNAP_ENTRIES_ROCKSDB, SNAP_ENTRIES_CHANGELOG };

struct snap_entry_source {
    enum snap_entry_kind kind;
    struct snap_keyed_reader reader;
    struct snap_open_tables tables;
    struct snap_rocksdb_state rocksdb;
    struct snap_changelog_state changelog;
    const struct snap_describer *describer;
    uint64_t passed_bytes; /* since pages were given back */
};

/*
 * Opens what the handle of `file` names; its data is that of the handle's own stream. ELSEWHERE:
 * the head is there if it is known (RocksDB), entries are not. To be closed whatever the result is.
 */
enum snap_tables_result snap_entry_source_open(struct snap_entry_source *source,
                                               const struct snap_describer *describer,
                                               const struct snap_keyed_file *file,
                                               struct snap_arena *arena, struct snap_error *error);

/* Returns "native", "canonical", "rocksdb" or "changelog". */
const char *snap_entry_source_layout(const struct snap_entry_source *source);

/* Chooses one state, or all: SNAP_SNAPSHOT_NONE. Others may come too. */
void snap_entry_source_start(struct snap_entry_source *source, uint32_t state);

/* Returns the next item; false at the end, or on failure. */
bool snap_entry_source_next(struct snap_entry_source *source, struct snap_keyed_item *item);

bool snap_entry_source_has_failed(const struct snap_entry_source *source);

/* Whether what items point to goes with the next one. */
bool snap_entry_source_is_fleeting(const struct snap_entry_source *source);

/* Closes the files; adds to an error which of them it is in. */
void snap_entry_source_close(struct snap_entry_source *source, struct snap_error *error);

#endif
