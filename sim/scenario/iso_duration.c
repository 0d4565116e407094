// SPDX-License-Identifier: Apache-2.0
#include "scenario/iso_duration.h"

#include <ctype.h>
#include <string.h>

/* The parts in their order; days come before the "T", the others behind it. */
static const struct part {
    char letter;
    snap_ns factor;
} parts[] = {
    {'D', INT64_C(86400) * SNAP_SECOND},
    {'H', INT64_C(3600) * SNAP_SECOND},
    {'M', INT64_C(60) * SNAP_SECOND},
    {'S', SNAP_SECOND},
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

/* One number with what it is in nanoseconds per unit, before its letter is known. */
struct number {
    int sign;
    int64_t whole;
    int64_t fraction_ns; /* of a second */
    bool has_fraction;
};

static int read_sign(const char **at)
{
    int sign = **at == '-' ? -1 : 1;

    *at += **at == '-' || **at == '+';
    return sign;
}

static enum snap_units_result read_number(const char **at, struct number *number)
{
    *number = (struct number){.sign = read_sign(at)};
    if (!isdigit((unsigned char)**at))
        return SNAP_UNITS_MALFORMED;
    for (; isdigit((unsigned char)**at); ++*at)
        if (__builtin_mul_overflow(number->whole, 10, &number->whole) ||
            __builtin_add_overflow(number->whole, **at - '0', &number->whole))
            return SNAP_UNITS_TOO_LARGE;
    if (**at != '.' && **at != ',')
        return SNAP_UNITS_OK;
    number->has_fraction = true;
    ++*at;
    for (snap_ns worth = SNAP_SECOND / 10; isdigit((unsigned char)**at); ++*at, worth /= 10) {
        if (worth == 0)
            return SNAP_UNITS_MALFORMED;
        number->fraction_ns += (**at - '0') * worth;
    }
    return SNAP_UNITS_OK;
}

static enum snap_units_result add(const struct number *number, snap_ns factor, snap_ns *sum)
{
    int64_t product;

    if (__builtin_mul_overflow(number->whole, factor, &product) ||
        __builtin_add_overflow(product, number->fraction_ns, &product) ||
        __builtin_add_overflow(*sum, number->sign * product, sum))
        return SNAP_UNITS_TOO_LARGE;
    return SNAP_UNITS_OK;
}

/* Reads one part, which must be one of those from *next on. */
static enum snap_units_result read_part(const char **at, size_t *next, snap_ns *sum)
{
    struct number number;
    enum snap_units_result result = read_number(at, &number);

    if (result != SNAP_UNITS_OK)
        return result;
    for (; *next < PARTS; ++*next) {
        if (toupper((unsigned char)**at) != parts[*next].letter)
            continue;
        if (number.has_fraction && parts[*next].letter != 'S')
            break;
        ++*at;
        return add(&number, parts[(*next)++].factor, sum);
    }
    return SNAP_UNITS_MALFORMED;
}

/* Days, then "T" and the rest, at least one of them. */
static enum snap_units_result read_parts(const char *at, snap_ns *sum)
{
    enum snap_units_result result = SNAP_UNITS_OK;
    size_t next = 0;

    *sum = 0;
    if (*at == '\0')
        return SNAP_UNITS_MALFORMED;
    if (toupper((unsigned char)*at) != 'T') {
        result = read_part(&at, &next, sum);
        if (result == SNAP_UNITS_OK && next != 1)
            return SNAP_UNITS_MALFORMED;
    }
    if (result != SNAP_UNITS_OK || *at == '\0')
        return result;
    if (toupper((unsigned char)*at++) != 'T' || *at == '\0')
        return SNAP_UNITS_MALFORMED;
    for (next = 1; result == SNAP_UNITS_OK && *at;)
        result = read_part(&at, &next, sum);
    return result;
}

enum snap_units_result snap_iso_duration(const char *text, snap_ns *value)
{
    enum snap_units_result result;
    char trimmed[64];
    size_t length;
    const char *at = trimmed;
    int sign;

    text += strspn(text, " ");
    length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length == 0 || length >= sizeof(trimmed))
        return SNAP_UNITS_MALFORMED;
    memcpy(trimmed, text, length);
    trimmed[length] = '\0';
    sign = read_sign(&at);
    if (toupper((unsigned char)*at++) != 'P')
        return SNAP_UNITS_MALFORMED;
    result = read_parts(at, value);
    *value *= sign;
    if (result == SNAP_UNITS_OK && *value < 0)
        return SNAP_UNITS_NEGATIVE;
    return result;
}
