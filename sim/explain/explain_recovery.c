// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_recovery.h"

#include <math.h>
#include <string.h>

#include "explain/explain_forms.h"

/* So much of a step has to have gone by until all was used up, ... */
#define STEP_SHARE_MIN 0.5
/* ... and that has to be this share of the whole. */
#define WHOLE_SHARE_MIN 0.25

/* ---- events ---- */

void snap_explain_recovery_queued(struct snap_explain_trace *trace,
                                  struct snap_explain_channel *channel)
{
    struct snap_explain_recovery *from = &trace->recoveries[channel->from];

    if (from->outputs_left == 0)
        return;
    from->outputs_left--;
    channel->restored_bytes = channel->queued.bytes;
}

void snap_explain_recovery_taken(struct snap_explain_trace *trace,
                                 struct snap_explain_channel *channel, int64_t bytes, snap_ns at_ns)
{
    if (channel->restored_bytes <= 0)
        return;
    channel->restored_bytes -= bytes;
    if (channel->restored_bytes <= 0)
        trace->recoveries[channel->to].recovered_ns = at_ns;
}

/* What was put back before a barrier of it is in that checkpoint, or used up. */
static void forget_all(struct snap_explain_trace *trace)
{
    memset(trace->recoveries, 0, trace->facts->task_count * sizeof(trace->recoveries[0]));
    for (uint32_t i = 0; i < trace->channel_count; i++)
        trace->channels[i].restored_bytes = 0;
}

void snap_explain_recovery_event(struct snap_explain_trace *trace, const struct snap_event *event)
{
    const int64_t *args = event->args;

    if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED && args[0] != trace->facts->checkpoint)
        forget_all(trace);
    if (event->actor >= trace->facts->task_count)
        return;
    if (event->type == SNAP_EVENT_CHANNELS_RESTORED)
        trace->recoveries[event->actor] = (struct snap_explain_recovery){
            .input_bytes = args[1], .output_bytes = args[3], .outputs_left = args[4]};
    if (event->type == SNAP_EVENT_TASK_STATUS && args[1] == SNAP_TASK_INITIALIZING)
        trace->recoveries[event->actor] = (struct snap_explain_recovery){0};
}

/* ---- facts ---- */

/* What lay there until the receiver had used it up: its own, and what its senders put out. */
static int64_t restored_before(const struct snap_explain_trace *trace, uint32_t task)
{
    int64_t bytes = trace->recoveries[task].input_bytes;

    for (uint32_t i = 0; i < trace->facts->task_count; i++)
        if (trace->recoveries[i].output_bytes > 0 && snap_facts_connected(trace->facts, i, task))
            bytes += trace->recoveries[i].output_bytes;
    return bytes;
}

/* One that is not through when what is read ends has not recovered. */
static bool is_left(const struct snap_explain_trace *trace, uint32_t task)
{
    for (uint32_t i = 0; i < trace->channel_count; i++)
        if (trace->channels[i].to == task && trace->channels[i].restored_bytes > 0)
            return true;
    return false;
}

void snap_explain_recovery_end(struct snap_explain_trace *trace)
{
    struct snap_facts *facts = trace->facts;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        struct snap_fact_task *task = &facts->tasks[i];
        snap_ns recovered_ns = trace->recoveries[i].recovered_ns;

        task->restored_bytes = restored_before(trace, i);
        if (!trace->statistics->buffers_seen || task->restored_bytes == 0)
            continue;
        task->recovered_known = true;
        task->recovered_ns =
            is_left(trace, i) ? facts->duration_ns : recovered_ns - trace->checkpoint->trigger_ns;
    }
}

/* ---- the verdict ---- */

/* Until when it can have been at that at the latest, counted from when it ran; at most until the
 * end. */
static snap_ns recovered_at_most(const struct snap_facts *facts, const struct snap_fact_task *task)
{
    double bytes_per_s = isnan(task->bytes_per_s)
                             ? task->records_per_s * snap_form_bytes_per_record(facts)
                             : task->bytes_per_s;
    double until_ns;

    if (!task->ran || !(bytes_per_s > 0))
        return facts->duration_ns;
    until_ns = (double)task->ran_from_ns + (double)task->restored_bytes / bytes_per_s * 1e9;
    return until_ns < (double)facts->duration_ns ? (snap_ns)until_ns : facts->duration_ns;
}

bool snap_explain_recovery_rules(const struct snap_explain_walk *walk)
{
    const struct snap_facts *facts = walk->facts;
    const struct snap_explain_step *step = &walk->steps[walk->longest];
    const struct snap_fact_task *task = &facts->tasks[step->task];
    snap_ns from_ns = snap_ns_max(step->from_ns, facts->settings.aligned_timeout_ns);
    snap_ns waited_ns = step->to_ns - from_ns;
    snap_ns recovered_ns =
        task->recovered_known ? task->recovered_ns : recovered_at_most(facts, task);

    if (step->kind != SNAP_EXPLAIN_QUEUE || task->restored_bytes == 0 ||
        !snap_facts_overtakes(facts, task->vertex) || !(task->unaligned || step->open) ||
        facts->settings.unaligned != 1 || waited_ns <= 0)
        return false;
    return (double)waited_ns >= WHOLE_SHARE_MIN * (double)facts->duration_ns &&
           (double)(snap_ns_min(recovered_ns, step->to_ns) - from_ns) >=
               STEP_SHARE_MIN * (double)waited_ns;
}
