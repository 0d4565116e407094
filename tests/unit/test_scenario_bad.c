// SPDX-License-Identifier: Apache-2.0
/*
 * Every scenario in fixtures/scenarios/bad is refused with exactly the text in its .expected file:
 * place, message, the line and the caret. `SNAP_UPDATE=1` writes these files anew.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scenario/scenario.h"
#include "test_catalogue.h"

static void read_file(const char *path, struct snap_text *text)
{
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t count;

    if (!file)
        return;
    while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        snap_text_add(text, bytes, count);
    fclose(file);
}

static void write_file(const char *path, const struct snap_text *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fputs(snap_text_get(text), file);
    fclose(file);
}

static void refuse(const char *path, struct snap_text *printed)
{
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};
    bool ok = snap_scenario_read(path, &test_catalogue, &scenario, &error) &&
              snap_scenario_check(scenario, &error);

    snap_scenario_destroy(scenario);
    if (ok)
        snap_text_add_string(printed, "accepted\n");
    else
        snap_scenario_print_error(printed, &error, NULL);
    if (!ok && snap_error_exit_code(&error) != 2)
        snap_text_add_string(printed, "exit code is not 2\n");
}

static bool check(const char *path)
{
    struct snap_text expected_path = {0};
    struct snap_text expected = {0};
    struct snap_text printed = {0};
    bool same;

    snap_text_printf(&expected_path, "%.*s.expected", (int)strlen(path) - 5, path);
    refuse(path, &printed);
    if (getenv("SNAP_UPDATE"))
        write_file(expected_path.data, &printed);
    read_file(expected_path.data, &expected);
    same = strcmp(snap_text_get(&expected), snap_text_get(&printed)) == 0;
    if (!same)
        print_error("%s: expected\n%sgot\n%s", path, snap_text_get(&expected),
                    snap_text_get(&printed));
    snap_text_fini(&expected_path);
    snap_text_fini(&expected);
    snap_text_fini(&printed);
    return same;
}

static void test_bad(void **state)
{
    size_t failed = 0;
    glob_t found;

    (void)state;
    assert_int_equal(chdir(SNAP_SOURCE_DIR "/tests/fixtures/scenarios/bad"), 0);
    assert_int_equal(glob("*.yaml", 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 100);
    for (size_t i = 0; i < found.gl_pathc; i++)
        failed += !check(found.gl_pathv[i]);
    globfree(&found);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
