// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_begin.h"

#include "model/names.h"
#include "explain/explain_trace.h"

static void begin_graph(struct snap_facts *facts, const struct snap_job *job)
{
    facts->vertex_count = job->vertex_count;
    facts->vertices = SNAP_ARENA_ARRAY(&facts->arena, struct snap_fact_vertex, job->vertex_count);
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        facts->vertices[v].name = job->operators[vertex->operators[0]].uid;
        facts->vertices[v].parallelism = vertex->parallelism;
    }
    facts->edges = SNAP_ARENA_ARRAY(&facts->arena, struct snap_fact_edge, job->edge_count);
    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];

        if (!edge->chained)
            facts->edges[facts->edge_count++] = (struct snap_fact_edge){
                job->operators[edge->producer].vertex, job->operators[edge->consumer].vertex,
                edge->ship, snap_ship_name(edge->ship)};
    }
    snap_facts_make_tasks(facts);
}

static const char *reason_of(const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->status == SNAP_CHECKPOINT_FAILED
               ? snap_failure_reason_message(checkpoint->reason)
               : NULL;
}

static void begin_too_large(struct snap_facts *facts, const struct snap_job *job,
                            const struct snap_large_state *state)
{
    if (state->task != SNAP_NO_TASK)
        facts->too_large = (struct snap_fact_large_state){
            snap_actor_name(job, state->task, &facts->arena),
            snap_arena_strdup(&facts->arena, job->operators[state->op].uid), state->bytes,
            state->limit_bytes};
}

/* The shortest time from the end of another one; those that are under way have no end. */
static snap_ns rest_before(const struct snap_statistics *statistics,
                           const struct snap_checkpoint_stats *checkpoint)
{
    snap_ns rest_ns = SNAP_UNKNOWN;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *other = statistics->checkpoints[i];
        snap_ns since_ns = checkpoint->trigger_ns - other->end_ns;

        if (other->status == SNAP_CHECKPOINT_IN_PROGRESS || other->id == checkpoint->id ||
            since_ns < 0)
            continue;
        if (rest_ns == SNAP_UNKNOWN || since_ns < rest_ns)
            rest_ns = since_ns;
    }
    return rest_ns;
}

static bool failed_meanwhile(const struct snap_statistics *statistics,
                             const struct snap_checkpoint_stats *checkpoint)
{
    for (uint32_t i = 0; i < statistics->failure_count; i++)
        if (statistics->failures[i].failed_ns >= checkpoint->trigger_ns &&
            statistics->failures[i].failed_ns <= checkpoint->end_ns)
            return true;
    return false;
}

static void begin_checkpoint(struct snap_facts *facts, const struct snap_statistics *statistics,
                             const struct snap_checkpoint_stats *checkpoint)
{
    facts->job = statistics->job->name;
    facts->checkpoint = checkpoint->id;
    facts->kind = snap_kind_name(checkpoint->kind);
    facts->alignment = snap_alignment_name(checkpoint->alignment);
    facts->savepoint = snap_kind_is_savepoint(checkpoint->kind);
    facts->status = checkpoint->status == SNAP_CHECKPOINT_COMPLETED ? SNAP_FACTS_COMPLETED
                    : checkpoint->status == SNAP_CHECKPOINT_FAILED  ? SNAP_FACTS_FAILED
                                                                    : SNAP_FACTS_IN_PROGRESS;
    facts->end = snap_explain_end(checkpoint);
    if (facts->end == SNAP_END_STOOD_STILL && failed_meanwhile(statistics, checkpoint))
        facts->end = SNAP_END_FAILOVER;
    facts->reason = reason_of(checkpoint);
    facts->triggered_at_ns = checkpoint->trigger_ns;
    facts->duration_ns = snap_checkpoint_stats_taken(statistics, checkpoint);
    if (statistics->buffers_seen)
        facts->in_flight_bytes = checkpoint->in_flight_bytes;
    facts->acknowledged_count = checkpoint->acknowledged_count;
    facts->last_task = checkpoint->last_task;
    facts->declined_task = checkpoint->declined_task;
    facts->rest_ns = rest_before(statistics, checkpoint);
    begin_too_large(facts, statistics->job, &checkpoint->too_large);
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        if (statistics->checkpoints[i]->id > checkpoint->id &&
            !snap_kind_is_savepoint(statistics->checkpoints[i]->kind) &&
            facts->next_trigger_ns == SNAP_UNKNOWN)
            facts->next_trigger_ns =
                statistics->checkpoints[i]->trigger_ns - checkpoint->trigger_ns;
}

void snap_explain_begin(struct snap_facts *facts, const struct snap_statistics *statistics,
                        const struct snap_checkpoint_stats *checkpoint)
{
    begin_graph(facts, statistics->job);
    begin_checkpoint(facts, statistics, checkpoint);
}
