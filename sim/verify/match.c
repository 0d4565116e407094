// SPDX-License-Identifier: Apache-2.0
#include "verify/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "verify/prints.h"
#include "verify/sent.h"

/* A record in the runs. */
struct place {
    uint32_t run;
    uint32_t position;
};

/* The records of one origin that are there, by lineage, then in order. */
struct there {
    uint64_t lineage;
    struct place place;
};

struct work {
    struct snap_match *match;
    struct snap_sent sent;
    struct snap_schema schema; /* of the target's input */
    uint64_t *confirmed;       /* by split: from here on no checkpoint confirmed anything */
    uint32_t *starts;          /* by record: where its places begin */
    struct place *places;
    struct there *group;
    uint32_t group_capacity;
    uint64_t number;  /* of the next record to match */
    bool may_be_held; /* an operator on the way holds records back */
    bool in_flight;   /* a checkpoint may have confirmed it before it came here */
};

static uint64_t lineage_at(const struct snap_run *run, uint32_t position)
{
    return snap_slice_cell(&run->slice, SNAP_COLUMN_LINEAGE, position);
}

static uint64_t origin_at(const struct snap_run *run, uint32_t position)
{
    return snap_slice_cell(&run->slice, SNAP_COLUMN_ORIGIN, position);
}

/* What the last confirmed checkpoint holds of each split; a split whose owner took no snapshot for
 * it had finished before, so all of it is confirmed. */
static void find_confirmed(struct work *work)
{
    struct snap_ledger *ledger = work->match->ledger;
    const struct snap_moments *done =
        &ledger->tasks[snap_job_manager_actor(ledger->job)].completions;
    snap_checkpoint_id last =
        done->count ? done->items[done->count - 1].checkpoint : SNAP_NO_CHECKPOINT;

    work->confirmed = SNAP_ARENA_ARRAY(work->match->arena, uint64_t, ledger->job->split_count);
    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        const struct snap_split_book *book = &ledger->splits[s];
        const struct snap_task_book *owner;

        work->confirmed[s] = book->end_origin;
        if (ledger->split_operator[s] == SNAP_NO_INDEX)
            continue; /* nobody sends it any more */
        owner = snap_ledger_task(ledger, ledger->split_operator[s], book->owner);
        work->confirmed[s] = snap_split_book_at(ledger, s, last);
        if (book->seen && last != SNAP_NO_CHECKPOINT && !snap_moments_find(&owner->snapshots, last))
            work->confirmed[s] = book->end_origin;
        if (work->confirmed[s] < book->gone_origin)
            work->confirmed[s] = book->gone_origin;
    }
}

static void repeat(struct work *work, struct place place, uint64_t lineage)
{
    struct snap_match *match = work->match;
    const struct snap_run *run = &match->runs->items[place.run];
    struct snap_finding finding = {
        .found = true,
        .counter = SNAP_COUNTER_DUPLICATED,
        .operator_index = match->operator_index,
        .subtask = run->subtask,
        .origin = origin_at(run, place.position),
        .lineage = lineage,
    };

    match->repeats[place.run][place.position] = true;
    if (run->phase != SNAP_PART_VISIBLE)
        return;
    match->duplicated++;
    finding.at_ns = snap_run_time_of(run, place.position);
    snap_finding_offer(&match->first, &finding);
}

/* Sorts the places by the record they come from, keeping their order (a counting sort). */
static void group_places(struct work *work)
{
    const struct snap_runs *runs = work->match->runs;

    SNAP_CHECK(runs->record_count < UINT32_MAX);
    work->starts = SNAP_ARENA_ARRAY(work->match->arena, uint32_t, work->sent.record_count + 2);
    work->places = SNAP_ARENA_ARRAY(work->match->arena, struct place, runs->record_count);
    for (uint32_t r = 0; r < runs->count; r++)
        for (uint32_t i = 0; i < runs->items[r].slice.count; i++) {
            uint64_t number = snap_sent_number(&work->sent, origin_at(&runs->items[r], i));

            if (number == SNAP_SENT_NONE &&
                snap_ledger_is_past(work->match->ledger, origin_at(&runs->items[r], i)) &&
                !snap_ledger_is_past_again(work->match->ledger, origin_at(&runs->items[r], i)))
                work->match->repeats[r][i] = true; /* of no account */
            else if (number == SNAP_SENT_NONE)
                repeat(work, (struct place){r, i}, lineage_at(&runs->items[r], i));
            else
                work->starts[number + 2]++;
        }
    for (uint64_t n = 2; n < work->sent.record_count + 2; n++)
        work->starts[n] += work->starts[n - 1];
    for (uint32_t r = 0; r < runs->count; r++)
        for (uint32_t i = 0; i < runs->items[r].slice.count; i++) {
            uint64_t number = snap_sent_number(&work->sent, origin_at(&runs->items[r], i));

            if (number != SNAP_SENT_NONE)
                work->places[work->starts[number + 1]++] = (struct place){r, i};
        }
}

static int compare_there(const void *left, const void *right)
{
    const struct there *a = left;
    const struct there *b = right;

    if (a->lineage != b->lineage)
        return a->lineage < b->lineage ? -1 : 1;
    if (a->place.run != b->place.run)
        return a->place.run < b->place.run ? -1 : 1;
    return (a->place.position > b->place.position) - (a->place.position < b->place.position);
}

static int compare_copies(const void *left, const void *right)
{
    const struct snap_copy *a = left;
    const struct snap_copy *b = right;

    return (a->lineage > b->lineage) - (a->lineage < b->lineage);
}

/* Collects what is there of the record with this number, sorted; returns how many. */
static uint32_t collect(struct work *work, uint64_t number)
{
    const struct snap_runs *runs = work->match->runs;
    uint32_t first = work->starts[number];
    uint32_t count = work->starts[number + 1] - first;

    while (work->group_capacity < count)
        work->group = snap_arena_grow(work->match->arena, work->group, work->group_capacity,
                                      &work->group_capacity, sizeof(*work->group));
    for (uint32_t i = 0; i < count; i++) {
        struct place place = work->places[first + i];

        work->group[i] = (struct there){lineage_at(&runs->items[place.run], place.position), place};
    }
    if (count > 1)
        qsort(work->group, count, sizeof(*work->group), compare_there);
    return count;
}

static bool same_content(const struct work *work, const struct snap_copy *copy,
                         const struct place *place)
{
    struct snap_log_entry entry =
        snap_slice_entry(&work->match->runs->items[place->run].slice, place->position);

    if ((copy->known & SNAP_PART_KEY) &&
        !snap_value_same(work->schema.key, copy->record.key, entry.record.key))
        return false;
    return !(copy->known & SNAP_PART_VALUE) ||
           snap_value_same(work->schema.value, copy->record.value, entry.record.value);
}

/* It lies prepared, and the job has ended: since then, for the first culprit. */
static void leave_uncommitted(struct work *work, const struct snap_copy *copy,
                              const struct place *prepared)
{
    const struct snap_run *run = &work->match->runs->items[prepared->run];
    struct snap_finding finding = {
        .found = true,
        .counter = SNAP_COUNTER_UNCOMMITTED,
        .operator_index = work->match->operator_index,
        .subtask = run->subtask,
        .origin = copy->record.origin,
        .lineage = copy->lineage,
        .at_ns = snap_run_time_of(run, prepared->position),
    };

    work->match->uncommitted++;
    snap_finding_offer(&work->match->first, &finding);
}

/* A copy that no reader sees; `prepared` is where it lies if it does, else NULL. */
static void miss(struct work *work, const struct snap_copy *copy, const struct place *prepared)
{
    struct snap_match *match = work->match;
    uint64_t origin = copy->record.origin;
    uint32_t split = snap_origin_split(origin);
    const struct snap_split_book *book = &match->ledger->splits[split];
    struct snap_finding finding = {
        .found = true,
        .counter = SNAP_COUNTER_LOST,
        .operator_index = match->operator_index,
        .origin = origin,
        .lineage = copy->lineage,
    };
    bool is_to_come = work->may_be_held || origin >= work->confirmed[split];
    uint64_t index;

    if (match->only_seen)
        return;
    /* A stop savepoint may come before all is sent again that had been sent before a failure. */
    if ((match->ledger->suspended && is_to_come) ||
        (match->stopped && ((prepared && !match->canceled) || work->in_flight || is_to_come))) {
        match->pending++;
        return;
    }
    if (prepared) {
        leave_uncommitted(work, copy, prepared);
        return;
    }
    match->lost++;
    SNAP_CHECK(snap_split_book_find(book, origin, &index));
    finding.at_ns = snap_log_time_of(&book->sent, index);
    snap_finding_offer(&match->first, &finding);
}

/* What an earlier execution prepared and this one did not restore was given up, and there may be no
 * second one of a copy that is optional. */
static bool is_of_execution(const struct work *work, const struct place *place)
{
    const struct snap_match *match = work->match;

    return snap_run_time_of(&match->runs->items[place->run], place->position) >=
           match->ledger->began_ns;
}

/* Takes the entries [*at, ...) of the copy's lineage; the first visible one is the copy. */
static void match_copy(struct work *work, const struct snap_copy *copy, uint32_t *at,
                       uint32_t count)
{
    struct place lies = {0, 0};
    bool seen = false;
    bool prepared = false;

    for (; *at < count && work->group[*at].lineage == copy->lineage; ++*at) {
        struct place place = work->group[*at].place;
        enum snap_part_phase phase = work->match->runs->items[place.run].phase;

        if (!same_content(work, copy, &place))
            repeat(work, place, copy->lineage);
        else if (phase == SNAP_PART_PREPARED && !prepared) {
            prepared = !copy->optional || is_of_execution(work, &place);
            lies = place;
        } else if (phase == SNAP_PART_VISIBLE && seen)
            repeat(work, place, copy->lineage);
        else if (phase == SNAP_PART_VISIBLE)
            seen = true;
    }
    if (!seen && (!copy->optional || prepared))
        miss(work, copy, prepared ? &lies : NULL);
}

/* The record with the next number. */
static void match_record(struct work *work, const struct snap_record *record)
{
    uint32_t count = collect(work, work->number++);
    const struct snap_walk *walk;
    uint32_t at = 0;

    snap_sent_walk(&work->sent, record, 1);
    walk = work->sent.walk;
    if (walk->count > 1)
        qsort(walk->copies, walk->count, sizeof(*walk->copies), compare_copies);
    for (uint32_t i = 0; i < walk->count; i++) {
        const struct snap_copy *copy = &walk->copies[i];

        for (; at < count && work->group[at].lineage < copy->lineage; at++)
            repeat(work, work->group[at].place, work->group[at].lineage);
        match_copy(work, copy, &at, count);
    }
    for (; at < count; at++)
        repeat(work, work->group[at].place, work->group[at].lineage);
}

static void match_records(void *to, const struct snap_record *records, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        match_record(to, &records[i]);
}

static void match_one_by_one(struct work *work)
{
    struct snap_match *match = work->match;

    match->repeats = SNAP_ARENA_ARRAY(match->arena, bool *, match->runs->count);
    for (uint32_t r = 0; r < match->runs->count; r++)
        match->repeats[r] = SNAP_ARENA_ARRAY(match->arena, bool, match->runs->items[r].slice.count);
    find_confirmed(work);
    group_places(work);
    snap_sent_each(&work->sent, match_records, work);
}

void snap_match_run(struct snap_match *match)
{
    const struct snap_ledger *ledger = match->ledger;
    uint32_t count = ledger->job->operator_count;
    struct work work = {.match = match};
    const bool *reaching;

    work.schema = ledger->job->operators[match->operator_index].input_schemas[0];
    snap_sent_init(&work.sent, ledger, match->operator_index, match->arena);
    reaching = work.sent.walks[ledger->execution].aim.reaching;
    for (uint32_t i = 0; i < count; i++)
        work.may_be_held |= reaching[i] && ledger->rules[i]->holds;
    /* What was in flight at a checkpoint may be so still when the job is stopped. */
    work.in_flight = ledger->overtakes;
    if (!snap_prints_equal(&work.sent, match->operator_index, match->runs))
        match_one_by_one(&work);
    match->changes_key = snap_sent_key_changes(&work.sent);
    snap_sent_fini(&work.sent);
}
