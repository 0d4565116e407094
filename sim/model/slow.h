// SPDX-License-Identifier: Apache-2.0
/*
 * slow.h: what can make a checkpoint slow.
 */
#ifndef SNAP_MODEL_SLOW_H
#define SNAP_MODEL_SLOW_H

enum snap_slow {
    SNAP_SLOW_UNKNOWN,  /* too little is known */
    SNAP_SLOW_QUEUES,   /* the barrier waited behind data, hop by hop */
    SNAP_SLOW_SUBTASK,  /* one subtask lagged behind the others of its vertex */
    SNAP_SLOW_CHANNEL,  /* one input came long after the others */
    SNAP_SLOW_TRIGGER,  /* the source began late */
    SNAP_SLOW_STARTUP,  /* subtasks had not begun their work yet */
    SNAP_SLOW_HELD,     /* a subtask had the barrier and held it */
    SNAP_SLOW_RECOVERY, /* restored data had to be used up first */
    SNAP_SLOW_PAUSE,    /* a subtask stood still in a pause, as in a garbage collection */
    SNAP_SLOW_TURN,     /* a barrier that overtakes waited for its turn on the cores */
    SNAP_SLOW_SYNC,
    SNAP_SLOW_STORAGE,
    SNAP_SLOW_ACK,      /* the acknowledgement came late or never */
    SNAP_SLOW_DECLINED, /* a subtask declined */
    SNAP_SLOW_FAILOVER, /* the job failed, or ended, while it ran */
    SNAP_SLOW_COUNT,
};

/* "queues", "subtask", ...: how JSON and `expect` name it. */
const char *snap_slow_key(enum snap_slow slow);

#endif
