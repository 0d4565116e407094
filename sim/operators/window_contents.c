// SPDX-License-Identifier: Apache-2.0
#include "operators/window_contents.h"

#include "base/check.h"
#include "model/lineage.h"
#include "model/stream_mark.h"

static const char WINDOWS_NAME[] = "window-contents";
static const char EVENT_TIMERS_NAME[] = "_timer_state/event_window-timers";
static const char PROCESSING_TIMERS_NAME[] = "_timer_state/processing_window-timers";

/* Declared size of a timer: key, window, time. */
enum { TIMER_BYTES = 32 };

static const char *timers_name(const struct snap_window_contents *contents)
{
    return contents->settings->of_processing_time ? PROCESSING_TIMERS_NAME : EVENT_TIMERS_NAME;
}

static struct snap_scope scope_of(union snap_value key, const struct snap_window *window)
{
    return (struct snap_scope){.key = key, .start_ms = window->start_ms, .end_ms = window->end_ms};
}

static struct snap_window window_of(const struct snap_window_contents *contents, uint32_t index)
{
    const struct snap_scope *scope =
        &snap_scoped_table_entry(&contents->windows, index)->item.scope;

    return (struct snap_window){scope->start_ms, scope->end_ms};
}

/* The first session of a key; a key without one has no entry. */
static uint64_t *first_session(struct snap_window_contents *contents, union snap_value key)
{
    struct snap_scope scope = {.key = key};
    uint32_t index = snap_scoped_table_find(&contents->keys, &scope);

    if (index == SNAP_SCOPED_NONE)
        index = snap_scoped_table_insert(&contents->keys, &scope);
    return &snap_scoped_table_entry(&contents->keys, index)->item.cell.count;
}

static uint32_t insert(struct snap_window_contents *contents, const struct snap_scope *scope)
{
    uint32_t index = snap_scoped_table_insert(&contents->windows, scope);

    if (contents->settings->kind == SNAP_WINDOW_SESSION) {
        uint64_t *first = first_session(contents, scope->key);

        snap_scoped_table_entry(&contents->windows, index)->link =
            *first ? (uint32_t)*first - 1 : SNAP_SCOPED_NONE;
        *first = (uint64_t)index + 1;
    }
    return index;
}

static void unlink_session(struct snap_window_contents *contents, uint32_t index)
{
    union snap_value key = snap_scoped_table_entry(&contents->windows, index)->item.scope.key;
    uint32_t next = snap_scoped_table_entry(&contents->windows, index)->link;
    uint64_t *first = first_session(contents, key);
    uint32_t at = (uint32_t)*first - 1;
    struct snap_scope scope = {.key = key};

    if (at == index) {
        *first = next == SNAP_SCOPED_NONE ? 0 : (uint64_t)next + 1;
        if (*first == 0)
            snap_scoped_table_remove(&contents->keys,
                                     snap_scoped_table_find(&contents->keys, &scope));
        return;
    }
    while (snap_scoped_table_entry(&contents->windows, at)->link != index)
        at = snap_scoped_table_entry(&contents->windows, at)->link;
    snap_scoped_table_entry(&contents->windows, at)->link = next;
}

void snap_window_clear(struct snap_window_contents *contents, uint32_t index)
{
    if (contents->settings->kind == SNAP_WINDOW_SESSION)
        unlink_session(contents, index);
    snap_scoped_table_remove(&contents->windows, index);
}

static void set_timer(struct snap_window_contents *contents, struct snap_scope scope,
                      int64_t time_ms)
{
    scope.time_ms = time_ms;
    if (time_ms > contents->watermark_ms && time_ms != INT64_MAX)
        snap_timers_register(&contents->timers, &scope);
}

static void delete_timer(struct snap_window_contents *contents, struct snap_scope scope,
                         int64_t time_ms)
{
    scope.time_ms = time_ms;
    snap_timers_delete(&contents->timers, &scope);
}

static void set_timers(struct snap_window_contents *contents, const struct snap_scope *scope,
                       const struct snap_window *window)
{
    set_timer(contents, *scope, snap_window_max_ms(window));
    set_timer(contents, *scope, snap_window_cleanup_ms(contents->settings, window));
}

static void combine(enum snap_window_aggregate aggregate, struct snap_window_cell *into,
                    const struct snap_window_cell *from)
{
    bool replaces = into->count == 0 ||
                    (aggregate == SNAP_AGGREGATE_MIN && from->value < into->value) ||
                    (aggregate == SNAP_AGGREGATE_MAX && from->value > into->value);

    if (from->count == 0)
        return;
    if (replaces)
        into->value = from->value;
    else if (aggregate == SNAP_AGGREGATE_COUNT || aggregate == SNAP_AGGREGATE_SUM)
        into->value = (int64_t)((uint64_t)into->value + (uint64_t)from->value);
    if (into->count == 0 || from->origin_least < into->origin_least)
        into->origin_least = from->origin_least;
    into->count += from->count;
    into->name_sum += from->name_sum;
    into->name_xor ^= from->name_xor;
    into->firings += from->firings;
}

void snap_window_add(struct snap_window_cell *cell, enum snap_window_aggregate aggregate,
                     const struct snap_record *record, uint64_t lineage)
{
    uint64_t name = snap_lineage_name(record->origin, lineage);
    struct snap_window_cell one = {
        .value = aggregate == SNAP_AGGREGATE_COUNT ? 1 : record->value.number,
        .count = 1,
        .name_sum = name,
        .name_xor = name,
        .origin_least = record->origin,
    };

    combine(aggregate, cell, &one);
}

/* Takes a session into the cell of the one that it becomes part of. */
static void absorb(struct snap_window_contents *contents, uint32_t index,
                   struct snap_window_cell *into)
{
    struct snap_scoped_entry entry = *snap_scoped_table_entry(&contents->windows, index);
    struct snap_window window = window_of(contents, index);

    combine(contents->settings->aggregate, into, &entry.item.cell);
    delete_timer(contents, entry.item.scope, snap_window_max_ms(&window));
    delete_timer(contents, entry.item.scope, snap_window_cleanup_ms(contents->settings, &window));
    snap_window_clear(contents, index);
}

/* The session of the key that touches the window, if there is one. */
static uint32_t touching(struct snap_window_contents *contents, union snap_value key,
                         const struct snap_window *window)
{
    struct snap_scope scope = {.key = key};
    uint32_t found = snap_scoped_table_find(&contents->keys, &scope);
    uint32_t at;

    if (found == SNAP_SCOPED_NONE)
        return SNAP_SCOPED_NONE;
    at = (uint32_t)snap_scoped_table_entry(&contents->keys, found)->item.cell.count - 1;
    for (; at != SNAP_SCOPED_NONE; at = snap_scoped_table_entry(&contents->windows, at)->link) {
        struct snap_window other = window_of(contents, at);

        if (snap_window_touches(&other, window))
            return at;
    }
    return SNAP_SCOPED_NONE;
}

static uint32_t obtain_session(struct snap_window_contents *contents, union snap_value key,
                               struct snap_window *window)
{
    struct snap_window_cell cell = {.count = 0};
    struct snap_scope scope;
    uint32_t index;

    while ((index = touching(contents, key, window)) != SNAP_SCOPED_NONE) {
        struct snap_window other = window_of(contents, index);

        *window = snap_window_cover(window, &other);
        if (window->start_ms == other.start_ms && window->end_ms == other.end_ms)
            break; /* it has room for the record as it is */
        absorb(contents, index, &cell);
    }
    if (index == SNAP_SCOPED_NONE) {
        scope = scope_of(key, window);
        index = insert(contents, &scope);
    }
    combine(contents->settings->aggregate, snap_scoped_table_cell(&contents->windows, index),
            &cell);
    return index;
}

uint32_t snap_window_obtain(struct snap_window_contents *contents, union snap_value key,
                            struct snap_window *window)
{
    struct snap_scope scope = scope_of(key, window);
    uint32_t index;

    if (contents->settings->kind == SNAP_WINDOW_SESSION) {
        index = obtain_session(contents, key, window);
        scope = scope_of(key, window);
    } else {
        index = snap_scoped_table_find(&contents->windows, &scope);
        if (index == SNAP_SCOPED_NONE)
            index = insert(contents, &scope);
    }
    set_timers(contents, &scope, window);
    return index;
}

bool snap_window_is_late(const struct snap_window_contents *contents,
                         const struct snap_window *window)
{
    return !contents->settings->of_processing_time &&
           snap_window_cleanup_ms(contents->settings, window) <= contents->watermark_ms;
}

uint32_t snap_window_find(const struct snap_window_contents *contents,
                          const struct snap_scope *timer)
{
    struct snap_scope scope = *timer;

    scope.time_ms = 0;
    return snap_scoped_table_find(&contents->windows, &scope);
}

/* Of entries of one window the last one counts, as in Flink's tables. */
static void restore_window(void *to, const struct snap_scoped_item *item)
{
    struct snap_window_contents *contents = to;
    uint32_t index = snap_scoped_table_find(&contents->windows, &item->scope);

    if (index == SNAP_SCOPED_NONE)
        index = insert(contents, &item->scope);
    *snap_scoped_table_cell(&contents->windows, index) = item->cell;
}

void snap_window_contents_init(struct snap_window_contents *contents, struct snap_arena *arena,
                               const struct snap_scoped_options *options,
                               const struct snap_operator_state *restored)
{
    const struct snap_scoped_snapshot *windows =
        snap_operator_state_find_scoped(restored, WINDOWS_NAME);
    const struct snap_scoped_snapshot *timers =
        snap_operator_state_find_scoped(restored, timers_name(contents));

    snap_scoped_table_init(&contents->windows, arena, options);
    snap_scoped_table_init(&contents->keys, arena, options);
    snap_timers_init(&contents->timers, arena, options);
    contents->watermark_ms = SNAP_WATERMARK_MIN;
    if (windows)
        snap_scoped_snapshot_each(&contents->windows, windows, restore_window, contents);
    if (timers)
        snap_timers_restore(&contents->timers, timers);
}

void snap_window_contents_snapshot(struct snap_window_contents *contents, struct snap_arena *arena,
                                   struct snap_operator_state *out)
{
    struct snap_scoped_snapshot *states = SNAP_ARENA_ARRAY(arena, struct snap_scoped_snapshot, 2);

    states[0] = snap_scoped_table_freeze(&contents->windows, arena, WINDOWS_NAME);
    states[1] = snap_scoped_table_freeze(&contents->timers.table, arena, timers_name(contents));
    out->scoped = states;
    out->scoped_count = 2;
    out->bytes += (int64_t)contents->timers.table.used_count * TIMER_BYTES;
}
