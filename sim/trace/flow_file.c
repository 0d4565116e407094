// SPDX-License-Identifier: Apache-2.0
#include "trace/flow_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 9, NAME = 1 };

static const char *const titles = "vertex\tname\tfrom_ms\tto_ms\trecords_per_s\tbusy\t"
                                  "backpressured\tidle\tbacklog\n";

/* ---- writing ---- */

static void add_number(struct snap_text *text, double number)
{
    if (isnan(number))
        snap_text_add_string(text, "\t-");
    else
        snap_text_printf(text, "\t%.9g", number);
}

static void add_name(struct snap_text *text, const char *name)
{
    for (; *name != '\0'; name++)
        snap_text_add(text, (unsigned char)*name < ' ' ? " " : name, 1);
}

void snap_flow_file_text(struct snap_text *text, const struct snap_flow *flow)
{
    snap_text_add_string(text, titles);
    for (uint32_t v = 0; flow->rows && v < flow->job->vertex_count; v++) {
        for (uint32_t bin = 0; bin < flow->bin_count; bin++) {
            const struct snap_flow_row *row = snap_flow_at(flow, v, bin);

            snap_text_printf(text, "%u\t", v);
            add_name(text, flow->job->vertices[v].name);
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

/* A row as it stands in the file. */
struct line {
    double fields[FIELDS];
};

static bool parse_line(char *text, struct line *line)
{
    for (uint32_t i = 0; i < FIELDS; i++) {
        char *end = text + strcspn(text, "\t\n");
        bool last = *end != '\t';
        char *stop = end;

        *end = '\0';
        line->fields[i] = NAN;
        if (i != NAME && strcmp(text, "-") != 0)
            line->fields[i] = strtod(text, &stop);
        if (stop != end || (text == end && i != NAME) || last != (i + 1 == FIELDS))
            return false;
        text = end + 1;
    }
    return true;
}

struct lines {
    struct line *items;
    uint32_t count;
    uint32_t capacity;
};

/* Fills the flow; the rows must stand vertex by vertex, as many for each. */
static bool take_lines(struct snap_flow *flow, const struct lines *lines)
{
    uint32_t vertices = flow->job->vertex_count;
    const struct line *last;

    if (lines->count == 0)
        return true;
    last = lines->items + lines->count - 1;
    if (lines->count % vertices != 0)
        return false;
    flow->bin_count = lines->count / vertices;
    flow->end_ns = (snap_ns)llround(last->fields[3] * (double)SNAP_MS);
    flow->width_ns = (snap_ns)llround(lines->items[0].fields[3] * (double)SNAP_MS);
    flow->rows = SNAP_ARENA_ARRAY(&flow->arena, struct snap_flow_row, lines->count);
    for (uint32_t i = 0; i < lines->count; i++) {
        const double *fields = lines->items[i].fields;

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
    FILE *file = fopen(path, "r");
    struct lines lines = {0};
    char *text = NULL;
    size_t capacity = 0;
    uint32_t number = 0;
    bool good = true;

    if (!file)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
    while (good && getline(&text, &capacity, file) > 0) {
        if (number++ == 0) {
            good = strcmp(text, titles) == 0;
            continue;
        }
        lines.items = snap_arena_grow(&flow->arena, lines.items, lines.count, &lines.capacity,
                                      sizeof(lines.items[0]));
        good = parse_line(text, &lines.items[lines.count++]);
    }
    free(text);
    fclose(file);
    good = good && number > 0 && take_lines(flow, &lines);
    return good || refuse(flow, path, number, error);
}
