// SPDX-License-Identifier: Apache-2.0
/*
 * restore_options.h: from which snapshot a run starts, and how: `-s` and what goes with it.
 *
 * - Options have Flink's names. Settings of Flink say the same; options win.
 * Flink: CliFrontendParser, SavepointRestoreSettings.
 */
#ifndef SNAP_CLI_RESTORE_OPTIONS_H
#define SNAP_CLI_RESTORE_OPTIONS_H

#include "cli/snapshot_options.h"
#include "snapshot/restore.h"

/* clang-format off */
#define SNAP_RESTORE_OPTIONS                                                                       \
    {"-s", "SNAPSHOT", "start from this snapshot: its directory, or its _metadata"},               \
    {"--fromSavepoint", "SNAPSHOT", "the same"},                                                   \
    {"-n", NULL, "drop state that no operator takes"},                                             \
    {"--allowNonRestoredState", NULL, "the same"},                                                 \
    {"-cm", "MODE", "whose it is then: CLAIM, NO_CLAIM (default) or LEGACY"},                    \
    {"--claimMode", "MODE", "the same"},                                                           \
    {"-rm", "MODE", "the same, as Flink called it earlier"},                                       \
    {"--restoreMode", "MODE", "the same"},                                                         \
    SNAP_SNAPSHOT_OPTIONS
/* clang-format on */

/* The first reads which snapshot the arguments name, and how; its pointer is NULL if there is none.
 * The second opens it; *restored is NULL if there is none. Errors:
 * SNAP_ERROR_USAGE, and those of snap_restored_open. */
bool snap_restore_request_read(const struct snap_args *args, const struct snap_simulation *sim,
                               struct snap_arena *arena, struct snap_restore_request *request,
                               struct snap_error *error);
bool snap_restore_read(const struct snap_args *args, const struct snap_simulation *sim,
                       struct snap_arena *arena, struct snap_restored **restored,
                       struct snap_error *error);

#endif
