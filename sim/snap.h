// SPDX-License-Identifier: Apache-2.0
/*
 * snap.h: snapsim for C programs: build or load a job, add operators, sources and sinks of your
 * own, run it in virtual time or on threads, read its events and the ledger's verdict.
 *
 * - This header is all of it: it brings snap_operator.h, for operators of the program's own,
 *   snap_state.h, for their state by key, and snap_values.h. docs/C_API.md is the guide. All names
 *   begin with snapsim_ or SNAPSIM_; a program that links the static library leaves names with
 * snap_ alone as well.
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

#include "snap_operator.h"
#include "snap_state.h"
#include "snap_values.h"

#ifdef __cplusplus
extern "C" {
#endif

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
    SNAPSIM_WRONG_STATE, /* keys whose state is not what the records that it holds make of it */
    SNAPSIM_UNCOMMITTED, /* prepared, the job is over, no reader sees it */
    SNAPSIM_PENDING,     /* sent after the last complete checkpoint of a job that was stopped */
    SNAPSIM_COUNTER_COUNT,
};

/* "lost", "duplicated", ...; NULL if there is no such counter. */
SNAPSIM_API const char *snapsim_counter_name(enum snapsim_counter counter);

/* A counter of one state or sink, or of all together for a NULL uid, where it is the least that it
 * can be if a sink that readers see could not be judged; SNAPSIM_UNJUDGED if it
 * could not be judged, the operator has neither, or there is no such counter. */
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

/* Visits a named state by key (snap_state.h) as it was at the end. The value is a text of JSON: of
 * a value a number or a string, of a list an array, of a map an object, whose names are its fields
 * in the order of their texts. Errors: there is no such operator or state. */
SNAPSIM_API bool snapsim_result_named(struct snapsim_result *result, const char *uid,
                                      const char *state, const struct snapsim_visitor *visitor,
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
