// SPDX-License-Identifier: Apache-2.0
#include "scenario/units.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *labels; /* between bars */
    int64_t factor;
};

static const struct unit durations[] = {
    {"|d|day|days|", INT64_C(86400) * SNAP_SECOND},
    {"|h|hour|hours|", INT64_C(3600) * SNAP_SECOND},
    {"|min|m|minute|minutes|", INT64_C(60) * SNAP_SECOND},
    {"|s|sec|secs|second|seconds|", SNAP_SECOND},
    {"||ms|milli|millis|millisecond|milliseconds|", SNAP_MS},
    {"|us|\xc2\xb5s|micro|micros|microsecond|microseconds|", SNAP_US},
    {"|ns|nano|nanos|nanosecond|nanoseconds|", 1},
    {NULL, 0},
};

static const struct unit sizes[] = {
    {"||b|bytes|", 1},
    {"|k|kb|kibibytes|", INT64_C(1) << 10},
    {"|m|mb|mebibytes|", INT64_C(1) << 20},
    {"|g|gb|gibibytes|", INT64_C(1) << 30},
    {"|t|tb|tebibytes|", INT64_C(1) << 40},
    {NULL, 0},
};

static const struct unit per_hour[] = {
    {"|ms|", 3600000}, {"|s|sec|second|", 3600}, {"|min|minute|", 60}, {"|h|hour|", 1}, {NULL, 0},
};

/* Labels in any case; the bars keep "m" from matching "ms". 0: no such unit. */
static int64_t find_factor(const struct unit *units, const char *label)
{
    char bounded[24];
    size_t length = strlen(label);

    if (length > sizeof(bounded) - 3)
        return 0;
    bounded[0] = '|';
    for (size_t i = 0; i < length; i++)
        bounded[i + 1] = (char)tolower((unsigned char)label[i]);
    memcpy(bounded + length + 1, "|", 2);
    for (; units->labels; units++)
        if (strstr(units->labels, bounded))
            return units->factor;
    return 0;
}

/* A decimal: `digits` * 10^-`scale`. */
struct decimal {
    int64_t digits;
    int64_t scale; /* power of ten */
};

/* All arithmetic is checked: what overflows is refused, never wrapped. */
static enum snap_units_result add_digit(int64_t *digits, char digit)
{
    if (__builtin_mul_overflow(*digits, 10, digits) ||
        __builtin_add_overflow(*digits, digit - '0', digits))
        return SNAP_UNITS_TOO_LARGE;
    return SNAP_UNITS_OK;
}

/* Reads the number at *at and moves *at behind it and the spaces that follow. */
static enum snap_units_result read_decimal(const char **at, struct decimal *decimal)
{
    enum snap_units_result result = SNAP_UNITS_OK;
    const char *next = *at;
    bool fraction = false;

    *decimal = (struct decimal){0, 1};
    while (*next == ' ')
        next++;
    if (*next == '-' && isdigit((unsigned char)next[1]))
        return SNAP_UNITS_NEGATIVE;
    if (!isdigit((unsigned char)*next))
        return SNAP_UNITS_MALFORMED;
    for (; isdigit((unsigned char)*next) || (*next == '.' && !fraction); next++) {
        if (*next == '.') {
            fraction = true;
            continue;
        }
        result = add_digit(&decimal->digits, *next);
        if (result == SNAP_UNITS_OK && fraction)
            result = add_digit(&decimal->scale, '0');
        if (result != SNAP_UNITS_OK)
            return fraction ? SNAP_UNITS_TOO_FINE : result;
    }
    if (next[-1] == '.')
        return SNAP_UNITS_MALFORMED;
    while (*next == ' ')
        next++;
    *at = next;
    return SNAP_UNITS_OK;
}

/* Copies the label at `at` up to `end` without spaces at its end. */
static void copy_label(char label[32], const char *at, const char *end)
{
    size_t length;

    while (end > at && end[-1] == ' ')
        end--;
    length = (size_t)(end - at) < 31 ? (size_t)(end - at) : 31;
    memcpy(label, at, length);
    label[length] = '\0';
}

/* Powers of ten are cancelled first, so that 1.000000001 s does not overflow. */
static enum snap_units_result scale(struct decimal decimal, int64_t factor, int64_t *value)
{
    int64_t product;

    while (decimal.scale > 1 && factor % 10 == 0) {
        factor /= 10;
        decimal.scale /= 10;
    }
    if (__builtin_mul_overflow(decimal.digits, factor, &product))
        return SNAP_UNITS_TOO_LARGE;
    if (product % decimal.scale != 0)
        return SNAP_UNITS_TOO_FINE;
    *value = product / decimal.scale;
    return SNAP_UNITS_OK;
}

/* A number, then a label that may be empty. */
static enum snap_units_result read_unit(const char *text, const struct unit *units,
                                        enum snap_fractions fractions, int64_t *value)
{
    struct decimal decimal;
    enum snap_units_result result = read_decimal(&text, &decimal);
    char label[32];
    int64_t factor;

    if (result != SNAP_UNITS_OK)
        return result;
    if (decimal.scale > 1 && fractions == SNAP_FRACTIONS_REFUSED)
        return SNAP_UNITS_MALFORMED;
    copy_label(label, text, text + strlen(text));
    factor = find_factor(units, label);
    if (!factor)
        return SNAP_UNITS_UNKNOWN;
    return scale(decimal, factor, value);
}

bool snap_units_is_bare(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && isdigit((unsigned char)text[length - 1]);
}

enum snap_units_result snap_units_duration(const char *text, enum snap_fractions fractions,
                                           snap_ns *value)
{
    enum snap_units_result result = read_unit(text, durations, fractions, value);

    return result == SNAP_UNITS_OK && *value == SNAP_NEVER ? SNAP_UNITS_TOO_LARGE : result;
}

enum snap_units_result snap_units_size(const char *text, enum snap_fractions fractions,
                                       int64_t *value)
{
    return read_unit(text, sizes, fractions, value);
}

enum snap_units_result snap_units_rate(const char *text, int64_t *value)
{
    struct decimal decimal;
    enum snap_units_result result = read_decimal(&text, &decimal);
    char label[32];
    int64_t factor;

    if (result != SNAP_UNITS_OK)
        return result;
    if (*text == '\0')
        return SNAP_UNITS_NONE;
    if (*text != '/')
        return SNAP_UNITS_UNKNOWN;
    for (text++; *text == ' '; text++)
        ;
    copy_label(label, text, text + strlen(text));
    factor = find_factor(per_hour, label);
    if (!factor)
        return SNAP_UNITS_UNKNOWN;
    return scale(decimal, factor, value);
}

enum snap_units_result snap_units_bandwidth(const char *text, int64_t *value)
{
    struct decimal decimal;
    enum snap_units_result result;
    const char *slash = strchr(text, '/');
    char size[32];
    char time[32];
    int64_t factor;

    if (strcmp(text, "unlimited") == 0) {
        *value = 0;
        return SNAP_UNITS_OK;
    }
    result = read_decimal(&text, &decimal);
    if (result != SNAP_UNITS_OK)
        return result;
    if (*text == '\0')
        return SNAP_UNITS_NONE;
    if (!slash)
        return SNAP_UNITS_UNKNOWN;
    copy_label(size, text, slash);
    copy_label(time, slash + 1 + strspn(slash + 1, " "), slash + strlen(slash));
    factor = size[0] ? find_factor(sizes, size) : 0;
    if (!factor || (strcmp(time, "s") != 0 && strcmp(time, "sec") != 0))
        return SNAP_UNITS_UNKNOWN;
    return scale(decimal, factor, value);
}

enum snap_units_result snap_units_integer(const char *text, int64_t *value)
{
    char *end;
    long long parsed;

    if (!isdigit((unsigned char)text[text[0] == '-' || text[0] == '+']))
        return SNAP_UNITS_MALFORMED;
    errno = 0;
    parsed = strtoll(text, &end, 10);
    if (*end)
        return SNAP_UNITS_MALFORMED;
    if (errno == ERANGE)
        return SNAP_UNITS_TOO_LARGE;
    *value = parsed;
    return SNAP_UNITS_OK;
}

enum snap_units_result snap_units_real(const char *text, double *value)
{
    char *end;
    double parsed;

    if (strspn(text, "+-.0123456789eE") != strlen(text) || !text[0])
        return SNAP_UNITS_MALFORMED;
    parsed = strtod(text, &end);
    if (*end || end == text)
        return SNAP_UNITS_MALFORMED;
    if (!isfinite(parsed))
        return SNAP_UNITS_TOO_LARGE;
    *value = parsed;
    return SNAP_UNITS_OK;
}
