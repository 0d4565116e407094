// SPDX-License-Identifier: Apache-2.0
#include "verify/journal.h"

#include "base/check.h"

static void add_segment(struct snap_journal *journal, struct snap_arena *arena,
                        const struct snap_segment *segment)
{
    journal->segments = snap_arena_grow(arena, journal->segments, journal->segment_count,
                                        &journal->segment_capacity, sizeof(*journal->segments));
    journal->segments[journal->segment_count++] = *segment;
}

void snap_journal_init(struct snap_journal *journal, struct snap_arena *arena)
{
    add_segment(journal, arena, &(struct snap_segment){.checkpoint = SNAP_NO_CHECKPOINT});
}

void snap_journal_mark(struct snap_journal *journal, struct snap_arena *arena,
                       snap_checkpoint_id checkpoint, snap_ns at_ns)
{
    journal->marks = snap_arena_grow(arena, journal->marks, journal->mark_count,
                                     &journal->mark_capacity, sizeof(*journal->marks));
    journal->marks[journal->mark_count++] = (struct snap_journal_mark){
        .checkpoint = checkpoint,
        .segment = journal->segment_count - 1,
        .length = journal->log.count,
        .at_ns = at_ns,
        .print = journal->print,
    };
}

const struct snap_journal_mark *snap_journal_find_mark(const struct snap_journal *journal,
                                                       snap_checkpoint_id checkpoint)
{
    for (uint32_t i = journal->mark_count; i > 0; i--)
        if (journal->marks[i - 1].checkpoint == checkpoint)
            return &journal->marks[i - 1];
    return NULL;
}

bool snap_journal_restore(struct snap_journal *journal, struct snap_arena *arena,
                          snap_checkpoint_id checkpoint, snap_ns at_ns)
{
    static const struct snap_fingerprint nothing;
    const struct snap_journal_mark *mark = snap_journal_find_mark(journal, checkpoint);
    struct snap_segment segment = {
        .start = journal->log.count,
        .parent = journal->segment_count,
        .checkpoint = checkpoint,
        .at_ns = at_ns,
    };

    if (checkpoint != SNAP_NO_CHECKPOINT && !mark)
        return false;
    if (mark) {
        segment.parent = mark->segment;
        segment.parent_length = mark->length;
    }
    journal->print = mark ? mark->print : nothing;
    add_segment(journal, arena, &segment);
    return true;
}

const struct snap_journal_range *snap_journal_content_at(const struct snap_journal *journal,
                                                         const struct snap_journal_mark *mark,
                                                         struct snap_arena *arena, uint32_t *count)
{
    struct snap_journal_range *ranges =
        SNAP_ARENA_ARRAY(arena, struct snap_journal_range, journal->segment_count);
    uint32_t first = journal->segment_count;
    uint32_t at = mark->segment;
    uint64_t end = mark->length;

    for (;;) {
        const struct snap_segment *segment = &journal->segments[at];

        SNAP_CHECK(segment->start <= end);
        if (segment->start < end)
            ranges[--first] = (struct snap_journal_range){segment->start, end};
        if (segment->checkpoint == SNAP_NO_CHECKPOINT)
            break;
        end = segment->parent_length;
        at = segment->parent;
    }
    *count = journal->segment_count - first;
    return ranges + first;
}

const struct snap_journal_range *snap_journal_content(const struct snap_journal *journal,
                                                      struct snap_arena *arena, uint32_t *count)
{
    struct snap_journal_mark now = {.segment = journal->segment_count - 1,
                                    .length = journal->log.count};

    return snap_journal_content_at(journal, &now, arena, count);
}

uint32_t snap_journal_segment_of(const struct snap_journal *journal, uint64_t index)
{
    uint32_t at = journal->segment_count - 1;

    while (journal->segments[at].start > index)
        at--;
    return at;
}
