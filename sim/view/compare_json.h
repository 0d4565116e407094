// SPDX-License-Identifier: Apache-2.0
/*
 * compare_json.h: what `compare --json` prints, made of the summaries of its runs.
 *
 * - Runs of one variant and runtime are one entry of "variants", in the order in which they first
 *   come. With one seed the entry is the run's summary as it is.
 * - With several, each figure is {"median", "min", "max"} over the seeds; a figure that no run
 * could judge is null. What the runs agree on stays, a text in which they differ is null, "met" is
 * true only if all say so. The checkpoints of different seeds do not correspond: the history is
 * empty and `latest` is null.
 */
#ifndef SNAP_VIEW_COMPARE_JSON_H
#define SNAP_VIEW_COMPARE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "view/summary_json.h"

/* The summaries of all runs of a comparison, as snap_summary_text wrote them. */
struct snap_compare_summaries {
    const char *scenario;
    const char *const *texts; /* borrowed */
    uint32_t count;
    const struct snap_summary *failed; /* runs that could not go on; borrowed */
    uint32_t failed_count;
};

/* Appends the comparison as one JSON object and a newline. */
void snap_compare_json_text(struct snap_text *text, const struct snap_compare_summaries *summaries);

#endif
