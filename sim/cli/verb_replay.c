// SPDX-License-Identifier: Apache-2.0
/*
 * verb_replay.c: `snapsim replay DIR`: walks through a recorded run, forwards and back.
 *
 * Commands are lines of standard input. On a terminal each state replaces the one before; elsewhere
 * states are printed one after another, so that a script can ask for those it wants.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/duration.h"
#include "cli/interrupt.h"
#include "cli/run_dir.h"
#include "cli/verbs.h"
#include "trace/reader.h"
#include "view/replay_screen.h"

static const struct snap_option_help options[] = {
    {"--from", "T", "begin at this instant, \"1.2 s\"; default: at the first event"},
    {"--step", NULL, "steps are single events, not only those of the level `checkpoints`"},
    {NULL, NULL, NULL},
};

static const char *const commands =
    "n [N] next   b or p [N] back   g T go to an instant   c next checkpoint   f next failure   "
    "q quit";

/* Where an execution of the job begins. */
struct start {
    uint32_t at; /* its first event */
    const struct snap_job *job;
};

struct replay {
    struct snap_arena arena;
    struct snap_args args;
    const char *directory;
    struct snap_trace_reader reader;
    struct snap_event *events; /* arena */
    uint32_t count;
    uint32_t capacity;
    uint32_t at;          /* events taken */
    const char *missed;   /* what the last command looked for in vain; NULL: nothing */
    snap_ns asked_ns;     /* it went to this instant; 0: by another command */
    struct start *starts; /* arena; the first is that of event 0 */
    uint32_t start_count;
    uint32_t start_capacity;
    struct snap_replay_state state;
    bool every_event;
    bool terminal;
};

/* ---- moving ---- */

static void begin_state(struct replay *replay, const struct snap_job *job)
{
    snap_replay_state_fini(&replay->state);
    snap_replay_state_init(&replay->state, job);
}

static void go_to(struct replay *replay, uint32_t at)
{
    if (at < replay->at) {
        begin_state(replay, replay->starts[0].job);
        replay->at = 0;
    }
    while (replay->at < at) {
        for (uint32_t i = 1; i < replay->start_count; i++)
            if (replay->starts[i].at == replay->at)
                begin_state(replay, replay->starts[i].job);
        snap_replay_state_take(&replay->state, &replay->events[replay->at++]);
    }
}

/* How many events have been taken when all up to the instant have. */
static uint32_t place_of(const struct replay *replay, snap_ns at_ns)
{
    uint32_t place = 0;

    while (place < replay->count && replay->events[place].at_ns <= at_ns)
        place++;
    return place;
}

static bool is_step(const struct replay *replay, const struct snap_event *event)
{
    return replay->every_event || snap_event_info_get(event->type)->level == SNAP_TRACE_CHECKPOINTS;
}

static bool is_checkpoint(const struct replay *replay, const struct snap_event *event)
{
    (void)replay;
    return event->type == SNAP_EVENT_CHECKPOINT_TRIGGERED ||
           event->type == SNAP_EVENT_CHECKPOINT_COMPLETED ||
           event->type == SNAP_EVENT_CHECKPOINT_ABORTED;
}

static bool is_failure(const struct replay *replay, const struct snap_event *event)
{
    (void)replay;
    return event->type == SNAP_EVENT_TASK_STATUS && event->args[1] == SNAP_TASK_FAILED;
}

/* Where the next such event is, or the end. */
static uint32_t find_next(const struct replay *replay,
                          bool (*wanted)(const struct replay *, const struct snap_event *))
{
    uint32_t at = replay->at;

    while (at < replay->count && !wanted(replay, &replay->events[at]))
        at++;
    return at;
}

/* Goes to just behind the next step; to the end if there is none. */
static void go_forwards(struct replay *replay)
{
    uint32_t at = find_next(replay, is_step);

    go_to(replay, at < replay->count ? at + 1 : at);
}

/* Goes to just behind the next such event; stays if there is none, and says so. */
static void look_for(struct replay *replay, const char *what,
                     bool (*wanted)(const struct replay *, const struct snap_event *))
{
    uint32_t at = find_next(replay, wanted);

    if (at < replay->count)
        go_to(replay, at + 1);
    else
        replay->missed = what;
}

/* Goes to just behind the step before this one; to the start if there is none. */
static uint32_t step_before(const struct replay *replay, uint32_t at)
{
    at = at > 0 ? at - 1 : 0;
    while (at > 0 && !is_step(replay, &replay->events[at - 1]))
        at--;
    return at;
}

static void go_back(struct replay *replay, long times)
{
    uint32_t at = replay->at;

    for (; times > 0 && at > 0; times--)
        at = step_before(replay, at);
    go_to(replay, at);
}

/* ---- commands ---- */

static void show(struct replay *replay)
{
    struct snap_replay_place place = {
        .event = replay->at > 0 ? &replay->events[replay->at - 1] : NULL,
        .number = replay->at,
        .count = replay->count,
        .level = replay->reader.header.level,
        .missed = replay->missed,
        .asked_ns = replay->asked_ns,
    };
    struct snap_text text = {0};

    if (replay->terminal)
        fputs("\033[H\033[2J", stdout);
    snap_replay_screen(&text, &replay->state, &place);
    snap_text_add_string(&text, "\n");
    if (replay->terminal)
        snap_text_printf(&text, "%s\n> ", commands);
    snap_cli_show(&text);
    snap_text_fini(&text);
}

static bool go_to_instant(struct replay *replay, const char *what, const char *text)
{
    snap_ns at_ns;

    if (!snap_cli_duration(what, text, &at_ns))
        return false;
    go_to(replay, place_of(replay, at_ns));
    replay->missed = NULL;
    replay->asked_ns = at_ns;
    return true;
}

enum command { NEXT, BACK, GO, CHECKPOINT, FAILURE, QUIT, HELP, NO_COMMAND };

/* Commands by their letter or as a word. */
static const struct {
    const char *letters;
    const char *words[2];
    enum command command;
} known[] = {
    {"n", {"next"}, NEXT},       {"bp", {"back", "previous"}, BACK},
    {"g", {"go"}, GO},           {"c", {"checkpoint"}, CHECKPOINT},
    {"f", {"failure"}, FAILURE}, {"q", {"quit", "exit"}, QUIT},
    {"h?", {"help"}, HELP},
};

/* Splits the line into a command and what stands behind it. "g1.2s" is one, too. */
static enum command find_command(const char *line, const char **rest)
{
    size_t length = 0;

    while (isalpha((unsigned char)line[length]) || line[length] == '?')
        length++;
    *rest = line + length + strspn(line + length, " ");
    if (length == 0)
        return line[0] == '\0' ? NEXT : NO_COMMAND;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (length == 1 && strchr(known[i].letters, line[0]))
            return known[i].command;
        for (size_t w = 0; w < 2 && known[i].words[w]; w++)
            if (strlen(known[i].words[w]) == length &&
                strncmp(known[i].words[w], line, length) == 0)
                return known[i].command;
    }
    return NO_COMMAND;
}

/* How often, 1 if nothing is said; false if it is no number. */
static bool read_times(const char *text, long *times)
{
    char *end;

    *times = *text != '\0' ? strtol(text, &end, 10) : 1;
    return *text == '\0' || (*end == '\0' && *times > 0);
}

/* Performs one command; false if it is none. */
static bool perform(struct replay *replay, enum command command, const char *rest)
{
    long times;

    if (command == GO)
        return go_to_instant(replay, "g", rest);
    if (command == NO_COMMAND || !read_times(rest, &times))
        return false;
    replay->asked_ns = 0;
    replay->missed = NULL;
    if (command == NEXT)
        for (; times > 0 && replay->at < replay->count; times--)
            go_forwards(replay);
    else if (command == BACK)
        go_back(replay, times);
    else if (command == CHECKPOINT)
        look_for(replay, "event of a checkpoint", is_checkpoint);
    else if (command == FAILURE)
        look_for(replay, "failure", is_failure);
    return true;
}

/* What an interruption tells: the place, as --from takes it. */
static void note_place(const struct replay *replay)
{
    snap_ns at_ns = replay->at > 0 ? replay->events[replay->at - 1].at_ns : 0;
    struct snap_text words = {0};

    snap_text_printf(&words,
                     "nothing was written or changed; it was at event %u of %u: go on there with "
                     "`snapsim replay %s --from %.9fs`",
                     replay->at, replay->count, replay->directory, (double)at_ns / 1e9);
    snap_interrupts_exit(words.data);
    snap_text_fini(&words);
}

/* An empty line is another step, as people expect of a pager. */
static void read_commands(struct replay *replay)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    enum command command;
    const char *rest;

    note_place(replay);
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        while (length > 0 && isspace((unsigned char)line[length - 1]))
            line[--length] = '\0';
        command = find_command(line, &rest);
        if (command == QUIT)
            break;
        if (command == HELP)
            printf("%s\n", commands);
        else if (perform(replay, command, rest))
            show(replay);
        else
            snap_cli_tell("snapsim: \"%s\" is no command: %s\n", line, commands);
        note_place(replay);
    }
    free(line);
}

/* ---- the run ---- */

static void add_start(struct replay *replay)
{
    replay->starts = snap_arena_grow(&replay->arena, replay->starts, replay->start_count,
                                     &replay->start_capacity, sizeof(replay->starts[0]));
    replay->starts[replay->start_count++] = (struct start){replay->count, replay->reader.job};
}

static bool read_events(struct replay *replay, struct snap_error *error)
{
    const char *path = snap_arena_printf(&replay->arena, "%s/trace.jsonl", replay->directory);
    struct snap_event event;
    enum snap_trace_read read;

    if (!snap_trace_reader_open(&replay->reader, path, error))
        return false;
    add_start(replay);
    while ((read = snap_trace_reader_next(&replay->reader, &event, error)) ==
           SNAP_TRACE_READ_EVENT) {
        if (replay->reader.job != replay->starts[replay->start_count - 1].job)
            add_start(replay);
        replay->events = snap_arena_grow(&replay->arena, replay->events, replay->count,
                                         &replay->capacity, sizeof(replay->events[0]));
        replay->events[replay->count++] = event;
    }
    return read == SNAP_TRACE_READ_END;
}

static bool begin(struct replay *replay, struct snap_error *error)
{
    const char *from = snap_args_get(&replay->args, "--from");

    snap_replay_state_init(&replay->state, replay->starts[0].job);
    replay->every_event = snap_args_get(&replay->args, "--step") != NULL;
    replay->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (from && !go_to_instant(replay, "--from", from))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--from needs an instant such as \"1.2 s\", found \"%s\"", from);
    if (!from)
        go_to(replay, replay->count > 0 ? 1 : 0);
    return true;
}

static int run(char *const *argv)
{
    struct replay replay = {.count = 0};
    struct snap_error error = {0};
    int code = 0;

    snap_arena_init(&replay.arena);
    snap_interrupts_exit("a replay only reads: nothing was written or changed");
    if (snap_args_parse(options, argv, &replay.arena, &replay.args, &error) &&
        (replay.directory = snap_args_one(&replay.args, "folder", &error)) != NULL &&
        snap_run_dir_check(replay.directory, &error) && read_events(&replay, &error) &&
        begin(&replay, &error)) {
        snap_run_dir_note_trace(replay.directory, &replay.reader);
        show(&replay);
        read_commands(&replay);
    } else {
        code = snap_cli_fail(&error);
    }
    snap_replay_state_fini(&replay.state);
    snap_trace_reader_close(&replay.reader);
    snap_arena_fini(&replay.arena);
    return code;
}

const struct snap_verb snap_verb_replay = {
    .name = "replay",
    .arguments = "DIR",
    .doc = "walk through a recorded run, forwards and back",
    .options = options,
    .run = run,
};
