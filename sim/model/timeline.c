// SPDX-License-Identifier: Apache-2.0
#include "model/timeline.h"

#include <string.h>

#include "base/check.h"
#include "base/rng.h"

/* The stream of chances; occasions are counted behind it. */
enum { RNG_TIMELINE = 0x544c };

const char *snap_message_name(enum snap_message message)
{
    static const char *const names[SNAP_MESSAGE_COUNT] = {
        [SNAP_MESSAGE_ACK] = "ack",
        [SNAP_MESSAGE_NOTIFICATION] = "notification",
        [SNAP_MESSAGE_ABORT_NOTIFICATION] = "abort-notification",
    };

    SNAP_CHECK(message < SNAP_MESSAGE_COUNT);
    return names[message];
}

bool snap_savepoint_names_directory(const char *text)
{
    return strchr(text, '/') || strncmp(text, "file:", 5) == 0;
}

static uint32_t first_task_of(const struct snap_job *job, uint32_t task_manager)
{
    uint32_t task = 0;

    while (task < job->task_count && job->task_manager[task] != task_manager)
        task++;
    SNAP_CHECK(task < job->task_count);
    return task;
}

uint32_t snap_action_actor(const struct snap_action *action, const struct snap_job *job)
{
    if (action->absent)
        return SNAP_NO_INDEX;
    switch (action->kind) {
    case SNAP_ACTION_CRASH:
    case SNAP_ACTION_DECLINE:
    case SNAP_ACTION_PAUSE:
    case SNAP_ACTION_PAUSE_LINK:
    case SNAP_ACTION_SPEED:
    case SNAP_ACTION_SPEED_LINK:
        return job->vertices[job->operators[action->operator_index].vertex].task_first +
               action->subtask;
    case SNAP_ACTION_CRASH_TASK_MANAGER:
        return first_task_of(job, action->task_manager);
    case SNAP_ACTION_CRASH_JOB_MANAGER:
    case SNAP_ACTION_LOSE:
    case SNAP_ACTION_DELAY:
    case SNAP_ACTION_DUPLICATE:
    case SNAP_ACTION_FAIL_STORAGE:
    case SNAP_ACTION_SLOW_STORAGE:
    case SNAP_ACTION_STALL_STORAGE:
    case SNAP_ACTION_FILL_STORAGE:
    case SNAP_ACTION_CORRUPT:
    case SNAP_ACTION_CHECKPOINT:
    case SNAP_ACTION_SAVEPOINT:
    case SNAP_ACTION_STOP_WITH_SAVEPOINT:
    case SNAP_ACTION_CANCEL_WITH_SAVEPOINT:
    case SNAP_ACTION_RESTART_FROM:
        return snap_job_manager_actor(job);
    }
    SNAP_CHECK(false);
    return 0;
}

bool snap_action_is_of_link(enum snap_action_kind kind)
{
    return kind == SNAP_ACTION_PAUSE_LINK || kind == SNAP_ACTION_SPEED_LINK;
}

bool snap_action_concerns(const struct snap_action *action, const struct snap_job *job,
                          uint32_t actor)
{
    if (action->kind == SNAP_ACTION_CRASH_TASK_MANAGER && !action->absent)
        return actor < job->task_count && job->task_manager[actor] == action->task_manager;
    return snap_action_actor(action, job) == actor;
}

bool snap_action_is_drawn(const struct snap_action *action, uint64_t seed, uint32_t index,
                          uint64_t occasion)
{
    struct snap_rng rng;

    if (action->probability == SNAP_PROBABILITY_ONE)
        return true;
    snap_rng_init(&rng, seed, index, ((uint64_t)RNG_TIMELINE << 40) + occasion);
    return snap_rng_below(&rng, SNAP_PROBABILITY_ONE) < action->probability;
}

/* ---- another job ---- */

/* The subtask of an operator of one job in another one. */
struct translation {
    const struct snap_job *from;
    const struct snap_job *to;
};

static const struct snap_operator *operator_in(const struct translation *translation,
                                               uint32_t operator_index)
{
    return snap_job_find_operator(translation->to,
                                  translation->from->operators[operator_index].uid);
}

static uint32_t task_in(const struct translation *translation, uint32_t task)
{
    const struct snap_vertex *vertex;
    const struct snap_operator *op;

    if (task == SNAP_NO_INDEX)
        return SNAP_NO_INDEX;
    if (task == snap_job_manager_actor(translation->from))
        return snap_job_manager_actor(translation->to);
    vertex = snap_job_task_vertex(translation->from, task);
    op = operator_in(translation, vertex->operators[0]);
    if (!op || task - vertex->task_first >= op->parallelism)
        return SNAP_NO_INDEX;
    return translation->to->vertices[op->vertex].task_first + task - vertex->task_first;
}

static void translate_pattern(const struct translation *translation,
                              struct snap_event_pattern *pattern)
{
    const struct snap_operator *op;

    pattern->actor = task_in(translation, pattern->actor);
    if (pattern->subject != SNAP_ANY) {
        uint32_t subject = task_in(translation, (uint32_t)pattern->subject);

        if (subject == SNAP_NO_INDEX)
            pattern->actor = SNAP_NO_INDEX; /* nobody will tell of it */
        pattern->subject = subject;
    }
    if (pattern->operator_index == SNAP_ANY)
        return;
    op = operator_in(translation, (uint32_t)pattern->operator_index);
    if (op)
        pattern->operator_index = op->index;
    else
        pattern->actor = SNAP_NO_INDEX;
}

static bool needs_subtask(enum snap_action_kind kind)
{
    return kind == SNAP_ACTION_CRASH || kind == SNAP_ACTION_DECLINE || kind == SNAP_ACTION_PAUSE ||
           kind == SNAP_ACTION_SPEED || kind == SNAP_ACTION_CORRUPT || snap_action_is_of_link(kind);
}

static void translate_action(const struct translation *translation, struct snap_action *action)
{
    const struct snap_operator *op = operator_in(translation, action->operator_index);
    uint32_t receiver = action->receiver;
    uint32_t task = action->rule.task;

    if (needs_subtask(action->kind)) {
        action->absent = !op || action->subtask >= op->parallelism;
        action->operator_index = op ? op->index : 0;
    } else if (action->kind == SNAP_ACTION_CRASH_TASK_MANAGER) {
        action->absent = action->task_manager >= translation->to->task_manager_count;
    } else if (action->kind == SNAP_ACTION_LOSE || action->kind == SNAP_ACTION_DELAY ||
               action->kind == SNAP_ACTION_DUPLICATE) {
        action->rule.task = task_in(translation, task);
        action->absent = task != SNAP_NO_INDEX && action->rule.task == SNAP_NO_INDEX;
    }
    if (snap_action_is_of_link(action->kind)) {
        action->receiver = task_in(translation, receiver);
        action->absent =
            action->absent || (receiver != SNAP_NO_INDEX && action->receiver == SNAP_NO_INDEX);
    }
}

struct snap_timeline snap_timeline_translate(const struct snap_timeline *timeline,
                                             const struct snap_job *from, const struct snap_job *to,
                                             struct snap_arena *arena)
{
    struct snap_action *actions;

    if (timeline->count == 0)
        return *timeline;
    actions = snap_arena_copy(arena, timeline->actions, timeline->count * sizeof(*actions));
    for (uint32_t i = 0; i < timeline->count; i++) {
        const struct translation translation = {actions[i].job ? actions[i].job : from, to};

        translate_action(&translation, &actions[i]);
        if (actions[i].on_event && actions[i].pattern.type != SNAP_EVENT_ACTION_FIRED)
            translate_pattern(&translation, &actions[i].pattern);
        actions[i].job = to;
    }
    for (uint32_t i = 0; i < timeline->count; i++)
        if (actions[i].on_event && actions[i].pattern.type == SNAP_EVENT_ACTION_FIRED)
            actions[i].pattern.actor = snap_action_actor(&actions[actions[i].pattern.number], to);
    return (struct snap_timeline){actions, timeline->count};
}
