// SPDX-License-Identifier: Apache-2.0
#include "view/capability_table.h"

#include <string.h>

#include "base/json.h"
#include "view/table.h"

static const char *const kinds[SNAP_CAPABILITY_KINDS] = {
    "canonical savepoint", "native savepoint", "aligned checkpoint", "unaligned checkpoint"};

static const struct snap_table_column columns[] = {
    {"Operation", SNAP_TABLE_LEFT, 0},
    {"Canonical Savepoint", SNAP_TABLE_LEFT, 0},
    {"Native Savepoint", SNAP_TABLE_LEFT, 0},
    {"Aligned Checkpoint", SNAP_TABLE_LEFT, 0},
    {"Unaligned Checkpoint", SNAP_TABLE_LEFT, 0},
};

/* "yes", "unpromised", ... */
static const char *result_word(enum snap_capability_result result)
{
    switch (result) {
    case SNAP_CAPABILITY_NOT_TRIED:
        return "-";
    case SNAP_CAPABILITY_YES:
        return "yes";
    case SNAP_CAPABILITY_UNPROMISED:
        return "unpromised";
    case SNAP_CAPABILITY_REFUSED:
        return "refused";
    case SNAP_CAPABILITY_FAILS:
        return "fails";
    case SNAP_CAPABILITY_WRONG:
        return "WRONG";
    }
    return "";
}

void snap_capability_table_text(struct snap_text *text, const struct snap_capability_table *table,
                                uint32_t width)
{
    struct snap_table cells;

    snap_text_printf(text, "State backend: %s\n", table->backend);
    snap_table_init(&cells, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t r = 0; r < table->row_count; r++) {
        snap_table_cell(&cells, table->rows[r].title);
        for (int k = 0; k < SNAP_CAPABILITY_KINDS; k++)
            snap_table_cell(&cells, result_word(table->cells[r][k].result));
        snap_table_end_row(&cells);
    }
    snap_table_text(&cells, width, text);
    snap_table_fini(&cells);
    snap_text_add_string(text, "\n");
}

void snap_capability_legend_text(struct snap_text *text, const struct snap_capability_row *rows,
                                 uint32_t row_count, uint32_t width)
{
    static const char *const lines[] = {
        "yes: the job goes on from it and comes to what it comes to without a break",
        "unpromised: the same, but Flink's documentation does not promise that it stays so",
        "refused: at submission, before any task runs",
        "fails: in the tasks, when they read their states; Flink restarts them in vain",
        "-: not tried",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        snap_paragraph_text(lines[i], width, text);
    for (uint32_t r = 0; r < row_count; r++) {
        struct snap_text line = {0};

        if (!rows[r].untried)
            continue;
        snap_text_printf(&line, "- in \"%s\": %s", rows[r].title, rows[r].untried);
        snap_paragraph_text(snap_text_get(&line), width, text);
        snap_text_fini(&line);
    }
}

/* The kinds of snapshot that were not tried, with their reason. */
static void add_untried(struct snap_text *text, const struct snap_capability_row *row,
                        const struct snap_capability_cell *cells, uint32_t width)
{
    struct snap_text line = {0};

    for (int k = 0; k < SNAP_CAPABILITY_KINDS; k++)
        if (cells[k].result == SNAP_CAPABILITY_NOT_TRIED)
            snap_text_printf(&line, "%s%s", line.length > 0 ? ", " : "", kinds[k]);
    if (line.length > 0 && row->untried) {
        snap_text_printf(&line, ": not tried: %s", row->untried);
        snap_paragraph_text(snap_text_get(&line), width, text);
    }
    snap_text_fini(&line);
}

static void add_reasons(struct snap_text *text, const struct snap_capability_table *table,
                        uint32_t row, uint32_t width)
{
    const struct snap_capability_row *of = &table->rows[row];

    snap_text_printf(text, "%s (%s), state backend %s\n", of->title, of->id, table->backend);
    snap_paragraph_text(of->note, width, text);
    for (int k = 0; k < SNAP_CAPABILITY_KINDS; k++) {
        const struct snap_capability_cell *cell = &table->cells[row][k];
        struct snap_text line = {0};

        if (cell->result == SNAP_CAPABILITY_NOT_TRIED)
            continue;
        snap_text_printf(&line, "%s: %s: %s", kinds[k], result_word(cell->result), cell->why);
        snap_paragraph_text(snap_text_get(&line), width, text);
        snap_text_fini(&line);
    }
    add_untried(text, of, table->cells[row], width);
    snap_text_add_string(text, "\n");
}

bool snap_capability_reasons_text(struct snap_text *text, const struct snap_capability_table *table,
                                  const char *id, uint32_t width)
{
    bool found = false;

    for (uint32_t r = 0; r < table->row_count; r++) {
        if (id && strcmp(table->rows[r].id, id) != 0)
            continue;
        add_reasons(text, table, r, width);
        found = true;
    }
    return found;
}

static const char *promise_word(char letter)
{
    switch (letter) {
    case 'y':
        return "promised";
    case 'n':
        return "not supported";
    case '!':
        return "not guaranteed";
    default:
        return NULL;
    }
}

static void add_cell(struct snap_json *json, const struct snap_capability_row *row,
                     const struct snap_capability_cell *cell, int kind)
{
    bool tried = cell->result != SNAP_CAPABILITY_NOT_TRIED;

    snap_json_object_begin(json, kinds[kind]);
    snap_json_string(json, "result", tried ? result_word(cell->result) : "not tried");
    snap_json_string(json, "flink_documents", promise_word(row->promise[kind]));
    snap_json_string(json, "why", tried ? cell->why : row->untried);
    snap_json_object_end(json);
}

static void add_table(struct snap_json *json, const struct snap_capability_table *table)
{
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "state_backend", table->backend);
    snap_json_array_begin(json, "operations");
    for (uint32_t r = 0; r < table->row_count; r++) {
        snap_json_object_begin(json, NULL);
        snap_json_string(json, "operation", table->rows[r].id);
        snap_json_string(json, "title", table->rows[r].title);
        snap_json_string(json, "flink_name", table->rows[r].page);
        snap_json_string(json, "note", table->rows[r].note);
        for (int k = 0; k < SNAP_CAPABILITY_KINDS; k++)
            add_cell(json, &table->rows[r], &table->cells[r][k], k);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
    snap_json_object_end(json);
}

void snap_capability_json(struct snap_text *text, const char *version,
                          const struct snap_capability_table *tables, uint32_t count)
{
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_INDENTED);
    snap_json_object_begin(&json, NULL);
    snap_json_string(&json, "flink_version", version);
    snap_json_array_begin(&json, "tables");
    for (uint32_t i = 0; i < count; i++)
        add_table(&json, &tables[i]);
    snap_json_array_end(&json);
    snap_json_object_end(&json);
    snap_text_add_string(text, "\n");
}
