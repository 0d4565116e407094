// SPDX-License-Identifier: Apache-2.0
/*
 * State of every kind by a key that is a long, for numbers of the source `numbers`: value, list,
 * map with nulls, reducing, aggregating, a value with a time to live, timers. It hands its input
 * on.
 *
 * - The time to live is 30 days. The last access is told in simulated time that begins with the
 * year 2100, so that it is over in no snapshot that Flink reads. Flink: KeyedProcessFunction,
 * StateTtlConfig.
 */
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/numbers.h"
#include "operators/settings.h"
#include "operators/zoo.h"

enum { NULLS, OPTION_COUNT };

/* Its values, the one that is judged first. */
enum { SUM, VALUE, MAX, TTL, ACCESSED, VALUES };

enum { TIMER_STEP_MS = 500, TIMER_SHIFT_MS = 250, KEY_STEP_MS = 1000 };

static const char LIST_NAME[] = "list";
static const char *const names[VALUES] = {
    [SUM] = "sum", [VALUE] = "value", [MAX] = "max", [TTL] = "ttl", [ACCESSED] = "ttl-accessed"};

struct settings {
    bool has_nulls;
};

struct instance {
    struct snap_zoo zoo; /* must stay first */
    struct snap_keyed_state values[VALUES];
    struct snap_keyed_list list;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);

    op->settings = settings;
    settings->has_nulls = op->options[NULLS].number != 0;
    *culprit = OPTION_COUNT;
    return snap_input_schema_get(op, &op->schema, error) &&
           snap_input_key_check(op, SNAP_VALUE_LONG, error) &&
           snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

/* A value with a time to live is kept in two tables. */
static void open_ttl(struct instance *zoo, const struct snap_keyed_snapshot *restored)
{
    const struct snap_key_group_range *groups = &zoo->values[TTL].groups;

    for (uint32_t g = 0; restored && g < restored->group_count; g++) {
        uint32_t group = restored->group_first + g;

        if (group < groups->first || group > groups->last)
            continue;
        for (uint32_t i = restored->group_starts[g]; i < restored->group_starts[g + 1]; i++) {
            const struct snap_keyed_entry *entry = &restored->entries[i];
            struct snap_ttl_value from = snap_ttl_value_unpack(entry->value);

            snap_keyed_state_obtain(&zoo->values[TTL], entry->key)->number = from.value;
            snap_keyed_state_obtain(&zoo->values[ACCESSED], entry->key)->number = from.accessed_ms;
        }
    }
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *zoo = self;
    const struct snap_keyed_snapshot *list =
        snap_operator_state_find_keyed(context->restored, LIST_NAME);
    struct snap_operator_context empty = *context;
    struct snap_keyed_state_options options = {
        .name = LIST_NAME,
        .schema = context->op->schema,
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    (void)error;
    snap_zoo_open(&zoo->zoo, context);
    empty.restored = NULL;
    for (int i = 0; i < VALUES; i++)
        snap_zoo_open_value(&zoo->values[i], names[i], i < TTL ? context : &empty);
    open_ttl(zoo, snap_operator_state_find_keyed(context->restored, names[TTL]));
    snap_keyed_list_init(&zoo->list, context->arena, &options);
    if (list)
        snap_keyed_list_restore(&zoo->list, list);
    return true;
}

static union snap_value *value_of(struct instance *zoo, int state, union snap_value key)
{
    return snap_keyed_state_obtain(&zoo->values[state], key);
}

/* The aggregate of the first value is that value, however small. */
static void add_to_max(struct instance *zoo, union snap_value key, int64_t number)
{
    union snap_value *max = snap_keyed_state_find(&zoo->values[MAX], key);

    if (!max)
        value_of(zoo, MAX, key)->number = number;
    else if (number > max->number)
        max->number = number;
}

static void add_to_map(struct instance *zoo, union snap_value key, int64_t index)
{
    static const char *const fields[] = {"f0", "f1", "f2"};
    const struct settings *settings = zoo->zoo.context->op->settings;

    /* Numbers of other sources can be negative. */
    snap_zoo_add(&zoo->zoo, key, fields[(index % 3 + 3) % 3], 1);
    if (index % 11 == 0 && settings->has_nulls)
        snap_keyed_map_obtain(&zoo->zoo.map, key, snap_bytes_of("nil"))->is_null = true;
}

static void set_timers(struct instance *zoo, union snap_value key, int64_t index, int64_t time_ms)
{
    int64_t of_key = (int64_t)((uint64_t)key.number * KEY_STEP_MS);

    snap_zoo_set_timer(&zoo->zoo.event, key,
                       (time_ms / TIMER_STEP_MS + 1) * TIMER_STEP_MS + TIMER_SHIFT_MS);
    if (index % 4 == 0)
        snap_zoo_set_timer(&zoo->zoo.processing, key,
                           snap_keyed_add(SNAP_ZOO_FUTURE_MS + index % 3, of_key));
}

static void add_record(struct instance *zoo, const struct snap_pair *record, int64_t time_ms)
{
    const struct snap_operator_context *context = zoo->zoo.context;
    union snap_value key = record->key;
    int64_t number = record->value.number;
    int64_t index = number % SNAP_NUMBERS_PER_SPLIT;
    union snap_value *sum = value_of(zoo, SUM, key);

    sum->number = snap_keyed_add(sum->number, number);
    value_of(zoo, VALUE, key)->number = number;
    add_to_max(zoo, key, number);
    if (index % 5 == 0)
        snap_keyed_list_add(&zoo->list, key, record->value);
    add_to_map(zoo, key, index);
    if (index % 2 == 0) {
        value_of(zoo, TTL, key)->number = number;
        value_of(zoo, ACCESSED, key)->number =
            SNAP_ZOO_FUTURE_MS + context->clock(context->task) / SNAP_MS;
    }
    set_timers(zoo, key, index, time_ms);
}

static void transform(void *self, struct snap_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        add_record(self, &batch->records[i], batch->stamps[i].timestamp_ms);
}

/* Both tables have the same keys in the same order. */
static void put_ttl(const struct instance *zoo, struct snap_arena *arena,
                    struct snap_operator_state *out)
{
    struct snap_keyed_snapshot ttl = *snap_keyed_state_snapshot(&zoo->values[TTL], arena);
    const struct snap_keyed_snapshot *accessed =
        snap_keyed_state_snapshot(&zoo->values[ACCESSED], arena);
    uint32_t count = zoo->values[TTL].count;
    struct snap_keyed_entry *packed = SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, count);

    for (uint32_t i = 0; i < count; i++) {
        packed[i].key = ttl.entries[i].key;
        packed[i].value =
            snap_ttl_value_pack(arena, (struct snap_ttl_value){accessed->entries[i].value.number,
                                                               ttl.entries[i].value.number});
    }
    ttl.schema.value = SNAP_VALUE_STRING;
    ttl.entries = packed;
    snap_operator_state_add_keyed(out, arena, &ttl);
    out->bytes += (int64_t)count * zoo->zoo.context->op->record_size_bytes;
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *zoo = self;
    struct snap_keyed_snapshot list = snap_keyed_list_freeze(&zoo->list, arena);

    (void)checkpoint;
    (void)error;
    for (int i = 0; i < TTL; i++)
        snap_zoo_put_value(&zoo->zoo, &zoo->values[i], arena, out);
    put_ttl(zoo, arena, out);
    snap_operator_state_add_keyed(out, arena, &list);
    out->bytes += (int64_t)zoo->list.count * zoo->zoo.context->op->record_size_bytes;
    snap_zoo_put(&zoo->zoo, arena, out);
    return true;
}

static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *zoo = self;
    const struct snap_operator_context *context = zoo->zoo.context;
    struct snap_state_entry of = {.operator_index = context->op->index,
                                  .subtask = context->subtask};

    snap_keyed_table_each(&zoo->values[SUM], &of, entry, to);
}

static void show_states(void *self, const struct snap_state_lines *to)
{
    const struct instance *zoo = self;

    for (int i = VALUE; i <= TTL; i++)
        snap_zoo_show_value(&zoo->values[i], to);
    for (uint32_t i = 0; i < zoo->list.table.count; i++) {
        struct snap_keyed_entry entry = snap_keyed_state_entry(&zoo->list.table, i);
        const struct snap_keyed_list_head *head = &zoo->list.heads[entry.value.number];
        uint32_t link = head->first;

        for (uint32_t n = 0; n < head->count; n++, link = zoo->list.links[link].next) {
            struct snap_text line = {0};

            snap_text_printf(&line, "%lld\t%lld", (long long)entry.key.number,
                             (long long)zoo->list.links[link].value.number);
            to->take(to->to, LIST_NAME, snap_text_get(&line));
            snap_text_fini(&line);
        }
    }
    snap_zoo_show(&zoo->zoo, to);
}

static const struct snap_option_type options[] = {
    [NULLS] = {.name = "null-map-values",
               .kind = SNAP_OPTION_BOOL,
               .text_default = "true",
               .doc = "the map gets a field that is null; canonical savepoints that Flink's "
                      "hashmap writes cannot have one",
               .example = "false"},
};

static const struct snap_state_spec states[] = {
    {.name = "sum", .shape = SNAP_SHAPE_REDUCING},
    {.name = "value", .shape = SNAP_SHAPE_VALUE},
    {.name = "max", .shape = SNAP_SHAPE_AGGREGATING},
    {.name = "ttl", .shape = SNAP_SHAPE_TTL_VALUE},
    {.name = "list", .shape = SNAP_SHAPE_KEYED_LIST},
    SNAP_ZOO_STATES,
};
static const struct snap_state_specs specs = {.items = states,
                                              .count = sizeof(states) / sizeof(states[0])};

const struct snap_operator_class snap_zoo_long_class = {
    .type = {.name = "zoo-long",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "KeyedProcess",
             .doc =
                 "keeps state of every kind by a key that is a number, for numbers of the source "
                 "`numbers`, and hands them on",
             .options = options,
             .option_count = OPTION_COUNT,
             .keyed = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .keeps_value = true,
              .value_from = SNAP_PART_VALUE,
              .fold = snap_keyed_sum_fold,
              .fold_adds_values = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .states = &specs,
    .time_needs = snap_zoo_time_needs,
    .open = open,
    .transform = transform,
    .take_mark = snap_zoo_take_mark,
    .timer_due = snap_zoo_timer_due,
    .fire = snap_zoo_fire,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
    .show_states = show_states,
};
