// SPDX-License-Identifier: Apache-2.0
/*
 * duration.h: durations and instants on the command line.
 *
 * - They are read as those of a scenario are, and one without a unit draws the same note.
 */
#ifndef SNAP_CLI_DURATION_H
#define SNAP_CLI_DURATION_H

#include <stdbool.h>

#include "base/time.h"

/* Reads one; false if it cannot be read. `what` stands in the note: "--warm-up". */
bool snap_cli_duration(const char *what, const char *text, snap_ns *value);

#endif
