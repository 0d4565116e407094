// SPDX-License-Identifier: Apache-2.0
/*
 * skips.h: the skips that are meant to be: a file with a line each, "SUITE: WHY" as conform prints
 * them, and below it, indented, the reason why that is right. Lines that begin with # say nothing.
 */
#ifndef TESTS_CONFORMANCE_SKIPS_H
#define TESTS_CONFORMANCE_SKIPS_H

#include <stdbool.h>

#include "base/text.h"

/* Reads the file into *skips. Says why not, and returns false, if it cannot be read or an entry has
 * no reason. */
bool conform_skips_read(const char *path, struct snap_text *skips);

/* Whether the skip stands in the list. */
bool conform_skips_have(const struct snap_text *skips, const char *suite, const char *why);

#endif
