// SPDX-License-Identifier: Apache-2.0
/*
 * books.h: what the ledger writes down while a job runs; read by the judge afterwards.
 *
 * - A task book, its splits' books and the subtask books of the task's operators are touched by
 *   that task's thread only, and take memory from the task book's arena. The JobManager's book is
 *   the one behind the last task.
 * - A split has one owner, the subtask that sends it, for a whole execution of the job.
 * - All books are made before the run, or before an execution of it; only their contents grow.
 * - Each execution has a ledger of its own that goes on from the one before: split books and parts
 *   move on, journals begin with what the savepoint held of them.
 */
#ifndef SNAP_VERIFY_BOOKS_H
#define SNAP_VERIFY_BOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/baseline.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/observer.h"
#include "model/operator_rules.h"
#include "model/simulation.h"
#include "verify/fingerprint.h"
#include "verify/graph.h"
#include "verify/journal.h"
#include "verify/log.h"
#include "verify/walk.h"
#include "verify/window_book.h"

/* A snapshot, a completion, a restore or a failure, with its instant. */
struct snap_ledger_moment {
    snap_checkpoint_id checkpoint;
    snap_ns at_ns;
    uint32_t task; /* failures: the task that failed */
    enum snap_failure_cause cause;
};

struct snap_moments {
    struct snap_ledger_moment *items;
    uint32_t count;
    uint32_t capacity;
};

/* Where a split stood at a snapshot: its next origin. */
struct snap_split_mark {
    snap_checkpoint_id checkpoint;
    uint64_t next_origin;
};

/* One split of a source: each record as it was first sent, in offset order. */
struct snap_split_book {
    struct snap_log sent;
    bool seen; /* in its owner's list */
    bool sent_any;
    bool gaps;      /* offsets do not follow each other */
    uint32_t owner; /* subtask */
    uint64_t first_origin;
    uint64_t end_origin;  /* behind the highest sent so far */
    uint64_t next_origin; /* behind the last sent in this attempt */
    uint64_t gone_origin; /* what lies below and is in no snapshot is never sent again */
    uint64_t past_origin; /* the least that was sent below where the run began; UINT64_MAX: none */
    struct snap_split_mark *marks;
    uint32_t mark_count;
    uint32_t mark_capacity;
};

/* One part of a sink, as it was written and as a reader finds it. */
struct snap_part_book {
    uint64_t part;
    struct snap_log written;
    struct snap_fingerprint print;
    bool reported;
    enum snap_part_phase phase;
    uint64_t line_count; /* lines found in it */
    uint64_t *bad_lines; /* indices of lines that are not what was written, ascending */
    uint32_t bad_count;
    uint32_t bad_capacity;
};

/* One operator in one subtask; what is used depends on the kind of its rules. */
struct snap_subtask_book {
    int64_t processed; /* records handled, replays included */
    struct snap_journal journal;
    struct snap_window_book *windows; /* WINDOW, in mode full; else NULL */
    bool finished_before;             /* restored from a checkpoint taken after it had finished */
    bool partly_finished; /* the savepoint lacks the state of some subtasks, which had finished */
    const struct snap_state_entry *base_entries; /* keyed state at the start; borrowed */
    uint32_t base_entry_count;
    const struct snap_base_window *base_windows; /* likewise */
    uint32_t base_window_count;
    int64_t base_wrong;       /* restored windows that were wrong in executions before */
    bool base_has_other_size; /* their length cannot be that of the windows made then */
    struct snap_state_entry *dealt_entries; /* base_entries, of a later execution */
    uint32_t dealt_capacity;
    struct snap_base_window *dealt_windows; /* base_windows, likewise */
    uint32_t dealt_window_capacity;
    uint64_t dealt_records; /* entries of the journal that were taken in executions before */
    struct snap_state_entry *entries; /* keyed state at the end */
    uint32_t entry_count;
    uint32_t entry_capacity;
    struct snap_named_entry *named; /* what named states hold at the end, if there are shadows */
    uint32_t named_count;
    uint32_t named_capacity;
    struct snap_part_book *parts; /* in the order of their first record */
    uint32_t part_count;
    uint32_t part_capacity;
    uint32_t part_hint;                   /* where to look first for a part */
    int64_t alien_lines;                  /* visible lines that were never written */
    int64_t restored[SNAP_PART_GONE + 1]; /* by phase: records that another run had prepared */
};

struct snap_task_book {
    struct snap_arena arena;
    struct snap_moments snapshots; /* taken by this task */
    struct snap_moments restores;
    bool began_finished; /* all of its operators had finished before the execution */
    bool alive;          /* its attempt that was heard of last holds state */
    uint32_t attempt;    /* that one */
    uint32_t sent;       /* the attempt that the JobManager sent last; written by its thread */
    uint32_t restored;   /* the last attempt that began with what it was sent */
    uint32_t *splits;    /* of its sources, in the order of their first record */
    uint32_t split_count;
    uint32_t split_capacity;
    struct snap_moments completions;   /* JobManager: confirmed checkpoints */
    struct snap_moments failures;      /* JobManager */
    struct snap_walk *walk;            /* tasks of sources; NULL: nothing is judged by prints */
    struct snap_fingerprint *expected; /* by operator: what should come of what they sent first */
};

struct snap_ledger {
    struct snap_arena arena;
    const struct snap_job *job;
    const struct snap_operator_rules *const *rules;
    enum snap_ledger_mode mode;
    struct snap_graph graph;
    struct snap_print_form *forms;    /* by operator */
    struct snap_walk_aim printed;     /* the operators that are judged by prints */
    bool prints;                      /* there are any, and this execution can be judged by them */
    uint32_t *task_vertex;            /* by task id */
    struct snap_task_book *tasks;     /* by task id, then the JobManager */
    struct snap_split_book *splits;   /* by split id */
    uint32_t *split_operator;         /* by split id: the source */
    struct snap_subtask_book **books; /* by operator, then subtask */
    uint32_t *subtasks;               /* by operator: how many books it has, of all executions */
    uint64_t *base_origin;            /* by split: the first origin that this execution may send */
    const struct snap_baseline *baseline; /* what it began with; NULL: with nothing. Borrowed */
    uint32_t execution;                   /* of the run */
    snap_ns began_ns;                     /* the execution */
    const struct snap_timeline *timeline; /* borrowed */
    bool at_least_once;                   /* its checkpoints are */
    bool savepoints_only;        /* none that come regularly: those that somebody asks for */
    bool overtakes;              /* checkpoints may hold records that are in flight */
    bool recaptures;             /* also what was in flight before, and has not been taken yet */
    bool in_flight;              /* it began with records in flight, sent by earlier executions */
    enum snap_job_status status; /* as its JobManager told it last */
    bool suspended; /* the savepoint it was stopped with holds what operators hold back */
    struct snap_ledger *before; /* of the execution before, or NULL; its arena is the last one's */
};

/* Returns whether the task has state at the end. One whose last attempt was sent to a TaskManager
 * that was no longer there has none, whatever the attempt before it had. */
bool snap_ledger_is_alive(const struct snap_task_book *task);

/* Returns the book of the task that runs this subtask of the operator. */
struct snap_task_book *snap_ledger_task(struct snap_ledger *ledger, uint32_t operator_index,
                                        uint32_t subtask);

/* Appends to the list. */
void snap_moments_add(struct snap_moments *moments, struct snap_arena *arena,
                      const struct snap_ledger_moment *moment);

/* Returns the moment of the checkpoint, NULL if there is none. */
const struct snap_ledger_moment *snap_moments_find(const struct snap_moments *moments,
                                                   snap_checkpoint_id checkpoint);

/* Returns the last moment at or before `at_ns`, NULL if there is none. */
const struct snap_ledger_moment *snap_moments_before(const struct snap_moments *moments,
                                                     snap_ns at_ns);

/* Writes down a run of records that a source sent. */
void snap_split_books_emitted(struct snap_ledger *ledger, const struct snap_span *span);

/* Finds the record in the split's book; false if it was never sent. */
bool snap_split_book_find(const struct snap_split_book *book, uint64_t origin, uint64_t *index);

/* Remembers where the task's splits stand at its snapshot, and puts them back there. */
void snap_split_books_mark(struct snap_ledger *ledger, struct snap_task_book *task,
                           snap_checkpoint_id checkpoint);
void snap_split_books_restore(struct snap_ledger *ledger, struct snap_task_book *task,
                              snap_checkpoint_id checkpoint);

/* Returns the next origin of the split at its owner's snapshot; where it stood when the execution
 * began if it had sent none by then. */
uint64_t snap_split_book_at(const struct snap_ledger *ledger, uint32_t split,
                            snap_checkpoint_id checkpoint);

/* Returns whether the record was sent before the snapshot on disk that the run began with: it came
 * out of that, under way, and nobody knows which it was. */
bool snap_ledger_is_past(const struct snap_ledger *ledger, uint64_t origin);

/* Whether it is, and some source of this run has sent it once more. */
bool snap_ledger_is_past_again(const struct snap_ledger *ledger, uint64_t origin);

/* Returns whether the source sends again after a restore: option `replayable`, default yes. */
bool snap_source_replays(const struct snap_operator *op);

/* Returns whether there is a book of the part. */
bool snap_subtask_book_has_part(struct snap_subtask_book *book, uint64_t part);

/* Returns the book of the part, a new one if there is none yet. */
struct snap_part_book *snap_subtask_book_part(struct snap_subtask_book *book,
                                              struct snap_arena *arena, uint64_t part);

#endif
