// SPDX-License-Identifier: Apache-2.0
#include "task/task.h"

#include "base/check.h"
#include "task/passages.h"
#include "task/task_sabotage.h"
#include "task/task_changelog.h"
#include "task/task_debloat.h"
#include "task/task_due.h"
#include "task/task_passed.h"
#include "task/task_plan.h"
#include "task/task_promise.h"

/* A step ends after so many spans even where nothing is due before its horizon: a run of free
 * records goes on for ever at one instant, and nobody is asked in between. */
enum { STEP_SPANS_MAX = 128 };

static enum snap_time_use waiting_use(const struct snap_task *task)
{
    if (task->status == SNAP_TASK_FINISHED)
        return SNAP_TIME_FINISHED;
    if (task->status == SNAP_TASK_INITIALIZING)
        return SNAP_TIME_INITIALIZING;
    if (task->status != SNAP_TASK_RUNNING)
        return SNAP_TIME_DOWN;
    if (task->paused_until_ns > task->actor.now_ns || task->work_until_ns > 0)
        return SNAP_TIME_BUSY;
    if (task->output_pending || !snap_output_is_available(&task->output))
        return SNAP_TIME_BACKPRESSURED;
    /* Flink's thread waits inside the operator, which it counts as busy. */
    if (snap_task_waits_for_operators(task))
        return SNAP_TIME_BUSY;
    return SNAP_TIME_IDLE;
}

static void run_timers(struct snap_task *task)
{
    snap_ns now = task->actor.now_ns;

    if (!task->has_attempt)
        return;
    if (task->fault_due_ns <= now && task->work_until_ns == 0)
        snap_task_settle_faults(task);
    if (task->output.flush_due_ns <= now)
        snap_output_flush(&task->output, now);
    if (snap_output_link_due(&task->output) <= now)
        snap_output_pump(&task->output, now);
}

/* Flink's network threads and its flusher do not wait for the task's own thread. */
void snap_task_pass_time(struct snap_task *task, snap_ns until_ns)
{
    struct snap_actor *actor = &task->actor;
    snap_ns due;

    while ((due = snap_task_output_timer(task)) < until_ns) {
        actor->now_ns = snap_ns_max(actor->now_ns, due);
        run_timers(task);
    }
    actor->now_ns = until_ns;
}

/* The record in work is complete: its outputs are out, its buffer may be used up. */
static void complete_record(struct snap_task *task)
{
    struct snap_buffer *current = task->current;

    if (current && current->taken == current->count) {
        task->current = NULL;
        snap_output_read_up(&task->output);
        SNAP_EVENT(&task->actor, BUFFER_TAKEN, task->actor.now_ns,
                   snap_task_sender(task, task->current_channel), task->current_channel,
                   current->bytes, snap_buffer_records(current));
        snap_input_recycle(&task->input, task->current_channel, current);
        snap_input_announce(&task->input);
    }
}

static void drain_pending(struct snap_task *task)
{
    if (!task->output_pending || !snap_chain_drain(&task->chain, task->actor.now_ns))
        return;
    task->output_pending = false;
    complete_record(task);
}

/* Time has been spent on records: account it and see what time it is. */
static void spend(struct snap_task *task, snap_ns cost_ns)
{
    struct snap_actor *actor = &task->actor;
    const struct snap_runtime *runtime = actor->world->runtime;

    if (runtime->spend) {
        runtime->spend(actor, cost_ns);
        actor->now_ns = runtime->clock(actor);
    } else {
        actor->now_ns += cost_ns;
    }
    snap_task_account(task, task->recovering ? SNAP_TIME_INITIALIZING : SNAP_TIME_BUSY,
                      actor->now_ns);
}

/* One record, complete at the instant its cost later; its outputs may fill buffers. */
static void run_one(struct snap_task *task, struct snap_batch *batch)
{
    snap_ns cost = snap_chain_run_one(&task->chain, batch, task->actor.now_ns);

    spend(task, cost);
    task->output_pending = !snap_chain_drain(&task->chain, task->actor.now_ns);
}

/* A mark or a timer has staged its outputs: they go out when what it cost has passed. */
static void put_staged(struct snap_task *task, snap_ns cost_ns)
{
    if (cost_ns > 0)
        spend(task, cost_ns);
    task->output_pending = !snap_chain_drain(&task->chain, task->actor.now_ns);
}

/* Timers of operators fire like mails, between records. Returns whether one did. */
static bool fire_timers(struct snap_task *task)
{
    snap_ns now = task->actor.now_ns;

    if (!task->chain.has_timers || snap_task_timer_due(task) > now)
        return false;
    put_staged(task, snap_chain_fire(&task->chain, now));
    task->must_act = false;
    return true;
}

/* Before which instant records may start. */
static snap_ns span_limit(const struct snap_task *task, snap_ns timer_ns)
{
    const struct snap_actor *actor = &task->actor;
    snap_ns limit = timer_ns;

    /* On real threads new mail ends the spans, not a horizon. */
    if (!actor->world->runtime->spend)
        limit = snap_ns_min(limit, actor->horizon_ns);
    return snap_ns_min(limit, snap_task_next_stop(task, limit));
}

static void run_span(struct snap_task *task, struct snap_batch *batch,
                     enum snap_span_outputs outputs)
{
    uint32_t count = batch->count;
    snap_ns start_ns = task->actor.now_ns;

    snap_chain_run(&task->chain, batch, start_ns, outputs);
    spend(task, snap_chain_take_cost(&task->chain, count));
    snap_task_take_passed(task, start_ns, task->chain.cost_ns);
}

static void take_mark(struct snap_task *task)
{
    struct snap_buffer *current = task->current;
    struct snap_record mark;

    snap_passage_taken(task, 1);
    mark = snap_buffer_record(current, current->taken++);
    put_staged(task, snap_task_take_mark(task, &mark));
    snap_buffer_find_mark(current);
    if (!task->output_pending)
        complete_record(task);
}

static void run_input_span(struct snap_task *task, snap_ns limit_ns)
{
    struct snap_buffer *current = task->current;
    struct snap_span_plan plan =
        snap_task_plan_span(task, snap_buffer_records_in_a_row(current), limit_ns);
    struct snap_batch batch =
        snap_buffer_batch(current, current->taken, plan.count > 0 ? plan.count : 1);

    snap_passage_taken(task, batch.count);
    task->records_in += batch.count;
    current->taken += batch.count;
    if (plan.count > 0)
        run_span(task, &batch, plan.outputs);
    else
        run_one(task, &batch);
    if (!task->output_pending)
        complete_record(task);
}

static void run_source_span(struct snap_task *task, snap_ns limit_ns)
{
    const struct snap_chain_operator *source = &task->chain.operators[0];
    uint32_t due =
        source->class->due_count(source->self, task->actor.now_ns, SNAP_SPAN_RECORDS_MAX);
    struct snap_span_plan plan = snap_task_plan_span(task, due, limit_ns);
    uint32_t count = plan.count > 0 ? plan.count : 1;
    bool in_place = plan.count > 0 && plan.outputs == SNAP_SPAN_FILLS_LAST;
    struct snap_batch batch = snap_chain_produce(&task->chain, count, in_place);

    SNAP_CHECK(batch.count == count);
    task->records_produced += count;
    if (plan.count > 0)
        run_span(task, &batch, plan.outputs);
    else
        run_one(task, &batch);
}

/* One span of what the input has, or of a source's own records; a long record is only begun. */
static void run_records(struct snap_task *task, snap_ns limit_ns)
{
    snap_ns cost = task->work_until_ns > 0 ? 0 : snap_task_long_cost(task);

    if (cost > 0)
        task->work_until_ns = snap_ns_add(task->actor.now_ns, cost);
    else if (task->current)
        run_input_span(task, limit_ns);
    else
        run_source_span(task, limit_ns);
}

/* It is as if the long record had been run as a whole when it was begun; what it costs has not
 * changed. */
static void end_long_record(struct snap_task *task)
{
    struct snap_actor *actor = &task->actor;
    snap_ns end_ns = task->work_until_ns;

    actor->now_ns = end_ns - snap_task_long_cost(task);
    run_records(task, actor->now_ns);
    task->work_until_ns = 0;
    SNAP_CHECK(actor->now_ns == end_ns);
}

/* Takes one item off the input: a data buffer becomes the current one, an event is handled. */
static void poll(struct snap_task *task)
{
    uint32_t channel;
    struct snap_buffer *item = snap_input_poll(&task->input, &channel);

    SNAP_CHECK(item);
    snap_task_count_poll(task, channel, item);
    if (item->kind != SNAP_ITEM_DATA) {
        snap_task_take_item(task, channel, item);
        return;
    }
    snap_barrier_handler_add_bytes(&task->handler, item->bytes);
    if (item->marks > 0)
        snap_buffer_find_mark(item);
    task->current = item;
    task->current_channel = channel;
    snap_chain_set_input(&task->chain, task->input.channels[channel].gate);
    /* Marks are put in between records, so that more might be written than was read. */
    if (item->count > 0 && item->marks == 0 && !task->chain.has_timers &&
        task->chain.is_one_to_one) {
        snap_output_open_only(&task->output);
        snap_output_write_over(&task->output, &task->current);
    }
    /* A piece in which no record ends is used up at once. */
    complete_record(task);
}

/* One poll or one span, of records that start before the limit, if there is anything to do. */
static bool default_action(struct snap_task *task, snap_ns limit_ns)
{
    if (!snap_task_may_act(task) || snap_task_waits_for_operators(task))
        return false;
    if (task->data_ending) {
        snap_task_end_data(task);
        return true;
    }
    if (task->recovering && !task->current && !snap_input_is_available(&task->input)) {
        snap_task_recovered(task);
        return true;
    }
    if (task->current && snap_buffer_records_in_a_row(task->current) == 0)
        take_mark(task);
    else if (task->current)
        run_records(task, limit_ns);
    else if (snap_input_is_available(&task->input))
        poll(task);
    else if (!snap_task_source_is_open(task))
        return false;
    else if (snap_task_source_due(task) == SNAP_NEVER && snap_task_has_to_end_time(task))
        put_staged(task, snap_task_end_time(task));
    else if (snap_task_source_due(task) == SNAP_NEVER)
        snap_task_end_data(task);
    else if (snap_task_source_due(task) <= task->actor.now_ns)
        run_records(task, limit_ns);
    else
        return false;
    return true;
}

/* A record that must come before further mails comes before a pause, too. */
static bool pause_is_due(const struct snap_task *task)
{
    return task->has_attempt && !task->must_act && task->work_until_ns == 0 &&
           task->chain.pause_due_ns <= task->actor.now_ns;
}

static void take_pause(struct snap_task *task)
{
    snap_ns for_ns = snap_chain_take_pauses(&task->chain, task->actor.now_ns);

    SNAP_EVENT(&task->actor, PAUSE_BEGUN, task->actor.now_ns, for_ns);
    snap_task_stand_still(task, for_ns);
}

/* The timers that Flink hands to the task as mails. */
static void run_mail_timers(struct snap_task *task)
{
    snap_task_run_alignment_timers(task);
    if (snap_task_debloat_due(task) <= task->actor.now_ns)
        snap_task_debloat(task);
    if (task->has_attempt && snap_task_changelog_due(task) <= task->actor.now_ns)
        snap_task_materialize(task);
}

/* Whether the step has been long enough to end at the instant. Who lags behind what it promised
 * catches up first: of a state in between it might promise less. */
static bool has_stepped_long(const struct snap_task *task, snap_ns at_ns)
{
    return task->step_spans >= STEP_SPANS_MAX &&
           (task->actor.world->runtime->spend || at_ns >= task->step_promise_ns);
}

/* Whether mails, timers or what waits for either come before the next record. On real threads
 * nobody but the clock can say so. */
static bool anything_comes_first(const struct snap_task *task, snap_ns timer_ns)
{
    const struct snap_actor *actor = &task->actor;
    snap_ns now = actor->now_ns;

    return timer_ns <= now || snap_inbox_peek(&actor->inbox) <= now || task->outputs_settled ||
           task->output_pending || task->work_until_ns > 0 || task->paused_until_ns >= now ||
           task->input.priority || actor->world->runtime->spend;
}

/* Does that. Returns false if time is to be looked at anew before the next record. */
static bool put_first(struct snap_task *task)
{
    struct snap_actor *actor = &task->actor;

    if (task->work_until_ns > 0 && task->work_until_ns <= actor->now_ns)
        end_long_record(task);
    snap_task_take_mails(task);
    run_timers(task);
    if (task->has_attempt && task->metrics_due_ns <= actor->now_ns) {
        snap_task_account(task, waiting_use(task), actor->now_ns);
        snap_task_tell_metrics(task);
    }
    if (task->has_attempt && !snap_task_is_held(task))
        run_mail_timers(task);
    if (task->has_attempt && task->outputs_settled)
        snap_task_settle_outputs(task);
    if (task->output_pending) {
        drain_pending(task);
        /* Mails that were put back meanwhile come before the next record. */
        snap_task_take_mails(task);
    }
    if (fire_timers(task))
        return false;
    if (pause_is_due(task)) {
        take_pause(task);
        return false;
    }
    return true;
}

/* The next timer is due at *timer_ns, before and afterwards. Returns whether the task is left for
 * later: what it does before its horizon concerns nobody. */
static bool boundary(struct snap_task *task, snap_ns *timer_ns)
{
    struct snap_actor *actor = &task->actor;
    snap_ns limit_ns;

    if (anything_comes_first(task, *timer_ns)) {
        bool goes_on = put_first(task);

        *timer_ns = snap_task_next_timer(task);
        if (!goes_on)
            return false;
    }
    limit_ns = task->has_attempt ? span_limit(task, *timer_ns) : actor->now_ns;
    actor->next_ns = actor->now_ns;
    /* Spans follow each other while nothing else is due: the common case, kept short. */
    do {
        if (!task->must_act && limit_ns == actor->horizon_ns &&
            snap_task_is_left_for_later(task, *timer_ns))
            return true;
        task->step_spans++;
        task->must_act = false;
        if (!default_action(task, limit_ns))
            break;
        *timer_ns = snap_task_next_timer(task);
        if (!task->has_attempt)
            break;
        limit_ns = span_limit(task, *timer_ns);
        actor->next_ns = actor->now_ns;
    } while (!task->outputs_settled && actor->now_ns < limit_ns &&
             !has_stepped_long(task, actor->now_ns) &&
             !(actor->world->runtime->has_mail && actor->world->runtime->has_mail(actor)));
    return false;
}

static void wait_until(struct snap_task *task, snap_ns until_ns)
{
    enum snap_time_use use = waiting_use(task);

    if (task->debloat && use == SNAP_TIME_IDLE && until_ns > task->actor.now_ns)
        snap_task_measure_idle(task);
    /* The time of a long record is told with it. */
    if (task->work_until_ns == 0)
        snap_task_account(task, use, until_ns);
    task->actor.now_ns = until_ns;
}

void snap_task_step(struct snap_task *task)
{
    struct snap_actor *actor = &task->actor;
    snap_ns timer_ns = snap_task_next_timer(task);

    task->step_spans = 0;
    task->step_promise_ns = actor->promise_ns;
    for (;;) {
        actor->next_ns = snap_task_next_boundary(task, timer_ns);
        if (actor->next_ns >= actor->horizon_ns || has_stepped_long(task, actor->next_ns))
            break;
        wait_until(task, actor->next_ns);
        if (boundary(task, &timer_ns))
            return;
    }
    actor->promise_ns = snap_task_promise(task, timer_ns);
}

void snap_task_close(struct snap_task *task, snap_ns at_ns)
{
    const snap_ns *times = task->times_ns;

    snap_task_account(task, waiting_use(task), at_ns);
    /* A record in work at the end was accounted as a whole; a task that had finished, or was
     * cancelled, may have gone ahead of the end of the job. */
    task->times_ns[task->accounted_use] -= task->accounted_ns - at_ns;
    task->accounted_ns = at_ns;
    task->actor.now_ns = at_ns;
    snap_sabotage_times(task);
    snap_task_tell_late(task);
    SNAP_EVENT(&task->actor, TASK_TOTALS, at_ns, (int64_t)task->records_in,
               (int64_t)task->records_out, times[SNAP_TIME_BUSY], times[SNAP_TIME_BACKPRESSURED],
               times[SNAP_TIME_IDLE], times[SNAP_TIME_INITIALIZING], times[SNAP_TIME_DOWN],
               times[SNAP_TIME_FINISHED]);
}
