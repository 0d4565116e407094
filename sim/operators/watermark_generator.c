// SPDX-License-Identifier: Apache-2.0
#include "operators/watermark_generator.h"

bool snap_watermark_configure(struct snap_operator *op, uint32_t first,
                              struct snap_watermark_settings *settings, uint32_t *culprit,
                              struct snap_error *error)
{
    const struct snap_option *strategy = &op->options[first];
    const struct snap_option *bound = &op->options[first + 1];
    const struct snap_option *idle = &op->options[first + 2];

    *settings = (struct snap_watermark_settings){
        .strategy =
            strategy->set ? (enum snap_watermark_strategy)strategy->number : SNAP_WATERMARKS_NONE,
        .bound_ms = bound->set ? bound->number / SNAP_MS : 0,
        .idle_timeout_ns = idle->set ? idle->number : 0,
    };
    op->event_time =
        snap_watermarks_are_made(settings) ? SNAP_EVENT_TIME_MADE : SNAP_EVENT_TIME_WITHHELD;
    *culprit = first + 1;
    if (bound->set && settings->strategy != SNAP_WATERMARKS_BOUNDED)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "a bound needs `watermarks: bounded-out-of-orderness`");
    return true;
}

void snap_watermark_generator_init(struct snap_watermark_generator *generator,
                                   const struct snap_watermark_settings *settings,
                                   const struct snap_operator_context *context)
{
    *generator = (struct snap_watermark_generator){
        .settings = *settings,
        .interval_ns = context->auto_watermark_ns,
        .due_ns = SNAP_NEVER,
        .seen_ms = SNAP_WATERMARK_MIN + settings->bound_ms + 1,
        .sent_ms = SNAP_WATERMARK_MIN,
        .quiet_since_ns = SNAP_NEVER,
    };
    if (snap_watermarks_are_made(settings) && generator->interval_ns > 0)
        generator->due_ns = snap_ns_add(context->clock(context->task), generator->interval_ns);
}

void snap_watermark_generator_see(struct snap_watermark_generator *generator,
                                  const struct snap_stamp *stamps, uint32_t count)
{
    int64_t seen = generator->seen_ms;

    for (uint32_t i = 0; i < count; i++)
        seen = stamps[i].timestamp_ms > seen ? stamps[i].timestamp_ms : seen;
    generator->seen_ms = seen;
    generator->records += count;
}

static void set_idle(struct snap_watermark_generator *generator, bool idle,
                     struct snap_emitter *out)
{
    struct snap_record mark = snap_mark_make(idle ? SNAP_MARK_IDLE : SNAP_MARK_ACTIVE, 0);

    if (generator->idle == idle)
        return;
    generator->idle = idle;
    snap_emit_mark(out, &mark);
}

static void send(struct snap_watermark_generator *generator, int64_t watermark_ms,
                 struct snap_emitter *out)
{
    struct snap_record mark = snap_mark_make(SNAP_MARK_WATERMARK, watermark_ms);

    if (watermark_ms <= generator->sent_ms)
        return;
    generator->sent_ms = watermark_ms;
    set_idle(generator, false, out);
    snap_emit_mark(out, &mark);
}

/* Flink: WatermarksWithIdleness.IdlenessTimer: the time counts from the first quiet tick. */
static bool is_quiet_for_long(struct snap_watermark_generator *generator, snap_ns now_ns)
{
    if (generator->settings.idle_timeout_ns == 0)
        return false;
    if (generator->records != generator->records_at_tick) {
        generator->records_at_tick = generator->records;
        generator->quiet_since_ns = SNAP_NEVER;
        return false;
    }
    if (generator->quiet_since_ns == SNAP_NEVER)
        generator->quiet_since_ns = now_ns;
    return now_ns - generator->quiet_since_ns > generator->settings.idle_timeout_ns;
}

void snap_watermark_generator_tick(struct snap_watermark_generator *generator, snap_ns now_ns,
                                   struct snap_emitter *out)
{
    generator->due_ns = now_ns + generator->interval_ns;
    if (is_quiet_for_long(generator, now_ns))
        set_idle(generator, true, out);
    else if (generator->settings.strategy != SNAP_WATERMARKS_NONE)
        send(generator, generator->seen_ms - generator->settings.bound_ms - 1, out);
}

void snap_watermark_generator_end(struct snap_watermark_generator *generator,
                                  struct snap_emitter *out)
{
    send(generator, SNAP_WATERMARK_MAX, out);
}
