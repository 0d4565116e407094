// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_moves.h"

#include "base/bitset.h"
#include "base/utf8.h"
#include "model/key_group.h"
#include "runtime/channel_place.h"

/* Of more subtasks, or more runs of them, the rest is counted. */
enum { SUBTASKS_SHOWN = 8, RUNS_SHOWN = 3 };

/* ---- lists ---- */

static const struct snap_list_snapshot *list_at(const struct snap_image_operator *of, uint32_t *at)
{
    for (uint32_t s = 0; s < of->parallelism; s++) {
        const struct snap_operator_state *state = of->subtasks[s].state;

        for (uint32_t i = 0; state && i < state->list_count; i++) {
            bool is_first = true;

            for (uint32_t e = 0; e < s; e++)
                if (of->subtasks[e].state &&
                    snap_operator_state_find(of->subtasks[e].state, state->lists[i].name))
                    is_first = false;
            if (is_first && (*at)-- == 0)
                return &state->lists[i];
        }
    }
    return NULL;
}

static uint32_t elements_of(const struct snap_operator_state *state, const char *name)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, name);

    return list ? list->count : 0;
}

/* What a new subtask of the operator starts with. */
static const struct snap_operator_state *share_of(const struct snap_resume *resume,
                                                  const struct snap_operator *op, uint32_t subtask)
{
    const struct snap_vertex *vertex = &resume->job->vertices[op->vertex];
    uint32_t place = 0;

    while (vertex->operators[place] != op->index)
        place++;
    return &resume->assigned.tasks[vertex->task_first + subtask]->operators[place];
}

/* Whether each subtask gets as many as the one of its number had. */
static bool list_stays(const struct snap_resume *resume, const struct snap_image_operator *of,
                       const char *name)
{
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (elements_of(of->subtasks[s].state, name) !=
            elements_of(share_of(resume, of->op, s), name))
            return false;
    return true;
}

static void add_count(struct snap_text *text, uint64_t count, const char *one, const char *many)
{
    snap_text_printf(text, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

static void add_run(struct snap_text *text, const char *uid, uint32_t first, uint32_t last)
{
    snap_text_printf(text, "%s[%u]", uid, first);
    if (last > first)
        snap_text_printf(text, " to [%u]", last);
}

/* Subtasks in a row that get as many elements: returns the last of them. */
static uint32_t last_like(const struct snap_resume *resume, const struct snap_operator *op,
                          const char *name, uint32_t first)
{
    uint32_t wanted = elements_of(share_of(resume, op, first), name);
    uint32_t last = first;

    while (last + 1 < op->parallelism &&
           elements_of(share_of(resume, op, last + 1), name) == wanted)
        last++;
    return last;
}

static void add_elements(struct snap_text *text, const struct snap_resume *resume,
                         const struct snap_operator *op, const char *name)
{
    uint32_t runs = 0;
    uint32_t last;

    for (uint32_t s = 0; s < op->parallelism; s = last + 1) {
        uint32_t count = elements_of(share_of(resume, op, s), name);

        last = last_like(resume, op, name, s);
        if (runs++ == SUBTASKS_SHOWN) {
            snap_text_printf(text, ", and so on to [%u]", op->parallelism - 1);
            return;
        }
        snap_text_add_string(text, runs > 1 ? ", " : "");
        add_run(text, runs > 1 ? "" : op->uid, s, last);
        snap_text_printf(text, " %s %u", last > s ? "get" : "gets", count);
    }
}

/* How many there are in all that subtasks get. */
static uint64_t count_elements(const struct snap_resume *resume, const struct snap_operator *op,
                               const char *name)
{
    uint64_t count = 0;

    for (uint32_t s = 0; s < op->parallelism; s++)
        count += elements_of(share_of(resume, op, s), name);
    return count;
}

static void add_list(struct snap_text *text, const struct snap_resume *resume,
                     const struct snap_image_operator *of, const struct snap_list_snapshot *list)
{
    const struct snap_operator *op = of->op;
    bool is_union = list->mode == SNAP_LIST_UNION;

    snap_text_printf(text, "    list \"%s\": ", list->name);
    if (list->mode == SNAP_LIST_SPLIT) {
        add_count(text, count_elements(resume, op, list->name), "element", "elements");
        snap_text_add_string(text, " dealt out anew: ");
        add_elements(text, resume, op, list->name);
    } else if (last_like(resume, op, list->name, 0) == op->parallelism - 1) {
        snap_text_printf(text, "every subtask gets %s ", is_union ? "all" : "a copy of");
        add_count(text, elements_of(share_of(resume, op, 0), list->name), "element", "elements");
    } else {
        snap_text_printf(text, "every subtask gets %s: ", is_union ? "all elements" : "a copy");
        add_elements(text, resume, op, list->name);
    }
    snap_text_add_string(text, "\n");
}

/* All lists, or those that move although the parallelism stays. */
static void add_lists(struct snap_text *text, const struct snap_resume *resume,
                      const struct snap_image_operator *of)
{
    bool is_rescaled = of->parallelism != of->op->parallelism;

    for (uint32_t n = 0;; n++) {
        uint32_t at = n;
        const struct snap_list_snapshot *list = list_at(of, &at);

        if (!list)
            return;
        if (!is_rescaled && list_stays(resume, of, list->name))
            continue;
        add_list(text, resume, of, list);
    }
}

/* ---- key groups ---- */

static bool has_key_groups(const struct snap_image_operator *of)
{
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (of->subtasks[s].state &&
            (of->subtasks[s].state->keyed_count || of->subtasks[s].state->scoped_count))
            return true;
    return false;
}

static void add_key_groups(struct snap_text *text, const struct snap_image_operator *of)
{
    const struct snap_parallelism before = {of->parallelism, of->max_parallelism};
    const struct snap_parallelism now = {of->op->parallelism, of->max_parallelism};

    for (uint32_t s = 0; s < now.subtasks && s < SUBTASKS_SHOWN; s++) {
        struct snap_key_group_range range = snap_key_group_range(s, now);

        snap_text_printf(text, "    %s[%u] takes key groups %u to %u, which ", of->op->uid, s,
                         range.first, range.last);
        add_run(text, of->op->uid, snap_key_group_subtask(range.first, before),
                snap_key_group_subtask(range.last, before));
        snap_text_add_string(text, " had\n");
    }
    if (now.subtasks > SUBTASKS_SHOWN)
        snap_text_printf(text, "    ... and so on to %s[%u]\n", of->op->uid, now.subtasks - 1);
}

/* ---- operators ---- */

static bool has_subtask_state(const struct snap_image_operator *of)
{
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (of->subtasks[s].state && of->subtasks[s].state->list_count)
            return true;
    return has_key_groups(of);
}

/* Whether each subtask takes what the one of its number had. */
static bool stays(const struct snap_resume *resume, const struct snap_image_operator *of)
{
    if (of->parallelism != of->op->parallelism)
        return false;
    for (uint32_t n = 0;; n++) {
        uint32_t at = n;
        const struct snap_list_snapshot *list = list_at(of, &at);

        if (!list)
            return true;
        if (!list_stays(resume, of, list->name))
            return false;
    }
}

static void add_operator(struct snap_text *text, const struct snap_resume *resume,
                         const struct snap_image_operator *of)
{
    bool is_rescaled = of->parallelism != of->op->parallelism;

    snap_text_printf(text, "%s: %u %s", of->op->uid, of->parallelism,
                     snap_plural(of->parallelism, "subtask", "subtasks"));
    if (is_rescaled)
        snap_text_printf(text, " become %u\n", of->op->parallelism);
    else
        snap_text_printf(text, " as before, which keep all but this\n");
    if (is_rescaled && has_key_groups(of))
        add_key_groups(text, of);
    add_lists(text, resume, of);
}

static bool takes_state(const struct snap_image_operator *of)
{
    return of->op && !of->is_finished && has_subtask_state(of);
}

void snap_restore_moves_text(struct snap_text *text, const struct snap_restored *restored)
{
    const struct snap_image *image = snap_restored_image(restored);
    const struct snap_resume *resume = snap_restored_resume(restored);
    uint32_t staying = 0;

    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *of = &image->operators[i];

        if (takes_state(of) && stays(resume, of))
            snap_text_printf(text, "%s%s", staying++ ? ", " : "Stays where it was: all state of ",
                             of->op->uid);
    }
    snap_text_add_string(text, staying ? "\n" : "");
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (takes_state(&image->operators[i]) && !stays(resume, &image->operators[i]))
            add_operator(text, resume, &image->operators[i]);
}

/* ---- data in flight ---- */

/* What one new subtask has of an exchange, at one end of it. */
struct flight_share {
    uint64_t records; /* that it keeps, or sends */
    uint64_t foreign; /* that it reads, and leaves to others */
    uint32_t pieces;
    struct snap_bitset from; /* old subtasks */
};

/* An exchange of the job, and what was on it. */
struct flight {
    const struct snap_resume *resume;
    const struct snap_edge *edge;
    const struct snap_edge *old; /* as the snapshot has it */
    struct snap_arena *arena;
};

static const struct snap_operator *
operator_at(const struct snap_job *job, const struct snap_edge *edge, enum snap_channel_end end)
{
    return &job->operators[end == SNAP_CHANNEL_INPUT ? edge->consumer : edge->producer];
}

static const struct snap_channel_piece *pieces_of(const struct snap_task_snapshot *snapshot,
                                                  enum snap_channel_end end)
{
    return end == SNAP_CHANNEL_INPUT ? snapshot->inputs.first : snapshot->outputs.first;
}

/* Counts what the snapshot has of the exchange at this end. */
static uint64_t count_stored(const struct flight *flight, enum snap_channel_end end,
                             uint64_t *marks)
{
    const struct snap_job *job = flight->resume->savepoint->job;
    const struct snap_operator *op = operator_at(job, flight->old, end);
    uint64_t records = 0;

    for (uint32_t s = 0; s < op->parallelism; s++) {
        uint32_t task = job->vertices[op->vertex].task_first + s;
        const struct snap_task_snapshot *snapshot = flight->resume->savepoint->tasks[task];
        const struct snap_channel_piece *piece = snapshot ? pieces_of(snapshot, end) : NULL;

        for (; piece; piece = piece->next) {
            if (snap_channel_place_of(job, task, piece->channel, end).edge != flight->old->index)
                continue;
            records += piece->count - piece->marks;
            *marks += piece->marks;
        }
    }
    return records;
}

/* Visits the pieces of the exchange that the new subtask has at this end: adds them to the share
 * and returns whether all are on the channels of their numbers. */
static bool gather(const struct flight *flight, enum snap_channel_end end, uint32_t subtask,
                   struct flight_share *share)
{
    const struct snap_job *job = flight->resume->job;
    const struct snap_operator *op = operator_at(job, flight->edge, end);
    uint32_t record_bytes = job->operators[flight->edge->producer].record_size_bytes;
    uint32_t task = job->vertices[op->vertex].task_first + subtask;
    const struct snap_channel_piece *piece = pieces_of(flight->resume->assigned.tasks[task], end);
    bool is_input = end == SNAP_CHANNEL_INPUT;
    bool all_stay = true;

    snap_bitset_init(&share->from, flight->arena,
                     operator_at(flight->resume->savepoint->job, flight->old, end)->parallelism);
    for (; piece; piece = piece->next) {
        struct snap_channel_place place = snap_channel_place_of(job, task, piece->channel, end);

        if (place.edge != flight->edge->index)
            continue;
        share->pieces++;
        share->records += piece->count - piece->marks;
        share->foreign += piece->foreign_bytes / record_bytes;
        snap_bitset_set(&share->from, is_input ? piece->old.consumer : piece->old.producer);
        all_stay = all_stay && piece->old.consumer == (is_input ? subtask : place.peer) &&
                   piece->old.producer == (is_input ? place.peer : subtask);
    }
    return all_stay;
}

static bool end_stays(const struct flight *flight, enum snap_channel_end end)
{
    const struct snap_operator *op = operator_at(flight->resume->job, flight->edge, end);

    for (uint32_t s = 0; s < op->parallelism; s++) {
        struct flight_share share = {0};

        if (!gather(flight, end, s, &share))
            return false;
    }
    return true;
}

/* "slow[0] to [2], [4]". */
static void add_set(struct snap_text *text, const char *uid, const struct snap_bitset *set)
{
    uint32_t runs = 0;
    uint32_t shown = 0;

    for (uint32_t i = snap_bitset_next(set, 0); i < set->bound;) {
        uint32_t last = i;

        if (runs == RUNS_SHOWN) {
            snap_text_printf(text, " and %u more", set->count - shown);
            return;
        }
        while (last + 1 < set->bound && snap_bitset_test(set, last + 1))
            last++;
        snap_text_add_string(text, runs > 0 ? ", " : "");
        add_run(text, runs > 0 ? "" : uid, i, last);
        runs++;
        shown += last - i + 1;
        i = snap_bitset_next(set, last + 1);
    }
}

static void add_share(struct snap_text *text, const char *uid, uint32_t subtask,
                      enum snap_channel_end end, const struct flight_share *share)
{
    snap_text_printf(text, "    %s[%u] ", uid, subtask);
    if (end == SNAP_CHANNEL_OUTPUT) {
        snap_text_add_string(text, "sends ");
        add_count(text, share->records, "record", "records");
        snap_text_add_string(text, " that ");
        add_set(text, uid, &share->from);
        snap_text_add_string(text, " had not sent\n");
        return;
    }
    snap_text_add_string(text, "reads ");
    add_count(text, share->records + share->foreign, "record", "records");
    snap_text_add_string(text, " that were for ");
    add_set(text, uid, &share->from);
    if (share->foreign > 0 && share->records == 0)
        snap_text_add_string(text, ", and keeps none");
    else if (share->foreign > 0)
        snap_text_printf(text, ", and keeps its %llu", (unsigned long long)share->records);
    snap_text_add_string(text, "\n");
}

static void add_shares(struct snap_text *text, const struct flight *flight,
                       enum snap_channel_end end)
{
    const struct snap_operator *op = operator_at(flight->resume->job, flight->edge, end);
    uint32_t shown = 0;
    uint32_t more = 0;

    for (uint32_t s = 0; s < op->parallelism; s++) {
        struct flight_share share = {0};

        gather(flight, end, s, &share);
        if (share.pieces == 0)
            continue;
        if (shown == SUBTASKS_SHOWN) {
            more++;
            continue;
        }
        add_share(text, op->uid, s, end, &share);
        shown++;
    }
    if (more > 0)
        snap_text_printf(text, "    ... and %u more %s of %s\n", more,
                         snap_plural(more, "subtask", "subtasks"), op->uid);
}

/* "map (2 subtasks, now 3)". */
static void add_end(struct snap_text *text, const struct flight *flight, enum snap_channel_end end)
{
    uint32_t old = operator_at(flight->resume->savepoint->job, flight->old, end)->parallelism;
    const struct snap_operator *op = operator_at(flight->resume->job, flight->edge, end);

    snap_text_add_string(text, op->uid);
    if (old != op->parallelism)
        snap_text_printf(text, " (%u %s, now %u)", old, snap_plural(old, "subtask", "subtasks"),
                         op->parallelism);
}

static void add_flight(struct snap_text *text, const struct flight *flight)
{
    uint64_t marks = 0;
    uint64_t records = count_stored(flight, SNAP_CHANNEL_INPUT, &marks) +
                       count_stored(flight, SNAP_CHANNEL_OUTPUT, &marks);

    if (records + marks == 0)
        return;
    snap_text_add_string(text, "In flight: ");
    add_count(text, records, "record", "records");
    snap_text_add_string(text, " from ");
    add_end(text, flight, SNAP_CHANNEL_OUTPUT);
    snap_text_add_string(text, " to ");
    add_end(text, flight, SNAP_CHANNEL_INPUT);
    if (end_stays(flight, SNAP_CHANNEL_INPUT) && end_stays(flight, SNAP_CHANNEL_OUTPUT)) {
        snap_text_add_string(text, ", which stay on their channels\n");
        return;
    }
    snap_text_add_string(text, "\n");
    add_shares(text, flight, SNAP_CHANNEL_INPUT);
    add_shares(text, flight, SNAP_CHANNEL_OUTPUT);
}

static bool is_same(const struct snap_image *image, const struct snap_job *job,
                    const struct snap_edge *edge, const struct snap_edge *old)
{
    return !edge->chained && edge->input == old->input &&
           image->operators[old->producer].op == &job->operators[edge->producer] &&
           image->operators[old->consumer].op == &job->operators[edge->consumer];
}

void snap_restore_flight_text(struct snap_text *text, const struct snap_restored *restored)
{
    const struct snap_resume *resume = snap_restored_resume(restored);
    const struct snap_job *job = resume->job;
    const struct snap_job *old = resume->savepoint->job;
    struct snap_arena arena;

    if (!resume->assigned.in_flight) {
        if (snap_restored_image(restored)->piece_count > 0)
            snap_text_add_string(
                text, "In flight: all of it is left out, as "
                      "execution.state-recovery.without-channel-state.checkpoint-id says\n");
        return;
    }
    snap_arena_init(&arena);
    for (uint32_t o = 0; o < old->edge_count; o++)
        for (uint32_t e = 0; e < job->edge_count; e++)
            if (is_same(snap_restored_image(restored), job, &job->edges[e], &old->edges[o])) {
                struct flight flight = {resume, &job->edges[e], &old->edges[o], &arena};

                add_flight(text, &flight);
            }
    snap_arena_fini(&arena);
}
