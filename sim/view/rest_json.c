// SPDX-License-Identifier: Apache-2.0
#include "view/rest_json.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "trace/percentile.h"

static int64_t to_ms(snap_ns ns)
{
    return ns == SNAP_NOT_YET ? -1 : ns / SNAP_MS;
}

int64_t snap_rest_ms_between(snap_ns from, snap_ns to)
{
    return to == SNAP_NOT_YET ? -1 : to / SNAP_MS - from / SNAP_MS;
}

void snap_rest_time(struct snap_json *json, const char *key, snap_ns ns)
{
    char twin[64];

    snprintf(twin, sizeof(twin), "%s_ns", key);
    snap_json_number(json, key, to_ms(ns));
    snap_json_number(json, twin, ns);
}

void snap_rest_between(struct snap_json *json, const char *key, snap_ns from, snap_ns to)
{
    char twin[64];

    snprintf(twin, sizeof(twin), "%s_ns", key);
    snap_json_number(json, key, snap_rest_ms_between(from, to));
    snap_json_number(json, twin, to == SNAP_NOT_YET ? -1 : to - from);
}

void snap_rest_distribution(struct snap_json *json, const char *key, struct snap_numbers numbers,
                            enum snap_percentile_kind kind)
{
    struct snap_distribution distribution = snap_distribution_of(numbers.items, numbers.count);

    snap_json_object_begin(json, key);
    snap_json_inline(json);
    snap_json_number(json, "min", distribution.min);
    snap_json_number(json, "max", distribution.max);
    snap_json_number(json, "avg", distribution.average);
    for (uint32_t i = 0; i < SNAP_PERCENTILE_COUNT; i++)
        snap_json_double(json, snap_percentile_name(i),
                         kind == SNAP_PERCENTILES_KEPT  ? distribution.percentiles[i]
                         : kind == SNAP_PERCENTILES_NAN ? NAN
                                                        : 0);
    snap_json_object_end(json);
}

void snap_rest_leftover(struct snap_json *json, const char *key)
{
    int64_t zero = 0;

    snap_rest_distribution(json, key, (struct snap_numbers){&zero, 1}, SNAP_PERCENTILES_ZERO);
}

const char *snap_checkpoint_status_name(enum snap_checkpoint_status status)
{
    switch (status) {
    case SNAP_CHECKPOINT_IN_PROGRESS:
        return "IN_PROGRESS";
    case SNAP_CHECKPOINT_COMPLETED:
        return "COMPLETED";
    case SNAP_CHECKPOINT_FAILED:
        return "FAILED";
    }
    SNAP_CHECK(false);
    return NULL;
}
