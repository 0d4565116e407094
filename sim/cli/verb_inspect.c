// SPDX-License-Identifier: Apache-2.0
/* verb_inspect.c: `snapsim inspect SNAPSHOT`: what is in a snapshot of Flink's or of ours. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/snapshot_options.h"
#include "cli/verbs.h"
#include "storage/snapshot_folder.h"
#include "view/snapshot_view.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    {"--json", NULL, "everything, values too, as JSON"},
    {"--state", "UID", "the values of this operator, by uid, name or id"},
    {"--key", "KEY", "only entries with this key; with --state or --json"},
    SNAP_SNAPSHOT_OPTIONS,
    {NULL, NULL, NULL},
};

/* What is asked, and what is open. */
struct request {
    struct snap_arena arena;
    struct snap_args args;
    struct snap_snapshot_place place;
    struct snap_snapshot_folder *folder;
    struct snap_snapshot snapshot;
    struct snap_snapshot_view view;
    bool write_failed;
};

static bool read_request(struct request *request, struct snap_error *error)
{
    const struct snap_args *args = &request->args;

    request->place.pointer = snap_args_one(args, "snapshot", error);
    if (!request->place.pointer ||
        !snap_snapshot_options_read(args, &request->arena, &request->place, error))
        return false;
    request->view.key = snap_args_get(args, "--key");
    request->view.width = snap_terminal_width();
    if (request->view.key && !snap_args_get(args, "--state") && !snap_args_get(args, "--json"))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--key says which entries; --state UID or --json says of what");
    return true;
}

static bool open_snapshot(struct request *request, struct snap_error *error)
{
    struct snap_streams streams;

    request->folder = snap_snapshot_folder_open(&request->place, error);
    if (!request->folder)
        return false;
    streams = snap_snapshot_folder_streams(request->folder);
    request->view.snapshot = &request->snapshot;
    if (!snap_snapshot_describe(snap_snapshot_folder_metadata(request->folder), &streams,
                                &request->arena, &request->snapshot, error)) {
        snap_error_place(error, snap_snapshot_folder_path(request->folder), 0, 0);
        return false;
    }
    request->snapshot.path = snap_snapshot_folder_path(request->folder);
    return true;
}

static bool has_state(const struct snap_snapshot_operator *of, const char *name)
{
    for (uint32_t i = 0; i < of->subtask_count; i++) {
        const struct snap_snapshot_subtask *subtask = &of->subtasks[i];

        for (uint32_t j = 0; j < subtask->keyed.state_count; j++)
            if (strcmp(subtask->keyed.states[j].name, name) == 0)
                return true;
        for (uint32_t j = 0; j < subtask->list_count; j++)
            if (strcmp(subtask->lists[j].name, name) == 0)
                return true;
    }
    return false;
}

/* Whoever gives the name of a state is told whose it is; else returns false. */
static bool refuse_state(const struct snap_snapshot *snapshot, const char *name,
                         struct snap_error *error)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t i = 0; i < snapshot->operator_count; i++) {
        const struct snap_snapshot_operator *of = &snapshot->operators[i];

        if (!has_state(of, name))
            continue;
        snap_error_set(
            error, SNAP_ERROR_USAGE,
            "the snapshot has no operator \"%s\"; a state of %s has that name: --state %s", name,
            snap_snapshot_operator_name(of, id), snap_snapshot_operator_name(of, id));
        return true;
    }
    return false;
}

static bool find_operator(struct request *request, struct snap_error *error)
{
    const char *name = snap_args_get(&request->args, "--state");
    struct snap_text all = {0};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    if (!name)
        return true;
    request->view.of = snap_snapshot_find(&request->snapshot, name);
    if (request->view.of)
        return true;
    if (refuse_state(&request->snapshot, name, error))
        return false;
    for (uint32_t i = 0; i < request->snapshot.operator_count && i < 20; i++)
        snap_text_printf(&all, "%s%s", i ? ", " : "",
                         snap_snapshot_operator_name(&request->snapshot.operators[i], id));
    snap_error_set(error, SNAP_ERROR_USAGE, "the snapshot has no operator \"%s\"; it has %s", name,
                   snap_text_get(&all));
    snap_text_fini(&all);
    return false;
}

/* Writes what there is so far and empties the text. */
static bool write_out(void *context, struct snap_text *text)
{
    struct request *request = context;
    bool json = snap_args_get(&request->args, "--json") != NULL;

    request->write_failed =
        request->write_failed || (json ? snap_cli_print(text) : snap_cli_show(text)) != 0;
    snap_text_clear(text);
    return !request->write_failed;
}

static int print(struct request *request, struct snap_error *error)
{
    struct snap_text text = {0};
    struct snap_text_outlet outlet = {&text, write_out, request};
    bool good = true;

    if (snap_args_get(&request->args, "--json"))
        good = snap_snapshot_json(&outlet, &request->view, error);
    else if (request->view.of)
        good = snap_snapshot_values(&outlet, &request->view, error);
    else
        snap_snapshot_summary(&text, &request->view);
    if (good || !request->write_failed)
        write_out(request, &text);
    snap_text_fini(&text);
    if (request->write_failed)
        return 4;
    /* What could be read was shown; that something else is missing is said all the same. */
    if (good)
        snap_snapshot_verify(&request->snapshot, error);
    return error->code == SNAP_OK ? 0 : snap_cli_fail(error);
}

static int run(char *const *argv)
{
    struct request request = {.folder = NULL};
    struct snap_error error = {0};
    int code;

    snap_interrupts_exit("inspecting only reads: nothing was written or changed");
    if (snap_args_parse(options, argv, &request.arena, &request.args, &error) &&
        read_request(&request, &error) && open_snapshot(&request, &error) &&
        find_operator(&request, &error) && snap_snapshot_key_check(&request.view, &error))
        code = print(&request, &error);
    else
        code = snap_cli_fail(&error);
    snap_snapshot_folder_close(request.folder);
    snap_arena_fini(&request.arena);
    return code;
}

const struct snap_verb snap_verb_inspect = {
    .name = "inspect",
    .arguments = "SNAPSHOT",
    .doc = "show what is in a checkpoint or savepoint",
    .options = options,
    .run = run,
};
