// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_dropped.h"

#include <string.h>

#include "base/text.h"
#include "flink/java_text.h"
#include "flink/metadata.h"
#include "flink/state_meta.h"
#include "storage/snapshot_stream.h"

struct naming {
    const struct snap_snapshot_reading *reading;
    struct snap_state_names names;
};

static void add(struct snap_state_names *names, const char *text, bool is_name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], text) == 0 && names->is_name[i] == is_name)
            return;
    names->has_more = names->has_more || names->count == SNAP_STATE_NAMES_MAX;
    if (names->count == SNAP_STATE_NAMES_MAX)
        return;
    names->items[names->count] = text;
    names->is_name[names->count++] = is_name;
}

static void add_text(struct naming *naming, const char *text)
{
    add(&naming->names, text, false);
}

static void add_name(struct naming *naming, struct snap_bytes name)
{
    add(&naming->names, (const char *)snap_java_text(naming->reading->arena, name).at, true);
}

static bool read_head(struct naming *naming, const struct snap_keyed_handle *handle,
                      struct snap_keyed_head *head)
{
    struct snap_error ignored = {0};
    struct snap_found_stream found;
    struct snap_byte_reader bytes;
    struct snap_snapshot_reading quiet = *naming->reading;

    quiet.moved = NULL;
    if (handle->stream.type == SNAP_STREAM_NONE ||
        !snap_snapshot_open_stream(&quiet, &handle->stream, &found, &ignored))
        return false;
    snap_byte_reader_init(&bytes, found.bytes, 0, &ignored);
    return snap_keyed_head_read(&bytes, quiet.arena, head);
}

static void add_keyed(struct naming *naming, const struct snap_keyed_handle *handle)
{
    struct snap_keyed_head head = {.is_compressed = false};

    if (handle->type == SNAP_KEYED_NONE)
        return;
    if (!read_head(naming, handle, &head)) {
        add_text(naming, "keyed state");
        return;
    }
    for (uint32_t i = 0; i < head.states.count; i++)
        add_name(naming, head.states.items[i].name);
}

static void add_subtask(struct naming *naming, const struct snap_metadata_subtask *subtask)
{
    for (uint32_t i = 0; i < subtask->managed_operator.list_count; i++)
        add_name(naming, subtask->managed_operator.lists[i].name);
    add_keyed(naming, &subtask->managed_keyed);
    if (subtask->raw_operator.list_count > 0 || subtask->raw_keyed.type != SNAP_KEYED_NONE)
        add_text(naming, "raw state");
    if (subtask->input_count > 0 || subtask->result_count > 0)
        add_text(naming, SNAP_NAMED_IN_FLIGHT);
}

struct snap_state_names snap_snapshot_state_names(const struct snap_snapshot_reading *reading,
                                                  uint32_t operator_index)
{
    const struct snap_metadata_operator *from = &reading->metadata->operators[operator_index];
    struct naming naming = {.reading = reading};

    for (uint32_t s = 0; s < from->subtask_count; s++)
        if (!from->subtasks[s].is_finished)
            add_subtask(&naming, &from->subtasks[s]);
    if (reading->image.operators[operator_index].has_coordinator_state)
        add_text(&naming, "its coordinator's state");
    return naming.names;
}

static void add_operator(struct snap_text *text, const struct snap_snapshot_reading *reading,
                         uint32_t index)
{
    const struct snap_image_operator *of = &reading->image.operators[index];
    struct snap_state_names names = snap_snapshot_state_names(reading, index);
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(&of->id, id);
    snap_text_printf(text, "Dropped: operator %s, which this job does not have:",
                     *of->uid    ? of->uid
                     : *of->name ? of->name
                                 : id);
    for (uint32_t i = 0; i < names.count; i++)
        snap_text_printf(text, names.is_name[i] ? "%s \"%s\"" : "%s %s", i ? "," : "",
                         names.items[i]);
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

/* Of a kept operator, what it took. */
static bool has_subtask_state(const struct snap_image_operator *of)
{
    for (uint32_t s = 0; s < of->parallelism; s++) {
        const struct snap_operator_state *state = of->subtasks[s].state;

        if (state && (state->list_count || state->keyed_count || state->scoped_count))
            return true;
    }
    return false;
}

bool snap_image_operator_is_dropped(const struct snap_image_operator *of)
{
    return !of->op && (has_subtask_state(of) || of->has_coordinator_state);
}

bool snap_image_operator_begins_anew(const struct snap_image_operator *of)
{
    return of->op && of->unread && of->unread->count > 0 && !has_subtask_state(of);
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
