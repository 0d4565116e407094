// SPDX-License-Identifier: Apache-2.0
#include "cli/unfired.h"

#include <string.h>

#include "view/units.h"

/* The newest checkpoint of the run; 0: there was none. */
static snap_checkpoint_id newest_checkpoint(const struct snap_summary *summary)
{
    const struct snap_statistics *at = summary->statistics;

    for (uint32_t i = summary->earlier_count; at->checkpoint_count == 0 && i > 0; i--)
        at = summary->earlier[i - 1];
    return at->checkpoint_count > 0 ? at->checkpoints[at->checkpoint_count - 1]->id : 0;
}

/* The checkpoint whose event or step the action waits for; 0: none, or any. */
static snap_checkpoint_id awaited_checkpoint(const struct snap_action *action)
{
    const struct snap_event_pattern *pattern = &action->pattern;

    if (!action->on_event || pattern->number == SNAP_ANY)
        return 0;
    if (pattern->type == SNAP_EVENT_COUNT)
        return pattern->number;
    return strcmp(snap_event_info_get(pattern->type)->args[pattern->number_arg].name,
                  "checkpoint") == 0
               ? pattern->number
               : 0;
}

/* The checkpoint that it does something to; likewise. */
static snap_checkpoint_id meant_checkpoint(const struct snap_action *action)
{
    bool is_message = action->kind == SNAP_ACTION_LOSE || action->kind == SNAP_ACTION_DELAY ||
                      action->kind == SNAP_ACTION_DUPLICATE;
    int64_t meant = action->kind == SNAP_ACTION_DECLINE || action->kind == SNAP_ACTION_CORRUPT
                        ? action->checkpoint
                    : is_message ? action->rule.checkpoint
                                 : SNAP_ANY;

    return meant == SNAP_ANY ? 0 : meant;
}

static const char *why_not(const struct snap_action *action, const struct snap_summary *summary,
                           struct snap_arena *arena)
{
    snap_checkpoint_id newest = newest_checkpoint(summary);
    snap_ns end_ns = summary->statistics->end_ns;

    if (!action->on_event && action->at_ns >= end_ns)
        return snap_arena_printf(arena, "the run had ended at %s",
                                 snap_instant_name(end_ns, arena));
    if (action->kind == SNAP_ACTION_RESTART_FROM && action->optional && !action->on_event)
        return "there was nothing to start from, or another start was under way";
    if (awaited_checkpoint(action) <= newest && meant_checkpoint(action) <= newest)
        return NULL;
    return newest == 0
               ? "there was no checkpoint"
               : snap_arena_printf(arena, "the last checkpoint was %lld", (long long)newest);
}

struct snap_unfired snap_unfired_of(const struct snap_action *action,
                                    const struct snap_summary *summary, struct snap_arena *arena)
{
    return (struct snap_unfired){
        .text = action->text, .why = why_not(action, summary, arena), .optional = action->optional};
}
