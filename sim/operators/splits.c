// SPDX-License-Identifier: Apache-2.0
#include "operators/splits.h"

#include <string.h>

#include "base/check.h"
#include "operators/draw.h"

static const char STATE_NAME[] = "SourceReaderState";

/* Tells the draws of event time from those of keys. */
#define DISORDER_SEED UINT64_C(0x6469736f72646572)

bool snap_source_configure(struct snap_operator *op, struct snap_source_settings *settings,
                           uint32_t *culprit, struct snap_error *error)
{
    const struct snap_option *rate = &op->options[SNAP_SOURCE_RATE];
    const struct snap_option *splits = &op->options[SNAP_SOURCE_SPLITS];
    const struct snap_option *replayable = &op->options[SNAP_SOURCE_REPLAYABLE];

    *culprit = SNAP_SOURCE_RATE;
    if (rate->set && !rate->rate && rate->number <= 0)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "a rate must be above 0, for example 20000/s; leave it out for no "
                              "limit");
    *culprit = SNAP_SOURCE_SPLITS;
    if (splits->set && (splits->number < 1 || splits->number > SNAP_SPLITS_MAX))
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "a source has 1 to %d splits",
                              SNAP_SPLITS_MAX);
    settings->records_per_hour = rate->set && !rate->rate ? rate->number : 0;
    settings->rate = rate->set ? rate->rate : NULL;
    settings->replayable = !replayable->set || replayable->number != 0;
    op->split_count = splits->set ? (uint32_t)splits->number : 0;
    settings->has_timestamp_step = op->options[SNAP_SOURCE_TIMESTAMP_STEP].set;
    settings->timestamp_step_ns = op->options[SNAP_SOURCE_TIMESTAMP_STEP].number;
    settings->disorder_ms = op->options[SNAP_SOURCE_DISORDER].set
                                ? op->options[SNAP_SOURCE_DISORDER].number / SNAP_MS
                                : 0;
    return snap_watermark_configure(op, SNAP_SOURCE_WATERMARKS, &settings->watermarks, culprit,
                                    error);
}

static void assign(struct snap_splits *splits, const struct snap_operator_context *context)
{
    uint32_t parallelism = context->op->parallelism;

    for (uint64_t s = context->subtask; s < splits->stride; s += parallelism)
        splits->items[splits->count++].at.split = splits->first + s;
}

static void restore(struct snap_splits *splits, const struct snap_list_snapshot *list)
{
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_split_item *at = &splits->items[splits->count++].at;

        SNAP_CHECK(list->items[i].bytes == sizeof(*at));
        memcpy(at, list->items[i].data, sizeof(*at));
        SNAP_CHECK(at->split - splits->first < splits->stride);
    }
}

/* What has been sent once is not sent again. */
static void skip_to_cursors(struct snap_splits *splits, const struct snap_operator_context *context)
{
    splits->world = context->world;
    if (!splits->world->cursors)
        splits->world->cursors =
            SNAP_ARENA_ARRAY(&context->strings->arena, struct snap_split_item, splits->stride);
    for (uint32_t i = 0; i < splits->count; i++) {
        struct snap_split_item *at = &splits->items[i].at;
        const struct snap_split_item *cursor = &splits->world->cursors[at->split - splits->first];

        if (cursor->next > at->next)
            *at = *cursor;
    }
}

void snap_splits_init(struct snap_splits *splits, const struct snap_operator_context *context)
{
    const struct snap_source_settings *settings = context->op->settings;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);
    const struct snap_rate_owner owner = {context->seed, context->op->uid};

    memset(splits, 0, sizeof(*splits));
    splits->first = context->op->split_first;
    splits->stride = context->op->split_count ? context->op->split_count : context->op->parallelism;
    snap_rate_plan_init(&splits->rate, settings->rate, settings->records_per_hour, &owner,
                        context->arena);
    /* No more than its own: all splits for each of many subtasks would be the square of them. */
    splits->items =
        SNAP_ARENA_ARRAY(context->arena, struct snap_split,
                         list ? list->count : splits->stride / context->op->parallelism + 1);
    if (context->restored)
        restore(splits, list);
    else
        assign(splits, context);
    splits->settings = settings;
    splits->disorder_seed = snap_draw_seed(context->seed, context->op->uid) ^ DISORDER_SEED;
    splits->has_event_time = settings->has_timestamp_step || settings->disorder_ms > 0 ||
                             snap_watermarks_are_made(&settings->watermarks);
    snap_watermark_generator_init(&splits->generator, &settings->watermarks, context);
    if (!settings->replayable)
        skip_to_cursors(splits, context);
}

uint64_t snap_split_end_of(uint64_t count, uint64_t index, uint64_t splits)
{
    return index < count ? (count - index - 1) / splits + 1 : 0;
}

void snap_splits_set_ends(struct snap_splits *splits, uint64_t count)
{
    for (uint32_t i = 0; i < splits->count; i++)
        splits->items[i].end =
            snap_split_end_of(count, splits->items[i].at.split - splits->first, splits->stride);
}

/* Index into the ring of the split that comes `after` others behind the head. */
static uint32_t ring_index(const struct snap_splits *splits, uint32_t after)
{
    uint32_t at = splits->head + after;

    return at < splits->ring_count ? at : at - splits->ring_count;
}

static uint64_t ring_global(const struct snap_splits *splits, uint32_t after)
{
    return snap_split_global(splits, &splits->items[splits->ring[ring_index(splits, after)]]);
}

/* Moves the last of the ring forward until the global indices ascend again. */
static void sift_last(struct snap_splits *splits)
{
    for (uint32_t after = splits->ring_count - 1; after > 0; after--) {
        uint32_t *here = &splits->ring[ring_index(splits, after)];
        uint32_t *before = &splits->ring[ring_index(splits, after - 1)];
        uint32_t moved = *here;

        if (ring_global(splits, after - 1) < ring_global(splits, after))
            return;
        *here = *before;
        *before = moved;
    }
}

void snap_splits_start(struct snap_splits *splits, struct snap_arena *arena)
{
    splits->ring = SNAP_ARENA_ARRAY(arena, uint32_t, splits->count);
    for (uint32_t i = 0; i < splits->count; i++) {
        if (splits->items[i].at.next >= splits->items[i].end)
            continue;
        splits->ring[splits->ring_count++] = i;
        sift_last(splits);
    }
}

uint32_t snap_splits_run(const struct snap_splits *splits, uint32_t max)
{
    const struct snap_split *head = snap_splits_head(splits);
    uint64_t run = head->end - head->at.next;

    if (splits->ring_count > 1) {
        uint64_t distance = ring_global(splits, 1) - ring_global(splits, 0);
        uint64_t before = (distance + splits->stride - 1) / splits->stride;

        /* A split that is there twice, which only a broken restore does, is read in turns. */
        before = before > 0 ? before : 1;
        run = before < run ? before : run;
    }
    return run < max ? (uint32_t)run : max;
}

static void remove_head(struct snap_splits *splits)
{
    splits->ring_count--;
    memmove(&splits->ring[splits->head], &splits->ring[splits->head + 1],
            (splits->ring_count - splits->head) * sizeof(*splits->ring));
    if (splits->head == splits->ring_count)
        splits->head = 0;
}

void snap_splits_advance(struct snap_splits *splits, uint32_t count, uint64_t position)
{
    struct snap_split *head = snap_splits_head(splits);

    SNAP_CHECK(count <= head->end - head->at.next);
    head->at.next += count;
    head->at.position = position;
    if (splits->world)
        splits->world->cursors[head->at.split - splits->first] = head->at;
    if (head->at.next == head->end) {
        remove_head(splits);
        return;
    }
    /* Turning the ring by one makes the old head the last one, where it nearly always belongs. */
    splits->head = ring_index(splits, 1 % splits->ring_count);
    sift_last(splits);
}

static snap_ns next_due(const struct snap_splits *splits)
{
    if (!splits->ring_count)
        return SNAP_NEVER;
    return snap_rate_plan_due(&splits->rate, ring_global(splits, 0));
}

static uint32_t due_count(const struct snap_splits *splits, snap_ns now_ns, uint32_t max)
{
    uint64_t due_by;
    uint64_t due = 0;

    if (!splits->ring_count)
        return 0;
    due_by = snap_rate_plan_due_by(&splits->rate, now_ns, ring_global(splits, 0));
    for (uint32_t i = 0; i < splits->ring_count && due < max; i++) {
        const struct snap_split *split = &splits->items[splits->ring[i]];
        uint64_t left = split->end - split->at.next;
        uint64_t next = snap_split_global(splits, split);
        uint64_t in_time = next < due_by ? (due_by - next - 1) / splits->stride + 1 : 0;

        due += in_time < left ? in_time : left;
    }
    return due < max ? (uint32_t)due : max;
}

static void snapshot(const struct snap_splits *splits, struct snap_arena *arena,
                     struct snap_operator_state *out)
{
    struct snap_split_item *copies = SNAP_ARENA_ARRAY(arena, struct snap_split_item, splits->count);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, splits->count);
    struct snap_list_snapshot list = {
        .name = STATE_NAME, .mode = SNAP_LIST_SPLIT, .items = items, .count = splits->count};

    for (uint32_t i = 0; i < splits->count; i++) {
        copies[i] = splits->items[i].at;
        items[i].data = &copies[i];
        items[i].bytes = sizeof(copies[i]);
    }
    snap_operator_state_add_list(out, arena, &list);
}

/* The draw of an index is the same after a replay. */
static int64_t disorder(const struct snap_splits *splits, uint64_t global)
{
    uint64_t draw = snap_mix64(splits->disorder_seed + global * UINT64_C(0x9e3779b97f4a7c15));

    return (int64_t)(draw % ((uint64_t)splits->settings->disorder_ms + 1));
}

/* At most what a window of any length can still be added to. */
static int64_t timestamp_of(uint64_t number, snap_ns step_ns)
{
    __int128 timestamp_ms = (__int128)number * step_ns / SNAP_MS;

    return timestamp_ms < INT64_MAX / 2 ? (int64_t)timestamp_ms : INT64_MAX / 2;
}

static void stamp_event_time(struct snap_splits *splits, struct snap_stamp *stamps, uint32_t count)
{
    const struct snap_source_settings *settings = splits->settings;
    uint64_t global = ring_global(splits, 0);
    uint64_t number = splits->times_by_split ? snap_splits_head(splits)->at.next : global;
    uint64_t step = splits->times_by_split ? 1 : splits->stride;

    for (uint32_t i = 0; i < count; i++, global += splits->stride, number += step) {
        if (settings->has_timestamp_step)
            stamps[i].timestamp_ms = timestamp_of(number, settings->timestamp_step_ns);
        if (settings->disorder_ms > 0)
            stamps[i].timestamp_ms -= disorder(splits, global);
    }
    snap_watermark_generator_see(&splits->generator, stamps, count);
}

/* The next records of the head have the instants as timestamps at which they are due. */
static void stamp_due(const struct snap_splits *splits, struct snap_stamp *stamps, uint32_t count)
{
    uint64_t index = ring_global(splits, 0);

    while (count > 0) {
        struct snap_due_run run;
        uint32_t here = 1;

        if (splits->rate.arrivals) {
            stamps->timestamp_ms = snap_rate_plan_due(&splits->rate, index) / SNAP_MS;
        } else {
            run = snap_rate_plan_run(&splits->rate, index, splits->stride);
            here = run.count < count ? (uint32_t)run.count : count;
            for (uint32_t i = 0; i < here; i++)
                stamps[i].timestamp_ms = snap_due_clock_step(&run.clock);
        }
        index += here * splits->stride;
        stamps += here;
        count -= here;
    }
}

/* The next records of the head, with no time yet. */
static void fill_origins(const struct snap_splits *splits, struct snap_stamp *stamps,
                         uint32_t count)
{
    const struct snap_split *split = snap_splits_head(splits);
    uint64_t origin = snap_origin_make((uint32_t)split->at.split, split->at.next);

    for (uint32_t i = 0; i < count; i++)
        stamps[i] = (struct snap_stamp){0, origin + i};
}

void snap_splits_stamp(struct snap_splits *splits, struct snap_batch *batch, uint32_t from,
                       uint32_t count)
{
    if (batch->lineage)
        memset(&batch->lineage[from], 0, count * sizeof(*batch->lineage));
    if (!batch->stamps)
        return;
    fill_origins(splits, &batch->stamps[from], count);
    if (snap_rate_plan_is_limited(&splits->rate))
        stamp_due(splits, &batch->stamps[from], count);
    if (splits->has_event_time)
        stamp_event_time(splits, &batch->stamps[from], count);
}

void snap_source_time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    const struct snap_source_settings *settings = op->settings;

    needs->event_time = snap_watermarks_are_made(&settings->watermarks);
    needs->has_timers = needs->event_time;
}

void snap_source_take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out)
{
    SNAP_CHECK(mark->timestamp_ms == SNAP_WATERMARK_MAX);
    snap_watermark_generator_end(&((struct snap_splits *)self)->generator, out);
}

snap_ns snap_source_timer_due(void *self)
{
    return ((const struct snap_splits *)self)->generator.due_ns;
}

void snap_source_fire(void *self, snap_ns now_ns, struct snap_emitter *out)
{
    snap_watermark_generator_tick(&((struct snap_splits *)self)->generator, now_ns, out);
}

snap_ns snap_source_next_due(void *self)
{
    return next_due(self);
}

uint32_t snap_source_due_count(void *self, snap_ns now_ns, uint32_t max)
{
    return due_count(self, now_ns, max);
}

bool snap_source_snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                          struct snap_operator_state *out, struct snap_error *error)
{
    (void)checkpoint;
    (void)error;
    snapshot(self, arena, out);
    return true;
}

/* What has been sent once is not sent again, whoever reads the split from now on. */
void snap_source_hand_over(const struct snap_operator_context *old,
                           const struct snap_world_place *places)
{
    const struct snap_splits_world *from = old->world;
    uint32_t count = old->op->split_count ? old->op->split_count : old->op->parallelism;

    for (uint32_t i = 0; from->cursors && i < old->op->parallelism; i++) {
        struct snap_splits_world *to = places[i].world;

        if (!to->cursors)
            to->cursors =
                SNAP_ARENA_ARRAY(&places[i].strings->arena, struct snap_split_item, count);
        for (uint32_t s = 0; s < count; s++)
            if (from->cursors[s].next > to->cursors[s].next)
                to->cursors[s] = from->cursors[s];
    }
}
