// SPDX-License-Identifier: Apache-2.0
#include "explain/rest_answers.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 32 };

static bool has(const json_t *body, const char *key)
{
    return json_object_get(body, key) != NULL;
}

static bool has_vertices(const json_t *body)
{
    return json_is_array(json_object_get(body, "vertices"));
}

/* Answers about subtasks differ by what their subtasks have. */
static enum snap_rest_kind kind_of_subtasks(const json_t *body)
{
    const json_t *first = json_array_get(json_object_get(body, "subtasks"), 0);

    if (has(first, "busyRatio") || has(body, "backpressure-level"))
        return SNAP_REST_BACKPRESSURE;
    if (has(body, "num_subtasks") || has(first, "start_delay"))
        return SNAP_REST_SUBTASKS;
    return has(first, "metrics") && has(body, "parallelism") ? SNAP_REST_VERTEX : SNAP_REST_OTHER;
}

static enum snap_rest_kind kind_of(const json_t *body)
{
    if (has(body, "errors"))
        return SNAP_REST_ERROR;
    if (json_is_array(json_object_get(body, "subtasks")))
        return kind_of_subtasks(body);
    if (has(body, "counts") && has(body, "history"))
        return SNAP_REST_HISTORY;
    if (has(body, "trigger_timestamp") && has(body, "tasks"))
        return SNAP_REST_DETAILS;
    if (has(body, "max_concurrent") && has(body, "min_pause"))
        return SNAP_REST_CONFIG;
    if (has(body, "jid") && has_vertices(body))
        return SNAP_REST_JOB;
    return json_is_object(json_object_get(body, "plan")) ||
                   json_is_array(json_object_get(body, "nodes"))
               ? SNAP_REST_PLAN
               : SNAP_REST_OTHER;
}

/* The run of 32 hex digits that follows the word, or the first one if there is no word. */
static const char *id_in(struct snap_arena *arena, const char *text, const char *word)
{
    const char *at = *word ? strstr(text, word) : text;
    size_t digits = 0;

    for (at = at ? at + strlen(word) : NULL; at && *at; at++) {
        digits = isxdigit((unsigned char)*at) ? digits + 1 : 0;
        if (digits == ID_DIGITS)
            return snap_arena_strndup(arena, at + 1 - ID_DIGITS, ID_DIGITS);
        if (digits == 0 && *word)
            break;
    }
    return NULL;
}

static void name_owner(struct snap_rest_answers *answers, struct snap_rest_answer *answer)
{
    const char *path =
        json_string_value(json_object_get(json_object_get(answer->root, "request"), "path"));
    struct snap_arena *arena = &answers->arena;

    if (path) {
        answer->job = id_in(arena, path, "/jobs/");
        answer->vertex = id_in(arena, path, "/subtasks/");
        if (!answer->vertex)
            answer->vertex = id_in(arena, path, "/vertices/");
        return;
    }
    answer->vertex = id_in(arena, answer->file, "");
    if (answer->kind == SNAP_REST_JOB) {
        const char *job = json_string_value(json_object_get(answer->body, "jid"));

        answer->job = job ? snap_arena_strdup(arena, job) : NULL;
    }
}

static void note(struct snap_rest_answers *answers, const char *text)
{
    answers->notes = snap_arena_grow(&answers->arena, answers->notes, answers->note_count,
                                     &answers->note_capacity, sizeof(answers->notes[0]));
    answers->notes[answers->note_count++] = text;
}

static void add_answer(struct snap_rest_answers *answers, const char *file, json_t *root)
{
    const json_t *response = json_object_get(root, "response");
    struct snap_rest_answer answer = {
        .file = file, .root = root, .body = response ? response : root};

    answer.kind = kind_of(answer.body);
    name_owner(answers, &answer);
    answers->items = snap_arena_grow(&answers->arena, answers->items, answers->count,
                                     &answers->capacity, sizeof(answers->items[0]));
    answers->items[answers->count++] = answer;
}

static void read_file(struct snap_rest_answers *answers, const char *directory, const char *name)
{
    const char *path = snap_arena_printf(&answers->arena, "%s/%s", directory, name);
    json_error_t problem;
    json_t *root = json_load_file(path, 0, &problem);

    if (root)
        add_answer(answers, snap_arena_strdup(&answers->arena, name), root);
    else
        note(answers, snap_arena_printf(&answers->arena, "%s is not JSON (line %d: %s).", name,
                                        problem.line, problem.text));
}

static int compare_answers(const void *a, const void *b)
{
    const struct snap_rest_answer *one = a;
    const struct snap_rest_answer *other = b;

    return strcmp(one->file, other->file);
}

static bool is_json_name(const char *name)
{
    size_t length = strlen(name);

    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".json") == 0;
}

static uint32_t usable_count(const struct snap_rest_answers *answers)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < answers->count; i++)
        count += answers->items[i].kind > SNAP_REST_ERROR;
    return count;
}

/* Whether there is nothing to go on with, and why. */
static bool check(const struct snap_rest_answers *answers, const char *directory,
                  struct snap_error *error)
{
    if (usable_count(answers) > 0)
        return true;
    if (answers->count > 0)
        return snap_error_set(
            error, SNAP_ERROR_USAGE,
            "%s holds JSON, but no answer of Flink about a job (%s): save "
            "/jobs/ID/checkpoints/details/N, its subtasks/VERTEX, and /jobs/ID/plan into it",
            directory,
            answers->items[0].kind == SNAP_REST_ERROR ? "they are error answers"
                                                      : "none has its members");
    if (answers->note_count > 0)
        return snap_error_set(error, SNAP_ERROR_USAGE, "%s: %s", directory, answers->notes[0]);
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "%s holds no .json file: save answers of Flink's REST interface into it, "
                          "one a file: /jobs/ID/checkpoints/details/N, its subtasks/VERTEX, and "
                          "/jobs/ID/plan",
                          directory);
}

bool snap_rest_answers_open(struct snap_rest_answers *answers, const char *directory,
                            struct snap_error *error)
{
    DIR *opened = opendir(directory);
    struct dirent *entry;

    memset(answers, 0, sizeof(*answers));
    if (!opened)
        return snap_error_set(
            error, errno == ENOENT || errno == ENOTDIR ? SNAP_ERROR_USAGE : SNAP_ERROR_IO,
            "%s: %s; give the folder with the saved answers of Flink", directory, strerror(errno));
    snap_arena_init(&answers->arena);
    while ((entry = readdir(opened)) != NULL)
        if (is_json_name(entry->d_name))
            read_file(answers, directory, entry->d_name);
    closedir(opened);
    if (answers->count > 0)
        qsort(answers->items, answers->count, sizeof(answers->items[0]), compare_answers);
    if (check(answers, directory, error))
        return true;
    snap_rest_answers_close(answers);
    return false;
}

void snap_rest_answers_close(struct snap_rest_answers *answers)
{
    for (uint32_t i = 0; i < answers->count; i++)
        json_decref(answers->items[i].root);
    snap_arena_fini(&answers->arena);
    memset(answers, 0, sizeof(*answers));
}

bool snap_rest_is_of(const struct snap_rest_answer *answer, const char *job)
{
    return !answer->job || !job || strcmp(answer->job, job) == 0;
}

const struct snap_rest_answer *snap_rest_find(const struct snap_rest_answers *answers,
                                              enum snap_rest_kind kind, const char *job,
                                              const char *vertex)
{
    for (uint32_t i = 0; i < answers->count; i++) {
        const struct snap_rest_answer *answer = &answers->items[i];

        if (answer->kind == kind && snap_rest_is_of(answer, job) &&
            (!vertex || (answer->vertex && strcmp(answer->vertex, vertex) == 0)))
            return answer;
    }
    return NULL;
}
