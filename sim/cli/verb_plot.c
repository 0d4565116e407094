// SPDX-License-Identifier: Apache-2.0
/*
 * verb_plot.c: `snapsim plot DIR`: draws the figures of a run again from its trace, or those of a
 * comparison and of all its runs.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/run_dir.h"
#include "cli/verbs.h"
#include "view/figure_set.h"
#include "view/run_folder.h"

static const struct snap_option_help options[] = {
    {"--format", "png|svg|terminal", "how to draw; default: PNG and SVG files in DIR/figures"},
    {"--figure", "NAME", "only this one: timeline, checkpoints, flow, metrics or compare"},
    {NULL, NULL, NULL},
};

/* The folders of a comparison's runs, in the order of their names. */
struct folders {
    struct snap_run_folder *items;
    const char **paths;
    uint32_t count;
    uint32_t capacity;
};

static bool read_order(const struct snap_args *args, struct snap_figure_order *order,
                       struct snap_text *terminal, struct snap_error *error)
{
    const char *format = snap_args_get(args, "--format");

    order->only = snap_args_get(args, "--figure");
    if (order->only && !snap_figure_known(order->only))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--figure %s: there is no such figure; there are timeline, "
                              "checkpoints, flow, metrics and compare",
                              order->only);
    order->png = !format || strcmp(format, "png") == 0;
    order->svg = !format || strcmp(format, "svg") == 0;
    order->terminal = format && strcmp(format, "terminal") == 0 ? terminal : NULL;
    if (!order->png && !order->svg && !order->terminal)
        return snap_error_set(error, SNAP_ERROR_USAGE, "--format %s: expected png, svg or terminal",
                              format);
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Variants, then runtimes, then seeds have folders of their own. */
enum { DEPTH_MAX = 3 };

/* Adds the folders below `directory` that hold a run. */
static void add_folders(const char *directory, uint32_t depth, struct snap_arena *arena,
                        struct folders *folders)
{
    DIR *opened = opendir(directory);
    struct dirent *entry;

    while (opened && (entry = readdir(opened)) != NULL) {
        const char *path = snap_arena_printf(arena, "%s/%s", directory, entry->d_name);

        if (entry->d_name[0] == '.')
            continue;
        if (!snap_run_folder_is_one(path)) {
            if (depth < DEPTH_MAX)
                add_folders(path, depth + 1, arena, folders);
            continue;
        }
        folders->paths = snap_arena_grow(arena, folders->paths, folders->count, &folders->capacity,
                                         sizeof(folders->paths[0]));
        folders->paths[folders->count++] = path;
    }
    if (opened)
        closedir(opened);
}

static void list_folders(const char *directory, struct snap_arena *arena, struct folders *folders)
{
    add_folders(directory, 1, arena, folders);
    if (folders->count > 0)
        qsort(folders->paths, folders->count, sizeof(folders->paths[0]), compare_paths);
    folders->items = SNAP_ARENA_ARRAY(arena, struct snap_run_folder, folders->count);
}

static bool plot_run(const struct snap_run_folder *folder, const char *path,
                     const struct snap_figure_order *order, struct snap_error *error)
{
    struct snap_figure_order own = *order;

    own.directory = path;
    snap_run_dir_note_trace(path, &folder->reader);
    return snap_figures_of_run(&folder->input, &own, error);
}

static bool plot_comparison(struct folders *folders, const struct snap_figure_order *order,
                            struct snap_arena *arena, struct snap_error *error)
{
    struct snap_figure_input *inputs =
        SNAP_ARENA_ARRAY(arena, struct snap_figure_input, folders->count);
    struct snap_figure_runs runs = {inputs, folders->count};

    for (uint32_t i = 0; i < folders->count; i++) {
        if (!snap_run_folder_open(&folders->items[i], folders->paths[i], error) ||
            !plot_run(&folders->items[i], folders->paths[i], order, error))
            return false;
        inputs[i] = folders->items[i].input;
    }
    snap_comparison_sort(order->directory, inputs, folders->count);
    return snap_figures_of_comparison(&runs, order, error);
}

/* Pictures are renamed into place when they are whole. */
static void note_interrupts(const struct snap_figure_order *order, struct snap_arena *arena)
{
    snap_interrupts_exit(
        order->terminal
            ? "nothing was written or changed"
            : snap_arena_printf(arena,
                                "pictures that were finished are below %s, none of them is "
                                "half-drawn; the same command draws all of them again",
                                order->directory));
}

static bool plot(const struct snap_figure_order *order, struct snap_arena *arena,
                 struct snap_error *error)
{
    struct folders folders = {0};
    struct snap_run_folder folder = {0};
    bool good;

    note_interrupts(order, arena);
    if (snap_run_folder_is_one(order->directory)) {
        if (order->only && strcmp(order->only, "compare") == 0)
            return snap_error_set(error, SNAP_ERROR_USAGE,
                                  "--figure compare: %s is one run, not a comparison",
                                  order->directory);
        good = snap_run_folder_open(&folder, order->directory, error) &&
               plot_run(&folder, order->directory, order, error);
        snap_run_folder_close(&folder);
        return good;
    }
    list_folders(order->directory, arena, &folders);
    if (folders.count == 0)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s holds no run: there is no trace.jsonl in it or in a folder "
                              "below it",
                              order->directory);
    good = plot_comparison(&folders, order, arena, error);
    for (uint32_t i = 0; i < folders.count; i++)
        snap_run_folder_close(&folders.items[i]);
    return good;
}

static int run(char *const *argv)
{
    struct snap_figure_order order = {0};
    struct snap_text terminal = {0};
    struct snap_error error = {0};
    struct snap_args args;
    struct snap_arena arena;
    bool good;
    int code;

    snap_arena_init(&arena);
    good = snap_args_parse(options, argv, &arena, &args, &error) &&
           read_order(&args, &order, &terminal, &error) &&
           (order.directory = snap_args_one(&args, "folder", &error)) != NULL &&
           snap_runs_dir_check(order.directory, &error) && plot(&order, &arena, &error);
    if (good && !order.terminal)
        snap_text_printf(&terminal, "%s/figures\n", order.directory);
    code = good ? snap_cli_print(&terminal) : snap_cli_fail(&error);
    snap_text_fini(&terminal);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_plot = {
    .name = "plot",
    .arguments = "DIR",
    .doc = "draw the figures of a run or a comparison from what it wrote",
    .options = options,
    .run = run,
};
