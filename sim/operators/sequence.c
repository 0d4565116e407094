// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "operators/classes.h"
#include "operators/draw.h"
#include "operators/settings.h"
#include "operators/split_state.h"

enum { COUNT = SNAP_SOURCE_OWN_FIRST, KEYS, DISTRIBUTION, OPTION_COUNT };

/* More than anybody waits for, and with every number of splits an offset of 48 bits. */
static const uint64_t COUNT_UNBOUNDED = UINT64_C(1) << SNAP_ORIGIN_OFFSET_BITS;

struct settings {
    struct snap_source_settings source; /* must stay first */
    uint64_t count;
    struct snap_draw draw; /* keys 0: the key is the value */
};

struct instance {
    struct snap_splits splits; /* must stay first: see splits.h */
    const struct settings *settings;
    uint64_t seed;
};

static const struct snap_form distribution_forms[] = {
    [SNAP_DRAW_UNIFORM] = {"uniform", "uniform", false},
    [SNAP_DRAW_ZIPF] = {"zipf", "zipf(s)", true},
    [SNAP_DRAW_HOT] = {"hot", "hot(share)", true},
};

static bool set_zipf(struct snap_draw *draw, double exponent, struct snap_arena *arena,
                     struct snap_error *error)
{
    if (exponent > 20)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "the exponent of zipf(s) is from 0 to 20, for example zipf(1.1)");
    if (draw->keys > SNAP_ZIPF_KEYS_MAX)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "zipf needs a table: at most %d keys",
                              SNAP_ZIPF_KEYS_MAX);
    snap_draw_make_zipf(draw, exponent, arena);
    return true;
}

static bool set_hot(struct snap_draw *draw, double share, struct snap_error *error)
{
    if (share > 1)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "the share of hot(share) is from 0 to 1, for example hot(0.5)");
    draw->hot_threshold = share >= 1 ? UINT64_MAX : (uint64_t)(share * 0x1p64);
    return true;
}

static bool set_distribution(struct snap_draw *draw, const char *text, struct snap_arena *arena,
                             struct snap_error *error)
{
    static const struct snap_forms forms = {distribution_forms, 3, "distribution"};
    struct snap_form_match match;
    double number = 0;

    if (!snap_form_parse(&forms, text, arena, &match, error))
        return false;
    if (*match.argument && !snap_fraction_parse(match.argument, &number))
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "\"%s\" is not a number like 1.1 in distribution \"%s\"",
                              match.argument, text);
    if (draw->keys == 0)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "a distribution needs `keys`, the number of keys to draw from");
    draw->kind = (enum snap_draw_kind)match.index;
    switch (draw->kind) {
    case SNAP_DRAW_UNIFORM:
        break;
    case SNAP_DRAW_ZIPF:
        return set_zipf(draw, number, arena, error);
    case SNAP_DRAW_HOT:
        return set_hot(draw, number, error);
    }
    return true;
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

    op->settings = settings;
    op->schema = (struct snap_schema){SNAP_VALUE_LONG, SNAP_VALUE_LONG};
    if (!snap_source_configure(op, &settings->source, culprit, error))
        return false;
    settings->source.split_end = split_end;
    *culprit = COUNT;
    if (op->options[COUNT].number < 0)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "a count is not negative");
    op->unbounded = !op->options[COUNT].set;
    settings->count = op->unbounded ? COUNT_UNBOUNDED : (uint64_t)op->options[COUNT].number;
    *culprit = KEYS;
    if (op->options[KEYS].set && op->options[KEYS].number < 1)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "there must be at least one key");
    settings->draw.keys = op->options[KEYS].set ? (uint64_t)op->options[KEYS].number : 0;
    *culprit = DISTRIBUTION;
    return !op->options[DISTRIBUTION].set ||
           set_distribution(&settings->draw, op->options[DISTRIBUTION].text, arena, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *sequence = self;
    struct snap_splits *splits = &sequence->splits;

    (void)error;
    sequence->settings = context->op->settings;
    sequence->seed = snap_draw_seed(context->seed, context->op->uid);
    snap_splits_init(splits, context);
    snap_splits_set_ends(splits, sequence->settings->count);
    snap_splits_start(splits, context->arena);
    return true;
}

/* Record i of a run has the run's first number, and i strides more; from the one behind `skip` on.
 */
static void fill(const struct instance *sequence, uint32_t skip, struct snap_pair *records,
                 uint32_t count)
{
    const struct snap_split *split = snap_splits_head(&sequence->splits);
    const struct snap_draw *draw = &sequence->settings->draw;
    uint64_t number = snap_split_global(&sequence->splits, split) + skip * sequence->splits.stride;

    if (draw->keys && draw->kind == SNAP_DRAW_UNIFORM) {
        snap_draw_fill_uniform(draw, sequence->seed, number, sequence->splits.stride, records,
                               count);
        return;
    }
    for (uint32_t i = 0; i < count; i++, number += sequence->splits.stride)
        records[i] = (struct snap_pair){{.number = (int64_t)number}, {.number = (int64_t)number}};
    if (draw->keys)
        snap_draw_keys(draw, sequence->seed, records, count);
}

static void produce(void *self, struct snap_batch *out, uint32_t max)
{
    struct instance *sequence = self;

    while (out->count < max && snap_splits_head(&sequence->splits)) {
        uint32_t run = snap_splits_run(&sequence->splits, max - out->count);

        fill(sequence, 0, &out->records[out->count], run);
        snap_splits_stamp(&sequence->splits, out, out->count, run);
        snap_splits_advance(&sequence->splits, run, 0);
        out->count += run;
    }
}

/* As far as the run goes. */
static uint32_t foresee(void *self, uint32_t skip, struct snap_pair *records, uint32_t max)
{
    const struct instance *sequence = self;
    uint32_t run;

    if (!snap_splits_head(&sequence->splits))
        return 0;
    run = snap_splits_run(&sequence->splits, skip + max);
    if (run <= skip)
        return 0;
    fill(sequence, skip, records, run - skip);
    return run - skip;
}

static const struct snap_option_type options[] = {
    SNAP_SOURCE_OPTIONS,
    [COUNT] = {.name = "count",
               .kind = SNAP_OPTION_COUNT,
               .doc = "how many records the whole operator sends (default: it never ends)",
               .example = "1000000"},
    [KEYS] = {.name = "keys",
              .kind = SNAP_OPTION_COUNT,
              .doc = "number of keys to draw from (default: the key is the value)",
              .example = "1000"},
    [DISTRIBUTION] = {.name = "distribution",
                      .kind = SNAP_OPTION_TEXT,
                      .doc = "how keys are drawn: uniform | zipf(s) | hot(share); default uniform",
                      .example = "zipf(1.1)"},
};

const struct snap_operator_class snap_sequence_class = {
    .type = {.name = "sequence",
             .role = SNAP_ROLE_SOURCE,
             .flink_name = "Sequence Source",
             .doc = "numbers 0, 1, 2, ... as values, with keys drawn at random",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    SNAP_SOURCE_CLASS,
    .instance_bytes = sizeof(struct instance),
    .open = open,
    .produce = produce,
    .foresee = foresee,
};
