// SPDX-License-Identifier: Apache-2.0
/*
 * A change log as a user sees it: what checkpoints hold and write, when state is materialized, what
 * a restore reads.
 *
 * The source has 10 keys and sends record n at n ms; entries and changes have 100 bytes. Checkpoint
 * n is at (n - 1) * 100 ms, before which counts has taken 100 * (n - 1) + 1 records.
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

#define JOB                                                                                        \
    "config:\n"                                                                                    \
    "  parallelism.default: 1\n"                                                                   \
    "  execution.checkpointing.interval: 100 ms\n"                                                 \
    "  execution.checkpointing.tolerable-failed-checkpoints: 9\n"                                  \
    "  restart-strategy.type: fixed-delay\n"                                                       \
    "  state.changelog.enabled: true\n"                                                            \
    "  state.changelog.storage: filesystem\n"                                                      \
    "  state.changelog.periodic-materialize.interval: 300 ms\n"                                    \
    "model:\n"                                                                                     \
    "  storage: {latency: 5 ms, bandwidth: 1 mb/s}\n"                                              \
    "operators:\n"                                                                                 \
    "  - {uid: in, type: sequence, count: 900, keys: 10, rate: 1000/s}\n"                          \
    "  - {uid: counts, type: count, input: in, ship: hash}\n"                                      \
    "  - {uid: out, type: discard, input: counts}\n"

static const char job[] = "name: log\nuntil: 850 ms\nexpect: {job: RUNNING}\n" JOB;
static const char crash[] =
    "name: crash\n" JOB "timeline:\n  - {at: 450 ms, crash: \"counts[0]\"}\n";

/* Runs and shows, by checkpoint, what the JobManager took of the operator: its size and what was
 * written. */
#define SIZES                                                                                      \
    "sed -n 's/.*ack_received.*\"checkpoint\":\\([0-9]*\\),\"task\":\"counts.*\"state_bytes\":"    \
    "\\([0-9]*\\),\"written_bytes\":\\([0-9]*\\)}/\\1 \\2 \\3/p' log/trace.jsonl"
#define RUN(options) "$S run log.yaml --out log --overwrite --quiet " options " >out && " SIZES

static const struct cli_row rows[] = {
    {"the run says that files are as without it", "$S run log.yaml --out log | head -n 5", 0,
     "State backend: hashmap\nChange log: filesystem; modelled in sizes and times, files are "
     "written as without it\n",
     NULL},
    /* 100 records are 10000 bytes, and all since the start are held: 100 * (100 * (n - 1) + 1). */
    {"a checkpoint writes what changed, and holds all changes", RUN(""), 0,
     "1 100 100\n2 10100 10000\n3 20100 10000\n4 30100 10000\n5 40100 10000\n6 50100 10000\n", ""},
    /* 501 records were taken before 508 ms: 10 keys stay of them. 100 records follow by 600 ms. */
    {"a materialized state takes the place of the changes before it", SIZES, 0,
     "\n7 11000 10000\n8 21000 10000\n9 31000 10000\n", ""},
    {"it was written beside the checkpoints", "grep -o '\"materialized.*' log/trace.jsonl", 0,
     "\"materialized\",\"at\":\"counts[0]\",\"operator\":\"counts\",\"bytes\":1000,"
     "\"log_bytes\":50100,",
     ""},
    {"in memory the whole log goes with each acknowledgement",
     RUN("-D state.changelog.storage=memory"), 0,
     "1 100 100\n2 10100 10100\n3 20100 20100\n4 30100 30100\n5 40100 40100\n6 50100 50100\n"
     "7 11000 10000\n8 21000 20000\n9 31000 30000\n",
     ""},
    {"without materializations the log only grows",
     RUN("-D state.changelog.periodic-materialize.enabled=false"), 0,
     "\n7 60100 10000\n8 70100 10000\n9 80100 10000\n", ""},
    {"without a log a checkpoint is the state", RUN("-D state.changelog.enabled=false"), 0,
     "1 100 100\n2 1000 1000\n3 1000 1000\n", ""},
    {"older spellings",
     "sed 's/state.changelog/state.backend.changelog/' log.yaml >old.yaml && "
     "$S run old.yaml --out log --overwrite --quiet >out && " SIZES,
     0, "1 100 100\n2 10100 10000\n", "is an old spelling of state.changelog.enabled"},
    /* 40100 bytes at 1 mb/s are 38.2 ms. */
    {"a restore reads the state and the log",
     "$S run crash.yaml --out crash --quiet >out && cat out && "
     "grep -o 'restored.*' crash/trace.jsonl",
     0, "\"at\":\"counts[0]\",\"attempt\":1,\"checkpoint\":5,\"state_bytes\":40100}", ""},
    {"and the next checkpoint goes on from there",
     "sed -n 's/.*ack_received.*\"checkpoint\":6,\"task\":\"counts.*state_bytes/at/p' "
     "crash/trace.jsonl",
     0, "at\":90000,\"written_bytes\":49900}", ""},
    {"what could not be stored goes with the next checkpoint",
     "(cat log.yaml; echo 'timeline:'; echo '  - {at: 150 ms, fail-storage: 100 ms}') >lost.yaml "
     "&& $S run lost.yaml -D state.changelog.periodic-materialize.interval=10s --out log "
     "--overwrite --quiet >out && " SIZES,
     0, "2 10100 10000\n4 30100 20000\n5 40100 10000\n", ""},
    {"too many failures of materializations fail the task",
     "(cat log.yaml; echo 'timeline:'; echo '  - {at: 50 ms, fail-storage: 700 ms}') >fail.yaml && "
     "$S run fail.yaml -D state.changelog.periodic-materialize.interval=100ms "
     "-D state.changelog.max-failures-allowed=1 --out log --overwrite --quiet >out; "
     "grep -o '\"cause.*' log/trace.jsonl",
     0, "\"cause\":\"state could not be materialized\"", "it is RESTARTING"},
    {"an unknown storage", "$S run log.yaml -D state.changelog.storage=filesytem --out none", 2, "",
     "filesytem"},
};

int main(void)
{
    const struct cli_table table = {rows,
                                    sizeof(rows) / sizeof(rows[0]),
                                    {
                                        {"log.yaml", job},
                                        {"crash.yaml", crash},
                                    }};

    return cli_run_table(&table);
}
