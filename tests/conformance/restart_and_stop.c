// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "operators/operator.h"
#include "protocol/restart_strategy.h"
#include "protocol/stop_with_savepoint.h"
#include "scenario/scenario.h"

#define CHECKPOINTING "execution.checkpointing.interval: 1 s"

static snap_ns ms(const json_t *object, const char *key)
{
    return conform_integer_or(object, key, 0) * SNAP_MS;
}

/* What a scenario with these settings restarts by; "" for none: all defaults. */
static struct snap_restart_config configured(const char *settings)
{
    struct snap_text text = {0};
    struct snap_scenario_text from = {.name = "restart.yaml"};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_scenario *scenario = NULL;
    struct snap_restart_config restart;
    struct snap_built built = {0};
    bool done;

    snap_text_printf(&text,
                     "config: {%s}\noperators:\n"
                     "  - {uid: in, type: sequence, count: 1, keys: 1, rate: 1/s}\n"
                     "  - {uid: out, type: discard, input: in}\n",
                     settings);
    from.bytes = snap_text_get(&text);
    from.length = text.length;
    done = snap_scenario_parse(&from, snap_operator_catalogue_get(), &scenario, &error) &&
           snap_scenario_build(scenario, NULL, &built, &error);
    SNAP_CHECK(done);
    restart = built.sim.config.restart;
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    snap_text_fini(&text);
    return restart;
}

/* The defaults of a strategy, by its name in Flink. */
static struct snap_restart_config configured_kind(const char *name)
{
    char setting[64];

    snprintf(setting, sizeof(setting), "restart-strategy.type: %s", name);
    return configured(setting);
}

static struct snap_restart_config read_config(const json_t *json)
{
    const char *name = conform_string(json, "strategy");
    const json_t *config = json_object_get(json, "config");
    struct snap_restart_config result = configured_kind(name);
    enum snap_restart_kind kind = result.kind;

    if (kind == SNAP_RESTART_FIXED_DELAY)
        result.attempts_max = (uint32_t)conform_integer(config, "attempts");
    if (kind == SNAP_RESTART_FAILURE_RATE)
        result.failures_max = (uint32_t)conform_integer(config, "max_failures_per_interval");
    if (kind == SNAP_RESTART_EXPONENTIAL_DELAY) {
        result.backoff_attempts_max =
            (uint32_t)conform_integer_or(config, "attempts_before_reset", SNAP_RESTART_UNLIMITED);
        result.backoff_multiplier = json_number_value(json_object_get(config, "multiplier"));
        result.jitter_factor = 0;
    }
    result.delay_ns = ms(config, "delay");
    result.interval_ns = ms(config, "interval");
    result.backoff_initial_ns = ms(config, "initial_backoff");
    result.backoff_max_ns = ms(config, "max_backoff");
    result.reset_threshold_ns = ms(config, "reset_threshold");
    return result;
}

static void run_failure(struct snap_restart_strategy *strategy, const json_t *failure,
                        struct snap_text *why)
{
    struct snap_restart_decision decision =
        snap_restart_strategy_failure(strategy, ms(failure, "at"), 0);

    conform_same_integer(why, "new_attempt", conform_boolean(failure, "new_attempt"),
                         decision.new_attempt);
    conform_same_integer(why, "can_restart", conform_boolean(failure, "can_restart"),
                         decision.can_restart);
    /* Not recorded where the real class gives none. */
    if (json_is_integer(json_object_get(failure, "backoff")))
        conform_same_integer(why, "backoff", conform_integer(failure, "backoff"),
                             decision.backoff_ns / SNAP_MS);
}

static void run_strategy(const json_t *json, struct snap_text *why)
{
    struct snap_restart_config config = read_config(json);
    struct snap_restart_strategy strategy;
    struct snap_arena arena;
    json_t *failure;
    size_t i;

    snap_arena_init(&arena);
    snap_restart_strategy_init(&strategy, &arena, &config);
    json_array_foreach(conform_array(json, "failures"), i, failure)
    {
        run_failure(&strategy, failure, why);
        if (why->length) {
            snap_text_printf(why, "at failure %zu\n", i);
            break;
        }
    }
    snap_arena_fini(&arena);
}

/* Returns the default of an option, times in ms; -1 if it is not known. */
static double default_of(const char *option)
{
    struct snap_restart_config fixed = configured_kind("fixed-delay");
    struct snap_restart_config rate = configured_kind("failure-rate");
    struct snap_restart_config exponential = configured_kind("exponential-delay");
    double in_ms = (double)SNAP_MS;
    /* Flink's "unlimited" is the largest int. */
    double attempts = exponential.backoff_attempts_max == SNAP_RESTART_UNLIMITED
                          ? (double)INT32_MAX
                          : (double)exponential.backoff_attempts_max;
    const struct {
        const char *option;
        double value;
    } rows[] = {
        {"fixed-delay.attempts", fixed.attempts_max},
        {"fixed-delay.delay", (double)fixed.delay_ns / in_ms},
        {"failure-rate.max-failures-per-interval", rate.failures_max},
        {"failure-rate.failure-rate-interval", (double)rate.interval_ns / in_ms},
        {"failure-rate.delay", (double)rate.delay_ns / in_ms},
        {"exponential-delay.initial-backoff", (double)exponential.backoff_initial_ns / in_ms},
        {"exponential-delay.max-backoff", (double)exponential.backoff_max_ns / in_ms},
        {"exponential-delay.backoff-multiplier", exponential.backoff_multiplier},
        {"exponential-delay.reset-backoff-threshold",
         (double)exponential.reset_threshold_ns / in_ms},
        {"exponential-delay.jitter-factor", exponential.jitter_factor},
        {"exponential-delay.attempts-before-reset-backoff", attempts},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!strcmp(rows[i].option, option))
            return rows[i].value;
    return -1;
}

static void run_options(const json_t *json, struct snap_text *why)
{
    json_t *row;
    size_t i;

    json_array_foreach(conform_array(json, "options"), i, row)
    {
        const char *option = conform_string(row, "option");
        const json_t *plain = json_object_get(row, "default");
        const json_t *time = json_object_get(row, "default_ms");
        double expected = json_number_value(plain ? plain : time);
        double actual = default_of(option);

        if (expected < actual || expected > actual)
            snap_text_printf(why, "%s: expected %g, actual %g\n", option, expected, actual);
    }
}

static enum snap_stop_action end_tasks(struct snap_stop_with_savepoint *stop, const json_t *json)
{
    enum snap_stop_action action = SNAP_STOP_WAIT;
    json_t *state;
    size_t i;

    json_array_foreach(conform_array(json, "task_end_states"), i, state)
    {
        enum snap_stop_action now =
            snap_stop_task_ended(stop, !strcmp(json_string_value(state), "FINISHED"));

        action = now == SNAP_STOP_WAIT ? action : now;
    }
    return action;
}

static void run_stop(const json_t *json, struct snap_text *why)
{
    bool succeeds = conform_boolean(json, "savepoint_succeeds");
    bool tasks_first = conform_boolean(json, "tasks_end_before_savepoint_result");
    struct snap_stop_with_savepoint stop;
    enum snap_stop_action action = SNAP_STOP_WAIT;
    enum snap_stop_action next;
    json_t *actions = json_array();

    snap_stop_init(&stop, (uint32_t)json_array_size(conform_array(json, "task_end_states")));
    if (tasks_first)
        action = end_tasks(&stop, json);
    next = snap_stop_savepoint_result(&stop, succeeds);
    action = next == SNAP_STOP_WAIT ? action : next;
    next = tasks_first ? SNAP_STOP_WAIT : end_tasks(&stop, json);
    action = next == SNAP_STOP_WAIT ? action : next;
    if (action == SNAP_STOP_RESUME)
        json_array_append_new(actions, json_string("start_checkpoint_scheduler"));
    if (action == SNAP_STOP_GLOBAL_FAILOVER)
        json_array_append_new(actions, json_string("global_failover"));
    conform_same_json(why, "actions", conform_array(json, "actions"), actions);
    conform_same_string(why, "result", conform_string(json, "result"),
                        action == SNAP_STOP_SUCCEED ? "savepoint_path" : "failed");
    json_decref(actions);
}

enum conform_result conform_restart_and_stop_case(const struct conform_case *at,
                                                  struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");

    if (!strcmp(kind, "restart_strategy"))
        run_strategy(at->json, why);
    else if (!strcmp(kind, "default_restart_strategy"))
        conform_same_integer(
            why, "strategy", configured_kind(conform_string(at->json, "strategy")).kind,
            configured(conform_boolean(at->json, "checkpointing_enabled") ? CHECKPOINTING : "")
                .kind);
    else if (!strcmp(kind, "option_table"))
        run_options(at->json, why);
    else if (!strcmp(kind, "stop_with_savepoint"))
        run_stop(at->json, why);
    else
        return conform_skip(why, kind);
    return conform_verdict(why);
}
