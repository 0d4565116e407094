// SPDX-License-Identifier: Apache-2.0
/*
 * run_numbers.h: a run's numbers (model/numbers.h), out of its statistics and its verdict.
 */
#ifndef SNAP_TRACE_RUN_NUMBERS_H
#define SNAP_TRACE_RUN_NUMBERS_H

#include "model/numbers.h"
#include "model/verdict.h"
#include "trace/measures.h"

/* Returns the numbers of a finished run. Without measures (NULL) latency and throughput are not
 * measured, without a verdict (NULL), or one of a ledger that is off, records are not. */
struct snap_run_numbers snap_numbers_of(const struct snap_statistics *statistics,
                                        const struct snap_measures *measures,
                                        const struct snap_verdict *verdict);

#endif
