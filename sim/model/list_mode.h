// SPDX-License-Identifier: Apache-2.0
/*
 * list_mode.h: how a named list of operator state is spread over subtasks on restore.
 *
 * - SPLIT: the items of all subtasks form one list, which is divided.
 * - UNION: each subtask gets the items of all.
 * - BROADCAST: each subtask had the same items; each gets one subtask's.
 * Flink: OperatorStateHandle.Mode.
 */
#ifndef SNAP_MODEL_LIST_MODE_H
#define SNAP_MODEL_LIST_MODE_H

enum snap_list_mode { SNAP_LIST_SPLIT, SNAP_LIST_UNION, SNAP_LIST_BROADCAST };

#endif
