// SPDX-License-Identifier: Apache-2.0
/* snapshot_key.c: whether a key that a user wrote can be one at all. */
#include <errno.h>
#include <stdlib.h>

#include "view/snapshot_view.h"

/* Types whose keys are whole numbers, and how large they are. */
static const struct {
    const char *type;
    long long min, max;
} numbers[] = {
    {"Long", INT64_MIN, INT64_MAX},
    {"Integer", INT32_MIN, INT32_MAX},
    {"Short", INT16_MIN, INT16_MAX},
    {"Byte", INT8_MIN, INT8_MAX},
};

enum { NUMBER_TYPES = sizeof(numbers) / sizeof(numbers[0]) };

static bool is_number(const char *key, long long min, long long max)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(key, &end, 10);
    return errno == 0 && end != key && *end == '\0' && number >= min && number <= max;
}

static bool can_be(const char *type, const char *key)
{
    for (unsigned i = 0; i < NUMBER_TYPES; i++)
        if (strcmp(type, numbers[i].type) == 0)
            return is_number(key, numbers[i].min, numbers[i].max);
    return strcmp(type, "Boolean") != 0 || strcmp(key, "true") == 0 || strcmp(key, "false") == 0;
}

/* Keyed states as they were asked for, so far. */
struct search {
    const char *key;
    const char *type; /* of the first whose keys are others; NULL: none yet */
    const struct snap_snapshot_operator *of;
    bool fits;
    bool has_keys;
};

static void look_at(struct search *search, const struct snap_snapshot_operator *of,
                    const struct snap_snapshot_keyed *keyed)
{
    if (!keyed->handle)
        return;
    search->has_keys = true;
    if (!keyed->key_type || can_be(keyed->key_type, search->key))
        search->fits = true;
    else if (!search->type) {
        search->type = keyed->key_type;
        search->of = of;
    }
}

static void look_into(struct search *search, const struct snap_snapshot_operator *of)
{
    for (uint32_t i = 0; i < of->subtask_count; i++) {
        look_at(search, of, &of->subtasks[i].keyed);
        look_at(search, of, &of->subtasks[i].raw_keyed);
    }
}

bool snap_snapshot_key_check(const struct snap_snapshot_view *view, struct snap_error *error)
{
    struct search search = {.key = view->key};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    if (!view->key)
        return true;
    for (uint32_t o = 0; o < view->snapshot->operator_count; o++)
        if (!view->of || view->of == &view->snapshot->operators[o])
            look_into(&search, &view->snapshot->operators[o]);
    if (search.fits)
        return true;
    if (search.has_keys)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the keys of %s are of type %s: \"%s\" is none",
                              snap_snapshot_operator_name(search.of, id), search.type, view->key);
    if (view->of)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s has no keyed state, and so no key \"%s\"",
                              snap_snapshot_operator_name(view->of, id), view->key);
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "the snapshot has no keyed state, and so no key \"%s\"", view->key);
}
