// SPDX-License-Identifier: Apache-2.0
/*
 * compare_notes.h: the notes about the variants of a comparison.
 *
 * - A note that all have is told once, as for a single run; one of some names them.
 */
#ifndef SNAP_CLI_COMPARE_NOTES_H
#define SNAP_CLI_COMPARE_NOTES_H

#include "scenario/scenario.h"

/* Tells the notes of so many variants. */
void snap_compare_tell_notes(const struct snap_built *const *variants, uint32_t count);

#endif
