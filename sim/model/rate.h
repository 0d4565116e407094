// SPDX-License-Identifier: Apache-2.0
/*
 * rate.h: how fast records may leave a source, where that is not one rate for ever.
 *
 * - Steps follow each other from instant 0 on; with a period they begin anew again and again, else
 *   the last one, whose rate is above 0, goes on.
 * - Arrivals: gaps drawn from an exponential distribution; then there are no steps.
 * - Rates are records per hour, so that whole rates per second and minute are exact.
 * - Constant once read.
 */
#ifndef SNAP_MODEL_RATE_H
#define SNAP_MODEL_RATE_H

#include <stdint.h>

#include "base/time.h"

struct snap_rate_step {
    snap_ns from_ns;
    int64_t records_per_hour; /* 0: nothing leaves */
};

struct snap_rate {
    const struct snap_rate_step *steps; /* the first is from 0; arena */
    uint32_t step_count;
    snap_ns period_ns;                 /* 0: none */
    int64_t arrivals_records_per_hour; /* the mean rate of arrivals; 0: steps */
};

#endif
