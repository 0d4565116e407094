// SPDX-License-Identifier: Apache-2.0
/*
 * explanation.h: why a checkpoint took so long, in words and in JSON.
 *
 * - One set of words for a simulated run and for a real Flink job: both come as facts, the walk
 *   through them, and the forecast.
 * - Text is at most 80 columns wide. What is not known is said, not guessed.
 */
#ifndef SNAP_VIEW_EXPLANATION_H
#define SNAP_VIEW_EXPLANATION_H

#include "base/text.h"
#include "explain/explain_advice.h"

enum { SNAP_EXPLANATION_WIDTH = 80 };

/* All borrowed. */
struct snap_explanation {
    const struct snap_facts *facts;
    const struct snap_explain_walk *walk;
    const struct snap_forecast *forecast;
};

/* Appends the whole explanation. */
void snap_explanation_text(struct snap_text *text, const struct snap_explanation *explanation);

/* Appends the same as one indented JSON object and a newline. */
void snap_explanation_json(struct snap_text *text, const struct snap_explanation *explanation);

/* Appends what made it slow, in a sentence or some; memory of the arena. */
void snap_explanation_verdict(struct snap_text *text, const struct snap_explanation *explanation,
                              struct snap_arena *arena);

/* Appends what would help, and where the closed forms fail. */
void snap_explanation_advice(struct snap_text *text, const struct snap_explanation *explanation,
                             struct snap_arena *arena);

#endif
