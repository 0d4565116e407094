// SPDX-License-Identifier: Apache-2.0
/*
 * Timers, watermarks and inputs of a program's operators. Timers are keyed state without windows,
 * as those of a KeyedProcessFunction. Flink: KeyedProcessOperator, KeyedCoProcessOperator,
 * SimpleTimerService.
 */
#include "api/context.h"
#include "base/check.h"
#include "model/lineage.h"

/* Of a timer in the storage: its time, and a key. */
enum { TIMER_BYTES = 16 };

static const char *const timer_names[SNAP_API_CLOCKS] = {
    [SNAPSIM_EVENT_TIME] = "_timer_state/event_user-timers",
    [SNAPSIM_PROCESSING_TIME] = "_timer_state/processing_user-timers",
};

static bool has_clock(const struct snapsim_operator_type *type, enum snapsim_clock clock)
{
    return clock == SNAPSIM_EVENT_TIME ? type->event_time : type->processing_time;
}

void snap_api_time_open(struct snap_api_instance *instance)
{
    const struct snap_operator_context *context = &instance->running;
    struct snap_scoped_options options = {
        .key_kind = context->op->input_schemas[0].key,
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    instance->context.time = &instance->time;
    instance->time.watermark_ms = SNAP_WATERMARK_MIN;
    instance->time.running = context;
    for (unsigned c = 0; instance->context.type->timer && c < SNAP_API_CLOCKS; c++) {
        const struct snap_scoped_snapshot *restored =
            snap_operator_state_find_scoped(context->restored, timer_names[c]);

        snap_timers_init(&instance->time.timers[c], context->arena, &options);
        if (restored)
            snap_timers_restore(&instance->time.timers[c], restored);
    }
}

void snap_api_time_snapshot(struct snap_api_instance *instance, struct snap_arena *arena,
                            struct snap_operator_state *out)
{
    for (unsigned c = 0; instance->context.type->timer && c < SNAP_API_CLOCKS; c++) {
        struct snap_scoped_table *table = &instance->time.timers[c].table;
        struct snap_scoped_snapshot timers;

        if (!has_clock(instance->context.type, (enum snapsim_clock)c))
            continue;
        timers = snap_scoped_table_freeze(table, arena, timer_names[c]);
        snap_operator_state_add_scoped(out, arena, &timers);
        out->bytes += (int64_t)table->used_count * TIMER_BYTES;
    }
}

/* ---- what callbacks ask for ---- */

uint32_t snapsim_input(const struct snapsim_context *context)
{
    return context->time ? context->time->input : 0;
}

int64_t snapsim_watermark_ms(const struct snapsim_context *context)
{
    return context->time ? context->time->watermark_ms : SNAP_WATERMARK_MIN;
}

int64_t snapsim_now_ms(const struct snapsim_context *context)
{
    const struct snap_operator_context *running = context->time ? context->time->running : NULL;

    return running ? running->clock(running->task) / SNAP_MS : 0;
}

/* The timers of the clock, NULL if they may not be touched now. */
static struct snap_timers *timers_of(struct snapsim_context *context, enum snapsim_clock clock)
{
    if ((unsigned)clock < SNAP_API_CLOCKS && context->time && context->type->timer && context->in &&
        context->emitter && has_clock(context->type, clock))
        return &context->time->timers[clock];
    snapsim_fail(context, "timers belong to process and timer of a type that declares their clock");
    return NULL;
}

bool snapsim_timer_register(struct snapsim_context *context, enum snapsim_clock clock,
                            int64_t at_ms)
{
    struct snap_timers *timers = timers_of(context, clock);

    if (timers)
        snap_timers_register(timers,
                             &(struct snap_scope){.key = context->in->key, .time_ms = at_ms});
    return timers != NULL;
}

bool snapsim_timer_delete(struct snapsim_context *context, enum snapsim_clock clock, int64_t at_ms)
{
    struct snap_timers *timers = timers_of(context, clock);

    if (timers)
        snap_timers_delete(timers, &(struct snap_scope){.key = context->in->key, .time_ms = at_ms});
    return timers != NULL;
}

/* ---- firing ---- */

static void set_input(void *self, uint32_t input)
{
    ((struct snap_api_instance *)self)->time.input = input;
}

/* What a timer sends is told apart like the result of a window. */
static uint64_t lineage_of(const struct snap_api_instance *instance, enum snapsim_clock clock,
                           const struct snap_scope *scope)
{
    bool is_long = instance->context.op->input_schemas[0].key == SNAP_VALUE_LONG;

    return snap_lineage_result(&(struct snap_result_name){
        .operator_name = snap_lineage_operator(instance->context.op->uid),
        .key = is_long ? (uint64_t)scope->key.number : scope->key.string->hash,
        .start_ms = scope->time_ms,
        .end_ms = scope->time_ms,
        .firing = clock,
    });
}

static void fire_one(struct snap_api_instance *instance, enum snapsim_clock clock,
                     const struct snap_scope *scope, struct snap_emitter *out)
{
    struct snapsim_context *context = &instance->context;
    const struct snap_record stands_for = {
        .timestamp_ms = scope->time_ms, .key = scope->key, .origin = instance->time.last_origin};
    const struct snapsim_timer timer = {
        .clock = clock,
        .at_ms = scope->time_ms,
        .key = snap_api_value_out(context->op->input_schemas[0].key, scope->key)};

    out->child = 0;
    out->input_lineage = lineage_of(instance, clock, scope);
    context->in = &stands_for;
    context->emitter = out;
    context->type->timer(instance->self, &timer, context);
    context->in = NULL;
    context->emitter = NULL;
}

static void fire_until(struct snap_api_instance *instance, enum snapsim_clock clock,
                       int64_t until_ms, struct snap_emitter *out)
{
    struct snap_scope scope;

    while (instance->context.type->timer &&
           snap_timers_pop(&instance->time.timers[clock], until_ms, &scope))
        fire_one(instance, clock, &scope, out);
}

static void take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out)
{
    struct snap_api_instance *instance = self;

    if (snap_mark_kind_of(mark) == SNAP_MARK_WATERMARK) {
        instance->time.watermark_ms = mark->timestamp_ms;
        fire_until(instance, SNAPSIM_EVENT_TIME, mark->timestamp_ms, out);
    }
    snap_emit_mark(out, mark);
}

/* A millisecond later: then its time is over. */
static snap_ns timer_due(void *self)
{
    const struct snap_api_instance *instance = self;
    int64_t time_ms;

    if (!snap_timers_peek(&instance->time.timers[SNAPSIM_PROCESSING_TIME], &time_ms) ||
        time_ms >= SNAP_NEVER / SNAP_MS)
        return SNAP_NEVER;
    return time_ms < 0 ? 0 : (time_ms + 1) * SNAP_MS;
}

static void fire(void *self, snap_ns now_ns, struct snap_emitter *out)
{
    fire_until(self, SNAPSIM_PROCESSING_TIME, now_ns / SNAP_MS - 1, out);
}

static void time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    const struct snapsim_operator_type *type = snap_api_type_of(op);

    needs->event_time = type->event_time;
    needs->has_timers = type->processing_time;
    needs->arms_timers = type->processing_time;
}

static struct snap_schema input_schema(const struct snap_operator *op)
{
    return op->input_schemas[0];
}

const struct snap_state_spec snap_api_timer_specs[SNAP_API_CLOCKS] = {
    {.name = "_timer_state/event_user-timers",
     .shape = SNAP_SHAPE_EVENT_TIMERS,
     .schema = input_schema,
     .is_windowless = true},
    {.name = "_timer_state/processing_user-timers",
     .shape = SNAP_SHAPE_PROCESSING_TIMERS,
     .schema = input_schema,
     .is_windowless = true},
};
void snap_api_time_fill(struct snap_api_class *made)
{
    const struct snapsim_operator_type *type = made->type;

    made->class.type.input_count = type->inputs;
    if (type->inputs > 1)
        made->class.set_input = set_input;
    made->class.time_needs = time_needs;
    if (type->event_time)
        made->class.take_mark = take_mark;
    if (type->processing_time) {
        made->class.timer_due = timer_due;
        made->class.fire = fire;
    }
}
