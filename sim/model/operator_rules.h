// SPDX-License-Identifier: Apache-2.0
/*
 * operator_rules.h: what the ledger is told about an operator: the plain function it computes.
 *
 * - The ledger walks the job graph with these, from each source record, to know what should arrive
 *   where; it includes no operator and shares no state with one.
 * - PURE: any number of outputs that depend on the input record only (`replay`).
 *   FOLD: keyed state; one output an input, with the same key, whose value depends on the history
 *   (unless it is kept);
 *   `fold` gives the state after one more input. Of several inputs some may only affect the state,
 *   and others only be sent on.
 *   WINDOW: takes each record once, into windows or as too late, and sends results of its own, of
 *   which it tells: what lies behind it is walked from those.
 *   SOURCE and SINK: the ends.
 * - The masks say what decides: a value that comes out of a fold is not known to the ledger, so
 *   what depends on it downstream cannot be judged.
 */
#ifndef SNAP_MODEL_OPERATOR_RULES_H
#define SNAP_MODEL_OPERATOR_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/job.h"
#include "model/record.h"
#include "model/shadow.h"
#include "model/string_pool.h"

enum snap_rule_kind {
    SNAP_RULE_SOURCE,
    SNAP_RULE_PURE,
    SNAP_RULE_FOLD,
    SNAP_RULE_WINDOW,
    SNAP_RULE_SINK,
};

static inline bool snap_rule_has_state(enum snap_rule_kind kind)
{
    return kind == SNAP_RULE_FOLD || kind == SNAP_RULE_WINDOW;
}

/* Parts of a record that something depends on; HISTORY: on earlier records, so it is never known.
 */
enum snap_record_part {
    SNAP_PART_NOTHING = 0,
    SNAP_PART_KEY = 1,
    SNAP_PART_VALUE = 2,
    SNAP_PART_HISTORY = 4,
};

/* Outputs of one replayed record; `records` grows in the arena. Zeroed but for arena, strings. */
struct snap_replay {
    uint32_t input; /* which of the operator's inputs the record comes from */
    struct snap_arena *arena;
    struct snap_string_pool *strings;
    struct snap_record *records;
    uint32_t count;
    uint32_t capacity;
};

struct snap_operator_rules {
    enum snap_rule_kind kind;
    bool expands;         /* outputs get child lineages (form `expand`) */
    bool tells_all_parts; /* sinks: those of earlier runs, too, whose records nobody knows */
    bool reads_none;      /* sinks: no reader ever sees anything, so nothing can be judged */
    bool reorders;        /* records may overtake each other in it */
    bool holds;           /* what it has taken may come out later, also after a checkpoint */
    bool keeps_key;       /* each output has the key of its input */
    bool keeps_value;     /* FOLD: and its value: the state is beside what is sent */
    unsigned number_of_outputs_from; /* enum snap_record_part mask */
    unsigned key_from;
    unsigned value_from;
    /* SOURCE: tells the record at this offset of its split, counted from its first one; false: it
     * has none there. NULL: that cannot be said without reading. */
    bool (*record_at)(const struct snap_operator *op, uint32_t split, uint64_t offset,
                      struct snap_record *record);
    /* PURE: appends the outputs for `in`. NULL (after refining): its one output is what it got. */
    void (*replay)(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out);
    /* FOLD: masks of inputs; 0: all. */
    unsigned affecting_inputs;
    unsigned sending_inputs;
    bool state_is_number; /* FOLD: the state is a long, whatever the operator sends */
    /* FOLD: replaces *state (valid if *present) by the state after `in`. NULL (after refining): the
     * state's values cannot be judged. */
    void (*fold)(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present);
    bool uses_timestamps; /* FOLD: `fold` or the shadow may look at them */
    /* FOLD: runs the operator once more, for its named states. NULL: they cannot be judged. */
    const struct snap_shadow_functions *shadow;
    bool shadow_remembers; /* it has memory beside them: all depends on who had which keys */
    bool fold_adds_values; /* FOLD: that is the value of `in` added to the state, from 0 on */
    /* WINDOW: the value of a window with one more record. NULL: windows of this kind may never
     * fire, or hold other records than their time says. */
    void (*add_to_window)(const struct snap_operator *op, const struct snap_record *record,
                          int64_t *value);
    bool windows_grow;       /* WINDOW: two can become one */
    bool fold_order_matters; /* FOLD: another order of inputs gives another state */
};

/* Returns whether the input is in the mask. */
static inline bool snap_rules_has_input(unsigned mask, uint32_t input)
{
    return mask == 0 || ((mask >> input) & 1) != 0;
}

/* Returns the kind of the state's values (FOLD). */
static inline enum snap_value_kind snap_rules_state_kind(const struct snap_operator_rules *rules,
                                                         const struct snap_operator *op)
{
    return rules->state_is_number ? SNAP_VALUE_LONG : op->schema.value;
}

#endif
