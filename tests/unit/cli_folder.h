// SPDX-License-Identifier: Apache-2.0
/*
 * cli_folder.h: a folder of its own in which a test calls the program, and what it left there.
 *
 * - One folder a test program; it is the working directory until it is left.
 * - To be included after cmocka.h.
 */
#ifndef SNAP_TESTS_CLI_FOLDER_H
#define SNAP_TESTS_CLI_FOLDER_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static char cli_folder[] = "/tmp/snapsim-cli-XXXXXX";

/* Goes there, with the program as $S; returns whether that was possible. */
static inline bool cli_folder_enter(void)
{
    return mkdtemp(cli_folder) && chdir(cli_folder) == 0 && setenv("S", SNAP_PROGRAM, 1) == 0;
}

/* For cmocka: removes the folder and all in it. */
static inline int cli_folder_leave(void **state)
{
    struct snap_text command = {0};
    int code;

    (void)state;
    snap_text_printf(&command, "rm -rf %s", cli_folder);
    code = chdir("/") == 0 ? system(command.data) : -1;
    snap_text_fini(&command);
    return code;
}

static inline void cli_write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Appends what the file holds. */
static inline void cli_read_file(const char *name, struct snap_text *text)
{
    FILE *file = fopen(name, "r");
    char bytes[4096];
    size_t count;

    assert_non_null(file);
    while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        snap_text_add(text, bytes, count);
    fclose(file);
}

/* Whether the part stands in the text; an empty one: whether the text is empty; NULL: anything. */
static inline bool cli_has(const struct snap_text *text, const char *part)
{
    if (!part)
        return true;
    return *part ? strstr(snap_text_get(text), part) != NULL : text->length == 0;
}

#endif
