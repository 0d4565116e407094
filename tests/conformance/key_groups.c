// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/operator_id.h"

enum { UNITS_MAX = 4096, RUN_MAX = SNAP_MAX_PARALLELISM_LIMIT };

static int32_t hash_of_string(const json_t *json, struct snap_text *why)
{
    const json_t *list = conform_array(json, "utf16");
    const char *value = conform_string(json, "value");
    size_t bytes = json_string_length(json_object_get(json, "value"));
    uint16_t units[UNITS_MAX];
    bool lone = false;
    size_t i;
    json_t *unit;
    int32_t hash;

    SNAP_CHECK(json_array_size(list) <= UNITS_MAX);
    json_array_foreach(list, i, unit)
    {
        units[i] = (uint16_t)json_integer_value(unit);
    }
    hash = snap_java_hash_utf16(units, json_array_size(list));
    for (i = 0; i < json_array_size(list); i++) {
        bool high = units[i] >= 0xD800 && units[i] < 0xDC00;
        bool paired = high && i + 1 < json_array_size(list) && units[i + 1] >= 0xDC00 &&
                      units[i + 1] < 0xE000;

        lone = lone || (units[i] >= 0xD800 && units[i] < 0xE000 && !paired);
        i += paired;
    }
    /* A string with a lone surrogate has no UTF-8 form. */
    if (!lone)
        conform_same_integer(why, "hash of UTF-8", hash, snap_java_hash_utf8(value, bytes));
    return hash;
}

static int32_t hash_of_key(const json_t *json, struct snap_text *why)
{
    const char *type = conform_string(json, "key_type");
    const json_t *value = json_object_get(json, "value");
    int64_t number = json_is_string(value) ? strtoll(json_string_value(value), NULL, 10)
                                           : json_integer_value(value);

    if (!strcmp(type, "string"))
        return hash_of_string(json, why);
    return !strcmp(type, "long") ? snap_java_hash_long(number) : (int32_t)number;
}

static void run_key(const json_t *json, struct snap_text *why)
{
    int32_t hash = hash_of_key(json, why);
    const char *key;
    json_t *expected;

    conform_same_integer(why, "hash_code", conform_integer(json, "hash_code"), hash);
    conform_same_integer(why, "murmur", conform_integer(json, "murmur"), snap_java_murmur(hash));
    json_object_foreach(json_object_get(json, "key_group"), key, expected)
    {
        uint32_t max = (uint32_t)strtoul(key, NULL, 10);

        conform_same_integer(why, key, json_integer_value(expected), snap_key_group_of(hash, max));
    }
    json_object_foreach(json_object_get(json, "subtask"), key, expected)
    {
        struct snap_parallelism parallelism;

        SNAP_CHECK(sscanf(key, "%" SCNu32 "/%" SCNu32, &parallelism.max, &parallelism.subtasks) ==
                   2);
        conform_same_integer(
            why, key, json_integer_value(expected),
            snap_key_group_subtask(snap_key_group_of(hash, parallelism.max), parallelism));
    }
}

static void run_ranges(const json_t *json, struct snap_text *why)
{
    int64_t subtasks = conform_integer(json, "parallelism");
    int64_t max = conform_integer(json, "max_parallelism");
    struct snap_error error = {0};
    json_t *actual = json_array();

    if (!snap_parallelism_check(subtasks, max, &error)) {
        snap_text_printf(why, "refused: %s\n", error.message);
    } else {
        struct snap_parallelism parallelism = {(uint32_t)subtasks, (uint32_t)max};

        for (uint32_t i = 0; i < parallelism.subtasks; i++) {
            struct snap_key_group_range range = snap_key_group_range(i, parallelism);

            json_array_append_new(actual, json_pack("[i,i]", (int)range.first, (int)range.last));
        }
        conform_same_json(why, "ranges", conform_array(json, "ranges"), actual);
    }
    json_decref(actual);
}

static void run_default(const json_t *json, int64_t subtasks, int64_t expected,
                        struct snap_text *why)
{
    struct snap_error error = {0};
    uint32_t max = 0;

    if (!snap_max_parallelism_default(subtasks, &max, &error))
        snap_text_printf(why, "refused: %s\n", error.message);
    else
        conform_same_integer(why, conform_string_or(json, "id", "?"), expected, max);
}

static void run_default_runs(const json_t *json, struct snap_text *why)
{
    json_t *run;
    size_t i;

    json_array_foreach(conform_array(json, "runs"), i, run)
    {
        int64_t from = json_integer_value(json_array_get(run, 0));
        int64_t to = json_integer_value(json_array_get(run, 1));

        SNAP_CHECK(from <= to && to <= RUN_MAX);
        for (int64_t p = from; p <= to; p++)
            run_default(json, p, json_integer_value(json_array_get(run, 2)), why);
    }
}

static void run_operator_id(const json_t *json, struct snap_text *why)
{
    const json_t *uid = json_object_get(json, "uid");
    struct snap_operator_id id =
        snap_operator_id_of_uid(json_string_value(uid), json_string_length(uid));
    char text[SNAP_OPERATOR_ID_TEXT_BYTES];
    struct snap_operator_id parsed;

    snap_operator_id_format(&id, text);
    conform_same_string(why, "operator_id", conform_string(json, "operator_id"), text);
    if (!snap_operator_id_parse(text, &parsed) || memcmp(&parsed, &id, sizeof(id)))
        snap_text_printf(why, "the text form of %s is not read back\n", text);
}

static void expect_refusal(bool accepted, struct snap_text *why)
{
    if (accepted)
        snap_text_add_string(why, "expected an error, actual none\n");
}

enum conform_result conform_key_groups_case(const struct conform_case *at, struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");
    struct snap_error error = {0};
    uint32_t max;

    if (!strcmp(kind, "key"))
        run_key(at->json, why);
    else if (!strcmp(kind, "ranges"))
        run_ranges(at->json, why);
    else if (!strcmp(kind, "ranges_error"))
        expect_refusal(snap_parallelism_check(conform_integer(at->json, "parallelism"),
                                              conform_integer(at->json, "max_parallelism"), &error),
                       why);
    else if (!strcmp(kind, "default_max_parallelism"))
        run_default(at->json, conform_integer(at->json, "parallelism"),
                    conform_integer(at->json, "max_parallelism"), why);
    else if (!strcmp(kind, "default_max_parallelism_error"))
        expect_refusal(
            snap_max_parallelism_default(conform_integer(at->json, "parallelism"), &max, &error),
            why);
    else if (!strcmp(kind, "default_max_parallelism_runs"))
        run_default_runs(at->json, why);
    else if (!strcmp(kind, "operator_id"))
        run_operator_id(at->json, why);
    else
        return conform_skip(why, kind);
    return conform_verdict(why);
}
