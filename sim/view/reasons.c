// SPDX-License-Identifier: Apache-2.0
#include "view/reasons.h"

#include <string.h>

#include "model/names.h"
#include "view/console.h"
#include "view/run_groups.h"
#include "view/units.h"
#include "view/wrap.h"

#define HALTED "the run could not go on: "
#define UNCHECKED "Expected, but cannot be judged"

/* Reasons while they are gathered. */
struct gathering {
    const struct snap_summary *summary;
    struct snap_arena *arena;
    struct snap_reasons reasons;
};

static void add(struct gathering *gathering, const char *text)
{
    struct snap_reasons *reasons = &gathering->reasons;

    reasons->texts = snap_arena_grow(gathering->arena, reasons->texts, reasons->count,
                                     &reasons->capacity, sizeof(reasons->texts[0]));
    reasons->texts[reasons->count++] = text;
}

/* "expected restarts > 2 x aligned (4), found 3" */
static const char *number_reason(const struct snap_unmet *unmet, struct snap_arena *arena)
{
    const struct snap_expected_number *number = &unmet->number;
    const char *bound = snap_number_text(number->number, unmet->bound, arena);

    if (number->variant)
        bound = snap_arena_printf(arena, "%.4g x %s (%s)", number->value, number->variant, bound);
    return snap_arena_printf(arena, "expected %s %s %s, found %s",
                             snap_number_info_get(number->number)->name,
                             snap_comparison_name(number->comparison), bound,
                             snap_number_text(number->number, unmet->measured, arena));
}

/* Where the counter is. */
static const char *where_of(const struct gathering *gathering, const struct snap_unmet *unmet)
{
    const struct snap_expected_counter *expected = &unmet->expected;

    if (expected->removed_uid)
        return expected->removed_uid;
    return expected->on_total
               ? "all"
               : gathering->summary->statistics->job->operators[expected->operator_index].uid;
}

static void add_unmet(void *context, const struct snap_unmet *unmet)
{
    struct gathering *gathering = context;
    const struct snap_summary *summary = gathering->summary;
    const struct snap_expected_counter *expected = &unmet->expected;
    const char *counter = snap_counter_name(expected->counter);
    const char *where = where_of(gathering, unmet);

    switch (unmet->kind) {
    case SNAP_UNMET_JOB_STATUS:
        add(gathering, snap_arena_printf(gathering->arena, "expected job %s, it is %s",
                                         snap_job_status_name(summary->expectation->job_status),
                                         snap_job_status_name(summary->statistics->job_status)));
        return;
    case SNAP_UNMET_COUNTER:
        add(gathering,
            snap_arena_printf(gathering->arena, "expected %s %s %lld in %s, found %lld", counter,
                              snap_comparison_name(expected->comparison),
                              (long long)expected->number, where, (long long)unmet->actual));
        return;
    case SNAP_UNMET_OBJECTION:
        add(gathering,
            snap_arena_printf(gathering->arena, "oracle %s objects (expect does not name it)",
                              snap_oracle_name(unmet->oracle)));
        return;
    case SNAP_UNMET_SILENCE:
        add(gathering,
            snap_arena_printf(gathering->arena, "expected oracle %s to object, it does not",
                              snap_oracle_name(unmet->oracle)));
        return;
    case SNAP_UNMET_NUMBER:
        add(gathering, number_reason(unmet, gathering->arena));
        return;
    case SNAP_UNMET_CAUSE:
        add(gathering,
            snap_arena_printf(gathering->arena,
                              "expected the slowest checkpoint to be slow for \"%s\", found \"%s\"",
                              snap_slow_key(summary->expectation->cause),
                              snap_slow_key(summary->verdict->cause)));
        return;
    case SNAP_UNMET_SUBTASK:
        add(gathering,
            snap_arena_printf(
                gathering->arena, "expected %s to make the slowest checkpoint slow, found %s",
                summary->expectation->cause_subtask,
                summary->verdict->cause_subtask ? summary->verdict->cause_subtask : "none"));
        return;
    case SNAP_UNMET_UNNAMED:
        add(gathering, snap_arena_printf(gathering->arena,
                                         "%s must be 0 in %s, found %lld (expect does not name it)",
                                         counter, where, (long long)unmet->actual));
        return;
    }
}

static const char *unfired_reason(const struct snap_unfired *unfired, struct snap_arena *arena)
{
    return snap_arena_printf(arena, "%s never took effect%s%s", unfired->text,
                             unfired->why ? ": " : "", unfired->why ? unfired->why : "");
}

struct snap_reasons snap_reasons_of(const struct snap_summary *summary, struct snap_arena *arena)
{
    struct gathering gathering = {.summary = summary, .arena = arena};

    if (summary->expectation_met || summary->interrupted)
        return gathering.reasons;
    if (summary->halted)
        add(&gathering, snap_arena_printf(arena, HALTED "%s", summary->halted));
    if (summary->expectation && summary->verdict)
        snap_expectation_unmet(summary->expectation, summary->verdict,
                               summary->statistics->job_status,
                               &(struct snap_unmet_sink){&gathering, add_unmet});
    for (uint32_t i = 0; i < summary->unfired_count; i++)
        if (!summary->unfired[i].optional)
            add(&gathering, unfired_reason(&summary->unfired[i], arena));
    return gathering.reasons;
}

bool snap_reason_is_halt(const char *reason)
{
    return strncmp(reason, HALTED, strlen(HALTED)) == 0;
}

static void add_unjudged(void *context, const struct snap_unmet *unmet)
{
    struct gathering *gathering = context;
    const struct snap_expected_counter *expected = &unmet->expected;

    add(gathering, snap_arena_printf(gathering->arena, "%s %s %lld in %s",
                                     snap_counter_name(expected->counter),
                                     snap_comparison_name(expected->comparison),
                                     (long long)expected->number, where_of(gathering, unmet)));
}

struct snap_reasons snap_unchecked_of(const struct snap_summary *summary, struct snap_arena *arena)
{
    struct gathering gathering = {.summary = summary, .arena = arena};

    if (summary->expectation && summary->verdict && !summary->interrupted)
        snap_expectation_unjudged(summary->expectation, summary->verdict,
                                  &(struct snap_unmet_sink){&gathering, add_unjudged});
    return gathering.reasons;
}

static void add_list(struct snap_text *text, const struct snap_reasons *reasons, const char *title)
{
    if (reasons->count > 0)
        snap_text_printf(text, "%s:\n", title);
    for (uint32_t i = 0; i < reasons->count; i++) {
        struct snap_text line = {0};

        snap_text_printf(&line, "  %s\n", reasons->texts[i]);
        snap_wrap_text(text, snap_text_get(&line), snap_terminal_line_width());
        snap_text_fini(&line);
    }
}

void snap_reasons_text(struct snap_text *text, const struct snap_summary *summary,
                       const char *title)
{
    struct snap_arena arena;
    struct snap_reasons reasons;

    snap_arena_init(&arena);
    reasons = snap_reasons_of(summary, &arena);
    add_list(text, &reasons, title);
    snap_arena_fini(&arena);
}

void snap_unchecked_text(struct snap_text *text, const struct snap_summary *summary)
{
    struct snap_arena arena;
    struct snap_reasons unchecked;

    snap_arena_init(&arena);
    unchecked = snap_unchecked_of(summary, &arena);
    add_list(text, &unchecked, UNCHECKED);
    snap_arena_fini(&arena);
}

static bool has_text(const struct snap_reasons *reasons, const char *text)
{
    for (uint32_t i = 0; i < reasons->count; i++)
        if (strcmp(reasons->texts[i], text) == 0)
            return true;
    return false;
}

/* What seeds have in common is said once. */
static struct snap_reasons unchecked_of_group(const struct snap_run_group *group,
                                              struct snap_arena *arena)
{
    struct gathering all = {.arena = arena};

    for (uint32_t i = 0; i < group->count; i++) {
        struct snap_reasons one = snap_unchecked_of(group->runs[i], arena);

        for (uint32_t k = 0; k < one.count; k++)
            if (!has_text(&all.reasons, one.texts[k]))
                add(&all, one.texts[k]);
    }
    return all.reasons;
}

void snap_compare_unchecked_text(struct snap_text *text, const struct snap_summary *runs,
                                 uint32_t count)
{
    struct snap_run_groups groups;
    struct snap_arena arena;

    snap_arena_init(&arena);
    groups = snap_run_groups_of(runs, count, &arena);
    for (uint32_t g = 0; g < groups.count; g++) {
        struct snap_reasons unchecked = unchecked_of_group(&groups.items[g], &arena);

        add_list(
            text, &unchecked,
            snap_arena_printf(&arena, UNCHECKED ": %s", snap_run_group_name(&groups, g, &arena)));
    }
    snap_arena_fini(&arena);
}
