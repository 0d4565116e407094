// SPDX-License-Identifier: Apache-2.0
/*
 * table.h: a table of texts that fits the width it is given.
 *
 * - Columns have a title, a side and a priority. Where the table is too wide, first those go that
 *   have nothing but "-" or empty cells, then columns by falling priority number (the highest
 *   first; 0 never goes), at first those of numbers that are all 0; of these come back, the lowest
 *   first, what fits in the end. Lines below the table name them; what is still too wide is cut
 *   with "~".
 * - A title that is wider than its column's cells is broken at spaces into several lines.
 * - Control characters in cells are shown by their codes. Widths are those on a terminal
 *   (columns.h). Cells are borrowed until the table was printed.
 */
#ifndef SNAP_VIEW_TABLE_H
#define SNAP_VIEW_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

enum { SNAP_TABLE_COLUMNS_MAX = 24 };

/* Of a run's events people see so many rows, of which so many are the first; files have all. */
/* Of a run that was interrupted people want to see the end at once. */
enum { SNAP_TABLE_ROWS_MAX = 200, SNAP_TABLE_ROWS_INTERRUPTED = 20 };

enum snap_table_side { SNAP_TABLE_LEFT, SNAP_TABLE_RIGHT };

struct snap_table_column {
    const char *title;
    enum snap_table_side side;
    uint32_t priority;
};

struct snap_table {
    struct snap_arena arena;
    const struct snap_table_column *columns; /* borrowed */
    uint32_t column_count;
    const char **cells; /* row by row */
    uint32_t cell_count;
    uint32_t cell_capacity;
    bool omits_blank; /* columns of nothing but "-" or empty cells go where there is room, too */
};

void snap_table_init(struct snap_table *table, const struct snap_table_column *columns,
                     uint32_t column_count);
void snap_table_fini(struct snap_table *table);

/* Adds the next cell of the row; NULL is an empty one. */
void snap_table_cell(struct snap_table *table, const char *text);

/* Adds the next cell; the text is made in the table's arena. */
void snap_table_printf(struct snap_table *table, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/* Fills the row up with empty cells. */
void snap_table_end_row(struct snap_table *table);

/* Rows that come one after the other, of many the first quarter of `max` and the last ones. */
struct snap_table_rows {
    uint32_t count;
    uint32_t max;
};

/* Which row comes next, at or after `row`: where those in the middle are left out, a row says how
 * many. */
uint32_t snap_table_next_row(struct snap_table *table, uint32_t row, struct snap_table_rows rows);

/* Returns the title without the hyphens that allow it to be broken: "Acknow- ledged" (arena). */
const char *snap_title_mended(const char *title, struct snap_arena *arena);

/* Appends the text, broken at spaces into lines of at most `width`, each indented by two spaces. */
void snap_paragraph_text(const char *paragraph, uint32_t width, struct snap_text *text);

/* Appends the table, at most `width` wide, each line indented by two spaces. */
void snap_table_text(const struct snap_table *table, uint32_t width, struct snap_text *text);

#endif
