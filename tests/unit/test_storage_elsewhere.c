// SPDX-License-Identifier: Apache-2.0
/*
 * Files of an incremental checkpoint that lie elsewhere: tables are read only if the user agreed,
 * of the others nothing is read, and nobody has to agree; but they have to be there.
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

#include "flink/metadata.h"
#include "flink/rocksdb_state.h"
#include "operators/classes.h"
#include "storage/snapshot_read.h"
#include "storage/state_stream.h"
#include "unit/cli_folder.h"

#define SNAPSHOT SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots/f23-j1-rocksdb-incr/snapshot"

struct row {
    const char *name;
    bool moves_tables;
    bool moves_others;
    bool agrees; /* --follow-absolute */
    bool loses;  /* what was moved is nowhere */
    enum snap_error_code code;
};

static const struct row rows[] = {
    {"all where they were", false, false, false, false, SNAP_OK},
    {"the others elsewhere", false, true, false, false, SNAP_OK},
    {"the others elsewhere, agreed", false, true, true, false, SNAP_OK},
    {"the others nowhere", false, true, false, true, SNAP_ERROR_SNAPSHOT},
    {"the others nowhere, agreed", false, true, true, true, SNAP_ERROR_SNAPSHOT},
    {"tables elsewhere", true, false, false, false, SNAP_ERROR_CONSENT},
    {"tables elsewhere, agreed", true, false, true, false, SNAP_OK},
    {"tables nowhere", true, false, false, true, SNAP_ERROR_SNAPSHOT},
    {"all elsewhere", true, true, false, false, SNAP_ERROR_CONSENT},
    {"all elsewhere, agreed", true, true, true, false, SNAP_OK},
};

/* What a row does to the files. */
struct lab {
    const struct row *row;
    struct snap_arena arena;
    struct snap_fs *fs;
    struct snap_snapshot_reading reading;
    uint32_t moved;
};

static void shell(const char *command)
{
    assert_int_equal(system(command), 0);
}

static void move_stream(struct lab *lab, struct snap_stream_handle *stream)
{
    struct snap_site_file file;
    struct snap_error error = {0};
    char here[4096];
    const char *to;

    assert_true(snap_snapshot_site_file(&lab->reading.site, stream, &lab->arena, &file, &error));
    assert_non_null(getcwd(here, sizeof(here)));
    to = snap_arena_printf(&lab->arena, "%s/elsewhere/%u", here, lab->moved++);
    shell(
        snap_arena_printf(&lab->arena, "cp %s %s", file.path, lab->row->loses ? "/dev/null" : to));
    to = snap_arena_printf(&lab->arena, "file:%s", to);
    stream->type = SNAP_STREAM_FILE;
    stream->path = (struct snap_bytes){(const uint8_t *)to, strlen(to)};
}

static void move_streams(struct lab *lab, struct snap_named_streams *streams)
{
    struct snap_named_stream *items =
        snap_arena_copy(&lab->arena, streams->items, streams->count * sizeof(*items));

    for (uint32_t i = 0; i < streams->count; i++)
        if (snap_rocksdb_is_table(items[i].name) ? lab->row->moves_tables : lab->row->moves_others)
            move_stream(lab, &items[i].stream);
    streams->items = items;
}

/* Writes the metadata of a copy anew, with names of files that lie elsewhere. */
static void move_files(struct lab *lab)
{
    const struct snap_snapshot_place place = {.pointer = "job/chk-3"};
    struct snap_byte_writer writer;
    struct snap_error error = {0};

    lab->reading = (struct snap_snapshot_reading){.fs = lab->fs, .arena = &lab->arena};
    assert_true(snap_snapshot_open(&lab->reading, &place, &error));
    for (uint32_t o = 0; o < lab->reading.metadata->operator_count; o++) {
        const struct snap_metadata_operator *of = &lab->reading.metadata->operators[o];
        /* It was read into memory of the lab's. */
        struct snap_metadata_subtask *subtasks = (struct snap_metadata_subtask *)of->subtasks;

        for (uint32_t i = 0; i < of->subtask_count; i++) {
            move_streams(lab, &subtasks[i].managed_keyed.shared);
            move_streams(lab, &subtasks[i].managed_keyed.own);
        }
    }
    snap_byte_writer_init(&writer, &lab->arena, NULL);
    snap_metadata_write(&writer, lab->reading.metadata);
    assert_true(snap_state_file_write(lab->fs, "job/chk-3/_metadata",
                                      (struct snap_bytes){writer.data, writer.used}, &error));
}

/* Reads the counter's state; returns how many keys there are. */
static uint32_t load(struct lab *lab, struct snap_error *error)
{
    const struct snap_snapshot_place place = {.pointer = "job/chk-3",
                                              .follows_absolute = lab->row->agrees};
    struct snap_operator op = {.type = &snap_count_class.type,
                               .uid = "counter",
                               .schema = {SNAP_VALUE_STRING, SNAP_VALUE_LONG}};
    uint32_t keys = 0;

    lab->reading = (struct snap_snapshot_reading){
        .fs = lab->fs, .arena = &lab->arena, .backend = SNAP_BACKEND_ROCKSDB};
    if (!snap_snapshot_open(&lab->reading, &place, error))
        return 0;
    for (uint32_t i = 0; i < lab->reading.image.operator_count; i++)
        if (strcmp(lab->reading.image.operators[i].uid, op.uid) == 0) {
            lab->reading.image.operators[i].op = &op;
            lab->reading.image.operators[i].states = snap_count_class.states;
        }
    if (!snap_snapshot_load(&lab->reading, error))
        return 0;
    for (uint32_t i = 0; i < lab->reading.image.operator_count; i++) {
        const struct snap_image_operator *of = &lab->reading.image.operators[i];

        for (uint32_t s = 0; of->op && s < of->parallelism; s++) {
            const struct snap_keyed_snapshot *keyed = &of->subtasks[s].state->keyed[0];

            keys += keyed->group_starts[keyed->group_count];
        }
    }
    return keys;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lab lab = {.row = &rows[i]};
        struct snap_error error = {0};
        uint32_t keys;

        snap_arena_init(&lab.arena);
        lab.fs = snap_fs_real_create(NULL);
        shell("rm -rf job elsewhere && mkdir elsewhere && cp -r " SNAPSHOT
              " job && chmod -R u+w job");
        move_files(&lab);
        assert_true((lab.moved > 0) == (rows[i].moves_tables || rows[i].moves_others));
        keys = load(&lab, &error);
        if (error.code != rows[i].code || keys != (rows[i].code == SNAP_OK ? 23u : 0u))
            fail_msg("%s: %u keys, code %d: %s", rows[i].name, keys, (int)error.code,
                     error.message);
        snap_fs_destroy(lab.fs);
        snap_arena_fini(&lab.arena);
    }
}

static int enter(void **state)
{
    (void)state;
    return cli_folder_enter() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, enter, cli_folder_leave);
}
