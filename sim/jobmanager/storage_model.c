// SPDX-License-Identifier: Apache-2.0
#include "jobmanager/storage_model.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"

enum { LINE_LEAST = 16 };

/* Later than all runs, but an instant: whoever waits for it does not wait for nothing. */
static const snap_ns LATEST_NS = SNAP_NEVER - 1;

static snap_ns whole_ns(__int128 ns)
{
    return ns < LATEST_NS ? (snap_ns)ns : LATEST_NS;
}

static snap_ns later(snap_ns at, snap_ns by)
{
    return snap_ns_min(snap_ns_add(at, by), LATEST_NS);
}

static bool is_before(const struct snap_storage_request *a, const struct snap_storage_request *b)
{
    return a->key_ns != b->key_ns ? a->key_ns < b->key_ns : a->order < b->order;
}

static void join(struct snap_storage_line *line, const struct snap_storage_request *request)
{
    uint32_t at = line->count++;

    if (at == line->capacity) {
        line->capacity = line->capacity ? line->capacity * 2 : LINE_LEAST;
        line->items = snap_memory_resize(line->items, line->capacity * sizeof(*line->items));
    }
    while (at > 0 && is_before(request, &line->items[(at - 1) / 2])) {
        line->items[at] = line->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    line->items[at] = *request;
}

static struct snap_storage_request leave(struct snap_storage_line *line)
{
    const struct snap_storage_request first = line->items[0];
    const struct snap_storage_request last = line->items[--line->count];
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= line->count)
            break;
        if (child + 1 < line->count && is_before(&line->items[child + 1], &line->items[child]))
            child++;
        if (!is_before(&line->items[child], &last))
            break;
        line->items[at] = line->items[child];
        at = child;
    }
    line->items[at] = last;
    return first;
}

static snap_ns first_key(const struct snap_storage_line *line)
{
    return line->count > 0 ? line->items[0].key_ns : SNAP_NEVER;
}

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
    snap_memory_give_back(storage->waiting.items);
    snap_memory_give_back(storage->moving.items);
    snap_memory_give_back(storage->ended.items);
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

/* Those whose latency is over: who has ended has its share until somebody takes it. */
static uint32_t share_count(const struct snap_storage_model *storage)
{
    return storage->moving.count + storage->ended.count;
}

static bool has_requests(const struct snap_storage_model *storage)
{
    return share_count(storage) + storage->waiting.count > 0;
}

/* How long it takes at the current pace until `left_ns` of full bandwidth are done. */
static snap_ns stretched(const struct snap_storage_model *storage, snap_ns left_ns, uint32_t shares)
{
    __int128 ns = (__int128)left_ns * shares * pace_permille(storage, storage->now_ns);

    return whole_ns((ns + 999) / 1000);
}

/* The next instant at which something ends, starts to move, or the pace changes. */
snap_ns snap_storage_model_next_due(const struct snap_storage_model *storage)
{
    snap_ns due = first_key(&storage->waiting);

    if (!has_requests(storage))
        return SNAP_NEVER;
    if (is_stalled(storage))
        return storage->stalled_until_ns;
    if (storage->ended.count > 0)
        return storage->now_ns;
    if (storage->moving.count > 0)
        due = snap_ns_min(due,
                          later(storage->now_ns,
                                stretched(storage, first_key(&storage->moving) - storage->shared_ns,
                                          share_count(storage))));
    if (storage->now_ns < storage->slow_until_ns)
        due = snap_ns_min(due, storage->slow_until_ns);
    return due;
}

/* Puts each request into the line that it belongs to by now. */
static void sort_out(struct snap_storage_model *storage)
{
    struct snap_storage_request at;

    while (first_key(&storage->waiting) <= storage->now_ns) {
        at = leave(&storage->waiting);
        at.key_ns = later(storage->shared_ns, at.work_ns);
        join(&storage->moving, &at);
    }
    while (first_key(&storage->moving) <= storage->shared_ns) {
        at = leave(&storage->moving);
        at.key_ns = 0;
        join(&storage->ended, &at);
    }
}

/* Moves everything on by a stretch of time in which nothing ends, starts or changes its pace. */
static void move_to(struct snap_storage_model *storage, snap_ns at_ns)
{
    __int128 shares = (__int128)share_count(storage) * pace_permille(storage, storage->now_ns);

    if (shares > 0 && !is_stalled(storage))
        storage->shared_ns += (snap_ns)((__int128)(at_ns - storage->now_ns) * 1000 / shares);
    storage->now_ns = at_ns;
    sort_out(storage);
}

static void advance(struct snap_storage_model *storage, snap_ns now_ns)
{
    snap_ns due;

    while ((due = snap_storage_model_next_due(storage)) <= now_ns && due > storage->now_ns)
        move_to(storage, due);
    if (now_ns > storage->now_ns && snap_storage_model_next_due(storage) > now_ns)
        move_to(storage, now_ns);
}

/* At full bandwidth. */
static snap_ns moving_ns(const struct snap_storage_model *storage, int64_t bytes)
{
    __int128 ns = (__int128)bytes * SNAP_SECOND / storage->bytes_per_second;

    return whole_ns(ns);
}

void snap_storage_model_add(struct snap_storage_model *storage,
                            const struct snap_storage_request *request, int64_t bytes,
                            snap_ns now_ns)
{
    struct snap_storage_request at = *request;

    advance(storage, now_ns);
    at.order = storage->orders++;
    at.work_ns = request->joins_file ? 0 : storage->file_ns;
    if (storage->bytes_per_second > 0)
        at.work_ns = later(at.work_ns, moving_ns(storage, bytes));
    at.key_ns = later(now_ns, snap_ns_scale(storage->latency_ns, pace_permille(storage, now_ns)));
    join(&storage->waiting, &at);
    sort_out(storage);
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
    while (storage->ended.count == 0 || is_stalled(storage)) {
        if (snap_storage_model_next_due(storage) > now_ns)
            return false;
        move_to(storage, snap_storage_model_next_due(storage));
    }
    *done = leave(&storage->ended);
    return true;
}

bool snap_storage_model_fails(const struct snap_storage_model *storage, snap_ns now_ns)
{
    return now_ns < storage->fails_until_ns;
}

bool snap_storage_model_is_full(const struct snap_storage_model *storage, snap_ns now_ns)
{
    return now_ns < storage->full_until_ns;
}
