// SPDX-License-Identifier: Apache-2.0
#include "scenario/event_words.h"

#include <string.h>
#include <strings.h>

#include "scenario/target_read.h"

enum { WORDS_MAX = 12 };

struct words {
    const char *items[WORDS_MAX];
    uint32_t count;
};

/* What is being read: the text, its words, and the sentence that they have the form of. */
struct reading {
    struct snap_reader *reader;
    const struct snap_node *node;
    const struct snap_job *job;
    const struct snap_event_sentence *sentence;
    struct words form;
    struct words words;
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

/* Whether the word may stand where the sentence has the other; what stands for S, N and STATUS is
 * checked later. */
static bool may_stand_for(const char *wanted, const char *word)
{
    if (strcmp(wanted, "N") == 0)
        return strcmp(word, "any") == 0 || is_number(word);
    return strcmp(wanted, "S") == 0 || strcmp(wanted, "STATUS") == 0 ||
           (is_role(wanted) && is_role(word)) || strcmp(wanted, word) == 0;
}

static bool has_form(const struct words *form, const struct words *words)
{
    if (form->count != words->count)
        return false;
    for (uint32_t i = 0; i < form->count; i++)
        if (!may_stand_for(form->items[i], words->items[i]))
            return false;
    return true;
}

/* What stands for N where all else has the sentence's form; NULL if something else differs. */
static const char *no_number(const struct words *form, const struct words *words)
{
    const char *found = NULL;

    for (uint32_t i = 0; form->count == words->count && i < form->count; i++) {
        if (may_stand_for(form->items[i], words->items[i]))
            continue;
        if (found || strcmp(form->items[i], "N") != 0)
            return NULL;
        found = words->items[i];
    }
    return found;
}

static bool is_of_sink(const struct snap_event_sentence *sentence)
{
    return sentence->type == SNAP_EVENT_COUNT &&
           (sentence->step == SNAP_STEP_PRE_COMMIT || sentence->step == SNAP_STEP_COMMIT);
}

/* A subtask that the sentence may be about, whose S comes behind this word. */
static const char *some_subtask(const struct reading *reading, const char *before)
{
    const struct snap_job *job = reading->job;
    bool of_sink = is_of_sink(reading->sentence) || strcmp(before, "sink") == 0;
    const struct snap_operator *op = &job->operators[0];

    for (uint32_t i = 0; of_sink && i < job->operator_count; i++)
        if (job->operators[i].type->role == SNAP_ROLE_SINK)
            op = &job->operators[i];
    return snap_arena_printf(reading->reader->arena, "%s[0]", op->uid);
}

/* "CANCELED" for "job canceled": the last word, if it is a status whatever its letters. */
static const char *some_status(const struct reading *reading)
{
    const char *const *names = snap_event_statuses(reading->sentence->type);
    const struct words *words = &reading->words;

    for (uint32_t i = 0; names[i] && words->count > 0; i++)
        if (strcasecmp(names[i], words->items[words->count - 1]) == 0)
            return names[i];
    return names[0];
}

/* The word of the text that stands for S, N or STATUS; else one that may. `i` is its place. */
static const char *stand_in(const struct reading *reading, uint32_t i)
{
    const struct words *words = &reading->words;
    const char *wanted = reading->form.items[i];
    bool subtask = strcmp(wanted, "S") == 0;

    if (strcmp(wanted, "STATUS") == 0)
        return some_status(reading);
    for (uint32_t k = 0; k < words->count; k++)
        if (subtask ? strchr(words->items[k], '[') != NULL : is_number(words->items[k]))
            return words->items[k];
    return subtask ? some_subtask(reading, i > 0 ? reading->form.items[i - 1] : "") : "any";
}

static bool is_place_holder(const char *word)
{
    return strcmp(word, "S") == 0 || strcmp(word, "N") == 0 || strcmp(word, "STATUS") == 0;
}

/* The sentence with what the text has for S and N. */
static const char *fill_in(const struct reading *reading)
{
    const char *filled = NULL;

    for (uint32_t i = 0; i < reading->form.count; i++) {
        const char *word = reading->form.items[i];

        if (is_place_holder(word))
            word = stand_in(reading, i);
        filled = filled ? snap_arena_printf(reading->reader->arena, "%s %s", filled, word) : word;
    }
    return filled;
}

static void take_sentence(struct reading *reading, const struct snap_event_sentence *sentence)
{
    reading->sentence = sentence;
    reading->form = split(reading->reader, sentence->words);
}

/* "checkpoint four completed": only its number is wrong. */
static const char *find_no_number(struct reading *reading)
{
    const char *found = NULL;

    for (const struct snap_event_sentence *at = snap_event_sentences(); at->words && !found; at++) {
        take_sentence(reading, at);
        found = no_number(&reading->form, &reading->words);
    }
    return found;
}

enum { BEGINNING_MIN = 3 }; /* "checkpoint 3" begins too many */

static bool is_beginning(const struct words *form, const struct words *words)
{
    if (words->count < BEGINNING_MIN || words->count >= form->count)
        return false;
    for (uint32_t i = 0; i < words->count; i++)
        if (!may_stand_for(form->items[i], words->items[i]))
            return false;
    return true;
}

/* The sentence that the text leaves unfinished, else the one that is the least misspelt; NULL. */
static const char *nearest_sentence(struct reading *reading)
{
    struct snap_suggestion suggestion = {.wanted = reading->node->text};

    for (const struct snap_event_sentence *at = snap_event_sentences(); at->words; at++) {
        take_sentence(reading, at);
        if (is_beginning(&reading->form, &reading->words))
            return fill_in(reading);
        snap_suggestion_try(&suggestion, fill_in(reading));
    }
    return suggestion.best;
}

/* All sentences would be longer than anybody reads: the nearest one, or where they are. */
static bool fail_sentence(struct reading *reading)
{
    struct snap_reader *reader = reading->reader;
    const struct snap_node *node = reading->node;
    const char *word = find_no_number(reading);
    const char *nearest = word ? NULL : nearest_sentence(reading);
    snap_ns instant;

    if (word)
        return snap_reader_fail(reader, node,
                                "\"%s\" has \"%s\" where a number such as 3 belongs, or \"any\"",
                                node->text, word);
    if (nearest)
        return snap_reader_fail(reader, node, "no event is called \"%s\"; did you mean \"%s\"?",
                                node->text, nearest);
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
    return !is_of_sink(sentence) || check_role(reader, node, op, "sink");
}

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
    const enum snap_event_type type = reading->sentence->type;
    const char *const *names = snap_event_statuses(type);
    bool is_job = type == SNAP_EVENT_JOB_STATUS;
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
        take_sentence(&reading, at);
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
    return fail_sentence(&reading);
}
