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
 *   starts again may deal it to others: then what all that are connected recover has the sums of
 *   what they captured, of records alone and whatever their channels are; marks are compared by
 * edge, of those both ends of which have as many subtasks as before. Where receivers restore what
 * their senders had captured, sums are compared by edge, over both ends of all its channels.
 * - oracle_cut.c has the other side: what was sent behind the cut has no effect before it.
 * - A task's book is its own thread's; compared at the end. Judged only where barriers may
 *   overtake.
 */
#include <inttypes.h>
#include <string.h>

#include "model/names.h"
#include "verify/channel_books.h"

static bool begin(struct snap_oracle_case *at)
{
    const struct snap_checkpoint_config *config = &at->sim->config.checkpoint;
    struct snap_channel_books *books = at->books;

    if (config->mode != SNAP_MODE_EXACTLY_ONCE || !config->unaligned.enabled)
        return snap_oracle_cannot(at, "no barrier may overtake data");
    if (at->sim->ledger != SNAP_LEDGER_FULL)
        return snap_oracle_cannot(at, "it needs the full ledger");
    books->job = at->job;
    books->tasks = SNAP_ARENA_ARRAY(at->arena, struct snap_channel_task, at->job->task_count);
    for (uint32_t t = 0; t < at->job->task_count; t++) {
        struct snap_channel_task *task = &books->tasks[t];

        snap_arena_init(&task->arena);
        task->vertex = snap_job_task_vertex(at->job, t);
        task->edge_count = task->vertex->in_edge_count + task->vertex->out_edge_count;
        task->left = SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
        task->recovered =
            SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
        task->restarted =
            SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
    }
    return true;
}

static void fini(struct snap_oracle_case *at)
{
    struct snap_channel_books *books = at->books;

    for (uint32_t t = 0; books->tasks && t < at->job->task_count; t++)
        snap_arena_fini(&books->tasks[t].arena);
}

/* ---- what subtasks do ---- */

static struct snap_channel_moment *add_moment(struct snap_channel_task *task,
                                              snap_checkpoint_id checkpoint)
{
    struct snap_channel_moment *moment;

    task->moments = snap_arena_grow(&task->arena, task->moments, task->moment_count,
                                    &task->moment_capacity, sizeof(*task->moments));
    moment = &task->moments[task->moment_count++];
    *moment = (struct snap_channel_moment){.checkpoint = checkpoint};
    moment->left = SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
    moment->captured = SNAP_ARENA_ARRAY(&task->arena, struct snap_channel_flow, task->edge_count);
    return moment;
}

/* Ids rise, and checkpoints hardly overlap: it is one of the last. */
static struct snap_channel_moment *find_moment(const struct snap_channel_task *task,
                                               snap_checkpoint_id checkpoint)
{
    for (uint32_t i = task->moment_count; i > 0; i--) {
        struct snap_channel_moment *moment = &task->moments[i - 1];

        if (moment->checkpoint == checkpoint)
            return moment;
        if (moment->checkpoint > 0 && moment->checkpoint < checkpoint)
            return NULL;
    }
    return NULL;
}

static struct snap_channel_moment *moment_of(struct snap_channel_task *task,
                                             snap_checkpoint_id checkpoint)
{
    struct snap_channel_moment *moment = find_moment(task, checkpoint);

    return moment ? moment : add_moment(task, checkpoint);
}

static uint32_t place_of(const struct snap_channel_task *task, const struct snap_passage *passage)
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
    struct snap_channel_task *task =
        &((struct snap_channel_books *)at->books)->tasks[passage->task];
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
static void close_moment(struct snap_channel_task *task, struct snap_channel_moment *moment,
                         snap_ns at_ns)
{
    moment->at_ns = at_ns;
    moment->is_whole = true;
    if (task->edge_count > 0)
        memcpy(moment->left, task->left, task->edge_count * sizeof(*task->left));
}

static void begin_attempt(struct snap_channel_task *task, const struct snap_event *event)
{
    size_t bytes = task->edge_count * sizeof(struct snap_channel_flow);

    if (bytes > 0) {
        memset(task->left, 0, bytes);
        memset(task->recovered, 0, bytes);
    }
    task->recovers = event->args[1];
    add_moment(task, 0)->at_ns = event->at_ns;
}

/* All that the subtask recovers has been told: is it what it should be? */
static void compare_flows(struct snap_channel_task *task, const struct snap_event *event,
                          const struct snap_channel_flow *expected, bool of_earlier)
{
    struct snap_channel_mistake mistake = {
        .event = *event, .checkpoint = task->recovers, .of_earlier = of_earlier};
    bool same = true;

    for (uint32_t i = 0; i < task->edge_count; i++) {
        mistake.captured += expected[i].records;
        mistake.recovered += task->recovered[i].records;
        same = same && expected[i].sum == task->recovered[i].sum;
    }
    if ((mistake.captured != mistake.recovered || !same) && task->mistakes++ == 0)
        task->mistake = mistake;
}

/* With what it captured itself; who had finished has nothing. */
static void compare_recovered(struct snap_channel_task *task, const struct snap_event *event)
{
    const struct snap_channel_moment *moment =
        task->recovers > 0 ? find_moment(task, task->recovers) : NULL;

    if (moment && moment->is_whole)
        compare_flows(task, event, moment->captured, false);
}

static void note_recovery(struct snap_channel_task *task, const struct snap_event *event)
{
    size_t bytes = task->edge_count * sizeof(*task->recovered);

    if (task->recovers <= 0 || task->edge_count == 0)
        return;
    task->recoveries = snap_arena_grow(&task->arena, task->recoveries, task->recovery_count,
                                       &task->recovery_capacity, sizeof(*task->recoveries));
    task->recoveries[task->recovery_count++] = (struct snap_channel_recovery){
        task->recovers, *event, snap_arena_copy(&task->arena, task->recovered, bytes)};
}

/* What the job starts from was not captured in this execution. It is dealt once: whoever recovers
 * it again gets what it got before. */
static void note_restarted(struct snap_channel_task *task, const struct snap_event *event)
{
    if (task->recovers <= 0 || find_moment(task, task->recovers))
        return;
    if (task->restarted_from == task->recovers)
        compare_flows(task, event, task->restarted, true);
    /* Who had finished recovers nothing of later ones. */
    if (task->restarted_from > 0)
        return;
    task->restarted_from = task->recovers;
    task->restarted_at = *event;
    if (task->edge_count > 0)
        memcpy(task->restarted, task->recovered, task->edge_count * sizeof(*task->restarted));
}

static void see_local(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct snap_channel_task *task = &((struct snap_channel_books *)at->books)->tasks[event->actor];

    if (snap_oracle_by_job_manager(at, event))
        return;
    if (event->type == SNAP_EVENT_SNAPSHOT_SYNC) {
        close_moment(task, moment_of(task, event->args[0]), event->at_ns);
    } else if (event->type == SNAP_EVENT_RESTORED) {
        begin_attempt(task, event);
    } else if (event->type == SNAP_EVENT_TASK_STATUS) {
        /* Without its operators it has not come to its channels. */
        if (event->args[2] != (int64_t)SNAP_CAUSE_OPEN_FAILED &&
            !snap_channels_are_ignored(at, task->recovers)) {
            if (snap_channels_hand_on_output(at))
                note_recovery(task, event);
            else
                compare_recovered(task, event);
            note_restarted(task, event);
        }
        task->recovers = SNAP_NO_CHECKPOINT;
        if (event->args[1] == (int64_t)SNAP_TASK_FINISHED)
            close_moment(task, add_moment(task, 0), event->at_ns);
    }
}

static void see_merged(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct snap_channel_books *books = at->books;

    if (event->type != SNAP_EVENT_CHECKPOINT_COMPLETED)
        return;
    books->completed = snap_arena_grow(at->arena, books->completed, books->completed_count,
                                       &books->completed_capacity, sizeof(*books->completed));
    books->completed[books->completed_count++] =
        (struct snap_channel_completion){.checkpoint = event->args[0], .event = *event};
}

static const struct snap_vertex *end_of(const struct snap_job *job, uint32_t operator_index)
{
    return &job->vertices[job->operators[operator_index].vertex];
}

/* Whether it is the same edge of both jobs, neither end was rescaled, and what was in flight comes
 * back to the same channels. Of a user's own partitioner every receiver may get it, and the first
 * one of a global exchange. Flink: SubtaskStateMapper. */
static bool is_same(const struct snap_job *job, const struct snap_job *before, uint32_t index)
{
    const struct snap_edge *a = &job->edges[index];
    const struct snap_edge *b = &before->edges[index];

    if (a->ship == SNAP_SHIP_CUSTOM || a->ship == SNAP_SHIP_GLOBAL)
        return false;
    return strcmp(job->operators[a->producer].uid, before->operators[b->producer].uid) == 0 &&
           strcmp(job->operators[a->consumer].uid, before->operators[b->consumer].uid) == 0 &&
           a->input == b->input && a->ship == b->ship && a->chained == b->chained &&
           end_of(job, a->producer)->parallelism == end_of(before, b->producer)->parallelism &&
           end_of(job, a->consumer)->parallelism == end_of(before, b->consumer)->parallelism;
}

static void connect_ends(struct snap_channel_restart *restart, uint32_t from, uint32_t to)
{
    restart->connected[snap_channel_restart_part(restart, from)] =
        snap_channel_restart_part(restart, to);
}

/* The vertex of the job that has the operator of the job before, SNAP_NO_INDEX if none has. */
static uint32_t vertex_of(const struct snap_job *job, const struct snap_job *before, uint32_t index)
{
    const struct snap_operator *same = snap_job_find_operator(job, before->operators[index].uid);

    return same ? same->vertex : SNAP_NO_INDEX;
}

/* By the channels of either job: what was dealt to others stays among them. */
static void connect(struct snap_channel_restart *restart, struct snap_arena *arena,
                    const struct snap_job *job, const struct snap_job *before)
{
    restart->connected = SNAP_ARENA_ARRAY(arena, uint32_t, job->vertex_count);
    for (uint32_t v = 0; v < job->vertex_count; v++)
        restart->connected[v] = v;
    for (uint32_t e = 0; e < job->edge_count; e++)
        connect_ends(restart, end_of(job, job->edges[e].producer)->index,
                     end_of(job, job->edges[e].consumer)->index);
    for (uint32_t e = 0; e < before->edge_count; e++) {
        uint32_t from = vertex_of(job, before, before->edges[e].producer);
        uint32_t to = vertex_of(job, before, before->edges[e].consumer);

        if (from != SNAP_NO_INDEX && to != SNAP_NO_INDEX)
            connect_ends(restart, from, to);
    }
}

/* Where data of that edge of the job before belongs; of two that are gone it is at no good place,
 * and misses. */
static uint32_t part_of(const struct snap_channel_restart *restart, const struct snap_job *job,
                        const struct snap_job *before, uint32_t edge)
{
    uint32_t vertex = vertex_of(job, before, before->edges[edge].consumer);

    if (vertex == SNAP_NO_INDEX)
        vertex = vertex_of(job, before, before->edges[edge].producer);
    return snap_channel_restart_part(restart, vertex == SNAP_NO_INDEX ? 0 : vertex);
}

/* What the checkpoint holds of edges of the job before. */
static void start_from(struct snap_oracle_case *at, const struct snap_job *before,
                       const struct snap_channel_completion *completed)
{
    struct snap_channel_restart *restart = &((struct snap_channel_books *)at->books)->restart;
    size_t bytes = before->edge_count * sizeof(*completed->captured);
    const struct snap_channel_flow *captured =
        bytes > 0 ? snap_arena_copy(at->arena, completed->captured, bytes) : NULL;

    restart->checkpoint = completed->checkpoint;
    connect(restart, at->arena, at->job, before);
    restart->captured =
        SNAP_ARENA_ARRAY(at->arena, struct snap_channel_flow, at->job->vertex_count);
    restart->same =
        SNAP_ARENA_ARRAY(at->arena, const struct snap_channel_flow *, at->job->edge_count);
    for (uint32_t e = 0; e < before->edge_count; e++) {
        snap_channel_flow_add(&restart->captured[part_of(restart, at->job, before, e)],
                              &captured[e]);
        if (at->job->edge_count == before->edge_count && is_same(at->job, before, e))
            restart->same[e] = &captured[e];
    }
}

/* Called with the books of the execution before, which was judged. */
static void resume(struct snap_oracle_case *at, const void *before,
                   const struct snap_execution_start *start)
{
    const struct snap_channel_books *last = before;

    if (start->taken_in + 1 != start->number || snap_channels_are_ignored(at, start->savepoint))
        return;
    for (uint32_t i = 0; i < last->completed_count; i++)
        if (last->completed[i].checkpoint == start->savepoint && last->completed[i].is_known)
            start_from(at, last->job, &last->completed[i]);
}

const struct snap_oracle snap_oracle_channels = {
    .books_bytes = sizeof(struct snap_channel_books),
    .begin = begin,
    .resume = resume,
    .passage = see_passage,
    .local = see_local,
    .event = see_merged,
    .end = snap_channels_judge,
    .fini = fini,
};
