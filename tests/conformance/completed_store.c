// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "protocol/completed_store.h"
#include "snapshot_names.h"

struct rig {
    struct snap_arena arena;
    struct snap_completed_store store;
    bool external; /* the store is also kept outside of the process */
};

static size_t index_of(const char *name, const char *const *names, size_t count)
{
    size_t i = 0;

    while (i < count && strcmp(names[i], name))
        i++;
    SNAP_CHECK(i < count);
    return i;
}

static enum snap_retention retention_of(const char *name)
{
    static const char *const names[] = {"NEVER_RETAIN_AFTER_TERMINATION", "RETAIN_ON_FAILURE",
                                        "RETAIN_ON_CANCELLATION"};

    return (enum snap_retention)index_of(name, names, 3);
}

static enum snap_job_end end_of(const char *name)
{
    static const char *const names[] = {"FINISHED", "CANCELED", "FAILED", "SUSPENDED"};

    return (enum snap_job_end)index_of(name, names, 4);
}

static enum snap_store_kind store_of(const char *name)
{
    static const char *const names[] = {"standalone", "ha", "embedded"};

    return (enum snap_store_kind)index_of(name, names, 3);
}

static void set_kind(struct snap_checkpoint_record *record, const char *name)
{
    record->unclaimed = !strcmp(name, "restored_no_claim");
    record->kind = record->unclaimed ? SNAP_KIND_SAVEPOINT : conform_snapshot_kind(name);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The ids in the list, sorted or as they stand. */
static json_t *ids_of(const struct snap_record_list *list, bool sorted)
{
    int64_t *ids = calloc(list->count + 1, sizeof(*ids));
    json_t *json = json_array();
    size_t count = 0;

    for (const struct snap_checkpoint_record *at = list->first; at; at = at->next)
        ids[count++] = at->id;
    if (sorted)
        qsort(ids, count, sizeof(*ids), by_value);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(json, json_integer(ids[i]));
    free(ids);
    return json;
}

static void compare_list(const json_t *step, const char *key, const struct snap_record_list *list,
                         struct snap_text *why)
{
    json_t *actual = ids_of(list, strcmp(key, "kept") != 0);

    if (json_object_get(step, key))
        conform_same_json(why, key, json_object_get(step, key), actual);
    json_decref(actual);
}

static void run_add(struct rig *rig, const json_t *step, struct snap_text *why)
{
    struct snap_checkpoint_record *record =
        SNAP_ARENA_NEW(&rig->arena, struct snap_checkpoint_record);
    struct snap_store_outcome outcome;
    int64_t subsumed;

    record->id = conform_integer(step, "checkpoint");
    set_kind(record, conform_string(step, "snapshot"));
    outcome = snap_completed_store_add(&rig->store, record);
    subsumed = outcome.subsumed ? outcome.subsumed->id : SNAP_NO_CHECKPOINT;
    conform_same_integer(why, "subsumed_returned",
                         conform_integer_or(step, "subsumed_returned", SNAP_NO_CHECKPOINT),
                         subsumed);
    compare_list(step, "deleted", &outcome.deleted, why);
    conform_same_integer(why, "latest", conform_integer_or(step, "latest", record->id),
                         snap_completed_store_latest(&rig->store)->id);
    conform_same_integer(why, "latest_id", conform_integer(step, "latest_id"),
                         snap_completed_store_latest_id(&rig->store));
    if (rig->external)
        compare_list(step, "in_external_store", &rig->store.kept, why);
}

static void run_shutdown(struct rig *rig, const json_t *step, struct snap_text *why)
{
    enum snap_job_end end = end_of(conform_string(step, "job_status"));
    struct snap_record_list kept = rig->store.kept;
    json_t *left = end == SNAP_END_SUSPENDED ? ids_of(&kept, true) : json_array();
    struct snap_store_outcome outcome = snap_completed_store_shutdown(&rig->store, end);

    compare_list(step, "deleted", &outcome.deleted, why);
    if (rig->external)
        conform_same_json(why, "in_external_store", json_object_get(step, "in_external_store"),
                          left);
    json_decref(left);
}

static void run_sequence(const json_t *json, struct snap_text *why)
{
    struct snap_store_config config = {
        .kind = store_of(conform_string(json, "store")),
        .retention = retention_of(conform_string(json, "retention")),
        .retained_max = (uint32_t)conform_integer(json, "num_retained"),
    };
    struct rig rig = {.external = config.kind == SNAP_STORE_HIGH_AVAILABILITY};
    json_t *step;
    size_t i;

    snap_arena_init(&rig.arena);
    snap_completed_store_init(&rig.store, &config);
    json_array_foreach(conform_array(json, "steps"), i, step)
    {
        if (!strcmp(conform_string(step, "op"), "add"))
            run_add(&rig, step, why);
        else
            run_shutdown(&rig, step, why);
        compare_list(step, "kept", &rig.store.kept, why);
        if (why->length) {
            snap_text_printf(why, "at step %zu\n", i);
            break;
        }
    }
    snap_arena_fini(&rig.arena);
}

static void run_property_row(const json_t *row, struct snap_text *why)
{
    static const char *const keys[] = {"delete_when_finished", "delete_when_canceled",
                                       "delete_when_failed", "delete_when_suspended"};
    struct snap_checkpoint_record record = {0};
    enum snap_retention retention =
        retention_of(conform_string_or(row, "retention", "NEVER_RETAIN_AFTER_TERMINATION"));

    set_kind(&record, conform_string(row, "snapshot"));
    conform_same_integer(why, "is_savepoint", conform_boolean(row, "is_savepoint"),
                         snap_record_is_savepoint(&record));
    conform_same_integer(why, "is_synchronous", conform_boolean(row, "is_synchronous"),
                         snap_kind_is_stop(record.kind));
    conform_same_integer(why, "unclaimed", conform_boolean(row, "unclaimed"), record.unclaimed);
    conform_same_integer(why, "delete_when_subsumed", conform_boolean(row, "delete_when_subsumed"),
                         snap_record_deleted_when_subsumed(&record));
    for (size_t end = 0; end < 4; end++)
        conform_same_integer(why, keys[end], conform_boolean(row, keys[end]),
                             snap_record_deleted_at(&record, retention, (enum snap_job_end)end));
}

enum conform_result conform_completed_store_case(const struct conform_case *at,
                                                 struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");
    json_t *row;
    size_t i;

    if (!strcmp(kind, "store_sequence")) {
        run_sequence(at->json, why);
    } else if (!strcmp(kind, "property_table")) {
        json_array_foreach(conform_array(at->json, "rows"), i, row)
        {
            run_property_row(row, why);
        }
    } else if (!strcmp(kind, "claim_sequence")) {
        return conform_claim_sequence_case(at, why);
    } else {
        return conform_skip(why, kind);
    }
    return conform_verdict(why);
}
