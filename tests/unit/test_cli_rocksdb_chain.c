// SPDX-License-Identifier: Apache-2.0
/*
 * Jobs that go on with the tables of RocksDB that another one's checkpoint has: which files are
 * named, which are written, and when they go.
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
#include "storage/rocksdb.h"
#include "unit/cli_rows.h"

/* Stopped in its middle, at checkpoint 9, from which others go on. */
static const char many[] = "name: job\nuntil: 450 ms\nexpect: {job: RUNNING}\n"
                           "config:\n"
                           "  parallelism.default: 2\n"
                           "  state.backend.type: rocksdb\n"
                           "  execution.checkpointing.incremental: true\n"
                           "  execution.checkpointing.interval: 50 ms\n"
                           "  execution.checkpointing.dir: cp\n"
                           "  execution.checkpointing.num-retained: 2\n"
                           "  execution.checkpointing.data-inline-threshold: 0\n"
                           "  restart-strategy.type: fixed-delay\n"
                           "  restart-strategy.fixed-delay.delay: 20 ms\n"
                           "operators:\n"
                           "  - {uid: source, type: numbers, ends: [800, 800], rate: 1000/s}\n"
                           "  - {uid: map, type: map, function: word 4000, input: source}\n"
                           "  - {uid: counter, type: count, input: map, ship: hash}\n"
                           "  - {uid: sink, type: tally, input: counter}\n";

#define EXACT "counter  state     0       0      -      0       -"
#define CHAIN(job, how)                                                                            \
    "$S run " job " -D execution.checkpointing.dir=$PWD/chain " how " --overwrite "
#define START "rm -rf chain && cp -r first chain && rm -r chain/*/chk-8 && old=$(ls first)"
#define NEXT                                                                                       \
    "old=$(ls first); next=$(ls chain | grep -v $old) && last=$(ls -d chain/$next/chk-* | tail "   \
    "-n 1)"
/* Tables that the checkpoint has of the job before. */
#define OLD_TABLES(what) "grep -h -a -o $old'/shared/[0-9a-f-]*' " what " | sort -u "

static const struct cli_row rows[] = {
    {"a chain of jobs begins",
     "sed '/^until/d;/^expect/d' many.yaml >all.yaml && "
     "sed 's/450/520/' many.yaml >more.yaml && "
     "$S run all.yaml --out whole --quiet && " CHAIN(
         "many.yaml", "--out next --quiet") " && "
                                            "mv chain first && ls -d first/*/chk-*",
     0, "chk-9", NULL},
    {"a claimed checkpoint's tables are named again, and a checkpoint writes what is new",
     START " && " CHAIN(
         "more.yaml",
         "-s chain/$old/chk-9 -cm CLAIM --out next") " && " NEXT
                                                     " && " OLD_TABLES(
                                                         "$last/_metadata") " | tee names | wc -l "
                                                                            "&& test -s names",
     0, "  10  COMPLETED      4/4  0.006 s    0.013 s   7.00 ms         128 B  ", ""},
    {"the claimed checkpoint is gone, its tables that are named are not",
     NEXT " && ls -d chain/$old/chk-* 2>/dev/null || (cd chain && ls $(cat ../names) | wc -l)", 0,
     NULL, ""},
    {"who starts from there needs them",
     NEXT " && $S run all.yaml -p 3 -s $last --quiet --overwrite --out next && "
          "cmp next/state/counter.tsv whole/state/counter.tsv && $S inspect $last --state counter",
     0, EXACT, ""},
    {"also by a short name, as tables lie beside",
     NEXT " && cd chain && $S inspect $next/${last##*/} --state counter >../0 && cd $next && "
          "$S inspect ${last##*/} --state counter >../../1 && "
          "$S diff ${last##*/} ${last##*/} && cd ${last##*/} && "
          "$S inspect . --state counter >../../../2 && $S restore-check ../../../all.yaml -s . && "
          "cd ../../.. && grep -L 'keyed state \"count\"' 0 1 2 | wc -l",
     0, "\n0\n", ""},
    {"also where all of it was moved",
     "rm -rf moved && mv chain moved && $S run all.yaml -s $(ls -d moved/*/chk-* | tail -n 1) "
     "--quiet --overwrite --out next && cmp next/state/counter.tsv whole/state/counter.tsv && "
     "$S inspect $(ls -d moved/*/chk-* | tail -n 1) --state counter && mv moved chain",
     0, EXACT, ""},
    {"and when the last job ends they go",
     NEXT " && rm -r $(ls -d chain/$next/chk-* | head -n 1) && cp names before && " CHAIN(
         "all.yaml",
         "-s $last -cm CLAIM --quiet --out next") " && "
                                                  "cmp next/state/counter.tsv "
                                                  "whole/state/counter.tsv; cd chain && "
                                                  "ls $(cat ../before) 2>/dev/null",
     2, EXACT, ""},
    {"without a claim the first checkpoint is full, the next is not",
     START
     " && " CHAIN("more.yaml",
                  "-s chain/$old/chk-9 -cm NO_CLAIM --out next") " && " NEXT
                                                                 " && ls -d chain/$old/chk-9 && ! "
                                                                 "grep -a $old $last/_metadata",
     0, "10 Full Checkpoint  COMPLETED", ""},
    {"in the mode of former times tables are used and stay",
     START " && find chain -type f | sort | xargs cksum >before && " CHAIN(
         "more.yaml",
         "-s chain/$old/chk-9 -cm LEGACY --out next --quiet 2>&1") " && " NEXT
                                                                   " && find chain/$old -type f | "
                                                                   "sort | xargs cksum | cmp - "
                                                                   "before && " OLD_TABLES(
                                                                       "$last/_metadata") " | grep "
                                                                                          "-c "
                                                                                          "shared",
     0, EXACT, ""},
    {"names have no \"..\" in them, whatever was given",
     START " && rm -rf sub && mkdir sub && (cd sub && $S run ../more.yaml --out next --quiet "
           "-D execution.checkpointing.dir=../../chain -s ../chain/$old/chk-9 -cm LEGACY) && " NEXT
           " && grep -a -o 'file:/[^[:cntrl:]]*/shared/' $last/_metadata | sort -u | "
           "grep -v -F '..' | wc -l && $S inspect $last --state counter",
     0, "\n2\n", NULL},
    {"other key groups are other tables",
     START " && " CHAIN(
         "more.yaml",
         "-p 3 -s chain/$old/chk-9 -cm CLAIM --out next") " && " NEXT
                                                          " && ! grep -a $old $last/_metadata",
     0, "  10  COMPLETED      6/6  0.006 s    0.014 s   7.38 ms      39.32 KB  ", ""},
    {"tables of a claimed native savepoint are used, and it stays for them",
     "rm -rf chain save && (cat many.yaml; echo 'timeline:'; echo \"  - {at: 430 ms, savepoint: "
     "$PWD/save, format: native}\") >saving.yaml && "
     "$S run saving.yaml --out next --overwrite --quiet && "
     "sed 's/^until.*/until: 30 ms/' many.yaml >short.yaml && " CHAIN(
         "short.yaml",
         "-s $(ls -d save/*) -cm CLAIM --out next --quiet") " && "
                                                            "ls save/*/_metadata && grep -a -o "
                                                            "$(ls save)'/[0-9a-f-]*' "
                                                            "chain/*/chk-*/_metadata | grep -c "
                                                            "savepoint",
     0, EXACT, ""},
    {"which lies outside of the job's directory",
     "$S run all.yaml -s $(ls -d chain/*/chk-*) --out next --overwrite; "
     "$S run all.yaml -s $(ls -d chain/*/chk-*) --follow-absolute --quiet --out next --overwrite "
     "&& cmp next/state/counter.tsv whole/state/counter.tsv",
     0, EXACT, "--follow-absolute lets it be read"},
    {"without which it is not compared with itself", "c=$(ls -d chain/*/chk-*) && $S diff $c $c", 2,
     "\nTheir states could not be compared.\n", "--follow-absolute lets it be read"},
    {"and with which it is the same",
     "c=$(ls -d chain/*/chk-*) && $S diff $c $c --follow-absolute && "
     "$S inspect $c --state counter --follow-absolute | grep -c 'could not be read'",
     1, "\nTheir states are the same.\n", ""},
    {"and what Flink would do", "$S restore-check all.yaml -s $(ls -d chain/*/chk-*)", 2,
     "--follow-absolute lets it be read\nFlink would take it: it reads files wherever their "
     "absolute names lead.\n",
     ""},
    {"and goes when the job has finished",
     CHAIN("all.yaml", "-s $(ls -d save/*) -cm CLAIM --out next --quiet") " && ls save | wc -l", 0,
     "\n0\n", ""},
    {"a failure inside of a run changes nothing about that",
     "rm -rf chain && (cat many.yaml; echo 'timeline:'; echo '  - {at: 330 ms, crash: "
     "\"counter[0]\"}') >crash.yaml && " CHAIN(
         "crash.yaml", "--out next --quiet") " && "
                                             "for c in $(ls -d chain/*/chk-*); do grep -h -a -o "
                                             "'/shared/[0-9a-f-]*' $c/_metadata | "
                                             "sort -u; done | sort | uniq -d | grep -c shared",
     0, EXACT, ""},
};

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("many.yaml", many);
    return 0;
}

static void test_rows(void **state)
{
    (void)state;
    if (!snap_rocksdb_version())
        skip();
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
