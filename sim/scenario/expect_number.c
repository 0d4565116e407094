// SPDX-License-Identifier: Apache-2.0
#include "scenario/expect_number.h"

#include <stdlib.h>
#include <string.h>

#define SECONDS_AN_HOUR 3600.0

static const struct {
    const char *text;
    enum snap_comparison comparison;
} comparisons[] = {
    {">=", SNAP_COMPARE_GREATER_EQUAL}, {"<=", SNAP_COMPARE_LESS_EQUAL},
    {"!=", SNAP_COMPARE_NOT_EQUAL},     {"==", SNAP_COMPARE_EQUAL},
    {">", SNAP_COMPARE_GREATER},        {"<", SNAP_COMPARE_LESS},
    {"=", SNAP_COMPARE_EQUAL},          {"", SNAP_COMPARE_EQUAL},
};

enum snap_comparison snap_comparison_take(const char **text)
{
    size_t i = 0;

    *text += strspn(*text, " ");
    while (strncmp(*text, comparisons[i].text, strlen(comparisons[i].text)) != 0)
        i++;
    *text += strlen(comparisons[i].text);
    *text += strspn(*text, " ");
    return comparisons[i].comparison;
}

/* ---- values ---- */

static const char *example_of(enum snap_number_unit unit)
{
    static const char *const examples[] = {
        [SNAP_NUMBER_COUNT_OF] = ">= 3",  [SNAP_NUMBER_NS] = "> 200 ms",
        [SNAP_NUMBER_BYTES] = "< 1.5 mb", [SNAP_NUMBER_PER_SECOND] = "> 1000/s",
        [SNAP_NUMBER_RATIO] = "> 0.9",
    };

    return examples[unit];
}

/* Whole numbers but for ratios: nanoseconds, bytes, records an hour. */
static bool parse_value(const char *text, enum snap_number_unit unit, double *value)
{
    int64_t number = 0;
    double ratio = 0;
    enum snap_units_result result = SNAP_UNITS_MALFORMED;

    switch (unit) {
    case SNAP_NUMBER_COUNT_OF:
        result = snap_units_integer(text, &number);
        break;
    case SNAP_NUMBER_NS:
        result = snap_units_duration(text, SNAP_FRACTIONS_ALLOWED, &number);
        break;
    case SNAP_NUMBER_BYTES:
        result = snap_units_size(text, SNAP_FRACTIONS_ALLOWED, &number);
        break;
    case SNAP_NUMBER_PER_SECOND:
        result = snap_units_rate(text, &number);
        break;
    case SNAP_NUMBER_RATIO:
        result = snap_units_real(text, &ratio);
        break;
    }
    *value = (double)number;
    if (unit == SNAP_NUMBER_PER_SECOND)
        *value /= SECONDS_AN_HOUR;
    else if (unit == SNAP_NUMBER_RATIO)
        *value = ratio;
    return result == SNAP_UNITS_OK && *value >= 0;
}

/* ---- variants ---- */

/* "10 x " in front of a variant's name; without it once. */
static const char *take_factor(const char *text, double *factor)
{
    char *end;
    double number = strtod(text, &end);

    *factor = 1;
    if (end == text || !(number > 0 && number < 1e9))
        return text;
    end += strspn(end, " ");
    if ((*end != 'x' && *end != '*') || (end[1] != ' ' && *end != '*'))
        return text;
    *factor = number;
    end++;
    return end + strspn(end, " ");
}

static bool find_variant(struct snap_reader *reader, const struct snap_node *node,
                         const struct snap_expect_input *input, const char *name,
                         struct snap_expected_number *expected)
{
    struct snap_suggestion suggestion = {.wanted = name};
    const char *example = example_of(snap_number_info_get(expected->number)->unit);

    for (uint32_t i = 0; i < input->variant_count; i++) {
        snap_suggestion_try(&suggestion, input->variants[i]);
        if (strcmp(input->variants[i], name) == 0)
            expected->variant = input->variants[i];
    }
    if (!expected->variant && suggestion.best)
        return snap_reader_fail(reader, node,
                                "\"%s\" is neither a value such as \"%s\" nor a variant; did you "
                                "mean the variant \"%s\"?",
                                name, example, suggestion.best);
    if (!expected->variant)
        return snap_reader_fail(reader, node,
                                "\"%s\" is neither a value such as \"%s\" nor a variant of the "
                                "scenario, as in \"> 10 x aligned\"",
                                name, example);
    if (input->variant && strcmp(input->variant, name) == 0)
        return snap_reader_fail(reader, node,
                                "the variant \"%s\" is compared with itself; give it an `expect` "
                                "of its own",
                                name);
    return true;
}

/* ---- entries ---- */

static bool add_one(struct snap_reader *reader, const struct snap_node *node,
                    enum snap_number number, struct snap_expected_numbers *numbers)
{
    struct snap_expected_number expected = {.number = number};
    const char *text;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, snap_number_info_get(number)->name))
        return false;
    text = node->text;
    expected.comparison = snap_comparison_take(&text);
    if (!parse_value(text, snap_number_info_get(number)->unit, &expected.value)) {
        const char *name = take_factor(text, &expected.value);

        if (!find_variant(reader, node, numbers->input, name, &expected))
            return false;
    }
    numbers->items = snap_arena_grow(reader->arena, numbers->items, numbers->count,
                                     &numbers->capacity, sizeof(numbers->items[0]));
    numbers->items[numbers->count++] = expected;
    return true;
}

/* A list: all of them. */
static bool add_all(struct snap_reader *reader, const struct snap_node *node,
                    enum snap_number number, struct snap_expected_numbers *numbers)
{
    if (node->kind != SNAP_NODE_LIST)
        return add_one(reader, node, number, numbers);
    if (node->count == 0)
        return snap_reader_fail(reader, node, "%s is compared with nothing: the list is empty",
                                snap_number_info_get(number)->name);
    for (uint32_t i = 0; i < node->count; i++)
        if (!add_one(reader, node->items[i], number, numbers))
            return false;
    return true;
}

bool snap_expected_number_read(struct snap_reader *reader, const struct snap_flat_entry *entry,
                               struct snap_expected_numbers *numbers, bool *good)
{
    for (unsigned n = 0; n < SNAP_NUMBER_COUNT; n++) {
        if (strcmp(snap_number_info_get((enum snap_number)n)->name, entry->key) != 0)
            continue;
        *good = add_all(reader, entry->value, (enum snap_number)n, numbers);
        return true;
    }
    return false;
}
