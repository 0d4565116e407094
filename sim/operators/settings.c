// SPDX-License-Identifier: Apache-2.0
#include "operators/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

enum { WORD_MAX = 32, DISTANCE_MAX = 3 };

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Number of single letters to insert, remove or replace; words above WORD_MAX are far away. */
static uint32_t edit_distance(const char *a, const char *b)
{
    uint32_t row[WORD_MAX + 1];
    size_t length = strlen(b);

    if (strlen(a) > WORD_MAX || length > WORD_MAX)
        return UINT32_MAX;
    for (uint32_t j = 0; j <= length; j++)
        row[j] = j;
    for (uint32_t i = 1; a[i - 1]; i++) {
        uint32_t diagonal = row[0];

        row[0] = i;
        for (uint32_t j = 1; j <= length; j++) {
            uint32_t replaced = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = least(replaced, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

static const struct snap_form *nearest(const struct snap_forms *forms, const char *word)
{
    const struct snap_form *best = NULL;
    uint32_t best_distance = DISTANCE_MAX;

    for (uint32_t i = 0; i < forms->count; i++) {
        uint32_t distance = edit_distance(word, forms->forms[i].word);

        if (distance < best_distance) {
            best_distance = distance;
            best = &forms->forms[i];
        }
    }
    return best;
}

static bool refuse(const struct snap_forms *forms, const char *text, const char *word,
                   struct snap_error *error)
{
    const struct snap_form *suggestion = nearest(forms, word);
    struct snap_text list = {0};

    for (uint32_t i = 0; i < forms->count; i++)
        snap_text_printf(&list, "%s%s", i ? " | " : "", forms->forms[i].shown);
    if (suggestion)
        snap_text_printf(&list, " (did you mean \"%s\"?)", suggestion->shown);
    snap_error_set(error, SNAP_ERROR_SCENARIO, "%s \"%s\" is not understood; expected %s",
                   forms->what, text, snap_text_get(&list));
    snap_text_fini(&list);
    return false;
}

/* Cuts the argument out of " arg" or "(arg)"; returns NULL if it is neither. */
static const char *cut_argument(const char *rest, struct snap_arena *arena)
{
    size_t length = strlen(rest);

    if (*rest == '(') {
        if (rest[length - 1] != ')')
            return NULL;
        rest++;
        length -= 2;
    }
    while (length && isspace((unsigned char)*rest)) {
        rest++;
        length--;
    }
    while (length && isspace((unsigned char)rest[length - 1]))
        length--;
    return snap_arena_strndup(arena, rest, length);
}

bool snap_form_parse(const struct snap_forms *forms, const char *text, struct snap_arena *arena,
                     struct snap_form_match *match, struct snap_error *error)
{
    const char *start = text + strspn(text, " \t");
    size_t length = strcspn(start, " \t(");
    const char *word = snap_arena_strndup(arena, start, length);

    match->argument = cut_argument(start + length, arena);
    for (uint32_t i = 0; match->argument && i < forms->count; i++) {
        const struct snap_form *form = &forms->forms[i];

        match->index = i;
        if (strcmp(form->word, word) == 0 && form->has_argument == (*match->argument != '\0'))
            return true;
    }
    return refuse(forms, text, word, error);
}

bool snap_long_parse(const char *text, int64_t *number)
{
    char *end;
    long long parsed;

    if (!isdigit((unsigned char)text[0]) &&
        !((text[0] == '-' || text[0] == '+') && isdigit((unsigned char)text[1])))
        return false;
    errno = 0;
    parsed = strtoll(text, &end, 10);
    if (*end || errno)
        return false;
    *number = parsed;
    return true;
}

bool snap_fraction_parse(const char *text, double *fraction)
{
    size_t digits = strspn(text, "0123456789");
    size_t length = digits;

    if (text[length] == '.')
        length += 1 + strspn(text + length + 1, "0123456789");
    if (digits == 0 || text[length] || length > WORD_MAX)
        return false;
    *fraction = strtod(text, NULL);
    return true;
}

static const char *kind_name(enum snap_value_kind kind)
{
    return kind == SNAP_VALUE_LONG ? "numbers" : "strings";
}

bool snap_input_value_check(const struct snap_operator *op, enum snap_value_kind kind,
                            struct snap_error *error)
{
    for (uint32_t i = 0; i < op->input_count; i++) {
        if (op->input_schemas[i].value != kind)
            return snap_error_set(error, SNAP_ERROR_SCENARIO,
                                  "needs records whose values are %s, but its input has %s",
                                  kind_name(kind), kind_name(op->input_schemas[i].value));
    }
    return true;
}

bool snap_input_key_check(const struct snap_operator *op, enum snap_value_kind kind,
                          struct snap_error *error)
{
    for (uint32_t i = 0; i < op->input_count; i++) {
        if (op->input_schemas[i].key != kind)
            return snap_error_set(error, SNAP_ERROR_SCENARIO,
                                  "needs records whose keys are %s, but its input has %s",
                                  kind_name(kind), kind_name(op->input_schemas[i].key));
    }
    return true;
}

bool snap_input_schema_get(const struct snap_operator *op, struct snap_schema *schema,
                           struct snap_error *error)
{
    SNAP_CHECK(op->input_count > 0);
    *schema = op->input_schemas[0];
    return snap_input_key_check(op, schema->key, error) &&
           snap_input_value_check(op, schema->value, error);
}
