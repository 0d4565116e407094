// SPDX-License-Identifier: Apache-2.0
#include "trace/writer.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "model/names.h"

enum { BUFFER_BYTES = 1 << 16 };

/* ---- header ---- */

static const char *value_kind_name(enum snap_value_kind kind)
{
    return kind == SNAP_VALUE_STRING ? "string" : "long";
}

static void add_operator(struct snap_json *json, const struct snap_trace_run *run,
                         const struct snap_operator *op)
{
    char id[33];

    snap_id_text(&op->id, id);
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "uid", op->uid);
    snap_json_string(json, "name", op->name);
    snap_json_string(json, "id", id);
    snap_json_number(json, "parallelism", op->parallelism);
    snap_json_number(json, "splits", op->split_count);
    if (run->execution > 0)
        snap_json_number(json, "split_first", op->split_first);
    snap_json_string(json, "key", value_kind_name(op->schema.key));
    snap_json_string(json, "value", value_kind_name(op->schema.value));
    if (op->sink_view != SNAP_SINK_APPENDS)
        snap_json_string(json, "sink", snap_sink_view_name(op->sink_view));
    snap_json_object_end(json);
}

static void add_vertex(struct snap_json *json, const struct snap_job *job,
                       const struct snap_vertex *vertex)
{
    char id[33];

    snap_id_text(&vertex->id, id);
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "uid", job->operators[vertex->operators[0]].uid);
    snap_json_string(json, "name", vertex->name);
    snap_json_string(json, "id", id);
    snap_json_number(json, "parallelism", vertex->parallelism);
    snap_json_number(json, "max_parallelism", vertex->max_parallelism);
    snap_json_array_begin(json, "operators");
    for (uint32_t i = 0; i < vertex->operator_count; i++)
        snap_json_string(json, NULL, job->operators[vertex->operators[i]].uid);
    snap_json_array_end(json);
    snap_json_object_end(json);
}

static void add_edge(struct snap_json *json, const struct snap_job *job,
                     const struct snap_edge *edge)
{
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "from", job->operators[edge->producer].uid);
    snap_json_string(json, "to", job->operators[edge->consumer].uid);
    snap_json_number(json, "input", edge->input);
    snap_json_string(json, "ship", snap_ship_name(edge->ship));
    snap_json_bool(json, "chained", edge->chained);
    snap_json_object_end(json);
}

void snap_trace_header_text(struct snap_text *text, const struct snap_trace_run *run)
{
    const struct snap_simulation *simulation = run->simulation;
    const struct snap_job *job = run->job ? run->job : simulation->job;
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_COMPACT);
    snap_json_object_begin(&json, NULL);
    snap_json_string(&json, "snapsim", run->program_version);
    snap_json_number(&json, "version", SNAP_TRACE_VERSION);
    snap_json_string(&json, "scenario", simulation->name);
    snap_json_string(&json, "variant", simulation->variant);
    snap_json_unsigned(&json, "seed", simulation->seed);
    snap_json_string(&json, "runtime", snap_runtime_kind_name(run->runtime));
    snap_json_string(&json, "level", snap_trace_level_name(run->level));
    snap_json_string(&json, "flink_version", snap_flink_version_name(simulation->config.version));
    if (run->execution > 0)
        snap_json_number(&json, "execution", run->execution);
    snap_json_array_begin(&json, "operators");
    for (uint32_t i = 0; i < job->operator_count; i++)
        add_operator(&json, run, &job->operators[i]);
    snap_json_array_end(&json);
    snap_json_array_begin(&json, "vertices");
    for (uint32_t i = 0; i < job->vertex_count; i++)
        add_vertex(&json, job, &job->vertices[i]);
    snap_json_array_end(&json);
    snap_json_array_begin(&json, "edges");
    for (uint32_t i = 0; i < job->edge_count; i++)
        add_edge(&json, job, &job->edges[i]);
    snap_json_array_end(&json);
    snap_json_object_end(&json);
}

/* ---- file ---- */

static void flush(struct snap_trace_writer *writer)
{
    size_t length = writer->buffer.length;

    /* Nothing behind a hole: what stands in the file are the first events. */
    if (length > 0 && writer->error.code == SNAP_OK &&
        fwrite(writer->buffer.data, 1, length, writer->file) != length)
        snap_error_set(&writer->error, SNAP_ERROR_IO, "cannot write %s: %s", writer->path,
                       strerror(errno));
    snap_text_clear(&writer->buffer);
}

bool snap_trace_writer_open(struct snap_trace_writer *writer, const char *path,
                            const struct snap_trace_run *run, struct snap_error *error)
{
    memset(writer, 0, sizeof(*writer));
    snap_arena_init(&writer->scratch);
    snprintf(writer->path, sizeof(writer->path), "%s", path);
    writer->run = *run;
    writer->job = run->simulation->job;
    writer->level = run->level;
    writer->file = fopen(path, "w");
    if (!writer->file)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot write %s: %s", path, strerror(errno));
    snap_trace_header_text(&writer->buffer, run);
    snap_text_add(&writer->buffer, "\n", 1);
    return true;
}

bool snap_trace_writer_takes(const void *context, enum snap_event_type type)
{
    const struct snap_trace_writer *writer = context;

    return snap_event_info_get(type)->level <= writer->level;
}

void snap_trace_writer_event(void *context, const struct snap_event *event)
{
    struct snap_trace_writer *writer = context;

    if (!snap_trace_writer_takes(writer, event->type) || writer->error.code != SNAP_OK)
        return;
    snap_trace_event_text(&writer->buffer, writer->job, event, &writer->scratch);
    snap_text_add(&writer->buffer, "\n", 1);
    writer->events++;
    if (writer->buffer.length >= BUFFER_BYTES)
        flush(writer);
}

void snap_trace_writer_execution(struct snap_trace_writer *writer, uint32_t execution,
                                 const struct snap_job *job)
{
    writer->run.execution = execution;
    writer->run.job = job;
    writer->job = job;
    snap_trace_header_text(&writer->buffer, &writer->run);
    snap_text_add(&writer->buffer, "\n", 1);
}

bool snap_trace_writer_close(struct snap_trace_writer *writer, struct snap_error *error)
{
    bool good;

    if (!writer->file)
        return true;
    flush(writer);
    if (fclose(writer->file) != 0)
        snap_error_set(&writer->error, SNAP_ERROR_IO, "cannot write %s: %s", writer->path,
                       strerror(errno));
    good = writer->error.code == SNAP_OK;
    if (!good)
        snap_error_set(error, writer->error.code, "%s", writer->error.message);
    snap_text_fini(&writer->buffer);
    snap_arena_fini(&writer->scratch);
    memset(writer, 0, sizeof(*writer));
    return good;
}
