// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_names.h: the words for kinds of snapshots in coordinator cases.
 */
#ifndef SNAP_TESTS_SNAPSHOT_NAMES_H
#define SNAP_TESTS_SNAPSHOT_NAMES_H

#include "model/checkpoint.h"

/* Returns the kind by its name in the cases; a check fails if there is none. */
enum snap_snapshot_kind conform_snapshot_kind(const char *name);

/* Returns the name of the kind. */
const char *conform_snapshot_name(enum snap_snapshot_kind kind);

#endif
