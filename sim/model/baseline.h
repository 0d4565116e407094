// SPDX-License-Identifier: Apache-2.0
/*
 * baseline.h: what a run that starts from a snapshot on disk takes for granted.
 *
 * - Snapshots in Flink's files do not tell which records made their states. All records below the
 *   restored offsets count as having affected them, once each; nothing is expected of those. Where
 *   that can be checked, or was not promised, verify/past_check.h does.
 * - Arrays are borrowed from whoever restored the snapshot.
 */
#ifndef SNAP_MODEL_BASELINE_H
#define SNAP_MODEL_BASELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/checkpoint.h"
#include "model/observer.h"
#include "model/shadow.h"

/* A window as it was restored: of event time, not over yet. */
struct snap_base_window {
    uint32_t operator_index;
    uint32_t subtask;
    union snap_value key;
    int64_t start_ms;
    int64_t end_ms;
    int64_t value;
    bool may_grow; /* a session */
};

struct snap_baseline {
    snap_checkpoint_id checkpoint;
    const uint64_t *split_next; /* by split of the job: the first offset that is sent again */
    const bool *finished;       /* by task: it starts as finished */
    const bool *restored;       /* by operator; not where all states have other names now */
    bool in_flight;             /* records under way are restored, too: see verify/books.h */
    bool overtaken;          /* there are some on channels: checkpoints at least once have none */
    bool in_passing;         /* a savepoint of no stop: records came behind its barriers */
    bool has_digest;         /* all that the snapshot holds is restored, by operators that say so */
    uint64_t digest;         /* of what may go to other subtasks: snapshot/state_digest.h */
    const bool *has_entries; /* by operator: what its state began with is known */
    const struct snap_state_entry *entries; /* values by key, by operator, then subtask */
    uint32_t entry_count;
    const struct snap_base_window *windows; /* by operator, then subtask */
    uint32_t window_count;
    const struct snap_begun_states *begun; /* by operator: for shadows; items NULL: not known */
};

#endif
