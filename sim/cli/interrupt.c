// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

static volatile sig_atomic_t seen;
static volatile sig_atomic_t asked; /* by somebody, not by a terminal that closes */
static char last_words[440];

/* Who asks again does not want to wait. */
static void note(int signal_number)
{
    if (signal_number != SIGHUP && asked) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    asked = asked || signal_number != SIGHUP;
    seen = 1;
}

/* In a handler stdio and exit are not allowed; what stdout holds is of no use half-way. */
static void leave(int signal_number)
{
    (void)signal_number;
    if (write(STDERR_FILENO, last_words, strlen(last_words)) < 0)
        _exit(SNAP_EXIT_INTERRUPTED);
    _exit(SNAP_EXIT_INTERRUPTED);
}

/* A terminal that closes hangs up more than once, its shell and the kernel each: it is not somebody
 * who does not want to wait. `nohup` has it ignored, and that stays. */
static void catch_hangup(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    struct sigaction before;

    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
}

static void catch_with(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    catch_hangup(handler);
}

void snap_interrupts_note(void)
{
    catch_with(note);
}

void snap_interrupts_exit(const char *message)
{
    struct snap_text words = {0};

    snap_text_add_printable(&words, message, strlen(message));
    snprintf(last_words, sizeof(last_words), "snapsim: interrupted; %.400s\n",
             snap_text_get(&words));
    snap_text_fini(&words);
    catch_with(leave);
}

bool snap_interrupted(void)
{
    return seen != 0;
}
