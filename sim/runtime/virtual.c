// SPDX-License-Identifier: Apache-2.0
#include "runtime/virtual.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

/* Events are handed on when this many passes were made. */
enum { PASSES_A_MERGE = 512 };

/* A way mail can take between two nodes: vertices, or the JobManager behind them. */
struct link {
    uint32_t from;
    uint32_t to;
    snap_ns latency_ns; /* the least between any two of their actors */
};

struct virtual_runtime {
    struct snap_block_pool blocks;
    struct snap_arena arena;
    snap_ns window_ns; /* W: nobody sends before this */
    snap_ns end_ns;    /* no boundary at or after this */
    uint32_t *node_of; /* by actor */
    uint32_t node_count;
    snap_ns *sends_ns;   /* by node: nobody in it sends before this */
    snap_ns *horizon_ns; /* by node */
    struct link *links;
    uint32_t link_count;
};

static struct virtual_runtime *runtime_of(const struct snap_world *world)
{
    return world->runtime_state;
}

static void deliver(struct snap_actor *from, struct snap_mail *mail)
{
    struct snap_actor *to = from->world->actors[mail->target];
    snap_ns at = snap_ns_max(to->now_ns, mail->arrives_ns);

    SNAP_CHECK(mail->arrives_ns - runtime_of(from->world)->window_ns > 0);
    /* What an actor sends to itself it knows before it goes on. */
    SNAP_CHECK(mail->arrives_ns >= to->horizon_ns || to == from);
    snap_inbox_add(&to->inbox, mail);
    to->next_ns = snap_ns_min(to->next_ns, at);
    to->promise_ns = snap_ns_min(to->promise_ns, at);
}

static snap_ns clock(struct snap_actor *actor)
{
    return actor->now_ns;
}

static const struct snap_runtime virtual_functions = {.deliver = deliver, .clock = clock};

static void add_link(struct virtual_runtime *runtime, uint32_t from, uint32_t to,
                     snap_ns latency_ns)
{
    runtime->links[runtime->link_count++] = (struct link){from, to, latency_ns};
    runtime->links[runtime->link_count++] = (struct link){to, from, latency_ns};
}

/* The least latency between two tasks that the edge connects. */
static snap_ns edge_latency(const struct snap_world *world, const struct snap_edge *edge)
{
    const struct snap_job *job = world->job;
    const struct snap_vertex *from = &job->vertices[job->operators[edge->producer].vertex];
    const struct snap_vertex *to = &job->vertices[job->operators[edge->consumer].vertex];
    snap_ns latency = SNAP_NEVER;

    for (uint32_t i = 0; i < to->parallelism; i++) {
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(job, edge, i, &first, &count);
        for (uint32_t k = first; k < first + count; k++)
            latency = snap_ns_min(
                latency, snap_world_latency(world, from->task_first + k, to->task_first + i));
    }
    if (latency != SNAP_NEVER)
        latency = snap_ns_scale(latency, world->link_permille_least);
    return snap_ns_max(latency, 1);
}

static void build_links(struct snap_world *world, struct virtual_runtime *runtime)
{
    const struct snap_job *job = world->job;
    uint32_t job_manager = job->vertex_count;

    runtime->node_count = job->vertex_count + 1;
    runtime->node_of = SNAP_ARENA_ARRAY(&runtime->arena, uint32_t, world->actor_count);
    runtime->sends_ns = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, runtime->node_count);
    runtime->horizon_ns = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, runtime->node_count);
    runtime->links =
        SNAP_ARENA_ARRAY(&runtime->arena, struct link, 2 * (job->edge_count + job->vertex_count));
    for (uint32_t t = 0; t < job->task_count; t++)
        runtime->node_of[t] = snap_job_task_vertex(job, t)->index;
    runtime->node_of[snap_job_manager_actor(job)] = job_manager;
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (!job->edges[e].chained)
            add_link(runtime, job->operators[job->edges[e].producer].vertex,
                     job->operators[job->edges[e].consumer].vertex,
                     edge_latency(world, &job->edges[e]));
    for (uint32_t v = 0; v < job->vertex_count; v++)
        add_link(
            runtime, v, job_manager,
            snap_world_latency(world, snap_job_manager_actor(job), job->vertices[v].task_first));
}

void snap_virtual_init(struct snap_world *world)
{
    struct virtual_runtime *runtime = snap_memory_zeroed(1, sizeof(*runtime));

    snap_block_pool_init(&runtime->blocks, UINT32_MAX);
    snap_arena_init(&runtime->arena);
    build_links(world, runtime);
    runtime->end_ns = world->sim->until_ns;
    world->runtime = &virtual_functions;
    world->runtime_state = runtime;
    for (uint32_t i = 0; i < world->actor_count; i++)
        world->actors[i]->blocks = &runtime->blocks;
}

void snap_virtual_fini(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);

    snap_block_pool_fini(&runtime->blocks);
    snap_arena_fini(&runtime->arena);
    free(runtime);
    world->runtime_state = NULL;
}

/* When each node can send at the earliest: by itself, or because something reached it. */
static void find_earliest_sends(const struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);
    snap_ns *sends = runtime->sends_ns;
    bool changed = true;

    for (uint32_t n = 0; n < runtime->node_count; n++)
        sends[n] = SNAP_NEVER;
    for (uint32_t i = 0; i < world->actor_count; i++)
        sends[runtime->node_of[i]] =
            snap_ns_min(sends[runtime->node_of[i]], world->actors[i]->promise_ns);
    while (changed) {
        changed = false;
        for (uint32_t l = 0; l < runtime->link_count; l++) {
            const struct link *link = &runtime->links[l];
            snap_ns at = snap_ns_add(sends[link->from], link->latency_ns);

            if (at < sends[link->to]) {
                sends[link->to] = at;
                changed = true;
            }
        }
    }
}

static void set_horizons(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);

    for (uint32_t n = 0; n < runtime->node_count; n++)
        runtime->horizon_ns[n] = runtime->end_ns;
    for (uint32_t l = 0; l < runtime->link_count; l++) {
        const struct link *link = &runtime->links[l];

        runtime->horizon_ns[link->to] =
            snap_ns_min(runtime->horizon_ns[link->to],
                        snap_ns_add(runtime->sends_ns[link->from], link->latency_ns));
    }
    for (uint32_t i = 0; i < world->actor_count; i++)
        world->actors[i]->horizon_ns = runtime->horizon_ns[runtime->node_of[i]];
}

static void step_ahead(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);
    snap_ns window = SNAP_NEVER;

    find_earliest_sends(world);
    for (uint32_t n = 0; n < runtime->node_count; n++)
        window = snap_ns_min(window, runtime->sends_ns[n]);
    SNAP_CHECK(window >= runtime->window_ns);
    runtime->window_ns = window;
    set_horizons(world);
    for (uint32_t i = 0; i < world->actor_count; i++)
        if (world->actors[i]->next_ns < world->actors[i]->horizon_ns)
            snap_actor_step(world->actors[i]);
}

static void step_next(struct snap_world *world)
{
    struct snap_actor *next = world->actors[0];

    for (uint32_t i = 1; i < world->actor_count; i++)
        if (world->actors[i]->next_ns < next->next_ns)
            next = world->actors[i];
    runtime_of(world)->window_ns = next->next_ns;
    next->horizon_ns = snap_ns_min(snap_ns_add(next->next_ns, 1), runtime_of(world)->end_ns);
    snap_actor_step(next);
}

static snap_ns earliest(const struct snap_world *world)
{
    snap_ns next = SNAP_NEVER;

    for (uint32_t i = 0; i < world->actor_count; i++)
        next = snap_ns_min(next, world->actors[i]->next_ns);
    return next;
}

snap_ns snap_virtual_run(struct snap_world *world, enum snap_pace pace, bool (*interrupted)(void))
{
    struct virtual_runtime *runtime = runtime_of(world);
    uint64_t passes = 0;
    snap_ns next;

    while ((next = earliest(world)) < runtime->end_ns) {
        if (pace == SNAP_PACE_RUN_AHEAD)
            step_ahead(world);
        else
            step_next(world);
        /* The end of the job is the end of the run, for everybody at the same instant. */
        if (snap_world_is_over(world))
            runtime->end_ns = snap_ns_min(runtime->end_ns, snap_world_ended_ns(world) + 1);
        if (++passes % PASSES_A_MERGE == 0) {
            snap_world_merge_events(world, snap_ns_min(runtime->window_ns, earliest(world)));
            if (interrupted && interrupted()) {
                snap_world_close(world, next);
                return next;
            }
        }
    }
    /* A job in which nothing can ever happen again would be a bug of ours. */
    SNAP_CHECK(runtime->end_ns != SNAP_NEVER);
    next = snap_world_is_over(world) ? snap_world_ended_ns(world) : runtime->end_ns;
    snap_world_close(world, next);
    return next;
}
