// SPDX-License-Identifier: Apache-2.0
#include "protocol/commit.h"

#include <string.h>

#include "base/check.h"

void snap_commit_init(struct snap_commit *commit, struct snap_arena *arena)
{
    memset(commit, 0, sizeof(*commit));
    commit->arena = arena;
}

void snap_commit_begin(struct snap_commit *commit, const struct snap_commit_part *part)
{
    SNAP_CHECK(!commit->open);
    commit->open = true;
    commit->current = *part;
    commit->current.records = 0;
    commit->current.checkpoint = SNAP_NO_CHECKPOINT;
}

void snap_commit_write(struct snap_commit *commit, uint64_t records)
{
    SNAP_CHECK(commit->open);
    commit->current.records += records;
}

static void append(struct snap_commit *commit, const struct snap_commit_part *part)
{
    /* What was given out leaves room, so that the array does not grow for ever. */
    if (commit->first > 0) {
        commit->count -= commit->first;
        memmove(commit->parts, commit->parts + commit->first,
                commit->count * sizeof(*commit->parts));
        commit->first = 0;
    }
    commit->parts = snap_arena_grow(commit->arena, commit->parts, commit->count, &commit->capacity,
                                    sizeof(*commit->parts));
    commit->parts[commit->count++] = *part;
}

struct snap_commit_parts snap_commit_prepare(struct snap_commit *commit,
                                             snap_checkpoint_id checkpoint)
{
    struct snap_commit_parts closed = {0};

    if (!commit->open)
        return closed;
    SNAP_CHECK(commit->first == commit->count ||
               commit->parts[commit->count - 1].checkpoint < checkpoint);
    commit->open = false;
    commit->current.checkpoint = checkpoint;
    append(commit, &commit->current);
    closed.parts = &commit->current;
    closed.count = 1;
    return closed;
}

struct snap_commit_parts snap_commit_pending(const struct snap_commit *commit)
{
    struct snap_commit_parts pending = {0};

    pending.count = commit->count - commit->first;
    if (pending.count)
        pending.parts = commit->parts + commit->first;
    return pending;
}

/* Gives out the first `count` pending parts. */
static struct snap_commit_parts give_out(struct snap_commit *commit, uint32_t count)
{
    struct snap_commit_parts out = snap_commit_pending(commit);

    SNAP_CHECK(count <= out.count);
    out.count = count;
    commit->first += count;
    return out;
}

struct snap_commit_parts snap_commit_confirm(struct snap_commit *commit,
                                             snap_checkpoint_id checkpoint)
{
    struct snap_commit_parts pending = snap_commit_pending(commit);
    uint32_t count = 0;

    while (count < pending.count && pending.parts[count].checkpoint <= checkpoint)
        count++;
    return give_out(commit, count);
}

struct snap_commit_parts snap_commit_finish(struct snap_commit *commit)
{
    if (commit->open) {
        commit->open = false;
        append(commit, &commit->current);
    }
    return give_out(commit, commit->count - commit->first);
}

void snap_commit_restore(struct snap_commit *commit, const struct snap_commit_part *part)
{
    SNAP_CHECK(!commit->open);
    SNAP_CHECK(part->checkpoint != SNAP_NO_CHECKPOINT);
    append(commit, part);
}

struct snap_commit_parts snap_commit_recover(struct snap_commit *commit)
{
    return give_out(commit, commit->count - commit->first);
}
