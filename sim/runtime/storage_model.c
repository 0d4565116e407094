// SPDX-License-Identifier: Apache-2.0
#include "runtime/storage_model.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"

void snap_storage_model_init(struct snap_storage_model *storage,
                             const struct snap_cost_model *model)
{
    memset(storage, 0, sizeof(*storage));
    storage->latency_ns = model->storage_latency_ns;
    storage->file_ns = model->storage_file_ns;
    storage->bytes_per_second = model->storage_bytes_per_second;
    storage->slow_permille = 1000;
}

void snap_storage_model_fini(struct snap_storage_model *storage)
{
    snap_memory_give_back(storage->requests);
    memset(storage, 0, sizeof(*storage));
}

static int64_t pace_permille(const struct snap_storage_model *storage, snap_ns at_ns)
{
    return at_ns < storage->slow_until_ns ? storage->slow_permille : 1000;
}

static bool is_stalled(const struct snap_storage_model *storage)
{
    return storage->now_ns < storage->stalled_until_ns;
}

static uint32_t moving(const struct snap_storage_model *storage)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < storage->count; i++)
        count += storage->requests[i].starts_ns <= storage->now_ns;
    return count;
}

/* How long it takes at the current pace until `left_ns` of full bandwidth are done. */
static snap_ns stretched(const struct snap_storage_model *storage, snap_ns left_ns, uint32_t shares)
{
    __int128 ns = (__int128)left_ns * shares * pace_permille(storage, storage->now_ns);

    return (snap_ns)((ns + 999) / 1000);
}

/* The next instant at which something ends, starts to move, or the pace changes. */
snap_ns snap_storage_model_next_due(const struct snap_storage_model *storage)
{
    uint32_t shares = moving(storage);
    snap_ns due = SNAP_NEVER;

    if (is_stalled(storage))
        return storage->count > 0 ? storage->stalled_until_ns : SNAP_NEVER;
    for (uint32_t i = 0; i < storage->count; i++) {
        const struct snap_storage_request *at = &storage->requests[i];

        due = snap_ns_min(due, at->starts_ns > storage->now_ns
                                   ? at->starts_ns
                                   : storage->now_ns + stretched(storage, at->left_ns, shares));
    }
    if (due != SNAP_NEVER && storage->now_ns < storage->slow_until_ns)
        due = snap_ns_min(due, storage->slow_until_ns);
    return due;
}

/* Moves everything on by a stretch of time in which nothing ends, starts or changes its pace. */
static void move_to(struct snap_storage_model *storage, snap_ns at_ns)
{
    uint32_t shares = moving(storage);
    int64_t pace = pace_permille(storage, storage->now_ns);
    snap_ns passed = at_ns - storage->now_ns;

    for (uint32_t i = 0; i < storage->count && passed > 0 && !is_stalled(storage); i++) {
        struct snap_storage_request *at = &storage->requests[i];
        snap_ns done;

        if (at->starts_ns > storage->now_ns)
            continue;
        done = (snap_ns)((__int128)passed * 1000 / ((__int128)shares * pace));
        at->left_ns = at->left_ns > done ? at->left_ns - done : 0;
    }
    storage->now_ns = at_ns;
}

static void advance(struct snap_storage_model *storage, snap_ns now_ns)
{
    snap_ns due;

    while ((due = snap_storage_model_next_due(storage)) <= now_ns && due > storage->now_ns)
        move_to(storage, due);
    if (now_ns > storage->now_ns && snap_storage_model_next_due(storage) > now_ns)
        move_to(storage, now_ns);
}

void snap_storage_model_add(struct snap_storage_model *storage,
                            const struct snap_storage_request *request, int64_t bytes,
                            snap_ns now_ns)
{
    struct snap_storage_request *at;

    advance(storage, now_ns);
    if (storage->count == storage->capacity) {
        storage->capacity = storage->capacity ? storage->capacity * 2 : 16;
        storage->requests = snap_memory_resize(storage->requests, storage->capacity * sizeof(*at));
    }
    at = &storage->requests[storage->count++];
    *at = *request;
    at->starts_ns = now_ns + storage->latency_ns * pace_permille(storage, now_ns) / 1000;
    at->left_ns = request->joins_file ? 0 : storage->file_ns;
    if (storage->bytes_per_second > 0)
        at->left_ns += (snap_ns)((__int128)bytes * SNAP_SECOND / storage->bytes_per_second);
}

void snap_storage_model_fail(struct snap_storage_model *storage, snap_ns now_ns,
                             snap_ns duration_ns)
{
    storage->fails_until_ns = snap_ns_add(now_ns, duration_ns);
}

void snap_storage_model_fill(struct snap_storage_model *storage, snap_ns now_ns,
                             snap_ns duration_ns)
{
    storage->full_until_ns = snap_ns_add(now_ns, duration_ns);
}

void snap_storage_model_stall(struct snap_storage_model *storage, snap_ns now_ns,
                              snap_ns duration_ns)
{
    advance(storage, now_ns);
    storage->stalled_until_ns = snap_ns_add(now_ns, duration_ns);
}

void snap_storage_model_slow(struct snap_storage_model *storage, snap_ns now_ns,
                             snap_ns duration_ns, int64_t permille)
{
    SNAP_CHECK(permille > 0);
    advance(storage, now_ns);
    storage->slow_until_ns = snap_ns_add(now_ns, duration_ns);
    storage->slow_permille = permille;
}

bool snap_storage_model_take_done(struct snap_storage_model *storage, snap_ns now_ns,
                                  struct snap_storage_request *done)
{
    for (;;) {
        for (uint32_t i = 0; i < storage->count; i++) {
            struct snap_storage_request *at = &storage->requests[i];

            if (at->starts_ns > storage->now_ns || at->left_ns > 0 || is_stalled(storage))
                continue;
            *done = *at;
            memmove(at, at + 1, (storage->count - i - 1) * sizeof(*at));
            storage->count--;
            return true;
        }
        if (storage->count == 0 || snap_storage_model_next_due(storage) > now_ns)
            return false;
        move_to(storage, snap_storage_model_next_due(storage));
    }
}

bool snap_storage_model_fails(const struct snap_storage_model *storage, snap_ns now_ns)
{
    return now_ns < storage->fails_until_ns;
}

bool snap_storage_model_is_full(const struct snap_storage_model *storage, snap_ns now_ns)
{
    return now_ns < storage->full_until_ns;
}
