// SPDX-License-Identifier: Apache-2.0
#include "verify/sink_lines.h"

#include <string.h>

#include "base/check.h"
#include "model/string_pool.h"

enum { NUMBER_DIGITS_MAX = 20 };

static void write_number(struct snap_text *text, int64_t number)
{
    char digits[NUMBER_DIGITS_MAX + 1];
    size_t at = sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        digits[--at] = '-';
    snap_text_add(text, digits + at, sizeof(digits) - at);
}

static void write_string(struct snap_text *text, const struct snap_string *string)
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < string->length; i++) {
        char c = string->bytes[i];

        if (c != '\t' && c != '\n' && c != '\\')
            continue;
        snap_text_add(text, string->bytes + done, i - done);
        snap_text_add_string(text, c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\\\");
        done = i + 1;
    }
    snap_text_add(text, string->bytes + done, string->length - done);
}

/* Appends the value as it stands in a line. */
static void write_value(struct snap_text *text, enum snap_value_kind kind, union snap_value value)
{
    if (kind == SNAP_VALUE_LONG)
        write_number(text, value.number);
    else
        write_string(text, value.string);
}

static bool line_matches(struct snap_text *text, const char *line, const struct snap_record *record,
                         struct snap_schema schema)
{
    snap_text_clear(text);
    write_value(text, schema.key, record->key);
    snap_text_add(text, "\t", 1);
    write_value(text, schema.value, record->value);
    return strcmp(snap_text_get(text), line) == 0;
}

static void compare_lines(struct snap_part_book *book, struct snap_arena *arena,
                          const struct snap_sink_part *part, struct snap_schema schema)
{
    struct snap_text text = {0};
    uint64_t end = part->line_count < book->written.count ? part->line_count : book->written.count;

    for (uint64_t i = 0; i < end;) {
        struct snap_slice slice = snap_log_slice(&book->written, i, end);

        for (uint32_t k = 0; k < slice.count; k++) {
            struct snap_log_entry entry = snap_slice_entry(&slice, k);

            if (line_matches(&text, part->lines[i + k], &entry.record, schema))
                continue;
            book->bad_lines = snap_arena_grow(arena, book->bad_lines, book->bad_count,
                                              &book->bad_capacity, sizeof(*book->bad_lines));
            book->bad_lines[book->bad_count++] = i + k;
        }
        i += slice.count;
    }
    snap_text_fini(&text);
}

void snap_sink_lines_compare(struct snap_part_book *book, struct snap_arena *arena,
                             const struct snap_sink_part *part, struct snap_schema schema)
{
    SNAP_CHECK(!book->reported);
    book->reported = true;
    book->phase = part->phase;
    book->line_count = part->line_count;
    if (part->lines)
        compare_lines(book, arena, part, schema);
}
