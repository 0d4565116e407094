// SPDX-License-Identifier: Apache-2.0
/*
 * run_options.h: what `run` and `compare` have in common on the command line.
 */
#ifndef SNAP_CLI_RUN_OPTIONS_H
#define SNAP_CLI_RUN_OPTIONS_H

#include "cli/args.h"
#include "cli/out_dir.h"
#include "model/event.h"
#include "model/simulation.h"
#include "scenario/scenario.h"

/* clang-format off */
#define SNAP_RUN_OPTIONS                                                                           \
    {"--out", "DIR", "where to write; default: out/NAME"},                                         \
    {"--overwrite", NULL, "empty the directory first if it holds an earlier run"},                 \
    {"--trace", "LEVEL", "off, checkpoints (default), buffers or records"},                        \
    {"--warm-up", "DURATION", "what measures leave out; default: a tenth of the run"},             \
    {"--json", NULL, "print JSON only"},                                                           \
    {"--quiet", NULL, "print nothing but the verdict"}
/* clang-format on */

/* Reads a runtime's name. Errors: SNAP_ERROR_USAGE. */
bool snap_runtime_parse(const char *name, enum snap_runtime_kind *runtime,
                        struct snap_error *error);

/* Refuses a runtime that the scenario does not name. Errors: SNAP_ERROR_USAGE. */
bool snap_runtime_check(const struct snap_scenario *scenario, enum snap_runtime_kind runtime,
                        struct snap_error *error);

/* Reads --trace. Errors: SNAP_ERROR_USAGE. */
bool snap_trace_level_read(const struct snap_args *args, enum snap_trace_level *level,
                           struct snap_error *error);

/* Reads --warm-up; SNAP_NEVER if it was not given. Errors: SNAP_ERROR_USAGE. */
bool snap_warm_up_read(const struct snap_args *args, snap_ns *warm_up_ns, struct snap_error *error);

/* Whether --overwrite was given. */
enum snap_out_dir_rule snap_out_dir_rule_of(const struct snap_args *args);

#endif
