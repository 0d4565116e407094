// SPDX-License-Identifier: Apache-2.0
/*
 * map_function.h: the functions that `map` and `co-map` have: a record in, a record out.
 *
 * - Parsed by `configure`, constant after that.
 * - All but `roll` are deterministic: a replay makes the same of a record.
 * - The rule for the ledger is written a second time, in other words: it checks the first.
 */
#ifndef SNAP_OPERATORS_MAP_FUNCTION_H
#define SNAP_OPERATORS_MAP_FUNCTION_H

#include "base/rng.h"
#include "operators/operator.h"

enum snap_map_kind {
    SNAP_MAP_IDENTITY,
    SNAP_MAP_KEY_BY_VALUE,
    SNAP_MAP_KEY_MODULO,
    SNAP_MAP_ADD,
    SNAP_MAP_TO_LOWER,
    SNAP_MAP_ROLL,
    SNAP_MAP_WORD, /* from here on the key comes of the value */
    SNAP_MAP_RULE,
    SNAP_MAP_TEXT_KEY,
};

struct snap_map_function {
    enum snap_map_kind kind;
    int64_t argument;
    char letter; /* TEXT_KEY: in front of the number */
};

/* What the functions on strings and the one that draws need; memory of the attempt. */
struct snap_map_scratch {
    struct snap_string_pool *strings;
    struct snap_arena *arena;
    char *text;
    uint32_t text_bytes;
    struct snap_rng rng; /* of its own for each attempt, so that a replay draws anew */
};

/* Prepares the zeroed scratch of an instance that opens. */
void snap_map_scratch_init(struct snap_map_scratch *scratch,
                           const struct snap_operator_context *context);

/* Parses the text and finds out what becomes of records of the inputs' schema. Errors: no such
 * function, or not for such records. */
bool snap_map_function_read(const struct snap_operator *op, const char *text,
                            struct snap_arena *arena, struct snap_map_function *function,
                            struct snap_error *error);

/* Adds what decides about key and value to the rules' masks. */
void snap_map_function_refine(const struct snap_map_function *function,
                              struct snap_operator_rules *rules);

/* Returns the schema of what the function makes of the operator's input. */
struct snap_schema snap_map_function_schema(const struct snap_operator *op,
                                            const struct snap_map_function *function);

/* Changes the records in place. */
void snap_map_function_apply(const struct snap_map_function *function,
                             struct snap_map_scratch *scratch, struct snap_batch *batch);

/* The rule: appends what the function makes of the record. */
void snap_map_function_replay(const struct snap_map_function *function,
                              const struct snap_record *in, struct snap_replay *out);

#endif
