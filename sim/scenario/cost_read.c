// SPDX-License-Identifier: Apache-2.0
#include "scenario/cost_read.h"

#include <string.h>

static const char FORMS[] =
    "write a duration such as \"20 us\", \"exponential(20 us)\" or \"log-normal(20 us, 0.5)\"";

/* "word(arguments)": returns the arguments without the brackets; NULL if it is another word. */
static char *cut_arguments(struct snap_reader *reader, const struct snap_node *node,
                           const char *word)
{
    size_t length = strlen(word);
    const char *rest = node->text + length;
    char *copy;

    if (strncmp(node->text, word, length) != 0)
        return NULL;
    rest += strspn(rest, " ");
    if (*rest != '(' || rest[strlen(rest) - 1] != ')')
        return NULL;
    copy = snap_arena_strndup(reader->arena, rest + 1, strlen(rest) - 2);
    return copy + strspn(copy, " ");
}

/* A part of the text of a node: messages name the node's place. */
static bool read_duration(struct snap_reader *reader, const struct snap_node *node,
                          const char *text, snap_ns *value)
{
    struct snap_node part = *node;

    part.text = text;
    if (!snap_reader_duration(reader, &part, "a duration", value))
        return false;
    if (*value == 0 || *value > SNAP_HOUR)
        return snap_reader_fail(reader, node, "what is drawn is above 0 and at most 1 h");
    return true;
}

static bool read_log_normal(struct snap_reader *reader, const struct snap_node *node,
                            char *arguments, struct snap_cost_law *law)
{
    char *comma = strchr(arguments, ',');

    if (!comma)
        return snap_reader_fail(reader, node, "log-normal has two numbers: %s", FORMS);
    *comma = '\0';
    law->kind = SNAP_COST_LOG_NORMAL;
    if (!read_duration(reader, node, arguments, &law->typical_ns))
        return false;
    if (snap_units_real(comma + 1 + strspn(comma + 1, " "), &law->sigma) != SNAP_UNITS_OK ||
        law->sigma < 0 || law->sigma > 10)
        return snap_reader_fail(reader, node,
                                "the sigma of log-normal(median, sigma) is a number from 0 to 10");
    return true;
}

bool snap_cost_law_read(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        struct snap_cost_law *law)
{
    char *arguments;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what))
        return false;
    *law = (struct snap_cost_law){.kind = SNAP_COST_FIXED};
    arguments = cut_arguments(reader, node, "exponential");
    if (arguments) {
        law->kind = SNAP_COST_EXPONENTIAL;
        return read_duration(reader, node, arguments, &law->typical_ns);
    }
    arguments = cut_arguments(reader, node, "log-normal");
    if (arguments)
        return read_log_normal(reader, node, arguments, law);
    if (strchr(node->text, '('))
        return snap_reader_fail(reader, node, "\"%s\" is not understood: %s", node->text, FORMS);
    return snap_reader_duration_to(reader, node, what, SNAP_HOUR, &law->typical_ns);
}

static bool read_keys(struct snap_reader *reader, const struct snap_node *node,
                      struct snap_cost *cost)
{
    struct snap_cost_of_key *keys;

    if (!node)
        return true;
    if (!snap_reader_expect(reader, node, SNAP_NODE_MAP, "per-key"))
        return false;
    if (node->count > SNAP_COST_KEYS_MAX)
        return snap_reader_fail(reader, node, "at most %d keys may have a cost of their own",
                                SNAP_COST_KEYS_MAX);
    keys = SNAP_ARENA_ARRAY(reader->arena, struct snap_cost_of_key, node->count);
    for (uint32_t i = 0; i < node->count; i++) {
        keys[i].text = snap_arena_strdup(reader->arena, node->keys[i]->text);
        (void)snap_units_integer(keys[i].text, &keys[i].number); /* checked with the schema */
        if (!snap_cost_law_read(reader, node->items[i], "cost", &keys[i].law))
            return false;
    }
    cost->keys = keys;
    cost->key_count = node->count;
    return true;
}

bool snap_cost_read(struct snap_reader *reader, const struct snap_node *node,
                    struct snap_operator *op)
{
    static const char *const names[] = {"default", "per-key", NULL};
    struct snap_cost cost = {0};

    if (node->kind != SNAP_NODE_MAP) {
        if (!snap_cost_law_read(reader, node, "cost", &cost.law))
            return false;
    } else {
        const struct snap_node *law = snap_node_get(node, "default");

        if (!snap_reader_check_keys(reader, node, "key of a cost", names) ||
            (law && !snap_cost_law_read(reader, law, "cost", &cost.law)) ||
            !read_keys(reader, snap_node_get(node, "per-key"), &cost))
            return false;
    }
    if (cost.law.kind == SNAP_COST_FIXED && cost.key_count == 0)
        op->cost_ns = cost.law.typical_ns;
    else
        op->cost = snap_arena_copy(reader->arena, &cost, sizeof(cost));
    return true;
}

bool snap_cost_check_keys(struct snap_reader *reader, const struct snap_node *node,
                          const struct snap_operator *op)
{
    enum snap_value_kind kind = op->input_count ? op->input_schemas[0].key : op->schema.key;
    const struct snap_node *keys;
    int64_t number;

    if (!op->cost || op->cost->key_count == 0 || kind == SNAP_VALUE_STRING)
        return true;
    keys = snap_node_get(node, "per-key");
    for (uint32_t i = 0; i < keys->count; i++)
        if (snap_units_integer(keys->keys[i]->text, &number) != SNAP_UNITS_OK)
            return snap_reader_fail(reader, keys->keys[i],
                                    "the keys of \"%s\" are numbers, \"%s\" is none", op->uid,
                                    keys->keys[i]->text);
    return true;
}

bool snap_pauses_read(struct snap_reader *reader, const struct snap_node *node,
                      struct snap_operator *op)
{
    static const char *const names[] = {"every", "for", NULL};
    const struct snap_node *every;
    const struct snap_node *length;

    if (!snap_reader_expect(reader, node, SNAP_NODE_MAP, "pauses") ||
        !snap_reader_check_keys(reader, node, "key of pauses", names))
        return false;
    every = snap_node_get(node, "every");
    length = snap_node_get(node, "for");
    if (!every || !length)
        return snap_reader_fail(reader, node,
                                "pauses need every and for, such as {every: 1 s, for: 50 ms}");
    if (!snap_reader_duration(reader, every, "every", &op->pauses.every_ns) ||
        !snap_reader_duration(reader, length, "for", &op->pauses.for_ns))
        return false;
    if (op->pauses.for_ns == 0 || op->pauses.for_ns >= op->pauses.every_ns)
        return snap_reader_fail(reader, length, "a pause is above 0 and shorter than `every`");
    return true;
}
