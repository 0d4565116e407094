// SPDX-License-Identifier: Apache-2.0
#include "flink/state_meta.h"

#include "base/check.h"
#include "flink/state_words.h"

static const char *const type_names[SNAP_KEYED_TYPE_COUNT] = {
    [SNAP_KEYED_UNKNOWN] = "UNKNOWN",   [SNAP_KEYED_VALUE] = "VALUE",
    [SNAP_KEYED_LIST] = "LIST",         [SNAP_KEYED_MAP] = "MAP",
    [SNAP_KEYED_REDUCING] = "REDUCING", [SNAP_KEYED_AGGREGATING] = "AGGREGATING",
};

const char *snap_keyed_state_type_name(enum snap_keyed_state_type type)
{
    SNAP_CHECK(type < SNAP_KEYED_TYPE_COUNT);
    return type_names[type];
}

static const struct snap_serializer *find(const struct snap_state_meta *meta, const char *key)
{
    for (uint32_t i = 0; i < meta->serializer_count; i++)
        if (snap_bytes_are(meta->serializers[i].key, key))
            return &meta->serializers[i].serializer;
    return NULL;
}

static enum snap_keyed_state_type find_type(const struct snap_state_meta *meta)
{
    for (uint32_t i = 0; i < meta->option_count; i++)
        for (unsigned type = 0; type < SNAP_KEYED_TYPE_COUNT; type++)
            if (snap_bytes_are(meta->options[i].key, SNAP_WORD_KEYED_TYPE) &&
                snap_bytes_are(meta->options[i].value, type_names[type]))
                return (enum snap_keyed_state_type)type;
    return SNAP_KEYED_UNKNOWN;
}

void snap_state_meta_settle(struct snap_state_meta *meta)
{
    meta->value = find(meta, SNAP_WORD_VALUE);
    meta->key = find(meta, SNAP_WORD_KEY);
    meta->name_space = find(meta, SNAP_WORD_NAMESPACE);
    meta->keyed_type = find_type(meta);
}

static const struct snap_state_option *make_option(struct snap_arena *arena, const char *key,
                                                   const char *value)
{
    struct snap_state_option *option = SNAP_ARENA_NEW(arena, struct snap_state_option);

    option->key = snap_bytes_of(key);
    option->value = snap_bytes_of(value);
    return option;
}

/* One serializer, or two. */
static void set_serializers(struct snap_state_meta *meta, struct snap_arena *arena,
                            const char *const keys[2], const struct snap_serializer *serializers)
{
    uint32_t count = keys[1] ? 2 : 1;
    struct snap_state_serializer *items =
        SNAP_ARENA_ARRAY(arena, struct snap_state_serializer, count);

    for (uint32_t i = 0; i < count; i++) {
        items[i].key = snap_bytes_of(keys[i]);
        items[i].serializer = serializers[i];
    }
    meta->serializers = items;
    meta->serializer_count = count;
    snap_state_meta_settle(meta);
}

/* Flink's writer takes them out of a hash map: the value's comes first. */
struct snap_state_meta snap_state_meta_of_keyed(struct snap_arena *arena, struct snap_bytes name,
                                                enum snap_keyed_state_type type,
                                                const struct snap_serializer value_and_namespace[2])
{
    static const char *const keys[2] = {SNAP_WORD_VALUE, SNAP_WORD_NAMESPACE};
    struct snap_state_meta meta = {.name = name, .kind = SNAP_STATE_KEY_VALUE, .option_count = 1};

    meta.options = make_option(arena, SNAP_WORD_KEYED_TYPE, snap_keyed_state_type_name(type));
    set_serializers(&meta, arena, keys, value_and_namespace);
    return meta;
}

struct snap_state_meta snap_state_meta_of_timers(struct snap_arena *arena, struct snap_bytes name,
                                                 const struct snap_serializer key_and_namespace[2])
{
    static const char *const keys[2] = {SNAP_WORD_VALUE, NULL};
    struct snap_state_meta meta = {.name = name, .kind = SNAP_STATE_PRIORITY_QUEUE};
    struct snap_serializer timer =
        snap_serializer_with(SNAP_SERIALIZER_TIMER, key_and_namespace, 2, arena);

    set_serializers(&meta, arena, keys, &timer);
    return meta;
}

struct snap_state_meta snap_state_meta_of_list(struct snap_arena *arena, struct snap_bytes name,
                                               enum snap_list_mode mode,
                                               const struct snap_serializer *element)
{
    static const char *const keys[2] = {SNAP_WORD_VALUE, NULL};
    struct snap_state_meta meta = {.name = name, .kind = SNAP_STATE_OPERATOR, .option_count = 1};

    meta.options = make_option(arena, SNAP_WORD_LIST_MODE,
                               mode == SNAP_LIST_SPLIT ? "SPLIT_DISTRIBUTE" : "UNION");
    set_serializers(&meta, arena, keys, element);
    return meta;
}

struct snap_state_meta snap_state_meta_of_broadcast(struct snap_arena *arena,
                                                    struct snap_bytes name,
                                                    const struct snap_serializer key_and_value[2])
{
    static const char *const keys[2] = {SNAP_WORD_VALUE, SNAP_WORD_KEY};
    struct snap_state_meta meta = {.name = name, .kind = SNAP_STATE_BROADCAST, .option_count = 1};
    struct snap_serializer value_and_key[2] = {key_and_value[1], key_and_value[0]};

    meta.options = make_option(arena, SNAP_WORD_LIST_MODE, "BROADCAST");
    set_serializers(&meta, arena, keys, value_and_key);
    return meta;
}
