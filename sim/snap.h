// SPDX-License-Identifier: Apache-2.0
/*
 * snap.h: snapsim for C programs: build or load a job, add operators, sources and sinks of your
 * own, run it in virtual time or on threads, read its events and the ledger's verdict.
 *
 * - This header is all of it; docs/C_API.md is the guide. All names begin with snapsim_ or
 *   SNAPSIM_; a program that links the static library leaves names with snap_ alone as well.
 * - Units: names end in their unit; times are nanoseconds since the job started, event time is
 *   milliseconds. Texts are UTF-8 and NUL-terminated; those with a length may hold any bytes.
 * - Ownership: what is handed in is borrowed until the object it was given to is destroyed, unless
 *   a function says "copied". What is handed out is borrowed until the object it comes from is
 *   destroyed; what a callback gets, until it returns.
 * - Errors: functions that can fail return false or NULL and fill a struct snapsim_error. The
 *   builder's functions cannot fail: what is wrong with a job is said when it is checked or run.
 * - Threads: a job and its result belong to one thread. On SNAPSIM_THREADS the callbacks of
 *   different subtasks come at the same time, those of one subtask never.
 */
#ifndef SNAPSIM_SNAP_H
#define SNAPSIM_SNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SNAPSIM_API __attribute__((visibility("default")))
#define SNAPSIM_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define SNAPSIM_API
#define SNAPSIM_PRINTF(text, first)
#endif

#define SNAPSIM_NEVER INT64_MAX        /* an instant that does not come */
#define SNAPSIM_END UINT64_MAX         /* the position of a source that has no more records */
#define SNAPSIM_UNJUDGED ((int64_t)-1) /* a counter that could not be judged */
#define SNAPSIM_NO_CHECKPOINT ((int64_t)-1)

/* Returns the version of the library, such as "0.1.0". */
SNAPSIM_API const char *snapsim_version(void);

enum snapsim_error_code {
    SNAPSIM_OK,
    SNAPSIM_ERROR_USAGE,       /* of this interface */
    SNAPSIM_ERROR_SCENARIO,    /* the job, a setting, an option */
    SNAPSIM_ERROR_RESTORE,     /* restore refused */
    SNAPSIM_ERROR_IO,          /* reading or writing failed, also in the program's own operators */
    SNAPSIM_ERROR_MEMORY,      /* no threads; without memory the process ends with 4 */
    SNAPSIM_ERROR_UNSUPPORTED, /* not in this version */
};

/* Zeroed: no error. The message is complete: place, line and caret included where there are any. */
struct snapsim_error {
    enum snapsim_error_code code;
    char message[2048];
};

/* ---- records ---- */

enum snapsim_kind { SNAPSIM_LONG, SNAPSIM_TEXT };

/* A key or a value: a number, or a text if `text` is not NULL. */
struct snapsim_value {
    int64_t number;
    const char *text;
    size_t length; /* bytes of the text */
};

/* Values for calls: a number; a NUL-terminated text, borrowed. */
SNAPSIM_API struct snapsim_value snapsim_long(int64_t number);
SNAPSIM_API struct snapsim_value snapsim_text(const char *text);

struct snapsim_record {
    int64_t timestamp_ms; /* event time */
    struct snapsim_value key;
    struct snapsim_value value;
};

/* ---- types of operators, written by the program ---- */

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
 * - process alone: not known to the ledger, beyond what `outputs` and `keeps_key` say.
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
    size_t instance_bytes;        /* of `self`: zeroed memory of one attempt of one subtask */
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
    /* All input is used up. Without checkpoints a two-phase sink commits the rest here. */
    bool (*finish)(void *self, struct snapsim_context *context);

    /* Named lists of operator state, for snapsim_save_in. Their names differ. */
    const struct snapsim_list *lists;
    uint32_t list_count;
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

/* ---- jobs ---- */

struct snapsim_job;

/* An empty job (its name is copied), and one that is written in a scenario file, or in a text
 * (copied), which are read when it is checked or run. Free with snapsim_job_destroy. */
SNAPSIM_API struct snapsim_job *snapsim_job_create(const char *name);
SNAPSIM_API struct snapsim_job *snapsim_job_load(const char *path);
SNAPSIM_API struct snapsim_job *snapsim_job_parse(const char *name, const char *text);

/* Frees the job; results must be destroyed before. NULL is fine. */
SNAPSIM_API void snapsim_job_destroy(struct snapsim_job *job);

/* Makes a type known to this job, for snapsim_job_operator and for `type` in a scenario. Borrowed
 * until the job is destroyed. */
SNAPSIM_API void snapsim_job_type(struct snapsim_job *job,
                                  const struct snapsim_operator_type *type);

/* Building; all texts are copied, and values stand as one would write them in a scenario file
 * (docs/SCENARIO.md): "20000/s", "200 ms", "[[a, 1], [b, 2]]".
 *
 * operator: adds one; `type` is a built-in one or one of snapsim_job_type.
 * input: lets `uid`, the operator added last, read `producer`; ship is forward, rebalance, rescale,
 *     hash, broadcast, global, shuffle, or NULL for the default.
 * option: of the operator added last or, in a job from a scenario, of any: an option of its type,
 *     or parallelism, max-parallelism, name, cost, record-size, chain, slot-sharing-group.
 * config: a setting of Flink by its name. */
SNAPSIM_API void snapsim_job_operator(struct snapsim_job *job, const char *uid, const char *type);
SNAPSIM_API void snapsim_job_input(struct snapsim_job *job, const char *uid, const char *producer,
                                   const char *ship);
SNAPSIM_API void snapsim_job_option(struct snapsim_job *job, const char *uid, const char *name,
                                    const char *value);
SNAPSIM_API void snapsim_job_config(struct snapsim_job *job, const char *key, const char *value);

/* The same for jobs that are not from a scenario only:
 * model: a key of the cost model. set: a key of the document: seed, until, ledger, flink-version,
 *     network-rules, runtimes, sabotage, description.
 * timeline: an entry such as "{at: 5 s, crash: \"counts[0]\"}".
 * expect: a counter and what it should be, such as "lost" and "> 0". */
SNAPSIM_API void snapsim_job_model(struct snapsim_job *job, const char *key, const char *value);
SNAPSIM_API void snapsim_job_set(struct snapsim_job *job, const char *key, const char *value);
SNAPSIM_API void snapsim_job_timeline(struct snapsim_job *job, const char *entry);
SNAPSIM_API void snapsim_job_expect(struct snapsim_job *job, const char *counter,
                                    const char *value);

/* Returns the job as a scenario file, NULL for a loaded one; valid until the job changes. */
SNAPSIM_API const char *snapsim_job_text(struct snapsim_job *job);

/* Checks all that a run would check before it starts. Errors: what is wrong with the job. */
SNAPSIM_API bool snapsim_job_check(struct snapsim_job *job, struct snapsim_error *error);

/* ---- runs ---- */

enum snapsim_runtime { SNAPSIM_VIRTUAL, SNAPSIM_THREADS };

/* Which events come; each level has those before it. */
enum snapsim_event_level {
    SNAPSIM_EVENTS_CHECKPOINTS,
    SNAPSIM_EVENTS_BUFFERS,
    SNAPSIM_EVENTS_RECORDS
};

struct snapsim_event_arg {
    const char *name; /* docs/TRACE.md; names that end in _ns hold nanoseconds */
    int64_t number;   /* also the number behind a text, such as that of a task */
    const char *text; /* what a trace says: "counts[0]", "ALIGNED"; NULL: the number itself */
};

struct snapsim_event {
    int64_t at_ns;
    const char *name;  /* "barrier_received", ... */
    const char *actor; /* "counts[0]" or "jobmanager" */
    const struct snapsim_event_arg *args;
    uint32_t arg_count;
};

/* Returns the argument of this name, NULL if the event has none. */
SNAPSIM_API const struct snapsim_event_arg *snapsim_event_find(const struct snapsim_event *event,
                                                               const char *name);

/* Whose the snapshot is that a job starts from. Flink: RecoveryClaimMode. */
enum snapsim_claim_mode {
    SNAPSIM_CLAIM_AS_SET, /* as the job's settings say; they say NO_CLAIM if nothing is set */
    SNAPSIM_CLAIM,        /* the job's: it is deleted when the job does not need it any more */
    SNAPSIM_NO_CLAIM,     /* never touched; the first checkpoint holds everything */
    SNAPSIM_LEGACY,       /* never deleted; later checkpoints may build on it */
};

/* Starting from a checkpoint or savepoint in files. Zeroed: as the job's settings say. */
struct snapsim_start {
    const char *snapshot; /* its directory, its _metadata, or a file: URI of either; NULL: that of
                           * the setting execution.state-recovery.path */
    enum snapsim_claim_mode claim;
    bool allow_non_restored;     /* drop state that no operator takes; else it is an error */
    bool follow_absolute;        /* read state files outside of the snapshot's directory, too */
    const char *const *relocate; /* "FROM=TO": files named FROM... lie at TO...; NULL at the end */
};

/* Zeroed: virtual time, no files, nobody watches. */
struct snapsim_run_options {
    enum snapsim_runtime runtime;
    const char *variant;   /* of a scenario; NULL: none */
    const uint64_t *seed;  /* NULL: that of the job */
    const char *directory; /* sinks write below it, and snapshots where settings name a relative
                            * directory; NULL: into memory, in virtual time only */
    /* Called in the order of time, by one thread: in virtual time while the job runs, on threads
     * after it. */
    void (*on_event)(void *to, const struct snapsim_event *event);
    void *to;
    const char *trace_path; /* file to write the same events to (docs/TRACE.md); NULL: none */
    enum snapsim_event_level level;
    bool (*interrupted)(void);         /* asked now and then, true ends the run; may be NULL */
    const struct snapsim_start *start; /* NULL: as the job's settings say, else from nothing */
};

struct snapsim_result;

/* Checks all that a run with these options would check before it starts, the snapshot that it
 * starts from included; nothing is written. NULL: plain options. Errors: as those of the run. */
SNAPSIM_API bool snapsim_job_check_run(struct snapsim_job *job,
                                       const struct snapsim_run_options *options,
                                       struct snapsim_error *error);

/* Runs the job to its end and lets the ledger judge it; a job may run many times. Free with
 * snapsim_result_destroy. Errors: what snapsim_job_check finds; the snapshot does not exist, is
 * damaged or does not fit the job (SNAPSIM_ERROR_RESTORE; nothing was written then); an operator
 * could not go on; files. */
SNAPSIM_API struct snapsim_result *snapsim_job_run(struct snapsim_job *job,
                                                   const struct snapsim_run_options *options,
                                                   struct snapsim_error *error);
SNAPSIM_API void snapsim_result_destroy(struct snapsim_result *result);

/* ---- results ---- */

enum snapsim_counter {
    SNAPSIM_LOST,
    SNAPSIM_DUPLICATED,
    SNAPSIM_OUT_OF_ORDER,
    SNAPSIM_WRONG_STATE, /* keys whose state is not the fold over the records it holds */
    SNAPSIM_UNCOMMITTED, /* prepared, the job is over, no reader sees it */
    SNAPSIM_PENDING,     /* sent after the last complete checkpoint of a job that was stopped */
    SNAPSIM_COUNTER_COUNT,
};

/* "lost", "duplicated", ... */
SNAPSIM_API const char *snapsim_counter_name(enum snapsim_counter counter);

/* A counter of one state or sink, or of all together for a NULL uid; SNAPSIM_UNJUDGED if it could
 * not be judged or the operator has neither. */
SNAPSIM_API int64_t snapsim_result_counter(const struct snapsim_result *result, const char *uid,
                                           enum snapsim_counter counter);

/* Records that a state or sink handled, replays included; SNAPSIM_UNJUDGED for other operators. */
SNAPSIM_API int64_t snapsim_result_processed(const struct snapsim_result *result, const char *uid);

/* Whether all is as the job expects, actions of its timeline that had to happen included. */
SNAPSIM_API bool snapsim_result_met(const struct snapsim_result *result);

/* How the job ended ("FINISHED", "FAILED", or "RUNNING" if it was stopped), and when. */
SNAPSIM_API const char *snapsim_result_status(const struct snapsim_result *result);
SNAPSIM_API int64_t snapsim_result_elapsed_ns(const struct snapsim_result *result);

/* What became of the first record that went wrong, in a sentence or two; NULL if none did. */
SNAPSIM_API const char *snapsim_result_story(const struct snapsim_result *result);

/* What an oracle (docs/VERIFY.md) objects to, one sentence; for a NULL name the first one that
 * objects does. NULL: none does, or it could not judge. */
SNAPSIM_API const char *snapsim_result_objection(const struct snapsim_result *result,
                                                 const char *oracle);

/* Things worth knowing about the job and the run, such as a setting without effect, or a file of a
 * snapshot that could not be written; NULL behind the last one. */
SNAPSIM_API const char *snapsim_result_note(const struct snapsim_result *result, uint32_t index);

/* A checkpoint or savepoint in files. */
struct snapsim_snapshot {
    const char *directory; /* absolute; what struct snapsim_start takes */
    int64_t id;            /* of the checkpoint */
    bool is_savepoint;
    const char *name; /* of a savepoint, as the timeline has it; NULL: none */
};

/* The snapshots that are on disk now that the run is over, the last one last: savepoints, and the
 * checkpoints that the job left (a job that FINISHED leaves none); NULL behind the last one. */
SNAPSIM_API const struct snapsim_snapshot *
snapsim_result_snapshot(const struct snapsim_result *result, uint32_t index);

/* What the job started from: a line that names it, and a line for each state of it that was
 * dropped. NULL: it started from nothing. */
SNAPSIM_API const char *snapsim_result_started_from(const struct snapsim_result *result);

/* Equal for equal runs in virtual time, whatever the machine and the compiler; 0 on threads. */
SNAPSIM_API uint64_t snapsim_result_hash(const struct snapsim_result *result);

/* Who wants keyed state or the lines of a sink; called for each entry, by subtask, then in order.*/
struct snapsim_visitor {
    void (*visit)(void *to, uint32_t subtask, struct snapsim_value key, struct snapsim_value value);
    void *to;
};

/* Visits the keyed state of an operator as it was at the end. Errors: there is no such operator. */
SNAPSIM_API bool snapsim_result_state(struct snapsim_result *result, const char *uid,
                                      const struct snapsim_visitor *visitor,
                                      struct snapsim_error *error);

/* Visits what a reader of a sink sees: the key is the line's number in its part, the value the
 * line, "key TAB value". Errors: there is no such operator, or a file cannot be read. */
SNAPSIM_API bool snapsim_result_lines(struct snapsim_result *result, const char *uid,
                                      const struct snapsim_visitor *visitor,
                                      struct snapsim_error *error);

#ifdef __cplusplus
}
#endif

#endif
