// SPDX-License-Identifier: Apache-2.0
#include "trace/event_text.h"

#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "model/names.h"
#include "model/sabotage.h"
#include "model/string_pool.h"

enum { HEX_DIGITS = 16 };

/* A piece of a line. */
struct piece {
    const char *text;
    size_t length;
};

#define PIECE(TEXT)                                                                                \
    {                                                                                              \
        (TEXT), sizeof(TEXT) - 1                                                                   \
    }

/* What stands in front of the actor's name, and in front of each argument. */
struct pieces {
    struct piece head;
    struct piece keys[SNAP_EVENT_ARGS_MAX];
};

#define PIECES_ARG(kind, name) PIECE(",\"" name "\":"),
#define PIECES_ROW(id, text, level, doc, ...)                                                      \
    [SNAP_EVENT_##id] = {PIECE(",\"e\":\"" text "\",\"at\":"), {__VA_ARGS__}},

static const struct pieces pieces[SNAP_EVENT_COUNT] = {SNAP_EVENTS(PIECES_ROW, PIECES_ARG)};

/* What the arguments of one event need to be written. */
struct line {
    struct snap_text *text;
    struct snap_event_texts *texts;
    const struct snap_operator *op; /* named by an argument to the left, or NULL */
};

static void add_piece(struct line *line, const struct piece *piece)
{
    snap_text_add(line->text, piece->text, piece->length);
}

/* NULL is written as null. */
static void add_string(struct line *line, const char *value)
{
    if (value)
        snap_json_add_bytes(line->text, value, strlen(value));
    else
        snap_text_add(line->text, "null", 4);
}

static void add_record_value(struct line *line, enum snap_value_kind kind, int64_t arg)
{
    union snap_value value = {.number = arg};

    if (kind == SNAP_VALUE_STRING)
        snap_json_add_bytes(line->text, value.string->bytes, value.string->length);
    else
        snap_json_add_number(line->text, arg);
}

/* Every event has a name of an actor, and there are few of them. */
static const struct snap_event_name *name_of(struct snap_event_texts *texts, uint32_t actor)
{
    struct snap_event_name *name = &texts->actors[actor];
    struct snap_text quoted = {0};
    const char *plain;
    char *kept;

    if (name->text)
        return name;
    plain = snap_actor_name(texts->job, actor, &texts->scratch);
    snap_json_add_bytes(&quoted, plain, strlen(plain));
    kept = snap_arena_alloc(&texts->names, quoted.length);
    memcpy(kept, quoted.data, quoted.length);
    *name = (struct snap_event_name){kept, quoted.length};
    snap_text_fini(&quoted);
    return name;
}

static void add_actor(struct line *line, int64_t actor)
{
    const struct snap_event_name *name;

    if (actor < 0 || actor > line->texts->job->task_count) {
        add_string(line, NULL);
        return;
    }
    name = name_of(line->texts, (uint32_t)actor);
    snap_text_add(line->text, name->text, name->length);
}

static void add_operator(struct line *line, int64_t index)
{
    SNAP_CHECK(index >= 0 && index < line->texts->job->operator_count);
    line->op = &line->texts->job->operators[index];
    add_string(line, line->op->uid);
}

static void add_hex(struct line *line, uint64_t value)
{
    add_string(line, snap_arena_printf(&line->texts->scratch, "%0*llx", HEX_DIGITS,
                                       (unsigned long long)value));
}

static void add_value(struct line *line, enum snap_arg_kind kind, int64_t value)
{
    switch (kind) {
    case SNAP_ARG_NONE:
        return;
    case SNAP_ARG_NUMBER:
        snap_json_add_number(line->text, value);
        return;
    case SNAP_ARG_TASK:
        add_actor(line, value);
        return;
    case SNAP_ARG_OPERATOR:
        add_operator(line, value);
        return;
    case SNAP_ARG_KIND:
        add_string(line, snap_kind_name((enum snap_snapshot_kind)value));
        return;
    case SNAP_ARG_ALIGNMENT:
        add_string(line, snap_alignment_name((enum snap_alignment)value));
        return;
    case SNAP_ARG_REASON:
        add_string(line, snap_failure_reason_name((enum snap_failure_reason)value));
        return;
    case SNAP_ARG_TASK_STATUS:
        add_string(line, snap_task_status_name((enum snap_task_status)value));
        return;
    case SNAP_ARG_JOB_STATUS:
        add_string(line, snap_job_status_name((enum snap_job_status)value));
        return;
    case SNAP_ARG_CAUSE:
        add_string(line, snap_failure_cause_name((enum snap_failure_cause)value));
        return;
    case SNAP_ARG_ORIGIN:
        add_string(line,
                   snap_origin_name(line->texts->job, (uint64_t)value, &line->texts->scratch));
        return;
    case SNAP_ARG_KEY:
    case SNAP_ARG_VALUE:
        SNAP_CHECK(line->op);
        add_record_value(line, kind == SNAP_ARG_KEY ? line->op->schema.key : line->op->schema.value,
                         value);
        return;
    case SNAP_ARG_LINEAGE:
        add_hex(line, (uint64_t)value);
        return;
    case SNAP_ARG_SABOTAGE:
        add_string(line, snap_sabotage_names()[value].name);
        return;
    }
}

void snap_event_texts_init(struct snap_event_texts *texts, const struct snap_job *job)
{
    texts->job = job;
    snap_arena_init(&texts->names);
    snap_arena_init(&texts->scratch);
    texts->actors =
        SNAP_ARENA_ARRAY(&texts->names, struct snap_event_name, (size_t)job->task_count + 1);
}

void snap_event_texts_fini(struct snap_event_texts *texts)
{
    snap_arena_fini(&texts->names);
    snap_arena_fini(&texts->scratch);
}

void snap_event_text_add(struct snap_text *text, struct snap_event_texts *texts,
                         const struct snap_event *event)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    const struct pieces *own = &pieces[event->type];
    struct line line = {.text = text, .texts = texts};

    snap_arena_reset(&texts->scratch);
    snap_text_add(text, "{\"t\":", 5);
    snap_json_add_number(text, event->at_ns);
    add_piece(&line, &own->head);
    add_actor(&line, event->actor);
    for (uint32_t i = 0; i < info->arg_count; i++) {
        add_piece(&line, &own->keys[i]);
        add_value(&line, info->args[i].kind, event->args[i]);
    }
    snap_text_add(text, "}", 1);
}
