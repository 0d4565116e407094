// SPDX-License-Identifier: Apache-2.0
/*
 * explain_settings.h: the settings that closed forms need, read from JSON.
 *
 * - A run's summary.json has them under `settings`: `checkpoint_config` with the names of Flink's
 *   REST answer /jobs/:jobid/checkpoints/config, `network` and `model`. A summary without them, or
 *   none, leaves the settings unknown, and the facts say so.
 * - Members of another kind than expected are not known.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_SETTINGS_H
#define SNAP_EXPLAIN_EXPLAIN_SETTINGS_H

#include <jansson.h>

#include "explain/explain_facts.h"

/* Reads the summary of a run. Notes in the facts what it lacks. */
void snap_facts_read_summary(struct snap_facts *facts, const char *path);

/* Takes what an answer /jobs/:jobid/checkpoints/config holds. */
void snap_fact_settings_of_rest(struct snap_fact_settings *settings, const json_t *config);

/* Returns how long subtasks that run may take to begin their work, by the settings of a summary;
 * SNAP_UNKNOWN: they are not there. */
snap_ns snap_fact_startup_of(const char *path);

#endif
