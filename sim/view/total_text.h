// SPDX-License-Identifier: Apache-2.0
/*
 * total_text.h: sums over states and sinks as people and programs read them: "-" where nobody
 * knows, ">= 3" where 3 were found and a part is not known (total.h).
 */
#ifndef SNAP_VIEW_TOTAL_TEXT_H
#define SNAP_VIEW_TOTAL_TEXT_H

#include "base/json.h"
#include "base/text.h"
#include "model/verdict.h"
#include "view/table.h"

/* The line below a table that has ">=". */
#define SNAP_TOTAL_LEAST_NOTE "  (\">=\": at least, as a state or sink cannot be judged)\n"

/* Adds a cell a counter of the verdict; NULL: of a run that was not judged. */
void snap_total_cells(struct snap_table *table, const struct snap_verdict *verdict);

/* Returns whether some counter of the verdict is a least; NULL has none. */
bool snap_total_has_least(const struct snap_verdict *verdict);

/* Appends the names of counters that are a least, with spaces between them. */
void snap_total_add_least(struct snap_text *text, const struct snap_verdict *verdict);

/* Adds the same as an array `at_least` of names; NULL: an empty one. */
void snap_total_json(struct snap_json *json, const struct snap_verdict *verdict);

#endif
