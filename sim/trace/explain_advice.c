// SPDX-License-Identifier: Apache-2.0
#include "trace/explain_advice.h"

#include <math.h>
#include <string.h>

/* A hop that took less than this share of the whole does not matter. */
#define HOP_SHARE_MIN 0.1

/* A share of work below this says nothing about how fast a subtask could be. */
#define WORKS_MIN 0.01

/* A vertex that makes so many records of one is a fan-out. */
#define FAN_OUT_MIN 10.0

/* Buffers that are filled less than this do not shrink with their segment. */
#define FULL_MIN 0.5

enum { SEGMENT_DIVISOR = 4, TIMEOUT_DIVISOR = 10, TARGET_DIVISOR = 4 };

#define DEBLOAT_TARGET_DEFAULT_NS SNAP_SECOND
#define NETWORK_LATENCY_GUESS_NS SNAP_MS

struct forms {
    struct snap_forecast *forecast;
    const struct snap_explain_walk *walk;
    const struct snap_facts *facts;
    snap_ns waited_ns;  /* in queues, over the walk */
    snap_ns forms_ns;   /* the same by closed form, or SNAP_UNKNOWN */
    snap_ns stuck_ns;   /* in queues that no barrier overtakes */
    snap_ns longest_ns; /* of the hops */
    uint32_t hop_count;
};

static const char *const keys[] = {
#define SNAP_KNOB_KEY(name, key) [SNAP_KNOB_##name] = key,
    SNAP_KNOBS(SNAP_KNOB_KEY)
#undef SNAP_KNOB_KEY
};

const char *snap_knob_key(enum snap_knob knob)
{
    return keys[knob];
}

/* ---- pieces of forms ---- */

static snap_ns time_of(double amount, double per_s)
{
    return per_s > 0 ? (snap_ns)(amount / per_s * 1e9) : SNAP_UNKNOWN;
}

/* The amount before the subtask, over how fast it is used up. One that is idle at times uses up
 * what there is faster than its mean over time says. */
static snap_ns drain_of(const struct snap_fact_task *task, const struct snap_fact_amount *amount)
{
    double works = task->busy + task->backpressured;

    if (!(works >= WORKS_MIN && works < 1))
        works = works < WORKS_MIN ? WORKS_MIN : 1;
    if (amount->records == 0)
        return 0;
    if (amount->bytes != SNAP_UNKNOWN && !isnan(task->bytes_per_s))
        return time_of((double)amount->bytes, task->bytes_per_s / works);
    if (amount->records != SNAP_UNKNOWN && !isnan(task->records_per_s))
        return time_of((double)amount->records, task->records_per_s / works);
    return SNAP_UNKNOWN;
}

static snap_ns form_of(const struct snap_fact_task *task)
{
    return drain_of(task, &task->queued);
}

static int64_t state_bytes_of(const struct snap_facts *facts)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].state_bytes != SNAP_UNKNOWN)
            sum += facts->tasks[i].state_bytes;
    return sum;
}

static int64_t persisted_bytes_of(const struct snap_facts *facts)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].persisted_bytes != SNAP_UNKNOWN)
            sum += facts->tasks[i].persisted_bytes;
    return sum;
}

static bool was_unaligned(const struct snap_facts *facts)
{
    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].unaligned)
            return true;
    return false;
}

/* Bytes that an unaligned checkpoint would have saved, or did. */
static int64_t overtaken_bytes_of(const struct snap_facts *facts)
{
    int64_t sum = 0;

    if (was_unaligned(facts))
        return persisted_bytes_of(facts);
    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];

        if (!snap_facts_overtakes(facts, task->vertex))
            continue;
        if (task->queued.bytes == SNAP_UNKNOWN)
            return facts->in_flight_bytes;
        sum += task->queued.bytes;
    }
    return sum;
}

/* From the settings; else the shortest asynchronous part is latency, and the largest one in its
 * time shows the bandwidth. */
static void find_storage(struct snap_forecast *forecast, const struct snap_facts *facts)
{
    const struct snap_fact_settings *settings = &facts->settings;

    forecast->storage_latency_ns = settings->storage_latency_ns;
    forecast->storage_bytes_per_s = settings->storage_bytes_per_s == SNAP_UNKNOWN
                                        ? NAN
                                        : (double)settings->storage_bytes_per_s;
    if (settings->storage_latency_ns != SNAP_UNKNOWN)
        return;
    forecast->storage_guessed = true;
    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];
        double per_s = (double)task->state_bytes * 1e9 / (double)task->async_ns;

        if (task->async_ns <= 0 || task->state_bytes <= 0)
            continue;
        if (forecast->storage_latency_ns == SNAP_UNKNOWN ||
            task->async_ns < forecast->storage_latency_ns)
            forecast->storage_latency_ns = task->async_ns;
        if (!(forecast->storage_bytes_per_s > per_s))
            forecast->storage_bytes_per_s = per_s;
    }
}

static snap_ns transfer_of(const struct snap_forecast *forecast, int64_t bytes)
{
    if (forecast->storage_bytes_per_s == 0)
        return 0;
    return bytes == SNAP_UNKNOWN || isnan(forecast->storage_bytes_per_s)
               ? SNAP_UNKNOWN
               : time_of((double)bytes, forecast->storage_bytes_per_s);
}

static snap_ns sum_known(snap_ns a, snap_ns b)
{
    return (a == SNAP_UNKNOWN ? 0 : a) + (b == SNAP_UNKNOWN ? 0 : b);
}

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

/* ---- forms ---- */

static void add_hops(struct forms *forms, struct snap_arena *arena)
{
    struct snap_forecast *forecast = forms->forecast;

    forecast->hops = SNAP_ARENA_ARRAY(arena, struct snap_hop_form, forms->walk->step_count);
    for (uint32_t i = 0; i < forms->walk->step_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[i];
        const struct snap_fact_task *task = &forms->facts->tasks[step->task];
        snap_ns waited_ns = step->to_ns - step->from_ns;
        snap_ns form_ns;

        if (step->kind != SNAP_EXPLAIN_QUEUE)
            continue;
        form_ns = form_of(task);
        forecast->hops[forecast->hop_count++] = (struct snap_hop_form){i, waited_ns, form_ns};
        forms->waited_ns += waited_ns;
        forms->longest_ns = snap_ns_max(forms->longest_ns, waited_ns);
        forms->forms_ns = form_ns == SNAP_UNKNOWN || forms->forms_ns == SNAP_UNKNOWN
                              ? SNAP_UNKNOWN
                              : forms->forms_ns + form_ns;
        if (!snap_facts_overtakes(forms->facts, task->vertex))
            forms->stuck_ns += waited_ns;
        forms->hop_count++;
    }
    forecast->limits.no_rates = forms->forms_ns == SNAP_UNKNOWN;
}

/* The longest way through the graph, by closed form: what an aligned checkpoint needs at least. */
static snap_ns need_of(const struct forms *forms, struct snap_arena *arena)
{
    const struct snap_facts *facts = forms->facts;
    snap_ns *need = SNAP_ARENA_ARRAY(arena, snap_ns, facts->vertex_count);
    snap_ns longest = 0;

    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        snap_ns own = 0;
        bool source = true;

        for (uint32_t e = 0; e < facts->edge_count; e++)
            if (facts->edges[e].to == v) {
                need[v] = snap_ns_max(need[v], need[facts->edges[e].from]);
                source = false;
            }
        for (uint32_t i = 0; !source && i < facts->vertices[v].parallelism; i++) {
            snap_ns form = form_of(&facts->tasks[facts->vertices[v].task_first + i]);

            if (form == SNAP_UNKNOWN)
                return SNAP_UNKNOWN;
            own = snap_ns_max(own, form);
        }
        need[v] += own;
        longest = snap_ns_max(longest, need[v]);
    }
    return longest;
}

/* What the checkpoint took beside queues. */
static snap_ns beside_queues(const struct forms *forms)
{
    return snap_ns_max(0, forms->facts->duration_ns - forms->waited_ns);
}

/* The asynchronous part of the target: all subtasks write at the same time. */
static snap_ns async_form(const struct forms *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    snap_ns had_ns = forms->walk->total_ns[SNAP_EXPLAIN_ASYNC];
    snap_ns transfer_ns = transfer_of(forecast, state_bytes_of(forms->facts));

    if (had_ns == 0 || forecast->storage_guessed || transfer_ns == SNAP_UNKNOWN ||
        forecast->storage_latency_ns == SNAP_UNKNOWN)
        return had_ns;
    return forecast->storage_latency_ns + transfer_ns;
}

static snap_ns unaligned_form(const struct forms *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    const snap_ns *total_ns = forms->walk->total_ns;
    snap_ns latency_ns = forms->facts->settings.network_latency_ns;
    snap_ns hops_ns = (snap_ns)forms->hop_count *
                      (latency_ns == SNAP_UNKNOWN ? NETWORK_LATENCY_GUESS_NS : latency_ns);
    int64_t bytes = overtaken_bytes_of(forms->facts);

    bytes = (bytes == SNAP_UNKNOWN ? 0 : bytes) + state_bytes_of(forms->facts);
    return total_ns[SNAP_EXPLAIN_TRIGGER] + total_ns[SNAP_EXPLAIN_SYNC] + total_ns[SNAP_EXPLAIN_ACK] +
           hops_ns + forms->stuck_ns +
           sum_known(forecast->storage_latency_ns, transfer_of(forecast, bytes));
}

/* ---- advice ---- */

static struct snap_advice *add(struct forms *forms, enum snap_knob knob, snap_ns predicted_ns)
{
    struct snap_advice *advice = &forms->forecast->advices[forms->forecast->advice_count++];

    *advice = (struct snap_advice){.knob = knob,
                                   .predicted_ns = predicted_ns,
                                   .had_ns = forms->facts->duration_ns,
                                   .setting_ns = SNAP_UNKNOWN,
                                   .setting_bytes = SNAP_UNKNOWN,
                                   .persisted_bytes = SNAP_UNKNOWN,
                                   .restore_ns = SNAP_UNKNOWN};
    return advice;
}

/* The mode that it ran in, by its own form: what the run had must come near it. */
static void add_as_it_was(struct forms *forms)
{
    snap_ns timeout_ns = forms->facts->settings.aligned_timeout_ns;

    if (was_unaligned(forms->facts))
        add(forms, SNAP_KNOB_AS_IT_WAS, sum_known(timeout_ns, unaligned_form(forms)));
    else if (forms->forms_ns != SNAP_UNKNOWN)
        add(forms, SNAP_KNOB_AS_IT_WAS,
            beside_queues(forms) + forms->forms_ns -
                forms->walk->total_ns[SNAP_EXPLAIN_ASYNC] + async_form(forms));
}

static enum snap_knob_limit unaligned_limit(const struct forms *forms)
{
    if (forms->facts->savepoint)
        return SNAP_LIMIT_SAVEPOINT;
    if (forms->facts->settings.at_least_once == 1)
        return SNAP_LIMIT_AT_LEAST_ONCE;
    if (forms->stuck_ns > 0)
        return SNAP_LIMIT_NOT_OVERTAKEN;
    return overtaken_bytes_of(forms->facts) == SNAP_UNKNOWN ? SNAP_LIMIT_WRITING
                                                             : SNAP_LIMIT_NONE;
}

static void add_unaligned(struct forms *forms, enum snap_knob knob, snap_ns timeout_ns)
{
    enum snap_knob_limit limit = unaligned_limit(forms);
    bool never = limit == SNAP_LIMIT_SAVEPOINT || limit == SNAP_LIMIT_AT_LEAST_ONCE;
    snap_ns had_ns = forms->facts->duration_ns;
    int64_t bytes = overtaken_bytes_of(forms->facts);
    struct snap_advice *advice = add(
        forms, knob, never ? had_ns : snap_ns_min(had_ns, timeout_ns + unaligned_form(forms)));

    advice->limit = limit;
    advice->setting_ns = knob == SNAP_KNOB_ALIGNED_TIMEOUT ? timeout_ns : SNAP_UNKNOWN;
    if (never)
        return;
    advice->persisted_bytes = bytes;
    advice->restore_ns = forms->forecast->storage_latency_ns;
    advice->restore_ns = sum_known(advice->restore_ns, transfer_of(forms->forecast, bytes)) +
                         (forms->forms_ns == SNAP_UNKNOWN ? forms->waited_ns : forms->forms_ns);
}

static void add_debloat(struct forms *forms)
{
    snap_ns target_ns = DEBLOAT_TARGET_DEFAULT_NS;
    snap_ns waited_ns = 0;
    struct snap_advice *advice;
    bool below = forms->longest_ns <= target_ns;

    if (forms->facts->settings.debloat == 1)
        target_ns = forms->facts->settings.debloat_target_ns;
    if (forms->longest_ns <= target_ns)
        target_ns = round_down(forms->longest_ns / TARGET_DIVISOR);
    for (uint32_t i = 0; i < forms->forecast->hop_count; i++)
        waited_ns += snap_ns_min(target_ns, forms->forecast->hops[i].waited_ns);
    advice = add(forms, SNAP_KNOB_DEBLOAT, beside_queues(forms) + waited_ns);
    advice->setting_ns = target_ns;
    advice->limit = below ? SNAP_LIMIT_BELOW_TARGET : SNAP_LIMIT_NONE;
}

/* How full the buffers were that lay before the receivers; NaN: not known. */
static double fill_of(const struct forms *forms)
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

static void add_segments(struct forms *forms)
{
    int64_t segment_bytes = forms->facts->settings.segment_bytes;
    struct snap_advice *advice;

    if (segment_bytes == SNAP_UNKNOWN)
        segment_bytes = 32 * 1024;
    if (fill_of(forms) < FULL_MIN) {
        advice = add(forms, SNAP_KNOB_SEGMENTS, forms->facts->duration_ns);
        advice->limit = SNAP_LIMIT_NOT_FULL;
    } else {
        advice = add(forms, SNAP_KNOB_SEGMENTS,
                     beside_queues(forms) + forms->waited_ns / SEGMENT_DIVISOR);
    }
    advice->setting_bytes = segment_bytes / SEGMENT_DIVISOR;
}

static void add_storage(struct forms *forms)
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

static void add_cadence(struct forms *forms)
{
    const struct snap_fact_settings *settings = &forms->facts->settings;
    snap_ns duration_ns = forms->facts->duration_ns;
    snap_ns predicted_ns = duration_ns + snap_ns_max(0, settings->min_pause_ns);
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

static void add_queues(struct forms *forms)
{
    const struct snap_facts *facts = forms->facts;
    const struct snap_explain_walk *walk = forms->walk;
    snap_ns ready_ns = facts->tasks[walk->culprit].ready_ns;

    if (ready_ns == SNAP_UNKNOWN)
        ready_ns = facts->duration_ns;
    if (facts->settings.unaligned != 1 || !was_unaligned(facts))
        add_unaligned(forms, SNAP_KNOB_UNALIGNED, 0);
    add_unaligned(forms, SNAP_KNOB_ALIGNED_TIMEOUT,
                  round_down(facts->duration_ns / TIMEOUT_DIVISOR));
    add_debloat(forms);
    add_segments(forms);
    if (walk->slow == SNAP_SLOW_SUBTASK && !(facts->tasks[walk->culprit].busy < 0.5))
        add(forms, SNAP_KNOB_EVEN,
            facts->duration_ns - snap_ns_max(0, ready_ns - walk->others_ready_ns));
}

/* When the barrier that was still on its way would have been taken; SNAP_UNKNOWN: there is none. */
static snap_ns arrival_of(const struct forms *forms)
{
    const struct snap_explain_step *last = &forms->walk->steps[forms->walk->step_count - 1];
    snap_ns drain_ns;

    if (last->kind != SNAP_EXPLAIN_QUEUE || !last->open)
        return SNAP_UNKNOWN;
    drain_ns = drain_of(&forms->facts->tasks[last->task], &last->hop->all);
    return drain_ns == SNAP_UNKNOWN ? SNAP_UNKNOWN : last->from_ns + drain_ns;
}

/* An expired one needs the time of its closed form, and that which its last barrier still lacks. */
static void add_timeout(struct forms *forms, snap_ns need_ns)
{
    struct snap_advice *advice;
    snap_ns needs_ns = arrival_of(forms);

    if (need_ns != SNAP_UNKNOWN)
        needs_ns = snap_ns_max(needs_ns, need_ns + beside_queues(forms));
    if (!forms->walk->expired || needs_ns == SNAP_UNKNOWN)
        return;
    advice = add(forms, SNAP_KNOB_CHECKPOINT_TIMEOUT, needs_ns);
    advice->setting_ns = forms->facts->settings.timeout_ns;
}

/* ---- where forms fail ---- */

static void find_limits(struct forms *forms)
{
    const struct snap_facts *facts = forms->facts;
    struct snap_form_limits *limits = &forms->forecast->limits;

    limits->skew = forms->walk->slow == SNAP_SLOW_SUBTASK;
    limits->at_least_once = facts->settings.at_least_once == 1;
    limits->storage_faulty = facts->storage_faulty;
    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];
        double factor = (double)task->records_out / (double)task->records_in;

        if (task->records_in > 0 && factor >= FAN_OUT_MIN && factor > limits->fan_out_factor) {
            limits->fan_out = task->vertex;
            limits->fan_out_factor = factor;
        }
    }
    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[forms->forecast->hops[i].step];
        int64_t at_trigger = facts->tasks[step->task].queued.bytes;

        if (step->hop->all.bytes > 2 * at_trigger && at_trigger != SNAP_UNKNOWN &&
            (double)forms->forecast->hops[i].waited_ns >=
                HOP_SHARE_MIN * (double)facts->duration_ns)
            limits->filling = true;
    }
}

void snap_forecast_make(struct snap_forecast *forecast, const struct snap_explain_walk *walk,
                        struct snap_arena *arena)
{
    struct forms forms = {.forecast = forecast, .walk = walk, .facts = walk->facts};
    snap_ns need_ns;

    memset(forecast, 0, sizeof(*forecast));
    forecast->limits.fan_out = SNAP_NO_FACT;
    forecast->storage_latency_ns = SNAP_UNKNOWN;
    find_storage(forecast, walk->facts);
    add_hops(&forms, arena);
    find_limits(&forms);
    if (walk->facts->duration_ns == SNAP_UNKNOWN || walk->step_count == 0)
        return;
    need_ns = need_of(&forms, arena);
    if (walk->facts->status == SNAP_FACTS_COMPLETED)
        add_as_it_was(&forms);
    if (waits_in_queues(walk->slow))
        add_queues(&forms);
    if (was_unaligned(walk->facts) && need_ns != SNAP_UNKNOWN)
        add(&forms, SNAP_KNOB_ALIGNED, need_ns + beside_queues(&forms));
    if (walk->slow == SNAP_SLOW_SYNC)
        add(&forms, SNAP_KNOB_NO_SYNC,
            walk->facts->duration_ns - walk->total_ns[SNAP_EXPLAIN_SYNC]);
    if (walk->slow == SNAP_SLOW_STORAGE && walk->facts->end != SNAP_END_STORAGE)
        add_storage(&forms);
    add_timeout(&forms, need_ns);
    add_cadence(&forms);
}
