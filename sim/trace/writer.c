// SPDX-License-Identifier: Apache-2.0
#include "trace/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "base/json.h"
#include "model/names.h"

enum { BUFFER_BYTES = 1 << 16, RESERVE_LEAST_BYTES = 1 << 12 };

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

/* Others may fill the disk, and what tells why must still fit. Not every file system can do that.
 */
static bool reserve(int file)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < BUFFER_BYTES)
        return false; /* asking for more than that is a signal */
    for (off_t bytes = BUFFER_BYTES; bytes >= RESERVE_LEAST_BYTES; bytes /= 2)
        if (fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0)
            return true;
    return false;
}

/* Returns how many bytes reached the file; fewer with errno. */
static size_t write_all(int file, const char *bytes, size_t length)
{
    size_t written = 0;

    while (written < length) {
        ssize_t count = write(file, bytes + written, length - written);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        written += (size_t)count;
    }
    return written;
}

/* Bytes of the lines that are whole. */
static size_t whole_lines(const char *bytes, size_t length)
{
    const char *end = length > 0 ? memrchr(bytes, '\n', length) : NULL;

    return end ? (size_t)(end - bytes) + 1 : 0;
}

void snap_trace_writer_flush(struct snap_trace_writer *writer)
{
    size_t length = whole_lines(writer->buffer.data, writer->buffer.length);
    size_t written;

    /* Nothing behind a hole: what stands in the file are the first events. */
    if (length == 0 || writer->error.code != SNAP_OK || !writer->is_open)
        return;
    written = write_all(writer->file, writer->buffer.data, length);
    if (written < length) {
        snap_error_set(&writer->error, SNAP_ERROR_IO, "cannot write %s: %s", writer->path,
                       strerror(errno));
        written = whole_lines(writer->buffer.data, written);
    }
    writer->length_bytes += (int64_t)written;
    if (writer->error.code != SNAP_OK && ftruncate(writer->file, writer->length_bytes) != 0)
        return; /* it has failed already */
}

static void flush(struct snap_trace_writer *writer)
{
    snap_trace_writer_flush(writer);
    snap_text_clear(&writer->buffer);
}

bool snap_trace_writer_open(struct snap_trace_writer *writer, const char *path,
                            const struct snap_trace_run *run, struct snap_error *error)
{
    memset(writer, 0, sizeof(*writer));
    snprintf(writer->path, sizeof(writer->path), "%s", path);
    writer->run = *run;
    writer->level = run->level;
    writer->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->file < 0)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot write %s: %s", path, strerror(errno));
    snap_event_texts_init(&writer->texts, run->simulation->job);
    writer->is_open = true;
    writer->has_reserve = reserve(writer->file);
    snap_trace_header_text(&writer->buffer, run);
    snap_text_add(&writer->buffer, "\n", 1);
    flush(writer);
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
    snap_event_text_add(&writer->buffer, &writer->texts, event);
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
    snap_event_texts_fini(&writer->texts);
    snap_event_texts_init(&writer->texts, job);
    snap_trace_header_text(&writer->buffer, &writer->run);
    snap_text_add(&writer->buffer, "\n", 1);
}

bool snap_trace_writer_close(struct snap_trace_writer *writer, struct snap_error *error)
{
    bool good;

    if (!writer->is_open)
        return true;
    flush(writer);
    /* What was set aside and not needed goes back. */
    if (writer->has_reserve && ftruncate(writer->file, writer->length_bytes) != 0)
        snap_error_set(&writer->error, SNAP_ERROR_IO, "cannot write %s: %s", writer->path,
                       strerror(errno));
    if (close(writer->file) != 0)
        snap_error_set(&writer->error, SNAP_ERROR_IO, "cannot write %s: %s", writer->path,
                       strerror(errno));
    good = writer->error.code == SNAP_OK;
    if (!good)
        snap_error_set(error, writer->error.code, "%s", writer->error.message);
    snap_text_fini(&writer->buffer);
    snap_event_texts_fini(&writer->texts);
    memset(writer, 0, sizeof(*writer));
    return good;
}
