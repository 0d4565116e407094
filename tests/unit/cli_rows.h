// SPDX-License-Identifier: Apache-2.0
/*
 * cli_rows.h: commands of the shell, each with what is to come of it.
 *
 * - They run one after the other in the folder of cli_folder.h; a later one may use what an earlier
 *   one left.
 * - To be included after cmocka.h.
 */
#ifndef SNAP_TESTS_CLI_ROWS_H
#define SNAP_TESTS_CLI_ROWS_H

#include <stddef.h>
#include <sys/wait.h>

#include "unit/cli_folder.h"

struct cli_row {
    const char *name;
    const char *command; /* of the shell; $S is the program */
    int exit_code;
    const char *out; /* part of standard output, see cli_has */
    const char *err;
};

/* Returns the command's exit code, -1 if it did not exit. */
static inline int cli_shell(const char *command)
{
    int status = system(command);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void cli_run_row(const struct cli_row *row)
{
    struct snap_text command = {0};
    struct snap_text out = {0};
    struct snap_text err = {0};
    int code;

    snap_text_printf(&command, "{ %s\n} >stdout 2>stderr", row->command);
    code = cli_shell(command.data);
    cli_read_file("stdout", &out);
    cli_read_file("stderr", &err);
    if (code != row->exit_code || !cli_has(&out, row->out) || !cli_has(&err, row->err))
        fail_msg("%s: exit code %d\n%s%s", row->name, code, snap_text_get(&out),
                 snap_text_get(&err));
    snap_text_fini(&command);
    snap_text_fini(&out);
    snap_text_fini(&err);
}

static inline void cli_run_rows(const struct cli_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cli_run_row(&rows[i]);
}

/* A file that the rows find in their directory. */
struct cli_text {
    const char *name;
    const char *text;
};

/* What a program of one table runs; NULL ends the files. */
struct cli_table {
    const struct cli_row *rows;
    size_t count;
    struct cli_text files[12];
};

static const struct cli_table *cli_table;

static inline int cli_table_begin(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    for (const struct cli_text *file = cli_table->files; file->name; file++)
        cli_write_file(file->name, file->text);
    return 0;
}

static inline void cli_table_rows(void **state)
{
    (void)state;
    cli_run_rows(cli_table->rows, cli_table->count);
}

/* Runs the rows in a new directory that has the files; returns what main returns. */
static inline int cli_run_table(const struct cli_table *table)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cli_table_rows)};

    cli_table = table;
    return cmocka_run_group_tests(tests, cli_table_begin, cli_folder_leave);
}

#endif
