// SPDX-License-Identifier: Apache-2.0
/*
 * What is judged of named states by key: the records in them, contents of deterministic types
 * against a shadow, and that what is restored is what was taken.
 */
#include "api_lab.h"

#include "api_directory.h"

#include <stdlib.h>

enum { KEYS = 8, FLUSH = 5 };

/* ---- operators under test ---- */

static const struct snapsim_state states[] = {
    {.name = "sum", .shape = SNAPSIM_SHAPE_VALUE, .kind = SNAPSIM_LONG},
    {.name = "times", .shape = SNAPSIM_SHAPE_LIST, .kind = SNAPSIM_LONG},
    {.name = "parity", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_TEXT, .field = SNAPSIM_LONG},
};

static void add_to_sum(struct snapsim_context *context, int64_t more)
{
    struct snapsim_value sum;

    snapsim_value_get(context, "sum", &sum);
    snapsim_value_put(context, "sum", snapsim_long(sum.number + more));
}

/* Keeps all where it belongs: the sum, the last times, which numbers came last by remainder. */
static void keep(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    char text[16];

    (void)self;
    add_to_sum(context, in->value.number);
    if (in->value.number % 6 == 5)
        snapsim_list_clear(context, "times");
    snapsim_list_add(context, "times", snapsim_long(in->timestamp_ms));
    snprintf(text, sizeof(text), "n%d", (int)in->value.number);
    snapsim_map_put(context, "parity", snapsim_long(in->value.number % 3), snapsim_text(text));
    assert_true(snapsim_emit(context, in->key, in->value));
}

/* Sends it with another key. */
static void rename_key(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    (void)self;
    add_to_sum(context, in->value.number);
    snapsim_emit(context, snapsim_long(in->key.number + KEYS), in->value);
}

/* Adds up in its own memory, and puts that into the state with every fifth record of a key. */
struct lazy {
    int64_t sums[KEYS];
    int64_t counts[KEYS];
};

static void put_off(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct lazy *lazy = self;
    int64_t key = in->key.number;

    lazy->sums[key] += in->value.number;
    if (++lazy->counts[key] % FLUSH == 0) {
        add_to_sum(context, lazy->sums[key]);
        lazy->sums[key] = 0;
    }
    assert_true(snapsim_emit(context, in->key, in->value));
}

static bool save(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)checkpoint;
    snapsim_save(context, self, sizeof(struct lazy));
    return true;
}

static bool put_back(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    (void)context;
    assert_int_equal(bytes, sizeof(struct lazy));
    memcpy(self, data, bytes);
    return true;
}

/* Keys leave the state with the 21st record that an attempt sees of them, or come into it with the
 * 41st: after a late crash there are too many, or some are missing. */
struct once {
    int64_t seen[KEYS];
};

static void keep_first(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct once *once = self;

    if (once->seen[in->key.number]++ < 20)
        add_to_sum(context, 1);
    else
        snapsim_value_clear(context, "sum");
}

static void keep_later(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct once *once = self;

    if (once->seen[in->key.number]++ < 40)
        snapsim_value_clear(context, "sum");
    else
        add_to_sum(context, 1);
}

/* The unnamed state adds up as `fold` says; the named one is put off. */
static void fold(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value sum;

    snapsim_state_get(context, &sum);
    snapsim_state_put(context, snapsim_long(sum.number + in->value.number));
}

static void fold_and_put_off(void *self, const struct snapsim_record *in,
                             struct snapsim_context *context)
{
    fold(in, context);
    put_off(self, in, context);
}

/* Only the unnamed state, put off. */
static void put_off_unnamed(void *self, const struct snapsim_record *in,
                            struct snapsim_context *context)
{
    struct lazy *lazy = self;
    int64_t key = in->key.number;
    struct snapsim_value sum;

    lazy->sums[key] += in->value.number;
    if (++lazy->counts[key] % FLUSH == 0) {
        snapsim_state_get(context, &sum);
        snapsim_state_put(context, snapsim_long(sum.number + lazy->sums[key]));
        lazy->sums[key] = 0;
    }
    snapsim_emit(context, in->key, in->value);
}

/* Instances that were opened so far; only so many of them can be. */
static int opened, opened_max;

static bool open_some(void *self, struct snapsim_context *context)
{
    (void)self;
    return ++opened <= opened_max || snapsim_fail(context, "one too many");
}

#define TESTED                                                                                     \
    .name = "kept", .keyed = true, .keeps_key = true, .outputs = SNAPSIM_OUTPUTS_ONE,              \
    .states = states, .state_count = 3
#define LAZY .instance_bytes = sizeof(struct lazy), .deterministic = true
#define ONCE .instance_bytes = sizeof(struct once), .deterministic = true

static const struct snapsim_operator_type honest = {TESTED, .process = keep, .deterministic = true};
static const struct snapsim_operator_type silent = {TESTED, .process = keep};
static const struct snapsim_operator_type lazy_type = {TESTED, LAZY, .process = put_off};
static const struct snapsim_operator_type saving = {TESTED, LAZY, .process = put_off,
                                                    .snapshot = save, .restore = put_back};
static const struct snapsim_operator_type folding = {TESTED, LAZY, .process = fold_and_put_off,
                                                     .fold = fold};
static const struct snapsim_operator_type folding_well = {
    TESTED, LAZY, .process = fold_and_put_off, .fold = fold, .snapshot = save, .restore = put_back};
static const struct snapsim_operator_type first_only = {
    .name = "kept", .keyed = true, .states = states, .state_count = 1, ONCE, .process = keep_first};
static const struct snapsim_operator_type later_only = {
    .name = "kept", .keyed = true, .states = states, .state_count = 1, ONCE, .process = keep_later};
static const struct snapsim_operator_type renaming = {
    .name = "kept",
    .keyed = true,
    .outputs = SNAPSIM_OUTPUTS_ONE,
    .states = states,
    .state_count = 3,
    .process = rename_key,
    .deterministic = true,
};
static const struct snapsim_operator_type unnamed = {
    .name = "kept",
    .keyed = true,
    .process = put_off_unnamed,
    LAZY,
};

/* ---- jobs ---- */

static struct snapsim_job *job_with(const struct snapsim_operator_type *type, const char *sources,
                                    const char *action)
{
    struct snapsim_job *job = lab_job("shadow");

    snapsim_job_type(job, type);
    lab_numbers(job);
    snapsim_job_option(job, "numbers", "parallelism", sources);
    snapsim_job_operator(job, "kept", "kept");
    snapsim_job_option(job, "kept", "parallelism", "2");
    snapsim_job_input(job, "kept", "numbers", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "kept", NULL);
    if (action)
        snapsim_job_timeline(job, action);
    return job;
}

static struct snapsim_job *job_of(const struct snapsim_operator_type *type, const char *action)
{
    return job_with(type, "1", action);
}

static const char crash[] = "{at: 250 ms, crash: \"kept[0]\"}";
static const char late_crash[] = "{at: 480 ms, crash: \"kept[0]\"}";
static const char stop[] = "{at: 260 ms, stop-with-savepoint: before}";
static const char same_again[] = "{at: 400 ms, restart-from: before}";
static const char wider[] = "{at: 400 ms, restart-from: before, set: {kept.parallelism: 3}}";

static void contents_are_judged(void **unused)
{
    static const struct {
        const char *name;
        const struct snapsim_operator_type *type;
        const char *actions[2];
        int64_t wrong;
    } rows[] = {
        {"honest", &honest, {NULL}, 0},
        {"honest, crash", &honest, {crash}, 0},
        {"honest, again", &honest, {stop, same_again}, 0},
        {"honest, wider", &honest, {stop, wider}, 0},
        {"no promise, crash", &silent, {crash}, SNAPSIM_UNJUDGED},
        {"lazy", &lazy_type, {NULL}, 0},
        {"lazy, crash", &lazy_type, {crash}, ANY_ABOVE},
        {"lazy, again", &lazy_type, {stop, same_again}, ANY_ABOVE},
        {"lazy, wider", &lazy_type, {stop, wider}, SNAPSIM_UNJUDGED},
        {"lazy, saved, crash", &saving, {crash}, 0},
        {"lazy, saved, again", &saving, {stop, same_again}, 0},
        {"lazy, saved, wider", &saving, {stop, wider}, SNAPSIM_UNJUDGED},
        {"lazy beside fold", &folding, {NULL}, 0},
        {"lazy beside fold, crash", &folding, {crash}, ANY_ABOVE},
        {"lazy beside fold, saved, crash", &folding_well, {crash}, 0},
        {"lazy beside fold, saved, wider", &folding_well, {stop, wider}, SNAPSIM_UNJUDGED},
        {"unnamed", &unnamed, {NULL}, 0},
        {"unnamed, crash", &unnamed, {crash}, ANY_ABOVE},
        {"other keys, crash", &renaming, {crash}, 0},
        {"keys too many", &first_only, {late_crash}, ANY_ABOVE},
        {"keys missing", &later_only, {late_crash}, ANY_ABOVE},
    };

    (void)unused;
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        struct snapsim_job *job = job_of(rows[i / 2].type, rows[i / 2].actions[0]);
        struct snapsim_result *result;
        const char *story;

        if (rows[i / 2].actions[1])
            snapsim_job_timeline(job, rows[i / 2].actions[1]);
        result = lab_run(job, i % 2 ? SNAPSIM_THREADS : SNAPSIM_VIRTUAL);
        lab_counter(rows[i / 2].name, snapsim_result_counter(result, "kept", SNAPSIM_LOST), 0);
        lab_counter(rows[i / 2].name, snapsim_result_counter(result, "kept", SNAPSIM_DUPLICATED),
                    0);
        lab_counter(rows[i / 2].name, snapsim_result_counter(result, "kept", SNAPSIM_WRONG_STATE),
                    rows[i / 2].wrong);
        if (rows[i / 2].type->outputs == SNAPSIM_OUTPUTS_ONE)
            lab_counter(rows[i / 2].name, snapsim_result_counter(result, "out", SNAPSIM_LOST), 0);
        story = snapsim_result_story(result);
        if (rows[i / 2].wrong == ANY_ABOVE)
            assert_non_null(strstr(story, "the state of that key is not what its records make"));
        else
            assert_null(story);
        assert_null(snapsim_result_objection(result, NULL));
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* Whatever is taken when, with barriers that overtake, and with records that count twice. */
static void honest_ones_are_never_wrong(void **unused)
{
    static const char *const modes[][2] = {
        {"execution.checkpointing.mode", "EXACTLY_ONCE"},
        {"execution.checkpointing.unaligned.enabled", "true"},
        {"execution.checkpointing.mode", "AT_LEAST_ONCE"},
    };
    char seed[16], action[64];

    (void)unused;
    for (int i = 0; i < 30; i++) {
        struct snapsim_job *job;
        struct snapsim_result *result;

        snprintf(action, sizeof(action), "{at: %d ms, crash: \"kept[%d]\"}", 120 + 13 * i, i % 2);
        snprintf(seed, sizeof(seed), "%d", i);
        job = job_with(i % 4 ? &honest : &saving, "2", action);
        snapsim_job_set(job, "seed", seed);
        snapsim_job_config(job, modes[i % 3][0], modes[i % 3][1]);
        result = lab_run(job, SNAPSIM_VIRTUAL);
        lab_counter(action, snapsim_result_counter(result, "kept", SNAPSIM_WRONG_STATE), 0);
        assert_null(snapsim_result_objection(result, NULL));
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* ---- runs that begin with files ---- */

static const struct {
    const char *name;
    const struct snapsim_operator_type *type;
    const char *actions[2];
    int64_t wrong;
} from_files[] = {
    {"honest", &honest, {NULL}, 0},
    {"honest, crash", &honest, {"{when: checkpoint 5 completed, crash: \"kept[0]\"}"}, 0},
    {"honest, later execution",
     &honest,
     {"{at: 60 ms, stop-with-savepoint: later}", "{at: 200 ms, restart-from: later}"},
     SNAPSIM_UNJUDGED},
    {"lazy, saved", &saving, {NULL}, SNAPSIM_UNJUDGED},
};

static void what_files_held_is_the_beginning(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(from_files) / sizeof(from_files[0]); i++) {
        const struct snapsim_run_options first = {.directory = directory};
        struct snapsim_job *job = job_of(from_files[i].type, stop);
        struct snapsim_job *next = job_of(from_files[i].type, from_files[i].actions[0]);
        struct snapsim_start start = {.snapshot = NULL};
        const struct snapsim_run_options second = {.start = &start};
        struct snapsim_error error = {0};
        struct snapsim_result *taken, *result;

        snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
        taken = snapsim_job_run(job, &first, &error);
        assert_non_null(taken);
        start.snapshot = snapsim_result_snapshot(taken, 0)->directory;
        if (from_files[i].actions[1])
            snapsim_job_timeline(next, from_files[i].actions[1]);
        result = snapsim_job_run(next, &second, &error);
        if (!result)
            fail_msg("%s: %s", from_files[i].name, error.message);
        lab_counter(from_files[i].name, snapsim_result_counter(result, "kept", SNAPSIM_LOST), 0);
        lab_counter(from_files[i].name, snapsim_result_counter(result, "kept", SNAPSIM_WRONG_STATE),
                    from_files[i].wrong);
        assert_null(snapsim_result_objection(result, NULL));
        snapsim_result_destroy(result);
        snapsim_result_destroy(taken);
        snapsim_job_destroy(next);
        snapsim_job_destroy(job);
    }
}

/* A type that declares none takes the first state there is as its own. */
static void a_state_without_a_name_takes_one_of_any(void **unused)
{
    const struct snapsim_operator_type adding = {.name = "kept", .keyed = true, .fold = fold};
    struct snapsim_operator_type named = renaming;
    const struct snapsim_run_options first = {.directory = directory};
    struct snapsim_start start = {.snapshot = NULL};
    const struct snapsim_run_options second = {.start = &start};
    struct snapsim_job *next = job_of(&adding, crash);
    struct snapsim_error error = {0};
    struct snapsim_result *taken, *result;
    struct snapsim_job *job;

    (void)unused;
    named.state_count = 1;
    job = job_of(&named, stop);
    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    taken = snapsim_job_run(job, &first, &error);
    assert_non_null(taken);
    start.snapshot = snapsim_result_snapshot(taken, 0)->directory;
    result = snapsim_job_run(next, &second, &error);
    if (!result)
        fail_msg("%s", error.message);
    lab_counter("any name", snapsim_result_counter(result, "kept", SNAPSIM_WRONG_STATE), 0);
    if (snapsim_result_objection(result, NULL))
        fail_msg("%s", snapsim_result_objection(result, NULL));
    snapsim_result_destroy(result);
    snapsim_result_destroy(taken);
    snapsim_job_destroy(next);
    snapsim_job_destroy(job);
}

/* ---- other judges ---- */

static void what_is_restored_is_what_was_taken(void **unused)
{
    static const char *const sabotages[][2] = {
        {"[forget-state]", "is not what the snapshot took"},
        {"[double-restore]", "is not what the snapshot took"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(sabotages) / sizeof(sabotages[0]); i++) {
        struct snapsim_job *job = job_of(&silent, crash);
        struct snapsim_result *result;
        const char *objection;

        snapsim_job_set(job, "sabotage", sabotages[i][0]);
        result = lab_run(job, SNAPSIM_VIRTUAL);
        objection = snapsim_result_objection(result, "state");
        if (!objection || !strstr(objection, sabotages[i][1]))
            fail_msg("%s: %s", sabotages[i][0], objection ? objection : "nothing is said");
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* The run opens two instances; the ledger cannot open another one. */
static void a_shadow_that_fails_tells_nothing(void **unused)
{
    struct snapsim_operator_type type = honest;

    (void)unused;
    type.open = open_some;
    for (opened_max = 2; opened_max <= 4; opened_max++) {
        struct snapsim_job *job = job_of(&type, NULL);
        struct snapsim_result *result;

        opened = 0;
        result = lab_run(job, SNAPSIM_VIRTUAL);
        lab_counter("failing", snapsim_result_counter(result, "kept", SNAPSIM_WRONG_STATE),
                    opened_max < 4 ? SNAPSIM_UNJUDGED : 0);
        snapsim_result_destroy(result);
        snapsim_job_destroy(job);
    }
}

/* The latest time of each key. */
static void latest(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value before;

    if (!snapsim_state_get(context, &before) || before.number < in->timestamp_ms)
        snapsim_state_put(context, snapsim_long(in->timestamp_ms));
}

static void fold_may_look_at_times(void **unused)
{
    const struct snapsim_operator_type type = {.name = "kept", .keyed = true, .fold = latest};
    struct snapsim_job *job = job_of(&type, crash);
    struct snapsim_result *result = lab_run(job, SNAPSIM_VIRTUAL);

    (void)unused;
    lab_counter("times", snapsim_result_counter(result, "kept", SNAPSIM_WRONG_STATE), 0);
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
}

static void on_timer(void *self, const struct snapsim_timer *timer, struct snapsim_context *context)
{
    (void)self;
    (void)timer;
    (void)context;
}

static void who_may_promise_is_said(void **unused)
{
    const struct snapsim_operator_type types[] = {
        {.name = "kept", .process = keep, .deterministic = true},
        {.name = "kept", .keyed = true, .fold = fold, .deterministic = true},
        {TESTED, .process = keep, .inputs = 2, .deterministic = true},
        {TESTED, .process = keep, .event_time = true, .deterministic = true},
        {TESTED, .process = keep, .processing_time = true, .timer = on_timer,
         .deterministic = true},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct snapsim_job *job = job_of(&types[i], NULL);
        struct snapsim_error error = {0};

        assert_false(snapsim_job_check(job, &error));
        assert_non_null(strstr(error.message, "that is deterministic is keyed and has process, one "
                                              "input and no time"));
        snapsim_job_destroy(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents_are_judged),
        cmocka_unit_test(honest_ones_are_never_wrong),
        cmocka_unit_test(what_files_held_is_the_beginning),
        cmocka_unit_test(a_state_without_a_name_takes_one_of_any),
        cmocka_unit_test(what_is_restored_is_what_was_taken),
        cmocka_unit_test(a_shadow_that_fails_tells_nothing),
        cmocka_unit_test(fold_may_look_at_times),
        cmocka_unit_test(who_may_promise_is_said),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
