// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_json.h"

#include <string.h>

#include "base/json.h"
#include "cli/restore_shares.h"
#include "model/key_group.h"

/* ---- operators ---- */

static void add_range(struct snap_json *json, const char *key, uint32_t first, uint32_t last)
{
    snap_json_array_begin(json, key);
    snap_json_unsigned(json, NULL, first);
    snap_json_unsigned(json, NULL, last);
    snap_json_array_end(json);
}

static void add_key_groups(struct snap_json *json, const struct snap_image_operator *of,
                           uint32_t subtask)
{
    const struct snap_parallelism before = {of->parallelism, of->max_parallelism};
    const struct snap_parallelism now = {of->op->parallelism, of->max_parallelism};
    struct snap_key_group_range range = snap_key_group_range(subtask, now);

    add_range(json, "key_groups", range.first, range.last);
    add_range(json, "key_groups_of", snap_key_group_subtask(range.first, before),
              snap_key_group_subtask(range.last, before));
}

static void add_elements(struct snap_json *json, const struct snap_resume *resume,
                         const struct snap_image_operator *of, uint32_t subtask)
{
    const struct snap_list_snapshot *list;

    snap_json_object_begin(json, "elements");
    for (uint32_t n = 0; (list = snap_restore_list(of, n)); n++)
        snap_json_unsigned(json, list->name,
                           snap_restore_elements(resume, of->op, subtask, list->name));
    snap_json_object_end(json);
}

static void add_subtasks(struct snap_json *json, const struct snap_resume *resume,
                         const struct snap_image_operator *of)
{
    snap_json_array_begin(json, "subtasks");
    for (uint32_t s = 0; s < of->op->parallelism; s++) {
        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_unsigned(json, "subtask", s);
        if (snap_restore_has_key_groups(of))
            add_key_groups(json, of, s);
        add_elements(json, resume, of, s);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

/* How its lists are divided. */
static void add_lists(struct snap_json *json, const struct snap_image_operator *of)
{
    static const char *const modes[] = {[SNAP_LIST_SPLIT] = "split",
                                        [SNAP_LIST_UNION] = "union",
                                        [SNAP_LIST_BROADCAST] = "broadcast"};
    const struct snap_list_snapshot *list;

    snap_json_object_begin(json, "lists");
    for (uint32_t n = 0; (list = snap_restore_list(of, n)); n++)
        snap_json_string(json, list->name, modes[list->mode]);
    snap_json_object_end(json);
}

static void add_states(struct snap_json *json, const struct snap_restored *restored, uint32_t index)
{
    struct snap_state_names names = snap_restored_state_names(restored, index);

    snap_json_array_begin(json, "states");
    for (uint32_t i = 0; i < names.count; i++)
        if (names.is_name[i])
            snap_json_string(json, NULL, names.items[i]);
    snap_json_array_end(json);
    snap_json_bool(json, "more_states", names.has_more);
}

static uint32_t count_finished(const struct snap_image_operator *of)
{
    uint32_t count = 0;

    for (uint32_t s = 0; s < of->parallelism; s++)
        count += of->subtasks[s].is_finished;
    return count;
}

static void add_stored(struct snap_json *json, const struct snap_restored *restored, uint32_t index,
                       bool can_start)
{
    const struct snap_image_operator *of = &snap_restored_image(restored)->operators[index];
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(&of->id, id);
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "uid", *of->uid ? of->uid : NULL);
    snap_json_string(json, "name", *of->name ? of->name : NULL);
    snap_json_string(json, "operator_id", id);
    snap_json_unsigned(json, "parallelism_before", of->parallelism);
    if (of->op)
        snap_json_unsigned(json, "parallelism", of->op->parallelism);
    else
        snap_json_null(json, "parallelism");
    snap_json_unsigned(json, "max_parallelism", of->max_parallelism);
    snap_json_unsigned(json, "finished_subtasks", count_finished(of));
    add_states(json, restored, index);
    snap_json_bool(json, "dropped", snap_image_operator_is_dropped(of));
    if (can_start && snap_restore_takes_state(of)) {
        const struct snap_resume *resume = snap_restored_resume(restored);

        snap_json_bool(json, "stays", snap_restore_stays(resume, of));
        add_lists(json, of);
        add_subtasks(json, resume, of);
    }
    snap_json_object_end(json);
}

/* Whether the snapshot has something that the operator takes. */
static bool takes_of(const struct snap_image *image, const struct snap_operator *op)
{
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (image->operators[i].op == op)
            return !snap_image_operator_begins_anew(&image->operators[i]);
    return false;
}

/* Of the job, which the snapshot does not have, or whose states it has under other names. */
static void add_new(struct snap_json *json, const struct snap_image *image,
                    const struct snap_job *job)
{
    snap_json_array_begin(json, "starts_empty");
    for (uint32_t o = 0; o < job->operator_count; o++)
        if (!takes_of(image, &job->operators[o]))
            snap_json_string(json, NULL, job->operators[o].uid);
    snap_json_array_end(json);
}

/* What is dropped in words, a text for each line of them. */
static void add_dropped(struct snap_json *json, const struct snap_restored *restored)
{
    static const char head[] = "Dropped: ";
    const char *line = snap_restored_dropped(restored);

    snap_json_array_begin(json, "left_behind");
    while (*line) {
        size_t length = strcspn(line, "\n");
        size_t skipped = strncmp(line, head, strlen(head)) == 0 ? strlen(head) : 0;

        snap_json_bytes(json, NULL, line + skipped, length - skipped);
        line += length + (line[length] == '\n');
    }
    snap_json_array_end(json);
}

/* ---- data in flight ---- */

static void add_from(struct snap_json *json, const struct snap_bitset *from)
{
    snap_json_array_begin(json, "of");
    for (uint32_t i = snap_bitset_next(from, 0); i < from->bound; i = snap_bitset_next(from, i + 1))
        snap_json_unsigned(json, NULL, i);
    snap_json_array_end(json);
}

static void add_shares(struct snap_json *json, const struct snap_flight *flight,
                       enum snap_channel_end end, struct snap_arena *arena)
{
    bool is_input = end == SNAP_CHANNEL_INPUT;

    snap_json_array_begin(json, is_input ? "reads" : "sends");
    for (uint32_t s = 0; s < snap_flight_now(flight, end)->parallelism; s++) {
        struct snap_flight_share share = snap_flight_share(flight, end, s, arena);

        if (share.pieces == 0)
            continue;
        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_unsigned(json, "subtask", s);
        add_from(json, &share.from);
        if (is_input)
            snap_json_unsigned(json, "records", share.records + share.foreign);
        snap_json_unsigned(json, is_input ? "kept" : "records", share.records);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

static void add_flights(struct snap_json *json, const struct snap_restored *restored)
{
    struct snap_flight *flights;
    struct snap_arena arena;
    uint32_t count;

    snap_arena_init(&arena);
    count = snap_restore_flights(restored, &arena, &flights);
    snap_json_array_begin(json, "in_flight");
    for (uint32_t i = 0; i < count; i++) {
        snap_json_object_begin(json, NULL);
        snap_json_string(json, "from", snap_flight_now(&flights[i], SNAP_CHANNEL_OUTPUT)->uid);
        snap_json_string(json, "to", snap_flight_now(&flights[i], SNAP_CHANNEL_INPUT)->uid);
        snap_json_unsigned(json, "records", flights[i].records);
        snap_json_bool(json, "stays", flights[i].stays);
        add_shares(json, &flights[i], SNAP_CHANNEL_INPUT, &arena);
        add_shares(json, &flights[i], SNAP_CHANNEL_OUTPUT, &arena);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
    snap_json_bool(json, "in_flight_left_out",
                   !snap_restored_resume(restored)->assigned.in_flight &&
                       snap_restored_image(restored)->piece_count > 0);
    snap_arena_fini(&arena);
}

/* ---- all of it ---- */

/* Where Flink would fail for the same reason; NULL: it would not. */
static const char *flink_fails(const struct snap_restored *restored,
                               const struct snap_error *refusal)
{
    if (refusal->code == SNAP_ERROR_CONSENT || refusal->code == SNAP_ERROR_UNSUPPORTED)
        return NULL;
    return snap_restored_stage(restored) == SNAP_RESTORE_IN_TASKS ? "in-tasks" : "at-submission";
}

void snap_restore_json(struct snap_text *text, const struct snap_restored *restored,
                       const struct snap_simulation *sim, const struct snap_error *refusal)
{
    const struct snap_image *image = snap_restored_image(restored);
    bool can_start = refusal->code == SNAP_OK;
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_INDENTED);
    snap_json_object_begin(&json, NULL);
    snap_json_string(&json, "snapshot", snap_restored_directory(restored));
    snap_json_number(&json, "checkpoint_id", image->id);
    snap_json_bool(&json, "can_start", can_start);
    if (!can_start) {
        snap_json_string(&json, "reason", refusal->message);
        snap_json_string(&json, "flink_fails", flink_fails(restored, refusal));
    }
    snap_json_array_begin(&json, "operators");
    for (uint32_t i = 0; i < image->operator_count; i++)
        add_stored(&json, restored, i, can_start);
    snap_json_array_end(&json);
    add_new(&json, image, sim->job);
    if (can_start) {
        add_dropped(&json, restored);
        add_flights(&json, restored);
    }
    snap_json_unsigned(&json, "moved_files", snap_restored_moved(restored)->count);
    snap_json_object_end(&json);
    snap_text_add_string(text, "\n");
}
