// SPDX-License-Identifier: Apache-2.0
#include "trace/metrics_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void add_name(struct snap_text *text, const char *name)
{
    for (; *name != '\0'; name++)
        snap_text_add(text, (unsigned char)*name < ' ' ? " " : name, 1);
}

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
    add_name(text, metrics->job->vertices[line->vertex].name);
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

struct row {
    double fields[FIELDS];
};

static bool parse_row(char *text, struct row *row)
{
    for (uint32_t i = 0; i < FIELDS; i++) {
        char *end = text + strcspn(text, "\t\n");
        bool last = *end != '\t';
        char *stop = end;

        *end = '\0';
        row->fields[i] = NAN;
        if (i != NAME && i != SUBTASK && strcmp(text, "-") != 0)
            row->fields[i] = strtod(text, &stop);
        if (stop != end || (text == end && i != NAME) || last != (i + 1 == FIELDS))
            return false;
        text = end + 1;
    }
    return true;
}

struct rows {
    struct row *items;
    uint32_t count;
    uint32_t capacity;
};

/* Fills the metrics; the lines must stand as they are made, with as many bins each. */
static bool take_rows(struct snap_metrics *metrics, const struct rows *rows)
{
    uint32_t row = 0;

    if (rows->count == 0)
        return true;
    metrics->width_ns = (snap_ns)llround(rows->items[0].fields[UNTIL] * (double)SNAP_MS);
    metrics->end_ns =
        (snap_ns)llround(rows->items[rows->count - 1].fields[UNTIL] * (double)SNAP_MS);
    if (metrics->width_ns <= 0 || metrics->end_ns / metrics->width_ns >= rows->count)
        return false;
    snap_metrics_make_lines(
        metrics, (uint32_t)((metrics->end_ns + metrics->width_ns - 1) / metrics->width_ns));
    if ((uint64_t)metrics->line_count * metrics->bin_count != rows->count)
        return false;
    for (uint32_t line = 0; line < metrics->line_count; line++)
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++, row++) {
            if (rows->items[row].fields[VERTEX] != metrics->lines[line].vertex)
                return false;
            memcpy(snap_metrics_at(metrics, line, bin), &rows->items[row].fields[LEADING],
                   SNAP_METRIC_COUNT * sizeof(double));
        }
    return true;
}

static bool has_titles(const char *line)
{
    struct snap_text titles = {0};
    bool same;

    add_titles(&titles);
    same = strcmp(line, snap_text_get(&titles)) == 0;
    snap_text_fini(&titles);
    return same;
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
    FILE *file = fopen(path, "r");
    struct rows rows = {0};
    char *text = NULL;
    size_t capacity = 0;
    uint32_t number = 0;
    bool good = true;

    if (!file)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
    while (good && getline(&text, &capacity, file) > 0) {
        if (number++ == 0) {
            good = has_titles(text);
            continue;
        }
        rows.items = snap_arena_grow(&metrics->arena, rows.items, rows.count, &rows.capacity,
                                     sizeof(rows.items[0]));
        good = parse_row(text, &rows.items[rows.count++]);
    }
    free(text);
    fclose(file);
    good = good && number > 0 && take_rows(metrics, &rows);
    return good || refuse(metrics, path, number, error);
}
