// SPDX-License-Identifier: Apache-2.0
/*
 * test_catalogue.h: a small catalogue of operator types for tests of the scenario reader.
 *
 * - It has one type of every role and one option of every kind, and no behaviour: the reader must
 *   not depend on the real operators.
 */
#ifndef SNAP_TESTS_TEST_CATALOGUE_H
#define SNAP_TESTS_TEST_CATALOGUE_H

#include <string.h>

#include "model/job.h"

#define OPTION(option_name, option_kind, option_required, option_choices, option_default)          \
    {                                                                                              \
        .name = option_name, .kind = SNAP_OPTION_##option_kind, .required = option_required,       \
        .choices = option_choices, .text_default = option_default, .example = "..."                \
    }

#define SOURCE_OPTIONS                                                                             \
    OPTION("rate", RATE, false, NULL, NULL), OPTION("splits", COUNT, false, NULL, NULL),           \
        OPTION("replayable", BOOL, false, NULL, "true")

static const struct snap_option_type sequence_options[] = {
    SOURCE_OPTIONS,
    OPTION("count", COUNT, true, NULL, NULL),
    OPTION("keys", COUNT, false, NULL, NULL),
    OPTION("distribution", TEXT, false, NULL, "uniform"),
    OPTION("pause", DURATION, false, NULL, NULL),
};
static const struct snap_option_type text_file_options[] = {
    SOURCE_OPTIONS,
    OPTION("paths", PATHS, true, NULL, NULL),
};
static const struct snap_option_type list_options[] = {
    SOURCE_OPTIONS,
    OPTION("records", RECORDS, true, NULL, NULL),
};
static const struct snap_option_type map_options[] = {
    OPTION("function", TEXT, false, NULL, "identity"),
};
static const struct snap_option_type file_sink_options[] = {
    OPTION("path", PATH_OUT, true, NULL, NULL),
    OPTION("delivery", CHOICE, false, "none|at-least-once|exactly-once", "exactly-once"),
    OPTION("part-size", SIZE, false, NULL, NULL),
};

static bool configure_source(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                             struct snap_error *error)
{
    (void)arena;
    (void)culprit;
    (void)error;
    op->split_count = op->options[1].set ? (uint32_t)op->options[1].number : 0;
    return true;
}

static bool configure_map(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                          struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    if (strcmp(op->options[0].text, "identity") != 0)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "no function \"%s\"",
                              op->options[0].text);
    op->schema = op->input_schemas[0];
    return true;
}

#define TYPE(variable, type_name, type_role, type_options, type_keyed, type_configure)             \
    static const struct snap_operator_type variable = {.name = type_name,                          \
                                                       .role = SNAP_ROLE_##type_role,              \
                                                       .options = type_options,                    \
                                                       .option_count = sizeof(type_options) /      \
                                                                       sizeof((type_options)[0]),  \
                                                       .keyed = type_keyed,                        \
                                                       .configure = type_configure}

static const struct snap_option_type no_options[1] = {OPTION("note", TEXT, false, NULL, NULL)};

TYPE(type_sequence, "sequence", SOURCE, sequence_options, false, configure_source);
TYPE(type_text_file, "text-file", SOURCE, text_file_options, false, configure_source);
TYPE(type_list, "list", SOURCE, list_options, false, configure_source);
TYPE(type_map, "map", TRANSFORM, map_options, false, configure_map);
TYPE(type_split, "split-words", TRANSFORM, no_options, false, NULL);
TYPE(type_count, "count", TRANSFORM, no_options, true, NULL);
TYPE(type_union, "union", TRANSFORM, no_options, false, NULL);
TYPE(type_discard, "discard", SINK, no_options, false, NULL);
TYPE(type_file_sink, "file-sink", SINK, file_sink_options, false, NULL);

static const struct snap_operator_type *const test_types[] = {
    &type_sequence, &type_text_file, &type_list,    &type_map,       &type_split,
    &type_count,    &type_union,     &type_discard, &type_file_sink,
};
static const struct snap_operator_catalogue test_catalogue = {
    test_types, sizeof(test_types) / sizeof(test_types[0])};

#endif
