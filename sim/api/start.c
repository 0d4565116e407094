// SPDX-License-Identifier: Apache-2.0
#include "api/start.h"

#include <string.h>

static bool read_claim(enum snapsim_claim_mode asked, const struct snap_simulation *sim,
                       enum snap_claim_mode *claim, struct snap_error *error)
{
    *claim = (enum snap_claim_mode)sim->config.recovery.claim_mode;
    switch (asked) {
    case SNAPSIM_CLAIM_AS_SET:
        return true;
    case SNAPSIM_CLAIM:
        *claim = SNAP_CLAIM;
        return true;
    case SNAPSIM_NO_CLAIM:
        *claim = SNAP_NO_CLAIM;
        return true;
    case SNAPSIM_LEGACY:
        *claim = SNAP_CLAIM_LEGACY;
        return true;
    }
    return snap_error_set(error, SNAP_ERROR_USAGE, "start: there is no claim mode %d", (int)asked);
}

static bool read_relocations(const char *const *given, struct snap_arena *arena,
                             struct snap_snapshot_place *place, struct snap_error *error)
{
    struct snap_relocation *relocations;
    uint32_t count = 0;

    while (given && given[count])
        count++;
    relocations = SNAP_ARENA_ARRAY(arena, struct snap_relocation, count);
    for (uint32_t i = 0; i < count; i++) {
        const char *sign = strchr(given[i], '=');

        if (!sign || sign == given[i] || !sign[1])
            return snap_error_set(error, SNAP_ERROR_USAGE,
                                  "start: relocate \"%s\": FROM=TO is expected", given[i]);
        relocations[i].from = snap_arena_strndup(arena, given[i], (size_t)(sign - given[i]));
        relocations[i].to = sign + 1;
    }
    place->relocations = relocations;
    place->relocation_count = count;
    return true;
}

bool snap_api_start_open(const struct snapsim_start *start, const struct snap_simulation *sim,
                         struct snap_arena *arena, struct snap_restored **restored,
                         struct snap_error *error)
{
    static const struct snapsim_start as_set;
    struct snap_restore_request request = {.place = {.pointer = NULL}};
    const char *pointer;

    *restored = NULL;
    if (start && !start->snapshot && !sim->config.recovery.path)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "start: which snapshot? It is NULL, and so is the setting "
                              "execution.state-recovery.path");
    start = start ? start : &as_set;
    pointer = start->snapshot ? start->snapshot : sim->config.recovery.path;
    if (!pointer)
        return true;
    if (!*pointer)
        return snap_error_set(error, SNAP_ERROR_USAGE, "start: the path of the snapshot is empty");
    request.allow_non_restored =
        start->allow_non_restored || sim->config.recovery.ignores_unclaimed;
    if (!read_claim(start->claim, sim, &request.claim, error) ||
        !read_relocations(start->relocate, arena, &request.place, error))
        return false;
    request.place.follows_absolute = start->follow_absolute;
    request.place.pointer = snap_restore_pointer(pointer, arena);
    *restored = snap_restored_open(sim, &request, error);
    return *restored != NULL;
}
