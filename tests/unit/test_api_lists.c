// SPDX-License-Identifier: Apache-2.0
/*
 * Lists of operator state of a program's types: who gets what back, after a crash and at another
 * parallelism, in one run and from files.
 */
#include "api_lab.h"

#include "api_directory.h"

#include <stdlib.h>
#include <unistd.h>

enum { SUBTASKS_MAX = 4, ITEMS_MAX = 16 };

/* What each subtask was given back, by list, in its last attempt. */
struct given {
    int count[SUBTASKS_MAX];
    char items[SUBTASKS_MAX][ITEMS_MAX];
};

static struct {
    struct given plain;
    struct given split;
    struct given all;
    struct given same;
} seen;

static bool open_anew(void *self, struct snapsim_context *context)
{
    uint32_t subtask = snapsim_subtask(context);

    (void)self;
    seen.plain.count[subtask] = seen.split.count[subtask] = 0;
    seen.all.count[subtask] = seen.same.count[subtask] = 0;
    assert_null(snapsim_restored_list(context));
    return true;
}

static void pass_on(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)self;
    snapsim_emit(context, in->key, in->value);
}

/* Two items of its own, named by the subtask; and one that all have. */
static bool save(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    char item = (char)('a' + snapsim_subtask(context));
    char second = (char)('A' + snapsim_subtask(context));

    (void)self;
    (void)checkpoint;
    snapsim_save(context, &item, 1);
    snapsim_save_in(context, "split", &item, 1);
    snapsim_save_in(context, "all", &item, 1);
    snapsim_save_in(context, "split", &second, 1);
    snapsim_save_in(context, "same", "x", 1);
    return true;
}

static void note(struct given *given, const void *data, uint32_t subtask)
{
    assert_true(given->count[subtask] < ITEMS_MAX);
    memcpy(&given->items[subtask][given->count[subtask]++], data, 1);
}

static bool restore(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    const char *list = snapsim_restored_list(context);
    struct given *given = !list                        ? &seen.plain
                          : strcmp(list, "split") == 0 ? &seen.split
                          : strcmp(list, "all") == 0   ? &seen.all
                                                       : &seen.same;

    (void)self;
    assert_int_equal(bytes, 1);
    note(given, data, snapsim_subtask(context));
    return true;
}

static const struct snapsim_list lists[] = {
    {"split", SNAPSIM_LIST_SPLIT},
    {"all", SNAPSIM_LIST_UNION},
    {"same", SNAPSIM_LIST_BROADCAST},
};

static const struct snapsim_operator_type keeper = {
    .name = "keeper",
    .process = pass_on,
    .outputs = SNAPSIM_OUTPUTS_ONE,
    .open = open_anew,
    .snapshot = save,
    .restore = restore,
    .lists = lists,
    .list_count = 3,
};

static struct snapsim_job *job_of(const struct snapsim_operator_type *type, const char *parallelism)
{
    struct snapsim_job *job = lab_job("lists");

    memset(&seen, 0, sizeof(seen));
    snapsim_job_type(job, type);
    lab_numbers(job);
    snapsim_job_operator(job, "tested", type->name);
    snapsim_job_option(job, "tested", "parallelism", parallelism);
    snapsim_job_input(job, "tested", "numbers", "rebalance");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_option(job, "out", "parallelism", "1");
    snapsim_job_input(job, "out", "tested", NULL);
    return job;
}

static void expect_given(const char *row, const struct given *given, uint32_t subtask,
                         const char *expected)
{
    int count = given->count[subtask];

    if (count != (int)strlen(expected) ||
        memcmp(given->items[subtask], expected, (size_t)count) != 0)
        fail_msg("%s: subtask %u has \"%.*s\", expected \"%s\"", row, subtask, count,
                 given->items[subtask], expected);
}

/* With the same parallelism everybody has its own again, but for the union list. */
static void expect_own_ones(const char *row)
{
    expect_given(row, &seen.plain, 0, "a");
    expect_given(row, &seen.plain, 1, "b");
    expect_given(row, &seen.split, 0, "aA");
    expect_given(row, &seen.split, 1, "bB");
    expect_given(row, &seen.all, 0, "ab");
    expect_given(row, &seen.all, 1, "ab");
    expect_given(row, &seen.same, 0, "x");
    expect_given(row, &seen.same, 1, "x");
}

static void after_a_crash_everybody_has_its_own_and_the_union(void **unused)
{
    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++) {
        const char *row = runtime == SNAPSIM_THREADS ? "threads" : "virtual";
        struct snapsim_job *job = job_of(&keeper, "2");
        struct snapsim_result *result;

        snapsim_job_timeline(job, "{at: 250 ms, crash: \"tested[0]\"}");
        result = lab_run(job, (enum snapsim_runtime)runtime);
        expect_own_ones(row);
        lab_counter(row, snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        lab_counter(row, snapsim_result_counter(result, "out", SNAPSIM_DUPLICATED), 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* How lists are dealt: those of all subtasks as one list, in turn. */
static const struct {
    const char *parallelism;
    const char *split[SUBTASKS_MAX];
    const char *all;
} dealt[] = {
    {"1", {"aAbB"}, "ab"},
    {"3", {"aA", "b", "B"}, "ab"},
    {"4", {"a", "A", "b", "B"}, "ab"},
};

static void expect_dealt(size_t row)
{
    int parallelism = atoi(dealt[row].parallelism);

    for (int s = 0; s < parallelism; s++) {
        expect_given(dealt[row].parallelism, &seen.split, (uint32_t)s, dealt[row].split[s]);
        expect_given(dealt[row].parallelism, &seen.all, (uint32_t)s, dealt[row].all);
        expect_given(dealt[row].parallelism, &seen.same, (uint32_t)s, "x");
    }
}

static void another_parallelism_deals_them(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(dealt) / sizeof(dealt[0]); i++) {
        struct snapsim_job *job = job_of(&keeper, "2");
        char restart[128];
        struct snapsim_result *result;

        snprintf(restart, sizeof(restart),
                 "{at: 400 ms, restart-from: before, set: {tested.parallelism: %s}}",
                 dealt[i].parallelism);
        snapsim_job_timeline(job, "{at: 250 ms, stop-with-savepoint: before}");
        snapsim_job_timeline(job, restart);
        result = lab_run(job, SNAPSIM_VIRTUAL);
        expect_dealt(i);
        lab_counter(dealt[i].parallelism, snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* Takes the savepoint `before` and returns its directory, which the result has. */
static const char *take_savepoint(struct snapsim_job *job, struct snapsim_result **result)
{
    const struct snapsim_run_options options = {.directory = directory};
    struct snapsim_error error = {0};
    const struct snapsim_snapshot *savepoint;

    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    snapsim_job_timeline(job, "{at: 250 ms, stop-with-savepoint: before}");
    *result = snapsim_job_run(job, &options, &error);
    if (!*result)
        fail_msg("%s", error.message);
    savepoint = snapsim_result_snapshot(*result, 0);
    assert_non_null(savepoint);
    return savepoint->directory;
}

static void files_deal_them_too(void **unused)
{
    struct snapsim_job *first = job_of(&keeper, "2");
    struct snapsim_result *taken;
    const struct snapsim_start start = {.snapshot = take_savepoint(first, &taken)};

    (void)unused;
    for (size_t i = 0; i < sizeof(dealt) / sizeof(dealt[0]); i++)
        for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++) {
            const struct snapsim_run_options options = {.runtime = (enum snapsim_runtime)runtime,
                                                        .start = &start};
            struct snapsim_job *job = job_of(&keeper, dealt[i].parallelism);
            struct snapsim_error error = {0};
            struct snapsim_result *result = snapsim_job_run(job, &options, &error);

            if (!result)
                fail_msg("%s", error.message);
            expect_dealt(i);
            lab_counter(dealt[i].parallelism, snapsim_result_counter(result, "out", SNAPSIM_LOST),
                        0);
            lab_counter(dealt[i].parallelism,
                        snapsim_result_counter(result, "out", SNAPSIM_DUPLICATED), 0);
            snapsim_result_destroy(result);
            snapsim_job_destroy(job);
        }
    snapsim_result_destroy(taken);
    snapsim_job_destroy(first);
}

/* ---- what is wrong ---- */

static bool save_elsewhere(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)self;
    (void)checkpoint;
    snapsim_save_in(context, "elsewhere", "x", 1);
    return true;
}

static bool save_nameless(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)self;
    (void)checkpoint;
    snapsim_save_in(context, NULL, "x", 1);
    return true;
}

static bool save_nothing(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)self;
    (void)checkpoint;
    snapsim_save_in(context, "split", NULL, 1);
    return true;
}

static bool restore_not(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    (void)self;
    (void)data;
    (void)bytes;
    return snapsim_fail(context, "not %s", snapsim_restored_list(context));
}

static void save_too_early(void *self, const struct snapsim_record *in,
                           struct snapsim_context *context)
{
    snapsim_save_in(context, "split", "x", 1);
    pass_on(self, in, context);
}

#define KEEPER(LISTS, COUNT)                                                                       \
    .name = "keeper", .process = pass_on, .outputs = SNAPSIM_OUTPUTS_ONE, .lists = LISTS,          \
    .list_count = COUNT

static const struct snapsim_list wrong_lists[][2] = {
    {{NULL, SNAPSIM_LIST_SPLIT}},
    {{"", SNAPSIM_LIST_SPLIT}},
    {{"items", SNAPSIM_LIST_SPLIT}},
    {{"position", SNAPSIM_LIST_UNION}},
    {{"_timer_state/mine", SNAPSIM_LIST_UNION}},
    {{"a", SNAPSIM_LIST_SPLIT}, {"a", SNAPSIM_LIST_UNION}},
    {{"a", (enum snapsim_list_mode)7}},
};

static void what_is_wrong_is_said(void **unused)
{
    static const char reserved[] = "gives its lists names, and not items, state, position";
    const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {{KEEPER(NULL, 1), .snapshot = save}, "with a list_count has lists"},
        {{KEEPER(lists, 3)}, "with lists has snapshot"},
        {{KEEPER(wrong_lists[0], 1), .snapshot = save}, reserved},
        {{KEEPER(wrong_lists[1], 1), .snapshot = save}, reserved},
        {{KEEPER(wrong_lists[2], 1), .snapshot = save}, reserved},
        {{KEEPER(wrong_lists[3], 1), .snapshot = save}, reserved},
        {{KEEPER(wrong_lists[4], 1), .snapshot = save}, reserved},
        {{KEEPER(wrong_lists[5], 2), .snapshot = save}, "gives its lists different names"},
        {{KEEPER(wrong_lists[6], 1), .snapshot = save}, "split, union or broadcast"},
        {{KEEPER(lists, 3), .snapshot = save_elsewhere}, "declares no list \"elsewhere\""},
        {{KEEPER(lists, 3), .snapshot = save_nameless}, "declares no list \"\""},
        {{KEEPER(lists, 3), .snapshot = save_nothing}, "1 bytes at NULL"},
        {{KEEPER(lists, 3), .snapshot = save, .restore = restore_not}, "tested[0]: not "},
        {{.name = "keeper",
          .process = save_too_early,
          .snapshot = save,
          .lists = lists,
          .list_count = 3},
         "snapsim_save belongs to snapshot"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of(&rows[i].type, "2");
        struct snapsim_error error = {0};

        snapsim_job_timeline(job, "{at: 250 ms, crash: \"tested[0]\"}");
        if (snapsim_job_run(job, NULL, &error) || !strstr(error.message, rows[i].message))
            fail_msg("%zu: \"%s\", expected \"%s\"", i, error.message, rows[i].message);
        snapsim_job_destroy(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_crash_everybody_has_its_own_and_the_union),
        cmocka_unit_test(another_parallelism_deals_them),
        cmocka_unit_test(files_deal_them_too),
        cmocka_unit_test(what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
