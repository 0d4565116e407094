// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "trace/latency.h"
#include "unit/scripted_run.h"

struct fixture {
    struct scripted_run run;
    struct snap_latency latency;
};

static void fixture_init(struct fixture *fixture)
{
    scripted_run_init(&fixture->run, 2);
    /* The script needs no edges out of operators, a sink is known by having none. */
    for (uint32_t i = 0; i < SCRIPT_OUT; i++)
        fixture->run.job.operators[i].out_edge_count = 1;
    snap_latency_init(&fixture->latency, &fixture->run.job);
}

static void fixture_fini(struct fixture *fixture)
{
    snap_latency_fini(&fixture->latency);
    scripted_run_fini(&fixture->run);
}

/* A run of records with origins first .. first + count - 1, 10 ns each. */
static void span(struct fixture *fixture, enum snap_span_kind kind, snap_ns start_ns,
                 const uint64_t *first_count)
{
    struct snap_record records[512] = {{.origin = 0}};
    struct snap_span told = {.kind = kind,
                             .operator_index =
                                 kind == SNAP_SPAN_EMITTED ? SCRIPT_LINES : SCRIPT_OUT,
                             .start_ns = start_ns,
                             .cost_ns = 10,
                             .records = snap_record_view_of(records),
                             .count = (uint32_t)first_count[1]};

    for (uint32_t i = 0; i < told.count; i++)
        records[i].origin = snap_origin_make(1, first_count[0] + i);
    snap_latency_span(&fixture->latency, &told);
}

#define ORIGINS(first, count) ((const uint64_t[]){(first), (count)})

static void each_record_counts_at_its_own_instant(void **state)
{
    struct fixture fixture;
    const struct snap_latency_sink *sink;

    (void)state;
    fixture_init(&fixture);
    span(&fixture, SNAP_SPAN_EMITTED, 1000, ORIGINS(0, 100));
    span(&fixture, SNAP_SPAN_WRITTEN, 5000, ORIGINS(0, 99));
    span(&fixture, SNAP_SPAN_WRITTEN, 9000, ORIGINS(99, 1));
    snap_latency_finish(&fixture.latency);
    assert_int_equal(fixture.latency.sink_count, 1);
    sink = &fixture.latency.sinks[0];
    assert_int_equal(sink->operator_index, SCRIPT_OUT);
    assert_int_equal(sink->count, 100);
    assert_int_equal(fixture.latency.halvings, 0);
    assert_int_equal(sink->p50_ns, 4000);
    assert_int_equal(sink->p90_ns, 4000);
    assert_int_equal(sink->p99_ns, 4000);
    assert_int_equal(sink->max_ns, 9010 - 2000);
    fixture_fini(&fixture);
}

static void a_record_sent_again_counts_from_then_on(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    span(&fixture, SNAP_SPAN_EMITTED, 0, ORIGINS(7, 1));
    span(&fixture, SNAP_SPAN_WRITTEN, 500, ORIGINS(7, 1));
    span(&fixture, SNAP_SPAN_EMITTED, 1000, ORIGINS(7, 1));
    span(&fixture, SNAP_SPAN_WRITTEN, 1300, ORIGINS(7, 1));
    span(&fixture, SNAP_SPAN_WRITTEN, 1300, ORIGINS(8, 1));
    snap_latency_finish(&fixture.latency);
    assert_int_equal(fixture.latency.sinks[0].count, 2);
    assert_int_equal(fixture.latency.sinks[0].p50_ns, 300);
    assert_int_equal(fixture.latency.sinks[0].max_ns, 500);
    fixture_fini(&fixture);
}

static void what_a_sink_took_before_an_instant_can_be_left_out(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    span(&fixture, SNAP_SPAN_EMITTED, 0, ORIGINS(0, 2));
    span(&fixture, SNAP_SPAN_WRITTEN, 100, ORIGINS(0, 1));
    span(&fixture, SNAP_SPAN_WRITTEN, 910, ORIGINS(1, 1));
    snap_latency_finish(&fixture.latency);
    assert_int_equal(snap_latency_after(&fixture.latency, 0).count, 2);
    assert_int_equal(snap_latency_after(&fixture.latency, 111).count, 1);
    assert_int_equal(snap_latency_after(&fixture.latency, 111).p50_ns, 900);
    assert_int_equal(snap_latency_after(&fixture.latency, 2000).count, 0);
    fixture_fini(&fixture);
}

/* However long the run: memory is bounded, and both sides keep the same origins. */
static void a_long_run_is_sampled(void **state)
{
    enum { RECORDS = 1 << 20 };
    struct fixture fixture;
    uint32_t one_in;

    (void)state;
    fixture_init(&fixture);
    for (uint64_t first = 0; first < RECORDS; first += 512) {
        span(&fixture, SNAP_SPAN_EMITTED, (snap_ns)first * 10, ORIGINS(first, 512));
        span(&fixture, SNAP_SPAN_WRITTEN, (snap_ns)first * 10 + 77, ORIGINS(first, 512));
    }
    assert_true(fixture.latency.sent[0].capacity <= SNAP_LATENCY_ENTRIES_MAX / 4);
    snap_latency_finish(&fixture.latency);
    one_in = 1U << fixture.latency.halvings;
    assert_true(one_in >= 16);
    assert_in_range(fixture.latency.sinks[0].count, RECORDS / one_in - 100, RECORDS / one_in + 100);
    assert_int_equal(fixture.latency.sinks[0].p50_ns, 77);
    assert_int_equal(fixture.latency.sinks[0].max_ns, 77);
    fixture_fini(&fixture);
}

static void nothing_taken_is_nothing_measured(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    span(&fixture, SNAP_SPAN_EMITTED, 0, ORIGINS(0, 2));
    snap_latency_finish(&fixture.latency);
    assert_int_equal(fixture.latency.sink_count, 1);
    assert_int_equal(fixture.latency.sinks[0].count, 0);
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_counts_at_its_own_instant),
        cmocka_unit_test(a_record_sent_again_counts_from_then_on),
        cmocka_unit_test(what_a_sink_took_before_an_instant_can_be_left_out),
        cmocka_unit_test(a_long_run_is_sampled),
        cmocka_unit_test(nothing_taken_is_nothing_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
