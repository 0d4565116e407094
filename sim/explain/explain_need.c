// SPDX-License-Identifier: Apache-2.0
/* What an aligned checkpoint needs in queues, over the whole graph. */
#include "explain/explain_forms.h"

bool snap_form_is_unfinished(const struct snap_forms_of *forms)
{
    const struct snap_explain_walk *walk = forms->walk;

    return walk->step_count > 0 && walk->steps[walk->step_count - 1].open &&
           walk->steps[walk->step_count - 1].kind == SNAP_EXPLAIN_QUEUE;
}

snap_ns snap_form_less_of(const struct snap_form_less *less, snap_ns ns)
{
    return snap_ns_min(ns / less->divisor, less->most_ns);
}

/* What barriers waited before the vertex on the walk that is not at its end: what lies before it
 * takes no less. */
static snap_ns waited_before(const struct snap_forms_of *forms, uint32_t vertex)
{
    snap_ns waited_ns = 0;

    for (uint32_t i = 0; snap_form_is_unfinished(forms) && i < forms->forecast->hop_count; i++) {
        const struct snap_hop_form *hop = &forms->forecast->hops[i];

        if (forms->facts->tasks[forms->walk->steps[hop->step].task].vertex == vertex)
            waited_ns = hop->waited_ns;
    }
    return waited_ns;
}

/* Which vertices count. */
enum of_graph { ALL_VERTICES, STUCK_VERTICES /* that no barrier overtakes */ };

/* The time before the slowest subtask of the vertex, by closed form; SNAP_UNKNOWN. */
static snap_ns need_of_vertex(const struct snap_forms_of *forms, uint32_t vertex,
                              const struct snap_form_less *less)
{
    const struct snap_fact_vertex *at = &forms->facts->vertices[vertex];
    snap_ns own = snap_form_less_of(less, waited_before(forms, vertex));

    for (uint32_t i = at->task_first; i < at->task_first + at->parallelism; i++) {
        snap_ns form = snap_form_drain(&forms->facts->tasks[i], &forms->ahead[i]);

        if (form == SNAP_UNKNOWN)
            return SNAP_UNKNOWN;
        own = snap_ns_max(own, snap_form_less_of(less, form));
    }
    return own;
}

/* The longest way through the graph, by closed form, with so much less before each receiver. */
static snap_ns need_of_graph(const struct snap_forms_of *forms, const struct snap_form_less *less,
                             enum of_graph of)
{
    const struct snap_facts *facts = forms->facts;
    snap_ns *need = SNAP_ARENA_ARRAY(forms->arena, snap_ns, facts->vertex_count);
    snap_ns longest = 0;

    if (facts->planless)
        return SNAP_UNKNOWN;
    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        snap_ns own = 0;
        bool source = true;

        for (uint32_t e = 0; e < facts->edge_count; e++)
            if (facts->edges[e].to == v) {
                need[v] = snap_ns_max(need[v], need[facts->edges[e].from]);
                source = false;
            }
        if (!source && (of == ALL_VERTICES || !snap_facts_overtakes(facts, v)))
            own = need_of_vertex(forms, v, less);
        if (own == SNAP_UNKNOWN)
            return SNAP_UNKNOWN;
        need[v] += own;
        longest = snap_ns_max(longest, need[v]);
    }
    return longest;
}

/* Where nothing overtook, an aligned one waits as long as this did. */
static snap_ns need_of_walk(const struct snap_forms_of *forms)
{
    snap_ns sum = 0;

    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        const struct snap_hop_form *hop = &forms->forecast->hops[i];
        uint32_t task = forms->walk->steps[hop->step].task;

        sum += snap_facts_overtakes(forms->facts, forms->facts->tasks[task].vertex)
                   ? snap_ns_max(0, hop->form_ns)
                   : hop->waited_ns;
    }
    return sum;
}

snap_ns snap_form_need(const struct snap_forms_of *forms)
{
    snap_ns need_ns = snap_form_need_with(forms, &(struct snap_form_less){1, SNAP_NEVER});

    return need_ns == SNAP_UNKNOWN || forms->stuck_ns == 0
               ? need_ns
               : snap_ns_max(need_ns, need_of_walk(forms));
}

snap_ns snap_form_need_with(const struct snap_forms_of *forms, const struct snap_form_less *less)
{
    return need_of_graph(forms, less, ALL_VERTICES);
}

snap_ns snap_form_need_stuck(const struct snap_forms_of *forms)
{
    return need_of_graph(forms, &(struct snap_form_less){1, SNAP_NEVER}, STUCK_VERTICES);
}

/* When the barrier that was still on its way would have been taken; SNAP_UNKNOWN: there is none. */
static snap_ns arrival_of(const struct snap_forms_of *forms)
{
    const struct snap_explain_step *last = &forms->walk->steps[forms->walk->step_count - 1];
    snap_ns drain_ns;

    if (!snap_form_is_unfinished(forms))
        return SNAP_UNKNOWN;
    drain_ns = snap_form_drain(&forms->facts->tasks[last->task], &last->hop->all);
    return drain_ns == SNAP_UNKNOWN ? SNAP_UNKNOWN : last->from_ns + drain_ns;
}

snap_ns snap_form_until_end(const struct snap_forms_of *forms, snap_ns need_ns)
{
    snap_ns needs_ns = arrival_of(forms);

    if (need_ns != SNAP_UNKNOWN)
        needs_ns = snap_ns_max(needs_ns, need_ns + snap_form_beside_queues(forms));
    return needs_ns;
}
