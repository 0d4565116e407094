// SPDX-License-Identifier: Apache-2.0
/*
 * reasons.h: why a run is not as expected. A bare NO would leave people to compare by eye.
 */
#ifndef SNAP_VIEW_REASONS_H
#define SNAP_VIEW_REASONS_H

#include "base/arena.h"
#include "view/summary_json.h"

/* Sentences without a full stop: "expected lost = 0 in all, found 5". */
struct snap_reasons {
    const char **texts; /* arena */
    uint32_t count;
    uint32_t capacity;
};

/* Returns what was expected of counters that cannot be judged, which any value meets:
 * "duplicated = 0 in out". */
struct snap_reasons snap_unchecked_of(const struct snap_summary *summary, struct snap_arena *arena);

/* Returns the reasons; none if the run is as expected. */
struct snap_reasons snap_reasons_of(const struct snap_summary *summary, struct snap_arena *arena);

/* Whether a reason, as summary.json has it, is that the run could not go on; it is the first. */
bool snap_reason_is_halt(const char *reason);

#endif
