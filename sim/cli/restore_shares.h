// SPDX-License-Identifier: Apache-2.0
/*
 * restore_shares.h: what new subtasks have of a snapshot that the job can start from.
 *
 * - Lists and data in flight are read off the shares that the tasks were given: what a run would
 *   start with. Key groups follow from the two parallelisms alone.
 * - Everything is borrowed from the restored snapshot.
 */
#ifndef SNAP_CLI_RESTORE_SHARES_H
#define SNAP_CLI_RESTORE_SHARES_H

#include "base/bitset.h"
#include "snapshot/restore.h"

/* ---- states ---- */

/* Whether the job has the operator, and its subtasks had state. */
bool snap_restore_takes_state(const struct snap_image_operator *of);
bool snap_restore_has_key_groups(const struct snap_image_operator *of);

/* Returns the list of this number, NULL behind the last: each name once, as the first subtask with
 * it has it. */
const struct snap_list_snapshot *snap_restore_list(const struct snap_image_operator *of,
                                                   uint32_t number);

/* Returns how many elements of a list the new subtask of the operator of the job gets. */
uint32_t snap_restore_elements(const struct snap_resume *resume, const struct snap_operator *op,
                               uint32_t subtask, const char *name);

/* Whether each subtask gets of the list, or of everything, what the one of its number had; the
 * first at the same parallelism only. */
bool snap_restore_list_stays(const struct snap_resume *resume, const struct snap_image_operator *of,
                             const char *name);
bool snap_restore_stays(const struct snap_resume *resume, const struct snap_image_operator *of);

/* ---- data in flight ---- */

/* An exchange of the job, and what was on it. */
struct snap_flight {
    const struct snap_resume *resume;
    const struct snap_edge *edge;
    const struct snap_edge *old; /* as the snapshot has it */
    uint64_t records;            /* in the snapshot, at both ends */
    bool stays;                  /* all of it stays on its channels */
};

/* What one new subtask has of an exchange, at one end of it. */
struct snap_flight_share {
    uint64_t records; /* that it keeps, or sends */
    uint64_t foreign; /* that it reads, and leaves to others */
    uint32_t pieces;
    struct snap_bitset from; /* old subtasks */
};

/* Finds the exchanges on which something was; returns how many. Memory of the arena. */
uint32_t snap_restore_flights(const struct snap_restored *restored, struct snap_arena *arena,
                              struct snap_flight **flights);

/* Returns who is at this end, in the job and in the snapshot. */
const struct snap_operator *snap_flight_now(const struct snap_flight *flight,
                                            enum snap_channel_end end);
const struct snap_operator *snap_flight_before(const struct snap_flight *flight,
                                               enum snap_channel_end end);

/* Returns what the new subtask at this end has; its set is the arena's. */
struct snap_flight_share snap_flight_share(const struct snap_flight *flight,
                                           enum snap_channel_end end, uint32_t subtask,
                                           struct snap_arena *arena);

#endif
