// SPDX-License-Identifier: Apache-2.0
/*
 * record_story.h: one record's life, or that of all records of a key, as a text.
 *
 * - Made of a trace of level `records`: what the record did and where, the borders of checkpoints
 *   between, failures and restores, what a reader of the sinks sees at each of them and at the end,
 *   and a short conclusion.
 * - Neighbouring steps of one subtask are one line. Borders stand there only if they concern the
 *   record.
 */
#ifndef SNAP_VIEW_RECORD_STORY_H
#define SNAP_VIEW_RECORD_STORY_H

#include "base/error.h"
#include "base/text.h"

/* Whose story; one of the two. */
struct snap_story_request {
    const char *directory;
    const char *record; /* "SOURCE:SPLIT:OFFSET", or NULL */
    const char *key;    /* as texts show it, or NULL */
};

/* Appends the story. Errors: no trace, or one of a lower level; no such record or key. */
bool snap_record_story(const struct snap_story_request *request, struct snap_text *text,
                       struct snap_error *error);

#endif
