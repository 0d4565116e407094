// SPDX-License-Identifier: Apache-2.0
#include "snapshot/restored_baseline.h"

#include <string.h>

#include "base/check.h"
#include "operators/operator.h"
#include "operators/splits.h"

/* Restored windows, in a growing array. */
struct windows {
    struct snap_arena *arena;
    struct snap_base_window *items;
    uint32_t count;
    uint32_t capacity;
};

/* Entries of keyed values, in a growing array. */
struct entries {
    struct snap_arena *arena;
    struct snap_state_entry *items;
    uint32_t count;
    uint32_t capacity;
    struct snap_state_entry at; /* whose entries are taken */
    struct windows windows;
    bool holds; /* some operator holds records that it has not sent yet */
};

static void add(struct entries *entries, const struct snap_state_entry *entry)
{
    entries->items = snap_arena_grow(entries->arena, entries->items, entries->count,
                                     &entries->capacity, sizeof(*entries->items));
    entries->items[entries->count++] = *entry;
}

static void take_entry(void *to, union snap_value key, union snap_value value)
{
    struct entries *entries = to;
    struct snap_state_entry entry = entries->at;

    entry.key = key;
    entry.value = value;
    add(entries, &entry);
}

static void add_keyed(struct entries *entries, struct snap_state_entry at,
                      const struct snap_keyed_snapshot *keyed)
{
    for (uint32_t g = 0; g < keyed->group_count; g++)
        for (uint32_t i = keyed->group_starts[g]; i < keyed->group_starts[g + 1]; i++) {
            at.key_group = keyed->group_first + g;
            at.key = keyed->entries[i].key;
            at.value = keyed->entries[i].value;
            add(entries, &at);
        }
}

static void note_position(const struct snap_operator *op, uint32_t subtask, uint64_t position,
                          uint64_t *next)
{
    SNAP_CHECK(subtask < op->split_count);
    if (position != SNAP_POSITION_AT_END)
        next[op->split_first + subtask] = position;
}

static void note_splits(const struct snap_operator *op, uint32_t subtask,
                        const struct snap_operator_state *state, uint64_t *next)
{
    const struct snap_operator_class *class = snap_operator_class_of(op);
    const struct snap_list_snapshot *list = snap_operator_state_find(state, "SourceReaderState");

    if (class->restored_position) {
        note_position(op, subtask, class->restored_position(state), next);
        return;
    }
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_split_item split;

        SNAP_CHECK(list->items[i].bytes == sizeof(split));
        memcpy(&split, list->items[i].data, sizeof(split));
        SNAP_CHECK(split.split - op->split_first < op->split_count);
        next[split.split] = split.next;
    }
}

/* A split that the snapshot lacks was read to its end; one of a source that it lacks was not read.
 */
static void begin_splits(const struct snap_operator *op, bool restored, uint64_t *next)
{
    for (uint32_t s = 0; restored && s < op->split_count; s++)
        next[op->split_first + s] = (UINT64_C(1) << SNAP_ORIGIN_OFFSET_BITS) - 1;
}

static bool holds_records(const struct snap_operator *op, const struct snap_operator_state *state)
{
    bool holds = false;

    for (uint32_t i = 0; snap_operator_class_of(op)->rules.holds && i < state->list_count; i++)
        holds = holds || state->lists[i].count > 0;
    return holds;
}

/* What `each_state_entry` of the operator tells of: the first that it declares. */
static const struct snap_keyed_snapshot *judged_state(const struct snap_operator *op,
                                                      const struct snap_operator_state *state)
{
    const struct snap_state_specs *specs = snap_operator_class_of(op)->states;

    if (snap_operator_class_of(op)->base_entries)
        return NULL;
    if (!specs || !snap_shape_is_keyed(specs->items[0].shape))
        return state->keyed_count > 0 ? &state->keyed[0] : NULL;
    return snap_operator_state_find_keyed(state, specs->items[0].name);
}

static void add_window(struct windows *windows, struct snap_base_window at,
                       const struct snap_scoped_item *item)
{
    at.key = item->scope.key;
    at.start_ms = item->scope.start_ms;
    at.end_ms = item->scope.end_ms;
    at.value = item->cell.value;
    windows->items = snap_arena_grow(windows->arena, windows->items, windows->count,
                                     &windows->capacity, sizeof(*windows->items));
    windows->items[windows->count++] = at;
}

/* Those of event time, which are told by their rules. */
static void note_windows(const struct snap_operator *op, uint32_t subtask,
                         const struct snap_operator_state *state, struct windows *windows)
{
    const struct snap_operator_rules rules = snap_operator_rules_of(op);
    const struct snap_state_specs *specs = snap_operator_class_of(op)->states;
    const struct snap_base_window at = {
        .operator_index = op->index, .subtask = subtask, .may_grow = rules.windows_grow};

    for (uint32_t i = 0; rules.add_to_window && i < state->scoped_count; i++) {
        const struct snap_scoped_snapshot *scoped = &state->scoped[i];
        const struct snap_state_spec *spec = snap_state_specs_find(specs, scoped->name);
        uint32_t count = scoped->group_starts[scoped->group_count];

        for (uint32_t w = 0; spec && spec->shape == SNAP_SHAPE_WINDOW && w < count; w++)
            add_window(windows, at, &scoped->items[w]);
    }
}

static void note_task(const struct snap_resume *resume, uint32_t task, struct entries *entries,
                      uint64_t *next)
{
    const struct snap_job *job = resume->job;
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);
    const struct snap_task_snapshot *snapshot = resume->assigned.tasks[task];

    for (uint32_t p = 0; p < vertex->operator_count; p++) {
        const struct snap_operator *op = &job->operators[vertex->operators[p]];
        const struct snap_operator_state *state = &snapshot->operators[p];
        const struct snap_keyed_snapshot *judged;
        struct snap_state_entry at = {.operator_index = op->index,
                                      .subtask = task - vertex->task_first};

        if (op->type->role == SNAP_ROLE_SOURCE)
            note_splits(op, at.subtask, state, next);
        entries->at = at;
        note_windows(op, at.subtask, state, &entries->windows);
        if (snap_operator_class_of(op)->base_entries)
            snap_operator_class_of(op)->base_entries(op, at.subtask, state, take_entry, entries);
        entries->holds = entries->holds || holds_records(op, state);
        judged = judged_state(op, state);
        if (judged)
            add_keyed(entries, at, judged);
    }
}

/* Whether it can be told what the operator's state begins with. */
static bool knows_entries(const struct snap_operator *op)
{
    return !op->type->keeps_own_state &&
           (op->type->keyed || snap_operator_class_of(op)->base_entries);
}

/* The operator in the snapshot, NULL if it is not told which one that is. */
static const struct snap_operator *find_taken(const struct snap_job *job,
                                              const struct snap_operator *op)
{
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (job->operators[i].type == op->type &&
            memcmp(&job->operators[i].id, &op->id, sizeof(op->id)) == 0)
            return &job->operators[i];
    return NULL;
}

/* The states of all subtasks that took the snapshot; in files each is a vertex of its own. */
static struct snap_begun_states begun_states(const struct snap_savepoint *savepoint,
                                             const struct snap_operator *op,
                                             struct snap_arena *arena)
{
    const struct snap_job *job = savepoint->job;
    const struct snap_operator *same = find_taken(job, op);
    const struct snap_operator_state **items;
    struct snap_begun_states begun = {.count = 0};
    const struct snap_vertex *vertex;

    if (!same)
        return begun;
    vertex = &job->vertices[same->vertex];
    SNAP_CHECK(vertex->operator_count == 1);
    items = SNAP_ARENA_ARRAY(arena, const struct snap_operator_state *, vertex->parallelism);
    for (uint32_t t = 0; t < vertex->parallelism; t++) {
        const struct snap_task_snapshot *taken = savepoint->tasks[vertex->task_first + t];

        if (taken)
            items[begun.count++] = &taken->operators[0];
    }
    begun.items = items;
    return begun;
}

struct snap_baseline snap_restored_baseline_make(const struct snap_resume *resume,
                                                 struct snap_arena *arena)
{
    const struct snap_job *job = resume->job;
    const struct snap_assigned *assigned = &resume->assigned;
    struct entries entries = {.arena = arena, .windows.arena = arena};
    uint64_t *next = SNAP_ARENA_ARRAY(arena, uint64_t, job->split_count);
    bool *has_entries = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    bool *finished = SNAP_ARENA_ARRAY(arena, bool, job->task_count);
    struct snap_begun_states *begun =
        SNAP_ARENA_ARRAY(arena, struct snap_begun_states, job->operator_count);

    for (uint32_t i = 0; i < job->operator_count; i++)
        begin_splits(&job->operators[i], assigned->restored[i], next);
    for (uint32_t i = 0; i < job->operator_count; i++)
        has_entries[i] = knows_entries(&job->operators[i]);
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (snap_operator_class_of(&job->operators[i])->rules.shadow && assigned->restored[i])
            begun[i] = begun_states(resume->savepoint, &job->operators[i], arena);
    for (uint32_t t = 0; t < job->task_count; t++)
        note_task(resume, t, &entries, next);
    for (uint32_t i = 0; i < assigned->finished_count; i++)
        finished[assigned->finished[i]] = true;
    return (struct snap_baseline){
        .checkpoint = resume->savepoint->id,
        .split_next = next,
        .finished = finished,
        .in_flight = assigned->in_flight || entries.holds,
        .overtaken = assigned->in_flight,
        .in_passing = resume->savepoint->kind == SNAP_KIND_SAVEPOINT,
        .restored = assigned->restored,
        .has_entries = has_entries,
        .entries = entries.items,
        .entry_count = entries.count,
        .windows = entries.windows.items,
        .window_count = entries.windows.count,
        .begun = begun,
    };
}

/* The same where a subtask keeps its place by itself. */
static bool was_split_read(const struct snap_image_operator *of, uint32_t split)
{
    uint32_t subtask = split - of->op->split_first;

    return subtask >= of->parallelism ||
           snap_operator_class_of(of->op)->restored_position(of->subtasks[subtask].state) != 0;
}

/* Whether no subtask goes on at the beginning of the split. */
static bool was_read(const struct snap_image_operator *of, uint32_t split)
{
    if (snap_operator_class_of(of->op)->restored_position)
        return was_split_read(of, split);
    for (uint32_t s = 0; s < of->parallelism; s++) {
        const struct snap_list_snapshot *list =
            snap_operator_state_find(of->subtasks[s].state, "SourceReaderState");

        for (uint32_t i = 0; list && i < list->count; i++) {
            struct snap_split_item item;

            memcpy(&item, list->items[i].data, sizeof(item));
            if (item.split == split && item.next == 0)
                return false;
        }
    }
    return true;
}

/* What is under way was sent before the snapshot: so was the first record of some split. */
uint64_t snap_restored_past_origin(const struct snap_image *image)
{
    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_operator *op = image->operators[i].op;

        if (!op || op->type->role != SNAP_ROLE_SOURCE)
            continue;
        for (uint32_t s = 0; s < op->split_count; s++)
            if (was_read(&image->operators[i], op->split_first + s))
                return snap_origin_make(op->split_first + s, 0);
    }
    return 0;
}
