// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_view.h: a snapshot as JSON and as text: what `inspect` prints.
 *
 * - Values are read while they are printed, and what is printed leaves in blocks: neither is ever
 *   in memory as a whole.
 * - JSON has Flink's words: docs/INSPECT.md describes it.
 */
#ifndef SNAP_VIEW_SNAPSHOT_VIEW_H
#define SNAP_VIEW_SNAPSHOT_VIEW_H

#include "base/text.h"
#include "model/snapshot.h"

/* Where text goes. `flush` takes what is in it and empties it; false stops the printing. */
struct snap_text_outlet {
    struct snap_text *text;
    bool (*flush)(void *context, struct snap_text *text);
    void *context;
};

/* What to print. */
struct snap_snapshot_view {
    const struct snap_snapshot *snapshot;
    const struct snap_snapshot_operator *of; /* this one's values; NULL: of all in JSON */
    const char *key;                         /* only entries with this key; NULL: all */
    uint32_t width;                          /* of text */
};

/* Finds an operator by uid, name or id; NULL if there is none. */
const struct snap_snapshot_operator *snap_snapshot_find(const struct snap_snapshot *snapshot,
                                                        const char *name);

/* Refuses a key that none of the states to print can have. Errors: SNAP_ERROR_USAGE. */
bool snap_snapshot_key_check(const struct snap_snapshot_view *view, struct snap_error *error);

/* Prints everything, or the operator's part. Errors: values that cannot be read. */
bool snap_snapshot_json(const struct snap_text_outlet *outlet,
                        const struct snap_snapshot_view *view, struct snap_error *error);

/* Prints the summary: all but values. */
void snap_snapshot_summary(struct snap_text *text, const struct snap_snapshot_view *view);

/* Prints the operator's values, a line each. Errors: values that cannot be read. */
bool snap_snapshot_values(const struct snap_text_outlet *outlet,
                          const struct snap_snapshot_view *view, struct snap_error *error);

/* Names for people and JSON. */
const char *snap_place_name(enum snap_place place);
const char *snap_file_role_name(enum snap_file_role role);

/* Returns uid, else name, else the id's digits, which are written to `digits`. */
const char *snap_snapshot_operator_name(const struct snap_snapshot_operator *of,
                                        char digits[SNAP_OPERATOR_ID_TEXT_BYTES]);

#endif
