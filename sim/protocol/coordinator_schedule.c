// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "protocol/coordinator_internal.h"

/* Appends to the ring of deferred work. */
static struct snap_deferred *defer(struct snap_coordinator *coordinator)
{
    struct snap_deferred *item;

    /* The ring is drained before each event ends, so it can be moved to its start first. */
    if (coordinator->deferred_first > 0) {
        memmove(coordinator->deferred, coordinator->deferred + coordinator->deferred_first,
                coordinator->deferred_count * sizeof(*coordinator->deferred));
        coordinator->deferred_first = 0;
    }
    coordinator->deferred =
        snap_arena_grow(coordinator->arena, coordinator->deferred, coordinator->deferred_count,
                        &coordinator->deferred_capacity, sizeof(*coordinator->deferred));
    item = &coordinator->deferred[coordinator->deferred_count++];
    *item =
        (struct snap_deferred){.order = coordinator->order_next++, .due_ns = coordinator->now_ns};
    return item;
}

void snap_coordinator_defer_poll(struct snap_coordinator *coordinator)
{
    if (!coordinator->shut_down)
        defer(coordinator);
}

void snap_coordinator_defer_start_failed(struct snap_coordinator *coordinator,
                                         const struct snap_checkpoint_failure *failure)
{
    struct snap_deferred *item = defer(coordinator);

    item->kind = SNAP_DEFERRED_START_FAILED;
    item->failure = *failure;
}

void snap_coordinator_defer_start(struct snap_coordinator *coordinator,
                                  const struct snap_trigger_request *request)
{
    struct snap_deferred *item = defer(coordinator);

    item->kind = SNAP_DEFERRED_START;
    item->request = *request;
}

static void run_deferred(struct snap_coordinator *coordinator)
{
    struct snap_deferred item = coordinator->deferred[coordinator->deferred_first++];

    coordinator->deferred_count--;
    if (item.kind == SNAP_DEFERRED_START)
        snap_coordinator_start(coordinator, &item.request);
    if (item.kind == SNAP_DEFERRED_START_FAILED)
        snap_coordinator_start_failed(coordinator, &item.failure);
    snap_coordinator_poll(coordinator);
}

void snap_coordinator_end(struct snap_coordinator *coordinator)
{
    while (coordinator->deferred_count > 0)
        run_deferred(coordinator);
}

/* The interval in force; SNAP_NEVER: no periodic checkpoints now. */
static snap_ns interval_now(const struct snap_coordinator *coordinator)
{
    return coordinator->backlog_count > 0 ? coordinator->config.interval_backlog_ns
                                          : coordinator->config.interval_ns;
}

void snap_coordinator_set_periodic(struct snap_coordinator *coordinator, snap_ns delay_ns)
{
    coordinator->periodic_next_ns = snap_ns_add(coordinator->now_ns, delay_ns);
    coordinator->periodic = (struct snap_timer){
        .armed = true, .due_ns = coordinator->periodic_next_ns, .order = coordinator->order_next++};
}

static void cancel_periodic(struct snap_coordinator *coordinator)
{
    coordinator->periodic.armed = false;
    coordinator->periodic_next_ns = SNAP_NEVER;
}

/* Plans the next firing from the planned time of this one, so that it does not drift. */
static void fire_periodic(struct snap_coordinator *coordinator)
{
    struct snap_trigger_request request = {.id = SNAP_NO_REQUEST,
                                           .kind = SNAP_KIND_CHECKPOINT,
                                           .periodic = true,
                                           .asked_ns = coordinator->now_ns};
    snap_ns interval_ns = interval_now(coordinator);

    if (interval_ns == SNAP_NEVER) {
        cancel_periodic(coordinator);
    } else {
        coordinator->periodic_next_ns = snap_ns_add(coordinator->periodic_next_ns, interval_ns);
        coordinator->periodic.due_ns =
            snap_ns_max(coordinator->periodic_next_ns, coordinator->now_ns);
        coordinator->periodic.order = coordinator->order_next++;
    }
    snap_coordinator_submit(coordinator, &request);
}

/* The pending checkpoint that expires first, or NULL. */
static struct snap_checkpoint_record *first_to_expire(const struct snap_coordinator *coordinator)
{
    struct snap_checkpoint_record *first = coordinator->pending.first;

    /* Pending ones stand in the order of their start and have one timeout. */
    return first && first->timeout_due_ns != SNAP_NEVER ? first : NULL;
}

snap_ns snap_coordinator_next_due(const struct snap_coordinator *coordinator)
{
    const struct snap_checkpoint_record *record = first_to_expire(coordinator);
    snap_ns due_ns = coordinator->periodic.armed ? coordinator->periodic.due_ns : SNAP_NEVER;

    return record ? snap_ns_min(due_ns, record->timeout_due_ns) : due_ns;
}

/* Whether (due, order) a comes before b. */
static bool earlier(snap_ns a_due_ns, uint64_t a_order, snap_ns b_due_ns, uint64_t b_order)
{
    return a_due_ns != b_due_ns ? a_due_ns < b_due_ns : a_order < b_order;
}

/* Runs the timer that is due first. */
static void run_timer(struct snap_coordinator *coordinator)
{
    struct snap_checkpoint_record *record = first_to_expire(coordinator);
    const struct snap_timer *periodic = &coordinator->periodic;

    if (record && (!periodic->armed || earlier(record->timeout_due_ns, record->timeout_order,
                                               periodic->due_ns, periodic->order)))
        snap_coordinator_abort(
            coordinator, record,
            (struct snap_abort){.reason = SNAP_FAILURE_CHECKPOINT_EXPIRED, .task = SNAP_NO_INDEX});
    else
        fire_periodic(coordinator);
}

static bool advance_one(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_ns due_ns = snap_coordinator_next_due(coordinator);

    if (due_ns > now_ns)
        return false;
    coordinator->now_ns = snap_ns_max(due_ns, coordinator->now_ns);
    run_timer(coordinator);
    snap_coordinator_end(coordinator);
    return true;
}

bool snap_coordinator_advance_one(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    SNAP_CHECK(now_ns >= coordinator->now_ns);
    snap_coordinator_begin(coordinator, coordinator->now_ns);
    return advance_one(coordinator, now_ns);
}

void snap_coordinator_advance(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    SNAP_CHECK(now_ns >= coordinator->now_ns);
    snap_coordinator_begin(coordinator, coordinator->now_ns);
    while (advance_one(coordinator, now_ns))
        ;
    coordinator->now_ns = now_ns;
}

/* All that is queued or pending fails. */
static void fail_all(struct snap_coordinator *coordinator, enum snap_failure_reason reason)
{
    struct snap_trigger_request request;

    /* The queue first: aborting what is pending must not let a queued request start. */
    while (snap_decider_take_first(&coordinator->decider, &request))
        snap_coordinator_refuse(coordinator, request.id, reason);
    snap_coordinator_abort_all(coordinator, reason);
}

static void suspend(struct snap_coordinator *coordinator, enum snap_failure_reason reason)
{
    coordinator->scheduler_running = false;
    cancel_periodic(coordinator);
    fail_all(coordinator, reason);
}

void snap_coordinator_start_scheduler(struct snap_coordinator *coordinator, snap_ns now_ns,
                                      snap_ns drawn_delay_ns)
{
    bool draws = coordinator->config.start_rule == SNAP_START_DRAW_ALWAYS ||
                 !coordinator->scheduler_was_started;

    SNAP_CHECK(coordinator->config.interval_ns != SNAP_NEVER && !coordinator->shut_down);
    snap_coordinator_begin(coordinator, now_ns);
    /* What users asked for while it stood still goes on. */
    if (coordinator->scheduler_running)
        suspend(coordinator, SNAP_FAILURE_CHECKPOINT_COORDINATOR_SUSPEND);
    coordinator->scheduler_running = true;
    coordinator->scheduler_was_started = true;
    snap_coordinator_set_periodic(coordinator,
                                  draws ? drawn_delay_ns : coordinator->config.min_pause_ns);
    snap_coordinator_end(coordinator);
}

void snap_coordinator_stop_scheduler(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_coordinator_begin(coordinator, now_ns);
    suspend(coordinator, SNAP_FAILURE_CHECKPOINT_COORDINATOR_SUSPEND);
    snap_coordinator_end(coordinator);
}

void snap_coordinator_shutdown(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_coordinator_begin(coordinator, now_ns);
    if (!coordinator->shut_down) {
        coordinator->shut_down = true;
        coordinator->scheduler_running = false;
        /* The periodic timer goes on, and each of its requests fails. */
        fail_all(coordinator, SNAP_FAILURE_CHECKPOINT_COORDINATOR_SHUTDOWN);
    }
    snap_coordinator_end(coordinator);
}

void snap_coordinator_change_master(struct snap_coordinator *coordinator, snap_ns now_ns)
{
    snap_coordinator_begin(coordinator, now_ns);
    SNAP_CHECK(!coordinator->shut_down);
    suspend(coordinator, SNAP_FAILURE_CHECKPOINT_COORDINATOR_SHUTDOWN);
    snap_coordinator_end(coordinator);
    snap_failure_manager_forget(&coordinator->failures);
    coordinator->scheduler_was_started = false;
    coordinator->last_completion_ns = 0;
    coordinator->expired_count = 0;
    coordinator->backlog_count = 0;
    coordinator->force_full = false;
}

void snap_coordinator_close_store(struct snap_coordinator *coordinator, snap_ns now_ns,
                                  enum snap_job_end end)
{
    struct snap_store_outcome outcome;

    snap_coordinator_begin(coordinator, now_ns);
    outcome = snap_completed_store_shutdown(&coordinator->store, end);
    snap_coordinator_let_go(coordinator, &outcome);
    snap_coordinator_end(coordinator);
}

/* A report of backlog moves the timer to an earlier time if the interval says so, never later. */
static void hurry(struct snap_coordinator *coordinator)
{
    snap_ns interval_ns = interval_now(coordinator);

    if (interval_ns != SNAP_NEVER &&
        coordinator->now_ns + interval_ns < coordinator->periodic_next_ns)
        snap_coordinator_set_periodic(coordinator, interval_ns);
}

static uint32_t find_backlog(const struct snap_coordinator *coordinator, uint32_t source)
{
    uint32_t at = 0;

    while (at < coordinator->backlog_count && coordinator->backlog[at] != source)
        at++;
    return at;
}

void snap_coordinator_backlog_begins(struct snap_coordinator *coordinator, snap_ns now_ns,
                                     uint32_t source)
{
    snap_coordinator_begin(coordinator, now_ns);
    if (find_backlog(coordinator, source) == coordinator->backlog_count) {
        coordinator->backlog =
            snap_arena_grow(coordinator->arena, coordinator->backlog, coordinator->backlog_count,
                            &coordinator->backlog_capacity, sizeof(*coordinator->backlog));
        coordinator->backlog[coordinator->backlog_count++] = source;
    }
    hurry(coordinator);
}

void snap_coordinator_backlog_ends(struct snap_coordinator *coordinator, snap_ns now_ns,
                                   uint32_t source)
{
    uint32_t at = find_backlog(coordinator, source);

    snap_coordinator_begin(coordinator, now_ns);
    if (at < coordinator->backlog_count)
        coordinator->backlog[at] = coordinator->backlog[--coordinator->backlog_count];
    hurry(coordinator);
}
