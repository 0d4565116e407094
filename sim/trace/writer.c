// SPDX-License-Identifier: Apache-2.0
#include "trace/writer.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "model/names.h"
#include "model/sabotage.h"
#include "model/string_pool.h"

enum { BUFFER_BYTES = 1 << 16, HEX_DIGITS = 16 };

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

/* ---- events ---- */

/* What the arguments of one event need to be written. */
struct line {
    struct snap_json json;
    const struct snap_job *job;
    struct snap_arena *scratch;
    const struct snap_operator *op; /* named by an argument to the left, or NULL */
};

static void add_record_value(struct line *line, const char *name, enum snap_value_kind kind,
                             int64_t arg)
{
    union snap_value value = {.number = arg};

    if (kind == SNAP_VALUE_STRING)
        snap_json_bytes(&line->json, name, value.string->bytes, value.string->length);
    else
        snap_json_number(&line->json, name, arg);
}

static void add_actor(struct line *line, const char *name, int64_t actor)
{
    const char *text = NULL;

    if (actor >= 0 && actor <= line->job->task_count)
        text = snap_actor_name(line->job, (uint32_t)actor, line->scratch);
    snap_json_string(&line->json, name, text);
}

static void add_operator_name(struct line *line, const char *name, int64_t index)
{
    SNAP_CHECK(index >= 0 && index < line->job->operator_count);
    line->op = &line->job->operators[index];
    snap_json_string(&line->json, name, line->op->uid);
}

static void add_hex(struct line *line, const char *name, uint64_t value)
{
    snap_json_string(
        &line->json, name,
        snap_arena_printf(line->scratch, "%0*llx", HEX_DIGITS, (unsigned long long)value));
}

static void add_arg(struct line *line, const struct snap_event_arg *arg, int64_t value)
{
    struct snap_json *json = &line->json;

    switch (arg->kind) {
    case SNAP_ARG_NONE:
        return;
    case SNAP_ARG_NUMBER:
        snap_json_number(json, arg->name, value);
        return;
    case SNAP_ARG_TASK:
        add_actor(line, arg->name, value);
        return;
    case SNAP_ARG_OPERATOR:
        add_operator_name(line, arg->name, value);
        return;
    case SNAP_ARG_KIND:
        snap_json_string(json, arg->name, snap_kind_name((enum snap_snapshot_kind)value));
        return;
    case SNAP_ARG_ALIGNMENT:
        snap_json_string(json, arg->name, snap_alignment_name((enum snap_alignment)value));
        return;
    case SNAP_ARG_REASON:
        snap_json_string(json, arg->name,
                         snap_failure_reason_name((enum snap_failure_reason)value));
        return;
    case SNAP_ARG_TASK_STATUS:
        snap_json_string(json, arg->name, snap_task_status_name((enum snap_task_status)value));
        return;
    case SNAP_ARG_JOB_STATUS:
        snap_json_string(json, arg->name, snap_job_status_name((enum snap_job_status)value));
        return;
    case SNAP_ARG_CAUSE:
        snap_json_string(json, arg->name, snap_failure_cause_name((enum snap_failure_cause)value));
        return;
    case SNAP_ARG_ORIGIN:
        snap_json_string(json, arg->name,
                         snap_origin_name(line->job, (uint64_t)value, line->scratch));
        return;
    case SNAP_ARG_KEY:
    case SNAP_ARG_VALUE:
        SNAP_CHECK(line->op);
        add_record_value(line, arg->name,
                         arg->kind == SNAP_ARG_KEY ? line->op->schema.key : line->op->schema.value,
                         value);
        return;
    case SNAP_ARG_LINEAGE:
        add_hex(line, arg->name, (uint64_t)value);
        return;
    case SNAP_ARG_SABOTAGE:
        snap_json_string(&line->json, arg->name, snap_sabotage_names()[value].name);
        return;
    }
}

void snap_trace_event_text(struct snap_text *text, const struct snap_job *job,
                           const struct snap_event *event, struct snap_arena *scratch)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    struct line line = {.job = job, .scratch = scratch};

    snap_arena_reset(scratch);
    snap_json_init(&line.json, text, SNAP_JSON_COMPACT);
    snap_json_object_begin(&line.json, NULL);
    snap_json_number(&line.json, "t", event->at_ns);
    snap_json_string(&line.json, "e", info->name);
    add_actor(&line, "at", event->actor);
    for (uint32_t i = 0; i < info->arg_count; i++)
        add_arg(&line, &info->args[i], event->args[i]);
    snap_json_object_end(&line.json);
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

void snap_trace_writer_event(void *context, const struct snap_event *event)
{
    struct snap_trace_writer *writer = context;

    if (snap_event_info_get(event->type)->level > writer->level || writer->error.code != SNAP_OK)
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
