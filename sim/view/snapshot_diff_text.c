// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/json.h"
#include "view/snapshot_diff.h"
#include "view/snapshot_view.h"
#include "view/table.h"

static const struct snap_table_column columns[] = {
    {"Operator", SNAP_TABLE_LEFT, 0}, {"State", SNAP_TABLE_LEFT, 0},
    {"Type", SNAP_TABLE_LEFT, 3},     {"First", SNAP_TABLE_RIGHT, 1},
    {"Second", SNAP_TABLE_RIGHT, 1},  {"New", SNAP_TABLE_RIGHT, 0},
    {"Gone", SNAP_TABLE_RIGHT, 0},    {"Changed", SNAP_TABLE_RIGHT, 0},
};

static const struct snap_snapshot_operator *any_of(const struct snap_operator_diff *diff)
{
    /* One may not tell the uid. */
    if (!diff->of[1] || (diff->of[0] && !diff->of[1]->uid))
        return diff->of[0];
    return diff->of[1];
}

static void add_count(struct snap_table *table, int64_t count)
{
    if (count < 0)
        snap_table_cell(table, "?");
    else
        snap_table_printf(table, "%lld", (long long)count);
}

static void add_state(struct snap_table *table, const struct snap_state_diff *state)
{
    snap_table_cell(table, state->name);
    snap_table_cell(table, state->type);
    for (int side = 0; side < 2; side++) {
        if (state->is_in[side])
            add_count(table, state->entries[side]);
        else
            snap_table_cell(table, "-");
    }
    add_count(table, state->added);
    add_count(table, state->removed);
    add_count(table, state->changed);
    snap_table_end_row(table);
}

static void add_states(struct snap_text *text, const struct snap_snapshot_diff *diff,
                       uint32_t width)
{
    struct snap_table table;

    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t o = 0; o < diff->operator_count; o++) {
        const struct snap_operator_diff *at = &diff->operators[o];
        char id[SNAP_OPERATOR_ID_TEXT_BYTES];

        for (uint32_t i = 0; i < at->state_count; i++) {
            snap_table_printf(&table, "%s", snap_snapshot_operator_name(any_of(at), id));
            add_state(&table, &at->states[i]);
        }
    }
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

static void add_operators(struct snap_text *text, const struct snap_snapshot_diff *diff)
{
    for (uint32_t o = 0; o < diff->operator_count; o++) {
        const struct snap_operator_diff *at = &diff->operators[o];
        char id[SNAP_OPERATOR_ID_TEXT_BYTES];
        const char *name = snap_snapshot_operator_name(any_of(at), id);

        if (!at->of[0] || !at->of[1])
            snap_text_printf(text, "%s is only in the %s\n", name, at->of[0] ? "first" : "second");
        else if (at->of[0]->parallelism != at->of[1]->parallelism)
            snap_text_printf(text, "%s has parallelism %u, then %u\n", name, at->of[0]->parallelism,
                             at->of[1]->parallelism);
        if (at->of[0] && at->of[1] && at->of[0]->max_parallelism != at->of[1]->max_parallelism)
            snap_text_printf(text, "%s has %u key groups, then %u\n", name,
                             at->of[0]->max_parallelism, at->of[1]->max_parallelism);
    }
}

static void add_channels(struct snap_text *text, const struct snap_state_diff *channels)
{
    if (channels->is_in[0] || channels->is_in[1])
        snap_text_printf(text,
                         "\nChannels with data in flight: %lld and %lld; %lld new, %lld gone, %lld "
                         "changed\n",
                         (long long)channels->entries[0], (long long)channels->entries[1],
                         (long long)channels->added, (long long)channels->removed,
                         (long long)channels->changed);
}

void snap_snapshot_diff_text(const struct snap_snapshot_diff *diff, uint32_t width,
                             struct snap_text *text)
{
    const struct snap_files_diff *files = &diff->files;
    static const char *const which[] = {"First:  ", "Second: "};

    for (int side = 0; side < 2; side++)
        snap_text_printf(text, "%s%s, id %lld\n", which[side], diff->snapshots[side]->path,
                         (long long)diff->snapshots[side]->checkpoint_id);
    snap_text_add_string(text, "\n");
    add_operators(text, diff);
    add_states(text, diff, width);
    add_channels(text, &diff->channels);
    snap_text_printf(text,
                     "\nFiles: %u in both (%lld bytes), %u only in the first (%lld bytes), %u only "
                     "in the second (%lld bytes)\n",
                     files->shared, (long long)files->shared_bytes, files->gone,
                     (long long)files->gone_bytes, files->added, (long long)files->added_bytes);
    if (snap_snapshots_agree(diff))
        snap_text_add_string(text, "Their states are the same.\n");
}

static void add_state_json(struct snap_json *json, const struct snap_state_diff *state)
{
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "name", state->name);
    snap_json_string(json, "type", state->type);
    snap_json_number(json, "entries_first", state->is_in[0] ? state->entries[0] : 0);
    snap_json_number(json, "entries_second", state->is_in[1] ? state->entries[1] : 0);
    snap_json_number(json, "new", state->added);
    snap_json_number(json, "gone", state->removed);
    snap_json_number(json, "changed", state->changed);
    snap_json_object_end(json);
}

static void add_operator_json(struct snap_json *json, const struct snap_operator_diff *at)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(&any_of(at)->id, id);
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "id", id);
    snap_json_string(json, "uid", any_of(at)->uid);
    snap_json_number(json, "parallelism_first", at->of[0] ? at->of[0]->parallelism : 0);
    snap_json_number(json, "parallelism_second", at->of[1] ? at->of[1]->parallelism : 0);
    snap_json_number(json, "bytes_first", at->bytes[0]);
    snap_json_number(json, "bytes_second", at->bytes[1]);
    snap_json_array_begin(json, "states");
    for (uint32_t i = 0; i < at->state_count; i++)
        add_state_json(json, &at->states[i]);
    snap_json_array_end(json);
    snap_json_object_end(json);
}

void snap_snapshot_diff_json(const struct snap_snapshot_diff *diff, struct snap_text *text)
{
    const struct snap_files_diff *files = &diff->files;
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_INDENTED);
    snap_json_object_begin(&json, NULL);
    snap_json_number(&json, "checkpoint_first", diff->snapshots[0]->checkpoint_id);
    snap_json_number(&json, "checkpoint_second", diff->snapshots[1]->checkpoint_id);
    snap_json_bool(&json, "same_states", snap_snapshots_agree(diff));
    snap_json_array_begin(&json, "operators");
    for (uint32_t o = 0; o < diff->operator_count; o++)
        add_operator_json(&json, &diff->operators[o]);
    snap_json_array_end(&json);
    snap_json_object_begin(&json, "in_flight");
    snap_json_number(&json, "channels_first", diff->channels.entries[0]);
    snap_json_number(&json, "channels_second", diff->channels.entries[1]);
    snap_json_number(&json, "new", diff->channels.added);
    snap_json_number(&json, "gone", diff->channels.removed);
    snap_json_number(&json, "changed", diff->channels.changed);
    snap_json_object_end(&json);
    snap_json_object_begin(&json, "files");
    snap_json_number(&json, "shared", files->shared);
    snap_json_number(&json, "shared_bytes", files->shared_bytes);
    snap_json_number(&json, "gone", files->gone);
    snap_json_number(&json, "gone_bytes", files->gone_bytes);
    snap_json_number(&json, "new", files->added);
    snap_json_number(&json, "new_bytes", files->added_bytes);
    snap_json_object_end(&json);
    snap_json_object_end(&json);
    snap_text_add_string(text, "\n");
}
