// SPDX-License-Identifier: Apache-2.0
/*
 * window_assign.h: which windows a timestamp belongs to, and when they are over.
 *
 * - A window [start, end) in milliseconds; its max timestamp is end - 1, which results carry.
 * - Tumbling and sliding windows begin at multiples of their slide, also before 0. A session begins
 *   as one gap per record; sessions that overlap or touch are one.
 * - A window is cleared once event time has passed its max timestamp by the allowed lateness.
 * Flink: TimeWindow, TumblingEventTimeWindows, SlidingEventTimeWindows, EventTimeSessionWindows.
 */
#ifndef SNAP_OPERATORS_WINDOW_ASSIGN_H
#define SNAP_OPERATORS_WINDOW_ASSIGN_H

#include <stdbool.h>
#include <stdint.h>

enum snap_window_kind { SNAP_WINDOW_TUMBLING, SNAP_WINDOW_SLIDING, SNAP_WINDOW_SESSION };

/* How a window's value comes of those of its records. */
enum snap_window_aggregate {
    SNAP_AGGREGATE_COUNT,
    SNAP_AGGREGATE_SUM,
    SNAP_AGGREGATE_MIN,
    SNAP_AGGREGATE_MAX,
};

struct snap_window {
    int64_t start_ms;
    int64_t end_ms;
};

struct snap_window_settings {
    enum snap_window_kind kind;
    enum snap_window_aggregate aggregate;
    int64_t size_ms;  /* sessions: the gap */
    int64_t slide_ms; /* tumbling: the size */
    int64_t lateness_ms;
    bool of_processing_time;
    bool interruptible; /* its timers may be: those of SQL */
};

/* Returns the window of the timestamp that begins last. */
struct snap_window snap_window_last(const struct snap_window_settings *settings,
                                    int64_t timestamp_ms);

/* Moves to the window that begins before it; false if the timestamp is not in that one. */
bool snap_window_before(const struct snap_window_settings *settings, int64_t timestamp_ms,
                        struct snap_window *window);

/* Returns in how many windows a timestamp is at most. */
uint32_t snap_windows_max(const struct snap_window_settings *settings);

/* Returns whether the two overlap or touch. */
bool snap_window_touches(const struct snap_window *a, const struct snap_window *b);

/* Returns the smallest window that holds both. */
struct snap_window snap_window_cover(const struct snap_window *a, const struct snap_window *b);

/* Returns when the window is cleared; INT64_MAX: never. Flink: WindowOperator.cleanupTime. */
int64_t snap_window_cleanup_ms(const struct snap_window_settings *settings,
                               const struct snap_window *window);

static inline int64_t snap_window_max_ms(const struct snap_window *window)
{
    return window->end_ms - 1;
}

#endif
