// SPDX-License-Identifier: Apache-2.0
/*
 * test_protocol_watermark_valve.c: what several channels make of their watermarks and statuses.
 *
 * Words of a script: "C=T" channel C says watermark T, "Ci" it is idle, "Ca" it is active again.
 * For each word the log has what is passed on: a watermark, "idle" or "active", or "-".
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "protocol/watermark_inputs.h"

static const struct {
    const char *name;
    uint32_t channels[2]; /* by input; 0: there is just one */
    const char *script;
    const char *log;
} rows[] = {
    {"one channel passes on what rises", {1}, "0=0 0=25 0=18 0=25 0=42", "0 25 - - 42"},
    {"the first one counts, also below 0", {1}, "0=-7", "-7"},
    {"a status is passed on once", {1}, "0a 0i 0i 0a 0a", "- idle - active -"},
    {"a watermark of an idle channel is not heard",
     {1},
     "0=25 0i 0=50 0a 0=50",
     "25 idle - active 50"},
    {"nothing before all channels have spoken", {3}, "0=0 1=0 2=0", "- - 0"},
    {"the least rises", {3}, "0=0 1=0 2=0 0=12 2=8 2=10 1=15 2=17 0=20", "- - 0 - - - 10 12 15"},
    {"what falls changes nothing", {3}, "0=25 1=10 2=17 0=12 1=8 2=15", "- - 10 - - -"},
    {"idle once all are", {2}, "0a 1a 1i 0i 0i 1i 1a 0a", "- - - idle - - active -"},
    {"idle channels are left out", {3}, "0=15 1=10 2i 1=18 0=20", "- - 10 15 18"},
    {"event time rises as channels become idle", {3}, "0=25 1=10 2=17 1i 2i", "- - 10 17 25"},
    {"once all are idle the greatest is passed on",
     {3},
     "0=10 1=5 2=3 0i 1i 2i",
     "- - 3 - - 10 idle"},
    {"the greatest also if the last idle one was not the least",
     {2},
     "0=10 1=3 0i 1i",
     "- 3 - 10 idle"},
    {"back and ahead: counts at once", {2}, "0=10 1=5 0i 0a 1=20 0=25", "- 5 - - 10 20"},
    {"back and behind: left out until it has caught up",
     {2},
     "0=5 1=20 0i 1=30 0a 0=25 1=40 0=40 1=50",
     "- 5 20 30 - - 40 - -"},
    {"caught up: it holds event time back again",
     {2},
     "0=5 1=20 0i 1=30 0a 0=30 1=40 0=35",
     "- 5 20 30 - - - 35"},
    {"all idle: the next active one decides alone",
     {2},
     "0=5 1=5 0i 1i 0a 0=9",
     "- 5 - idle active 9"},
    {"the end of one channel is not the end",
     {2},
     "0=9223372036854775807 1=4 1=9223372036854775807",
     "- 4 9223372036854775807"},
    {"two inputs: the least of both", {1, 1}, "0=10 1=5 1=20 0=12", "- 5 10 12"},
    {"two inputs: an idle one is left out",
     {1, 1},
     "0=10 1=5 1i 0=20 1a 0=30 1=40",
     "- 5 10 20 - - 30"},
    {"two inputs: nothing is passed on once both are idle",
     {1, 1},
     "0=50 1=10 0i 1i",
     "- 10 - idle"},
    {"two inputs: the greatest of one input, not of both",
     {1, 2},
     "0=90 1=10 2=20 0i 1i 2i",
     "- - 10 - 20 idle"},
    {"two inputs: active again with the first",
     {1, 1},
     "0=5 1=5 0i 1i 1a 1=9 0a 0=20 1=20",
     "- 5 - idle active 9 - - 20"},
};

static void log_word(struct snap_text *log, const char *word)
{
    snap_text_printf(log, "%s%s", log->length ? " " : "", word);
}

static void log_output(struct snap_text *log, const struct snap_valve_output *out)
{
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, out->watermark_ms);
    if (out->has_watermark)
        log_word(log, number);
    if (out->has_status)
        log_word(log, out->idle ? "idle" : "active");
    if (!out->has_watermark && !out->has_status)
        log_word(log, "-");
}

static struct snap_record mark_of(const char *word)
{
    long long watermark = 0;

    if (strchr(word, 'i'))
        return snap_mark_make(SNAP_MARK_IDLE, 0);
    if (strchr(word, 'a'))
        return snap_mark_make(SNAP_MARK_ACTIVE, 0);
    assert_int_equal(sscanf(strchr(word, '=') + 1, "%lld", &watermark), 1);
    return snap_mark_make(SNAP_MARK_WATERMARK, watermark);
}

static void the_table_holds(void **unused)
{
    bool failed = false;

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_arena arena = {0};
        struct snap_watermark_inputs inputs;
        struct snap_text log = {0};
        char script[256];

        snprintf(script, sizeof(script), "%s", rows[r].script);
        snap_watermark_inputs_init(&inputs, &arena, 2);
        snap_watermark_inputs_add(&inputs, &arena, rows[r].channels[0]);
        if (rows[r].channels[1] > 0)
            snap_watermark_inputs_add(&inputs, &arena, rows[r].channels[1]);
        for (char *word = strtok(script, " "); word; word = strtok(NULL, " ")) {
            struct snap_record mark = mark_of(word);
            struct snap_valve_output out =
                snap_watermark_inputs_step(&inputs, (uint32_t)(word[0] - '0'), &mark);

            log_output(&log, &out);
        }
        if (strcmp(snap_text_get(&log), rows[r].log) != 0) {
            print_message("%s:\nexpected %s\nactual   %s\n", rows[r].name, rows[r].log,
                          snap_text_get(&log));
            failed = true;
        }
        snap_text_fini(&log);
        snap_arena_fini(&arena);
    }
    assert_false(failed);
}

/* The valve keeps a count at the least instead of looking at all channels: it must not matter. */
static int64_t least_of_aligned(const struct snap_watermark_valve *valve, int64_t before)
{
    int64_t least = INT64_MAX;
    bool any = false;

    for (uint32_t i = 0; i < valve->channel_count; i++) {
        const struct snap_valve_channel *channel = &valve->channels[i];

        if (!channel->aligned)
            continue;
        any = true;
        least = channel->watermark_ms < least ? channel->watermark_ms : least;
    }
    return any && least > before ? least : before;
}

static void the_least_is_the_least(void **unused)
{
    struct snap_rng rng;

    (void)unused;
    snap_rng_init(&rng, 5, 0, 0);
    for (int round = 0; round < 200; round++) {
        struct snap_arena arena = {0};
        struct snap_watermark_valve valve;
        uint32_t channels = 1 + (uint32_t)snap_rng_below(&rng, 5);

        snap_watermark_valve_init(&valve, &arena, channels);
        for (int step = 0; step < 60; step++) {
            uint64_t draw = snap_rng_below(&rng, 10);
            struct snap_record mark = snap_mark_make(
                draw < 7 ? SNAP_MARK_WATERMARK : (draw == 7 ? SNAP_MARK_IDLE : SNAP_MARK_ACTIVE),
                step + snap_rng_between(&rng, -5, 5));
            int64_t before = valve.watermark_ms;

            snap_watermark_valve_step(&valve, (uint32_t)snap_rng_below(&rng, channels), &mark);
            if (draw < 7)
                assert_int_equal(valve.watermark_ms, least_of_aligned(&valve, before));
            assert_true(valve.watermark_ms >= before);
        }
        snap_arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_holds),
        cmocka_unit_test(the_least_is_the_least),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
