// SPDX-License-Identifier: Apache-2.0
/*
 * crash_report.h: what a failed check of ours prints: seed, time and the last events.
 *
 * - One run at a time; begin sets the hook of base/check.h, end takes it away.
 */
#ifndef SNAP_CLI_CRASH_REPORT_H
#define SNAP_CLI_CRASH_REPORT_H

#include "model/observer.h"
#include "model/simulation.h"

/* Remembers the simulation (borrowed) and forgets earlier events. */
void snap_crash_report_begin(const struct snap_simulation *sim);
void snap_crash_report_end(void);

/* The observer that keeps the last events: in virtual time as they happen, on threads as they are
 * handed on after the run. */
/* From now on events are those of this job. */
void snap_crash_report_job(const struct snap_job *job);

struct snap_observer snap_crash_report_observer(enum snap_runtime_kind runtime);

#endif
