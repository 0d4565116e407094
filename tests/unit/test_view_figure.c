// SPDX-License-Identifier: Apache-2.0
/* Figures are really drawn here: gnuplot is needed to build and test. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/columns.h"
#include "unit/scripted_run.h"
#include "view/units.h"
#include "view/figure.h"
#include "view/figure_bars.h"

struct fixture {
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_figure_input input;
    struct snap_error error;
    char directory[64];
};

static void fixture_init(struct fixture *fixture, uint32_t parallelism)
{
    memset(fixture, 0, sizeof(*fixture));
    scripted_run_init(&fixture->run, parallelism);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    for (uint32_t i = 0; i < fixture->run.count; i++)
        snap_statistics_event(&fixture->statistics, &fixture->run.events[i]);
    snap_statistics_finish(&fixture->statistics, 1901 * SNAP_MS);
    fixture->input = (struct snap_figure_input){.statistics = &fixture->statistics,
                                                .scenario = "it's `touch bad` a_b^{c}",
                                                .variant = "exactly-once",
                                                .runtime = "virtual",
                                                .seed = 7,
                                                .judged = true,
                                                .all = {.duplicated = {12, false}}};
    snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/snapsim-figure-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
}

static void fixture_fini(struct fixture *fixture)
{
    DIR *directory = opendir(fixture->directory);
    struct dirent *entry;

    while ((entry = readdir(directory)) != NULL)
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(fixture->directory);
    snap_statistics_fini(&fixture->statistics);
    scripted_run_fini(&fixture->run);
}

/* Reads a file of the fixture's folder; the test fails if there is none. */
static void read_file(const struct fixture *fixture, const char *name, struct snap_text *text)
{
    char path[128];
    char buffer[4096];
    size_t got;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", fixture->directory, name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("no file %s", name);
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
        snap_text_add(text, buffer, got);
    fclose(file);
}

static void expect_file(const struct fixture *fixture, const char *name, const char *part)
{
    struct snap_text text = {0};

    read_file(fixture, name, &text);
    if (!memmem(text.data, text.length, part, strlen(part)))
        fail_msg("%s has no %s", name, part);
    snap_text_fini(&text);
}

static void expect_no(const struct fixture *fixture, const char *name, const char *part)
{
    struct snap_text text = {0};

    read_file(fixture, name, &text);
    if (memmem(text.data, text.length, part, strlen(part)))
        fail_msg("%s has %s", name, part);
    snap_text_fini(&text);
}

typedef bool draw_function(const struct fixture *fixture, const struct snap_figure_target *target,
                           struct snap_error *error);

static bool draw_timeline(const struct fixture *fixture, const struct snap_figure_target *target,
                          struct snap_error *error)
{
    return snap_figure_timeline(&fixture->input, target, error);
}

static bool draw_checkpoints(const struct fixture *fixture, const struct snap_figure_target *target,
                             struct snap_error *error)
{
    return snap_figure_checkpoints(&fixture->input, target, error);
}

static bool draw_compare(const struct fixture *fixture, const struct snap_figure_target *target,
                         struct snap_error *error)
{
    struct snap_figure_input inputs[] = {fixture->input, fixture->input, fixture->input};
    struct snap_figure_runs runs = {inputs, 3};

    inputs[1].all.lost.found = SNAP_UNJUDGED;
    inputs[2].judged = false;
    return snap_figure_compare(&runs, target, error);
}

static const struct {
    const char *name;
    draw_function *draw;
} figures[] = {
    {"timeline", draw_timeline},
    {"checkpoints", draw_checkpoints},
    {"compare", draw_compare},
};

static void every_figure_is_script_data_and_picture(void **state)
{
    static const uint32_t parallelisms[] = {1, 4, 32};

    (void)state;
    for (size_t p = 0; p < 3; p++) {
        struct fixture fixture;

        fixture_init(&fixture, parallelisms[p]);
        for (size_t f = 0; f < sizeof(figures) / sizeof(figures[0]); f++) {
            struct snap_figure_target target = {SNAP_FIGURE_PNG, fixture.directory, NULL};
            char name[64];

            if (!figures[f].draw(&fixture, &target, &fixture.error))
                fail_msg("%s: %s", figures[f].name, fixture.error.message);
            target.format = SNAP_FIGURE_SVG;
            if (!figures[f].draw(&fixture, &target, &fixture.error))
                fail_msg("%s: %s", figures[f].name, fixture.error.message);
            snprintf(name, sizeof(name), "%s.png", figures[f].name);
            expect_file(&fixture, name, "\x89PNG\r\n");
            snprintf(name, sizeof(name), "%s.svg", figures[f].name);
            expect_file(&fixture, name, "</svg>");
            snprintf(name, sizeof(name), "%s.dat", figures[f].name);
            expect_file(&fixture, name, "# block 0: ");
            snprintf(name, sizeof(name), "%s.gp", figures[f].name);
            expect_file(&fixture, name, "'it''s `touch bad` a_b^{c}");
        }
        fixture_fini(&fixture);
    }
}

static void a_sketch_is_text_of_80_columns(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    for (size_t f = 0; f < sizeof(figures) / sizeof(figures[0]); f++) {
        struct snap_text text = {0};
        struct snap_figure_target target = {SNAP_FIGURE_TERMINAL, NULL, &text};

        if (!figures[f].draw(&fixture, &target, &fixture.error))
            fail_msg("%s: %s", figures[f].name, fixture.error.message);
        assert_true(text.length > 500);
        for (const char *at = text.data; *at != '\0'; at += strcspn(at, "\n") + 1)
            assert_true(strcspn(at, "\n") <= 80);
        if (f == 0)
            assert_non_null(strstr(text.data, "counts[1] x-----BB"));
        snap_text_fini(&text);
    }
    fixture_fini(&fixture);
}

/* A job that never ran, and one that never checkpointed, still give pictures. */
static void runs_without_checkpoints_are_drawn(void **state)
{
    struct fixture fixture;
    struct snap_statistics empty;

    (void)state;
    fixture_init(&fixture, 1);
    snap_statistics_init(&empty, &fixture.run.job);
    snap_statistics_finish(&empty, 0);
    fixture.input.statistics = &empty;
    for (size_t f = 0; f < sizeof(figures) / sizeof(figures[0]); f++) {
        struct snap_text text = {0};
        struct snap_figure_target target = {SNAP_FIGURE_PNG, fixture.directory, &text};

        if (!figures[f].draw(&fixture, &target, &fixture.error))
            fail_msg("%s: %s", figures[f].name, fixture.error.message);
        target.format = SNAP_FIGURE_TERMINAL;
        if (!figures[f].draw(&fixture, &target, &fixture.error))
            fail_msg("sketch of %s: %s", figures[f].name, fixture.error.message);
        if (figures[f].draw == draw_checkpoints)
            assert_non_null(strstr(text.data, "no checkpoint was taken"));
        snap_text_fini(&text);
    }
    expect_file(&fixture, "checkpoints.gp", "'no checkpoint was taken'");
    expect_no(&fixture, "checkpoints.gp", "since the trigger");
    snap_statistics_fini(&empty);
    fixture_fini(&fixture);
}

static uint32_t count_lines(const char *text, size_t length)
{
    uint32_t lines = 0;

    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

/* 50,000 snapshots on each lane and as many checkpoints: no more rows than pixels can show. */
static void data_is_reduced_before_it_is_plotted(void **state)
{
    struct fixture fixture;
    struct snap_text data = {0};
    struct snap_figure_target target;

    (void)state;
    fixture_init(&fixture, 1);
    for (int64_t i = 0; i < 50000; i++) {
        snap_ns at = 2 * SNAP_SECOND + i * SNAP_MS;
        struct snap_event triggered = {at, 0, 3, SNAP_EVENT_CHECKPOINT_TRIGGERED, {9 + i}};
        struct snap_event sync = {at + 1000, 0, 0, SNAP_EVENT_SNAPSHOT_SYNC, {9 + i, 1000}};

        snap_statistics_event(&fixture.statistics, &triggered);
        snap_statistics_event(&fixture.statistics, &sync);
    }
    snap_statistics_finish(&fixture.statistics, 52 * SNAP_SECOND);
    target = (struct snap_figure_target){SNAP_FIGURE_PNG, fixture.directory, NULL};
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    read_file(&fixture, "timeline.dat", &data);
    assert_true(count_lines(data.data, data.length) < 6000);
    snap_text_clear(&data);
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    read_file(&fixture, "checkpoints.dat", &data);
    assert_true(count_lines(data.data, data.length) < 1000);
    snap_text_fini(&data);
    fixture_fini(&fixture);
}

static void what_goes_wrong_is_said(void **state)
{
    struct fixture fixture;
    struct snap_figure_target target = {SNAP_FIGURE_PNG, "/nowhere", NULL};
    char path[4096];

    (void)state;
    fixture_init(&fixture, 1);
    assert_false(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    assert_int_equal(fixture.error.code, SNAP_ERROR_IO);
    assert_non_null(strstr(fixture.error.message, "/nowhere/timeline.gp"));
    memset(&fixture.error, 0, sizeof(fixture.error));
    target.directory = fixture.directory;
    snprintf(path, sizeof(path), "%s", getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    assert_false(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    setenv("PATH", path, 1);
    assert_non_null(strstr(fixture.error.message, "apt-get install gnuplot-nox"));
    fixture_fini(&fixture);
}

/* However short the names of the lanes are. */
static void the_word_above_the_lanes_has_room(void **state)
{
    static const char setting[] = "set lmargin at screen ";
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_text script = {0};
    struct fixture fixture;
    const char *margin;

    (void)state;
    fixture_init(&fixture, 1);
    for (uint32_t i = 0; i < fixture.run.job.operator_count; i++)
        fixture.run.job.operators[i].uid = "a";
    target.directory = fixture.directory;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    read_file(&fixture, "timeline.gp", &script);
    margin = strstr(snap_text_get(&script), setting);
    assert_non_null(margin);
    assert_true(strtod(margin + strlen(setting), NULL) * 1280 >= 90);
    snap_text_fini(&script);
    fixture_fini(&fixture);
}

/* One is as long as it has been under way, and the longest below is one that has its parts. */
static void who_is_under_way_has_a_bar_of_its_own_kind(void **state)
{
    struct fixture fixture;
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_text sketch = {0};
    struct snap_checkpoint_stats *last;
    char row[64];

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    expect_no(&fixture, "checkpoints.gp", "under way");
    fixture.statistics.checkpoint_count = 2;
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "checkpoints.gp", "(the longest)");
    last = fixture.statistics.checkpoints[1];
    last->status = SNAP_CHECKPOINT_IN_PROGRESS;
    last->end_ns = SNAP_NOT_YET;
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    snprintf(row, sizeof(row), "\n1 %.7g\n", (double)(1901 * SNAP_MS - last->trigger_ns) / 1e6);
    expect_file(&fixture, "checkpoints.dat", row);
    expect_file(&fixture, "checkpoints.gp", "title 'under way'");
    expect_file(&fixture, "checkpoints.gp", "checkpoint 1 (the longest that completed)");
    target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &sketch};
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    assert_non_null(strstr(sketch.data, "U: under way"));
    snap_text_fini(&sketch);
    fixture_fini(&fixture);
}

static void legends_name_what_is_drawn_only(void **state)
{
    struct fixture fixture;
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_text sketch = {0};

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "title 'barriers, failed'");
    expect_file(&fixture, "timeline.gp", "title 'initializing'");
    expect_file(&fixture, "checkpoints.gp", "title 'failed'");
    fixture.statistics.checkpoint_count = 2;
    for (uint32_t task = 0; task < 6; task++)
        fixture.statistics.subtasks[task].interval_count = 1;
    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t task = 0; task < 6; task++)
            fixture.statistics.checkpoints[i]->parts[task].sync_duration_ns = 0;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "title 'barriers'");
    expect_no(&fixture, "timeline.gp", "barriers, failed");
    expect_no(&fixture, "timeline.gp", "initializing");
    expect_no(&fixture, "checkpoints.gp", "title 'failed'");
    expect_no(&fixture, "checkpoints.gp", "title 'sync'");
    expect_file(&fixture, "checkpoints.gp", "title 'async'");
    target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &sketch};
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    assert_non_null(strstr(sketch.data, "x down"));
    assert_null(strstr(sketch.data, "blocked by alignment"));
    snap_text_fini(&sketch);
    fixture_fini(&fixture);
}

/* One panel for each variant, however many seeds: medians, and from where to where. */
static void seeds_of_a_comparison_share_a_panel(void **state)
{
    static const int64_t twice[] = {40, 10, 30, 10};
    struct fixture fixture;
    struct snap_figure_input inputs[4];
    struct snap_figure_runs runs = {inputs, 4};
    struct snap_figure_target target = {.format = SNAP_FIGURE_SVG};
    struct snap_error error = {0};

    (void)state;
    fixture_init(&fixture, 2);
    for (uint32_t i = 0; i < 4; i++) {
        inputs[i] = fixture.input;
        inputs[i].judged = true;
        inputs[i].seed = 7 + i % 3;
        inputs[i].by_kind[SNAP_JUDGED_STATE] = (struct snap_figure_losses){{0, false}, {5, false}};
        inputs[i].by_kind[SNAP_JUDGED_SINK] =
            (struct snap_figure_losses){{0, false}, {twice[i], false}};
    }
    inputs[3].variant = "another";
    inputs[3].by_kind[SNAP_JUDGED_STATE].lost.found = SNAP_UNJUDGED;
    target.directory = fixture.directory;
    assert_true(snap_figure_compare(&runs, &target, &error));
    expect_file(&fixture, "compare.gp", "variants compared  (seeds 7 to 9)");
    expect_file(&fixture, "compare.gp", "exactly-once (virtual, 3 seeds)");
    expect_file(&fixture, "compare.gp", "another (virtual, seed 7)");
    expect_no(&fixture, "compare.gp", "exactly-once (virtual, seed");
    expect_file(&fixture, "compare.gp", "set label '10 to 40' at 40, 3");
    /* The bar of 40 leaves room for it. */
    expect_file(&fixture, "compare.gp", "unset title\nset xrange [0:68]");
    expect_file(&fixture, "compare.gp", "set label '5' at 5, 1");
    expect_file(&fixture, "compare.gp", "set label 'not judged' at 0, 0");
    expect_file(&fixture, "compare.gp", "set xlabel \"checkpoint of seed 7\\nin flight ");
    expect_file(&fixture, "compare.dat", "3 30 0x0072B2 10 40\n");
    expect_file(&fixture, "compare.dat", "3 10 0x0072B2 NaN NaN\n");
    fixture_fini(&fixture);
}

/* A second of work, half of it backpressured, and a queue that nobody empties. */
static void add_flow(struct fixture *fixture, uint32_t parallelism)
{
    struct snap_flow *flow = &fixture->statistics.flow;

    snap_flow_fini(flow);
    snap_flow_init(flow, &fixture->run.job);
    snap_flow_expect_stints(flow, SNAP_NEVER);
    for (uint32_t task = 0; task < 2 * parallelism; task++)
        for (uint32_t half = 0; half < 2; half++)
            snap_flow_stint(
                flow, &(struct snap_stint){task, half ? SNAP_TIME_BACKPRESSURED : SNAP_TIME_BUSY,
                                           half * SNAP_SECOND, (half + 1) * SNAP_SECOND, 1000, 0});
    snap_flow_queued(flow, &(struct snap_queued){SNAP_MS, 1, 700, 70000});
    snap_flow_finish(flow, 2 * SNAP_SECOND);
}

static void a_flow_is_drawn_at_1_4_and_32_subtasks(void **state)
{
    static const uint32_t parallelisms[] = {1, 4, 32};

    (void)state;
    for (size_t i = 0; i < sizeof(parallelisms) / sizeof(parallelisms[0]); i++) {
        struct fixture fixture;
        struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
        struct snap_text text = {0};

        fixture_init(&fixture, parallelisms[i]);
        add_flow(&fixture, parallelisms[i]);
        target.directory = fixture.directory;
        assert_true(snap_figure_flow(&fixture.input, &target, &fixture.error));
        expect_file(&fixture, "flow.png", "PNG");
        expect_file(&fixture, "flow.gp", "'% of time:'");
        read_file(&fixture, "flow.dat", &text);
        assert_true(count_lines(text.data, text.length) < 3 * 260 + 20);
        snap_text_clear(&text);
        target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &text};
        assert_true(snap_figure_flow(&fixture.input, &target, &fixture.error));
        assert_non_null(strstr(text.data, "|bbbbbbbbbbbbbbbbbbbbbbbbb"));
        assert_non_null(strstr(text.data, "PPPPPPPPPPPPPPPPPPPPPPPPP|"));
        assert_non_null(strstr(text.data, "max 700"));
        snap_text_fini(&text);
        fixture_fini(&fixture);
    }
}

/* Up to the last panel, whatever the scale cuts off. */
static void names_above_a_flow_have_all_the_room(void **state)
{
    static const char name[] =
        "Source: what comes first -> (what comes next, what comes beside it)";
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    fixture.run.job.vertices[0].name = name;
    add_flow(&fixture, 1);
    target.directory = fixture.directory;
    assert_true(snap_figure_flow(&fixture.input, &target, &fixture.error));
    expect_file(
        &fixture, "flow.gp",
        "'Source: what comes first -> (what comes next, what comes beside it) (1 subtask)'");
    fixture_fini(&fixture);
}

/* Two seconds of samples; the second half of the subtasks has small buffers. */
static void add_metrics(struct fixture *fixture, uint32_t parallelism)
{
    struct snap_metrics *metrics = &fixture->statistics.metrics;

    snap_metrics_fini(metrics);
    snap_metrics_init(metrics, &fixture->run.job);
    for (int64_t second = 1; second <= 2; second++)
        for (uint32_t task = 0; task < 2 * parallelism; task++) {
            struct snap_event event = {.at_ns = second * SNAP_SECOND,
                                       .actor = task,
                                       .type = SNAP_EVENT_TASK_METRICS,
                                       .args = {SNAP_SECOND, 300, 600, 100, 900, 1000}};

            snap_metrics_event(metrics, &event);
            if (task < parallelism)
                continue;
            event.type = SNAP_EVENT_GATE_DEBLOATED;
            event.args[4] = 20480;
            snap_metrics_event(metrics, &event);
        }
    snap_metrics_finish(metrics, 3 * SNAP_SECOND);
    fixture->input.metrics = metrics;
}

/* The crash at 900 ms. Names are cut only where there are too many of them for a line. */
static void metrics_show_failures_and_whole_names(void **state)
{
    static const char name[] = "a source -> what comes behind it -> and behind that";
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    add_metrics(&fixture, 1);
    target.directory = fixture.directory;
    fixture.run.job.vertices[0].name = name;
    assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "metrics.gp",
                "'a source -> what comes behind it -> and behind that (1)'");
    expect_file(&fixture, "metrics.gp", "set arrow from 0.9, graph 0 to 0.9, graph 1 nohead front");
    expect_file(&fixture, "metrics.gp", "'dashed: failed,'");
    for (uint32_t v = 1; v < fixture.run.job.vertex_count; v++)
        fixture.run.job.vertices[v].name = name;
    assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "metrics.gp", "~");
    expect_file(&fixture, "metrics.gp", "behind that (1)'");
    fixture_fini(&fixture);
}

/* A line would look like a part of the number. */
static void lines_of_failures_leave_numbers_alone(void **state)
{
    static const char above[] = ", screen above_numbers to ";
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    target.directory = fixture.directory;
    fixture.statistics.failures[0].failed_ns = fixture.statistics.checkpoints[0]->trigger_ns / 2;
    fixture.statistics.failures[0].restarted_ns = SNAP_NOT_YET;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_no(&fixture, "timeline.gp", above);
    fixture.statistics.failures[0].failed_ns = fixture.statistics.checkpoints[0]->trigger_ns;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", above);
    fixture_fini(&fixture);
}

static void metrics_are_drawn_at_1_4_and_32_subtasks(void **state)
{
    static const uint32_t parallelisms[] = {1, 4, 32};

    (void)state;
    for (size_t i = 0; i < sizeof(parallelisms) / sizeof(parallelisms[0]); i++) {
        struct fixture fixture;
        struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
        struct snap_text text = {0};

        fixture_init(&fixture, parallelisms[i]);
        add_metrics(&fixture, parallelisms[i]);
        target.directory = fixture.directory;
        assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
        expect_file(&fixture, "metrics.png", "PNG");
        expect_file(&fixture, "metrics.gp", "debloatedBufferSize [KiB]");
        /* Both vertices are as busy, so the second leaves gaps; the buffers of one alone do not. */
        expect_file(&fixture, "metrics.gp", "lc rgb '#D55E00' dt (32,32) notitle");
        expect_file(&fixture, "metrics.gp", "lc rgb '#D55E00' notitle");
        expect_file(&fixture, "metrics.gp", "'not known'");
        target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &text};
        assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
        assert_non_null(strstr(text.data, "busyTimeMsPerSecond             mean        300"));
        snap_text_fini(&text);
        fixture_fini(&fixture);
    }
}

/* A gauge that is told no more is drawn until then, and where none was told there are words alone:
 * no line of a restart crosses them. */
static void what_is_last_known_is_drawn_to_its_end(void **state)
{
    struct fixture fixture;
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_event event = {.at_ns = SNAP_SECOND,
                               .type = SNAP_EVENT_TASK_METRICS,
                               .args = {SNAP_SECOND, 300, 600, 100, 900, 1000}};
    struct snap_metrics *metrics;

    (void)state;
    fixture_init(&fixture, 1);
    metrics = &fixture.statistics.metrics;
    snap_metrics_fini(metrics);
    snap_metrics_init(metrics, &fixture.run.job);
    snap_metrics_event(metrics, &event);
    event.at_ns = 2 * SNAP_SECOND;
    snap_metrics_event(metrics, &event);
    snap_metrics_finish(metrics, 5 * SNAP_SECOND);
    fixture.input.metrics = metrics;
    target.directory = fixture.directory;
    assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "metrics.gp",
                "unset arrow\nunset object\nset label 2 'off: no gate was debloated'");
    expect_file(&fixture, "metrics.dat",
                "\n2.048 300 600 100 0.9 1 nan nan nan nan\n2.048 nan nan nan ");
    fixture_fini(&fixture);
}

/* What was before a savepoint is on the same axis; a line through the figure says when. */
static void changes_of_the_execution_are_marked(void **state)
{
    struct fixture fixture;
    struct snap_execution_change changes[] = {
        {500 * SNAP_MS, 800 * SNAP_MS, SNAP_JOB_CANCELED, 3, true, 3},
        {1600 * SNAP_MS, 1700 * SNAP_MS, SNAP_JOB_FINISHED, 7, false, 6}};
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_text sketch = {0};

    (void)state;
    fixture_init(&fixture, 2);
    add_flow(&fixture, 2);
    fixture.input.changes = changes;
    fixture.input.change_count = 2;
    target.directory = fixture.directory;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "'job CANCELED' at 500");
    expect_file(&fixture, "timeline.gp", "'resumed from savepoint 3' at 800");
    expect_file(&fixture, "timeline.gp", "'resumed from checkpoint 7' at 1700");
    expect_file(&fixture, "timeline.gp", "rectangle from 500, graph 0 to 800");
    assert_true(snap_figure_flow(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "flow.gp", "rectangle from 0.5, graph 0 to 0.8");
    expect_file(&fixture, "flow.gp", "(up to 2 subtasks)");
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "checkpoints.gp", "arrow from 2.5");
    expect_file(&fixture, "checkpoints.gp", "arrow from 5.5");
    assert_true(draw_compare(&fixture, &target, &fixture.error));
    expect_file(&fixture, "compare.gp", "'resumed' at 2.5");
    target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &sketch};
    for (size_t f = 0; f < 2; f++)
        assert_true(figures[f].draw(&fixture, &target, &fixture.error));
    assert_true(snap_figure_flow(&fixture.input, &target, &fixture.error));
    assert_non_null(strstr(sketch.data, "| ended, resumed"));
    assert_non_null(strstr(sketch.data, "|4"));
    assert_non_null(strstr(sketch.data, "| job ended, or was resumed"));
    snap_text_fini(&sketch);
    fixture_fini(&fixture);
}

/* Bars of one scale may be too low to be read: each has its value, and sizes stand below. */
static void bars_and_lanes_are_labelled(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    const char *value;
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    value = snap_duration_name(fixture.statistics.checkpoints[0]->duration_ns, &fixture.run.arena);
    value = snap_arena_printf(&fixture.run.arena, "set label '%s' at 0, ", value);
    target.directory = fixture.directory;
    fixture.statistics.buffers_seen = true;
    assert_true(draw_compare(&fixture, &target, &fixture.error));
    expect_file(&fixture, "compare.gp", value);
    expect_file(&fixture, "compare.gp",
                "set xlabel \"checkpoint\\nin flight 500 B, saved 0 B\" offset");
    expect_file(&fixture, "compare.gp", "'no record lost or twice'");
    expect_no(&fixture, "compare.gp", "state lost");
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "'counts[1]'");
    fixture_fini(&fixture);
}

/* Upright values of the longest bars would reach into what stands in the upper corners. */
static void there_is_room_above_upright_values(void **state)
{
    static const struct {
        uint32_t count; /* of checkpoints */
        double room;    /* times the longest */
    } rows[] = {{6, 1.3}, {7, 1.7}};
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    assert_true(fixture.statistics.checkpoint_count >= 7);
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        snap_ns longest_ns = 0;
        struct snap_axis_unit unit;

        fixture.statistics.checkpoint_count = rows[r].count;
        for (uint32_t i = 0; i < rows[r].count; i++)
            longest_ns = snap_ns_max(longest_ns, fixture.statistics.checkpoints[i]->duration_ns);
        unit = snap_axis_unit_for(longest_ns);
        assert_true(draw_compare(&fixture, &target, &fixture.error));
        expect_file(&fixture, "compare.gp",
                    snap_arena_printf(&fixture.run.arena, "set yrange [0:%.7g]",
                                      (double)longest_ns / unit.ns * rows[r].room));
    }
    fixture_fini(&fixture);
}

/* What was lost or twice until then is no verdict. */
static void a_run_that_could_not_go_on_is_not_judged(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_SVG, NULL, NULL};
    struct snap_text sketch = {0};
    struct fixture fixture;
    struct snap_figure_input inputs[2];
    struct snap_figure_runs runs = {inputs, 2};

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    inputs[0] = inputs[1] = fixture.input;
    inputs[0].all.duplicated.found = 0;
    inputs[1].halted = true;
    inputs[1].judged = false;
    inputs[1].variant = "another";
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp", "'no record lost or twice'");
    expect_file(&fixture, "compare.gp", "'the run could not go on'");
    expect_no(&fixture, "compare.gp", "'no record lost, twice: not judged'");
    expect_no(&fixture, "compare.gp", "lost, twice: not judged'");
    inputs[1].variant = inputs[0].variant;
    inputs[1].seed = 8;
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp", "'some seed could not go on'");
    target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &sketch};
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    assert_non_null(strstr(sketch.data, "    could not go on\n"));
    snap_text_fini(&sketch);
    fixture_fini(&fixture);
}

/* The second stands 22 pixels behind the first: so far apart two digits do not touch, but one that
 * has a mark does; it is left out. */
static void numbers_of_checkpoints_do_not_touch(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_SVG, NULL, NULL};
    struct snap_checkpoint_stats *const *checkpoints;
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    checkpoints = fixture.statistics.checkpoints;
    checkpoints[1]->trigger_ns = checkpoints[0]->trigger_ns + 35 * SNAP_MS;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "'1' ");
    expect_file(&fixture, "timeline.gp", "'2' ");
    checkpoints[1]->status = SNAP_CHECKPOINT_FAILED;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "'1' ");
    expect_no(&fixture, "timeline.gp", "'2\xe2\x9c\x97'");
    checkpoints[1]->trigger_ns = checkpoints[0]->trigger_ns + 45 * SNAP_MS;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "timeline.gp", "'2\xe2\x9c\x97'");
    fixture_fini(&fixture);
}

/* All that subtasks do takes a fiftieth of the time. */
static void make_quick(struct snap_statistics *statistics)
{
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        for (uint32_t task = 0; task < statistics->job->task_count; task++) {
            snap_ns trigger_ns = statistics->checkpoints[i]->trigger_ns;
            struct snap_subtask_part *part = &statistics->checkpoints[i]->parts[task];

            part->start_delay_ns /= 50;
            part->alignment_ns /= 50;
            part->sync_duration_ns /= 50;
            part->async_duration_ns /= 50;
            part->ack_ns = trigger_ns + (part->ack_ns - trigger_ns) / 50;
        }
}

/* The second run is twenty times as quick: it has a scale of its own, and the lone bar of the third
 * is as wide as theirs. What became of records stands below since the second lost some. */
static void bars_that_would_be_too_low_have_their_own_scale(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_SVG, NULL, NULL};
    struct snap_statistics lone;
    struct fixture slow;
    struct fixture quick;
    struct snap_figure_input inputs[3];
    struct snap_figure_runs runs = {inputs, 3};

    (void)state;
    fixture_init(&slow, 2);
    fixture_init(&quick, 2);
    target.directory = slow.directory;
    for (uint32_t i = 0; i < quick.statistics.checkpoint_count; i++)
        quick.statistics.checkpoints[i]->duration_ns /= 20;
    lone = slow.statistics;
    lone.checkpoint_count = 1;
    inputs[0] = inputs[1] = inputs[2] = slow.input;
    inputs[1].statistics = &quick.statistics;
    inputs[2].statistics = &lone;
    inputs[1].by_kind[SNAP_JUDGED_STATE].lost.found = 3;
    assert_true(snap_figure_compare(&runs, &target, &slow.error));
    expect_file(&slow, "compare.gp", "'own scale [");
    expect_no(&slow, "compare.gp", "since the trigger [us], own scale'");
    expect_file(&slow, "compare.gp", "'state lost' 0");
    expect_no(&slow, "compare.gp", "set xrange [-0.7:0.7]");
    make_quick(&quick.statistics);
    assert_true(snap_figure_compare(&runs, &target, &slow.error));
    expect_file(&slow, "compare.gp", "since the trigger [us], own scale'");
    fixture_fini(&quick);
    fixture_fini(&slow);
}

/* The bar that the data must have of a subtask: its parts in milliseconds, and its name. */
static const char *subtask_row(struct fixture *fixture, double lane, const snap_ns *parts,
                               const char *name)
{
    const char *row = snap_arena_printf(&fixture->run.arena, "\n%.7g 0", lane);
    double end = 0;

    for (int p = 0; p < SNAP_PART_KIND_COUNT; p++) {
        end += (double)parts[p] / 1e6;
        row = snap_arena_printf(&fixture->run.arena, "%s %.7g", row, end);
    }
    return snap_arena_printf(&fixture->run.arena, "%s \"%s\"\n", row, name);
}

/* Who acknowledged last need not be who made the checkpoint wait: one of counts did here, and
 * out[0] aligned for long. Both variants show it, in the figure and in the sketch. */
static void a_comparison_shows_every_subtask_of_the_longest_checkpoint(void **state)
{
    static const snap_ns parts[] = {5 * SNAP_MS, 30 * SNAP_MS, 2 * SNAP_MS, 3 * SNAP_MS, SNAP_MS};
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_text sketch = {0};
    struct fixture fixture;
    struct snap_figure_input inputs[2];
    struct snap_figure_runs runs = {inputs, 2};
    const struct snap_checkpoint_stats *longest;

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    longest = snap_longest_checkpoint(&fixture.statistics);
    assert_true(longest->last_task == 2 || longest->last_task == 3);
    longest->parts[4].start_delay_ns = parts[SNAP_PART_START_DELAY];
    longest->parts[4].alignment_ns = parts[SNAP_PART_ALIGNMENT];
    longest->parts[4].sync_duration_ns = parts[SNAP_PART_SYNC];
    longest->parts[4].async_duration_ns = parts[SNAP_PART_ASYNC];
    longest->parts[4].ack_ns = longest->trigger_ns + 41 * SNAP_MS;
    inputs[0] = inputs[1] = fixture.input;
    inputs[1].variant = "another\n\"one\"";
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    for (uint32_t i = 0; i < 2; i++)
        expect_file(&fixture, "compare.dat",
                    snap_arena_printf(&fixture.run.arena,
                                      ": checkpoint %lld (the longest%s) of %s (virtual): where "
                                      "each part of a subtask ends\n",
                                      (long long)longest->id, " that completed",
                                      i == 0 ? "exactly-once" : "another?\"one\""));
    expect_file(&fixture, "compare.dat",
                "# lane, from, start delay, alignment, sync, async, ack, subtask\n");
    expect_file(&fixture, "compare.dat", subtask_row(&fixture, 4.8, parts, "out[0]"));
    expect_file(&fixture, "compare.gp", "'median of 6 completed, per subtask'");
    target = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, &sketch};
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    assert_non_null(strstr(sketch.data, "    out[0]                |....AAAAAAAA"));
    assert_non_null(strstr(sketch.data, "  2 another"));
    snap_text_fini(&sketch);
    fixture_fini(&fixture);
}

/* The same bars stand in the figure of each run. */
static void the_subtasks_of_a_comparison_are_those_of_its_runs(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_SVG, NULL, NULL};
    struct snap_text run = {0};
    struct snap_text compared = {0};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 4);
    target.directory = fixture.directory;
    assert_true(draw_checkpoints(&fixture, &target, &fixture.error));
    assert_true(draw_compare(&fixture, &target, &fixture.error));
    read_file(&fixture, "checkpoints.dat", &run);
    read_file(&fixture, "compare.dat", &compared);
    for (uint32_t i = 0; i < 2; i++) {
        const char *head = "# lane, from, ";
        const char *block = strstr(snap_text_get(&run), head);
        size_t length;

        block = i == 0 ? block : strstr(block + 1, head);
        assert_non_null(block);
        length = strstr(block, "\n\n") ? (size_t)(strstr(block, "\n\n") - block) : strlen(block);
        assert_true(count_lines(block, length) >= 12);
        assert_non_null(memmem(compared.data, compared.length, block, length));
    }
    snap_text_fini(&run);
    snap_text_fini(&compared);
    fixture_fini(&fixture);
}

/* A checkpoint that is under way is as long as it has been, and is no completed one; medians of one
 * checkpoint tell nothing new. Lanes that differ are named in each panel. */
static void variants_of_a_comparison_may_differ_in_all(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_checkpoint_stats *last;
    struct fixture one;
    struct fixture two;
    struct snap_figure_input inputs[2];
    struct snap_figure_runs runs = {inputs, 2};
    char row[64];

    (void)state;
    fixture_init(&one, 1);
    fixture_init(&two, 2);
    target.directory = two.directory;
    inputs[0] = inputs[1] = two.input;
    assert_true(snap_figure_compare(&runs, &target, &two.error));
    expect_no(&two, "compare.gp", "under way");
    expect_file(&two, "compare.gp", "unset ytics");
    expect_file(&two, "compare.gp", "median of");
    two.statistics.checkpoint_count = 2;
    one.statistics.checkpoint_count = 1;
    last = two.statistics.checkpoints[1];
    last->status = SNAP_CHECKPOINT_IN_PROGRESS;
    last->end_ns = SNAP_NOT_YET;
    inputs[0].statistics = &one.statistics;
    assert_true(snap_figure_compare(&runs, &target, &two.error));
    snprintf(row, sizeof(row), "\n1 %.7g\n", (double)(1901 * SNAP_MS - last->trigger_ns) / 1e6);
    expect_file(&two, "compare.dat", row);
    expect_file(&two, "compare.gp", "title 'under way'");
    expect_file(&two, "compare.gp", "checkpoint 1 (the longest that completed), per subtask");
    expect_no(&two, "compare.gp", "unset ytics");
    expect_no(&two, "compare.gp", "median of");
    fixture_fini(&one);
    fixture_fini(&two);
}

/* The name of a lane is not written right above that of the next vertex. */
static void names_of_many_lanes_keep_apart(void **state)
{
    struct snap_text script = {0};
    struct scripted_run run;
    double *lane_y;
    double bottom;

    (void)state;
    scripted_run_init(&run, 100);
    lane_y = snap_place_lanes(&run.job, &run.arena, &bottom);
    snap_lane_names(&script, &run.job, lane_y);
    assert_non_null(strstr(script.data, "'lines[88]'"));
    assert_non_null(strstr(script.data, "'counts[0]'"));
    assert_null(strstr(script.data, "'lines[96]'"));
    snap_text_fini(&script);
    scripted_run_fini(&run);
}

/* Numbers of records below the panels keep apart, and so do a thousand lanes. */
static void a_comparison_has_room_for_much(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_SVG, NULL, NULL};
    struct snap_text script = {0};
    struct fixture fixture;
    struct snap_figure_runs runs = {&fixture.input, 1};
    const char *size;
    char *comma;

    (void)state;
    fixture_init(&fixture, 350);
    target.directory = fixture.directory;
    fixture.input.by_kind[SNAP_JUDGED_SINK].lost.found = 3835;
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp",
                "set xtics ('0' 0, '1000' 1000, '2000' 2000, '3000' 3000, '4000' 4000)");
    read_file(&fixture, "compare.gp", &script);
    size = strstr(snap_text_get(&script), "noenhanced size ");
    assert_non_null(size);
    strtol(size + strlen("noenhanced size "), &comma, 10);
    assert_true(strtol(comma + 1, NULL, 10) > 2 * 800);
    fixture.input.by_kind[SNAP_JUDGED_SINK].lost.found = 1200000;
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp",
                "set xtics ('0' 0, '500k' 500000, '1M' 1000000, '1.5M' 1500000)");
    snap_text_fini(&script);
    fixture_fini(&fixture);
}

/* The last two rows overtook: their alignment went by beside the snapshot. */
static void parts_add_up_to_the_time_of_the_acknowledgement(void **state)
{
    static const struct {
        snap_ns alignment_ns;
        snap_ns async_ns;
        snap_ns shown_ns; /* of the alignment */
        snap_ns rest_ns;
    } rows[] = {{50, 10, 50, 5}, {50, 15, 50, 0}, {50, 60, 5, 0}, {50, 65, 0, 0}};
    static const struct snap_checkpoint_stats checkpoint = {.trigger_ns = 1000};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct snap_subtask_part part = {.start_delay_ns = 100,
                                               .alignment_ns = rows[i].alignment_ns,
                                               .sync_duration_ns = 5,
                                               .async_duration_ns = rows[i].async_ns,
                                               .ack_ns = 1170};
        snap_ns parts[SNAP_PART_KIND_COUNT];
        snap_ns sum_ns = 0;

        snap_part_split(&checkpoint, &part, parts);
        for (int p = 0; p < SNAP_PART_KIND_COUNT; p++)
            sum_ns += parts[p];
        assert_int_equal(sum_ns, 170);
        assert_int_equal(parts[SNAP_PART_ALIGNMENT], rows[i].shown_ns);
        assert_int_equal(parts[SNAP_PART_REST], rows[i].rest_ns);
    }
}

/* The terminal's drawing of a figure. */
static const char *sketch_of(struct fixture *fixture, const struct snap_figure_runs *runs)
{
    struct snap_text text = {0};
    struct snap_figure_target target = {SNAP_FIGURE_TERMINAL, NULL, &text};
    const char *drawing;

    if (!(runs ? snap_figure_compare(runs, &target, &fixture->error)
               : snap_figure_timeline(&fixture->input, &target, &fixture->error)))
        fail_msg("%s", fixture->error.message);
    drawing = snap_arena_printf(&fixture->run.arena, "%s", snap_text_get(&text));
    for (const char *at = drawing; *at != '\0'; at += strcspn(at, "\n") + 1)
        assert_true(snap_columns_of(at, strcspn(at, "\n")) <= 80);
    snap_text_fini(&text);
    return drawing;
}

#define N(number)                                                                                  \
    {                                                                                              \
        number, false                                                                              \
    }

/* What one seed of three has twice is not hidden by the other two; and nobody says that nothing was
 * lost where that is not known. */
static void a_sketch_of_a_comparison_judges_by_all_runs(void **state)
{
    static const struct {
        struct snap_total lost[4]; /* the last run is another variant's */
        struct snap_total duplicated[4];
        const char *has[2];
        const char *has_not[2];
    } rows[] = {
        {{N(0), N(0), N(0), N(0)},
         {N(0), N(0), N(0), N(0)},
         {"  no record lost or duplicated\n"},
         {"judged"}},
        {{N(0), N(0), N(0), N(7)},
         {N(0), N(3), N(0), N(4)},
         {" 0..3 ", " 7 "},
         {"no record", "judged"}},
        {{N(-1), N(-1), N(-1), N(-1)},
         {N(0), N(0), N(0), N(0)},
         {"  lost: not judged\n  no record duplicated\n"},
         {"no record lost"}},
        {{N(-1), N(-1), N(-1), N(-1)},
         {N(-1), N(-1), N(-1), N(-1)},
         {"  lost: not judged\n  duplicated: not judged\n"},
         {"no record"}},
        {{N(0), N(0), N(0), N(-1)},
         {N(0), N(0), N(0), N(0)},
         {"  lost: not judged in 2 another\n  no record lost in the others\n",
          "  no record duplicated\n"},
         {"no record lost or"}},
        {{N(0), N(0), N(0), N(0)},
         {N(0), N(5), N(-1), N(-1)},
         {" 0..5\n", "  duplicated: not judged in 1 exactly-once (1 of 3 seeds), 2 another\n"},
         {"no record"}},
        {{N(0), N(0), N(0), N(0)},
         {N(0), N(0), N(0), {0, true}},
         {"  duplicated: not judged in 2 another\n"},
         {"no record lost or"}},
        {{N(0), N(0), N(0), N(0)},
         {N(2), {5, true}, N(2), {9, true}},
         {" >=2..5 ", " >=9"},
         {"judged"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture fixture;
        struct snap_figure_input inputs[4];
        const char *drawing;

        fixture_init(&fixture, 1);
        for (uint32_t run = 0; run < 4; run++) {
            inputs[run] = fixture.input;
            inputs[run].seed = 7 + run;
            inputs[run].all.lost = rows[i].lost[run];
            inputs[run].all.duplicated = rows[i].duplicated[run];
        }
        inputs[3].variant = "another";
        drawing = sketch_of(&fixture, &(struct snap_figure_runs){inputs, 4});
        for (int part = 0; part < 2; part++) {
            if (rows[i].has[part] && !strstr(drawing, rows[i].has[part]))
                fail_msg("row %zu has no '%s'", i, rows[i].has[part]);
            if (rows[i].has_not[part] && strstr(drawing, rows[i].has_not[part]))
                fail_msg("row %zu has '%s'", i, rows[i].has_not[part]);
        }
        fixture_fini(&fixture);
    }
}

/* Who is not named for want of room is counted. */
static void a_line_of_who_was_not_judged_ends_somewhere(void **state)
{
    struct fixture fixture;
    struct snap_figure_input inputs[30];
    const char *drawing;

    (void)state;
    fixture_init(&fixture, 1);
    for (uint32_t i = 0; i < 30; i++) {
        inputs[i] = fixture.input;
        inputs[i].variant = snap_arena_printf(&fixture.run.arena, "a-variant-of-many-%u", i);
        inputs[i].all.duplicated.found = i == 0 ? 0 : SNAP_UNJUDGED;
    }
    drawing = sketch_of(&fixture, &(struct snap_figure_runs){inputs, 30});
    assert_non_null(strstr(drawing, "in 2 a-varia~many-1, 3 a-varia~many-2 and 27 more\n"));
    fixture_fini(&fixture);
}

/* Numbers that would touch each other say the most only. */
static void ranges_are_told_where_they_have_room(void **state)
{
    struct fixture fixture;
    struct snap_figure_input inputs[16];
    const char *drawing;

    (void)state;
    fixture_init(&fixture, 1);
    for (uint32_t i = 0; i < 16; i++) {
        inputs[i] = fixture.input;
        inputs[i].variant = snap_arena_printf(&fixture.run.arena, "%u", i / 2);
        inputs[i].seed = 7 + i;
        inputs[i].all.lost.found = 10 + i % 2;
        inputs[i].all.duplicated.found = 2000 + i % 2;
    }
    drawing = sketch_of(&fixture, &(struct snap_figure_runs){inputs, 4});
    assert_non_null(strstr(drawing, " 10..11 "));
    assert_non_null(strstr(drawing, " 2000..2001 "));
    drawing = sketch_of(&fixture, &(struct snap_figure_runs){inputs, 16});
    assert_null(strstr(drawing, "10..11"));
    assert_null(strstr(drawing, "2000.."));
    assert_non_null(strstr(drawing, "duplicated (right), the most of all seeds"));
    assert_non_null(strstr(drawing, " 2001 "));
    fixture_fini(&fixture);
}

/* Above the PNG's panels as well. */
static void a_panel_says_what_is_not_judged(void **state)
{
    static const struct {
        struct snap_total lost;
        struct snap_total duplicated;
        const char *words;
    } rows[] = {
        {N(0), N(0), "'no record lost or twice'"},
        {N(-1), N(0), "'no record twice, lost: not judged'"},
        {N(0), N(-1), "'no record lost, twice: not judged'"},
        {N(0), {0, true}, "'no record lost, twice: not judged'"},
        {N(-1), N(-1), "'lost, twice: not judged'"},
    };
    struct snap_figure_target target = {.format = SNAP_FIGURE_SVG};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    target.directory = fixture.directory;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_figure_runs runs = {&fixture.input, 1};

        fixture.input.all.lost = rows[i].lost;
        fixture.input.all.duplicated = rows[i].duplicated;
        assert_true(snap_figure_compare(&runs, &target, &fixture.error));
        expect_file(&fixture, "compare.gp", rows[i].words);
    }
    fixture_fini(&fixture);
}

/* And of a row where one of several sinks is not. */
static void a_row_says_what_is_a_least(void **state)
{
    struct snap_figure_target target = {.format = SNAP_FIGURE_SVG};
    struct fixture fixture;
    struct snap_figure_runs runs = {&fixture.input, 1};

    (void)state;
    fixture_init(&fixture, 1);
    target.directory = fixture.directory;
    fixture.input.by_kind[SNAP_JUDGED_SINK] = (struct snap_figure_losses){{0, true}, {12, true}};
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp", "set label 'not judged' at 0, 2 ");
    expect_file(&fixture, "compare.gp", "set label '>= 12' at 12, 3 ");
    fixture_fini(&fixture);
}

/* Names that differ at their ends only: whole in the data, and not alike in the drawings. */
static void long_names_stay_different(void **state)
{
    struct snap_figure_target target = {.format = SNAP_FIGURE_SVG};
    struct fixture fixture;
    struct snap_figure_input inputs[2];
    struct snap_figure_runs runs = {inputs, 2};
    const char *drawing;

    (void)state;
    fixture_init(&fixture, 2);
    target.directory = fixture.directory;
    fixture.run.job.operators[SCRIPT_LINES].uid = "enrich-orders-from-the-first-warehouse";
    fixture.run.job.operators[SCRIPT_OUT].uid = "enrich-orders-from-the-first-warehouse-2";
    inputs[0] = inputs[1] = fixture.input;
    inputs[0].variant = "checkpoints-of-exactly-once-unaligned-after-1-second";
    inputs[1].variant = "checkpoints-of-exactly-once-unaligned-after-2-seconds";
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    for (int i = 0; i < 2; i++)
        expect_file(&fixture, "compare.dat",
                    snap_arena_printf(&fixture.run.arena, " of %s (virtual): where each part",
                                      inputs[i].variant));
    expect_file(&fixture, "compare.dat", " \"enrich-orders-from-the-first-warehouse[1]\"\n");
    expect_file(&fixture, "compare.dat", " \"enrich-orders-from-the-first-warehouse-2[1]\"\n");
    expect_file(&fixture, "compare.gp",
                "set title 'checkpoints-of-exactl~igned-after-1-second (virtual)'");
    expect_file(&fixture, "compare.gp",
                "set title 'checkpoints-of-exactl~gned-after-2-seconds (virtual)'");
    expect_file(&fixture, "compare.gp", "'enrich-order~st-warehouse[0]' ");
    expect_file(&fixture, "compare.gp", "'enrich-order~-warehouse-2[0]' ");
    /* Titles beside each other do not touch. */
    inputs[1].seed = 12345678;
    inputs[1].variant = inputs[0].variant;
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp",
                "set title 'checkpoints-of-e~d-after-1-second (virtual, 2 seeds)'");
    inputs[1] = fixture.input;
    drawing = sketch_of(&fixture, &runs);
    assert_non_null(strstr(drawing, "    enrich-or~arehouse[1] |"));
    assert_non_null(strstr(drawing, "    enrich-or~ehouse-2[1] |"));
    drawing = sketch_of(&fixture, NULL);
    assert_non_null(strstr(drawing, "enrich-~ehouse[1] "));
    assert_non_null(strstr(drawing, "enrich-~ouse-2[1] "));
    fixture_fini(&fixture);
}

/* Half a wide character is not cut off, and all subtasks of a vertex are cut alike. */
static void names_are_cut_by_columns(void **state)
{
    static const struct {
        const char *name;
        uint32_t columns;
        const char *cut;
    } rows[] = {
        {"counts", 6, "counts"},     {"counts", 5, "co~ts"},      {"counts", 2, "c~"},
        {"größe-größe", 5, "gr~ße"}, {"注文注文", 8, "注文注文"}, {"注文注文", 7, "注~文"},
        {"注文注文", 6, "注~文"},
    };
    struct scripted_run run;

    (void)state;
    scripted_run_init(&run, 11);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(snap_name_cut(rows[i].name, rows[i].columns, &run.arena), rows[i].cut);
    assert_string_equal(snap_lane_name(&run.job, 0, 8, &run.arena), "li~s[0]");
    assert_string_equal(snap_lane_name(&run.job, 10, 8, &run.arena), "li~s[10]");
    scripted_run_fini(&run);
}

/* Lanes stand below each other, whatever a name is made of. */
static void names_keep_lanes_of_a_sketch_in_line(void **state)
{
    static const char *const uids[] = {"größe-für-alle", "注文", "it's 100%", "a_b^{c}\n`d`"};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
        const char *drawing;
        const char *name;
        const char *start;

        fixture.run.job.operators[SCRIPT_LINES].uid = uids[i];
        drawing = sketch_of(&fixture, NULL);
        name = strstr(drawing, i == 3 ? "a_b^{c}?`d`[1]" : uids[i]);
        assert_non_null(name);
        for (start = name; start > drawing && start[-1] != '\n'; start--)
            continue;
        assert_int_equal(snap_columns_of(start, (size_t)(strstr(name, "] ") - start)) + 1, 17);
    }
    fixture_fini(&fixture);
}

/* "as written" takes room like any other name, and letters of two bytes take a column. */
static void variants_are_named_where_they_have_room(void **state)
{
    static const struct {
        uint32_t count;
        const char *first; /* variants; NULL: none */
        const char *others;
        const char *shown;
        bool is_shown;
    } rows[] = {
        {2, "größer-größer-größer", "b", "1 größer-größer-größer", true},
        {3, NULL, "b", "1 as written", true},
        {5, NULL, "b", "1 as written", false},
        {2, "注文", "b", " 1 注文 ", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_figure_input inputs[5];
        struct fixture fixture;
        const char *drawing;

        fixture_init(&fixture, 1);
        for (uint32_t run = 0; run < rows[i].count; run++) {
            inputs[run] = fixture.input;
            inputs[run].variant = run == 0 ? rows[i].first : rows[i].others;
        }
        drawing = sketch_of(&fixture, &(struct snap_figure_runs){inputs, rows[i].count});
        drawing = strstr(drawing, "records lost (left)");
        assert_int_equal(strstr(drawing, rows[i].shown) != NULL, rows[i].is_shown);
        fixture_fini(&fixture);
    }
}

/* Medians of lengths, one on the other, would be over after 11 ms, and each one took 10. */
static void a_median_is_over_when_most_are(void **state)
{
    static const snap_ns lengths[3][3] = {{5, 1, 4}, {2, 7, 1}, {1, 7, 2}};
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    fixture.statistics.checkpoint_count = 4;
    for (uint32_t i = 0; i < 3; i++) {
        /* The third has failed. */
        struct snap_checkpoint_stats *checkpoint = fixture.statistics.checkpoints[i + i / 2];
        struct snap_subtask_part *part = &checkpoint->parts[2];

        part->start_delay_ns = lengths[i][0] * SNAP_MS;
        part->alignment_ns = lengths[i][1] * SNAP_MS;
        part->sync_duration_ns = lengths[i][2] * SNAP_MS;
        part->async_duration_ns = 0;
        part->ack_ns = checkpoint->trigger_ns + 10 * SNAP_MS;
    }
    target.directory = fixture.directory;
    assert_true(snap_figure_checkpoints(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "checkpoints.dat", "\n2.8 0 2 8 10 10 10 \"out[0]\"\n");
    fixture_fini(&fixture);
}

/* The lines of a block of the timeline; none may go back in time. Returns how many there are. */
static uint32_t count_ways(const struct fixture *fixture, const char *block)
{
    struct snap_text data = {0};
    const char *at;
    double before = -1;
    uint32_t lines = 0;

    read_file(fixture, "timeline.dat", &data);
    at = strstr(data.data, block);
    assert_non_null(at);
    for (at = strchr(at, '\n') + 1; *at != '\0' && *at != '#'; at = strchr(at, '\n') + 1) {
        /* A blank line ends one; a row of NaN stands before the first. */
        if (*at == '\n' || *at == 'N') {
            before = -1;
            continue;
        }
        lines += before < 0;
        assert_true(strtod(at, NULL) >= before);
        before = strtod(at, NULL);
    }
    snap_text_fini(&data);
    return lines;
}

/* Two branches behind one vertex: the second one has its barriers before the first one. */
static void barriers_of_branches_do_not_go_back_in_time(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    target.directory = fixture.directory;
    fixture.statistics.checkpoint_count = 2;
    for (uint32_t i = 0; i < 2; i++) {
        struct snap_subtask_part *parts = fixture.statistics.checkpoints[i]->parts;

        parts[2].first_barrier_ns = parts[1].first_barrier_ns - SNAP_MS;
    }
    fixture.run.job.edges[2].producer = SCRIPT_WORDS;
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    /* Down to the vertex below, and one on its own. */
    assert_int_equal(count_ways(&fixture, ": barriers (time lane)"), 2 * 2);
    assert_int_equal(count_ways(&fixture, ": their ways to other vertices"), 2);
    /* One that reads both: the second one's barrier is its last one. */
    fixture.run.job.edges[2].producer = SCRIPT_COUNTS;
    fixture.run.job.edges[0] = fixture.run.job.edges[2];
    fixture.run.job.edges[0].producer = SCRIPT_WORDS;
    for (uint32_t i = 0; i < 2; i++) {
        struct snap_subtask_part *parts = fixture.statistics.checkpoints[i]->parts;

        parts[2].last_from = 1;
        parts[2].last_barrier_ns = parts[1].first_barrier_ns + SNAP_MS;
    }
    assert_true(snap_figure_timeline(&fixture.input, &target, &fixture.error));
    assert_int_equal(count_ways(&fixture, ": their ways to other vertices"), 2 * 2);
    fixture_fini(&fixture);
}

/* Nobody has a gauge while it is down: the crash at 900 ms, and all run again at 1050. */
static void gauges_have_a_gap_where_nobody_runs(void **state)
{
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    add_metrics(&fixture, 1);
    target.directory = fixture.directory;
    assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
    /* Bins are of 512 ms. */
    expect_file(&fixture, "metrics.dat", "\n0 nan");
    expect_file(&fixture, "metrics.dat", "\n0.02 300");
    expect_file(&fixture, "metrics.dat", "\n0.9 300");
    expect_file(&fixture, "metrics.dat", "\n0.9 nan");
    expect_file(&fixture, "metrics.dat", "\n1.05 300");
    expect_no(&fixture, "metrics.dat", "\n1.024 300");
    fixture_fini(&fixture);
}

/* Seven colours, and marks where they come again. */
static void vertices_of_one_colour_have_marks(void **state)
{
    enum { VERTICES = 16 };
    static struct snap_vertex vertices[VERTICES];
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    snap_statistics_fini(&fixture.statistics);
    for (uint32_t v = 0; v < VERTICES; v++) {
        vertices[v] = fixture.run.job.vertices[1];
        vertices[v].index = vertices[v].task_first = v;
        vertices[v].name = snap_arena_printf(&fixture.run.arena, "a-vertex-%u", v);
    }
    fixture.run.job.vertices = vertices;
    fixture.run.job.vertex_count = fixture.run.job.task_count = VERTICES;
    snap_statistics_init(&fixture.statistics, &fixture.run.job);
    add_metrics(&fixture, VERTICES / 2);
    target.directory = fixture.directory;
    assert_true(snap_figure_metrics(&fixture.input, &target, &fixture.error));
    expect_file(&fixture, "metrics.gp", "with lines lw 1.2 lc rgb '#0072B2'");
    expect_file(&fixture, "metrics.gp", "with linespoints lw 1.2 lc rgb '#0072B2' pt 7 ");
    expect_file(&fixture, "metrics.gp", "with linespoints lw 1.2 lc rgb '#0072B2' pt 9 ");
    expect_file(&fixture, "metrics.gp", "'a-vertex-15 (1)'");
    expect_file(&fixture, "metrics.gp", "point pt 9 ps 1.2 lc rgb '#D55E00'");
    fixture_fini(&fixture);
}

/* "resumed" stands below the title of one of them. */
static void titles_of_a_comparison_stand_at_one_height(void **state)
{
    struct snap_execution_change change = {
        500 * SNAP_MS, 800 * SNAP_MS, SNAP_JOB_CANCELED, 3, true, 3};
    struct snap_figure_target target = {SNAP_FIGURE_PNG, NULL, NULL};
    struct snap_figure_input inputs[2];
    struct snap_figure_runs runs = {inputs, 2};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 1);
    inputs[0] = inputs[1] = fixture.input;
    inputs[1].variant = "again";
    inputs[1].changes = &change;
    inputs[1].change_count = 1;
    target.directory = fixture.directory;
    assert_true(snap_figure_compare(&runs, &target, &fixture.error));
    expect_file(&fixture, "compare.gp", "offset 0,0.4\n");
    expect_no(&fixture, "compare.gp", "offset 0,-0.4\n");
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comparison_shows_every_subtask_of_the_longest_checkpoint),
        cmocka_unit_test(the_subtasks_of_a_comparison_are_those_of_its_runs),
        cmocka_unit_test(variants_of_a_comparison_may_differ_in_all),
        cmocka_unit_test(a_comparison_has_room_for_much),
        cmocka_unit_test(names_of_many_lanes_keep_apart),
        cmocka_unit_test(bars_that_would_be_too_low_have_their_own_scale),
        cmocka_unit_test(a_run_that_could_not_go_on_is_not_judged),
        cmocka_unit_test(numbers_of_checkpoints_do_not_touch),
        cmocka_unit_test(seeds_of_a_comparison_share_a_panel),
        cmocka_unit_test(a_sketch_of_a_comparison_judges_by_all_runs),
        cmocka_unit_test(a_line_of_who_was_not_judged_ends_somewhere),
        cmocka_unit_test(ranges_are_told_where_they_have_room),
        cmocka_unit_test(a_panel_says_what_is_not_judged),
        cmocka_unit_test(a_row_says_what_is_a_least),
        cmocka_unit_test(long_names_stay_different),
        cmocka_unit_test(names_are_cut_by_columns),
        cmocka_unit_test(names_keep_lanes_of_a_sketch_in_line),
        cmocka_unit_test(variants_are_named_where_they_have_room),
        cmocka_unit_test(every_figure_is_script_data_and_picture),
        cmocka_unit_test(a_sketch_is_text_of_80_columns),
        cmocka_unit_test(runs_without_checkpoints_are_drawn),
        cmocka_unit_test(data_is_reduced_before_it_is_plotted),
        cmocka_unit_test(what_goes_wrong_is_said),
        cmocka_unit_test(the_word_above_the_lanes_has_room),
        cmocka_unit_test(who_is_under_way_has_a_bar_of_its_own_kind),
        cmocka_unit_test(legends_name_what_is_drawn_only),
        cmocka_unit_test(changes_of_the_execution_are_marked),
        cmocka_unit_test(bars_and_lanes_are_labelled),
        cmocka_unit_test(there_is_room_above_upright_values),
        cmocka_unit_test(parts_add_up_to_the_time_of_the_acknowledgement),
        cmocka_unit_test(names_above_a_flow_have_all_the_room),
        cmocka_unit_test(a_flow_is_drawn_at_1_4_and_32_subtasks),
        cmocka_unit_test(metrics_are_drawn_at_1_4_and_32_subtasks),
        cmocka_unit_test(metrics_show_failures_and_whole_names),
        cmocka_unit_test(lines_of_failures_leave_numbers_alone),
        cmocka_unit_test(what_is_last_known_is_drawn_to_its_end),
        cmocka_unit_test(a_median_is_over_when_most_are),
        cmocka_unit_test(barriers_of_branches_do_not_go_back_in_time),
        cmocka_unit_test(gauges_have_a_gap_where_nobody_runs),
        cmocka_unit_test(vertices_of_one_colour_have_marks),
        cmocka_unit_test(titles_of_a_comparison_stand_at_one_height),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
