// SPDX-License-Identifier: Apache-2.0
/*
 * faults.h: the timeline at run time: who waits for what, and who is told of an action.
 *
 * - An action with an instant lies in the inboxes of those it concerns from the start; whoever
 * takes it puts the next one behind it if it comes again.
 * - An action on an event or step: the one actor that sees it counts the occasions and draws, then
 *   tells the JobManager, which sends the action to whom it concerns.
 * - A crash of the actor that reaches a step strikes at the step itself.
 * - Occasions of an action are counted by one thread: that of the actor its pattern names.
 */
#ifndef SNAP_ACTOR_FAULTS_H
#define SNAP_ACTOR_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/checkpoint.h"
#include "model/event.h"
#include "model/fault_point.h"

struct snap_actor;
struct snap_mail;
struct snap_world;

/* How often the pattern of an action came true. */
struct snap_occasions {
    uint64_t seen;
    uint32_t fired;
};

struct snap_watch {
    bool events[SNAP_EVENT_COUNT];    /* some action waits for this type */
    bool steps;                       /* some action waits for a step */
    bool records;                     /* some action waits for a record */
    struct snap_occasions *occasions; /* by action */
};

/* A step that an actor is about to take, or has taken. */
struct snap_fault_moment {
    enum snap_fault_step step;
    enum snap_fault_side side;
    snap_checkpoint_id checkpoint;
    uint32_t operator_index; /* SNAP_NO_INDEX: of the subtask as a whole */
};

/* Finds out what is waited for; the world has its simulation. */
void snap_watch_init(struct snap_world *world);

/* Puts actions with an instant into the inboxes. */
void snap_watch_start(struct snap_world *world);

/* The actor tells of an event that some action waits for. */
void snap_watch_event(struct snap_actor *actor, const struct snap_event *event);

/* The JobManager sends the action to all whom it concerns. */
void snap_watch_tell(struct snap_world *world, uint64_t index);

/* Takes note of an action's mail: puts the next one of its kind into the inbox. Returns whether
 * this one is drawn. */
bool snap_watch_take_action(struct snap_actor *actor, const struct snap_mail *mail);

/* The actor is at a step. Returns whether a crash of itself strikes here: the caller performs it;
 * the action has been told of. */
bool snap_fault_strikes(struct snap_actor *actor, const struct snap_fault_moment *moment);

#endif
