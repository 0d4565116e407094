// SPDX-License-Identifier: Apache-2.0
/*
 * Named states by key of a program's types: a value, a list and a map, after a crash and at another
 * parallelism, in one run and from files; each record's output tells what its key holds.
 */
#include "api_lab.h"

#include "api_directory.h"
#include "api_forms.h"

#include <stdlib.h>

enum { NUMBERS = 1000, KEYS = 8, LIST_MAX = 7, FIELD_MAX = 5, LINE_MAX = 200 };

/* ---- the operator under test ---- */

struct line {
    char text[LINE_MAX];
    int length;
};

static void add_value(void *to, struct snapsim_value value)
{
    struct line *line = to;

    line->length += snprintf(line->text + line->length, LINE_MAX - (size_t)line->length, " %lld",
                             (long long)value.number);
}

/* Adds to the sum of the counts. */
static void add_field(void *to, struct snapsim_value field, struct snapsim_value value)
{
    assert_int_equal(strlen(field.text), field.length);
    assert_int_equal(field.text[0], 'r');
    *(int64_t *)to += value.number;
}

/* The fields, whatever order the map has them in. */
static void tell_counts(struct line *line, struct snapsim_context *context)
{
    uint32_t found = 0;
    int64_t sum = 0;
    struct snapsim_value count;

    for (int r = 0; r < 3; r++) {
        char field[16];

        snprintf(field, sizeof(field), "r%d", r);
        if (!snapsim_map_get(context, "counts", snapsim_text(field), &count))
            continue;
        found++;
        sum -= count.number;
        line->length += snprintf(line->text + line->length, LINE_MAX - (size_t)line->length,
                                 " %s:%lld", field, (long long)count.number);
    }
    assert_int_equal(snapsim_map_each(context, "counts", add_field, &sum), found);
    assert_int_equal(sum, 0);
}

/* The last number as a text, the numbers so far until there are seven, how many there were of each
 * remainder until there are five. */
static void keep(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    long long number = in->value.number;
    struct snapsim_value before;
    struct line line = {.length = 0};
    char field[8];
    char last[16];
    struct snapsim_value count;

    (void)self;
    snprintf(field, sizeof(field), "r%lld", number % 3);
    snprintf(last, sizeof(last), "n%lld", number);
    if (!snapsim_value_get(context, "last", &before))
        before = snapsim_text("none");
    line.length = snprintf(line.text, LINE_MAX, "%s after %s:", last, before.text);
    assert_true(snapsim_value_put(context, "last", snapsim_text(last)));
    if (snapsim_list_each(context, "all", NULL, NULL) == LIST_MAX)
        assert_true(snapsim_list_clear(context, "all"));
    assert_true(snapsim_list_add(context, "all", in->value));
    snapsim_map_get(context, "counts", snapsim_text(field), &count);
    if (count.number == FIELD_MAX)
        assert_true(snapsim_map_remove(context, "counts", snapsim_text(field)));
    else
        assert_true(snapsim_map_put(context, "counts", snapsim_text(field),
                                    snapsim_long(count.number + 1)));
    snapsim_list_each(context, "all", add_value, &line);
    tell_counts(&line, context);
    if (number % 97 == 96)
        assert_true(snapsim_map_clear(context, "counts"));
    snapsim_emit(context, in->key, snapsim_text(line.text));
}

static const struct snapsim_state states[] = {
    {.name = "last", .shape = SNAPSIM_SHAPE_VALUE, .kind = SNAPSIM_TEXT},
    {.name = "all", .shape = SNAPSIM_SHAPE_LIST, .kind = SNAPSIM_LONG},
    {.name = "counts", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_LONG, .field = SNAPSIM_TEXT},
};

static const struct snapsim_operator_type keeper = {
    .name = "keeper",
    .process = keep,
    .keyed = true,
    .value_out = SNAPSIM_OUTPUT_TEXT,
    .keeps_key = true,
    .outputs = SNAPSIM_OUTPUTS_ONE,
    .states = states,
    .state_count = 3,
};

/* ---- what it should tell ---- */

/* Lines as a reader finds them: key, TAB, text. */
struct lines {
    char lines[2 * NUMBERS][LINE_MAX + 16];
    int count;
};

/* The states of one key, kept in plain arrays. */
struct model {
    int last; /* number + 1 */
    int all[LIST_MAX];
    int all_count;
    int counts[3]; /* 0: there is no such field */
};

static void expect_line(struct model *model, int key, int number, char *line)
{
    int length = snprintf(line, LINE_MAX, "%d\tn%d after ", key, number);

    length += model->last ? snprintf(line + length, 16, "n%d:", model->last - 1)
                          : snprintf(line + length, 16, "none:");
    model->last = number + 1;
    if (model->all_count == LIST_MAX)
        model->all_count = 0;
    model->all[model->all_count++] = number;
    model->counts[number % 3] =
        model->counts[number % 3] == FIELD_MAX ? 0 : model->counts[number % 3] + 1;
    for (int i = 0; i < model->all_count; i++)
        length += snprintf(line + length, 16, " %d", model->all[i]);
    for (int i = 0; i < 3; i++)
        if (model->counts[i])
            length += snprintf(line + length, 16, " r%d:%d", i, model->counts[i]);
    if (number % 97 == 96)
        memset(model->counts, 0, sizeof(model->counts));
}

static void take_line(void *to, uint32_t subtask, struct snapsim_value key,
                      struct snapsim_value line)
{
    struct lines *lines = to;

    (void)subtask;
    (void)key;
    assert_true(lines->count < 2 * NUMBERS);
    snprintf(lines->lines[lines->count++], sizeof(lines->lines[0]), "%s", line.text);
}

/* Which key a number has only its line tells; all else the model knows. */
static void expect_all(const char *row, const struct lines *told)
{
    struct model models[KEYS] = {{.last = 0}};
    const char *line_of[NUMBERS] = {NULL};
    char expected[LINE_MAX + 16];
    int key, number;

    for (int i = 0; i < told->count; i++) {
        if (sscanf(told->lines[i], "%d\tn%d", &key, &number) != 2 || number >= NUMBERS ||
            line_of[number])
            fail_msg("%s: \"%s\" is no line, or the second one of its number", row, told->lines[i]);
        line_of[number] = told->lines[i];
    }
    for (number = 0; number < NUMBERS; number++) {
        if (!line_of[number] || sscanf(line_of[number], "%d", &key) != 1 || key < 0 || key >= KEYS)
            fail_msg("%s: no line of %d", row, number);
        expect_line(&models[key], key, number, expected);
        if (strcmp(expected, line_of[number]) != 0)
            fail_msg("%s: \"%s\", expected \"%s\"", row, line_of[number], expected);
    }
}

/* ---- jobs ---- */

static struct snapsim_job *job_of(const struct snapsim_operator_type *type, const char *parallelism)
{
    struct snapsim_job *job = lab_job("states");

    snapsim_job_type(job, type);
    lab_numbers(job);
    snapsim_job_option(job, "numbers", "parallelism", "1");
    snapsim_job_operator(job, "tested", type->name);
    snapsim_job_option(job, "tested", "parallelism", parallelism);
    snapsim_job_input(job, "tested", "numbers", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_option(job, "out", "parallelism", "1");
    snapsim_job_input(job, "out", "tested", NULL);
    return job;
}

static struct snapsim_result *run(struct snapsim_job *job,
                                  const struct snapsim_run_options *options, struct lines *lines)
{
    const struct snapsim_visitor visitor = {.visit = take_line, .to = lines};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, options, &error);

    if (!result || !snapsim_result_lines(result, "out", &visitor, &error))
        fail_msg("%s", error.message);
    lab_counter("lost", snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
    lab_counter("duplicated", snapsim_result_counter(result, "out", SNAPSIM_DUPLICATED), 0);
    return result;
}

static void after_a_crash_they_are_as_they_were(void **unused)
{
    static struct lines lines;

    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++) {
        const struct snapsim_run_options options = {.runtime = (enum snapsim_runtime)runtime};
        struct snapsim_job *job = job_of(&keeper, "2");

        lines.count = 0;
        snapsim_job_timeline(job, "{at: 250 ms, crash: \"tested[0]\"}");
        snapsim_result_destroy(run(job, &options, &lines));
        expect_all(runtime == SNAPSIM_THREADS ? "threads" : "virtual", &lines);
        snapsim_job_destroy(job);
    }
}

static void they_move_with_their_key_groups(void **unused)
{
    static const char *const parallelisms[] = {"1", "3", "4"};
    static struct lines lines;

    (void)unused;
    for (size_t i = 0; i < sizeof(parallelisms) / sizeof(parallelisms[0]); i++) {
        struct snapsim_job *job = job_of(&keeper, "2");
        char restart[128];

        snprintf(restart, sizeof(restart),
                 "{at: 400 ms, restart-from: before, set: {tested.parallelism: %s}}",
                 parallelisms[i]);
        snapsim_job_timeline(job, "{at: 250 ms, stop-with-savepoint: before}");
        snapsim_job_timeline(job, restart);
        lines.count = 0;
        snapsim_result_destroy(run(job, NULL, &lines));
        expect_all(parallelisms[i], &lines);
        snapsim_job_destroy(job);
    }
}

/* ---- files ---- */

/* Inspect names all three states with their types, and a field of the map. */
static void expect_inspected(const char *snapshot)
{
    static const char *const words[] = {"\"last\" (VALUE of String, key Long)",
                                        "\"all\" (LIST of List<Long>, key Long)",
                                        "\"counts\" (MAP of Map<String,Long>, key Long)", "{\"r"};
    static char text[1 << 20];
    char command[512];
    FILE *pipe;
    size_t length;

    snprintf(command, sizeof(command), "'%s' inspect --state tested '%s' 2>&1", SNAP_PROGRAM,
             snapshot);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    length = fread(text, 1, sizeof(text) - 1, pipe);
    text[length] = '\0';
    assert_int_equal(pclose(pipe), 0);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (!strstr(text, words[i]))
            fail_msg("no %s in:\n%s", words[i], text);
}

static const struct snapsim_state other_states[] = {
    {"all", SNAPSIM_SHAPE_MAP, SNAPSIM_LONG, SNAPSIM_TEXT},
    {"counts", SNAPSIM_SHAPE_LIST, SNAPSIM_LONG, SNAPSIM_LONG},
    {"counts", SNAPSIM_SHAPE_MAP, SNAPSIM_LONG, SNAPSIM_LONG},
    {"counts", SNAPSIM_SHAPE_MAP, SNAPSIM_TEXT, SNAPSIM_TEXT},
    {"all", SNAPSIM_SHAPE_LIST, SNAPSIM_TEXT, SNAPSIM_LONG},
    {"last", SNAPSIM_SHAPE_VALUE, SNAPSIM_LONG, SNAPSIM_LONG},
};

/* A type that declares its states otherwise may not go on from them. */
static void expect_refused(const struct form *form, const char *snapshot)
{
    const struct snapsim_start start = {.snapshot = snapshot};
    const struct snapsim_run_options options = {.start = &start};

    for (size_t i = 0; i < sizeof(other_states) / sizeof(other_states[0]); i++) {
        struct snapsim_operator_type other = keeper;
        struct snapsim_error error = {0};
        struct snapsim_job *job;

        other.states = &other_states[i];
        other.state_count = 1;
        job = job_of(&other, "2");
        snapsim_job_config(job, "state.backend.type", form->backend);
        assert_false(snapsim_job_check_run(job, &options, &error));
        if (error.code != SNAPSIM_ERROR_RESTORE || !strstr(error.message, other.states[0].name))
            fail_msg("%s, %zu: %s", form->name, i, error.message);
        snapsim_job_destroy(job);
    }
}

static void no_lines(void *records)
{
    struct lines *lines = records;

    lines->count = 0;
}

static struct snapsim_job *keeper_job(const char *parallelism)
{
    return job_of(&keeper, parallelism);
}

static struct snapsim_result *run_form(const char *row, struct snapsim_job *job,
                                       const struct snapsim_run_options *options, void *records)
{
    (void)row;
    return run(job, options, records);
}

static void look_inside(const struct form *form, const char *snapshot, const void *records)
{
    (void)records;
    expect_inspected(snapshot);
    expect_refused(form, snapshot);
}

static void expect_lines(const char *row, const void *records)
{
    expect_all(row, records);
}

static void files_hold_them(void **unused)
{
    static const struct forms_lab lab = {.record_bytes = sizeof(struct lines),
                                         .clear = no_lines,
                                         .job = keeper_job,
                                         .run = run_form,
                                         .look = look_inside,
                                         .end = expect_lines};

    (void)unused;
    forms_try_all(&lab);
}

/* ---- what is wrong ---- */

static void put_elsewhere(void *self, const struct snapsim_record *in,
                          struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_value_put(context, "elsewhere", in->value));
    snapsim_emit(context, in->key, snapsim_text(""));
}

static void put_into_a_list(void *self, const struct snapsim_record *in,
                            struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_value_put(context, "all", in->value));
    snapsim_emit(context, in->key, snapsim_text(""));
}

static void add_a_text(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_list_add(context, "all", snapsim_text("one")));
    snapsim_emit(context, in->key, snapsim_text(""));
}

static void put_nameless(void *self, const struct snapsim_record *in,
                         struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_map_put(context, "counts", snapsim_text(NULL), snapsim_long(1)));
    snapsim_emit(context, in->key, snapsim_text(""));
}

static void put_a_text(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_map_put(context, "counts", snapsim_text("one"), snapsim_text("two")));
    snapsim_emit(context, in->key, snapsim_text(""));
}

static void clear_elsewhere(void *self, const struct snapsim_record *in,
                            struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_value_clear(context, "all"));
    snapsim_emit(context, in->key, snapsim_text(""));
}

static bool open_early(void *self, struct snapsim_context *context)
{
    (void)self;
    return snapsim_list_clear(context, "all");
}

static bool save(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)self;
    (void)checkpoint;
    (void)context;
    return true;
}

static const struct snapsim_state wrong[][2] = {
    {{.name = NULL, .shape = SNAPSIM_SHAPE_LIST}},
    {{.name = "state", .shape = SNAPSIM_SHAPE_LIST}},
    {{.name = "_timer_state/mine", .shape = SNAPSIM_SHAPE_MAP}},
    {{.name = "a", .shape = SNAPSIM_SHAPE_MAP, .field = (enum snapsim_kind)7}},
    {{.name = "a", .shape = (enum snapsim_shape)7}},
    {{.name = "a", .shape = SNAPSIM_SHAPE_MAP}, {.name = "a", .shape = SNAPSIM_SHAPE_LIST}},
};
static const struct snapsim_list a_list[] = {{"last", SNAPSIM_LIST_SPLIT}};

#define KEEPER(PROCESS, STATES, COUNT)                                                             \
    .name = "keeper", .process = PROCESS, .keyed = true, .value_out = SNAPSIM_OUTPUT_TEXT,         \
    .states = STATES, .state_count = COUNT

static void what_is_wrong_is_said(void **unused)
{
    static const char reserved[] = "gives its states names, and not items, state, position";
    const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {{KEEPER(keep, NULL, 1)}, "with a state_count has states"},
        {{.name = "keeper", .process = keep, .states = states, .state_count = 3},
         "with states is keyed and has process"},
        {{KEEPER(keep, wrong[0], 1)}, reserved},
        {{KEEPER(keep, wrong[1], 1)}, reserved},
        {{KEEPER(keep, wrong[2], 1)}, reserved},
        {{KEEPER(keep, wrong[3], 1)}, "with maps says of each the kind of its fields"},
        {{KEEPER(keep, wrong[4], 1)}, "says of each its shape and the kind of its values"},
        {{KEEPER(keep, wrong[5], 2)}, "gives its states different names"},
        {{KEEPER(keep, states, 3), .lists = a_list, .list_count = 1, .snapshot = save},
         "gives its lists and states different names"},
        {{KEEPER(put_elsewhere, states, 3)}, "the value \"elsewhere\" by key belongs to"},
        {{KEEPER(put_into_a_list, states, 3)}, "the value \"all\" by key belongs to"},
        {{KEEPER(add_a_text, states, 3)}, "a text where the type declares a long"},
        {{KEEPER(put_nameless, states, 3)},
         "a long as field of the map \"counts\", which has texts"},
        {{KEEPER(put_a_text, states, 3)}, "a text where the type declares a long"},
        {{KEEPER(clear_elsewhere, states, 3)}, "the value \"all\" by key belongs to"},
        {{KEEPER(keep, states, 3), .open = open_early}, "the list \"all\" by key belongs to"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of(&rows[i].type, "2");
        struct snapsim_error error = {0};

        if (snapsim_job_run(job, NULL, &error) || !strstr(error.message, rows[i].message))
            fail_msg("%zu: \"%s\", expected \"%s\"", i, error.message, rows[i].message);
        snapsim_job_destroy(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_crash_they_are_as_they_were),
        cmocka_unit_test(they_move_with_their_key_groups),
        cmocka_unit_test(files_hold_them),
        cmocka_unit_test(what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
