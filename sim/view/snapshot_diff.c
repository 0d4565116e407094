// SPDX-License-Identifier: Apache-2.0
#include "view/snapshot_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* An entry by its hashes: of where it is, and of what is there. */
struct print {
    uint64_t key;
    uint64_t value;
};

/* All entries of one state in one snapshot. */
struct prints {
    struct snap_arena *arena;
    struct print *items;
    uint32_t count;
    uint32_t capacity;
};

/* ---- values ---- */

static uint64_t hash_datum(const struct snap_datum *datum, uint64_t seed)
{
    uint64_t hash = snap_mix64(seed + 0x9e37 + (uint64_t)datum->kind);

    switch (datum->kind) {
    case SNAP_DATUM_NULL:
        return hash;
    case SNAP_DATUM_BOOLEAN:
        return snap_mix64(hash + datum->truth);
    case SNAP_DATUM_NUMBER:
        return snap_mix64(hash + (uint64_t)datum->number);
    case SNAP_DATUM_REAL:
        return hash ^ snap_hash_bytes(&datum->real, sizeof(datum->real));
    case SNAP_DATUM_TEXT:
    case SNAP_DATUM_BYTES:
    case SNAP_DATUM_OPAQUE:
        return snap_mix64(hash + snap_hash_bytes(datum->bytes.at, datum->bytes.count));
    case SNAP_DATUM_LIST:
    case SNAP_DATUM_MAP:
    case SNAP_DATUM_TUPLE:
    case SNAP_DATUM_WINDOW:
    case SNAP_DATUM_TTL:
    case SNAP_DATUM_TIMER:
    case SNAP_DATUM_ELEMENT:
        break;
    }
    for (uint32_t i = 0; i < datum->count; i++)
        hash = hash_datum(&datum->items[i], hash);
    return hash;
}

static uint64_t hash_optional(const struct snap_datum *datum, uint64_t seed)
{
    return datum ? hash_datum(datum, seed) : seed;
}

static bool add_entry(void *context, const struct snap_snapshot_item *item)
{
    struct prints *prints = context;
    struct print print;

    print.key = hash_optional(item->name_space, hash_optional(item->key, (uint64_t)item->time_ms));
    print.value = hash_optional(item->value, 0);
    prints->items = snap_arena_grow(prints->arena, prints->items, prints->count, &prints->capacity,
                                    sizeof(*prints->items));
    prints->items[prints->count++] = print;
    return true;
}

/* Elements of lists have no key: each is one of its own. */
static bool add_element(void *context, const struct snap_snapshot_item *item)
{
    struct prints *prints = context;

    add_entry(context, item);
    prints->items[prints->count - 1].key = prints->items[prints->count - 1].value;
    return true;
}

static int compare_prints(const void *left, const void *right)
{
    const struct print *a = left;
    const struct print *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static void count_differences(const struct prints sides[2], struct snap_state_diff *state)
{
    uint32_t at[2] = {0, 0};

    for (int i = 0; i < 2; i++)
        if (sides[i].count)
            qsort(sides[i].items, sides[i].count, sizeof(struct print), compare_prints);
    while (at[0] < sides[0].count || at[1] < sides[1].count) {
        const struct print *one = at[0] < sides[0].count ? &sides[0].items[at[0]] : NULL;
        const struct print *other = at[1] < sides[1].count ? &sides[1].items[at[1]] : NULL;

        if (!other || (one && one->key < other->key)) {
            state->removed++;
            at[0]++;
        } else if (!one || other->key < one->key) {
            state->added++;
            at[1]++;
        } else {
            state->changed += one->value != other->value;
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

            note_entries(state_of(diff, arena, state->name), side,
                         both[k]->is_readable ? state->entries : -1,
                         state->value_type ? state->value_type : state->kind);
        }
    for (uint32_t i = 0; i < subtask->list_count; i++)
        note_entries(state_of(diff, arena, subtask->lists[i].name), side,
                     subtask->lists[i].elements, subtask->lists[i].type);
    for (uint32_t i = 0; i < subtask->file_count; i++)
        if (subtask->files[i].bytes > 0)
            diff->bytes[side] += subtask->files[i].bytes;
}

static bool gather_keyed(const struct snap_snapshot *snapshot, struct snap_snapshot_choice *choice,
                         const char *name, struct prints *prints, struct snap_error *error)
{
    const struct snap_item_visitor entries = {add_entry, prints};
    const struct snap_snapshot_keyed *keyed = choice->keyed;

    for (uint32_t i = 0; keyed->is_readable && i < keyed->state_count; i++) {
        choice->state = i;
        if (strcmp(keyed->states[i].name, name) == 0 &&
            !snapshot->source.walk(snapshot->source.context, choice, &entries, error))
            return false;
    }
    return true;
}

static bool gather_lists(const struct snap_snapshot *snapshot, struct snap_snapshot_choice *choice,
                         const char *name, struct prints *prints, struct snap_error *error)
{
    for (uint32_t i = 0; i < choice->subtask->list_count; i++) {
        const struct snap_snapshot_list *list = &choice->subtask->lists[i];
        /* What is broadcast has keys. */
        const struct snap_item_visitor visitor = {
            list->mode == SNAP_LIST_BROADCAST ? add_entry : add_element, prints};

        choice->list = list;
        if (strcmp(list->name, name) == 0 &&
            !snapshot->source.walk(snapshot->source.context, choice, &visitor, error))
            return false;
    }
    return true;
}

/* Walks over all entries of the state, in all subtasks. */
static bool gather(const struct snap_snapshot *snapshot, const struct snap_snapshot_operator *of,
                   const char *name, struct prints *prints, struct snap_error *error)
{
    for (uint32_t s = 0; of && s < of->subtask_count; s++) {
        const struct snap_snapshot_subtask *subtask = &of->subtasks[s];
        struct snap_snapshot_choice keyed = {
            .of = of, .subtask = subtask, .keyed = &subtask->keyed};
        struct snap_snapshot_choice timers = {
            .of = of, .subtask = subtask, .keyed = &subtask->raw_keyed};
        struct snap_snapshot_choice lists = {.of = of, .subtask = subtask};

        if (!gather_keyed(snapshot, &keyed, name, prints, error) ||
            !gather_keyed(snapshot, &timers, name, prints, error) ||
            !gather_lists(snapshot, &lists, name, prints, error))
            return false;
    }
    return true;
}

static bool compare_states(struct snap_snapshot_diff *diff, struct snap_operator_diff *of,
                           struct snap_error *error)
{
    for (uint32_t i = 0; i < of->state_count; i++) {
        struct snap_state_diff *state = &of->states[i];
        struct snap_arena scratch;
        struct prints sides[2] = {{.arena = &scratch}, {.arena = &scratch}};
        bool good = true;

        if (state->entries[0] < 0 || state->entries[1] < 0) {
            state->added = state->removed = state->changed = -1;
            continue;
        }
        snap_arena_init(&scratch);
        for (int side = 0; side < 2 && good; side++)
            good = gather(diff->snapshots[side], of->of[side], state->name, &sides[side], error);
        if (good)
            count_differences(sides, state);
        snap_arena_fini(&scratch);
        if (!good)
            return false;
    }
    return true;
}

/* ---- data in flight ---- */

/* Records count in their order. */
static bool fold_record(void *context, const struct snap_snapshot_item *item)
{
    uint64_t *hash = context;

    *hash = hash_optional(item->value, *hash);
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
                         const struct snap_snapshot_channel *channel, struct print *print,
                         struct snap_error *error)
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

    for (int side = 0; side < 2; side++) {
        const struct snap_snapshot *snapshot = diff->snapshots[side];

        sides[side].items = SNAP_ARENA_ARRAY(arena, struct print, snapshot->channel_count);
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
    count_differences(sides, &diff->channels);
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

/* A file's name counts, wherever its snapshot is: "-" for what is in the metadata. */
static bool names_file(const struct snap_snapshot_file *file)
{
    return file->path && (file->place == SNAP_PLACE_EXCLUSIVE || file->place == SNAP_PLACE_SHARED ||
                          file->place == SNAP_PLACE_SEGMENT);
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

struct file_print {
    uint64_t name;
    int64_t bytes;
};

static int compare_files(const void *left, const void *right)
{
    uint64_t a = ((const struct file_print *)left)->name;
    uint64_t b = ((const struct file_print *)right)->name;

    return (a > b) - (a < b);
}

/* The files of a snapshot, each once, by rising name. */
static uint32_t list_files(const struct snap_snapshot *snapshot, struct snap_arena *arena,
                           struct file_print **files)
{
    uint32_t count = 0, capacity = 0, kept = 0;

    *files = NULL;
    for (uint32_t o = 0; o < snapshot->operator_count; o++)
        for (uint32_t s = 0; s < snapshot->operators[o].subtask_count; s++) {
            const struct snap_snapshot_subtask *subtask = &snapshot->operators[o].subtasks[s];

            for (uint32_t i = 0; i < subtask->file_count; i++) {
                const struct snap_snapshot_file *file = &subtask->files[i];
                const char *name = names_file(file) ? last_name(file->path) : NULL;

                if (!name)
                    continue;
                *files = snap_arena_grow(arena, *files, count, &capacity, sizeof(**files));
                (*files)[count++] = (struct file_print){snap_hash_bytes(name, strlen(name)),
                                                        file->bytes > 0 ? file->bytes : 0};
            }
        }
    if (count)
        qsort(*files, count, sizeof(**files), compare_files);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && (*files)[kept - 1].name == (*files)[i].name)
            (*files)[kept - 1].bytes += (*files)[i].bytes;
        else
            (*files)[kept++] = (*files)[i];
    }
    return kept;
}

static void compare_all_files(struct snap_snapshot_diff *diff, struct snap_arena *arena)
{
    struct snap_files_diff *to = &diff->files;
    struct file_print *files[2];
    uint32_t counts[2];
    uint32_t at[2] = {0, 0};

    for (int i = 0; i < 2; i++)
        counts[i] = list_files(diff->snapshots[i], arena, &files[i]);
    while (at[0] < counts[0] || at[1] < counts[1]) {
        const struct file_print *one = at[0] < counts[0] ? &files[0][at[0]] : NULL;
        const struct file_print *other = at[1] < counts[1] ? &files[1][at[1]] : NULL;

        if (!other || (one && one->name < other->name)) {
            to->gone++;
            to->gone_bytes += one->bytes;
            at[0]++;
        } else if (!one || other->name < one->name) {
            to->added++;
            to->added_bytes += other->bytes;
            at[1]++;
        } else {
            to->shared++;
            to->shared_bytes += other->bytes;
            at[0]++;
            at[1]++;
        }
    }
}

bool snap_snapshot_compare(const struct snap_snapshot *one, const struct snap_snapshot *other,
                           struct snap_arena *arena, struct snap_snapshot_diff *diff,
                           struct snap_error *error)
{
    *diff = (struct snap_snapshot_diff){.snapshots = {one, other}};
    diff->operators = SNAP_ARENA_ARRAY(arena, struct snap_operator_diff,
                                       (size_t)one->operator_count + other->operator_count);
    for (int side = 0; side < 2; side++)
        for (uint32_t o = 0; o < diff->snapshots[side]->operator_count; o++) {
            const struct snap_snapshot_operator *of = &diff->snapshots[side]->operators[o];
            struct snap_operator_diff *to = operator_of(diff, &of->id);

            to->of[side] = of;
            for (uint32_t s = 0; s < of->subtask_count; s++)
                note_subtask(to, side, arena, &of->subtasks[s]);
        }
    compare_all_files(diff, arena);
    for (uint32_t o = 0; o < diff->operator_count; o++)
        if (!compare_states(diff, &diff->operators[o], error))
            return false;
    return compare_channels(diff, arena, error);
}

static bool differs(const struct snap_state_diff *state)
{
    return state->added || state->removed || state->changed;
}

bool snap_snapshots_agree(const struct snap_snapshot_diff *diff)
{
    for (uint32_t o = 0; o < diff->operator_count; o++) {
        const struct snap_operator_diff *at = &diff->operators[o];

        if (!at->of[0] || !at->of[1] || at->of[0]->parallelism != at->of[1]->parallelism ||
            at->of[0]->max_parallelism != at->of[1]->max_parallelism)
            return false;
        for (uint32_t i = 0; i < at->state_count; i++)
            if (differs(&at->states[i]))
                return false;
    }
    return !differs(&diff->channels);
}
