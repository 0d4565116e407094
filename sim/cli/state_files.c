// SPDX-License-Identifier: Apache-2.0
#include "cli/state_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/heap.h"
#include "base/whole_file.h"
#include "operators/line.h"
#include "operators/operator.h"

/* The lines of one file. */
struct lines {
    uint32_t operator_index;
    struct snap_arena arena;
    char **items;
    size_t count;
    size_t capacity;
    struct snap_schema schema; /* of the state */
    const char *state;         /* its name, where an operator shows several */
};

/* Names of states that an operator shows. */
struct names {
    struct snap_arena arena;
    const char **items;
    uint32_t count;
    uint32_t capacity;
};

static void add_line(struct lines *lines, const char *line, size_t length)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity ? lines->capacity * 2 : 256;
        lines->items = snap_heap_resize(lines->items, lines->capacity * sizeof(char *));
    }
    lines->items[lines->count++] = snap_arena_strndup(&lines->arena, line, length);
}

static void take_entry(void *to, const struct snap_state_entry *entry)
{
    struct lines *lines = to;
    struct snap_text line = {0};

    if (entry->operator_index != lines->operator_index)
        return;
    snap_line_add(&line, lines->schema, entry->key, entry->value);
    add_line(lines, snap_text_get(&line), line.length);
    snap_text_fini(&line);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool write_lines(struct lines *lines, const char *path, struct snap_error *error)
{
    struct snap_text text = {0};
    bool written;

    if (lines->count > 1)
        qsort(lines->items, lines->count, sizeof(char *), compare);
    for (size_t i = 0; i < lines->count; i++) {
        snap_text_add_string(&text, lines->items[i]);
        snap_text_add_string(&text, "\n");
    }
    written = snap_whole_file_write(path, &text, error);
    snap_text_fini(&text);
    return written;
}

static bool write_operator(struct snap_run *run, const struct snap_job *job, uint32_t index,
                           const char *directory, struct snap_error *error)
{
    struct lines lines = {.operator_index = index};
    const struct snap_operator_rules rules = snap_operator_rules_of(&job->operators[index]);
    bool written;

    lines.schema = job->operators[index].input_schemas[0];
    lines.schema.value = snap_rules_state_kind(&rules, &job->operators[index]);
    snap_arena_init(&lines.arena);
    snap_run_each_state_entry(run, take_entry, &lines);
    written = write_lines(
        &lines, snap_arena_printf(&lines.arena, "%s/%s.tsv", directory, job->operators[index].uid),
        error);
    free(lines.items);
    snap_arena_fini(&lines.arena);
    return written;
}

/* ---- what an operator shows beside its entries ---- */

static void take_name(void *to, const char *state, const char *line)
{
    struct names *names = to;

    (void)line;
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], state) == 0)
            return;
    names->items = snap_arena_grow(&names->arena, names->items, names->count, &names->capacity,
                                   sizeof(*names->items));
    names->items[names->count++] = state;
}

static void take_line(void *to, const char *state, const char *line)
{
    struct lines *lines = to;

    if (strcmp(state, lines->state) == 0)
        add_line(lines, line, strlen(line));
}

static bool write_shown(struct snap_run *run, const struct snap_operator *op, const char *state,
                        const char *directory, struct snap_error *error)
{
    struct lines lines = {.state = state};
    struct snap_state_lines shown = {take_line, &lines};
    bool written;

    snap_arena_init(&lines.arena);
    snap_run_show_states(run, op->index, &shown);
    written = write_lines(
        &lines, snap_arena_printf(&lines.arena, "%s/%s.%s.tsv", directory, op->uid, state), error);
    free(lines.items);
    snap_arena_fini(&lines.arena);
    return written;
}

static bool write_all_shown(struct snap_run *run, const struct snap_operator *op,
                            const char *directory, struct snap_error *error)
{
    struct names names = {.count = 0};
    struct snap_state_lines shown = {take_name, &names};
    bool good = true;

    snap_arena_init(&names.arena);
    snap_run_show_states(run, op->index, &shown);
    for (uint32_t i = 0; good && i < names.count; i++)
        good = write_shown(run, op, names.items[i], directory, error);
    snap_arena_fini(&names.arena);
    return good;
}

bool snap_state_files_write(struct snap_run *run, const struct snap_job *job, const char *directory,
                            struct snap_error *error)
{
    struct snap_arena arena;
    bool good = true;

    snap_arena_init(&arena);
    directory = snap_arena_printf(&arena, "%s/state", directory);
    for (uint32_t i = 0; good && i < job->operator_count; i++) {
        if (!snap_operator_class_of(&job->operators[i])->each_state_entry)
            continue;
        if (mkdir(directory, 0777) != 0 && errno != EEXIST)
            good = snap_error_set(error, SNAP_ERROR_IO, "cannot make %s: %s", directory,
                                  strerror(errno));
        good = good && write_operator(run, job, i, directory, error) &&
               write_all_shown(run, &job->operators[i], directory, error);
    }
    snap_arena_fini(&arena);
    return good;
}
