// SPDX-License-Identifier: Apache-2.0
/*
 * restore_report.h: what `restore-check` says of a snapshot and a job: operators and their states,
 * and why it cannot be; who takes what stands in restore_moves.h.
 */
#ifndef SNAP_CLI_RESTORE_REPORT_H
#define SNAP_CLI_RESTORE_REPORT_H

#include "base/text.h"
#include "snapshot/restore.h"

/* Appends the report; `refusal` holds SNAP_OK if the job can start. */
void snap_restore_report(struct snap_text *text, const struct snap_restored *restored,
                         const struct snap_simulation *sim, const struct snap_error *refusal);

#endif
