// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/split_state.h"

enum { RECORDS = SNAP_SOURCE_OWN_FIRST, OPTION_COUNT };

struct settings {
    struct snap_source_settings source; /* must stay first */
    const struct snap_option *records;
    uint64_t count;
};

struct instance {
    struct snap_splits splits; /* must stay first: see splits.h */
    union snap_value *pairs;   /* key, value, key, value, ...; arena of the attempt */
};

/* A column is of longs if all of its entries are numbers that stand without quotes. */
static enum snap_value_kind column_kind(const struct snap_option *records, uint32_t column)
{
    int64_t number;

    for (uint32_t i = column; i < records->text_count; i += 2) {
        if (records->text_quoted[i] || !snap_long_parse(records->texts[i], &number))
            return SNAP_VALUE_STRING;
    }
    return SNAP_VALUE_LONG;
}

static uint64_t split_end(const struct snap_operator *op, uint64_t index)
{
    return snap_split_end_of(((const struct settings *)op->settings)->count, index,
                             op->split_count);
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const struct snap_option *records = &op->options[RECORDS];

    op->settings = settings;
    settings->records = records;
    settings->count = records->text_count / 2;
    op->schema.key = column_kind(records, 0);
    op->schema.value = column_kind(records, 1);
    settings->source.split_end = split_end;
    return snap_source_configure(op, &settings->source, culprit, error);
}

static union snap_value make_value(const struct snap_operator_context *context, const char *text,
                                   enum snap_value_kind kind)
{
    union snap_value value = {.number = 0};

    if (kind == SNAP_VALUE_LONG)
        snap_long_parse(text, &value.number);
    else
        value.string = snap_string_pool_intern(context->strings, text, strlen(text));
    return value;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *list = self;
    const struct settings *settings = context->op->settings;
    const struct snap_option *records = settings->records;

    (void)error;
    list->pairs = SNAP_ARENA_ARRAY(context->arena, union snap_value, settings->count * 2);
    for (uint32_t i = 0; i < settings->count * 2; i++)
        list->pairs[i] = make_value(context, records->texts[i],
                                    i % 2 ? context->op->schema.value : context->op->schema.key);
    snap_splits_init(&list->splits, context);
    snap_splits_set_ends(&list->splits, settings->count);
    snap_splits_start(&list->splits, context->arena);
    return true;
}

static void produce(void *self, struct snap_batch *out, uint32_t max)
{
    struct instance *list = self;
    struct snap_split *split;

    while (out->count < max && (split = snap_splits_head(&list->splits))) {
        uint64_t global = snap_split_global(&list->splits, split);

        out->records[out->count] =
            (struct snap_pair){list->pairs[2 * global], list->pairs[2 * global + 1]};
        snap_splits_stamp(&list->splits, out, out->count, 1);
        snap_splits_advance(&list->splits, 1, 0);
        out->count++;
    }
}

static const struct snap_option_type options[] = {
    SNAP_SOURCE_OPTIONS,
    [RECORDS] = {.name = "records",
                 .kind = SNAP_OPTION_RECORDS,
                 .required = true,
                 .doc = "the records as [key, value]; numbers in quotes are strings",
                 .example = "[[a, 1], [b, 2]]"},
};

const struct snap_operator_class snap_list_class = {
    .type = {.name = "list",
             .role = SNAP_ROLE_SOURCE,
             .flink_name = "Collection Source",
             .doc = "the records that are written in the scenario",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    SNAP_SOURCE_CLASS,
    .instance_bytes = sizeof(struct instance),
    .open = open,
    .produce = produce,
};
