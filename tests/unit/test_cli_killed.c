// SPDX-License-Identifier: Apache-2.0
/*
 * The program is killed while it writes checkpoints: the newest complete one restores and comes to
 * the same state; none is taken for complete that is not. In both runtimes and with both backends,
 * at random moments of a whole run. Usage: test_cli_killed [KILLS [SEED]]
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "storage/rocksdb.h"
#include "unit/cli_folder.h"

static uint64_t kills = 10;
static uint64_t seed = 1;
static char tmp[4096];
static uint64_t killed_in_time;
static uint64_t with_checkpoint;

/* How the job runs. */
struct way {
    const char *runtime;
    const char *backend;
    uint64_t whole_us; /* a run to its end */
};

static const char job[] = "name: job\nledger: full\n"
                          "flink-version: 1.20\n"
                          "config:\n"
                          "  parallelism.default: 2\n"
                          "  execution.checkpointing.interval: 10 ms\n"
                          "  execution.checkpointing.data-inline-threshold: 100 b\n"
                          "  execution.checkpointing.dir: cp\n"
                          "  execution.checkpointing.incremental: true\n"
                          "operators:\n"
                          "  - {uid: source, type: numbers, ends: [500, 500], rate: 2000/s}\n"
                          "  - {uid: map, type: map, function: word 300, input: source}\n"
                          "  - {uid: counter, type: count, input: map, ship: hash}\n"
                          "  - {uid: sink, type: tally, input: counter}\n";

static void shell(const char *command, const char *argument, int expected)
{
    struct snap_text text = {0};
    int status;

    snap_text_printf(&text, command, argument);
    status = system(text.data);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("%s: status %d", text.data, status);
    snap_text_fini(&text);
}

static pid_t start(const char *out, const struct way *way)
{
    struct snap_text backend = {0};
    pid_t child;

    snap_text_printf(&backend, "state.backend.type=%s", way->backend);
    child = fork();
    if (child == 0) {
        if (freopen("stdout", "w", stdout) && freopen("stderr", "w", stderr))
            execl(SNAP_PROGRAM, SNAP_PROGRAM, "run", "job.yaml", "--runtime", way->runtime, "-D",
                  backend.data, "--out", out, "--overwrite", (char *)NULL);
        _exit(127);
    }
    snap_text_fini(&backend);
    return child;
}

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void measure(struct way *way)
{
    uint64_t begin_us = now_us();
    pid_t child = start("measured", way);
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    way->whole_us = now_us() - begin_us;
}

static void run_and_kill(const char *out, const struct way *way, uint64_t after_us)
{
    pid_t child = start(out, way);
    int status;

    usleep((useconds_t)after_us);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    killed_in_time += WIFSIGNALED(status);
}

static bool has_enough(void)
{
    return killed_in_time * 2 > kills && with_checkpoint * 4 > kills;
}

/* Goes on from the newest directory that has metadata, or from nothing. */
static void go_on(const char *out, const struct way *way)
{
    struct snap_text command = {0};

    snap_text_printf(&command,
                     "rm -rf next; "
                     "newest=$(ls -d %%s/cp/*/chk-*/_metadata 2>/dev/null | sort -V | tail -n 1); "
                     "$S run job.yaml ${newest:+-s $newest} -p 3 -D state.backend.type=%s "
                     "--out next --quiet >verdict && cmp next/state/counter.tsv counter.tsv",
                     way->backend);
    shell(command.data, out, 0);
    snap_text_fini(&command);
    with_checkpoint += system("ls killed/cp/*/chk-*/_metadata >/dev/null 2>&1") == 0;
}

/* What has no metadata is not taken for a snapshot. */
static void check_incomplete(const char *out)
{
    shell("for d in $(ls -d %s/cp/*/chk-* 2>/dev/null); do test -e $d/_metadata || "
          "! $S run job.yaml -s $d --out refused --quiet 2>>refusals || exit 1; done",
          out, 0);
}

static void test_kills(void **state)
{
    struct way ways[] = {{"threads", "hashmap", 0},
                         {"virtual", "hashmap", 0},
                         {"threads", "rocksdb", 0},
                         {"virtual", "rocksdb", 0}};
    uint64_t count = snap_rocksdb_version() ? 4 : 2;
    uint64_t tries = 0;

    (void)state;
    shell("$S run job.yaml --out %s --quiet >verdict && cp whole/state/counter.tsv .", "whole", 0);
    for (uint64_t i = 0; i < count; i++)
        measure(&ways[i]);
    /* On a busy machine a run was long when it was measured, and many a kill comes too late. */
    for (; tries < kills || (!has_enough() && tries < 10 * kills); tries++) {
        const struct way *way = &ways[tries % count];

        /* One that is killed at once leaves what was there before. */
        shell("rm -rf %s", "killed", 0);
        run_and_kill("killed", way, snap_mix64(seed + tries) % way->whole_us);
        check_incomplete("killed");
        go_on("killed", way);
    }
    printf("%llu kills, %llu before the end, %llu with a complete checkpoint\n",
           (unsigned long long)tries, (unsigned long long)killed_in_time,
           (unsigned long long)with_checkpoint);
    assert_true(has_enough());
    /* What killed processes had at hand is gone with the next run. */
    if (count == 4)
        shell("test $(ls -d $TMPDIR/snapsim-rocksdb-* 2>/dev/null | wc -l) -le %s", "1", 0);
}

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("job.yaml", job);
    if (mkdir("tmp", 0700) != 0 || !realpath("tmp", tmp) || setenv("TMPDIR", tmp, 1) != 0)
        return -1;
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kills),
    };

    kills = argc > 1 ? strtoull(argv[1], NULL, 10) : kills;
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : seed;
    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
