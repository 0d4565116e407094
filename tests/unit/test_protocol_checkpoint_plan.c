// SPDX-License-Identifier: Apache-2.0
// Plans of random graphs against the rule read word for word: an unfinished task is triggered if
// no unfinished task is connected upstream of it.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/rng.h"
#include "protocol/checkpoint_plan.h"

enum { VERTICES_MAX = 4, PARALLELISM_MAX = 4, EDGES_MAX = 6, TASKS_MAX = 16, ROUNDS = 2000 };

struct world {
    struct snap_plan_vertex vertices[VERTICES_MAX];
    struct snap_plan_edge edges[EDGES_MAX];
    uint32_t offsets[EDGES_MAX][PARALLELISM_MAX + 1];
    uint32_t upstream[EDGES_MAX][PARALLELISM_MAX];
    struct snap_plan_graph graph;
    enum snap_plan_state states[TASKS_MAX];
    bool connected[TASKS_MAX][TASKS_MAX]; /* [downstream][upstream] */
};

/* An edge to a later vertex: all-to-all, or each subtask reads one upstream subtask or none. */
static void add_edge(struct world *world, struct snap_rng *rng)
{
    uint32_t e = world->graph.edge_count++;
    uint32_t to = 1 + (uint32_t)snap_rng_below(rng, world->graph.vertex_count - 1);
    uint32_t from = (uint32_t)snap_rng_below(rng, to);
    bool all_to_all = snap_rng_below(rng, 2);
    const struct snap_plan_vertex *up = &world->vertices[from];
    const struct snap_plan_vertex *down = &world->vertices[to];
    uint32_t count = 0;

    for (uint32_t i = 0; i < down->parallelism; i++) {
        for (uint32_t k = 0; k < up->parallelism && all_to_all; k++)
            world->connected[down->first_task + i][up->first_task + k] = true;
        if (!all_to_all && snap_rng_below(rng, 4)) {
            world->upstream[e][count] = (uint32_t)snap_rng_below(rng, up->parallelism);
            world->connected[down->first_task + i][up->first_task + world->upstream[e][count++]] =
                true;
        }
        world->offsets[e][i + 1] = count;
    }
    world->edges[e] =
        (struct snap_plan_edge){from, to, all_to_all, world->offsets[e], world->upstream[e]};
}

static void make_world(struct world *world, struct snap_rng *rng)
{
    memset(world, 0, sizeof(*world));
    world->graph.vertices = world->vertices;
    world->graph.edges = world->edges;
    world->graph.vertex_count = 2 + (uint32_t)snap_rng_below(rng, VERTICES_MAX - 1);
    for (uint32_t v = 0; v < world->graph.vertex_count; v++) {
        world->vertices[v].first_task = world->graph.task_count;
        world->vertices[v].parallelism = 1 + (uint32_t)snap_rng_below(rng, PARALLELISM_MAX);
        world->graph.task_count += world->vertices[v].parallelism;
    }
    for (uint64_t i = 1 + snap_rng_below(rng, EDGES_MAX); i > 0; i--)
        add_edge(world, rng);
    for (uint32_t task = 0; task < world->graph.task_count; task++)
        world->states[task] = snap_rng_below(rng, 3) ? SNAP_PLAN_RUNNING : SNAP_PLAN_FINISHED;
}

static bool is_triggered(const struct world *world, uint32_t task)
{
    for (uint32_t up = 0; up < world->graph.task_count; up++)
        if (world->connected[task][up] && world->states[up] != SNAP_PLAN_FINISHED)
            return false;
    return world->states[task] != SNAP_PLAN_FINISHED;
}

static void test_random_graphs(void **state)
{
    struct snap_rng rng;
    static struct world world;

    (void)state;
    snap_rng_init(&rng, 5, 0, 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct snap_checkpoint_plan plan;
        struct snap_plan_input input = {&world.graph, world.states, true};
        enum snap_failure_reason reason;
        struct snap_arena arena;
        uint32_t triggered = 0;

        make_world(&world, &rng);
        snap_arena_init(&arena);
        snap_checkpoint_plan_init(&plan, &arena, &world.graph);
        assert_true(snap_checkpoint_plan_compute(&plan, &input, &reason));
        for (uint32_t task = 0; task < world.graph.task_count; task++)
            if (is_triggered(&world, task))
                assert_int_equal(plan.trigger[triggered++], task);
        assert_int_equal(triggered, plan.trigger_count);
        snap_arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_graphs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
