// SPDX-License-Identifier: Apache-2.0
/*
 * A completed checkpoint holds exactly what its cut leaves in flight, and that is put back once.
 *
 * - In flight on a channel is what the sender had queued by its snapshot, less what the receiver
 *   had taken by its own. The checkpoint must have captured just that: in input channels, or in
 *   outputs. Where nothing overtakes, nothing may be in flight.
 * - Sums are compared, by edge: how many records, and a sum of hashes in which each record counts
 *   with its origin, its lineage, and both ends of its channel.
 * - Marks count like records, but for the end of event time, which comes again after a restore.
 * - A subtask that has finished counts with what it had queued and taken at its end.
 * - What a subtask recovers must have the sums of what it captured for that checkpoint. A job that
 *   starts again may deal it to others: then what all recover has the sums of what all captured,
 *   of records alone and whatever their channels are.
 * - oracle_cut.c has the other side: what was sent behind the cut has no effect before it.
 * - A task's book is its own thread's; compared at the end. Judged only where barriers may
 *   overtake.
 */
#include <inttypes.h>
#include <string.h>

#include "model/names.h"
#include "verify/channel_flow.h"
#include "verify/oracle.h"

/* A subtask at its snapshot, or at the begin or the end of an attempt (checkpoint 0). */
struct moment {
    snap_checkpoint_id checkpoint;
    snap_ns at_ns;
    bool is_whole;                  /* the snapshot was taken, or the attempt has finished */
    struct snap_channel_flow *left; /* by edge of the subtask: queued or recovered, less taken */
    struct snap_channel_flow *captured; /* likewise */
};

/* The subtask did not recover what it had captured. */
struct mistake {
    struct snap_event event; /* sequence 0: there was none */
    snap_checkpoint_id checkpoint;
    int64_t captured;
    int64_t recovered;
};

struct task_book {
    struct snap_arena arena;
    const struct snap_vertex *vertex;
    uint32_t edge_count;            /* incoming ones, then outgoing ones */
    struct snap_channel_flow *left; /* of this attempt so far */
    struct snap_channel_flow *recovered;
    snap_checkpoint_id recovers;        /* while it does */
    bool has_restarted;                 /* it has recovered what was dealt to it */
    struct snap_channel_flow restarted; /* that */
    struct snap_event restarted_at;
    struct moment *moments;
    uint32_t moment_count;
    uint32_t moment_capacity;
    struct mistake mistake; /* the first one */
    uint64_t mistakes;
    uint32_t next;             /* the judge has gone past the moments before */
    const struct moment *last; /* begin or end of an attempt among those */
};

struct completion {
    snap_checkpoint_id checkpoint;
    struct snap_event event;
    bool is_known;                     /* what it holds is */
    struct snap_channel_flow captured; /* of all edges */
};

/* The start from a checkpoint of an earlier execution. */
struct restart {
    snap_checkpoint_id checkpoint; /* 0: none, or it cannot be judged */
    struct snap_channel_flow captured;
};

struct books {
    struct task_book *tasks;
    struct restart restart;
    struct completion *completed;
    uint32_t completed_count;
    uint32_t completed_capacity;
};

static bool begin(struct snap_oracle_case *at)
{
    const struct snap_checkpoint_config *config = &at->sim->config.checkpoint;
    struct books *books = at->books;

    if (config->mode != SNAP_MODE_EXACTLY_ONCE || !config->unaligned.enabled)
        return snap_oracle_cannot(at, "no barrier may overtake data");
    if (at->sim->ledger != SNAP_LEDGER_FULL)
        return snap_oracle_cannot(at, "it needs the full ledger");
    books->tasks = SNAP_ARENA_ARRAY(at->arena, struct task_book, at->job->task_count);
    for (uint32_t t = 0; t < at->job->task_count; t++) {
        struct task_book *task = &books->tasks[t];

        snap_arena_init(&task->arena);
        task->vertex = snap_job_task_vertex(at->job, t);
        task->edge_count = task->vertex->in_edge_count + task->vertex->out_edge_count;
        task->left = SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
        task->recovered =
            SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
    }
    return true;
}

static void fini(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    for (uint32_t t = 0; books->tasks && t < at->job->task_count; t++)
        snap_arena_fini(&books->tasks[t].arena);
}

/* ---- what subtasks do ---- */

static struct moment *add_moment(struct task_book *task, snap_checkpoint_id checkpoint)
{
    struct moment *moment;

    task->moments = snap_arena_grow(&task->arena, task->moments, task->moment_count,
                                    &task->moment_capacity, sizeof(*task->moments));
    moment = &task->moments[task->moment_count++];
    *moment = (struct moment){.checkpoint = checkpoint};
    moment->left = SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
    moment->captured = SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
    return moment;
}

/* Ids rise, and checkpoints hardly overlap: it is one of the last. */
static struct moment *find_moment(const struct task_book *task, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = task->moment_count; i > 0; i--) {
        struct moment *moment = &task->moments[i - 1];

        if (moment->checkpoint == checkpoint)
            return moment;
        if (moment->checkpoint > 0 && moment->checkpoint < checkpoint)
            return NULL;
    }
    return NULL;
}

static struct moment *moment_of(struct task_book *task, snap_checkpoint_id checkpoint)
{
    struct moment *moment = find_moment(task, checkpoint);

    return moment ? moment : add_moment(task, checkpoint);
}

static uint32_t place_of(const struct task_book *task, const struct snap_passage *passage)
{
    const struct snap_vertex *vertex = task->vertex;
    const uint32_t *edges = passage->output ? vertex->out_edges : vertex->in_edges;
    uint32_t i = 0;

    while (edges[i] != passage->edge)
        i++;
    return passage->output ? vertex->in_edge_count + i : i;
}

static void see_passage(struct snap_oracle_case *at, const struct snap_passage *passage)
{
    struct task_book *task = &((struct books *)at->books)->tasks[passage->task];
    uint32_t place = place_of(task, passage);
    struct snap_channel_flow flow = snap_channel_flow_of(passage, at->job);

    switch (passage->kind) {
    case SNAP_PASSAGE_TAKEN:
        task->left[place].records -= flow.records;
        task->left[place].sum -= flow.sum;
        return;
    case SNAP_PASSAGE_QUEUED:
        snap_channel_flow_add(&task->left[place], &flow);
        return;
    case SNAP_PASSAGE_CAPTURED:
        snap_channel_flow_add(&moment_of(task, passage->checkpoint)->captured[place], &flow);
        return;
    case SNAP_PASSAGE_RECOVERED:
        snap_channel_flow_add(&task->recovered[place], &flow);
        /* What comes back into an output is queued anew. */
        if (!passage->output)
            snap_channel_flow_add(&task->left[place], &flow);
        return;
    }
}

/* It has taken its snapshot, or finished (checkpoint 0): now it counts with what it did so far. */
static void close_moment(struct task_book *task, struct moment *moment, snap_ns at_ns)
{
    moment->at_ns = at_ns;
    moment->is_whole = true;
    if (task->edge_count > 0)
        memcpy(moment->left, task->left, task->edge_count * sizeof(*task->left));
}

static void begin_attempt(struct task_book *task, const struct snap_event *event)
{
    size_t bytes = task->edge_count * sizeof(struct snap_channel_flow);

    if (bytes > 0) {
        memset(task->left, 0, bytes);
        memset(task->recovered, 0, bytes);
    }
    task->recovers = event->args[1];
    add_moment(task, 0)->at_ns = event->at_ns;
}

/* The settings say that its data in flight is not to be put back. */
static bool is_ignored(const struct snap_oracle_case *at, snap_checkpoint_id checkpoint)
{
    return checkpoint == at->sim->config.checkpoint.unaligned.ignored_checkpoint;
}

/* All that the subtask recovers has been told. */
static void compare_recovered(const struct snap_oracle_case *at, struct task_book *task,
                              const struct snap_event *event)
{
    const struct moment *moment = task->recovers > 0 && !is_ignored(at, task->recovers)
                                      ? find_moment(task, task->recovers)
                                      : NULL;
    int64_t captured = 0;
    int64_t recovered = 0;
    bool same = true;

    /* What an earlier execution captured is not known; who had finished has nothing. */
    for (uint32_t i = 0; moment && moment->is_whole && i < task->edge_count; i++) {
        captured += moment->captured[i].records;
        recovered += task->recovered[i].records;
        same = same && moment->captured[i].sum == task->recovered[i].sum;
    }
    if (captured != recovered || !same) {
        if (task->mistakes++ == 0)
            task->mistake = (struct mistake){*event, task->recovers, captured, recovered};
    }
}

/* The first time that it recovers what the job starts from; who had finished has nothing. */
static void note_restarted(struct snap_oracle_case *at, struct task_book *task,
                           const struct snap_event *event)
{
    const struct books *books = at->books;

    if (books->restart.checkpoint == 0 || task->recovers != books->restart.checkpoint ||
        task->has_restarted)
        return;
    task->has_restarted = true;
    task->restarted_at = *event;
    for (uint32_t i = 0; i < task->edge_count; i++)
        snap_channel_flow_add(&task->restarted, &task->recovered[i]);
}

static void see_local(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct task_book *task = &((struct books *)at->books)->tasks[event->actor];

    if (snap_oracle_by_job_manager(at, event))
        return;
    if (event->type == SNAP_EVENT_SNAPSHOT_SYNC) {
        close_moment(task, moment_of(task, event->args[0]), event->at_ns);
    } else if (event->type == SNAP_EVENT_RESTORED) {
        begin_attempt(task, event);
    } else if (event->type == SNAP_EVENT_TASK_STATUS) {
        /* Without its operators it has not come to its channels. */
        if (event->args[2] != (int64_t)SNAP_CAUSE_OPEN_FAILED) {
            compare_recovered(at, task, event);
            note_restarted(at, task, event);
        }
        task->recovers = SNAP_NO_CHECKPOINT;
        if (event->args[1] == (int64_t)SNAP_TASK_FINISHED)
            close_moment(task, add_moment(task, 0), event->at_ns);
    }
}

/* ---- the judgement ---- */

static void see_merged(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;

    if (event->type != SNAP_EVENT_CHECKPOINT_COMPLETED)
        return;
    books->completed = snap_arena_grow(at->arena, books->completed, books->completed_count,
                                       &books->completed_capacity, sizeof(*books->completed));
    books->completed[books->completed_count++] =
        (struct completion){.checkpoint = event->args[0], .event = *event};
}

/* What counts of the subtask in the checkpoint; NULL if that is not known. Asked for rising
 * checkpoints. */
static const struct moment *moment_in(struct task_book *task, const struct completion *completed)
{
    for (; task->next < task->moment_count; task->next++) {
        const struct moment *moment = &task->moments[task->next];

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

/* Adds up what is known of the checkpoint, by edge of the job; false if something is missing. */
static bool add_up(struct snap_oracle_case *at, const struct completion *completed,
                   struct snap_channel_flow *left, struct snap_channel_flow *captured)
{
    struct books *books = at->books;

    for (uint32_t t = 0; t < at->job->task_count; t++) {
        struct task_book *task = &books->tasks[t];
        const struct snap_vertex *vertex = task->vertex;
        const struct moment *moment = moment_in(task, completed);

        if (!moment)
            return false;
        for (uint32_t i = 0; i < task->edge_count; i++) {
            uint32_t edge = i < vertex->in_edge_count
                                ? vertex->in_edges[i]
                                : vertex->out_edges[i - vertex->in_edge_count];

            snap_channel_flow_add(&left[edge], &moment->left[i]);
            snap_channel_flow_add(&captured[edge], &moment->captured[i]);
        }
    }
    return true;
}

static void compare(struct snap_oracle_case *at, const struct completion *completed,
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
    struct books *books = at->books;
    size_t edges = at->job->edge_count;
    struct snap_channel_flow *sums =
        SNAP_ARENA_ARRAY(at->arena, struct snap_channel_flow, 2 * edges);

    for (uint32_t i = 0; edges > 0 && i < books->completed_count; i++) {
        struct completion *completed = &books->completed[i];

        memset(sums, 0, 2 * edges * sizeof(*sums));
        completed->is_known = add_up(at, completed, sums, sums + edges);
        if (completed->is_known)
            compare(at, completed, sums, sums + edges);
        for (size_t e = 0; e < edges; e++)
            snap_channel_flow_add(&completed->captured, &sums[edges + e]);
    }
}

/* Called with the books of the execution before, which was judged. */
static void resume(struct snap_oracle_case *at, const void *before,
                   const struct snap_execution_start *start)
{
    const struct books *last = before;
    struct restart *restart = &((struct books *)at->books)->restart;

    if (start->taken_in + 1 != start->number || is_ignored(at, start->savepoint))
        return;
    for (uint32_t i = 0; i < last->completed_count; i++) {
        const struct completion *completed = &last->completed[i];

        if (completed->checkpoint != start->savepoint || !completed->is_known)
            continue;
        restart->checkpoint = completed->checkpoint;
        restart->captured = completed->captured;
    }
}

/* Until all subtasks have recovered, nothing can be said. */
static void judge_restart(struct snap_oracle_case *at)
{
    const struct books *books = at->books;
    const struct restart *restart = &books->restart;
    const struct snap_event *last = NULL;
    struct snap_channel_flow all = {0};

    for (uint32_t t = 0; restart->checkpoint > 0 && t < at->job->task_count; t++) {
        const struct task_book *task = &books->tasks[t];

        if (!task->has_restarted)
            return;
        snap_channel_flow_add(&all, &task->restarted);
        if (!last || last->at_ns < task->restarted_at.at_ns)
            last = &task->restarted_at;
    }
    if (all.dealt_records != restart->captured.dealt_records ||
        all.dealt_sum != restart->captured.dealt_sum)
        snap_oracle_object(at, last,
                           "checkpoint %" PRId64 " holds %" PRId64
                           " records in flight, and %" PRId64
                           " were put back when the job started from it",
                           restart->checkpoint, restart->captured.dealt_records, all.dealt_records);
}

static void judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    const struct books *books = at->books;

    (void)end;
    judge_checkpoints(at);
    judge_restart(at);
    for (uint32_t t = 0; t < at->job->task_count; t++) {
        const struct mistake *mistake = &books->tasks[t].mistake;

        if (books->tasks[t].mistakes > 0)
            snap_oracle_object(at, &mistake->event,
                               "checkpoint %" PRId64 " holds %" PRId64
                               " records in flight of this subtask, and %" PRId64 " were put back",
                               mistake->checkpoint, mistake->captured, mistake->recovered);
    }
}

const struct snap_oracle snap_oracle_channels = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .resume = resume,
    .passage = see_passage,
    .local = see_local,
    .event = see_merged,
    .end = judge,
    .fini = fini,
};
