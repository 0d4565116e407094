// SPDX-License-Identifier: Apache-2.0
#include "scenario/config_acting.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "model/key_group.h"
#include "scenario/config_read.h"
#include "scenario/config_storage.h"

enum store {
    STORE_BOOL,
    STORE_UINT32,
    STORE_INT64,
    STORE_DURATION, /* whole milliseconds */
    STORE_REAL,
    STORE_SEGMENT,
    STORE_MODE,
    STORE_RETENTION,
    STORE_RESTART_KIND,
    STORE_HIGH_AVAILABILITY,
    STORE_DIRECTORY,
    STORE_BACKEND,
    STORE_STORAGE,
    STORE_CHANGELOG,
    STORE_CHOICE,
};

struct acting {
    const char *name;
    enum store store;
    size_t offset; /* in struct snap_config_draft */
    int64_t from;  /* numbers as they are, durations in milliseconds */
    int64_t to;
};

#define DURATION_MAX_MS (SNAP_DURATION_MAX / SNAP_MS)
#define AT(member) offsetof(struct snap_config_draft, config.member)
#define AT_DRAFT(member) offsetof(struct snap_config_draft, member)
#define CHECKPOINTING "execution.checkpointing."
#define CHANGELOG "state.changelog."
#define RESTART "restart-strategy."
#define NETWORK "taskmanager.network.memory."
#define UNALIGNED CHECKPOINTING "unaligned."
#define DEBLOAT NETWORK "buffer-debloat."
#define MEMORY "taskmanager.memory."

static const struct acting actings[] = {
    {"parallelism.default", STORE_UINT32, AT(parallelism_default), 1, SNAP_MAX_PARALLELISM_LIMIT},
    {"pipeline.max-parallelism", STORE_INT64, AT(max_parallelism), -1, SNAP_MAX_PARALLELISM_LIMIT},
    {"pipeline.operator-chaining.enabled", STORE_BOOL, AT(chaining_enabled), 0, 0},
    {"pipeline.operator-chaining.chain-operators-with-different-max-parallelism", STORE_BOOL,
     AT(chain_different_max_parallelism), 0, 0},
    {"pipeline.vertex-name-include-index-prefix", STORE_BOOL, AT(vertex_name_index_prefix), 0, 0},
    {"pipeline.auto-watermark-interval", STORE_DURATION, AT(auto_watermark_ns), 0, DURATION_MAX_MS},
    {"taskmanager.numberOfTaskSlots", STORE_UINT32, AT(task_slots), 1, INT32_MAX},
    {"heartbeat.timeout", STORE_DURATION, AT(heartbeat_timeout_ns), 1, DURATION_MAX_MS},
    {"high-availability.type", STORE_HIGH_AVAILABILITY, 0, 0, 0},
    {CHECKPOINTING "interval", STORE_DURATION, AT(checkpoint.interval_ns), 10, DURATION_MAX_MS},
    {CHECKPOINTING "mode", STORE_MODE, 0, 0, 0},
    {CHECKPOINTING "timeout", STORE_DURATION, AT(checkpoint.timeout_ns), 10, DURATION_MAX_MS},
    {CHECKPOINTING "min-pause", STORE_DURATION, AT(checkpoint.min_pause_ns), 0, DURATION_MAX_MS},
    {CHECKPOINTING "max-concurrent-checkpoints", STORE_UINT32, AT(checkpoint.concurrent_max), 1,
     INT32_MAX},
    {CHECKPOINTING "tolerable-failed-checkpoints", STORE_INT64, AT(checkpoint.tolerable_failures),
     0, INT32_MAX},
    {CHECKPOINTING "num-retained", STORE_UINT32, AT(checkpoint.retained_max), 1, INT32_MAX},
    {CHECKPOINTING "externalized-checkpoint-retention", STORE_RETENTION, 0, 0, 0},
    {CHECKPOINTING "checkpoints-after-tasks-finish", STORE_BOOL, AT(checkpoint.after_tasks_finish),
     0, 0},
    {CHECKPOINTING "dir", STORE_DIRECTORY, AT(storage.checkpoint_dir), 0, 0},
    {CHECKPOINTING "savepoint-dir", STORE_DIRECTORY, AT(storage.savepoint_dir), 0, 0},
    {CHECKPOINTING "storage", STORE_STORAGE, 0, 0, 0},
    {CHECKPOINTING "create-subdir", STORE_BOOL, AT(storage.creates_subdir), 0, 0},
    {CHECKPOINTING "incremental", STORE_BOOL, AT(storage.is_incremental), 0, 0},
    {CHECKPOINTING "snapshot-compression", STORE_BOOL, AT(storage.is_compressed), 0, 0},
    {CHECKPOINTING "data-inline-threshold", STORE_INT64, AT(storage.inline_max_bytes), 0, 1 << 20},
    {"state.backend.type", STORE_BACKEND, 0, 0, 0},
    {CHANGELOG "enabled", STORE_BOOL, AT(changelog.is_enabled), 0, 0},
    {CHANGELOG "storage", STORE_CHANGELOG, 0, 0, 0},
    {CHANGELOG "periodic-materialize.enabled", STORE_BOOL, AT(changelog.materializes), 0, 0},
    {CHANGELOG "periodic-materialize.interval", STORE_DURATION, AT(changelog.interval_ns), 1,
     DURATION_MAX_MS},
    {CHANGELOG "max-failures-allowed", STORE_UINT32, AT(changelog.failures_max), 0, INT32_MAX},
    {RESTART "type", STORE_RESTART_KIND, 0, 0, 0},
    {RESTART "fixed-delay.delay", STORE_DURATION, AT_DRAFT(fixed_delay_ns), 0, DURATION_MAX_MS},
    {RESTART "failure-rate.delay", STORE_DURATION, AT_DRAFT(failure_rate_delay_ns), 0,
     DURATION_MAX_MS},
    {RESTART "fixed-delay.attempts", STORE_UINT32, AT(restart.attempts_max), 0, INT32_MAX},
    {RESTART "failure-rate.max-failures-per-interval", STORE_UINT32, AT(restart.failures_max), 1,
     INT32_MAX},
    {RESTART "failure-rate.failure-rate-interval", STORE_DURATION, AT(restart.interval_ns), 1,
     DURATION_MAX_MS},
    {RESTART "exponential-delay.initial-backoff", STORE_DURATION, AT(restart.backoff_initial_ns), 1,
     DURATION_MAX_MS},
    {RESTART "exponential-delay.max-backoff", STORE_DURATION, AT(restart.backoff_max_ns), 1,
     DURATION_MAX_MS},
    {RESTART "exponential-delay.backoff-multiplier", STORE_REAL, AT(restart.backoff_multiplier), 1,
     1000000},
    {RESTART "exponential-delay.reset-backoff-threshold", STORE_DURATION,
     AT(restart.reset_threshold_ns), 1, DURATION_MAX_MS},
    {RESTART "exponential-delay.jitter-factor", STORE_REAL, AT(restart.jitter_factor), 0, 1},
    {RESTART "exponential-delay.attempts-before-reset-backoff", STORE_UINT32,
     AT(restart.backoff_attempts_max), 1, INT32_MAX},
    {UNALIGNED "enabled", STORE_BOOL, AT(checkpoint.unaligned.enabled), 0, 0},
    {UNALIGNED "forced", STORE_BOOL, AT(checkpoint.unaligned.forced), 0, 0},
    {UNALIGNED "interruptible-timers.enabled", STORE_BOOL,
     AT(checkpoint.unaligned.interruptible_timers), 0, 0},
    {UNALIGNED "max-subtasks-per-channel-state-file", STORE_UINT32,
     AT(checkpoint.unaligned.subtasks_per_file_max), 1, INT32_MAX},
    {UNALIGNED "recover-output-on-downstream.enabled", STORE_BOOL,
     AT(checkpoint.unaligned.output_at_consumer), 0, 0},
    {CHECKPOINTING "during-recovery.enabled", STORE_BOOL, AT(checkpoint.unaligned.during_recovery),
     0, 0},
    {CHECKPOINTING "aligned-checkpoint-timeout", STORE_DURATION,
     AT(checkpoint.unaligned.aligned_timeout_ns), 0, DURATION_MAX_MS},
    {"execution.state-recovery.path", STORE_DIRECTORY, AT(recovery.path), 0, 0},
    {"execution.state-recovery.ignore-unclaimed-state", STORE_BOOL, AT(recovery.ignores_unclaimed),
     0, 0},
    {"execution.state-recovery.claim-mode", STORE_CHOICE, AT(recovery.claim_mode), 0, 0},
    {"execution.state-recovery.without-channel-state.checkpoint-id", STORE_INT64,
     AT(checkpoint.unaligned.ignored_checkpoint), INT64_MIN, INT64_MAX},
    {MEMORY "segment-size", STORE_SEGMENT, AT(network.segment_bytes), 0, 0},
    {MEMORY "min-segment-size", STORE_UINT32, AT(network.segment_min_bytes), 1, INT32_MAX},
    {MEMORY "starting-segment-size", STORE_UINT32, AT(network.segment_start_bytes), 1, INT32_MAX},
    {NETWORK "buffers-per-channel", STORE_UINT32, AT(network.exclusive_per_channel), 0, INT32_MAX},
    {NETWORK "floating-buffers-per-gate", STORE_UINT32, AT(network.floating_per_gate), 0,
     INT32_MAX},
    {NETWORK "max-buffers-per-channel", STORE_UINT32, AT(network.per_subpartition_max), 1,
     INT32_MAX},
    {NETWORK "max-overdraft-buffers-per-gate", STORE_UINT32, AT(network.overdraft_per_gate), 0,
     INT32_MAX},
    {NETWORK "read-buffer.required-per-gate.max", STORE_UINT32, AT(network.required_per_gate_max),
     1, INT32_MAX},
    {DEBLOAT "enabled", STORE_BOOL, AT(network.debloat.enabled), 0, 0},
    {DEBLOAT "period", STORE_DURATION, AT(network.debloat.period_ns), 1, DURATION_MAX_MS},
    {DEBLOAT "target", STORE_DURATION, AT(network.debloat.target_ns), 1, DURATION_MAX_MS},
    {DEBLOAT "samples", STORE_UINT32, AT(network.debloat.samples), 1, INT32_MAX},
    {DEBLOAT "threshold-percentages", STORE_UINT32, AT(network.debloat.threshold_percent),
     INT32_MIN, INT32_MAX},
    {"execution.buffer-timeout.interval", STORE_DURATION, AT(network.buffer_timeout_ns), 0,
     DURATION_MAX_MS},
    {"execution.buffer-timeout.enabled", STORE_BOOL, AT_DRAFT(buffer_timeout_enabled), 0, 0},
};

/* A linear search: the table is short and a build looks up each key once. */
static const struct acting *find_acting(const char *name)
{
    for (size_t i = 0; i < sizeof(actings) / sizeof(actings[0]); i++)
        if (strcmp(actings[i].name, name) == 0)
            return &actings[i];
    return NULL;
}

bool snap_config_key_acts(const char *name)
{
    return find_acting(name) != NULL;
}

uint32_t snap_config_acting_count(void)
{
    return sizeof(actings) / sizeof(actings[0]);
}

void snap_config_set_constants(struct snap_config_draft *draft)
{
    struct snap_network_config *network = &draft->config.network;

    network->exclusive_per_channel = 2;
    network->floating_per_gate = 8;
    network->per_subpartition_max = 10;
    network->overdraft_per_gate = 20;
}

/* Defaults have no node and are in range by construction. */
static bool check_range(struct snap_reader *reader, const struct acting *acting,
                        const struct snap_node *node, int64_t number)
{
    const char *unit = acting->store == STORE_DURATION ? " ms" : "";

    if (!node || (number >= acting->from && number <= acting->to))
        return true;
    if (number < acting->from)
        return snap_reader_fail(reader, node, "%s must be at least %" PRId64 "%s, found %s",
                                acting->name, acting->from, unit, node->text);
    if (acting->to == DURATION_MAX_MS)
        return snap_reader_fail(reader, node, "%s must be at most %lld d, found %s", acting->name,
                                (long long)(SNAP_DURATION_MAX / SNAP_DAY), node->text);
    return snap_reader_fail(reader, node, "%s must be at most %" PRId64 "%s, found %s",
                            acting->name, acting->to, unit, node->text);
}

/* The same for the two factors of the exponential delay. */
static bool check_real(struct snap_reader *reader, const struct acting *acting,
                       const struct snap_node *node, double real)
{
    if (!node || (real >= (double)acting->from && real <= (double)acting->to))
        return true;
    return snap_reader_fail(reader, node, "%s must be from %" PRId64 " to %" PRId64 ", found %s",
                            acting->name, acting->from, acting->to, node->text);
}

/* Flink refuses pages that are no power of two or below 4 kb. */
static bool store_segment(struct snap_reader *reader, const struct snap_node *node, int64_t bytes,
                          struct snap_config *config)
{
    if (bytes < 4096 || bytes > (INT64_C(1) << 30) || (bytes & (bytes - 1)) != 0)
        return snap_reader_fail(reader, node,
                                "taskmanager.memory.segment-size must be a power of two from 4 kb "
                                "to 1 gb, found %s",
                                node->text);
    config->network.segment_bytes = (uint32_t)bytes;
    return true;
}

/* Flink loads the storage by its name. */
static bool store_changelog(struct snap_reader *reader, const struct snap_node *node,
                            struct snap_config *config)
{
    static const char *const names[] = {"memory", "filesystem", NULL};

    config->changelog.is_in_memory = !node || strcmp(node->text, "memory") == 0;
    if (config->changelog.is_in_memory || strcmp(node->text, "filesystem") == 0)
        return true;
    return snap_reader_fail_unknown(reader, node, "value of state.changelog.storage", names);
}

/* The order of the words in Flink's enum is DELETE, RETAIN, NO. */
static enum snap_retention retention_of(int64_t index)
{
    static const enum snap_retention kinds[] = {SNAP_RETAIN_ON_FAILURE, SNAP_RETAIN_ON_CANCELLATION,
                                                SNAP_RETAIN_NONE};

    SNAP_CHECK(index >= 0 && index < 3);
    return kinds[index];
}

/* Flink takes several spellings of a strategy, in any case. */
static bool store_restart_kind(struct snap_reader *reader, const struct snap_node *node,
                               struct snap_config_draft *draft)
{
    static const char *const names[] = {
        "none",         "off",         "disable",           "fixed-delay",      "fixeddelay",
        "failure-rate", "failurerate", "exponential-delay", "exponentialdelay", NULL,
    };
    static const enum snap_restart_kind kinds[] = {
        SNAP_RESTART_NONE,
        SNAP_RESTART_NONE,
        SNAP_RESTART_NONE,
        SNAP_RESTART_FIXED_DELAY,
        SNAP_RESTART_FIXED_DELAY,
        SNAP_RESTART_FAILURE_RATE,
        SNAP_RESTART_FAILURE_RATE,
        SNAP_RESTART_EXPONENTIAL_DELAY,
        SNAP_RESTART_EXPONENTIAL_DELAY,
    };

    draft->restart_given = node != NULL;
    if (!node)
        return true;
    for (size_t i = 0; names[i]; i++) {
        if (strcasecmp(names[i], node->text) != 0)
            continue;
        draft->config.restart.kind = kinds[i];
        return true;
    }
    return snap_reader_fail_unknown(reader, node, "value of restart-strategy.type", names);
}

/* Durations are cut to whole milliseconds, as Flink's setters do. */
static bool store_number(struct snap_reader *reader, const struct acting *acting,
                         const struct snap_node *node, const struct snap_config_value *value,
                         struct snap_config_draft *draft)
{
    char *member = (char *)draft + acting->offset;
    int64_t number = value->number;
    uint32_t narrow;

    if (acting->store == STORE_DURATION)
        number /= SNAP_MS;
    if (!check_range(reader, acting, node, number))
        return false;
    if (node && acting->offset == AT(max_parallelism) && number == 0)
        return snap_reader_fail(reader, node, "%s must not be 0; -1 derives it", acting->name);
    if (node && acting->store == STORE_DURATION && number == 0 && value->number > 0)
        snap_reader_note(reader, node,
                         "%s is cut to whole milliseconds, as Flink does: %s counts as 0",
                         acting->name, node->text);
    if (acting->store == STORE_DURATION)
        number *= SNAP_MS;
    narrow = (uint32_t)number;
    if (acting->store == STORE_UINT32)
        memcpy(member, &narrow, sizeof(narrow));
    else
        memcpy(member, &number, sizeof(number));
    return true;
}

/* For what depends on several settings: a message names the one that was given. */
static void remember_place(const struct acting *acting, const struct snap_node *node,
                           struct snap_config_places *places)
{
    const struct {
        size_t offset;
        const struct snap_node **place;
    } wanted[] = {
        {AT(checkpoint.interval_ns), &places->interval},
        {AT(checkpoint.concurrent_max), &places->concurrent_max},
        {AT(checkpoint.unaligned.enabled), &places->unaligned},
        {AT(checkpoint.unaligned.aligned_timeout_ns), &places->aligned_timeout},
        {AT(checkpoint.unaligned.during_recovery), &places->during_recovery},
        {AT(network.exclusive_per_channel), &places->exclusive},
        {AT(network.overdraft_per_gate), &places->overdraft},
        {AT(network.segment_bytes), &places->segment},
        {AT(network.segment_min_bytes), &places->segment_min},
        {AT(network.segment_start_bytes), &places->segment_start},
    };

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (acting->offset == wanted[i].offset)
            *wanted[i].place = node;
}

static enum snap_config_needs needs_of(const struct acting *acting)
{
    static const struct {
        size_t offset;
        enum snap_config_needs needs;
    } needy[] = {
        {AT(network.debloat.period_ns), SNAP_NEEDS_DEBLOAT},
        {AT(network.debloat.target_ns), SNAP_NEEDS_DEBLOAT},
        {AT(network.debloat.samples), SNAP_NEEDS_DEBLOAT},
        {AT(network.debloat.threshold_percent), SNAP_NEEDS_DEBLOAT},
        {AT(network.segment_min_bytes), SNAP_NEEDS_DEBLOAT},
        {AT(network.segment_start_bytes), SNAP_NEEDS_DEBLOAT},
        {AT(checkpoint.unaligned.forced), SNAP_NEEDS_UNALIGNED},
        {AT(checkpoint.unaligned.interruptible_timers), SNAP_NEEDS_UNALIGNED},
        {AT(checkpoint.unaligned.subtasks_per_file_max), SNAP_NEEDS_UNALIGNED},
    };

    for (size_t i = 0; i < sizeof(needy) / sizeof(needy[0]); i++)
        if (acting->offset == needy[i].offset)
            return needy[i].needs;
    return SNAP_NEEDS_NOTHING;
}

/* That a flag is off needs nothing. */
static void remember_needs(const struct acting *acting, const struct snap_node *node,
                           const struct snap_config_value *value, struct snap_config_draft *draft)
{
    enum snap_config_needs needs = needs_of(acting);

    if (!node || needs == SNAP_NEEDS_NOTHING || (acting->store == STORE_BOOL && value->number == 0))
        return;
    SNAP_CHECK(draft->needy_count < SNAP_NEEDY_MAX);
    draft->needy[draft->needy_count++] = (struct snap_config_needy){acting->name, node, needs};
}

bool snap_config_store(struct snap_reader *reader, const struct snap_config_key *key,
                       const struct snap_node *node, const struct snap_config_value *value,
                       struct snap_config_draft *draft)
{
    const struct acting *acting = find_acting(key->name);
    bool flag = value->number != 0;

    if (!acting)
        return true;
    remember_place(acting, node, &draft->places);
    remember_needs(acting, node, value, draft);
    switch (acting->store) {
    case STORE_BOOL:
        memcpy((char *)draft + acting->offset, &flag, sizeof(flag));
        return true;
    case STORE_UINT32:
    case STORE_INT64:
    case STORE_DURATION:
        return store_number(reader, acting, node, value, draft);
    case STORE_REAL:
        memcpy((char *)draft + acting->offset, &value->real, sizeof(value->real));
        return check_real(reader, acting, node, value->real);
    case STORE_SEGMENT:
        return store_segment(reader, node, value->number, &draft->config);
    case STORE_MODE:
        draft->config.checkpoint.mode = (enum snap_checkpointing_mode)value->number;
        return true;
    case STORE_CHOICE:
        *(uint32_t *)((char *)draft + acting->offset) = (uint32_t)value->number;
        return true;
    case STORE_RETENTION:
        draft->config.checkpoint.retention = retention_of(value->number);
        return true;
    case STORE_RESTART_KIND:
        return store_restart_kind(reader, node, draft);
    case STORE_DIRECTORY:
        return snap_directory_store(reader, node, (const char **)((char *)draft + acting->offset));
    case STORE_BACKEND:
        return snap_backend_store(reader, node, &draft->config);
    case STORE_CHANGELOG:
        return store_changelog(reader, node, &draft->config);
    case STORE_STORAGE:
        return snap_storage_store(reader, node, &draft->config);
    case STORE_HIGH_AVAILABILITY:
        /* Which service it is makes no difference here. Flink: HighAvailabilityMode. */
        draft->config.high_availability = node && strcasecmp(node->text, "none") != 0;
        return true;
    }
    return true;
}
