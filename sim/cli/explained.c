// SPDX-License-Identifier: Apache-2.0
#include "cli/explained.h"

#include <math.h>
#include <sys/stat.h>

#include "explain/explain_advice.h"
#include "view/explain_run.h"
#include "view/run_groups.h"

enum { FORMS_MAX = 10 };

/* Each is read from the trace anew: of a run that told much, fewer. */
#define READ_BYTES_MAX (256LL << 20)

/* How often each limit showed. */
struct limit_counts {
    uint32_t skew;
    uint32_t fan_out;
    uint32_t uneven;
    uint32_t startup;
    uint32_t filling;
    uint32_t at_least_once;
    uint32_t no_output_timer;
    uint32_t in_work;
    uint32_t storage_faulty;
    uint32_t hindered;
    uint32_t timeout_unknown;
    uint32_t paused;
    uint32_t no_rates;
    uint32_t windows;
    uint32_t windows_vertex;
    uint32_t fan_out_vertex;
    uint32_t uneven_task;
    uint32_t hindered_task;
};

static void count_limits(struct limit_counts *counts, const struct snap_form_limits *limits)
{
    counts->skew += limits->skew;
    counts->startup += limits->startup;
    counts->filling += limits->filling;
    counts->at_least_once += limits->at_least_once;
    counts->no_output_timer += limits->no_output_timer;
    counts->in_work += limits->in_work;
    counts->storage_faulty += limits->storage_faulty;
    counts->timeout_unknown += limits->timeout_unknown;
    counts->paused += limits->paused;
    counts->no_rates += limits->no_rates;
    counts->windows += limits->windows != SNAP_NO_FACT;
    if (limits->windows != SNAP_NO_FACT)
        counts->windows_vertex = limits->windows;
    counts->fan_out += limits->fan_out != SNAP_NO_FACT;
    counts->uneven += limits->uneven != SNAP_NO_FACT;
    if (limits->uneven != SNAP_NO_FACT)
        counts->uneven_task = limits->uneven;
    counts->hindered += limits->hindered != SNAP_NO_FACT;
    if (limits->hindered != SNAP_NO_FACT)
        counts->hindered_task = limits->hindered;
    if (limits->fan_out != SNAP_NO_FACT)
        counts->fan_out_vertex = limits->fan_out;
}

/* Those of at least half of them. */
static struct snap_form_limits common_limits(const struct limit_counts *counts, uint32_t of)
{
    return (struct snap_form_limits){
        .skew = counts->skew * 2 >= of,
        .fan_out = counts->fan_out * 2 >= of ? counts->fan_out_vertex : SNAP_NO_FACT,
        .windows = counts->windows * 2 >= of ? counts->windows_vertex : SNAP_NO_FACT,
        .uneven = counts->uneven * 2 >= of ? counts->uneven_task : SNAP_NO_FACT,
        .startup = counts->startup * 2 >= of,
        .filling = counts->filling * 2 >= of,
        .at_least_once = counts->at_least_once * 2 >= of,
        .no_output_timer = counts->no_output_timer * 2 >= of,
        .in_work = counts->in_work * 2 >= of,
        .storage_faulty = counts->storage_faulty * 2 >= of,
        .hindered = counts->hindered * 2 >= of ? counts->hindered_task : SNAP_NO_FACT,
        .timeout_unknown = counts->timeout_unknown * 2 >= of,
        .paused = counts->paused * 2 >= of,
        .no_rates = counts->no_rates * 2 >= of,
    };
}

/* What the checkpoint of the last execution should have taken by closed form, and what it took;
 * NaN: not known. An execution before may have used its id, too. */
static struct snap_compare_form form_of(const char *directory, snap_checkpoint_id checkpoint)
{
    struct snap_compare_form form = {.predicted_ns = NAN,
                                     .limits = {.fan_out = SNAP_NO_FACT,
                                                .windows = SNAP_NO_FACT,
                                                .uneven = SNAP_NO_FACT,
                                                .hindered = SNAP_NO_FACT}};
    const struct snap_explain_wanted wanted = {checkpoint, SNAP_LAST_EXECUTION};
    struct snap_error unknown = {0};
    struct snap_explain_walk walk;
    struct snap_forecast forecast = {.advice_count = 0};
    struct snap_facts facts;

    snap_facts_init(&facts, SNAP_FACTS_OF_RUN);
    if (snap_explain_run_read(&facts, directory, &wanted, &unknown)) {
        snap_explain_walk_back(&walk, &facts);
        snap_forecast_make(&forecast, &walk, &facts.arena);
        form.limits = forecast.limits;
    }
    for (uint32_t i = 0; i < forecast.advice_count; i++)
        if (forecast.advices[i].knob == SNAP_KNOB_AS_IT_WAS &&
            forecast.advices[i].predicted_ns != SNAP_UNKNOWN)
            form.predicted_ns = (double)forecast.advices[i].predicted_ns;
    snap_facts_fini(&facts);
    return form;
}

static uint32_t forms_max(const char *directory, struct snap_arena *arena)
{
    struct stat status;

    if (stat(snap_arena_printf(arena, "%s/trace.jsonl", directory), &status) != 0)
        return 0;
    if (status.st_size * FORMS_MAX <= READ_BYTES_MAX)
        return FORMS_MAX;
    return (uint32_t)(READ_BYTES_MAX / status.st_size) + 1;
}

struct snap_compare_form snap_explained_forms(const struct snap_statistics *statistics,
                                              const char *directory)
{
    double predicted[FORMS_MAX];
    double measured[FORMS_MAX];
    double ratios[FORMS_MAX];
    struct limit_counts counts = {0};
    struct snap_arena arena;
    uint32_t count = 0;
    uint32_t most;

    snap_arena_init(&arena);
    most = forms_max(directory, &arena);
    snap_arena_fini(&arena);
    for (uint32_t i = 0; i < statistics->checkpoint_count && count < most; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];
        struct snap_compare_form form;

        if (checkpoint->status != SNAP_CHECKPOINT_COMPLETED)
            continue;
        form = form_of(directory, checkpoint->id);
        count_limits(&counts, &form.limits);
        predicted[count] = form.predicted_ns;
        measured[count] = isnan(form.predicted_ns) ? NAN : (double)checkpoint->duration_ns;
        ratios[count] = form.predicted_ns / measured[count];
        count++;
    }
    return (struct snap_compare_form){
        .known = snap_range_of(predicted, count).count,
        .completed = statistics->completed_count,
        .predicted_ns = snap_range_of(predicted, count).median,
        .measured_ns = snap_range_of(measured, count).median,
        .ratio = snap_range_of(ratios, count).median,
        .limits = common_limits(&counts, count > 0 ? count : 1),
    };
}

void snap_explained_cause(struct snap_verdict *verdict, const char *directory,
                          struct snap_arena *arena)
{
    const struct snap_explain_wanted wanted = {SNAP_UNKNOWN, 0};
    struct snap_error unknown = {0};
    struct snap_explain_walk walk;
    struct snap_facts facts;

    snap_facts_init(&facts, SNAP_FACTS_OF_RUN);
    verdict->explained = snap_explain_run_read(&facts, directory, &wanted, &unknown);
    if (verdict->explained) {
        snap_explain_walk_back(&walk, &facts);
        verdict->cause = walk.slow;
        if (walk.culprit != SNAP_NO_FACT)
            verdict->cause_subtask = snap_arena_strdup(arena, facts.tasks[walk.culprit].name);
    }
    snap_facts_fini(&facts);
}
