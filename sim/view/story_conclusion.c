// SPDX-License-Identifier: Apache-2.0
#include "view/story_conclusion.h"

#include <stdlib.h>

const char *snap_times_name(uint32_t times, struct snap_arena *arena)
{
    static const char *const names[] = {"never", "once", "twice"};

    return times < 3 ? names[times] : snap_arena_printf(arena, "%u times", times);
}

/* How often each result of the record did something: the least and the most over its results. */
struct tally {
    uint32_t results;
    uint32_t processed_least;
    uint32_t processed_most;
    uint32_t left_least; /* not undone; of a sink: visible */
    uint32_t left_most;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* By what happened, where, and to which result: those of one result stand together. */
static int compare_marks(const void *a, const void *b)
{
    const struct snap_mark *left = *(const struct snap_mark *const *)a;
    const struct snap_mark *right = *(const struct snap_mark *const *)b;
    int order = compare_numbers(left->operator_index, right->operator_index);

    if (order == 0)
        order = compare_numbers(left->event.type, right->event.type);
    if (order == 0)
        order = compare_numbers(left->origin, right->origin);
    return order != 0 ? order : compare_numbers(left->lineage, right->lineage);
}

static bool same_place(const struct snap_mark *a, const struct snap_mark *b)
{
    return a->operator_index == b->operator_index && a->event.type == b->event.type;
}

static void add_result(struct tally *tally, uint32_t processed, uint32_t left)
{
    if (tally->results++ == 0)
        *tally = (struct tally){1, processed, processed, left, left};
    tally->processed_least =
        processed < tally->processed_least ? processed : tally->processed_least;
    tally->processed_most = processed > tally->processed_most ? processed : tally->processed_most;
    tally->left_least = left < tally->left_least ? left : tally->left_least;
    tally->left_most = left > tally->left_most ? left : tally->left_most;
}

/* Tallies the results of one place, marks [first, ...) in order; returns where they end. */
static uint32_t tally_place(const struct snap_mark *const *marks, uint32_t first, uint32_t count,
                            struct tally *tally)
{
    uint32_t next = first;

    while (next < count && same_place(marks[next], marks[first])) {
        uint32_t begin = next;
        uint32_t left = 0;

        for (; next < count && compare_marks(&marks[next], &marks[begin]) == 0; next++)
            left += marks[next]->event.type == SNAP_EVENT_RECORD_WRITTEN ? marks[next]->visible
                                                                         : !marks[next]->undone;
        add_result(tally, next - begin, left);
    }
    return next;
}

static const char *range_name(struct snap_arena *arena, uint32_t least, uint32_t most)
{
    if (least == most)
        return snap_times_name(least, arena);
    return snap_arena_printf(arena, "%s to %s", snap_times_name(least, arena),
                             snap_times_name(most, arena));
}

static void add_line(const struct snap_effects *effects, const struct snap_mark *mark,
                     const struct tally *tally, struct snap_text *text)
{
    bool sent = mark->event.type == SNAP_EVENT_RECORD_EMITTED;
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_text_printf(text, "  %s: ", effects->job->operators[mark->operator_index].uid);
    if (tally->results > 1)
        snap_text_printf(text, "%u records, each ", tally->results);
    snap_text_printf(text, "%s %s", sent ? "sent" : "processed",
                     range_name(&arena, tally->processed_least, tally->processed_most));
    if (!sent)
        snap_text_printf(text, ", %s %s",
                         mark->event.type == SNAP_EVENT_RECORD_WRITTEN ? "visible"
                                                                       : "affected the state",
                         range_name(&arena, tally->left_least, tally->left_most));
    snap_text_add_string(text, "\n");
    snap_arena_fini(&arena);
}

void snap_story_conclusion(const struct snap_effects *effects, struct snap_text *text)
{
    const struct snap_mark **marks;
    struct snap_arena arena;

    snap_arena_init(&arena);
    marks = SNAP_ARENA_ARRAY(&arena, const struct snap_mark *, effects->count + 1);
    for (uint32_t i = 0; i < effects->count; i++)
        marks[i] = &effects->marks[i];
    if (effects->count > 0)
        qsort(marks, effects->count, sizeof(const struct snap_mark *), compare_marks);
    for (uint32_t next = 0; next < effects->count;) {
        struct tally tally = {0};
        uint32_t first = next;

        next = tally_place(marks, first, effects->count, &tally);
        add_line(effects, marks[first], &tally, text);
    }
    snap_arena_fini(&arena);
}
