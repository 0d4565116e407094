// SPDX-License-Identifier: Apache-2.0
/*
 * packed_record.h: a record as bytes, for list states whose elements no other program reads: what
 * waits in an operator, and entries of tables that are not keyed.
 *
 * - Numbers have eight bytes, least first; a text its length in four and its bytes.
 * - A tag of the operator's own stands in front.
 * - Bytes that come out of a file may be anything: lengths are checked before use.
 */
#ifndef SNAP_OPERATORS_PACKED_RECORD_H
#define SNAP_OPERATORS_PACKED_RECORD_H

#include "state/state_spec.h"

struct snap_packed_record {
    uint64_t tag;
    struct snap_record record;
};

/* Makes one element of the record, whose bytes lie in the arena. */
void snap_packed_record_write(struct snap_schema schema, const struct snap_packed_record *packed,
                              struct snap_arena *arena, struct snap_element *element);

/* Takes an element apart; texts are the maker's. Errors: SNAP_ERROR_RESTORE. */
bool snap_packed_record_read(struct snap_schema schema, const struct snap_item_maker *maker,
                             const struct snap_element *element, struct snap_packed_record *packed,
                             struct snap_error *error);

#endif
