// SPDX-License-Identifier: Apache-2.0
/*
 * operator_spec.h: the operators of a scenario as written, before they are a graph.
 *
 * - A spec is one item of `operators`, its type from the catalogue, and what `set` overrides.
 * - uids are unique, and free of what other texts use around them: spaces, [ ] : , and quotes.
 * - Keys that every operator may have, and the options of its type; nothing else is accepted.
 */
#ifndef SNAP_SCENARIO_OPERATOR_SPEC_H
#define SNAP_SCENARIO_OPERATOR_SPEC_H

#include "model/operator_type.h"
#include "scenario/flat.h"

enum { SNAP_OPERATORS_MAX = 1000 };

struct snap_operator_spec {
    const char *uid;
    const struct snap_node *uid_node; /* the name's where there is no uid */
    bool uid_missing;
    const struct snap_node *node; /* the mapping */
    const struct snap_operator_type *type;
    const struct snap_flat *set; /* "uid.option" overrides; borrowed */
};

struct snap_operator_specs {
    struct snap_operator_spec *items; /* arena */
    uint32_t count;
};

/* Reads `operators`; `set` must outlive the specs. Errors: SNAP_ERROR_SCENARIO. */
bool snap_operator_specs_read(struct snap_reader *reader, const struct snap_node *operators,
                              const struct snap_operator_catalogue *catalogue,
                              const struct snap_flat *set, struct snap_operator_specs *specs);

/* Returns the value under a key, overrides applied; NULL if there is none. */
const struct snap_node *snap_operator_spec_get(struct snap_reader *reader,
                                               const struct snap_operator_spec *spec,
                                               const char *key);

/* Returns the index of the operator with this uid; specs->count if there is none. */
uint32_t snap_operator_specs_find(const struct snap_operator_specs *specs, const char *uid);

/* Fails with "unknown operator" and a suggestion. */
bool snap_operator_specs_fail(struct snap_reader *reader, const struct snap_operator_specs *specs,
                              const struct snap_node *at, const char *uid);

/* A key that every operator may have, for `snapsim help operators`. */
struct snap_common_key {
    const char *name;
    const char *doc;
    const char *example;
};

/* The keys every operator may have; the last one has no name. */
const struct snap_common_key *snap_operator_common_keys(void);

#endif
