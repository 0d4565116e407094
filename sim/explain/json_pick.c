// SPDX-License-Identifier: Apache-2.0
#include "explain/json_pick.h"

#include <math.h>
#include <string.h>

#include "explain/explain_facts.h"

int64_t snap_pick_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_integer(value))
        return json_integer_value(value);
    /* A real number outside of this range has no integer. */
    if (json_is_real(value) && fabs(json_real_value(value)) < 9e18)
        return (int64_t)json_real_value(value);
    return SNAP_UNKNOWN;
}

double snap_pick_double(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

snap_ns snap_pick_ms(const json_t *object, const char *key)
{
    int64_t ms = snap_pick_number(object, key);

    if (ms < 0)
        return SNAP_UNKNOWN;
    return ms > SNAP_NEVER / SNAP_MS ? SNAP_NEVER : ms * SNAP_MS;
}

int64_t snap_pick_flag(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : SNAP_UNKNOWN;
}

const char *snap_pick_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

bool snap_pick_is(const json_t *object, const char *key, const char *text)
{
    const char *value = snap_pick_text(object, key);

    return value && strcmp(value, text) == 0;
}
