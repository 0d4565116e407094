// SPDX-License-Identifier: Apache-2.0
/* test_story_rescale.c: starting again from a retained checkpoint, with data in flight. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* Buffers of four records: data waits in outputs, too. */
#define CONFIG(more)                                                                               \
    "flink-version: 2.3\n"                                                                         \
    "config: {parallelism.default: 2, taskmanager.memory.segment-size: 4 kb,"                      \
    " execution.checkpointing: {interval: 100 ms, unaligned.enabled: true,"                        \
    " tolerable-failed-checkpoints: 100" more "},"                                                 \
    " restart-strategy: {type: fixed-delay, fixed-delay.delay: 10 ms}}\n"

#define RETAINED ", externalized-checkpoint-retention: RETAIN_ON_CANCELLATION"

/* The sinks are slow: checkpoint 2 holds data of both exchanges, in inputs and in outputs. */
#define EXCHANGES(first, second)                                                                   \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 2500, keys: 40, rate: 8000/s, record-size: 1 kb}\n"  \
    "  - {uid: counts, type: count, input: events, ship: hash, record-size: 1 kb" first "}\n"      \
    "  - {uid: out, type: collect, input: counts, ship: " second ", cost: 600 us}\n"

#define RESTART(what)                                                                              \
    "timeline: [{when: checkpoint 2 completed, delay: 1 ms, restart-from: latest-checkpoint" what  \
    "}]\n"

static struct run_story *run_restart(const char *config, const char *operators,
                                     const char *timeline)
{
    struct snap_text text = {0};
    struct run_story *story;

    snap_text_printf(&text, "runtimes: [virtual]\n" STORY_MODEL "%s%s%s", config, operators,
                     timeline);
    story = run_story(snap_text_get(&text));
    snap_text_fini(&text);
    return story;
}

/* How many events of the type the last execution had, at the actors of a uid. */
static unsigned count_events(const struct run_story *story, enum snap_event_type type,
                             const char *uid)
{
    const struct snap_job *job = story->resumed;
    const struct snap_operator *op = snap_job_find_operator(job, uid);
    const struct snap_vertex *vertex = &job->vertices[op->vertex];
    unsigned count = 0;

    for (uint32_t i = story->resumed_event; i < story->event_count; i++) {
        const struct snap_event *event = &story->events[i];

        count += event->type == type && event->actor >= vertex->task_first &&
                 event->actor < vertex->task_first + vertex->parallelism;
    }
    return count;
}

/* ---- up, down, and as it was ---- */

static void data_in_flight_is_dealt_to_more_and_to_fewer(void **state)
{
    static const struct {
        const char *ship;
        const char *parallelism;
        unsigned counts; /* subtasks that get data in flight */
        unsigned sinks;
    } rows[] = {
        {"hash", "{events: 2, counts: 2, out: 2}", 2, 2},
        {"hash", "{events: 3, counts: 3, out: 3}", 3, 3},
        {"hash", "{events: 1, counts: 1, out: 1}", 1, 1},
        {"hash", "{events: 1, counts: 5, out: 2}", 5, 2},
        {"hash", "{events: 4, counts: 1, out: 4}", 1, 4},
        /* Nobody filters: what is not keyed goes to one subtask each. */
        {"rebalance", "{events: 2, counts: 3, out: 4}", 3, 2},
        {"rebalance", "{events: 2, counts: 3, out: 1}", 3, 1},
        {"shuffle", "{events: 2, counts: 1, out: 3}", 1, 2},
        /* Subtask 0 reads all. */
        {"global", "{events: 2, counts: 3, out: 3}", 3, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text operators = {0};
        struct snap_text timeline = {0};
        struct run_story *story;

        snap_text_printf(&operators, EXCHANGES("", "%s"), rows[i].ship);
        snap_text_printf(&timeline, RESTART(", parallelism: %s"), rows[i].parallelism);
        story = run_restart(CONFIG(RETAINED), snap_text_get(&operators), snap_text_get(&timeline));
        assert_non_null(story->resumed);
        assert_int_equal(count_events(story, SNAP_EVENT_CHANNELS_RESTORED, "counts"),
                         rows[i].counts);
        assert_int_equal(count_events(story, SNAP_EVENT_CHANNELS_RESTORED, "out"), rows[i].sinks);
        expect_verdict(story, "FINISHED");
        end_story(story);
        snap_text_fini(&operators);
        snap_text_fini(&timeline);
    }
}

/* ---- which checkpoints there are ---- */

static void expect_refusal(const char *config, const char *timeline, const char *why)
{
    struct run_story *story = run_restart(config, EXCHANGES("", "hash"), timeline);

    assert_int_equal(story->result.error.code, SNAP_ERROR_RESTORE);
    if (!strstr(story->result.error.message, why))
        fail_msg("\"%s\" does not say \"%s\"", story->result.error.message, why);
    end_story(story);
}

static void who_retains_nothing_has_nothing_to_start_from(void **state)
{
    (void)state;
    expect_refusal(CONFIG(""), RESTART(""), "RETAIN_ON_CANCELLATION does");
    expect_refusal(CONFIG(", externalized-checkpoint-retention: DELETE_ON_CANCELLATION"),
                   RESTART(""), "the job was cancelled");
    expect_refusal(CONFIG(RETAINED),
                   "timeline: [{when: checkpoint 2 completed, restart-from: checkpoint 1}]\n",
                   "num-retained");
}

static void an_optional_start_from_nothing_stays_unfired(void **state)
{
    struct run_story *story =
        run_restart(CONFIG(""), EXCHANGES("", "hash"), RESTART(", optional: true"));

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_OK);
    assert_null(story->resumed);
    end_story(story);
}

/* Nor is the job cancelled for it. */
static void an_optional_start_from_nothing_leaves_the_job_alone(void **state)
{
    static const char *const starts[] = {
        "timeline: [{when: checkpoint 2 completed, restart-from: checkpoint 1, optional: true}]\n",
        ("timeline: [{when: checkpoint 2 completed, savepoint: a},\n"
         "  {when: checkpoint 2 completed, delay: 1 ns, restart-from: a, optional: true}]\n"),
        "timeline: [{at: 1 ms, restart-from: latest-checkpoint, optional: true}]\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct run_story *story = run_restart(CONFIG(RETAINED), EXCHANGES("", "hash"), starts[i]);

        assert_int_equal(story->result.error.code, SNAP_OK);
        assert_null(story->resumed);
        assert_int_equal(story->result.status, SNAP_JOB_FINISHED);
        end_story(story);
    }
}

/* One that can is not held back. */
static void an_optional_start_from_something_comes(void **state)
{
    static const char *const starts[] = {
        RESTART(", optional: true"),
        "timeline: [{when: checkpoint 2 completed, restart-from: checkpoint 2, optional: true}]\n",
        ("timeline: [{when: checkpoint 2 completed, savepoint: a},\n"
         "  {when: savepoint completed, restart-from: a, optional: true}]\n"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct run_story *story = run_restart(CONFIG(RETAINED), EXCHANGES("", "hash"), starts[i]);

        assert_int_equal(story->result.error.code, SNAP_OK);
        assert_non_null(story->resumed);
        end_story(story);
    }
}

static void a_savepoint_that_is_missing_says_why(void **state)
{
    (void)state;
    expect_refusal(CONFIG(""),
                   "timeline: [{when: checkpoint 2 completed, savepoint: a},\n"
                   "  {when: checkpoint 2 completed, delay: 1 ns, restart-from: a}]\n",
                   "when the job was cancelled to restart from it: it had been under way since ");
    expect_refusal(CONFIG(""),
                   "timeline: [{at: 1 s, optional: true, savepoint: a},\n"
                   "  {when: checkpoint 2 completed, restart-from: a}]\n",
                   "nobody had asked for it");
    expect_refusal(CONFIG(""),
                   "timeline: [{when: checkpoint 2 completed, savepoint: a},\n"
                   "  {decline: {checkpoint: 3, subtask: 'counts[0]'}},\n"
                   "  {when: checkpoint 4 completed, restart-from: a}]\n",
                   "(CHECKPOINT_DECLINED)");
    expect_refusal(CONFIG(""),
                   "timeline: [{when: checkpoint 2 completed, savepoint: a},\n"
                   "  {when: checkpoint 2 completed, delay: 1 ns, cancel-with-savepoint: b},\n"
                   "  {when: checkpoint 2 completed, delay: 2 ns, restart-from: a}]\n",
                   "(CHECKPOINT_COORDINATOR_SUSPEND)");
}

static void an_older_checkpoint_shows_what_was_committed_since_twice(void **state)
{
    struct run_story *story = run_restart(
        CONFIG(RETAINED ", num-retained: 3"),
        "operators:\n"
        "  - {uid: events, type: sequence, count: 1500, rate: 3000/s}\n"
        "  - {uid: out, type: file-sink, input: events, chain: false, path: out,"
        "     delivery: exactly-once}\n",
        "timeline: [{when: checkpoint 3 completed, delay: 50 ms, restart-from: checkpoint 2}]\n");

    (void)state;
    expect_verdict(story, "FINISHED duplicated=300");
    end_story(story);
}

static void a_failed_job_leaves_its_checkpoint_to_the_next(void **state)
{
    struct run_story *story = run_restart(
        "flink-version: 2.3\nconfig: {parallelism.default: 2, restart-strategy.type: none,"
        " taskmanager.memory.segment-size: 4 kb,"
        " execution.checkpointing: {interval: 100 ms, unaligned.enabled: true,"
        " externalized-checkpoint-retention: DELETE_ON_CANCELLATION}}\n",
        EXCHANGES("", "hash"),
        "timeline: [{at: 150 ms, crash: \"counts[0]\"},"
        " {at: 200 ms, restart-from: latest-checkpoint, parallelism: 3}]\n");

    (void)state;
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* ---- what is refused ---- */

static void an_exchange_that_is_chained_now_is_refused(void **state)
{
    (void)state;
    /* Equal parallelisms make the edge to the sink a forward one, which is chained. */
    expect_refusal(CONFIG(RETAINED),
                   RESTART(", operators: [{uid: events, type: sequence, count: 1500, keys: 40},"
                           " {uid: counts, type: count, input: events, ship: hash},"
                           " {uid: out, type: collect, input: counts}]"),
                   "the new job has no exchange between these two");
    expect_refusal(CONFIG(RETAINED),
                   RESTART(", operators: [{uid: events, type: sequence, count: 1500, keys: 40},"
                           " {uid: counts, type: count, input: events, ship: hash},"
                           " {uid: out, type: collect, input: counts, ship: rescale,"
                           "  chain: false, parallelism: 4}]"),
                   "not all of their subtasks are connected");
}

/* Everything goes to subtask 0 but watermarks. Where the other exchange is dealt out anew, nobody
 * else is told of this one, and those that wait in subtask 1 are read by none: in Flink the task
 * fails, however often it starts. The same exchange alone stays as it is. */
static void watermarks_that_nobody_reads_are_refused(void **state)
{
    static const char operators[] =
        "operators:\n"
        "  - {uid: ones, type: sequence, parallelism: 1, count: 2500, rate: 4000/s,"
        "     record-size: 1 kb, watermarks: monotonous, timestamp-step: 1 ms}\n"
        "  - {uid: others, type: sequence, parallelism: 3, count: 2500, rate: 8000/s,"
        "     record-size: 1 kb, watermarks: monotonous, timestamp-step: 1 ms}\n"
        "  - {uid: out, type: collect, parallelism: 3, cost: 600 us,"
        "     inputs: [{uid: ones, ship: global}, {uid: others, ship: shuffle}]}\n";
    static const char config[] =
        "flink-version: 2.3\n"
        "config: {taskmanager.memory.segment-size: 4 kb, pipeline.auto-watermark-interval: 5 ms,"
        " execution.checkpointing: {interval: 100 ms, unaligned.enabled: true" RETAINED "}}\n";
    struct run_story *story = run_restart(config, operators, RESTART(", parallelism: {others: 1}"));

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_ERROR_RESTORE);
    assert_string_equal(story->result.error.message,
                        "checkpoint 2 holds data in flight from ones to out: some of it stays with "
                        "subtask 1, to which nothing is assigned over that exchange, and nobody "
                        "would read it");
    end_story(story);
    story = run_restart(config, operators, RESTART(""));
    expect_verdict(story, "FINISHED");
    end_story(story);
    /* The exchange itself is dealt out anew, too: all of it goes to subtask 0. */
    story = run_restart(config, operators, RESTART(", parallelism: {others: 1, out: 2}"));
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Why the scenario is refused; empty if it is not. */
static void why_refused(const char *scenario, struct snap_text *why)
{
    const struct snap_scenario_text from = {"story.yaml", scenario, strlen(scenario)};
    struct snap_scenario *read = NULL;
    struct snap_built built = {0};
    struct snap_error error = {.code = SNAP_OK};

    if (snap_scenario_parse(&from, snap_operator_catalogue_get(), &read, &error))
        snap_scenario_build(read, NULL, &built, &error);
    snap_text_add_string(why, error.message);
    snap_built_fini(&built);
    snap_scenario_destroy(read);
}

static void a_partitioner_of_its_own_has_to_be_forced(void **state)
{
    struct snap_text why = {0};
    struct run_story *story;

    (void)state;
    why_refused(CONFIG("") EXCHANGES("", "custom"), &why);
    assert_non_null(strstr(snap_text_get(&why), "execution.checkpointing.unaligned.forced"));
    snap_text_fini(&why);
    story = run_restart(CONFIG(RETAINED ", unaligned.forced: true"), EXCHANGES("", "custom"),
                        RESTART(", parallelism: {out: 3}"));
    /* Everybody reads all, and keeps what is its own. */
    assert_int_equal(count_events(story, SNAP_EVENT_CHANNELS_RESTORED, "out"), 3);
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* ---- until all of it has been taken ---- */

/* The first instant from `from_ns` on at which a checkpoint completed, in ms; -1: never. */
static int64_t completed_ms(const struct run_story *story, snap_ns from_ns)
{
    for (uint32_t i = 0; i < story->event_count; i++)
        if (story->events[i].type == SNAP_EVENT_CHECKPOINT_COMPLETED &&
            story->events[i].at_ns >= from_ns)
            return story->events[i].at_ns / SNAP_MS;
    return -1;
}

static bool was_declined(const struct run_story *story, enum snap_failure_reason reason)
{
    for (uint32_t i = story->resumed_event; i < story->event_count; i++)
        if (story->events[i].type == SNAP_EVENT_CHECKPOINT_ABORTED &&
            story->events[i].args[1] == (int64_t)reason)
            return true;
    return false;
}

/* It still takes what lay in its senders' outputs when all subtasks run. */
#define SLOW_COUNTS                                                                                \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 2500, keys: 40, rate: 8000/s, record-size: 1 kb}\n"  \
    "  - {uid: counts, type: count, input: events, ship: hash, cost: 2 ms}\n"                      \
    "  - {uid: out, type: collect, input: counts, ship: hash}\n"

static void who_reads_for_others_declines_what_overtakes(void **state)
{
    struct run_story *story;

    (void)state;
    story = run_restart(CONFIG(RETAINED), SLOW_COUNTS, RESTART(", parallelism: {counts: 3}"));
    assert_true(was_declined(story, SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY));
    expect_verdict(story, "FINISHED");
    end_story(story);
    /* The same subtasks need no virtual channels. */
    story = run_restart(CONFIG(RETAINED), SLOW_COUNTS, RESTART(""));
    assert_false(was_declined(story, SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY));
    expect_verdict(story, "FINISHED");
    end_story(story);
}

#define DOWNSTREAM ", unaligned.recover-output-on-downstream.enabled: true"
#define DURING DOWNSTREAM ", during-recovery.enabled: true"
#define CRASH "timeline: [{when: checkpoint 2 completed, delay: 1 ms, crash: \"counts[0]\"}]\n"

/* Bytes of restored outputs, over all subtasks. */
static int64_t restored_outputs(const struct run_story *story)
{
    int64_t bytes = 0;

    for (uint32_t i = 0; i < story->event_count; i++)
        if (story->events[i].type == SNAP_EVENT_CHANNELS_RESTORED)
            bytes += story->events[i].args[3];
    return bytes;
}

static void receivers_may_restore_what_lay_in_outputs(void **state)
{
    static const char *const timelines[] = {CRASH, RESTART(", parallelism: {events: 3, out: 3}")};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run_story *story =
            run_restart(CONFIG(RETAINED), EXCHANGES("", "hash"), timelines[i]);

        assert_true(restored_outputs(story) > 0);
        expect_verdict(story, "FINISHED");
        end_story(story);
        story = run_restart(CONFIG(RETAINED DOWNSTREAM), EXCHANGES("", "hash"), timelines[i]);
        assert_int_equal(restored_outputs(story), 0);
        expect_verdict(story, "FINISHED");
        end_story(story);
    }
}

static void checkpoints_need_not_wait_for_a_recovery(void **state)
{
    struct run_story *waits;
    struct run_story *runs;

    (void)state;
    waits = run_restart(CONFIG(RETAINED DOWNSTREAM), SLOW_COUNTS, CRASH);
    runs = run_restart(CONFIG(RETAINED DURING), SLOW_COUNTS, CRASH);
    expect_verdict(waits, "FINISHED");
    expect_verdict(runs, "FINISHED");
    /* The second completed one: what is in flight takes its receivers more than 50 ms. */
    assert_true(completed_ms(waits, 140 * SNAP_MS) - completed_ms(runs, 140 * SNAP_MS) > 50);
    end_story(waits);
    end_story(runs);
    /* Also with other parallelisms; and what was not taken yet is captured once more. */
    runs = run_restart(CONFIG(RETAINED DURING), EXCHANGES("", "hash"),
                       "timeline: [{when: checkpoint 2 completed, delay: 1 ms,"
                       " restart-from: latest-checkpoint, parallelism: 3},"
                       " {when: checkpoint 3 completed, delay: 1 ms, crash: \"out[1]\"}]\n");
    assert_false(was_declined(runs, SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY));
    expect_verdict(runs, "FINISHED");
    end_story(runs);
}

static void ignored_data_in_flight_is_lost(void **state)
{
    static const char *const timelines[] = {CRASH, RESTART(", parallelism: {out: 3}")};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct snap_text scenario = {0};
        struct run_story *story;

        snap_text_add_string(&scenario, "runtimes: [virtual]\n" STORY_MODEL EXCHANGES("", "hash"));
        snap_text_printf(&scenario,
                         "%sconfig: {parallelism.default: 2,"
                         " execution.checkpointing: {interval: 100 ms, unaligned.enabled: true,"
                         " tolerable-failed-checkpoints: 100" RETAINED "},"
                         " restart-strategy: {type: fixed-delay, fixed-delay.delay: 10 ms},"
                         " execution.state-recovery.without-channel-state.checkpoint-id: 2}\n",
                         timelines[i]);
        story = run_story(snap_text_get(&scenario));
        assert_int_equal(story->result.status, SNAP_JOB_FINISHED);
        assert_true(story->verdict.counters[SNAP_COUNTER_LOST] > 0);
        assert_int_equal(story->verdict.counters[SNAP_COUNTER_DUPLICATED], 0);
        end_story(story);
        snap_text_fini(&scenario);
    }
}

/* ---- event time ---- */

static void virtual_channels_hold_watermarks_back(void **state)
{
    static const char *const parallelisms[] = {"{events: 2, sums: 3}", "{events: 1, sums: 1}",
                                               "{events: 3, sums: 2}"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct snap_text timeline = {0};
        struct run_story *story;

        snap_text_printf(&timeline, RESTART(", parallelism: %s"), parallelisms[i]);
        story = run_restart(CONFIG(RETAINED),
                            "operators:\n"
                            "  - {uid: events, type: sequence, count: 1500, keys: 40,"
                            "     rate: 8000/s, record-size: 1 kb, timestamp-step: 1 ms,"
                            "     watermarks: monotonous}\n"
                            "  - {uid: sums, type: window, kind: tumbling, size: 20 ms,"
                            "     input: events, ship: hash, cost: 300 us}\n"
                            "  - {uid: out, type: collect, input: sums}\n",
                            snap_text_get(&timeline));
        assert_true(count_events(story, SNAP_EVENT_CHANNELS_RESTORED, "sums") > 0);
        /* Nothing came too late, so nothing is missing in any window. */
        assert_int_equal(count_events(story, SNAP_EVENT_LATE_TOTAL, "sums"), 0);
        expect_verdict(story, "FINISHED");
        end_story(story);
        snap_text_fini(&timeline);
    }
}

static snap_ns longest_checkpoint(const char *timers, const char *api)
{
    struct snap_text scenario = {0};
    struct run_story *story;
    snap_ns longest = 0;

    snap_text_printf(&scenario,
                     "runtimes: [virtual]\nflink-version: 2.3\n"
                     "config: {parallelism.default: 2, execution.checkpointing:"
                     " {interval: 70 ms, unaligned: {enabled: true,"
                     " interruptible-timers.enabled: %s}}}\n"
                     "operators:\n"
                     "  - {uid: events, type: sequence, count: 4000, keys: 2000, rate: 8000/s, "
                     "record-size: 100 b,"
                     "     timestamp-step: 125 us, watermarks: monotonous}\n"
                     "  - {uid: w, type: window, api: %s, kind: tumbling, size: 200 ms,"
                     "     input: events, ship: hash}\n"
                     "  - {uid: slow, type: map, input: w, cost: 200 us}\n"
                     "  - {uid: out, type: collect, input: slow}\n",
                     timers, api);
    story = run_story(snap_text_get(&scenario));
    for (uint32_t i = 0; i < story->event_count; i++)
        if (story->events[i].type == SNAP_EVENT_CHECKPOINT_COMPLETED)
            longest = snap_ns_max(longest, story->events[i].args[1]);
    expect_verdict(story, "FINISHED");
    end_story(story);
    snap_text_fini(&scenario);
    return longest;
}

static void a_barrier_need_not_wait_for_all_timers(void **state)
{
    (void)state;
    /* Hundreds of windows fire at one watermark, of 200 us each. */
    assert_true(longest_checkpoint("false", "table") > 60 * SNAP_MS);
    assert_true(longest_checkpoint("true", "datastream") > 60 * SNAP_MS);
    assert_true(longest_checkpoint("true", "table") < 30 * SNAP_MS);
}

/* ---- files ---- */

static void subtasks_share_files_for_data_in_flight(void **state)
{
    static const struct {
        const char *per_file;
        int64_t files;
    } rows[] = {{"1", 5}, {"2", 4}, {"6", 2}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text config = {0};
        struct run_story *story;
        int64_t files = 0;

        snap_text_printf(&config,
                         CONFIG(", unaligned.max-subtasks-per-channel-state-file: %s"
                                ", checkpoints-after-tasks-finish: true"),
                         rows[i].per_file);
        story = run_restart(snap_text_get(&config), EXCHANGES("", "hash"), "");
        for (uint32_t e = 0; e < story->event_count && files == 0; e++)
            if (story->events[e].type == SNAP_EVENT_CHANNEL_FILES && story->events[e].args[0] == 2)
                files = story->events[e].args[1];
        assert_int_equal(files, rows[i].files);
        expect_verdict(story, "FINISHED");
        end_story(story);
        snap_text_fini(&config);
    }
}

/* ---- edges of both kinds ---- */

static struct run_story *run_diamond(const char *unaligned, const char *tolerable)
{
    struct snap_text scenario = {0};
    struct run_story *story;

    snap_text_printf(
        &scenario,
        "runtimes: [virtual]\nuntil: 6 s\nflink-version: 2.3\n"
        "config: {parallelism.default: 2, execution.checkpointing: {interval: 1 s,"
        " timeout: 1 s, tolerable-failed-checkpoints: %s, unaligned.enabled: %s}}\n"
        "operators:\n"
        "  - {uid: first, type: sequence, rate: 2000/s, keys: 50, record-size: 1 kb}\n"
        "  - {uid: second, type: sequence, rate: 20000/s, keys: 50,"
        "     record-size: 1 kb}\n"
        "  - {uid: u, type: pass-through, input: second, ship: rescale, chain: false,"
        "     cost: 100 us, record-size: 1 kb}\n"
        "  - {uid: a, type: pass-through, chain: false, cost: 50 us, record-size: 1 kb,"
        "     inputs: [{uid: first, ship: hash}, {uid: u, ship: hash}]}\n"
        "  - {uid: b, type: filter, keep: 1/50, input: u, ship: hash, chain: false}\n"
        "  - {uid: c, type: discard, chain: false, cost: 100 us,"
        "     inputs: [{uid: a, ship: rescale}, {uid: b, ship: rescale}]}\n",
        tolerable, unaligned);
    story = run_story(snap_text_get(&scenario));
    snap_text_fini(&scenario);
    return story;
}

/* See docs/decisions: Flink's rules lead to the same. */
static void a_diamond_of_both_kinds_of_edges_stands_still(void **state)
{
    struct run_story *story = run_diamond("true", "1000");
    snap_ns last_taken = 0;

    (void)state;
    for (uint32_t i = 0; i < story->event_count; i++)
        if (story->events[i].type == SNAP_EVENT_BUFFER_TAKEN)
            last_taken = story->events[i].at_ns;
    assert_true(last_taken < 4 * SNAP_SECOND);
    assert_int_equal(completed_ms(story, last_taken), -1);
    end_story(story);
    /* Each in its turn is fine. */
    story = run_diamond("false", "0");
    assert_true(completed_ms(story, 4 * SNAP_SECOND) > 0);
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_in_flight_is_dealt_to_more_and_to_fewer),
        cmocka_unit_test(who_retains_nothing_has_nothing_to_start_from),
        cmocka_unit_test(an_optional_start_from_nothing_stays_unfired),
        cmocka_unit_test(an_optional_start_from_nothing_leaves_the_job_alone),
        cmocka_unit_test(an_optional_start_from_something_comes),
        cmocka_unit_test(a_savepoint_that_is_missing_says_why),
        cmocka_unit_test(an_older_checkpoint_shows_what_was_committed_since_twice),
        cmocka_unit_test(a_failed_job_leaves_its_checkpoint_to_the_next),
        cmocka_unit_test(an_exchange_that_is_chained_now_is_refused),
        cmocka_unit_test(watermarks_that_nobody_reads_are_refused),
        cmocka_unit_test(a_partitioner_of_its_own_has_to_be_forced),
        cmocka_unit_test(who_reads_for_others_declines_what_overtakes),
        cmocka_unit_test(receivers_may_restore_what_lay_in_outputs),
        cmocka_unit_test(checkpoints_need_not_wait_for_a_recovery),
        cmocka_unit_test(ignored_data_in_flight_is_lost),
        cmocka_unit_test(virtual_channels_hold_watermarks_back),
        cmocka_unit_test(a_barrier_need_not_wait_for_all_timers),
        cmocka_unit_test(subtasks_share_files_for_data_in_flight),
        cmocka_unit_test(a_diamond_of_both_kinds_of_edges_stands_still),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
