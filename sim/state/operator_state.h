// SPDX-License-Identifier: Apache-2.0
/*
 * operator_state.h: what one operator of one subtask puts into a snapshot, in memory.
 *
 * - Immutable once written (a large table takes until the snapshot is acknowledged: keyed_copy.h,
 *   frozen.h);
 *   all memory lies in the arena of the snapshot, so it passes to the
 *   checkpoint store with the acknowledgement and dies with it. Strings point into string pools
 *   (world memory).
 * - Keyed state stands ordered by key group: one table a named state. A list state has several
 *   entries of one key, in the order of the list.
 * - Operator state is named lists of opaque items; model/list_mode.h has how they are spread.
 * - `bytes` is the declared size (the model's), what storage latency is computed from.
 * Flink: OperatorSubtaskState, KeyedStateHandle, OperatorStateHandle.
 */
#ifndef SNAP_STATE_OPERATOR_STATE_H
#define SNAP_STATE_OPERATOR_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/list_mode.h"
#include "model/record.h"

struct snap_keyed_entry {
    union snap_value key;
    union snap_value value;
};

struct snap_keyed_copy;
struct snap_frozen;

/* One keyed value state: entries[group_starts[g - group_first] .. group_starts[g - group_first +
 * 1]) belong to key group g. */
struct snap_keyed_snapshot {
    const char *name;
    struct snap_schema schema; /* kinds of key and of the state's value */
    uint32_t group_first;
    uint32_t group_count;
    const uint32_t *group_starts; /* group_count + 1 entries */
    const struct snap_keyed_entry *entries;
    struct snap_keyed_copy *copy; /* makes entries and group_starts, later; NULL: they are there */
    struct snap_frozen *frozen;   /* likewise, of lists and maps */
};

/* Where state below a key belongs: a window [start, end), or (0, 0); and the time of a timer. */
struct snap_scope {
    union snap_value key;
    int64_t start_ms;
    int64_t end_ms;
    int64_t time_ms;
};

/* What a window holds: its aggregate, and the fingerprint of the records it was made of. */
struct snap_window_cell {
    int64_t value;
    uint64_t count;
    uint64_t name_sum; /* of the names of its records: snap_lineage_name */
    uint64_t name_xor;
    uint64_t origin_least; /* the least origin in it */
    uint64_t firings;      /* results sent so far */
};

struct snap_scoped_item {
    struct snap_scope scope;
    struct snap_window_cell cell; /* timers: zero */
};

/* One state of windows or timers; group_starts as in struct snap_keyed_snapshot. */
struct snap_scoped_snapshot {
    const char *name;
    enum snap_value_kind key_kind;
    uint32_t group_first;
    uint32_t group_count;
    const uint32_t *group_starts;
    const struct snap_scoped_item *items;
    struct snap_frozen *frozen; /* makes items and group_starts, later; NULL: they are there */
};

struct snap_list_item {
    const void *data;
    uint32_t bytes;
};

struct snap_list_snapshot {
    const char *name;
    enum snap_list_mode mode;
    const struct snap_list_item *items;
    uint32_t count;
    bool holds_addresses; /* of strings: equal items may differ by their bytes */
    bool of_subtask;      /* items tell of their subtask, which makes another one after a restore */
};

struct snap_operator_state {
    const struct snap_keyed_snapshot *keyed; /* keyed_count entries; NULL: none */
    uint32_t keyed_count;
    const struct snap_list_snapshot *lists;
    uint32_t list_count;
    const struct snap_scoped_snapshot *scoped;
    uint32_t scoped_count;
    int64_t bytes;
    bool absent;        /* the snapshot does not know the operator, which starts empty */
    bool has_no_tables; /* restored from files that the backend does not go on with */
    bool is_logged;     /* keyed state lies in the storage as follows */
    int64_t base_bytes; /* of a state that was materialized */
    int64_t log_bytes;  /* of changes since then */
    int64_t sent_bytes; /* of these, what this snapshot writes */
};

/* Returns how many of the bytes are those of lists. */
int64_t snap_operator_state_list_bytes(const struct snap_operator_state *state);

/* Returns the list of this name, NULL if there is none or `state` is NULL. Several lists of one
 * name do not occur. */
const struct snap_list_snapshot *snap_operator_state_find(const struct snap_operator_state *state,
                                                          const char *name);

/* Returns the windows or timers of this name, NULL if there are none or `state` is NULL. */
const struct snap_scoped_snapshot *
snap_operator_state_find_scoped(const struct snap_operator_state *state, const char *name);

/* Returns the keyed state of this name, NULL if there is none or `state` is NULL. */
const struct snap_keyed_snapshot *
snap_operator_state_find_keyed(const struct snap_operator_state *state, const char *name);

/* Adds the list (copied; its items are not) behind the others and its items to `bytes`. */
void snap_operator_state_add_list(struct snap_operator_state *state, struct snap_arena *arena,
                                  const struct snap_list_snapshot *list);

/* Adds the keyed state (copied; its entries are not) behind the others; `bytes` is the caller's. */
void snap_operator_state_add_keyed(struct snap_operator_state *state, struct snap_arena *arena,
                                   const struct snap_keyed_snapshot *keyed);

/* The same for windows or timers. */
void snap_operator_state_add_scoped(struct snap_operator_state *state, struct snap_arena *arena,
                                    const struct snap_scoped_snapshot *scoped);

#endif
