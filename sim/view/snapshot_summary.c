// SPDX-License-Identifier: Apache-2.0
/* snapshot_summary.c: a snapshot in tables: all but its values. */
#include <inttypes.h>

#include "view/snapshot_handles.h"
#include "view/snapshot_view.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

#define COLUMNS(columns) (columns), (uint32_t)(sizeof(columns) / sizeof((columns)[0]))

enum { ROWS_MAX = 60 }; /* of a table; JSON has them all */

/* Bytes and files of one place. */
struct sums {
    int64_t bytes[SNAP_PLACE_SEGMENT + 1];
    uint32_t files[SNAP_PLACE_SEGMENT + 1];
};

static void add_file(struct sums *sums, const struct snap_snapshot_file *file)
{
    if (file->place == SNAP_PLACE_NOWHERE)
        return;
    sums->files[file->place]++;
    sums->bytes[file->place] += file->bytes > 0 ? file->bytes : 0;
}

static void add_operator(struct sums *sums, const struct snap_snapshot_operator *of)
{
    add_file(sums, &of->coordinator);
    for (uint32_t i = 0; i < of->subtask_count; i++)
        for (uint32_t j = 0; j < of->subtasks[i].file_count; j++)
            add_file(sums, &of->subtasks[i].files[j]);
}

static int64_t total_bytes(const struct sums *sums)
{
    int64_t total = 0;

    for (unsigned i = 0; i <= SNAP_PLACE_SEGMENT; i++)
        total += sums->bytes[i];
    return total;
}

/* Which Flink writes it. */
static const char *writer_of(int32_t version)
{
    return version >= 6 ? " (Flink 2.x)" : version == 4 ? " (Flink 1.x)" : "";
}

static void head_text(struct snap_text *text, const struct snap_snapshot *snapshot,
                      struct snap_arena *arena)
{
    const struct snap_snapshot_properties *properties = &snapshot->properties;

    snap_text_printf(text, "metadata version %" PRId32 "%s, %s", snapshot->metadata_version,
                     writer_of(snapshot->metadata_version),
                     snap_size_name(snapshot->metadata_bytes, arena));
    if (properties->is_known && properties->is_savepoint)
        snap_text_printf(text, "; %s, %s format", properties->name,
                         strcmp(properties->format ? properties->format : "", "NATIVE") == 0
                             ? "native"
                             : "canonical");
    else if (properties->is_known)
        snap_text_printf(text, "; %s, %s when the job is cancelled", properties->name,
                         properties->discard_cancelled ? "deleted" : "kept");
}

static void sizes_text(struct snap_text *text, const struct snap_snapshot *snapshot,
                       struct snap_arena *arena)
{
    static const char *const what[] = {
        [SNAP_PLACE_NOWHERE] = NULL,
        [SNAP_PLACE_INLINE] = "inside the metadata",
        [SNAP_PLACE_EXCLUSIVE] = "in files of its own",
        [SNAP_PLACE_SHARED] = "in files that others may share",
        [SNAP_PLACE_SEGMENT] = "in parts of merged files",
    };
    struct sums sums = {{0}, {0}};
    bool is_first = true;

    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        add_operator(&sums, &snapshot->operators[i]);
    snap_text_printf(text, "state of %u %s, %s", snapshot->operator_count,
                     snap_plural(snapshot->operator_count, "operator", "operators"),
                     snap_size_name(total_bytes(&sums), arena));
    for (unsigned i = SNAP_PLACE_INLINE; i <= SNAP_PLACE_SEGMENT; i++) {
        if (sums.files[i] == 0)
            continue;
        snap_text_printf(text, "%s %s %s (%u %s)", is_first ? ":" : ",",
                         snap_size_name(sums.bytes[i], arena), what[i], sums.files[i],
                         snap_plural(sums.files[i], "handle", "handles"));
        is_first = false;
    }
}

/* The first line names the snapshot; what is said of it fits the width. */
static void add_head(struct snap_text *text, const struct snap_snapshot_view *view,
                     struct snap_arena *arena)
{
    const struct snap_snapshot *snapshot = view->snapshot;
    struct snap_text paragraph = {0};

    snap_text_printf(&paragraph, "%s %" PRId64 ": %s\n",
                     snapshot->properties.is_savepoint ? "Savepoint" : "Checkpoint",
                     snapshot->checkpoint_id, snapshot->path);
    snap_wrap_text(text, snap_text_get(&paragraph), snap_terminal_line_width());
    snap_text_clear(&paragraph);
    head_text(&paragraph, snapshot, arena);
    snap_paragraph_text(snap_text_get(&paragraph), view->width, text);
    snap_text_clear(&paragraph);
    sizes_text(&paragraph, snapshot, arena);
    snap_paragraph_text(snap_text_get(&paragraph), view->width, text);
    snap_text_fini(&paragraph);
}

static uint32_t finished_count(const struct snap_snapshot_operator *of)
{
    uint32_t count = of->is_finished ? of->parallelism : 0;

    for (uint32_t i = 0; i < of->subtask_count; i++)
        count += of->subtasks[i].is_finished;
    return count;
}

static const char *keyed_layout(const struct snap_snapshot_operator *of, struct snap_arena *arena)
{
    for (uint32_t i = 0; i < of->subtask_count; i++) {
        const struct snap_snapshot_keyed *keyed = &of->subtasks[i].keyed;

        if (keyed->layout)
            return snap_arena_printf(arena, "%s%s", keyed->layout,
                                     keyed->is_compressed ? ", snappy" : "");
    }
    return "-";
}

static void operator_table(struct snap_text *text, const struct snap_snapshot *snapshot,
                           uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Operator", SNAP_TABLE_LEFT, 0},       {"Id", SNAP_TABLE_LEFT, 3},
        {"Paral- lelism", SNAP_TABLE_RIGHT, 0}, {"Max", SNAP_TABLE_RIGHT, 0},
        {"Finished", SNAP_TABLE_RIGHT, 2},      {"Keyed State", SNAP_TABLE_LEFT, 1},
        {"Handles", SNAP_TABLE_RIGHT, 1},       {"Size", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < snapshot->operator_count && i < ROWS_MAX; i++) {
        const struct snap_snapshot_operator *of = &snapshot->operators[i];
        char id[SNAP_OPERATOR_ID_TEXT_BYTES];
        struct sums sums = {{0}, {0}};
        uint32_t handles = 0;

        add_operator(&sums, of);
        for (unsigned place = 0; place <= SNAP_PLACE_SEGMENT; place++)
            handles += sums.files[place];
        snap_table_printf(&table, "%s", snap_snapshot_operator_name(of, id));
        snap_table_printf(&table, "%s", id);
        snap_table_printf(&table, "%u", of->parallelism);
        snap_table_printf(&table, "%u", of->max_parallelism);
        snap_table_printf(&table, "%u", finished_count(of));
        snap_table_cell(&table, keyed_layout(of, &table.arena));
        snap_table_printf(&table, "%u", handles);
        snap_table_cell(&table, snap_size_name(total_bytes(&sums), &table.arena));
    }
    snap_text_add_string(text, "\nOperators\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

/* Timers of both kinds may have one name: beside RocksDB they do. */
static bool is_same_state(const struct snap_snapshot_state *one,
                          const struct snap_snapshot_state *other)
{
    return strcmp(one->name, other->name) == 0 && one->is_timer == other->is_timer &&
           one->is_event_time == other->is_event_time;
}

/* Adds up what the subtasks have of a state; -1 if one of them does not know. */
static int64_t entries_of(const struct snap_snapshot_operator *of,
                          const struct snap_snapshot_state *state)
{
    int64_t entries = 0;

    for (uint32_t i = 0; i < of->subtask_count; i++) {
        const struct snap_snapshot_keyed *all[2] = {&of->subtasks[i].keyed,
                                                    &of->subtasks[i].raw_keyed};

        for (uint32_t k = 0; k < 2; k++)
            for (uint32_t j = 0; j < all[k]->state_count; j++) {
                if (!is_same_state(&all[k]->states[j], state))
                    continue;
                if (all[k]->states[j].entries < 0)
                    return -1;
                entries += all[k]->states[j].entries;
            }
    }
    return entries;
}

static bool is_first_with(const struct snap_snapshot_operator *of, uint32_t subtask,
                          const struct snap_snapshot_state *state)
{
    for (uint32_t i = 0; i < subtask; i++) {
        const struct snap_snapshot_keyed *all[2] = {&of->subtasks[i].keyed,
                                                    &of->subtasks[i].raw_keyed};

        for (uint32_t k = 0; k < 2; k++)
            for (uint32_t j = 0; j < all[k]->state_count; j++)
                if (is_same_state(&all[k]->states[j], state))
                    return false;
    }
    return true;
}

static void add_count(struct snap_table *table, int64_t count)
{
    if (count < 0)
        snap_table_cell(table, "?");
    else
        snap_table_printf(table, "%" PRId64, count);
}

static void add_size(struct snap_table *table, int64_t bytes)
{
    snap_table_cell(table, bytes < 0 ? "-" : snap_size_name(bytes, &table->arena));
}

static void state_row(struct snap_table *table, const struct snap_snapshot_operator *of,
                      const struct snap_snapshot_keyed *keyed,
                      const struct snap_snapshot_state *state)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_table_printf(table, "%s", snap_snapshot_operator_name(of, id));
    snap_table_cell(table, state->name);
    snap_table_printf(table, "%s%s%s", state->kind, state->is_ttl ? "+TTL" : "",
                      !state->is_timer       ? ""
                      : state->is_event_time ? ", event"
                                             : ", processing");
    snap_table_cell(table, keyed->key_type);
    snap_table_cell(table, state->namespace_type);
    snap_table_cell(table, state->is_timer ? "" : state->value_type);
    add_count(table, entries_of(of, state));
}

static void state_rows(struct snap_table *table, const struct snap_snapshot_operator *of)
{
    for (uint32_t i = 0; i < of->subtask_count; i++) {
        const struct snap_snapshot_subtask *subtask = &of->subtasks[i];
        const struct snap_snapshot_keyed *all[2] = {&subtask->keyed, &subtask->raw_keyed};

        for (uint32_t k = 0; k < 2; k++)
            for (uint32_t j = 0; j < all[k]->state_count; j++)
                if (is_first_with(of, i, &all[k]->states[j]))
                    state_row(table, of, all[k], &all[k]->states[j]);
    }
}

static void state_table(struct snap_text *text, const struct snap_snapshot *snapshot,
                        uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Operator", SNAP_TABLE_LEFT, 0},  {"State", SNAP_TABLE_LEFT, 0},
        {"Kind", SNAP_TABLE_LEFT, 0},      {"Key", SNAP_TABLE_LEFT, 1},
        {"Namespace", SNAP_TABLE_LEFT, 2}, {"Value", SNAP_TABLE_LEFT, 1},
        {"Entries", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        state_rows(&table, &snapshot->operators[i]);
    if (table.cell_count > 0) {
        snap_text_add_string(text, "\nKeyed state and timers\n");
        snap_table_text(&table, width, text);
    }
    snap_table_fini(&table);
}

static void list_rows(struct snap_table *table, const struct snap_snapshot_operator *of)
{
    static const char *const modes[] = {"split", "union", "broadcast"};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t i = 0; i < of->subtask_count; i++) {
        const struct snap_snapshot_subtask *subtask = &of->subtasks[i];

        for (uint32_t j = 0; j < subtask->list_count; j++) {
            const struct snap_snapshot_list *list = &subtask->lists[j];

            snap_table_printf(table, "%s", snap_snapshot_operator_name(of, id));
            snap_table_printf(table, "%u", subtask->index);
            snap_table_cell(table, list->name);
            snap_table_cell(table, modes[list->mode]);
            snap_table_cell(table, list->type);
            add_count(table, list->elements);
        }
    }
}

static void list_table(struct snap_text *text, const struct snap_snapshot *snapshot, uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Operator", SNAP_TABLE_LEFT, 0}, {"Subtask", SNAP_TABLE_RIGHT, 0},
        {"List", SNAP_TABLE_LEFT, 0},     {"Mode", SNAP_TABLE_LEFT, 0},
        {"Type", SNAP_TABLE_LEFT, 1},     {"Elements", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        if (table.cell_count < ROWS_MAX * 6)
            list_rows(&table, &snapshot->operators[i]);
    if (table.cell_count > 0) {
        snap_text_add_string(text, "\nOperator state\n");
        snap_table_text(&table, width, text);
    }
    snap_table_fini(&table);
}

static void split_row(struct snap_table *table, const struct snap_snapshot_operator *of,
                      const char *subtask, const struct snap_snapshot_split *split)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_table_printf(table, "%s", snap_snapshot_operator_name(of, id));
    snap_table_cell(table, subtask);
    snap_table_printf(table, "%s", split->name ? split->name : "?");
    if (split->name) {
        snap_table_printf(table, "%" PRId64, split->next);
        snap_table_printf(table, "%" PRId64, split->end);
    } else {
        snap_table_cell(table, "?");
        snap_table_cell(table, "?");
    }
    snap_table_printf(table, "%zu", split->bytes.count);
}

static void split_rows(struct snap_table *table, const struct snap_snapshot_operator *of)
{
    for (uint32_t i = 0; i < of->enumerator.split_count; i++)
        split_row(table, of, "not assigned", &of->enumerator.splits[i]);
    for (uint32_t i = 0; i < of->subtask_count; i++) {
        const struct snap_snapshot_subtask *subtask = &of->subtasks[i];
        const char *index = snap_arena_printf(&table->arena, "%u", subtask->index);

        for (uint32_t j = 0; j < subtask->split_count; j++)
            split_row(table, of, index, &subtask->splits[j]);
    }
}

static void split_table(struct snap_text *text, const struct snap_snapshot *snapshot,
                        uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Source", SNAP_TABLE_LEFT, 0}, {"Subtask", SNAP_TABLE_RIGHT, 0},
        {"Split", SNAP_TABLE_LEFT, 0},  {"Next Record", SNAP_TABLE_RIGHT, 0},
        {"End", SNAP_TABLE_RIGHT, 0},   {"Bytes", SNAP_TABLE_RIGHT, 1},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        if (table.cell_count < ROWS_MAX * 6)
            split_rows(&table, &snapshot->operators[i]);
    if (table.cell_count > 0) {
        snap_text_add_string(text, "\nSource splits\n");
        snap_table_text(&table, width, text);
    }
    snap_table_fini(&table);
}

static const char *end_name(const struct snap_snapshot *snapshot, uint32_t of, uint32_t subtask,
                            struct snap_arena *arena)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    return of == SNAP_SNAPSHOT_NONE
               ? snap_arena_printf(arena, "? (%u)", subtask)
               : snap_arena_printf(arena, "%s (%u)",
                                   snap_snapshot_operator_name(&snapshot->operators[of], id),
                                   subtask);
}

static void channel_table(struct snap_text *text, const struct snap_snapshot *snapshot,
                          uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"From", SNAP_TABLE_LEFT, 0},           {"To", SNAP_TABLE_LEFT, 0},
        {"Records", SNAP_TABLE_RIGHT, 0},       {"Type", SNAP_TABLE_LEFT, 1},
        {"At the Sender", SNAP_TABLE_RIGHT, 0}, {"At the Receiver", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    if (!snapshot->has_channel_state)
        return;
    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < snapshot->channel_count && i < ROWS_MAX; i++) {
        const struct snap_snapshot_channel *channel = &snapshot->channels[i];

        snap_table_cell(&table,
                        end_name(snapshot, channel->from, channel->from_subtask, &table.arena));
        snap_table_cell(&table, end_name(snapshot, channel->to, channel->to_subtask, &table.arena));
        add_count(&table, channel->records);
        snap_table_cell(&table, channel->record_type);
        add_size(&table, channel->result_bytes);
        add_size(&table, channel->input_bytes);
    }
    snap_text_add_string(text, "\nIn flight\n");
    snap_table_text(&table, width, text);
    if (snapshot->channel_count > ROWS_MAX)
        snap_text_printf(text, "  and %u more channels\n", snapshot->channel_count - ROWS_MAX);
    snap_table_fini(&table);
}

static void shared_rows(struct snap_table *table, const struct snap_snapshot_operator *of)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t i = 0; i < of->subtask_count; i++)
        for (uint32_t j = 0; j < of->subtasks[i].file_count; j++) {
            const struct snap_snapshot_file *file = &of->subtasks[i].files[j];

            if (file->place != SNAP_PLACE_SHARED && file->place != SNAP_PLACE_SEGMENT)
                continue;
            snap_table_printf(table, "%s", snap_snapshot_operator_name(of, id));
            snap_table_printf(table, "%u", of->subtasks[i].index);
            snap_table_cell(table, file->name ? file->name : snap_file_role_name(file->role));
            snap_table_cell(table, snap_size_name(file->bytes, &table->arena));
            snap_table_cell(table, file->path);
        }
}

static void shared_table(struct snap_text *text, const struct snap_snapshot *snapshot,
                         uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Operator", SNAP_TABLE_LEFT, 0}, {"Subtask", SNAP_TABLE_RIGHT, 0},
        {"What", SNAP_TABLE_LEFT, 0},     {"Size", SNAP_TABLE_RIGHT, 0},
        {"File", SNAP_TABLE_LEFT, 1},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        if (table.cell_count < ROWS_MAX * 5)
            shared_rows(&table, &snapshot->operators[i]);
    if (table.cell_count > 0) {
        snap_text_add_string(text, "\nShared and merged files\n");
        snap_table_text(&table, width, text);
    }
    snap_table_fini(&table);
}

void snap_snapshot_summary(struct snap_text *text, const struct snap_snapshot_view *view)
{
    const struct snap_snapshot *snapshot = view->snapshot;
    struct snap_arena arena;

    snap_arena_init(&arena);
    add_head(text, view, &arena);
    operator_table(text, snapshot, view->width);
    snap_snapshot_handles(text, snapshot, view->width);
    state_table(text, snapshot, view->width);
    list_table(text, snapshot, view->width);
    split_table(text, snapshot, view->width);
    channel_table(text, snapshot, view->width);
    shared_table(text, snapshot, view->width);
    snap_arena_fini(&arena);
}
