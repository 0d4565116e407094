// SPDX-License-Identifier: Apache-2.0
/*
 * capability_table.h: what each kind of snapshot can do, as it was tried, for people and as JSON.
 *
 * - A row is an operation, a column a kind of snapshot; there is one table for each state backend.
 * - `promise` has a letter a kind, as Flink's documentation has it: y promised, n not supported,
 *   ! works without a promise, - not mentioned.
 * - Texts are borrowed from whoever tried.
 */
#ifndef SNAP_VIEW_CAPABILITY_TABLE_H
#define SNAP_VIEW_CAPABILITY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum snap_capability_kind {
    SNAP_CAPABILITY_CANONICAL,
    SNAP_CAPABILITY_NATIVE,
    SNAP_CAPABILITY_ALIGNED,
    SNAP_CAPABILITY_UNALIGNED,
    SNAP_CAPABILITY_KINDS
};

enum snap_capability_result {
    SNAP_CAPABILITY_NOT_TRIED,
    SNAP_CAPABILITY_YES,
    SNAP_CAPABILITY_UNPROMISED, /* it works, but Flink does not promise that it does */
    SNAP_CAPABILITY_REFUSED,    /* at submission */
    SNAP_CAPABILITY_FAILS,      /* in the tasks */
    SNAP_CAPABILITY_WRONG,      /* it starts and comes to something else: a bug of ours */
};

struct snap_capability_cell {
    enum snap_capability_result result;
    const char *why; /* the message, or what was seen */
};

struct snap_capability_row {
    const char *id;
    const char *title;
    const char *promise; /* SNAP_CAPABILITY_KINDS letters */
    const char *page;    /* what Flink's page calls it; NULL: it does not */
    const char *note;    /* what was done */
    const char *untried; /* why cells were not tried; NULL: all were */
};

struct snap_capability_table {
    const char *backend;
    const struct snap_capability_row *rows;
    uint32_t row_count;
    struct snap_capability_cell (*cells)[SNAP_CAPABILITY_KINDS]; /* by row */
};

/* Appends the table, at most `width` wide. */
void snap_capability_table_text(struct snap_text *text, const struct snap_capability_table *table,
                                uint32_t width);

/* Appends what the words of the tables mean, and why cells of these rows were not tried. */
void snap_capability_legend_text(struct snap_text *text, const struct snap_capability_row *rows,
                                 uint32_t row_count, uint32_t width);

/* Appends what was done for each operation and what came of it; `id` NULL: for all. Returns false
 * if there is no such operation. */
bool snap_capability_reasons_text(struct snap_text *text, const struct snap_capability_table *table,
                                  const char *id, uint32_t width);

/* Appends a JSON document of all tables. */
void snap_capability_json(struct snap_text *text, const char *version,
                          const struct snap_capability_table *tables, uint32_t count);

#endif
