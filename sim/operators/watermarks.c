// SPDX-License-Identifier: Apache-2.0
/*
 * Timestamps and watermarks assigned in the middle of a job: watermarks from upstream end here, but
 * for the last one. Flink: TimestampsAndWatermarksOperator.
 */
#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/watermark_generator.h"

enum { TIMESTAMPS, WATERMARKS, OPTION_COUNT = WATERMARKS + SNAP_WATERMARK_OPTION_COUNT };

enum timestamps { KEEP, VALUE };

struct settings {
    struct snap_watermark_settings watermarks;
    enum timestamps timestamps;
};

struct instance {
    struct snap_watermark_generator generator;
    enum timestamps timestamps;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);

    op->settings = settings;
    if (!snap_watermark_configure(op, WATERMARKS, &settings->watermarks, culprit, error))
        return false;
    *culprit = TIMESTAMPS;
    settings->timestamps =
        op->options[TIMESTAMPS].set ? (enum timestamps)op->options[TIMESTAMPS].number : KEEP;
    if (!snap_input_schema_get(op, &op->schema, error))
        return false;
    return settings->timestamps == KEEP || snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

static void time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    const struct settings *settings = op->settings;

    needs->event_time = true;
    needs->has_timers = snap_watermarks_are_made(&settings->watermarks);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *watermarks = self;
    const struct settings *settings = context->op->settings;

    (void)error;
    watermarks->timestamps = settings->timestamps;
    snap_watermark_generator_init(&watermarks->generator, &settings->watermarks, context);
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *watermarks = self;

    for (uint32_t i = 0; watermarks->timestamps == VALUE && i < batch->count; i++)
        batch->stamps[i].timestamp_ms = batch->records[i].value.number;
    snap_watermark_generator_see(&watermarks->generator, batch->stamps, batch->count);
}

static void take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out)
{
    if (snap_mark_kind_of(mark) == SNAP_MARK_WATERMARK && mark->timestamp_ms == SNAP_WATERMARK_MAX)
        snap_watermark_generator_end(&((struct instance *)self)->generator, out);
}

static snap_ns timer_due(void *self)
{
    return ((const struct instance *)self)->generator.due_ns;
}

static void fire(void *self, snap_ns now_ns, struct snap_emitter *out)
{
    snap_watermark_generator_tick(&((struct instance *)self)->generator, now_ns, out);
}

static const struct snap_option_type options[] = {
    [TIMESTAMPS] = {.name = "timestamps",
                    .kind = SNAP_OPTION_CHOICE,
                    .choices = "keep|value",
                    .text_default = "keep",
                    .doc = "value: a record's event time is its value, in milliseconds",
                    .example = "value"},
    SNAP_WATERMARK_OPTIONS(WATERMARKS),
};

const struct snap_operator_class snap_watermarks_class = {
    .type = {.name = "watermarks",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Timestamps/Watermarks",
             .doc = "gives records timestamps, and the stream watermarks of its own",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE, .key_from = SNAP_PART_KEY, .value_from = SNAP_PART_VALUE},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .time_needs = time_needs,
    .open = open,
    .transform = transform,
    .take_mark = take_mark,
    .timer_due = timer_due,
    .fire = fire,
};
