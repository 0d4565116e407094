// SPDX-License-Identifier: Apache-2.0
#include "flink/changelog_state.h"

#include "base/hash.h"
#include "model/java_hash.h"
#include "model/key_group.h"

enum {
    NOT_COMPRESSED = 0,
    META_GROUP = -1,
    META_VERSION = 7,
    STATES_MAX = 256,
    SLOTS_FIRST = 64,
    KEY_GROUPS_MOST = 32768,
};

/* What a change does; the others are not read. Flink: StateChangeOperation. */
enum change { CHANGE_CLEAR = 0, CHANGE_SET = 1, CHANGE_SET_INTERNAL = 2, CHANGE_META = 8 };

struct loading {
    struct snap_changelog_state *state;
    uint32_t max_parallelism;
    struct snap_state_meta *metas;
    bool is_known; /* all changes so far are of kinds that are read */
};

typedef bool apply_change(struct loading *loading, int32_t group, struct snap_byte_reader *change);

/* Calls `apply` for each change of one change set; it returns false to stop. */
static bool read_set(const struct snap_changelog_part *part, struct loading *loading,
                     apply_change *apply, struct snap_error *error)
{
    struct snap_byte_reader reader;
    uint32_t groups;

    snap_byte_reader_init(&reader, part->file, 0, error);
    if (snap_read_u1(&reader, "mark of compression") != NOT_COMPRESSED || reader.failed) {
        loading->is_known = false;
        return !reader.failed;
    }
    if (part->offset < 0 || (uint64_t)part->offset > snap_byte_reader_left(&reader))
        return snap_byte_reader_fail(&reader, "changes lie beyond the end of the file");
    reader.at += part->offset;
    groups = snap_read_count(&reader, 8, "number of key groups with changes");
    for (uint32_t i = 0; i < groups && !reader.failed; i++) {
        uint32_t count = (uint32_t)snap_read_i4(&reader, "number of changes");
        int32_t group = snap_read_i4(&reader, "key group of changes");

        for (uint32_t j = 0; j < count && !reader.failed && loading->is_known; j++) {
            struct snap_bytes change = snap_read_blob(&reader, "a change");
            struct snap_byte_reader inner = snap_byte_reader_of_part(&reader, change);

            if (!reader.failed && !apply(loading, group, &inner))
                loading->is_known = false;
        }
    }
    return !reader.failed;
}

static bool read_all(const struct snap_changelog_source *source, struct loading *loading,
                     apply_change *apply, struct snap_error *error)
{
    for (uint32_t i = 0; i < source->part_count; i++)
        if (!read_set(&source->parts[i], loading, apply, error))
            return false;
    return true;
}

/* Behind the state stand marks of a time to live and of a default value, then its number. With
 * either of them the number cannot be found. */
static bool take_meta(struct loading *loading, int32_t group, struct snap_byte_reader *change)
{
    struct snap_changelog_state *state = loading->state;
    uint32_t index = state->head.states.count;
    struct snap_error none = {0};
    struct snap_byte_reader reader = *change;

    reader.error = &none;
    if (snap_read_u1(&reader, "kind of a change") != CHANGE_META || reader.failed)
        return group != META_GROUP;
    if (index == STATES_MAX || snap_read_i4(&reader, "version of a state") != META_VERSION ||
        !snap_state_meta_read(&reader, state->arena, &loading->metas[index]) ||
        snap_read_u2(&reader, "marks of a state") != 0)
        return false;
    state->ids[index] = snap_read_u2(&reader, "number of a state");
    state->head.states.count++;
    return !reader.failed;
}

static uint32_t find_state(const struct snap_changelog_state *state, uint16_t id)
{
    uint32_t index = 0;

    while (index < state->head.states.count && state->ids[index] != id)
        index++;
    return index;
}

static bool is_value(const struct snap_state_meta *meta)
{
    return meta->kind == SNAP_STATE_KEY_VALUE && meta->value && meta->name_space &&
           !snap_serializer_is_unknown(meta->value) &&
           !snap_serializer_is_unknown(meta->name_space) &&
           (meta->keyed_type == SNAP_KEYED_VALUE || meta->keyed_type == SNAP_KEYED_REDUCING ||
            meta->keyed_type == SNAP_KEYED_AGGREGATING);
}

static struct snap_bytes take(struct snap_byte_reader *reader,
                              const struct snap_serializer *serializer)
{
    const uint8_t *start = reader->at;

    snap_datum_skip(reader, serializer);
    return (struct snap_bytes){start, (size_t)(reader->at - start)};
}

/* Whether the key, read with the serializer that is tried, falls into the key group. */
static bool is_in_group(const struct loading *loading, const struct snap_keyed_item *item)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader;
    struct snap_arena scratch;
    struct snap_datum key;
    int32_t hash = 0;
    bool good;

    snap_arena_init(&scratch);
    snap_byte_reader_init(&reader, item->key, 0, &none);
    good = snap_datum_read(&reader, &loading->state->head.key, &scratch, &key);
    if (good && key.kind == SNAP_DATUM_TEXT)
        hash = snap_java_hash_utf8((const char *)key.bytes.at, key.bytes.count);
    else if (good && loading->state->head.key.kind == SNAP_SERIALIZER_LONG)
        hash = snap_java_hash_long(key.number);
    else if (good && key.kind == SNAP_DATUM_NUMBER)
        hash = (int32_t)key.number;
    else
        good = false;
    snap_arena_fini(&scratch);
    return good && snap_key_group_of(hash, loading->max_parallelism) == item->key_group;
}

/* Takes a change apart; false if it makes no sense with the serializer of keys that is tried. */
static bool split_change(struct loading *loading, int32_t group, struct snap_byte_reader *change,
                         struct snap_keyed_item *item, enum change *kind)
{
    struct snap_changelog_state *state = loading->state;
    struct snap_error none = {0};
    struct snap_byte_reader reader = *change;
    const struct snap_state_meta *meta;

    reader.error = &none;
    *item = (struct snap_keyed_item){.key_group = (uint32_t)group};
    *kind = (enum change)snap_read_u1(&reader, "kind of a change");
    if (*kind == CHANGE_META)
        return true;
    if (*kind != CHANGE_CLEAR && *kind != CHANGE_SET && *kind != CHANGE_SET_INTERNAL)
        return false;
    item->state = find_state(state, snap_read_u2(&reader, "number of a state"));
    if (reader.failed || item->state == state->head.states.count)
        return false;
    meta = &state->head.states.items[item->state];
    if (!is_value(meta))
        return false;
    item->key = take(&reader, &state->head.key);
    item->name_space = take(&reader, meta->name_space);
    if (*kind != CHANGE_CLEAR)
        item->value = take(&reader, meta->value);
    return snap_byte_reader_end(&reader, "a change") && is_in_group(loading, item);
}

static bool check_change(struct loading *loading, int32_t group, struct snap_byte_reader *change)
{
    struct snap_keyed_item item;
    enum change kind;

    return split_change(loading, group, change, &item, &kind);
}

static bool is_same(const struct snap_keyed_item *one, const struct snap_keyed_item *other)
{
    return one->state == other->state && snap_bytes_equal(one->key, other->key) &&
           snap_bytes_equal(one->name_space, other->name_space);
}

static struct snap_changelog_slot *find_slot(const struct snap_changelog_state *state,
                                             const struct snap_keyed_item *item)
{
    uint64_t hash = snap_hash_feed(SNAP_HASH_START, item->key.at, item->key.count);
    uint32_t at;

    hash = snap_hash_feed(hash, item->name_space.at, item->name_space.count);
    at = (uint32_t)snap_mix64(hash + item->state) & state->mask;
    while (state->slots[at].is_used && !is_same(&state->slots[at].item, item))
        at = (at + 1) & state->mask;
    return &state->slots[at];
}

/* At most half of the slots are used. */
static void grow(struct snap_changelog_state *state)
{
    struct snap_changelog_slot *before = state->slots;
    uint32_t count = state->slots ? state->mask + 1 : 0;

    state->mask = count ? 2 * count - 1 : SLOTS_FIRST - 1;
    state->slots = SNAP_ARENA_ARRAY(state->arena, struct snap_changelog_slot, state->mask + 1);
    for (uint32_t i = 0; i < count; i++)
        if (before[i].is_used)
            *find_slot(state, &before[i].item) = before[i];
}

static bool apply(struct loading *loading, int32_t group, struct snap_byte_reader *change)
{
    struct snap_changelog_state *state = loading->state;
    struct snap_changelog_slot *slot;
    struct snap_keyed_item item;
    enum change kind;

    if (!split_change(loading, group, change, &item, &kind))
        return false;
    if (kind == CHANGE_META)
        return true;
    if (!state->slots || 2 * state->used > state->mask)
        grow(state);
    slot = find_slot(state, &item);
    state->used += !slot->is_used;
    *slot = (struct snap_changelog_slot){item, true, kind != CHANGE_CLEAR};
    return true;
}

bool snap_changelog_state_load(struct snap_changelog_state *state,
                               const struct snap_changelog_source *source, struct snap_arena *arena,
                               struct snap_error *error)
{
    static const enum snap_serializer_kind kinds[] = {SNAP_SERIALIZER_STRING, SNAP_SERIALIZER_LONG,
                                                      SNAP_SERIALIZER_INT};
    struct loading loading = {
        .state = state, .max_parallelism = source->max_parallelism, .is_known = true};
    bool is_found = false;

    *state = (struct snap_changelog_state){.arena = arena};
    loading.metas = SNAP_ARENA_ARRAY(arena, struct snap_state_meta, STATES_MAX);
    state->ids = SNAP_ARENA_ARRAY(arena, uint16_t, STATES_MAX);
    state->head.states.items = loading.metas;
    if (!read_all(source, &loading, take_meta, error) || !loading.is_known)
        return false;
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !is_found; i++) {
        loading.is_known = true;
        state->head.key = snap_serializer_of(kinds[i]);
        if (!read_all(source, &loading, check_change, error))
            return false;
        is_found = loading.is_known;
    }
    return is_found && read_all(source, &loading, apply, error);
}

bool snap_changelog_state_next(struct snap_changelog_state *state, struct snap_keyed_item *item)
{
    while (state->slots && state->next <= state->mask) {
        const struct snap_changelog_slot *slot = &state->slots[state->next++];

        if (slot->is_used && slot->is_there) {
            *item = slot->item;
            return true;
        }
    }
    return false;
}

bool snap_changelog_state_touches(const struct snap_changelog_state *state,
                                  const struct snap_keyed_item *item)
{
    return state->slots && find_slot(state, item)->is_used;
}

/* Items come out of a table by hash: they are counted by key group, then put in place. */
const struct snap_keyed_item *snap_changelog_state_sorted(struct snap_changelog_state *state,
                                                          uint32_t *count)
{
    struct snap_keyed_item *items =
        SNAP_ARENA_ARRAY(state->arena, struct snap_keyed_item, state->used);
    uint32_t *places = SNAP_ARENA_ARRAY(state->arena, uint32_t, KEY_GROUPS_MOST + 2);
    struct snap_keyed_item item;

    state->next = 0;
    for (*count = 0; snap_changelog_state_next(state, &item); ++*count)
        places[item.key_group + 1]++;
    for (uint32_t g = 0; g < KEY_GROUPS_MOST; g++)
        places[g + 1] += places[g];
    state->next = 0;
    while (snap_changelog_state_next(state, &item))
        items[places[item.key_group]++] = item;
    state->next = 0;
    return items;
}
