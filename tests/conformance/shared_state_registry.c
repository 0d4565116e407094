// SPDX-License-Identifier: Apache-2.0
/*
 * Cases of shared files: the registry alone, and beside a store of completed checkpoints, whose
 * own files are "meta-N".
 */
#include "conform.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "protocol/completed_store.h"
#include "protocol/shared_state_registry.h"
#include "snapshot_names.h"

struct rig {
    struct snap_arena arena;
    struct snap_completed_store store;
    struct snap_shared_registry registry;
    struct snap_checkpoint_record *records[64]; /* by checkpoint */
    json_t *deleted;                            /* in this step */
};

/* ---- the registry alone ---- */

static void delete_files(struct rig *rig, const struct snap_shared_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->file_count; i++)
        json_array_append_new(rig->deleted, json_string(outcome->files[i]));
}

static void run_register(struct rig *rig, const json_t *step, struct snap_text *why)
{
    struct snap_shared_use use = {
        .key = conform_string(step, "key"),
        .file = conform_string_or(step, "handle", NULL),
        .checkpoint = conform_integer(step, "checkpoint"),
        .keeps_creator = conform_boolean(step, "prevent_discarding_creator"),
    };
    const char *file = NULL;
    enum snap_shared_result result = snap_shared_registry_register(&rig->registry, &use, &file);

    conform_same_integer(why, "error", json_object_get(step, "error") != NULL,
                         result != SNAP_SHARED_REGISTERED);
    conform_same_string(why, "returns", conform_string_or(step, "returns", "none"),
                        file ? file : "none");
}

static void run_restored(struct rig *rig, const json_t *step)
{
    const char *mode = conform_string(step, "mode");
    struct snap_shared_restored restored = {
        .id = conform_integer(step, "checkpoint"),
        .is_claimed = !strcmp(mode, "CLAIM"),
        .is_self_contained = !strcmp(conform_string(step, "restored_from"), "savepoint-native"),
    };
    json_t *key;
    size_t i;

    /* Files of a snapshot that nobody claimed are somebody else's. */
    if (!strcmp(mode, "NO_CLAIM"))
        return;
    json_array_foreach(conform_array(step, "keys"), i, key)
    {
        const char *name = json_string_value(key);
        struct snap_shared_use use = {name, name, restored.id, false};

        SNAP_CHECK(snap_shared_registry_register(&rig->registry, &use, NULL) ==
                   SNAP_SHARED_REGISTERED);
    }
    snap_shared_registry_restored(&rig->registry, &restored);
}

static void run_unregister(struct rig *rig, const json_t *step, struct snap_text *why)
{
    struct snap_shared_outcome outcome =
        snap_shared_registry_release(&rig->registry, conform_integer(step, "lowest_checkpoint"));
    json_t *used = json_array();

    delete_files(rig, &outcome);
    for (uint32_t i = 0; i < outcome.used_count; i++)
        json_array_append_new(used, json_integer(outcome.used[i]));
    conform_same_json(why, "creators_in_use", json_object_get(step, "creators_in_use"), used);
    json_decref(used);
}

/* ---- checkpoints that share files ---- */

static void delete_own(struct rig *rig, snap_checkpoint_id id)
{
    json_array_append_new(rig->deleted, json_sprintf("meta-%" PRId64, id));
}

static void delete_all(struct rig *rig, const struct snap_record_list *list)
{
    for (const struct snap_checkpoint_record *at = list->first; at; at = at->next)
        delete_own(rig, at->id);
}

static void run_acknowledge(struct rig *rig, const json_t *step)
{
    snap_checkpoint_id id = conform_integer(step, "checkpoint");
    struct snap_checkpoint_record *record =
        SNAP_ARENA_NEW(&rig->arena, struct snap_checkpoint_record);
    json_t *at;
    size_t i;

    SNAP_CHECK(id < (snap_checkpoint_id)(sizeof(rig->records) / sizeof(rig->records[0])));
    record->id = id;
    record->kind = conform_snapshot_kind(conform_string(step, "snapshot"));
    rig->records[id] = record;
    if (snap_kind_is_savepoint(record->kind))
        return;
    json_array_foreach(conform_array(step, "shared_files"), i, at)
    {
        const char *name = conform_string(at, "file");
        struct snap_shared_use use = {name, conform_boolean(at, "placeholder") ? NULL : name, id,
                                      false};
        const char *file;

        SNAP_CHECK(snap_shared_registry_register(&rig->registry, &use, &file) ==
                   SNAP_SHARED_REGISTERED);
        SNAP_CHECK(!strcmp(file, name));
    }
}

static void run_complete(struct rig *rig, const json_t *step)
{
    struct snap_checkpoint_record *record = rig->records[conform_integer(step, "checkpoint")];
    struct snap_store_outcome outcome;
    struct snap_shared_outcome unused;

    if (snap_kind_is_savepoint(record->kind))
        return;
    outcome = snap_completed_store_add(&rig->store, record);
    unused = snap_shared_registry_release(&rig->registry, snap_completed_store_lowest(&rig->store));
    delete_files(rig, &unused);
    delete_all(rig, &outcome.deleted);
}

static void run_shutdown(struct rig *rig, const json_t *step)
{
    bool suspended = !strcmp(conform_string(step, "job_status"), "SUSPENDED");
    struct snap_store_outcome outcome = snap_completed_store_shutdown(
        &rig->store, suspended ? SNAP_END_SUSPENDED : SNAP_END_FINISHED);

    delete_all(rig, &outcome.deleted);
    /* Who takes over after a suspension goes on with the shared files. */
    if (!suspended) {
        struct snap_shared_outcome unused = snap_shared_registry_release(&rig->registry, INT64_MAX);

        delete_files(rig, &unused);
    }
}

/* ---- steps ---- */

static void compare(const struct rig *rig, const json_t *step, struct snap_text *why)
{
    json_t *sorted = conform_sorted(rig->deleted);
    json_t *kept = json_array();

    conform_same_json(why, "deleted", json_object_get(step, "deleted"), sorted);
    json_decref(sorted);
    for (const struct snap_checkpoint_record *at = rig->store.kept.first; at; at = at->next)
        json_array_append_new(kept, json_integer(at->id));
    if (json_object_get(step, "kept"))
        conform_same_json(why, "kept", json_object_get(step, "kept"), kept);
    json_decref(kept);
}

static void run_step(struct rig *rig, const json_t *step, struct snap_text *why)
{
    const char *op = conform_string(step, "op");

    if (!strcmp(op, "register"))
        run_register(rig, step, why);
    else if (!strcmp(op, "restored"))
        run_restored(rig, step);
    else if (!strcmp(op, "unregister_unused"))
        run_unregister(rig, step, why);
    else if (!strcmp(op, "close"))
        snap_shared_registry_close(&rig->registry);
    else if (!strcmp(op, "acknowledge"))
        run_acknowledge(rig, step);
    else if (!strcmp(op, "complete"))
        run_complete(rig, step);
    else if (!strcmp(op, "abort"))
        delete_own(rig, conform_integer(step, "checkpoint"));
    else if (!strcmp(op, "shutdown"))
        run_shutdown(rig, step);
    else
        snap_text_printf(why, "unknown step %s\n", op);
}

enum conform_result conform_shared_state_registry_case(const struct conform_case *at,
                                                       struct snap_text *why)
{
    struct snap_store_config config = {
        .kind = SNAP_STORE_STANDALONE,
        .retention = SNAP_RETAIN_NONE,
        .retained_max = (uint32_t)conform_integer_or(at->json, "num_retained", 1),
    };
    struct rig rig = {.deleted = NULL};
    json_t *step;
    size_t i;

    snap_arena_init(&rig.arena);
    snap_completed_store_init(&rig.store, &config);
    snap_shared_registry_init(&rig.registry, &rig.arena);
    json_array_foreach(conform_array(at->json, "steps"), i, step)
    {
        rig.deleted = json_array();
        run_step(&rig, step, why);
        compare(&rig, step, why);
        json_decref(rig.deleted);
        if (why->length) {
            snap_text_printf(why, "at step %zu\n", i);
            break;
        }
    }
    snap_arena_fini(&rig.arena);
    return conform_verdict(why);
}
