// SPDX-License-Identifier: Apache-2.0
#include "runtime/virtual.h"

#include "base/check.h"
#include "runtime/world_life.h"
#include "base/memory.h"

/* Events are handed on when so many passes were made. */
enum { PASSES_A_MERGE = 512 };

/* Actors are looked at by blocks: most of many sleep, and a sleeping block is one comparison. */
enum { BLOCK_ACTORS = 64 };

static const snap_ns STEP_MAX_NS = 60 * SNAP_SECOND;

/* Among so few nodes all ways between two are measured beforehand. */
enum { MEASURED_NODES = 8 };

/* A way mail can take between two nodes: vertices, or the JobManager behind them. */
struct link {
    uint32_t from;
    uint32_t to;
    snap_ns latency_ns; /* the least between any two of their actors */
};

/* Up to BLOCK_ACTORS actors in a row, all of one node. */
struct block {
    uint32_t node;
    uint32_t first;
    uint32_t end;
    snap_ns next_ns;    /* the least of its actors' */
    snap_ns promise_ns; /* the least of its actors' */
};

struct virtual_runtime {
    struct snap_block_pool memory;
    struct snap_arena arena;
    snap_ns window_ns; /* W: nobody sends before this */
    snap_ns end_ns;    /* no boundary at or after this */
    uint64_t passes;
    struct block *blocks;
    uint32_t block_count;
    uint32_t *block_of;  /* by actor */
    snap_ns *next_ns;    /* by actor: what the actor itself says, side by side */
    snap_ns *promise_ns; /* by actor, likewise */
    uint32_t node_count;
    snap_ns *sends_ns;   /* by node: nobody in it sends before this */
    snap_ns *horizon_ns; /* by node: how far its actors may have been stepped */
    struct link *links;
    uint32_t link_count;
    snap_ns *ways_ns; /* by receiver and sender: the least time of any way of links between them,
                       * also to itself; NULL: too many nodes */
};

static struct virtual_runtime *runtime_of(const struct snap_world *world)
{
    return world->runtime_state;
}

static void copy_instants(struct virtual_runtime *runtime, const struct snap_actor *actor)
{
    runtime->next_ns[actor->id] = actor->next_ns;
    runtime->promise_ns[actor->id] = actor->promise_ns;
}

static void deliver(struct snap_actor *from, struct snap_mail *mail)
{
    struct snap_actor *to = from->world->actors[mail->target];
    struct virtual_runtime *runtime = runtime_of(from->world);
    struct block *block = &runtime->blocks[runtime->block_of[to->id]];
    snap_ns at = snap_ns_max(to->now_ns, mail->arrives_ns);

    SNAP_CHECK(mail->arrives_ns - runtime->window_ns > 0);
    /* What an actor sends to itself it knows before it goes on. */
    SNAP_CHECK(mail->arrives_ns >= runtime->horizon_ns[block->node] || to == from);
    to->next_ns = snap_ns_min(to->next_ns, at);
    if (snap_actor_may_answer(to, mail))
        to->promise_ns = snap_ns_min(to->promise_ns, at);
    snap_inbox_add(&to->inbox, &runtime->memory, mail);
    copy_instants(runtime, to);
    block->next_ns = snap_ns_min(block->next_ns, to->next_ns);
    block->promise_ns = snap_ns_min(block->promise_ns, to->promise_ns);
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

/* The least latency of a message between the JobManager, its storage included, and a task. */
static snap_ns job_manager_latency(const struct snap_world *world)
{
    return snap_ns_min(snap_world_latency(world, snap_job_manager_actor(world->job), 0),
                       snap_world_storage_latency(world));
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

/* Blocks for so many actors in a row, all of one node. */
static void add_blocks(struct virtual_runtime *runtime, uint32_t node, uint32_t first,
                       uint32_t count)
{
    for (uint32_t at = 0; at < count; at += BLOCK_ACTORS) {
        uint32_t left = count - at;
        struct block *block = &runtime->blocks[runtime->block_count];

        *block = (struct block){.node = node,
                                .first = first + at,
                                .end = first + at + (left < BLOCK_ACTORS ? left : BLOCK_ACTORS)};
        for (uint32_t i = block->first; i < block->end; i++)
            runtime->block_of[i] = runtime->block_count;
        runtime->block_count++;
    }
}

static void build_blocks(struct snap_world *world, struct virtual_runtime *runtime)
{
    const struct snap_job *job = world->job;

    runtime->blocks = SNAP_ARENA_ARRAY(&runtime->arena, struct block,
                                       world->actor_count / BLOCK_ACTORS + job->vertex_count + 1);
    runtime->block_of = SNAP_ARENA_ARRAY(&runtime->arena, uint32_t, world->actor_count);
    runtime->next_ns = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, world->actor_count);
    runtime->promise_ns = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, world->actor_count);
    for (uint32_t v = 0; v < job->vertex_count; v++)
        add_blocks(runtime, v, job->vertices[v].task_first, job->vertices[v].parallelism);
    add_blocks(runtime, job->vertex_count, snap_job_manager_actor(job), 1);
}

static void build_links(struct snap_world *world, struct virtual_runtime *runtime)
{
    const struct snap_job *job = world->job;
    uint32_t job_manager = job->vertex_count;

    runtime->node_count = job->vertex_count + 1;
    runtime->sends_ns = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, runtime->node_count);
    runtime->horizon_ns = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, runtime->node_count);
    runtime->links =
        SNAP_ARENA_ARRAY(&runtime->arena, struct link, 2 * (job->edge_count + job->vertex_count));
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (!job->edges[e].chained)
            add_link(runtime, job->operators[job->edges[e].producer].vertex,
                     job->operators[job->edges[e].consumer].vertex,
                     edge_latency(world, &job->edges[e]));
    for (uint32_t v = 0; v < job->vertex_count; v++)
        add_link(runtime, v, job_manager, job_manager_latency(world));
}

/* No way is longer: two of them, and an instant, can be added up. */
#define WAY_MAX (SNAP_NEVER / 4)

/* Every node may hear of every other, and of itself, by the shortest way (Floyd and Warshall). */
static void measure_ways(struct virtual_runtime *runtime)
{
    uint32_t count = runtime->node_count;
    snap_ns *ways;

    if (count > MEASURED_NODES)
        return;
    ways = SNAP_ARENA_ARRAY(&runtime->arena, snap_ns, count * count);
    for (uint32_t i = 0; i < count * count; i++)
        ways[i] = WAY_MAX;
    for (uint32_t l = 0; l < runtime->link_count; l++) {
        const struct link *link = &runtime->links[l];
        snap_ns *way = &ways[link->from * count + link->to];

        *way = snap_ns_min(*way, link->latency_ns);
    }
    for (uint32_t by = 0; by < count; by++)
        for (uint32_t from = 0; from < count; from++)
            for (uint32_t to = 0; to < count; to++)
                ways[from * count + to] = snap_ns_min(
                    ways[from * count + to], ways[from * count + by] + ways[by * count + to]);
    runtime->ways_ns = ways;
}

void snap_virtual_init(struct snap_world *world)
{
    struct virtual_runtime *runtime = snap_memory_take_zeroed(sizeof(*runtime));

    snap_block_pool_init(&runtime->memory, UINT32_MAX);
    snap_arena_init(&runtime->arena);
    build_blocks(world, runtime);
    build_links(world, runtime);
    measure_ways(runtime);
    runtime->end_ns = snap_simulation_end_ns(world->sim);
    world->runtime = &virtual_functions;
    world->runtime_state = runtime;
    for (uint32_t i = 0; i < world->actor_count; i++)
        world->actors[i]->blocks = &runtime->memory;
}

void snap_virtual_fini(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);

    snap_block_pool_fini(&runtime->memory);
    snap_arena_fini(&runtime->arena);
    snap_memory_give_back(runtime);
    world->runtime_state = NULL;
}

/* When each node sends of its own accord, at the earliest; returns when anybody has something to
 * do. */
static snap_ns find_own_sends(struct virtual_runtime *runtime)
{
    snap_ns *sends = runtime->sends_ns;
    snap_ns next = SNAP_NEVER;

    for (uint32_t n = 0; n < runtime->node_count; n++)
        sends[n] = SNAP_NEVER;
    for (const struct block *at = runtime->blocks; at < runtime->blocks + runtime->block_count;
         at++) {
        sends[at->node] = snap_ns_min(sends[at->node], at->promise_ns);
        next = snap_ns_min(next, at->next_ns);
    }
    return next;
}

/* Or because something reached it. */
static void find_earliest_sends(struct virtual_runtime *runtime)
{
    snap_ns *sends = runtime->sends_ns;
    bool changed = true;

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

/* Where a step ends at the latest: a timer that nobody else has to wait for, such as that of
 * checkpoints, may be due as often as it likes until then, and nobody is asked in between. */
static snap_ns farthest(const struct virtual_runtime *runtime)
{
    return snap_ns_min(runtime->end_ns, snap_ns_add(runtime->window_ns, STEP_MAX_NS));
}

static void set_horizons(struct virtual_runtime *runtime)
{
    for (uint32_t n = 0; n < runtime->node_count; n++)
        runtime->horizon_ns[n] = farthest(runtime);
    for (uint32_t l = 0; l < runtime->link_count; l++) {
        const struct link *link = &runtime->links[l];

        runtime->horizon_ns[link->to] =
            snap_ns_min(runtime->horizon_ns[link->to],
                        snap_ns_add(runtime->sends_ns[link->from], link->latency_ns));
    }
}

/* The same horizon of one node: what anybody does of its own accord has come everywhere by the
 * shortest way, which is as long as the way back. */
static snap_ns horizon_by_ways(const struct virtual_runtime *runtime, uint32_t node)
{
    const snap_ns *way = runtime->ways_ns + node * runtime->node_count;
    snap_ns horizon = farthest(runtime);

    for (uint32_t from = 0; from < runtime->node_count; from++)
        horizon = snap_ns_min(horizon, snap_ns_min(runtime->sends_ns[from], WAY_MAX) + way[from]);
    return horizon;
}

/* Finds the least instants of the block anew: what its actors waited for may have passed. */
static void settle_block(struct virtual_runtime *runtime, struct block *block)
{
    snap_ns next = SNAP_NEVER;
    snap_ns promise = SNAP_NEVER;

    for (uint32_t i = block->first; i < block->end; i++) {
        next = snap_ns_min(next, runtime->next_ns[i]);
        promise = snap_ns_min(promise, runtime->promise_ns[i]);
    }
    block->next_ns = next;
    block->promise_ns = promise;
}

static void settle_all(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);

    for (uint32_t i = 0; i < world->actor_count; i++)
        copy_instants(runtime, world->actors[i]);
    for (uint32_t b = 0; b < runtime->block_count; b++)
        settle_block(runtime, &runtime->blocks[b]);
}

/* Whether something is to be done before the horizon that others wait for. A step costs as much for
 * few records as for many: who gets no further than to what only concerns itself is left for later,
 * until its next mail is within reach. At the end of the run nothing is left. */
static bool is_worth_a_step(const struct virtual_runtime *runtime, snap_ns next_ns,
                            snap_ns promise_ns, snap_ns horizon_ns)
{
    return next_ns < horizon_ns &&
           (promise_ns < horizon_ns || runtime->window_ns >= runtime->end_ns);
}

static void step_block(struct snap_world *world, struct block *block)
{
    struct virtual_runtime *runtime = runtime_of(world);
    snap_ns horizon = runtime->horizon_ns[block->node];

    for (uint32_t i = block->first; i < block->end; i++) {
        if (!is_worth_a_step(runtime, runtime->next_ns[i], runtime->promise_ns[i], horizon))
            continue;
        world->actors[i]->horizon_ns = horizon;
        world->actors[i]->may_wait = runtime->window_ns < runtime->end_ns;
        snap_actor_step(world->actors[i]);
        copy_instants(runtime, world->actors[i]);
    }
    settle_block(runtime, block);
}

static bool block_is_worth_a_step(const struct virtual_runtime *runtime, const struct block *block,
                                  snap_ns horizon_ns)
{
    return is_worth_a_step(runtime, block->next_ns, block->promise_ns, horizon_ns);
}

/* Every block has the horizon of its node. */
static void step_blocks(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);

    set_horizons(runtime);
    for (uint32_t b = 0; b < runtime->block_count; b++) {
        struct block *block = &runtime->blocks[b];

        if (block_is_worth_a_step(runtime, block, runtime->horizon_ns[block->node]))
            step_block(world, block);
    }
}

/* Few blocks of a pass are worth a step: for most of them it is enough that the node that sends
 * first is too near. What nobody steps to is no horizon, and the one before stands. */
static void step_blocks_by_ways(struct snap_world *world, uint32_t first_sender)
{
    struct virtual_runtime *runtime = runtime_of(world);
    const snap_ns *from_first = runtime->ways_ns + first_sender;
    snap_ns first_ns = snap_ns_min(runtime->window_ns, WAY_MAX);

    for (uint32_t b = 0; b < runtime->block_count; b++) {
        struct block *block = &runtime->blocks[b];
        snap_ns horizon = first_ns + from_first[block->node * runtime->node_count];

        if (!block_is_worth_a_step(runtime, block, horizon))
            continue;
        horizon = horizon_by_ways(runtime, block->node);
        if (!block_is_worth_a_step(runtime, block, horizon))
            continue;
        runtime->horizon_ns[block->node] = horizon;
        step_block(world, block);
    }
}

/* Returns whether anything is left to do before the end of the run. */
static bool step_ahead(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);
    uint32_t first = 0;

    if (find_own_sends(runtime) >= runtime->end_ns)
        return false;
    if (!runtime->ways_ns)
        find_earliest_sends(runtime);
    for (uint32_t n = 1; n < runtime->node_count; n++)
        if (runtime->sends_ns[n] < runtime->sends_ns[first])
            first = n;
    SNAP_CHECK(runtime->sends_ns[first] >= runtime->window_ns);
    runtime->window_ns = runtime->sends_ns[first];
    if (runtime->ways_ns)
        step_blocks_by_ways(world, first);
    else
        step_blocks(world);
    return true;
}

/* Of the actors that are next the one with the least id; returns as step_ahead. */
static bool step_next(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);
    struct block *block = &runtime->blocks[0];
    uint32_t at;

    for (uint32_t b = 1; b < runtime->block_count; b++)
        if (runtime->blocks[b].next_ns < block->next_ns)
            block = &runtime->blocks[b];
    if (block->next_ns >= runtime->end_ns)
        return false;
    at = block->first;
    while (runtime->next_ns[at] != block->next_ns)
        at++;
    runtime->window_ns = block->next_ns;
    runtime->horizon_ns[block->node] = snap_ns_min(snap_ns_add(block->next_ns, 1), runtime->end_ns);
    world->actors[at]->horizon_ns = runtime->horizon_ns[block->node];
    world->actors[at]->may_wait = false;
    snap_actor_step(world->actors[at]);
    copy_instants(runtime, world->actors[at]);
    settle_block(runtime, block);
    return true;
}

static snap_ns earliest(const struct snap_world *world)
{
    const struct virtual_runtime *runtime = runtime_of(world);
    snap_ns next = SNAP_NEVER;

    for (uint32_t b = 0; b < runtime->block_count; b++)
        next = snap_ns_min(next, runtime->blocks[b].next_ns);
    return next;
}

void snap_virtual_start(struct snap_world *world)
{
    settle_all(world);
}

bool snap_virtual_advance(struct snap_world *world, enum snap_pace pace, uint64_t passes)
{
    struct virtual_runtime *runtime = runtime_of(world);

    for (uint64_t i = 0; i < passes; i++) {
        if (!(pace == SNAP_PACE_RUN_AHEAD ? step_ahead(world) : step_next(world)))
            return false;
        /* The end of the job is the end of the run, for everybody at the same instant. */
        if (snap_world_is_over(world))
            runtime->end_ns = snap_ns_min(runtime->end_ns, snap_world_ended_ns(world) + 1);
        if (++runtime->passes % PASSES_A_MERGE == 0)
            snap_world_merge_events(world, snap_ns_min(runtime->window_ns, earliest(world)));
    }
    return true;
}

snap_ns snap_virtual_end(struct snap_world *world)
{
    const struct virtual_runtime *runtime = runtime_of(world);
    snap_ns end = earliest(world);

    if (end >= runtime->end_ns) {
        /* A job in which nothing can ever happen again would be a bug of ours. */
        SNAP_CHECK(end != SNAP_NEVER || world->sim->until_ns != SNAP_NEVER ||
                   snap_world_is_over(world));
        end = snap_world_is_over(world) ? snap_world_ended_ns(world) : runtime->end_ns;
    }
    snap_world_close(world, end);
    return end;
}
