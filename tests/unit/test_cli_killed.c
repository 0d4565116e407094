// SPDX-License-Identifier: Apache-2.0
/*
 * The program is killed while it writes checkpoints: the newest complete one restores and comes to
 * the same state; none is taken for complete that is not. On threads, where real time passes.
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
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "unit/cli_folder.h"

enum { KILLS = 10, LEAST_MS = 60, MOST_MS = 900 };

static const char job[] = "name: job\nledger: full\n"
                          "flink-version: 1.20\n"
                          "config:\n"
                          "  parallelism.default: 2\n"
                          "  execution.checkpointing.interval: 10 ms\n"
                          "  execution.checkpointing.data-inline-threshold: 100 b\n"
                          "  execution.checkpointing.dir: cp\n"
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

static void run_and_kill(const char *out, const char *runtime, uint64_t after_ms)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (freopen("stdout", "w", stdout) && freopen("stderr", "w", stderr))
            execl(SNAP_PROGRAM, SNAP_PROGRAM, "run", "job.yaml", "--runtime", runtime, "--out", out,
                  "--overwrite", (char *)NULL);
        _exit(127);
    }
    usleep((useconds_t)after_ms * 1000);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
}

/* Goes on from the newest directory that has metadata, or from nothing. */
static void go_on(const char *out)
{
    shell("rm -rf next; newest=$(ls -d %s/cp/*/chk-*/_metadata 2>/dev/null | sort -V | tail -n 1); "
          "$S run job.yaml ${newest:+-s $newest} -p 3 --out next --quiet >verdict && "
          "cmp next/state/counter.tsv counter.tsv",
          out, 0);
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
    static const char *const runtimes[] = {"threads", "virtual"};

    (void)state;
    shell("$S run job.yaml --out %s --quiet >verdict && cp whole/state/counter.tsv .", "whole", 0);
    for (uint64_t i = 0; i < KILLS; i++) {
        run_and_kill("killed", runtimes[i % 2], LEAST_MS + snap_mix64(i) % (MOST_MS - LEAST_MS));
        check_incomplete("killed");
        go_on("killed");
    }
}

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("job.yaml", job);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kills),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
