// SPDX-License-Identifier: Apache-2.0
/*
 * operator_harness.h: one subtask of one operator for unit tests: options by name, attempts that
 * crash and restore, batches as arrays.
 *
 * - harness_start zeroes everything; harness_stop frees everything.
 * - Each attempt has an arena of its own; world memory and strings last from start to stop.
 */
#ifndef SNAP_TESTS_OPERATOR_HARNESS_H
#define SNAP_TESTS_OPERATOR_HARNESS_H

#include <stdlib.h>
#include <string.h>

#include "operators/classes.h"

enum { HARNESS_RECORDS_MAX = 4096, HARNESS_OPTIONS_MAX = 24 };

struct harness {
    struct snap_arena arena;   /* configuration and snapshots */
    struct snap_arena attempt; /* of the running attempt */
    struct snap_string_pool strings;
    const struct snap_operator_class *class;
    struct snap_operator op;
    struct snap_option options[HARNESS_OPTIONS_MAX];
    struct snap_schema input;
    struct snap_operator_context context;
    void *self; /* NULL: no attempt runs */
    struct snap_pair records[HARNESS_RECORDS_MAX];
    struct snap_stamp stamps[HARNESS_RECORDS_MAX];
    uint64_t lineage[HARNESS_RECORDS_MAX];
    struct snap_batch batch;
    struct snap_error error;
    uint32_t culprit;
};

static inline void harness_start(struct harness *h, const struct snap_operator_class *class)
{
    memset(h, 0, sizeof(*h));
    snap_arena_init(&h->arena);
    snap_arena_init(&h->attempt);
    snap_string_pool_init(&h->strings);
    h->class = class;
    h->op.type = &class->type;
    h->op.uid = "uid";
    h->op.options = h->options;
    h->op.input_schemas = &h->input;
    h->op.input_count = class->type.role == SNAP_ROLE_SOURCE ? 0 : 1;
    h->op.parallelism = 1;
    h->op.max_parallelism = 128;
    h->op.record_size_bytes = 100;
    h->context.op = &h->op;
    h->context.seed = 7;
    h->context.restored_checkpoint = SNAP_NO_CHECKPOINT;
    h->context.arena = &h->attempt;
    h->context.strings = &h->strings;
    h->context.task = h;
    h->context.world = snap_arena_alloc(&h->arena, class->world_bytes);
}

static inline struct snap_option *harness_option(struct harness *h, const char *name)
{
    for (uint32_t i = 0; i < h->class->type.option_count; i++) {
        if (strcmp(h->class->type.options[i].name, name) == 0)
            return &h->options[i];
    }
    abort();
}

/* Sets an option that is one text; whole numbers are set as such as well. */
static inline void harness_set(struct harness *h, const char *name, const char *text)
{
    struct snap_option *option = harness_option(h, name);

    option->set = true;
    option->text = text;
    option->number = strcmp(text, "true") == 0 ? 1 : strtoll(text, NULL, 10);
}

/* Appends one text to an option that is a list; `quoted` as in a scenario. */
static inline void harness_add(struct harness *h, const char *name, const char *text, bool quoted)
{
    struct snap_option *option = harness_option(h, name);
    uint32_t count = option->text_count;
    const char **texts = SNAP_ARENA_ARRAY(&h->arena, const char *, count + 1);
    bool *quotes = SNAP_ARENA_ARRAY(&h->arena, bool, count + 1);

    for (uint32_t i = 0; i < count; i++) {
        texts[i] = option->texts[i];
        quotes[i] = option->text_quoted[i];
    }
    texts[count] = text;
    quotes[count] = quoted;
    option->set = true;
    option->texts = texts;
    option->text_quoted = quotes;
    option->text_count = count + 1;
}

static inline bool harness_configure(struct harness *h)
{
    memset(&h->error, 0, sizeof(h->error));
    return h->class->type.configure(&h->op, &h->arena, &h->culprit, &h->error);
}

/* Starts an attempt; restored may be NULL. */
static inline bool harness_open(struct harness *h, const struct snap_operator_state *restored,
                                snap_checkpoint_id checkpoint)
{
    h->context.restored = restored;
    h->context.restored_checkpoint = checkpoint;
    h->self = snap_arena_alloc(&h->attempt, h->class->instance_bytes);
    return !h->class->open || h->class->open(h->self, &h->context, &h->error);
}

/* Ends the attempt as a crash does; the next one has the next number. */
static inline void harness_crash(struct harness *h)
{
    if (h->self && h->class->close)
        h->class->close(h->self);
    h->self = NULL;
    snap_arena_fini(&h->attempt);
    snap_arena_init(&h->attempt);
    h->context.attempt++;
}

static inline void harness_stop(struct harness *h)
{
    harness_crash(h);
    snap_string_pool_fini(&h->strings);
    snap_arena_fini(&h->arena);
}

static inline void harness_clear(struct harness *h)
{
    h->batch.records = h->records;
    h->batch.stamps = h->stamps;
    h->batch.lineage = h->lineage;
    h->batch.count = 0;
}

/* Sources: an empty batch, then up to `max` records. Returns how many came. */
static inline uint32_t harness_produce(struct harness *h, uint32_t max)
{
    harness_clear(h);
    h->class->produce(h->self, &h->batch, max);
    return h->batch.count;
}

/* Returns record i of the batch, out of its columns. */
static inline struct snap_record harness_record(const struct harness *h, uint32_t i)
{
    return snap_batch_record(&h->batch, i);
}

static inline void harness_push(struct harness *h, union snap_value key, union snap_value value)
{
    h->records[h->batch.count] = (struct snap_pair){key, value};
    h->stamps[h->batch.count] = (struct snap_stamp){0, 0};
    h->lineage[h->batch.count++] = 0;
}

static inline void harness_transform(struct harness *h)
{
    h->class->transform(h->self, &h->batch);
}

static inline struct snap_operator_state *harness_snapshot(struct harness *h,
                                                           snap_checkpoint_id checkpoint)
{
    struct snap_operator_state *state = SNAP_ARENA_NEW(&h->arena, struct snap_operator_state);

    if (!h->class->snapshot(h->self, checkpoint, &h->arena, state, &h->error))
        return NULL;
    return state;
}

static inline union snap_value harness_long(int64_t number)
{
    return (union snap_value){.number = number};
}

static inline union snap_value harness_string(struct harness *h, const char *text)
{
    return (union snap_value){.string = snap_string_pool_intern(&h->strings, text, strlen(text))};
}

#endif
