// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_shares.h"

#include "snapshot/channel_place.h"

/* ---- states ---- */

const struct snap_list_snapshot *snap_restore_list(const struct snap_image_operator *of,
                                                   uint32_t number)
{
    uint32_t before = 0;

    for (uint32_t s = 0; s < of->parallelism; s++) {
        const struct snap_operator_state *state = of->subtasks[s].state;

        for (uint32_t i = 0; state && i < state->list_count; i++) {
            bool is_first = true;

            for (uint32_t e = 0; e < s; e++)
                if (of->subtasks[e].state &&
                    snap_operator_state_find(of->subtasks[e].state, state->lists[i].name))
                    is_first = false;
            if (is_first && before++ == number)
                return &state->lists[i];
        }
    }
    return NULL;
}

static uint32_t elements_of(const struct snap_operator_state *state, const char *name)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, name);

    return list ? list->count : 0;
}

/* What a new subtask of the operator starts with. */
static const struct snap_operator_state *share_of(const struct snap_resume *resume,
                                                  const struct snap_operator *op, uint32_t subtask)
{
    const struct snap_vertex *vertex = &resume->job->vertices[op->vertex];
    uint32_t place = 0;

    while (vertex->operators[place] != op->index)
        place++;
    return &resume->assigned.tasks[vertex->task_first + subtask]->operators[place];
}

uint32_t snap_restore_elements(const struct snap_resume *resume, const struct snap_operator *op,
                               uint32_t subtask, const char *name)
{
    return elements_of(share_of(resume, op, subtask), name);
}

bool snap_restore_list_stays(const struct snap_resume *resume, const struct snap_image_operator *of,
                             const char *name)
{
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (elements_of(of->subtasks[s].state, name) !=
            snap_restore_elements(resume, of->op, s, name))
            return false;
    return true;
}

bool snap_restore_has_key_groups(const struct snap_image_operator *of)
{
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (of->subtasks[s].state &&
            (of->subtasks[s].state->keyed_count || of->subtasks[s].state->scoped_count))
            return true;
    return false;
}

static bool has_subtask_state(const struct snap_image_operator *of)
{
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (of->subtasks[s].state && of->subtasks[s].state->list_count)
            return true;
    return snap_restore_has_key_groups(of);
}

bool snap_restore_stays(const struct snap_resume *resume, const struct snap_image_operator *of)
{
    if (of->parallelism != of->op->parallelism)
        return false;
    for (uint32_t n = 0;; n++) {
        const struct snap_list_snapshot *list = snap_restore_list(of, n);

        if (!list)
            return true;
        if (!snap_restore_list_stays(resume, of, list->name))
            return false;
    }
}

bool snap_restore_takes_state(const struct snap_image_operator *of)
{
    return of->op && !of->is_finished && has_subtask_state(of);
}

/* ---- data in flight ---- */

static const struct snap_operator *
operator_at(const struct snap_job *job, const struct snap_edge *edge, enum snap_channel_end end)
{
    return &job->operators[end == SNAP_CHANNEL_INPUT ? edge->consumer : edge->producer];
}

const struct snap_operator *snap_flight_now(const struct snap_flight *flight,
                                            enum snap_channel_end end)
{
    return operator_at(flight->resume->job, flight->edge, end);
}

const struct snap_operator *snap_flight_before(const struct snap_flight *flight,
                                               enum snap_channel_end end)
{
    return operator_at(flight->resume->savepoint->job, flight->old, end);
}

static const struct snap_channel_piece *pieces_of(const struct snap_task_snapshot *snapshot,
                                                  enum snap_channel_end end)
{
    return end == SNAP_CHANNEL_INPUT ? snapshot->inputs.first : snapshot->outputs.first;
}

/* Counts what the snapshot has of the exchange at this end; returns whether it has anything. */
static bool count_stored(struct snap_flight *flight, enum snap_channel_end end)
{
    const struct snap_job *job = flight->resume->savepoint->job;
    const struct snap_operator *op = snap_flight_before(flight, end);
    bool has_pieces = false;

    for (uint32_t s = 0; s < op->parallelism; s++) {
        uint32_t task = job->vertices[op->vertex].task_first + s;
        const struct snap_task_snapshot *snapshot = flight->resume->savepoint->tasks[task];
        const struct snap_channel_piece *piece = snapshot ? pieces_of(snapshot, end) : NULL;

        for (; piece; piece = piece->next) {
            if (snap_channel_place_of(job, task, piece->channel, end).edge != flight->old->index)
                continue;
            flight->records += piece->count - piece->marks;
            has_pieces = true;
        }
    }
    return has_pieces;
}

/* One new subtask at one end of an exchange. */
struct place {
    const struct snap_flight *flight;
    enum snap_channel_end end;
    uint32_t subtask;
};

static uint32_t task_at(const struct place *at)
{
    const struct snap_job *job = at->flight->resume->job;

    return job->vertices[snap_flight_now(at->flight, at->end)->vertex].task_first + at->subtask;
}

/* The piece or the next one behind it that is of the exchange; *peer is at its other end. */
static const struct snap_channel_piece *
next_piece(const struct place *at, const struct snap_channel_piece *piece, uint32_t *peer)
{
    for (; piece; piece = piece->next) {
        struct snap_channel_place place =
            snap_channel_place_of(at->flight->resume->job, task_at(at), piece->channel, at->end);

        *peer = place.peer;
        if (place.edge == at->flight->edge->index)
            return piece;
    }
    return NULL;
}

static const struct snap_channel_piece *first_piece(const struct place *at, uint32_t *peer)
{
    return next_piece(at, pieces_of(at->flight->resume->assigned.tasks[task_at(at)], at->end),
                      peer);
}

struct snap_flight_share snap_flight_share(const struct snap_flight *flight,
                                           enum snap_channel_end end, uint32_t subtask,
                                           struct snap_arena *arena)
{
    const struct place at = {flight, end, subtask};
    uint32_t record_bytes = snap_flight_now(flight, SNAP_CHANNEL_OUTPUT)->record_size_bytes;
    struct snap_flight_share share = {.pieces = 0};
    uint32_t peer;
    const struct snap_channel_piece *piece = first_piece(&at, &peer);

    snap_bitset_init(&share.from, arena, snap_flight_before(flight, end)->parallelism);
    for (; piece; piece = next_piece(&at, piece->next, &peer)) {
        share.pieces++;
        share.records += piece->count - piece->marks;
        share.foreign += piece->foreign_bytes / record_bytes;
        snap_bitset_set(&share.from,
                        end == SNAP_CHANNEL_INPUT ? piece->old.consumer : piece->old.producer);
    }
    return share;
}

/* Whether all that new subtasks have at this end is on the channels that it was on. */
static bool end_stays(const struct snap_flight *flight, enum snap_channel_end end)
{
    struct place at = {flight, end, 0};
    uint32_t peer;

    for (; at.subtask < snap_flight_now(flight, end)->parallelism; at.subtask++) {
        const struct snap_channel_piece *piece = first_piece(&at, &peer);

        for (; piece; piece = next_piece(&at, piece->next, &peer))
            if (piece->old.consumer != (end == SNAP_CHANNEL_INPUT ? at.subtask : peer) ||
                piece->old.producer != (end == SNAP_CHANNEL_INPUT ? peer : at.subtask))
                return false;
    }
    return true;
}

static bool is_same(const struct snap_image *image, const struct snap_job *job,
                    const struct snap_edge *edge, const struct snap_edge *old)
{
    return !edge->chained && edge->input == old->input &&
           image->operators[old->producer].op == &job->operators[edge->producer] &&
           image->operators[old->consumer].op == &job->operators[edge->consumer];
}

uint32_t snap_restore_flights(const struct snap_restored *restored, struct snap_arena *arena,
                              struct snap_flight **flights)
{
    const struct snap_resume *resume = snap_restored_resume(restored);
    const struct snap_job *job = resume->job;
    const struct snap_job *old = resume->savepoint->job;
    uint32_t count = 0;

    *flights = SNAP_ARENA_ARRAY(arena, struct snap_flight, old->edge_count * job->edge_count);
    for (uint32_t o = 0; resume->assigned.in_flight && o < old->edge_count; o++)
        for (uint32_t e = 0; e < job->edge_count; e++) {
            struct snap_flight flight = {
                .resume = resume, .edge = &job->edges[e], .old = &old->edges[o]};
            bool has_inputs;

            if (!is_same(snap_restored_image(restored), job, flight.edge, flight.old))
                continue;
            has_inputs = count_stored(&flight, SNAP_CHANNEL_INPUT);
            if (!count_stored(&flight, SNAP_CHANNEL_OUTPUT) && !has_inputs)
                continue;
            flight.stays =
                end_stays(&flight, SNAP_CHANNEL_INPUT) && end_stays(&flight, SNAP_CHANNEL_OUTPUT);
            (*flights)[count++] = flight;
        }
    return count;
}
