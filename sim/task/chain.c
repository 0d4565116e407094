// SPDX-License-Identifier: Apache-2.0
#include "task/chain.h"

#include <string.h>

#include "base/check.h"
#include "model/lineage.h"
#include "task/spans.h"
#include "task/task.h"

static uint32_t saturated_product(uint32_t a, uint32_t b)
{
    uint64_t product = (uint64_t)a * b;

    return product > UINT32_MAX ? UINT32_MAX : (uint32_t)product;
}

static bool is_one_to_one(const struct snap_chain_operator *at)
{
    const struct snap_operator_rules *rules = &at->class->rules;

    return at->class->transform &&
           (rules->kind != SNAP_RULE_PURE || rules->number_of_outputs_from == SNAP_PART_NOTHING);
}

static uint32_t place_of(const struct snap_chain *chain, uint32_t operator_index)
{
    for (uint32_t i = 0; i < chain->count; i++)
        if (chain->operators[i].op->index == operator_index)
            return i;
    SNAP_CHECK(false);
    return 0;
}

static uint32_t partition_of(const struct snap_vertex *vertex, uint32_t edge)
{
    for (uint32_t i = 0; i < vertex->out_edge_count; i++)
        if (vertex->out_edges[i] == edge)
            return i;
    SNAP_CHECK(false);
    return 0;
}

static void init_outputs(struct snap_chain *chain, struct snap_chain_operator *at)
{
    const struct snap_job *job = chain->task->actor.world->job;
    const struct snap_operator *op = at->op;

    at->output_count = op->out_edge_count;
    at->outputs =
        SNAP_ARENA_ARRAY(&chain->task->arena, struct snap_chain_output, op->out_edge_count);
    for (uint32_t i = 0; i < op->out_edge_count; i++) {
        const struct snap_edge *edge = &job->edges[op->out_edges[i]];
        struct snap_chain_output *output = &at->outputs[i];

        output->chained = edge->chained;
        output->target = edge->chained ? place_of(chain, edge->consumer)
                                       : partition_of(chain->task->vertex, edge->index);
        output->way = edge->way;
    }
}

/* Walks the tree from `place`: `factor` records may come from one input, `exact` if just one. */
static void measure(struct snap_chain *chain, uint32_t place, uint32_t factor, bool exact)
{
    struct snap_chain_operator *at = &chain->operators[place];
    struct snap_time_needs needs = snap_operator_time_needs(at->op);

    chain->arms_timers = chain->arms_timers || needs.arms_timers;
    chain->has_timers = chain->has_timers || needs.has_timers;
    chain->may_fill = chain->may_fill || at->class->has_room;
    if (exact)
        chain->cost_ns += at->op->cost_ns;
    else if (at->op->cost_ns > 0 || at->op->cost)
        chain->cost_is_constant = false;
    factor = saturated_product(factor, needs.fanout_max);
    exact = exact && (at->class->produce || is_one_to_one(at));
    chain->is_one_to_one = chain->is_one_to_one && exact && at->output_count == 1;
    chain->keeps_key =
        chain->keeps_key && (at->class->produce || snap_operator_rules_of(at->op).keeps_key);
    for (uint32_t i = 0; i < at->output_count; i++) {
        if (at->outputs[i].chained)
            measure(chain, at->outputs[i].target, factor, exact);
        else if (factor > chain->fanout_max)
            chain->fanout_max = factor;
    }
}

void snap_chain_init(struct snap_chain *chain, struct snap_task *task, snap_ns cost_floor_ns)
{
    const struct snap_vertex *vertex = task->vertex;
    const struct snap_job *job = task->actor.world->job;
    struct snap_arena *arena = &task->arena;

    memset(chain, 0, sizeof(*chain));
    chain->task = task;
    chain->head_input = SNAP_NO_INDEX;
    chain->count = vertex->operator_count;
    chain->operators = SNAP_ARENA_ARRAY(arena, struct snap_chain_operator, chain->count);
    chain->partition_count = vertex->out_edge_count;
    chain->staged = SNAP_ARENA_ARRAY(arena, struct snap_staged, chain->partition_count);
    for (uint32_t i = 0; i < chain->count; i++) {
        chain->operators[i].op = &job->operators[vertex->operators[i]];
        chain->operators[i].class = snap_operator_class_of(chain->operators[i].op);
    }
    for (uint32_t i = 0; i < chain->count; i++)
        init_outputs(chain, &chain->operators[i]);
    chain->fanout_max = 1;
    chain->cost_is_constant = true;
    chain->is_one_to_one = true;
    chain->keeps_key = true;
    measure(chain, 0, 1, true);
    chain->is_one_to_one = chain->is_one_to_one && chain->partition_count == 1;
    chain->is_single = chain->is_one_to_one && chain->count == 1;
    chain->timer_due_ns = SNAP_NEVER;
    chain->cost_floor_ns = cost_floor_ns;
    snap_chain_init_costs(chain);
    chain->pause_due_ns = SNAP_NEVER;
    chain->cost_base_ns = chain->cost_ns;
    snap_chain_set_pace(chain, 1000);
}

static void init_context(struct snap_chain *chain, uint32_t place)
{
    struct snap_task *task = chain->task;
    struct snap_world *world = task->actor.world;
    struct snap_chain_operator *at = &chain->operators[place];
    struct snap_operator_context *context = &at->context;

    context->job = world->job;
    context->op = at->op;
    context->subtask = task->subtask;
    context->attempt = task->attempt;
    context->first_attempt = world->first_attempt;
    context->seed = world->sim->seed;
    context->checkpointing = world->sim->config.checkpoint.interval_ns > 0;
    context->final_checkpoint =
        context->checkpointing && world->sim->config.checkpoint.after_tasks_finish;
    context->savepoint = task->savepoint;
    context->arena = &task->arena;
    context->strings = &task->slots[place].strings;
    context->world = task->slots[place].world;
    context->fs = world->fs;
}

/* A sink took records: the observers see which. */
static void sink_written(void *context, const struct snap_batch *batch, uint64_t part)
{
    struct snap_chain_operator *at = context;
    struct snap_span span = {.kind = SNAP_SPAN_WRITTEN, .part = part};

    snap_chain_show(at, &span, batch);
}

static void sink_event(void *context, const struct snap_event *event)
{
    struct snap_chain_operator *at = context;
    struct snap_actor *actor = &at->chain->task->actor;

    snap_actor_event(actor, event->type, actor->now_ns, event->args);
}

bool snap_chain_open(struct snap_chain *chain, const struct snap_operator_state *restored,
                     snap_checkpoint_id restored_checkpoint, struct snap_error *error)
{
    const struct snap_world *world = chain->task->actor.world;
    struct snap_arena *arena = &chain->task->arena;

    /* Operators may arm timers as they open. */
    chain->span_start_ns = chain->task->actor.now_ns;
    for (uint32_t i = 0; i < chain->count; i++) {
        struct snap_chain_operator *at = &chain->operators[i];

        at->chain = chain;
        init_context(chain, i);
        at->context.restored = restored && !restored[i].absent ? &restored[i] : NULL;
        at->context.restored_checkpoint = restored_checkpoint;
        at->context.written = sink_written;
        at->context.sink_event = sink_event;
        at->context.window_note = snap_chain_window_note;
        at->context.clock = snap_chain_start_of_work;
        at->context.interrupts_timers =
            world->sim->config.checkpoint.unaligned.enabled &&
            world->sim->config.checkpoint.unaligned.interruptible_timers;
        at->context.auto_watermark_ns = world->sim->config.auto_watermark_ns;
        at->context.task = at;
        at->self = snap_arena_alloc(arena, at->class->instance_bytes);
        at->emitter.arena = arena;
        if (at->class->expand || at->class->take_mark || at->class->fire)
            snap_emitter_init(&at->emitter, arena, world->columns);
        if (at->class->open && !at->class->open(at->self, &at->context, error))
            return false;
        at->opened = true;
    }
    snap_chain_find_timer(chain);
    return true;
}

void snap_chain_close(struct snap_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        struct snap_chain_operator *at = &chain->operators[i];

        if (at->opened && at->class->close)
            at->class->close(at->self);
        at->opened = false;
    }
}

static void grow_scratch(struct snap_chain *chain, struct snap_scratch *scratch, uint32_t count)
{
    struct snap_arena *arena = &chain->task->arena;
    uint32_t capacity = scratch->capacity ? scratch->capacity : SNAP_SPAN_RECORDS_MAX;

    if (count <= scratch->capacity)
        return;
    while (capacity < count)
        capacity *= 2;
    scratch->records = SNAP_ARENA_ARRAY(arena, struct snap_pair, capacity);
    if (chain->task->actor.world->columns.stamps)
        scratch->stamps = SNAP_ARENA_ARRAY(arena, struct snap_stamp, capacity);
    if (chain->task->actor.world->columns.lineage)
        scratch->lineage = SNAP_ARENA_ARRAY(arena, uint64_t, capacity);
    if (chain->task->actor.world->instants_wanted)
        scratch->input_index = SNAP_ARENA_ARRAY(arena, uint32_t, capacity);
    scratch->capacity = capacity;
}

/* Copies the batch: what takes one output changes it in place, others must not see that. */
static struct snap_batch copy_batch(struct snap_chain *chain, struct snap_scratch *scratch,
                                    const struct snap_batch *from)
{
    struct snap_batch copy = {.count = from->count};

    grow_scratch(chain, scratch, from->count);
    copy.records = scratch->records;
    memcpy(copy.records, from->records, from->count * sizeof(struct snap_pair));
    if (from->stamps) {
        copy.stamps = scratch->stamps;
        memcpy(copy.stamps, from->stamps, from->count * sizeof(struct snap_stamp));
    }
    if (from->lineage) {
        copy.lineage = scratch->lineage;
        memcpy(copy.lineage, from->lineage, from->count * sizeof(uint64_t));
    }
    if (from->input_index) {
        copy.input_index = scratch->input_index;
        memcpy(copy.input_index, from->input_index, from->count * sizeof(uint32_t));
    }
    return copy;
}

void snap_chain_stage(struct snap_chain *chain, uint32_t partition, const struct snap_batch *batch)
{
    struct snap_staged *staged = &chain->staged[partition];
    struct snap_arena *arena = &chain->task->arena;

    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t capacity = staged->capacity;

        staged->records = snap_arena_grow(arena, staged->records, staged->count, &staged->capacity,
                                          sizeof(struct snap_record));
        if (batch->lineage)
            staged->lineage =
                snap_arena_grow(arena, staged->lineage, staged->count, &capacity, sizeof(uint64_t));
        staged->records[staged->count] = snap_batch_record(batch, i);
        if (batch->lineage)
            staged->lineage[staged->count] = batch->lineage[i];
        staged->count++;
    }
}

static void write_span(struct snap_chain *chain, struct snap_partition *partition,
                       const struct snap_batch *batch)
{
    struct snap_output *output = &chain->task->output;
    struct snap_span_time time = {chain->span_start_ns, chain->cost_ns, NULL};

    if (chain->outputs == SNAP_SPAN_FILLS_NONE) {
        snap_partition_write(output, partition, batch);
        return;
    }
    if (chain->costs_ahead) {
        time.sums_ns = snap_costs_ahead_sums(chain->costs_ahead);
        time.start_ns -= snap_costs_ahead_base(chain->costs_ahead);
    }
    if (chain->outputs == SNAP_SPAN_TIMED)
        snap_partition_write_timed(output, partition, batch, &time);
    else
        snap_partition_write_filling(output, partition, batch,
                                     snap_span_time_of(&time, batch->count - 1));
}

static void run_operator(struct snap_chain *chain, uint32_t place, struct snap_batch *batch);

static void pass_on(struct snap_chain *chain, struct snap_chain_output *output,
                    struct snap_batch *batch)
{
    struct snap_task *task = chain->task;

    if (output->chained) {
        if (batch->lineage && output->way != 0)
            for (uint32_t i = 0; i < batch->count; i++)
                batch->lineage[i] = snap_lineage_way(batch->lineage[i], output->way);
        run_operator(chain, output->target, batch);
        return;
    }
    task->records_out += batch->count;
    if (chain->staging) {
        snap_chain_stage(chain, output->target, batch);
    } else {
        write_span(chain, &task->output.partitions[output->target], batch);
    }
}

void snap_chain_fork(struct snap_chain *chain, struct snap_chain_operator *at,
                     struct snap_batch *batch)
{
    for (uint32_t i = 0; i < at->output_count && batch->count > 0; i++) {
        if (i + 1 == at->output_count) {
            pass_on(chain, &at->outputs[i], batch);
        } else {
            struct snap_batch copy = copy_batch(chain, &at->outputs[i].scratch, batch);

            pass_on(chain, &at->outputs[i], &copy);
        }
    }
}

/* The index column of the outputs from `filled` on: they come from this input. */
static void fill_index(struct snap_chain_operator *at, uint32_t filled, uint32_t input)
{
    struct snap_scratch *scratch = &at->index_scratch;

    for (; filled < at->emitter.count; filled++) {
        scratch->input_index = snap_arena_grow(&at->chain->task->arena, scratch->input_index,
                                               filled, &scratch->capacity, sizeof(uint32_t));
        scratch->input_index[filled] = input;
    }
}

/* One call a record; the index column says which input each output comes from. */
static struct snap_batch expand_all(struct snap_chain_operator *at, const struct snap_batch *in)
{
    struct snap_emitter *emitter = &at->emitter;
    struct snap_batch out = {.records = NULL};

    emitter->count = 0;
    for (uint32_t i = 0; i < in->count; i++) {
        uint32_t filled = emitter->count;
        struct snap_record record = snap_batch_record(in, i);

        emitter->child = 0;
        at->input = in->input_index ? in->input_index[i] : i;
        emitter->input_lineage = in->lineage ? in->lineage[i] : 0;
        at->class->expand(at->self, &record, emitter);
        if (in->input_index)
            fill_index(at, filled, in->input_index[i]);
    }
    out.records = emitter->records;
    out.stamps = emitter->stamps;
    out.lineage = in->lineage ? emitter->lineage : NULL;
    out.count = emitter->count;
    if (in->input_index)
        out.input_index = at->index_scratch.input_index;
    return out;
}

static void run_operator(struct snap_chain *chain, uint32_t place, struct snap_batch *batch)
{
    struct snap_chain_operator *at = &chain->operators[place];

    at->taken += batch->count;
    if (!chain->cost_is_constant && !chain->costs_ahead)
        chain->cost_of_run_ns = snap_ns_min(
            snap_ns_add(chain->cost_of_run_ns, snap_chain_cost_of(at, batch)), SNAP_DURATION_MAX);
    if (snap_rule_has_state(at->class->rules.kind) &&
        (place > 0 || snap_rules_has_input(at->class->rules.affecting_inputs, chain->head_input))) {
        struct snap_span span = {.kind = SNAP_SPAN_AFFECTED};

        snap_chain_show(at, &span, batch);
    }
    if (at->class->transform) {
        at->class->transform(at->self, batch);
        snap_chain_fork(chain, at, batch);
    } else if (at->class->expand) {
        struct snap_batch out = expand_all(at, batch);

        snap_chain_fork(chain, at, &out);
    } else {
        struct snap_span span = {.kind = SNAP_SPAN_EMITTED};

        snap_chain_show(at, &span, batch);
        snap_chain_fork(chain, at, batch);
    }
}

static void number_inputs(struct snap_chain *chain, struct snap_batch *batch)
{
    if (!chain->task->actor.world->instants_wanted)
        return;
    grow_scratch(chain, &chain->numbers, batch->count);
    batch->input_index = chain->numbers.input_index;
    for (uint32_t i = 0; i < batch->count; i++)
        batch->input_index[i] = i;
}

/* The shortest way, where nobody watches. */
static void run_single(struct snap_chain *chain, struct snap_batch *batch)
{
    struct snap_chain_operator *at = &chain->operators[0];

    at->taken += batch->count;
    if (at->class->transform)
        at->class->transform(at->self, batch);
    chain->task->records_out += batch->count;
    write_span(chain, chain->task->output.partitions, batch);
}

void snap_chain_run(struct snap_chain *chain, struct snap_batch *batch, snap_ns start_ns,
                    enum snap_span_outputs outputs)
{
    SNAP_CHECK(chain->cost_is_constant || chain->costs_ahead);
    SNAP_CHECK(outputs == SNAP_SPAN_FILLS_NONE || chain->is_one_to_one);
    chain->outputs = outputs;
    chain->span_start_ns = start_ns;
    if (chain->is_single && !chain->task->actor.world->spans_wanted) {
        run_single(chain, batch);
        return;
    }
    number_inputs(chain, batch);
    run_operator(chain, 0, batch);
    snap_chain_tell_records(chain, SNAP_NEVER);
}

snap_ns snap_chain_run_one(struct snap_chain *chain, struct snap_batch *batch, snap_ns start_ns)
{
    SNAP_CHECK(batch->count == 1);
    if (chain->costs_ahead)
        snap_costs_ahead_draw(chain->costs_ahead, batch->records, 1);
    chain->span_start_ns = start_ns;
    chain->cost_of_run_ns = 0;
    chain->staging = true;
    number_inputs(chain, batch);
    run_operator(chain, 0, batch);
    chain->staging = false;
    if (chain->arms_timers)
        snap_chain_find_timer(chain);
    snap_chain_tell_records(chain, SNAP_NEVER);
    if (chain->cost_is_constant)
        return chain->cost_ns;
    if (chain->costs_ahead)
        return snap_chain_take_cost(chain, 1);
    return snap_chain_at_pace(chain, chain->cost_of_run_ns);
}

bool snap_chain_drain(struct snap_chain *chain, snap_ns now_ns)
{
    struct snap_output *output = &chain->task->output;

    for (uint32_t p = 0; p < chain->partition_count; p++) {
        struct snap_staged *staged = &chain->staged[p];

        for (; staged->done < staged->count; staged->done++) {
            uint64_t lineage = staged->lineage ? staged->lineage[staged->done] : 0;

            if (!snap_partition_put(output, &output->partitions[p], &staged->records[staged->done],
                                    lineage, now_ns))
                return false;
        }
        staged->count = 0;
        staged->done = 0;
    }
    return true;
}

struct snap_batch snap_chain_produce(struct snap_chain *chain, uint32_t max, bool in_place)
{
    struct snap_chain_operator *head = &chain->operators[0];
    struct snap_batch batch = {.count = 0};

    if (in_place)
        batch = snap_output_place(&chain->task->output);
    if (!batch.records) {
        grow_scratch(chain, &chain->input, SNAP_SPAN_RECORDS_MAX);
        batch.records = chain->input.records;
        batch.stamps = chain->input.stamps;
        batch.lineage = chain->input.lineage;
    }
    head->class->produce(head->self, &batch, max);
    if (batch.lineage)
        memset(batch.lineage, 0, batch.count * sizeof(uint64_t));
    return batch;
}
