// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <string.h>

#include "base/check.h"
#include "protocol/channel_state_rescale.h"

enum { GATE_MAX = 8, CONSUMER = 0 }; /* the vertex behind all edges; producers follow it */

/* A case as the machine takes it. */
struct rig {
    const json_t *json;
    struct snap_rescaled_vertex vertices[GATE_MAX + 1];
    struct snap_rescaled_edge edges[GATE_MAX];
    struct snap_channel_plan plans[GATE_MAX];
    struct snap_channel_state_rescale in;
};

static uint32_t number(const json_t *json, const char *key)
{
    return (uint32_t)conform_integer(json, key);
}

static const struct snap_partitioner *partitioner_named(const char *name)
{
    for (enum snap_ship ship = SNAP_SHIP_FORWARD; ship <= SNAP_SHIP_CUSTOM; ship++)
        if (!strcmp(snap_partitioner_of(ship)->name, name))
            return snap_partitioner_of(ship);
    SNAP_CHECK(false);
    return NULL;
}

static enum snap_subtask_mapper mapper_named(const char *name)
{
    for (enum snap_subtask_mapper m = SNAP_MAPPER_ARBITRARY; m <= SNAP_MAPPER_UNSUPPORTED; m++)
        if (!strcmp(snap_subtask_mapper_name(m), name))
            return m;
    SNAP_CHECK(false);
    return SNAP_MAPPER_UNSUPPORTED;
}

static json_t *list_of(struct snap_subtask_run run)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < run.count; i++)
        json_array_append_new(list, json_integer(snap_subtask_run_at(run, i)));
    return list;
}

/* Compares and gives the actual value back. */
static void same(struct snap_text *why, const char *where, const json_t *expected, json_t *actual)
{
    conform_same_json(why, where, expected, actual);
    json_decref(actual);
}

static void compare_partitioners(const json_t *json, struct snap_text *why)
{
    json_t *row;
    size_t i;

    json_array_foreach(conform_array(json, "rows"), i, row)
    {
        const struct snap_partitioner *p = partitioner_named(conform_string(row, "partitioner"));

        same(why, p->name, row,
             json_pack("{s:s,s:s,s:s,s:b,s:b,s:b}", "partitioner", p->name, "upstream_mapper",
                       snap_subtask_mapper_name(p->producer_mapper), "downstream_mapper",
                       snap_subtask_mapper_name(p->consumer_mapper), "pointwise", p->pointwise,
                       "broadcast", p->broadcast, "supports_unaligned_checkpoint",
                       p->supports_unaligned));
    }
}

static void compare_mappers(const json_t *json, struct snap_text *why)
{
    json_t *row;
    size_t i;

    json_array_foreach(conform_array(json, "rows"), i, row)
    {
        const char *name = conform_string(row, "mapper");

        same(why, name, json_object_get(row, "may_be_ambiguous"),
             json_boolean(snap_subtask_mapper_is_ambiguous(mapper_named(name))));
    }
}

static void play_mapper(const json_t *json, struct snap_text *why)
{
    struct snap_subtask_mapping mapping = {mapper_named(conform_string(json, "mapper")),
                                           number(json, "old_parallelism"),
                                           number(json, "new_parallelism")};
    json_t *new_to_old = json_array();
    json_t *several = json_array();

    conform_same_string(why, "error", conform_string_or(json, "error", NULL) ? "yes" : "no",
                        mapping.mapper == SNAP_MAPPER_UNSUPPORTED ? "yes" : "no");
    if (mapping.mapper == SNAP_MAPPER_UNSUPPORTED) {
        json_decref(new_to_old);
        json_decref(several);
        return;
    }
    for (uint32_t n = 0; n < mapping.new_parallelism; n++)
        json_array_append_new(new_to_old, list_of(snap_subtask_mapping_old(&mapping, n)));
    for (uint32_t o = 0; o < mapping.old_parallelism; o++)
        if (snap_subtask_mapping_new(&mapping, o).count > 1)
            json_array_append_new(several, json_integer(o));
    same(why, "new_to_old", conform_array(json, "new_to_old"), new_to_old);
    same(why, "old_fed_to_several_new", conform_array(json, "old_fed_to_several_new"), several);
    same(why, "identity", json_object_get(json, "identity"),
         json_boolean(snap_subtask_mapping_is_identity(&mapping)));
}

static void read_case(struct rig *rig)
{
    const json_t *json = rig->json;
    json_t *upstream;
    size_t g;

    rig->vertices[CONSUMER] = (struct snap_rescaled_vertex){
        "downstream", number(json, "old_parallelism"), number(json, "new_parallelism")};
    json_array_foreach(conform_array(json, "upstreams"), g, upstream)
    {
        SNAP_CHECK(g < GATE_MAX);
        rig->vertices[g + 1] = (struct snap_rescaled_vertex){
            "upstream", number(upstream, "old_parallelism"), number(upstream, "new_parallelism")};
        rig->edges[g] = (struct snap_rescaled_edge){
            .producer = (uint32_t)g + 1,
            .consumer = CONSUMER,
            .partitioner = partitioner_named(conform_string(upstream, "partitioner")),
            .has_input_state = conform_boolean(upstream, "input_channel_state"),
            .has_output_state = conform_boolean(upstream, "output_channel_state"),
        };
        rig->in.edge_count++;
    }
    rig->in.vertices = rig->vertices;
    rig->in.vertex_count = rig->in.edge_count + 1;
    rig->in.edges = rig->edges;
    rig->in.recovery = conform_boolean(json, "recover_output_on_downstream")
                           ? SNAP_OUTPUT_AT_CONSUMER
                           : SNAP_OUTPUT_AT_PRODUCER;
}

/* The pairs that one new channel is split into. */
static json_t *virtual_channels(const struct snap_channel_plan *plan, uint32_t subtask, uint32_t c)
{
    struct snap_subtask_run consumers = snap_channel_old_consumers(plan, subtask);
    struct snap_subtask_run channels = snap_channel_old_channels(plan, c);
    json_t *list = json_array();

    for (uint32_t s = 0; s < consumers.count; s++)
        for (uint32_t k = 0; k < channels.count; k++) {
            uint32_t consumer = snap_subtask_run_at(consumers, s);

            json_array_append_new(list,
                                  json_pack("{s:i,s:i,s:b}", "old_subtask", (int)consumer,
                                            "old_channel", (int)snap_subtask_run_at(channels, k),
                                            "filtered", snap_channel_is_filtered(plan, consumer)));
        }
    return list;
}

static json_t *gate(const struct rig *rig, uint32_t g, uint32_t subtask)
{
    const struct snap_channel_plan *plan = &rig->plans[g];
    json_t *channels = json_array();
    json_t *filtered = json_array();
    json_t *split = json_array();

    for (uint32_t c = 0; c < plan->producers.new_parallelism; c++) {
        json_array_append_new(channels, list_of(snap_channel_old_channels(plan, c)));
        json_array_append_new(split, virtual_channels(plan, subtask, c));
    }
    for (uint32_t s = 0; s < plan->consumers.old_parallelism; s++)
        if (snap_channel_is_filtered(plan, s))
            json_array_append_new(filtered, json_integer(s));
    return json_pack("{s:b,s:o,s:o,s:o,s:o}", "rescaling", true, "old_subtasks",
                     list_of(snap_channel_old_consumers(plan, subtask)),
                     "old_channels_of_new_channel", channels, "filtered_old_subtasks", filtered,
                     "virtual_channels", split);
}

static json_t *gates(const struct rig *rig, uint32_t subtask)
{
    bool rescales = snap_channel_input_rescales(&rig->in, rig->plans, CONSUMER, subtask);
    json_t *list = json_array();

    for (uint32_t g = 0; g < rig->in.edge_count; g++)
        json_array_append_new(list, rescales ? gate(rig, g, subtask)
                                             : json_pack("{s:b}", "rescaling", false));
    return list;
}

static json_t *input_handles(const struct rig *rig, uint32_t subtask)
{
    json_t *list = json_array();

    for (uint32_t g = 0; g < rig->in.edge_count; g++) {
        const struct snap_channel_plan *plan = &rig->plans[g];
        struct snap_subtask_run from = snap_channel_input_sources(plan, subtask);

        for (uint32_t s = 0; s < from.count && rig->edges[g].has_input_state; s++)
            for (uint32_t c = 0; c < plan->producers.old_parallelism; c++)
                json_array_append_new(
                    list, json_pack("[i,i,i]", (int)g, (int)snap_subtask_run_at(from, s), (int)c));
    }
    return list;
}

static bool is_in(struct snap_subtask_run run, uint32_t subtask)
{
    for (uint32_t i = 0; i < run.count; i++)
        if (snap_subtask_run_at(run, i) == subtask)
            return true;
    return false;
}

/* Output data that consumers restore, in the order of (gate, old subpartition, old producer). */
static json_t *handed_on(const struct rig *rig, uint32_t subtask)
{
    json_t *list = json_array();

    for (uint32_t g = 0; g < rig->in.edge_count; g++) {
        const struct snap_channel_plan *plan = &rig->plans[g];

        if (!rig->edges[g].has_output_state || rig->in.recovery != SNAP_OUTPUT_AT_CONSUMER)
            continue;
        for (uint32_t d = 0; d < plan->consumers.old_parallelism; d++)
            for (uint32_t p = 0; p < plan->producers.old_parallelism; p++)
                if (is_in(snap_channel_new_subpartitions(plan, d), subtask))
                    json_array_append_new(list, json_pack("[i,i,i]", (int)g, (int)d, (int)p));
    }
    return list;
}

static json_t *downstream(const struct rig *rig)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < rig->vertices[CONSUMER].new_parallelism; i++)
        json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "gates", gates(rig, i),
                                              "input_handles", input_handles(rig, i),
                                              "upstream_output_handles", handed_on(rig, i)));
    return list;
}

static json_t *output_handles(const struct rig *rig, uint32_t g, uint32_t subtask)
{
    const struct snap_channel_plan *plan = &rig->plans[g];
    struct snap_subtask_run from = snap_channel_output_sources(plan, subtask);
    json_t *list = json_array();

    if (!rig->edges[g].has_output_state || rig->in.recovery == SNAP_OUTPUT_AT_CONSUMER)
        return list;
    for (uint32_t p = 0; p < from.count; p++)
        for (uint32_t d = 0; d < plan->consumers.old_parallelism; d++)
            json_array_append_new(list,
                                  json_pack("[i,i]", (int)snap_subtask_run_at(from, p), (int)d));
    return list;
}

static json_t *producer(const struct rig *rig, uint32_t g, uint32_t subtask)
{
    const struct snap_channel_plan *plan = &rig->plans[g];
    json_t *handles = output_handles(rig, g, subtask);
    json_t *targets;

    if (!snap_channel_output_rescales(&rig->in, rig->plans, g + 1, subtask))
        return json_pack("{s:b,s:o}", "rescaling", false, "output_handles", handles);
    targets = json_array();
    for (uint32_t d = 0; d < plan->consumers.old_parallelism; d++)
        json_array_append_new(targets, list_of(snap_channel_new_subpartitions(plan, d)));
    return json_pack("{s:b,s:o,s:o,s:o}", "rescaling", true, "old_subtasks",
                     list_of(snap_channel_old_producers(plan, subtask)), "new_subpartitions_of_old",
                     targets, "output_handles", handles);
}

static json_t *upstream(const struct rig *rig)
{
    json_t *all = json_array();

    for (uint32_t g = 0; g < rig->in.edge_count; g++) {
        json_t *list = json_array();

        for (uint32_t i = 0; i < rig->vertices[g + 1].new_parallelism; i++)
            json_array_append_new(list, producer(rig, g, i));
        json_array_append_new(all, list);
    }
    return all;
}

static void play_assignment(const json_t *json, struct snap_text *why)
{
    struct rig rig = {.json = json};
    struct snap_error error = {0};
    bool ok;

    read_case(&rig);
    ok = snap_channel_state_rescale(&rig.in, rig.plans, &error);
    if (!conform_same_string(why, "error", conform_string_or(json, "error", NULL) ? "yes" : "no",
                             ok ? "no" : "yes") ||
        !ok)
        return;
    same(why, "downstream_new_subtasks", conform_array(json, "downstream_new_subtasks"),
         downstream(&rig));
    same(why, "upstream_new_subtasks", conform_array(json, "upstream_new_subtasks"),
         upstream(&rig));
}

enum conform_result conform_channel_state_rescale_case(const struct conform_case *at,
                                                       struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");

    if (!strcmp(kind, "partitioner_table"))
        compare_partitioners(at->json, why);
    else if (!strcmp(kind, "mapper_table"))
        compare_mappers(at->json, why);
    else if (!strcmp(kind, "mapper"))
        play_mapper(at->json, why);
    else if (!strcmp(kind, "assignment"))
        play_assignment(at->json, why);
    else
        return conform_skip(why, kind);
    return conform_verdict(why);
}
