// SPDX-License-Identifier: Apache-2.0
/*
 * verb_savepoint.c: `snapsim savepoint -d SNAPSHOT`: disposes of a snapshot and its files.
 * As in Flink the exit code is 0 or 1, also where the command line is refused.
 * Flink: CliFrontend, SavepointDisposalRequest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/verbs.h"
#include "storage/snapshot_dispose.h"
#include "view/units.h"
#include "view/wrap.h"

static const struct snap_option_help options[] = {
    {"-d", "SNAPSHOT", "the snapshot to dispose of: its directory, or its _metadata"},
    {"--dispose", "SNAPSHOT", "the same"},
    {NULL, NULL, NULL},
};

/* Flink deletes what the snapshot shares with others, and these cannot be restored then. */
static void tell_sharers(struct snap_text *text, const struct snap_sharers *sharers)
{
    for (uint32_t i = 0; i < sharers->count; i++) {
        const struct snap_sharer *one = &sharers->items[i];

        snap_text_printf(text,
                         "%s uses %u of its files: %s, or %s could not be restored; Flink deletes "
                         "%s.\n",
                         one->name, one->files, snap_plural(one->files, "it stays", "they stay"),
                         one->name, snap_plural(one->files, "it", "them"));
    }
}

/* Who could not be asked may use them. */
static void tell_unshared(struct snap_text *text, const struct snap_sharers *sharers)
{
    uint32_t files = sharers->unshared_count;

    if (files == 0)
        return;
    snap_text_printf(text, "%u %s beside it %s used by no other checkpoint there, and ", files,
                     snap_plural(files, "file", "files"), snap_plural(files, "was", "were"));
    if (snap_sharers_are_all(sharers))
        snap_text_printf(text, "%s gone, too.\n", snap_plural(files, "is", "are"));
    else if (sharers->unreadable)
        snap_text_printf(text, "%s: the metadata of %s cannot be read, which may name %s.\n",
                         snap_plural(files, "stays", "stay"), sharers->unreadable,
                         snap_plural(files, "it", "them"));
    else
        snap_text_printf(text,
                         "%s: there are more than %d directories, and not all were looked at.\n",
                         snap_plural(files, "stays", "stay"), SNAP_SHARER_DIRECTORIES_MAX);
}

static void tell_shared(struct snap_text *text, const struct snap_sharers *sharers,
                        uint32_t outside)
{
    tell_sharers(text, sharers);
    tell_unshared(text, sharers);
    if (outside > sharers->handles)
        snap_text_printf(text,
                         "%u %s outside of its directory may be used by other snapshots and %s "
                         "there.\n",
                         outside - sharers->handles,
                         snap_plural(outside - sharers->handles, "file", "files"),
                         snap_plural(outside - sharers->handles, "stays", "stay"));
}

static void print_shared(const struct snap_sharers *sharers, uint32_t outside)
{
    struct snap_text text = {0};
    struct snap_text wrapped = {0};

    tell_shared(&text, sharers, outside);
    snap_text_make_printable(&text);
    snap_wrap_text(&wrapped, snap_text_get(&text), snap_terminal_line_width());
    fputs(snap_text_get(&wrapped), stdout);
    snap_text_fini(&wrapped);
    snap_text_fini(&text);
}

static void print_line(const char *before, const char *pointer, const char *behind)
{
    struct snap_text text = {0};

    snap_text_printf(&text, "%s%s%s", before, pointer, behind);
    snap_text_make_printable(&text);
    fputs(snap_text_get(&text), stdout);
    snap_text_fini(&text);
}

/* Links to directories are followed, and what lies in "." is named: neither can be removed. */
static void resolve(struct snap_snapshot_site *site, struct snap_arena *arena)
{
    const char *name = strrchr(site->metadata, '/');
    char *real = realpath(site->directory, NULL);

    if (!real)
        return;
    site->metadata = snap_arena_printf(arena, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
                                       name ? name + 1 : site->metadata);
    snap_snapshot_site_move(site, snap_arena_strdup(arena, real), arena);
    free(real);
}

static bool dispose(const char *pointer, struct snap_arena *arena, struct snap_error *error)
{
    struct snap_fs *fs = snap_fs_real_create(NULL);
    const struct snap_snapshot_place place = {.pointer = pointer};
    struct snap_snapshot_reading reading = {.fs = fs, .arena = arena};
    struct snap_sharers sharers;
    uint32_t outside = 0;
    bool done = snap_snapshot_open(&reading, &place, error);

    if (done) {
        print_line("Disposing savepoint '", pointer, "'.\n");
        resolve(&reading.site, arena);
        sharers = snap_snapshot_sharers(&reading);
        done = snap_snapshot_dispose(&reading, &outside, error) &&
               (!snap_sharers_are_all(&sharers) ||
                snap_snapshot_dispose_unshared(&reading, &sharers, error));
    }
    if (done) {
        print_shared(&sharers, outside);
        print_line("Savepoint '", pointer, "' disposed.\n");
    }
    snap_fs_destroy(fs);
    return done;
}

/* Which one goes must be beyond doubt: a second word may be a second snapshot. */
static const char *read_pointer(const struct snap_args *args, struct snap_error *error)
{
    const char *pointer = snap_args_get(args, "-d");
    bool is_named = pointer || snap_args_get(args, "--dispose");

    if (!snap_args_exclusive(args, "-d", "--dispose", error))
        return NULL;
    for (uint32_t i = 0; i < args->count; i++)
        if (!args->items[i].option) {
            snap_error_set(error, SNAP_ERROR_USAGE,
                           is_named ? "one snapshot is disposed of at a time, behind -d: \"%s\" is "
                                      "too much"
                                    : "what is to become of \"%s\"? -d SNAPSHOT disposes of it",
                           args->items[i].text);
            return NULL;
        }
    pointer = pointer ? pointer : snap_args_get(args, "--dispose");
    if (pointer && *pointer)
        return pointer;
    snap_error_set(error, SNAP_ERROR_USAGE, "which snapshot? -d SNAPSHOT");
    return NULL;
}

static int run(char *const *argv)
{
    struct snap_error error = {0};
    struct snap_args args;
    struct snap_arena arena;
    const char *pointer = NULL;
    bool done = false;

    snap_arena_init(&arena);
    if (snap_args_parse(options, argv, &arena, &args, &error)) {
        pointer = read_pointer(&args, &error);
        if (pointer)
            done = dispose(pointer, &arena, &error);
    }
    if (!done)
        snap_cli_fail(&error);
    snap_arena_fini(&arena);
    return done ? 0 : 1;
}

const struct snap_verb snap_verb_savepoint = {
    .name = "savepoint",
    .arguments = "-d SNAPSHOT",
    .doc = "dispose of a snapshot and its files",
    .options = options,
    .run = run,
};
