// SPDX-License-Identifier: Apache-2.0
/*
 * choice.h: the options that every verb with a scenario has: variant, -D, --set, -p, --seed.
 *
 * - SNAP_CHOICE_OPTIONS are the rows for a verb's table of options.
 */
#ifndef SNAP_CLI_CHOICE_H
#define SNAP_CLI_CHOICE_H

#include "cli/args.h"
#include "scenario/scenario.h"

/* clang-format off */
#define SNAP_OVERRIDE_OPTIONS                                                                      \
    {"-D", "KEY=VALUE", "a setting of Flink; null takes one away"},                                \
    {"--set", "UID.OPTION=VALUE", "an option of an operator; repeat it for several paths"},        \
    {"-p", "N", "the default parallelism"}
#define SNAP_CHOICE_OPTIONS                                                                        \
    {"--variant", "NAME", "the variant to take; default: the scenario without overrides"},         \
    SNAP_OVERRIDE_OPTIONS,                                                                         \
    {"--seed", "N", "the seed, instead of the scenario's"}
/* clang-format on */

/* Fills *choice from the arguments; its arrays lie in the arena. Errors: SNAP_ERROR_USAGE. */
bool snap_choice_read(const struct snap_args *args, struct snap_arena *arena,
                      struct snap_scenario_choice *choice, struct snap_error *error);

/* Builds the choice; what only its variants can do says so where none was chosen. Free *built with
 * snap_built_fini, also after a failure. Errors: as snap_scenario_build. */
bool snap_choice_build(const struct snap_scenario *scenario,
                       const struct snap_scenario_choice *choice, struct snap_built *built,
                       struct snap_error *error);

#endif
