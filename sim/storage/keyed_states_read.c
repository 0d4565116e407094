// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "flink/java_text.h"
#include "flink/rocksdb_state.h"
#include "model/string_pool.h"
#include "state/packed.h"
#include "storage/keyed_states.h"
#include "storage/keyed_tables.h"
#include "storage/state_types.h"

/* One table on its way out of a file. */
struct table {
    const char *name;
    bool is_wanted;
    enum snap_state_shape shape;
    struct snap_schema schema; /* of the table: packed values are strings there */
    struct snap_schema kinds;  /* for its serializer: snap_serializer_of_shape */
    uint32_t *group_starts;    /* group_count + 1 */
    struct snap_keyed_entry *entries;
    struct snap_scoped_item *items; /* windows, timers */
    uint32_t count;
    uint32_t capacity;
};

struct reading {
    const struct snap_state_bytes *from;
    const struct snap_keyed_handle *handle;
    struct snap_arena *arena;
    struct snap_error *error;
    struct snap_keyed_reader file;
    struct snap_rocksdb_state rocksdb; /* in place of the file's entries */
    struct table *tables;              /* by state of the head */
};

/* ---- what the job wants ---- */

static bool declares_keyed(const struct snap_state_specs *specs)
{
    for (uint32_t i = 0; specs && i < specs->count; i++)
        if (snap_shape_is_keyed(specs->items[i].shape) ||
            snap_shape_is_scoped(specs->items[i].shape))
            return true;
    return false;
}

static bool refuse_type(const struct reading *reading, const struct table *table,
                        const struct snap_serializer *found, const struct snap_serializer *wanted)
{
    return snap_error_set(
        reading->error, SNAP_ERROR_RESTORE,
        "%sstate \"%s\" of operator \"%s\" has %s in the snapshot and %s in this job",
        snap_serializer_place(found, reading->from->data, reading->arena), table->name,
        reading->from->of->uid, snap_serializer_words(found, reading->arena),
        snap_serializer_words(wanted, reading->arena));
}

static bool is_same(const struct snap_serializer *found, const struct snap_serializer *wanted)
{
    bool same = found && found->kind == wanted->kind && found->nested_count == wanted->nested_count;

    for (uint32_t i = 0; same && i < wanted->nested_count; i++)
        same = found->nested[i].kind == wanted->nested[i].kind;
    return same;
}

/* Before the types of their values: a list is no value. An operator without declarations takes
 * both. Flink: RegisteredKeyValueStateBackendMetaInfo.checkStateMetaInfo. */
static bool check_kind(const struct reading *reading, const struct table *table,
                       const struct snap_state_meta *meta, const struct snap_state_spec *spec)
{
    enum snap_keyed_state_type wanted;

    if (!spec || !snap_shape_is_keyed(spec->shape) || meta->keyed_type == SNAP_KEYED_UNKNOWN)
        return true;
    wanted = snap_keyed_type_of(spec->shape);
    if (meta->keyed_type == wanted)
        return true;
    return snap_error_set(
        reading->error, SNAP_ERROR_RESTORE,
        "state \"%s\" of operator \"%s\" is %s in the snapshot and %s in this job", table->name,
        reading->from->of->uid, snap_keyed_state_type_name(meta->keyed_type),
        snap_keyed_state_type_name(wanted));
}

/* What lies below a namespace that nobody knows is not taken for what lies below the job's own. */
static bool check_namespace(const struct reading *reading, const struct table *table,
                            const struct snap_state_meta *meta)
{
    bool is_queue = meta->kind == SNAP_STATE_PRIORITY_QUEUE;
    const struct snap_serializer *found = is_queue ? meta->value : meta->name_space;

    if (found && !snap_serializer_is_unknown(found))
        return true;
    return snap_error_set(
        reading->error, SNAP_ERROR_RESTORE,
        "%s%s of state \"%s\" of operator \"%s\" are %s, which is unknown",
        found ? snap_serializer_place(found, reading->from->data, reading->arena) : "",
        is_queue ? "timers" : "namespaces", table->name, reading->from->of->uid,
        found ? snap_serializer_words(found, reading->arena) : "of a serializer that is not told");
}

/* Keys, values, and elements of lists must be of the kinds that the operator has. */
static bool check_types(const struct reading *reading, const struct table *table,
                        const struct snap_state_meta *meta, const struct snap_state_spec *spec)
{
    struct snap_serializer key = snap_serializer_of_value(table->schema.key);
    struct snap_serializer value =
        snap_serializer_of_shape(table->shape, table->kinds, reading->arena);

    if (reading->file.head.key.kind != key.kind)
        return refuse_type(reading, table, &reading->file.head.key, &key);
    if (!check_namespace(reading, table, meta))
        return false;
    if (meta->kind == SNAP_STATE_PRIORITY_QUEUE)
        return true;
    if (!check_kind(reading, table, meta, spec))
        return false;
    if (table->shape == SNAP_SHAPE_WINDOW)
        value = snap_serializer_of(SNAP_SERIALIZER_LONG);
    return is_same(meta->value, &value) || refuse_type(reading, table, meta->value, &value);
}

static bool plan_table(struct reading *reading, uint32_t state)
{
    const struct snap_image_operator *of = reading->from->of;
    const struct snap_state_meta *meta = &reading->file.head.states.items[state];
    struct table *table = &reading->tables[state];
    const struct snap_state_spec *spec;

    table->name = (const char *)snap_java_text(reading->arena, meta->name).at;
    table->schema = of->op->schema;
    spec = of->states ? snap_state_specs_find(of->states, table->name) : NULL;
    if (!spec && (declares_keyed(of->states) || meta->keyed_type != SNAP_KEYED_VALUE))
        return true;
    if (spec) {
        table->shape = spec->shape;
        if (spec->schema)
            table->schema = spec->schema(of->op);
    }
    table->kinds = table->shape == SNAP_SHAPE_KEYED_MAP ? spec->fields : table->schema;
    if (table->shape == SNAP_SHAPE_KEYED_MAP || table->shape == SNAP_SHAPE_TTL_VALUE)
        table->schema.value = SNAP_VALUE_STRING;
    table->is_wanted = true;
    table->group_starts =
        SNAP_ARENA_ARRAY(reading->arena, uint32_t, (size_t)reading->handle->group_count + 1);
    return check_types(reading, table, meta, spec);
}

/* ---- entries ---- */

static void add_entry(struct reading *reading, struct table *table, struct snap_keyed_entry entry)
{
    table->entries = snap_arena_grow(reading->arena, table->entries, table->count, &table->capacity,
                                     sizeof(*table->entries));
    table->entries[table->count++] = entry;
}

static bool check_group(const struct reading *reading, const struct table *table,
                        const struct snap_keyed_item *item, union snap_value key)
{
    const struct snap_found_key found = {table->schema.key, key, item->key, item->key_group};

    return snap_state_check_group(&found, reading->from->data, reading->from->of->max_parallelism,
                                  reading->error);
}

/* Windows and timers belong to a key and a window; (0, 0) is none. */
static bool add_scoped(struct reading *reading, struct table *table,
                       const struct snap_keyed_item *item)
{
    struct snap_byte_reader key, window, value;
    struct snap_scoped_item *entry;

    table->items = snap_arena_grow(reading->arena, table->items, table->count, &table->capacity,
                                   sizeof(*table->items));
    entry = &table->items[table->count++];
    memset(entry, 0, sizeof(*entry));
    snap_byte_reader_init(&key, item->key, 0, reading->error);
    snap_byte_reader_init(&window, item->name_space, 0, reading->error);
    entry->scope.key = snap_state_value_read(&key, table->schema.key, reading->arena);
    if (snap_byte_reader_left(&window) == 16) {
        entry->scope.start_ms = snap_read_i8(&window, "start of a window");
        entry->scope.end_ms = snap_read_i8(&window, "end of a window");
    }
    if (key.failed || !check_group(reading, table, item, entry->scope.key))
        return false;
    if (item->is_timer) {
        entry->scope.time_ms = item->time_ms;
        return true;
    }
    snap_byte_reader_init(&value, item->value, 0, reading->error);
    entry->cell.value = snap_read_i8(&value, "a long");
    entry->cell.count = 1; /* how many records there were is not told: some */
    return !value.failed;
}

/* What was read of a list is a tree of longs or texts. */
static bool add_list(struct reading *reading, struct table *table,
                     const struct snap_keyed_item *item, union snap_value key)
{
    struct snap_datum list;

    if (!snap_keyed_item_value(&reading->file, item, reading->arena, &list))
        return false;
    for (uint32_t i = 0; list.kind == SNAP_DATUM_LIST && i < list.count; i++) {
        const struct snap_datum *element = &list.items[i];
        struct snap_keyed_entry entry = {.key = key};

        if (table->schema.value == SNAP_VALUE_LONG)
            entry.value.number = element->number;
        else
            entry.value.string = snap_string_make(reading->arena, (const char *)element->bytes.at,
                                                  element->bytes.count);
        add_entry(reading, table, entry);
    }
    return true;
}

/* A whole map, or one field of it with its name apart. */
static bool add_fields(struct reading *reading, struct table *table,
                       const struct snap_keyed_item *item, union snap_value key)
{
    bool is_whole = reading->file.layout == SNAP_LAYOUT_NATIVE;
    struct snap_datum pair[2] = {{.kind = SNAP_DATUM_NULL}, {.kind = SNAP_DATUM_NULL}};
    struct snap_datum *value = &pair[1];
    uint8_t name[SNAP_LONG_NAME_BYTES];
    const struct snap_datum *pairs;
    uint32_t count;

    if ((!is_whole && !snap_keyed_item_user_key(&reading->file, item, reading->arena, &pair[0])) ||
        (!item->is_null && !snap_keyed_item_value(&reading->file, item, reading->arena, value)))
        return false;
    pairs = is_whole ? value->items : pair;
    count = is_whole ? value->count : 2;
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        struct snap_map_field field;

        if (pairs[i].kind == SNAP_DATUM_NULL)
            return snap_error_set(reading->error, SNAP_ERROR_SNAPSHOT,
                                  "state \"%s\" has a field whose name is null", table->name);
        field = snap_field_of(&pairs[i], &pairs[i + 1], name);
        add_entry(reading, table,
                  (struct snap_keyed_entry){key, snap_map_field_pack(reading->arena, &field)});
    }
    return true;
}

static bool add_ttl_value(struct reading *reading, struct table *table,
                          const struct snap_keyed_item *item, union snap_value key)
{
    struct snap_byte_reader bytes;
    struct snap_ttl_value value;

    snap_byte_reader_init(&bytes, item->value, 0, reading->error);
    value.accessed_ms = snap_read_i8(&bytes, "time of the last access");
    value.value = snap_read_i8(&bytes, "a long");
    add_entry(reading, table,
              (struct snap_keyed_entry){key, snap_ttl_value_pack(reading->arena, value)});
    return !bytes.failed;
}

static bool add_keyed(struct reading *reading, struct table *table,
                      const struct snap_keyed_item *item)
{
    struct snap_byte_reader key, value;
    struct snap_keyed_entry entry;

    snap_byte_reader_init(&key, item->key, 0, reading->error);
    entry.key = snap_state_value_read(&key, table->schema.key, reading->arena);
    if (key.failed || !check_group(reading, table, item, entry.key))
        return false;
    if (table->shape == SNAP_SHAPE_KEYED_LIST)
        return add_list(reading, table, item, entry.key);
    if (table->shape == SNAP_SHAPE_KEYED_MAP)
        return add_fields(reading, table, item, entry.key);
    if (table->shape == SNAP_SHAPE_TTL_VALUE)
        return add_ttl_value(reading, table, item, entry.key);
    snap_byte_reader_init(&value, item->value, 0, reading->error);
    entry.value = snap_state_value_read(&value, table->schema.value, reading->arena);
    add_entry(reading, table, entry);
    return !value.failed;
}

static bool take_item(struct reading *reading, const struct snap_keyed_item *item)
{
    struct table *table = &reading->tables[item->state];
    uint32_t index = item->key_group - (uint32_t)reading->handle->group_first;
    bool added;

    /* Only what has entries is missed: timers are declared before there are any. */
    if (!table->is_wanted) {
        if (table->count++ == 0)
            snap_unread_state_note(reading->from->of, table->name);
        return true;
    }
    SNAP_CHECK(index < (uint32_t)reading->handle->group_count);
    added = snap_shape_is_scoped(table->shape) ? add_scoped(reading, table, item)
                                               : add_keyed(reading, table, item);
    table->group_starts[index + 1] = table->count;
    return added;
}

/* A key group without entries begins where the one before ended. */
static void fill_starts(const struct reading *reading, struct table *table)
{
    for (int32_t g = 0; g < reading->handle->group_count; g++)
        if (table->group_starts[g + 1] < table->group_starts[g])
            table->group_starts[g + 1] = table->group_starts[g];
}

static void add_table(const struct reading *reading, const struct table *table,
                      struct snap_operator_state *state)
{
    uint32_t first = (uint32_t)reading->handle->group_first;
    uint32_t count = (uint32_t)reading->handle->group_count;
    struct snap_keyed_snapshot keyed = {.name = table->name,
                                        .schema = table->schema,
                                        .group_first = first,
                                        .group_count = count,
                                        .group_starts = table->group_starts,
                                        .entries = table->entries};
    struct snap_scoped_snapshot scoped = {.name = table->name,
                                          .key_kind = table->schema.key,
                                          .group_first = first,
                                          .group_count = count,
                                          .group_starts = table->group_starts,
                                          .items = table->items};

    if (snap_shape_is_scoped(table->shape))
        snap_operator_state_add_scoped(state, reading->arena, &scoped);
    else
        snap_operator_state_add_keyed(state, reading->arena, &keyed);
    state->bytes += (int64_t)table->count * reading->from->of->op->record_size_bytes;
}

static bool is_rocksdb(const struct reading *reading)
{
    return reading->handle->type == SNAP_KEYED_INCREMENTAL ||
           reading->handle->type == SNAP_KEYED_INCREMENTAL_OLD;
}

/* The head is a file of its own then; keys and values are as in the canonical layout. */
static bool open_rocksdb(struct reading *reading)
{
    struct snap_sst *tables =
        SNAP_ARENA_ARRAY(reading->arena, struct snap_sst, reading->from->table_count);
    struct snap_byte_reader bytes;

    reading->file.layout = SNAP_LAYOUT_CANONICAL;
    reading->file.error = reading->error;
    snap_byte_reader_init(&bytes, reading->from->data, 0, reading->error);
    if (!snap_keyed_head_read(&bytes, reading->arena, &reading->file.head))
        return false;
    for (uint32_t i = 0; i < reading->from->table_count; i++)
        if (!snap_sst_open(&tables[i], reading->from->tables[i], reading->arena, reading->error)) {
            snap_error_place(reading->error, reading->from->table_paths[i], 0, 0);
            return false;
        }
    reading->rocksdb = (struct snap_rocksdb_state){
        .head = &reading->file.head,
        .handle = reading->handle,
        .max_parallelism = reading->from->of->max_parallelism,
        .arena = reading->arena,
        .error = reading->error,
        .tables = tables,
        .table_count = reading->from->table_count,
    };
    return true;
}

/* Values are as in the native layout; there is no file. */
static bool open_changes(struct reading *reading)
{
    reading->file.layout = SNAP_LAYOUT_NATIVE;
    reading->file.error = reading->error;
    reading->file.head = reading->from->changes->head;
    return true;
}

static bool open_file(struct reading *reading)
{
    struct snap_keyed_file file = {reading->from->data, reading->handle,
                                   reading->from->of->max_parallelism};

    if (reading->from->changes)
        return open_changes(reading);
    return is_rocksdb(reading)
               ? open_rocksdb(reading)
               : snap_keyed_reader_open(&reading->file, &file, reading->arena, reading->error);
}

static bool take_changes(struct reading *reading)
{
    uint32_t count;
    const struct snap_keyed_item *items =
        snap_changelog_state_sorted(reading->from->changes, &count);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = items[i].key_group - (uint32_t)reading->handle->group_first;

        /* A log can hold changes of key groups that another subtask has by now. */
        if (index < (uint32_t)reading->handle->group_count && !take_item(reading, &items[i]))
            return false;
    }
    return true;
}

static bool take_rocksdb(struct reading *reading)
{
    const struct snap_sst *table;
    struct snap_keyed_item item;

    snap_rocksdb_state_start(&reading->rocksdb, SNAP_ROCKSDB_ALL);
    while (snap_rocksdb_state_next(&reading->rocksdb, &item))
        if (!take_item(reading, &item))
            return false;
    table = snap_rocksdb_state_damaged(&reading->rocksdb);
    if (table)
        snap_error_place(reading->error,
                         reading->from->table_paths[table - reading->rocksdb.tables], 0, 0);
    return !reading->rocksdb.failed;
}

/* A state of the job's whose entries nobody can find is not restored as if it had none. */
static bool check_lost(const struct reading *reading, const struct snap_keyed_item *item)
{
    for (uint32_t i = 0; i < reading->file.head.states.count; i++)
        if (reading->tables[i].is_wanted && snap_keyed_reader_lost(&reading->file, i))
            return snap_error_set(
                reading->error, SNAP_ERROR_RESTORE,
                "offset %" PRIu64 ": state \"%s\" of operator \"%s\" cannot be read in key group "
                "%" PRIu32 ": it stands behind state \"%s\", whose serializer is unknown; expected "
                "one that says where its values end",
                item->offset, reading->tables[i].name, reading->from->of->uid, item->key_group,
                reading->tables[item->state].name);
    return true;
}

static bool take_items(struct reading *reading)
{
    struct snap_keyed_item item;

    if (reading->from->changes)
        return take_changes(reading);
    if (is_rocksdb(reading))
        return take_rocksdb(reading);
    while (snap_keyed_reader_next(&reading->file, &item))
        if (!take_item(reading, &item) || (item.is_opaque && !check_lost(reading, &item)))
            return false;
    return !reading->file.failed;
}

bool snap_keyed_states_read(const struct snap_state_bytes *from,
                            const struct snap_keyed_handle *handle, struct snap_arena *arena,
                            struct snap_operator_state *state, struct snap_error *error)
{
    struct reading reading = {.from = from, .handle = handle, .arena = arena, .error = error};
    uint32_t count;

    if (!open_file(&reading))
        return false;
    count = reading.file.head.states.count;
    reading.tables = SNAP_ARENA_ARRAY(arena, struct table, count);
    for (uint32_t i = 0; i < count; i++)
        if (!plan_table(&reading, i))
            return false;
    if (!take_items(&reading))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!reading.tables[i].is_wanted)
            continue;
        fill_starts(&reading, &reading.tables[i]);
        add_table(&reading, &reading.tables[i], state);
    }
    return true;
}
