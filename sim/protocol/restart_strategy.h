// SPDX-License-Identifier: Apache-2.0
/*
 * restart_strategy.h: whether and when a job restarts after a failure.
 *
 * - A failure belongs to a new attempt or, during the wait of exponential delay, to the last one.
 * - Times count from the job's start; waits are whole milliseconds, as in Flink.
 * - Random jitter comes in as a draw with the failure.
 * Owned by the scheduler side of the runtime; its thread only.
 * Flink: RestartBackoffTimeStrategy and its four implementations.
 */
#ifndef SNAP_PROTOCOL_RESTART_STRATEGY_H
#define SNAP_PROTOCOL_RESTART_STRATEGY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/config.h"

struct snap_restart_strategy {
    struct snap_restart_config config;
    uint32_t attempts; /* failures so far; exponential: since the last reset */
    snap_ns *failures; /* failure rate: the last failures_max + 1, a ring in the arena */
    uint32_t failure_count;
    uint32_t failure_next;
    bool waited;        /* exponential: restart_ns is set */
    snap_ns restart_ns; /* exponential: end of the current wait */
};

/* What to do after a failure. */
struct snap_restart_decision {
    bool new_attempt; /* false: part of the attempt before */
    bool can_restart;
    snap_ns backoff_ns; /* wait before the restart, from the failure */
};

/* Makes a strategy; what it must remember lies in the arena. */
void snap_restart_strategy_init(struct snap_restart_strategy *strategy, struct snap_arena *arena,
                                const struct snap_restart_config *config);

/* Takes note of a failure; `draw` is 64 random bits for the jitter. */
struct snap_restart_decision snap_restart_strategy_failure(struct snap_restart_strategy *strategy,
                                                           snap_ns now_ns, uint64_t draw);

#endif
