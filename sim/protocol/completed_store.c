// SPDX-License-Identifier: Apache-2.0
#include "protocol/completed_store.h"

#include <string.h>

#include "base/check.h"

void snap_record_list_add(struct snap_record_list *list, struct snap_checkpoint_record *record)
{
    record->next = NULL;
    if (list->last)
        list->last->next = record;
    else
        list->first = record;
    list->last = record;
    list->count++;
}

struct snap_checkpoint_record *snap_record_list_take(struct snap_record_list *list)
{
    struct snap_checkpoint_record *record = list->first;

    if (!record)
        return NULL;
    list->first = record->next;
    if (!list->first)
        list->last = NULL;
    list->count--;
    record->next = NULL;
    return record;
}

void snap_completed_store_init(struct snap_completed_store *store,
                               const struct snap_store_config *config)
{
    SNAP_CHECK(config->retained_max > 0);
    memset(store, 0, sizeof(*store));
    store->config = *config;
}

bool snap_record_is_savepoint(const struct snap_checkpoint_record *record)
{
    return record->unclaimed || snap_kind_is_savepoint(record->kind);
}

bool snap_record_deleted_when_subsumed(const struct snap_checkpoint_record *record)
{
    return !snap_record_is_savepoint(record);
}

bool snap_record_deleted_at(const struct snap_checkpoint_record *record,
                            enum snap_retention retention, enum snap_job_end end)
{
    if (snap_record_is_savepoint(record))
        return false;
    switch (retention) {
    case SNAP_RETAIN_NONE:
        return true;
    case SNAP_RETAIN_ON_FAILURE:
        return end != SNAP_END_FAILED;
    case SNAP_RETAIN_ON_CANCELLATION:
        return end == SNAP_END_FINISHED;
    }
    SNAP_CHECK(false);
    return false;
}

static const struct snap_checkpoint_record *
newest_checkpoint(const struct snap_completed_store *store)
{
    const struct snap_checkpoint_record *newest = NULL;

    for (const struct snap_checkpoint_record *at = store->kept.first; at; at = at->next)
        if (!snap_record_is_savepoint(at))
            newest = at;
    return newest;
}

/* Moves what is above the number to retain to the waiting list, oldest first. */
static const struct snap_checkpoint_record *drop_old(struct snap_completed_store *store)
{
    const struct snap_checkpoint_record *latest = store->kept.last;
    const struct snap_checkpoint_record *newest = newest_checkpoint(store);
    const struct snap_checkpoint_record *dropped = NULL;
    struct snap_record_list all = store->kept;
    uint32_t left = all.count; /* kept so far and still to look at */
    struct snap_checkpoint_record *at;

    memset(&store->kept, 0, sizeof(store->kept));
    while ((at = snap_record_list_take(&all))) {
        /* After a stop savepoint the job ends: it replaces every checkpoint. */
        bool may_go = at != latest && (at != newest || snap_kind_is_stop(latest->kind));

        /* Goes on behind one that must stay: savepoints in between may still be dropped. */
        if (left <= store->config.retained_max || !may_go) {
            snap_record_list_add(&store->kept, at);
            continue;
        }
        snap_record_list_add(&store->waiting, at);
        left--;
        if (!dropped || at->id > dropped->id)
            dropped = at;
    }
    return dropped;
}

snap_checkpoint_id snap_completed_store_lowest(const struct snap_completed_store *store)
{
    snap_checkpoint_id lowest = INT64_MAX;

    for (const struct snap_checkpoint_record *at = store->kept.first; at; at = at->next)
        if (!snap_record_is_savepoint(at) && at->id < lowest)
            lowest = at->id;
    return lowest == INT64_MAX ? INT64_MIN : lowest;
}

/* Hands out what waits and has an id below `lowest`. */
static void clean_waiting(struct snap_completed_store *store, snap_checkpoint_id lowest,
                          struct snap_store_outcome *outcome)
{
    struct snap_record_list all = store->waiting;
    struct snap_checkpoint_record *at;

    memset(&store->waiting, 0, sizeof(store->waiting));
    while ((at = snap_record_list_take(&all))) {
        /* What is never deleted has nothing to wait for. */
        if (!snap_record_deleted_when_subsumed(at))
            snap_record_list_add(&outcome->released, at);
        else if (at->id < lowest)
            snap_record_list_add(&outcome->deleted, at);
        else
            snap_record_list_add(&store->waiting, at);
    }
}

struct snap_store_outcome snap_completed_store_add(struct snap_completed_store *store,
                                                   struct snap_checkpoint_record *record)
{
    struct snap_store_outcome outcome = {.subsumed_told = SNAP_NO_CHECKPOINT};

    snap_record_list_add(&store->kept, record);
    outcome.subsumed = drop_old(store);
    if (outcome.subsumed && snap_record_deleted_when_subsumed(outcome.subsumed))
        outcome.subsumed_told = outcome.subsumed->id;
    clean_waiting(store, snap_completed_store_lowest(store), &outcome);
    SNAP_CHECK(store->kept.last == record);
    return outcome;
}

static void release_all(struct snap_record_list *from, struct snap_store_outcome *outcome)
{
    struct snap_checkpoint_record *at;

    while ((at = snap_record_list_take(from)))
        snap_record_list_add(&outcome->released, at);
}

struct snap_store_outcome snap_completed_store_shutdown(struct snap_completed_store *store,
                                                        enum snap_job_end end)
{
    struct snap_store_outcome outcome = {.subsumed_told = SNAP_NO_CHECKPOINT};
    snap_checkpoint_id lowest = INT64_MAX;
    struct snap_checkpoint_record *at;
    bool keeps_all =
        store->config.kind == SNAP_STORE_EMBEDDED ||
        (store->config.kind == SNAP_STORE_HIGH_AVAILABILITY && end == SNAP_END_SUSPENDED);

    if (keeps_all) {
        release_all(&store->kept, &outcome);
        release_all(&store->waiting, &outcome);
        return outcome;
    }
    while ((at = snap_record_list_take(&store->kept))) {
        bool deleted = snap_record_deleted_at(at, store->config.retention, end);

        snap_record_list_add(deleted ? &outcome.deleted : &outcome.released, at);
        if (!deleted && at->id < lowest)
            lowest = at->id;
    }
    /* A suspended job may go on elsewhere: what waits is left to whoever takes over. */
    if (end != SNAP_END_SUSPENDED)
        clean_waiting(store, lowest, &outcome);
    /* What still waits is newer than something retained, and left behind for good. */
    release_all(&store->waiting, &outcome);
    return outcome;
}

struct snap_checkpoint_record *snap_completed_store_latest(const struct snap_completed_store *store)
{
    return store->kept.last;
}

snap_checkpoint_id snap_completed_store_latest_id(const struct snap_completed_store *store)
{
    return store->kept.last ? store->kept.last->id : 0;
}
