// SPDX-License-Identifier: Apache-2.0
#include "trace/reader_header.h"

#include <string.h>

#include "model/names.h"
#include "trace/writer.h"

enum { PARALLELISM_MAX = 1 << 20 };

static bool refuse(struct snap_error *error, const char *what)
{
    return snap_error_set(error, SNAP_ERROR_IO, "not a trace of snapsim: %s in its header", what);
}

/* Returns an arena copy of a string member, NULL if it is none. */
static const char *text_of(struct snap_trace_reader *reader, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? snap_arena_strdup(&reader->arena, text) : NULL;
}

static uint32_t count_of(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));

    return value < 0 || value > PARALLELISM_MAX ? 0 : (uint32_t)value;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void read_id(const json_t *object, struct snap_operator_id *id)
{
    const char *text = json_string_value(json_object_get(object, "id"));

    if (!text || strlen(text) != 2 * sizeof(id->bytes))
        return;
    for (size_t i = 0; i < sizeof(id->bytes); i++) {
        int high = hex_digit(text[2 * i]);
        int low = hex_digit(text[2 * i + 1]);

        if (high >= 0 && low >= 0)
            id->bytes[i] = (uint8_t)(high * 16 + low);
    }
}

static enum snap_value_kind value_kind(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && strcmp(text, "string") == 0 ? SNAP_VALUE_STRING : SNAP_VALUE_LONG;
}

static const struct snap_operator *find_operator(const struct snap_job *job, const json_t *uid)
{
    const char *text = json_string_value(uid);

    for (uint32_t i = 0; text && i < job->operator_count; i++)
        if (strcmp(job->operators[i].uid, text) == 0)
            return &job->operators[i];
    return NULL;
}

/* A trace says nothing of a sink that appends, nor of what is none. */
static enum snap_sink_view sink_view(const json_t *from)
{
    const char *text = json_string_value(json_object_get(from, "sink"));

    for (unsigned view = 0; text && view <= SNAP_SINK_COMMITS; view++)
        if (strcmp(text, snap_sink_view_name((enum snap_sink_view)view)) == 0)
            return (enum snap_sink_view)view;
    return SNAP_SINK_APPENDS;
}

static bool read_operators(struct snap_trace_reader *reader, const json_t *list,
                           struct snap_error *error)
{
    struct snap_job *job = reader->job;

    job->operator_count = (uint32_t)json_array_size(list);
    job->operators = SNAP_ARENA_ARRAY(&reader->arena, struct snap_operator, job->operator_count);
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const json_t *from = json_array_get(list, i);
        struct snap_operator *op = &job->operators[i];

        op->index = i;
        op->uid = text_of(reader, from, "uid");
        op->name = text_of(reader, from, "name");
        op->parallelism = count_of(from, "parallelism");
        op->split_count = count_of(from, "splits");
        op->split_first =
            json_object_get(from, "split_first") ? count_of(from, "split_first") : job->split_count;
        if (op->split_first + op->split_count > job->split_count)
            job->split_count = op->split_first + op->split_count;
        op->schema.key = value_kind(from, "key");
        op->schema.value = value_kind(from, "value");
        op->sink_view = sink_view(from);
        read_id(from, &op->id);
        if (!op->uid || op->parallelism == 0) {
            job->operator_count = i;
            return refuse(error, "an operator without uid or parallelism");
        }
    }
    return true;
}

static bool read_vertex(struct snap_trace_reader *reader, const json_t *from,
                        struct snap_vertex *vertex, struct snap_error *error)
{
    const json_t *list = json_object_get(from, "operators");
    uint32_t count = (uint32_t)json_array_size(list);
    uint32_t *operators = SNAP_ARENA_ARRAY(&reader->arena, uint32_t, count);
    struct snap_job *job = reader->job;

    vertex->name = text_of(reader, from, "name");
    vertex->parallelism = count_of(from, "parallelism");
    vertex->max_parallelism = count_of(from, "max_parallelism");
    vertex->task_first = job->task_count;
    vertex->operators = operators;
    vertex->operator_count = count;
    read_id(from, &vertex->id);
    if (count == 0 || vertex->parallelism == 0)
        return refuse(error, "a vertex without operators or parallelism");
    for (uint32_t i = 0; i < count; i++) {
        const struct snap_operator *op = find_operator(job, json_array_get(list, i));

        if (!op)
            return refuse(error, "a vertex with an unknown operator");
        operators[i] = op->index;
        job->operators[op->index].vertex = vertex->index;
    }
    job->task_count += vertex->parallelism;
    return job->task_count <= PARALLELISM_MAX || refuse(error, "too many subtasks");
}

static bool read_vertices(struct snap_trace_reader *reader, const json_t *list,
                          struct snap_error *error)
{
    struct snap_job *job = reader->job;
    uint32_t count = (uint32_t)json_array_size(list);

    if (count == 0)
        return refuse(error, "no vertices");
    job->vertices = SNAP_ARENA_ARRAY(&reader->arena, struct snap_vertex, count);
    for (; job->vertex_count < count; job->vertex_count++) {
        struct snap_vertex *vertex = &job->vertices[job->vertex_count];

        vertex->index = job->vertex_count;
        if (!read_vertex(reader, json_array_get(list, vertex->index), vertex, error))
            return false;
    }
    return true;
}

static enum snap_ship read_ship(const json_t *edge)
{
    const char *text = json_string_value(json_object_get(edge, "ship"));

    for (unsigned ship = 0; text && ship <= SNAP_SHIP_CUSTOM; ship++)
        if (strcmp(text, snap_ship_name((enum snap_ship)ship)) == 0)
            return (enum snap_ship)ship;
    return SNAP_SHIP_FORWARD;
}

static bool read_edges(struct snap_trace_reader *reader, const json_t *list,
                       struct snap_error *error)
{
    struct snap_job *job = reader->job;
    uint32_t count = (uint32_t)json_array_size(list);

    job->edges = SNAP_ARENA_ARRAY(&reader->arena, struct snap_edge, count);
    for (; job->edge_count < count; job->edge_count++) {
        const json_t *from = json_array_get(list, job->edge_count);
        const struct snap_operator *producer = find_operator(job, json_object_get(from, "from"));
        const struct snap_operator *consumer = find_operator(job, json_object_get(from, "to"));
        struct snap_edge *edge = &job->edges[job->edge_count];

        if (!producer || !consumer)
            return refuse(error, "an edge with an unknown operator");
        edge->index = job->edge_count;
        edge->producer = producer->index;
        edge->consumer = consumer->index;
        edge->input = count_of(from, "input");
        edge->ship = read_ship(from);
        edge->chained = json_is_true(json_object_get(from, "chained"));
    }
    return true;
}

bool snap_trace_reader_header(struct snap_trace_reader *reader, const json_t *root,
                              struct snap_error *error)
{
    struct snap_trace_header *header = &reader->header;
    json_int_t version = json_integer_value(json_object_get(root, "version"));
    const char *level = json_string_value(json_object_get(root, "level"));

    if (!json_object_get(root, "snapsim"))
        return refuse(error, "no member \"snapsim\"");
    if (version != SNAP_TRACE_VERSION)
        return snap_error_set(error, SNAP_ERROR_IO,
                              "trace format %lld is not known (this snapsim reads %d)",
                              (long long)version, SNAP_TRACE_VERSION);
    header->scenario = text_of(reader, root, "scenario");
    header->variant = text_of(reader, root, "variant");
    header->runtime = text_of(reader, root, "runtime");
    header->seed = (uint64_t)json_integer_value(json_object_get(root, "seed"));
    if (!header->scenario || !level || !snap_trace_level_parse(level, &header->level))
        return refuse(error, "no scenario or level");
    reader->execution = (uint32_t)json_integer_value(json_object_get(root, "execution"));
    reader->job = SNAP_ARENA_NEW(&reader->arena, struct snap_job);
    reader->job->name = header->scenario;
    return read_operators(reader, json_object_get(root, "operators"), error) &&
           read_vertices(reader, json_object_get(root, "vertices"), error) &&
           read_edges(reader, json_object_get(root, "edges"), error);
}
