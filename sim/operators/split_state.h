// SPDX-License-Identifier: Apache-2.0
/*
 * split_state.h: the splits in a source's state as Flink's readers have them.
 *
 * - An element is what SourceReaderState holds: version of the split's serializer, length, split. A
 *   split is its number in the source, the next offset, and the offset behind its last record.
 * - Sources that know places in a file by bytes add the position: version 2.
 * - A split that is used up leaves the state, as in Flink. One that a snapshot lacks is used up.
 */
#ifndef SNAP_OPERATORS_SPLIT_STATE_H
#define SNAP_OPERATORS_SPLIT_STATE_H

#include "operators/splits.h"
#include "state/state_spec.h"

/* The states of every source: struct snap_operator_class.states. */
extern const struct snap_state_specs snap_source_states;

/* Returns the offset behind the last record of the split, counted in the source from 0;
 * INT64_MAX if only reading tells. */
uint64_t snap_split_end(const struct snap_operator *op, uint64_t index);

/* Whether nothing is left to read of the split that an item of a source's state holds. */
bool snap_split_is_used_up(const struct snap_operator *op, const struct snap_list_item *item);

#endif
