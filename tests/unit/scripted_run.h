// SPDX-License-Identifier: Apache-2.0
/*
 * scripted_run.h: a run made by hand, for tests of trace, statistics and views.
 *
 * - Three vertices, "lines -> words", "counts" and "out", each with the parallelism asked for.
 * - Everything starts at 0 and runs from 20 ms on. Checkpoints are triggered every 200 ms. The
 *   third expires, counts[0] crashes at 900 ms while the fifth is under way, all restarts 100 ms
 *   later from the fourth; three more complete; at 1.9 s all have finished.
 * - Instants are formulas of (checkpoint, subtask), so that expectations can be worked out.
 */
#ifndef TESTS_UNIT_SCRIPTED_RUN_H
#define TESTS_UNIT_SCRIPTED_RUN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/event.h"
#include "model/failure_reason.h"
#include "model/job.h"
#include "model/simulation.h"

struct scripted_run {
    struct snap_arena arena;
    struct snap_job job;
    struct snap_simulation simulation;
    struct snap_event *events;
    uint32_t count;
    uint32_t capacity;
    uint32_t parallelism;
};

enum { SCRIPT_LINES, SCRIPT_WORDS, SCRIPT_COUNTS, SCRIPT_OUT };

static inline void script_event(struct scripted_run *run, snap_ns at_ns, uint32_t actor,
                                enum snap_event_type type, const int64_t *args)
{
    struct snap_event *event;

    run->events = snap_arena_grow(&run->arena, run->events, run->count, &run->capacity,
                                  sizeof(run->events[0]));
    event = &run->events[run->count];
    memset(event, 0, sizeof(*event));
    event->at_ns = at_ns;
    event->actor = actor;
    event->sequence = run->count++;
    event->type = type;
    memcpy(event->args, args, sizeof(event->args));
}

#define SCRIPT(run, at_ns, actor, type, ...)                                                       \
    script_event((run), (at_ns), (actor), SNAP_EVENT_##type,                                       \
                 (const int64_t[SNAP_EVENT_ARGS_MAX]){__VA_ARGS__})

static inline uint32_t *script_list(struct scripted_run *run, uint32_t a, uint32_t b)
{
    uint32_t both[2] = {a, b};

    return snap_arena_copy(&run->arena, both, sizeof(both));
}

static inline void script_operator(struct scripted_run *run, uint32_t index, const char *uid,
                                   const char *name)
{
    struct snap_operator *op = &run->job.operators[index];

    op->index = index;
    op->uid = uid;
    op->name = name;
    op->parallelism = run->parallelism;
    op->max_parallelism = 128;
    op->id.bytes[15] = (uint8_t)(index + 1);
    op->schema.key = index == SCRIPT_LINES ? SNAP_VALUE_LONG : SNAP_VALUE_STRING;
    op->schema.value = index == SCRIPT_LINES ? SNAP_VALUE_STRING : SNAP_VALUE_LONG;
    op->split_count = index == SCRIPT_LINES ? run->parallelism : 0;
}

static inline void script_edge(struct scripted_run *run, uint32_t index, enum snap_ship ship,
                               bool chained)
{
    struct snap_edge *edge = &run->job.edges[index];

    edge->index = index;
    edge->producer = index;
    edge->consumer = index + 1;
    edge->ship = ship;
    edge->chained = chained;
}

static inline void script_vertex(struct scripted_run *run, uint32_t index, const char *name,
                                 uint32_t head, uint32_t count)
{
    struct snap_vertex *vertex = &run->job.vertices[index];

    vertex->index = index;
    vertex->name = name;
    vertex->id = run->job.operators[head].id;
    vertex->parallelism = run->parallelism;
    vertex->max_parallelism = 128;
    vertex->task_first = index * run->parallelism;
    vertex->operators = script_list(run, head, head + 1);
    vertex->operator_count = count;
    vertex->in_edges = script_list(run, head - 1, 0);
    vertex->in_edge_count = index > 0;
    for (uint32_t i = 0; i < count; i++)
        run->job.operators[head + i].vertex = index;
}

static inline void script_job(struct scripted_run *run)
{
    struct snap_job *job = &run->job;

    job->name = "word count";
    job->operators = SNAP_ARENA_ARRAY(&run->arena, struct snap_operator, 4);
    job->operator_count = 4;
    job->edges = SNAP_ARENA_ARRAY(&run->arena, struct snap_edge, 3);
    job->edge_count = 3;
    job->vertices = SNAP_ARENA_ARRAY(&run->arena, struct snap_vertex, 3);
    job->vertex_count = 3;
    job->task_count = 3 * run->parallelism;
    job->split_count = run->parallelism;
    script_operator(run, SCRIPT_LINES, "lines", "Source: lines");
    script_operator(run, SCRIPT_WORDS, "words", "words");
    script_operator(run, SCRIPT_COUNTS, "counts", "counts");
    script_operator(run, SCRIPT_OUT, "out", "out: Writer");
    script_edge(run, 0, SNAP_SHIP_FORWARD, true);
    script_edge(run, 1, SNAP_SHIP_HASH, false);
    script_edge(run, 2, SNAP_SHIP_REBALANCE, false);
    script_vertex(run, 0, "Source: lines -> words", SCRIPT_LINES, 2);
    script_vertex(run, 1, "counts", SCRIPT_COUNTS, 1);
    script_vertex(run, 2, "out: Writer", SCRIPT_OUT, 1);
}

/* How long the barrier takes into the subtask: more for later vertices, and not the same each
 * time.*/
static inline snap_ns script_delay(uint32_t vertex, uint32_t subtask, int64_t checkpoint)
{
    return SNAP_MS * (1 + 8 * (int64_t)vertex + ((int64_t)subtask * 3 + checkpoint) % 5);
}

/* One subtask's way through a checkpoint. */
static inline void script_part(struct scripted_run *run, uint32_t task, int64_t id, snap_ns trigger)
{
    uint32_t vertex = task / run->parallelism;
    uint32_t subtask = task % run->parallelism;
    snap_ns first = trigger + script_delay(vertex, subtask, id);
    snap_ns align = vertex == 0 ? 0 : SNAP_MS * (4 + (subtask + id) % 3 * 6);
    snap_ns sync = SNAP_MS * 2;
    snap_ns async = SNAP_MS * (vertex == 1 ? 25 : 5);
    int64_t bytes = vertex == 2 ? 0 : 4000 * (int64_t)(vertex + 1);
    uint32_t manager = run->job.task_count;

    if (vertex == 0)
        SCRIPT(run, first, task, TASK_TRIGGERED, id);
    for (uint32_t i = 0; vertex > 0 && i < run->parallelism && i < 2; i++) {
        uint32_t from = (vertex - 1) * run->parallelism + i;
        snap_ns at = i + 1 == run->parallelism || i == 1 ? first + align : first;

        SCRIPT(run, at, task, BARRIER_RECEIVED, id, from, i, SNAP_ALIGN_ALIGNED);
        if (at == first)
            SCRIPT(run, at, task, CHANNEL_BLOCKED, id, from, i);
        else if (run->parallelism > 1)
            SCRIPT(run, at, task, CHANNEL_UNBLOCKED, id, from - 1, i - 1);
    }
    SCRIPT(run, first + align, task, SNAPSHOT_STARTED, id, first - trigger, align, vertex * 700,
           SNAP_ALIGN_ALIGNED);
    SCRIPT(run, first + align, task, BARRIER_SENT, id);
    SCRIPT(run, first + align + sync, task, SNAPSHOT_SYNC, id, sync);
    SCRIPT(run, first + align + sync + async, task, SNAPSHOT_ASYNC, id, async, bytes);
    SCRIPT(run, first + align + sync + async, task, ACK_SENT, id);
    SCRIPT(run, first + align + sync + async + SNAP_MS / 5, manager, ACK_RECEIVED, id, task, bytes,
           bytes);
}

/* The instant when the last acknowledgement of the checkpoint arrives. */
static inline snap_ns script_last_ack(struct scripted_run *run, int64_t id)
{
    snap_ns last = 0;

    for (uint32_t i = 0; i < run->count; i++)
        if (run->events[i].type == SNAP_EVENT_ACK_RECEIVED && run->events[i].args[0] == id)
            last = snap_ns_max(last, run->events[i].at_ns);
    return last;
}

static inline void script_checkpoint(struct scripted_run *run, int64_t id, snap_ns trigger)
{
    uint32_t tasks = run->job.task_count;
    snap_ns last;

    SCRIPT(run, trigger, tasks, CHECKPOINT_TRIGGERED, id, SNAP_KIND_CHECKPOINT, SNAP_ALIGN_ALIGNED);
    for (uint32_t task = 0; task < tasks; task++)
        script_part(run, task, id, trigger);
    last = script_last_ack(run, id);
    SCRIPT(run, last, tasks, CHECKPOINT_COMPLETED, id, last - trigger, 12000 * run->parallelism,
           SNAP_KIND_CHECKPOINT);
    if (id > 1)
        SCRIPT(run, last, tasks, CHECKPOINT_SUBSUMED, id - 1 - (id == 4) - (id == 6));
}

/* A checkpoint that only the sources acknowledge. */
static inline void script_unfinished(struct scripted_run *run, int64_t id, snap_ns trigger,
                                     enum snap_failure_reason reason, snap_ns duration)
{
    uint32_t tasks = run->job.task_count;

    SCRIPT(run, trigger, tasks, CHECKPOINT_TRIGGERED, id, SNAP_KIND_CHECKPOINT, SNAP_ALIGN_ALIGNED);
    for (uint32_t task = 0; task < run->parallelism; task++)
        script_part(run, task, id, trigger);
    SCRIPT(run, trigger + duration, tasks, CHECKPOINT_ABORTED, id, reason, duration);
}

static inline void script_status(struct scripted_run *run, snap_ns at_ns, int64_t attempt,
                                 enum snap_task_status status)
{
    for (uint32_t task = 0; task < run->job.task_count; task++)
        SCRIPT(run, at_ns, task, TASK_STATUS, attempt, status, SNAP_CAUSE_NONE);
}

static inline void script_crash(struct scripted_run *run, snap_ns at_ns, uint32_t crashed)
{
    uint32_t tasks = run->job.task_count;

    SCRIPT(run, at_ns, crashed, TASK_STATUS, 0, SNAP_TASK_FAILED, SNAP_CAUSE_CRASH);
    SCRIPT(run, at_ns + SNAP_MS, tasks, JOB_STATUS, SNAP_JOB_RESTARTING);
    SCRIPT(run, at_ns + SNAP_MS, tasks, FAILOVER, crashed, SNAP_CAUSE_CRASH, tasks, 100 * SNAP_MS,
           4);
    for (uint32_t task = 0; task < tasks; task++)
        if (task != crashed)
            SCRIPT(run, at_ns + 2 * SNAP_MS, task, TASK_STATUS, 0, SNAP_TASK_CANCELED, 0);
    SCRIPT(run, at_ns + 101 * SNAP_MS, tasks, JOB_STATUS, SNAP_JOB_RUNNING);
    script_status(run, at_ns + 102 * SNAP_MS, 1, SNAP_TASK_INITIALIZING);
    for (uint32_t task = 0; task < tasks; task++)
        SCRIPT(run, at_ns + 150 * SNAP_MS, task, RESTORED, 1, 4, 4000);
    script_status(run, at_ns + 150 * SNAP_MS, 1, SNAP_TASK_RUNNING);
}

static inline int script_compare(const void *a, const void *b)
{
    return snap_event_compare(a, b);
}

static inline void scripted_run_init(struct scripted_run *run, uint32_t parallelism)
{
    uint32_t tasks = 3 * parallelism;

    memset(run, 0, sizeof(*run));
    snap_arena_init(&run->arena);
    run->parallelism = parallelism;
    script_job(run);
    run->simulation.name = "word count";
    run->simulation.variant = "exactly-once";
    run->simulation.seed = 7;
    run->simulation.job = &run->job;
    run->simulation.config.version = SNAP_FLINK_2_3;
    SCRIPT(run, 0, tasks, JOB_STATUS, SNAP_JOB_RUNNING);
    script_status(run, 0, 0, SNAP_TASK_DEPLOYING);
    script_status(run, SNAP_MS, 0, SNAP_TASK_INITIALIZING);
    script_status(run, 20 * SNAP_MS, 0, SNAP_TASK_RUNNING);
    SCRIPT(run, 30 * SNAP_MS, tasks, CHECKPOINT_REFUSED, SNAP_KIND_CHECKPOINT,
           SNAP_FAILURE_NOT_ALL_REQUIRED_TASKS_RUNNING);
    SCRIPT(run, 150 * SNAP_MS, 0, BUFFER_QUEUED, parallelism, 0, 32768, 327);
    SCRIPT(run, 190 * SNAP_MS, 0, BUFFER_QUEUED, parallelism, 0, 1000, 10);
    SCRIPT(run, 195 * SNAP_MS, parallelism, BUFFER_TAKEN, 0, 0, 32768, 327);
    SCRIPT(run, 200 * SNAP_MS, 0, BUFFER_QUEUED, parallelism, 0, 500, 5);
    script_checkpoint(run, 1, 200 * SNAP_MS);
    script_checkpoint(run, 2, 400 * SNAP_MS);
    script_unfinished(run, 3, 500 * SNAP_MS, SNAP_FAILURE_CHECKPOINT_EXPIRED, 90 * SNAP_MS);
    script_checkpoint(run, 4, 600 * SNAP_MS);
    script_unfinished(run, 5, 880 * SNAP_MS, SNAP_FAILURE_TASK_FAILURE, 21 * SNAP_MS);
    script_crash(run, 900 * SNAP_MS, parallelism);
    for (int64_t id = 6; id <= 8; id++)
        script_checkpoint(run, id, (1100 + (id - 6) * 200) * SNAP_MS);
    script_status(run, 1900 * SNAP_MS, 1, SNAP_TASK_FINISHED);
    SCRIPT(run, 1901 * SNAP_MS, tasks, JOB_STATUS, SNAP_JOB_FINISHED);
    for (uint32_t task = 0; task < tasks; task++)
        SCRIPT(run, 1901 * SNAP_MS, task, TASK_TOTALS, 1000, 900, 1200 * SNAP_MS, 100 * SNAP_MS,
               382 * SNAP_MS, 68 * SNAP_MS, 150 * SNAP_MS, SNAP_MS);
    qsort(run->events, run->count, sizeof(run->events[0]), script_compare);
}

static inline void scripted_run_fini(struct scripted_run *run)
{
    snap_arena_fini(&run->arena);
}

#endif
