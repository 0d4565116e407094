// SPDX-License-Identifier: Apache-2.0
/* What a gate delivers while it has something, and the buffer size that follows from it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "protocol/buffer_debloater.h"
#include "protocol/throughput.h"

enum event_type { ADD, PAUSE, RESUME, READ };

struct event {
    enum event_type type;
    int64_t at_us;
    int64_t value; /* ADD: bytes, READ: the expected bytes per second */
};

enum { EVENTS_MAX = 7 };

static const struct {
    const char *name;
    uint32_t count;
    struct event events[EVENTS_MAX];
} rows[] = {
    {"nothing came", 1, {{READ, 200000, 0}}},
    {"time counts from the first data", 2, {{ADD, 100000, 1000}, {READ, 200000, 10000}}},
    {"all the period", 3, {{RESUME, 0, 0}, {ADD, 100000, 1000}, {READ, 200000, 5000}}},
    {"a pause does not count",
     4,
     {{RESUME, 0, 0}, {ADD, 10000, 500}, {PAUSE, 50000, 0}, {READ, 200000, 10000}}},
    {"two spans",
     6,
     {{RESUME, 0, 0},
      {ADD, 10000, 300},
      {PAUSE, 20000, 0},
      {RESUME, 100000, 0},
      {PAUSE, 110000, 0},
      {READ, 200000, 10000}}},
    {"data end a pause", 3, {{PAUSE, 0, 0}, {ADD, 150000, 100}, {READ, 200000, 2000}}},
    {"twice paused, twice resumed",
     6,
     {{RESUME, 0, 0},
      {RESUME, 50000, 0},
      {ADD, 60000, 100},
      {PAUSE, 100000, 0},
      {PAUSE, 150000, 0},
      {READ, 200000, 1000}}},
    {"a reading goes on",
     4,
     {{ADD, 0, 400}, {READ, 200000, 2000}, {ADD, 210000, 100}, {READ, 400000, 500}}},
    {"paused all the period: the last reading",
     4,
     {{ADD, 0, 400}, {READ, 200000, 2000}, {PAUSE, 200000, 0}, {READ, 400000, 2000}}},
    {"no time: bytes are lost",
     5,
     {{ADD, 0, 400},
      {READ, 200000, 2000},
      {ADD, 200900, 99},
      {READ, 200999, 2000},
      {READ, 300000, 0}}},
    {"spans are cut to milliseconds of the clock",
     4,
     {{RESUME, 1999, 0}, {ADD, 2000, 3}, {PAUSE, 2000, 0}, {READ, 9000, 3000}}},
    {"fractions are cut", 2, {{ADD, 0, 10}, {READ, 3000, 3333}}},
};

static void play(struct snap_throughput *throughput, const struct event *event, const char *name)
{
    snap_ns now_ns = event->at_us * SNAP_US;
    int64_t read;

    switch (event->type) {
    case ADD:
        snap_throughput_add(throughput, event->value, now_ns);
        break;
    case PAUSE:
        snap_throughput_pause(throughput, now_ns);
        break;
    case RESUME:
        snap_throughput_resume(throughput, now_ns);
        break;
    case READ:
        read = snap_throughput_read(throughput, now_ns);
        if (read != event->value)
            fail_msg("%s: at %lld us %lld bytes/s", name, (long long)event->at_us, (long long)read);
        break;
    }
}

static void throughput_without_pauses(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_throughput throughput;

        snap_throughput_init(&throughput);
        for (uint32_t e = 0; e < rows[r].count; e++)
            play(&throughput, &rows[r].events[e], rows[r].name);
    }
}

static const struct snap_buffer_debloater_options usual = {
    .size = {.start = 32768, .min = 256, .max = 32768, .samples = 20},
    .target_ms = 1000,
    .threshold_percent = 25,
};

/* With a steady throughput the size comes to rest where what is in use takes the target time. */
static void size_comes_to_rest(void **state)
{
    struct snap_buffer_debloater debloater;
    uint32_t announced = 0;

    (void)state;
    snap_buffer_debloater_init(&debloater, &usual);
    for (int i = 0; i < 200; i++)
        announced += snap_buffer_debloater_step(&debloater, 40960, 10);
    assert_true(debloater.average.size > 4095.5 && debloater.average.size < 4097);
    assert_in_range(debloater.estimate_ms, 999, 1001);
    /* From 32768 down to 4096 in steps of a quarter or more. */
    assert_in_range(announced, 4, 7);
    assert_in_range(debloater.announced, 4096, 4096 * 4 / 3);
}

static void bounds_are_announced(void **state)
{
    struct snap_buffer_debloater debloater;

    (void)state;
    snap_buffer_debloater_init(&debloater, &usual);
    for (int i = 0; i < 200; i++)
        snap_buffer_debloater_step(&debloater, 0, 0);
    assert_int_equal(debloater.announced, 256);
    assert_int_equal(debloater.estimate_ms, 256 * 1000);
    for (int i = 0; i < 200; i++)
        snap_buffer_debloater_step(&debloater, INT64_MAX, 1);
    assert_int_equal(debloater.announced, 32768);
    assert_false(snap_buffer_debloater_step(&debloater, INT64_MAX, 1));
}

static void senders_queue_counts(void **state)
{
    (void)state;
    assert_int_equal(snap_buffers_in_use(3, 7, 2), 8);
    assert_int_equal(snap_buffers_in_use(3, 2, 2), 3);
    assert_int_equal(snap_buffers_in_use(0, 1, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(throughput_without_pauses),
        cmocka_unit_test(size_comes_to_rest),
        cmocka_unit_test(bounds_are_announced),
        cmocka_unit_test(senders_queue_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
