// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/json.h"
#include "view/diff_elements.h"
#include "view/snapshot_diff.h"
#include "view/snapshot_view.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

static const struct snap_table_column columns[] = {
    {"Operator", SNAP_TABLE_LEFT, 0}, {"State", SNAP_TABLE_LEFT, 0},
    {"Type", SNAP_TABLE_LEFT, 1},     {"First", SNAP_TABLE_RIGHT, 0},
    {"Second", SNAP_TABLE_RIGHT, 0},  {"New", SNAP_TABLE_RIGHT, 0},
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
    if (table.cell_count > 0) {
        snap_text_add_string(text, "\nStates, by their entries\n");
        snap_table_text(&table, width, text);
    }
    snap_table_fini(&table);
}

/* ---- operators ---- */

/* "2", or "2 -> 3" where they differ; "-" for one that lacks it. */
static void add_change(struct snap_table *table, const char *one, const char *other)
{
    one = one ? one : "-";
    other = other ? other : "-";
    if (strcmp(one, other) == 0)
        snap_table_cell(table, one);
    else
        snap_table_printf(table, "%s -> %s", one, other);
}

static void add_numbers(struct snap_table *table, const struct snap_operator_diff *at,
                        const uint32_t numbers[2])
{
    const char *texts[2];

    for (int side = 0; side < 2; side++)
        texts[side] = at->of[side] ? snap_arena_printf(&table->arena, "%u", numbers[side]) : NULL;
    add_change(table, texts[0], texts[1]);
}

static void add_sizes(struct snap_table *table, const struct snap_operator_diff *at)
{
    const char *texts[2];

    for (int side = 0; side < 2; side++)
        texts[side] = at->of[side] ? snap_size_name(at->bytes[side], &table->arena) : NULL;
    add_change(table, texts[0], texts[1]);
}

static const char *coordinator_words(const struct snap_operator_diff *at)
{
    bool has[2] = {at->of[0] && at->coordinator_bytes[0] >= 0,
                   at->of[1] && at->coordinator_bytes[1] >= 0};

    if (!has[0] && !has[1])
        return "-";
    if (has[0] != has[1])
        return has[0] ? "only first" : "only second";
    return at->coordinator_differs ? "changed" : "same";
}

static void add_operators(struct snap_text *text, const struct snap_snapshot_diff *diff,
                          uint32_t width)
{
    static const struct snap_table_column of_operators[] = {
        {"Operator", SNAP_TABLE_LEFT, 0},      {"Paral- lelism", SNAP_TABLE_RIGHT, 0},
        {"Key Groups", SNAP_TABLE_RIGHT, 2},   {"Finished", SNAP_TABLE_RIGHT, 1},
        {"Coor- dinator", SNAP_TABLE_LEFT, 1}, {"Size", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, of_operators,
                    (uint32_t)(sizeof(of_operators) / sizeof(of_operators[0])));
    for (uint32_t o = 0; o < diff->operator_count; o++) {
        const struct snap_operator_diff *at = &diff->operators[o];
        const struct snap_snapshot_operator *one = at->of[0], *other = at->of[1];
        char id[SNAP_OPERATOR_ID_TEXT_BYTES];

        snap_table_printf(&table, "%s", snap_snapshot_operator_name(any_of(at), id));
        add_numbers(&table, at,
                    (uint32_t[]){one ? one->parallelism : 0, other ? other->parallelism : 0});
        add_numbers(
            &table, at,
            (uint32_t[]){one ? one->max_parallelism : 0, other ? other->max_parallelism : 0});
        add_numbers(&table, at, at->finished);
        snap_table_cell(&table, coordinator_words(at));
        add_sizes(&table, at);
    }
    snap_text_add_string(text, "\nOperators\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

/* ---- keys ---- */

static const char *difference_name(enum snap_difference what)
{
    static const char *const names[] = {
        [SNAP_DIFFERS_NEW] = "new",
        [SNAP_DIFFERS_GONE] = "gone",
        [SNAP_DIFFERS_CHANGED] = "changed",
    };

    return names[what];
}

/* Bytes of an unknown serializer have no key even where the other side's entries have one. */
static bool have_keys(const struct snap_state_diff *state)
{
    for (uint32_t i = 0; i < state->key_count; i++)
        if (state->keys[i].key)
            return true;
    return false;
}

static void add_key(struct snap_table *table, const struct snap_key_diff *key)
{
    snap_table_cell(table, difference_name(key->what));
    if (!key->key)
        snap_table_cell(table, "?");
    else
        snap_table_printf(table, "%s%s%s", key->key, key->name_space ? " " : "",
                          key->name_space ? key->name_space : "");
    for (int side = 0; side < 2; side++) {
        bool is_there = key->what != (side == 0 ? SNAP_DIFFERS_NEW : SNAP_DIFFERS_GONE);

        if (key->is_timer && is_there)
            snap_table_printf(table, "%lld ms", (long long)key->time_ms);
        else
            snap_table_cell(table, key->value[side]);
    }
}

/* What is too long ends in "~". */
static void add_key_table(struct snap_text *text, const struct snap_state_diff *state,
                          uint32_t width)
{
    static const struct snap_table_column of_keys[] = {
        {"Is", SNAP_TABLE_LEFT, 0},
        {"Key", SNAP_TABLE_LEFT, 0},
        {"First", SNAP_TABLE_LEFT, 0},
        {"Second", SNAP_TABLE_LEFT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, of_keys, (uint32_t)(sizeof(of_keys) / sizeof(of_keys[0])));
    for (uint32_t i = 0; i < state->key_count; i++)
        add_key(&table, &state->keys[i]);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

/* The keys of one state by name, or its elements where it has no keys. */
static void add_keys(struct snap_text *text, const char *name, const struct snap_state_diff *state,
                     uint32_t width)
{
    int64_t all = state->added + state->removed + state->changed;

    if (state->key_count == 0)
        return;
    snap_text_printf(text, "\nState \"%s\" of %s\n", state->name, name);
    if (have_keys(state))
        add_key_table(text, state, width);
    else
        snap_diff_elements_text(text, state, width);
    if (all > state->key_count)
        snap_text_printf(text, "  and %lld more; --keys N names N of them\n",
                         (long long)(all - state->key_count));
}

static void add_all_keys(struct snap_text *text, const struct snap_snapshot_diff *diff,
                         uint32_t width)
{
    for (uint32_t o = 0; o < diff->operator_count; o++) {
        const struct snap_operator_diff *at = &diff->operators[o];
        char id[SNAP_OPERATOR_ID_TEXT_BYTES];

        for (uint32_t i = 0; i < at->state_count; i++)
            add_keys(text, snap_snapshot_operator_name(any_of(at), id), &at->states[i], width);
    }
}

/* ---- data in flight, files ---- */

static void add_channels(struct snap_text *text, const struct snap_state_diff *channels,
                         uint32_t width)
{
    static const struct snap_table_column of_channels[] = {
        {"First", SNAP_TABLE_RIGHT, 0},   {"Second", SNAP_TABLE_RIGHT, 0},
        {"New", SNAP_TABLE_RIGHT, 0},     {"Gone", SNAP_TABLE_RIGHT, 0},
        {"Changed", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    if (!channels->is_in[0] && !channels->is_in[1])
        return;
    snap_table_init(&table, of_channels, (uint32_t)(sizeof(of_channels) / sizeof(of_channels[0])));
    for (int side = 0; side < 2; side++)
        add_count(&table, channels->entries[side]);
    add_count(&table, channels->added);
    add_count(&table, channels->removed);
    add_count(&table, channels->changed);
    snap_text_add_string(text, "\nChannels with data in flight\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

static void add_files(struct snap_text *text, const struct snap_files_diff *files, uint32_t width)
{
    static const struct snap_table_column of_files[] = {
        {"Files", SNAP_TABLE_LEFT, 0},
        {"Number", SNAP_TABLE_RIGHT, 0},
        {"Size", SNAP_TABLE_RIGHT, 0},
    };
    const struct {
        const char *name;
        uint32_t count;
        int64_t bytes;
    } rows[] = {
        {"in both", files->shared, files->shared_bytes},
        {"only in the first", files->gone, files->gone_bytes},
        {"only in the second", files->added, files->added_bytes},
    };
    struct snap_table table;

    if (files->shared + files->gone + files->added == 0) {
        snap_text_add_string(text, "\nFiles: none, all state is in _metadata\n");
        return;
    }
    snap_table_init(&table, of_files, (uint32_t)(sizeof(of_files) / sizeof(of_files[0])));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snap_table_cell(&table, rows[i].name);
        add_count(&table, rows[i].count);
        snap_table_cell(&table, snap_size_name(rows[i].bytes, &table.arena));
    }
    snap_text_add_string(text, "\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

static const char *conclusion(const struct snap_snapshot_diff *diff)
{
    bool is_unread = snap_snapshots_unread(diff);

    if (snap_snapshots_differ(diff))
        return is_unread ? "Their states differ, and some could not be compared."
                         : "Their states differ.";
    return is_unread ? "Their states could not be compared." : "Their states are the same.";
}

void snap_snapshot_diff_text(const struct snap_snapshot_diff *diff, uint32_t width,
                             struct snap_text *text)
{
    static const char *const which[] = {"First:  ", "Second: "};
    struct snap_text heads = {0};

    for (int side = 0; side < 2; side++)
        snap_text_printf(
            &heads, "%s %s %lld: %s\n", which[side],
            diff->snapshots[side]->properties.is_savepoint ? "savepoint" : "checkpoint",
            (long long)diff->snapshots[side]->checkpoint_id, diff->snapshots[side]->path);
    snap_wrap_text(text, snap_text_get(&heads), snap_terminal_line_width());
    snap_text_fini(&heads);
    add_operators(text, diff, width);
    add_states(text, diff, width);
    add_all_keys(text, diff, width);
    add_channels(text, &diff->channels, width);
    add_files(text, &diff->files, width);
    snap_text_printf(text, "\n%s\n", conclusion(diff));
}

/* ---- JSON ---- */

static void add_key_json(struct snap_json *json, const struct snap_key_diff *key)
{
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "is", difference_name(key->what));
    if (key->key)
        snap_json_raw(json, "key", key->key);
    if (key->name_space)
        snap_json_raw(json, "namespace", key->name_space);
    if (key->is_timer)
        snap_json_number(json, "time", key->time_ms);
    if (key->value[0])
        snap_json_raw(json, "first", key->value[0]);
    if (key->value[1])
        snap_json_raw(json, "second", key->value[1]);
    snap_json_object_end(json);
}

/* null: nobody knows. */
static void add_known_json(struct snap_json *json, const char *key, int64_t count)
{
    if (count < 0)
        snap_json_null(json, key);
    else
        snap_json_number(json, key, count);
}

static void add_state_json(struct snap_json *json, const struct snap_state_diff *state)
{
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "name", state->name);
    snap_json_string(json, "type", state->type);
    add_known_json(json, "entries_first", state->is_in[0] ? state->entries[0] : 0);
    add_known_json(json, "entries_second", state->is_in[1] ? state->entries[1] : 0);
    add_known_json(json, "new", state->added);
    add_known_json(json, "gone", state->removed);
    add_known_json(json, "changed", state->changed);
    snap_json_array_begin(json, "keys");
    for (uint32_t i = 0; i < state->key_count; i++)
        add_key_json(json, &state->keys[i]);
    snap_json_array_end(json);
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
    snap_json_number(json, "finished_first", at->finished[0]);
    snap_json_number(json, "finished_second", at->finished[1]);
    snap_json_string(json, "coordinator", coordinator_words(at));
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
    if (!snap_snapshots_differ(diff) && snap_snapshots_unread(diff))
        snap_json_null(&json, "same_states");
    else
        snap_json_bool(&json, "same_states", !snap_snapshots_differ(diff));
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
