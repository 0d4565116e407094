// SPDX-License-Identifier: Apache-2.0
/*
 * shared_state_registry.h: files that several checkpoints share, and when the last use of one is
 * over.
 *
 * - One entry a key, which is the place of the file: who created it and who uses it last. There
 *   are no counts of references: last use only grows, and what was last used below the lowest
 *   checkpoint kept goes.
 * - Files of an aborted checkpoint stay until a completion moves the lowest past it; a later
 *   checkpoint that uses them keeps them.
 * - Files of a restored snapshot that was not claimed are never handed out for deletion.
 * - A restored snapshot that was dropped waits while one of its files is used and lies in its
 *   own directory, or its backend said so.
 * Owned by who writes the files of checkpoints; its thread only. Flink: SharedStateRegistryImpl.
 */
#ifndef SNAP_PROTOCOL_SHARED_STATE_REGISTRY_H
#define SNAP_PROTOCOL_SHARED_STATE_REGISTRY_H

#include "base/arena.h"
#include "model/checkpoint.h"

enum snap_shared_result {
    SNAP_SHARED_REGISTERED,
    SNAP_SHARED_UNKNOWN,  /* a placeholder for a file that nobody registered */
    SNAP_SHARED_CONFLICT, /* another file has the key */
    SNAP_SHARED_CLOSED,
};

/* A checkpoint uses a file. */
struct snap_shared_use {
    const char *key;
    const char *file; /* NULL: a placeholder, what is registered under the key is meant */
    snap_checkpoint_id checkpoint;
    bool keeps_creator; /* parts of the snapshot that created it are used as well */
};

struct snap_shared_entry {
    const char *key;
    const char *file;
    snap_checkpoint_id created_by;
    snap_checkpoint_id last_used_by;
    bool keeps_creator;
};

/* What the job started from. */
struct snap_shared_restored {
    snap_checkpoint_id id;
    bool is_claimed;
    bool is_self_contained; /* its files lie in its own directory: a native savepoint */
};

struct snap_shared_snapshot {
    struct snap_shared_restored restored;
    bool is_dropped; /* nobody keeps it any more */
    bool is_used;
};

struct snap_shared_registry {
    struct snap_arena *arena; /* borrowed; has the keys and names, too */
    struct snap_shared_entry *entries;
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* open addressing: index of an entry + 1; 0: free */
    uint32_t slot_mask;
    struct snap_shared_snapshot *snapshots; /* restored ones */
    uint32_t snapshot_count;
    uint32_t snapshot_capacity;
    snap_checkpoint_id unclaimed_highest; /* SNAP_NO_CHECKPOINT: none */
    const char **gone;                    /* of the last outcome */
    uint32_t gone_count;
    uint32_t gone_capacity;
    bool is_closed;
};

/* What nobody uses any more; valid until the next call. */
struct snap_shared_outcome {
    const char *const *files;
    uint32_t file_count;
    const snap_checkpoint_id *snapshots; /* restored and dropped ones that may be deleted now */
    uint32_t snapshot_count;
    const snap_checkpoint_id *used; /* restored ones that are still used */
    uint32_t used_count;
};

/* Prepares an empty registry in the arena of the job. */
void snap_shared_registry_init(struct snap_shared_registry *registry, struct snap_arena *arena);

/* Registers the use; *file, which may be NULL, becomes the file's name. Nothing changes on a
 * failure. */
enum snap_shared_result snap_shared_registry_register(struct snap_shared_registry *registry,
                                                      const struct snap_shared_use *use,
                                                      const char **file);

/* Notes what the job started from. Its files are registered by the caller, unless the mode is
 * NO_CLAIM: then they are another job's. Of one that is restored again, what is said last counts;
 * but files that were somebody else's stay so. */
void snap_shared_registry_restored(struct snap_shared_registry *registry,
                                   const struct snap_shared_restored *restored);

/* The snapshot is kept no longer. Returns whether it may be deleted at once; if not, a later
 * outcome names it. */
bool snap_shared_registry_drop(struct snap_shared_registry *registry,
                               snap_checkpoint_id checkpoint);

/* Forgets what was last used below `lowest`, the lowest checkpoint kept; INT64_MAX: none is. */
struct snap_shared_outcome snap_shared_registry_release(struct snap_shared_registry *registry,
                                                        snap_checkpoint_id lowest);

/* Nothing can be registered any more. A job here ends together with its registry, so only those who
 * hold it against Flink's close it. Flink: SharedStateRegistry.close at the coordinator's end. */
void snap_shared_registry_close(struct snap_shared_registry *registry);

#endif
