// SPDX-License-Identifier: Apache-2.0
#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "model/operator_id.h"

enum { SHOWN_BYTES = 300 };

static void add_json(struct snap_text *text, const json_t *json)
{
    char *dump = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

    snap_text_printf(text, "%.*s", SHOWN_BYTES, dump ? dump : "nothing");
    free(dump);
}

void compare_json(struct comparison *comparison, const char *where, const json_t *expected,
                  const json_t *found)
{
    comparison->checks++;
    if (json_equal(expected, found))
        return;
    snap_text_printf(&comparison->differences, "    %s: expected ", where);
    add_json(&comparison->differences, expected);
    snap_text_add_string(&comparison->differences, ", found ");
    add_json(&comparison->differences, found);
    snap_text_add_string(&comparison->differences, "\n");
}

static void differ(struct comparison *comparison, const char *where, const char *what)
{
    snap_text_printf(&comparison->differences, "    %s: %s\n", where, what);
}

static int compare_dumps(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* The list in the order of its elements' texts; the caller owns it. */
static json_t *sorted(const json_t *list)
{
    size_t count = json_array_size(list);
    char **dumps = calloc(count + 1, sizeof(*dumps));
    json_t *result = json_array();
    size_t i;
    json_t *element;

    json_array_foreach(list, i, element)
    {
        dumps[i] = json_dumps(element, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    }
    qsort(dumps, count, sizeof(*dumps), compare_dumps);
    for (i = 0; i < count; i++) {
        json_array_append_new(result, json_string(dumps[i]));
        free(dumps[i]);
    }
    free(dumps);
    return result;
}

static void compare_sets(struct comparison *comparison, const char *where, const json_t *expected,
                         const json_t *found)
{
    json_t *one = sorted(expected), *other = sorted(found);
    size_t i = 0;

    while (i < json_array_size(one) && json_equal(json_array_get(one, i), json_array_get(other, i)))
        i++;
    comparison->checks++;
    if (i < json_array_size(one) || json_array_size(one) != json_array_size(other)) {
        snap_text_printf(&comparison->differences,
                         "    %s: %zu expected, %zu found; the first that differs: ", where,
                         json_array_size(one), json_array_size(other));
        add_json(&comparison->differences, json_array_get(one, i));
        snap_text_add_string(&comparison->differences, ", found ");
        add_json(&comparison->differences, json_array_get(other, i));
        snap_text_add_string(&comparison->differences, "\n");
    }
    json_decref(one);
    json_decref(other);
}

static json_t *find_by(const json_t *list, const char *key, const json_t *value)
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

/* An object with only those members, in copies; the caller owns it. */
static json_t *only(const json_t *object, const char *const *keys)
{
    json_t *result = json_object();

    for (; *keys; keys++)
        if (json_object_get(object, *keys))
            json_object_set(result, *keys, json_object_get(object, *keys));
    return result;
}

static json_t *only_all(const json_t *list, const char *const *keys)
{
    json_t *result = json_array();
    size_t i;
    json_t *element;

    json_array_foreach(list, i, element) json_array_append_new(result, only(element, keys));
    return result;
}

static void compare_lists(struct comparison *comparison, const char *where, const json_t *expected,
                          const json_t *found)
{
    static const char *const keys[] = {"mode", "type", "values", NULL};
    const char *name;
    json_t *list;

    json_object_foreach((json_t *)(uintptr_t)expected, name, list)
    {
        json_t *other = json_object_get(found, name);
        char place[256];

        snprintf(place, sizeof(place), "%s operator state %s", where, name);
        /* A list without elements need not be in the files. */
        if (!other && json_array_size(json_object_get(list, "values")) == 0) {
            comparison->checks++;
            continue;
        }
        list = only(list, keys);
        other = only(other, keys);
        compare_json(comparison, place, list, other);
        json_decref(list);
        json_decref(other);
    }
}

/* The time of last access lies between the bounds; what is left must be equal. */
static void settle_ttl(struct comparison *comparison, const char *where, json_t *expected,
                       json_t *found)
{
    size_t i;
    json_t *entry;

    json_array_foreach(expected, i, entry)
    {
        json_t *value = json_object_get(entry, "value");
        json_t *other = find_by(found, "key", json_object_get(entry, "key"));
        json_t *other_value = json_object_get(other, "value");
        json_int_t access = json_integer_value(json_object_get(other_value, "last_access"));

        comparison->checks++;
        if (access < json_integer_value(json_object_get(value, "last_access_min")) ||
            access > json_integer_value(json_object_get(value, "last_access_max")))
            differ(comparison, where, "a time of last access is out of bounds");
        if (other)
            json_object_set(other, "value", json_object_get(other_value, "value"));
        json_object_set(entry, "value", json_object_get(value, "value"));
    }
}

static void compare_state(struct comparison *comparison, const char *where, const json_t *expected,
                          const json_t *found)
{
    static const char *const keys[] = {"key", "key_group", "value", "window", NULL};
    json_t *entries = only_all(json_object_get(expected, "entries"), keys);
    json_t *others = only_all(json_object_get(found, "entries"), keys);

    if (found)
        compare_json(comparison, where, json_object_get(expected, "kind"),
                     json_object_get(found, "kind"));
    if (json_object_get(expected, "namespace"))
        compare_json(comparison, where, json_object_get(expected, "namespace"),
                     json_object_get(found, "namespace"));
    if (strstr(json_string_value(json_object_get(expected, "kind")), "TTL"))
        settle_ttl(comparison, where, entries, others);
    compare_sets(comparison, where, entries, others);
    json_decref(entries);
    json_decref(others);
}

static bool has_entries(const json_t *states)
{
    const char *name;
    json_t *state;

    json_object_foreach((json_t *)(uintptr_t)states, name, state)
    {
        if (json_array_size(json_object_get(state, "entries")) > 0)
            return true;
    }
    return false;
}

static void compare_keyed(struct comparison *comparison, const char *where, const json_t *expected,
                          const json_t *found)
{
    const json_t *states = json_object_get(expected, "keyed_state");
    bool is_readable =
        json_is_true(json_object_get(json_object_get(found, "keyed_handle"), "readable"));
    const char *name;
    json_t *state;

    if (!json_object_get(found, "keyed_state")) {
        comparison->checks++;
        if (has_entries(states))
            differ(comparison, where, "there is no keyed state");
        return;
    }
    compare_json(comparison, where, json_object_get(expected, "key_group_range"),
                 json_object_get(found, "key_group_range"));
    comparison->unread += !is_readable;
    json_object_foreach((json_t *)(uintptr_t)states, name, state)
    {
        json_t *other = json_object_get(json_object_get(found, "keyed_state"), name);
        char place[256];

        snprintf(place, sizeof(place), "%s keyed state %s", where, name);
        if (is_readable)
            compare_state(comparison, place, state, other);
        else if (other)
            compare_json(comparison, place, json_object_get(state, "kind"),
                         json_object_get(other, "kind"));
    }
    if (json_object_get(expected, "timers") && json_object_get(found, "timers"))
        compare_sets(comparison, where, json_object_get(expected, "timers"),
                     json_object_get(found, "timers"));
}

static void compare_subtask(struct comparison *comparison, const char *where,
                            const json_t *expected, const json_t *found)
{
    if (json_is_true(json_object_get(expected, "finished"))) {
        compare_json(comparison, where, json_true(), json_object_get(found, "finished"));
        return;
    }
    comparison->checks++;
    if (!found) {
        if (has_entries(json_object_get(expected, "keyed_state")) ||
            json_array_size(json_object_get(expected, "splits")) ||
            json_object_size(json_object_get(expected, "operator_state")))
            differ(comparison, where, "the subtask is not there");
        return;
    }
    if (json_object_get(found, "finished"))
        differ(comparison, where, "the subtask has finished");
    if (json_object_get(expected, "splits"))
        compare_sets(comparison, where, json_object_get(expected, "splits"),
                     json_object_get(found, "splits"));
    compare_lists(comparison, where, json_object_get(expected, "operator_state"),
                  json_object_get(found, "operator_state"));
    if (json_object_get(expected, "keyed_state"))
        compare_keyed(comparison, where, expected, found);
}

static void compare_operator(struct comparison *comparison, const json_t *expected,
                             const json_t *found)
{
    static const char *const places[] = {"parallelism", "max_parallelism", NULL};
    static const char *const enumerator[] = {"unassigned_splits", "enumerator_bytes", NULL};
    const char *uid = json_string_value(json_object_get(expected, "uid"));
    const json_t *kept = json_object_get(expected, "enumerator");
    bool is_finished = json_is_true(json_object_get(found, "fully_finished"));
    size_t i;
    json_t *subtask, *one, *other;
    char where[128];

    if (!json_is_null(json_object_get(found, "uid")))
        compare_json(comparison, uid, json_object_get(expected, "uid"),
                     json_object_get(found, "uid"));
    one = only(expected, places);
    other = only(found, places);
    compare_json(comparison, uid, one, other);
    json_decref(one);
    json_decref(other);
    if (json_is_object(kept) && !is_finished) {
        one = only(kept, enumerator);
        other = only(json_object_get(found, "enumerator"), enumerator);
        compare_json(comparison, uid, one, other);
        json_decref(one);
        json_decref(other);
    }
    json_array_foreach(json_object_get(expected, "subtasks"), i, subtask)
    {
        snprintf(where, sizeof(where), "%s (%lld)", uid,
                 (long long)json_integer_value(json_object_get(subtask, "subtask")));
        compare_subtask(comparison, where, subtask,
                        find_by(json_object_get(found, "subtasks"), "subtask",
                                json_object_get(subtask, "subtask")));
    }
}

/* Whether the end of an edge that was found is this operator: by uid, or by id where the version
 * has no uid. */
static bool is_end(const json_t *found, const json_t *uid)
{
    const char *text = json_string_value(uid);
    struct snap_operator_id id = snap_operator_id_of_uid(text, strlen(text));
    char digits[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(&id, digits);
    return json_is_string(found) && (strcmp(json_string_value(found), text) == 0 ||
                                     strcmp(json_string_value(found), digits) == 0);
}

/* The channels of an edge of which only one end is known: "from" or "to". */
static json_t *half_edge(const json_t *edges, const json_t *wanted, const char *known,
                         const json_t *to_subtask)
{
    const char *other = strcmp(known, "from") == 0 ? "to" : "from";
    size_t i;
    json_t *edge;

    json_array_foreach(edges, i, edge)
    {
        if (json_is_null(json_object_get(edge, other)) &&
            is_end(json_object_get(edge, known), json_object_get(wanted, known)) &&
            json_equal(json_object_get(edge, "from_subtask"),
                       json_object_get(wanted, "from_subtask")) &&
            find_by(json_object_get(edge, "channels"), "to_subtask", to_subtask))
            return find_by(json_object_get(edge, "channels"), "to_subtask", to_subtask);
    }
    return NULL;
}

/* What the receiver had and then what the sender had, where the two were not put together. The
 * caller owns it. */
static json_t *join_halves(const json_t *edges, const json_t *wanted, const json_t *to_subtask)
{
    json_t *records = json_array();
    const json_t *input = half_edge(edges, wanted, "to", to_subtask);
    const json_t *result = half_edge(edges, wanted, "from", to_subtask);

    if (input)
        json_array_extend(records, json_object_get(input, "records"));
    if (result)
        json_array_extend(records, json_object_get(result, "records"));
    return json_pack("{s:I,s:o}", "count", (json_int_t)json_array_size(records), "records",
                     records);
}

static const json_t *find_edge(const json_t *edges, const json_t *wanted)
{
    size_t i;
    json_t *edge;

    json_array_foreach(edges, i, edge)
    {
        if (is_end(json_object_get(edge, "from"), json_object_get(wanted, "from")) &&
            is_end(json_object_get(edge, "to"), json_object_get(wanted, "to")) &&
            json_equal(json_object_get(edge, "from_subtask"),
                       json_object_get(wanted, "from_subtask")))
            return edge;
    }
    return NULL;
}

static void compare_edge(struct comparison *comparison, const json_t *expected, const json_t *edges)
{
    static const char *const keys[] = {"count", "records", NULL};
    const json_t *found = find_edge(edges, expected);
    const char *from = json_string_value(json_object_get(expected, "from"));
    const char *to = json_string_value(json_object_get(expected, "to"));
    size_t i;
    json_t *channel;

    json_array_foreach(json_object_get(expected, "channels"), i, channel)
    {
        json_t *other = find_by(json_object_get(found, "channels"), "to_subtask",
                                json_object_get(channel, "to_subtask"));
        char where[256];

        snprintf(where, sizeof(where), "in flight %s -> %s (%lld)", from, to,
                 (long long)json_integer_value(json_object_get(channel, "to_subtask")));
        if (!other && json_integer_value(json_object_get(channel, "count")) == 0) {
            comparison->checks++;
            continue;
        }
        other = other ? only(other, keys)
                      : join_halves(edges, expected, json_object_get(channel, "to_subtask"));
        channel = only(channel, keys);
        compare_json(comparison, where, channel, other);
        json_decref(channel);
        json_decref(other);
    }
}

static void compare_channels(struct comparison *comparison, const json_t *expected,
                             const json_t *found)
{
    size_t i;
    json_t *edge;

    if (!expected)
        return;
    compare_json(comparison, "in flight", json_object_get(expected, "stored_in_snapshot"),
                 json_object_get(found, "stored_in_snapshot"));
    if (!json_is_true(json_object_get(expected, "stored_in_snapshot")))
        return;
    compare_json(comparison, "in flight", json_object_get(expected, "in_flight_total"),
                 json_object_get(found, "in_flight_total"));
    json_array_foreach(json_object_get(expected, "edges"), i, edge)
    {
        compare_edge(comparison, edge, json_object_get(found, "edges"));
    }
}

void compare_snapshot(struct comparison *comparison, const json_t *truth, const json_t *found)
{
    size_t i;
    json_t *of;

    compare_json(comparison, "checkpoint id", json_object_get(truth, "checkpoint_id"),
                 json_object_get(found, "checkpoint_id"));
    json_array_foreach(json_object_get(truth, "operators"), i, of)
    {
        const json_t *id = json_object_get(of, "operator_id");
        json_t *other = find_by(json_object_get(found, "operators"), "operator_id", id);

        if (other)
            compare_operator(comparison, of, other);
        else if (!json_is_true(json_object_get(of, "stateless")))
            differ(comparison, json_string_value(id), "the operator is not there");
    }
    compare_channels(comparison, json_object_get(truth, "channel_state"),
                     json_object_get(found, "channel_state"));
}
