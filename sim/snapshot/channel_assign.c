// SPDX-License-Identifier: Apache-2.0
#include "snapshot/channel_assign.h"

#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/string_pool.h"
#include "snapshot/channel_place.h"
#include "snapshot/channel_refusal.h"

/* One task that gets its share. */
struct share {
    const struct snap_channel_assignment *at;
    const struct snap_vertex *vertex;
    uint32_t subtask;
    struct snap_task_snapshot *snapshot;
};

static const struct snap_job *old_job(const struct snap_channel_assignment *at)
{
    return at->in->from->job;
}

static const struct snap_job *new_job(const struct snap_channel_assignment *at)
{
    return at->in->to->job;
}

/* ---- the same in both jobs ---- */

static bool is_same_operator(const struct snap_job *job, uint32_t index,
                             const struct snap_job *other, uint32_t other_index)
{
    return memcmp(&job->operators[index].id, &other->operators[other_index].id,
                  sizeof(struct snap_operator_id)) == 0;
}

static bool is_same_edge(const struct snap_channel_assignment *at, const struct snap_edge *edge,
                         const struct snap_edge *old)
{
    return !edge->chained && !old->chained && edge->input == old->input &&
           is_same_operator(new_job(at), edge->producer, old_job(at), old->producer) &&
           is_same_operator(new_job(at), edge->consumer, old_job(at), old->consumer);
}

static uint32_t find_old_edge(const struct snap_channel_assignment *at,
                              const struct snap_edge *edge)
{
    for (uint32_t e = 0; e < old_job(at)->edge_count; e++)
        if (is_same_edge(at, edge, &old_job(at)->edges[e]))
            return e;
    return SNAP_NO_INDEX;
}

/* ---- what there is ---- */

static const struct snap_channel_state *state_of(const struct snap_task_snapshot *snapshot,
                                                 enum snap_channel_end end)
{
    return end == SNAP_CHANNEL_INPUT ? &snapshot->inputs : &snapshot->outputs;
}

/* Notes which old edges have pieces at this end. */
static void note_pieces(const struct snap_channel_assignment *at, enum snap_channel_end end,
                        bool *has)
{
    const struct snap_job *job = old_job(at);

    for (uint32_t t = 0; t < job->task_count; t++) {
        const struct snap_task_snapshot *snapshot = at->in->from->tasks[t];
        const struct snap_channel_piece *piece = snapshot ? state_of(snapshot, end)->first : NULL;

        for (; piece; piece = piece->next)
            has[snap_channel_place_of(job, t, piece->channel, end).edge] = true;
    }
}

/* ---- what the new job is like ---- */

/* The parallelism that the vertex had: that of the first of its operators that was there. */
static uint32_t old_parallelism(const struct snap_channel_assignment *at,
                                const struct snap_vertex *vertex)
{
    for (uint32_t i = 0; i < vertex->operator_count; i++)
        for (uint32_t o = 0; o < old_job(at)->operator_count; o++)
            if (is_same_operator(new_job(at), vertex->operators[i], old_job(at), o))
                return old_job(at)->operators[o].parallelism;
    return vertex->parallelism;
}

static void fill_vertices(struct snap_channel_assignment *at)
{
    const struct snap_job *job = new_job(at);
    struct snap_rescaled_vertex *vertices =
        SNAP_ARENA_ARRAY(at->arena, struct snap_rescaled_vertex, job->vertex_count);

    for (uint32_t v = 0; v < job->vertex_count; v++)
        vertices[v] = (struct snap_rescaled_vertex){job->vertices[v].name,
                                                    old_parallelism(at, &job->vertices[v]),
                                                    job->vertices[v].parallelism};
    at->rescale.vertices = vertices;
    at->rescale.vertex_count = job->vertex_count;
}

static void fill_edges(struct snap_channel_assignment *at, const bool *has_input,
                       const bool *has_output)
{
    const struct snap_job *job = new_job(at);
    struct snap_rescaled_edge *edges =
        SNAP_ARENA_ARRAY(at->arena, struct snap_rescaled_edge, job->edge_count);

    at->old_edges = SNAP_ARENA_ARRAY(at->arena, uint32_t, job->edge_count);
    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        uint32_t old = find_old_edge(at, edge);

        at->old_edges[e] = old;
        edges[e] = (struct snap_rescaled_edge){
            .producer = job->operators[edge->producer].vertex,
            .consumer = job->operators[edge->consumer].vertex,
            .partitioner = snap_partitioner_of(edge->ship),
            .has_input_state = old != SNAP_NO_INDEX && has_input[old],
            .has_output_state = old != SNAP_NO_INDEX && has_output[old],
        };
    }
    at->rescale.edges = edges;
    at->rescale.edge_count = job->edge_count;
}

bool snap_channel_assignment_init(struct snap_channel_assignment *at, struct snap_error *error)
{
    const struct snap_unaligned_config *config = &at->in->config->unaligned;
    uint32_t old_edges = old_job(at)->edge_count;
    bool *has_input = SNAP_ARENA_ARRAY(at->arena, bool, old_edges);
    bool *has_output = SNAP_ARENA_ARRAY(at->arena, bool, old_edges);

    if (at->in->from->id == config->ignored_checkpoint)
        return true;
    note_pieces(at, SNAP_CHANNEL_INPUT, has_input);
    note_pieces(at, SNAP_CHANNEL_OUTPUT, has_output);
    fill_vertices(at);
    fill_edges(at, has_input, has_output);
    at->rescale.recovery =
        config->output_at_consumer ? SNAP_OUTPUT_AT_CONSUMER : SNAP_OUTPUT_AT_PRODUCER;
    for (uint32_t e = 0; e < old_edges; e++) {
        if (!has_input[e] && !has_output[e])
            continue;
        at->in_flight = true;
        if (!snap_channel_edge_is_there(at, &old_job(at)->edges[e], error))
            return false;
    }
    at->plans = SNAP_ARENA_ARRAY(at->arena, struct snap_channel_plan, at->rescale.edge_count);
    return !at->in_flight || snap_channel_state_rescale(&at->rescale, at->plans, error);
}

/* ---- shares ---- */

/* A piece on its way to one new channel. */
struct delivery {
    const struct snap_channel_piece *piece;
    struct snap_old_channel old;
    uint32_t edge;     /* of the new job */
    uint32_t consumer; /* new subtask that is to read it */
    uint32_t channel;
    enum snap_channel_end end;
};

static bool is_for_custom(const struct snap_piece_filter *filter, const struct snap_record *record)
{
    return snap_custom_target(filter->key_kind, record->key, filter->consumer->parallelism) ==
           filter->subtask;
}

static bool is_for_hash(const struct snap_piece_filter *filter, const struct snap_record *record)
{
    struct snap_parallelism parallelism = {filter->consumer->parallelism,
                                           filter->consumer->max_parallelism};
    int32_t hash = filter->key_kind == SNAP_VALUE_LONG ? snap_java_hash_long(record->key.number)
                                                       : record->key.string->java_hash;

    return snap_key_group_subtask(snap_key_group_of(hash, parallelism.max), parallelism) ==
           filter->subtask;
}

static void deliver(const struct share *share, const struct delivery *delivery)
{
    const struct snap_channel_assignment *at = share->at;
    const struct snap_edge *edge = &new_job(at)->edges[delivery->edge];
    const struct snap_operator *consumer = &new_job(at)->operators[edge->consumer];
    const struct snap_operator *producer = &new_job(at)->operators[edge->producer];
    struct snap_arena *arena = &share->snapshot->arena;
    struct snap_channel_piece *piece =
        snap_arena_copy(arena, delivery->piece, sizeof(*delivery->piece));
    bool filtered = snap_channel_is_filtered(&at->plans[delivery->edge], delivery->old.consumer);

    piece->next = NULL;
    piece->channel = delivery->channel;
    piece->is_old = true;
    piece->old = delivery->old;
    if (filtered) {
        struct snap_piece_filter filter = {
            .arena = arena,
            .record_bytes = producer->record_size_bytes,
            .consumer = consumer,
            .key_kind = producer->schema.key,
            .subtask = delivery->consumer,
            .keeps = edge->ship == SNAP_SHIP_CUSTOM ? is_for_custom : is_for_hash,
        };

        snap_channel_piece_filter(piece, &filter);
    }
    snap_channel_state_add(delivery->end == SNAP_CHANNEL_INPUT ? &share->snapshot->inputs
                                                               : &share->snapshot->outputs,
                           piece);
}

static const struct snap_channel_piece *pieces_of(const struct snap_channel_assignment *at,
                                                  uint32_t operator_index, uint32_t subtask,
                                                  enum snap_channel_end end)
{
    const struct snap_job *job = old_job(at);
    uint32_t task = job->vertices[job->operators[operator_index].vertex].task_first + subtask;
    const struct snap_task_snapshot *snapshot = at->in->from->tasks[task];

    return snapshot ? state_of(snapshot, end)->first : NULL;
}

static struct snap_channel_place old_place(const struct snap_channel_assignment *at,
                                           uint32_t operator_index, uint32_t subtask,
                                           uint32_t channel, enum snap_channel_end end)
{
    const struct snap_job *job = old_job(at);
    uint32_t first = job->vertices[job->operators[operator_index].vertex].task_first;

    return snap_channel_place_of(job, first + subtask, channel, end);
}

/* Input data that one old consumer had saved of an edge. */
static int64_t take_inputs(const struct share *share, uint32_t e, uint32_t old_consumer)
{
    const struct snap_channel_assignment *at = share->at;
    const struct snap_edge *edge = &new_job(at)->edges[e];
    const struct snap_edge *old = &old_job(at)->edges[at->old_edges[e]];
    const struct snap_channel_piece *piece =
        pieces_of(at, old->consumer, old_consumer, SNAP_CHANNEL_INPUT);
    int64_t bytes = 0;

    for (; piece; piece = piece->next) {
        struct snap_channel_place place =
            old_place(at, old->consumer, old_consumer, piece->channel, SNAP_CHANNEL_INPUT);
        struct delivery delivery = {piece, {old_consumer, place.peer}, e, share->subtask,
                                    0,     SNAP_CHANNEL_INPUT};

        if (place.edge != old->index)
            continue;
        delivery.channel = snap_job_input_channel(
            new_job(at), edge, snap_channel_new_channels(&at->plans[e], place.peer).first,
            share->subtask);
        deliver(share, &delivery);
        bytes += piece->bytes;
    }
    return bytes;
}

/* A piece of output data: a new producer sends it to all that need it, or a consumer takes it if it
 * does. Returns its bytes, 0 if it is not for this task. */
static int64_t take_output(const struct share *share, struct delivery *delivery)
{
    const struct snap_channel_assignment *at = share->at;
    const struct snap_channel_plan *plan = &at->plans[delivery->edge];
    const struct snap_edge *edge = &new_job(at)->edges[delivery->edge];
    struct snap_subtask_run to = snap_channel_new_subpartitions(plan, delivery->old.consumer);

    if (delivery->end == SNAP_CHANNEL_INPUT) {
        if (!snap_subtask_run_holds(to, share->subtask))
            return 0;
        delivery->channel = snap_job_input_channel(
            new_job(at), edge, snap_channel_new_channels(plan, delivery->old.producer).first,
            share->subtask);
        deliver(share, delivery);
        return delivery->piece->bytes;
    }
    for (uint32_t i = 0; i < to.count; i++) {
        delivery->consumer = snap_subtask_run_at(to, i);
        delivery->channel =
            snap_job_output_channel(new_job(at), edge, share->subtask, delivery->consumer);
        deliver(share, delivery);
    }
    return delivery->piece->bytes;
}

/* Output data that one old producer had saved of an edge. */
static int64_t take_outputs(const struct share *share, uint32_t e, uint32_t old_producer,
                            enum snap_channel_end end)
{
    const struct snap_channel_assignment *at = share->at;
    const struct snap_edge *old = &old_job(at)->edges[at->old_edges[e]];
    const struct snap_channel_piece *piece =
        pieces_of(at, old->producer, old_producer, SNAP_CHANNEL_OUTPUT);
    int64_t bytes = 0;

    for (; piece; piece = piece->next) {
        struct snap_channel_place place =
            old_place(at, old->producer, old_producer, piece->channel, SNAP_CHANNEL_OUTPUT);
        struct delivery delivery = {piece, {place.peer, old_producer}, e, share->subtask, 0, end};

        if (place.edge == old->index)
            bytes += take_output(share, &delivery);
    }
    return bytes;
}

/* The virtual channels of all channels of a gate. */
static void add_virtuals(const struct share *share, uint32_t e, uint32_t *capacity)
{
    const struct snap_channel_assignment *at = share->at;
    const struct snap_channel_plan *plan = &at->plans[e];
    const struct snap_edge *edge = &new_job(at)->edges[e];
    uint32_t producers = new_job(at)->operators[edge->producer].parallelism;
    struct snap_subtask_run consumers = snap_channel_old_consumers(plan, share->subtask);
    struct snap_task_snapshot *to = share->snapshot;

    for (uint32_t p = 0; p < producers && consumers.count > 0; p++) {
        struct snap_subtask_run channels = snap_channel_old_channels(plan, p);
        uint32_t channel = snap_job_input_channel(new_job(at), edge, p, share->subtask);

        for (uint32_t i = 0; i < consumers.count * channels.count; i++) {
            to->virtuals = snap_arena_grow(&to->arena, to->virtuals, to->virtual_count, capacity,
                                           sizeof(*to->virtuals));
            to->virtuals[to->virtual_count++] =
                (struct snap_virtual_channel){channel,
                                              {snap_subtask_run_at(consumers, i / channels.count),
                                               snap_subtask_run_at(channels, i % channels.count)}};
        }
    }
}

static void fill_inputs(const struct share *share)
{
    const struct snap_channel_assignment *at = share->at;
    struct snap_channel_state *inputs = &share->snapshot->inputs;
    uint32_t capacity = 0;

    share->snapshot->is_rescaled =
        snap_channel_input_rescales(&at->rescale, at->plans, share->vertex->index, share->subtask);
    for (uint32_t g = 0; g < share->vertex->in_edge_count; g++) {
        uint32_t e = share->vertex->in_edges[g];
        const struct snap_channel_plan *plan = &at->plans[e];
        struct snap_subtask_run from = snap_channel_input_sources(plan, share->subtask);

        if (share->snapshot->is_rescaled)
            add_virtuals(share, e, &capacity);
        if (!plan->in_flight)
            continue;
        for (uint32_t i = 0; i < from.count; i++)
            inputs->bytes += take_inputs(share, e, snap_subtask_run_at(from, i));
        for (uint32_t q = 0;
             at->rescale.recovery == SNAP_OUTPUT_AT_CONSUMER && q < plan->producers.old_parallelism;
             q++)
            inputs->bytes += take_outputs(share, e, q, SNAP_CHANNEL_INPUT);
    }
}

/* Where tasks run while they take restored data, that is rewritten before: the tasks know nothing
 * of virtual channels. Flink: ChannelStateFilteringHandler. */
static void rewrite_inputs(const struct share *share)
{
    struct snap_task_snapshot *snapshot = share->snapshot;
    const struct snap_job *job = new_job(share->at);
    struct snap_channel_piece *piece = snapshot->inputs.first;
    struct snap_demultiplexer demultiplexer;
    uint32_t channels = 0;

    for (uint32_t g = 0; g < share->vertex->in_edge_count; g++) {
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(job, &job->edges[share->vertex->in_edges[g]], share->subtask, &first,
                               &count);
        channels += count;
    }
    if (snapshot->is_rescaled)
        snap_demultiplexer_init(&demultiplexer, share->at->arena, channels, snapshot->virtuals,
                                snapshot->virtual_count);
    snapshot->inputs = (struct snap_channel_state){.bytes = snapshot->inputs.bytes};
    while (piece) {
        struct snap_channel_piece *next = piece->next;
        uint32_t edge = snap_channel_place_of(job, share->vertex->task_first + share->subtask,
                                              piece->channel, SNAP_CHANNEL_INPUT)
                            .edge;

        snap_channel_piece_settle(piece,
                                  job->operators[job->edges[edge].producer].record_size_bytes,
                                  snapshot->is_rescaled ? &demultiplexer : NULL, &snapshot->arena);
        piece->next = NULL;
        if (piece->count > 0)
            snap_channel_state_add(&snapshot->inputs, piece);
        piece = next;
    }
    snapshot->is_rescaled = false;
}

static void fill_outputs(const struct share *share)
{
    const struct snap_channel_assignment *at = share->at;

    if (at->rescale.recovery == SNAP_OUTPUT_AT_CONSUMER)
        return;
    for (uint32_t i = 0; i < share->vertex->out_edge_count; i++) {
        uint32_t e = share->vertex->out_edges[i];
        struct snap_subtask_run from = snap_channel_output_sources(&at->plans[e], share->subtask);

        for (uint32_t q = 0; at->plans[e].in_flight && q < from.count; q++)
            share->snapshot->outputs.bytes +=
                take_outputs(share, e, snap_subtask_run_at(from, q), SNAP_CHANNEL_OUTPUT);
    }
}

void snap_channel_assignment_fill(const struct snap_channel_assignment *at, uint32_t task,
                                  struct snap_task_snapshot *snapshot)
{
    struct share share = {at, snap_job_task_vertex(new_job(at), task),
                          snap_job_task_subtask(new_job(at), task), snapshot};

    if (!at->in_flight)
        return;
    fill_inputs(&share);
    if (at->in->config->unaligned.during_recovery)
        rewrite_inputs(&share);
    fill_outputs(&share);
    snapshot->bytes += snapshot->inputs.bytes + snapshot->outputs.bytes;
}
