// SPDX-License-Identifier: Apache-2.0
/* Who has more to do than the others, be it little. */
#include "explain/explain_slow.h"
#include "view/verdict_words.h"

static void take_busier(const struct snap_fact_task *task, const struct snap_fact_task **busiest)
{
    if (task->busy >= SNAP_BUSY_MIN && (!*busiest || task->busy > (*busiest)->busy))
        *busiest = task;
}

/* The busiest receiver of the walk is what the others wait for; if they all wait, it stands further
 * on than the walk begins. NULL: nobody is busy. */
static const struct snap_fact_task *busiest_of(const struct snap_verdict_words *verdict)
{
    const struct snap_facts *facts = verdict->facts;
    const struct snap_fact_task *busiest = NULL;

    for (uint32_t i = 0; i < verdict->forecast->hop_count; i++)
        take_busier(&facts->tasks[verdict->walk->steps[verdict->forecast->hops[i].step].task],
                    &busiest);
    for (uint32_t i = 0; verdict->forecast->hop_count > 0 && !busiest && i < facts->task_count; i++)
        if (facts->tasks[i].vertex > facts->tasks[verdict->walk->target].vertex)
            take_busier(&facts->tasks[i], &busiest);
    return busiest;
}

/* By which share it has more to do than the others of its vertex. */
static double lead_of(const struct snap_verdict_words *verdict, const struct snap_fact_task *task)
{
    return task ? snap_explain_lead(verdict->facts, (uint32_t)(task - verdict->facts->tasks)) : 0;
}

bool snap_verdict_one_leads(const struct snap_verdict_words *verdict)
{
    return lead_of(verdict, busiest_of(verdict)) > 0;
}

void snap_verdict_add_busiest(const struct snap_verdict_words *verdict)
{
    const struct snap_fact_task *busiest = busiest_of(verdict);
    double lead = lead_of(verdict, busiest);

    if (!busiest)
        return;
    snap_text_printf(verdict->text,
                     " %s is what the others wait for: it is busy %.0f %% of its time.",
                     busiest->name, 100 * busiest->busy);
    if (lead > 0)
        snap_text_printf(verdict->text, " It has %.0f %% more to do than the others of its vertex.",
                         100 * lead);
}

void snap_verdict_add_even_cause(const struct snap_verdict_words *verdict)
{
    double lead = lead_of(verdict, verdict->culprit);
    bool overtook = verdict->culprit && verdict->culprit->unaligned;

    if (lead > 0)
        snap_text_printf(verdict->text, " It has %.0f %% more to do than they", 100 * lead);
    else if (snap_explain_is_alike(verdict->walk))
        snap_text_add_string(verdict->text, " It has no more to do than they");
    else if (overtook)
        snap_text_add_string(verdict->text, " It has hardly more to do than they");
    else
        return;
    if (overtook)
        snap_text_add_string(verdict->text, ", and overtook what lay in buffers: it waited for the "
                                            "record in work.");
    else if (lead > 0)
        snap_text_add_string(verdict->text, ". That little is enough: the others are only as quick "
                                            "as it lets them, and data gather before it.");
    else
        snap_text_add_string(verdict->text,
                             ": whose queue is the longest at the trigger is chance.");
}
