// SPDX-License-Identifier: Apache-2.0
/*
 * What cannot be judged: no number of it is a guess, and who expected something is told, of one run
 * and of several beside each other.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>

#include "base/text.h"
#include "unit/cli_rows.h"

/* What is left of each key sums do not tell. */
#define TABLE(ledger)                                                                              \
    "ledger: " ledger "\n"                                                                         \
    "config: {execution.checkpointing.interval: 100 ms}\n"                                         \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 600, keys: 7, rate: 1000/s}\n"                       \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: rows, type: table, input: counts}\n"                                                \
    "  - {uid: nobody, type: discard, input: counts}\n"

static const struct cli_row rows[] = {
    {"the rows of a table", "$S run judged.yaml --out judged --quiet | tr -s ' ' | grep '^ rows'",
     0, " rows sink 0 0 - - 0 0 600 7\n", ""},
    {"are not known from sums", "$S run rows.yaml --out rows --quiet | tr -s ' ' | grep '^ rows'",
     0, " rows sink - - - - - - 600 -\n",
     "snapsim: note: expected, but cannot be judged: lost = 0 in all; duplicated < 3 in rows\n"},
    {"in JSON they are null, and 0 where nobody looks",
     "grep -o '\"uid\": \"\\(rows\\|nobody\\)\", \"kind\".*' rows/summary.json | "
     "grep -o '\"affected\": [a-z0-9]*'",
     0, "\"affected\": null\n\"affected\": 0\n", ""},
    {"a comparison shows the sink, and says what it cannot tell",
     "$S compare both.yaml --out both | tr -s ' ' >told; grep '^ \\(few \\|none \\)*.* sink' told; "
     "sed -n '/^Expected/,/^[^ ]/p' told",
     0,
     " rows sink - - - 600 -\n"
     " rows sink - - - 600 -\n"
     "Expected, but cannot be judged: few:\n"
     " lost = 0 in rows\n",
     NULL},
    {"nor is a sink of which readers see nothing passed over",
     "$S compare unseen.yaml --out unseen | tr -s ' ' >told; grep '^ .*rows.* sink' told; "
     "sed -n '/^Expected/,/^[^ ]/p' told",
     0,
     " rows sink - - - 7 0\n"
     "Expected, but cannot be judged: one:\n"
     " lost = 0 in all\n",
     NULL},
    {"of several seeds once",
     "$S compare both.yaml --out seeds --seeds 3 --quiet | grep -A 1 'cannot be judged'", 0,
     "Expected, but cannot be judged: few:\n  lost = 0 in rows\n", ""},
    {"and which runtime it was",
     "$S compare both.yaml --out runtimes --runtime virtual,threads --quiet | "
     "grep 'cannot be judged'",
     0,
     "Expected, but cannot be judged: few (virtual):\n"
     "Expected, but cannot be judged: few (threads):\n",
     ""},
    {"a sum that a sink leaves open is no 0",
     "$S run joined.yaml --out joined --variant none | tr -s ' ' >told; grep '^ all' told; "
     "grep '^Verdict\\|Cannot judge out' told; (grep -m 1 -A 5 '\"lost\"' joined/summary.json; "
     "grep at_least "
     "joined/summary.json) | tr -d ' '",
     0,
     " all - - 0 - - -\n"
     "Verdict: records (\"-\": cannot be judged)\n"
     " Cannot judge out: which records should be there is not known.\n"
     "\"lost\":null,\n\"duplicated\":null,\n\"out_of_order\":0,\n\"wrong_state\":null,\n"
     "\"uncommitted\":null,\n\"pending\":null,\n\"at_least\":[]\n",
     NULL},
    {"and more than 0 is the least",
     "$S run joined.yaml --out more --variant some | tr -s ' ' >told; grep '^ all' told; "
     "grep '^Verdict' told; (grep -m 1 -A 5 '\"lost\"' more/summary.json; grep at_least "
     "more/summary.json) | tr -d ' '",
     0,
     " all - >= 50 0 - - -\n"
     "Verdict: records (\"-\": cannot be judged; \">=\": at least)\n"
     "\"lost\":null,\n\"duplicated\":50,\n\"out_of_order\":0,\n\"wrong_state\":null,\n"
     "\"uncommitted\":null,\n\"pending\":null,\n\"at_least\":[\"duplicated\"]\n",
     NULL},
    {"in a comparison",
     "$S compare joined.yaml --out two | tr -s ' ' >told; grep '^ \\(none\\|some\\) v' told | head "
     "-2; "
     "grep 'at least' told",
     0,
     " none virtual 1 - 0 7 (0) 7.03 ms 1 0.614 s FINISHED yes\n"
     " some virtual 1 >= 50 0 7 (0) 7.03 ms 1 0.614 s FINISHED yes\n"
     " (\">=\": at least, as a state or sink cannot be judged)\n",
     NULL},
    {"and its figures",
     "grep -o \"'not judged' at 0, .\\|'>= [0-9]*' at [0-9]*, .\" two/figures/compare.gp; "
     "$S plot two --format terminal | grep 'judged\\|>=' | tr -s ' '",
     0,
     "'not judged' at 0, 2\n'not judged' at 0, 3\n'not judged' at 0, 2\n'>= 50' at 50, 3\n"
     " + >=50\n lost: not judged\n duplicated: not judged in 1 none\n",
     NULL},
    {"of several seeds as well, with a row a sink",
     "$S compare joined.yaml --out seeded --seeds 2 | tr -s ' ' >told; sed -n '/^Each/,/^$/p' "
     "told; "
     "grep 'at least' told",
     0,
     "Each state and sink: records, least and most\n"
     " State\n or Dupli- Uncom-\n"
     " Variant Sink Kind Lost cated mitted Pending Processed Affected\n"
     " ------- ----- ----- ---- ------ ------ ------- ---------- ----------\n"
     " none pairs state 0 0 - 0 1200 1200\n"
     " out sink - - - - 2302..2306 2302..2306\n"
     " raw sink 0 0 0 0 650 600\n"
     " some pairs state 0 0 - 0 1200 1200\n"
     " out sink - - - - 2302..2306 2302..2306\n"
     " raw sink 0 50 0 0 650 650\n"
     " (\"-\" in every row: Wrong State)\n\n"
     " (\">=\": at least, as a state or sink cannot be judged)\n",
     NULL},
    {"as comma-separated values",
     "$S compare joined.yaml --out values --csv --quiet | cut -d , -f 1-3,6-11,23-", 0,
     "variant,runtime,seed,lost,duplicated,out_of_order,wrong_state,uncommitted,pending,error,"
     "at_least\n"
     "\"none\",virtual,1,,,0,,,,,\n\"some\",virtual,1,,50,0,,,,,duplicated\n",
     NULL},
    {"why the rows of a table are not known behind a start",
     "$S run again.yaml --out again | grep -A 1 'Cannot judge which'", 0,
     "  Cannot judge which rows rows lacks: the job was started again, and which keys its records "
     "had\n  before is not known.\n",
     NULL},
    {"for those variants of a comparison that have it",
     "$S compare again.yaml --out agains | grep -A 2 '^Why' | tr -s '\n ' ' '", 0,
     "Why \"-\": again, twice: Cannot judge which rows rows lacks: the job was started again, and "
     "which keys its records had before is not known. ",
     NULL},
    {"notes of any variant are told, and whose they are if not all have them",
     "$S compare noted.yaml --out noted --variants a,b,c 2>&1 >told | grep note:", 0,
     "noted.yaml:1:19: note: takeover: 1 has no unit: it counts as 1 ms\n"
     "noted.yaml:11:40: note: b, c: network.latency: 2 has no unit: it counts as 2 ms\n",
     NULL},
};

/* Started again by its own timeline. */
#define AGAIN                                                                                      \
    TABLE("full")                                                                                  \
    "timeline: [{at: 250 ms, savepoint: a}, {at: 300 ms, restart-from: a}]\n"                      \
    "variants: {again: {}, once: {timeline: []},\n"                                                \
    "  twice: {timeline: [{at: 350 ms, savepoint: b}, {at: 400 ms, restart-from: b}]}}\n"

/* Which records a join should send is not known. What comes beside it is: nothing is twice there
 * if its sink is exactly once. */
#define JOINED                                                                                     \
    "config: {parallelism.default: 2, execution.checkpointing.interval: 100 ms,\n"                 \
    "  restart-strategy.type: fixed-delay, restart-strategy.fixed-delay.delay: 50 ms}\n"           \
    "operators:\n"                                                                                 \
    "  - {uid: left, type: sequence, count: 600, keys: 7, rate: 1000/s}\n"                         \
    "  - {uid: right, type: sequence, count: 600, keys: 7, rate: 1000/s}\n"                        \
    "  - {uid: pairs, type: join, keep: 2, ship: hash, input: [left, right]}\n"                    \
    "  - {uid: out, type: file-sink, path: out, input: pairs}\n"                                   \
    "  - {uid: raw, type: file-sink, path: raw, input: right, delivery: exactly-once}\n"           \
    "timeline: [{at: 250 ms, crash: 'raw[1]'}]\n"                                                  \
    "expect: {lost: 0, duplicated: '>= 0'}\n"                                                      \
    "variants: {none: {}, some: {set: {raw.delivery: at-least-once}}}\n"

/* Windows go to files that nobody commits. */
#define UNSEEN                                                                                     \
    "ledger: fingerprint\n"                                                                        \
    "config: {execution.checkpointing.interval: 1 h,\n"                                            \
    "  execution.checkpointing.checkpoints-after-tasks-finish: false}\n"                           \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 600, keys: 7, rate: 1000/s, timestamp-step: 1 ms,\n" \
    "     watermarks: bounded-out-of-orderness, out-of-orderness: 1 ms}\n"                         \
    "  - {uid: sums, type: window, kind: tumbling, size: 1 s, aggregate: max, input: events,\n"    \
    "     ship: hash}\n"                                                                           \
    "  - {uid: rows, type: file-sink, path: rows, input: sums}\n"                                  \
    "expect: {lost: 0}\n"                                                                          \
    "variants: {one: {}}\n"

static const struct cli_table table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .files = {
        {"rows.yaml", TABLE("fingerprint") "expect: {lost: 0, rows: {duplicated: '< 3'}}\n"},
        {"judged.yaml", TABLE("full") "expect: {lost: 0, rows: {duplicated: '< 3'}}\n"},
        {"unseen.yaml", UNSEEN},
        {"joined.yaml", JOINED},
        {"again.yaml", AGAIN},
        {"noted.yaml",
         "model: {takeover: 1}\n" TABLE("full") "variants:\n"
                                                "  a: {}\n"
                                                "  b: &more {model: {network: {latency: 2}}}\n"
                                                "  c: *more\n"},
        {"both.yaml", TABLE("fingerprint") "variants:\n"
                                           "  few: {expect: {rows.lost: 0}}\n"
                                           "  none: {}\n"},
    }};

int main(void)
{
    return cli_run_table(&table);
}
