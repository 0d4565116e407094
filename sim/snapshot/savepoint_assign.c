// SPDX-License-Identifier: Apache-2.0
/*
 * From the states of a savepoint to those of the tasks of a job. Flink: StateAssignmentOperation,
 * TaskStateAssignment, Checkpoints.
 */
#include <string.h>

#include "base/check.h"
#include "protocol/finished_state.h"
#include "protocol/restore_check.h"
#include "snapshot/channel_assign.h"
#include "snapshot/channel_refusal.h"
#include "snapshot/savepoint.h"
#include "snapshot/state_rescale.h"
#include "snapshot/states_in_common.h"

/* One assignment: `stored` and `operators` stand as in the two jobs. */
struct assignment {
    const struct snap_savepoint *from;
    const struct snap_job *to;
    struct snap_arena *arena;
    struct snap_assigned *assigned;
    struct snap_stored_operator *stored;
    struct snap_restoring_operator *operators;
    struct snap_restore_check check;
};

/* More operators than fit into a message are counted. */
enum { HOMELESS_NAMED_MAX = 8 };

static uint32_t place_in(const struct snap_vertex *vertex, uint32_t operator_index)
{
    uint32_t place = 0;

    while (vertex->operators[place] != operator_index)
        place++;
    return place;
}

static struct snap_old_states old_states_of(const struct assignment *at, uint32_t operator_index)
{
    const struct snap_job *job = at->from->job;
    const struct snap_operator *op = &job->operators[operator_index];
    const struct snap_vertex *vertex = &job->vertices[op->vertex];
    struct snap_old_states old = {.op = op};
    uint32_t place = place_in(vertex, operator_index);

    old.states = SNAP_ARENA_ARRAY(at->arena, const struct snap_operator_state *, op->parallelism);
    for (uint32_t i = 0; i < op->parallelism; i++) {
        const struct snap_task_snapshot *snapshot = at->from->tasks[vertex->task_first + i];

        if (snapshot)
            old.states[i] = &snapshot->operators[place];
    }
    return old;
}

/* ---- checks ---- */

static struct snap_stored_operator stored_of(const struct assignment *at, uint32_t operator_index)
{
    const struct snap_operator *op = &at->from->job->operators[operator_index];
    uint32_t first = at->from->job->vertices[op->vertex].task_first;
    struct snap_old_states old = old_states_of(at, operator_index);
    struct snap_stored_operator stored = {.id = op->id, .max_parallelism = op->max_parallelism};

    stored.fully_finished = true;
    for (uint32_t i = 0; i < op->parallelism; i++) {
        stored.fully_finished = stored.fully_finished && at->from->finished[first + i];
        stored.has_subtasks = stored.has_subtasks || old.states[i];
        stored.has_subtask_state =
            stored.has_subtask_state ||
            (old.states[i] && (old.states[i]->keyed_count || old.states[i]->list_count ||
                               old.states[i]->scoped_count));
    }
    stored.has_coordinator_state =
        at->from->is_in_files && at->from->has_coordinator[operator_index];
    return stored;
}

static void fill_check(struct assignment *at, bool allow_non_restored)
{
    const struct snap_job *from = at->from->job;

    at->stored = SNAP_ARENA_ARRAY(at->arena, struct snap_stored_operator, from->operator_count);
    for (uint32_t i = 0; i < from->operator_count; i++)
        at->stored[i] = stored_of(at, i);
    at->operators =
        SNAP_ARENA_ARRAY(at->arena, struct snap_restoring_operator, at->to->operator_count);
    for (uint32_t i = 0; i < at->to->operator_count; i++) {
        const struct snap_operator *op = &at->to->operators[i];

        at->operators[i].id = op->id;
        at->operators[i].parallelism = op->parallelism;
        at->operators[i].max_parallelism = op->max_parallelism;
        at->operators[i].max_parallelism_configured = op->max_parallelism_configured;
    }
    at->check = (struct snap_restore_check){
        .stored = at->stored,
        .stored_count = from->operator_count,
        .operators = at->operators,
        .operator_count = at->to->operator_count,
        .non_restored = allow_non_restored ? SNAP_NON_RESTORED_ALLOWED : SNAP_NON_RESTORED_REFUSED,
    };
}

/* Of what the job starts from, for messages. */
static const char *name_of(const struct assignment *at)
{
    const char *kind = snap_kind_is_savepoint(at->from->kind) ? "savepoint" : "checkpoint";

    return at->from->name
               ? snap_arena_printf(at->arena, "%s \"%s\"", kind, at->from->name)
               : snap_arena_printf(at->arena, "checkpoint %lld", (long long)at->from->id);
}

/* What the one who starts the job can do about state that nobody takes. */
static const char *way_to_drop(const struct assignment *at)
{
    return at->from->is_in_files ? "--allowNonRestoredState (-n)" : "allow-non-restored: true";
}

/* The operator as messages name it: not all files have uids or names. */
static const char *operator_text(const struct assignment *at, const struct snap_operator *op)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];
    const char *name = op->uid && *op->uid ? op->uid : op->name;

    snap_operator_id_format(&op->id, id);
    return name && *name ? snap_arena_printf(at->arena, "%s (\"%s\")", id, name)
                         : snap_arena_strdup(at->arena, id);
}

/* All operators whose state nobody takes, up to some number; `culprit` is the first. */
static const char *homeless_text(const struct assignment *at, uint32_t culprit)
{
    const struct snap_job *from = at->from->job;
    const char *text = operator_text(at, &from->operators[culprit]);
    uint32_t count = 1;

    for (uint32_t i = culprit + 1; i < at->check.stored_count; i++) {
        if (!snap_restore_is_homeless(&at->check, i))
            continue;
        if (count++ < HOMELESS_NAMED_MAX)
            text = snap_arena_printf(at->arena, "%s, %s", text,
                                     operator_text(at, &from->operators[i]));
    }
    if (count > HOMELESS_NAMED_MAX)
        text = snap_arena_printf(at->arena, "%s and %u more", text, count - HOMELESS_NAMED_MAX);
    return snap_arena_printf(at->arena, "%s %s", count > 1 ? "operators" : "operator", text);
}

static bool refuse(const struct assignment *at, enum snap_restore_refusal refusal, uint32_t culprit,
                   struct snap_error *error)
{
    const struct snap_operator *op = &at->from->job->operators[culprit];
    const struct snap_operator *to = at->to->operators;
    uint32_t target = snap_restore_target(&at->check, culprit);
    const char *from = name_of(at);
    const char *name = operator_text(at, op);

    switch (refusal) {
    case SNAP_RESTORE_OK:
        return true;
    case SNAP_RESTORE_STATE_WITHOUT_OPERATOR:
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "%s has state of %s, which the new job does not have; a uid "
                              "keeps an operator's id the same, %s drops the state",
                              from, homeless_text(at, culprit), way_to_drop(at));
    case SNAP_RESTORE_MAX_PARALLELISM_DIFFERS:
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "%s has operator %s with max-parallelism %u, the new job has %u: key "
                              "groups cannot be regrouped",
                              from, name, op->max_parallelism, to[target].max_parallelism);
    case SNAP_RESTORE_PARALLELISM_TOO_HIGH:
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "%s has operator %s with max-parallelism %u, below the new "
                              "parallelism %u",
                              from, name, op->max_parallelism, to[target].parallelism);
    }
    return false;
}

static bool check(struct assignment *at, struct snap_error *error)
{
    bool *kept = SNAP_ARENA_ARRAY(at->arena, bool, at->check.stored_count);
    uint32_t culprit = 0;
    enum snap_restore_refusal refusal = snap_restore_load(&at->check, kept, &culprit);

    for (uint32_t i = 0; refusal == SNAP_RESTORE_OK && i < at->check.stored_count; i++) {
        uint32_t target = snap_restore_target(&at->check, i);
        uint32_t max;

        if (target == SNAP_NO_STORED)
            continue;
        culprit = i;
        max = at->operators[target].max_parallelism;
        refusal = snap_restore_assign(&at->stored[i], &at->operators[target], &max);
        /* The job was planned with the first job's key groups wherever it left them open. */
        if (refusal == SNAP_RESTORE_OK && at->stored[i].has_subtasks &&
            max != at->operators[target].max_parallelism)
            refusal = SNAP_RESTORE_MAX_PARALLELISM_DIFFERS;
    }
    return refuse(at, refusal, culprit, error);
}

/* ---- finished tasks ---- */

static enum snap_finished_state finished_state_of(const struct assignment *at,
                                                  uint32_t operator_index)
{
    uint32_t source = snap_restore_source(&at->check, operator_index);
    const struct snap_operator *op;
    uint32_t first;
    bool some = false;

    if (source == SNAP_NO_STORED)
        return SNAP_FINISHED_ABSENT;
    if (at->stored[source].fully_finished)
        return SNAP_FINISHED_FULLY;
    op = &at->from->job->operators[source];
    first = at->from->job->vertices[op->vertex].task_first;
    for (uint32_t i = 0; i < op->parallelism; i++)
        some = some || at->from->finished[first + i];
    return some ? SNAP_FINISHED_PARTLY : SNAP_FINISHED_RUNNING;
}

/* How far the operators of each vertex were. */
static const struct snap_finished_vertex *finished_vertices(const struct assignment *at)
{
    struct snap_finished_vertex *vertices =
        SNAP_ARENA_ARRAY(at->arena, struct snap_finished_vertex, at->to->vertex_count);

    for (uint32_t v = 0; v < at->to->vertex_count; v++) {
        const struct snap_vertex *vertex = &at->to->vertices[v];
        enum snap_finished_state *states =
            SNAP_ARENA_ARRAY(at->arena, enum snap_finished_state, vertex->operator_count);

        for (uint32_t i = 0; i < vertex->operator_count; i++)
            states[i] = finished_state_of(at, vertex->operators[i]);
        vertices[v] = (struct snap_finished_vertex){states, vertex->operator_count};
    }
    return vertices;
}

/* Nobody may have finished before those that feed it. */
static bool check_feeders(const struct assignment *at, const struct snap_finished_vertex *vertices,
                          struct snap_error *error)
{
    for (uint32_t e = 0; e < at->to->edge_count; e++) {
        const struct snap_edge *edge = &at->to->edges[e];
        const struct snap_vertex *from =
            &at->to->vertices[at->to->operators[edge->producer].vertex];
        const struct snap_vertex *to = &at->to->vertices[at->to->operators[edge->consumer].vertex];
        struct snap_plan_edge plan = {.from = from->index,
                                      .to = to->index,
                                      .all_to_all = !snap_ship_is_pointwise(edge->ship)};
        struct snap_plan_graph graph = {.edges = &plan, .edge_count = 1};

        if (!edge->chained && snap_finished_check(&graph, vertices) != SNAP_FINISHED_OK)
            return snap_error_set(error, SNAP_ERROR_RESTORE,
                                  "in %s subtasks of the vertex \"%s\" had finished, but not all "
                                  "of \"%s\", which feeds it",
                                  name_of(at), to->name, from->name);
    }
    return true;
}

static bool check_finished(const struct assignment *at, const struct snap_finished_vertex *vertices,
                           struct snap_error *error)
{
    for (uint32_t v = 0; v < at->to->vertex_count; v++) {
        struct snap_plan_graph graph = {.vertex_count = 1};

        if (snap_finished_check(&graph, &vertices[v]) != SNAP_FINISHED_OK)
            return snap_error_set(error, SNAP_ERROR_RESTORE,
                                  "in %s some operators of the vertex \"%s\" have "
                                  "finished and others have not",
                                  name_of(at), at->to->vertices[v].name);
    }
    return check_feeders(at, vertices, error);
}

/* Lists the tasks of vertices that are finished as a whole. */
static void list_finished(const struct assignment *at, const struct snap_finished_vertex *vertices)
{
    struct snap_assigned *assigned = at->assigned;

    assigned->finished = SNAP_ARENA_ARRAY(at->arena, uint32_t, at->to->task_count);
    for (uint32_t v = 0; v < at->to->vertex_count; v++) {
        const struct snap_vertex *vertex = &at->to->vertices[v];
        enum snap_deploy_as as;
        bool agree = snap_finished_deploy(&vertices[v], &as);

        SNAP_CHECK(agree);
        for (uint32_t i = 0; as == SNAP_DEPLOY_FINISHED && i < vertex->parallelism; i++)
            assigned->finished[assigned->finished_count++] = vertex->task_first + i;
    }
}

/* What the graph alone decides, whatever is in the states. */
static bool check_graph(struct assignment *at, bool allow_non_restored, struct snap_error *error)
{
    const struct snap_finished_vertex *vertices;

    fill_check(at, allow_non_restored);
    if (!check(at, error))
        return false;
    vertices = finished_vertices(at);
    if (!check_finished(at, vertices, error))
        return false;
    list_finished(at, vertices);
    return true;
}

/* ---- states ---- */

/* Whether nothing that the savepoint has under its id is the operator's. What comes from files was
 * read by name. */
static bool takes_nothing(const struct assignment *at, const struct snap_operator *op)
{
    uint32_t source = snap_restore_source(&at->check, op->index);

    return source != SNAP_NO_STORED && !at->from->is_in_files &&
           !snap_states_in_common(&at->from->job->operators[source], op);
}

static struct snap_task_snapshot *new_snapshot(const struct assignment *at,
                                               const struct snap_vertex *vertex)
{
    struct snap_arena arena;
    struct snap_task_snapshot *snapshot;

    snap_arena_init(&arena);
    snapshot = SNAP_ARENA_NEW(&arena, struct snap_task_snapshot);
    snapshot->checkpoint = at->from->id;
    snapshot->lists_restored = true; /* union lists are dealt here */
    snapshot->operator_count = vertex->operator_count;
    snapshot->operators =
        SNAP_ARENA_ARRAY(&arena, struct snap_operator_state, vertex->operator_count);
    snapshot->arena = arena;
    return snapshot;
}

/* Gives the subtasks of one operator their shares; one that the savepoint lacks starts empty. */
static void assign_operator(const struct assignment *at, const struct snap_vertex *vertex,
                            uint32_t place)
{
    const struct snap_operator *op = &at->to->operators[vertex->operators[place]];
    uint32_t source =
        takes_nothing(at, op) ? SNAP_NO_STORED : snap_restore_source(&at->check, op->index);
    struct snap_old_states old = {0};
    struct snap_state_rescale rescale;

    at->assigned->restored[op->index] = source != SNAP_NO_STORED;
    if (source != SNAP_NO_STORED) {
        old = old_states_of(at, source);
        snap_state_rescale_init(&rescale, &old, op, at->arena);
    }
    for (uint32_t i = 0; i < vertex->parallelism; i++) {
        struct snap_task_snapshot *snapshot = at->assigned->tasks[vertex->task_first + i];
        struct snap_operator_state *state = &snapshot->operators[place];

        state->absent = source == SNAP_NO_STORED;
        if (!state->absent)
            snap_state_rescale_subtask(&rescale, i, &snapshot->arena, state);
        snapshot->bytes += state->bytes;
    }
}

/* What one part of a subtask's snapshot has gone through, the snapshot has. Files on two machines
 * are nowhere found together. */
static void add_stored(struct snap_task_snapshot *to, const struct snap_task_snapshot *part)
{
    if (part->damage != SNAP_STORED_WHOLE)
        to->damage = part->damage;
    if (!part->lies_there)
        return;
    if (to->lies_there && (to->machine.task_manager != part->machine.task_manager ||
                           to->machine.losses != part->machine.losses))
        to->damage = SNAP_STORED_MISSING;
    to->machine = part->machine;
    to->lies_there = true;
}

/* A subtask reads what the one of its number wrote; at another parallelism, of several, which are
 * not told apart here. */
static void find_stored(const struct assignment *at, const struct snap_vertex *vertex,
                        uint32_t place)
{
    const struct snap_job *job = at->from->job;
    uint32_t source =
        snap_restore_source(&at->check, at->to->operators[vertex->operators[place]].index);
    const struct snap_vertex *old;

    if (source == SNAP_NO_STORED)
        return;
    old = &job->vertices[job->operators[source].vertex];
    for (uint32_t i = 0; i < vertex->parallelism; i++)
        for (uint32_t k = 0; k < old->parallelism; k++) {
            const struct snap_task_snapshot *part = at->from->tasks[old->task_first + k];

            if (part && (k == i || old->parallelism != vertex->parallelism))
                add_stored(at->assigned->tasks[vertex->task_first + i], part);
        }
}

static void assign_vertex(const struct assignment *at,
                          const struct snap_channel_assignment *channels,
                          const struct snap_vertex *vertex)
{
    struct snap_task_snapshot **tasks = at->assigned->tasks + vertex->task_first;

    for (uint32_t i = 0; i < vertex->parallelism; i++)
        tasks[i] = new_snapshot(at, vertex);
    for (uint32_t place = 0; place < vertex->operator_count; place++) {
        assign_operator(at, vertex, place);
        find_stored(at, vertex, place);
    }
    for (uint32_t i = 0; i < vertex->parallelism; i++)
        snap_channel_assignment_fill(channels, vertex->task_first + i, tasks[i]);
}

/* The first operator that is kept and takes nothing; NULL: there is none. */
static const char *retyped_text(const struct assignment *at)
{
    for (uint32_t i = 0; i < at->to->operator_count; i++) {
        const struct snap_operator *op = &at->to->operators[i];
        uint32_t source = snap_restore_source(&at->check, i);

        if (takes_nothing(at, op) && at->stored[source].has_subtask_state)
            return snap_arena_printf(at->arena,
                                     "%s has state of %s as %s, which is %s in the new job and has "
                                     "no state of that name: it starts empty",
                                     name_of(at), op->uid,
                                     at->from->job->operators[source].type->name, op->type->name);
    }
    return NULL;
}

/* Flink: the "Skipped checkpoint state for operator" in its log. */
static const char *dropped_text(const struct assignment *at)
{
    const char *retyped = retyped_text(at);

    for (uint32_t i = 0; i < at->check.stored_count; i++)
        if (snap_restore_is_homeless(&at->check, i))
            return snap_arena_printf(at->arena,
                                     "%s has state of %s, which the new job does not have: it is "
                                     "dropped%s%s",
                                     name_of(at), homeless_text(at, i), retyped ? "; " : "",
                                     retyped ? retyped : "");
    return retyped;
}

bool snap_savepoint_check(const struct snap_assignment_input *in, struct snap_arena *arena,
                          struct snap_error *error)
{
    struct snap_assigned assigned = {.tasks = NULL};
    struct assignment at = {
        .from = in->from, .to = in->to->job, .arena = arena, .assigned = &assigned};

    return check_graph(&at, in->to->allow_non_restored, error);
}

bool snap_savepoint_assign(const struct snap_assignment_input *in, struct snap_arena *arena,
                           struct snap_assigned *assigned, struct snap_error *error)
{
    const struct snap_job *to = in->to->job;
    struct assignment at = {.from = in->from, .to = to, .arena = arena, .assigned = assigned};
    struct snap_channel_assignment channels = {.in = in, .arena = arena};

    memset(assigned, 0, sizeof(*assigned));
    if (!check_graph(&at, in->to->allow_non_restored, error) ||
        !snap_channel_assignment_init(&channels, error))
        return false;
    assigned->fails_in_tasks = !snap_channel_data_are_read(&channels, error);
    if (assigned->fails_in_tasks)
        return false;
    assigned->in_flight = channels.in_flight;
    assigned->dropped = dropped_text(&at);
    assigned->restored = SNAP_ARENA_ARRAY(arena, bool, to->operator_count);
    assigned->tasks = SNAP_ARENA_ARRAY(arena, struct snap_task_snapshot *, to->task_count);
    for (uint32_t v = 0; v < to->vertex_count; v++)
        assign_vertex(&at, &channels, &to->vertices[v]);
    return true;
}
