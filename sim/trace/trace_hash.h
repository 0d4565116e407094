// SPDX-License-Identifier: Apache-2.0
/*
 * trace_hash.h: one number for what happened in a run.
 *
 * - Covers the events of level `checkpoints`, in their order, whatever level is written: instant,
 *   actor, name and arguments as numbers. No pointer, no clock: the same on every machine and
 *   compiler, and a new kind of event changes no hash of a run without it. The actor's sequence
 * number is not covered, as events of other levels share it.
 * - Zeroed is a valid start.
 */
#ifndef SNAP_TRACE_TRACE_HASH_H
#define SNAP_TRACE_TRACE_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"

enum { SNAP_TRACE_HASH_DIGITS = 16 };

struct snap_trace_hash {
    uint64_t state;
    uint64_t events;
    uint64_t names[SNAP_EVENT_COUNT]; /* hash of each type's name; 0: none has come */
};

/* Whether it covers events of the type (an observer's `takes`). */
bool snap_trace_hash_takes(const void *hash, enum snap_event_type type);

/* Adds the next event; `hash` is a struct snap_trace_hash (an observer's `merged`). */
void snap_trace_hash_event(void *hash, const struct snap_event *event);

/* Returns the hash of all events so far. */
uint64_t snap_trace_hash_value(const struct snap_trace_hash *hash);

/* Writes the 16 hex digits and a NUL. */
void snap_trace_hash_text(const struct snap_trace_hash *hash, char *text);

#endif
