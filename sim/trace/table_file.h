// SPDX-License-Identifier: Apache-2.0
/*
 * table_file.h: what the tables of a run's folder (flow.tsv, metrics.tsv) have in common.
 *
 * - A line of titles, then rows of fields between tabs; a field is a number, `-` for one that is
 * not known, or a text, by its column.
 * - A table that was read holds numbers only; texts are NaN. Its memory is the arena's.
 */
#ifndef SNAP_TRACE_TABLE_FILE_H
#define SNAP_TRACE_TABLE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct snap_table_form {
    const char *titles; /* with the line's end */
    uint32_t fields;
    uint32_t text_columns;  /* a bit each */
    uint32_t empty_columns; /* of these, which may be empty */
};

struct snap_table_rows {
    double *cells;  /* row by row */
    uint32_t count; /* of rows */
    uint32_t line;  /* the last one read, counted from 1 */
    bool is_whole;  /* it has the titles, and each row its fields: else the mistake is at `line` */
};

/* Appends a text as a field: what would end the field or the line becomes a space. */
void snap_table_add_text(struct snap_text *text, const char *field);

/* Reads what there is of the table into memory of the arena. Errors: the file cannot be read. */
bool snap_table_file_read(const struct snap_table_form *form, const char *path,
                          struct snap_arena *arena, struct snap_table_rows *rows,
                          struct snap_error *error);

#endif
