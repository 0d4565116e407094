// SPDX-License-Identifier: Apache-2.0
/*
 * verdict_remarks.h: the lines below a verdict's counters: why a figure is "-", and what else
 * concerns states and sinks one by one.
 */
#ifndef SNAP_VIEW_VERDICT_REMARKS_H
#define SNAP_VIEW_VERDICT_REMARKS_H

#include "base/text.h"
#include "model/verdict.h"

/* Appends why states and sinks cannot be judged; nothing if they all can. */
void snap_verdict_unjudged_text(struct snap_text *text, const struct snap_job *job,
                                const struct snap_verdict *verdict, uint32_t width);

/* Appends these and all other remarks. */
void snap_verdict_remarks_text(struct snap_text *text, const struct snap_job *job,
                               const struct snap_verdict *verdict, uint32_t width);

#endif
