// SPDX-License-Identifier: Apache-2.0
#include "runtime/restore.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "operators/operator.h"
#include "operators/split_state.h"
#include "runtime/channel_image.h"
#include "runtime/restored_parts.h"
#include "runtime/snapshot_image.h"
#include "storage/snapshot_dropped.h"
#include "storage/snapshot_read.h"

struct snap_restored {
    struct snap_arena arena;
    struct snap_fs *own_fs; /* NULL: the request had one */
    struct snap_snapshot_reading reading;
    struct snap_resume resume;
    struct snap_baseline baseline;
    struct snap_moved_files moved;
    struct snap_restored_tables tables;
    enum snap_restore_stage stage; /* what goes on now, or where it ended */
    const char *text;
    const char *dropped; /* lines; "" while states were not read */
    bool is_handed_over; /* the shares of the tasks are the run's */
};

/* ---- the baseline ---- */

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

static void note_splits(const struct snap_operator *op, const struct snap_operator_state *state,
                        uint64_t *next)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, "SourceReaderState");

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

static void note_task(const struct snap_restored *restored, uint32_t task, struct entries *entries,
                      uint64_t *next)
{
    const struct snap_job *job = restored->resume.job;
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);
    const struct snap_task_snapshot *snapshot = restored->resume.assigned.tasks[task];

    for (uint32_t p = 0; p < vertex->operator_count; p++) {
        const struct snap_operator *op = &job->operators[vertex->operators[p]];
        const struct snap_operator_state *state = &snapshot->operators[p];
        const struct snap_keyed_snapshot *judged;
        struct snap_state_entry at = {.operator_index = op->index,
                                      .subtask = task - vertex->task_first};

        if (op->type->role == SNAP_ROLE_SOURCE)
            note_splits(op, state, next);
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

static void make_baseline(struct snap_restored *restored)
{
    const struct snap_job *job = restored->resume.job;
    const struct snap_assigned *assigned = &restored->resume.assigned;
    struct entries entries = {.arena = &restored->arena, .windows.arena = &restored->arena};
    uint64_t *next = SNAP_ARENA_ARRAY(&restored->arena, uint64_t, job->split_count);
    bool *has_entries = SNAP_ARENA_ARRAY(&restored->arena, bool, job->operator_count);
    bool *finished = SNAP_ARENA_ARRAY(&restored->arena, bool, job->task_count);

    for (uint32_t i = 0; i < job->operator_count; i++)
        begin_splits(&job->operators[i], assigned->restored[i], next);
    for (uint32_t i = 0; i < job->operator_count; i++)
        has_entries[i] = job->operators[i].type->keyed ||
                         snap_operator_class_of(&job->operators[i])->base_entries;
    for (uint32_t t = 0; t < job->task_count; t++)
        note_task(restored, t, &entries, next);
    for (uint32_t i = 0; i < assigned->finished_count; i++)
        finished[assigned->finished[i]] = true;
    restored->baseline = (struct snap_baseline){
        .checkpoint = restored->resume.savepoint->id,
        .split_next = next,
        .finished = finished,
        .in_flight = assigned->in_flight || entries.holds,
        .overtaken = assigned->in_flight,
        .restored = assigned->restored,
        .has_entries = has_entries,
        .entries = entries.items,
        .entry_count = entries.count,
        .windows = entries.windows.items,
        .window_count = entries.windows.count,
    };
}

/* ---- opening ---- */

/* Whether no subtask goes on at the beginning of the split. */
static bool was_read(const struct snap_image_operator *of, uint32_t split)
{
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
static uint64_t past_origin(const struct snap_image *image)
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

static void free_states(const struct snap_savepoint *savepoint)
{
    for (uint32_t t = 0; savepoint && t < savepoint->job->task_count; t++)
        snap_task_snapshot_free(savepoint->tasks[t]);
}

/* Flink's JobManager looks at operators and their numbers before any task reads a state. */
static bool check_graph(struct snap_restored *restored, const struct snap_simulation *sim,
                        const struct snap_restore_request *request, struct snap_error *error)
{
    struct snap_snapshot_reading *reading = &restored->reading;
    struct snap_restart restart = {.job = (struct snap_job *)sim->job,
                                   .allow_non_restored = request->allow_non_restored};
    struct snap_savepoint *outline =
        snap_image_savepoint(&reading->image, reading->site.directory, &restored->arena);
    struct snap_assignment_input in = {
        .from = outline, .to = &restart, .config = &sim->config.checkpoint};
    bool good = snap_savepoint_check(&in, &restored->arena, error);

    free_states(outline);
    return good;
}

static bool assign(struct snap_restored *restored, const struct snap_simulation *sim,
                   const struct snap_restore_request *request, struct snap_error *error)
{
    struct snap_restart restart = {.job = (struct snap_job *)sim->job,
                                   .allow_non_restored = request->allow_non_restored};
    struct snap_assignment_input in = {
        .from = restored->resume.savepoint, .to = &restart, .config = &sim->config.checkpoint};

    return snap_savepoint_assign(&in, &restored->arena, &restored->resume.assigned, error);
}

static bool load_all(struct snap_restored *restored, const struct snap_simulation *sim,
                     const struct snap_restore_request *request, struct snap_error *error)
{
    struct snap_snapshot_reading *reading = &restored->reading;
    struct snap_savepoint *savepoint;
    bool good;

    if (!check_graph(restored, sim, request, error))
        return false;
    restored->stage = SNAP_RESTORE_IN_TASKS;
    good = snap_snapshot_load_sources(reading, error);
    if (good) {
        reading->image.past_origin = past_origin(&reading->image);
        good = snap_snapshot_load(reading, error);
    }
    if (good || reading->lacks_exchange)
        restored->stage = SNAP_RESTORE_AT_SUBMISSION;
    if (!good)
        return false;
    restored->dropped = snap_snapshot_dropped_text(reading);
    savepoint = snap_image_savepoint(&reading->image, reading->site.directory, &restored->arena);
    restored->resume.savepoint = savepoint;
    restored->text = snap_arena_printf(&restored->arena, "%s%s", restored->text,
                                       snap_restored_parts_text(&reading->image, &restored->arena));
    snap_channel_image_restore(&reading->image, sim->job, savepoint, &restored->arena);
    return assign(restored, sim, request, error);
}

/* Of the metadata. Flink: MetadataSerializers. */
static int32_t version_max(const struct snap_simulation *sim)
{
    return sim->config.version == SNAP_FLINK_1_20 ? 4 : 6;
}

/* Reads the metadata and finds the job's operators in it. */
static struct snap_restored *open_metadata(const struct snap_simulation *sim,
                                           const struct snap_restore_request *request,
                                           struct snap_error *error)
{
    struct snap_restored *restored = snap_memory_take_zeroed(sizeof(*restored));
    struct snap_snapshot_reading *reading = &restored->reading;
    struct snap_snapshot_place place = request->place;

    snap_arena_init(&restored->arena);
    restored->own_fs = request->fs ? NULL : snap_fs_real_create("");
    *reading = (struct snap_snapshot_reading){.fs = request->fs ? request->fs : restored->own_fs,
                                              .arena = &restored->arena,
                                              .version_max = version_max(sim),
                                              .moved = &restored->moved,
                                              .backend = sim->config.storage.backend};
    restored->dropped = "";
    restored->resume.job = sim->job;
    restored->resume.action = SNAP_NO_INDEX;
    restored->resume.claim = request->claim;
    place.uri_root = &sim->model.storage_root;
    if (!snap_snapshot_open(reading, &place, error)) {
        snap_restored_close(restored);
        return NULL;
    }
    snap_image_match(&reading->image, sim->job);
    snap_image_settle_job(&reading->image, (struct snap_job *)sim->job);
    snap_image_settle_restarts(sim->job, &sim->timeline);
    snap_channel_image_edges(&reading->image, sim->job, &restored->arena);
    restored->text = snap_arena_printf(&restored->arena, "%s %lld in %s", reading->format,
                                       (long long)reading->image.id, reading->site.directory);
    return restored;
}

struct snap_restored *snap_restored_check(const struct snap_simulation *sim,
                                          const struct snap_restore_request *request,
                                          struct snap_error *error)
{
    struct snap_restored *restored = open_metadata(sim, request, error);

    if (restored)
        load_all(restored, sim, request, error);
    return restored;
}

struct snap_restored *snap_restored_open(const struct snap_simulation *sim,
                                         const struct snap_restore_request *request,
                                         struct snap_error *error)
{
    struct snap_restored *restored = open_metadata(sim, request, error);

    if (restored && load_all(restored, sim, request, error)) {
        make_baseline(restored);
        snap_restored_tables_find(&restored->tables, sim, &restored->reading, &restored->resume);
        return restored;
    }
    snap_restored_close(restored);
    return NULL;
}

const struct snap_image *snap_restored_image(const struct snap_restored *restored)
{
    return &restored->reading.image;
}

void snap_restored_hand_over(struct snap_restored *restored)
{
    SNAP_CHECK(!restored->is_handed_over);
    restored->is_handed_over = true;
}

static void free_shares(const struct snap_restored *restored)
{
    const struct snap_assigned *assigned = &restored->resume.assigned;

    for (uint32_t t = 0; assigned->tasks && t < restored->resume.job->task_count; t++)
        snap_task_snapshot_free(assigned->tasks[t]);
}

void snap_restored_close(struct snap_restored *restored)
{
    if (!restored)
        return;
    if (!restored->is_handed_over)
        free_shares(restored);
    free_states(restored->resume.savepoint);
    snap_fs_destroy(restored->own_fs);
    snap_arena_fini(&restored->arena);
    snap_memory_give_back(restored);
}

const struct snap_resume *snap_restored_resume(const struct snap_restored *restored)
{
    return &restored->resume;
}

const struct snap_baseline *snap_restored_baseline(const struct snap_restored *restored)
{
    return &restored->baseline;
}

struct snap_state_names snap_restored_state_names(const struct snap_restored *restored,
                                                  uint32_t operator_index)
{
    return snap_snapshot_state_names(&restored->reading, operator_index);
}

const char *snap_restored_dropped(const struct snap_restored *restored)
{
    return restored->dropped;
}

enum snap_restore_stage snap_restored_stage(const struct snap_restored *restored)
{
    return restored->stage;
}

const struct snap_moved_files *snap_restored_moved(const struct snap_restored *restored)
{
    return &restored->moved;
}

const struct snap_restored_tables *snap_restored_tables(const struct snap_restored *restored)
{
    return &restored->tables;
}

const char *snap_restored_text(const struct snap_restored *restored)
{
    return restored->text;
}

const char *snap_restored_directory(const struct snap_restored *restored)
{
    return restored->reading.site.directory;
}

void snap_restored_files_each(struct snap_restored *restored,
                              const struct snap_file_visitor *visitor)
{
    snap_snapshot_files_each(&restored->reading, visitor);
    snap_restored_parts_each(&restored->reading.image, &restored->arena, visitor);
}
