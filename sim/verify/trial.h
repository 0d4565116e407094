// SPDX-License-Identifier: Apache-2.0
/*
 * trial.h: one state or sink under judgement; the inside of ledger.h.
 *
 * - Made by judge.c, filled by judge_state.c and judge_sink.c: counters that these leave alone are
 *   SNAP_UNJUDGED. All scratch memory is the trial's, which judge.c frees.
 */
#ifndef SNAP_VERIFY_TRIAL_H
#define SNAP_VERIFY_TRIAL_H

#include "verify/books.h"
#include "verify/match.h"

struct snap_trial {
    struct snap_ledger *ledger; /* of the last execution that had it */
    enum snap_job_status status;
    const struct snap_operator *op;
    struct snap_arena scratch;
    struct snap_runs runs;
    struct snap_judgement *judgement;
    struct snap_finding first;
};

/* Returns whether the job came to its end by itself. */
bool snap_trial_has_ended(const struct snap_trial *trial);

/* Lost, duplicated and pending, where the number of copies can be known; else `match` is zeroed.
 * Only what is there twice while a sink is half restarted. Returns whether it can. */
bool snap_trial_judge_copies(struct snap_trial *trial, struct snap_match *match);

/* Returns what the run takes for granted if it began with a snapshot on disk, else NULL. */
const struct snap_baseline *snap_trial_baseline(const struct snap_trial *trial);

/* Returns whether the run was cut off, or failed, when a subtask had been deployed and not begun
 * yet: what it has is of the attempt before, and others may have begun anew. */
bool snap_trial_is_half_restarted(const struct snap_trial *trial);

/* Judges a state; a sink that appends or commits; one whose rows replace each other. */
void snap_trial_judge_state(struct snap_trial *trial);
void snap_trial_judge_sink(struct snap_trial *trial);
void snap_trial_judge_rows(struct snap_trial *trial);

#endif
