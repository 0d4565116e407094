// SPDX-License-Identifier: Apache-2.0
/* The table of checkpoints, with the columns of Flink's checkpoint history. */
#include "model/names.h"
#include "trace/percentile.h"
#include "view/console.h"
#include "view/rest_json.h"
#include "view/storage_text.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

static const struct snap_table_column columns[] = {
    {"ID", SNAP_TABLE_LEFT, 0},
    {"Status", SNAP_TABLE_LEFT, 0},
    {"Acknow- ledged", SNAP_TABLE_RIGHT, 3},
    {"Trigger Time", SNAP_TABLE_RIGHT, 0},
    {"Latest Acknow- ledgement", SNAP_TABLE_RIGHT, 7},
    {"End to End Duration", SNAP_TABLE_RIGHT, 0},
    {"Checkpointed Data Size", SNAP_TABLE_RIGHT, 4},
    {"Full Checkpoint Data Size", SNAP_TABLE_RIGHT, 9},
    {"Processed (persisted) in-flight data", SNAP_TABLE_RIGHT, 8},
    {"Last Subtask or Failure", SNAP_TABLE_LEFT, 0},
    {"Last Channel", SNAP_TABLE_LEFT, 2},
};

static void add_id(struct snap_table *table, const struct snap_checkpoint_stats *checkpoint)
{
    long long id = checkpoint->id;

    if (checkpoint->kind == SNAP_KIND_CHECKPOINT)
        snap_table_printf(table, "%lld", id);
    else
        snap_table_printf(table, "%lld %s", id, snap_kind_name(checkpoint->kind));
}

/* Whose acknowledgement a failed or pending checkpoint lacks; the first of them by name. */
static const char *missing(const struct snap_statistics *statistics,
                           const struct snap_checkpoint_stats *checkpoint, struct snap_arena *arena)
{
    uint32_t count = statistics->job->task_count - checkpoint->acknowledged_count;

    for (uint32_t task = 0; task < statistics->job->task_count; task++) {
        const char *name;

        if (checkpoint->parts[task].acknowledged)
            continue;
        name = snap_actor_name(statistics->job, task, arena);
        return count == 1 ? snap_arena_printf(arena, "no ack: %s", name)
                          : snap_arena_printf(arena, "no ack: %s +%u", name, count - 1);
    }
    return "";
}

/* Who declined ended it; else whose acknowledgement it lacks. */
static const char *ended_by(const struct snap_statistics *statistics,
                            const struct snap_checkpoint_stats *checkpoint,
                            struct snap_arena *arena)
{
    if (checkpoint->declined_task == SNAP_NO_TASK)
        return missing(statistics, checkpoint, arena);
    return snap_arena_printf(arena, "declined: %s",
                             snap_actor_name(statistics->job, checkpoint->declined_task, arena));
}

static void add_last(struct snap_table *table, const struct snap_statistics *statistics,
                     const struct snap_checkpoint_stats *checkpoint)
{
    const struct snap_job *job = statistics->job;
    const struct snap_subtask_part *part;

    if (checkpoint->status == SNAP_CHECKPOINT_FAILED) {
        snap_table_cell(table, snap_failure_reason_name(checkpoint->reason));
        snap_table_cell(table, ended_by(statistics, checkpoint, &table->arena));
        return;
    }
    if (checkpoint->last_task == SNAP_NO_TASK) {
        snap_table_cell(table, "-");
        snap_table_cell(table, "-");
        return;
    }
    part = &checkpoint->parts[checkpoint->last_task];
    snap_table_cell(table, snap_actor_name(job, checkpoint->last_task, &table->arena));
    if (checkpoint->status == SNAP_CHECKPOINT_IN_PROGRESS)
        snap_table_cell(table, missing(statistics, checkpoint, &table->arena));
    else if (part->last_from >= job->task_count)
        snap_table_cell(table, "-");
    else
        snap_table_printf(table, "from %s", snap_actor_name(job, part->last_from, &table->arena));
}

static void add_row(struct snap_table *table, const struct snap_statistics *statistics,
                    const struct snap_checkpoint_stats *checkpoint)
{
    struct snap_arena *arena = &table->arena;

    add_id(table, checkpoint);
    snap_table_cell(table, snap_checkpoint_status_name(checkpoint->status));
    snap_table_printf(table, "%u/%u", checkpoint->acknowledged_count, statistics->job->task_count);
    snap_table_cell(table, snap_instant_name(checkpoint->trigger_ns, arena));
    snap_table_cell(table, snap_instant_name(checkpoint->latest_ack_ns, arena));
    snap_table_cell(table, snap_duration_name(checkpoint->duration_ns, arena));
    snap_table_cell(table, snap_size_name(checkpoint->written_bytes, arena));
    snap_table_cell(table, snap_size_name(checkpoint->state_bytes, arena));
    snap_table_printf(table, "%s (%s)", snap_size_name(checkpoint->processed_bytes, arena),
                      snap_size_name(checkpoint->persisted_bytes, arena));
    add_last(table, statistics, checkpoint);
}

static void add_median(struct snap_text *text, const struct snap_statistics *statistics)
{
    struct snap_distribution distribution;
    struct snap_arena arena;
    int64_t *numbers;
    uint32_t count = 0;

    snap_arena_init(&arena);
    numbers = SNAP_ARENA_ARRAY(&arena, int64_t, statistics->checkpoint_count);
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        if (statistics->checkpoints[i]->status == SNAP_CHECKPOINT_COMPLETED)
            numbers[count++] = statistics->checkpoints[i]->duration_ns;
    distribution = snap_distribution_of(numbers, count);
    if (count > 0)
        snap_text_printf(text, "  End to end: median %s, longest %s\n",
                         snap_duration_name((snap_ns)distribution.percentiles[0], &arena),
                         snap_duration_name(distribution.max, &arena));
    snap_arena_fini(&arena);
}

/* Flink says it in the exception's message: with the size and the limit, of each checkpoint. */
static void add_too_large(struct snap_text *text, const struct snap_statistics *statistics,
                          uint32_t width)
{
    const struct snap_checkpoint_stats *first = NULL;
    struct snap_text line = {0};
    struct snap_arena arena;
    uint32_t count = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        if (statistics->checkpoints[i]->too_large.task == SNAP_NO_TASK)
            continue;
        first = first ? first : statistics->checkpoints[i];
        count++;
    }
    if (!first)
        return;
    snap_arena_init(&arena);
    snap_text_printf(&line, "Too large at checkpoint %lld: ", (long long)first->id);
    snap_large_state_text(&line,
                          &(struct snap_fact_large_state){
                              snap_actor_name(statistics->job, first->too_large.task, &arena),
                              statistics->job->operators[first->too_large.op].uid,
                              first->too_large.bytes, first->too_large.limit_bytes});
    if (count > 1)
        snap_text_printf(&line, "; %u checkpoints failed of it", count);
    snap_paragraph_text(snap_text_get(&line), width, text);
    snap_text_fini(&line);
    snap_arena_fini(&arena);
}

static void add_title(struct snap_text *text, const struct snap_statistics *statistics,
                      uint32_t width)
{
    struct snap_text title = {0};

    snap_text_printf(&title, "Checkpoints: %u completed, %u failed, %u in progress",
                     statistics->completed_count, statistics->failed_count,
                     statistics->checkpoint_count - statistics->completed_count -
                         statistics->failed_count);
    if (statistics->refused_count > 0)
        snap_text_printf(&title, ", %u %s refused", statistics->refused_count,
                         statistics->refused_count == 1 ? "request" : "requests");
    snap_text_add_string(&title, "\n");
    snap_wrap_text(text, snap_text_get(&title), width);
    snap_text_fini(&title);
}

void snap_checkpoint_table(struct snap_text *text, const struct snap_statistics *statistics,
                           uint32_t rows_max, uint32_t width)
{
    uint32_t count = statistics->checkpoint_count;
    struct snap_table table;

    add_title(text, statistics, width);
    if (count == 0)
        return;
    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t i = 0; i < count; i++) {
        i = snap_table_next_row(&table, i, (struct snap_table_rows){count, rows_max});
        add_row(&table, statistics, statistics->checkpoints[i]);
    }
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    add_median(text, statistics);
    add_too_large(text, statistics, width);
}
