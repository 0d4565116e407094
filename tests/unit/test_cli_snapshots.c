// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots on disk as a user has them: what lies where, what stays, and runs that start from it.
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

#define CONFIG(more)                                                                               \
    "config:\n"                                                                                    \
    "  execution.checkpointing.interval: 100 ms\n"                                                 \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"        \
    "  parallelism.default: 2\n" more

#define JOB                                                                                        \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [400, 400], rate: 1000/s}\n"                           \
    "  - {uid: map, type: map, function: word 23, input: source}\n"                                \
    "  - {uid: counter, type: count, input: map, ship: hash}\n"                                    \
    "  - {uid: sink, type: tally, input: counter}\n"

/* Stopped in its middle, after two savepoints. */
static const char cut[] = "name: job\nuntil: 450 ms\nexpect: {job: RUNNING}\n" CONFIG("") JOB
    "timeline:\n"
    "  - {at: 230 ms, savepoint: sp/canonical, format: canonical}\n"
    "  - {at: 260 ms, savepoint: sp/native native}\n";

static const char whole[] = "name: job\n" CONFIG("") JOB;

/* The same on an older Flink, cancelled. */
static const char old[] = "name: job\nflink-version: 1.20\nexpect: {job: CANCELED}\n" CONFIG("") JOB
    "timeline: [{at: 300 ms, cancel-with-savepoint: sp/old}]\n";

/* Splits by parallelism, sums, a crash after the restore, a list as sink. */
static const char sums[] = "name: sums\n" CONFIG(
    "  restart-strategy.type: fixed-delay\n") "operators:\n"
                                              "  - {uid: in, type: sequence, count: 900, keys: 7, "
                                              "rate: 1000/s}\n"
                                              "  - {uid: total, type: sum, input: in, ship: hash}\n"
                                              "  - {uid: out, type: collect, input: total}\n";

static const char sums_cut[] = "name: sums\nuntil: 450 ms\nexpect: {job: RUNNING}\n" CONFIG(
    "") "operators:\n"
        "  - {uid: in, type: sequence, count: 900, keys: 7, rate: 1000/s}\n"
        "  - {uid: total, type: sum, input: in, ship: hash}\n"
        "  - {uid: out, type: collect, input: total}\n";

#define PRESSED                                                                                    \
    "config:\n"                                                                                    \
    "  parallelism.default: 2\n"                                                                   \
    "  taskmanager.memory.segment-size: 4 kb\n"                                                    \
    "  execution.checkpointing.interval: 200 ms\n"                                                 \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "  execution.checkpointing.unaligned.enabled: true\n"                                          \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [900, 910]}\n"                                         \
    "  - {uid: map, type: mapped, modulo: 10, input: source, ship: rebalance}\n"                   \
    "  - {uid: slow, type: count-sum, input: map, ship: hash, cost: 1 ms}\n"

static const char pressed[] = "name: pressed\n" PRESSED;
static const char pressed_cut[] = "name: pressed\nuntil: 500 ms\nexpect: {job: RUNNING}\n" PRESSED;

/* Words with their numbers as pairs, rules that all subtasks have. */
#define RULED                                                                                      \
    "config:\n"                                                                                    \
    "  parallelism.default: 2\n"                                                                   \
    "  execution.checkpointing.interval: 100 ms\n"                                                 \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [400, 400], rate: 1000/s}\n"                           \
    "  - {uid: map, type: map, function: word 23, input: source}\n"                                \
    "  - {uid: rules, type: numbers, ends: [6], rate: 10/s, parallelism: 1}\n"                     \
    "  - {uid: rule-map, type: map, function: rule, input: rules, parallelism: 1}\n"               \
    "  - {uid: tagger, type: broadcast-rules,\n"                                                   \
    "     inputs: [{uid: map, ship: forward}, {uid: rule-map, ship: broadcast}]}\n"                \
    "  - {uid: counter, type: count, input: tagger, ship: hash}\n"                                 \
    "  - {uid: sink, type: tally, input: counter}\n"

static const char ruled[] = "name: ruled\n" RULED;
static const char ruled_cut[] = "name: ruled\nuntil: 350 ms\nexpect: {job: RUNNING}\n" RULED;

static const char fewer[] = "name: fewer\n"
                            "operators:\n"
                            "  - {uid: source, type: numbers, ends: [400, 400]}\n"
                            "  - {uid: sink, type: tally, input: source}\n";

static const char grouped[] = "name: grouped\n" CONFIG("  pipeline.max-parallelism: 64\n") JOB;

#define FLINKS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots"
#define SHARING FLINKS "/f23-j1-rocksdb-incr/snapshot"
#define FIRST_JOB "b4a94782696381304d2c7023c879ce9d"
#define NEXT_JOB "0123456789abcdef0123456789abcdef"
#define FROM(what) "-s $(ls -d " what ") --quiet --overwrite --out next"
#define TWICE(at)                                                                                  \
    "printf 'timeline: [{at: " at ", restart-from: latest-checkpoint}]\\n' | cat whole.yaml - "    \
    ">twice.yaml && "
#define EXACT "counter  state     0       0      -      0       -        0"

static const struct cli_row rows[] = {
    {"what an uninterrupted run comes to",
     "$S run whole.yaml --out whole --quiet && cp whole/state/counter.tsv . && wc -l <counter.tsv",
     0, "23", ""},
    {"a finished job leaves no checkpoint", "ls whole/cp/*", 0, "shared\n", NULL},
    {"none at all", "ls -d whole/cp/*/chk-*", 2, "", NULL},
    {"a job that was stopped in its middle", "$S run cut.yaml --out cut", 0,
     "State backend: hashmap\nCheckpoint storage: filesystem, checkpoints in cp (in the run's "
     "folder)\n",
     ""},
    {"leaves the newest checkpoint", "ls -d cut/cp/*/chk-* | wc -l", 0, "1\n", ""},
    {"small states are part of its metadata", "ls cut/cp/*/chk-*", 0, "_metadata\n", ""},
    {"savepoints have directories of their own",
     "ls -d cut/sp/canonical/savepoint-*-* cut/sp/native/savepoint-*-* | wc -l", 0, "2\n", ""},
    {"the same run has the same files",
     "$S run cut.yaml --out again --quiet && diff -r cut/cp again/cp && diff -r cut/sp again/sp", 0,
     NULL, ""},
    {"a directory changes nothing else",
     "grep -v checkpointing.dir cut.yaml >nowhere.yaml && $S run nowhere.yaml --out nowhere "
     "--quiet "
     "&& cmp nowhere/trace.jsonl cut/trace.jsonl && test ! -e nowhere/cp",
     0, NULL, ""},
    {"on from the checkpoint", "$S run whole.yaml " FROM("cut/cp/*/chk-*"), 0, EXACT, ""},
    {"to the same counts", "cmp next/state/counter.tsv counter.tsv", 0, "", ""},
    {"with another parallelism", "$S run whole.yaml -p 3 " FROM("cut/cp/*/chk-*"), 0, EXACT, ""},
    {"to the same counts", "cmp next/state/counter.tsv counter.tsv", 0, "", ""},
    {"from its _metadata, by a URI, on threads",
     "$S run whole.yaml -p 1 --runtime threads --quiet --overwrite --out next "
     "-s file://$PWD/$(ls cut/cp/*/chk-*/_metadata)",
     0, EXACT, ""},
    {"to the same counts", "cmp next/state/counter.tsv counter.tsv", 0, "", ""},
    {"from the canonical savepoint",
     "$S run whole.yaml -p 4 " FROM("cut/sp/canonical/*") " && cmp next/state/counter.tsv "
                                                          "counter.tsv",
     0, EXACT, ""},
    {"from the native savepoint",
     "$S run whole.yaml -p 1 " FROM("cut/sp/native/*") " && cmp next/state/counter.tsv counter.tsv",
     0, EXACT, ""},
    {"in files instead of the metadata",
     "$S run cut.yaml --out files --quiet -D execution.checkpointing.data-inline-threshold=0 && "
     "ls files/cp/*/chk-* | wc -l",
     0, "7\n", ""},
    {"on from them",
     "$S run whole.yaml -p 3 " FROM("files/cp/*/chk-*") " && cmp next/state/counter.tsv "
                                                        "counter.tsv",
     0, EXACT, ""},
    {"as Flink 1.20 writes them", "$S run old.yaml --out old --quiet", 0, "Verdict", ""},
    {"a cancelled job keeps its checkpoint", "ls -d old/cp/*/chk-*", 0, "chk-", ""},
    {"2.3 reads that, too",
     "$S run whole.yaml " FROM("old/sp/old/*") " && cmp next/state/counter.tsv counter.tsv", 0,
     EXACT, ""},
    {"without checkpoints",
     "$S run whole.yaml -D execution.checkpointing.interval=null " FROM(
         "old/sp/old/*") " && cmp next/state/counter.tsv counter.tsv",
     0, EXACT, ""},
    {"a snapshot that is started from stays as it is",
     "diff -r cut/cp again/cp && diff -r cut/sp again/sp", 0, "", ""},
    {"unless it is claimed",
     "$S run whole.yaml -cm CLAIM -s $(ls -d again/cp/*/chk-*) --overwrite --out next --quiet && "
     "ls again/cp/*/",
     0, NULL, ""},
    {"then it goes with the next checkpoint", "ls -d again/cp/*/chk-*", 2, "", NULL},
    {"also in a job that writes none",
     "cp -r cut/cp theirs4 && $S run whole.yaml -D execution.checkpointing.dir=null -cm CLAIM "
     "-s $(ls -d theirs4/*/chk-*) --overwrite --out next --quiet && ! ls -d theirs4/*/chk-* "
     "2>/dev/null",
     0, NULL, ""},
    {"an older name of an option, and its warning",
     "$S run whole.yaml -rm LEGACY " FROM("cut/cp/*/chk-*"), 0, EXACT,
     "Warning: The LEGACY restore mode is deprecated, please use CLAIM or NO_CLAIM mode instead."},
    {"which the job has not left behind: when it has finished it is no checkpoint of its own",
     TWICE("2 s") "$S run twice.yaml -D execution.checkpointing.num-retained=20 -cm LEGACY " FROM(
         "cut/cp/*/chk-*"),
     2, NULL, "there is no latest-checkpoint to restart from: the job has finished"},
    {"nor when it was cancelled and none of its own stays",
     "$S run twice.yaml -D execution.checkpointing.num-retained=20 -cm LEGACY --set "
     "source.rate=100/s "
     "-D "
     "execution.checkpointing.externalized-checkpoint-retention=NO_EXTERNALIZED_CHECKPOINTS " FROM(
         "cut/cp/*/chk-*"),
     2, NULL, "there is no latest-checkpoint to restart from: the job was cancelled"},
    {"nor when there was none, only a savepoint",
     "sed 's/.*checkpointing.interval.*//' whole.yaml >never.yaml && "
     "printf 'timeline: [{at: 100 ms, savepoint: a}, {at: 200 ms, restart-from: "
     "latest-checkpoint}]\\n' >>never.yaml && $S run never.yaml --overwrite --out next --quiet",
     2, NULL, "there is no latest-checkpoint to restart from: the job had completed no checkpoint"},
    {"but where it goes on from if none of its own was complete",
     TWICE("8 ms") "$S run twice.yaml -cm LEGACY " FROM(
         "cut/cp/*/chk-*") " && cmp next/state/counter.tsv counter.tsv && "
                           "grep -c '\"restored\".*\"counter.*\"attempt\":1' next/trace.jsonl",
     0, "2\n", NULL},
    {"it is called otherwise today", "$S run whole.yaml -rm NO_CLAIM " FROM("cut/cp/*/chk-*"), 0,
     EXACT, "The option 'restoreMode' is deprecated. Please use 'claimMode' instead.\n"},
    {"without a claim the first checkpoint is a full one, and only that",
     "$S run whole.yaml " FROM(
         "cut/cp/*/chk-*") " >said && "
                           "grep -c 'checkpoint_triggered.*\"Full Checkpoint\"' next/trace.jsonl",
     0, "1\n", ""},
    {"also after a failure that no checkpoint came before",
     "printf 'timeline: [{at: 8 ms, crash: \"counter[0]\"}]\n' | cat whole.yaml - >early.yaml && "
     "$S run early.yaml -D restart-strategy.type=fixed-delay " FROM(
         "cut/cp/*/chk-*") " >said; grep -c 'checkpoint_triggered.*\"Full Checkpoint\"' "
                           "next/trace.jsonl",
     0, "2\n", ""},
    {"with a claim none is",
     "cp -r cut/cp theirs && $S run whole.yaml -cm CLAIM -s $(ls -d theirs/*/chk-*) --overwrite "
     "--out next >said && grep 'checkpoint_triggered.*\"Full Checkpoint\"' next/trace.jsonl",
     1, "", ""},
    {"as the settings have it",
     "cp -r cut/cp theirs2 && $S run whole.yaml -D execution.state-recovery.claim-mode=CLAIM "
     "-s $(ls -d theirs2/*/chk-*) --overwrite --out next --quiet; ls theirs2/*/",
     0, NULL, ""},
    {"which removed it", "ls -d theirs2/*/chk-*", 2, "", NULL},
    {"the command line comes before them",
     "cp -r cut/cp theirs3 && $S run whole.yaml -D execution.state-recovery.claim-mode=CLAIM "
     "-cm NO_CLAIM -s $(ls -d theirs3/*/chk-*) --overwrite --out next --quiet; ls theirs3/*/",
     0, "chk-", ""},
    {"state of nobody is dropped if the settings say so",
     "$S run fewer.yaml -D execution.state-recovery.ignore-unclaimed-state=true " FROM(
         "cut/cp/*/chk-*"),
     0, "sink", ""},
    {"state of nobody is refused", "$S run fewer.yaml " FROM("cut/cp/*/chk-*"), 2, "",
     "which the new job does not have"},
    {"before anything is written",
     "rm -rf next; $S run fewer.yaml " FROM("cut/cp/*/chk-*") "; ls next", 2, "", NULL},
    {"dropped state is listed",
     "$S run fewer.yaml -n -s $(ls -d cut/cp/*/chk-*) --overwrite --out next | "
     "grep -A1 '^Dropped: '",
     0, "Dropped: operator counter", ""},
    {"by the check, too", "$S restore-check fewer.yaml -n -s $(ls -d cut/cp/*/chk-*)", 0,
     "The job can start from it, without the state of 1 operator.\n", ""},
    {"or dropped", "$S run fewer.yaml -n " FROM("cut/cp/*/chk-*"), 0, "sink", ""},
    {"other key groups are refused", "$S run grouped.yaml " FROM("cut/cp/*/chk-*"), 2, "",
     "with max-parallelism 128, the new job has 64"},
    {"key groups that are left open become the snapshot's",
     "$S run grouped.yaml --out grouped --quiet -D execution.checkpointing.savepoint-dir=sp && "
     "sed 's/^until.*//;s/^expect.*//' cut.yaml >open.yaml && "
     "$S run cut.yaml -D pipeline.max-parallelism=64 --out narrow --quiet && "
     "$S run whole.yaml " FROM("narrow/cp/*/chk-*") " && cmp next/state/counter.tsv counter.tsv",
     0, EXACT, ""},
    {"a snapshot that is cut off is told by file and offset",
     "cp -r files/cp torn && f=$(ls torn/*/chk-*/* | grep -v _metadata | head -n 1) && "
     "truncate -s 100 $f && $S run whole.yaml " FROM("torn/*/chk-*"),
     2, "", ": offset 100: the file ends; expected "},
    {"what a newer Flink wrote is nothing to an older one",
     "$S run old.yaml " FROM("cut/cp/*/chk-*"), 2, "",
     "_metadata: offset 4: metadata of version 6 is not known to the Flink of this job, which "
     "reads "
     "versions up to 4"},
    {"a directory without metadata is none",
     "rm torn/*/chk-*/_metadata && $S run whole.yaml " FROM("torn/*/chk-*"), 2, "",
     "there is no _metadata in this directory: it is no snapshot, or one that was not"},
    {"sums and splits that follow the parallelism",
     "$S run sums.yaml --out sums --quiet && cp sums/state/total.tsv . && "
     "$S run sums-cut.yaml --out sums-cut --quiet",
     0, "Verdict", ""},
    {"at another one, with a crash on the way",
     "printf 'timeline: [{at: 150 ms, crash: \"total[0]\"}]\\n' >>sums.yaml && "
     "$S run sums.yaml -p 3 " FROM("sums-cut/cp/*/chk-*") " && cmp next/state/total.tsv total.tsv",
     0, "total  state     0       0      -      0       -        0", ""},
    {"a source with fewer splits",
     "sed 's/keys: 7/keys: 7, splits: 1/' sums.yaml >split.yaml && "
     "$S run split.yaml " FROM("sums-cut/cp/*/chk-*"),
     2, "",
     "the snapshot has split 1 (counted from 0) of the source \"in\", which has 1 split in this "
     "job: "
     "give it as many splits as it had"},
    {"a kept operator that takes nothing starts empty",
     "sed 's/type: sum/type: count/' sums.yaml >counted.yaml && "
     "$S restore-check counted.yaml -s $(ls -d sums-cut/cp/*/chk-*) | tr -s ' '",
     0, " total 2 2 128 starts empty\n", ""},
    {"which is said at the end", "$S restore-check counted.yaml -s $(ls -d sums-cut/cp/*/chk-*)", 0,
     "\nThe job can start from it, without the state of 1 operator.\n", ""},
    {"and among those that do",
     "$S restore-check counted.yaml --json -s $(ls -d sums-cut/cp/*/chk-*) | grep -A1 starts_empty",
     0, "\"total\"", ""},
    {"nothing of it is taken for granted",
     "$S run counted.yaml " FROM("sums-cut/cp/*/chk-*") " >said; grep -c 'Taken for granted' said",
     1, "0\n", ""},
    {"from a snapshot that was taken after a restore",
     "sed 's/^timeline.*//;s/^name.*/name: sums\\nuntil: 200 ms\\nexpect: {job: RUNNING}/' "
     "sums.yaml "
     ">sums-on.yaml && $S run sums-on.yaml -p 3 -s $(ls -d sums-cut/cp/*/chk-*) --out sums-on "
     "--quiet && $S run sums.yaml -p 1 " FROM(
         "sums-on/cp/*/chk-*") " && "
                               "cmp next/state/total.tsv total.tsv",
     0, "total  state     0       0      -      0       -        0", ""},
    {"what a start from files forgets is named",
     "(sed 's/^timeline.*//' sums.yaml; echo 'sabotage: [forget-state]') >sums-lost.yaml && "
     "$S run sums-lost.yaml -p 3 " FROM("sums-cut/cp/*/chk-*"),
     1, "total  state     0       0      -      7", "oracle state objects"},
    {"records in flight",
     "$S run pressed.yaml --out pressed --quiet && cp pressed/state/slow.tsv . && "
     "$S run pressed-cut.yaml --out pressed-cut --quiet -D "
     "execution.checkpointing.data-inline-threshold=0",
     0, "Verdict", ""},
    {"go on where they were",
     "$S run pressed.yaml " FROM("pressed-cut/cp/*/chk-*") " && cmp next/state/slow.tsv slow.tsv",
     0, "slow   state     0       0      -      0       -        0", ""},
    {"or with whom their keys are now",
     "$S run pressed.yaml -p 3 " FROM("pressed-cut/cp/*/chk-*") " && cmp next/state/slow.tsv "
                                                                "slow.tsv",
     0, "slow   state     0       0      -      0       -        0", ""},
    {"on threads too",
     "$S run pressed.yaml -p 1 --runtime threads " FROM(
         "pressed-cut/cp/*/chk-*") " && cmp next/state/slow.tsv slow.tsv",
     0, "slow   state     0       0      -      0       -        0", ""},
    {"into a job whose own checkpoints are aligned",
     "$S run pressed.yaml -p 3 -D execution.checkpointing.unaligned.enabled=false " FROM(
         "pressed-cut/cp/*/chk-*") " && cmp next/state/slow.tsv slow.tsv",
     0, "slow   state     0       0      -      0       -        0", ""},
    {"or at least once",
     "$S run pressed.yaml -D execution.checkpointing.mode=AT_LEAST_ONCE " FROM(
         "pressed-cut/cp/*/chk-*") " && cmp next/state/slow.tsv slow.tsv",
     0, "slow   state     0       0      -      0       -        0", NULL},
    {"or that has none",
     "$S run pressed.yaml -D execution.checkpointing.interval=null " FROM(
         "pressed-cut/cp/*/chk-*") " && cmp next/state/slow.tsv slow.tsv",
     0, "slow   state     0       0      -      0       -        0", "there are no periodic"},
    {"broadcast state",
     "$S run ruled.yaml --out ruled --quiet && cp ruled/state/tagger.tsv . && "
     "$S run ruled-cut.yaml --out ruled-cut --quiet",
     0, "Verdict", ""},
    {"reaches new subtasks",
     "$S run ruled.yaml -p 3 " FROM(
         "ruled-cut/cp/*/chk-*") " && cmp next/state/counter.tsv "
                                 "counter.tsv && sort -u tagger.tsv >one && sort -u "
                                 "next/state/tagger.tsv | cmp - one",
     0, NULL, ""},
    {"a state that is too large for the JobManager's memory",
     "$S run cut.yaml --out large --quiet -D execution.checkpointing.storage=jobmanager "
     "--set counter.record-size=1mb; grep -c CHECKPOINT_ASYNC_EXCEPTION large/trace.jsonl",
     0, NULL, NULL},
    {"what would become of it", "$S restore-check whole.yaml -p 3 -s $(ls -d cut/cp/*/chk-*)", 0,
     "The job can start from it.", ""},
    {"state by state", "$S restore-check whole.yaml -s $(ls -d cut/cp/*/chk-*)", 0,
     "SourceReaderState", ""},
    {"what is refused is told with all else",
     "$S restore-check fewer.yaml -s $(ls -d cut/cp/*/chk-*)", 2, "nobody takes it", NULL},
    {"records in flight are counted",
     "$S restore-check pressed.yaml -p 1 -s $(ls -d pressed-cut/cp/*/chk-*)", 0,
     " to slow (2 subtasks, now 1)\n    slow[0] reads ", ""},
    {"operators that had nothing but data in flight are dropped by name, too",
     "sed 's/.*uid: slow.*input: map/  - {uid: same, type: pass-through, input: map, ship: "
     "rebalance, cost: 2 ms}\\n  - {uid: slow, type: count-sum, input: same/' pressed-cut.yaml "
     ">same.yaml && $S run same.yaml --out same --quiet >/dev/null && "
     "printf 'config: {parallelism.default: 2}\\noperators:\\n  - {uid: a, type: numbers, "
     "ends: [9, 9]}\\n  - {uid: b, type: discard, input: a}\\n' >none.yaml && "
     "$S run none.yaml -n -s $(ls -d same/cp/*/chk-*) --overwrite --out next",
     0, "Dropped: operator same, which this job does not have: data in flight\n", ""},
    {"what has no name is told in words",
     "sed 's/uid: slow/uid: fast/' same.yaml | sed '/^until/d;/^expect/d' >fast.yaml; "
     "$S restore-check fast.yaml -n -s $(ls -d same/cp/*/chk-*)",
     2, " 128  none, but data in flight\n", ""},
    {"it writes nothing", "ls out", 2, "", NULL},
    {"disposing of one and another", "$S savepoint -d files/cp/*/chk-* files", 1, "",
     "\"files\" is too much"},
    {"by either name", "$S savepoint -d files/cp/*/chk-* --dispose files", 1, "",
     "-d and --dispose exclude each other"},
    {"a metadata file in the current directory goes with it",
     "cp -r $(ls -d files/cp/*/chk-*) here && cd here && mv _metadata m && $S savepoint -d m && "
     "cd .. && ls here",
     2, "Disposing savepoint 'm'.\n", NULL},
    {"so does what a link leads to",
     "cp -r $(ls -d files/cp/*/chk-*) there && ln -s there link && $S savepoint -d link && "
     "ls there",
     2, "Savepoint 'link' disposed.\n", NULL},
    {"which disposes of none", "ls files/cp/*/chk-*/_metadata | wc -l", 0, "1\n", ""},
    {"starting from one and another", "$S run whole.yaml --out two -s cut --fromSavepoint files", 2,
     "", "-s and --fromSavepoint exclude each other"},
    {"disposing of a snapshot",
     "touch $(ls -d files/cp/*/chk-*)/mine && $S savepoint -d $(ls -d files/cp/*/chk-*) && "
     "ls files/cp/*/chk-*",
     0, "disposed.\nmine\n", ""},
    {"who cannot be asked may need what lies beside it",
     "cp -r " SHARING " sharing && chmod -R u+w sharing && mv sharing/chk-2/_metadata m2 && "
     "printf x >sharing/chk-2/_metadata && find sharing/shared -type f | sort >before && "
     "cp -r sharing/chk-3 chk-3 && COLUMNS=200 $S savepoint -d sharing/chk-3 && "
     "find sharing/shared -type f | sort | cmp - before",
     0,
     "files beside it were used by no other checkpoint there, and stay: the metadata of chk-2 "
     "cannot be read, which may name them.\n",
     ""},
    {"what others need stays, what nobody needs goes",
     "mv m2 sharing/chk-2/_metadata && mv chk-3 sharing && COLUMNS=200 $S savepoint -d "
     "sharing/chk-3 && find sharing/shared -type f | sort | comm -13 - before | wc -l && "
     "$S inspect --json sharing/chk-1 >all && $S inspect --json sharing/chk-2 >all",
     0,
     "chk-2 uses 4 of its files: they stay, or chk-2 could not be restored; Flink deletes "
     "them.\n8 files beside it were used by no other checkpoint there, and are gone, too.\n",
     ""},
    {"a job beside it that goes on from it needs them, wherever it looks for them",
     "mkdir sharing/first && mv sharing/chk-1 sharing/shared sharing/first && mkdir sharing/next "
     "&& "
     "mv sharing/chk-2 sharing/next && cp -r sharing twice && "
     "COLUMNS=200 $S savepoint -d sharing/first/chk-1",
     0, "next/chk-2 uses 2 of its files: they stay, or next/chk-2 could not be restored", ""},
    {"or finds them",
     "rm -r sharing && mv twice sharing && mv sharing/first sharing/" FIRST_JOB " && "
     "mv sharing/next sharing/" NEXT_JOB " && $S inspect --json sharing/" NEXT_JOB "/chk-2 >all && "
     "COLUMNS=200 $S savepoint -d sharing/" FIRST_JOB "/chk-1",
     0, NEXT_JOB "/chk-2 uses 2 of its files: they stay, or " NEXT_JOB "/chk-2 could not be", ""},
    {"the last one takes its files with it, in another job's directory, too",
     "$S inspect --json sharing/" NEXT_JOB "/chk-2 >all && "
     "$S savepoint -d sharing/" NEXT_JOB "/chk-2 && find sharing -type f | wc -l",
     0, "disposed.\n0\n", ""},
    {"change logs stay, as in Flink",
     "cp -r " FLINKS "/f23-j1-changelog/snapshot logs && chmod -R u+w logs && "
     "cp -r " FLINKS "/f23-j1-changelog/dstl logs/dstl && $S savepoint -d logs/chk-1 && "
     "find logs -type f | wc -l",
     0, "disposed.\n2\n", ""},
    {"an absolute directory",
     "$S run cut.yaml --out abs --quiet -D execution.checkpointing.dir=file://$PWD/far && "
     "ls -d far/*/chk-* && test ! -e abs/cp",
     0, "chk-", ""},
    {"a second run there takes another id",
     "$S run cut.yaml --out abs2 --quiet -D execution.checkpointing.dir=file://$PWD/far && "
     "ls -d far/*/chk-* | wc -l",
     0, "2\n", ""},
    {"a disk that is full",
     "$S run cut.yaml --out full --quiet -D execution.checkpointing.dir=file:///dev/null/x", 4, "",
     "/dev/null"},
    {"no such file system", "$S run cut.yaml --out s3 -D execution.checkpointing.dir=s3://b/c", 2,
     "", "only paths and file: URIs"},
    {"a backend of former times", "$S run cut.yaml --out b -D state.backend=jobmanager", 2, "",
     "Flink 2.3 has no state backend jobmanager; write state.backend.type: hashmap and "
     "execution.checkpointing.storage: jobmanager"},
    {"by the name of its class", "$S run cut.yaml --out b -D state.backend=MemoryStateBackend", 2,
     "",
     "Flink 2.3 has no state backend MemoryStateBackend; write state.backend.type: hashmap and "
     "execution.checkpointing.storage: jobmanager"},
    {"one of files", "$S run cut.yaml --out b -D state.backend=FsStateBackend", 2, "",
     "write state.backend.type: hashmap and execution.checkpointing.storage: filesystem"},
    {"and of RocksDB", "$S run cut.yaml --out b -D state.backend.type=RocksDBStateBackend", 2, "",
     "write state.backend.type: rocksdb and execution.checkpointing.storage: filesystem"},
    {"which an older Flink takes", "$S run old.yaml --out b1 -D state.backend=FsStateBackend", 0,
     "State backend: hashmap\nCheckpoint storage: filesystem, checkpoints in cp (in the run's "
     "folder)\n",
     "note: FsStateBackend is deprecated as a state backend; write state.backend.type: hashmap and "
     "execution.checkpointing.storage: filesystem"},
    {"with its storage", "$S run old.yaml --out b2 -D state.backend=jobmanager", 0,
     "State backend: hashmap\nCheckpoint storage: jobmanager, metadata in cp (in the run's "
     "folder)\n",
     "note: jobmanager is deprecated as a state backend"},
    {"a backend of Flink's that is not here", "$S run cut.yaml --out b -D state.backend.type=forst",
     2, "", "the state backend forst is not in this version"},
};

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("cut.yaml", cut);
    cli_write_file("whole.yaml", whole);
    cli_write_file("old.yaml", old);
    cli_write_file("sums.yaml", sums);
    cli_write_file("sums-cut.yaml", sums_cut);
    cli_write_file("fewer.yaml", fewer);
    cli_write_file("grouped.yaml", grouped);
    cli_write_file("pressed.yaml", pressed);
    cli_write_file("pressed-cut.yaml", pressed_cut);
    cli_write_file("ruled.yaml", ruled);
    cli_write_file("ruled-cut.yaml", ruled_cut);
    return 0;
}

static void test_rows(void **state)
{
    (void)state;
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
