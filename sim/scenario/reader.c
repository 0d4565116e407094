// SPDX-License-Identifier: Apache-2.0
#include "scenario/reader.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

/* Messages of one build come from several sources: file, variant, arguments. */
static void place(struct snap_reader *reader, const struct snap_node *at)
{
    snap_error_place(reader->error, at->source->name, at->line, at->column);
}

/* What came out of a quoted text must not reach a terminal as it is. */
static void blank_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

bool snap_reader_fail(struct snap_reader *reader, const struct snap_node *at, const char *format,
                      ...)
{
    char message[SNAP_ERROR_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    blank_controls(message);
    snap_error_set(reader->error, SNAP_ERROR_SCENARIO, "%s", message);
    place(reader, at);
    return false;
}

bool snap_reader_unsupported(struct snap_reader *reader, const struct snap_node *at,
                             const char *what)
{
    snap_error_set(reader->error, SNAP_ERROR_UNSUPPORTED, "%s is not in this version", what);
    place(reader, at);
    return false;
}

static bool is_noted(const struct snap_reader *reader, const struct snap_node *at, const char *text)
{
    for (uint32_t i = 0; i < reader->note_count; i++) {
        const struct snap_scenario_note *note = &reader->notes[i];

        if (note->line == at->line && note->column == at->column && strcmp(note->text, text) == 0)
            return true;
    }
    return false;
}

static void add_note(struct snap_reader *reader, const struct snap_scenario_note *note)
{
    reader->notes = snap_arena_grow(reader->arena, reader->notes, reader->note_count,
                                    &reader->note_capacity, sizeof(*reader->notes));
    reader->notes[reader->note_count++] = *note;
}

void snap_reader_note(struct snap_reader *reader, const struct snap_node *at, const char *format,
                      ...)
{
    char text[SNAP_ERROR_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    blank_controls(text);
    /* Some values are read again, of later jobs. */
    if (is_noted(reader, at, text))
        return;
    add_note(reader, &(struct snap_scenario_note){
                         .file = snap_arena_strdup(reader->arena, at->source->name),
                         .line = at->line,
                         .column = at->column,
                         .text = snap_arena_strdup(reader->arena, text),
                     });
}

void snap_reader_add_notes(struct snap_reader *reader, const struct snap_scenario_note *notes,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        add_note(reader, &(struct snap_scenario_note){
                             .file = snap_arena_strdup(reader->arena, notes[i].file),
                             .line = notes[i].line,
                             .column = notes[i].column,
                             .text = snap_arena_strdup(reader->arena, notes[i].text),
                         });
}

/* "a, b or c". */
static void list_names(char *to, size_t bytes, const char *const *names)
{
    size_t used = 0;

    to[0] = '\0';
    for (size_t i = 0; names[i] && used < bytes; i++) {
        const char *glue = i == 0 ? "" : names[i + 1] ? ", " : " or ";

        used += (size_t)snprintf(to + used, bytes - used, "%s%s", glue, names[i]);
    }
}

bool snap_reader_fail_unknown(struct snap_reader *reader, const struct snap_node *at,
                              const char *what, const char *const *names)
{
    struct snap_suggestion suggestion = {.wanted = at->text};
    char list[1024];

    /* A number that looks like another one is no misspelling of it. */
    for (size_t i = 0; names[i] && !isdigit((unsigned char)at->text[0]); i++)
        snap_suggestion_try(&suggestion, names[i]);
    if (suggestion.best)
        return snap_reader_fail(reader, at, "unknown %s \"%s\"; did you mean \"%s\"?", what,
                                at->text, suggestion.best);
    list_names(list, sizeof(list), names);
    return snap_reader_fail(reader, at, "unknown %s \"%s\"; there are %s", what, at->text, list);
}

bool snap_reader_check_keys(struct snap_reader *reader, const struct snap_node *map,
                            const char *what, const char *const *names)
{
    for (uint32_t i = 0; i < map->count; i++) {
        size_t n = 0;

        while (names[n] && strcmp(names[n], map->keys[i]->text) != 0)
            n++;
        if (!names[n])
            return snap_reader_fail_unknown(reader, map->keys[i], what, names);
    }
    return true;
}

bool snap_reader_expect(struct snap_reader *reader, const struct snap_node *node,
                        enum snap_node_kind kind, const char *what)
{
    static const char *const names[] = {
        [SNAP_NODE_NULL] = "nothing",
        [SNAP_NODE_SCALAR] = "a text or number",
        [SNAP_NODE_LIST] = "a list",
        [SNAP_NODE_MAP] = "a mapping",
    };

    if (node->kind == kind)
        return true;
    return snap_reader_fail(reader, node, "%s must be %s, found %s", what, names[kind],
                            snap_node_kind_name(node));
}

bool snap_reader_fail_units(struct snap_reader *reader, const struct snap_node *node,
                            const struct snap_unit_words *words, enum snap_units_result result)
{
    const char *why = "?";

    switch (result) {
    case SNAP_UNITS_OK:
    case SNAP_UNITS_MALFORMED:
        why = "cannot be read";
        break;
    case SNAP_UNITS_NEGATIVE:
        why = "must not be negative";
        break;
    case SNAP_UNITS_UNKNOWN:
        why = "has an unknown unit";
        break;
    case SNAP_UNITS_NONE:
        why = "has no unit";
        break;
    case SNAP_UNITS_TOO_LARGE:
        why = "is too large";
        break;
    case SNAP_UNITS_TOO_FINE:
        why = "is finer than the smallest unit";
        break;
    }
    if (!words->example)
        return snap_reader_fail(reader, node, "%s %s: \"%s\"", words->what, why, node->text);
    return snap_reader_fail(reader, node, "%s %s: \"%s\"; write it like %s", words->what, why,
                            node->text, words->example);
}

/* A parse that went well is no message. */
static bool units(struct snap_reader *reader, const struct snap_node *node,
                  struct snap_unit_words words, enum snap_units_result result)
{
    return result == SNAP_UNITS_OK || snap_reader_fail_units(reader, node, &words, result);
}

bool snap_reader_duration(struct snap_reader *reader, const struct snap_node *node,
                          const char *what, snap_ns *value)
{
    return snap_reader_duration_to(reader, node, what, SNAP_DURATION_MAX, value);
}

/* "10000 d", or the largest unit of which it is a whole number. */
static const char *duration_text(struct snap_reader *reader, snap_ns duration_ns)
{
    const struct {
        snap_ns ns;
        const char *name;
    } units[] = {{SNAP_DAY, "d"}, {SNAP_HOUR, "h"}, {SNAP_SECOND, "s"}, {1, "ns"}};
    uint32_t unit = 0;

    while (duration_ns % units[unit].ns != 0)
        unit++;
    return snap_arena_printf(reader->arena, "%lld %s", (long long)(duration_ns / units[unit].ns),
                             units[unit].name);
}

bool snap_reader_duration_to(struct snap_reader *reader, const struct snap_node *node,
                             const char *what, snap_ns most_ns, snap_ns *value)
{
    enum snap_units_result result;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    result = snap_units_duration(node->text, SNAP_FRACTIONS_ALLOWED, value);
    /* Flink takes such a number for milliseconds, too; who writes one of a scenario's own durations
     * may have meant seconds. */
    if (result == SNAP_UNITS_OK && *value != 0 && snap_units_is_bare(node->text))
        snap_reader_note(reader, node, "%s: %s has no unit: it counts as %s ms", what, node->text,
                         node->text);
    if (result == SNAP_UNITS_TOO_LARGE || (result == SNAP_UNITS_OK && *value > most_ns))
        return snap_reader_fail(reader, node, "%s must be at most %s, found \"%s\"", what,
                                duration_text(reader, most_ns), node->text);
    return units(reader, node, (struct snap_unit_words){what, "200 ms"}, result);
}

bool snap_reader_size(struct snap_reader *reader, const struct snap_node *node, const char *what,
                      uint32_t *value)
{
    int64_t bytes = 0;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what) ||
        !units(reader, node, (struct snap_unit_words){what, "100 b"},
               snap_units_size(node->text, SNAP_FRACTIONS_ALLOWED, &bytes)))
        return false;
    if (bytes > INT32_MAX)
        return units(reader, node, (struct snap_unit_words){what, NULL}, SNAP_UNITS_TOO_LARGE);
    *value = (uint32_t)bytes;
    return true;
}

bool snap_reader_bandwidth(struct snap_reader *reader, const struct snap_node *node,
                           const char *what, int64_t *value)
{
    int64_t rate = 0;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what) ||
        !units(reader, node, (struct snap_unit_words){what, "1 gb/s"},
               snap_units_bandwidth(node->text, &rate)))
        return false;
    if (rate == 0 && strcmp(node->text, "unlimited") != 0)
        return snap_reader_fail(reader, node, "%s must be above 0; write unlimited for no limit",
                                what);
    *value = rate;
    return true;
}

bool snap_reader_bool(struct snap_reader *reader, const struct snap_node *node, const char *what,
                      bool *value)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    *value = strcasecmp(node->text, "true") == 0;
    if (*value || strcasecmp(node->text, "false") == 0)
        return true;
    return snap_reader_fail(reader, node, "%s must be true or false, found \"%s\"", what,
                            node->text);
}

bool snap_reader_integer(struct snap_reader *reader, const struct snap_node *node, const char *what,
                         struct snap_integer_range range, int64_t *value)
{
    enum snap_units_result result;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    result = snap_units_integer(node->text, value);
    if (result == SNAP_UNITS_MALFORMED)
        return snap_reader_fail(reader, node, "%s must be a whole number, found \"%s\"", what,
                                node->text);
    if (result == SNAP_UNITS_TOO_LARGE && node->text[0] != '-')
        return units(reader, node, (struct snap_unit_words){what, NULL}, result);
    if (result == SNAP_UNITS_TOO_LARGE || *value < range.from)
        return snap_reader_fail(reader, node, "%s must be at least %" PRId64 ", found %s", what,
                                range.from, node->text);
    if (*value > range.to)
        return snap_reader_fail(reader, node, "%s must be at most %" PRId64 ", found %s", what,
                                range.to, node->text);
    return true;
}

bool snap_reader_choice(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        const char *const *words, uint32_t *value)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    for (*value = 0; words[*value]; (*value)++)
        if (strcmp(words[*value], node->text) == 0)
            return true;
    return snap_reader_fail_unknown(reader, node, what, words);
}

bool snap_reader_check_printable(struct snap_reader *reader, const struct snap_node *node,
                                 const char *what)
{
    struct snap_text shown = {0};
    bool good = snap_text_is_printable(node->text, strlen(node->text));

    if (!good) {
        snap_text_add_printable(&shown, node->text, strlen(node->text));
        snap_reader_fail(reader, node, "%s has no control characters in it, found \"%s\"", what,
                         snap_text_get(&shown));
        snap_text_fini(&shown);
    }
    return good;
}
