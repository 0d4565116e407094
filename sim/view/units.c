// SPDX-License-Identifier: Apache-2.0
#include "view/units.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 100, TEXT_WIDTH_DEFAULT = 80, WIDTH_MIN = 40, WIDTH_MAX = 400 };

/* Three significant digits of a value below 1000. */
static const char *three_digits(double value, const char *unit, struct snap_arena *arena)
{
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

    return snap_arena_printf(arena, "%.*f %s", decimals, value, unit);
}

const char *snap_duration_name(snap_ns duration_ns, struct snap_arena *arena)
{
    double ns = (double)duration_ns;

    if (duration_ns < 0)
        return "-";
    if (duration_ns < SNAP_US)
        return snap_arena_printf(arena, "%lld ns", (long long)duration_ns);
    if (ns < 999.5e3)
        return three_digits(ns / 1e3, "us", arena);
    if (ns < 999.5e6)
        return three_digits(ns / 1e6, "ms", arena);
    if (ns < 119.5e9)
        return three_digits(ns / 1e9, "s", arena);
    return snap_arena_printf(arena, "%lldm %llds", (long long)(duration_ns / (60 * SNAP_SECOND)),
                             (long long)(duration_ns / SNAP_SECOND % 60));
}

const char *snap_instant_name(snap_ns at_ns, struct snap_arena *arena)
{
    if (at_ns < 0)
        return "-";
    return snap_arena_printf(arena, "%.3f s", (double)at_ns / 1e9);
}

const char *snap_size_name(int64_t bytes, struct snap_arena *arena)
{
    static const char *const units[] = {"KB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes / 1024;
    size_t unit = 0;

    if (bytes < 1024)
        return snap_arena_printf(arena, "%lld B", (long long)bytes);
    for (; value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
        value /= 1024;
    return snap_arena_printf(arena, "%.2f %s", value, units[unit]);
}

const char *snap_amount_name(double amount, struct snap_arena *arena)
{
    static const char *const units[] = {"", "k", "M", "G", "T"};
    size_t unit = 0;
    int decimals;

    for (; amount >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
        amount /= 1000;
    decimals = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
    if (unit == 0 && amount == (double)(int64_t)amount)
        decimals = 0;
    return snap_arena_printf(arena, "%.*f%s", decimals, amount, units[unit]);
}

static uint32_t terminal_columns(void)
{
    const char *text = getenv("COLUMNS");
    struct winsize size;
    long columns = text ? strtol(text, NULL, 10) : 0;

    if (columns > 0 && columns <= WIDTH_MAX)
        return (uint32_t)columns;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 0;
}

static uint32_t clamp_width(uint32_t columns)
{
    return columns < WIDTH_MIN ? WIDTH_MIN : columns > WIDTH_MAX ? WIDTH_MAX : columns;
}

uint32_t snap_terminal_width(void)
{
    uint32_t columns = terminal_columns();

    return clamp_width(columns ? columns : WIDTH_DEFAULT);
}

uint32_t snap_terminal_text_width(void)
{
    uint32_t columns = terminal_columns();

    return clamp_width(columns ? columns : TEXT_WIDTH_DEFAULT);
}

uint32_t snap_terminal_line_width(void)
{
    uint32_t columns = terminal_columns();

    return columns ? clamp_width(columns) : INT32_MAX;
}
