// SPDX-License-Identifier: Apache-2.0
/*
 * timeline.h: what is to break or happen during a run, and when.
 *
 * - An action fires at an instant, or at the first trace event or step that matches, plus
 *   `delay_ns`. `every_ns`, `times` and `probability` make it fire more often, or by chance; each
 *   chance is drawn from (seed, action, occasion) alone, so that nothing else shifts.
 * - On an event it takes effect one control latency later at the earliest: nothing acts across
 *   tasks in zero time. Only a crash of the one who takes a step (fault_point.h) strikes there.
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
#include "model/fault_point.h"
#include "model/job.h"

enum snap_action_kind {
    SNAP_ACTION_CRASH,              /* subtask */
    SNAP_ACTION_CRASH_TASK_MANAGER, /* task_manager, duration until it is noticed */
    SNAP_ACTION_CRASH_JOB_MANAGER,
    SNAP_ACTION_DECLINE,               /* subtask, checkpoint */
    SNAP_ACTION_LOSE,                  /* message */
    SNAP_ACTION_DELAY,                 /* message, by */
    SNAP_ACTION_DUPLICATE,             /* message, by */
    SNAP_ACTION_FAIL_STORAGE,          /* duration */
    SNAP_ACTION_SLOW_STORAGE,          /* duration, factor */
    SNAP_ACTION_STALL_STORAGE,         /* duration */
    SNAP_ACTION_FILL_STORAGE,          /* duration */
    SNAP_ACTION_CORRUPT,               /* subtask, checkpoint, damage */
    SNAP_ACTION_PAUSE,                 /* subtask, duration */
    SNAP_ACTION_PAUSE_LINK,            /* subtask and whom it sends to, duration */
    SNAP_ACTION_SPEED,                 /* subtask, duration, factor */
    SNAP_ACTION_SPEED_LINK,            /* subtask and whom it sends to, duration, factor */
    SNAP_ACTION_CHECKPOINT,            /* snapshot kind: full or as configured */
    SNAP_ACTION_SAVEPOINT,             /* savepoint */
    SNAP_ACTION_STOP_WITH_SAVEPOINT,   /* savepoint; snapshot kind: suspend or terminate (drain) */
    SNAP_ACTION_CANCEL_WITH_SAVEPOINT, /* savepoint */
    SNAP_ACTION_RESTART_FROM,          /* savepoint or checkpoint, restart */
};

/* A checkpoint to start from: the newest one that was retained. */
#define SNAP_LATEST_CHECKPOINT ((snap_checkpoint_id)0)

/* state of savepoints. Flink: SavepointFormatType. */
enum snap_savepoint_format { SNAP_SAVEPOINT_CANONICAL, SNAP_SAVEPOINT_NATIVE };

/* The job that RESTART_FROM starts. Splits of a source that the first job has, too, keep their ids
 * and their number. */
struct snap_restart {
    struct snap_job *job;    /* constant once read */
    bool allow_non_restored; /* state that no operator takes is dropped */
};

/* Messages of the checkpoint protocol that can be tampered with. */
enum snap_message {
    SNAP_MESSAGE_ACK,                /* of a subtask: it has taken its snapshot */
    SNAP_MESSAGE_NOTIFICATION,       /* to a subtask: the checkpoint is complete */
    SNAP_MESSAGE_ABORT_NOTIFICATION, /* to a subtask: the checkpoint was given up */
    SNAP_MESSAGE_COUNT,
};

/* "ack", "notification", ...: how a scenario names it. */
const char *snap_message_name(enum snap_message message);

/* Which messages an action means, and what becomes of them. */
struct snap_message_rule {
    enum snap_message message;
    uint32_t task;       /* of that task, or SNAP_NO_INDEX: of any */
    int64_t checkpoint;  /* or SNAP_ANY */
    uint32_t count;      /* so many of them, or SNAP_TIMES_UNLIMITED */
    snap_ns duration_ns; /* only for so long, or SNAP_NEVER */
    snap_ns by_ns;       /* how late it is, or its second copy */
};

/* Which event or step an action waits for; fields that are SNAP_ANY match all. */
#define SNAP_ANY INT64_MIN

struct snap_event_pattern {
    enum snap_event_type type; /* SNAP_EVENT_COUNT: a step, which is not in the trace */
    enum snap_fault_step step;
    enum snap_fault_side side;
    uint32_t actor;         /* who tells of it: a task, or the JobManager */
    int64_t number;         /* value of the argument `number_arg`, mostly the checkpoint */
    int64_t subject;        /* the subtask it is about, where that is not the actor */
    int64_t status;         /* of a change of status */
    int64_t operator_index; /* where several of one subtask may tell of it */
    uint32_t number_arg;
};

#define SNAP_TIMES_UNLIMITED UINT32_MAX
#define SNAP_PROBABILITY_ONE 1000000000

struct snap_action {
    /* Of which job operators, tasks and TaskManagers are named; NULL: of the run's first job. */
    const struct snap_job *job;
    bool absent; /* this job has nobody whom it concerns */
    bool on_event;
    snap_ns at_ns; /* when not on_event */
    struct snap_event_pattern pattern;
    snap_ns delay_ns;
    snap_ns every_ns;     /* not on_event: again after so long; 0: once */
    uint32_t times;       /* at most so often, or SNAP_TIMES_UNLIMITED */
    uint32_t probability; /* of each occasion, in parts of SNAP_PROBABILITY_ONE */
    bool optional;
    enum snap_action_kind kind;
    uint32_t operator_index; /* the operator named; its vertex' subtask is meant */
    uint32_t subtask;
    uint32_t task_manager;
    uint32_t receiver; /* PAUSE_LINK, SPEED_LINK: task, or SNAP_NO_INDEX: all it sends to */
    struct snap_message_rule rule;
    snap_checkpoint_id checkpoint;
    enum snap_stored_damage damage;
    enum snap_snapshot_kind snapshot_kind;
    snap_ns duration_ns;
    double factor;
    const char *savepoint; /* its name; RESTART_FROM: of what it starts from, as written */
    bool from_checkpoint;  /* RESTART_FROM: a retained one, `checkpoint` or the latest */
    enum snap_savepoint_format format;
    const struct snap_restart *restart;
    const char *text; /* as written, for messages: "crash counts[1] at 1.2 s" */
    uint32_t line;    /* in the scenario file */
};

struct snap_timeline {
    const struct snap_action *actions;
    uint32_t count;
};

/* Whether what a savepoint is called is a directory to write it to, a path or a file: URI, rather
 * than a name by which the run alone knows it. */
bool snap_savepoint_names_directory(const char *text);

/* Returns whom the action concerns: a task, or the JobManager's actor id. Of a TaskManager, its
 * first task. SNAP_NO_INDEX if it is absent. */
uint32_t snap_action_actor(const struct snap_action *action, const struct snap_job *job);

/* Whether it is about what goes through channels. */
bool snap_action_is_of_link(enum snap_action_kind kind);

/* Returns whether the task is one of those that the action is told to. */
bool snap_action_concerns(const struct snap_action *action, const struct snap_job *job,
                          uint32_t actor);

/* Returns the timeline of a run whose first job is `from` as job `to` has it: operators and tasks
 * by uid and number of the subtask. Memory of `arena`. */
struct snap_timeline snap_timeline_translate(const struct snap_timeline *timeline,
                                             const struct snap_job *from, const struct snap_job *to,
                                             struct snap_arena *arena);

/* Returns whether the draw of the occasion, counted from 0, lets the action fire. */
bool snap_action_is_drawn(const struct snap_action *action, uint64_t seed, uint32_t index,
                          uint64_t occasion);

#endif
