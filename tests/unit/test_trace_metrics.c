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

#include "trace/metrics_file.h"
#include "unit/scripted_run.h"

struct fixture {
    struct scripted_run run;
    struct snap_metrics metrics;
};

/* Vertex 1 begins with task `parallelism`. */
static void fixture_init(struct fixture *fixture, uint32_t parallelism)
{
    scripted_run_init(&fixture->run, parallelism);
    snap_metrics_init(&fixture->metrics, &fixture->run.job);
}

static void fixture_fini(struct fixture *fixture)
{
    snap_metrics_fini(&fixture->metrics);
    scripted_run_fini(&fixture->run);
}

static void tell(struct fixture *fixture, uint32_t task, enum snap_event_type type, snap_ns at_ns,
                 const int64_t *args)
{
    struct snap_event event = {.at_ns = at_ns, .actor = task, .type = type};

    memcpy(event.args, args, snap_event_info_get(type)->arg_count * sizeof(int64_t));
    snap_metrics_event(&fixture->metrics, &event);
}

static void sample(struct fixture *fixture, uint32_t task, int64_t second, int64_t busy)
{
    tell(fixture, task, SNAP_EVENT_TASK_METRICS, second * SNAP_SECOND,
         (const int64_t[]){SNAP_SECOND, busy, 900 - busy, 100, 500, 1250});
}

static double at(const struct fixture *fixture, uint32_t line, double second,
                 enum snap_metric metric)
{
    uint32_t bin = (uint32_t)(second * 1e9 / (double)fixture->metrics.width_ns);

    return snap_metrics_at(&fixture->metrics, line, bin)[metric];
}

static void samples_stand_for_the_time_before_them(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    for (int64_t second = 1; second <= 8; second++)
        sample(&fixture, 3, second, second <= 4 ? 200 : 800);
    snap_metrics_finish(&fixture.metrics, 10 * SNAP_SECOND);
    assert_int_equal(fixture.metrics.lines[3].vertex, 1);
    assert_int_equal(fixture.metrics.lines[3].subtask, 1);
    assert_float_equal(at(&fixture, 3, 0.1, SNAP_METRIC_BUSY), 200, 1e-6);
    assert_float_equal(at(&fixture, 3, 3.2, SNAP_METRIC_BACKPRESSURED), 700, 1e-6);
    assert_float_equal(at(&fixture, 3, 7.0, SNAP_METRIC_BUSY), 800, 1e-6);
    assert_float_equal(at(&fixture, 3, 7.0, SNAP_METRIC_IDLE), 100, 1e-6);
    assert_float_equal(at(&fixture, 3, 7.0, SNAP_METRIC_IN_POOL), 0.5, 1e-6);
    assert_float_equal(at(&fixture, 3, 7.0, SNAP_METRIC_OUT_POOL), 1.25, 1e-6);
    /* Nobody has told of the last two seconds, nor of the other subtask. */
    assert_true(isnan(at(&fixture, 3, 8.8, SNAP_METRIC_BUSY)));
    assert_true(isnan(at(&fixture, 2, 3.0, SNAP_METRIC_BUSY)));
    assert_true(isnan(at(&fixture, 3, 3.0, SNAP_METRIC_BUFFER_SIZE)));
    fixture_fini(&fixture);
}

static void what_was_measured_last_holds(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    sample(&fixture, 2, 1, 5);
    /* Two gates at one instant: the larger size, the longer time. */
    tell(&fixture, 2, SNAP_EVENT_GATE_DEBLOATED, 2 * SNAP_SECOND,
         (const int64_t[]){0, 1000, 5, 4000, 4096, 300 * SNAP_MS});
    tell(&fixture, 2, SNAP_EVENT_GATE_DEBLOATED, 2 * SNAP_SECOND,
         (const int64_t[]){1, 1000, 5, 4000, 512, 700 * SNAP_MS});
    tell(&fixture, 2, SNAP_EVENT_GATE_DEBLOATED, 6 * SNAP_SECOND,
         (const int64_t[]){0, 1000, 5, 4000, 1024, 100 * SNAP_MS});
    tell(&fixture, 2, SNAP_EVENT_SNAPSHOT_STARTED, 4 * SNAP_SECOND,
         (const int64_t[]){1, 77, 88, 0, SNAP_ALIGN_UNALIGNED});
    tell(&fixture, 2, SNAP_EVENT_ALIGNMENT_MEASURED, 6 * SNAP_SECOND, (const int64_t[]){1, 99, 0});
    snap_metrics_finish(&fixture.metrics, 8 * SNAP_SECOND);
    assert_true(isnan(at(&fixture, 2, 1.0, SNAP_METRIC_BUFFER_SIZE)));
    assert_float_equal(at(&fixture, 2, 4.0, SNAP_METRIC_BUFFER_SIZE), 4096, 1e-6);
    assert_float_equal(at(&fixture, 2, 4.0, SNAP_METRIC_TO_CONSUME), 700, 1e-6);
    assert_float_equal(at(&fixture, 2, 7.0, SNAP_METRIC_BUFFER_SIZE), 1024, 1e-6);
    assert_true(isnan(at(&fixture, 2, 3.0, SNAP_METRIC_START_DELAY)));
    assert_float_equal(at(&fixture, 2, 5.0, SNAP_METRIC_ALIGNMENT), 88, 1e-6);
    assert_float_equal(at(&fixture, 2, 7.0, SNAP_METRIC_ALIGNMENT), 99, 1e-6);
    assert_float_equal(at(&fixture, 2, 7.0, SNAP_METRIC_START_DELAY), 77, 1e-6);
    fixture_fini(&fixture);
}

/* Not over the time in which nobody runs. */
static void what_was_measured_ends_with_its_attempt(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    sample(&fixture, 2, 1, 5);
    tell(&fixture, 2, SNAP_EVENT_GATE_DEBLOATED, 2 * SNAP_SECOND,
         (const int64_t[]){0, 1000, 5, 4000, 4096, 300 * SNAP_MS});
    tell(&fixture, 2, SNAP_EVENT_SNAPSHOT_STARTED, 2 * SNAP_SECOND,
         (const int64_t[]){1, 77, 88, 0, SNAP_ALIGN_ALIGNED});
    tell(&fixture, 2, SNAP_EVENT_TASK_STATUS, 4 * SNAP_SECOND,
         (const int64_t[]){0, SNAP_TASK_FAILED, SNAP_CAUSE_CRASH});
    sample(&fixture, 2, 7, 5);
    snap_metrics_finish(&fixture.metrics, 8 * SNAP_SECOND);
    assert_float_equal(at(&fixture, 2, 3.0, SNAP_METRIC_BUFFER_SIZE), 4096, 1e-6);
    assert_float_equal(at(&fixture, 2, 3.0, SNAP_METRIC_ALIGNMENT), 88, 1e-6);
    assert_true(isnan(at(&fixture, 2, 5.0, SNAP_METRIC_BUFFER_SIZE)));
    assert_true(isnan(at(&fixture, 2, 5.0, SNAP_METRIC_ALIGNMENT)));
    assert_true(isnan(at(&fixture, 2, 7.8, SNAP_METRIC_START_DELAY)));
    fixture_fini(&fixture);
}

/* The first checkpoint is measured before the first second is over. */
static void a_checkpoint_before_the_first_gauges_counts(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    tell(&fixture, 2, SNAP_EVENT_SNAPSHOT_STARTED, SNAP_SECOND / 4,
         (const int64_t[]){1, 77, 88, 0, SNAP_ALIGN_UNALIGNED});
    sample(&fixture, 2, 1, 5);
    snap_metrics_finish(&fixture.metrics, 3 * SNAP_SECOND);
    assert_float_equal(at(&fixture, 2, 0.6, SNAP_METRIC_START_DELAY), 77, 1e-6);
    assert_float_equal(at(&fixture, 2, 0.6, SNAP_METRIC_ALIGNMENT), 88, 1e-6);
    fixture_fini(&fixture);
}

/* A sample of one second: a second later it still holds, three seconds later it does not. */
static void the_last_sample_holds_as_long_as_it_stands_for(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    sample(&fixture, 2, 1, 5);
    for (int64_t second = 1; second <= 3; second++)
        sample(&fixture, 3, second, 7);
    snap_metrics_finish(&fixture.metrics, 4 * SNAP_SECOND);
    assert_float_equal(at(&fixture, 3, 3.9, SNAP_METRIC_BUSY), 7, 1e-6);
    assert_true(isnan(at(&fixture, 2, 3.9, SNAP_METRIC_BUSY)));
    fixture_fini(&fixture);
}

static void what_nobody_uses_up_has_no_time(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    tell(&fixture, 2, SNAP_EVENT_GATE_DEBLOATED, SNAP_SECOND,
         (const int64_t[]){0, 0, 6, 32768, 32768, 196608 * SNAP_SECOND});
    snap_metrics_finish(&fixture.metrics, 4 * SNAP_SECOND);
    assert_float_equal(at(&fixture, 2, 3.0, SNAP_METRIC_BUFFER_SIZE), 32768, 1e-6);
    assert_true(isnan(at(&fixture, 2, 3.0, SNAP_METRIC_TO_CONSUME)));
    fixture_fini(&fixture);
}

static void of_many_subtasks_three_lines_are_kept(void **state)
{
    enum { MANY = 33 };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        sample(&fixture, MANY + i, 1, 10 * i);
    snap_metrics_finish(&fixture.metrics, SNAP_SECOND);
    assert_int_equal(fixture.metrics.line_count, 3 * fixture.run.job.vertex_count);
    assert_int_equal(fixture.metrics.lines[4].kind, SNAP_METRICS_MEDIAN);
    assert_float_equal(at(&fixture, 3, 0.1, SNAP_METRIC_BUSY), 0, 1e-6);
    assert_float_equal(at(&fixture, 4, 0.1, SNAP_METRIC_BUSY), 160, 1e-6);
    assert_float_equal(at(&fixture, 5, 0.1, SNAP_METRIC_BUSY), 320, 1e-6);
    fixture_fini(&fixture);
}

/* Vertex 1 has one subtask until 4 s and 17 from 6.6 s on; the whole has the same vertices. */
static void executions_are_joined_on_one_axis(void **state)
{
    static const uint32_t vertices[] = {0, 1, 2};
    struct fixture first;
    struct fixture second;
    struct fixture whole;
    uint32_t median = 4; /* of vertex 1: behind those of vertex 0, and the least */

    (void)state;
    fixture_init(&first, 1);
    fixture_init(&second, 17);
    fixture_init(&whole, 17);
    for (int64_t at_s = 1; at_s <= 4; at_s++)
        sample(&first, 1, at_s, 300);
    for (int64_t at_s = 7; at_s <= 10; at_s++)
        for (uint32_t i = 0; i < 17; i++)
            sample(&second, 17 + i, at_s, 500 + i);
    snap_metrics_finish(&first.metrics, 4 * SNAP_SECOND);
    snap_metrics_finish(&second.metrics, 10 * SNAP_SECOND);
    snap_metrics_join(
        &whole.metrics,
        (const struct snap_metrics_part[]){{&first.metrics, vertices, 0},
                                           {&second.metrics, vertices, 6600 * SNAP_MS}},
        2);
    assert_int_equal(whole.metrics.lines[median].kind, SNAP_METRICS_MEDIAN);
    assert_float_equal(at(&whole, median, 2, SNAP_METRIC_BUSY), 300, 1e-6);
    assert_float_equal(at(&whole, median - 1, 2, SNAP_METRIC_BUSY), 300, 1e-6);
    assert_true(isnan(at(&whole, median, 5, SNAP_METRIC_BUSY)));
    /* The second one had begun for the lesser part of that second. */
    assert_true(isnan(at(&whole, median, 6.2, SNAP_METRIC_BUSY)));
    assert_float_equal(at(&whole, median, 8, SNAP_METRIC_BUSY), 508, 1e-6);
    assert_float_equal(at(&whole, median + 1, 8, SNAP_METRIC_BUSY), 516, 1e-6);
    fixture_fini(&first);
    fixture_fini(&second);
    fixture_fini(&whole);
}

static void nothing_is_kept_of_checkpoints_alone(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    tell(&fixture, 2, SNAP_EVENT_SNAPSHOT_STARTED, SNAP_SECOND, (const int64_t[]){1, 77, 88, 0, 0});
    snap_metrics_finish(&fixture.metrics, 2 * SNAP_SECOND);
    assert_null(fixture.metrics.lines);
    fixture_fini(&fixture);
}

/* ---- file ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void a_file_reads_back_as_it_was(void **state)
{
    char path[] = "/tmp/snapsim-metrics-XXXXXX";
    struct fixture fixture;
    struct snap_metrics again;
    struct snap_error error = {0};
    struct snap_text text = {0};
    struct snap_text copy = {0};

    (void)state;
    close(mkstemp(path));
    fixture_init(&fixture, 2);
    sample(&fixture, 2, 1, 5);
    sample(&fixture, 3, 3, 7);
    snap_metrics_finish(&fixture.metrics, 7 * SNAP_SECOND / 2);
    snap_metrics_file_text(&text, &fixture.metrics);
    assert_non_null(strstr(snap_text_get(&text), "\tbusyTimeMsPerSecond\t"));
    write_file(path, snap_text_get(&text));
    snap_metrics_init(&again, &fixture.run.job);
    assert_true(snap_metrics_file_read(&again, path, &error));
    snap_metrics_file_text(&copy, &again);
    assert_string_equal(snap_text_get(&text), snap_text_get(&copy));
    snap_metrics_fini(&again);
    snap_text_fini(&text);
    snap_text_fini(&copy);
    fixture_fini(&fixture);
    unlink(path);
}

static void what_is_no_such_file_is_refused(void **state)
{
    char path[] = "/tmp/snapsim-metrics-XXXXXX";
    struct snap_text titles = {0};
    struct fixture fixture;

    (void)state;
    close(mkstemp(path));
    fixture_init(&fixture, 1);
    snap_metrics_file_text(&titles, &fixture.metrics);
    for (int i = 0; i < 4; i++) {
        static const char *const rows[] = {NULL, "0\tmap\t0\t0\t1\n",
                                           "0\tmap\t0\t0\t1\t1\t1\t1\t1\t1\t1\t1\t1\tx\n",
                                           "0\tmap\t0\t0\t1000\t1\t1\t1\t1\t1\t1\t1\t1\t1\n"};
        struct snap_metrics metrics;
        struct snap_error error = {0};
        struct snap_text text = {0};

        snap_text_add_string(&text, rows[i] ? snap_text_get(&titles) : "vertex\tname\n");
        snap_text_add_string(&text, rows[i] ? rows[i] : "");
        write_file(path, snap_text_get(&text));
        snap_metrics_init(&metrics, &fixture.run.job);
        if (snap_metrics_file_read(&metrics, path, &error))
            fail_msg("text %d was taken", i);
        assert_int_equal(error.code, SNAP_ERROR_IO);
        assert_null(metrics.lines);
        snap_metrics_fini(&metrics);
        snap_text_fini(&text);
    }
    snap_text_fini(&titles);
    fixture_fini(&fixture);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_stand_for_the_time_before_them),
        cmocka_unit_test(what_was_measured_last_holds),
        cmocka_unit_test(what_was_measured_ends_with_its_attempt),
        cmocka_unit_test(a_checkpoint_before_the_first_gauges_counts),
        cmocka_unit_test(the_last_sample_holds_as_long_as_it_stands_for),
        cmocka_unit_test(what_nobody_uses_up_has_no_time),
        cmocka_unit_test(of_many_subtasks_three_lines_are_kept),
        cmocka_unit_test(executions_are_joined_on_one_axis),
        cmocka_unit_test(nothing_is_kept_of_checkpoints_alone),
        cmocka_unit_test(a_file_reads_back_as_it_was),
        cmocka_unit_test(what_is_no_such_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
