// SPDX-License-Identifier: Apache-2.0
/*
 * restore_moves.h: which new subtask takes which key groups, elements of lists and data in flight:
 * what restore_shares.h has, for people. Of many subtasks the rest is counted.
 */
#ifndef SNAP_CLI_RESTORE_MOVES_H
#define SNAP_CLI_RESTORE_MOVES_H

#include "base/text.h"
#include "snapshot/restore.h"

/* Appends what operators' subtasks take of the states. */
void snap_restore_moves_text(struct snap_text *text, const struct snap_restored *restored);

/* Appends who reads and who sends on what was in flight; nothing if nothing was. */
void snap_restore_flight_text(struct snap_text *text, const struct snap_restored *restored);

#endif
