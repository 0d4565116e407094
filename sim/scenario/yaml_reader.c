// SPDX-License-Identifier: Apache-2.0
/*
 * yaml_reader.c: libyaml's events to nodes.
 *
 * libyaml accepts duplicate keys and takes quadratic time on deep nesting, so keys, depth, aliases
 * and the number of nodes are checked here while events come in. Its messages are terse: the
 * frequent ones are translated.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/heap.h"
#include "scenario/node.h"

struct anchor {
    const char *name;
    const struct snap_node *node;
    bool open; /* its node is still being read */
};

struct yaml_reader {
    yaml_parser_t parser;
    const struct snap_source *source;
    struct snap_arena *arena;
    struct snap_error *error;
    struct snap_node *stack[SNAP_NODE_DEPTH_MAX];
    uint32_t depth;
    struct anchor *anchors;
    uint32_t anchor_count;
    uint32_t anchor_capacity;
    uint32_t alias_count;
    uint32_t documents;
    struct snap_node *root;
    bool expects_key[SNAP_NODE_DEPTH_MAX];
};

/* Marks of libyaml count from 0. */
static bool fail(struct yaml_reader *reader, yaml_mark_t mark, const char *message)
{
    snap_error_set(reader->error, SNAP_ERROR_SCENARIO, "%s", message);
    snap_error_place(reader->error, reader->source->name, (uint32_t)mark.line + 1,
                     (uint32_t)mark.column + 1);
    return false;
}

/* libyaml's words and ours. */
static const struct {
    const char *theirs;
    const char *ours;
} translations[] = {
    {"mapping values are not allowed",
     "a ':' that does not belong here: check the indentation, put a space behind each ':' "
     "above, or quote a text that has ': ' in it"},
    {"did not find expected key",
     "a key was expected here: check the indentation and unclosed brackets or quotes above"},
    {"could not find expected ':'", "a ':' was expected after the key"},
    {"did not find expected ',' or ']'", "',' or ']' was expected in this list"},
    {"did not find expected ',' or '}'", "',' or '}' was expected in this mapping"},
    {"did not find expected '-' indicator",
     "a list item that begins with '-' was expected here: check the indentation"},
    {"did not find expected node content", "a value was expected here"},
    {"cannot start any token",
     "a value cannot begin with this character; indent with spaces, not tabs, and quote @ ` % > |"},
    {"block sequence entries are not allowed", "a list item does not belong here"},
    {"did not find expected <document start>", "one document was expected, then the end"},
    {"found unknown escape character", "no such escape in a double-quoted text"},
    {"found a tab character", "indent with spaces, not tabs"},
};

/* A list or quote that was never closed is noticed far below, so its begin is named. */
static bool fail_syntax(struct yaml_reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    const char *ours = NULL;
    char message[256];

    if (parser->error == YAML_MEMORY_ERROR)
        snap_heap_exhausted();
    if (strstr(problem, "found unexpected end of stream"))
        return fail(reader, parser->context_mark, "this quoted text has no end");
    for (size_t i = 0; !ours && i < sizeof(translations) / sizeof(translations[0]); i++)
        if (strstr(problem, translations[i].theirs))
            ours = translations[i].ours;
    if (ours && parser->context && parser->context_mark.line != parser->problem_mark.line)
        snprintf(message, sizeof(message), "%s; it began at line %u", ours,
                 (unsigned)parser->context_mark.line + 1);
    else
        snprintf(message, sizeof(message), "%s%s%s",
                 ours ? "" : "not valid YAML: ", ours ? ours : problem,
                 strstr(problem, "expected ','")
                     ? "; quote a text that has [ ] { } or , in it, such as \"counts[0]\""
                     : "");
    return fail(reader, parser->problem_mark, message);
}

/* Every node knows its place from the start. */
static struct snap_node *new_node(struct yaml_reader *reader, enum snap_node_kind kind,
                                  yaml_mark_t mark)
{
    struct snap_node *node = SNAP_ARENA_NEW(reader->arena, struct snap_node);

    node->kind = kind;
    node->source = reader->source;
    node->line = (uint32_t)mark.line + 1;
    node->column = (uint32_t)mark.column + 1;
    node->weight = 1;
    return node;
}

/* The spellings of null in YAML 1.1, plain only: "null" in quotes is a text. */
static bool is_null_text(const char *text)
{
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
           strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0;
}

/* Texts stay as written; readers decide what a number is. */
static struct snap_node *new_scalar(struct yaml_reader *reader, const yaml_event_t *event)
{
    struct snap_node *node = new_node(reader, SNAP_NODE_SCALAR, event->start_mark);

    node->text = snap_arena_strndup(reader->arena, (const char *)event->data.scalar.value,
                                    event->data.scalar.length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!node->quoted && is_null_text(node->text))
        node->kind = SNAP_NODE_NULL;
    return node;
}

/* Makes room in both arrays of a collection. */
static void grow(struct yaml_reader *reader, struct snap_node *node)
{
    uint32_t capacity = node->capacity;

    node->items =
        snap_arena_grow(reader->arena, node->items, node->count, &capacity, sizeof(*node->items));
    if (node->kind == SNAP_NODE_MAP)
        node->keys = snap_arena_grow(reader->arena, node->keys, node->count, &node->capacity,
                                     sizeof(*node->keys));
    node->capacity = capacity;
}

/* A key waits in the mapping until its value is complete. */
static bool add_key(struct yaml_reader *reader, struct snap_node *map, const struct snap_node *key,
                    yaml_mark_t mark)
{
    if (key->kind == SNAP_NODE_LIST || key->kind == SNAP_NODE_MAP)
        return fail(reader, mark, "a key is a plain text, not a list or a mapping");
    grow(reader, map);
    map->keys[map->count] = key;
    reader->expects_key[reader->depth - 1] = false;
    return true;
}

/* Hands a complete node to the collection that is open. */
static bool attach(struct yaml_reader *reader, const struct snap_node *node, yaml_mark_t mark)
{
    struct snap_node *parent;

    if (reader->depth == 0)
        return true;
    parent = reader->stack[reader->depth - 1];
    if (parent->kind == SNAP_NODE_MAP && reader->expects_key[reader->depth - 1])
        return add_key(reader, parent, node, mark);
    if (parent->kind == SNAP_NODE_LIST)
        grow(reader, parent);
    parent->items[parent->count++] = node;
    parent->weight += node->weight + 1;
    reader->expects_key[reader->depth - 1] = true;
    if (parent->weight > SNAP_NODES_MAX)
        return fail(reader, mark, "the document has too many values (more than 200,000)");
    return true;
}

/* An anchor may be used again; the last one before the alias counts. */
static bool name_anchor(struct yaml_reader *reader, const yaml_char_t *name,
                        const struct snap_node *node, bool open)
{
    struct anchor *anchor;

    if (!name)
        return true;
    if (reader->anchor_count == SNAP_ALIASES_MAX) {
        snap_error_set(reader->error, SNAP_ERROR_SCENARIO, "more than 1,000 anchors");
        snap_error_place(reader->error, reader->source->name, node->line, node->column);
        return false;
    }
    reader->anchors = snap_arena_grow(reader->arena, reader->anchors, reader->anchor_count,
                                      &reader->anchor_capacity, sizeof(*reader->anchors));
    anchor = &reader->anchors[reader->anchor_count++];
    anchor->name = snap_arena_strdup(reader->arena, (const char *)name);
    anchor->node = node;
    anchor->open = open;
    return true;
}

/* Sharing the node costs nothing; its weight is counted where it is used. */
static bool take_alias(struct yaml_reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;

    if (++reader->alias_count > SNAP_ALIASES_MAX)
        return fail(reader, event->start_mark, "more than 1,000 aliases");
    for (uint32_t i = reader->anchor_count; i-- > 0;) {
        struct anchor *anchor = &reader->anchors[i];

        if (strcmp(anchor->name, name) != 0)
            continue;
        if (anchor->open)
            return fail(reader, event->start_mark, "an alias inside of what it names");
        return attach(reader, anchor->node, event->start_mark);
    }
    return fail(reader, event->start_mark, "no such anchor (&name) above this alias");
}

/* Depth is checked before libyaml has read any further. */
static bool open_collection(struct yaml_reader *reader, struct snap_node *node,
                            const yaml_event_t *event)
{
    if (reader->depth == SNAP_NODE_DEPTH_MAX)
        return fail(reader, event->start_mark, "nested more than 64 deep");
    reader->expects_key[reader->depth] = true;
    reader->stack[reader->depth++] = node;
    if (!reader->root)
        reader->root = node;
    return true;
}

/* By text, then by place: the second of two equal keys is the one reported. */
static int compare_keys(const void *a, const void *b)
{
    const struct snap_node *left = *(const struct snap_node *const *)a;
    const struct snap_node *right = *(const struct snap_node *const *)b;
    int order = strcmp(left->text, right->text);

    if (order != 0)
        return order;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return (left->column > right->column) - (left->column < right->column);
}

/* Sorted, not compared in pairs: a file may have a hundred thousand keys. */
static bool check_keys(struct yaml_reader *reader, const struct snap_node *map)
{
    const struct snap_node **sorted =
        snap_arena_copy(reader->arena, map->keys, map->count * sizeof(*map->keys));

    qsort(sorted, map->count, sizeof(*sorted), compare_keys);
    for (uint32_t i = 1; i < map->count; i++) {
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) != 0)
            continue;
        snap_error_set(reader->error, SNAP_ERROR_SCENARIO,
                       "key \"%s\" is here twice; first at line %u, column %u", sorted[i]->text,
                       sorted[i - 1]->line, sorted[i - 1]->column);
        snap_error_place(reader->error, reader->source->name, sorted[i]->line, sorted[i]->column);
        return false;
    }
    return true;
}

/* Only a complete node is attached, so its weight is final. */
static bool close_collection(struct yaml_reader *reader, const yaml_event_t *event)
{
    struct snap_node *node = reader->stack[--reader->depth];

    for (uint32_t i = 0; i < reader->anchor_count; i++)
        if (reader->anchors[i].node == node)
            reader->anchors[i].open = false;
    if (node->kind == SNAP_NODE_MAP && node->count && !check_keys(reader, node))
        return false;
    return attach(reader, node, event->start_mark);
}

static bool take_scalar(struct yaml_reader *reader, const yaml_event_t *event)
{
    struct snap_node *node = new_scalar(reader, event);

    if (strlen(node->text) < event->data.scalar.length)
        return fail(reader, event->start_mark, "a text cannot hold the character with code 0");
    if (!reader->root)
        reader->root = node;
    return name_anchor(reader, event->data.scalar.anchor, node, false) &&
           attach(reader, node, event->start_mark);
}

static bool take_start(struct yaml_reader *reader, const yaml_event_t *event)
{
    bool map = event->type == YAML_MAPPING_START_EVENT;
    struct snap_node *node =
        new_node(reader, map ? SNAP_NODE_MAP : SNAP_NODE_LIST, event->start_mark);

    return name_anchor(reader,
                       map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
                       node, true) &&
           open_collection(reader, node, event);
}

/* One case an event of libyaml. */
static bool take_event(struct yaml_reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++reader->documents > 1)
            return fail(reader, event->start_mark, "a second document: a scenario is only one");
        return true;
    case YAML_ALIAS_EVENT:
        return take_alias(reader, event);
    case YAML_SCALAR_EVENT:
        return take_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return take_start(reader, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(reader, event);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

/* Stops at the first problem, ours or libyaml's. */
static bool read_events(struct yaml_reader *reader)
{
    bool more = true;
    bool ok = true;

    while (ok && more) {
        yaml_event_t event;

        if (!yaml_parser_parse(&reader->parser, &event))
            return fail_syntax(reader);
        more = event.type != YAML_STREAM_END_EVENT;
        ok = take_event(reader, &event);
        yaml_event_delete(&event);
    }
    return ok;
}

/* How many bytes of a byte order mark the text begins with: libyaml would take it for a column. */
static size_t byte_order_mark(const struct snap_source *source)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t length = sizeof(mark) - 1;

    return source->length >= length && memcmp(source->bytes, mark, length) == 0 ? length : 0;
}

const struct snap_node *snap_node_parse(const struct snap_source *source, struct snap_arena *arena,
                                        struct snap_error *error)
{
    struct yaml_reader reader = {.source = source, .arena = arena, .error = error};
    size_t mark = byte_order_mark(source);
    bool ok;

    if (!yaml_parser_initialize(&reader.parser))
        snap_heap_exhausted();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)source->bytes + mark,
                                 source->length - mark);
    ok = read_events(&reader);
    yaml_parser_delete(&reader.parser);
    if (ok && !reader.root) {
        snap_error_set(error, SNAP_ERROR_SCENARIO, "there is nothing in it but comments");
        snap_error_place(error, source->name, 0, 0);
        return NULL;
    }
    return ok ? reader.root : NULL;
}
