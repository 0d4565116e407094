// SPDX-License-Identifier: Apache-2.0
/*
 * context.h: what stands behind the handle that callbacks of a program get, and the class that
 * makes an operator of the catalogue out of a type of the program.
 *
 * - A context is filled for what its callback may do; what it may not do is NULL.
 * - Two who call: a running subtask (its instance owns the context), and the ledger (a context on
 *   the stack for one call, without instance and without errors: the run has shown them).
 * - The first failure of an instance stays in its `error` and fails the task at the next snapshot
 *   or at its end: records have no way to fail.
 * - Thread: whoever calls the callback; a context is never shared.
 */
#ifndef SNAP_API_CONTEXT_H
#define SNAP_API_CONTEXT_H

#include "operators/keyed.h"
#include "operators/operator.h"
#include "operators/rate_plan.h"
#include "snap.h"
#include "state/keyed_map.h"
#include "state/timers.h"

/* The state by key of an operator. */
#define SNAP_API_STATE_NAME "state"

/* Where a source stands: a list of one number, by which the ledger knows what was sent. */
#define SNAP_API_POSITION_NAME "position"

/* The parts of a sink while `read` tells them. */
struct snap_api_parts {
    void (*take)(void *to, const struct snap_sink_part *part);
    void *to;
    struct snap_arena *arena;
    struct snap_sink_part part; /* the one that is being told */
    bool begun;
    const char **lines;
    uint32_t capacity;
    uint64_t *told; /* numbers of the parts so far */
    uint32_t told_count;
    uint32_t told_capacity;
};

/* Who takes the entries of an operator's own state. */
struct snap_api_entries {
    void (*take)(void *to, const struct snap_state_entry *entry);
    void *to;
};

/* Items of one list while `snapshot` saves them. */
struct snap_api_items {
    struct snap_list_item *items;
    uint32_t count;
    uint32_t capacity;
};

/* A snapshot in the making. */
struct snap_api_saving {
    struct snap_arena *arena;     /* of the snapshot */
    struct snap_api_items *lists; /* that of snapsim_save, then those declared */
};

/* The length of a text that is none: snapsim_text of NULL. */
#define SNAP_API_NO_TEXT SIZE_MAX

enum { SNAP_API_CLOCKS = SNAPSIM_PROCESSING_TIME + 1 };

/* Time and timers of a subtask, and the input that records come over. */
struct snap_api_time {
    struct snap_timers timers[SNAP_API_CLOCKS];
    int64_t watermark_ms;
    uint32_t input;
    uint64_t last_origin; /* of records so far: what timers send has to come from somewhere */
    const struct snap_operator_context *running;
};

/* One named state by key of a subtask; which member is there its declaration says. */
struct snap_api_named {
    const struct snapsim_state *declared;
    struct snap_keyed_list list; /* or a value */
    struct snap_keyed_map map;
};

struct snapsim_context {
    const struct snap_operator *op;
    const struct snapsim_operator_type *type;
    uint32_t subtask;
    uint32_t attempt;
    struct snap_string_pool *strings;
    struct snap_error *error; /* NULL: the ledger calls */
    const struct snap_record *in;
    struct snap_emitter *emitter; /* one of the two where records may be sent */
    struct snap_replay *replay;
    struct snap_keyed_state *keyed; /* a running subtask's state by key */
    struct snap_api_named *named;   /* likewise, as they are declared */
    struct snap_api_time *time;     /* likewise; NULL: it has none of it */
    union snap_value *folded;       /* the ledger's state of the key in work ... */
    bool *folded_present;
    struct snap_api_saving *saving;
    const char *restored_list; /* of the item that is being restored; NULL: of snapsim_save */
    const struct snap_api_entries *entries;
    struct snap_api_parts *parts;
};

/* A type of the program as the rest of snapsim sees it. */
struct snap_api_class {
    struct snap_operator_class class; /* must stay first: operators point here */
    const struct snapsim_operator_type *type;
};

/* An attempt of one subtask. */
struct snap_api_instance {
    struct snap_keyed keyed; /* must stay first: see keyed.h */
    struct snapsim_context context;
    struct snap_operator_context running;
    struct snap_error error;
    struct snap_rate_plan rate; /* sources */
    struct snap_api_time time;
    void *self;
};

/* Returns the type of an operator whose class snap_api_class_make made. */
const struct snapsim_operator_type *snap_api_type_of(const struct snap_operator *op);

/* Makes the class of a type in the arena. Errors: SNAP_ERROR_USAGE, callbacks that do not fit. */
const struct snap_operator_type *snap_api_class_make(const struct snapsim_operator_type *type,
                                                     struct snap_arena *arena,
                                                     struct snap_error *error);

/* What is wrong about the lists that a type declares; NULL: nothing. */
const char *snap_api_lists_wrong(const struct snapsim_operator_type *type);

/* Lets the program save its items, and adds them to a snapshot. Returns false if its callback does.
 */
bool snap_api_lists_snapshot(struct snap_api_instance *instance, snap_checkpoint_id checkpoint,
                             struct snap_arena *arena, struct snap_operator_state *out);

/* Gives the program its items back; `restored` may be NULL. Returns false if its callback does. */
bool snap_api_lists_restore(struct snap_api_instance *instance,
                            const struct snap_operator_state *restored);

/* Whether a state may not have the name, because snapsim keeps something under it. */
bool snap_api_name_is_taken(const char *name);

/* Returns the kind as tables know it. */
enum snap_value_kind snap_api_kind(enum snapsim_kind kind);

/* What is wrong about the states by key that a type declares; NULL: nothing. */
const char *snap_api_states_wrong(const struct snapsim_operator_type *type);

/* State by key, the unnamed and the named ones, all empty; part of opening. */
void snap_api_states_open(struct snap_api_instance *instance);

/* Puts what is restored, which may be NULL, into them; part of opening. */
void snap_api_states_restore(struct snap_api_instance *instance,
                             const struct snap_operator_state *restored);

/* Calls `entry` for each key of each of them, but for what `fold` decides; `self` is an instance.
 */
void snap_api_states_each(void *self, void (*entry)(void *to, const struct snap_named_entry *),
                          void *to);

/* What the ledger runs of types that are deterministic. */
extern const struct snap_shadow_functions snap_api_shadow;

/* Adds it to a snapshot. */
void snap_api_states_snapshot(struct snap_api_instance *instance, struct snap_arena *arena,
                              struct snap_operator_state *out);

/* Declares to the storage what the type keeps by key, and its timers; memory of the arena. */
void snap_api_states_fill(struct snap_api_class *made, struct snap_arena *arena);

/* Declarations of timers, one a clock. */
extern const struct snap_state_spec snap_api_timer_specs[SNAP_API_CLOCKS];

/* Timers of an operator, with what was restored of them; part of opening. */
void snap_api_time_open(struct snap_api_instance *instance);

/* Adds them to a snapshot. */
void snap_api_time_snapshot(struct snap_api_instance *instance, struct snap_arena *arena,
                            struct snap_operator_state *out);

/* Fills what an operator with two inputs or timers has into the class. */
void snap_api_time_fill(struct snap_api_class *made);

/* Sources: prepares the rate; part of opening. */
void snap_api_source_open(struct snap_api_instance *instance);

/* Adds where the source stands to a snapshot. */
void snap_api_source_snapshot(struct snap_api_instance *instance, struct snap_arena *arena,
                              struct snap_operator_state *out);

/* Fill the functions and rules of a role into the class. */
void snap_api_transform_fill(struct snap_api_class *made);
void snap_api_source_fill(struct snap_api_class *made);
void snap_api_sink_fill(struct snap_api_class *made);

/* Prepares a zeroed instance: self and context; part of opening. */
void snap_api_instance_init(struct snap_api_instance *instance,
                            const struct snap_operator_context *running);

/* Functions of struct snap_operator_class that all roles have; `self` is an instance. */
void snap_api_close(void *self);
void snap_api_show_keyed(void *self, struct snap_arena *arena, struct snap_operator_state *out);

/* Returns the value as programs see it; a text stays where it is. */
struct snapsim_value snap_api_value_out(enum snap_value_kind kind, union snap_value value);

/* Returns 0 or "". */
struct snapsim_value snap_api_value_empty(enum snap_value_kind kind);

/* Returns the record as programs see it. */
struct snapsim_record snap_api_record_out(struct snap_schema schema,
                                          const struct snap_record *record);

/* Turns a value of a program into one of the kind; texts go to the context's strings. Returns
 * false and fails the context if the kind is another one. */
bool snap_api_value_in(struct snapsim_context *context, enum snap_value_kind kind,
                       struct snapsim_value value, union snap_value *out);

/* Ends the part that is being told, if there is one. */
void snap_api_parts_flush(struct snap_api_parts *parts);

#endif
