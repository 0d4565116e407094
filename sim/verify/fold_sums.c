// SPDX-License-Identifier: Apache-2.0
#include "verify/fold_sums.h"

#include <string.h>

enum { KEYS_FIRST = 1 << 10, KEYS_MAX = 1 << 22, READ_AT_ONCE = 128 };

/* By key, from 0 on. */
struct sums {
    struct snap_arena arena;
    uint64_t *sums;
    bool *present;
    uint64_t size;
    uint64_t present_count;
};

static bool can_add_up(const struct snap_fold_subject *subject)
{
    return subject->rules->fold_adds_values && subject->book->base_entry_count == 0 &&
           subject->op->input_schemas[0].key == SNAP_VALUE_LONG &&
           subject->op->input_schemas[0].value == SNAP_VALUE_LONG &&
           snap_rules_state_kind(subject->rules, subject->op) == SNAP_VALUE_LONG;
}

static void widen(struct sums *sums, uint64_t key)
{
    uint64_t size = sums->size ? sums->size : KEYS_FIRST;
    uint64_t *wider;
    bool *present;

    while (size <= key)
        size *= 2;
    wider = SNAP_ARENA_ARRAY(&sums->arena, uint64_t, size);
    present = SNAP_ARENA_ARRAY(&sums->arena, bool, size);
    if (sums->size) {
        memcpy(wider, sums->sums, sums->size * sizeof(*wider));
        memcpy(present, sums->present, sums->size * sizeof(*present));
    }
    sums->sums = wider;
    sums->present = present;
    sums->size = size;
}

/* False if a key is no small number. */
static bool make_room(struct sums *sums, const uint64_t *keys, uint32_t count)
{
    uint64_t greatest = 0;

    for (uint32_t i = 0; i < count; i++)
        greatest |= keys[i];
    if (greatest >= KEYS_MAX)
        return false;
    if (greatest >= sums->size)
        widen(sums, greatest);
    return true;
}

static bool add_run(struct sums *sums, const struct snap_slice *slice)
{
    uint64_t keys[READ_AT_ONCE];
    uint64_t values[READ_AT_ONCE];
    uint32_t count;

    for (uint32_t from = 0; from < slice->count; from += count) {
        count = slice->count - from < READ_AT_ONCE ? slice->count - from : READ_AT_ONCE;
        snap_slice_read_cells(slice, SNAP_COLUMN_KEY, from, count, keys);
        snap_slice_read_cells(slice, SNAP_COLUMN_VALUE, from, count, values);
        if (!make_room(sums, keys, count))
            return false;
        for (uint32_t i = 0; i < count; i++) {
            sums->sums[keys[i]] += values[i];
            sums->present[keys[i]] = true;
        }
    }
    return true;
}

/* Each entry once, and none is missing. */
static bool are_entries(struct sums *sums, const struct snap_subtask_book *book)
{
    for (uint64_t key = 0; key < sums->size; key++)
        sums->present_count += sums->present[key];
    for (uint32_t i = 0; i < book->entry_count; i++) {
        uint64_t key = (uint64_t)book->entries[i].key.number;

        if (key >= sums->size || !sums->present[key] ||
            sums->sums[key] != (uint64_t)book->entries[i].value.number)
            return false;
        sums->present[key] = false;
    }
    return sums->present_count == book->entry_count;
}

bool snap_fold_sums_agree(const struct snap_fold_subject *subject)
{
    struct sums sums = {.size = 0};
    bool agree = can_add_up(subject);

    for (uint32_t r = 0; agree && r < subject->runs->count; r++)
        agree = add_run(&sums, &subject->runs->items[r].slice);
    agree = agree && are_entries(&sums, subject->book);
    snap_arena_fini(&sums.arena);
    return agree;
}
