// SPDX-License-Identifier: Apache-2.0
/*
 * The actions of a timeline: name, form, example and doc of each. An action that can be meant for
 * several kinds of things has a row for each, under one name.
 */
#include "scenario/action_read.h"

static const struct snap_action_help helps[] = {
    {SNAP_ACTION_CRASH, SNAP_TARGET_SUBTASK, "crash", "crash: uid[i]",
     "{at: 1.2 s, crash: \"counts[1]\"}", "the subtask dies"},
    {SNAP_ACTION_CRASH_TASK_MANAGER, SNAP_TARGET_TASK_MANAGER, "crash", "crash: tm[j]",
     "{at: 1 s, crash: \"tm[0]\", detect: heartbeat}",
     "a TaskManager dies, and all subtasks in its slots with it. It is noticed by broken "
     "connections after 50 ms (`detect: connection`, the default) or after `heartbeat.timeout` "
     "(`detect: heartbeat`); another one takes its place. What is deployed there before that goes "
     "with it, too"},
    {SNAP_ACTION_CRASH_JOB_MANAGER, SNAP_TARGET_JOB_MANAGER, "crash", "crash: jobmanager",
     "{at: 1 s, crash: jobmanager}",
     "the JobManager dies and the job ends; if `high-availability.type` is set, a new one takes "
     "over after `model.takeover`, from the last completed checkpoint"},
    {SNAP_ACTION_DECLINE, SNAP_TARGET_SUBTASK, "decline",
     "decline: {checkpoint: N, subtask: uid[i]}",
     "{decline: {checkpoint: 2, subtask: \"counts[0]\"}}",
     "the subtask declines that checkpoint when its turn comes. A failed checkpoint restarts the "
     "job, unless `execution.checkpointing.tolerable-failed-checkpoints` allows it"},
    {SNAP_ACTION_LOSE, SNAP_TARGET_MESSAGE, "lose", "lose: MESSAGE",
     "{lose: {message: notification, checkpoint: 2, subtask: \"out[0]\"}}",
     "the message does not arrive"},
    {SNAP_ACTION_DELAY, SNAP_TARGET_MESSAGE, "delay", "delay: MESSAGE",
     "{at: 500 ms, delay: {message: ack, by: 2 s, count: 3}}", "the message arrives later"},
    {SNAP_ACTION_DUPLICATE, SNAP_TARGET_MESSAGE, "duplicate", "duplicate: MESSAGE",
     "{at: 0 s, duplicate: {message: ack, for: 1 s}}",
     "the message arrives twice, the second time `by` later"},
    {SNAP_ACTION_FAIL_STORAGE, SNAP_TARGET_STORAGE, "fail-storage", "fail-storage: DURATION",
     "{at: 500 ms, fail-storage: 200 ms}",
     "writes to the snapshot storage, and reads from it, fail for a while"},
    {SNAP_ACTION_SLOW_STORAGE, SNAP_TARGET_STORAGE, "slow-storage",
     "slow-storage: {for: DURATION, factor: N}",
     "{at: 500 ms, slow-storage: {for: 1 s, factor: 10}}", "they take longer for a while"},
    {SNAP_ACTION_STALL_STORAGE, SNAP_TARGET_STORAGE, "stall-storage", "stall-storage: DURATION",
     "{at: 500 ms, stall-storage: 200 ms}", "nothing that the storage does ends for a while"},
    {SNAP_ACTION_FILL_STORAGE, SNAP_TARGET_STORAGE, "fill-storage", "fill-storage: DURATION",
     "{at: 500 ms, fill-storage: 200 ms}",
     "the disk is full for a while: writes find no space, what lies there can be read"},
    {SNAP_ACTION_CORRUPT, SNAP_TARGET_STORAGE, "corrupt",
     "corrupt: {checkpoint: N, subtask: uid[i], file: KIND}",
     "{when: checkpoint 2 completed, corrupt: {checkpoint: latest, subtask: \"counts[0]\"}}",
     "what is stored of the subtask in that completed checkpoint (or `latest`) is damaged, and who "
     "restores from it fails: bits of its file are `flipped` (the default), it is `torn` in its "
     "middle, or `missing`"},
    {SNAP_ACTION_PAUSE, SNAP_TARGET_SUBTASK, "pause", "pause: {subtask: uid[i], for: DURATION}",
     "{at: 300 ms, pause: {subtask: \"counts[1]\", for: 200 ms}}",
     "the subtask stands still: no records, no barriers, no messages; what it has put out goes on "
     "its way"},
    {SNAP_ACTION_PAUSE_LINK, SNAP_TARGET_LINK, "pause",
     "pause: {from: uid[i], to: uid[j], for: DURATION}",
     "{at: 300 ms, pause: {from: \"words[0]\", to: \"counts[1]\", for: 200 ms}}",
     "nothing that is sent through the channel from then on arrives before the end of it; without "
     "`to`: nothing that the subtask sends. A restart makes new channels"},
    {SNAP_ACTION_SPEED, SNAP_TARGET_SUBTASK, "speed",
     "speed: {subtask: uid[i], factor: N, for: DURATION}",
     "{at: 300 ms, speed: {subtask: \"counts[1]\", factor: 0.1, for: 1 s}}",
     "the subtask works N times as fast for a while, in all its attempts: its costs are divided "
     "by N"},
    {SNAP_ACTION_SPEED_LINK, SNAP_TARGET_LINK, "speed",
     "speed: {from: uid[i], to: uid[j], factor: N, for: DURATION}",
     "{at: 300 ms, speed: {from: \"words[0]\", to: \"counts[1]\", factor: 0.1, for: 1 s}}",
     "what goes through the channel takes its time divided by N; without `to`: all that the "
     "subtask sends, and its link has N times the bandwidth"},
    {SNAP_ACTION_CHECKPOINT, SNAP_TARGET_JOB_MANAGER, "checkpoint",
     "checkpoint: full or configured", "{at: 300 ms, checkpoint: full}",
     "a user asks for a checkpoint"},
    {SNAP_ACTION_SAVEPOINT, SNAP_TARGET_JOB_MANAGER, "savepoint", "savepoint: NAME or NAME native",
     "{at: 300 ms, savepoint: a}",
     "a savepoint of this name, canonical unless it says native; it stays until the run ends. A "
     "NAME with a slash is a directory for its files"},
    {SNAP_ACTION_STOP_WITH_SAVEPOINT, SNAP_TARGET_JOB_MANAGER, "stop-with-savepoint",
     "stop-with-savepoint: NAME", "{at: 1 s, stop-with-savepoint: a, drain: true}",
     "the sources stop, the savepoint is taken and committed, the job is FINISHED; with `drain: "
     "true` beside it the input ends for good and operators finish before"},
    {SNAP_ACTION_CANCEL_WITH_SAVEPOINT, SNAP_TARGET_JOB_MANAGER, "cancel-with-savepoint",
     "cancel-with-savepoint: NAME", "{at: 1 s, cancel-with-savepoint: a}",
     "a savepoint while records flow on; when it is complete the job is cancelled. No sink hears "
     "of it"},
    {SNAP_ACTION_RESTART_FROM, SNAP_TARGET_JOB_MANAGER, "restart-from",
     "restart-from: NAME, latest-checkpoint or checkpoint N",
     "{at: 2 s, restart-from: a, parallelism: 3}",
     "the job starts again from the savepoint, or from a checkpoint that was retained, with "
     "another "
     "`parallelism` (a number, or {uid: number}), other `operators`, or `set`; "
     "`allow-non-restored: true` drops state of nobody"},
    {0, SNAP_TARGET_SUBTASK, NULL, NULL, NULL, NULL},
};

const struct snap_action_help *snap_action_helps(void)
{
    return helps;
}
