// SPDX-License-Identifier: Apache-2.0
/*
 * oracles.h: the properties of a run that oracles watch over, one table, and what one of them says.
 *
 * - An oracle reads the events of a run and keeps books of its own; it never asks a machine. The
 *   code of each is one file in verify/.
 * - It holds, objects, or cannot judge this run; then it says why.
 */
#ifndef SNAP_MODEL_ORACLES_H
#define SNAP_MODEL_ORACLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

/* X(id, symbol, name, claim) */
#define SNAP_ORACLES(X)                                                                            \
    X(CUT, cut, "cut", "a completed checkpoint is a consistent cut")                               \
    X(CHANNELS, channels, "channels", "a checkpoint holds what its cut leaves in flight, once")    \
    X(TRIGGERS, triggers, "triggers", "a checkpoint that is triggered ends once, in one way")      \
    X(ACKS, acks, "acks", "a checkpoint completes when all that run have acknowledged it")         \
    X(DURABLE, durable, "durable", "a subtask acknowledges when its state is stored")              \
    X(COMMITS, commits, "commits", "no output is visible before its checkpoint is complete")       \
    X(NEWEST, newest, "newest", "a restart begins with the newest completed checkpoint")           \
    X(STATE, state, "state", "what is restored is what the snapshot took")                         \
    X(BUFFERS, buffers, "buffers", "buffers and credits are conserved on every channel")           \
    X(TIMES, times, "times", "the times of a subtask add up to the run's length")                  \
    X(STATUSES, statuses, "statuses", "subtasks change their status as Flink's do")                \
    X(PROGRESS, progress, "progress", "after the last fault the job makes progress")

#define SNAP_ORACLE_ENUM(id, symbol, name, claim) SNAP_ORACLE_##id,
enum snap_oracle_id { SNAP_ORACLES(SNAP_ORACLE_ENUM) SNAP_ORACLE_COUNT };
#undef SNAP_ORACLE_ENUM

const char *snap_oracle_name(enum snap_oracle_id id);
const char *snap_oracle_claim(enum snap_oracle_id id);

struct snap_oracle_result {
    bool judged;
    const char *why_not; /* it could not judge: a constant text, half a sentence; else NULL */
    uint64_t objections; /* 0 if not judged */
    snap_ns at_ns;       /* of the first objection */
    char first[320];     /* what it was, one sentence */
};

#endif
