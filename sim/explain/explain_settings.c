// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_settings.h"

#include <string.h>

#include "explain/json_pick.h"

void snap_fact_settings_of_rest(struct snap_fact_settings *settings, const json_t *config)
{
    const char *mode = snap_pick_text(config, "mode");

    settings->interval_ns = snap_pick_ms(config, "interval");
    settings->timeout_ns = snap_pick_ms(config, "timeout");
    settings->min_pause_ns = snap_pick_ms(config, "min_pause");
    settings->concurrent_max = snap_pick_number(config, "max_concurrent");
    settings->unaligned = snap_pick_flag(config, "unaligned_checkpoints");
    settings->interruptible_timers = snap_pick_flag(config, "interruptible_timers");
    settings->aligned_timeout_ns = snap_pick_ms(config, "aligned_checkpoint_timeout");
    if (mode)
        settings->at_least_once = strcmp(mode, "at_least_once") == 0;
}

static void read_network(struct snap_facts *facts, const json_t *network)
{
    struct snap_fact_settings *settings = &facts->settings;
    const char *rules = snap_pick_text(network, "rules");

    if (rules)
        settings->network_rules = snap_arena_strdup(&facts->arena, rules);
    settings->output_timeout = snap_pick_flag(network, "output_timeout");
    settings->segment_bytes = snap_pick_number(network, "segment_bytes");
    settings->exclusive_per_channel = snap_pick_number(network, "exclusive_per_channel");
    settings->floating_per_gate = snap_pick_number(network, "floating_per_gate");
    settings->per_subpartition_max = snap_pick_number(network, "per_subpartition_max");
    settings->buffer_timeout_ns = snap_pick_number(network, "buffer_timeout_ns");
    settings->debloat = snap_pick_flag(network, "debloat");
    settings->debloat_target_ns = snap_pick_number(network, "debloat_target_ns");
}

static void read_model(struct snap_fact_settings *settings, const json_t *model)
{
    settings->unaligned_turn_ns = snap_pick_number(model, "unaligned_turn_ns");
    settings->startup_max_ns = snap_pick_number(model, "startup_ns");
    settings->network_latency_ns = snap_pick_number(model, "network_latency_ns");
    settings->storage_latency_ns = snap_pick_number(model, "storage_latency_ns");
    settings->storage_per_file_ns = snap_pick_number(model, "storage_per_file_ns");
    settings->storage_bytes_per_s = snap_pick_number(model, "storage_bytes_per_s");
}

/* Of several in a vertex those count that nothing interrupts. */
static void set_windows(struct snap_facts *facts, struct snap_fact_vertex *vertex, const char *uid,
                        bool interruptible)
{
    if (vertex->windows && interruptible)
        return;
    vertex->windows = snap_arena_strdup(&facts->arena, uid);
    vertex->windows_interruptible = interruptible;
}

static void read_windows(struct snap_facts *facts, const json_t *windows)
{
    for (size_t i = 0; i < json_array_size(windows); i++) {
        const json_t *entry = json_array_get(windows, i);
        const char *uid = snap_pick_text(entry, "operator");

        for (uint32_t v = 0; uid && v < facts->vertex_count; v++)
            if (snap_pick_is(entry, "vertex", facts->vertices[v].name))
                set_windows(facts, &facts->vertices[v], uid,
                            snap_pick_flag(entry, "interruptible") == 1);
    }
}

/* The trace leaves out buffers unless it is asked for them; the summary always has their sum. */
static void read_in_flight(struct snap_facts *facts, const json_t *checkpoints)
{
    const json_t *history = json_object_get(checkpoints, "history");
    const json_t *entry;
    size_t i;

    if (facts->in_flight_bytes != SNAP_UNKNOWN)
        return;
    json_array_foreach(history, i, entry)
    {
        /* Executions may use a number twice. */
        if (snap_pick_number(entry, "id") == facts->checkpoint &&
            snap_pick_number(entry, "trigger_timestamp_ns") == facts->triggered_at_ns)
            facts->in_flight_bytes = snap_pick_number(entry, "in_flight_bytes_at_trigger");
    }
}

/* Where nothing was in flight nothing was queued, whatever the mean around that instant is. */
static void settle_queued(struct snap_facts *facts)
{
    if (facts->around_ns == 0 || facts->in_flight_bytes != 0)
        return;
    facts->around_ns = 0;
    for (uint32_t i = 0; i < facts->task_count; i++)
        if (facts->tasks[i].queued.records != SNAP_UNKNOWN)
            facts->tasks[i].queued.records = 0;
}

void snap_facts_read_summary(struct snap_facts *facts, const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const json_t *settings = json_object_get(root, "settings");
    const char *version = snap_pick_text(root, "flink_version");

    if (version)
        facts->settings.flink_version = snap_arena_strdup(&facts->arena, version);
    read_in_flight(facts, json_object_get(root, "checkpoints"));
    settle_queued(facts);
    if (settings) {
        snap_fact_settings_of_rest(&facts->settings,
                                   json_object_get(settings, "checkpoint_config"));
        read_network(facts, json_object_get(settings, "network"));
        read_model(&facts->settings, json_object_get(settings, "model"));
        read_windows(facts, json_object_get(settings, "windows"));
        /* There it has no effect: barriers take what the machine takes. */
        if (snap_pick_is(root, "runtime", "threads"))
            facts->settings.unaligned_turn_ns = 0;
    } else if (root) {
        snap_facts_miss(facts, "The run's summary.json does not tell its settings: an older "
                               "version wrote it. Storage and segment sizes are guessed.");
    } else {
        snap_facts_miss(facts, "There is no summary.json that can be read: the run did not get to "
                               "its end. Its settings are not known; storage is guessed.");
    }
    json_decref(root);
}

snap_ns snap_fact_startup_of(const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const json_t *model = json_object_get(json_object_get(root, "settings"), "model");
    snap_ns startup_ns = snap_pick_number(model, "startup_ns");

    json_decref(root);
    return startup_ns;
}
