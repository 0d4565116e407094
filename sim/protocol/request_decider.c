// SPDX-License-Identifier: Apache-2.0
#include "protocol/request_decider.h"

#include <string.h>

#include "base/check.h"

void snap_decider_init(struct snap_request_decider *decider, struct snap_arena *arena,
                       const struct snap_decider_limits *limits)
{
    SNAP_CHECK(limits->concurrent_max > 0 && limits->queued_max > 0);
    memset(decider, 0, sizeof(*decider));
    decider->arena = arena;
    decider->limits = *limits;
}

/* Whether `a` runs before `b`. */
static bool runs_before(const struct snap_trigger_request *a, const struct snap_trigger_request *b)
{
    bool a_savepoint = snap_kind_is_savepoint(a->kind);
    bool b_savepoint = snap_kind_is_savepoint(b->kind);

    if (a_savepoint != b_savepoint)
        return a_savepoint;
    if (a->forced != b->forced)
        return a->forced;
    if (a->periodic != b->periodic)
        return b->periodic;
    if (a->asked_ns != b->asked_ns)
        return a->asked_ns < b->asked_ns;
    return a->sequence < b->sequence;
}

/* The waiting requests, first to run first. */
static struct snap_trigger_request *waiting(const struct snap_request_decider *decider)
{
    return decider->queue + decider->taken;
}

/* Makes room behind the last one. Those that wait move down when at least as many have gone as
 * they are, so that a long queue costs no more than a short one. */
static void make_room(struct snap_request_decider *decider)
{
    if (decider->taken > 0 && decider->taken >= decider->queued) {
        memmove(decider->queue, waiting(decider), decider->queued * sizeof(*decider->queue));
        decider->taken = 0;
    }
    decider->queue =
        snap_arena_grow(decider->arena, decider->queue, decider->taken + decider->queued,
                        &decider->capacity, sizeof(*decider->queue));
}

static void insert(struct snap_request_decider *decider, const struct snap_trigger_request *request)
{
    struct snap_trigger_request entry = *request;
    struct snap_trigger_request *queue;
    uint32_t at = decider->queued;

    entry.sequence = decider->sequence_next++;
    make_room(decider);
    queue = waiting(decider);
    for (; at > 0 && runs_before(&entry, &queue[at - 1]); at--)
        queue[at] = queue[at - 1];
    queue[at] = entry;
    decider->queued++;
}

bool snap_decider_take_first(struct snap_request_decider *decider,
                             struct snap_trigger_request *request)
{
    if (decider->queued == 0)
        return false;
    *request = *waiting(decider);
    decider->queued--;
    decider->taken++;
    return true;
}

static void drop(struct snap_decision *decision, const struct snap_trigger_request *request,
                 enum snap_failure_reason reason)
{
    SNAP_CHECK(decision->dropped_count < SNAP_DROPPED_MAX);
    decision->dropped[decision->dropped_count].request = *request;
    decision->dropped[decision->dropped_count++].reason = reason;
}

static void choose(struct snap_request_decider *decider,
                   const struct snap_decider_situation *situation, struct snap_decision *decision)
{
    const struct snap_trigger_request *first;
    snap_ns pause_left_ns;

    /* One request at a time starts, and old snapshots must not pile up faster than they go. */
    if (situation->starting || decider->queued == 0 ||
        situation->cleaning > decider->limits.concurrent_max)
        return;
    first = waiting(decider);
    /* Past the limit only a forced request runs, and only from the head of the queue. */
    if (situation->pending >= decider->limits.concurrent_max && !first->forced)
        return;
    pause_left_ns =
        situation->last_completion_ns - situation->now_ns + decider->limits.min_pause_ns;
    decision->execute = true;
    /* The timer's request inside the pause is given up; the timer comes back when it is over. */
    if (situation->pending < decider->limits.concurrent_max && !first->forced && first->periodic &&
        pause_left_ns > 0) {
        drop(decision, first, SNAP_FAILURE_MINIMUM_TIME_BETWEEN_CHECKPOINTS);
        decision->retry_delay_ns = pause_left_ns;
        decision->execute = false;
    }
    snap_decider_take_first(decider, &decision->request);
}

struct snap_decision snap_decider_submit(struct snap_request_decider *decider,
                                         const struct snap_trigger_request *request,
                                         const struct snap_decider_situation *situation)
{
    struct snap_decision decision = {0};

    if (decider->queued >= decider->limits.queued_max &&
        !waiting(decider)[decider->queued - 1].periodic) {
        drop(&decision, request, SNAP_FAILURE_TOO_MANY_CHECKPOINT_REQUESTS);
        return decision;
    }
    insert(decider, request);
    if (decider->queued > decider->limits.queued_max)
        drop(&decision, &waiting(decider)[--decider->queued],
             SNAP_FAILURE_TOO_MANY_CHECKPOINT_REQUESTS);
    choose(decider, situation, &decision);
    return decision;
}

struct snap_decision snap_decider_poll(struct snap_request_decider *decider,
                                       const struct snap_decider_situation *situation)
{
    struct snap_decision decision = {0};

    choose(decider, situation, &decision);
    return decision;
}
