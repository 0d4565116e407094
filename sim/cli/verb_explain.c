// SPDX-License-Identifier: Apache-2.0
/* verb_explain.c: `snapsim explain DIR [CHECKPOINT]`: why a checkpoint took so long. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/interrupt.h"
#include "cli/run_dir.h"
#include "cli/verbs.h"
#include "explain/explain_rest.h"
#include "view/explain_run.h"
#include "view/explanation.h"

static const struct snap_option_help options[] = {
    {"--flink", "DIR",
     "of a real Flink job: answers of its REST interface, saved one a file as "
     "NAME.json: checkpoint details, their subtasks, the job plan"},
    {"--execution", "N",
     "which execution of a job that was started again; default: the first one that "
     "has the CHECKPOINT, else the last one"},
    {"--json", NULL, "print the explanation as JSON"},
    {NULL, NULL, NULL},
};

struct request {
    const char *directory;
    bool flink;
    bool json;
    struct snap_explain_wanted wanted;
};

static bool read_number(const char *word, const char *what, int64_t *number,
                        struct snap_error *error)
{
    char *end;
    long long read;

    errno = 0;
    read = strtoll(word, &end, 10);
    if (*word == '\0' || *end != '\0' || errno != 0 || read < 1)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "\"%s\" is no %s: they have numbers from 1 on", word, what);
    *number = read;
    return true;
}

static bool read_execution(const char *word, struct request *request, struct snap_error *error)
{
    int64_t number = 0;

    if (word && request->flink)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--execution is for runs: saved answers of Flink are of one job");
    if (word && !read_number(word, "execution", &number, error))
        return false;
    request->wanted.execution = (uint32_t)snap_ns_min(number, UINT32_MAX);
    return true;
}

/* Saved answers must not be looked for in a run's folder, nor the other way round. */
static bool check_answers_dir(const char *path, struct snap_error *error)
{
    struct stat status;

    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s is a file; give the folder with the saved answers of Flink",
                              path);
    if (snap_run_dir_check(path, &(struct snap_error){0}))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s holds a run of snapsim: explain it without --flink", path);
    return true;
}

static bool read_request(const struct snap_args *args, struct request *request,
                         struct snap_error *error)
{
    const char *flink = snap_args_get(args, "--flink");
    const char *words[2] = {NULL, NULL};
    uint32_t count = 0;
    uint32_t expected = flink ? 1 : 2;

    for (uint32_t i = 0; i < args->count; i++) {
        if (args->items[i].option)
            continue;
        if (count == expected)
            return snap_error_set(error, SNAP_ERROR_USAGE,
                                  "explain takes one folder and at most one checkpoint, and then "
                                  "found \"%s\"",
                                  args->items[i].text);
        words[count++] = args->items[i].text;
    }
    request->flink = flink != NULL;
    request->json = snap_args_get(args, "--json") != NULL;
    request->directory = flink ? flink : words[0];
    if (!request->directory)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "which run? give its folder: snapsim explain out/NAME [CHECKPOINT]");
    if (words[expected - 1] &&
        !read_number(words[expected - 1], "checkpoint", &request->wanted.checkpoint, error))
        return false;
    if (!read_execution(snap_args_get(args, "--execution"), request, error))
        return false;
    return flink ? check_answers_dir(flink, error) : snap_run_dir_check(request->directory, error);
}

static bool read_facts(const struct request *request, struct snap_facts *facts,
                       struct snap_error *error)
{
    snap_facts_init(facts, request->flink ? SNAP_FACTS_OF_FLINK : SNAP_FACTS_OF_RUN);
    return request->flink
               ? snap_explain_rest_read(facts, request->directory, request->wanted.checkpoint,
                                        error)
               : snap_explain_run_read(facts, request->directory, &request->wanted, error);
}

static int print(const struct request *request, struct snap_facts *facts)
{
    struct snap_explain_walk walk;
    struct snap_forecast forecast;
    struct snap_explanation explanation = {facts, &walk, &forecast};
    struct snap_text text = {0};
    int code;

    snap_explain_walk_back(&walk, facts);
    snap_forecast_make(&forecast, &walk, &facts->arena);
    if (request->json)
        snap_explanation_json(&text, &explanation);
    else
        snap_explanation_text(&text, &explanation);
    code = request->json ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    return code;
}

static int run(char *const *argv)
{
    struct request request = {.wanted = {SNAP_UNKNOWN, 0}};
    struct snap_error error = {0};
    struct snap_facts facts = {0};
    struct snap_args args;
    struct snap_arena arena;
    int code;

    snap_arena_init(&arena);
    snap_interrupts_exit("an explanation only reads: nothing was written or changed");
    if (snap_args_parse(options, argv, &arena, &args, &error) &&
        read_request(&args, &request, &error) && read_facts(&request, &facts, &error))
        code = print(&request, &facts);
    else
        code = snap_cli_fail(&error);
    snap_facts_fini(&facts);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_explain = {
    .name = "explain",
    .arguments = "DIR [CHECKPOINT] | --flink DIR [CHECKPOINT]",
    .doc = "say why a checkpoint took so long, and what would help",
    .options = options,
    .run = run,
};
