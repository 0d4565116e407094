// SPDX-License-Identifier: Apache-2.0
/*
 * fold_sums.h: the short way of fold_check.h, where a state is the sum of each key's values.
 *
 * - Keys are small numbers, so that the sums lie in a plain array; only two columns of the journal
 *   are read. It says yes or nothing: who is wrong, and since which record, the long way finds out.
 */
#ifndef SNAP_VERIFY_FOLD_SUMS_H
#define SNAP_VERIFY_FOLD_SUMS_H

#include "verify/fold_check.h"

/* Returns whether the state is what its journal adds up to; false, too, if that cannot be told in
 * the short way. */
bool snap_fold_sums_agree(const struct snap_fold_subject *subject);

#endif
