// SPDX-License-Identifier: Apache-2.0
/*
 * The storage of snapshots as a user has it: what stays when, what a refused write does, what a
 * restore from damaged files says, and a directory that each machine has for itself.
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
#include <unistd.h>

#include "base/text.h"
#include "unit/cli_rows.h"

#define CONFIG                                                                                     \
    "name: job\n"                                                                                  \
    "config:\n"                                                                                    \
    "  execution.checkpointing.interval: 50 ms\n"                                                  \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "  execution.checkpointing.num-retained: 2\n"                                                  \
    "  restart-strategy: {type: fixed-delay, fixed-delay: {attempts: 1, delay: 10 ms}}\n"          \
    "  parallelism.default: 2\n"

#define JOB JOB_UP_TO("300")
/* For jobs that something else ends: this one's input never does. */
#define ENDLESS_JOB JOB_UP_TO("1000000")

#define JOB_UP_TO(end)                                                                             \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [" end ", " end "], rate: 1000/s}\n"                   \
    "  - {uid: counter, type: count, input: source, ship: hash}\n"                                 \
    "  - {uid: sink, type: tally, input: counter}\n"

static const char whole[] = CONFIG JOB;
static const char finished[] =
    CONFIG JOB "timeline: [{when: checkpoint 4 completed, savepoint: sp/}]\n";
static const char failed[] =
    CONFIG ENDLESS_JOB "until: 120 s\n"
                       "expect: {job: FAILED, lost: \">= 0\"}\n"
                       "timeline:\n"
                       "  - {when: checkpoint 3 completed, savepoint: sp/}\n"
                       "  - {when: checkpoint 4 completed, crash: \"counter[0]\"}\n"
                       "  - {when: checkpoint 5 completed, crash: \"counter[0]\"}\n";
static const char cancelled[] =
    CONFIG ENDLESS_JOB "until: 120 s\n"
                       "expect: {job: CANCELED, lost: \">= 0\"}\n"
                       "timeline: [{when: checkpoint 4 completed, cancel-with-savepoint: sp/}]\n";
static const char aborted[] =
    CONFIG JOB "timeline: [{when: checkpoint 2 triggered, fill-storage: 10 ms},\n"
               "           {when: checkpoint 4 triggered, fail-storage: 10 ms}]\n";
static const char damaged[] = CONFIG JOB
    "expect: {job: FAILED, lost: \">= 0\"}\n"
    "timeline:\n"
    "  - {when: checkpoint 3 completed, corrupt: {checkpoint: latest, subtask: \"counter[1]\", "
    "file: KIND}}\n"
    "  - {when: checkpoint 3 completed, delay: 5 ms, crash: \"counter[0]\"}\n";
static const char local[] = CONFIG JOB "model: {storage.shared: false}\n"
                                       "timeline: [{when: checkpoint 3 completed, crash: WHO}]\n";
static const char memory[] =
    "name: memory\n"
    "config:\n"
    "  execution.checkpointing.interval: 100 ms\n"
    "  execution.checkpointing.storage: jobmanager\n"
    "  execution.checkpointing.dir: cp\n"
    "  execution.checkpointing.tolerable-failed-checkpoints: 100\n"
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"
    "model: {record-size: 100 kb, network.bandwidth: unlimited, storage.bandwidth: unlimited}\n"
    "until: 450 ms\n"
    "expect: {job: RUNNING}\n"
    "operators:\n"
    "  - {uid: in, type: sequence, count: 1000, keys: KEYS, rate: 1000/s}\n"
    "  - {uid: n, type: count, input: in, ship: hash}\n"
    "  - {uid: out, type: discard, input: n}\n";

#define RETAIN "-D execution.checkpointing.externalized-checkpoint-retention="
#define IN_FILES "-D execution.checkpointing.data-inline-threshold=0 "
#define RUN "$S run --quiet --overwrite --out out "
#define THREADS "--runtime threads "
/* So slow that a busy machine has time for all checkpoints before the input ends, and with a pause
 * behind each that an action comes before the next: their numbers, and who is alive, must not
 * depend on the machine. */
#define SLOWLY                                                                                     \
    "--set source.rate=80/s -D execution.checkpointing.interval=300ms "                            \
    "-D execution.checkpointing.min-pause=300ms "
/* Which snapshots there are, in one line. */
#define LEFT " >/dev/null && (cd out; echo cp $(ls cp/*/) sp $(ls sp/ | cut -c 1-10))"
#define TOLERANT "-D execution.checkpointing.tolerable-failed-checkpoints=3 "
#define HERE                                                                                       \
    "-D execution.checkpointing.dir=$PWD/fixed -D execution.checkpointing.create-subdir=false "
#define KEEP RETAIN "RETAIN_ON_CANCELLATION "

/* Retention that the setting gives, with the job's end; both runtimes. */
#define RETAINED(name, setting, scenario, left)                                                    \
    {name, RUN RETAIN setting " " scenario LEFT, 0, left, ""},                                     \
    {                                                                                              \
        name ", on threads", RUN THREADS SLOWLY RETAIN setting " " scenario LEFT, 0, left, ""      \
    }

/* Gives a state file of plain/ another name in the metadata of the copy led/: $AT is its offset. */
#define RENAMED(name)                                                                              \
    "rm -rf led; cp -r plain/*/chk-5 led && F=$(ls led | grep -v _metadata | head -1) && "         \
    "AT=$(LC_ALL=C grep -abo $F led/_metadata | cut -d : -f 1) && "                                \
    "LC_ALL=C sed \"s|$F|" name "|\" plain/*/chk-5/_metadata >led/_metadata; "

static const struct cli_row rows[] = {
    {"a report says where they are",
     "$S run finished.yaml --overwrite --out out | sed \"s|$PWD|HERE|\"", 0,
     "\nSnapshots on the disk:\n  savepoint 5: HERE/out/sp/savepoint-", NULL},
    RETAINED("a finished job leaves none", "RETAIN_ON_CANCELLATION", "finished.yaml",
             "cp shared taskowned sp savepoint-\n"),
    RETAINED("a failed one none by default", "NO_EXTERNALIZED_CHECKPOINTS", "failed.yaml",
             "cp shared taskowned sp savepoint-\n"),
    RETAINED("but as many as are retained if asked to", "DELETE_ON_CANCELLATION", "failed.yaml",
             "cp chk-3 chk-5 shared taskowned sp savepoint-\n"),
    RETAINED("and so here", "RETAIN_ON_CANCELLATION", "failed.yaml",
             "cp chk-3 chk-5 shared taskowned sp savepoint-\n"),
    RETAINED("a cancelled one leaves none", "DELETE_ON_CANCELLATION", "cancelled.yaml",
             "cp shared taskowned sp savepoint-\n"),
    RETAINED("unless it is to", "RETAIN_ON_CANCELLATION", "cancelled.yaml",
             "cp chk-3 chk-4 shared taskowned sp savepoint-\n"),
    {"checkpoints that were aborted leave nothing",
     RUN KEEP IN_FILES TOLERANT
     "-D execution.checkpointing.num-retained=20 aborted.yaml"
     " --set source.rate=1000/s >stdout1; grep -c checkpoint_aborted out/trace.jsonl; ls out/cp/*/",
     0, "2\nshared\n", ""},
    {"stopped in the middle",
     "sed 's/^operators/until: 240 ms\\nexpect: {job: RUNNING}\\n&/' "
     "aborted.yaml >cut.yaml; " RUN IN_FILES TOLERANT
     "-D execution.checkpointing.num-retained=20 cut.yaml >/dev/null; (cd out; echo $(ls cp/*/))",
     0, "chk-1 chk-3 chk-5 shared taskowned\n", ""},

    {"names of files follow from the seed",
     "mkdir fixed && " RUN KEEP IN_FILES TOLERANT HERE
     "-D execution.checkpointing.num-retained=9 cut.yaml >/dev/null; ls fixed",
     0, "chk-1\nchk-3\nchk-5\n", ""},
    {"a state that cannot be written is declined",
     "F=$(ls fixed/chk-3 | head -1) && rm -r fixed && mkdir -p fixed/chk-3/$F && " RUN KEEP IN_FILES
         TOLERANT HERE "whole.yaml && grep write_refused -A1 out/trace.jsonl",
     0, "reason\":\"CHECKPOINT_ASYNC_EXCEPTION", "s: checkpoint 3 failed: cannot open "},
    {"of the others nothing is left", "ls fixed/chk-3/* -d | wc -l; ls fixed", 0, "1\nchk-3\n", ""},
    {"on threads, too", RUN THREADS SLOWLY KEEP IN_FILES TOLERANT HERE "whole.yaml && ls fixed", 0,
     "\nchk-3\n", ": Is a directory"},
    {"metadata that cannot be written fail the completion",
     "rm -r fixed && mkdir fixed && touch fixed/chk-2 && " RUN KEEP IN_FILES TOLERANT HERE
     "whole.yaml && grep checkpoint_aborted out/trace.jsonl",
     0, "FINALIZE_CHECKPOINT_FAILURE", "s: checkpoint 2 failed: "},
    {"a failure that is not tolerated restarts the job",
     RUN KEEP IN_FILES HERE "whole.yaml && grep '\"failover\"' out/trace.jsonl", 0,
     "too many failed checkpoints", "Not a directory"},
    {"a directory that cannot be made ends the run",
     "rm -r fixed && touch fixed && " RUN KEEP HERE "whole.yaml", 4, NULL,
     "snapsim: cannot make the directory "},

    {"flipped bits",
     "sed s/KIND/flipped/ damaged.yaml >d.yaml; " RUN RETAIN "DELETE_ON_CANCELLATION " IN_FILES
     "d.yaml && grep -c 'snapshot corrupt' out/trace.jsonl",
     0, "1\n", ": offset 4: a keyed state file has the version 6, not -7"},
    {"are there for later runs, too", "cp -r out/cp before; $S run whole.yaml -s out/cp/*/chk-3", 2,
     "", ": offset 4: a keyed state file has the version 6, not -7"},
    {"and for inspection", "$S inspect out/cp/*/chk-3", 2, "", "version"},
    {"which changes nothing", "diff -r before out/cp && rm -r before && ls -d job 2>/dev/null", 2,
     "", NULL},
    {"a torn file",
     "sed s/KIND/torn/ damaged.yaml >d.yaml; " RUN RETAIN "DELETE_ON_CANCELLATION " IN_FILES
     "d.yaml >/dev/null; $S restore-check whole.yaml -s "
     "out/cp/*/chk-3",
     2, "the file ends; expected ", "the file ends; expected "},
    {"a missing file, on threads",
     "sed s/KIND/missing/ damaged.yaml >d.yaml; " RUN THREADS SLOWLY RETAIN
     "DELETE_ON_CANCELLATION " IN_FILES "d.yaml && grep -c 'file missing' out/trace.jsonl",
     0, "1\n", "this file of the snapshot is missing; expected "},
    {"inside the metadata",
     "sed s/KIND/flipped/ damaged.yaml >d.yaml; " RUN RETAIN "DELETE_ON_CANCELLATION d.yaml", 0,
     NULL, "_metadata, in the state from offset "},
    {"the one before is whole",
     "$S run whole.yaml --quiet --overwrite --out next -s "
     "out/cp/*/chk-2",
     0, "counter  state     0       0      -      0 ", ""},

    {"on the same machine files are found",
     "sed 's/WHO/\"counter[1]\"/' local.yaml >l.yaml; " RUN IN_FILES KEEP "l.yaml", 0, NULL, ""},
    {"on another one they are not",
     "(sed 's/WHO/\"tm[1]\"/' local.yaml; echo 'expect: {job: FAILED, lost: \">= 0\"}') "
     ">m.yaml; " RUN IN_FILES KEEP "m.yaml && grep -c 'file missing' out/trace.jsonl",
     0, "2\n", "/taskmanager-1/"},
    {"each machine has its own", "(cd out/cp; echo $(ls); ls jobmanager/*/chk-3)", 0,
     "jobmanager taskmanager-0 taskmanager-1\n_metadata\n", ""},
    {"nor are they by a later run", "$S run whole.yaml -s out/cp/jobmanager/*/chk-3", 2, "",
     "is missing; expected "},
    {"small states lie in the metadata",
     "sed '/^expect/d' m.yaml >n.yaml; " RUN KEEP "n.yaml && ls out/cp", 0, "\njobmanager\n", ""},
    {"threads do the same", RUN THREADS SLOWLY IN_FILES KEEP "m.yaml", 0, NULL, "/taskmanager-1/"},
    {"without a directory there is nothing to share",
     "grep -v checkpointing.dir n.yaml >o.yaml; " RUN "o.yaml", 0, NULL, "note: storage.shared"},

    {"the JobManager's memory writes metadata alone",
     "sed s/KEYS/20/ memory.yaml >small.yaml; " RUN "small.yaml >/dev/null; "
     "(cd out; echo $(find cp -type f | cut -d / -f 3-))",
     0, "chk-5/_metadata\n", ""},
    {"that a job starts from",
     "sed '/^until/d; /^expect/d' small.yaml >on.yaml; $S run --quiet "
     "--overwrite --out next on.yaml -s out/cp/*/chk-5",
     0, "n      state     0       0", ""},
    {"and takes 5 mb of a state",
     "sed s/KEYS/100/ memory.yaml >large.yaml; " RUN "large.yaml && grep checkpoint_aborted "
     "out/trace.jsonl",
     0, "CHECKPOINT_ASYNC_EXCEPTION", NULL},
    {"of whose state it was, and of how much",
     "$S run --overwrite --out out --trace checkpoints large.yaml | tr -s '\\n ' ' ' && "
     "grep state_too_large out/trace.jsonl | grep -v limit_bytes.:5242880; "
     "grep -c '\"limit\": 5242880' out/summary.json",
     0,
     " Too large at checkpoint 2: the state of \"n\" in n[0] had 6.54 MB, and the JobManager keeps "
     "at most 5.00 MB of one state; 4 checkpoints failed of it ",
     ""},
    {"which is why", "COLUMNS=200 $S explain out 2 | tr -s '\\n ' ' '", 0,
     "Verdict The storage: the state of \"n\" in n[0] had 6.54 MB, and the JobManager keeps at "
     "most "
     "5.00 MB of one state. execution.checkpointing.storage: filesystem, ",
     ""},
    {"smaller ones are told of nothing", RUN "small.yaml | grep -c 'Too large'", 1, "0\n", ""},
    {"on threads, too", RUN THREADS "large.yaml && grep checkpoint_aborted out/trace.jsonl", 0,
     "CHECKPOINT_ASYNC_EXCEPTION", NULL},
    {"a storage that nobody chose takes more and says so",
     "grep -v 'checkpointing.storage\\|checkpointing.dir' large.yaml >any.yaml; " RUN
     "any.yaml 2>stderr1 >/dev/null; cat stderr1 >&2; grep -c checkpoint_completed out/trace.jsonl",
     0, "5\n",
     "s: the state of \"n\" in n[0] had 6.54 MB at checkpoint 2, more than the 5 MB that Flink's "
     "JobManager storage takes of one state: without a directory Flink would fail this checkpoint. "
     "Choose execution.checkpointing.storage: "},
    {"once", "grep -c 'note: ' stderr1", 0, "1\n", ""},
    {"on threads, too", RUN THREADS "any.yaml 2>&1 >/dev/null | grep -c 'JobManager storage takes'",
     0, "1\n", ""},
    {"and of small states nothing",
     RUN "any.yaml --set in.keys=20 2>&1 >/dev/null | grep -c 'JobManager storage takes'", 1, "0\n",
     ""},
    {"nor in a directory",
     RUN "any.yaml -D execution.checkpointing.dir=cp 2>&1 >/dev/null | grep -c note", 1, "0\n", ""},

    {"a compressed checkpoint",
     "sed 's/^operators/until: 240 ms\\nexpect: {job: RUNNING}\\n&/' "
     "whole.yaml >cut.yaml; " RUN IN_FILES "cut.yaml >/dev/null; cp -r out/cp plain; " RUN IN_FILES
     "-D execution.checkpointing.snapshot-compression=true cut.yaml >/dev/null; "
     "$S inspect out/cp/*/chk-5",
     0, "native, snappy", ""},
    {"has the same states", "$S diff plain/*/chk-5 out/cp/*/chk-5", 0, "Their states are the same",
     ""},
    {"settings say the same as options",
     "$S run whole.yaml --overwrite --out next -D execution.state-recovery.path=$(ls -d "
     "out/cp/*/chk-5) | grep Started",
     0, "chk-5", ""},
    {"also what becomes of the snapshot",
     "cp -r out/cp/* mine && $S run whole.yaml --quiet --overwrite --out next -D "
     "execution.state-recovery.claim-mode=CLAIM -D execution.state-recovery.path=mine/chk-5 "
     ">/dev/null && ls mine",
     0, "chk-4\nshared\n", ""},
    {"and of state that nobody takes",
     "grep -v 'uid: sink' whole.yaml | sed 's/type: count,/type: tally,/' >less.yaml; "
     "$S run less.yaml --quiet --overwrite --out next -s out/cp/*/chk-5",
     2, "", "sink"},
    {"if it is to be dropped",
     "$S run less.yaml --quiet --overwrite --out next -s out/cp/*/chk-5 -D "
     "execution.state-recovery.ignore-unclaimed-state=true >/dev/null",
     0, "", NULL},
    {"which others go on from",
     "$S run whole.yaml --quiet --overwrite --out next -s "
     "out/cp/*/chk-5",
     0, "counter  state     0       0      -      0 ", ""},

    {"a name that leads out has an offset",
     RENAMED("../${F#???}") "$S run whole.yaml --overwrite --out next -s led 2>err; "
                            "grep -c \"led/_metadata: offset $AT: the name of a file leads out of "
                            "its directory\" err",
     0, "1\n", ""},
    {"a file that it names is left, which is said", "$S savepoint -d led && ls led | wc -l", 0,
     "1 file outside of its directory may be used by other snapshots and stays there.\n", ""},
    {"a name that is damaged has one, too",
     RENAMED("X${F#?}") "$S inspect led --state counter 2>err; "
                        "grep -c \"missing; expected .* bytes; named at offset $AT of the "
                        "metadata\" err",
     0, NULL, ""},
};

/* Timelines of savepoints: of which the run says that they are kept in memory alone. */
#define TIMES(times, options)                                                                      \
    "(cat whole.yaml; echo 'timeline: [" times "]') >named.yaml; " RUN options                     \
    " named.yaml >/dev/null; ls -d out/DIR/* 2>/dev/null | wc -l"
#define IN_MEMORY                                                                                  \
    ": note: savepoint \"DIR\" is kept in memory only, by this name; for files of it "             \
    "write ./DIR, or set execution.checkpointing.savepoint-dir\n"

static const struct cli_row named[] = {
    {"a word is a name", TIMES("{at: 90 ms, savepoint: DIR, format: canonical}", ""), 0, "0\n",
     "named.yaml:12:35" IN_MEMORY},
    {"with its format", TIMES("{at: 90 ms, savepoint: DIR native}", ""), 0, "0\n", IN_MEMORY},
    {"when it stops the job", TIMES("{at: 90 ms, stop-with-savepoint: DIR}", ""), 0, "0\n",
     IN_MEMORY},
    {"when it cancels it", TIMES("{at: 90 ms, cancel-with-savepoint: DIR}", ""), 0, "0\n",
     IN_MEMORY},
    {"another is started from",
     TIMES("{at: 90 ms, savepoint: DIR}, {at: 120 ms, stop-with-savepoint: b}, "
           "{at: 200 ms, restart-from: b}",
           ""),
     0, "0\n", IN_MEMORY},
    {"this one is",
     TIMES("{at: 90 ms, stop-with-savepoint: DIR}, {at: 200 ms, restart-from: DIR}", ""), 0, "0\n",
     ""},
    {"a slash makes it a directory", TIMES("{at: 90 ms, savepoint: ./DIR}", ""), 0, "1\n", ""},
    {"there is one for all",
     TIMES("{at: 90 ms, savepoint: a}", "-D execution.checkpointing.savepoint-dir=DIR"), 0, "1\n",
     ""},
    {"checkpoints have no files either",
     "grep -v checkpointing.dir whole.yaml >bare.yaml && cp bare.yaml whole.yaml; " TIMES(
         "{at: 90 ms, savepoint: DIR}", ""),
     0, "0\n", ""},
};

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("whole.yaml", whole);
    cli_write_file("finished.yaml", finished);
    cli_write_file("failed.yaml", failed);
    cli_write_file("cancelled.yaml", cancelled);
    cli_write_file("aborted.yaml", aborted);
    cli_write_file("damaged.yaml", damaged);
    cli_write_file("local.yaml", local);
    cli_write_file("memory.yaml", memory);
    return 0;
}

static void test_rows(void **state)
{
    (void)state;
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_named(void **state)
{
    (void)state;
    cli_run_rows(named, sizeof(named) / sizeof(named[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_named),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
