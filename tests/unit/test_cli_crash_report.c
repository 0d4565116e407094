// SPDX-License-Identifier: Apache-2.0
/* What a check of ours prints that fails in the middle of a run. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/crash_report.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"

static const char scenario[] = "name: tripped\nseed: 77\n"
                               "config: {execution.checkpointing.interval: 20 ms}\n"
                               "operators:\n"
                               "  - {uid: src, type: sequence, count: 200, rate: 2000/s}\n"
                               "  - {uid: counts, type: count, input: src, ship: hash}\n"
                               "  - {uid: out, type: collect, input: counts}\n";

static char trace_path[] = "/tmp/snapsim-crash-XXXXXX";

/* Fails when the JobManager has completed its second checkpoint. */
static void trip(void *context, const struct snap_event *event)
{
    (void)context;
    SNAP_CHECK(event->type != SNAP_EVENT_CHECKPOINT_COMPLETED || event->args[0] != 2);
}

static void run_into_it(enum snap_runtime_kind runtime)
{
    const struct snap_scenario_text text = {"tripped.yaml", scenario, strlen(scenario)};
    struct snap_observer observers[] = {snap_crash_report_observer(), {.local = trip}};
    struct snap_run_options options = {
        .runtime = runtime, .observers = observers, .observer_count = 2};
    struct snap_trace_run header = {.program_version = "0", .level = SNAP_TRACE_CHECKPOINTS};
    struct snap_trace_writer writer;
    struct snap_scenario *read = NULL;
    struct snap_built built;
    struct snap_error error = {0};

    if (!snap_scenario_parse(&text, snap_operator_catalogue_get(), &read, &error) ||
        !snap_scenario_build(read, NULL, &built, &error))
        _exit(99);
    header.simulation = &built.sim;
    header.runtime = runtime;
    if (!snap_trace_writer_open(&writer, trace_path, &header, &error))
        _exit(98);
    for (int i = 0; i < 3; i++)
        snap_trace_writer_event(&writer, &(struct snap_event){.type = SNAP_EVENT_ACTION_FIRED});
    snap_crash_report_begin(&built.sim, &writer);
    snap_run_execute(snap_run_create(&built.sim, &options));
    _exit(0);
}

static const struct row {
    const char *name;
    enum snap_runtime_kind runtime;
} rows[] = {{"virtual", SNAP_RUNTIME_VIRTUAL}, {"threads", SNAP_RUNTIME_THREADS}};

/* What was told to the writer before is in the file, in whole lines, behind the header. */
static void check_trace(const char *name)
{
    FILE *file = fopen(trace_path, "r");
    int lines = 0;
    int last = 0;

    assert_non_null(file);
    for (int c; (c = getc(file)) != EOF; last = c)
        lines += c == '\n';
    fclose(file);
    if (lines != 4 || last != '\n')
        fail_msg("%s: the trace has %d lines", name, lines);
}

static const char *const expected[] = {
    "snapsim: bug: check failed: event->type != ",
    "test_cli_crash_report.c:",
    "scenario tripped, seed 77, about 0.0",
    "s; the last events were:\n  {\"t\":",
    "\"e\":\"checkpoint_completed\",\"at\":\"jobmanager\",\"checkpoint\":2",
    "please report this with the scenario file and the seed",
};

static void test_report(void **state)
{
    (void)state;
    close(mkstemp(trace_path));
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        char said[16384];
        int ends[2];
        size_t length = 0;
        ssize_t got;
        int status;
        pid_t child;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0) {
            dup2(ends[1], STDERR_FILENO);
            run_into_it(rows[r].runtime);
        }
        close(ends[1]);
        while ((got = read(ends[0], said + length, sizeof(said) - 1 - length)) > 0)
            length += (size_t)got;
        close(ends[0]);
        said[length] = '\0';
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != SNAP_EXIT_BUG)
            fail_msg("%s: status %d\n%s", rows[r].name, status, said);
        check_trace(rows[r].name);
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
            if (!strstr(said, expected[i]))
                fail_msg("%s: no \"%s\" in\n%s", rows[r].name, expected[i], said);
    }
    unlink(trace_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_report)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
