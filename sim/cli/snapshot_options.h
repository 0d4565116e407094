// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_options.h: where the files of a snapshot lie, as the verbs that read one are told.
 */
#ifndef SNAP_CLI_SNAPSHOT_OPTIONS_H
#define SNAP_CLI_SNAPSHOT_OPTIONS_H

#include "cli/args.h"
#include "storage/snapshot_site.h"

/* clang-format off */
#define SNAP_SNAPSHOT_OPTIONS                                                                      \
    {"--relocate", "FROM=TO", "files named FROM... in the snapshot lie at TO...; may be repeated"},\
    {"--follow-absolute", NULL, "read state files outside of the snapshot's directory, too"}
/* clang-format on */

/* Reads them into *place, whose pointer stays; memory of the arena. Errors: SNAP_ERROR_USAGE. */
bool snap_snapshot_options_read(const struct snap_args *args, struct snap_arena *arena,
                                struct snap_snapshot_place *place, struct snap_error *error);

#endif
