// SPDX-License-Identifier: Apache-2.0
#include "verify/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

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
    struct snap_walk *walk;    /* of the execution that the last record walked belongs to */
    struct snap_walk *walks;   /* by execution; without a graph where the job lacks the operator */
    struct snap_schema schema; /* of the target's input */
    uint64_t *base;            /* by split: number of its first record among all; NONE: not here */
    uint64_t *confirmed;       /* by split: from here on no checkpoint confirmed anything */
    uint64_t record_count;
    uint32_t *starts; /* by record: where its places begin */
    struct place *places;
    struct there *group;
    uint32_t group_capacity;
    bool may_be_held; /* an operator on the way holds records back */
    bool in_flight;   /* a checkpoint may have confirmed it before it came here */
};

#define NONE UINT64_MAX

static uint64_t content_of(enum snap_value_kind kind, union snap_value value)
{
    return kind == SNAP_VALUE_LONG ? (uint64_t)value.number : value.string->hash;
}

/* The name of a copy mixed with as much of its contents as is known for all copies. */
static void add_print(const struct work *work, struct snap_fingerprint *print,
                      const struct snap_record *record, uint64_t lineage)
{
    unsigned known = work->match->ledger->graph.known[work->match->operator_index];
    uint64_t content = 0;

    if (known & SNAP_PART_KEY)
        content = snap_mix64(content_of(work->schema.key, record->key) + 1);
    if (known & SNAP_PART_VALUE)
        content = snap_mix64(content + content_of(work->schema.value, record->value) + 2);
    snap_fingerprint_add(print, record->origin, lineage ^ content);
}

/* Calls `each` for every record that should be walked, in the order of splits and offsets. */
static void each_sent(struct work *work,
                      void (*each)(struct work *work, const struct snap_record *record, void *to),
                      void *to)
{
    const struct snap_ledger *ledger = work->match->ledger;

    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        const struct snap_log *sent = &ledger->splits[s].sent;

        if (work->base[s] == NONE)
            continue;
        for (uint64_t at = 0; at < sent->count;) {
            struct snap_slice slice = snap_log_slice(sent, at, sent->count);

            for (uint32_t i = 0; i < slice.count; i++) {
                struct snap_log_entry entry = snap_slice_entry(&slice, i);

                each(work, &entry.record, to);
            }
            at += slice.count;
        }
    }
}

/* The last execution that sent the record, or would have. */
static const struct snap_ledger *ledger_of(const struct work *work, uint64_t origin)
{
    const struct snap_ledger *at = work->match->ledger;
    uint32_t split = snap_origin_split(origin);

    while (at->before &&
           (at->split_operator[split] == SNAP_NO_INDEX || origin < at->base_origin[split]) &&
           split < at->before->job->split_count)
        at = at->before;
    return at;
}

/* What should become of a record is what the graph of its execution makes of it. */
static void walk_from(struct work *work, const struct snap_record *record)
{
    const struct snap_ledger *at = ledger_of(work, record->origin);

    work->walk = &work->walks[at->execution];
    work->walk->count = 0;
    if (work->walk->graph)
        snap_walk_from(work->walk, at->split_operator[snap_origin_split(record->origin)], record);
}

static void add_expected_print(struct work *work, const struct snap_record *record, void *to)
{
    walk_from(work, record);
    for (uint32_t i = 0; i < work->walk->count; i++)
        add_print(work, to, &work->walk->copies[i].record, work->walk->copies[i].lineage);
}

static uint64_t lineage_at(const struct snap_run *run, uint32_t position)
{
    return snap_slice_cell(&run->slice, SNAP_COLUMN_LINEAGE, position);
}

static uint64_t origin_at(const struct snap_run *run, uint32_t position)
{
    return snap_slice_cell(&run->slice, SNAP_COLUMN_ORIGIN, position);
}

static bool prints_equal(struct work *work)
{
    const struct snap_runs *runs = work->match->runs;
    struct snap_fingerprint expected = {0};
    struct snap_fingerprint actual = {0};

    for (uint32_t r = 0; r < runs->count; r++) {
        const struct snap_run *run = &runs->items[r];

        for (uint32_t i = 0; run->phase == SNAP_PART_VISIBLE && i < run->slice.count; i++) {
            struct snap_log_entry entry = snap_slice_entry(&run->slice, i);

            add_print(work, &actual, &entry.record, entry.lineage);
        }
    }
    each_sent(work, add_expected_print, &expected);
    return snap_fingerprint_equal(&expected, &actual);
}

/* Whether in some execution records of the split could reach the target. */
static bool reaches(const struct work *work, uint32_t split)
{
    for (const struct snap_ledger *at = work->match->ledger; at; at = at->before) {
        const struct snap_walk *walk = &work->walks[at->execution];

        if (split < at->job->split_count && at->split_operator[split] != SNAP_NO_INDEX &&
            walk->graph && walk->reaching[at->split_operator[split]])
            return true;
    }
    return false;
}

/* Numbers the records of all splits whose source reaches the target. */
static void number_records(struct work *work)
{
    const struct snap_ledger *ledger = work->match->ledger;

    work->base = SNAP_ARENA_ARRAY(work->match->arena, uint64_t, ledger->job->split_count);
    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        work->base[s] = NONE;
        if (!reaches(work, s))
            continue;
        work->base[s] = work->record_count;
        work->record_count += ledger->splits[s].sent.count;
    }
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

/* Number of the record that the entry comes from; NONE if it was never sent. */
static uint64_t number_of(const struct work *work, uint64_t origin)
{
    const struct snap_ledger *ledger = work->match->ledger;
    uint32_t split = snap_origin_split(origin);
    uint64_t index;

    if (split >= ledger->job->split_count || work->base[split] == NONE ||
        !snap_split_book_find(&ledger->splits[split], origin, &index))
        return NONE;
    return work->base[split] + index;
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
    work->starts = SNAP_ARENA_ARRAY(work->match->arena, uint32_t, work->record_count + 2);
    work->places = SNAP_ARENA_ARRAY(work->match->arena, struct place, runs->record_count);
    for (uint32_t r = 0; r < runs->count; r++)
        for (uint32_t i = 0; i < runs->items[r].slice.count; i++) {
            uint64_t number = number_of(work, origin_at(&runs->items[r], i));

            if (number == NONE)
                repeat(work, (struct place){r, i}, lineage_at(&runs->items[r], i));
            else
                work->starts[number + 2]++;
        }
    for (uint64_t n = 2; n < work->record_count + 2; n++)
        work->starts[n] += work->starts[n - 1];
    for (uint32_t r = 0; r < runs->count; r++)
        for (uint32_t i = 0; i < runs->items[r].slice.count; i++) {
            uint64_t number = number_of(work, origin_at(&runs->items[r], i));

            if (number != NONE)
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

/* A copy that no reader sees. */
static void miss(struct work *work, const struct snap_copy *copy, bool prepared)
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
    uint64_t index;

    if ((match->ledger->suspended && work->may_be_held) ||
        (match->stopped && ((prepared && !match->canceled) || work->may_be_held ||
                            work->in_flight || origin >= work->confirmed[split]))) {
        match->pending++;
        return;
    }
    if (prepared) {
        match->uncommitted++;
        return;
    }
    match->lost++;
    SNAP_CHECK(snap_split_book_find(book, origin, &index));
    finding.at_ns = snap_log_time_of(&book->sent, index);
    snap_finding_offer(&match->first, &finding);
}

/* Takes the entries [*at, ...) of the copy's lineage; the first visible one is the copy. */
static void match_copy(struct work *work, const struct snap_copy *copy, uint32_t *at,
                       uint32_t count)
{
    bool seen = false;
    bool prepared = false;

    for (; *at < count && work->group[*at].lineage == copy->lineage; ++*at) {
        struct place place = work->group[*at].place;
        enum snap_part_phase phase = work->match->runs->items[place.run].phase;

        if (!same_content(work, copy, &place))
            repeat(work, place, copy->lineage);
        else if (phase == SNAP_PART_PREPARED)
            prepared = true;
        else if (phase == SNAP_PART_VISIBLE && seen)
            repeat(work, place, copy->lineage);
        else if (phase == SNAP_PART_VISIBLE)
            seen = true;
    }
    if (!seen)
        miss(work, copy, prepared);
}

static void match_record(struct work *work, const struct snap_record *record, void *to)
{
    uint64_t *number = to;
    uint32_t count = collect(work, (*number)++);
    uint32_t at = 0;

    walk_from(work, record);
    if (work->walk->count > 1)
        qsort(work->walk->copies, work->walk->count, sizeof(*work->walk->copies), compare_copies);
    for (uint32_t i = 0; i < work->walk->count; i++) {
        const struct snap_copy *copy = &work->walk->copies[i];

        for (; at < count && work->group[at].lineage < copy->lineage; at++)
            repeat(work, work->group[at].place, work->group[at].lineage);
        match_copy(work, copy, &at, count);
    }
    for (; at < count; at++)
        repeat(work, work->group[at].place, work->group[at].lineage);
}

static void match_one_by_one(struct work *work)
{
    struct snap_match *match = work->match;
    uint64_t number = 0;

    match->repeats = SNAP_ARENA_ARRAY(match->arena, bool *, match->runs->count);
    for (uint32_t r = 0; r < match->runs->count; r++)
        match->repeats[r] = SNAP_ARENA_ARRAY(match->arena, bool, match->runs->items[r].slice.count);
    find_confirmed(work);
    group_places(work);
    each_sent(work, match_record, &number);
}

/* A walk for each execution whose job has the operator. */
static void init_walks(struct work *work)
{
    struct snap_ledger *newest = work->match->ledger;
    const struct snap_operator *op = &newest->job->operators[work->match->operator_index];

    work->walks =
        SNAP_ARENA_ARRAY(work->match->arena, struct snap_walk, (size_t)newest->execution + 1);
    for (const struct snap_ledger *at = newest; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, op->uid);

        if (same && same->type == op->type)
            snap_walk_init(&work->walks[at->execution], &at->graph, same->index);
    }
}

/* Which operators of the last job changed keys, in whichever execution. */
static void note_key_changes(const struct work *work)
{
    const struct snap_ledger *ledger = work->match->ledger;
    uint32_t count = ledger->job->operator_count;
    bool *changes = SNAP_ARENA_ARRAY(work->match->arena, bool, count);

    for (const struct snap_ledger *at = ledger; at; at = at->before) {
        const struct snap_walk *walk = &work->walks[at->execution];

        for (uint32_t i = 0; walk->graph && i < count; i++) {
            const struct snap_operator *same =
                snap_job_find_operator(at->job, ledger->job->operators[i].uid);

            changes[i] |= same && walk->changes_key[same->index];
        }
    }
    work->match->changes_key = changes;
}

void snap_match_run(struct snap_match *match)
{
    const struct snap_ledger *ledger = match->ledger;
    uint32_t count = ledger->job->operator_count;
    struct work work = {.match = match};

    work.schema = ledger->job->operators[match->operator_index].input_schemas[0];
    init_walks(&work);
    for (uint32_t i = 0; i < count; i++)
        work.may_be_held |= work.walks[ledger->execution].reaching[i] && ledger->rules[i]->holds;
    /* What was in flight at a checkpoint may be so still when the job is stopped. */
    work.in_flight = ledger->overtakes;
    number_records(&work);
    if (!prints_equal(&work))
        match_one_by_one(&work);
    note_key_changes(&work);
    for (uint32_t e = 0; e <= ledger->execution; e++)
        if (work.walks[e].graph)
            snap_walk_fini(&work.walks[e]);
}
