// SPDX-License-Identifier: Apache-2.0
#include "snapshot/channel_image.h"

#include <string.h>

#include "base/check.h"
#include "model/stream_mark.h"
#include "operators/operator.h"
#include "snapshot/channel_state.h"
#include "snapshot/task_snapshot.h"

/* ---- edges ---- */

static uint32_t index_in(const struct snap_image *image, const struct snap_operator *op)
{
    uint32_t i = 0;

    while (i < image->operator_count && image->operators[i].op != op)
        i++;
    return i;
}

static uint32_t position_in(const uint32_t *edges, uint32_t count, uint32_t edge)
{
    uint32_t i = 0;

    while (i < count && edges[i] != edge)
        i++;
    return i;
}

static bool add_edge(struct snap_image *image, const struct snap_job *job,
                     const struct snap_edge *edge, struct snap_image_edge *to)
{
    const struct snap_operator *producer = &job->operators[edge->producer];
    const struct snap_operator *consumer = &job->operators[edge->consumer];
    const struct snap_vertex *from = &job->vertices[producer->vertex];
    const struct snap_vertex *into = &job->vertices[consumer->vertex];

    *to = (struct snap_image_edge){
        .producer = index_in(image, producer),
        .consumer = index_in(image, consumer),
        .partition = position_in(from->out_edges, from->out_edge_count, edge->index),
        .gate = position_in(into->in_edges, into->in_edge_count, edge->index),
        .op = producer,
        .wire_key = snap_operator_class_of(producer)->wire_key,
        .is_keyed = edge->ship == SNAP_SHIP_HASH,
    };
    return to->producer < image->operator_count && to->consumer < image->operator_count;
}

static bool is_exchange(const struct snap_edge *edge)
{
    return !edge->chained && !snap_ship_is_pointwise(edge->ship);
}

void snap_channel_image_edges(struct snap_image *image, const struct snap_job *job,
                              struct snap_arena *arena)
{
    struct snap_image_edge *edges =
        SNAP_ARENA_ARRAY(arena, struct snap_image_edge, job->edge_count);

    for (uint32_t e = 0; e < job->edge_count; e++)
        if (is_exchange(&job->edges[e]) &&
            add_edge(image, job, &job->edges[e], &edges[image->edge_count]))
            image->edge_count++;
    image->edges = edges;
}

/* ---- from tasks ---- */

struct gathering {
    struct snap_image *image;
    const struct snap_job *job;
    struct snap_arena *arena;
    struct snap_image_piece *pieces;
    uint32_t capacity;
};

/* Which edge of the vertex a channel of its task belongs to, and the subtask at its other end. */
static uint32_t edge_of_channel(const struct snap_job *job, const struct snap_vertex *vertex,
                                enum snap_image_side side, uint32_t subtask, uint32_t *channel)
{
    const uint32_t *edges = side == SNAP_IMAGE_INPUT ? vertex->in_edges : vertex->out_edges;

    for (uint32_t i = 0;; i++) {
        const struct snap_edge *edge = &job->edges[edges[i]];
        uint32_t first;
        uint32_t count;

        if (side == SNAP_IMAGE_INPUT)
            snap_job_edge_upstream(job, edge, subtask, &first, &count);
        else
            snap_job_edge_downstream(job, edge, subtask, &first, &count);
        if (*channel < count) {
            *channel += first;
            return edges[i];
        }
        *channel -= count;
    }
}

/* The edge of the image that is this one of the job. */
static uint32_t find_edge(const struct gathering *gathering, uint32_t edge)
{
    const struct snap_edge *wanted = &gathering->job->edges[edge];
    const struct snap_operator *producer = &gathering->job->operators[wanted->producer];
    const struct snap_operator *consumer = &gathering->job->operators[wanted->consumer];
    const struct snap_vertex *into = &gathering->job->vertices[consumer->vertex];

    for (uint32_t e = 0; e < gathering->image->edge_count; e++) {
        const struct snap_image_edge *at = &gathering->image->edges[e];

        if (at->op == producer && gathering->image->operators[at->consumer].op == consumer &&
            at->gate == position_in(into->in_edges, into->in_edge_count, edge))
            return e;
    }
    SNAP_CHECK(false);
    return 0;
}

static void gather(struct gathering *gathering, uint32_t task, enum snap_image_side side,
                   const struct snap_channel_state *state)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(gathering->job, task);
    uint32_t subtask = task - vertex->task_first;

    for (const struct snap_channel_piece *piece = state->first; piece; piece = piece->next) {
        uint32_t peer = piece->channel;
        uint32_t edge = edge_of_channel(gathering->job, vertex, side, subtask, &peer);
        bool is_input = side == SNAP_IMAGE_INPUT;

        if (piece->count == 0)
            continue;
        gathering->pieces =
            snap_arena_grow(gathering->arena, gathering->pieces, gathering->image->piece_count,
                            &gathering->capacity, sizeof(*gathering->pieces));
        gathering->pieces[gathering->image->piece_count++] =
            (struct snap_image_piece){.edge = find_edge(gathering, edge),
                                      .side = side,
                                      .producer = is_input ? peer : subtask,
                                      .consumer = is_input ? subtask : peer,
                                      .records = piece->records,
                                      .count = piece->count};
    }
}

void snap_channel_image_pieces(struct snap_image *image, const struct snap_job *job,
                               const struct snap_checkpoint_record *record,
                               struct snap_arena *arena)
{
    struct gathering gathering = {.image = image, .job = job, .arena = arena};

    for (uint32_t t = 0; t < job->task_count; t++) {
        const struct snap_task_snapshot *snapshot = record->task_states[t];

        if (!snapshot)
            continue;
        gather(&gathering, t, SNAP_IMAGE_INPUT, &snapshot->inputs);
        gather(&gathering, t, SNAP_IMAGE_RESULT, &snapshot->outputs);
    }
    image->pieces = gathering.pieces;
    for (uint32_t i = 0; i < job->operator_count; i++)
        image->has_event_time =
            image->has_event_time || snap_operator_time_needs(&job->operators[i]).event_time;
}

/* ---- to tasks ---- */

/* The edge as the job of the snapshot has it, where each operator is a vertex of its own. */
static void add_job_edge(const struct snap_image *image, uint32_t index, struct snap_job *job,
                         struct snap_arena *arena)
{
    const struct snap_image_edge *from = &image->edges[index];
    struct snap_edge *to = &job->edges[index];
    struct snap_vertex *producer = &job->vertices[from->producer];
    struct snap_vertex *consumer = &job->vertices[from->consumer];
    uint32_t *out = SNAP_ARENA_ARRAY(arena, uint32_t, producer->out_edge_count + 1);
    uint32_t *in = SNAP_ARENA_ARRAY(arena, uint32_t, consumer->in_edge_count + 1);

    if (producer->out_edge_count)
        memcpy(out, producer->out_edges, producer->out_edge_count * sizeof(*out));
    if (consumer->in_edge_count)
        memcpy(in, consumer->in_edges, consumer->in_edge_count * sizeof(*in));
    to->index = index;
    to->producer = from->producer;
    to->consumer = from->consumer;
    out[producer->out_edge_count++] = index;
    in[consumer->in_edge_count++] = index;
    producer->out_edges = out;
    consumer->in_edges = in;
}

/* Ship and input are those of the job that takes the states. */
static void copy_edges(const struct snap_image *image, const struct snap_job *taking,
                       struct snap_job *job, struct snap_arena *arena)
{
    uint32_t e = 0;

    job->edges = SNAP_ARENA_ARRAY(arena, struct snap_edge, image->edge_count);
    job->edge_count = image->edge_count;
    for (uint32_t i = 0; i < image->edge_count; i++, e++) {
        while (!is_exchange(&taking->edges[e]) ||
               &taking->operators[taking->edges[e].producer] != image->edges[i].op ||
               &taking->operators[taking->edges[e].consumer] !=
                   image->operators[image->edges[i].consumer].op)
            e++;
        job->edges[i] = taking->edges[e];
        add_job_edge(image, i, job, arena);
    }
}

/* The number of the channel among all of the task's. */
static uint32_t channel_in(const struct snap_job *job, const struct snap_image_piece *piece)
{
    const struct snap_edge *edge = &job->edges[piece->edge];
    bool is_input = piece->side == SNAP_IMAGE_INPUT;
    const struct snap_vertex *vertex = &job->vertices[is_input ? edge->consumer : edge->producer];
    const uint32_t *edges = is_input ? vertex->in_edges : vertex->out_edges;
    uint32_t channel = is_input ? piece->producer : piece->consumer;

    for (uint32_t i = 0; edges[i] != piece->edge; i++)
        channel += is_input ? job->operators[job->edges[edges[i]].producer].parallelism
                            : job->operators[job->edges[edges[i]].consumer].parallelism;
    return channel;
}

static void restore_piece(const struct snap_job *job, const struct snap_image_piece *from,
                          struct snap_savepoint *savepoint, uint64_t origin)
{
    const struct snap_edge *edge = &job->edges[from->edge];
    bool is_input = from->side == SNAP_IMAGE_INPUT;
    uint32_t vertex = is_input ? edge->consumer : edge->producer;
    uint32_t subtask = is_input ? from->consumer : from->producer;
    struct snap_task_snapshot *snapshot =
        savepoint->tasks[job->vertices[vertex].task_first + subtask];
    struct snap_channel_state *state = is_input ? &snapshot->inputs : &snapshot->outputs;
    struct snap_channel_piece *piece = SNAP_ARENA_NEW(&snapshot->arena, struct snap_channel_piece);

    piece->channel = channel_in(job, from);
    piece->count = from->count;
    piece->records =
        snap_arena_copy(&snapshot->arena, from->records, from->count * sizeof(*from->records));
    for (uint32_t i = 0; i < piece->count; i++) {
        if (snap_record_is_mark(&piece->records[i])) {
            piece->marks++;
            piece->bytes += snap_mark_bytes(&piece->records[i]);
            continue;
        }
        piece->records[i].origin = origin;
        piece->bytes += job->operators[edge->producer].record_size_bytes;
    }
    state->bytes += piece->bytes;
    snapshot->bytes += piece->bytes;
    snap_channel_state_add(state, piece);
}

void snap_channel_image_restore(const struct snap_image *image, const struct snap_job *taking,
                                struct snap_savepoint *savepoint, struct snap_arena *arena)
{
    struct snap_job *job = (struct snap_job *)savepoint->job;

    copy_edges(image, taking, job, arena);
    for (uint32_t i = 0; i < image->piece_count; i++)
        if (image->pieces[i].count > 0)
            restore_piece(job, &image->pieces[i], savepoint, image->past_origin);
}
