// SPDX-License-Identifier: Apache-2.0
#include "scenario/config_value.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "scenario/iso_duration.h"

/* Index of the word in "A|B|C", case ignored; -1 if it is none of them. */
static int64_t choice_index(const char *choices, const char *word)
{
    size_t length = strlen(word);
    int64_t index = 0;

    for (const char *at = choices; at; index++) {
        const char *bar = strchr(at, '|');
        size_t width = bar ? (size_t)(bar - at) : strlen(at);

        if (width == length && strncasecmp(at, word, length) == 0)
            return index;
        at = bar ? bar + 1 : NULL;
    }
    return -1;
}

/* Flink accepts nothing but these two words, in any case. */
static enum snap_units_result parse_boolean(const char *text, int64_t *number)
{
    *number = strcasecmp(text, "true") == 0;
    return *number || strcasecmp(text, "false") == 0 ? SNAP_UNITS_OK : SNAP_UNITS_MALFORMED;
}

/* An Integer of Java has 32 bits. */
static enum snap_units_result parse_integer(const char *text, int64_t *number)
{
    enum snap_units_result result = snap_units_integer(text, number);

    if (result == SNAP_UNITS_OK && (*number > INT32_MAX || *number < INT32_MIN))
        return SNAP_UNITS_TOO_LARGE;
    return result;
}

/* Flink 2 tries ISO-8601 where no number begins. */
static enum snap_units_result parse_duration(const char *text, struct snap_config_value *value)
{
    enum snap_units_result result =
        snap_units_duration(text, SNAP_FRACTIONS_REFUSED, &value->number);

    if (result == SNAP_UNITS_MALFORMED && value->version == SNAP_FLINK_2_3)
        result = snap_iso_duration(text, &value->number);
    return result == SNAP_UNITS_OK && value->number == SNAP_NEVER ? SNAP_UNITS_TOO_LARGE : result;
}

/* By type; texts, lists and mappings have no rule of their own. */
static enum snap_units_result parse(const struct snap_config_key *key, const char *text,
                                    struct snap_config_value *value)
{
    value->given = true;
    value->text = text;
    switch (key->type) {
    case SNAP_CONFIG_BOOLEAN:
        return parse_boolean(text, &value->number);
    case SNAP_CONFIG_INTEGER:
        return parse_integer(text, &value->number);
    case SNAP_CONFIG_LONG:
        return snap_units_integer(text, &value->number);
    case SNAP_CONFIG_REAL:
        return snap_units_real(text, &value->real);
    case SNAP_CONFIG_DURATION:
        return parse_duration(text, value);
    case SNAP_CONFIG_SIZE:
        return snap_units_size(text, SNAP_FRACTIONS_REFUSED, &value->number);
    case SNAP_CONFIG_CHOICE:
        value->number = choice_index(key->choices, text);
        return value->number < 0 ? SNAP_UNITS_MALFORMED : SNAP_UNITS_OK;
    case SNAP_CONFIG_TEXT:
    case SNAP_CONFIG_LIST:
    case SNAP_CONFIG_MAP:
        return SNAP_UNITS_OK;
    }
    return SNAP_UNITS_MALFORMED;
}

/* Only what has a unit needs one; NULL for the rest. */
static const char *example_of(enum snap_config_type type)
{
    if (type == SNAP_CONFIG_DURATION)
        return "200 ms";
    return type == SNAP_CONFIG_SIZE ? "32 kb" : NULL;
}

/* The words of the enum are the suggestion's candidates. */
static bool fail_choice(struct snap_reader *reader, const struct snap_config_key *key,
                        const struct snap_node *node)
{
    char *copy = snap_arena_strdup(reader->arena, key->choices);
    const char *names[32] = {0};
    char *rest = NULL;
    uint32_t count = 0;

    for (char *word = strtok_r(copy, "|", &rest); word && count < 31;
         word = strtok_r(NULL, "|", &rest))
        names[count++] = word;
    return snap_reader_fail_unknown(
        reader, node, snap_arena_printf(reader->arena, "value of %s", key->name), names);
}

bool snap_config_value_read(struct snap_reader *reader, const struct snap_config_key *key,
                            const struct snap_node *node, struct snap_config_value *value)
{
    enum snap_units_result result;

    *value = (struct snap_config_value){.given = true, .version = value->version};
    if (node->kind == SNAP_NODE_LIST && key->type == SNAP_CONFIG_LIST)
        return true;
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, key->name))
        return false;
    result = parse(key, node->text, value);
    if (result == SNAP_UNITS_OK)
        return true;
    if (key->type == SNAP_CONFIG_CHOICE)
        return fail_choice(reader, key, node);
    if (result != SNAP_UNITS_MALFORMED)
        return snap_reader_fail_units(
            reader, node, &(struct snap_unit_words){key->name, example_of(key->type)}, result);
    if (key->type == SNAP_CONFIG_DURATION &&
        snap_iso_duration(node->text, &value->number) == SNAP_UNITS_OK)
        return snap_reader_fail(reader, node,
                                "%s: Flink 1.20 does not read ISO-8601 durations such as \"%s\", "
                                "2.3 does; write a number with a unit, such as \"200 ms\"",
                                key->name, node->text);
    return snap_reader_fail(reader, node, "%s must be %s, found \"%s\"", key->name,
                            snap_config_type_name(key->type), node->text);
}

struct snap_config_value snap_config_value_default(const struct snap_config_key *key,
                                                   enum snap_flink_version version)
{
    struct snap_config_value value = {.version = version};
    const char *text = key->versions[version].text_default;

    if (text)
        SNAP_CHECK(parse(key, text, &value) == SNAP_UNITS_OK);
    return value;
}
