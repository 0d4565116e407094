// SPDX-License-Identifier: Apache-2.0
/*
 * coordinator.h: the checkpoint coordinator, the machine that wires plan, decider, pending
 * checkpoints, failure manager and completed store.
 *
 * - One event comes in with its time; actions come out (snap_coordinator_actions). Times never go
 *   back. What an event sets going at the same instant (a queued request that now may start) is
 *   done within the event.
 * - Timers: the runtime calls advance when snap_coordinator_next_due comes.
 * - At most one request is in its starting phase: from its plan until its tasks are triggered.
 * - A record is in one place: pending, in the store, handed out for this event, or free. Ended
 *   records are used again: memory does not grow with the number of checkpoints.
 * - Of ended checkpoints only the last 16 that expired are remembered.
 * Owned by the JobManager side of the runtime; one thread. Flink: CheckpointCoordinator.
 */
#ifndef SNAP_PROTOCOL_COORDINATOR_H
#define SNAP_PROTOCOL_COORDINATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "protocol/checkpoint_plan.h"
#include "protocol/completed_store.h"
#include "protocol/coordinator_action.h"
#include "protocol/failure_manager.h"
#include "protocol/pending_checkpoint.h"
#include "protocol/request_decider.h"

enum { SNAP_EXPIRED_REMEMBERED = 16 };

/* When the periodic scheduler fires first after it was started again. */
enum snap_start_rule {
    SNAP_START_PAUSE_LATER, /* first start: the delay drawn; later: the minimum pause. Flink 2.3 */
    SNAP_START_DRAW_ALWAYS, /* the delay drawn. Flink 1.20 */
};

struct snap_coordinator_config {
    const struct snap_plan_graph *graph; /* borrowed for life */
    uint32_t operator_coordinators;
    snap_ns interval_ns;         /* SNAP_NEVER: no periodic checkpoints */
    snap_ns interval_backlog_ns; /* while a source has backlog; SNAP_NEVER: none then */
    snap_ns min_pause_ns;
    snap_ns timeout_ns;
    snap_ns aligned_timeout_ns; /* with unaligned: 0 = unaligned at once */
    uint32_t concurrent_max;
    uint32_t queued_max; /* 0: SNAP_QUEUED_REQUESTS_MAX */
    uint32_t tolerable;  /* failures in a row, or SNAP_TOLERABLE_UNLIMITED */
    enum snap_checkpointing_mode mode;
    bool unaligned;
    bool after_tasks_finish;
    enum snap_start_rule start_rule;
    struct snap_store_config store;
    snap_checkpoint_id first_id; /* 0: 1 */
};

struct snap_timer {
    bool armed;
    snap_ns due_ns;
    uint64_t order; /* timers due at the same time fire in the order they were set */
};

enum snap_deferred_kind {
    SNAP_DEFERRED_POLL,        /* ask the decider */
    SNAP_DEFERRED_START,       /* go on with the starting phase of a request */
    SNAP_DEFERRED_START_FAILED /* end a starting phase that failed */
};

/* Work that an event leaves for right after it. */
struct snap_deferred {
    enum snap_deferred_kind kind;
    struct snap_trigger_request request; /* START */
    uint64_t order;
    snap_ns due_ns;
    struct snap_checkpoint_failure failure; /* START_FAILED */
};

struct snap_coordinator {
    struct snap_arena *arena; /* borrowed; world memory */
    struct snap_coordinator_config config;
    snap_ns now_ns;
    bool shut_down;

    enum snap_plan_state *task_states; /* per task */
    uint32_t *attempts;
    snap_checkpoint_id next_id;
    snap_ns last_completion_ns;
    bool force_full;      /* after NO_CLAIM, until a checkpoint is stored */
    bool storage_failing; /* metadata cannot be written now */

    bool starting;                                  /* a request is in its starting phase */
    struct snap_checkpoint_record *starting_record; /* NULL: none, or it was aborted */
    struct snap_record_list pending;                /* in the order of ids */
    struct snap_record_list retired; /* ended in this event; actions may point to them */
    struct snap_record_list unused;
    snap_checkpoint_id expired[SNAP_EXPIRED_REMEMBERED];
    uint32_t expired_count;

    struct snap_request_decider decider;
    struct snap_failure_manager failures;
    struct snap_completed_store store;

    bool scheduler_running;
    bool scheduler_was_started;
    struct snap_timer periodic;
    snap_ns periodic_next_ns; /* planned firing; SNAP_NEVER: none */
    uint64_t order_next;
    uint32_t *backlog; /* sources that report backlog; arena */
    uint32_t backlog_count;
    uint32_t backlog_capacity;

    struct snap_deferred *deferred; /* first in, first out; arena */
    uint32_t deferred_first;
    uint32_t deferred_count;
    uint32_t deferred_capacity;

    uint64_t submitting; /* the request being submitted, or SNAP_NO_REQUEST */
    bool submit_refused; /* it has failed already, with this reason */
    enum snap_failure_reason submit_reason;

    struct snap_coordinator_action *actions; /* of the last event; arena */
    uint32_t action_count;
    uint32_t action_capacity;
};

/* A task's state and attempt number as the scheduler side sees it. */
struct snap_task_report {
    uint32_t task;
    uint32_t attempt;
    enum snap_plan_state state;
};

struct snap_task_decline {
    snap_checkpoint_id checkpoint;
    uint32_t task;
    enum snap_failure_reason reason;
};

/* An operator coordinator's answer to OPERATOR_SNAPSHOT. */
struct snap_operator_answer {
    snap_checkpoint_id checkpoint;
    uint32_t coordinator;
    bool failed;
    enum snap_failure_reason reason; /* if failed: TRIGGER_CHECKPOINT_FAILURE or IO_EXCEPTION */
    void *state;                     /* else: its state, or NULL */
};

/* execution.state-recovery.claim-mode. */
enum snap_claim_mode { SNAP_CLAIM, SNAP_NO_CLAIM, SNAP_CLAIM_LEGACY };

/* A snapshot that the job starts from, with the states as assigned to its tasks. */
struct snap_restored_snapshot {
    snap_checkpoint_id id;
    enum snap_snapshot_kind kind;
    enum snap_claim_mode claim;
    snap_ns created_ns;
    void *const *task_states; /* per task; handles borrowed until discarded */
    const uint32_t *finished; /* tasks that start as finished */
    uint32_t finished_count;
    void *const *operator_states; /* per operator coordinator */
};

/*
 * Brings the values into Flink's bounds: pause at most a year, interval at least the pause, backlog
 * interval below 10 ms = never. Flink: CheckpointCoordinatorConfiguration.
 */
void snap_coordinator_config_normalise(struct snap_coordinator_config *config);

/* Makes a coordinator of a job whose tasks all do not run yet. The arena is borrowed for life. */
void snap_coordinator_init(struct snap_coordinator *coordinator, struct snap_arena *arena,
                           const struct snap_coordinator_config *config);

/* Returns the actions of the last event and their number; valid until the next event. */
const struct snap_coordinator_action *
snap_coordinator_actions(const struct snap_coordinator *coordinator, uint32_t *count);

/* Returns when advance is to be called next, or SNAP_NEVER. */
snap_ns snap_coordinator_next_due(const struct snap_coordinator *coordinator);

/*
 * Runs all timers due up to now, in the order of their times. Called at the time of next_due, all
 * actions are of one time.
 */
void snap_coordinator_advance(struct snap_coordinator *coordinator, snap_ns now_ns);

/*
 * Runs at most one timer due up to now; false if none was. For runtimes that have events of their
 * own between timers of the same time.
 */
bool snap_coordinator_advance_one(struct snap_coordinator *coordinator, snap_ns now_ns);

/*
 * Starts the periodic scheduler; `drawn_delay_ns` is used as config.start_rule says. One that runs
 * is stopped first, as snap_coordinator_stop_scheduler does; if none runs, what is pending or
 * queued goes on. Flink: CheckpointCoordinator.startCheckpointScheduler.
 */
void snap_coordinator_start_scheduler(struct snap_coordinator *coordinator, snap_ns now_ns,
                                      snap_ns drawn_delay_ns);

/* Stops it; all that is pending or queued fails with CHECKPOINT_COORDINATOR_SUSPEND. */
void snap_coordinator_stop_scheduler(struct snap_coordinator *coordinator, snap_ns now_ns);

/*
 * Ends the coordinator for good; all fails with CHECKPOINT_COORDINATOR_SHUTDOWN. The periodic timer
 * stays armed and its requests fail the same way, until the owner no longer lets it run.
 * Flink: CheckpointCoordinator.shutdown.
 */
void snap_coordinator_shutdown(struct snap_coordinator *coordinator, snap_ns now_ns);

/*
 * The JobManager is gone, and another one begins: only the completed store and the counter of ids
 * outlive it. What is pending fails with CHECKPOINT_COORDINATOR_SHUTDOWN; what the actions would
 * tell the tasks never leaves. Flink: what HighAvailabilityServices keep.
 */
void snap_coordinator_change_master(struct snap_coordinator *coordinator, snap_ns now_ns);

/* Empties the completed store at the end of the job, deleting as retention says. */
void snap_coordinator_close_store(struct snap_coordinator *coordinator, snap_ns now_ns,
                                  enum snap_job_end end);

/* A user asks for a snapshot; `request` comes back in REQUEST_DONE. */
void snap_coordinator_trigger(struct snap_coordinator *coordinator, snap_ns now_ns,
                              enum snap_snapshot_kind kind, uint64_t request);

/* Returns whether the checkpoint was started and has neither completed nor been given up. */
bool snap_coordinator_is_pending(const struct snap_coordinator *coordinator,
                                 snap_checkpoint_id checkpoint);

/* Returns whether the acknowledgement is the last one that the checkpoint waits for. */
bool snap_coordinator_would_complete(const struct snap_coordinator *coordinator,
                                     snap_checkpoint_id checkpoint,
                                     const struct snap_task_ack *ack);

/*
 * A task acknowledges a checkpoint. Returns whether the checkpoint is pending, or among those that
 * expired lately. The state belongs to the coordinator from now on, unless it is a
 * duplicate or comes after the shutdown.
 */
bool snap_coordinator_ack(struct snap_coordinator *coordinator, snap_ns now_ns,
                          snap_checkpoint_id checkpoint, const struct snap_task_ack *ack);

/* A task declines a checkpoint: it is aborted with that reason. */
void snap_coordinator_decline(struct snap_coordinator *coordinator, snap_ns now_ns,
                              const struct snap_task_decline *decline);

/* An operator coordinator has taken its snapshot, or could not. */
void snap_coordinator_operator_done(struct snap_coordinator *coordinator, snap_ns now_ns,
                                    const struct snap_operator_answer *answer);

/* A task runs, has finished, or no longer runs. Gives no actions. */
void snap_coordinator_task_status(struct snap_coordinator *coordinator, snap_ns now_ns,
                                  const struct snap_task_report *status);

/* A source begins or ends to work off a backlog. No type of source here reports one, and
 * interval-during-backlog acts on none: they are for those who hold the schedule against Flink's.
 */
void snap_coordinator_backlog_begins(struct snap_coordinator *coordinator, snap_ns now_ns,
                                     uint32_t source);
void snap_coordinator_backlog_ends(struct snap_coordinator *coordinator, snap_ns now_ns,
                                   uint32_t source);

/* From now on metadata cannot be written: what completes fails with FINALIZE_CHECKPOINT_FAILURE. */
void snap_coordinator_storage_fails(struct snap_coordinator *coordinator, snap_ns now_ns);

/* Metadata can be written again. */
void snap_coordinator_storage_recovers(struct snap_coordinator *coordinator, snap_ns now_ns);

/* Aborts everything pending, e.g. with JOB_FAILOVER_REGION before a restart. */
void snap_coordinator_abort_pending(struct snap_coordinator *coordinator, snap_ns now_ns,
                                    enum snap_failure_reason reason);

/* Aborts with TASK_FAILURE what the failed task has not acknowledged. */
void snap_coordinator_fail_unacknowledged(struct snap_coordinator *coordinator, snap_ns now_ns,
                                          uint32_t task);

/*
 * Everything restarts: returns the snapshot to restore from (borrowed until the next event that can
 * drop it), or NULL, and resets all operator coordinators to it, or to empty.
 */
const struct snap_checkpoint_record *
snap_coordinator_restore_global(struct snap_coordinator *coordinator, snap_ns now_ns);

/* Some tasks restart: the same, but operator coordinators go on as they are. */
const struct snap_checkpoint_record *
snap_coordinator_restore_region(struct snap_coordinator *coordinator, snap_ns now_ns);

/* The job starts from a snapshot: it becomes the first in the store, ids go on after it. */
void snap_coordinator_adopt(struct snap_coordinator *coordinator, snap_ns now_ns,
                            const struct snap_restored_snapshot *snapshot);

#endif
