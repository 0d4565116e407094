// SPDX-License-Identifier: Apache-2.0
#include "swarm/swarm_driver.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

/* How a seed can fail: the test says what is wrong, or the process ends at it. */
enum failure { BY_FINDING, BY_CHECK, BY_CRASH, BY_HANGING, FAILURES };

static const char *const failure_names[FAILURES] = {"findings", "failed checks", "crashes",
                                                    "hanging seeds"};

/* A machine that has others to serve is slow: then a seed may take longer, but no more work. */
enum { SLOWNESS = 10 };

static void limit_time(const struct swarm_plan *plan)
{
    const struct itimerval work = {.it_value = {.tv_sec = (time_t)plan->seconds_a_seed}};

    SNAP_CHECK(setitimer(ITIMER_PROF, &work, NULL) == 0);
    alarm(plan->seconds_a_seed * SLOWNESS);
}

static _Noreturn void child(const struct swarm_plan *plan, uint64_t first, int to)
{
    for (uint64_t seed = first; seed < plan->first_seed + plan->seeds; seed++) {
        struct swarm_outcome outcome = {.seed = seed};

        limit_time(plan);
        plan->run(seed, &outcome);
        fflush(stdout);
        SNAP_CHECK(write(to, &outcome, sizeof(outcome)) == sizeof(outcome));
    }
    /* exit, not _exit: what looks for leaks does so at exit. */
    limit_time(plan);
    exit(0);
}

struct tally {
    uint64_t next_seed;
    uint64_t passed;
    uint64_t failed;
    uint64_t failures[FAILURES];
    uint64_t notes[SWARM_NOTES];
};

static void count_failure(struct tally *tally, enum failure by)
{
    tally->failed++;
    tally->failures[by]++;
}

static void take(struct tally *tally, const struct swarm_outcome *outcome)
{
    if (outcome->result == SWARM_PASSED)
        tally->passed++;
    else
        count_failure(tally, BY_FINDING);
    for (int i = 0; i < SWARM_NOTES; i++)
        tally->notes[i] += outcome->notes[i];
    tally->next_seed = outcome->seed + 1;
}

static void tell_death(const struct swarm_plan *plan, const struct tally *tally, int status)
{
    if (WIFSIGNALED(status))
        printf("%s: seed %" PRIu64 " died of signal %d (%s)\n", plan->name, tally->next_seed,
               WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        printf("%s: seed %" PRIu64 " ended the process with code %d\n", plan->name,
               tally->next_seed, WEXITSTATUS(status));
}

static enum failure failure_of(int status)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGPROF ? BY_HANGING : BY_CRASH;
    return WEXITSTATUS(status) == SNAP_EXIT_BUG ? BY_CHECK : BY_CRASH;
}

/* Runs a child from the next seed on until it has done all or died. */
static void run_child(const struct swarm_plan *plan, struct tally *tally)
{
    struct swarm_outcome outcome;
    int ends[2];
    int status = 0;
    pid_t pid;

    SNAP_CHECK(pipe(ends) == 0);
    fflush(stdout);
    pid = fork();
    SNAP_CHECK(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        child(plan, tally->next_seed, ends[1]);
    }
    close(ends[1]);
    while (read(ends[0], &outcome, sizeof(outcome)) == (ssize_t)sizeof(outcome))
        take(tally, &outcome);
    close(ends[0]);
    SNAP_CHECK(waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    /* Past the last seed it is the end of the process that failed, leaks for example. */
    tell_death(plan, tally, status);
    count_failure(tally, failure_of(status));
    tally->next_seed++;
}

static void print_failures(const struct tally *tally)
{
    const char *glue = "failures:";

    for (int by = 0; by < FAILURES; by++) {
        if (tally->failures[by] > 0) {
            printf("%s %s %" PRIu64, glue, failure_names[by], tally->failures[by]);
            glue = ",";
        }
    }
    if (tally->failed > 0)
        printf("\n");
}

uint64_t swarm_drive(const struct swarm_plan *plan, uint64_t notes[SWARM_NOTES])
{
    struct tally tally = {.next_seed = plan->first_seed};

    while (tally.next_seed < plan->first_seed + plan->seeds)
        run_child(plan, &tally);
    for (int i = 0; i < SWARM_NOTES; i++)
        if (plan->note_names[i])
            printf("%s: %s %" PRIu64 "\n", plan->name, plan->note_names[i], tally.notes[i]);
    if (notes)
        memcpy(notes, tally.notes, sizeof(tally.notes));
    print_failures(&tally);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", tally.passed, tally.failed);
    fflush(stdout);
    return tally.failed;
}

static bool read_number(const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 10);
    return *text && !*end;
}

bool swarm_arguments(int argc, char **argv, struct swarm_plan *plan)
{
    if (argc > 1 && !read_number(argv[1], &plan->seeds))
        return false;
    if (argc > 2 && !read_number(argv[2], &plan->first_seed))
        return false;
    return argc <= 3;
}
