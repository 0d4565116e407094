// SPDX-License-Identifier: Apache-2.0
/*
 * Asks something outside for each record, without waiting for the answer: records go on when their
 * delay is over, in the order they came (`ordered`) or in that of the answers (`unordered`).
 *
 * - At most `capacity` records wait for an answer; when so many do, the task takes no more.
 * - A watermark does not overtake records, nor they it; with `unordered` only records between two
 *   watermarks change places.
 * - A snapshot holds the records that wait, in order. A restored attempt asks again for each.
 * - The end of the data waits for all answers.
 * Flink: AsyncWaitOperator, OrderedStreamElementQueue, UnorderedStreamElementQueue.
 */
#include <string.h>

#include "base/check.h"
#include "model/cost_draw.h"
#include "model/lineage.h"
#include "operators/classes.h"
#include "operators/packed_record.h"
#include "operators/settings.h"

enum { DELAY, CAPACITY, OUTPUT, OPTION_COUNT };

enum output { ORDERED, UNORDERED };

static const char STATE_NAME[] = "_async_wait_operator_state_";

struct settings {
    struct snap_cost delay;
    uint32_t capacity;
    enum output output;
};

/* What waits: a record, or a mark among them. */
struct waiting {
    struct snap_record record;
    uint64_t lineage; /* of the output */
    snap_ns due_ns;   /* marks: at once */
};

struct instance {
    const struct settings *settings;
    const struct snap_operator_context *context;
    struct snap_real_table table;
    struct snap_cost_stream delays;
    struct waiting *queue;
    uint32_t count;
    uint32_t capacity; /* of the array */
    uint32_t records;  /* in the queue, without marks */
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const struct snap_option *capacity = &op->options[CAPACITY];

    op->settings = settings;
    settings->delay.law = *op->options[DELAY].law;
    settings->output = (enum output)op->options[OUTPUT].number;
    *culprit = CAPACITY;
    if (capacity->number < 1 || capacity->number > 1000000)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "a capacity is from 1 to 1000000");
    settings->capacity = (uint32_t)capacity->number;
    *culprit = OPTION_COUNT;
    return snap_input_schema_get(op, &op->schema, error);
}

static void add(struct instance *async, const struct snap_record *record, uint64_t lineage,
                snap_ns due_ns)
{
    async->queue = snap_arena_grow(async->context->arena, async->queue, async->count,
                                   &async->capacity, sizeof(*async->queue));
    async->queue[async->count++] = (struct waiting){*record, lineage, due_ns};
    async->records += !snap_record_is_mark(record);
}

static void ask(struct instance *async, const struct snap_record *record, uint64_t lineage)
{
    snap_ns now = async->context->clock(async->context->task);

    add(async, record, lineage,
        snap_ns_add(now, snap_cost_stream_next(&async->delays, record->key)));
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *async = self;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);
    const struct snap_cost_owner owner = {.table = &async->table,
                                          .uid = context->op->uid,
                                          .seed = context->seed,
                                          .subtask = context->subtask,
                                          .attempt = context->attempt};

    (void)error;
    async->context = context;
    async->settings = context->op->settings;
    snap_real_table_init(&async->table);
    snap_cost_stream_init(&async->delays, &async->settings->delay, &owner, SNAP_COST_DELAY);
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct waiting kept;

        SNAP_CHECK(list->items[i].bytes == sizeof(kept));
        memcpy(&kept, list->items[i].data, sizeof(kept));
        ask(async, &kept.record, kept.lineage);
    }
    return true;
}

/* Sends what may go by now: all that is done, up to the first record that is not (ordered) or up
 * to the first mark with a record before it (unordered). */
static void send_done(struct instance *async, snap_ns now_ns, struct snap_emitter *out)
{
    bool closed = false; /* nothing more may leave */
    uint32_t left = 0;

    for (uint32_t i = 0; i < async->count; i++) {
        struct waiting *at = &async->queue[i];
        bool mark = snap_record_is_mark(&at->record);

        if (closed || (mark ? left > 0 : at->due_ns > now_ns)) {
            closed = closed || mark || async->settings->output == ORDERED;
            async->queue[left++] = *at;
            continue;
        }
        snap_emit_record(out, &at->record, at->lineage);
        async->records -= !mark;
    }
    async->count = left;
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    ask(self, in, out->lineage ? snap_lineage_child(out->input_lineage, 0) : 0);
}

static void take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out)
{
    struct instance *async = self;

    /* A status says nothing about records. */
    if (async->count == 0 || snap_mark_kind_of(mark) != SNAP_MARK_WATERMARK)
        snap_emit_mark(out, mark);
    else
        add(async, mark, 0, 0);
}

static snap_ns timer_due(void *self)
{
    const struct instance *async = self;
    snap_ns due = SNAP_NEVER;

    for (uint32_t i = 0; i < async->count; i++) {
        if (snap_record_is_mark(&async->queue[i].record))
            break;
        due = snap_ns_min(due, async->queue[i].due_ns);
        if (async->settings->output == ORDERED)
            break;
    }
    return due;
}

static void fire(void *self, snap_ns now_ns, struct snap_emitter *out)
{
    send_done(self, now_ns, out);
}

static bool has_room(void *self)
{
    const struct instance *async = self;

    return async->records < async->settings->capacity;
}

static bool has_results(void *self)
{
    return ((const struct instance *)self)->count > 0;
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *async = self;
    struct waiting *kept = SNAP_ARENA_ARRAY(arena, struct waiting, async->records);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, async->records);
    struct snap_list_snapshot list = {.name = STATE_NAME, .mode = SNAP_LIST_SPLIT, .items = items};

    (void)checkpoint;
    (void)error;
    for (uint32_t i = 0; i < async->count; i++) {
        if (snap_record_is_mark(&async->queue[i].record))
            continue;
        kept[list.count] = async->queue[i];
        items[list.count] = (struct snap_list_item){&kept[list.count], sizeof(*kept)};
        list.count++;
    }
    snap_operator_state_add_list(out, arena, &list);
    return true;
}

/* An answer that was asked for here is nothing to those who ask again. */
static uint32_t encode(const struct snap_operator *op, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *elements)
{
    struct snap_packed_record packed;
    struct waiting kept;

    SNAP_CHECK(item->bytes == sizeof(kept));
    memcpy(&kept, item->data, sizeof(kept));
    packed = (struct snap_packed_record){kept.lineage, kept.record};
    snap_packed_record_write(op->schema, &packed, arena, elements);
    return 1;
}

static bool decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                   struct snap_list_item *item, struct snap_error *error)
{
    struct waiting *kept = SNAP_ARENA_NEW(maker->arena, struct waiting);
    struct snap_packed_record packed;

    if (!snap_packed_record_read(maker->op->schema, maker, elements, &packed, error))
        return false;
    *kept = (struct waiting){.record = packed.record, .lineage = packed.tag};
    *item = (struct snap_list_item){kept, sizeof(*kept)};
    return true;
}

/* Items that came out of a file are this process's own. */
static void set_origins(const struct snap_list_snapshot *list, uint64_t origin)
{
    for (uint32_t i = 0; i < list->count; i++)
        ((struct waiting *)list->items[i].data)->record.origin = origin;
}

static const struct snap_state_spec states[] = {{.name = STATE_NAME,
                                                 .shape = SNAP_SHAPE_LIST,
                                                 .element = SNAP_TYPE_BYTES,
                                                 .encode = encode,
                                                 .decode = decode}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    rules->reorders = ((const struct settings *)op->settings)->output == UNORDERED;
}

static void time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    (void)op;
    needs->has_timers = true;
    needs->arms_timers = true;
}

static const struct snap_option_type options[] = {
    [DELAY] = {.name = "delay",
               .kind = SNAP_OPTION_LAW,
               .required = true,
               .doc = "how long an answer takes: a duration, exponential(mean) or "
                      "log-normal(median, sigma)",
               .example = "exponential(5 ms)"},
    [CAPACITY] = {.name = "capacity",
                  .kind = SNAP_OPTION_COUNT,
                  .text_default = "100",
                  .doc = "how many records may wait for an answer, in each subtask",
                  .example = "100"},
    [OUTPUT] = {.name = "output",
                .kind = SNAP_OPTION_CHOICE,
                .choices = "ordered|unordered",
                .text_default = "ordered",
                .doc = "records leave in the order they came, or in that of the answers",
                .example = "unordered"},
};

const struct snap_operator_class snap_async_class = {
    .type = {.name = "async",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Async Wait Operator",
             .doc = "asks something outside for each record, which it hands on after the answer",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .expands = true,
              .holds = true,
              .key_from = SNAP_PART_KEY,
              .value_from = SNAP_PART_VALUE},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .states = &specs,
    .refine_rules = refine_rules,
    .time_needs = time_needs,
    .open = open,
    .expand = expand,
    .take_mark = take_mark,
    .timer_due = timer_due,
    .fire = fire,
    .has_room = has_room,
    .has_results = has_results,
    .set_origins = set_origins,
    .snapshot = snapshot,
};
