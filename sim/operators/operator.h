// SPDX-License-Identifier: Apache-2.0
/*
 * operator.h: the seam between operators and the runtimes.
 *
 * - A class is a constant table of functions; an instance is `instance_bytes` of zeroed memory of
 *   one attempt of one subtask. The task's own thread calls it, nobody else.
 * - An operator knows no clock, no channel, no task: records in, records out, state out and in.
 * - Three forms, exactly one is set: `produce` (sources), `transform` (at most one output per
 *   input, works in place over arrays: the fast form), `expand` (any number of outputs, one call
 *   per input).
 * - `world` memory outlives attempts (world_bytes, zeroed when the job starts): what a crash does
 *   not undo, such as the cursor of a source that cannot replay, or a list a reader already saw.
 * - A batch has timestamps and origins only if the job needs them: who looks at them says so by
 *   leaving `ignores_stamps` out.
 * - Optional functions may be NULL.
 */
#ifndef SNAP_OPERATORS_OPERATOR_H
#define SNAP_OPERATORS_OPERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/fs.h"
#include "model/checkpoint.h"
#include "model/job.h"
#include "model/observer.h"
#include "model/operator_rules.h"
#include "model/operator_type.h"
#include "model/string_pool.h"
#include "operators/emitter.h"
#include "state/operator_state.h"
#include "state/state_spec.h"

#define SNAP_FANOUT_UNKNOWN UINT32_MAX
#define SNAP_POSITION_AT_END UINT64_MAX

/* What an instance gets when it opens; everything is borrowed for the attempt. */
struct snap_operator_context {
    const struct snap_job *job;
    const struct snap_operator *op;
    uint32_t subtask;
    uint32_t attempt;       /* of the subtask, from 0 */
    uint32_t first_attempt; /* of this execution of the job; those of earlier ones lie below */
    uint64_t seed;
    bool checkpointing;               /* checkpoints are taken during the run */
    bool final_checkpoint;            /* and tasks wait for one at their end */
    snap_checkpoint_id savepoint;     /* the newest one of this execution, 0 if there is none */
    struct snap_arena *arena;         /* of the attempt */
    struct snap_string_pool *strings; /* world memory of this operator and subtask */
    void *world;                      /* class->world_bytes, world memory */
    struct snap_fs *fs;               /* where files go; NULL if the operator has no output path */
    const struct snap_operator_state *restored; /* NULL: starts empty */
    snap_checkpoint_id restored_checkpoint;     /* or SNAP_NO_CHECKPOINT */
    /* For hand_over alone: which execution begins, and which one took the snapshot that it goes
     * back to; SNAP_NO_INDEX: another run. */
    uint32_t execution;
    uint32_t taken_in;
    /* Sinks call this for what they take: fills kind, operator_index, subtask and at_ns itself. */
    void (*written)(void *task, const struct snap_batch *batch, uint64_t part);
    /* Sinks call this when parts were prepared or committed (SNAP_EVENT_SINK_*). */
    void (*sink_event)(void *task, const struct snap_event *event);
    /* Windows call this for what becomes of them: FIRED, LATE or CLEARED. `record` may be NULL. */
    void (*window_note)(void *task, enum snap_span_kind kind, const struct snap_window_note *note,
                        const struct snap_batch *record);
    /* Returns the task's processing time: when the record, mark or timer in work began. */
    snap_ns (*clock)(void *task);
    bool interrupts_timers;    /* a long run of timers of event time lets mails through */
    snap_ns auto_watermark_ns; /* pipeline.auto-watermark-interval; 0: none on its own */
    void *task;                /* first argument of these */
};

/* What an operator has to do with time, by its settings. */
struct snap_time_needs {
    bool event_time;  /* makes or uses watermarks: without such an operator nobody sends any */
    bool has_timers;  /* of processing time */
    bool arms_timers; /* a record may arm a timer of processing time, due at once in the worst case:
                       * its task runs records one at a time */
    uint32_t fanout_max; /* preset to the class's */
};

/* World memory of one subtask. */
struct snap_world_place {
    void *world;
    struct snap_string_pool *strings;
};

/* Who is told the lines of states: the state's name, and "key TAB value". */
struct snap_state_lines {
    void (*take)(void *to, const char *state, const char *line);
    void *to;
};

/* Output that another run had prepared, as it is found now. */
struct snap_prepared_file {
    const char *path; /* where it lies, or would */
    enum snap_part_phase phase;
};

struct snap_operator_class {
    struct snap_operator_type type; /* must stay first: the catalogue points here */
    struct snap_operator_rules rules;
    /* Makes the rules' masks sharper where the settings allow it. */
    void (*refine_rules)(const struct snap_operator *op, struct snap_operator_rules *rules);
    size_t instance_bytes;
    size_t world_bytes;
    uint32_t fanout_max; /* most outputs for one input; SNAP_FANOUT_UNKNOWN */
    /* It neither looks at timestamps and origins of records nor keeps whole records. Where all
     * operators of a job are so, and nobody watches records, there is no column of stamps. */
    bool ignores_stamps;
    /* What its states are for those who write and read them; NULL: it has none. */
    const struct snap_state_specs *states;
    /* In files records under way are their values alone, if this gives the key of a value; where it
     * returns false, or is NULL, they are pairs of key and value. */
    bool (*wire_key)(const struct snap_operator *op, union snap_value value, union snap_value *key);
    /* What the settings say of time; NULL: nothing. */
    void (*time_needs)(const struct snap_operator *op, struct snap_time_needs *needs);

    /* Prepares the zeroed instance. Errors: a file that cannot be opened or read. */
    bool (*open)(void *self, const struct snap_operator_context *context, struct snap_error *error);
    /* Releases what is not arena memory; called once, also after a crash of the subtask. */
    void (*close)(void *self);

    /* Sources: appends up to `max` records to the empty batch; stamps and lineage 0 included. */
    void (*produce)(void *self, struct snap_batch *out, uint32_t max);
    /* Sources: the instant from which the next record may leave; SNAP_NEVER after the last. */
    snap_ns (*next_due)(void *self);
    /* Sources: how many records from the next on may leave by `now_ns`, at most `max`. */
    uint32_t (*due_count)(void *self, snap_ns now_ns, uint32_t max);

    /* Sources: writes the keys of up to `max` records that come after the next `skip` ones, as far
     * as they are known ahead; returns how many. NULL: none are. Nothing else is written. */
    uint32_t (*foresee)(void *self, uint32_t skip, struct snap_pair *records, uint32_t max);

    /* Sources with one split a subtask, which keep their place by themselves: the offset in the
     * split that a restored subtask goes on with, or SNAP_POSITION_AT_END. NULL: its splits are
     * items of struct snap_split_item. */
    uint64_t (*restored_position)(const struct snap_operator_state *state);

    /* Operators that tell their inputs apart: what is handed over from now on, records and marks,
     * comes from this input. They have no input at first. */
    void (*set_input)(void *self, uint32_t input);
    void (*transform)(void *self, struct snap_batch *batch);
    void (*expand)(void *self, const struct snap_record *in, struct snap_emitter *out);

    /* Takes a mark; what it puts out goes on instead of the mark. NULL: marks are passed on. */
    void (*take_mark)(void *self, const struct snap_record *mark, struct snap_emitter *out);
    /* Returns when its next timer of processing time is due; SNAP_NEVER: it has none. */
    snap_ns (*timer_due)(void *self);
    /* Fires its timers that are due by now_ns; afterwards timer_due is later. */
    void (*fire)(void *self, snap_ns now_ns, struct snap_emitter *out);

    /* Whether it can take another record now; NULL: always. Flink: a full queue of
     * AsyncWaitOperator blocks the task. */
    bool (*has_room)(void *self);
    /* Whether outputs are still to come, from timers, of what it has taken; NULL: never. The end of
     * the data waits for them. Flink: BoundedOneInput.endInput. */
    bool (*has_results)(void *self);

    /* Writes what a snapshot of `checkpoint` holds into *out; memory from `arena` (the
     * snapshot's). A two-phase sink closes its part here. Errors: the sink cannot write. */
    bool (*snapshot)(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error);
    /* The checkpoint was confirmed. Errors: the sink cannot write. */
    bool (*notify_complete)(void *self, snap_checkpoint_id checkpoint, struct snap_error *error);
    /*
     * Between two executions of a job: `old` is one subtask of the operator there ever was, with
     * its world memory and what the savepoint has of it (restored, or NULL); `places` is the world
     * memory of the op->parallelism subtasks to come. Called for each old subtask.
     */
    void (*hand_over)(const struct snap_operator_context *old,
                      const struct snap_world_place *places);
    /* All input is used up; sinks without checkpointing make the rest visible here. */
    bool (*finish)(void *self, struct snap_error *error);

    /* Returns how many records were dropped as late, in all attempts; needs world memory only. */
    uint64_t (*late_dropped)(const void *world);

    /* Calls `entry` for each entry of keyed state, in a fixed order. */
    void (*each_state_entry)(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to);
    /* Calls `entry` for each entry that each_state_entry tells of right after a restore of `state`;
     * NULL: they are those of the first keyed state that is declared. */
    void (*base_entries)(const struct snap_operator *op, uint32_t subtask,
                         const struct snap_operator_state *state,
                         void (*entry)(void *to, union snap_value key, union snap_value value),
                         void *to);
    /* Calls `entry` for each key of each state that a shadow has, too: model/shadow.h. */
    void (*each_named_entry)(void *self, void (*entry)(void *to, const struct snap_named_entry *),
                             void *to);
    /* Writes what a snapshot would hold of state by key and timers, at any time and without any
     * effect, where `snapshot` is not like that; memory of the arena. NULL: `snapshot` is. */
    void (*show_keyed)(void *self, struct snap_arena *arena, struct snap_operator_state *out);
    /* Tells what else its state holds, a line of text each, in a fixed order. */
    void (*show_states)(void *self, const struct snap_state_lines *to);
    /* Sinks: calls `part` for each part of this subtask, as a reader finds it after the run; needs
     * world memory and files only, so `self` may be of a dead attempt or closed. */
    bool (*each_part)(const struct snap_operator_context *context,
                      void (*part)(void *to, const struct snap_sink_part *), void *to,
                      struct snap_error *error);
    /* Sinks: finds the file of an item of state that was read from a snapshot; memory of the arena.
     * False: the item does not say where it is. */
    bool (*find_prepared)(const struct snap_list_item *item, struct snap_arena *arena,
                          struct snap_prepared_file *file);
};

/* Returns the class of an operator of a job that was built with snap_operator_catalogue_get. */
const struct snap_operator_class *snap_operator_class_of(const struct snap_operator *op);

/* Returns the rules of this operator: those of its class, refined by its settings. */
struct snap_operator_rules snap_operator_rules_of(const struct snap_operator *op);

/* Returns the rules of all operators of the job, by index; memory of the arena. */
const struct snap_operator_rules *const *snap_operator_rules_of_job(const struct snap_job *job,
                                                                    struct snap_arena *arena);

/* Returns what this operator has to do with time. */
struct snap_time_needs snap_operator_time_needs(const struct snap_operator *op);

/* All types there are, for the scenario reader and `snapsim help operators`. */
const struct snap_operator_catalogue *snap_operator_catalogue_get(void);

#endif
