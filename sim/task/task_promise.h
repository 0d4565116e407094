// SPDX-License-Identifier: Apache-2.0
/*
 * task_promise.h: when a task sends something next, as far as it knows itself.
 *
 * - Virtual time lets each actor run up to the instant at which others may send it something: the
 *   later a promise, the longer the spans of others. One that is kept too late is a bug, which the
 *   runtime checks with every mail.
 * - Part of the task loop (task.c); owner and thread are the task's.
 */
#ifndef SNAP_TASK_TASK_PROMISE_H
#define SNAP_TASK_TASK_PROMISE_H

#include "task/task.h"

/* Returns a lower bound on the instant of the next thing that the task sends if nobody sends it
 * anything; its next_ns is known, and its next timer is due at `timer_ns`. */
snap_ns snap_task_promise(struct snap_task *task, snap_ns timer_ns);

/*
 * Returns whether the task sends nothing before the horizon: then records that it would have to
 * break off there are left for later, all of them in one span. Everything else is done by then. If
 * so, its promise is set.
 */
bool snap_task_is_left_for_later(struct snap_task *task, snap_ns timer_ns);

#endif
