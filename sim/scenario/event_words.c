// SPDX-License-Identifier: Apache-2.0
#include "scenario/event_words.h"

#include <string.h>

#include "scenario/target_read.h"

enum { WORDS_MAX = 12 };

struct words {
    const char *items[WORDS_MAX];
    uint32_t count;
};

/* Words past the longest sentence are dropped: such a text matches nothing anyway. */
static struct words split(struct snap_reader *reader, const char *text)
{
    char *copy = snap_arena_strdup(reader->arena, text);
    struct words words = {{0}, 0};
    char *rest = NULL;

    for (char *word = strtok_r(copy, " \t", &rest); word && words.count < WORDS_MAX;
         word = strtok_r(NULL, " \t", &rest))
        words.items[words.count++] = word;
    return words;
}

/* People say source and sink; to the table all three are the same. */
static bool is_role(const char *word)
{
    return strcmp(word, "subtask") == 0 || strcmp(word, "source") == 0 || strcmp(word, "sink") == 0;
}

/* Be it too large or too small for any N. */
static bool is_number(const char *word)
{
    int64_t number;
    enum snap_units_result result = snap_units_integer(word, &number);

    return result == SNAP_UNITS_OK || result == SNAP_UNITS_TOO_LARGE;
}

/* Whether the words have the sentence's form; what stands for S and N is checked later. */
static bool has_form(const struct words *form, const struct words *words)
{
    if (form->count != words->count)
        return false;
    for (uint32_t i = 0; i < form->count; i++) {
        const char *wanted = form->items[i];

        if (strcmp(wanted, "S") == 0 || strcmp(wanted, "STATUS") == 0 ||
            (is_role(wanted) && is_role(words->items[i])))
            continue;
        if (strcmp(wanted, "N") == 0) {
            if (strcmp(words->items[i], "any") != 0 && !is_number(words->items[i]))
                return false;
        } else if (strcmp(wanted, words->items[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* The word of the text that stands for S, N or STATUS; else the general form of one. */
static const char *stand_in(const struct words *words, const char *wanted)
{
    bool subtask = strcmp(wanted, "S") == 0;

    if (strcmp(wanted, "STATUS") == 0)
        return words->count > 0 ? words->items[words->count - 1] : wanted;
    for (uint32_t i = 0; i < words->count; i++)
        if (subtask ? strchr(words->items[i], '[') != NULL : is_number(words->items[i]))
            return words->items[i];
    return subtask ? "uid[i]" : "any";
}

static bool is_place_holder(const char *word)
{
    return strcmp(word, "S") == 0 || strcmp(word, "N") == 0 || strcmp(word, "STATUS") == 0;
}

/* The sentence with what the text has for S and N. */
static const char *fill_in(struct snap_reader *reader, const char *sentence,
                           const struct words *words)
{
    struct words form = split(reader, sentence);
    const char *filled = NULL;

    for (uint32_t i = 0; i < form.count; i++) {
        const char *word = form.items[i];

        if (is_place_holder(word))
            word = stand_in(words, word);
        filled = filled ? snap_arena_printf(reader->arena, "%s %s", filled, word) : word;
    }
    return filled;
}

/* All sentences would be longer than anybody reads: the nearest one, or where they are. */
static bool fail_sentence(struct snap_reader *reader, const struct snap_node *node,
                          const struct words *words)
{
    struct snap_suggestion suggestion = {.wanted = node->text};
    snap_ns instant;

    for (const struct snap_event_sentence *at = snap_event_sentences(); at->words; at++)
        snap_suggestion_try(&suggestion, fill_in(reader, at->words, words));
    if (suggestion.best)
        return snap_reader_fail(reader, node, "no event is called \"%s\"; did you mean \"%s\"?",
                                node->text, suggestion.best);
    if (snap_units_duration(node->text, SNAP_FRACTIONS_ALLOWED, &instant) == SNAP_UNITS_OK)
        return snap_reader_fail(reader, node,
                                "no event is called \"%s\"; an instant is written `at: %s`",
                                node->text, node->text);
    return snap_reader_fail(
        reader, node, "no event is called \"%s\"; `snapsim help events` lists them", node->text);
}

/* "source counts[0]" would hide a misunderstanding of the graph. */
static bool check_role(struct snap_reader *reader, const struct snap_node *node,
                       const struct snap_operator *op, const char *word)
{
    if (strcmp(word, "source") == 0 && op->type->role != SNAP_ROLE_SOURCE)
        return snap_reader_fail(reader, node, "\"%s\" is no source", op->uid);
    if (strcmp(word, "sink") == 0 && op->type->role != SNAP_ROLE_SINK)
        return snap_reader_fail(reader, node, "\"%s\" is no sink", op->uid);
    return true;
}

/* Only sinks pre-commit and commit. */
static bool check_step(struct snap_reader *reader, const struct snap_node *node,
                       const struct snap_operator *op, const struct snap_event_sentence *sentence)
{
    bool of_sink = sentence->step == SNAP_STEP_PRE_COMMIT || sentence->step == SNAP_STEP_COMMIT;

    return sentence->type != SNAP_EVENT_COUNT || !of_sink || check_role(reader, node, op, "sink");
}

/* What is being read: the text, its words, and the sentence that they have the form of. */
struct reading {
    struct snap_reader *reader;
    const struct snap_node *node;
    const struct snap_job *job;
    const struct snap_event_sentence *sentence;
    struct words form;
    struct words words;
};

static bool fill_subject(const struct reading *reading, uint32_t i,
                         struct snap_event_pattern *pattern)
{
    const struct snap_job *job = reading->job;
    struct snap_action named = {0};
    const struct snap_operator *op;
    uint32_t task;

    if (!snap_subtask_read(reading->reader, reading->node, reading->words.items[i], job, &named))
        return false;
    op = &job->operators[named.operator_index];
    task = job->vertices[op->vertex].task_first + named.subtask;
    if (reading->sentence->teller == SNAP_TOLD_BY_SUBTASK) {
        pattern->actor = task;
        pattern->operator_index = op->index;
    } else {
        pattern->subject = task;
    }
    return check_role(reading->reader, reading->node, op, reading->words.items[i - 1]) &&
           check_role(reading->reader, reading->node, op, reading->form.items[i - 1]) &&
           check_step(reading->reader, reading->node, op, reading->sentence);
}

static bool fill_status(const struct reading *reading, const char *word,
                        struct snap_event_pattern *pattern)
{
    static const char *const of_job[] = {"RUNNING", "RESTARTING", "FAILING",
                                         "FAILED",  "FINISHED",   NULL};
    static const char *const of_task[] = {"INITIALIZING", "RUNNING", "FINISHED",
                                          "CANCELED",     "FAILED",  NULL};
    bool is_job = reading->sentence->type == SNAP_EVENT_JOB_STATUS;
    const char *const *names = is_job ? of_job : of_task;
    struct snap_node wrong = *reading->node;
    enum snap_task_status task = SNAP_TASK_CREATED;
    enum snap_job_status job = SNAP_JOB_CREATED;

    for (uint32_t i = 0; names[i]; i++) {
        if (strcmp(names[i], word) != 0)
            continue;
        snap_job_status_parse(word, &job);
        snap_task_status_parse(word, &task);
        pattern->status = is_job ? (int64_t)job : (int64_t)task;
        return true;
    }
    wrong.text = word;
    return snap_reader_fail_unknown(reading->reader, &wrong,
                                    is_job ? "status of a job" : "status of a subtask", names);
}

/* Which argument N is compared with: the first number, which is the checkpoint where there is one
 * (an attempt comes before it in one event). */
static uint32_t number_argument(enum snap_event_type type)
{
    const struct snap_event_info *info;

    if (type == SNAP_EVENT_COUNT)
        return 0;
    info = snap_event_info_get(type);
    for (uint32_t i = 0; i < info->arg_count; i++)
        if (strcmp(info->args[i].name, "checkpoint") == 0)
            return i;
    return 0;
}

/* Checkpoints are counted from 1, the places of a timeline from 0. */
static bool fill_number(const struct reading *reading, const char *word,
                        struct snap_event_pattern *pattern)
{
    const enum snap_event_type type = reading->sentence->type;
    const struct snap_integer_range range = {type == SNAP_EVENT_ACTION_FIRED ? 0 : 1, INT64_MAX};
    const char *what = type == SNAP_EVENT_ACTION_FIRED ? "the place of an action in the timeline"
                       : type == SNAP_EVENT_RESTORED
                           ? "the number of a checkpoint that is restored (-1: there was none)"
                           : "the number of a checkpoint";
    struct snap_node number = *reading->node;

    if (strcmp(word, "any") == 0)
        return true;
    number.text = word;
    if (type == SNAP_EVENT_RESTORED && strcmp(word, "-1") == 0) {
        pattern->number = SNAP_NO_CHECKPOINT;
        return true;
    }
    return snap_reader_integer(reading->reader, &number, what, range, &pattern->number);
}

/* The form fits: now what stands for N, S and STATUS must exist. */
static bool fill(const struct reading *reading, struct snap_event_pattern *pattern)
{
    for (uint32_t i = 0; i < reading->form.count; i++) {
        const char *form = reading->form.items[i];
        const char *word = reading->words.items[i];

        if (strcmp(form, "N") == 0 && !fill_number(reading, word, pattern))
            return false;
        if (strcmp(form, "S") == 0 && !fill_subject(reading, i, pattern))
            return false;
        if (strcmp(form, "STATUS") == 0 && !fill_status(reading, word, pattern))
            return false;
    }
    return true;
}

bool snap_event_words_read(struct snap_reader *reader, const struct snap_node *node,
                           const struct snap_job *job, struct snap_event_pattern *pattern)
{
    struct reading reading = {.reader = reader, .node = node, .job = job};

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "when"))
        return false;
    reading.words = split(reader, node->text);
    for (const struct snap_event_sentence *at = snap_event_sentences(); at->words; at++) {
        reading.sentence = at;
        reading.form = split(reader, at->words);
        if (!has_form(&reading.form, &reading.words))
            continue;
        *pattern = (struct snap_event_pattern){
            .type = at->type,
            .step = at->step,
            .side = at->side,
            .actor = snap_job_manager_actor(job),
            .number = SNAP_ANY,
            .subject = SNAP_ANY,
            .status = SNAP_ANY,
            .operator_index = SNAP_ANY,
            .number_arg = number_argument(at->type),
        };
        return fill(&reading, pattern);
    }
    return fail_sentence(reader, node, &reading.words);
}
