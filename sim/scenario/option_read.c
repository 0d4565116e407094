// SPDX-License-Identifier: Apache-2.0
#include "scenario/option_read.h"

#include <limits.h>
#include <string.h>

#include "scenario/cost_read.h"
#include "scenario/path_list.h"
#include "scenario/rate_read.h"

/* "paths of lines": what messages call the option. */
static const char *option_what(struct snap_reader *reader, const struct snap_operator_spec *spec,
                               const struct snap_option_type *type)
{
    return snap_arena_printf(reader->arena, "%s of %s", type->name, spec->uid);
}

/* The index counts the words of the declaration. */
static bool read_choice(struct snap_reader *reader, const struct snap_node *node,
                        const struct snap_option_type *type, struct snap_option *option)
{
    char *copy = snap_arena_strdup(reader->arena, type->choices);
    const char *names[64] = {0};
    char *rest = NULL;
    uint32_t count = 0;
    uint32_t index = 0;

    for (char *word = strtok_r(copy, "|", &rest); word && count < 63;
         word = strtok_r(NULL, "|", &rest))
        names[count++] = word;
    if (!snap_reader_choice(reader, node, type->name, names, &index))
        return false;
    option->number = index;
    return true;
}

/* Numbers with a unit. */
static bool read_unit(struct snap_reader *reader, const struct snap_node *node, const char *what,
                      const struct snap_option_type *type, struct snap_option *option)
{
    uint32_t size = 0;

    switch (type->kind) {
    case SNAP_OPTION_DURATION:
        return snap_reader_duration(reader, node, what, &option->number);
    case SNAP_OPTION_SIZE:
        if (!snap_reader_size(reader, node, what, &size))
            return false;
        option->number = size;
        return true;
    case SNAP_OPTION_RATE:
    case SNAP_OPTION_LAW:
    case SNAP_OPTION_TEXT:
    case SNAP_OPTION_COUNT:
    case SNAP_OPTION_BOOL:
    case SNAP_OPTION_CHOICE:
    case SNAP_OPTION_PATHS:
    case SNAP_OPTION_PATH_OUT:
    case SNAP_OPTION_RECORDS:
    case SNAP_OPTION_COUNTS:
        break;
    }
    return true;
}

/* What a run itself writes there. */
static bool is_reserved(const char *name)
{
    static const char *const names[] = {"summary.json", "trace.jsonl", "flow.tsv", "metrics.tsv",
                                        "compare.json", "state",       "figures"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Outputs lie below the run's output directory, beside what the run itself writes. "./a/" becomes
 * "a", so that the same folder is the same text. */
static bool read_path_out(struct snap_reader *reader, const struct snap_node *node,
                          const char *what, struct snap_option *option)
{
    const char *path = NULL;
    char *rest = NULL;

    if (!snap_reader_check_printable(reader, node, what))
        return false;
    if (node->text[0] == '/')
        return snap_reader_fail(reader, node, "%s must be relative to the output directory", what);
    for (char *part = strtok_r(snap_arena_strdup(reader->arena, node->text), "/", &rest); part;
         part = strtok_r(NULL, "/", &rest)) {
        if (strcmp(part, ".") == 0)
            continue;
        if (strlen(part) > NAME_MAX)
            return snap_reader_fail(reader, node,
                                    "%s: a folder's name has at most %d bytes, this one has %zu",
                                    what, NAME_MAX, strlen(part));
        if (strcmp(part, "..") == 0)
            return snap_reader_fail(reader, node, "%s must not leave the output directory", what);
        if (!path && is_reserved(part))
            return snap_reader_fail(reader, node, "%s: the run itself writes %s; take another name",
                                    what, part);
        path = path ? snap_arena_printf(reader->arena, "%s/%s", path, part) : part;
    }
    if (!path)
        return snap_reader_fail(reader, node, "%s must name a folder in the output directory",
                                what);
    option->text = path;
    return true;
}

/* A number that is written as one but fits no long would silently become a text. */
static bool check_record_item(struct snap_reader *reader, const struct snap_node *item)
{
    int64_t number;

    if (!snap_reader_expect(reader, item, SNAP_NODE_SCALAR, "a key or value"))
        return false;
    if (!item->quoted && snap_units_integer(item->text, &number) == SNAP_UNITS_TOO_LARGE)
        return snap_reader_fail(reader, item,
                                "%s does not fit into 64 bits; in quotes it is a text", item->text);
    return true;
}

/* Quotes are kept: they tell the text "1" from the number 1. */
static bool read_records(struct snap_reader *reader, const struct snap_node *node, const char *what,
                         struct snap_option *option)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_LIST, what))
        return false;
    option->texts = SNAP_ARENA_ARRAY(reader->arena, const char *, 2 * (size_t)node->count);
    option->text_quoted = SNAP_ARENA_ARRAY(reader->arena, bool, 2 * (size_t)node->count);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct snap_node *record = node->items[i];

        if (record->kind != SNAP_NODE_LIST || record->count != 2)
            return snap_reader_fail(reader, record, "a record of %s is [key, value]", what);
        for (uint32_t part = 0; part < 2; part++) {
            const struct snap_node *item = record->items[part];

            if (!check_record_item(reader, item))
                return false;
            option->text_quoted[option->text_count] = item->quoted;
            option->texts[option->text_count++] = snap_arena_strdup(reader->arena, item->text);
        }
    }
    return true;
}

static bool read_counts(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        struct snap_option *option)
{
    const struct snap_integer_range range = {0, INT64_MAX};
    int64_t number;

    if (!snap_reader_expect(reader, node, SNAP_NODE_LIST, what))
        return false;
    option->texts = SNAP_ARENA_ARRAY(reader->arena, const char *, node->count);
    for (uint32_t i = 0; i < node->count; i++) {
        if (!snap_reader_integer(reader, node->items[i], what, range, &number))
            return false;
        option->texts[option->text_count++] =
            snap_arena_strdup(reader->arena, node->items[i]->text);
    }
    return true;
}

/* The text is kept beside the number, for messages and for the type itself. */
static bool read_scalar(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        const struct snap_option_type *type, struct snap_option *option)
{
    const struct snap_integer_range counts = {0, INT64_MAX};
    bool flag = false;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    option->text = snap_arena_strdup(reader->arena, node->text);
    switch (type->kind) {
    case SNAP_OPTION_COUNT:
        return snap_reader_integer(reader, node, what, counts, &option->number);
    case SNAP_OPTION_BOOL:
        if (!snap_reader_bool(reader, node, what, &flag))
            return false;
        option->number = flag;
        return true;
    case SNAP_OPTION_CHOICE:
        return read_choice(reader, node, type, option);
    case SNAP_OPTION_PATH_OUT:
        return read_path_out(reader, node, what, option);
    case SNAP_OPTION_TEXT:
    case SNAP_OPTION_RATE:
    case SNAP_OPTION_LAW:
    case SNAP_OPTION_DURATION:
    case SNAP_OPTION_SIZE:
    case SNAP_OPTION_PATHS:
    case SNAP_OPTION_RECORDS:
    case SNAP_OPTION_COUNTS:
        break;
    }
    return read_unit(reader, node, what, type, option);
}

static bool read_law(struct snap_reader *reader, const struct snap_node *node, const char *what,
                     struct snap_option *option)
{
    struct snap_cost_law *law = SNAP_ARENA_NEW(reader->arena, struct snap_cost_law);

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    option->text = snap_arena_strdup(reader->arena, node->text);
    option->law = law;
    return snap_cost_law_read(reader, node, what, law);
}

/* Lists have readers of their own; all else is a scalar. */
static bool read_option(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        const struct snap_option_type *type, struct snap_option *option)
{
    option->set = true;
    if (type->kind == SNAP_OPTION_RECORDS)
        return read_records(reader, node, what, option);
    if (type->kind == SNAP_OPTION_COUNTS)
        return read_counts(reader, node, what, option);
    if (type->kind == SNAP_OPTION_PATHS)
        return snap_path_list_read(reader, node, what, option);
    /* The last of several arguments counts. */
    if (node->kind == SNAP_NODE_LIST && node->source->argument)
        node = node->items[node->count - 1];
    if (type->kind == SNAP_OPTION_LAW)
        return read_law(reader, node, what, option);
    if (type->kind == SNAP_OPTION_RATE)
        return snap_rate_read(reader, node, what, option);
    return read_scalar(reader, node, what, type, option);
}

bool snap_options_read(struct snap_reader *reader, const struct snap_operator_spec *spec,
                       const struct snap_option **options)
{
    const struct snap_operator_type *type = spec->type;
    struct snap_option *read =
        SNAP_ARENA_ARRAY(reader->arena, struct snap_option, type->option_count);

    for (uint32_t i = 0; i < type->option_count; i++) {
        const struct snap_option_type *option = &type->options[i];
        const struct snap_node *node = snap_operator_spec_get(reader, spec, option->name);

        if (!node && option->required)
            return snap_reader_fail(
                reader, spec->node, "operator \"%s\" needs %s, such as \"%s: %s\"", spec->uid,
                option->name, option->name, option->example ? option->example : "...");
        if (!node && option->text_default)
            node = snap_node_of_argument(spec->node->source, option->text_default, reader->arena);
        if (node && !read_option(reader, node, option_what(reader, spec, option), option, &read[i]))
            return false;
    }
    *options = read;
    return true;
}
