// SPDX-License-Identifier: Apache-2.0
#include "cli/explained.h"

#include <math.h>

#include "trace/explain_advice.h"
#include "view/explain_run.h"
#include "view/run_groups.h"

enum { FORMS_MAX = 10 };

/* What the checkpoint should have taken by closed form, over what it took; NaN: not known. */
static double form_of(const char *directory, snap_checkpoint_id checkpoint)
{
    struct snap_error unknown = {0};
    struct snap_explain_walk walk;
    struct snap_forecast forecast = {.advice_count = 0};
    struct snap_facts facts;
    double form = NAN;

    snap_facts_init(&facts, SNAP_FACTS_OF_RUN);
    if (snap_explain_run_read(&facts, directory, checkpoint, &unknown)) {
        snap_explain_walk_back(&walk, &facts);
        snap_forecast_make(&forecast, &walk, &facts.arena);
    }
    for (uint32_t i = 0; i < forecast.advice_count; i++)
        if (forecast.advices[i].knob == SNAP_KNOB_AS_IT_WAS &&
            forecast.advices[i].predicted_ns != SNAP_UNKNOWN)
            form = (double)forecast.advices[i].predicted_ns / (double)forecast.advices[i].had_ns;
    snap_facts_fini(&facts);
    return form;
}

/* Each is read from the trace anew, so there is an end. */
double snap_explained_form(const struct snap_statistics *statistics, const char *directory)
{
    double forms[FORMS_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count && count < FORMS_MAX; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];

        if (checkpoint->status == SNAP_CHECKPOINT_COMPLETED)
            forms[count++] = form_of(directory, checkpoint->id);
    }
    return snap_range_of(forms, count).median;
}

void snap_explained_cause(struct snap_verdict *verdict, const char *directory,
                          struct snap_arena *arena)
{
    struct snap_error unknown = {0};
    struct snap_explain_walk walk;
    struct snap_facts facts;

    snap_facts_init(&facts, SNAP_FACTS_OF_RUN);
    verdict->explained = snap_explain_run_read(&facts, directory, SNAP_UNKNOWN, &unknown);
    if (verdict->explained) {
        snap_explain_walk_back(&walk, &facts);
        verdict->cause = walk.slow;
        if (walk.culprit != SNAP_NO_FACT)
            verdict->cause_subtask = snap_arena_strdup(arena, facts.tasks[walk.culprit].name);
    }
    snap_facts_fini(&facts);
}
