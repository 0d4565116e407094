// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "view/progress.h"

enum { TERMINAL_PERIOD_S = 1, PERIOD_S = 30, FIRST_NOTED_RESTART = 100 };

static struct {
    const struct snap_statistics *statistics;
    snap_ns start_ns;
    snap_ns next_ns;
    uint32_t noted_restart; /* the next that is noted */
    bool has_lines;
    bool is_terminal;
    bool is_shown; /* a line is on the terminal */
} progress;

static snap_ns now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SNAP_SECOND + now.tv_nsec;
}

static snap_ns period_ns(void)
{
    return (progress.is_terminal ? TERMINAL_PERIOD_S : PERIOD_S) * SNAP_SECOND;
}

void snap_cli_progress_begin(const struct snap_statistics *statistics, bool has_lines)
{
    progress.statistics = statistics;
    progress.has_lines = has_lines;
    progress.is_terminal = isatty(STDERR_FILENO) != 0;
    progress.is_shown = false;
    progress.noted_restart = FIRST_NOTED_RESTART;
    progress.start_ns = now_ns();
    progress.next_ns = progress.start_ns + period_ns();
}

void snap_cli_progress_clear(void)
{
    if (progress.is_shown)
        fputs("\r\033[K", stderr);
    progress.is_shown = false;
}

static void print_note(void)
{
    struct snap_text text = {0};

    snap_cli_progress_clear();
    snap_restarts_note(&text, progress.statistics);
    snap_cli_tell("snapsim: note: %s\n", snap_text_get(&text));
    snap_text_fini(&text);
    while (progress.noted_restart <= progress.statistics->restart_count)
        progress.noted_restart *= 10;
}

static void print_line(snap_ns now)
{
    struct snap_text text = {0};

    snap_cli_progress_clear();
    snap_progress_line(&text, progress.statistics, now - progress.start_ns);
    snap_cli_tell("snapsim: %s%s", snap_text_get(&text), progress.is_terminal ? "" : "\n");
    fflush(stderr);
    snap_text_fini(&text);
    progress.is_shown = progress.is_terminal;
}

void snap_cli_progress(void)
{
    snap_ns now = now_ns();

    if (progress.statistics->restart_count >= progress.noted_restart)
        print_note();
    if (!progress.has_lines || now < progress.next_ns)
        return;
    print_line(now);
    progress.next_ns = now + period_ns();
}
