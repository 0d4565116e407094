// SPDX-License-Identifier: Apache-2.0
#include "coordinator_rig.h"

#include <string.h>

#include "base/check.h"

enum { TASKS_MAX = 1 << 16 };

static snap_ns ms_or(const json_t *object, const char *key, snap_ns otherwise)
{
    int64_t value = conform_integer_or(object, key, -1);

    return value < 0 ? otherwise : value * SNAP_MS;
}

static void make_graph(struct coordinator_rig *rig, const json_t *config)
{
    uint32_t sources = (uint32_t)conform_integer(config, "source_vertices");
    uint32_t others = (uint32_t)conform_integer(config, "other_vertices");
    struct snap_plan_vertex *vertices =
        SNAP_ARENA_ARRAY(&rig->arena, struct snap_plan_vertex, sources + others);
    struct snap_plan_edge *edges =
        SNAP_ARENA_ARRAY(&rig->arena, struct snap_plan_edge, sources * others);

    for (uint32_t v = 0; v < sources + others; v++) {
        const char *key = v < sources ? "source_parallelism" : "other_parallelism";

        vertices[v].first_task = rig->graph.task_count;
        vertices[v].parallelism = (uint32_t)conform_integer(config, key);
        rig->graph.task_count += vertices[v].parallelism;
    }
    SNAP_CHECK(rig->graph.task_count < TASKS_MAX);
    for (uint32_t s = 0; s < sources; s++)
        for (uint32_t o = 0; o < others; o++)
            edges[rig->graph.edge_count++] =
                (struct snap_plan_edge){.from = s, .to = sources + o, .all_to_all = true};
    rig->graph.vertices = vertices;
    rig->graph.edges = edges;
    rig->graph.vertex_count = sources + others;
}

static struct snap_coordinator_config read_config(const struct coordinator_rig *rig,
                                                  const json_t *config)
{
    return (struct snap_coordinator_config){
        .graph = &rig->graph,
        .operator_coordinators = (uint32_t)conform_integer(config, "coordinators"),
        .interval_ns = ms_or(config, "interval", SNAP_NEVER),
        .interval_backlog_ns = ms_or(config, "interval_during_backlog", SNAP_NEVER),
        .min_pause_ns = ms_or(config, "min_pause", 0),
        .timeout_ns = ms_or(config, "timeout", SNAP_NEVER),
        .aligned_timeout_ns = ms_or(config, "aligned_timeout", 0),
        .concurrent_max = (uint32_t)conform_integer(config, "max_concurrent"),
        .tolerable = (uint32_t)conform_integer_or(config, "tolerable", SNAP_TOLERABLE_UNLIMITED),
        .mode = conform_boolean(config, "exactly_once") ? SNAP_MODE_EXACTLY_ONCE
                                                        : SNAP_MODE_AT_LEAST_ONCE,
        .unaligned = conform_boolean(config, "unaligned"),
        .after_tasks_finish = true,
        .start_rule = SNAP_START_PAUSE_LATER,
        .store = {.kind = SNAP_STORE_STANDALONE,
                  .retention = SNAP_RETAIN_NONE,
                  .retained_max = (uint32_t)conform_integer(config, "retained")},
    };
}

void coordinator_rig_init(struct coordinator_rig *rig, const json_t *config)
{
    struct snap_coordinator_config settings;

    memset(rig, 0, sizeof(*rig));
    snap_arena_init(&rig->arena);
    make_graph(rig, config);
    settings = read_config(rig, config);
    snap_coordinator_init(&rig->coordinator, &rig->arena, &settings);
    rig->initial_delay_ns = ms_or(config, "initial_delay", 0);
    for (uint32_t task = 0; task < rig->graph.task_count; task++) {
        struct snap_task_report status = {task, RIG_ATTEMPT, SNAP_PLAN_RUNNING};

        snap_coordinator_task_status(&rig->coordinator, 0, &status);
    }
}

void coordinator_rig_fini(struct coordinator_rig *rig)
{
    snap_arena_fini(&rig->arena);
}

void *coordinator_rig_handle(snap_checkpoint_id checkpoint, uint32_t task)
{
    return (void *)(uintptr_t)((uint64_t)checkpoint * TASKS_MAX + task + 1);
}

json_t *coordinator_rig_ids(const struct snap_record_list *list)
{
    json_t *ids = json_array();

    for (const struct snap_checkpoint_record *at = list->first; at; at = at->next)
        json_array_append_new(ids, json_integer(at->id));
    return ids;
}
