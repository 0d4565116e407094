// SPDX-License-Identifier: Apache-2.0
#include "verify/other_way.h"

#include "verify/sent.h"
#include "verify/visits.h"

/* Returns the copy with this lineage; NULL: there is none. */
static const struct snap_copy *find_copy(const struct snap_walk *walk, uint64_t lineage)
{
    for (uint32_t i = 0; i < walk->count; i++)
        if (walk->copies[i].lineage == lineage)
            return &walk->copies[i];
    return NULL;
}

static void look(struct snap_other_way *way, struct snap_sent *sent, const struct snap_ledger *then,
                 const struct snap_finding *finding)
{
    uint32_t split = snap_origin_split(finding->origin);
    const struct snap_split_book *book = &sent->ledger->splits[split];
    struct snap_walk *before = &sent->walks[then->execution];
    struct snap_record record;
    uint64_t index;

    if (!before->graph || split >= then->job->split_count ||
        then->split_operator[split] == SNAP_NO_INDEX ||
        !snap_split_book_find(book, finding->origin, &index))
        return;
    record = snap_log_entry_at(&book->sent, index).record;
    snap_walk_from(before, then->split_operator[split], &record, 1);
    way->made_before = find_copy(before, finding->lineage) != NULL;
    snap_sent_walk(sent, &record, 1);
    way->made_now = sent->walk->count > 0;
    if (way->made_now)
        way->lineage = sent->walk->copies[0].lineage;
}

struct snap_other_way snap_other_way_find(struct snap_ledger *ledger,
                                          const struct snap_finding *finding, snap_ns at_ns)
{
    struct snap_ledger *then = snap_ledger_execution_at(ledger, at_ns);
    struct snap_other_way way = {.made_before = false};
    struct snap_arena arena;
    struct snap_sent sent;

    if (then == ledger || snap_origin_split(finding->origin) >= ledger->job->split_count)
        return way;
    snap_arena_init(&arena);
    snap_sent_init(&sent, ledger, finding->operator_index, &arena);
    look(&way, &sent, then, finding);
    snap_sent_fini(&sent);
    snap_arena_fini(&arena);
    return way;
}
