// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_small.h: what the adapters of the barrier table's small harnesses share.
 *
 * - Each plays a case on one part of the real code: a queue, the capture state, a remote channel,
 *   buffers and credits, a sender's queue. It only translates: words of the table into calls, what
 *   ports are told and what can be read into words of the table.
 * - `outputs` collects what the current step causes. After an `error` nothing more is played.
 */
#ifndef SNAP_TESTS_BARRIER_SMALL_H
#define SNAP_TESTS_BARRIER_SMALL_H

#include "base/arena.h"
#include "base/block_pool.h"
#include "conform.h"
#include "protocol/buffer.h"

struct small_play {
    const struct conform_case *at;
    struct snap_arena arena;
    struct snap_block_pool blocks;
    json_t *outputs; /* owned; of the current step */
    bool failed;
};

/* What a harness does with a step. */
typedef void small_step(struct small_play *play, const json_t *step);

/* Makes what a case needs of memory; and gives it back. */
void small_init(struct small_play *play, const struct conform_case *at);
void small_fini(struct small_play *play);

/* Plays all steps and compares the outputs of each. */
void small_play_steps(struct small_play *play, small_step *perform, struct snap_text *why);

/* Adds an output; owns it from now on. */
void small_output(struct small_play *play, json_t *output);

/* Adds an error of the type; nothing more is played. */
void small_fail(struct small_play *play, const char *type);

/* Returns the item that a step brings: a buffer, a barrier, a marker, an end. A buffer's id is the
 * key of its only record. */
struct snap_buffer *small_item(struct small_play *play, const json_t *step);

/* Returns the barrier that a step brings. */
struct snap_barrier small_barrier(const json_t *step);

/* Returns the table's name of a barrier's alignment. */
const char *small_alignment_name(const struct snap_checkpoint_options *options);

/* Returns the list without what an error says beyond its type, which is Java's wording; a copy. */
json_t *small_without_wording(const json_t *expected);

/* Returns the id of a buffer. */
json_int_t small_id(const struct snap_buffer *buffer);

/* Returns an output `out` for an item that was taken, as far as all harnesses agree; NULL: none. */
json_t *small_out(const struct snap_buffer *item);

/* Returns the table's name of what kind of item it is to the channel. */
const char *small_type(const struct snap_buffer *item, bool has_priority);

conform_run conform_deque_case;
conform_run conform_persister_case;
conform_run conform_channel_case;
conform_run conform_credit_case;
conform_run conform_subpartition_case;

#endif
