// SPDX-License-Identifier: Apache-2.0
/*
 * option_read.h: the options of one operator, checked against what its type declares.
 *
 * - One struct snap_option a declared option, in the order of the declaration.
 * - Input paths are relative to the scenario's file and may be patterns; from the command line
 *   they are literal and relative to the current directory.
 */
#ifndef SNAP_SCENARIO_OPTION_READ_H
#define SNAP_SCENARIO_OPTION_READ_H

#include "scenario/operator_spec.h"

/* Reads all options; *options comes from the arena. Errors: names operator and option. */
bool snap_options_read(struct snap_reader *reader, const struct snap_operator_spec *spec,
                       const struct snap_option **options);

#endif
