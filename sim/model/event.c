// SPDX-License-Identifier: Apache-2.0
#include "model/event.h"

#include <string.h>

#include "base/check.h"

/* `0 +1 +1` counts the arguments of a row. */
#define COUNT_ARG(kind, name) +1
#define COUNT_ROW(id, text, level, doc, ...) COUNT_##id = (0 __VA_ARGS__),
enum { SNAP_EVENTS(COUNT_ROW, COUNT_ARG) };

#define INFO_ARG(kind, name) {SNAP_ARG_##kind, name},
#define INFO_ROW(id, text, level, doc, ...)                                                        \
    [SNAP_EVENT_##id] = {text, doc, SNAP_TRACE_##level, COUNT_##id, {__VA_ARGS__}},

static const struct snap_event_info infos[SNAP_EVENT_COUNT] = {SNAP_EVENTS(INFO_ROW, INFO_ARG)};

const struct snap_event_info *snap_event_info_get(enum snap_event_type type)
{
    SNAP_CHECK(type < SNAP_EVENT_COUNT);
    return &infos[type];
}

enum snap_event_type snap_event_type_find(const char *name)
{
    unsigned type = 0;

    while (type < SNAP_EVENT_COUNT && strcmp(infos[type].name, name) != 0)
        type++;
    return (enum snap_event_type)type;
}

const char *snap_task_status_name(enum snap_task_status status)
{
    static const char *const names[] = {
        [SNAP_TASK_CREATED] = "CREATED",           [SNAP_TASK_DEPLOYING] = "DEPLOYING",
        [SNAP_TASK_INITIALIZING] = "INITIALIZING", [SNAP_TASK_RUNNING] = "RUNNING",
        [SNAP_TASK_FINISHED] = "FINISHED",         [SNAP_TASK_CANCELING] = "CANCELING",
        [SNAP_TASK_CANCELED] = "CANCELED",         [SNAP_TASK_FAILED] = "FAILED",
    };

    SNAP_CHECK((size_t)status < sizeof(names) / sizeof(names[0]));
    return names[status];
}

const char *snap_job_status_name(enum snap_job_status status)
{
    static const char *const names[] = {
        [SNAP_JOB_CREATED] = "CREATED",       [SNAP_JOB_RUNNING] = "RUNNING",
        [SNAP_JOB_RESTARTING] = "RESTARTING", [SNAP_JOB_FAILING] = "FAILING",
        [SNAP_JOB_FAILED] = "FAILED",         [SNAP_JOB_FINISHED] = "FINISHED",
    };

    SNAP_CHECK((size_t)status < sizeof(names) / sizeof(names[0]));
    return names[status];
}

const char *snap_failure_cause_name(enum snap_failure_cause cause)
{
    static const char *const names[] = {
        [SNAP_CAUSE_NONE] = "none",
        [SNAP_CAUSE_CRASH] = "crash",
        [SNAP_CAUSE_CHECKPOINT_FAILURES] = "too many failed checkpoints",
        [SNAP_CAUSE_RESTORE_FAILED] = "restore failed",
        [SNAP_CAUSE_NO_RESTART] = "no restart allowed",
        [SNAP_CAUSE_SINK_FAILED] = "sink could not write",
        [SNAP_CAUSE_OPEN_FAILED] = "operator could not start",
        [SNAP_CAUSE_BARRIERS] = "barriers out of order",
    };

    SNAP_CHECK((size_t)cause < sizeof(names) / sizeof(names[0]));
    return names[cause];
}

int snap_event_compare(const struct snap_event *a, const struct snap_event *b)
{
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns ? -1 : 1;
    if (a->actor != b->actor)
        return a->actor < b->actor ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}
