// SPDX-License-Identifier: Apache-2.0
/*
 * cost_read.h: `cost` and `pauses` of an operator.
 *
 * - A cost is a law ("20 us", "exponential(20 us)", "log-normal(20 us, 0.5)"), or
 *   {default: LAW, per-key: {KEY: LAW, ...}}.
 * - Pauses are {every: DURATION, for: DURATION}.
 * - Internal to this folder.
 */
#ifndef SNAP_SCENARIO_COST_READ_H
#define SNAP_SCENARIO_COST_READ_H

#include "model/job.h"
#include "scenario/reader.h"

/* Reads a law; `what` names it for messages. Errors: SNAP_ERROR_SCENARIO. */
bool snap_cost_law_read(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        struct snap_cost_law *law);

/* Sets cost_ns or cost of the operator. Errors: SNAP_ERROR_SCENARIO. */
bool snap_cost_read(struct snap_reader *reader, const struct snap_node *node,
                    struct snap_operator *op);

/* Sets the operator's pauses. Errors: SNAP_ERROR_SCENARIO. */
bool snap_pauses_read(struct snap_reader *reader, const struct snap_node *node,
                      struct snap_operator *op);

/* Checks the keys of the cost against the records the operator takes; its schemas are known. */
bool snap_cost_check_keys(struct snap_reader *reader, const struct snap_node *node,
                          const struct snap_operator *op);

#endif
