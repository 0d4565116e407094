// SPDX-License-Identifier: Apache-2.0
/*
 * verb_diff.c: `snapsim diff SNAPSHOT SNAPSHOT`: what differs between two snapshots, of Flink's or
 * of ours. 0: their states are the same, 1: they differ, 2 or 4: some could not be compared.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/snapshot_options.h"
#include "cli/verbs.h"
#include "storage/snapshot_folder.h"
#include "view/console.h"
#include "view/snapshot_diff.h"
#include "view/snapshot_view.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    {"--json", NULL, "the differences as JSON"},
    {"--keys", "N", "name so many keys of each state that differ (10)"},
    SNAP_SNAPSHOT_OPTIONS,
    {NULL, NULL, NULL},
};

/* Both snapshots, and what was found. */
struct request {
    struct snap_arena arena;
    struct snap_args args;
    const char *pointers[2];
    struct snap_snapshot_folder *folders[2];
    struct snap_snapshot snapshots[2];
    struct snap_snapshot_diff diff;
};

static bool read_pointers(struct request *request, struct snap_error *error)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < request->args.count; i++) {
        if (request->args.items[i].option)
            continue;
        if (count < 2)
            request->pointers[count] = request->args.items[i].text;
        count++;
    }
    return count == 2 ||
           snap_error_set(error, SNAP_ERROR_USAGE, "two snapshots are compared, found %u", count);
}

/* So many keys of a state are read at a glance. */
enum { KEYS_DEFAULT = 10 };

static bool read_keys(struct request *request, struct snap_error *error)
{
    const char *text = snap_args_get(&request->args, "--keys");
    char *end;
    long number;

    request->diff.keys_max = KEYS_DEFAULT;
    if (!text)
        return true;
    errno = 0;
    number = strtol(text, &end, 10);
    if (errno || end == text || *end || number < 0 || number > INT32_MAX)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--keys %s: a number of keys is expected, 0 or more", text);
    request->diff.keys_max = (uint32_t)number;
    return true;
}

static bool open_snapshot(struct request *request, int side, struct snap_error *error)
{
    struct snap_snapshot_place place = {.pointer = request->pointers[side]};
    struct snap_streams streams;

    if (!snap_snapshot_options_read(&request->args, &request->arena, &place, error))
        return false;
    request->folders[side] = snap_snapshot_folder_open(&place, error);
    if (!request->folders[side])
        return false;
    streams = snap_snapshot_folder_streams(request->folders[side]);
    if (!snap_snapshot_describe(snap_snapshot_folder_metadata(request->folders[side]), &streams,
                                &request->arena, &request->snapshots[side], error)) {
        snap_error_place(error, snap_snapshot_folder_path(request->folders[side]), 0, 0);
        return false;
    }
    request->diff.snapshots[side] = &request->snapshots[side];
    request->snapshots[side].path = snap_snapshot_folder_path(request->folders[side]);
    return true;
}

/* Of those that hide others it is the one whose bytes these are; timers beside the state hide
 * themselves. */
static const char *unknown_state(const struct snap_snapshot_subtask *subtask)
{
    for (uint32_t i = 0; i < subtask->keyed.state_count; i++)
        if (subtask->keyed.states[i].opaque_groups > 0)
            return subtask->keyed.states[i].name;
    for (uint32_t i = 0; i < subtask->raw_keyed.state_count; i++)
        if (subtask->raw_keyed.states[i].lost_groups > 0)
            return subtask->raw_keyed.states[i].name;
    return NULL;
}

/* Returns whether a state has bytes of an unknown serializer, or is lost in those of another. */
static bool blame_serializer(const struct snap_snapshot *snapshot,
                             const struct snap_snapshot_operator *of, struct snap_error *error)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t i = 0; of && i < of->subtask_count; i++) {
        const char *name = unknown_state(&of->subtasks[i]);

        if (name) {
            snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                           "%s: state \"%s\" of %s has a serializer that is unknown: where its "
                           "entries end cannot be told",
                           snapshot->path, name, snap_snapshot_operator_name(of, id));
            return true;
        }
    }
    return false;
}

/* The operator whose keyed state is not read although all files are there. */
static void blame_operator(const struct request *request, struct snap_error *error)
{
    const struct snap_snapshot_diff *diff = &request->diff;
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t o = 0; o < diff->operator_count; o++)
        for (int side = 0; side < 2; side++) {
            if (blame_serializer(&request->snapshots[side], diff->operators[o].of[side], error))
                return;
            if (diff->operators[o].is_unread[side]) {
                const struct snap_snapshot_operator *of = diff->operators[o].of[side];

                snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                               "%s: the keyed state of %s is in a layout that is not read here",
                               request->snapshots[side].path, snap_snapshot_operator_name(of, id));
                return;
            }
        }
    snap_error_set(error, SNAP_ERROR_SNAPSHOT, "some entries are of unknown number");
}

/* Names the file of each side that keeps states from being compared. */
static int say_why(const struct request *request)
{
    struct snap_error errors[2] = {{0}, {0}};
    int code = 0;

    for (int side = 0; side < 2; side++) {
        if (snap_snapshot_verify(&request->snapshots[side], &errors[side]))
            continue;
        if (side == 0 || strcmp(errors[0].message, errors[1].message) != 0 ||
            strcmp(errors[0].file, errors[1].file) != 0)
            code = snap_cli_fail(&errors[side]);
    }
    if (code)
        return code;
    blame_operator(request, &errors[0]);
    return snap_cli_fail(&errors[0]);
}

static int print(const struct request *request)
{
    struct snap_text text = {0};
    int code;

    if (snap_args_get(&request->args, "--json"))
        snap_snapshot_diff_json(&request->diff, &text);
    else
        snap_snapshot_diff_text(&request->diff, snap_terminal_width(), &text);
    code = snap_args_get(&request->args, "--json") ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    if (code)
        return code;
    if (snap_snapshots_unread(&request->diff))
        return say_why(request);
    return snap_snapshots_differ(&request->diff);
}

static int run(char *const *argv)
{
    struct request request = {.folders = {NULL, NULL}};
    struct snap_error error = {0};
    int code;

    snap_interrupts_exit("comparing only reads: nothing was written or changed");
    if (snap_args_parse(options, argv, &request.arena, &request.args, &error) &&
        read_pointers(&request, &error) && read_keys(&request, &error) &&
        open_snapshot(&request, 0, &error) && open_snapshot(&request, 1, &error) &&
        snap_snapshot_compare(&request.diff, &request.arena, &error))
        code = print(&request);
    else
        code = snap_cli_fail(&error);
    for (int side = 0; side < 2; side++)
        snap_snapshot_folder_close(request.folders[side]);
    snap_arena_fini(&request.arena);
    return code;
}

const struct snap_verb snap_verb_diff = {
    .name = "diff",
    .arguments = "SNAPSHOT SNAPSHOT",
    .doc = "show what differs between two checkpoints or savepoints",
    .options = options,
    .run = run,
};
