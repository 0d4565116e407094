// SPDX-License-Identifier: Apache-2.0
/* channel.c: any bytes as data in flight: offsets of a channel's buffers, then the file. */
#include "base/check.h"
#include "flink/channel_file.h"
#include "flink/snapshot_edges.h"
#include "fuzz.h"

static void read_records(struct snap_bytes joined, struct snap_arena *scratch)
{
    struct snap_record_guess guess;
    struct snap_byte_reader reader, part;
    struct snap_error error = {0};
    struct snap_bytes element;
    uint64_t records = 0;

    if (!snap_records_guess(joined, &guess))
        return;
    snap_byte_reader_init(&reader, joined, 0, &error);
    while (snap_channel_element_next(&reader, &element)) {
        struct snap_datum datum;

        snap_arena_reset(scratch);
        snap_byte_reader_init(&part, element, 0, &error);
        SNAP_CHECK(snap_datum_read(&part, &guess.serializer, scratch, &datum));
        records += datum.items[0].number <= SNAP_ELEMENT_RECORD_PLAIN;
    }
    SNAP_CHECK(records == guess.records && error.code == SNAP_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snap_arena arena = {0}, scratch = {0};
    struct snap_error error = {0};
    int64_t offsets[FUZZ_OFFSETS_MAX];
    struct snap_channel_place place = {.offsets = offsets};
    struct snap_byte_reader input;
    struct snap_byte_writer joined;
    struct snap_bytes file;

    snap_byte_writer_init(&joined, &arena, NULL);
    snap_byte_reader_init(&input, (struct snap_bytes){data, size}, 0, &error);
    place.offset_count = snap_read_u1(&input, "number of buffers") % FUZZ_OFFSETS_MAX;
    for (uint32_t i = 0; i < place.offset_count; i++)
        offsets[i] = snap_read_i4(&input, "offset");
    file = snap_read_bytes(&input, snap_byte_reader_left(&input), "file");
    if (!input.failed && snap_channel_file_read(file, &place, &joined, &error))
        read_records(snap_byte_writer_bytes(&joined), &scratch);
    SNAP_CHECK(arena.bytes_total + scratch.bytes_total <
               FUZZ_MEMORY_FIXED + FUZZ_MEMORY_FACTOR * size);
    snap_arena_fini(&scratch);
    snap_arena_fini(&arena);
    return 0;
}
