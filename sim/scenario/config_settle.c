// SPDX-License-Identifier: Apache-2.0
#include "scenario/config_acting.h"
#include "scenario/config_storage.h"

/* Flink: CheckpointCoordinatorConfiguration raises the interval and caps the pause. */
static void settle_checkpoints(struct snap_reader *reader, struct snap_config_draft *draft)
{
    struct snap_checkpoint_config *checkpoint = &draft->config.checkpoint;
    const snap_ns year_ns = INT64_C(365) * 86400 * SNAP_SECOND;

    checkpoint->min_pause_ns = snap_ns_min(checkpoint->min_pause_ns, year_ns);
    if (!draft->places.interval || checkpoint->interval_ns >= checkpoint->min_pause_ns)
        return;
    checkpoint->interval_ns = checkpoint->min_pause_ns;
    snap_reader_note(reader, draft->places.interval,
                     "execution.checkpointing.interval is below the least pause and is raised to "
                     "it, as Flink does");
}

/* A barrier that may overtake only when its checkpoint has been given up never does. */
static void note_late_timeout(struct snap_reader *reader, const struct snap_config_draft *draft)
{
    const struct snap_checkpoint_config *checkpoint = &draft->config.checkpoint;
    const struct snap_node *place = draft->places.aligned_timeout;

    if (checkpoint->unaligned.enabled && place &&
        checkpoint->unaligned.aligned_timeout_ns >= checkpoint->timeout_ns)
        snap_reader_note(reader, place,
                         "execution.checkpointing.aligned-checkpoint-timeout is not below "
                         "execution.checkpointing.timeout: a checkpoint is given up before its "
                         "barriers may overtake");
}

/*
 * At least once nothing unaligned happens: 1.20 warns and switches it off, 2.3 says nothing. Only
 * then is the number of concurrent checkpoints looked at. Flink: CheckpointingOptions,
 * CheckpointCoordinatorConfiguration.
 */
static bool settle_unaligned(struct snap_reader *reader, struct snap_config_draft *draft)
{
    struct snap_checkpoint_config *checkpoint = &draft->config.checkpoint;
    struct snap_unaligned_config *unaligned = &checkpoint->unaligned;

    if (unaligned->enabled && checkpoint->mode == SNAP_MODE_AT_LEAST_ONCE)
        snap_reader_note(
            reader, draft->places.unaligned,
            "unaligned checkpoints need EXACTLY_ONCE: with AT_LEAST_ONCE no checkpoint "
            "is unaligned, as in Flink");
    if (!unaligned->enabled && draft->places.aligned_timeout &&
        snap_is_alignment_timeout(unaligned->aligned_timeout_ns))
        snap_reader_note(reader, draft->places.aligned_timeout,
                         "execution.checkpointing.aligned-checkpoint-timeout has no effect without "
                         "execution.checkpointing.unaligned.enabled");
    if (unaligned->enabled && draft->places.unaligned && checkpoint->interval_ns == 0)
        snap_reader_note(reader, draft->places.unaligned,
                         "execution.checkpointing.unaligned.enabled has no effect without "
                         "execution.checkpointing.interval: there are no periodic checkpoints, "
                         "and no savepoint is unaligned");
    note_late_timeout(reader, draft);
    unaligned->enabled = unaligned->enabled && checkpoint->interval_ns > 0 &&
                         checkpoint->mode == SNAP_MODE_EXACTLY_ONCE;
    unaligned->interruptible_timers = unaligned->interruptible_timers && unaligned->enabled;
    if (unaligned->during_recovery && !unaligned->output_at_consumer) {
        unaligned->during_recovery = false;
        snap_reader_note(reader, draft->places.during_recovery,
                         "execution.checkpointing.during-recovery.enabled has no effect without "
                         "execution.checkpointing.unaligned.recover-output-on-downstream.enabled");
    }
    if (!unaligned->enabled || checkpoint->concurrent_max == 1)
        return true;
    return snap_reader_fail(reader, draft->places.concurrent_max,
                            "execution.checkpointing.max-concurrent-checkpoints must be 1 with "
                            "unaligned checkpoints, found %s",
                            draft->places.concurrent_max->text);
}

/* Of settings that do nothing while another one is off. Flink takes them without a word. */
static void note_needy(struct snap_reader *reader, const struct snap_config_draft *draft)
{
    const struct {
        const char *name;
        bool is_on;
    } wanted[] = {
        [SNAP_NEEDS_DEBLOAT] = {"taskmanager.network.memory.buffer-debloat.enabled",
                                draft->config.network.debloat.enabled},
        [SNAP_NEEDS_UNALIGNED] = {"execution.checkpointing.unaligned.enabled",
                                  draft->config.checkpoint.unaligned.enabled},
    };

    for (uint32_t i = 0; i < draft->needy_count; i++)
        if (!wanted[draft->needy[i].needs].is_on)
            snap_reader_note(reader, draft->needy[i].node, "%s has no effect without %s",
                             draft->needy[i].name, wanted[draft->needy[i].needs].name);
}

/* Without a named strategy it depends on checkpoints. Flink:
 * RestartBackoffTimeStrategyFactoryLoader. */
static void settle_restart(struct snap_config_draft *draft)
{
    struct snap_restart_config *restart = &draft->config.restart;
    bool checkpointing = draft->config.checkpoint.interval_ns > 0;

    if (!draft->restart_given)
        restart->kind = checkpointing ? SNAP_RESTART_EXPONENTIAL_DELAY : SNAP_RESTART_NONE;
    restart->delay_ns = restart->kind == SNAP_RESTART_FAILURE_RATE ? draft->failure_rate_delay_ns
                                                                   : draft->fixed_delay_ns;
    if (restart->backoff_attempts_max == INT32_MAX)
        restart->backoff_attempts_max = SNAP_RESTART_UNLIMITED;
    restart->backoff_max_ns = snap_ns_max(restart->backoff_max_ns, restart->backoff_initial_ns);
}

/* The place that is most to blame for sizes in the wrong order; one of them was given. */
static const struct snap_node *given(const struct snap_node *first, const struct snap_node *second)
{
    return first ? first : second;
}

/* Flink checks the sizes with debloating off, too: BufferDebloatConfiguration. */
static bool settle_segments(struct snap_reader *reader, struct snap_config_draft *draft)
{
    struct snap_network_config *network = &draft->config.network;
    const struct snap_config_places *places = &draft->places;

    if (network->rules != SNAP_NETWORK_2_3)
        network->segment_start_bytes = network->segment_bytes;
    if (network->segment_min_bytes > network->segment_bytes)
        return snap_reader_fail(reader, given(places->segment_min, places->segment),
                                "taskmanager.memory.min-segment-size (%u bytes) is above "
                                "taskmanager.memory.segment-size (%u bytes)",
                                network->segment_min_bytes, network->segment_bytes);
    if (network->segment_start_bytes > network->segment_bytes)
        return snap_reader_fail(reader, given(places->segment_start, places->segment),
                                "taskmanager.memory.starting-segment-size (%u bytes) is above "
                                "taskmanager.memory.segment-size (%u bytes)",
                                network->segment_start_bytes, network->segment_bytes);
    if (network->segment_start_bytes < network->segment_min_bytes && !places->segment_start &&
        network->rules == SNAP_NETWORK_2_3)
        return snap_reader_fail(reader, places->segment_min,
                                "taskmanager.memory.min-segment-size (%u bytes) is above "
                                "taskmanager.memory.starting-segment-size, which is %u bytes if "
                                "it is not set",
                                network->segment_min_bytes, network->segment_start_bytes);
    if (network->segment_start_bytes < network->segment_min_bytes)
        return snap_reader_fail(reader, given(places->segment_start, places->segment_min),
                                "taskmanager.memory.starting-segment-size (%u bytes) is below "
                                "taskmanager.memory.min-segment-size (%u bytes)",
                                network->segment_start_bytes, network->segment_min_bytes);
    return true;
}

/* A gate that has no buffer at all lets nothing in. Flink refuses it when the job starts. */
static bool settle_buffers(struct snap_reader *reader, const struct snap_config_draft *draft)
{
    const struct snap_network_config *network = &draft->config.network;

    if (network->exclusive_per_channel > 0 || network->floating_per_gate > 0)
        return true;
    return snap_reader_fail(reader, draft->places.exclusive,
                            "taskmanager.network.memory.buffers-per-channel: 0 needs "
                            "taskmanager.network.memory.floating-buffers-per-gate of 1 at least");
}

/* 1.16 brought overdraft buffers and timeouts of barriers in output queues. */
static void settle_rules(struct snap_reader *reader, struct snap_config_draft *draft)
{
    struct snap_network_config *network = &draft->config.network;

    network->output_timeout = network->rules != SNAP_NETWORK_PRE_1_16;
    if (!draft->buffer_timeout_enabled)
        network->buffer_timeout_ns = SNAP_NEVER;
    if (network->rules != SNAP_NETWORK_PRE_1_16)
        return;
    network->overdraft_per_gate = 0;
    if (draft->places.overdraft)
        snap_reader_note(reader, draft->places.overdraft,
                         "there are no overdraft buffers before Flink 1.16: no effect");
}

bool snap_config_settle(struct snap_reader *reader, struct snap_config_draft *draft)
{
    settle_checkpoints(reader, draft);
    settle_restart(draft);
    snap_storage_settle(&draft->config.storage);
    settle_rules(reader, draft);
    note_needy(reader, draft);
    return settle_unaligned(reader, draft) && settle_buffers(reader, draft) &&
           settle_segments(reader, draft);
}
