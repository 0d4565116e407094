// SPDX-License-Identifier: Apache-2.0
/*
 * The member "checkpoints" of a summary: Flink's answer to /jobs/:id/checkpoints.
 * Flink: CheckpointingStatistics, CheckpointStatistics.
 */
#include "base/arena.h"
#include "model/names.h"
#include "view/checkpoint_tasks_json.h"
#include "view/rest_json.h"
#include "view/summary_json.h"

/* What a checkpoint in memory has in place of a path. */
#define EXTERNAL_PATH "<checkpoint-not-externally-addressable>"

/* ---- over completed checkpoints ---- */

typedef int64_t checkpoint_metric(const struct snap_checkpoint_stats *checkpoint);

static int64_t size_of(const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->state_bytes;
}

static int64_t written_of(const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->written_bytes;
}

static int64_t duration_of(const struct snap_checkpoint_stats *checkpoint)
{
    return snap_rest_ms_between(checkpoint->trigger_ns,
                                checkpoint->trigger_ns + checkpoint->duration_ns);
}

static int64_t duration_ns_of(const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->duration_ns;
}

static int64_t processed_of(const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->processed_bytes;
}

static int64_t persisted_of(const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->persisted_bytes;
}

static void add_over_completed(struct snap_json *json, const char *key,
                               const struct snap_statistics *statistics, checkpoint_metric *metric)
{
    struct snap_arena arena;
    int64_t *numbers;
    uint32_t count = 0;

    snap_arena_init(&arena);
    numbers = SNAP_ARENA_ARRAY(&arena, int64_t, statistics->checkpoint_count + 1);
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        if (statistics->checkpoints[i]->status == SNAP_CHECKPOINT_COMPLETED)
            numbers[count++] = metric(statistics->checkpoints[i]);
    snap_rest_distribution(json, key, (struct snap_numbers){numbers, count}, SNAP_PERCENTILES_KEPT);
    snap_arena_fini(&arena);
}

static void add_summary(struct snap_json *json, const struct snap_statistics *statistics)
{
    snap_json_object_begin(json, "summary");
    add_over_completed(json, "checkpointed_size", statistics, written_of);
    add_over_completed(json, "state_size", statistics, size_of);
    add_over_completed(json, "end_to_end_duration", statistics, duration_of);
    add_over_completed(json, "end_to_end_duration_ns", statistics, duration_ns_of);
    snap_rest_leftover(json, "alignment_buffered");
    add_over_completed(json, "processed_data", statistics, processed_of);
    add_over_completed(json, "persisted_data", statistics, persisted_of);
    snap_json_object_end(json);
}

/* ---- one checkpoint ---- */

/* Flink: CheckpointStatistics.RestAPICheckpointType. */
static const char *type_name(const struct snap_checkpoint_stats *checkpoint)
{
    if (snap_kind_is_stop(checkpoint->kind))
        return "SYNC_SAVEPOINT";
    if (snap_kind_is_savepoint(checkpoint->kind))
        return "SAVEPOINT";
    return checkpoint->unaligned ? "UNALIGNED_CHECKPOINT" : "CHECKPOINT";
}

static void add_last(struct snap_json *json, const struct snap_statistics *statistics,
                     const struct snap_checkpoint_stats *checkpoint)
{
    const char *channel = NULL;
    const char *subtask = NULL;
    struct snap_arena arena;

    snap_arena_init(&arena);
    if (checkpoint->last_task != SNAP_NO_TASK) {
        subtask = snap_actor_name(statistics->job, checkpoint->last_task, &arena);
        channel = snap_last_channel_name(statistics, checkpoint, &arena);
    }
    snap_json_string(json, "last_subtask", subtask);
    snap_json_string(json, "last_channel", channel);
    /* On real threads buffers leave no events unless someone wants them. */
    if (statistics->buffers_seen)
        snap_json_number(json, "in_flight_bytes_at_trigger", checkpoint->in_flight_bytes);
    else
        snap_json_null(json, "in_flight_bytes_at_trigger");
    snap_arena_fini(&arena);
}

/* Beside Flink's message, whose cause it is there. */
static void add_too_large(struct snap_json *json, const struct snap_statistics *statistics,
                          const struct snap_large_state *state)
{
    struct snap_arena arena;

    if (state->task == SNAP_NO_TASK)
        return;
    snap_arena_init(&arena);
    snap_json_object_begin(json, "too_large");
    snap_json_string(json, "subtask", snap_actor_name(statistics->job, state->task, &arena));
    snap_json_string(json, "uid", statistics->job->operators[state->op].uid);
    snap_json_number(json, "state_size", state->bytes);
    snap_json_number(json, "limit", state->limit_bytes);
    snap_json_object_end(json);
    snap_arena_fini(&arena);
}

static void add_end(struct snap_json *json, const struct snap_statistics *statistics,
                    const struct snap_checkpoint_stats *checkpoint)
{
    if (checkpoint->status == SNAP_CHECKPOINT_COMPLETED) {
        snap_json_string(json, "external_path", EXTERNAL_PATH);
        snap_json_bool(json, "discarded", checkpoint->discarded);
    } else if (checkpoint->status == SNAP_CHECKPOINT_FAILED) {
        snap_rest_time(json, "failure_timestamp", checkpoint->end_ns);
        snap_json_string(json, "failure_message", snap_failure_reason_message(checkpoint->reason));
        snap_json_string(json, "failure_reason", snap_failure_reason_name(checkpoint->reason));
        add_too_large(json, statistics, &checkpoint->too_large);
    }
}

static void add_checkpoint(struct snap_json *json, const char *key,
                           const struct snap_statistics *statistics,
                           const struct snap_checkpoint_stats *checkpoint)
{
    static const char *const classes[] = {"in_progress", "completed", "failed"};
    snap_ns end_ns = checkpoint->duration_ns == SNAP_NOT_YET
                         ? SNAP_NOT_YET
                         : checkpoint->trigger_ns + checkpoint->duration_ns;
    bool savepoint = snap_kind_is_savepoint(checkpoint->kind);

    snap_json_object_begin(json, key);
    snap_json_string(json, "className", classes[checkpoint->status]);
    snap_json_number(json, "id", checkpoint->id);
    snap_json_string(json, "status", snap_checkpoint_status_name(checkpoint->status));
    snap_json_bool(json, "is_savepoint", savepoint);
    snap_json_string(json, "savepointFormat", savepoint ? "CANONICAL" : NULL);
    snap_rest_time(json, "trigger_timestamp", checkpoint->trigger_ns);
    snap_rest_time(json, "latest_ack_timestamp", checkpoint->latest_ack_ns);
    snap_json_number(json, "checkpointed_size", checkpoint->written_bytes);
    snap_json_number(json, "state_size", checkpoint->state_bytes);
    snap_rest_between(json, "end_to_end_duration", checkpoint->trigger_ns, end_ns);
    snap_json_number(json, "alignment_buffered", 0);
    snap_json_number(json, "processed_data", checkpoint->processed_bytes);
    snap_json_number(json, "persisted_data", checkpoint->persisted_bytes);
    snap_json_number(json, "num_subtasks", statistics->job->task_count);
    snap_json_number(json, "num_acknowledged_subtasks", checkpoint->acknowledged_count);
    snap_json_string(json, "checkpoint_type", type_name(checkpoint));
    snap_json_object_begin(json, "tasks");
    /* As in Flink, only the entries of the history tell about subtasks: there is no key. */
    if (!key)
        snap_checkpoint_tasks_json(json, statistics->job, checkpoint);
    snap_json_object_end(json);
    add_end(json, statistics, checkpoint);
    add_last(json, statistics, checkpoint);
    snap_json_object_end(json);
}

/* ---- all ---- */

static const struct snap_statistics *statistics_of(const struct snap_summary *summary,
                                                   uint32_t execution)
{
    return execution < summary->earlier_count ? summary->earlier[execution] : summary->statistics;
}

static void add_counts(struct snap_json *json, const struct snap_statistics *statistics)
{
    uint32_t ended = statistics->completed_count + statistics->failed_count;

    snap_json_object_begin(json, "counts");
    snap_json_number(json, "restored", statistics->restored_count);
    snap_json_number(json, "total", statistics->checkpoint_count + statistics->refused_count);
    snap_json_number(json, "in_progress", statistics->checkpoint_count - ended);
    snap_json_number(json, "completed", statistics->completed_count);
    snap_json_number(json, "failed", statistics->failed_count + statistics->refused_count);
    snap_json_object_end(json);
}

/* The newest checkpoint (or savepoint) of that status. */
static void add_latest_of(struct snap_json *json, const char *key,
                          const struct snap_statistics *statistics,
                          enum snap_checkpoint_status status)
{
    bool savepoint = key[0] == 's';

    for (uint32_t i = statistics->checkpoint_count; i-- > 0;) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];

        if (checkpoint->status != status)
            continue;
        if (status == SNAP_CHECKPOINT_COMPLETED &&
            snap_kind_is_savepoint(checkpoint->kind) != savepoint)
            continue;
        add_checkpoint(json, key, statistics, checkpoint);
        return;
    }
    snap_json_null(json, key);
}

/* Whether what an execution restored last is a savepoint: it was made by that execution or by one
 * before, the newest if several have the id, or the first one started from it. */
static bool restored_savepoint(const struct snap_summary *summary, uint32_t execution)
{
    snap_checkpoint_id id = statistics_of(summary, execution)->restored_checkpoint;

    for (uint32_t i = execution + 1; i-- > 0;) {
        const struct snap_checkpoint_stats *checkpoint =
            snap_statistics_find(statistics_of(summary, i), id);

        if (checkpoint)
            return snap_kind_is_savepoint(checkpoint->kind);
    }
    return summary->from_savepoint;
}

static void add_restored(struct snap_json *json, const struct snap_summary *summary,
                         uint32_t execution)
{
    const struct snap_statistics *statistics = statistics_of(summary, execution);

    if (statistics->restored_count == 0) {
        snap_json_null(json, "restored");
        return;
    }
    snap_json_object_begin(json, "restored");
    snap_json_number(json, "id", statistics->restored_checkpoint);
    snap_rest_time(json, "restore_timestamp", statistics->restored_ns);
    snap_json_bool(json, "is_savepoint", restored_savepoint(summary, execution));
    snap_json_string(json, "external_path", EXTERNAL_PATH);
    snap_json_object_end(json);
}

void snap_checkpoints_json(struct snap_json *json, const struct snap_summary *summary,
                           uint32_t execution)
{
    const struct snap_statistics *statistics = statistics_of(summary, execution);

    snap_json_object_begin(json, "checkpoints");
    add_counts(json, statistics);
    add_summary(json, statistics);
    snap_json_object_begin(json, "latest");
    add_latest_of(json, "completed", statistics, SNAP_CHECKPOINT_COMPLETED);
    add_latest_of(json, "savepoint", statistics, SNAP_CHECKPOINT_COMPLETED);
    add_latest_of(json, "failed", statistics, SNAP_CHECKPOINT_FAILED);
    add_restored(json, summary, execution);
    snap_json_object_end(json);
    snap_json_array_begin(json, "history");
    for (uint32_t i = statistics->checkpoint_count; i-- > 0;)
        add_checkpoint(json, NULL, statistics, statistics->checkpoints[i]);
    snap_json_array_end(json);
    snap_json_object_end(json);
}
