// SPDX-License-Identifier: Apache-2.0
/* snapshot_handles.h: what each subtask of a snapshot has handles of, as a table of the summary. */
#ifndef SNAP_VIEW_SNAPSHOT_HANDLES_H
#define SNAP_VIEW_SNAPSHOT_HANDLES_H

#include "base/text.h"
#include "model/snapshot.h"

/* Adds the table: key groups, handles by where their bytes lie, and how many bytes. Subtasks
 * without handles have no row; without rows there is no table. `width` is that of the terminal. */
void snap_snapshot_handles(struct snap_text *text, const struct snap_snapshot *snapshot,
                           uint32_t width);

#endif
