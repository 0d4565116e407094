// SPDX-License-Identifier: Apache-2.0
/*
 * rest_json.h: how Flink's REST answers write times and distributions.
 *
 * - Times and durations are whole milliseconds; each has a twin in nanoseconds, `KEY_ns`.
 * - A distribution is {min, max, avg, p50, p90, p95, p99, p999}; percentiles that are not kept are
 *   the string "NaN".
 * Flink: StatsSummaryDto.
 */
#ifndef SNAP_VIEW_REST_JSON_H
#define SNAP_VIEW_REST_JSON_H

#include <stdint.h>

#include "base/json.h"
#include "base/time.h"
#include "trace/statistics.h"

enum snap_percentile_kind { SNAP_PERCENTILES_KEPT, SNAP_PERCENTILES_NAN, SNAP_PERCENTILES_ZERO };

struct snap_numbers {
    int64_t *items;
    uint32_t count;
};

/* Milliseconds between two instants that were cut to milliseconds before, as Flink does; -1 if
 * `to` is SNAP_NOT_YET. */
int64_t snap_rest_ms_between(snap_ns from, snap_ns to);

/* Writes the time and its twin; SNAP_NOT_YET is -1 in both. */
void snap_rest_time(struct snap_json *json, const char *key, snap_ns ns);

/* Writes the duration and its twin; -1 in both if `to` is SNAP_NOT_YET. */
void snap_rest_between(struct snap_json *json, const char *key, snap_ns from, snap_ns to);

/* Writes what the numbers look like; they are sorted here. */
void snap_rest_distribution(struct snap_json *json, const char *key, struct snap_numbers numbers,
                            enum snap_percentile_kind kind);

/* Writes a member that Flink still has but nothing fills any more: all zero. */
void snap_rest_leftover(struct snap_json *json, const char *key);

/* "IN_PROGRESS", "COMPLETED" or "FAILED". Flink: CheckpointStatsStatus. */
const char *snap_checkpoint_status_name(enum snap_checkpoint_status status);

#endif
