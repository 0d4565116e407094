// SPDX-License-Identifier: Apache-2.0
/*
 * scenario.h: scenario files: reading one, and building the simulation of one choice of variant
 * and overrides.
 *
 * - Reading checks what needs no choice: YAML, keys of the document, seed, runtimes, the variants'
 *   form. Building checks all the rest for the choice made; snap_scenario_check builds them all.
 * - Layers, each on top of the one before: the scenario, the variant, the overrides in their order.
 * - A scenario owns its texts; what is built owns all it needs and outlives the scenario.
 * - The catalogue of operator types is handed in; nothing here knows an operator by name.
 */
#ifndef SNAP_SCENARIO_SCENARIO_H
#define SNAP_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "model/operator_type.h"
#include "model/simulation.h"
#include "model/verdict.h"

struct snap_scenario;

/* Something worth knowing that changes nothing. */
struct snap_scenario_note {
    const char *file; /* or the argument of the command line */
    uint32_t line;    /* 0: an argument */
    uint32_t column;
    const char *text;
};

enum snap_override_kind {
    SNAP_OVERRIDE_CONFIG, /* key is a setting of Flink */
    SNAP_OVERRIDE_SET,    /* key is uid.option; repeated ones of a list of paths add up */
};

/* One override from the command line; texts are borrowed for the build. */
struct snap_scenario_override {
    enum snap_override_kind kind;
    const char *argument; /* as messages name it: "-D parallelism.default=4" */
    const char *key;
    const char *value; /* "null" takes the key away */
};

struct snap_scenario_choice {
    const char *variant; /* NULL: the scenario without overrides */
    const struct snap_scenario_override *overrides;
    uint32_t override_count;
    bool seed_given;
    uint64_t seed;
    bool restored; /* the run starts from a snapshot on disk */
};

/* What a choice makes. Everything in it lies in `arena`. */
struct snap_built {
    struct snap_arena arena;
    struct snap_simulation sim;
    struct snap_expectation expectation;
    const struct snap_scenario_note *notes;
    uint32_t note_count;
};

/* Reads a file. The catalogue is borrowed for the scenario's life; free with _destroy.
 * Errors: SNAP_ERROR_SCENARIO or _UNSUPPORTED with file, line and column. */
bool snap_scenario_read(const char *path, const struct snap_operator_catalogue *catalogue,
                        struct snap_scenario **scenario, struct snap_error *error);

/* A scenario as text in memory; `name` stands for the file and decides what paths are relative to.
 * The bytes are copied. Errors: as snap_scenario_read. */
struct snap_scenario_text {
    const char *name;
    const char *bytes;
    size_t length;
};
bool snap_scenario_parse(const struct snap_scenario_text *text,
                         const struct snap_operator_catalogue *catalogue,
                         struct snap_scenario **scenario, struct snap_error *error);

/* Frees the scenario; NULL is fine. */
void snap_scenario_destroy(struct snap_scenario *scenario);

/* Builds the simulation of a choice; NULL: no variant, no overrides. Free *built with
 * snap_built_fini, also after a failure. Errors: SNAP_ERROR_SCENARIO, _UNSUPPORTED, and
 * SNAP_ERROR_USAGE for an unknown variant. */
bool snap_scenario_build(const struct snap_scenario *scenario,
                         const struct snap_scenario_choice *choice, struct snap_built *built,
                         struct snap_error *error);

/* Frees what was built; fine on zeroed memory. */
void snap_built_fini(struct snap_built *built);

/* Builds the scenario and each of its variants once and throws them away. */
bool snap_scenario_check(const struct snap_scenario *scenario, struct snap_error *error);

/* Its name, what it asks before the result is seen and the answer (NULL: none), the number of its
 * variants, the name of one (in the order of the file). */
const char *snap_scenario_name(const struct snap_scenario *scenario);
const char *snap_scenario_ask(const struct snap_scenario *scenario);
const char *snap_scenario_answer(const struct snap_scenario *scenario);
uint32_t snap_scenario_variant_count(const struct snap_scenario *scenario);
const char *snap_scenario_variant_name(const struct snap_scenario *scenario, uint32_t index);

/* Whether `runtimes` has it. */
bool snap_scenario_allows_runtime(const struct snap_scenario *scenario,
                                  enum snap_runtime_kind runtime);

/* Appends "file:line:column: message", the line of the file and a caret below the place. The line
 * comes from the file that the error names, or from `text` if that is not NULL. */
void snap_scenario_print_error(struct snap_text *to, const struct snap_error *error,
                               const struct snap_scenario_text *text);

#endif
