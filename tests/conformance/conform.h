// SPDX-License-Identifier: Apache-2.0
/*
 * conform.h: what the program `conform` and its adapters share.
 *
 * - A case is one recorded behaviour of Flink; an adapter plays it on our machines and compares.
 * - An adapter never changes the case; it writes every mismatch as text and returns the result.
 * - A case whose suite or harness has no adapter yet is skipped, and named.
 * - The JSON is borrowed from the file's document until the adapter returns.
 */
#ifndef SNAP_TESTS_CONFORM_H
#define SNAP_TESTS_CONFORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct conform_case {
    const char *file;
    const char *suite; /* coordinator suite, or harness of a barrier case */
    const char *mode;  /* of a barrier case, or NULL */
    const char *name;
    json_t *json;     /* the case */
    json_t *document; /* the whole file; for a file of lines the line */
};

enum conform_result { CONFORM_PASS, CONFORM_FAIL, CONFORM_SKIP };

/* Plays one case; on a failure or skip `why` says why. */
typedef enum conform_result conform_run(const struct conform_case *, struct snap_text *why);

struct conform_suite {
    const char *name;
    conform_run *run;
};

conform_run conform_key_groups_case;
conform_run conform_request_decider_case;
conform_run conform_failure_manager_case;
conform_run conform_pending_checkpoint_case;
conform_run conform_checkpoint_plan_case;
conform_run conform_timeline_case;
conform_run conform_restart_and_stop_case;
conform_run conform_completed_store_case;
conform_run conform_claim_sequence_case;
conform_run conform_shared_state_registry_case;
conform_run conform_operator_state_rescale_case;
conform_run conform_keyed_state_assignment_case;
conform_run conform_channel_state_rescale_case;

/* All harnesses of barrier cases. */
conform_run conform_barrier_case;

/* The buffer-size vectors. */
conform_run conform_buffer_size_case;

/* Members of an object; each fails a check if the member is missing or of another type. */
int64_t conform_integer(const json_t *object, const char *key);
const char *conform_string(const json_t *object, const char *key);
bool conform_boolean(const json_t *object, const char *key);
json_t *conform_array(const json_t *object, const char *key);
/* The same, with what stands for a missing member or null. */
int64_t conform_integer_or(const json_t *object, const char *key, int64_t otherwise);
const char *conform_string_or(const json_t *object, const char *key, const char *otherwise);

/* Compares and, if different, adds "WHERE: expected E, actual A" to why. Return true if equal. */
bool conform_same_integer(struct snap_text *why, const char *where, int64_t expected,
                          int64_t actual);
bool conform_same_string(struct snap_text *why, const char *where, const char *expected,
                         const char *actual);
bool conform_same_json(struct snap_text *why, const char *where, const json_t *expected,
                       const json_t *actual);

/* Returns a new array with the names in order. */
json_t *conform_sorted(const json_t *names);

/* Adds "no adapter for KIND" and returns CONFORM_SKIP. */
enum conform_result conform_skip(struct snap_text *why, const char *kind);

/* CONFORM_PASS if nothing was written, else CONFORM_FAIL. */
enum conform_result conform_verdict(const struct snap_text *why);

#endif
