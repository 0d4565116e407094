// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_turn.h"

/* The longest turn: all subtasks have theirs before. */
static snap_ns longest_turn(const struct snap_facts *facts)
{
    return facts->settings.unaligned_turn_ns > 0
               ? facts->settings.unaligned_turn_ns * (snap_ns)facts->task_count
               : 0;
}

/* From when on the barrier was allowed to overtake. */
static snap_ns overtakes_from(const struct snap_facts *facts, const struct snap_fact_hop *hop)
{
    return snap_ns_max(hop->sent_ns, facts->settings.aligned_timeout_ns);
}

/* What is quicker than a message over the network has not come over it. */
static bool is_overtaking(const struct snap_facts *facts, const struct snap_fact_hop *hop)
{
    const struct snap_fact_task *to = &facts->tasks[hop->to];

    return hop->sent_ns != SNAP_UNKNOWN && to->unaligned &&
           snap_facts_overtakes(facts, to->vertex) &&
           hop->received_ns - overtakes_from(facts, hop) >= facts->settings.network_latency_ns;
}

snap_ns snap_explain_turn_of(const struct snap_facts *facts, const struct snap_fact_hop *hop)
{
    snap_ns turn_ns = longest_turn(facts);

    if (turn_ns == 0 || facts->settings.output_timeout == 0 || !is_overtaking(facts, hop))
        return 0;
    for (uint32_t i = 0; i < facts->hop_count; i++) {
        const struct snap_fact_hop *other = &facts->hops[i];

        if (other->from == hop->from && is_overtaking(facts, other))
            turn_ns = snap_ns_min(turn_ns, other->received_ns - overtakes_from(facts, other) -
                                               snap_ns_max(0, facts->settings.network_latency_ns));
    }
    return turn_ns;
}

snap_ns snap_form_turns(const struct snap_forms_of *forms)
{
    const struct snap_facts *facts = forms->facts;
    double turns = 0;

    for (uint32_t i = 0; i < forms->forecast->hop_count; i++) {
        uint32_t task = forms->walk->steps[forms->forecast->hops[i].step].task;
        double senders = snap_form_senders(facts, task);

        if (snap_facts_overtakes(facts, facts->tasks[task].vertex))
            turns += (task == forms->walk->target ? senders : 1) / (senders + 1);
    }
    return (snap_ns)(turns * (double)longest_turn(facts));
}
