// SPDX-License-Identifier: Apache-2.0
/*
 * What a run that takes long tells on the way: a job that restarts for ever is noted, a terminal
 * shows how far it is, and long tables show their first and last rows.
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

/* Half a second of state fits into the JobManager; what its checkpoints have soon does not. */
static const char for_ever[] =
    "name: for-ever\n"
    "until: 20 s\n"
    "config:\n"
    "  execution.checkpointing.interval: 50 ms\n"
    "  execution.checkpointing.storage: jobmanager\n"
    "  restart-strategy: {type: fixed-delay, fixed-delay: {attempts: 2147483647, delay: 10 ms}}\n"
    "operators:\n"
    "  - {uid: source, type: sequence, count: 1000000, keys: 1000000, rate: 10000/s}\n"
    "  - {uid: count, type: count, input: source, ship: hash, record-size: 10 kb}\n"
    "  - {uid: sink, type: collect, input: count}\n"
    "expect: {job: RUNNING, pending: \">= 0\"}\n";

/* Real seconds. */
static const char slow[] = "name: slow\n"
                           "until: 3 s\n"
                           "operators:\n"
                           "  - {uid: source, type: sequence, count: 1000000, rate: 100/s}\n"
                           "  - {uid: sink, type: collect, input: source}\n"
                           "expect: {job: RUNNING, pending: \">= 0\"}\n";

#define TERMINAL(command) "script -qec \"" command "\" /dev/null"

static const struct cli_row rows[] = {
    {"the hundredth restart is noted, with what they come from", "$S run for-ever.yaml", 0,
     "Job RUNNING",
     ", last because of: too many failed checkpoints; the state of \"count\" in count[0] had "},
    {"only once up to the thousandth",
     "$S run for-ever.yaml --overwrite --quiet 2>&1 >report | grep -c 'has restarted'", 0, "1\n",
     NULL},
    {"tables have room for 200 rows",
     "$S run for-ever.yaml --overwrite 2>/dev/null | grep -c '^ *\\.\\.\\.  *[0-9]* more'", 0,
     "2\n", NULL},
    {"a terminal shows that the run goes on",
     TERMINAL("$S run slow.yaml --runtime threads") " | grep -c 'snapsim: running for [12] s'", 0,
     "1\n", NULL},
    {"unless only the verdict is wanted",
     TERMINAL("$S run slow.yaml --overwrite --quiet --runtime threads") " | grep -c running", 1,
     "0\n", NULL},
    {"a file gets no line of a short run", "$S run slow.yaml --overwrite --runtime threads", 0,
     "Job RUNNING", NULL},
};

int main(void)
{
    static const struct cli_table table = {
        rows,
        sizeof(rows) / sizeof(rows[0]),
        {{"for-ever.yaml", for_ever}, {"slow.yaml", slow}, {NULL, NULL}}};

    return cli_run_table(&table);
}
