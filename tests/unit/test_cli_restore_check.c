// SPDX-License-Identifier: Apache-2.0
/*
 * What `restore-check` says of a snapshot and a job, and what `run -s` then does: always the same.
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

/* Jobs of the folder, and those that fit nothing. */
static const struct {
    const char *name;
    const char *scenario;
    const char *change; /* for sed */
} jobs[] = {
    {"count", "word-count", ""},
    {"rules", "broadcast", ""},
    {"flight", "in-flight", ""},
    {"windows", "windows", ""},
    {"renamed", "word-count", "s/counter/other/g"},
    {"retyped", "word-count", "s/word 23/key-modulo 23/"},
    {"narrow", "word-count", "s/max-parallelism: 128/max-parallelism: 64/"},
    {"chained", "in-flight", "s/, ship: rebalance//"},
    {"old", "word-count", "s/^seed: 1/flink-version: 1.20/"},
};

enum { JOB_COUNT = sizeof(jobs) / sizeof(jobs[0]) };

static const char *const options[] = {"", "-p 3", "-p 1 -n", "-D state.backend.type=rocksdb"};

/* Without RocksDB its backend is an error of the settings. */
static uint32_t option_count(void)
{
    return snap_rocksdb_version() ? 4 : 3;
}

static const char *const snapshots[] = {
    "j1-changelog/snapshot/chk-1",         "j1-finished-partial/snapshot/chk-2",
    "j1-hashmap-files/snapshot/chk-1",     "j1-hashmap-sp-canonical/snapshot",
    "j1-hashmap-sp-native/snapshot",       "j1-rocksdb-incr/snapshot/chk-3",
    "j1-rocksdb-full/snapshot/chk-1",      "j1b-broadcast/snapshot/chk-1",
    "j2-hashmap-files/snapshot/chk-1",     "j3-unaligned-small/snapshot/chk-1",
    "j3-unaligned-rocksdb/snapshot/chk-1", "j4-hashmap-inline/snapshot/chk-1",
};

/* Says the message of the one what the other says? */
static bool is_same_reason(const struct snap_text *run, const struct snap_text *check)
{
    const char *message = strstr(snap_text_get(run), "snapsim: ");
    struct snap_text line = {0};
    bool same;

    if (!message)
        return false;
    message += strlen("snapsim: ");
    snap_text_add(&line, message, strcspn(message, "\n"));
    same = strstr(snap_text_get(check), snap_text_get(&line)) != NULL;
    snap_text_fini(&line);
    return same;
}

/* Compares the two; returns 1 if the job can start. */
static uint32_t compare(const char *snapshot, const char *job, const char *more)
{
    struct snap_text command = {0};
    struct snap_text check = {0};
    struct snap_text run = {0};
    int checked, ran;
    bool agree;

    snap_text_printf(&command, "$S restore-check %s.yaml -s %s %s >check 2>&1", job, snapshot,
                     more);
    checked = cli_shell(snap_text_get(&command));
    snap_text_clear(&command);
    snap_text_printf(&command,
                     "$S run %s.yaml -s %s %s --out next --overwrite --trace off --quiet >run 2>&1",
                     job, snapshot, more);
    ran = cli_shell(snap_text_get(&command));
    cli_read_file("check", &check);
    cli_read_file("run", &run);
    agree = checked == 0 ? ran == 0 || ran == 1 : checked == ran && is_same_reason(&run, &check);
    if (!agree)
        fail_msg("%s, %s %s: %d, %d\n%s%s", snapshot, job, more, checked, ran,
                 snap_text_get(&check), snap_text_get(&run));
    snap_text_fini(&command);
    snap_text_fini(&check);
    snap_text_fini(&run);
    return checked == 0;
}

static void compare_all(const char *version, uint32_t options_tried, uint32_t can_start_min)
{
    uint32_t started = 0;
    uint32_t all = 0;

    for (size_t s = 0; s < sizeof(snapshots) / sizeof(snapshots[0]); s++)
        for (size_t j = 0; j < JOB_COUNT; j++)
            for (uint32_t o = 0; o < options_tried; o++) {
                struct snap_text path = {0};

                /* Of the options some are enough. */
                if (o > 0 && (s + j + o) % 3 != 0)
                    continue;
                all++;
                snap_text_printf(&path, SNAPSHOTS "/%s-%s", version, snapshots[s]);
                started += compare(snap_text_get(&path), jobs[j].name, options[o]);
                snap_text_fini(&path);
            }
    /* Of both there are enough. */
    assert_in_range(started, can_start_min, all / 2);
}

static void test_2_3(void **state)
{
    (void)state;
    compare_all("f23", option_count(), 20);
}

static void test_1_20(void **state)
{
    (void)state;
    compare_all("f120", 1, 5);
}

/* What a reader of the report is told. */
static const struct {
    const char *name;
    const char *command; /* behind `restore-check` */
    int exit_code;
    const char *out;
} rows[] = {
    {"all states, by their whole names", "count.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 0,
     "  count"},
    {"who takes which key groups", "count.yaml -p 3 -s SP/f23-j1-hashmap-files/snapshot/chk-1", 0,
     "    counter[1] takes key groups 43 to 85, which counter[0] to [1] had\n"},
    {"lists that all get", "count.yaml -p 3 -s SP/f23-j1-hashmap-files/snapshot/chk-1", 0,
     "    list \"seen-union\": every subtask gets all 2 elements\n"},
    {"lists that are dealt out, by subtask",
     "count.yaml -p 3 -s SP/f23-j1-hashmap-files/snapshot/chk-1", 0,
     "    list \"seen\": 8 elements dealt out anew: sink[0] to [1] get 3, [2] gets 2\n"},
    {"lists of which each gets a copy", "rules.yaml -p 3 -s SP/f23-j1b-broadcast/snapshot/chk-1", 0,
     "    list \"rules\": every subtask gets a copy of 4 elements\n"},
    {"what stays where it was, and what all get all the same",
     "count.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 0,
     "Stays where it was: all state of counter, source\n"
     "sink: 2 subtasks as before, which keep all but this\n"
     "    list \"seen-union\": every subtask gets all 2 elements\n"
     "The job can start"},
    {"data in flight that stays", "flight.yaml -s SP/f23-j3-unaligned-small/snapshot/chk-1", 0,
     "Stays where it was: all state of map, slow, source\n"
     "In flight: 886 records from map to slow, which stay on their channels\n"},
    {"who reads and who sends it at another parallelism",
     "flight.yaml -p 3 -s SP/f23-j3-unaligned-small/snapshot/chk-1", 0,
     "In flight: 886 records from map (2 subtasks, now 3) to slow (2 subtasks, now 3)\n"
     "    slow[0] reads 233 records that were for slow[0], and keeps its 133\n"
     "    slow[1] reads 571 records that were for slow[0] to [1], and keeps its 100\n"
     "    slow[2] reads 338 records that were for slow[1]\n"
     "    map[0] sends 107 records that map[0] had not sent\n"
     "    map[1] sends 208 records that map[1] had not sent\n"},
    {"one that takes all", "flight.yaml -p 1 -s SP/f23-j3-unaligned-small/snapshot/chk-1", 0,
     "    slow[0] reads 571 records that were for slow[0] to [1]\n"
     "    map[0] sends 315 records that map[0] to [1] had not sent\n"},
    {"many, of which the rest is counted",
     "flight.yaml -p 40 -s SP/f23-j3-unaligned-small/snapshot/chk-1", 0,
     "    slow[7] reads 233 records that were for slow[0], and keeps none\n"
     "    ... and 32 more subtasks of slow\n"},
    {"consumers that read what was not sent",
     "flight.yaml -p 3 -D "
     "execution.checkpointing.unaligned.recover-output-on-downstream.enabled=true "
     "-s SP/f23-j3-unaligned-small/snapshot/chk-1",
     0,
     "    slow[1] reads 886 records that were for slow[0] to [1], and keeps its 100\n"
     "    slow[2] reads 546 records that were for slow[1]\nThe job can start"},
    {"data that the settings leave out",
     "flight.yaml -p 3 -D execution.state-recovery.without-channel-state.checkpoint-id=1 "
     "-s SP/f23-j3-unaligned-small/snapshot/chk-1",
     0, "In flight: all of it is left out, as execution.state-recovery."},
    {"all subtasks in JSON", "flight.yaml -p 40 --json -s SP/f23-j3-unaligned-small/snapshot/chk-1",
     0,
     "{\"subtask\": 39, \"key_groups\": [125, 127], \"key_groups_of\": [1, 1], \"elements\": "
     "{}}\n"},
    {"data in flight in JSON",
     "flight.yaml -p 3 --json -s SP/f23-j3-unaligned-small/snapshot/chk-1", 0,
     "      \"from\": \"map\",\n"
     "      \"to\": \"slow\",\n"
     "      \"records\": 886,\n"
     "      \"stays\": false,\n"
     "      \"reads\": [\n"
     "        {\"subtask\": 0, \"of\": [0], \"records\": 233, \"kept\": 133},\n"
     "        {\"subtask\": 1, \"of\": [0, 1], \"records\": 571, \"kept\": 100},\n"
     "        {\"subtask\": 2, \"of\": [1], \"records\": 338, \"kept\": 338}\n"
     "      ],\n"
     "      \"sends\": [\n"
     "        {\"subtask\": 0, \"of\": [0], \"records\": 107},\n"
     "        {\"subtask\": 1, \"of\": [1], \"records\": 208}\n"
     "      ]\n"},
    {"lists in JSON", "count.yaml -p 3 --json -s SP/f23-j1-hashmap-files/snapshot/chk-1", 0,
     "        {\"subtask\": 2, \"elements\": {\"seen-union\": 2, \"seen\": 2}}\n"},
    {"what is left behind in JSON",
     "count.yaml -n --json -s SP/f23-j2-hashmap-files/snapshot/chk-1", 0,
     "  \"left_behind\": [\n"
     "    \"operator zoo-string, which this job does not have: \\\"fired\\\", "},
    {"a refusal in JSON", "retyped.yaml --json -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     "  \"flink_fails\": \"in-tasks\",\n"},
    {"and one that comes earlier", "renamed.yaml --json -s SP/f23-j1-hashmap-files/snapshot/chk-1",
     2, "  \"flink_fails\": \"at-submission\",\n"},
    {"partly finished", "count.yaml -s SP/f23-j1-finished-partial/snapshot/chk-2", 0,
     "Finished: 1 of the 2 subtasks of "},
    {"refused before tasks run", "renamed.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     "--allowNonRestoredState (-n) drops the state\nFlink would refuse it at submission, too.\n"},
    {"a newer Flink's", "old.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     "metadata of version 6 is not known to the Flink of this job"},
    {"fails in tasks", "retyped.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     "has String in the snapshot and Long in this job\n"
     "Flink would submit it, and fail in its tasks.\n"},
    {"states have names also if it is refused",
     "retyped.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     "States of counter:\n"
     "  count, _timer_state/processing_user-timers, _timer_state/event_user-timers\n"
     "The job cannot start from it: "},
    {"before anything is read, too", "renamed.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     " 128  SourceReaderState\n"},
    {"key groups", "narrow.yaml -s SP/f23-j1-hashmap-files/snapshot/chk-1", 2,
     "with max-parallelism 128, the new job has 64: key groups cannot be regrouped\n"
     "Flink would refuse it at submission, too.\n"},
    {"an exchange that is gone", "chained.yaml -s SP/f23-j3-unaligned-small/snapshot/chk-1", 2,
     "over an exchange that this job does not have"},
    {"a change log without its files", "count.yaml -s SP/f23-j1-changelog/snapshot/chk-1", 2,
     " of the metadata\nFlink would submit it, and fail in its tasks.\n"},
};

static void test_report(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text command = {0};
        struct snap_text out = {0};
        int code;

        snap_text_printf(&command,
                         "SP=" SNAPSHOTS
                         "; $S restore-check $(echo '%s' | sed \"s|SP/|$SP/|\") >out 2>&1",
                         rows[i].command);
        code = cli_shell(snap_text_get(&command));
        cli_read_file("out", &out);
        if (code != rows[i].exit_code || !cli_has(&out, rows[i].out))
            fail_msg("%s: exit code %d\n%s", rows[i].name, code, snap_text_get(&out));
        snap_text_fini(&command);
        snap_text_fini(&out);
    }
}

/* What is dropped is told, if there is something to drop; what wins over what, too. */
static const struct cli_row said[] = {
    {"every record in flight is kept or sent by one subtask, wherever outputs are restored",
     "for p in 1 2 3 5 64 128; do for d in false true; do "
     "$S restore-check flight.yaml -p $p --json -D "
     "execution.checkpointing.unaligned.recover-output-on-downstream.enabled=$d -s " SNAPSHOTS
     "/f23-j3-unaligned-small/snapshot/chk-1 | sed -n 's/.*\"of\": .* \\([0-9]*\\)}.*/\\1/p' | "
     "awk '{n += $1} END {print n}'; done; done | uniq -c | tr -s ' '",
     0, " 12 886\n", ""},
    {"timers that were only declared are no loss",
     "$S restore-check count.yaml -s " SNAPSHOTS "/f23-j1-hashmap-files/snapshot/chk-1 | "
     "grep -c Dropped; true",
     0, "0\n", ""},
    {"timers that there were are",
     "sed '/uid: zoo-long/s/type: zoo-long/type: count/' " JOBS "/state-zoo.yaml >zoo.yaml; "
     "$S restore-check zoo.yaml -s " SNAPSHOTS "/f23-j2-hashmap-files/snapshot/chk-1",
     0, "Dropped: state \"_timer_state/event_user-timers\" of zoo-long", ""},
    {"a sum by a value state is no reducing state",
     "sed '/uid: zoo-long/s/type: zoo-long/type: sum/' " JOBS "/state-zoo.yaml >sum.yaml; "
     "$S restore-check sum.yaml -s " SNAPSHOTS "/f23-j2-hashmap-files/snapshot/chk-1",
     2,
     "state \"sum\" of operator \"zoo-long\" is REDUCING in the snapshot and VALUE in this "
     "job\n"
     "Flink would submit it, and fail in its tasks.\n",
     ""},
    {"many names of states stand below the table",
     "COLUMNS=80 $S restore-check " JOBS "/state-zoo.yaml -s " SNAPSHOTS
     "/f23-j2-hashmap-files/snapshot/chk-1",
     0, "States of zoo-string:\n  fired, value, map, ", ""},
    {"the newer claim mode wins",
     "$S restore-check count.yaml -rm CLAIM -cm NO_CLAIM -s " SNAPSHOTS
     "/f23-j1-hashmap-files/snapshot/chk-1",
     0, "The job can start",
     "note: the claim mode is NO_CLAIM: as in Flink it wins over the older option's CLAIM\n"},
    {"without a word if they are the same",
     "$S restore-check count.yaml -rm no_claim -cm NO_CLAIM -s " SNAPSHOTS
     "/f23-j1-hashmap-files/snapshot/chk-1",
     0, "The job can start", ""},
    {"the older one alone is old",
     "$S restore-check count.yaml -rm CLAIM -s " SNAPSHOTS "/f23-j1-hashmap-files/snapshot/chk-1",
     0, "The job can start", "The option 'restoreMode' is deprecated."},
    {"data in flight that ends too early has its place",
     "cp -r " SNAPSHOTS "/f23-j3-unaligned-small/snapshot/chk-1 early; chmod -R u+w early; "
     "printf '\\001' | dd of=early/_metadata bs=1 seek=7419 conv=notrunc status=none; "
     "$S restore-check flight.yaml -s early",
     2, "early/_metadata, in the state from offset 3317 on, from offset 4 on: data in", ""},
    {"so has an operator's parallelism that cannot be",
     "cp -r " SNAPSHOTS "/f120-j1-hashmap-files/snapshot/chk-1 wide; chmod -R u+w wide; "
     "printf '\\001' | dd of=wide/_metadata bs=1 seek=40 conv=notrunc status=none; "
     "$S run count.yaml -s wide",
     2, "",
     "wide/_metadata: offset 40: operator 0da08f51eaa85fc298e176a139b3649a has parallelism "
     "16777218 "
     "and max parallelism 128; expected 1 or more"},
    {"a subtask that it cannot have",
     "cp " SNAPSHOTS "/f120-j1-hashmap-files/snapshot/chk-1/_metadata wide; "
     "printf '\\011' | dd of=wide/_metadata bs=1 seek=56 conv=notrunc status=none; "
     "$S run count.yaml -s wide",
     2, "", ": offset 53: operator 0da08f51eaa85fc298e176a139b3649a of parallelism 2 has the "},
    {"and one that it has twice",
     "printf '\\001' | dd of=wide/_metadata bs=1 seek=56 conv=notrunc status=none; "
     "$S run count.yaml -s wide",
     2, "", " has the subtask 1; expected each once"},
    {"so has a list that is read as nothing known",
     "cp -r " SNAPSHOTS "/f23-j1-hashmap-files/snapshot/chk-1 named; chmod -R u+w named; "
     "f=named/30542e19-3024-4597-9eb4-b370dc297edb; "
     "printf 'W' | dd of=$f bs=1 seek=92 conv=notrunc status=none; "
     "$S restore-check count.yaml -s named",
     2,
     "97edb: offset 0: state \"SourceReaderState\" of operator \"source\" has elements of a "
     "type that the head of the file does not name in",
     ""},
    {"and a split that ends earlier now",
     "sed 's/ends: .[^]]*./ends: [1, 1]/' count.yaml >short.yaml; $S restore-check short.yaml "
     "-s " SNAPSHOTS "/f23-j1-hashmap-files/snapshot/chk-1",
     2, "97edb: offset 234: a split of the source \"source\" goes on with record ", ""},
    {"all operators that are missing are named",
     "$S restore-check count.yaml -s " SNAPSHOTS "/f23-j2-hashmap-files/snapshot/chk-1", 2,
     "has state of operators 0c1d135c64cdf571afefd2e765fe545f (\"zoo-string\"), ", ""},
    {"or listed with their states",
     "$S restore-check count.yaml -n -s " SNAPSHOTS
     "/f23-j2-hashmap-files/snapshot/chk-1 | tr -s '\\n ' ' '",
     0, "Dropped: operator zoo-string, which this job does not have: \"fired\", \"value\", ", ""},
    {"a name is no consent",
     "cp -r " SNAPSHOTS "/f23-j1-hashmap-files/snapshot ./--follow-absolute; "
     "chmod -R u+w ./--follow-absolute; for f in ./--follow-absolute/chk-1/*-*-*; do "
     "echo x >$f; done; $S restore-check count.yaml -s $PWD/--follow-absolute/chk-1",
     2, "Flink would submit it, and fail in its tasks.", ""},
    {"one name of an option is enough",
     "$S restore-check count.yaml -cm CLAIM --claimMode CLAIM -s x", 2, "",
     "-cm and --claimMode exclude each other"},
};

static void test_said(void **state)
{
    (void)state;
    cli_run_rows(said, sizeof(said) / sizeof(said[0]));
}

/* So are timers that lie beside the state, and as many states as there are. */
static void test_raw_timers(void **state)
{
    static const struct cli_row row = {
        "raw timers that nobody takes",
        "sed '/uid: zoo-long/s/type: zoo-long/type: count/' " JOBS "/state-zoo.yaml >zoo.yaml; "
        "$S restore-check zoo.yaml -D state.backend.type=rocksdb -s " SNAPSHOTS
        "/f23-j2-rocksdb-heaptimers/snapshot/chk-1 >out; COLUMNS=300 grep -c '^Dropped: ' out; "
        "grep -o '_user-timers\" of zoo-long' out | sort | uniq -c",
        0, "9\n      2 _user-timers\" of zoo-long\n", ""};

    (void)state;
    if (!snap_rocksdb_version())
        skip();
    cli_run_row(&row);
}

/* Files that are named by where they were are found, and it is said that Flink would not. */
static void test_moved(void **state)
{
    (void)state;
    if (!snap_rocksdb_version())
        skip();
    assert_int_equal(
        cli_shell(
            "$S restore-check count.yaml -D state.backend.type=rocksdb -s " SNAPSHOTS
            "/f23-j1-rocksdb-incr/snapshot/chk-3 >out && "
            "grep -q '^Flink itself would fail in its tasks: [0-9]* files are not where' out"),
        0);
}

/* Watermarks in flight over an exchange by which all records go to one subtask: where another
 * exchange of the task is dealt out anew, nobody reads the others'. */
static void test_data_that_nobody_reads(void **state)
{
    static const char scenario[] =
        "runtimes: [virtual]\n"
        "until: 120 ms\n"
        "config: {parallelism.default: 3, taskmanager.memory.segment-size: 4 kb,"
        " pipeline.auto-watermark-interval: 5 ms, execution.checkpointing: {interval: 100 ms,"
        " unaligned.enabled: true, dir: ck,"
        " externalized-checkpoint-retention: RETAIN_ON_CANCELLATION}}\n"
        "operators:\n"
        "  - {uid: ones, type: sequence, parallelism: 1, count: 9999, rate: 4000/s,"
        "     record-size: 1 kb, watermarks: monotonous, timestamp-step: 1 ms}\n"
        "  - {uid: others, type: sequence, parallelism: 3, count: 9999, rate: 8000/s,"
        "     record-size: 1 kb, watermarks: monotonous, timestamp-step: 1 ms}\n"
        "  - {uid: out, type: collect, cost: 600 us,"
        "     inputs: [{uid: ones, ship: global}, {uid: others, ship: shuffle}]}\n";
    static const struct cli_row row = {
        "watermarks in flight that nobody would read",
        "$S run three.yaml --out three >/dev/null && "
        "sed '/uid: others/s/parallelism: 3/parallelism: 1/' three.yaml >one.yaml && "
        "$S restore-check one.yaml -s three/ck/*/chk-2",
        2,
        "to which nothing is assigned over that exchange, and nobody would read it\n"
        "Flink would submit it, and fail in its tasks.\n",
        ""};

    (void)state;
    cli_write_file("three.yaml", scenario);
    cli_run_row(&row);
}

/* Damages each table in several places, and compares what three verbs say of the first damage: the
 * same file and offset. Most often that is the table itself; a value that makes no sense is told
 * of the file that says how to read it. */
static const char damage[] =
    "at=" SNAPSHOTS "/f23-j1-rocksdb-incr/snapshot; n=0\n"
    "for f in $(cd $at && grep -lr rocksdb shared); do\n"
    "  for o in 40 300 700 -60 -20 -5; do\n"
    "    rm -rf hurt; cp -r $at hurt; chmod -R u+w hurt; size=$(wc -c <hurt/$f)\n"
    "    [ $o -lt 0 ] && o=$((size + o))\n"
    "    printf '\\377\\377\\377' | dd of=hurt/$f bs=1 seek=$o conv=notrunc 2>/dev/null\n"
    "    $S inspect --json hurt/chk-3 2>i >/dev/null; code=$?\n"
    "    $S run count.yaml -D state.backend.type=rocksdb -s hurt/chk-3 --out next --overwrite "
    "--trace off --quiet 2>r >/dev/null\n"
    "    $S restore-check count.yaml -D state.backend.type=rocksdb -s hurt/chk-3 >c 2>/dev/null\n"
    "    [ $code = 0 ] && continue\n"
    "    line=$(sed -n 's|^snapsim: hurt/||p' i)\n"
    "    [ -n \"$line\" ] && grep -qF \"hurt/$line\" r && grep -qF \"hurt/$line\" c || "
    "{ cat i r c; exit 9; }\n"
    "    case $line in \"$f: offset \"*) n=$((n + 1)) ;; esac\n"
    "  done\n"
    "done\n"
    "echo $n tables; [ $n -gt 10 ]";

static void test_damaged_tables(void **state)
{
    static const struct cli_row row = {"damaged tables", damage, 0, " tables\n", NULL};

    (void)state;
    if (!snap_rocksdb_version())
        skip();
    cli_run_row(&row);
}

/* Takes away each file of the database that holds no entries, then cuts its last byte off. */
static const char missing[] =
    "at=" SNAPSHOTS "/f23-j1-rocksdb-incr/snapshot; n=0\n"
    "for f in $(cd $at && ls chk-3/* | grep -v _metadata); do\n"
    "  for hurt in 'rm' 'truncate -s -1'; do\n"
    "    rm -rf hurt; cp -r $at hurt; chmod -R u+w hurt; $hurt hurt/$f\n"
    "    $S run count.yaml -D state.backend.type=rocksdb -s hurt/chk-3 --out next --overwrite "
    "--trace off --quiet 2>r >/dev/null; ran=$?\n"
    "    $S restore-check count.yaml -D state.backend.type=rocksdb -s hurt/chk-3 2>&1 >c\n"
    "    [ $? = 2 ] && [ $ran = 2 ] && grep -qF \"$f: \" r && grep -qF \"$f: \" c && "
    "grep -q 'fail in its tasks' c || { echo $hurt $f; cat r c; exit 9; }\n"
    "    n=$((n + 1))\n"
    "  done\n"
    "done\n"
    "echo $n files; [ $n -gt 10 ]";

static void test_missing_files(void **state)
{
    static const struct cli_row row = {"files that are no tables", missing, 0, " files\n", NULL};

    (void)state;
    if (!snap_rocksdb_version())
        skip();
    cli_run_row(&row);
}

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    for (size_t i = 0; i < JOB_COUNT; i++) {
        struct snap_text command = {0};
        int code;

        snap_text_printf(&command, "sed '%s' " JOBS "/%s.yaml >%s.yaml", jobs[i].change,
                         jobs[i].scenario, jobs[i].name);
        code = cli_shell(snap_text_get(&command));
        snap_text_fini(&command);
        if (code != 0)
            return -1;
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_said),
        cmocka_unit_test(test_raw_timers),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_1_20),
        cmocka_unit_test(test_2_3),
        cmocka_unit_test(test_damaged_tables),
        cmocka_unit_test(test_missing_files),
        cmocka_unit_test(test_data_that_nobody_reads),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
