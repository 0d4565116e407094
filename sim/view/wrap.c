// SPDX-License-Identifier: Apache-2.0
#include "view/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "base/columns.h"

/* Entries of lists stand this far in. */
enum { ENTRY_INDENT = 2, MORE = 4 };

/* Whether what follows on the next line stands further in, to tell it from a line of its own: of
 * "  entry" and of "word: ..." or "two words: ...". */
static bool is_head(const char *line, size_t lead)
{
    size_t word = strcspn(line + lead, " \n");
    size_t second = word;

    if (word > 0 && line[lead + word - 1] != ':' && line[lead + word] == ' ')
        second = word + 1 + strcspn(line + lead + word + 1, " \n");
    return lead == ENTRY_INDENT || (word > 0 && line[lead + word - 1] == ':') ||
           (second > word + 1 && line[lead + second - 1] == ':');
}

/* An example in YAML: "- {key: value}". */
static bool is_item(const char *line, size_t lead)
{
    return strncmp(line + lead, "- {", strlen("- {")) == 0;
}

/* Where the second column of the line begins, in columns; else as its kind of line has it. */
static size_t hanging_indent(const char *line, size_t length, uint32_t width)
{
    size_t lead = strspn(line, " ");
    size_t at = lead;

    if (is_item(line, lead))
        return lead + strlen("- {");
    while (at + 2 < length && !(line[at] == ' ' && line[at + 1] == ' '))
        at++;
    if (at + 2 >= length)
        return is_head(line, lead) ? lead + MORE : lead;
    at += strspn(line + at, " ");
    return snap_columns_of(line, at) * 2 > width ? lead + MORE : snap_columns_of(line, at);
}

/* What is broken, and how. */
struct paragraph {
    const char *line;
    size_t length; /* what is left of it */
    bool is_item;
};

/* The bytes of the first line: up to the last space that fits, of an item the last one behind a
 * comma; or the first one behind `from`. */
static size_t piece_of(const struct paragraph *paragraph, size_t from, uint32_t width)
{
    const char *line = paragraph->line;
    size_t end = 0;
    size_t comma = 0;

    if (snap_columns_of(line, paragraph->length) <= width)
        return paragraph->length;
    for (size_t i = from; i < paragraph->length; i++) {
        bool fits = snap_columns_of(line, i) <= width;

        if (line[i] == ' ' && (end == 0 || fits))
            end = i;
        if (line[i] == ' ' && fits && i > 0 && line[i - 1] == ',')
            comma = i;
    }
    if (paragraph->is_item && comma > 0)
        return comma;
    return end ? end : paragraph->length;
}

/* Without spaces at its end. */
static void add_piece(struct snap_text *text, const char *piece, size_t length)
{
    while (length > 0 && piece[length - 1] == ' ')
        length--;
    snap_text_add(text, piece, length);
}

/* What goes on stands so far in. */
static void add_paragraph(struct snap_text *text, struct paragraph rest, size_t indent,
                          uint32_t width)
{
    size_t piece = piece_of(&rest, strspn(rest.line, " "), width);

    add_piece(text, rest.line, piece);
    for (;;) {
        rest.line += piece;
        rest.length -= piece;
        if (rest.length == 0)
            return;
        piece = strspn(rest.line, " ");
        rest.line += piece;
        rest.length -= piece;
        piece = piece_of(&rest, 0, width - (uint32_t)indent);
        snap_text_add(text, "\n", 1);
        for (size_t i = 0; i < indent; i++)
            snap_text_add(text, " ", 1);
        add_piece(text, rest.line, piece);
    }
}

static void add_line(struct snap_text *text, const char *line, size_t length, uint32_t width)
{
    struct paragraph paragraph = {line, length, is_item(line, strspn(line, " "))};

    add_paragraph(text, paragraph, hanging_indent(line, length, width), width);
}

void snap_wrap_paragraph(struct snap_text *text, const char *line, uint32_t indent, uint32_t width)
{
    add_paragraph(text, (struct paragraph){line, strlen(line), false}, indent, width);
}

void snap_wrap_headline(struct snap_text *text, const char *line, uint32_t width)
{
    snap_wrap_paragraph(text, line, MORE, width);
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
