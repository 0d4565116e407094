// SPDX-License-Identifier: Apache-2.0
#include "view/snapshot_handles.h"

#include "view/snapshot_view.h"
#include "view/table.h"
#include "view/units.h"

/* Of the table; JSON has all subtasks. */
enum { ROWS_MAX = 60 };

struct counts {
    uint32_t files[SNAP_PLACE_SEGMENT + 1];
    uint32_t all;
    int64_t bytes;
};

static struct counts count_files(const struct snap_snapshot_subtask *subtask)
{
    struct counts counts = {{0}, 0, 0};

    for (uint32_t i = 0; i < subtask->file_count; i++) {
        const struct snap_snapshot_file *file = &subtask->files[i];

        if (file->place == SNAP_PLACE_NOWHERE)
            continue;
        counts.files[file->place]++;
        counts.all++;
        counts.bytes += file->bytes > 0 ? file->bytes : 0;
    }
    return counts;
}

static void add_groups(struct snap_table *table, const struct snap_snapshot_keyed *keyed)
{
    if (!keyed->layout || keyed->group_count == 0)
        snap_table_cell(table, "-");
    else
        snap_table_printf(table, "%u-%u", keyed->group_first,
                          keyed->group_first + keyed->group_count - 1);
}

static void add_row(struct snap_table *table, const struct snap_snapshot_operator *of,
                    const struct snap_snapshot_subtask *subtask, const struct counts *counts)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_table_printf(table, "%s", snap_snapshot_operator_name(of, id));
    snap_table_printf(table, "%u", subtask->index);
    add_groups(table, &subtask->keyed);
    for (unsigned place = SNAP_PLACE_INLINE; place <= SNAP_PLACE_SEGMENT; place++)
        snap_table_printf(table, "%u", counts->files[place]);
    snap_table_cell(table, snap_size_name(counts->bytes, &table->arena));
}

void snap_snapshot_handles(struct snap_text *text, const struct snap_snapshot *snapshot,
                           uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Operator", SNAP_TABLE_LEFT, 0},      {"Subtask", SNAP_TABLE_RIGHT, 0},
        {"Key Groups", SNAP_TABLE_LEFT, 0},    {"In Metadata", SNAP_TABLE_RIGHT, 0},
        {"Own Files", SNAP_TABLE_RIGHT, 0},    {"Shared Files", SNAP_TABLE_RIGHT, 0},
        {"Merged Files", SNAP_TABLE_RIGHT, 1}, {"Size", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;
    uint32_t rows = 0;
    uint32_t left_out = 0;

    snap_table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (uint32_t i = 0; i < snapshot->operator_count; i++) {
        const struct snap_snapshot_operator *of = &snapshot->operators[i];

        for (uint32_t j = 0; j < of->subtask_count; j++) {
            const struct counts counts = count_files(&of->subtasks[j]);

            if (counts.all == 0)
                continue;
            if (rows++ < ROWS_MAX)
                add_row(&table, of, &of->subtasks[j], &counts);
            else
                left_out++;
        }
    }
    if (rows > 0) {
        snap_text_add_string(text, "\nHandles\n");
        snap_table_text(&table, width, text);
    }
    if (left_out > 0)
        snap_text_printf(text, "  and %u more subtasks (--json has all)\n", left_out);
    snap_table_fini(&table);
}
