// SPDX-License-Identifier: Apache-2.0
/* What lies before each subtask when a checkpoint is triggered. */
#include <math.h>

#include "explain/explain_forms.h"

double snap_form_bytes_per_record(const struct snap_facts *facts)
{
    int64_t records = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        records += snap_ns_max(0, facts->tasks[i].queued.records);
    return facts->in_flight_bytes > 0 && records > 0
               ? (double)facts->in_flight_bytes / (double)records
               : NAN;
}

uint32_t snap_form_senders(const struct snap_facts *facts, uint32_t task)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        count += snap_facts_connected(facts, i, task);
    return count;
}

/* Records in buffers that are not finished and so not queued: a barrier finishes them. One of each
 * sender is half full in the mean, or as full as it gets in half its time. How large buffers are
 * that are debloated is not known. */
static double open_records(const struct snap_facts *facts, uint32_t index)
{
    const struct snap_fact_task *task = &facts->tasks[index];
    const struct snap_fact_settings *settings = &facts->settings;
    double full = (double)settings->segment_bytes / snap_form_bytes_per_record(facts) *
                  snap_form_senders(facts, index);
    double timed = task->records_per_s * (double)settings->buffer_timeout_ns / 1e9;

    if (settings->segment_bytes <= 0 || settings->buffer_timeout_ns < 0 || settings->debloat == 1 ||
        isnan(full) || isnan(timed))
        return 0;
    return fmin(full, timed) / 2;
}

/* Share of its time that the vertex has nothing to do; not known: none. */
static double idle_share(const struct snap_facts *facts, const struct snap_fact_vertex *vertex)
{
    double works = 0;

    for (uint32_t i = vertex->task_first; i < vertex->task_first + vertex->parallelism; i++)
        works += facts->tasks[i].busy + facts->tasks[i].backpressured;
    works /= vertex->parallelism;
    return works < 1 ? 1 - works : 0;
}

/* Records that the vertex makes of one; not known: one. */
static double made_of_one(const struct snap_facts *facts, const struct snap_fact_vertex *vertex)
{
    double in = 0;
    double out = 0;

    for (uint32_t i = vertex->task_first; i < vertex->task_first + vertex->parallelism; i++) {
        in += (double)facts->tasks[i].records_in;
        out += (double)facts->tasks[i].records_out;
    }
    return in > 0 && out >= 0 ? out / in : 1;
}

/* What waits before a vertex that is not at work all the time has gone by when the barrier comes,
 * and waits before the next one. `waits` is by vertex, of those before this one. */
static double comes_by(const struct snap_facts *facts, const double *waits, uint32_t vertex)
{
    double sum = 0;

    for (uint32_t e = 0; e < facts->edge_count; e++) {
        const struct snap_fact_vertex *from = &facts->vertices[facts->edges[e].from];

        if (facts->edges[e].to == vertex)
            sum += waits[facts->edges[e].from] * idle_share(facts, from) * made_of_one(facts, from);
    }
    return sum;
}

static void add(struct snap_fact_amount *amount, double records, double bytes_per_record)
{
    if (amount->records != SNAP_UNKNOWN)
        amount->records += (int64_t)records;
    if (amount->bytes != SNAP_UNKNOWN && !isnan(bytes_per_record))
        amount->bytes += (int64_t)(records * bytes_per_record);
}

/* Vertices stand in topological order. */
void snap_form_ahead(struct snap_forms_of *forms)
{
    const struct snap_facts *facts = forms->facts;
    double *waits = SNAP_ARENA_ARRAY(forms->arena, double, facts->vertex_count);
    double per_record = snap_form_bytes_per_record(facts);

    forms->ahead = SNAP_ARENA_ARRAY(forms->arena, struct snap_fact_amount, facts->task_count);
    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        const struct snap_fact_vertex *vertex = &facts->vertices[v];
        double by = comes_by(facts, waits, v) / vertex->parallelism;

        for (uint32_t i = vertex->task_first; i < vertex->task_first + vertex->parallelism; i++) {
            forms->ahead[i] = facts->tasks[i].queued;
            add(&forms->ahead[i], open_records(facts, i) + by, per_record);
            waits[v] += (double)snap_ns_max(0, forms->ahead[i].records);
        }
    }
}
