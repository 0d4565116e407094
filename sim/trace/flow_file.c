// SPDX-License-Identifier: Apache-2.0
#include "trace/flow_file.h"

#include <math.h>

#include "trace/table_file.h"

enum { FIELDS = 9, NAME = 1 };

static const char titles[] = "vertex\tname\tfrom_ms\tto_ms\trecords_per_s\tbusy\t"
                             "backpressured\tidle\tbacklog\n";

/* ---- writing ---- */

static void add_number(struct snap_text *text, double number)
{
    if (isnan(number))
        snap_text_add_string(text, "\t-");
    else
        snap_text_printf(text, "\t%.9g", number);
}

void snap_flow_file_text(struct snap_text *text, const struct snap_flow *flow)
{
    snap_text_add_string(text, titles);
    for (uint32_t v = 0; flow->rows && v < flow->job->vertex_count; v++) {
        for (uint32_t bin = 0; bin < flow->bin_count; bin++) {
            const struct snap_flow_row *row = snap_flow_at(flow, v, bin);

            snap_text_printf(text, "%u\t", v);
            snap_table_add_text(text, flow->job->vertices[v].name);
            snap_text_printf(text, "\t%.6f\t%.6f",
                             (double)snap_flow_from(flow, bin) / (double)SNAP_MS,
                             (double)snap_flow_until(flow, bin) / (double)SNAP_MS);
            add_number(text, row->records_per_s);
            add_number(text, row->busy);
            add_number(text, row->backpressured);
            add_number(text, row->idle);
            add_number(text, row->backlog);
            snap_text_add_string(text, "\n");
        }
    }
}

/* ---- reading ---- */

static const struct snap_table_form form = {titles, FIELDS, 1U << NAME, 1U << NAME};

/* Fills the flow; the rows must stand vertex by vertex, as many for each. */
static bool take_rows(struct snap_flow *flow, const struct snap_table_rows *rows)
{
    uint32_t vertices = flow->job->vertex_count;
    const double *last;

    if (rows->count == 0)
        return true;
    last = rows->cells + (size_t)(rows->count - 1) * FIELDS;
    if (rows->count % vertices != 0)
        return false;
    flow->bin_count = rows->count / vertices;
    flow->end_ns = (snap_ns)llround(last[3] * (double)SNAP_MS);
    flow->width_ns = (snap_ns)llround(rows->cells[3] * (double)SNAP_MS);
    flow->rows = SNAP_ARENA_ARRAY(&flow->arena, struct snap_flow_row, rows->count);
    for (uint32_t i = 0; i < rows->count; i++) {
        const double *fields = rows->cells + (size_t)i * FIELDS;

        if (fields[0] != i / flow->bin_count || !(fields[3] > fields[2]))
            return false;
        flow->rows[i] =
            (struct snap_flow_row){fields[4], fields[5], fields[6], fields[7], fields[8]};
    }
    return true;
}

static bool refuse(struct snap_flow *flow, const char *path, uint32_t line,
                   struct snap_error *error)
{
    flow->rows = NULL;
    snap_error_set(error, SNAP_ERROR_IO, "not a row of a flow: %u columns are expected", FIELDS);
    snap_error_place(error, path, line, 0);
    return false;
}

bool snap_flow_file_read(struct snap_flow *flow, const char *path, struct snap_error *error)
{
    struct snap_table_rows rows;

    if (!snap_table_file_read(&form, path, &flow->arena, &rows, error))
        return false;
    return (rows.is_whole && take_rows(flow, &rows)) || refuse(flow, path, rows.line, error);
}
