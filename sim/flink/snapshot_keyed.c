// SPDX-License-Identifier: Apache-2.0
/* snapshot_keyed.c: keyed state in the description of a snapshot, and the walk over its entries. */
#include "base/check.h"
#include "flink/entry_source.h"
#include "flink/keyed_file.h"
#include "flink/snapshot_parts.h"

#define TIMERS_EVENT "_timer_state/event_"

static const char *class_of(enum snap_keyed_type type)
{
    switch (type) {
    case SNAP_KEYED_NONE:
        return NULL;
    case SNAP_KEYED_GROUPS_OLD:
    case SNAP_KEYED_GROUPS:
        return "KeyGroupsStateHandle";
    case SNAP_KEYED_SAVEPOINT:
        return "KeyGroupsSavepointStateHandle";
    case SNAP_KEYED_INCREMENTAL_OLD:
    case SNAP_KEYED_INCREMENTAL:
        return "IncrementalRemoteKeyedStateHandle";
    case SNAP_KEYED_CHANGELOG_OLD:
    case SNAP_KEYED_CHANGELOG:
        return "ChangelogStateBackendHandleImpl";
    case SNAP_KEYED_CHANGES_INLINE:
        return "InMemoryChangelogStateHandle";
    case SNAP_KEYED_CHANGES_OLD:
    case SNAP_KEYED_CHANGES:
        return "ChangelogStateHandleStreamImpl";
    }
    return NULL;
}

/* Values with a time of last access: of a value itself, of a list's elements, of a map's values. */
static bool is_ttl(const struct snap_serializer *value)
{
    if (!value)
        return false;
    if (value->kind == SNAP_SERIALIZER_LIST || value->kind == SNAP_SERIALIZER_MAP)
        return value->nested_count > 0 &&
               value->nested[value->nested_count - 1].kind == SNAP_SERIALIZER_TTL;
    return value->kind == SNAP_SERIALIZER_TTL;
}

static void describe_state(const struct snap_describer *describer,
                           const struct snap_state_meta *meta, struct snap_snapshot_state *state)
{
    const struct snap_serializer *value = meta->value;
    const struct snap_serializer *name_space = meta->name_space;

    state->name = snap_describer_text(describer, meta->name);
    state->kind = snap_keyed_state_type_name(meta->keyed_type);
    state->is_timer = meta->kind == SNAP_STATE_PRIORITY_QUEUE;
    if (state->is_timer) {
        state->kind = "TIMERS";
        state->is_event_time = snap_bytes_begin(meta->name, TIMERS_EVENT);
        if (value && value->kind == SNAP_SERIALIZER_TIMER && value->nested_count == 2)
            name_space = &value->nested[1];
    }
    state->is_ttl = is_ttl(value);
    state->namespace_type = snap_serializer_text(describer->arena, name_space);
    state->value_type = snap_serializer_text(describer->arena, value);
    state->entries = -1;
}

static struct snap_snapshot_state *describe_head(const struct snap_describer *describer,
                                                 const struct snap_keyed_head *head,
                                                 struct snap_snapshot_keyed *keyed)
{
    struct snap_snapshot_state *states =
        SNAP_ARENA_ARRAY(describer->arena, struct snap_snapshot_state, head->states.count);

    keyed->key_type = snap_serializer_text(describer->arena, &head->key);
    keyed->has_unknown_keys = snap_serializer_is_unknown(&head->key);
    keyed->is_compressed = head->is_compressed;
    keyed->states = states;
    keyed->state_count = head->states.count;
    for (uint32_t i = 0; i < head->states.count; i++)
        describe_state(describer, &head->states.items[i], &states[i]);
    return states;
}

/* In the canonical layout entries of a map stand one by one: those that have the same key belong
 * together. */
struct map_key {
    struct snap_byte_writer bytes;
    uint32_t state;
    uint32_t key_group;
    bool is_open;
};

static bool is_part_of_map(const struct snap_keyed_reader *reader,
                           const struct snap_keyed_item *item)
{
    return reader->layout == SNAP_LAYOUT_CANONICAL && !item->is_timer &&
           reader->head.states.items[item->state].keyed_type == SNAP_KEYED_MAP;
}

/* Whether the item goes on with the map of the one before; remembers its key if not. */
static bool continues_map(struct map_key *last, const struct snap_keyed_item *item)
{
    struct snap_bytes bytes = snap_byte_writer_bytes(&last->bytes);
    size_t key = item->key.count;

    if (last->is_open && last->state == item->state && last->key_group == item->key_group &&
        bytes.count == key + item->name_space.count &&
        (key == 0 || memcmp(bytes.at, item->key.at, key) == 0) &&
        snap_bytes_equal((struct snap_bytes){bytes.at + key, bytes.count - key}, item->name_space))
        return true;
    snap_byte_writer_clear(&last->bytes);
    snap_write_bytes(&last->bytes, item->key);
    snap_write_bytes(&last->bytes, item->name_space);
    last->state = item->state;
    last->key_group = item->key_group;
    last->is_open = true;
    return false;
}

/* Of how many entries the bytes are, and of which of the states behind, nobody knows. */
static void note_opaque(const struct snap_keyed_reader *reader, uint32_t opaque,
                        struct snap_snapshot_state *states)
{
    states[opaque].entries = -1;
    states[opaque].opaque_groups++;
    for (uint32_t i = 0; i < reader->head.states.count; i++)
        if (snap_keyed_reader_lost(reader, i)) {
            states[i].entries = -1;
            states[i].lost_groups++;
        }
}

static bool count_entries(struct snap_entry_source *source, struct snap_arena *scratch,
                          struct snap_snapshot_state *states)
{
    const struct snap_keyed_reader *reader = &source->reader;
    struct map_key last = {.is_open = false};
    struct snap_keyed_item item;

    snap_byte_writer_init(&last.bytes, scratch, NULL);
    for (uint32_t i = 0; i < reader->head.states.count; i++)
        states[i].entries = 0;
    while (snap_entry_source_next(source, &item)) {
        if (item.is_opaque)
            note_opaque(reader, item.state, states);
        else if (states[item.state].entries >= 0 &&
                 !(is_part_of_map(reader, &item) && continues_map(&last, &item)))
            states[item.state].entries++;
    }
    return !snap_entry_source_has_failed(source);
}

/* Files that are not there are no reason to show nothing: their states may be known all the same.
 */
static bool describe_entries(const struct snap_describer *describer,
                             const struct snap_keyed_file *file, struct snap_snapshot_keyed *keyed,
                             struct snap_error *error)
{
    struct snap_snapshot_state *states = NULL;
    struct snap_entry_source source;
    enum snap_tables_result result;
    struct snap_arena scratch;
    bool good;

    snap_arena_init(&scratch);
    result = snap_entry_source_open(&source, describer, file, &scratch, error);
    good = result != SNAP_TABLES_DAMAGED;
    keyed->layout = snap_entry_source_layout(&source);
    if (good && source.reader.head.states.count > 0)
        states = describe_head(describer, &source.reader.head, keyed);
    if (states && result == SNAP_TABLES_OPEN) {
        snap_entry_source_start(&source, SNAP_SNAPSHOT_NONE);
        good = count_entries(&source, &scratch, states);
    }
    keyed->is_readable = result == SNAP_TABLES_OPEN;
    snap_entry_source_close(&source, error);
    snap_arena_fini(&scratch);
    return good;
}

bool snap_describe_keyed(const struct snap_describer *describer,
                         const struct snap_metadata_operator *of,
                         const struct snap_keyed_handle *handle, struct snap_snapshot_keyed *keyed,
                         struct snap_error *error)
{
    struct snap_keyed_file file = {.handle = handle};
    bool good;

    keyed->handle = class_of(handle->type);
    if (!keyed->handle)
        return true;
    keyed->group_first = (uint32_t)handle->group_first;
    keyed->group_count = (uint32_t)handle->group_count;
    file.max_parallelism = (uint32_t)of->max_parallelism;
    if (!snap_describer_open(describer, &handle->stream, &file.data, error))
        return false;
    good = describe_entries(describer, &file, keyed, error);
    snap_describer_close(describer, &handle->stream, file.data);
    return good || snap_describer_fail(describer, &handle->stream, error);
}

/* A walk that gathers the entries of a map before it shows them. */
struct keyed_walk {
    struct snap_entry_source source;
    const struct snap_item_visitor *visitor;
    struct snap_arena scratch; /* of the item that is gathered */
    struct map_key last;
    struct snap_datum key;
    struct snap_datum name_space;
    struct snap_datum value;
    uint32_t pair_capacity;
    uint32_t state;
    uint32_t key_group;
    bool is_pending;
};

/* Shows what was gathered; returns false if the visitor stops. */
static bool show(struct keyed_walk *walk, const struct snap_datum *value, int64_t time_ms)
{
    struct snap_snapshot_item item = {.state = walk->state,
                                      .key_group = walk->key_group,
                                      .key = &walk->key,
                                      .name_space = &walk->name_space,
                                      .value = value,
                                      .time_ms = time_ms};

    return walk->visitor->visit(walk->visitor->context, &item);
}

static bool show_pending(struct keyed_walk *walk)
{
    bool more = !walk->is_pending || show(walk, &walk->value, 0);

    walk->is_pending = false;
    return more;
}

/* A map is shown when the item behind it has been read already: its bytes must outlive that. */
static bool keep(struct keyed_walk *walk, struct snap_datum *datum, bool good)
{
    if (good && snap_entry_source_is_fleeting(&walk->source))
        snap_datum_keep_bytes(datum, &walk->scratch);
    return good;
}

static bool begin_item(struct keyed_walk *walk, const struct snap_keyed_item *item)
{
    snap_arena_reset(&walk->scratch);
    walk->state = item->state;
    walk->key_group = item->key_group;
    return keep(walk, &walk->key,
                snap_keyed_item_key(&walk->source.reader, item, &walk->scratch, &walk->key)) &&
           keep(walk, &walk->name_space,
                snap_keyed_item_namespace(&walk->source.reader, item, &walk->scratch,
                                          &walk->name_space));
}

static bool add_pair(struct keyed_walk *walk, const struct snap_keyed_item *item)
{
    struct snap_datum *map = &walk->value;
    struct snap_datum *pair;

    for (unsigned i = 0; i < 2; i++) {
        map->items = snap_arena_grow(&walk->scratch, map->items, map->count, &walk->pair_capacity,
                                     sizeof(*map->items));
        map->items[map->count] = (struct snap_datum){.kind = SNAP_DATUM_NULL};
        map->count++;
    }
    pair = &map->items[map->count - 2];
    if (!keep(walk, &pair[0],
              snap_keyed_item_user_key(&walk->source.reader, item, &walk->scratch, &pair[0])))
        return false;
    return item->is_null ||
           keep(walk, &pair[1],
                snap_keyed_item_value(&walk->source.reader, item, &walk->scratch, &pair[1]));
}

static bool gather_map(struct keyed_walk *walk, const struct snap_keyed_item *item, bool *good)
{
    if (!(walk->is_pending && continues_map(&walk->last, item))) {
        if (!show_pending(walk))
            return false;
        continues_map(&walk->last, item);
        *good = begin_item(walk, item);
        walk->value = (struct snap_datum){.kind = SNAP_DATUM_MAP};
        walk->pair_capacity = 0;
        walk->is_pending = true;
    }
    *good = *good && add_pair(walk, item);
    return *good;
}

/* Returns false if the walk ends here: stopped, or `good` is false. */
static bool take_item(struct keyed_walk *walk, const struct snap_keyed_item *item, bool *good)
{
    if (is_part_of_map(&walk->source.reader, item))
        return gather_map(walk, item, good);
    if (!show_pending(walk))
        return false;
    walk->last.is_open = false;
    *good = begin_item(walk, item);
    if (!*good)
        return false;
    if (item->is_timer)
        return show(walk, NULL, item->time_ms);
    *good = snap_keyed_item_value(&walk->source.reader, item, &walk->scratch, &walk->value);
    return *good && show(walk, &walk->value, 0);
}

static bool walk_items(struct keyed_walk *walk, uint32_t state)
{
    struct snap_keyed_item item;
    bool good = true;

    snap_entry_source_start(&walk->source, state);
    while (snap_entry_source_next(&walk->source, &item))
        if ((state == SNAP_SNAPSHOT_NONE || state == item.state) && !take_item(walk, &item, &good))
            return good;
    if (!snap_entry_source_has_failed(&walk->source))
        show_pending(walk);
    return !snap_entry_source_has_failed(&walk->source);
}

bool snap_walk_keyed(const struct snap_describer *describer,
                     const struct snap_snapshot_choice *choice,
                     const struct snap_item_visitor *visitor, struct snap_error *error)
{
    const struct snap_keyed_handle *handle =
        &snap_describer_subtask(describer, choice)->managed_keyed;
    struct snap_keyed_file file = {.handle = handle,
                                   .max_parallelism = choice->of->max_parallelism};
    struct keyed_walk walk = {.visitor = visitor};
    enum snap_tables_result result;
    struct snap_arena arena;
    bool good;

    if (!snap_describer_open(describer, &handle->stream, &file.data, error))
        return false;
    snap_arena_init(&arena);
    snap_arena_init(&walk.scratch);
    snap_byte_writer_init(&walk.last.bytes, &arena, NULL);
    result = snap_entry_source_open(&walk.source, describer, &file, &arena, error);
    good = result == SNAP_TABLES_OPEN && walk_items(&walk, choice->state);
    if (result == SNAP_TABLES_ELSEWHERE)
        snap_error_set(error, SNAP_ERROR_SNAPSHOT, "files of keyed state are not there any more");
    snap_entry_source_close(&walk.source, error);
    snap_arena_fini(&walk.scratch);
    snap_arena_fini(&arena);
    snap_describer_close(describer, &handle->stream, file.data);
    return good || snap_describer_fail(describer, &handle->stream, error);
}
