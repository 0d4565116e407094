// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/writer.h"
#include "unit/scripted_run.h"
#include "trace/flow_file.h"
#include "view/figure_set.h"
#include "view/run_folder.h"

enum { JUDGEMENTS = 5, U = SNAP_UNJUDGED };

/* Nobody knows what is lost in one sink, and how often a state that was restored has records;
 * nobody reads the last. */
static const struct snap_judgement judgements[JUDGEMENTS] = {
    {.kind = SNAP_JUDGED_STATE, .counters = {0, U, U, U, U, U}, .doubt = SNAP_DOUBT_DIFFERS},
    {.kind = SNAP_JUDGED_STATE, .counters = {0, 0, U, U, U, U}},
    {.kind = SNAP_JUDGED_SINK, .counters = {0, 43, U, U, U, U}},
    {.kind = SNAP_JUDGED_SINK, .counters = {U, U, U, U, U, U}, .late = U},
    {.kind = SNAP_JUDGED_SINK, .counters = {U, U, U, U, U, U}, .is_unread = true},
};

struct fixture {
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_judgement judgements[JUDGEMENTS];
    struct snap_verdict verdict;
    struct snap_summary summary;
    char directory[64];
};

static void path_in(const struct fixture *fixture, const char *name, char *path)
{
    snprintf(path, 128, "%s/%s", fixture->directory, name);
}

static void write_text(const struct fixture *fixture, const char *name, const char *text)
{
    char path[128];
    FILE *file;

    path_in(fixture, name, path);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* What a run of the program leaves behind. */
static void write_run(struct fixture *fixture)
{
    struct snap_trace_run head = {
        "0.1.0", &fixture->run.simulation, SNAP_RUNTIME_VIRTUAL, SNAP_TRACE_CHECKPOINTS, 0, NULL};
    struct snap_trace_writer writer;
    struct snap_error error = {0};
    struct snap_text text = {0};
    char path[128];

    path_in(fixture, "trace.jsonl", path);
    assert_true(snap_trace_writer_open(&writer, path, &head, &error));
    for (uint32_t i = 0; i < fixture->run.count; i++) {
        snap_trace_writer_event(&writer, &fixture->run.events[i]);
        snap_statistics_event(&fixture->statistics, &fixture->run.events[i]);
    }
    assert_true(snap_trace_writer_close(&writer, &error));
    snap_statistics_finish(&fixture->statistics, 0);
    snap_summary_text(&text, &fixture->summary);
    write_text(fixture, "summary.json", text.data);
    snap_text_clear(&text);
    snap_flow_file_text(&text, &fixture->statistics.flow);
    write_text(fixture, "flow.tsv", text.data);
    snap_text_fini(&text);
}

static void fixture_init(struct fixture *fixture)
{
    memset(fixture, 0, sizeof(*fixture));
    scripted_run_init(&fixture->run, 3);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    memcpy(fixture->judgements, judgements, sizeof(judgements));
    fixture->verdict.judgements = fixture->judgements;
    fixture->verdict.judgement_count = JUDGEMENTS;
    fixture->summary = (struct snap_summary){.simulation = &fixture->run.simulation,
                                             .runtime = SNAP_RUNTIME_VIRTUAL,
                                             .statistics = &fixture->statistics,
                                             .verdict = &fixture->verdict};
    snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/snapsim-folder-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    write_run(fixture);
}

static void fixture_fini(struct fixture *fixture)
{
    static const char *const names[] = {
        "figures/timeline.gp",
        "figures/timeline.dat",
        "figures/timeline.png",
        "figures/checkpoints.gp",
        "figures/checkpoints.dat",
        "figures/checkpoints.png",
        "figures/flow.gp",
        "figures/flow.dat",
        "figures/flow.png",
        "flow.tsv",
        "trace.jsonl",
        "summary.json",
    };
    char path[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        path_in(fixture, names[i], path);
        unlink(path);
    }
    path_in(fixture, "figures", path);
    rmdir(path);
    assert_int_equal(rmdir(fixture->directory), 0);
    snap_statistics_fini(&fixture->statistics);
    scripted_run_fini(&fixture->run);
}

static void read_file(const struct fixture *fixture, const char *name, struct snap_text *text)
{
    char buffer[4096];
    char path[128];
    size_t got;
    FILE *file;

    path_in(fixture, name, path);
    file = fopen(path, "r");
    assert_non_null(file);
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
        snap_text_add(text, buffer, got);
    fclose(file);
}

static void figures_from_a_folder_are_those_of_the_live_run(void **state)
{
    static const char *const names[] = {"figures/timeline.gp",    "figures/timeline.dat",
                                        "figures/checkpoints.gp", "figures/checkpoints.dat",
                                        "figures/flow.gp",        "figures/flow.dat"};
    struct snap_text live[6] = {{0}};
    struct snap_text again[6] = {{0}};
    struct snap_error error = {0};
    struct snap_figure_order order = {.png = true};
    struct snap_figure_input input;
    struct snap_run_folder folder;
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    order.directory = fixture.directory;
    input = snap_figure_input_of(&fixture.summary);
    assert_true(snap_figures_of_run(&input, &order, &error));
    for (size_t i = 0; i < 6; i++)
        read_file(&fixture, names[i], &live[i]);
    assert_true(snap_run_folder_open(&folder, fixture.directory, &error));
    assert_true(snap_figures_of_run(&folder.input, &order, &error));
    for (size_t i = 0; i < 6; i++) {
        read_file(&fixture, names[i], &again[i]);
        assert_string_equal(again[i].data, live[i].data);
        snap_text_fini(&live[i]);
        snap_text_fini(&again[i]);
    }
    snap_run_folder_close(&folder);
    fixture_fini(&fixture);
}

/* A trace of level `checkpoints` tells nothing of the flow. */
static void without_its_file_there_is_no_figure_of_the_flow(void **state)
{
    struct snap_figure_order order = {.png = true};
    struct snap_run_folder folder;
    struct snap_error error = {0};
    struct fixture fixture;
    char path[128];

    (void)state;
    fixture_init(&fixture);
    order.directory = fixture.directory;
    path_in(&fixture, "flow.tsv", path);
    unlink(path);
    assert_true(snap_run_folder_open(&folder, fixture.directory, &error));
    assert_true(snap_figures_of_run(&folder.input, &order, &error));
    path_in(&fixture, "figures/flow.gp", path);
    assert_int_not_equal(access(path, F_OK), 0);
    order.only = "flow";
    assert_false(snap_figures_of_run(&folder.input, &order, &error));
    assert_int_equal(error.code, SNAP_ERROR_USAGE);
    assert_non_null(strstr(error.message, "no flow.tsv"));
    snap_run_folder_close(&folder);
    fixture_fini(&fixture);
}

static void a_flow_that_is_none_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "vertex\tname\n",
        "vertex\tname\tfrom_ms\tto_ms\trecords_per_s\tbusy\tbackpressured\tidle\tbacklog\n"
        "0\ta\t0\t16\t1\t1\t0\t0\n",
        "vertex\tname\tfrom_ms\tto_ms\trecords_per_s\tbusy\tbackpressured\tidle\tbacklog\n"
        "0\ta\t0\t16\tmany\t1\t0\t0\t-\n",
        "vertex\tname\tfrom_ms\tto_ms\trecords_per_s\tbusy\tbackpressured\tidle\tbacklog\n"
        "0\ta\t0\t16\t1\t1\t0\t0\t-\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct snap_run_folder folder;
        struct snap_error error = {0};
        struct fixture fixture;

        fixture_init(&fixture);
        write_text(&fixture, "flow.tsv", texts[i]);
        if (snap_run_folder_open(&folder, fixture.directory, &error))
            fail_msg("flow %zu was taken", i);
        assert_int_equal(error.code, SNAP_ERROR_IO);
        assert_non_null(strstr(error.file, "flow.tsv"));
        fixture_fini(&fixture);
    }
}

static void the_verdict_comes_from_the_summary(void **state)
{
    struct snap_run_folder folder;
    struct snap_error error = {0};
    struct snap_figure_losses sums;
    struct fixture fixture;
    char path[128];

    (void)state;
    fixture_init(&fixture);
    assert_true(snap_run_folder_open(&folder, fixture.directory, &error));
    assert_true(folder.input.judged);
    assert_int_equal(snap_total_count(&folder.input.all.lost), SNAP_UNJUDGED);
    assert_int_equal(snap_total_count(&folder.input.all.duplicated), 43);
    assert_true(snap_total_is_at_least(&folder.input.all.duplicated));
    sums = folder.input.by_kind[SNAP_JUDGED_STATE];
    assert_int_equal(snap_total_count(&sums.lost), 0);
    assert_int_equal(snap_total_count(&sums.duplicated), SNAP_UNJUDGED);
    sums = folder.input.by_kind[SNAP_JUDGED_SINK];
    assert_int_equal(snap_total_count(&sums.lost), SNAP_UNJUDGED);
    assert_int_equal(snap_total_count(&sums.duplicated), 43);
    assert_true(snap_total_is_at_least(&sums.duplicated));
    assert_string_equal(folder.input.variant, "exactly-once");
    snap_run_folder_close(&folder);
    path_in(&fixture, "summary.json", path);
    unlink(path);
    assert_true(snap_run_folder_open(&folder, fixture.directory, &error));
    assert_false(folder.input.judged);
    snap_run_folder_close(&folder);
    fixture_fini(&fixture);
}

static void broken_files_are_told_by_name_and_line(void **state)
{
    struct snap_run_folder folder;
    struct snap_error error = {0};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    write_text(&fixture, "summary.json", "{\n\"verdict\": }\n");
    assert_false(snap_run_folder_open(&folder, fixture.directory, &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    assert_int_equal(error.line, 2);
    assert_non_null(strstr(error.file, "summary.json"));
    memset(&error, 0, sizeof(error));
    write_text(&fixture, "trace.jsonl", "{}\n");
    assert_false(snap_run_folder_open(&folder, fixture.directory, &error));
    assert_non_null(strstr(error.file, "trace.jsonl"));
    assert_true(snap_run_folder_is_one(fixture.directory));
    assert_false(snap_run_folder_is_one("/nowhere"));
    fixture_fini(&fixture);
}

static void a_comparison_keeps_the_order_of_its_variants(void **state)
{
    struct snap_figure_input inputs[] = {{.variant = "a", .runtime = "virtual"},
                                         {.variant = "b", .runtime = "threads"},
                                         {.variant = "b", .runtime = "virtual"},
                                         {.variant = NULL, .runtime = "virtual"}};
    struct fixture fixture;
    char path[128];

    (void)state;
    fixture_init(&fixture);
    write_text(&fixture, "compare.json",
               "{\"variants\":[{\"variant\":\"b\",\"runtime\":\"virtual\"},"
               "{\"variant\":null,\"runtime\":\"virtual\"},"
               "{\"variant\":\"a\",\"runtime\":\"virtual\"}]}");
    snap_comparison_sort(fixture.directory, inputs, 4);
    assert_string_equal(inputs[0].variant, "b");
    assert_string_equal(inputs[0].runtime, "virtual");
    assert_null(inputs[1].variant);
    assert_string_equal(inputs[2].variant, "a");
    assert_string_equal(inputs[3].runtime, "threads");
    path_in(&fixture, "compare.json", path);
    unlink(path);
    snap_comparison_sort(fixture.directory, inputs, 4);
    assert_string_equal(inputs[2].variant, "a");
    fixture_fini(&fixture);
}

static void an_order_for_one_figure_draws_only_that(void **state)
{
    struct snap_figure_order order = {.png = true, .only = "checkpoints"};
    struct snap_error error = {0};
    struct snap_figure_input input;
    struct fixture fixture;
    char path[128];

    (void)state;
    fixture_init(&fixture);
    order.directory = fixture.directory;
    input = snap_figure_input_of(&fixture.summary);
    assert_true(snap_figures_of_run(&input, &order, &error));
    path_in(&fixture, "figures/checkpoints.png", path);
    assert_int_equal(access(path, R_OK), 0);
    path_in(&fixture, "figures/timeline.gp", path);
    assert_int_not_equal(access(path, R_OK), 0);
    path_in(&fixture, "figures/checkpoints.svg", path);
    assert_int_not_equal(access(path, R_OK), 0);
    assert_true(snap_figure_known("compare"));
    assert_false(snap_figure_known("pie"));
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_from_a_folder_are_those_of_the_live_run),
        cmocka_unit_test(without_its_file_there_is_no_figure_of_the_flow),
        cmocka_unit_test(a_flow_that_is_none_is_refused),
        cmocka_unit_test(the_verdict_comes_from_the_summary),
        cmocka_unit_test(broken_files_are_told_by_name_and_line),
        cmocka_unit_test(a_comparison_keeps_the_order_of_its_variants),
        cmocka_unit_test(an_order_for_one_figure_draws_only_that),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
