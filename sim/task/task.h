// SPDX-License-Identifier: Apache-2.0
/*
 * task.h: one subtask: Flink's mailbox loop over one chain, the same under every runtime.
 *
 * - A boundary is an instant between two records. At a boundary the task takes the mails that have
 *   arrived, then its due timers, then does one default action: a poll or a span of records.
 * - After a mail that took time (a synchronous part) one default action comes before further mails.
 * - While outputs of the last record are pending it takes only CREDIT, RESUME, CANCEL and ACTION.
 * - Memory: `arena` is the attempt's and dies with it; snapshots are their own arenas and pass on
 *   with the acknowledgement; what is in `slots` is world memory.
 * - busy + backpressured + idle + initializing + down + finished = elapsed, always.
 * Flink: StreamTask, MailboxProcessor.
 */
#ifndef SNAP_TASK_TASK_H
#define SNAP_TASK_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/barrier_handler.h"
#include "protocol/demultiplexer.h"
#include "protocol/gate_priority.h"
#include "protocol/partition_priority.h"
#include "protocol/watermark_inputs.h"
#include "task/chain.h"
#include "snapshot/increments.h"
#include "snapshot/task_snapshot.h"
#include "actor/world.h"

/* Where an attempt is on its way through its input. */
enum snap_input_phase {
    SNAP_INPUT_OPEN,  /* records come */
    SNAP_INPUT_DRY,   /* END_OF_DATA on all channels, operators have finished; barriers may come */
    SNAP_INPUT_ENDED, /* END_OF_PARTITION on all channels (sources: at once) */
};

/*
 * A snapshot on its way to the storage: operators' state is written as soon as it is taken, that of
 * channels when all of it is known. It may begin with the channels, before the task takes it. It
 * lies in the arena of the snapshot.
 */
struct snap_async_part {
    struct snap_async_part *next;
    struct snap_task_snapshot *snapshot;
    snap_ns started_ns;
    uint64_t request;         /* writes the operators' state; 0: nothing is being written */
    uint64_t channel_request; /* writes the channels' state; likewise */
    uint32_t outputs_open;    /* output channels that may still have to save something */
    bool inputs_open;         /* barriers are missing: input channels are being saved */
    bool taken;               /* the synchronous part is done */
    bool channels_written;    /* or being written, or there is nothing to write */
};

struct snap_task;

/* Returns the machine that the task is on. */
struct snap_machine snap_task_machine(const struct snap_task *task);

/* World memory of one operator of one subtask. */
struct snap_task_slot {
    struct snap_string_pool strings;
    void *world;
    struct snap_increments increments; /* rocksdb, incremental */
    bool moved;                        /* into the next execution: nothing is here any more */
};

/* How long things take for a while, in permille of what they are. */
struct snap_task_pace {
    int64_t permille; /* 1000: as they are */
    snap_ns until_ns;
    uint32_t to; /* links: to that task, or SNAP_NO_INDEX: to all */
};

enum { SNAP_ABORTED_REMEMBERED = 16 };

struct snap_task {
    struct snap_actor actor; /* must stay first */
    const struct snap_vertex *vertex;
    uint32_t subtask;
    struct snap_task_slot *slots; /* by place in the chain */

    /* The attempt. */
    uint32_t attempt;
    enum snap_task_status status;
    bool has_attempt; /* the memory below is alive */
    bool recovering;  /* still INITIALIZING: records that were in flight come first */
    snap_ns deployed_ns;
    struct snap_arena arena;
    struct snap_chain chain;
    struct snap_output output;
    struct snap_input input;
    struct snap_barrier_handler handler;
    struct snap_task_debloat *debloat;     /* NULL: its senders' buffers keep their size */
    struct snap_task_changelog *changelog; /* NULL: there is none */
    bool is_source;
    bool passes_mails;           /* see task_passed.h */
    bool deployed_finished;      /* the checkpoint it starts from says that it had finished */
    uint32_t *sender_offsets;    /* by gate: what makes a channel its sender's task id */
    uint32_t *receiver_channels; /* by outgoing channel: the receiver's number of it */
    snap_ns *arrived_ns;         /* likewise, when what was sent last arrives; NULL: as in order */
    struct snap_buffer *event_sent; /* the last one, which others like it share; may be NULL */
    struct snap_buffer *current;    /* being processed */
    uint32_t current_channel;
    struct snap_watermark_inputs watermarks; /* unused without event time */
    bool end_of_time_sent;                   /* sources: the last watermark */
    bool output_pending;
    snap_ns paused_until_ns; /* the timeline wants it to stand still until then */
    snap_ns work_until_ns;   /* a long record is in work until then; 0: none is */
    uint32_t step_spans;     /* in the step that goes on */
    snap_ns step_promise_ns; /* what was promised when the step began */
    bool must_act;           /* a mail took time: one default action before the next mails */
    const struct snap_task_snapshot *restore_from; /* borrowed from the JobManager */
    snap_checkpoint_id restored_checkpoint;        /* also if this task had finished by then */
    snap_checkpoint_id savepoint; /* the newest one when it was deployed, 0 if there was none */
    uint64_t restore_request;
    enum snap_stored_damage restore_damage; /* of what is read */
    struct snap_task_recovery *recovery;    /* see task_recovery.h; NULL: there is none */

    /* The end of input. */
    enum snap_input_phase phase;
    bool data_ending; /* no data comes any more, but operators have results to come */
    uint32_t data_ended_channels;
    uint32_t ended_channels;
    uint32_t unprocessed_channels;       /* receivers that have not processed all data */
    snap_checkpoint_id final_checkpoint; /* the first one after the end of data */
    enum snap_snapshot_kind stopped_by;  /* a stop savepoint ended the data; else CHECKPOINT */
    snap_checkpoint_id stop_savepoint;   /* that it stops for, or SNAP_NO_CHECKPOINT */
    struct snap_barrier stop_barrier;    /* of that, in a source */
    bool final_completed;

    /* Checkpoints. */
    snap_checkpoint_id last_triggered;
    snap_checkpoint_id aborted[SNAP_ABORTED_REMEMBERED];
    uint32_t aborted_next;
    struct snap_async_part *async_parts;
    struct snap_task_snapshot *unsettled; /* acknowledged; to be settled when the attempt ends */
    bool outputs_settled;                 /* a barrier has left an output; parts may be complete */
    snap_ns alignment_timer_ns;           /* SNAP_NEVER: not set */
    snap_checkpoint_id alignment_timer_checkpoint;
    snap_ns output_timer_ns; /* for barriers that wait in outputs; SNAP_NEVER: not set */
    snap_checkpoint_id output_timer_checkpoint;
    uint64_t requests;                     /* numbers requests to the storage */
    snap_checkpoint_id decline_checkpoint; /* the timeline wants this one declined */
    uint64_t decline_action;

    /* Gauges, if somebody wants them. */
    snap_ns metrics_due_ns; /* SNAP_NEVER: nobody does, or there is no more to tell */
    snap_ns metrics_told_ns;
    snap_ns metrics_times_ns[SNAP_TIME_USES]; /* up to there */

    /* Over all attempts. */
    struct snap_task_pace pace;
    struct snap_task_pace link;
    snap_ns fault_due_ns;    /* the next of both ends; SNAP_NEVER: none is in force */
    uint32_t machines_lost;  /* that had its TaskManager */
    snap_ns lost_until_ns;   /* its TaskManager is gone, and nobody has noticed before this */
    uint64_t lost_by;        /* the action that took it away */
    bool lost_fired;         /* that has met an attempt, and said so */
    struct snap_mail *early; /* for an attempt that is not deployed yet */
    struct snap_mail *early_tail;
    snap_ns accounted_ns;
    enum snap_time_use accounted_use; /* of the time up to there */
    snap_ns times_ns[SNAP_TIME_USES];
    uint64_t records_in;
    uint64_t records_out;
    uint64_t records_produced; /* by a source */
    uint64_t told_records;     /* of these, those that stints have told */
    uint64_t told_records_out;
    struct snap_error error; /* why an operator could not go on */
};

/* Sets up a task that is not deployed yet. */
void snap_task_init(struct snap_task *task, struct snap_world *world, uint32_t id);
void snap_task_fini(struct snap_task *task);

/* Runs the task up to its horizon. */
void snap_task_step(struct snap_task *task);

/* Accounts time up to the end of the run and emits the totals. */
void snap_task_close(struct snap_task *task, snap_ns at_ns);

/* task.c: the time since the last call was spent like this. */
void snap_task_account(struct snap_task *task, enum snap_time_use use, snap_ns until_ns);
/* The task's own thread stands still: nothing is taken, what was sent before goes on. */
void snap_task_stand_still(struct snap_task *task, snap_ns for_ns);
/* Virtual time: the task does something else until then, while its outputs go on. */
void snap_task_pass_time(struct snap_task *task, snap_ns until_ns);

/* task_mail.c: takes one mail; its holder is the task from then on. */
void snap_task_take_mail(struct snap_task *task, struct snap_mail *mail);
/* Takes the mails that have arrived, and priority items before any other mail; stops after what
 * took time: what has arrived meanwhile is not all known yet. Flink: CheckpointedInputGate. */
void snap_task_take_mails(struct snap_task *task);

/* task_io.c: sets up the ports of input and output for an attempt. */
void snap_task_build_io(struct snap_task *task);
void snap_task_connect(struct snap_task *task);
void snap_task_send_to_sender(struct snap_task *task, uint32_t channel, struct snap_mail *mail);
/* Returns who receives what goes over an outgoing channel. */
uint32_t snap_task_receiver(const struct snap_task *task, uint32_t channel);
void snap_task_tell_processed(struct snap_task *task, uint32_t channel);

/* task_marks.c: what follows from a mark of the current channel; outputs are staged. Each returns
 * what it cost. */
snap_ns snap_task_take_mark(struct snap_task *task, const struct snap_record *mark);
/* Tells of a mark that the task's channels, or an operator of it, gave. */
void snap_task_tell_mark(struct snap_task *task, const struct snap_record *mark);
/* A source has sent its last record: no event time is left. */
snap_ns snap_task_end_time(struct snap_task *task);
bool snap_task_has_to_end_time(const struct snap_task *task);
/* When timers of its operators fire next; SNAP_NEVER if none may. */
snap_ns snap_task_timer_due(const struct snap_task *task);
/* Tells how many records the task's operators dropped as late. */
void snap_task_tell_late(struct snap_task *task);
void snap_task_init_marks(struct snap_task *task);

/* task_items.c: takes one event from an input channel. */
void snap_task_take_item(struct snap_task *task, uint32_t channel, struct snap_buffer *item);
/* Tells the channel's sender to go on. */
void snap_task_resume_channel(void *context, uint32_t channel);
/* Takes all events that go ahead of data. Flink: CheckpointedInputGate.processPriorityEvents. */
void snap_task_take_priority_items(struct snap_task *task);
/* The alignment of the checkpoint has taken too long. */
void snap_task_alignment_timed_out(struct snap_task *task, snap_checkpoint_id checkpoint);
/* The coordinator wants a checkpoint that starts here. */
void snap_task_take_trigger(struct snap_task *task, const struct snap_barrier *barrier);
/* All records of a source were sent, or all channels delivered the end of data; or a stop savepoint
 * (task->stopped_by) ends it here. */
void snap_task_end_data(struct snap_task *task);
/* Finishes the attempt if nothing has to be awaited any more. */
void snap_task_finish_if_done(struct snap_task *task);

/* task_checkpoint.c. */
void snap_task_decline(struct snap_task *task, snap_checkpoint_id checkpoint,
                       enum snap_failure_reason reason);
void snap_task_checkpoint(struct snap_task *task, const struct snap_barrier_trigger *trigger);
/* The attempt begins with what the snapshot has, or NULL: what later checkpoints compare with. */
void snap_task_begin_increments(struct snap_task *task, const struct snap_task_snapshot *from);
void snap_task_abort_checkpoint(struct snap_task *task, snap_checkpoint_id checkpoint,
                                enum snap_failure_reason reason);
void snap_task_notify_complete(struct snap_task *task, snap_checkpoint_id checkpoint);
void snap_task_notify_aborted(struct snap_task *task, snap_checkpoint_id checkpoint);
struct snap_mail *snap_task_mail_to_job_manager(struct snap_task *task, enum snap_mail_kind kind);
void snap_task_send_to_job_manager(struct snap_task *task, struct snap_mail *mail);

/* task_parts.c: snapshots on their way to the storage. */
/* Returns the part of the checkpoint; NULL if there is none. */
struct snap_async_part *snap_task_find_part(const struct snap_task *task,
                                            snap_checkpoint_id checkpoint);
/* Begins a part with an empty snapshot. */
struct snap_async_part *snap_task_begin_part(struct snap_task *task, snap_checkpoint_id checkpoint);
/* Asks the storage to write; returns the number of the request. `checkpoint` is that of data in
 * flight, 0: it is none. */
uint64_t snap_task_ask_to_write(struct snap_task *task, int64_t bytes,
                                snap_checkpoint_id checkpoint);

/* The operators' state of the part was taken: writes it. The attempt may end here. */
void snap_task_write_part(struct snap_task *task, struct snap_async_part *part);
/* Something that the part waited for has come; acknowledges if that was all. */
void snap_task_settle_part(struct snap_task *task, struct snap_async_part *part);
/* Whether a snapshot waits for barriers to leave the outputs. */
bool snap_task_waits_for_outputs(const struct snap_task *task);
/* Barriers have left outputs: acknowledges what waited for that. */
void snap_task_settle_outputs(struct snap_task *task);
void snap_task_stored(struct snap_task *task, const struct snap_mail *mail);
void snap_task_drop_part(struct snap_task *task, snap_checkpoint_id checkpoint);
void snap_task_drop_async_parts(struct snap_task *task);
/* At the end of the attempt: acknowledged snapshots take along what they need of its memory. */
void snap_task_settle_snapshots(struct snap_task *task);

/* task_channels.c: in-flight data of unaligned checkpoints. */
/* A checkpoint is about to be triggered whose channels may have to be saved. */
void snap_task_init_channels(struct snap_task *task, const struct snap_barrier *barrier);
/* Saves what waits in the inputs; `captured` takes what comes later. */
void snap_task_capture_inputs(struct snap_task *task, snap_checkpoint_id checkpoint);
/* No more data of the inputs belongs to the checkpoint. */
void snap_task_inputs_done(struct snap_task *task, snap_checkpoint_id checkpoint);
/* Ports of the inputs and outputs. */
void snap_task_captured_input(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                              const struct snap_buffer *buffer);
void snap_task_captured_output(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                               const struct snap_buffer *buffer);
void snap_task_output_promised(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                               enum snap_output_promise what);
void snap_task_local_barrier_taken(void *context, uint32_t channel, snap_checkpoint_id checkpoint);
bool snap_task_may_capture(void *context, snap_checkpoint_id checkpoint);
/* Puts restored in-flight data back in front of everything else. */
void snap_task_recover_channels(struct snap_task *task, const struct snap_task_snapshot *from);

/* task_alignment.c: how long barriers may wait. */
void snap_task_set_alignment_timer(struct snap_task *task, snap_checkpoint_id checkpoint,
                                   snap_ns delay_ns);
void snap_task_set_output_timer(struct snap_task *task, const struct snap_barrier *barrier);
/* An abort of the checkpoint also ends what its outputs wait for. */
void snap_task_abort_outputs(struct snap_task *task, snap_checkpoint_id checkpoint);
/* Runs the timers that are due. */
void snap_task_run_alignment_timers(struct snap_task *task);
/* Returns when the next is due; they wait while the task is held. */
static inline snap_ns snap_task_alignment_due(const struct snap_task *task)
{
    return snap_ns_min(task->alignment_timer_ns, task->output_timer_ns);
}

/* task_debloat.c: see task_debloat.h. */
void snap_task_init_debloating(struct snap_task *task);

/* task_metrics.c: gauges once a second. */
void snap_task_start_metrics(struct snap_task *task);
/* Tells them; to be called when they are due. */
void snap_task_tell_metrics(struct snap_task *task);

/* task_faults.c: what the timeline does to a task. */
void snap_task_init_faults(struct snap_task *task);
void snap_task_take_action(struct snap_task *task, const struct snap_mail *mail);
/* Ends what is over, and applies what is in force to the attempt. */
void snap_task_settle_faults(struct snap_task *task);
/* Returns how long it takes from the departure to the arrival at the receiver; on real threads, how
 * long beyond what the machine takes. */
snap_ns snap_task_link_time(struct snap_task *task, uint32_t channel, snap_ns depart_ns,
                            snap_ns transmit_ns);
/* The task is at a step; returns whether the timeline let it crash there: its attempt is over. */
bool snap_task_crashes_at(struct snap_task *task, const struct snap_fault_moment *moment);

#define SNAP_TASK_CRASHES(task, side, step, checkpoint)                                            \
    ((task)->actor.world->watch.steps &&                                                           \
     snap_task_crashes_at((task), &(const struct snap_fault_moment){SNAP_STEP_##step, SNAP_##side, \
                                                                    (checkpoint), SNAP_NO_INDEX}))

/* task_life.c. */
/* It is gone without a word, which is noticed so much later. */
void snap_task_vanish(struct snap_task *task, snap_ns noticed_after_ns);
/* A deployment that reaches nobody, because the TaskManager is gone. */
void snap_task_deploy_lost(struct snap_task *task, const struct snap_mail *mail);
void snap_task_deploy(struct snap_task *task, const struct snap_mail *mail);
/* All restored state is there, and records that were in flight are processed: it runs. */
void snap_task_recovered(struct snap_task *task);
void snap_task_restore_read(struct snap_task *task, const struct snap_mail *mail);
void snap_task_cancel(struct snap_task *task);
void snap_task_fail(struct snap_task *task, enum snap_failure_cause cause);
void snap_task_set_status(struct snap_task *task, enum snap_task_status status,
                          enum snap_failure_cause cause);
/* Ends the attempt and frees its memory. */
void snap_task_release(struct snap_task *task);

/* Returns who sends over an incoming channel. */
static inline uint32_t snap_task_sender(const struct snap_task *task, uint32_t channel)
{
    return task->sender_offsets[task->input.channels[channel].gate] + channel;
}

/* Whether it is a source that may still send records. */
static inline bool snap_task_source_is_open(const struct snap_task *task)
{
    return task->is_source && task->phase == SNAP_INPUT_OPEN;
}

/* Returns when the outputs want to be called, whatever the task's own thread does. */
static inline snap_ns snap_task_output_timer(const struct snap_task *task)
{
    if (!task->has_attempt)
        return SNAP_NEVER;
    return snap_ns_min(task->output.flush_due_ns, snap_output_link_due(&task->output));
}

/* Records and most mails have to wait: outputs have no room, the task stands still, or a long
 * record is in work. */
static inline bool snap_task_is_held(const struct snap_task *task)
{
    return task->output_pending || task->paused_until_ns > task->actor.now_ns ||
           task->work_until_ns > 0;
}

/* Whether records or events may be taken at all now. */
static inline bool snap_task_may_act(const struct snap_task *task)
{
    return (task->status == SNAP_TASK_RUNNING || task->recovering) && !snap_task_is_held(task) &&
           snap_output_is_available(&task->output);
}

/* A savepoint stops the job: a source ends its data, whatever is left of it. */
static inline bool snap_task_is_stopped(const struct snap_task *task)
{
    return task->stopped_by != SNAP_KIND_CHECKPOINT;
}

static inline struct snap_task *snap_task_of(struct snap_actor *actor)
{
    return (struct snap_task *)actor;
}

#endif
