// SPDX-License-Identifier: Apache-2.0
/* Where closed forms fail. */
#include <math.h>

#include "explain/explain_forms.h"
#include "explain/explain_pause.h"
#include "explain/explain_slow.h"

/* A hop that took less than this share of the whole does not matter. */
#define HOP_SHARE_MIN 0.1

/* A vertex that makes so many records of one is a fan-out. */
#define FAN_OUT_MIN 10.0

/* Forms are held to this share of the whole. Where the last barriers of a vertex come apart by
 * more, the mean over its subtasks is no form for it; nor is a queue that grows by more. */
#define ERROR_MAX 0.12

/* Whoever runs for less long than that may not have filled its queues. */
#define FULL_AFTER_NS SNAP_SECOND

/* A checkpoint that comes sooner behind another one meets queues that fill again. */
#define REFILLS_WITHIN_NS (100 * SNAP_MS)

/* When the subtask had its last barrier, less the mean over its vertex; 0: not known. */
static snap_ns late_by(const struct snap_facts *facts, uint32_t task)
{
    const struct snap_fact_vertex *vertex = &facts->vertices[facts->tasks[task].vertex];
    double sum_ns = 0;

    for (uint32_t i = vertex->task_first; i < vertex->task_first + vertex->parallelism; i++) {
        if (facts->tasks[i].ready_ns == SNAP_UNKNOWN)
            return 0;
        sum_ns += (double)facts->tasks[i].ready_ns;
    }
    return facts->tasks[task].ready_ns - (snap_ns)(sum_ns / vertex->parallelism);
}

/* Each hop of the walk waits for a subtask that is later than the mean of its vertex, and the form
 * has the mean. With events of buffers it has what lay before the very subtask. */
static void find_uneven(const struct snap_forms_of *forms, struct snap_form_limits *limits)
{
    const struct snap_facts *facts = forms->facts;
    snap_ns most_ns = 0;

    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        uint32_t task = forms->walk->steps[forms->forecast->hops[i].step].task;
        snap_ns late_ns = late_by(facts, task);

        if (facts->tasks[task].queued.bytes != SNAP_UNKNOWN)
            continue;
        limits->uneven_ns += late_ns;
        if (late_ns > most_ns) {
            most_ns = late_ns;
            limits->uneven = task;
        }
    }
    if ((double)limits->uneven_ns < ERROR_MAX * (double)facts->duration_ns)
        limits->uneven = SNAP_NO_FACT;
}

/* Behind an alignment senders that had stood still fill queues at once: what is known of a time
 * that holds its end is less than what the next barrier met. */
static bool is_refilling(const struct snap_facts *facts, uint32_t index)
{
    const struct snap_fact_task *task = &facts->tasks[index];

    return facts->rest_ns != SNAP_UNKNOWN && facts->rest_ns < REFILLS_WITHIN_NS &&
           task->more_records > 0 && task->records_per_s > 0 &&
           task->more_records / task->records_per_s * 1e9 >= ERROR_MAX * (double)facts->duration_ns;
}

static bool matters(const struct snap_facts *facts, snap_ns waited_ns)
{
    return (double)waited_ns >= HOP_SHARE_MIN * (double)facts->duration_ns;
}

static void note_hindered(const struct snap_facts *facts, uint32_t task,
                          struct snap_form_limits *limits)
{
    snap_ns held_up_ns = facts->tasks[task].hindered_ns;

    if (!matters(facts, held_up_ns) || held_up_ns <= limits->hindered_ns)
        return;
    limits->hindered = task;
    limits->hindered_ns = held_up_ns;
}

/* Who stands still, or sends what does not arrive, on the way that the checkpoint took. */
static void find_hindered(const struct snap_explain_walk *walk, struct snap_form_limits *limits)
{
    for (uint32_t i = 0; i < walk->step_count; i++) {
        note_hindered(walk->facts, walk->steps[i].task, limits);
        if (walk->steps[i].hop)
            note_hindered(walk->facts, walk->steps[i].hop->from, limits);
    }
}

/* Whether the barrier waited for the rest of a record: the one that overtook did nothing else; for
 * another one it is one record more than lay there, which counts if records are few. */
static bool waits_for_a_record(const struct snap_forms_of *forms, const struct snap_hop_form *hop)
{
    const struct snap_facts *facts = forms->facts;
    const struct snap_explain_step *steps = forms->walk->steps;
    const struct snap_fact_task *task = &facts->tasks[steps[hop->step].task];
    uint32_t held = forms->forecast->held_step;

    if (task->unaligned && snap_facts_overtakes(facts, task->vertex))
        return forms->forecast->limits.in_work && held != SNAP_NO_FACT &&
               steps[held].task == steps[hop->step].task;
    return matters(facts, hop->waited_ns) &&
           !(task->records_per_s * ERROR_MAX * (double)facts->duration_ns > 1e9);
}

/* A barrier that overtakes nothing waited twice as long before a vertex with windows as what lay
 * there takes: windows that fire are one piece of work, and no form has what comes of them. No mode
 * and no size of buffers shortens that. */
static void note_windows(struct snap_forms_of *forms, struct snap_hop_form *hop)
{
    const struct snap_facts *facts = forms->facts;
    const struct snap_fact_task *task = &facts->tasks[forms->walk->steps[hop->step].task];

    if (facts->vertices[task->vertex].windows && !task->unaligned && hop->form_ns != SNAP_UNKNOWN &&
        matters(facts, hop->waited_ns) && 2 * hop->form_ns < hop->waited_ns) {
        forms->forecast->limits.windows = task->vertex;
        hop->fired_ns = hop->waited_ns - hop->form_ns;
        forms->forecast->held_ns += hop->fired_ns;
    }
}

/* Who makes many records of one, on the way, where it mattered. */
static void note_fan_out(const struct snap_forms_of *forms, const struct snap_hop_form *hop,
                         struct snap_form_limits *limits)
{
    const struct snap_facts *facts = forms->facts;
    const struct snap_fact_task *task = &facts->tasks[forms->walk->steps[hop->step].task];
    double factor = (double)task->records_out / (double)task->records_in;

    if (task->records_in <= 0 || factor < FAN_OUT_MIN || factor <= limits->fan_out_factor ||
        !waits_for_a_record(forms, hop))
        return;
    limits->fan_out = task->vertex;
    limits->fan_out_factor = factor;
}

void snap_form_limits_find(struct snap_forms_of *forms)
{
    const struct snap_facts *facts = forms->facts;
    struct snap_form_limits *limits = &forms->forecast->limits;
    bool waited = snap_form_was_unaligned(facts) && matters(facts, forms->forecast->held_ns);

    find_hindered(forms->walk, limits);
    /* Who was held up is no measure of the others. */
    limits->skew = forms->walk->slow == SNAP_SLOW_SUBTASK && limits->hindered == SNAP_NO_FACT &&
                   !snap_explain_is_even(forms->walk);
    limits->paused = snap_explain_pause_matters(forms->walk);
    if (!limits->skew && !limits->paused && limits->hindered == SNAP_NO_FACT &&
        !snap_form_was_unaligned(facts))
        find_uneven(forms, limits);
    limits->not_overtaken = snap_form_was_unaligned(facts) && forms->stuck_ns > 0;
    limits->at_least_once = facts->settings.at_least_once == 1;
    limits->startup = forms->walk->slow == SNAP_SLOW_STARTUP;
    limits->recovery = forms->walk->slow == SNAP_SLOW_RECOVERY;
    limits->storage_faulty = facts->storage_faulty;
    limits->timeout_unknown = waited && facts->settings.aligned_timeout_ns == SNAP_UNKNOWN;
    limits->in_work = waited && !limits->timeout_unknown && !limits->recovery;
    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        note_fan_out(forms, &forms->forecast->hops[i], limits);
        note_windows(forms, &forms->forecast->hops[i]);
    }
    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[forms->forecast->hops[i].step];
        int64_t at_trigger = facts->tasks[step->task].queued.bytes;

        if (step->hop->all.bytes > 2 * at_trigger && at_trigger != SNAP_UNKNOWN &&
            matters(facts, forms->forecast->hops[i].waited_ns))
            limits->filling = true;
        if (is_refilling(facts, step->task) && !facts->tasks[step->task].unaligned)
            limits->filling = true;
        if (facts->tasks[step->task].ran && facts->tasks[step->task].ran_from_ns > -FULL_AFTER_NS &&
            matters(facts, forms->forecast->hops[i].waited_ns))
            limits->filling = true;
    }
}
