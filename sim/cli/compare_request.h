// SPDX-License-Identifier: Apache-2.0
/*
 * compare_request.h: what the command line of `compare` asks for: which variants, runtimes and
 * seeds of which scenario.
 *
 * - Seeds count up within a runtime, runtimes within a variant.
 * - fini is safe on zeroed memory whose arena is initialised.
 */
#ifndef SNAP_CLI_COMPARE_REQUEST_H
#define SNAP_CLI_COMPARE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/args.h"
#include "model/observer.h"
#include "scenario/scenario.h"
#include "view/compare_forms.h"

enum { SNAP_COMPARE_VARIANTS_MAX = 256 };

extern const struct snap_option_help snap_compare_options[];

/* What the command line asks for, and the scenario it asks it of. */
struct snap_compare_request {
    struct snap_arena arena;
    struct snap_args args;
    struct snap_scenario *scenario;
    const char *path;
    struct snap_scenario_choice choice;
    const char *variants[SNAP_COMPARE_VARIANTS_MAX]; /* NULL: the scenario without overrides */
    uint32_t variant_count;
    enum snap_runtime_kind runtimes[2];
    uint32_t runtime_count;
    uint32_t seed_count;
    enum snap_trace_level level;
    snap_ns warm_up_ns;
    const char *directory;
    struct snap_compare_form *forms; /* of the runs with the first seed; arena */
    uint32_t form_count;
};

/* Reads the arguments behind the verb into *request, whose arena is initialised; free with _fini.
 * Errors: SNAP_ERROR_USAGE, and those of the scenario. */
bool snap_compare_request_read(char *const *argv, struct snap_compare_request *request,
                               struct snap_error *error);
void snap_compare_request_fini(struct snap_compare_request *request);

#endif
