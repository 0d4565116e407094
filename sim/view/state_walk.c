// SPDX-License-Identifier: Apache-2.0
#include "view/state_walk.h"

#include <string.h>

static bool show(const struct snap_state_walk *walk, const struct snap_snapshot_choice *choice,
                 bool (*visit)(void *context, const struct snap_snapshot_item *item),
                 struct snap_error *error)
{
    const struct snap_item_visitor visitor = {visit, walk->context};
    const struct snap_snapshot_source *source = &walk->snapshot->source;

    return source->walk(source->context, choice, &visitor, error);
}

/* What lies on the heap beside RocksDB has the bare name; else Flink puts the kind before it. */
static const char *timer_prefix(const struct snap_snapshot_state *state)
{
    return state->is_event_time ? "_timer_state/event_" : "_timer_state/processing_";
}

static bool is_bare_timer(const struct snap_snapshot_state *state)
{
    const char *prefix = timer_prefix(state);

    return state->is_timer && strncmp(state->name, prefix, strlen(prefix)) != 0;
}

const char *snap_state_full_name(const struct snap_snapshot_state *state, struct snap_arena *arena)
{
    return is_bare_timer(state) ? snap_arena_printf(arena, "%s%s", timer_prefix(state), state->name)
                                : state->name;
}

static bool is_named(const struct snap_snapshot_state *state, const char *name)
{
    const char *prefix = timer_prefix(state);
    size_t length = strlen(prefix);

    if (!is_bare_timer(state))
        return strcmp(state->name, name) == 0;
    return strncmp(name, prefix, length) == 0 && strcmp(name + length, state->name) == 0;
}

static bool show_keyed(const struct snap_state_walk *walk, struct snap_snapshot_choice *choice,
                       const struct snap_snapshot_keyed *keyed, struct snap_error *error)
{
    choice->keyed = keyed;
    for (uint32_t i = 0; keyed->is_readable && i < keyed->state_count; i++) {
        choice->state = i;
        if (is_named(&keyed->states[i], walk->name) && !show(walk, choice, walk->entry, error))
            return false;
    }
    return true;
}

static bool show_lists(const struct snap_state_walk *walk, struct snap_snapshot_choice *choice,
                       struct snap_error *error)
{
    choice->keyed = NULL;
    for (uint32_t i = 0; i < choice->subtask->list_count; i++) {
        const struct snap_snapshot_list *list = &choice->subtask->lists[i];

        choice->list = list;
        if (strcmp(list->name, walk->name) == 0 &&
            !show(walk, choice, list->mode == SNAP_LIST_BROADCAST ? walk->entry : walk->element,
                  error))
            return false;
    }
    return true;
}

bool snap_state_walk(const struct snap_state_walk *walk, struct snap_error *error)
{
    for (uint32_t s = 0; walk->of && s < walk->of->subtask_count; s++) {
        const struct snap_snapshot_subtask *subtask = &walk->of->subtasks[s];
        struct snap_snapshot_choice choice = {.of = walk->of, .subtask = subtask};

        if (!show_keyed(walk, &choice, &subtask->keyed, error) ||
            !show_keyed(walk, &choice, &subtask->raw_keyed, error) ||
            !show_lists(walk, &choice, error))
            return false;
    }
    return true;
}
