// SPDX-License-Identifier: Apache-2.0
/*
 * A subtask's gauges: what its time went to, and how full its pools are.
 *
 * - They are looked at once a second of the run, at the first boundary from then on: a record in
 *   work is finished first, so a sample may stand for more than a second and says for how much.
 * - Looking changes nothing, and nobody looks if nobody wants to know.
 * - All others of Flink's gauges that are modelled are events by themselves: gate_debloated,
 *   snapshot_started and alignment_measured.
 * Flink: TaskIOMetricGroup, NettyShuffleMetricFactory.
 */
#include <string.h>

#include "task/task.h"

static void look_again(struct snap_task *task)
{
    snap_ns now = task->actor.now_ns;

    task->metrics_told_ns = now;
    task->metrics_due_ns = snap_ns_add(now - now % SNAP_SECOND, SNAP_SECOND);
    memcpy(task->metrics_times_ns, task->times_ns, sizeof(task->times_ns));
}

void snap_task_start_metrics(struct snap_task *task)
{
    task->metrics_due_ns = SNAP_NEVER;
    if (task->actor.world->told[SNAP_EVENT_TASK_METRICS])
        look_again(task);
}

/* Thousandths of a second per second. */
static int64_t share_of(const struct snap_task *task, enum snap_time_use use)
{
    snap_ns over = task->actor.now_ns - task->metrics_told_ns;
    snap_ns spent = task->times_ns[use] - task->metrics_times_ns[use];

    return (spent * 1000 + over / 2) / over;
}

static struct snap_pool_use output_use(const struct snap_output *output)
{
    struct snap_pool_use use = {0, 0};

    for (uint32_t i = 0; i < output->partition_count; i++) {
        use.used += output->partitions[i].segments_used;
        use.total += output->partitions[i].segments_max;
    }
    return use;
}

static int64_t permille_of(struct snap_pool_use use)
{
    return use.total > 0 ? ((int64_t)use.used * 1000 + use.total / 2) / use.total : 0;
}

void snap_task_tell_metrics(struct snap_task *task)
{
    snap_ns now = task->actor.now_ns;

    if (task->status == SNAP_TASK_FINISHED) {
        task->metrics_due_ns = SNAP_NEVER;
        return;
    }
    if (now > task->metrics_told_ns)
        SNAP_EVENT(&task->actor, TASK_METRICS, now, now - task->metrics_told_ns,
                   share_of(task, SNAP_TIME_BUSY), share_of(task, SNAP_TIME_BACKPRESSURED),
                   share_of(task, SNAP_TIME_IDLE), permille_of(snap_input_pool_use(&task->input)),
                   permille_of(output_use(&task->output)));
    look_again(task);
}
