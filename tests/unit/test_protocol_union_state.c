// SPDX-License-Identifier: Apache-2.0
/* A snapshot cannot be stored while only a part of a vertex with union list state is finished. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "protocol/pending_checkpoint.h"

enum { TASKS = 3 };

struct row {
    const char *name;
    const char
        *tasks; /* f: finished before, e: its operators have finished, r: runs; U: has union */
    bool refused;
};

/* Two vertices: tasks 0 and 1, task 2; capital letters report union list state. */
static const struct row rows[] = {
    {"all run", "RRr", false},
    {"no union state", "frr", false},
    {"one of two finished", "fRr", true},
    {"both finished", "ffr", false},
    {"one of two has ended", "ERr", true},
    {"both have ended", "EEr", false},
    {"ended without union state", "err", false},
    {"only one vertex counts", "frR", false},
    {"a vertex of one", "rrE", false},
    {"finished and ended", "fEr", true},
};

static bool has_union(char task)
{
    return task == 'R' || task == 'E';
}

static bool refuses(const struct row *row, struct snap_arena *arena)
{
    const struct snap_plan_vertex vertices[] = {{.first_task = 0, .parallelism = 2},
                                                {.first_task = 2, .parallelism = 1}};
    const struct snap_plan_graph graph = {
        .vertices = vertices, .vertex_count = 2, .task_count = TASKS};
    const struct snap_checkpoint_shape shape = {.tasks = TASKS};
    const uint32_t attempts[TASKS] = {0};
    struct snap_checkpoint_record record;
    int state = 0;

    snap_checkpoint_record_init(&record, arena, &shape);
    snap_checkpoint_plan_init(&record.plan, arena, &graph);
    for (uint32_t t = 0; t < TASKS; t++) {
        if (row->tasks[t] == 'f')
            record.plan.finished[record.plan.finished_count++] = t;
        else
            record.plan.wait_for[record.plan.wait_for_count++] = t;
    }
    snap_checkpoint_record_start(&record, attempts);
    for (uint32_t t = 0; t < TASKS; t++) {
        const struct snap_task_ack ack = {
            .task = t,
            .state = &state,
            .has_union = has_union(row->tasks[t]),
            .operators_ended = row->tasks[t] == 'e' || row->tasks[t] == 'E',
        };

        if (row->tasks[t] != 'f')
            assert_int_equal(snap_checkpoint_record_ack_task(&record, &ack), SNAP_ACK_SUCCESS);
    }
    return snap_checkpoint_record_splits_union(&record, &graph);
}

static void union_state_is_that_of_all_or_none(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_arena arena;

        snap_arena_init(&arena);
        if (refuses(&rows[r], &arena) != rows[r].refused)
            fail_msg("%s", rows[r].name);
        snap_arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(union_state_is_that_of_all_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
