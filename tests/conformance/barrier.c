// SPDX-License-Identifier: Apache-2.0
#include "barrier_play.h"

#include <string.h>

#include "base/check.h"

struct name_of {
    const char *name;
    int value;
};

static const char *const reasons[] = {
    [SNAP_BARRIER_ON_CANCELLATION] = "declined_on_cancellation_barrier",
    [SNAP_BARRIER_SUBSUMED] = "declined_subsumed",
    [SNAP_BARRIER_INPUT_END_OF_STREAM] = "declined_input_end_of_stream",
    [SNAP_BARRIER_CAPTURE_REFUSED] = "subsumed",
};

static const struct name_of events[] = {
    {"barrier", SNAP_BARRIER_ARRIVED},    {"rpc_barrier", SNAP_BARRIER_INJECTED},
    {"cancel", SNAP_BARRIER_CANCELLED},   {"end", SNAP_BARRIER_ENDED},
    {"announce", SNAP_BARRIER_ANNOUNCED},
};

/* What an item means to the handler. */
static const enum snap_barrier_event_type event_of[] = {
    [SNAP_ITEM_BARRIER] = SNAP_BARRIER_ARRIVED,
    [SNAP_ITEM_CANCEL] = SNAP_BARRIER_CANCELLED,
    [SNAP_ITEM_END_OF_PARTITION] = SNAP_BARRIER_ENDED,
    [SNAP_ITEM_ANNOUNCEMENT] = SNAP_BARRIER_ANNOUNCED,
};

/* Steps that are about time, polling and senders, not items that a handler knows. */
static const char *const other_steps[] = {"buffer",      "advance",        "advance_quiet",
                                          "fire_timers", "poll",           "drain",
                                          "close",       "output_timeout", "output_abort"};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct name_of *find_name(const struct name_of *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(table[i].name, name))
            return &table[i];
    return NULL;
}

static json_t *measured(bool known, json_int_t value)
{
    return known ? json_integer(value) : json_null();
}

static json_t *trigger_output(const struct snap_barrier_trigger *trigger)
{
    const struct snap_barrier *barrier = &trigger->barrier;
    const struct snap_barrier_measures *measures = &trigger->measures;

    return json_pack("{s:s, s:I, s:s, s:I, s:I, s:o, s:o}", "a", "trigger", "cp",
                     (json_int_t)barrier->checkpoint, "align",
                     small_alignment_name(&barrier->options), "ts",
                     (json_int_t)(barrier->created_ns / SNAP_MS), "delay_ms",
                     (json_int_t)(trigger->start_delay_ns / SNAP_MS), "align_ms",
                     measured(trigger->measured, measures->alignment_ns / SNAP_MS), "bytes",
                     measured(trigger->measured, measures->bytes_processed));
}

static json_t *channel_output(const char *name, uint32_t channel)
{
    return json_pack("{s:s, s:I}", "a", name, "ch", (json_int_t)channel);
}

static json_t *checkpoint_output(const char *name, const struct snap_barrier_action *action)
{
    return json_pack("{s:s, s:I}", "a", name, "cp", (json_int_t)action->checkpoint);
}

static json_t *inputs_output(const struct snap_barrier_action *action)
{
    json_t *output = checkpoint_output("inputs_done", action);

    json_object_set_new(output, "ok", json_boolean(action->type == SNAP_BARRIER_INPUTS_DONE));
    return output;
}

static json_t *action_output(const struct snap_barrier_actions *actions,
                             const struct snap_barrier_action *action)
{
    switch (action->type) {
    case SNAP_BARRIER_BLOCK:
        return channel_output("block", action->channel);
    case SNAP_BARRIER_INIT_INPUTS:
        return json_pack("{s:s, s:I, s:s}", "a", "init_inputs", "cp",
                         (json_int_t)action->checkpoint, "align",
                         small_alignment_name(&actions->init.options));
    case SNAP_BARRIER_CAPTURE:
        return checkpoint_output("capture_start", action);
    case SNAP_BARRIER_TRIGGER:
        return trigger_output(&actions->trigger);
    case SNAP_BARRIER_MEASURED:
        return json_pack("{s:s, s:I, s:I, s:I}", "a", "metrics", "cp",
                         (json_int_t)action->checkpoint, "align_ms",
                         (json_int_t)(action->measures.alignment_ns / SNAP_MS), "bytes",
                         (json_int_t)action->measures.bytes_processed);
    case SNAP_BARRIER_CAPTURE_STOP:
        return checkpoint_output("capture_stop", action);
    case SNAP_BARRIER_INPUTS_DONE:
    case SNAP_BARRIER_INPUTS_FAILED:
        return inputs_output(action);
    case SNAP_BARRIER_ABORT:
        return json_pack("{s:s, s:I, s:s}", "a", "abort", "cp", (json_int_t)action->checkpoint,
                         "reason", reasons[action->reason]);
    case SNAP_BARRIER_PRIORITIZE:
        return json_pack("{s:s, s:I, s:I}", "a", "prioritize", "ch", (json_int_t)action->channel,
                         "seq", (json_int_t)action->sequence);
    case SNAP_BARRIER_TIMER_SET:
        return json_pack("{s:s, s:I}", "a", "timer_set", "delay_ms",
                         (json_int_t)(action->delay_ns / SNAP_MS));
    case SNAP_BARRIER_TIMER_CANCEL:
        return json_pack("{s:s}", "a", "timer_cancel");
    case SNAP_BARRIER_FAIL:
        return json_pack("{s:s, s:s}", "a", "error", "type", "IllegalStateException");
    case SNAP_BARRIER_UNBLOCK:
        break; /* one output a channel: unblock */
    }
    return NULL;
}

static void unblock(struct barrier_play *play, const struct snap_barrier_action *action)
{
    for (uint32_t c = action->channel; c < action->channel + action->count; c++) {
        small_output(&play->small, channel_output("unblock", c));
        barrier_channels_resume(play, c);
    }
}

static void play_buffer(struct barrier_play *play, uint32_t channel, json_int_t id, int64_t bytes)
{
    small_output(&play->small,
                 json_pack("{s:s, s:I, s:I}", "a", "deliver", "ch", (json_int_t)channel, "id", id));
    snap_barrier_handler_add_bytes(&play->handler, bytes);
}

static void set_timer(struct barrier_play *play, const struct snap_barrier_action *action)
{
    play->timers = snap_arena_grow(&play->small.arena, play->timers, play->timer_count,
                                   &play->timer_capacity, sizeof(*play->timers));
    play->timers[play->timer_count++] =
        (struct barrier_timer){play->now_ns + action->delay_ns, action->checkpoint};
}

/* The order in which they were set stays: it is the order of those due at the same time. */
static void remove_timer(struct barrier_play *play, uint32_t index)
{
    SNAP_CHECK(index < play->timer_count);
    play->timer_count--;
    memmove(&play->timers[index], &play->timers[index + 1],
            (play->timer_count - index) * sizeof(*play->timers));
}

/* Nothing can be cancelled where a case says that the timers' mails were on their way. */
static bool can_cancel_timers(const struct barrier_play *play)
{
    return !json_is_false(json_object_get(play->small.at->json, "cancel_timers"));
}

static bool through_channels(const struct barrier_play *play)
{
    return !strcmp(play->small.at->suite, "channels");
}

static void perform(struct barrier_play *play, const struct snap_barrier_actions *actions,
                    const struct snap_barrier_action *action)
{
    if (action->type == SNAP_BARRIER_TIMER_CANCEL && !can_cancel_timers(play))
        return;
    if (action->type == SNAP_BARRIER_UNBLOCK)
        unblock(play, action);
    else
        small_output(&play->small, action_output(actions, action));
    play->small.failed |= action->type == SNAP_BARRIER_FAIL;
    if (action->type == SNAP_BARRIER_TIMER_SET)
        set_timer(play, action);
    /* One that is firing is not there any more. */
    if (action->type == SNAP_BARRIER_TIMER_CANCEL && play->timer_count > 0)
        remove_timer(play, play->timer_count - 1);
    if (through_channels(play))
        barrier_channels_perform(play, action);
}

static void play_event(struct barrier_play *play, const struct snap_barrier_event *event)
{
    const struct snap_barrier_actions *actions = snap_barrier_handler_step(&play->handler, event);

    for (uint32_t i = 0; i < actions->count; i++)
        perform(play, actions, &actions->items[i]);
}

/* Hands the step straight to the handler. */
static void play_item(struct barrier_play *play, const json_t *step)
{
    const struct name_of *type = find_name(events, COUNT(events), conform_string(step, "op"));
    struct snap_barrier_event event = {.now_ns = play->now_ns, .barrier = small_barrier(step)};

    event.channel = (uint32_t)conform_integer(step, "ch");
    if (!type) {
        play_buffer(play, event.channel, conform_integer(step, "id"),
                    conform_integer(step, "bytes"));
        return;
    }
    event.type = (enum snap_barrier_event_type)type->value;
    event.sequence = (int32_t)conform_integer_or(step, "seq", 0);
    play_event(play, &event);
}

/* The table numbers only announcements. */
static void add_taken(struct barrier_play *play, uint32_t channel, const struct snap_buffer *item)
{
    json_t *output = small_out(item);

    json_object_set_new(output, "a", json_string("event"));
    json_object_set_new(output, "ch", json_integer(channel));
    if (item->kind != SNAP_ITEM_ANNOUNCEMENT)
        json_object_del(output, "seq");
    small_output(&play->small, output);
}

void barrier_play_taken(struct barrier_play *play, uint32_t channel, const struct snap_buffer *item)
{
    struct snap_barrier_event event = {.channel = channel,
                                       .now_ns = play->now_ns,
                                       .barrier = item->barrier,
                                       .sequence = item->sequence};

    if (item->kind == SNAP_ITEM_DATA) {
        play_buffer(play, channel, small_id(item), item->bytes);
        return;
    }
    add_taken(play, channel, item);
    event.type = event_of[item->kind];
    play_event(play, &event);
}

/* All timers that are due see the new time, in the order in which they are due. */
static void fire_timers(struct barrier_play *play)
{
    for (;;) {
        struct snap_barrier_event event = {.type = SNAP_BARRIER_TIMED_OUT, .now_ns = play->now_ns};
        uint32_t first = 0;

        for (uint32_t i = 1; i < play->timer_count; i++)
            if (play->timers[i].due_ns < play->timers[first].due_ns)
                first = i;
        if (play->timer_count == 0 || play->timers[first].due_ns > play->now_ns)
            return;
        event.barrier.checkpoint = play->timers[first].checkpoint;
        remove_timer(play, first);
        small_output(&play->small, json_pack("{s:s}", "a", "timer_fire"));
        /* A timer that was on its way finds its task gone. */
        if (!play->closed)
            play_event(play, &event);
    }
}

/* Closing cancels the timer; that is the runtime's, which needs no handler for it. */
static void close_handler(struct barrier_play *play)
{
    play->closed = true;
    if (play->timer_count == 0 || !can_cancel_timers(play))
        return;
    small_output(&play->small, json_pack("{s:s}", "a", "timer_cancel"));
    remove_timer(play, play->timer_count - 1);
}

static void drain(struct barrier_play *play)
{
    while (!play->small.failed && barrier_channels_poll(play))
        ;
}

/* Flink takes priority events by an urgent mail. */
static void take_priority_events(struct barrier_play *play)
{
    while (!play->small.failed && snap_input_has_priority(&play->input))
        barrier_channels_poll(play);
}

static void play_step(struct barrier_play *play, const json_t *step)
{
    const char *op = conform_string(step, "op");
    const char *poll = conform_string_or(play->small.at->json, "poll", "eager");
    const char *priority = conform_string_or(play->small.at->json, "priority", "at_once");
    bool item = json_object_get(step, "ch") != NULL;

    play->now_ns += conform_integer_or(step, "ms", 0) * SNAP_MS;
    if (item && through_channels(play) && strcmp(op, "rpc_barrier"))
        barrier_channels_step(play, step);
    else if (item)
        play_item(play, step);
    if (!strcmp(op, "advance") || !strcmp(op, "fire_timers"))
        fire_timers(play);
    if (!strcmp(op, "close"))
        close_handler(play);
    if (!strcmp(op, "poll"))
        barrier_channels_poll(play);
    if (!strcmp(op, "drain") || !strcmp(poll, "eager"))
        drain(play);
    if (!strcmp(priority, "at_once"))
        take_priority_events(play);
}

static void play_steps(struct barrier_play *play, struct snap_text *why)
{
    const json_t *expect = conform_array(play->small.at->json, "expect");
    json_t *step;
    size_t i;

    json_array_foreach(conform_array(play->small.at->json, "steps"), i, step)
    {
        json_t *expected = small_without_wording(json_array_get(expect, i));
        char where[32];

        if (play->small.failed)
            json_decref(expected);
        if (play->small.failed)
            break;
        snprintf(where, sizeof(where), "step %zu", i);
        json_array_clear(play->small.outputs);
        play_step(play, step);
        conform_same_json(why, where, expected, play->small.outputs);
        json_decref(expected);
    }
}

static json_t *pending_list(const struct snap_barrier_handler *handler)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < snap_barrier_handler_pending_count(handler); i++)
        json_array_append_new(list, json_integer(snap_barrier_handler_pending(handler, i)));
    return list;
}

static void check_final(struct barrier_play *play, struct snap_text *why)
{
    const struct snap_barrier_handler *handler = &play->handler;
    snap_ns align_ns = snap_alignment_clock_read(&handler->clock, play->now_ns);
    json_t *actual =
        json_pack("{s:I, s:b, s:b, s:I, s:I, s:I, s:o}", "latest_checkpoint",
                  (json_int_t)snap_barrier_handler_latest(handler), "pending",
                  snap_barrier_handler_pending_count(handler) > 0, "aligning",
                  snap_barrier_handler_is_aligning(handler), "open_channels",
                  (json_int_t)handler->open_channels, "start_delay_ms",
                  (json_int_t)(handler->clock.start_delay_ns / SNAP_MS), "align_ms",
                  (json_int_t)(align_ns / SNAP_MS), "pending_checkpoints", pending_list(handler));
    const char *key;
    json_t *expected;

    json_object_foreach(json_object_get(play->small.at->json, "final"), key, expected)
        conform_same_json(why, key, expected, json_object_get(actual, key));
    json_decref(actual);
}

/* The blocked channels are the policy's own books; they must agree with the actions given out. */
static void check_blocked(struct barrier_play *play, struct snap_text *why)
{
    bool aligned = strcmp(play->small.at->mode, "at_least_once") != 0;

    for (uint32_t i = 0; i < play->channel_count; i++)
        if (snap_barrier_handler_is_blocked(&play->handler, i) &&
            (!aligned || !snap_barrier_handler_pending_count(&play->handler)))
            snap_text_printf(why, "channel %u is blocked at the end, nothing pending\n", i);
}

static bool may_overtake(const struct conform_case *at)
{
    return !strcmp(at->mode, "unaligned") || !strcmp(at->mode, "alternating");
}

/* Without channels nothing has come that could be against it. */
static bool may_capture(void *context, snap_checkpoint_id checkpoint)
{
    const struct barrier_play *play = context;

    return !through_channels(play) || snap_input_may_capture(&play->input, checkpoint);
}

static enum conform_result play_case(const struct conform_case *at, struct snap_text *why)
{
    struct barrier_play play = {.may_overtake = may_overtake(at)};
    const json_t *after_finish = json_object_get(at->json, "after_finish");
    struct snap_barrier_handler_options options = {
        .mode =
            strcmp(at->mode, "at_least_once") ? SNAP_MODE_EXACTLY_ONCE : SNAP_MODE_AT_LEAST_ONCE,
        .may_overtake = play.may_overtake,
        .inputs = {.context = &play, .may_capture = may_capture},
        .channels = (uint32_t)conform_integer(at->json, "channels"),
        .checkpoints_after_finish = !json_is_false(after_finish),
    };

    small_init(&play.small, at);
    play.channel_count = options.channels;
    snap_barrier_handler_init(&play.handler, &play.small.arena, &options);
    barrier_channels_init(&play);
    play_steps(&play, why);
    check_final(&play, why);
    check_blocked(&play, why);
    barrier_channels_fini(&play);
    small_fini(&play.small);
    return conform_verdict(why);
}

/* Returns what in the step has no adapter, or NULL. */
static const char *unknown_part(const struct conform_case *at, const json_t *step)
{
    const char *op = conform_string(step, "op");
    const char *align = conform_string_or(step, "align", "aligned");
    bool known = find_name(events, COUNT(events), op) != NULL;

    for (size_t i = 0; i < COUNT(other_steps); i++)
        known |= !strcmp(other_steps[i], op);
    if (!known)
        return op;
    if (!may_overtake(at) && !strcmp(align, "unaligned"))
        return "an unaligned barrier in a mode without";
    return NULL;
}

enum conform_result conform_barrier_case(const struct conform_case *at, struct snap_text *why)
{
    json_t *step;
    size_t i;

    if (!at->mode || (strcmp(at->suite, "handler") && strcmp(at->suite, "channels")))
        return conform_skip(why, at->suite);
    json_array_foreach(conform_array(at->json, "steps"), i, step)
    {
        if (unknown_part(at, step))
            return conform_skip(why, unknown_part(at, step));
    }
    return play_case(at, why);
}
