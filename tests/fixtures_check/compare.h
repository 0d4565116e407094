// SPDX-License-Identifier: Apache-2.0
/*
 * compare.h: what `inspect --json` says of a snapshot beside what its job knew (truth.json).
 *
 * - Compared is what is in the files: not notes, configuration, uids where the version has none,
 *   watermarks. Records in flight are compared per channel, as one stream across the cut.
 * - Order does not matter where the files have none: operators, states, entries, timers.
 * - Differences are added as lines to a text; nothing stops at the first.
 */
#ifndef SNAP_TESTS_COMPARE_H
#define SNAP_TESTS_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct comparison {
    struct snap_text differences;
    uint32_t checks;
    uint32_t unread; /* subtasks whose entries lie in files that are not read here */
};

/* Compares one element of the truth's "snapshots" with the JSON of that snapshot. */
void compare_snapshot(struct comparison *comparison, const json_t *truth, const json_t *found);

/* Compares with what Flink's own loader found in the metadata: an element of meta.json. */
void compare_handles(struct comparison *comparison, const json_t *expected, const json_t *found);

/* Adds "WHERE: expected E, found F" if they differ. */
void compare_json(struct comparison *comparison, const char *where, const json_t *expected,
                  const json_t *found);

#endif
