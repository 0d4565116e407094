// SPDX-License-Identifier: Apache-2.0
#include "task/foresight.h"

#include "base/check.h"

/* A source is asked for so many records at a time, and nobody looks further than the maximum. Where
 * the fullest buffer has room for many, nobody looks at all. */
enum { LOOK_RECORDS = SNAP_SPAN_RECORDS_MAX, LOOK_AHEAD_MAX = 4 * LOOK_RECORDS, FAR_RECORDS = 256 };

void snap_foresight_init(struct snap_task *task)
{
    struct snap_chain *chain = &task->chain;
    const struct snap_operator_class *head = chain->operators[0].class;
    struct snap_foresight *foresight = &chain->foresight;

    if (!chain->is_one_to_one || task->actor.world->runtime->spend)
        return;
    foresight->in_turns = snap_output_foresight(&task->output) == SNAP_FORESEES_TURNS;
    foresight->possible = chain->keeps_key && (!head->produce || head->foresee) &&
                          snap_output_foresight(&task->output) == SNAP_FORESEES_BY_KEYS;
    if (!foresight->possible)
        return;
    foresight->left = SNAP_ARENA_ARRAY(&task->arena, uint32_t, task->output.channel_count);
    foresight->changes = task->output.changes - 1;
}

static uint64_t position(const struct snap_task *task)
{
    return task->current ? task->records_in : task->records_produced;
}

/* Looks at records that follow those that were looked at. */
static void look_on(struct snap_task *task, const struct snap_pair *records, uint32_t count)
{
    struct snap_foresight *foresight = &task->chain.foresight;
    uint32_t before = snap_output_foresee(&task->output, foresight->left, records, count);

    foresight->looked += before;
    foresight->found = before < count;
}

/* Looks until `most` records from here on are known, or one is found. */
static void look(struct snap_task *task, uint32_t most)
{
    struct snap_foresight *foresight = &task->chain.foresight;
    const struct snap_chain_operator *head = &task->chain.operators[0];
    uint32_t known = (uint32_t)(foresight->looked - position(task));

    if (task->current) {
        look_on(task, task->current->records + task->current->taken + known, most - known);
        return;
    }
    while (!foresight->found && known < most) {
        struct snap_pair records[LOOK_RECORDS];
        uint32_t count = head->class->foresee(head->self, known, records, LOOK_RECORDS);

        if (count == 0)
            return;
        look_on(task, records, count);
        known = (uint32_t)(foresight->looked - position(task));
    }
}

/* How many of the next `most` records finish no buffer. */
static uint32_t count_sure(struct snap_task *task, uint32_t most)
{
    struct snap_foresight *foresight = &task->chain.foresight;
    uint64_t at = position(task);

    SNAP_CHECK(foresight->possible);
    if (foresight->changes != task->output.changes || foresight->looked < at) {
        snap_output_measure_left(&task->output, foresight->left);
        foresight->changes = task->output.changes;
        foresight->looked = at;
        foresight->found = false;
    }
    if (!foresight->found && foresight->looked - at < most)
        look(task, most);
    return foresight->looked - at < most ? (uint32_t)(foresight->looked - at) : most;
}

uint32_t snap_foresight_room(struct snap_task *task, uint32_t count)
{
    const struct snap_buffer *current = task->current;
    uint32_t sure;

    if (!task->chain.foresight.possible || !snap_output_takes_what_is_left(&task->output))
        return snap_output_room_of(&task->output,
                                   current ? current->records + current->taken : NULL, count);
    sure = count_sure(task, count);
    return sure < count ? sure + 1 : count;
}

uint32_t snap_foresight_quiet_records(struct snap_task *task, uint32_t available)
{
    const struct snap_chain *chain = &task->chain;
    uint32_t sure;

    /* The first record may arm a timer that is due when it is complete. */
    if (chain->arms_timers || available == 0)
        return available > 0;
    if (chain->fanout_max == 1 &&
        snap_output_finishes_none(&task->output, available, task->vertex->parallelism))
        return available;
    if (chain->foresight.in_turns && !snap_output_arms_flush(&task->output))
        sure = snap_output_turns(&task->output, task->vertex->parallelism);
    else
        sure = snap_output_sure_room(&task->output, task->vertex->parallelism) / chain->fanout_max;
    if (sure < FAR_RECORDS && chain->foresight.possible && !snap_output_arms_flush(&task->output)) {
        uint32_t seen;

        available = available < LOOK_AHEAD_MAX ? available : LOOK_AHEAD_MAX;
        seen = count_sure(task, available);
        /* A source may not know so many of its records ahead. */
        sure = seen > sure ? seen : sure;
    }
    return sure < available ? sure + 1 : available;
}
