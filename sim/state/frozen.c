// SPDX-License-Identifier: Apache-2.0
#include "state/frozen.h"

#include <string.h>

#include "base/check.h"

static uint32_t page_count(const struct snap_frozen_array *array)
{
    return (array->count + SNAP_FROZEN_PAGE - 1) / SNAP_FROZEN_PAGE;
}

void *snap_frozen_add(struct snap_frozen *frozen, const void *live, size_t item_bytes,
                      uint32_t count)
{
    struct snap_frozen_array *array = &frozen->arrays[frozen->array_count++];

    SNAP_CHECK(frozen->array_count <= SNAP_FROZEN_ARRAYS_MAX);
    array->live = live;
    array->item_bytes = item_bytes;
    array->count = count;
    array->items = snap_arena_take(frozen->arena, count * item_bytes);
    array->is_copied = SNAP_ARENA_ARRAY(frozen->arena, bool, page_count(array));
    return array->items;
}

static void copy_page(struct snap_frozen_array *array, uint32_t page)
{
    uint32_t first = page * SNAP_FROZEN_PAGE;
    uint32_t left = array->count - first;
    size_t at = first * array->item_bytes;

    if (array->is_copied[page])
        return;
    memcpy(array->items + at, (const uint8_t *)*array->live + at,
           (left < SNAP_FROZEN_PAGE ? left : SNAP_FROZEN_PAGE) * array->item_bytes);
    array->is_copied[page] = true;
}

/* Returns whether a page is left. */
static bool copy_next(struct snap_frozen_array *array)
{
    uint32_t pages = page_count(array);

    while (array->next_page < pages && array->is_copied[array->next_page])
        array->next_page++;
    if (array->next_page < pages)
        copy_page(array, array->next_page++);
    return array->next_page < pages;
}

static void let_go(struct snap_frozen *frozen)
{
    SNAP_CHECK(*frozen->hook == frozen);
    *frozen->hook = NULL;
    frozen->table = NULL;
}

static void end(struct snap_frozen *frozen)
{
    if (frozen->settle)
        frozen->settle(frozen);
    let_go(frozen);
}

void snap_frozen_before_change(struct snap_frozen *frozen, uint32_t array, uint32_t index)
{
    bool is_left = false;

    SNAP_CHECK(array < frozen->array_count);
    if (index < frozen->arrays[array].count)
        copy_page(&frozen->arrays[array], index / SNAP_FROZEN_PAGE);
    for (uint32_t i = 0; i < frozen->array_count; i++)
        is_left = copy_next(&frozen->arrays[i]) || is_left;
    if (!is_left)
        end(frozen);
}

void snap_frozen_finish(struct snap_frozen *frozen)
{
    if (!frozen->table)
        return;
    for (uint32_t i = 0; i < frozen->array_count; i++)
        while (copy_next(&frozen->arrays[i]))
            continue;
    end(frozen);
}

void snap_frozen_abandon(struct snap_frozen *frozen)
{
    if (frozen->table)
        let_go(frozen);
}
