// SPDX-License-Identifier: Apache-2.0
/*
 * capability_trial.h: takes snapshots in real files, changes what a trial changes, restores and
 * judges.
 *
 * - All files lie in a directory of its own below TMPDIR or /tmp, which close removes.
 * - A snapshot is taken once for all trials that leave it where it is.
 * - What is counted in the end must be what the job counts without a break.
 */
#ifndef SNAP_CLI_CAPABILITY_TRIAL_H
#define SNAP_CLI_CAPABILITY_TRIAL_H

#include "base/error.h"
#include "cli/capability_jobs.h"

struct snap_capability_lab;

/* Errors: SNAP_ERROR_IO. NULL then. */
struct snap_capability_lab *snap_capability_lab_open(struct snap_error *error);
void snap_capability_lab_close(struct snap_capability_lab *lab);

/* What is tried, and with what. */
struct snap_capability_case {
    const struct snap_capability_trial *trial;
    enum snap_capability_backend backend;
    enum snap_capability_kind kind;
    const char *version; /* of Flink, unless the trial says others */
};

/* Tries it. The cell's texts live as long as the lab. Errors: files cannot be written or read, the
 * trial's own jobs do not run; SNAP_ERROR_USAGE if a signal has come. */
bool snap_capability_try(struct snap_capability_lab *lab, const struct snap_capability_case *what,
                         struct snap_capability_cell *cell, struct snap_error *error);

#endif
