// SPDX-License-Identifier: Apache-2.0
/*
 * journal.h: which records affected one state of one subtask, through snapshots and restores.
 *
 * - Nothing is ever removed: a restore starts a new segment whose past is the content that the
 *   snapshot had. The content now is the path from the newest segment back to the first; what lies
 *   beside that path was taken back by a restore.
 * - A mark is the content at a snapshot: (segment, length). The runtime tells of a snapshot before
 *   it takes the state, with no record in between.
 * - `print` is that of the content; in fingerprint mode there is nothing else.
 * - Touched by the task's thread only while it runs; read by the judge afterwards.
 */
#ifndef SNAP_VERIFY_JOURNAL_H
#define SNAP_VERIFY_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/checkpoint.h"
#include "verify/fingerprint.h"
#include "verify/log.h"

/* What was appended between two restores. */
struct snap_segment {
    uint64_t start;                /* index in the log */
    snap_checkpoint_id checkpoint; /* restored from; SNAP_NO_CHECKPOINT: it has no past */
    uint32_t parent;               /* segment in which the snapshot was taken */
    uint64_t parent_length;        /* the past is the parent's content up to this index */
    snap_ns at_ns;                 /* when it began */
};

struct snap_journal_mark {
    snap_checkpoint_id checkpoint;
    uint32_t segment;
    uint64_t length;
    snap_ns at_ns;
    struct snap_fingerprint print;
};

struct snap_journal {
    struct snap_log log;
    struct snap_segment *segments;
    uint32_t segment_count;
    uint32_t segment_capacity;
    struct snap_journal_mark *marks;
    uint32_t mark_count;
    uint32_t mark_capacity;
    struct snap_fingerprint print;
};

/* A part of the content: entries [first, end) of the log. */
struct snap_journal_range {
    uint64_t first;
    uint64_t end;
};

/* Makes the zeroed journal empty, with one segment. */
void snap_journal_init(struct snap_journal *journal, struct snap_arena *arena);

/* Remembers the content as that of the checkpoint's snapshot. */
void snap_journal_mark(struct snap_journal *journal, struct snap_arena *arena,
                       snap_checkpoint_id checkpoint, snap_ns at_ns);

/*
 * Puts back the content of the checkpoint, or nothing for SNAP_NO_CHECKPOINT. Returns false, with
 * the content as it is, if the journal has no snapshot of that checkpoint: the task had finished.
 */
bool snap_journal_restore(struct snap_journal *journal, struct snap_arena *arena,
                          snap_checkpoint_id checkpoint, snap_ns at_ns);

/* Returns the mark of the checkpoint, NULL if there is none. */
const struct snap_journal_mark *snap_journal_find_mark(const struct snap_journal *journal,
                                                       snap_checkpoint_id checkpoint);

/* Returns the ranges of the content, oldest first, in the arena. */
const struct snap_journal_range *snap_journal_content(const struct snap_journal *journal,
                                                      struct snap_arena *arena, uint32_t *count);

/* The same at the mark. */
const struct snap_journal_range *snap_journal_content_at(const struct snap_journal *journal,
                                                         const struct snap_journal_mark *mark,
                                                         struct snap_arena *arena, uint32_t *count);

/* Returns which segment the entry was appended in. */
uint32_t snap_journal_segment_of(const struct snap_journal *journal, uint64_t index);

#endif
