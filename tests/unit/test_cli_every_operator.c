// SPDX-License-Identifier: Apache-2.0
/*
 * Every type of operator can be written to files and goes on from them: a job with it is cut off
 * with savepoints of both formats, and starts again from each at several parallelisms. The ledger
 * finds nothing lost, twice, or wrong. A new type needs a row here.
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
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "operators/operator.h"
#include "storage/rocksdb.h"
#include "unit/cli_folder.h"

#define SEQUENCE(uid)                                                                              \
    "  - {uid: " uid ", type: sequence, count: 600, rate: 2000/s, keys: 7, splits: 2, "            \
    "timestamp-step: 1 ms, watermarks: monotonous}\n"
#define NUMBERS                                                                                    \
    "  - {uid: source, type: numbers, ends: [300, 300], rate: 1000/s, timestamp-step: 10 ms, "     \
    "watermarks: monotonous}\n"
#define LINES "  - {uid: source, type: text-file, paths: text.txt, rate: 500/s}\n"
#define WORDS(uid) "  - {uid: " uid ", type: list, rate: 100/s, records: " RECORDS "}\n"
#define RECORDS                                                                                    \
    "[[a, one], [b, two], [c, three], [a, four], [b, five], [c, six], [a, seven], [b, eight], "    \
    "[c, nine], [a, ten], [b, eleven], [c, twelve], [a, 13th], [b, 14th], [c, 15th], [a, 16th], "  \
    "[b, 17th], [c, 18th], [a, 19th], [b, 20th], [c, 21st], [a, 22nd], [b, 23rd], [c, 24th], "     \
    "[a, 25th], [b, 26th], [c, 27th], [a, 28th], [b, 29th], [c, 30th]]"
#define OUT "  - {uid: out, type: discard, input: op}\n"
#define COUNT "  - {uid: n, type: count, input: op, ship: hash}\n"

struct row {
    const char *type;
    const char *operators;
};

static const struct row rows[] = {
    {"sequence", SEQUENCE("source") "  - {uid: op, type: sum, input: source, ship: hash}\n"},
    {"text-file", LINES "  - {uid: op, type: union-count, input: source}\n" OUT},
    {"list", WORDS("source") "  - {uid: op, type: count, input: source, ship: hash}\n"},
    {"numbers", NUMBERS "  - {uid: op, type: count, input: source, ship: hash}\n"},
    {"map", SEQUENCE("source") "  - {uid: op, type: map, function: add 1, input: source}\n" COUNT},
    {"mapped", NUMBERS "  - {uid: op, type: mapped, input: source, ship: rebalance}\n" COUNT},
    {"results", NUMBERS "  - {uid: op, type: results, input: source}\n" COUNT},
    {"filter", SEQUENCE("source") "  - {uid: op, type: filter, keep: 1/2, input: source}\n" COUNT},
    {"split-words", LINES "  - {uid: op, type: split-words, input: source}\n" COUNT},
    {"count", SEQUENCE("source") "  - {uid: op, type: count, input: source, ship: hash}\n"},
    {"sum", SEQUENCE("source") "  - {uid: op, type: sum, input: source, ship: hash}\n"},
    {"count-sum", SEQUENCE("source") "  - {uid: op, type: count-sum, input: source, ship: hash}\n"},
    {"reduce",
     WORDS("source") "  - {uid: op, type: reduce, function: max, input: source, ship: hash}\n"},
    {"zoo-long", NUMBERS "  - {uid: keys, type: map, function: key-modulo 7, input: source}\n"
                         "  - {uid: op, type: zoo-long, input: keys, ship: hash}\n"},
    {"zoo-string", NUMBERS "  - {uid: keys, type: map, function: text-key 5 s, input: source}\n"
                           "  - {uid: op, type: zoo-string, input: keys, ship: hash}\n"},
    {"union", SEQUENCE("source")
                  SEQUENCE("other") "  - {uid: op, type: union, inputs: [source, other]}\n" COUNT},
    {"pass-through", SEQUENCE("source") "  - {uid: op, type: pass-through, input: source}\n" COUNT},
    {"watermarks",
     SEQUENCE("source") "  - {uid: op, type: watermarks, watermarks: monotonous, input: "
                        "source}\n" COUNT},
    {"window",
     SEQUENCE("source") "  - {uid: op, type: window, kind: tumbling, size: 100 ms, input: "
                        "source, ship: hash}\n" OUT},
    {"flat-map",
     SEQUENCE("source") "  - {uid: op, type: flat-map, fan-out: 3, input: source}\n" COUNT},
    {"join",
     WORDS("source") WORDS("other") "  - {uid: op, type: join, inputs: [{uid: source, ship: "
                                    "hash}, {uid: other, ship: hash}]}\n" OUT},
    {"co-map", SEQUENCE("source") SEQUENCE(
                   "other") "  - {uid: op, type: co-map, inputs: [source, other], first: add 1, "
                            "second: add 2}\n" COUNT},
    {"async", WORDS("source") "  - {uid: op, type: async, delay: 40 ms, input: source}\n" COUNT},
    {"broadcast-rules",
     WORDS("source") WORDS(
         "other") "  - {uid: op, type: broadcast-rules, inputs: [{uid: source, ship: forward}, "
                  "{uid: other, ship: broadcast}]}\n" OUT},
    {"union-count", WORDS("source") "  - {uid: op, type: union-count, input: source}\n" OUT},
    {"record-order", WORDS("source") "  - {uid: op, type: record-order, input: source}\n" OUT},
    {"collect", WORDS("source") "  - {uid: op, type: collect, input: source}\n"},
    {"table", WORDS("source") "  - {uid: n, type: count, input: source, ship: hash}\n"
                              "  - {uid: op, type: table, input: n}\n"},
    {"discard", SEQUENCE("source") "  - {uid: op, type: discard, input: source}\n"},
    {"tally", NUMBERS "  - {uid: op, type: tally, input: source}\n"},
    {"file-sink", WORDS("source") "  - {uid: op, type: file-sink, path: lines, input: source}\n"},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char head[] = "seed: 1\n"
                           "config:\n"
                           "  parallelism.default: 2\n"
                           "  pipeline.max-parallelism: 128\n"
                           "  pipeline.auto-watermark-interval: 10 ms\n"
                           "  execution.checkpointing.interval: 50 ms\n"
                           "operators:\n";
static const char timeline[] = "timeline:\n"
                               "  - {at: 130 ms, savepoint: canonical/, format: canonical}\n"
                               "  - {at: 150 ms, savepoint: native/, format: native}\n";

static void shell(const char *command)
{
    int status = system(command);

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    {
        struct snap_text out = {0};

        cli_read_file("out", &out);
        fail_msg("%s\n%s", command, snap_text_get(&out));
    }
}

static void write_jobs(const struct row *row)
{
    struct snap_text text = {0};

    snap_text_printf(&text, "name: %s\n%s%s", row->type, head, row->operators);
    snap_text_add_string(&text, "expect: {lost: 0, duplicated: 0, wrong_state: 0}\n");
    cli_write_file("whole.yaml", snap_text_get(&text));
    snap_text_clear(&text);
    snap_text_printf(&text, "name: %s\n%s%s%s", row->type, head, row->operators, timeline);
    cli_write_file("cut.yaml", snap_text_get(&text));
    snap_text_fini(&text);
}

static void go_on(const char *format, size_t row, const char *backend)
{
    unsigned parallelism = 1 + (unsigned)row % 3;
    struct snap_text command = {0};

    snap_text_printf(&command,
                     "$S run whole.yaml -s cut/%s/* -p %u -D state.backend.type=%s --out next "
                     "--overwrite --trace off --quiet >out 2>&1",
                     format, parallelism, backend);
    shell(snap_text_get(&command));
    snap_text_fini(&command);
}

static void cut_off(const char *backend)
{
    struct snap_text command = {0};

    snap_text_printf(&command,
                     "$S run cut.yaml -D state.backend.type=%s --out cut --overwrite --trace off "
                     "--quiet >out 2>&1",
                     backend);
    shell(snap_text_get(&command));
    snap_text_fini(&command);
}

static void test_hashmap(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        write_jobs(&rows[i]);
        cut_off("hashmap");
        go_on("canonical", i, "hashmap");
        go_on("native", i + 1, "hashmap");
    }
}

static void test_rocksdb(void **state)
{
    (void)state;
    for (size_t i = 0; snap_rocksdb_version() && i < ROWS; i++) {
        write_jobs(&rows[i]);
        cut_off("rocksdb");
        go_on("canonical", i + 2, "hashmap");
        go_on("native", i, "rocksdb");
    }
}

static void test_all_types_are_here(void **state)
{
    const struct snap_operator_catalogue *catalogue = snap_operator_catalogue_get();

    (void)state;
    for (uint32_t t = 0; t < catalogue->count; t++) {
        size_t i = 0;

        while (i < ROWS && strcmp(rows[i].type, catalogue->types[t]->name) != 0)
            i++;
        if (i == ROWS)
            fail_msg("no row has an operator of type %s", catalogue->types[t]->name);
    }
}

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("text.txt", "");
    for (int i = 0; i < 7; i++)
        if (system("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo the brown fox $i; done "
                   ">>text.txt") != 0)
            return -1;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_types_are_here),
        cmocka_unit_test(test_hashmap),
        cmocka_unit_test(test_rocksdb),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
