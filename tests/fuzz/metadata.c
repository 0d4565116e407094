// SPDX-License-Identifier: Apache-2.0
/* metadata.c: any bytes as a snapshot's metadata, with the state that is inside it. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "flink/snapshot_describe.h"
#include "fuzz.h"
#include "view/snapshot_view.h"

static bool open_inline(void *context, const struct snap_stream_handle *stream,
                        struct snap_bytes *bytes, struct snap_error *error)
{
    (void)context;
    *bytes = stream->data;
    if (stream->type == SNAP_STREAM_INLINE || stream->type == SNAP_STREAM_NONE ||
        stream->type == SNAP_STREAM_EMPTY)
        return true;
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT, "there are no files");
}

static void close_inline(void *context, const struct snap_stream_handle *stream,
                         struct snap_bytes bytes)
{
    (void)context;
    (void)stream;
    (void)bytes;
}

static void name_inline(void *context, const struct snap_stream_handle *stream,
                        struct snap_error *error)
{
    (void)context;
    (void)stream;
    (void)error;
}

static bool drop(void *context, struct snap_text *text)
{
    (void)context;
    snap_text_clear(text);
    return true;
}

/* What was read is written with the same bytes, but for booleans that are neither 0 nor 1 and the
 * like: written and read again nothing changes. */
static void write_twice(struct snap_bytes file, struct snap_arena *arena)
{
    struct snap_error error = {0};
    struct snap_metadata metadata;
    struct snap_byte_writer first, second;

    if (!snap_metadata_read(file, arena, &metadata, &error))
        return;
    snap_byte_writer_init(&first, arena, NULL);
    snap_byte_writer_init(&second, arena, NULL);
    snap_metadata_write(&first, &metadata);
    SNAP_CHECK(snap_metadata_read(snap_byte_writer_bytes(&first), arena, &metadata, &error));
    snap_metadata_write(&second, &metadata);
    SNAP_CHECK(snap_bytes_equal(snap_byte_writer_bytes(&first), snap_byte_writer_bytes(&second)));
}

static void show(struct snap_bytes file, struct snap_arena *arena)
{
    struct snap_streams streams = {open_inline, close_inline, close_inline, name_inline, NULL};
    struct snap_error error = {0};
    struct snap_text text = {0};
    struct snap_text_outlet outlet = {&text, drop, NULL};
    struct snap_snapshot snapshot;
    struct snap_snapshot_view view = {.snapshot = &snapshot, .width = 80};

    if (snap_snapshot_describe(file, &streams, arena, &snapshot, &error)) {
        snapshot.path = "fuzz";
        snap_snapshot_summary(&text, &view);
        snap_snapshot_json(&outlet, &view, &error);
        for (uint32_t i = 0; i < snapshot.operator_count && i < 3; i++) {
            view.of = &snapshot.operators[i];
            snap_snapshot_values(&outlet, &view, &error);
        }
    } else {
        SNAP_CHECK(error.code != SNAP_OK && error.message[0]);
    }
    snap_text_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snap_bytes file = {data, size};
    struct snap_arena arena = {0};

    write_twice(file, &arena);
    show(file, &arena);
    SNAP_CHECK(arena.bytes_total < FUZZ_MEMORY_FIXED + FUZZ_MEMORY_FACTOR * size);
    snap_arena_fini(&arena);
    return 0;
}
