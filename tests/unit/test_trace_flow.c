// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace/flow_file.h"
#include "unit/scripted_run.h"

/* ---- series ---- */

static void amounts_are_spread_over_bins_that_double(void **state)
{
    enum { WIDTH = 15625 };
    static const struct {
        const char *name;
        struct snap_amount amounts[3];
        uint32_t count;
        snap_ns width_ns;
        double bins[4];
    } rows[] = {
        {"one bin", {{0, 100, 7}}, 1, WIDTH, {7, 0, 0, 0}},
        {"an instant", {{WIDTH, WIDTH, 3}}, 1, WIDTH, {0, 3, 0, 0}},
        {"two bins", {{WIDTH / 5, 2 * WIDTH - WIDTH / 5, 8}}, 1, WIDTH, {4, 4, 0, 0}},
        {"its end is not inside", {{0, WIDTH, 5}}, 1, WIDTH, {5, 0, 0, 0}},
        {"the last bin", {{0, 1, 1}, {3 * WIDTH, 4 * WIDTH, 2}}, 2, WIDTH, {1, 0, 0, 2}},
        {"folded once",
         {{0, WIDTH, 1}, {WIDTH, 3 * WIDTH, 4}, {4 * WIDTH, 5 * WIDTH, 8}},
         3,
         2 * WIDTH,
         {3, 2, 8, 0}},
        {"folded often", {{0, 1, 1}, {16 * WIDTH, 16 * WIDTH, 2}}, 2, 8 * WIDTH, {1, 0, 2, 0}},
        {"again in a folded bin",
         {{0, 1, 1}, {16 * WIDTH, 16 * WIDTH, 2}, {17 * WIDTH, 24 * WIDTH, 4}},
         3,
         8 * WIDTH,
         {1, 0, 6, 0}},
        {"across the border of the last bin",
         {{0, 1, 1}, {WIDTH / 5, 2 * WIDTH - WIDTH / 5, 8}, {WIDTH, 2 * WIDTH, 2}},
         3,
         WIDTH,
         {5, 6, 0, 0}},
        {"spread while folding", {{0, 16 * WIDTH, 16}}, 1, 4 * WIDTH, {4, 4, 4, 4}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_series series;
        struct snap_arena arena;

        snap_arena_init(&arena);
        snap_series_init(&series, &arena, 2, 4);
        for (uint32_t a = 0; a < rows[i].count; a++)
            snap_series_add(&series, 1, &rows[i].amounts[a]);
        if (series.width_ns != rows[i].width_ns)
            fail_msg("%s: width %lld", rows[i].name, (long long)series.width_ns);
        for (uint32_t bin = 0; bin < 4; bin++)
            if (fabs(snap_series_get(&series, 1, bin) - rows[i].bins[bin]) > 1e-9)
                fail_msg("%s: bin %u has %g", rows[i].name, bin, snap_series_get(&series, 1, bin));
        if (snap_series_get(&series, 0, 0) != 0)
            fail_msg("%s: the other column", rows[i].name);
        snap_arena_fini(&arena);
    }
}

/* ---- flow ---- */

struct fixture {
    struct scripted_run run;
    struct snap_flow flow;
};

static void fixture_init(struct fixture *fixture)
{
    scripted_run_init(&fixture->run, 2);
    snap_flow_init(&fixture->flow, &fixture->run.job);
}

static void fixture_fini(struct fixture *fixture)
{
    snap_flow_fini(&fixture->flow);
    scripted_run_fini(&fixture->run);
}

static void stint(struct fixture *fixture, uint32_t task, enum snap_time_use use,
                  const snap_ns *from_until, uint64_t records)
{
    struct snap_stint told = {.task = task,
                              .use = use,
                              .from_ns = from_until[0],
                              .until_ns = from_until[1],
                              .records = records};

    snap_flow_stint(&fixture->flow, &told);
}

#define TIME(from_ms, until_ms) ((const snap_ns[]){(from_ms)*SNAP_MS, (until_ms)*SNAP_MS})

/* Task 2 and 3 are the subtasks of vertex 1. */
static void shares_count_against_all_subtasks(void **state)
{
    const struct snap_flow_row *first;
    const struct snap_flow_row *last;
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_flow_expect_stints(&fixture.flow, SNAP_NEVER);
    stint(&fixture, 2, SNAP_TIME_BUSY, TIME(0, 1000), 500);
    stint(&fixture, 3, SNAP_TIME_IDLE, TIME(0, 500), 0);
    stint(&fixture, 3, SNAP_TIME_BACKPRESSURED, TIME(500, 1000), 0);
    snap_flow_finish(&fixture.flow, 1000 * SNAP_MS);
    first = snap_flow_at(&fixture.flow, 1, 0);
    last = snap_flow_at(&fixture.flow, 1, fixture.flow.bin_count - 1);
    assert_float_equal(first->records_per_s, 500, 1e-3);
    assert_float_equal(first->busy, 0.5, 1e-9);
    assert_float_equal(first->idle, 0.5, 1e-9);
    assert_float_equal(first->backpressured, 0, 1e-9);
    assert_float_equal(last->backpressured, 0.5, 1e-9);
    assert_true(isnan(first->backlog));
    assert_true(fixture.flow.bin_count > 100 && fixture.flow.bin_count <= 256);
    assert_int_equal(snap_flow_until(&fixture.flow, fixture.flow.bin_count - 1), 1000 * SNAP_MS);
    fixture_fini(&fixture);
}

/* A record that was in work at the end is accounted as a whole. */
static void no_share_exceeds_the_time_there_was(void **state)
{
    const struct snap_flow_row *row;
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_flow_expect_stints(&fixture.flow, SNAP_NEVER);
    stint(&fixture, 2, SNAP_TIME_BUSY, TIME(0, 900), 9);
    stint(&fixture, 3, SNAP_TIME_BUSY, TIME(0, 900), 9);
    snap_flow_finish(&fixture.flow, 500 * SNAP_MS);
    row = snap_flow_at(&fixture.flow, 1, fixture.flow.bin_count - 1);
    assert_true(row->busy <= 1);
    assert_true(row->idle >= 0);
    fixture_fini(&fixture);
}

/* What goes on for years behind the end must not make bins of years. */
static void what_is_behind_the_end_does_not_count(void **state)
{
    const struct snap_flow_row *row;
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_flow_expect_stints(&fixture.flow, 1000 * SNAP_MS);
    stint(&fixture, 2, SNAP_TIME_BUSY, TIME(500, 10500), 100);
    stint(&fixture, 3, SNAP_TIME_IDLE, TIME(0, INT64_C(86400000) * 1000), 0);
    snap_flow_finish(&fixture.flow, 1000 * SNAP_MS);
    assert_true(fixture.flow.bin_count > 100);
    row = snap_flow_at(&fixture.flow, 1, fixture.flow.bin_count - 1);
    assert_float_equal(row->records_per_s, 10, 1e-6);
    assert_float_equal(row->busy, 0.5, 1e-9);
    fixture_fini(&fixture);
}

static void a_backlog_is_the_mean_over_the_bin(void **state)
{
    struct fixture fixture;
    uint32_t last;

    (void)state;
    fixture_init(&fixture);
    snap_flow_queued(&fixture.flow, &(struct snap_queued){0, 1, 10, 1000});
    snap_flow_queued(&fixture.flow, &(struct snap_queued){500 * SNAP_MS, 1, -4, -400});
    snap_flow_finish(&fixture.flow, 1000 * SNAP_MS);
    last = fixture.flow.bin_count - 1;
    assert_float_equal(snap_flow_at(&fixture.flow, 1, 0)->backlog, 10, 1e-9);
    assert_float_equal(snap_flow_at(&fixture.flow, 1, last)->backlog, 6, 1e-9);
    assert_float_equal(snap_flow_at(&fixture.flow, 2, 0)->backlog, 0, 1e-9);
    assert_true(isnan(snap_flow_at(&fixture.flow, 0, 0)->backlog));
    assert_true(isnan(snap_flow_at(&fixture.flow, 1, 0)->busy));
    assert_float_equal(snap_flow_bytes_after(&fixture.flow, 0), 800, 1e-6);
    assert_float_equal(snap_flow_bytes_after(&fixture.flow, 500 * SNAP_MS), 600, 1e-6);
    assert_true(isnan(snap_flow_throughput_after(&fixture.flow, 0)));
    fixture_fini(&fixture);
}

/* Tasks 0 and 1 are the subtasks of the source. */
static void the_throughput_is_what_sources_sent_after_the_warm_up(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_flow_expect_stints(&fixture.flow, SNAP_NEVER);
    stint(&fixture, 0, SNAP_TIME_BUSY, TIME(0, 1000), 1000);
    stint(&fixture, 1, SNAP_TIME_BUSY, TIME(500, 1000), 1000);
    stint(&fixture, 2, SNAP_TIME_BUSY, TIME(0, 1000), 70000);
    snap_flow_finish(&fixture.flow, 1000 * SNAP_MS);
    assert_float_equal(snap_flow_throughput_after(&fixture.flow, 0), 2000, 1e-6);
    assert_float_equal(snap_flow_throughput_after(&fixture.flow, 500 * SNAP_MS), 3000, 1e-6);
    assert_true(isnan(snap_flow_throughput_after(&fixture.flow, 1000 * SNAP_MS)));
    fixture_fini(&fixture);
}

static void a_run_that_nobody_told_of_has_no_rows(void **state)
{
    struct fixture fixture;
    struct snap_text text = {0};

    (void)state;
    fixture_init(&fixture);
    snap_flow_finish(&fixture.flow, SNAP_SECOND);
    assert_null(fixture.flow.rows);
    snap_flow_file_text(&text, &fixture.flow);
    assert_non_null(strstr(text.data, "vertex\tname\t"));
    assert_string_equal(strchr(text.data, '\n'), "\n");
    snap_text_fini(&text);
    fixture_fini(&fixture);
}

static void the_file_reads_back(void **state)
{
    char path[] = "/tmp/snapsim-flow-XXXXXX";
    struct snap_text text = {0};
    struct snap_error error = {0};
    struct snap_flow again;
    struct fixture fixture;
    int file = mkstemp(path);

    (void)state;
    fixture_init(&fixture);
    snap_flow_expect_stints(&fixture.flow, SNAP_NEVER);
    stint(&fixture, 2, SNAP_TIME_BUSY, TIME(0, 700), 500);
    snap_flow_queued(&fixture.flow, &(struct snap_queued){100, 1, 3, 1});
    snap_flow_finish(&fixture.flow, 1234567891);
    snap_flow_file_text(&text, &fixture.flow);
    assert_int_equal(write(file, text.data, text.length), (ssize_t)text.length);
    close(file);
    snap_flow_init(&again, &fixture.run.job);
    assert_true(snap_flow_file_read(&again, path, &error));
    assert_int_equal(again.bin_count, fixture.flow.bin_count);
    assert_int_equal(again.width_ns, fixture.flow.width_ns);
    assert_int_equal(again.end_ns, 1234567891);
    for (uint32_t bin = 0; bin < again.bin_count; bin++) {
        const struct snap_flow_row *one = snap_flow_at(&fixture.flow, 1, bin);
        const struct snap_flow_row *other = snap_flow_at(&again, 1, bin);

        assert_float_equal(one->busy, other->busy, 1e-6);
        assert_float_equal(one->records_per_s, other->records_per_s, 1e-3);
        assert_float_equal(one->backlog, other->backlog, 1e-6);
    }
    assert_true(isnan(snap_flow_at(&again, 0, 0)->backlog));
    unlink(path);
    snap_flow_fini(&again);
    snap_text_fini(&text);
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_spread_over_bins_that_double),
        cmocka_unit_test(shares_count_against_all_subtasks),
        cmocka_unit_test(no_share_exceeds_the_time_there_was),
        cmocka_unit_test(what_is_behind_the_end_does_not_count),
        cmocka_unit_test(a_backlog_is_the_mean_over_the_bin),
        cmocka_unit_test(the_throughput_is_what_sources_sent_after_the_warm_up),
        cmocka_unit_test(a_run_that_nobody_told_of_has_no_rows),
        cmocka_unit_test(the_file_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
