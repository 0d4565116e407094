// SPDX-License-Identifier: Apache-2.0
/*
 * request_decider.h: which request for a snapshot runs, waits or is refused.
 *
 * - Waiting requests stand in one order: savepoints first, then forced ones, then the user's
 *   before the timer's, then the older first.
 * - The decider keeps the queue only; what else it must know comes in with each question.
 * - One question starts at most one request and refuses at most two.
 * Owned by the coordinator; its thread only. Flink: CheckpointRequestDecider.
 */
#ifndef SNAP_PROTOCOL_REQUEST_DECIDER_H
#define SNAP_PROTOCOL_REQUEST_DECIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/checkpoint.h"
#include "model/failure_reason.h"

/* What the user's number of a request is when nobody waits for its outcome. */
#define SNAP_NO_REQUEST UINT64_MAX

enum { SNAP_QUEUED_REQUESTS_MAX = 1000, SNAP_DROPPED_MAX = 2 };

struct snap_trigger_request {
    uint64_t id; /* the requester's, or SNAP_NO_REQUEST */
    enum snap_snapshot_kind kind;
    bool periodic;     /* asked by the timer */
    bool forced;       /* runs past the limit of concurrent checkpoints */
    snap_ns asked_ns;  /* when it was asked for */
    uint64_t sequence; /* set by the decider: the order of submission */
};

struct snap_decider_limits {
    uint32_t concurrent_max;
    uint32_t queued_max;
    snap_ns min_pause_ns; /* between the last completion and a periodic request */
};

/* What a decision depends on beside the queue. */
struct snap_decider_situation {
    snap_ns now_ns;
    snap_ns last_completion_ns;
    bool starting;     /* a request is in its starting phase */
    uint32_t pending;  /* started, not ended */
    uint32_t cleaning; /* old snapshots that wait for deletion */
};

struct snap_dropped_request {
    struct snap_trigger_request request;
    enum snap_failure_reason reason;
};

struct snap_decision {
    bool execute; /* `request` runs now */
    struct snap_trigger_request request;
    uint32_t dropped_count;
    struct snap_dropped_request dropped[SNAP_DROPPED_MAX];
    snap_ns retry_delay_ns; /* > 0: the periodic timer is to fire after this time */
};

struct snap_request_decider {
    struct snap_arena *arena; /* borrowed */
    struct snap_decider_limits limits;
    struct snap_trigger_request *queue; /* those taken off, then those that wait; arena */
    uint32_t taken;
    uint32_t queued;
    uint32_t capacity;
    uint64_t sequence_next;
};

/* Makes an empty decider whose queue lies in the arena (borrowed for its life). */
void snap_decider_init(struct snap_request_decider *decider, struct snap_arena *arena,
                       const struct snap_decider_limits *limits);

/* Takes a new request in, or refuses it, and decides what runs now. */
struct snap_decision snap_decider_submit(struct snap_request_decider *decider,
                                         const struct snap_trigger_request *request,
                                         const struct snap_decider_situation *situation);

/* Decides whether a waiting request runs now. */
struct snap_decision snap_decider_poll(struct snap_request_decider *decider,
                                       const struct snap_decider_situation *situation);

/* Takes the first waiting request off the queue, for refusing all; false if there is none. */
bool snap_decider_take_first(struct snap_request_decider *decider,
                             struct snap_trigger_request *request);

#endif
