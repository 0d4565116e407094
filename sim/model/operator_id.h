// SPDX-License-Identifier: Apache-2.0
/*
 * operator_id.h: the id under which an operator's state is stored.
 *
 * - 16 bytes, made from the operator's uid, so that state finds its operator again.
 * - Text form: 32 lower-case hex digits, byte by byte.
 * Flink: OperatorID, OperatorIDGenerator.
 */
#ifndef SNAP_MODEL_OPERATOR_ID_H
#define SNAP_MODEL_OPERATOR_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SNAP_OPERATOR_ID_BYTES = 16, SNAP_OPERATOR_ID_TEXT_BYTES = 33 };

struct snap_operator_id {
    uint8_t bytes[SNAP_OPERATOR_ID_BYTES];
};

/* Returns the id of the operator with this uid, `bytes` bytes of UTF-8. */
struct snap_operator_id snap_operator_id_of_uid(const char *uid, size_t bytes);

/* Writes the hex form and a NUL to `text`. */
void snap_operator_id_format(const struct snap_operator_id *id,
                             char text[SNAP_OPERATOR_ID_TEXT_BYTES]);

/* Reads exactly 32 hex digits of either case, as a hash given by the user; false if it is none. */
bool snap_operator_id_parse(const char *text, struct snap_operator_id *id);

#endif
