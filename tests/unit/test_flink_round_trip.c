// SPDX-License-Identifier: Apache-2.0
/* Every file that Flink wrote, read and written again, has the same bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdlib.h>

#include "flink/channel_file.h"
#include "flink/keyed_file.h"
#include "flink/operator_file.h"
#include "flink_lab.h"

enum { ITEMS_MAX = 1 << 16 };

static unsigned keyed_files, operator_files, channel_files;

static struct snap_bytes copy(struct snap_arena *arena, struct snap_bytes bytes)
{
    return (struct snap_bytes){snap_arena_copy(arena, bytes.at, bytes.count), bytes.count};
}

/* All items of a file, with bytes of their own. */
static uint32_t read_items(struct snap_keyed_reader *reader, struct snap_arena *arena,
                           struct snap_keyed_item *items)
{
    uint32_t count = 0;

    while (snap_keyed_reader_next(reader, &items[count])) {
        struct snap_keyed_item *item = &items[count++];

        item->key = copy(arena, item->key);
        item->name_space = copy(arena, item->name_space);
        item->user_key = copy(arena, item->user_key);
        item->value = copy(arena, item->value);
        assert_true(count < ITEMS_MAX);
    }
    assert_false(reader->failed);
    return count;
}

/* Writes the entries of one state, which begin at the first item; returns how many there are. */
static uint32_t write_state(struct snap_keyed_writer *writer, uint32_t state,
                            const struct snap_keyed_item *items, uint32_t count)
{
    uint32_t end = 0;

    while (end < count && items[end].key_group == items[0].key_group && items[end].state == state)
        end++;
    snap_keyed_writer_state(writer, state, end);
    for (uint32_t i = 0; i < end; i++)
        snap_keyed_writer_entry(writer, &items[i]);
    return end;
}

/* Flink's order of states is that of a hash map, the same in all key groups of a native file. */
static void write_items(struct snap_keyed_writer *writer, const struct snap_keyed_reader *reader,
                        const struct snap_keyed_item *items, uint32_t count)
{
    uint32_t first = (uint32_t)reader->file.handle->group_first;
    uint32_t groups = (uint32_t)reader->file.handle->group_count;
    uint32_t at = 0;

    for (uint32_t group = first; group < first + groups; group++) {
        snap_keyed_writer_group(writer, group);
        for (uint32_t i = 0; i < reader->order_count; i++) {
            bool is_here = at < count && items[at].key_group == group;

            at += write_state(writer, reader->order[i], items + at, is_here ? count - at : 0);
        }
        while (at < count && items[at].key_group == group)
            at += write_state(writer, items[at].state, items + at, count - at);
    }
}

static bool items_equal(const struct snap_keyed_item *one, const struct snap_keyed_item *other)
{
    return one->key_group == other->key_group && one->state == other->state &&
           one->is_null == other->is_null && one->time_ms == other->time_ms &&
           snap_bytes_equal(one->key, other->key) &&
           snap_bytes_equal(one->name_space, other->name_space) &&
           snap_bytes_equal(one->user_key, other->user_key) &&
           snap_bytes_equal(one->value, other->value);
}

/* Compressed files need not be the same; what they hold is. */
static void compare_again(struct flink_lab *lab, const struct snap_keyed_file *file,
                          struct snap_keyed_item *items, uint32_t count)
{
    struct snap_keyed_reader reader;
    struct snap_keyed_item *again = calloc(ITEMS_MAX, sizeof(*again));

    assert_true(snap_keyed_reader_open(&reader, file, &lab->arena, &lab->error));
    assert_int_equal(read_items(&reader, &lab->arena, again), count);
    for (uint32_t i = 0; i < count; i++)
        assert_true(items_equal(&items[i], &again[i]));
    free(again);
}

static void check_keyed(struct flink_lab *lab, const struct snap_metadata_operator *of,
                        const struct snap_keyed_handle *handle)
{
    struct snap_keyed_file file = {.handle = handle,
                                   .max_parallelism = (uint32_t)of->max_parallelism};
    struct snap_keyed_item *items = calloc(ITEMS_MAX, sizeof(*items));
    struct snap_keyed_write_options options = {.max_parallelism = file.max_parallelism,
                                               .group_first = (uint32_t)handle->group_first,
                                               .group_count = (uint32_t)handle->group_count};
    struct snap_keyed_handle made = *handle;
    struct snap_keyed_reader reader;
    struct snap_keyed_writer writer;
    struct snap_byte_writer out;
    uint32_t count;

    keyed_files++;
    assert_true(lab->streams.open(lab->streams.context, &handle->stream, &file.data, &lab->error));
    assert_true(snap_keyed_reader_open(&reader, &file, &lab->arena, &lab->error));
    count = read_items(&reader, &lab->arena, items);
    options.layout = reader.layout;
    options.head = &reader.head;
    snap_byte_writer_init(&out, &lab->arena, NULL);
    snap_keyed_writer_init(&writer, &out, &lab->arena, &options);
    write_items(&writer, &reader, items, count);
    made.offsets = snap_keyed_writer_end(&writer);
    if (reader.head.is_compressed) {
        file.data = snap_byte_writer_bytes(&out);
        file.handle = &made;
        compare_again(lab, &file, items, count);
    } else {
        assert_int_equal(out.used, file.data.count);
        assert_memory_equal(out.data, file.data.at, out.used);
        assert_memory_equal(made.offsets, handle->offsets,
                            (size_t)handle->group_count * sizeof(*made.offsets));
    }
    free(items);
}

/* Where an element ends is where reading it stops. */
static struct snap_bytes element_bytes(struct snap_operator_reader *reader,
                                       const struct snap_list_place *list, uint32_t index,
                                       struct snap_arena *arena)
{
    const struct snap_state_meta *meta = snap_operator_reader_meta(reader, list);
    struct snap_byte_reader bytes;
    const uint8_t *start;

    assert_true(snap_operator_reader_element(reader, list->offsets[index], &bytes));
    start = bytes.at;
    if (meta->kind == SNAP_STATE_BROADCAST) {
        uint32_t count = snap_read_count(&bytes, 2, "entries");

        for (uint32_t i = 0; i < count; i++)
            assert_true(snap_datum_skip(&bytes, meta->key) && snap_datum_skip(&bytes, meta->value));
    } else {
        assert_true(snap_datum_skip(&bytes, meta->value));
    }
    return copy(arena, (struct snap_bytes){start, (size_t)(bytes.at - start)});
}

/* Lists come in the order in which their elements lie in the file. */
static int compare_places(const void *one, const void *other)
{
    const struct snap_list_place *a = one, *b = other;
    int64_t first = a->offset_count ? a->offsets[0] : INT64_MAX;
    int64_t second = b->offset_count ? b->offsets[0] : INT64_MAX;

    return (first > second) - (first < second);
}

static void check_operator(struct flink_lab *lab, const struct snap_operator_handle *handle)
{
    struct snap_operator_reader reader = {.error = &lab->error};
    struct snap_operator_list lists[64] = {0};
    struct snap_list_place places[64];
    struct snap_operator_content content = {
        .head = &reader.head, .lists = lists, .count = handle->list_count};
    const struct snap_list_place *made;
    struct snap_byte_writer out;
    struct snap_bytes data;

    operator_files++;
    assert_true(handle->list_count <= 64);
    assert_true(lab->streams.open(lab->streams.context, &handle->stream, &data, &lab->error));
    assert_true(snap_operator_reader_open(&reader, data, handle, &lab->arena));
    memcpy(places, handle->lists, handle->list_count * sizeof(*places));
    qsort(places, handle->list_count, sizeof(*places), compare_places);
    for (uint32_t i = 0; i < handle->list_count; i++) {
        struct snap_bytes *elements =
            SNAP_ARENA_ARRAY(&lab->arena, struct snap_bytes, places[i].offset_count);

        for (uint32_t j = 0; j < places[i].offset_count; j++)
            elements[j] = element_bytes(&reader, &places[i], j, &lab->arena);
        lists[i] = (struct snap_operator_list){places[i].name, places[i].mode, elements,
                                               places[i].offset_count};
    }
    snap_byte_writer_init(&out, &lab->arena, NULL);
    made = snap_operator_file_write(&out, &content, &lab->arena);
    if (reader.head.is_compressed)
        return;
    assert_int_equal(out.used, data.count);
    assert_memory_equal(out.data, data.at, out.used);
    for (uint32_t i = 0; i < handle->list_count; i++)
        if (places[i].offset_count)
            assert_memory_equal(made[i].offsets, places[i].offsets,
                                places[i].offset_count * sizeof(*made[i].offsets));
}

/* A file of one channel alone: its buffers, written again. */
static void check_channel(struct flink_lab *lab, const struct snap_channel_handle *handle)
{
    const struct snap_channel_place *place = handle->places;
    struct snap_byte_writer out;
    struct snap_byte_reader reader;
    struct snap_bytes data;
    int64_t size = 0;

    assert_true(lab->streams.open(lab->streams.context, &handle->stream, &data, &lab->error));
    snap_byte_writer_init(&out, &lab->arena, NULL);
    snap_byte_reader_init(&reader, data, 0, &lab->error);
    for (uint32_t i = 0; i < place->offset_count; i++) {
        struct snap_bytes buffer;

        reader.at = reader.begin + place->offsets[i];
        buffer = snap_read_blob(&reader, "a buffer");
        size += snap_channel_size(&buffer, 1);
        if (handle->stream.type == SNAP_STREAM_INLINE)
            snap_channel_inline_write(&out, &buffer, 1);
    }
    if (handle->stream.type != SNAP_STREAM_INLINE) {
        assert_int_equal(size, place->size);
        return;
    }
    channel_files++;
    assert_int_equal(out.used, place->size);
    assert_int_equal(out.used, data.count);
    assert_memory_equal(out.data, data.at, out.used);
}

static void check_subtask(struct flink_lab *lab, const struct snap_metadata_operator *of,
                          const struct snap_metadata_subtask *subtask)
{
    const struct snap_keyed_handle *keyed = &subtask->managed_keyed;

    if (keyed->offsets)
        check_keyed(lab, of, keyed);
    if (subtask->managed_operator.list_count)
        check_operator(lab, &subtask->managed_operator);
    for (uint32_t i = 0; i < subtask->input_count; i++)
        check_channel(lab, &subtask->inputs[i]);
    for (uint32_t i = 0; i < subtask->result_count; i++)
        check_channel(lab, &subtask->results[i]);
}

static void check_snapshot(struct flink_lab *lab)
{
    struct snap_bytes file = snap_snapshot_folder_metadata(lab->folder);
    struct snap_byte_writer out;

    print_message("%s\n", strstr(lab->path, "snapshots/"));
    snap_byte_writer_init(&out, &lab->arena, NULL);
    snap_metadata_write(&out, &lab->metadata);
    assert_int_equal(out.used, file.count);
    assert_memory_equal(out.data, file.at, file.count);
    for (uint32_t i = 0; i < lab->metadata.operator_count; i++)
        for (uint32_t j = 0; j < lab->metadata.operators[i].subtask_count; j++)
            check_subtask(lab, &lab->metadata.operators[i],
                          &lab->metadata.operators[i].subtasks[j]);
}

static void test_all_files(void **state)
{
    unsigned count = 0;

    (void)state;
    flink_lab_each(FLINK_LAB_SNAPSHOTS, check_snapshot, &count);
    assert_int_equal(count, 84);
    assert_true(keyed_files > 50 && operator_files > 200 && channel_files > 10);
}

/* A class that lacks its fields leaves texts empty: written, read and written again nothing
 * changes, also where the second one refers to the first. */
static void test_properties_without_texts(void **state)
{
    struct snap_checkpoint_properties properties = {.is_savepoint = true};
    struct snap_byte_writer writers[2];
    struct snap_byte_reader reader;
    struct snap_arena arena = {0};
    struct snap_error error = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        snap_byte_writer_init(&writers[i], &arena, NULL);
        snap_properties_write(&writers[i], &properties);
        snap_byte_reader_init(&reader, snap_byte_writer_bytes(&writers[i]), 0, &error);
        assert_true(snap_properties_read(&reader, &properties));
        assert_int_equal(properties.action.count, 0);
    }
    assert_true(
        snap_bytes_equal(snap_byte_writer_bytes(&writers[0]), snap_byte_writer_bytes(&writers[1])));
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_files),
        cmocka_unit_test(test_properties_without_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
