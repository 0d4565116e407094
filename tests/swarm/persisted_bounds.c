// SPDX-License-Identifier: Apache-2.0
#include "swarm/persisted_bounds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/gate.h"

/* Arguments of the events that are read here. */
enum { ARG_CHECKPOINT = 0, ARG_CHANNEL = 1, ARG_BARRIER_CHANNEL = 2, ARG_BYTES = 2 };
enum { ARG_ALIGNMENT = 4, ARG_INPUT_BYTES = 1, ARG_OUTPUT_BYTES = 3, ARG_STATUS = 1 };

struct subtask {
    int64_t checkpoint; /* of its last snapshot; 0: none in this attempt */
    enum snap_alignment alignment;
    int64_t arrived;   /* bytes since then, on channels whose barrier had not come */
    int64_t recovered; /* bytes that lay in front of all channels at the time, from a restore */
    int64_t *barriers; /* by channel: the newest that was taken */
    int64_t *restored; /* by channel: bytes of the attempt's restore that were not used up */
    uint32_t channels;
    int64_t output_bound;
    int64_t input_bound;
};

struct bounds {
    const struct snap_simulation *sim;
    struct subtask *subtasks;
    struct snap_arena arena;
};

/* A subtask's pool for one of its outgoing edges. */
static int64_t pool_bytes(const struct snap_network_config *network, uint32_t channels)
{
    int64_t segments =
        (int64_t)channels * network->exclusive_per_channel + network->floating_per_gate;

    if (segments <= channels)
        segments = (int64_t)channels + 1;
    return (segments + network->overdraft_per_gate) * network->segment_bytes;
}

static int64_t output_bound(const struct bounds *at, const struct snap_vertex *vertex,
                            uint32_t subtask)
{
    const struct snap_job *job = at->sim->job;
    int64_t bytes = 0;
    uint32_t first;
    uint32_t count;

    for (uint32_t e = 0; e < vertex->out_edge_count; e++) {
        snap_job_edge_downstream(job, &job->edges[vertex->out_edges[e]], subtask, &first, &count);
        bytes += pool_bytes(&at->sim->config.network, count);
    }
    return bytes;
}

static uint32_t add_gate(const struct bounds *at, const struct snap_edge *edge, uint32_t task,
                         int64_t *bytes)
{
    const struct snap_job *job = at->sim->job;
    const struct snap_network_config *network = &at->sim->config.network;
    const struct snap_operator *producer = &job->operators[edge->producer];
    uint32_t sender_first = job->vertices[producer->vertex].task_first;
    struct snap_gate_buffers buffers;
    uint32_t first;
    uint32_t count;

    snap_job_edge_upstream(job, edge, snap_job_task_subtask(job, task), &first, &count);
    buffers = snap_gate_buffers_of(network, count);
    *bytes += (int64_t)buffers.floating * network->segment_bytes;
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t receivers;
        uint32_t unused;

        snap_job_edge_downstream(job, edge, i, &unused, &receivers);
        *bytes += producer->record_size_bytes;
        if (job->task_manager[sender_first + i] == job->task_manager[task])
            *bytes += pool_bytes(network, receivers);
        else
            *bytes += (int64_t)buffers.exclusive_per_channel * network->segment_bytes;
    }
    return count;
}

static void begin_subtask(struct bounds *at, uint32_t task)
{
    const struct snap_job *job = at->sim->job;
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);
    struct subtask *subtask = &at->subtasks[task];
    uint32_t channels = 0;

    subtask->output_bound = output_bound(at, vertex, snap_job_task_subtask(job, task));
    for (uint32_t e = 0; e < vertex->in_edge_count; e++)
        channels += add_gate(at, &job->edges[vertex->in_edges[e]], task, &subtask->input_bound);
    subtask->channels = channels;
    subtask->barriers = SNAP_ARENA_ARRAY(&at->arena, int64_t, channels + 1);
    subtask->restored = SNAP_ARENA_ARRAY(&at->arena, int64_t, channels + 1);
}

static bool is_within(const struct bounds *at, const struct snap_event *event)
{
    const struct subtask *subtask = &at->subtasks[event->actor];
    int64_t input = event->args[ARG_INPUT_BYTES];
    int64_t output = event->args[ARG_OUTPUT_BYTES];
    bool aligned = subtask->alignment != SNAP_ALIGN_UNALIGNED;
    int64_t most = subtask->input_bound + subtask->recovered + subtask->arrived;

    if (!at->sim->config.checkpoint.unaligned.enabled && input + output > 0) {
        printf("data in flight is persisted without unaligned checkpoints\n");
        return false;
    }
    if (output > subtask->output_bound) {
        printf("output: %" PRId64 " bytes persisted, at most %" PRId64 " are possible\n", output,
               subtask->output_bound);
        return false;
    }
    /* Of a snapshot before the last one the bytes that arrived are not known any more. */
    if (event->args[ARG_CHECKPOINT] != subtask->checkpoint || input <= (aligned ? 0 : most))
        return true;
    printf("input: %" PRId64 " bytes persisted, at most %" PRId64 " are possible\n", input,
           aligned ? 0 : most);
    return false;
}

static void start_snapshot(struct subtask *subtask, const struct snap_event *event)
{
    subtask->checkpoint = event->args[ARG_CHECKPOINT];
    subtask->alignment = (enum snap_alignment)event->args[ARG_ALIGNMENT];
    subtask->arrived = 0;
    subtask->recovered = 0;
    for (uint32_t c = 0; c < subtask->channels; c++)
        subtask->recovered += subtask->restored[c];
}

/* What an attempt restored is in front of its channel, in memory that is not of the gate's. */
static void use_up(struct subtask *subtask, const struct snap_event *event)
{
    int64_t *left = &subtask->restored[event->args[ARG_CHANNEL]];

    *left -= *left < event->args[ARG_BYTES] ? *left : event->args[ARG_BYTES];
}

static bool follow(struct bounds *at, const struct snap_event *event)
{
    struct subtask *subtask = &at->subtasks[event->actor];

    switch ((int)event->type) {
    case SNAP_EVENT_TASK_STATUS:
        if (event->args[ARG_STATUS] == SNAP_TASK_INITIALIZING)
            memset(subtask->restored, 0, (subtask->channels + 1) * sizeof(*subtask->restored));
        return true;
    case SNAP_EVENT_SNAPSHOT_STARTED:
        start_snapshot(subtask, event);
        return true;
    case SNAP_EVENT_BUFFER_RECOVERED:
        subtask->restored[event->args[ARG_CHANNEL]] += event->args[ARG_BYTES];
        return true;
    case SNAP_EVENT_BUFFER_TAKEN:
        use_up(subtask, event);
        return true;
    case SNAP_EVENT_BARRIER_RECEIVED:
        subtask->barriers[event->args[ARG_BARRIER_CHANNEL]] = event->args[ARG_CHECKPOINT];
        return true;
    case SNAP_EVENT_BUFFER_RECEIVED:
        if (subtask->barriers[event->args[ARG_CHANNEL]] < subtask->checkpoint)
            subtask->arrived += event->args[ARG_BYTES];
        return true;
    case SNAP_EVENT_CHANNELS_SAVED:
        return is_within(at, event);
    default:
        return true;
    }
}

/* A size that has fallen below 0 is found in any execution. */
static bool is_possible(const struct snap_event *event)
{
    if (event->type != SNAP_EVENT_CHANNELS_SAVED ||
        (event->args[ARG_INPUT_BYTES] < INT32_MAX && event->args[ARG_OUTPUT_BYTES] < INT32_MAX))
        return true;
    printf("checkpoint %" PRId64 ": subtask %" PRIu32 " of the job persists %" PRId64
           " bytes of input and %" PRId64 " of output\n",
           event->args[ARG_CHECKPOINT], event->actor, event->args[ARG_INPUT_BYTES],
           event->args[ARG_OUTPUT_BYTES]);
    return false;
}

bool persisted_bounds_hold(const struct swarm_run *run)
{
    struct bounds at = {.sim = run->sim};
    uint32_t task_count = run->sim->job->task_count;
    uint64_t count = swarm_run_first_events(run);
    bool good = true;

    snap_arena_init(&at.arena);
    at.subtasks = SNAP_ARENA_ARRAY(&at.arena, struct subtask, task_count);
    for (uint32_t t = 0; t < task_count; t++)
        begin_subtask(&at, t);
    for (uint64_t i = 0; i < count && good; i++) {
        good = run->events[i].actor >= task_count || follow(&at, &run->events[i]);
        if (!good) {
            swarm_print_event(run->sim->job, &run->events[i]);
            printf("\n");
        }
    }
    for (uint64_t i = count; i < run->event_count && good; i++)
        good = is_possible(&run->events[i]);
    snap_arena_fini(&at.arena);
    return good;
}
