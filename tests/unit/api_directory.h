// SPDX-License-Identifier: Apache-2.0
/*
 * api_directory.h: the directory that tests of the C interface write files to: made before the
 * first of the group, removed behind the last. To be included behind api_lab.h.
 */
#ifndef TESTS_UNIT_API_DIRECTORY_H
#define TESTS_UNIT_API_DIRECTORY_H

#include <stdio.h>
#include <stdlib.h>

static char directory[] = "/tmp/snapsim-api-XXXXXX";

static inline int make_directory(void **unused)
{
    (void)unused;
    return mkdtemp(directory) ? 0 : -1;
}

static inline int remove_directory(void **unused)
{
    char command[64];

    (void)unused;
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return system(command);
}

#endif
