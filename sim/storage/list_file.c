// SPDX-License-Identifier: Apache-2.0
#include "storage/list_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "flink/java_text.h"
#include "flink/operator_file.h"
#include "storage/state_types.h"

/* ---- lists that nobody declares ---- */

static uint32_t encode_raw(const struct snap_operator *op, const struct snap_list_item *item,
                           struct snap_arena *arena, struct snap_element *elements)
{
    (void)op;
    (void)arena;
    *elements = (struct snap_element){.type = SNAP_TYPE_BYTES,
                                      .bytes = {.at = item->data, .count = item->bytes}};
    return 1;
}

static bool decode_raw(const struct snap_item_maker *maker, const struct snap_element *elements,
                       struct snap_list_item *item, struct snap_error *error)
{
    (void)maker;
    (void)error;
    item->data = elements->bytes.at;
    item->bytes = (uint32_t)elements->bytes.count;
    return true;
}

static const struct snap_state_spec raw_list = {.shape = SNAP_SHAPE_LIST,
                                                .element = SNAP_TYPE_BYTES,
                                                .encode = encode_raw,
                                                .decode = decode_raw};

static const struct snap_state_spec *spec_of(const struct snap_image_operator *of, const char *name)
{
    const struct snap_state_spec *spec =
        of->states ? snap_state_specs_find(of->states, name) : NULL;

    return spec ? spec : &raw_list;
}

/* ---- writing ---- */

/* Lists on their way into a file. */
struct writing {
    const struct snap_image_operator *of;
    struct snap_arena *arena;
    struct snap_operator_list *lists;
    struct snap_state_meta *metas; /* by list */
    uint32_t count;
};

static struct snap_state_meta meta_of(const struct writing *writing,
                                      const struct snap_state_spec *spec,
                                      const struct snap_list_snapshot *list)
{
    struct snap_bytes name = snap_java_modified(writing->arena, snap_bytes_of(list->name));
    struct snap_serializer serializers[2];
    enum snap_element_type types[2];

    if (spec->shape == SNAP_SHAPE_BROADCAST) {
        spec->pair(writing->of->op, types);
        for (int i = 0; i < 2; i++)
            serializers[i] = snap_serializer_of_element(types[i]);
        return snap_state_meta_of_broadcast(writing->arena, name, serializers);
    }
    serializers[0] = snap_serializer_of_element(spec->element);
    return snap_state_meta_of_list(writing->arena, name, list->mode, serializers);
}

/* Each element by itself; those of a map behind their number, as one. */
static void encode_items(const struct writing *writing, const struct snap_state_spec *spec,
                         const struct snap_list_snapshot *list, struct snap_operator_list *to)
{
    bool is_map = spec->shape == SNAP_SHAPE_BROADCAST;
    struct snap_bytes *bytes =
        SNAP_ARENA_ARRAY(writing->arena, struct snap_bytes, is_map ? 1 : list->count);
    struct snap_byte_writer all;

    snap_byte_writer_init(&all, writing->arena, NULL);
    if (is_map)
        snap_write_u4(&all, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        struct snap_element elements[2];
        uint32_t count = spec->encode(writing->of->op, &list->items[i], writing->arena, elements);

        for (uint32_t e = 0; e < count; e++) {
            if (!is_map)
                snap_byte_writer_init(&all, writing->arena, NULL);
            snap_state_element_write(&all, &elements[e]);
            if (!is_map)
                bytes[to->count++] = snap_byte_writer_bytes(&all);
        }
    }
    if (is_map)
        bytes[to->count++] = snap_byte_writer_bytes(&all);
    to->elements = bytes;
}

static bool add_list(struct writing *writing, const struct snap_list_snapshot *list,
                     struct snap_error *error)
{
    const struct snap_state_spec *spec = spec_of(writing->of, list->name);
    struct snap_operator_list *to = &writing->lists[writing->count];

    if (spec == &raw_list && list->holds_addresses)
        return snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                              "state \"%s\" of operator \"%s\" cannot be written to files in this "
                              "version",
                              list->name, writing->of->uid);
    writing->metas[writing->count] = meta_of(writing, spec, list);
    to->name = writing->metas[writing->count].name;
    to->mode = list->mode;
    encode_items(writing, spec, list, to);
    writing->count++;
    return true;
}

/* Broadcast states stand behind the lists. */
static struct snap_operator_head head_of(const struct writing *writing)
{
    struct snap_operator_head head = {.version = 6};
    struct snap_state_meta *sorted =
        SNAP_ARENA_ARRAY(writing->arena, struct snap_state_meta, writing->count);
    uint32_t at = 0;

    for (uint32_t i = 0; i < writing->count; i++)
        if (writing->metas[i].kind == SNAP_STATE_OPERATOR)
            sorted[at++] = writing->metas[i];
    head.lists = (struct snap_state_metas){sorted, at};
    for (uint32_t i = 0; i < writing->count; i++)
        if (writing->metas[i].kind == SNAP_STATE_BROADCAST)
            sorted[at++] = writing->metas[i];
    head.broadcasts = (struct snap_state_metas){sorted + head.lists.count, at - head.lists.count};
    return head;
}

bool snap_list_file_write(const struct snap_image_operator *of,
                          const struct snap_operator_state *state, struct snap_state_stream *stream,
                          struct snap_operator_handle *handle, struct snap_error *error)
{
    struct writing writing = {.of = of, .arena = stream->arena};
    struct snap_operator_content content;
    struct snap_operator_head head;
    struct snap_byte_writer file;

    *handle = (struct snap_operator_handle){.type = SNAP_OPERATOR_HANDLE_NONE};
    if (state->list_count == 0)
        return true;
    writing.lists = SNAP_ARENA_ARRAY(stream->arena, struct snap_operator_list, state->list_count);
    writing.metas = SNAP_ARENA_ARRAY(stream->arena, struct snap_state_meta, state->list_count);
    for (uint32_t i = 0; i < state->list_count; i++)
        if (!add_list(&writing, &state->lists[i], error))
            return false;
    head = head_of(&writing);
    head.is_compressed = stream->is_compressed;
    content = (struct snap_operator_content){&head, writing.lists, writing.count};
    snap_byte_writer_init(&file, stream->arena, NULL);
    handle->lists = snap_operator_file_write(&file, &content, stream->arena);
    handle->list_count = writing.count;
    handle->type = SNAP_OPERATOR_HANDLE_PLAIN;
    return snap_state_stream_put(stream, snap_byte_writer_bytes(&file), &handle->stream, error);
}

/* ---- reading ---- */

/* One list on its way out of a file. */
struct reading {
    const struct snap_state_bytes *from;
    struct snap_operator_reader file;
    struct snap_item_maker maker;
    const struct snap_list_place *place;
    const struct snap_state_spec *spec;
    enum snap_element_type types[2];
    struct snap_list_snapshot list;
    struct snap_list_item *items;
};

static bool check_type(const struct reading *reading, const struct snap_serializer *found,
                       enum snap_element_type type, struct snap_error *error)
{
    struct snap_serializer wanted = snap_serializer_of_element(type);

    if (found && found->kind == wanted.kind)
        return true;
    return snap_error_set(error, SNAP_ERROR_RESTORE,
                          "%sstate \"%s\" of operator \"%s\" has elements of %s in the snapshot "
                          "and of %s in this job",
                          snap_serializer_place(found, reading->from->data, reading->maker.arena),
                          reading->list.name, reading->from->of->uid,
                          snap_serializer_words(found, reading->maker.arena),
                          snap_serializer_words(&wanted, reading->maker.arena));
}

static bool check_types(const struct reading *reading, const struct snap_state_meta *meta,
                        struct snap_error *error)
{
    if (reading->spec->shape != SNAP_SHAPE_BROADCAST)
        return check_type(reading, meta->value, reading->types[0], error);
    return check_type(reading, meta->key, reading->types[0], error) &&
           check_type(reading, meta->value, reading->types[1], error);
}

/* Operators know nothing of files: where the refused element stands is added here. */
static bool add_item(struct reading *reading, const struct snap_element *elements, uint64_t offset,
                     struct snap_error *error)
{
    char message[sizeof(error->message)];

    if (reading->spec->decode(&reading->maker, elements, &reading->items[reading->list.count++],
                              error))
        return true;
    memcpy(message, error->message, sizeof(message));
    error->code = SNAP_OK;
    return snap_error_set(error, SNAP_ERROR_RESTORE, "offset %" PRIu64 ": %s", offset, message);
}

static bool read_map(struct reading *reading, struct snap_byte_reader *bytes,
                     struct snap_error *error)
{
    uint32_t count = snap_read_count(bytes, 2, "number of a map's entries");

    reading->items = SNAP_ARENA_ARRAY(reading->maker.arena, struct snap_list_item, count);
    for (uint32_t i = 0; i < count; i++) {
        struct snap_element elements[2];
        uint64_t offset = snap_byte_reader_offset(bytes);

        for (int e = 0; e < 2; e++)
            elements[e] = snap_state_element_read(bytes, reading->types[e], reading->maker.arena);
        if (bytes->failed || !add_item(reading, elements, offset, error))
            return false;
    }
    return !bytes->failed;
}

static bool read_elements(struct reading *reading, struct snap_error *error)
{
    const struct snap_list_place *place = reading->place;
    struct snap_byte_reader bytes;

    if (reading->spec->shape != SNAP_SHAPE_BROADCAST)
        reading->items =
            SNAP_ARENA_ARRAY(reading->maker.arena, struct snap_list_item, place->offset_count);
    for (uint32_t i = 0; i < place->offset_count; i++) {
        struct snap_element element;
        uint64_t offset;

        if (!snap_operator_reader_element(&reading->file, place->offsets[i], &bytes))
            return false;
        if (reading->spec->shape == SNAP_SHAPE_BROADCAST)
            return read_map(reading, &bytes, error);
        offset = snap_byte_reader_offset(&bytes);
        element = snap_state_element_read(&bytes, reading->types[0], reading->maker.arena);
        if (bytes.failed || !add_item(reading, &element, offset, error))
            return false;
    }
    return true;
}

/* Whether the list is one that the operator can have; sets what its elements are. */
static bool is_wanted(struct reading *reading, const struct snap_state_meta *meta)
{
    reading->spec = spec_of(reading->from->of, reading->list.name);
    if (reading->spec->shape == SNAP_SHAPE_BROADCAST)
        reading->spec->pair(reading->from->of->op, reading->types);
    else
        reading->types[0] = reading->spec->element;
    return reading->spec != &raw_list ||
           (meta->value && meta->value->kind == SNAP_SERIALIZER_BYTE_ARRAY);
}

/* The metadata names a list that the file does not have: the one it has may be misspelt. */
static bool fail_nameless(const struct reading *reading, struct snap_error *error)
{
    const struct snap_state_metas kinds[2] = {reading->file.head.lists,
                                              reading->file.head.broadcasts};
    struct snap_arena *arena = reading->maker.arena;
    struct snap_text names = {0};
    size_t offset = 0;

    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < kinds[k].count; i++) {
            if (names.length == 0)
                offset = (size_t)(kinds[k].items[i].name.at - reading->from->data.at);
            snap_text_printf(&names, "%s\"%s\"", names.length ? ", " : "",
                             (const char *)snap_java_text(arena, kinds[k].items[i].name).at);
        }
    snap_error_set(
        error, SNAP_ERROR_SNAPSHOT,
        "offset %zu: the metadata names the state \"%s\" of operator \"%s\", the file has "
        "%s",
        offset, reading->list.name, reading->from->of->uid,
        names.length ? snap_text_get(&names) : "none");
    snap_text_fini(&names);
    return false;
}

static bool read_list(struct reading *reading, struct snap_operator_state *state,
                      struct snap_error *error)
{
    const struct snap_state_meta *meta = snap_operator_reader_meta(&reading->file, reading->place);

    reading->list = (struct snap_list_snapshot){
        .name = (const char *)snap_java_text(reading->maker.arena, reading->place->name).at,
        .mode = reading->place->mode};
    if (!meta)
        return fail_nameless(reading, error);
    if (!is_wanted(reading, meta)) {
        if (reading->place->offset_count > 0)
            snap_unread_state_note(reading->from->of, reading->list.name);
        return true;
    }
    if (!check_types(reading, meta, error) || !read_elements(reading, error))
        return false;
    reading->list.items = reading->items;
    reading->list.holds_addresses =
        reading->types[0] == SNAP_TYPE_STRING || reading->types[1] == SNAP_TYPE_STRING;
    snap_operator_state_add_list(state, reading->maker.arena, &reading->list);
    return true;
}

bool snap_list_file_read(const struct snap_state_bytes *from,
                         const struct snap_operator_handle *handle, struct snap_arena *arena,
                         struct snap_operator_state *state, struct snap_error *error)
{
    struct reading reading = {.from = from, .maker = {from->of->op, arena, from->past_origin}};

    reading.file.error = error;
    if (!snap_operator_reader_open(&reading.file, from->data, handle, arena))
        return false;
    for (uint32_t i = 0; i < handle->list_count; i++) {
        reading.place = &handle->lists[i];
        if (!read_list(&reading, state, error))
            return false;
    }
    return true;
}
