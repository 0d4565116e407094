// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_walk.h"

#include <math.h>
#include <string.h>

#include "explain/explain_slow.h"
#include "explain/explain_turn.h"

static snap_ns known_or(snap_ns ns, snap_ns other_ns)
{
    return ns == SNAP_UNKNOWN ? other_ns : ns;
}

/* ---- where it starts ---- */

static bool is_missing(const struct snap_fact_task *task)
{
    return !task->acknowledged && !task->finished;
}

/* Of those that lack, the one that holds the others up: it is nearest to the sources, and has not
 * sent its barrier. */
static uint32_t find_missing(const struct snap_facts *facts)
{
    uint32_t found = SNAP_NO_FACT;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        const struct snap_fact_task *task = &facts->tasks[i];

        if (!is_missing(task))
            continue;
        if (found == SNAP_NO_FACT ||
            (task->vertex == facts->tasks[found].vertex && task->sent_ns == SNAP_UNKNOWN &&
             facts->tasks[found].sent_ns != SNAP_UNKNOWN))
            found = i;
    }
    return found;
}

static uint32_t find_last(const struct snap_facts *facts)
{
    uint32_t found = facts->last_task;

    for (uint32_t i = 0; facts->last_task == SNAP_NO_FACT && i < facts->task_count; i++)
        if (facts->tasks[i].ack_ns != SNAP_UNKNOWN &&
            (found == SNAP_NO_FACT || facts->tasks[i].ack_ns >= facts->tasks[found].ack_ns))
            found = i;
    return found;
}

static uint32_t find_target(const struct snap_facts *facts)
{
    if (facts->status == SNAP_FACTS_COMPLETED)
        return find_last(facts);
    if (facts->declined_task != SNAP_NO_FACT)
        return facts->declined_task;
    return find_missing(facts);
}

/* ---- one hop back ---- */

static bool is_source(const struct snap_facts *facts, uint32_t task)
{
    for (uint32_t e = 0; e < facts->edge_count; e++)
        if (facts->edges[e].to == facts->tasks[task].vertex)
            return false;
    return true;
}

/* The last barrier that the subtask took, at the latest at the instant. */
static const struct snap_fact_hop *last_taken(const struct snap_facts *facts, uint32_t task,
                                              snap_ns until_ns)
{
    const struct snap_fact_hop *last = NULL;

    for (uint32_t i = 0; i < facts->hop_count; i++) {
        const struct snap_fact_hop *hop = &facts->hops[i];

        if (hop->to == task && hop->received_ns != SNAP_UNKNOWN && hop->received_ns <= until_ns &&
            (!last || hop->received_ns >= last->received_ns))
            last = hop;
    }
    return last;
}

/* The sender whose barrier comes last of those that the subtask has not taken: one that has not
 * sent it, else the latest. */
static uint32_t not_taken_from(struct snap_facts *facts, uint32_t task)
{
    bool *taken = SNAP_ARENA_ARRAY(&facts->arena, bool, facts->task_count);
    uint32_t found = SNAP_NO_FACT;

    for (uint32_t i = 0; i < facts->hop_count; i++)
        if (facts->hops[i].to == task && facts->hops[i].received_ns != SNAP_UNKNOWN)
            taken[facts->hops[i].from] = true;
    for (uint32_t i = 0; i < facts->task_count; i++) {
        if (taken[i] || facts->tasks[i].finished || !snap_facts_connected(facts, i, task))
            continue;
        if (found == SNAP_NO_FACT ||
            (uint64_t)facts->tasks[i].sent_ns > (uint64_t)facts->tasks[found].sent_ns)
            found = i;
    }
    return found;
}

/* Where it is not read from whom the last barrier came, it came from whoever sent it last. */
static const struct snap_fact_hop *infer_hop(struct snap_facts *facts, uint32_t task,
                                             snap_ns received_ns)
{
    struct snap_fact_hop *hop;
    uint32_t from = SNAP_NO_FACT;

    for (uint32_t i = 0; i < facts->task_count; i++)
        if (snap_facts_connected(facts, i, task) && facts->tasks[i].sent_ns != SNAP_UNKNOWN &&
            facts->tasks[i].sent_ns <= received_ns &&
            (from == SNAP_NO_FACT || facts->tasks[i].sent_ns > facts->tasks[from].sent_ns))
            from = i;
    if (from == SNAP_NO_FACT)
        return NULL;
    hop = snap_facts_add_hop(facts, from, task);
    hop->sent_ns = facts->tasks[from].sent_ns;
    hop->received_ns = received_ns;
    hop->inferred = true;
    return hop;
}

/* ---- steps, from the last to the first ---- */

static void add_step(struct snap_explain_walk *walk, struct snap_facts *facts,
                     struct snap_explain_step step)
{
    /* What came behind the end did not make it later. */
    if (facts->duration_ns != SNAP_UNKNOWN && step.to_ns > facts->duration_ns) {
        step.open = facts->status != SNAP_FACTS_COMPLETED;
        step.to_ns = facts->duration_ns;
    }
    step.from_ns = snap_ns_min(step.from_ns, step.to_ns);
    if (step.kind == SNAP_EXPLAIN_HELD && step.from_ns == step.to_ns)
        return;
    walk->steps = snap_arena_grow(&facts->arena, walk->steps, walk->step_count,
                                  &walk->step_capacity, sizeof(walk->steps[0]));
    walk->steps[walk->step_count++] = step;
    walk->total_ns[step.kind] += step.to_ns - step.from_ns;
}

/* Steps behind the target's last barrier. Each begins where the one before ended. */
static void add_parts(struct snap_explain_walk *walk, struct snap_facts *facts, snap_ns ready_ns)
{
    const struct snap_fact_task *task = &facts->tasks[walk->target];
    const snap_ns ends_ns[] = {task->synced_ns, task->stored_ns, task->ack_ns};
    static const enum snap_explain_step_kind kinds[] = {SNAP_EXPLAIN_SYNC, SNAP_EXPLAIN_ASYNC,
                                                        SNAP_EXPLAIN_ACK};
    struct snap_explain_step parts[3];
    snap_ns from_ns = ready_ns;
    uint32_t count = 0;

    for (; count < 3; count++) {
        bool open = ends_ns[count] == SNAP_UNKNOWN;
        snap_ns to_ns = open ? facts->duration_ns : snap_ns_max(from_ns, ends_ns[count]);

        parts[count] =
            (struct snap_explain_step){kinds[count], walk->target, NULL, from_ns, to_ns, open};
        from_ns = to_ns;
        if (open) {
            count++;
            break;
        }
    }
    while (count > 0)
        add_step(walk, facts, parts[--count]);
}

/* The barrier that the subtask lacks is still on its way from there. */
static uint32_t add_open_hop(struct snap_explain_walk *walk, struct snap_facts *facts,
                             uint32_t from)
{
    const struct snap_fact_hop *hop = snap_facts_find_hop(facts, from, walk->target);
    snap_ns sent_ns = facts->tasks[from].sent_ns;

    if (!hop) {
        struct snap_fact_hop *made = snap_facts_add_hop(facts, from, walk->target);

        made->sent_ns = sent_ns;
        made->inferred = facts->origin == SNAP_FACTS_OF_FLINK;
        hop = made;
    }
    add_step(walk, facts,
             (struct snap_explain_step){SNAP_EXPLAIN_QUEUE, walk->target, hop, known_or(sent_ns, 0),
                                        facts->duration_ns, true});
    return from;
}

/* The barrier's way from its sender to the subtask: its turn, and the rest. */
static void add_hop(struct snap_explain_walk *walk, struct snap_facts *facts,
                    const struct snap_fact_hop *hop)
{
    snap_ns turn_ns = snap_explain_turn_of(facts, hop);
    struct snap_explain_step queue = {SNAP_EXPLAIN_QUEUE, hop->to,          hop,
                                      hop->sent_ns,       hop->received_ns, false};
    struct snap_explain_step turn = queue;

    turn.kind = SNAP_EXPLAIN_TURN;
    if (facts->settings.aligned_timeout_ns > hop->sent_ns) {
        turn.from_ns = queue.to_ns = hop->received_ns - turn_ns;
        if (turn_ns > 0)
            add_step(walk, facts, turn);
        add_step(walk, facts, queue);
        return;
    }
    turn.to_ns = queue.from_ns = hop->sent_ns + turn_ns;
    add_step(walk, facts, queue);
    if (turn_ns > 0)
        add_step(walk, facts, turn);
}

/* From the instant at which the subtask sent its barrier back to what had caused it. */
static void walk_to_source(struct snap_explain_walk *walk, struct snap_facts *facts, uint32_t task,
                           snap_ns sent_ns)
{
    for (uint32_t depth = 0; depth <= facts->vertex_count; depth++) {
        const struct snap_fact_task *at = &facts->tasks[task];
        const struct snap_fact_hop *hop;

        if (is_source(facts, task)) {
            snap_ns begun_ns = known_or(at->begun_ns, sent_ns);

            add_step(walk, facts,
                     (struct snap_explain_step){SNAP_EXPLAIN_HELD, task, NULL, begun_ns, sent_ns,
                                                false});
            add_step(
                walk, facts,
                (struct snap_explain_step){SNAP_EXPLAIN_TRIGGER, task, NULL, 0, begun_ns, false});
            walk->complete = true;
            return;
        }
        hop = last_taken(facts, task, sent_ns);
        if (!hop)
            hop = infer_hop(facts, task, snap_ns_min(sent_ns, known_or(at->ready_ns, sent_ns)));
        if (!hop || hop->sent_ns == SNAP_UNKNOWN)
            return;
        add_step(walk, facts,
                 (struct snap_explain_step){SNAP_EXPLAIN_HELD, task, NULL, hop->received_ns,
                                            sent_ns, false});
        add_hop(walk, facts, hop);
        task = hop->from;
        sent_ns = hop->sent_ns;
    }
}

/* The source of a checkpoint that was given up had not even begun, or not sent. */
static void add_open_source(struct snap_explain_walk *walk, struct snap_facts *facts)
{
    const struct snap_fact_task *task = &facts->tasks[walk->target];
    enum snap_explain_step_kind kind =
        task->begun_ns == SNAP_UNKNOWN ? SNAP_EXPLAIN_TRIGGER : SNAP_EXPLAIN_HELD;

    add_step(walk, facts,
             (struct snap_explain_step){kind, walk->target, NULL, known_or(task->begun_ns, 0),
                                        facts->duration_ns, true});
    if (kind == SNAP_EXPLAIN_HELD)
        add_step(walk, facts,
                 (struct snap_explain_step){SNAP_EXPLAIN_TRIGGER, walk->target, NULL, 0,
                                            task->begun_ns, false});
    walk->complete = true;
}

static void reverse(struct snap_explain_walk *walk)
{
    for (uint32_t i = 0; i < walk->step_count / 2; i++) {
        struct snap_explain_step step = walk->steps[i];

        walk->steps[i] = walk->steps[walk->step_count - 1 - i];
        walk->steps[walk->step_count - 1 - i] = step;
    }
}

/* The target's own parts, then the way of the barrier that they waited for. */
static void walk_steps(struct snap_explain_walk *walk, struct snap_facts *facts)
{
    const struct snap_fact_task *task = &facts->tasks[walk->target];
    bool source = is_source(facts, walk->target);
    uint32_t from;

    if (source && task->sent_ns == SNAP_UNKNOWN && is_missing(task)) {
        add_open_source(walk, facts);
        return;
    }
    from = source || facts->status == SNAP_FACTS_COMPLETED ? SNAP_NO_FACT
                                                           : not_taken_from(facts, walk->target);
    if (from != SNAP_NO_FACT && is_missing(task) && task->synced_ns == SNAP_UNKNOWN) {
        add_open_hop(walk, facts, from);
        if (facts->tasks[from].sent_ns != SNAP_UNKNOWN)
            walk_to_source(walk, facts, from, facts->tasks[from].sent_ns);
        return;
    }
    if (source) {
        snap_ns sent_ns = known_or(task->sent_ns, known_or(task->ready_ns, 0));

        add_parts(walk, facts, sent_ns);
        walk_to_source(walk, facts, walk->target, sent_ns);
        return;
    }
    if (task->ready_ns == SNAP_UNKNOWN)
        return;
    add_parts(walk, facts, task->ready_ns);
    walk_to_source(walk, facts, walk->target, task->ready_ns);
}

void snap_explain_walk_back(struct snap_explain_walk *walk, struct snap_facts *facts)
{
    memset(walk, 0, sizeof(*walk));
    walk->facts = facts;
    walk->longest = SNAP_NO_FACT;
    walk->others_ready_ns = SNAP_UNKNOWN;
    walk->waiting = SNAP_NO_FACT;
    walk->stood.task = SNAP_NO_FACT;
    walk->heard_late_ns = 0;
    walk->behind_factor = walk->queued_factor = NAN;
    walk->rate_factor = walk->records_factor = NAN;
    walk->expired = facts->end == SNAP_END_EXPIRED;
    walk->target = find_target(facts);
    walk->culprit = walk->target;
    if (walk->target != SNAP_NO_FACT)
        walk_steps(walk, facts);
    reverse(walk);
    snap_explain_slow_find(walk, &facts->arena);
}
