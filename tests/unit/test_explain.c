// SPDX-License-Identifier: Apache-2.0
/* The walk back through a checkpoint, what made it slow, and the closed forms beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/explain_lab.h"

/* Task ids of the lab's job. */
enum { LINES_0, LINES_1, COUNTS_0, COUNTS_1, OUT_0, OUT_1 };

#define QUICK                                                                                      \
    {                                                                                              \
        1, 1, 2, 7, 8, 0, 0                                                                        \
    }

/* Barriers that wait behind 20 buffers, 200 ms, in each of two hops. */
#define IN_QUEUES                                                                                  \
    {                                                                                              \
        QUICK, QUICK, {190, 201, 202, 207, 208, 20, 0}, {190, 201, 202, 207, 208, 20, 0},          \
            {395, 400, 401, 401, 402, 20, 0}, {395, 401, 402, 402, 403, 20, 0},                    \
    }

struct row {
    const char *name;
    struct lab_checkpoint checkpoint;
    enum snap_slow slow;
    uint32_t culprit;
    bool expired;
    const char *steps; /* a letter each: Trigger, Held, tUrn, Queue, Sync, Async, acKnowledgement */
    int64_t longest_ms;
};

static const struct row rows[] = {
    {"backpressure, hop by hop",
     {IN_QUEUES, 0, 0},
     SNAP_SLOW_QUEUES,
     COUNTS_1,
     false,
     "TQQSAK",
     200},
    {"one subtask behind the others",
     {{QUICK,
       QUICK,
       {3, 4, 5, 10, 11, 0, 0},
       {290, 301, 302, 307, 308, 30, 0},
       {5, 310, 311, 311, 312, 0, 0},
       {5, 311, 312, 312, 313, 0, 0}},
      0,
      0},
     SNAP_SLOW_SUBTASK,
     COUNTS_1,
     false,
     "TQQSAK",
     300},
    {"one late input",
     {{QUICK,
       {1, 1, 2, 7, 8, 0, 0},
       {3, 301, 302, 307, 308, 30, 0},
       {3, 301, 302, 307, 308, 30, 0},
       {302, 304, 305, 305, 306, 0, 0},
       {302, 304, 305, 305, 306, 0, 0}},
      0,
      0},
     SNAP_SLOW_CHANNEL,
     COUNTS_1,
     false,
     "TQSAK",
     300},
    {"a source that takes the trigger late",
     {{QUICK,
       {401, 401, 402, 407, 408, 0, 0},
       {402, 403, 404, 409, 410, 0, 0},
       {402, 403, 404, 409, 410, 0, 0},
       {404, 405, 406, 406, 407, 0, 0},
       {404, 405, 406, 406, 407, 0, 0}},
      0,
      0},
     SNAP_SLOW_TRIGGER,
     LINES_1,
     false,
     "TQSAK",
     401},
    {"the synchronous part",
     {{QUICK,
       QUICK,
       {2, 3, 303, 308, 309, 0, 0},
       {2, 3, 303, 308, 310, 0, 0},
       {4, 5, 6, 6, 7, 0, 0},
       {4, 5, 6, 6, 7, 0, 0}},
      0,
      0},
     SNAP_SLOW_SYNC,
     COUNTS_1,
     false,
     "TQSAK",
     300},
    {"the storage",
     {{QUICK,
       QUICK,
       {2, 3, 4, 504, 505, 0, 0},
       {2, 3, 4, 504, 506, 0, 0},
       {4, 5, 6, 6, 7, 0, 0},
       {4, 5, 6, 6, 7, 0, 0}},
      0,
      245000},
     SNAP_SLOW_STORAGE,
     COUNTS_1,
     false,
     "TQSAK",
     500},
    {"the acknowledgement",
     {{QUICK,
       QUICK,
       {2, 3, 4, 9, 10, 0, 0},
       {2, 3, 4, 9, 10, 0, 0},
       {4, 5, 6, 6, 7, 0, 0},
       {4, 5, 6, 6, 307, 0, 0}},
      0,
      0},
     SNAP_SLOW_ACK,
     OUT_1,
     false,
     "TQQSAK",
     301},
    {"expired while the barrier was in a queue",
     {{QUICK,
       QUICK,
       {190, 201, 202, 207, 208, 20, 0},
       {190, 201, 202, 207, 208, 20, 0},
       {295, -1, -1, -1, -1, 30, 0},
       {-1, -1, -1, -1, -1, 30, 0}},
      300,
      0},
     SNAP_SLOW_QUEUES,
     COUNTS_1,
     true,
     "TQQ",
     200},
    {"expired in the storage",
     {{QUICK,
       QUICK,
       {2, 3, 4, -1, -1, 0, 0},
       {2, 3, 4, 9, 10, 0, 0},
       {4, 5, 6, 6, 7, 0, 0},
       {4, 5, 6, 6, 7, 0, 0}},
      300,
      0},
     SNAP_SLOW_STORAGE,
     COUNTS_0,
     true,
     "TQSA",
     296},
    {"expired, and a source never began",
     {{QUICK,
       {-1, -1, -1, -1, -1, 0, 0},
       {2, -1, -1, -1, -1, 0, 0},
       {2, -1, -1, -1, -1, 0, 0},
       {-1, -1, -1, -1, -1, 0, 0},
       {-1, -1, -1, -1, -1, 0, 0}},
      300,
      0},
     SNAP_SLOW_TRIGGER,
     LINES_1,
     true,
     "T",
     300},
};

static void check_steps(const struct lab *lab, const struct row *row)
{
    static const char letters[] = "THUQSAK";
    snap_ns at_ns = 0;

    assert_int_equal(lab->walk.step_count, strlen(row->steps));
    for (uint32_t i = 0; i < lab->walk.step_count; i++) {
        const struct snap_explain_step *step = &lab->walk.steps[i];

        assert_int_equal(letters[step->kind], row->steps[i]);
        /* Step by step from the trigger to the end. */
        assert_int_equal(step->from_ns, at_ns);
        at_ns = step->to_ns;
    }
    assert_int_equal(at_ns, lab->facts.duration_ns);
}

static void what_made_it_slow(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct snap_explain_step *longest;
        struct lab lab;

        lab_init(&lab, &rows[i].checkpoint, true);
        longest = &lab.walk.steps[lab.walk.longest];
        if (lab.walk.slow != rows[i].slow || lab.walk.culprit != rows[i].culprit ||
            lab.walk.expired != rows[i].expired ||
            longest->to_ns - longest->from_ns != rows[i].longest_ms * SNAP_MS)
            print_error("%s: slow %d, culprit %u, longest %lld ms\n", rows[i].name, lab.walk.slow,
                        lab.walk.culprit,
                        (long long)((longest->to_ns - longest->from_ns) / SNAP_MS));
        assert_int_equal(lab.walk.slow, rows[i].slow);
        assert_int_equal(lab.walk.culprit, rows[i].culprit);
        assert_int_equal(lab.walk.expired, rows[i].expired);
        assert_int_equal(longest->to_ns - longest->from_ns, rows[i].longest_ms * SNAP_MS);
        check_steps(&lab, &rows[i]);
        lab_fini(&lab);
    }
}

static bool has_advice(const struct lab *lab, enum snap_knob knob)
{
    for (uint32_t i = 0; i < lab->forecast.advice_count; i++)
        if (lab->forecast.advices[i].knob == knob)
            return true;
    return false;
}

static const struct snap_advice *advice_of(const struct lab *lab, enum snap_knob knob)
{
    for (uint32_t i = 0; i < lab->forecast.advice_count; i++)
        if (lab->forecast.advices[i].knob == knob)
            return &lab->forecast.advices[i];
    fail_msg("no advice \"%s\"", snap_knob_key(knob));
    return NULL;
}

/* 20 buffers of 1000 bytes before each receiver, which uses up 100,000 bytes a second. */
static void aligned_is_bytes_in_flight_over_drain_rate(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    assert_int_equal(lab.facts.in_flight_bytes, 4 * 20 * 1000);
    assert_int_equal(lab.facts.tasks[COUNTS_0].queued.buffers, 20);
    assert_int_equal(lab.forecast.hop_count, 2);
    for (uint32_t i = 0; i < 2; i++)
        assert_in_range(lab.forecast.hops[i].form_ns, 197 * SNAP_MS, 203 * SNAP_MS);
    /* 3 ms of the trigger, the synchronous part and the acknowledgement are beside. */
    assert_in_range(advice_of(&lab, SNAP_KNOB_AS_IT_WAS)->predicted_ns, 397 * SNAP_MS,
                    409 * SNAP_MS);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_AS_IT_WAS)->had_ns, 403 * SNAP_MS);
    lab_fini(&lab);
}

/* Buffers for an attempt that is gone lie nowhere, whoever sent them when. */
static void a_crash_leaves_nothing_in_flight(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab = {.past = LAB_AFTER_CRASH};

    (void)state;
    lab_explain(&lab, &checkpoint, true);
    assert_int_equal(lab.facts.in_flight_bytes, 4 * 20 * 1000);
    assert_int_equal(lab.facts.tasks[COUNTS_0].queued.buffers, 20);
    assert_int_equal(lab.facts.tasks[COUNTS_0].queued.bytes, 20 * 1000);
    lab_fini(&lab);
}

/* What lay before the barrier when it was sent, and what of it was used up until it was taken. */
static void hops_know_what_lay_before_the_barrier(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    const struct snap_fact_hop *hop;
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    hop = lab.walk.steps[1].hop;
    assert_int_equal(hop->from, LINES_1);
    assert_int_equal(hop->channel.buffers, 10);
    assert_int_equal(hop->channel.records, 1000);
    assert_int_equal(hop->all.bytes, 20000);
    assert_int_equal(hop->taken.buffers, 20);
    lab_fini(&lab);
}

static void knobs_have_closed_forms(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    const struct snap_advice *advice;
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    /* Trigger, synchronous part, acknowledgement 3 ms, two hops 2 ms, latency 5 ms, and 80 kB. */
    advice = advice_of(&lab, SNAP_KNOB_UNALIGNED);
    assert_int_equal(advice->persisted_bytes, 80000);
    assert_int_equal(advice->predicted_ns, (3 + 2 + 5 + 80) * SNAP_MS);
    /* 85 ms to read it back, 400 ms to use it up. */
    assert_in_range(advice->restore_ns, (85 + 394) * SNAP_MS, (85 + 406) * SNAP_MS);
    advice = advice_of(&lab, SNAP_KNOB_ALIGNED_TIMEOUT);
    assert_int_equal(advice->setting_ns, 20 * SNAP_MS);
    assert_int_equal(advice->predicted_ns, (20 + 90) * SNAP_MS);
    /* 1 s would change nothing: a quarter of the longest hop. */
    advice = advice_of(&lab, SNAP_KNOB_DEBLOAT);
    assert_int_equal(advice->limit, SNAP_LIMIT_BELOW_TARGET);
    assert_int_equal(advice->setting_ns, 50 * SNAP_MS);
    assert_int_equal(advice->predicted_ns, (3 + 2 * 50) * SNAP_MS);
    advice = advice_of(&lab, SNAP_KNOB_SEGMENTS);
    assert_int_equal(advice->predicted_ns, (3 + 100) * SNAP_MS);
    lab_fini(&lab);
}

/* What was saved is part of the state's bytes, and counts once. */
static void what_an_unaligned_one_saved_counts_once(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    for (uint32_t i = 0; i < LAB_TASKS; i++) {
        lab.facts.tasks[i].unaligned = true;
        lab.facts.tasks[i].persisted_bytes = 10000;
        lab.facts.tasks[i].state_bytes = 12000;
    }
    lab.facts.settings.unaligned = 1;
    /* It may have waited for a timeout, or not. */
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_true(lab.forecast.limits.timeout_unknown);
    assert_false(lab.forecast.limits.in_work);
    assert_false(has_advice(&lab, SNAP_KNOB_AS_IT_WAS));
    lab.facts.settings.aligned_timeout_ns = 0;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_false(lab.forecast.limits.timeout_unknown);
    assert_true(lab.forecast.limits.in_work);
    /* Trigger, synchronous part, acknowledgement 3 ms, two hops 2 ms, latency 5 ms, and 72 kB. */
    assert_int_equal(advice_of(&lab, SNAP_KNOB_AS_IT_WAS)->predicted_ns,
                     (3 + 2 + 5 + 72) * SNAP_MS);
    /* 12 kB of state, and the queues. */
    assert_in_range(advice_of(&lab, SNAP_KNOB_ALIGNED)->predicted_ns, (3 + 5 + 12 + 394) * SNAP_MS,
                    (3 + 5 + 12 + 406) * SNAP_MS);
    lab_fini(&lab);
}

static void full_segments_matter_and_empty_ones_do_not(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.settings.segment_bytes = 32768;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->limit, SNAP_LIMIT_NOT_FULL);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->predicted_ns, 403 * SNAP_MS);
    lab_fini(&lab);
}

/* Flink: a pointwise or broadcast input holds all inputs of the operator back. */
static void nothing_overtakes_before_a_broadcast_input(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.edges[1].ship = SNAP_SHIP_BROADCAST;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->limit, SNAP_LIMIT_NOT_OVERTAKEN);
    /* The second hop waits its 200 ms, and its 40 kB are not saved. */
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->predicted_ns,
                     (3 + 2 + 5 + 40 + 200) * SNAP_MS);
    lab_fini(&lab);
}

static void savepoints_and_at_least_once_never_overtake(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.savepoint = true;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.never_unaligned, SNAP_LIMIT_SAVEPOINT);
    assert_false(has_advice(&lab, SNAP_KNOB_UNALIGNED));
    assert_false(has_advice(&lab, SNAP_KNOB_ALIGNED_TIMEOUT));
    lab.facts.savepoint = false;
    lab.facts.settings.at_least_once = 1;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.never_unaligned, SNAP_LIMIT_AT_LEAST_ONCE);
    assert_false(has_advice(&lab, SNAP_KNOB_UNALIGNED));
    assert_true(lab.forecast.limits.at_least_once);
    lab_fini(&lab);
}

/* A timeout is made shorter, not offered again; a target is offered only if it is a smaller one. */
static void what_is_set_already_is_not_offered(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.settings.unaligned = 1;
    lab.facts.settings.aligned_timeout_ns = 100 * SNAP_MS;
    lab.facts.settings.debloat = 1;
    lab.facts.settings.debloat_target_ns = 60 * SNAP_MS;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_false(has_advice(&lab, SNAP_KNOB_ALIGNED_TIMEOUT));
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->setting_ns, 0);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->predicted_ns, 90 * SNAP_MS);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_DEBLOAT)->setting_ns, 50 * SNAP_MS);
    lab.facts.settings.debloat_target_ns = 50 * SNAP_MS;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_false(has_advice(&lab, SNAP_KNOB_DEBLOAT));
    lab_fini(&lab);
}

/* counts[1] lags, but only waits for out: for both alike, so that its barrier is a late input of
 * theirs, or for the one that has more to do. */
static void a_lagging_subtask_that_waits_is_not_to_blame(void **state)
{
    static const struct {
        double busy[2]; /* of out */
        enum snap_slow slow;
        uint32_t culprit;
    } cases[] = {
        {{1.0, 1.0}, SNAP_SLOW_CHANNEL, OUT_1},
        {{1.0, 0.3}, SNAP_SLOW_SUBTASK, OUT_0},
        {{0.1, 0.3}, SNAP_SLOW_CHANNEL, OUT_1},
    };
    struct lab lab;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        lab_init(&lab, &rows[1].checkpoint, true);
        lab.facts.tasks[COUNTS_1].busy = 0.01;
        lab.facts.tasks[COUNTS_1].backpressured = 0.99;
        lab.facts.tasks[OUT_0].busy = cases[i].busy[0];
        lab.facts.tasks[OUT_1].busy = cases[i].busy[1];
        snap_explain_walk_back(&lab.walk, &lab.facts);
        assert_int_equal(lab.walk.slow, cases[i].slow);
        assert_int_equal(lab.walk.culprit, cases[i].culprit);
        assert_int_equal(lab.walk.waiting, COUNTS_1);
        lab_fini(&lab);
    }
}

/* What the others have to do is known by their records as well; it comes in that proportion. */
static void an_even_load_is_used_up_so_much_faster(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[1].checkpoint, true);
    lab.facts.tasks[COUNTS_0].records_in = 1000;
    lab.facts.tasks[COUNTS_1].records_in = 3000;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    lab.walk.others_ready_ns = 300 * SNAP_MS;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    /* 300 and 9 ms in queues, at two thirds; beside them 4 ms. */
    assert_in_range(advice_of(&lab, SNAP_KNOB_EVEN)->predicted_ns, 205 * SNAP_MS, 212 * SNAP_MS);
    lab_fini(&lab);
}

/* The sum of all bytes is known of the run although the trace has no buffers. */
static void bytes_of_the_whole_job_are_shared_by_records(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, false);
    lab.facts.in_flight_bytes = 90000;
    for (uint32_t i = COUNTS_0; i <= OUT_1; i++)
        lab.facts.tasks[i].queued.records = i < OUT_0 ? 200 : 100;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->persisted_bytes, 90000);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->predicted_ns, 100 * SNAP_MS);
    lab.facts.edges[1].ship = SNAP_SHIP_BROADCAST;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->persisted_bytes, 60000);
    lab_fini(&lab);
}

/* 30 buffers before counts[1], none before counts[0]; 10,000 records a second each. */
static void a_lagging_subtask_is_compared_with_the_others(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[1].checkpoint, true);
    assert_int_equal(lab.walk.others_ready_ns, 4 * SNAP_MS);
    assert_float_equal(lab.walk.behind_factor, 301.0 / 4, 0.01);
    assert_float_equal(lab.walk.rate_factor, 1.0, 0.02);
    assert_true(lab.forecast.limits.skew);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_EVEN)->predicted_ns, (313 - (301 - 4)) * SNAP_MS);
    lab_fini(&lab);
}

/* What lies before the barrier that was not taken: 30 buffers, of which 10 went by until then. */
static void an_expired_one_needs_what_its_barrier_lacks(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[7].checkpoint, true);
    assert_true(lab.walk.steps[2].open);
    assert_int_equal(lab.walk.steps[2].hop->all.buffers, 30);
    assert_in_range(advice_of(&lab, SNAP_KNOB_CHECKPOINT_TIMEOUT)->predicted_ns, 495 * SNAP_MS,
                    511 * SNAP_MS);
    lab_fini(&lab);
}

static void an_interval_shorter_than_a_checkpoint_is_not_kept(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.settings.interval_ns = 100 * SNAP_MS;
    lab.facts.settings.min_pause_ns = 50 * SNAP_MS;
    lab.facts.settings.concurrent_max = 1;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_CADENCE)->predicted_ns, 453 * SNAP_MS);
    lab_fini(&lab);
}

static void make_unaligned(struct lab *lab, int64_t timeout_ms)
{
    for (uint32_t i = 0; i < LAB_TASKS; i++) {
        lab->facts.tasks[i].unaligned = true;
        lab->facts.tasks[i].persisted_bytes = 10000;
        lab->facts.tasks[i].state_bytes = 12000;
    }
    lab->facts.settings.unaligned = 1;
    lab->facts.settings.aligned_timeout_ns = timeout_ms * SNAP_MS;
    lab->facts.settings.segment_bytes = 1000;
    snap_forecast_make(&lab->forecast, &lab->walk, &lab->facts.arena);
}

/* Two hops of 200 ms by their forms: at a quarter, 100 ms. */
static void what_a_timer_set_does_not_shrink_with_buffers(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    make_unaligned(&lab, 20);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->predicted_ns, 403 * SNAP_MS);
    assert_false(has_advice(&lab, SNAP_KNOB_DEBLOAT));
    /* Now the barrier comes before the timeout: 3 ms beside, and 12 kB of state in 5 + 12 ms. */
    make_unaligned(&lab, 390);
    assert_in_range(advice_of(&lab, SNAP_KNOB_SEGMENTS)->predicted_ns, (3 + 17 + 98) * SNAP_MS,
                    (3 + 17 + 102) * SNAP_MS);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_DEBLOAT)->predicted_ns, (3 + 17 + 100) * SNAP_MS);
    lab_fini(&lab);
}

/* Behind the timer of 150 ms the barriers waited 51 and 200 ms for what was in work, whatever lies
 * in buffers; a millisecond of each is the network's. */
static void what_was_in_work_stays(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    make_unaligned(&lab, 150);
    assert_true(lab.forecast.limits.in_work);
    assert_int_equal(lab.forecast.held_ns, (50 + 199) * SNAP_MS);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->predicted_ns, (3 + 17 + 249) * SNAP_MS);
    lab.facts.settings.interruptible_timers = 0;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_false(has_advice(&lab, SNAP_KNOB_INTERRUPTIBLE_TIMERS));
    lab.facts.vertices[2].windows = "out";
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_INTERRUPTIBLE_TIMERS)->predicted_ns,
                     (403 - 199) * SNAP_MS);
    lab_fini(&lab);
}

static void what_was_saved_tells_how_full_buffers_were(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.origin = SNAP_FACTS_OF_FLINK;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_false(has_advice(&lab, SNAP_KNOB_SEGMENTS));
    assert_true(lab.forecast.fill_unknown);
    lab.facts.tasks[COUNTS_1].backpressured = 0.9;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->limit, SNAP_LIMIT_NONE);
    make_unaligned(&lab, 0);
    lab.facts.settings.segment_bytes = SNAP_UNKNOWN;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->limit, SNAP_LIMIT_NOT_FULL);
    lab_fini(&lab);
}

static void an_even_load_is_not_spread(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[1].checkpoint, true);
    lab.facts.tasks[COUNTS_0].records_in = 1000;
    lab.facts.tasks[COUNTS_1].records_in = 1008;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_SUBTASK);
    assert_false(has_advice(&lab, SNAP_KNOB_EVEN));
    assert_false(lab.forecast.limits.skew);
    lab_fini(&lab);
}

/* They run since the trigger, and begin their work up to 600 ms later. */
static void who_has_not_begun_is_no_backpressure(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    for (uint32_t i = 0; i < LAB_TASKS; i++) {
        lab.facts.tasks[i].ran = true;
        lab.facts.tasks[i].ran_from_ns = SNAP_MS;
    }
    lab.facts.settings.startup_max_ns = 600 * SNAP_MS;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_STARTUP);
    assert_true(lab.forecast.limits.startup);
    assert_false(has_advice(&lab, SNAP_KNOB_DEBLOAT));
    /* It could have begun before the barrier was taken. */
    lab.facts.settings.startup_max_ns = 150 * SNAP_MS;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_QUEUES);
    lab_fini(&lab);
}

/* 200 ms before counts, for which its form has less than half. */
static void windows_may_have_fired_while_it_waited(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.tasks[COUNTS_0].queued.bytes = lab.facts.tasks[COUNTS_1].queued.bytes = 5000;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.limits.windows, SNAP_NO_FACT);
    lab.facts.vertices[1].windows = "sums";
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.limits.windows, 1);
    /* What lay there is all that it waited for. */
    lab.facts.tasks[COUNTS_0].queued.bytes = lab.facts.tasks[COUNTS_1].queued.bytes = 15000;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.limits.windows, SNAP_NO_FACT);
    lab_fini(&lab);
}

static void debloating_needs_time_to_find_its_size(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    for (uint32_t i = 0; i < LAB_TASKS; i++)
        lab.facts.tasks[i].ran = true;
    for (uint32_t i = 0; i < LAB_TASKS; i++)
        lab.facts.tasks[i].ran_from_ns = -7 * SNAP_SECOND;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_true(has_advice(&lab, SNAP_KNOB_DEBLOAT));
    assert_false(lab.forecast.debloat_settles);
    for (uint32_t i = 0; i < LAB_TASKS; i++)
        lab.facts.tasks[i].ran_from_ns = -5 * SNAP_SECOND;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_true(lab.forecast.debloat_settles);
    lab_fini(&lab);
}

/* Two hops of 200 ms; counts makes 20 records of one. */
static void fan_out_matters_where_a_record_was_in_work(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    for (uint32_t i = COUNTS_0; i <= COUNTS_1; i++) {
        lab.facts.tasks[i].records_in = 1000;
        lab.facts.tasks[i].records_out = 20000;
    }
    /* 2000 records lay before it: one more is nothing. */
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.limits.fan_out, SNAP_NO_FACT);
    /* Ten a second: in 400 ms one in work is much. */
    lab.facts.tasks[COUNTS_0].records_per_s = lab.facts.tasks[COUNTS_1].records_per_s = 10;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(lab.forecast.limits.fan_out, lab.facts.tasks[COUNTS_0].vertex);
    /* What overtook and waited did so for a record, here counts'. */
    make_unaligned(&lab, 0);
    assert_int_equal(lab.forecast.limits.fan_out, lab.facts.tasks[COUNTS_0].vertex);
    /* It waited for its timeout, which is not that long. */
    make_unaligned(&lab, 400);
    assert_int_equal(lab.forecast.limits.fan_out, SNAP_NO_FACT);
    lab_fini(&lab);
}

static void stand_still(struct lab *lab, struct snap_fact_pause *pauses, uint32_t count)
{
    lab->facts.pauses = pauses;
    lab->facts.pause_count = count;
    snap_explain_walk_back(&lab->walk, &lab->facts);
    snap_forecast_make(&lab->forecast, &lab->walk, &lab->facts.arena);
}

/* counts[1] has its last barrier after 301 ms of 313. */
static void who_stands_still_is_the_cause(void **state)
{
    struct snap_fact_pause own = {COUNTS_1, -100 * SNAP_MS, 250 * SNAP_MS};
    struct snap_fact_pause behind = {OUT_0, 10 * SNAP_MS, 250 * SNAP_MS};
    struct snap_fact_pause before = {LINES_0, 10 * SNAP_MS, 250 * SNAP_MS};
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[1].checkpoint, true);
    stand_still(&lab, &own, 1);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_PAUSE);
    assert_int_equal(lab.walk.culprit, COUNTS_1);
    /* The source's trigger, 1 ms, waited for it, too: whether there was room is not known. */
    assert_int_equal(lab.walk.stood.stood_ns, 250 * SNAP_MS);
    assert_int_equal(lab.walk.stood.pause_ns, 350 * SNAP_MS);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_NO_PAUSE)->predicted_ns, (313 - 250) * SNAP_MS);
    assert_false(has_advice(&lab, SNAP_KNOB_UNALIGNED));
    assert_false(has_advice(&lab, SNAP_KNOB_DEBLOAT));
    /* One behind it holds it up, if it waits for room at times. */
    stand_still(&lab, &behind, 1);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_SUBTASK);
    assert_false(lab.forecast.limits.paused);
    lab.facts.tasks[COUNTS_1].backpressured = 0.2;
    stand_still(&lab, &behind, 1);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_PAUSE);
    assert_int_equal(lab.walk.culprit, OUT_0);
    /* One before it has sent its barrier. */
    stand_still(&lab, &before, 1);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_SUBTASK);
    lab_fini(&lab);
}

/* Many short ones are how fast the subtask is: another mode has fewer of them before its barrier.
 */
static void short_pauses_are_a_part_of_the_rate(void **state)
{
    struct snap_fact_pause pauses[10];
    struct lab lab;

    (void)state;
    for (uint32_t i = 0; i < 10; i++)
        pauses[i] =
            (struct snap_fact_pause){COUNTS_1, (30 * i + 10) * SNAP_MS, (30 * i + 30) * SNAP_MS};
    lab_init(&lab, &rows[1].checkpoint, true);
    stand_still(&lab, pauses, 10);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_SUBTASK);
    assert_int_equal(lab.walk.stood.count, 10);
    assert_int_equal(lab.walk.stood.stood_ns, 200 * SNAP_MS);
    assert_true(lab.forecast.limits.paused);
    assert_true(has_advice(&lab, SNAP_KNOB_UNALIGNED));
    assert_false(has_advice(&lab, SNAP_KNOB_NO_PAUSE));
    stand_still(&lab, pauses, 1);
    assert_false(lab.forecast.limits.paused);
    lab_fini(&lab);
}

/* Unaligned does not help a vertex with a broadcast input, and behind it what arrives from the
 * first barrier to the last is saved. */
static void behind_a_broadcast_input_what_arrives_is_saved(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.edges[0].ship = SNAP_SHIP_BROADCAST;
    lab.facts.tasks[OUT_0].alignment_ns = lab.facts.tasks[OUT_1].alignment_ns = 0;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->persisted_bytes, 40000);
    assert_false(lab.forecast.limits.not_overtaken);
    lab.facts.tasks[OUT_0].alignment_ns = 200 * SNAP_MS;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_in_range(advice_of(&lab, SNAP_KNOB_UNALIGNED)->persisted_bytes, 49500, 50500);
    make_unaligned(&lab, 0);
    assert_true(lab.forecast.limits.not_overtaken);
    lab_fini(&lab);
}

/* What waited although it was unaligned would wait as long aligned, whatever lay there before. */
static void aligned_is_not_quicker_than_what_was_not_overtaken(void **state)
{
    const struct lab_checkpoint checkpoint = {IN_QUEUES, 0, 0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &checkpoint, true);
    lab.facts.edges[0].ship = SNAP_SHIP_BROADCAST;
    lab.facts.tasks[COUNTS_0].queued.bytes = lab.facts.tasks[COUNTS_1].queued.bytes = 5000;
    make_unaligned(&lab, 0);
    /* 200 ms of the first hop as it was, 200 of the second by its form; 3 + 17 beside. */
    assert_in_range(advice_of(&lab, SNAP_KNOB_ALIGNED)->predicted_ns, (20 + 394) * SNAP_MS,
                    (20 + 406) * SNAP_MS);
    lab_fini(&lab);
}

static void a_storage_that_stood_still_has_no_knob(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[5].checkpoint, true);
    assert_true(has_advice(&lab, SNAP_KNOB_STORAGE_BANDWIDTH));
    lab.facts.storage_faulty = true;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_false(has_advice(&lab, SNAP_KNOB_STORAGE_BANDWIDTH));
    assert_false(has_advice(&lab, SNAP_KNOB_STORAGE_LATENCY));
    make_unaligned(&lab, 0);
    assert_false(has_advice(&lab, SNAP_KNOB_ALIGNED));
    lab_fini(&lab);
}

static void without_buffers_the_walk_is_the_same_and_says_what_it_lacks(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &rows[0].checkpoint, false);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_QUEUES);
    check_steps(&lab, &rows[0]);
    assert_int_equal(lab.facts.missing_count, 1);
    assert_int_equal(lab.forecast.hops[0].form_ns, SNAP_UNKNOWN);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->limit, SNAP_LIMIT_WRITING);
    lab_fini(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_made_it_slow),
        cmocka_unit_test(aligned_is_bytes_in_flight_over_drain_rate),
        cmocka_unit_test(a_crash_leaves_nothing_in_flight),
        cmocka_unit_test(hops_know_what_lay_before_the_barrier),
        cmocka_unit_test(knobs_have_closed_forms),
        cmocka_unit_test(what_an_unaligned_one_saved_counts_once),
        cmocka_unit_test(full_segments_matter_and_empty_ones_do_not),
        cmocka_unit_test(nothing_overtakes_before_a_broadcast_input),
        cmocka_unit_test(savepoints_and_at_least_once_never_overtake),
        cmocka_unit_test(what_is_set_already_is_not_offered),
        cmocka_unit_test(a_lagging_subtask_that_waits_is_not_to_blame),
        cmocka_unit_test(an_even_load_is_used_up_so_much_faster),
        cmocka_unit_test(bytes_of_the_whole_job_are_shared_by_records),
        cmocka_unit_test(a_lagging_subtask_is_compared_with_the_others),
        cmocka_unit_test(an_expired_one_needs_what_its_barrier_lacks),
        cmocka_unit_test(an_interval_shorter_than_a_checkpoint_is_not_kept),
        cmocka_unit_test(what_a_timer_set_does_not_shrink_with_buffers),
        cmocka_unit_test(what_was_in_work_stays),
        cmocka_unit_test(what_was_saved_tells_how_full_buffers_were),
        cmocka_unit_test(an_even_load_is_not_spread),
        cmocka_unit_test(who_has_not_begun_is_no_backpressure),
        cmocka_unit_test(windows_may_have_fired_while_it_waited),
        cmocka_unit_test(debloating_needs_time_to_find_its_size),
        cmocka_unit_test(fan_out_matters_where_a_record_was_in_work),
        cmocka_unit_test(who_stands_still_is_the_cause),
        cmocka_unit_test(short_pauses_are_a_part_of_the_rate),
        cmocka_unit_test(behind_a_broadcast_input_what_arrives_is_saved),
        cmocka_unit_test(aligned_is_not_quicker_than_what_was_not_overtaken),
        cmocka_unit_test(a_storage_that_stood_still_has_no_knob),
        cmocka_unit_test(without_buffers_the_walk_is_the_same_and_says_what_it_lacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
