// SPDX-License-Identifier: Apache-2.0
/*
 * storage_text.h: where a run keeps its state and its snapshots, in words: two lines for people.
 */
#ifndef SNAP_VIEW_STORAGE_TEXT_H
#define SNAP_VIEW_STORAGE_TEXT_H

#include "base/text.h"
#include "model/simulation.h"

/* Appends the line of the state backend and that of the checkpoint storage. Flink: JobMaster's log.
 */
void snap_storage_text(struct snap_text *text, const struct snap_simulation *sim);

#endif
