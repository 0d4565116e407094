// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_dropped.h"

#include <string.h>

#include "base/text.h"
#include "flink/java_text.h"
#include "flink/metadata.h"
#include "flink/state_meta.h"
#include "storage/snapshot_stream.h"

/* More names of one operator are "others". */
enum { NAMES_MAX = 16 };

struct names {
    const struct snap_snapshot_reading *reading;
    const char *items[NAMES_MAX];
    uint32_t count;
    bool has_more;
};

static void add_text(struct names *names, const char *text)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], text) == 0)
            return;
    names->has_more = names->has_more || names->count == NAMES_MAX;
    if (names->count < NAMES_MAX)
        names->items[names->count++] = text;
}

static void add_name(struct names *names, struct snap_bytes name)
{
    struct snap_arena *arena = names->reading->arena;

    add_text(names, snap_arena_printf(arena, "\"%s\"", (char *)snap_java_text(arena, name).at));
}

static bool read_head(struct names *names, const struct snap_keyed_handle *handle,
                      struct snap_keyed_head *head)
{
    struct snap_error ignored = {0};
    struct snap_found_stream found;
    struct snap_byte_reader bytes;
    struct snap_snapshot_reading quiet = *names->reading;

    quiet.moved = NULL;
    if (handle->stream.type == SNAP_STREAM_NONE ||
        !snap_snapshot_open_stream(&quiet, &handle->stream, &found, &ignored))
        return false;
    snap_byte_reader_init(&bytes, found.bytes, 0, &ignored);
    return snap_keyed_head_read(&bytes, quiet.arena, head);
}

static void add_keyed(struct names *names, const struct snap_keyed_handle *handle)
{
    struct snap_keyed_head head = {.is_compressed = false};

    if (handle->type == SNAP_KEYED_NONE)
        return;
    if (!read_head(names, handle, &head)) {
        add_text(names, "keyed state");
        return;
    }
    for (uint32_t i = 0; i < head.states.count; i++)
        add_name(names, head.states.items[i].name);
}

static void add_subtask(struct names *names, const struct snap_metadata_subtask *subtask)
{
    for (uint32_t i = 0; i < subtask->managed_operator.list_count; i++)
        add_name(names, subtask->managed_operator.lists[i].name);
    add_keyed(names, &subtask->managed_keyed);
    if (subtask->raw_operator.list_count > 0 || subtask->raw_keyed.type != SNAP_KEYED_NONE)
        add_text(names, "raw state");
    if (subtask->input_count > 0 || subtask->result_count > 0)
        add_text(names, "data in flight");
}

static void add_operator(struct snap_text *text, const struct snap_snapshot_reading *reading,
                         uint32_t index)
{
    const struct snap_metadata_operator *from = &reading->metadata->operators[index];
    const struct snap_image_operator *of = &reading->image.operators[index];
    struct names names = {.reading = reading};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t s = 0; s < from->subtask_count; s++)
        if (!from->subtasks[s].is_finished)
            add_subtask(&names, &from->subtasks[s]);
    if (of->has_coordinator_state)
        add_text(&names, "its coordinator's state");
    snap_operator_id_format(&of->id, id);
    snap_text_printf(text, "Dropped: operator %s, which this job does not have:",
                     *of->uid    ? of->uid
                     : *of->name ? of->name
                                 : id);
    for (uint32_t i = 0; i < names.count; i++)
        snap_text_printf(text, "%s %s", i ? "," : "", names.items[i]);
    snap_text_add_string(text, names.has_more ? ", and others\n" : "\n");
}

static void add_unread(struct snap_text *text, const struct snap_image_operator *of)
{
    for (uint32_t n = 0; of->unread && n < of->unread->count; n++)
        snap_text_printf(text,
                         "Dropped: state \"%s\" of %s, which the operator of this job does not "
                         "have under that name\n",
                         of->unread->names[n], of->uid);
    if (of->unread && of->unread->has_more)
        snap_text_printf(text, "Dropped: further states of %s\n", of->uid);
}

bool snap_image_operator_is_dropped(const struct snap_image_operator *of)
{
    if (of->op)
        return false;
    for (uint32_t s = 0; s < of->parallelism; s++) {
        const struct snap_operator_state *state = of->subtasks[s].state;

        if (state && (state->list_count || state->keyed_count || state->scoped_count))
            return true;
    }
    return of->has_coordinator_state;
}

const char *snap_snapshot_dropped_text(const struct snap_snapshot_reading *reading)
{
    struct snap_text text = {0};
    const char *copy;

    for (uint32_t i = 0; i < reading->image.operator_count; i++)
        if (snap_image_operator_is_dropped(&reading->image.operators[i]))
            add_operator(&text, reading, i);
    for (uint32_t i = 0; i < reading->image.operator_count; i++)
        add_unread(&text, &reading->image.operators[i]);
    copy = snap_arena_strdup(reading->arena, snap_text_get(&text));
    snap_text_fini(&text);
    return copy;
}
