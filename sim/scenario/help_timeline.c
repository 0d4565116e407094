// SPDX-License-Identifier: Apache-2.0
/*
 * Help on timelines: actions and events in words, under headings. Lines are as long as paragraphs
 * are: whoever prints them breaks them.
 */
#include <string.h>

#include "scenario/action_read.h"
#include "scenario/event_words.h"
#include "scenario/help.h"

/* ---- actions ---- */

/* The action that a heading stands before, by its form. */
static const struct {
    const char *form;
    const char *heading;
} action_headings[] = {
    {"crash: uid[i]", "Crashes"},
    {"decline: ", "Messages"},
    {"fail-storage: ", "The storage"},
    {"pause: {subtask: ", "Subtasks and channels that are slow"},
    {"checkpoint: ", "Checkpoints and savepoints"},
};

static void add_action_heading(struct snap_text *text, const char *form)
{
    for (size_t i = 0; i < sizeof(action_headings) / sizeof(action_headings[0]); i++)
        if (strncmp(form, action_headings[i].form, strlen(action_headings[i].form)) == 0)
            snap_text_printf(text, "\n%s\n", action_headings[i].heading);
}

void snap_scenario_help_actions(struct snap_text *text)
{
    snap_text_add_string(text,
                         "An entry of `timeline` has a time, `at: TIME`, or an event, `when: "
                         "EVENT` (see `snapsim help events`; with `delay: TIME` that much later), "
                         "and one action. `every: TIME`, `times: N` and `probability: P` repeat "
                         "it, or leave it to chance. What does not happen makes the run end with "
                         "1, unless it says `optional: true`.\n\n"
                         "      - {when: checkpoint 2 completed, delay: 50 ms, crash: "
                         "\"counts[0]\"}\n");
    for (const struct snap_action_help *help = snap_action_helps(); help->name; help++) {
        add_action_heading(text, help->form);
        snap_text_printf(text, "  %s\n      %s\n      - %s\n", help->form, help->doc,
                         help->example);
    }
    snap_text_add_string(
        text,
        "\nA MESSAGE is `ack` (of a subtask: it has taken its snapshot), `notification` (to a "
        "subtask: the checkpoint is complete) or `abort-notification` (to a subtask: it was given "
        "up), or {message: ack, subtask: uid[i], checkpoint: N, count: N, for: DURATION, by: "
        "DURATION}.\n");
}

/* ---- events in words ---- */

/* The event that a heading stands before. */
static const struct {
    enum snap_event_type type;
    const char *heading;
} headings[] = {
    {SNAP_EVENT_CHECKPOINT_TRIGGERED, "Checkpoints"},
    {SNAP_EVENT_TASK_TRIGGERED, "A checkpoint in a subtask"},
    {SNAP_EVENT_ACK_RECEIVED, "Answers, when the JobManager takes them"},
    {SNAP_EVENT_CANCEL_RECEIVED, "The end of a checkpoint in a subtask"},
    {SNAP_EVENT_RESTORED, "The life of a subtask"},
    {SNAP_EVENT_TASK_DEPLOYED, "The job and its JobManager"},
    {SNAP_EVENT_STORAGE_FAULT, "The storage"},
    {SNAP_EVENT_ACK_LOST, "Messages that an action of the timeline took hold of"},
    {SNAP_EVENT_TASK_PAUSED, "Subtasks and channels that an action made slow"},
    {SNAP_EVENT_ACTION_FIRED, "Actions, savepoints and new executions"},
    {SNAP_EVENT_SABOTAGED, "Rules that `sabotage` breaks"},
    {SNAP_EVENT_BUFFER_QUEUED, "Buffers (a run that waits for one is slower)"},
    {SNAP_EVENT_RECORD_EMITTED, "Records and event time (likewise)"},
};

static const char STEPS[] =
    "Steps in which a crash may strike, before or after (write one of the two)";

/* ", of a job: RUNNING, RESTARTING, ..." */
static void add_statuses(struct snap_text *text, const char *whose, enum snap_event_type type)
{
    const char *const *names = snap_event_statuses(type);

    snap_text_printf(text, "%s ", whose);
    for (uint32_t i = 0; names[i]; i++)
        snap_text_printf(text, "%s%s", i == 0 ? "" : names[i + 1] ? ", " : " or ", names[i]);
}

static void add_event_heading(struct snap_text *text, const struct snap_event_sentence *sentence)
{
    if (sentence > snap_event_sentences() && sentence[-1].type == sentence->type)
        return;
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
        if (headings[i].type == sentence->type)
            snap_text_printf(text, "\n%s\n", headings[i].heading);
}

/* Sentences of a step come in pairs, which differ in their first word. */
static void add_step(struct snap_text *text, const struct snap_event_sentence *sentence)
{
    const char *rest = strchr(sentence->words, ' ');

    if (sentence->side != SNAP_BEFORE)
        return;
    snap_text_printf(text, "  before|after%s\n      %s\n", rest ? rest : "",
                     snap_event_sentence_doc(sentence));
}

void snap_scenario_help_sentences(struct snap_text *text)
{
    const struct snap_event_sentence *sentence = snap_event_sentences();

    snap_text_add_string(text,
                         "Events in words, for `when:` of a timeline. Instead of N stands the "
                         "number of a checkpoint, or `any` (of an action: its place in the "
                         "timeline, from 0); instead of S a subtask, such as counts[1], and before "
                         "it may stand `source` or `sink` for `subtask`; instead of STATUS ");
    add_statuses(text, "of a subtask", SNAP_EVENT_TASK_STATUS);
    add_statuses(text, ", of a job", SNAP_EVENT_JOB_STATUS);
    snap_text_add_string(text, ":\n\n"
                               "  - {when: \"subtask counts[1] acknowledged checkpoint 2\", crash: "
                               "\"counts[1]\"}\n");
    for (; sentence->words && sentence->type != SNAP_EVENT_COUNT; sentence++) {
        add_event_heading(text, sentence);
        snap_text_printf(text, "  %s\n      %s\n", sentence->words,
                         snap_event_sentence_doc(sentence));
    }
    snap_text_printf(text, "\n%s\n", STEPS);
    for (; sentence->words; sentence++)
        add_step(text, sentence);
}
