// SPDX-License-Identifier: Apache-2.0
/*
 * run.h: performs one simulation, in virtual time or on threads: what the program and tests call.
 *
 * - create, execute once, read, destroy. The simulation, observers and file system are borrowed
 *   until destroy.
 * - What can be read after execute: how it ended, the keyed state of tasks that run or have
 *   finished, and what a reader of each sink finds.
 */
#ifndef SNAP_RUNTIME_RUN_H
#define SNAP_RUNTIME_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fs.h"
#include "model/observer.h"
#include "model/simulation.h"

struct snap_run;
struct snap_restored;

struct snap_run_options {
    enum snap_runtime_kind runtime;
    bool every_record;  /* virtual: no run-ahead, for comparison */
    struct snap_fs *fs; /* where sinks write; NULL if no sink writes files */
    const struct snap_observer *observers;
    uint32_t observer_count;
    struct snap_restored *restored; /* what it starts from; NULL: from nothing */
    bool (*interrupted)(void);      /* asked now and then, true ends the run; may be NULL */
    void (*tell)(void *tell_to, const char *text); /* a note for the user; may be NULL */
    void *tell_to;                                 /* it comes from the JobManager's thread */
};

struct snap_run_result {
    enum snap_job_status status;   /* RUNNING if `until` or an interruption ended it */
    enum snap_failure_cause cause; /* of a FAILED job */
    snap_ns elapsed_ns;
    bool interrupted;
    struct snap_error error; /* set if an operator could not read or write */
};

struct snap_run *snap_run_create(const struct snap_simulation *sim,
                                 const struct snap_run_options *options);
void snap_run_destroy(struct snap_run *run);

/*
 * Virtual time, piece by piece: start, advance as long as it returns true, end; and again from
 * advance on if end returns true: the next execution of the job has begun. Advance makes at most
 * so many passes, with every_record boundaries. Between two calls the run stands between two
 * events: all it has can be copied and put back, if it was created in a region (base/memory.h)
 * that is entered at each call, with its file system and with observers that have memory.
 */
void snap_run_start(struct snap_run *run);
bool snap_run_advance(struct snap_run *run, uint64_t passes);
bool snap_run_end(struct snap_run *run, struct snap_run_result *result);

/* Runs to the end. Errors are in the result: an operator that could not go on failed the job. */
struct snap_run_result snap_run_execute(struct snap_run *run);

struct snap_files_left;

/* Calls `left` for each snapshot that the run left on the machine's disks:
 * snapshot/checkpoint_files.h.
 */
void snap_run_each_snapshot(struct snap_run *run,
                            void (*left)(void *to, const struct snap_files_left *), void *to);

struct snap_named_entry;
struct snap_state_lines;

/* Tells what else the operator's states hold: struct snap_operator_class.show_states. */
void snap_run_show_states(struct snap_run *run, uint32_t operator_index,
                          const struct snap_state_lines *to);

/* Calls `entry` for each entry of keyed state, by task, then in the operator's order. */
void snap_run_each_state_entry(struct snap_run *run,
                               void (*entry)(void *to, const struct snap_state_entry *), void *to);

/* The same for states that a shadow has, too: struct snap_operator_class.each_named_entry. */
void snap_run_each_named_entry(struct snap_run *run,
                               void (*entry)(void *to, const struct snap_named_entry *), void *to);

/* Calls `part` for each part of each sink as a reader finds it. Errors: a file cannot be read. */
bool snap_run_each_part(struct snap_run *run, void (*part)(void *to, const struct snap_sink_part *),
                        void *to, struct snap_error *error);

/* The same for sinks that the last job has no more: `execution` is the last one that had it, and
 * `operator_index` is of its job. */
bool snap_run_each_removed_part(struct snap_run *run,
                                void (*part)(void *to, uint32_t execution,
                                             const struct snap_sink_part *),
                                void *to, struct snap_error *error);

#endif
