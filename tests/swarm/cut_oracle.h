// SPDX-License-Identifier: Apache-2.0
/*
 * cut_oracle.h: whether completed checkpoints are consistent cuts, from record events alone; it
 * shares nothing with the ledger.
 *
 * - A record is early for checkpoint N if its source sent it after its own snapshot for N, but it
 *   came to a state or sink before that one's snapshot for N; late the other way round.
 * - Early records take effect if the subtask restores N and then the source sends them again: they
 *   are in the restored state and come once more.
 * - Holds for jobs whose sources can be replayed.
 */
#ifndef SNAP_TESTS_CUT_ORACLE_H
#define SNAP_TESTS_CUT_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "swarm/swarm_run.h"

struct cut_report {
    uint64_t early; /* records, of completed checkpoints */
    uint64_t late;
    uint64_t took_effect;     /* early ones that came again after a restore of their checkpoint */
    bool *doubled;            /* by operator: some record took effect on it; free after use */
    int64_t first_checkpoint; /* of the first early or late record */
    struct snap_event first;
};

/* The run must have kept record events. */
void cut_oracle_examine(const struct swarm_run *run, struct cut_report *report);

#endif
