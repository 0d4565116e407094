// SPDX-License-Identifier: Apache-2.0
/*
 * restored_parts.h: output that sinks had prepared when a snapshot was taken, and whose commit is
 * up to whoever starts from it.
 *
 * - It lies where the run that wrote the snapshot put it; nothing is changed here. What is found
 *   is what is there now: prepared, visible by now, or gone.
 * - Only sinks whose items say where their files are have any.
 * Flink: FileCommitter.commit, with what a restored CommitterOperator has.
 */
#ifndef SNAP_SNAPSHOT_RESTORED_PARTS_H
#define SNAP_SNAPSHOT_RESTORED_PARTS_H

#include "storage/image.h"
#include "storage/snapshot_files.h"

/* Visits the files of all prepared parts that are there, under whatever name; memory of the arena.
 */
void snap_restored_parts_each(const struct snap_image *image, struct snap_arena *arena,
                              const struct snap_file_visitor *visitor);

/* Returns what becomes of the parts when the sinks open, sink by sink, each behind a semicolon; ""
 * if there are none. Memory of the arena. */
const char *snap_restored_parts_text(const struct snap_image *image, struct snap_arena *arena);

#endif
