// SPDX-License-Identifier: Apache-2.0
/* verb_story.c: `snapsim story DIR`: the life of one record, or of the records of one key; or what
 * a checkpoint saved of data in flight. */
#include <errno.h>
#include <stdlib.h>

#include "cli/interrupt.h"
#include "cli/run_dir.h"
#include "cli/verbs.h"
#include "view/captured_story.h"
#include "view/record_story.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    {"--record", "SOURCE:SPLIT:OFFSET", "the record that the source sent at this place"},
    {"--key", "KEY", "all records with this key, wherever they have it"},
    {"--captured", "CHECKPOINT", "what the checkpoint saved of data in flight, record by record"},
    {NULL, NULL, NULL},
};

static bool read_checkpoint(const char *word, snap_checkpoint_id *checkpoint,
                            struct snap_error *error)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(word, &end, 10);
    if (*word == '\0' || *end != '\0' || errno != 0 || number < 1)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--captured %s: checkpoints have numbers from 1 on", word);
    *checkpoint = number;
    return true;
}

/* One of the three; `checkpoint` is 0 unless it is that one's. */
static bool read_request(const struct snap_args *args, struct snap_story_request *request,
                         snap_checkpoint_id *checkpoint, struct snap_error *error)
{
    const char *captured = snap_args_get(args, "--captured");

    request->record = snap_args_get(args, "--record");
    request->key = snap_args_get(args, "--key");
    if (!snap_args_exclusive(args, "--record", "--key", error) ||
        !snap_args_exclusive(args, "--record", "--captured", error) ||
        !snap_args_exclusive(args, "--key", "--captured", error))
        return false;
    if (!request->record && !request->key && !captured)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "whose story? give --record SOURCE:SPLIT:OFFSET, --key KEY or "
                              "--captured CHECKPOINT");
    if (captured && !read_checkpoint(captured, checkpoint, error))
        return false;
    request->directory = snap_args_one(args, "folder", error);
    return request->directory && snap_run_dir_check(request->directory, error);
}

static bool tell(const struct snap_story_request *request, snap_checkpoint_id checkpoint,
                 struct snap_text *text, struct snap_error *error)
{
    const struct snap_captured_request captured = {request->directory, checkpoint,
                                                   snap_terminal_width()};

    return checkpoint > 0 ? snap_captured_story(&captured, text, error)
                          : snap_record_story(request, text, error);
}

static int run(char *const *argv)
{
    struct snap_story_request request = {0};
    snap_checkpoint_id checkpoint = 0;
    struct snap_error error = {0};
    struct snap_text text = {0};
    struct snap_args args;
    struct snap_arena arena;
    int code;

    snap_arena_init(&arena);
    snap_interrupts_exit("a story only reads: nothing was written or changed");
    if (snap_args_parse(options, argv, &arena, &args, &error) &&
        read_request(&args, &request, &checkpoint, &error) &&
        tell(&request, checkpoint, &text, &error))
        code = snap_cli_show(&text);
    else
        code = snap_cli_fail(&error);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_story = {
    .name = "story",
    .arguments = "DIR",
    .doc =
        "tell the life of a record through crash and replay, or what a checkpoint saved in flight",
    .options = options,
    .run = run,
};
