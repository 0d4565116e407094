// SPDX-License-Identifier: Apache-2.0
/*
 * state_spec.h: what an operator's states are, told so that others can read and write them.
 *
 * - An operator class declares the states that its snapshots hold: by name, with their shape. How
 *   their bytes look in a file is the storage's business.
 * - Keyed state is plain: its snapshot says the kinds of key and value. Items of lists are opaque;
 *   their declaration has the functions that take them apart and put them together.
 * - Declarations are constant and shared by all threads.
 * - What an operator keeps without declaring it goes into files as bytes that only it understands.
 * Flink: StateDescriptor, OperatorStateStore.
 */
#ifndef SNAP_STATE_STATE_SPEC_H
#define SNAP_STATE_STATE_SPEC_H

#include "base/bytes.h"
#include "base/error.h"
#include "model/job.h"
#include "state/operator_state.h"

/* Flink: StateDescriptor.Type, and what is no state of a descriptor. */
enum snap_state_shape {
    SNAP_SHAPE_VALUE,
    SNAP_SHAPE_REDUCING,
    SNAP_SHAPE_AGGREGATING,
    SNAP_SHAPE_KEYED_LIST,
    SNAP_SHAPE_KEYED_MAP,         /* fields: packed.h */
    SNAP_SHAPE_TTL_VALUE,         /* a long with the time of its last access: packed.h */
    SNAP_SHAPE_WINDOW,            /* what a window holds, by key and window */
    SNAP_SHAPE_EVENT_TIMERS,      /* by key and window, or by key alone */
    SNAP_SHAPE_PROCESSING_TIMERS, /* likewise */
    SNAP_SHAPE_LIST,              /* operator state: split or union, as the list's mode says */
    SNAP_SHAPE_BROADCAST,         /* operator state: a map, the same in each subtask */
};

enum snap_element_type { SNAP_TYPE_LONG, SNAP_TYPE_STRING, SNAP_TYPE_BYTES };

/* An element of a list, or the key or value of a pair of a broadcast map. */
struct snap_element {
    enum snap_element_type type;
    int64_t number;          /* LONG */
    struct snap_bytes bytes; /* STRING: UTF-8; BYTES */
};

/* Where items are put together: what they point to must outlive the attempt that takes them. */
struct snap_item_maker {
    const struct snap_operator *op;
    struct snap_arena *arena;
    uint64_t past_origin; /* of a record below the offsets that sources are restored to */
};

struct snap_state_spec {
    const char *name; /* of the snapshot's list or table, and of Flink's descriptor */
    enum snap_state_shape shape;
    /* Keyed: the kinds of key and value; NULL: those of what the operator emits. */
    struct snap_schema (*schema)(const struct snap_operator *op);
    struct snap_schema fields;      /* KEYED_MAP: the kinds of a field's name and value */
    bool is_windowless;             /* timers that belong to a key and no window */
    enum snap_element_type element; /* LIST */
    /* BROADCAST: what keys and values are. */
    void (*pair)(const struct snap_operator *op, enum snap_element_type types[2]);
    /* LIST: appends nothing or one element (BROADCAST: key and value) for the item; returns how
     * many. `arena` has what the elements point to. */
    uint32_t (*encode)(const struct snap_operator *op, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *elements);
    /* Makes an item of an element, or of key and value. Errors: SNAP_ERROR_RESTORE. */
    bool (*decode)(const struct snap_item_maker *maker, const struct snap_element *elements,
                   struct snap_list_item *item, struct snap_error *error);
};

/* The states of an operator. */
struct snap_state_specs {
    const struct snap_state_spec *items;
    uint32_t count;
    bool has_coordinator; /* it is a source whose splits somebody hands out */
};

/* Whether the shape is one of state by key, with or without windows, or of operator state. */
static inline bool snap_shape_is_keyed(enum snap_state_shape shape)
{
    return shape <= SNAP_SHAPE_TTL_VALUE;
}

static inline bool snap_shape_is_scoped(enum snap_state_shape shape)
{
    return shape >= SNAP_SHAPE_WINDOW && shape <= SNAP_SHAPE_PROCESSING_TIMERS;
}

/* Returns the declaration of the state, NULL if there is none. */
const struct snap_state_spec *snap_state_specs_find(const struct snap_state_specs *specs,
                                                    const char *name);

/* What items that are one long have: struct snap_state_spec.encode and decode. */
uint32_t snap_long_item_encode(const struct snap_operator *op, const struct snap_list_item *item,
                               struct snap_arena *arena, struct snap_element *elements);
bool snap_long_item_decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                           struct snap_list_item *item, struct snap_error *error);

#endif
