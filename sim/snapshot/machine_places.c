// SPDX-License-Identifier: Apache-2.0
#include "snapshot/machine_places.h"

#include <string.h>

#include "base/check.h"
#include "snapshot/task_snapshot.h"

#define JOB_MANAGER "/jobmanager/"

/* The last one: what stands in front of it is the user's. */
static const char *find_machine(const char *directory)
{
    const char *found = NULL;

    for (const char *at = directory; (at = strstr(at, JOB_MANAGER)); at++)
        found = at;
    SNAP_CHECK(found);
    return found;
}

const char *snap_machine_directory(const char *directory, struct snap_machine machine,
                                   struct snap_arena *arena)
{
    const char *rest = find_machine(directory);
    int before = (int)(rest - directory);

    rest += strlen(JOB_MANAGER);
    if (machine.losses == 0)
        return snap_arena_printf(arena, "%.*s/taskmanager-%u/%s", before, directory,
                                 machine.task_manager, rest);
    return snap_arena_printf(arena, "%.*s/taskmanager-%u-%u/%s", before, directory,
                             machine.task_manager, machine.losses + 1, rest);
}

const struct snap_subtask_place *const *
snap_machine_places(const struct snap_image *image, const struct snap_checkpoint_record *record,
                    const char *directory, struct snap_arena *arena)
{
    const struct snap_subtask_place **places =
        SNAP_ARENA_ARRAY(arena, const struct snap_subtask_place *, image->operator_count);

    for (uint32_t o = 0; o < image->operator_count; o++) {
        const struct snap_image_operator *of = &image->operators[o];
        struct snap_subtask_place *at =
            SNAP_ARENA_ARRAY(arena, struct snap_subtask_place, of->parallelism);

        places[o] = at;
        for (uint32_t s = 0; s < of->parallelism; s++) {
            struct snap_task_snapshot *snapshot = record->task_states[of->task_first + s];

            if (!snapshot)
                continue;
            at[s].directory = snap_machine_directory(directory, snapshot->machine, arena);
            at[s].has_files = &snapshot->lies_there;
        }
    }
    return places;
}
