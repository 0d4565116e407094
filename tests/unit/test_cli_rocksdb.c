// SPDX-License-Identifier: Apache-2.0
/*
 * The backend rocksdb as a user has it: which files lie where and when they go, and runs that start
 * from them.
 *
 * Rows run one after another in one directory: later ones find what earlier ones left.
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
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "storage/rocksdb.h"
#include "unit/cli_rows.h"

#define JOB                                                                                        \
    "config:\n"                                                                                    \
    "  parallelism.default: 2\n"                                                                   \
    "  state.backend.type: rocksdb\n"                                                              \
    "  execution.checkpointing.interval: 50 ms\n"                                                  \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "  execution.checkpointing.num-retained: 2\n"                                                  \
    "  execution.checkpointing.data-inline-threshold: 0\n"                                         \
    "  restart-strategy.type: fixed-delay\n"                                                       \
    "  restart-strategy.fixed-delay.delay: 20 ms\n"                                                \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [400, 400], rate: 1000/s}\n"                           \
    "  - {uid: map, type: map, function: word 23, input: source}\n"                                \
    "  - {uid: counter, type: count, input: map, ship: hash}\n"                                    \
    "  - {uid: sink, type: tally, input: counter}\n"

static const char whole[] = "name: job\n" JOB;

/* Stopped in its middle, after two savepoints and a crash. */
static const char cut[] = "name: job\nuntil: 450 ms\nexpect: {job: RUNNING}\n" JOB "timeline:\n"
                          "  - {at: 130 ms, crash: \"counter[0]\"}\n"
                          "  - {at: 230 ms, savepoint: sp/canonical, format: canonical}\n"
                          "  - {at: 260 ms, savepoint: sp/native, format: native}\n";

static const char windows[] = "name: windows\nuntil: 330 ms\nexpect: {job: RUNNING}\n"
                              "config:\n"
                              "  parallelism.default: 2\n"
                              "  state.backend.type: rocksdb\n"
                              "  pipeline.auto-watermark-interval: 10 ms\n"
                              "  execution.checkpointing.interval: 50 ms\n"
                              "  execution.checkpointing.incremental: true\n"
                              "  execution.checkpointing.dir: cp\n";

#define INCREMENTAL "-D execution.checkpointing.incremental=true "
#define FROM(what) "-s $(ls -d " what " | tail -n 1) --quiet --overwrite --out next"
#define SAME_COUNTS " && cmp next/state/counter.tsv whole/state/counter.tsv"
#define EXACT "counter  state     0       0      -      0       -        0"
/* Files of the shared directory that no checkpoint names. */
#define NAMED                                                                                      \
    "for c in inc/cp/*/chk-*; do $S inspect $c --json; done >all && "                              \
    "for f in inc/cp/*/shared/*; do grep -q ${f##*/} all || echo orphan; done"

static const struct cli_row rows[] = {
    {"full checkpoints", "$S run cut.yaml --out full", 0,
     "State backend: rocksdb\nCheckpoint storage: filesystem, checkpoints in cp (in the run's "
     "folder)\n",
     ""},
    {"lie in their own directories", "ls full/cp/*/shared | wc -l; ls -d full/cp/*/chk-* | wc -l",
     0, "0\n2\n", ""},
    {"as RocksDB's files", "$S inspect $(ls -d full/cp/*/chk-* | tail -n 1)", 0, "  rocksdb  ", ""},
    {"incremental ones", "$S run cut.yaml " INCREMENTAL "--out inc", 0,
     "State backend: rocksdb, incremental\n", ""},
    {"by the option's older name", "$S run cut.yaml -D state.backend.incremental=true --out old", 0,
     "State backend: rocksdb, incremental\n", NULL},
    {"share tables", "grep -h -a -o 'shared/[0-9a-f-]*' inc/cp/*/chk-*/_metadata | sort | uniq -d",
     0, "shared/", ""},
    {"and leave no file that nobody names", NAMED, 0, "", ""},
    {"the backend changes nothing that happens",
     "$S run cut.yaml -D state.backend.type=hashmap --out heap --quiet && "
     "grep trace_hash heap/summary.json >hash && grep trace_hash inc/summary.json | cmp - hash",
     0, NULL, ""},
    {"databases are gone", "ls -d tmp/* 2>/dev/null", 2, "", NULL},
    {"what an uninterrupted run comes to", "$S run whole.yaml " INCREMENTAL "--out whole --quiet",
     0, EXACT, ""},
    {"a finished job leaves no file", "ls whole/cp/*/shared | wc -l; ls -d whole/cp/*/chk-*", 2,
     "0\n", NULL},
    {"on from a full checkpoint", "$S run whole.yaml " FROM("full/cp/*/chk-*") SAME_COUNTS, 0,
     EXACT, ""},
    {"from an incremental one, on more subtasks",
     "$S run whole.yaml -p 3 " FROM("inc/cp/*/chk-*") SAME_COUNTS, 0, EXACT, ""},
    {"on fewer, to incremental ones",
     "$S run whole.yaml -p 1 " INCREMENTAL FROM("inc/cp/*/chk-*") SAME_COUNTS, 0, EXACT, ""},
    {"on threads", "$S run whole.yaml --runtime threads " FROM("inc/cp/*/chk-*") SAME_COUNTS, 0,
     EXACT, ""},
    {"from the native savepoint, which may be moved",
     "mv inc/sp/native moved && $S run whole.yaml -p 4 " FROM("moved/*") SAME_COUNTS, 0, EXACT, ""},
    {"a checkpoint whose job's directory was moved",
     "cp -r inc/cp elsewhere && mv inc/cp away && "
     "$S run whole.yaml " FROM("elsewhere/*/chk-*") SAME_COUNTS " && mv away inc/cp",
     0, EXACT, ""},
    {"the canonical savepoint restores with any backend",
     "$S run whole.yaml -D state.backend.type=hashmap " FROM("inc/sp/canonical/*") SAME_COUNTS, 0,
     EXACT, ""},
    {"also back", "$S run whole.yaml " FROM("heap/sp/canonical/*") SAME_COUNTS, 0, EXACT, ""},
    {"files of RocksDB do not",
     "$S run whole.yaml -D state.backend.type=hashmap " FROM("inc/cp/*/chk-*"), 2, "",
     "keyed state of operator \"counter\" is in files of the state backend rocksdb, which that of "
     "this job, hashmap, cannot read; a canonical savepoint can be restored with any"},
    {"nor those of the other", "$S run whole.yaml " FROM("heap/cp/*/chk-*"), 2, "",
     "in files of the state backend hashmap"},
    {"a table that is cut off",
     "cp -r inc/cp torn && truncate -s 100 torn/*/shared/* && "
     "$S run whole.yaml " FROM("torn/*/chk-*"),
     2, "", ": offset 100: the file ends; expected "},
    {"windows and timers", "$S run windows.yaml --out windows --quiet", 0, "Verdict", ""},
    {"are in the files", "$S inspect $(ls -d windows/cp/*/chk-*) --state window", 0,
     "window-contents", ""},
    {"a claimed checkpoint goes with all its files",
     "cp -r inc/cp claimed && rm -r $(ls -d claimed/*/chk-* | head -n 1) && "
     "grep -h -a -o 'shared/[0-9a-f-]*' claimed/*/chk-*/_metadata | sort -u >names && "
     "$S run whole.yaml -cm CLAIM " FROM("claimed/*/chk-*") SAME_COUNTS
     " && for n in $(cat names); do ls claimed/*/$n 2>/dev/null; done; ls -d claimed/*/chk-*",
     2, "Verdict", "chk-"},
    {"disposing of a checkpoint says whom it would break",
     "cp -r inc/cp shares && $S savepoint -d $(ls -d shares/*/chk-* | head -n 1)", 0, NULL, ""},
    {"also one of a job beside it, which was started from it",
     "cp -r inc/cp family && old=$(ls -d family/*/chk-* | head -n 1) && "
     "young=family/0123456789abcdef0123456789abcdef && mkdir $young && "
     "mv $(ls -d family/*/chk-* | tail -n 1) $young/chk-9 && $S savepoint -d $old",
     0, "0123456789abcdef0123456789abcdef/chk-9 uses ", ""},
    {"which goes on all the same",
     "$S run whole.yaml " FROM("shares/*/chk-*") SAME_COUNTS " && ls -d shares/*/chk-* | wc -l", 0,
     "1\n", ""},
    {"the other is broken by none, and nobody needs its files",
     "$S savepoint -d $(ls -d shares/*/chk-*) && find shares/*/shared -type f | wc -l", 0,
     " by no other checkpoint there, and are gone, too.\n", ""},
    {"a snapshot of a job without a claim stays as it was",
     "cp -r inc/cp mine && find mine -type f | sort | xargs cksum >before && "
     "$S run whole.yaml -cm NO_CLAIM " INCREMENTAL FROM("mine/*/chk-*") SAME_COUNTS
     " && find mine -type f | sort | xargs cksum | cmp - before",
     0, EXACT, ""},
    {"also in the mode of former times",
     "$S run whole.yaml -rm LEGACY " INCREMENTAL FROM("mine/*/chk-*") SAME_COUNTS
     " && find mine -type f | sort | xargs cksum | cmp - before",
     0, EXACT, "Warning: The LEGACY restore mode is deprecated"},
    {"the first checkpoint behind it is a full one",
     "sed 's/^name.*/name: on\\nuntil: 120 ms\\nexpect: {job: RUNNING}/' whole.yaml >on.yaml && "
     "$S run on.yaml " INCREMENTAL FROM(
         "mine/*/chk-*") " && for f in $(grep -h -a -o "
                         "'shared/[0-9a-f-]*' next/cp/*/chk-*/_metadata); do ls next/cp/*/$f; done "
                         "| grep -c shared",
     0, NULL, ""},
    {"the job that Flink runs, too",
     "$S run " SNAP_SOURCE_DIR "/scenarios/flink-jobs/incremental.yaml --out flink --quiet", 0,
     EXACT, ""},
    {"the old name of the backend", "$S run cut.yaml -D state.backend=rocksdb --out name", 0,
     "State backend: rocksdb\n", NULL},
};

static int make_directory(void **state)
{
    struct snap_text text = {0};

    (void)state;
    if (!cli_folder_enter())
        return -1;
    snap_text_add_string(&text, windows);
    snap_text_add_string(
        &text,
        "operators:\n"
        "  - {uid: in, type: sequence, count: 900, keys: 7, rate: 1000/s, timestamp-step: 1 ms, "
        "watermarks: monotonous}\n"
        "  - {uid: window, type: window, kind: tumbling, size: 100 ms, aggregate: sum, "
        "input: in, ship: hash}\n"
        "  - {uid: out, type: collect, input: window}\n");
    cli_write_file("cut.yaml", cut);
    cli_write_file("whole.yaml", whole);
    cli_write_file("windows.yaml", text.data);
    snap_text_fini(&text);
    return mkdir("tmp", 0700) == 0 && setenv("TMPDIR", "tmp", 1) == 0 ? 0 : -1;
}

static void test_rows(void **state)
{
    (void)state;
    if (!snap_rocksdb_version())
        skip();
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Without the library the backend is refused where the scenario asks for it. */
static void test_without(void **state)
{
    struct snap_text err = {0};
    int status;

    (void)state;
    if (snap_rocksdb_version())
        skip();
    status = system("$S run whole.yaml --out none >stdout 2>stderr");
    cli_read_file("stderr", &err);
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_true(cli_has(&err, "this snapsim was built without RocksDB"));
    snap_text_fini(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_without),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
