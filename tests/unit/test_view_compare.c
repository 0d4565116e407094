// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "view/compare_json.h"

static void expect_all(const struct snap_compare_summaries *summaries, const char *expected)
{
    struct snap_text text = {0};
    json_t *root;
    char *got;

    snap_compare_json_text(&text, summaries);
    root = json_loads(text.data, 0, NULL);
    assert_non_null(root);
    got = json_dumps(root, JSON_COMPACT);
    assert_string_equal(got, expected);
    free(got);
    json_decref(root);
    snap_text_fini(&text);
}

static void expect(const char *const *texts, uint32_t count, const char *expected)
{
    expect_all(&(struct snap_compare_summaries){.scenario = "s", .texts = texts, .count = count},
               expected);
}

static void one_seed_leaves_summaries_as_they_are(void **state)
{
    static const char *const texts[] = {
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":3,\"restarts\":1}",
        "{\"variant\":\"a\",\"runtime\":\"threads\",\"seed\":3,\"restarts\":2}",
        "{\"variant\":null,\"runtime\":\"virtual\",\"seed\":3,\"elapsed_ms\":1.5}",
    };

    (void)state;
    expect(
        texts, 3,
        "{\"scenario\":\"s\",\"seeds\":[3],\"variants\":["
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":3,\"restarts\":1},"
        "{\"variant\":\"a\",\"runtime\":\"threads\",\"seed\":3,\"restarts\":2},"
        "{\"variant\":null,\"runtime\":\"virtual\",\"seed\":3,\"elapsed_ms\":1.5}],\"errors\":[]}");
}

static void runs_that_could_not_go_on_are_listed(void **state)
{
    static const char *const texts[] = {
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":3,\"restarts\":1}"};
    const struct snap_simulation named = {.variant = "b", .seed = 4};
    const struct snap_simulation plain = {.variant = NULL, .seed = 3};
    const struct snap_summary failed[] = {
        {.simulation = &named, .runtime = SNAP_RUNTIME_VIRTUAL, .failure = "no \"c\""},
        {.simulation = &plain, .runtime = SNAP_RUNTIME_THREADS, .failure = "why"},
    };

    (void)state;
    expect_all(&(struct snap_compare_summaries){"s", texts, 1, failed, 2},
               "{\"scenario\":\"s\",\"seeds\":[3,4],\"variants\":["
               "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":3,\"restarts\":1}],"
               "\"errors\":["
               "{\"variant\":\"b\",\"runtime\":\"virtual\",\"seed\":4,"
               "\"error\":\"no \\\"c\\\"\"},"
               "{\"variant\":null,\"runtime\":\"threads\",\"seed\":3,\"error\":\"why\"}]}");
}

/* Of one that was interrupted nobody knows; one that is not as expected is enough. */
static void what_is_not_known_of_one_seed_is_not_known(void **state)
{
    static const char *const texts[] = {
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":1,\"expectation_met\":true}",
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":2,\"expectation_met\":null}",
        "{\"variant\":\"b\",\"runtime\":\"virtual\",\"seed\":1,\"expectation_met\":false}",
        "{\"variant\":\"b\",\"runtime\":\"virtual\",\"seed\":2,\"expectation_met\":null}",
    };

    (void)state;
    expect(texts, 4,
           "{\"scenario\":\"s\",\"seeds\":[1,2],\"variants\":["
           "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":null,\"expectation_met\":null},"
           "{\"variant\":\"b\",\"runtime\":\"virtual\",\"seed\":null,\"expectation_met\":false}"
           "],\"errors\":[]}");
}

static void several_seeds_give_median_least_and_most(void **state)
{
    static const char *const texts[] = {
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":1,\"trace_hash\":\"00\","
        "\"verdict\":{\"lost\":4,\"out_of_order\":null,\"pending\":null,"
        "\"at_least\":[]},\"expectation_met\":true,"
        "\"unfired\":[\"x\"],\"first_culprit\":null,"
        "\"vertices\":[{\"id\":\"v\",\"parallelism\":2}],\"checkpoints\":{\"history\":[1]}}",
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":2,\"trace_hash\":\"01\","
        "\"verdict\":{\"lost\":0,\"out_of_order\":null,\"pending\":7,"
        "\"at_least\":[]},\"expectation_met\":false,"
        "\"unfired\":[\"x\",\"y\"],\"first_culprit\":{\"uid\":\"u\"},"
        "\"vertices\":[{\"id\":\"v\",\"parallelism\":2}],\"checkpoints\":{\"history\":[1,2]}}",
        "{\"variant\":\"a\",\"runtime\":\"virtual\",\"seed\":3,\"trace_hash\":\"02\","
        "\"verdict\":{\"lost\":1,\"out_of_order\":null,\"pending\":8,"
        "\"at_least\":[\"lost\"]},\"expectation_met\":true,"
        "\"unfired\":[],\"first_culprit\":null,"
        "\"vertices\":[{\"id\":\"v\",\"parallelism\":2}],\"checkpoints\":{\"history\":[]}}",
    };

    (void)state;
    expect(texts, 3,
           "{\"scenario\":\"s\",\"seeds\":[1,2,3],\"variants\":[{\"variant\":\"a\","
           "\"runtime\":\"virtual\",\"seed\":null,\"trace_hash\":null,\"verdict\":{"
           "\"lost\":{\"median\":1,\"min\":0,\"max\":4},\"out_of_order\":null,"
           "\"pending\":{\"median\":7.5,\"min\":7,\"max\":8,\"unknown\":1},"
           "\"at_least\":[\"lost\"]},\"expectation_met\":false,"
           "\"unfired\":[\"x\",\"y\"],\"first_culprit\":{\"uid\":\"u\"},"
           "\"vertices\":[{\"id\":\"v\",\"parallelism\":2}],\"checkpoints\":{\"history\":[]}}],"
           "\"errors\":[]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_leaves_summaries_as_they_are),
        cmocka_unit_test(runs_that_could_not_go_on_are_listed),
        cmocka_unit_test(what_is_not_known_of_one_seed_is_not_known),
        cmocka_unit_test(several_seeds_give_median_least_and_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
