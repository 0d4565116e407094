// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/columns.h"
#include "base/utf8.h"
#include "scenario/scenario.h"
#include "scenario/source_text.h"

enum { LINE_SHOWN_MAX = 100 };

/* Finds line number `line` in the text; false if it has fewer. */
static bool find_line(const struct snap_scenario_text *text, uint32_t line, const char **start,
                      size_t *length)
{
    const char *at = text->bytes;
    const char *end = text->bytes + text->length;

    for (uint32_t i = 1; i < line; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at)
            return false;
        at++;
    }
    *start = at;
    *length = 0;
    while (at + *length < end && at[*length] != '\n' && at[*length] != '\r')
        ++*length;
    return true;
}

/* Second and later bytes of a character take no column. */
static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Byte offset of the column, which counts characters from 1. */
static size_t column_offset(const char *line, size_t length, uint32_t column)
{
    size_t at = 0;

    for (uint32_t i = 1; i < column && at < length; i++)
        do
            at++;
        while (at < length && is_continuation(line[at]));
    return at;
}

/* The bytes of the character here. NULL, or what takes the place of one that cannot be shown. */
static size_t step(const char *line, size_t at, size_t end, const char **instead)
{
    size_t length = snap_utf8_sequence((const unsigned char *)line + at, end - at);

    *instead = length == 0 ? "?" : snap_text_is_printable(line + at, length) ? NULL : " ";
    return length ? length : 1;
}

static void print_part(struct snap_text *to, const char *line, size_t from, size_t end)
{
    const char *instead;

    for (size_t at = from, length; at < end; at += length) {
        length = step(line, at, end, &instead);
        snap_text_add(to, instead ? instead : line + at, instead ? 1 : length);
    }
}

/* The columns of a terminal that the part takes. */
static uint32_t width_of(const char *line, size_t from, size_t end)
{
    uint32_t width = 0;
    const char *instead;

    for (size_t at = from, length; at < end; at += length) {
        length = step(line, at, end, &instead);
        width += instead ? 1 : snap_columns_of(line + at, length);
    }
    return width;
}

/* Of a long line only the part around the place is shown. */
static void print_line(struct snap_text *to, const char *line, size_t length, uint32_t column)
{
    size_t at = column_offset(line, length, column);
    size_t from = at > LINE_SHOWN_MAX * 3 / 4 ? at - LINE_SHOWN_MAX / 2 : 0;
    size_t shown;

    while (from < length && is_continuation(line[from]))
        from++;
    shown = length - from > LINE_SHOWN_MAX ? LINE_SHOWN_MAX : length - from;
    while (shown && shown < length - from && is_continuation(line[from + shown]))
        shown--;
    snap_text_add_string(to, "  ");
    print_part(to, line, from, from + shown);
    snap_text_add_string(to, "\n  ");
    snap_columns_skip(to, width_of(line, from, at));
    snap_text_add_string(to, "^\n");
}

/* A file that changed since may be shorter: then there is only the message. */
static void print_place(struct snap_text *to, const struct snap_error *error,
                        const struct snap_scenario_text *text)
{
    const char *line;
    size_t length;

    if (find_line(text, error->line, &line, &length))
        print_line(to, line, length, error->column);
}

void snap_scenario_print_error(struct snap_text *to, const struct snap_error *error,
                               const struct snap_scenario_text *text)
{
    struct snap_error ignored = {0};
    struct snap_source source = {0};
    struct snap_arena arena;

    if (error->file[0] && error->line)
        snap_text_printf(to, "%s:%u:%u: ", error->file, error->line, error->column);
    else if (error->file[0])
        snap_text_printf(to, "%s: ", error->file);
    snap_text_printf(to, "%s\n", error->message);
    /* Words of a damaged file may be in it. */
    snap_text_make_printable(to);
    if (!error->file[0] || !error->line)
        return;
    if (text) {
        print_place(to, error, text);
        return;
    }
    snap_arena_init(&arena);
    snap_source_read(error->file, &arena, &source, &ignored);
    if (source.bytes)
        print_place(to, error,
                    &(struct snap_scenario_text){source.name, source.bytes, source.length});
    snap_arena_fini(&arena);
}
