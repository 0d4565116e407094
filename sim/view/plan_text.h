// SPDX-License-Identifier: Apache-2.0
/*
 * plan_text.h: what a scenario has in store: what is to happen, and what is expected of the end.
 */
#ifndef SNAP_VIEW_PLAN_TEXT_H
#define SNAP_VIEW_PLAN_TEXT_H

#include "base/text.h"
#include "model/timeline.h"
#include "model/verdict.h"

/* Appends "Timeline:" and a line an action, in the order of the scenario; nothing if it is empty.
 */
void snap_timeline_text(struct snap_text *text, const struct snap_timeline *timeline,
                        uint32_t width);

/* Appends "Expected:" and a paragraph of what was named. */
void snap_expectation_text(struct snap_text *text, const struct snap_expectation *expectation,
                           const struct snap_job *job, uint32_t width);

#endif
