// SPDX-License-Identifier: Apache-2.0
#include "view/checkpoint_tasks_json.h"

#include <stdio.h>

#include "base/arena.h"
#include "model/names.h"
#include "view/rest_json.h"

/* A checkpoint and the parts of one of its vertices. */
struct vertex_parts {
    const struct snap_checkpoint_stats *checkpoint;
    const struct snap_vertex *vertex;
    const struct snap_subtask_part *parts; /* vertex->parallelism */
    int64_t *numbers;                      /* scratch of that size */
};

typedef int64_t part_metric(const struct vertex_parts *at, const struct snap_subtask_part *part);

static int64_t part_state(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->state_bytes;
}

static int64_t part_written(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->written_bytes;
}

static int64_t part_duration(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    return part->ack_ns - at->checkpoint->trigger_ns;
}

static int64_t part_sync(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->sync_duration_ns;
}

static int64_t part_async(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->async_duration_ns;
}

static int64_t part_processed(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->processed_bytes;
}

static int64_t part_persisted(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->persisted_bytes;
}

static int64_t part_alignment(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->alignment_ns;
}

static int64_t part_start_delay(const struct vertex_parts *at, const struct snap_subtask_part *part)
{
    (void)at;
    return part->start_delay_ns;
}

static void add_over_parts(struct snap_json *json, const char *key, const struct vertex_parts *at,
                           part_metric *metric, int64_t divisor)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < at->vertex->parallelism; i++)
        if (at->parts[i].acknowledged)
            at->numbers[count++] = metric(at, &at->parts[i]) / divisor;
    snap_rest_distribution(json, key, (struct snap_numbers){at->numbers, count},
                           SNAP_PERCENTILES_NAN);
}

/* The same in milliseconds and nanoseconds. */
static void add_times_over_parts(struct snap_json *json, const char *key,
                                 const struct vertex_parts *at, part_metric *metric)
{
    char twin[64];

    snprintf(twin, sizeof(twin), "%s_ns", key);
    add_over_parts(json, key, at, metric, SNAP_MS);
    add_over_parts(json, twin, at, metric, 1);
}

static void add_vertex_summary(struct snap_json *json, const struct vertex_parts *at)
{
    snap_json_object_begin(json, "summary");
    add_over_parts(json, "checkpointed_size", at, part_written, 1);
    add_over_parts(json, "state_size", at, part_state, 1);
    add_times_over_parts(json, "end_to_end_duration", at, part_duration);
    snap_json_object_begin(json, "checkpoint_duration");
    add_times_over_parts(json, "sync", at, part_sync);
    add_times_over_parts(json, "async", at, part_async);
    snap_json_object_end(json);
    snap_json_object_begin(json, "alignment");
    snap_rest_leftover(json, "buffered");
    add_over_parts(json, "processed", at, part_processed, 1);
    add_over_parts(json, "persisted", at, part_persisted, 1);
    add_times_over_parts(json, "duration", at, part_alignment);
    snap_json_object_end(json);
    add_times_over_parts(json, "start_delay", at, part_start_delay);
    snap_json_object_end(json);
}

static void add_part(struct snap_json *json, const struct vertex_parts *at, uint32_t index)
{
    const struct snap_subtask_part *part = &at->parts[index];

    snap_json_object_begin(json, NULL);
    snap_json_inline(json);
    snap_json_string(json, "className", part->acknowledged ? "completed" : "pending");
    snap_json_number(json, "index", index);
    if (part->acknowledged) {
        snap_rest_time(json, "ack_timestamp", part->ack_ns);
        snap_rest_between(json, "end_to_end_duration", at->checkpoint->trigger_ns, part->ack_ns);
        snap_json_number(json, "checkpointed_size", part->written_bytes);
        snap_json_number(json, "state_size", part->state_bytes);
        snap_json_object_begin(json, "checkpoint");
        snap_rest_time(json, "sync", part->sync_duration_ns);
        snap_rest_time(json, "async", part->async_duration_ns);
        snap_json_object_end(json);
        snap_json_object_begin(json, "alignment");
        snap_json_number(json, "buffered", 0);
        snap_json_number(json, "processed", part->processed_bytes);
        snap_json_number(json, "persisted", part->persisted_bytes);
        snap_rest_time(json, "duration", part->alignment_ns);
        snap_json_object_end(json);
        snap_rest_time(json, "start_delay", part->start_delay_ns);
        snap_json_bool(json, "unaligned_checkpoint", part->unaligned);
        snap_json_bool(json, "aborted", part->aborted);
    }
    snap_json_string(json, "status", part->acknowledged ? "completed" : "pending_or_failed");
    snap_json_object_end(json);
}

/* What Flink's answers add up over acknowledged subtasks. */
struct part_sums {
    snap_ns latest_ack_ns;
    int64_t state_bytes;
    int64_t written_bytes;
    int64_t processed_bytes;
    int64_t persisted_bytes;
    uint32_t acknowledged;
};

static struct part_sums sum_parts(const struct vertex_parts *at)
{
    struct part_sums sums = {.latest_ack_ns = SNAP_NOT_YET};

    for (uint32_t i = 0; i < at->vertex->parallelism; i++) {
        const struct snap_subtask_part *part = &at->parts[i];

        if (!part->acknowledged)
            continue;
        sums.acknowledged++;
        sums.latest_ack_ns = snap_ns_max(sums.latest_ack_ns, part->ack_ns);
        sums.state_bytes += part->state_bytes;
        sums.written_bytes += part->written_bytes;
        sums.processed_bytes += part->processed_bytes;
        sums.persisted_bytes += part->persisted_bytes;
    }
    return sums;
}

static void add_vertex(struct snap_json *json, const struct vertex_parts *at)
{
    struct part_sums sums = sum_parts(at);
    char id[33];

    snap_id_text(&at->vertex->id, id);
    snap_json_object_begin(json, id);
    snap_json_number(json, "id", at->checkpoint->id);
    snap_json_string(json, "status", snap_checkpoint_status_name(at->checkpoint->status));
    snap_rest_time(json, "latest_ack_timestamp", sums.latest_ack_ns);
    snap_json_number(json, "checkpointed_size", sums.written_bytes);
    snap_json_number(json, "state_size", sums.state_bytes);
    snap_rest_between(json, "end_to_end_duration", at->checkpoint->trigger_ns, sums.latest_ack_ns);
    snap_json_number(json, "alignment_buffered", 0);
    snap_json_number(json, "processed_data", sums.processed_bytes);
    snap_json_number(json, "persisted_data", sums.persisted_bytes);
    snap_json_number(json, "num_subtasks", at->vertex->parallelism);
    snap_json_number(json, "num_acknowledged_subtasks", sums.acknowledged);
    add_vertex_summary(json, at);
    snap_json_array_begin(json, "subtasks");
    for (uint32_t i = 0; i < at->vertex->parallelism; i++)
        add_part(json, at, i);
    snap_json_array_end(json);
    snap_json_object_end(json);
}

void snap_checkpoint_tasks_json(struct snap_json *json, const struct snap_job *job,
                                const struct snap_checkpoint_stats *checkpoint)
{
    struct snap_arena arena;

    snap_arena_init(&arena);
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];
        struct vertex_parts at = {checkpoint, vertex, &checkpoint->parts[vertex->task_first], NULL};

        at.numbers = SNAP_ARENA_ARRAY(&arena, int64_t, vertex->parallelism);
        add_vertex(json, &at);
    }
    snap_arena_fini(&arena);
}
