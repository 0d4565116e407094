// SPDX-License-Identifier: Apache-2.0
#include "state/timers.h"

#include "base/check.h"

void snap_timers_init(struct snap_timers *timers, struct snap_arena *arena,
                      const struct snap_scoped_options *options)
{
    *timers = (struct snap_timers){.heap = NULL};
    snap_scoped_table_init(&timers->table, arena, options);
}

static bool is_before(const struct snap_timers *timers, uint32_t left, uint32_t right)
{
    const struct snap_scoped_entry *a = snap_scoped_table_entry(&timers->table, left);
    const struct snap_scoped_entry *b = snap_scoped_table_entry(&timers->table, right);

    if (a->item.scope.time_ms != b->item.scope.time_ms)
        return a->item.scope.time_ms < b->item.scope.time_ms;
    if (a->key_group != b->key_group)
        return a->key_group < b->key_group;
    return a->sequence < b->sequence;
}

static void place(struct snap_timers *timers, uint32_t at, uint32_t index)
{
    timers->heap[at] = index;
    snap_scoped_table_entry(&timers->table, index)->link = at;
}

static void sift_up(struct snap_timers *timers, uint32_t at, uint32_t index)
{
    while (at > 0 && is_before(timers, index, timers->heap[(at - 1) / 2])) {
        place(timers, at, timers->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(timers, at, index);
}

static void sift_down(struct snap_timers *timers, uint32_t at, uint32_t index, uint32_t count)
{
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && is_before(timers, timers->heap[child + 1], timers->heap[child]))
            child++;
        if (!is_before(timers, timers->heap[child], index))
            break;
        place(timers, at, timers->heap[child]);
        at = child;
    }
    place(timers, at, index);
}

void snap_timers_register(struct snap_timers *timers, const struct snap_scope *scope)
{
    uint32_t count = timers->table.used_count;
    uint32_t index;

    if (snap_scoped_table_find(&timers->table, scope) != SNAP_SCOPED_NONE)
        return;
    timers->heap = snap_arena_grow(timers->table.arena, timers->heap, count, &timers->capacity,
                                   sizeof(*timers->heap));
    index = snap_scoped_table_insert(&timers->table, scope);
    sift_up(timers, count, index);
}

static void remove_at(struct snap_timers *timers, uint32_t at)
{
    uint32_t last_place = timers->table.used_count - 1;
    uint32_t last = timers->heap[last_place];

    snap_scoped_table_remove(&timers->table, timers->heap[at]);
    if (at == last_place)
        return;
    if (at > 0 && is_before(timers, last, timers->heap[(at - 1) / 2]))
        sift_up(timers, at, last);
    else
        sift_down(timers, at, last, last_place);
}

void snap_timers_delete(struct snap_timers *timers, const struct snap_scope *scope)
{
    uint32_t index = snap_scoped_table_find(&timers->table, scope);

    if (index != SNAP_SCOPED_NONE)
        remove_at(timers, snap_scoped_table_entry(&timers->table, index)->link);
}

bool snap_timers_peek(const struct snap_timers *timers, int64_t *time_ms)
{
    if (timers->table.used_count == 0)
        return false;
    *time_ms = snap_scoped_table_entry(&timers->table, timers->heap[0])->item.scope.time_ms;
    return true;
}

bool snap_timers_pop(struct snap_timers *timers, int64_t until_ms, struct snap_scope *scope)
{
    int64_t time_ms;

    if (!snap_timers_peek(timers, &time_ms) || time_ms > until_ms)
        return false;
    *scope = snap_scoped_table_entry(&timers->table, timers->heap[0])->item.scope;
    remove_at(timers, 0);
    return true;
}

static void take(void *to, const struct snap_scoped_item *item)
{
    snap_timers_register(to, &item->scope);
}

void snap_timers_restore(struct snap_timers *timers, const struct snap_scoped_snapshot *snapshot)
{
    snap_scoped_snapshot_each(&timers->table, snapshot, take, timers);
}
