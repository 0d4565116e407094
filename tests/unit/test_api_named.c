// SPDX-License-Identifier: Apache-2.0
/*
 * Named states by key of a program's types: maps of longs and texts, and keys that are cleared.
 * What the states hold is compared with what a model makes of the same records: at the end of a
 * run, after a crash and at another parallelism, and in files of each form.
 */
#include "api_lab.h"

#include "api_directory.h"
#include "api_forms.h"

#include <jansson.h>
#include <stdlib.h>

enum { NUMBERS = 1000, STATES = 6 };

/* ---- the operator under test ---- */

static const struct snapsim_state states[STATES] = {
    {.name = "last", .shape = SNAPSIM_SHAPE_VALUE, .kind = SNAPSIM_TEXT},
    {.name = "few", .shape = SNAPSIM_SHAPE_LIST, .kind = SNAPSIM_LONG},
    {.name = "long to long", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_LONG},
    {.name = "long to text", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_TEXT},
    {.name = "text to long",
     .shape = SNAPSIM_SHAPE_MAP,
     .kind = SNAPSIM_LONG,
     .field = SNAPSIM_TEXT},
    {.name = "text to text",
     .shape = SNAPSIM_SHAPE_MAP,
     .kind = SNAPSIM_TEXT,
     .field = SNAPSIM_TEXT},
};

/* What happens with number n. */
static bool clears_value(int n)
{
    return n % 3 == 2;
}

static bool clears_list(int n)
{
    return n % 5 == 3;
}

static bool clears_maps(int n)
{
    return n % 29 > 20;
}

static bool removes_field(int n)
{
    return n % 7 == 6;
}

static long long field_of(int n)
{
    return n % 5 - 2;
}

static void text_of(int n, char text[16])
{
    text[0] = '\0';
    if (n % 11 != 0)
        snprintf(text, 16, "v%d", n);
}

static void field_text_of(int n, char text[16])
{
    snprintf(text, 16, "\xc3\xa4%lld", field_of(n));
}

/* Must agree with what the map was told so far. */
static void look(struct snapsim_context *context, const char *map, struct snapsim_value field,
                 bool is_there)
{
    struct snapsim_value value;

    assert_int_equal(snapsim_map_get(context, map, field, &value), is_there);
    if (!is_there)
        assert_true(value.number == 0 && !value.text);
}

static void change_map(struct snapsim_context *context, const struct snapsim_state *state, int n)
{
    char field_text[16], text[16];
    struct snapsim_value field = snapsim_long(field_of(n));
    struct snapsim_value value = snapsim_long(n);

    field_text_of(n, field_text);
    text_of(n, text);
    if (state->field == SNAPSIM_TEXT)
        field = snapsim_text(field_text);
    if (state->kind == SNAPSIM_TEXT)
        value = snapsim_text(text);
    if (clears_maps(n)) {
        assert_true(snapsim_map_clear(context, state->name));
        assert_int_equal(snapsim_map_each(context, state->name, NULL, NULL), 0);
    } else if (removes_field(n)) {
        snapsim_map_remove(context, state->name, field);
        assert_false(snapsim_map_remove(context, state->name, field));
        look(context, state->name, field, false);
    } else {
        assert_true(snapsim_map_put(context, state->name, field, value));
        look(context, state->name, field, true);
    }
}

static void keep(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    int n = (int)in->value.number;
    struct snapsim_value last;
    char text[16];

    (void)self;
    text_of(n, text);
    if (clears_value(n)) {
        assert_true(snapsim_value_clear(context, "last"));
        assert_true(snapsim_value_clear(context, "last"));
        assert_false(snapsim_value_get(context, "last", &last));
    } else {
        assert_true(snapsim_value_put(context, "last", snapsim_text(text)));
        assert_true(snapsim_value_get(context, "last", &last));
        assert_string_equal(last.text, text);
    }
    if (clears_list(n))
        assert_true(snapsim_list_clear(context, "few"));
    else
        assert_true(snapsim_list_add(context, "few", in->value));
    for (int s = 2; s < STATES; s++)
        change_map(context, &states[s], n);
    snapsim_emit(context, in->key, in->value);
}

static const struct snapsim_operator_type keeper = {
    .name = "keeper",
    .process = keep,
    .keyed = true,
    .keeps_key = true,
    .outputs = SNAPSIM_OUTPUTS_ONE,
    .states = states,
    .state_count = STATES,
    .deterministic = true,
};

/* ---- the model ---- */

/* By number: its key as the run told it, or -1. */
struct records {
    int key_of[NUMBERS];
};

static void model_map(json_t *map, const char *key, const struct snapsim_state *state, int n)
{
    json_t *fields = json_object_get(map, key);
    char field[16], text[16];

    if (!fields) {
        fields = json_object();
        json_object_set_new(map, key, fields);
    }
    field_text_of(n, field);
    if (state->field == SNAPSIM_LONG)
        snprintf(field, sizeof(field), "%lld", field_of(n));
    text_of(n, text);
    if (clears_maps(n))
        json_object_clear(fields);
    else if (removes_field(n))
        json_object_del(fields, field);
    else
        json_object_set_new(fields, field,
                            state->kind == SNAPSIM_TEXT ? json_string(text) : json_integer(n));
    if (json_object_size(fields) == 0)
        json_object_del(map, key);
}

static void model_list(json_t *lists, const char *key, int n)
{
    json_t *list = json_object_get(lists, key);

    if (clears_list(n)) {
        json_object_del(lists, key);
        return;
    }
    if (!list) {
        list = json_array();
        json_object_set_new(lists, key, list);
    }
    json_array_append_new(list, json_integer(n));
}

static void model_value(json_t *values, const char *key, int n)
{
    char text[16];

    text_of(n, text);
    if (clears_value(n))
        json_object_del(values, key);
    else
        json_object_set_new(values, key, json_string(text));
}

/* What a state holds, by key, after the records. */
static json_t *model_of(const struct records *records, int state)
{
    json_t *model = json_object();
    char key[16];

    for (int n = 0; n < NUMBERS; n++) {
        if (records->key_of[n] < 0)
            continue;
        snprintf(key, sizeof(key), "%d", records->key_of[n]);
        if (states[state].shape == SNAPSIM_SHAPE_VALUE)
            model_value(model, key, n);
        else if (states[state].shape == SNAPSIM_SHAPE_LIST)
            model_list(model, key, n);
        else
            model_map(model, key, &states[state], n);
    }
    return model;
}

static void expect_same(const char *row, const char *state, json_t *expected, json_t *found)
{
    char *texts[2];

    if (!json_equal(expected, found)) {
        texts[0] = json_dumps(expected, JSON_SORT_KEYS);
        texts[1] = json_dumps(found, JSON_SORT_KEYS);
        fail_msg("%s, %s:\n%s, expected\n%s", row, state, texts[1], texts[0]);
    }
    json_decref(expected);
    json_decref(found);
}

/* ---- jobs ---- */

static struct snapsim_job *job_of(const char *parallelism)
{
    struct snapsim_job *job = lab_job("named");

    snapsim_job_type(job, &keeper);
    lab_numbers(job);
    snapsim_job_option(job, "numbers", "parallelism", "1");
    snapsim_job_operator(job, "tested", "keeper");
    snapsim_job_option(job, "tested", "parallelism", parallelism);
    snapsim_job_input(job, "tested", "numbers", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_option(job, "out", "parallelism", "1");
    snapsim_job_input(job, "out", "tested", NULL);
    return job;
}

static void take_line(void *to, uint32_t subtask, struct snapsim_value key,
                      struct snapsim_value line)
{
    struct records *records = to;
    int of, number;

    (void)subtask;
    (void)key;
    assert_int_equal(sscanf(line.text, "%d\t%d", &of, &number), 2);
    assert_true(number >= 0 && number < NUMBERS && records->key_of[number] < 0);
    records->key_of[number] = of;
}

static void take_entry(void *to, uint32_t subtask, struct snapsim_value key,
                       struct snapsim_value content)
{
    char name[24];
    json_t *tree = json_loads(content.text, JSON_DECODE_ANY, NULL);

    (void)subtask;
    snprintf(name, sizeof(name), "%lld", (long long)key.number);
    assert_non_null(tree);
    assert_null(json_object_get(to, name));
    json_object_set_new(to, name, tree);
}

/* Runs it and compares all states at the end with the model; records adds up. */
static struct snapsim_result *run(const char *row, struct snapsim_job *job,
                                  const struct snapsim_run_options *options, void *records)
{
    const struct snapsim_visitor lines = {.visit = take_line, .to = records};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, options, &error);

    if (!result || !snapsim_result_lines(result, "out", &lines, &error))
        fail_msg("%s: %s", row, error.message);
    for (int s = 0; s < STATES; s++) {
        json_t *found = json_object();
        const struct snapsim_visitor entries = {.visit = take_entry, .to = found};

        assert_true(snapsim_result_named(result, "tested", states[s].name, &entries, &error));
        expect_same(row, states[s].name, model_of(records, s), found);
    }
    lab_counter(row, snapsim_result_counter(result, "tested", SNAPSIM_LOST), 0);
    lab_counter(row, snapsim_result_counter(result, "tested", SNAPSIM_DUPLICATED), 0);
    lab_counter(row, snapsim_result_counter(result, "tested", SNAPSIM_WRONG_STATE), 0);
    assert_null(snapsim_result_objection(result, NULL));
    return result;
}

static void no_records(void *to)
{
    struct records *records = to;

    for (int n = 0; n < NUMBERS; n++)
        records->key_of[n] = -1;
}

static void they_are_what_the_records_make_of_them(void **unused)
{
    static const char *const actions[] = {
        NULL,
        "{at: 250 ms, crash: \"tested[0]\"}",
        "{at: 260 ms, stop-with-savepoint: before}",
    };
    struct records records;

    (void)unused;
    for (size_t i = 0; i < 2 * sizeof(actions) / sizeof(actions[0]); i++) {
        const struct snapsim_run_options options = {
            .runtime = i % 2 ? SNAPSIM_THREADS : SNAPSIM_VIRTUAL, .directory = directory};
        struct snapsim_job *job = job_of("2");

        if (actions[i / 2])
            snapsim_job_timeline(job, actions[i / 2]);
        if (i / 2 == 2)
            snapsim_job_timeline(
                job, "{at: 400 ms, restart-from: before, set: {tested.parallelism: 3}}");
        no_records(&records);
        snapsim_result_destroy(
            run(actions[i / 2] ? actions[i / 2] : "undisturbed", job, &options, &records));
        snapsim_job_destroy(job);
    }
}

/* ---- files ---- */

/* What `inspect` finds of a state, by key. */
static json_t *inspected(const char *snapshot, const char *state)
{
    json_t *found = json_object();
    json_t *tree, *subtask, *entry;
    char command[512];
    size_t s, e;
    FILE *pipe;

    snprintf(command, sizeof(command), "'%s' inspect --json --state tested '%s'", SNAP_PROGRAM,
             snapshot);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    tree = json_loadf(pipe, 0, NULL);
    assert_int_equal(pclose(pipe), 0);
    assert_non_null(tree);
    json_array_foreach(
        json_object_get(json_array_get(json_object_get(tree, "operators"), 0), "subtasks"), s,
        subtask)
    {
        json_t *of = json_object_get(json_object_get(subtask, "keyed_state"), state);

        json_array_foreach(json_object_get(of, "entries"), e, entry)
        {
            char key[24];

            snprintf(key, sizeof(key), "%lld",
                     (long long)json_integer_value(json_object_get(entry, "key")));
            assert_null(json_object_get(found, key));
            json_object_set(found, key, json_object_get(entry, "value"));
        }
    }
    json_decref(tree);
    return found;
}

static void look_inside(const struct form *form, const char *snapshot, const void *records)
{
    for (int s = 0; s < STATES; s++)
        expect_same(form->name, states[s].name, model_of(records, s),
                    inspected(snapshot, states[s].name));
}

static void files_have_them(void **unused)
{
    static const struct forms_lab lab = {.record_bytes = sizeof(struct records),
                                         .clear = no_records,
                                         .job = job_of,
                                         .run = run,
                                         .look = look_inside};

    (void)unused;
    forms_try_all(&lab);
}

/* ---- what is wrong ---- */

static void ignore(void *to, uint32_t subtask, struct snapsim_value key,
                   struct snapsim_value content)
{
    (void)to;
    (void)subtask;
    (void)key;
    (void)content;
}

static void results_have_declared_states_only(void **unused)
{
    const struct snapsim_visitor visitor = {.visit = ignore};
    struct snapsim_job *job = job_of("1");
    struct snapsim_result *result = lab_run(job, SNAPSIM_VIRTUAL);
    struct snapsim_error error = {0};

    (void)unused;
    assert_false(snapsim_result_named(result, "tested", "first", &visitor, &error));
    assert_string_equal(error.message, "the operator \"tested\" has no state \"first\"");
    assert_false(snapsim_result_named(result, "numbers", "last", &visitor, &error));
    assert_string_equal(error.message, "the operator \"numbers\" has no state \"last\"");
    assert_false(snapsim_result_named(result, "nobody", "last", &visitor, &error));
    assert_string_equal(error.message, "there is no operator \"nobody\"");
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_what_the_records_make_of_them),
        cmocka_unit_test(files_have_them),
        cmocka_unit_test(results_have_declared_states_only),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
