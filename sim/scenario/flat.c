// SPDX-License-Identifier: Apache-2.0
#include "scenario/flat.h"

#include <stdlib.h>
#include <string.h>

/* Layers are compared key by key: without a limit a large file would take minutes. */
enum { FLAT_KEYS_MAX = 4000 };

void snap_flat_add(struct snap_reader *reader, struct snap_flat *flat, struct snap_flat_entry entry)
{
    flat->entries = snap_arena_grow(reader->arena, flat->entries, flat->count, &flat->capacity,
                                    sizeof(*flat->entries));
    flat->entries[flat->count++] = entry;
}

/* Mappings are taken apart, all else is a value; `prefix` is NULL at the top. */
static void flatten(struct snap_reader *reader, const struct snap_node *map, const char *prefix,
                    struct snap_flat *flat)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct snap_node *value = map->items[i];
        const char *key = map->keys[i]->text;

        if (prefix)
            key = snap_arena_printf(reader->arena, "%s.%s", prefix, key);
        if (value->kind == SNAP_NODE_MAP)
            flatten(reader, value, key, flat);
        else
            snap_flat_add(reader, flat, (struct snap_flat_entry){key, map->keys[i], value});
    }
}

/* By key, then by place, so that of two equal keys the later one is reported. */
static int compare(const void *a, const void *b)
{
    const struct snap_flat_entry *left = a;
    const struct snap_flat_entry *right = b;
    int order = strcmp(left->key, right->key);

    if (order != 0)
        return order;
    if (left->key_node->line != right->key_node->line)
        return left->key_node->line < right->key_node->line ? -1 : 1;
    return (left->key_node->column > right->key_node->column) -
           (left->key_node->column < right->key_node->column);
}

/* One layer says a thing once: nested and dotted together are a mistake. */
static bool check_collisions(struct snap_reader *reader, const struct snap_flat *flat)
{
    struct snap_flat_entry *sorted =
        snap_arena_copy(reader->arena, flat->entries, flat->count * sizeof(*flat->entries));

    qsort(sorted, flat->count, sizeof(*sorted), compare);
    for (uint32_t i = 1; i < flat->count; i++)
        if (strcmp(sorted[i - 1].key, sorted[i].key) == 0)
            return snap_reader_fail(
                reader, sorted[i].key_node, "key \"%s\" is here twice; first at line %u, column %u",
                sorted[i].key, sorted[i - 1].key_node->line, sorted[i - 1].key_node->column);
    return true;
}

bool snap_flat_read(struct snap_reader *reader, const struct snap_node *map, const char *what,
                    struct snap_flat *flat)
{
    if (!map || map->kind == SNAP_NODE_NULL)
        return true;
    if (!snap_reader_expect(reader, map, SNAP_NODE_MAP, what))
        return false;
    flatten(reader, map, NULL, flat);
    if (flat->count > FLAT_KEYS_MAX)
        return snap_reader_fail(reader, map, "%s has more than %d keys", what, FLAT_KEYS_MAX);
    return flat->count == 0 || check_collisions(reader, flat);
}

/* "a.b" is at or below "a" and "a.b", not below "a.bc". */
static bool is_at_or_below(const char *key, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(key, prefix, length) == 0 && (key[length] == '\0' || key[length] == '.');
}

/* null takes a whole branch: {network: null} brings all of its defaults back. */
static void take_away(struct snap_flat *base, const char *key)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < base->count; i++)
        if (!is_at_or_below(base->entries[i].key, key))
            base->entries[kept++] = base->entries[i];
    base->count = kept;
}

void snap_flat_overlay(struct snap_reader *reader, struct snap_flat *base,
                       const struct snap_flat *over)
{
    for (uint32_t i = 0; i < over->count; i++) {
        const struct snap_flat_entry *entry = &over->entries[i];
        uint32_t at = 0;

        if (entry->value->kind == SNAP_NODE_NULL)
            take_away(base, entry->key);
        while (at < base->count && strcmp(base->entries[at].key, entry->key) != 0)
            at++;
        if (at < base->count)
            base->entries[at] = *entry;
        else
            snap_flat_add(reader, base, *entry);
    }
}

const struct snap_node *snap_flat_get(const struct snap_flat *flat, const char *key)
{
    for (uint32_t i = flat->count; i-- > 0;)
        if (strcmp(flat->entries[i].key, key) == 0)
            return flat->entries[i].value->kind == SNAP_NODE_NULL ? NULL : flat->entries[i].value;
    return NULL;
}
