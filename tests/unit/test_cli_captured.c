// SPDX-License-Identifier: Apache-2.0
/* `snapsim story DIR --captured CHECKPOINT` as a user calls it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cli_folder.h"

/* A record of 20 KB spans buffers. Keys and values change their kind at `words`. */
static const char scenario[] =
    "name: captured\n"
    "until: 2 s\n"
    "config:\n"
    "  execution.buffer-timeout.interval: 0 ms\n"
    "  execution.checkpointing: {interval: 1 h, unaligned.enabled: true}\n"
    "model: {record-size: 20 kb}\n"
    "operators:\n"
    "  - uid: pairs\n"
    "    type: list\n"
    "    records: [[1, one], [2, two], [3, three], [4, four],\n"
    "              [5, a record whose text is far too long for a line]]\n"
    "  - {uid: words, type: split-words, input: pairs, ship: rebalance, cost: 400 ms}\n"
    "  - {uid: counts, type: count, input: words, ship: hash, cost: 300 ms}\n"
    "  - {uid: out, type: discard, input: counts, ship: rebalance}\n"
    "timeline: [{at: 1 s, checkpoint: configured}]\n";

/* Starts again from its unaligned checkpoint 2 with twice the subtasks, then with one each. */
static const char rescaled[] =
    "name: rescaled\n"
    "config:\n"
    "  parallelism.default: 2\n"
    "  taskmanager.memory.segment-size: 4 kb\n"
    "  execution.checkpointing: {interval: 100 ms, unaligned.enabled: true,\n"
    "    tolerable-failed-checkpoints: 100,\n"
    "    externalized-checkpoint-retention: RETAIN_ON_CANCELLATION}\n"
    "operators:\n"
    "  - {uid: orders, type: sequence, count: 2400, keys: 60, rate: 8000/s, record-size: 1 kb}\n"
    "  - {uid: totals, type: sum, input: orders, ship: hash, record-size: 1 kb}\n"
    "  - {uid: out, type: discard, input: totals, ship: hash, cost: 500 us}\n"
    "variants:\n"
    "  more: {timeline: [{when: checkpoint 2 completed, delay: 5 ms,\n"
    "    restart-from: latest-checkpoint, parallelism: {orders: 3, totals: 4, out: 4}}]}\n"
    "  fewer: {timeline: [{when: checkpoint 2 completed, delay: 5 ms,\n"
    "    restart-from: latest-checkpoint, parallelism: {orders: 1, totals: 1, out: 1}}]}\n";

static const char rescaled_inputs[] =
    "input 0 from orders[0],input 0 from totals[0],input 1 from orders[1],"
    "input 1 from totals[1],";

static const char *const summary =
    "Checkpoint 2 of captured: what it saved of data in flight\n"
    "  Triggered at 1.000 s, its barriers began UNALIGNED, completed in 209 ms. 5\n"
    "  buffers, 3 records, 60.00 KB.\n"
    "\n"
    "  Subtask    Channel                Buffers  Records     Bytes\n"
    "  ---------  ---------------------  -------  -------  --------\n"
    "  words[0]   input 0 from pairs[0]        3        2  40.00 KB\n"
    "  counts[0]  input 0 from words[0]        2        1  20.00 KB\n"
    "  Data between subtasks of one TaskManager is told as input of the receiver;\n"
    "  Flink saves part of it as output of the sender.\n"
    "\n";

static const char *const records =
    "Records, buffer by buffer: where the source sent it, key = value\n"
    "\n"
    "  words[0], input 0 from pairs[0]\n"
    "      1    4.00 KB  part of a record, or no record\n"
    "      2   32.00 KB  pairs:0:3 4 = four\n"
    "      3    4.00 KB  pairs:0:4 5 = a record whose text i~\n"
    "\n"
    "  counts[0], input 0 from words[0]\n"
    "      1   12.00 KB  part of a record, or no record\n"
    "      2    8.00 KB  pairs:0:2 three = 1\n";

static const struct row {
    const char *name;
    const char *command;
    int exit_code;
    const char *printed[2]; /* one behind the other */
} rows[] = {
    {"records are told one by one", "$S story records --captured 2 2>&1", 0, {summary, records}},
    {"without records the buffers",
     "$S story buffers --captured 2 2>&1",
     0,
     {summary, "  Single records are told of a run with --trace records.\n"}},
    {"an aligned one saved nothing",
     "$S story aligned --captured 1 2>&1 | tr -s '\\n ' ' ' | grep -o 'It saved .*'",
     0,
     {"It saved nothing: no barrier overtook data. \n", ""}},
    {"a trace without buffers",
     "$S story checkpoints --captured 2 2>&1",
     2,
     {"snapsim: the trace in checkpoints has the level \"checkpoints\" and does not tell what "
      "checkpoints saved; run the scenario again with --trace records\n",
      ""}},
    {"before a start with more subtasks",
     "$S story more --captured 2 | grep -o 'input [0-9] from [a-z]*.[0-9].' | sort -u |"
     " tr '\\n' ,",
     0,
     {rescaled_inputs, ""}},
    {"before a start with fewer subtasks",
     "$S story fewer --captured 2 | grep -o 'input [0-9] from [a-z]*.[0-9].' | sort -u |"
     " tr '\\n' ,",
     0,
     {rescaled_inputs, ""}},
    {"the life of a record tells of it",
     "$S story records --record pairs:0:2 | sed -n '4,9s/^ *[0-9.]* s  //p'",
     0,
     {"-- pairs[0] takes its snapshot for checkpoint 1: it is in there\n"
      "words[0] (attempt 0) saves it in flight for checkpoint 1, input 0: 3 = three\n"
      "-- checkpoint 1 is complete\n",
      "counts[0] (attempt 0) saves it in flight for checkpoint 2, input 0: three = 1\n"
      "-- checkpoint 2 is complete\n"
      "counts[0] (attempt 0) changes the state of key three with it\n"}},
    {"with the end of a checkpoint that has it in flight and nowhere else",
     "$S story records --record pairs:0:2 | grep -c -- '-- checkpoint . is complete'",
     0,
     {"2\n", ""}},
    {"records of a key that were saved together are one line",
     "$S story more --key 7 | grep -o ' [a-z]*.[0-9]. .* saves .*checkpoint 3.*'",
     0,
     {" totals[3] (attempt 1) saves a record in flight for checkpoint 3, input 0: 7 = 790\n"
      " totals[3] (attempt 1) saves a record in flight for checkpoint 3, input 1: 7 = 739\n",
      " out[3] (attempt 1) saves 4 records in flight for checkpoint 3, input 3: last 7 = 4534\n"}},
    {"no such checkpoint",
     "$S story records --captured 9 2>&1",
     2,
     {"snapsim: the trace in records has no checkpoint 9; it has checkpoints 1 to 2\n", ""}},
    {"no number",
     "$S story records --captured second 2>&1",
     2,
     {"snapsim: --captured second: checkpoints have numbers from 1 on\n", ""}},
    {"a record as well",
     "$S story records --captured 2 --key 5 2>&1",
     2,
     {"snapsim: --key and --captured exclude each other\n", ""}},
};

static int enter(void **state)
{
    (void)state;
    if (!cli_folder_enter() || setenv("COLUMNS", "80", 1) != 0)
        return -1;
    cli_write_file("job.yaml", scenario);
    cli_write_file("rescaled.yaml", rescaled);
    return system("for level in checkpoints buffers records; do"
                  "  $S run job.yaml --out $level --trace $level --quiet >/dev/null || exit 1;"
                  "done;"
                  "$S run rescaled.yaml --variant more --out more --trace records --quiet"
                  " >/dev/null &&"
                  "$S run rescaled.yaml --variant fewer --out fewer --trace records --quiet"
                  " >/dev/null &&"
                  "$S run job.yaml --out aligned --trace records --quiet"
                  " -D execution.checkpointing.unaligned.enabled=false >/dev/null");
}

static void what_a_checkpoint_saved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct row *row = &rows[i];
        struct snap_text command = {0};
        struct snap_text expected = {0};
        struct snap_text printed = {0};
        int status;

        snap_text_printf(&command, "{ %s; } >printed", row->command);
        status = system(command.data);
        snap_text_printf(&expected, "%s%s", row->printed[0], row->printed[1]);
        cli_read_file("printed", &printed);
        if (status / 256 != row->exit_code ||
            strcmp(snap_text_get(&expected), snap_text_get(&printed)) != 0)
            fail_msg("%s: exit code %d, expected %d\n%s\nexpected\n%s", row->name, status / 256,
                     row->exit_code, snap_text_get(&printed), snap_text_get(&expected));
        snap_text_fini(&command);
        snap_text_fini(&expected);
        snap_text_fini(&printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_checkpoint_saved)};

    return cmocka_run_group_tests(tests, enter, cli_folder_leave);
}
