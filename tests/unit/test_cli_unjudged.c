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
};

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
        {"both.yaml", TABLE("fingerprint") "variants:\n"
                                           "  few: {expect: {rows.lost: 0}}\n"
                                           "  none: {}\n"},
    }};

int main(void)
{
    return cli_run_table(&table);
}
