// SPDX-License-Identifier: Apache-2.0
/*
 * document.h: the parts of a scenario file, found and checked by form only.
 *
 * - Internal to this folder: what struct snap_scenario holds.
 */
#ifndef SNAP_SCENARIO_DOCUMENT_H
#define SNAP_SCENARIO_DOCUMENT_H

#include "scenario/reader.h"

/* The parts that a variant may override; NULL where not given. */
struct snap_scenario_part {
    const struct snap_node *network_rules;
    const struct snap_node *config;
    const struct snap_node *model;
    const struct snap_node *set;
    const struct snap_node *timeline;
    const struct snap_node *sabotage;
    const struct snap_node *expect;
};

struct snap_scenario {
    struct snap_arena arena;
    struct snap_source source;
    const struct snap_operator_catalogue *catalogue;
    const struct snap_node *root;
    const char *name;
    const char *ask;    /* NULL: nothing is asked */
    const char *answer; /* NULL: it stands nowhere */
    uint64_t seed;
    bool runtimes[2]; /* by enum snap_runtime_kind */
    snap_ns until_ns;
    enum snap_flink_version version;
    enum snap_ledger_mode ledger;
    const struct snap_node *operators;
    struct snap_scenario_part base;
    const char **variant_names;
    struct snap_scenario_part *variants;
    uint32_t variant_count;
    const struct snap_scenario_note *notes; /* of what stands beside all variants */
    uint32_t note_count;
};

/* Fills the scenario from its root. Errors: SNAP_ERROR_SCENARIO, _UNSUPPORTED. */
bool snap_document_read(struct snap_reader *reader, struct snap_scenario *scenario);

/* Reads whose network stack it is; with NULL or null that of the version. */
bool snap_network_rules_read(struct snap_reader *reader, const struct snap_node *node,
                             enum snap_flink_version version, enum snap_network_rules *rules);

/* A key of the document, for `snapsim help keys`. */
struct snap_document_key {
    const char *name; /* NULL: the end of the table */
    const char *doc;
    const char *example;
};
const struct snap_document_key *snap_document_keys(void);

#endif
