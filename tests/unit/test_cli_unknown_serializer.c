// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots with a serializer that nobody here knows: what `inspect`, `diff` and a restore say of
 * the states whose bytes it has, and of those behind them.
 *
 * The snapshots are Flink's, with one letter of a serializer's class changed.
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

#define SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots/"
#define ZOO SNAPSHOTS "f23-j2-hashmap-files/snapshot/chk-1"
#define JOBS SNAP_SOURCE_DIR "/scenarios/flink-jobs/"

/* A copy of the snapshot in which the class has another name. */
#define OTHER(snapshot, name, class, other)                                                        \
    "cp -r " SNAPSHOTS snapshot " " name " && chmod -R u+w " name                                  \
    " && LC_ALL=C sed -i 's/" class "/" other "/g' " name "/* && "

/* Name and number of each keyed state of an operator, in one line. */
#define NUMBERS(operator)                                                                          \
    " | awk '$1 == \"" operator"\" && $2 !~ /^[0-9]/ { printf \"%s %s, \", $2, $NF }'"

/* `print` may use: s, a subtask of the operator, and k, its keyed state. */
#define JSON(operator, subtask, print)                                                             \
    " --json | python3 -c 'import json, sys\n"                                                     \
    "s = [o for o in json.load(sys.stdin)[\"operators\"] if o[\"uid\"] == \""                      \
    operator"\"][0][\"subtasks\"][" subtask "]\n"                                                  \
            "k = s[\"keyed_state\"]\n"                                                             \
            "print(" print ")'"

static const struct cli_row rows[] = {
    {"states behind the bytes have an unknown number",
     OTHER("f23-j2-hashmap-files/snapshot/chk-1", "zoo", "LongSerializer",
           "LxngSerializer") "COLUMNS=120 $S inspect zoo" NUMBERS("zoo-string"),
     0,
     "fired ?, value ?, map ?, _timer_state/processing_user-timers 16, "
     "_timer_state/event_user-timers ?, ",
     ""},
    {"all of them, if the bytes come first",
     "COLUMNS=120 $S inspect zoo" NUMBERS("zoo-long") " | grep -o '[^ ]*,' | sort | uniq -c", 0,
     "      9 ?,\n", ""},
    {"which are shown, and how many key groups the others miss",
     "$S inspect zoo --state zoo-string", 0,
     "  2 key groups could not be read: a serializer is unknown\n\nSubtask 0, keyed state \"map\"",
     ""},
    {"JSON has bytes of the one and no entries of the others",
     "$S inspect zoo" JSON("zoo-string", "0",
                           "[(n, k[n][\"unread_key_groups\"], len(k[n].get(\"entries\", \"-\")), "
                           "\"entries\" in k[n]) for n in k], \"timers\" in s"),
     0, "[('fired', 2, 1, False), ('value', 2, 1, False), ('map', 2, 2, True)] False\n", ""},
    {"timers before the bytes are known ones, and so are entries where there are no bytes",
     "$S inspect zoo" JSON("zoo-string", "0",
                           "len(s[\"known_timers\"]) > 0, k[\"value\"][\"known_entries\"]"),
     0, "True []\n", ""},
    {"of one key not the bytes, which have no key",
     "$S inspect zoo --key s0" JSON("zoo-string", "0", "[n for n in k if \"entries\" in k[n]]"), 0,
     "[]\n", ""},
    {"what is known has no number of key groups",
     "$S inspect " ZOO " --json | grep -c unread_key_groups", 1, "0\n", ""},
    {"the class is told where what is unknown is in a type",
     "COLUMNS=400 $S inspect zoo | grep -o ' Ttl<[^ ]*'", 0,
     " Ttl<org.apache.flink.api.common.typeutils.base.LxngSerializer$LxngSerializerSnapshot>\n",
     ""},
    {"two with unknown numbers are not compared",
     "COLUMNS=120 $S diff zoo " ZOO " | awk '$1 == \"zoo-string\" && $2 ~ /value|event/ "
     "{ print $(NF - 4), $(NF - 3), $(NF - 2), $(NF - 1), $NF }'",
     0, "? 5 ? ? ?\n? 10 ? ? ?\n", NULL},
    {"timers before the bytes are",
     "COLUMNS=120 $S diff zoo " ZOO " | grep 'string.*processing_user-timers'", 0,
     "     16      16    0     0        0\n", NULL},
    {"which is the conclusion", "$S diff zoo " ZOO, 2, "\nTheir states could not be compared.\n",
     "zoo/_metadata: state \"map\" of zoo-string has a serializer that is unknown"},
    {"a key is not said to be nowhere",
     OTHER("f23-j1-hashmap-files/snapshot/chk-1", "count", "LongSerializer",
           "LxngSerializer") "$S inspect count --state counter --key w1",
     0, ", key String)\n  11 key groups could not be searched: a serializer is unknown\n", ""},
    {"nor that there are none", "$S inspect count --state counter --key w1 | grep -c 'no entries'",
     1, "0\n", ""},
    {"keys that are bytes themselves are not searched",
     OTHER("f23-j1-hashmap-sp-canonical/snapshot", "keys", "base.StringSerializer",
           "base.StrxngSerializer") "$S inspect keys --state counter --key w1",
     0, "\n  its keys could not be searched: their serializer is unknown\n", ""},
    {"in JSON neither", "$S inspect keys --key w1 --json | grep -c '_\\?entries'", 1, "0\n", ""},
    {"but shown", "$S inspect keys --state counter", 0, "      1  {\"bytes\":\"0477313300\"}  12\n",
     ""},
    {"and not restored", "$S run -s keys " JOBS "word-count.yaml", 2, "",
     "StrxngSerializer$StringSerializerSnapshot in the snapshot and String in this job"},
    {"the same in tables",
     OTHER("f23-j2-rocksdb-full/snapshot/chk-1", "tables", "base.LongSerializer",
           "base.LxngSerializer") "$S inspect tables --state zoo-long",
     0, "  {\"bytes\":\"", ""},
    {"which restore-check says",
     "$S restore-check -s tables " JOBS "state-zoo.yaml -D state.backend.type=rocksdb", 2,
     "LxngSerializer$LongSerializerSnapshot in the snapshot and Long in this job\n", ""},
    {"against known ones they are a column's `?`",
     "COLUMNS=200 $S diff tables " SNAPSHOTS "f23-j2-rocksdb-full/snapshot/chk-1 | "
     "grep -c '^  gone  ?  *{\"bytes\"'",
     0, NULL, ""},
    {"maps whose own serializer is unknown, in tables",
     OTHER("f23-j2-rocksdb-full/snapshot/chk-1", "maps-in-tables", "MapSerializerSnapshot",
           "MxpSerializerSnapshot") "$S inspect maps-in-tables" JSON("zoo-string", "0",
                                                                     "k[\"map\"][\"entries\"][0]["
                                                                     "\"key\"], "
                                                                     "k[\"map\"][\"entries\"][0]["
                                                                     "\"value\"][0]"),
     0, "s0 [{'bytes': '036730'}, {'bytes': '0000000000989ad6'}]\n", ""},
    {"and in a savepoint",
     OTHER("f23-j2-hashmap-sp-canonical/snapshot", "maps-in-savepoint", "MapSerializerSnapshot",
           "MxpSerializerSnapshot") "$S inspect maps-in-savepoint" JSON("zoo-string", "0",
                                                                        "k[\"map\"][\"entries\"][0]"
                                                                        "[\"key\"], "
                                                                        "k[\"map\"][\"entries\"][0]"
                                                                        "[\"value\"][0]"),
     0, "s0 [{'bytes': '036730'}, {'bytes': '0000000000989ad6'}]\n", ""},
    {"which no job takes for its own", "$S run -s maps-in-savepoint " JOBS "state-zoo.yaml", 2, "",
     "MxpSerializerSnapshot in the snapshot and Map<String,Long> in this job"},
    {"a namespace that is unknown hides neither key nor value",
     OTHER("f23-j4-rocksdb-sp-canonical/snapshot", "scopes", "TimeWindow",
           "TxmeWindow") "$S inspect scopes --state window --key k1",
     0,
     "     19  \"k1\"                  {\"bytes\":\"00000000000003e800000000000007d0\"}  "
     "45014025\n",
     ""},
    {"but is not restored", "$S run -s scopes " JOBS "windows.yaml", 2, "",
     ": timers of state \"_timer_state/processing_window-timers\" of operator \"window\" are "},
    {"nor is the void one if nobody knows it",
     OTHER("f23-j1-rocksdb-sp-canonical/snapshot", "void", "VoidNamespaceSerializer",
           "VxidNamespaceSerializer") "sed -i 's/-timers/-tamers/g' void/_metadata; "
                                      "$S run -s void " JOBS "word-count.yaml",
     2, "", ": namespaces of state \"count\" of operator \"counter\" are org.apache."},
    {"timers beside the state whose keys are unknown",
     OTHER("f23-j2-rocksdb-heaptimers/snapshot/chk-1", "beside", "base.LongSerializer",
           "base.LxngSerializer") "COLUMNS=120 $S inspect beside" NUMBERS("zoo-long"),
     0, "user-timers ?, user-timers ?, ", ""},
    {"others are known", "COLUMNS=120 $S inspect beside" NUMBERS("zoo-string"), 0,
     "user-timers 10, user-timers 17, ", ""},
    {"they are not compared", "$S diff beside beside", 2, "\nTheir states could not be compared.\n",
     "beside/_metadata: state \"user-timers\" of zoo-long has a serializer that is unknown"},
    {"timers behind states of unknown keys",
     OTHER("f23-j4-hashmap-inline/snapshot/chk-1", "windows", "typeutils.base.StringSerializer",
           "typeutils.base.StrxngSerializer") "COLUMNS=120 $S inspect windows" NUMBERS("window"),
     0,
     "window-contents ?, _timer_state/processing_window-timers ?, "
     "_timer_state/event_window-timers ?, ",
     ""},
    {"timers that are bytes have no time",
     OTHER("f23-j4-hashmap-inline/snapshot/chk-1", "timers", "TimerSerializerSnapshot",
           "TxmerSerializerSnapshot") "$S inspect timers --state window | grep -c ' ms$'",
     1, "0\n", ""},
    {"but are shown", "$S inspect timers --state window", 0,
     "     19  null                  {\"bytes\":\"80000000000007cf036b31", ""},
    {"while the state before them is known", "$S inspect timers --state window --key k1", 0,
     "     19  \"k1\"                  [1000,2000]     45014025\n", ""},
    {"a restore does not take what is lost for empty",
     OTHER("f23-j2-hashmap-files/snapshot/chk-1", "maps", "MapSerializerSnapshot",
           "MxpSerializerSnapshot") "LC_ALL=C sed -i 's/\\x00\\x03map/\\x00\\x03mxp/' maps/*-* && "
                                    "$S run -s maps " JOBS "state-zoo.yaml",
     2, "", "\" cannot be read in key group "},
    {"but says behind what it is", "$S run -s maps " JOBS "state-zoo.yaml", 2, "",
     ": it stands behind state \"mxp\", whose serializer is unknown; expected "},
    {"in which file, and where",
     "$S run -s maps " JOBS "state-zoo.yaml 2>&1 | grep -c '^snapsim: .*/maps/[-0-9a-f]*: offset "
     "[0-9]*: state '",
     0, "1\n", NULL},
    {"which it takes where nothing is unknown", "$S run -s " ZOO " " JOBS "state-zoo.yaml", 0,
     "Job FINISHED", ""},
};

int main(void)
{
    static const struct cli_table table = {rows, sizeof(rows) / sizeof(rows[0]), {{NULL, NULL}}};

    return cli_run_table(&table);
}
