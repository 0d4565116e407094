// SPDX-License-Identifier: Apache-2.0
/*
 * snap_operator.h: the part of snap.h for types of operators that a program writes: operators,
 * sources and sinks, their state, timers and snapshots. Programs include snap.h.
 *
 * - Callbacks of one subtask never come at the same time; what they get is borrowed until they
 *   return.
 */
#ifndef SNAPSIM_SNAP_OPERATOR_H
#define SNAPSIM_SNAP_OPERATOR_H

#include "snap_values.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The handle of one subtask of an operator, given to its callbacks and valid during them. */
struct snapsim_context;

enum snapsim_role { SNAPSIM_OPERATOR, SNAPSIM_SOURCE, SNAPSIM_SINK };

/* Kinds of what an operator sends, beside the two above. */
enum snapsim_output_kind {
    SNAPSIM_OUTPUT_SAME, /* as its input; of a source: long */
    SNAPSIM_OUTPUT_LONG,
    SNAPSIM_OUTPUT_TEXT,
};

/* Clocks of timers: the watermarks of the input, and the machine. */
enum snapsim_clock { SNAPSIM_EVENT_TIME, SNAPSIM_PROCESSING_TIME };

/* A timer that has come due, of the key it was registered for. */
struct snapsim_timer {
    enum snapsim_clock clock;
    int64_t at_ms;
    struct snapsim_value key;
};

/* How a list is spread over subtasks when it is restored. Flink: OperatorStateHandle.Mode. */
enum snapsim_list_mode {
    SNAPSIM_LIST_SPLIT,     /* the items of all subtasks are one list, which is divided */
    SNAPSIM_LIST_UNION,     /* each subtask gets the items of all, in the order of subtasks */
    SNAPSIM_LIST_BROADCAST, /* all subtasks save the same items; each gets those of one */
};

/* A list of operator state by name, beside the split one that snapsim_save fills. */
struct snapsim_list {
    const char *name; /* as in snapshots */
    enum snapsim_list_mode mode;
};

struct snapsim_state;

/* What the ledger may rely on, where it cannot work it out with `map` or `fold`. */
enum snapsim_outputs {
    SNAPSIM_OUTPUTS_ANY, /* nobody knows how many: what stands behind is not judged */
    SNAPSIM_OUTPUTS_ONE, /* exactly one for each record */
};

/* An option of a type, used in jobs and scenario files like those of built-in types. */
struct snapsim_option {
    const char *name;
    const char *value_default; /* NULL: none */
    const char *doc;           /* one line */
};

/* Whether a reader of a sink sees a part of its output. */
enum snapsim_phase {
    SNAPSIM_VISIBLE,     /* any reader sees it */
    SNAPSIM_PREPARED,    /* complete, in a transaction that is not committed */
    SNAPSIM_IN_PROGRESS, /* being written when the job ended */
};

/* A type of operator. Callbacks that are not needed stay NULL.
 *
 * An operator has `map`, or `fold`, or `process`, or `process` and `fold`; that decides how the
 * ledger judges it and what stands behind it:
 * - map: a pure function. The ledger calls it too, at any time and in any thread, and so knows
 *   each output.
 * - fold: state by key. The ledger computes the state over the records that must be in it and
 *   compares it with the state at the end. With `fold` alone snapsim keeps the state and sends the
 *   key with the new state for each record. With `process` beside it the operator does both by
 *   itself and `fold` is its specification; it sends one record with the same key for each record.
 * - process alone: not known to the ledger, beyond what `outputs` and `keeps_key` say. Of a type
 *   that declares `states`, or is `deterministic`, it knows which records came into them.
 * - process of a type that is `deterministic`: after the run the ledger runs it once more, in an
 *   instance of its own, and compares what the states hold with what they hold there.
 *
 * With two inputs or timers, `process` and `fold` send what they like: the state is judged, what
 * stands behind it is not, unless `outputs` promises one for each record. */
struct snapsim_operator_type {
    const char *name; /* as `type` of an operator */
    enum snapsim_role role;
    const char *doc; /* one line */
    const struct snapsim_option *options;
    uint32_t option_count;
    enum snapsim_output_kind key_out;
    enum snapsim_output_kind value_out;
    bool keyed;     /* needs a hash-partitioned input; may use snapsim_state_get and _put */
    bool keeps_key; /* map, process: what is sent has the key of the record */
    enum snapsim_outputs outputs; /* map, process */
    uint32_t inputs;              /* process: 2: it tells two inputs apart; 0: any number, as one */
    bool event_time;              /* process: uses timers of event time or snapsim_watermark_ms */
    bool processing_time;         /* process: uses timers of processing time */
    size_t instance_bytes;        /* of `self`: zeroed memory of one attempt of one subtask; at
                                   * most 1 GiB */
    void *user;                   /* snapsim_user returns it; shared by all subtasks */

    /* Begins an attempt, before `restore`. Errors: snapsim_fail, then return false. */
    bool (*open)(void *self, struct snapsim_context *context);
    /* Ends it, also after a crash: gives back what `self` holds beyond its own bytes. */
    void (*close)(void *self);

    void (*map)(const struct snapsim_record *in, struct snapsim_context *context);
    void (*process)(void *self, const struct snapsim_record *in, struct snapsim_context *context);
    /* A timer has come due: of event time when a watermark reached it, of processing time a
     * millisecond after its time. It may do what process may, for the key of the timer; what it
     * sends has the time of the timer. Keyed types only, with `process`. */
    void (*timer)(void *self, const struct snapsim_timer *timer, struct snapsim_context *context);
    /* Replaces the state of the record's key with snapsim_state_get and snapsim_state_put. Called
     * by the ledger as well, in any thread, so it uses nothing but its arguments. */
    void (*fold)(const struct snapsim_record *in, struct snapsim_context *context);
    /* With `process` and `fold`: calls snapsim_entry for each key of the operator's own state. */
    void (*entries)(void *self, struct snapsim_context *context);

    /* Sources: the offset of the next record in the subtask's split, rising with each record;
     * SNAPSIM_END after the last. Changes nothing. */
    uint64_t (*position)(void *self);
    /* Sources: fills the zeroed record and moves on behind it. */
    void (*next)(void *self, struct snapsim_record *out, struct snapsim_context *context);

    /* Sinks: takes a record; returns the number of the part (file, transaction, ...) it went to,
     * which no earlier attempt of this subtask used. */
    uint64_t (*write)(void *self, const struct snapsim_record *in, struct snapsim_context *context);
    /* Sinks: after the run, for each subtask: calls snapsim_part for each of its parts, with
     * snapsim_line for each record that a reader finds in it. There is no `self` any more. NULL:
     * nobody reads it, and it is not judged. */
    void (*read)(struct snapsim_context *context);

    /* Puts what a later attempt needs into the snapshot with snapsim_save. The checkpoint's number
     * is rising. Errors: snapsim_fail, then return false. */
    bool (*snapshot)(void *self, int64_t checkpoint, struct snapsim_context *context);
    /* Takes back one item that was saved; called for each, after `open`: first those of
     * snapsim_save, then list by list as they are declared. snapsim_restored_list tells which. */
    bool (*restore)(void *self, const void *data, size_t bytes, struct snapsim_context *context);
    /* The checkpoint is complete: a two-phase sink commits here what belongs to it. */
    bool (*confirmed)(void *self, int64_t checkpoint, struct snapsim_context *context);
    /* All input is used up. Without periodic checkpoints a two-phase sink commits the rest here. */
    bool (*finish)(void *self, struct snapsim_context *context);

    /* Named lists of operator state, for snapsim_save_in. Their names differ. */
    const struct snapsim_list *lists;
    uint32_t list_count;

    /* Named states by key: snap_state.h. Keyed types with `process`; their names differ. */
    const struct snapsim_state *states;
    uint32_t state_count;

    /* A promise of a keyed type with `process`, one input and no time: what its states by key hold
     * depends on nothing but the records that a subtask handled, in their order, and calls have no
     * effects outside of the instance. Then the ledger opens an instance of each subtask after the
     * run, lets `process` handle the records that are in the state, without any snapshot or crash,
     * and counts the keys whose named states differ (without `fold` the unnamed one, too) as wrong
     * state. Who keeps in `self`, and not in a snapshot, what the states come to depend on is found
     * by that. What such a type sends then goes nowhere; it gets neither snapshot, restore,
     * confirmed nor finish. Not judged, with `instance_bytes`: when the parallelism changed and
     * when the run began with files; without: executions behind the first of a run that began so.
     */
    bool deterministic;
};

/* In map, process, timer: sends a record with the timestamp of the one in work; texts are copied.
 * Returns false, and the job fails, if a kind is not the declared one. */
SNAPSIM_API bool snapsim_emit(struct snapsim_context *context, struct snapsim_value key,
                              struct snapsim_value value);

/* In process: which of two inputs the record came over, 0 or 1, as the job lists them. */
SNAPSIM_API uint32_t snapsim_input(const struct snapsim_context *context);

/* In process and timer: registers a timer of the key in work, or deletes it. A key has one timer
 * for each clock and time; registering it twice, or deleting one that is not there, does nothing.
 * One of event time that the watermark has passed already comes with the next one. Timers are
 * state: every snapshot holds them, and a restored attempt fires those that became due meanwhile.
 * Returns false, and the job fails, if the type did not declare the clock. */
SNAPSIM_API bool snapsim_timer_register(struct snapsim_context *context, enum snapsim_clock clock,
                                        int64_t at_ms);
SNAPSIM_API bool snapsim_timer_delete(struct snapsim_context *context, enum snapsim_clock clock,
                                      int64_t at_ms);

/* In process and timer: the last watermark, the least over all inputs; INT64_MIN before the first
 * one and after a restore, INT64_MAX behind the last record. Types with `event_time` only. */
SNAPSIM_API int64_t snapsim_watermark_ms(const struct snapsim_context *context);

/* In process and timer: processing time, in milliseconds since the job started. */
SNAPSIM_API int64_t snapsim_now_ms(const struct snapsim_context *context);

/* In process and timer (keyed types) and fold: the state of the key in work, of the kind of the
 * values that are sent. get returns false and zeroes *value if there is none yet. put copies a
 * text; it returns false, and the job fails, if the kind is wrong. */
SNAPSIM_API bool snapsim_state_get(struct snapsim_context *context, struct snapsim_value *value);
SNAPSIM_API bool snapsim_state_put(struct snapsim_context *context, struct snapsim_value value);

/* In entries: one key of the operator's own state, with its value. */
SNAPSIM_API void snapsim_entry(struct snapsim_context *context, struct snapsim_value key,
                               struct snapsim_value value);

/* In snapshot: adds an item to the snapshot; the bytes are copied. The items of all subtasks are a
 * list that is split when the parallelism changes; with the same one each gets its own back. */
SNAPSIM_API void snapsim_save(struct snapsim_context *context, const void *data, size_t bytes);

/* The same for a list that the type declares; the job fails if it declares none of this name. */
SNAPSIM_API void snapsim_save_in(struct snapsim_context *context, const char *list,
                                 const void *data, size_t bytes);

/* In restore: the declared list that the item comes from, NULL if snapsim_save saved it. */
SNAPSIM_API const char *snapsim_restored_list(const struct snapsim_context *context);

/* In read: begins a part of the sink, and adds a record that a reader finds in it, in order. */
SNAPSIM_API void snapsim_part(struct snapsim_context *context, uint64_t part,
                              enum snapsim_phase phase);
SNAPSIM_API void snapsim_line(struct snapsim_context *context, struct snapsim_value key,
                              struct snapsim_value value);

/* Says what went wrong, for the error of the run; the first one counts. Always returns false. Where
 * a callback has nothing to return, the job fails at the subtask's next snapshot or at its end. */
SNAPSIM_API bool snapsim_fail(struct snapsim_context *context, const char *format, ...)
    SNAPSIM_PRINTF(2, 3);

/* The value of an option as written, its default, or NULL. */
SNAPSIM_API const char *snapsim_option_get(const struct snapsim_context *context, const char *name);

/* Who is called: subtask and attempt count from 0. Not in map and fold, which depend on neither.
 * Parallelism and uid of the operator, and `user` of its type. */
SNAPSIM_API uint32_t snapsim_subtask(const struct snapsim_context *context);
SNAPSIM_API uint32_t snapsim_attempt(const struct snapsim_context *context);
SNAPSIM_API uint32_t snapsim_parallelism(const struct snapsim_context *context);
SNAPSIM_API const char *snapsim_uid(const struct snapsim_context *context);
SNAPSIM_API void *snapsim_user(const struct snapsim_context *context);

#ifdef __cplusplus
}
#endif

#endif
