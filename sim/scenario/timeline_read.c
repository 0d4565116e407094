// SPDX-License-Identifier: Apache-2.0
#include "scenario/timeline_read.h"

#include <ctype.h>
#include <string.h>

#include "base/check.h"
#include "scenario/action_read.h"
#include "scenario/event_words.h"
#include "scenario/savepoint_read.h"
#include "scenario/suggest.h"

/* How long it takes until a broken connection is noticed. */
#define BROKEN_CONNECTION_NS (50 * SNAP_MS)

static const char *const later_actions[] = {"tear"};

/* `delay` is a part of a moment and an action: an action says which message. */
static bool is_moment_delay(const struct snap_node *key, const struct snap_node *value)
{
    bool is_message = false;

    if (strcmp(key->text, "delay") != 0 || value->kind != SNAP_NODE_SCALAR)
        return false;
    for (unsigned m = 0; m < SNAP_MESSAGE_COUNT; m++)
        is_message =
            is_message || strcmp(value->text, snap_message_name((enum snap_message)m)) == 0;
    return !is_message;
}

static bool is_later_action(const char *name)
{
    for (size_t i = 0; i < sizeof(later_actions) / sizeof(later_actions[0]); i++)
        if (strcmp(later_actions[i], name) == 0)
            return true;
    return false;
}

static const struct snap_action_help *find_help(const char *name)
{
    const struct snap_action_help *help = snap_action_helps();

    while (help->name && strcmp(help->name, name) != 0)
        help++;
    return help->name ? help : NULL;
}

enum { KEYS_MAX = 64 };

static bool is_listed(const char *const *keys, uint32_t count, const char *key)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* The keys of an entry that are no actions: those of its moment, and those beside one. Returns how
 * many. */
static uint32_t list_beside(const char **keys)
{
    static const char *const moment[] = {"at",          "when",     "delay",  "every", "times",
                                         "probability", "optional", "detect", NULL};
    const char *const *beside = snap_savepoint_keys();
    uint32_t count = 0;

    for (uint32_t i = 0; moment[i]; i++)
        keys[count++] = moment[i];
    for (uint32_t i = 0; beside[i]; i++)
        keys[count++] = beside[i];
    keys[count] = NULL;
    return count;
}

/* Adds the names of actions that are not there yet: one of several forms stands in the table once
 * for each, and `delay` is a moment's as well. Returns how many there are then. */
static uint32_t add_actions(const char **keys, uint32_t count)
{
    for (const struct snap_action_help *help = snap_action_helps(); help->name; help++)
        if (!is_listed(keys, count, help->name))
            keys[count++] = help->name;
    SNAP_CHECK(count < KEYS_MAX);
    keys[count] = NULL;
    return count;
}

/* A number is no misspelling: see snap_reader_fail_unknown. */
static bool is_near_one(const char *const *keys, const char *word)
{
    struct snap_suggestion suggestion = {.wanted = word};

    for (uint32_t i = 0; keys[i] && !isdigit((unsigned char)word[0]); i++)
        snap_suggestion_try(&suggestion, keys[i]);
    return suggestion.best != NULL;
}

/* An entry without an action must have meant one by its first unknown key, unless that is near to
 * another one. */
static bool check_keys(struct snap_reader *reader, const struct snap_node *entry, bool has_action)
{
    const char *all[KEYS_MAX];
    const char *some[KEYS_MAX];
    uint32_t count = add_actions(all, list_beside(all));

    for (uint32_t i = 0; i < entry->count; i++) {
        const struct snap_node *key = entry->keys[i];

        if (is_listed(all, count, key->text))
            continue;
        if (has_action) {
            list_beside(some);
            return snap_reader_fail_unknown(reader, key, "key beside an action of the timeline",
                                            some);
        }
        if (is_near_one(all, key->text))
            return snap_reader_fail_unknown(reader, key, "key of a timeline entry", all);
        add_actions(some, 0);
        return snap_reader_fail_unknown(reader, key, "action", some);
    }
    return true;
}

/* Finds the one key that names an action. */
static bool find_action(struct snap_reader *reader, const struct snap_node *entry,
                        const struct snap_node **value, struct snap_action *action)
{
    *value = NULL;
    for (uint32_t i = 0; i < entry->count; i++) {
        const char *name = entry->keys[i]->text;
        const struct snap_action_help *help = find_help(name);

        if (is_later_action(name))
            return snap_reader_unsupported(reader, entry->keys[i],
                                           snap_arena_printf(reader->arena, "the action %s", name));
        if (!help || is_moment_delay(entry->keys[i], entry->items[i]))
            continue;
        if (*value)
            return snap_reader_fail(reader, entry->keys[i],
                                    "an entry of the timeline has one action, this is a second");
        *value = entry->items[i];
        action->kind = help->kind;
    }
    if (!check_keys(reader, entry, *value != NULL))
        return false;
    return *value || snap_reader_fail(reader, entry, "this entry of the timeline has no action");
}

/* What waits for something by itself needs no moment. */
static bool may_stand_alone(enum snap_action_kind kind)
{
    return kind == SNAP_ACTION_DECLINE || kind == SNAP_ACTION_LOSE || kind == SNAP_ACTION_DELAY ||
           kind == SNAP_ACTION_DUPLICATE;
}

static bool read_probability(struct snap_reader *reader, const struct snap_node *node,
                             struct snap_action *action)
{
    double value = 0;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "probability"))
        return false;
    if (snap_units_real(node->text, &value) != SNAP_UNITS_OK || value <= 0 || value > 1)
        return snap_reader_fail(
            reader, node, "probability must be above 0 and at most 1, found \"%s\"", node->text);
    action->probability = (uint32_t)(value * SNAP_PROBABILITY_ONE);
    return action->probability > 0 ||
           snap_reader_fail(reader, node, "probability must be at least 1e-9, found \"%s\"",
                            node->text);
}

/* How often: once, unless something says otherwise. */
static bool read_repetition(struct snap_reader *reader, const struct snap_node *entry,
                            struct snap_action *action)
{
    const struct snap_integer_range range = {1, UINT32_MAX - 1};
    const struct snap_node *every = snap_node_get(entry, "every");
    const struct snap_node *times = snap_node_get(entry, "times");
    const struct snap_node *probability = snap_node_get(entry, "probability");
    int64_t number = 0;

    action->probability = SNAP_PROBABILITY_ONE;
    if (every && action->on_event)
        return snap_reader_fail(reader, every,
                                "every goes with at; with when, times says how often");
    if (every && !snap_reader_duration(reader, every, "every", &action->every_ns))
        return false;
    if (every && action->every_ns == 0)
        return snap_reader_fail(reader, every, "every must be above 0");
    if (times && !every && !action->on_event)
        return snap_reader_fail(reader, times, "times needs every or when");
    if (times && !snap_reader_integer(reader, times, "times", range, &number))
        return false;
    if (probability && !read_probability(reader, probability, action))
        return false;
    if (times)
        action->times = (uint32_t)number;
    else
        action->times = every || (probability && action->on_event) ? SNAP_TIMES_UNLIMITED : 1;
    return true;
}

/* Who writes an event here means `when`. */
static bool read_instant(struct snap_reader *reader, const struct snap_node *at, snap_ns *instant)
{
    if (at->kind == SNAP_NODE_SCALAR && isalpha((unsigned char)at->text[0]))
        return snap_reader_fail(reader, at,
                                "at is an instant such as 200 ms, found \"%s\"; an event is "
                                "written `when: ...` (`snapsim help events` lists them)",
                                at->text);
    return snap_reader_duration(reader, at, "at", instant);
}

static bool read_moment(struct snap_reader *reader, const struct snap_node *entry,
                        const struct snap_job *job, struct snap_action *action)
{
    const struct snap_node *at = snap_node_get(entry, "at");
    const struct snap_node *when = snap_node_get(entry, "when");
    const struct snap_node *every = snap_node_get(entry, "every");
    const struct snap_node *delay = snap_node_get(entry, "delay");
    const struct snap_node *optional = snap_node_get(entry, "optional");

    if (delay && action->kind == SNAP_ACTION_DELAY)
        delay = NULL; /* it is the action */
    if (at && when)
        return snap_reader_fail(reader, when, "an entry of the timeline has at or when, not both");
    if (!at && !when && !every && !may_stand_alone(action->kind))
        return snap_reader_fail(reader, entry,
                                "this entry of the timeline has neither at nor when");
    if (delay && !when)
        return snap_reader_fail(reader, delay, "delay needs when");
    action->on_event = when != NULL;
    if (at && !read_instant(reader, at, &action->at_ns))
        return false;
    if (when && !snap_event_words_read(reader, when, job, &action->pattern))
        return false;
    if (delay && !snap_reader_duration(reader, delay, "delay", &action->delay_ns))
        return false;
    if (!read_repetition(reader, entry, action))
        return false;
    if (every && !at)
        action->at_ns = action->every_ns;
    return !optional || snap_reader_bool(reader, optional, "optional", &action->optional);
}

/* How the loss of a TaskManager is noticed. */
static bool read_detection(struct snap_reader *reader, const struct snap_node *entry,
                           snap_ns heartbeat_timeout_ns, struct snap_action *action)
{
    static const char *const ways[] = {"connection", "heartbeat", NULL};
    const struct snap_node *detect = snap_node_get(entry, "detect");
    uint32_t way = 0;

    if (detect && action->kind != SNAP_ACTION_CRASH_TASK_MANAGER)
        return snap_reader_fail(reader, detect, "detect goes with the crash of a TaskManager");
    if (detect && !snap_reader_choice(reader, detect, "detect", ways, &way))
        return false;
    if (action->kind == SNAP_ACTION_CRASH_TASK_MANAGER)
        action->duration_ns = way ? heartbeat_timeout_ns : BROKEN_CONNECTION_NS;
    return true;
}

/* The text of an action is made here, from what was understood, not copied. */
static bool read_entry(struct snap_reader *reader, const struct snap_node *entry,
                       const struct snap_timeline_surroundings *around, struct snap_action *action)
{
    const struct snap_node *at;
    const struct snap_node *when;
    const struct snap_node *value;
    const char *what;

    if (!snap_reader_expect(reader, entry, SNAP_NODE_MAP, "an entry of the timeline") ||
        !find_action(reader, entry, &value, action) ||
        !read_moment(reader, entry, around->job, action) ||
        !snap_action_read(reader, value, around->job, action) ||
        !snap_savepoint_keys_read(reader, entry, action) ||
        !read_detection(reader, entry, around->heartbeat_timeout_ns, action))
        return false;
    at = snap_node_get(entry, "at");
    when = snap_node_get(entry, "when");
    what = snap_action_describe(reader, around->job, action);
    action->text = at     ? snap_arena_printf(reader->arena, "%s at %s", what, at->text)
                   : when ? snap_arena_printf(reader->arena, "%s when %s", what, when->text)
                          : what;
    action->line = entry->line;
    return true;
}

/* "action N fired" is told by whom that action concerns, which may stand further down. */
static bool settle_pattern(struct snap_reader *reader, const struct snap_node *entry,
                           const struct snap_job *job, struct snap_timeline *timeline,
                           struct snap_action *action)
{
    struct snap_event_pattern *pattern = &action->pattern;
    const struct snap_action *other;

    if (!action->on_event || pattern->type != SNAP_EVENT_ACTION_FIRED)
        return true;
    if (pattern->number < 0 || pattern->number >= timeline->count)
        return snap_reader_fail(reader, snap_node_get(entry, "when"),
                                "which action? its place in the timeline, from 0 to %u",
                                timeline->count - 1);
    other = &timeline->actions[pattern->number];
    pattern->actor = snap_action_actor(other, other->job ? other->job : job);
    return true;
}

static bool has_restart(const struct snap_node *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == SNAP_NODE_MAP && snap_node_get(list->items[i], "restart-from"))
            return true;
    return false;
}

/* Forgets what a reading that failed has said and found, but for which action it is. */
static void forget(struct snap_reader *reader, struct snap_action *action)
{
    memset(reader->error, 0, sizeof(*reader->error));
    *action = (struct snap_action){.kind = action->kind, .restart = action->restart};
}

/* Where a job starts from is known before what the later ones have. */
static bool keep_start(struct snap_reader *reader, const struct snap_node *entry,
                       struct snap_action *action)
{
    const struct snap_node *optional = snap_node_get(entry, "optional");

    if (action->kind != SNAP_ACTION_RESTART_FROM)
        return true;
    return snap_savepoint_name_read(reader, snap_node_get(entry, "restart-from"), action) &&
           (!optional || snap_reader_bool(reader, optional, "optional", &action->optional));
}

bool snap_timeline_read(struct snap_reader *reader, const struct snap_node *list,
                        const struct snap_timeline_surroundings *around,
                        struct snap_timeline *timeline)
{
    struct snap_action *actions;

    *timeline = (struct snap_timeline){0};
    if (!list || list->kind == SNAP_NODE_NULL)
        return true;
    if (!snap_reader_expect(reader, list, SNAP_NODE_LIST, "timeline"))
        return false;
    actions = SNAP_ARENA_ARRAY(reader->arena, struct snap_action, list->count);
    timeline->actions = actions;
    timeline->count = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        if (read_entry(reader, list->items[i], around, &actions[i]))
            continue;
        if (!has_restart(list))
            return false;
        forget(reader, &actions[i]);
        if (!keep_start(reader, list->items[i], &actions[i]))
            return false;
    }
    return true;
}

/* An entry that names what the first job does not have may mean that of a later one. */
static bool read_of_later_job(struct snap_reader *reader, const struct snap_node *entry,
                              const struct snap_timeline_surroundings *around,
                              const struct snap_timeline *timeline, struct snap_action *action)
{
    struct snap_timeline_surroundings later = *around;

    for (uint32_t i = 0; i < timeline->count; i++) {
        if (!timeline->actions[i].restart)
            continue;
        later.job = timeline->actions[i].restart->job;
        if (read_entry(reader, entry, &later, action)) {
            action->job = later.job;
            return true;
        }
        forget(reader, action);
    }
    return read_entry(reader, entry, around, action); /* says what is wrong */
}

bool snap_timeline_read_rest(struct snap_reader *reader, const struct snap_node *list,
                             const struct snap_timeline_surroundings *around,
                             struct snap_timeline *timeline)
{
    struct snap_action *actions;

    if (timeline->count == 0)
        return true;
    actions = snap_arena_copy(reader->arena, timeline->actions, timeline->count * sizeof(*actions));
    timeline->actions = actions;
    for (uint32_t i = 0; i < timeline->count; i++)
        if (!actions[i].text &&
            !read_of_later_job(reader, list->items[i], around, timeline, &actions[i]))
            return false;
    for (uint32_t i = 0; i < timeline->count; i++)
        if (!settle_pattern(reader, list->items[i], around->job, timeline, &actions[i]))
            return false;
    return true;
}
