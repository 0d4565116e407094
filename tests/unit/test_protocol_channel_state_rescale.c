// SPDX-License-Identifier: Apache-2.0
/* No data in flight are forgotten or read by the wrong subtask, whatever the parallelisms are. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "model/job_plan.h"
#include "protocol/channel_state_rescale.h"

enum { PARALLELISM_MAX = 9 };

static bool is_in(struct snap_subtask_run run, uint32_t subtask)
{
    for (uint32_t i = 0; i < run.count; i++)
        if (snap_subtask_run_at(run, i) == subtask)
            return true;
    return false;
}

/* Both directions of a mapping tell the same, and every old subtask has a reader. */
static void check_mapping(const struct snap_subtask_mapping *mapping)
{
    const char *name = snap_subtask_mapper_name(mapping->mapper);

    for (uint32_t o = 0; o < mapping->old_parallelism; o++) {
        struct snap_subtask_run readers = snap_subtask_mapping_new(mapping, o);

        if (readers.count == 0)
            fail_msg("%s: nobody reads %u", name, o);
        if (readers.count > 1 && !snap_subtask_mapper_is_ambiguous(mapping->mapper))
            fail_msg("%s: %u is read %u times without a filter", name, o, readers.count);
        for (uint32_t n = 0; n < mapping->new_parallelism; n++)
            if (is_in(readers, n) != is_in(snap_subtask_mapping_old(mapping, n), o))
                fail_msg("%s %u to %u: old %u, new %u", name, mapping->old_parallelism,
                         mapping->new_parallelism, o, n);
    }
}

static void mappings_are_their_own_inverse(void **state)
{
    (void)state;
    for (enum snap_subtask_mapper m = SNAP_MAPPER_ARBITRARY; m < SNAP_MAPPER_UNSUPPORTED; m++)
        for (uint32_t old = 1; old <= PARALLELISM_MAX; old++)
            for (uint32_t new = 1; new <= PARALLELISM_MAX; new ++)
                check_mapping(&(struct snap_subtask_mapping){m, old, new});
}

/* One edge with data at both ends; rescales are counted over all its new subtasks. */
static void check_edge(const struct snap_rescaled_vertex *vertices, enum snap_ship ship)
{
    const struct snap_rescaled_edge edge = {
        .producer = 0,
        .consumer = 1,
        .partitioner = snap_partitioner_of(ship),
        .has_input_state = true,
        .has_output_state = true,
    };
    const struct snap_channel_state_rescale in = {vertices, 2, &edge, 1, SNAP_OUTPUT_AT_PRODUCER};
    struct snap_channel_plan plan;
    struct snap_error error = {0};
    uint32_t readers[PARALLELISM_MAX] = {0};

    assert_true(snap_channel_state_rescale(&in, &plan, &error));
    for (uint32_t n = 0; n < vertices[1].new_parallelism; n++) {
        struct snap_subtask_run from = snap_channel_input_sources(&plan, n);

        for (uint32_t i = 0; i < from.count; i++)
            readers[snap_subtask_run_at(from, i)]++;
    }
    for (uint32_t o = 0; o < vertices[1].old_parallelism; o++) {
        if (readers[o] == 0)
            fail_msg("%s: input data of old %u are forgotten", edge.partitioner->name, o);
        if (readers[o] > 1 && !snap_channel_is_filtered(&plan, o))
            fail_msg("%s: input data of old %u are duplicated", edge.partitioner->name, o);
    }
    for (uint32_t c = 0; c < vertices[0].old_parallelism; c++)
        assert_int_equal(snap_channel_new_channels(&plan, c).count, 1);
}

static void nothing_is_forgotten(void **state)
{
    static const enum snap_ship ships[] = {SNAP_SHIP_REBALANCE, SNAP_SHIP_HASH, SNAP_SHIP_GLOBAL,
                                           SNAP_SHIP_SHUFFLE};

    (void)state;
    for (size_t s = 0; s < sizeof(ships) / sizeof(ships[0]); s++)
        for (uint32_t i = 0; i < 5 * 5 * 5 * 5; i++) {
            const struct snap_rescaled_vertex vertices[] = {{"from", 1 + i % 5, 1 + i / 5 % 5},
                                                            {"to", 1 + i / 25 % 5, 1 + i / 125}};

            check_edge(vertices, ships[s]);
        }
}

/* A producer of two exchanges: the one whose consumers stay is told of, and stays as it is. */
static void one_of_two_exchanges_moves(void **state)
{
    static const struct snap_rescaled_vertex vertices[] = {
        {"source", 2, 2}, {"grows", 2, 3}, {"stays", 2, 2}};
    const struct snap_partitioner *hash = snap_partitioner_of(SNAP_SHIP_HASH);
    const struct snap_rescaled_edge edges[] = {{0, 1, hash, true, true}, {0, 2, hash, true, true}};
    const struct snap_channel_state_rescale in = {vertices, 3, edges, 2, SNAP_OUTPUT_AT_PRODUCER};
    struct snap_channel_plan plans[2];
    struct snap_error error = {0};

    (void)state;
    assert_true(snap_channel_state_rescale(&in, plans, &error));
    assert_true(plans[0].inputs_move);
    assert_false(plans[1].inputs_move);
    assert_true(snap_channel_input_rescales(&in, plans, 1, 0));
    assert_false(snap_channel_input_rescales(&in, plans, 2, 0));
    assert_true(snap_channel_output_rescales(&in, plans, 0, 0));
    assert_int_equal(snap_channel_new_subpartitions(&plans[0], 0).count, 2);
    assert_int_equal(snap_channel_new_subpartitions(&plans[1], 1).first, 1);
    assert_int_equal(snap_channel_new_subpartitions(&plans[1], 1).count, 1);
}

/* The message names both ends and the exchange. */
static void refusals_say_where(void **state)
{
    static const struct snap_rescaled_vertex vertices[] = {{"source", 2, 2}, {"counts", 2, 3}};
    const struct snap_rescaled_edge edge = {
        .consumer = 1,
        .partitioner = snap_partitioner_of(SNAP_SHIP_BROADCAST),
        .has_input_state = true,
    };
    const struct snap_channel_state_rescale in = {vertices, 2, &edge, 1, SNAP_OUTPUT_AT_PRODUCER};
    struct snap_channel_plan plan;
    struct snap_error error = {0};

    (void)state;
    assert_false(snap_channel_state_rescale(&in, &plan, &error));
    assert_int_equal(error.code, SNAP_ERROR_RESTORE);
    assert_string_equal(error.message, "data in flight from source to counts cannot be given to "
                                       "other subtasks: the exchange is broadcast");
}

/* Operator 0 feeds operator 1 over edges of these kinds. */
static void edges_of_an_operator_act_together(void **state)
{
    static const struct {
        enum snap_ship ships[2];
        bool supported;
    } rows[] = {
        {{SNAP_SHIP_HASH, SNAP_SHIP_HASH}, true},
        {{SNAP_SHIP_REBALANCE, SNAP_SHIP_SHUFFLE}, true},
        {{SNAP_SHIP_GLOBAL, SNAP_SHIP_GLOBAL}, true},
        {{SNAP_SHIP_HASH, SNAP_SHIP_BROADCAST}, false},
        {{SNAP_SHIP_FORWARD, SNAP_SHIP_HASH}, false},
        {{SNAP_SHIP_REBALANCE, SNAP_SHIP_RESCALE}, false},
    };
    static const uint32_t in_edges[] = {0, 1};

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_operator operators[2] = {{.index = 0},
                                             {.in_edges = in_edges, .in_edge_count = 2}};
        struct snap_edge edges[2] = {{.consumer = 1, .ship = rows[r].ships[0]},
                                     {.consumer = 1, .ship = rows[r].ships[1]}};
        struct snap_job job = {.operators = operators, .operator_count = 2, .edges = edges};

        snap_job_find_overtaken(&job);
        for (uint32_t e = 0; e < 2; e++)
            if (edges[e].overtaken != rows[r].supported ||
                snap_partitioner_of(rows[r].ships[e])->supports_unaligned !=
                    snap_ship_is_overtaken(rows[r].ships[e]))
                fail_msg("row %zu, edge %u", r, e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_are_their_own_inverse),    cmocka_unit_test(nothing_is_forgotten),
        cmocka_unit_test(one_of_two_exchanges_moves),        cmocka_unit_test(refusals_say_where),
        cmocka_unit_test(edges_of_an_operator_act_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
