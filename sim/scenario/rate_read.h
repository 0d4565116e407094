// SPDX-License-Identifier: Apache-2.0
/*
 * rate_read.h: the rate of a source.
 *
 * - "20000/s", or arrivals "poisson(20000/s)".
 * - Steps: [{until: 2 s, rate: 10000/s}, {until: 5 s, from: 10000/s, to: 50000/s}, {rate: 1/s}].
 *   A ramp (from, to) rises or falls in RAMP_STEPS equal steps; behind the end its last rate stays.
 * - Spikes: {base: 10000/s, peak: 50000/s, every: 10 s, for: 1 s}: each period ends with the peak.
 * - Internal to this folder.
 */
#ifndef SNAP_SCENARIO_RATE_READ_H
#define SNAP_SCENARIO_RATE_READ_H

#include "model/operator_type.h"
#include "scenario/reader.h"

enum { SNAP_RATE_RAMP_STEPS = 100, SNAP_RATE_STEPS_MAX = 10000 };

/* Sets `number` of the option to one rate, or `rate` to what it does. Errors: SNAP_ERROR_SCENARIO.
 */
bool snap_rate_read(struct snap_reader *reader, const struct snap_node *node, const char *what,
                    struct snap_option *option);

#endif
