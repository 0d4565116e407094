// SPDX-License-Identifier: Apache-2.0
/*
 * check.h: checks of our own logic, always on.
 *
 * - SNAP_CHECK(cond) is for what *we* did wrong; what a user did wrong is a struct snap_error.
 * - A failing check prints the place and what the hook knows (seed, time, last events), then
 *   ends the process with exit code 3.
 * - Any thread may fail a check; the hook is set once, before threads start.
 */
#ifndef SNAP_BASE_CHECK_H
#define SNAP_BASE_CHECK_H

#define SNAP_CHECK(cond)                                                                           \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0))                                                          \
            snap_check_failed(#cond, __FILE__, __LINE__);                                          \
    } while (0)

/* The exit code of a process in which a check failed. */
enum { SNAP_EXIT_BUG = 3 };

/* Reports the failed condition, calls the hook and ends the process. */
_Noreturn void snap_check_failed(const char *condition, const char *file, int line);

/* Sets what is called with `context` (borrowed) before the process ends; NULL for nothing. */
void snap_check_set_hook(void (*hook)(void *context), void *context);

#endif
