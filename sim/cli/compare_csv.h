// SPDX-License-Identifier: Apache-2.0
/*
 * compare_csv.h: the runs of a comparison as comma-separated values: a header, then a line a run.
 *
 * - A counter that cannot be judged is an empty field; `at_least` names those of which only the
 *   least is known. Of a run that could not go on all fields are
 *   but its name, `expectation_met` (false) and `error`, which is empty for the others.
 */
#ifndef SNAP_CLI_COMPARE_CSV_H
#define SNAP_CLI_COMPARE_CSV_H

#include <stdint.h>

#include "base/text.h"
#include "view/summary_json.h"

/* Appends the header and a line for each of the runs. */
void snap_compare_csv(struct snap_text *text, const struct snap_summary *runs, uint32_t count);

#endif
