// SPDX-License-Identifier: Apache-2.0
#include "scenario/action_read.h"

#include <string.h>

#include "base/check.h"
#include "model/names.h"
#include "scenario/savepoint_read.h"
#include "scenario/target_read.h"

/* A mapping of an action, and the keys it needs; all keys of the list may be there. */
struct form {
    const char *what; /* "key of decline" */
    const char *const *keys;
    const char *needs; /* "decline needs checkpoint and subtask" */
    const char *needed[3];
};

static bool check_form(struct snap_reader *reader, const struct snap_node *node,
                       const struct form *form)
{
    if (node->kind != SNAP_NODE_MAP)
        return snap_reader_fail(reader, node, "%s must be a mapping, found %s: %s",
                                form->what + strlen("key of "), snap_node_kind_name(node),
                                form->needs);
    if (!snap_reader_check_keys(reader, node, form->what, form->keys))
        return false;
    for (uint32_t i = 0; i < 3 && form->needed[i]; i++)
        if (!snap_node_get(node, form->needed[i]))
            return snap_reader_fail(reader, node, "%s", form->needs);
    return true;
}

static bool read_subtask(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_job *job, struct snap_action *action)
{
    return snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "a subtask") &&
           snap_subtask_read(reader, node, node->text, job, action);
}

/* The task of a subtask that a message or a link is about. */
static bool read_task(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_job *job, uint32_t *task)
{
    struct snap_action named = {0};

    if (!read_subtask(reader, node, job, &named))
        return false;
    *task = job->vertices[job->operators[named.operator_index].vertex].task_first + named.subtask;
    return true;
}

/* Which checkpoint and who: both have no useful default. */
static bool read_decline(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_job *job, struct snap_action *action)
{
    static const char *const keys[] = {"checkpoint", "subtask", NULL};
    const struct form form = {"key of decline",
                              keys,
                              "decline needs checkpoint and subtask",
                              {"checkpoint", "subtask", NULL}};
    const struct snap_integer_range range = {1, INT64_MAX};

    return check_form(reader, node, &form) &&
           snap_reader_integer(reader, snap_node_get(node, "checkpoint"), "checkpoint", range,
                               &action->checkpoint) &&
           read_subtask(reader, snap_node_get(node, "subtask"), job, action);
}

/* Damaged files have flipped bits unless something else is said. */
static bool read_damage(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_action *action)
{
    static const char *const words[] = {"flipped", "torn", "missing", NULL};
    uint32_t choice = 0;

    if (node && !snap_reader_choice(reader, node, "file", words, &choice))
        return false;
    action->damage = (enum snap_stored_damage)(SNAP_STORED_FLIPPED + choice);
    return true;
}

/* A number, or the word for the newest. */
static bool read_stored(struct snap_reader *reader, const struct snap_node *node,
                        int64_t *checkpoint)
{
    const struct snap_integer_range range = {1, INT64_MAX};

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "checkpoint"))
        return false;
    *checkpoint = SNAP_ANY;
    if (strcmp(node->text, "latest") == 0)
        return true;
    if (snap_units_integer(node->text, checkpoint) == SNAP_UNITS_MALFORMED)
        return snap_reader_fail(reader, node,
                                "checkpoint must be a whole number or \"latest\", found \"%s\"",
                                node->text);
    return snap_reader_integer(reader, node, "checkpoint", range, checkpoint);
}

static bool read_corrupt(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_job *job, struct snap_action *action)
{
    static const char *const keys[] = {"checkpoint", "subtask", "file", NULL};
    const struct form form = {"key of corrupt",
                              keys,
                              "corrupt needs checkpoint and subtask",
                              {"checkpoint", "subtask", NULL}};

    return check_form(reader, node, &form) &&
           read_damage(reader, snap_node_get(node, "file"), action) &&
           read_stored(reader, snap_node_get(node, "checkpoint"), &action->checkpoint) &&
           read_subtask(reader, snap_node_get(node, "subtask"), job, action);
}

/* A factor in a range that the model can count with. */
static bool read_factor(struct snap_reader *reader, const struct snap_node *node, double from,
                        double *factor)
{
    const double to = from < 1 ? 1000 : 1000000;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "factor"))
        return false;
    if (snap_units_real(node->text, factor) != SNAP_UNITS_OK || *factor < from || *factor > to)
        return snap_reader_fail(reader, node, "factor must be from %g to %.0f, found \"%s\"", from,
                                to, node->text);
    return true;
}

/* A factor below 1 would be faster, which nobody means by slow. */
static bool read_slow_storage(struct snap_reader *reader, const struct snap_node *node,
                              struct snap_action *action)
{
    static const char *const keys[] = {"for", "factor", NULL};
    const struct form form = {
        "key of slow-storage", keys, "slow-storage needs for and factor", {"for", "factor", NULL}};

    return check_form(reader, node, &form) &&
           snap_reader_duration(reader, snap_node_get(node, "for"), "for", &action->duration_ns) &&
           read_factor(reader, snap_node_get(node, "factor"), 1, &action->factor);
}

/* Both ends of a channel; they must be connected, or the entry would do nothing. */
static bool read_link(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_job *job, struct snap_action *action)
{
    const struct snap_node *to = snap_node_get(node, "to");
    uint32_t vertex;

    action->receiver = SNAP_NO_INDEX;
    if (!read_subtask(reader, snap_node_get(node, "from"), job, action))
        return false;
    if (to && !read_task(reader, to, job, &action->receiver))
        return false;
    vertex = job->operators[action->operator_index].vertex;
    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        const struct snap_vertex *consumer = &job->vertices[job->operators[edge->consumer].vertex];
        uint32_t first;
        uint32_t count;

        if (edge->chained || job->operators[edge->producer].vertex != vertex)
            continue;
        snap_job_edge_downstream(job, edge, action->subtask, &first, &count);
        if (!to || (action->receiver >= consumer->task_first + first &&
                    action->receiver < consumer->task_first + first + count))
            return true;
    }
    if (to)
        return snap_reader_fail(reader, to, "no channel leads from %s to %s",
                                snap_node_get(node, "from")->text, to->text);
    return snap_reader_fail(reader, node, "%s sends to nobody", snap_node_get(node, "from")->text);
}

/* `subtask`, or `from` and maybe `to`: then the action is that of a link. */
static bool read_subtask_or_link(struct snap_reader *reader, const struct snap_node *node,
                                 const struct snap_job *job, struct snap_action *action)
{
    const struct snap_node *subtask = snap_node_get(node, "subtask");
    bool link = snap_node_get(node, "from") != NULL;

    if (link == (subtask != NULL) || (subtask && snap_node_get(node, "to")))
        return snap_reader_fail(reader, node,
                                "%s is of a subtask, or of what goes from one (to another)",
                                action->kind == SNAP_ACTION_PAUSE ? "pause" : "speed");
    if (!link)
        return read_subtask(reader, subtask, job, action);
    action->kind =
        action->kind == SNAP_ACTION_PAUSE ? SNAP_ACTION_PAUSE_LINK : SNAP_ACTION_SPEED_LINK;
    return read_link(reader, node, job, action);
}

static bool read_pause(struct snap_reader *reader, const struct snap_node *node,
                       const struct snap_job *job, struct snap_action *action)
{
    static const char *const keys[] = {"subtask", "from", "to", "for", NULL};
    const struct form form = {
        "key of pause", keys, "pause needs for, and subtask or from", {"for", NULL}};

    return check_form(reader, node, &form) &&
           snap_reader_duration(reader, snap_node_get(node, "for"), "for", &action->duration_ns) &&
           read_subtask_or_link(reader, node, job, action);
}

static bool read_speed(struct snap_reader *reader, const struct snap_node *node,
                       const struct snap_job *job, struct snap_action *action)
{
    static const char *const keys[] = {"subtask", "from", "to", "factor", "for", NULL};
    const struct form form = {"key of speed",
                              keys,
                              "speed needs factor, for, and subtask or from",
                              {"for", "factor", NULL}};

    return check_form(reader, node, &form) &&
           snap_reader_duration(reader, snap_node_get(node, "for"), "for", &action->duration_ns) &&
           read_factor(reader, snap_node_get(node, "factor"), 0.001, &action->factor) &&
           read_subtask_or_link(reader, node, job, action);
}

/* `count` and `for` say when it is over; without either it is one message. */
static bool read_rule_limits(struct snap_reader *reader, const struct snap_node *node,
                             struct snap_action *action)
{
    const struct snap_integer_range range = {1, UINT32_MAX - 1};
    const struct snap_node *count = snap_node_get(node, "count");
    const struct snap_node *duration = snap_node_get(node, "for");
    const struct snap_node *by = snap_node_get(node, "by");
    struct snap_message_rule *rule = &action->rule;
    int64_t number = 1;

    if (count && !snap_reader_integer(reader, count, "count", range, &number))
        return false;
    if (duration && !snap_reader_duration(reader, duration, "for", &rule->duration_ns))
        return false;
    rule->count = duration && !count ? SNAP_TIMES_UNLIMITED : (uint32_t)number;
    if (by && action->kind == SNAP_ACTION_LOSE)
        return snap_reader_fail(reader, by, "what is lost has no by");
    if (!by && action->kind == SNAP_ACTION_DELAY)
        return snap_reader_fail(reader, node, "delay needs by: how late the message is");
    return !by || snap_reader_duration(reader, by, "by", &rule->by_ns);
}

static bool read_message(struct snap_reader *reader, const struct snap_node *node,
                         struct snap_message_rule *rule)
{
    const char *messages[SNAP_MESSAGE_COUNT + 1] = {NULL};
    uint32_t message = 0;

    for (unsigned m = 0; m < SNAP_MESSAGE_COUNT; m++)
        messages[m] = snap_message_name((enum snap_message)m);
    if (!snap_reader_choice(reader, node, "message", messages, &message))
        return false;
    rule->message = (enum snap_message)message;
    return true;
}

/* `lose: ack`, or a mapping that says which ones. */
static bool read_rule(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_job *job, struct snap_action *action)
{
    static const char *const keys[] = {"message", "subtask", "checkpoint", "count",
                                       "for",     "by",      NULL};
    const struct form form = {"key of a message",
                              keys,
                              "which message? ack, notification or abort-notification",
                              {"message", NULL, NULL}};
    const struct snap_integer_range range = {1, INT64_MAX};
    struct snap_message_rule *rule = &action->rule;
    const struct snap_node *part;

    *rule = (struct snap_message_rule){
        .task = SNAP_NO_INDEX, .checkpoint = SNAP_ANY, .count = 1, .duration_ns = SNAP_NEVER};
    if (node->kind == SNAP_NODE_SCALAR) {
        if (!read_message(reader, node, rule))
            return false;
        return action->kind != SNAP_ACTION_DELAY ||
               snap_reader_fail(reader, node, "delay needs by: {message: %s, by: DURATION}",
                                node->text);
    }
    if (!check_form(reader, node, &form) ||
        !read_message(reader, snap_node_get(node, "message"), rule))
        return false;
    part = snap_node_get(node, "subtask");
    if (part && !read_task(reader, part, job, &rule->task))
        return false;
    part = snap_node_get(node, "checkpoint");
    if (part && !snap_reader_integer(reader, part, "checkpoint", range, &rule->checkpoint))
        return false;
    return read_rule_limits(reader, node, action);
}

/* Flink: CheckpointType of the REST request: CONFIGURED or FULL. */
static bool read_checkpoint(struct snap_reader *reader, const struct snap_node *node,
                            struct snap_action *action)
{
    static const char *const kinds[] = {"configured", "full", NULL};
    uint32_t kind = 0;

    if (!snap_reader_choice(reader, node, "checkpoint", kinds, &kind))
        return false;
    action->snapshot_kind = kind ? SNAP_KIND_FULL_CHECKPOINT : SNAP_KIND_CHECKPOINT;
    return true;
}

bool snap_action_read(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_job *job, struct snap_action *action)
{
    switch (action->kind) {
    case SNAP_ACTION_CRASH:
    case SNAP_ACTION_CRASH_TASK_MANAGER:
    case SNAP_ACTION_CRASH_JOB_MANAGER:
        return snap_crash_target_read(reader, node, job, action);
    case SNAP_ACTION_DECLINE:
        return read_decline(reader, node, job, action);
    case SNAP_ACTION_LOSE:
    case SNAP_ACTION_DELAY:
    case SNAP_ACTION_DUPLICATE:
        return read_rule(reader, node, job, action);
    case SNAP_ACTION_FAIL_STORAGE:
        return snap_reader_duration(reader, node, "fail-storage", &action->duration_ns);
    case SNAP_ACTION_STALL_STORAGE:
        return snap_reader_duration(reader, node, "stall-storage", &action->duration_ns);
    case SNAP_ACTION_FILL_STORAGE:
        return snap_reader_duration(reader, node, "fill-storage", &action->duration_ns);
    case SNAP_ACTION_SLOW_STORAGE:
        return read_slow_storage(reader, node, action);
    case SNAP_ACTION_CORRUPT:
        return read_corrupt(reader, node, job, action);
    case SNAP_ACTION_PAUSE:
    case SNAP_ACTION_PAUSE_LINK:
        return read_pause(reader, node, job, action);
    case SNAP_ACTION_SPEED:
    case SNAP_ACTION_SPEED_LINK:
        return read_speed(reader, node, job, action);
    case SNAP_ACTION_CHECKPOINT:
        return read_checkpoint(reader, node, action);
    case SNAP_ACTION_SAVEPOINT:
    case SNAP_ACTION_STOP_WITH_SAVEPOINT:
    case SNAP_ACTION_CANCEL_WITH_SAVEPOINT:
    case SNAP_ACTION_RESTART_FROM:
        return snap_savepoint_name_read(reader, node, action);
    }
    SNAP_CHECK(false);
    return false;
}

static const char *name_of(enum snap_action_kind kind)
{
    const struct snap_action_help *help = snap_action_helps();

    while (help->kind != kind)
        help++;
    return help->name;
}

const char *snap_action_describe(struct snap_reader *reader, const struct snap_job *job,
                                 const struct snap_action *action)
{
    const char *name = name_of(action->kind);
    const char *uid = job->operators[action->operator_index].uid;

    switch (action->kind) {
    case SNAP_ACTION_CRASH:
    case SNAP_ACTION_CORRUPT:
    case SNAP_ACTION_PAUSE:
    case SNAP_ACTION_SPEED:
        return snap_arena_printf(reader->arena, "%s %s[%u]", name, uid, action->subtask);
    case SNAP_ACTION_PAUSE_LINK:
    case SNAP_ACTION_SPEED_LINK:
        return snap_arena_printf(reader->arena, "%s from %s[%u]%s%s", name, uid, action->subtask,
                                 action->receiver == SNAP_NO_INDEX ? "" : " to ",
                                 action->receiver == SNAP_NO_INDEX
                                     ? ""
                                     : snap_actor_name(job, action->receiver, reader->arena));
    case SNAP_ACTION_CRASH_TASK_MANAGER:
        return snap_arena_printf(reader->arena, "%s tm[%u]", name, action->task_manager);
    case SNAP_ACTION_CRASH_JOB_MANAGER:
        return snap_arena_printf(reader->arena, "%s jobmanager", name);
    case SNAP_ACTION_DECLINE:
        return snap_arena_printf(reader->arena, "%s checkpoint %lld by %s[%u]", name,
                                 (long long)action->checkpoint, uid, action->subtask);
    case SNAP_ACTION_LOSE:
    case SNAP_ACTION_DELAY:
    case SNAP_ACTION_DUPLICATE:
        return snap_arena_printf(reader->arena, "%s %s", name,
                                 snap_message_name(action->rule.message));
    case SNAP_ACTION_FAIL_STORAGE:
    case SNAP_ACTION_SLOW_STORAGE:
    case SNAP_ACTION_STALL_STORAGE:
    case SNAP_ACTION_FILL_STORAGE:
    case SNAP_ACTION_CHECKPOINT:
        break;
    case SNAP_ACTION_SAVEPOINT:
    case SNAP_ACTION_STOP_WITH_SAVEPOINT:
    case SNAP_ACTION_CANCEL_WITH_SAVEPOINT:
    case SNAP_ACTION_RESTART_FROM:
        return snap_arena_printf(reader->arena, "%s %s", name, action->savepoint);
    }
    return name;
}
