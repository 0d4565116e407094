// SPDX-License-Identifier: Apache-2.0
/*
 * page.c: the page that has the table of an earlier run. A row's last cell says what is off in it,
 * or yes: all is within its bounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "truth/truth.h"

void truth_page_read(struct truth_page *page, const char *path)
{
    FILE *file = fopen(path, "r");
    long size;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        perror(path);
        exit(3);
    }
    rewind(file);
    page->text = calloc((size_t)size + 1, 1);
    SNAP_CHECK(page->text && fread(page->text, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
}

void truth_page_free(struct truth_page *page)
{
    free(page->text);
    page->text = NULL;
}

/* Copies the last cell of the first line that begins with the row's name; false if none does. */
static bool find_cell(const struct truth_page *page, const char *row, char *cell, size_t size)
{
    char begin[64];
    const char *line;
    const char *end;
    const char *bar;

    snprintf(begin, sizeof(begin), "\n| %s |", row);
    line = strstr(page->text, begin);
    if (!line)
        return false;
    end = strchr(line + 1, '\n');
    SNAP_CHECK(end && end[-1] == '|');
    for (bar = end - 2; *bar != '|'; bar--)
        ;
    snprintf(cell, size, "%.*s", (int)(end - 2 - bar), bar + 1);
    return true;
}

/* Whether the cell, which begins with a space, has the figure, of which `length` characters count.
 */
static bool names(const char *cell, const char *figure, size_t length)
{
    for (const char *at = cell + 1; *at; at++)
        if (strncmp(at, figure, length) == 0 && at[-1] == ' ' &&
            (at[length] == ',' || at[length] == ' '))
            return true;
    return false;
}

bool truth_page_knows(const struct truth_page *page, const char *row, const struct snap_text *off)
{
    char cell[256];
    const char *at = off->length > 0 ? off->data : "";

    if (!find_cell(page, row, cell, sizeof(cell)))
        return false;
    while (*at) {
        size_t length = strcspn(at, ",");

        if (!names(cell, at, length))
            return false;
        at += length;
        at += strspn(at, ", ");
    }
    return true;
}
