// SPDX-License-Identifier: Apache-2.0
#include "task/spans.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "task/task.h"

static enum snap_event_type event_of(enum snap_span_kind kind)
{
    switch (kind) {
    case SNAP_SPAN_EMITTED:
        return SNAP_EVENT_RECORD_EMITTED;
    case SNAP_SPAN_AFFECTED:
        return SNAP_EVENT_RECORD_AFFECTED;
    case SNAP_SPAN_WRITTEN:
        return SNAP_EVENT_RECORD_WRITTEN;
    case SNAP_SPAN_FIRED:
        return SNAP_EVENT_WINDOW_FIRED;
    case SNAP_SPAN_LATE:
        return SNAP_EVENT_RECORD_LATE;
    case SNAP_SPAN_CLEARED:
        break;
    }
    SNAP_CHECK(false);
    return SNAP_EVENT_COUNT;
}

/* The arguments in the order of the event table. */
static void fill_args(int64_t *args, const struct snap_span *span, uint64_t lineage,
                      const struct snap_record *record)
{
    enum snap_span_kind kind = span->kind;
    uint32_t next = 1;

    if (kind == SNAP_SPAN_FIRED) {
        args[next++] = record->key.number;
        args[next++] = record->value.number;
        args[next++] = span->window->start_ms;
        args[next++] = span->window->end_ms;
        args[next++] = (int64_t)span->window->count;
        return;
    }
    args[next++] = (int64_t)record->origin;
    if (kind != SNAP_SPAN_EMITTED)
        args[next++] = (int64_t)lineage;
    args[next++] = record->key.number;
    if (kind != SNAP_SPAN_AFFECTED && kind != SNAP_SPAN_LATE)
        args[next++] = record->value.number;
}

/* Keeps record events until the span is over: operators run one after the other over all of it,
 * but events are told record by record. */
static void show_records(struct snap_chain_operator *at, const struct snap_span *span,
                         const struct snap_batch *batch)
{
    struct snap_chain *chain = at->chain;

    for (uint32_t i = 0; i < batch->count; i++) {
        const struct snap_record record = snap_batch_record(batch, i);
        snap_ns input = batch->input_index ? (snap_ns)batch->input_index[i] : 0;
        struct snap_event *event;

        chain->events = snap_arena_grow(&chain->task->arena, chain->events, chain->event_count,
                                        &chain->event_capacity, sizeof(struct snap_event));
        event = &chain->events[chain->event_count];
        event->type = event_of(span->kind);
        event->sequence = chain->event_count++;
        /* With a variable cost the record's end is not known yet: its start must do. */
        event->at_ns = chain->span_start_ns;
        if (chain->cost_is_constant && !chain->firing)
            event->at_ns += (input + 1) * chain->cost_ns;
        else if (chain->costs_ahead && !chain->firing)
            event->at_ns += snap_costs_ahead_sum(chain->costs_ahead, (uint32_t)input + 1);
        memset(event->args, 0, sizeof(event->args));
        event->args[0] = at->op->index;
        fill_args(event->args, span, batch->lineage ? batch->lineage[i] : 0, &record);
    }
}

static int compare(const void *a, const void *b)
{
    return snap_event_compare(a, b);
}

void snap_chain_tell_records(struct snap_chain *chain, snap_ns until_ns)
{
    struct snap_actor *actor = &chain->task->actor;
    uint32_t next = chain->event_told;

    if (next == 0 && chain->event_count > 1)
        qsort(chain->events, chain->event_count, sizeof(struct snap_event), compare);
    for (; next < chain->event_count && chain->events[next].at_ns <= until_ns; next++)
        snap_actor_event(actor, chain->events[next].type, chain->events[next].at_ns,
                         chain->events[next].args);
    chain->event_told = next;
    if (next == chain->event_count) {
        chain->event_count = 0;
        chain->event_told = 0;
    }
}

/* What fires (a mark, a timer) is no record of an input and takes no time. */
static void fill_instants(const struct snap_chain *chain, struct snap_span *span)
{
    span->start_ns = chain->span_start_ns;
    span->cost_ns = chain->cost_is_constant && !chain->firing ? chain->cost_ns : 0;
    span->sums_ns = NULL;
    if (!chain->firing && chain->costs_ahead) {
        span->sums_ns = snap_costs_ahead_sums(chain->costs_ahead);
        span->start_ns -= snap_costs_ahead_base(chain->costs_ahead);
    }
}

void snap_chain_show(struct snap_chain_operator *at, struct snap_span *span,
                     const struct snap_batch *batch)
{
    struct snap_task *task = at->chain->task;
    struct snap_world *world = task->actor.world;

    if (!world->spans_wanted)
        return;
    span->operator_index = at->op->index;
    span->subtask = task->subtask;
    span->at_ns = task->actor.now_ns;
    fill_instants(at->chain, span);
    span->input_index = batch->input_index;
    /* Who watches has stamps. */
    span->records =
        (struct snap_record_view){batch->records, batch->stamps, sizeof(*batch->records)};
    span->lineage = batch->lineage;
    span->count = batch->count;
    for (uint32_t i = 0; i < world->observer_count; i++)
        if (world->observers[i].span)
            world->observers[i].span(world->observers[i].context, span);
    if (world->records_wanted)
        show_records(at, span, batch);
}
