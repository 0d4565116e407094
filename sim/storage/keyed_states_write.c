// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/java_text.h"
#include "model/key_group.h"
#include "model/string_pool.h"
#include "storage/keyed_states.h"
#include "storage/state_types.h"

#define SIGN_BIT (UINT64_C(1) << 63)

/* One table on its way into a file. */
struct table {
    enum snap_state_shape shape;
    const struct snap_keyed_snapshot *keyed;   /* or */
    const struct snap_scoped_snapshot *scoped; /* windows, timers */
    enum snap_value_kind key_kind;
    uint32_t group_first;
    uint32_t group_count;
    const uint32_t *group_starts;
};

struct writing {
    const struct snap_keyed_target *target;
    struct snap_arena *arena;
    struct table *tables;
    struct snap_state_meta *metas;
    uint32_t count;
    struct snap_keyed_writer file;
    struct snap_byte_writer key;
    struct snap_byte_writer scope;
    struct snap_byte_writer value;
};

/* ---- what there is ---- */

static enum snap_state_shape shape_of(const struct snap_image_operator *of, const char *name,
                                      enum snap_state_shape otherwise)
{
    const struct snap_state_spec *spec =
        of->states ? snap_state_specs_find(of->states, name) : NULL;

    return spec ? spec->shape : otherwise;
}

static enum snap_keyed_state_type type_of(enum snap_state_shape shape)
{
    static const enum snap_keyed_state_type types[] = {
        [SNAP_SHAPE_VALUE] = SNAP_KEYED_VALUE,
        [SNAP_SHAPE_REDUCING] = SNAP_KEYED_REDUCING,
        [SNAP_SHAPE_AGGREGATING] = SNAP_KEYED_AGGREGATING,
        [SNAP_SHAPE_KEYED_LIST] = SNAP_KEYED_LIST,
        [SNAP_SHAPE_WINDOW] = SNAP_KEYED_REDUCING,
    };

    SNAP_CHECK(shape <= SNAP_SHAPE_WINDOW);
    return types[shape];
}

static struct snap_state_meta meta_of_keyed(struct writing *writing, const struct table *table,
                                            struct snap_bytes name)
{
    struct snap_serializer both[2] = {snap_serializer_of_value(table->keyed->schema.value),
                                      snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE)};

    if (table->shape == SNAP_SHAPE_KEYED_LIST)
        both[0] = snap_serializer_with(SNAP_SERIALIZER_LIST, &both[0], 1, writing->arena);
    return snap_state_meta_of_keyed(writing->arena, name, type_of(table->shape), both);
}

static struct snap_state_meta meta_of_scoped(struct writing *writing, const struct table *table,
                                             struct snap_bytes name)
{
    struct snap_serializer window = snap_serializer_of(SNAP_SERIALIZER_TIME_WINDOW);

    if (table->shape == SNAP_SHAPE_WINDOW)
        return snap_state_meta_of_keyed(
            writing->arena, name, type_of(table->shape),
            (const struct snap_serializer[]){snap_serializer_of(SNAP_SERIALIZER_LONG), window});
    return snap_state_meta_of_timers(
        writing->arena, name,
        (const struct snap_serializer[]){snap_serializer_of_value(table->key_kind), window});
}

static void add_table(struct writing *writing, const struct table *table, const char *name)
{
    struct snap_bytes text = snap_java_modified(writing->arena, snap_bytes_of(name));

    writing->metas[writing->count] =
        table->keyed ? meta_of_keyed(writing, table, text) : meta_of_scoped(writing, table, text);
    writing->tables[writing->count++] = *table;
}

static void add_tables(struct writing *writing, const struct snap_image_operator *of,
                       const struct snap_operator_state *state)
{
    uint32_t most = state->keyed_count + state->scoped_count;

    writing->tables = SNAP_ARENA_ARRAY(writing->arena, struct table, most);
    writing->metas = SNAP_ARENA_ARRAY(writing->arena, struct snap_state_meta, most);
    for (uint32_t i = 0; i < state->keyed_count; i++) {
        const struct snap_keyed_snapshot *keyed = &state->keyed[i];
        struct table table = {.shape = shape_of(of, keyed->name, SNAP_SHAPE_VALUE),
                              .keyed = keyed,
                              .key_kind = keyed->schema.key,
                              .group_first = keyed->group_first,
                              .group_count = keyed->group_count,
                              .group_starts = keyed->group_starts};

        add_table(writing, &table, keyed->name);
    }
    for (uint32_t i = 0; i < state->scoped_count; i++) {
        const struct snap_scoped_snapshot *scoped = &state->scoped[i];
        struct table table = {.shape = shape_of(of, scoped->name, SNAP_SHAPE_WINDOW),
                              .scoped = scoped,
                              .key_kind = scoped->key_kind,
                              .group_first = scoped->group_first,
                              .group_count = scoped->group_count,
                              .group_starts = scoped->group_starts};

        add_table(writing, &table, scoped->name);
    }
}

/* ---- entries ---- */

static bool same_key(enum snap_value_kind kind, union snap_value a, union snap_value b)
{
    return kind == SNAP_VALUE_LONG ? a.number == b.number : snap_string_equal(a.string, b.string);
}

/* Returns how many entries from `at` on belong to one key. */
static uint32_t run_of(const struct table *table, uint32_t at, uint32_t end)
{
    const struct snap_keyed_entry *entries;
    uint32_t count = 1;

    if (table->shape != SNAP_SHAPE_KEYED_LIST)
        return 1;
    entries = table->keyed->entries;
    while (at + count < end && same_key(table->key_kind, entries[at].key, entries[at + count].key))
        count++;
    return count;
}

static struct snap_bytes key_bytes(struct writing *writing, const struct table *table,
                                   union snap_value key)
{
    snap_byte_writer_clear(&writing->key);
    snap_state_value_write(&writing->key, table->key_kind, key);
    return snap_byte_writer_bytes(&writing->key);
}

static void put_window(struct snap_byte_writer *to, const struct snap_scope *scope)
{
    snap_write_i8(to, scope->start_ms);
    snap_write_i8(to, scope->end_ms);
}

static void write_list(struct writing *writing, const struct table *table, uint32_t at,
                       uint32_t count)
{
    struct snap_byte_writer *value = &writing->value;
    bool is_native = writing->target->layout == SNAP_LAYOUT_NATIVE;

    if (is_native)
        snap_write_u4(value, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && !is_native)
            snap_write_u1(value, ',');
        snap_state_value_write(value, table->keyed->schema.value,
                               table->keyed->entries[at + i].value);
    }
}

static void write_keyed(struct writing *writing, const struct table *table, uint32_t at,
                        uint32_t count)
{
    struct snap_keyed_item item = {.key = key_bytes(writing, table, table->keyed->entries[at].key)};

    snap_byte_writer_clear(&writing->scope);
    snap_write_u1(&writing->scope, 0);
    item.name_space = snap_byte_writer_bytes(&writing->scope);
    snap_byte_writer_clear(&writing->value);
    if (table->shape == SNAP_SHAPE_KEYED_LIST)
        write_list(writing, table, at, count);
    else
        snap_state_value_write(&writing->value, table->keyed->schema.value,
                               table->keyed->entries[at].value);
    item.value = snap_byte_writer_bytes(&writing->value);
    snap_keyed_writer_entry(&writing->file, &item);
}

static void write_scoped(struct writing *writing, const struct table *table, uint32_t at)
{
    const struct snap_scoped_item *entry = &table->scoped->items[at];
    struct snap_keyed_item item = {0};

    snap_byte_writer_clear(&writing->scope);
    snap_byte_writer_clear(&writing->value);
    if (table->shape == SNAP_SHAPE_WINDOW) {
        item.key = key_bytes(writing, table, entry->scope.key);
        put_window(&writing->scope, &entry->scope);
        item.name_space = snap_byte_writer_bytes(&writing->scope);
        snap_write_i8(&writing->value, entry->cell.value);
    } else {
        /* Timers are sorted by their bytes, so negative times must come first. */
        snap_write_i8(&writing->value, (int64_t)((uint64_t)entry->scope.time_ms ^ SIGN_BIT));
        snap_state_value_write(&writing->value, table->key_kind, entry->scope.key);
        put_window(&writing->value, &entry->scope);
    }
    item.value = snap_byte_writer_bytes(&writing->value);
    snap_keyed_writer_entry(&writing->file, &item);
}

static void write_state(struct writing *writing, uint32_t state, uint32_t group)
{
    const struct table *table = &writing->tables[state];
    uint32_t index = group - table->group_first;
    uint32_t first = index < table->group_count ? table->group_starts[index] : 0;
    uint32_t end = index < table->group_count ? table->group_starts[index + 1] : 0;
    uint32_t runs = 0;

    for (uint32_t at = first; at < end; at += run_of(table, at, end))
        runs++;
    if (runs == 0)
        return;
    snap_keyed_writer_state(&writing->file, state, runs);
    for (uint32_t at = first, count; at < end; at += count) {
        count = run_of(table, at, end);
        if (table->keyed)
            write_keyed(writing, table, at, count);
        else
            write_scoped(writing, table, at);
    }
}

bool snap_keyed_states_write(const struct snap_image_operator *of,
                             const struct snap_operator_state *state,
                             const struct snap_keyed_target *target,
                             struct snap_keyed_handle *handle, struct snap_error *error)
{
    struct snap_state_stream *stream = target->stream;
    struct snap_key_group_range range = snap_key_group_range(
        target->subtask, (struct snap_parallelism){of->parallelism, of->max_parallelism});
    struct writing writing = {.target = target, .arena = stream->arena};
    struct snap_keyed_head head = {.is_compressed = false};
    struct snap_keyed_write_options options = {.layout = target->layout,
                                               .max_parallelism = of->max_parallelism,
                                               .group_first = range.first,
                                               .group_count = range.last - range.first + 1,
                                               .head = &head};
    struct snap_byte_writer bytes;

    *handle = (struct snap_keyed_handle){.type = SNAP_KEYED_NONE};
    add_tables(&writing, of, state);
    if (writing.count == 0)
        return true;
    head.key = snap_serializer_of_value(writing.tables[0].key_kind);
    head.states = (struct snap_state_metas){writing.metas, writing.count};
    snap_byte_writer_init(&bytes, stream->arena, NULL);
    snap_byte_writer_init(&writing.key, stream->arena, NULL);
    snap_byte_writer_init(&writing.scope, stream->arena, NULL);
    snap_byte_writer_init(&writing.value, stream->arena, NULL);
    snap_keyed_writer_init(&writing.file, &bytes, stream->arena, &options);
    for (uint32_t g = range.first; g <= range.last; g++) {
        snap_keyed_writer_group(&writing.file, g);
        for (uint32_t s = 0; s < writing.count; s++)
            write_state(&writing, s, g);
    }
    handle->offsets = snap_keyed_writer_end(&writing.file);
    handle->group_first = (int32_t)range.first;
    handle->group_count = (int32_t)options.group_count;
    handle->type = target->layout == SNAP_LAYOUT_NATIVE ? SNAP_KEYED_GROUPS : SNAP_KEYED_SAVEPOINT;
    if (target->layout == SNAP_LAYOUT_NATIVE)
        handle->id = snap_state_stream_name(stream);
    return snap_state_stream_put(stream, snap_byte_writer_bytes(&bytes), &handle->stream, error);
}
