// SPDX-License-Identifier: Apache-2.0
#include "scenario/path_list.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct path_list {
    struct snap_reader *reader;
    const char *what;
    const char **paths;
    uint32_t count;
    uint32_t capacity;
    uint32_t known; /* entries that came from other patterns: only they can be the same again */
};

/* A folder or a socket would fail later, at an instant of the run. */
static bool is_regular(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* True if an earlier entry gave the same path. */
static bool is_known(const struct path_list *list, const char *path)
{
    for (uint32_t i = 0; i < list->known; i++)
        if (strcmp(list->paths[i], path) == 0)
            return true;
    return false;
}

static void add(struct path_list *list, const char *path)
{
    struct snap_arena *arena = list->reader->arena;

    list->paths =
        snap_arena_grow(arena, list->paths, list->count, &list->capacity, sizeof(*list->paths));
    list->paths[list->count++] = snap_arena_strdup(arena, path);
}

/* The text as a path from the current directory: next to the scenario's file if relative. */
static const char *resolve(struct snap_reader *reader, const struct snap_node *node)
{
    const char *slash = strrchr(node->source->name, '/');

    if (node->source->argument || node->text[0] == '/' || !slash)
        return node->text;
    return snap_arena_printf(reader->arena, "%.*s/%s", (int)(slash - node->source->name),
                             node->source->name, node->text);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* glob sorts by locale; the order of files decides splits, so it is by bytes here. */
static uint32_t add_matches(struct path_list *list, glob_t *found)
{
    uint32_t matched = 0;

    qsort(found->gl_pathv, found->gl_pathc, sizeof(*found->gl_pathv), compare_paths);
    for (size_t i = 0; i < found->gl_pathc; i++) {
        if (!is_regular(found->gl_pathv[i]))
            continue;
        if (!is_known(list, found->gl_pathv[i]))
            add(list, found->gl_pathv[i]);
        matched++;
    }
    return matched;
}

/* Nothing matched is nearly always a typing mistake, so it is an error. */
static bool add_pattern(struct path_list *list, const struct snap_node *node, const char *pattern)
{
    glob_t found;
    uint32_t matched = 0;

    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
        matched = add_matches(list, &found);
        globfree(&found);
    }
    if (matched == 0)
        return snap_reader_fail(list->reader, node, "%s: no file matches \"%s\"", list->what,
                                node->text);
    return true;
}

/* An argument is literal: the shell has expanded what it wanted to. */
static bool add_node(struct path_list *list, const struct snap_node *node)
{
    const char *path;

    list->known = list->count;
    if (!snap_reader_expect(list->reader, node, SNAP_NODE_SCALAR, "a path"))
        return false;
    path = resolve(list->reader, node);
    if (!node->source->argument && strpbrk(node->text, "*?["))
        return add_pattern(list, node, path);
    if (!is_regular(path))
        return snap_reader_fail(list->reader, node, "%s: there is no file \"%s\"", list->what,
                                node->text);
    /* Who names a file twice wants it twice; a pattern takes no file that is there already. */
    add(list, path);
    return true;
}

bool snap_path_list_read(struct snap_reader *reader, const struct snap_node *node, const char *what,
                         struct snap_option *option)
{
    struct path_list list = {.reader = reader, .what = what};

    if (node->kind == SNAP_NODE_LIST) {
        if (node->count == 0)
            return snap_reader_fail(reader, node, "%s has no path", what);
        for (uint32_t i = 0; i < node->count; i++)
            if (!add_node(&list, node->items[i]))
                return false;
    } else if (!add_node(&list, node)) {
        return false;
    }
    option->texts = list.paths;
    option->text_count = list.count;
    return true;
}
