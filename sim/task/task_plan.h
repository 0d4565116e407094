// SPDX-License-Identifier: Apache-2.0
/*
 * task_plan.h: how many records a task runs in one go, and how their outputs are written.
 *
 * - A span ends before anything else is due: a mail, a timer, the horizon of virtual time.
 * - Its outputs find room, whatever they are; which way they are written depends on the outputs.
 * - Part of the task loop (task.c); owner and thread are the task's.
 */
#ifndef SNAP_TASK_TASK_PLAN_H
#define SNAP_TASK_TASK_PLAN_H

#include "task/task.h"

/* A run of records to come. */
struct snap_span_plan {
    uint32_t count; /* 0: only one record, run singly */
    enum snap_span_outputs outputs;
};

/* Makes the costs of so many of the next records known; returns of how many they are. */
uint32_t snap_task_draw_ahead(const struct snap_task *task, uint32_t count);

/* Returns what the next record will take if that is long, and known before it is run; else 0. */
snap_ns snap_task_long_cost(const struct snap_task *task);

/* Plans the next span, of at most `available` records: how many may start before `limit_ns`, when
 * something else is due. */
struct snap_span_plan snap_task_plan_span(struct snap_task *task, uint32_t available,
                                          snap_ns limit_ns);

#endif
