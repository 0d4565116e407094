// SPDX-License-Identifier: Apache-2.0
/*
 * window_check.h: what becomes of the windows that a run has restored from a snapshot on disk.
 *
 * - Each one fires, or is cleared if it had fired before, when the job has ended: else it is wrong.
 *   Sessions may have become part of a longer one.
 * - The first result of one that is no session has the restored value together with those of all
 *   records of its key and time that were taken by then: else it is wrong.
 * - Where the job makes windows of another length than the restored ones it is another job: records
 *   of their time belong elsewhere, and nothing is said.
 * - Windows of processing time are not looked at: some never fire.
 */
#ifndef SNAP_VERIFY_WINDOW_CHECK_H
#define SNAP_VERIFY_WINDOW_CHECK_H

#include "verify/books.h"

struct snap_window_subject {
    const struct snap_operator *op;
    const struct snap_operator_rules *rules;
    const struct snap_subtask_book *book;
    bool has_ended; /* all windows were to fire */
};

/* Returns how many restored windows of the subtask are wrong; SNAP_UNJUDGED if that cannot be said.
 */
int64_t snap_window_check(const struct snap_window_subject *subject, struct snap_arena *arena);

#endif
