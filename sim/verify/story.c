// SPDX-License-Identifier: Apache-2.0
#include "verify/story.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "verify/other_way.h"
#include "verify/visits.h"

struct story {
    struct snap_ledger *ledger;
    const struct snap_finding *finding;
    const struct snap_operator *op;
    struct snap_text text;
    struct snap_visits visits;
};

static void say_time(struct snap_text *text, snap_ns at_ns)
{
    snap_ns us = at_ns / SNAP_US % 1000;

    snap_text_printf(text, "%" PRId64, at_ns / SNAP_MS);
    if (us % 100)
        snap_text_printf(text, us % 10 ? ".%03d" : ".%02d", (int)(us % 10 ? us : us / 10));
    else if (us)
        snap_text_printf(text, ".%d", (int)(us / 100));
    snap_text_add_string(text, " ms");
}

static void say_origin(struct story *story)
{
    const struct snap_ledger *ledger = story->ledger;
    uint32_t split = snap_origin_split(story->finding->origin);
    const struct snap_operator *source;

    if (split >= ledger->job->split_count || ledger->split_operator[split] == SNAP_NO_INDEX) {
        snap_text_add_string(&story->text, "A record of no source");
        return;
    }
    source = &ledger->job->operators[ledger->split_operator[split]];
    snap_text_printf(&story->text, "%s:%u:%" PRIu64, source->uid, split - source->split_first,
                     snap_origin_offset(story->finding->origin));
}

static bool is_sink(const struct story *story)
{
    return story->ledger->rules[story->op->index]->kind == SNAP_RULE_SINK;
}

/* "affected the state of counts[0] at 310 ms" or "was written by out[0] at 310 ms". */
static void say_visit(struct story *story, const struct snap_visit *visit)
{
    snap_text_printf(&story->text,
                     is_sink(story) ? " was written by %s[%u] at "
                                    : " affected the state of %s[%u] at ",
                     story->op->uid, visit->subtask);
    say_time(&story->text, visit->at_ns);
}

/* What its JobManager wrote down. */
static const struct snap_task_book *job_manager_of(const struct snap_ledger *ledger)
{
    return &ledger->tasks[snap_job_manager_actor(ledger->job)];
}

/* The book of the task that ran the subtask of the operator then; NULL: there was none. */
static const struct snap_task_book *task_then(const struct story *story,
                                              const struct snap_visit *visit)
{
    struct snap_ledger *ledger = snap_ledger_execution_at(story->ledger, visit->at_ns);
    const struct snap_operator *op = snap_job_find_operator(ledger->job, story->op->uid);

    return op && visit->subtask < op->parallelism
               ? snap_ledger_task(ledger, op->index, visit->subtask)
               : NULL;
}

/* "the crash of counts[0] at 350 ms", or "the restore at 360 ms" if no failure is known before
 * that; in this execution. Returns its instant. */
static snap_ns say_failure(struct story *story, const struct snap_ledger *execution,
                           snap_ns restored_ns)
{
    const struct snap_job *job = execution->job;
    const struct snap_ledger_moment *failure =
        snap_moments_before(&job_manager_of(execution)->failures, restored_ns);
    const struct snap_vertex *vertex;

    if (!failure || failure->task >= job->task_count) {
        snap_text_add_string(&story->text, "the restore at ");
        say_time(&story->text, restored_ns);
        return restored_ns;
    }
    vertex = &job->vertices[execution->task_vertex[failure->task]];
    snap_text_printf(&story->text, "the %s of %s[%u] at ",
                     failure->cause == SNAP_CAUSE_CRASH ? "crash" : "failure",
                     job->operators[vertex->operators[0]].uid, failure->task - vertex->task_first);
    say_time(&story->text, failure->at_ns);
    return failure->at_ns;
}

/* Why a record that is gone did not come back. */
static void say_why_gone(struct story *story)
{
    const struct snap_ledger *ledger = story->ledger;
    uint32_t split = snap_origin_split(story->finding->origin);
    const struct snap_operator *source;

    if (ledger->split_operator[split] == SNAP_NO_INDEX) {
        snap_text_add_string(&story->text, ", and its source is no longer there.");
        return;
    }
    source = &ledger->job->operators[ledger->split_operator[split]];
    if (snap_source_replays(source))
        snap_text_add_string(&story->text, ", and it did not come again.");
    else
        snap_text_printf(&story->text, ", and it was never sent again: %s is not replayable.",
                         source->uid);
}

/* A restore took it out of the state. */
static void tell_taken_back(struct story *story, const struct snap_visit *visit,
                            struct snap_culprit *culprit)
{
    const struct snap_journal *journal =
        &story->ledger->books[story->op->index][visit->subtask].journal;
    const struct snap_segment *next = &journal->segments[visit->segment + 1];

    culprit->subtask = visit->subtask;
    say_visit(story, visit);
    snap_text_add_string(&story->text, ", ");
    culprit->at_ns = say_failure(story, story->ledger, next->at_ns);
    if (next->checkpoint == SNAP_NO_CHECKPOINT)
        snap_text_add_string(&story->text, " took it back to an empty state");
    else
        snap_text_printf(&story->text, " took it back to checkpoint %" PRId64, next->checkpoint);
    say_why_gone(story);
}

/* It lies in a part, but no reader gets it from there. */
static void tell_unseen(struct story *story, const struct snap_visit *visit,
                        struct snap_culprit *culprit)
{
    const struct snap_part_book *part = visit->part;

    culprit->subtask = visit->subtask;
    culprit->at_ns = visit->at_ns;
    say_visit(story, visit);
    if (!part->reported)
        snap_text_add_string(&story->text, ", but the part it went to is gone");
    else if (part->phase != SNAP_PART_VISIBLE)
        snap_text_add_string(&story->text, ", into a part that no reader sees");
    else
        snap_text_add_string(&story->text, ", but a reader does not find it there");
    say_why_gone(story);
}

/* The first failure at or behind the instant, and in which execution; NULL if there is none. */
static const struct snap_ledger_moment *failure_since(const struct story *story, snap_ns since_ns,
                                                      const struct snap_ledger **execution)
{
    const struct snap_ledger_moment *first = NULL;

    for (const struct snap_ledger *at = story->ledger; at; at = at->before) {
        const struct snap_moments *failures = &job_manager_of(at)->failures;

        for (uint32_t i = failures->count; i > 0 && failures->items[i - 1].at_ns >= since_ns; i--) {
            first = &failures->items[i - 1];
            *execution = at;
        }
    }
    return first;
}

static void tell_never_came(struct story *story)
{
    const struct snap_ledger *execution = NULL;
    const struct snap_ledger_moment *failure;
    snap_ns sent_ns = story->finding->at_ns;

    snap_text_add_string(&story->text, " was sent at ");
    say_time(&story->text, sent_ns);
    if (story->finding->origin <
        story->ledger->base_origin[snap_origin_split(story->finding->origin)]) {
        snap_text_printf(&story->text,
                         ", before the savepoint from which the job was started again; what it "
                         "did to %s was not restored.",
                         story->op->uid);
        return;
    }
    snap_text_printf(&story->text, " and never reached %s", story->op->uid);
    failure = failure_since(story, sent_ns, &execution);
    if (!failure) {
        snap_text_add_string(&story->text, ", with no failure in between.");
        return;
    }
    snap_text_add_string(&story->text, "; ");
    say_failure(story, execution, failure->at_ns);
    snap_text_add_string(&story->text, " came in between");
    say_why_gone(story);
}

/* The operators on the way did not do what their types say; keys are known where these keep them.
 */
static void tell_changed(struct story *story, const struct snap_visit *visit,
                         struct snap_culprit *culprit)
{
    culprit->subtask = visit->subtask;
    say_visit(story, visit);
    snap_text_add_string(&story->text,
                         ", with another key or value than should come of what was sent.");
}

static void tell_lost(struct story *story, struct snap_culprit *culprit)
{
    const struct snap_visit *last =
        story->visits.count ? &story->visits.items[story->visits.count - 1] : NULL;

    if (!last)
        tell_never_came(story);
    else if (last->stands)
        tell_changed(story, last, culprit);
    else if (is_sink(story))
        tell_unseen(story, last, culprit);
    else
        tell_taken_back(story, last, culprit);
}

/* What came between the two visits: a restore of the later task, or another execution. */
static void say_between(struct story *story, const struct snap_visit *first,
                        const struct snap_visit *second)
{
    const struct snap_task_book *task = task_then(story, second);
    const struct snap_ledger_moment *restore =
        task ? snap_moments_before(&task->restores, second->at_ns) : NULL;

    if (!restore || restore->at_ns < first->at_ns)
        snap_text_add_string(&story->text, ", with no restore in between.");
    else if (is_sink(story))
        snap_text_add_string(&story->text, ", after the restart; a reader sees both.");
    else
        snap_text_printf(&story->text,
                         ": the snapshot of checkpoint %" PRId64 " held it already when it was "
                         "sent once more after the restore.",
                         restore->checkpoint);
}

/* Returns the first visit that stands, from this one on; NULL: there is none. */
static const struct snap_visit *next_standing(const struct snap_visits *visits, uint32_t from)
{
    for (uint32_t i = from; i < visits->count; i++)
        if (visits->items[i].stands)
            return &visits->items[i];
    return NULL;
}

static void say_again(struct story *story, const struct snap_visit *first,
                      const struct snap_visit *second)
{
    if (second->subtask == first->subtask)
        snap_text_add_string(&story->text, " and again at ");
    else
        snap_text_printf(&story->text, " and again by %s[%u] at ", story->op->uid, second->subtask);
    say_time(&story->text, second->at_ns);
    say_between(story, first, second);
}

/* Returns the first visit in the last execution that stands, under this name; NULL: none. Fills
 * `visits`. */
static const struct snap_visit *visit_now(const struct story *story, uint64_t lineage,
                                          struct snap_visits *visits)
{
    struct snap_finding again = *story->finding;
    const struct snap_visit *visit;

    again.lineage = lineage;
    snap_visits_find(visits, story->ledger, &again);
    visit = next_standing(visits, 0);
    while (visit && visit->at_ns < story->ledger->began_ns)
        visit = next_standing(visits, (uint32_t)(visit - visits->items) + 1);
    return visit;
}

/* An earlier graph brought it here, and the last one does not. */
static void tell_other_way(struct story *story, const struct snap_visit *first,
                           const struct snap_other_way *way)
{
    struct snap_visits visits;
    const struct snap_visit *second =
        way->made_now ? visit_now(story, way->lineage, &visits) : NULL;

    say_visit(story, first);
    if (way->made_now)
        snap_text_add_string(&story->text, ", on a way that the changed job no longer has");
    if (second) {
        snap_text_add_string(&story->text, ",");
        say_again(story, first, second);
        return;
    }
    snap_text_add_string(&story->text, "; the changed job started from a snapshot without it");
    if (!way->made_now)
        snap_text_add_string(&story->text, " and does not send it there any more");
    snap_text_add_string(&story->text, is_sink(story) ? ", and a reader still sees it."
                                                      : ", and the state still has it.");
}

static void tell_duplicated(struct story *story)
{
    const struct snap_visit *first = next_standing(&story->visits, 0);
    const struct snap_visit *second =
        first ? next_standing(&story->visits, (uint32_t)(first - story->visits.items) + 1) : NULL;
    struct snap_other_way way = {.made_before = false};

    if (second) {
        say_visit(story, first);
        say_again(story, first, second);
        return;
    }
    if (first)
        way = snap_other_way_find(story->ledger, story->finding, first->at_ns);
    if (way.made_before)
        tell_other_way(story, first, &way);
    else
        snap_text_printf(&story->text,
                         " came to %s[%u], where it should not be, or with another key or value "
                         "than was sent.",
                         story->op->uid, story->finding->subtask);
}

/* The snapshot for which the part was prepared: the first complete one behind the record, or the
 * first one. NULL: there was none. Flink: what an aborted checkpoint prepared the next one takes
 * along. */
static const struct snap_ledger_moment *prepared_for(const struct story *story,
                                                     const struct snap_visit *visit, bool *complete)
{
    const struct snap_task_book *task = task_then(story, visit);
    const struct snap_task_book *master =
        job_manager_of(snap_ledger_execution_at(story->ledger, visit->at_ns));
    const struct snap_ledger_moment *first = NULL;

    *complete = false;
    for (uint32_t i = 0; task && !*complete && i < task->snapshots.count; i++) {
        const struct snap_ledger_moment *snapshot = &task->snapshots.items[i];

        if (snapshot->at_ns < visit->at_ns)
            continue;
        *complete = snap_moments_find(&master->completions, snapshot->checkpoint) != NULL;
        if (*complete || !first)
            first = snapshot;
    }
    return first;
}

static void tell_uncommitted(struct story *story)
{
    const struct snap_visit *visit = NULL;
    const struct snap_ledger_moment *snapshot;
    bool complete;

    for (uint32_t i = 0; i < story->visits.count && !visit; i++)
        if (story->visits.items[i].part->phase == SNAP_PART_PREPARED)
            visit = &story->visits.items[i];
    if (!visit) {
        snap_text_printf(&story->text, " came to %s more than %d times, and nobody committed it.",
                         story->op->uid, SNAP_VISITS_MAX);
        return;
    }
    say_visit(story, visit);
    snap_text_printf(&story->text, " into its part %" PRIu64, visit->part->part);
    snapshot = prepared_for(story, visit, &complete);
    if (!snapshot) {
        snap_text_add_string(&story->text, "; no checkpoint came behind it, so nobody commits it.");
        return;
    }
    snap_text_printf(&story->text, ", prepared for checkpoint %" PRId64 " at ",
                     snapshot->checkpoint);
    say_time(&story->text, snapshot->at_ns);
    if (complete)
        snap_text_printf(&story->text,
                         ". The checkpoint is complete, but %s[%u] did not commit it: only a job "
                         "that starts from there would.",
                         story->op->uid, visit->subtask);
    else
        snap_text_add_string(&story->text,
                             ". The checkpoint was never complete, so nobody commits it.");
}

static void tell(struct story *story, struct snap_culprit *culprit)
{
    switch (story->finding->counter) {
    case SNAP_COUNTER_LOST:
        tell_lost(story, culprit);
        return;
    case SNAP_COUNTER_DUPLICATED:
        tell_duplicated(story);
        return;
    case SNAP_COUNTER_OUT_OF_ORDER:
        snap_text_printf(&story->text, " was written by %s[%u] at ", story->op->uid,
                         story->finding->subtask);
        say_time(&story->text, story->finding->at_ns);
        snap_text_add_string(&story->text,
                             ", after a record of its split and key that was sent later.");
        return;
    case SNAP_COUNTER_WRONG_STATE:
        snap_text_printf(&story->text, " was the last record to affect its key in %s[%u], at ",
                         story->op->uid, story->finding->subtask);
        say_time(&story->text, story->finding->at_ns);
        snap_text_add_string(&story->text,
                             ", and the state of that key is not what its records make of it.");
        return;
    case SNAP_COUNTER_UNCOMMITTED:
        tell_uncommitted(story);
        return;
    case SNAP_COUNTER_PENDING:
    case SNAP_COUNTER_COUNT:
        return;
    }
}

void snap_story_tell(struct snap_ledger *ledger, const struct snap_finding *finding,
                     struct snap_culprit *culprit)
{
    struct story story = {.ledger = ledger, .finding = finding};
    const struct snap_ledger_moment *confirmed;

    *culprit = (struct snap_culprit){
        .found = finding->found,
        .operator_index = finding->operator_index,
        .subtask = finding->subtask,
        .counter = finding->counter,
        .origin = finding->origin,
        .checkpoint = SNAP_NO_CHECKPOINT,
        .at_ns = finding->at_ns,
    };
    if (!finding->found)
        return;
    story.op = &ledger->job->operators[finding->operator_index];
    culprit->uid = story.op->uid;
    snap_visits_find(&story.visits, ledger, finding);
    say_origin(&story);
    tell(&story, culprit);
    confirmed = snap_moments_before(
        &job_manager_of(snap_ledger_execution_at(ledger, culprit->at_ns))->completions,
        culprit->at_ns);
    if (confirmed)
        culprit->checkpoint = confirmed->checkpoint;
    strncpy(culprit->story, snap_text_get(&story.text), sizeof(culprit->story) - 1);
    snap_text_fini(&story.text);
}
