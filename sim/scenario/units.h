// SPDX-License-Identifier: Apache-2.0
/*
 * units.h: numbers with units as users and Flink write them.
 *
 * - Durations: a number and d, h, min, m, s, ms, us, ns or their long forms; a bare number is
 *   milliseconds. Sizes: b, kb, mb, gb, tb or their long forms, steps of 1024; bare is bytes.
 * - Rates: "20000/s", per ms, s, min or h. Bandwidths: a size per time, "1 gb/s".
 * - Fractions ("1.2 s") are exact decimals, and allowed where the text is not a Flink setting.
 * - Every function returns SNAP_UNITS_OK or why the text is none; *value is set only on success.
 * Flink: TimeUtils, MemorySize.
 */
#ifndef SNAP_SCENARIO_UNITS_H
#define SNAP_SCENARIO_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum snap_units_result {
    SNAP_UNITS_OK,
    SNAP_UNITS_MALFORMED, /* does not begin with a number, or has something behind it */
    SNAP_UNITS_NEGATIVE,
    SNAP_UNITS_UNKNOWN, /* no such unit */
    SNAP_UNITS_NONE,    /* no unit, and it needs one */
    SNAP_UNITS_TOO_LARGE,
    SNAP_UNITS_TOO_FINE, /* not a whole number of the smallest unit */
};

enum snap_fractions { SNAP_FRACTIONS_REFUSED, SNAP_FRACTIONS_ALLOWED };

/* Nanoseconds. Flink: TimeUtils.parseDuration; "us" is our addition. */
enum snap_units_result snap_units_duration(const char *text, enum snap_fractions fractions,
                                           snap_ns *value);

/* Whether no unit stands behind the number. */
bool snap_units_is_bare(const char *text);

/* Bytes. Flink: MemorySize.parseBytes. */
enum snap_units_result snap_units_size(const char *text, enum snap_fractions fractions,
                                       int64_t *value);

/* Records per hour, so that whole rates per second, minute and hour are all exact. */
enum snap_units_result snap_units_rate(const char *text, int64_t *value);

/* Bytes per second; "unlimited" is 0. */
enum snap_units_result snap_units_bandwidth(const char *text, int64_t *value);

/* A whole number with an optional sign. */
enum snap_units_result snap_units_integer(const char *text, int64_t *value);

/* A decimal number such as 0.1 or 1e3, finite. */
enum snap_units_result snap_units_real(const char *text, double *value);

#endif
