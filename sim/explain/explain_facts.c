// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_facts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct snap_fact_amount no_amount = {SNAP_UNKNOWN, SNAP_UNKNOWN, SNAP_UNKNOWN};

static const struct snap_fact_settings no_settings = {
    .interval_ns = SNAP_UNKNOWN,
    .timeout_ns = SNAP_UNKNOWN,
    .min_pause_ns = SNAP_UNKNOWN,
    .concurrent_max = SNAP_UNKNOWN,
    .unaligned = SNAP_UNKNOWN,
    .interruptible_timers = SNAP_UNKNOWN,
    .output_timeout = SNAP_UNKNOWN,
    .aligned_timeout_ns = SNAP_UNKNOWN,
    .at_least_once = SNAP_UNKNOWN,
    .segment_bytes = SNAP_UNKNOWN,
    .exclusive_per_channel = SNAP_UNKNOWN,
    .floating_per_gate = SNAP_UNKNOWN,
    .per_subpartition_max = SNAP_UNKNOWN,
    .buffer_timeout_ns = SNAP_UNKNOWN,
    .debloat = SNAP_UNKNOWN,
    .debloat_target_ns = SNAP_UNKNOWN,
    .startup_max_ns = SNAP_UNKNOWN,
    .unaligned_turn_ns = SNAP_UNKNOWN,
    .network_latency_ns = SNAP_UNKNOWN,
    .storage_latency_ns = SNAP_UNKNOWN,
    .storage_per_file_ns = SNAP_UNKNOWN,
    .storage_bytes_per_s = SNAP_UNKNOWN,
};

void snap_facts_init(struct snap_facts *facts, enum snap_facts_origin origin)
{
    memset(facts, 0, sizeof(*facts));
    snap_arena_init(&facts->arena);
    facts->origin = origin;
    facts->checkpoint = SNAP_UNKNOWN;
    facts->kind = "Checkpoint";
    facts->triggered_at_ns = SNAP_UNKNOWN;
    facts->duration_ns = SNAP_UNKNOWN;
    facts->next_trigger_ns = SNAP_UNKNOWN;
    facts->rest_ns = SNAP_UNKNOWN;
    facts->in_flight_bytes = SNAP_UNKNOWN;
    facts->channel_files = SNAP_UNKNOWN;
    facts->last_task = SNAP_NO_FACT;
    facts->declined_task = SNAP_NO_FACT;
    facts->settings = no_settings;
}

void snap_facts_fini(struct snap_facts *facts)
{
    snap_arena_fini(&facts->arena);
    memset(facts, 0, sizeof(*facts));
}

static struct snap_fact_task unknown_task(void)
{
    return (struct snap_fact_task){
        .begun_ns = SNAP_UNKNOWN,
        .ready_ns = SNAP_UNKNOWN,
        .sent_ns = SNAP_UNKNOWN,
        .timed_out_ns = SNAP_UNKNOWN,
        .synced_ns = SNAP_UNKNOWN,
        .stored_ns = SNAP_UNKNOWN,
        .ack_ns = SNAP_UNKNOWN,
        .start_delay_ns = SNAP_UNKNOWN,
        .alignment_ns = SNAP_UNKNOWN,
        .sync_ns = SNAP_UNKNOWN,
        .async_ns = SNAP_UNKNOWN,
        .state_bytes = SNAP_UNKNOWN,
        .processed_bytes = SNAP_UNKNOWN,
        .persisted_bytes = SNAP_UNKNOWN,
        .queued = no_amount,
        .came_records = SNAP_UNKNOWN,
        .more_records = NAN,
        .records_per_s = NAN,
        .bytes_per_s = NAN,
        .busy = NAN,
        .backpressured = NAN,
        .records_in = SNAP_UNKNOWN,
        .records_out = SNAP_UNKNOWN,
    };
}

void snap_facts_make_tasks(struct snap_facts *facts)
{
    uint32_t count = 0;

    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        struct snap_fact_vertex *vertex = &facts->vertices[v];

        vertex->task_first = count;
        vertex->last_ack_ns = vertex->state_bytes = vertex->persisted_bytes = SNAP_UNKNOWN;
        count += vertex->parallelism;
    }
    facts->task_count = count;
    facts->tasks = SNAP_ARENA_ARRAY(&facts->arena, struct snap_fact_task, count);
    for (uint32_t v = 0; v < facts->vertex_count; v++)
        for (uint32_t i = 0; i < facts->vertices[v].parallelism; i++) {
            struct snap_fact_task *task = &facts->tasks[facts->vertices[v].task_first + i];

            *task = unknown_task();
            task->vertex = v;
            task->subtask = i;
            task->name = snap_arena_printf(&facts->arena, "%s[%u]", facts->vertices[v].name, i);
        }
}

void snap_facts_miss(struct snap_facts *facts, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (uint32_t i = 0; i < facts->missing_count; i++)
        if (strcmp(facts->missing[i], text) == 0)
            return;
    facts->missing = snap_arena_grow(&facts->arena, facts->missing, facts->missing_count,
                                     &facts->missing_capacity, sizeof(facts->missing[0]));
    facts->missing[facts->missing_count++] = snap_arena_strdup(&facts->arena, text);
}

const struct snap_fact_hop *snap_facts_find_hop(const struct snap_facts *facts, uint32_t from,
                                                uint32_t to)
{
    for (uint32_t i = 0; i < facts->hop_count; i++)
        if (facts->hops[i].from == from && facts->hops[i].to == to)
            return &facts->hops[i];
    return NULL;
}

struct snap_fact_hop *snap_facts_add_hop(struct snap_facts *facts, uint32_t from, uint32_t to)
{
    struct snap_fact_hop *hop;

    facts->hops = snap_arena_grow(&facts->arena, facts->hops, facts->hop_count,
                                  &facts->hop_capacity, sizeof(facts->hops[0]));
    hop = &facts->hops[facts->hop_count++];
    *hop = (struct snap_fact_hop){from,  to,        SNAP_UNKNOWN, SNAP_UNKNOWN,
                                  false, no_amount, no_amount,    no_amount};
    return hop;
}

uint32_t snap_facts_last_vertex(const struct snap_facts *facts)
{
    uint32_t last = SNAP_NO_FACT;

    for (uint32_t v = 0; v < facts->vertex_count; v++)
        if (facts->vertices[v].last_ack_ns != SNAP_UNKNOWN &&
            (last == SNAP_NO_FACT ||
             facts->vertices[v].last_ack_ns > facts->vertices[last].last_ack_ns))
            last = v;
    return last;
}

/* The senders of a receiver are cut out of all senders in proportion. Flink:
 * VertexInputInfoComputationUtils. */
static bool edge_connects(const struct snap_facts *facts, const struct snap_fact_edge *edge,
                          uint32_t from, uint32_t to)
{
    uint64_t senders = facts->vertices[edge->from].parallelism;
    uint64_t receivers = facts->vertices[edge->to].parallelism;
    uint64_t sender = facts->tasks[from].subtask;
    uint64_t first = facts->tasks[to].subtask * senders / receivers;

    if (!snap_ship_is_pointwise(edge->ship))
        return true;
    return sender == first ||
           (sender > first && sender < (facts->tasks[to].subtask + 1) * senders / receivers);
}

bool snap_facts_connected(const struct snap_facts *facts, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < facts->edge_count; i++)
        if (facts->edges[i].from == facts->tasks[from].vertex &&
            facts->edges[i].to == facts->tasks[to].vertex &&
            edge_connects(facts, &facts->edges[i], from, to))
            return true;
    return false;
}

bool snap_facts_overtakes(const struct snap_facts *facts, uint32_t vertex)
{
    for (uint32_t i = 0; i < facts->edge_count; i++)
        if (facts->edges[i].to == vertex && !snap_ship_is_overtaken(facts->edges[i].ship))
            return false;
    return true;
}
