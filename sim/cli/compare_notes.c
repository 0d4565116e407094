// SPDX-License-Identifier: Apache-2.0
#include "cli/compare_notes.h"

#include <string.h>

#include "base/arena.h"
#include "cli/verbs.h"

static bool is_same(const struct snap_scenario_note *a, const struct snap_scenario_note *b)
{
    return a->line == b->line && a->column == b->column && strcmp(a->file, b->file) == 0 &&
           strcmp(a->text, b->text) == 0;
}

static bool has_note(const struct snap_built *built, const struct snap_scenario_note *note)
{
    for (uint32_t i = 0; i < built->note_count; i++)
        if (is_same(&built->notes[i], note))
            return true;
    return false;
}

static void tell(const struct snap_built *const *variants, uint32_t count,
                 const struct snap_scenario_note *note)
{
    struct snap_scenario_note named = *note;
    const char *names = NULL;
    struct snap_arena arena;
    uint32_t having = 0;

    snap_arena_init(&arena);
    for (uint32_t v = 0; v < count; v++) {
        const char *name = variants[v]->sim.variant ? variants[v]->sim.variant : "(as written)";

        if (!has_note(variants[v], note))
            continue;
        names = names ? snap_arena_printf(&arena, "%s, %s", names, name) : name;
        having++;
    }
    if (having < count)
        named.text = snap_arena_printf(&arena, "%s: %s", names, note->text);
    snap_cli_print_note(&named);
    snap_arena_fini(&arena);
}

static bool was_told(const struct snap_built *const *variants, uint32_t before,
                     const struct snap_scenario_note *note)
{
    for (uint32_t v = 0; v < before; v++)
        if (has_note(variants[v], note))
            return true;
    return false;
}

void snap_compare_tell_notes(const struct snap_built *const *variants, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        for (uint32_t i = 0; i < variants[v]->note_count; i++)
            if (!was_told(variants, v, &variants[v]->notes[i]))
                tell(variants, count, &variants[v]->notes[i]);
}
