// SPDX-License-Identifier: Apache-2.0
/*
 * What people read fits the terminal: no line is wider than it says it is, but for words that stand
 * alone on theirs, such as paths.
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

/* `wide N` ends with 1 and the line if one that it reads has more than N columns and a space inside
 * of it, behind its indentation. */
static const char wide[] =
    "awk -v n=$1 'length($0) > n && /[^ ] +[^ ]/ { print \"wider: \" $0; bad = 1 }\n"
    "END { exit bad }'\n";

#define SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots"
#define JOBS SNAP_SOURCE_DIR "/scenarios/flink-jobs"
#define AN_SP SNAPSHOTS "/f23-j1-hashmap-sp-canonical/snapshot"

static const struct cli_row rows[] = {
    {"the caret below wide characters",
     "printf 'name: a\\noperators: [{uid: \xe6\xb3\xa8\xe6\x96\x87, type: cuont}]\\n' >wide.yaml; "
     "$S info wide.yaml",
     2, "", "\n                                ^\n"},
    {"help on all topics",
     "for t in '' run inspect diff restore-check savepoint operators actions events keys expect "
     "sabotage oracles; do for n in 80 100 120; do\n"
     "  COLUMNS=$n $S help $t | sh wide $n || { echo of $t; exit 9; }\n"
     "done; done",
     0, "", ""},
    {"an action: its form, what it does in one paragraph, an example", "COLUMNS=80 $S help actions",
     0,
     "  corrupt: {checkpoint: N, subtask: uid[i], file: KIND}\n"
     "      what is stored of the subtask in that completed checkpoint (or `latest`)\n"
     "      is damaged, and who restores from it fails: bits of its file are `flipped`\n"
     "      (the default), it is `torn` in its middle, or `missing`\n"
     "      - {when: checkpoint 2 completed, corrupt: {checkpoint: latest,\n"
     "         subtask: \"counts[0]\"}}\n",
     ""},
    {"with more room an example is on one line", "COLUMNS=120 $S help actions", 0,
     "      - {when: checkpoint 2 completed, corrupt: {checkpoint: latest, subtask: "
     "\"counts[0]\"}}\n",
     ""},
    {"an event in words", "COLUMNS=80 $S help events", 0,
     "  subtask S turned checkpoint N unaligned\n"
     "      barriers waited too long and overtake from here on (outputs 1: the\n"
     "      subtask's own)\n",
     ""},
    {"a restored run",
     "COLUMNS=80 $S run " JOBS "/word-count.yaml -s " AN_SP " --out next >out; sh wide 80 <out && "
     "grep -A1 Started out | tr -s ' \\n' ' '",
     0, "Started from: canonical savepoint 1 in " AN_SP, ""},
    {"a job graph",
     "sed 's/uid: counter/uid: counts-of-each-word-of-all-the-lines/; "
     "s/input: counter/input: counts-of-each-word-of-all-the-lines/' " JOBS
     "/word-count.yaml >long.yaml; "
     "for f in long.yaml " SNAP_SOURCE_DIR "/scenarios/flink-benchmark/branches.yaml; do\n"
     "  COLUMNS=80 $S info $f >out || exit 8; sh wide 80 <out || exit 9\n"
     "done; COLUMNS=80 $S info long.yaml",
     0, "      counts-of-each-word-of-all-the-lines (count)\n        ", NULL},
    {"where nobody looks such a line stays whole",
     "unset COLUMNS; $S run " JOBS "/word-count.yaml -s " AN_SP " --out next --overwrite", 0,
     "Started from: canonical savepoint 1 in " AN_SP "\n", ""},
    {"what a job would start with, and what differs",
     "for s in " SNAPSHOTS "/f23-j[123]-hash*/snapshot; do\n"
     "  test -d $s/chk-1 && s=$s/chk-1\n"
     "  for j in word-count in-flight state-zoo; do\n"
     "    COLUMNS=80 $S restore-check " JOBS "/$j.yaml -p 3 -n -s $s >out 2>&1\n"
     "    sh wide 80 <out || exit 9\n"
     "  done\n"
     "  COLUMNS=80 $S inspect $s | sh wide 80 || exit 9\n"
     "  COLUMNS=80 $S diff " AN_SP " $s >out; sh wide 80 <out || exit 9\n"
     "done",
     0, "", ""},
    {"what is disposed of, and who else needs what lies there",
     "sed -e '/^name/a until: 450 ms' -e '/^expect/d' " JOBS "/word-count.yaml >kept.yaml\n"
     "for b in hashmap $($S version | grep -o rocksdb | head -n 1); do\n"
     "  $S run kept.yaml -D state.backend.type=$b -D execution.checkpointing.incremental=true "
     "-D execution.checkpointing.num-retained=3 -D execution.checkpointing.dir=cp "
     "-D execution.checkpointing.data-inline-threshold=0 "
     "--out kept --overwrite --trace off --quiet >/dev/null || exit 7\n"
     "  for s in kept/cp/*/chk-*; do\n"
     "    COLUMNS=80 $S savepoint -d $s >out || exit 8\n"
     "    sh wide 80 <out || exit 9; cat out >>all\n"
     "  done\n"
     "  test $b = hashmap || grep -q 'uses [1-9][0-9]* of its files' all || exit 6\n"
     "done",
     0, "", NULL},
};

int main(void)
{
    const struct cli_table table = {rows,
                                    sizeof(rows) / sizeof(rows[0]),
                                    {
                                        {"wide", wide},
                                    }};

    return cli_run_table(&table);
}
