// SPDX-License-Identifier: Apache-2.0
#include "trace/effects.h"

#include <string.h>

void snap_effects_init(struct snap_effects *effects, const struct snap_job *job)
{
    memset(effects, 0, sizeof(*effects));
    snap_arena_init(&effects->arena);
    effects->job = job;
    effects->commits = SNAP_ARENA_ARRAY(&effects->arena, bool, job->operator_count);
}

void snap_effects_fini(struct snap_effects *effects)
{
    snap_arena_fini(&effects->arena);
    memset(effects, 0, sizeof(*effects));
}

void snap_effects_look_ahead(struct snap_effects *effects, const struct snap_event *event)
{
    if (event->type == SNAP_EVENT_SINK_PREPARED || event->type == SNAP_EVENT_SINK_COMMITTED)
        effects->commits[event->args[0]] = true;
}

const struct snap_mark *snap_effects_add(struct snap_effects *effects,
                                         const struct snap_event *event)
{
    struct snap_mark *mark;

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
        event->type == SNAP_EVENT_RECORD_WRITTEN && !effects->commits[mark->operator_index];
    return mark;
}

static bool is_inside(const struct snap_mark *mark, snap_checkpoint_id checkpoint)
{
    return mark->inside != SNAP_NO_CHECKPOINT && mark->inside <= checkpoint;
}

static void on_snapshot(struct snap_mark *mark, const struct snap_event *event,
                        struct snap_effects_change *change)
{
    if (mark->event.actor != event->actor || mark->undone || mark->inside != SNAP_NO_CHECKPOINT)
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

static void on_restored(struct snap_mark *mark, const struct snap_event *event,
                        struct snap_effects_change *change)
{
    if (mark->event.actor != event->actor || mark->undone)
        return;
    mark->undone = !is_inside(mark, event->args[1]);
    change->undone += mark->undone;
    change->kept += !mark->undone;
}

static void on_committed(struct snap_mark *mark, const struct snap_event *event,
                         struct snap_effects_change *change)
{
    if (mark->event.type != SNAP_EVENT_RECORD_WRITTEN || mark->event.actor != event->actor ||
        mark->operator_index != event->args[0] || mark->undone || mark->visible ||
        !is_inside(mark, event->args[1]))
        return;
    mark->visible = true;
    change->visible++;
}

static void (*handler_of(enum snap_event_type type))(struct snap_mark *, const struct snap_event *,
                                                     struct snap_effects_change *)
{
    if (type == SNAP_EVENT_SNAPSHOT_STARTED)
        return on_snapshot;
    if (type == SNAP_EVENT_CHECKPOINT_COMPLETED)
        return on_completed;
    if (type == SNAP_EVENT_CHECKPOINT_ABORTED)
        return on_aborted;
    if (type == SNAP_EVENT_RESTORED)
        return on_restored;
    if (type == SNAP_EVENT_SINK_COMMITTED)
        return on_committed;
    return NULL;
}

struct snap_effects_change snap_effects_take(struct snap_effects *effects,
                                             const struct snap_event *event)
{
    void (*handle)(struct snap_mark *, const struct snap_event *, struct snap_effects_change *) =
        handler_of(event->type);
    struct snap_effects_change change = {0};

    for (uint32_t i = 0; handle && i < effects->count; i++)
        handle(&effects->marks[i], event, &change);
    return change;
}
