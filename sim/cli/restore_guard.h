// SPDX-License-Identifier: Apache-2.0
/*
 * restore_guard.h: what a run is to start from is not emptied away first.
 */
#ifndef SNAP_CLI_RESTORE_GUARD_H
#define SNAP_CLI_RESTORE_GUARD_H

#include "snapshot/restore.h"

/* Refuses a directory, which is to be emptied, if something lies in it that the snapshot needs: its
 * own files, files that it shares, output that its sinks are to commit. Errors: SNAP_ERROR_USAGE.
 */
bool snap_restore_guard_check(struct snap_restored *restored, const char *directory,
                              struct snap_error *error);

#endif
