// SPDX-License-Identifier: Apache-2.0
#include "swarm/cut_oracle.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "operators/operator.h"

/* One source record: the last snapshot its source had taken when it was sent last. */
struct emission {
    uint64_t origin;
    int64_t epoch;
    bool used;
};

/* A record at a state or sink whose epoch is not that of its emission. */
struct misplaced {
    struct snap_event event;
    int64_t sent_epoch;
    int64_t here_epoch;
    uint64_t moment;  /* of the event, among all */
    int64_t restored; /* the checkpoint that this subtask restored next, if it has it inside */
    bool again;       /* it came again after that */
};

struct cut {
    const struct swarm_run *run;
    struct emission *emissions;
    uint64_t capacity; /* power of two */
    uint64_t count;
    int64_t *epochs; /* by task: last snapshot of this attempt, or what was restored; 0: none */
    int64_t *froms;  /* by task: as in a misplaced record */
    int64_t *bases;
    struct misplaced *misplaced;
    uint64_t misplaced_count;
    uint64_t misplaced_capacity;
    uint64_t *armed; /* hash table: 1 + index of misplaced records that a restore put back */
    uint64_t armed_capacity;
    bool rearm;          /* misplaced records have changed their places since */
    bool *behind_window; /* by operator: what comes there may be results, sent when they fired */
    bool *completed;     /* by checkpoint */
    int64_t completed_capacity;
    uint64_t *passed;   /* by checkpoint: when a restart passed over it; 0: none did */
    uint64_t moment;    /* of the event now, from 1 */
    int64_t newest;     /* completed */
    uint64_t *captured; /* names of records that a checkpoint found in flight: a hash table */
    uint64_t captured_capacity;
    uint64_t captured_count;
};

static struct emission *find(struct cut *cut, uint64_t origin)
{
    uint64_t at = snap_mix64(origin + 1) & (cut->capacity - 1);

    while (cut->emissions[at].used && cut->emissions[at].origin != origin)
        at = (at + 1) & (cut->capacity - 1);
    return &cut->emissions[at];
}

static void grow(struct cut *cut)
{
    struct emission *old = cut->emissions;
    uint64_t old_capacity = cut->capacity;

    cut->capacity = old_capacity ? old_capacity * 2 : 1024;
    cut->emissions = calloc(cut->capacity, sizeof(*cut->emissions));
    SNAP_CHECK(cut->emissions);
    for (uint64_t i = 0; i < old_capacity; i++)
        if (old[i].used)
            *find(cut, old[i].origin) = old[i];
    free(old);
}

static void see_emitted(struct cut *cut, const struct snap_event *event)
{
    struct emission *emission;

    if (cut->count * 2 >= cut->capacity)
        grow(cut);
    emission = find(cut, (uint64_t)event->args[1]);
    cut->count += !emission->used;
    *emission = (struct emission){(uint64_t)event->args[1], cut->epochs[event->actor], true};
}

/* ---- what unaligned checkpoints found in flight ---- */

static uint64_t *captured_slot(const struct cut *cut, uint64_t name)
{
    uint64_t at = name & (cut->captured_capacity - 1);

    while (cut->captured[at] && cut->captured[at] != name)
        at = (at + 1) & (cut->captured_capacity - 1);
    return &cut->captured[at];
}

/* Of a source record, whatever became of it: what is made of one in flight is late as well. */
static uint64_t captured_name(uint64_t origin, int64_t checkpoint)
{
    return (snap_mix64(origin + 1) ^ snap_mix64((uint64_t)checkpoint + UINT64_C(0x51ed))) | 1;
}

static void see_captured(struct cut *cut, const struct snap_event *event)
{
    uint64_t name = captured_name((uint64_t)event->args[1], event->args[5]);

    if (cut->captured_count * 2 >= cut->captured_capacity) {
        uint64_t *old = cut->captured;
        uint64_t old_capacity = cut->captured_capacity;

        cut->captured_capacity = old_capacity ? old_capacity * 2 : 1024;
        cut->captured = calloc(cut->captured_capacity, sizeof(*cut->captured));
        SNAP_CHECK(cut->captured);
        for (uint64_t i = 0; i < old_capacity; i++)
            if (old[i])
                *captured_slot(cut, old[i]) = old[i];
        free(old);
    }
    cut->captured_count += *captured_slot(cut, name) == 0;
    *captured_slot(cut, name) = name;
}

static bool is_captured(const struct cut *cut, uint64_t origin, int64_t checkpoint)
{
    return cut->captured_capacity > 0 && *captured_slot(cut, captured_name(origin, checkpoint));
}

/* ---- records at states and sinks ---- */

static uint64_t name_of(const struct snap_event *event)
{
    return snap_mix64((uint64_t)event->args[1] + 1) ^ snap_mix64((uint64_t)event->args[2] + 2) ^
           (uint64_t)event->args[0];
}

static bool same_record(const struct snap_event *a, const struct snap_event *b)
{
    return a->args[0] == b->args[0] && a->args[1] == b->args[1] && a->args[2] == b->args[2];
}

/* Makes the table of what restores have put back so far. */
static void arm(struct cut *cut)
{
    uint64_t capacity = 64;

    while (capacity < 2 * cut->misplaced_count)
        capacity *= 2;
    cut->rearm = false;
    free(cut->armed);
    cut->armed = calloc(capacity, sizeof(*cut->armed));
    SNAP_CHECK(cut->armed);
    cut->armed_capacity = capacity;
    for (uint64_t i = 0; i < cut->misplaced_count; i++) {
        uint64_t at = name_of(&cut->misplaced[i].event) & (capacity - 1);

        if (cut->misplaced[i].restored <= 0)
            continue;
        while (cut->armed[at])
            at = (at + 1) & (capacity - 1);
        cut->armed[at] = i + 1;
    }
}

/* The same record at the same operator after a restore of a checkpoint that has it inside. */
static void see_again(struct cut *cut, const struct snap_event *event)
{
    if (cut->rearm)
        arm(cut);
    if (cut->armed_capacity == 0)
        return;
    for (uint64_t at = name_of(event);; at++) {
        uint64_t index = cut->armed[at & (cut->armed_capacity - 1)];

        if (index == 0)
            return;
        if (same_record(&cut->misplaced[index - 1].event, event))
            cut->misplaced[index - 1].again = true;
    }
}

static void see_handled(struct cut *cut, const struct snap_event *event)
{
    const struct emission *emission = find(cut, (uint64_t)event->args[1]);
    struct misplaced *misplaced;

    if (cut->behind_window[event->args[0]])
        return;
    SNAP_CHECK(emission->used);
    see_again(cut, event);
    if (emission->epoch == cut->epochs[event->actor])
        return;
    if (cut->misplaced_count == cut->misplaced_capacity) {
        cut->misplaced_capacity = cut->misplaced_capacity ? cut->misplaced_capacity * 2 : 64;
        cut->misplaced = realloc(cut->misplaced, cut->misplaced_capacity * sizeof(*cut->misplaced));
        SNAP_CHECK(cut->misplaced);
    }
    misplaced = &cut->misplaced[cut->misplaced_count++];
    memset(misplaced, 0, sizeof(*misplaced));
    misplaced->event = *event;
    misplaced->sent_epoch = emission->epoch;
    misplaced->here_epoch = cut->epochs[event->actor];
    misplaced->moment = cut->moment;
}

/* Whether a completed checkpoint lies in (after, to]. */
static int64_t completed_between(const struct cut *cut, int64_t after, int64_t to)
{
    for (int64_t id = after + 1; id <= to && id < cut->completed_capacity; id++)
        if (cut->completed[id])
            return id;
    return 0;
}

/* A savepoint that a restart passed over says nothing about what comes after that. */
static bool is_passed_over(const struct cut *cut, const struct misplaced *at, int64_t id)
{
    return cut->passed[id] > 0 && cut->passed[id] < at->moment;
}

/* The completed checkpoint for which the record is early or late; 0: there is none. Late is fine
 * where the checkpoint has the record in flight. */
static int64_t misplaced_for(const struct cut *cut, const struct misplaced *at)
{
    int64_t id = at->sent_epoch;

    if (at->sent_epoch > at->here_epoch)
        return completed_between(cut, at->here_epoch, at->sent_epoch);
    do
        id = completed_between(cut, id, at->here_epoch);
    while (id > 0 &&
           (is_captured(cut, (uint64_t)at->event.args[1], id) || is_passed_over(cut, at, id)));
    return id;
}

/* The last attempt is over, and no further checkpoint of it will be completed: its misplaced
 * records are forgotten unless there is one; early ones may be inside what is restored. */
static void see_restored(struct cut *cut, const struct snap_event *event)
{
    uint64_t kept = 0;

    /* What completed before is not this attempt's, also if it restores something older. */
    cut->epochs[event->actor] = event->args[1] > cut->newest ? event->args[1] : cut->newest;
    for (int64_t id = event->args[1] + 1; id <= cut->newest; id++)
        if (id > 0 && cut->passed[id] == 0)
            cut->passed[id] = cut->moment;
    for (uint64_t i = 0; i < cut->misplaced_count; i++) {
        struct misplaced *at = &cut->misplaced[i];

        if (at->event.actor == event->actor && at->restored == 0) {
            if (misplaced_for(cut, at) == 0)
                continue;
            at->restored = at->here_epoch < event->args[1] && event->args[1] <= at->sent_epoch
                               ? event->args[1]
                               : -1;
        }
        cut->misplaced[kept++] = *at;
    }
    cut->misplaced_count = kept;
    cut->rearm = true;
}

static void see_completed(struct cut *cut, int64_t id)
{
    if (id >= cut->completed_capacity) {
        int64_t capacity = id * 2 + 16;

        cut->completed = realloc(cut->completed, (size_t)capacity * sizeof(bool));
        cut->passed = realloc(cut->passed, (size_t)capacity * sizeof(*cut->passed));
        SNAP_CHECK(cut->completed && cut->passed);
        memset(cut->passed + cut->completed_capacity, 0,
               (size_t)(capacity - cut->completed_capacity) * sizeof(*cut->passed));
        memset(cut->completed + cut->completed_capacity, 0,
               (size_t)(capacity - cut->completed_capacity));
        cut->completed_capacity = capacity;
    }
    cut->completed[id] = true;
    cut->newest = id > cut->newest ? id : cut->newest;
}

static void see(struct cut *cut, const struct snap_event *event)
{
    cut->moment++;
    switch ((int)event->type) {
    case SNAP_EVENT_RECORD_EMITTED:
        see_emitted(cut, event);
        return;
    case SNAP_EVENT_RECORD_AFFECTED:
    case SNAP_EVENT_RECORD_WRITTEN:
        see_handled(cut, event);
        return;
    case SNAP_EVENT_RECORD_CAPTURED:
        see_captured(cut, event);
        return;
    case SNAP_EVENT_SNAPSHOT_STARTED:
        cut->epochs[event->actor] = event->args[0];
        return;
    case SNAP_EVENT_RESTORED:
        see_restored(cut, event);
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        see_completed(cut, event->args[0]);
        return;
    default:
        return;
    }
}

static void report_one(const struct cut *cut, const struct misplaced *at, struct cut_report *report)
{
    bool early = at->sent_epoch > at->here_epoch;
    int64_t id = misplaced_for(cut, at);

    if (id == 0)
        return;
    if (report->early + report->late == 0) {
        report->first = at->event;
        report->first_checkpoint = id;
    }
    if (early)
        report->early++;
    else
        report->late++;
    if (at->again) {
        report->took_effect++;
        report->doubled[at->event.args[0]] = true;
    }
}

/* Windows and whatever holds records give them out later, also after a barrier: then they are in
 * the cut, but not where they come to. Operators need not stand in the order of the flow: repeat
 * until nothing changes. */
static void find_behind_windows(struct cut *cut)
{
    const struct snap_job *job = cut->run->sim->job;
    bool changed = true;

    cut->behind_window = calloc(job->operator_count, sizeof(bool));
    SNAP_CHECK(cut->behind_window);
    while (changed) {
        changed = false;
        for (uint32_t e = 0; e < job->edge_count; e++) {
            const struct snap_operator *from = &job->operators[job->edges[e].producer];
            bool *behind = &cut->behind_window[job->edges[e].consumer];

            if (*behind || (!cut->behind_window[from->index] &&
                            snap_operator_rules_of(from).kind != SNAP_RULE_WINDOW &&
                            !snap_operator_rules_of(from).holds))
                continue;
            *behind = true;
            changed = true;
        }
    }
}

void cut_oracle_examine(const struct swarm_run *run, struct cut_report *report)
{
    struct cut cut = {.run = run};
    uint64_t count = swarm_run_first_events(run);

    memset(report, 0, sizeof(*report));
    report->doubled = calloc(run->sim->job->operator_count, sizeof(bool));
    cut.epochs = calloc(run->sim->job->task_count + 1, sizeof(*cut.epochs));
    SNAP_CHECK(report->doubled && cut.epochs);
    grow(&cut);
    find_behind_windows(&cut);
    for (uint64_t i = 0; i < count; i++)
        see(&cut, &run->events[i]);
    for (uint64_t i = 0; i < cut.misplaced_count; i++)
        report_one(&cut, &cut.misplaced[i], report);
    free(cut.emissions);
    free(cut.epochs);
    free(cut.passed);
    free(cut.misplaced);
    free(cut.armed);
    free(cut.completed);
    free(cut.captured);
    free(cut.behind_window);
}
