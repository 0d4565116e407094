// SPDX-License-Identifier: Apache-2.0
/*
 * The capability table: what was tried, beside what Flink's page "Checkpoints vs. Savepoints" says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/rocksdb.h"
#include "unit/cli_rows.h"

static const char *const kinds[] = {"canonical savepoint", "native savepoint", "aligned checkpoint",
                                    "unaligned checkpoint"};

/* The page, row by row. */
static const struct {
    const char *name;
    const char *letters; /* y, n, ! by kind */
} page[] = {
    {"State backend change", "ynnn"},
    {"State Processor API (writing)", "ynnn"},
    {"State Processor API (reading)", "y!!n"},
    {"Self-contained and relocatable", "yynn"},
    {"Schema evolution", "y!!!"},
    {"Arbitrary job upgrade", "yyyn"},
    {"Non-arbitrary job upgrade", "yyyn"},
    {"Flink minor version upgrade", "yyyn"},
    {"Flink bug/patch version upgrade", "yyyy"},
    {"Rescaling", "yyyy"},
};

/* What comes of it: y yes, u unpromised, r refused, f fails, - not tried. */
static const struct row {
    const char *operation;
    const char *hashmap;
    const char *rocksdb;
    const char *incremental;
} rows[] = {
    {"same", "yyyy", "yyyy", "yyyy"},
    {"backend", "yfff", "yfff", "yfff"},
    {"relocate", "yyuu", "yyuu", "yyff"},
    {"move-job", "--uu", "--uu", "--ff"},
    {"schema", "----", "----", "----"},
    {"type", "ffff", "ffff", "ffff"},
    {"value-type", "ffff", "ffff", "ffff"},
    {"update", "yyyu", "yyyu", "yyyu"},
    {"partition", "yyyr", "yyyr", "yyyr"},
    {"add", "yyyu", "yyyu", "yyyu"},
    {"add-no-uid", "rrrr", "rrrr", "rrrr"},
    {"swap", "yyyr", "yyyr", "yyyr"},
    {"remove", "rrrr", "rrrr", "rrrr"},
    {"remove-allowed", "yyyu", "yyyu", "yyyu"},
    {"config", "yyyy", "yyyy", "yyyy"},
    {"max-parallelism", "rrrr", "rrrr", "rrrr"},
    {"more", "yyyy", "yyyy", "yyyy"},
    {"fewer", "yyyy", "yyyy", "yyyy"},
    {"too-many", "rrrr", "rrrr", "rrrr"},
    {"patch", "yyyy", "yyyy", "yyyy"},
    {"minor", "yyyu", "yyyu", "yyyu"},
    {"upgrade", "uuuu", "uuuu", "uuuu"},
    {"downgrade", "rrrr", "rrrr", "rrrr"},
    {"processor-read", "yuuu", "yuuu", "yuuu"},
    {"processor-write", "----", "----", "----"},
};

static char letter_of(const char *result)
{
    return strcmp(result, "not tried") == 0 ? '-' : *result;
}

static char page_letter(const char *words)
{
    return strcmp(words, "promised") == 0 ? 'y' : strcmp(words, "not supported") == 0 ? 'n' : '!';
}

static const char *letters_of_page(const char *name)
{
    for (size_t i = 0; i < sizeof(page) / sizeof(page[0]); i++)
        if (strcmp(page[i].name, name) == 0)
            return page[i].letters;
    fail_msg("the page has no row \"%s\"", name);
    return NULL;
}

/* What is promised works, and what is not and works all the same is told apart. */
static void check_promise(const char *operation, const json_t *cell, char letter)
{
    const char *result = json_string_value(json_object_get(cell, "result"));
    char got = letter_of(result);

    assert_int_equal(page_letter(json_string_value(json_object_get(cell, "flink_documents"))),
                     letter);
    if (got != '-' && (letter == 'y') != (got == 'y'))
        fail_msg("%s: Flink's page has %c, it is %s", operation, letter, result);
}

static void check_operation(const json_t *operation, const struct row *row, const char *expected)
{
    const json_t *name = json_object_get(operation, "flink_name");

    assert_string_equal(json_string_value(json_object_get(operation, "operation")), row->operation);
    for (int k = 0; k < 4; k++) {
        const json_t *cell = json_object_get(operation, kinds[k]);
        const char *result = json_string_value(json_object_get(cell, "result"));

        if (letter_of(result) != expected[k])
            fail_msg("%s, %s: %s, not %c", row->operation, kinds[k], result, expected[k]);
        assert_true(json_is_string(json_object_get(cell, "why")));
        if (json_is_string(name))
            check_promise(row->operation, cell, letters_of_page(json_string_value(name))[k]);
    }
}

static void check_table(const json_t *table)
{
    const char *backend = json_string_value(json_object_get(table, "state_backend"));
    const json_t *operations = json_object_get(table, "operations");

    assert_int_equal(json_array_size(operations), sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_operation(json_array_get(operations, i), &rows[i],
                        strcmp(backend, "hashmap") == 0   ? rows[i].hashmap
                        : strcmp(backend, "rocksdb") == 0 ? rows[i].rocksdb
                                                          : rows[i].incremental);
}

static void check_version(const char *version, const char *backends, size_t expected)
{
    struct snap_text command = {0};
    json_t *root;
    size_t tables;

    snap_text_printf(&command, "$S capabilities --json --flink-version %s %s >out", version,
                     backends);
    assert_int_equal(cli_shell(snap_text_get(&command)), 0);
    snap_text_fini(&command);
    root = json_load_file("out", 0, NULL);
    assert_non_null(root);
    tables = json_array_size(json_object_get(root, "tables"));
    assert_int_equal(tables, expected);
    for (size_t i = 0; i < tables; i++)
        check_table(json_array_get(json_object_get(root, "tables"), i));
    json_decref(root);
}

static void test_2_3(void **state)
{
    (void)state;
    check_version("2.3", "", snap_rocksdb_version() ? 3 : 1);
}

static void test_1_20(void **state)
{
    (void)state;
    check_version("1.20", "--backend hashmap", 1);
}

/* The words of the program for people, and what it leaves. */
static void test_text(void **state)
{
    static const struct {
        const char *command;
        int exit_code;
        const char *out;
        const char *err;
    } calls[] = {
        {"COLUMNS=80 $S capabilities --backend hashmap | awk 'length > 80 { print \"LONG\" }'", 0,
         "", ""},
        {"COLUMNS=120 $S capabilities --backend hashmap", 0,
         "State backend change            yes         fails       fails       fails\n", ""},
        {"$S capabilities --backend hashmap --why backend", 0,
         "aligned checkpoint: fails: keyed state of operator \"counter\" is in files of", ""},
        {"$S capabilities --backend hashmap --why downgrade", 0,
         "metadata of version 6 is not known", ""},
        {"$S capabilities --backend hashmap --why downgrade | grep snapsim-capabilities", 1, "",
         ""},
        {"$S capabilities --backend hashmap --why value-type", 0,
         "has Long in the snapshot and String in this job\n", ""},
        {"$S capabilities --backend hashmap --why processor-read | tr -s '\\n ' ' '", 0,
         "unaligned checkpoint: unpromised: counts of 23 keys add up to ", ""},
        {"$S capabilities --backend hashmap --why processor-read | tr -s '\\n ' ' ' | "
         "grep 'unpromised: counts of 23 keys add up to [1-9][0-9]*, [1-9][0-9]* records are'",
         0, "in flight", ""},
        {"$S capabilities --backend hashmap --why move-job", 0,
         "  canonical savepoint, native savepoint: not tried: a savepoint lies in", ""},
        {"COLUMNS=120 $S capabilities --backend hashmap | tr -s '\\n ' ' '", 0,
         "- in \"State written without a job\": only jobs write snapshots here", ""},
        {"$S capabilities --why backends", 2, "", "\"backend\""},
        {"$S capabilities --backend memory", 2, "", "hashmap, rocksdb"},
        {"$S capabilities job.yaml", 2, "", "takes no argument"},
        {"TMPDIR=/dev/null $S capabilities --backend hashmap", 4, "", "/dev/null"},
        {"ls tmp", 0, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct snap_text command = {0};
        struct snap_text out = {0};
        struct snap_text err = {0};
        int code;

        snap_text_printf(&command, "{ %s\n} >stdout 2>stderr", calls[i].command);
        code = cli_shell(snap_text_get(&command));
        cli_read_file("stdout", &out);
        cli_read_file("stderr", &err);
        if (code != calls[i].exit_code || !cli_has(&out, calls[i].out) ||
            !cli_has(&err, calls[i].err))
            fail_msg("%s: exit code %d\n%s%s", calls[i].command, code, snap_text_get(&out),
                     snap_text_get(&err));
        snap_text_fini(&command);
        snap_text_fini(&out);
        snap_text_fini(&err);
    }
}

static int make_directory(void **state)
{
    (void)state;
    return cli_folder_enter() && mkdir("tmp", 0700) == 0 && setenv("TMPDIR", "tmp", 1) == 0 ? 0
                                                                                            : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_2_3),
        cmocka_unit_test(test_1_20),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
