// SPDX-License-Identifier: Apache-2.0
#include "verify/match_results.h"

#include <stdlib.h>

#include "base/check.h"
#include "verify/sent.h"

/* A copy that should be there. */
struct wanted {
    struct snap_copy copy;
    bool confirmed; /* the last confirmed checkpoint holds what it comes from */
};

/* A copy that is there, or lies prepared. */
struct there {
    struct snap_log_entry entry;
    enum snap_part_phase phase;
    bool earlier; /* of an execution before this one */
    bool taken;   /* it is one of those that should be there */
};

/* Copies of one name: [first, end) of those that are there. */
struct span {
    uint32_t first;
    uint32_t end;
};

struct results {
    struct snap_match *match;
    struct snap_sent sent;
    bool may_be_held;          /* an operator on the way holds records back */
    struct snap_schema schema; /* of the target's input */
    snap_checkpoint_id last;   /* confirmed */
    bool in_flight;            /* see match.c */
    struct wanted *wanted;
    uint32_t wanted_count;
    uint32_t wanted_capacity;
    struct there *there;
    uint32_t there_count;
    /* While a window's book is read. */
    uint32_t window;
    uint64_t confirmed_end; /* lines of this segment and before it that are confirmed */
};

static void want_copies(struct results *results, bool confirmed)
{
    const struct snap_walk *walk = results->sent.walk;

    for (uint32_t i = 0; i < walk->count; i++) {
        results->wanted =
            snap_arena_grow(results->match->arena, results->wanted, results->wanted_count,
                            &results->wanted_capacity, sizeof(*results->wanted));
        results->wanted[results->wanted_count++] = (struct wanted){walk->copies[i], confirmed};
    }
}

/* Source records that come without passing a window. */
static void want_records(struct results *results)
{
    const struct snap_ledger *ledger = results->match->ledger;

    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        const struct snap_split_book *book = &ledger->splits[s];
        uint64_t confirmed;

        if (results->sent.base[s] == SNAP_SENT_NONE)
            continue;
        confirmed = snap_split_book_at(ledger, s, results->last);
        for (uint64_t at = 0; at < book->sent.count; at++) {
            struct snap_log_entry entry = snap_log_entry_at(&book->sent, at);

            snap_sent_walk(&results->sent, &entry.record, 1);
            want_copies(results, entry.record.origin < confirmed);
        }
    }
}

static void want_line(void *to, const struct snap_window_line *line, uint64_t index)
{
    struct results *results = to;

    if (line->kind != SNAP_SPAN_FIRED)
        return;
    snap_sent_walk_result(&results->sent, results->window, line);
    want_copies(results, index < results->confirmed_end);
}

/* A subtask without a snapshot for the last checkpoint had finished before it. */
static uint64_t confirmed_lines(const struct results *results, const struct snap_journal *journal)
{
    const struct snap_journal_mark *mark;

    if (results->last == SNAP_NO_CHECKPOINT)
        return 0;
    mark = snap_journal_find_mark(journal, results->last);
    return mark ? mark->length : journal->log.count;
}

static void want_results(struct results *results)
{
    const struct snap_ledger *ledger = results->match->ledger;

    for (uint32_t i = 0; i < ledger->job->operator_count; i++) {
        const struct snap_operator *op = &ledger->job->operators[i];

        if (ledger->rules[i]->kind != SNAP_RULE_WINDOW || i == results->match->operator_index)
            continue;
        results->window = i;
        for (uint32_t s = 0; s < op->parallelism; s++) {
            const struct snap_window_book *book = ledger->books[i][s].windows;

            results->confirmed_end = confirmed_lines(results, &book->journal);
            snap_window_book_each(book, results->match->arena, want_line, results);
        }
    }
}

static void collect_there(struct results *results)
{
    const struct snap_runs *runs = results->match->runs;

    results->there = SNAP_ARENA_ARRAY(results->match->arena, struct there, runs->record_count + 1);
    for (uint32_t r = 0; r < runs->count; r++) {
        const struct snap_run *run = &runs->items[r];

        for (uint32_t i = 0; run->phase != SNAP_PART_IN_PROGRESS && i < run->slice.count; i++)
            results->there[results->there_count++] = (struct there){
                .entry = snap_slice_entry(&run->slice, i),
                .phase = run->phase,
                .earlier = snap_run_time_of(run, i) < results->match->ledger->began_ns};
    }
}

static int compare_names(uint64_t origin, uint64_t lineage, uint64_t other_origin,
                         uint64_t other_lineage)
{
    if (origin != other_origin)
        return origin < other_origin ? -1 : 1;
    return (lineage > other_lineage) - (lineage < other_lineage);
}

static int compare_wanted(const void *left, const void *right)
{
    const struct wanted *a = left;
    const struct wanted *b = right;

    return compare_names(a->copy.record.origin, a->copy.lineage, b->copy.record.origin,
                         b->copy.lineage);
}

static int compare_there(const void *left, const void *right)
{
    const struct there *a = left;
    const struct there *b = right;

    return compare_names(a->entry.record.origin, a->entry.lineage, b->entry.record.origin,
                         b->entry.lineage);
}

static bool is_same(const struct results *results, const struct snap_copy *copy,
                    const struct there *there)
{
    const struct snap_record *record = &there->entry.record;

    if ((copy->known & SNAP_PART_KEY) &&
        !snap_value_same(results->schema.key, copy->record.key, record->key))
        return false;
    return !(copy->known & SNAP_PART_VALUE) ||
           snap_value_same(results->schema.value, copy->record.value, record->value);
}

static void miss(const struct results *results, const struct wanted *wanted, bool prepared)
{
    struct snap_match *match = results->match;
    bool is_to_come = results->may_be_held || !wanted->confirmed;

    if ((match->ledger->suspended && is_to_come) ||
        (match->stopped && (prepared || results->in_flight || is_to_come)))
        match->pending++;
    else if (prepared)
        match->uncommitted++;
    else
        match->lost++;
}

/* The first copy of [first, end) in this phase that can be the wanted one, NULL if there is none.
 */
static struct there *find(const struct results *results, const struct wanted *wanted,
                          const struct span *span, enum snap_part_phase phase)
{
    for (uint32_t i = span->first; i < span->end; i++) {
        struct there *there = &results->there[i];

        if (there->taken || there->phase != phase || !is_same(results, &wanted->copy, there))
            continue;
        /* What was prepared and not restored was given up; see match.c. */
        if (phase == SNAP_PART_VISIBLE || !wanted->copy.optional || !there->earlier)
            return there;
    }
    return NULL;
}

static void match_one(struct results *results, const struct wanted *wanted, const struct span *span)
{
    struct there *there = find(results, wanted, span, SNAP_PART_VISIBLE);
    bool prepared = false;

    if (!there) {
        there = find(results, wanted, span, SNAP_PART_PREPARED);
        prepared = there != NULL;
    }
    if (there)
        there->taken = true;
    if (prepared || (!there && !wanted->copy.optional))
        miss(results, wanted, prepared);
}

static int compare_with(const struct wanted *wanted, const struct there *there)
{
    return compare_names(wanted->copy.record.origin, wanted->copy.lineage,
                         there->entry.record.origin, there->entry.lineage);
}

/* It came out of the snapshot on disk that the run began with, and nobody knows what it was. */
static bool was_under_way(const struct results *results, const struct there *there)
{
    const struct snap_ledger *ledger = results->match->ledger;

    return ledger->baseline && ledger->baseline->in_flight &&
           snap_ledger_is_past(ledger, there->entry.record.origin);
}

/* A window that had fired may fire again under its name, for a record that comes after a restore:
 * watermarks begin anew. So a name may be wanted more than once. */
static void match_all(struct results *results)
{
    struct span span = {0, 0};

    if (results->wanted_count > 1)
        qsort(results->wanted, results->wanted_count, sizeof(*results->wanted), compare_wanted);
    if (results->there_count > 1)
        qsort(results->there, results->there_count, sizeof(*results->there), compare_there);
    for (uint32_t i = 0; i < results->wanted_count; i++) {
        const struct wanted *wanted = &results->wanted[i];

        while (span.first < results->there_count &&
               compare_with(wanted, &results->there[span.first]) > 0)
            span.first++;
        span.end = span.end > span.first ? span.end : span.first;
        while (span.end < results->there_count &&
               compare_with(wanted, &results->there[span.end]) == 0)
            span.end++;
        match_one(results, wanted, &span);
    }
    for (uint32_t i = 0; i < results->there_count; i++)
        results->match->duplicated += !results->there[i].taken &&
                                      results->there[i].phase == SNAP_PART_VISIBLE &&
                                      !was_under_way(results, &results->there[i]);
}

void snap_match_results(struct snap_match *match)
{
    struct snap_ledger *ledger = match->ledger;
    const struct snap_moments *done =
        &ledger->tasks[snap_job_manager_actor(ledger->job)].completions;
    struct results results = {.match = match};

    results.last = done->count ? done->items[done->count - 1].checkpoint : SNAP_NO_CHECKPOINT;
    results.schema = ledger->job->operators[match->operator_index].input_schemas[0];
    snap_sent_init(&results.sent, ledger, match->operator_index, match->arena);
    results.may_be_held = snap_sent_may_be_held(&results.sent);
    results.in_flight = ledger->overtakes;
    want_records(&results);
    want_results(&results);
    collect_there(&results);
    match_all(&results);
    snap_sent_fini(&results.sent);
}
