// SPDX-License-Identifier: Apache-2.0
/*
 * event_words.h: events of a run in words, for `when:` of a timeline.
 *
 * - One table: a sentence with N for a checkpoint's number and S for a subtask, and the event it
 *   means. "checkpoint 3 completed", "subtask counts[1] acknowledged checkpoint 2".
 * - N may be `any`. S is uid[i], and the word before it may be subtask, source or sink.
 */
#ifndef SNAP_SCENARIO_EVENT_WORDS_H
#define SNAP_SCENARIO_EVENT_WORDS_H

#include "model/job.h"
#include "model/timeline.h"
#include "scenario/reader.h"

struct snap_event_sentence {
    const char *words; /* NULL: the end of the table */
    enum snap_event_type type;
};

/* Reads the sentence of the node. Errors: none of the table, no such subtask. */
bool snap_event_words_read(struct snap_reader *reader, const struct snap_node *node,
                           const struct snap_job *job, struct snap_event_pattern *pattern);

/* Reads uid[i]. Errors: no such operator, index out of range. */
bool snap_subtask_read(struct snap_reader *reader, const struct snap_node *node, const char *text,
                       const struct snap_job *job, struct snap_action *action);

/* The sentences there are. */
const struct snap_event_sentence *snap_event_sentences(void);

#endif
