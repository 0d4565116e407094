// SPDX-License-Identifier: Apache-2.0
#include "model/generated_id.h"

#include <string.h>

#include "base/check.h"
#include "base/murmur.h"

enum { NUMBER_BYTES = 4, MIX = 37 };

struct hasher {
    struct snap_job *job;
    struct snap_arena *arena;
    bool *hashed;
    bool *visited;
    uint32_t *queue; /* an operator may come again once for each input */
    uint32_t queue_first;
    uint32_t queue_count;
    uint32_t hashed_count;
};

static bool inputs_are_hashed(const struct hasher *hasher, const struct snap_operator *op)
{
    for (uint32_t i = 0; i < op->in_edge_count; i++)
        if (!hasher->hashed[hasher->job->edges[op->in_edges[i]].producer])
            return false;
    return true;
}

/* The number of operators before it, once for itself and once for each edge it is chained by. */
static void hash_place(const struct hasher *hasher, struct snap_operator *op)
{
    uint8_t *bytes =
        snap_arena_alloc(hasher->arena, (size_t)NUMBER_BYTES * (op->out_edge_count + 1));
    uint32_t count = 1;

    for (uint32_t i = 0; i < op->out_edge_count; i++)
        count += hasher->job->edges[op->out_edges[i]].chained;
    for (uint32_t i = 0; i < count * NUMBER_BYTES; i++)
        bytes[i] = (uint8_t)(hasher->hashed_count >> (8 * (i % NUMBER_BYTES)));
    snap_murmur128(bytes, (size_t)NUMBER_BYTES * count, 0, op->id.bytes);
}

static void mix_inputs(const struct hasher *hasher, struct snap_operator *op)
{
    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        uint32_t producer = hasher->job->edges[op->in_edges[i]].producer;
        const uint8_t *other = hasher->job->operators[producer].id.bytes;

        for (uint32_t b = 0; b < SNAP_OPERATOR_ID_BYTES; b++)
            op->id.bytes[b] = (uint8_t)(op->id.bytes[b] * MIX ^ other[b]);
    }
}

static void visit_consumers(struct hasher *hasher, const struct snap_operator *op)
{
    for (uint32_t i = 0; i < op->out_edge_count; i++) {
        uint32_t consumer = hasher->job->edges[op->out_edges[i]].consumer;

        if (hasher->visited[consumer])
            continue;
        hasher->visited[consumer] = true;
        hasher->queue[hasher->queue_count++] = consumer;
    }
}

void snap_operator_ids_generate(struct snap_job *job, struct snap_arena *arena)
{
    struct hasher hasher = {.job = job, .arena = arena};

    hasher.hashed = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    hasher.visited = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    hasher.queue = SNAP_ARENA_ARRAY(arena, uint32_t, (size_t)job->operator_count + job->edge_count);
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (job->operators[i].in_edge_count == 0) {
            hasher.visited[i] = true;
            hasher.queue[hasher.queue_count++] = i;
        }
    while (hasher.queue_first < hasher.queue_count) {
        uint32_t at = hasher.queue[hasher.queue_first++];
        struct snap_operator *op = &job->operators[at];

        if (!inputs_are_hashed(&hasher, op)) {
            hasher.visited[at] = false; /* another input brings it back */
            continue;
        }
        if (op->id_generated) {
            hash_place(&hasher, op);
            mix_inputs(&hasher, op);
        }
        hasher.hashed[at] = true;
        hasher.hashed_count++;
        visit_consumers(&hasher, op);
    }
    SNAP_CHECK(hasher.hashed_count == job->operator_count);
}
