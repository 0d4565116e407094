// SPDX-License-Identifier: Apache-2.0
#include "operators/window_assign.h"

/* Values can be timestamps. Of those at the ends of what 64 bits hold no window could be counted;
 * they lie in that of the nearest one of which it can. */
static const int64_t TIMESTAMP_MAX_MS = INT64_MAX / 2;

static int64_t countable(int64_t timestamp_ms)
{
    if (timestamp_ms > TIMESTAMP_MAX_MS)
        return TIMESTAMP_MAX_MS;
    return timestamp_ms < -TIMESTAMP_MAX_MS ? -TIMESTAMP_MAX_MS : timestamp_ms;
}

/* The last multiple of `step` at or before the timestamp. */
static int64_t start_at_or_before(int64_t timestamp_ms, int64_t step)
{
    int64_t rest = timestamp_ms % step;

    return timestamp_ms - (rest < 0 ? rest + step : rest);
}

struct snap_window snap_window_last(const struct snap_window_settings *settings,
                                    int64_t timestamp_ms)
{
    int64_t start = countable(timestamp_ms);

    if (settings->kind != SNAP_WINDOW_SESSION)
        start = start_at_or_before(start, settings->slide_ms);
    return (struct snap_window){start, start + settings->size_ms};
}

bool snap_window_before(const struct snap_window_settings *settings, int64_t timestamp_ms,
                        struct snap_window *window)
{
    if (settings->kind != SNAP_WINDOW_SLIDING)
        return false;
    window->start_ms -= settings->slide_ms;
    window->end_ms -= settings->slide_ms;
    return window->end_ms > countable(timestamp_ms);
}

uint32_t snap_windows_max(const struct snap_window_settings *settings)
{
    if (settings->kind != SNAP_WINDOW_SLIDING)
        return 1;
    return (uint32_t)((settings->size_ms + settings->slide_ms - 1) / settings->slide_ms);
}

bool snap_window_touches(const struct snap_window *a, const struct snap_window *b)
{
    return a->start_ms <= b->end_ms && b->start_ms <= a->end_ms;
}

struct snap_window snap_window_cover(const struct snap_window *a, const struct snap_window *b)
{
    return (struct snap_window){
        a->start_ms < b->start_ms ? a->start_ms : b->start_ms,
        a->end_ms > b->end_ms ? a->end_ms : b->end_ms,
    };
}

int64_t snap_window_cleanup_ms(const struct snap_window_settings *settings,
                               const struct snap_window *window)
{
    int64_t max = snap_window_max_ms(window);

    if (settings->of_processing_time)
        return max;
    return max > INT64_MAX - settings->lateness_ms ? INT64_MAX : max + settings->lateness_ms;
}
