// SPDX-License-Identifier: Apache-2.0
#include "scenario/expect_read.h"

#include <string.h>

#include "model/names.h"
#include "scenario/expect_number.h"
#include "scenario/target_read.h"

/* Counters are never negative, so neither is what they are compared with. */
static bool read_comparison(struct snap_reader *reader, const struct snap_flat_entry *entry,
                            struct snap_expected_counter *expected)
{
    const char *text;

    if (!snap_reader_expect(reader, entry->value, SNAP_NODE_SCALAR, entry->key))
        return false;
    text = entry->value->text;
    expected->comparison = snap_comparison_take(&text);
    if (snap_units_integer(text, &expected->number) != SNAP_UNITS_OK || expected->number < 0)
        return snap_reader_fail(reader, entry->value,
                                "%s must be a number or a comparison such as \"> 0\", found \"%s\"",
                                entry->key, entry->value->text);
    return true;
}

/* Members of `expect` that are neither counters nor numbers. */
static const char *const members[] = {"job", "oracles", "explain.cause", "explain.subtask"};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

/* Who leaves a group's name out means the member all the same. */
static void suggest(struct snap_suggestion *suggestion, const char *candidate)
{
    const char *dot = strrchr(candidate, '.');

    if (dot && strcmp(dot + 1, suggestion->wanted) == 0) {
        suggestion->best = candidate;
        suggestion->distance = 0;
    }
    snap_suggestion_try(suggestion, candidate);
}

/* Only states and sinks are; a counter of anything else would never be met or missed. */
static bool is_judged(const struct snap_operator *op)
{
    return op->type->keyed || op->type->has_state || op->type->role == SNAP_ROLE_SINK;
}

static bool fail_not_judged(struct snap_reader *reader, const struct snap_flat_entry *entry,
                            const struct snap_operator *op)
{
    return snap_reader_fail(reader, entry->key_node,
                            "\"%s\" is neither a state nor a sink, so nothing judges it", op->uid);
}

/* "wins: 0": what of it is to be 0? */
static bool fail_operator(struct snap_reader *reader, const struct snap_flat_entry *entry,
                          const struct snap_operator *op)
{
    const char *value = entry->value->kind == SNAP_NODE_SCALAR ? entry->value->text : "0";

    if (!is_judged(op))
        return fail_not_judged(reader, entry, op);
    return snap_reader_fail(reader, entry->key_node,
                            "\"%s\" is an operator, of which counters are expected; did you mean "
                            "\"%s: {lost: %s}\"? `snapsim help expect` lists them",
                            op->uid, op->uid, value);
}

/* A name that may stand for all states and sinks together, and does not exist. */
static bool fail_name(struct snap_reader *reader, const struct snap_flat_entry *entry,
                      const struct snap_job *job)
{
    const struct snap_operator *op = snap_job_find_operator(job, entry->key);
    struct snap_suggestion suggestion = {.wanted = entry->key};

    if (strcmp(entry->key, "checkpoints") == 0 || strcmp(entry->key, "explain") == 0)
        return snap_reader_fail(reader, entry->key_node,
                                "\"%s\" has members, such as %s; `snapsim help expect` lists them",
                                entry->key,
                                *entry->key == 'e' ? "explain.cause" : "checkpoints.completed");
    if (op)
        return fail_operator(reader, entry, op);
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        suggest(&suggestion, snap_counter_name((enum snap_counter)c));
    for (uint32_t i = 0; i < MEMBERS; i++)
        suggest(&suggestion, members[i]);
    for (unsigned n = 0; n < SNAP_NUMBER_COUNT; n++)
        suggest(&suggestion, snap_number_info_get((enum snap_number)n)->name);
    return snap_reader_fail(
        reader, entry->key_node,
        "unknown counter or number \"%s\"%s%s%s `snapsim help expect` lists them", entry->key,
        suggestion.best ? "; did you mean \"" : ";", suggestion.best ? suggestion.best : "",
        suggestion.best ? "\"?" : "");
}

static bool read_counter(struct snap_reader *reader, const struct snap_flat_entry *entry,
                         const struct snap_job *job, struct snap_expected_counter *expected)
{
    const char *names[SNAP_COUNTER_COUNT + 1] = {0};
    const char *name = expected->on_total ? entry->key : strrchr(entry->key, '.') + 1;
    struct snap_node node = *entry->key_node;

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        names[c] = snap_counter_name((enum snap_counter)c);
        if (strcmp(names[c], name) != 0)
            continue;
        expected->counter = (enum snap_counter)c;
        return read_comparison(reader, entry, expected);
    }
    if (expected->on_total)
        return fail_name(reader, entry, job);
    node.text = name;
    return snap_reader_fail_unknown(reader, &node, "counter", names);
}

static bool read_of_operator(struct snap_reader *reader, const struct snap_flat_entry *entry,
                             const struct snap_job *job, struct snap_expected_counter *expected)
{
    const char *dot = strrchr(entry->key, '.');
    const char *uid = snap_arena_strndup(reader->arena, entry->key, (size_t)(dot - entry->key));
    const struct snap_operator *op = snap_job_find_operator(job, uid);
    struct snap_suggestion suggestion = {.wanted = uid};

    for (uint32_t i = 0; i < job->operator_count; i++)
        snap_suggestion_try(&suggestion, job->operators[i].uid);
    snap_suggestion_try(&suggestion, "checkpoints");
    snap_suggestion_try(&suggestion, "explain");
    if (!op && suggestion.best)
        return snap_reader_fail(reader, entry->key_node,
                                "there is no operator \"%s\"; did you mean \"%s\"?", uid,
                                suggestion.best);
    if (!op)
        return snap_reader_fail(reader, entry->key_node, "there is no operator \"%s\"", uid);
    if (!is_judged(op))
        return fail_not_judged(reader, entry, op);
    expected->operator_index = op->index;
    return read_counter(reader, entry, job, expected);
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

/* What made the slowest checkpoint slow: the word that `explain --json` has under "slow". */
static bool read_cause(struct snap_reader *reader, const struct snap_node *node,
                       struct snap_expectation *expectation)
{
    const char *names[SNAP_SLOW_COUNT + 1] = {0};
    uint32_t index = 0;

    for (unsigned i = 0; i < SNAP_SLOW_COUNT; i++)
        names[i] = snap_slow_key((enum snap_slow)i);
    if (!snap_reader_choice(reader, node, "cause", names, &index))
        return false;
    expectation->cause_given = true;
    expectation->cause = (enum snap_slow)index;
    return true;
}

/* A subtask is called by the first operator of its chain, as everywhere. */
static bool read_cause_subtask(struct snap_reader *reader, const struct snap_node *node,
                               const struct snap_job *job, struct snap_expectation *expectation)
{
    struct snap_action named = {0};
    const struct snap_vertex *vertex;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "a subtask") ||
        !snap_subtask_read(reader, node, node->text, job, &named))
        return false;
    vertex = &job->vertices[job->operators[named.operator_index].vertex];
    expectation->cause_subtask =
        snap_actor_name(job, vertex->task_first + named.subtask, reader->arena);
    return true;
}

/* What is no counter. Returns whether it was one of these; *good is whether it could be read. */
static bool read_member(struct snap_reader *reader, const struct snap_flat_entry *entry,
                        const struct snap_job *job, struct snap_expectation *expectation,
                        bool *good)
{
    if (strcmp(entry->key, "job") == 0)
        *good = read_job_status(reader, entry->value, expectation);
    else if (strcmp(entry->key, "oracles") == 0)
        *good = read_oracles(reader, entry->value, expectation);
    else if (strcmp(entry->key, "explain.cause") == 0)
        *good = read_cause(reader, entry->value, expectation);
    else if (strcmp(entry->key, "explain.subtask") == 0)
        *good = read_cause_subtask(reader, entry->value, job, expectation);
    else
        return false;
    return true;
}

/* Below these names stands what no operator has. */
static bool is_group(const char *key)
{
    return strncmp(key, "checkpoints.", strlen("checkpoints.")) == 0 ||
           strncmp(key, "explain.", strlen("explain.")) == 0;
}

static bool read_entry(struct snap_reader *reader, const struct snap_expect_input *input,
                       const struct snap_flat_entry *entry, struct snap_expectation *expectation,
                       struct snap_expected_counter *expected)
{
    expected->on_total = strchr(entry->key, '.') == NULL;
    if (!expected->on_total && is_group(entry->key) &&
        !snap_job_find_operator(input->job, "checkpoints") &&
        !snap_job_find_operator(input->job, "explain"))
        expected->on_total = true;
    if (expected->on_total ? !read_counter(reader, entry, input->job, expected)
                           : !read_of_operator(reader, entry, input->job, expected))
        return false;
    expectation->counter_count++;
    return true;
}

bool snap_expect_read(struct snap_reader *reader, const struct snap_expect_input *input,
                      struct snap_expectation *expectation)
{
    const struct snap_flat *flat = input->flat;
    struct snap_expected_counter *counters =
        SNAP_ARENA_ARRAY(reader->arena, struct snap_expected_counter, flat->count);
    struct snap_expected_numbers numbers = {.input = input};
    bool good = true;

    *expectation = (struct snap_expectation){.counters = counters};
    for (uint32_t i = 0; good && i < flat->count; i++) {
        const struct snap_flat_entry *entry = &flat->entries[i];

        if (entry->value->kind == SNAP_NODE_NULL ||
            read_member(reader, entry, input->job, expectation, &good) ||
            snap_expected_number_read(reader, entry, &numbers, &good))
            continue;
        good = read_entry(reader, input, entry, expectation, &counters[expectation->counter_count]);
    }
    expectation->numbers = numbers.items;
    expectation->number_count = numbers.count;
    return good;
}
