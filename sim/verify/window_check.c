// SPDX-License-Identifier: Apache-2.0
#include "verify/window_check.h"

#include <stdlib.h>

#include "base/hash.h"
#include "model/string_pool.h"
#include "model/verdict.h"

/* A restored window, by the hash of its key. */
struct base {
    uint64_t hash;
    const struct snap_base_window *window;
    int64_t value; /* with what was taken since */
    bool is_over;  /* fired, or cleared */
};

struct check {
    const struct snap_window_subject *subject;
    enum snap_value_kind kind; /* of keys */
    struct base *bases;        /* by hash */
    uint32_t count;
    const struct snap_journal_range *ranges; /* of the journal that count */
    uint32_t range_count;
    uint32_t range;
    uint64_t taken; /* entries of the journal before it have been added */
    int64_t wrong;
    bool has_changed; /* the windows have another length now */
};

static uint64_t hash_of(const struct check *check, union snap_value key)
{
    return check->kind == SNAP_VALUE_LONG ? snap_mix64((uint64_t)key.number) : key.string->hash;
}

static int compare_bases(const void *left, const void *right)
{
    const struct base *a = left;
    const struct base *b = right;

    return (a->hash > b->hash) - (a->hash < b->hash);
}

/* The first window of the hash, or behind it. */
static uint32_t lower_bound(const struct check *check, uint64_t hash)
{
    uint32_t first = 0, end = check->count;

    while (first < end) {
        uint32_t middle = first + (end - first) / 2;

        if (check->bases[middle].hash < hash)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static bool has_key(const struct check *check, const struct base *base, union snap_value key)
{
    return check->kind == SNAP_VALUE_LONG ? base->window->key.number == key.number
                                          : snap_string_equal(base->window->key.string, key.string);
}

static void add_record(struct check *check, const struct snap_record *record)
{
    uint64_t hash = hash_of(check, record->key);

    for (uint32_t i = lower_bound(check, hash); i < check->count && check->bases[i].hash == hash;
         i++) {
        struct base *base = &check->bases[i];

        if (has_key(check, base, record->key) && base->window->start_ms <= record->timestamp_ms &&
            record->timestamp_ms < base->window->end_ms)
            check->subject->rules->add_to_window(check->subject->op, record, &base->value);
    }
}

/* Adds the records that had been taken by then. */
static void add_until(struct check *check, uint64_t taken)
{
    const struct snap_log *log = &check->subject->book->journal.log;

    while (check->range < check->range_count) {
        const struct snap_journal_range *range = &check->ranges[check->range];
        uint64_t end = range->end < taken ? range->end : taken;

        if (check->taken < range->first)
            check->taken = range->first;
        for (; check->taken < end; check->taken++) {
            struct snap_log_entry entry = snap_log_entry_at(log, check->taken);

            add_record(check, &entry.record);
        }
        if (end < range->end)
            return;
        check->range++;
    }
}

/* Sessions have any length. */
static bool has_other_length(const struct check *check, const struct snap_window_line *line)
{
    const struct snap_base_window *first = check->count > 0 ? check->bases[0].window : NULL;

    if (!first || first->may_grow || line->kind != SNAP_SPAN_FIRED)
        return false;
    for (uint32_t i = 0; i < check->count; i++)
        if (check->bases[i].window->end_ms - check->bases[i].window->start_ms ==
            line->note.end_ms - line->note.start_ms)
            return false;
    return true;
}

static void take_line(void *to, const struct snap_window_line *line, uint64_t index)
{
    struct check *check = to;
    uint64_t hash;

    (void)index;
    if (line->kind == SNAP_SPAN_LATE)
        return;
    check->has_changed = check->has_changed || has_other_length(check, line);
    add_until(check, line->taken);
    hash = hash_of(check, line->note.key);
    for (uint32_t i = lower_bound(check, hash); i < check->count && check->bases[i].hash == hash;
         i++) {
        struct base *base = &check->bases[i];
        bool is_whole = base->window->start_ms == line->note.start_ms &&
                        base->window->end_ms == line->note.end_ms;

        if (base->is_over || !has_key(check, base, line->note.key) ||
            base->window->start_ms < line->note.start_ms ||
            base->window->end_ms > line->note.end_ms)
            continue;
        base->is_over = true;
        check->wrong += line->kind == SNAP_SPAN_FIRED && is_whole && !base->window->may_grow &&
                        line->record.value.number != base->value;
    }
}

int64_t snap_window_check(const struct snap_window_subject *subject, struct snap_arena *arena)
{
    const struct snap_subtask_book *book = subject->book;
    struct check check = {.subject = subject, .kind = subject->op->input_schemas[0].key};

    check.count = book->base_window_count;
    check.bases = SNAP_ARENA_ARRAY(arena, struct base, check.count);
    for (uint32_t i = 0; i < check.count; i++) {
        const struct snap_base_window *window = &book->base_windows[i];

        check.bases[i] = (struct base){hash_of(&check, window->key), window, window->value, false};
    }
    if (check.count > 1)
        qsort(check.bases, check.count, sizeof(*check.bases), compare_bases);
    check.ranges = snap_journal_content(&book->journal, arena, &check.range_count);
    snap_window_book_each(book->windows, arena, take_line, &check);
    for (uint32_t i = 0; i < check.count && subject->has_ended; i++)
        check.wrong += !check.bases[i].is_over;
    return check.has_changed ? SNAP_UNJUDGED : check.wrong;
}
