// SPDX-License-Identifier: Apache-2.0
/*
 * job.h: a job of a program: a scenario text in the making, or a scenario that is written already.
 *
 * - A job that is built becomes the text of a scenario, read like any other: one way to check.
 * - The first mistake of building wins; it is said when the job is checked or run.
 * - The catalogue has the built-in types and those of the program; it belongs to the job, so a
 *   result, which points to it, must be gone before the job is.
 */
#ifndef SNAP_API_JOB_H
#define SNAP_API_JOB_H

#include "base/text.h"
#include "scenario/scenario.h"
#include "snap.h"

struct snapsim_job {
    struct snap_arena arena;
    char *name;
    const char *path; /* NULL: `text` or the parts below */
    const char *text;
    bool is_written; /* loaded or parsed: settings become overrides */
    struct snap_error error;
    const struct snap_operator_type **types;
    uint32_t type_count;
    uint32_t type_capacity;
    struct snap_operator_catalogue catalogue;
    struct snap_scenario_override *overrides;
    uint32_t override_count;
    uint32_t override_capacity;
    struct snap_text document; /* parts of the text in the making */
    struct snap_text config;
    struct snap_text model;
    struct snap_text operators;
    struct snap_text inputs; /* of the operator added last */
    struct snap_text timeline;
    struct snap_text expect;
    struct snap_text whole;
    const char *last_uid;
};

/* Builds one choice; `built` as snap_scenario_build leaves it. `options` may be NULL. */
bool snap_api_job_build(struct snapsim_job *job, const struct snapsim_run_options *options,
                        struct snap_built *built, struct snap_error *error);

/* Turns an error into a program's, with the line and a caret if it has a place in the job. */
void snap_api_error_out(struct snapsim_job *job, const struct snap_error *from,
                        struct snapsim_error *error);

#endif
