// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/check.h"
#include "truth/truth.h"

void truth_values_add(struct truth_values *values, double value)
{
    if (values->count == values->capacity) {
        values->capacity = values->capacity ? values->capacity * 2 : 16;
        values->at = realloc(values->at, values->capacity * sizeof(*values->at));
        SNAP_CHECK(values->at);
    }
    values->at[values->count++] = value;
}

void truth_values_fini(struct truth_values *values)
{
    free(values->at);
    *values = (struct truth_values){0};
}

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

struct truth_range truth_range_of(struct truth_values *values)
{
    struct truth_range range = {.count = values->count};
    uint32_t half = values->count / 2;

    if (values->count == 0)
        return range;
    qsort(values->at, values->count, sizeof(*values->at), compare_values);
    range.least = values->at[0];
    range.most = values->at[values->count - 1];
    range.median = values->at[half];
    if (values->count % 2 == 0)
        range.median = (values->at[half - 1] + values->at[half]) / 2;
    return range;
}
