// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "flink/canonical_entry.h"
#include "flink/keyed_file.h"
#include "flink/snappy.h"

enum { NO_MORE_STATES = 0xffff, LAST_OF_STATE = 0x80 };

static uint32_t group_count(const struct snap_keyed_reader *reader)
{
    return (uint32_t)reader->file.handle->group_count;
}

/* Returns the first offset that a key group has, the end of the data if none has. */
static uint64_t first_offset(const struct snap_keyed_file *file)
{
    uint64_t first = file->data.count;

    for (int32_t i = 0; i < file->handle->group_count; i++) {
        int64_t offset = file->handle->offsets[i];

        if (offset > 0 && (uint64_t)offset < first)
            first = (uint64_t)offset;
    }
    return first;
}

/* Handles of checkpoints once pointed at either layout. A native file has every key group, and its
 * number in front of it. */
static enum snap_keyed_layout find_layout(const struct snap_keyed_file *file)
{
    const struct snap_keyed_handle *handle = file->handle;

    if (handle->type == SNAP_KEYED_SAVEPOINT)
        return SNAP_LAYOUT_CANONICAL;
    if (handle->type == SNAP_KEYED_GROUPS)
        return SNAP_LAYOUT_NATIVE;
    for (int32_t i = 0; i < handle->group_count; i++) {
        uint64_t offset = (uint64_t)handle->offsets[i];
        struct snap_error error = {0};
        struct snap_byte_reader reader;

        if (offset == 0 || offset > file->data.count)
            return SNAP_LAYOUT_CANONICAL;
        snap_byte_reader_init(
            &reader, (struct snap_bytes){file->data.at + offset, file->data.count - offset}, 0,
            &error);
        if (snap_read_i4(&reader, "a key group") != handle->group_first + i)
            return SNAP_LAYOUT_CANONICAL;
    }
    return SNAP_LAYOUT_NATIVE;
}

/* Flink writes key groups one behind the other. */
static bool is_ordered(const struct snap_keyed_file *file)
{
    int64_t last = 0;

    for (int32_t i = 0; i < file->handle->group_count; i++) {
        int64_t offset = file->handle->offsets[i];

        if (offset == 0)
            continue;
        if (offset <= last)
            return false;
        last = offset;
    }
    return true;
}

bool snap_keyed_reader_open(struct snap_keyed_reader *reader, const struct snap_keyed_file *file,
                            struct snap_arena *arena, struct snap_error *error)
{
    struct snap_bytes head = file->data;
    struct snap_byte_reader bytes;

    *reader = (struct snap_keyed_reader){.file = *file, .error = error};
    reader->layout = find_layout(file);
    snap_byte_writer_init(&reader->plain, arena, NULL);
    head.count = (size_t)first_offset(file);
    snap_byte_reader_init(&bytes, head, 0, error);
    reader->is_ordered = is_ordered(file);
    reader->failed = !snap_keyed_head_read(&bytes, arena, &reader->head) ||
                     (reader->is_ordered &&
                      !snap_byte_reader_end(&bytes, "the head, where the first key group begins"));
    reader->order = SNAP_ARENA_ARRAY(arena, uint32_t, reader->head.states.count);
    reader->opened_in = SNAP_ARENA_ARRAY(arena, uint32_t, reader->head.states.count);
    return !reader->failed;
}

static bool fail(struct snap_keyed_reader *reader)
{
    reader->failed = true;
    return false;
}

/* The bytes of a key group end where those of the next one that has any begin, in files whose
 * groups are in order; else with the file. */
static struct snap_bytes group_bytes(const struct snap_keyed_reader *reader, uint32_t index)
{
    const int64_t *offsets = reader->file.handle->offsets;
    struct snap_bytes data = reader->file.data;
    size_t start = (size_t)offsets[index];
    size_t end = data.count;
    uint32_t next = index + 1;

    while (next < group_count(reader) && offsets[next] <= 0)
        next++;
    if (next < group_count(reader) && offsets[next] > offsets[index] &&
        (uint64_t)offsets[next] < end)
        end = (size_t)offsets[next];
    return (struct snap_bytes){data.at + start, end - start};
}

/* Makes the plain bytes of the next compressed stream the run. */
static bool decompress(struct snap_keyed_reader *reader)
{
    snap_byte_writer_clear(&reader->plain);
    if (!snap_snappy_read(&reader->group,
                          reader->layout == SNAP_LAYOUT_NATIVE ? SNAP_SNAPPY_ONE : SNAP_SNAPPY_ALL,
                          &reader->plain))
        return fail(reader);
    snap_byte_reader_init(&reader->run, snap_byte_writer_bytes(&reader->plain), 0, reader->error);
    return true;
}

static bool check_state(struct snap_keyed_reader *reader, uint32_t state)
{
    if (reader->run.failed)
        return fail(reader);
    if (state >= reader->head.states.count)
        return snap_byte_reader_fail(&reader->run,
                                     "state %" PRIu32 " of key group %" PRIu32
                                     " is none of the %" PRIu32 " that the head has",
                                     state, reader->key_group, reader->head.states.count) ||
               fail(reader);
    reader->state = state;
    return true;
}

/* Whether the state has parts of which the length is unknown. */
static bool is_opaque(const struct snap_keyed_head *head, const struct snap_state_meta *meta)
{
    if (!meta->value || snap_serializer_is_unknown(meta->value))
        return true;
    return meta->kind != SNAP_STATE_PRIORITY_QUEUE &&
           (!meta->name_space || snap_serializer_is_unknown(meta->name_space) ||
            snap_serializer_is_unknown(&head->key));
}

/* Begins the next state of a native key group. Returns false if there is none, or on failure. */
static bool open_native_run(struct snap_keyed_reader *reader)
{
    int32_t count;

    if (reader->runs_left == 0)
        return false;
    reader->runs_left--;
    if (reader->head.is_compressed && !decompress(reader))
        return false;
    if (!check_state(reader, snap_read_u2(&reader->run, "number of a state")))
        return false;
    count = snap_read_i4(&reader->run, "number of a state's entries");
    if (count < 0)
        snap_byte_reader_fail(&reader->run, "a state has %" PRId32 " entries", count);
    if (reader->run.failed)
        return fail(reader);
    reader->order[reader->order_count++] = reader->state;
    reader->opened_in[reader->state] = reader->next_group;
    reader->is_opaque = is_opaque(&reader->head, &reader->head.states.items[reader->state]);
    reader->entries_left = (uint32_t)count;
    reader->in_run = count > 0;
    return true;
}

static bool open_group(struct snap_keyed_reader *reader, uint32_t index)
{
    int64_t offset = reader->file.handle->offsets[index];
    bool is_native = reader->layout == SNAP_LAYOUT_NATIVE;

    reader->key_group = (uint32_t)reader->file.handle->group_first + index;
    if (offset < 0 || (uint64_t)offset > reader->file.data.count) {
        snap_error_set(reader->error, SNAP_ERROR_SNAPSHOT,
                       "key group %" PRIu32 " is said to begin at offset %" PRId64
                       ", the file has %zu bytes",
                       reader->key_group, offset, reader->file.data.count);
        return fail(reader);
    }
    snap_byte_reader_init(&reader->group, group_bytes(reader, index), (uint64_t)offset,
                          reader->error);
    if (is_native) {
        int32_t found = snap_read_i4(&reader->group, "a key group");

        if (!reader->group.failed && (uint32_t)found != reader->key_group)
            snap_byte_reader_fail(&reader->group, "key group %" PRIu32 " expected, found %" PRId32,
                                  reader->key_group, found);
        reader->runs_left = reader->head.states.count;
        reader->order_count = 0;
    }
    if (reader->group.failed)
        return fail(reader);
    reader->run = reader->group;
    reader->in_group = true;
    if (is_native)
        return true;
    if (reader->head.is_compressed && !decompress(reader))
        return false;
    if (!check_state(reader, snap_read_u2(&reader->run, "number of a state")))
        return false;
    reader->in_run = true;
    return true;
}

/* What lies behind the last entry would belong to a key group whose offset is lost. */
static bool check_used_up(struct snap_keyed_reader *reader)
{
    /* Native and not compressed, the group's own reader stands still where its states begin. */
    bool in_file = reader->head.is_compressed && snap_byte_reader_left(&reader->group) > 0;
    struct snap_byte_reader *rest = in_file ? &reader->group : &reader->run;
    size_t left = snap_byte_reader_left(rest);

    if (reader->in_group && reader->is_ordered && left > 0) {
        snap_byte_reader_fail(rest,
                              "the end of key group %" PRIu32
                              " expected, there are %zu bytes that belong to no key group",
                              reader->key_group, left);
        return fail(reader);
    }
    reader->in_group = false;
    return true;
}

/* Canonical: offset 0 stands for a key group without entries. */
static bool next_group(struct snap_keyed_reader *reader)
{
    if (!check_used_up(reader))
        return false;
    while (reader->next_group < group_count(reader)) {
        uint32_t index = reader->next_group++;

        if (reader->file.handle->offsets[index] != 0)
            return open_group(reader, index);
    }
    return false;
}

bool snap_keyed_reader_lost(const struct snap_keyed_reader *reader, uint32_t state)
{
    return reader->layout == SNAP_LAYOUT_NATIVE && !reader->head.is_compressed &&
           reader->opened_in[state] != reader->next_group;
}

static struct snap_bytes take(struct snap_byte_reader *run,
                              const struct snap_serializer *serializer)
{
    const uint8_t *start = run->at;

    snap_datum_skip_known(run, serializer);
    return (struct snap_bytes){start, (size_t)(run->at - start)};
}

/* An entry of a native key group: namespace, key, value; of timers the element alone. */
static bool next_native(struct snap_keyed_reader *reader, struct snap_keyed_item *item)
{
    const struct snap_state_meta *meta = &reader->head.states.items[reader->state];
    bool is_queue = meta->kind == SNAP_STATE_PRIORITY_QUEUE;
    struct snap_byte_reader *run = &reader->run;

    reader->in_run = --reader->entries_left > 0;
    if (reader->is_opaque) {
        item->is_opaque = true;
        item->value = snap_read_bytes(run, snap_byte_reader_left(run), "entries");
        reader->in_run = false;
        /* Where the next state begins is not known, unless each is compressed on its own. */
        if (!reader->head.is_compressed)
            reader->runs_left = 0;
        return true;
    }
    if (!is_queue) {
        item->name_space = take(run, meta->name_space);
        item->key = take(run, &reader->head.key);
    }
    item->value = take(run, meta->value);
    if (is_queue && !run->failed)
        snap_timer_split(run, meta->value, item);
    return !run->failed || fail(reader);
}

/* Behind the last entry of a state stands the next state, or that there is none. */
static bool next_canonical(struct snap_keyed_reader *reader, struct snap_keyed_item *item)
{
    struct snap_byte_reader *run = &reader->run;
    struct snap_canonical_entry entry = {.head = &reader->head,
                                         .state = reader->state,
                                         .max_parallelism = reader->file.max_parallelism,
                                         .offset = snap_byte_reader_offset(run)};

    entry.key = snap_read_blob(run, "key of an entry");
    entry.value = snap_read_blob(run, "value of an entry");
    if (!run->failed && entry.key.count == 0)
        snap_byte_reader_fail(run, "the key of an entry is empty");
    if (run->failed || !snap_canonical_entry_split(&entry, item, reader->error))
        return fail(reader);
    if (item->key_group != reader->key_group) {
        snap_byte_reader_fail(run, "an entry of key group %" PRIu32 " stands in %" PRIu32,
                              item->key_group, reader->key_group);
        return fail(reader);
    }
    if (entry.key.at[0] & LAST_OF_STATE) {
        uint32_t state = snap_read_u2(run, "number of a state");

        reader->in_run = state != NO_MORE_STATES;
        if (reader->in_run || run->failed)
            return check_state(reader, state);
    }
    return true;
}

/* Member by member: compilers clear a struct of this size as a whole, which takes longer than
 * reading an entry does. */
static void start_item(const struct snap_keyed_reader *reader, struct snap_keyed_item *item)
{
    const struct snap_bytes nothing = {NULL, 0};

    item->key_group = reader->key_group;
    item->state = reader->state;
    item->key = nothing;
    item->name_space = nothing;
    item->user_key = nothing;
    item->value = nothing;
    item->is_null = false;
    item->is_timer = false;
    item->is_opaque = false;
    item->time_ms = 0;
    item->offset = snap_byte_reader_offset(&reader->run);
}

bool snap_keyed_reader_next(struct snap_keyed_reader *reader, struct snap_keyed_item *item)
{
    while (!reader->failed && !reader->in_run)
        if (!open_native_run(reader) && (reader->failed || !next_group(reader)))
            return false;
    if (reader->failed)
        return false;
    start_item(reader, item);
    return reader->layout == SNAP_LAYOUT_NATIVE ? next_native(reader, item)
                                                : next_canonical(reader, item);
}
