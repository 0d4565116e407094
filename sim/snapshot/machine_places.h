// SPDX-License-Identifier: Apache-2.0
/*
 * machine_places.h: where the machines of a job keep their files if a directory is not the same on
 * all of them: `model.storage.shared: false`.
 *
 * - DIR of the settings is DIR/jobmanager on the JobManager's machine, which has `_metadata`, and
 *   DIR/taskmanager-J on that of TaskManager J; DIR/taskmanager-J-2 on the one that replaced it.
 * - Below, names are the same everywhere, as they are in Flink: chk-3/<file> is looked for on the
 *   machine that looks.
 * - What lies on a TaskManager's machine nobody removes: the JobManager cannot get there.
 */
#ifndef SNAP_SNAPSHOT_MACHINE_PLACES_H
#define SNAP_SNAPSHOT_MACHINE_PLACES_H

#include "protocol/pending_checkpoint.h"
#include "storage/image.h"
#include "storage/snapshot_write.h"

/* Returns the directory that is `directory` on the JobManager's machine, as the other machine has
 * it; memory of the arena. */
const char *snap_machine_directory(const char *directory, struct snap_machine machine,
                                   struct snap_arena *arena);

/* Returns where the subtasks of the record's image keep their files; writing them tells their
 * snapshots that they did. Memory of the arena. */
const struct snap_subtask_place *const *
snap_machine_places(const struct snap_image *image, const struct snap_checkpoint_record *record,
                    const char *directory, struct snap_arena *arena);

#endif
