// SPDX-License-Identifier: Apache-2.0
/*
 * cost.h: how long a subtask is busy for a record, where that is not one constant.
 *
 * - A law is a constant or a distribution; a cost is a law, and other laws for single keys.
 * - Pauses stop a subtask regularly, as a garbage collection does, whatever it works at.
 * - Constant once read; what draws from it keeps streams of its own (task/costs.h).
 */
#ifndef SNAP_MODEL_COST_H
#define SNAP_MODEL_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum snap_cost_kind { SNAP_COST_FIXED, SNAP_COST_EXPONENTIAL, SNAP_COST_LOG_NORMAL };

struct snap_cost_law {
    enum snap_cost_kind kind;
    snap_ns typical_ns; /* the constant, the mean or the median */
    double sigma;       /* log-normal: of the logarithm */
};

/* What records with this key cost. */
struct snap_cost_of_key {
    const char *text;
    int64_t number; /* where keys are longs */
    struct snap_cost_law law;
};

/* Most keys with a cost of their own; they are searched one by one. */
enum { SNAP_COST_KEYS_MAX = 64 };

struct snap_cost {
    struct snap_cost_law law;
    const struct snap_cost_of_key *keys; /* arena */
    uint32_t key_count;
};

/* A stop of `for_ns` in each `every_ns`; every_ns 0: none. */
struct snap_pauses {
    snap_ns every_ns;
    snap_ns for_ns;
};

#endif
