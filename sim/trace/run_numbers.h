// SPDX-License-Identifier: Apache-2.0
/*
 * run_numbers.h: a run's numbers about its checkpoints (model/numbers.h), out of its statistics.
 */
#ifndef SNAP_TRACE_RUN_NUMBERS_H
#define SNAP_TRACE_RUN_NUMBERS_H

#include "model/numbers.h"
#include "trace/measures.h"

/* Returns the numbers of a finished run; `measures` may be NULL: latency and throughput are not
 * measured then. */
struct snap_run_numbers snap_numbers_of(const struct snap_statistics *statistics,
                                        const struct snap_measures *measures);

#endif
