// SPDX-License-Identifier: Apache-2.0
/*
 * storage_model.h: how long the checkpoint storage takes, for all subtasks together.
 *
 * - A request waits the latency, then its file is opened, unless others have done so, and its
 *   bytes are moved; all that do so share the storage equally.
 * - While the storage is slow by a factor, latency and bytes take that many times longer; while it
 *   fails, what ends, fails; while it is full, writes that end fail; while it is stalled, nothing
 *   ends.
 * - Who moves has had the same share since an instant as anybody else: one number, `shared_ns`,
 * tells how far all have come, and each ends where that reaches its own mark. So a request costs
 * the logarithm of those under way, however many there are.
 * - Time is kept in whole nanoseconds of the full bandwidth, so results do not depend on rounding
 *   of floating point. A pure machine: no clock, no mail.
 * - Owned by the JobManager actor.
 */
#ifndef SNAP_JOBMANAGER_STORAGE_MODEL_H
#define SNAP_JOBMANAGER_STORAGE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/config.h"

struct snap_storage_request {
    uint32_t task;
    uint32_t attempt;
    uint64_t request; /* the task's number */
    bool reads;       /* else it writes */
    bool joins_file;  /* one that others opened */
    uint64_t order;   /* in which they came */
    snap_ns work_ns;  /* time it needs if it has the storage to itself */
    snap_ns key_ns;   /* its place in the line that it stands in */
};

/* Requests by (key_ns, order): a heap. */
struct snap_storage_line {
    struct snap_storage_request *items; /* owned */
    uint32_t count;
    uint32_t capacity;
};

struct snap_storage_model {
    snap_ns latency_ns;
    snap_ns file_ns;          /* of the storage's time for each request, besides its bytes */
    int64_t bytes_per_second; /* 0: no limit */
    snap_ns now_ns;
    snap_ns slow_until_ns;
    int64_t slow_permille; /* 1000: as always */
    snap_ns fails_until_ns;
    snap_ns full_until_ns;
    snap_ns stalled_until_ns;
    uint64_t orders;
    snap_ns shared_ns;                /* what each of those that move has had since the beginning */
    struct snap_storage_line waiting; /* for the latency: by the instant at which it is over */
    struct snap_storage_line moving;  /* by what of shared_ns ends them */
    struct snap_storage_line ended;   /* not taken yet: by their order */
};

void snap_storage_model_init(struct snap_storage_model *storage,
                             const struct snap_cost_model *model);
void snap_storage_model_fini(struct snap_storage_model *storage);

/* A task wants `bytes` written or read; what is not in the comments of `request`
 * above `order` is filled in. */
void snap_storage_model_add(struct snap_storage_model *storage,
                            const struct snap_storage_request *request, int64_t bytes,
                            snap_ns now_ns);

/* From now on, for the duration, everything fails. */
void snap_storage_model_fail(struct snap_storage_model *storage, snap_ns now_ns,
                             snap_ns duration_ns);

/* From now on, for the duration, everything takes `permille` / 1000 times as long. */
void snap_storage_model_slow(struct snap_storage_model *storage, snap_ns now_ns,
                             snap_ns duration_ns, int64_t permille);

/* From now on, for the duration, writes find no space. */
void snap_storage_model_fill(struct snap_storage_model *storage, snap_ns now_ns,
                             snap_ns duration_ns);

/* From now on, for the duration, nothing moves and nothing ends. */
void snap_storage_model_stall(struct snap_storage_model *storage, snap_ns now_ns,
                              snap_ns duration_ns);

/* Returns when the next request ends or the pace changes; SNAP_NEVER if nothing is under way. */
snap_ns snap_storage_model_next_due(const struct snap_storage_model *storage);

/* Moves time on. Returns true and the request if one has ended by now; call until false. */
bool snap_storage_model_take_done(struct snap_storage_model *storage, snap_ns now_ns,
                                  struct snap_storage_request *done);

/* Returns whether what ends at the instant fails. */
bool snap_storage_model_fails(const struct snap_storage_model *storage, snap_ns now_ns);

/* Returns whether a write that ends at the instant finds no space. */
bool snap_storage_model_is_full(const struct snap_storage_model *storage, snap_ns now_ns);

#endif
