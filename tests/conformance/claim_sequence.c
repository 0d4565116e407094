// SPDX-License-Identifier: Apache-2.0
/*
 * What happens to the files of a snapshot that a job starts from, by its claim mode: a coordinator
 * with one task, and a registry of shared files beside it.
 *
 * - The case says which shared files a checkpoint uses; own files are named by its number.
 */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "coordinator_rig.h"
#include "protocol/shared_state_registry.h"
#include "snapshot_names.h"

enum { RESTORED_ID = 3 };

struct player {
    struct coordinator_rig rig;
    struct snap_shared_registry registry;
    const char *restored_from;
    json_t *created; /* in this step */
    json_t *deleted;
};

/* ---- files ---- */

static void add_own(json_t *to, const char *metadata, const char *others)
{
    json_array_append_new(to, json_sprintf("%s/_metadata", metadata));
    json_array_append_new(to, json_sprintf("%s/meta", others));
    json_array_append_new(to, json_sprintf("%s/private", others));
}

static void add_checkpoint(json_t *to, const char *job, snap_checkpoint_id id)
{
    json_t *directory = json_sprintf("cp/%s/chk-%" PRId64, job, id);

    add_own(to, json_string_value(directory), json_string_value(directory));
    json_decref(directory);
}

static void delete_own(const struct player *player, snap_checkpoint_id id)
{
    if (id != RESTORED_ID)
        add_checkpoint(player->deleted, "job2", id);
    else if (!strcmp(player->restored_from, "checkpoint"))
        add_checkpoint(player->deleted, "job1", id);
    else
        add_own(player->deleted, "sp/savepoint", "sp/state-3");
}

static void release(struct player *player, snap_checkpoint_id lowest)
{
    struct snap_shared_outcome outcome = snap_shared_registry_release(&player->registry, lowest);

    for (uint32_t i = 0; i < outcome.file_count; i++)
        json_array_append_new(player->deleted, json_string(outcome.files[i]));
    for (uint32_t i = 0; i < outcome.snapshot_count; i++)
        delete_own(player, outcome.snapshots[i]);
}

static bool is_registered(const struct player *player, const char *name)
{
    for (uint32_t i = 0; i < player->registry.count; i++)
        if (!strcmp(player->registry.entries[i].key, name))
            return true;
    return false;
}

static void use_file(struct player *player, const char *name, snap_checkpoint_id id)
{
    struct snap_shared_use use = {name, name, id, false};

    if (is_registered(player, name))
        use.file = NULL;
    else if (id != RESTORED_ID)
        json_array_append_new(player->created, json_string(name));
    SNAP_CHECK(snap_shared_registry_register(&player->registry, &use, NULL) ==
               SNAP_SHARED_REGISTERED);
}

/* ---- steps ---- */

/* What the store drops waits for its own files to be out of use; `at_once`: not at the end. */
static void note_deletions(struct player *player, bool at_once)
{
    uint32_t count;
    const struct snap_coordinator_action *actions =
        snap_coordinator_actions(&player->rig.coordinator, &count);

    for (uint32_t i = 0; i < count; i++)
        if (actions[i].type == SNAP_COORDINATOR_DISCARD_STATE &&
            (at_once || snap_shared_registry_drop(&player->registry, actions[i].checkpoint)))
            delete_own(player, actions[i].checkpoint);
}

static enum snap_claim_mode mode_of(const char *name)
{
    if (!strcmp(name, "CLAIM"))
        return SNAP_CLAIM;
    return !strcmp(name, "NO_CLAIM") ? SNAP_NO_CLAIM : SNAP_CLAIM_LEGACY;
}

static void run_restore(struct player *player, const json_t *json, const json_t *step)
{
    void *states[] = {coordinator_rig_handle(RESTORED_ID, 0)};
    struct snap_restored_snapshot snapshot = {.id = RESTORED_ID,
                                              .kind = SNAP_KIND_CHECKPOINT,
                                              .claim = mode_of(conform_string(step, "mode")),
                                              .task_states = states};
    struct snap_shared_restored restored = {
        .id = RESTORED_ID,
        .is_claimed = snapshot.claim == SNAP_CLAIM,
        .is_self_contained = strcmp(player->restored_from, "checkpoint") != 0,
    };
    const char *shared = restored.is_self_contained ? "sp/state-3/own-sst-" : "cp/shared1/sst-";
    json_t *name;
    size_t i;

    snap_coordinator_adopt(&player->rig.coordinator, player->rig.now_ns, &snapshot);
    if (snapshot.claim == SNAP_NO_CLAIM)
        return;
    json_array_foreach(conform_array(json, "files_before_restore"), i, name)
    {
        /* The first one was the checkpoint's before: it is left behind. */
        if (!strncmp(json_string_value(name), shared, strlen(shared)) &&
            strcmp(json_string_value(name), "cp/shared1/sst-1") != 0)
            use_file(player, json_string_value(name), RESTORED_ID);
    }
    snap_shared_registry_restored(&player->registry, &restored);
}

static void trigger(struct player *player, const json_t *step, struct snap_text *why)
{
    bool savepoint = !strcmp(conform_string(step, "op"), "savepoint");
    const struct snap_checkpoint_record *record;

    snap_coordinator_trigger(&player->rig.coordinator, player->rig.now_ns,
                             savepoint ? SNAP_KIND_SAVEPOINT : SNAP_KIND_CHECKPOINT,
                             SNAP_NO_REQUEST);
    record = player->rig.coordinator.pending.first;
    SNAP_CHECK(record);
    conform_same_integer(why, "checkpoint", conform_integer(step, "checkpoint"), record->id);
    conform_same_string(why, "type", conform_string(step, "type"),
                        conform_snapshot_name(record->taken));
}

static void run_snapshot(struct player *player, const json_t *step, struct snap_text *why)
{
    snap_checkpoint_id id = conform_integer(step, "checkpoint");
    struct snap_task_ack ack = {.attempt = RIG_ATTEMPT, .state = coordinator_rig_handle(id, 0)};
    json_t *name;
    size_t i;

    trigger(player, step, why);
    if (!strcmp(conform_string(step, "op"), "savepoint")) {
        json_t *states = json_sprintf("sp2/state-%" PRId64, id);

        add_own(player->created, "sp2/savepoint", json_string_value(states));
        json_decref(states);
        snap_coordinator_ack(&player->rig.coordinator, player->rig.now_ns, id, &ack);
        return;
    }
    add_checkpoint(player->created, "job2", id);
    json_array_foreach(conform_array(step, "shared_files"), i, name)
    {
        use_file(player, json_string_value(name), id);
    }
    snap_coordinator_ack(&player->rig.coordinator, player->rig.now_ns, id, &ack);
    note_deletions(player, false);
    release(player, snap_completed_store_lowest(&player->rig.coordinator.store));
}

static void run_decline(struct player *player, const json_t *step, struct snap_text *why)
{
    struct snap_task_decline decline = {conform_integer(step, "checkpoint"), 0,
                                        SNAP_FAILURE_CHECKPOINT_DECLINED};

    trigger(player, step, why);
    snap_coordinator_decline(&player->rig.coordinator, player->rig.now_ns, &decline);
}

static void run_failover(struct player *player, const json_t *step, struct snap_text *why)
{
    const struct snap_checkpoint_record *record =
        snap_coordinator_restore_region(&player->rig.coordinator, player->rig.now_ns);

    conform_same_integer(why, "restored", conform_integer(step, "restored"), record->id);
}

static void run_shutdown(struct player *player, const json_t *step)
{
    static const char *const names[] = {"FINISHED", "CANCELED", "FAILED", "SUSPENDED"};
    const struct snap_completed_store *store = &player->rig.coordinator.store;
    snap_checkpoint_id lowest = INT64_MAX;
    enum snap_job_end end = SNAP_END_FINISHED;

    while (strcmp(names[end], conform_string(step, "job_status")))
        end++;
    for (const struct snap_checkpoint_record *at = store->kept.first; at; at = at->next)
        if (!snap_record_deleted_at(at, store->config.retention, end) && at->id < lowest)
            lowest = at->id;
    snap_coordinator_shutdown(&player->rig.coordinator, player->rig.now_ns);
    snap_coordinator_close_store(&player->rig.coordinator, player->rig.now_ns, end);
    note_deletions(player, true);
    /* Who takes over after a suspension goes on with the shared files. */
    if (end != SNAP_END_SUSPENDED)
        release(player, lowest);
}

static void run_step(struct player *player, const json_t *json, const json_t *step,
                     struct snap_text *why)
{
    const char *op = conform_string(step, "op");

    if (!strcmp(op, "restore"))
        run_restore(player, json, step);
    else if (!strcmp(op, "checkpoint") || !strcmp(op, "savepoint"))
        run_snapshot(player, step, why);
    else if (!strcmp(op, "checkpoint_declined"))
        run_decline(player, step, why);
    else if (!strcmp(op, "region_failover"))
        run_failover(player, step, why);
    else if (!strcmp(op, "shutdown"))
        run_shutdown(player, step);
    else
        snap_text_printf(why, "unknown step %s\n", op);
}

static void compare_names(struct snap_text *why, const json_t *step, const char *key,
                          const json_t *names)
{
    json_t *expected = conform_sorted(json_object_get(step, key));
    json_t *actual = conform_sorted(names);

    conform_same_json(why, key, expected, actual);
    json_decref(expected);
    json_decref(actual);
}

static void play(struct player *player, const json_t *json, struct snap_text *why)
{
    json_t *step;
    size_t i;

    json_array_foreach(conform_array(json, "steps"), i, step)
    {
        json_t *retained;

        player->created = json_array();
        player->deleted = json_array();
        run_step(player, json, step, why);
        compare_names(why, step, "created", player->created);
        compare_names(why, step, "deleted", player->deleted);
        retained = coordinator_rig_ids(&player->rig.coordinator.store.kept);
        conform_same_json(why, "retained", json_object_get(step, "retained"), retained);
        json_decref(retained);
        json_decref(player->created);
        json_decref(player->deleted);
        if (why->length) {
            snap_text_printf(why, "at step %zu\n", i);
            return;
        }
    }
}

enum conform_result conform_claim_sequence_case(const struct conform_case *at,
                                                struct snap_text *why)
{
    static const char *const retentions[] = {"NEVER_RETAIN_AFTER_TERMINATION", "RETAIN_ON_FAILURE",
                                             "RETAIN_ON_CANCELLATION"};
    json_t *config =
        json_pack("{s:i,s:i,s:i,s:i,s:i,s:i,s:b,s:b,s:I}", "source_vertices", 1, "other_vertices",
                  0, "source_parallelism", 1, "coordinators", 0, "max_concurrent", 1, "interval",
                  1000, "exactly_once", 1, "unaligned", 0, "retained",
                  (json_int_t)conform_integer(at->json, "num_retained"));
    struct player player = {.restored_from = conform_string(at->json, "restored_from")};
    int retention = 0;

    while (strcmp(retentions[retention], conform_string(at->json, "retention")))
        retention++;
    coordinator_rig_init(&player.rig, config);
    player.rig.coordinator.store.config.retention = (enum snap_retention)retention;
    snap_shared_registry_init(&player.registry, &player.rig.arena);
    play(&player, at->json, why);
    coordinator_rig_fini(&player.rig);
    json_decref(config);
    return conform_verdict(why);
}
