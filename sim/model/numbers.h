// SPDX-License-Identifier: Apache-2.0
/*
 * numbers.h: what a run came to in numbers, most of them about its checkpoints, as `expect` and
 * tables name them.
 *
 * - Durations and sizes of checkpoints are medians over the completed ones of the last execution;
 *   what a checkpoint consists of many times (start delay, alignment, asynchronous part) is the
 *   largest of its subtasks.
 * - A number that there is none of is NaN (the median duration of no checkpoint) and meets no
 *   expectation; what nobody measured is SNAP_NUMBER_UNMEASURED and meets every one.
 * - An expected number is compared with a value, or with some times what another variant of the
 *   same scenario has: in a comparison, with the run of the same runtime and seed.
 */
#ifndef SNAP_MODEL_NUMBERS_H
#define SNAP_MODEL_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum snap_number_unit {
    SNAP_NUMBER_COUNT_OF,
    SNAP_NUMBER_NS,
    SNAP_NUMBER_BYTES,
    SNAP_NUMBER_PER_SECOND,
    SNAP_NUMBER_RATIO,
};

/* X(NAME, "name in expect", UNIT, "what it is") */
#define SNAP_NUMBERS(X)                                                                            \
    X(COMPLETED, "checkpoints.completed", COUNT_OF, "completed checkpoints")                       \
    X(FAILED, "checkpoints.failed", COUNT_OF, "checkpoints that were given up")                    \
    X(EXPIRED, "checkpoints.expired", COUNT_OF, "of these, by the checkpoint timeout")             \
    X(UNALIGNED, "checkpoints.unaligned", COUNT_OF,                                                \
      "completed ones in which some subtask's barrier overtook data")                              \
    X(END_TO_END, "checkpoints.end-to-end", NS, "end-to-end duration")                             \
    X(LONGEST, "checkpoints.longest", NS, "the longest end-to-end duration")                       \
    X(START_DELAY, "checkpoints.start-delay", NS, "the longest start delay of a subtask")          \
    X(ALIGNMENT, "checkpoints.alignment", NS, "the longest alignment of a subtask")                \
    X(ASYNC, "checkpoints.async", NS, "the longest asynchronous part of a subtask")                \
    X(PROCESSED, "checkpoints.processed", BYTES,                                                   \
      "processed between first and last barrier, of all subtasks")                                 \
    X(PERSISTED, "checkpoints.persisted", BYTES, "data in flight that was saved, of all subtasks") \
    X(IN_FLIGHT, "checkpoints.in-flight", BYTES, "sent and not used up at the trigger")            \
    X(APART, "checkpoints.trigger-to-trigger", NS, "from one trigger to the next")                 \
    X(RESTARTS, "restarts", COUNT_OF, "how often the job was restarted")                           \
    X(RESTORED, "restored", COUNT_OF, "the checkpoint that was restored last")                     \
    X(SUBTASKS, "subtasks", COUNT_OF, "subtasks of the job, in its last execution")                \
    X(RECORDS, "processed", COUNT_OF, "records that states and sinks processed, again or not")     \
    X(RESTORE, "restore", NS, "from a failure until all runs again, in the mean")                  \
    X(LATENCY, "latency", NS, "median latency of records, from the source to a sink")              \
    X(THROUGHPUT, "throughput", PER_SECOND, "records that all sources sent a second")              \
    X(FORM, "explain.form", RATIO,                                                                 \
      "the closed form of a checkpoint over what it took (of the first 10)")

#define SNAP_NUMBER_ENUM(name, key, unit, doc) SNAP_NUMBER_##name,
enum snap_number { SNAP_NUMBERS(SNAP_NUMBER_ENUM) SNAP_NUMBER_COUNT };
#undef SNAP_NUMBER_ENUM

struct snap_number_info {
    const char *name;
    enum snap_number_unit unit;
    const char *doc;
};

#define SNAP_NUMBER_UNMEASURED (-1.0)

/* By enum snap_number. */
struct snap_run_numbers {
    double values[SNAP_NUMBER_COUNT];
};

/* Those of another variant of the comparison. */
struct snap_variant_numbers {
    const char *variant;
    const struct snap_run_numbers *numbers;
};

/* Returns the row of the table for the number. */
const struct snap_number_info *snap_number_info_get(enum snap_number number);

/* Returns "12", "31.2 ms", "4.5 MB" or "2000/s", of the arena. */
const char *snap_number_text(enum snap_number number, double value, struct snap_arena *arena);

#endif
