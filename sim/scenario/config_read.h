// SPDX-License-Identifier: Apache-2.0
/*
 * config_read.h: from the keys under `config` to the settings that act.
 *
 * - Later layers win, whichever spelling they use; within a layer the new spelling wins.
 * - Every known key is checked by its type; those without effect here draw a note. Keys of parts
 *   that do not exist here (yarn., s3., ...) draw a note, any other unknown key is an error.
 */
#ifndef SNAP_SCENARIO_CONFIG_READ_H
#define SNAP_SCENARIO_CONFIG_READ_H

#include "scenario/flat.h"
#include "model/config.h"

/* Fills *config, whose version and network rules are set, from the layers (lowest first). Errors:
 * SNAP_ERROR_SCENARIO. */
bool snap_config_read(struct snap_reader *reader, const struct snap_flat *layers,
                      uint32_t layer_count, struct snap_config *config);

/* Whether the key does something here, for `snapsim help keys`. */
bool snap_config_key_acts(const char *name);

/* How many keys do something here. */
uint32_t snap_config_acting_count(void);

#endif
