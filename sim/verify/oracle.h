// SPDX-License-Identifier: Apache-2.0
/*
 * oracle.h: the seam between one oracle and the run it watches.
 *
 * - An oracle is a constant table of functions and keeps its books in `case->books`, zeroed memory
 *   of one run. Functions that it does not need are NULL.
 * - `event` sees every merged event in order, from one thread. `span`, `passage` and `local` are
 *   called in the thread of the actor concerned, as struct snap_observer says: what they write must
 *   be that actor's own; `case->arena` is not for them.
 * - `end` comes once, after the last event. An oracle objects at most by snap_oracle_object.
 * - A job that starts again from a savepoint is another case with new books: `end` and `fini` come
 *   for the execution that has ended, `begin` for the next one, then `resume` with the books of the
 *   last one, for who judges what spans executions; mostly the ledger does that.
 * - `given` comes after the first `begin` if the run starts from a snapshot on disk.
 * - Adding one: a file with its struct snap_oracle, and a row in model/oracles.h.
 */
#ifndef SNAP_VERIFY_ORACLE_H
#define SNAP_VERIFY_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/baseline.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/observer.h"
#include "model/operator_rules.h"
#include "model/oracles.h"
#include "model/simulation.h"

/* How the run ended. */
struct snap_oracle_end {
    enum snap_job_status status; /* RUNNING: `until` or an interruption ended it */
    snap_ns elapsed_ns;
    bool interrupted;
};

struct snap_oracle_case {
    const struct snap_simulation *sim;
    const struct snap_job *job;                     /* of the execution that is watched */
    const struct snap_operator_rules *const *rules; /* by operator */
    snap_ns start_ns;                               /* of the execution */
    struct snap_arena *arena;                       /* of the run's books */
    void *books;
    struct snap_oracle_result result;
};

struct snap_oracle {
    size_t books_bytes;
    /* Prepares the zeroed books; returns snap_oracle_cannot if it cannot judge this job. */
    bool (*begin)(struct snap_oracle_case *at);
    void (*resume)(struct snap_oracle_case *at, const void *before,
                   const struct snap_execution_start *start);
    void (*given)(struct snap_oracle_case *at, const struct snap_baseline *baseline);
    void (*span)(struct snap_oracle_case *at, const struct snap_span *span);
    void (*passage)(struct snap_oracle_case *at, const struct snap_passage *passage);
    void (*local)(struct snap_oracle_case *at, const struct snap_event *event);
    void (*event)(struct snap_oracle_case *at, const struct snap_event *event);
    void (*end)(struct snap_oracle_case *at, const struct snap_oracle_end *end);
    void (*fini)(struct snap_oracle_case *at); /* what is not in the arena */
};

#define SNAP_ORACLE_DECLARE(id, symbol, name, claim)                                               \
    extern const struct snap_oracle snap_oracle_##symbol;
SNAP_ORACLES(SNAP_ORACLE_DECLARE)
#undef SNAP_ORACLE_DECLARE

/* Counts an objection and keeps the first one's text; `event` (may be NULL) is where it is. */
__attribute__((format(printf, 3, 4))) void snap_oracle_object(struct snap_oracle_case *at,
                                                              const struct snap_event *event,
                                                              const char *format, ...);

/* Says that the run cannot be judged, and why: a constant text. Returns false, as `begin` does. */
bool snap_oracle_cannot(struct snap_oracle_case *at, const char *why);

/* Whether all records are there to be judged; else says so. */
static inline bool snap_oracle_has_records(struct snap_oracle_case *at)
{
    return at->sim->ledger == SNAP_LEDGER_FULL || snap_oracle_cannot(at, "it needs `ledger: full`");
}

struct snap_checkpoint_note {
    snap_checkpoint_id id;
    uint8_t note;
};

/* What an oracle remembers of checkpoints, in the order of their ids. */
struct snap_checkpoint_notes {
    struct snap_checkpoint_note *notes;
    uint32_t count;
    uint32_t capacity;
};

/* Returns the note of the checkpoint, 0 at first; memory of `arena`, valid until the next call. */
uint8_t *snap_checkpoint_note(struct snap_checkpoint_notes *notes, struct snap_arena *arena,
                              snap_checkpoint_id id);

/* Returns what is noted, 0 if nothing is. */
uint8_t snap_checkpoint_note_of(const struct snap_checkpoint_notes *notes, snap_checkpoint_id id);

/* Whether the event was told by the JobManager. */
static inline bool snap_oracle_by_job_manager(const struct snap_oracle_case *at,
                                              const struct snap_event *event)
{
    return event->actor == snap_job_manager_actor(at->job);
}

#endif
