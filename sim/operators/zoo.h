// SPDX-License-Identifier: Apache-2.0
/*
 * zoo.h: what zoo-long and zoo-string have in common: a map, timers of both kinds, and a count of
 * those that have fired, all by key.
 *
 * - Timers send nothing: each that fires adds one to `fired` of its key.
 * - A timer of processing time is far in the future, so that it stays part of the state.
 * - States have the names and types of Flink's descriptors for a KeyedProcessFunction.
 * Flink: KeyedProcessOperator, SimpleTimerService.
 */
#ifndef SNAP_OPERATORS_ZOO_H
#define SNAP_OPERATORS_ZOO_H

#include "base/text.h"
#include "operators/operator.h"
#include "state/keyed_map.h"
#include "state/timers.h"

/* The first millisecond of the year 2100. */
#define SNAP_ZOO_FUTURE_MS INT64_C(4102444800000)

/* Declarations of the states that both have. */
#define SNAP_ZOO_STATES                                                                            \
    {.name = "map",                                                                                \
     .shape = SNAP_SHAPE_KEYED_MAP,                                                                \
     .fields = {SNAP_VALUE_STRING, SNAP_VALUE_LONG}},                                              \
        {.name = "fired", .shape = SNAP_SHAPE_VALUE},                                              \
        {.name = "_timer_state/event_user-timers",                                                 \
         .shape = SNAP_SHAPE_EVENT_TIMERS,                                                         \
         .is_windowless = true},                                                                   \
    {                                                                                              \
        .name = "_timer_state/processing_user-timers", .shape = SNAP_SHAPE_PROCESSING_TIMERS,      \
        .is_windowless = true                                                                      \
    }

/* First member of the instances. */
struct snap_zoo {
    const struct snap_operator_context *context;
    struct snap_keyed_map map;
    struct snap_keyed_state fired;
    struct snap_timers event;
    struct snap_timers processing;
};

/* Sets up map, timers and count, with what was restored. */
void snap_zoo_open(struct snap_zoo *zoo, const struct snap_operator_context *context);

/* Sets up a table of values, with what was restored of it. */
void snap_zoo_open_value(struct snap_keyed_state *state, const char *name,
                         const struct snap_operator_context *context);

/* Adds to a field of the key's map; nothing becomes null by it. */
void snap_zoo_add(struct snap_zoo *zoo, union snap_value key, const char *name, int64_t more);

/* Registers a timer of the key. */
void snap_zoo_set_timer(struct snap_timers *timers, union snap_value key, int64_t time_ms);

/* Writes a table of values, and what is common. */
void snap_zoo_put_value(const struct snap_zoo *zoo, struct snap_keyed_state *state,
                        struct snap_arena *arena, struct snap_operator_state *out);
void snap_zoo_put(struct snap_zoo *zoo, struct snap_arena *arena, struct snap_operator_state *out);

/* Shows a table of values, and what is common. */
void snap_zoo_show_value(const struct snap_keyed_state *state, const struct snap_state_lines *to);
void snap_zoo_show(const struct snap_zoo *zoo, const struct snap_state_lines *to);

/* The functions of struct snap_operator_class; `self` begins with a struct snap_zoo. */
void snap_zoo_take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out);
snap_ns snap_zoo_timer_due(void *self);
void snap_zoo_fire(void *self, snap_ns now_ns, struct snap_emitter *out);
void snap_zoo_time_needs(const struct snap_operator *op, struct snap_time_needs *needs);

#endif
