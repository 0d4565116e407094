// SPDX-License-Identifier: Apache-2.0
/*
 * swarm_run.h: performs one scenario text and keeps what tests compare: events, verdict, result.
 *
 * - Sinks write into a file system in memory; on threads into a new directory below /tmp, which is
 *   removed at the end of the run.
 * - Texts in record events are replaced by their content hash: runs can be compared after their
 *   memory is gone.
 * - Owner: the test; fini is safe on zeroed memory.
 */
#ifndef SNAP_TESTS_SWARM_RUN_H
#define SNAP_TESTS_SWARM_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "api/judges.h"
#include "base/arena.h"
#include "model/event.h"
#include "model/verdict.h"
#include "runtime/run.h"
#include "scenario/scenario.h"

struct swarm_run_options {
    enum snap_runtime_kind runtime;
    bool every_record;     /* virtual: one event per record */
    bool records_wanted;   /* keep record and buffer events too, else those of level checkpoints */
    bool buffers_unwanted; /* virtual: keep those of level checkpoints only */
    bool events_unwanted;  /* keep none */
    bool (*interrupted)(void);
    struct snap_fs *fs;             /* where sinks and snapshots go; NULL: one of its own */
    struct snap_restored *restored; /* what it starts from; NULL: from nothing */
};

struct swarm_run {
    struct snap_event *events;
    uint64_t event_count;
    uint64_t event_capacity;
    struct snap_arena arena; /* of the verdict */
    struct snap_verdict verdict;
    bool judged; /* the scenario has a ledger */
    struct snap_run_result result;
    uint64_t state_digest;             /* of all keyed state at the end */
    const struct snap_simulation *sim; /* borrowed */
    const struct snap_job *job;        /* of the last execution */
    struct snap_judges judges;         /* while it runs */
    bool was_resumed;                  /* there was more than one execution */
    const struct swarm_run_options *options;
};

/* Builds the text; prints the error and returns false if it is no good scenario. */
bool swarm_build(const char *text, struct snap_built *built);
bool swarm_build_variant(const char *text, const char *variant, struct snap_built *built);
bool swarm_build_quietly(const char *text, struct snap_built *built);

/* Runs to the end. The simulation is borrowed until fini. */
void swarm_run_perform(struct swarm_run *run, const struct snap_simulation *sim,
                       const struct swarm_run_options *options);
void swarm_run_fini(struct swarm_run *run);

/* Returns how many of the kept events are of the first execution of the job. */
uint64_t swarm_run_first_events(const struct swarm_run *run);

/* Drops the events of finer levels from those that were kept. */
void swarm_run_keep_level(struct swarm_run *run, enum snap_trace_level level);

/* Whether two runs are the same: all that they have kept, result, state and verdict. `at` is the
 * first event that differs, or that one of them lacks. */
bool swarm_runs_equal(const struct swarm_run *a, const struct swarm_run *b, uint64_t *at);

bool swarm_run_has_failed(const struct swarm_run *run);

/* Whether the job runs on and says nothing any more, for longer than any write takes. */
bool swarm_run_stands_still(const struct swarm_run *run);

/* Prints one event as a line of text, without its newline. */
void swarm_print_event(const struct snap_job *job, const struct snap_event *event);

/* Whether no oracle objects but those of the mask (0: none; a bit is 1 << its id). */
bool swarm_oracles_hold(const struct swarm_run *run, uint32_t but);

/* What barriers overtook in a run. */
struct swarm_overtaking {
    uint64_t unaligned; /* completed checkpoints in which some snapshot was unaligned */
    uint64_t captured;  /* completed checkpoints that hold data in flight */
    uint64_t restored;  /* subtasks to which such data was put back */
    uint64_t dealt;     /* of these, at the start of a job from a retained checkpoint */
};

void swarm_run_count_overtaking(const struct swarm_run *run, struct swarm_overtaking *count);

/* Prints the verdict's counters that are not 0, the oracles that object, and the culprit. */
void swarm_print_verdict(const struct swarm_run *run);

#endif
