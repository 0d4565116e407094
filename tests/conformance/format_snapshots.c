// SPDX-License-Identifier: Apache-2.0
/* format_snapshots.c: whole snapshots with all state inside the metadata, and generated ids. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "flink/keyed_file.h"
#include "flink/metadata.h"
#include "flink/operator_file.h"
#include "flink/source_state.h"
#include "format_json.h"
#include "format_vectors.h"
#include "model/generated_id.h"

enum { NODES_MAX = 64 };

/* Nodes in the order of their numbers, edges as their targets name them. */
struct graph {
    struct snap_job job;
    struct snap_operator operators[NODES_MAX];
    struct snap_edge edges[NODES_MAX];
    uint32_t in[NODES_MAX][NODES_MAX];
    uint32_t out[NODES_MAX][NODES_MAX];
    int numbers[NODES_MAX];
};

static int compare_numbers(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

static uint32_t find_node(const struct graph *graph, json_int_t number)
{
    for (uint32_t i = 0; i < graph->job.operator_count; i++)
        if (graph->numbers[i] == number)
            return i;
    SNAP_CHECK(!"the node is there");
    return 0;
}

static json_t *node_of(const json_t *nodes, int number)
{
    char key[16];

    snprintf(key, sizeof(key), "%d", number);
    return json_object_get(nodes, key);
}

static void add_edge(struct graph *graph, uint32_t from, const json_t *target)
{
    struct snap_edge *edge = &graph->edges[graph->job.edge_count];
    struct snap_operator *producer = &graph->operators[from];

    edge->index = graph->job.edge_count++;
    edge->producer = from;
    edge->consumer = find_node(graph, json_integer_value(json_array_get(target, 0)));
    edge->chained = json_is_true(json_array_get(target, 1));
    graph->out[from][producer->out_edge_count++] = edge->index;
}

/* The order of a node's inputs is that of its list. */
static void order_inputs(struct graph *graph, uint32_t node, const json_t *sources)
{
    struct snap_operator *consumer = &graph->operators[node];
    size_t i;
    json_t *source;

    json_array_foreach(sources, i, source)
    {
        uint32_t from = find_node(graph, json_integer_value(source));

        for (uint32_t e = 0; e < graph->job.edge_count; e++)
            if (graph->edges[e].producer == from && graph->edges[e].consumer == node)
                graph->in[node][consumer->in_edge_count++] = e;
    }
}

static void build_graph(struct graph *graph, json_t *nodes)
{
    const char *key;
    json_t *node, *target;
    size_t i;

    graph->job.operators = graph->operators;
    graph->job.edges = graph->edges;
    json_object_foreach(nodes, key, node) graph->numbers[graph->job.operator_count++] = atoi(key);
    SNAP_CHECK(graph->job.operator_count <= NODES_MAX);
    qsort(graph->numbers, graph->job.operator_count, sizeof(int), compare_numbers);
    for (uint32_t n = 0; n < graph->job.operator_count; n++) {
        struct snap_operator *op = &graph->operators[n];
        const char *uid =
            json_string_value(json_object_get(node_of(nodes, graph->numbers[n]), "uid"));

        op->index = n;
        op->id_generated = !uid;
        if (uid)
            op->id = snap_operator_id_of_uid(uid, strlen(uid));
        op->in_edges = graph->in[n];
        op->out_edges = graph->out[n];
        json_array_foreach(json_object_get(node_of(nodes, graph->numbers[n]), "out"), i, target)
        {
            add_edge(graph, n, target);
        }
    }
    for (uint32_t n = 0; n < graph->job.operator_count; n++)
        order_inputs(graph, n, json_object_get(node_of(nodes, graph->numbers[n]), "in"));
}

enum conform_result conform_generated_ids_case(const struct conform_case *at, struct snap_text *why)
{
    struct graph *graph = calloc(1, sizeof(*graph));
    json_t *ids = json_object_get(at->json, "ids");
    struct snap_arena arena = {0};

    SNAP_CHECK(graph);
    build_graph(graph, json_object_get(at->json, "nodes"));
    snap_operator_ids_generate(&graph->job, &arena);
    for (uint32_t n = 0; n < graph->job.operator_count; n++) {
        char text[SNAP_OPERATOR_ID_TEXT_BYTES];
        char number[16];

        snprintf(number, sizeof(number), "%d", graph->numbers[n]);
        snap_operator_id_format(&graph->operators[n].id, text);
        conform_same_string(why, number, conform_string(ids, number), text);
    }
    snap_arena_fini(&arena);
    free(graph);
    return conform_verdict(why);
}

/* A subtask of a snapshot beside what the vectors say of it. */
struct beside {
    struct snap_arena arena;
    struct snap_error error;
    struct snap_text *why;
    const struct snap_metadata_operator *of;
};

static void compare_lists(struct beside *beside, const struct snap_operator_handle *handle,
                          const json_t *expected)
{
    struct snap_operator_reader reader = {.error = &beside->error};
    const json_t *state;
    size_t i;

    if (!snap_operator_reader_open(&reader, handle->stream.data, handle, &beside->arena))
        return;
    json_array_foreach(json_object_get(expected, "states"), i, state)
    {
        json_t *values = json_array();
        struct snap_datum datum;

        for (uint32_t l = 0; l < handle->list_count; l++) {
            const struct snap_list_place *list = &handle->lists[l];

            if (!snap_bytes_are(list->name, conform_string(state, "name")))
                continue;
            for (uint32_t e = 0; e < list->offset_count; e++) {
                if (!snap_operator_reader_datum(&reader, list, list->offsets[e], &beside->arena,
                                                &datum))
                    continue;
                if (list->mode == SNAP_LIST_BROADCAST) {
                    json_decref(values);
                    values = format_json_datum(&datum);
                } else {
                    json_array_append_new(values, format_json_datum(&datum));
                }
            }
        }
        conform_same_json(beside->why, conform_string(state, "name"),
                          json_object_get(state, "values"), values);
        json_decref(values);
    }
}

static json_t *entry_json(struct beside *beside, const struct snap_keyed_reader *reader,
                          const struct snap_keyed_item *item)
{
    struct snap_datum key, name_space, value, user_key;
    json_t *entry = json_object();

    if (!snap_keyed_item_key(reader, item, &beside->arena, &key) ||
        !snap_keyed_item_namespace(reader, item, &beside->arena, &name_space) ||
        !snap_keyed_item_user_key(reader, item, &beside->arena, &user_key) ||
        !snap_keyed_item_value(reader, item, &beside->arena, &value))
        return entry;
    json_object_set_new(entry, "key_group", json_integer(item->key_group));
    json_object_set_new(entry, "key", format_json_datum(&key));
    json_object_set_new(entry, "namespace", format_json_datum(&name_space));
    if (item->is_timer)
        json_object_set_new(entry, "timestamp", json_integer(item->time_ms));
    else if (item->user_key.count)
        json_object_set_new(
            entry, "value",
            json_pack("[[o,o]]", format_json_datum(&user_key), format_json_datum(&value)));
    else
        json_object_set_new(entry, "value", format_json_datum(&value));
    return entry;
}

/* Entries of a canonical map that belong to one key stand one after another. */
static void add_entry(json_t *entries, json_t *entry, bool is_part_of_map)
{
    json_t *last = json_array_get(entries, json_array_size(entries) - 1);

    if (is_part_of_map && last &&
        json_equal(json_object_get(last, "key"), json_object_get(entry, "key"))) {
        json_array_extend(json_object_get(last, "value"), json_object_get(entry, "value"));
        json_decref(entry);
    } else {
        json_array_append_new(entries, entry);
    }
}

static void compare_keyed(struct beside *beside, const struct snap_keyed_handle *handle,
                          const json_t *expected)
{
    struct snap_keyed_file file = {.data = handle->stream.data, .handle = handle};
    struct snap_keyed_reader reader;
    struct snap_keyed_item item;
    json_t *states = json_array();
    size_t i;
    json_t *state;

    file.max_parallelism = (uint32_t)beside->of->max_parallelism;
    if (snap_keyed_reader_open(&reader, &file, &beside->arena, &beside->error)) {
        for (uint32_t s = 0; s < reader.head.states.count; s++)
            json_array_append_new(states, json_array());
        while (snap_keyed_reader_next(&reader, &item))
            add_entry(json_array_get(states, item.state), entry_json(beside, &reader, &item),
                      item.user_key.count > 0);
    }
    json_array_foreach(json_object_get(expected, "states"), i, state)
    {
        conform_same_json(beside->why, conform_string(state, "name"),
                          json_object_get(state, "entries"), json_array_get(states, i));
    }
    json_decref(states);
}

static void compare_subtask(struct beside *beside, const struct snap_metadata_subtask *subtask,
                            const json_t *expected)
{
    const json_t *lists = json_object_get(expected, "operator_state");
    const json_t *keyed = json_object_get(expected, "keyed_state");

    conform_same_integer(beside->why, "index", conform_integer(expected, "index"), subtask->index);
    if (lists)
        compare_lists(beside, &subtask->managed_operator, lists);
    if (keyed)
        compare_keyed(beside, &subtask->managed_keyed, keyed);
    if (beside->error.code != SNAP_OK)
        snap_text_printf(beside->why, "%s\n", beside->error.message);
}

static void compare_coordinator(struct beside *beside, const json_t *expected)
{
    struct snap_coordinator_state state;
    json_t *enumerator;

    if (!json_is_object(expected))
        return;
    if (!snap_coordinator_state_read(beside->of->coordinator.data, &state)) {
        snap_text_add_string(beside->why, "the coordinator's state is not read\n");
        return;
    }
    conform_same_integer(beside->why, "enumerator version",
                         conform_integer(expected, "enumerator_version"), state.enumerator_version);
    enumerator = format_json_hex(state.enumerator);
    conform_same_json(beside->why, "enumerator", json_object_get(expected, "enumerator"),
                      enumerator);
    json_decref(enumerator);
}

static void compare_operators(struct beside *beside, const struct snap_metadata *metadata,
                              const json_t *expected)
{
    size_t i, j;
    json_t *of, *subtask;

    conform_same_integer(beside->why, "operators", (int64_t)json_array_size(expected),
                         metadata->operator_count);
    json_array_foreach(expected, i, of)
    {
        char id[SNAP_OPERATOR_ID_TEXT_BYTES];

        beside->of = &metadata->operators[i];
        snap_operator_id_format(&beside->of->id, id);
        conform_same_string(beside->why, "id", conform_string(of, "id"), id);
        compare_coordinator(beside, json_object_get(of, "coordinator_state"));
        json_array_foreach(json_object_get(of, "subtasks"), j, subtask)
        {
            compare_subtask(beside, &beside->of->subtasks[j], subtask);
        }
    }
}

enum conform_result conform_format_snapshot_case(const struct conform_case *at,
                                                 struct snap_text *why)
{
    struct beside beside = {.why = why};
    struct snap_byte_writer again;
    struct snap_metadata metadata;
    struct snap_bytes bytes = format_hex_read(&beside.arena, conform_string(at->json, "metadata"));

    snap_byte_writer_init(&again, &beside.arena, NULL);
    if (!snap_metadata_read(bytes, &beside.arena, &metadata, &beside.error)) {
        snap_text_printf(why, "%s\n", beside.error.message);
    } else {
        snap_metadata_write(&again, &metadata);
        if (!snap_bytes_equal(snap_byte_writer_bytes(&again), bytes))
            snap_text_add_string(why, "the metadata is written differently\n");
        compare_operators(&beside, &metadata,
                          json_object_get(json_object_get(at->json, "content"), "operators"));
    }
    snap_arena_fini(&beside.arena);
    return conform_verdict(why);
}
