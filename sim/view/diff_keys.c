// SPDX-License-Identifier: Apache-2.0
#include "view/diff_keys.h"

#include <stdlib.h>
#include <string.h>

#include "view/datum_order.h"
#include "view/datum_view.h"

/* One walk over the first or the second. */
struct naming {
    struct snap_wanted_keys *wanted;
    struct snap_arena *arena;
    int side;
};

void snap_wanted_keys_init(struct snap_wanted_keys *wanted, uint32_t max, struct snap_arena *arena)
{
    *wanted = (struct snap_wanted_keys){.max = max, .arena = arena};
}

void snap_wanted_keys_add(struct snap_wanted_keys *wanted, enum snap_difference what,
                          struct snap_entry_print first, struct snap_entry_print second)
{
    if (wanted->count == wanted->max)
        return;
    wanted->items = snap_arena_grow(wanted->arena, wanted->items, wanted->count, &wanted->capacity,
                                    sizeof(*wanted->items));
    wanted->items[wanted->count++] =
        (struct snap_wanted_key){.what = what,
                                 .prints = {first, second},
                                 .is_found = {what == SNAP_DIFFERS_NEW, what == SNAP_DIFFERS_GONE},
                                 .named = {.what = what}};
}

/* The first one with the key, or behind it; they stand by rising key. */
static uint32_t find_first(const struct snap_wanted_keys *wanted, uint64_t key)
{
    uint32_t low = 0, high = wanted->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (wanted->items[middle].prints[0].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The one that this is on the side, and that was not found yet; NULL if it is not wanted. */
static struct snap_wanted_key *find(const struct naming *naming, struct snap_entry_print print)
{
    const struct snap_wanted_keys *wanted = naming->wanted;

    for (uint32_t i = find_first(wanted, print.key); i < wanted->count; i++) {
        struct snap_wanted_key *item = &wanted->items[i];

        if (item->prints[0].key != print.key)
            break;
        if (!item->is_found[naming->side] && item->prints[naming->side].value == print.value)
            return item;
    }
    return NULL;
}

static const char *text_of(const struct naming *naming, const struct snap_datum *datum)
{
    struct snap_text text = {0};
    struct snap_datum ordered;
    const char *copy;

    if (!datum || datum->kind == SNAP_DATUM_NULL)
        return NULL;
    ordered = snap_datum_ordered(datum, naming->arena);
    snap_datum_text(&text, &ordered);
    copy = snap_arena_strdup(naming->arena, snap_text_get(&text));
    snap_text_fini(&text);
    return copy;
}

static bool name_entry(void *context, const struct snap_snapshot_item *item)
{
    struct naming *naming = context;
    struct snap_wanted_key *found = find(naming, snap_entry_print_of(item));

    if (!found)
        return true;
    found->is_found[naming->side] = true;
    found->named.key = text_of(naming, item->key);
    found->named.name_space = text_of(naming, item->name_space);
    found->named.is_timer = item->value == NULL;
    found->named.time_ms = item->time_ms;
    found->named.value[naming->side] = text_of(naming, item->value);
    return true;
}

static bool name_element(void *context, const struct snap_snapshot_item *item)
{
    struct naming *naming = context;
    struct snap_wanted_key *found = find(naming, snap_element_print_of(item));

    if (!found)
        return true;
    found->is_found[naming->side] = true;
    found->named.value[naming->side] = text_of(naming, item->value);
    return true;
}

static int compare_texts(const char *one, const char *other)
{
    return strcmp(one ? one : "", other ? other : "");
}

/* Keys that are numbers by their size, others as texts. */
static int compare_keys(const void *left, const void *right)
{
    const struct snap_key_diff *a = left;
    const struct snap_key_diff *b = right;
    long long numbers[2] = {a->key ? strtoll(a->key, NULL, 10) : 0,
                            b->key ? strtoll(b->key, NULL, 10) : 0};
    int order = (numbers[0] > numbers[1]) - (numbers[0] < numbers[1]);

    order = order ? order : compare_texts(a->key, b->key);
    order = order ? order : compare_texts(a->name_space, b->name_space);
    order = order ? order : (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
    order = order ? order : compare_texts(a->value[0], b->value[0]);
    return order ? order : compare_texts(a->value[1], b->value[1]);
}

bool snap_wanted_keys_name(struct snap_wanted_keys *wanted, const struct snap_state_walk walks[2],
                           struct snap_state_diff *state, struct snap_arena *arena,
                           struct snap_error *error)
{
    for (int side = 0; side < 2 && wanted->count > 0; side++) {
        struct naming naming = {wanted, arena, side};
        struct snap_state_walk walk = walks[side];

        walk.entry = name_entry;
        walk.element = name_element;
        walk.context = &naming;
        if (!snap_state_walk(&walk, error))
            return false;
    }
    state->keys = SNAP_ARENA_ARRAY(arena, struct snap_key_diff, wanted->count);
    for (uint32_t i = 0; i < wanted->count; i++)
        state->keys[state->key_count++] = wanted->items[i].named;
    if (state->key_count > 0)
        qsort(state->keys, state->key_count, sizeof(*state->keys), compare_keys);
    return true;
}
