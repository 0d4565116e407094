// SPDX-License-Identifier: Apache-2.0
#include "api/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "base/heap.h"
#include "base/check.h"
#include "scenario/operator_spec.h"

static struct snapsim_job *create(const char *name)
{
    const struct snap_operator_catalogue *built_in = snap_operator_catalogue_get();
    struct snapsim_job *job = snap_heap_zeroed(1, sizeof(*job));

    snap_arena_init(&job->arena);
    if (!name)
        snap_error_set(&job->error, SNAP_ERROR_USAGE, "a job needs a name, or the path of a file");
    job->name = snap_arena_strdup(&job->arena, name ? name : "");
    while (job->type_capacity < built_in->count)
        job->types = snap_arena_grow(&job->arena, job->types, job->type_capacity,
                                     &job->type_capacity, sizeof(*job->types));
    memcpy(job->types, built_in->types, built_in->count * sizeof(*job->types));
    job->type_count = built_in->count;
    return job;
}

struct snapsim_job *snapsim_job_create(const char *name)
{
    return create(name);
}

struct snapsim_job *snapsim_job_load(const char *path)
{
    struct snapsim_job *job = create(path);

    job->path = job->name;
    job->is_written = true;
    return job;
}

struct snapsim_job *snapsim_job_parse(const char *name, const char *text)
{
    struct snapsim_job *job = create(name);

    if (!text)
        snap_error_set(&job->error, SNAP_ERROR_USAGE, "parse: the text is NULL");
    job->text = snap_arena_strdup(&job->arena, text ? text : "");
    job->is_written = true;
    return job;
}

void snapsim_job_destroy(struct snapsim_job *job)
{
    if (!job)
        return;
    snap_text_fini(&job->document);
    snap_text_fini(&job->config);
    snap_text_fini(&job->model);
    snap_text_fini(&job->operators);
    snap_text_fini(&job->inputs);
    snap_text_fini(&job->timeline);
    snap_text_fini(&job->expect);
    snap_text_fini(&job->whole);
    snap_arena_fini(&job->arena);
    free(job);
}

/* A new name does not hide a type that is there. */
static bool is_name_free(const struct snapsim_job *job, const char *name)
{
    for (uint32_t i = 0; i < job->type_count; i++)
        if (strcmp(job->types[i]->name, name) == 0)
            return false;
    return true;
}

/* Option `index` has a name that no other option and no key of all operators has. */
static bool is_option_free(const struct snap_operator_type *made, uint32_t index)
{
    const char *name = made->options[index].name;

    if (!name)
        return false;
    for (const struct snap_common_key *key = snap_operator_common_keys(); key->name; key++)
        if (strcmp(key->name, name) == 0)
            return false;
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(made->options[i].name, name) == 0)
            return false;
    return true;
}

void snapsim_job_type(struct snapsim_job *job, const struct snapsim_operator_type *type)
{
    const struct snap_operator_type *made;

    if (!type || !type->name || !type->name[0] || !is_name_free(job, type->name)) {
        snap_error_set(&job->error, SNAP_ERROR_USAGE, "there is a type \"%s\" already, or no name",
                       type && type->name ? type->name : "");
        return;
    }
    made = snap_api_class_make(type, &job->arena, &job->error);
    for (uint32_t i = 0; made && i < made->option_count; i++)
        if (!is_option_free(made, i))
            snap_error_set(&job->error, SNAP_ERROR_USAGE,
                           "type %s: its option \"%s\" is there already, or has no name",
                           type->name, made->options[i].name ? made->options[i].name : "");
    if (!made || job->error.code != SNAP_OK)
        return;
    job->types = snap_arena_grow(&job->arena, job->types, job->type_count, &job->type_capacity,
                                 sizeof(*job->types));
    job->types[job->type_count++] = made;
}

/* ---- building ---- */

/* Whether the text can stand on a line of the scenario. */
static bool check_line(struct snapsim_job *job, const char *what, const char *text)
{
    if (text && !strpbrk(text, "\r\n"))
        return true;
    return snap_error_set(&job->error, SNAP_ERROR_USAGE, "%s: %s", what,
                          text ? "a text of several lines" : "no text");
}

static bool check_unwritten(struct snapsim_job *job, const char *what)
{
    if (!job->is_written)
        return true;
    return snap_error_set(&job->error, SNAP_ERROR_USAGE,
                          "%s: this job is from a scenario, which says that itself", what);
}

/* In quotes, so that a name means nothing else in YAML. */
static void add_quoted(struct snap_text *to, const char *text)
{
    snap_text_add(to, "\"", 1);
    for (const char *at = text; *at; at++) {
        if (*at == '"' || *at == '\\')
            snap_text_add(to, "\\", 1);
        snap_text_add(to, at, 1);
    }
    snap_text_add(to, "\"", 1);
}

static void add_override(struct snapsim_job *job, enum snap_override_kind kind, const char *key,
                         const char *value)
{
    job->overrides = snap_arena_grow(&job->arena, job->overrides, job->override_count,
                                     &job->override_capacity, sizeof(*job->overrides));
    job->overrides[job->override_count++] = (struct snap_scenario_override){
        .kind = kind,
        .argument = snap_arena_printf(&job->arena, "%s=%s", key, value),
        .key = snap_arena_strdup(&job->arena, key),
        .value = snap_arena_strdup(&job->arena, value),
    };
}

/* What the operator added last reads; options may still follow. */
static void add_inputs(const struct snapsim_job *job, struct snap_text *to)
{
    if (job->inputs.length > 0)
        snap_text_printf(to, "    inputs: [%s]\n", snap_text_get(&job->inputs));
}

void snapsim_job_operator(struct snapsim_job *job, const char *uid, const char *type)
{
    if (!check_unwritten(job, "operator") || !check_line(job, "uid of an operator", uid) ||
        !check_line(job, "type of an operator", type))
        return;
    add_inputs(job, &job->operators);
    snap_text_clear(&job->inputs);
    job->last_uid = snap_arena_strdup(&job->arena, uid);
    snap_text_add_string(&job->operators, "  - uid: ");
    add_quoted(&job->operators, uid);
    snap_text_add_string(&job->operators, "\n    type: ");
    add_quoted(&job->operators, type);
    snap_text_add_string(&job->operators, "\n");
}

/* Only the operator added last can still grow. */
static bool check_last(struct snapsim_job *job, const char *what, const char *uid)
{
    if (job->last_uid && strcmp(job->last_uid, uid) == 0)
        return true;
    return snap_error_set(&job->error, SNAP_ERROR_USAGE,
                          "%s: \"%s\" is not the operator that was added last", what, uid);
}

void snapsim_job_input(struct snapsim_job *job, const char *uid, const char *producer,
                       const char *ship)
{
    if (!check_unwritten(job, "input") || !check_line(job, "uid", uid) ||
        !check_line(job, "input", producer) || (ship && !check_line(job, "ship", ship)) ||
        !check_last(job, "input", uid))
        return;
    snap_text_add_string(&job->inputs, job->inputs.length > 0 ? ", {uid: " : "{uid: ");
    add_quoted(&job->inputs, producer);
    if (ship) {
        snap_text_add_string(&job->inputs, ", ship: ");
        add_quoted(&job->inputs, ship);
    }
    snap_text_add_string(&job->inputs, "}");
}

void snapsim_job_option(struct snapsim_job *job, const char *uid, const char *name,
                        const char *value)
{
    if (!check_line(job, "uid", uid) || !check_line(job, "name of an option", name) ||
        !check_line(job, name, value))
        return;
    if (job->is_written)
        add_override(job, SNAP_OVERRIDE_SET, snap_arena_printf(&job->arena, "%s.%s", uid, name),
                     value);
    else if (check_last(job, name, uid))
        snap_text_printf(&job->operators, "    %s: %s\n", name, value);
}

static void add_line(struct snapsim_job *job, struct snap_text *to, const char *key,
                     const char *value)
{
    if (check_line(job, "a key", key) && check_line(job, key, value))
        snap_text_printf(to, "%s%s: %s\n", to == &job->document ? "" : "  ", key, value);
}

void snapsim_job_config(struct snapsim_job *job, const char *key, const char *value)
{
    if (!job->is_written)
        add_line(job, &job->config, key, value);
    else if (check_line(job, "config", key) && check_line(job, key, value))
        add_override(job, SNAP_OVERRIDE_CONFIG, key, value);
}

void snapsim_job_model(struct snapsim_job *job, const char *key, const char *value)
{
    if (check_unwritten(job, "model"))
        add_line(job, &job->model, key, value);
}

void snapsim_job_set(struct snapsim_job *job, const char *key, const char *value)
{
    if (check_unwritten(job, "set"))
        add_line(job, &job->document, key, value);
}

void snapsim_job_timeline(struct snapsim_job *job, const char *entry)
{
    if (check_unwritten(job, "timeline") && check_line(job, "timeline", entry))
        snap_text_printf(&job->timeline, "  - %s\n", entry);
}

void snapsim_job_expect(struct snapsim_job *job, const char *counter, const char *value)
{
    if (!check_unwritten(job, "expect") || !check_line(job, "expect", counter) ||
        !check_line(job, counter, value))
        return;
    snap_text_printf(&job->expect, "  %s: ", counter);
    add_quoted(&job->expect, value);
    snap_text_add_string(&job->expect, "\n");
}

static void add_part(struct snap_text *whole, const char *title, const struct snap_text *part)
{
    if (part->length > 0)
        snap_text_printf(whole, "%s:\n%s", title, snap_text_get(part));
}

const char *snapsim_job_text(struct snapsim_job *job)
{
    if (job->is_written)
        return job->text;
    snap_text_clear(&job->whole);
    snap_text_add_string(&job->whole, "name: ");
    add_quoted(&job->whole, job->name);
    snap_text_add_string(&job->whole, "\n");
    snap_text_add_string(&job->whole, snap_text_get(&job->document));
    add_part(&job->whole, "config", &job->config);
    add_part(&job->whole, "model", &job->model);
    add_part(&job->whole, "operators", &job->operators);
    add_inputs(job, &job->whole);
    add_part(&job->whole, "timeline", &job->timeline);
    add_part(&job->whole, "expect", &job->expect);
    return snap_text_get(&job->whole);
}

/* ---- reading ---- */

/* Reads the job as a scenario. Free *scenario with snap_scenario_destroy. */
static bool read_job_as_scenario(struct snapsim_job *job, struct snap_scenario **scenario,
                                 struct snap_error *error)
{
    struct snap_scenario_text from = {.name = job->name};

    *scenario = NULL;
    if (job->error.code != SNAP_OK) {
        *error = job->error;
        return false;
    }
    job->catalogue = (struct snap_operator_catalogue){job->types, job->type_count};
    if (job->path)
        return snap_scenario_read(job->path, &job->catalogue, scenario, error);
    from.bytes = snapsim_job_text(job);
    from.length = strlen(from.bytes);
    return snap_scenario_parse(&from, &job->catalogue, scenario, error);
}

static bool check_runtime(const struct snap_scenario *scenario,
                          const struct snapsim_run_options *options, struct snap_error *error)
{
    if (!options || options->runtime == SNAPSIM_VIRTUAL ||
        snap_scenario_allows_runtime(scenario, SNAP_RUNTIME_THREADS))
        return true;
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "its runtimes do not have threads: its meaning needs exact times");
}

bool snap_api_job_build(struct snapsim_job *job, const struct snapsim_run_options *options,
                        struct snap_built *built, struct snap_error *error)
{
    struct snap_scenario_choice choice = {.overrides = job->overrides,
                                          .override_count = job->override_count};
    struct snap_scenario *scenario;
    bool good;

    if (options) {
        choice.variant = options->variant;
        choice.seed_given = options->seed != NULL;
        choice.seed = options->seed ? *options->seed : 0;
    }
    good = read_job_as_scenario(job, &scenario, error) && check_runtime(scenario, options, error) &&
           snap_scenario_build(scenario, &choice, built, error);
    snap_scenario_destroy(scenario);
    return good;
}

bool snapsim_job_check(struct snapsim_job *job, struct snapsim_error *error)
{
    struct snap_built built = {0};
    struct snap_error found = {.code = SNAP_OK};
    bool good = snap_api_job_build(job, NULL, &built, &found);

    snap_built_fini(&built);
    if (!good)
        snap_api_error_out(job, &found, error);
    return good;
}

void snap_api_error_out(struct snapsim_job *job, const struct snap_error *from,
                        struct snapsim_error *error)
{
    static const enum snapsim_error_code codes[] = {
        [SNAP_OK] = SNAPSIM_OK,
        [SNAP_ERROR_USAGE] = SNAPSIM_ERROR_USAGE,
        [SNAP_ERROR_SCENARIO] = SNAPSIM_ERROR_SCENARIO,
        [SNAP_ERROR_RESTORE] = SNAPSIM_ERROR_RESTORE,
        [SNAP_ERROR_CONSENT] = SNAPSIM_ERROR_RESTORE,
        [SNAP_ERROR_SNAPSHOT] = SNAPSIM_ERROR_RESTORE,
        [SNAP_ERROR_IO] = SNAPSIM_ERROR_IO,
        [SNAP_ERROR_MEMORY] = SNAPSIM_ERROR_MEMORY,
        [SNAP_ERROR_UNSUPPORTED] = SNAPSIM_ERROR_UNSUPPORTED,
    };
    const char *bytes = job->path || from->line == 0 ? NULL : snapsim_job_text(job);
    struct snap_scenario_text text = {job->name, bytes, bytes ? strlen(bytes) : 0};
    struct snap_text message = {0};

    if (!error)
        return;
    snap_scenario_print_error(&message, from, bytes ? &text : NULL);
    while (message.length > 0 && message.data[message.length - 1] == '\n')
        message.data[--message.length] = '\0';
    error->code = codes[from->code];
    snprintf(error->message, sizeof(error->message), "%s", snap_text_get(&message));
    snap_text_fini(&message);
}
