// SPDX-License-Identifier: Apache-2.0
/*
 * interrupt.h: Ctrl-C (SIGINT), SIGTERM and a terminal that closes (SIGHUP) end the program in
 * good order, with exit code 130.
 *
 * - A verb that writes asks `snap_interrupted` now and then, closes its files and says where things
 *   are. One that only reads has nothing to close: it says so in a line and is gone.
 * - A second Ctrl-C or SIGTERM, or one of each, ends the process at once, whatever it does. A
 * hangup does not, be it the first or the second.
 * - A hangup that the caller has ignored (`nohup`) stays ignored.
 * - Before one of the two functions is called a signal ends the process as usual.
 */
#ifndef SNAP_CLI_INTERRUPT_H
#define SNAP_CLI_INTERRUPT_H

#include <stdbool.h>

enum { SNAP_EXIT_INTERRUPTED = 130 };

/* From now on a signal only makes `snap_interrupted` true, and system calls that wait return. */
void snap_interrupts_note(void);

/* From now on a signal prints "snapsim: interrupted; MESSAGE" and ends the process. The message is
 * copied, cut at 400 bytes. */
void snap_interrupts_exit(const char *message);

/* Whether a signal has come since `snap_interrupts_note`. */
bool snap_interrupted(void);

#endif
