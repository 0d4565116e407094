// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb_changes.h"

#include "base/check.h"
#include "model/string_pool.h"
#include "state/packed.h"

/* One table on its way into the database. */
struct changes {
    struct snap_rocksdb *db;
    uint32_t family;
    const struct snap_keyed_table *before; /* NULL: none */
    const struct snap_keyed_table *now;
    struct snap_composite_key form;
    bool is_timer;
    uint32_t group;
    struct snap_keyed_encoder encoder;
    struct snap_byte_writer row; /* the key of an entry */
    struct snap_byte_writer value;
};

/* ---- what is the same ---- */

static bool same_value(enum snap_value_kind kind, union snap_value a, union snap_value b)
{
    if (kind == SNAP_VALUE_LONG)
        return a.number == b.number;
    return a.string == b.string || snap_string_equal(a.string, b.string);
}

/* Of maps: an entry is a field. */
static bool same_field(const struct changes *changes, uint32_t before, uint32_t now)
{
    return snap_bytes_equal(
        snap_map_field_unpack(changes->before->keyed->entries[before].value).name,
        snap_map_field_unpack(changes->now->keyed->entries[now].value).name);
}

static bool same_place(const struct changes *changes, uint32_t before, uint32_t now)
{
    const struct snap_scope *a, *b;

    if (changes->now->keyed)
        return same_value(changes->now->key_kind, changes->before->keyed->entries[before].key,
                          changes->now->keyed->entries[now].key) &&
               (changes->now->shape != SNAP_SHAPE_KEYED_MAP || same_field(changes, before, now));
    a = &changes->before->scoped->items[before].scope;
    b = &changes->now->scoped->items[now].scope;
    return a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->time_ms == b->time_ms &&
           same_value(changes->now->key_kind, a->key, b->key);
}

static bool same_content(const struct changes *changes, struct snap_keyed_run before,
                         struct snap_keyed_run now)
{
    if (now.end - now.first != before.end - before.first)
        return false;
    if (changes->now->scoped)
        return changes->before->scoped->items[before.first].cell.value ==
               changes->now->scoped->items[now.first].cell.value;
    for (uint32_t i = 0; i < now.end - now.first; i++)
        if (!same_value(changes->now->keyed->schema.value,
                        changes->before->keyed->entries[before.first + i].value,
                        changes->now->keyed->entries[now.first + i].value))
            return false;
    return true;
}

/* ---- entries of the database ---- */

/* A timer is all key. */
static struct snap_bytes row_key(struct changes *changes, struct snap_keyed_item *item)
{
    struct snap_byte_writer *row = &changes->row;

    snap_byte_writer_clear(row);
    item->key_group = changes->group;
    if (changes->is_timer) {
        snap_write_unsigned(row, item->key_group,
                            snap_key_group_bytes(changes->form.max_parallelism));
        snap_write_bytes(row, item->value);
        item->value = snap_bytes_of("");
    } else {
        snap_composite_key_write(row, &changes->form, item);
    }
    return snap_byte_writer_bytes(row);
}

/* The value of a map's field has a mark of null in front. */
static struct snap_bytes with_mark(struct snap_byte_writer *value,
                                   const struct snap_keyed_item *item)
{
    snap_byte_writer_clear(value);
    snap_write_bool(value, item->is_null);
    snap_write_bytes(value, item->value);
    return snap_byte_writer_bytes(value);
}

static void put(struct changes *changes, struct snap_keyed_run run)
{
    struct snap_keyed_item item = snap_keyed_encoder_item(&changes->encoder, changes->now, run);
    struct snap_bytes key = row_key(changes, &item);

    if (changes->now->shape == SNAP_SHAPE_KEYED_MAP)
        item.value = with_mark(&changes->value, &item);
    snap_rocksdb_put(changes->db, changes->family, key, item.value);
}

static void remove_entry(struct changes *changes, struct snap_keyed_run run)
{
    struct snap_keyed_item item = snap_keyed_encoder_item(&changes->encoder, changes->before, run);

    snap_rocksdb_delete(changes->db, changes->family, row_key(changes, &item));
}

/* The entries that are the next item of the rest. */
static struct snap_keyed_run next_of(const struct snap_keyed_table *table,
                                     struct snap_keyed_run rest)
{
    rest.end = rest.first + snap_keyed_table_item_size(table, rest, SNAP_LAYOUT_CANONICAL);
    return rest;
}

/* What is removed comes before what is put at the end: a key can be among both. */
static void put_group(struct changes *changes)
{
    struct snap_keyed_run none = {0, 0};
    struct snap_keyed_run before =
        changes->before ? snap_keyed_table_group(changes->before, changes->group) : none;
    struct snap_keyed_run now = snap_keyed_table_group(changes->now, changes->group);

    while (before.first < before.end) {
        struct snap_keyed_run old = next_of(changes->before, before);

        before.first = old.end;
        if (now.first < now.end && same_place(changes, old.first, now.first)) {
            struct snap_keyed_run same = next_of(changes->now, now);

            now.first = same.end;
            if (!same_content(changes, old, same))
                put(changes, same);
        } else {
            remove_entry(changes, old);
        }
    }
    while (now.first < now.end) {
        struct snap_keyed_run fresh = next_of(changes->now, now);

        now.first = fresh.end;
        put(changes, fresh);
    }
}

/* ---- the tables of the last time ---- */

static const struct snap_keyed_table *find_table(const struct snap_rocksdb_last *last,
                                                 const char *name)
{
    for (uint32_t i = 0; i < last->count; i++)
        if (strcmp(last->tables[i].name, name) == 0)
            return &last->tables[i];
    return NULL;
}

/* Packed values lie in the arena of their snapshot, which may go; all other strings stay. */
static struct snap_keyed_entry *copy_entries(struct snap_arena *arena,
                                             const struct snap_keyed_table *from, uint32_t count)
{
    struct snap_keyed_entry *entries =
        snap_arena_copy(arena, from->keyed->entries, count * sizeof(*entries));
    bool is_packed = from->shape == SNAP_SHAPE_KEYED_MAP || from->shape == SNAP_SHAPE_TTL_VALUE;

    for (uint32_t i = 0; is_packed && i < count; i++)
        entries[i].value.string = snap_string_make(arena, entries[i].value.string->bytes,
                                                   entries[i].value.string->length);
    return entries;
}

static struct snap_keyed_table copy_table(struct snap_arena *arena,
                                          const struct snap_keyed_table *from)
{
    size_t starts = ((size_t)from->group_count + 1) * sizeof(*from->group_starts);
    uint32_t count = from->group_starts[from->group_count];
    struct snap_keyed_table to = *from;

    to.name = snap_arena_strdup(arena, from->name);
    to.group_starts = snap_arena_copy(arena, from->group_starts, starts);
    if (from->keyed) {
        struct snap_keyed_snapshot *keyed =
            snap_arena_copy(arena, from->keyed, sizeof(*from->keyed));

        keyed->entries = copy_entries(arena, from, count);
        to.keyed = keyed;
    } else {
        struct snap_scoped_snapshot *scoped =
            snap_arena_copy(arena, from->scoped, sizeof(*from->scoped));

        scoped->items = snap_arena_copy(arena, scoped->items, count * sizeof(*scoped->items));
        to.scoped = scoped;
    }
    return to;
}

void snap_rocksdb_remember(struct snap_rocksdb_last *last, const struct snap_keyed_tables *tables)
{
    struct snap_arena *arena = &last->arenas[last->turn ^= 1];

    snap_arena_reset(arena);
    last->tables = SNAP_ARENA_ARRAY(arena, struct snap_keyed_table, tables->count);
    last->count = tables->count;
    for (uint32_t i = 0; i < tables->count; i++)
        last->tables[i] = copy_table(arena, &tables->items[i]);
}

void snap_rocksdb_put_changes(struct snap_rocksdb *db, struct snap_rocksdb_last *last,
                              const struct snap_keyed_tables *tables, uint32_t max_parallelism)
{
    struct changes changes = {.db = db};

    snap_keyed_encoder_init(&changes.encoder, tables->arena, SNAP_LAYOUT_CANONICAL);
    snap_byte_writer_init(&changes.row, tables->arena, NULL);
    snap_byte_writer_init(&changes.value, tables->arena, NULL);
    for (uint32_t i = 0; i < tables->count; i++) {
        const struct snap_keyed_table *table = &tables->items[i];

        changes.now = table;
        changes.before = find_table(last, table->name);
        changes.family = snap_rocksdb_family(db, table->name);
        changes.is_timer = tables->metas[i].kind == SNAP_STATE_PRIORITY_QUEUE;
        changes.form = (struct snap_composite_key){.max_parallelism = max_parallelism};
        if (!changes.is_timer)
            changes.form = snap_composite_key_of(&tables->head, i, max_parallelism);
        for (uint32_t g = 0; g < table->group_count; g++) {
            changes.group = table->group_first + g;
            put_group(&changes);
        }
    }
    snap_rocksdb_remember(last, tables);
}

void snap_rocksdb_last_fini(struct snap_rocksdb_last *last)
{
    snap_arena_fini(&last->arenas[0]);
    snap_arena_fini(&last->arenas[1]);
    last->count = 0;
}
