// SPDX-License-Identifier: Apache-2.0
/*
 * state_place.h: where files lie that several snapshots use.
 *
 * - Paths are below the root of a file system; handles in `_metadata` have the full name.
 */
#ifndef SNAP_STORAGE_STATE_PLACE_H
#define SNAP_STORAGE_STATE_PLACE_H

#include <stdbool.h>

/* The directory that snapshots of a job share. */
struct snap_state_place {
    const char *directory;
    const char *uri; /* the same, as handles name it */
};

/* A file there that a snapshot uses. */
struct snap_shared_file {
    const char *path;
    bool is_new; /* the snapshot has written it */
    bool is_own; /* nobody else uses it: it goes with its snapshot */
};

#endif
