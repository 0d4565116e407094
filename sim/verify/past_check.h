// SPDX-License-Identifier: Apache-2.0
/*
 * past_check.h: whether a run that began with a snapshot on disk can vouch for what it held.
 *
 * - Checkpoints at least once may hold effects of records behind their offsets, which are sent
 *   again then. The files do not tell which mode they were taken in: it is taken to be that of the
 *   job that goes on, unless they hold what barriers overtook, which is exactly once.
 * - Where a source can tell the records before its offsets, a state by key is compared with what
 *   they come to: equal, it is exact in any mode; other than that, it is not, in any mode.
 * - What a job that is exactly once cannot compare it trusts, and says so: see SNAP_DOUBT_TRUSTED.
 * - Counters that found something stay: it happened since. They are lower bounds then.
 * - For the judge: afterwards, one thread.
 */
#ifndef SNAP_VERIFY_PAST_CHECK_H
#define SNAP_VERIFY_PAST_CHECK_H

#include "model/verdict.h"
#include "verify/books.h"

/* Makes counters of 0 unjudged that depend on what was restored, and says why in `doubt`. */
void snap_past_doubt(const struct snap_ledger *newest, struct snap_judgement *judgement);

#endif
