// SPDX-License-Identifier: Apache-2.0
#include "view/record_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "model/string_pool.h"
#include "trace/effects.h"
#include "trace/reader.h"
#include "view/story_conclusion.h"
#include "view/story_wanted.h"

/* Of a long section (from the start, or a failure, to the next) the middle is left out. */
enum { SHOWN_MAX = 3, SECTION_LINES_MAX = 50, LINES_AT_START = 25, LINES_AT_END = 20 };

/* Steps of one kind at one subtask that are told together. */
struct run_of_steps {
    uint32_t count; /* 0: none is open */
    uint32_t attempt;
    struct snap_event first;
    struct snap_event last;
};

struct teller {
    const struct snap_story_request *request;
    struct snap_trace_reader reader;
    struct snap_effects effects;
    struct snap_arena arena;
    struct snap_text *text;   /* the whole */
    struct snap_text section; /* of it, the part that is being told */
    struct snap_story_wanted wanted;
    struct run_of_steps steps;
    uint32_t *attempts;        /* by task, from 0 as everywhere */
    bool told;                 /* something, in an earlier execution */
    snap_checkpoint_id *saved; /* checkpoints of this execution that have it in flight; arena */
    uint32_t saved_count;
    uint32_t saved_capacity;
};

/* ---- words ---- */

static const char *key_text(struct teller *teller, const struct snap_event *event)
{
    return snap_story_key(event, teller->reader.job, &teller->arena);
}

static const char *pair_text(struct teller *teller, const struct snap_event *event)
{
    return snap_story_pair(event, teller->reader.job, &teller->arena);
}

static const char *skip_lines(const char *text, uint32_t count)
{
    while (count-- > 0)
        text = strchr(text, '\n') + 1;
    return text;
}

static void end_section(struct teller *teller)
{
    const char *text = snap_text_get(&teller->section);
    uint32_t lines = 0;

    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    if (lines <= SECTION_LINES_MAX) {
        snap_text_add_string(teller->text, text);
    } else {
        const char *middle = skip_lines(text, LINES_AT_START);

        snap_text_add(teller->text, text, (size_t)(middle - text));
        snap_text_printf(teller->text, "%15s... %u %s left out ...\n", "",
                         lines - LINES_AT_START - LINES_AT_END,
                         snap_plural(lines - LINES_AT_START - LINES_AT_END, "line", "lines"));
        snap_text_add_string(teller->text, skip_lines(text, lines - LINES_AT_END));
    }
    snap_text_clear(&teller->section);
}

static void begin_line(struct teller *teller, snap_ns at_ns)
{
    snap_text_printf(&teller->section, "  %10.6f s  ", (double)at_ns / 1e9);
}

/* A line about something that is no step of the record: set off to the left. */
#define BORDER "-- "

/* ---- steps ---- */

static const char *restart_noun(int64_t count)
{
    return snap_plural(count, "subtask restarts", "subtasks restart");
}

static const char *steps_name(struct teller *teller)
{
    if (teller->steps.count > 1)
        return snap_arena_printf(&teller->arena, "%u records", teller->steps.count);
    return teller->request->record ? "it" : "a record";
}

/* The task that saved a record need not have the operator that made it. */
static const char *step_place(struct teller *teller, const struct snap_event *event)
{
    const struct snap_job *job = teller->reader.job;

    if (event->type == SNAP_EVENT_RECORD_CAPTURED)
        return snap_actor_name(job, event->actor, &teller->arena);
    return snap_subtask_name(job, (uint32_t)event->args[0],
                             snap_job_task_subtask(job, event->actor), &teller->arena);
}

static void end_steps(struct teller *teller)
{
    struct run_of_steps *steps = &teller->steps;
    const struct snap_event *last = &steps->last;

    if (steps->count == 0)
        return;
    begin_line(teller, steps->first.at_ns);
    snap_text_printf(&teller->section, "%s (attempt %u) ", step_place(teller, last),
                     steps->attempt);
    if (last->type == SNAP_EVENT_RECORD_AFFECTED)
        snap_text_printf(&teller->section, "changes the state of key %s with %s\n",
                         key_text(teller, last), steps_name(teller));
    else if (last->type == SNAP_EVENT_RECORD_CAPTURED)
        snap_text_printf(
            &teller->section, "saves %s in flight for checkpoint %lld, %s %lld: %s%s\n",
            steps_name(teller), (long long)last->args[5], last->args[7] ? "output" : "input",
            (long long)last->args[6], steps->count > 1 ? "last " : "", pair_text(teller, last));
    else
        snap_text_printf(&teller->section, "%s %s: %s%s\n",
                         last->type == SNAP_EVENT_RECORD_EMITTED ? "sends" : "takes",
                         steps_name(teller), steps->count > 1 ? "last " : "",
                         pair_text(teller, last));
    steps->count = 0;
}

/* Of records that were saved, those of one channel for one checkpoint. */
static bool goes_on(const struct snap_event *last, const struct snap_event *event)
{
    if (last->type != event->type || last->actor != event->actor || last->args[0] != event->args[0])
        return false;
    return event->type != SNAP_EVENT_RECORD_CAPTURED ||
           (last->args[5] == event->args[5] && last->args[6] == event->args[6] &&
            last->args[7] == event->args[7]);
}

static bool is_saved(const struct teller *teller, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < teller->saved_count; i++)
        if (teller->saved[i] == checkpoint)
            return true;
    return false;
}

static void note_saved(struct teller *teller, snap_checkpoint_id checkpoint)
{
    if (is_saved(teller, checkpoint))
        return;
    teller->saved = snap_arena_grow(&teller->arena, teller->saved, teller->saved_count,
                                    &teller->saved_capacity, sizeof(teller->saved[0]));
    teller->saved[teller->saved_count++] = checkpoint;
}

static void take_step(struct teller *teller, const struct snap_event *event)
{
    struct run_of_steps *steps = &teller->steps;

    if (event->type == SNAP_EVENT_RECORD_CAPTURED)
        note_saved(teller, event->args[5]);
    else
        snap_effects_add(&teller->effects, event);
    if (steps->count > 0 && !goes_on(&steps->last, event))
        end_steps(teller);
    if (steps->count++ == 0) {
        steps->first = *event;
        steps->attempt = teller->attempts[event->actor];
    }
    steps->last = *event;
}

/* ---- what readers see ---- */

static void tell_sink(struct teller *teller, uint32_t operator_index)
{
    const struct snap_effects *effects = &teller->effects;
    struct snap_text shown = {0};
    uint32_t count = 0;

    for (uint32_t i = effects->count; i > 0; i--) {
        const struct snap_mark *mark = &effects->marks[i - 1];

        if (mark->event.type != SNAP_EVENT_RECORD_WRITTEN ||
            mark->operator_index != operator_index || !mark->visible)
            continue;
        if (count++ < SHOWN_MAX)
            snap_text_printf(&shown, "%s%s", shown.length > 0 ? ", " : "",
                             pair_text(teller, &mark->event));
    }
    snap_text_printf(&teller->section, "%15sa reader of %s sees ", "",
                     teller->reader.job->operators[operator_index].uid);
    if (count == 0)
        snap_text_add_string(&teller->section, "nothing of it\n");
    else if (count <= SHOWN_MAX)
        snap_text_printf(&teller->section, "it %s (latest first): %s\n",
                         snap_times_name(count, &teller->arena), snap_text_get(&shown));
    else
        snap_text_printf(&teller->section, "%u records, latest first: %s, ...\n", count,
                         snap_text_get(&shown));
    snap_text_fini(&shown);
}

/* Whether the operator sends to nobody. */
static bool is_last(const struct snap_job *job, uint32_t operator_index)
{
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (job->edges[e].producer == operator_index)
            return false;
    return true;
}

/* Of the sinks that the record has reached, or all if it reached none. */
static void tell_sinks(struct teller *teller)
{
    const struct snap_effects *effects = &teller->effects;
    bool any = false;

    for (uint32_t op = 0; op < teller->reader.job->operator_count; op++) {
        bool reached = false;

        for (uint32_t i = 0; i < effects->count && !reached; i++)
            reached = effects->marks[i].operator_index == op &&
                      effects->marks[i].event.type == SNAP_EVENT_RECORD_WRITTEN;
        if (reached)
            tell_sink(teller, op);
        any = any || reached;
    }
    for (uint32_t op = 0; !any && op < teller->reader.job->operator_count; op++)
        if (is_last(teller->reader.job, op))
            tell_sink(teller, op);
}

/* ---- borders ---- */

static void tell(struct teller *teller, const struct snap_event *event, const char *what)
{
    end_steps(teller);
    begin_line(teller, event->at_ns);
    snap_text_printf(&teller->section, BORDER "%s\n", what);
}

static const char *actor_of(struct teller *teller, const struct snap_event *event)
{
    return snap_actor_name(teller->reader.job, event->actor, &teller->arena);
}

static void tell_restored(struct teller *teller, const struct snap_event *event,
                          const struct snap_effects_change *change)
{
    const char *who = event->type == SNAP_EVENT_JOB_RESUMED ? "the job" : actor_of(teller, event);
    const char *from = event->args[1] < 0
                           ? "starts empty"
                           : snap_arena_printf(&teller->arena, "is back at checkpoint %lld",
                                               (long long)event->args[1]);
    const char *what = change->undone == 0 ? "it is in there"
                       : change->kept == 0 ? "what it did is undone"
                                           : "what it did since is undone";

    if (change->undone + change->kept > 0)
        tell(teller, event, snap_arena_printf(&teller->arena, "%s %s: %s", who, from, what));
}

static void tell_failover(struct teller *teller, const struct snap_event *event)
{
    const char *what;

    if (teller->effects.count == 0)
        return;
    if (event->args[2] == 0)
        what = "the job fails";
    else if (event->args[4] < 0)
        what = snap_arena_printf(&teller->arena, "%lld %s without a checkpoint",
                                 (long long)event->args[2], restart_noun(event->args[2]));
    else
        what = snap_arena_printf(&teller->arena, "%lld %s from checkpoint %lld",
                                 (long long)event->args[2], restart_noun(event->args[2]),
                                 (long long)event->args[4]);
    tell(teller, event, what);
    tell_sinks(teller);
    end_section(teller);
}

static void take_border(struct teller *teller, const struct snap_event *event)
{
    struct snap_effects_change change = snap_effects_take(&teller->effects, event);
    struct snap_arena *arena = &teller->arena;
    long long checkpoint = event->args[0];
    bool in_flight = (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED ||
                      event->type == SNAP_EVENT_CHECKPOINT_ABORTED) &&
                     is_saved(teller, checkpoint);

    if (event->type == SNAP_EVENT_TASK_STATUS)
        teller->attempts[event->actor] = (uint32_t)event->args[0];
    if (change.inside > 0)
        tell(teller, event,
             snap_arena_printf(arena, "%s takes its snapshot for checkpoint %lld: it is in there",
                               actor_of(teller, event), checkpoint));
    else if (change.secured > 0 || (in_flight && event->type == SNAP_EVENT_CHECKPOINT_COMPLETED))
        tell(teller, event, snap_arena_printf(arena, "checkpoint %lld is complete", checkpoint));
    else if (change.given_up > 0 || in_flight)
        tell(teller, event,
             snap_arena_printf(arena, "checkpoint %lld is given up: %s", checkpoint,
                               snap_failure_reason_name((enum snap_failure_reason)event->args[1])));
    else if (change.visible > 0)
        tell(teller, event,
             snap_arena_printf(arena, "%s commits checkpoint %lld: it is visible",
                               actor_of(teller, event), (long long)event->args[1]));
    else if (event->type == SNAP_EVENT_RESTORED || event->type == SNAP_EVENT_JOB_RESUMED)
        tell_restored(teller, event, &change);
    else if (event->type == SNAP_EVENT_FAILOVER)
        tell_failover(teller, event);
    else if (event->type == SNAP_EVENT_TASK_STATUS && event->args[1] == SNAP_TASK_FAILED &&
             teller->effects.count > 0)
        tell(teller, event,
             snap_arena_printf(arena, "%s fails: %s", actor_of(teller, event),
                               snap_failure_cause_name((enum snap_failure_cause)event->args[2])));
}

/* ---- reading ---- */

static bool open_trace(struct teller *teller, struct snap_error *error)
{
    const char *directory = teller->request->directory;
    const char *path = snap_arena_printf(&teller->arena, "%s/trace.jsonl", directory);

    if (!snap_trace_reader_open(&teller->reader, path, error))
        return false;
    if (teller->reader.header.level < SNAP_TRACE_RECORDS)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the trace in %s has the level \"%s\" and does not tell of single "
                              "records; run the scenario again with --trace records",
                              directory, snap_trace_level_name(teller->reader.header.level));
    if (teller->request->record &&
        !snap_origin_parse(teller->reader.job, teller->request->record, &teller->wanted.origin))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--record %s: there is no such source or split; a record is called "
                              "SOURCE:SPLIT:OFFSET",
                              teller->request->record);
    return true;
}

static void begin_execution(struct teller *teller)
{
    teller->attempts =
        SNAP_ARENA_ARRAY(&teller->arena, uint32_t, teller->reader.job->task_count + 1);
    teller->saved_count = 0;
}

/* What readers see when an execution ends; the last one is followed by the conclusion. */
static void tell_end(struct teller *teller, const char *title)
{
    end_steps(teller);
    end_section(teller);
    snap_text_printf(teller->text, "  %s\n", title);
    tell_sinks(teller);
    end_section(teller);
}

/* The job starts again; what the record did goes on to count. */
static void tell_execution(struct teller *teller)
{
    if (teller->effects.count > 0)
        tell_end(teller, "When this execution ends");
    teller->told = teller->told || teller->effects.count > 0;
    snap_effects_move(&teller->effects, teller->reader.job);
    begin_execution(teller);
    /* People count from 1. */
    snap_text_printf(teller->text, "\nThe job starts again (execution %u)\n\n",
                     teller->reader.execution + 1);
}

static bool tell_events(struct teller *teller, struct snap_error *error)
{
    struct snap_event event;
    enum snap_trace_read read;

    while ((read = snap_trace_reader_next(&teller->reader, &event, error)) ==
           SNAP_TRACE_READ_EVENT) {
        if (teller->reader.job != teller->effects.job)
            tell_execution(teller);
        if (!snap_story_is_record(&event))
            take_border(teller, &event);
        else if (snap_story_wants(&teller->wanted, &event, teller->reader.job, &teller->arena))
            take_step(teller, &event);
    }
    return read == SNAP_TRACE_READ_END;
}

static void add_title(struct teller *teller)
{
    const struct snap_trace_header *header = &teller->reader.header;
    const char *record = teller->request->record;

    snap_text_printf(teller->text, "%s %s in %s%s%s%s (%s, seed %llu)\n\n",
                     record ? "The record" : "The key", record ? record : teller->request->key,
                     header->scenario, header->variant ? " [" : "",
                     header->variant ? header->variant : "", header->variant ? "]" : "",
                     header->runtime, (unsigned long long)header->seed);
}

static bool tell_story(struct teller *teller, struct snap_error *error)
{
    const char *lack;

    if (!open_trace(teller, error))
        return false;
    snap_effects_init(&teller->effects, teller->reader.job);
    begin_execution(teller);
    teller->wanted.key = teller->request->key;
    add_title(teller);
    if (!tell_events(teller, error))
        return false;
    if (teller->effects.count == 0 && !teller->told)
        return snap_error_set(
            error, SNAP_ERROR_USAGE, "the trace in %s has no %s %s%s", teller->request->directory,
            teller->request->record ? "record" : "record with the key",
            teller->request->record ? teller->request->record : teller->request->key,
            snap_story_other_keys(&teller->wanted, &teller->arena));
    lack = snap_trace_reader_lack(&teller->reader);
    tell_end(teller, lack ? "Where the trace is cut off" : "In the end");
    if (lack)
        snap_text_printf(teller->text, "\nThe trace %s. What came later is not known.\n", lack);
    snap_text_add_string(teller->text, "\nConclusion\n");
    snap_story_conclusion(&teller->effects, teller->text);
    return true;
}

bool snap_record_story(const struct snap_story_request *request, struct snap_text *text,
                       struct snap_error *error)
{
    struct teller teller = {.request = request, .text = text};
    bool good;

    snap_arena_init(&teller.arena);
    good = tell_story(&teller, error);
    snap_text_fini(&teller.section);
    snap_effects_fini(&teller.effects);
    snap_trace_reader_close(&teller.reader);
    snap_arena_fini(&teller.arena);
    return good;
}
