// SPDX-License-Identifier: Apache-2.0
#include "verify/channel_flow.h"

#include <string.h>

#include "base/hash.h"
#include "model/stream_mark.h"

static uint64_t hash_of(const struct snap_passage *passage, uint32_t i, uint64_t salt)
{
    const struct snap_record *record = &passage->records[i];
    uint64_t rest = passage->lineage ? passage->lineage[i] : 0;

    if (snap_record_is_mark(record))
        rest = snap_mix64((uint64_t)record->timestamp_ms) + (uint64_t)record->value.number;
    return snap_mix64(snap_mix64(record->origin ^ salt) + rest);
}

/* What tells records of an edge apart when its subtasks, and numbers of edges, are others. */
static uint64_t salt_of(const struct snap_job *job, uint32_t index)
{
    const struct snap_edge *edge = &job->edges[index];
    const char *from = job->operators[edge->producer].uid;
    const char *to = job->operators[edge->consumer].uid;

    return snap_mix64(snap_hash_bytes(from, strlen(from)) + edge->input) ^
           snap_hash_bytes(to, strlen(to));
}

/* Subtasks in their vertices: the ids of tasks change with the parallelism of other vertices. */
static uint64_t salt_of_ends(const struct snap_job *job, const struct snap_passage *passage)
{
    uint64_t task = snap_job_task_subtask(job, passage->task);
    uint64_t peer = snap_job_task_subtask(job, passage->peer);

    return passage->output ? task << 32 | peer : peer << 32 | task;
}

static void add_dealt(struct snap_channel_flow *flow, const struct snap_passage *passage,
                      const struct snap_job *job)
{
    uint64_t salt = salt_of(job, passage->edge);
    uint64_t mark_salt = snap_mix64(salt ^ salt_of_ends(job, passage));

    for (uint32_t i = 0; i < passage->count; i++) {
        const struct snap_record *record = &passage->records[i];

        if (!snap_record_is_mark(record)) {
            flow->dealt_records++;
            flow->dealt_sum += hash_of(passage, i, salt);
        } else if (!snap_record_ends_time(record)) {
            flow->marks++;
            flow->mark_sum += hash_of(passage, i, mark_salt);
        }
    }
}

struct snap_channel_flow snap_channel_flow_of(const struct snap_passage *passage,
                                              const struct snap_job *job)
{
    uint64_t from = passage->output ? passage->task : passage->peer;
    uint64_t to = passage->output ? passage->peer : passage->task;
    uint64_t salt = snap_mix64((from << 32 | to) ^ snap_mix64(passage->edge + UINT64_C(1)));
    struct snap_channel_flow flow = {0};

    for (uint32_t i = 0; i < passage->count; i++) {
        if (snap_record_ends_time(&passage->records[i]))
            continue;
        flow.records++;
        flow.sum += hash_of(passage, i, salt);
    }
    if (passage->kind == SNAP_PASSAGE_CAPTURED || passage->kind == SNAP_PASSAGE_RECOVERED)
        add_dealt(&flow, passage, job);
    return flow;
}

void snap_channel_flow_add(struct snap_channel_flow *to, const struct snap_channel_flow *flow)
{
    to->records += flow->records;
    to->sum += flow->sum;
    to->dealt_records += flow->dealt_records;
    to->dealt_sum += flow->dealt_sum;
    to->marks += flow->marks;
    to->mark_sum += flow->mark_sum;
}
