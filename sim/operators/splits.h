// SPDX-License-Identifier: Apache-2.0
/*
 * splits.h: the splits that one subtask of a source reads, common to all sources.
 *
 * - A source has S splits; record j of split s (both from 0) has the global index j * S + s.
 * - At first split s belongs to subtask s mod parallelism; a restored attempt has the splits that
 *   its state names, and only those. Splits that are read to the end stay in the state.
 * - Of its splits a subtask takes the one whose next record has the smallest global index: `ring`
 *   holds the unfinished ones in that order, from `head` on.
 * - A source that cannot replay keeps its cursors in world memory; they win over a restored state.
 * Flink: SourceReaderBase, SourceOperator (list state SourceReaderState).
 */
#ifndef SNAP_OPERATORS_SPLITS_H
#define SNAP_OPERATORS_SPLITS_H

#include "operators/operator.h"
#include "operators/rate_plan.h"
#include "operators/watermark_generator.h"

/* The options that all sources have, first in their tables. */
enum {
    SNAP_SOURCE_RATE,
    SNAP_SOURCE_SPLITS,
    SNAP_SOURCE_REPLAYABLE,
    SNAP_SOURCE_TIMESTAMP_STEP,
    SNAP_SOURCE_DISORDER,
    SNAP_SOURCE_WATERMARKS, /* and two more: watermark_generator.h */
    SNAP_SOURCE_WATERMARKS_LAST = SNAP_SOURCE_WATERMARKS + SNAP_WATERMARK_OPTION_COUNT - 1,
    SNAP_SOURCE_OWN_FIRST, /* where a source's own options begin */
};

/* clang-format off */
#define SNAP_SOURCE_OPTIONS                                                                        \
    [SNAP_SOURCE_RATE] = {.name = "rate", .kind = SNAP_OPTION_RATE, .example = "20000/s",          \
        .doc = "when a record may leave: a rate for all subtasks together, or what it does"},      \
    [SNAP_SOURCE_SPLITS] = {.name = "splits", .kind = SNAP_OPTION_COUNT, .example = "4",           \
        .doc = "into how many splits the input is cut (default: the parallelism)"},                \
    [SNAP_SOURCE_REPLAYABLE] = {.name = "replayable", .kind = SNAP_OPTION_BOOL,                    \
        .text_default = "true", .example = "false",                                                \
        .doc = "false: after a restore it goes on with what comes next, nothing is sent again"},   \
    [SNAP_SOURCE_TIMESTAMP_STEP] = {.name = "timestamp-step", .kind = SNAP_OPTION_DURATION,        \
        .example = "10 ms",                                                                        \
        .doc = "event time of record i is i times this (default: when the record may leave)"},     \
    [SNAP_SOURCE_DISORDER] = {.name = "disorder", .kind = SNAP_OPTION_DURATION,                    \
        .example = "50 ms",                                                                        \
        .doc = "a record's event time is earlier by a draw from 0 to this; default 0 ms"},         \
    SNAP_WATERMARK_OPTIONS(SNAP_SOURCE_WATERMARKS)
/* clang-format on */

/* First member of the settings of every source. */
struct snap_source_settings {
    int64_t records_per_hour; /* 0: no limit, or `rate` */
    const struct snap_rate *rate;
    bool replayable;
    /* Returns the offset behind the last record of split `index`; NULL: only reading tells. */
    uint64_t (*split_end)(const struct snap_operator *op, uint64_t index);
    bool has_timestamp_step;
    snap_ns timestamp_step_ns;
    int64_t disorder_ms;
    struct snap_watermark_settings watermarks;
};

/* What the state keeps of a split. */
struct snap_split_item {
    uint64_t split;    /* of the whole job */
    uint64_t next;     /* offset of its next record */
    uint64_t position; /* where that record begins, for sources that need it */
};

struct snap_split {
    struct snap_split_item at;
    uint64_t end; /* offset behind its last record */
};

/* World memory of a source: class->world_bytes is its size. */
struct snap_splits_world {
    struct snap_split_item *cursors; /* by split of the source; NULL while replayable */
};

struct snap_splits {
    struct snap_split *items; /* all of the subtask, arena of the attempt */
    uint32_t count;
    uint32_t *ring; /* indices into items */
    uint32_t ring_count;
    uint32_t head;
    uint64_t stride; /* S */
    uint64_t first;  /* id of split 0 in the whole job */
    struct snap_rate_plan rate;
    struct snap_splits_world *world; /* NULL if replayable */
    const struct snap_source_settings *settings;
    uint64_t disorder_seed;
    bool times_by_split; /* timestamp-step counts the records of a split, not of the source */
    bool has_event_time; /* timestamps or watermarks are other than the plain ones */
    struct snap_watermark_generator generator;
};

/* Sets the common settings from the options and the operator's split_count (0 if not given).
 * Errors: a rate of 0, splits of 0 or more than there can be. */
bool snap_source_configure(struct snap_operator *op, struct snap_source_settings *settings,
                           uint32_t *culprit, struct snap_error *error);

/* Finds out which splits the subtask has; the caller then sets each `end` and calls start. */
void snap_splits_init(struct snap_splits *splits, const struct snap_operator_context *context);

/* Returns the end of split `index` of a source of `count` records that are dealt to `splits` in
 * turn. */
uint64_t snap_split_end_of(uint64_t count, uint64_t index, uint64_t splits);

/* Sets the ends for such a source. */
void snap_splits_set_ends(struct snap_splits *splits, uint64_t count);

/* Makes the ring. */
void snap_splits_start(struct snap_splits *splits, struct snap_arena *arena);

/* Returns the split of the next record, NULL after the last one. */
static inline struct snap_split *snap_splits_head(const struct snap_splits *splits)
{
    return splits->ring_count ? &splits->items[splits->ring[splits->head]] : NULL;
}

/* Returns the global index of the split's next record. */
static inline uint64_t snap_split_global(const struct snap_splits *splits,
                                         const struct snap_split *split)
{
    return split->at.next * splits->stride + (split->at.split - splits->first);
}

/* Returns how many records of the head come before any of another split; at most `max`. */
uint32_t snap_splits_run(const struct snap_splits *splits, uint32_t max);

/* Moves the head on by `count` records to the new `position` and finds the new head. */
void snap_splits_advance(struct snap_splits *splits, uint32_t count, uint64_t position);

/* Sets origins, timestamps (by default when due) and zero lineage of the `count` records from
 * `from` on, which are the next ones of the head. */
void snap_splits_stamp(struct snap_splits *splits, struct snap_batch *batch, uint32_t from,
                       uint32_t count);

/*
 * The functions of a source's class that only its splits decide; `self` is an instance whose first
 * member is its struct snap_splits.
 */
snap_ns snap_source_next_due(void *self);
void snap_source_hand_over(const struct snap_operator_context *old,
                           const struct snap_world_place *places);
uint32_t snap_source_due_count(void *self, snap_ns now_ns, uint32_t max);
void snap_source_time_needs(const struct snap_operator *op, struct snap_time_needs *needs);
void snap_source_take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out);
snap_ns snap_source_timer_due(void *self);
void snap_source_fire(void *self, snap_ns now_ns, struct snap_emitter *out);
bool snap_source_snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                          struct snap_operator_state *out, struct snap_error *error);

/* What the class of every source has besides its name, its options, its instance and how that opens
 * and produces. */
/* clang-format off */
#define SNAP_SOURCE_CLASS                                                                          \
    .rules = {.kind = SNAP_RULE_SOURCE},                                                           \
    .world_bytes = sizeof(struct snap_splits_world),                                               \
    .fanout_max = 1,                                                                               \
    .ignores_stamps = true,                                                                        \
    .time_needs = snap_source_time_needs,                                                          \
    .take_mark = snap_source_take_mark,                                                            \
    .timer_due = snap_source_timer_due,                                                            \
    .fire = snap_source_fire,                                                                      \
    .next_due = snap_source_next_due,                                                              \
    .due_count = snap_source_due_count,                                                            \
    .hand_over = snap_source_hand_over,                                                            \
    .snapshot = snap_source_snapshot,                                                              \
    .states = &snap_source_states
/* clang-format on */

#endif
