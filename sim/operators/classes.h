// SPDX-License-Identifier: Apache-2.0
/*
 * classes.h: the operator classes, one file each; catalogue.c lists them.
 *
 * - Constant, shared by all threads.
 * - An operator of a job points to the class by its `type`, which is the class' first member.
 */
#ifndef SNAP_OPERATORS_CLASSES_H
#define SNAP_OPERATORS_CLASSES_H

#include "operators/operator.h"

extern const struct snap_operator_class snap_sequence_class;
extern const struct snap_operator_class snap_text_file_class;
extern const struct snap_operator_class snap_list_class;
extern const struct snap_operator_class snap_numbers_class;
extern const struct snap_operator_class snap_map_class;
extern const struct snap_operator_class snap_filter_class;
extern const struct snap_operator_class snap_split_words_class;
extern const struct snap_operator_class snap_count_class;
extern const struct snap_operator_class snap_sum_class;
extern const struct snap_operator_class snap_reduce_class;
extern const struct snap_operator_class snap_union_class;
extern const struct snap_operator_class snap_pass_through_class;
extern const struct snap_operator_class snap_watermarks_class;
extern const struct snap_operator_class snap_window_class;
extern const struct snap_operator_class snap_flat_map_class;
extern const struct snap_operator_class snap_join_class;
extern const struct snap_operator_class snap_co_map_class;
extern const struct snap_operator_class snap_async_class;
extern const struct snap_operator_class snap_broadcast_rules_class;
extern const struct snap_operator_class snap_union_count_class;
extern const struct snap_operator_class snap_record_order_class;
extern const struct snap_operator_class snap_collect_class;
extern const struct snap_operator_class snap_table_class;
extern const struct snap_operator_class snap_discard_class;
extern const struct snap_operator_class snap_tally_class;
extern const struct snap_operator_class snap_mapped_class;
extern const struct snap_operator_class snap_count_sum_class;
extern const struct snap_operator_class snap_results_class;
extern const struct snap_operator_class snap_zoo_long_class;
extern const struct snap_operator_class snap_zoo_string_class;
extern const struct snap_operator_class snap_file_sink_class;

#endif
