// SPDX-License-Identifier: Apache-2.0
/*
 * Each record several times, or not at all. A drawn number is drawn from the record's origin, so a
 * record that is replayed gives the same number again.
 * Flink: StreamFlatMap.
 */
#include <string.h>

#include "base/hash.h"
#include "operators/classes.h"
#include "operators/replay.h"
#include "operators/settings.h"

enum { FAN_OUT, OPTION_COUNT };

enum { FAN_OUT_MAX = 10000 };

struct settings {
    uint32_t least;
    uint32_t most;
    uint64_t seed;
};

struct instance {
    const struct settings *settings;
};

static bool read_range(const char *text, struct settings *settings)
{
    int64_t numbers[2] = {0, 0};
    char first[24];
    const char *comma = strchr(text, ',');
    size_t length = comma ? (size_t)(comma - text) : strlen(text);

    if (length >= sizeof(first))
        return false;
    memcpy(first, text, length);
    first[length] = '\0';
    if (!snap_long_parse(first, &numbers[0]))
        return false;
    numbers[1] = numbers[0];
    if (comma && !snap_long_parse(comma + 1 + strspn(comma + 1, " "), &numbers[1]))
        return false;
    settings->least = (uint32_t)numbers[0];
    settings->most = (uint32_t)numbers[1];
    return numbers[0] >= 0 && numbers[0] <= numbers[1] && numbers[1] >= 1 &&
           numbers[1] <= FAN_OUT_MAX;
}

/* "3", or "uniform(0, 5)". */
static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    static const struct snap_form uniform[] = {{"uniform", "uniform(A, B)", true}};
    static const struct snap_forms forms = {uniform, 1, "fan-out"};
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const char *text = op->options[FAN_OUT].text;
    struct snap_form_match match;
    bool drawn = strncmp(text, "uniform", 7) == 0;

    op->settings = settings;
    settings->seed = snap_hash_bytes(op->uid, strlen(op->uid));
    *culprit = FAN_OUT;
    if (drawn && !snap_form_parse(&forms, text, arena, &match, error))
        return false;
    if (!read_range(drawn ? match.argument : text, settings) ||
        drawn != (settings->least != settings->most || strchr(text, ',') != NULL))
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "fan-out is a number from 1 to %d, or drawn, such as \"uniform(0, "
                              "5)\"; \"%s\" is neither",
                              FAN_OUT_MAX, text);
    return snap_input_schema_get(op, &op->schema, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    (void)error;
    ((struct instance *)self)->settings = context->op->settings;
    return true;
}

static uint32_t number_of(const struct settings *settings, const struct snap_record *in)
{
    uint32_t choices = settings->most - settings->least + 1;

    return settings->least +
           (uint32_t)(snap_mix64(settings->seed ^ snap_mix64(in->origin + 1)) % choices);
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    uint32_t count = number_of(((struct instance *)self)->settings, in);

    for (uint32_t i = 0; i < count; i++)
        snap_emit(out, in, in->key, in->value);
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    for (uint32_t left = number_of(op->settings, in); left > 0; left--)
        snap_replay_add(out, in, in->key, in->value);
}

static void time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    needs->fanout_max = ((const struct settings *)op->settings)->most;
}

static const struct snap_option_type options[] = {
    [FAN_OUT] = {.name = "fan-out",
                 .kind = SNAP_OPTION_TEXT,
                 .required = true,
                 .doc = "how many records become of one: N, or drawn: uniform(A, B)",
                 .example = "3"},
};

const struct snap_operator_class snap_flat_map_class = {
    .type = {.name = "flat-map",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Flat Map",
             .doc = "sends each record several times",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .expands = true,
              .key_from = SNAP_PART_KEY,
              .value_from = SNAP_PART_VALUE,
              .replay = replay},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .time_needs = time_needs,
    .open = open,
    .expand = expand,
};
