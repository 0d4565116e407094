// SPDX-License-Identifier: Apache-2.0
/*
 * expect_number.h: what a number about checkpoints is expected to be.
 *
 * - "> 1 s", "<= 4 mb", "3": a value in the number's unit; "< aligned", ">= 10 x unaligned": (so
 *   many times) what another variant has.
 * - Internal to this folder.
 */
#ifndef SNAP_SCENARIO_EXPECT_NUMBER_H
#define SNAP_SCENARIO_EXPECT_NUMBER_H

#include "scenario/expect_read.h"

struct snap_expected_numbers {
    const struct snap_expect_input *input;
    struct snap_expected_number *items; /* arena */
    uint32_t count;
    uint32_t capacity;
};

/* Takes the comparison that *text begins with, "" meaning "=", and moves *text behind it. */
enum snap_comparison snap_comparison_take(const char **text);

/* Adds what the entry expects of a number. Returns whether its key names one; *good is whether it
 * could be read. Errors: at what is wrong. */
bool snap_expected_number_read(struct snap_reader *reader, const struct snap_flat_entry *entry,
                               struct snap_expected_numbers *numbers, bool *good);

#endif
