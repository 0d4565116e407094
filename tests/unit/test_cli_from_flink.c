// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots that Flink wrote, 1.20 and 2.3, of every kind: the jobs of scenarios/flink-jobs go on
 * from them, at each parallelism, and come to what they come to without an interruption.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "storage/rocksdb.h"
#include "unit/cli_rows.h"

#define SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots"
#define JOBS SNAP_SOURCE_DIR "/scenarios/flink-jobs"

struct job {
    const char *name;
    const char *scenario; /* changed by sed */
    const char *change;
    const char *state; /* whose files are compared, with blanks between them */
};

/* What does not depend on the order in which records of several splits come. */
#define ZOO                                                                                        \
    "zoo-long zoo-long.fired zoo-long.list zoo-long.map zoo-long.max zoo-long.processing-timers "  \
    "zoo-string zoo-string.fired zoo-string.map zoo-string.processing-timers"

static const struct job jobs[] = {
    {"j1", "word-count", "", "counter"},
    {"j1-many", "word-count", "s/ends: .400, 400./ends: [2000, 2000]/;s/word 23/word 1200/",
     "counter"},
    {"j1-finished", "word-count", "s/ends: .400, 400./ends: [60, 400]/", "counter"},
    {"j1b", "broadcast", "", "counter"},
    {"j2", "state-zoo", "", ZOO},
    {"j2-plain", "state-zoo", "s/zoo-long, input/zoo-long, null-map-values: false, input/", ZOO},
    {"j3", "in-flight", "", "slow"},
    {"j3-long", "in-flight", "s/ends: .900, 910./ends: [60000, 60010]/;s/cost: 1 ms/cost: 1 us/",
     "slow"},
    {"j4", "windows", "s/type: discard/type: file-sink, delivery: none, path: shown/", NULL},
};

struct row {
    const char *snapshot; /* behind "f23-" and "f120-" */
    const char *job;
    const char *part; /* of the snapshot's folder */
};

static const struct row rows[] = {
    {"j1-hashmap-inline", "j1", "chk-1"},
    {"j1-hashmap-files", "j1", "chk-1"},
    {"j1-hashmap-compressed", "j1", "chk-1"},
    {"j1-hashmap-filemerging", "j1", "chk-1"},
    {"j1-hashmap-sp-canonical", "j1", ""},
    {"j1-hashmap-sp-compressed", "j1", ""},
    {"j1-hashmap-sp-native", "j1", ""},
    {"j1-rocksdb-full", "j1", "chk-1"},
    {"j1-rocksdb-incr", "j1", "chk-3"},
    {"j1-rocksdb-incr-inline", "j1", "chk-3"},
    {"j1-rocksdb-incr-many", "j1-many", "chk-3"},
    {"j1-rocksdb-sp-canonical", "j1", ""},
    {"j1-rocksdb-sp-native", "j1", ""},
    {"j1-finished-partial", "j1-finished", "chk-2"},
    {"j1b-broadcast", "j1b", "chk-1"},
    {"j2-hashmap-inline", "j2", "chk-1"},
    {"j2-hashmap-files", "j2", "chk-1"},
    {"j2-hashmap-sp-canonical", "j2-plain", ""},
    {"j2-rocksdb-full", "j2", "chk-1"},
    {"j2-rocksdb-heaptimers", "j2", "chk-1"},
    {"j2-rocksdb-incr", "j2", "chk-1"},
    {"j2-rocksdb-sp-canonical", "j2", ""},
    {"j3-unaligned-small", "j3", "chk-1"},
    {"j3-unaligned-onefile", "j3", "chk-1"},
    {"j3-unaligned-rocksdb", "j3", "chk-1"},
    {"j3-unaligned-pressed", "j3-long", "chk-1"},
    {"j3-aligned", "j3-long", "chk-1"},
    {"j4-hashmap-inline", "j4", "chk-1"},
    {"j4-rocksdb-sp-canonical", "j4", ""},
};

static const struct job *job_of(const char *name)
{
    const struct job *job = jobs;

    while (strcmp(job->name, name) != 0)
        job++;
    return job;
}

/* Windows that had fired before are not told again: what is told must be among all. */
static const char *comparison(const struct job *job)
{
    return job->state ? "for s in %s; do cmp next/state/$s.tsv whole-%s/state/$s.tsv || exit 1; "
                        "done"
                      : "cat next/shown/* | sort >some && cat whole-%2$s/shown/* | sort >all && "
                        "test -s some && test -z \"$(comm -23 some all)\" && : %1$s";
}

/* Files of RocksDB restore with that backend only; canonical savepoints with any. */
static const char *backend_of(const struct row *row)
{
    bool is_rocksdb = strstr(row->snapshot, "rocksdb") && !strstr(row->snapshot, "sp-canonical");

    return is_rocksdb ? "-D state.backend.type=rocksdb" : "";
}

static void go_on(const struct row *row, const char *version, unsigned parallelism)
{
    const struct job *job = job_of(row->job);
    struct snap_text command = {0};
    struct snap_text after = {0};
    const char *state = job->state ? job->state : "-";

    if (*backend_of(row) && !snap_rocksdb_version())
        return;
    snap_text_printf(&command,
                     "$S run %s.yaml -s " SNAPSHOTS "/%s-%s/snapshot/%s -p %u %s --out next "
                     "--overwrite --trace off --quiet >out 2>err && ",
                     job->name, version, row->snapshot, row->part, parallelism, backend_of(row));
    snap_text_printf(&after, comparison(job), state, job->name);
    snap_text_add_string(&command, snap_text_get(&after));
    if (cli_shell(command.data) != 0) {
        struct snap_text err = {0};

        cli_read_file("err", &err);
        fail_msg("%s\n%s", command.data, snap_text_get(&err));
    }
    snap_text_fini(&command);
    snap_text_fini(&after);
}

static void test_flink_1_20(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        go_on(&rows[i], "f120", 1 + (unsigned)i % 3);
}

static void test_flink_2_3(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        go_on(&rows[i], "f23", 1 + (unsigned)(i + 1) % 3);
}

/* The changes lie outside of the checkpoint, as its storage has a directory of its own: they are
 * found beside it, too. */
static void change_log(const char *version)
{
    static const char *const commands[] = {
        "rm -rf log && mkdir log && cp -r " SNAPSHOTS "/%s-j1-changelog/snapshot/chk-1 log && "
        "cp -r " SNAPSHOTS "/%s-j1-changelog/dstl/*/dstl log",
        "$S run j1.yaml -s log/chk-1 -p 3 --out next --overwrite --trace off --quiet >out 2>err && "
        "cmp next/state/counter.tsv whole-j1/state/counter.tsv",
        "for f in log/dstl/*; do head -c 500 $f >cut && mv cut $f; done; "
        "$S run j1.yaml -s log/chk-1 --out next --overwrite 2>err; "
        "test $? = 2 && grep -q 'log/dstl/.*offset' err",
        "rm -r log/dstl && $S run j1.yaml -s log/chk-1 --out next --overwrite 2>err; "
        "test $? = 2 && grep -q 'dstl.*this file of the snapshot is missing; named at offset ' err",
    };

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct snap_text command = {0};

        snap_text_printf(&command, commands[i], version, version);
        if (cli_shell(snap_text_get(&command)) != 0)
            fail_msg("%s", snap_text_get(&command));
        snap_text_fini(&command);
    }
}

static void test_change_logs(void **state)
{
    (void)state;
    change_log("f120");
    change_log("f23");
}

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        struct snap_text command = {0};
        int code;

        snap_text_printf(&command,
                         "sed '%s' " JOBS "/%s.yaml >%s.yaml && $S run %s.yaml --out whole-%s "
                         "--trace off --quiet >out",
                         jobs[i].change, jobs[i].scenario, jobs[i].name, jobs[i].name,
                         jobs[i].name);
        code = cli_shell(command.data);
        snap_text_fini(&command);
        if (code != 0)
            return -1;
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flink_1_20),
        cmocka_unit_test(test_flink_2_3),
        cmocka_unit_test(test_change_logs),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
