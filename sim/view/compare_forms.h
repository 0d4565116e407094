// SPDX-License-Identifier: Apache-2.0
/*
 * compare_forms.h: what checkpoints should have taken by closed form, beside what they took, a row
 * a run of a comparison.
 *
 * - Times are medians over the same completed checkpoints, the first ones; the ratio is the median
 *   of theirs, not the ratio of the medians. NaN is not known.
 * - A limit is told if it showed in at least half of them.
 */
#ifndef SNAP_VIEW_COMPARE_FORMS_H
#define SNAP_VIEW_COMPARE_FORMS_H

#include "base/text.h"
#include "explain/explain_advice.h"

struct snap_compare_form {
    const char *name; /* of the run; borrowed */
    double predicted_ns;
    double measured_ns;
    double ratio;
    uint32_t known;     /* checkpoints that have a form: what these are medians of */
    uint32_t completed; /* out of so many */
    struct snap_form_limits limits;
};

/* Appends the table with its title; nothing if no form is known. */
void snap_compare_forms_table(struct snap_text *text, const struct snap_compare_form *forms,
                              uint32_t count, uint32_t width);

#endif
