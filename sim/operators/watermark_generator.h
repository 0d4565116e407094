// SPDX-License-Identifier: Apache-2.0
/*
 * watermark_generator.h: the watermarks that a source, or `watermarks`, makes of what it has seen.
 *
 * - monotonous: the highest timestamp so far, less 1 ms. bounded-out-of-orderness: that, less the
 *   bound. Watermarks come at each tick of pipeline.auto-watermark-interval, only if they rise.
 * - Without a record for the idle timeout the stream is idle; that too is looked at only at ticks.
 *   It is active again with the next watermark that rises.
 * - Nothing of it is part of a snapshot: after a restore event time is unknown until records come.
 * Flink: BoundedOutOfOrdernessWatermarks, WatermarksWithIdleness, TimestampsAndWatermarksOperator,
 * SourceOperator.
 */
#ifndef SNAP_OPERATORS_WATERMARK_GENERATOR_H
#define SNAP_OPERATORS_WATERMARK_GENERATOR_H

#include "operators/operator.h"

enum snap_watermark_strategy {
    SNAP_WATERMARKS_NONE,
    SNAP_WATERMARKS_MONOTONOUS,
    SNAP_WATERMARKS_BOUNDED,
};

struct snap_watermark_settings {
    enum snap_watermark_strategy strategy;
    int64_t bound_ms;
    snap_ns idle_timeout_ns; /* 0: never idle */
};

struct snap_watermark_generator {
    struct snap_watermark_settings settings;
    snap_ns interval_ns;
    snap_ns due_ns;  /* next tick; SNAP_NEVER: none */
    int64_t seen_ms; /* highest timestamp so far */
    int64_t sent_ms; /* last watermark */
    uint64_t records;
    uint64_t records_at_tick;
    snap_ns quiet_since_ns; /* tick at which no record had come; SNAP_NEVER: one had */
    bool idle;
};

/* clang-format off */
/* The options of a generator, three in a row from WATERMARKS on. */
#define SNAP_WATERMARK_OPTIONS(WATERMARKS)                                                         \
    [WATERMARKS] = {.name = "watermarks", .kind = SNAP_OPTION_CHOICE,                              \
        .choices = "none|monotonous|bounded-out-of-orderness",                                     \
        .example = "bounded-out-of-orderness",                                                     \
        .doc = "how watermarks follow the timestamps; default none (but at the end of the input)"},\
    [WATERMARKS + 1] = {.name = "out-of-orderness", .kind = SNAP_OPTION_DURATION,                  \
        .example = "50 ms", .doc = "the bound of bounded-out-of-orderness; default 0 ms"},         \
    [WATERMARKS + 2] = {.name = "idle-timeout", .kind = SNAP_OPTION_DURATION, .example = "1 s",    \
        .doc = "without a record for so long the stream is idle; default: never"}
enum { SNAP_WATERMARK_OPTION_COUNT = 3 };
/* clang-format on */

/* Reads the three options from `first` on, sets the operator's `event_time`. Errors: a bound
 * without its strategy. */
bool snap_watermark_configure(struct snap_operator *op, uint32_t first,
                              struct snap_watermark_settings *settings, uint32_t *culprit,
                              struct snap_error *error);

/* Returns whether the settings make a generator that ticks. */
static inline bool snap_watermarks_are_made(const struct snap_watermark_settings *settings)
{
    return settings->strategy != SNAP_WATERMARKS_NONE || settings->idle_timeout_ns > 0;
}

/* Sets up a generator for the attempt. */
void snap_watermark_generator_init(struct snap_watermark_generator *generator,
                                   const struct snap_watermark_settings *settings,
                                   const struct snap_operator_context *context);

/* Sees the timestamps of records that go by. */
void snap_watermark_generator_see(struct snap_watermark_generator *generator,
                                  const struct snap_stamp *stamps, uint32_t count);

/* A tick: puts out a status, a watermark, or nothing. */
void snap_watermark_generator_tick(struct snap_watermark_generator *generator, snap_ns now_ns,
                                   struct snap_emitter *out);

/* The end of event time: the last watermark, behind a status if the stream was idle. */
void snap_watermark_generator_end(struct snap_watermark_generator *generator,
                                  struct snap_emitter *out);

#endif
