// SPDX-License-Identifier: Apache-2.0
#include "trace/effects.h"

#include <string.h>

#include "model/string_pool.h"

void snap_effects_init(struct snap_effects *effects, const struct snap_job *job)
{
    memset(effects, 0, sizeof(*effects));
    snap_arena_init(&effects->arena);
    effects->job = job;
}

void snap_effects_fini(struct snap_effects *effects)
{
    snap_arena_fini(&effects->arena);
    memset(effects, 0, sizeof(*effects));
}

static enum snap_sink_view view_of(const struct snap_effects *effects, const struct snap_mark *mark)
{
    return effects->job->operators[mark->operator_index].sink_view;
}

void snap_effects_move(struct snap_effects *effects, const struct snap_job *job)
{
    const struct snap_job *before = effects->job;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < effects->count; i++) {
        struct snap_mark *mark = &effects->marks[i];
        const struct snap_operator *op =
            snap_job_find_operator(job, before->operators[mark->operator_index].uid);

        if (!op)
            continue;
        mark->operator_index = op->index;
        mark->event.args[0] = op->index;
        mark->moved = true;
        effects->marks[kept++] = *mark;
    }
    effects->count = kept;
    effects->job = job;
}

/* The kind of the keys that come to a sink. */
static enum snap_value_kind key_kind(const struct snap_job *job, uint32_t sink)
{
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (job->edges[e].consumer == sink)
            return job->operators[job->edges[e].producer].schema.key;
    return SNAP_VALUE_LONG;
}

static bool same_key(enum snap_value_kind kind, int64_t a, int64_t b)
{
    union snap_value left = {.number = a};
    union snap_value right = {.number = b};

    return kind == SNAP_VALUE_LONG ? a == b : snap_string_equal(left.string, right.string);
}

/* A record that is written where a key has one row. */
static void replace_row(struct snap_effects *effects, const struct snap_event *event)
{
    uint32_t sink = (uint32_t)event->args[0];
    enum snap_value_kind kind = key_kind(effects->job, sink);

    for (uint32_t i = 0; i < effects->count; i++) {
        struct snap_mark *mark = &effects->marks[i];

        if (mark->event.type == SNAP_EVENT_RECORD_WRITTEN && mark->operator_index == sink &&
            same_key(kind, mark->event.args[3], event->args[3]))
            mark->visible = false;
    }
}

const struct snap_mark *snap_effects_add(struct snap_effects *effects,
                                         const struct snap_event *event)
{
    struct snap_mark *mark;

    if (event->type == SNAP_EVENT_RECORD_WRITTEN &&
        effects->job->operators[event->args[0]].sink_view == SNAP_SINK_REPLACES)
        replace_row(effects, event);
    effects->marks = snap_arena_grow(&effects->arena, effects->marks, effects->count,
                                     &effects->capacity, sizeof(effects->marks[0]));
    mark = &effects->marks[effects->count++];
    *mark = (struct snap_mark){
        .event = *event,
        .operator_index = (uint32_t)event->args[0],
        .origin = (uint64_t)event->args[1],
        .lineage = event->type == SNAP_EVENT_RECORD_EMITTED ? 0 : (uint64_t)event->args[2],
        .inside = SNAP_NO_CHECKPOINT,
    };
    mark->visible =
        event->type == SNAP_EVENT_RECORD_WRITTEN && view_of(effects, mark) != SNAP_SINK_COMMITS;
    return mark;
}

static bool is_inside(const struct snap_mark *mark, snap_checkpoint_id checkpoint)
{
    return mark->inside != SNAP_NO_CHECKPOINT && mark->inside <= checkpoint;
}

/* Whether what a subtask does concerns the mark: one that was moved has no subtask any more. */
static bool is_of(const struct snap_mark *mark, const struct snap_event *event)
{
    return !mark->moved && mark->event.actor == event->actor;
}

static void undo(struct snap_mark *mark, enum snap_sink_view view,
                 struct snap_effects_change *change)
{
    mark->undone = true;
    if (view == SNAP_SINK_CUTS_BACK)
        mark->visible = false;
    change->undone++;
}

static void on_snapshot(struct snap_mark *mark, const struct snap_event *event,
                        struct snap_effects_change *change)
{
    if (!is_of(mark, event) || mark->undone || mark->inside != SNAP_NO_CHECKPOINT)
        return;
    mark->inside = event->args[0];
    change->inside++;
}

static void on_completed(struct snap_mark *mark, const struct snap_event *event,
                         struct snap_effects_change *change)
{
    if (mark->undone || mark->secured || !is_inside(mark, event->args[0]))
        return;
    mark->secured = true;
    change->secured++;
}

static void on_aborted(struct snap_mark *mark, const struct snap_event *event,
                       struct snap_effects_change *change)
{
    change->given_up += !mark->undone && !mark->secured && mark->inside == event->args[0];
}

/* A restore of a subtask, or of the job from a savepoint. */
static void on_restored(struct snap_mark *mark, const struct snap_event *event,
                        enum snap_sink_view view, struct snap_effects_change *change)
{
    bool concerns = event->type == SNAP_EVENT_JOB_RESUMED ? mark->moved : is_of(mark, event);

    if (!concerns || mark->undone)
        return;
    if (is_inside(mark, event->args[1]))
        change->kept++;
    else
        undo(mark, view, change);
}

static void on_committed(struct snap_mark *mark, const struct snap_event *event,
                         struct snap_effects_change *change)
{
    if (mark->event.type != SNAP_EVENT_RECORD_WRITTEN || mark->operator_index != event->args[0] ||
        !(mark->moved || is_of(mark, event)) || mark->undone || mark->visible)
        return;
    /* Without periodic checkpoints all is committed at the end. */
    if (event->args[1] != SNAP_NO_CHECKPOINT && !is_inside(mark, event->args[1]))
        return;
    mark->visible = true;
    change->visible++;
}

static void take(struct snap_effects *effects, struct snap_mark *mark,
                 const struct snap_event *event, struct snap_effects_change *change)
{
    switch ((int)event->type) {
    case SNAP_EVENT_SNAPSHOT_STARTED:
        on_snapshot(mark, event, change);
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        on_completed(mark, event, change);
        return;
    case SNAP_EVENT_CHECKPOINT_ABORTED:
        on_aborted(mark, event, change);
        return;
    case SNAP_EVENT_RESTORED:
    case SNAP_EVENT_JOB_RESUMED:
        on_restored(mark, event, view_of(effects, mark), change);
        return;
    case SNAP_EVENT_SINK_COMMITTED:
        on_committed(mark, event, change);
        return;
    default:
        return;
    }
}

struct snap_effects_change snap_effects_take(struct snap_effects *effects,
                                             const struct snap_event *event)
{
    struct snap_effects_change change = {0};

    if (event->type == SNAP_EVENT_RECORD_WRITTEN &&
        effects->job->operators[event->args[0]].sink_view == SNAP_SINK_REPLACES)
        replace_row(effects, event);
    for (uint32_t i = 0; i < effects->count; i++)
        take(effects, &effects->marks[i], event, &change);
    return change;
}
