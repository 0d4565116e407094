// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_pause.h"

/* So much of the whole in pauses makes them the cause, ... */
#define RULES_SHARE_MIN 0.5
/* ... if one alone has this much of it: many short ones are how fast the subtask is. */
#define ONE_SHARE_MIN 0.25
/* What is less of the whole is not mentioned. */
#define MATTERS_SHARE_MIN 0.1

/* One that is without room for less of its time does not wait for those behind it. */
#define WAITS_SHARE_MIN 0.01

snap_ns snap_explain_storage_of(const struct snap_facts *facts)
{
    const struct snap_fact_settings *settings = &facts->settings;
    double bytes = 0;

    if (settings->storage_latency_ns == SNAP_UNKNOWN ||
        settings->storage_bytes_per_s == SNAP_UNKNOWN || facts->storage_faulty ||
        facts->end == SNAP_END_STORAGE || settings->concurrent_max > 1)
        return SNAP_UNKNOWN;
    for (uint32_t i = 0; i < facts->task_count; i++)
        bytes += (double)snap_ns_max(0, facts->tasks[i].state_bytes);
    if (settings->storage_bytes_per_s > 0)
        bytes /= (double)settings->storage_bytes_per_s;
    else
        bytes = 0;
    return settings->storage_latency_ns + (snap_ns)(bytes * 1e9) +
           snap_ns_max(0, facts->channel_files) * snap_ns_max(0, settings->storage_per_file_ns);
}

/* What the asynchronous part took beyond the storage's time its subtask did not hear of it. */
static struct snap_explain_step behind_storage(const struct snap_facts *facts,
                                               const struct snap_explain_step *step)
{
    struct snap_explain_step rest = *step;
    snap_ns needs_ns = snap_explain_storage_of(facts);

    if (step->kind == SNAP_EXPLAIN_ASYNC)
        rest.from_ns = needs_ns == SNAP_UNKNOWN
                           ? step->to_ns
                           : snap_ns_min(step->to_ns, step->from_ns + needs_ns);
    return rest;
}

static bool waits_for_its_task(const struct snap_explain_step *step)
{
    switch (step->kind) {
    case SNAP_EXPLAIN_TRIGGER:
    case SNAP_EXPLAIN_HELD:
    case SNAP_EXPLAIN_QUEUE:
    case SNAP_EXPLAIN_ASYNC:
        return true;
    case SNAP_EXPLAIN_TURN:
    case SNAP_EXPLAIN_SYNC:
    case SNAP_EXPLAIN_ACK:
    case SNAP_EXPLAIN_STEP_COUNT:
        break;
    }
    return false;
}

/* By vertex: data of the one comes to it. Vertices stand in topological order. */
static bool *reached_from(const struct snap_facts *facts, uint32_t vertex, struct snap_arena *arena)
{
    bool *reached = SNAP_ARENA_ARRAY(arena, bool, facts->vertex_count);

    reached[vertex] = true;
    for (uint32_t v = vertex + 1; v < facts->vertex_count; v++)
        for (uint32_t e = 0; e < facts->edge_count; e++)
            reached[v] = reached[v] || (facts->edges[e].to == v && reached[facts->edges[e].from]);
    return reached;
}

static void add(struct snap_explain_stood *stood, const struct snap_fact_pause *pause,
                const struct snap_explain_step *step)
{
    snap_ns from_ns = snap_ns_max(pause->from_ns, step->from_ns);
    snap_ns ns = snap_ns_min(pause->until_ns, step->to_ns) - from_ns;

    if (ns <= 0)
        return;
    stood->stood_ns += ns;
    /* One that reaches over two steps is one. */
    stood->count += pause->from_ns >= step->from_ns || stood->count == 0;
    if (ns > stood->longest_ns) {
        stood->longest_ns = ns;
        stood->pause_ns = pause->until_ns - pause->from_ns;
    }
}

void snap_explain_pause_find(struct snap_explain_walk *walk, struct snap_arena *arena)
{
    const struct snap_facts *facts = walk->facts;
    struct snap_explain_stood *stood;

    if (facts->pause_count == 0)
        return;
    stood = SNAP_ARENA_ARRAY(arena, struct snap_explain_stood, facts->task_count);
    for (uint32_t i = 0; i < walk->step_count; i++) {
        const struct snap_explain_step rest = behind_storage(facts, &walk->steps[i]);
        const struct snap_explain_step *step = &rest;
        const struct snap_fact_task *task = &facts->tasks[step->task];
        bool waits = step->kind != SNAP_EXPLAIN_ASYNC && !(task->backpressured < WAITS_SHARE_MIN);
        const bool *reached = reached_from(facts, task->vertex, arena);

        for (uint32_t p = 0; waits_for_its_task(step) && p < facts->pause_count; p++) {
            const struct snap_fact_pause *pause = &facts->pauses[p];
            uint32_t vertex = facts->tasks[pause->task].vertex;

            if (pause->task == step->task || (waits && vertex != task->vertex && reached[vertex]))
                add(&stood[pause->task], pause, step);
        }
    }
    for (uint32_t i = 0; i < facts->task_count; i++)
        if (stood[i].stood_ns > walk->stood.stood_ns) {
            walk->stood = stood[i];
            walk->stood.task = i;
        }
}

bool snap_explain_pause_rules(const struct snap_explain_walk *walk)
{
    double whole_ns = (double)walk->facts->duration_ns;

    return walk->stood.task != SNAP_NO_FACT &&
           (double)walk->stood.stood_ns >= RULES_SHARE_MIN * whole_ns &&
           (double)walk->stood.longest_ns >= ONE_SHARE_MIN * whole_ns;
}

bool snap_explain_pause_matters(const struct snap_explain_walk *walk)
{
    return walk->stood.task != SNAP_NO_FACT &&
           (double)walk->stood.stood_ns >= MATTERS_SHARE_MIN * (double)walk->facts->duration_ns;
}
