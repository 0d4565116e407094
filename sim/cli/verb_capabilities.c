// SPDX-License-Identifier: Apache-2.0
/*
 * verb_capabilities.c: `snapsim capabilities`: what each kind of snapshot can do. Every cell is
 * tried: small jobs run, their snapshots are taken in real files, restored and judged.
 */
#include <stdio.h>
#include <string.h>

#include "cli/capability_trial.h"
#include "cli/interrupt.h"
#include "cli/verbs.h"
#include "storage/rocksdb.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    {"--backend", "NAME", "hashmap, rocksdb or incremental (rocksdb); default: all three"},
    {"--flink-version", "VERSION", "2.3 (default) or 1.20"},
    {"--why", "OPERATION", "what was tried and the reason for each cell; `all`: of all operations"},
    {"--json", NULL, "print JSON only, with all reasons"},
    {NULL, NULL, NULL},
};

static const char *const backends[] = {"hashmap", "rocksdb", "incremental"};

/* What is asked for, and what comes of it. */
struct request {
    struct snap_args args;
    const char *version;
    const char *why;
    bool wants[SNAP_CAPABILITY_BACKENDS];
    const struct snap_capability_trial *trials;
    uint32_t trial_count;
    struct snap_capability_row *rows;
    struct snap_capability_table tables[SNAP_CAPABILITY_BACKENDS];
    uint32_t table_count;
};

static bool read_word(const struct request *request, const char *option,
                      const struct snap_choice_words *words, uint32_t *index,
                      struct snap_error *error)
{
    const char *word = snap_args_get(&request->args, option);

    for (*index = 0; word && *index < words->count; (*index)++)
        if (strcmp(word, words->names[*index]) == 0)
            return true;
    return !word || snap_args_fail_choice(words, word, error);
}

static bool read_backends(struct request *request, struct snap_error *error)
{
    const struct snap_choice_words words = {"backend", backends, SNAP_CAPABILITY_BACKENDS};
    bool all = !snap_args_get(&request->args, "--backend");
    uint32_t one;

    if (!read_word(request, "--backend", &words, &one, error))
        return false;
    for (uint32_t i = 0; i < SNAP_CAPABILITY_BACKENDS; i++)
        request->wants[i] =
            (all || i == one) && (i == SNAP_CAPABILITY_HASHMAP || snap_rocksdb_version());
    if (!all && !request->wants[one])
        return snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                              "this snapsim was built without RocksDB (librocksdb-dev)");
    return true;
}

static bool read_operation(struct request *request, struct snap_error *error)
{
    const char *names[64];
    struct snap_choice_words words = {"operation", names, 0};
    uint32_t index;

    request->why = snap_args_get(&request->args, "--why");
    for (uint32_t i = 0; i < request->trial_count; i++)
        names[words.count++] = request->trials[i].row.id;
    names[words.count++] = "all";
    return read_word(request, "--why", &words, &index, error);
}

static bool read_request(char *const *argv, struct snap_arena *arena, struct request *request,
                         struct snap_error *error)
{
    static const char *const versions[] = {"2.3", "1.20"};
    const struct snap_choice_words words = {"version", versions, 2};
    uint32_t version;

    request->trials = snap_capability_trials(&request->trial_count);
    if (!snap_args_parse(options, argv, arena, &request->args, error) ||
        !read_word(request, "--flink-version", &words, &version, error) ||
        !read_backends(request, error) || !read_operation(request, error))
        return false;
    request->version =
        snap_args_get(&request->args, "--flink-version") ? versions[version] : versions[0];
    for (uint32_t i = 0; i < request->args.count; i++)
        if (!request->args.items[i].option)
            return snap_error_set(error, SNAP_ERROR_USAGE, "capabilities takes no argument \"%s\"",
                                  request->args.items[i].text);
    request->rows = SNAP_ARENA_ARRAY(arena, struct snap_capability_row, request->trial_count);
    for (uint32_t i = 0; i < request->trial_count; i++)
        request->rows[i] = request->trials[i].row;
    return true;
}

static bool is_wanted(const struct request *request, const struct snap_capability_trial *trial)
{
    return !request->why || strcmp(request->why, "all") == 0 ||
           strcmp(request->why, trial->row.id) == 0;
}

static bool try_backend(struct request *request, struct snap_capability_lab *lab,
                        enum snap_capability_backend backend, struct snap_arena *arena,
                        struct snap_error *error)
{
    struct snap_capability_table *table = &request->tables[request->table_count++];

    *table = (struct snap_capability_table){.backend = snap_capability_backend_name(backend),
                                            .rows = request->rows,
                                            .row_count = request->trial_count};
    table->cells = snap_arena_alloc(arena, request->trial_count * sizeof(table->cells[0]));
    for (uint32_t r = 0; r < request->trial_count; r++)
        for (int k = 0; k < SNAP_CAPABILITY_KINDS; k++) {
            struct snap_capability_case what = {&request->trials[r], backend,
                                                (enum snap_capability_kind)k, request->version};

            table->cells[r][k] = (struct snap_capability_cell){SNAP_CAPABILITY_NOT_TRIED, NULL};
            if (is_wanted(request, what.trial) &&
                !snap_capability_try(lab, &what, &table->cells[r][k], error))
                return false;
        }
    return true;
}

static int report(const struct request *request)
{
    const char *one = request->why && strcmp(request->why, "all") != 0 ? request->why : NULL;
    uint32_t width = snap_terminal_width();
    struct snap_text text = {0};
    int code;

    if (snap_args_get(&request->args, "--json")) {
        snap_capability_json(&text, request->version, request->tables, request->table_count);
    } else {
        if (!request->why)
            snap_text_printf(&text, "What snapshots of Flink %s can do, as it was tried\n\n",
                             request->version);
        for (uint32_t i = 0; i < request->table_count; i++) {
            if (!request->why)
                snap_capability_table_text(&text, &request->tables[i], width);
            else
                snap_capability_reasons_text(&text, &request->tables[i], one, width);
        }
        if (!request->why)
            snap_capability_legend_text(&text, request->rows, request->trial_count, width);
    }
    code = snap_args_get(&request->args, "--json") ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    return code;
}

/* A cell that comes to something else is a bug of ours, and the exit code says so. */
static int code_of(const struct request *request)
{
    for (uint32_t t = 0; t < request->table_count; t++)
        for (uint32_t r = 0; r < request->trial_count; r++)
            for (int k = 0; k < SNAP_CAPABILITY_KINDS; k++)
                if (request->tables[t].cells[r][k].result == SNAP_CAPABILITY_WRONG)
                    return 1;
    return 0;
}

static int try_all(struct request *request, struct snap_arena *arena)
{
    struct snap_error error = {0};
    struct snap_capability_lab *lab = snap_capability_lab_open(&error);
    bool good = lab != NULL;
    int code;

    snap_interrupts_note();
    for (int b = 0; good && b < SNAP_CAPABILITY_BACKENDS; b++)
        if (request->wants[b])
            good = try_backend(request, lab, (enum snap_capability_backend)b, arena, &error);
    /* What was under way then came to nothing: it would stand in the table as a failure. */
    if (snap_interrupted()) {
        fputs("snapsim: interrupted; there is no table, as not all was tried\n", stderr);
        snap_capability_lab_close(lab);
        return SNAP_EXIT_INTERRUPTED;
    }
    code = good ? report(request) : snap_cli_fail(&error);
    snap_capability_lab_close(lab);
    return code ? code : code_of(request);
}

static int run(char *const *argv)
{
    struct request request = {.version = NULL};
    struct snap_error error = {0};
    struct snap_arena arena;
    int code;

    snap_arena_init(&arena);
    code = read_request(argv, &arena, &request, &error) ? try_all(&request, &arena)
                                                        : snap_cli_fail(&error);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_capabilities = {
    .name = "capabilities",
    .arguments = "",
    .doc = "try what each kind of snapshot can do: move, rescale, upgrade, change backend",
    .options = options,
    .run = run,
};
