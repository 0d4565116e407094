// SPDX-License-Identifier: Apache-2.0
#include "scenario/suggest.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 96 };

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static int letter(const char *text, size_t i)
{
    return tolower((unsigned char)text[i]);
}

/* Damerau's distance in three rolling rows. */
static uint32_t distance(const char *a, const char *b)
{
    uint32_t rows[3][WORD_MAX + 1];
    uint32_t *before = rows[0];
    uint32_t *above = rows[1];
    uint32_t *row = rows[2];
    size_t width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        above[j] = (uint32_t)j;
    memset(before, 0, sizeof(rows[0]));
    for (size_t i = 1; i <= strlen(a); i++) {
        uint32_t *oldest = before;

        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= width; j++) {
            uint32_t change = letter(a, i - 1) != letter(b, j - 1);

            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + change);
            if (i > 1 && j > 1 && letter(a, i - 1) == letter(b, j - 2) &&
                letter(a, i - 2) == letter(b, j - 1))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
        row = oldest;
    }
    return above[width];
}

void snap_suggestion_try(struct snap_suggestion *suggestion, const char *candidate)
{
    size_t wanted = strlen(suggestion->wanted);
    size_t length = strlen(candidate);
    size_t longer = wanted > length ? wanted : length;
    uint32_t found;

    if (longer > WORD_MAX || longer < 2)
        return;
    found = distance(suggestion->wanted, candidate);
    if (found > (longer + 2) / 3 || (suggestion->best && found >= suggestion->distance))
        return;
    suggestion->best = candidate;
    suggestion->distance = found;
}
