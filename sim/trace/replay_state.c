// SPDX-License-Identifier: Apache-2.0
#include "trace/replay_state.h"

#include <string.h>

/* ---- channels ---- */

/* Whether a channel from the sender is among the first `count` of the receiver already. */
static bool has_channel(const struct snap_replay_channel *channels, uint32_t count, uint32_t from)
{
    for (uint32_t i = 0; i < count; i++)
        if (channels[i].from == from)
            return true;
    return false;
}

/* Adds the receiver's channels to the array, or only counts them if it is NULL. */
static uint32_t list_channels(const struct snap_job *job, uint32_t task,
                              struct snap_replay_channel *channels)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);
    uint32_t count = 0;

    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        const struct snap_vertex *sender = &job->vertices[job->operators[edge->producer].vertex];
        uint32_t first;
        uint32_t senders;

        if (edge->chained || job->operators[edge->consumer].vertex != vertex->index)
            continue;
        snap_job_edge_upstream(job, edge, task - vertex->task_first, &first, &senders);
        for (uint32_t i = first; i < first + senders; i++) {
            uint32_t from = sender->task_first + i;

            if (channels && has_channel(channels, count, from))
                continue;
            if (channels)
                channels[count] = (struct snap_replay_channel){
                    .from = from, .to = task, .blocked_for = SNAP_NO_CHECKPOINT};
            count++;
        }
    }
    return count;
}

static void build_channels(struct snap_replay_state *state)
{
    const struct snap_job *job = state->job;
    uint32_t most = 0;
    uint32_t next = 0;

    for (uint32_t task = 0; task < job->task_count; task++)
        most += list_channels(job, task, NULL);
    state->channels = SNAP_ARENA_ARRAY(&state->arena, struct snap_replay_channel, most + 1);
    state->channel_first = SNAP_ARENA_ARRAY(&state->arena, uint32_t, job->task_count + 1);
    for (uint32_t task = 0; task < job->task_count; task++) {
        state->channel_first[task] = next;
        next += list_channels(job, task, state->channels + next);
    }
    state->channel_first[job->task_count] = next;
}

static struct snap_replay_channel *channel_of(struct snap_replay_state *state, int64_t from,
                                              int64_t to)
{
    if (from < 0 || to < 0 || to >= state->job->task_count)
        return NULL;
    for (uint32_t i = state->channel_first[to]; i < state->channel_first[to + 1]; i++)
        if (state->channels[i].from == from)
            return &state->channels[i];
    return NULL;
}

static void push(struct snap_replay_state *state, struct snap_replay_channel *channel,
                 const struct snap_replay_item *item)
{
    channel->items = snap_arena_grow(&state->arena, channel->items, channel->count,
                                     &channel->capacity, sizeof(channel->items[0]));
    channel->items[channel->count++] = *item;
}

/* Overtakes all buffers, but no barrier that overtook them before. */
static void push_ahead(struct snap_replay_state *state, struct snap_replay_channel *channel,
                       const struct snap_replay_item *item)
{
    uint32_t at = 0;

    while (at < channel->count && channel->items[at].barrier != SNAP_NO_CHECKPOINT)
        at++;
    push(state, channel, item);
    memmove(&channel->items[at + 1], &channel->items[at],
            (channel->count - 1 - at) * sizeof(channel->items[0]));
    channel->items[at] = *item;
}

/* Takes out the first buffer, or the first barrier of the checkpoint; nothing if there is none. */
static void pull(struct snap_replay_channel *channel, snap_checkpoint_id barrier)
{
    for (uint32_t i = 0; i < channel->count; i++) {
        if (channel->items[i].barrier != barrier)
            continue;
        memmove(&channel->items[i], &channel->items[i + 1],
                (channel->count - i - 1) * sizeof(channel->items[0]));
        channel->count--;
        return;
    }
}

/* ---- events ---- */

static void empty_channels(struct snap_replay_state *state, uint32_t task)
{
    uint32_t count = state->channel_first[state->job->task_count];

    for (uint32_t i = 0; i < count; i++) {
        struct snap_replay_channel *channel = &state->channels[i];

        if (channel->from != task && channel->to != task)
            continue;
        channel->count = 0;
        channel->blocked_for = SNAP_NO_CHECKPOINT;
    }
    state->tasks[task].blocked = 0;
    state->tasks[task].snapshotting = false;
}

static void on_task_status(struct snap_replay_state *state, const struct snap_event *event)
{
    struct snap_replay_task *task = &state->tasks[event->actor];

    task->attempt = (uint32_t)event->args[0];
    task->status = (enum snap_task_status)event->args[1];
    if (task->status == SNAP_TASK_FAILED || task->status == SNAP_TASK_CANCELED)
        empty_channels(state, event->actor);
    state->failures += task->status == SNAP_TASK_FAILED;
}

static void on_triggered(struct snap_replay_state *state, const struct snap_event *event)
{
    struct snap_replay_checkpoint *pending = &state->pending;

    pending->id = event->args[0];
    pending->at_ns = event->at_ns;
    pending->acknowledged = 0;
    for (uint32_t task = 0; task < state->job->task_count; task++)
        pending->missing[task] = state->tasks[task].status != SNAP_TASK_FINISHED;
}

static void on_ack(struct snap_replay_state *state, const struct snap_event *event)
{
    if (event->args[0] != state->pending.id || event->args[1] < 0)
        return;
    state->pending.acknowledged += state->pending.missing[event->args[1]];
    state->pending.missing[event->args[1]] = false;
}

static void on_ended(struct snap_replay_state *state, const struct snap_event *event)
{
    if (event->args[0] == state->pending.id)
        state->pending.id = SNAP_NO_CHECKPOINT;
    if (event->type != SNAP_EVENT_CHECKPOINT_COMPLETED)
        return;
    state->completed = event->args[0];
    state->completed_ns = event->at_ns;
}

/* One pointwise or broadcast input, and nothing is overtaken before the vertex. Flink:
 * StreamEdge.supportsUnalignedCheckpoints. */
static bool is_overtaken(const struct snap_job *job, uint32_t task)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);

    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];

        if (!edge->chained && job->operators[edge->consumer].vertex == vertex->index &&
            !snap_ship_is_overtaken(edge->ship))
            return false;
    }
    return true;
}

static void on_barrier_sent(struct snap_replay_state *state, const struct snap_event *event)
{
    const struct snap_replay_item barrier = {event->args[0], 0, 0};
    uint32_t count = state->channel_first[state->job->task_count];

    for (uint32_t i = 0; i < count; i++) {
        if (state->channels[i].from != event->actor)
            continue;
        if (state->tasks[event->actor].overtakes && is_overtaken(state->job, state->channels[i].to))
            push_ahead(state, &state->channels[i], &barrier);
        else
            push(state, &state->channels[i], &barrier);
    }
}

/* What waits in the subtask's outputs goes ahead now. A barrier that was taken is not there. */
static void on_timed_out(struct snap_replay_state *state, const struct snap_event *event)
{
    const struct snap_replay_item barrier = {event->args[0], 0, 0};
    uint32_t count = state->channel_first[state->job->task_count];

    for (uint32_t i = 0; event->args[1] != 0 && i < count; i++) {
        struct snap_replay_channel *channel = &state->channels[i];
        uint32_t before = channel->count;

        if (channel->from != event->actor || !is_overtaken(state->job, channel->to))
            continue;
        pull(channel, event->args[0]);
        if (channel->count < before)
            push_ahead(state, channel, &barrier);
    }
}

/* Blocks the channel, or frees it. */
static void set_blocked(struct snap_replay_state *state, const struct snap_event *event)
{
    struct snap_replay_channel *channel = channel_of(state, event->args[1], event->actor);
    struct snap_replay_task *task = &state->tasks[event->actor];
    bool blocks = event->type == SNAP_EVENT_CHANNEL_BLOCKED;

    if (!channel || blocks == (channel->blocked_for != SNAP_NO_CHECKPOINT))
        return;
    channel->blocked_for = blocks ? event->args[0] : SNAP_NO_CHECKPOINT;
    task->blocked += blocks ? 1U : -1U;
}

static void on_buffer(struct snap_replay_state *state, const struct snap_event *event)
{
    bool queued = event->type == SNAP_EVENT_BUFFER_QUEUED;
    int64_t from = queued ? event->actor : event->args[0];
    int64_t to = queued ? event->args[0] : event->actor;
    struct snap_replay_channel *channel = channel_of(state, from, to);

    if (!channel)
        return;
    if (queued)
        push(state, channel,
             &(struct snap_replay_item){SNAP_NO_CHECKPOINT, event->args[3], event->args[2]});
    else
        pull(channel, SNAP_NO_CHECKPOINT);
}

static void on_recovered(struct snap_replay_state *state, const struct snap_event *event)
{
    struct snap_replay_channel *channel = channel_of(state, event->args[0], event->actor);

    if (channel)
        push(state, channel,
             &(struct snap_replay_item){SNAP_NO_CHECKPOINT, event->args[3], event->args[2]});
}

static void on_barrier_received(struct snap_replay_state *state, const struct snap_event *event)
{
    struct snap_replay_channel *channel = channel_of(state, event->args[1], event->actor);

    if (channel)
        pull(channel, event->args[0]);
}

static void on_snapshot(struct snap_replay_state *state, const struct snap_event *event)
{
    struct snap_replay_task *task = &state->tasks[event->actor];

    task->snapshotting = event->type == SNAP_EVENT_SNAPSHOT_STARTED;
    if (task->snapshotting)
        task->overtakes = event->args[4] == SNAP_ALIGN_UNALIGNED;
}

static void on_record(struct snap_replay_state *state, const struct snap_event *event)
{
    state->tasks[event->actor].records_moved++;
}

static void on_job_status(struct snap_replay_state *state, const struct snap_event *event)
{
    state->status = (enum snap_job_status)event->args[0];
}

static void (*const handlers[SNAP_EVENT_COUNT])(struct snap_replay_state *,
                                                const struct snap_event *) = {
    [SNAP_EVENT_JOB_STATUS] = on_job_status,
    [SNAP_EVENT_TASK_STATUS] = on_task_status,
    [SNAP_EVENT_CHECKPOINT_TRIGGERED] = on_triggered,
    [SNAP_EVENT_ACK_RECEIVED] = on_ack,
    [SNAP_EVENT_CHECKPOINT_COMPLETED] = on_ended,
    [SNAP_EVENT_CHECKPOINT_ABORTED] = on_ended,
    [SNAP_EVENT_BARRIER_SENT] = on_barrier_sent,
    [SNAP_EVENT_ALIGNMENT_TIMED_OUT] = on_timed_out,
    [SNAP_EVENT_BARRIER_RECEIVED] = on_barrier_received,
    [SNAP_EVENT_CHANNEL_BLOCKED] = set_blocked,
    [SNAP_EVENT_CHANNEL_UNBLOCKED] = set_blocked,
    [SNAP_EVENT_SNAPSHOT_STARTED] = on_snapshot,
    [SNAP_EVENT_ACK_SENT] = on_snapshot,
    [SNAP_EVENT_NOTIFIED_ABORTED] = on_snapshot,
    [SNAP_EVENT_BUFFER_QUEUED] = on_buffer,
    [SNAP_EVENT_BUFFER_TAKEN] = on_buffer,
    [SNAP_EVENT_BUFFER_RECOVERED] = on_recovered,
    [SNAP_EVENT_RECORD_EMITTED] = on_record,
    [SNAP_EVENT_RECORD_WRITTEN] = on_record,
};

void snap_replay_state_init(struct snap_replay_state *state, const struct snap_job *job)
{
    memset(state, 0, sizeof(*state));
    snap_arena_init(&state->arena);
    state->job = job;
    state->status = SNAP_JOB_CREATED;
    state->tasks = SNAP_ARENA_ARRAY(&state->arena, struct snap_replay_task, job->task_count);
    state->pending.id = SNAP_NO_CHECKPOINT;
    state->pending.missing = SNAP_ARENA_ARRAY(&state->arena, bool, job->task_count);
    state->completed = SNAP_NO_CHECKPOINT;
    build_channels(state);
}

void snap_replay_state_fini(struct snap_replay_state *state)
{
    snap_arena_fini(&state->arena);
    memset(state, 0, sizeof(*state));
}

void snap_replay_state_take(struct snap_replay_state *state, const struct snap_event *event)
{
    /* Which task an event is about is its actor; the JobManager has no channels. */
    if (handlers[event->type])
        handlers[event->type](state, event);
}
