// SPDX-License-Identifier: Apache-2.0
#include "cli/snapshot_options.h"

#include <string.h>

bool snap_snapshot_options_read(const struct snap_args *args, struct snap_arena *arena,
                                struct snap_snapshot_place *place, struct snap_error *error)
{
    struct snap_relocation *relocations =
        SNAP_ARENA_ARRAY(arena, struct snap_relocation, args->count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < args->count; i++) {
        const struct snap_arg *arg = &args->items[i];
        const char *sign = strchr(arg->text, '=');

        if (!arg->option || strcmp(arg->option->name, "--relocate") != 0)
            continue;
        if (!sign || sign == arg->text || !sign[1])
            return snap_error_set(error, SNAP_ERROR_USAGE, "%s: FROM=TO is expected", arg->written);
        relocations[count].from = snap_arena_strndup(arena, arg->text, (size_t)(sign - arg->text));
        relocations[count++].to = sign + 1;
    }
    place->relocations = relocations;
    place->relocation_count = count;
    place->follows_absolute = snap_args_get(args, "--follow-absolute") != NULL;
    return true;
}
