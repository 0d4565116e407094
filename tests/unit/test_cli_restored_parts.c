// SPDX-License-Identifier: Apache-2.0
/*
 * Parts that a file sink had prepared when its run was cut off, between a checkpoint's completion
 * and the commit: whoever starts from that checkpoint commits them where they lie, and writes its
 * own output elsewhere. Both directories together hold each record once.
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

/* A message to or from the JobManager takes so long that the commit comes long after the
 * checkpoint. */
static const char job[] =
    "name: job\n"
    "until: 10 s\n"
    "config:\n"
    "  parallelism.default: 2\n"
    "  execution.checkpointing.interval: 100 ms\n"
    "  execution.checkpointing.dir: cp\n"
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"
    "model: {network: {jobmanager-latency: 40 ms}}\n"
    "operators:\n"
    "  - {uid: source, type: numbers, ends: [300, 300], rate: 1000/s}\n"
    "  - {uid: sink, type: file-sink, path: words, input: source, ship: rebalance}\n";

/* What is captured of `counts` is output of `pass`, which has no state. */
static const char flight[] =
    "until: 250 ms\n"
    "config:\n"
    "  parallelism.default: 2\n"
    "  execution.checkpointing: {interval: 100 ms, dir: cp, unaligned.enabled: true,\n"
    "    externalized-checkpoint-retention: RETAIN_ON_CANCELLATION}\n"
    "operators:\n"
    "  - {uid: source, type: numbers, ends: [900, 900], rate: 4000/s}\n"
    "  - {uid: pass, type: pass-through, input: source, ship: rebalance}\n"
    "  - {uid: counts, type: count, input: pass, ship: hash, cost: 2 ms}\n"
    "  - {uid: out, type: discard, input: counts}\n";

#define NEWEST "$(ls -d first/cp/*/chk-*/_metadata | sort -V | tail -1)"

/* Each record is once in both directories, or the shell ends with 9. */
#define COMPARE "cat first/words/part-* next/words/part-* | sort | cmp - want || exit 9"

static const struct cli_row rows[] = {
    {"a whole run",
     "$S run job.yaml --out whole --trace off --quiet && sort whole/words/part-* >want", 0, NULL,
     NULL},
    {"cut off at any moment, also between checkpoint and commit",
     "for ms in 245 260 275 290 305 320 335 350 365; do\n"
     "  rm -rf first next\n"
     "  sed \"s/until: .*/until: $ms ms/\" job.yaml >cut.yaml\n"
     "  $S run cut.yaml --out first --trace off --quiet || exit 7\n"
     "  $S run job.yaml -s " NEWEST " --out next --trace off || exit 8\n"
     "  " COMPARE "\n"
     "done",
     0, "that \"sink\" had prepared: 2 are committed where they lie", ""},
    {"who starts from a snapshot commits, if it takes no checkpoints either",
     "sed 's/  execution.checkpointing.interval: .*//' job.yaml >never.yaml\n"
     "$S run never.yaml --out never --trace off --quiet\n"
     "$S run never.yaml -s " NEWEST " --out never --overwrite --trace off --quiet 2>notes\n"
     "grep -c 'is not visible before' notes",
     1, "0\n", "what \"sink\" writes is not visible before the end of the input"},
    {"data in flight is no state, whether the job can start or not",
     "$S run flight.yaml --out flight --trace off --quiet >&2 || exit 7\n"
     "sed 's/counts/others/' flight.yaml >other.yaml\n"
     "for f in flight other; do\n"
     "  $S restore-check $f.yaml -s $(ls -d flight/cp/*/chk-*) | tr -s ' ' >told\n"
     "  grep -o 'State in the' told; grep '^ \\(pass\\|source\\) ' told\n"
     "done",
     0,
     "State in the\n source 2 2 128 SourceReaderState\n"
     " pass 2 2 128 none, but data in flight\n"
     "State in the\n source 2 2 128 SourceReaderState\n"
     " pass 2 2 128 none, but data in flight\n",
     NULL},
    {"killed between checkpoint and commit",
     /* One checkpoint, when each source has sent some sixty records. */
     "rm -rf first next\n"
     "sed 's/interval: .*/interval: 10 s\\n  execution.checkpointing.min-pause: 60 ms/' job.yaml "
     ">slow.yaml\n"
     "echo 'timeline: [{at: 1 ms, delay: {message: notification, by: 5 s, count: 9}}]' "
     ">>slow.yaml\n"
     "$S run slow.yaml --runtime threads --out first --trace off --quiet & run=$!\n"
     "until ls first/cp/*/chk-1/_metadata 2>/dev/null >&2; do sleep 0.02; done\n"
     "kill -9 $run; wait $run 2>/dev/null\n"
     "ls first/words/part-* 2>/dev/null >&2 && exit 6\n"
     "cp -r first kept\n"
     "$S run job.yaml -s " NEWEST " --out next --trace off || exit 8\n"
     "ls first/words/part-* >/dev/null || exit 6\n" COMPARE,
     0, "2 are committed where they lie", NULL},
    {"what was prepared is shown", "$S inspect " NEWEST " --state sink", 0,
     "  {\"phase\":\"pending\",\"checkpoint\":1,\"subtask\":0,\"records\":", ""},
    {"with its path, in JSON", "$S inspect " NEWEST " --state sink --json", 0,
     "first/words/.part-0-0-0\",", ""},
    {"started once more from the same checkpoint",
     "rm -rf next; $S run job.yaml -s " NEWEST " --out next --trace off || exit 8\n" COMPARE, 0,
     "that \"sink\" had prepared: 2 had been committed before", NULL},
    {"its own directory is not emptied for it",
     "ls -lR first >before; $S run job.yaml -s " NEWEST " --out first --overwrite; code=$?\n"
     "ls -lR first | cmp - before || exit 9; exit $code",
     2, "", "--overwrite would remove cp/"},
    {"what it is to commit is not removed, where the snapshot itself lies elsewhere",
     "rm -rf first; cp -r kept first; mkdir away; mv first/cp/* away\n"
     "at=$(ls -d away/*/chk-*)\n"
     "touch first/summary.json; ls -lR first >before\n"
     "ln -s first link; $S run job.yaml -s $at --out link --overwrite; code=$?\n"
     "ls -lR first | cmp - before || exit 9; exit $code",
     2, "", "--overwrite would remove words/.part-0-0-0 from link, and the snapshot that the run "},
    {"what has been removed before does no harm",
     "rm -r first/words; $S run job.yaml -s $(ls -d away/*/chk-*) --out first --overwrite "
     "--trace off",
     1, "2 parts that \"sink\" had prepared: 2 are gone", NULL},
    {"what was prepared is gone: the verdict says so",
     "rm -rf first next; mv kept first; rm first/words/.part-*\n"
     "$S run job.yaml -s " NEWEST " --out next --trace off",
     1, NULL, NULL},
};

int main(void)
{
    const struct cli_table table = {rows,
                                    sizeof(rows) / sizeof(rows[0]),
                                    {
                                        {"job.yaml", job},
                                        {"flight.yaml", flight},
                                    }};

    return cli_run_table(&table);
}
