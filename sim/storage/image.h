// SPDX-License-Identifier: Apache-2.0
/*
 * image.h: a snapshot as the storage writes and reads it: operators with the states of their
 * subtasks, no matter whose files, jobs or tasks.
 *
 * - Written: everything is borrowed from whoever has the snapshot. Read: all of it lies in one
 *   arena, strings of keys and values too.
 * - `op` and `states` say how states are to be understood. What is read of an operator that the job
 *   does not have has neither, and of its states only that there are some.
 * - Subtasks stand by number; one that took no part is neither taken nor finished.
 * Flink: CompletedCheckpoint, OperatorState.
 */
#ifndef SNAP_STORAGE_IMAGE_H
#define SNAP_STORAGE_IMAGE_H

#include "model/checkpoint.h"
#include "model/operator_id.h"
#include "state/state_spec.h"

/* Versions of what the coordinator of a source has: splits it has not handed out, and behind them
 * how many there are. */
enum { SNAP_ENUMERATOR_PLAIN = 1, SNAP_ENUMERATOR_COUNTED = 2 };

struct snap_image_subtask {
    bool is_taken;
    bool is_finished;
    const struct snap_operator_state *state; /* if taken */
};

/* States of the snapshot that the operator of the job does not have under that name. */
struct snap_unread_states {
    const char *names[16];
    uint32_t count; /* at most as many as there is room for */
    bool has_more;
};

struct snap_image_operator {
    struct snap_operator_id id;
    const char *uid;  /* "" if none was given, or the file does not tell */
    const char *name; /* likewise */
    uint32_t parallelism;
    uint32_t max_parallelism;
    const struct snap_operator *op;        /* or NULL */
    const struct snap_state_specs *states; /* or NULL: it declares none */
    bool is_finished;                      /* wholly */
    bool has_coordinator_state;
    uint32_t split_count; /* of a source whose splits follow from nothing else; else 0 */
    uint32_t task_first;  /* written: the task of the first subtask */
    struct snap_image_subtask *subtasks; /* `parallelism` entries */
    struct snap_unread_states *unread;   /* read: filled when states are; else NULL */
};

/* An exchange between two operators over which records may be under way. All subtasks of the one
 * are connected with all of the other. */
struct snap_image_edge {
    uint32_t producer; /* index of its operator in the image */
    uint32_t consumer;
    uint32_t partition; /* which of the producer's outputs, of the consumer's inputs */
    uint32_t gate;
    const struct snap_operator *op; /* the producer, as the job has it */
    /* Records are their values alone if this gives their key: see operators/operator.h. */
    bool (*wire_key)(const struct snap_operator *op, union snap_value value, union snap_value *key);
    bool is_keyed; /* each record goes to the subtask that owns its key */
};

enum snap_image_side { SNAP_IMAGE_INPUT, SNAP_IMAGE_RESULT };

/* Records, and marks among them, that were under way on one channel; pieces of a channel stand in
 * their order, the consumer's before the producer's. */
struct snap_image_piece {
    uint32_t edge;
    enum snap_image_side side;
    uint32_t producer; /* subtasks */
    uint32_t consumer;
    const struct snap_record *records;
    uint32_t count;
};

struct snap_image {
    snap_checkpoint_id id;
    enum snap_snapshot_kind kind;
    struct snap_image_operator *operators;
    uint32_t operator_count;
    const struct snap_image_edge *edges;
    uint32_t edge_count;
    const struct snap_image_piece *pieces;
    uint32_t piece_count;
    uint64_t past_origin; /* read: of a record below the restored offsets */
    bool has_event_time;  /* timestamps of records mean something */
};

#endif
