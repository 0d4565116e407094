// SPDX-License-Identifier: Apache-2.0
/* What of a walk was waiting for work in progress: a record, a mail, or timers that fire. */
#include "explain/explain_forms.h"

/* A timer that gave up an alignment ends a wait for other barriers: only what follows is work. */
static snap_ns held_after(const struct snap_fact_task *task, const struct snap_explain_step *step)
{
    bool timed_out = task->timed_out_ns > step->from_ns && task->timed_out_ns <= step->to_ns;

    return step->to_ns - (timed_out ? task->timed_out_ns : step->from_ns);
}

/* A barrier that may overtake waits in queues for its timer alone, and then for the receiver. One
 * that no timer finds in an output queue waits there as if aligned. */
static snap_ns held_before(const struct snap_forms_of *forms, const struct snap_explain_step *step)
{
    const struct snap_facts *facts = forms->facts;
    const struct snap_fact_task *task = &facts->tasks[step->task];
    snap_ns from_ns = snap_ns_max(step->from_ns, facts->settings.aligned_timeout_ns);
    snap_ns latency_ns = snap_ns_max(0, facts->settings.network_latency_ns);

    if (forms->forecast->limits.no_output_timer || !task->unaligned ||
        !snap_facts_overtakes(facts, task->vertex))
        return 0;
    return snap_ns_max(0, step->to_ns - from_ns - latency_ns);
}

void snap_form_held(struct snap_forms_of *forms)
{
    struct snap_forecast *forecast = forms->forecast;
    snap_ns longest_ns = 0;

    forecast->held_step = SNAP_NO_FACT;
    for (uint32_t i = 0; i < forms->walk->step_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[i];
        snap_ns held_ns = 0;

        if (step->kind == SNAP_EXPLAIN_HELD)
            held_ns = held_after(&forms->facts->tasks[step->task], step);
        else if (step->kind == SNAP_EXPLAIN_QUEUE)
            held_ns = held_before(forms, step);
        forecast->held_ns += held_ns;
        if (held_ns > longest_ns) {
            longest_ns = held_ns;
            forecast->held_step = i;
        }
    }
    forecast->held_longest_ns = longest_ns;
}
