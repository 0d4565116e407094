// SPDX-License-Identifier: Apache-2.0
#include "api/event.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "model/failure_reason.h"
#include "model/names.h"
#include "model/sabotage.h"
#include "model/string_pool.h"

const struct snapsim_event_arg *snapsim_event_find(const struct snapsim_event *event,
                                                   const char *name)
{
    for (uint32_t i = 0; i < event->arg_count; i++)
        if (name && strcmp(event->args[i].name, name) == 0)
            return &event->args[i];
    return NULL;
}

static const char *actor_text(struct snap_api_events *events, int64_t actor)
{
    if (actor < 0 || actor > events->job->task_count)
        return "";
    return snap_actor_name(events->job, (uint32_t)actor, &events->scratch);
}

static const char *value_text(enum snap_value_kind kind, int64_t arg)
{
    union snap_value value = {.number = arg};

    return kind == SNAP_VALUE_STRING ? value.string->bytes : NULL;
}

/* What a trace says; NULL for numbers. `op` is the operator that an argument before it named. */
static const char *arg_text(struct snap_api_events *events, enum snap_arg_kind kind, int64_t value,
                            const struct snap_operator *op)
{
    switch (kind) {
    case SNAP_ARG_NONE:
    case SNAP_ARG_NUMBER:
        return NULL;
    case SNAP_ARG_TASK:
        return actor_text(events, value);
    case SNAP_ARG_OPERATOR:
        return op->uid;
    case SNAP_ARG_KIND:
        return snap_kind_name((enum snap_snapshot_kind)value);
    case SNAP_ARG_ALIGNMENT:
        return snap_alignment_name((enum snap_alignment)value);
    case SNAP_ARG_REASON:
        return snap_failure_reason_name((enum snap_failure_reason)value);
    case SNAP_ARG_TASK_STATUS:
        return snap_task_status_name((enum snap_task_status)value);
    case SNAP_ARG_JOB_STATUS:
        return snap_job_status_name((enum snap_job_status)value);
    case SNAP_ARG_CAUSE:
        return snap_failure_cause_name((enum snap_failure_cause)value);
    case SNAP_ARG_SABOTAGE:
        return snap_sabotage_names()[value].name;
    case SNAP_ARG_ORIGIN:
        return snap_origin_name(events->job, (uint64_t)value, &events->scratch);
    case SNAP_ARG_KEY:
        return value_text(op->schema.key, value);
    case SNAP_ARG_VALUE:
        return value_text(op->schema.value, value);
    case SNAP_ARG_LINEAGE:
        return snap_arena_printf(&events->scratch, "%016" PRIx64, (uint64_t)value);
    }
    SNAP_CHECK(false);
    return NULL;
}

bool snap_api_events_takes(const void *context, enum snap_event_type type)
{
    const struct snap_api_events *events = context;

    return snap_event_info_get(type)->level <= events->level;
}

void snap_api_events_take(void *context, const struct snap_event *event)
{
    struct snap_api_events *events = context;
    const struct snap_event_info *info = snap_event_info_get(event->type);
    struct snapsim_event_arg args[SNAP_EVENT_ARGS_MAX];
    struct snapsim_event out = {.at_ns = event->at_ns, .name = info->name, .args = args};
    const struct snap_operator *op = NULL;

    if (!snap_api_events_takes(events, event->type))
        return;
    snap_arena_reset(&events->scratch);
    out.actor = actor_text(events, event->actor);
    for (uint32_t i = 0; i < info->arg_count; i++) {
        int64_t value = event->args[i];

        if (info->args[i].kind == SNAP_ARG_OPERATOR)
            op = &events->job->operators[value];
        args[out.arg_count++] = (struct snapsim_event_arg){
            .name = info->args[i].name,
            .number = value,
            .text = arg_text(events, info->args[i].kind, value, op),
        };
    }
    events->on_event(events->to, &out);
}
