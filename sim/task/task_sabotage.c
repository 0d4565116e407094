// SPDX-License-Identifier: Apache-2.0
#include "task/task_sabotage.h"

#include "base/check.h"
#include "model/stream_mark.h"
#include "operators/split_state.h"

bool snap_sabotage_commit_early(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_actor *actor = &task->actor;

    if (!snap_breaks(actor->world, SNAP_BROKEN_COMMIT_BEFORE_COMPLETE) || task->deployed_finished)
        return true;
    for (uint32_t i = 0; i < task->chain.count; i++) {
        struct snap_chain_operator *at = &task->chain.operators[i];
        uint64_t told = actor->event_sequence;

        if (!at->class->notify_complete)
            continue;
        if (!at->class->notify_complete(at->self, checkpoint, &task->error))
            return false;
        /* A sink with nothing to commit tells nothing. */
        if (actor->event_sequence > told)
            snap_tell_sabotaged(actor, SNAP_BROKEN_COMMIT_BEFORE_COMPLETE, checkpoint);
    }
    return true;
}

void snap_sabotage_overbook(struct snap_task *task, struct snap_input_channel *channel)
{
    if (!snap_breaks(task->actor.world, SNAP_BROKEN_OVERBOOK_BUFFERS) || channel->local)
        return;
    /* Whoever begins with none gives all credits back when it is blocked, as its receiver expects.
     */
    if (task->input.gates[channel->gate].exclusive_per_channel == 0)
        return;
    channel->exclusive_free++;
    snap_tell_sabotaged(&task->actor, SNAP_BROKEN_OVERBOOK_BUFFERS, task->restored_checkpoint);
}

void snap_sabotage_times(struct snap_task *task)
{
    if (!snap_breaks(task->actor.world, SNAP_BROKEN_FORGET_BLOCKED_TIME) ||
        task->times_ns[SNAP_TIME_BACKPRESSURED] == 0)
        return;
    task->times_ns[SNAP_TIME_BACKPRESSURED] = 0;
    snap_tell_sabotaged(&task->actor, SNAP_BROKEN_FORGET_BLOCKED_TIME, SNAP_NO_CHECKPOINT);
}

bool snap_sabotage_skips_status(struct snap_task *task)
{
    if (!snap_breaks(task->actor.world, SNAP_BROKEN_SKIP_INITIALIZING))
        return false;
    snap_tell_sabotaged(&task->actor, SNAP_BROKEN_SKIP_INITIALIZING, task->restored_checkpoint);
    return true;
}

/* ---- what is put back ---- */

static bool forget_entries(struct snap_arena *arena, struct snap_operator_state *state)
{
    struct snap_keyed_snapshot *empty;
    bool forgotten = false;

    if (state->keyed_count == 0)
        return false;
    empty = snap_arena_copy(arena, state->keyed, state->keyed_count * sizeof(*empty));
    for (uint32_t i = 0; i < state->keyed_count; i++) {
        forgotten = forgotten || empty[i].group_starts[empty[i].group_count] > 0;
        empty[i].group_count = 0;
    }
    state->keyed = empty;
    return forgotten;
}

/* Windows and timers are keyed state too. */
static bool forget_scoped(struct snap_arena *arena, struct snap_operator_state *state)
{
    struct snap_scoped_snapshot *empty;
    bool forgotten = false;

    if (state->scoped_count == 0)
        return false;
    empty = snap_arena_copy(arena, state->scoped, state->scoped_count * sizeof(*empty));
    for (uint32_t i = 0; i < state->scoped_count; i++) {
        forgotten = forgotten ||
                    (empty[i].group_count > 0 && empty[i].group_starts[empty[i].group_count] > 0);
        empty[i].group_count = 0;
    }
    state->scoped = empty;
    return forgotten;
}

static bool forget_state(struct snap_arena *arena, struct snap_operator_state *state)
{
    bool keyed = forget_entries(arena, state);
    bool scoped = forget_scoped(arena, state);

    return keyed || scoped;
}

/* The splits again: without the last that is not used up, or with all of these twice. Nobody would
 * miss one that is used up, and nothing is read of it twice. */
static bool change_splits(struct snap_arena *arena, const struct snap_operator *op,
                          struct snap_list_snapshot *list, bool twice)
{
    struct snap_list_item *items =
        SNAP_ARENA_ARRAY(arena, struct snap_list_item, (size_t)list->count * 2);
    uint32_t last = list->count;
    uint32_t count = 0;

    for (uint32_t i = 0; i < list->count; i++)
        if (!snap_split_is_used_up(op, &list->items[i]))
            last = i;
    if (last == list->count)
        return false;
    for (uint32_t i = 0; i < list->count; i++)
        if (twice || i != last)
            items[count++] = list->items[i];
    for (uint32_t i = 0; i < list->count && twice; i++)
        if (!snap_split_is_used_up(op, &list->items[i]))
            items[count++] = list->items[i];
    list->items = items;
    list->count = count;
    return true;
}

static bool change_source(struct snap_arena *arena, const struct snap_operator *op,
                          struct snap_operator_state *state, bool twice)
{
    struct snap_list_snapshot *lists;
    bool changed = false;

    if (state->list_count == 0)
        return false;
    lists = snap_arena_copy(arena, state->lists, state->list_count * sizeof(*lists));
    for (uint32_t i = 0; i < state->list_count; i++)
        if (lists[i].mode == SNAP_LIST_SPLIT)
            changed = change_splits(arena, op, &lists[i], twice) || changed;
    state->lists = lists;
    return changed;
}

/* Breaks one rule in what operator `place` is given back; returns whether it is another now. */
static bool spoil(struct snap_task *task, uint32_t place, enum snap_broken_rule rule,
                  struct snap_operator_state *state)
{
    const struct snap_chain_operator *at = &task->chain.operators[place];

    if (!snap_breaks(task->actor.world, rule))
        return false;
    if (rule == SNAP_BROKEN_FORGET_STATE)
        return forget_state(&task->arena, state);
    return at->class->produce &&
           change_source(&task->arena, at->op, state, rule == SNAP_BROKEN_DOUBLE_RESTORE);
}

const struct snap_operator_state *snap_sabotage_restored(struct snap_task *task,
                                                         const struct snap_task_snapshot *from)
{
    static const enum snap_broken_rule rules[] = {
        SNAP_BROKEN_FORGET_STATE, SNAP_BROKEN_FORGET_SPLIT, SNAP_BROKEN_DOUBLE_RESTORE};
    const struct snap_operator_state *given = from->restored ? from->restored : from->operators;
    struct snap_operator_state *states;

    if (task->actor.world->sim->sabotage == 0)
        return given;
    states = snap_arena_copy(&task->arena, given, from->operator_count * sizeof(*states));
    for (uint32_t i = 0; i < from->operator_count; i++)
        for (unsigned r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
            if (spoil(task, i, rules[r], &states[i]))
                snap_tell_sabotaged(&task->actor, rules[r], task->restored_checkpoint);
    return states;
}

/* ---- data in flight ---- */

/* Whether somebody would miss some of what is left of the buffer. */
static bool has_any(const struct snap_buffer *buffer)
{
    for (uint32_t i = buffer->taken; i < buffer->count; i++) {
        struct snap_record record = snap_buffer_record(buffer, i);

        if (!snap_record_ends_time(&record))
            return true;
    }
    return false;
}

/* Breaks the rule for what is left of the buffer. */
static bool forgets(struct snap_task *task, enum snap_broken_rule rule,
                    const struct snap_async_part *part, const struct snap_buffer *buffer)
{
    if (!snap_breaks(task->actor.world, rule))
        return false;
    if (has_any(buffer))
        snap_tell_sabotaged(&task->actor, rule, part->snapshot->checkpoint);
    return true;
}

bool snap_sabotage_lets_pass(struct snap_task *task, const struct snap_async_part *part,
                             const struct snap_buffer *buffer)
{
    return part->taken && forgets(task, SNAP_BROKEN_NO_BLOCKING_WITHOUT_CAPTURE, part, buffer);
}

bool snap_sabotage_forgets_output(struct snap_task *task, const struct snap_async_part *part,
                                  const struct snap_buffer *buffer)
{
    return forgets(task, SNAP_BROKEN_FORGET_OVERTAKEN_OUTPUT, part, buffer);
}

/* Whether it makes a difference how often the data come: a watermark may come twice. */
static bool matters(const struct snap_channel_state *state, enum snap_broken_rule rule)
{
    const struct snap_channel_piece *piece = state->first;

    for (; piece; piece = piece->next)
        for (uint32_t i = 0; i < piece->count; i++)
            if (!snap_record_is_mark(&piece->records[i]) ||
                (rule == SNAP_BROKEN_FORGET_CHANNEL_STATE &&
                 !snap_record_ends_time(&piece->records[i])))
                return true;
    return false;
}

uint32_t snap_sabotage_restores(struct snap_task *task, const struct snap_channel_state *state,
                                bool outputs)
{
    enum snap_broken_rule rule = SNAP_BROKEN_DOUBLE_CHANNEL_RESTORE;

    if (!outputs && snap_breaks(task->actor.world, SNAP_BROKEN_FORGET_CHANNEL_STATE))
        rule = SNAP_BROKEN_FORGET_CHANNEL_STATE;
    if (!snap_breaks(task->actor.world, rule))
        return 1;
    if (matters(state, rule))
        snap_tell_sabotaged(&task->actor, rule, task->restored_checkpoint);
    return rule == SNAP_BROKEN_DOUBLE_CHANNEL_RESTORE ? 2 : 0;
}
