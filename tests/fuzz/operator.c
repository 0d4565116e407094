// SPDX-License-Identifier: Apache-2.0
/* operator.c: any bytes as a file of operator state: lists with their offsets, then the file. */
#include "base/check.h"
#include "flink/operator_file.h"
#include "flink/sink_state.h"
#include "flink/source_state.h"
#include "fuzz.h"

static void read_list(struct snap_byte_reader *input, struct snap_list_place *list,
                      struct snap_arena *arena)
{
    int64_t *offsets;

    list->name = snap_read_bytes(input, snap_read_u1(input, "length of a name"), "a name");
    list->mode = (enum snap_list_mode)(snap_read_u1(input, "mode") % 3);
    list->offset_count = snap_read_u1(input, "number of offsets") % FUZZ_OFFSETS_MAX;
    offsets = SNAP_ARENA_ARRAY(arena, int64_t, list->offset_count);
    for (uint32_t i = 0; i < list->offset_count; i++)
        offsets[i] = snap_read_i4(input, "offset");
    list->offsets = offsets;
}

static void read_elements(struct snap_operator_reader *reader, const struct snap_list_place *list,
                          struct snap_arena *scratch)
{
    for (uint32_t i = 0; i < list->offset_count; i++) {
        struct snap_error error = {0};
        struct snap_versioned split;
        struct snap_datum datum, shown;

        snap_arena_reset(scratch);
        reader->error = &error;
        if (snap_operator_reader_datum(reader, list, list->offsets[i], scratch, &datum) &&
            datum.kind == SNAP_DATUM_BYTES) {
            snap_sink_state_read(list->name, datum.bytes, scratch, &shown);
            if (snap_versioned_read(datum.bytes, &split, &error))
                snap_split_position_read(split.data);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snap_arena arena = {0}, scratch = {0};
    struct snap_error error = {0};
    struct snap_list_place lists[FUZZ_LISTS_MAX] = {{{NULL, 0}, SNAP_LIST_SPLIT, NULL, 0}};
    struct snap_operator_handle handle = {.type = SNAP_OPERATOR_HANDLE_PLAIN, .lists = lists};
    struct snap_operator_reader reader = {.error = &error};
    struct snap_byte_reader input;
    struct snap_bytes file;

    snap_byte_reader_init(&input, (struct snap_bytes){data, size}, 0, &error);
    handle.list_count = snap_read_u1(&input, "number of lists") % FUZZ_LISTS_MAX;
    for (uint32_t i = 0; i < handle.list_count; i++)
        read_list(&input, &lists[i], &arena);
    file = snap_read_bytes(&input, snap_byte_reader_left(&input), "file");
    if (!input.failed && snap_operator_reader_open(&reader, file, &handle, &arena))
        for (uint32_t i = 0; i < handle.list_count; i++)
            read_elements(&reader, &lists[i], &scratch);
    SNAP_CHECK(arena.bytes_total + scratch.bytes_total <
               FUZZ_MEMORY_FIXED + FUZZ_MEMORY_FACTOR * size);
    snap_arena_fini(&scratch);
    snap_arena_fini(&arena);
    return 0;
}
