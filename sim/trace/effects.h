// SPDX-License-Identifier: Apache-2.0
/*
 * effects.h: what chosen records did, and what became of it: which snapshot holds it, what a
 * restore undid, what a reader of a sink sees.
 *
 * - A mark is one record event: a source sent, a state was affected, a sink took. It is inside the
 *   first snapshot that its subtask began after it, and inside all later ones.
 * - A restore from checkpoint c undoes the marks of a subtask that are in no snapshot up to c.
 * - What a reader of a sink sees follows from enum snap_sink_view.
 * - Marks outlive an execution of the job: they follow their operators by uid, whichever subtasks
 *   these have then, and the savepoint undoes what it does not hold.
 * - Feed all events of a trace of level `records` in order: add with the record events that matter,
 *   take with all others; move when another job begins.
 */
#ifndef SNAP_TRACE_EFFECTS_H
#define SNAP_TRACE_EFFECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/job.h"

struct snap_mark {
    struct snap_event event;
    uint32_t operator_index;
    bool moved; /* of an earlier execution: event.actor is nobody in this one */
    uint64_t origin;
    uint64_t lineage;
    snap_checkpoint_id inside; /* first snapshot with it, or SNAP_NO_CHECKPOINT */
    bool secured;              /* a completed checkpoint has it */
    bool undone;
    bool visible; /* sinks */
};

struct snap_effects {
    struct snap_arena arena;
    const struct snap_job *job; /* borrowed */
    struct snap_mark *marks;
    uint32_t count;
    uint32_t capacity;
};

/* How many marks an event changed. */
struct snap_effects_change {
    uint32_t inside;   /* are in a snapshot from now on */
    uint32_t secured;  /* ... in a completed checkpoint */
    uint32_t given_up; /* the first snapshot with them was of a checkpoint that failed */
    uint32_t undone;
    uint32_t kept; /* survived a restore of their subtask */
    uint32_t visible;
};

void snap_effects_init(struct snap_effects *effects, const struct snap_job *job);
void snap_effects_fini(struct snap_effects *effects);

/* Another execution begins, of this job (borrowed); marks of operators it lacks are dropped. */
void snap_effects_move(struct snap_effects *effects, const struct snap_job *job);

/* Adds a mark for the record event, and returns it; borrowed until the next one. */
const struct snap_mark *snap_effects_add(struct snap_effects *effects,
                                         const struct snap_event *event);

/* Takes any other event. */
struct snap_effects_change snap_effects_take(struct snap_effects *effects,
                                             const struct snap_event *event);

#endif
