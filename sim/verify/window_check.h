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
 * - A savepoint cuts that in two: what was wrong before it stays so, and windows that were not over
 *   go on from the value they had there, in whatever subtask has the key then.
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

/* What had become of the restored windows of a subtask at a savepoint. */
struct snap_windows_left {
    struct snap_base_window *open; /* with their values there; in the arena */
    uint32_t open_count;
    int64_t wrong;       /* of the others */
    bool has_other_size; /* the job makes windows of another length: nothing can be said */
};

/* Returns how many restored windows of the subtask are wrong, in all executions so far;
 * SNAP_UNJUDGED if that cannot be said. */
int64_t snap_window_check(const struct snap_window_subject *subject, struct snap_arena *arena);

/* Looks at the windows of the subtask as they were at its snapshot for the savepoint; at the end of
 * its books if it took none, since it had finished then. */
void snap_window_check_until(const struct snap_window_subject *subject,
                             snap_checkpoint_id savepoint, struct snap_arena *arena,
                             struct snap_windows_left *left);

#endif
