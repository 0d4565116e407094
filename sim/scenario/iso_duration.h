// SPDX-License-Identifier: Apache-2.0
/*
 * iso_duration.h: durations such as PT1.5S or P1DT2H, as java.time.Duration reads them.
 *
 * - Days, hours, minutes and seconds in this order, each at most once and at least one of them, in
 *   any case; up to nine digits behind the decimal point or comma of seconds.
 * - Parts may have signs; a sum below zero is refused.
 */
#ifndef SNAP_SCENARIO_ISO_DURATION_H
#define SNAP_SCENARIO_ISO_DURATION_H

#include "scenario/units.h"

/* Nanoseconds. Flink: TimeUtils.parseDuration since 2.0, for texts that begin with no number. */
enum snap_units_result snap_iso_duration(const char *text, snap_ns *value);

#endif
