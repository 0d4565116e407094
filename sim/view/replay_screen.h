// SPDX-License-Identifier: Apache-2.0
/*
 * replay_screen.h: one instant of a recorded run as a text of 80 columns.
 *
 * - The job graph from the sources down, each subtask with a letter for what it does; the channels
 *   with what is in them, the next to be taken on the left; blocked channels; the checkpoint that
 *   is under way.
 * - Of many subtasks or channels the ones that matter (not empty, blocked) come first, and a line
 *   says how many more there are.
 */
#ifndef SNAP_VIEW_REPLAY_SCREEN_H
#define SNAP_VIEW_REPLAY_SCREEN_H

#include "base/text.h"
#include "trace/replay_state.h"

/* What the screen shows besides the state. */
struct snap_replay_place {
    const struct snap_event *event; /* the last one taken; NULL: none yet */
    uint32_t number;                /* of that event, from 1 */
    uint32_t count;                 /* events in the trace */
    const char *missed;             /* what there is none of behind it: "failure"; or NULL */
    snap_ns asked_ns;               /* the instant that was asked for, if the event is before it */
    enum snap_trace_level level;    /* of the trace */
};

void snap_replay_screen(struct snap_text *text, const struct snap_replay_state *state,
                        const struct snap_replay_place *place);

#endif
