// SPDX-License-Identifier: Apache-2.0
#include "view/compare_unjudged.h"

#include <string.h>

#include "view/run_groups.h"
#include "view/verdict_remarks.h"
#include "view/wrap.h"

static const char *reasons_of(const struct snap_run_group *group, uint32_t width,
                              struct snap_arena *arena)
{
    struct snap_text text = {0};
    const char *copy;

    for (uint32_t i = 0; i < group->count && text.length == 0; i++)
        if (group->runs[i]->verdict)
            snap_verdict_unjudged_text(&text, group->runs[i]->statistics->job,
                                       group->runs[i]->verdict, width);
    copy = snap_arena_strdup(arena, snap_text_get(&text));
    snap_text_fini(&text);
    return copy;
}

/* The names of the group and of all later ones with the same reasons, which are done then. */
static const char *names_of(const struct snap_run_groups *groups, const char **reasons,
                            uint32_t first, struct snap_arena *arena)
{
    const char *names = snap_run_group_name(groups, first, arena);

    for (uint32_t g = first + 1; g < groups->count; g++) {
        if (strcmp(reasons[g], reasons[first]) != 0)
            continue;
        names = snap_arena_printf(arena, "%s, %s", names, snap_run_group_name(groups, g, arena));
        reasons[g] = "";
    }
    return names;
}

void snap_compare_unjudged_text(struct snap_text *text, const struct snap_summary *runs,
                                uint32_t count, uint32_t width)
{
    struct snap_run_groups groups;
    struct snap_arena arena;
    const char **reasons;

    snap_arena_init(&arena);
    groups = snap_run_groups_of(runs, count, &arena);
    reasons = SNAP_ARENA_ARRAY(&arena, const char *, groups.count);
    for (uint32_t g = 0; g < groups.count; g++)
        reasons[g] = reasons_of(&groups.items[g], width, &arena);
    for (uint32_t g = 0; g < groups.count; g++) {
        if (reasons[g][0] == '\0')
            continue;
        snap_wrap_text(
            text,
            snap_arena_printf(&arena, "Why \"-\": %s:\n", names_of(&groups, reasons, g, &arena)),
            width);
        snap_text_add_string(text, reasons[g]);
    }
    snap_arena_fini(&arena);
}
