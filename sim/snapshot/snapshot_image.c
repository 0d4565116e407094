// SPDX-License-Identifier: Apache-2.0
#include "snapshot/snapshot_image.h"

#include <string.h>

#include "operators/operator.h"
#include "snapshot/channel_image.h"
#include "snapshot/task_snapshot.h"

/* Which tasks had finished before, by task. */
static bool *finished_of(const struct snap_checkpoint_record *record, struct snap_arena *arena)
{
    bool *finished = SNAP_ARENA_ARRAY(arena, bool, record->shape.tasks);

    for (uint32_t i = 0; i < record->plan.finished_count; i++)
        finished[record->plan.finished[i]] = true;
    return finished;
}

/* One operator of a chain. */
struct place {
    const struct snap_vertex *vertex;
    uint32_t number; /* in the chain */
};

static void fill_subtasks(const struct snap_checkpoint_record *record, const bool *finished,
                          struct place place, struct snap_image_operator *to)
{
    to->is_finished = true;
    to->task_first = place.vertex->task_first;
    for (uint32_t i = 0; i < to->parallelism; i++) {
        uint32_t task = place.vertex->task_first + i;
        struct snap_task_snapshot *snapshot = record->task_states[task];

        snap_task_snapshot_order(snapshot);
        to->subtasks[i].is_finished = finished[task];
        to->subtasks[i].is_taken = snapshot && !finished[task];
        if (to->subtasks[i].is_taken)
            to->subtasks[i].state = &snapshot->operators[place.number];
        to->is_finished = to->is_finished && finished[task];
    }
}

static struct snap_image_operator operator_of(const struct snap_operator *op,
                                              struct snap_arena *arena)
{
    const struct snap_state_specs *states = snap_operator_class_of(op)->states;

    return (struct snap_image_operator){
        .id = op->id,
        .uid = op->id_generated ? "" : op->uid,
        .name = op->name,
        .parallelism = op->parallelism,
        .max_parallelism = op->max_parallelism,
        .op = op,
        .states = states,
        .has_coordinator_state = states && states->has_coordinator,
        .split_count = op->splits_are_default ? op->split_count : 0,
        .subtasks = SNAP_ARENA_ARRAY(arena, struct snap_image_subtask, op->parallelism),
    };
}

struct snap_image snap_image_of_record(const struct snap_job *job,
                                       const struct snap_checkpoint_record *record,
                                       struct snap_arena *arena)
{
    struct snap_image image = {.id = record->id, .kind = record->taken};
    const bool *finished = finished_of(record, arena);

    image.operators = SNAP_ARENA_ARRAY(arena, struct snap_image_operator, job->operator_count);
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        for (uint32_t p = 0; p < vertex->operator_count; p++) {
            struct snap_image_operator *to = &image.operators[image.operator_count++];

            *to = operator_of(&job->operators[vertex->operators[p]], arena);
            fill_subtasks(record, finished, (struct place){vertex, p}, to);
        }
    }
    snap_channel_image_edges(&image, job, arena);
    snap_channel_image_pieces(&image, job, record, arena);
    return image;
}

void snap_image_match(struct snap_image *image, const struct snap_job *job)
{
    for (uint32_t i = 0; i < image->operator_count; i++)
        for (uint32_t o = 0; o < job->operator_count; o++) {
            const struct snap_operator *op = &job->operators[o];

            if (memcmp(&op->id, &image->operators[i].id, sizeof(op->id)) != 0)
                continue;
            image->operators[i].op = op;
            image->operators[i].states = snap_operator_class_of(op)->states;
            image->operators[i].uid = op->uid;
        }
}

static const struct snap_image_operator *operator_in(const struct snap_image *image,
                                                     const struct snap_operator *op)
{
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (image->operators[i].op == op)
            return &image->operators[i];
    return NULL;
}

static void settle_key_groups(const struct snap_image *image, struct snap_job *job,
                              struct snap_vertex *vertex)
{
    const struct snap_operator *head = &job->operators[vertex->operators[0]];
    const struct snap_image_operator *from = operator_in(image, head);

    if (!from || head->max_parallelism_configured || from->max_parallelism < vertex->parallelism)
        return;
    vertex->max_parallelism = from->max_parallelism;
    for (uint32_t i = 0; i < vertex->operator_count; i++)
        job->operators[vertex->operators[i]].max_parallelism = from->max_parallelism;
}

void snap_image_settle_job(const struct snap_image *image, struct snap_job *job)
{
    uint32_t splits = 0;

    for (uint32_t v = 0; v < job->vertex_count; v++)
        settle_key_groups(image, job, &job->vertices[v]);
    for (uint32_t i = 0; i < job->operator_count; i++) {
        struct snap_operator *op = &job->operators[i];
        const struct snap_image_operator *from = operator_in(image, op);

        if (op->splits_are_default && from && from->split_count > 0 &&
            from->split_count <= SNAP_SPLITS_MAX)
            op->split_count = from->split_count;
        op->split_first = op->split_count > 0 ? splits : op->split_first;
        splits += op->split_count;
    }
    job->split_count = splits > job->split_count ? splits : job->split_count;
}

/* The operator in the first job, or in an earlier one of those that follow. */
static const struct snap_operator *known_in(const struct snap_job *first,
                                            const struct snap_timeline *timeline, uint32_t action,
                                            const struct snap_operator *op)
{
    const struct snap_operator *known = snap_job_find_operator(first, op->uid);

    for (uint32_t i = 0; !known && i < action; i++)
        if (timeline->actions[i].restart)
            known = snap_job_find_operator(timeline->actions[i].restart->job, op->uid);
    return known && known->type == op->type ? known : NULL;
}

void snap_image_settle_restarts(const struct snap_job *first, const struct snap_timeline *timeline)
{
    uint32_t splits = first->split_count;

    for (uint32_t a = 0; a < timeline->count; a++) {
        struct snap_job *job =
            timeline->actions[a].restart ? timeline->actions[a].restart->job : NULL;

        for (uint32_t i = 0; job && i < job->operator_count; i++) {
            struct snap_operator *op = &job->operators[i];
            const struct snap_operator *known = known_in(first, timeline, a, op);

            if (op->split_count == 0)
                continue;
            op->split_count = known ? known->split_count : op->split_count;
            op->split_first = known ? known->split_first : splits;
            splits += known ? 0 : op->split_count;
        }
    }
    for (uint32_t a = 0; a < timeline->count; a++)
        if (timeline->actions[a].restart)
            timeline->actions[a].restart->job->split_count = splits;
}

/* ---- what was read ---- */

static void fill_job(const struct snap_image *image, struct snap_job *job, struct snap_arena *arena)
{
    job->operators = SNAP_ARENA_ARRAY(arena, struct snap_operator, image->operator_count);
    job->vertices = SNAP_ARENA_ARRAY(arena, struct snap_vertex, image->operator_count);
    job->operator_count = image->operator_count;
    job->vertex_count = image->operator_count;
    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *from = &image->operators[i];
        struct snap_operator *op = &job->operators[i];
        struct snap_vertex *vertex = &job->vertices[i];

        /* Type and settings are those of the operator that takes the states. */
        if (from->op)
            *op = *from->op;
        op->index = i;
        op->vertex = i;
        op->id = from->id;
        op->uid = from->uid;
        op->name = from->name;
        op->parallelism = from->parallelism;
        op->max_parallelism = from->max_parallelism;
        op->in_edge_count = 0;
        op->out_edge_count = 0;
        vertex->index = i;
        vertex->name = *from->name ? from->name : from->uid;
        vertex->id = from->id;
        vertex->parallelism = from->parallelism;
        vertex->max_parallelism = from->max_parallelism;
        vertex->task_first = job->task_count;
        vertex->operators = &op->index;
        vertex->operator_count = 1;
        job->task_count += from->parallelism;
    }
}

static struct snap_task_snapshot *snapshot_of(const struct snap_image *image,
                                              const struct snap_operator_state *state)
{
    struct snap_arena arena;
    struct snap_task_snapshot *snapshot;

    snap_arena_init(&arena);
    snapshot = SNAP_ARENA_NEW(&arena, struct snap_task_snapshot);
    snapshot->checkpoint = image->id;
    snapshot->operator_count = 1;
    snapshot->operators = snap_arena_copy(&arena, state, sizeof(*state));
    snapshot->bytes = state->bytes;
    snapshot->arena = arena;
    return snapshot;
}

struct snap_savepoint *snap_image_savepoint(const struct snap_image *image, const char *name,
                                            struct snap_arena *arena)
{
    struct snap_savepoint *savepoint = SNAP_ARENA_NEW(arena, struct snap_savepoint);
    struct snap_job *job = SNAP_ARENA_NEW(arena, struct snap_job);

    bool *has_coordinator = SNAP_ARENA_ARRAY(arena, bool, image->operator_count);

    fill_job(image, job, arena);
    savepoint->is_in_files = true;
    savepoint->has_coordinator = has_coordinator;
    savepoint->name = snap_arena_strdup(arena, name);
    savepoint->id = image->id;
    savepoint->kind = image->kind;
    savepoint->job = job;
    savepoint->tasks = SNAP_ARENA_ARRAY(arena, struct snap_task_snapshot *, job->task_count);
    savepoint->finished = SNAP_ARENA_ARRAY(arena, bool, job->task_count);
    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *from = &image->operators[i];

        has_coordinator[i] = from->has_coordinator_state;
        for (uint32_t s = 0; s < from->parallelism; s++) {
            uint32_t task = job->vertices[i].task_first + s;

            savepoint->finished[task] = from->subtasks[s].is_finished;
            if (from->subtasks[s].is_taken)
                savepoint->tasks[task] = snapshot_of(image, from->subtasks[s].state);
        }
    }
    return savepoint;
}
