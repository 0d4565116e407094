// SPDX-License-Identifier: Apache-2.0
/*
 * sent.h: all records that sources sent, and what should become of them at one operator.
 *
 * - They are those of all executions; what should become of a record is what the graph of its own
 *   execution makes of it, the last one that sent it or would have.
 * - A record that an operator held back goes on in a later execution. Where it is broadcast behind
 *   that operator, each receiver of all these executions gets its copy, and those that not all of
 *   them have are optional.
 * - Records are numbered from 0, by split and offset: those of splits from which records can flow
 *   to the operator.
 * - For the judge: afterwards, one thread. Memory comes from the arena handed in.
 */
#ifndef SNAP_VERIFY_SENT_H
#define SNAP_VERIFY_SENT_H

#include "base/arena.h"
#include "verify/books.h"

#define SNAP_SENT_NONE UINT64_MAX

struct snap_sent {
    const struct snap_ledger *ledger; /* of the last execution */
    struct snap_arena *arena;
    struct snap_walk *walks; /* by execution; without a graph where the job lacks the operator */
    struct snap_walk *walk;  /* of the execution of the records that were walked last */
    uint64_t *base;          /* by split: number of its first record; NONE: it is left out */
    uint64_t record_count;
};

/* Records in a row, of one split and execution. */
typedef void (*snap_sent_each_fn)(void *to, const struct snap_record *records, uint32_t count);

/* Prepares the walks to the operator. */
void snap_sent_init(struct snap_sent *sent, const struct snap_ledger *ledger,
                    uint32_t operator_index, struct snap_arena *arena);
void snap_sent_fini(struct snap_sent *sent);

/* Calls `each` with all records in the order of their numbers, some at a time. */
void snap_sent_each(const struct snap_sent *sent, snap_sent_each_fn each, void *to);

/* Fills `copies` of `walk` with what should become of records of one split and execution. */
void snap_sent_walk(struct snap_sent *sent, const struct snap_record *records, uint32_t count);

/* The same for what the window, an operator of the last execution, sent. */
void snap_sent_walk_result(struct snap_sent *sent, uint32_t window,
                           const struct snap_window_line *line);

/* Returns whether no copy is optional, whatever was sent. */
bool snap_sent_is_certain(const struct snap_sent *sent);

/* Returns whether an operator on the way in the last execution holds records back. */
bool snap_sent_may_be_held(const struct snap_sent *sent);

/* Returns the number of the record that something comes from; NONE if it was never sent. */
uint64_t snap_sent_number(const struct snap_sent *sent, uint64_t origin);

/* Returns by operator of the last job whether it was seen to change keys, in any execution. */
bool *snap_sent_key_changes(const struct snap_sent *sent);

#endif
