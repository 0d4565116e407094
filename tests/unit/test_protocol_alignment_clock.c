// SPDX-License-Identifier: Apache-2.0
/* test_protocol_alignment_clock.c: what the clock reads after starts, ends and resets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "protocol/alignment_clock.h"

enum event_type { START, END, RESET, BYTES };

struct event {
    enum event_type type;
    snap_ns now_ns;
    int64_t value; /* START: created_ns, BYTES: how many */
};

enum { EVENTS_MAX = 6 };

static const struct {
    const char *name;
    uint32_t count;
    struct event events[EVENTS_MAX];
    snap_ns read_at_ns;
    bool running;
    snap_ns duration_ns;
    snap_ns start_delay_ns;
    int64_t bytes_processed;
} rows[] = {
    {"new", 0, {{0}}, 50, false, 0, 0, 0},
    {"running", 2, {{START, 10, 10}, {BYTES, 11, 7}}, 25, true, 15, 0, 0},
    {"ended", 3, {{START, 10, 10}, {BYTES, 11, 7}, {END, 18, 0}}, 99, false, 8, 0, 7},
    {"bytes before and after do not count",
     5,
     {{BYTES, 1, 100}, {START, 10, 10}, {BYTES, 11, 7}, {END, 18, 0}, {BYTES, 19, 100}},
     99,
     false,
     8,
     0,
     7},
    {"reset while running",
     3,
     {{START, 10, 10}, {BYTES, 11, 7}, {RESET, 0, 0}},
     99,
     false,
     0,
     0,
     0},
    {"reset after the end forgets",
     3,
     {{START, 10, 10}, {END, 18, 0}, {RESET, 0, 0}},
     99,
     false,
     0,
     0,
     0},
    {"a second start begins anew",
     5,
     {{START, 10, 10}, {BYTES, 11, 7}, {START, 20, 20}, {BYTES, 21, 3}, {END, 22, 0}},
     99,
     false,
     2,
     0,
     3},
    {"delay counts nanoseconds",
     1,
     {{START, 3 * SNAP_MS + 9, 3 * SNAP_MS + 1}},
     3 * SNAP_MS + 9,
     true,
     0,
     8,
     0},
    {"created before the job began", 1, {{START, 0, -1}}, 0, true, 0, 1, 0},
    {"created whole ms before the job began",
     1,
     {{START, 0, -5 * SNAP_MS}},
     0,
     true,
     0,
     5 * SNAP_MS,
     0},
    {"created in the future", 1, {{START, 3 * SNAP_MS, 9 * SNAP_MS}}, 3 * SNAP_MS, true, 0, 0, 0},
    {"delay survives a reset",
     2,
     {{START, 4 * SNAP_MS, 0}, {RESET, 0, 0}},
     99,
     false,
     0,
     4 * SNAP_MS,
     0},
};

static void apply(struct snap_alignment_clock *clock, const struct event *event)
{
    struct snap_barrier barrier = {.checkpoint = 1, .created_ns = event->value};

    switch (event->type) {
    case START:
        snap_alignment_clock_start(clock, &barrier, event->now_ns);
        break;
    case END:
        assert_true(snap_alignment_clock_end(clock, event->now_ns));
        break;
    case RESET:
        snap_alignment_clock_reset(clock);
        break;
    case BYTES:
        snap_alignment_clock_add_bytes(clock, event->value);
        break;
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_alignment_clock clock;

        print_message("%s\n", rows[i].name);
        snap_alignment_clock_init(&clock);
        for (uint32_t j = 0; j < rows[i].count; j++)
            apply(&clock, &rows[i].events[j]);
        assert_int_equal(clock.running, rows[i].running);
        assert_int_equal(snap_alignment_clock_read(&clock, rows[i].read_at_ns),
                         rows[i].duration_ns);
        assert_int_equal(clock.start_delay_ns, rows[i].start_delay_ns);
        assert_int_equal(clock.bytes_processed, rows[i].bytes_processed);
    }
}

static void test_end_needs_a_start(void **state)
{
    struct snap_alignment_clock clock;

    (void)state;
    snap_alignment_clock_init(&clock);
    assert_false(snap_alignment_clock_end(&clock, 1));
    snap_alignment_clock_start(&clock, &(struct snap_barrier){.checkpoint = 7}, 2);
    assert_int_equal(clock.checkpoint, 7);
    assert_true(snap_alignment_clock_end(&clock, 3));
    assert_false(snap_alignment_clock_end(&clock, 4));
    assert_int_equal(clock.duration_ns, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_end_needs_a_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
