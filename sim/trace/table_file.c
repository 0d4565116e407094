// SPDX-License-Identifier: Apache-2.0
#include "trace/table_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void snap_table_add_text(struct snap_text *text, const char *field)
{
    for (; *field != '\0'; field++)
        snap_text_add(text, (unsigned char)*field < ' ' ? " " : field, 1);
}

static bool has_column(uint32_t columns, uint32_t column)
{
    return columns >> column & 1;
}

static bool parse_row(const struct snap_table_form *form, char *text, double *cells)
{
    for (uint32_t i = 0; i < form->fields; i++) {
        char *end = text + strcspn(text, "\t\n");
        bool last = *end != '\t';
        char *stop = end;

        *end = '\0';
        cells[i] = NAN;
        if (!has_column(form->text_columns, i) && strcmp(text, "-") != 0)
            cells[i] = strtod(text, &stop);
        if (stop != end || (text == end && !has_column(form->empty_columns, i)) ||
            last != (i + 1 == form->fields))
            return false;
        text = end + 1;
    }
    return true;
}

static double *add_row(const struct snap_table_form *form, struct snap_arena *arena,
                       struct snap_table_rows *rows, uint32_t *capacity)
{
    rows->cells = snap_arena_grow(arena, rows->cells, rows->count, capacity,
                                  form->fields * sizeof(rows->cells[0]));
    return rows->cells + (size_t)rows->count++ * form->fields;
}

bool snap_table_file_read(const struct snap_table_form *form, const char *path,
                          struct snap_arena *arena, struct snap_table_rows *rows,
                          struct snap_error *error)
{
    FILE *file = fopen(path, "r");
    uint32_t row_capacity = 0;
    size_t capacity = 0;
    char *text = NULL;

    memset(rows, 0, sizeof(*rows));
    if (!file)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
    rows->is_whole = true;
    while (rows->is_whole && getline(&text, &capacity, file) > 0) {
        if (rows->line++ == 0)
            rows->is_whole = strcmp(text, form->titles) == 0;
        else
            rows->is_whole = parse_row(form, text, add_row(form, arena, rows, &row_capacity));
    }
    rows->is_whole = rows->is_whole && rows->line > 0;
    free(text);
    fclose(file);
    return true;
}
