// SPDX-License-Identifier: Apache-2.0
/* What is too large, too deep or not there; arguments and variants that are wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenario/scenario.h"
#include "test_catalogue.h"

static void repeat(struct snap_text *text, const char *piece, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++)
        snap_text_add_string(text, piece);
}

static void make_large(struct snap_text *text)
{
    snap_text_add_string(text, "name: a\n");
    repeat(text, "# a comment of fifty bytes that fills the file    \n", 210000);
}

static void make_deep(struct snap_text *text)
{
    snap_text_add_string(text, "operators: ");
    repeat(text, "[", 200000);
}

static void make_deep_maps(struct snap_text *text)
{
    snap_text_add_string(text, "operators: ");
    repeat(text, "{a: ", 200000);
}

static void make_laughs(struct snap_text *text)
{
    snap_text_add_string(text, "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for (int i = 1; i < 20; i++) {
        snap_text_printf(text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            snap_text_printf(text, "%s*a%d", j ? ", " : "", i - 1);
        snap_text_add_string(text, "]\n");
    }
}

static void make_aliases(struct snap_text *text)
{
    snap_text_add_string(text, "a: &a 1\nb: [");
    repeat(text, "*a, ", 1001);
    snap_text_add_string(text, "1]\n");
}

static void make_anchors(struct snap_text *text)
{
    snap_text_add_string(text, "b: [");
    repeat(text, "&a 1, ", 1001);
    snap_text_add_string(text, "1]\n");
}

static void make_values(struct snap_text *text)
{
    snap_text_add_string(text, "b: [");
    repeat(text, "1, ", 250000);
    snap_text_add_string(text, "1]\n");
}

static void make_operators(struct snap_text *text)
{
    snap_text_add_string(text, "operators:\n");
    for (int i = 0; i < 1001; i++)
        snap_text_printf(text, "  - {uid: a%d, type: sequence, count: 1}\n", i);
}

static void make_keys(struct snap_text *text)
{
    snap_text_add_string(text, "operators: [{uid: a, type: sequence, count: 1}]\nexpect:\n");
    for (int i = 0; i < 4001; i++)
        snap_text_printf(text, "  k%d: 1\n", i);
}

static void make_variants(struct snap_text *text)
{
    snap_text_add_string(text, "operators: [{uid: a, type: sequence, count: 1}]\nvariants:\n");
    for (int i = 0; i < 201; i++)
        snap_text_printf(text, "  v%d: {}\n", i);
}

static void make_escape(struct snap_text *text)
{
    snap_text_add_string(text, "\"\\e[31m\": 1\noperators: []\n");
}

static const struct {
    const char *name;
    void (*make)(struct snap_text *text);
    const char *expected;
} rows[] = {
    {"10 MB", make_large, "t.yaml:0:0: a scenario has less than 10000000 bytes"},
    {"200,000 lists deep", make_deep, "t.yaml:1:75: nested more than 64 deep"},
    {"200,000 mappings deep", make_deep_maps, "t.yaml:1:264: nested more than 64 deep"},
    {"aliases of aliases", make_laughs,
     "t.yaml:6:15: the document has too many values (more than 200,000)"},
    {"many aliases", make_aliases, "t.yaml:2:4005: more than 1,000 aliases"},
    {"many anchors", make_anchors, "t.yaml:1:6005: more than 1,000 anchors"},
    {"many values", make_values,
     "t.yaml:1:300002: the document has too many values (more than 200,000)"},
    {"many operators", make_operators, "t.yaml:2:3: more than 1000 operators"},
    {"many keys", make_keys, "t.yaml:3:3: expect has more than 4000 keys"},
    {"many variants", make_variants, "t.yaml:3:3: more than 200 variants"},
    {"terminal escapes", make_escape,
     "t.yaml:1:1: unknown key \"?[31m\"; there are name, description, ask, answer, seed, "
     "runtimes, until, flink-version, network-rules, config, operators, model, set, timeline, "
     "ledger, sabotage, expect or variants"},
};

static void describe(const struct snap_error *error, char *to, size_t bytes)
{
    snprintf(to, bytes, "%s:%u:%u: %s", error->file, error->line, error->column, error->message);
}

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};
        struct snap_scenario *scenario = NULL;
        struct snap_error error = {0};
        char actual[SNAP_ERROR_MESSAGE_MAX + 600];
        bool ok;

        rows[i].make(&text);
        ok = snap_scenario_parse(&(struct snap_scenario_text){"t.yaml", text.data, text.length},
                                 &test_catalogue, &scenario, &error) &&
             snap_scenario_check(scenario, &error);
        describe(&error, actual, sizeof(actual));
        if (ok || strcmp(actual, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].name, actual);
        snap_scenario_destroy(scenario);
        snap_text_fini(&text);
    }
}

static void test_files(void **state)
{
    struct snap_scenario *scenario = NULL;
    struct snap_error missing = {0};
    struct snap_error directory = {0};
    struct snap_text printed = {0};

    (void)state;
    assert_false(snap_scenario_read("/no/such/file.yaml", &test_catalogue, &scenario, &missing));
    assert_null(scenario);
    snap_scenario_print_error(&printed, &missing, NULL);
    assert_string_equal(printed.data, "/no/such/file.yaml: cannot read the scenario: No such file "
                                      "or directory\n");
    assert_false(snap_scenario_read("/", &test_catalogue, &scenario, &directory));
    assert_string_equal(directory.message,
                        "cannot read the scenario: Is a directory; give a file in it");
    assert_int_equal(snap_error_exit_code(&directory), 2);
    snap_text_fini(&printed);
}

static const char small[] = "operators: [{uid: lines, type: sequence, count: 1},\n"
                            "  {uid: out, type: file-sink, input: lines, path: a}]\n"
                            "variants: {fast: {}, slow: {}}\n";

static const struct {
    const char *variant;
    struct snap_scenario_override override;
    const char *expected;
} arguments[] = {
    {"slwo", {0}, ":0:0: t.yaml has no variant \"slwo\"; did you mean \"slow\"?"},
    {"zzzzzz", {0}, ":0:0: t.yaml has no variant \"zzzzzz\"; there are fast, slow"},
    {NULL,
     {SNAP_OVERRIDE_CONFIG, "-D paralelism.default=1", "paralelism.default", "1"},
     "-D paralelism.default=1:0:0: Flink has no setting \"paralelism.default\"; did you mean "
     "\"parallelism.default\"?"},
    {NULL,
     {SNAP_OVERRIDE_CONFIG, "-p 0", "parallelism.default", "0"},
     "-p 0:0:0: parallelism.default must be at least 1, found 0"},
    {NULL,
     {SNAP_OVERRIDE_SET, "--set lines.count=x", "lines.count", "x"},
     "--set lines.count=x:0:0: count of lines must be a whole number, found \"x\""},
    {NULL,
     {SNAP_OVERRIDE_SET, "--set line.count=1", "line.count", "1"},
     "--set line.count=1:0:0: there is no operator \"line\"; did you mean \"lines\"?"},
    {NULL,
     {SNAP_OVERRIDE_SET, "--set out.path=null", "out.path", "null"},
     "t.yaml:2:3: operator \"out\" needs path, such as \"path: ...\""},
};

static void test_arguments(void **state)
{
    struct snap_scenario *scenario = NULL;
    struct snap_error none = {0};

    (void)state;
    assert_true(snap_scenario_parse(&(struct snap_scenario_text){"t.yaml", small, strlen(small)},
                                    &test_catalogue, &scenario, &none));
    for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
        struct snap_scenario_choice choice = {
            .variant = arguments[i].variant,
            .overrides = &arguments[i].override,
            .override_count = arguments[i].override.key ? 1 : 0,
        };
        struct snap_error error = {0};
        struct snap_built built;
        char actual[SNAP_ERROR_MESSAGE_MAX + 600];
        bool ok = snap_scenario_build(scenario, &choice, &built, &error);

        describe(&error, actual, sizeof(actual));
        if (ok || strcmp(actual, arguments[i].expected) != 0)
            fail_msg("row %zu: %s", i, actual);
        assert_int_equal(snap_error_exit_code(&error), 2);
        snap_built_fini(&built);
    }
    snap_scenario_destroy(scenario);
}

/* Paths of arguments are literal and add up; those of a scenario are patterns next to its file. */
static void test_paths(void **state)
{
    static const char text[] = "operators: [{uid: lines, type: text-file, paths: [s*mall.t?t]}]\n";
    char directory[] = "/tmp/snapsim-paths-XXXXXX";
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};
    struct snap_built built;
    char file[3][64];
    struct snap_scenario_override overrides[2] = {
        {SNAP_OVERRIDE_SET, "--set", "lines.paths", file[1]},
        {SNAP_OVERRIDE_SET, "--set", "lines.paths", file[2]},
    };
    struct snap_scenario_choice choice = {.overrides = overrides, .override_count = 2};

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(file[0], sizeof(file[0]), "%s/small.txt", directory);
    snprintf(file[1], sizeof(file[1]), "%s/b*.txt", directory);
    snprintf(file[2], sizeof(file[2]), "%s/a.txt", directory);
    for (int i = 0; i < 3; i++)
        fclose(fopen(file[i], "w"));
    snprintf(file[0], sizeof(file[0]), "%s/s.yaml", directory);
    assert_true(snap_scenario_parse(&(struct snap_scenario_text){file[0], text, strlen(text)},
                                    &test_catalogue, &scenario, &error));
    assert_true(snap_scenario_build(scenario, NULL, &built, &error));
    assert_int_equal(built.sim.job->operators[0].options[3].text_count, 1);
    snap_built_fini(&built);
    assert_true(snap_scenario_build(scenario, &choice, &built, &error));
    assert_int_equal(built.sim.job->operators[0].options[3].text_count, 2);
    assert_string_equal(built.sim.job->operators[0].options[3].texts[0], file[1]);
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    snprintf(file[0], sizeof(file[0]), "%s/small.txt", directory);
    for (int i = 0; i < 3; i++)
        remove(file[i]);
    remove(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
