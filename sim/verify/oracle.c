// SPDX-License-Identifier: Apache-2.0
#include "verify/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "model/names.h"

/* "FORMAT (barrier_sent of counts[1] at 12.5 ms)". */
static void add_place(struct snap_oracle_case *at, const struct snap_event *event)
{
    size_t used = strlen(at->result.first);
    struct snap_arena scratch;

    at->result.at_ns = event->at_ns;
    snap_arena_init(&scratch);
    snprintf(at->result.first + used, sizeof(at->result.first) - used, " (%s of %s at %.6f ms)",
             snap_event_info_get(event->type)->name,
             snap_actor_name(at->job, event->actor, &scratch), (double)event->at_ns / 1e6);
    snap_arena_fini(&scratch);
}

void snap_oracle_object(struct snap_oracle_case *at, const struct snap_event *event,
                        const char *format, ...)
{
    va_list arguments;

    if (at->result.objections++ > 0)
        return;
    va_start(arguments, format);
    vsnprintf(at->result.first, sizeof(at->result.first), format, arguments);
    va_end(arguments);
    if (event)
        add_place(at, event);
}

bool snap_oracle_cannot(struct snap_oracle_case *at, const char *why)
{
    at->result.judged = false;
    at->result.why_not = why;
    return false;
}

/* Returns how many notes are about checkpoints up to the id. */
static uint32_t notes_up_to(const struct snap_checkpoint_notes *notes, snap_checkpoint_id id)
{
    uint32_t first = 0;
    uint32_t end = notes->count;

    /* Mostly it is about the last one. */
    if (end > 0 && notes->notes[end - 1].id <= id)
        return end;
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;

        if (notes->notes[middle].id <= id)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static struct snap_checkpoint_note *find(const struct snap_checkpoint_notes *notes,
                                         snap_checkpoint_id id)
{
    uint32_t count = notes_up_to(notes, id);

    return count > 0 && notes->notes[count - 1].id == id ? &notes->notes[count - 1] : NULL;
}

uint8_t snap_checkpoint_note_of(const struct snap_checkpoint_notes *notes, snap_checkpoint_id id)
{
    const struct snap_checkpoint_note *note = find(notes, id);

    return note ? note->note : 0;
}

uint8_t *snap_checkpoint_note(struct snap_checkpoint_notes *notes, struct snap_arena *arena,
                              snap_checkpoint_id id)
{
    struct snap_checkpoint_note *note = find(notes, id);
    uint32_t place;

    if (note)
        return &note->note;
    notes->notes =
        snap_arena_grow(arena, notes->notes, notes->count, &notes->capacity, sizeof(*notes->notes));
    place = notes_up_to(notes, id);
    memmove(&notes->notes[place + 1], &notes->notes[place],
            (notes->count - place) * sizeof(*notes->notes));
    notes->count++;
    notes->notes[place] = (struct snap_checkpoint_note){.id = id};
    return &notes->notes[place].note;
}
