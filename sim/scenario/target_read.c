// SPDX-License-Identifier: Apache-2.0
#include "scenario/target_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenario/suggest.h"

/* ---- what somebody may have meant ---- */

/* The text's letters and digits, in lower case. */
static char *plain_of(struct snap_arena *arena, const char *text)
{
    char *plain = snap_arena_strdup(arena, text);
    size_t length = 0;

    for (; *text; text++)
        if (isalnum((unsigned char)*text))
            plain[length++] = (char)tolower((unsigned char)*text);
    plain[length] = '\0';
    return plain;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

/* "tm[1]" of "TaskManager 1", "jobmanager" of "jm"; NULL: neither. */
static const char *process_meant(struct snap_reader *reader, const char *text,
                                 const struct snap_job *job)
{
    static const char *const workers[] = {"tm",     "taskmanager", "taskmanagers", "taskexecutor",
                                          "worker", "machine",     "node",         NULL};
    static const char *const masters[] = {"jm",          "jobmanager", "jobmaster", "master",
                                          "coordinator", "job",        NULL};
    char *plain = plain_of(reader->arena, text);
    size_t letters = strcspn(plain, "0123456789");
    const char *digits = snap_arena_strdup(reader->arena, plain + letters);
    int64_t index = 0;

    plain[letters] = '\0';
    if (is_one_of(plain, masters))
        return "jobmanager";
    if (!is_one_of(plain, workers))
        return NULL;
    if (snap_units_integer(digits, &index) != SNAP_UNITS_OK || index >= job->task_manager_count)
        index = 0;
    return snap_arena_printf(reader->arena, "tm[%lld]", (long long)index);
}

static const char *without_role(const char *text)
{
    static const char *const roles[] = {"subtask ", "source ", "sink ", "operator ", "task "};

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        if (strncasecmp(text, roles[i], strlen(roles[i])) == 0)
            return text + strlen(roles[i]);
    return text;
}

/* The operator with the longest uid that the text begins with, however its letters are written. */
static const struct snap_operator *operator_meant(const char *text, const struct snap_job *job)
{
    const struct snap_operator *longest = NULL;

    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];
        size_t length = strlen(op->uid);

        if (strncasecmp(text, op->uid, length) == 0 && !isalpha((unsigned char)text[length]) &&
            (!longest || length > strlen(longest->uid)))
            longest = op;
    }
    return longest;
}

/* "count[1]" of "sink count", "Count 1" or, as Flink counts, "count (2/2)"; NULL: none. */
static const char *subtask_meant(struct snap_reader *reader, const char *text,
                                 const struct snap_job *job)
{
    const char *at = without_role(text);
    const struct snap_operator *op = operator_meant(at, job);
    long index;

    if (!op)
        return NULL;
    at += strlen(op->uid);
    at += strcspn(at, "0123456789");
    index = strtol(at, NULL, 10) - (strchr(at, '/') != NULL);
    if (index < 0 || index >= (long)op->parallelism)
        index = 0;
    return snap_arena_printf(reader->arena, "%s[%ld]", op->uid, index);
}

static const char *nearest_uid(const char *text, const struct snap_job *job)
{
    struct snap_suggestion suggestion = {.wanted = text};

    for (uint32_t i = 0; i < job->operator_count; i++)
        snap_suggestion_try(&suggestion, job->operators[i].uid);
    return suggestion.best;
}

/* ---- subtasks ---- */

/* "events, counts or out"; of many the first. */
static const char *list_operators(struct snap_reader *reader, const struct snap_job *job)
{
    enum { LISTED_MAX = 10 };
    uint32_t count = job->operator_count < LISTED_MAX ? job->operator_count : LISTED_MAX;
    const char *list = job->operators[0].uid;

    for (uint32_t i = 1; i < count; i++)
        list =
            snap_arena_printf(reader->arena, "%s%s%s", list,
                              i + 1 == job->operator_count ? " or " : ", ", job->operators[i].uid);
    if (count < job->operator_count)
        list =
            snap_arena_printf(reader->arena, "%s and %u more", list, job->operator_count - count);
    return list;
}

/* It has not the form of a subtask, or names no operator. */
static bool fail_form(struct snap_reader *reader, const struct snap_node *node, const char *text,
                      const struct snap_job *job)
{
    const char *meant = subtask_meant(reader, text, job);
    const char *uid = nearest_uid(text, job);

    if (!meant && uid)
        meant = snap_arena_printf(reader->arena, "%s[0]", uid);
    if (meant)
        return snap_reader_fail(
            reader, node, "a subtask is written uid[i], such as \"%s\", found \"%s\"", meant, text);
    if (process_meant(reader, text, job))
        return snap_reader_fail(reader, node,
                                "a subtask is needed here, such as \"%s[0]\", found \"%s\"",
                                job->operators[0].uid, text);
    return snap_reader_fail(reader, node,
                            "a subtask is written uid[i], found \"%s\"; there are the operators %s",
                            text, list_operators(reader, job));
}

/* The name is what is wrong here, so the suggestion is among the uids. */
static bool fail_operator(struct snap_reader *reader, const struct snap_node *node,
                          const char *text, const char *uid, const struct snap_job *job)
{
    const char *nearest = nearest_uid(uid, job);

    if (nearest)
        return snap_reader_fail(reader, node, "there is no operator \"%s\"; did you mean \"%s\"?",
                                uid, nearest);
    if (process_meant(reader, text, job) || subtask_meant(reader, text, job))
        return fail_form(reader, node, text, job);
    return snap_reader_fail(reader, node, "there is no operator \"%s\"; there are %s", uid,
                            list_operators(reader, job));
}

bool snap_subtask_read(struct snap_reader *reader, const struct snap_node *node, const char *text,
                       const struct snap_job *job, struct snap_action *action)
{
    const char *open = strchr(text, '[');
    const struct snap_operator *op;
    enum snap_units_result result;
    int64_t index = 0;
    char *digits;
    char *uid;

    if (!open || open == text || text[strlen(text) - 1] != ']')
        return fail_form(reader, node, text, job);
    uid = snap_arena_strndup(reader->arena, text, (size_t)(open - text));
    digits = snap_arena_strndup(reader->arena, open + 1, strlen(open) - 2);
    op = snap_job_find_operator(job, uid);
    if (!op)
        return fail_operator(reader, node, text, uid, job);
    result = snap_units_integer(digits, &index);
    if (result == SNAP_UNITS_MALFORMED)
        return fail_form(reader, node, text, job);
    if (result != SNAP_UNITS_OK || index < 0 || index >= op->parallelism)
        return snap_reader_fail(reader, node, "\"%s\" has subtasks 0 to %u, there is no %s", uid,
                                op->parallelism - 1, text);
    action->operator_index = op->index;
    action->subtask = (uint32_t)index;
    return true;
}

/* ---- what crashes ---- */

static bool read_task_manager(struct snap_reader *reader, const struct snap_node *node,
                              const struct snap_job *job, struct snap_action *action)
{
    size_t length = strlen(node->text);
    enum snap_units_result result = SNAP_UNITS_MALFORMED;
    int64_t index = 0;

    if (length >= 5 && node->text[length - 1] == ']')
        result = snap_units_integer(snap_arena_strndup(reader->arena, node->text + 3, length - 4),
                                    &index);
    if (result == SNAP_UNITS_MALFORMED)
        return snap_reader_fail(reader, node, "a TaskManager is written tm[j], found \"%s\"",
                                node->text);
    if (result != SNAP_UNITS_OK || index < 0 || index >= job->task_manager_count)
        return snap_reader_fail(
            reader, node,
            "there is no %s, the job runs on %u TaskManager%s (the first is "
            "tm[0]); taskmanager.numberOfTaskSlots says how many slots each has",
            node->text, job->task_manager_count, job->task_manager_count == 1 ? "" : "s");
    action->kind = SNAP_ACTION_CRASH_TASK_MANAGER;
    action->task_manager = (uint32_t)index;
    return true;
}

/* What it takes, and which of these may be meant. */
static bool fail_crash(struct snap_reader *reader, const struct snap_node *node,
                       const struct snap_job *job)
{
    struct snap_suggestion suggestion = {.wanted = node->text};
    const char *meant = process_meant(reader, node->text, job);
    const char *takes = snap_arena_printf(reader->arena,
                                          "crash takes a subtask such as \"%s[0]\", a TaskManager "
                                          "such as \"tm[0]\", or \"jobmanager\"",
                                          job->operators[0].uid);

    snap_suggestion_try(&suggestion, "jobmanager");
    if (!meant)
        meant = subtask_meant(reader, node->text, job);
    if (!meant)
        meant = suggestion.best;
    if (!meant && nearest_uid(node->text, job))
        meant = snap_arena_printf(reader->arena, "%s[0]", nearest_uid(node->text, job));
    if (meant)
        return snap_reader_fail(reader, node, "%s, found \"%s\"; did you mean \"%s\"?", takes,
                                node->text, meant);
    return snap_reader_fail(reader, node, "%s, found \"%s\"", takes, node->text);
}

/* Whether its operator exists, or may have been meant: what is wrong is said of it then. */
static bool is_subtask(struct snap_reader *reader, const char *text, const struct snap_job *job)
{
    const char *open = strchr(text, '[');
    const char *uid = open ? snap_arena_strndup(reader->arena, text, (size_t)(open - text)) : text;

    if (snap_job_find_operator(job, uid))
        return true;
    return open && nearest_uid(uid, job) && !process_meant(reader, text, job);
}

bool snap_crash_target_read(struct snap_reader *reader, const struct snap_node *node,
                            const struct snap_job *job, struct snap_action *action)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "what crashes"))
        return false;
    if (strcmp(node->text, "jobmanager") == 0) {
        action->kind = SNAP_ACTION_CRASH_JOB_MANAGER;
        return true;
    }
    if (strncmp(node->text, "tm[", 3) == 0)
        return read_task_manager(reader, node, job, action);
    if (is_subtask(reader, node->text, job))
        return snap_subtask_read(reader, node, node->text, job, action);
    return fail_crash(reader, node, job);
}
