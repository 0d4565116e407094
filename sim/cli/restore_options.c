// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_options.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The value under any of the names of one option. */
static const char *get(const struct snap_args *args, const char *const *names)
{
    const char *value = NULL;

    for (int i = 0; names[i] && !value; i++)
        value = snap_args_get(args, names[i]);
    return value;
}

static const char *const claim_names[] = {"-cm", "--claimMode", NULL};
static const char *const old_names[] = {"-rm", "--restoreMode", NULL};
static const char *const modes[] = {"CLAIM", "NO_CLAIM", "LEGACY"};

static bool read_claim(const struct snap_args *args, const struct snap_simulation *sim,
                       enum snap_claim_mode *claim, struct snap_error *error)
{
    const struct snap_choice_words words = {"claim mode", modes, 3};
    const char *mode = get(args, claim_names);

    *claim = (enum snap_claim_mode)sim->config.recovery.claim_mode;
    if (!snap_args_exclusive(args, claim_names[0], claim_names[1], error) ||
        !snap_args_exclusive(args, old_names[0], old_names[1], error))
        return false;
    if (!mode)
        mode = get(args, old_names);
    if (!mode)
        return true;
    for (int i = 0; i < 3; i++) {
        if (strcasecmp(mode, modes[i]) != 0)
            continue;
        *claim = (enum snap_claim_mode)i;
        return true;
    }
    return snap_args_fail_choice(&words, mode, error);
}

/* As Flink does, in which -cm wins without a word; the words are ours. */
static void warn(const struct snap_args *args, const struct snap_restore_request *request)
{
    const char *mode = get(args, claim_names);
    const char *old = get(args, old_names);

    if (old && !mode)
        fprintf(stderr,
                "The option 'restoreMode' is deprecated. Please use 'claimMode' instead.\n");
    else if (old && strcasecmp(old, mode) != 0)
        fprintf(stderr,
                "note: the claim mode is %s: as in Flink it wins over the older option's "
                "%s\n",
                mode, old);
    if (request->claim == SNAP_CLAIM_LEGACY)
        fprintf(stderr,
                "Warning: The %s restore mode is deprecated, please use %s or %s mode "
                "instead.\n",
                modes[2], modes[0], modes[1]);
}

bool snap_restore_request_read(const struct snap_args *args, const struct snap_simulation *sim,
                               struct snap_arena *arena, struct snap_restore_request *request,
                               struct snap_error *error)
{
    static const char *const names[] = {"-s", "--fromSavepoint", NULL};
    static const char *const lenient[] = {"-n", "--allowNonRestoredState", NULL};
    const char *pointer = get(args, names);

    *request = (struct snap_restore_request){
        .allow_non_restored = get(args, lenient) != NULL || sim->config.recovery.ignores_unclaimed,
    };
    if (!snap_args_exclusive(args, names[0], names[1], error) ||
        !snap_snapshot_options_read(args, arena, &request->place, error) ||
        !read_claim(args, sim, &request->claim, error))
        return false;
    if (!pointer)
        pointer = sim->config.recovery.path;
    if (pointer && !*pointer)
        return snap_error_set(error, SNAP_ERROR_USAGE, "-s needs the path of a snapshot");
    if (pointer)
        warn(args, request);
    request->place.pointer = pointer ? snap_restore_pointer(pointer, arena) : NULL;
    return true;
}

bool snap_restore_read(const struct snap_args *args, const struct snap_simulation *sim,
                       struct snap_arena *arena, struct snap_restored **restored,
                       struct snap_error *error)
{
    struct snap_restore_request request;

    *restored = NULL;
    if (!snap_restore_request_read(args, sim, arena, &request, error))
        return false;
    if (!request.place.pointer)
        return true;
    *restored = snap_restored_open(sim, &request, error);
    return *restored != NULL;
}
