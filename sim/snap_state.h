// SPDX-License-Identifier: Apache-2.0
/*
 * snap_state.h: the part of snap.h for named states by key of a program's own operators: values,
 * lists and maps. Programs include snap.h.
 *
 * - A keyed type with `process` declares them. They are snapsim's: every snapshot holds them
 *   without `snapshot` and `restore`, they move with their key groups when the parallelism changes,
 *   and files have them as Flink's under these names, with Flink's serializers of Long and String.
 * - The functions belong to process and timer, and are about the key in work. They return false,
 *   and the job fails, if the type declares no such state of this shape, or a kind is wrong. Those
 *   that look for something return false, too, if it is not there; then the job goes on.
 * - A key that was cleared has no entry any more, in snapshots and files neither.
 * - Beside them the type may use the one value without a name, of snapsim_state_get.
 * - Judged is always which records came into them, and that what is restored is what was taken.
 * What they should hold is judged if the type is `deterministic` (snap_operator.h); else wrong
 * contents are not found. Flink: ValueState, ListState, MapState.
 */
#ifndef SNAPSIM_SNAP_STATE_H
#define SNAPSIM_SNAP_STATE_H

#include "snap_operator.h"

#ifdef __cplusplus
extern "C" {
#endif

enum snapsim_shape {
    SNAPSIM_SHAPE_VALUE, /* one value a key */
    SNAPSIM_SHAPE_LIST,  /* values in the order in which they were added */
    SNAPSIM_SHAPE_MAP,   /* values by field */
};

struct snapsim_state {
    const char *name; /* as in snapshots, and of Flink's descriptor */
    enum snapsim_shape shape;
    enum snapsim_kind kind;  /* of values */
    enum snapsim_kind field; /* of a map's fields; of other shapes SNAPSIM_LONG, which is 0 */
};

/* The value: get zeroes *value if there is none; put copies a text; clear takes it away, and there
 * need not be one. Flink: ValueState.value, update, clear. */
SNAPSIM_API bool snapsim_value_get(struct snapsim_context *context, const char *state,
                                   struct snapsim_value *value);
SNAPSIM_API bool snapsim_value_put(struct snapsim_context *context, const char *state,
                                   struct snapsim_value value);
SNAPSIM_API bool snapsim_value_clear(struct snapsim_context *context, const char *state);

/* The list: add copies a text and puts it at the end. each calls `take` for all values in order and
 * returns how many there are; `take`, which may be NULL, leaves the state as it is. clear drops
 * them all. Flink: ListState.add, get, clear. */
SNAPSIM_API bool snapsim_list_add(struct snapsim_context *context, const char *state,
                                  struct snapsim_value value);
SNAPSIM_API uint32_t snapsim_list_each(struct snapsim_context *context, const char *state,
                                       void (*take)(void *to, struct snapsim_value value),
                                       void *to);
SNAPSIM_API bool snapsim_list_clear(struct snapsim_context *context, const char *state);

/* The map: put copies texts, of field and value. get zeroes *value if there is no such field, and
 * where a file of Flink's has a null. remove returns false, too, if there was none. each goes
 * through the fields in the order in which they were put (after a restore from tables of RocksDB in
 * that of their bytes), and returns how many there are; `take` leaves the state as it is.
 * Flink: MapState.get, put, remove, entries, clear. */
SNAPSIM_API bool snapsim_map_get(struct snapsim_context *context, const char *state,
                                 struct snapsim_value field, struct snapsim_value *value);
SNAPSIM_API bool snapsim_map_put(struct snapsim_context *context, const char *state,
                                 struct snapsim_value field, struct snapsim_value value);
SNAPSIM_API bool snapsim_map_remove(struct snapsim_context *context, const char *state,
                                    struct snapsim_value field);
SNAPSIM_API uint32_t snapsim_map_each(struct snapsim_context *context, const char *state,
                                      void (*take)(void *to, struct snapsim_value field,
                                                   struct snapsim_value value),
                                      void *to);
SNAPSIM_API bool snapsim_map_clear(struct snapsim_context *context, const char *state);

#ifdef __cplusplus
}
#endif

#endif
