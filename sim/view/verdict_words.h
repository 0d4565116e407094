// SPDX-License-Identifier: Apache-2.0
/*
 * verdict_words.h: what the sentences about a slow checkpoint are made of, and those about the
 * storage, the cores and pauses. Everything is borrowed for the time of the call.
 */
#ifndef SNAP_VIEW_VERDICT_WORDS_H
#define SNAP_VIEW_VERDICT_WORDS_H

#include "base/text.h"
#include "explain/explain_advice.h"
#include "explain/explain_walk.h"

struct snap_verdict_words {
    struct snap_text *text;
    const struct snap_facts *facts;
    const struct snap_explain_walk *walk;
    const struct snap_forecast *forecast;
    const struct snap_fact_task *culprit; /* or NULL */
    struct snap_arena *arena;
};

/* Returns the duration in words; memory of the arena. */
const char *snap_verdict_took(const struct snap_verdict_words *verdict, snap_ns ns);

/* Returns the name of the subtask that made the checkpoint slow. */
const char *snap_verdict_culprit(const struct snap_verdict_words *verdict);

/* Says what the storage did: that it failed, and of what the asynchronous part's time consists. */
void snap_verdict_add_storage(const struct snap_verdict_words *verdict);

/* Says how long barriers that overtook waited for their turn on the cores, and whose longest. */
void snap_verdict_add_turn(const struct snap_verdict_words *verdict);

/* Says, if it is so, that barriers may have waited for a timeout that is not known; returns whether
 * it is. */
bool snap_verdict_add_unknown_timeout(const struct snap_verdict_words *verdict);

/* Whether the culprit is busy so many times as much as the others of its vertex in the mean. */
bool snap_verdict_is_busier(const struct snap_verdict_words *verdict, double times);

/* Says, if it is so, whom of the way a fault of the timeline held up, which stands for all that
 * compares subtasks; returns whether one did. */
bool snap_verdict_add_fault(const struct snap_verdict_words *verdict);

/* Says whose windows a barrier that overtook waited for: all that end at a watermark are one piece
 * of work. */
void snap_verdict_add_windows(const struct snap_verdict_words *verdict);

/* Says whose restored data a barrier waited for. */
void snap_verdict_add_recovery(const struct snap_verdict_words *verdict);

/* Says who stood still in pauses, and what waited for it. */
void snap_verdict_add_pause(const struct snap_verdict_words *verdict);

/* Whether the busiest subtask that the walk waits for has more to do than the others of its vertex.
 */
bool snap_verdict_one_leads(const struct snap_verdict_words *verdict);

/* Appends who is what the others wait for, if that is known. */
void snap_verdict_add_busiest(const struct snap_verdict_words *verdict);

/* Appends why the culprit was last, which has not many more records than the others. */
void snap_verdict_add_even_cause(const struct snap_verdict_words *verdict);

#endif
