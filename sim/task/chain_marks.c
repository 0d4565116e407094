// SPDX-License-Identifier: Apache-2.0
/*
 * Marks and timers of a chain: what is no record of its input. All that comes of them is staged, so
 * that it goes out in order, at one instant, and may wait for room.
 */
#include "task/chain.h"
#include "task/spans.h"
#include "task/task.h"

static void stage_mark(struct snap_chain *chain, uint32_t partition, const struct snap_record *mark)
{
    struct snap_pair pair;
    struct snap_stamp stamp;
    uint64_t lineage = 0;
    struct snap_batch batch = {.records = &pair, .stamps = &stamp, .count = 1};

    snap_batch_set(&batch, 0, mark);
    if (chain->task->actor.world->columns.lineage)
        batch.lineage = &lineage;
    snap_chain_stage(chain, partition, &batch);
}

static void take_mark(struct snap_chain *chain, uint32_t place, const struct snap_record *mark);

static void pass_mark(struct snap_chain *chain, const struct snap_chain_operator *at,
                      const struct snap_record *mark)
{
    for (uint32_t i = 0; i < at->output_count; i++) {
        if (at->outputs[i].chained)
            take_mark(chain, at->outputs[i].target, mark);
        else
            stage_mark(chain, at->outputs[i].target, mark);
    }
}

static bool is_mark(const struct snap_batch *batch, uint32_t i)
{
    return batch->stamps && snap_stamp_is_mark(&batch->stamps[i]);
}

/* Hands on what the operator put out: runs of records, and the marks between them. */
static void pass_emitted(struct snap_chain *chain, struct snap_chain_operator *at)
{
    struct snap_emitter *emitter = &at->emitter;

    for (uint32_t i = 0; i < emitter->count;) {
        struct snap_batch batch = snap_emitter_batch(emitter, i);
        struct snap_record first = snap_batch_record(&batch, 0);

        if (snap_record_is_mark(&first)) {
            pass_mark(chain, at, &first);
            i++;
            continue;
        }
        batch.count = 1;
        while (i + batch.count < emitter->count && !is_mark(&batch, batch.count))
            batch.count++;
        i += batch.count;
        snap_chain_fork(chain, at, &batch);
    }
}

static void take_mark(struct snap_chain *chain, uint32_t place, const struct snap_record *mark)
{
    struct snap_chain_operator *at = &chain->operators[place];

    if (!at->class->take_mark) {
        pass_mark(chain, at, mark);
        return;
    }
    at->emitter.count = 0;
    at->class->take_mark(at->self, mark, &at->emitter);
    pass_emitted(chain, at);
}

static void begin(struct snap_chain *chain, snap_ns start_ns)
{
    chain->span_start_ns = start_ns;
    chain->cost_of_run_ns = 0;
    chain->staging = true;
    chain->firing = true;
}

/* Marks and timers are free; records that come of them cost what the operators behind take. */
static snap_ns end(struct snap_chain *chain)
{
    chain->staging = false;
    chain->firing = false;
    snap_chain_find_timer(chain);
    snap_chain_tell_records(chain, SNAP_NEVER);
    return chain->cost_is_constant ? 0 : chain->cost_of_run_ns;
}

snap_ns snap_chain_take_mark(struct snap_chain *chain, const struct snap_record *mark,
                             snap_ns start_ns)
{
    begin(chain, start_ns);
    take_mark(chain, 0, mark);
    return end(chain);
}

void snap_chain_stage_mark(struct snap_chain *chain, const struct snap_record *mark)
{
    for (uint32_t p = 0; p < chain->partition_count; p++)
        stage_mark(chain, p, mark);
}

void snap_chain_find_timer(struct snap_chain *chain)
{
    chain->timer_due_ns = SNAP_NEVER;
    for (uint32_t i = 0; chain->has_timers && i < chain->count; i++) {
        const struct snap_chain_operator *at = &chain->operators[i];

        if (at->class->timer_due)
            chain->timer_due_ns = snap_ns_min(chain->timer_due_ns, at->class->timer_due(at->self));
    }
}

static void tell_marks(struct snap_chain *chain, const struct snap_emitter *emitter)
{
    struct snap_batch all = snap_emitter_batch(emitter, 0);

    for (uint32_t i = 0; i < emitter->count; i++) {
        if (is_mark(&all, i)) {
            struct snap_record mark = snap_batch_record(&all, i);

            snap_task_tell_mark(chain->task, &mark);
        }
    }
}

snap_ns snap_chain_fire(struct snap_chain *chain, snap_ns now_ns)
{
    begin(chain, now_ns);
    for (uint32_t i = 0; i < chain->count; i++) {
        struct snap_chain_operator *at = &chain->operators[i];

        if (!at->class->timer_due || at->class->timer_due(at->self) > now_ns)
            continue;
        at->emitter.count = 0;
        at->class->fire(at->self, now_ns, &at->emitter);
        tell_marks(chain, &at->emitter);
        pass_emitted(chain, at);
    }
    return end(chain);
}

void snap_chain_window_note(void *context, enum snap_span_kind kind,
                            const struct snap_window_note *note, const struct snap_batch *record)
{
    struct snap_chain_operator *at = context;
    struct snap_batch batch = record ? *record : (struct snap_batch){.count = 0};
    struct snap_span span = {.kind = kind, .window = note};

    batch.input_index = &at->input;
    snap_chain_show(at, &span, &batch);
}

snap_ns snap_chain_start_of_work(void *context)
{
    return ((const struct snap_chain_operator *)context)->chain->span_start_ns;
}

bool snap_chain_has_room(const struct snap_chain *chain)
{
    for (uint32_t i = 0; chain->may_fill && i < chain->count; i++) {
        const struct snap_chain_operator *at = &chain->operators[i];

        if (at->opened && at->class->has_room && !at->class->has_room(at->self))
            return false;
    }
    return true;
}

bool snap_chain_has_results(const struct snap_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        const struct snap_chain_operator *at = &chain->operators[i];

        if (at->opened && at->class->has_results && at->class->has_results(at->self))
            return true;
    }
    return false;
}
