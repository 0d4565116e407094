// SPDX-License-Identifier: Apache-2.0
/*
 * help.h: what a scenario may say, printed from the tables the reader uses.
 *
 * - Every function appends lines to the text.
 */
#ifndef SNAP_SCENARIO_HELP_H
#define SNAP_SCENARIO_HELP_H

#include "base/text.h"

/* Keys that every operator may have. */
void snap_scenario_help_common_keys(struct snap_text *text);

/* Actions of a timeline. */
void snap_scenario_help_actions(struct snap_text *text);

/* Events in words. */
void snap_scenario_help_sentences(struct snap_text *text);

/* Keys of the document and of `model`, and the settings of Flink that act. */
void snap_scenario_help_keys(struct snap_text *text);

/* What a verdict may be expected to be. */
void snap_scenario_help_expect(struct snap_text *text);

/* Rules that can be broken. */
void snap_scenario_help_sabotage(struct snap_text *text);

#endif
