// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "operators/classes.h"

static const struct snap_operator_type *const types[] = {
    &snap_sequence_class.type,    &snap_text_file_class.type,    &snap_list_class.type,
    &snap_numbers_class.type,     &snap_map_class.type,          &snap_mapped_class.type,
    &snap_results_class.type,     &snap_filter_class.type,       &snap_split_words_class.type,
    &snap_count_class.type,       &snap_sum_class.type,          &snap_count_sum_class.type,
    &snap_reduce_class.type,      &snap_zoo_long_class.type,     &snap_zoo_string_class.type,
    &snap_union_class.type,       &snap_pass_through_class.type, &snap_watermarks_class.type,
    &snap_window_class.type,      &snap_flat_map_class.type,     &snap_join_class.type,
    &snap_co_map_class.type,      &snap_async_class.type,        &snap_broadcast_rules_class.type,
    &snap_union_count_class.type, &snap_record_order_class.type, &snap_collect_class.type,
    &snap_table_class.type,       &snap_discard_class.type,      &snap_tally_class.type,
    &snap_file_sink_class.type,
};

static const struct snap_operator_catalogue catalogue = {
    .types = types,
    .count = sizeof(types) / sizeof(types[0]),
};

const struct snap_operator_class *snap_operator_class_of(const struct snap_operator *op)
{
    SNAP_CHECK(op->type);
    return (const struct snap_operator_class *)op->type;
}

struct snap_operator_rules snap_operator_rules_of(const struct snap_operator *op)
{
    const struct snap_operator_class *class = snap_operator_class_of(op);
    struct snap_operator_rules rules = class->rules;

    if (class->refine_rules)
        class->refine_rules(op, &rules);
    return rules;
}

const struct snap_operator_rules *const *snap_operator_rules_of_job(const struct snap_job *job,
                                                                    struct snap_arena *arena)
{
    const struct snap_operator_rules **rules =
        SNAP_ARENA_ARRAY(arena, const struct snap_operator_rules *, job->operator_count);

    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator_rules refined = snap_operator_rules_of(&job->operators[i]);

        rules[i] = snap_arena_copy(arena, &refined, sizeof(refined));
    }
    return rules;
}

struct snap_time_needs snap_operator_time_needs(const struct snap_operator *op)
{
    const struct snap_operator_class *class = snap_operator_class_of(op);
    struct snap_time_needs needs = {.fanout_max = class->fanout_max};

    if (class->time_needs)
        class->time_needs(op, &needs);
    return needs;
}

const struct snap_operator_catalogue *snap_operator_catalogue_get(void)
{
    return &catalogue;
}
