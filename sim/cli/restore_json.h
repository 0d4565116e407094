// SPDX-License-Identifier: Apache-2.0
/*
 * restore_json.h: what `restore-check --json` says of a snapshot and a job: the report's figures,
 * for programs, with all subtasks. docs/SCENARIO.md has the members.
 */
#ifndef SNAP_CLI_RESTORE_JSON_H
#define SNAP_CLI_RESTORE_JSON_H

#include "base/text.h"
#include "snapshot/restore.h"

/* Appends one object; `refusal` holds SNAP_OK if the job can start. */
void snap_restore_json(struct snap_text *text, const struct snap_restored *restored,
                       const struct snap_simulation *sim, const struct snap_error *refusal);

#endif
