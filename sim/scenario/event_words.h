// SPDX-License-Identifier: Apache-2.0
/*
 * event_words.h: events of a run in words, for `when:` of a timeline.
 *
 * - One table: a sentence with N for a number (mostly a checkpoint's), S for a subtask and STATUS
 * for a status, and the event or step it means. "checkpoint 3 completed", "subtask counts[1]
 *   acknowledged checkpoint 2", "before commit of checkpoint 3 at out[0]".
 * - N may be `any`. S is uid[i], and the word before it may be subtask, source or sink.
 * - Each sentence is told by one actor: who counts how often it came true need not ask others.
 */
#ifndef SNAP_SCENARIO_EVENT_WORDS_H
#define SNAP_SCENARIO_EVENT_WORDS_H

#include "model/job.h"
#include "model/timeline.h"
#include "scenario/reader.h"

/* Whose event it is. */
enum snap_teller {
    SNAP_TOLD_BY_SUBTASK,     /* S */
    SNAP_TOLD_BY_JOB_MANAGER, /* S, if there is one, is whom it is about */
    SNAP_TOLD_BY_ACTION,      /* whom the action N concerns */
};

struct snap_event_sentence {
    const char *words;         /* NULL: the end of the table */
    enum snap_event_type type; /* SNAP_EVENT_COUNT: a step */
    enum snap_teller teller;
    enum snap_fault_step step;
    enum snap_fault_side side;
};

/* Reads the sentence of the node. Errors: none of the table, no such subtask. */
bool snap_event_words_read(struct snap_reader *reader, const struct snap_node *node,
                           const struct snap_job *job, struct snap_event_pattern *pattern);

/* The sentences there are (event_table.c). */
const struct snap_event_sentence *snap_event_sentences(void);

/* The statuses that may stand for STATUS in a sentence of this event, NULL-terminated; NULL if it
 * has none. */
const char *const *snap_event_statuses(enum snap_event_type type);

/* What happened when the sentence is true. */
const char *snap_event_sentence_doc(const struct snap_event_sentence *sentence);

#endif
