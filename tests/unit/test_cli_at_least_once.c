// SPDX-License-Identifier: Apache-2.0
/*
 * Runs that start from checkpoints which were taken at least once: no figure of theirs is 0 where
 * the snapshot may hold records twice, whoever wrote it, and what can be proven is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>

#include "base/text.h"
#include "unit/cli_rows.h"

#define SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots"
#define JOBS SNAP_SOURCE_DIR "/scenarios/flink-jobs"

#define HEAD                                                                                       \
    "name: twice\n"                                                                                \
    "config:\n"                                                                                    \
    "  parallelism.default: 2\n"                                                                   \
    "  execution.checkpointing.interval: 150 ms\n"                                                 \
    "  execution.checkpointing.mode: AT_LEAST_ONCE\n"                                              \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "  execution.checkpointing.num-retained: 5\n"                                                  \
    "  execution.buffer-timeout.interval: 1 ms\n"                                                  \
    "  restart-strategy.type: fixed-delay\n"
#define PART                                                                                       \
    "until: 700 ms\n"                                                                              \
    "expect: {job: RUNNING}\n"
#define SLOWLY                                                                                     \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [900, 910], rate: 1000/s, cost: exponential(4 ms)}\n"  \
    "  - {uid: map, type: mapped, modulo: 10, input: source, ship: rebalance, "                    \
    "cost: exponential(2 ms)}\n"                                                                   \
    "  - {uid: slow, type: count-sum, input: map, ship: hash, cost: 20 us}\n"
#define DRAWN                                                                                      \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: sequence, count: 1000, keys: 7, rate: 1000/s}\n"                      \
    "  - {uid: slow, type: count-sum, input: source, ship: hash, cost: 20 us}\n"

/* Without periodic checkpoints; one of the two barriers comes late. */
#define ASKED(what)                                                                                \
    "name: asked\n"                                                                                \
    "config:\n"                                                                                    \
    "  execution.checkpointing.savepoint-dir: sp\n"                                                \
    "  execution.buffer-timeout.interval: 1 ms\n"                                                  \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 24, keys: 3, rate: 200/s, parallelism: 2}\n"         \
    "  - {uid: slow, type: sum, input: events, ship: hash}\n" what
#define LATE(what)                                                                                 \
    "timeline: [{at: 34 ms, pause: {subtask: \"events[1]\", for: 30 ms}}, {at: 35 ms, " what "}]"  \
    "\n"

static const struct cli_text texts[] = {
    {"asked.yaml", ASKED("")},
    {"saved.yaml", ASKED(LATE("savepoint: a"))},
    {"stopped.yaml", ASKED(LATE("stop-with-savepoint: a"))},
    {"cut.yaml", HEAD PART SLOWLY},
    {"whole.yaml", HEAD SLOWLY},
    {"crash.yaml", HEAD SLOWLY "timeline: [{when: checkpoint 9 completed, delay: 5 ms, "
                               "crash: \"slow[0]\"}]\nexpect: {duplicated: \"> 0\"}\n"},
    {"drawn-cut.yaml", HEAD PART DRAWN},
    {"drawn.yaml", HEAD DRAWN},
};

#define EXACT "slow   state     0       0      -      0 "
#define DOUBTED "slow   state     0       -      -      - "
#define FIXTURE(version, name)                                                                     \
    "sed 's/ends: .900, 910./ends: [60000, 60010]/;s/cost: 1 ms/cost: 1 us/;"                      \
    "s/^seed: 1$/&\\nflink-version: " version "/' " JOBS "/in-flight.yaml >flink.yaml && "         \
    "$S run flink.yaml -s " SNAPSHOTS "/" name "/snapshot/chk-1 --out next --overwrite -p 3"

static const struct cli_row rows[] = {
    {"what is right", "$S run whole.yaml --out whole --quiet && wc -l <whole/state/slow.tsv", 0,
     "10\n", ""},
    {"five checkpoints", "$S run cut.yaml --out cut --quiet && ls -d cut/cp/*/chk-* | wc -l", 0,
     "5\n", ""},
    {"each is judged by what comes of it",
     "for c in $(ls -d cut/cp/*/chk-*); do $S run whole.yaml -s $c --out next --overwrite >told "
     "|| exit 3; grep -q '" EXACT "' told; exact=$?; grep -q '" DOUBTED "' told; doubted=$?; "
     "cmp -s whole/state/slow.tsv next/state/slow.tsv; same=$?; "
     "test $exact = $same -a $doubted != $same && echo $same; done | sort | uniq -c | tr -s ' '",
     0, " 3 0\n 2 1\n", ""},
    {"with the reason",
     "$S run whole.yaml -s $(ls -d cut/cp/*/chk-1) --out next --overwrite | "
     "grep -A1 'Cannot judge what slow' && grep -o '\"began_with\": \"differs\"' "
     "next/summary.json && grep -o '\"duplicated\": null' next/summary.json | wc -l",
     0, "is not what the records before the\n", ""},
    {"what is found since stays",
     "$S run crash.yaml -s $(ls -d cut/cp/*/chk-1) --out next --overwrite --quiet && "
     "grep -c '\"slow\".*\"duplicated\": [1-9].*\"wrong_state\": null' next/summary.json",
     0, "1\n", ""},
    {"a source that does not tell",
     "$S run drawn-cut.yaml --out drawn --quiet && "
     "$S run drawn.yaml -s $(ls -d drawn/cp/*/chk-4) --out next --overwrite",
     0, "Cannot judge what slow began with: checkpoints at least once may hold records twice", ""},
    {"and its figures", "grep -c '\"duplicated\": null, .*\"wrong_state\": null' next/summary.json",
     0, "1\n", ""},
    {"a job that is exactly once trusts it, and says so",
     "$S run drawn.yaml -D execution.checkpointing.mode=EXACTLY_ONCE -s $(ls -d drawn/cp/*/chk-4) "
     "--out next --overwrite --quiet | tr -s '\\n ' ' ' && "
     "grep -c '\"duplicated\": 0, .*\"wrong_state\": 0, .*\"began_with\": \"trusted\"' "
     "next/summary.json",
     0, " Taken for granted: what slow began with: nothing shows whether the snapshot was exactly ",
     ""},
    {"where it is seen that it was, nothing is said",
     "c=$(ls -d cut/cp/*/chk-*); for s in $c; do $S run whole.yaml -D "
     "execution.checkpointing.mode=EXACTLY_ONCE -s $s --out next --overwrite --quiet; done | "
     "grep -c 'Taken for'; grep -c trusted next/summary.json",
     1, "0\n0\n", ""},
    {"Flink's, for a job that is exactly once", FIXTURE("2.3", "f23-j3-at-least-once"), 0,
     "slow   state     -       -      -      - ", ""},
    {"of an older Flink", FIXTURE("1.20", "f120-j3-at-least-once"), 0,
     "slow   state     -       -      -      - ", ""},
    {"Flink's, exactly once", FIXTURE("2.3", "f23-j3-aligned"), 0, EXACT, ""},
    {"a savepoint without periodic checkpoints is no broken cut", "$S run saved.yaml --out saved",
     0, " hold, 0 object", "taken at least once"},
    {"its mode is told", "grep -c '\"mode\": \"at_least_once\"' saved/summary.json", 0, "1\n", ""},
    {"it may hold records twice", "$S run asked.yaml -s $(ls -d saved/sp/*) --out next --overwrite",
     0, "Cannot judge what slow began with: checkpoints at least once may hold records twice", ""},
    {"nothing is lost in it",
     "grep -c '\"slow\".*\"lost\": 0, \"duplicated\": null' next/summary.json", 0, "1\n", ""},
    {"that of a stop does not",
     "$S run stopped.yaml --out stopped --quiet && $S run asked.yaml -s $(ls -d stopped/sp/*) "
     "--out next --overwrite --quiet",
     0, "Taken for granted: what slow began with", ""},
};

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        cli_write_file(texts[i].name, texts[i].text);
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
