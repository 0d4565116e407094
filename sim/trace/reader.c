// SPDX-License-Identifier: Apache-2.0
#include "trace/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/heap.h"
#include "model/names.h"
#include "model/sabotage.h"
#include "model/string_pool.h"
#include "trace/reader_header.h"

static bool refuse_line(struct snap_trace_reader *reader, struct snap_error *error,
                        const char *what, const char *name)
{
    snap_error_set(error, SNAP_ERROR_IO, "%s%s%s", what, name ? " " : "", name ? name : "");
    snap_error_place(error, reader->path, reader->line_number, 1);
    return false;
}

/* ---- arguments ---- */

static bool parse_task_status(const char *text, int64_t *value)
{
    enum snap_task_status status;
    bool good = snap_task_status_parse(text, &status);

    *value = (int64_t)status;
    return good;
}

static bool parse_job_status(const char *text, int64_t *value)
{
    enum snap_job_status status;
    bool good = snap_job_status_parse(text, &status);

    *value = (int64_t)status;
    return good;
}

static bool parse_cause(const char *text, int64_t *value)
{
    enum snap_failure_cause cause;
    bool good = snap_failure_cause_parse(text, &cause);

    *value = (int64_t)cause;
    return good;
}

static bool parse_reason(const char *text, int64_t *value)
{
    enum snap_failure_reason reason;

    if (!snap_failure_reason_parse(text, &reason))
        return false;
    *value = (int64_t)reason;
    return true;
}

static bool parse_kind(const char *text, int64_t *value)
{
    enum snap_snapshot_kind kind;

    if (!snap_kind_parse(text, &kind))
        return false;
    *value = (int64_t)kind;
    return true;
}

static bool parse_alignment(const char *text, int64_t *value)
{
    enum snap_alignment alignment;

    if (!snap_alignment_parse(text, &alignment))
        return false;
    *value = (int64_t)alignment;
    return true;
}

static bool parse_actor(const struct snap_job *job, const char *text, int64_t *value)
{
    uint32_t actor;

    if (!snap_actor_parse(job, text, &actor))
        return false;
    *value = actor;
    return true;
}

static bool parse_operator(const struct snap_job *job, const char *text, int64_t *value)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        if (strcmp(job->operators[i].uid, text) == 0) {
            *value = i;
            return true;
        }
    }
    return false;
}

static bool parse_origin(const struct snap_job *job, const char *text, int64_t *value)
{
    uint64_t origin;

    if (!snap_origin_parse(job, text, &origin))
        return false;
    *value = (int64_t)origin;
    return true;
}

static bool parse_hex(const char *text, int64_t *value)
{
    char *end;

    *value = (int64_t)strtoull(text, &end, 16);
    return end != text && *end == '\0';
}

static bool parse_rule(const char *text, int64_t *value)
{
    enum snap_broken_rule rule;

    if (!snap_broken_rule_parse(text, &rule))
        return false;
    *value = (int64_t)rule;
    return true;
}

/* A string as records hold it; the hash of Java is not needed by anyone who reads a trace. */
static int64_t make_string(struct snap_trace_reader *reader, const json_t *json)
{
    size_t length = json_string_length(json);
    struct snap_string *string = snap_arena_alloc(&reader->arena, sizeof(*string) + length + 1);
    union snap_value value = {.number = 0};

    memcpy(string->bytes, json_string_value(json), length);
    string->length = (uint32_t)length;
    string->hash = snap_hash_bytes(string->bytes, length);
    value.string = string;
    return value.number;
}

static bool parse_text(const struct snap_trace_reader *reader, enum snap_arg_kind kind,
                       const char *text, int64_t *value)
{
    switch (kind) {
    case SNAP_ARG_TASK:
        return parse_actor(reader->job, text, value);
    case SNAP_ARG_OPERATOR:
        return parse_operator(reader->job, text, value);
    case SNAP_ARG_KIND:
        return parse_kind(text, value);
    case SNAP_ARG_ALIGNMENT:
        return parse_alignment(text, value);
    case SNAP_ARG_REASON:
        return parse_reason(text, value);
    case SNAP_ARG_TASK_STATUS:
        return parse_task_status(text, value);
    case SNAP_ARG_JOB_STATUS:
        return parse_job_status(text, value);
    case SNAP_ARG_CAUSE:
        return parse_cause(text, value);
    case SNAP_ARG_ORIGIN:
        return parse_origin(reader->job, text, value);
    case SNAP_ARG_LINEAGE:
        return parse_hex(text, value);
    case SNAP_ARG_SABOTAGE:
        return parse_rule(text, value);
    case SNAP_ARG_NONE:
    case SNAP_ARG_NUMBER:
    case SNAP_ARG_KEY:
    case SNAP_ARG_VALUE:
        return false;
    }
    return false;
}

static bool parse_arg(struct snap_trace_reader *reader, const json_t *json, enum snap_arg_kind kind,
                      int64_t *value)
{
    if (json_is_integer(json) &&
        (kind == SNAP_ARG_NUMBER || kind == SNAP_ARG_KEY || kind == SNAP_ARG_VALUE)) {
        *value = json_integer_value(json);
        return true;
    }
    /* "No task" is written null. */
    if (json_is_null(json) && kind == SNAP_ARG_TASK) {
        *value = -1;
        return true;
    }
    if (!json_is_string(json))
        return false;
    if (kind == SNAP_ARG_KEY || kind == SNAP_ARG_VALUE) {
        *value = make_string(reader, json);
        return true;
    }
    return parse_text(reader, kind, json_string_value(json), value);
}

/* ---- lines ---- */

/* Reads one line; false at the end of the file, or with the error set. A line without its end is a
 * cut-off one. */
static bool read_line(struct snap_trace_reader *reader, size_t *length, struct snap_error *error)
{
    ssize_t got;

    errno = 0;
    got = getline(&reader->line, &reader->line_capacity, reader->file);
    if (got <= 0 && errno == ENOMEM)
        snap_heap_exhausted();
    if (got <= 0 && ferror(reader->file))
        return snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", reader->path,
                              strerror(errno));
    if (got <= 0)
        return false;
    reader->line_number++;
    *length = (size_t)got;
    reader->truncated = reader->line[got - 1] != '\n';
    return true;
}

static bool parse_event(struct snap_trace_reader *reader, const json_t *root,
                        struct snap_event *event, struct snap_error *error)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    const char *at = json_string_value(json_object_get(root, "at"));
    const json_t *t = json_object_get(root, "t");
    int64_t actor;

    if (!json_is_integer(t))
        return refuse_line(reader, error, "no instant \"t\"", NULL);
    if (!at || !parse_actor(reader->job, at, &actor))
        return refuse_line(reader, error, "unknown subtask in \"at\":", at ? at : "none");
    event->at_ns = json_integer_value(t);
    event->actor = (uint32_t)actor;
    event->sequence = reader->line_number;
    for (uint32_t i = 0; i < info->arg_count; i++) {
        const json_t *arg = json_object_get(root, info->args[i].name);

        if (!arg || !parse_arg(reader, arg, info->args[i].kind, &event->args[i]))
            return refuse_line(reader, error, "missing or wrong argument", info->args[i].name);
    }
    return true;
}

enum snap_trace_read snap_trace_reader_next(struct snap_trace_reader *reader,
                                            struct snap_event *event, struct snap_error *error)
{
    size_t length;

    while (read_line(reader, &length, error)) {
        json_t *root = json_loadb(reader->line, length, 0, NULL);
        const char *name = json_string_value(json_object_get(root, "e"));
        bool good;

        /* The writer was stopped in the middle of this line. */
        if (!root && reader->truncated)
            return SNAP_TRACE_READ_END;
        memset(event, 0, sizeof(*event));
        if (!name && json_object_get(root, "execution")) {
            /* Another header: what follows is the next execution of the job. */
            good = snap_trace_reader_header(reader, root, error);
            json_decref(root);
            if (!good)
                return SNAP_TRACE_READ_ERROR;
            continue;
        }
        event->type = name ? snap_event_type_find(name) : SNAP_EVENT_COUNT;
        if (name && event->type == SNAP_EVENT_COUNT) {
            reader->unknown_events++;
            json_decref(root);
            continue;
        }
        good = name ? parse_event(reader, root, event, error)
                    : refuse_line(reader, error,
                                  root ? "not an event: it has no \"e\""
                                       : "not an event: the line is no JSON",
                                  NULL);
        json_decref(root);
        return good ? SNAP_TRACE_READ_EVENT : SNAP_TRACE_READ_ERROR;
    }
    return error->code == SNAP_OK ? SNAP_TRACE_READ_END : SNAP_TRACE_READ_ERROR;
}

/* ---- open and close ---- */

static bool read_header(struct snap_trace_reader *reader, struct snap_error *error)
{
    size_t length;
    json_t *root;
    bool good;

    if (!read_line(reader, &length, error))
        return refuse_line(reader, error, "the trace is empty", NULL);
    root = json_loadb(reader->line, length, 0, NULL);
    if (!root)
        return refuse_line(reader, error, "not a trace of snapsim: no JSON header", NULL);
    good = snap_trace_reader_header(reader, root, error);
    json_decref(root);
    if (!good)
        snap_error_place(error, reader->path, reader->line_number, 0);
    return good;
}

bool snap_trace_reader_open(struct snap_trace_reader *reader, const char *path,
                            struct snap_error *error)
{
    memset(reader, 0, sizeof(*reader));
    snap_arena_init(&reader->arena);
    reader->path = snap_arena_strdup(&reader->arena, path);
    reader->file = fopen(path, "r");
    if (!reader->file) {
        snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
        snap_trace_reader_close(reader);
        return false;
    }
    if (!read_header(reader, error)) {
        snap_trace_reader_close(reader);
        return false;
    }
    return true;
}

void snap_trace_reader_close(struct snap_trace_reader *reader)
{
    if (reader->file)
        fclose(reader->file);
    free(reader->line);
    snap_arena_fini(&reader->arena);
    memset(reader, 0, sizeof(*reader));
}

const char *snap_trace_reader_lack(const struct snap_trace_reader *reader)
{
    return reader->truncated
               ? "ends in the middle of a line: the run was stopped, or is still going on"
               : NULL;
}
