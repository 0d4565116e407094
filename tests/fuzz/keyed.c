// SPDX-License-Identifier: Apache-2.0
/* keyed.c: any bytes as a file of keyed state: kind of handle, number of groups, offsets, file. */
#include "base/check.h"
#include "flink/keyed_file.h"
#include "fuzz.h"

static void read_all(struct snap_keyed_reader *reader, struct snap_arena *scratch)
{
    struct snap_keyed_item item;
    struct snap_datum datum;

    while (snap_keyed_reader_next(reader, &item)) {
        struct snap_error ignored = {0};
        struct snap_keyed_reader aside = *reader;

        aside.error = &ignored;
        snap_arena_reset(scratch);
        snap_keyed_item_key(&aside, &item, scratch, &datum);
        snap_keyed_item_namespace(&aside, &item, scratch, &datum);
        snap_keyed_item_user_key(&aside, &item, scratch, &datum);
        snap_keyed_item_value(&aside, &item, scratch, &datum);
    }
    SNAP_CHECK(!reader->failed || reader->error->code != SNAP_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum snap_keyed_type types[] = {SNAP_KEYED_GROUPS, SNAP_KEYED_SAVEPOINT,
                                                 SNAP_KEYED_GROUPS_OLD};
    struct snap_arena arena = {0}, scratch = {0};
    struct snap_error error = {0};
    struct snap_keyed_handle handle = {.type = SNAP_KEYED_NONE};
    struct snap_keyed_file file = {.handle = &handle};
    int64_t offsets[FUZZ_GROUPS_MAX];
    struct snap_byte_reader input;
    struct snap_keyed_reader reader;
    uint8_t kind;

    snap_byte_reader_init(&input, (struct snap_bytes){data, size}, 0, &error);
    kind = snap_read_u1(&input, "kind");
    handle.type = types[kind % 3];
    file.max_parallelism = kind & 0x80 ? 1024 : 128;
    handle.group_first = snap_read_u1(&input, "group") % FUZZ_GROUPS_MAX;
    handle.group_count = snap_read_u1(&input, "groups") % FUZZ_GROUPS_MAX;
    for (int32_t i = 0; i < handle.group_count; i++)
        offsets[i] = snap_read_i4(&input, "offset");
    handle.offsets = offsets;
    file.data = snap_read_bytes(&input, snap_byte_reader_left(&input), "file");
    if (!input.failed && snap_keyed_reader_open(&reader, &file, &arena, &error))
        read_all(&reader, &scratch);
    SNAP_CHECK(arena.bytes_total + scratch.bytes_total <
               FUZZ_MEMORY_FIXED + FUZZ_MEMORY_FACTOR * size);
    snap_arena_fini(&scratch);
    snap_arena_fini(&arena);
    return 0;
}
