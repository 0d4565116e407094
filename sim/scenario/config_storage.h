// SPDX-License-Identifier: Apache-2.0
/*
 * config_storage.h: what `config` says of state backends and of the places of snapshots.
 *
 * - A directory is a path, absolute or relative to the run's output directory, or a `file:` URI.
 *   Other file systems do not exist here.
 * - Flink's older names say backend and storage in one word: 1.20 takes them and warns, 2.3 refuses
 *   them, and so do we, with the pair of settings that says the same.
 * Flink: StateBackendLoader, CheckpointStorageLoader.
 */
#ifndef SNAP_SCENARIO_CONFIG_STORAGE_H
#define SNAP_SCENARIO_CONFIG_STORAGE_H

#include "model/config.h"
#include "scenario/reader.h"

/* Each stores the value of its setting; without a node the default. Errors: SNAP_ERROR_SCENARIO. */
bool snap_directory_store(struct snap_reader *reader, const struct snap_node *node,
                          const char **directory);
bool snap_backend_store(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_config *config);
bool snap_storage_store(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_config *config);

/* Without a storage a directory means the file system, none the JobManager. */
void snap_storage_settle(struct snap_storage_config *storage);

#endif
