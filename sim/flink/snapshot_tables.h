// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_tables.h: the open tables of an incremental handle; for snapshot_*.c only.
 *
 * - Opened all together, as entries of one key may be in any of them; closed by the same owner.
 */
#ifndef SNAP_FLINK_SNAPSHOT_TABLES_H
#define SNAP_FLINK_SNAPSHOT_TABLES_H

#include "flink/changelog_state.h"
#include "flink/rocksdb_state.h"
#include "flink/snapshot_parts.h"

struct snap_open_tables {
    const struct snap_stream_handle **streams; /* by table; arena */
    struct snap_bytes *bytes;
    struct snap_sst *tables;
    uint32_t count;
};

enum snap_tables_result {
    SNAP_TABLES_OPEN,
    SNAP_TABLES_ELSEWHERE, /* a file cannot be had, or has a form that is not read here */
    SNAP_TABLES_DAMAGED,   /* the error is set */
};

/* Opens the tables; memory of the arena. To be closed whatever the result is. */
enum snap_tables_result snap_tables_open(const struct snap_describer *describer,
                                         const struct snap_keyed_handle *handle,
                                         struct snap_arena *arena, struct snap_open_tables *tables,
                                         struct snap_error *error);
/* The same for files with changes, which *changes names; ELSEWHERE too if there is a materialized
 * state below them, or changes lie in the handle. */
enum snap_tables_result snap_changes_open(const struct snap_describer *describer,
                                          const struct snap_keyed_handle *handle,
                                          struct snap_arena *arena, struct snap_open_tables *tables,
                                          struct snap_changelog_source *changes);

void snap_tables_close(const struct snap_describer *describer, struct snap_open_tables *tables);

void snap_tables_relax(const struct snap_describer *describer,
                       const struct snap_open_tables *tables);

/* Adds to an error of a walk in which table it is. */
void snap_tables_name(const struct snap_describer *describer, const struct snap_open_tables *tables,
                      const struct snap_rocksdb_state *rocksdb, struct snap_error *error);

#endif
