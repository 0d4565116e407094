// SPDX-License-Identifier: Apache-2.0
#include "scenario/event_words.h"

#include <string.h>

static const struct snap_event_sentence sentences[] = {
    {"checkpoint N triggered", SNAP_EVENT_CHECKPOINT_TRIGGERED},
    {"checkpoint N completed", SNAP_EVENT_CHECKPOINT_COMPLETED},
    {"checkpoint N aborted", SNAP_EVENT_CHECKPOINT_ABORTED},
    {"checkpoint N subsumed", SNAP_EVENT_CHECKPOINT_SUBSUMED},
    {"subtask S received barrier N", SNAP_EVENT_BARRIER_RECEIVED},
    {"subtask S blocked for checkpoint N", SNAP_EVENT_CHANNEL_BLOCKED},
    {"subtask S started snapshot N", SNAP_EVENT_SNAPSHOT_STARTED},
    {"subtask S sent barrier N", SNAP_EVENT_BARRIER_SENT},
    {"subtask S acknowledged checkpoint N", SNAP_EVENT_ACK_SENT},
    {"subtask S declined checkpoint N", SNAP_EVENT_DECLINE_SENT},
    {"subtask S heard that checkpoint N completed", SNAP_EVENT_NOTIFIED_COMPLETE},
    {"subtask S heard that checkpoint N aborted", SNAP_EVENT_NOTIFIED_ABORTED},
    {"subtask S restored checkpoint N", SNAP_EVENT_RESTORED},
    {"subtask S finished", SNAP_EVENT_END_OF_DATA},
    {"sink S prepared checkpoint N", SNAP_EVENT_SINK_PREPARED},
    {"sink S committed checkpoint N", SNAP_EVENT_SINK_COMMITTED},
    {"job failed over", SNAP_EVENT_FAILOVER},
    {"savepoint completed", SNAP_EVENT_SAVEPOINT_COMPLETED},
    {"savepoint failed", SNAP_EVENT_SAVEPOINT_FAILED},
    {NULL, SNAP_EVENT_COUNT},
};

const struct snap_event_sentence *snap_event_sentences(void)
{
    return sentences;
}

/* The name is what is wrong here, so the suggestion is among the uids. */
static bool fail_subtask(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_job *job, const char *uid)
{
    struct snap_suggestion suggestion = {.wanted = uid};

    for (uint32_t i = 0; i < job->operator_count; i++)
        snap_suggestion_try(&suggestion, job->operators[i].uid);
    if (suggestion.best)
        return snap_reader_fail(reader, node, "there is no operator \"%s\"; did you mean \"%s\"?",
                                uid, suggestion.best);
    return snap_reader_fail(reader, node, "there is no operator \"%s\"", uid);
}

bool snap_subtask_read(struct snap_reader *reader, const struct snap_node *node, const char *text,
                       const struct snap_job *job, struct snap_action *action)
{
    const char *open = strchr(text, '[');
    const struct snap_operator *op;
    int64_t index = 0;
    char *digits;
    char *uid;

    if (!open || open == text || text[strlen(text) - 1] != ']')
        return snap_reader_fail(reader, node, "a subtask is written uid[i], found \"%s\"", text);
    uid = snap_arena_strndup(reader->arena, text, (size_t)(open - text));
    digits = snap_arena_strndup(reader->arena, open + 1, strlen(open) - 2);
    op = snap_job_find_operator(job, uid);
    if (!op)
        return fail_subtask(reader, node, job, uid);
    if (snap_units_integer(digits, &index) != SNAP_UNITS_OK)
        return snap_reader_fail(reader, node, "a subtask is written uid[i], found \"%s\"", text);
    if (index < 0 || index >= op->parallelism)
        return snap_reader_fail(reader, node, "\"%s\" has subtasks 0 to %u, there is no %s", uid,
                                op->parallelism - 1, text);
    action->operator_index = op->index;
    action->subtask = (uint32_t)index;
    return true;
}

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

/* Whether the words have the sentence's form; what stands for S and N is checked later. */
static bool has_form(const struct words *form, const struct words *words)
{
    if (form->count != words->count)
        return false;
    for (uint32_t i = 0; i < form->count; i++) {
        const char *wanted = form->items[i];
        int64_t number;

        if (strcmp(wanted, "S") == 0 || (is_role(wanted) && is_role(words->items[i])))
            continue;
        if (strcmp(wanted, "N") == 0) {
            if (strcmp(words->items[i], "any") != 0 &&
                snap_units_integer(words->items[i], &number) != SNAP_UNITS_OK)
                return false;
        } else if (strcmp(wanted, words->items[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* The word of the text that stands for S, or for N; else the general form of one. */
static const char *stand_in(const struct words *words, bool subtask)
{
    int64_t number;

    for (uint32_t i = 0; i < words->count; i++)
        if (subtask ? strchr(words->items[i], '[') != NULL
                    : snap_units_integer(words->items[i], &number) == SNAP_UNITS_OK)
            return words->items[i];
    return subtask ? "uid[i]" : "any";
}

/* The sentence with what the text has for S and N. */
static const char *fill_in(struct snap_reader *reader, const char *sentence,
                           const struct words *words)
{
    struct words form = split(reader, sentence);
    const char *filled = NULL;

    for (uint32_t i = 0; i < form.count; i++) {
        const char *word = form.items[i];

        if (strcmp(word, "S") == 0 || strcmp(word, "N") == 0)
            word = stand_in(words, word[0] == 'S');
        filled = filled ? snap_arena_printf(reader->arena, "%s %s", filled, word) : word;
    }
    return filled;
}

/* All sentences would be longer than anybody reads: the nearest one, or where they are. */
static bool fail_sentence(struct snap_reader *reader, const struct snap_node *node,
                          const struct words *words)
{
    struct snap_suggestion suggestion = {.wanted = node->text};

    for (uint32_t i = 0; sentences[i].words; i++)
        snap_suggestion_try(&suggestion, fill_in(reader, sentences[i].words, words));
    if (suggestion.best)
        return snap_reader_fail(reader, node, "no event is called \"%s\"; did you mean \"%s\"?",
                                node->text, suggestion.best);
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

/* The form fits: now what stands for N and S must exist. */
static bool fill(struct snap_reader *reader, const struct snap_node *node,
                 const struct snap_job *job, const struct words *form, const struct words *words,
                 struct snap_event_pattern *pattern)
{
    for (uint32_t i = 0; i < form->count; i++) {
        struct snap_action named = {0};
        const struct snap_operator *op;

        if (strcmp(form->items[i], "N") == 0 && strcmp(words->items[i], "any") != 0)
            snap_units_integer(words->items[i], &pattern->checkpoint);
        if (strcmp(form->items[i], "S") != 0)
            continue;
        if (!snap_subtask_read(reader, node, words->items[i], job, &named))
            return false;
        op = &job->operators[named.operator_index];
        pattern->actor = job->vertices[op->vertex].task_first + named.subtask;
        if (!check_role(reader, node, op, words->items[i - 1]) ||
            !check_role(reader, node, op, form->items[i - 1]))
            return false;
    }
    return true;
}

bool snap_event_words_read(struct snap_reader *reader, const struct snap_node *node,
                           const struct snap_job *job, struct snap_event_pattern *pattern)
{
    struct words words;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "when"))
        return false;
    words = split(reader, node->text);
    for (uint32_t i = 0; sentences[i].words; i++) {
        struct words form = split(reader, sentences[i].words);

        if (!has_form(&form, &words))
            continue;
        *pattern = (struct snap_event_pattern){sentences[i].type, SNAP_ANY, SNAP_ANY};
        return fill(reader, node, job, &form, &words, pattern);
    }
    return fail_sentence(reader, node, &words);
}
