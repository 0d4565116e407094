// SPDX-License-Identifier: Apache-2.0
#include "api_lab.h"

static void is_written_as_a_scenario(void **unused)
{
    struct snapsim_job *job = snapsim_job_create("a \"name\"");

    (void)unused;
    snapsim_job_set(job, "seed", "5");
    snapsim_job_config(job, "parallelism.default", "2");
    snapsim_job_model(job, "record-size", "10 b");
    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "10");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "numbers", "rebalance");
    snapsim_job_option(job, "out", "parallelism", "1");
    snapsim_job_timeline(job, "{at: 1 s, crash: \"out[0]\", optional: true}");
    snapsim_job_expect(job, "lost", ">= 0");
    assert_string_equal(snapsim_job_text(job), "name: \"a \\\"name\\\"\"\n"
                                               "seed: 5\n"
                                               "config:\n"
                                               "  parallelism.default: 2\n"
                                               "model:\n"
                                               "  record-size: 10 b\n"
                                               "operators:\n"
                                               "  - uid: \"numbers\"\n"
                                               "    type: \"sequence\"\n"
                                               "    count: 10\n"
                                               "  - uid: \"out\"\n"
                                               "    type: \"collect\"\n"
                                               "    parallelism: 1\n"
                                               "    inputs: [{uid: \"numbers\", "
                                               "ship: \"rebalance\"}]\n"
                                               "timeline:\n"
                                               "  - {at: 1 s, crash: \"out[0]\", optional: true}\n"
                                               "expect:\n"
                                               "  lost: \">= 0\"\n");
    snapsim_job_destroy(job);
}

/* ---- what is wrong with a job ---- */

static void without_a_type(struct snapsim_job *job)
{
    snapsim_job_operator(job, "numbers", "sequenze");
}

static void without_an_operator(struct snapsim_job *job)
{
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "numbers", NULL);
}

static void late_option(struct snapsim_job *job)
{
    lab_numbers(job);
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_option(job, "numbers", "count", "5");
}

static void two_lines(struct snapsim_job *job)
{
    snapsim_job_config(job, "parallelism.default", "2\nseed: 4");
}

static void no_text(struct snapsim_job *job)
{
    snapsim_job_operator(job, NULL, "collect");
}

static void process_a_record(void *self, const struct snapsim_record *in,
                             struct snapsim_context *context)
{
    (void)self;
    snapsim_emit(context, in->key, in->value);
}

static void fold_a_record(const struct snapsim_record *in, struct snapsim_context *context)
{
    snapsim_state_put(context, in->value);
}

static void name_of_a_built_in(struct snapsim_job *job)
{
    static const struct snapsim_operator_type type = {.name = "count", .process = process_a_record};

    snapsim_job_type(job, &type);
}

static void option_of_all_operators(struct snapsim_job *job)
{
    static const struct snapsim_option cost = {.name = "cost"};
    static const struct snapsim_operator_type type = {
        .name = "x", .process = process_a_record, .options = &cost, .option_count = 1};

    snapsim_job_type(job, &type);
}

static void fold_without_keys(struct snapsim_job *job)
{
    static const struct snapsim_operator_type type = {.name = "x", .fold = fold_a_record};

    snapsim_job_type(job, &type);
}

static void source_without_position(struct snapsim_job *job)
{
    static const struct snapsim_operator_type type = {.name = "x", .role = SNAPSIM_SOURCE};

    snapsim_job_type(job, &type);
}

static void sink_that_processes(struct snapsim_job *job)
{
    static const struct snapsim_operator_type type = {
        .name = "x", .role = SNAPSIM_SINK, .process = process_a_record};

    snapsim_job_type(job, &type);
}

static void fold_that_changes_keys(struct snapsim_job *job)
{
    static const struct snapsim_operator_type type = {
        .name = "x", .fold = fold_a_record, .keyed = true, .key_out = SNAPSIM_OUTPUT_TEXT};

    snapsim_job_type(job, &type);
    lab_numbers(job);
    snapsim_job_operator(job, "keys", "x");
    snapsim_job_input(job, "keys", "numbers", "hash");
}

static void keyed_that_changes_keys(struct snapsim_job *job)
{
    static const struct snapsim_operator_type type = {
        .name = "x", .process = process_a_record, .keyed = true, .key_out = SNAPSIM_OUTPUT_TEXT};

    snapsim_job_type(job, &type);
    lab_numbers(job);
    snapsim_job_operator(job, "keys", "x");
    snapsim_job_input(job, "keys", "numbers", "hash");
}

static void says_what_is_wrong(void **unused)
{
    static const struct {
        const char *name;
        void (*build)(struct snapsim_job *job);
        enum snapsim_error_code code;
        const char *message;
    } rows[] = {
        {"no such type", without_a_type, SNAPSIM_ERROR_SCENARIO,
         "bad:10:11: unknown operator type \"sequenze\"; did you mean \"sequence\"?\n"
         "      type: \"sequenze\"\n"
         "            ^"},
        {"no such operator", without_an_operator, SNAPSIM_ERROR_SCENARIO,
         "there is no operator \"numbers\""},
        {"option of an operator before", late_option, SNAPSIM_ERROR_USAGE,
         "count: \"numbers\" is not the operator that was added last"},
        {"two lines", two_lines, SNAPSIM_ERROR_USAGE,
         "parallelism.default: a text of several lines"},
        {"no text", no_text, SNAPSIM_ERROR_USAGE, "uid of an operator: no text"},
        {"a built-in type's name", name_of_a_built_in, SNAPSIM_ERROR_USAGE,
         "there is a type \"count\" already, or no name"},
        {"an option that all operators have", option_of_all_operators, SNAPSIM_ERROR_USAGE,
         "type x: its option \"cost\" is there already, or has no name"},
        {"fold without keys", fold_without_keys, SNAPSIM_ERROR_USAGE,
         "type x: an operator with fold alone is keyed"},
        {"source without position", source_without_position, SNAPSIM_ERROR_USAGE,
         "type x: a source has position and next, and nothing of operators and sinks"},
        {"sink that processes", sink_that_processes, SNAPSIM_ERROR_USAGE,
         "type x: a sink has write, and nothing of operators and sources"},
        {"fold that changes keys", fold_that_changes_keys, SNAPSIM_ERROR_SCENARIO,
         "keys: the type x keeps state by key, so it sends keys of the kind that its input has"},
        {"state by key with keys of another kind", keyed_that_changes_keys, SNAPSIM_ERROR_SCENARIO,
         "keys: the type x keeps state by key, so it sends keys of the kind that its input has"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = lab_job("bad");
        struct snapsim_error error = {0};

        rows[i].build(job);
        if (snapsim_job_check(job, &error) || error.code != rows[i].code ||
            !strstr(error.message, rows[i].message))
            fail_msg("%s: code %d, %s", rows[i].name, error.code, error.message);
        if (snapsim_job_run(job, NULL, &error))
            fail_msg("%s: it ran", rows[i].name);
        snapsim_job_destroy(job);
    }
}

/* ---- jobs that are written ---- */

static const char written[] = "name: written\n"
                              "config: {execution.checkpointing.interval: 50 ms}\n"
                              "operators:\n"
                              "  - {uid: numbers, type: sequence, count: 100, rate: 1000/s}\n"
                              "  - {uid: out, type: discard, input: numbers}\n"
                              "variants: {fewer: {set: {numbers.count: 10}}}\n";

static void count_records(void *to, const struct snapsim_event *event)
{
    int64_t *count = to;

    *count += strcmp(event->name, "record_emitted") == 0;
}

static void takes_overrides_and_variants(void **unused)
{
    static const struct {
        const char *name;
        const char *variant;
        const char *count; /* NULL: as written */
        int64_t expected;
    } rows[] = {
        {"as written", NULL, NULL, 100},
        {"variant", "fewer", NULL, 10},
        {"option", NULL, "20", 20},
        {"option on top of the variant", "fewer", "30", 30},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = snapsim_job_parse("written.yaml", written);
        int64_t count = 0;
        struct snapsim_run_options options = {.variant = rows[i].variant,
                                              .on_event = count_records,
                                              .to = &count,
                                              .level = SNAPSIM_EVENTS_RECORDS};
        struct snapsim_error error = {0};
        struct snapsim_result *result;

        if (rows[i].count)
            snapsim_job_option(job, "numbers", "count", rows[i].count);
        result = snapsim_job_run(job, &options, &error);
        if (!result || count != rows[i].expected)
            fail_msg("%s: %lld records; %s", rows[i].name, (long long)count, error.message);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

static void keeps_the_rest_as_written(void **unused)
{
    struct snapsim_job *job = snapsim_job_parse("written.yaml", written);
    struct snapsim_error error = {0};

    (void)unused;
    snapsim_job_expect(job, "lost", "1");
    assert_false(snapsim_job_check(job, &error));
    assert_int_equal(error.code, SNAPSIM_ERROR_USAGE);
    assert_string_equal(error.message,
                        "expect: this job is from a scenario, which says that itself");
    snapsim_job_destroy(job);
}

static void cannot_load_what_is_not_there(void **unused)
{
    struct snapsim_job *job = snapsim_job_load("/nonexistent/x.yaml");
    struct snapsim_error error = {0};

    (void)unused;
    assert_null(snapsim_job_run(job, NULL, &error));
    assert_int_equal(error.code, SNAPSIM_ERROR_SCENARIO);
    assert_non_null(strstr(error.message, "/nonexistent/x.yaml"));
    snapsim_job_destroy(job);
}

/* Any number can be one of an enum. */
static void numbers_that_stand_for_nothing(void **unused)
{
    struct snapsim_job *job = snapsim_job_parse("written.yaml", written);
    const struct snapsim_run_options runtime = {.runtime = (enum snapsim_runtime)77};
    const struct snapsim_run_options level = {.level = (enum snapsim_event_level)99};
    struct snapsim_error error = {0};
    struct snapsim_result *result;

    (void)unused;
    assert_null(snapsim_job_run(job, &runtime, &error));
    assert_int_equal(error.code, SNAPSIM_ERROR_USAGE);
    assert_string_equal(error.message, "there is no runtime 77");
    assert_false(snapsim_job_check_run(job, &level, &error));
    assert_string_equal(error.message, "there is no level of events 99");
    result = snapsim_job_run(job, NULL, NULL);
    assert_non_null(result);
    assert_int_equal(snapsim_result_counter(result, NULL, (enum snapsim_counter)99),
                     SNAPSIM_UNJUDGED);
    assert_null(snapsim_counter_name((enum snapsim_counter)99));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

/* ---- events ---- */

struct seen {
    char actor[32];
    char kind[32];
    int64_t checkpoint;
    int64_t last_ns;
    bool ordered;
};

static void look(void *to, const struct snapsim_event *event)
{
    struct seen *seen = to;

    seen->ordered = seen->ordered && event->at_ns >= seen->last_ns;
    seen->last_ns = event->at_ns;
    assert_null(snapsim_event_find(event, "no such argument"));
    if (strcmp(event->name, "checkpoint_triggered") != 0)
        return;
    snprintf(seen->actor, sizeof(seen->actor), "%s", event->actor);
    snprintf(seen->kind, sizeof(seen->kind), "%s", snapsim_event_find(event, "kind")->text);
    seen->checkpoint = snapsim_event_find(event, "checkpoint")->number;
    assert_null(snapsim_event_find(event, "checkpoint")->text);
}

static void events_have_names(void **unused)
{
    static const enum snapsim_runtime runtimes[] = {SNAPSIM_VIRTUAL, SNAPSIM_THREADS};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct snapsim_job *job = snapsim_job_parse("written.yaml", written);
        struct seen seen = {.ordered = true};
        struct snapsim_run_options options = {
            .runtime = runtimes[i], .on_event = look, .to = &seen};
        struct snapsim_result *result = snapsim_job_run(job, &options, NULL);

        assert_non_null(result);
        assert_true(seen.ordered);
        assert_string_equal(seen.actor, "jobmanager");
        assert_string_equal(seen.kind, "Checkpoint");
        assert_true(seen.checkpoint >= 1);
        assert_string_equal(snapsim_result_status(result), "FINISHED");
        assert_true((snapsim_result_hash(result) != 0) == (runtimes[i] == SNAPSIM_VIRTUAL));
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_written_as_a_scenario),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(takes_overrides_and_variants),
        cmocka_unit_test(keeps_the_rest_as_written),
        cmocka_unit_test(cannot_load_what_is_not_there),
        cmocka_unit_test(numbers_that_stand_for_nothing),
        cmocka_unit_test(events_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
