// SPDX-License-Identifier: Apache-2.0
#include "view/verdict_words.h"

#include <inttypes.h>
#include <string.h>

#include "view/storage_text.h"
#include "view/units.h"

const char *snap_verdict_took(const struct snap_verdict_words *verdict, snap_ns ns)
{
    return snap_duration_name(ns, verdict->arena);
}

const char *snap_verdict_culprit(const struct snap_verdict_words *verdict)
{
    return verdict->culprit ? verdict->culprit->name : "a subtask";
}

void snap_verdict_add_storage(const struct snap_verdict_words *verdict)
{
    const struct snap_forecast *forecast = verdict->forecast;
    snap_ns async_ns = verdict->walk->total_ns[SNAP_EXPLAIN_ASYNC];
    snap_ns latency_ns = forecast->storage_latency_ns;

    if (verdict->facts->too_large.subtask) {
        snap_text_add_string(verdict->text, "The storage: ");
        snap_large_state_text(verdict->text, &verdict->facts->too_large);
        snap_text_add_string(verdict->text, ". execution.checkpointing.storage: filesystem, with a "
                                            "directory, has no such limit.");
        return;
    }
    if (verdict->facts->end == SNAP_END_STORAGE) {
        snap_text_add_string(verdict->text, "The storage failed: an asynchronous part could not "
                                            "be written.");
        return;
    }
    snap_text_printf(verdict->text, "The storage: the asynchronous part of %s took %s of %s.",
                     snap_verdict_culprit(verdict), snap_verdict_took(verdict, async_ns),
                     snap_verdict_took(verdict, verdict->facts->duration_ns));
    if (verdict->culprit && verdict->culprit->persisted_bytes > 0)
        snap_text_printf(verdict->text, " It saved %s of data in flight.",
                         snap_size_name(verdict->culprit->persisted_bytes, verdict->arena));
    if (verdict->facts->storage_faulty) {
        snap_text_add_string(verdict->text, " The storage stood still, failed or was slower than "
                                            "its model meanwhile: neither fewer bytes nor another "
                                            "mode would have helped.");
        return;
    }
    if (latency_ns == SNAP_UNKNOWN)
        return;
    if (2 * latency_ns > async_ns)
        snap_text_printf(verdict->text, " Its latency alone is %s: faster transfer helps little.",
                         snap_verdict_took(verdict, latency_ns));
    else
        snap_text_printf(verdict->text,
                         " Its latency is only %s: the rest is the transfer, and waiting for the "
                         "other subtasks' transfers.",
                         snap_verdict_took(verdict, latency_ns));
    if (forecast->storage_files_ns > 0)
        snap_text_printf(verdict->text,
                         " Opening and closing the %" PRId64 " files of data in flight takes %s of "
                         "it, whatever is in them.",
                         verdict->facts->channel_files,
                         snap_verdict_took(verdict, forecast->storage_files_ns));
}

void snap_verdict_add_turn(const struct snap_verdict_words *verdict)
{
    snap_text_printf(
        verdict->text,
        "Turns on the cores: all subtasks save what is in flight at the same time, and "
        "share the cores (unaligned-turn, %s each). Barriers that overtook waited for "
        "that %s of %s, longest those of %s. More cores or fewer subtasks make it "
        "shorter, settings of checkpoints and buffers do not.",
        snap_verdict_took(verdict, verdict->facts->settings.unaligned_turn_ns),
        snap_verdict_took(verdict, verdict->walk->total_ns[SNAP_EXPLAIN_TURN]),
        snap_verdict_took(verdict, verdict->facts->duration_ns), snap_verdict_culprit(verdict));
}

bool snap_verdict_is_busier(const struct snap_verdict_words *verdict, double times)
{
    const struct snap_fact_task *culprit = verdict->culprit;
    const struct snap_fact_vertex *vertex;
    double others = 0;

    if (!culprit)
        return false;
    vertex = &verdict->facts->vertices[culprit->vertex];
    for (uint32_t i = vertex->task_first; i < vertex->task_first + vertex->parallelism; i++)
        if (&verdict->facts->tasks[i] != culprit)
            others += verdict->facts->tasks[i].busy;
    return vertex->parallelism > 1 && culprit->busy * (vertex->parallelism - 1) >= times * others;
}

bool snap_verdict_add_fault(const struct snap_verdict_words *verdict)
{
    uint32_t hindered = verdict->forecast->limits.hindered;
    const char *took;

    if (hindered == SNAP_NO_FACT)
        return false;
    took = snap_verdict_took(verdict, verdict->forecast->limits.hindered_ns);
    if (hindered == verdict->walk->culprit)
        snap_text_printf(verdict->text, " A fault held it up for %s of that.", took);
    else
        snap_text_printf(verdict->text, " A fault held up %s, or what it sent, for %s of that.",
                         verdict->facts->tasks[hindered].name, took);
    return true;
}

bool snap_verdict_add_unknown_timeout(const struct snap_verdict_words *verdict)
{
    if (!verdict->forecast->limits.timeout_unknown)
        return false;
    snap_text_printf(
        verdict->text,
        " Whether they began aligned and waited for aligned-checkpoint-timeout, or for "
        "a record in work, is not known%s. So no form says what it should have taken, "
        "nor what overtaking at once would take.",
        verdict->facts->origin == SNAP_FACTS_OF_FLINK ? " without /jobs/ID/checkpoints/config"
                                                      : "");
    return true;
}

/* The hop of an aligned barrier that waited longest while windows fired; NULL: there is none. */
static const struct snap_hop_form *fired_longest(const struct snap_forecast *forecast)
{
    const struct snap_hop_form *longest = NULL;

    for (uint32_t i = 0; i < forecast->hop_count; i++)
        if (forecast->hops[i].fired_ns > (longest ? longest->fired_ns : 0))
            longest = &forecast->hops[i];
    return longest;
}

static void add_fired(const struct snap_verdict_words *verdict)
{
    const struct snap_hop_form *hop = fired_longest(verdict->forecast);
    const struct snap_fact_vertex *vertex;
    const struct snap_fact_task *task;

    if (!hop)
        return;
    task = &verdict->facts->tasks[verdict->walk->steps[hop->step].task];
    vertex = &verdict->facts->vertices[task->vertex];
    snap_text_printf(verdict->text,
                     " What lay before %s accounts for %s of the %s there. It has the windows of "
                     "%s: %s.",
                     task->name, snap_verdict_took(verdict, hop->form_ns),
                     snap_verdict_took(verdict, hop->waited_ns), vertex->windows,
                     vertex->windows_interruptible
                         ? "those that end at one watermark fire one by one, each waits for room "
                           "for what comes of it, and a barrier may come between two of them "
                           "(interruptible timers)"
                         : "all that end at one watermark fire in one piece of work, which also "
                           "waits for room for what comes of them, and a barrier comes before that "
                           "or behind it");
}

void snap_verdict_add_windows(const struct snap_verdict_words *verdict)
{
    uint32_t step = verdict->forecast->held_step;
    const struct snap_fact_vertex *vertex;
    const struct snap_fact_task *task;

    add_fired(verdict);
    if (!verdict->forecast->limits.in_work || step == SNAP_NO_FACT)
        return;
    task = &verdict->facts->tasks[verdict->walk->steps[step].task];
    vertex = &verdict->facts->vertices[task->vertex];
    if (vertex->windows)
        snap_text_printf(verdict->text, " %s has the windows of %s: %s.", task->name,
                         vertex->windows,
                         vertex->windows_interruptible
                             ? "their timers are interruptible, so a barrier waits for one of "
                               "those that end at one watermark, not for all"
                             : "all that end at one watermark fire in one piece of work, and a "
                               "barrier comes before that or behind it");
}

/* "for 1.4 s, in a pause of 1.5 s" */
static void add_stood(const struct snap_verdict_words *verdict)
{
    const struct snap_explain_stood *stood = &verdict->walk->stood;

    snap_text_printf(verdict->text, "stood still for %s",
                     snap_verdict_took(verdict, stood->stood_ns));
    if (stood->count > 1)
        snap_text_printf(verdict->text, " in %u pauses of up to %s", stood->count,
                         snap_verdict_took(verdict, stood->pause_ns));
    else
        snap_text_printf(verdict->text, " in a pause of %s",
                         snap_verdict_took(verdict, stood->pause_ns));
}

void snap_verdict_add_pause(const struct snap_verdict_words *verdict)
{
    const struct snap_facts *facts = verdict->facts;
    const char *name;

    if (!verdict->forecast->limits.paused)
        return;
    name = facts->tasks[verdict->walk->stood.task].name;
    if (verdict->walk->slow != SNAP_SLOW_PAUSE) {
        snap_text_printf(verdict->text, " Meanwhile %s ", name);
        add_stood(verdict);
        snap_text_add_string(verdict->text, ".");
        return;
    }
    snap_text_printf(verdict->text, "A pause: of %s %s ",
                     snap_verdict_took(verdict, facts->duration_ns), name);
    add_stood(verdict);
    snap_text_add_string(
        verdict->text, " (`pauses`; in a real job a garbage collection does that). Whoever stands "
                       "still takes no barrier, in no mode and with no size of buffers: only "
                       "shorter or rarer pauses help.");
}

void snap_verdict_add_recovery(const struct snap_verdict_words *verdict)
{
    const struct snap_facts *facts = verdict->facts;
    const struct snap_explain_step *step = &verdict->walk->steps[verdict->walk->longest];
    const struct snap_fact_task *task = &facts->tasks[step->task];
    const char *rules = facts->settings.network_rules;

    snap_text_printf(verdict->text,
                     "Recovery: before %s a restore had put back %s of data in flight (its own and "
                     "that of its senders' outputs), and no checkpoint has completed since.",
                     task->name, snap_size_name(task->restored_bytes, verdict->arena));
    if (!task->recovered_known)
        snap_text_printf(verdict->text,
                         " The barrier from %s waited %s, most likely for that: when it was used "
                         "up only `--trace buffers` tells.",
                         facts->tasks[step->hop->from].name,
                         snap_verdict_took(verdict, step->to_ns - step->from_ns));
    else if (task->recovered_ns >= facts->duration_ns)
        snap_text_printf(verdict->text,
                         " At the end some of it was still there: the barrier from %s waited %s.",
                         facts->tasks[step->hop->from].name,
                         snap_verdict_took(verdict, step->to_ns - step->from_ns));
    else
        snap_text_printf(verdict->text,
                         " All of it was used up %s after the trigger; until then the barrier from "
                         "%s waited, %s in all.",
                         snap_verdict_took(verdict, task->recovered_ns),
                         facts->tasks[step->hop->from].name,
                         snap_verdict_took(verdict, step->to_ns - step->from_ns));
    snap_text_add_string(
        verdict->text,
        " A channel stands still at the end of its restored data until all channels of the input "
        "have come to theirs, and barriers stand still with it. It says nothing about later "
        "checkpoints, and neither the size of buffers nor a timeout changes it.");
    if (rules && strcmp(rules, "2.3") == 0)
        snap_text_add_string(verdict->text,
                             " With execution.checkpointing.during-recovery.enabled, and "
                             "execution.checkpointing.unaligned.recover-output-on-downstream."
                             "enabled, barriers pass.");
}
