// SPDX-License-Identifier: Apache-2.0
#include "skips.h"

#include <stdio.h>
#include <string.h>

bool conform_skips_read(const char *path, struct snap_text *skips)
{
    FILE *file = fopen(path, "r");
    bool reason_due = false;
    bool good = file != NULL;
    char line[512];

    snap_text_add_string(skips, "\n");
    while (good && fgets(line, sizeof(line), file)) {
        bool indented = line[0] == ' ';

        if (line[0] == '#' || line[0] == '\n')
            continue;
        good = indented || !reason_due;
        reason_due = !indented;
        if (good && !indented)
            snap_text_add_string(skips, line);
    }
    if (file)
        fclose(file);
    if (!good || reason_due)
        fprintf(stderr, "conform: %s: %s\n", path,
                file ? "an entry has no reason" : "cannot be read");
    return good && !reason_due;
}

bool conform_skips_have(const struct snap_text *skips, const char *suite, const char *why)
{
    struct snap_text line = {0};
    bool have;

    snap_text_printf(&line, "\n%s: %.*s\n", suite, (int)strcspn(why, "\n"), why);
    have = strstr(snap_text_get(skips), snap_text_get(&line)) != NULL;
    snap_text_fini(&line);
    return have;
}
