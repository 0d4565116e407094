// SPDX-License-Identifier: Apache-2.0
/*
 * whole_job.h: the graph of all executions of a run in one; the inside of whole_run.h.
 */
#ifndef SNAP_TRACE_WHOLE_JOB_H
#define SNAP_TRACE_WHOLE_JOB_H

#include "base/arena.h"
#include "model/job.h"

/* Makes the graph (arena): operators, vertices, edges and tasks, in an order that agrees with the
 * jobs' own where those agree with each other. Texts are borrowed from the jobs. */
struct snap_job *snap_whole_job_create(const struct snap_job *const *jobs, uint32_t count,
                                       struct snap_arena *arena);

/* Fills `vertices` (job->vertex_count entries): which vertex of the whole each one is. */
void snap_whole_job_map(const struct snap_job *whole, const struct snap_job *job,
                        uint32_t *vertices);

#endif
