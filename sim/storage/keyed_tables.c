// SPDX-License-Identifier: Apache-2.0
#include "storage/keyed_tables.h"

#include "base/check.h"
#include "flink/java_text.h"
#include "model/string_pool.h"
#include "state/packed.h"
#include "storage/state_types.h"

#define SIGN_BIT (UINT64_C(1) << 63)

/* ---- what there is ---- */

static void set_shape(struct snap_keyed_table *table, const struct snap_image_operator *of,
                      enum snap_state_shape otherwise)
{
    const struct snap_state_spec *spec =
        of->states ? snap_state_specs_find(of->states, table->name) : NULL;

    table->shape = spec ? spec->shape : otherwise;
    table->is_windowless = spec && spec->is_windowless;
    if (spec)
        table->fields = spec->fields;
}

enum snap_keyed_state_type snap_keyed_type_of(enum snap_state_shape shape)
{
    static const enum snap_keyed_state_type types[] = {
        [SNAP_SHAPE_VALUE] = SNAP_KEYED_VALUE,
        [SNAP_SHAPE_REDUCING] = SNAP_KEYED_REDUCING,
        [SNAP_SHAPE_AGGREGATING] = SNAP_KEYED_AGGREGATING,
        [SNAP_SHAPE_KEYED_LIST] = SNAP_KEYED_LIST,
        [SNAP_SHAPE_KEYED_MAP] = SNAP_KEYED_MAP,
        [SNAP_SHAPE_TTL_VALUE] = SNAP_KEYED_VALUE,
        [SNAP_SHAPE_WINDOW] = SNAP_KEYED_REDUCING,
    };

    SNAP_CHECK(shape <= SNAP_SHAPE_WINDOW);
    return types[shape];
}

static struct snap_state_meta meta_of_keyed(struct snap_arena *arena,
                                            const struct snap_keyed_table *table,
                                            struct snap_bytes name)
{
    bool is_map = table->shape == SNAP_SHAPE_KEYED_MAP;
    struct snap_serializer both[2] = {
        snap_serializer_of_shape(table->shape, is_map ? table->fields : table->keyed->schema,
                                 arena),
        snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE)};

    return snap_state_meta_of_keyed(arena, name, snap_keyed_type_of(table->shape), both);
}

static struct snap_state_meta meta_of_scoped(struct snap_arena *arena,
                                             const struct snap_keyed_table *table,
                                             struct snap_bytes name)
{
    struct snap_serializer window = snap_serializer_of(SNAP_SERIALIZER_TIME_WINDOW);

    if (table->shape == SNAP_SHAPE_WINDOW)
        return snap_state_meta_of_keyed(
            arena, name, snap_keyed_type_of(table->shape),
            (const struct snap_serializer[]){snap_serializer_of(SNAP_SERIALIZER_LONG), window});
    if (table->is_windowless)
        window = snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE);
    return snap_state_meta_of_timers(
        arena, name,
        (const struct snap_serializer[]){snap_serializer_of_value(table->key_kind), window});
}

static void add_table(struct snap_keyed_tables *tables, const struct snap_keyed_table *table)
{
    struct snap_bytes text = snap_java_modified(tables->arena, snap_bytes_of(table->name));

    tables->metas[tables->count] = table->keyed ? meta_of_keyed(tables->arena, table, text)
                                                : meta_of_scoped(tables->arena, table, text);
    tables->items[tables->count++] = *table;
}

static struct snap_keyed_table table_of_keyed(const struct snap_keyed_snapshot *keyed)
{
    return (struct snap_keyed_table){.name = keyed->name,
                                     .keyed = keyed,
                                     .key_kind = keyed->schema.key,
                                     .group_first = keyed->group_first,
                                     .group_count = keyed->group_count,
                                     .group_starts = keyed->group_starts};
}

static struct snap_keyed_table table_of_scoped(const struct snap_scoped_snapshot *scoped)
{
    return (struct snap_keyed_table){.name = scoped->name,
                                     .scoped = scoped,
                                     .key_kind = scoped->key_kind,
                                     .group_first = scoped->group_first,
                                     .group_count = scoped->group_count,
                                     .group_starts = scoped->group_starts};
}

void snap_keyed_tables_init(struct snap_keyed_tables *tables, struct snap_arena *arena,
                            const struct snap_image_operator *of,
                            const struct snap_operator_state *state)
{
    uint32_t most = state->keyed_count + state->scoped_count;
    struct snap_keyed_table table;

    *tables = (struct snap_keyed_tables){.arena = arena};
    tables->items = SNAP_ARENA_ARRAY(arena, struct snap_keyed_table, most);
    tables->metas = SNAP_ARENA_ARRAY(arena, struct snap_state_meta, most);
    for (uint32_t i = 0; i < state->keyed_count; i++) {
        table = table_of_keyed(&state->keyed[i]);
        set_shape(&table, of, SNAP_SHAPE_VALUE);
        add_table(tables, &table);
    }
    for (uint32_t i = 0; i < state->scoped_count; i++) {
        table = table_of_scoped(&state->scoped[i]);
        set_shape(&table, of, SNAP_SHAPE_WINDOW);
        add_table(tables, &table);
    }
    if (tables->count > 0)
        tables->head.key = snap_serializer_of_value(tables->items[0].key_kind);
    tables->head.states = (struct snap_state_metas){tables->metas, tables->count};
}

/* ---- entries ---- */

struct snap_keyed_run snap_keyed_table_group(const struct snap_keyed_table *table, uint32_t group)
{
    uint32_t index = group - table->group_first;

    if (index >= table->group_count)
        return (struct snap_keyed_run){0, 0};
    return (struct snap_keyed_run){table->group_starts[index], table->group_starts[index + 1]};
}

static bool same_key(enum snap_value_kind kind, union snap_value a, union snap_value b)
{
    return kind == SNAP_VALUE_LONG ? a.number == b.number : snap_string_equal(a.string, b.string);
}

uint32_t snap_keyed_table_item_size(const struct snap_keyed_table *table, struct snap_keyed_run run,
                                    enum snap_keyed_layout layout)
{
    bool is_map = table->shape == SNAP_SHAPE_KEYED_MAP && layout == SNAP_LAYOUT_NATIVE;
    const struct snap_keyed_entry *entries;
    uint32_t count = 1;

    if (table->shape != SNAP_SHAPE_KEYED_LIST && !is_map)
        return 1;
    entries = &table->keyed->entries[run.first];
    while (run.first + count < run.end &&
           same_key(table->key_kind, entries[0].key, entries[count].key))
        count++;
    return count;
}

void snap_keyed_encoder_init(struct snap_keyed_encoder *encoder, struct snap_arena *arena,
                             enum snap_keyed_layout layout)
{
    encoder->layout = layout;
    snap_byte_writer_init(&encoder->key, arena, NULL);
    snap_byte_writer_init(&encoder->scope, arena, NULL);
    snap_byte_writer_init(&encoder->user_key, arena, NULL);
    snap_byte_writer_init(&encoder->value, arena, NULL);
}

static struct snap_bytes key_bytes(struct snap_keyed_encoder *encoder,
                                   const struct snap_keyed_table *table, union snap_value key)
{
    snap_state_value_write(&encoder->key, table->key_kind, key);
    return snap_byte_writer_bytes(&encoder->key);
}

static void put_window(struct snap_byte_writer *to, const struct snap_scope *scope)
{
    snap_write_i8(to, scope->start_ms);
    snap_write_i8(to, scope->end_ms);
}

static void write_list(struct snap_keyed_encoder *encoder, const struct snap_keyed_table *table,
                       struct snap_keyed_run run)
{
    struct snap_byte_writer *value = &encoder->value;
    bool is_native = encoder->layout == SNAP_LAYOUT_NATIVE;

    if (is_native)
        snap_write_u4(value, run.end - run.first);
    for (uint32_t i = run.first; i < run.end; i++) {
        if (i > run.first && !is_native)
            snap_keyed_delimiter_write(value);
        snap_state_value_write(value, table->keyed->schema.value, table->keyed->entries[i].value);
    }
}

/* All fields as one value, as Flink's serializer of maps writes them. */
static void write_map(struct snap_byte_writer *value, const struct snap_keyed_table *table,
                      struct snap_keyed_run run)
{
    snap_write_u4(value, run.end - run.first);
    for (uint32_t i = run.first; i < run.end; i++) {
        struct snap_map_field field = snap_map_field_unpack(table->keyed->entries[i].value);

        snap_field_name_write(value, table->fields.key, &field);
        snap_write_bool(value, field.is_null);
        snap_field_value_write(value, &field);
    }
}

static void encode_field(struct snap_keyed_encoder *encoder, const struct snap_keyed_table *table,
                         union snap_value packed, struct snap_keyed_item *item)
{
    struct snap_map_field field = snap_map_field_unpack(packed);

    snap_field_name_write(&encoder->user_key, table->fields.key, &field);
    item->user_key = snap_byte_writer_bytes(&encoder->user_key);
    item->is_null = field.is_null;
    snap_field_value_write(&encoder->value, &field);
}

static void encode_value(struct snap_keyed_encoder *encoder, const struct snap_keyed_table *table,
                         struct snap_keyed_run run, struct snap_keyed_item *item)
{
    union snap_value value = table->keyed->entries[run.first].value;

    switch ((int)table->shape) {
    case SNAP_SHAPE_KEYED_LIST:
        write_list(encoder, table, run);
        return;
    case SNAP_SHAPE_KEYED_MAP:
        if (encoder->layout == SNAP_LAYOUT_NATIVE)
            write_map(&encoder->value, table, run);
        else
            encode_field(encoder, table, value, item);
        return;
    case SNAP_SHAPE_TTL_VALUE:
        snap_write_i8(&encoder->value, snap_ttl_value_unpack(value).accessed_ms);
        snap_write_i8(&encoder->value, snap_ttl_value_unpack(value).value);
        return;
    default:
        snap_state_value_write(&encoder->value, table->keyed->schema.value, value);
    }
}

static void encode_keyed(struct snap_keyed_encoder *encoder, const struct snap_keyed_table *table,
                         struct snap_keyed_run run, struct snap_keyed_item *item)
{
    const struct snap_keyed_entry *entry = &table->keyed->entries[run.first];

    item->key = key_bytes(encoder, table, entry->key);
    snap_write_u1(&encoder->scope, 0);
    item->name_space = snap_byte_writer_bytes(&encoder->scope);
    encode_value(encoder, table, run, item);
}

static void encode_scoped(struct snap_keyed_encoder *encoder, const struct snap_keyed_table *table,
                          uint32_t at, struct snap_keyed_item *item)
{
    const struct snap_scoped_item *entry = &table->scoped->items[at];

    if (table->shape == SNAP_SHAPE_WINDOW) {
        item->key = key_bytes(encoder, table, entry->scope.key);
        put_window(&encoder->scope, &entry->scope);
        item->name_space = snap_byte_writer_bytes(&encoder->scope);
        snap_write_i8(&encoder->value, entry->cell.value);
        return;
    }
    /* Timers are sorted by their bytes, so negative times must come first. */
    snap_write_i8(&encoder->value, (int64_t)((uint64_t)entry->scope.time_ms ^ SIGN_BIT));
    snap_state_value_write(&encoder->value, table->key_kind, entry->scope.key);
    if (table->is_windowless)
        snap_write_u1(&encoder->value, 0);
    else
        put_window(&encoder->value, &entry->scope);
}

struct snap_keyed_item snap_keyed_encoder_item(struct snap_keyed_encoder *encoder,
                                               const struct snap_keyed_table *table,
                                               struct snap_keyed_run run)
{
    struct snap_keyed_item item = {0};

    snap_byte_writer_clear(&encoder->key);
    snap_byte_writer_clear(&encoder->scope);
    snap_byte_writer_clear(&encoder->user_key);
    snap_byte_writer_clear(&encoder->value);
    if (table->keyed)
        encode_keyed(encoder, table, run, &item);
    else
        encode_scoped(encoder, table, run.first, &item);
    item.value = snap_byte_writer_bytes(&encoder->value);
    return item;
}
