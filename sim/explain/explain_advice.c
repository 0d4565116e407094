// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_advice.h"

#include <math.h>
#include <string.h>

#include "explain/explain_forms.h"
#include "explain/explain_slow.h"

/* Buffers that are filled less than this do not shrink with their segment. */
#define FULL_MIN 0.5

/* What gains less is no advice. */
#define GAIN_MIN 0.05

enum { SEGMENT_DIVISOR = 4, TIMEOUT_DIVISOR = 10, TARGET_DIVISOR = 4 };

#define DEBLOAT_TARGET_DEFAULT_NS SNAP_SECOND

/* Sizes that debloating sets are a moving mean, by default over 20 samples of 200 ms: they need so
 * long from where they begin. */
#define DEBLOAT_SETTLES_NS (6 * SNAP_SECOND)

static const char *const keys[] = {
#define SNAP_KNOB_KEY(name, key) [SNAP_KNOB_##name] = key,
    SNAP_KNOBS(SNAP_KNOB_KEY)
#undef SNAP_KNOB_KEY
};

const char *snap_knob_key(enum snap_knob knob)
{
    return keys[knob];
}

bool snap_advice_gains(snap_ns predicted_ns, snap_ns had_ns)
{
    return (double)predicted_ns < (1 - GAIN_MIN) * (double)had_ns;
}

/* ---- advice ---- */

/* 1, 2 or 5 times a power of ten, at most the time. */
static snap_ns round_down(snap_ns ns)
{
    static const snap_ns steps[] = {5, 2, 1};
    snap_ns power = 1;

    while (power <= ns / 10)
        power *= 10;
    for (size_t i = 0; i < 3; i++)
        if (steps[i] * power <= ns)
            return steps[i] * power;
    return 0;
}

/* What a change has to be quicker than: one that expired would have been in time. */
static snap_ns against_of(const struct snap_forms_of *forms)
{
    return forms->facts->status == SNAP_FACTS_IN_PROGRESS ? forms->whole_ns
                                                          : forms->facts->duration_ns;
}

static struct snap_advice *add(struct snap_forms_of *forms, enum snap_knob knob,
                               snap_ns predicted_ns)
{
    struct snap_advice *advice = &forms->forecast->advices[forms->forecast->advice_count++];

    *advice = (struct snap_advice){.knob = knob,
                                   .predicted_ns = predicted_ns,
                                   .had_ns = forms->facts->duration_ns,
                                   .against_ns = against_of(forms),
                                   .setting_ns = SNAP_UNKNOWN,
                                   .setting_bytes = SNAP_UNKNOWN,
                                   .persisted_bytes = SNAP_UNKNOWN,
                                   .restore_ns = SNAP_UNKNOWN};
    return advice;
}

/* The mode that it ran in, by its own form: what the run had must come near it. */
static void add_as_it_was(struct snap_forms_of *forms)
{
    if (forms->forecast->limits.timeout_unknown)
        return;
    if (snap_form_was_unaligned(forms->facts))
        add(forms, SNAP_KNOB_AS_IT_WAS, snap_form_with_timeout(forms));
    else if (forms->forms_ns != SNAP_UNKNOWN)
        add(forms, SNAP_KNOB_AS_IT_WAS,
            snap_form_beside_queues(forms) + forms->forms_ns -
                forms->walk->total_ns[SNAP_EXPLAIN_ASYNC] + snap_form_async(forms));
}

/* Why it cannot be unaligned at all. */
static enum snap_knob_limit never_unaligned(const struct snap_facts *facts)
{
    if (facts->savepoint)
        return SNAP_LIMIT_SAVEPOINT;
    return facts->settings.at_least_once == 1 ? SNAP_LIMIT_AT_LEAST_ONCE : SNAP_LIMIT_NONE;
}

static enum snap_knob_limit unaligned_limit(const struct snap_forms_of *forms)
{
    if (forms->stuck_ns > 0)
        return SNAP_LIMIT_NOT_OVERTAKEN;
    return snap_form_overtaken_bytes(forms->facts) == SNAP_UNKNOWN ? SNAP_LIMIT_WRITING
                                                                   : SNAP_LIMIT_NONE;
}

static void add_unaligned(struct snap_forms_of *forms, enum snap_knob knob, snap_ns timeout_ns)
{
    int64_t bytes = snap_form_overtaken_bytes(forms->facts);
    struct snap_advice *advice =
        add(forms, knob,
            snap_ns_min(forms->whole_ns,
                        timeout_ns + forms->forecast->held_ns + snap_form_unaligned(forms)));

    advice->limit = unaligned_limit(forms);
    if (knob == SNAP_KNOB_ALIGNED_TIMEOUT || forms->facts->settings.aligned_timeout_ns > 0)
        advice->setting_ns = timeout_ns;
    advice->persisted_bytes = bytes;
    advice->persisted_measured = snap_form_overtaken_measured(forms->facts);
    advice->restore_ns =
        snap_ns_max(0,
                    snap_form_stored(forms->forecast, snap_form_transfer(forms->forecast, bytes))) +
        (forms->forms_ns == SNAP_UNKNOWN ? forms->waited_ns : forms->forms_ns);
}

/* A timeout that is set already can only be made shorter, down to none. */
static void add_overtaking(struct snap_forms_of *forms)
{
    const struct snap_facts *facts = forms->facts;

    forms->forecast->never_unaligned = never_unaligned(facts);
    if (forms->forecast->never_unaligned != SNAP_LIMIT_NONE ||
        forms->forecast->limits.timeout_unknown)
        return;
    if (facts->settings.unaligned != 1 || facts->settings.aligned_timeout_ns > 0 ||
        !snap_form_was_unaligned(facts))
        add_unaligned(forms, SNAP_KNOB_UNALIGNED, 0);
    if (facts->settings.unaligned != 1)
        add_unaligned(forms, SNAP_KNOB_ALIGNED_TIMEOUT,
                      round_down(facts->duration_ns / TIMEOUT_DIVISOR));
}

/* The checkpoint if no hop waited longer than the target. */
static snap_ns debloated(const struct snap_forms_of *forms, snap_ns target_ns)
{
    return snap_form_less_queued(forms, &(struct snap_form_less){1, target_ns});
}

static bool gains(const struct snap_forms_of *forms, snap_ns predicted_ns)
{
    return snap_advice_gains(predicted_ns, against_of(forms));
}

/* Also against the form without it, where that is not what it had. */
static bool debloat_gains(const struct snap_forms_of *forms, snap_ns target_ns)
{
    snap_ns predicted_ns = debloated(forms, target_ns);

    return gains(forms, predicted_ns) &&
           snap_advice_gains(predicted_ns, debloated(forms, SNAP_NEVER));
}

/* A receiver of the walk has not run for long. */
static bool is_early(const struct snap_forms_of *forms)
{
    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[forms->forecast->hops[i].step];
        const struct snap_fact_task *task = &forms->facts->tasks[step->task];

        if (task->ran && task->ran_from_ns > -DEBLOAT_SETTLES_NS)
            return true;
    }
    return false;
}

/* The default target, or a smaller one where that gains nothing, or a smaller one is set. */
static void add_debloat(struct snap_forms_of *forms)
{
    bool set = forms->facts->settings.debloat == 1;
    snap_ns target_ns = DEBLOAT_TARGET_DEFAULT_NS;
    snap_ns smaller_ns =
        round_down(snap_ns_min(forms->longest_ns, against_of(forms)) / TARGET_DIVISOR);
    struct snap_advice *advice;

    if (set || !debloat_gains(forms, target_ns))
        target_ns = smaller_ns;
    if (!debloat_gains(forms, target_ns) ||
        (set && target_ns >= forms->facts->settings.debloat_target_ns))
        return;
    advice = add(forms, SNAP_KNOB_DEBLOAT, debloated(forms, target_ns));
    advice->setting_ns = target_ns;
    forms->forecast->debloat_settles = is_early(forms);
    if (!set && forms->longest_ns <= DEBLOAT_TARGET_DEFAULT_NS)
        advice->limit = SNAP_LIMIT_BELOW_TARGET;
}

/* How full the buffers were that lay before the receivers; NaN: not known. */
static double fill_of(const struct snap_forms_of *forms)
{
    int64_t bytes = 0;
    int64_t buffers = 0;

    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[forms->forecast->hops[i].step];
        const struct snap_fact_amount *queued = &forms->facts->tasks[step->task].queued;

        if (queued->buffers == SNAP_UNKNOWN)
            return NAN;
        bytes += queued->bytes;
        buffers += queued->buffers;
    }
    return buffers > 0 && forms->facts->settings.segment_bytes > 0
               ? (double)bytes / (double)buffers / (double)forms->facts->settings.segment_bytes
               : NAN;
}

/* What was saved of all that lay before and behind each subtask is less than a segment. */
static bool saved_less_than(const struct snap_facts *facts, int64_t segment_bytes)
{
    if (!snap_form_was_unaligned(facts))
        return false;
    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].persisted_bytes >= segment_bytes)
            return false;
    return true;
}

/* Who sends is without room at times: then what lies there fills its buffers. A real job does not
 * tell what lies there. */
static bool may_be_full(const struct snap_forms_of *forms)
{
    if (forms->facts->origin == SNAP_FACTS_OF_RUN)
        return true;
    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[forms->forecast->hops[i].step];

        if (forms->facts->tasks[step->hop->from].backpressured >= SNAP_BUSY_MIN)
            return true;
    }
    return false;
}

static void add_segments(struct snap_forms_of *forms)
{
    static const struct snap_form_less less = {SEGMENT_DIVISOR, SNAP_NEVER};
    int64_t segment_bytes = forms->facts->settings.segment_bytes;
    struct snap_advice *advice;

    if (segment_bytes == SNAP_UNKNOWN)
        segment_bytes = 32 * 1024;
    if (fill_of(forms) < FULL_MIN || saved_less_than(forms->facts, segment_bytes)) {
        advice = add(forms, SNAP_KNOB_SEGMENTS, forms->whole_ns);
        advice->limit = SNAP_LIMIT_NOT_FULL;
    } else if (may_be_full(forms)) {
        advice = add(forms, SNAP_KNOB_SEGMENTS, snap_form_less_queued(forms, &less));
    } else {
        forms->forecast->fill_unknown = true;
        return;
    }
    advice->setting_bytes = segment_bytes / SEGMENT_DIVISOR;
}

static void add_storage(struct snap_forms_of *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    snap_ns had_ns = forms->facts->duration_ns;
    snap_ns latency_ns = snap_ns_min(forms->walk->total_ns[SNAP_EXPLAIN_ASYNC],
                                     snap_ns_max(0, forecast->storage_latency_ns));
    snap_ns rest_ns = forms->walk->total_ns[SNAP_EXPLAIN_ASYNC] - latency_ns;

    if (forecast->storage_latency_ns == SNAP_UNKNOWN)
        return;
    add(forms, SNAP_KNOB_STORAGE_LATENCY, had_ns - latency_ns / 2);
    add(forms, SNAP_KNOB_STORAGE_BANDWIDTH, had_ns - rest_ns / 2);
}

static void add_cadence(struct snap_forms_of *forms)
{
    const struct snap_fact_settings *settings = &forms->facts->settings;
    snap_ns predicted_ns = against_of(forms) + snap_ns_max(0, settings->min_pause_ns);
    struct snap_advice *advice;

    if (settings->interval_ns <= 0 || settings->interval_ns == SNAP_NEVER ||
        forms->facts->savepoint || settings->concurrent_max > 1 ||
        predicted_ns <= settings->interval_ns)
        return;
    advice = add(forms, SNAP_KNOB_CADENCE, predicted_ns);
    advice->had_ns = forms->facts->next_trigger_ns;
    advice->setting_ns = settings->interval_ns;
}

static bool waits_in_queues(enum snap_slow slow)
{
    return slow == SNAP_SLOW_QUEUES || slow == SNAP_SLOW_SUBTASK || slow == SNAP_SLOW_CHANNEL;
}

/* Sources wait for room, and could send more than an even load takes: all queues stay full. */
static bool is_throttled(const struct snap_forms_of *forms, double over_mean)
{
    const struct snap_facts *facts = forms->facts;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        bool source = true;

        for (uint32_t e = 0; e < facts->edge_count; e++)
            source = source && facts->edges[e].to != facts->tasks[i].vertex;
        if (source && facts->tasks[i].backpressured >= SNAP_BUSY_MIN &&
            facts->tasks[i].busy * over_mean < 1)
            return true;
    }
    return false;
}

/* All that waits in queues is used up so much faster. */
static snap_ns spread_evenly(const struct snap_forms_of *forms, double over_mean)
{
    snap_ns beside_ns = snap_form_beside_queues(forms);

    return beside_ns + (snap_ns)((double)(forms->whole_ns - beside_ns) / over_mean);
}

/* Then what lies before the slow subtask takes as long as before, as its queue is full; what lies
 * further up goes by so much faster. */
static snap_ns even_and_full(const struct snap_forms_of *forms, double over_mean)
{
    snap_ns waited_ns = 0;

    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_hop_form *hop = &forms->forecast->hops[i];
        bool own = forms->walk->steps[hop->step].task == forms->walk->culprit;

        waited_ns += own ? hop->waited_ns : (snap_ns)((double)hop->waited_ns / over_mean);
    }
    if (snap_form_is_unfinished(forms))
        return snap_ns_max(snap_form_beside_queues(forms) + waited_ns,
                           spread_evenly(forms, over_mean));
    return snap_form_beside_queues(forms) + waited_ns;
}

/* It comes when the others come; and where one has more records than the mean, what all wait for
 * is used up so much faster. */
static void add_even(struct snap_forms_of *forms)
{
    const struct snap_explain_walk *walk = forms->walk;
    const struct snap_facts *facts = forms->facts;
    const struct snap_fact_task *culprit = &facts->tasks[walk->culprit];
    uint32_t count = facts->vertices[culprit->vertex].parallelism;
    double over_mean = walk->records_factor * count / (walk->records_factor + count - 1);
    snap_ns ready_ns = culprit->ready_ns == SNAP_UNKNOWN ? facts->duration_ns : culprit->ready_ns;
    snap_ns predicted_ns = facts->duration_ns - snap_ns_max(0, ready_ns - walk->others_ready_ns);

    /* When those came that it waits for further on nobody knows. */
    if (snap_form_is_unfinished(forms))
        predicted_ns = forms->whole_ns;
    if (over_mean > 1)
        predicted_ns = snap_ns_min(predicted_ns, spread_evenly(forms, over_mean));
    if (over_mean > 1 && is_throttled(forms, over_mean)) {
        predicted_ns = even_and_full(forms, over_mean);
        add(forms, SNAP_KNOB_EVEN, predicted_ns)->limit = SNAP_LIMIT_THROTTLED;
        return;
    }
    add(forms, SNAP_KNOB_EVEN, predicted_ns);
}

/* Where windows fired while the barrier waited, it might have come between two of them. */
static void add_interruptible(struct snap_forms_of *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    const struct snap_facts *facts = forms->facts;
    uint32_t step = forecast->held_step;
    snap_ns predicted_ns = facts->duration_ns - forecast->held_longest_ns;

    if (!forecast->limits.in_work || !gains(forms, predicted_ns) || step == SNAP_NO_FACT ||
        facts->settings.interruptible_timers != 0 ||
        !facts->vertices[facts->tasks[forms->walk->steps[step].task].vertex].windows)
        return;
    add(forms, SNAP_KNOB_INTERRUPTIBLE_TIMERS, predicted_ns)->limit = SNAP_LIMIT_TABLE_TIMERS;
}

static void add_queues(struct snap_forms_of *forms)
{
    const struct snap_explain_walk *walk = forms->walk;

    add_overtaking(forms);
    add_debloat(forms);
    add_segments(forms);
    if (walk->slow == SNAP_SLOW_SUBTASK && !snap_explain_is_even(walk) &&
        !(forms->facts->tasks[walk->culprit].busy < SNAP_BUSY_MIN))
        add_even(forms);
}

/* By closed form the barrier that is on its way should have come. */
static bool is_overdue(const struct snap_forms_of *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    const struct snap_hop_form *last;

    if (!snap_form_is_unfinished(forms) || forecast->hop_count == 0)
        return false;
    last = &forecast->hops[forecast->hop_count - 1];
    return last->form_ns != SNAP_UNKNOWN && last->form_ns <= last->waited_ns;
}

/* One that is under way goes on until then, if anything says so. */
static void add_until_end(struct snap_forms_of *forms)
{
    if (forms->whole_ns > forms->facts->duration_ns)
        add(forms, SNAP_KNOB_AS_IT_WAS, forms->whole_ns)->limit =
            is_overdue(forms) ? SNAP_LIMIT_PASSED : SNAP_LIMIT_NONE;
}

/* An expired one needs the time of its closed form, and that which its last barrier still lacks. */
static void add_timeout(struct snap_forms_of *forms, snap_ns need_ns)
{
    struct snap_advice *advice;
    snap_ns needs_ns = snap_form_until_end(forms, need_ns);

    if (!forms->walk->expired || needs_ns == SNAP_UNKNOWN)
        return;
    advice =
        add(forms, SNAP_KNOB_CHECKPOINT_TIMEOUT, snap_ns_max(needs_ns, forms->facts->duration_ns));
    if (needs_ns <= forms->facts->duration_ns || is_overdue(forms))
        advice->limit = SNAP_LIMIT_PASSED;
    advice->setting_ns = forms->facts->settings.timeout_ns;
}

/* Flink: until 1.15. */
static bool lacks_output_timer(const struct snap_fact_settings *settings)
{
    return settings->output_timeout == 0 && settings->unaligned == 1 &&
           settings->aligned_timeout_ns > 0;
}

/* What another mode, or other buffers, would have done. */
static void add_modes(struct snap_forms_of *forms, snap_ns need_ns)
{
    const struct snap_explain_walk *walk = forms->walk;

    if (waits_in_queues(walk->slow))
        add_queues(forms);
    else if (walk->slow == SNAP_SLOW_HELD && walk->heard_late_ns == 0 &&
             walk->facts->settings.aligned_timeout_ns > 0)
        add_overtaking(forms);
    add_interruptible(forms);
    if (snap_form_was_unaligned(walk->facts) && need_ns != SNAP_UNKNOWN &&
        !walk->facts->storage_faulty && walk->slow != SNAP_SLOW_STARTUP &&
        walk->slow != SNAP_SLOW_RECOVERY)
        add(forms, SNAP_KNOB_ALIGNED, snap_form_aligned(forms, need_ns));
}

void snap_forecast_make(struct snap_forecast *forecast, const struct snap_explain_walk *walk,
                        struct snap_arena *arena)
{
    struct snap_forms_of forms = {
        .forecast = forecast, .walk = walk, .facts = walk->facts, .arena = arena};
    snap_ns need_ns;

    memset(forecast, 0, sizeof(*forecast));
    forecast->limits.fan_out = forecast->limits.uneven = forecast->limits.hindered = SNAP_NO_FACT;
    forecast->limits.windows = SNAP_NO_FACT;
    forecast->storage_latency_ns = SNAP_UNKNOWN;
    snap_form_storage(forecast, walk->facts);
    forecast->storage_files_ns = snap_form_files(walk->facts);
    snap_form_hops(&forms);
    forecast->limits.no_output_timer = lacks_output_timer(&walk->facts->settings);
    forecast->limits.output_guessed =
        forecast->limits.no_output_timer && !snap_form_output_share_known(walk->facts);
    snap_form_held(&forms);
    snap_form_limits_find(&forms);
    if (walk->facts->duration_ns == SNAP_UNKNOWN || walk->step_count == 0)
        return;
    need_ns = snap_form_need(&forms);
    forms.whole_ns = walk->facts->duration_ns;
    if (snap_form_is_unfinished(&forms) && !snap_form_was_unaligned(walk->facts))
        forms.whole_ns = snap_ns_max(forms.whole_ns, snap_form_until_end(&forms, need_ns));
    if (walk->facts->status == SNAP_FACTS_COMPLETED)
        add_as_it_was(&forms);
    else if (walk->facts->status == SNAP_FACTS_IN_PROGRESS)
        add_until_end(&forms);
    /* Who stands still takes no barrier, in no mode. */
    if (forecast->limits.hindered == SNAP_NO_FACT && walk->slow != SNAP_SLOW_PAUSE)
        add_modes(&forms, need_ns);
    if (walk->slow == SNAP_SLOW_SYNC)
        add(&forms, SNAP_KNOB_NO_SYNC,
            walk->facts->duration_ns - walk->total_ns[SNAP_EXPLAIN_SYNC]);
    if (walk->slow == SNAP_SLOW_PAUSE)
        add(&forms, SNAP_KNOB_NO_PAUSE, walk->facts->duration_ns - walk->stood.stood_ns);
    if (walk->slow == SNAP_SLOW_STORAGE && walk->facts->end != SNAP_END_STORAGE &&
        !walk->facts->storage_faulty)
        add_storage(&forms);
    add_timeout(&forms, need_ns);
    add_cadence(&forms);
}
