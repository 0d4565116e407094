// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

int64_t conform_integer(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);

    SNAP_CHECK(json_is_integer(member));
    return json_integer_value(member);
}

const char *conform_string(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);

    SNAP_CHECK(json_is_string(member));
    return json_string_value(member);
}

bool conform_boolean(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);

    SNAP_CHECK(json_is_boolean(member));
    return json_is_true(member);
}

json_t *conform_array(const json_t *object, const char *key)
{
    json_t *member = json_object_get(object, key);

    SNAP_CHECK(json_is_array(member));
    return member;
}

int64_t conform_integer_or(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *member = json_object_get(object, key);

    return json_is_integer(member) ? json_integer_value(member) : otherwise;
}

const char *conform_string_or(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *member = json_object_get(object, key);

    return json_is_string(member) ? json_string_value(member) : otherwise;
}

bool conform_same_integer(struct snap_text *why, const char *where, int64_t expected,
                          int64_t actual)
{
    if (expected == actual)
        return true;
    snap_text_printf(why, "%s: expected %" PRId64 ", actual %" PRId64 "\n", where, expected,
                     actual);
    return false;
}

bool conform_same_string(struct snap_text *why, const char *where, const char *expected,
                         const char *actual)
{
    if (!strcmp(expected, actual))
        return true;
    snap_text_printf(why, "%s: expected %s, actual %s\n", where, expected, actual);
    return false;
}

bool conform_same_json(struct snap_text *why, const char *where, const json_t *expected,
                       const json_t *actual)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    char *expected_text;
    char *actual_text;

    if (json_equal(expected, actual))
        return true;
    expected_text = json_dumps(expected, flags);
    actual_text = json_dumps(actual, flags);
    snap_text_printf(why, "%s: expected %s, actual %s\n", where,
                     expected_text ? expected_text : "nothing",
                     actual_text ? actual_text : "nothing");
    free(expected_text);
    free(actual_text);
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

json_t *conform_sorted(const json_t *names)
{
    size_t count = json_array_size(names);
    json_t **sorted = calloc(count + 1, sizeof(json_t *));
    json_t *result = json_array();

    SNAP_CHECK(sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(names, i);
    qsort(sorted, count, sizeof(json_t *), by_text);
    for (size_t i = 0; i < count; i++)
        json_array_append(result, sorted[i]);
    free(sorted);
    return result;
}

enum conform_result conform_skip(struct snap_text *why, const char *kind)
{
    snap_text_printf(why, "no adapter for %s\n", kind);
    return CONFORM_SKIP;
}

enum conform_result conform_verdict(const struct snap_text *why)
{
    return why->length ? CONFORM_FAIL : CONFORM_PASS;
}
