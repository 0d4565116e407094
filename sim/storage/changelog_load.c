// SPDX-License-Identifier: Apache-2.0
#include "storage/changelog_load.h"

#include <string.h>

#include "flink/java_text.h"
#include "storage/keyed_states.h"
#include "storage/snapshot_stream.h"
#include "storage/state_types.h"

bool snap_changelog_open(const struct snap_snapshot_reading *reading,
                         const struct snap_keyed_handle *handle,
                         struct snap_changelog_source *changes, const char **last_path,
                         struct snap_error *error)
{
    struct snap_changelog_part *parts;
    uint32_t most = 0;

    for (uint32_t i = 0; i < handle->changes.count; i++)
        most += handle->changes.items[i].part_count;
    parts = SNAP_ARENA_ARRAY(reading->arena, struct snap_changelog_part, most);
    changes->parts = parts;
    for (uint32_t i = 0; i < handle->changes.count; i++) {
        const struct snap_keyed_handle *set = &handle->changes.items[i];

        if (set->inline_change_count > 0)
            return snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                                  "%s: a change log in memory cannot be restored here; one with "
                                  "state.changelog.storage: filesystem can",
                                  reading->site.metadata);
        for (uint32_t p = 0; p < set->part_count; p++) {
            struct snap_changelog_part *part = &parts[changes->part_count++];
            struct snap_stream_handle handle_of = set->parts[p].stream;
            struct snap_found_stream stream;

            /* The size is that of this job's changes; a file may hold more, and has a mark. */
            handle_of.size = handle_of.type == SNAP_STREAM_SEGMENT ? handle_of.size : -1;
            if (!snap_snapshot_open_stream(reading, &handle_of, &stream, error))
                return false;
            *last_path = stream.path;
            part->file = stream.bytes;
            part->offset = set->parts[p].offset;
        }
    }
    return true;
}

struct loading {
    const struct snap_changelog_parts *parts;
    struct snap_arena *arena;
    struct snap_changelog_state changes;
};

/* The position of a state in the log's head; its number of states if it has none of the name. */
static uint32_t find_in_log(const struct loading *loading, const char *name)
{
    const struct snap_state_metas *states = &loading->changes.head.states;
    uint32_t i = 0;

    while (i < states->count &&
           strcmp((const char *)snap_java_text(loading->arena, states->items[i].name).at, name) !=
               0)
        i++;
    return i;
}

/* Whether a change touches the key, whose bytes are made for it. */
static bool is_touched(const struct loading *loading, const struct snap_keyed_snapshot *of,
                       uint32_t log_state, union snap_value key)
{
    static const uint8_t no_namespace = 0;
    struct snap_keyed_item item = {.state = log_state, .name_space = {&no_namespace, 1}};
    struct snap_byte_writer bytes;

    if (log_state == loading->changes.head.states.count)
        return false;
    snap_byte_writer_init(&bytes, loading->arena, NULL);
    snap_state_value_write(&bytes, of->schema.key, key);
    item.key = snap_byte_writer_bytes(&bytes);
    return snap_changelog_state_touches(&loading->changes, &item);
}

static uint32_t entries_of(const struct snap_keyed_snapshot *of)
{
    return of ? of->group_starts[of->group_count] : 0;
}

static void copy_group(const struct snap_keyed_snapshot *from, uint32_t group,
                       struct snap_keyed_entry *entries, uint32_t *count)
{
    uint32_t index = from ? group - from->group_first : 0;

    if (!from || index >= from->group_count)
        return;
    for (uint32_t i = from->group_starts[index]; i < from->group_starts[index + 1]; i++)
        entries[(*count)++] = from->entries[i];
}

/* Of each key group what is left of the base, then what the log set. */
static void merge(const struct loading *loading, const struct snap_keyed_snapshot *base,
                  const struct snap_keyed_snapshot *log, struct snap_operator_state *state)
{
    uint32_t log_state = find_in_log(loading, base->name);
    struct snap_keyed_snapshot merged = *base;
    struct snap_keyed_entry *entries = SNAP_ARENA_ARRAY(loading->arena, struct snap_keyed_entry,
                                                        entries_of(base) + entries_of(log));
    uint32_t *starts = SNAP_ARENA_ARRAY(loading->arena, uint32_t, (size_t)base->group_count + 1);
    uint32_t count = 0;

    for (uint32_t g = 0; g < base->group_count; g++) {
        starts[g] = count;
        for (uint32_t i = base->group_starts[g]; i < base->group_starts[g + 1]; i++)
            if (!is_touched(loading, base, log_state, base->entries[i].key))
                entries[count++] = base->entries[i];
        copy_group(log, base->group_first + g, entries, &count);
    }
    starts[base->group_count] = count;
    merged.entries = entries;
    merged.group_starts = starts;
    snap_operator_state_add_keyed(state, loading->arena, &merged);
}

/* Windows that a log changes would have timers in it, which it is refused for. */
static void add_all(const struct loading *loading, const struct snap_operator_state *log,
                    struct snap_operator_state *state)
{
    const struct snap_operator_state *base = loading->parts->base;

    for (uint32_t i = 0; i < base->keyed_count; i++)
        merge(loading, &base->keyed[i], snap_operator_state_find_keyed(log, base->keyed[i].name),
              state);
    for (uint32_t i = 0; i < log->keyed_count; i++)
        if (!snap_operator_state_find_keyed(base, log->keyed[i].name))
            snap_operator_state_add_keyed(state, loading->arena, &log->keyed[i]);
    for (uint32_t i = 0; i < base->scoped_count; i++)
        snap_operator_state_add_scoped(state, loading->arena, &base->scoped[i]);
    state->bytes += base->bytes + log->bytes;
}

bool snap_changelog_load(const struct snap_changelog_parts *parts, struct snap_arena *arena,
                         struct snap_operator_state *state, struct snap_error *error)
{
    struct loading loading = {.parts = parts, .arena = arena};
    struct snap_state_bytes from = *parts->from;
    struct snap_operator_state log = {.bytes = 0};

    if (parts->changes.part_count > 0) {
        if (!snap_changelog_state_load(&loading.changes, &parts->changes, arena, error))
            return error->code != SNAP_OK
                       ? false
                       : snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                                        "keyed state of operator \"%s\" is in a change log with "
                                        "changes of lists, maps or timers, or compressed: only "
                                        "those of values are applied here; a canonical savepoint "
                                        "can be restored",
                                        from.of->uid);
        from.changes = &loading.changes;
        if (!snap_keyed_states_read(&from, parts->handle, arena, &log, error))
            return false;
    }
    if (log.scoped_count > 0)
        return snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                              "windows of operator \"%s\" are in a change log, whose changes are "
                              "not applied here; a canonical savepoint can be restored",
                              from.of->uid);
    add_all(&loading, &log, state);
    return true;
}
