// SPDX-License-Identifier: Apache-2.0
/*
 * Shrinks the random job of a seed to a small scenario file that shows the same finding: an oracle
 * that objects, a counter of the ledger that should be 0, a job that fails or stands still where
 * it should not, run-ahead that differs from one event per record, or a process that dies, or that
 * takes too long. Tries the profiles in turn, or the one that is named.
 * Usage: swarm_shrink SEED FILE [PROFILE]
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "swarm/random_job.h"
#include "swarm/shrinker.h"
#include "swarm/swarm_run.h"

enum { TRIES_MAX = 3000, SECONDS_A_TRY = 60 };

/* A finding is a bit: an oracle, then a counter, then one of these. */
enum {
    BIT_COUNTERS = SNAP_ORACLE_COUNT,
    BIT_FAILED = BIT_COUNTERS + SNAP_COUNTER_COUNT,
    BIT_STANDSTILL,
    BIT_DIFFERENT,
    BIT_DEATH,
    BIT_TOO_LONG,
};

/* Which counters have to be 0. */
enum { NOTHING = 0, LOST = 1 << SNAP_COUNTER_LOST, ALL = (1 << SNAP_COUNTER_PENDING) - 1 };

static const struct profile {
    const char *name;
    enum random_job_profile profile;
    uint64_t counters;
    bool may_fail;      /* or stand still */
    bool compare_paces; /* run-ahead with one event per record */
} profiles[] = {
    {"exactly-once", RANDOM_JOB_EXACTLY_ONCE, ALL, false, false},
    {"at-least-once", RANDOM_JOB_AT_LEAST_ONCE, LOST, false, false},
    {"anything", RANDOM_JOB_ANYTHING, NOTHING, true, true},
    {"threads", RANDOM_JOB_THREADS, ALL, false, false},
    {"sabotaged", RANDOM_JOB_SABOTAGED, ALL, true, false},
    {"broken", RANDOM_JOB_BROKEN, ALL, true, false},
};

enum { PROFILES = sizeof(profiles) / sizeof(profiles[0]) };

struct search {
    const struct profile *profile;
    unsigned bit;
};

static bool differs_from_single(const struct snap_built *built, const struct swarm_run *ahead)
{
    struct swarm_run_options every = *ahead->options;
    struct swarm_run single;
    uint64_t at;
    bool differs;

    every.every_record = true;
    swarm_run_perform(&single, &built->sim, &every);
    differs = !swarm_runs_equal(ahead, &single, &at);
    swarm_run_fini(&single);
    return differs;
}

static uint64_t findings_of(const struct profile *profile, const struct snap_built *built)
{
    /* As swarm_runahead does it: nobody watching records is a way of its own. */
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL,
                                        .records_wanted =
                                            profile->compare_paces && built->sim.seed % 3 != 0};
    struct swarm_run run;
    uint64_t found = 0;

    swarm_run_perform(&run, &built->sim, &options);
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        found |= (uint64_t)(run.verdict.oracles[i].objections > 0) << i;
    for (unsigned c = 0; run.judged && c < SNAP_COUNTER_COUNT; c++)
        found |= (uint64_t)(run.verdict.counters[c] > 0) << (BIT_COUNTERS + c);
    if (!profile->may_fail) {
        found |= (uint64_t)swarm_run_has_failed(&run) << BIT_FAILED;
        found |= (uint64_t)swarm_run_stands_still(&run) << BIT_STANDSTILL;
    }
    if (profile->compare_paces)
        found |= (uint64_t)differs_from_single(built, &run) << BIT_DIFFERENT;
    swarm_run_fini(&run);
    return found;
}

/* In a process of its own, which may die. */
static uint64_t findings_aside(const struct profile *profile, const struct snap_built *built)
{
    uint64_t found = 0;
    int ends[2];
    int status;
    bool is_told;
    pid_t pid;

    SNAP_CHECK(pipe(ends) == 0);
    fflush(stdout);
    pid = fork();
    SNAP_CHECK(pid >= 0);
    if (pid == 0) {
        alarm(SECONDS_A_TRY);
        SNAP_CHECK(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr));
        found = findings_of(profile, built);
        _exit(write(ends[1], &found, sizeof(found)) == (ssize_t)sizeof(found) ? 0 : 1);
    }
    close(ends[1]);
    is_told = read(ends[0], &found, sizeof(found)) == (ssize_t)sizeof(found);
    close(ends[0]);
    SNAP_CHECK(waitpid(pid, &status, 0) == pid);
    if (is_told)
        return found;
    /* Jobs that lose their limits while they shrink run long: that is not what is looked for. */
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return UINT64_C(1) << BIT_TOO_LONG;
    return UINT64_C(1) << BIT_DEATH;
}

/* What the profile does not allow, of what the scenario shows; 0 if it cannot be built. */
static uint64_t findings(const struct profile *profile, const char *text)
{
    struct snap_built built;
    uint64_t allowed = (uint64_t)(~profile->counters & ((1 << SNAP_COUNTER_COUNT) - 1))
                       << BIT_COUNTERS;
    uint64_t found = 0;

    if (swarm_build_quietly(text, &built)) {
        /* Without a final checkpoint the rest is never confirmed, in Flink neither. */
        if (!built.sim.config.checkpoint.after_tasks_finish)
            allowed |= UINT64_C(1) << (BIT_COUNTERS + SNAP_COUNTER_LOST) |
                       UINT64_C(1) << (BIT_COUNTERS + SNAP_COUNTER_UNCOMMITTED);
        found = findings_aside(profile, &built) & ~allowed;
    }
    snap_built_fini(&built);
    return found;
}

static bool still_shows(void *context, const char *text)
{
    const struct search *search = context;

    return (findings(search->profile, text) >> search->bit & 1) != 0;
}

static const char *finding_name(unsigned bit, char *name, size_t size)
{
    static const char *const others[] = {"the job fails", "the job stands still",
                                         "run-ahead differs", "the process dies",
                                         "it takes too long"};

    if (bit < BIT_COUNTERS)
        snprintf(name, size, "oracle %s objects", snap_oracle_name((enum snap_oracle_id)bit));
    else if (bit < BIT_FAILED)
        snprintf(name, size, "%s is not 0",
                 snap_counter_name((enum snap_counter)(bit - BIT_COUNTERS)));
    else
        snprintf(name, size, "%s", others[bit - BIT_FAILED]);
    return name;
}

static int write_shrunk(struct search *search, uint64_t seed, const char *text, const char *path)
{
    struct shrinker shrinker = {.still = still_shows, .context = search, .tries_max = TRIES_MAX};
    struct snap_text smallest = {0};
    char name[64];
    FILE *file = fopen(path, "w");

    if (!file) {
        perror(path);
        return 2;
    }
    finding_name(search->bit, name, sizeof(name));
    snap_text_printf(&smallest, "# A random job (%s, seed %" PRIu64 "), shrunk. Finding: %s.\n",
                     search->profile->name, seed, name);
    shrinker_shrink(&shrinker, text, &smallest);
    snap_text_add_string(&smallest, "expect: {lost: 0, duplicated: 0, wrong_state: 0}\n");
    fputs(snap_text_get(&smallest), file);
    printf("%s: %s, shrunk in %u tries: %s\n", search->profile->name, name, shrinker.tries, path);
    snap_text_fini(&smallest);
    return fclose(file) == 0 ? 1 : 2;
}

/* Returns 1 if there was something to shrink, 0 if not, 2 if the file cannot be written. */
static int try_profile(const struct profile *profile, uint64_t seed, const char *path)
{
    struct search search = {.profile = profile};
    struct snap_text text = {0};
    uint64_t found;
    int code = 0;

    random_job_text(&text, profile->profile, seed);
    found = findings(profile, snap_text_get(&text));
    if (found) {
        while (!(found >> search.bit & 1))
            search.bit++;
        code = write_shrunk(&search, seed, snap_text_get(&text), path);
    }
    snap_text_fini(&text);
    return code;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    uint64_t seed = argc > 2 ? strtoull(argv[1], &end, 10) : 0;

    if (argc < 3 || argc > 4 || *end) {
        fprintf(stderr, "usage: swarm_shrink SEED FILE [PROFILE]\n");
        return 2;
    }
    for (unsigned i = 0; i < PROFILES; i++) {
        int code;

        if (argc == 4 && strcmp(profiles[i].name, argv[3]) != 0)
            continue;
        code = try_profile(&profiles[i], seed, argv[2]);
        if (code != 0)
            return code == 1 ? 0 : code;
    }
    printf("seed %" PRIu64 " shows nothing\n", seed);
    return 1;
}
