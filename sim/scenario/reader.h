// SPDX-License-Identifier: Apache-2.0
/*
 * reader.h: what all parts of the scenario reader share: memory, the error, notes, messages.
 *
 * - One reader a build; everything it makes lies in `arena`.
 * - The first error wins and ends the build; notes are things a user should know and may ignore.
 * - Internal to this folder.
 */
#ifndef SNAP_SCENARIO_READER_H
#define SNAP_SCENARIO_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "scenario/node.h"
#include "scenario/scenario.h"
#include "scenario/suggest.h"
#include "scenario/units.h"

struct snap_reader {
    struct snap_arena *arena;
    struct snap_error *error;
    const char *storage_uri; /* of a remote storage that a directory stands for; NULL: none */
    struct snap_scenario_note *notes;
    uint32_t note_count;
    uint32_t note_capacity;
};

/* Sets the error at the node's place and returns false. */
bool snap_reader_fail(struct snap_reader *reader, const struct snap_node *at, const char *format,
                      ...) __attribute__((format(__printf__, 3, 4)));

/* The same for what a later version brings: "<what> is not in this version". Returns false. */
bool snap_reader_unsupported(struct snap_reader *reader, const struct snap_node *at,
                             const char *what);

/* Adds a note at the node's place. */
void snap_reader_note(struct snap_reader *reader, const struct snap_node *at, const char *format,
                      ...) __attribute__((format(__printf__, 3, 4)));

/* Adds copies of another reader's notes. */
void snap_reader_add_notes(struct snap_reader *reader, const struct snap_scenario_note *notes,
                           uint32_t count);

/* Fails with "unknown <what> "<text>"" and the suggestion, or with the list if nothing is near. */
bool snap_reader_fail_unknown(struct snap_reader *reader, const struct snap_node *at,
                              const char *what, const char *const *names);

/* Checks that each key of the mapping is in the NULL-terminated list. */
bool snap_reader_check_keys(struct snap_reader *reader, const struct snap_node *map,
                            const char *what, const char *const *names);

/* Fails unless the node is of the kind; `what` is what the message calls it. */
bool snap_reader_expect(struct snap_reader *reader, const struct snap_node *node,
                        enum snap_node_kind kind, const char *what);

/* Fails if the text has control characters, which would be commands to a terminal. */
bool snap_reader_check_printable(struct snap_reader *reader, const struct snap_node *node,
                                 const char *what);

/* How messages about a number with a unit call it, and what one would write; NULL: no example. */
struct snap_unit_words {
    const char *what;
    const char *example;
};

/* Turns a failed parse into a message: "<what> <why>: "<text>"; write it like <example>". */
bool snap_reader_fail_units(struct snap_reader *reader, const struct snap_node *node,
                            const struct snap_unit_words *words, enum snap_units_result result);

/* Scalars with a unit; `what` names the thing for messages. Errors: SNAP_ERROR_SCENARIO. */
/* At most SNAP_DURATION_MAX. */
bool snap_reader_duration(struct snap_reader *reader, const struct snap_node *node,
                          const char *what, snap_ns *value);
/* At most `most_ns`, which is at most SNAP_DURATION_MAX. */
bool snap_reader_duration_to(struct snap_reader *reader, const struct snap_node *node,
                             const char *what, snap_ns most_ns, snap_ns *value);
bool snap_reader_size(struct snap_reader *reader, const struct snap_node *node, const char *what,
                      uint32_t *value);
bool snap_reader_bandwidth(struct snap_reader *reader, const struct snap_node *node,
                           const char *what, int64_t *value);
bool snap_reader_bool(struct snap_reader *reader, const struct snap_node *node, const char *what,
                      bool *value);

/* A range for snap_reader_integer, both ends included. */
struct snap_integer_range {
    int64_t from;
    int64_t to;
};
bool snap_reader_integer(struct snap_reader *reader, const struct snap_node *node, const char *what,
                         struct snap_integer_range range, int64_t *value);

/* The index of the scalar in the NULL-terminated list of words. */
bool snap_reader_choice(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        const char *const *words, uint32_t *value);

#endif
