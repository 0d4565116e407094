// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_story.h: plays a text on a barrier handler and compares what it answers.
 *
 * A story is a transcript: a line that is not indented is an event, the indented lines under it are
 * exactly the actions it causes. Channels count from 0, times and ages are in ms.
 *     barrier CHANNEL cp=N [t=NOW] [created=T] [align=aligned|unaligned|forced] [timeout=AGE]
 *                     [savepoint]
 *     inject CHANNEL cp=N ...         the same barrier, brought by a call
 *     announce CHANNEL cp=N number=S ...   the same barrier waits in the channel with the number
 *     timeout cp=N                    the alignment timer of the checkpoint
 *     cancel CHANNEL cp=N             a cancellation marker
 *     end CHANNEL                     end of partition
 *     data BYTES                      data taken from any channel
 *     ask                             prints the read-outs
 * Time stands still where t= is missing.
 */
#ifndef SNAP_TESTS_BARRIER_STORY_H
#define SNAP_TESTS_BARRIER_STORY_H

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "protocol/barrier_handler.h"

enum { STORY_LINE_BYTES_MAX = 128 };

struct barrier_story {
    struct snap_arena arena;
    struct snap_barrier_handler handler;
    struct snap_text transcript;
    snap_ns now_ns;
};

static inline int64_t story_number(const char *line, const char *key, int64_t otherwise)
{
    const char *at = strstr(line, key);

    return at ? strtoll(at + strlen(key), NULL, 10) : otherwise;
}

static inline enum snap_alignment story_alignment(const struct barrier_story *story,
                                                  const char *line)
{
    if (strstr(line, "align=unaligned"))
        return SNAP_ALIGN_UNALIGNED;
    if (strstr(line, "align=forced"))
        return SNAP_ALIGN_FORCED_ALIGNED;
    return story->handler.bookkeeping == &snap_barrier_tracker_bookkeeping
               ? SNAP_ALIGN_AT_LEAST_ONCE
               : SNAP_ALIGN_ALIGNED;
}

static inline const char *story_alignment_name(const struct snap_checkpoint_options *options)
{
    switch (options->alignment) {
    case SNAP_ALIGN_AT_LEAST_ONCE:
        return "at-least-once";
    case SNAP_ALIGN_ALIGNED:
        return options->aligned_timeout_ns > 0 ? "timeoutable" : "aligned";
    case SNAP_ALIGN_UNALIGNED:
        return "unaligned";
    case SNAP_ALIGN_FORCED_ALIGNED:
        return "forced";
    }
    return "?";
}

static inline const char *story_reason_name(enum snap_barrier_abort_reason reason)
{
    switch (reason) {
    case SNAP_BARRIER_ON_CANCELLATION:
        return "cancelled";
    case SNAP_BARRIER_SUBSUMED:
        return "subsumed";
    case SNAP_BARRIER_INPUT_END_OF_STREAM:
        return "end of stream";
    case SNAP_BARRIER_CAPTURE_REFUSED:
        return "refused";
    }
    return "?";
}

static inline void story_write_trigger(struct snap_text *text,
                                       const struct snap_barrier_trigger *trigger)
{
    snap_text_printf(text, "    trigger %" PRId64 " %s, created %" PRId64,
                     trigger->barrier.checkpoint, story_alignment_name(&trigger->barrier.options),
                     trigger->barrier.created_ns / SNAP_MS);
    snap_text_printf(text, ": start delay %" PRId64, trigger->start_delay_ns / SNAP_MS);
    if (trigger->measured)
        snap_text_printf(text, ", alignment %" PRId64 ", %" PRId64 " bytes\n",
                         trigger->measures.alignment_ns / SNAP_MS,
                         trigger->measures.bytes_processed);
    else
        snap_text_add_string(text, ", alignment not over\n");
}

/* What only barriers that overtake, or may come to, cause. */
static inline void story_write_overtaking(struct snap_text *text,
                                          const struct snap_barrier_actions *actions,
                                          const struct snap_barrier_action *action)
{
    static const char *const names[] = {
        [SNAP_BARRIER_CAPTURE] = "capture",
        [SNAP_BARRIER_CAPTURE_STOP] = "capture stop",
        [SNAP_BARRIER_INPUTS_DONE] = "inputs done",
        [SNAP_BARRIER_INPUTS_FAILED] = "inputs failed",
    };

    if (action->type == SNAP_BARRIER_INIT_INPUTS)
        snap_text_printf(text, "    init %" PRId64 " %s\n", action->checkpoint,
                         story_alignment_name(&actions->init.options));
    else if (action->type == SNAP_BARRIER_MEASURED)
        snap_text_printf(text,
                         "    measured %" PRId64 ": alignment %" PRId64 ", %" PRId64 " bytes\n",
                         action->checkpoint, action->measures.alignment_ns / SNAP_MS,
                         action->measures.bytes_processed);
    else if (action->type == SNAP_BARRIER_PRIORITIZE)
        snap_text_printf(text, "    prioritize %u, number %d\n", action->channel, action->sequence);
    else if (action->type == SNAP_BARRIER_TIMER_SET)
        snap_text_printf(text, "    timer in %" PRId64 "\n", action->delay_ns / SNAP_MS);
    else if (action->type == SNAP_BARRIER_TIMER_CANCEL)
        snap_text_add_string(text, "    timer cancelled\n");
    else
        snap_text_printf(text, "    %s %" PRId64 "\n", names[action->type], action->checkpoint);
}

static inline void story_write_action(struct snap_text *text,
                                      const struct snap_barrier_actions *actions,
                                      const struct snap_barrier_action *action)
{
    switch (action->type) {
    case SNAP_BARRIER_BLOCK:
        snap_text_printf(text, "    block %u\n", action->channel);
        break;
    case SNAP_BARRIER_UNBLOCK:
        for (uint32_t c = action->channel; c < action->channel + action->count; c++)
            snap_text_printf(text, "    unblock %u\n", c);
        break;
    case SNAP_BARRIER_TRIGGER:
        story_write_trigger(text, &actions->trigger);
        break;
    case SNAP_BARRIER_ABORT:
        snap_text_printf(text, "    abort %" PRId64 " %s\n", action->checkpoint,
                         story_reason_name(action->reason));
        break;
    case SNAP_BARRIER_FAIL:
        snap_text_add_string(text, "    fail\n");
        break;
    case SNAP_BARRIER_INIT_INPUTS:
    case SNAP_BARRIER_CAPTURE:
    case SNAP_BARRIER_MEASURED:
    case SNAP_BARRIER_CAPTURE_STOP:
    case SNAP_BARRIER_INPUTS_DONE:
    case SNAP_BARRIER_INPUTS_FAILED:
    case SNAP_BARRIER_PRIORITIZE:
    case SNAP_BARRIER_TIMER_SET:
    case SNAP_BARRIER_TIMER_CANCEL:
        story_write_overtaking(text, actions, action);
        break;
    }
}

static inline void story_ask(struct barrier_story *story)
{
    const struct snap_barrier_handler *handler = &story->handler;
    struct snap_text *text = &story->transcript;
    uint32_t pending = snap_barrier_handler_pending_count(handler);

    snap_text_printf(text, "    latest %" PRId64 ", open %u, alignment %" PRId64 "%s, pending",
                     snap_barrier_handler_latest(handler), handler->open_channels,
                     snap_alignment_clock_read(&handler->clock, story->now_ns) / SNAP_MS,
                     snap_barrier_handler_is_aligning(handler) ? " so far" : "");
    for (uint32_t i = 0; i < pending; i++)
        snap_text_printf(text, " %" PRId64, snap_barrier_handler_pending(handler, i));
    snap_text_add_string(text, ", blocked");
    for (uint32_t i = 0; i < handler->channels; i++)
        if (snap_barrier_handler_is_blocked(handler, i))
            snap_text_printf(text, " %u", i);
    snap_text_add_string(text, "\n");
}

static inline void story_step(struct barrier_story *story, enum snap_barrier_event_type type,
                              const char *line)
{
    struct snap_barrier_event event = {.type = type, .now_ns = story->now_ns};
    const struct snap_barrier_actions *actions;

    event.channel = (uint32_t)story_number(line, " ", 0);
    event.barrier.checkpoint = story_number(line, "cp=", 0);
    event.barrier.created_ns = story_number(line, "created=", 0) * SNAP_MS;
    event.barrier.options.alignment = story_alignment(story, line);
    event.barrier.options.aligned_timeout_ns = story_number(line, "timeout=", 0) * SNAP_MS;
    if (strstr(line, " savepoint"))
        event.barrier.options.kind = SNAP_KIND_SAVEPOINT;
    event.sequence = (int32_t)story_number(line, "number=", 0);
    actions = snap_barrier_handler_step(&story->handler, &event);
    for (uint32_t i = 0; i < actions->count; i++)
        story_write_action(&story->transcript, actions, &actions->items[i]);
}

static inline void story_line(struct barrier_story *story, const char *line)
{
    story->now_ns = story_number(line, " t=", story->now_ns / SNAP_MS) * SNAP_MS;
    snap_text_printf(&story->transcript, "%s\n", line);
    if (!strncmp(line, "barrier ", 8))
        story_step(story, SNAP_BARRIER_ARRIVED, line);
    else if (!strncmp(line, "inject ", 7))
        story_step(story, SNAP_BARRIER_INJECTED, line);
    else if (!strncmp(line, "announce ", 9))
        story_step(story, SNAP_BARRIER_ANNOUNCED, line);
    else if (!strncmp(line, "timeout ", 8))
        story_step(story, SNAP_BARRIER_TIMED_OUT, line);
    else if (!strncmp(line, "cancel ", 7))
        story_step(story, SNAP_BARRIER_CANCELLED, line);
    else if (!strncmp(line, "end ", 4))
        story_step(story, SNAP_BARRIER_ENDED, line);
    else if (!strncmp(line, "data ", 5))
        snap_barrier_handler_add_bytes(&story->handler, story_number(line, "data ", 0));
    else if (!strcmp(line, "ask"))
        story_ask(story);
    else
        fail_msg("not an event: %s", line);
}

/* Plays the events of the text; fails the test unless the transcript is the text. */
static inline void play_story(const struct snap_barrier_handler_options *options, const char *text)
{
    struct barrier_story story = {0};
    const char *at = text;

    snap_arena_init(&story.arena);
    snap_barrier_handler_init(&story.handler, &story.arena, options);
    while (*at) {
        char line[STORY_LINE_BYTES_MAX];
        size_t length = strcspn(at, "\n");

        assert_true(length < sizeof(line));
        memcpy(line, at, length);
        line[length] = '\0';
        if (!isspace((unsigned char)line[0]))
            story_line(&story, line);
        at += length + (at[length] == '\n');
    }
    assert_string_equal(snap_text_get(&story.transcript), text);
    snap_text_fini(&story.transcript);
    snap_arena_fini(&story.arena);
}

#endif
