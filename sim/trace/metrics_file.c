// SPDX-License-Identifier: Apache-2.0
#include "trace/metrics_file.h"

#include <math.h>
#include <string.h>

#include "trace/table_file.h"

/* Columns before the gauges. */
enum { VERTEX, NAME, SUBTASK, FROM, UNTIL, LEADING, FIELDS = LEADING + SNAP_METRIC_COUNT };

static void add_titles(struct snap_text *text)
{
    snap_text_add_string(text, "vertex\tname\tsubtask\tfrom_ms\tto_ms");
    for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++)
        snap_text_printf(text, "\t%s", snap_metric_name((enum snap_metric)m));
    snap_text_add_string(text, "\n");
}

/* ---- writing ---- */

static void add_subtask(struct snap_text *text, const struct snap_metrics_line *line)
{
    static const char *const ranks[] = {
        [SNAP_METRICS_LEAST] = "min",
        [SNAP_METRICS_MEDIAN] = "median",
        [SNAP_METRICS_LARGEST] = "max",
    };

    if (line->kind == SNAP_METRICS_SUBTASK)
        snap_text_printf(text, "\t%u", line->subtask);
    else
        snap_text_printf(text, "\t%s", ranks[line->kind]);
}

static void add_bin(struct snap_text *text, const struct snap_metrics *metrics, uint32_t index,
                    uint32_t bin)
{
    const struct snap_metrics_line *line = &metrics->lines[index];
    const double *values = snap_metrics_at(metrics, index, bin);

    snap_text_printf(text, "%u\t", line->vertex);
    snap_table_add_text(text, metrics->job->vertices[line->vertex].name);
    add_subtask(text, line);
    snap_text_printf(text, "\t%.6f\t%.6f",
                     (double)snap_metrics_from(metrics, bin) / (double)SNAP_MS,
                     (double)snap_metrics_until(metrics, bin) / (double)SNAP_MS);
    for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++) {
        if (isnan(values[m]))
            snap_text_add_string(text, "\t-");
        else
            snap_text_printf(text, "\t%.7g", values[m]);
    }
    snap_text_add_string(text, "\n");
}

void snap_metrics_file_text(struct snap_text *text, const struct snap_metrics *metrics)
{
    add_titles(text);
    for (uint32_t line = 0; line < metrics->line_count; line++)
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++)
            add_bin(text, metrics, line, bin);
}

/* ---- reading ---- */

/* Fills the metrics; the lines must stand as they are made, with as many bins each. */
static bool take_rows(struct snap_metrics *metrics, const struct snap_table_rows *rows)
{
    uint32_t row = 0;

    if (rows->count == 0)
        return true;
    metrics->width_ns = (snap_ns)llround(rows->cells[UNTIL] * (double)SNAP_MS);
    metrics->end_ns =
        (snap_ns)llround(rows->cells[(size_t)(rows->count - 1) * FIELDS + UNTIL] * (double)SNAP_MS);
    if (metrics->width_ns <= 0 || metrics->end_ns / metrics->width_ns >= rows->count)
        return false;
    snap_metrics_make_lines(
        metrics, (uint32_t)((metrics->end_ns + metrics->width_ns - 1) / metrics->width_ns));
    if ((uint64_t)metrics->line_count * metrics->bin_count != rows->count)
        return false;
    for (uint32_t line = 0; line < metrics->line_count; line++)
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++, row++) {
            const double *fields = rows->cells + (size_t)row * FIELDS;

            if (fields[VERTEX] != metrics->lines[line].vertex)
                return false;
            memcpy(snap_metrics_at(metrics, line, bin), fields + LEADING,
                   SNAP_METRIC_COUNT * sizeof(double));
        }
    return true;
}

static bool refuse(struct snap_metrics *metrics, const char *path, uint32_t line,
                   struct snap_error *error)
{
    metrics->lines = NULL;
    metrics->line_count = 0;
    snap_error_set(error, SNAP_ERROR_IO, "not the metrics of this job: %u columns are expected",
                   FIELDS);
    snap_error_place(error, path, line, 0);
    return false;
}

bool snap_metrics_file_read(struct snap_metrics *metrics, const char *path,
                            struct snap_error *error)
{
    struct snap_text titles = {0};
    struct snap_table_form form = {
        .fields = FIELDS, .text_columns = 1U << NAME | 1U << SUBTASK, .empty_columns = 1U << NAME};
    struct snap_table_rows rows;
    bool is_read;

    add_titles(&titles);
    form.titles = snap_text_get(&titles);
    is_read = snap_table_file_read(&form, path, &metrics->arena, &rows, error);
    snap_text_fini(&titles);
    if (!is_read)
        return false;
    return (rows.is_whole && take_rows(metrics, &rows)) || refuse(metrics, path, rows.line, error);
}
