// SPDX-License-Identifier: Apache-2.0
#include "protocol/restart_strategy.h"

#include <string.h>

#include "base/check.h"

/* The first double beyond an int64. */
#define INT64_END 0x1p63

void snap_restart_strategy_init(struct snap_restart_strategy *strategy, struct snap_arena *arena,
                                const struct snap_restart_config *config)
{
    memset(strategy, 0, sizeof(*strategy));
    strategy->config = *config;
    if (config->kind == SNAP_RESTART_FAILURE_RATE) {
        SNAP_CHECK(config->failures_max > 0);
        strategy->failures = SNAP_ARENA_ARRAY(arena, snap_ns, (size_t)config->failures_max + 1);
    }
}

static struct snap_restart_decision fixed_delay(struct snap_restart_strategy *strategy)
{
    if (strategy->attempts < UINT32_MAX)
        strategy->attempts++;
    return (struct snap_restart_decision){
        .new_attempt = true,
        .can_restart = strategy->attempts <= strategy->config.attempts_max,
        .backoff_ns = strategy->config.delay_ns,
    };
}

/* Refuses while the ring is full and its oldest failure lies within the interval, border too. */
static struct snap_restart_decision failure_rate(struct snap_restart_strategy *strategy,
                                                 snap_ns now_ns)
{
    uint32_t ring = strategy->config.failures_max + 1;
    bool full;
    snap_ns oldest_ns;

    strategy->failures[strategy->failure_next] = now_ns;
    strategy->failure_next = (strategy->failure_next + 1) % ring;
    if (strategy->failure_count < ring)
        strategy->failure_count++;
    full = strategy->failure_count == ring;
    oldest_ns = full ? strategy->failures[strategy->failure_next] : now_ns;
    return (struct snap_restart_decision){
        .new_attempt = true,
        .can_restart = !full || now_ns - oldest_ns > strategy->config.interval_ns,
        .backoff_ns = strategy->config.delay_ns,
    };
}

/* A draw from [-range, range]. */
static int64_t jitter_of(uint64_t draw, int64_t range)
{
    return (int64_t)(draw % (2 * (uint64_t)range + 1) - (uint64_t)range);
}

static int64_t saturate(double value)
{
    return value < INT64_END ? (int64_t)value : INT64_MAX;
}

/*
 * The wait of failure number `attempts` since the last reset, whole milliseconds. The power is
 * rounded to a double before it is multiplied, so that 1.2 times 15 is 18. Beyond an int64 the wait
 * stays at its end, where a jitter above 0 wraps it around to the initial one.
 * Flink: ExponentialDelayRestartBackoffTimeStrategy.calculateActualBackoffTime.
 */
static snap_ns exponential_wait(const struct snap_restart_strategy *strategy, uint64_t draw)
{
    const struct snap_restart_config *config = &strategy->config;
    int64_t initial_ms = config->backoff_initial_ns / SNAP_MS;
    int64_t max_ms = config->backoff_max_ns / SNAP_MS;
    long double power = 1;
    int64_t wait_ms;

    for (uint32_t i = 0; i < strategy->attempts && power < INT64_END; i++)
        power *= (long double)config->backoff_multiplier;
    wait_ms = saturate((double)initial_ms * (double)power);
    if (config->jitter_factor > 0) {
        int64_t jitter = jitter_of(draw, saturate((double)wait_ms * config->jitter_factor));

        wait_ms = (int64_t)((uint64_t)wait_ms + (uint64_t)jitter);
    }
    if (wait_ms > max_ms)
        wait_ms = max_ms;
    return (wait_ms < initial_ms ? initial_ms : wait_ms) * SNAP_MS;
}

static struct snap_restart_decision exponential_delay(struct snap_restart_strategy *strategy,
                                                      snap_ns now_ns, uint64_t draw)
{
    bool new_attempt = !strategy->waited || now_ns > strategy->restart_ns;

    if (new_attempt) {
        if (!strategy->waited ||
            now_ns - strategy->restart_ns >= strategy->config.reset_threshold_ns)
            strategy->attempts = 0;
        strategy->restart_ns = snap_ns_add(now_ns, exponential_wait(strategy, draw));
        strategy->waited = true;
        if (strategy->attempts < UINT32_MAX - 1)
            strategy->attempts++;
    }
    return (struct snap_restart_decision){
        .new_attempt = new_attempt,
        .can_restart = strategy->attempts <= strategy->config.backoff_attempts_max,
        .backoff_ns = strategy->restart_ns - now_ns,
    };
}

struct snap_restart_decision snap_restart_strategy_failure(struct snap_restart_strategy *strategy,
                                                           snap_ns now_ns, uint64_t draw)
{
    switch (strategy->config.kind) {
    case SNAP_RESTART_NONE:
        return (struct snap_restart_decision){.new_attempt = true};
    case SNAP_RESTART_FIXED_DELAY:
        return fixed_delay(strategy);
    case SNAP_RESTART_FAILURE_RATE:
        return failure_rate(strategy, now_ns);
    case SNAP_RESTART_EXPONENTIAL_DELAY:
        return exponential_delay(strategy, now_ns, draw);
    }
    SNAP_CHECK(false);
    return (struct snap_restart_decision){0};
}
