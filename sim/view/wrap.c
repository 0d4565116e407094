// SPDX-License-Identifier: Apache-2.0
#include "view/wrap.h"

/* Code points, of which second and later bytes are none. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* Where the second column of the line begins, in columns; a little in if it has none. */
static size_t hanging_indent(const char *line, size_t length, uint32_t width)
{
    size_t lead = strspn(line, " ");
    size_t at = lead;

    while (at + 2 < length && !(line[at] == ' ' && line[at + 1] == ' '))
        at++;
    if (at + 2 < length)
        at += strspn(line + at, " ");
    else
        at = length;
    return columns_of(line, at) * 2 > width || at >= length ? lead + 4 : columns_of(line, at);
}

/* The bytes of the first line: up to the last space that fits, or the first one behind `from`. */
static size_t piece_of(const char *line, size_t length, size_t from, uint32_t width)
{
    size_t end = 0;

    if (columns_of(line, length) <= width)
        return length;
    for (size_t i = from; i < length; i++)
        if (line[i] == ' ' && (end == 0 || columns_of(line, i) <= width))
            end = i;
    return end ? end : length;
}

static void add_line(struct snap_text *text, const char *line, size_t length, uint32_t width)
{
    size_t indent = hanging_indent(line, length, width);
    size_t piece = piece_of(line, length, strspn(line, " "), width);

    snap_text_add(text, line, piece);
    for (line += piece, length -= piece; length > 0; line += piece, length -= piece) {
        size_t spaces = strspn(line, " ");

        line += spaces;
        length -= spaces;
        piece = piece_of(line, length, 0, width - (uint32_t)indent);
        snap_text_add(text, "\n", 1);
        for (size_t i = 0; i < indent; i++)
            snap_text_add(text, " ", 1);
        snap_text_add(text, line, piece);
    }
}

void snap_wrap_text(struct snap_text *text, const char *from, uint32_t width)
{
    while (*from) {
        size_t length = strcspn(from, "\n");

        add_line(text, from, length, width);
        from += length;
        if (*from) {
            snap_text_add(text, "\n", 1);
            from++;
        }
    }
}
