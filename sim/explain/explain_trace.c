// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_trace.h"

#include <string.h>

#include "model/names.h"
#include "explain/explain_begin.h"
#include "explain/explain_rates.h"
#include "explain/explain_recovery.h"

enum { TABLE_MIN = 64, SPREAD = 0x9E3779B1 };

/* Rates are measured over at least so long before the trigger. */
#define RATE_WINDOW_NS SNAP_SECOND

/* ---- channels by (from, to) ---- */

static uint32_t *slot_of(const struct snap_explain_trace *trace, uint32_t from, uint32_t to)
{
    uint32_t at = (from * SPREAD) ^ (to * SPREAD >> 3);

    for (;; at++) {
        uint32_t *slot = &trace->table[at & (trace->table_size - 1)];

        if (*slot == 0 ||
            (trace->channels[*slot - 1].from == from && trace->channels[*slot - 1].to == to))
            return slot;
    }
}

static void grow_table(struct snap_explain_trace *trace)
{
    trace->table_size = trace->table_size > 0 ? trace->table_size * 2 : TABLE_MIN;
    trace->table = SNAP_ARENA_ARRAY(&trace->facts->arena, uint32_t, trace->table_size);
    for (uint32_t i = 0; i < trace->channel_count; i++)
        *slot_of(trace, trace->channels[i].from, trace->channels[i].to) = i + 1;
}

static struct snap_explain_channel *channel_of(struct snap_explain_trace *trace, uint32_t from,
                                               uint32_t to)
{
    uint32_t count = trace->channel_count;
    uint32_t *slot;

    if (count * 2 >= trace->table_size)
        grow_table(trace);
    slot = slot_of(trace, from, to);
    if (*slot > 0)
        return &trace->channels[*slot - 1];
    trace->channels = snap_arena_grow(&trace->facts->arena, trace->channels, count,
                                      &trace->channel_capacity, sizeof(trace->channels[0]));
    trace->channels[count] =
        (struct snap_explain_channel){from, to, SNAP_NO_FACT, trace->first_of[from], {0, 0, 0}, 0};
    trace->first_of[from] = count;
    trace->channel_count++;
    *slot = count + 1;
    return &trace->channels[count];
}

/* ---- begin ---- */

void snap_explain_trace_begin(struct snap_explain_trace *trace, struct snap_facts *facts,
                              const struct snap_statistics *statistics,
                              const struct snap_checkpoint_stats *checkpoint)
{
    struct snap_arena *arena = &facts->arena;
    uint32_t count = statistics->job->task_count;

    memset(trace, 0, sizeof(*trace));
    trace->facts = facts;
    trace->statistics = statistics;
    trace->checkpoint = checkpoint;
    snap_explain_begin(facts, statistics, checkpoint);
    trace->rate_from_ns =
        snap_ns_max(0, checkpoint->trigger_ns - snap_ns_max(facts->duration_ns, RATE_WINDOW_NS));
    trace->queued = SNAP_ARENA_ARRAY(arena, struct snap_fact_amount, count);
    trace->taken = SNAP_ARENA_ARRAY(arena, struct snap_fact_amount, count);
    trace->taken_at_begin = SNAP_ARENA_ARRAY(arena, struct snap_fact_amount, count);
    trace->taken_at_trigger = SNAP_ARENA_ARRAY(arena, struct snap_fact_amount, count);
    trace->takes = SNAP_ARENA_ARRAY(arena, struct snap_explain_takes, count);
    trace->recoveries = SNAP_ARENA_ARRAY(arena, struct snap_explain_recovery, count);
    trace->first_of = SNAP_ARENA_ARRAY(arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        trace->first_of[i] = SNAP_NO_FACT;
}

/* ---- buffers ---- */

static void add(struct snap_fact_amount *amount, int64_t bytes, int64_t records)
{
    amount->buffers++;
    amount->bytes += bytes;
    amount->records += records;
}

/* A buffer that was dropped with a dead attempt is not there to be taken. */
static void take(struct snap_fact_amount *amount, int64_t bytes, int64_t records)
{
    amount->buffers -= amount->buffers > 0;
    amount->bytes -= bytes < amount->bytes ? bytes : amount->bytes;
    amount->records -= records < amount->records ? records : amount->records;
}

static struct snap_fact_amount minus(struct snap_fact_amount a, struct snap_fact_amount b)
{
    return (struct snap_fact_amount){a.buffers - b.buffers, a.bytes - b.bytes,
                                     a.records - b.records};
}

static void on_queued(struct snap_explain_trace *trace, uint32_t from, uint32_t to,
                      const struct snap_event *event)
{
    struct snap_explain_channel *channel;

    if (from >= trace->facts->task_count || to >= trace->facts->task_count)
        return;
    channel = channel_of(trace, from, to);
    add(&channel->queued, event->args[2], event->args[3]);
    /* What the receiver had lies before all that its sender has sent meanwhile. */
    if (event->type == SNAP_EVENT_BUFFER_RECOVERED)
        channel->restored_bytes += event->args[2];
    else
        snap_explain_recovery_queued(trace, channel);
    add(&trace->queued[to], event->args[2], event->args[3]);
}

/* What a restore put back lies in the receiver's queue as if it had just been sent. */
static void on_recovered(struct snap_explain_trace *trace, const struct snap_event *event)
{
    on_queued(trace, (uint32_t)event->args[0], event->actor, event);
}

static void on_taken(struct snap_explain_trace *trace, const struct snap_event *event)
{
    uint32_t from = (uint32_t)event->args[0];
    uint32_t to = event->actor;
    struct snap_explain_channel *channel;

    if (from >= trace->facts->task_count || to >= trace->facts->task_count)
        return;
    channel = channel_of(trace, from, to);
    take(&channel->queued, event->args[2], event->args[3]);
    snap_explain_recovery_taken(trace, channel, event->args[2], event->at_ns);
    take(&trace->queued[to], event->args[2], event->args[3]);
    add(&trace->taken[to], event->args[2], event->args[3]);
    trace->takes[to].last_ns = event->at_ns;
    if (trace->triggered && trace->takes[to].first_behind.buffers == 0) {
        trace->takes[to].first_behind_ns = event->at_ns;
        trace->takes[to].first_behind = trace->taken[to];
    }
    if (!trace->triggered)
        snap_explain_rates_take(&trace->takes[to], event->at_ns, &trace->taken[to]);
}

/* What is queued in the channel goes with the attempt of its sender or receiver. */
static void drop(struct snap_explain_trace *trace, struct snap_explain_channel *channel)
{
    struct snap_fact_amount *all = &trace->queued[channel->to];
    const struct snap_fact_amount *gone = &channel->queued;

    all->buffers -= gone->buffers < all->buffers ? gone->buffers : all->buffers;
    all->bytes -= gone->bytes < all->bytes ? gone->bytes : all->bytes;
    all->records -= gone->records < all->records ? gone->records : all->records;
    memset(&channel->queued, 0, sizeof(channel->queued));
    channel->restored_bytes = 0;
}

/* One that ended before the trigger held nothing up. */
static void on_pause(struct snap_explain_trace *trace, const struct snap_event *event)
{
    struct snap_facts *facts = trace->facts;
    snap_ns from_ns = event->at_ns - trace->checkpoint->trigger_ns;

    if (from_ns + event->args[0] <= 0 || event->actor >= facts->task_count)
        return;
    facts->pauses = snap_arena_grow(&facts->arena, facts->pauses, facts->pause_count,
                                    &facts->pause_capacity, sizeof(facts->pauses[0]));
    facts->pauses[facts->pause_count++] =
        (struct snap_fact_pause){event->actor, from_ns, from_ns + event->args[0]};
}

static void on_status(struct snap_explain_trace *trace, const struct snap_event *event)
{
    enum snap_task_status status = (enum snap_task_status)event->args[1];

    if (event->actor < trace->facts->task_count && status == SNAP_TASK_RUNNING) {
        trace->facts->tasks[event->actor].ran = true;
        trace->takes[event->actor].count = 0;
        trace->taken_at_begin[event->actor] = trace->taken[event->actor];
        trace->facts->tasks[event->actor].ran_from_ns =
            event->at_ns - trace->checkpoint->trigger_ns;
    }
    if (event->actor >= trace->facts->task_count || status == SNAP_TASK_RUNNING ||
        status == SNAP_TASK_INITIALIZING)
        return;
    for (uint32_t i = 0; i < trace->channel_count; i++) {
        struct snap_explain_channel *channel = &trace->channels[i];

        /* What a sender that has finished queued is taken all the same. */
        if (channel->to == event->actor ||
            (channel->from == event->actor && status != SNAP_TASK_FINISHED))
            drop(trace, channel);
    }
}

/* ---- the checkpoint ---- */

static struct snap_fact_task *task_of(struct snap_explain_trace *trace, uint32_t task)
{
    return task < trace->facts->task_count ? &trace->facts->tasks[task] : NULL;
}

static struct snap_fact_hop *hop_of(struct snap_explain_trace *trace, uint32_t from, uint32_t to)
{
    struct snap_explain_channel *channel = channel_of(trace, from, to);
    struct snap_facts *facts = trace->facts;

    if (channel->hop != SNAP_NO_FACT)
        return &facts->hops[channel->hop];
    channel->hop = facts->hop_count;
    trace->taken_at_send = snap_arena_grow(&facts->arena, trace->taken_at_send, facts->hop_count,
                                           &trace->taken_capacity, sizeof(trace->taken_at_send[0]));
    trace->taken_at_send[facts->hop_count] = trace->taken[to];
    return snap_facts_add_hop(facts, from, to);
}

/* What lies in the queues now is what the barrier waits behind. */
static void on_sent(struct snap_explain_trace *trace, uint32_t from, snap_ns after_ns)
{
    trace->facts->tasks[from].sent_ns = after_ns;
    if (!trace->statistics->buffers_seen)
        return;
    for (uint32_t c = trace->first_of[from]; c != SNAP_NO_FACT; c = trace->channels[c].next) {
        uint32_t to = trace->channels[c].to;
        struct snap_fact_hop *hop = hop_of(trace, from, to);

        hop->sent_ns = after_ns;
        hop->channel = trace->channels[c].queued;
        hop->all = trace->queued[to];
    }
}

static void on_received(struct snap_explain_trace *trace, const struct snap_event *event,
                        snap_ns after_ns)
{
    uint32_t from = (uint32_t)event->args[1];
    uint32_t to = event->actor;
    struct snap_fact_hop *hop;

    if (from >= trace->facts->task_count)
        return;
    hop = hop_of(trace, from, to);
    if (hop->received_ns != SNAP_UNKNOWN)
        return;
    hop->received_ns = after_ns;
    hop->sent_ns = trace->facts->tasks[from].sent_ns;
    if (trace->statistics->buffers_seen)
        hop->taken = minus(trace->taken[to], trace->taken_at_send[hop - trace->facts->hops]);
}

static void on_part(struct snap_explain_trace *trace, const struct snap_event *event)
{
    snap_ns after_ns = event->at_ns - trace->checkpoint->trigger_ns;
    struct snap_fact_task *task = task_of(trace, event->actor);

    if (event->type == SNAP_EVENT_ACK_LOST && task_of(trace, (uint32_t)event->args[1]))
        trace->facts->tasks[event->args[1]].ack_lost = true;
    if (!task)
        return;
    if (event->type == SNAP_EVENT_BARRIER_SENT)
        on_sent(trace, event->actor, after_ns);
    else if (event->type == SNAP_EVENT_BARRIER_RECEIVED)
        on_received(trace, event, after_ns);
    else if (event->type == SNAP_EVENT_ALIGNMENT_TIMED_OUT && task->timed_out_ns == SNAP_UNKNOWN)
        task->timed_out_ns = after_ns;
    else if (event->type == SNAP_EVENT_SNAPSHOT_SYNC)
        task->synced_ns = after_ns;
    else if (event->type == SNAP_EVENT_SNAPSHOT_ASYNC)
        task->stored_ns = after_ns;
}

static void copy_amounts(struct snap_explain_trace *trace, struct snap_fact_amount *to)
{
    memcpy(to, trace->taken, trace->facts->task_count * sizeof(to[0]));
}

static void note_came(struct snap_explain_trace *trace, uint32_t index)
{
    struct snap_fact_task *task = &trace->facts->tasks[index];

    task->queued = trace->queued[index];
    task->came_records = trace->taken[index].records + task->queued.records;
}

static void on_triggered(struct snap_explain_trace *trace)
{
    trace->triggered = true;
    copy_amounts(trace, trace->taken_at_trigger);
    if (!trace->statistics->buffers_seen)
        return;
    for (uint32_t i = 0; i < trace->facts->task_count; i++)
        note_came(trace, i);
}

static bool is_storage_fault(enum snap_event_type type)
{
    return type == SNAP_EVENT_STORAGE_FAULT || type == SNAP_EVENT_STORAGE_STALLED ||
           type == SNAP_EVENT_STORAGE_FULL;
}

/* A fault of the storage counts if some of it lies inside the checkpoint. */
static void on_storage_fault(struct snap_explain_trace *trace, const struct snap_event *event)
{
    snap_ns for_ns = event->args[event->type == SNAP_EVENT_STORAGE_FAULT ? 1 : 0];

    if (snap_ns_add(event->at_ns, for_ns) >= trace->checkpoint->trigger_ns)
        trace->facts->storage_faulty = true;
}

/* For how long a fault of a subtask, or of what it sends, holds it up; 0: it does not. */
static snap_ns held_up_for(const struct snap_event *event)
{
    const int64_t *args = event->args;

    if (event->type == SNAP_EVENT_TASK_PAUSED)
        return args[0];
    if (event->type == SNAP_EVENT_LINK_PAUSED)
        return args[1];
    if (event->type == SNAP_EVENT_TASK_SPEED && args[0] > 1000)
        return args[1];
    if (event->type == SNAP_EVENT_LINK_SPEED && args[1] > 1000)
        return args[2];
    return 0;
}

/* What of it lies inside the checkpoint. */
static void on_held_up(struct snap_explain_trace *trace, const struct snap_event *event,
                       snap_ns for_ns)
{
    struct snap_fact_task *task = &trace->facts->tasks[event->actor];
    snap_ns trigger_ns = trace->checkpoint->trigger_ns;
    snap_ns from_ns = snap_ns_max(event->at_ns, trigger_ns);
    snap_ns until_ns = snap_ns_min(snap_ns_add(event->at_ns, for_ns),
                                   snap_ns_add(trigger_ns, trace->facts->duration_ns));

    if (until_ns > from_ns)
        task->hindered_ns =
            snap_ns_min(task->hindered_ns + until_ns - from_ns, trace->facts->duration_ns);
}

void snap_explain_trace_event(struct snap_explain_trace *trace, const struct snap_event *event)
{
    snap_ns after_ns = event->at_ns - trace->checkpoint->trigger_ns;
    const struct snap_event_info *info = snap_event_info_get(event->type);

    if (after_ns > trace->facts->duration_ns)
        return;
    if (!trace->rate_begun && event->at_ns >= trace->rate_from_ns) {
        trace->rate_begun = true;
        copy_amounts(trace, trace->taken_at_begin);
    }
    snap_explain_recovery_event(trace, event);
    if (event->type == SNAP_EVENT_BUFFER_QUEUED)
        on_queued(trace, event->actor, (uint32_t)event->args[0], event);
    else if (event->type == SNAP_EVENT_BUFFER_RECOVERED)
        on_recovered(trace, event);
    else if (event->type == SNAP_EVENT_BUFFER_TAKEN)
        on_taken(trace, event);
    else if (event->type == SNAP_EVENT_TASK_STATUS)
        on_status(trace, event);
    else if (event->type == SNAP_EVENT_PAUSE_BEGUN)
        on_pause(trace, event);
    else if (is_storage_fault(event->type))
        on_storage_fault(trace, event);
    else if (held_up_for(event) > 0 && event->actor < trace->facts->task_count)
        on_held_up(trace, event, held_up_for(event));
    else if (info->arg_count > 0 && strcmp(info->args[0].name, "checkpoint") == 0 &&
             event->args[0] == trace->facts->checkpoint) {
        if (event->type == SNAP_EVENT_CHECKPOINT_TRIGGERED)
            on_triggered(trace);
        else if (event->type == SNAP_EVENT_CHANNEL_FILES)
            trace->facts->channel_files = event->args[1];
        else
            on_part(trace, event);
    }
}

/* ---- the end ---- */

static snap_ns after_trigger(const struct snap_explain_trace *trace, snap_ns at_ns)
{
    return at_ns == SNAP_NOT_YET ? SNAP_UNKNOWN : at_ns - trace->checkpoint->trigger_ns;
}

static void end_part(struct snap_explain_trace *trace, uint32_t index)
{
    const struct snap_subtask_part *part = &trace->checkpoint->parts[index];
    struct snap_fact_task *task = &trace->facts->tasks[index];

    task->acknowledged = part->acknowledged;
    task->finished = part->finished;
    task->declined = index == trace->facts->declined_task;
    task->unaligned = part->unaligned;
    task->begun_ns = after_trigger(trace, part->first_barrier_ns);
    task->ready_ns =
        after_trigger(trace, part->last_barrier_ns != SNAP_NOT_YET ? part->last_barrier_ns
                                                                   : part->first_barrier_ns);
    if (!part->finished)
        task->ack_ns = after_trigger(trace, part->ack_ns);
    if (part->started_ns == SNAP_NOT_YET)
        return;
    task->start_delay_ns = part->start_delay_ns;
    task->alignment_ns = part->alignment_ns;
    if (task->synced_ns != SNAP_UNKNOWN)
        task->sync_ns = part->sync_duration_ns;
    if (task->stored_ns != SNAP_UNKNOWN)
        task->async_ns = part->async_duration_ns;
    task->state_bytes = part->acknowledged ? part->written_bytes : SNAP_UNKNOWN;
    task->processed_bytes = part->processed_bytes;
    task->persisted_bytes = part->persisted_bytes;
}

static void end_totals(struct snap_explain_trace *trace, uint32_t index)
{
    const struct snap_subtask_totals *totals = &trace->statistics->subtasks[index].totals;
    struct snap_fact_task *task = &trace->facts->tasks[index];
    snap_ns ran_ns = totals->busy_ns + totals->backpressured_ns + totals->idle_ns;

    if (!totals->known)
        return;
    task->records_in = totals->records_in;
    task->records_out = totals->records_out;
    if (ran_ns > 0) {
        task->busy = (double)totals->busy_ns / (double)ran_ns;
        task->backpressured = (double)totals->backpressured_ns / (double)ran_ns;
    }
}

void snap_explain_trace_end(struct snap_explain_trace *trace)
{
    struct snap_facts *facts = trace->facts;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        facts->tasks[i].name = snap_actor_name(trace->statistics->job, i, &facts->arena);
        end_part(trace, i);
        end_totals(trace, i);
    }
    if (!trace->statistics->buffers_seen)
        snap_facts_miss(facts,
                        "The trace has no events of buffers: what lay before a barrier is known "
                        "per vertex at best; `--trace buffers` tells it per channel.");
    snap_explain_rates_end(trace);
    snap_explain_recovery_end(trace);
}
