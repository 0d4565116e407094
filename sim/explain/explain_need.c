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

/* What of a channel lies on the sender's side if nothing says how many buffers there are. */
#define OUTPUT_SHARE_GUESS 0.75

/* What of the way through the graph is asked for. */
struct way {
    const struct snap_form_less *less;
    bool stuck_only;    /* vertices alone that no barrier overtakes */
    snap_ns timeout_ns; /* from then on barriers overtake that have come to an input; or NEVER */
};

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

bool snap_form_output_share_known(const struct snap_facts *facts)
{
    const struct snap_fact_settings *settings = &facts->settings;

    return settings->per_subpartition_max > 0 && settings->exclusive_per_channel > 0 &&
           settings->floating_per_gate >= 0;
}

/* What of the fullest channel before the vertex lies on the sender's side: all that an output queue
 * takes, beside the receiver's buffers of the channel and its share of the floating ones. */
static double output_share(const struct snap_facts *facts, uint32_t vertex)
{
    const struct snap_fact_settings *settings = &facts->settings;
    double output = (double)settings->per_subpartition_max;
    uint32_t senders = snap_form_senders(facts, facts->vertices[vertex].task_first);

    if (!snap_form_output_share_known(facts) || senders == 0)
        return OUTPUT_SHARE_GUESS;
    return output / (output + (double)settings->exclusive_per_channel +
                     (double)settings->floating_per_gate / senders);
}

/* When the last barrier is before a vertex that those before it send at the instant, and behind
 * which it would have so long to wait; no share of output queues: nothing is overtaken there. What
 * begins to overtake goes on with it. */
static snap_ns step_over(const struct way *way, double output_share, snap_ns sent_ns,
                         snap_ns own_ns)
{
    bool overtakes = output_share > 0;
    snap_ns out_ns = sent_ns + (snap_ns)(output_share * (double)own_ns);

    if (way->timeout_ns == SNAP_NEVER || !overtakes)
        return sent_ns + own_ns;
    if (sent_ns >= way->timeout_ns)
        return sent_ns;
    return out_ns >= way->timeout_ns ? out_ns : snap_ns_min(sent_ns + own_ns, way->timeout_ns);
}

/* The longest way through the graph, by closed form. */
static snap_ns need_of_graph(const struct snap_forms_of *forms, const struct way *way)
{
    const struct snap_facts *facts = forms->facts;
    snap_ns *need = SNAP_ARENA_ARRAY(forms->arena, snap_ns, facts->vertex_count);
    snap_ns longest = 0;

    if (facts->planless)
        return SNAP_UNKNOWN;
    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        bool overtakes = snap_facts_overtakes(facts, v);
        snap_ns own = 0;
        bool source = true;

        for (uint32_t e = 0; e < facts->edge_count; e++)
            if (facts->edges[e].to == v) {
                need[v] = snap_ns_max(need[v], need[facts->edges[e].from]);
                source = false;
            }
        if (!source && !(way->stuck_only && overtakes))
            own = need_of_vertex(forms, v, way->less);
        if (own == SNAP_UNKNOWN)
            return SNAP_UNKNOWN;
        need[v] = step_over(way, overtakes ? output_share(facts, v) : 0, need[v], own);
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
    return need_of_graph(forms, &(struct way){less, false, SNAP_NEVER});
}

snap_ns snap_form_need_stuck(const struct snap_forms_of *forms)
{
    static const struct snap_form_less all = {1, SNAP_NEVER};

    return need_of_graph(forms, &(struct way){&all, true, SNAP_NEVER});
}

snap_ns snap_form_need_without_timer(const struct snap_forms_of *forms,
                                     const struct snap_form_less *less)
{
    return need_of_graph(forms,
                         &(struct way){less, false, forms->facts->settings.aligned_timeout_ns});
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
