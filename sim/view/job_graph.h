// SPDX-License-Identifier: Apache-2.0
/*
 * job_graph.h: the job graph for `snapsim info`: as text, as Flink's plan in JSON, as a dot file.
 *
 * - Vertices from the sources to the sinks; the nodes of the plan from the sinks to the sources,
 *   as Flink prints both.
 * - Functions append to a text or a JSON document; the caller prints it.
 * Flink: JsonPlanGenerator.
 */
#ifndef SNAP_VIEW_JOB_GRAPH_H
#define SNAP_VIEW_JOB_GRAPH_H

#include "base/json.h"
#include "base/text.h"
#include "model/job.h"

/* Vertices with their operators, ids, parallelism, TaskManagers and inputs. */
void snap_job_graph_text(struct snap_text *text, const struct snap_job *job);

/* Members "plan", "vertices" and "edges" of the object that is open. */
void snap_job_graph_json(struct snap_json *json, const struct snap_job *job);

/* A graph for the dot program: vertices are clusters of operators. */
void snap_job_graph_dot(struct snap_text *text, const struct snap_job *job);

#endif
