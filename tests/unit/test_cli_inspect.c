// SPDX-License-Identifier: Apache-2.0
/* `snapsim inspect` as a user runs it, on snapshots of Flink's and on damaged ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/wait.h>

#include "cli_folder.h"

/* $S is the program, $F the folder with snapshots; commands run in a folder of their own, one after
 * another. */
struct row {
    const char *name;
    const char *command;
    int code;
    const char *out; /* part of the output; NULL: none */
    const char *err;
};

#define COUNT "$F/f23-j1-hashmap-files/snapshot/chk-1"
#define ZOO "$F/f23-j2-hashmap-inline/snapshot/chk-1"
#define ROCKS "$F/f23-j1-rocksdb-incr/snapshot/chk-3"

#define HEAP_TIMERS "$F/f23-j2-rocksdb-heaptimers/snapshot/chk-1"
#define BROADCAST "$F/f23-j1b-broadcast/snapshot/chk-1"
#define CHANGES "$F/f23-j1-changelog/snapshot/chk-1"
#define OLD_CHANGES "$F/f120-j1-changelog/snapshot/chk-1"
#define INLINE "$F/f23-j1-hashmap-inline/snapshot/chk-1"
#define IN_FLIGHT "$F/f23-j3-unaligned-small/snapshot/chk-1"

/* A copy of the snapshot: behind the first place that has the bytes, a Perl pattern for so many of
 * them, there is another byte. */
#define OTHER(snapshot, name, pattern, count, byte)                                                \
    "cp -r " snapshot " " name " && chmod -R u+w " name " && f=$(LC_ALL=C grep -lUaP '" pattern    \
    "' " name "/* | head -n 1) && at=$(LC_ALL=C grep -obUaP '" pattern                             \
    "' $f | head -n 1 | cut -d: -f1) && printf '" byte "' | dd of=$f bs=1 seek=$((at + " count     \
    ")) conv=notrunc status=none && "

static const struct row rows[] = {
    {"a summary", "$S inspect " COUNT, 0, "Checkpoint 1: ", NULL},
    {"the metadata itself", "$S inspect " COUNT "/_metadata", 0, "counter", NULL},
    {"a URI", "$S inspect file://" COUNT, 0, "counter", NULL},
    {"a URI with one slash", "$S inspect file:" COUNT, 0, "counter", NULL},
    {"a savepoint", "$S inspect $F/f23-j1-hashmap-sp-canonical/snapshot", 0,
     "; Savepoint, canonical format", NULL},
    {"an older Flink", "$S inspect $F/f120-j1-hashmap-files/snapshot/chk-1", 0,
     "metadata version 4 (Flink 1.x)", NULL},
    {"in 80 columns", "COLUMNS=80 $S inspect " ROCKS " | awk 'length > 80 && NF > 1'", 0, NULL,
     NULL},
    {"key groups and handles of a subtask",
     "$S inspect $F/f23-j1-rocksdb-full/snapshot/chk-1 | grep -A6 ^Handles", 0,
     "  counter         1  64-127         0      5       0       0  23.34 KB\n", NULL},
    {"handles of shared files",
     "$S inspect " ROCKS " | sed -n '/^Handles/,/^$/p' | awk '$1 == \"counter\" {print $6}'", 0,
     "6\n6\n", NULL},
    {"splits", "$S inspect " COUNT, 0, "Source splits", NULL},
    {"records in flight", "$S inspect $F/f23-j3-unaligned-small/snapshot/chk-1", 0,
     "map (0)     slow (1)      202  Long", NULL},
    {"values", "$S inspect " ZOO " --state zoo-long", 0, "[25,60,95,1000010,1000045,1000080]",
     NULL},
    {"values of a key", "$S inspect " ZOO " --state zoo-long --key 4 | grep -c 'map\\|list'", 0,
     "2\n", NULL},
    {"a key of text", "$S inspect " COUNT " --state counter --key w1", 0, "\"w1\"", NULL},
    {"a text where keys are numbers", "$S inspect " ZOO " --state zoo-long --key abc", 2, NULL,
     "the keys of zoo-long are of type Long: \"abc\" is none"},
    {"and in JSON, where another operator has texts", "$S inspect " ZOO " --json --key abc", 0,
     "\"checkpoint_id\"", NULL},
    {"a key where there are none", "$S inspect " COUNT " --state map --key 1", 2, NULL,
     "map has no keyed state, and so no key \"1\""},
    {"an operator without state", "$S inspect " COUNT " --state map", 0,
     "It has neither keyed state, timers nor operator state.", NULL},
    {"a key that is nowhere", "$S inspect " COUNT " --state counter --key nobody", 0,
     "no entries with the key nobody", NULL},
    {"a state by id", "$S inspect " COUNT " --state 0da08f51eaa85fc298e176a139b3649a", 0,
     "Operator counter", NULL},
    {"a uid where the file has none",
     "$S inspect $F/f120-j1-hashmap-files/snapshot/chk-1 --state counter", 0,
     "Operator 0da08f51eaa85fc298e176a139b3649a", NULL},
    {"JSON", "$S inspect " ZOO " --json", 0, "\"checkpoint_id\": 1,", NULL},
    {"JSON of one operator", "$S inspect " ZOO " --json --state source | grep -c operator_id", 0,
     "1\n", NULL},
    {"no such operator", "$S inspect " COUNT " --state nobody", 2, NULL,
     "has no operator \"nobody\"; it has "},
    {"the name of a state for that of its operator", "$S inspect " COUNT " --state count", 2, NULL,
     "has no operator \"count\"; a state of counter has that name: --state counter"},
    {"a key of nothing", "$S inspect " COUNT " --key a", 2, NULL, "--state UID or --json"},
    {"nothing", "$S inspect", 2, NULL, "which snapshot?"},
    {"no such folder", "$S inspect none", 2, NULL,
     "none: there is no snapshot: no such file or directory"},
    {"a folder without metadata", "mkdir -p empty && $S inspect empty", 2, NULL,
     "empty: there is no _metadata in this directory"},
    {"no snapshot", "echo text, and more of it > text && $S inspect text", 2, NULL,
     "text: offset 0: this is no snapshot's metadata: it begins with 74657874, not 4960672d"},
    {"an empty file", ": > none-in-it && $S inspect none-in-it", 2, NULL,
     "none-in-it: offset 0: the file is empty; expected a snapshot's metadata, which are "},
    {"one that is too short", "echo hi > short && $S inspect short", 2, NULL,
     "short: offset 0: 4 bytes of mark of a snapshot's metadata expected, 3 are left"},
    {"a newer version", "printf 'I`g-\\0\\0\\0\\011' > newer && $S inspect newer", 2, NULL,
     "newer: offset 4: metadata of version 9 is not known; versions 2 to 6 are"},
    {"metadata that was cut off", "head -c 700 " COUNT "/_metadata > cut && $S inspect cut", 2,
     NULL, "cut: offset "},
    {"state that was cut off",
     "cp -r " COUNT " c && chmod -R u+w c && for f in c/*-*; do truncate -s 100 $f; done && "
     "$S inspect c",
     2, NULL, ": offset 100: the file ends; expected "},
    {"state that is missing", "rm c/*-* && $S inspect c", 2, NULL,
     "this file of the snapshot is missing; expected 2624 bytes"},
    {"state that is damaged",
     "cp -r " COUNT " d && chmod -R u+w d && for f in d/*-*; do "
     "printf '\\377\\377' | dd of=$f conv=notrunc status=none; done && $S inspect d",
     2, NULL, "has the version"},
    {"which file it is", "$S inspect d 2>&1 >out | grep -o '^snapsim: d/[^/]*: offset'", 0, "d/",
     NULL},
    {"an empty path", "$S inspect ''", 2, NULL, "the path of a snapshot is empty"},
    {"bytes that are too many, of what",
     "head -c 1500 $F/f23-j1-hashmap-inline/snapshot/chk-1/_metadata > short; $S inspect short", 2,
     NULL, " bytes cannot lie in the "},
    {"windows have a column", "$S inspect $F/f23-j4-hashmap-inline/snapshot/chk-1 --state window",
     0, "  Group  Key                   Window          Value\n", NULL},
    {"and so has what follows", "$S inspect $F/f23-j4-hashmap-inline/snapshot/chk-1 --state window",
     0, "     19  \"k1\"                  [1000,2000]     45014025\n", NULL},
    {"an id is told once", "$S inspect $F/f120-j1-hashmap-files/snapshot/chk-1 --state counter", 0,
     "Operator 0da08f51eaa85fc298e176a139b3649a, parallelism 2 of", NULL},
    {"two paths that do not fit begin below each other",
     "mkdir $(printf '%060d' 0); cp -r " COUNT " $(printf '%060d' 0)/c; "
     "COLUMNS=80 $S diff $(printf '%060d' 0)/c $(printf '%060d' 0)/c | grep -c '^         0000'",
     0, "2\n", NULL},
    {"a folder that has moved",
     "cp -r $F/f23-j1-rocksdb-incr/snapshot moved && $S inspect moved/chk-3", 0, "000016.sst",
     NULL},
    {"a shared file that is missing",
     "chmod -R u+w moved && rm -r moved/shared && "
     "$S inspect moved/chk-3 --json",
     2, "000016.sst", "this file of the snapshot is missing"},
    {"changes beside the folder", "$S inspect $F/f23-j1-changelog/snapshot/chk-1", 2, "changelog",
     "this file of the snapshot is missing"},
    {"values of RocksDB", "$S inspect " ROCKS " --state counter --key w1", 0, "VALUE of Long",
     NULL},
    {"a table that is damaged",
     "cp -r $F/f120-j1-rocksdb-incr/snapshot t && chmod -R u+w t && "
     "for f in $(grep -l BytewiseComparator t/shared/*); do "
     "printf '\\377' | dd of=$f bs=1 seek=9 conv=notrunc status=none; done; $S inspect t/chk-1",
     2, NULL, "offset 0: the block of 199 bytes from here on has another checksum"},
    {"a snapshot differs from none of its own", "$S diff " HEAP_TIMERS " " HEAP_TIMERS, 0,
     "Their states are the same.", NULL},
    {"another time of a timer beside RocksDB differs",
     OTHER(HEAP_TIMERS, "timers", "\\x00{6}\\x06(?=\\xd6)", "7", "\\327") "$S diff " HEAP_TIMERS
                                                                          " timers",
     1, "14      14    1     1        0", NULL},
    {"another key of a broadcast map differs",
     OTHER(BROADCAST, "broadcast", "\\x03r(?=2)", "2",
           "7") "$S diff " BROADCAST
                " broadcast | awk '$2 == \"rules\" { print $(NF - 2), $(NF - 1), $NF }'",
     0, "1 1 0\n", NULL},
    {"another value of one is a change",
     OTHER(BROADCAST, "value", "\\x03x(?=4)", "2",
           "5") "$S diff " BROADCAST
                " value | awk '$2 == \"rules\" { print $(NF - 2), $(NF - 1), $NF }'",
     0, "0 0 1\n", NULL},
    {"another record in flight differs",
     OTHER(IN_FLIGHT, "flight", "\\x00{7}(?=\\xd8)", "7", "\\331") "$S diff " IN_FLIGHT " flight",
     1, "      4       4    0     0        1\n", NULL},
    {"keys that differ are named", "$S diff $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS, 1,
     "  changed  \"w12\"  16     19\n", NULL},
    {"so many of them",
     "$S diff --keys 2 $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS " | grep -c '^  changed  .w'",
     0, "2\n", NULL},
    {"and how many are not", "$S diff $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS, 1,
     "  and 13 more; --keys N names N of them\n", NULL},
    {"in JSON, too",
     "$S diff --json --keys 99 $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS
     " | python3 -c 'import json, sys; d = json.load(sys.stdin); "
     "print(sorted((k[\"key\"], k[\"first\"], k[\"second\"]) for o in d[\"operators\"] "
     "for s in o[\"states\"] if s[\"name\"] == \"count\" for k in s[\"keys\"])[:2])'",
     0, "[('w0', ", NULL},
    {"splits by where they are", "$S diff $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS, 1,
     "  changed  \"0\"  [193,400]  [233,400]\n", NULL},
    {"sizes of operators", "$S diff $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS, 1,
     "49.30 KB -> 51.89 KB\n", NULL},
    {"subtasks that have finished",
     "$S diff $F/f23-j1-finished-partial/snapshot/chk-2 " COUNT " | grep '^  source  '", 0,
     "1 -> 0", NULL},
    {"operators that one lacks have no coordinator there", "$S diff " IN_FLIGHT " " COUNT, 1,
     "2 -> -", NULL},
    {"a coordinator's state differs",
     OTHER(COUNT, "coordinator", "\\x00{3}\\x01\\x00{3}\\x01\\x00{3}\\x04(?=\\x00{4})", "15",
           "\\001") "$S diff " COUNT " coordinator",
     1, "changed", NULL},
    {"in 80 columns",
     "COLUMNS=80 $S diff $F/f23-j1-rocksdb-incr/snapshot/chk-2 " ROCKS
     " | awk 'length > 80 && NF > 1'",
     0, NULL, NULL},
    {"in 120 columns",
     "COLUMNS=120 $S diff " ZOO " $F/f120-j2-hashmap-files/snapshot/chk-1"
     " | awk 'length > 120 && NF > 1'",
     0, NULL, NULL},
    {"keys are a number", "$S diff --keys all " COUNT " " COUNT, 2, NULL,
     "--keys all: a number of keys is expected, 0 or more"},
    {"words of a damaged file are shown by their codes",
     OTHER(COUNT, "words", "org\\.apache\\.flink\\.api\\.common\\.typeutils\\.base\\.Long", "3",
           "\\033") "$S restore-check " SNAP_SOURCE_DIR "/scenarios/flink-jobs/word-count.yaml -s "
                    "words | grep 'offset [0-9]*: state .* of "
                    "org.x1bapache.flink.api.common'",
     0, "words/", NULL},
    {"help fits a terminal",
     "for w in 80 100 140; do for t in run diff operators actions events keys expect sabotage "
     "oracles; do COLUMNS=$w $S help $t | awk -v w=$w 'length > w'; done; done",
     0, NULL, NULL},
    {"and 80 columns if there is none",
     "unset COLUMNS; $S help keys | awk 'length > n { n = length } END { print (n > 60), (n <= 80) "
     "}'",
     0, "1 1\n", NULL},
    {"two snapshots are needed", "$S diff " COUNT, 2, NULL, "two snapshots are compared, found 1"},
    {"no state is the same that cannot be read", "$S diff " OLD_CHANGES " " CHANGES, 2,
     "  counter   (keyed state)                                    ?       ?    ?     ?        ?\n",
     "dstl/f7d5fd685fab0a4d0bf5614c601659c0/dstl/549c12f9-6de2-464e-8b11-7ffac5e9c7a4: this file "
     "of "
     "the snapshot is missing"},
    {"which is the conclusion", "$S diff " OLD_CHANGES " " CHANGES, 2,
     "\nTheir states could not be compared.\n", "dstl/c2fc4eb3ce41511979c82a26e6b36fbb/"},
    {"nor is one new that only the other names", "$S diff " OLD_CHANGES " " INLINE, 2,
     "  counter   count                                    ?      23    ?     ?        ?\n",
     "this file of the snapshot is missing"},
    {"what differs else is said", "$S diff " OLD_CHANGES " " INLINE, 2,
     "\nTheir states differ, and some could not be compared.\n",
     "this file of the snapshot is missing"},
    {"what nobody knows is null",
     "$S diff --json " OLD_CHANGES " " INLINE " 2>said | python3 -c 'import json, sys; "
     "d = json.load(sys.stdin); print([[s[k] for k in (\"entries_first\", \"entries_second\", "
     "\"new\", \"gone\", \"changed\")] for o in d[\"operators\"] for s in o[\"states\"] "
     "if s[\"name\"] == \"count\"], d[\"same_states\"])'",
     0, "[[None, 23, None, None, None]] False\n", NULL},
    {"also whether states are the same", "$S diff --json " OLD_CHANGES " " CHANGES, 2,
     "\"same_states\": null,", "this file of the snapshot is missing"},
    {"tables that are missing",
     "$S diff moved/chk-3 moved/chk-3 2>said; echo $? && grep -c 'is missing; expected' said", 0,
     "\nTheir states could not be compared.\n2\n1\n", NULL},
    {"their entries could not be read", "$S inspect moved/chk-3 --state counter", 2,
     "VALUE of Long, key String)\n  its entries could not be read\n",
     "this file of the snapshot is missing"},
    {"nor those of changes", "$S inspect " CHANGES " --state counter", 2,
     "\nSubtask 1, keyed state (changelog)\n  its entries could not be read\n",
     "this file of the snapshot is missing"},
    {"of which nothing else is said",
     "$S inspect " CHANGES " --state counter 2>said | grep -c 'neither\\|not read here'", 1, "0\n",
     NULL},
    {"timers beside RocksDB by their kind",
     "$S inspect " HEAP_TIMERS " | awk '$3 == \"TIMERS,\" { print $1, $4, $NF }'", 0,
     "zoo-string event 10\nzoo-string processing 17\nzoo-long event 14\nzoo-long processing 21\n",
     NULL},
    {"are those of another backend",
     "$S diff " HEAP_TIMERS " $F/f23-j2-hashmap-files/snapshot/chk-1"
     " | awk '$2 ~ /_timer_state/ { print $1, $3, $4, $5, $6, $7 }'",
     0,
     "zoo-string 10 10 0 0 0\nzoo-string 17 16 0 1 0\nzoo-long 14 14 0 0 0\n"
     "zoo-long 21 21 0 0 0\n",
     NULL},
    {"so are maps in another order",
     "$S diff " HEAP_TIMERS " $F/f23-j2-hashmap-files/snapshot/chk-1"
     " | awk '$1 == \"zoo-long\" && $2 == \"map\" { print $3, $4, $5, $6, $7 }'",
     0, "7 7 0 0 5\n", NULL},
    {"which are shown in one", "$S diff " HEAP_TIMERS " $F/f23-j2-hashmap-files/snapshot/chk-1", 1,
     "{\"f0\":9,\"f1\":10,\"f2\":10,\"nil\":null}   {\"f0\":9,\"f1\":10,\"f2\":9,\"nil\":null}\n",
     NULL},
    {"a relocation without a sign", "$S inspect " COUNT " --relocate a", 2, NULL, "FROM=TO"},
};

static void read_text(const char *name, struct snap_text *text)
{
    snap_text_clear(text);
    snap_text_add_string(text, "");
    cli_read_file(name, text);
}

static bool holds(const struct snap_text *text, const char *part)
{
    return part ? strstr(text->data, part) != NULL : text->length == 0;
}

static void test_rows(void **state)
{
    struct snap_text command = {0}, out = {0}, err = {0};
    unsigned failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        int status;

        snap_text_clear(&command);
        snap_text_printf(&command, "(%s) > .out 2> .err", row->command);
        status = system(command.data);
        read_text(".out", &out);
        read_text(".err", &err);
        if (WIFEXITED(status) && WEXITSTATUS(status) == row->code && holds(&out, row->out) &&
            holds(&err, row->err))
            continue;
        print_error("%s: exit code %d\n%.600s%s", row->name, WEXITSTATUS(status), out.data,
                    err.data);
        failed++;
    }
    snap_text_fini(&command);
    snap_text_fini(&out);
    snap_text_fini(&err);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    if (!cli_folder_enter() ||
        setenv("F", SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots", 1) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, cli_folder_leave);
}
