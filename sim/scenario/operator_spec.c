// SPDX-License-Identifier: Apache-2.0
#include "scenario/operator_spec.h"

#include <string.h>

/* Types that a message names. */
enum { TYPES_NAMED = 4 };

static const struct snap_common_key common_keys[] = {
    {"uid", "its name in messages, outputs and state; unique; else `name` is used", "counts"},
    {"type", "what it is; `snapsim help operators` lists the types", "count"},
    {"name", "its name in the job graph; default: the uid", "Map"},
    {"input", "the operator or operators it reads", "words"},
    {"inputs", "the same with a ship strategy each", "[{uid: words, ship: hash}]"},
    {"ship",
     "how records are spread: forward, rebalance, rescale, hash, broadcast, global, shuffle, "
     "custom",
     "hash"},
    {"parallelism", "number of subtasks; default: parallelism.default", "4"},
    {"max-parallelism", "number of key groups; default: derived as Flink does", "128"},
    {"cost",
     "busy time for one input record (of a source: one output record); a duration, "
     "exponential(mean), log-normal(median, sigma), or by key",
     "{default: 20 us, per-key: {7: 1 ms}}"},
    {"pauses", "stops the subtasks regularly, as a garbage collection does",
     "{every: 1 s, for: 50 ms}"},
    {"record-size", "size of what it emits, on the wire and in state", "100 b"},
    {"chain", "false: never share a vertex with a neighbour", "false"},
    {"slot-sharing-group", "which subtasks may share a slot; inherited downstream", "default"},
    {NULL, NULL, NULL},
};

const struct snap_common_key *snap_operator_common_keys(void)
{
    return common_keys;
}

uint32_t snap_operator_specs_find(const struct snap_operator_specs *specs, const char *uid)
{
    uint32_t i = 0;

    while (i < specs->count && strcmp(specs->items[i].uid, uid) != 0)
        i++;
    return i;
}

/* More names than a reader looks through would hide the message. */
enum { UIDS_NAMED = 12 };

bool snap_operator_specs_fail(struct snap_reader *reader, const struct snap_operator_specs *specs,
                              const struct snap_node *at, const char *uid)
{
    struct snap_suggestion suggestion = {.wanted = uid};
    const char *all = "";

    for (uint32_t i = 0; i < specs->count; i++)
        snap_suggestion_try(&suggestion, specs->items[i].uid);
    if (suggestion.best)
        return snap_reader_fail(reader, at, "there is no operator \"%s\"; did you mean \"%s\"?",
                                uid, suggestion.best);
    for (uint32_t i = 0; i < specs->count && i < UIDS_NAMED; i++)
        all = snap_arena_printf(reader->arena, "%s%s%s", all, i == 0 ? "" : ", ",
                                specs->items[i].uid);
    return snap_reader_fail(reader, at, "there is no operator \"%s\"; there are %s%s", uid, all,
                            specs->count > UIDS_NAMED ? ", ..." : "");
}

const struct snap_node *snap_operator_spec_get(struct snap_reader *reader,
                                               const struct snap_operator_spec *spec,
                                               const char *key)
{
    const struct snap_node *value;

    for (uint32_t i = spec->set->count; i-- > 0;) {
        const char *full = snap_arena_printf(reader->arena, "%s.%s", spec->uid, key);

        if (strcmp(spec->set->entries[i].key, full) != 0)
            continue;
        value = spec->set->entries[i].value;
        return value->kind == SNAP_NODE_NULL ? NULL : value;
    }
    value = snap_node_get(spec->node, key);
    return value && value->kind == SNAP_NODE_NULL ? NULL : value;
}

/* Names of all keys that an operator of the type may have. */
static const char **key_names(struct snap_reader *reader, const struct snap_operator_type *type)
{
    uint32_t common = sizeof(common_keys) / sizeof(common_keys[0]) - 1;
    const char **names =
        SNAP_ARENA_ARRAY(reader->arena, const char *, common + type->option_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < type->option_count; i++)
        names[count++] = type->options[i].name;
    for (uint32_t i = 0; i < common; i++)
        names[count++] = common_keys[i].name;
    return names;
}

static const char *const later_types[] = {
    "window-join",
    "interval-join",
};

static bool is_later_type(const struct snap_node *node)
{
    for (size_t i = 0;
         node->kind == SNAP_NODE_SCALAR && i < sizeof(later_types) / sizeof(later_types[0]); i++)
        if (strcmp(later_types[i], node->text) == 0)
            return true;
    return false;
}

/* The catalogue is the only list of types that there are. */
static bool find_type(struct snap_reader *reader, const struct snap_operator_catalogue *catalogue,
                      const struct snap_node *node, const struct snap_operator_type **type)
{
    const char **names =
        SNAP_ARENA_ARRAY(reader->arena, const char *, (size_t)catalogue->count + 1);
    uint32_t index;

    if (is_later_type(node))
        return snap_reader_unsupported(
            reader, node, snap_arena_printf(reader->arena, "the operator type %s", node->text));
    for (uint32_t i = 0; i < catalogue->count; i++)
        names[i] = catalogue->types[i]->name;
    if (!snap_reader_choice(reader, node, "operator type", names, &index))
        return false;
    *type = catalogue->types[index];
    return true;
}

/* Brackets, colons and commas stand around uids in other texts: uid[i], uid:split:offset. */
static bool check_uid(struct snap_reader *reader, const struct snap_node *node)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "uid"))
        return false;
    if (node->text[0] == '\0' || strlen(node->text) > 200)
        return snap_reader_fail(reader, node, "a uid has 1 to 200 bytes");
    if (!snap_reader_check_printable(reader, node, "a uid"))
        return false;
    if (strpbrk(node->text, " []:,/\"'"))
        return snap_reader_fail(reader, node,
                                "a uid has no spaces, quotes and none of [ ] : , / in it");
    if (strcmp(node->text, "jobmanager") == 0 || strcmp(node->text, "tm") == 0)
        return snap_reader_fail(reader, node,
                                "\"%s\" is taken: it names a process, not an operator", node->text);
    return true;
}

/* "map, filter" of the types that have the option; of many the first ones. NULL: none has. */
static const char *types_with(struct snap_reader *reader,
                              const struct snap_operator_catalogue *catalogue, const char *option)
{
    const char *names = NULL;
    uint32_t found = 0;

    for (uint32_t t = 0; t < catalogue->count; t++)
        for (uint32_t o = 0; o < catalogue->types[t]->option_count; o++) {
            if (strcmp(catalogue->types[t]->options[o].name, option) != 0)
                continue;
            if (found++ < TYPES_NAMED)
                names = snap_arena_printf(reader->arena, "%s%s%s", names ? names : "",
                                          names ? ", " : "", catalogue->types[t]->name);
        }
    return found > TYPES_NAMED ? snap_arena_printf(reader->arena, "%s, ...", names) : names;
}

/* An option of another type is no misspelling. */
static bool check_keys(struct snap_reader *reader, const struct snap_node *node,
                       const struct snap_operator_catalogue *catalogue,
                       const struct snap_operator_type *type)
{
    const char *const *names = key_names(reader, type);

    for (uint32_t i = 0; i < node->count; i++) {
        const char *others;
        size_t n = 0;

        while (names[n] && strcmp(names[n], node->keys[i]->text) != 0)
            n++;
        others = names[n] ? NULL : types_with(reader, catalogue, node->keys[i]->text);
        if (others)
            return snap_reader_fail(reader, node->keys[i],
                                    "%s has no option \"%s\"; it is one of %s", type->name,
                                    node->keys[i]->text, others);
    }
    return snap_reader_check_keys(
        reader, node, snap_arena_printf(reader->arena, "option of %s", type->name), names);
}

/* The type comes before the other keys: it decides which there may be. */
static bool read_spec(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_operator_catalogue *catalogue,
                      struct snap_operator_spec *spec)
{
    const struct snap_node *type = NULL;

    if (!snap_reader_expect(reader, node, SNAP_NODE_MAP, "an operator"))
        return false;
    spec->node = node;
    spec->uid_node = snap_node_get(node, "uid");
    /* A name does for everything here but Flink: the id of its state is made up. */
    spec->uid_missing = !spec->uid_node;
    if (spec->uid_missing)
        spec->uid_node = snap_node_get(node, "name");
    if (!spec->uid_node)
        return snap_reader_fail(reader, node, "this operator has no uid");
    if (!check_uid(reader, spec->uid_node))
        return false;
    spec->uid = spec->uid_node->text;
    type = snap_node_get(node, "type");
    if (!type)
        return snap_reader_fail(reader, node, "operator \"%s\" has no type", spec->uid);
    return find_type(reader, catalogue, type, &spec->type) &&
           check_keys(reader, node, catalogue, spec->type);
}

/* State and sinks are found by uid. Flink: StreamGraphHasherV2 refuses a second one too. */
static bool check_unique(struct snap_reader *reader, const struct snap_operator_specs *specs)
{
    for (uint32_t i = 0; i < specs->count; i++) {
        uint32_t first = snap_operator_specs_find(specs, specs->items[i].uid);

        if (first < i)
            return snap_reader_fail(reader, specs->items[i].uid_node,
                                    "uid \"%s\" is here twice; first at line %u, column %u",
                                    specs->items[i].uid, specs->items[first].uid_node->line,
                                    specs->items[first].uid_node->column);
    }
    return true;
}

/* Every "uid.option" must name an operator and something that can be set. */
static bool check_set(struct snap_reader *reader, const struct snap_operator_specs *specs,
                      const struct snap_flat_entry *entry)
{
    static const char *const fixed[] = {"uid", "type", "input", "inputs"};
    const char *dot = strrchr(entry->key, '.');
    struct snap_node option = *entry->key_node;
    const char **names;
    const char *uid;
    uint32_t index;

    if (!dot)
        return snap_reader_fail(reader, entry->key_node,
                                "\"%s\" is not UID.OPTION, such as lines.rate", entry->key);
    uid = snap_arena_strndup(reader->arena, entry->key, (size_t)(dot - entry->key));
    option.text = dot + 1;
    index = snap_operator_specs_find(specs, uid);
    if (index == specs->count)
        return snap_operator_specs_fail(reader, specs, entry->key_node, uid);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (strcmp(option.text, fixed[i]) == 0)
            return snap_reader_fail(reader, entry->key_node, "\"%s\" cannot be overridden",
                                    option.text);
    names = key_names(reader, specs->items[index].type);
    for (uint32_t i = 0; names[i]; i++)
        if (strcmp(names[i], option.text) == 0)
            return true;
    return snap_reader_fail_unknown(
        reader, &option,
        snap_arena_printf(reader->arena, "option of %s", specs->items[index].type->name), names);
}

bool snap_operator_specs_read(struct snap_reader *reader, const struct snap_node *operators,
                              const struct snap_operator_catalogue *catalogue,
                              const struct snap_flat *set, struct snap_operator_specs *specs)
{
    if (!snap_reader_expect(reader, operators, SNAP_NODE_LIST, "operators"))
        return false;
    if (operators->count == 0)
        return snap_reader_fail(reader, operators, "there are no operators");
    if (operators->count > SNAP_OPERATORS_MAX)
        return snap_reader_fail(reader, operators, "more than %d operators", SNAP_OPERATORS_MAX);
    specs->items = SNAP_ARENA_ARRAY(reader->arena, struct snap_operator_spec, operators->count);
    specs->count = operators->count;
    for (uint32_t i = 0; i < specs->count; i++) {
        specs->items[i].set = set;
        if (!read_spec(reader, operators->items[i], catalogue, &specs->items[i]))
            return false;
    }
    if (!check_unique(reader, specs))
        return false;
    for (uint32_t i = 0; i < set->count; i++)
        if (!check_set(reader, specs, &set->entries[i]))
            return false;
    return true;
}
