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

static const char *const task_status_names[] = {
    [SNAP_TASK_CREATED] = "CREATED",           [SNAP_TASK_DEPLOYING] = "DEPLOYING",
    [SNAP_TASK_INITIALIZING] = "INITIALIZING", [SNAP_TASK_RUNNING] = "RUNNING",
    [SNAP_TASK_FINISHED] = "FINISHED",         [SNAP_TASK_CANCELING] = "CANCELING",
    [SNAP_TASK_CANCELED] = "CANCELED",         [SNAP_TASK_FAILED] = "FAILED",
};

static const char *const job_status_names[] = {
    [SNAP_JOB_CREATED] = "CREATED",       [SNAP_JOB_RUNNING] = "RUNNING",
    [SNAP_JOB_RESTARTING] = "RESTARTING", [SNAP_JOB_FAILING] = "FAILING",
    [SNAP_JOB_FAILED] = "FAILED",         [SNAP_JOB_FINISHED] = "FINISHED",
    [SNAP_JOB_CANCELLING] = "CANCELLING", [SNAP_JOB_CANCELED] = "CANCELED",
};

static const char *const cause_names[] = {
    [SNAP_CAUSE_NONE] = "none",
    [SNAP_CAUSE_CRASH] = "crash",
    [SNAP_CAUSE_CHECKPOINT_FAILURES] = "too many failed checkpoints",
    [SNAP_CAUSE_RESTORE_FAILED] = "restore failed",
    [SNAP_CAUSE_NO_RESTART] = "no restart allowed",
    [SNAP_CAUSE_SINK_FAILED] = "sink could not write",
    [SNAP_CAUSE_OPEN_FAILED] = "operator could not start",
    [SNAP_CAUSE_BARRIERS] = "barriers out of order",
    [SNAP_CAUSE_TASK_MANAGER_LOST] = "TaskManager lost",
    [SNAP_CAUSE_JOB_MANAGER_LOST] = "JobManager lost",
    [SNAP_CAUSE_SNAPSHOT_CORRUPT] = "snapshot corrupt",
    [SNAP_CAUSE_STOP_FAILED] = "stop with savepoint failed",
    [SNAP_CAUSE_SNAPSHOT_MISSING] = "snapshot file missing",
    [SNAP_CAUSE_NOT_MATERIALIZED] = "state could not be materialized",
};

#define COUNT_OF(names) (sizeof(names) / sizeof((names)[0]))

/* Returns the index of the name, COUNT_OF(names) if it is none of them. */
static size_t find_name(const char *const *names, size_t count, const char *name)
{
    size_t index = 0;

    while (index < count && strcmp(names[index], name) != 0)
        index++;
    return index;
}

const char *snap_task_status_name(enum snap_task_status status)
{
    SNAP_CHECK((size_t)status < COUNT_OF(task_status_names));
    return task_status_names[status];
}

const char *snap_job_status_name(enum snap_job_status status)
{
    SNAP_CHECK((size_t)status < COUNT_OF(job_status_names));
    return job_status_names[status];
}

const char *snap_failure_cause_name(enum snap_failure_cause cause)
{
    SNAP_CHECK((size_t)cause < COUNT_OF(cause_names));
    return cause_names[cause];
}

bool snap_task_status_parse(const char *name, enum snap_task_status *status)
{
    size_t index = find_name(task_status_names, COUNT_OF(task_status_names), name);

    *status = (enum snap_task_status)index;
    return index < COUNT_OF(task_status_names);
}

bool snap_job_status_parse(const char *name, enum snap_job_status *status)
{
    size_t index = find_name(job_status_names, COUNT_OF(job_status_names), name);

    *status = (enum snap_job_status)index;
    return index < COUNT_OF(job_status_names);
}

bool snap_failure_cause_parse(const char *name, enum snap_failure_cause *cause)
{
    size_t index = find_name(cause_names, COUNT_OF(cause_names), name);

    *cause = (enum snap_failure_cause)index;
    return index < COUNT_OF(cause_names);
}

int snap_event_compare(const struct snap_event *a, const struct snap_event *b)
{
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns ? -1 : 1;
    if (a->actor != b->actor)
        return a->actor < b->actor ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}
