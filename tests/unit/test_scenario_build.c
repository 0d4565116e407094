// SPDX-License-Identifier: Apache-2.0
/* What a scenario that is right becomes: every key, its default, variants and overrides. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "scenario/scenario.h"
#include "test_catalogue.h"

#define SMALL "operators: [{uid: a, type: sequence, count: 1}]\n"

/* The scenario of the command line's reference. */
static const char whole[] =
    "name: word count with a crash\n"
    "seed: 7\n"
    "runtimes: [virtual]\n"
    "until: 60 s\n"
    "flink-version: 2.3\n"
    "config: {parallelism.default: 2, execution.checkpointing.interval: 200 ms,\n"
    "         execution.checkpointing.mode: EXACTLY_ONCE, restart-strategy.type: fixed-delay,\n"
    "         restart-strategy.fixed-delay.attempts: 3,\n"
    "         restart-strategy.fixed-delay.delay: 100 ms}\n"
    "operators:\n"
    "  - {uid: lines,  type: sequence,    count: 1000, rate: 20000/s}\n"
    "  - {uid: words,  type: split-words, input: lines, ship: rebalance, cost: 2 us}\n"
    "  - {uid: counts, type: count,       input: words, ship: hash, cost: 20 us}\n"
    "  - {uid: out,    type: file-sink,   input: counts, delivery: exactly-once, path: words}\n"
    "model: {record-size: 200 b, network: {latency: 300 us}, storage.bandwidth: unlimited}\n"
    "timeline: [{at: 1.2 s, crash: \"counts[1]\"},\n"
    "           {when: checkpoint 3 completed, delay: 10 ms, crash: \"counts[0]\"}]\n"
    "ledger: fingerprint\n"
    "sabotage: [skip-alignment]\n"
    "expect: {lost: 0, duplicated: \"> 0\", out: {lost: \">= 2\"}, job: FINISHED}\n"
    "variants:\n"
    "  exactly-once: {}\n"
    "  at-least-once: {config: {execution.checkpointing.mode: AT_LEAST_ONCE},\n"
    "                  expect: {out: null}}\n"
    "  at-most-once: {config: {execution.checkpointing.interval: null},\n"
    "                 set: {lines.replayable: false, lines: {count: 5}},\n"
    "                 model: {network: null}, timeline: null, sabotage: null,\n"
    "                 expect: {lost: \"> 0\", job: null}}\n";

static struct snap_scenario *parse(const char *bytes)
{
    struct snap_scenario_text text = {"dir/test.yaml", bytes, strlen(bytes)};
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};

    if (!snap_scenario_parse(&text, &test_catalogue, &scenario, &error))
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
    return scenario;
}

static void build(const struct snap_scenario *scenario, const struct snap_scenario_choice *choice,
                  struct snap_built *built)
{
    struct snap_error error = {0};

    if (!snap_scenario_build(scenario, choice, built, &error))
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
}

/* Builds and lets the scenario go: what is built must stand alone. */
static void build_text(const char *text, const char *variant, struct snap_built *built)
{
    struct snap_scenario *scenario = parse(text);
    struct snap_scenario_choice choice = {.variant = variant};

    build(scenario, &choice, built);
    snap_scenario_destroy(scenario);
}

static void test_whole(void **state)
{
    struct snap_built built;
    const struct snap_simulation *sim = &built.sim;

    (void)state;
    build_text(whole, NULL, &built);
    assert_string_equal(sim->name, "word count with a crash");
    assert_null(sim->variant);
    assert_int_equal(sim->seed, 7);
    assert_int_equal(sim->until_ns, 60 * SNAP_SECOND);
    assert_int_equal(sim->ledger, SNAP_LEDGER_FINGERPRINT);
    assert_int_equal(sim->sabotage, SNAP_SABOTAGE_SKIP_ALIGNMENT);
    assert_int_equal(sim->config.checkpoint.interval_ns, 200 * SNAP_MS);
    assert_int_equal(sim->config.checkpoint.mode, SNAP_MODE_EXACTLY_ONCE);
    assert_int_equal(sim->config.restart.kind, SNAP_RESTART_FIXED_DELAY);
    assert_int_equal(sim->config.restart.attempts_max, 3);
    assert_int_equal(sim->config.restart.delay_ns, 100 * SNAP_MS);
    assert_int_equal(sim->model.record_size_bytes, 200);
    assert_int_equal(sim->model.network_latency_ns, 300 * SNAP_US);
    assert_int_equal(sim->model.network_local_latency_ns, 20 * SNAP_US);
    assert_int_equal(sim->model.job_manager_latency_ns, 300 * SNAP_US);
    assert_int_equal(sim->model.storage_bytes_per_second, 0);
    assert_int_equal(built.note_count, 0);
    snap_built_fini(&built);
}

static void test_job(void **state)
{
    struct snap_built built;
    const struct snap_job *job;

    (void)state;
    build_text(whole, NULL, &built);
    job = built.sim.job;
    assert_int_equal(job->operator_count, 4);
    assert_int_equal(job->vertex_count, 3);
    assert_string_equal(job->vertices[0].name, "Source: lines");
    assert_string_equal(job->vertices[1].name, "words");
    assert_string_equal(job->vertices[2].name, "counts -> out: Writer");
    assert_int_equal(job->task_count, 6);
    assert_int_equal(job->task_manager_count, 2);
    assert_int_equal(job->task_manager[5], 1);
    assert_int_equal(job->split_count, 2);
    assert_int_equal(job->operators[0].options[0].number, INT64_C(20000) * 3600);
    assert_int_equal(job->operators[1].cost_ns, 2 * SNAP_US);
    assert_int_equal(job->operators[3].options[1].number, 2);
    snap_built_fini(&built);
}

static void test_timeline(void **state)
{
    struct snap_built built;
    const struct snap_action *actions;

    (void)state;
    build_text(whole, NULL, &built);
    actions = built.sim.timeline.actions;
    assert_int_equal(built.sim.timeline.count, 2);
    assert_false(actions[0].on_event);
    assert_int_equal(actions[0].at_ns, 1200 * SNAP_MS);
    assert_int_equal(actions[0].operator_index, 2);
    assert_int_equal(actions[0].subtask, 1);
    assert_string_equal(actions[0].text, "crash counts[1] at 1.2 s");
    assert_true(actions[1].on_event);
    assert_int_equal(actions[1].pattern.type, SNAP_EVENT_CHECKPOINT_COMPLETED);
    assert_int_equal(actions[1].pattern.number, 3);
    assert_int_equal(actions[1].delay_ns, 10 * SNAP_MS);
    assert_int_equal(actions[1].line, 17);
    snap_built_fini(&built);
}

static void test_expectation(void **state)
{
    struct snap_built built;
    const struct snap_expected_counter *counters;

    (void)state;
    build_text(whole, NULL, &built);
    counters = built.expectation.counters;
    assert_int_equal(built.expectation.counter_count, 3);
    assert_true(counters[1].on_total);
    assert_int_equal(counters[1].counter, SNAP_COUNTER_DUPLICATED);
    assert_int_equal(counters[1].comparison, SNAP_COMPARE_GREATER);
    assert_false(counters[2].on_total);
    assert_int_equal(counters[2].operator_index, 3);
    assert_int_equal(counters[2].comparison, SNAP_COMPARE_GREATER_EQUAL);
    assert_int_equal(counters[2].number, 2);
    assert_true(built.expectation.job_status_given);
    assert_int_equal(built.expectation.job_status, SNAP_JOB_FINISHED);
    snap_built_fini(&built);
}

static void test_variants(void **state)
{
    struct snap_built built;

    (void)state;
    build_text(whole, "at-least-once", &built);
    assert_int_equal(built.sim.config.checkpoint.mode, SNAP_MODE_AT_LEAST_ONCE);
    assert_int_equal(built.expectation.counter_count, 2);
    assert_string_equal(built.sim.variant, "at-least-once");
    snap_built_fini(&built);
    build_text(whole, "at-most-once", &built);
    assert_int_equal(built.sim.config.checkpoint.interval_ns, 0);
    assert_int_equal(built.sim.timeline.count, 0);
    assert_int_equal(built.sim.sabotage, 0);
    assert_int_equal(built.sim.model.network_latency_ns, 200 * SNAP_US);
    assert_int_equal(built.sim.job->operators[0].options[2].number, 0);
    assert_int_equal(built.sim.job->operators[0].options[3].number, 5);
    assert_false(built.expectation.job_status_given);
    snap_built_fini(&built);
}

/* A variant may choose the network stack, or go back to that of the version. */
static void test_network_rules_of_variants(void **state)
{
    static const char text[] = "flink-version: 1.20\nnetwork-rules: pre-1.16\n"
                               "variants: {as-it-was: {}, new: {network-rules: 2.3}, "
                               "own: {network-rules: null}}\n" SMALL;
    static const struct {
        const char *variant;
        enum snap_network_rules rules;
        uint32_t overdraft;
    } rows[] = {
        {NULL, SNAP_NETWORK_PRE_1_16, 0},
        {"as-it-was", SNAP_NETWORK_PRE_1_16, 0},
        {"new", SNAP_NETWORK_2_3, 20},
        {"own", SNAP_NETWORK_1_20, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_built built;

        build_text(text, rows[i].variant, &built);
        assert_int_equal(built.sim.config.network.rules, rows[i].rules);
        assert_int_equal(built.sim.config.network.overdraft_per_gate, rows[i].overdraft);
        assert_int_equal(built.sim.config.version, SNAP_FLINK_1_20);
        snap_built_fini(&built);
    }
}

static void test_overrides(void **state)
{
    static const struct snap_scenario_override overrides[] = {
        {SNAP_OVERRIDE_CONFIG, "-D", "execution.checkpointing.interval", "1 s"},
        {SNAP_OVERRIDE_CONFIG, "-p 4", "parallelism.default", "4"},
        {SNAP_OVERRIDE_CONFIG, "-D", "restart-strategy", "none"},
        {SNAP_OVERRIDE_SET, "--set", "lines.count", "9"},
        {SNAP_OVERRIDE_SET, "--set", "lines.count", "11"},
        {SNAP_OVERRIDE_SET, "--set", "lines.rate", "null"},
    };
    const struct snap_scenario_choice choice = {
        .overrides = overrides, .override_count = 6, .seed_given = true, .seed = 99};
    struct snap_scenario *scenario = parse(whole);
    struct snap_built built;

    (void)state;
    build(scenario, &choice, &built);
    snap_scenario_destroy(scenario);
    assert_int_equal(built.sim.seed, 99);
    assert_int_equal(built.sim.config.checkpoint.interval_ns, SNAP_SECOND);
    assert_int_equal(built.sim.config.restart.kind, SNAP_RESTART_NONE);
    assert_int_equal(built.sim.job->task_count, 12);
    assert_int_equal(built.sim.job->operators[0].options[3].number, 11);
    assert_false(built.sim.job->operators[0].options[0].set);
    snap_built_fini(&built);
}

static void test_questions(void **state)
{
    struct snap_scenario *scenario = parse(whole);
    struct snap_error error = {0};

    (void)state;
    assert_string_equal(snap_scenario_name(scenario), "word count with a crash");
    assert_int_equal(snap_scenario_variant_count(scenario), 3);
    assert_string_equal(snap_scenario_variant_name(scenario, 1), "at-least-once");
    assert_true(snap_scenario_allows_runtime(scenario, SNAP_RUNTIME_VIRTUAL));
    assert_false(snap_scenario_allows_runtime(scenario, SNAP_RUNTIME_THREADS));
    assert_true(snap_scenario_check(scenario, &error));
    snap_scenario_destroy(scenario);
}

/* Settings under `config` and what becomes of them. */
static void test_defaults(void **state)
{
    struct snap_built built;
    const struct snap_config *config = &built.sim.config;

    (void)state;
    build_text(SMALL, NULL, &built);
    assert_string_equal(built.sim.name, "test");
    assert_int_equal(built.sim.seed, 1);
    assert_int_equal(built.sim.until_ns, SNAP_NEVER);
    assert_int_equal(built.sim.ledger, SNAP_LEDGER_FULL);
    assert_int_equal(config->version, SNAP_FLINK_2_3);
    assert_int_equal(config->parallelism_default, 1);
    assert_int_equal(config->max_parallelism, -1);
    assert_true(config->chaining_enabled);
    assert_true(config->chain_different_max_parallelism);
    assert_false(config->vertex_name_index_prefix);
    assert_int_equal(config->task_slots, 1);
    assert_int_equal(config->checkpoint.interval_ns, 0);
    assert_int_equal(config->checkpoint.timeout_ns, 600 * SNAP_SECOND);
    assert_int_equal(config->checkpoint.min_pause_ns, 0);
    assert_int_equal(config->checkpoint.concurrent_max, 1);
    assert_int_equal(config->checkpoint.tolerable_failures, 0);
    assert_int_equal(config->checkpoint.retained_max, 1);
    assert_int_equal(config->checkpoint.retention, SNAP_RETAIN_NONE);
    assert_true(config->checkpoint.after_tasks_finish);
    assert_int_equal(config->restart.kind, SNAP_RESTART_NONE);
    assert_int_equal(config->restart.attempts_max, 1);
    assert_int_equal(config->restart.delay_ns, SNAP_SECOND);
    assert_int_equal(config->restart.failures_max, 1);
    assert_int_equal(config->restart.interval_ns, 60 * SNAP_SECOND);
    assert_int_equal(config->restart.backoff_initial_ns, SNAP_SECOND);
    assert_int_equal(config->restart.backoff_max_ns, 60 * SNAP_SECOND);
    assert_true(config->restart.backoff_multiplier == 1.5);
    assert_true(config->restart.jitter_factor == 0.1);
    assert_int_equal(config->restart.reset_threshold_ns, 3600 * SNAP_SECOND);
    assert_int_equal(config->restart.backoff_attempts_max, UINT32_MAX);
    assert_int_equal(config->network.segment_bytes, 32768);
    assert_int_equal(config->network.exclusive_per_channel, 2);
    assert_int_equal(config->network.floating_per_gate, 8);
    assert_int_equal(config->network.per_subpartition_max, 10);
    assert_int_equal(config->network.overdraft_per_gate, 20);
    assert_int_equal(config->network.buffer_timeout_ns, 100 * SNAP_MS);
    assert_int_equal(config->network.rules, SNAP_NETWORK_2_3);
    assert_true(config->network.output_timeout);
    assert_int_equal(config->network.segment_min_bytes, 256);
    assert_int_equal(config->network.segment_start_bytes, 1024);
    assert_int_equal(config->network.required_per_gate_max, 0);
    assert_false(config->network.debloat.enabled);
    assert_int_equal(config->network.debloat.period_ns, 200 * SNAP_MS);
    assert_int_equal(config->network.debloat.target_ns, SNAP_SECOND);
    assert_int_equal(config->network.debloat.samples, 20);
    assert_int_equal(config->network.debloat.threshold_percent, 25);
    assert_false(config->checkpoint.unaligned.enabled);
    assert_false(config->checkpoint.unaligned.forced);
    assert_false(config->checkpoint.unaligned.interruptible_timers);
    assert_false(config->checkpoint.unaligned.output_at_consumer);
    assert_false(config->checkpoint.unaligned.during_recovery);
    assert_int_equal(config->checkpoint.unaligned.aligned_timeout_ns, 0);
    assert_int_equal(config->checkpoint.unaligned.subtasks_per_file_max, 5);
    assert_int_equal(config->checkpoint.unaligned.ignored_checkpoint, -1);
    assert_int_equal(built.sim.model.record_size_bytes, 100);
    assert_int_equal(built.sim.model.network_bytes_per_second, INT64_C(1) << 30);
    assert_int_equal(built.sim.model.storage_latency_ns, 5 * SNAP_MS);
    assert_int_equal(built.sim.model.storage_bytes_per_second, INT64_C(100) << 20);
    assert_int_equal(built.sim.model.sync_ns, SNAP_MS);
    assert_int_equal(built.sim.model.cost_mode, SNAP_COST_SLEEP);
    snap_built_fini(&built);
}

struct config_row {
    const char *name;
    const char *version;
    const char *config;
    size_t offset; /* of an int64, uint32 or bool in struct snap_config */
    size_t bytes;
    int64_t expected;
    const char *note; /* the last note, NULL: none */
};

#define AT(member) offsetof(struct snap_config, member), sizeof(((struct snap_config *)0)->member)

static const struct config_row config_rows[] = {
    {"nested", "2.3", "{execution: {checkpointing: {interval: 1 min}}}", AT(checkpoint.interval_ns),
     60 * SNAP_SECOND, NULL},
    {"half nested", "2.3", "{execution.checkpointing: {interval: 3s}}", AT(checkpoint.interval_ns),
     3 * SNAP_SECOND, NULL},
    {"bare number is milliseconds", "2.3", "{execution.checkpointing.interval: 250}",
     AT(checkpoint.interval_ns), 250 * SNAP_MS, NULL},
    {"old spelling", "2.3", "{pipeline.operator-chaining: false}", AT(chaining_enabled), false,
     "pipeline.operator-chaining is an old spelling of pipeline.operator-chaining.enabled"},
    {"the new spelling wins", "2.3",
     "{pipeline.operator-chaining.enabled: true, pipeline.operator-chaining: false}",
     AT(chaining_enabled), true,
     "pipeline.operator-chaining.enabled and pipeline.operator-chaining are spellings of one "
     "setting: pipeline.operator-chaining.enabled wins, pipeline.operator-chaining has no effect"},
    {"the new spelling wins behind the old one", "2.3",
     "{pipeline.operator-chaining: false, pipeline.operator-chaining.enabled: true}",
     AT(chaining_enabled), true,
     "pipeline.operator-chaining.enabled and pipeline.operator-chaining are spellings of one "
     "setting: pipeline.operator-chaining.enabled wins, pipeline.operator-chaining has no effect"},
    {"ISO-8601", "2.3", "{execution.checkpointing.interval: PT1.5S}", AT(checkpoint.interval_ns),
     1500 * SNAP_MS, NULL},
    {"old spelling and prefix", "2.3",
     "{execution.checkpointing.interval: 1 s, restart-strategy: failurerate, "
     "restart-strategy.failure-rate.delay: 2 s}",
     AT(restart.delay_ns), 2 * SNAP_SECOND,
     "restart-strategy is an old spelling of restart-strategy.type"},
    {"words in any case", "2.3", "{execution.checkpointing.mode: at_least_once}",
     AT(checkpoint.mode), SNAP_MODE_AT_LEAST_ONCE, NULL},
    {"with checkpoints: exponential delay", "2.3", "{execution.checkpointing.interval: 1 s}",
     AT(restart.kind), SNAP_RESTART_EXPONENTIAL_DELAY, NULL},
    {"interval below the pause is raised", "2.3",
     "{execution.checkpointing: {interval: 1 s, min-pause: 2 s}}", AT(checkpoint.interval_ns),
     2 * SNAP_SECOND,
     "execution.checkpointing.interval is below the least pause and is raised to it, as Flink "
     "does"},
    {"retention", "2.3",
     "{execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION}",
     AT(checkpoint.retention), SNAP_RETAIN_ON_CANCELLATION, NULL},
    {"no buffer timeout", "2.3", "{execution.buffer-timeout.enabled: false}",
     AT(network.buffer_timeout_ns), SNAP_NEVER, NULL},
    {"buffer timeout zero", "2.3", "{execution.buffer-timeout: 0 ms}",
     AT(network.buffer_timeout_ns), 0,
     "execution.buffer-timeout is an old spelling of execution.buffer-timeout.interval"},
    {"sizes have powers of two", "2.3", "{taskmanager.memory.segment-size: 64kb}",
     AT(network.segment_bytes), 65536, NULL},
    {"1.20 overdraft", "1.20", "{}", AT(network.overdraft_per_gate), 5, NULL},
    {"1.20 buffers are settings", "1.20", "{taskmanager.network.memory.buffers-per-channel: 4}",
     AT(network.exclusive_per_channel), 4, NULL},
    {"no exclusive buffers", "1.20", "{taskmanager.network.memory.buffers-per-channel: 0}",
     AT(network.exclusive_per_channel), 0, NULL},
    {"2.3 buffers are constants", "2.3", "{taskmanager.network.memory.buffers-per-channel: 4}",
     AT(network.exclusive_per_channel), 2,
     "taskmanager.network.memory.buffers-per-channel is a setting of Flink 1.20, not of 2.3: no "
     "effect"},
    {"no effect yet", "2.3", "{state.backend.rocksdb.options-factory: x}", AT(task_slots), 1,
     "state.backend.rocksdb.options-factory has no effect yet"},
    {"a backend's older name", "1.20", "{state.backend: filesystem}", AT(task_slots), 1,
     "filesystem is deprecated as a state backend; write state.backend.type: hashmap and "
     "execution.checkpointing.storage: filesystem"},
    {"a part that does not exist here", "2.3", "{s3.access-key: abc}", AT(task_slots), 1,
     "s3.access-key belongs to a part of Flink that does not exist here: no effect"},
    {"below a map", "2.3", "{pipeline.global-job-parameters: {a: 1}}", AT(task_slots), 1,
     "pipeline.global-job-parameters has no effect yet"},
    {"unaligned", "2.3",
     "{execution.checkpointing: {interval: 1 s, unaligned.enabled: true, "
     "max-concurrent-checkpoints: 1}}",
     AT(checkpoint.unaligned.enabled), true, NULL},
    {"unaligned, old spelling", "1.20",
     "{execution.checkpointing.interval: 1 s, execution.checkpointing.unaligned: true}",
     AT(checkpoint.unaligned.enabled), true,
     "execution.checkpointing.unaligned is an old spelling of "
     "execution.checkpointing.unaligned.enabled"},
    {"unaligned without checkpoints", "2.3",
     "{execution.checkpointing: {unaligned.enabled: true, max-concurrent-checkpoints: 2}}",
     AT(checkpoint.unaligned.enabled), false,
     "execution.checkpointing.unaligned.enabled has no effect without "
     "execution.checkpointing.interval: there are no periodic checkpoints, and "
     "no savepoint is unaligned"},
    {"a timeout without unaligned", "2.3",
     "{execution.checkpointing: {interval: 1 s, aligned-checkpoint-timeout: 1 s}}",
     AT(checkpoint.unaligned.enabled), false,
     "execution.checkpointing.aligned-checkpoint-timeout has no effect without "
     "execution.checkpointing.unaligned.enabled"},
    {"no timeout, without unaligned", "2.3",
     "{execution.checkpointing: {interval: 1 s, aligned-checkpoint-timeout: 0 ms}}",
     AT(checkpoint.unaligned.aligned_timeout_ns), 0, NULL},
    {"unaligned needs exactly once", "2.3",
     "{execution.checkpointing: {interval: 1 s, mode: AT_LEAST_ONCE, unaligned.enabled: true}}",
     AT(checkpoint.unaligned.enabled), false,
     "unaligned checkpoints need EXACTLY_ONCE: with AT_LEAST_ONCE no checkpoint is unaligned, as "
     "in Flink"},
    {"several concurrent ones at least once", "1.20",
     "{execution.checkpointing: {interval: 1 s, mode: AT_LEAST_ONCE, unaligned.enabled: true, "
     "max-concurrent-checkpoints: 2}}",
     AT(checkpoint.concurrent_max), 2,
     "unaligned checkpoints need EXACTLY_ONCE: with AT_LEAST_ONCE no checkpoint is unaligned, as "
     "in Flink"},
    {"several concurrent aligned ones", "2.3",
     "{execution.checkpointing: {interval: 1 s, max-concurrent-checkpoints: 3}}",
     AT(checkpoint.concurrent_max), 3, NULL},
    {"aligned timeout", "2.3",
     "{execution.checkpointing: {interval: 1 s, unaligned.enabled: true, "
     "aligned-checkpoint-timeout: 30 s}}",
     AT(checkpoint.unaligned.aligned_timeout_ns), 30 * SNAP_SECOND, NULL},
    {"aligned timeout, old spelling", "1.20",
     "{execution.checkpointing: {interval: 1 s, unaligned.enabled: true, "
     "alignment-timeout: 1500 us}}",
     AT(checkpoint.unaligned.aligned_timeout_ns), SNAP_MS,
     "execution.checkpointing.alignment-timeout is an old spelling of "
     "execution.checkpointing.aligned-checkpoint-timeout"},
    {"an aligned timeout that no checkpoint lives to see", "2.3",
     "{execution.checkpointing: {interval: 1 s, timeout: 30 s, unaligned.enabled: true, "
     "aligned-checkpoint-timeout: 30 s}}",
     AT(checkpoint.unaligned.aligned_timeout_ns), 30 * SNAP_SECOND,
     "execution.checkpointing.aligned-checkpoint-timeout is not below "
     "execution.checkpointing.timeout: a checkpoint is given up before its barriers may overtake"},
    {"an aligned timeout of less than a millisecond", "2.3",
     "{execution.checkpointing: {interval: 1 s, unaligned.enabled: true, "
     "aligned-checkpoint-timeout: 900 us}}",
     AT(checkpoint.unaligned.aligned_timeout_ns), 0,
     "execution.checkpointing.aligned-checkpoint-timeout is cut to whole milliseconds, as Flink "
     "does: 900 us counts as 0"},
    {"forced", "2.3",
     "{execution.checkpointing: {interval: 1 s, unaligned: {enabled: true, forced: true}}}",
     AT(checkpoint.unaligned.forced), true, NULL},
    {"forced needs unaligned", "2.3", "{execution.checkpointing.unaligned.forced: true}",
     AT(checkpoint.unaligned.forced), true,
     "execution.checkpointing.unaligned.forced has no effect without "
     "execution.checkpointing.unaligned.enabled"},
    {"not forced needs nothing", "2.3", "{execution.checkpointing.unaligned.forced: false}",
     AT(checkpoint.unaligned.forced), false, NULL},
    {"interruptible timers need unaligned", "2.3",
     "{execution.checkpointing.unaligned.interruptible-timers.enabled: true}",
     AT(checkpoint.unaligned.interruptible_timers), false,
     "execution.checkpointing.unaligned.interruptible-timers.enabled has no effect without "
     "execution.checkpointing.unaligned.enabled"},
    {"interruptible timers where there is no window", "2.3",
     "{execution.checkpointing: {interval: 1 s, unaligned: {enabled: true, "
     "interruptible-timers.enabled: true}}}",
     AT(checkpoint.unaligned.interruptible_timers), true,
     "execution.checkpointing.unaligned.interruptible-timers.enabled has no effect without a "
     "window "
     "of event time with `api: table`: other timers are not interrupted"},
    {"subtasks per channel-state file", "2.3",
     "{execution.checkpointing: {interval: 1 s, unaligned: {enabled: true, "
     "max-subtasks-per-channel-state-file: 1}}}",
     AT(checkpoint.unaligned.subtasks_per_file_max), 1, NULL},
    {"subtasks per channel-state file need unaligned", "2.3",
     "{execution.checkpointing.unaligned.max-subtasks-per-channel-state-file: 1}",
     AT(checkpoint.unaligned.subtasks_per_file_max), 1,
     "execution.checkpointing.unaligned.max-subtasks-per-channel-state-file has no effect without "
     "execution.checkpointing.unaligned.enabled"},
    {"output at the consumer", "2.3",
     "{execution.checkpointing.unaligned.recover-output-on-downstream.enabled: true}",
     AT(checkpoint.unaligned.output_at_consumer), true, NULL},
    {"output at the consumer came with 2.3", "1.20",
     "{execution.checkpointing.unaligned.recover-output-on-downstream.enabled: true}",
     AT(checkpoint.unaligned.output_at_consumer), false,
     "execution.checkpointing.unaligned.recover-output-on-downstream.enabled is a setting of Flink "
     "2.3, not of 1.20: no effect"},
    {"during recovery", "2.3",
     "{execution.checkpointing: {during-recovery.enabled: true, "
     "unaligned.recover-output-on-downstream.enabled: true}}",
     AT(checkpoint.unaligned.during_recovery), true, NULL},
    {"during recovery needs output at the consumer", "2.3",
     "{execution.checkpointing.during-recovery.enabled: true}",
     AT(checkpoint.unaligned.during_recovery), false,
     "execution.checkpointing.during-recovery.enabled has no effect without "
     "execution.checkpointing.unaligned.recover-output-on-downstream.enabled"},
    {"without channel state", "2.3",
     "{execution.checkpointing.recover-without-channel-state.checkpoint-id: 0}",
     AT(checkpoint.unaligned.ignored_checkpoint), 0,
     "execution.checkpointing.recover-without-channel-state.checkpoint-id is an old spelling of "
     "execution.state-recovery.without-channel-state.checkpoint-id"},
    {"debloating", "1.20", "{taskmanager.network.memory.buffer-debloat.enabled: true}",
     AT(network.debloat.enabled), true, NULL},
    {"debloating period", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.network.memory.buffer-debloat.period: 50 ms}",
     AT(network.debloat.period_ns), 50 * SNAP_MS, NULL},
    {"debloating target", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.network.memory.buffer-debloat.target: 500 ms}",
     AT(network.debloat.target_ns), 500 * SNAP_MS, NULL},
    {"debloating samples", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.network.memory.buffer-debloat.samples: 1}",
     AT(network.debloat.samples), 1, NULL},
    {"debloating threshold", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.network.memory.buffer-debloat.threshold-percentages: 50}",
     AT(network.debloat.threshold_percent), 50, NULL},
    {"least size of a buffer", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.memory.min-segment-size: 1 kb}",
     AT(network.segment_min_bytes), 1024, NULL},
    {"first size of a buffer", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.memory.starting-segment-size: 32 kb}",
     AT(network.segment_start_bytes), 32768, NULL},
    {"debloating period while debloating is off", "2.3",
     "{taskmanager.network.memory.buffer-debloat.period: 50 ms}", AT(network.debloat.period_ns),
     50 * SNAP_MS,
     "taskmanager.network.memory.buffer-debloat.period has no effect without "
     "taskmanager.network.memory.buffer-debloat.enabled"},
    {"debloating target while debloating is off", "2.3",
     "{taskmanager.network.memory.buffer-debloat.target: 500 ms}", AT(network.debloat.target_ns),
     500 * SNAP_MS,
     "taskmanager.network.memory.buffer-debloat.target has no effect without "
     "taskmanager.network.memory.buffer-debloat.enabled"},
    {"debloating samples while debloating is off", "2.3",
     "{taskmanager.network.memory.buffer-debloat.samples: 1}", AT(network.debloat.samples), 1,
     "taskmanager.network.memory.buffer-debloat.samples has no effect without "
     "taskmanager.network.memory.buffer-debloat.enabled"},
    {"debloating threshold while debloating is off", "2.3",
     "{taskmanager.network.memory.buffer-debloat.threshold-percentages: 50}",
     AT(network.debloat.threshold_percent), 50,
     "taskmanager.network.memory.buffer-debloat.threshold-percentages has no effect without "
     "taskmanager.network.memory.buffer-debloat.enabled"},
    {"least size of a buffer while debloating is off", "2.3",
     "{taskmanager.memory.min-segment-size: 1 kb}", AT(network.segment_min_bytes), 1024,
     "taskmanager.memory.min-segment-size has no effect without "
     "taskmanager.network.memory.buffer-debloat.enabled"},
    {"first size of a buffer while debloating is off", "2.3",
     "{taskmanager.memory.starting-segment-size: 32 kb}", AT(network.segment_start_bytes), 32768,
     "taskmanager.memory.starting-segment-size has no effect without "
     "taskmanager.network.memory.buffer-debloat.enabled"},
    {"Flink takes any threshold", "2.3",
     "{taskmanager.network.memory.buffer-debloat.enabled: true, "
     "taskmanager.network.memory.buffer-debloat.threshold-percentages: -1}",
     AT(network.debloat.threshold_percent), UINT32_MAX, NULL},
    {"1.20 starts with full buffers", "1.20", "{taskmanager.memory.segment-size: 64 kb}",
     AT(network.segment_start_bytes), 65536, NULL},
    {"required buffers of a gate", "2.3",
     "{taskmanager.network.memory.read-buffer.required-per-gate.max: 7}",
     AT(network.required_per_gate_max), 7, NULL},
    {"1.20 network", "1.20", "{}", AT(network.rules), SNAP_NETWORK_1_20, NULL},
    {"1.20 has timeouts in output queues", "1.20", "{}", AT(network.output_timeout), true, NULL},
    {"older network", "2.3\nnetwork-rules: 1.20", "{}", AT(network.overdraft_per_gate), 5, NULL},
    {"older network, its settings", "2.3\nnetwork-rules: 1.20",
     "{taskmanager.network.memory.buffers-per-channel: 4}", AT(network.exclusive_per_channel), 4,
     NULL},
    {"older network starts with full buffers", "2.3\nnetwork-rules: 1.20", "{}",
     AT(network.segment_start_bytes), 32768, NULL},
    {"newer network", "1.20\nnetwork-rules: 2.3", "{}", AT(network.overdraft_per_gate), 20, NULL},
    {"newer network, not its settings", "1.20\nnetwork-rules: 2.3",
     "{taskmanager.network.memory.buffers-per-channel: 4}", AT(network.exclusive_per_channel), 2,
     "taskmanager.network.memory.buffers-per-channel is a setting of Flink 1.20, not of 2.3: no "
     "effect"},
    {"before 1.16", "2.3\nnetwork-rules: pre-1.16", "{}", AT(network.rules), SNAP_NETWORK_PRE_1_16,
     NULL},
    {"no overdraft before 1.16", "1.20\nnetwork-rules: pre-1.16",
     "{taskmanager.network.memory.max-overdraft-buffers-per-gate: 7}",
     AT(network.overdraft_per_gate), 0,
     "there are no overdraft buffers before Flink 1.16: no effect"},
    {"no timeout in output queues before 1.16", "2.3\nnetwork-rules: pre-1.16", "{}",
     AT(network.output_timeout), false, NULL},
    {"null is not given", "2.3", "{parallelism.default: null}", AT(parallelism_default), 1, NULL},
};

static int64_t member(const struct snap_config *config, const struct config_row *row)
{
    const char *at = (const char *)config + row->offset;
    int64_t wide = 0;
    uint32_t narrow = 0;

    if (row->bytes == 8)
        memcpy(&wide, at, 8);
    else if (row->bytes == 4)
        memcpy(&narrow, at, 4);
    else
        wide = *(const bool *)at;
    return row->bytes == 4 ? narrow : wide;
}

static void test_config(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(config_rows) / sizeof(config_rows[0]); i++) {
        const struct config_row *row = &config_rows[i];
        struct snap_built built;
        char text[512];
        const char *note = NULL;

        snprintf(text, sizeof(text), "flink-version: %s\nconfig: %s\n%s", row->version, row->config,
                 SMALL);
        build_text(text, NULL, &built);
        if (built.note_count)
            note = built.notes[built.note_count - 1].text;
        if (member(&built.sim.config, row) != row->expected ||
            strcmp(note ? note : "", row->note ? row->note : "") != 0)
            fail_msg("%s: %lld, note %s", row->name, (long long)member(&built.sim.config, row),
                     note ? note : "none");
        snap_built_fini(&built);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),     cmocka_unit_test(test_job),
        cmocka_unit_test(test_timeline),  cmocka_unit_test(test_expectation),
        cmocka_unit_test(test_variants),  cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_questions), cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_config),    cmocka_unit_test(test_network_rules_of_variants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
