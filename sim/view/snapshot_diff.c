// SPDX-License-Identifier: Apache-2.0
#include "view/snapshot_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "view/diff_keys.h"
#include "view/diff_splits.h"

/* All entries of one state in one snapshot. */
struct prints {
    struct snap_arena *arena;
    struct snap_entry_print *items;
    uint32_t count;
    uint32_t capacity;
};

static void add(struct prints *prints, struct snap_entry_print print)
{
    prints->items = snap_arena_grow(prints->arena, prints->items, prints->count, &prints->capacity,
                                    sizeof(*prints->items));
    prints->items[prints->count++] = print;
}

static bool add_entry(void *context, const struct snap_snapshot_item *item)
{
    add(context, snap_entry_print_of(item));
    return true;
}

static bool add_element(void *context, const struct snap_snapshot_item *item)
{
    add(context, snap_element_print_of(item));
    return true;
}

static int compare_prints(const void *left, const void *right)
{
    const struct snap_entry_print *a = left;
    const struct snap_entry_print *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* Counts, and keeps the first ones, by rising hash, to name them. */
static void count_differences(const struct prints sides[2], struct snap_state_diff *state,
                              struct snap_wanted_keys *wanted)
{
    uint32_t at[2] = {0, 0};

    for (int i = 0; i < 2; i++)
        if (sides[i].count)
            qsort(sides[i].items, sides[i].count, sizeof(struct snap_entry_print), compare_prints);
    while (at[0] < sides[0].count || at[1] < sides[1].count) {
        const struct snap_entry_print *one = at[0] < sides[0].count ? &sides[0].items[at[0]] : NULL;
        const struct snap_entry_print *other =
            at[1] < sides[1].count ? &sides[1].items[at[1]] : NULL;

        if (!other || (one && one->key < other->key)) {
            state->removed++;
            snap_wanted_keys_add(wanted, SNAP_DIFFERS_GONE, *one, *one);
            at[0]++;
        } else if (!one || other->key < one->key) {
            state->added++;
            snap_wanted_keys_add(wanted, SNAP_DIFFERS_NEW, *other, *other);
            at[1]++;
        } else {
            if (one->value != other->value) {
                state->changed++;
                snap_wanted_keys_add(wanted, SNAP_DIFFERS_CHANGED, *one, *other);
            }
            at[0]++;
            at[1]++;
        }
    }
}

/* ---- states ---- */

static struct snap_state_diff *state_of(struct snap_operator_diff *diff, struct snap_arena *arena,
                                        const char *name)
{
    struct snap_state_diff *state;

    for (uint32_t i = 0; i < diff->state_count; i++)
        if (strcmp(diff->states[i].name, name) == 0)
            return &diff->states[i];
    diff->states = snap_arena_grow(arena, diff->states, diff->state_count, &diff->state_capacity,
                                   sizeof(*diff->states));
    state = &diff->states[diff->state_count++];
    *state = (struct snap_state_diff){.name = name};
    return state;
}

static void note_entries(struct snap_state_diff *state, int side, int64_t entries, const char *type)
{
    state->is_in[side] = true;
    state->type = type;
    if (entries < 0 || state->entries[side] < 0)
        state->entries[side] = -1;
    else
        state->entries[side] += entries;
}

static void note_subtask(struct snap_operator_diff *diff, int side, struct snap_arena *arena,
                         const struct snap_snapshot_subtask *subtask)
{
    const struct snap_snapshot_keyed *both[2] = {&subtask->keyed, &subtask->raw_keyed};

    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < both[k]->state_count; i++) {
            const struct snap_snapshot_state *state = &both[k]->states[i];

            struct snap_state_diff *to = state_of(diff, arena, snap_state_full_name(state, arena));

            to->is_keyed = true;
            note_entries(to, side, both[k]->is_readable ? state->entries : -1,
                         state->value_type ? state->value_type : state->kind);
        }
    for (int k = 0; k < 2; k++)
        diff->is_unread[side] |= both[k]->handle && !both[k]->is_readable;
    for (uint32_t i = 0; i < subtask->list_count; i++)
        note_entries(state_of(diff, arena, subtask->lists[i].name), side,
                     subtask->lists[i].elements, subtask->lists[i].type);
    for (uint32_t i = 0; i < subtask->file_count; i++)
        if (subtask->files[i].bytes > 0)
            diff->bytes[side] += subtask->files[i].bytes;
}

/* What cannot be read may have any of the states, also those that only the other one names. */
static void note_unread(struct snap_operator_diff *diff, int side, struct snap_arena *arena)
{
    bool is_named = false;

    for (uint32_t i = 0; i < diff->state_count; i++)
        is_named |= diff->states[i].is_keyed;
    if (!is_named)
        state_of(diff, arena, "(keyed state)")->is_keyed = true;
    for (uint32_t i = 0; i < diff->state_count; i++)
        if (diff->states[i].is_keyed) {
            diff->states[i].is_in[side] = true;
            diff->states[i].entries[side] = -1;
        }
}

static struct snap_state_walk walk_of(const struct snap_snapshot_diff *diff,
                                      const struct snap_operator_diff *of, int side,
                                      const char *name)
{
    return (struct snap_state_walk){diff->snapshots[side], of->of[side], name, add_entry,
                                    add_element,           NULL};
}

static bool compare_state(const struct snap_snapshot_diff *diff,
                          const struct snap_operator_diff *of, struct snap_state_diff *state,
                          struct snap_arena *arena, struct snap_error *error)
{
    struct snap_arena scratch;
    struct prints sides[2] = {{.arena = &scratch}, {.arena = &scratch}};
    struct snap_wanted_keys wanted;
    struct snap_state_walk walks[2];
    bool good = true;

    snap_arena_init(&scratch);
    snap_wanted_keys_init(&wanted, diff->keys_max, &scratch);
    for (int side = 0; side < 2 && good; side++) {
        walks[side] = walk_of(diff, of, side, state->name);
        walks[side].context = &sides[side];
        good = snap_state_walk(&walks[side], error);
    }
    if (good)
        count_differences(sides, state, &wanted);
    good = good && snap_wanted_keys_name(&wanted, walks, state, arena, error);
    snap_arena_fini(&scratch);
    return good;
}

static bool compare_states(struct snap_snapshot_diff *diff, struct snap_operator_diff *of,
                           struct snap_arena *arena, struct snap_error *error)
{
    for (uint32_t i = 0; i < of->state_count; i++) {
        struct snap_state_diff *state = &of->states[i];

        if (snap_diff_splits(of, state, diff->keys_max, arena))
            continue;
        if (state->entries[0] < 0 || state->entries[1] < 0)
            state->added = state->removed = state->changed = -1;
        else if (!compare_state(diff, of, state, arena, error))
            return false;
    }
    return true;
}

/* ---- data in flight ---- */

/* Records count in their order. */
static bool fold_record(void *context, const struct snap_snapshot_item *item)
{
    uint64_t *hash = context;

    *hash = snap_datum_print(item->value, *hash);
    return true;
}

/* Of an end that is not known nothing. */
static uint64_t hash_end(const struct snap_snapshot *snapshot, uint32_t of, uint32_t subtask,
                         uint64_t seed)
{
    if (of == SNAP_SNAPSHOT_NONE)
        return snap_mix64(seed + subtask);
    return snap_mix64(seed + subtask) ^
           snap_hash_bytes(&snapshot->operators[of].id, sizeof(snapshot->operators[of].id));
}

/* Bytes that are no records are compared by their number. */
static bool hash_channel(const struct snap_snapshot *snapshot,
                         const struct snap_snapshot_channel *channel,
                         struct snap_entry_print *print, struct snap_error *error)
{
    const struct snap_snapshot_choice choice = {.channel = channel};
    const struct snap_item_visitor visitor = {fold_record, &print->value};

    print->key = hash_end(snapshot, channel->to, channel->to_subtask,
                          snap_mix64(hash_end(snapshot, channel->from, channel->from_subtask, 0)));
    print->value = 0;
    if (channel->records < 0)
        print->value = snap_mix64(snap_mix64((uint64_t)channel->input_bytes) +
                                  (uint64_t)channel->result_bytes);
    return channel->records < 0 ||
           snapshot->source.walk(snapshot->source.context, &choice, &visitor, error);
}

static bool compare_channels(struct snap_snapshot_diff *diff, struct snap_arena *arena,
                             struct snap_error *error)
{
    struct prints sides[2] = {{.arena = arena}, {.arena = arena}};
    struct snap_wanted_keys none;

    for (int side = 0; side < 2; side++) {
        const struct snap_snapshot *snapshot = diff->snapshots[side];

        sides[side].items =
            SNAP_ARENA_ARRAY(arena, struct snap_entry_print, snapshot->channel_count);
        for (uint32_t i = 0; i < snapshot->channel_count; i++) {
            const struct snap_snapshot_channel *channel = &snapshot->channels[i];

            if (channel->records == 0)
                continue;
            if (!hash_channel(snapshot, channel, &sides[side].items[sides[side].count++], error))
                return false;
        }
        diff->channels.is_in[side] = sides[side].count > 0;
        diff->channels.entries[side] = sides[side].count;
    }
    snap_wanted_keys_init(&none, 0, arena);
    count_differences(sides, &diff->channels, &none);
    return true;
}

/* ---- operators and files ---- */

static struct snap_operator_diff *operator_of(struct snap_snapshot_diff *diff,
                                              const struct snap_operator_id *id)
{
    for (uint32_t i = 0; i < diff->operator_count; i++) {
        const struct snap_operator_diff *at = &diff->operators[i];
        const struct snap_snapshot_operator *of = at->of[0] ? at->of[0] : at->of[1];

        if (memcmp(&of->id, id, sizeof(*id)) == 0)
            return &diff->operators[i];
    }
    return &diff->operators[diff->operator_count++];
}

static uint32_t finished_of(const struct snap_snapshot_operator *of)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < of->subtask_count; i++)
        count += of->subtasks[i].is_finished;
    return of->is_finished ? of->parallelism : count;
}

static void note_operator(struct snap_operator_diff *to, int side,
                          const struct snap_snapshot_operator *of, struct snap_arena *arena)
{
    to->of[side] = of;
    to->finished[side] = finished_of(of);
    to->coordinator_bytes[side] =
        of->coordinator.place == SNAP_PLACE_NOWHERE ? -1 : of->coordinator.bytes;
    if (to->coordinator_bytes[side] > 0)
        to->bytes[side] += to->coordinator_bytes[side];
    for (uint32_t s = 0; s < of->subtask_count; s++)
        note_subtask(to, side, arena, &of->subtasks[s]);
}

/* What is not a source's is compared by its size. */
static bool coordinators_differ(const struct snap_operator_diff *at)
{
    const struct snap_snapshot_operator *const *of = at->of;

    if (!of[0] || !of[1])
        return false;
    if (of[0]->enumerator.is_there && of[1]->enumerator.is_there)
        return of[0]->enumerator.version != of[1]->enumerator.version ||
               !snap_bytes_equal(of[0]->enumerator.bytes, of[1]->enumerator.bytes);
    return at->coordinator_bytes[0] != at->coordinator_bytes[1];
}

bool snap_snapshot_compare(struct snap_snapshot_diff *diff, struct snap_arena *arena,
                           struct snap_error *error)
{
    diff->operators = SNAP_ARENA_ARRAY(arena, struct snap_operator_diff,
                                       (size_t)diff->snapshots[0]->operator_count +
                                           diff->snapshots[1]->operator_count);
    for (int side = 0; side < 2; side++)
        for (uint32_t o = 0; o < diff->snapshots[side]->operator_count; o++) {
            const struct snap_snapshot_operator *of = &diff->snapshots[side]->operators[o];

            note_operator(operator_of(diff, &of->id), side, of, arena);
        }
    snap_snapshot_compare_files(diff, arena);
    for (uint32_t o = 0; o < diff->operator_count; o++) {
        for (int side = 0; side < 2; side++)
            if (diff->operators[o].is_unread[side])
                note_unread(&diff->operators[o], side, arena);
        diff->operators[o].coordinator_differs = coordinators_differ(&diff->operators[o]);
        if (!compare_states(diff, &diff->operators[o], arena, error))
            return false;
    }
    return compare_channels(diff, arena, error);
}

/* -1: nobody knows. */
static bool differs(const struct snap_state_diff *state)
{
    return state->added > 0 || state->removed > 0 || state->changed > 0;
}

static bool operators_differ(const struct snap_operator_diff *at)
{
    if (!at->of[0] || !at->of[1] || at->of[0]->parallelism != at->of[1]->parallelism ||
        at->of[0]->max_parallelism != at->of[1]->max_parallelism ||
        at->finished[0] != at->finished[1] || at->coordinator_differs)
        return true;
    for (uint32_t i = 0; i < at->state_count; i++)
        if (differs(&at->states[i]))
            return true;
    return false;
}

bool snap_snapshots_differ(const struct snap_snapshot_diff *diff)
{
    for (uint32_t o = 0; o < diff->operator_count; o++)
        if (operators_differ(&diff->operators[o]))
            return true;
    return differs(&diff->channels);
}

bool snap_snapshots_unread(const struct snap_snapshot_diff *diff)
{
    for (uint32_t o = 0; o < diff->operator_count; o++)
        for (uint32_t i = 0; i < diff->operators[o].state_count; i++)
            if (diff->operators[o].states[i].changed < 0)
                return true;
    return false;
}
