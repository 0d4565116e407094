// SPDX-License-Identifier: Apache-2.0
/*
 * crash_report.h: what a failed check of ours prints: seed, time and the last events.
 *
 * - One run at a time; begin sets the hook of base/check.h, end takes it away.
 * - On threads the events are those of the thread in which the check failed: those of others are
 *   not its to read.
 */
#ifndef SNAP_CLI_CRASH_REPORT_H
#define SNAP_CLI_CRASH_REPORT_H

#include "model/observer.h"
#include "model/simulation.h"
#include "trace/writer.h"

/* Remembers the simulation and the writer whose lines have to reach their file (both borrowed until
 * the end; NULL: no trace is written), and forgets earlier events. */
void snap_crash_report_begin(const struct snap_simulation *sim, struct snap_trace_writer *writer);
void snap_crash_report_end(void);

/* From now on events are those of this job (borrowed): called between two executions. */
void snap_crash_report_job(const struct snap_job *job);

/* The observer that keeps the last events as they happen; on threads each thread keeps its own. */
struct snap_observer snap_crash_report_observer(void);

#endif
