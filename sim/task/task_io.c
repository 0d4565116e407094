// SPDX-License-Identifier: Apache-2.0
/*
 * A task's gates and partitions: how they are wired to the other tasks, and their ports.
 */
#include "base/check.h"
#include "base/rng.h"
#include "protocol/partition_size.h"
#include "task/passages.h"
#include "snapshot/savepoint.h"
#include "task/task_sabotage.h"
#include "task/spans.h"
#include "task/task.h"

/* The purpose of a stream, see base/rng.h; the checkpoint is added. */
#define RNG_TURN (UINT64_C(0x7475726e) << 32)

/* Buffers leave in the middle of a span: the records up to there are told first. */
static void tell_records_before(struct snap_task *task, snap_ns at_ns)
{
    if (task->chain.event_count > 0)
        snap_chain_tell_records(&task->chain, at_ns);
}

uint32_t snap_task_receiver(const struct snap_task *task, uint32_t channel)
{
    const struct snap_job *job = task->actor.world->job;
    const struct snap_output *output = &task->output;
    const struct snap_partition *partition =
        &output->partitions[output->channels[channel].partition];
    const struct snap_operator *consumer = &job->operators[partition->edge->consumer];

    return job->vertices[consumer->vertex].task_first + partition->receiver_first + channel -
           partition->channel_first;
}

/* In virtual time the events that go to all channels are one while they are under way, unless they
 * are numbered. On threads an item has one holder. */
static struct snap_buffer *shared_event(struct snap_task *task, struct snap_buffer *event)
{
    if (task->actor.world->runtime->spend || task->output.priority)
        return event;
    if (task->event_sent && snap_buffer_is_same_event(task->event_sent, event)) {
        snap_buffer_put(task->actor.blocks, event);
    } else {
        snap_buffer_put(task->actor.blocks, task->event_sent);
        task->event_sent = event;
    }
    return snap_buffer_share(task->event_sent);
}

/* All subtasks write what is in flight at the same time, on cores that they share: the network
 * thread that a barrier needs to get out has its turn somewhere among all of theirs. */
static snap_ns turn_of(const struct snap_task *task, uint32_t channel,
                       const struct snap_buffer *item)
{
    const struct snap_world *world = task->actor.world;
    snap_ns turn_ns = world->sim->model.unaligned_turn_ns;
    struct snap_rng rng;

    if (turn_ns == 0 || item->kind != SNAP_ITEM_BARRIER || !snap_item_has_priority(item) ||
        task->output.channels[channel].local)
        return 0;
    snap_rng_init(&rng, world->sim->seed, task->actor.id,
                  RNG_TURN + (uint64_t)item->barrier.checkpoint);
    return snap_rng_between(&rng, 0, turn_ns * world->job->task_count);
}

static void send_item(void *context, uint32_t channel, struct snap_buffer *item, snap_ns depart_ns,
                      snap_ns transmit_ns)
{
    struct snap_task *task = context;
    uint32_t to = snap_task_receiver(task, channel);
    struct snap_mail *mail = snap_actor_new_mail(&task->actor, SNAP_MAIL_ITEM, to);
    snap_ns time_ns =
        snap_task_link_time(task, channel, depart_ns, transmit_ns + turn_of(task, channel, item));
    bool on_threads = task->actor.world->runtime->spend != NULL;

    mail->attempt = task->attempt;
    mail->channel = task->receiver_channels[channel];
    mail->item = item->kind == SNAP_ITEM_DATA ? item : shared_event(task, item);
    tell_records_before(task, depart_ns);
    if (item->kind == SNAP_ITEM_DATA)
        SNAP_EVENT(&task->actor, BUFFER_SENT, depart_ns, to, channel, item->bytes, item->backlog);
    /* Threads add no latency of the model: what a slow link takes is part of the instant. */
    if (on_threads)
        snap_actor_send(&task->actor, mail, depart_ns + time_ns, 1);
    else
        snap_actor_send(&task->actor, mail, depart_ns, time_ns);
}

static void item_queued(void *context, uint32_t channel, const struct snap_buffer *item,
                        snap_ns at_ns)
{
    struct snap_task *task = context;
    const struct snap_passage_place place = {
        .kind = SNAP_PASSAGE_QUEUED, .channel = channel, .output = true};

    snap_passage_show(task, &place, item, item->count - item->taken);
    tell_records_before(task, at_ns);
    SNAP_EVENT(&task->actor, BUFFER_QUEUED, at_ns, snap_task_receiver(task, channel), channel,
               item->bytes, snap_buffer_records(item));
}

void snap_task_send_to_sender(struct snap_task *task, uint32_t channel, struct snap_mail *mail)
{
    const struct snap_input_channel *at = &task->input.channels[channel];

    mail->attempt = task->attempt;
    mail->channel = at->sender_channel;
    snap_actor_send(
        &task->actor, mail, task->actor.now_ns,
        snap_world_latency(task->actor.world, task->actor.id, snap_task_sender(task, channel)));
}

static void send_credit(void *context, uint32_t channel, uint32_t credits, uint32_t segments)
{
    struct snap_task *task = context;
    struct snap_mail *mail =
        snap_actor_new_mail(&task->actor, SNAP_MAIL_CREDIT, snap_task_sender(task, channel));

    mail->count = credits;
    mail->other = segments;
    if (credits > 0)
        SNAP_EVENT(&task->actor, CREDIT_SENT, task->actor.now_ns, mail->target, channel, credits);
    snap_task_send_to_sender(task, channel, mail);
}

static uint32_t count_channels_in(const struct snap_task *task)
{
    const struct snap_job *job = task->actor.world->job;
    uint32_t channels = 0;

    for (uint32_t g = 0; g < task->vertex->in_edge_count; g++) {
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(job, &job->edges[task->vertex->in_edges[g]], task->subtask, &first,
                               &count);
        channels += count;
    }
    return channels;
}

static uint32_t build_gate(struct snap_task *task, uint32_t gate, uint32_t channel)
{
    const struct snap_world *world = task->actor.world;
    const struct snap_job *job = world->job;
    const struct snap_edge *edge = &job->edges[task->vertex->in_edges[gate]];
    const struct snap_vertex *producer = &job->vertices[job->operators[edge->producer].vertex];
    uint32_t first;
    uint32_t count;

    snap_job_edge_upstream(job, edge, task->subtask, &first, &count);
    snap_input_set_gate(&task->input, gate, count, &world->sim->config.network);
    task->sender_offsets[gate] = producer->task_first + first - channel;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sender = producer->task_first + first + i;
        struct snap_input_channel channel_in = {
            .gate = (uint16_t)gate,
            .sender_channel = snap_job_output_channel(job, edge, first + i, task->subtask),
            .local = job->task_manager[sender] == job->task_manager[task->actor.id],
        };

        snap_input_set_channel(&task->input, channel++, &channel_in);
    }
    return channel;
}

static bool may_overtake(const struct snap_task *task)
{
    const struct snap_checkpoint_config *checkpoint = &task->actor.world->sim->config.checkpoint;

    return snap_checkpoint_mode(checkpoint) == SNAP_MODE_EXACTLY_ONCE &&
           checkpoint->unaligned.enabled;
}

/* What a job starts from may hold data in flight, whatever its own checkpoints are. */
static bool restores_in_flight(const struct snap_task *task)
{
    const struct snap_resume *resume = task->actor.world->resume;

    return resume && resume->assigned.in_flight;
}

static void allow_overtaking(struct snap_task *task)
{
    const struct snap_capture_port in = {snap_task_captured_input, snap_task_local_barrier_taken,
                                         snap_task_resume_channel};
    const struct snap_output_capture_port out = {snap_task_captured_output,
                                                 snap_task_output_promised};
    const struct snap_job *job = task->actor.world->job;

    snap_output_allow_priority(&task->output, &task->arena, &out);
    task->output.priority->passes_recovery =
        task->actor.world->sim->config.checkpoint.unaligned.during_recovery;
    snap_input_allow_priority(&task->input, &task->arena, &in);
    for (uint32_t c = 0; c < task->input.channel_count; c++) {
        uint32_t edge = task->vertex->in_edges[task->input.channels[c].gate];
        const struct snap_operator *producer = &job->operators[job->edges[edge].producer];

        snap_input_set_record_bytes(&task->input, c, producer->record_size_bytes);
    }
}

static void build_input(struct snap_task *task)
{
    struct snap_input_port port = {task, task->actor.blocks, send_credit};
    const struct snap_checkpoint_config *checkpoint = &task->actor.world->sim->config.checkpoint;
    struct snap_barrier_handler_options options = {
        .mode = snap_checkpoint_mode(checkpoint),
        .channels = count_channels_in(task),
        .checkpoints_after_finish = checkpoint->after_tasks_finish,
        .may_overtake = may_overtake(task),
        .inputs = {task, snap_task_may_capture},
    };
    uint32_t channel = 0;

    snap_input_init(&task->input, &task->arena, &port, task->vertex->in_edge_count,
                    options.channels);
    task->sender_offsets = SNAP_ARENA_ARRAY(&task->arena, uint32_t, task->vertex->in_edge_count);
    for (uint32_t g = 0; g < task->vertex->in_edge_count; g++)
        channel = build_gate(task, g, channel);
    SNAP_CHECK(channel == options.channels);
    snap_barrier_handler_init(&task->handler, &task->arena, &options);
    snap_task_init_marks(task);
}

static void wire_partition(struct snap_task *task, const struct snap_partition *partition)
{
    const struct snap_job *job = task->actor.world->job;
    const struct snap_edge *edge = partition->edge;
    const struct snap_vertex *consumer = &job->vertices[job->operators[edge->consumer].vertex];

    for (uint32_t i = 0; i < partition->channel_count; i++) {
        uint32_t channel = partition->channel_first + i;
        uint32_t receiver = partition->receiver_first + i;

        task->receiver_channels[channel] =
            snap_job_input_channel(job, edge, task->subtask, receiver);
        task->output.channels[channel].local =
            job->task_manager[consumer->task_first + receiver] == job->task_manager[task->actor.id];
    }
}

static void build_output(struct snap_task *task)
{
    const struct snap_world *world = task->actor.world;
    const struct snap_vertex *vertex = task->vertex;
    struct snap_output_port port = {task, task->actor.blocks, world->columns, send_item,
                                    item_queued};
    struct snap_partition_options options = {
        .job = world->job,
        .subtask = task->subtask,
        .network = &world->sim->config.network,
        .seed = world->sim->seed,
    };
    uint32_t channels = 0;

    for (uint32_t i = 0; i < vertex->out_edge_count; i++) {
        uint32_t first;
        uint32_t count;

        snap_job_edge_downstream(world->job, &world->job->edges[vertex->out_edges[i]],
                                 task->subtask, &first, &count);
        channels += count;
    }
    snap_output_init(&task->output, options.network, &port, task->actor.now_ns);
    task->output.link_bytes_per_second = world->sim->model.network_bytes_per_second;
    snap_output_reserve(&task->output, &task->arena, vertex->out_edge_count, channels);
    task->receiver_channels = SNAP_ARENA_ARRAY(&task->arena, uint32_t, channels);
    task->arrived_ns = world->links_change || world->sim->model.unaligned_turn_ns > 0
                           ? SNAP_ARENA_ARRAY(&task->arena, snap_ns, channels)
                           : NULL;
    task->unprocessed_channels = channels;
    for (uint32_t i = 0; i < vertex->out_edge_count; i++) {
        options.edge = &world->job->edges[vertex->out_edges[i]];
        options.group_target = world->group_targets[options.edge->index];
        options.key_lane = world->key_lanes[options.edge->index];
        wire_partition(task, snap_output_add(&task->output, &options));
    }
    if (options.network->debloat.enabled && channels > 0)
        snap_output_allow_sizes(&task->output, &task->arena, options.network->segment_start_bytes);
}

void snap_task_build_io(struct snap_task *task)
{
    build_output(task);
    build_input(task);
    if (may_overtake(task) || restores_in_flight(task))
        allow_overtaking(task);
    snap_task_init_debloating(task);
}

void snap_task_connect(struct snap_task *task)
{
    for (uint32_t c = 0; c < task->input.channel_count; c++) {
        struct snap_input_channel *at = &task->input.channels[c];
        struct snap_mail *mail =
            snap_actor_new_mail(&task->actor, SNAP_MAIL_CONNECT, snap_task_sender(task, c));

        snap_sabotage_overbook(task, at);
        mail->count = at->exclusive_free;
        snap_task_send_to_sender(task, c, mail);
    }
}

void snap_task_tell_processed(struct snap_task *task, uint32_t channel)
{
    snap_task_send_to_sender(
        task, channel,
        snap_actor_new_mail(&task->actor, SNAP_MAIL_PROCESSED, snap_task_sender(task, channel)));
}
