// SPDX-License-Identifier: Apache-2.0
/*
 * page.c: the page that has the tables of an earlier run, between two marks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "truth/truth.h"

static const char begin_mark[] = "\n<!-- table -->\n";
static const char end_mark[] = "\n<!-- end -->\n";

/* Reads the whole file; the caller frees it. */
static char *read_page(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text;
    long size;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        perror(path);
        exit(3);
    }
    rewind(file);
    text = calloc((size_t)size + 1, 1);
    SNAP_CHECK(text && fread(text, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    return text;
}

/* Prints the first line in which they differ; both end where a line ends. */
static uint32_t compare_lines(const char *page, const char *tables)
{
    while (*page || *tables) {
        size_t old = strcspn(page, "\n");
        size_t new = strcspn(tables, "\n");

        if (old != new || strncmp(page, tables, old) != 0) {
            printf("the page has   %.*s\nit would have  %.*s\n\"./dev bench truth\" writes it\n",
                   (int)old, page, (int)new, tables);
            return 1;
        }
        page += old + (page[old] != '\0');
        tables += new + (tables[new] != '\0');
    }
    return 0;
}

uint32_t truth_check_page(const char *path, const struct snap_text *tables)
{
    char *page = read_page(path);
    char *begin = strstr(page, begin_mark);
    char *end = begin ? strstr(begin, end_mark) : NULL;
    uint32_t bad = 1;

    if (end) {
        end[1] = '\0'; /* the last line keeps its end */
        bad = compare_lines(begin + strlen(begin_mark), snap_text_get(tables));
    } else {
        printf("%s has no tables between <!-- table --> and <!-- end -->\n", path);
    }
    free(page);
    return bad;
}
