// SPDX-License-Identifier: Apache-2.0
#include "protocol/shared_state_registry.h"

#include <string.h>

#include "base/check.h"
#include "base/hash.h"

enum { FIRST_SLOTS = 16 };

/* ---- entries by key ---- */

/* Returns the slot of the key, or the free one where it belongs. */
static uint32_t slot_of(const struct snap_shared_registry *registry, const char *key)
{
    uint32_t at = (uint32_t)snap_hash_bytes(key, strlen(key)) & registry->slot_mask;

    while (registry->slots[at] && strcmp(registry->entries[registry->slots[at] - 1].key, key) != 0)
        at = (at + 1) & registry->slot_mask;
    return at;
}

static void fill_slots(struct snap_shared_registry *registry)
{
    memset(registry->slots, 0, ((size_t)registry->slot_mask + 1) * sizeof(*registry->slots));
    for (uint32_t i = 0; i < registry->count; i++)
        registry->slots[slot_of(registry, registry->entries[i].key)] = i + 1;
}

/* Half of the slots at least stay free. */
static void make_room(struct snap_shared_registry *registry)
{
    uint32_t slots = registry->slot_mask + 1;

    if (registry->slots && 2 * (registry->count + 1) <= slots)
        return;
    slots = registry->slots ? 2 * slots : FIRST_SLOTS;
    registry->slots = SNAP_ARENA_ARRAY(registry->arena, uint32_t, slots);
    registry->slot_mask = slots - 1;
    fill_slots(registry);
}

static void add_entry(struct snap_shared_registry *registry, const struct snap_shared_use *use)
{
    struct snap_shared_entry entry = {.created_by = use->checkpoint,
                                      .last_used_by = use->checkpoint};

    /* Who creates a file cannot yet be the one who goes on with another's. */
    make_room(registry);
    entry.key = snap_arena_strdup(registry->arena, use->key);
    entry.file = snap_arena_strdup(registry->arena, use->file);
    registry->slots[slot_of(registry, entry.key)] = registry->count + 1;
    registry->entries = snap_arena_grow(registry->arena, registry->entries, registry->count,
                                        &registry->capacity, sizeof(*registry->entries));
    registry->entries[registry->count++] = entry;
}

/* ---- restored snapshots ---- */

static struct snap_shared_snapshot *find_snapshot(const struct snap_shared_registry *registry,
                                                  snap_checkpoint_id id)
{
    for (uint32_t i = 0; i < registry->snapshot_count; i++)
        if (registry->snapshots[i].restored.id == id)
            return &registry->snapshots[i];
    return NULL;
}

static void note_used(const struct snap_shared_registry *registry,
                      const struct snap_shared_entry *entry)
{
    struct snap_shared_snapshot *creator = find_snapshot(registry, entry->created_by);

    if (creator && (entry->keeps_creator || creator->restored.is_self_contained))
        creator->is_used = true;
}

/* ---- events ---- */

void snap_shared_registry_init(struct snap_shared_registry *registry, struct snap_arena *arena)
{
    memset(registry, 0, sizeof(*registry));
    registry->arena = arena;
    registry->unclaimed_highest = SNAP_NO_CHECKPOINT;
    make_room(registry);
}

enum snap_shared_result snap_shared_registry_register(struct snap_shared_registry *registry,
                                                      const struct snap_shared_use *use,
                                                      const char **file)
{
    struct snap_shared_entry *entry;
    uint32_t at;

    SNAP_CHECK(use->key && use->checkpoint != SNAP_NO_CHECKPOINT);
    if (registry->is_closed)
        return SNAP_SHARED_CLOSED;
    at = registry->slots[slot_of(registry, use->key)];
    if (at == 0) {
        if (!use->file)
            return SNAP_SHARED_UNKNOWN;
        add_entry(registry, use);
        entry = &registry->entries[registry->count - 1];
    } else {
        entry = &registry->entries[at - 1];
        if (use->file && strcmp(use->file, entry->file) != 0)
            return SNAP_SHARED_CONFLICT;
        if (use->checkpoint > entry->last_used_by)
            entry->last_used_by = use->checkpoint;
        entry->keeps_creator = entry->keeps_creator || use->keeps_creator;
    }
    if (file)
        *file = entry->file;
    return SNAP_SHARED_REGISTERED;
}

void snap_shared_registry_restored(struct snap_shared_registry *registry,
                                   const struct snap_shared_restored *restored)
{
    struct snap_shared_snapshot *snapshot = find_snapshot(registry, restored->id);

    if (!snapshot) {
        registry->snapshots =
            snap_arena_grow(registry->arena, registry->snapshots, registry->snapshot_count,
                            &registry->snapshot_capacity, sizeof(*registry->snapshots));
        snapshot = &registry->snapshots[registry->snapshot_count++];
    }
    *snapshot = (struct snap_shared_snapshot){.restored = *restored};
    if (!restored->is_claimed && restored->id > registry->unclaimed_highest)
        registry->unclaimed_highest = restored->id;
}

bool snap_shared_registry_drop(struct snap_shared_registry *registry, snap_checkpoint_id checkpoint)
{
    struct snap_shared_snapshot *snapshot = find_snapshot(registry, checkpoint);

    if (!snapshot)
        return true;
    SNAP_CHECK(!snapshot->is_dropped);
    snapshot->is_dropped = true;
    return false;
}

static void add_gone(struct snap_shared_registry *registry, const char *file)
{
    registry->gone = snap_arena_grow(registry->arena, registry->gone, registry->gone_count,
                                     &registry->gone_capacity, sizeof(*registry->gone));
    registry->gone[registry->gone_count++] = file;
}

/* Entries that stay keep their order. */
static void sort_out(struct snap_shared_registry *registry, snap_checkpoint_id lowest)
{
    uint32_t kept = 0;

    registry->gone_count = 0;
    for (uint32_t i = 0; i < registry->count; i++) {
        const struct snap_shared_entry *entry = &registry->entries[i];

        if (entry->last_used_by >= lowest) {
            note_used(registry, entry);
            registry->entries[kept++] = *entry;
        } else if (entry->created_by > registry->unclaimed_highest) {
            add_gone(registry, entry->file);
        }
    }
    registry->count = kept;
    fill_slots(registry);
}

struct snap_shared_outcome snap_shared_registry_release(struct snap_shared_registry *registry,
                                                        snap_checkpoint_id lowest)
{
    struct snap_shared_outcome outcome = {0};
    snap_checkpoint_id *used =
        SNAP_ARENA_ARRAY(registry->arena, snap_checkpoint_id, registry->snapshot_count);
    snap_checkpoint_id *gone =
        SNAP_ARENA_ARRAY(registry->arena, snap_checkpoint_id, registry->snapshot_count);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < registry->snapshot_count; i++)
        registry->snapshots[i].is_used = false;
    sort_out(registry, lowest);
    outcome.files = registry->gone;
    outcome.file_count = registry->gone_count;
    for (uint32_t i = 0; i < registry->snapshot_count; i++) {
        struct snap_shared_snapshot snapshot = registry->snapshots[i];

        if (snapshot.is_used)
            used[outcome.used_count++] = snapshot.restored.id;
        if (snapshot.is_dropped && !snapshot.is_used && snapshot.restored.id < lowest)
            gone[outcome.snapshot_count++] = snapshot.restored.id;
        else
            registry->snapshots[kept++] = snapshot;
    }
    registry->snapshot_count = kept;
    outcome.used = used;
    outcome.snapshots = gone;
    return outcome;
}

void snap_shared_registry_close(struct snap_shared_registry *registry)
{
    registry->is_closed = true;
}
