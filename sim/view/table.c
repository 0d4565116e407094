// SPDX-License-Identifier: Apache-2.0
#include "view/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/columns.h"
#include "base/utf8.h"

enum { INDENT = 2, GAP = 2, TITLE_LINES_MAX = 4, WIDTH_MIN = 4 };

void snap_table_init(struct snap_table *table, const struct snap_table_column *columns,
                     uint32_t column_count)
{
    SNAP_CHECK(column_count <= SNAP_TABLE_COLUMNS_MAX);
    memset(table, 0, sizeof(*table));
    snap_arena_init(&table->arena);
    table->columns = columns;
    table->column_count = column_count;
}

void snap_table_fini(struct snap_table *table)
{
    snap_arena_fini(&table->arena);
    memset(table, 0, sizeof(*table));
}

/* The text as it can be shown, in the table's arena if it is not that already. */
static const char *shown(struct snap_table *table, const char *text)
{
    struct snap_text printable = {0};
    const char *copy;

    if (snap_text_is_printable(text, strlen(text)))
        return text;
    snap_text_add_printable(&printable, text, strlen(text));
    copy = snap_arena_strdup(&table->arena, snap_text_get(&printable));
    snap_text_fini(&printable);
    return copy;
}

void snap_table_cell(struct snap_table *table, const char *text)
{
    table->cells = snap_arena_grow(&table->arena, table->cells, table->cell_count,
                                   &table->cell_capacity, sizeof(table->cells[0]));
    table->cells[table->cell_count++] = text ? shown(table, text) : "";
}

void snap_table_printf(struct snap_table *table, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    snap_table_cell(table, snap_arena_strdup(&table->arena, text));
}

void snap_table_end_row(struct snap_table *table)
{
    while (table->cell_count % table->column_count != 0)
        snap_table_cell(table, "");
}

uint32_t snap_table_next_row(struct snap_table *table, uint32_t row, struct snap_table_rows rows)
{
    if (rows.count <= rows.max || row != rows.max / 4)
        return row;
    snap_table_cell(table, "...");
    snap_table_printf(table, "%u more", rows.count - rows.max);
    snap_table_end_row(table);
    return row + rows.count - rows.max;
}

/* ---- widths ---- */

/* The length of the piece of a title that stands on one line: as many words as fit. */
static size_t title_piece(const char *title, uint32_t width)
{
    size_t end = strcspn(title, " ");

    while (title[end] == ' ') {
        size_t next = end + 1 + strcspn(title + end + 1, " ");

        if (snap_columns_of(title, next) > width)
            break;
        end = next;
    }
    return end;
}

static uint32_t title_lines(const char *title, uint32_t width)
{
    uint32_t lines = 0;

    for (const char *at = title; *at != '\0'; lines++) {
        at += title_piece(at, width);
        at += *at == ' ';
    }
    return lines;
}

static uint32_t widest_word(const char *title)
{
    uint32_t widest = 0;

    for (const char *at = title; *at != '\0'; at += *at == ' ') {
        size_t length = strcspn(at, " ");
        uint32_t width = snap_columns_of(at, length);

        if (width > widest)
            widest = width;
        at += length;
    }
    return widest;
}

/* Wide enough for each cell, and for the title on at most TITLE_LINES_MAX lines. */
static uint32_t natural_width(const struct snap_table *table, uint32_t column)
{
    const char *title = table->columns[column].title;
    uint32_t width = widest_word(title);

    for (uint32_t i = column; i < table->cell_count; i += table->column_count) {
        uint32_t cell = snap_columns_of(table->cells[i], strlen(table->cells[i]));

        if (cell > width)
            width = cell;
    }
    while (title_lines(title, width) > TITLE_LINES_MAX)
        width++;
    return width;
}

enum blank { BLANK_NOT, BLANK_DASHES, BLANK_EMPTY, BLANK_ZEROS };

/* Whether the cell is 0, whatever its unit: "0", "0.00", "0 B (0 B)". Percents are rounded. */
static bool is_zero(const char *cell)
{
    size_t number = strspn(cell, "0.");

    return cell[0] == '0' && (cell[number] == '\0' || cell[number] == ' ') &&
           !cell[strcspn(cell, "123456789%")];
}

static bool has_zeros(const struct snap_table *table, uint32_t column)
{
    if (table->columns[column].side == SNAP_TABLE_LEFT)
        return false;
    for (uint32_t i = column; i < table->cell_count; i += table->column_count)
        if (!is_zero(table->cells[i]))
            return false;
    return true;
}

/* Whether the column says nothing: all its cells are "-" or empty, or hardly anything: all are 0.
 * The first one names the rows. */
static enum blank blank_of(const struct snap_table *table, uint32_t column)
{
    enum blank blank = BLANK_EMPTY;

    if (column == 0 || table->cell_count == 0)
        return BLANK_NOT;
    if (has_zeros(table, column))
        return BLANK_ZEROS;
    for (uint32_t i = column; i < table->cell_count; i += table->column_count) {
        if (strcmp(table->cells[i], "-") == 0)
            blank = BLANK_DASHES;
        else if (table->cells[i][0] != '\0')
            return BLANK_NOT;
    }
    return blank;
}

/* What stands where: width 0 is a column that is left out. */
struct layout {
    uint32_t widths[SNAP_TABLE_COLUMNS_MAX];
    enum blank blanks[SNAP_TABLE_COLUMNS_MAX];
    uint32_t total;
};

static uint32_t total_width(const struct snap_table *table, const struct layout *layout)
{
    uint32_t total = INDENT;

    for (uint32_t i = 0; i < table->column_count; i++)
        if (layout->widths[i] > 0)
            total += layout->widths[i] + (total > INDENT ? GAP : 0);
    return total;
}

/* The column that goes first, of those that are so; column_count if none may. */
static uint32_t least_wanted(const struct snap_table *table, const struct layout *layout,
                             enum blank blank)
{
    uint32_t found = table->column_count;

    for (uint32_t i = 0; i < table->column_count; i++) {
        if (layout->widths[i] == 0 || table->columns[i].priority == 0 || layout->blanks[i] != blank)
            continue;
        if (found == table->column_count ||
            table->columns[i].priority >= table->columns[found].priority)
            found = i;
    }
    return found;
}

static uint32_t widest_column(const struct snap_table *table, const struct layout *layout)
{
    uint32_t found = 0;

    for (uint32_t i = 1; i < table->column_count; i++)
        if (layout->widths[i] > layout->widths[found])
            found = i;
    return found;
}

/* Leaves out columns that are so until the table fits. */
static void leave_out(const struct snap_table *table, uint32_t width, enum blank blank,
                      struct layout *layout)
{
    uint32_t column;

    while (total_width(table, layout) > width &&
           (column = least_wanted(table, layout, blank)) < table->column_count)
        layout->widths[column] = 0;
}

/* Zeros went before anybody knew how wide what else goes is: they stand where there is room now, by
 * rising priority number. */
static void bring_back_zeros(const struct snap_table *table, uint32_t width, struct layout *layout)
{
    uint32_t highest = 0;

    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].priority > highest)
            highest = table->columns[i].priority;
    for (uint32_t priority = 1; priority <= highest; priority++)
        for (uint32_t i = 0; i < table->column_count; i++) {
            if (layout->widths[i] > 0 || layout->blanks[i] != BLANK_ZEROS ||
                table->columns[i].priority != priority)
                continue;
            layout->widths[i] = natural_width(table, i);
            if (total_width(table, layout) > width)
                layout->widths[i] = 0;
        }
}

static void lay_out(const struct snap_table *table, uint32_t width, struct layout *layout)
{
    uint32_t column;

    for (uint32_t i = 0; i < table->column_count; i++) {
        layout->widths[i] = natural_width(table, i);
        layout->blanks[i] = blank_of(table, i);
    }
    for (uint32_t i = table->column_count; i-- > 0;)
        if ((layout->blanks[i] == BLANK_DASHES || layout->blanks[i] == BLANK_EMPTY) &&
            (table->omits_blank || total_width(table, layout) > width))
            layout->widths[i] = 0;
    leave_out(table, width, BLANK_ZEROS, layout);
    leave_out(table, width, BLANK_NOT, layout);
    bring_back_zeros(table, width, layout);
    while (total_width(table, layout) > width) {
        column = widest_column(table, layout);
        if (layout->widths[column] <= WIDTH_MIN)
            break;
        layout->widths[column]--;
    }
    layout->total = total_width(table, layout);
}

/* ---- lines ---- */

static void add_cell(struct snap_text *text, const char *cell, size_t length, uint32_t width,
                     enum snap_table_side side)
{
    uint32_t used = snap_columns_of(cell, length);

    if (used > width) {
        snap_columns_cut(text, cell, length, width);
        return;
    }
    if (side == SNAP_TABLE_RIGHT)
        snap_columns_skip(text, width - used);
    snap_text_add(text, cell, length);
    if (side == SNAP_TABLE_LEFT)
        snap_columns_skip(text, width - used);
}

static void end_line(struct snap_text *text)
{
    while (text->length > 0 && text->data[text->length - 1] == ' ')
        text->data[--text->length] = '\0';
    snap_text_add(text, "\n", 1);
}

static void begin_cell(struct snap_text *text, bool *first)
{
    snap_columns_skip(text, *first ? INDENT : GAP);
    *first = false;
}

static void add_titles(const struct snap_table *table, const struct layout *layout,
                       struct snap_text *text)
{
    const char *rest[SNAP_TABLE_COLUMNS_MAX];
    uint32_t lines = 1;

    for (uint32_t i = 0; i < table->column_count; i++) {
        uint32_t needed =
            layout->widths[i] ? title_lines(table->columns[i].title, layout->widths[i]) : 0;

        rest[i] = table->columns[i].title;
        if (needed > lines)
            lines = needed;
    }
    for (uint32_t line = lines; line > 0; line--) {
        bool first = true;

        for (uint32_t i = 0; i < table->column_count; i++) {
            /* Short titles stand low, next to their cells. */
            bool turn = layout->widths[i] && title_lines(rest[i], layout->widths[i]) >= line;
            size_t length = turn ? title_piece(rest[i], layout->widths[i]) : 0;

            if (layout->widths[i] == 0)
                continue;
            begin_cell(text, &first);
            add_cell(text, rest[i], length, layout->widths[i], table->columns[i].side);
            rest[i] += length;
            rest[i] += turn && *rest[i] == ' ';
        }
        end_line(text);
    }
}

static void add_rule(const struct snap_table *table, const struct layout *layout,
                     struct snap_text *text)
{
    bool first = true;

    for (uint32_t i = 0; i < table->column_count; i++) {
        if (layout->widths[i] == 0)
            continue;
        begin_cell(text, &first);
        for (uint32_t j = 0; j < layout->widths[i]; j++)
            snap_text_add(text, "-", 1);
    }
    end_line(text);
}

const char *snap_title_mended(const char *title, struct snap_arena *arena)
{
    char *mended = snap_arena_strdup(arena, title);
    char *to = mended;

    for (; *title != '\0'; title++) {
        if (title[0] == '-' && title[1] == ' ')
            title++;
        else
            *to++ = *title;
    }
    *to = '\0';
    return mended;
}

/* Names the columns that were left out and are so, behind the words. */
static void add_named(const struct snap_table *table, const struct layout *layout, enum blank blank,
                      const char *words, struct snap_text *line)
{
    struct snap_arena arena;
    uint32_t count = 0;

    snap_arena_init(&arena);
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (layout->widths[i] > 0 || layout->blanks[i] != blank)
            continue;
        snap_text_add_string(line, count++ == 0 ? words : ", ");
        snap_text_add_string(line, snap_title_mended(table->columns[i].title, &arena));
    }
    if (count > 0)
        snap_text_add_string(line, ")");
    snap_arena_fini(&arena);
}

/* Which columns had no room, or only dashes or zeros: otherwise nobody would miss them. Of those
 * that are empty there is nothing to tell. */
static void add_left_out(const struct snap_table *table, const struct layout *layout,
                         uint32_t width, struct snap_text *text)
{
    struct snap_text line = {0};

    add_named(table, layout, BLANK_DASHES, "(\"-\" in every row: ", &line);
    snap_paragraph_text(snap_text_get(&line), width, text);
    snap_text_clear(&line);
    add_named(table, layout, BLANK_ZEROS, "(0 in every row: ", &line);
    snap_paragraph_text(snap_text_get(&line), width, text);
    snap_text_clear(&line);
    add_named(table, layout, BLANK_NOT, "(no room for ", &line);
    snap_paragraph_text(snap_text_get(&line), width, text);
    snap_text_fini(&line);
}

void snap_table_text(const struct snap_table *table, uint32_t width, struct snap_text *text)
{
    struct layout layout;

    lay_out(table, width, &layout);
    add_titles(table, &layout, text);
    add_rule(table, &layout, text);
    for (uint32_t row = 0; row < table->cell_count; row += table->column_count) {
        bool first = true;

        for (uint32_t i = 0; i < table->column_count; i++) {
            const char *cell = table->cells[row + i];

            if (layout.widths[i] == 0)
                continue;
            begin_cell(text, &first);
            add_cell(text, cell, strlen(cell), layout.widths[i], table->columns[i].side);
        }
        end_line(text);
    }
    add_left_out(table, &layout, width, text);
}

void snap_paragraph_text(const char *paragraph, uint32_t width, struct snap_text *text)
{
    while (*paragraph != '\0') {
        size_t length = title_piece(paragraph, width - INDENT);

        snap_columns_skip(text, INDENT);
        snap_text_add(text, paragraph, length);
        snap_text_add(text, "\n", 1);
        paragraph += length;
        paragraph += *paragraph == ' ';
    }
}
