// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "compare.h"

static int64_t handle_bytes(const json_t *subtask)
{
    int64_t bytes = 0;
    size_t i;
    json_t *handle;

    json_array_foreach(json_object_get(subtask, "handles"), i, handle)
    {
        bytes += json_integer_value(json_object_get(handle, "bytes"));
    }
    return bytes;
}

static bool has_changes(const json_t *keyed)
{
    const json_t *name = json_object_get(json_array_get(keyed, 0), "class");

    return json_is_string(name) && strstr(json_string_value(name), "Changelog");
}

/* A finished subtask has nothing; what a subtask has is as large as Flink says. */
static void compare_subtask(struct comparison *comparison, const char *where,
                            const json_t *expected, const json_t *found)
{
    const json_t *keyed = json_object_get(expected, "managed_keyed_state");
    json_t *bytes = json_integer(handle_bytes(found));
    bool is_finished = json_is_true(json_object_get(expected, "finished"));
    json_t *finished = json_boolean(json_is_true(json_object_get(found, "finished")));

    compare_json(comparison, where, json_object_get(expected, "finished"), finished);
    /* Of changes Flink counts what is new only. */
    if (!is_finished && !has_changes(keyed))
        compare_json(comparison, where, json_object_get(expected, "size"), bytes);
    if (json_array_size(keyed) == 1) {
        keyed = json_array_get(keyed, 0);
        compare_json(comparison, where, json_object_get(keyed, "class"),
                     json_object_get(json_object_get(found, "keyed_handle"), "class"));
        compare_json(comparison, where, json_object_get(keyed, "key_group_range"),
                     json_object_get(found, "key_group_range"));
    }
    json_decref(bytes);
    json_decref(finished);
}

static const json_t *find_by(const json_t *list, const char *key, const json_t *value)
{
    size_t i;
    json_t *element;

    json_array_foreach(list, i, element)
    {
        if (json_equal(json_object_get(element, key), value))
            return element;
    }
    return NULL;
}

static void compare_operator(struct comparison *comparison, const json_t *expected,
                             const json_t *found)
{
    const char *id = json_string_value(json_object_get(expected, "operator_id"));
    const char *number;
    json_t *subtask;

    compare_json(comparison, id, json_object_get(expected, "fully_finished"),
                 json_object_get(found, "fully_finished"));
    if (json_object_get(expected, "uid"))
        compare_json(comparison, id, json_object_get(expected, "uid"),
                     json_object_get(found, "uid"));
    if (json_object_get(expected, "name"))
        compare_json(comparison, id, json_object_get(expected, "name"),
                     json_object_get(found, "name"));
    json_object_foreach(json_object_get(expected, "subtasks"), number, subtask)
    {
        json_t *index = json_integer(strtol(number, NULL, 10));

        compare_subtask(comparison, id, subtask,
                        find_by(json_object_get(found, "subtasks"), "subtask", index));
        json_decref(index);
    }
}

void compare_handles(struct comparison *comparison, const json_t *expected, const json_t *found)
{
    size_t i;
    json_t *of;

    compare_json(comparison, "metadata version", json_object_get(expected, "metadata_version"),
                 json_object_get(found, "metadata_version"));
    compare_json(comparison, "metadata size", json_object_get(expected, "metadata_size"),
                 json_object_get(found, "metadata_bytes"));
    json_array_foreach(json_object_get(expected, "operators"), i, of)
    {
        compare_operator(comparison, of,
                         find_by(json_object_get(found, "operators"), "operator_id",
                                 json_object_get(of, "operator_id")));
    }
}
