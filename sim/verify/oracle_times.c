// SPDX-License-Identifier: Apache-2.0
/*
 * The times of a subtask (busy, backpressured, idle, initializing, down, finished) add up to
 * the length of the job's execution, and none of them is negative.
 */
#include <inttypes.h>
#include <string.h>

#include "model/names.h"
#include "verify/oracle.h"

struct books {
    snap_ns *sums; /* by task; -1: no totals */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    books->sums = SNAP_ARENA_ARRAY(at->arena, snap_ns, at->job->task_count);
    for (uint32_t t = 0; t < at->job->task_count; t++)
        books->sums[t] = -1;
    return true;
}

static bool is_time(const struct snap_event_arg *arg)
{
    size_t length = strlen(arg->name);

    return length > 3 && strcmp(arg->name + length - 3, "_ns") == 0;
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    const struct snap_event_info *info = snap_event_info_get(event->type);
    snap_ns sum = 0;

    if (event->type != SNAP_EVENT_TASK_TOTALS)
        return;
    for (uint32_t i = 0; i < info->arg_count; i++) {
        if (!is_time(&info->args[i]))
            continue;
        if (event->args[i] < 0)
            snap_oracle_object(at, event, "%s is %" PRId64, info->args[i].name, event->args[i]);
        sum += event->args[i];
    }
    books->sums[event->actor] = sum;
}

static void judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    struct books *books = at->books;
    snap_ns length_ns = end->elapsed_ns - at->start_ns;
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    for (uint32_t t = 0; t < at->job->task_count; t++)
        if (books->sums[t] != length_ns)
            snap_oracle_object(at, NULL,
                               "the times of %s add up to %" PRId64 " ns, the run took %" PRId64,
                               snap_actor_name(at->job, t, &scratch), books->sums[t], length_ns);
    snap_arena_fini(&scratch);
}

const struct snap_oracle snap_oracle_times = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
    .end = judge,
};
