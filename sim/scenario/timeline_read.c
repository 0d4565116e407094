// SPDX-License-Identifier: Apache-2.0
#include "scenario/timeline_read.h"

#include <string.h>

#include "base/check.h"
#include "scenario/event_words.h"
#include "scenario/savepoint_read.h"

static const struct snap_action_help helps[] = {
    [SNAP_ACTION_CRASH] = {"crash", "{at: 1.2 s, crash: \"counts[1]\"}", "a subtask dies"},
    [SNAP_ACTION_DECLINE] = {"decline",
                             "{at: 0 s, decline: {checkpoint: 2, subtask: \"counts[0]\"}}",
                             "a subtask declines the checkpoint when its turn comes"},
    [SNAP_ACTION_FAIL_STORAGE] = {"fail-storage", "{at: 500 ms, fail-storage: 200 ms}",
                                  "writes to the snapshot storage fail for a while"},
    [SNAP_ACTION_SLOW_STORAGE] = {"slow-storage",
                                  "{at: 500 ms, slow-storage: {for: 1 s, factor: 10}}",
                                  "writes to the snapshot storage take longer for a while"},
    [SNAP_ACTION_CHECKPOINT] = {"checkpoint", "{at: 300 ms, checkpoint: full}",
                                "a user asks for a checkpoint: full or configured"},
    [SNAP_ACTION_SAVEPOINT] = {"savepoint", "{at: 300 ms, savepoint: a}",
                               "a savepoint of this name; NAME native for that format"},
    [SNAP_ACTION_STOP_WITH_SAVEPOINT] =
        {"stop-with-savepoint", "{at: 1 s, stop-with-savepoint: a, drain: true}",
         "the sources stop, a savepoint is taken and committed, the job finishes; drain: all input "
         "ends for good"},
    [SNAP_ACTION_CANCEL_WITH_SAVEPOINT] =
        {"cancel-with-savepoint", "{at: 1 s, cancel-with-savepoint: a}",
         "a savepoint while records flow on, then the job is cancelled; nobody is told"},
    [SNAP_ACTION_RESTART_FROM] =
        {"restart-from", "{at: 2 s, restart-from: a, parallelism: 3}",
         "the job starts again from the savepoint, with another `parallelism` (a number, or "
         "{uid: number}),\n                   other `operators`, or `set`; "
         "`allow-non-restored: true` drops state of nobody"},
    {NULL, NULL, NULL},
};

static const char *const later_actions[] = {
    "lose", "duplicate", "pause", "speed", "corrupt", "tear",
};

const struct snap_action_help *snap_action_helps(void)
{
    return helps;
}

/* Processes can crash in a later version; the message says so. */
static bool read_subtask(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_job *job, struct snap_action *action)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "a subtask"))
        return false;
    if (strcmp(node->text, "jobmanager") == 0 || strncmp(node->text, "tm[", 3) == 0)
        return snap_reader_unsupported(
            reader, node, snap_arena_printf(reader->arena, "a crash of %s", node->text));
    return snap_subtask_read(reader, node, node->text, job, action);
}

/* Which checkpoint and who: both have no useful default. */
static bool read_decline(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_job *job, struct snap_action *action)
{
    static const char *const keys[] = {"checkpoint", "subtask", NULL};
    const struct snap_integer_range range = {1, INT64_MAX};
    const struct snap_node *checkpoint;
    const struct snap_node *subtask;

    if (!snap_reader_expect(reader, node, SNAP_NODE_MAP, "decline") ||
        !snap_reader_check_keys(reader, node, "key of decline", keys))
        return false;
    checkpoint = snap_node_get(node, "checkpoint");
    subtask = snap_node_get(node, "subtask");
    if (!checkpoint || !subtask)
        return snap_reader_fail(reader, node, "decline needs checkpoint and subtask");
    return snap_reader_integer(reader, checkpoint, "checkpoint", range, &action->checkpoint) &&
           read_subtask(reader, subtask, job, action);
}

/* A factor below 1 would be faster, which nobody means by slow. */
static bool read_slow_storage(struct snap_reader *reader, const struct snap_node *node,
                              struct snap_action *action)
{
    static const char *const keys[] = {"for", "factor", NULL};
    const struct snap_node *duration;
    const struct snap_node *factor;

    if (!snap_reader_expect(reader, node, SNAP_NODE_MAP, "slow-storage") ||
        !snap_reader_check_keys(reader, node, "key of slow-storage", keys))
        return false;
    duration = snap_node_get(node, "for");
    factor = snap_node_get(node, "factor");
    if (!duration || !factor)
        return snap_reader_fail(reader, node, "slow-storage needs for and factor");
    if (!snap_reader_duration(reader, duration, "for", &action->duration_ns) ||
        !snap_reader_expect(reader, factor, SNAP_NODE_SCALAR, "factor"))
        return false;
    if (snap_units_real(factor->text, &action->factor) != SNAP_UNITS_OK || action->factor < 1 ||
        action->factor > 1000000)
        return snap_reader_fail(reader, factor, "factor must be from 1 to 1000000, found \"%s\"",
                                factor->text);
    return true;
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

/* One case a kind. */
static bool read_action(struct snap_reader *reader, const struct snap_node *node,
                        const struct snap_job *job, struct snap_action *action)
{
    switch (action->kind) {
    case SNAP_ACTION_CRASH:
        return read_subtask(reader, node, job, action);
    case SNAP_ACTION_DECLINE:
        return read_decline(reader, node, job, action);
    case SNAP_ACTION_FAIL_STORAGE:
        return snap_reader_duration(reader, node, "fail-storage", &action->duration_ns);
    case SNAP_ACTION_SLOW_STORAGE:
        return read_slow_storage(reader, node, action);
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

/* "crash counts[1]", for messages. */
static const char *describe(struct snap_reader *reader, const struct snap_job *job,
                            const struct snap_action *action)
{
    const char *name = helps[action->kind].name;
    const char *uid = job->operators[action->operator_index].uid;

    switch (action->kind) {
    case SNAP_ACTION_CRASH:
        return snap_arena_printf(reader->arena, "%s %s[%u]", name, uid, action->subtask);
    case SNAP_ACTION_DECLINE:
        return snap_arena_printf(reader->arena, "%s checkpoint %lld by %s[%u]", name,
                                 (long long)action->checkpoint, uid, action->subtask);
    case SNAP_ACTION_FAIL_STORAGE:
    case SNAP_ACTION_SLOW_STORAGE:
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

/* `delay` is a moment here and an action later; what it holds tells them apart. */
static bool is_later_action(const struct snap_node *key, const struct snap_node *value)
{
    if (strcmp(key->text, "delay") == 0)
        return value->kind == SNAP_NODE_SCALAR &&
               (strcmp(value->text, "ack") == 0 || strcmp(value->text, "notification") == 0);
    for (size_t i = 0; i < sizeof(later_actions) / sizeof(later_actions[0]); i++)
        if (strcmp(later_actions[i], key->text) == 0)
            return true;
    return false;
}

/* Finds the one key that names an action. */
static bool find_action(struct snap_reader *reader, const struct snap_node *entry,
                        const struct snap_node **value, struct snap_action *action)
{
    static const char *const keys[] = {"crash",
                                       "decline",
                                       "fail-storage",
                                       "slow-storage",
                                       "checkpoint",
                                       "savepoint",
                                       "stop-with-savepoint",
                                       "cancel-with-savepoint",
                                       "restart-from",
                                       "drain",
                                       "parallelism",
                                       "operators",
                                       "set",
                                       "allow-non-restored",
                                       "at",
                                       "when",
                                       "delay",
                                       "optional",
                                       NULL};

    *value = NULL;
    for (uint32_t i = 0; i < entry->count; i++) {
        uint32_t kind = 0;

        if (is_later_action(entry->keys[i], entry->items[i]))
            return snap_reader_unsupported(
                reader, entry->keys[i],
                snap_arena_printf(reader->arena, "the action %s", entry->keys[i]->text));
        while (helps[kind].name && strcmp(helps[kind].name, entry->keys[i]->text) != 0)
            kind++;
        if (!helps[kind].name)
            continue;
        if (*value)
            return snap_reader_fail(reader, entry->keys[i],
                                    "an entry of the timeline has one action, this is a second");
        *value = entry->items[i];
        action->kind = (enum snap_action_kind)kind;
    }
    if (!snap_reader_check_keys(reader, entry, "key of a timeline entry", keys))
        return false;
    return *value || snap_reader_fail(reader, entry, "this entry of the timeline has no action");
}

/* A decline may stand alone: it waits for its checkpoint. */
static bool read_moment(struct snap_reader *reader, const struct snap_node *entry,
                        const struct snap_job *job, struct snap_action *action)
{
    const struct snap_node *at = snap_node_get(entry, "at");
    const struct snap_node *when = snap_node_get(entry, "when");
    const struct snap_node *delay = snap_node_get(entry, "delay");
    const struct snap_node *optional = snap_node_get(entry, "optional");

    if (at && when)
        return snap_reader_fail(reader, when, "an entry of the timeline has at or when, not both");
    if (!at && !when && action->kind != SNAP_ACTION_DECLINE)
        return snap_reader_fail(reader, entry,
                                "this entry of the timeline has neither at nor when");
    if (delay && !when)
        return snap_reader_fail(reader, delay, "delay needs when");
    action->on_event = when != NULL;
    if (at && !snap_reader_duration(reader, at, "at", &action->at_ns))
        return false;
    if (when && !snap_event_words_read(reader, when, job, &action->pattern))
        return false;
    if (delay && !snap_reader_duration(reader, delay, "delay", &action->delay_ns))
        return false;
    return !optional || snap_reader_bool(reader, optional, "optional", &action->optional);
}

/* The text of an action is made here, from what was understood, not copied. */
static bool read_entry(struct snap_reader *reader, const struct snap_node *entry,
                       const struct snap_job *job, struct snap_action *action)
{
    const struct snap_node *at;
    const struct snap_node *when;
    const struct snap_node *value;
    const char *what;

    if (!snap_reader_expect(reader, entry, SNAP_NODE_MAP, "an entry of the timeline") ||
        !find_action(reader, entry, &value, action) || !read_moment(reader, entry, job, action) ||
        !read_action(reader, value, job, action) ||
        !snap_savepoint_keys_read(reader, entry, action))
        return false;
    at = snap_node_get(entry, "at");
    when = snap_node_get(entry, "when");
    what = describe(reader, job, action);
    action->text = at     ? snap_arena_printf(reader->arena, "%s at %s", what, at->text)
                   : when ? snap_arena_printf(reader->arena, "%s when %s", what, when->text)
                          : what;
    action->line = entry->line;
    return true;
}

bool snap_timeline_read(struct snap_reader *reader, const struct snap_node *list,
                        const struct snap_job *job, struct snap_timeline *timeline)
{
    struct snap_action *actions;

    *timeline = (struct snap_timeline){0};
    if (!list || list->kind == SNAP_NODE_NULL)
        return true;
    if (!snap_reader_expect(reader, list, SNAP_NODE_LIST, "timeline"))
        return false;
    actions = SNAP_ARENA_ARRAY(reader->arena, struct snap_action, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        if (!read_entry(reader, list->items[i], job, &actions[i]))
            return false;
    timeline->actions = actions;
    timeline->count = list->count;
    return true;
}
