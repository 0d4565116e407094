// SPDX-License-Identifier: Apache-2.0
/*
 * A run that starts from a snapshot on disk is judged by what the restored windows held: as they
 * were nothing is wrong, and if a restore forgets them, or records are lost, that is found. The
 * rows of a table are judged too, and so are union lists of which one subtask takes several.
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

static const char job[] =
    "name: job\n"
    "until: 10 s\n"
    "config:\n"
    "  parallelism.default: 2\n"
    "  pipeline.auto-watermark-interval: 10 ms\n"
    "  execution.checkpointing.interval: 50 ms\n"
    "  execution.checkpointing.dir: cp\n"
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"
    "operators:\n"
    "  - {uid: source, type: sequence, count: 600, keys: 40, rate: 1000/s, timestamp-step: 1 ms,\n"
    "     watermarks: monotonous}\n"
    "  - {uid: fixed, type: window, kind: tumbling, size: 300 ms, aggregate: sum, input: source, "
    "ship: hash}\n"
    "  - {uid: moving, type: window, kind: sliding, size: 400 ms, slide: 100 ms, aggregate: max, "
    "allowed-lateness: 20 ms, input: source, ship: hash}\n"
    "  - {uid: visits, type: window, kind: session, gap: 150 ms, input: source, ship: hash}\n"
    "  - {uid: counts, type: count, input: source, ship: hash}\n"
    "  - {uid: out, type: collect, inputs: [fixed, moving, visits]}\n"
    "  - {uid: rows, type: table, input: counts}\n";

/* Both subtasks count each key; after 220 ms one of them counts for both. */
static const char lists[] =
    "name: lists\n"
    "until: 5 s\n"
    "config:\n"
    "  parallelism.default: 2\n"
    "  execution.checkpointing.interval: 50 ms\n"
    "  execution.checkpointing.dir: cp\n"
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"
    "operators:\n"
    "  - {uid: source, type: sequence, count: 400, keys: 5, rate: 1000/s}\n"
    "  - {uid: tally, type: union-count, input: source, ship: rebalance}\n"
    "  - {uid: out, type: collect, input: tally}\n"
    "timeline:\n"
    "  - {at: 220 ms, optional: true, restart-from: latest-checkpoint, parallelism: {tally: 1}}\n";

#define FIRST "$(ls -d first/cp/*/chk-*/_metadata | sort -V | tail -1)"

/* Makes the job that is stopped and starts again before the first windows are over. */
#define AGAIN(parallelism)                                                                         \
    "(cat job.yaml; echo 'timeline:'; echo '  - {at: 250 ms, cancel-with-savepoint: a}'\n"         \
    "echo '  - {at: 280 ms, restart-from: a, parallelism: " parallelism "}') >again.yaml\n"

/* How many windows have lost 0, duplicated 0, wrong state 0 in the table. */
#define JUDGED "grep -cE '(fixed|moving|visits) +state +0 +0 +- +0 ' table"

static const struct cli_row rows[] = {
    {"cut off in the middle of windows",
     "sed 's/until: .*/until: 230 ms/' job.yaml >cut.yaml && $S run cut.yaml --out first --quiet",
     0, NULL, NULL},
    {"restored as they were", "$S run job.yaml -s " FIRST " --out next --overwrite", 0, NULL, ""},
    {"with another parallelism",
     "$S run job.yaml -s " FIRST " -D parallelism.default=3 --out next --overwrite", 0, NULL, ""},
    {"with another size: nothing can be said of the windows",
     "$S run job.yaml -s " FIRST " --set fixed.size=\"200 ms\" --out next --overwrite", 0, NULL,
     ""},
    {"forgotten: all records come through, and windows are wrong",
     "(cat job.yaml; echo 'sabotage: [forget-state]') >bad.yaml\n"
     "$S run bad.yaml -s " FIRST " --out next --overwrite",
     1, "wrong_state must be 0 in fixed", NULL},
    {"stopped and started again with fewer subtasks: three windows are judged",
     AGAIN("1") "$S run again.yaml -s " FIRST " --out next --overwrite >table && " JUDGED, 0, "3\n",
     ""},
    {"with more",
     AGAIN("5") "$S run again.yaml -s " FIRST " --out next --overwrite >table && " JUDGED, 0, "3\n",
     ""},
    {"by sums alone",
     "(cat again.yaml; echo 'ledger: fingerprint') >sums.yaml\n"
     "$S run sums.yaml -s " FIRST " --out next --overwrite",
     0, "fixed   state     0       0", ""},
    {"forgotten at both starts",
     "(cat again.yaml; echo 'sabotage: [forget-state]') >bad.yaml\n"
     "$S run bad.yaml -s " FIRST " --out next --overwrite",
     1, "wrong_state must be 0 in fixed", NULL},
    {"union lists are written",
     "rm -rf first\n"
     "sed 's/until: .*/until: 130 ms/' lists.yaml >cut.yaml && $S run cut.yaml --out first --quiet",
     0, NULL, NULL},
    {"and add up where one subtask takes two of them",
     "$S run lists.yaml -s " FIRST " --out next --overwrite", 0, "As expected", ""},
};

int main(void)
{
    const struct cli_table table = {rows,
                                    sizeof(rows) / sizeof(rows[0]),
                                    {
                                        {"job.yaml", job},
                                        {"lists.yaml", lists},
                                    }};

    return cli_run_table(&table);
}
