// SPDX-License-Identifier: Apache-2.0
/*
 * completed_store.h: the completed snapshots a job can be restored from.
 *
 * - Kept in the order of completion; the latest is the last one added, whatever its kind.
 * - Above the number to retain, the oldest that may be dropped is dropped: never the newest, and
 *   the newest checkpoint only if a stop savepoint came after it.
 * - Dropped is not deleted: a dropped checkpoint waits until a newer checkpoint than it is the
 *   lowest one kept. Savepoints and unclaimed snapshots are never deleted here.
 * - A record is in one list at a time: kept, waiting, or handed out.
 * Owned by the coordinator; its thread only.
 * Flink: CheckpointSubsumeHelper, CheckpointsCleaner and the three CompletedCheckpointStores.
 */
#ifndef SNAP_PROTOCOL_COMPLETED_STORE_H
#define SNAP_PROTOCOL_COMPLETED_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"
#include "protocol/pending_checkpoint.h"

enum snap_store_kind {
    SNAP_STORE_STANDALONE,
    SNAP_STORE_HIGH_AVAILABILITY, /* survives the JobManager */
    SNAP_STORE_EMBEDDED,          /* in memory only, deletes nothing at the end */
};

/* How a job ends. SUSPENDED is not final: another JobManager may go on. */
enum snap_job_end {
    SNAP_END_FINISHED,
    SNAP_END_CANCELED,
    SNAP_END_FAILED,
    SNAP_END_SUSPENDED,
};

struct snap_store_config {
    enum snap_store_kind kind;
    enum snap_retention retention;
    uint32_t retained_max; /* state.checkpoints.num-retained, at least 1 */
};

/* Records in order, linked by `next`. */
struct snap_record_list {
    struct snap_checkpoint_record *first;
    struct snap_checkpoint_record *last;
    uint32_t count;
};

struct snap_completed_store {
    struct snap_store_config config;
    struct snap_record_list kept;    /* oldest first */
    struct snap_record_list waiting; /* dropped, not yet deleted */
};

/* What a change of the store leaves to its owner. */
struct snap_store_outcome {
    struct snap_record_list deleted;               /* the state goes with them */
    struct snap_record_list released;              /* no longer in this store; the state stays */
    const struct snap_checkpoint_record *subsumed; /* the newest dropped by an add, or NULL */
    snap_checkpoint_id subsumed_told; /* its id if tasks are told of it, else SNAP_NO_CHECKPOINT */
};

/* Appends to the list. */
void snap_record_list_add(struct snap_record_list *list, struct snap_checkpoint_record *record);

/* Takes the first off the list, NULL if it is empty. */
struct snap_checkpoint_record *snap_record_list_take(struct snap_record_list *list);

void snap_completed_store_init(struct snap_completed_store *store,
                               const struct snap_store_config *config);

/* Adds a completed snapshot (owned from now on) and drops old ones. */
struct snap_store_outcome snap_completed_store_add(struct snap_completed_store *store,
                                                   struct snap_checkpoint_record *record);

/* Empties the store at the end of the job. */
struct snap_store_outcome snap_completed_store_shutdown(struct snap_completed_store *store,
                                                        enum snap_job_end end);

/* Returns the snapshot added last, or NULL. */
struct snap_checkpoint_record *
snap_completed_store_latest(const struct snap_completed_store *store);

/* Returns the id of the snapshot added last, 0 if the store is empty. */
snap_checkpoint_id snap_completed_store_latest_id(const struct snap_completed_store *store);

/* Returns the lowest id of a checkpoint that is kept, no savepoint; INT64_MIN if there is none. */
snap_checkpoint_id snap_completed_store_lowest(const struct snap_completed_store *store);

/* Whether it counts as a savepoint here: the user's, or restored without a claim, or as LEGACY. */
bool snap_record_is_savepoint(const struct snap_checkpoint_record *record);

/* Whether its state is deleted when it is subsumed. Flink: CheckpointProperties. */
bool snap_record_deleted_when_subsumed(const struct snap_checkpoint_record *record);

/* Whether its state is deleted when the job ends so. Flink: CheckpointProperties. */
bool snap_record_deleted_at(const struct snap_checkpoint_record *record,
                            enum snap_retention retention, enum snap_job_end end);

#endif
