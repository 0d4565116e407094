// SPDX-License-Identifier: Apache-2.0
/* An explanation as people read it, word by word, and as programs do. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <math.h>

#include "explain/explain_rest.h"
#include "unit/explain_lab.h"
#include "view/explanation.h"

static const struct lab_checkpoint in_queues = {
    .parts =
        {
            {1, 1, 2, 7, 8, 0, 0},
            {1, 1, 2, 7, 8, 0, 0},
            {190, 201, 202, 207, 208, 20, 0},
            {190, 201, 202, 207, 208, 20, 0},
            {395, 400, 401, 401, 402, 20, 0},
            {395, 401, 402, 402, 403, 20, 0},
        },
};

static const char run_text[] =
    "Checkpoint 1 of \"word count\": completed in 403 ms\n"
    "  Triggered at 1.000 s. Its barriers began ALIGNED. 6 of 6 subtasks\n"
    "  acknowledged, out[1] last.\n"
    "\n"
    "Where the time went, from the end back\n"
    "     Until     Took  Share  What\n"
    "  --------  -------  -----  --------------------------------\n"
    "   +403 ms  1.00 ms    0 %  acknowledgement of out[1]\n"
    "   +402 ms  1.00 ms    0 %  synchronous part of out[1]\n"
    "   +401 ms   200 ms   50 %  in queues, counts[1] -> out[1]\n"
    "   +201 ms   200 ms   50 %  in queues, lines[1] -> counts[1]\n"
    "  +1.00 ms  1.00 ms    0 %  until lines[1] took the trigger\n"
    "\n"
    "Hop by hop\n"
    "  counts[1] -> out[1]: waited 200 ms. By closed form (in flight at the trigger /\n"
    "  rate): 200 ms. When it was sent there lay before it on its channel: 10\n"
    "  buffers, 1000 records, 9.77 KB; on all channels of out[1]: 20 buffers, 2000\n"
    "  records, 19.53 KB. out[1] used up 10.0k records/s (97.66 KB/s). It was busy\n"
    "  100 %, backpressured 0 % of its time.\n"
    "  lines[1] -> counts[1]: waited 200 ms. By closed form (in flight at the trigger\n"
    "  / rate): 200 ms. When it was sent there lay before it on its channel: 10\n"
    "  buffers, 1000 records, 9.77 KB; on all channels of counts[1]: 20 buffers, 2000\n"
    "  records, 19.53 KB. counts[1] used up 10.0k records/s (97.66 KB/s).\n"
    "\n"
    "Verdict\n"
    "  Backpressure: the barrier waited behind data for 400 ms of 403 ms, over 2\n"
    "  hops. All subtasks are alike in that. out[1] is what the others wait for: it\n"
    "  is busy 100 % of its time. Flink shows that as start delay of out[1] (395 ms,\n"
    "  until its first barrier) rather than as alignment (6.00 ms, from the first to\n"
    "  the last).\n"
    "\n"
    "What would help\n"
    "  With                                                Predicted  It Had\n"
    "  --------------------------------------------------  ---------  ------\n"
    "  as it was, by closed form                              403 ms  403 ms\n"
    "  unaligned checkpoints                                 90.0 ms  403 ms\n"
    "  unaligned, with aligned-checkpoint-timeout 20.0 ms     110 ms  403 ms\n"
    "  buffer debloating, target 50.0 ms                      103 ms  403 ms\n"
    "  segments of 8.00 KB                                    103 ms  403 ms\n"
    "  Predicted: estimates by closed form. It Had: measured in the run.\n"
    "  Unaligned, this checkpoint saves 78.12 KB of data in flight (measured; another\n"
    "  one as much as it finds), and has its price at a restore: what was saved is\n"
    "  read back and used up before new input, some 485 ms (estimated). There may be\n"
    "  less of it then: an alignment fills queues that wait for it.\n"
    "  No hop waited as long as debloating's default target of 1 s: only a smaller\n"
    "  target is sure to change something.\n";

static const char flink_text[] =
    "Checkpoint 9 of \"word-totals\": completed in 327 ms\n"
    "  5 of 5 subtasks acknowledged, count[1] last. In 5 of them barriers overtook,\n"
    "  and 8.48 KB of data in flight were saved.\n"
    "\n"
    "Where the time went, from the end back\n"
    "     Until     Took  Share  What\n"
    "  --------  -------  -----  ----------------------------------------\n"
    "   +327 ms  8.00 ms    2 %  acknowledgement of count[1]\n"
    "   +319 ms  5.00 ms    2 %  asynchronous part of count[1], 19.02 KB\n"
    "   +314 ms   303 ms   93 %  in queues, Source: events[1] -> count[1]\n"
    "  +11.0 ms  11.0 ms    3 %  until Source: events[1] took the trigger\n"
    "\n"
    "Hop by hop\n"
    "  Source: events[1] -> count[1]: waited 303 ms.\n"
    "\n"
    "Verdict\n"
    "  Its barriers overtook data, and yet 303 ms of 327 ms went by in queues. They\n"
    "  began aligned: until aligned-checkpoint-timeout, 300 ms, they wait in the\n"
    "  queues.\n"
    "\n"
    "What would help\n"
    "  With                                             Predicted  It Had\n"
    "  -----------------------------------------------  ---------  ------\n"
    "  as it was, by closed form                           326 ms  327 ms\n"
    "  unaligned at once, aligned-checkpoint-timeout 0    40.1 ms  327 ms\n"
    "  Predicted: estimates by closed form. It Had: measured in the job.\n"
    "  Would not help (estimates): segments of 8.00 KB (327 ms).\n"
    "  Unaligned, this checkpoint saves 8.48 KB of data in flight (measured; another\n"
    "  one as much as it finds), and has its price at a restore: what was saved is\n"
    "  read back and used up before new input, some 309 ms (estimated). There may be\n"
    "  less of it then: an alignment fills queues that wait for it.\n"
    "  The buffers are left less than half full: smaller segments hold the same data.\n"
    "  A shorter buffer timeout or fewer buffers would not shorten the wait either.\n"
    "  Storage latency and bandwidth are guessed from the asynchronous parts that\n"
    "  were seen.\n"
    "\n"
    "Not known\n"
    "  Flink does not tell what lay before a barrier, nor from whom the last one\n"
    "  came: the sender is the one that had sent it last.\n";

static void a_run_is_explained_in_words(void **state)
{
    struct snap_text text = {0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &in_queues, true);
    lab.facts.tasks[3].busy = NAN;
    snap_explanation_text(&text, &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast});
    assert_string_equal(snap_text_get(&text), run_text);
    snap_text_fini(&text);
    lab_fini(&lab);
}

/* "It" would be what was named before: the channel's other end, or what lay there. */
static void who_was_busy_is_named_if_no_rate_is_known(void **state)
{
    struct snap_text text = {0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &in_queues, true);
    lab.facts.tasks[3].busy = NAN;
    lab.facts.tasks[5].records_per_s = NAN;
    snap_explanation_text(&text, &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast});
    assert_non_null(strstr(snap_text_get(&text), "19.53 KB. out[1] was busy 100 %"));
    assert_null(strstr(snap_text_get(&text), "It was busy"));
    snap_text_fini(&text);
    lab_fini(&lab);
}

/* Flink keeps figures of acknowledgements that came behind the end. */
static void a_trigger_that_was_taken_too_late_is_not_longer_than_the_whole(void **state)
{
    static const struct lab_checkpoint never_begun = {
        .parts = {{-1, -1, -1, -1, -1, 0, 0},
                  {-1, -1, -1, -1, -1, 0, 0},
                  {-1, -1, -1, -1, -1, 0, 0},
                  {-1, -1, -1, -1, -1, 0, 0},
                  {-1, -1, -1, -1, -1, 0, 0},
                  {-1, -1, -1, -1, -1, 0, 0}},
        .expired_ms = 300,
    };
    struct snap_text text = {0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &never_begun, true);
    lab.facts.tasks[0].begun_ns = 330 * SNAP_MS;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    snap_explanation_verdict(
        &text, &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast}, &lab.facts.arena);
    assert_non_null(strstr(snap_text_get(&text), "The trigger: lines[0], a source, took it only "
                                                 "after the checkpoint had been given up."));
    assert_null(strstr(snap_text_get(&text), "330 ms"));
    snap_text_fini(&text);
    lab_fini(&lab);
}

/* Time between barriers is one thing if inputs are blocked, another if they go on. */
static void alignment_is_told_by_the_mode(void **state)
{
    static const struct lab_checkpoint late_input = {
        .parts = {{1, 1, 2, 7, 8, 0, 0},
                  {1, 1, 2, 7, 8, 0, 0},
                  {3, 301, 302, 307, 308, 30, 0},
                  {3, 301, 302, 307, 308, 30, 0},
                  {302, 304, 305, 305, 306, 0, 0},
                  {302, 304, 305, 305, 306, 0, 0}},
    };
    static const struct {
        const char *mode;
        bool unaligned;
        const char *words;
    } cases[] = {
        {"ALIGNED", false, "Alignment, 298 ms, is the time that the other inputs stood still"},
        {"AT_LEAST_ONCE", false, "At-least-once blocks no input: in these 298 ms the others went"},
        {"UNALIGNED", true, "no input stood still in these 298 ms"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct snap_text text = {0};
        struct lab lab;

        lab_init(&lab, &late_input, true);
        lab.facts.alignment = cases[i].mode;
        lab.facts.tasks[3].unaligned = cases[i].unaligned;
        snap_explanation_verdict(&text,
                                 &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast},
                                 &lab.facts.arena);
        if (!strstr(snap_text_get(&text), cases[i].words))
            fail_msg("%s: %s", cases[i].mode, snap_text_get(&text));
        if (i > 0)
            assert_null(strstr(snap_text_get(&text), "other inputs stood still"));
        snap_text_fini(&text);
        lab_fini(&lab);
    }
}

/* Who is a source only the plan tells. */
static void without_a_plan_nobody_is_called_a_source(void **state)
{
    static const struct lab_checkpoint late = {
        .parts = {{401, 401, 402, 407, 408, 0, 0},
                  {401, 401, 402, 407, 408, 0, 0},
                  {402, 403, 404, 409, 410, 0, 0},
                  {402, 403, 404, 409, 410, 0, 0},
                  {404, 405, 406, 406, 407, 0, 0},
                  {404, 405, 406, 406, 407, 0, 0}},
    };
    struct snap_text text = {0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &late, true);
    lab.facts.planless = true;
    snap_explanation_text(&text, &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast});
    assert_non_null(strstr(snap_text_get(&text), "start delay of lines["));
    assert_non_null(strstr(snap_text_get(&text), "Start delay: lines["));
    assert_null(strstr(snap_text_get(&text), "took the trigger"));
    snap_text_fini(&text);
    lab_fini(&lab);
}

/* Neither has more to do: one waits behind its queue, one that overtook for its record. */
static void who_lags_by_chance_is_not_loaded(void **state)
{
    static const struct lab_checkpoint lagging = {
        .parts = {{1, 1, 2, 7, 8, 0, 0},
                  {1, 1, 2, 7, 8, 0, 0},
                  {3, 4, 5, 10, 11, 0, 0},
                  {290, 301, 302, 307, 308, 30, 0},
                  {5, 310, 311, 311, 312, 0, 0},
                  {5, 311, 312, 312, 313, 0, 0}},
    };
    static const char *const words[] = {"whose queue is the longest at the trigger is chance.",
                                        "it waited for the record in work."};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct snap_text text = {0};
        struct lab lab;

        lab_init(&lab, &lagging, true);
        lab.facts.tasks[2].records_in = lab.facts.tasks[3].records_in = 1000;
        lab.facts.tasks[2].came_records = lab.facts.tasks[3].came_records = 1000;
        lab.facts.tasks[3].unaligned = i == 1;
        snap_explain_walk_back(&lab.walk, &lab.facts);
        snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
        snap_explanation_verdict(&text,
                                 &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast},
                                 &lab.facts.arena);
        assert_non_null(strstr(snap_text_get(&text), words[i]));
        assert_null(strstr(snap_text_get(&text), "skewed"));
        snap_text_fini(&text);
        lab_fini(&lab);
    }
}

static void verdict_of(struct lab *lab, struct snap_text *text)
{
    snap_explain_walk_back(&lab->walk, &lab->facts);
    snap_forecast_make(&lab->forecast, &lab->walk, &lab->facts.arena);
    snap_explanation_verdict(text,
                             &(struct snap_explanation){&lab->facts, &lab->walk, &lab->forecast},
                             &lab->facts.arena);
}

/* A little more to do is enough where all wait for the one that has it; what is no more than chance
 * gives tells nothing, nor that it was chance. */
static void who_has_a_little_more_to_do_is_what_the_others_wait_for(void **state)
{
    static const struct lab_checkpoint lagging = {
        .parts = {{1, 1, 2, 7, 8, 0, 0},
                  {1, 1, 2, 7, 8, 0, 0},
                  {3, 4, 5, 10, 11, 0, 0},
                  {290, 301, 302, 307, 308, 30, 0},
                  {5, 310, 311, 311, 312, 0, 0},
                  {5, 311, 312, 312, 313, 0, 0}},
    };
    static const struct {
        int64_t others_in;
        int64_t records_in;
        double others_busy;
        int64_t others_came; /* used up or waiting at the trigger; all have used up the same */
        int64_t came;
        const char *words;
    } rows[] = {
        {10000, 11000, 1, 500, 500, "It has 10 % more to do than they. That little is enough"},
        {1000, 1030, 1, 500, 500, NULL},
        {1000, 1000, 1, 500, 500, "is chance"},
        {1000, 1000, 1, 10000, 10280, NULL},
        {1000, 1000, 1, 100000, 104000, "It has 4 % more to do than they"},
        {1000, 1000, 1, -1, -1, NULL}, /* 3000 wait before a subtask in the mean */
        {400000, 400000, 1, -1, -1, "is chance"},
        {1000, 1000, 0.88, 500, 500, "It has 14 % more to do than they"},
        {10000, 10400, 0.98, 500, 500, "It has 4 % more to do than they"},
        {1000, 1000, 0.98, 500, 500, NULL}, /* 2 % of its time */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};
        struct lab lab;

        lab_init(&lab, &lagging, true);
        lab.facts.tasks[2].records_in = rows[i].others_in;
        lab.facts.tasks[3].records_in = rows[i].records_in;
        lab.facts.tasks[2].busy = rows[i].others_busy;
        lab.facts.tasks[2].came_records = rows[i].others_came;
        lab.facts.tasks[3].came_records = rows[i].came;
        verdict_of(&lab, &text);
        assert_non_null(strstr(text.data, rows[i].words ? rows[i].words : "One slow subtask"));
        if (!rows[i].words)
            assert_null(strstr(text.data, "more to do"));
        if (!rows[i].words || !strstr(rows[i].words, "chance"))
            assert_null(strstr(text.data, "chance"));
        snap_text_fini(&text);
        lab_fini(&lab);
    }
}

/* The same in a checkpoint in which it does not lag by enough to be named alone. */
static void who_leads_is_named_where_none_lags(void **state)
{
    struct snap_text text = {0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &in_queues, true);
    lab.facts.tasks[4].records_in = 10000;
    lab.facts.tasks[5].records_in = 11000;
    lab.facts.tasks[3].busy = NAN;
    verdict_of(&lab, &text);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_QUEUES);
    assert_null(strstr(text.data, "alike"));
    assert_non_null(strstr(text.data, "It has 10 % more to do than the others of its vertex."));
    snap_text_fini(&text);
    lab_fini(&lab);
}

/* Whoever lags may wait for others: of a run that was cut short nobody knows. */
static void who_lags_is_not_to_blame_if_it_may_have_waited(void **state)
{
    static const struct lab_checkpoint lagging = {
        .parts = {{1, 1, 2, 7, 8, 0, 0},
                  {1, 1, 2, 7, 8, 0, 0},
                  {3, 4, 5, 10, 11, 0, 0},
                  {290, 301, 302, 307, 308, 30, 0},
                  {5, 310, 311, 311, 312, 0, 0},
                  {5, 311, 312, 312, 313, 0, 0}},
    };
    struct snap_text text = {0};
    struct lab lab;

    (void)state;
    lab_init(&lab, &lagging, true);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_SUBTASK);
    for (uint32_t i = 0; i < LAB_TASKS; i++)
        lab.facts.tasks[i].busy = lab.facts.tasks[i].backpressured = NAN;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    snap_explanation_verdict(
        &text, &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast}, &lab.facts.arena);
    assert_int_not_equal(lab.walk.slow, SNAP_SLOW_SUBTASK);
    assert_null(strstr(snap_text_get(&text), "One slow subtask"));
    snap_text_fini(&text);
    lab_fini(&lab);
}

/* A barrier that is late for an input which stood still, or for one that had been overtaken. */
static void who_overtook_waits_for_no_input(void **state)
{
    static const struct lab_checkpoint late = {
        .parts = {{1, 1, 2, 7, 8, 0, 0},
                  {1, 1, 2, 7, 8, 0, 0},
                  {299, 300, 301, 306, 307, 0, 0},
                  {300, 301, 302, 307, 308, 0, 0},
                  {5, 310, 311, 311, 312, 0, 0},
                  {5, 311, 312, 312, 313, 0, 0}},
    };
    static const char *const words[] = {"One input is late: out[1]", "Its barriers overtook data"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct snap_text text = {0};
        struct lab lab;

        lab_init(&lab, &late, true);
        for (uint32_t task = 2; task < LAB_TASKS; task++)
            lab.facts.tasks[task].unaligned = i == 1;
        snap_explain_walk_back(&lab.walk, &lab.facts);
        snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
        snap_explanation_verdict(&text,
                                 &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast},
                                 &lab.facts.arena);
        assert_non_null(strstr(snap_text_get(&text), words[i]));
        assert_string_equal(lab.facts.tasks[lab.walk.steps[lab.walk.longest].task].name,
                            i == 1 ? "counts[1]" : "out[1]");
        snap_text_fini(&text);
        lab_fini(&lab);
    }
}

struct flink {
    struct snap_facts facts;
    struct snap_explain_walk walk;
    struct snap_forecast forecast;
};

static void flink_init(struct flink *flink, const char *name)
{
    struct snap_error error = {0};
    char path[512];

    snprintf(path, sizeof(path), "%s/tests/fixtures/rest/%s", SNAP_SOURCE_DIR, name);
    snap_facts_init(&flink->facts, SNAP_FACTS_OF_FLINK);
    if (!snap_explain_rest_read(&flink->facts, path, SNAP_UNKNOWN, &error))
        fail_msg("%s", error.message);
    snap_explain_walk_back(&flink->walk, &flink->facts);
    snap_forecast_make(&flink->forecast, &flink->walk, &flink->facts.arena);
}

static void a_real_job_is_explained_in_the_same_words(void **state)
{
    struct snap_text text = {0};
    struct flink flink;

    (void)state;
    flink_init(&flink, "timeout-to-unaligned");
    snap_explanation_text(&text,
                          &(struct snap_explanation){&flink.facts, &flink.walk, &flink.forecast});
    assert_string_equal(snap_text_get(&text), flink_text);
    snap_text_fini(&text);
    snap_facts_fini(&flink.facts);
}

/* Start delay + alignment of a subtask, less that of the sender, is the wait in queues. */
static void a_walk_through_saved_answers_is_worked_out(void **state)
{
    struct flink flink;

    (void)state;
    flink_init(&flink, "skew");
    assert_int_equal(flink.walk.slow, SNAP_SLOW_SUBTASK);
    assert_string_equal(flink.facts.tasks[flink.walk.culprit].name, "totals[1]");
    assert_int_equal(flink.walk.others_ready_ns, 69500 * SNAP_US);
    assert_int_equal(flink.forecast.hop_count, 1);
    assert_int_equal(flink.forecast.hops[0].waited_ns, (4400 - 5) * SNAP_MS);
    assert_true(flink.walk.complete);
    snap_facts_fini(&flink.facts);
}

static int64_t number_at(const json_t *root, const char *list, size_t index, const char *key)
{
    return json_integer_value(
        json_object_get(json_array_get(json_object_get(root, list), index), key));
}

static void json_has_the_same_figures(void **state)
{
    struct snap_text text = {0};
    struct lab lab;
    json_t *root;

    (void)state;
    lab_init(&lab, &in_queues, true);
    snap_explanation_json(&text, &(struct snap_explanation){&lab.facts, &lab.walk, &lab.forecast});
    root = json_loads(snap_text_get(&text), 0, NULL);
    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "end_to_end_duration_ns")),
                     403 * SNAP_MS);
    assert_int_equal(json_array_size(json_object_get(root, "steps")), 6);
    assert_int_equal(number_at(root, "hops", 0, "waited_ns"), 200 * SNAP_MS);
    assert_int_equal(number_at(root, "advice", 1, "predicted_ns"), 90 * SNAP_MS);
    assert_int_equal(number_at(root, "advice", 1, "persisted_bytes"), 80000);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(root, "verdict"), "slow")), "queues");
    json_decref(root);
    snap_text_fini(&text);
    lab_fini(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_explained_in_words),
        cmocka_unit_test(who_was_busy_is_named_if_no_rate_is_known),
        cmocka_unit_test(a_trigger_that_was_taken_too_late_is_not_longer_than_the_whole),
        cmocka_unit_test(alignment_is_told_by_the_mode),
        cmocka_unit_test(without_a_plan_nobody_is_called_a_source),
        cmocka_unit_test(who_lags_by_chance_is_not_loaded),
        cmocka_unit_test(who_has_a_little_more_to_do_is_what_the_others_wait_for),
        cmocka_unit_test(who_leads_is_named_where_none_lags),
        cmocka_unit_test(who_lags_is_not_to_blame_if_it_may_have_waited),
        cmocka_unit_test(who_overtook_waits_for_no_input),
        cmocka_unit_test(a_real_job_is_explained_in_the_same_words),
        cmocka_unit_test(a_walk_through_saved_answers_is_worked_out),
        cmocka_unit_test(json_has_the_same_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
