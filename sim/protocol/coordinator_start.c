// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "protocol/coordinator_internal.h"

struct snap_checkpoint_record *snap_coordinator_take_record(struct snap_coordinator *coordinator)
{
    struct snap_checkpoint_record *record = snap_record_list_take(&coordinator->unused);
    struct snap_checkpoint_shape shape = {.tasks = coordinator->config.graph->task_count,
                                          .coordinators =
                                              coordinator->config.operator_coordinators};

    if (record)
        return record;
    record = SNAP_ARENA_NEW(coordinator->arena, struct snap_checkpoint_record);
    snap_checkpoint_record_init(record, coordinator->arena, &shape);
    snap_checkpoint_plan_init(&record->plan, coordinator->arena, coordinator->config.graph);
    return record;
}

/* Gives a record back that was never started. */
static void return_record(struct snap_coordinator *coordinator,
                          struct snap_checkpoint_record *record)
{
    snap_record_list_add(&coordinator->unused, record);
}

void snap_coordinator_start_failed(struct snap_coordinator *coordinator,
                                   const struct snap_checkpoint_failure *failure)
{
    snap_coordinator_emit_operators(coordinator, SNAP_COORDINATOR_OPERATOR_ABORT_TRIGGERING,
                                    SNAP_NO_CHECKPOINT);
    snap_coordinator_count_failure(coordinator, failure, SNAP_NO_INDEX);
    coordinator->starting = false;
}

/* The request fails before there is a checkpoint. */
static void fail_early(struct snap_coordinator *coordinator,
                       const struct snap_trigger_request *request, enum snap_failure_reason reason)
{
    struct snap_checkpoint_failure failure = {
        .checkpoint = SNAP_NO_CHECKPOINT, .kind = request->kind, .reason = reason};

    snap_coordinator_refuse(coordinator, request->id, reason);
    snap_coordinator_start_failed(coordinator, &failure);
}

/* Whether the state of the coordinator forbids the request. */
static bool forbidden(const struct snap_coordinator *coordinator,
                      const struct snap_trigger_request *request, enum snap_failure_reason *reason)
{
    *reason = coordinator->shut_down ? SNAP_FAILURE_CHECKPOINT_COORDINATOR_SHUTDOWN
                                     : SNAP_FAILURE_PERIODIC_SCHEDULER_SHUTDOWN;
    return coordinator->shut_down || (request->periodic && !coordinator->scheduler_running);
}

/* Flink: CheckpointOptions.forConfig. At-least-once mode overrides all else. */
static struct snap_checkpoint_options options_for(const struct snap_coordinator *coordinator,
                                                  const struct snap_checkpoint_record *record)
{
    const struct snap_coordinator_config *config = &coordinator->config;
    struct snap_checkpoint_options options = {.kind = record->taken,
                                              .alignment = SNAP_ALIGN_ALIGNED};

    if (config->mode == SNAP_MODE_AT_LEAST_ONCE) {
        options.alignment = SNAP_ALIGN_AT_LEAST_ONCE;
    } else if (config->unaligned && !snap_kind_is_savepoint(record->kind)) {
        if (!snap_is_alignment_timeout(config->aligned_timeout_ns))
            options.alignment = SNAP_ALIGN_UNALIGNED;
        options.aligned_timeout_ns = config->aligned_timeout_ns;
    }
    return options;
}

static struct snap_barrier barrier_of(const struct snap_coordinator *coordinator,
                                      const struct snap_checkpoint_record *record)
{
    return (struct snap_barrier){.checkpoint = record->id,
                                 .created_ns = record->created_ns,
                                 .options = options_for(coordinator, record)};
}

/* The checkpoint gets its id and timeout and is pending from now on. */
static void make_pending(struct snap_coordinator *coordinator,
                         struct snap_checkpoint_record *record,
                         const struct snap_trigger_request *request)
{
    struct snap_coordinator_action *started;

    snap_checkpoint_record_start(record, coordinator->attempts);
    record->id = coordinator->next_id++;
    record->kind = request->kind;
    record->taken = coordinator->force_full && !snap_kind_is_savepoint(request->kind)
                        ? SNAP_KIND_FULL_CHECKPOINT
                        : request->kind;
    record->created_ns = coordinator->now_ns;
    record->request = request->id;
    record->timeout_due_ns = snap_ns_add(coordinator->now_ns, coordinator->config.timeout_ns);
    record->timeout_order = coordinator->order_next++;
    snap_record_list_add(&coordinator->pending, record);
    coordinator->starting_record = record;
    started = snap_coordinator_emit(coordinator, SNAP_COORDINATOR_CHECKPOINT_STARTED, record->id);
    started->barrier = barrier_of(coordinator, record);
    started->record = record;
}

void snap_coordinator_start(struct snap_coordinator *coordinator,
                            const struct snap_trigger_request *request)
{
    struct snap_plan_input input = {.graph = coordinator->config.graph,
                                    .task_states = coordinator->task_states,
                                    .after_tasks_finish = coordinator->config.after_tasks_finish};
    struct snap_checkpoint_record *record = snap_coordinator_take_record(coordinator);
    enum snap_failure_reason reason;

    if (!snap_checkpoint_plan_compute(&record->plan, &input, &reason)) {
        return_record(coordinator, record);
        fail_early(coordinator, request, reason);
        return;
    }
    make_pending(coordinator, record, request);
    /* Operator coordinators are cut before the tasks that read from them. */
    snap_coordinator_emit_operators(coordinator, SNAP_COORDINATOR_OPERATOR_SNAPSHOT, record->id);
    if (record->coordinators_missing == 0)
        snap_coordinator_trigger_tasks(coordinator);
}

static void start_request(struct snap_coordinator *coordinator,
                          const struct snap_trigger_request *request)
{
    enum snap_failure_reason reason;

    SNAP_CHECK(!coordinator->starting);
    coordinator->starting = true;
    if (forbidden(coordinator, request, &reason))
        fail_early(coordinator, request, reason);
    else
        /* What was to look at the queue before finds the starting phase under way. */
        snap_coordinator_defer_start(coordinator, request);
}

/* Carries a decision out. */
static void apply(struct snap_coordinator *coordinator, const struct snap_decision *decision)
{
    for (uint32_t i = 0; i < decision->dropped_count; i++)
        snap_coordinator_refuse(coordinator, decision->dropped[i].request.id,
                                decision->dropped[i].reason);
    if (decision->retry_delay_ns > 0)
        snap_coordinator_set_periodic(coordinator, decision->retry_delay_ns);
    if (decision->execute)
        start_request(coordinator, &decision->request);
}

static struct snap_decider_situation situation(const struct snap_coordinator *coordinator)
{
    return (struct snap_decider_situation){
        .now_ns = coordinator->now_ns,
        .last_completion_ns = coordinator->last_completion_ns,
        .starting = coordinator->starting,
        .pending = coordinator->pending.count,
    };
}

void snap_coordinator_poll(struct snap_coordinator *coordinator)
{
    bool executed = true;

    /* Each request whose starting phase is over, well or badly, lets the next be asked for. */
    while (executed && !coordinator->starting) {
        struct snap_decider_situation now = situation(coordinator);
        struct snap_decision decision = snap_decider_poll(&coordinator->decider, &now);

        executed = decision.execute;
        apply(coordinator, &decision);
    }
}

void snap_coordinator_submit(struct snap_coordinator *coordinator,
                             const struct snap_trigger_request *request)
{
    struct snap_decider_situation now = situation(coordinator);
    struct snap_decision decision = snap_decider_submit(&coordinator->decider, request, &now);

    apply(coordinator, &decision);
    if (decision.execute)
        snap_coordinator_poll(coordinator);
}

static void send_triggers(struct snap_coordinator *coordinator,
                          struct snap_checkpoint_record *record)
{
    struct snap_barrier barrier = barrier_of(coordinator, record);

    for (uint32_t i = 0; i < record->plan.trigger_count; i++) {
        struct snap_coordinator_action *action =
            snap_coordinator_emit(coordinator, SNAP_COORDINATOR_TRIGGER_TASK, record->id);

        action->index = record->plan.trigger[i];
        action->barrier = barrier;
    }
}

void snap_coordinator_trigger_tasks(struct snap_coordinator *coordinator)
{
    struct snap_checkpoint_record *record = coordinator->starting_record;
    struct snap_checkpoint_failure failure;

    /* Reached once per checkpoint, when the last operator coordinator has answered. */
    SNAP_CHECK(coordinator->starting && record && record->coordinators_missing == 0);
    send_triggers(coordinator, record);
    coordinator->starting_record = NULL;
    /* Tasks may have acknowledged while the operator coordinators were still at work. */
    failure = (struct snap_checkpoint_failure){.checkpoint = record->id,
                                               .kind = record->kind,
                                               .reason = SNAP_FAILURE_FINALIZE_CHECKPOINT_FAILURE};
    if (snap_checkpoint_record_complete(record) && !snap_coordinator_complete(coordinator, record))
        snap_coordinator_start_failed(coordinator, &failure);
    coordinator->starting = false;
}
