// SPDX-License-Identifier: Apache-2.0
/*
 * Two sinks that keep what they take in memory that outlives attempts: `collect`, a list that a
 * restore cuts back, and `table`, rows by key that nothing cuts back. A table's part has all
 * changes in their order; the last one of each key is its row.
 */
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/line.h"
#include "operators/settings.h"

enum { ROWS_PER_CHUNK = 1024 };

static const char STATE_NAME[] = "collected";

/* One record as collected. */
struct row {
    union snap_value key;
    union snap_value value;
};

/* What one attempt appended, as far as no restore took it back. */
struct segment {
    uint64_t first; /* row */
    uint64_t count;
};

/*
 * The list lies in world memory: a reader may have seen it. Rows are only ever appended; a restore
 * cuts segments. The index of a segment is the number of its part.
 */
struct world {
    struct row **chunks;
    uint32_t chunk_count;
    uint32_t chunk_capacity;
    uint64_t row_count;
    struct segment *segments;
    uint32_t segment_count;
    uint32_t segment_capacity;
    uint64_t first_length; /* when the execution began: what a savepoint had left of it */
    uint64_t elsewhere;    /* rows before the first: in the list of another run */
    uint64_t *ends;        /* by execution of the run: how long the list was at its end */
    uint32_t end_count;
    uint32_t end_capacity;
};

/* What a snapshot holds: how long the list of this subtask was. */
struct item {
    uint64_t subtask;
    uint64_t length;
};

struct instance {
    struct snap_operator_context context;
    struct world *world;
    struct segment *segment; /* of this attempt; NULL before its first record */
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    op->sink_view = SNAP_SINK_CUTS_BACK;
    return snap_input_schema_get(op, &op->schema, error);
}

static bool configure_table(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                            struct snap_error *error)
{
    bool good = configure(op, arena, culprit, error);

    op->sink_view = SNAP_SINK_REPLACES;
    return good;
}

static uint64_t length_of(const struct world *world)
{
    uint64_t length = world->elsewhere;

    for (uint32_t i = 0; i < world->segment_count; i++)
        length += world->segments[i].count;
    return length;
}

static void cut(struct world *world, uint64_t length)
{
    length -= length < world->elsewhere ? length : world->elsewhere;
    for (uint32_t i = 0; i < world->segment_count; i++) {
        struct segment *segment = &world->segments[i];

        if (segment->count > length)
            segment->count = length;
        length -= segment->count;
    }
}

/* The item of this subtask's own list; after a rescaling another subtask may have it. */
static uint64_t restored_length(const struct snap_operator_context *context)
{
    const struct world *world = context->world;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);

    for (uint32_t i = 0; list && i < list->count; i++) {
        struct item item;

        SNAP_CHECK(list->items[i].bytes == sizeof(item));
        memcpy(&item, list->items[i].data, sizeof(item));
        if (item.subtask == context->subtask)
            return item.length;
    }
    return world->first_length;
}

/* The length at the end of the executions up to now; where there was no such subtask nothing was
 * added. */
static void note_ends(struct world *world, const struct snap_operator_context *context)
{
    while (world->end_count < context->execution) {
        world->ends = snap_arena_grow(&context->strings->arena, world->ends, world->end_count,
                                      &world->end_capacity, sizeof(*world->ends));
        world->ends[world->end_count++] = length_of(world);
    }
}

/* A snapshot has nothing of a subtask that had finished, or was not there: its list is to be what
 * it was when the execution that took the snapshot was over. */
static uint64_t length_without_item(const struct world *world, uint32_t taken_in)
{
    if (taken_in == SNAP_NO_INDEX)
        return 0;
    return taken_in < world->end_count ? world->ends[taken_in] : length_of(world);
}

static void hand_over(const struct snap_operator_context *old,
                      const struct snap_world_place *places)
{
    struct world *world = old->world;

    (void)places;
    note_ends(world, old);
    world->first_length =
        old->restored ? restored_length(old) : length_without_item(world, old->taken_in);
    if (world->segment_count == 0)
        world->elsewhere = world->first_length;
    cut(world, world->first_length);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *collect = self;

    (void)error;
    collect->context = *context;
    collect->world = context->world;
    if (context->checkpointing || context->restored)
        cut(collect->world, restored_length(context));
    return true;
}

/* A restore takes nothing back from a table: it is not the job's. */
static bool open_table(void *self, const struct snap_operator_context *context,
                       struct snap_error *error)
{
    struct instance *table = self;

    (void)error;
    table->context = *context;
    table->world = context->world;
    return true;
}

static void begin_segment(struct instance *collect)
{
    struct world *world = collect->world;

    world->segments =
        snap_arena_grow(&collect->context.strings->arena, world->segments, world->segment_count,
                        &world->segment_capacity, sizeof(*world->segments));
    collect->segment = &world->segments[world->segment_count++];
    collect->segment->first = world->row_count;
}

static struct row *append_row(struct instance *collect)
{
    struct world *world = collect->world;
    struct snap_arena *arena = &collect->context.strings->arena;

    if (world->row_count == (uint64_t)world->chunk_count * ROWS_PER_CHUNK) {
        world->chunks = snap_arena_grow(arena, world->chunks, world->chunk_count,
                                        &world->chunk_capacity, sizeof(*world->chunks));
        world->chunks[world->chunk_count++] = SNAP_ARENA_ARRAY(arena, struct row, ROWS_PER_CHUNK);
    }
    world->row_count++;
    return &world->chunks[world->chunk_count - 1][(world->row_count - 1) % ROWS_PER_CHUNK];
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *collect = self;
    const struct snap_operator_context *context = &collect->context;

    if (batch->count == 0)
        return;
    if (!collect->segment)
        begin_segment(collect);
    for (uint32_t i = 0; i < batch->count; i++)
        *append_row(collect) = (struct row){batch->records[i].key, batch->records[i].value};
    collect->segment->count += batch->count;
    if (context->written)
        context->written(context->task, batch,
                         (uint64_t)(collect->segment - collect->world->segments));
    batch->count = 0;
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *collect = self;
    struct item *item = SNAP_ARENA_NEW(arena, struct item);
    struct snap_list_item *entry = SNAP_ARENA_NEW(arena, struct snap_list_item);
    struct snap_list_snapshot list = {.name = STATE_NAME,
                                      .mode = SNAP_LIST_SPLIT,
                                      .items = entry,
                                      .count = 1,
                                      .of_subtask = true};

    (void)checkpoint;
    (void)error;
    item->subtask = collect->context.subtask;
    item->length = length_of(collect->world);
    entry->data = item;
    entry->bytes = sizeof(*item);
    snap_operator_state_add_list(out, arena, &list);
    return true;
}

/* The lines of one segment; memory of the arena. */
static const char **make_lines(const struct world *world, const struct segment *segment,
                               struct snap_schema schema, struct snap_arena *arena)
{
    const char **lines = SNAP_ARENA_ARRAY(arena, const char *, segment->count);
    struct snap_text text = {0};

    for (uint64_t i = 0; i < segment->count; i++) {
        uint64_t at = segment->first + i;
        const struct row *row = &world->chunks[at / ROWS_PER_CHUNK][at % ROWS_PER_CHUNK];

        snap_text_clear(&text);
        snap_line_add(&text, schema, row->key, row->value);
        lines[i] = snap_arena_strndup(arena, text.data, text.length);
    }
    snap_text_fini(&text);
    return lines;
}

static bool each_part(const struct snap_operator_context *context,
                      void (*part)(void *to, const struct snap_sink_part *), void *to,
                      struct snap_error *error)
{
    const struct world *world = context->world;

    (void)error;
    for (uint32_t i = 0; i < world->segment_count; i++) {
        struct snap_sink_part out = {
            .operator_index = context->op->index,
            .subtask = context->subtask,
            .part = i,
            .phase = SNAP_PART_VISIBLE,
            .line_count = world->segments[i].count,
        };
        struct snap_arena arena;

        snap_arena_init(&arena);
        out.lines = make_lines(world, &world->segments[i], context->op->schema, &arena);
        part(to, &out);
        snap_arena_fini(&arena);
    }
    return true;
}

const struct snap_operator_class snap_collect_class = {
    .type = {.name = "collect",
             .role = SNAP_ROLE_SINK,
             .flink_name = "Collect",
             .doc = "a list that is read at the end; a restore cuts it back to the checkpoint",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_SINK},
    .instance_bytes = sizeof(struct instance),
    .world_bytes = sizeof(struct world),
    .fanout_max = 0,
    .ignores_stamps = true,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
    .each_part = each_part,
    .hand_over = hand_over,
};

const struct snap_operator_class snap_table_class = {
    .type = {.name = "table",
             .role = SNAP_ROLE_SINK,
             .flink_name = "Table",
             .doc =
                 "one row a key, replaced at once by each record: what is written twice is there "
                 "once",
             .configure = configure_table},
    .rules = {.kind = SNAP_RULE_SINK},
    .instance_bytes = sizeof(struct instance),
    .world_bytes = sizeof(struct world),
    .fanout_max = 0,
    .ignores_stamps = true,
    .open = open_table,
    .transform = transform,
    .each_part = each_part,
};
