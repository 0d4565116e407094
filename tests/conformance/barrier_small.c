// SPDX-License-Identifier: Apache-2.0
#include "barrier_small.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *name;
    enum snap_alignment alignment;
    bool times_out;
} alignments[] = {
    {"timeout", SNAP_ALIGN_ALIGNED, true},
    {"aligned", SNAP_ALIGN_ALIGNED, false},
    {"unaligned", SNAP_ALIGN_UNALIGNED, false},
    {"forced_aligned", SNAP_ALIGN_FORCED_ALIGNED, false},
    {"at_least_once", SNAP_ALIGN_AT_LEAST_ONCE, false},
};

static const struct {
    const char *name;
    enum snap_item_kind kind;
} kinds[] = {
    {"buffer", SNAP_ITEM_DATA},           {"barrier", SNAP_ITEM_BARRIER},
    {"cancel", SNAP_ITEM_CANCEL},         {"end", SNAP_ITEM_END_OF_PARTITION},
    {"announce", SNAP_ITEM_ANNOUNCEMENT},
};

void small_init(struct small_play *play, const struct conform_case *at)
{
    *play = (struct small_play){.at = at, .outputs = json_array()};
    snap_arena_init(&play->arena);
    snap_block_pool_init(&play->blocks, 1);
}

void small_fini(struct small_play *play)
{
    json_decref(play->outputs);
    snap_block_pool_fini(&play->blocks);
    snap_arena_fini(&play->arena);
}

void small_output(struct small_play *play, json_t *output)
{
    SNAP_CHECK(output);
    json_array_append_new(play->outputs, output);
}

void small_fail(struct small_play *play, const char *type)
{
    small_output(play, json_pack("{s:s, s:s}", "a", "error", "type", type));
    play->failed = true;
}

json_t *small_without_wording(const json_t *expected)
{
    json_t *copy = json_deep_copy(expected);
    json_t *output;
    size_t i;

    json_array_foreach(copy, i, output)
    {
        if (!strcmp(conform_string(output, "a"), "error"))
            json_object_del(output, "reason");
    }
    return copy;
}

void small_play_steps(struct small_play *play, small_step *perform, struct snap_text *why)
{
    const json_t *expect = conform_array(play->at->json, "expect");
    json_t *step;
    size_t i;

    json_array_foreach(conform_array(play->at->json, "steps"), i, step)
    {
        json_t *expected = small_without_wording(json_array_get(expect, i));
        char where[32];

        snprintf(where, sizeof(where), "step %zu", i);
        json_array_clear(play->outputs);
        if (!play->failed)
            perform(play, step);
        conform_same_json(why, where, expected, play->outputs);
        json_decref(expected);
    }
}

struct snap_barrier small_barrier(const json_t *step)
{
    const char *name = conform_string_or(step, "align", "aligned");
    struct snap_barrier barrier = {
        .checkpoint = conform_integer_or(step, "cp", SNAP_NO_CHECKPOINT),
        .created_ns = conform_integer_or(step, "ts", 0) * SNAP_MS,
    };

    if (json_is_true(json_object_get(step, "savepoint")))
        barrier.options.kind = SNAP_KIND_SAVEPOINT;
    for (size_t i = 0; i < COUNT(alignments); i++) {
        if (strcmp(alignments[i].name, name))
            continue;
        barrier.options.alignment = alignments[i].alignment;
        if (alignments[i].times_out)
            barrier.options.aligned_timeout_ns = conform_integer(step, "timeout_ms") * SNAP_MS;
        return barrier;
    }
    SNAP_CHECK(false);
    return barrier;
}

struct snap_buffer *small_item(struct small_play *play, const json_t *step)
{
    const char *op = conform_string(step, "op");
    struct snap_buffer *item;

    if (!strcmp(op, "buffer")) {
        item = snap_buffer_get(&play->blocks, 1, (struct snap_columns){.stamps = true});
        item->records[0].key.number = conform_integer(step, "id");
        item->count = 1;
        item->bytes = (uint32_t)conform_integer_or(step, "bytes", 0);
        item->segment_end = true;
        return item;
    }
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, op))
            continue;
        item = snap_buffer_get_event(&play->blocks, kinds[i].kind);
        item->barrier = small_barrier(step);
        return item;
    }
    SNAP_CHECK(false);
    return NULL;
}

json_int_t small_id(const struct snap_buffer *buffer)
{
    SNAP_CHECK(buffer->kind == SNAP_ITEM_DATA && buffer->count == 1);
    return buffer->records[0].key.number;
}

const char *small_alignment_name(const struct snap_checkpoint_options *options)
{
    const struct snap_buffer barrier = {.kind = SNAP_ITEM_BARRIER, .barrier.options = *options};

    for (size_t i = 0; i < COUNT(alignments); i++)
        if (alignments[i].alignment == options->alignment &&
            alignments[i].times_out == snap_item_may_time_out(&barrier))
            return alignments[i].name;
    return "?";
}

static const char *kind_name(const struct snap_buffer *item)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].kind == item->kind)
            return kinds[i].name;
    return "?";
}

json_t *small_out(const struct snap_buffer *item)
{
    json_t *out;

    if (!item)
        return json_pack("{s:s, s:s}", "a", "out", "item", "none");
    out = json_pack("{s:s, s:s, s:i}", "a", "out", "item", kind_name(item), "seq", item->sequence);
    if (item->kind == SNAP_ITEM_DATA)
        json_object_set_new(out, "id", json_integer(small_id(item)));
    else if (item->kind != SNAP_ITEM_END_OF_PARTITION)
        json_object_set_new(out, "cp", json_integer(item->barrier.checkpoint));
    if (item->kind == SNAP_ITEM_BARRIER)
        json_object_set_new(out, "align",
                            json_string(small_alignment_name(&item->barrier.options)));
    return out;
}

const char *small_type(const struct snap_buffer *item, bool has_priority)
{
    if (item->kind == SNAP_ITEM_DATA)
        return "buffer";
    if (has_priority)
        return "priority_event";
    if (snap_item_may_time_out(item))
        return "timeoutable_barrier";
    return snap_item_blocks(item) ? "aligned_barrier" : "event";
}
