// SPDX-License-Identifier: Apache-2.0
/*
 * file_parts.h: the part files of a file sink: their names, and what is known of each.
 *
 * - <path>/part-<subtask>-<attempt>-<n>, hidden (a dot in front) until it is committed. n is
 *   unique per operator and subtask over all attempts, so no attempt writes over another's file.
 * - The notes lie in world memory, one a part, at index n.
 * - Parts that a restored snapshot of another run had prepared lie where that run left them. They
 *   are committed there, and noted apart.
 */
#ifndef SNAP_OPERATORS_FILE_PARTS_H
#define SNAP_OPERATORS_FILE_PARTS_H

#include "operators/operator.h"
#include "protocol/commit.h"

struct snap_file_note {
    uint32_t attempt;
    bool prepared; /* closed and safe, waits for its commit or has had it */
    bool left;     /* it waits for a job that starts from a savepoint, not for this one */
    snap_checkpoint_id prepared_for; /* the snapshot that closed it, or SNAP_NO_CHECKPOINT */
};

/* A part that another run had prepared. */
struct snap_restored_part {
    struct snap_commit_part part;
    bool was_gone; /* when it was first looked for: a file of its name is this run's own */
};

/* World memory of a file sink's subtask. */
struct snap_file_notes {
    const char *directory; /* in full; NULL: not known yet, or in memory only */
    struct snap_restored_part *restored;
    uint32_t restored_count;
    uint32_t restored_capacity;
    struct snap_file_note *notes;
    uint32_t count;
    uint32_t capacity;
};

/* Returns the path of the part, visible or hidden; memory of the arena. */
const char *snap_file_part_visible(struct snap_arena *arena, const char *path,
                                   const struct snap_commit_part *part);
const char *snap_file_part_hidden(struct snap_arena *arena, const char *path,
                                  const struct snap_commit_part *part);

/* Notes a new part of this attempt below `path` and returns its name. */
struct snap_commit_part snap_file_part_new(const struct snap_operator_context *context,
                                           const char *path);

/*
 * Gives the part its visible name; it may have it already. Errors: neither name exists, or the
 * file system's.
 */
bool snap_file_part_commit(const struct snap_operator_context *context, const char *path,
                           const struct snap_commit_part *part, struct snap_error *error);

/*
 * Gives a part of another run its visible name, where that run left it; it may have it already. One
 * that is gone is passed over. Errors: the file system's. Flink: LocalRecoverableFsDataOutputStream
 * .LocalCommitter.commitAfterRecovery.
 */
bool snap_file_part_adopt(const struct snap_operator_context *context,
                          const struct snap_commit_part *part, struct snap_error *error);

/* Finds out what became of a part of another run that says where it lies; memory of the arena. */
struct snap_prepared_file snap_file_part_find(const struct snap_commit_part *part,
                                              struct snap_arena *arena);

/* Removes hidden files of this subtask: of attempts of this execution that died, never committed
 * any more. What a savepoint holds stays for the jobs that start from it. Flink: FileSink removes
 * nothing. */
bool snap_file_parts_sweep(const struct snap_operator_context *context, const char *path,
                           struct snap_error *error);

/* Who gets the parts. */
struct snap_part_reader {
    void (*part)(void *to, const struct snap_sink_part *part);
    void *to;
};

/* Reads the files of all parts as they are now. Errors: a file that cannot be read. */
bool snap_file_parts_each(const struct snap_operator_context *context, const char *path,
                          const struct snap_part_reader *reader, struct snap_error *error);

#endif
