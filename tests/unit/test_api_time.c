// SPDX-License-Identifier: Apache-2.0
/* test_api_time.c: two inputs, timers and watermarks of operators that programs bring. */
#include "api_lab.h"

enum { RECORDS = 1000, SURE = 800, WAIT_MS = 5, ODD = 7 };

/* ---- operators ---- */

/* What the instances of a run have seen to be wrong; each subtask writes its own. */
struct faults {
    unsigned count[4];
};

static struct faults faults;

static void check(const struct snapsim_context *context, bool good)
{
    faults.count[snapsim_subtask(context)] += !good;
}

/* The key comes back when its timer is due. */
static void wait_a_while(void *self, const struct snapsim_record *in,
                         struct snapsim_context *context)
{
    int64_t *now_ms = self;

    check(context, snapsim_now_ms(context) >= *now_ms);
    *now_ms = snapsim_now_ms(context);
    snapsim_timer_register(context, SNAPSIM_PROCESSING_TIME, *now_ms + WAIT_MS);
    snapsim_timer_register(context, SNAPSIM_PROCESSING_TIME, *now_ms + WAIT_MS);
    /* One that nobody sees. */
    snapsim_timer_register(context, SNAPSIM_PROCESSING_TIME, *now_ms + 1);
    snapsim_timer_delete(context, SNAPSIM_PROCESSING_TIME, *now_ms + 1);
    snapsim_timer_delete(context, SNAPSIM_PROCESSING_TIME, *now_ms + 2);
    snapsim_state_put(context, in->value);
}

static void wait_for_watermark(void *self, const struct snapsim_record *in,
                               struct snapsim_context *context)
{
    (void)self;
    check(context, snapsim_watermark_ms(context) < in->timestamp_ms);
    snapsim_timer_register(context, SNAPSIM_EVENT_TIME, in->timestamp_ms + WAIT_MS);
    snapsim_state_put(context, in->value);
}

static void send_state(void *self, const struct snapsim_timer *timer,
                       struct snapsim_context *context)
{
    bool of_events = timer->clock == SNAPSIM_EVENT_TIME;
    struct snapsim_value state;

    (void)self;
    check(context, snapsim_state_get(context, &state) && state.number == timer->key.number);
    check(context,
          (of_events ? snapsim_watermark_ms(context) : snapsim_now_ms(context)) >= timer->at_ms);
    snapsim_emit(context, timer->key, state);
}

/* A chain of timers: the second one sends. */
static void wait_again(void *self, const struct snapsim_timer *timer,
                       struct snapsim_context *context)
{
    if (timer->at_ms % 2 == 0)
        snapsim_timer_register(context, timer->clock, timer->at_ms + 1);
    else
        send_state(self, timer, context);
}

static void even_timer(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)self;
    snapsim_timer_register(context, SNAPSIM_EVENT_TIME, in->timestamp_ms / 2 * 2);
    snapsim_state_put(context, in->value);
}

#define TIMED(type_name, clock, on_record, on_timer)                                               \
    {                                                                                              \
        .name = type_name, .role = SNAPSIM_OPERATOR, .keyed = true, .clock = true,                 \
        .instance_bytes = sizeof(int64_t), .process = on_record, .timer = on_timer                 \
    }

/* ---- each key comes once ---- */

struct seen {
    unsigned times[RECORDS];
};

static void note_line(void *to, uint32_t subtask, struct snapsim_value key,
                      struct snapsim_value value)
{
    struct seen *seen = to;
    int record = -1;

    (void)subtask;
    (void)key;
    assert_int_equal(sscanf(value.text, "%d", &record), 1);
    assert_in_range(record, 0, RECORDS - 1);
    seen->times[record]++;
}

/* numbers -> tested -> out. The key is the number, so each key has one record. */
static struct snapsim_job *timed_job(const struct snapsim_operator_type *type)
{
    struct snapsim_job *job = lab_job(type->name);

    snapsim_job_type(job, type);
    snapsim_job_config(job, "pipeline.auto-watermark-interval", "10 ms");
    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "1000");
    snapsim_job_option(job, "numbers", "rate", "2000/s");
    snapsim_job_option(job, "numbers", "timestamp-step", "1 ms");
    snapsim_job_option(job, "numbers", "watermarks", "monotonous");
    snapsim_job_operator(job, "tested", type->name);
    snapsim_job_input(job, "tested", "numbers", "hash");
    snapsim_job_option(job, "tested", "parallelism", "2");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "tested", "rebalance");
    return job;
}

/* Behind the end of the data no timer of processing time fires: the last keys may be missing. */
static void check_keys(struct snapsim_job *job, enum snapsim_runtime runtime, unsigned sure,
                       const char *row)
{
    struct snapsim_error error = {0};
    struct snapsim_result *result;
    struct seen seen = {{0}};
    const struct snapsim_visitor visitor = {note_line, &seen};

    memset(&faults, 0, sizeof(faults));
    result = lab_run(job, runtime);
    assert_string_equal(snapsim_result_status(result), "FINISHED");
    if (!snapsim_result_met(result))
        fail_msg("%s: %s", row,
                 snapsim_result_objection(result, NULL) ? snapsim_result_objection(result, NULL)
                                                        : "not as expected");
    assert_true(snapsim_result_lines(result, "out", &visitor, &error));
    for (unsigned i = 0; i < RECORDS; i++)
        if (seen.times[i] > 1 || (i < sure && seen.times[i] == 0))
            fail_msg("%s: key %u came %u times", row, i, seen.times[i]);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(faults.count[i], 0);
    snapsim_result_destroy(result);
}

static void timers_are_state(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        unsigned sure;
    } rows[] = {
        {TIMED("processing", processing_time, wait_a_while, send_state), SURE},
        {TIMED("event", event_time, wait_for_watermark, send_state), RECORDS},
        {TIMED("chain", event_time, even_timer, wait_again), RECORDS},
    };
    static const char *const timelines[][2] = {
        {"{when: checkpoint 2 completed, delay: 3 ms, crash: \"tested[1]\"}", NULL},
        {"{at: 180 ms, stop-with-savepoint: a}",
         "{at: 250 ms, restart-from: a, parallelism: {tested: 3}}"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t t = 0; t < 2; t++) {
            struct snapsim_job *job = timed_job(&rows[i].type);

            for (size_t e = 0; e < 2 && timelines[t][e]; e++)
                snapsim_job_timeline(job, timelines[t][e]);
            check_keys(job, SNAPSIM_VIRTUAL, rows[i].sure, rows[i].type.name);
            check_keys(job, SNAPSIM_THREADS, rows[i].sure, rows[i].type.name);
            snapsim_job_destroy(job);
        }
}

/* ---- two inputs ---- */

static void to_text(const struct snapsim_record *in, struct snapsim_context *context)
{
    snapsim_emit(context, in->key, snapsim_text("text"));
}

static void tell_inputs_apart(void *self, const struct snapsim_record *in,
                              struct snapsim_context *context)
{
    (void)self;
    check(context, (snapsim_input(context) == 1) == (in->value.text != NULL));
    snapsim_emit(context, in->key, snapsim_long(snapsim_input(context)));
}

static void count_inputs(void *to, uint32_t subtask, struct snapsim_value key,
                         struct snapsim_value value)
{
    unsigned *counts = to;

    (void)subtask;
    (void)key;
    counts[strstr(value.text, "\t1") != NULL]++;
}

static void inputs_are_told_apart(void **unused)
{
    static const struct snapsim_operator_type text = {
        .name = "text", .map = to_text, .value_out = SNAPSIM_OUTPUT_TEXT};
    static const struct snapsim_operator_type both = {.name = "both",
                                                      .process = tell_inputs_apart,
                                                      .inputs = 2,
                                                      .outputs = SNAPSIM_OUTPUTS_ONE,
                                                      .keeps_key = true,
                                                      .value_out = SNAPSIM_OUTPUT_LONG};

    (void)unused;
    for (int runtime = SNAPSIM_VIRTUAL; runtime <= SNAPSIM_THREADS; runtime++) {
        struct snapsim_job *job = lab_job("inputs");
        struct snapsim_error error = {0};
        struct snapsim_result *result;
        unsigned counts[2] = {0};
        const struct snapsim_visitor visitor = {count_inputs, counts};

        snapsim_job_type(job, &text);
        snapsim_job_type(job, &both);
        lab_numbers(job);
        snapsim_job_operator(job, "texts", "text");
        snapsim_job_input(job, "texts", "numbers", "rebalance");
        snapsim_job_operator(job, "both", "both");
        snapsim_job_input(job, "both", "numbers", "rebalance");
        snapsim_job_input(job, "both", "texts", "rebalance");
        snapsim_job_operator(job, "out", "collect");
        snapsim_job_input(job, "out", "both", NULL);
        snapsim_job_timeline(job, "{when: checkpoint 2 completed, crash: \"both[0]\"}");
        memset(&faults, 0, sizeof(faults));
        result = lab_run(job, (enum snapsim_runtime)runtime);
        assert_true(snapsim_result_lines(result, "out", &visitor, &error));
        lab_counter("lost", snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        lab_counter("duplicated", snapsim_result_counter(result, "out", SNAPSIM_DUPLICATED), 0);
        assert_int_equal(counts[0], RECORDS);
        assert_int_equal(counts[1], RECORDS);
        assert_int_equal(faults.count[0], 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* ---- what is not allowed ---- */

static void use_the_other_clock(void *self, const struct snapsim_record *in,
                                struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_timer_register(context, SNAPSIM_PROCESSING_TIME, in->timestamp_ms + ODD));
}

static void a_clock_is_declared(void **unused)
{
    static const struct snapsim_operator_type type =
        TIMED("clock", event_time, use_the_other_clock, send_state);
    struct snapsim_job *job = timed_job(&type);
    struct snapsim_error error = {0};

    (void)unused;
    assert_null(snapsim_job_run(job, NULL, &error));
    assert_non_null(strstr(
        error.message, "timers belong to process and timer of a type that declares their clock"));
    snapsim_job_destroy(job);
}

static void types_that_do_not_fit(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {{.name = "three", .process = even_timer, .inputs = 3},
         "type three: an operator tells two inputs apart, or has any number as one (inputs: 0)"},
        {{.name = "co-function", .map = to_text, .inputs = 2},
         "type co-function: an operator with two inputs or timers has process"},
        {{.name = "keys", .process = even_timer, .event_time = true, .timer = send_state},
         "type keys: an operator with timers is keyed"},
        {{.name = "clock", .process = even_timer, .keyed = true, .timer = send_state},
         "type clock: an operator with timers declares event_time or processing_time"},
        {{.name = "nobody", .process = even_timer, .keyed = true, .processing_time = true},
         "type nobody: an operator with processing_time has a callback for timers"},
        {{.name = "sink", .role = SNAPSIM_SINK, .inputs = 2},
         "type sink: a sink has write, and nothing of operators and sources"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = timed_job(&rows[i].type);
        struct snapsim_error error = {0};

        if (snapsim_job_check(job, &error) || strcmp(error.message, rows[i].message) != 0)
            fail_msg("%s: \"%s\"", rows[i].type.name, error.message);
        snapsim_job_destroy(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_are_state),
        cmocka_unit_test(inputs_are_told_apart),
        cmocka_unit_test(a_clock_is_declared),
        cmocka_unit_test(types_that_do_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
