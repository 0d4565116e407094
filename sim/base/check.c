// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <stdio.h>
#include <unistd.h>

static void (*check_hook)(void *context);
static void *check_hook_context;

void snap_check_set_hook(void (*hook)(void *context), void *context)
{
    check_hook = hook;
    check_hook_context = context;
}

void snap_check_failed(const char *condition, const char *file, int line)
{
    void (*hook)(void *context) = check_hook;

    /* A hook that fails a check itself must not come back here for ever. */
    check_hook = NULL;
    fflush(stdout);
    fprintf(stderr, "snapsim: bug: check failed: %s (%s:%d)\n", condition, file, line);
    if (hook)
        hook(check_hook_context);
    fflush(stderr);
    _exit(SNAP_EXIT_BUG);
}
