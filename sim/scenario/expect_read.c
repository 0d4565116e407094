// SPDX-License-Identifier: Apache-2.0
#include "scenario/expect_read.h"

#include <string.h>

static const struct {
    const char *text;
    enum snap_comparison comparison;
} comparisons[] = {
    {">=", SNAP_COMPARE_GREATER_EQUAL}, {"<=", SNAP_COMPARE_LESS_EQUAL},
    {"!=", SNAP_COMPARE_NOT_EQUAL},     {"==", SNAP_COMPARE_EQUAL},
    {">", SNAP_COMPARE_GREATER},        {"<", SNAP_COMPARE_LESS},
    {"=", SNAP_COMPARE_EQUAL},          {"", SNAP_COMPARE_EQUAL},
};

/* Counters are never negative, so neither is what they are compared with. */
static bool read_comparison(struct snap_reader *reader, const struct snap_flat_entry *entry,
                            struct snap_expected_counter *expected)
{
    const char *text;
    size_t i = 0;

    if (!snap_reader_expect(reader, entry->value, SNAP_NODE_SCALAR, entry->key))
        return false;
    text = entry->value->text;
    text += strspn(text, " ");
    while (strncmp(text, comparisons[i].text, strlen(comparisons[i].text)) != 0)
        i++;
    text += strlen(comparisons[i].text);
    text += strspn(text, " ");
    expected->comparison = comparisons[i].comparison;
    if (snap_units_integer(text, &expected->number) != SNAP_UNITS_OK || expected->number < 0)
        return snap_reader_fail(reader, entry->value,
                                "%s must be a number or a comparison such as \"> 0\", found \"%s\"",
                                entry->key, entry->value->text);
    return true;
}

/* `job` is suggested only where it may stand. */
static bool read_counter(struct snap_reader *reader, const struct snap_flat_entry *entry,
                         const char *name, struct snap_expected_counter *expected)
{
    const char *names[SNAP_COUNTER_COUNT + 3] = {0};
    struct snap_node node = *entry->key_node;

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        names[c] = snap_counter_name((enum snap_counter)c);
        if (strcmp(names[c], name) != 0)
            continue;
        expected->counter = (enum snap_counter)c;
        return read_comparison(reader, entry, expected);
    }
    if (expected->on_total) {
        names[SNAP_COUNTER_COUNT] = "job";
        names[SNAP_COUNTER_COUNT + 1] = "oracles";
    }
    node.text = name;
    return snap_reader_fail_unknown(reader, &node, "counter", names);
}

/* Only states and sinks are judged; a counter of anything else would never be met or missed. */
static bool read_of_operator(struct snap_reader *reader, const struct snap_flat_entry *entry,
                             const struct snap_job *job, struct snap_expected_counter *expected)
{
    const char *dot = strrchr(entry->key, '.');
    const char *uid = snap_arena_strndup(reader->arena, entry->key, (size_t)(dot - entry->key));
    const struct snap_operator *op = snap_job_find_operator(job, uid);
    struct snap_suggestion suggestion = {.wanted = uid};

    for (uint32_t i = 0; i < job->operator_count; i++)
        snap_suggestion_try(&suggestion, job->operators[i].uid);
    if (!op && suggestion.best)
        return snap_reader_fail(reader, entry->key_node,
                                "there is no operator \"%s\"; did you mean \"%s\"?", uid,
                                suggestion.best);
    if (!op)
        return snap_reader_fail(reader, entry->key_node, "there is no operator \"%s\"", uid);
    if (!op->type->keyed && !op->type->has_state && op->type->role != SNAP_ROLE_SINK)
        return snap_reader_fail(reader, entry->key_node,
                                "\"%s\" is neither a state nor a sink, so nothing judges it", uid);
    expected->operator_index = op->index;
    return read_counter(reader, entry, dot + 1, expected);
}

/* Only the statuses in which a run can end. */
static bool read_job_status(struct snap_reader *reader, const struct snap_node *node,
                            struct snap_expectation *expectation)
{
    static const char *const names[] = {"FINISHED", "FAILED", "RUNNING", "CANCELED", NULL};
    static const enum snap_job_status kinds[] = {SNAP_JOB_FINISHED, SNAP_JOB_FAILED,
                                                 SNAP_JOB_RUNNING, SNAP_JOB_CANCELED};
    uint32_t index = 0;

    if (!snap_reader_choice(reader, node, "job status", names, &index))
        return false;
    expectation->job_status_given = true;
    expectation->job_status = kinds[index];
    return true;
}

/* Who is to object: one name or a list. */
static bool read_oracles(struct snap_reader *reader, const struct snap_node *node,
                         struct snap_expectation *expectation)
{
    const char *names[SNAP_ORACLE_COUNT + 1] = {0};
    uint32_t index = 0;

    if (node->kind == SNAP_NODE_LIST) {
        for (uint32_t i = 0; i < node->count; i++)
            if (!read_oracles(reader, node->items[i], expectation))
                return false;
        return true;
    }
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        names[i] = snap_oracle_name((enum snap_oracle_id)i);
    if (!snap_reader_choice(reader, node, "oracle", names, &index))
        return false;
    expectation->objects[index] = true;
    return true;
}

bool snap_expect_read(struct snap_reader *reader, const struct snap_flat *flat,
                      const struct snap_job *job, struct snap_expectation *expectation)
{
    struct snap_expected_counter *counters =
        SNAP_ARENA_ARRAY(reader->arena, struct snap_expected_counter, flat->count);

    *expectation = (struct snap_expectation){.counters = counters};
    for (uint32_t i = 0; i < flat->count; i++) {
        const struct snap_flat_entry *entry = &flat->entries[i];
        struct snap_expected_counter *expected = &counters[expectation->counter_count];

        if (entry->value->kind == SNAP_NODE_NULL)
            continue;
        if (strcmp(entry->key, "job") == 0) {
            if (!read_job_status(reader, entry->value, expectation))
                return false;
            continue;
        }
        if (strcmp(entry->key, "oracles") == 0) {
            if (!read_oracles(reader, entry->value, expectation))
                return false;
            continue;
        }
        expected->on_total = strchr(entry->key, '.') == NULL;
        if (expected->on_total ? !read_counter(reader, entry, entry->key, expected)
                               : !read_of_operator(reader, entry, job, expected))
            return false;
        expectation->counter_count++;
    }
    return true;
}
