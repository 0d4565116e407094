// SPDX-License-Identifier: Apache-2.0
#include "actor/event_log.h"

#include <string.h>

#include "base/memory.h"

enum { LOG_EVENTS_MIN = 4, LOGS_MIN = 16 };

void snap_event_log_fini(struct snap_event_log *log)
{
    snap_memory_give_back(log->events);
    memset(log, 0, sizeof(*log));
}

void snap_event_log_grow(struct snap_event_log *log)
{
    log->capacity = log->capacity ? log->capacity * 2 : LOG_EVENTS_MIN;
    log->events = snap_memory_resize(log->events, log->capacity * sizeof(struct snap_event));
}

void snap_event_log_cut(struct snap_event_log *log, snap_ns after_ns)
{
    while (log->count > log->first && log->events[log->count - 1].at_ns > after_ns)
        log->count--;
}

/* What is left moves to the front once it is no more than what was merged. */
static void forget_merged(struct snap_event_log *log)
{
    uint32_t left = log->count - log->first;

    if (left > log->first)
        return;
    if (left > 0)
        memcpy(log->events, log->events + log->first, left * sizeof(struct snap_event));
    log->first = 0;
    log->count = left;
}

void snap_event_merge_fini(struct snap_event_merge *merge)
{
    snap_memory_give_back(merge->logs);
    snap_memory_give_back(merge->entrants);
    memset(merge, 0, sizeof(*merge));
}

void snap_event_merge_begin(struct snap_event_merge *merge, snap_ns before_ns)
{
    merge->count = 0;
    merge->before_ns = before_ns;
}

/* When the log's first event is due in this merge. */
static snap_ns due_ns(const struct snap_event_merge *merge, const struct snap_event_log *log)
{
    if (log->first == log->count || log->events[log->first].at_ns >= merge->before_ns)
        return SNAP_NEVER;
    return log->events[log->first].at_ns;
}

void snap_event_merge_add(struct snap_event_merge *merge, struct snap_event_log *log)
{
    if (due_ns(merge, log) == SNAP_NEVER)
        return;
    if (merge->count == merge->capacity) {
        merge->capacity = merge->capacity ? merge->capacity * 2 : LOGS_MIN;
        merge->logs = snap_memory_resize(merge->logs, merge->capacity * sizeof(merge->logs[0]));
        merge->entrants =
            snap_memory_resize(merge->entrants, 2 * merge->capacity * sizeof(merge->entrants[0]));
    }
    merge->logs[merge->count++] = log;
}

/* The log's leaf: leaves have the indices [count, 2 * count), and from left to right those of the
 * last level come first. */
static uint32_t leaf_of(const struct snap_event_merge *merge, uint32_t log)
{
    uint32_t leaf = merge->deepest + log;

    return leaf < 2 * merge->count ? leaf : leaf - merge->count;
}

/* The winner at `n` against its sibling: of two of one instant the one on the left (n is even), as
 * its log was added first. */
static struct snap_event_entrant match(const struct snap_event_entrant *entrants, uint32_t n,
                                       struct snap_event_entrant at_n)
{
    struct snap_event_entrant other = entrants[n ^ 1];
    bool loses = other.at_ns < at_n.at_ns || (other.at_ns == at_n.at_ns && n % 2 == 1);

    return loses ? other : at_n;
}

void snap_event_merge_ready(struct snap_event_merge *merge)
{
    struct snap_event_entrant *entrants = merge->entrants;

    merge->deepest = 1;
    while (merge->deepest < merge->count)
        merge->deepest *= 2;
    for (uint32_t i = 0; i < merge->count; i++)
        entrants[leaf_of(merge, i)] = (struct snap_event_entrant){due_ns(merge, merge->logs[i]), i};
    for (uint32_t n = merge->count; n-- > 1;)
        entrants[n] = match(entrants, 2 * n, entrants[2 * n]);
}

/* The log has another first event: the matches on its way to the root are held again. */
static void replay(struct snap_event_merge *merge, struct snap_event_entrant entrant)
{
    uint32_t n = leaf_of(merge, entrant.log);

    for (; n > 1; n /= 2) {
        merge->entrants[n] = entrant;
        entrant = match(merge->entrants, n, entrant);
    }
    merge->entrants[1] = entrant;
}

static void end(struct snap_event_merge *merge)
{
    for (uint32_t i = 0; i < merge->count; i++)
        forget_merged(merge->logs[i]);
    merge->count = 0;
}

const struct snap_event *snap_event_merge_next(struct snap_event_merge *merge)
{
    struct snap_event_entrant first = {SNAP_NEVER, 0};
    const struct snap_event *event;
    struct snap_event_log *log;
    snap_ns next_ns;

    if (merge->count > 0)
        first = merge->entrants[1];
    if (first.at_ns == SNAP_NEVER) {
        end(merge);
        return NULL;
    }
    log = merge->logs[first.log];
    event = &log->events[log->first++];
    next_ns = due_ns(merge, log);
    /* Who won goes on winning within the instant. */
    if (next_ns != first.at_ns)
        replay(merge, (struct snap_event_entrant){next_ns, first.log});
    return event;
}
