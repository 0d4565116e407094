// SPDX-License-Identifier: Apache-2.0
#include "operators/numbers.h"

#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/split_state.h"

enum { ENDS = SNAP_SOURCE_OWN_FIRST, OPTION_COUNT };

struct settings {
    struct snap_source_settings source; /* must stay first */
    uint64_t *ends;                     /* by split */
};

struct instance {
    struct snap_splits splits; /* must stay first: see splits.h */
};

static uint64_t split_end(const struct snap_operator *op, uint64_t index)
{
    return ((const struct settings *)op->settings)->ends[index];
}

static bool read_ends(const struct snap_option *option, struct snap_arena *arena,
                      struct settings *settings, struct snap_error *error)
{
    settings->ends = SNAP_ARENA_ARRAY(arena, uint64_t, option->text_count);
    for (uint32_t i = 0; i < option->text_count; i++) {
        int64_t end = 0;

        if (!snap_long_parse(option->texts[i], &end) || end > SNAP_NUMBERS_PER_SPLIT)
            return snap_error_set(error, SNAP_ERROR_SCENARIO,
                                  "a split has at most %d numbers, found %s",
                                  SNAP_NUMBERS_PER_SPLIT, option->texts[i]);
        settings->ends[i] = (uint64_t)end;
    }
    return true;
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const struct snap_option *ends = &op->options[ENDS];

    op->settings = settings;
    op->schema = (struct snap_schema){SNAP_VALUE_LONG, SNAP_VALUE_LONG};
    if (!snap_source_configure(op, &settings->source, culprit, error))
        return false;
    *culprit = ENDS;
    if (ends->text_count < 1 || ends->text_count > SNAP_SPLITS_MAX)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "a source has 1 to %d splits",
                              SNAP_SPLITS_MAX);
    if (op->split_count > 0 && op->split_count != ends->text_count)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "`splits` and the number of ends differ");
    op->split_count = ends->text_count;
    settings->source.split_end = split_end;
    return read_ends(ends, arena, settings, error);
}

static union snap_value number_at(uint64_t split, uint64_t offset)
{
    return (union snap_value){.number = (int64_t)(split * SNAP_NUMBERS_PER_SPLIT + offset)};
}

static bool record_at(const struct snap_operator *op, uint32_t split, uint64_t offset,
                      struct snap_record *record)
{
    union snap_value number = number_at(split, offset);

    *record = (struct snap_record){.key = number, .value = number};
    return split < op->split_count && offset < split_end(op, split);
}

static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    (void)op;
    rules->record_at = record_at;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct snap_splits *splits = &((struct instance *)self)->splits;

    (void)error;
    snap_splits_init(splits, context);
    splits->times_by_split = true;
    for (uint32_t i = 0; i < splits->count; i++)
        splits->items[i].end =
            snap_split_end(context->op, splits->items[i].at.split - splits->first);
    snap_splits_start(splits, context->arena);
    return true;
}

static bool wire_key(const struct snap_operator *op, union snap_value value, union snap_value *key)
{
    (void)op;
    *key = value;
    return true;
}

static void produce(void *self, struct snap_batch *out, uint32_t max)
{
    struct snap_splits *splits = &((struct instance *)self)->splits;
    struct snap_split *split;

    while (out->count < max && (split = snap_splits_head(splits))) {
        union snap_value number = number_at(split->at.split - splits->first, split->at.next);

        out->records[out->count] = (struct snap_pair){number, number};
        snap_splits_stamp(splits, out, out->count, 1);
        snap_splits_advance(splits, 1, 0);
        out->count++;
    }
}

static const struct snap_option_type options[] = {
    SNAP_SOURCE_OPTIONS,
    [ENDS] = {.name = "ends",
              .kind = SNAP_OPTION_COUNTS,
              .required = true,
              .doc = "how many numbers each split has; timestamp-step counts in each split",
              .example = "[400, 400]"},
};

const struct snap_operator_class snap_numbers_class = {
    .type = {.name = "numbers",
             .role = SNAP_ROLE_SOURCE,
             .flink_name = "Numbers Source",
             .doc = "record i of split s is the number s * 1000000 + i, as key and value",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    SNAP_SOURCE_CLASS,
    .instance_bytes = sizeof(struct instance),
    .refine_rules = refine_rules,
    .wire_key = wire_key,
    .open = open,
    .produce = produce,
};
