// SPDX-License-Identifier: Apache-2.0
#include "view/diff_elements.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/heap.h"
#include "base/utf8.h"
#include "view/table.h"

/* The elements as far as they are told apart. */
struct elements {
    json_t **items; /* NULL: some element is no object */
    uint32_t count;
    struct snap_text common; /* what stands in all of them */
};

static const char *value_of(const struct snap_key_diff *element)
{
    return element->value[element->what == SNAP_DIFFERS_GONE ? 0 : 1];
}

static void forget(struct elements *elements)
{
    for (uint32_t i = 0; elements->items && i < elements->count; i++)
        json_decref(elements->items[i]);
    free(elements->items);
    elements->items = NULL;
}

static void read_all(struct elements *elements, const struct snap_state_diff *state)
{
    bool good = state->key_count > 1;

    elements->count = state->key_count;
    elements->items = snap_heap_zeroed(state->key_count, sizeof(json_t *));
    for (uint32_t i = 0; good && i < state->key_count; i++) {
        const char *value = value_of(&state->keys[i]);

        elements->items[i] = value ? json_loads(value, 0, NULL) : NULL;
        good = json_is_object(elements->items[i]);
    }
    if (!good)
        forget(elements);
}

/* Takes a member away that has one value in all elements; returns whether it has. */
static bool take_common(struct elements *elements, const char *key)
{
    json_t *first = json_object_get(elements->items[0], key);
    char *dump;

    for (uint32_t i = 1; i < elements->count; i++)
        if (!json_equal(json_object_get(elements->items[i], key), first))
            return false;
    dump = json_dumps(first, JSON_COMPACT | JSON_ENCODE_ANY);
    snap_text_printf(&elements->common, "%s\"%s\": %s", elements->common.length ? ", " : "", key,
                     dump ? dump : "");
    free(dump);
    for (uint32_t i = 0; i < elements->count; i++)
        json_object_del(elements->items[i], key);
    return true;
}

/* The length of the directory that all values of the member lie in, with its "/"; 0: none. */
static size_t directory_of(const struct elements *elements, const char *key)
{
    const char *first = json_string_value(json_object_get(elements->items[0], key));
    size_t length = first ? strlen(first) : 0;

    for (uint32_t i = 1; i < elements->count && length > 0; i++) {
        const char *other = json_string_value(json_object_get(elements->items[i], key));
        size_t same = 0;

        while (other && same < length && other[same] == first[same])
            same++;
        length = same;
    }
    while (length > 0 && first[length - 1] != '/')
        length--;
    return length;
}

static void take_directory(struct elements *elements, const char *key)
{
    size_t length = directory_of(elements, key);

    if (length <= 1)
        return;
    snap_text_printf(&elements->common, "%s\"%s\" in %.*s", elements->common.length ? ", " : "",
                     key, (int)length, json_string_value(json_object_get(elements->items[0], key)));
    for (uint32_t i = 0; i < elements->count; i++) {
        const char *value = json_string_value(json_object_get(elements->items[i], key));

        json_object_set_new(elements->items[i], key, json_string(value + length));
    }
}

static void shorten(struct elements *elements)
{
    json_t *first = json_deep_copy(elements->items[0]); /* members are taken away meanwhile */
    const char *key;
    json_t *value;

    json_object_foreach(first, key, value)
    {
        if (!take_common(elements, key))
            take_directory(elements, key);
    }
    json_decref(first);
}

static void add_rows(struct snap_table *table, const struct elements *elements,
                     const struct snap_state_diff *state)
{
    for (uint32_t i = 0; i < state->key_count; i++) {
        const struct snap_key_diff *element = &state->keys[i];
        char *dump = elements->items ? json_dumps(elements->items[i], JSON_COMPACT) : NULL;
        const char *shown = dump ? dump : value_of(element);

        snap_table_cell(table, element->what == SNAP_DIFFERS_GONE ? "gone" : "new");
        snap_table_cell(table, shown ? snap_arena_strdup(&table->arena, shown) : "?");
        free(dump);
    }
}

void snap_diff_elements_text(struct snap_text *text, const struct snap_state_diff *state,
                             uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Is", SNAP_TABLE_LEFT, 0},
        {"Element", SNAP_TABLE_LEFT, 0},
    };
    struct elements elements = {0};
    struct snap_table table;

    read_all(&elements, state);
    if (elements.items)
        shorten(&elements);
    snap_table_init(&table, columns, 2);
    add_rows(&table, &elements, state);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    if (elements.common.length > 0) {
        struct snap_text line = {0};

        snap_text_printf(&line, "(in all: %s)", snap_text_get(&elements.common));
        snap_text_make_printable(&line);
        snap_paragraph_text(snap_text_get(&line), width, text);
        snap_text_fini(&line);
    }
    snap_text_fini(&elements.common);
    forget(&elements);
}
