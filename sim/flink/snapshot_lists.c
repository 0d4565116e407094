// SPDX-License-Identifier: Apache-2.0
/* snapshot_lists.c: operator state and sources' splits in the description of a snapshot. */
#include <inttypes.h>

#include "flink/operator_file.h"
#include "flink/sink_state.h"
#include "flink/snapshot_parts.h"
#include "flink/source_state.h"

enum { SPLIT_BYTES_LEAST = 18, NUMBERED_SPLIT_BYTES = 20 };

static char small_letter(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* "list<long>", "map<string,string>"; NULL if the head says nothing. */
static const char *type_of(const struct snap_describer *describer,
                           const struct snap_state_meta *meta)
{
    const char *value, *key;
    char *type;

    if (!meta || !meta->value)
        return NULL;
    value = snap_serializer_text(describer->arena, meta->value);
    key = snap_serializer_text(describer->arena, meta->key);
    if (meta->kind == SNAP_STATE_BROADCAST)
        type = snap_arena_printf(describer->arena, "map<%s,%s>", key ? key : "?", value);
    else
        type = snap_arena_printf(describer->arena, "list<%s>", value);
    if (!snap_serializer_is_unknown(meta->value))
        for (char *at = type; *at; at++)
            *at = small_letter(*at);
    return type;
}

static struct snap_snapshot_split describe_split(const struct snap_describer *describer,
                                                 struct snap_bytes bytes)
{
    struct snap_split_position position = snap_split_position_read(bytes);
    struct snap_snapshot_split split = {.next = position.next, .end = position.end};

    split.bytes.at = snap_arena_copy(describer->arena, bytes.at, bytes.count);
    split.bytes.count = bytes.count;
    split.is_numbered = position.form == SNAP_SPLIT_NUMBERED;
    if (split.is_numbered)
        split.name = snap_arena_printf(describer->arena, "%" PRId32, position.number);
    else if (position.form == SNAP_SPLIT_SEQUENCE)
        split.name = snap_describer_text(describer, position.id);
    return split;
}

/* They are bytes: another type is damage. */
static bool fail_splits(const struct snap_describer *describer,
                        const struct snap_operator_reader *reader,
                        const struct snap_list_place *list)
{
    const struct snap_state_meta *meta = snap_operator_reader_meta(reader, list);
    const struct snap_bytes name =
        meta && meta->value ? meta->value->class_name : (struct snap_bytes){NULL, 0};

    if (!meta)
        return snap_error_set(reader->error, SNAP_ERROR_SNAPSHOT,
                              "offset 0: the file does not have the state of the splits");
    return snap_error_set(reader->error, SNAP_ERROR_SNAPSHOT,
                          "offset %zu: the splits have elements of %s; expected those of bytes",
                          (size_t)((name.at ? name.at : meta->name.at) - reader->data.at),
                          snap_serializer_text(describer->arena, meta->value));
}

static bool describe_splits(const struct snap_describer *describer,
                            struct snap_operator_reader *reader, const struct snap_list_place *list,
                            struct snap_snapshot_subtask *subtask)
{
    struct snap_snapshot_split *splits =
        SNAP_ARENA_ARRAY(describer->arena, struct snap_snapshot_split, list->offset_count);
    struct snap_arena scratch;
    bool good = true;

    snap_arena_init(&scratch);
    subtask->is_source = true;
    subtask->splits = splits;
    subtask->split_count = list->offset_count;
    for (uint32_t i = 0; i < list->offset_count && good; i++) {
        struct snap_versioned versioned;
        struct snap_datum datum;

        good = snap_operator_reader_datum(reader, list, list->offsets[i], &scratch, &datum) &&
               datum.kind == SNAP_DATUM_BYTES &&
               snap_versioned_read(datum.bytes, &versioned, reader->error);
        if (good)
            splits[i] = describe_split(describer, versioned.data);
    }
    snap_arena_fini(&scratch);
    return good || fail_splits(describer, reader, list);
}

/* A broadcast map is one element: its entries are counted. */
static bool count_elements(struct snap_operator_reader *reader, const struct snap_list_place *list,
                           int64_t *count)
{
    const struct snap_state_meta *meta = snap_operator_reader_meta(reader, list);
    struct snap_byte_reader bytes;

    *count = (int64_t)list->offset_count;
    if (!meta || meta->kind != SNAP_STATE_BROADCAST || list->offset_count == 0)
        return true;
    if (!snap_operator_reader_element(reader, list->offsets[0], &bytes))
        return false;
    *count = snap_read_count(&bytes, 2, "number of a map's entries");
    return !bytes.failed;
}

static bool describe_list(const struct snap_describer *describer,
                          struct snap_operator_reader *reader, const struct snap_list_place *place,
                          struct snap_snapshot_list *list)
{
    list->name = snap_describer_text(describer, place->name);
    list->mode = place->mode;
    list->type = type_of(describer, snap_operator_reader_meta(reader, place));
    return count_elements(reader, place, &list->elements);
}

static bool describe_file(const struct snap_describer *describer, struct snap_bytes data,
                          const struct snap_operator_handle *handle,
                          struct snap_snapshot_subtask *subtask, struct snap_error *error)
{
    struct snap_operator_reader reader = {.error = error};
    struct snap_snapshot_list *lists;

    if (!snap_operator_reader_open(&reader, data, handle, describer->arena))
        return false;
    lists = SNAP_ARENA_ARRAY(describer->arena, struct snap_snapshot_list, handle->list_count);
    subtask->lists = lists;
    subtask->list_count = handle->list_count;
    for (uint32_t i = 0; i < handle->list_count; i++) {
        const struct snap_list_place *place = &handle->lists[i];

        if (!describe_list(describer, &reader, place, &lists[i]) ||
            (snap_bytes_are(place->name, SNAP_SOURCE_STATE_NAME) &&
             !describe_splits(describer, &reader, place, subtask)))
            return false;
    }
    return true;
}

bool snap_describe_lists(const struct snap_describer *describer,
                         const struct snap_operator_handle *handle,
                         struct snap_snapshot_subtask *subtask, struct snap_error *error)
{
    const struct snap_stream_handle *stream = &handle->stream;
    struct snap_bytes data;
    bool good;

    if (handle->list_count == 0 || stream->type == SNAP_STREAM_EMPTY ||
        stream->type == SNAP_STREAM_NONE)
        return true;
    if (!snap_describer_open(describer, stream, &data, error))
        return false;
    good = describe_file(describer, data, handle, subtask, error);
    snap_describer_close(describer, stream, data);
    return good || snap_describer_fail(describer, stream, error);
}

/* Splits that were not handed out yet: a number, then numbered ones, or ids and two numbers each.
 */
static void describe_unassigned(const struct snap_describer *describer,
                                struct snap_snapshot_enumerator *enumerator)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader;
    struct snap_snapshot_split *splits;
    uint32_t count;
    bool is_numbered;

    snap_byte_reader_init(&reader, enumerator->bytes, 0, &none);
    count = snap_read_count(&reader, SPLIT_BYTES_LEAST, "number of splits");
    if (reader.failed)
        return;
    is_numbered = snap_byte_reader_left(&reader) == (size_t)count * NUMBERED_SPLIT_BYTES;
    splits = SNAP_ARENA_ARRAY(describer->arena, struct snap_snapshot_split, count);
    for (uint32_t i = 0; i < count && !reader.failed; i++) {
        const uint8_t *start = reader.at;

        if (!is_numbered)
            snap_read_utf(&reader, "id of a split");
        snap_read_bytes(&reader, is_numbered ? NUMBERED_SPLIT_BYTES : 16, "a split");
        splits[i] =
            describe_split(describer, (struct snap_bytes){start, (size_t)(reader.at - start)});
    }
    if (!snap_byte_reader_end(&reader, "splits"))
        return;
    enumerator->is_known = true;
    enumerator->splits = splits;
    enumerator->split_count = count;
}

void snap_describe_enumerator(const struct snap_describer *describer,
                              const struct snap_metadata_operator *of,
                              struct snap_snapshot_enumerator *enumerator)
{
    struct snap_coordinator_state state;

    if (of->coordinator.type != SNAP_STREAM_INLINE ||
        !snap_coordinator_state_read(of->coordinator.data, &state))
        return;
    enumerator->is_there = true;
    enumerator->version = state.enumerator_version;
    enumerator->bytes = state.enumerator;
    describe_unassigned(describer, enumerator);
}

static bool visit_map(const struct snap_datum *map, const struct snap_item_visitor *visitor)
{
    for (uint32_t i = 0; i < map->count; i += 2) {
        struct snap_snapshot_item item = {.key = &map->items[i], .value = &map->items[i + 1]};

        if (!visitor->visit(visitor->context, &item))
            return false;
    }
    return true;
}

static bool visit_element(struct snap_operator_reader *reader, const struct snap_list_place *place,
                          uint32_t element, const struct snap_item_visitor *visitor, bool *good)
{
    static const struct snap_datum no_key = {.kind = SNAP_DATUM_NULL};
    struct snap_datum datum;
    struct snap_snapshot_item item = {.value = &datum};
    struct snap_arena scratch;
    bool more = false;

    /* What is broadcast has keys, even if they could not be taken apart. */
    if (place->mode == SNAP_LIST_BROADCAST)
        item.key = &no_key;

    snap_arena_init(&scratch);
    *good = snap_operator_reader_datum(reader, place, place->offsets[element], &scratch, &datum);
    if (*good && datum.kind == SNAP_DATUM_BYTES)
        snap_sink_state_read(place->name, datum.bytes, &scratch, &datum);
    if (*good && datum.kind == SNAP_DATUM_MAP && place->mode == SNAP_LIST_BROADCAST)
        more = visit_map(&datum, visitor);
    else if (*good)
        more = visitor->visit(visitor->context, &item);
    snap_arena_fini(&scratch);
    return more;
}

bool snap_walk_list(const struct snap_describer *describer,
                    const struct snap_snapshot_choice *choice,
                    const struct snap_item_visitor *visitor, struct snap_error *error)
{
    const struct snap_operator_handle *handle =
        &snap_describer_subtask(describer, choice)->managed_operator;
    const struct snap_list_place *place = &handle->lists[choice->list - choice->subtask->lists];
    struct snap_operator_reader reader = {.error = error};
    struct snap_arena arena;
    struct snap_bytes data;
    bool good = snap_describer_open(describer, &handle->stream, &data, error);

    if (!good)
        return false;
    snap_arena_init(&arena);
    good = snap_operator_reader_open(&reader, data, handle, &arena);
    for (uint32_t i = 0; i < place->offset_count && good; i++)
        if (!visit_element(&reader, place, i, visitor, &good))
            break;
    snap_arena_fini(&arena);
    snap_describer_close(describer, &handle->stream, data);
    return good || snap_describer_fail(describer, &handle->stream, error);
}
