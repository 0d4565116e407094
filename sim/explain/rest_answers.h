// SPDX-License-Identifier: Apache-2.0
/*
 * rest_answers.h: a folder of saved answers of Flink's REST interface, sorted by what they are.
 *
 * - Every file NAME.json of the folder is looked at; its content says what it is, not its name. An
 *   answer may stand alone, or under `response` beside the `request` that it belongs to.
 * - The job and the vertex of an answer come from the request's path, else from runs of 32 hex
 *   digits in the file's name; they may not be known.
 * - Files that are no JSON, error answers and answers of other kinds are passed over, and told as
 *   notes.
 * - Owned until close; close is safe on zeroed memory. One thread.
 */
#ifndef SNAP_EXPLAIN_REST_ANSWERS_H
#define SNAP_EXPLAIN_REST_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

enum snap_rest_kind {
    SNAP_REST_OTHER,
    SNAP_REST_ERROR,        /* {"errors": [...]} */
    SNAP_REST_JOB,          /* /jobs/:jobid; may hold the plan too */
    SNAP_REST_PLAN,         /* /jobs/:jobid/plan */
    SNAP_REST_HISTORY,      /* /jobs/:jobid/checkpoints */
    SNAP_REST_CONFIG,       /* /jobs/:jobid/checkpoints/config */
    SNAP_REST_DETAILS,      /* /jobs/:jobid/checkpoints/details/:checkpointid */
    SNAP_REST_SUBTASKS,     /* .../subtasks/:vertexid */
    SNAP_REST_BACKPRESSURE, /* /jobs/:jobid/vertices/:vertexid/backpressure */
    SNAP_REST_VERTEX,       /* /jobs/:jobid/vertices/:vertexid */
};

struct snap_rest_answer {
    enum snap_rest_kind kind;
    const char *file;   /* its name; arena */
    const char *job;    /* 32 hex digits, or NULL */
    const char *vertex; /* likewise */
    json_t *root;       /* owned */
    const json_t *body; /* in root */
};

struct snap_rest_answers {
    struct snap_arena arena;
    struct snap_rest_answer *items; /* by file name */
    uint32_t count;
    uint32_t capacity;
    const char **notes; /* files that could not be used; arena */
    uint32_t note_count;
    uint32_t note_capacity;
};

/* Reads the folder. Errors: it cannot be read, or no answer in it can be used. */
bool snap_rest_answers_open(struct snap_rest_answers *answers, const char *directory,
                            struct snap_error *error);
void snap_rest_answers_close(struct snap_rest_answers *answers);

/* Returns the first answer of the kind that is of the job (NULL: any) and, if a vertex is given, of
 * that vertex; NULL if there is none. */
const struct snap_rest_answer *snap_rest_find(const struct snap_rest_answers *answers,
                                              enum snap_rest_kind kind, const char *job,
                                              const char *vertex);

/* Whether the answer may be of the job: one of the two is not known, or they are the same. */
bool snap_rest_is_of(const struct snap_rest_answer *answer, const char *job);

#endif
