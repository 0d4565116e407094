// SPDX-License-Identifier: Apache-2.0
#include "scenario/foresight.h"

#include "base/check.h"
#include "scenario/action_read.h"

#define NEEDS                                                                                      \
    "there is no execution.checkpointing.interval, and no action takes a checkpoint or a "         \
    "savepoint"

static bool has_periodic_checkpoints(const struct snap_simulation *sim)
{
    return sim->config.checkpoint.interval_ns > 0;
}

static bool takes_snapshot(enum snap_action_kind kind)
{
    return kind == SNAP_ACTION_CHECKPOINT || kind == SNAP_ACTION_SAVEPOINT ||
           kind == SNAP_ACTION_STOP_WITH_SAVEPOINT || kind == SNAP_ACTION_CANCEL_WITH_SAVEPOINT;
}

static bool has_snapshots(const struct snap_simulation *sim)
{
    for (uint32_t i = 0; i < sim->timeline.count; i++)
        if (takes_snapshot(sim->timeline.actions[i].kind))
            return true;
    return has_periodic_checkpoints(sim);
}

/* Whether transactions are committed before the end of the input: a savepoint that the job outlives
 * commits none, only who starts from it does, in this run or (`restored`) in another one. */
static bool has_commits(const struct snap_simulation *sim)
{
    for (uint32_t i = 0; i < sim->timeline.count; i++) {
        enum snap_action_kind kind = sim->timeline.actions[i].kind;

        if (kind == SNAP_ACTION_CHECKPOINT || kind == SNAP_ACTION_STOP_WITH_SAVEPOINT ||
            kind == SNAP_ACTION_RESTART_FROM)
            return true;
    }
    return has_periodic_checkpoints(sim);
}

/* ---- the timeline ---- */

/* Events that a job without checkpoints has none of. */
static bool is_of_checkpoints(const struct snap_event_pattern *pattern)
{
    static const enum snap_event_type types[] = {
        SNAP_EVENT_CHECKPOINT_TRIGGERED, SNAP_EVENT_CHECKPOINT_REFUSED,
        SNAP_EVENT_CHECKPOINT_COMPLETED, SNAP_EVENT_CHECKPOINT_ABORTED,
        SNAP_EVENT_CHANNEL_FILES,        SNAP_EVENT_CHECKPOINT_SUBSUMED,
        SNAP_EVENT_TASK_TRIGGERED,       SNAP_EVENT_BARRIER_RECEIVED,
        SNAP_EVENT_CHANNEL_BLOCKED,      SNAP_EVENT_CHANNEL_UNBLOCKED,
        SNAP_EVENT_SNAPSHOT_STARTED,     SNAP_EVENT_ALIGNMENT_TIMED_OUT,
        SNAP_EVENT_ALIGNMENT_MEASURED,   SNAP_EVENT_CHANNELS_SAVED,
        SNAP_EVENT_BARRIER_SENT,         SNAP_EVENT_SNAPSHOT_SYNC,
        SNAP_EVENT_SNAPSHOT_ASYNC,       SNAP_EVENT_ACK_SENT,
        SNAP_EVENT_ACK_RECEIVED,         SNAP_EVENT_ACK_LATE,
        SNAP_EVENT_DECLINE_SENT,         SNAP_EVENT_DECLINE_RECEIVED,
        SNAP_EVENT_CANCEL_RECEIVED,      SNAP_EVENT_CANCEL_SENT,
        SNAP_EVENT_NOTIFIED_COMPLETE,    SNAP_EVENT_NOTIFIED_ABORTED,
        SNAP_EVENT_SNAPSHOT_CORRUPTED,   SNAP_EVENT_SAVEPOINT_COMPLETED,
        SNAP_EVENT_SAVEPOINT_FAILED,
    };

    if (pattern->type == SNAP_EVENT_COUNT)
        return pattern->step != SNAP_STEP_RESTORE && pattern->step != SNAP_STEP_PRE_COMMIT &&
               pattern->step != SNAP_STEP_COMMIT;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i] == pattern->type)
            return true;
    return false;
}

static bool needs_snapshot(enum snap_action_kind kind)
{
    return kind == SNAP_ACTION_DECLINE || kind == SNAP_ACTION_LOSE || kind == SNAP_ACTION_DELAY ||
           kind == SNAP_ACTION_DUPLICATE || kind == SNAP_ACTION_CORRUPT;
}

/* The key under which the timeline has it. */
static const char *key_of(enum snap_action_kind kind)
{
    const struct snap_action_help *help = snap_action_helps();

    while (help->name && help->kind != kind)
        help++;
    SNAP_CHECK(help->name);
    return help->name;
}

/* A stop is left out: no record follows its barriers. */
static bool is_taken_at_least_once(const struct snap_simulation *sim, enum snap_action_kind kind)
{
    return !has_periodic_checkpoints(sim) && takes_snapshot(kind) &&
           kind != SNAP_ACTION_STOP_WITH_SAVEPOINT;
}

static void note_action(struct snap_reader *reader, const struct snap_simulation *sim,
                        const struct snap_node *entry, const struct snap_action *action)
{
    const struct snap_node *at = snap_node_get(entry, "at");
    const struct snap_node *when = snap_node_get(entry, "when");
    const char *key = key_of(action->kind);

    if (!has_snapshots(sim) && action->on_event && is_of_checkpoints(&action->pattern))
        snap_reader_note(reader, when, "\"%s\" never comes true: " NEEDS, when->text);
    else if (!has_snapshots(sim) && needs_snapshot(action->kind))
        snap_reader_note(reader, snap_node_get(entry, key), "%s never takes effect: " NEEDS, key);
    else if (at && sim->until_ns != SNAP_NEVER && action->at_ns >= sim->until_ns)
        snap_reader_note(reader, at, "at: %s never comes: the run ends at %g s (until)", at->text,
                         (double)sim->until_ns / SNAP_SECOND);
    else if (is_taken_at_least_once(sim, action->kind))
        snap_reader_note(reader, snap_node_get(entry, key),
                         "taken at least once: without execution.checkpointing.interval nobody "
                         "waits for barriers, as in Flink");
}

/* ---- operators ---- */

/* Operators that were reached upstream of one, each once; `items` has room for all. */
struct reached {
    bool *is_in;
    uint32_t *items;
    uint32_t count;
};

static void reach_producers(struct reached *reached, const struct snap_job *job,
                            const struct snap_operator *op)
{
    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        uint32_t producer = job->edges[op->in_edges[i]].producer;

        if (!reached->is_in[producer])
            reached->items[reached->count++] = producer;
        reached->is_in[producer] = true;
    }
}

/* Whom the operator's event time waits for, as he makes no watermarks; NULL: there is none. */
static const struct snap_operator *find_withholder(struct snap_reader *reader,
                                                   const struct snap_job *job,
                                                   const struct snap_operator *op)
{
    struct reached reached = {
        .is_in = SNAP_ARENA_ARRAY(reader->arena, bool, job->operator_count),
        .items = SNAP_ARENA_ARRAY(reader->arena, uint32_t, job->operator_count),
    };

    reach_producers(&reached, job, op);
    for (uint32_t i = 0; i < reached.count; i++) {
        const struct snap_operator *at = &job->operators[reached.items[i]];

        if (at->event_time == SNAP_EVENT_TIME_WITHHELD)
            return at;
        if (at->event_time != SNAP_EVENT_TIME_MADE)
            reach_producers(&reached, job, at);
    }
    return NULL;
}

static void note_windows(struct snap_reader *reader, const struct snap_job *job,
                         const struct snap_operator *op, const struct snap_node *node)
{
    const struct snap_operator *withholder =
        op->event_time == SNAP_EVENT_TIME_AWAITED ? find_withholder(reader, job, op) : NULL;

    if (withholder)
        snap_reader_note(reader, node,
                         "no window of \"%s\" fires before the end of the input: \"%s\" makes no "
                         "watermarks, which `watermarks: monotonous` there would",
                         op->uid, withholder->uid);
}

static void note_commits(struct snap_reader *reader, const struct snap_operator *op,
                         const struct snap_node *node)
{
    if (op->type->role == SNAP_ROLE_SINK && op->sink_view == SNAP_SINK_COMMITS)
        snap_reader_note(reader, node,
                         "what \"%s\" writes is not visible before the end of the input: no "
                         "checkpoint commits it without execution.checkpointing.interval",
                         op->uid);
}

/* Nobody blocks a channel at least once. */
static void note_sabotage(struct snap_reader *reader, const struct snap_foresight *foresight)
{
    const struct snap_simulation *sim = foresight->sim;

    if ((sim->sabotage >> SNAP_BROKEN_SKIP_ALIGNMENT & 1) &&
        snap_checkpoint_mode(&sim->config.checkpoint) == SNAP_MODE_AT_LEAST_ONCE)
        snap_reader_note(
            reader, foresight->sabotage,
            "skip-alignment changes nothing: at least once no checkpoint is aligned%s",
            has_periodic_checkpoints(sim) ? "" : ", nor without execution.checkpointing.interval");
}

void snap_foresight_note(struct snap_reader *reader, const struct snap_foresight *foresight)
{
    const struct snap_simulation *sim = foresight->sim;

    for (uint32_t i = 0; i < sim->timeline.count; i++)
        if (!sim->timeline.actions[i].optional)
            note_action(reader, sim, foresight->timeline->items[i], &sim->timeline.actions[i]);
    for (uint32_t i = 0; i < sim->job->operator_count; i++) {
        const struct snap_operator *op = &sim->job->operators[i];
        const struct snap_node *node = foresight->specs->items[i].node;

        note_windows(reader, sim->job, op, node);
        if (!has_commits(sim) && !foresight->restored && !foresight->unwanted_checkpoints)
            note_commits(reader, op, node);
    }
    note_sabotage(reader, foresight);
}
