// SPDX-License-Identifier: Apache-2.0
/*
 * pack.h: parts of an item one after another as bytes that mean the same in any process: for lists
 * whose elements in files are byte arrays.
 *
 * - Numbers have 8 bytes, big-endian; a text has its length in front of it.
 * - A reader never goes beyond the bytes: past the end `failed` is set and parts are empty.
 * - Owner: who calls. Memory lies in the arena that is handed in.
 */
#ifndef SNAP_OPERATORS_PACK_H
#define SNAP_OPERATORS_PACK_H

#include "base/bytes.h"
#include "base/error.h"
#include "model/record.h"
#include "state/state_spec.h"

struct snap_packer {
    uint8_t *at;
};

struct snap_unpacker {
    struct snap_bytes rest;
    bool failed;
};

/* Returns how many bytes the value takes; a number takes SNAP_PACKED_NUMBER. */
enum { SNAP_PACKED_NUMBER = 8 };
size_t snap_packed_bytes(enum snap_value_kind kind, union snap_value value);

/* Begins an element of `bytes` bytes, memory of the arena. */
struct snap_packer snap_pack_begin(struct snap_element *element, size_t bytes,
                                   struct snap_arena *arena);
void snap_pack_number(struct snap_packer *packer, uint64_t number);
void snap_pack_value(struct snap_packer *packer, enum snap_value_kind kind, union snap_value value);

/* Takes the parts out again. */
uint64_t snap_unpack_number(struct snap_unpacker *unpacker);
union snap_value snap_unpack_value(struct snap_unpacker *unpacker, enum snap_value_kind kind,
                                   struct snap_arena *arena);

/* Returns whether all was there and nothing is left. Errors: SNAP_ERROR_RESTORE. */
bool snap_unpack_end(const struct snap_unpacker *unpacker, const struct snap_operator *op,
                     struct snap_error *error);

#endif
