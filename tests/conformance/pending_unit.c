// SPDX-License-Identifier: Apache-2.0
#include "pending_unit.h"

#include <string.h>

#include "protocol/pending_checkpoint.h"

static const char *result_name(enum snap_ack_result result)
{
    static const char *const names[] = {"SUCCESS", "DUPLICATE", "UNKNOWN", "DISCARDED"};

    return names[result];
}

/* Parts are numbers, or the word "unknown" for one that takes no part. */
static uint32_t part_of(const json_t *step, const char *key)
{
    return (uint32_t)conform_integer_or(step, key, UINT32_MAX);
}

static void run_step(struct snap_checkpoint_record *record, const json_t *step,
                     struct snap_text *why)
{
    static int state;
    const char *op = conform_string(step, "op");
    struct snap_task_ack ack = {.state = &state};
    const char *result = NULL;

    if (!strcmp(op, "ack_task")) {
        ack.task = part_of(step, "task");
        result = result_name(snap_checkpoint_record_ack_task(record, &ack));
    } else if (!strcmp(op, "ack_coordinator")) {
        result = result_name(snap_checkpoint_record_ack_coordinator(
            record, part_of(step, "coordinator"),
            conform_boolean(step, "with_state") ? &state : NULL));
    } else if (!strcmp(op, "ack_hook")) {
        snap_checkpoint_record_ack_hook(record, part_of(step, "hook"));
    } else {
        snap_checkpoint_record_dispose(record);
    }
    if (result)
        conform_same_string(why, "result", conform_string(step, "result"), result);
    conform_same_integer(why, "fully_acknowledged", conform_boolean(step, "fully_acknowledged"),
                         snap_checkpoint_record_complete(record));
    conform_same_integer(why, "acknowledged_tasks", conform_integer(step, "acknowledged_tasks"),
                         record->disposed ? -1 : (int64_t)record->tasks_acknowledged);
    conform_same_integer(why, "missing_tasks", conform_integer(step, "missing_tasks"),
                         record->tasks_missing);
    conform_same_integer(why, "missing_coordinators", conform_integer(step, "missing_coordinators"),
                         record->coordinators_missing);
}

static void start(struct snap_checkpoint_record *record, struct snap_arena *arena,
                  const json_t *json)
{
    struct snap_checkpoint_shape shape = {
        .tasks = (uint32_t)conform_integer(json, "tasks"),
        .coordinators = (uint32_t)conform_integer(json, "coordinators"),
        .hooks = (uint32_t)conform_integer(json, "hooks"),
    };
    struct snap_plan_vertex vertex = {0, shape.tasks};
    struct snap_plan_graph graph = {
        .vertices = &vertex, .vertex_count = 1, .task_count = shape.tasks};
    const uint32_t *attempts = SNAP_ARENA_ARRAY(arena, uint32_t, shape.tasks);

    snap_checkpoint_record_init(record, arena, &shape);
    snap_checkpoint_plan_init(&record->plan, arena, &graph);
    for (uint32_t i = 0; i < shape.tasks; i++)
        record->plan.wait_for[record->plan.wait_for_count++] = i;
    snap_checkpoint_record_start(record, attempts);
}

void conform_pending_unit(const json_t *json, struct snap_text *why)
{
    struct snap_checkpoint_record record;
    struct snap_arena arena;
    json_t *step;
    size_t i;

    snap_arena_init(&arena);
    start(&record, &arena, json);
    json_array_foreach(conform_array(json, "steps"), i, step)
    {
        run_step(&record, step, why);
        if (why->length) {
            snap_text_printf(why, "at step %zu\n", i);
            break;
        }
    }
    snap_arena_fini(&arena);
}
