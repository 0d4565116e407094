// SPDX-License-Identifier: Apache-2.0
/*
 * A directory that stands for a remote storage: names are those there, files lie here.
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
#include "storage/uri_root.h"
#include "unit/cli_rows.h"

#define JOB(backend)                                                                               \
    "name: job\nuntil: 330 ms\nexpect: {job: RUNNING}\n"                                           \
    "config:\n"                                                                                    \
    "  parallelism.default: 2\n"                                                                   \
    "  state.backend.type: " backend "\n"                                                          \
    "  execution.checkpointing.incremental: true\n"                                                \
    "  execution.checkpointing.interval: 100 ms\n"                                                 \
    "  execution.checkpointing.dir: hdfs://namenode:8020/flink/checkpoints\n"                      \
    "  execution.checkpointing.data-inline-threshold: 0\n"                                         \
    "model:\n"                                                                                     \
    "  storage: {stands-for: \"hdfs://namenode:8020/\", root: ./disk}\n"                           \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: numbers, ends: [400, 400], rate: 1000/s}\n"                           \
    "  - {uid: map, type: map, function: word 4000, input: source}\n"                              \
    "  - {uid: counter, type: count, input: map, ship: hash}\n"                                    \
    "  - {uid: sink, type: tally, input: counter}\n"                                               \
    "timeline:\n"                                                                                  \
    "  - {at: 250 ms, savepoint: \"hdfs://namenode:8020/flink/savepoints\"}\n"

#define CHECKPOINT "$(ls -d disk/flink/checkpoints/*/chk-* | tail -n 1)"
#define URI "hdfs://namenode:8020/$(echo " CHECKPOINT " | sed 's/^disk.//')"

static const struct cli_row rows[] = {
    {"files lie in the directory that stands for it",
     "$S run heap.yaml --out out && ls -d disk/flink/checkpoints/*/chk-*/_metadata "
     "disk/flink/savepoints/savepoint-*/_metadata && ls out",
     0,
     "Checkpoint storage: filesystem, checkpoints in hdfs://namenode:8020/flink/checkpoints; "
     "hdfs://namenode:8020 is ./disk\n",
     ""},
    {"a run starts from the URI",
     "sed '/^until/d;/^expect/d' heap.yaml >whole.yaml && "
     "$S run whole.yaml -s " URI " --out next --overwrite --quiet",
     0, "counter  state     0       0      -      0       -", ""},
    {"so does a check", "$S restore-check whole.yaml -s " URI, 0, "Snapshot: checkpoint 5 in /",
     ""},
    {"one that the job's settings name",
     "$S run whole.yaml -D execution.state-recovery.path=" URI " --out next --overwrite --quiet", 0,
     "counter  state     0       0      -      0       -", ""},
    {"the files can be looked at where they lie", "$S inspect " CHECKPOINT " --state counter", 0,
     "Subtask 0, keyed state \"count\"", ""},
    {"one that is not there", "$S run whole.yaml -s hdfs://namenode:8020/nosuch --out next", 2, "",
     "hdfs://namenode:8020/nosuch: there is no snapshot: no such file or directory: ./disk/nosuch "
     "(hdfs://namenode:8020 stands for ./disk)\n"},
    {"another machine", "$S run whole.yaml -s hdfs://other/x --out next --overwrite", 2, "",
     "or let a directory stand for that (storage.stands-for and storage.root of the model)"},
    {"a place that nothing stands for",
     "$S run heap.yaml -D execution.checkpointing.dir=hdfs://other:8020/x --out none", 2, "",
     "hdfs://other:8020/x: only paths and file: URIs are places for snapshots here; "
     "storage.stands-for and storage.root of the model make a directory stand for another storage"},
    {"the same of a savepoint",
     "sed 's,//namenode:8020/flink/save,//other/save,' heap.yaml >other.yaml; "
     "$S run other.yaml --out none",
     2, "", "hdfs://other/savepoints: only paths"},
    {"a storage without a directory",
     "sed 's/, root: .*}/}/' heap.yaml >half.yaml; $S run half.yaml --out none", 2, "",
     "storage.stands-for needs storage.root"},
    {"a directory without a storage",
     "sed 's/stands-for: [^ ]* //' heap.yaml >half.yaml; $S run half.yaml --out none", 2, "",
     "storage.root needs storage.stands-for"},
    {"no remote storage",
     "sed 's,stands-for: [^ ]*,stands-for: /x,' heap.yaml >half.yaml; $S run half.yaml --out none",
     2, "", NULL},
};

#define ROOT(uri, directory)                                                                       \
    "sed \"s#{stands-for.*#{stands-for: '" uri "', root: '" directory "'}#\" "

/* Handles of files that checkpoints share have full names. */
static const struct cli_row shared_rows[] = {
    {"tables are named as there",
     "rm -rf disk && $S run tables.yaml --out out --overwrite --quiet && "
     "grep -a -o 'hdfs://namenode:8020/flink/checkpoints/[0-9a-f]*/shared/' " CHECKPOINT
     "/_metadata | sort -u | wc -l",
     0, "\n1\n", ""},
    {"and found here, without the scenario too", "$S inspect " CHECKPOINT " --state counter", 0,
     "Subtask 0, keyed state \"count\"", ""},
    {"who goes on with them names them so",
     "first=$(ls disk/flink/checkpoints) && sed 's/330/350/' tables.yaml >more.yaml && "
     "$S run more.yaml -s " URI " -cm CLAIM --out next --overwrite --quiet && "
     "grep -a -o \"hdfs://namenode:8020/flink/checkpoints/$first/shared/\" "
     "$(ls -d disk/flink/checkpoints/*/chk-* | grep -v $first)/_metadata | sort -u | wc -l",
     0, "\n1\n", ""},
    {"a directory above the current one",
     "mkdir sub && cd sub && " ROOT(
         "hdfs://namenode:8020",
         "../up") "../tables.yaml >up.yaml && "
                  "$S run up.yaml --out out --overwrite --quiet && "
                  "c=$(ls -d ../up/flink/checkpoints/*/chk-* | tail -n 1) && "
                  "grep -a -o 'hdfs://namenode:8020/flink/checkpoints/[0-9a-f]*/shared/' "
                  "$c/_metadata | "
                  "sort -u | wc -l && sed '/^until/d;/^expect/d;/^timeline/,$d' up.yaml >rest.yaml "
                  "&& "
                  "$S run rest.yaml -s hdfs://namenode:8020/${c#../up/} -cm CLAIM --out next "
                  "--overwrite",
     0, "counter  state     0       0      -      0       -", ""},
    {"all of a kind of storage, in the directory that a URI names",
     ROOT("s3://", "file://$PWD/up") "tables.yaml | sed 's,//namenode:8020/,//bucket/,; "
                                     "s,hdfs:,s3:,' >s3.yaml && $S run s3.yaml --out out "
                                     "--overwrite --quiet && "
                                     "grep -h -a -o 's3:/*bucket/flink/checkpoints/' "
                                     "up/bucket/flink/checkpoints/*/chk-*/_metadata | sort -u",
     0, "\ns3://bucket/flink/checkpoints/\n", ""},
};

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("heap.yaml", JOB("hashmap"));
    cli_write_file("tables.yaml", JOB("rocksdb"));
    return 0;
}

static void test_rows(void **state)
{
    (void)state;
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_shared(void **state)
{
    (void)state;
    if (!snap_rocksdb_version())
        skip();
    cli_run_rows(shared_rows, sizeof(shared_rows) / sizeof(shared_rows[0]));
}

static void test_names(void **state)
{
    static const struct snap_uri_root root = {"hdfs://a", "/disk/"}, all = {"s3://", "/disk"},
                                      up = {"hdfs://a", "file:///x/../disk"};
    static const struct {
        const struct snap_uri_root *root;
        const char *text, *path;
    } names[] = {
        {&root, "hdfs://a/b/c", "/disk/b/c"},
        {&root, "hdfs://a", "/disk"},
        {&root, "hdfs://ab/c", "hdfs://ab/c"},
        {&root, "/b", "/b"},
        {&root, "file:///b", "/b"},
        {NULL, "file:/b", "/b"},
        {&all, "s3://bucket/b", "/disk/bucket/b"},
        {&up, "hdfs://a/b", "/disk/b"},
    };
    struct snap_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(snap_uri_root_path(names[i].root, &arena, names[i].text),
                            names[i].path);
    assert_string_equal(snap_uri_root_name(&root, &arena, "/disk/b"), "hdfs://a/b");
    assert_string_equal(snap_uri_root_name(&all, &arena, "/disk/b"), "s3://b");
    assert_string_equal(snap_uri_root_name(&up, &arena, "/disk/b"), "hdfs://a/b");
    assert_string_equal(snap_uri_root_name(&root, &arena, "/x/../disk/c/../b"), "hdfs://a/b");
    assert_string_equal(snap_uri_root_name(NULL, &arena, "/disk/../b"), "file:/b");
    assert_string_equal(snap_uri_root_name(&root, &arena, "/disks/b"), "file:/disks/b");
    assert_string_equal(snap_uri_root_name(NULL, &arena, "/disk/b"), "file:/disk/b");
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
