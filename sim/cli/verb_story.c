// SPDX-License-Identifier: Apache-2.0
/* verb_story.c: `snapsim story DIR`: the life of one record, or of the records of one key. */
#include "cli/interrupt.h"
#include "cli/run_dir.h"
#include "cli/verbs.h"
#include "view/record_story.h"

static const struct snap_option_help options[] = {
    {"--record", "SOURCE:SPLIT:OFFSET", "the record that the source sent at this place"},
    {"--key", "KEY", "all records with this key, wherever they have it"},
    {NULL, NULL, NULL},
};

static bool read_request(const struct snap_args *args, struct snap_story_request *request,
                         struct snap_error *error)
{
    request->record = snap_args_get(args, "--record");
    request->key = snap_args_get(args, "--key");
    if (!snap_args_exclusive(args, "--record", "--key", error))
        return false;
    if (!request->record && !request->key)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "whose story? give --record SOURCE:SPLIT:OFFSET or --key KEY");
    request->directory = snap_args_one(args, "folder", error);
    return request->directory && snap_run_dir_check(request->directory, error);
}

static int run(char *const *argv)
{
    struct snap_story_request request = {0};
    struct snap_error error = {0};
    struct snap_text text = {0};
    struct snap_args args;
    struct snap_arena arena;
    int code;

    snap_arena_init(&arena);
    snap_interrupts_exit("a story only reads: nothing was written or changed");
    if (snap_args_parse(options, argv, &arena, &args, &error) &&
        read_request(&args, &request, &error) && snap_record_story(&request, &text, &error))
        code = snap_cli_print(&text);
    else
        code = snap_cli_fail(&error);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_story = {
    .name = "story",
    .arguments = "DIR",
    .doc = "tell the life of a record through crash and replay",
    .options = options,
    .run = run,
};
