// SPDX-License-Identifier: Apache-2.0
/*
 * explain_lab.h: traces made by hand of one checkpoint, for tests of explanations.
 *
 * - The job is that of scripted_run.h with two subtasks a vertex: lines, counts, out. Checkpoint 1
 *   is triggered at 1000 ms; all other instants are milliseconds from there, -1: it never came.
 * - Each counts and out has its first barrier from subtask 0 of the vertex before, its last from
 *   subtask 1; it sends its own with the last.
 * - From 0 ms on every receiver uses up a buffer of 100 records and 1000 bytes each 10 ms, with
 *   which it is busy all the time; what lies before it at the trigger is said in such buffers.
 */
#ifndef TESTS_UNIT_EXPLAIN_LAB_H
#define TESTS_UNIT_EXPLAIN_LAB_H

#include <stdlib.h>

#include "explain/explain_advice.h"
#include "explain/explain_trace.h"
#include "unit/scripted_run.h"

enum { LAB_TASKS = 6, LAB_PARALLELISM = 2, LAB_TRIGGER_MS = 1000, LAB_EVERY_MS = 10 };

/* A subtask's way; sources have their trigger at `first` and `last`. */
struct lab_part {
    int64_t first_ms;
    int64_t last_ms;
    int64_t synced_ms;
    int64_t stored_ms;
    int64_t ack_ms;
    uint32_t queued; /* buffers before it at the trigger */
    uint32_t every;  /* it uses one up each 10 ms times this; 0 counts as 1 */
};

struct lab_checkpoint {
    struct lab_part parts[LAB_TASKS];
    int64_t expired_ms;  /* 0: it completed with the last acknowledgement */
    int64_t state_bytes; /* of each counts */
};

enum lab_past { LAB_CALM, LAB_AFTER_CRASH }; /* of counts[0], in the first millisecond */

struct lab {
    enum lab_past past;
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_facts facts;
    struct snap_explain_walk walk;
    struct snap_forecast forecast;
};

static inline snap_ns lab_at(int64_t ms)
{
    return (LAB_TRIGGER_MS + ms) * SNAP_MS;
}

static inline void lab_barrier(struct lab *lab, uint32_t task, uint32_t sender, int64_t ms)
{
    uint32_t from = (task / LAB_PARALLELISM - 1) * LAB_PARALLELISM + sender;

    if (ms >= 0)
        SCRIPT(&lab->run, lab_at(ms), task, BARRIER_RECEIVED, 1, from, sender, SNAP_ALIGN_ALIGNED);
}

static inline void lab_part_events(struct lab *lab, uint32_t task, const struct lab_part *part,
                                   int64_t state_bytes)
{
    int64_t state = task / LAB_PARALLELISM == 1 ? state_bytes : 0;

    if (task < LAB_PARALLELISM) {
        if (part->first_ms >= 0)
            SCRIPT(&lab->run, lab_at(part->first_ms), task, TASK_TRIGGERED, 1);
    } else {
        lab_barrier(lab, task, 0, part->first_ms);
        lab_barrier(lab, task, 1, part->last_ms);
    }
    if (part->last_ms < 0)
        return;
    SCRIPT(&lab->run, lab_at(part->last_ms), task, SNAPSHOT_STARTED, 1, part->first_ms * SNAP_MS,
           (part->last_ms - part->first_ms) * SNAP_MS, 0, SNAP_ALIGN_ALIGNED);
    SCRIPT(&lab->run, lab_at(part->last_ms), task, BARRIER_SENT, 1);
    if (part->synced_ms >= 0)
        SCRIPT(&lab->run, lab_at(part->synced_ms), task, SNAPSHOT_SYNC, 1,
               (part->synced_ms - part->last_ms) * SNAP_MS);
    if (part->stored_ms >= 0)
        SCRIPT(&lab->run, lab_at(part->stored_ms), task, SNAPSHOT_ASYNC, 1,
               (part->stored_ms - part->synced_ms) * SNAP_MS, state);
    if (part->ack_ms >= 0)
        SCRIPT(&lab->run, lab_at(part->ack_ms), LAB_TASKS, ACK_RECEIVED, 1, task, state, state);
}

/* Half of what lies before a receiver is on each of its channels. */
static inline void lab_queue(struct lab *lab, uint32_t task, const struct lab_part *part)
{
    uint32_t before = (task / LAB_PARALLELISM - 1) * LAB_PARALLELISM;
    int64_t every_ms = LAB_EVERY_MS * (part->every > 0 ? part->every : 1);

    for (uint32_t i = 0; i < part->queued; i++)
        SCRIPT(&lab->run, SNAP_MS, before + i % 2, BUFFER_QUEUED, task, 0, 1000, 100);
    for (int64_t ms = every_ms; ms < 2 * LAB_TRIGGER_MS; ms += every_ms) {
        uint32_t from = before + (uint32_t)(ms / every_ms % 2);

        SCRIPT(&lab->run, ms * SNAP_MS - SNAP_MS / 2, from, BUFFER_QUEUED, task, 0, 1000, 100);
        SCRIPT(&lab->run, ms * SNAP_MS - SNAP_MS / 2, task, BUFFER_TAKEN, from, 0, 1000, 100);
    }
}

/* Of all but counts[0] if they are cancelled: that one has failed. */
static inline void lab_statuses(struct lab *lab, snap_ns at_ns, int64_t attempt,
                                enum snap_task_status status)
{
    for (uint32_t i = 0; i < LAB_TASKS; i++)
        if (i != LAB_PARALLELISM || status != SNAP_TASK_CANCELED)
            SCRIPT(&lab->run, at_ns, i, TASK_STATUS, attempt, status, SNAP_CAUSE_NONE);
}

/* Before they hear of it the senders queue what nobody will take; one is quick to begin anew. */
static inline void lab_crash(struct lab *lab)
{
    lab_statuses(lab, 0, 0, SNAP_TASK_RUNNING);
    SCRIPT(&lab->run, 50, 0, BUFFER_QUEUED, 2, 0, 3000, 300);
    SCRIPT(&lab->run, 100, 2, TASK_STATUS, 0, SNAP_TASK_FAILED, SNAP_CAUSE_CRASH);
    for (uint32_t from = 0; from < LAB_PARALLELISM; from++)
        SCRIPT(&lab->run, 150, from, BUFFER_QUEUED, 2, 0, 5000, 500);
    lab_statuses(lab, 200, 0, SNAP_TASK_CANCELED);
    SCRIPT(&lab->run, 300, 0, TASK_STATUS, 1, SNAP_TASK_INITIALIZING, SNAP_CAUSE_NONE);
    SCRIPT(&lab->run, 350, 0, BUFFER_QUEUED, 2, 0, 1000, 100);
    lab_statuses(lab, 400, 1, SNAP_TASK_INITIALIZING);
    lab_statuses(lab, 500, 1, SNAP_TASK_RUNNING);
    SCRIPT(&lab->run, 600, 2, BUFFER_TAKEN, 0, 0, 1000, 100);
}

static inline int lab_compare(const void *a, const void *b)
{
    const struct snap_event *one = a;
    const struct snap_event *other = b;

    if (one->at_ns != other->at_ns)
        return one->at_ns < other->at_ns ? -1 : 1;
    return one->sequence < other->sequence ? -1 : 1;
}

static inline int64_t lab_last_ack(const struct lab_checkpoint *checkpoint)
{
    int64_t last = 0;

    for (uint32_t i = 0; i < LAB_TASKS; i++)
        if (checkpoint->parts[i].ack_ms > last)
            last = checkpoint->parts[i].ack_ms;
    return last;
}

static inline void lab_script(struct lab *lab, const struct lab_checkpoint *checkpoint,
                              bool buffers)
{
    int64_t end_ms = lab_last_ack(checkpoint);

    memset(&lab->run, 0, sizeof(lab->run));
    snap_arena_init(&lab->run.arena);
    lab->run.parallelism = LAB_PARALLELISM;
    script_job(&lab->run);
    if (lab->past == LAB_AFTER_CRASH)
        lab_crash(lab);
    SCRIPT(&lab->run, lab_at(0), LAB_TASKS, CHECKPOINT_TRIGGERED, 1, SNAP_KIND_CHECKPOINT,
           SNAP_ALIGN_ALIGNED);
    for (uint32_t i = 0; i < LAB_TASKS; i++) {
        lab_part_events(lab, i, &checkpoint->parts[i], checkpoint->state_bytes);
        if (buffers && i >= LAB_PARALLELISM)
            lab_queue(lab, i, &checkpoint->parts[i]);
    }
    if (checkpoint->expired_ms > 0)
        SCRIPT(&lab->run, lab_at(checkpoint->expired_ms), LAB_TASKS, CHECKPOINT_ABORTED, 1,
               SNAP_FAILURE_CHECKPOINT_EXPIRED, checkpoint->expired_ms * SNAP_MS);
    else
        SCRIPT(&lab->run, lab_at(end_ms), LAB_TASKS, CHECKPOINT_COMPLETED, 1, end_ms * SNAP_MS, 0,
               SNAP_KIND_CHECKPOINT);
    qsort(lab->run.events, lab->run.count, sizeof(lab->run.events[0]), lab_compare);
}

/* Explains the checkpoint; with settings of 5 ms and 1 MB/s of storage. `past` is set. */
static inline void lab_explain(struct lab *lab, const struct lab_checkpoint *checkpoint,
                               bool buffers)
{
    struct snap_explain_trace trace;

    lab_script(lab, checkpoint, buffers);
    snap_statistics_init(&lab->statistics, &lab->run.job);
    for (uint32_t i = 0; i < lab->run.count; i++)
        snap_statistics_event(&lab->statistics, &lab->run.events[i]);
    snap_statistics_finish(&lab->statistics, 0);
    snap_facts_init(&lab->facts, SNAP_FACTS_OF_RUN);
    snap_explain_trace_begin(&trace, &lab->facts, &lab->statistics,
                             snap_explain_choose(&lab->statistics, 0));
    for (uint32_t i = 0; i < lab->run.count; i++)
        snap_explain_trace_event(&trace, &lab->run.events[i]);
    snap_explain_trace_end(&trace);
    for (uint32_t i = LAB_PARALLELISM; buffers && i < LAB_TASKS; i++) {
        lab->facts.tasks[i].busy = 1;
        lab->facts.tasks[i].backpressured = 0;
    }
    lab->facts.settings.storage_latency_ns = 5 * SNAP_MS;
    lab->facts.settings.storage_bytes_per_s = 1000000;
    lab->facts.settings.network_latency_ns = SNAP_MS;
    snap_explain_walk_back(&lab->walk, &lab->facts);
    snap_forecast_make(&lab->forecast, &lab->walk, &lab->facts.arena);
}

static inline void lab_init(struct lab *lab, const struct lab_checkpoint *checkpoint, bool buffers)
{
    lab->past = LAB_CALM;
    lab_explain(lab, checkpoint, buffers);
}

static inline void lab_fini(struct lab *lab)
{
    snap_facts_fini(&lab->facts);
    snap_statistics_fini(&lab->statistics);
    scripted_run_fini(&lab->run);
}

#endif
