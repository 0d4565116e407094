// SPDX-License-Identifier: Apache-2.0
/*
 * run.c: runs a scenario and measures its checkpoints as the recorded runs were measured: counts
 * of records in and out of each subtask and what lies in its queues at the trigger, barriers as
 * sinks take them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "truth/truth.h"

/* The first one is Flink's own at the start of the job, when the queues are not full yet. */
static const snap_ns measured_from_ns = 10 * SNAP_SECOND;

/* What a subtask had handled by an instant. */
struct handled {
    snap_ns at_ns;
    uint64_t in;
    uint64_t out;
};

struct watched_task {
    struct handled *handled; /* owned */
    uint32_t count;
    uint32_t capacity;
    enum truth_role role;
    bool has_role;
    double record_bytes; /* of what it sends */
    double sent_bytes;
    double queued_bytes;
    double sent_bytes_then; /* at the trigger of the checkpoint */
    double queued_bytes_then;
    int64_t received; /* buffers, since the start */
    int64_t taken;
    snap_ns barrier_ns; /* the last one of the checkpoint that was taken */
};

/* Where the figures of checkpoints are gathered, over all seeds. */
struct gathered {
    struct truth_values e2e_ms, barrier_ms, barrier_max_ms, in_flight, start_delay_ms, alignment_ms;
    struct truth_values processed_bytes, persisted_bytes;
    struct truth_values input_queue[TRUTH_ROLES], output_queue[TRUTH_ROLES];
};

struct watch {
    const struct snap_job *job;
    const struct truth_flink *flink;
    struct watched_task *tasks;
    struct gathered *to;
    snap_ns triggered_ns; /* of the checkpoint that is pending; SNAP_NEVER: not measured */
    uint32_t next;        /* number of the next one, without the first of all */
    double processed_bytes;
    double persisted_bytes;
    struct truth_values trigger_ns; /* of those that were completed */
    /* By each task until then, checkpoint by checkpoint. */
    struct truth_values sent_bytes;
    struct truth_values queued_bytes;
};

static struct snap_cost_model constants;
static bool constants_known;
static bool constants_differ;

static double ms_of(snap_ns ns)
{
    return (double)ns / (double)SNAP_MS;
}

static const struct snap_vertex *vertex_of(const struct watch *watch, uint32_t task)
{
    return snap_job_task_vertex(watch->job, task);
}

static bool is_sink(const struct watch *watch, uint32_t task)
{
    return vertex_of(watch, task)->out_edge_count == 0;
}

/* Stints come in each task's own order, ahead of the others. */
static void keep_stint(void *context, const struct snap_stint *stint)
{
    struct watched_task *task = &((struct watch *)context)->tasks[stint->task];
    struct handled last = task->count ? task->handled[task->count - 1] : (struct handled){0};

    if (task->count == task->capacity) {
        task->capacity = task->capacity ? task->capacity * 2 : 1024;
        task->handled = realloc(task->handled, task->capacity * sizeof(*task->handled));
        SNAP_CHECK(task->handled);
    }
    task->handled[task->count++] =
        (struct handled){stint->until_ns, last.in + stint->records, last.out + stint->records_out};
}

/* What the task had begun and finished by then, as Flink's functions count it: the record in work
 * has been taken, and not been sent. Records of a stint lie evenly over it. */
static void handled_by(const struct watched_task *task, snap_ns at_ns, double *in, double *out)
{
    uint32_t low = 0;
    uint32_t high = task->count;
    struct handled before = {0};
    double share;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (task->handled[middle].at_ns < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0)
        before = task->handled[low - 1];
    *in = (double)before.in;
    *out = (double)before.out;
    if (low == task->count)
        return;
    share = (double)(at_ns - before.at_ns) / (double)(task->handled[low].at_ns - before.at_ns);
    *in += ceil(share * (double)(task->handled[low].in - before.in));
    *out += floor(share * (double)(task->handled[low].out - before.out));
}

/* Sent by all and not taken by all, where one record more of a source makes `fan_out` of a sink. */
static double in_flight(const struct watch *watch, snap_ns at_ns, double fan_out)
{
    double sum = 0;

    for (uint32_t i = 0; i < watch->job->task_count; i++) {
        double in;
        double out;

        handled_by(&watch->tasks[i], at_ns, &in, &out);
        if (snap_job_vertex_is_source(watch->job, vertex_of(watch, i)->index))
            sum += out * fan_out;
        else if (is_sink(watch, i))
            sum -= in;
        else
            sum += out - in * fan_out;
    }
    return sum;
}

static void add_input_queues(struct watch *watch)
{
    for (uint32_t i = 0; i < watch->job->task_count; i++) {
        const struct watched_task *task = &watch->tasks[i];
        int64_t there = task->received - task->taken;

        /* One of them is in the task's hands. */
        if (task->has_role && task->role != TRUTH_SOURCE)
            truth_values_add(&watch->to->input_queue[task->role],
                             (double)(there > 0 ? there - 1 : 0));
    }
}

/* Those count whose counterparts in Flink were quiet. */
static bool counts(struct watch *watch, snap_ns triggered_ns)
{
    uint32_t number;

    if (triggered_ns < measured_from_ns)
        return false;
    number = watch->next++;
    return number >= watch->flink->checkpoint_count || watch->flink->quiet[number];
}

static void note_triggered(struct watch *watch, const struct snap_event *event)
{
    watch->triggered_ns = counts(watch, event->at_ns) ? event->at_ns : SNAP_NEVER;
    watch->processed_bytes = 0;
    watch->persisted_bytes = 0;
    for (uint32_t i = 0; i < watch->job->task_count; i++) {
        watch->tasks[i].barrier_ns = 0;
        watch->tasks[i].sent_bytes_then = watch->tasks[i].sent_bytes;
        watch->tasks[i].queued_bytes_then = watch->tasks[i].queued_bytes;
    }
    if (watch->triggered_ns != SNAP_NEVER)
        add_input_queues(watch);
}

static void note_completed(struct watch *watch, const struct snap_event *event)
{
    snap_ns sum = 0;
    snap_ns most = 0;
    uint32_t sinks = 0;

    for (uint32_t i = 0; i < watch->job->task_count; i++) {
        const struct watched_task *task = &watch->tasks[i];
        snap_ns after = task->barrier_ns - watch->triggered_ns;

        truth_values_add(&watch->sent_bytes, task->sent_bytes_then);
        truth_values_add(&watch->queued_bytes, task->queued_bytes_then);
        if (!is_sink(watch, i))
            continue;
        sinks++;
        sum += after;
        most = snap_ns_max(most, after);
    }
    truth_values_add(&watch->to->e2e_ms, ms_of(event->args[1]));
    truth_values_add(&watch->to->barrier_ms, ms_of(sum) / sinks);
    truth_values_add(&watch->to->barrier_max_ms, ms_of(most));
    truth_values_add(&watch->to->processed_bytes, watch->processed_bytes);
    truth_values_add(&watch->to->persisted_bytes, watch->persisted_bytes);
    truth_values_add(&watch->trigger_ns, (double)watch->triggered_ns);
}

/* The alignment of a snapshot that begins before all barriers are there is known later. */
static void note_alignment(struct watch *watch, uint32_t task, snap_ns alignment_ns,
                           int64_t processed_bytes)
{
    watch->processed_bytes += (double)processed_bytes;
    if (is_sink(watch, task))
        truth_values_add(&watch->to->alignment_ms, ms_of(alignment_ns));
}

static void note_snapshot(struct watch *watch, const struct snap_event *event)
{
    if (event->args[4] != SNAP_ALIGN_UNALIGNED)
        note_alignment(watch, event->actor, event->args[2], event->args[3]);
    if (is_sink(watch, event->actor))
        truth_values_add(&watch->to->start_delay_ms, ms_of(event->args[1]));
}

static void note_buffer(struct watch *watch, const struct snap_event *event)
{
    struct watched_task *task = &watch->tasks[event->actor];

    if (event->type == SNAP_EVENT_BUFFER_SENT)
        task->sent_bytes += (double)event->args[2];
    if (event->type == SNAP_EVENT_BUFFER_QUEUED)
        task->queued_bytes += (double)event->args[2];
    task->received += event->type == SNAP_EVENT_BUFFER_RECEIVED;
    task->taken += event->type == SNAP_EVENT_BUFFER_TAKEN;
}

static void take_event(void *context, const struct snap_event *event)
{
    struct watch *watch = context;

    if (event->actor < watch->job->task_count)
        note_buffer(watch, event);
    if (event->type == SNAP_EVENT_CHECKPOINT_TRIGGERED)
        note_triggered(watch, event);
    if (watch->triggered_ns == SNAP_NEVER)
        return;
    if (event->type == SNAP_EVENT_BARRIER_RECEIVED)
        watch->tasks[event->actor].barrier_ns = event->at_ns;
    else if (event->type == SNAP_EVENT_SNAPSHOT_STARTED)
        note_snapshot(watch, event);
    else if (event->type == SNAP_EVENT_ALIGNMENT_MEASURED)
        note_alignment(watch, event->actor, event->args[1], event->args[2]);
    else if (event->type == SNAP_EVENT_CHANNELS_SAVED)
        watch->persisted_bytes += (double)(event->args[1] + event->args[3]);
    else if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED)
        note_completed(watch, event);
}

/* Bytes in the outputs of a task at the trigger of a checkpoint. With a fan-out some of what was
 * produced waits for room in front of the outputs: then only full buffers count. */
static double output_bytes(const struct watch *watch, uint32_t checkpoint, uint32_t task_id)
{
    const struct watched_task *task = &watch->tasks[task_id];
    uint32_t at = checkpoint * watch->job->task_count + task_id;
    double in;
    double out;

    handled_by(task, (snap_ns)watch->trigger_ns.at[checkpoint], &in, &out);
    if (out > 2 * in && in > 0)
        return watch->queued_bytes.at[at] - watch->sent_bytes.at[at];
    return out * task->record_bytes - watch->sent_bytes.at[at];
}

static void add_output_queues(struct watch *watch, uint32_t checkpoint,
                              const struct snap_simulation *sim)
{
    for (uint32_t i = 0; i < watch->job->task_count; i++)
        if (watch->tasks[i].has_role && !is_sink(watch, i))
            truth_values_add(&watch->to->output_queue[watch->tasks[i].role],
                             output_bytes(watch, checkpoint, i) /
                                 sim->config.network.segment_bytes);
}

static void find_roles(struct watch *watch)
{
    static const char *const uids[TRUTH_ROLES] = {"source", "map", NULL};

    for (uint32_t i = 0; i < watch->job->task_count; i++) {
        const struct snap_vertex *vertex = vertex_of(watch, i);
        const char *uid = watch->job->operators[vertex->operators[0]].uid;

        watch->tasks[i].record_bytes =
            watch->job->operators[vertex->operators[vertex->operator_count - 1]].record_size_bytes;
        for (unsigned role = 0; role < TRUTH_ROLES; role++)
            if (uids[role] ? strcmp(uids[role], uid) == 0 : is_sink(watch, i)) {
                watch->tasks[i].role = (enum truth_role)role;
                watch->tasks[i].has_role = true;
            }
    }
}

static void watch_one(const struct snap_simulation *sim, const struct truth_flink *flink,
                      struct gathered *to)
{
    struct watch watch = {.job = sim->job, .flink = flink, .to = to, .triggered_ns = SNAP_NEVER};
    struct snap_observer observer = {
        .context = &watch, .merged = take_event, .stint = keep_stint, .buffers_wanted = true};
    struct snap_run_options options = {.observers = &observer, .observer_count = 1};
    struct snap_run *run;

    watch.tasks = calloc(sim->job->task_count, sizeof(*watch.tasks));
    SNAP_CHECK(watch.tasks);
    find_roles(&watch);
    run = snap_run_create(sim, &options);
    snap_run_execute(run);
    snap_run_destroy(run);
    for (uint32_t i = 0; i < watch.trigger_ns.count; i++) {
        truth_values_add(&to->in_flight,
                         in_flight(&watch, (snap_ns)watch.trigger_ns.at[i], flink->fan_out));
        add_output_queues(&watch, i, sim);
    }
    for (uint32_t i = 0; i < sim->job->task_count; i++)
        free(watch.tasks[i].handled);
    free(watch.tasks);
    truth_values_fini(&watch.trigger_ns);
    truth_values_fini(&watch.sent_bytes);
    truth_values_fini(&watch.queued_bytes);
}

static struct truth_range range_and_free(struct truth_values *values)
{
    struct truth_range range = truth_range_of(values);

    truth_values_fini(values);
    return range;
}

/* Queues are compared by their mean. */
static struct truth_range mean_and_free(struct truth_values *values)
{
    struct truth_range range = truth_range_of(values);
    double sum = 0;

    for (uint32_t i = 0; i < values->count; i++)
        sum += values->at[i];
    range.median = values->count > 0 ? sum / values->count : 0;
    truth_values_fini(values);
    return range;
}

static void take_figures(struct gathered *from, struct truth_figures *figures)
{
    figures->e2e_ms = range_and_free(&from->e2e_ms);
    figures->barrier_ms = range_and_free(&from->barrier_ms);
    figures->barrier_max_ms = range_and_free(&from->barrier_max_ms);
    figures->in_flight = range_and_free(&from->in_flight);
    figures->start_delay_ms = range_and_free(&from->start_delay_ms);
    figures->alignment_ms = range_and_free(&from->alignment_ms);
    figures->processed_bytes = range_and_free(&from->processed_bytes);
    figures->persisted_bytes = range_and_free(&from->persisted_bytes);
    for (unsigned role = 0; role < TRUTH_ROLES; role++) {
        figures->input_queue[role] = mean_and_free(&from->input_queue[role]);
        figures->output_queue[role] = mean_and_free(&from->output_queue[role]);
    }
}

/* The record's size belongs to the description; all else is the machine's. */
static void compare_constants(const struct snap_simulation *sim)
{
    struct snap_cost_model model = sim->model;

    model.record_size_bytes = 0;
    constants_differ =
        constants_differ || (constants_known && memcmp(&model, &constants, sizeof(model)) != 0);
    constants = model;
    constants_known = true;
}

void truth_check_constants(void)
{
    if (!constants_differ)
        return;
    fprintf(stderr, "truth: the scenarios have different constants\n");
    exit(1);
}

void truth_run(struct truth_row *row, const struct snap_scenario *scenario, uint32_t seeds)
{
    struct gathered gathered = {0};

    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct snap_scenario_choice choice = {
            .variant = row->flink->name, .seed_given = true, .seed = seed};
        struct snap_built built = {0};
        struct snap_error error = {0};

        row->run = snap_scenario_build(scenario, &choice, &built, &error);
        if (row->run) {
            compare_constants(&built.sim);
            watch_one(&built.sim, row->flink, &gathered);
        }
        snap_built_fini(&built);
        if (row->run)
            continue;
        snprintf(row->why_not, sizeof(row->why_not), "%.*s", (int)sizeof(row->why_not) - 1,
                 error.message);
        if (error.code == SNAP_ERROR_UNSUPPORTED)
            break;
        fprintf(stderr, "truth: %s:%u: %s\n", error.file, error.line, error.message);
        exit(2);
    }
    take_figures(&gathered, &row->figures);
}
