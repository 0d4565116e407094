// SPDX-License-Identifier: Apache-2.0
/*
 * explained.h: what `explain` says about the run in a directory, as far as `expect` may ask for it.
 */
#ifndef SNAP_CLI_EXPLAINED_H
#define SNAP_CLI_EXPLAINED_H

#include "model/verdict.h"
#include "trace/statistics.h"
#include "view/compare_forms.h"

/* Tells the verdict what made the slowest checkpoint slow, and who. Without a trace or a checkpoint
 * it stays unexplained. The name is owned by the arena. */
void snap_explained_cause(struct snap_verdict *verdict, const char *directory,
                          struct snap_arena *arena);

/* Returns closed forms of the first completed checkpoints beside what they took; NaN where none is
 * known. The name is left to the caller. */
struct snap_compare_form snap_explained_forms(const struct snap_statistics *statistics,
                                              const char *directory);

#endif
