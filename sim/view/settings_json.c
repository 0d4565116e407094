// SPDX-License-Identifier: Apache-2.0
/* The settings of a run that closed forms need: the member "settings" of its summary. */
#include <string.h>

#include "view/summary_json.h"

static void add_ms(struct snap_json *json, const char *key, snap_ns ns)
{
    snap_json_number(json, key, ns == SNAP_NEVER ? INT64_MAX : ns / SNAP_MS);
}

/* Flink writes the longest time for an interval where periodic checkpoints are off. */
static void add_checkpoint_config(struct snap_json *json,
                                  const struct snap_checkpoint_config *config)
{
    snap_json_object_begin(json, "checkpoint_config");
    snap_json_inline(json);
    snap_json_string(json, "mode",
                     snap_checkpoint_mode(config) == SNAP_MODE_AT_LEAST_ONCE ? "at_least_once"
                                                                             : "exactly_once");
    add_ms(json, "interval", config->interval_ns > 0 ? config->interval_ns : SNAP_NEVER);
    add_ms(json, "timeout", config->timeout_ns);
    add_ms(json, "min_pause", config->min_pause_ns);
    snap_json_number(json, "max_concurrent", config->concurrent_max);
    snap_json_bool(json, "unaligned_checkpoints", config->unaligned.enabled);
    add_ms(json, "aligned_checkpoint_timeout", config->unaligned.aligned_timeout_ns);
    snap_json_bool(json, "interruptible_timers", config->unaligned.interruptible_timers);
    snap_json_number(json, "tolerable_failed_checkpoints", config->tolerable_failures);
    snap_json_bool(json, "checkpoints_after_tasks_finish", config->after_tasks_finish);
    snap_json_object_end(json);
}

static void add_network(struct snap_json *json, const struct snap_network_config *network)
{
    static const char *const rules[] = {"pre-1.16", "1.20", "2.3"};

    snap_json_object_begin(json, "network");
    snap_json_inline(json);
    snap_json_string(json, "rules", rules[network->rules]);
    snap_json_bool(json, "output_timeout", network->output_timeout);
    snap_json_number(json, "segment_bytes", network->segment_bytes);
    snap_json_number(json, "exclusive_per_channel", network->exclusive_per_channel);
    snap_json_number(json, "floating_per_gate", network->floating_per_gate);
    snap_json_number(json, "per_subpartition_max", network->per_subpartition_max);
    snap_json_number(json, "overdraft_per_gate", network->overdraft_per_gate);
    snap_json_number(json, "buffer_timeout_ns", network->buffer_timeout_ns);
    snap_json_bool(json, "debloat", network->debloat.enabled);
    snap_json_number(json, "debloat_target_ns", network->debloat.target_ns);
    snap_json_object_end(json);
}

static void add_model(struct snap_json *json, const struct snap_cost_model *model)
{
    snap_json_object_begin(json, "model");
    snap_json_inline(json);
    snap_json_number(json, "network_latency_ns", model->network_latency_ns);
    snap_json_number(json, "network_local_latency_ns", model->network_local_latency_ns);
    snap_json_number(json, "network_bytes_per_s", model->network_bytes_per_second);
    snap_json_number(json, "storage_latency_ns", model->storage_latency_ns);
    snap_json_number(json, "storage_per_file_ns", model->storage_file_ns);
    snap_json_number(json, "storage_bytes_per_s", model->storage_bytes_per_second);
    snap_json_number(json, "startup_ns", model->startup_max_ns);
    snap_json_number(json, "trigger_ns", model->trigger_ns);
    snap_json_number(json, "unaligned_turn_ns", model->unaligned_turn_ns);
    snap_json_object_end(json);
}

/* Windows of event time fire all at once, at a watermark, if their timers are not interruptible. */
static void add_windows(struct snap_json *json, const struct snap_simulation *simulation)
{
    const struct snap_job *job = simulation->job;
    bool interrupts = simulation->config.checkpoint.unaligned.enabled &&
                      simulation->config.checkpoint.unaligned.interruptible_timers;

    snap_json_array_begin(json, "windows");
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];
        const struct snap_vertex *vertex = &job->vertices[op->vertex];

        if (!op->type || strcmp(op->type->name, "window") != 0)
            continue;
        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_string(json, "vertex", job->operators[vertex->operators[0]].uid);
        snap_json_string(json, "operator", op->uid);
        snap_json_bool(json, "interruptible",
                       interrupts && op->type->has_interruptible_timers &&
                           op->type->has_interruptible_timers(op));
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

void snap_settings_json(struct snap_json *json, const struct snap_simulation *simulation)
{
    snap_json_object_begin(json, "settings");
    add_checkpoint_config(json, &simulation->config.checkpoint);
    add_network(json, &simulation->config.network);
    add_model(json, &simulation->model);
    add_windows(json, simulation);
    snap_json_object_end(json);
}
