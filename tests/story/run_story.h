// SPDX-License-Identifier: Apache-2.0
/*
 * run_story.h: runs a scenario in virtual time and compares what happened with a text.
 *
 * - The text has one event a line: instant in ms, actor, event, arguments. Arguments that hold
 *   nanoseconds are written in ms and lose their "_ns".
 *       12.400 ms counts[1] snapshot_started checkpoint=2 start_delay=1.2ms alignment=0ms
 * - A filter says which events a story is about; the others are passed over. Its words:
 *       checkpoint_completed            events of that name; "ack_*" all that begin so
 *       task_status(status)             the same, and only these arguments are written
 *       @counts[1], @counts, @jobmanager  only of that subtask, of that vertex, of the JobManager
 *       checkpoint=2                    only events whose argument is that, or that have none such
 *   Without a name it is all events of the level `checkpoints` but action_fired and task_totals.
 * - A story is read once from its begin to its end: an expected text is consumed in order, and the
 *   next expectation goes on behind the last event that was consumed.
 */
#ifndef SNAP_TESTS_RUN_STORY_H
#define SNAP_TESTS_RUN_STORY_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "model/names.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"
#include "verify/ledger.h"

enum { STORY_WORD_BYTES_MAX = 160, STORY_LINES_AROUND = 3 };

/* Round numbers: all messages take 1 ms, a write to the storage 5 ms, a synchronous part 1 ms. */
#define STORY_MODEL                                                                                \
    "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: unlimited},"                 \
    " storage: {latency: 5 ms, bandwidth: unlimited}}\n"

/* One record every 10 ms until 990 ms. The tasks run from 1 ms on, which the JobManager knows at
 * 2 ms; a checkpoint takes 11 ms, all parts included. */
#define STORY_JOB                                                                                  \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 100, keys: 10, rate: 100/s, splits: 1}\n"            \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: collect, input: counts}\n"

struct run_story {
    struct snap_built built;
    struct snap_arena arena;
    struct snap_run_result result;
    struct snap_verdict verdict;
    struct snap_event *events;
    uint32_t event_count;
    uint32_t event_capacity;
    uint32_t next; /* first event that was not consumed */
    uint32_t unfired;
    struct snap_text parts;         /* what lies in the sinks at the end */
    struct snap_ledger *ledger;     /* while it runs */
    const struct snap_job *resumed; /* the job of the last execution, NULL: there was one only */
    uint32_t resumed_event;         /* its first event */
};

/* The job whose actors the event names. */
static inline const struct snap_job *story_job_of(const struct run_story *story,
                                                  const struct snap_event *event)
{
    return story->resumed && event >= &story->events[story->resumed_event] ? story->resumed
                                                                           : story->built.sim.job;
}

/* ---- one run ---- */

static inline void story_keep_event(void *context, const struct snap_event *event)
{
    struct run_story *story = context;

    story->events = snap_arena_grow(&story->arena, story->events, story->event_count,
                                    &story->event_capacity, sizeof(*story->events));
    story->events[story->event_count++] = *event;
}

static inline const char *story_phase_name(enum snap_part_phase phase)
{
    switch (phase) {
    case SNAP_PART_VISIBLE:
        return "visible";
    case SNAP_PART_PREPARED:
        return "prepared";
    case SNAP_PART_IN_PROGRESS:
        return "in progress";
    case SNAP_PART_GONE:
        return "gone";
    }
    return "?";
}

/* "out[0] visible: 1=2 7=3", the lines without their tabs. */
static inline void story_keep_part(void *context, const struct snap_sink_part *part)
{
    struct run_story *story = context;

    snap_text_printf(&story->parts, "%s %s:",
                     snap_subtask_name(story->resumed ? story->resumed : story->built.sim.job,
                                       part->operator_index, part->subtask, &story->arena),
                     story_phase_name(part->phase));
    for (uint64_t i = 0; part->lines && i < part->line_count; i++) {
        const char *tab = strchr(part->lines[i], '\t');

        snap_text_printf(&story->parts, " %.*s=%s", (int)(tab - part->lines[i]), part->lines[i],
                         tab + 1);
    }
    snap_text_add_string(&story->parts, "\n");
}

static inline void story_build(struct run_story *story, const char *scenario)
{
    const struct snap_scenario_text from = {"story.yaml", scenario, strlen(scenario)};
    struct snap_scenario *read = NULL;
    struct snap_error error = {.code = SNAP_OK};

    if (!snap_scenario_parse(&from, snap_operator_catalogue_get(), &read, &error) ||
        !snap_scenario_build(read, NULL, &story->built, &error)) {
        struct snap_text message = {0};

        snap_scenario_print_error(&message, &error, &from);
        fail_msg("%s", snap_text_get(&message)); /* a mistake of the test itself */
    }
    snap_scenario_destroy(read);
}

static inline const struct snap_operator_rules *const *story_rules(struct run_story *story,
                                                                   const struct snap_job *job)
{
    const struct snap_operator_rules **rules =
        SNAP_ARENA_ARRAY(&story->arena, const struct snap_operator_rules *, job->operator_count);

    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator_rules refined = snap_operator_rules_of(&job->operators[i]);

        rules[i] = snap_arena_copy(&story->arena, &refined, sizeof(refined));
    }
    return rules;
}

static inline void story_resume(void *context, const struct snap_execution_start *start)
{
    struct run_story *story = context;

    story->resumed = start->job;
    story->resumed_event = story->event_count;
    snap_ledger_resume(story->ledger, start, story_rules(story, start->job));
}

static inline void story_count_unfired(struct run_story *story)
{
    const struct snap_timeline *timeline = &story->built.sim.timeline;

    for (uint32_t i = 0; i < timeline->count; i++) {
        bool fired = false;

        for (uint32_t e = 0; e < story->event_count; e++)
            fired = fired || (story->events[e].type == SNAP_EVENT_ACTION_FIRED &&
                              story->events[e].args[0] == i);
        story->unfired += !fired && !timeline->actions[i].optional;
    }
}

/* Runs the scenario to its end; free with end_story. */
static inline struct run_story *run_story(const char *scenario)
{
    struct run_story *story = calloc(1, sizeof(*story));
    struct snap_fs *fs = snap_fs_memory_create(NULL);
    struct snap_error error = {.code = SNAP_OK};
    struct snap_ledger *ledger;
    struct snap_observer observers[2];
    struct snap_run_options options = {.fs = fs, .observers = observers, .observer_count = 2};
    struct snap_run *run;

    SNAP_CHECK(story);
    snap_arena_init(&story->arena);
    story_build(story, scenario);
    ledger = snap_ledger_create(&story->built.sim, story_rules(story, story->built.sim.job));
    story->ledger = ledger;
    observers[0] = (struct snap_observer){.context = story,
                                          .merged = story_keep_event,
                                          .execution = story_resume,
                                          .buffers_wanted = true};
    observers[1] = snap_ledger_observer(ledger);
    run = snap_run_create(&story->built.sim, &options);
    story->result = snap_run_execute(run);
    snap_run_each_state_entry(run, snap_ledger_take_state, ledger);
    SNAP_CHECK(snap_run_each_part(run, snap_ledger_take_part, ledger, &error));
    SNAP_CHECK(snap_run_each_removed_part(run, snap_ledger_take_removed_part, ledger, &error));
    SNAP_CHECK(snap_run_each_part(run, story_keep_part, story, &error));
    snap_ledger_judge(ledger, story->result.status, &story->arena, &story->verdict);
    story_count_unfired(story);
    snap_run_destroy(run);
    snap_ledger_destroy(ledger);
    snap_fs_destroy(fs);
    return story;
}

static inline void end_story(struct run_story *story)
{
    snap_built_fini(&story->built);
    snap_text_fini(&story->parts);
    snap_arena_fini(&story->arena);
    free(story);
}

/* What was wrong has been printed; nothing is left behind. */
static inline void story_fail(struct run_story *story)
{
    end_story(story);
    fail();
}

/* ---- filter ---- */

/* Takes the next word of the text; false at its end. */
static inline bool story_next_word(const char **at, char *word)
{
    size_t length;

    *at += strspn(*at, " ");
    length = strcspn(*at, " ");
    SNAP_CHECK(length < STORY_WORD_BYTES_MAX);
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length;
    return length > 0;
}

/* Returns the list of arguments behind the name, "" for all of them; NULL if it is another. */
static inline const char *story_match_name(const char *word, const char *name)
{
    size_t length = strcspn(word, "(*");

    if (strncmp(word, name, length) != 0)
        return NULL;
    if (word[length] == '*')
        return word + length + 1;
    return name[length] == '\0' ? word + length : NULL;
}

static inline bool story_lists_arg(const char *list, const char *name)
{
    size_t length = strlen(name);

    if (*list == '\0')
        return true;
    for (const char *at = list + 1; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == ')'))
            return true;
    }
    return false;
}

/* ---- writing ---- */

/* "12.4": milliseconds without needless zeros. */
static inline void story_write_ms(struct snap_text *text, int64_t ns)
{
    char digits[40];
    size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRId64 ".%06d", ns / SNAP_MS,
                                     (int)(ns % SNAP_MS));

    while (digits[length - 1] == '0')
        length--;
    length -= digits[length - 1] == '.';
    snap_text_add(text, digits, length);
}

static inline const char *story_value_name(struct run_story *story, const struct snap_job *job,
                                           enum snap_arg_kind kind, int64_t value)
{
    if (kind == SNAP_ARG_TASK)
        return value < 0 || value > job->task_count
                   ? "none"
                   : snap_actor_name(job, (uint32_t)value, &story->arena);
    if (kind == SNAP_ARG_OPERATOR)
        return job->operators[value].uid;
    if (kind == SNAP_ARG_KIND)
        return snap_kind_name((enum snap_snapshot_kind)value);
    if (kind == SNAP_ARG_ALIGNMENT)
        return snap_alignment_name((enum snap_alignment)value);
    if (kind == SNAP_ARG_REASON)
        return snap_failure_reason_name((enum snap_failure_reason)value);
    if (kind == SNAP_ARG_TASK_STATUS)
        return snap_task_status_name((enum snap_task_status)value);
    if (kind == SNAP_ARG_JOB_STATUS)
        return snap_job_status_name((enum snap_job_status)value);
    if (kind == SNAP_ARG_CAUSE)
        return snap_failure_cause_name((enum snap_failure_cause)value);
    return snap_arena_printf(&story->arena, "%" PRId64, value);
}

/* "checkpoint=2" or "alignment=1.5ms". */
static inline const char *story_arg_text(struct run_story *story, const struct snap_event *event,
                                         uint32_t index)
{
    const struct snap_event_arg *arg = &snap_event_info_get(event->type)->args[index];
    int64_t value = event->args[index];
    size_t length = strlen(arg->name);
    struct snap_text ms = {0};
    const char *text;

    if (length < 3 || strcmp(arg->name + length - 3, "_ns") != 0)
        return snap_arena_printf(
            &story->arena, "%s=%s", arg->name,
            story_value_name(story, story_job_of(story, event), arg->kind, value));
    story_write_ms(&ms, value);
    text = snap_arena_printf(&story->arena, "%.*s=%sms", (int)(length - 3), arg->name,
                             snap_text_get(&ms));
    snap_text_fini(&ms);
    return text;
}

/* Whether an argument of that name has another value than "name=value" says. */
static inline bool story_contradicts(struct run_story *story, const struct snap_event *event,
                                     const char *word)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    size_t name_length = strcspn(word, "=") + 1;

    for (uint32_t i = 0; i < info->arg_count; i++) {
        const char *text = story_arg_text(story, event, i);

        if (strncmp(text, word, name_length) == 0 && strcmp(text, word) != 0)
            return true;
    }
    return false;
}

static inline bool story_is_actor(struct run_story *story, const struct snap_event *event,
                                  const char *word)
{
    const char *actor = snap_actor_name(story_job_of(story, event), event->actor, &story->arena);
    size_t length = strlen(word);

    return strncmp(actor, word, length) == 0 && (actor[length] == '\0' || actor[length] == '[');
}

static inline bool story_is_told_unasked(const struct snap_event *event)
{
    return snap_event_info_get(event->type)->level == SNAP_TRACE_CHECKPOINTS &&
           event->type != SNAP_EVENT_ACTION_FIRED && event->type != SNAP_EVENT_TASK_TOTALS;
}

/* Returns the list of arguments to write, NULL if the story is not about this event. */
static inline const char *story_match(struct run_story *story, const struct snap_event *event,
                                      const char *filter)
{
    const char *name = snap_event_info_get(event->type)->name;
    const char *args = NULL;
    bool names_given = false;
    bool actors_given = false;
    bool actor_matches = false;
    char word[STORY_WORD_BYTES_MAX];

    while (story_next_word(&filter, word)) {
        const char *list;

        if (word[0] == '@') {
            actors_given = true;
            actor_matches = actor_matches || story_is_actor(story, event, word + 1);
        } else if (strchr(word, '=')) {
            if (story_contradicts(story, event, word))
                return NULL;
        } else {
            names_given = true;
            list = story_match_name(word, name);
            args = list ? snap_arena_strdup(&story->arena, list) : args;
        }
    }
    if (!names_given && story_is_told_unasked(event))
        args = "";
    return actors_given && !actor_matches ? NULL : args;
}

static inline void story_write_event(struct run_story *story, struct snap_text *text,
                                     const struct snap_event *event, const char *args)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);

    story_write_ms(text, event->at_ns);
    snap_text_printf(text, " ms %s %s",
                     snap_actor_name(story_job_of(story, event), event->actor, &story->arena),
                     info->name);
    for (uint32_t i = 0; i < info->arg_count; i++)
        if (story_lists_arg(args, info->args[i].name))
            snap_text_printf(text, " %s", story_arg_text(story, event, i));
}

/* ---- expecting ---- */

/* Finds and writes the next event of the filter; false if there is none. */
static inline bool story_next_line(struct run_story *story, const char *filter,
                                   struct snap_text *line)
{
    snap_text_clear(line);
    while (story->next < story->event_count) {
        const struct snap_event *event = &story->events[story->next++];
        const char *args = story_match(story, event, filter);

        if (!args)
            continue;
        story_write_event(story, line, event, args);
        return true;
    }
    return false;
}

/* What was consumed before the event `from`, and what comes then: the last and the next lines. */
static inline void story_print_around(struct run_story *story, const char *filter, uint32_t from)
{
    uint32_t end = story->next;
    struct snap_text line = {0};

    story->next = from;
    printf("--- actual ---\n");
    while (story->next < end && story_next_line(story, filter, &line))
        printf("%s%s\n", story->next >= end ? "> " : "  ", snap_text_get(&line));
    for (int i = 0; i < STORY_LINES_AROUND && story_next_line(story, filter, &line); i++)
        printf("  %s\n", snap_text_get(&line));
    printf("--------------\n");
    snap_text_fini(&line);
}

/* The next events of the filter are exactly these lines. Indentation does not count. */
static inline void expect_trace(struct run_story *story, const char *filter, const char *expected)
{
    uint32_t from = story->next;
    struct snap_text line = {0};

    while (*(expected += strspn(expected, " \n")) != '\0') {
        size_t length = strcspn(expected, "\n");

        if (!story_next_line(story, filter, &line))
            snap_text_add_string(&line, "nothing more");
        if (line.length != length || strncmp(line.data, expected, length) != 0) {
            story_print_around(story, filter, from);
            printf("expected %.*s\nactual   %s\n", (int)length, expected, line.data);
            snap_text_fini(&line);
            story_fail(story);
        }
        expected += length;
    }
    snap_text_fini(&line);
}

/* No event of the filter comes any more. */
static inline void expect_no_more(struct run_story *story, const char *filter)
{
    uint32_t from = story->next;
    struct snap_text line = {0};

    if (story_next_line(story, filter, &line)) {
        printf("nothing more expected, but %s\n", line.data);
        snap_text_fini(&line);
        story_fail(story);
    }
    story->next = from;
    snap_text_fini(&line);
}

static inline void story_compare(struct run_story *story, const char *expected, const char *actual)
{
    if (strcmp(expected, actual) == 0)
        return;
    printf("expected %s\nactual   %s\n", expected, actual);
    story_fail(story);
}

/* How it ended: the job's status, counters that are not 0 and actions that never fired. */
static inline void expect_verdict(struct run_story *story, const char *expected)
{
    struct snap_text text = {0};
    const char *actual;

    snap_text_add_string(&text, snap_job_status_name(story->result.status));
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        if (story->verdict.counters[c] > 0)
            snap_text_printf(&text, " %s=%" PRId64, snap_counter_name((enum snap_counter)c),
                             story->verdict.counters[c]);
    if (story->unfired > 0)
        snap_text_printf(&text, " unfired=%u", story->unfired);
    actual = snap_arena_strdup(&story->arena, snap_text_get(&text));
    snap_text_fini(&text);
    story_compare(story, expected, actual);
}

/* What lies in the sinks at the end: a line a part, as "out[0] visible: KEY=VALUE ...". */
static inline void expect_parts(struct run_story *story, const char *expected)
{
    story_compare(story, expected, snap_text_get(&story->parts));
}

#endif
