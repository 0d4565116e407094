// SPDX-License-Identifier: Apache-2.0
/*
 * shrinker.h: makes a scenario smaller as long as something about it stays true.
 *
 * - Tried again and again until nothing helps: leaving out an operator (what read from it reads
 *   from its input), any entry of any list or mapping (in halves first), and smaller counts.
 * - What cannot be built is no candidate. Kept always: the seed, and what decides which guarantee
 *   the job gives (checkpoint interval, delivery, final checkpoints).
 */
#ifndef SNAP_TESTS_SHRINKER_H
#define SNAP_TESTS_SHRINKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct shrinker {
    bool (*still)(void *context, const char *text); /* whether it is still true */
    void *context;
    unsigned tries_max;
    unsigned tries; /* so far */
};

/* Appends the smallest scenario found; `text` itself must be true. */
void shrinker_shrink(struct shrinker *shrinker, const char *text, struct snap_text *smallest);

#endif
