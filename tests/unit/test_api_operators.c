// SPDX-License-Identifier: Apache-2.0
#include "api_lab.h"

#define U SNAPSIM_UNJUDGED

/* ---- operators under test ---- */

static void double_value(const struct snapsim_record *in, struct snapsim_context *context)
{
    snapsim_emit(context, in->key, snapsim_long(in->value.number * 2));
}

static void keep_even(const struct snapsim_record *in, struct snapsim_context *context)
{
    if (in->value.number % 2 == 0)
        snapsim_emit(context, in->key, in->value);
}

static void name_key(const struct snapsim_record *in, struct snapsim_context *context)
{
    char name[32];

    snprintf(name, sizeof(name), "key %lld", (long long)in->key.number);
    snapsim_emit(context, snapsim_text(name), in->value);
}

/* A function that is none: what it sends depends on what it did before. */
static void count_calls(const struct snapsim_record *in, struct snapsim_context *context)
{
    int64_t *calls = snapsim_user(context);

    snapsim_emit(context, in->key, snapsim_long(++*calls));
}

static void add(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value sum;

    snapsim_state_get(context, &sum);
    snapsim_state_put(context, snapsim_long(sum.number + in->value.number));
}

static void join(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value before;
    char text[64];

    if (snapsim_state_get(context, &before))
        snprintf(text, sizeof(text), "%.9s,%lld",
                 before.text + (before.length > 9) * (before.length - 9),
                 (long long)in->value.number);
    else
        snprintf(text, sizeof(text), "%lld", (long long)in->value.number);
    snapsim_state_put(context, snapsim_text(text));
}

static void pass(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)self;
    snapsim_emit(context, in->key, in->value);
}

static void pass_twice(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    pass(self, in, context);
    pass(self, in, context);
}

/* Sums in one table for all keys that the subtask may see. */
struct sums {
    int64_t by_key[8];
    bool used[8];
    struct snapsim_value waiting[3]; /* mini-batch: keys and values are numbers */
    int64_t waiting_key[3];
    int waiting_count;
    struct {
        int64_t by_key[8];
        bool used[8];
    } old; /* the table as it was at the snapshot before */
};

static void apply(struct sums *sums, int64_t key, int64_t value)
{
    sums->used[key] = true;
    sums->by_key[key] += value;
}

static void sum_up(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct sums *sums = self;

    apply(sums, in->key.number, in->value.number);
    snapsim_emit(context, in->key, snapsim_long(sums->by_key[in->key.number]));
}

/* Applies three records at a time; its snapshot does not know of those that wait. */
static void sum_up_in_batches(void *self, const struct snapsim_record *in,
                              struct snapsim_context *context)
{
    struct sums *sums = self;

    sums->waiting_key[sums->waiting_count] = in->key.number;
    sums->waiting[sums->waiting_count++] = in->value;
    snapsim_emit(context, in->key, in->value);
    for (int i = 0; sums->waiting_count == 3 && i < 3; i++)
        apply(sums, sums->waiting_key[i], sums->waiting[i].number);
    sums->waiting_count %= 3;
}

static bool apply_rest(void *self, struct snapsim_context *context)
{
    struct sums *sums = self;

    (void)context;
    for (int i = 0; i < sums->waiting_count; i++)
        apply(sums, sums->waiting_key[i], sums->waiting[i].number);
    sums->waiting_count = 0;
    return true;
}

static void tell_sums(void *self, struct snapsim_context *context)
{
    const struct sums *sums = self;

    for (int key = 0; key < 8; key++)
        if (sums->used[key])
            snapsim_entry(context, snapsim_long(key), snapsim_long(sums->by_key[key]));
}

static bool save_sums(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct sums copy = *(struct sums *)self;

    (void)checkpoint;
    copy.waiting_count = 0;
    snapsim_save(context, &copy, sizeof(copy));
    return true;
}

/* Saves what it had at the snapshot before. */
static bool save_old_sums(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct sums *sums = self;
    struct sums copy = *sums;

    (void)checkpoint;
    memcpy(copy.by_key, sums->old.by_key, sizeof(copy.by_key));
    memcpy(copy.used, sums->old.used, sizeof(copy.used));
    snapsim_save(context, &copy, sizeof(copy));
    memcpy(sums->old.by_key, sums->by_key, sizeof(copy.by_key));
    memcpy(sums->old.used, sums->used, sizeof(copy.used));
    return true;
}

static bool restore_sums(void *self, const void *data, size_t bytes,
                         struct snapsim_context *context)
{
    (void)context;
    assert_int_equal(bytes, sizeof(struct sums));
    memcpy(self, data, bytes);
    return true;
}

#define SUMS(NAME, PROCESS, SNAPSHOT)                                                              \
    {                                                                                              \
        .name = NAME, .keyed = true, .instance_bytes = sizeof(struct sums), .process = PROCESS,    \
        .fold = add, .entries = tell_sums, .finish = apply_rest, .snapshot = SNAPSHOT,             \
        .restore = restore_sums                                                                    \
    }

/* ---- what the ledger makes of them ---- */

static int64_t calls;

static const struct {
    struct snapsim_operator_type type;
    int64_t sink[4];  /* lost, duplicated, out of order, uncommitted */
    int64_t state[3]; /* lost, duplicated, wrong state */
} judged[] = {
    {{.name = "own map", .map = double_value, .keeps_key = true, .outputs = SNAPSIM_OUTPUTS_ONE},
     {0, 0, 0, 0},
     {U, U, U}},
    {{.name = "map that promises nothing", .map = double_value}, {0, 0, 0, 0}, {U, U, U}},
    {{.name = "own filter", .map = keep_even}, {0, 0, 0, 0}, {U, U, U}},
    {{.name = "other kinds", .map = name_key, .key_out = SNAPSIM_OUTPUT_TEXT},
     {0, 0, U, 0},
     {U, U, U}},
    {{.name = "map that is no function", .map = count_calls, .user = &calls},
     {ANY_ABOVE, ANY_ABOVE, 0, 0},
     {U, U, U}},
    {{.name = "own fold", .fold = add, .keyed = true}, {0, 0, 0, 0}, {0, 0, 0}},
    {{.name = "fold to a text", .fold = join, .keyed = true, .value_out = SNAPSIM_OUTPUT_TEXT},
     {0, 0, 0, 0},
     {0, 0, 0}},
    {{.name = "unknown", .process = pass}, {U, U, U, U}, {U, U, U}},
    {{.name = "one for one", .process = pass, .outputs = SNAPSIM_OUTPUTS_ONE, .keeps_key = true},
     {0, 0, 0, 0},
     {U, U, U}},
    {{.name = "two for one",
      .process = pass_twice,
      .outputs = SNAPSIM_OUTPUTS_ONE,
      .keeps_key = true},
     {0, 1000, 0, 0},
     {U, U, U}},
    {SUMS("own state", sum_up, save_sums), {0, 0, 0, 0}, {0, 0, 0}},
    {SUMS("own state, no snapshot", sum_up, NULL), {0, 0, 0, 0}, {0, 0, 8}},
    {SUMS("own state, an old snapshot", sum_up, save_old_sums), {0, 0, 0, 0}, {0, 0, 8}},
    {SUMS("own state, some of it", sum_up_in_batches, save_sums), {0, 0, 0, 0}, {0, 0, ANY_ABOVE}},
};

static void the_ledger_judges(void **unused)
{
    static const enum snapsim_counter of_sink[] = {SNAPSIM_LOST, SNAPSIM_DUPLICATED,
                                                   SNAPSIM_OUT_OF_ORDER, SNAPSIM_UNCOMMITTED};
    static const enum snapsim_counter of_state[] = {SNAPSIM_LOST, SNAPSIM_DUPLICATED,
                                                    SNAPSIM_WRONG_STATE};

    (void)unused;
    for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
        struct snapsim_job *job = lab_job("judged");
        struct snapsim_result *result;

        snapsim_job_type(job, &judged[i].type);
        lab_numbers(job);
        snapsim_job_operator(job, "tested", judged[i].type.name);
        snapsim_job_input(job, "tested", "numbers", "hash");
        snapsim_job_option(job, "tested", "parallelism", "2");
        snapsim_job_operator(job, "out", "collect");
        snapsim_job_input(job, "out", "tested", NULL);
        snapsim_job_option(job, "out", "parallelism", "2");
        snapsim_job_timeline(job, "{at: 370 ms, crash: \"tested[0]\"}");
        result = lab_run(job, SNAPSIM_VIRTUAL);
        for (size_t c = 0; c < 4; c++)
            lab_counter(judged[i].type.name, snapsim_result_counter(result, "out", of_sink[c]),
                        judged[i].sink[c]);
        for (size_t c = 0; c < 3; c++)
            lab_counter(judged[i].type.name, snapsim_result_counter(result, "tested", of_state[c]),
                        judged[i].state[c]);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* The same bug on real threads; the fixed operator is quiet there as well. */
static void on_threads_too(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        int64_t wrong;
    } rows[] = {
        {SUMS("own state", sum_up, save_sums), 0},
        {SUMS("no snapshot", sum_up, NULL), ANY_ABOVE},
    };

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct snapsim_job *job = lab_job("threads");
        struct snapsim_result *result;

        snapsim_job_type(job, &rows[i].type);
        lab_numbers(job);
        snapsim_job_operator(job, "tested", rows[i].type.name);
        snapsim_job_input(job, "tested", "numbers", "hash");
        snapsim_job_option(job, "tested", "parallelism", "2");
        snapsim_job_operator(job, "out", "collect");
        snapsim_job_input(job, "out", "tested", NULL);
        snapsim_job_timeline(job, "{when: checkpoint 2 completed, crash: \"tested[0]\"}");
        result = lab_run(job, SNAPSIM_THREADS);
        lab_counter(rows[i].type.name,
                    snapsim_result_counter(result, "tested", SNAPSIM_WRONG_STATE), rows[i].wrong);
        lab_counter(rows[i].type.name, snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        assert_int_equal(snapsim_result_story(result) != NULL, rows[i].wrong != 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* ---- operators that fail ---- */

static void send_a_text(void *self, const struct snapsim_record *in,
                        struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_emit(context, in->key, snapsim_text("x")));
}

static void put_without_keys(void *self, const struct snapsim_record *in,
                             struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_state_put(context, in->value));
}

static void leave_no_state(const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)in;
    (void)context;
}

static bool do_not_open(void *self, struct snapsim_context *context)
{
    (void)self;
    return snapsim_fail(context, "no %s", "luck");
}

static bool do_not_save(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)self;
    (void)checkpoint;
    (void)context;
    return false;
}

static void send_no_text(void *self, const struct snapsim_record *in,
                         struct snapsim_context *context)
{
    (void)self;
    assert_false(snapsim_emit(context, in->key, snapsim_text(NULL)));
}

/* Without a check this would be another operator's memory. */
static void ask_a_clock_that_is_none(void *self, const struct snapsim_record *in,
                                     struct snapsim_context *context)
{
    (void)self;
    (void)in;
    assert_false(snapsim_timer_register(context, (enum snapsim_clock)77, 5));
}

static void no_timer(void *self, const struct snapsim_timer *timer, struct snapsim_context *context)
{
    (void)self;
    (void)timer;
    (void)context;
}

/* What a type says of itself and cannot be: found before a run. */
static void types_that_cannot_be_are_refused(void **unused)
{
    static const struct snapsim_option nameless[] = {{.doc = "what"}};
    static const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {{.name = "a", .process = pass, .option_count = 2},
         "type a: it with an option_count has options"},
        {{.name = "b", .process = pass, .option_count = 1, .options = nameless},
         "type b: it gives its options names"},
        {{.name = "c", .process = pass, .instance_bytes = (size_t)1 << 60},
         "type c: it has an instance of at most 1 GiB; it may hold memory of its own"},
        {{.name = "d", .process = pass, .role = (enum snapsim_role)7},
         "type d: it is an operator, a source or a sink"},
        {{.name = "e", .process = pass, .value_out = (enum snapsim_output_kind)9},
         "type e: it says of what it sends a kind and a number that there are"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = lab_job("refused");
        struct snapsim_error error = {0};

        snapsim_job_type(job, &rows[i].type);
        lab_numbers(job);
        snapsim_job_operator(job, "tested", rows[i].type.name);
        snapsim_job_input(job, "tested", "numbers", "hash");
        if (snapsim_job_check(job, &error) || error.code != SNAPSIM_ERROR_USAGE ||
            strcmp(error.message, rows[i].message) != 0)
            fail_msg("%s: code %d, \"%s\"", rows[i].type.name, error.code, error.message);
        snapsim_job_destroy(job);
    }
}

static void a_failure_ends_the_run(void **unused)
{
    static const struct {
        struct snapsim_operator_type type;
        const char *message;
    } rows[] = {
        {{.name = "wrong kind", .process = send_a_text},
         "tested[0]: a text where the type declares a long"},
        {{.name = "NULL", .process = send_no_text}, "tested[0]: a text that is NULL"},
        {{.name = "no clock",
          .process = ask_a_clock_that_is_none,
          .timer = no_timer,
          .keyed = true,
          .event_time = true},
         "tested[0]: timers belong to process and timer of a type that declares their clock"},
        {{.name = "state without keys", .process = put_without_keys},
         "tested[0]: state by key belongs to process and fold of a keyed type"},
        {{.name = "no state", .fold = leave_no_state, .keyed = true},
         "tested[0]: fold left no state"},
        {{.name = "open", .process = pass, .open = do_not_open}, "tested[0]: no luck"},
        {{.name = "snapshot", .process = pass, .snapshot = do_not_save},
         "tested[0]: snapshot failed"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = lab_job("fails");
        struct snapsim_error error = {0};

        snapsim_job_type(job, &rows[i].type);
        lab_numbers(job);
        snapsim_job_operator(job, "tested", rows[i].type.name);
        snapsim_job_input(job, "tested", "numbers", "hash");
        snapsim_job_operator(job, "out", "discard");
        snapsim_job_input(job, "out", "tested", NULL);
        if (snapsim_job_run(job, NULL, &error) || error.code != SNAPSIM_ERROR_IO ||
            strcmp(error.message, rows[i].message) != 0)
            fail_msg("%s: code %d, \"%s\"", rows[i].type.name, error.code, error.message);
        snapsim_job_destroy(job);
    }
}

/* ---- who an operator is ---- */

struct met {
    uint32_t attempts[2];
    int closed;
    char uid[16];
    char greeting[16];
};

static bool meet(void *self, struct snapsim_context *context)
{
    struct met *met = snapsim_user(context);

    (void)self;
    assert_int_equal(snapsim_parallelism(context), 2);
    assert_null(snapsim_option_get(context, "no such option"));
    assert_null(snapsim_option_get(context, "unset"));
    met->attempts[snapsim_subtask(context)] = snapsim_attempt(context);
    snprintf(met->uid, sizeof(met->uid), "%s", snapsim_uid(context));
    snprintf(met->greeting, sizeof(met->greeting), "%s", snapsim_option_get(context, "greeting"));
    return true;
}

static void close_down(void *self)
{
    struct met **met = self;

    (*met)->closed++;
}

static bool meet_and_remember(void *self, struct snapsim_context *context)
{
    struct met **met = self;

    *met = snapsim_user(context);
    return meet(self, context);
}

static void an_instance_knows_itself(void **unused)
{
    static const struct snapsim_option options[] = {{.name = "greeting", .value_default = "hello"},
                                                    {.name = "unset"}};
    struct met met = {.closed = 0};
    const struct snapsim_operator_type type = {
        .name = "known",
        .options = options,
        .option_count = 2,
        .instance_bytes = sizeof(struct met *),
        .user = &met,
        .open = meet_and_remember,
        .close = close_down,
        .process = pass,
    };
    struct snapsim_job *job = lab_job("known");

    (void)unused;
    snapsim_job_type(job, &type);
    lab_numbers(job);
    snapsim_job_operator(job, "tested", "known");
    snapsim_job_option(job, "tested", "greeting", "hi");
    snapsim_job_option(job, "tested", "parallelism", "2");
    snapsim_job_input(job, "tested", "numbers", "rebalance");
    snapsim_job_operator(job, "out", "discard");
    snapsim_job_input(job, "out", "tested", NULL);
    snapsim_job_timeline(job, "{at: 250 ms, crash: \"tested[1]\"}");
    snapsim_result_destroy(lab_run(job, SNAPSIM_VIRTUAL));
    snapsim_job_destroy(job);
    assert_int_equal(met.attempts[1], 1);
    assert_string_equal(met.uid, "tested");
    assert_string_equal(met.greeting, "hi");
    assert_int_equal(met.closed, 4); /* two attempts of two subtasks: a crash restarts the region */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ledger_judges),
        cmocka_unit_test(on_threads_too),
        cmocka_unit_test(types_that_cannot_be_are_refused),
        cmocka_unit_test(a_failure_ends_the_run),
        cmocka_unit_test(an_instance_knows_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
