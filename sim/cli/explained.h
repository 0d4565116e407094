// SPDX-License-Identifier: Apache-2.0
/*
 * explained.h: what `explain` says about the run in a directory, as far as `expect` may ask for it.
 */
#ifndef SNAP_CLI_EXPLAINED_H
#define SNAP_CLI_EXPLAINED_H

#include "model/verdict.h"
#include "trace/statistics.h"

/* Tells the verdict what made the slowest checkpoint slow, and who. Without a trace or a checkpoint
 * it stays unexplained. The name is owned by the arena. */
void snap_explained_cause(struct snap_verdict *verdict, const char *directory,
                          struct snap_arena *arena);

/* Returns the closed form of a checkpoint over what it took: the median of the first completed
 * ones; NaN if it is not known of any. */
double snap_explained_form(const struct snap_statistics *statistics, const char *directory);

#endif
