// SPDX-License-Identifier: Apache-2.0
#include "view/compare_json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/check.h"
#include "base/heap.h"
#include "model/names.h"

/* Values that stand at one place in the summaries of several seeds. */
struct values {
    const json_t **items;
    uint32_t count;
};

static json_t *merge(const char *key, const struct values *values);

/* ---- figures ---- */

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Whole numbers stay whole. */
static json_t *number(double value)
{
    if (value == (double)(json_int_t)value)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *merge_numbers(const struct values *values)
{
    double *numbers = snap_heap_zeroed(values->count, sizeof(*numbers));
    json_t *merged = json_object();
    uint32_t count = 0;

    SNAP_CHECK(numbers && merged);
    for (uint32_t i = 0; i < values->count; i++)
        if (json_is_number(values->items[i]))
            numbers[count++] = json_number_value(values->items[i]);
    qsort(numbers, count, sizeof(*numbers), compare_doubles);
    json_object_set_new(merged, "median",
                        number((numbers[(count - 1) / 2] + numbers[count / 2]) / 2));
    json_object_set_new(merged, "min", number(numbers[0]));
    json_object_set_new(merged, "max", number(numbers[count - 1]));
    if (count < values->count)
        json_object_set_new(merged, "unknown", json_integer(values->count - count));
    free(numbers);
    return merged;
}

/* Numbers that say which one is meant, or how the job was built, are no figures. */
static bool names_something(const char *key)
{
    static const char *const keys[] = {"index", "parallelism", "max_parallelism", "id", "seed"};

    for (size_t i = 0; key && i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* ---- the rest ---- */

static json_t *merge_objects(const struct values *values)
{
    json_t *merged = json_object();
    struct values members = {snap_heap_zeroed(values->count, sizeof(*members.items)),
                             values->count};
    const char *key;
    json_t *first;

    SNAP_CHECK(merged && members.items);
    json_object_foreach((json_t *)values->items[0], key, first)
    {
        for (uint32_t i = 0; i < values->count; i++)
            members.items[i] = json_object_get(values->items[i], key);
        json_object_set_new(merged, key, merge(key, &members));
    }
    free(members.items);
    return merged;
}

static bool same_size(const struct values *values)
{
    for (uint32_t i = 1; i < values->count; i++)
        if (json_array_size(values->items[i]) != json_array_size(values->items[0]))
            return false;
    return true;
}

static json_t *merge_arrays(const struct values *values)
{
    json_t *merged = json_array();
    struct values elements = {snap_heap_zeroed(values->count, sizeof(*elements.items)),
                              values->count};

    SNAP_CHECK(merged && elements.items);
    for (size_t k = 0; same_size(values) && k < json_array_size(values->items[0]); k++) {
        for (uint32_t i = 0; i < values->count; i++)
            elements.items[i] = json_array_get(values->items[i], k);
        json_array_append_new(merged, merge(NULL, &elements));
    }
    free(elements.items);
    return merged;
}

/* Texts that some run did not write down, each once. */
static json_t *merge_texts(const struct values *values)
{
    json_t *merged = json_array();

    for (uint32_t i = 0; i < values->count; i++) {
        for (size_t k = 0; k < json_array_size(values->items[i]); k++) {
            json_t *text = json_array_get(values->items[i], k);
            bool known = false;

            for (size_t m = 0; m < json_array_size(merged); m++)
                known = known || json_equal(json_array_get(merged, m), text);
            if (!known)
                json_array_append(merged, text);
        }
    }
    return merged;
}

static const json_t *first_given(const struct values *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (values->items[i] && !json_is_null(values->items[i]))
            return values->items[i];
    return NULL;
}

static bool all_equal(const struct values *values)
{
    for (uint32_t i = 1; i < values->count; i++)
        if (!json_equal(values->items[i], values->items[0]))
            return false;
    return true;
}

/* One run is enough not to be as expected; of one that was interrupted nobody knows. */
static bool has_false(const struct values *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (json_is_false(values->items[i]))
            return true;
    return false;
}

static json_t *merge(const char *key, const struct values *values)
{
    const json_t *first = first_given(values);
    bool is_figure = first && json_is_number(first) && !names_something(key);

    if (!first || (key && strcmp(key, "latest") == 0))
        return json_null();
    if (key && strcmp(key, "history") == 0)
        return json_array();
    if (key && (strcmp(key, "unfired") == 0 || strcmp(key, "reasons") == 0 ||
                strcmp(key, "unchecked") == 0 || strcmp(key, "at_least") == 0))
        return merge_texts(values);
    if (key && strcmp(key, "first_culprit") == 0)
        return json_deep_copy(first);
    if (is_figure)
        return merge_numbers(values);
    if (json_is_object(first) && first == values->items[0])
        return merge_objects(values);
    if (json_is_array(first) && first == values->items[0])
        return merge_arrays(values);
    if (all_equal(values))
        return json_deep_copy(first);
    return has_false(values) ? json_false() : json_null();
}

/* ---- the whole ---- */

static bool same_entry(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "variant"), json_object_get(b, "variant")) &&
           json_equal(json_object_get(a, "runtime"), json_object_get(b, "runtime"));
}

/* The entry of the run at `first` with all later runs of its variant and runtime. */
static json_t *merge_entry(json_t *const *runs, uint32_t count, uint32_t first)
{
    struct values values = {snap_heap_zeroed(count, sizeof(*values.items)), 0};
    json_t *merged;

    for (uint32_t i = first; i < count; i++)
        if (same_entry(runs[i], runs[first]))
            values.items[values.count++] = runs[i];
    merged = values.count == 1 ? json_deep_copy(runs[first]) : merge_objects(&values);
    free(values.items);
    return merged;
}

static bool is_first_of_entry(json_t *const *runs, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (same_entry(runs[i], runs[index]))
            return false;
    return true;
}

static void add_seed(json_t *seeds, json_t *seed)
{
    for (size_t i = 0; i < json_array_size(seeds); i++)
        if (json_equal(json_array_get(seeds, i), seed))
            return;
    json_array_append(seeds, seed);
}

/* What is known of the runs that could not go on. */
static json_t *failed_runs(const struct snap_compare_summaries *summaries)
{
    json_t *failed = json_array();

    for (uint32_t i = 0; i < summaries->failed_count; i++) {
        const struct snap_summary *run = &summaries->failed[i];
        json_t *entry = json_object();

        json_object_set_new(entry, "variant",
                            run->simulation->variant ? json_string(run->simulation->variant)
                                                     : json_null());
        json_object_set_new(entry, "runtime", json_string(snap_runtime_kind_name(run->runtime)));
        json_object_set_new(entry, "seed", json_integer((json_int_t)run->simulation->seed));
        json_object_set_new(entry, "error", json_string(run->failure));
        json_array_append_new(failed, entry);
    }
    return failed;
}

void snap_compare_json_text(struct snap_text *text, const struct snap_compare_summaries *summaries)
{
    json_t **runs = snap_heap_zeroed(summaries->count + 1, sizeof(json_t *));
    json_t *root = json_object();
    json_t *seeds = json_array();
    json_t *variants = json_array();
    char *dump;

    SNAP_CHECK(runs && root && seeds && variants);
    for (uint32_t i = 0; i < summaries->count; i++) {
        runs[i] = json_loads(summaries->texts[i], 0, NULL);
        SNAP_CHECK(runs[i]);
        add_seed(seeds, json_object_get(runs[i], "seed"));
    }
    for (uint32_t i = 0; i < summaries->failed_count; i++) {
        json_t *seed = json_integer((json_int_t)summaries->failed[i].simulation->seed);

        add_seed(seeds, seed);
        json_decref(seed);
    }
    for (uint32_t i = 0; i < summaries->count; i++)
        if (is_first_of_entry(runs, i))
            json_array_append_new(variants, merge_entry(runs, summaries->count, i));
    json_object_set_new(root, "scenario", json_string(summaries->scenario));
    json_object_set_new(root, "seeds", seeds);
    json_object_set_new(root, "variants", variants);
    json_object_set_new(root, "errors", failed_runs(summaries));
    /* As many digits as a number of the summaries can have, and none of its rounding. */
    dump = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    SNAP_CHECK(dump);
    snap_text_add_string(text, dump);
    snap_text_add_string(text, "\n");
    free(dump);
    for (uint32_t i = 0; i < summaries->count; i++)
        json_decref(runs[i]);
    free(runs);
    json_decref(root);
}
