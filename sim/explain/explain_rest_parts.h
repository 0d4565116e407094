// SPDX-License-Identifier: Apache-2.0
/* explain_rest_parts.h: what the files that read answers of one job share; the inside of
 * explain_rest.h. */
#ifndef SNAP_EXPLAIN_EXPLAIN_REST_PARTS_H
#define SNAP_EXPLAIN_EXPLAIN_REST_PARTS_H

#include "explain/explain_facts.h"
#include "explain/rest_answers.h"

struct snap_rest {
    struct snap_facts *facts;
    struct snap_rest_answers answers;
    const char *job;      /* whose answers count, or NULL */
    const json_t *chosen; /* the checkpoint: details, else an entry of the history */
    bool has_details;
    const char **ids; /* of vertices, in the facts' order; arena of the facts */
};

/* Finds the checkpoint, SNAP_UNKNOWN: the one worth explaining. Errors: there is none. */
bool snap_rest_choose(struct snap_rest *rest, const char *directory, int64_t wanted,
                      struct snap_error *error);

/* Makes the facts' vertices, tasks and edges of the plan; without one, of the checkpoint. Errors:
 * the plan is broken. */
bool snap_rest_read_graph(struct snap_rest *rest, const char *directory, struct snap_error *error);

#endif
