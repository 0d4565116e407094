// SPDX-License-Identifier: Apache-2.0
/*
 * job_manager.h: the actor that deploys tasks, coordinates checkpoints and restarts what failed.
 *
 * - It acts on mails and timers only and decides nothing itself: the checkpoint coordinator and
 *   the restart strategy do; it performs their actions.
 * - A region is all tasks connected by channels: it fails and restarts as a whole. All tasks of a
 *   region are in the same attempt.
 * - It also is the storage (storage_model.h), and tells actions of the timeline to go ahead.
 * - Snapshots that were acknowledged belong to it until the coordinator discards them.
 * Flink: JobMaster, DefaultScheduler, RestartPipelinedRegionFailoverStrategy, Execution.
 */
#ifndef SNAP_JOBMANAGER_JOB_MANAGER_H
#define SNAP_JOBMANAGER_JOB_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/coordinator.h"
#include "protocol/restart_strategy.h"
#include "protocol/stop_with_savepoint.h"
#include "jobmanager/storage_model.h"
#include "actor/world.h"

/* What it knows of a task: late by one latency. */
struct snap_known_task {
    enum snap_task_status status;
    uint32_t region;
};

struct snap_region {
    uint32_t attempt;
    uint32_t task_first; /* in region_tasks */
    uint32_t task_count;
    uint32_t canceling; /* tasks that have not confirmed their end yet */
    bool restarting;
    snap_ns restart_ns; /* not before this */
};

/* What is to be done once the coordinator's actions are performed. */
enum snap_after_savepoint {
    SNAP_AFTER_NOTHING,
    SNAP_AFTER_CANCEL,   /* the savepoint is there: cancel the job */
    SNAP_AFTER_RESUME,   /* it came to nothing: checkpoints go on */
    SNAP_AFTER_FAILOVER, /* it is there but not all tasks finished: everything restarts */
};

/* A stop or a cancellation with a savepoint that is under way; one at a time. */
struct snap_ending {
    bool active;
    uint64_t request; /* action of the timeline */
    bool stopping;    /* else cancelling */
    struct snap_stop_with_savepoint stop;
    enum snap_after_savepoint after;
};

/* A write to the storage that came to its end while its task was alive. */
struct snap_stored_write {
    uint32_t task;
    uint64_t request;
};

/* A rule about messages that is in force while some are left and it is not over. */
struct snap_rule_state {
    uint32_t left;
    snap_ns until_ns;
};

struct snap_job_manager {
    struct snap_actor actor; /* must stay first */
    struct snap_coordinator coordinator;
    struct snap_restart_strategy restart;
    struct snap_storage_model storage;
    struct snap_plan_graph graph;
    struct snap_rng rng;
    enum snap_job_status status;
    snap_ns ended_ns;             /* SNAP_NEVER while the job is not over */
    bool store_closed;            /* what was retained is among the run's savepoints */
    snap_checkpoint_id savepoint; /* the newest one that is complete, 0 if there is none */
    bool took_none; /* at its end the newest checkpoint was the one that it had started from */
    bool has_none;  /* at its end there was not even that */
    struct snap_known_task *tasks;
    uint32_t running_count; /* of them */
    uint32_t finished_count;
    struct snap_region *regions;
    uint32_t region_count;
    uint32_t restarting_count; /* of them */
    uint32_t *region_tasks;    /* those of each region in a row, ascending */
    bool files_failed;         /* snapshots cannot be written: the job cannot go on */
    struct snap_ending ending;
    uint32_t restart_action;   /* RESTART_FROM that waits for the end; or SNAP_NO_INDEX */
    snap_ns restart_cancel_ns; /* when it cancelled the job; SNAP_NEVER: it did not */
    uint32_t failing_left;     /* FAILING: tasks that have not ended yet */
    uint32_t *file_groups;     /* by task: who shares a file for data in flight */
    uint32_t file_group_count;
    snap_checkpoint_id *files_opened; /* by group: the newest checkpoint with a file of it */
    struct snap_stored_write *stored; /* see job_sabotage.h; world arena */
    uint32_t stored_count;
    uint32_t stored_capacity;
    bool lost;                     /* it is gone: what comes for it is dropped */
    bool dying;                    /* it goes when the coordinator's actions were looked through */
    snap_ns takeover_ns;           /* when its successor takes over; SNAP_NEVER: no such */
    struct snap_rule_state *rules; /* by action: what is done to messages now */
    enum snap_failure_cause cause; /* why the job failed */
    struct snap_error error;       /* what an operator said, if it was its fault */
};

void snap_job_manager_init(struct snap_job_manager *jm, struct snap_world *world);
void snap_job_manager_fini(struct snap_job_manager *jm);

/* Runs it up to its horizon. */
void snap_job_manager_step(struct snap_job_manager *jm);

/* Starts the job at instant 0: all tasks are deployed. */
void snap_job_manager_start(struct snap_job_manager *jm);

/* Returns what a restart would start from now; NULL: from nothing. */
const struct snap_checkpoint_record *snap_job_manager_latest(const struct snap_job_manager *jm);

/* job_restart.c: what happens when a task or the job fails. */
void snap_job_manager_build_regions(struct snap_job_manager *jm);
void snap_job_manager_task_failed(struct snap_job_manager *jm, uint32_t task,
                                  enum snap_failure_cause cause);
void snap_job_manager_task_ended(struct snap_job_manager *jm, uint32_t task);
void snap_job_manager_fail_job(struct snap_job_manager *jm,
                               const struct snap_coordinator_action *action);
void snap_job_manager_stop_scheduler(struct snap_job_manager *jm);
void snap_job_manager_restart_due(struct snap_job_manager *jm);
snap_ns snap_job_manager_next_restart(const struct snap_job_manager *jm);
void snap_job_manager_deploy(struct snap_job_manager *jm, uint32_t region,
                             const struct snap_checkpoint_record *from);
void snap_job_manager_set_status(struct snap_job_manager *jm, enum snap_job_status status);
/* What is known of the task changes. */
void snap_job_manager_set_task(struct snap_job_manager *jm, uint32_t task,
                               enum snap_task_status status);

/* Cancels everything; the job is CANCELED when all tasks have ended. */
void snap_job_manager_cancel(struct snap_job_manager *jm);
/* Restarts everything for a reason that is no task's. */
void snap_job_manager_fail_globally(struct snap_job_manager *jm, enum snap_failure_cause cause);

/* job_savepoint.c: savepoints, stop and cancel with savepoint, restart from one. */
void snap_job_manager_take_savepoint_action(struct snap_job_manager *jm, uint64_t index);
void snap_job_manager_keep_savepoint(struct snap_job_manager *jm,
                                     const struct snap_checkpoint_record *record);
void snap_job_manager_request_done(struct snap_job_manager *jm,
                                   const struct snap_coordinator_action *action);
void snap_job_manager_ending_task(struct snap_job_manager *jm, enum snap_task_status status);
void snap_job_manager_end_savepoints(struct snap_job_manager *jm);

/* The JobManager is gone: all regions restart at the takeover, whatever the restart strategy says;
 * SNAP_NEVER: the job ends. */
void snap_job_manager_lose_master(struct snap_job_manager *jm, snap_ns takeover_ns);

/* job_channel_files.c: files for data in flight. */
void snap_job_manager_group_files(struct snap_job_manager *jm);
/* The task writes data in flight; returns whether the file it goes to is open already. */
bool snap_job_manager_joins_file(struct snap_job_manager *jm, uint32_t task,
                                 snap_checkpoint_id checkpoint);
void snap_job_manager_tell_files(struct snap_job_manager *jm,
                                 const struct snap_checkpoint_record *record);

/* job_files.c: the files of a snapshot, written before its last acknowledgement counts. Returns
 * whether it counts: if not, the checkpoint was declined and the state given back. */
bool snap_job_manager_write_files(struct snap_job_manager *jm, snap_checkpoint_id checkpoint,
                                  const struct snap_task_ack *ack);
/* The task could not be restored: tells the user what is wrong with its files, if it has some. */
void snap_job_manager_tell_damage(struct snap_job_manager *jm, uint32_t task);
/* Fails the job for good if its snapshots cannot be written at all. */
void snap_job_manager_end_if_hopeless(struct snap_job_manager *jm);

/* job_faults.c: what the timeline does to it and to the storage. */
void snap_job_manager_take_action(struct snap_job_manager *jm, const struct snap_mail *mail);
void snap_job_manager_crash(struct snap_job_manager *jm);
/* It is at a step; returns whether the timeline wants it to crash there: the caller sees to it. */
bool snap_job_manager_crashes_at(struct snap_job_manager *jm,
                                 const struct snap_fault_moment *moment);
void snap_job_manager_take_over_due(struct snap_job_manager *jm);

/* job_messages.c: acknowledgements and notifications that the timeline tampers with. */
void snap_job_manager_start_rule(struct snap_job_manager *jm, uint32_t index);
void snap_job_manager_hear_ack(struct snap_job_manager *jm, struct snap_mail *mail);
/* Sends a mail with what `like` holds to the task. */
void snap_job_manager_send_like(struct snap_job_manager *jm, const struct snap_mail *like,
                                uint32_t task);
/* The same with a notification, or has it lost, late or twice. */
void snap_job_manager_notify(struct snap_job_manager *jm, const struct snap_mail *like,
                             uint32_t task);
void snap_job_manager_send_late(struct snap_job_manager *jm, const struct snap_mail *mail);

/* job_checkpoint.c: performs the actions of the coordinator's last event. */
void snap_job_manager_perform(struct snap_job_manager *jm);
void snap_job_manager_build_coordinator(struct snap_job_manager *jm);
void snap_job_manager_start_scheduler(struct snap_job_manager *jm);
void snap_job_manager_take_ack(struct snap_job_manager *jm, struct snap_mail *mail);
void snap_job_manager_take_decline(struct snap_job_manager *jm, const struct snap_mail *mail);
/* The job is over: its checkpoints are deleted, or retained for later executions. */
void snap_job_manager_retain(struct snap_job_manager *jm);
void snap_job_manager_close_store(struct snap_job_manager *jm);

#endif
