// SPDX-License-Identifier: Apache-2.0
/* The settings of a run that closed forms need: the member "settings" of its summary. */
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
                     config->mode == SNAP_MODE_AT_LEAST_ONCE ? "at_least_once" : "exactly_once");
    add_ms(json, "interval", config->interval_ns > 0 ? config->interval_ns : SNAP_NEVER);
    add_ms(json, "timeout", config->timeout_ns);
    add_ms(json, "min_pause", config->min_pause_ns);
    snap_json_number(json, "max_concurrent", config->concurrent_max);
    snap_json_bool(json, "unaligned_checkpoints", config->unaligned.enabled);
    add_ms(json, "aligned_checkpoint_timeout", config->unaligned.aligned_timeout_ns);
    snap_json_number(json, "tolerable_failed_checkpoints", config->tolerable_failures);
    snap_json_bool(json, "checkpoints_after_tasks_finish", config->after_tasks_finish);
    snap_json_object_end(json);
}

static void add_network(struct snap_json *json, const struct snap_network_config *network)
{
    snap_json_object_begin(json, "network");
    snap_json_inline(json);
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
    snap_json_object_end(json);
}

void snap_settings_json(struct snap_json *json, const struct snap_simulation *simulation)
{
    snap_json_object_begin(json, "settings");
    add_checkpoint_config(json, &simulation->config.checkpoint);
    add_network(json, &simulation->config.network);
    add_model(json, &simulation->model);
    snap_json_object_end(json);
}
