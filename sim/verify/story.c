// SPDX-License-Identifier: Apache-2.0
#include "verify/story.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

/* One time that the record came to the state or sink. */
struct visit {
    uint32_t subtask;
    snap_ns at_ns;
    bool stands;                       /* still in the state, or seen by a reader */
    uint32_t segment;                  /* states: where in the journal */
    const struct snap_part_book *part; /* sinks */
};

enum { VISITS_MAX = 16 };

struct story {
    struct snap_ledger *ledger;
    const struct snap_finding *finding;
    const struct snap_operator *op;
    struct snap_arena arena;
    struct snap_text text;
    struct visit visits[VISITS_MAX]; /* the first ones */
    uint32_t visit_count;
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
static void say_visit(struct story *story, const struct visit *visit)
{
    snap_text_printf(&story->text,
                     is_sink(story) ? " was written by %s[%u] at "
                                    : " affected the state of %s[%u] at ",
                     story->op->uid, visit->subtask);
    say_time(&story->text, visit->at_ns);
}

/* In the order of time. */
static void add_visit(struct story *story, const struct visit *visit)
{
    uint32_t at = story->visit_count;

    if (at == VISITS_MAX)
        return;
    for (; at > 0 && story->visits[at - 1].at_ns > visit->at_ns; at--)
        story->visits[at] = story->visits[at - 1];
    story->visits[at] = *visit;
    story->visit_count++;
}

/* The books of the execution in which the instant lies. */
static struct snap_ledger *execution_of(const struct story *story, snap_ns at_ns)
{
    struct snap_ledger *at = story->ledger;

    while (at->before && at_ns < at->began_ns)
        at = at->before;
    return at;
}

/* What its JobManager wrote down. */
static const struct snap_task_book *job_manager_of(const struct snap_ledger *ledger)
{
    return &ledger->tasks[snap_job_manager_actor(ledger->job)];
}

/* The book of the task that ran the subtask of the operator then; NULL: there was none. */
static const struct snap_task_book *task_then(const struct story *story, const struct visit *visit)
{
    struct snap_ledger *ledger = execution_of(story, visit->at_ns);
    const struct snap_operator *op = snap_job_find_operator(ledger->job, story->op->uid);

    return op && visit->subtask < op->parallelism
               ? snap_ledger_task(ledger, op->index, visit->subtask)
               : NULL;
}

static bool stands_in_journal(const struct snap_journal_range *ranges, uint32_t count,
                              uint64_t index)
{
    for (uint32_t i = 0; i < count; i++)
        if (index >= ranges[i].first && index < ranges[i].end)
            return true;
    return false;
}

static bool stands_in_part(const struct snap_part_book *part, uint64_t index)
{
    if (!part->reported || part->phase != SNAP_PART_VISIBLE || index >= part->line_count)
        return false;
    for (uint32_t i = 0; i < part->bad_count; i++)
        if (part->bad_lines[i] == index)
            return false;
    return true;
}

/* Finds the next entry of the record at or behind *index; false if there is none. */
static bool find_next(const struct story *story, const struct snap_log *log, uint64_t *index)
{
    while (*index < log->count) {
        struct snap_slice slice = snap_log_slice(log, *index, log->count);

        for (uint32_t i = 0; i < slice.count; i++, ++*index)
            if (snap_slice_cell(&slice, SNAP_COLUMN_ORIGIN, i) == story->finding->origin &&
                snap_slice_cell(&slice, SNAP_COLUMN_LINEAGE, i) == story->finding->lineage)
                return true;
    }
    return false;
}

static void look_in_journal(struct story *story, uint32_t subtask)
{
    const struct snap_journal *journal = &story->ledger->books[story->op->index][subtask].journal;
    uint32_t count;
    const struct snap_journal_range *ranges = snap_journal_content(journal, &story->arena, &count);

    for (uint64_t index = 0; find_next(story, &journal->log, &index); index++)
        add_visit(story, &(struct visit){
                             .subtask = subtask,
                             .at_ns = snap_log_time_of(&journal->log, index),
                             .stands = stands_in_journal(ranges, count, index),
                             .segment = snap_journal_segment_of(journal, index),
                         });
}

static void look_in_parts(struct story *story, uint32_t subtask)
{
    const struct snap_subtask_book *book = &story->ledger->books[story->op->index][subtask];

    for (uint32_t p = 0; p < book->part_count; p++) {
        const struct snap_log *log = &book->parts[p].written;

        for (uint64_t index = 0; find_next(story, log, &index); index++)
            add_visit(story, &(struct visit){
                                 .subtask = subtask,
                                 .at_ns = snap_log_time_of(log, index),
                                 .stands = stands_in_part(&book->parts[p], index),
                                 .part = &book->parts[p],
                             });
    }
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
static void tell_taken_back(struct story *story, const struct visit *visit,
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
static void tell_unseen(struct story *story, const struct visit *visit,
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
static void tell_changed(struct story *story, const struct visit *visit,
                         struct snap_culprit *culprit)
{
    culprit->subtask = visit->subtask;
    say_visit(story, visit);
    snap_text_add_string(&story->text,
                         ", with another key or value than should come of what was sent.");
}

static void tell_lost(struct story *story, struct snap_culprit *culprit)
{
    const struct visit *last = story->visit_count ? &story->visits[story->visit_count - 1] : NULL;

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
static void say_between(struct story *story, const struct visit *first, const struct visit *second)
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

static void tell_duplicated(struct story *story)
{
    const struct visit *standing[2] = {NULL, NULL};

    for (uint32_t i = 0; i < story->visit_count; i++) {
        if (!story->visits[i].stands)
            continue;
        if (!standing[0])
            standing[0] = &story->visits[i];
        else if (!standing[1])
            standing[1] = &story->visits[i];
    }
    if (!standing[1]) {
        snap_text_printf(&story->text,
                         " came to %s[%u], where it should not be, or with another key or value "
                         "than was sent.",
                         story->op->uid, story->finding->subtask);
        return;
    }
    say_visit(story, standing[0]);
    if (standing[1]->subtask == standing[0]->subtask)
        snap_text_add_string(&story->text, " and again at ");
    else
        snap_text_printf(&story->text, " and again by %s[%u] at ", story->op->uid,
                         standing[1]->subtask);
    say_time(&story->text, standing[1]->at_ns);
    say_between(story, standing[0], standing[1]);
}

/* The snapshot for which the part was prepared: the first complete one behind the record, or the
 * first one. NULL: there was none. Flink: what an aborted checkpoint prepared the next one takes
 * along. */
static const struct snap_ledger_moment *prepared_for(const struct story *story,
                                                     const struct visit *visit, bool *complete)
{
    const struct snap_task_book *task = task_then(story, visit);
    const struct snap_task_book *master = job_manager_of(execution_of(story, visit->at_ns));
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
    const struct visit *visit = NULL;
    const struct snap_ledger_moment *snapshot;
    bool complete;

    for (uint32_t i = 0; i < story->visit_count && !visit; i++)
        if (story->visits[i].part->phase == SNAP_PART_PREPARED)
            visit = &story->visits[i];
    if (!visit) {
        snap_text_printf(&story->text, " came to %s more than %d times, and nobody committed it.",
                         story->op->uid, VISITS_MAX);
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
    for (uint32_t i = 0; i < ledger->subtasks[story.op->index]; i++) {
        if (is_sink(&story))
            look_in_parts(&story, i);
        else if (i < story.op->parallelism)
            look_in_journal(&story, i);
    }
    say_origin(&story);
    tell(&story, culprit);
    confirmed = snap_moments_before(
        &job_manager_of(execution_of(&story, culprit->at_ns))->completions, culprit->at_ns);
    if (confirmed)
        culprit->checkpoint = confirmed->checkpoint;
    strncpy(culprit->story, snap_text_get(&story.text), sizeof(culprit->story) - 1);
    snap_text_fini(&story.text);
    snap_arena_fini(&story.arena);
}
