// SPDX-License-Identifier: Apache-2.0
#include "format_json.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "flink/serializer_table.h"

json_t *format_json_text(struct snap_bytes text)
{
    return json_stringn((const char *)text.at, text.count);
}

json_t *format_json_hex(struct snap_bytes bytes)
{
    struct snap_text text = {0};
    json_t *json;

    snap_text_add(&text, "", 0);
    for (size_t i = 0; i < bytes.count; i++)
        snap_text_printf(&text, "%02x", bytes.at[i]);
    json = json_string(text.data);
    snap_text_fini(&text);
    return json;
}

struct snap_bytes format_hex_read(struct snap_arena *arena, const char *hex)
{
    size_t count = strlen(hex) / 2;
    uint8_t *bytes = snap_arena_alloc(arena, count);

    for (size_t i = 0; i < count; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return (struct snap_bytes){bytes, count};
}

static json_t *items(const struct snap_datum *datum)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < datum->count; i++)
        json_array_append_new(list, format_json_datum(&datum->items[i]));
    return list;
}

static json_t *pairs(const struct snap_datum *datum)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < datum->count; i += 2)
        json_array_append_new(list, json_pack("[o,o]", format_json_datum(&datum->items[i]),
                                              format_json_datum(&datum->items[i + 1])));
    return list;
}

static json_t *named(const struct snap_datum *datum, const char *const *names)
{
    json_t *object = json_object();

    for (uint32_t i = 0; i < datum->count; i++)
        json_object_set_new(object, names[i], format_json_datum(&datum->items[i]));
    return object;
}

static json_t *element(const struct snap_datum *datum)
{
    static const char *const names[SNAP_ELEMENT_TAG_COUNT][4] = {
        {"tag", "timestamp", "value", NULL},
        {"tag", "value", NULL, NULL},
        {"tag", "timestamp", NULL, NULL},
        {"tag", "marked_time", "operator_id", "subtask"},
        {"tag", "status", NULL, NULL},
        {"tag", "backlog", NULL, NULL},
        {"tag", "subpartition", "timestamp", NULL},
    };

    return named(datum, names[datum->items[0].number]);
}

json_t *format_json_datum(const struct snap_datum *datum)
{
    static const char *const ttl[] = {"last_access", "user_value"};
    static const char *const timer[] = {"timestamp", "key", "namespace"};

    switch (datum->kind) {
    case SNAP_DATUM_NULL:
        return json_null();
    case SNAP_DATUM_BOOLEAN:
        return json_boolean(datum->truth);
    case SNAP_DATUM_NUMBER:
        return json_integer(datum->number);
    case SNAP_DATUM_REAL:
        return json_real(datum->real);
    case SNAP_DATUM_TEXT:
        return format_json_text(datum->bytes);
    case SNAP_DATUM_BYTES:
    case SNAP_DATUM_OPAQUE:
        return format_json_hex(datum->bytes);
    case SNAP_DATUM_LIST:
    case SNAP_DATUM_TUPLE:
    case SNAP_DATUM_WINDOW:
        return items(datum);
    case SNAP_DATUM_MAP:
        return pairs(datum);
    case SNAP_DATUM_TTL:
        return named(datum, ttl);
    case SNAP_DATUM_TIMER:
        return named(datum, timer);
    case SNAP_DATUM_ELEMENT:
        return element(datum);
    }
    return NULL;
}

static json_t *offsets(const int64_t *list, uint32_t count)
{
    json_t *json = json_array();

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(json, json_integer(list[i]));
    return json;
}

static const char *scope_name(enum snap_handle_scope scope)
{
    return scope == SNAP_SCOPE_SHARED ? "SHARED" : "EXCLUSIVE";
}

json_t *format_json_stream(const struct snap_stream_handle *handle)
{
    switch (handle->type) {
    case SNAP_STREAM_NONE:
        return json_null();
    case SNAP_STREAM_INLINE:
        return json_pack("{s:s,s:o,s:o}", "type", "byte_stream", "name",
                         format_json_text(handle->path), "data", format_json_hex(handle->data));
    case SNAP_STREAM_FILE:
        return json_pack("{s:s,s:o,s:I}", "type", "file", "path", format_json_text(handle->path),
                         "size", (json_int_t)handle->size);
    case SNAP_STREAM_KEY_GROUPS:
        return json_pack("{s:s,s:i,s:o,s:o}", "type", "key_groups_stream", "first",
                         handle->group_first, "offsets",
                         offsets(handle->offsets, handle->offset_count), "delegate",
                         format_json_stream(handle->inner));
    case SNAP_STREAM_RELATIVE:
        return json_pack("{s:s,s:o,s:I}", "type", "relative", "path",
                         format_json_text(handle->path), "size", (json_int_t)handle->size);
    case SNAP_STREAM_SEGMENT:
        return json_pack("{s:s,s:I,s:I,s:s,s:o,s:o}", "type", "segment", "start",
                         (json_int_t)handle->start, "size", (json_int_t)handle->size, "scope",
                         scope_name(handle->scope), "path", format_json_text(handle->path),
                         "logical_id", format_json_text(handle->logical_id));
    case SNAP_STREAM_EMPTY:
        return json_pack("{s:s}", "type", "empty_segment");
    }
    return NULL;
}

static json_t *named_streams(struct snap_named_streams streams)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < streams.count; i++)
        json_array_append_new(list, json_pack("{s:o,s:o}", "local_path",
                                              format_json_text(streams.items[i].name), "handle",
                                              format_json_stream(&streams.items[i].stream)));
    return list;
}

static json_t *several(struct snap_keyed_handles handles)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < handles.count; i++)
        json_array_append_new(list, format_json_keyed(&handles.items[i]));
    return list;
}

static void set(json_t *json, const char *key, int64_t value)
{
    json_object_set_new(json, key, json_integer(value));
}

static void set_range(json_t *json, const struct snap_keyed_handle *handle)
{
    set(json, "first", handle->group_first);
    set(json, "count", handle->group_count);
}

static void set_incremental(json_t *json, const struct snap_keyed_handle *handle)
{
    set_range(json, handle);
    set(json, "checkpoint_id", handle->checkpoint_id);
    json_object_set_new(json, "backend_id", format_json_text(handle->backend_id));
    json_object_set_new(json, "meta", format_json_stream(&handle->stream));
    json_object_set_new(json, "shared", named_streams(handle->shared));
    json_object_set_new(json, "private", named_streams(handle->own));
    if (handle->type == SNAP_KEYED_INCREMENTAL)
        set(json, "checkpointed_size", handle->checkpointed_size);
}

static void set_changelog(json_t *json, const struct snap_keyed_handle *handle)
{
    set_range(json, handle);
    set(json, "checkpointed_size", handle->checkpointed_size);
    json_object_set_new(json, "materialized", several(handle->materialized));
    json_object_set_new(json, "non_materialized", several(handle->changes));
    set(json, "materialization_id", handle->materialization_id);
    if (handle->type == SNAP_KEYED_CHANGELOG)
        set(json, "checkpoint_id", handle->checkpoint_id);
}

static void set_changes(json_t *json, const struct snap_keyed_handle *handle)
{
    json_t *parts = json_array();

    for (uint32_t i = 0; i < handle->part_count; i++)
        json_array_append_new(parts,
                              json_pack("{s:I,s:o}", "offset", (json_int_t)handle->parts[i].offset,
                                        "handle", format_json_stream(&handle->parts[i].stream)));
    set_range(json, handle);
    json_object_set_new(json, "parts", parts);
    set(json, "size", handle->size);
    set(json, "checkpointed_size", handle->checkpointed_size);
    if (handle->type == SNAP_KEYED_CHANGES)
        json_object_set_new(json, "storage_id", format_json_text(handle->storage_id));
}

static void set_inline_changes(json_t *json, const struct snap_keyed_handle *handle)
{
    json_t *changes = json_array();

    for (uint32_t i = 0; i < handle->inline_change_count; i++)
        json_array_append_new(changes, json_pack("{s:i,s:o}", "key_group",
                                                 handle->inline_changes[i].key_group, "data",
                                                 format_json_hex(handle->inline_changes[i].data)));
    set_range(json, handle);
    set(json, "from", handle->from);
    set(json, "to", handle->to);
    json_object_set_new(json, "changes", changes);
}

json_t *format_json_keyed(const struct snap_keyed_handle *handle)
{
    static const char *const names[] = {
        [SNAP_KEYED_GROUPS_OLD] = "key_groups_v1",
        [SNAP_KEYED_GROUPS] = "key_groups",
        [SNAP_KEYED_SAVEPOINT] = "key_groups_savepoint",
        [SNAP_KEYED_INCREMENTAL_OLD] = "incremental_v1",
        [SNAP_KEYED_INCREMENTAL] = "incremental",
        [SNAP_KEYED_CHANGELOG_OLD] = "changelog_v1",
        [SNAP_KEYED_CHANGELOG] = "changelog",
        [SNAP_KEYED_CHANGES_INLINE] = "changelog_bytes",
        [SNAP_KEYED_CHANGES_OLD] = "changelog_files_v1",
        [SNAP_KEYED_CHANGES] = "changelog_files",
    };
    json_t *json;

    if (handle->type == SNAP_KEYED_NONE)
        return json_null();
    json = json_pack("{s:s}", "type", names[handle->type]);
    if (handle->offsets) {
        set(json, "first", handle->group_first);
        json_object_set_new(json, "offsets",
                            offsets(handle->offsets, (uint32_t)handle->group_count));
        json_object_set_new(json, "delegate", format_json_stream(&handle->stream));
    } else if (json_object_get(json, "type") && strstr(names[handle->type], "incremental")) {
        set_incremental(json, handle);
    } else if (handle->type == SNAP_KEYED_CHANGELOG || handle->type == SNAP_KEYED_CHANGELOG_OLD) {
        set_changelog(json, handle);
    } else if (handle->type == SNAP_KEYED_CHANGES_INLINE) {
        set_inline_changes(json, handle);
    } else {
        set_changes(json, handle);
    }
    if (handle->id.count)
        json_object_set_new(json, "state_handle_id", format_json_text(handle->id));
    return json;
}

json_t *format_json_operator(const struct snap_operator_handle *handle)
{
    static const char *const modes[] = {"SPLIT_DISTRIBUTE", "UNION", "BROADCAST"};
    bool is_merging = handle->type == SNAP_OPERATOR_HANDLE_MERGING;
    json_t *states = json_array();
    json_t *json;

    if (handle->type == SNAP_OPERATOR_HANDLE_NONE) {
        json_decref(states);
        return json_null();
    }
    for (uint32_t i = 0; i < handle->list_count; i++)
        json_array_append_new(
            states, json_pack("{s:o,s:s,s:o}", "name", format_json_text(handle->lists[i].name),
                              "mode", modes[handle->lists[i].mode], "offsets",
                              offsets(handle->lists[i].offsets, handle->lists[i].offset_count)));
    json = json_pack("{s:s,s:o,s:o}", "type", is_merging ? "file_merging" : "partitionable",
                     "states", states, "delegate", format_json_stream(&handle->stream));
    if (is_merging) {
        json_object_set_new(json, "task_owned_dir", format_json_text(handle->task_owned_dir));
        json_object_set_new(json, "shared_dir", format_json_text(handle->shared_dir));
        json_object_set_new(json, "empty", json_boolean(handle->is_empty));
    }
    return json;
}

json_t *format_json_channel(const struct snap_channel_handle *handle)
{
    bool is_input = handle->side == SNAP_CHANNEL_INPUT;
    const char *type = is_input ? "input_channel" : "result_subpartition";
    const char *gate = is_input ? "gate" : "partition";
    const char *channel = is_input ? "channel" : "subpartition";
    json_t *json = json_pack("{s:o,s:i,s:I,s:o}", "type",
                             json_sprintf("%s%s", handle->is_merged ? "merged_" : "", type),
                             "subtask", handle->subtask, "size", (json_int_t)handle->size,
                             "delegate", format_json_stream(&handle->stream));
    json_t *channels = json_array();

    for (uint32_t i = 0; i < handle->place_count; i++) {
        const struct snap_channel_place *place = &handle->places[i];
        json_t *to = handle->is_merged ? json_object() : json;

        set(to, gate, place->gate);
        set(to, channel, place->channel);
        json_object_set_new(to, "offsets", offsets(place->offsets, place->offset_count));
        if (handle->is_merged) {
            set(to, "size", place->size);
            json_array_append_new(channels, to);
        }
    }
    if (handle->is_merged)
        json_object_set(json, "channels", channels);
    json_decref(channels);
    return json;
}

static json_t *barrier(const struct snap_wire_event *event)
{
    static const char *const kinds[] = {"checkpoint", "full_checkpoint", "savepoint",
                                        "savepoint_suspend", "savepoint_terminate"};
    static const char *const alignments[] = {"AT_LEAST_ONCE", "ALIGNED", "UNALIGNED",
                                             "FORCED_ALIGNED"};
    json_t *json =
        json_pack("{s:s,s:I,s:I,s:s,s:s,s:I,s:o}", "event", "checkpoint_barrier", "id",
                  (json_int_t)event->checkpoint_id, "timestamp", (json_int_t)event->timestamp_ms,
                  "type", kinds[event->kind], "alignment", alignments[event->alignment],
                  "aligned_timeout", (json_int_t)event->aligned_timeout_ms, "location",
                  event->has_location ? format_json_hex(event->location) : json_null());

    if (snap_kind_is_savepoint(event->kind))
        json_object_set_new(json, "format", json_string(event->is_native ? "NATIVE" : "CANONICAL"));
    return json;
}

json_t *format_json_event(const struct snap_wire_event *event)
{
    static const char *const names[SNAP_WIRE_TYPE_COUNT] = {
        "end_of_partition",
        "checkpoint_barrier",
        "end_of_superstep",
        "other",
        "cancel_checkpoint",
        "end_of_output_channel_state",
        "announcement",
        "subtask_connection",
        "end_of_data",
        "end_of_segment",
        "recovery_metadata",
        "generalized_watermark",
        "end_of_input_channel_state",
    };
    struct snap_wire_event inner = *event;
    json_t *json;

    if (event->type == SNAP_WIRE_BARRIER)
        return barrier(event);
    json = json_pack("{s:s}", "event", names[event->type]);
    if (event->type == SNAP_WIRE_CANCEL_CHECKPOINT)
        set(json, "id", event->checkpoint_id);
    if (event->type == SNAP_WIRE_ANNOUNCEMENT) {
        inner.type = event->announced;
        set(json, "sequence_number", event->sequence_number);
        json_object_set_new(json, "announced", format_json_event(&inner));
    }
    if (event->type == SNAP_WIRE_SUBTASK_CONNECTION) {
        set(json, "input_subtask", event->input_subtask);
        set(json, "output_subtask", event->output_subtask);
    }
    if (event->type == SNAP_WIRE_END_OF_DATA)
        json_object_set_new(json, "stop_mode",
                            json_string(event->is_drained ? "DRAIN" : "NO_DRAIN"));
    if (event->type == SNAP_WIRE_RECOVERY)
        set(json, "final_buffer_subpartition", event->subpartition);
    return json;
}

static enum snap_serializer_kind find_type(const char *name, size_t length)
{
    for (unsigned i = 0; i < SNAP_SERIALIZER_KNOWN_COUNT; i++)
        if (strlen(snap_serializer_rows[i].name) == length &&
            !strncmp(snap_serializer_rows[i].name, name, length))
            return (enum snap_serializer_kind)i;
    SNAP_CHECK(!"the type is known");
    return SNAP_SERIALIZER_UNKNOWN;
}

/* Tuples have a number behind their name; the time of a Ttl is not named. */
struct snap_serializer format_type_read(struct snap_arena *arena, const char **type)
{
    struct snap_serializer nested[SNAP_SERIALIZER_NESTED_MAX];
    size_t length = strcspn(*type, "<,>");
    enum snap_serializer_kind kind;
    uint32_t count = 0;

    kind = !strncmp(*type, "Tuple", 5) ? SNAP_SERIALIZER_TUPLE : find_type(*type, length);
    *type += length;
    if (kind == SNAP_SERIALIZER_TTL)
        nested[count++] = snap_serializer_of(SNAP_SERIALIZER_LONG);
    if (**type != '<')
        return snap_serializer_of(kind);
    do {
        SNAP_CHECK(count < SNAP_SERIALIZER_NESTED_MAX);
        ++*type;
        nested[count++] = format_type_read(arena, type);
    } while (**type == ',');
    SNAP_CHECK(**type == '>');
    ++*type;
    return snap_serializer_with(kind, nested, count, arena);
}
