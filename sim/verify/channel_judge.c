// SPDX-License-Identifier: Apache-2.0
/*
 * The judgement of oracle_channels.c: whether checkpoints hold what was in flight, and whether that
 * was put back.
 */
#include <inttypes.h>
#include <string.h>

#include "verify/channel_books.h"

/* What counts of the subtask in the checkpoint; NULL if that is not known. Asked for rising
 * checkpoints. */
static const struct snap_channel_moment *moment_in(struct snap_channel_task *task,
                                                   const struct snap_channel_completion *completed)
{
    for (; task->next < task->moment_count; task->next++) {
        const struct snap_channel_moment *moment = &task->moments[task->next];

        if (moment->checkpoint > 0 && moment->checkpoint >= completed->checkpoint)
            break;
        if (moment->checkpoint == 0 && moment->at_ns > completed->event.at_ns)
            break;
        if (moment->checkpoint == 0)
            task->last = moment;
    }
    if (task->next < task->moment_count &&
        task->moments[task->next].checkpoint == completed->checkpoint &&
        task->moments[task->next].is_whole)
        return &task->moments[task->next];
    return task->last && task->last->is_whole ? task->last : NULL;
}

static uint32_t edge_at(const struct snap_channel_task *task, uint32_t place)
{
    const struct snap_vertex *vertex = task->vertex;

    return place < vertex->in_edge_count ? vertex->in_edges[place]
                                         : vertex->out_edges[place - vertex->in_edge_count];
}

/* Adds up what is known of the checkpoint, by edge of the job; false if something is missing. */
static bool add_up(struct snap_oracle_case *at, const struct snap_channel_completion *completed,
                   struct snap_channel_flow *left, struct snap_channel_flow *captured)
{
    struct snap_channel_books *books = at->books;

    for (uint32_t t = 0; t < at->job->task_count; t++) {
        struct snap_channel_task *task = &books->tasks[t];
        const struct snap_channel_moment *moment = moment_in(task, completed);

        if (!moment)
            return false;
        for (uint32_t i = 0; i < task->edge_count; i++) {
            uint32_t edge = edge_at(task, i);

            snap_channel_flow_add(&left[edge], &moment->left[i]);
            snap_channel_flow_add(&captured[edge], &moment->captured[i]);
        }
    }
    return true;
}

static void compare(struct snap_oracle_case *at, const struct snap_channel_completion *completed,
                    const struct snap_channel_flow *left, const struct snap_channel_flow *captured)
{
    const struct snap_job *job = at->job;

    for (uint32_t e = 0; e < job->edge_count; e++) {
        const char *from = job->operators[job->edges[e].producer].uid;
        const char *to = job->operators[job->edges[e].consumer].uid;
        snap_checkpoint_id id = completed->checkpoint;

        if (left[e].records == captured[e].records && left[e].sum == captured[e].sum)
            continue;
        if (left[e].records < 0)
            snap_oracle_object(at, &completed->event,
                               "%s had taken %" PRId64 " records from %s that were sent behind "
                               "the barrier of checkpoint %" PRId64,
                               to, -left[e].records, from, id);
        else if (left[e].records == captured[e].records)
            snap_oracle_object(at, &completed->event,
                               "the %" PRId64 " records from %s to %s that checkpoint %" PRId64
                               " holds are not those that were in flight",
                               left[e].records, from, to, id);
        else
            snap_oracle_object(at, &completed->event,
                               "checkpoint %" PRId64 " holds %" PRId64
                               " records in flight from %s to %s, and its cut leaves %" PRId64,
                               id, captured[e].records, from, to, left[e].records);
    }
}

static void judge_checkpoints(struct snap_oracle_case *at)
{
    struct snap_channel_books *books = at->books;
    size_t edges = at->job->edge_count;
    struct snap_channel_flow *sums =
        SNAP_ARENA_ARRAY(at->arena, struct snap_channel_flow, 2 * edges);

    for (uint32_t i = 0; edges > 0 && i < books->completed_count; i++) {
        struct snap_channel_completion *completed = &books->completed[i];

        memset(sums, 0, 2 * edges * sizeof(*sums));
        completed->is_known = add_up(at, completed, sums, sums + edges);
        if (completed->is_known)
            compare(at, completed, sums, sums + edges);
        completed->captured = snap_arena_copy(at->arena, sums + edges, edges * sizeof(*sums));
    }
}

/* Adds up, by edge, what the subtasks of a part of the job put back when it started from the
 * checkpoint. Returns the event with which the last of them had it; NULL if some have not, so that
 * nothing can be said. */
static const struct snap_event *add_restarted(const struct snap_oracle_case *at, uint32_t part,
                                              struct snap_channel_flow *sums)
{
    const struct snap_channel_books *books = at->books;
    const struct snap_event *last = NULL;

    for (uint32_t t = 0; t < at->job->task_count; t++) {
        const struct snap_channel_task *task = &books->tasks[t];

        if (snap_channel_restart_part(&books->restart, task->vertex->index) != part)
            continue;
        if (task->restarted_from != books->restart.checkpoint)
            return NULL;
        for (uint32_t i = 0; i < task->edge_count; i++)
            snap_channel_flow_add(&sums[edge_at(task, i)], &task->restarted[i]);
        if (!last || last->at_ns < task->restarted_at.at_ns)
            last = &task->restarted_at;
    }
    return last;
}

static bool is_in_part(const struct snap_oracle_case *at, const struct snap_edge *edge,
                       uint32_t part)
{
    const struct snap_channel_books *books = at->books;

    return snap_channel_restart_part(&books->restart, at->job->operators[edge->consumer].vertex) ==
           part;
}

static void compare_marks(struct snap_oracle_case *at, const struct snap_event *last, uint32_t edge,
                          const struct snap_channel_flow *sum)
{
    const struct snap_channel_restart *restart =
        &((const struct snap_channel_books *)at->books)->restart;
    const struct snap_channel_flow *captured = restart->same[edge];
    const struct snap_job *job = at->job;

    if (captured && (captured->marks != sum->marks || captured->mark_sum != sum->mark_sum))
        snap_oracle_object(
            at, last,
            "checkpoint %" PRId64 " holds %" PRId64 " marks in flight from %s to %s, and %" PRId64
            " were put back when the job started from it",
            restart->checkpoint, captured->marks, job->operators[job->edges[edge].producer].uid,
            job->operators[job->edges[edge].consumer].uid, sum->marks);
}

static void judge_part(struct snap_oracle_case *at, uint32_t part)
{
    const struct snap_channel_restart *restart =
        &((const struct snap_channel_books *)at->books)->restart;
    const struct snap_channel_flow *captured = &restart->captured[part];
    struct snap_channel_flow *sums =
        SNAP_ARENA_ARRAY(at->arena, struct snap_channel_flow, at->job->edge_count);
    struct snap_channel_flow all = {0};
    const struct snap_event *last = add_restarted(at, part, sums);

    for (uint32_t e = 0; last && e < at->job->edge_count; e++) {
        if (!is_in_part(at, &at->job->edges[e], part))
            continue;
        snap_channel_flow_add(&all, &sums[e]);
        compare_marks(at, last, e, &sums[e]);
    }
    if (last &&
        (all.dealt_records != captured->dealt_records || all.dealt_sum != captured->dealt_sum))
        snap_oracle_object(at, last,
                           "checkpoint %" PRId64 " holds %" PRId64
                           " records in flight, and %" PRId64
                           " were put back when the job started from it",
                           restart->checkpoint, captured->dealt_records, all.dealt_records);
}

static void judge_restart(struct snap_oracle_case *at)
{
    const struct snap_channel_restart *restart =
        &((const struct snap_channel_books *)at->books)->restart;

    for (uint32_t v = 0; restart->checkpoint != 0 && v < at->job->vertex_count; v++)
        if (restart->connected[v] == v)
            judge_part(at, v);
}

/* ---- data that is handed on ---- */

/* What was put back of an edge, and the event with which the last of it was. */
struct handed {
    struct snap_channel_flow sum;
    const struct snap_event *last;
};

/* The completed checkpoint that was restored, SNAP_NO_INDEX if it is of an earlier execution. Ids
 * may come again: it is the last one that had completed by then. */
static uint32_t find_completed(const struct snap_channel_books *books,
                               const struct snap_channel_recovery *recovery)
{
    for (uint32_t i = books->completed_count; i > 0; i--)
        if (books->completed[i - 1].checkpoint == recovery->checkpoint &&
            books->completed[i - 1].event.at_ns <= recovery->event.at_ns)
            return i - 1;
    return SNAP_NO_INDEX;
}

/* What the subtask recovered of the completed checkpoint; NULL if it never came to that. It is
 * handed on once: each recovery gets the same, so one that does not has a mistake. */
static const struct snap_channel_recovery *find_recovery(struct snap_oracle_case *at,
                                                         const struct snap_channel_task *task,
                                                         uint32_t completed, uint32_t place)
{
    const struct snap_channel_recovery *first = NULL;

    for (uint32_t i = 0; i < task->recovery_count; i++) {
        const struct snap_channel_recovery *recovery = &task->recoveries[i];
        const struct snap_channel_flow *flow = &recovery->recovered[place];

        if (find_completed(at->books, recovery) != completed)
            continue;
        if (!first)
            first = recovery;
        else if (first->recovered[place].records != flow->records ||
                 first->recovered[place].sum != flow->sum)
            snap_oracle_object(at, &recovery->event,
                               "%" PRId64 " records in flight of checkpoint %" PRId64
                               " were put back for this subtask at first, and then %" PRId64,
                               first->recovered[place].records, recovery->checkpoint,
                               flow->records);
    }
    return first;
}

/* Adds what one end of the edge recovered, by any attempts; false if somebody never did. */
static bool add_end(struct snap_oracle_case *at, const struct snap_vertex *vertex, uint32_t place,
                    uint32_t completed, struct handed *handed)
{
    struct snap_channel_books *books = at->books;
    bool all = true;

    for (uint32_t i = 0; i < vertex->parallelism; i++) {
        const struct snap_channel_recovery *recovery =
            find_recovery(at, &books->tasks[vertex->task_first + i], completed, place);

        all = all && recovery;
        if (!recovery)
            continue;
        snap_channel_flow_add(&handed->sum, &recovery->recovered[place]);
        if (!handed->last || handed->last->at_ns < recovery->event.at_ns)
            handed->last = &recovery->event;
    }
    return all;
}

static uint32_t place_in(const uint32_t *edges, uint32_t edge)
{
    uint32_t i = 0;

    while (edges[i] != edge)
        i++;
    return i;
}

static void judge_handed_on(struct snap_oracle_case *at, const struct snap_edge *edge)
{
    const struct snap_channel_books *books = at->books;
    const struct snap_job *job = at->job;
    const struct snap_vertex *from = &job->vertices[job->operators[edge->producer].vertex];
    const struct snap_vertex *to = &job->vertices[job->operators[edge->consumer].vertex];
    uint32_t input = place_in(to->in_edges, edge->index);
    uint32_t output = from->in_edge_count + place_in(from->out_edges, edge->index);

    for (uint32_t i = 0; i < books->completed_count; i++) {
        const struct snap_channel_completion *completed = &books->completed[i];
        const struct snap_channel_flow *captured = &completed->captured[edge->index];
        struct handed handed = {.last = NULL};
        bool all = add_end(at, to, input, i, &handed);

        /* Both ends are looked at, also if nothing can be said of the sum. */
        all = add_end(at, from, output, i, &handed) && all && completed->is_known;
        if (!all || (captured->records == handed.sum.records && captured->sum == handed.sum.sum))
            continue;
        snap_oracle_object(at, handed.last,
                           "checkpoint %" PRId64 " holds %" PRId64
                           " records in flight from %s to %s, and %" PRId64 " were put back",
                           completed->checkpoint, captured->records,
                           job->operators[edge->producer].uid, job->operators[edge->consumer].uid,
                           handed.sum.records);
    }
}

static void judge_mistakes(struct snap_oracle_case *at)
{
    const struct snap_channel_books *books = at->books;

    for (uint32_t t = 0; t < at->job->task_count; t++) {
        const struct snap_channel_mistake *mistake = &books->tasks[t].mistake;

        if (books->tasks[t].mistakes == 0)
            continue;
        if (mistake->of_earlier)
            snap_oracle_object(at, &mistake->event,
                               "%" PRId64 " records in flight of checkpoint %" PRId64
                               " were put back for this subtask at first, and then %" PRId64,
                               mistake->captured, mistake->checkpoint, mistake->recovered);
        else
            snap_oracle_object(at, &mistake->event,
                               "checkpoint %" PRId64 " holds %" PRId64
                               " records in flight of this subtask, and %" PRId64 " were put back",
                               mistake->checkpoint, mistake->captured, mistake->recovered);
    }
}

void snap_channels_judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    (void)end;
    judge_checkpoints(at);
    judge_restart(at);
    judge_mistakes(at);
    for (uint32_t e = 0; snap_channels_hand_on_output(at) && e < at->job->edge_count; e++)
        if (!at->job->edges[e].chained)
            judge_handed_on(at, &at->job->edges[e]);
}
