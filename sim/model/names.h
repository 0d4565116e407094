// SPDX-License-Identifier: Apache-2.0
/*
 * names.h: how tasks, operators, origins and enums are called in texts.
 *
 * - Words are Flink's where Flink has one: "Full Checkpoint", "FORCED_ALIGNED".
 * - A task is "uid[i]" with the uid of its vertex' head operator, counted from 0; for people there
 *   is "uid (i+1/n)" beside it, as Flink prints it. The JobManager is "jobmanager".
 * - An origin is "SOURCE:SPLIT:OFFSET" with the split counted inside its source.
 * - Texts come from the arena handed in; enum texts are constant. *_parse return false for what
 *   is no such name.
 */
#ifndef SNAP_MODEL_NAMES_H
#define SNAP_MODEL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/checkpoint.h"
#include "model/failure_reason.h"
#include "model/job.h"
#include "model/simulation.h"

#define SNAP_JOB_MANAGER_NAME "jobmanager"

/* "Checkpoint", "Full Checkpoint", "Savepoint", ... Flink: SnapshotType.getName. */
const char *snap_kind_name(enum snap_snapshot_kind kind);
bool snap_kind_parse(const char *name, enum snap_snapshot_kind *kind);

/* "ALIGNED", "UNALIGNED", ... Flink: CheckpointOptions.AlignmentType. */
const char *snap_alignment_name(enum snap_alignment alignment);
bool snap_alignment_parse(const char *name, enum snap_alignment *alignment);

/* "virtual" or "threads". */
const char *snap_runtime_kind_name(enum snap_runtime_kind kind);

/* "1.20" or "2.3". */
const char *snap_flink_version_name(enum snap_flink_version version);

/* "off", "checkpoints", "buffers" or "records". */
const char *snap_trace_level_name(enum snap_trace_level level);
bool snap_trace_level_parse(const char *name, enum snap_trace_level *level);

/* "uid[i]" of a task, or "jobmanager" for the JobManager's actor id. */
const char *snap_actor_name(const struct snap_job *job, uint32_t actor, struct snap_arena *arena);

/* "uid[i]" of one subtask of an operator. */
const char *snap_subtask_name(const struct snap_job *job, uint32_t operator_index, uint32_t subtask,
                              struct snap_arena *arena);

/* Finds the actor by the name that snap_actor_name gives. */
bool snap_actor_parse(const struct snap_job *job, const char *name, uint32_t *actor);

/* "SOURCE:SPLIT:OFFSET"; a split of no source is written "?". */
const char *snap_origin_name(const struct snap_job *job, uint64_t origin, struct snap_arena *arena);
bool snap_origin_parse(const struct snap_job *job, const char *name, uint64_t *origin);

/* The 32 hex digits of an id; `text` has room for 33 bytes. */
void snap_id_text(const struct snap_operator_id *id, char *text);

#endif
