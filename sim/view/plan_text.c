// SPDX-License-Identifier: Apache-2.0
#include "view/plan_text.h"

#include "base/utf8.h"
#include "model/names.h"
#include "view/table.h"
#include "view/units.h"

/* How often, and whether it has to: what the action's own text leaves out. */
static void add_conditions(struct snap_text *line, const struct snap_action *action,
                           struct snap_arena *arena)
{
    if (action->delay_ns > 0)
        snap_text_printf(line, ", %s later", snap_duration_name(action->delay_ns, arena));
    if (action->every_ns > 0)
        snap_text_printf(line, ", every %s", snap_duration_name(action->every_ns, arena));
    if (action->times != 1 && action->times != SNAP_TIMES_UNLIMITED)
        snap_text_printf(line, ", at most %u times", action->times);
    if (action->probability < SNAP_PROBABILITY_ONE)
        snap_text_printf(line, ", with a chance of %g",
                         (double)action->probability / SNAP_PROBABILITY_ONE);
    if (action->optional)
        snap_text_add_string(line, " (optional)");
}

void snap_timeline_text(struct snap_text *text, const struct snap_timeline *timeline,
                        uint32_t width)
{
    struct snap_arena arena;

    snap_arena_init(&arena);
    if (timeline->count > 0)
        snap_text_add_string(text, "\nTimeline:\n");
    for (uint32_t i = 0; i < timeline->count; i++) {
        struct snap_text line = {0};

        snap_text_add_string(&line, timeline->actions[i].text);
        add_conditions(&line, &timeline->actions[i], &arena);
        snap_text_make_printable(&line);
        snap_paragraph_text(snap_text_get(&line), width, text);
        snap_text_fini(&line);
    }
    snap_arena_fini(&arena);
}

/* Adds what is expected to a list. */
static void add_item(struct snap_text *list, const char *item)
{
    snap_text_printf(list, "%s%s", list->length > 0 ? ", " : "", item);
}

static void add_counters(struct snap_text *list, const struct snap_expectation *expectation,
                         const struct snap_job *job, struct snap_arena *arena)
{
    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        const struct snap_expected_counter *counter = &expectation->counters[i];
        const char *uid = counter->on_total ? NULL : job->operators[counter->operator_index].uid;

        add_item(list,
                 snap_arena_printf(arena, "%s %s %lld%s%s", snap_counter_name(counter->counter),
                                   snap_comparison_name(counter->comparison),
                                   (long long)counter->number, uid ? " in " : "", uid ? uid : ""));
    }
}

static void add_numbers(struct snap_text *list, const struct snap_expectation *expectation,
                        struct snap_arena *arena)
{
    for (uint32_t i = 0; i < expectation->number_count; i++) {
        const struct snap_expected_number *number = &expectation->numbers[i];
        const char *bound =
            number->variant ? snap_arena_printf(arena, "%.4g x %s", number->value, number->variant)
                            : snap_number_text(number->number, number->value, arena);

        add_item(list,
                 snap_arena_printf(arena, "%s %s %s", snap_number_info_get(number->number)->name,
                                   snap_comparison_name(number->comparison), bound));
    }
}

static void add_objections(struct snap_text *list, const struct snap_expectation *expectation,
                           struct snap_arena *arena)
{
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (expectation->objects[i])
            add_item(list, snap_arena_printf(arena, "oracle %s objects",
                                             snap_oracle_name((enum snap_oracle_id)i)));
    if (expectation->cause_given)
        add_item(list, snap_arena_printf(arena, "the slowest checkpoint is slow for \"%s\"",
                                         snap_slow_key(expectation->cause)));
    if (expectation->cause_subtask)
        add_item(list, snap_arena_printf(arena, "%s makes it slow", expectation->cause_subtask));
}

void snap_expectation_text(struct snap_text *text, const struct snap_expectation *expectation,
                           const struct snap_job *job, uint32_t width)
{
    struct snap_text list = {0};
    struct snap_arena arena;

    snap_arena_init(&arena);
    if (expectation->job_status_given)
        add_item(&list, snap_arena_printf(&arena, "job %s",
                                          snap_job_status_name(expectation->job_status)));
    add_counters(&list, expectation, job, &arena);
    add_numbers(&list, expectation, &arena);
    add_objections(&list, expectation, &arena);
    snap_text_add_string(&list, list.length > 0 ? "; all other counters 0, pending apart"
                                                : "all counters 0, pending apart");
    snap_text_add_string(text, "\nExpected:\n");
    snap_paragraph_text(snap_text_get(&list), width, text);
    snap_text_fini(&list);
    snap_arena_fini(&arena);
}
