// SPDX-License-Identifier: Apache-2.0
#include "task/task_debloat.h"

#include "base/check.h"

void snap_task_init_debloating(struct snap_task *task)
{
    const struct snap_network_config *network = &task->actor.world->sim->config.network;
    const struct snap_buffer_debloater_options options = {
        .size = {network->segment_start_bytes, network->segment_min_bytes, network->segment_bytes,
                 network->debloat.samples},
        .target_ms = network->debloat.target_ns / SNAP_MS,
        .threshold_percent = network->debloat.threshold_percent,
    };
    struct snap_task_debloat *debloat;

    task->debloat = NULL;
    if (!network->debloat.enabled || task->input.gate_count == 0)
        return;
    debloat = SNAP_ARENA_NEW(&task->arena, struct snap_task_debloat);
    debloat->due_ns = SNAP_NEVER;
    debloat->gates =
        SNAP_ARENA_ARRAY(&task->arena, struct snap_gate_debloat, task->input.gate_count);
    for (uint32_t g = 0; g < task->input.gate_count; g++) {
        snap_throughput_init(&debloat->gates[g].throughput);
        snap_buffer_debloater_init(&debloat->gates[g].debloater, &options);
    }
    task->debloat = debloat;
}

void snap_task_start_debloating(struct snap_task *task)
{
    if (task->debloat)
        task->debloat->due_ns = snap_ns_add(
            task->actor.now_ns, task->actor.world->sim->config.network.debloat.period_ns);
}

void snap_task_measure_poll(struct snap_task *task, uint32_t channel,
                            const struct snap_buffer *item)
{
    uint32_t gate = task->input.channels[channel].gate;
    struct snap_gate_debloat *at = &task->debloat->gates[gate];

    if (!item)
        return;
    if (item->kind == SNAP_ITEM_DATA) {
        SNAP_CHECK(at->waiting > 0);
        at->waiting--;
    }
    snap_throughput_add(&at->throughput,
                        item->kind == SNAP_ITEM_DATA ? item->bytes : snap_item_wire_bytes(item),
                        task->actor.now_ns);
    for (uint32_t g = 0; g < task->input.gate_count; g++)
        if (g != gate && task->debloat->gates[g].waiting == 0)
            snap_throughput_pause(&task->debloat->gates[g].throughput, task->actor.now_ns);
}

void snap_task_measure_idle(struct snap_task *task)
{
    for (uint32_t g = 0; g < task->input.gate_count; g++)
        snap_throughput_pause(&task->debloat->gates[g].throughput, task->actor.now_ns);
}

static void announce(struct snap_task *task, uint32_t gate, uint32_t bytes)
{
    for (uint32_t c = 0; c < task->input.channel_count; c++) {
        struct snap_mail *mail;

        if (task->input.channels[c].gate != gate || task->input.channels[c].ended)
            continue;
        mail = snap_actor_new_mail(&task->actor, SNAP_MAIL_BUFFER_SIZE, snap_task_sender(task, c));
        mail->count = bytes;
        snap_task_send_to_sender(task, c, mail);
    }
}

static void debloat_gate(struct snap_task *task, uint32_t gate)
{
    struct snap_gate_debloat *at = &task->debloat->gates[gate];
    int64_t throughput = snap_throughput_read(&at->throughput, task->actor.now_ns);
    uint32_t in_use = snap_input_buffers_in_use(&task->input, gate);
    bool news = snap_buffer_debloater_step(&at->debloater, throughput, in_use);

    SNAP_EVENT(&task->actor, GATE_DEBLOATED, task->actor.now_ns, gate, throughput, in_use,
               (int64_t)(at->debloater.average.size + 0.5), at->debloater.announced,
               at->debloater.estimate_ms * SNAP_MS);
    if (news)
        announce(task, gate, at->debloater.announced);
}

void snap_task_debloat(struct snap_task *task)
{
    if (task->ended_channels == task->input.channel_count) {
        task->debloat->due_ns = SNAP_NEVER;
        return;
    }
    for (uint32_t g = 0; g < task->input.gate_count; g++)
        debloat_gate(task, g);
    snap_task_start_debloating(task);
}
