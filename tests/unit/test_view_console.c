// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "unit/scripted_run.h"
#include "view/console.h"
#include "view/table.h"
#include "view/units.h"

struct fixture {
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_trace_hash hash;
    struct snap_judgement judgements[2];
    struct snap_verdict verdict;
    struct snap_summary summary;
    struct snap_text text;
};

static const char *const unfired[] = {"crash counts[1] at 9 s"};

static void fixture_init(struct fixture *fixture)
{
    memset(fixture, 0, sizeof(*fixture));
    scripted_run_init(&fixture->run, 2);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    for (uint32_t i = 0; i < fixture->run.count; i++)
        snap_statistics_event(&fixture->statistics, &fixture->run.events[i]);
    snap_statistics_finish(&fixture->statistics, 1901 * SNAP_MS);
    fixture->hash.state = 1;
    fixture->judgements[0] = (struct snap_judgement){
        SCRIPT_COUNTS, SNAP_JUDGED_STATE, {0, 31, 0, 0, 0, 0}, 1131, 1000, SNAP_UNJUDGED};
    fixture->judgements[1] = (struct snap_judgement){
        SCRIPT_OUT, SNAP_JUDGED_SINK, {0, 12, SNAP_UNJUDGED, 0, 3, 0}, 1020, 1000, SNAP_UNJUDGED};
    fixture->verdict = (struct snap_verdict){
        {0, 43, SNAP_UNJUDGED, 0, 3, 0},
        fixture->judgements,
        2,
        {.found = true,
         .operator_index = SCRIPT_COUNTS,
         .counter = SNAP_COUNTER_DUPLICATED,
         .origin = snap_origin_make(0, 17),
         .checkpoint = 4,
         .at_ns = 1100 * SNAP_MS,
         .story = "it was counted before checkpoint 4 and again after the restore"},
    };
    fixture->summary = (struct snap_summary){.simulation = &fixture->run.simulation,
                                             .runtime = SNAP_RUNTIME_VIRTUAL,
                                             .statistics = &fixture->statistics,
                                             .hash = &fixture->hash,
                                             .verdict = &fixture->verdict,
                                             .unfired = unfired,
                                             .unfired_count = 1};
}

static void fixture_fini(struct fixture *fixture)
{
    snap_text_fini(&fixture->text);
    snap_statistics_fini(&fixture->statistics);
    scripted_run_fini(&fixture->run);
}

static void a_run_reads_well_at_80_columns(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_run_report(&fixture.text, &fixture.summary, 80);
    assert_string_equal(
        fixture.text.data,
        "word count [exactly-once]\n"
        "\n"
        "Job: 3 vertices, 6 subtasks\n"
        "  Vertex                  Parallelism  Operators     Input (how)\n"
        "  ----------------------  -----------  ------------  ------------------\n"
        "  Source: lines -> words            2  lines, words  -\n"
        "  counts                            2  counts        words (hash)\n"
        "  out: Writer                       2  out           counts (rebalance)\n"
        "\n"
        "Checkpoints: 6 completed, 2 failed, 0 in progress, 1 request refused\n"
        "                            End to\n"
        "                 Trigger       End  Last Subtask or\n"
        "  ID  Status        Time  Duration  Failure             Last Channel\n"
        "  --  ---------  -------  --------  ------------------  --------------------\n"
        "  1   COMPLETED  0.200 s   56.2 ms  counts[1]           from lines[1]\n"
        "  2   COMPLETED  0.400 s   54.2 ms  counts[0]           from lines[1]\n"
        "  3   FAILED     0.500 s   90.0 ms  CHECKPOINT_EXPIRED  no ack: counts[0] +3\n"
        "  4   COMPLETED  0.600 s   54.2 ms  counts[1]           from lines[1]\n"
        "  5   FAILED     0.880 s   21.0 ms  TASK_FAILURE        no ack: counts[0] +3\n"
        "  6   COMPLETED  1.100 s   50.2 ms  counts[1]           from lines[1]\n"
        "  7   COMPLETED  1.300 s   52.2 ms  counts[1]           from lines[1]\n"
        "  8   COMPLETED  1.500 s   55.2 ms  counts[0]           from lines[1]\n"
        "  End to end: median 54.2 ms, longest 56.2 ms\n"
        "\n"
        "Failures: 1, restarts: 1\n"
        "                                                   Restored\n"
        "                             Restarted  Restart        from  Running\n"
        "     Time  Subtask    Cause   Subtasks    Delay  Checkpoint    Again\n"
        "  -------  ---------  -----  ---------  -------  ----------  -------\n"
        "  0.900 s  counts[0]  crash          6   100 ms           4  1.050 s\n"
        "\n"
        "Verdict: records (\"-\": cannot be judged)\n"
        "  State                       Out\n"
        "  or                           of  Wrong\n"
        "  Sink    Lost  Duplicated  Order  State  Uncommitted  Pending  Processed\n"
        "  ------  ----  ----------  -----  -----  -----------  -------  ---------\n"
        "  counts     0          31      0      0            0        0       1131\n"
        "  out        0          12      -      0            3        0       1020\n"
        "  all        0          43      -      0            3        0\n"
        "  First duplicated: lines:0:17 at counts[0], 1.100 s: it was counted before\n"
        "  checkpoint 4 and again after the restore\n"
        "\n"
        "Never took effect:\n"
        "  crash counts[1] at 9 s\n"
        "NOT as expected. Job FINISHED after 1.901 s.\n"
        "Runtime virtual, seed 7, trace hash 910a2dec89025cc1\n");
    fixture_fini(&fixture);
}

static void more_columns_show_at_120(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_checkpoint_table(&fixture.text, &fixture.statistics, 120);
    assert_string_equal(
        fixture.text.data,
        "Checkpoints: 6 completed, 2 failed, 0 in progress, 1 request refused\n"
        "                                      Latest    End to\n"
        "                 Acknow-  Trigger    Acknow-       End  Checkpointed  Last Subtask or\n"
        "  ID  Status      ledged     Time  ledgement  Duration     Data Size  Failure             "
        "Last Channel\n"
        "  --  ---------  -------  -------  ---------  --------  ------------  ------------------  "
        "--------------------\n"
        "  1   COMPLETED      6/6  0.200 s    0.256 s   56.2 ms      23.44 KB  counts[1]           "
        "from lines[1]\n"
        "  2   COMPLETED      6/6  0.400 s    0.454 s   54.2 ms      23.44 KB  counts[0]           "
        "from lines[1]\n"
        "  3   FAILED         2/6  0.500 s    0.511 s   90.0 ms       7.81 KB  CHECKPOINT_EXPIRED  "
        "no ack: counts[0] +3\n"
        "  4   COMPLETED      6/6  0.600 s    0.654 s   54.2 ms      23.44 KB  counts[1]           "
        "from lines[1]\n"
        "  5   FAILED         2/6  0.880 s    0.891 s   21.0 ms       7.81 KB  TASK_FAILURE        "
        "no ack: counts[0] +3\n"
        "  6   COMPLETED      6/6  1.100 s    1.150 s   50.2 ms      23.44 KB  counts[1]           "
        "from lines[1]\n"
        "  7   COMPLETED      6/6  1.300 s    1.352 s   52.2 ms      23.44 KB  counts[1]           "
        "from lines[1]\n"
        "  8   COMPLETED      6/6  1.500 s    1.555 s   55.2 ms      23.44 KB  counts[0]           "
        "from lines[1]\n"
        "  End to end: median 54.2 ms, longest 56.2 ms\n");
    fixture_fini(&fixture);
}

static void reasons_stand_before_the_last_line(void **state)
{
    static const struct snap_expected_counter counters[] = {
        {.on_total = true, .counter = SNAP_COUNTER_LOST, .number = 5},
        {.operator_index = SCRIPT_OUT,
         .counter = SNAP_COUNTER_DUPLICATED,
         .comparison = SNAP_COMPARE_LESS_EQUAL,
         .number = 11},
    };
    static const struct snap_expectation expectation = {
        .counters = counters,
        .counter_count = 2,
        .job_status_given = true,
        .job_status = SNAP_JOB_FAILED,
    };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.summary.expectation = &expectation;
    fixture.summary.unfired_matters = true;
    snap_run_report(&fixture.text, &fixture.summary, 80);
    assert_non_null(strstr(fixture.text.data,
                           "Why not as expected:\n"
                           "  expected job FAILED, it is FINISHED\n"
                           "  expected lost = 5 in all, found 0\n"
                           "  expected duplicated <= 11 in out, found 12\n"
                           "  duplicated must be 0 in counts, found 31 (expect does not name it)\n"
                           "  uncommitted must be 0 in out, found 3 (expect does not name it)\n"
                           "  an action that is not optional never took effect\n"
                           "NOT as expected."));
    fixture_fini(&fixture);
}

static void variants_stand_beside_each_other(void **state)
{
    struct fixture fixture;
    struct snap_summary runs[3];

    (void)state;
    fixture_init(&fixture);
    runs[0] = runs[1] = runs[2] = fixture.summary;
    runs[2].expectation_met = true;
    snap_compare_table(&fixture.text, runs, 3, 80);
    assert_string_equal(
        fixture.text.data,
        "                                                                Median\n"
        "                                Out                   Check-    End to\n"
        "                      Dupli-     of  Wrong  Uncom-    points       End  As Ex-\n"
        "  Variant       Lost   cated  Order  State  mitted  (failed)  Duration  pected\n"
        "  ------------  ----  ------  -----  -----  ------  --------  --------  ------\n"
        "  exactly-once     0      43      -      0       3     6 (2)   54.2 ms  NO\n"
        "  exactly-once     0      43      -      0       3     6 (2)   54.2 ms  NO\n"
        "  exactly-once     0      43      -      0       3     6 (2)   54.2 ms  yes\n");
    fixture_fini(&fixture);
}

static void seeds_and_runtimes_that_differ_are_shown(void **state)
{
    struct fixture fixture;
    struct snap_simulation other;
    struct snap_summary runs[2];

    (void)state;
    fixture_init(&fixture);
    runs[0] = runs[1] = fixture.summary;
    other = fixture.run.simulation;
    other.seed++;
    runs[1].simulation = &other;
    snap_compare_table(&fixture.text, runs, 2, 80);
    assert_non_null(strstr(fixture.text.data, " Seed "));
    assert_null(strstr(fixture.text.data, "Runtime"));
    snap_text_clear(&fixture.text);
    runs[1].runtime = SNAP_RUNTIME_THREADS;
    snap_compare_table(&fixture.text, runs, 2, 80);
    assert_non_null(strstr(fixture.text.data, " Seed "));
    assert_non_null(strstr(fixture.text.data, " threads "));
    fixture_fini(&fixture);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        longest = length > longest ? length : longest;
        text += length + (text[length] == '\n');
    }
    return longest;
}

static void no_line_is_wider_than_asked_for(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.run.job.operators[SCRIPT_COUNTS].uid =
        "a_very_long_uid_that_somebody_thought_would_help_to_tell_operators_apart_in_all_tables";
    for (uint32_t width = 72; width <= 200; width += 7) {
        snap_text_clear(&fixture.text);
        snap_run_report(&fixture.text, &fixture.summary, width);
        assert_true(longest_line(fixture.text.data) <= (width > 110 ? width : 110));
        snap_text_clear(&fixture.text);
        snap_checkpoint_table(&fixture.text, &fixture.statistics, width);
        assert_true(longest_line(fixture.text.data) <= width);
    }
    fixture_fini(&fixture);
}

static void a_long_history_leaves_out_its_middle(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_text text = {0};

    (void)state;
    scripted_run_init(&run, 1);
    snap_statistics_init(&statistics, &run.job);
    for (int64_t id = 1; id <= 1000; id++) {
        struct snap_event event = {
            id * SNAP_MS, (uint64_t)id, run.job.task_count, SNAP_EVENT_CHECKPOINT_TRIGGERED, {id}};

        snap_statistics_event(&statistics, &event);
    }
    snap_checkpoint_table(&text, &statistics, 100);
    assert_non_null(strstr(text.data, "\n  50    IN_PROGRESS"));
    assert_null(strstr(text.data, "\n  51    IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  ...   800 more"));
    assert_null(strstr(text.data, "\n  850   IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  851   IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  1000  IN_PROGRESS"));
    snap_text_fini(&text);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

static void times_and_sizes_are_short(void **state)
{
    static const struct {
        int64_t value;
        const char *duration;
        const char *size;
    } rows[] = {
        {-1, "-", "-1 B"},
        {0, "0 ns", "0 B"},
        {999, "999 ns", "999 B"},
        {1024, "1.02 us", "1.00 KB"},
        {4980, "4.98 us", "4.86 KB"},
        {999499, "999 us", "976.07 KB"},
        {999500, "1.00 ms", "976.07 KB"},
        {56200000, "56.2 ms", "53.60 MB"},
        {1234000000, "1.23 s", "1.15 GB"},
        {125000000000, "2m 5s", "116.42 GB"},
    };
    struct snap_arena arena;

    (void)state;
    snap_arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(snap_duration_name(rows[i].value, &arena), rows[i].duration);
        assert_string_equal(snap_size_name(rows[i].value, &arena), rows[i].size);
    }
    snap_arena_fini(&arena);
}

static void widths_count_characters_not_bytes(void **state)
{
    static const struct snap_table_column columns[] = {
        {"Name", SNAP_TABLE_LEFT, 0}, {"N", SNAP_TABLE_RIGHT, 0}, {"Gone", SNAP_TABLE_LEFT, 1}};
    struct snap_table table;
    struct snap_text text = {0};

    (void)state;
    snap_table_init(&table, columns, 3);
    snap_table_cell(&table, "caf\xc3\xa9s");
    snap_table_printf(&table, "%d", 12);
    snap_table_cell(&table, "a cell that has no room");
    snap_table_cell(&table, "tea");
    snap_table_end_row(&table);
    snap_table_text(&table, 20, &text);
    assert_string_equal(text.data, "  Name    N\n"
                                   "  -----  --\n"
                                   "  caf\xc3\xa9s  12\n"
                                   "  tea\n");
    snap_text_fini(&text);
    snap_table_fini(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_reads_well_at_80_columns),
        cmocka_unit_test(more_columns_show_at_120),
        cmocka_unit_test(reasons_stand_before_the_last_line),
        cmocka_unit_test(seeds_and_runtimes_that_differ_are_shown),
        cmocka_unit_test(variants_stand_beside_each_other),
        cmocka_unit_test(no_line_is_wider_than_asked_for),
        cmocka_unit_test(a_long_history_leaves_out_its_middle),
        cmocka_unit_test(times_and_sizes_are_short),
        cmocka_unit_test(widths_count_characters_not_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
