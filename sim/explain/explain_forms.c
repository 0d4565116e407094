// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_forms.h"

#include <math.h>

#include "explain/explain_slow.h"
#include "explain/explain_turn.h"

/* A share of work below this says nothing about how fast a subtask could be. */
#define WORKS_MIN 0.01

#define NETWORK_LATENCY_GUESS_NS SNAP_MS

/* ---- pieces of forms ---- */

static snap_ns time_of(double amount, double per_s)
{
    return per_s > 0 ? (snap_ns)(amount / per_s * 1e9) : SNAP_UNKNOWN;
}

/* The amount before the subtask, over how fast it is used up. One that is idle at times uses up
 * what there is faster than its mean over time says. */
snap_ns snap_form_drain(const struct snap_fact_task *task, const struct snap_fact_amount *amount)
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

static int64_t state_bytes_of(const struct snap_facts *facts)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].state_bytes != SNAP_UNKNOWN)
            sum += facts->tasks[i].state_bytes;
    return sum;
}

/* Flink counts what was saved of data in flight among the state's bytes. */
static int64_t persisted_bytes_of(const struct snap_facts *facts)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].persisted_bytes != SNAP_UNKNOWN)
            sum += facts->tasks[i].persisted_bytes;
    return sum;
}

bool snap_form_was_unaligned(const struct snap_facts *facts)
{
    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].unaligned)
            return true;
    return false;
}

/* Of the bytes of the whole job those before subtasks that can be overtaken, by records. */
static int64_t overtaken_share(const struct snap_facts *facts)
{
    int64_t overtaken = 0;
    int64_t all = 0;

    if (facts->in_flight_bytes == SNAP_UNKNOWN)
        return SNAP_UNKNOWN;
    for (uint32_t i = 0; i < facts->task_count; i++) {
        int64_t records = facts->tasks[i].queued.records;

        if (records == SNAP_UNKNOWN)
            continue;
        all += records;
        overtaken += snap_facts_overtakes(facts, facts->tasks[i].vertex) ? records : 0;
    }
    return all > 0 ? (int64_t)((double)facts->in_flight_bytes * (double)overtaken / (double)all)
                   : facts->in_flight_bytes;
}

static bool is_behind_stuck(const struct snap_facts *facts, uint32_t vertex)
{
    for (uint32_t e = 0; e < facts->edge_count; e++)
        if (facts->edges[e].to == vertex && !snap_facts_overtakes(facts, facts->edges[e].from))
            return true;
    return false;
}

/* Behind a vertex whose barriers are not overtaken they come apart as if aligned. Who overtakes
 * there saves what arrives from the first to the last: half of it, as channels end one by one. */
static int64_t arriving_bytes(const struct snap_facts *facts)
{
    double per_record = snap_form_bytes_per_record(facts);
    double sum = 0;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];
        double per_s =
            isnan(task->bytes_per_s) ? task->records_per_s * per_record : task->bytes_per_s;

        if (task->alignment_ns > 0 && !isnan(per_s) && snap_facts_overtakes(facts, task->vertex) &&
            is_behind_stuck(facts, task->vertex))
            sum += per_s * (double)task->alignment_ns / 1e9 / 2;
    }
    return (int64_t)sum;
}

/* Bytes that an unaligned checkpoint would have saved, or did. */
int64_t snap_form_overtaken_bytes(const struct snap_facts *facts)
{
    int64_t sum = 0;

    if (snap_form_was_unaligned(facts))
        return persisted_bytes_of(facts);
    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];

        if (!snap_facts_overtakes(facts, task->vertex))
            continue;
        if (task->queued.bytes == SNAP_UNKNOWN) {
            sum = overtaken_share(facts);
            return sum == SNAP_UNKNOWN ? sum : sum + arriving_bytes(facts);
        }
        sum += task->queued.bytes;
    }
    return sum + arriving_bytes(facts);
}

bool snap_form_overtaken_measured(const struct snap_facts *facts)
{
    bool all_overtaken = true;

    if (snap_form_was_unaligned(facts))
        return true;
    for (uint32_t i = 0; i < facts->task_count; i++) {
        if (snap_facts_overtakes(facts, facts->tasks[i].vertex) &&
            facts->tasks[i].queued.bytes == SNAP_UNKNOWN && facts->in_flight_bytes == SNAP_UNKNOWN)
            return false;
        all_overtaken = all_overtaken && snap_facts_overtakes(facts, facts->tasks[i].vertex);
    }
    return all_overtaken;
}

/* From the settings; else the shortest asynchronous part is latency, and the best one in its time
 * shows what one subtask writes a second. The bandwidth is that of all together: however many write
 * at the same time, each is that quick, and the one with most is done last. (An asynchronous part
 * of one that overtook may also have waited for late barriers: the longest tells nothing.) */
void snap_form_storage(struct snap_forecast *forecast, const struct snap_facts *facts)
{
    const struct snap_fact_settings *settings = &facts->settings;
    double one_per_s = 0;
    double most = 0;
    double all = 0;

    forecast->storage_latency_ns = settings->storage_latency_ns;
    forecast->storage_bytes_per_s =
        settings->storage_bytes_per_s == SNAP_UNKNOWN ? NAN : (double)settings->storage_bytes_per_s;
    if (settings->storage_latency_ns != SNAP_UNKNOWN)
        return;
    forecast->storage_guessed = true;
    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];
        double bytes = (double)task->state_bytes;

        if (task->async_ns <= 0 || task->state_bytes <= 0)
            continue;
        if (forecast->storage_latency_ns == SNAP_UNKNOWN ||
            task->async_ns < forecast->storage_latency_ns)
            forecast->storage_latency_ns = task->async_ns;
        one_per_s = fmax(one_per_s, bytes * 1e9 / (double)task->async_ns);
        most = fmax(most, bytes);
        all += bytes;
    }
    if (most > 0)
        forecast->storage_bytes_per_s = one_per_s * all / most;
}

snap_ns snap_form_transfer(const struct snap_forecast *forecast, int64_t bytes)
{
    if (forecast->storage_bytes_per_s == 0)
        return 0;
    return bytes == SNAP_UNKNOWN || isnan(forecast->storage_bytes_per_s)
               ? SNAP_UNKNOWN
               : time_of((double)bytes, forecast->storage_bytes_per_s);
}

/* What is guessed of the storage holds its latency already. */
snap_ns snap_form_stored(const struct snap_forecast *forecast, snap_ns transfer_ns)
{
    return forecast->storage_guessed ? snap_ns_max(forecast->storage_latency_ns, transfer_ns)
                                     : snap_form_sum(forecast->storage_latency_ns, transfer_ns);
}

snap_ns snap_form_sum(snap_ns a, snap_ns b)
{
    return (a == SNAP_UNKNOWN ? 0 : a) + (b == SNAP_UNKNOWN ? 0 : b);
}

/* ---- forms ---- */

/* The turn of the hop stands before or behind what it waited in queues. */
static snap_ns turn_beside(const struct snap_explain_walk *walk, uint32_t queue)
{
    const struct snap_fact_hop *hop = walk->steps[queue].hop;

    for (uint32_t i = queue > 0 ? queue - 1 : 0; i < walk->step_count && i <= queue + 1; i++)
        if (walk->steps[i].kind == SNAP_EXPLAIN_TURN && walk->steps[i].hop->from == hop->from &&
            walk->steps[i].hop->to == hop->to)
            return walk->steps[i].to_ns - walk->steps[i].from_ns;
    return 0;
}

void snap_form_hops(struct snap_forms_of *forms)
{
    struct snap_forecast *forecast = forms->forecast;

    snap_form_ahead(forms);
    forecast->hops = SNAP_ARENA_ARRAY(forms->arena, struct snap_hop_form, forms->walk->step_count);
    for (uint32_t i = 0; i < forms->walk->step_count; i++) {
        const struct snap_explain_step *step = &forms->walk->steps[i];
        const struct snap_fact_task *task = &forms->facts->tasks[step->task];
        snap_ns waited_ns = step->to_ns - step->from_ns;
        snap_ns form_ns;

        if (step->kind != SNAP_EXPLAIN_QUEUE)
            continue;
        form_ns = snap_form_drain(task, &forms->ahead[step->task]);
        forecast->hops[forecast->hop_count++] =
            (struct snap_hop_form){i, waited_ns, turn_beside(forms->walk, i), form_ns, 0};
        forms->waited_ns += waited_ns;
        forms->longest_ns = snap_ns_max(forms->longest_ns, waited_ns);
        if (step->open)
            forms->longest_ns = snap_ns_max(forms->longest_ns, form_ns);
        forms->forms_ns = form_ns == SNAP_UNKNOWN || forms->forms_ns == SNAP_UNKNOWN
                              ? SNAP_UNKNOWN
                              : forms->forms_ns + form_ns;
        if (!snap_facts_overtakes(forms->facts, task->vertex))
            forms->stuck_ns += waited_ns;
        forms->hop_count++;
    }
    forecast->limits.no_rates = forms->forms_ns == SNAP_UNKNOWN;
    if (snap_form_is_unfinished(forms))
        forms->stuck_ns = snap_ns_max(forms->stuck_ns, snap_form_need_stuck(forms));
}

/* What the checkpoint took beside queues. */
snap_ns snap_form_beside_queues(const struct snap_forms_of *forms)
{
    return snap_ns_max(0, forms->facts->duration_ns - forms->waited_ns);
}

/* The asynchronous part of the target: all subtasks write at the same time. */
snap_ns snap_form_async(const struct snap_forms_of *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    snap_ns had_ns = forms->walk->total_ns[SNAP_EXPLAIN_ASYNC];
    snap_ns transfer_ns = snap_form_transfer(forecast, state_bytes_of(forms->facts));

    if (had_ns == 0 || forecast->storage_guessed || transfer_ns == SNAP_UNKNOWN ||
        forecast->storage_latency_ns == SNAP_UNKNOWN)
        return had_ns;
    return forecast->storage_latency_ns + transfer_ns;
}

snap_ns snap_form_files(const struct snap_facts *facts)
{
    int64_t files = facts->channel_files;
    snap_ns file_ns = facts->settings.storage_per_file_ns;

    return files > 0 && file_ns > 0 ? files * file_ns : 0;
}

/* Without a plan any subtask may look like a source: it is its start delay that stands there, with
 * all that the barrier waited for. */
static snap_ns trigger_of(const struct snap_forms_of *forms)
{
    return forms->facts->planless ? 0 : forms->walk->total_ns[SNAP_EXPLAIN_TRIGGER];
}

static bool is_source(const struct snap_facts *facts, uint32_t vertex)
{
    for (uint32_t e = 0; e < facts->edge_count; e++)
        if (facts->edges[e].to == vertex)
            return false;
    return true;
}

/* The first vertex of the walk whose barriers are not overtaken; the count of vertices: none. */
static uint32_t first_stuck(const struct snap_forms_of *forms)
{
    uint32_t first = forms->facts->vertex_count;

    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        uint32_t task = forms->walk->steps[forms->forecast->hops[i].step].task;
        uint32_t vertex = forms->facts->tasks[task].vertex;

        if (vertex < first && !snap_facts_overtakes(forms->facts, vertex))
            first = vertex;
    }
    return first;
}

/* What sources save is written while barriers still wait for their turn, and what all save that
 * stand before a vertex whose barriers are not overtaken while those wait there. */
static snap_ns written_meanwhile(const struct snap_forms_of *forms, snap_ns writing_ns)
{
    const struct snap_facts *facts = forms->facts;
    uint32_t stuck = first_stuck(forms);
    int64_t all = persisted_bytes_of(facts);
    int64_t before = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        if (is_source(facts, facts->tasks[i].vertex) ||
            (stuck < facts->vertex_count && facts->tasks[i].vertex < stuck))
            before += snap_ns_max(0, facts->tasks[i].persisted_bytes);
    if (all == 0 || facts->planless)
        return 0;
    return snap_ns_min(snap_form_turns(forms) + forms->stuck_ns,
                       (snap_ns)((double)writing_ns * (double)before / (double)all));
}

snap_ns snap_form_unaligned(const struct snap_forms_of *forms)
{
    const struct snap_forecast *forecast = forms->forecast;
    snap_ns writing_ns;
    const snap_ns *total_ns = forms->walk->total_ns;
    snap_ns latency_ns = forms->facts->settings.network_latency_ns;
    snap_ns hops_ns = (snap_ns)forms->hop_count *
                      (latency_ns == SNAP_UNKNOWN ? NETWORK_LATENCY_GUESS_NS : latency_ns);
    int64_t bytes = snap_form_overtaken_bytes(forms->facts);

    bytes = (bytes == SNAP_UNKNOWN ? 0 : bytes) + state_bytes_of(forms->facts) -
            persisted_bytes_of(forms->facts);
    writing_ns = forecast->storage_files_ns + snap_ns_max(0, snap_form_transfer(forecast, bytes));
    return trigger_of(forms) + total_ns[SNAP_EXPLAIN_SYNC] + total_ns[SNAP_EXPLAIN_ACK] + hops_ns +
           snap_form_turns(forms) + forms->stuck_ns - written_meanwhile(forms, writing_ns) +
           snap_ns_max(0, snap_form_stored(forecast, writing_ns));
}

snap_ns snap_form_aligned(const struct snap_forms_of *forms, snap_ns need_ns)
{
    const snap_ns *total_ns = forms->walk->total_ns;
    int64_t bytes = state_bytes_of(forms->facts) - persisted_bytes_of(forms->facts);
    snap_ns async_ns = snap_ns_max(
        0, snap_form_stored(forms->forecast, snap_form_transfer(forms->forecast, bytes)));

    /* What is at work uses up what waits: the longer of the two counts. */
    return snap_ns_max(need_ns, forms->forecast->held_ns) + trigger_of(forms) +
           total_ns[SNAP_EXPLAIN_SYNC] + total_ns[SNAP_EXPLAIN_ACK] + (bytes > 0 ? async_ns : 0);
}

/* What is saved of data in flight shrinks as well, and with it its way to the storage. */
static snap_ns less_transfer(const struct snap_forms_of *forms, const struct snap_form_less *less)
{
    snap_ns transfer_ns = snap_form_transfer(
        forms->forecast, persisted_bytes_of(forms->facts) / less->divisor * (less->divisor - 1));

    return snap_ns_min(snap_ns_max(0, transfer_ns), forms->walk->total_ns[SNAP_EXPLAIN_ASYNC]);
}

/* Where output queues have no timer what lies there sets the time, or the timeout; SNAP_UNKNOWN. */
static snap_ns without_timer(const struct snap_forms_of *forms, const struct snap_form_less *less)
{
    snap_ns need_ns = snap_form_need_without_timer(forms, less);

    if (need_ns == SNAP_UNKNOWN)
        return need_ns;
    return need_ns < forms->facts->settings.aligned_timeout_ns
               ? snap_form_aligned(forms, need_ns)
               : need_ns + snap_form_unaligned(forms) - less_transfer(forms, less);
}

snap_ns snap_form_with_timeout(const struct snap_forms_of *forms)
{
    snap_ns timeout_ns = forms->facts->settings.aligned_timeout_ns;
    snap_ns predicted_ns = SNAP_UNKNOWN;

    if (forms->forecast->limits.no_output_timer)
        predicted_ns = without_timer(forms, &(struct snap_form_less){1, SNAP_NEVER});
    return predicted_ns == SNAP_UNKNOWN ? snap_form_sum(timeout_ns, snap_form_unaligned(forms))
                                        : predicted_ns;
}

snap_ns snap_form_less_queued(const struct snap_forms_of *forms, const struct snap_form_less *less)
{
    const struct snap_forecast *forecast = forms->forecast;
    const struct snap_facts *facts = forms->facts;
    snap_ns timeout_ns = facts->settings.aligned_timeout_ns;
    snap_ns waited_ns = 0;
    snap_ns aligned_ns = snap_form_need_with(forms, less);
    snap_ns predicted_ns = SNAP_UNKNOWN;

    if (forecast->limits.no_output_timer && snap_form_was_unaligned(facts))
        predicted_ns = without_timer(forms, less);
    if (predicted_ns != SNAP_UNKNOWN)
        return predicted_ns;
    for (uint32_t i = 0; i < forecast->hop_count; i++) {
        const struct snap_hop_form *hop = &forecast->hops[i];
        bool overtook = facts->tasks[forms->walk->steps[hop->step].task].unaligned &&
                        !forecast->limits.no_output_timer;

        waited_ns += overtook
                         ? hop->waited_ns
                         : hop->fired_ns + snap_form_less_of(less, hop->waited_ns - hop->fired_ns);
    }
    /* The barrier has a way before it that the walk does not know of. */
    if (snap_form_is_unfinished(forms) && !snap_form_was_unaligned(facts))
        waited_ns = snap_ns_max(waited_ns, aligned_ns);
    predicted_ns = snap_form_beside_queues(forms) + waited_ns - less_transfer(forms, less);
    /* Where the barrier now comes before the timeout, nothing is overtaken. */
    if (timeout_ns > 0 && snap_form_was_unaligned(facts) && aligned_ns != SNAP_UNKNOWN &&
        aligned_ns <= timeout_ns)
        predicted_ns = snap_ns_min(predicted_ns, snap_form_aligned(forms, aligned_ns));
    return predicted_ns;
}
