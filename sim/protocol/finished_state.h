// SPDX-License-Identifier: Apache-2.0
/*
 * finished_state.h: finished tasks in a snapshot: what is stored of them, and what a snapshot with
 * some must look like when a job starts from it.
 *
 * - A vertex all of whose tasks have finished is stored as fully finished, without state.
 * - Of a vertex with some finished tasks, these are marked; with a union list that is refused, as
 *   the list would miss their entries. So is a union list of which only some had called finish.
 * - On a start from a snapshot all operators of a vertex agree, and nobody may be further than what
 *   feeds it.
 * Flink: DefaultCheckpointPlan, VertexFinishedStateChecker, TaskStateAssignment.
 */
#ifndef SNAP_PROTOCOL_FINISHED_STATE_H
#define SNAP_PROTOCOL_FINISHED_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/failure_reason.h"
#include "protocol/checkpoint_plan.h"

/* What is known of one task when a snapshot is completed. */
struct snap_task_end {
    bool finished;          /* before the snapshot started */
    bool restored_finished; /* its vertex was finished in what the job started from */
    bool finish_called;     /* its operators had run their finish step */
    bool has_union_list;
};

/* What is stored of one task. */
enum snap_stored_task { SNAP_STORED_NONE, SNAP_STORED_STATE, SNAP_STORED_FINISHED };

enum snap_finish_problem {
    SNAP_FINISH_OK,
    SNAP_FINISH_UNION_SOME_FINISHED,
    SNAP_FINISH_UNION_SOME_CALLED,
    SNAP_FINISH_STATE_OF_FINISHED,
};

/* How many tasks of a vertex, not all of which have finished, are how far. */
struct snap_finish_counts {
    uint32_t tasks;
    uint32_t finished;
    uint32_t called; /* had run their finish step */
    bool has_union;  /* one of those that reported has a union list */
};

/* Returns whether a union list would miss entries of the vertex, and why. */
enum snap_finish_problem snap_finished_union(const struct snap_finish_counts *counts);

struct snap_finish_input {
    const struct snap_task_end *tasks; /* of one vertex */
    uint32_t task_count;
    bool after_tasks_finish; /* execution.checkpointing.checkpoints-after-tasks-finish */
};

/*
 * Says what is stored of each task (`stored`, task_count entries) and whether the vertex is stored
 * as fully finished. The runtime has this from the checkpoint's plan and its acknowledgements, and
 * asks snap_finished_union; as a whole it is for those who hold the rules against Flink's.
 */
enum snap_finish_problem snap_finished_store(const struct snap_finish_input *in,
                                             enum snap_stored_task *stored, bool *fully_finished);

/* The reason with which the checkpoint is aborted; the problem is not SNAP_FINISH_OK. */
enum snap_failure_reason snap_finish_problem_reason(enum snap_finish_problem problem);

/* How far an operator is in a snapshot. Without state there it counts as running. */
enum snap_finished_state {
    SNAP_FINISHED_ABSENT,
    SNAP_FINISHED_RUNNING,
    SNAP_FINISHED_PARTLY, /* some tasks are marked, or all without the operator being so */
    SNAP_FINISHED_FULLY,
};

/* The operators of one vertex. */
struct snap_finished_vertex {
    const enum snap_finished_state *operators; /* borrowed */
    uint32_t operator_count;
};

enum snap_finished_refusal {
    SNAP_FINISHED_OK,
    SNAP_FINISHED_OPERATORS_DIFFER,
    SNAP_FINISHED_FEEDER_OF_FULL,       /* a vertex that feeds a fully finished one is not */
    SNAP_FINISHED_FEEDER_OF_ALL_TO_ALL, /* one that feeds a partly finished one is not fully */
    SNAP_FINISHED_FEEDER_OF_POINTWISE,  /* one that feeds a partly finished one just runs */
};

/* Checks the graph at the start of a job; the vertices stand as in the graph. */
enum snap_finished_refusal snap_finished_check(const struct snap_plan_graph *graph,
                                               const struct snap_finished_vertex *vertices);

/* How the tasks of a vertex are deployed. */
enum snap_deploy_as { SNAP_DEPLOY_NEW, SNAP_DEPLOY_RESTORED, SNAP_DEPLOY_FINISHED };

/* Sets *as; false if some of the vertex's operators are fully finished and others are not. */
bool snap_finished_deploy(const struct snap_finished_vertex *vertex, enum snap_deploy_as *as);

#endif
