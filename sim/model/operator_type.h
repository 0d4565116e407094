// SPDX-License-Identifier: Apache-2.0
/*
 * operator_type.h: what is known of a type of operator before any instance runs.
 *
 * - The catalogue of types is handed to the scenario reader; it knows no operator by name.
 * - The reader checks each option of a scenario against `options` (name, kind, required), fills a
 *   struct snap_option a declared option, in the order of the declaration, and calls `configure`.
 * - `configure` parses what is special to the type (functions, predicates, distributions), sets the
 *   operator's `schema` and `settings`, and says what is wrong; the reader adds file, line, column
 *   of the option whose index is left in `*culprit`.
 * - Types are constant and shared by all threads.
 */
#ifndef SNAP_MODEL_OPERATOR_TYPE_H
#define SNAP_MODEL_OPERATOR_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "model/record.h"

struct snap_operator;
struct snap_rate;
struct snap_cost_law;

enum snap_operator_role { SNAP_ROLE_SOURCE, SNAP_ROLE_TRANSFORM, SNAP_ROLE_SINK };

enum snap_option_kind {
    SNAP_OPTION_TEXT,
    SNAP_OPTION_COUNT,    /* non-negative integer; `number` */
    SNAP_OPTION_RATE,     /* "20000/s", "5/min"; `number`: records per hour; else `rate` */
    SNAP_OPTION_LAW,      /* "2 us", "exponential(2 us)", ...; `law` */
    SNAP_OPTION_DURATION, /* "2 us"; `number`: nanoseconds */
    SNAP_OPTION_SIZE,     /* "100 b", "32 kb"; `number`: bytes */
    SNAP_OPTION_BOOL,     /* `number`: 0 or 1 */
    SNAP_OPTION_CHOICE,   /* one of `choices`; `number`: its index */
    SNAP_OPTION_PATHS,    /* input files, patterns expanded, relative to the scenario; `texts` */
    SNAP_OPTION_PATH_OUT, /* output path, relative to the run's output directory; `text` */
    SNAP_OPTION_COUNTS,   /* [400, 400]: non-negative integers; `texts` */
    SNAP_OPTION_RECORDS,  /* [[key, value], ...]; `texts` has 2 * text_count / 2 entries, quoted */
};

struct snap_option_type {
    const char *name;
    enum snap_option_kind kind;
    bool required;
    const char *choices;      /* "a|b|c" for SNAP_OPTION_CHOICE, else NULL */
    const char *text_default; /* as one would write it in a scenario; NULL: none */
    const char *doc;          /* one line for `snapsim help operators` */
    const char *example;      /* a value as one would write it */
};

/* One option of one operator as read. Texts are owned by the scenario's arena. */
struct snap_option {
    bool set; /* given in the scenario or by default */
    int64_t number;
    const char *text; /* the value as written (also for numbers) */
    const char **texts;
    bool *text_quoted; /* for SNAP_OPTION_RECORDS: written in quotes, so not a number */
    uint32_t text_count;
    const struct snap_cost_law *law;
    const struct snap_rate *rate; /* for SNAP_OPTION_RATE: not one number */
};

struct snap_operator_type {
    const char *name;
    enum snap_operator_role role;
    const char *flink_name; /* default name of the operator in Flink's plan, e.g. "Map" */
    const char *doc;
    const struct snap_option_type *options;
    uint32_t option_count;
    bool keyed;           /* needs hash-partitioned inputs */
    bool has_state;       /* not keyed, but its state can be judged */
    uint32_t input_count; /* just so many inputs, which it tells apart; 0: any number, a union */
    bool second_is_broadcast; /* its second input needs ship: broadcast */
    bool keeps_own_state;     /* what it tells of its state lies in no state that it declares */
    bool split_is_subtask;    /* a source whose subtasks have a split each, and keep it */
    /* Whether unaligned checkpoints may interrupt its timers, by its settings; NULL: they may not.
     * Flink: AbstractStreamOperator.useInterruptibleTimers. */
    bool (*has_interruptible_timers)(const struct snap_operator *op);
    bool (*configure)(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error);
};

struct snap_operator_catalogue {
    const struct snap_operator_type *const *types;
    uint32_t count;
};

#endif
