// SPDX-License-Identifier: Apache-2.0
/* The job graph: pointwise distribution, tasks, slots. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "model/job.h"
#include "model/job_plan.h"
#include "model/lineage.h"
#include "test_catalogue.h"

struct pointwise_row {
    uint32_t producers;
    uint32_t consumers;
    const char *upstream; /* per consumer "first-last", as Flink distributes */
};

static const struct pointwise_row pointwise_rows[] = {
    {1, 1, "0-0"},
    {4, 4, "0-0 1-1 2-2 3-3"},
    {4, 2, "0-1 2-3"},
    {5, 2, "0-1 2-4"},
    {7, 3, "0-1 2-3 4-6"},
    {2, 4, "0-0 0-0 1-1 1-1"},
    {2, 5, "0-0 0-0 0-0 1-1 1-1"},
    {3, 7, "0-0 0-0 0-0 1-1 1-1 2-2 2-2"},
    {1, 3, "0-0 0-0 0-0"},
    {3, 1, "0-2"},
};

static struct snap_job two_operators(struct snap_operator *operators, struct snap_edge *edge,
                                     uint32_t producers, uint32_t consumers)
{
    operators[0] = (struct snap_operator){.parallelism = producers, .uid = "a"};
    operators[1] = (struct snap_operator){.parallelism = consumers, .uid = "b"};
    *edge = (struct snap_edge){.producer = 0, .consumer = 1, .ship = SNAP_SHIP_RESCALE};
    return (struct snap_job){
        .operators = operators, .operator_count = 2, .edges = edge, .edge_count = 1};
}

static void test_pointwise(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pointwise_rows) / sizeof(pointwise_rows[0]); i++) {
        const struct pointwise_row *row = &pointwise_rows[i];
        struct snap_operator operators[2];
        struct snap_edge edge;
        struct snap_job job = two_operators(operators, &edge, row->producers, row->consumers);
        char text[128] = "";

        for (uint32_t c = 0; c < row->consumers; c++) {
            uint32_t first;
            uint32_t count;

            snap_job_edge_upstream(&job, &edge, c, &first, &count);
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u-%u", c ? " " : "",
                     first, first + count - 1);
        }
        if (strcmp(text, row->upstream) != 0)
            fail_msg("%u to %u: %s", row->producers, row->consumers, text);
    }
}

static bool contains(uint32_t first, uint32_t count, uint32_t wanted)
{
    return wanted >= first && wanted < first + count;
}

/* Both directions name the same pairs, for every small pair of parallelisms. */
static void test_directions_agree(void **state)
{
    (void)state;
    for (uint32_t producers = 1; producers <= 12; producers++) {
        for (uint32_t consumers = 1; consumers <= 12; consumers++) {
            struct snap_operator operators[2];
            struct snap_edge edge;
            struct snap_job job = two_operators(operators, &edge, producers, consumers);

            for (uint32_t pair = 0; pair < producers * consumers; pair++) {
                uint32_t p = pair / consumers;
                uint32_t c = pair % consumers;
                uint32_t up_first, up_count, down_first, down_count;

                snap_job_edge_upstream(&job, &edge, c, &up_first, &up_count);
                snap_job_edge_downstream(&job, &edge, p, &down_first, &down_count);
                if (contains(up_first, up_count, p) != contains(down_first, down_count, c))
                    fail_msg("%u to %u: subtasks %u and %u", producers, consumers, p, c);
            }
        }
    }
}

static void test_all_to_all(void **state)
{
    struct snap_operator operators[2];
    struct snap_edge edge;
    struct snap_job job = two_operators(operators, &edge, 3, 5);
    uint32_t first = 9;
    uint32_t count = 0;

    (void)state;
    edge.ship = SNAP_SHIP_HASH;
    snap_job_edge_upstream(&job, &edge, 4, &first, &count);
    assert_int_equal(first, 0);
    assert_int_equal(count, 3);
    snap_job_edge_downstream(&job, &edge, 1, &first, &count);
    assert_int_equal(first, 0);
    assert_int_equal(count, 5);
}

/* Two sources, a union, a sink; the last two in a slot sharing group of their own. */
static void plan(struct snap_arena *arena, struct snap_job *job, uint32_t task_slots)
{
    static const struct snap_edge edges[] = {
        {.producer = 0, .consumer = 2, .ship = SNAP_SHIP_HASH},
        {.producer = 1, .consumer = 2, .ship = SNAP_SHIP_REBALANCE},
        {.producer = 2, .consumer = 3, .ship = SNAP_SHIP_FORWARD},
    };
    static const struct snap_operator operators[] = {
        {.uid = "a",
         .name = "Source: a",
         .type = &type_sequence,
         .parallelism = 2,
         .split_count = 5},
        {.uid = "b",
         .name = "Source: b",
         .type = &type_sequence,
         .parallelism = 3,
         .split_count = 3},
        {.uid = "u",
         .name = "u",
         .type = &type_union,
         .parallelism = 4,
         .slot_sharing_group = "own",
         .max_parallelism = 64},
        {.uid = "o", .name = "o: Writer", .type = &type_discard, .parallelism = 4},
    };
    struct snap_config config = {.chaining_enabled = true,
                                 .chain_different_max_parallelism = true,
                                 .max_parallelism = -1,
                                 .task_slots = task_slots};

    *job = (struct snap_job){.operator_count = 4, .edge_count = 3};
    job->operators = snap_arena_copy(arena, operators, sizeof(operators));
    job->edges = snap_arena_copy(arena, edges, sizeof(edges));
    for (uint32_t i = 0; i < 4; i++)
        job->operators[i].chaining_allowed = true;
    snap_job_plan(job, &config, arena);
}

static void test_tasks_and_slots(void **state)
{
    struct snap_arena arena;
    struct snap_job job;

    (void)state;
    snap_arena_init(&arena);
    plan(&arena, &job, 1);
    assert_int_equal(job.vertex_count, 3);
    assert_string_equal(job.vertices[2].name, "u -> o: Writer");
    assert_string_equal(job.vertices[2].slot_sharing_group, "own");
    assert_int_equal(job.vertices[2].max_parallelism, 64);
    assert_int_equal(job.operators[3].max_parallelism, 64);
    assert_int_equal(job.operators[3].vertex, 2);
    assert_int_equal(job.task_count, 9);
    assert_int_equal(snap_job_manager_actor(&job), 9);
    assert_ptr_equal(snap_job_task_vertex(&job, 4), &job.vertices[1]);
    assert_int_equal(snap_job_task_subtask(&job, 4), 2);
    assert_int_equal(snap_job_task_subtask(&job, 5), 0);
    assert_int_equal(snap_job_task_subtask(&job, 8), 3);
    /* The default group takes slots 0 to 2, the other one 3 to 6. */
    assert_int_equal(job.task_manager_count, 7);
    assert_int_equal(job.task_manager[1], 1);
    assert_int_equal(job.task_manager[2], 0);
    assert_int_equal(job.task_manager[5], 3);
    assert_int_equal(job.operators[1].split_first, 5);
    assert_int_equal(job.split_count, 8);
    plan(&arena, &job, 2);
    assert_int_equal(job.task_manager_count, 4);
    assert_int_equal(job.task_manager[8], 3);
    snap_arena_fini(&arena);
}

static void test_edges(void **state)
{
    struct snap_arena arena;
    struct snap_job job;

    (void)state;
    snap_arena_init(&arena);
    plan(&arena, &job, 1);
    assert_int_equal(job.edges[1].input, 1);
    assert_int_equal(job.edges[1].output, 0);
    assert_false(job.edges[1].chained);
    assert_true(job.edges[2].chained);
    assert_int_equal(job.vertices[2].in_edge_count, 2);
    assert_int_equal(job.vertices[2].out_edge_count, 0);
    assert_int_equal(job.vertices[0].out_edges[0], 0);
    assert_ptr_equal(snap_job_find_operator(&job, "u"), &job.operators[2]);
    assert_null(snap_job_find_operator(&job, "x"));
    assert_string_equal(snap_ship_name(job.edges[1].ship), "rebalance");
    snap_arena_fini(&arena);
}

/* The way of each edge, "0" for most. */
static void expect_ways(const uint32_t (*ends)[2], uint32_t count, const char *expected)
{
    static const char *const uids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct snap_operator operators[8] = {{0}};
    struct snap_edge edges[8] = {{0}};
    struct snap_job job = {
        .operators = operators, .operator_count = 8, .edges = edges, .edge_count = count};
    struct snap_arena arena;
    char ways[9] = "";

    snap_arena_init(&arena);
    for (uint32_t i = 0; i < 8; i++)
        operators[i].uid = uids[i];
    for (uint32_t i = 0; i < count; i++)
        edges[i] = (struct snap_edge){.producer = ends[i][0], .consumer = ends[i][1]};
    snap_job_connect(&job, &arena);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < count; k++)
            if (edges[i].way == snap_lineage_way_name(operators[edges[i].producer].uid, k))
                ways[i] = (char)('0' + k);
    assert_string_equal(ways, expected);
    snap_arena_fini(&arena);
}

static void test_ways(void **state)
{
    static const uint32_t apart[][2] = {{0, 1}, {0, 2}, {1, 3}, {2, 4}};
    static const uint32_t diamond[][2] = {{0, 1}, {0, 2}, {1, 3}, {2, 4}, {4, 3}, {0, 5}};
    static const uint32_t twice[][2] = {{0, 1}, {0, 1}, {1, 2}, {0, 2}};
    static const uint32_t late[][2] = {{0, 5}, {0, 1}, {0, 2}, {0, 3}, {3, 4}, {2, 4}, {5, 6}};

    (void)state;
    expect_ways(apart, 4, "0000");
    expect_ways(diamond, 6, "010000");
    expect_ways(twice, 4, "0102");
    expect_ways(late, 7, "0001000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pointwise),  cmocka_unit_test(test_directions_agree),
        cmocka_unit_test(test_all_to_all), cmocka_unit_test(test_tasks_and_slots),
        cmocka_unit_test(test_edges),      cmocka_unit_test(test_ways),
    };

    (void)test_catalogue;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
