// SPDX-License-Identifier: Apache-2.0
/*
 * model_read.h: the keys under `model`: what reality would give and nobody configures.
 *
 * - One table has keys, defaults and meaning; `snapsim help keys` prints it.
 * - A message between subtasks takes more than no time, so latencies are above 0.
 */
#ifndef SNAP_SCENARIO_MODEL_READ_H
#define SNAP_SCENARIO_MODEL_READ_H

#include "model/config.h"
#include "scenario/flat.h"

struct snap_model_key {
    const char *name; /* below `model`, dotted */
    const char *text_default;
    const char *doc;
};

/* Fills *model from the keys that are given, the rest from the defaults. */
bool snap_model_read(struct snap_reader *reader, const struct snap_flat *flat,
                     struct snap_cost_model *model);

/* The keys there are; the last one has no name. */
const struct snap_model_key *snap_model_keys(void);

#endif
