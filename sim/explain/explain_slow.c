// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_slow.h"

#include <math.h>

#include "explain/explain_pause.h"
#include "explain/explain_recovery.h"

/* One subtask lags if its last barrier came so much later than those of the others, ... */
#define BEHIND_FACTOR_MIN 1.5
/* ... and if the difference is this share of the whole. */
#define BEHIND_SHARE_MIN 0.15
/* One input is late if alignment took this share of the whole. */
#define ALIGNMENT_SHARE_MIN 0.5

static void find_longest(struct snap_explain_walk *walk)
{
    enum snap_explain_step_kind kind = SNAP_EXPLAIN_TRIGGER;

    for (enum snap_explain_step_kind k = SNAP_EXPLAIN_HELD; k < SNAP_EXPLAIN_STEP_COUNT; k++)
        if (walk->total_ns[k] > walk->total_ns[kind])
            kind = k;
    for (uint32_t i = 0; i < walk->step_count; i++) {
        const struct snap_explain_step *step = &walk->steps[i];
        const struct snap_explain_step *longest = &walk->steps[walk->longest];

        if (step->kind == kind && (walk->longest == SNAP_NO_FACT ||
                                   step->to_ns - step->from_ns > longest->to_ns - longest->from_ns))
            walk->longest = i;
    }
}

/* The subtask's figure over the mean of the others'; NaN if one is not known. */
static double factor_of(const struct snap_facts *facts, uint32_t task,
                        double (*figure)(const struct snap_facts *, uint32_t))
{
    const struct snap_fact_vertex *vertex = &facts->vertices[facts->tasks[task].vertex];
    double sum = 0;

    for (uint32_t i = vertex->task_first; i < vertex->task_first + vertex->parallelism; i++)
        if (i != task)
            sum += figure(facts, i);
    if (vertex->parallelism < 2 || !(sum > 0))
        return NAN;
    return figure(facts, task) * (vertex->parallelism - 1) / sum;
}

static double positive(int64_t number)
{
    return number < 0 ? NAN : (double)number;
}

/* When the last barrier was taken; of one that lacks it, the end. */
static double ready_of(const struct snap_facts *facts, uint32_t task)
{
    const struct snap_fact_task *at = &facts->tasks[task];

    if (!at->acknowledged && !at->finished && at->sent_ns == SNAP_UNKNOWN)
        return positive(facts->duration_ns);
    return positive(at->ready_ns);
}

static double queued_of(const struct snap_facts *facts, uint32_t task)
{
    const struct snap_fact_amount *queued = &facts->tasks[task].queued;

    return positive(queued->bytes != SNAP_UNKNOWN ? queued->bytes : queued->records);
}

static double rate_of(const struct snap_facts *facts, uint32_t task)
{
    return facts->tasks[task].records_per_s;
}

static double busy_of(const struct snap_facts *facts, uint32_t task)
{
    return facts->tasks[task].busy;
}

static double records_of(const struct snap_facts *facts, uint32_t task)
{
    return positive(facts->tasks[task].records_in);
}

static double came_of(const struct snap_facts *facts, uint32_t task)
{
    return positive(facts->tasks[task].came_records);
}

static double waiting_of(const struct snap_facts *facts, uint32_t task)
{
    return positive(facts->tasks[task].queued.records);
}

static bool lags(const struct snap_facts *facts, uint32_t task)
{
    double ready = ready_of(facts, task);
    double factor = factor_of(facts, task, ready_of);

    return factor >= BEHIND_FACTOR_MIN &&
           ready - ready / factor >= BEHIND_SHARE_MIN * (double)facts->duration_ns;
}

static void compare(struct snap_explain_walk *walk, uint32_t task)
{
    walk->behind_factor = factor_of(walk->facts, task, ready_of);
    if (!walk->facts->tasks[task].queued_is_mean)
        walk->queued_factor = factor_of(walk->facts, task, queued_of);
    if (!walk->facts->tasks[task].rate_is_mean)
        walk->rate_factor = factor_of(walk->facts, task, rate_of);
    walk->records_factor = factor_of(walk->facts, task, records_of);
    if (walk->behind_factor > 0)
        walk->others_ready_ns = (snap_ns)(ready_of(walk->facts, task) / walk->behind_factor);
}

/* The receiver had its first barrier long before this step was over. One that overtook with the
 * first stood still for nobody: what counts is where the late barrier itself was held up. */
static bool aligns_long(const struct snap_explain_walk *walk, const struct snap_explain_step *step)
{
    const struct snap_fact_task *task = &walk->facts->tasks[step->task];

    if (task->unaligned && step != &walk->steps[walk->longest])
        return false;
    return step->kind == SNAP_EXPLAIN_QUEUE && task->begun_ns != SNAP_UNKNOWN &&
           (double)(step->to_ns - task->begun_ns) >=
               ALIGNMENT_SHARE_MIN * (double)walk->facts->duration_ns;
}

/* Data of the one vertex comes to the other. Vertices stand in topological order. */
static bool *behind(struct snap_explain_walk *walk, uint32_t vertex, struct snap_arena *arena)
{
    const struct snap_facts *facts = walk->facts;
    bool *reached = SNAP_ARENA_ARRAY(arena, bool, facts->vertex_count);

    reached[vertex] = true;
    for (uint32_t v = vertex + 1; v < facts->vertex_count; v++)
        for (uint32_t e = 0; e < facts->edge_count; e++)
            reached[v] = reached[v] || (facts->edges[e].to == v && reached[facts->edges[e].from]);
    reached[vertex] = false;
    return reached;
}

/* Of the subtasks behind the one that waits, the busiest of those that have more to do than the
 * others of their vertex; SNAP_NO_FACT: there it is all alike. */
static uint32_t loaded_behind(struct snap_explain_walk *walk, uint32_t waiting,
                              struct snap_arena *arena)
{
    const struct snap_facts *facts = walk->facts;
    const bool *reached = behind(walk, facts->tasks[waiting].vertex, arena);
    uint32_t found = SNAP_NO_FACT;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        bool loaded = factor_of(facts, i, busy_of) >= SNAP_LOADED_FACTOR_MIN ||
                      factor_of(facts, i, records_of) >= SNAP_LOADED_FACTOR_MIN;

        if (reached[facts->tasks[i].vertex] && loaded && facts->tasks[i].busy >= SNAP_BUSY_MIN &&
            (found == SNAP_NO_FACT || facts->tasks[i].busy > facts->tasks[found].busy))
            found = i;
    }
    return found;
}

static bool waits(const struct snap_fact_task *task)
{
    return task->busy < SNAP_BUSY_MIN && task->backpressured >= SNAP_BUSY_MIN;
}

/* A run that was stopped has no totals: then what else is known must speak against the subtask. */
static bool is_to_blame(const struct snap_facts *facts, uint32_t task)
{
    if (facts->origin == SNAP_FACTS_OF_FLINK || !isnan(facts->tasks[task].busy))
        return !waits(&facts->tasks[task]);
    return factor_of(facts, task, records_of) >= SNAP_LOADED_FACTOR_MIN ||
           factor_of(facts, task, rate_of) <= 1 / SNAP_LOADED_FACTOR_MIN;
}

/* The first on the way whose barrier came late because of itself. One that is not busy but
 * backpressured only waits for others, local ones perhaps that the rest of its vertex has not. */
static uint32_t find_lagging(struct snap_explain_walk *walk, struct snap_arena *arena)
{
    for (uint32_t i = 0; i < walk->step_count; i++) {
        uint32_t task = walk->steps[i].task;

        if (walk->steps[i].kind != SNAP_EXPLAIN_QUEUE || !lags(walk->facts, task))
            continue;
        if (is_to_blame(walk->facts, task))
            return task;
        if (walk->waiting == SNAP_NO_FACT)
            walk->waiting = task;
    }
    return walk->waiting == SNAP_NO_FACT ? SNAP_NO_FACT : loaded_behind(walk, walk->waiting, arena);
}

/* A step that waited: all alike, one subtask, or one input. */
static enum snap_slow slow_in_queues(struct snap_explain_walk *walk, struct snap_arena *arena)
{
    uint32_t lagging = find_lagging(walk, arena);

    if (lagging != SNAP_NO_FACT) {
        walk->culprit = lagging;
        compare(walk, lagging);
        return SNAP_SLOW_SUBTASK;
    }
    for (uint32_t i = 0; i < walk->step_count; i++)
        if (aligns_long(walk, &walk->steps[i])) {
            walk->culprit = walk->steps[i].task;
            walk->longest = i;
            return SNAP_SLOW_CHANNEL;
        }
    walk->culprit = walk->steps[walk->longest].task;
    return SNAP_SLOW_QUEUES;
}

/* A subtask that runs may still load its code: until then it takes no barrier, and nothing lay
 * before it that it could have used up. */
static bool is_starting(const struct snap_facts *facts, const struct snap_explain_step *step)
{
    const struct snap_fact_task *task = &facts->tasks[step->task];
    snap_ns startup_ns = facts->settings.startup_max_ns;

    return startup_ns > 0 && task->ran && !step->open &&
           step->to_ns <= task->ran_from_ns + startup_ns &&
           (step->kind == SNAP_EXPLAIN_TRIGGER || step->kind == SNAP_EXPLAIN_HELD ||
            step->kind == SNAP_EXPLAIN_QUEUE);
}

/* The storage was done long before: its subtask was in the middle of a record, behind which it
 * hears of that. */
static bool heard_late(struct snap_explain_walk *walk)
{
    const struct snap_explain_step *step = &walk->steps[walk->longest];
    snap_ns needs_ns = snap_explain_storage_of(walk->facts);

    if (step->kind != SNAP_EXPLAIN_ASYNC || needs_ns == SNAP_UNKNOWN ||
        step->to_ns - step->from_ns < 2 * needs_ns || step->open)
        return false;
    walk->heard_late_ns = step->to_ns - step->from_ns - needs_ns;
    return (double)walk->heard_late_ns >= BEHIND_SHARE_MIN * (double)walk->facts->duration_ns;
}

static enum snap_slow slow_of(struct snap_explain_walk *walk, struct snap_arena *arena)
{
    static const enum snap_slow by_kind[] = {
        [SNAP_EXPLAIN_TRIGGER] = SNAP_SLOW_TRIGGER, [SNAP_EXPLAIN_HELD] = SNAP_SLOW_HELD,
        [SNAP_EXPLAIN_QUEUE] = SNAP_SLOW_QUEUES,    [SNAP_EXPLAIN_TURN] = SNAP_SLOW_TURN,
        [SNAP_EXPLAIN_SYNC] = SNAP_SLOW_SYNC,       [SNAP_EXPLAIN_ASYNC] = SNAP_SLOW_STORAGE,
        [SNAP_EXPLAIN_ACK] = SNAP_SLOW_ACK,
    };

    if (walk->facts->end == SNAP_END_DECLINED)
        return SNAP_SLOW_DECLINED;
    if (walk->facts->end == SNAP_END_FAILOVER || walk->facts->end == SNAP_END_STOOD_STILL)
        return SNAP_SLOW_FAILOVER;
    if (walk->facts->end == SNAP_END_STORAGE)
        return SNAP_SLOW_STORAGE;
    if (walk->longest == SNAP_NO_FACT)
        return SNAP_SLOW_UNKNOWN;
    if (is_starting(walk->facts, &walk->steps[walk->longest])) {
        walk->culprit = walk->steps[walk->longest].task;
        return SNAP_SLOW_STARTUP;
    }
    snap_explain_pause_find(walk, arena);
    if (snap_explain_pause_rules(walk)) {
        walk->culprit = walk->stood.task;
        return SNAP_SLOW_PAUSE;
    }
    if (heard_late(walk)) {
        walk->culprit = walk->steps[walk->longest].task;
        return SNAP_SLOW_HELD;
    }
    if (snap_explain_recovery_rules(walk)) {
        walk->culprit = walk->steps[walk->longest].task;
        return SNAP_SLOW_RECOVERY;
    }
    if (walk->steps[walk->longest].kind == SNAP_EXPLAIN_QUEUE)
        return slow_in_queues(walk, arena);
    walk->culprit = walk->steps[walk->longest].kind == SNAP_EXPLAIN_TURN
                        ? walk->steps[walk->longest].hop->from
                        : walk->steps[walk->longest].task;
    return by_kind[walk->steps[walk->longest].kind];
}

/* Records that are spread at random differ by so many standard deviations. */
#define CHANCE_DEVIATIONS 3.0

/* By which share it has more than the others in the mean, if chance does not give it that. */
static double lead_in(const struct snap_facts *facts, uint32_t task,
                      double (*figure)(const struct snap_facts *, uint32_t))
{
    double factor = factor_of(facts, task, figure);
    double mean = figure(facts, task) / factor;

    return factor >= 1 + SNAP_LEAD_MIN && mean * (factor - 1) >= CHANCE_DEVIATIONS * sqrt(mean)
               ? factor - 1
               : 0;
}

double snap_explain_lead(const struct snap_facts *facts, uint32_t task)
{
    double busy = factor_of(facts, task, busy_of);
    double lead = 0;

    if (!(busy < 1))
        lead = fmax(lead_in(facts, task, records_of), lead_in(facts, task, came_of));
    if (busy >= 1 + SNAP_LEAD_MIN && facts->tasks[task].busy >= SNAP_BUSY_MIN)
        lead = fmax(lead, busy - 1);
    return lead;
}

/* Subtasks that are busy all the time use up the same, however much is sent to them: what waits
 * counts, too. Where each one's queue is not known, the vertex's has to be short. */
static bool came_alike(const struct snap_facts *facts, uint32_t task)
{
    if (facts->tasks[task].came_records != SNAP_UNKNOWN)
        return factor_of(facts, task, came_of) < 1 + SNAP_ALIKE_MAX;
    return !(waiting_of(facts, task) >= SNAP_ALIKE_MAX * records_of(facts, task));
}

bool snap_explain_is_alike(const struct snap_explain_walk *walk)
{
    return walk->culprit != SNAP_NO_FACT && walk->records_factor < 1 + SNAP_ALIKE_MAX &&
           !(factor_of(walk->facts, walk->culprit, busy_of) >= 1 + SNAP_ALIKE_MAX) &&
           came_alike(walk->facts, walk->culprit);
}

bool snap_explain_is_even(const struct snap_explain_walk *walk)
{
    return walk->records_factor < SNAP_LOADED_FACTOR_MIN;
}

void snap_explain_slow_find(struct snap_explain_walk *walk, struct snap_arena *arena)
{
    if (walk->step_count > 0)
        find_longest(walk);
    walk->slow = slow_of(walk, arena);
}
