// SPDX-License-Identifier: Apache-2.0
/*
 * print_judge.h: what can be said of a state or sink from fingerprints alone.
 *
 * - Equal to what should be there: nothing lost, nothing duplicated.
 * - Fewer: so many are lost at least, duplicated is not known. More: so many are duplicated at
 *   least, lost is not known. As many, but others: at least one of each.
 * - A sink whose visible and prepared parts together are what should be there has what lies in the
 *   prepared ones uncommitted, in a job that ended.
 * - In a job that was stopped on its way missing ones may be under way: nothing is said of them.
 */
#ifndef SNAP_VERIFY_PRINT_JUDGE_H
#define SNAP_VERIFY_PRINT_JUDGE_H

#include "model/verdict.h"
#include "verify/books.h"

/* How the job ended. */
enum snap_ending { SNAP_ENDING_ENDED, SNAP_ENDING_STOPPED };

/* Fills `affected` and the counters that can be judged; the others stay as they are. */
void snap_print_judge(struct snap_ledger *ledger, enum snap_ending ending,
                      struct snap_judgement *judgement);

#endif
