// SPDX-License-Identifier: Apache-2.0
#include "operators/zoo.h"

#include <inttypes.h>

#include "model/stream_mark.h"
#include "model/string_pool.h"
#include "operators/keyed.h"
#include "operators/line.h"
#include "state/keyed_copy.h"

static const char MAP_NAME[] = "map";
static const char FIRED_NAME[] = "fired";
static const char EVENT_NAME[] = "_timer_state/event_user-timers";
static const char PROCESSING_NAME[] = "_timer_state/processing_user-timers";

/* Declared size of a timer: key and time. */
enum { TIMER_BYTES = 16 };

void snap_zoo_open_value(struct snap_keyed_state *state, const char *name,
                         const struct snap_operator_context *context)
{
    const struct snap_keyed_snapshot *restored =
        snap_operator_state_find_keyed(context->restored, name);
    struct snap_keyed_state_options options = {
        .name = name,
        .schema = {context->op->schema.key, SNAP_VALUE_LONG},
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    snap_keyed_state_init(state, context->arena, &options);
    if (restored)
        snap_keyed_state_restore(state, restored);
}

static void open_map(struct snap_zoo *zoo)
{
    const struct snap_operator_context *context = zoo->context;
    const struct snap_keyed_snapshot *restored =
        snap_operator_state_find_keyed(context->restored, MAP_NAME);
    struct snap_keyed_state_options options = {
        .name = MAP_NAME,
        .schema = context->op->schema,
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    snap_keyed_map_init(&zoo->map, context->arena, &options);
    if (restored)
        snap_keyed_map_restore(&zoo->map, restored);
}

static void open_timers(struct snap_timers *timers, const char *name,
                        const struct snap_operator_context *context)
{
    const struct snap_scoped_snapshot *restored =
        snap_operator_state_find_scoped(context->restored, name);
    struct snap_scoped_options options = {
        .key_kind = context->op->schema.key,
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    snap_timers_init(timers, context->arena, &options);
    if (restored)
        snap_timers_restore(timers, restored);
}

void snap_zoo_open(struct snap_zoo *zoo, const struct snap_operator_context *context)
{
    zoo->context = context;
    open_map(zoo);
    snap_zoo_open_value(&zoo->fired, FIRED_NAME, context);
    open_timers(&zoo->event, EVENT_NAME, context);
    open_timers(&zoo->processing, PROCESSING_NAME, context);
}

void snap_zoo_add(struct snap_zoo *zoo, union snap_value key, const char *name, int64_t more)
{
    struct snap_map_field *field = snap_keyed_map_obtain(&zoo->map, key, snap_bytes_of(name));

    field->value = snap_keyed_add(field->value, more);
}

void snap_zoo_set_timer(struct snap_timers *timers, union snap_value key, int64_t time_ms)
{
    snap_timers_register(timers, &(struct snap_scope){.key = key, .time_ms = time_ms});
}

/* ---- time ---- */

static void fire_until(struct snap_zoo *zoo, struct snap_timers *timers, int64_t until_ms)
{
    struct snap_scope timer;

    while (snap_timers_pop(timers, until_ms, &timer))
        snap_keyed_state_obtain(&zoo->fired, timer.key)->number++;
}

void snap_zoo_take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out)
{
    struct snap_zoo *zoo = self;

    if (snap_mark_kind_of(mark) == SNAP_MARK_WATERMARK)
        fire_until(zoo, &zoo->event, mark->timestamp_ms);
    snap_emit_mark(out, mark);
}

/* A millisecond later, as timers of processing time fire when theirs is over. */
snap_ns snap_zoo_timer_due(void *self)
{
    const struct snap_zoo *zoo = self;
    int64_t time_ms;

    if (!snap_timers_peek(&zoo->processing, &time_ms) || time_ms >= SNAP_NEVER / SNAP_MS)
        return SNAP_NEVER;
    if (time_ms < 0)
        return 0; /* of a key that is no number of the source's */
    return (time_ms + 1) * SNAP_MS;
}

void snap_zoo_fire(void *self, snap_ns now_ns, struct snap_emitter *out)
{
    struct snap_zoo *zoo = self;

    (void)out;
    fire_until(zoo, &zoo->processing, now_ns / SNAP_MS - 1);
}

void snap_zoo_time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    (void)op;
    needs->event_time = true;
    needs->has_timers = true;
    needs->arms_timers = true;
}

/* ---- snapshots ---- */

void snap_zoo_put_value(const struct snap_zoo *zoo, struct snap_keyed_state *state,
                        struct snap_arena *arena, struct snap_operator_state *out)
{
    snap_operator_state_add_keyed(out, arena, snap_keyed_state_freeze(state, arena));
    out->bytes += (int64_t)state->count * zoo->context->op->record_size_bytes;
}

static void put_timers(struct snap_timers *timers, const char *name, struct snap_arena *arena,
                       struct snap_operator_state *out)
{
    struct snap_scoped_snapshot scoped = snap_scoped_table_freeze(&timers->table, arena, name);

    snap_operator_state_add_scoped(out, arena, &scoped);
    out->bytes += (int64_t)timers->table.used_count * TIMER_BYTES;
}

void snap_zoo_put(struct snap_zoo *zoo, struct snap_arena *arena, struct snap_operator_state *out)
{
    struct snap_keyed_snapshot map = snap_keyed_map_freeze(&zoo->map, arena);

    snap_operator_state_add_keyed(out, arena, &map);
    out->bytes += (int64_t)zoo->map.count * zoo->context->op->record_size_bytes;
    snap_zoo_put_value(zoo, &zoo->fired, arena, out);
    put_timers(&zoo->event, EVENT_NAME, arena, out);
    put_timers(&zoo->processing, PROCESSING_NAME, arena, out);
}

/* ---- what is shown ---- */

void snap_zoo_show_value(const struct snap_keyed_state *state, const struct snap_state_lines *to)
{
    for (uint32_t i = 0; i < state->count; i++) {
        struct snap_keyed_entry entry = snap_keyed_state_entry(state, i);
        struct snap_text line = {0};

        snap_line_add(&line, state->schema, entry.key, entry.value);
        to->take(to->to, state->name, snap_text_get(&line));
        snap_text_fini(&line);
    }
}

struct showing {
    const struct snap_zoo *zoo;
    const struct snap_state_lines *to;
};

static void add_key(struct snap_text *line, const struct snap_zoo *zoo, union snap_value key)
{
    if (zoo->context->op->schema.key == SNAP_VALUE_LONG)
        snap_text_printf(line, "%" PRId64, key.number);
    else
        snap_text_printf(line, "%s", key.string->bytes);
}

static void show_field(void *to, union snap_value key, const struct snap_map_field *field)
{
    const struct showing *showing = to;
    struct snap_text line = {0};

    add_key(&line, showing->zoo, key);
    snap_text_printf(&line, "\t%.*s=", (int)field->name.count, (const char *)field->name.at);
    if (field->is_null)
        snap_text_add_string(&line, "null");
    else
        snap_text_printf(&line, "%" PRId64, field->value);
    showing->to->take(showing->to->to, MAP_NAME, snap_text_get(&line));
    snap_text_fini(&line);
}

static void show_timers(const struct snap_zoo *zoo, const struct snap_timers *timers,
                        const char *name, const struct snap_state_lines *to)
{
    for (uint32_t i = 0; i < timers->table.used_count; i++) {
        const struct snap_scope *scope =
            &snap_scoped_table_entry(&timers->table, timers->heap[i])->item.scope;
        struct snap_text line = {0};

        add_key(&line, zoo, scope->key);
        snap_text_printf(&line, "\t%" PRId64, scope->time_ms);
        to->take(to->to, name, snap_text_get(&line));
        snap_text_fini(&line);
    }
}

void snap_zoo_show(const struct snap_zoo *zoo, const struct snap_state_lines *to)
{
    struct showing showing = {zoo, to};

    snap_keyed_map_each(&zoo->map, show_field, &showing);
    snap_zoo_show_value(&zoo->fired, to);
    show_timers(zoo, &zoo->event, "event-timers", to);
    show_timers(zoo, &zoo->processing, "processing-timers", to);
}
