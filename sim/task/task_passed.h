// SPDX-License-Identifier: Apache-2.0
/*
 * task_passed.h: mails that a span of records passes over.
 *
 * - Buffers that arrive behind the one in work, and credits for channels that have some, change
 *   nothing that a record in work depends on. A span need not end at them: they are taken when it
 *   is over, each as of the boundary at which its turn was.
 * - Only in virtual time, where the cost of a record is constant, nothing overtakes, and nobody
 *   wants the events of these mails.
 * - Part of the task loop (task.c); owner and thread are the task's.
 */
#ifndef SNAP_TASK_TASK_PASSED_H
#define SNAP_TASK_TASK_PASSED_H

#include "task/task.h"

/* Chain, input and output of the attempt are built. */
void snap_task_init_passing(struct snap_task *task);

/* Returns the arrival of the next mail before `limit_ns` that ends a span; of one that has arrived
 * already in any case. No instant before the limit if there is none. */
snap_ns snap_task_next_stop(const struct snap_task *task, snap_ns limit_ns);

/* Likewise of the next mail that may make the task send something. */
snap_ns snap_task_next_cause(const struct snap_task *task, snap_ns limit_ns);

/* The same of one mail that is on its way to the task. */
bool snap_task_may_answer(const struct snap_task *task, const struct snap_mail *mail);

/* A span has just ended, of records that cost so much each: takes the mails whose boundary lies
 * within it. What is due at its end is left. */
void snap_task_take_passed(struct snap_task *task, snap_ns start_ns, snap_ns cost_ns);

#endif
