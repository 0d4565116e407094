// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_list.h: one keyed list state of one subtask: a table from key to values, in their order; or
 * a value state whose values can be cleared, as lists of one value at most.
 *
 * - A table of keyed_state.h says where the list of a key is; values are links in one array.
 * - A snapshot has an entry a value: those of one key follow each other in their order.
 * - All memory lies in the arena of the attempt; values that were dropped leave their place there,
 *   for others to take. Keys without values stay for a while: they go when a new key comes and most
 *   are such, so that neither tables nor snapshots grow with all the keys there ever were.
 * - A pointer to a link is valid until the next value is added, one to a list until a key's first.
 * Flink: ListState, ValueState.
 */
#ifndef SNAP_STATE_KEYED_LIST_H
#define SNAP_STATE_KEYED_LIST_H

#include "state/frozen.h"
#include "state/keyed_state.h"

#define SNAP_NO_LINK UINT32_MAX

struct snap_keyed_link {
    union snap_value value;
    uint32_t next; /* SNAP_NO_LINK: the last */
};

struct snap_keyed_list_head {
    uint32_t first;
    uint32_t last;
    uint32_t count;
};

struct snap_keyed_list {
    struct snap_keyed_state table; /* from key to the number of its head */
    enum snap_value_kind value_kind;
    struct snap_keyed_list_head *heads;
    uint32_t head_count;
    uint32_t head_capacity;
    struct snap_keyed_link *links;
    uint32_t link_count;
    uint32_t link_capacity;
    uint32_t free;              /* links of dropped values, by `next` */
    uint64_t count;             /* values in all lists */
    uint32_t empty_count;       /* keys that have none */
    struct snap_frozen *frozen; /* has yet to copy pages before they change; NULL: none */
};

/* Prepares an empty table in the arena; options->schema has the kinds of key and value. */
void snap_keyed_list_init(struct snap_keyed_list *list, struct snap_arena *arena,
                          const struct snap_keyed_state_options *options);

/* Adds a value to the end of the key's list; returns that list. */
struct snap_keyed_list_head *snap_keyed_list_add(struct snap_keyed_list *list, union snap_value key,
                                                 union snap_value value);

/* Makes the value the only one of the key's list: a value state whose keys can lose it. */
void snap_keyed_list_set(struct snap_keyed_list *list, union snap_value key,
                         union snap_value value);

/* Drops all values of the list; in snapshots its key is not there any more. */
void snap_keyed_list_clear(struct snap_keyed_list *list, struct snap_keyed_list_head *head);

/* Drops the first value of the list, which has one. */
void snap_keyed_list_drop_first(struct snap_keyed_list *list, struct snap_keyed_list_head *head);

/* Drops the first value of the list that is this number; it has one. */
void snap_keyed_list_drop_number(struct snap_keyed_list *list, struct snap_keyed_list_head *head,
                                 int64_t number);

/* Returns the list of the key, to be changed; NULL if it has none. */
struct snap_keyed_list_head *snap_keyed_list_of(struct snap_keyed_list *list, union snap_value key);

/* Returns the list of the key; NULL if it has none. */
static inline const struct snap_keyed_list_head *
snap_keyed_list_find(const struct snap_keyed_list *list, union snap_value key)
{
    const union snap_value *at = snap_keyed_state_find(&list->table, key);

    return at ? &list->heads[at->number] : NULL;
}

/* Writes an immutable copy ordered by key group; memory of `arena`. */
struct snap_keyed_snapshot snap_keyed_list_snapshot(const struct snap_keyed_list *list,
                                                    struct snap_arena *arena);

/* The same, copied later: nothing of it may be read before keyed_copy.h has ordered it. Few entries
 * are copied at once. */
struct snap_keyed_snapshot snap_keyed_list_freeze(struct snap_keyed_list *list,
                                                  struct snap_arena *arena);

/* For keyed_map.h: adds the arrays of a list to what is frozen; *to is the list that they are of.
 */
void snap_keyed_list_freeze_arrays(struct snap_keyed_list *list, struct snap_frozen *frozen,
                                   struct snap_keyed_list *to);

/* Puts in the entries of those key groups of the snapshot that belong to this subtask. */
void snap_keyed_list_restore(struct snap_keyed_list *list,
                             const struct snap_keyed_snapshot *snapshot);

#endif
