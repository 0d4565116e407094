// SPDX-License-Identifier: Apache-2.0
/* test_story_checkpoint.c: the life of a checkpoint, one rule a story. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

static void all_parts_of_a_checkpoint_have_their_instants(void **state)
{
    struct run_story *story = run_story(
        "config:\n"
        "  execution.checkpointing.interval: 100 ms\n"
        "model: {network: {latency: 1 ms, local-latency: 1 ms}, storage: {latency: 5 ms}}\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 10, keys: 10, rate: 100/s}\n"
        "  - {uid: counts, type: count, input: events, ship: hash}\n"
        "  - {uid: out, type: collect, input: counts}\n");

    (void)state;
    expect_trace(story, "", "x");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_parts_of_a_checkpoint_have_their_instants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
