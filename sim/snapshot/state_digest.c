// SPDX-License-Identifier: Apache-2.0
#include "snapshot/state_digest.h"

#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "operators/split_state.h"
#include "state/keyed_copy.h"

static uint64_t hash_value(enum snap_value_kind kind, union snap_value value)
{
    return kind == SNAP_VALUE_STRING ? value.string->hash
                                     : snap_mix64((uint64_t)value.number + SNAP_HASH_START);
}

static uint64_t entry_digest(const struct snap_keyed_snapshot *keyed, struct snap_keyed_entry entry,
                             uint64_t salt)
{
    uint64_t key = hash_value(keyed->schema.key, entry.key);
    uint64_t value = hash_value(keyed->schema.value, entry.value);

    return snap_mix64(snap_mix64(key ^ salt) + value);
}

/* No matter whether it is still being copied. */
static uint64_t keyed_digest(const struct snap_keyed_snapshot *keyed, uint64_t salt)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; keyed->copy && i < keyed->copy->count; i++)
        sum += entry_digest(keyed, snap_keyed_copy_entry(keyed->copy, i), salt);
    for (uint32_t g = 0; !keyed->copy && g < keyed->group_count; g++)
        for (uint32_t i = keyed->group_starts[g]; i < keyed->group_starts[g + 1]; i++)
            sum += entry_digest(keyed, keyed->entries[i], salt);
    return sum;
}

static uint64_t scoped_item_digest(enum snap_value_kind kind, const struct snap_scoped_item *item)
{
    const struct snap_window_cell *cell = &item->cell;
    const uint64_t parts[] = {
        hash_value(kind, item->scope.key),
        (uint64_t)item->scope.start_ms,
        (uint64_t)item->scope.end_ms,
        (uint64_t)item->scope.time_ms,
        (uint64_t)cell->value,
        cell->count,
        cell->name_sum,
        cell->name_xor,
        cell->origin_least,
        cell->firings,
    };

    return snap_hash_bytes(parts, sizeof(parts));
}

/* Windows and timers. */
static uint64_t scoped_digest(const struct snap_scoped_snapshot *scoped, uint64_t salt)
{
    uint64_t sum = 0;

    for (uint32_t g = 0; g < scoped->group_count; g++)
        for (uint32_t i = scoped->group_starts[g]; i < scoped->group_starts[g + 1]; i++)
            sum += snap_mix64(salt ^ scoped_item_digest(scoped->key_kind, &scoped->items[i]));
    return sum;
}

/* By its place in the source. One that is used up does not go into files. */
static uint64_t split_digest(const struct snap_operator *op, const struct snap_list_item *item,
                             uint64_t salt, bool *is_used_up)
{
    struct snap_split_item split;

    SNAP_CHECK(item->bytes == sizeof(split));
    memcpy(&split, item->data, sizeof(split));
    split.split -= op->split_first;
    *is_used_up = snap_split_is_used_up(op, item);
    return snap_mix64(salt ^ snap_hash_bytes(&split, sizeof(split)));
}

/* Items of lists that only the program understands are not asked for again: who is asked for them
 * may do anything. */
static bool has_own_lists(const struct snap_operator *op)
{
    return snap_operator_class_of(op)->show_keyed != NULL;
}

/* A program's operator that declares no state takes the first one as its own, whatever its name. */
static bool takes_any_name(const struct snap_operator *op)
{
    return has_own_lists(op) && !snap_operator_class_of(op)->states;
}

/* Not by place: a file may have fewer states, or in another order. */
static uint64_t name_salt(const char *name)
{
    return snap_mix64(snap_hash_bytes(name, strlen(name)));
}

static bool has_splits(const struct snap_operator *op)
{
    return op->type->role == SNAP_ROLE_SOURCE && !op->type->split_is_subtask;
}

static void add_list_digest(struct snap_state_digest *digest, const struct snap_operator *op,
                            const struct snap_list_snapshot *list, uint64_t salt)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct snap_list_item *item = &list->items[i];
        bool stays = list->of_subtask;
        uint64_t part = op->type->role == SNAP_ROLE_SOURCE
                            ? split_digest(op, item, salt, &stays)
                            : snap_mix64(salt ^ snap_hash_bytes(item->data, item->bytes));

        digest->all += part;
        digest->dealt += stays ? 0 : part;
    }
}

void snap_state_digest_add(struct snap_state_digest *digest,
                           const struct snap_operator_state *taken, const struct snap_operator *op)
{
    struct snap_arena scratch = {0};
    const struct snap_operator_state seen = snap_keyed_copies_seen(taken, &scratch);
    const struct snap_operator_state *state = &seen;
    uint64_t salt = snap_hash_bytes(op->uid, strlen(op->uid));
    uint64_t sum = 0;

    if (takes_any_name(op) && state->keyed_count > 0)
        sum += keyed_digest(&state->keyed[0], salt);
    for (uint32_t i = 0; i < state->keyed_count && !takes_any_name(op); i++)
        sum += keyed_digest(&state->keyed[i], salt ^ name_salt(state->keyed[i].name));
    for (uint32_t i = 0; i < state->list_count && !has_own_lists(op); i++) {
        const struct snap_list_snapshot *list = &state->lists[i];

        if (list->mode == SNAP_LIST_SPLIT && !list->holds_addresses &&
            (!digest->is_read || has_splits(op)))
            add_list_digest(digest, op, list, salt ^ name_salt(list->name));
    }
    for (uint32_t i = 0; i < state->scoped_count; i++)
        sum += scoped_digest(&state->scoped[i], salt ^ name_salt(state->scoped[i].name));
    digest->all += sum;
    digest->dealt += sum;
    snap_arena_fini(&scratch);
}

bool snap_state_digest_counts(const struct snap_operator *op)
{
    const struct snap_operator_class *class = snap_operator_class_of(op);

    if (class->show_keyed)
        return true;
    if (!class->snapshot || class->notify_complete || class->rules.holds)
        return false;
    return !class->produce || ((const struct snap_source_settings *)op->settings)->replayable;
}

uint64_t snap_state_digest_read(const struct snap_savepoint *savepoint)
{
    const struct snap_job *job = savepoint->job;
    struct snap_state_digest digest = {.is_read = true};

    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        for (uint32_t t = 0; t < vertex->parallelism; t++) {
            const struct snap_task_snapshot *taken = savepoint->tasks[vertex->task_first + t];

            for (uint32_t p = 0; taken && p < vertex->operator_count; p++) {
                const struct snap_operator *op = &job->operators[vertex->operators[p]];

                if (op->type && snap_state_digest_counts(op))
                    snap_state_digest_add(&digest, &taken->operators[p], op);
            }
        }
    }
    return digest.dealt;
}
