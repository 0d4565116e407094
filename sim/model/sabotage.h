// SPDX-License-Identifier: Apache-2.0
/*
 * sabotage.h: the rules that can be broken on purpose, one table.
 *
 * - For teaching, and to prove that the oracles notice. Honest scenarios have none.
 * - The table makes the enum's bits, the names in a scenario, `snapsim help sabotage` and what an
 *   event SABOTAGED says. The number of a rule is its place in the table; its bit is 1 << number.
 * - A rule is broken at one place of the runtime, which tells SABOTAGED each time that this made a
 *   difference there.
 */
#ifndef SNAP_MODEL_SABOTAGE_H
#define SNAP_MODEL_SABOTAGE_H

#include <stdbool.h>
#include <stdint.h>

/* X(id, name, doc) */
#define SNAP_SABOTAGES(X)                                                                          \
    X(SKIP_ALIGNMENT, "skip-alignment",                                                            \
      "channels are not blocked while a checkpoint is being aligned")                              \
    X(ACK_BEFORE_PERSIST, "ack-before-persist",                                                    \
      "a subtask acknowledges before its state is stored; what a crash or a fault of the storage " \
      "cuts off is missing when it is restored")                                                   \
    X(COMMIT_BEFORE_COMPLETE, "commit-before-complete",                                            \
      "a two-phase sink makes its output visible in its snapshot, not when the checkpoint is "     \
      "complete")                                                                                  \
    X(TAKE_LATE_ACK, "take-late-ack",                                                              \
      "an acknowledgement of a checkpoint that was given up counts for the one that is pending")   \
    X(FORGET_STATE, "forget-state", "keyed state of a snapshot is not put back after a failure")   \
    X(RESTORE_OLDER, "restore-older",                                                              \
      "a restart begins with the last but one of the retained checkpoints, or empty if there is "  \
      "no other")                                                                                  \
    X(DOUBLE_RESTORE, "double-restore", "a source is given the splits of its snapshot twice")      \
    X(FORGET_SPLIT, "forget-split",                                                                \
      "a source is not given the last split of its snapshot back after a failure")                 \
    X(FORGET_CHANNEL_STATE, "forget-channel-state",                                                \
      "in-flight data of inputs that an unaligned checkpoint saved is not put back after a "       \
      "failure")                                                                                   \
    X(FORGET_OVERTAKEN_OUTPUT, "forget-overtaken-output",                                          \
      "data that a barrier overtakes in an output is not saved")                                   \
    X(DOUBLE_CHANNEL_RESTORE, "double-channel-restore",                                            \
      "in-flight data is put back twice after a failure")                                          \
    X(NO_BLOCKING_WITHOUT_CAPTURE, "no-blocking-without-capture",                                  \
      "what comes after a snapshot over a channel whose barrier is missing is not saved, and the " \
      "channel is not blocked either")                                                             \
    X(FORGET_CHECKPOINT, "forget-checkpoint",                                                      \
      "a checkpoint that is given up is forgotten: it never ends, and no subtask hears of it")     \
    X(OVERBOOK_BUFFERS, "overbook-buffers",                                                        \
      "a channel between TaskManagers promises one exclusive buffer more than it was given")       \
    X(FORGET_BLOCKED_TIME, "forget-blocked-time",                                                  \
      "the times of a subtask leave out those in which it was backpressured")                      \
    X(SKIP_INITIALIZING, "skip-initializing",                                                      \
      "a subtask does not say that it is initializing: it runs as soon as it was deployed")        \
    X(FORGET_RESTART, "forget-restart",                                                            \
      "after a failure no subtask is deployed again, and the job waits forever; needs `until`")

#define SNAP_SABOTAGE_NUMBER(id, name, doc) SNAP_BROKEN_##id,
enum snap_broken_rule { SNAP_SABOTAGES(SNAP_SABOTAGE_NUMBER) SNAP_BROKEN_COUNT };
#undef SNAP_SABOTAGE_NUMBER

#define SNAP_SABOTAGE_BIT(id, name, doc) SNAP_SABOTAGE_##id = 1 << SNAP_BROKEN_##id,
enum snap_sabotage { SNAP_SABOTAGES(SNAP_SABOTAGE_BIT) };
#undef SNAP_SABOTAGE_BIT

struct snap_sabotage_name {
    const char *name;
    enum snap_sabotage bit;
    const char *doc;
};

/* All of them, by number; the last has no name. */
const struct snap_sabotage_name *snap_sabotage_names(void);

/* Finds a rule by its name; false if there is none. */
bool snap_broken_rule_parse(const char *name, enum snap_broken_rule *rule);

#endif
