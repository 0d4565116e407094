// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_rates.h"

#include <math.h>

#include "explain/explain_slow.h"

/* Small records go by in bursts, a buffer of each channel at a time: of several bins of the flow
 * together the mean is taken. */
#define FLOW_WINDOW_NS (4 * SNAP_SECOND)

/* A shorter time before the trigger says nothing about rates. */
#define RATE_LEAST_NS (50 * SNAP_MS)

/* ---- from buffers ---- */

void snap_explain_rates_take(struct snap_explain_takes *takes, snap_ns at_ns,
                             const struct snap_fact_amount *taken)
{
    takes->at_ns[takes->count % SNAP_TAKES_KEPT] = at_ns;
    takes->taken[takes->count % SNAP_TAKES_KEPT] = *taken;
    takes->count++;
}

static struct snap_fact_amount minus(const struct snap_fact_amount *a,
                                     const struct snap_fact_amount *b)
{
    return (struct snap_fact_amount){a->buffers - b->buffers, a->bytes - b->bytes,
                                     a->records - b->records};
}

/* The time in which so many buffers were used up since an instant at which one was done with: until
 * the last of them. What has passed of the next one does not count, unless that is longer than
 * others took. */
static snap_ns counted_ns(snap_ns from_ns, snap_ns last_ns, snap_ns until_ns, int64_t buffers)
{
    return snap_ns_max(last_ns - from_ns, (until_ns - from_ns) / (buffers + 1) * buffers);
}

static uint32_t newest_of(const struct snap_explain_takes *takes)
{
    return (takes->count - 1) % SNAP_TAKES_KEPT;
}

static void set_rates(struct snap_fact_task *task, const struct snap_fact_amount *used,
                      snap_ns time_ns)
{
    task->records_per_s = (double)used->records * 1e9 / (double)time_ns;
    task->bytes_per_s = (double)used->bytes * 1e9 / (double)time_ns;
}

/* Since when what a subtask used up counts: it uses up nothing before it runs. */
static snap_ns counts_from(const struct snap_explain_trace *trace, uint32_t task, snap_ns from_ns)
{
    const struct snap_fact_task *at = &trace->facts->tasks[task];

    return at->ran ? snap_ns_max(from_ns, trace->checkpoint->trigger_ns + at->ran_from_ns)
                   : from_ns;
}

/* Who had used up nothing before the trigger was in the middle of its first buffer then: from that
 * one on, or since it runs if that was the only one. */
static void end_rate_of_first(const struct snap_explain_trace *trace, uint32_t index,
                              struct snap_fact_amount used)
{
    const struct snap_explain_takes *takes = &trace->takes[index];
    snap_ns end_ns = trace->checkpoint->trigger_ns + trace->facts->duration_ns;
    snap_ns from_ns = counts_from(trace, index, 0);
    snap_ns time_ns;

    if (used.buffers > 1 && takes->first_behind.buffers > 0) {
        used = minus(&trace->taken[index], &takes->first_behind);
        from_ns = takes->first_behind_ns;
    }
    time_ns = counted_ns(from_ns, takes->last_ns, end_ns, used.buffers);
    if (time_ns > 0)
        set_rates(&trace->facts->tasks[index], &used, time_ns);
}

/* While the checkpoint ran, counted from the last buffer before the trigger: one may take longer
 * than the checkpoint, and is counted when it is used up. Who uses up none of what lies before it
 * is in the middle of a buffer: how fast it is nobody knows. */
static void end_rate_behind(const struct snap_explain_trace *trace, uint32_t index)
{
    const struct snap_explain_takes *takes = &trace->takes[index];
    struct snap_fact_task *task = &trace->facts->tasks[index];
    struct snap_fact_amount used = minus(&trace->taken[index], &trace->taken_at_trigger[index]);
    snap_ns end_ns = trace->checkpoint->trigger_ns + trace->facts->duration_ns;
    snap_ns time_ns = trace->facts->duration_ns;

    if (used.buffers == 0 && task->queued.records > 0)
        return;
    if (used.buffers > 0 && takes->count == 0 && task->ran) {
        end_rate_of_first(trace, index, used);
        return;
    }
    if (used.buffers > 0 && takes->count > 0)
        time_ns = counted_ns(takes->at_ns[newest_of(takes)], takes->last_ns, end_ns, used.buffers);
    if (time_ns > 0)
        set_rates(task, &used, time_ns);
}

/* What was used up before the trigger, over a longer time where that is only a few buffers; while
 * the checkpoint ran, if that says nothing. */
static void end_rate(const struct snap_explain_trace *trace, uint32_t index)
{
    const struct snap_explain_takes *takes = &trace->takes[index];
    const struct snap_fact_amount *at_trigger = &trace->taken_at_trigger[index];
    struct snap_fact_amount used = minus(at_trigger, &trace->taken_at_begin[index]);
    snap_ns trigger_ns = trace->checkpoint->trigger_ns;
    snap_ns from_ns = counts_from(trace, index, trace->rate_from_ns);
    snap_ns time_ns = trigger_ns - from_ns;

    if (used.buffers < SNAP_TAKES_KEPT && takes->count > 1) {
        uint32_t oldest = takes->count > SNAP_TAKES_KEPT ? takes->count % SNAP_TAKES_KEPT : 0;

        if (takes->at_ns[oldest] < from_ns) {
            used = minus(at_trigger, &takes->taken[oldest]);
            time_ns = counted_ns(takes->at_ns[oldest], takes->at_ns[newest_of(takes)], trigger_ns,
                                 used.buffers);
        }
    }
    if (used.records <= 0 || time_ns < RATE_LEAST_NS)
        end_rate_behind(trace, index);
    else
        set_rates(&trace->facts->tasks[index], &used, time_ns);
}

/* ---- from the flow ---- */

/* The first bin all of which lies behind the instant at which the last subtask of the vertex began
 * to run, or that of the window. */
static uint32_t first_bin(const struct snap_explain_trace *trace, uint32_t vertex,
                          snap_ns window_from_ns)
{
    const struct snap_fact_vertex *at = &trace->facts->vertices[vertex];
    snap_ns width_ns = trace->statistics->flow.width_ns;
    snap_ns from_ns = window_from_ns;

    for (uint32_t i = 0; i < at->parallelism; i++)
        from_ns = counts_from(trace, at->task_first + i, from_ns);
    return (uint32_t)((from_ns > window_from_ns ? from_ns + width_ns - 1 : from_ns) / width_ns);
}

/* The bin to which rates are taken: the one with the trigger, or with the end of the checkpoint if
 * it had run for too short a time before. */
static uint32_t last_bin(const struct snap_explain_trace *trace, uint32_t first, uint32_t last)
{
    const struct snap_flow *flow = &trace->statistics->flow;
    snap_ns end_ns = trace->checkpoint->trigger_ns + trace->facts->duration_ns;
    uint32_t end = (uint32_t)(end_ns / flow->width_ns);

    if (first <= last && (last + 1 - first) * flow->width_ns >= RATE_LEAST_NS)
        return last;
    return end < flow->bin_count ? end : flow->bin_count - 1;
}

/* Of the bins that lie in the window before the trigger, and of the one in which it falls; NaN if
 * one is not known. */
static double mean_rate(const struct snap_explain_trace *trace, uint32_t vertex, uint32_t last)
{
    const struct snap_flow *flow = &trace->statistics->flow;
    snap_ns window_ns = snap_ns_max(trace->facts->duration_ns, FLOW_WINDOW_NS);
    snap_ns from_ns = snap_ns_max(0, trace->checkpoint->trigger_ns - window_ns);
    uint32_t first = first_bin(trace, vertex, from_ns);
    double sum = 0;

    last = last_bin(trace, first, last);
    if (first > last)
        first = last;
    for (uint32_t bin = first; bin <= last; bin++)
        sum += snap_flow_at(flow, vertex, bin)->records_per_s;
    return sum / (last - first + 1);
}

/* Without buffers the flow knows what waited before the whole vertex, in records. */
static void end_flow(const struct snap_explain_trace *trace, uint32_t vertex)
{
    const struct snap_flow *flow = &trace->statistics->flow;
    struct snap_facts *facts = trace->facts;
    uint32_t parallelism = facts->vertices[vertex].parallelism;
    uint32_t bin;
    const struct snap_flow_row *row;
    double rate;

    if (!flow->rows || flow->width_ns <= 0)
        return;
    bin = (uint32_t)(trace->checkpoint->trigger_ns / flow->width_ns);
    if (bin >= flow->bin_count)
        return;
    row = snap_flow_at(flow, vertex, bin);
    rate = mean_rate(trace, vertex, bin);
    facts->around_ns = flow->width_ns;
    for (uint32_t i = 0; i < parallelism; i++) {
        struct snap_fact_task *task = &facts->tasks[facts->vertices[vertex].task_first + i];

        task->queued_is_mean = task->rate_is_mean = parallelism > 1;
        if (!isnan(row->backlog))
            task->queued.records = (int64_t)(row->backlog / parallelism + 0.5);
        if (bin + 1 < flow->bin_count)
            task->more_records =
                (snap_flow_at(flow, vertex, bin + 1)->backlog - row->backlog) / parallelism;
        if (!isnan(rate))
            task->records_per_s = rate / parallelism;
    }
}

/* ---- from the receivers ---- */

/* Sums over a vertex; NaN if one is not known. */
struct sums {
    double records_in;
    double records_per_s;
    double backpressured;
};

static struct sums sums_of(const struct snap_facts *facts, uint32_t vertex)
{
    const struct snap_fact_vertex *at = &facts->vertices[vertex];
    struct sums sums = {0, 0, 0};

    for (uint32_t i = at->task_first; i < at->task_first + at->parallelism; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];

        sums.records_in += task->records_in < 0 ? NAN : (double)task->records_in;
        sums.records_per_s += task->records_per_s;
        sums.backpressured += task->backpressured;
    }
    return sums;
}

/* The only vertex that takes from this one, if it takes from no other; SNAP_NO_FACT: there is none.
 */
static uint32_t only_receiver(const struct snap_facts *facts, uint32_t vertex)
{
    uint32_t to = SNAP_NO_FACT;

    for (uint32_t e = 0; e < facts->edge_count; e++)
        if (facts->edges[e].from == vertex) {
            if (to != SNAP_NO_FACT)
                return SNAP_NO_FACT;
            to = facts->edges[e].to;
        }
    for (uint32_t e = 0; to != SNAP_NO_FACT && e < facts->edge_count; e++)
        if (facts->edges[e].to == to && facts->edges[e].from != vertex)
            return SNAP_NO_FACT;
    return to;
}

/* The vertex takes as many records a second as make what its receivers take, by the totals of the
 * run; each subtask has its share. The size of records stays. */
static void bound_by_receivers(struct snap_explain_trace *trace, uint32_t vertex)
{
    struct snap_facts *facts = trace->facts;
    const struct snap_fact_vertex *at = &facts->vertices[vertex];
    uint32_t to = only_receiver(facts, vertex);
    struct sums own = sums_of(facts, vertex);
    struct sums behind;
    double rate;

    if (to == SNAP_NO_FACT || !(own.records_in > 0) ||
        !(own.backpressured >= SNAP_BUSY_MIN * at->parallelism))
        return;
    behind = sums_of(facts, to);
    rate = behind.records_per_s * own.records_in / behind.records_in;
    if (!(behind.records_in > 0) || !(rate > 0))
        return;
    for (uint32_t i = at->task_first; i < at->task_first + at->parallelism; i++) {
        struct snap_fact_task *task = &facts->tasks[i];
        const struct snap_fact_amount *taken = &trace->taken_at_trigger[i];

        task->rate_is_mean = false;
        task->records_per_s = rate * (double)task->records_in / own.records_in;
        if (trace->statistics->buffers_seen)
            task->bytes_per_s = taken->records > 0 ? task->records_per_s * (double)taken->bytes /
                                                         (double)taken->records
                                                   : NAN;
    }
}

void snap_explain_rates_end(struct snap_explain_trace *trace)
{
    const struct snap_facts *facts = trace->facts;

    for (uint32_t i = 0; trace->statistics->buffers_seen && i < facts->task_count; i++)
        end_rate(trace, i);
    for (uint32_t v = 0; !trace->statistics->buffers_seen && v < facts->vertex_count; v++)
        end_flow(trace, v);
    /* Vertices stand in topological order: those behind have their rates already. */
    for (uint32_t v = facts->vertex_count; v > 0; v--)
        bound_by_receivers(trace, v - 1);
}
