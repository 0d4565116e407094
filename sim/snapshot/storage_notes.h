// SPDX-License-Identifier: Apache-2.0
/*
 * storage_notes.h: what the files of snapshots met with in a run that goes on all the same, told to
 * its user in words.
 *
 * - A write that failed and a file that could not be removed are the checkpoint's matter, not the
 *   run's; somebody should hear of them nevertheless, and at once.
 * - The first SNAP_STORAGE_NOTES_MAX are told; of the others, at the end, how many there were.
 * - The JobManager's thread, and between executions the run's.
 */
#ifndef SNAP_SNAPSHOT_STORAGE_NOTES_H
#define SNAP_SNAPSHOT_STORAGE_NOTES_H

#include <stdint.h>

#include "base/error.h"
#include "base/time.h"

enum { SNAP_STORAGE_NOTES_MAX = 20 };

struct snap_storage_notes {
    void (*tell)(void *to, const char *text); /* NULL: nobody listens */
    void *to;
    uint32_t count; /* of all */
};

/* Tells "TIME s: what: the error's message". */
void snap_storage_notes_add(struct snap_storage_notes *notes, snap_ns at_ns, const char *what,
                            const struct snap_error *error);

/* The run is over: tells how many there were besides. A second call tells nothing. */
void snap_storage_notes_end(struct snap_storage_notes *notes);

#endif
