// SPDX-License-Identifier: Apache-2.0
#include "api/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "operators/line.h"
#include "operators/replay.h"

struct snapsim_value snapsim_long(int64_t number)
{
    return (struct snapsim_value){.number = number};
}

struct snapsim_value snapsim_text(const char *text)
{
    return (struct snapsim_value){.text = text, .length = text ? strlen(text) : SNAP_API_NO_TEXT};
}

struct snapsim_value snap_api_value_out(enum snap_value_kind kind, union snap_value value)
{
    if (kind == SNAP_VALUE_LONG)
        return (struct snapsim_value){.number = value.number};
    return (struct snapsim_value){.text = value.string->bytes, .length = value.string->length};
}

struct snapsim_value snap_api_value_empty(enum snap_value_kind kind)
{
    return kind == SNAP_VALUE_LONG ? snapsim_long(0) : snapsim_text("");
}

struct snapsim_record snap_api_record_out(struct snap_schema schema,
                                          const struct snap_record *record)
{
    return (struct snapsim_record){
        .timestamp_ms = record->timestamp_ms,
        .key = snap_api_value_out(schema.key, record->key),
        .value = snap_api_value_out(schema.value, record->value),
    };
}

bool snap_api_value_in(struct snapsim_context *context, enum snap_value_kind kind,
                       struct snapsim_value value, union snap_value *out)
{
    bool is_text = value.text != NULL;

    if (!is_text && value.length == SNAP_API_NO_TEXT)
        return snapsim_fail(context, "a text that is NULL");
    if (is_text != (kind == SNAP_VALUE_STRING))
        return snapsim_fail(context, "a %s where the type declares a %s", is_text ? "text" : "long",
                            is_text ? "long" : "text");
    if (is_text)
        out->string = snap_string_pool_intern(context->strings, value.text, value.length);
    else
        out->number = value.number;
    return true;
}

bool snapsim_fail(struct snapsim_context *context, const char *format, ...)
{
    char message[SNAP_ERROR_MESSAGE_MAX / 2];
    va_list args;

    if (!context->error)
        return false;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return snap_error_set(context->error, SNAP_ERROR_IO, "%s[%u]: %s", context->op->uid,
                          context->subtask, message);
}

bool snapsim_emit(struct snapsim_context *context, struct snapsim_value key,
                  struct snapsim_value value)
{
    struct snap_schema schema = context->op->schema;
    union snap_value record_key = {.number = 0};
    union snap_value record_value = {.number = 0};

    if (!context->emitter && !context->replay)
        return snapsim_fail(context, "only map and process may send records");
    if (!snap_api_value_in(context, schema.key, key, &record_key) ||
        !snap_api_value_in(context, schema.value, value, &record_value))
        return false;
    if (context->emitter)
        snap_emit(context->emitter, context->in, record_key, record_value);
    else
        snap_replay_add(context->replay, context->in, record_key, record_value);
    return true;
}

/* The state of the key in work, or NULL. */
static union snap_value *find_state(struct snapsim_context *context)
{
    if (context->folded)
        return *context->folded_present ? context->folded : NULL;
    return context->keyed && context->in ? snap_keyed_state_find(context->keyed, context->in->key)
                                         : NULL;
}

bool snapsim_state_get(struct snapsim_context *context, struct snapsim_value *value)
{
    const union snap_value *found = find_state(context);

    *value = (struct snapsim_value){.number = 0};
    if (found)
        *value = snap_api_value_out(context->op->schema.value, *found);
    return found != NULL;
}

bool snapsim_state_put(struct snapsim_context *context, struct snapsim_value value)
{
    union snap_value state = {.number = 0};

    if (!context->folded && (!context->keyed || !context->in))
        return snapsim_fail(context, "state by key belongs to process and fold of a keyed type");
    if (!snap_api_value_in(context, context->op->schema.value, value, &state))
        return false;
    if (context->folded) {
        *context->folded = state;
        *context->folded_present = true;
    } else {
        *snap_keyed_state_obtain(context->keyed, context->in->key) = state;
    }
    return true;
}

void snapsim_entry(struct snapsim_context *context, struct snapsim_value key,
                   struct snapsim_value value)
{
    struct snap_schema schema = context->op->schema;
    struct snap_state_entry entry = {
        .operator_index = context->op->index,
        .subtask = context->subtask,
    };

    if (!context->entries || !snap_api_value_in(context, schema.key, key, &entry.key) ||
        !snap_api_value_in(context, schema.value, value, &entry.value))
        return;
    entry.key_group =
        snap_key_group_of(schema.key == SNAP_VALUE_LONG ? snap_java_hash_long(entry.key.number)
                                                        : entry.key.string->java_hash,
                          context->op->max_parallelism);
    context->entries->take(context->entries->to, &entry);
}

void snap_api_parts_flush(struct snap_api_parts *parts)
{
    if (!parts->begun)
        return;
    parts->part.lines = parts->lines;
    parts->take(parts->to, &parts->part);
    parts->begun = false;
}

static bool was_told(const struct snap_api_parts *parts, uint64_t part)
{
    for (uint32_t i = 0; i < parts->told_count; i++)
        if (parts->told[i] == part)
            return true;
    return false;
}

void snapsim_part(struct snapsim_context *context, uint64_t part, enum snapsim_phase phase)
{
    static const enum snap_part_phase phases[] = {
        [SNAPSIM_VISIBLE] = SNAP_PART_VISIBLE,
        [SNAPSIM_PREPARED] = SNAP_PART_PREPARED,
        [SNAPSIM_IN_PROGRESS] = SNAP_PART_IN_PROGRESS,
    };
    struct snap_api_parts *parts = context->parts;

    if (!parts) {
        snapsim_fail(context, "snapsim_part belongs to read");
        return;
    }
    if ((unsigned)phase > SNAPSIM_IN_PROGRESS) {
        snapsim_fail(context, "read tells of a part in phase %d, which there is not", (int)phase);
        return;
    }
    snap_api_parts_flush(parts);
    if (was_told(parts, part)) {
        snapsim_fail(context, "read tells of part %llu twice", (unsigned long long)part);
        return;
    }
    parts->told = snap_arena_grow(parts->arena, parts->told, parts->told_count,
                                  &parts->told_capacity, sizeof(*parts->told));
    parts->told[parts->told_count++] = part;
    parts->begun = true;
    parts->part = (struct snap_sink_part){
        .operator_index = context->op->index,
        .subtask = context->subtask,
        .part = part,
        .phase = phases[phase],
    };
}

void snapsim_line(struct snapsim_context *context, struct snapsim_value key,
                  struct snapsim_value value)
{
    struct snap_api_parts *parts = context->parts;
    struct snap_schema schema = context->op->schema;
    union snap_value line_key;
    union snap_value line_value;
    struct snap_text text = {0};

    if (!parts || !parts->begun) {
        snapsim_fail(context, "snapsim_line comes after snapsim_part");
        return;
    }
    if (!snap_api_value_in(context, schema.key, key, &line_key) ||
        !snap_api_value_in(context, schema.value, value, &line_value))
        return;
    snap_line_add(&text, schema, line_key, line_value);
    parts->lines = snap_arena_grow(parts->arena, parts->lines, (uint32_t)parts->part.line_count,
                                   &parts->capacity, sizeof(*parts->lines));
    parts->lines[parts->part.line_count++] =
        snap_arena_strndup(parts->arena, snap_text_get(&text), text.length);
    snap_text_fini(&text);
}

const char *snapsim_option_get(const struct snapsim_context *context, const char *name)
{
    const struct snap_operator *op = context->op;

    for (uint32_t i = 0; name && i < op->type->option_count; i++)
        if (strcmp(op->type->options[i].name, name) == 0)
            return op->options[i].set ? op->options[i].text : NULL;
    return NULL;
}

uint32_t snapsim_subtask(const struct snapsim_context *context)
{
    return context->subtask;
}

uint32_t snapsim_attempt(const struct snapsim_context *context)
{
    return context->attempt;
}

uint32_t snapsim_parallelism(const struct snapsim_context *context)
{
    return context->op->parallelism;
}

const char *snapsim_uid(const struct snapsim_context *context)
{
    return context->op->uid;
}

void *snapsim_user(const struct snapsim_context *context)
{
    return context->type->user;
}
