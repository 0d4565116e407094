// SPDX-License-Identifier: Apache-2.0
/*
 * timeline.h: what is to break or happen during a run, and when.
 *
 * - An action fires once, at an instant (`when` is SNAP_WHEN_TIME) or at the first trace event that
 *   matches, plus `delay_ns`. On an event it takes effect one control latency later at the
 *   earliest: nothing acts across tasks in zero time.
 * - An action that never fired, or whose subtask was not running then, is `unfired` in the summary,
 *   which is not as expected unless `optional`.
 */
#ifndef SNAP_MODEL_TIMELINE_H
#define SNAP_MODEL_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/checkpoint.h"
#include "model/event.h"

enum snap_action_kind {
    SNAP_ACTION_CRASH,                 /* subtask */
    SNAP_ACTION_DECLINE,               /* subtask, checkpoint */
    SNAP_ACTION_FAIL_STORAGE,          /* duration */
    SNAP_ACTION_SLOW_STORAGE,          /* duration, factor */
    SNAP_ACTION_CHECKPOINT,            /* snapshot kind: full or as configured */
    SNAP_ACTION_SAVEPOINT,             /* savepoint */
    SNAP_ACTION_STOP_WITH_SAVEPOINT,   /* savepoint; snapshot kind: suspend or terminate (drain) */
    SNAP_ACTION_CANCEL_WITH_SAVEPOINT, /* savepoint */
    SNAP_ACTION_RESTART_FROM,          /* savepoint, restart */
};

/* state of savepoints. Flink: SavepointFormatType. */
enum snap_savepoint_format { SNAP_SAVEPOINT_CANONICAL, SNAP_SAVEPOINT_NATIVE };

struct snap_job;

/* The job that RESTART_FROM starts. Splits of a source that the first job has, too, keep their ids
 * and their number. */
struct snap_restart {
    struct snap_job *job;    /* constant once read */
    bool allow_non_restored; /* state that no operator takes is dropped */
};

/* Which event an action waits for; fields that are SNAP_ANY match all. */
#define SNAP_ANY INT64_MIN

struct snap_event_pattern {
    enum snap_event_type type;
    int64_t checkpoint; /* or SNAP_ANY */
    int64_t actor;      /* task or JobManager's actor id, or SNAP_ANY */
};

struct snap_action {
    bool on_event;
    snap_ns at_ns; /* when not on_event */
    struct snap_event_pattern pattern;
    snap_ns delay_ns;
    bool optional;
    enum snap_action_kind kind;
    uint32_t operator_index; /* the operator named; its vertex' subtask is meant */
    uint32_t subtask;
    snap_checkpoint_id checkpoint;
    enum snap_snapshot_kind snapshot_kind;
    snap_ns duration_ns;
    double factor;
    const char *savepoint; /* its name */
    enum snap_savepoint_format format;
    const struct snap_restart *restart;
    const char *text; /* as written, for messages: "crash counts[1] at 1.2 s" */
    uint32_t line;    /* in the scenario file */
};

struct snap_timeline {
    const struct snap_action *actions;
    uint32_t count;
};

#endif
