// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "unit/scripted_run.h"
#include "model/total.h"
#include "view/console.h"
#include "view/progress.h"
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

static const struct snap_unfired unfired[] = {
    {"crash counts[1] at 9 s", "the run had ended at 1.901 s", true}};

static void fixture_init(struct fixture *fixture)
{
    memset(fixture, 0, sizeof(*fixture));
    scripted_run_init(&fixture->run, 2);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    for (uint32_t i = 0; i < fixture->run.count; i++)
        snap_statistics_event(&fixture->statistics, &fixture->run.events[i]);
    snap_statistics_finish(&fixture->statistics, 1901 * SNAP_MS);
    fixture->hash.state = 1;
    fixture->judgements[0] =
        (struct snap_judgement){SCRIPT_COUNTS, SNAP_JUDGED_STATE, {0, 31, 0, 0, 0, 0},     1131,
                                1000,          SNAP_UNJUDGED,     .doubt = SNAP_DOUBT_NONE};
    fixture->judgements[1] =
        (struct snap_judgement){SCRIPT_OUT, SNAP_JUDGED_SINK, {0, 12, SNAP_UNJUDGED, 0, 3, 0}, 1020,
                                1000,       SNAP_UNJUDGED,    .doubt = SNAP_DOUBT_NONE};
    fixture->verdict = (struct snap_verdict){
        .counters = {0, 43, SNAP_UNJUDGED, 0, 3, 0},
        .judgements = fixture->judgements,
        .judgement_count = 2,
        .culprit = {.found = true,
                    .operator_index = SCRIPT_COUNTS,
                    .uid = "counts",
                    .counter = SNAP_COUNTER_DUPLICATED,
                    .origin = snap_origin_make(0, 17),
                    .checkpoint = 4,
                    .at_ns = 1100 * SNAP_MS,
                    .story = "it was counted before checkpoint 4 and again after the restore"},
    };
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        fixture->verdict.oracles[i].judged = true;
    fixture->verdict.oracles[SNAP_ORACLE_BUFFERS] =
        (struct snap_oracle_result){.why_not = "no buffer was sent between subtasks"};
    fixture->verdict.oracles[SNAP_ORACLE_PROGRESS] =
        (struct snap_oracle_result){.why_not = "there was no fault"};
    fixture->verdict.oracles[SNAP_ORACLE_CUT] = (struct snap_oracle_result){
        .judged = true, .objections = 3, .first = "checkpoint 4 is no consistent cut"};
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

static const char report_at_80[] =
    "word count [exactly-once]\n"
    "\n"
    "State backend: hashmap\n"
    "Checkpoint storage: jobmanager\n"
    "\n"
    "Job: 3 vertices, 6 subtasks\n"
    "  Vertex                  Parallelism  Operators     Input (how)\n"
    "  ----------------------  -----------  ------------  ------------------\n"
    "  Source: lines -> words            2  lines, words  -\n"
    "  counts                            2  counts        words (hash)\n"
    "  out: Writer                       2  out           counts (rebalance)\n"
    "  (no room for Max Parallelism)\n"
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
    "  (no room for Acknowledged, Latest Acknowledgement, Checkpointed Data Size,\n"
    "  Full Checkpoint Data Size, Processed (persisted) in-flight data)\n"
    "  End to end: median 54.2 ms, longest 56.2 ms\n"
    "\n"
    "Failures: 1, restarts: 1\n"
    "                                                   Restored\n"
    "                             Restarted  Restart        from  Running\n"
    "     Time  Subtask    Cause   Subtasks    Delay  Checkpoint    Again\n"
    "  -------  ---------  -----  ---------  -------  ----------  -------\n"
    "  0.900 s  counts[0]  crash          6   100 ms           4  1.050 s\n"
    "\n"
    "Subtasks: records, and what their time went to\n"
    "              Records  Records                                 Not\n"
    "  Subtask    Received     Sent  Busy  Backpressured  Idle  Running\n"
    "  ---------  --------  -------  ----  -------------  ----  -------\n"
    "  lines[0]       1000      900  63 %            5 %  20 %     12 %\n"
    "  lines[1]       1000      900  63 %            5 %  20 %     12 %\n"
    "  counts[0]      1000      900  63 %            5 %  20 %     12 %\n"
    "  counts[1]      1000      900  63 %            5 %  20 %     12 %\n"
    "  out[0]         1000      900  63 %            5 %  20 %     12 %\n"
    "  out[1]         1000      900  63 %            5 %  20 %     12 %\n"
    "\n"
    "Verdict: records (\"-\": cannot be judged)\n"
    "  State                          Out\n"
    "  or                   Dupli-     of  Wrong  Uncom-\n"
    "  Sink    Kind   Lost   cated  Order  State  mitted  Processed  Affected\n"
    "  ------  -----  ----  ------  -----  -----  ------  ---------  --------\n"
    "  counts  state     0      31      0      0       0       1131      1000\n"
    "  out     sink      0      12      -      0       3       1020      1000\n"
    "  all               0      43      -      0       3\n"
    "  (0 in every row: Pending)\n"
    "  First duplicated: lines:0:17 at counts[0], 1.100 s: it was counted before\n"
    "  checkpoint 4 and again after the restore\n"
    "  Oracle cut objects (3 times): checkpoint 4 is no consistent cut\n"
    "Oracles: 9 hold, 1 object, 2 cannot judge\n"
    "  Cannot judge: buffers (no buffer was sent between subtasks), progress (there\n"
    "  was no fault)\n"
    "\n"
    "Never took effect (optional):\n"
    "  crash counts[1] at 9 s: the run had ended at 1.901 s\n"
    "NOT as expected. Job FINISHED after 1.901 s.\n"
    "Runtime virtual, seed 7, trace hash 910a2dec89025cc1\n";

static void a_run_reads_well_at_80_columns(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_run_report(&fixture.text, &fixture.summary, 80);
    assert_string_equal(fixture.text.data, report_at_80);
    fixture_fini(&fixture);
}

static void more_columns_show_at_120(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_checkpoint_table(&fixture.text, &fixture.statistics, SNAP_TABLE_ROWS_MAX, 120);
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
        "  (no room for Full Checkpoint Data Size, Processed (persisted) in-flight data)\n"
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
    static const struct snap_unfired missed[] = {
        {"crash counts[0] at 1.900 s", NULL, false},
        {"crash counts[1] at 9 s", "the run had ended at 1.901 s", true},
    };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.summary.expectation = &expectation;
    fixture.summary.unfired = missed;
    fixture.summary.unfired_count = 2;
    snap_run_report(&fixture.text, &fixture.summary, 80);
    assert_non_null(strstr(fixture.text.data,
                           "Why not as expected:\n"
                           "  expected job FAILED, it is FINISHED\n"
                           "  expected lost = 5 in all, found 0\n"
                           "  expected duplicated <= 11 in out, found 12\n"
                           "  duplicated must be 0 in counts, found 31 (expect does not name it)\n"
                           "  uncommitted must be 0 in out, found 3 (expect does not name it)\n"
                           "  oracle cut objects (expect does not name it)\n"
                           "  crash counts[0] at 1.900 s never took effect\n"
                           "NOT as expected."));
    fixture_fini(&fixture);
}

/* 20 rows are enough of what nobody waited for. */
static void an_interrupted_run_has_short_tables(void **state)
{
    struct snap_checkpoint_stats *checkpoints[30];
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    for (uint32_t i = 0; i < 30; i++)
        checkpoints[i] = fixture.statistics.checkpoints[0];
    fixture.statistics.checkpoints = checkpoints;
    fixture.statistics.checkpoint_count = 30;
    snap_run_report(&fixture.text, &fixture.summary, 80);
    assert_null(strstr(fixture.text.data, "10 more"));
    snap_text_clear(&fixture.text);
    fixture.summary.interrupted = true;
    snap_run_report(&fixture.text, &fixture.summary, 80);
    assert_non_null(strstr(fixture.text.data, "10 more"));
    fixture_fini(&fixture);
}

static void progress_is_a_line(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_progress_line(&fixture.text, &fixture.statistics, 30 * SNAP_SECOND + 999 * SNAP_MS);
    assert_string_equal(
        fixture.text.data,
        "1.901 s of the job after 30 s: 6 checkpoints completed, 2 failed, 1 restart");
    fixture_fini(&fixture);
}

/* Of a job that restarts for ever nobody reads each restart. */
static void many_failures_are_their_first_and_last(void **state)
{
    struct fixture fixture;
    struct snap_failure_stats failures[212] = {{.failed_ns = SNAP_SECOND}};
    uint32_t lines = 0;

    (void)state;
    fixture_init(&fixture);
    for (uint32_t i = 0; i < 212; i++) {
        failures[i] = fixture.statistics.failures[0];
        failures[i].failed_ns = i * SNAP_SECOND;
    }
    fixture.statistics.failures = failures;
    fixture.statistics.failure_count = 212;
    snap_failure_table(&fixture.text, &fixture.statistics, SNAP_TABLE_ROWS_MAX, 80);
    for (const char *at = fixture.text.data; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 5 + 200 + 1);
    assert_non_null(strstr(fixture.text.data, "\n   49.000 s  counts[0]  crash "));
    assert_non_null(strstr(fixture.text.data, "\n        ...  12 more"));
    assert_non_null(strstr(fixture.text.data, "\n   62.000 s  counts[0]  crash "));
    assert_null(strstr(fixture.text.data, "  50.000 s"));
    assert_null(strstr(fixture.text.data, "  61.000 s"));
    fixture_fini(&fixture);
}

/* 36 subtasks would fill a screen; what is not alike shows all the same. */
static void large_vertices_are_a_row_and_their_extremes(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_text text = {0};

    (void)state;
    scripted_run_init(&run, 12);
    snap_statistics_init(&statistics, &run.job);
    for (uint32_t i = 0; i < run.count; i++)
        snap_statistics_event(&statistics, &run.events[i]);
    snap_statistics_finish(&statistics, 1901 * SNAP_MS);
    statistics.subtasks[12 + 5].totals.busy_ns += 301 * SNAP_MS;
    statistics.subtasks[12 + 5].totals.idle_ns -= 301 * SNAP_MS;
    statistics.subtasks[12 + 5].totals.records_in = 2000;
    statistics.subtasks[12 + 7].totals.busy_ns = 1;
    snap_subtask_table(&text, &statistics, 80);
    assert_string_equal(
        text.data,
        "Subtasks: records, and what their time went to\n"
        "                            Records  Records                                 Not\n"
        "  Subtask                  Received     Sent  Busy  Backpressured  Idle  Running\n"
        "  -----------------------  --------  -------  ----  -------------  ----  -------\n"
        "  lines, all 12               12000    10800  63 %            5 %  20 %     12 %\n"
        "    busiest: lines[0]          1000      900  63 %            5 %  20 %     12 %\n"
        "  counts, all 12              13000    10800  62 %            6 %  20 %     12 %\n"
        "    busiest: counts[5]         2000      900  79 %            5 %   4 %     12 %\n"
        "    least busy: counts[7]      1000      900  <1 %           14 %  54 %     31 %\n"
        "  out, all 12                 12000    10800  63 %            5 %  20 %     12 %\n"
        "    busiest: out[0]            1000      900  63 %            5 %  20 %     12 %\n");
    snap_text_fini(&text);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

static void latencies_say_how_many_records_were_measured(void **state)
{
    const struct snap_latency_sink sinks[] = {
        {SCRIPT_OUT, 2500, 1500 * SNAP_US, 2 * SNAP_MS, 30 * SNAP_MS, 2 * SNAP_SECOND},
        {SCRIPT_COUNTS, 0, 0, 0, 0, 0},
    };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.summary.latencies = sinks;
    fixture.summary.latency_count = 2;
    fixture.summary.latency_one_in = 4;
    snap_latency_table(&fixture.text, &fixture.summary, 80);
    assert_string_equal(fixture.text.data,
                        "Latency: from the source to the sink, of 1 in 4 records\n"
                        "  Sink    Records      p50      p90      p99     Max\n"
                        "  ------  -------  -------  -------  -------  ------\n"
                        "  out        2500  1.50 ms  2.00 ms  30.0 ms  2.00 s\n"
                        "  counts        0        -        -        -       -\n");
    fixture_fini(&fixture);
}

/* Three seeds of one variant; the second one lost something and measured more. */
struct seeds {
    struct fixture fixture;
    struct snap_simulation simulations[3];
    struct snap_verdict verdicts[3];
    struct snap_measures measures[3];
    struct snap_summary runs[3];
};

static void seeds_init(struct seeds *seeds)
{
    fixture_init(&seeds->fixture);
    for (uint32_t i = 0; i < 3; i++) {
        double *values = seeds->measures[i].values;

        seeds->simulations[i] = seeds->fixture.run.simulation;
        seeds->simulations[i].seed += i;
        seeds->verdicts[i] = seeds->fixture.verdict;
        seeds->runs[i] = seeds->fixture.summary;
        seeds->runs[i].simulation = &seeds->simulations[i];
        seeds->runs[i].verdict = &seeds->verdicts[i];
        seeds->runs[i].measures = &seeds->measures[i];
        seeds->runs[i].expectation_met = i != 1;
        for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++)
            values[m] = NAN;
        values[SNAP_MEASURE_THROUGHPUT] = 12300 + 100 * i;
        values[SNAP_MEASURE_LATENCY_P50] = i == 1 ? 250 : 1.5;
        values[SNAP_MEASURE_CHECKPOINTS_FAILED] = i;
        values[SNAP_MEASURE_IN_FLIGHT] = 2048;
    }
    seeds->measures[2].values[SNAP_MEASURE_RESTORE] = 106.6;
    seeds->verdicts[1].counters[SNAP_COUNTER_LOST] = 5;
}

static void several_seeds_are_a_row_a_variant(void **state)
{
    struct seeds seeds;

    (void)state;
    seeds_init(&seeds);
    snap_seeds_table(&seeds.fixture.text, seeds.runs, 3, 80);
    assert_string_equal(
        seeds.fixture.text.data,
        "Verdicts over 3 seeds: records, least and most\n"
        "                      Dupli-  Wrong  Uncom-           Check-            As Ex-\n"
        "  Variant       Lost   cated  State  mitted  Pending  points  Restarts  pected\n"
        "  ------------  ----  ------  -----  ------  -------  ------  --------  ------\n"
        "  exactly-once  0..5      43      0       3        0       6         1  2 of 3\n"
        "  (\"-\" in every row: Out of Order)\n");
    fixture_fini(&seeds.fixture);
}

/* Of the first seed one sink cannot be judged, of the second one nothing is known but the least. */
static void seeds_that_cannot_be_judged_are_no_zeros(void **state)
{
    struct snap_judgement judgements[3][2] = {
        {{.kind = SNAP_JUDGED_SINK, .counters = {0}},
         {.kind = SNAP_JUDGED_SINK, .counters = {SNAP_UNJUDGED, SNAP_UNJUDGED}}},
        {{.kind = SNAP_JUDGED_SINK, .counters = {5}},
         {.kind = SNAP_JUDGED_SINK, .counters = {SNAP_UNJUDGED, 0}}},
        {{.kind = SNAP_JUDGED_SINK, .counters = {2}}, {.kind = SNAP_JUDGED_SINK, .counters = {1}}},
    };
    struct seeds seeds;

    (void)state;
    seeds_init(&seeds);
    for (uint32_t i = 0; i < 3; i++) {
        judgements[i][1].operator_index = 1;
        seeds.verdicts[i].judgements = judgements[i];
        seeds.verdicts[i].judgement_count = 2;
        for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
            struct snap_total total = snap_verdict_total(&seeds.verdicts[i], c);

            seeds.verdicts[i].counters[c] = snap_total_count(&total);
        }
    }
    snap_seeds_table(&seeds.fixture.text, seeds.runs, 3, 80);
    assert_string_equal(
        seeds.fixture.text.data,
        "Verdicts over 3 seeds: records, least and most\n"
        "                                     Out\n"
        "                           Dupli-     of  Wrong  Uncom-            As Ex-\n"
        "  Variant            Lost   cated  Order  State  mitted  Restarts  pected\n"
        "  ------------  ---------  ------  -----  -----  ------  --------  ------\n"
        "  exactly-once  >= 3..5 ?     0 ?      0      0       0         1  2 of 3\n"
        "  (0 in every row: Pending)\n"
        "  (no room for Checkpoints)\n"
        "  (\"?\": of the seeds in which it can be judged)\n"
        "  (\">=\": at least, as a state or sink cannot be judged)\n");
    snap_text_clear(&seeds.fixture.text);
    snap_seeds_judgements_table(&seeds.fixture.text, seeds.runs, 3, 80);
    assert_string_equal(
        seeds.fixture.text.data,
        "\nEach state and sink: records, least and most\n"
        "                State\n"
        "                or                 Dupli-  Wrong  Uncom-\n"
        "  Variant       Sink   Kind  Lost   cated  State  mitted  Pending  Affected\n"
        "  ------------  -----  ----  ----  ------  -----  ------  -------  --------\n"
        "  exactly-once  lines  sink  0..5       0      0       0        0         0\n"
        "                words  sink   1 ?     0 ?      0       0        0         0\n"
        "  (0 in every row: Processed)\n"
        "  (\"?\": of the seeds in which it can be judged)\n");
    fixture_fini(&seeds.fixture);
}

static void what_was_interrupted_is_neither_as_expected_nor_not(void **state)
{
    struct seeds seeds;

    (void)state;
    seeds_init(&seeds);
    seeds.runs[2].interrupted = true;
    seeds.runs[2].expectation_met = false;
    snap_seeds_table(&seeds.fixture.text, seeds.runs, 3, 120);
    assert_non_null(strstr(seeds.fixture.text.data, "  1 of 3, 1 not judged\n"));
    snap_text_clear(&seeds.fixture.text);
    snap_compare_table(&seeds.fixture.text, seeds.runs, 3, 120);
    assert_non_null(strstr(seeds.fixture.text.data, "  yes\n"));
    assert_non_null(strstr(seeds.fixture.text.data, "  NO\n"));
    assert_non_null(strstr(seeds.fixture.text.data, "  -\n"));
    snap_text_clear(&seeds.fixture.text);
    snap_reasons_text(&seeds.fixture.text, &seeds.runs[2], "Why not as expected");
    assert_int_equal(seeds.fixture.text.length, 0);
    fixture_fini(&seeds.fixture);
}

static void measures_of_several_seeds_have_a_range(void **state)
{
    struct seeds seeds;

    (void)state;
    seeds_init(&seeds);
    snap_measures_table(&seeds.fixture.text, seeds.runs, 3, 80);
    assert_string_equal(seeds.fixture.text.data,
                        "Measures: over 3 seeds, without the warm-up (\"-\": not known)\n"
                        "  Measure             Variant        Median      Min      Max  Runs\n"
                        "  ------------------  ------------  -------  -------  -------  ----\n"
                        "  Throughput          exactly-once  12.4k/s  12.3k/s  12.5k/s     3\n"
                        "  Latency p50         exactly-once  1.50 ms  1.50 ms   250 ms     3\n"
                        "  Latency p99         exactly-once        -        -        -     0\n"
                        "  Failed Checkpoints  exactly-once        1        0        2     3\n"
                        "  Bytes in Flight     exactly-once  2.00 KB  2.00 KB  2.00 KB     3\n"
                        "  Restore Time        exactly-once   107 ms   107 ms   107 ms     1\n"
                        "  Next Checkpoint     exactly-once        -        -        -     0\n");
    fixture_fini(&seeds.fixture);
}

static void measures_of_one_seed_stand_beside_each_other(void **state)
{
    struct seeds seeds;

    (void)state;
    seeds_init(&seeds);
    snap_measures_table(&seeds.fixture.text, seeds.runs, 1, 80);
    assert_non_null(
        strstr(seeds.fixture.text.data, "  exactly-once   12.3k/s  1.50 ms       0  2.00 KB\n"));
    snap_text_clear(&seeds.fixture.text);
    snap_measures_table(&seeds.fixture.text, seeds.runs, 1, 40);
    assert_non_null(strstr(seeds.fixture.text.data, "Next Checkpoint)"));
    assert_non_null(strstr(seeds.fixture.text.data, "  (\"-\" in every row: Latency p99,"));
    fixture_fini(&seeds.fixture);
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
        "                                                                  Median\n"
        "                                                        Check-    End to\n"
        "                      Dupli-  Wrong  Uncom-             points       End  As Ex-\n"
        "  Variant       Lost   cated  State  mitted  Pending  (failed)  Duration  pected\n"
        "  ------------  ----  ------  -----  ------  -------  --------  --------  ------\n"
        "  exactly-once     0      43      0       3        0     6 (2)   54.2 ms  NO\n"
        "  exactly-once     0      43      0       3        0     6 (2)   54.2 ms  NO\n"
        "  exactly-once     0      43      0       3        0     6 (2)   54.2 ms  yes\n"
        "  (\"-\" in every row: Out of Order)\n"
        "  (no room for Runtime, Seed, Restarts, Elapsed, Job)\n");
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
    assert_non_null(strstr(fixture.text.data, "(no room for Runtime"));
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
        snap_checkpoint_table(&fixture.text, &fixture.statistics, SNAP_TABLE_ROWS_MAX, width);
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
    snap_checkpoint_table(&text, &statistics, SNAP_TABLE_ROWS_MAX, 100);
    assert_non_null(strstr(text.data, "\n  50    IN_PROGRESS"));
    assert_null(strstr(text.data, "\n  51    IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  ...   800 more"));
    assert_null(strstr(text.data, "\n  850   IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  851   IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  1000  IN_PROGRESS"));
    snap_text_clear(&text);
    snap_checkpoint_table(&text, &statistics, SNAP_TABLE_ROWS_INTERRUPTED, 100);
    assert_non_null(strstr(text.data, "\n  5     IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  ...   980 more"));
    assert_null(strstr(text.data, "\n  985   IN_PROGRESS"));
    assert_non_null(strstr(text.data, "\n  986   IN_PROGRESS"));
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
                                   "  tea\n"
                                   "  (no room for Gone)\n");
    snap_text_fini(&text);
    snap_table_fini(&table);
}

/* Prints a table of the cells. */
static void print_cells(const struct snap_table_column *columns, uint32_t column_count,
                        const char *const *cells, uint32_t cell_count, uint32_t width,
                        struct snap_text *text)
{
    struct snap_table table;

    snap_table_init(&table, columns, column_count);
    for (uint32_t c = 0; c < cell_count; c++)
        snap_table_cell(&table, cells[c]);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

/* Zeros go before numbers, whatever the priorities; what must not go stays. */
static void zeros_go_before_numbers(void **state)
{
    static const struct snap_table_column columns[] = {{"Name", SNAP_TABLE_LEFT, 0},
                                                       {"Kept", SNAP_TABLE_RIGHT, 0},
                                                       {"Zeros", SNAP_TABLE_RIGHT, 1},
                                                       {"Some", SNAP_TABLE_RIGHT, 2},
                                                       {"Least", SNAP_TABLE_RIGHT, 3}};
    static const struct {
        uint32_t width;
        const char *text;
    } rows[] = {
        {80, "  Name  Kept  Zeros  Some       Least\n"
             "  ----  ----  -----  ----  ----------\n"
             "  a        0    0 B     0        1 ms\n"
             "  b        0    0 B    10  2000000 ms\n"},
        {30, "  Name  Kept  Some       Least\n"
             "  ----  ----  ----  ----------\n"
             "  a        0     0        1 ms\n"
             "  b        0    10  2000000 ms\n"
             "  (0 in every row: Zeros)\n"},
        /* They come back where something wider had to go as well. */
        {29, "  Name  Kept  Zeros  Some\n"
             "  ----  ----  -----  ----\n"
             "  a        0    0 B     0\n"
             "  b        0    0 B    10\n"
             "  (no room for Least)\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static const char *const cells[] = {"a", "0", "0 B", "0",  "1 ms",
                                            "b", "0", "0 B", "10", "2000000 ms"};
        struct snap_text text = {0};

        print_cells(columns, 5, cells, 10, rows[i].width, &text);
        assert_string_equal(text.data, rows[i].text);
        snap_text_fini(&text);
    }
}

/* Of several zeros the least wanted go, and the most wanted come back; words are no numbers. */
static void zeros_go_and_return_by_priority(void **state)
{
    static const struct snap_table_column columns[] = {
        {"Name", SNAP_TABLE_LEFT, 0},  {"Worst", SNAP_TABLE_RIGHT, 9},
        {"Best", SNAP_TABLE_RIGHT, 1}, {"Wide", SNAP_TABLE_RIGHT, 2},
        {"Text", SNAP_TABLE_LEFT, 3},  {"Share", SNAP_TABLE_RIGHT, 3},
        {"Hex", SNAP_TABLE_RIGHT, 3}};
    static const char *const cells[] = {"a", "0", "0.0 s", "123456789", "0", "0 %", "0x0"};
    static const struct {
        uint32_t width;
        const char *text;
    } rows[] = {
        {48, "(0 in every row: Worst)"},
        {41, "(0 in every row: Worst, Best)"},
        {34, "(0 in every row: Worst, Best)\n  (no room for Hex)"},
        {16, "  Name   Best\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};

        print_cells(columns, 7, cells, 7, rows[i].width, &text);
        if (!strstr(text.data, rows[i].text))
            fail_msg("at %u:\n%s", rows[i].width, text.data);
        snap_text_fini(&text);
    }
}

static void widths_are_those_on_a_terminal(void **state)
{
    static const struct snap_table_column columns[] = {{"Name", SNAP_TABLE_LEFT, 0},
                                                       {"N", SNAP_TABLE_RIGHT, 0}};
    static const char *const names[] = {
        "\xe6\xb3\xa8\xe6\x96\x87\xe9\x9b\x86\xe8\xa8\x88", /* four wide ones */
        "cafe\xcc\x81s",                                    /* an accent of its own */
        "\xf0\x9f\x9a\x80",                                 /* an emoji */
    };
    struct snap_table table;
    struct snap_text text = {0};

    (void)state;
    snap_table_init(&table, columns, 2);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snap_table_cell(&table, names[i]);
        snap_table_cell(&table, "7");
    }
    snap_table_text(&table, 80, &text);
    assert_string_equal(text.data, "  Name      N\n"
                                   "  --------  -\n"
                                   "  \xe6\xb3\xa8\xe6\x96\x87\xe9\x9b\x86\xe8\xa8\x88  7\n"
                                   "  cafe\xcc\x81s     7\n"
                                   "  \xf0\x9f\x9a\x80        7\n");
    snap_text_clear(&text);
    snap_table_text(&table, 11, &text); /* no half of the third */
    assert_string_equal(text.data, "  Name    N\n"
                                   "  ------  -\n"
                                   "  \xe6\xb3\xa8\xe6\x96\x87~   7\n"
                                   "  cafe\xcc\x81s   7\n"
                                   "  \xf0\x9f\x9a\x80      7\n");
    snap_text_fini(&text);
    snap_table_fini(&table);
}

/* Of a column of dashes nobody learns anything, however much it is wanted. */
static void columns_of_dashes_go_first(void **state)
{
    static const struct snap_table_column columns[] = {{"Name", SNAP_TABLE_LEFT, 0},
                                                       {"Lost", SNAP_TABLE_RIGHT, 0},
                                                       {"Note", SNAP_TABLE_LEFT, 0},
                                                       {"Time", SNAP_TABLE_RIGHT, 2}};
    static const char *const cells[] = {"-", "-", "", "1 s", "b", "-", "", "2 s"};
    static const char narrow[] = "  Name  Time\n"
                                 "  ----  ----\n"
                                 "  -      1 s\n"
                                 "  b      2 s\n"
                                 "  (\"-\" in every row: Lost)\n";
    struct snap_table table;
    struct snap_text text = {0};

    (void)state;
    snap_table_init(&table, columns, 4);
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
        snap_table_cell(&table, cells[i]);
    snap_table_text(&table, 80, &text);
    assert_string_equal(text.data, "  Name  Lost  Note  Time\n"
                                   "  ----  ----  ----  ----\n"
                                   "  -        -         1 s\n"
                                   "  b        -         2 s\n");
    snap_text_clear(&text);
    snap_table_text(&table, 13, &text);
    /* The line below is broken, too. */
    assert_int_equal(strncmp(text.data, narrow, strlen(narrow) - 24), 0);
    snap_text_clear(&text);
    table.omits_blank = true;
    snap_table_text(&table, 80, &text);
    assert_string_equal(text.data, narrow);
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
        cmocka_unit_test(an_interrupted_run_has_short_tables),
        cmocka_unit_test(progress_is_a_line),
        cmocka_unit_test(many_failures_are_their_first_and_last),
        cmocka_unit_test(large_vertices_are_a_row_and_their_extremes),
        cmocka_unit_test(latencies_say_how_many_records_were_measured),
        cmocka_unit_test(several_seeds_are_a_row_a_variant),
        cmocka_unit_test(seeds_that_cannot_be_judged_are_no_zeros),
        cmocka_unit_test(what_was_interrupted_is_neither_as_expected_nor_not),
        cmocka_unit_test(measures_of_several_seeds_have_a_range),
        cmocka_unit_test(measures_of_one_seed_stand_beside_each_other),
        cmocka_unit_test(variants_stand_beside_each_other),
        cmocka_unit_test(no_line_is_wider_than_asked_for),
        cmocka_unit_test(a_long_history_leaves_out_its_middle),
        cmocka_unit_test(times_and_sizes_are_short),
        cmocka_unit_test(widths_count_characters_not_bytes),
        cmocka_unit_test(zeros_go_before_numbers),
        cmocka_unit_test(zeros_go_and_return_by_priority),
        cmocka_unit_test(widths_are_those_on_a_terminal),
        cmocka_unit_test(columns_of_dashes_go_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
