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

static void take_line(struct check *check, const struct snap_window_line *line)
{
    uint64_t hash;

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

static void begin(struct check *check, struct snap_arena *arena)
{
    const struct snap_subtask_book *book = check->subject->book;

    check->kind = check->subject->op->input_schemas[0].key;
    check->count = book->finished_before ? 0 : book->base_window_count;
    check->bases = SNAP_ARENA_ARRAY(arena, struct base, check->count);
    for (uint32_t i = 0; i < check->count; i++) {
        const struct snap_base_window *window = &book->base_windows[i];

        check->bases[i] = (struct base){hash_of(check, window->key), window, window->value, false};
    }
    if (check->count > 1)
        qsort(check->bases, check->count, sizeof(*check->bases), compare_bases);
    check->taken = book->dealt_records;
    check->wrong = book->base_wrong;
    check->has_changed = book->base_has_other_size;
}

/* The content of the journal at the checkpoint; all of it for SNAP_NO_CHECKPOINT, and if there is
 * no mark of it. */
static const struct snap_journal_range *content_at(const struct snap_journal *journal,
                                                   snap_checkpoint_id checkpoint,
                                                   struct snap_arena *arena, uint32_t *count)
{
    const struct snap_journal_mark *mark =
        checkpoint == SNAP_NO_CHECKPOINT ? NULL : snap_journal_find_mark(journal, checkpoint);

    return mark ? snap_journal_content_at(journal, mark, arena, count)
                : snap_journal_content(journal, arena, count);
}

/* All that was told and taken at the checkpoint; SNAP_NO_CHECKPOINT: until now. */
static void look(struct check *check, snap_checkpoint_id checkpoint, struct snap_arena *arena)
{
    const struct snap_subtask_book *book = check->subject->book;
    const struct snap_window_book *windows = book->windows;
    uint32_t count;
    const struct snap_journal_range *lines =
        content_at(&windows->journal, checkpoint, arena, &count);

    begin(check, arena);
    check->ranges = content_at(&book->journal, checkpoint, arena, &check->range_count);
    for (uint32_t r = 0; r < count; r++)
        for (uint64_t i = lines[r].first; i < lines[r].end; i++)
            /* What was dealt has been looked at when the savepoint was. */
            if (windows->lines[i].execution == windows->execution)
                take_line(check, &windows->lines[i]);
}

int64_t snap_window_check(const struct snap_window_subject *subject, struct snap_arena *arena)
{
    struct check check = {.subject = subject};

    look(&check, SNAP_NO_CHECKPOINT, arena);
    for (uint32_t i = 0; i < check.count && subject->has_ended; i++)
        check.wrong += !check.bases[i].is_over;
    return check.has_changed ? SNAP_UNJUDGED : check.wrong;
}

void snap_window_check_until(const struct snap_window_subject *subject,
                             snap_checkpoint_id savepoint, struct snap_arena *arena,
                             struct snap_windows_left *left)
{
    struct check check = {.subject = subject};

    look(&check, savepoint, arena);
    add_until(&check, UINT64_MAX);
    left->open = SNAP_ARENA_ARRAY(arena, struct snap_base_window, check.count);
    left->open_count = 0;
    for (uint32_t i = 0; i < check.count; i++) {
        if (check.bases[i].is_over)
            continue;
        left->open[left->open_count] = *check.bases[i].window;
        left->open[left->open_count++].value = check.bases[i].value;
    }
    left->wrong = check.wrong;
    left->has_other_size = check.has_changed;
}
