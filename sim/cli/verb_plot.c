// SPDX-License-Identifier: Apache-2.0
/*
 * verb_plot.c: `snapsim plot DIR`: draws the figures of a run again from its trace, or those of a
 * comparison and of all its runs.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* The folders of a comparison's runs, in the order of their names; below a folder that is no
 * comparison also those of comparisons. */
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

static bool is_comparison(const char *directory)
{
    char path[4096];

    return snprintf(path, sizeof(path), "%s/compare.json", directory) < (int)sizeof(path) &&
           access(path, F_OK) == 0;
}

/* Variants, then runtimes, then seeds have folders of their own. */
enum { DEPTH_MAX = 3 };

/* Adds the folders below `directory` that hold a run, or a comparison. */
static void add_folders(const char *directory, uint32_t depth, struct snap_arena *arena,
                        struct folders *folders)
{
    DIR *opened = opendir(directory);
    struct dirent *entry;

    while (opened && (entry = readdir(opened)) != NULL) {
        const char *path = snap_arena_printf(arena, "%s/%s", directory, entry->d_name);

        if (entry->d_name[0] == '.')
            continue;
        if (!snap_run_folder_is_one(path) && !is_comparison(path)) {
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

/* There may be thousands. */
enum { NAMED_MAX = 4 };

/* Of a comparison that was killed the trace of the last run may be empty: what cannot be read is
 * left out. Returns whether the others are at least two runs of one scenario: what is left of such
 * a comparison, or runs that somebody laid beside each other. */
static bool sort_out(struct folders *folders, struct snap_arena *arena)
{
    const char *scenario = NULL;
    bool same = true;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < folders->count; i++) {
        const char *path = snap_arena_printf(arena, "%s/trace.jsonl", folders->paths[i]);
        struct snap_trace_reader reader;
        struct snap_error error = {0};

        if (access(path, F_OK) != 0) {
            same = false; /* a comparison within the folder */
        } else if (snap_trace_reader_open(&reader, path, &error)) {
            same = same && (!scenario || strcmp(scenario, reader.header.scenario) == 0);
            scenario = scenario ? scenario : snap_arena_strdup(arena, reader.header.scenario);
            snap_trace_reader_close(&reader);
        } else {
            if (i - kept < NAMED_MAX)
                snap_cli_tell("snapsim: note: %s is left out: %s\n", folders->paths[i],
                              error.message);
            continue;
        }
        folders->paths[kept++] = folders->paths[i];
    }
    folders->count = kept;
    return same && kept > 1;
}

/* "a, b, c, d and 12 more" */
static const char *name_some(const struct folders *folders, struct snap_arena *arena)
{
    uint32_t named = folders->count < NAMED_MAX ? folders->count : NAMED_MAX;
    const char *names = folders->paths[0];

    for (uint32_t i = 1; i < named; i++)
        names = snap_arena_printf(arena, "%s, %s", names, folders->paths[i]);
    if (folders->count == named)
        return names;
    return snap_arena_printf(arena, "%s and %u more", names, folders->count - named);
}

/* A comparison has a file that says so. Else what lies below is drawn only if it belongs together,
 * and people hear which runs that are. */
static bool check_folders(const char *directory, struct folders *folders, struct snap_arena *arena,
                          struct snap_error *error)
{
    bool same;

    if (folders->count == 0)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s holds no run: there is no trace.jsonl in it or in a folder "
                              "below it",
                              directory);
    if (is_comparison(directory))
        return true;
    same = sort_out(folders, arena);
    if (folders->count == 0)
        return snap_error_set(error, SNAP_ERROR_USAGE, "%s holds no run that can be read",
                              directory);
    if (!same)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s is neither a run nor a comparison; give one that lies below it: "
                              "%s",
                              directory, name_some(folders, arena));
    snap_cli_tell(
        "snapsim: note: %s has no compare.json; drawn are the %u runs of one scenario below "
        "it: %s\n",
        directory, folders->count, name_some(folders, arena));
    return true;
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

/* There may be thousands of folders. */
enum { LISTED_MAX = 20 };

static bool draws(const struct snap_figure_order *order, bool comparison)
{
    return !order->only || (strcmp(order->only, "compare") == 0) == comparison;
}

/* Where pictures are now: those of the whole first. `folders` is NULL for a single run. */
static void list_written(const struct snap_figure_order *order, const struct folders *folders,
                         struct snap_text *text)
{
    uint32_t count = folders && draws(order, false) ? folders->count : 0;

    if (order->terminal)
        return;
    if (!folders || draws(order, true))
        snap_text_printf(text, "%s/figures\n", order->directory);
    for (uint32_t i = 0; i < count && i < LISTED_MAX; i++)
        snap_text_printf(text, "%s/figures\n", folders->paths[i]);
    if (count > LISTED_MAX)
        snap_text_printf(text, "and those of %u more runs\n", count - LISTED_MAX);
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

static bool plot(const struct snap_figure_order *order, struct snap_text *text,
                 struct snap_arena *arena, struct snap_error *error)
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
        list_written(order, NULL, text);
        return good;
    }
    list_folders(order->directory, arena, &folders);
    if (!check_folders(order->directory, &folders, arena, error))
        return false;
    good = plot_comparison(&folders, order, arena, error);
    list_written(order, &folders, text);
    for (uint32_t i = 0; i < folders.count; i++)
        snap_run_folder_close(&folders.items[i]);
    return good;
}

static int run(char *const *argv)
{
    struct snap_figure_order order = {0};
    struct snap_text text = {0}; /* sketches, or where pictures are */
    struct snap_error error = {0};
    struct snap_args args;
    struct snap_arena arena;
    bool good;
    int code;

    snap_arena_init(&arena);
    good = snap_args_parse(options, argv, &arena, &args, &error) &&
           read_order(&args, &order, &text, &error) &&
           (order.directory = snap_args_one(&args, "folder", &error)) != NULL &&
           snap_runs_dir_check(order.directory, &error) && plot(&order, &text, &arena, &error);
    code = good ? snap_cli_show(&text) : snap_cli_fail(&error);
    snap_text_fini(&text);
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
