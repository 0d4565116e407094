// SPDX-License-Identifier: Apache-2.0
/* What made a checkpoint slow, in words. */
#include <math.h>
#include <string.h>

#include "explain/explain_slow.h"
#include "view/explanation.h"
#include "view/units.h"
#include "view/verdict_words.h"

/* A factor from which on it is worth a word. */
#define TELLING 1.3

/* Nearly all of an aligned barrier's way counts as start delay: people look at alignment. */
static void add_start_delay(const struct snap_verdict_words *verdict)
{
    const struct snap_fact_task *target = &verdict->facts->tasks[verdict->walk->target];

    if (target->start_delay_ns == SNAP_UNKNOWN || target->alignment_ns == SNAP_UNKNOWN)
        return;
    snap_text_printf(verdict->text,
                     " Flink shows that as start delay of %s (%s, until its first barrier) rather "
                     "than as alignment (%s, from the first to the last).",
                     target->name, snap_verdict_took(verdict, target->start_delay_ns),
                     snap_verdict_took(verdict, target->alignment_ns));
}

/* Who gave up waiting for aligned barriers first. */
static void add_switch(const struct snap_verdict_words *verdict)
{
    const struct snap_fact_task *first = NULL;

    for (uint32_t i = 0; i < verdict->facts->task_count; i++) {
        const struct snap_fact_task *task = &verdict->facts->tasks[i];

        if (task->timed_out_ns != SNAP_UNKNOWN &&
            (!first || task->timed_out_ns < first->timed_out_ns))
            first = task;
    }
    if (first)
        snap_text_printf(verdict->text, " The first to overtake was %s, after %s.", first->name,
                         snap_verdict_took(verdict, first->timed_out_ns));
}

/* Who makes many records of one is in the middle of a record most of its time, and waits for room.
 * A barrier that may not overtake had data before it instead. */
static void add_fan_out(const struct snap_verdict_words *verdict)
{
    const struct snap_form_limits *limits = &verdict->forecast->limits;
    const struct snap_explain_walk *walk = verdict->walk;
    const struct snap_fact_task *task;
    const char *rules;

    if (limits->fan_out == SNAP_NO_FACT || walk->longest == SNAP_NO_FACT)
        return;
    rules = verdict->facts->settings.network_rules;
    task = &verdict->facts->tasks[walk->steps[walk->longest].task];
    if (!snap_facts_overtakes(verdict->facts, task->vertex))
        return;
    if (task->vertex == limits->fan_out && task->backpressured >= SNAP_BUSY_MIN)
        snap_text_printf(verdict->text,
                         " %s makes %.0f records of one: it stood in the middle of a record, until "
                         "there was room for all that came of it. Where its output can take all of "
                         "that at once (larger segments%s), the barrier does not wait.",
                         task->name, limits->fan_out_factor,
                         rules && strcmp(rules, "1.20") == 0
                             ? ", or a max-overdraft-buffers-per-gate above what one record fills"
                             : "");
}

/* The barrier began aligned, waited as long as it was allowed to, and overtook then. */
static bool add_overtaking(const struct snap_verdict_words *verdict)
{
    snap_ns timeout_ns = verdict->facts->settings.aligned_timeout_ns;
    bool unaligned = verdict->walk->target != SNAP_NO_FACT &&
                     verdict->facts->tasks[verdict->walk->target].unaligned;

    if (!unaligned)
        return false;
    snap_text_printf(verdict->text,
                     "Its barriers overtook data, and yet %s of %s went by in queues.",
                     snap_verdict_took(verdict, verdict->walk->total_ns[SNAP_EXPLAIN_QUEUE]),
                     snap_verdict_took(verdict, verdict->facts->duration_ns));
    if (timeout_ns > 0)
        snap_text_printf(verdict->text,
                         " They began aligned: until aligned-checkpoint-timeout, %s, they wait in "
                         "the queues.",
                         snap_verdict_took(verdict, timeout_ns));
    else if (!snap_verdict_add_unknown_timeout(verdict))
        snap_text_add_string(verdict->text,
                             " A barrier that overtakes still waits for the record in "
                             "work, and for hops that cannot be overtaken.");
    add_fan_out(verdict);
    add_switch(verdict);
    return true;
}

/* That it lags its barriers tell; its queue and its speed may be known of the vertex alone. */
static void add_mean(const struct snap_verdict_words *verdict)
{
    const struct snap_fact_task *culprit = verdict->culprit;

    if (culprit && culprit->rate_is_mean && culprit->records_per_s > 0)
        snap_text_printf(verdict->text,
                         " How fast it uses records up, and what lay before it, is known only as "
                         "the mean over the subtasks of %s.",
                         verdict->facts->vertices[culprit->vertex].name);
}

/* Who had its barrier last without being to blame for it. */
static void add_waiting(const struct snap_verdict_words *verdict)
{
    const struct snap_fact_task *task;

    if (verdict->walk->waiting == SNAP_NO_FACT)
        return;
    task = &verdict->facts->tasks[verdict->walk->waiting];
    if (isnan(task->busy)) {
        snap_text_printf(verdict->text,
                         " %s had its last barrier later than the others of its vertex; whether "
                         "it was busy, or waited for others, is not known.",
                         task->name);
        return;
    }
    snap_text_printf(verdict->text,
                     " %s had its last barrier later than the others of its vertex, but is busy "
                     "only %.0f %% of its time: it waits for those behind it like them.",
                     task->name, 100 * task->busy);
}

static void add_queues(const struct snap_verdict_words *verdict)
{
    const struct snap_facts *facts = verdict->facts;

    if (add_overtaking(verdict))
        return;
    snap_text_printf(verdict->text,
                     "Backpressure: the barrier waited behind data for %s of %s, over %u %s.%s",
                     snap_verdict_took(verdict, verdict->walk->total_ns[SNAP_EXPLAIN_QUEUE]),
                     snap_verdict_took(verdict, facts->duration_ns), verdict->forecast->hop_count,
                     verdict->forecast->hop_count == 1 ? "hop" : "hops",
                     verdict->walk->waiting == SNAP_NO_FACT && !snap_verdict_one_leads(verdict)
                         ? " All subtasks are alike in that."
                         : "");
    snap_verdict_add_busiest(verdict);
    add_waiting(verdict);
    if (verdict->walk->target != SNAP_NO_FACT && facts->status == SNAP_FACTS_COMPLETED &&
        2 * facts->tasks[verdict->walk->target].start_delay_ns > facts->duration_ns)
        add_start_delay(verdict);
}

static void add_factor(const struct snap_verdict_words *verdict, const char *did, double factor,
                       const char *what)
{
    if (!isnan(factor) && (factor >= TELLING || factor <= 1 / TELLING))
        snap_text_printf(verdict->text, " It %s %.1f times as %s.", did, factor, what);
}

static void add_subtask(const struct snap_verdict_words *verdict)
{
    const struct snap_explain_walk *walk = verdict->walk;

    snap_text_printf(verdict->text, "One slow subtask: %s ", snap_verdict_culprit(verdict));
    if (verdict->culprit && verdict->culprit->ready_ns != SNAP_UNKNOWN)
        snap_text_printf(verdict->text, "had its last barrier after %s",
                         snap_verdict_took(verdict, verdict->culprit->ready_ns));
    else
        snap_text_printf(verdict->text, "still waited for its last barrier after %s",
                         snap_verdict_took(verdict, verdict->facts->duration_ns));
    snap_text_printf(verdict->text, ", the others of its vertex after %s in the mean.",
                     snap_verdict_took(verdict, walk->others_ready_ns));
    if (snap_verdict_add_fault(verdict))
        return;
    add_mean(verdict);
    add_factor(verdict, "had", walk->queued_factor, "much before it");
    add_factor(verdict, "used up", walk->rate_factor, "many records a second");
    add_factor(verdict, "got", walk->records_factor, "many records in all");
    if (walk->records_factor >= TELLING)
        snap_text_add_string(verdict->text, " The load is skewed.");
    if (verdict->culprit && !isnan(verdict->culprit->busy))
        snap_text_printf(verdict->text, " It is busy %.0f %% of its time.",
                         100 * verdict->culprit->busy);
    add_waiting(verdict);
    if (!(walk->records_factor >= TELLING) &&
        (walk->rate_factor <= 1 / TELLING || snap_verdict_is_busier(verdict, TELLING)))
        snap_text_add_string(verdict->text, " Its records cost more, or its machine is slower.");
    else if (snap_explain_is_even(walk) &&
             (verdict->culprit->unaligned || !(walk->rate_factor >= TELLING)))
        snap_verdict_add_even_cause(verdict);
}

static bool is_at_least_once(const struct snap_facts *facts)
{
    return facts->settings.at_least_once == 1 ||
           (facts->alignment && strcmp(facts->alignment, "AT_LEAST_ONCE") == 0);
}

/* What alignment means depends on what the other inputs did meanwhile. */
static void add_alignment(const struct snap_verdict_words *verdict, snap_ns alignment_ns)
{
    const char *time = snap_verdict_took(verdict, alignment_ns);

    if (is_at_least_once(verdict->facts))
        snap_text_printf(verdict->text,
                         " At-least-once blocks no input: in these %s the others went on, and "
                         "their records, which belong behind the barrier, competed with those "
                         "before the late one.",
                         time);
    else if (verdict->culprit->unaligned)
        snap_text_printf(verdict->text,
                         " It had overtaken with the first: no input stood still in these %s, and "
                         "what came on the late one was saved.",
                         time);
    else
        snap_text_printf(verdict->text,
                         " Alignment, %s, is the time that the other inputs stood still meanwhile.",
                         time);
}

static void add_channel(const struct snap_verdict_words *verdict)
{
    const struct snap_explain_step *step = &verdict->walk->steps[verdict->walk->longest];
    const struct snap_facts *facts = verdict->facts;

    snap_text_printf(verdict->text,
                     "One input is late: %s had its first barrier after %s, but that from %s only "
                     "after %s.",
                     verdict->culprit->name, snap_verdict_took(verdict, verdict->culprit->begun_ns),
                     facts->tasks[step->hop->from].name, snap_verdict_took(verdict, step->to_ns));
    add_alignment(verdict, step->to_ns - verdict->culprit->begun_ns);
    snap_verdict_add_busiest(verdict);
}

/* Unaligned is on, and yet the barrier that took longest waited like an aligned one. */
static void add_not_overtaken(const struct snap_verdict_words *verdict)
{
    const struct snap_explain_walk *walk = verdict->walk;
    const struct snap_explain_step *step;
    uint32_t vertex;

    if (!verdict->forecast->limits.not_overtaken || walk->longest == SNAP_NO_FACT)
        return;
    step = &walk->steps[walk->longest];
    vertex = verdict->facts->tasks[step->task].vertex;
    if (step->kind == SNAP_EXPLAIN_QUEUE && !snap_facts_overtakes(verdict->facts, vertex))
        snap_text_printf(verdict->text,
                         " Unaligned checkpoints do not help it: %s has a pointwise (forward, "
                         "rescale) or broadcast input, and one such input makes all its inputs "
                         "aligned.",
                         verdict->facts->vertices[vertex].name);
}

/* Where a barrier lies in an output queue nobody looks after it. Flink: until 1.15. */
static void add_old_outputs(const struct snap_verdict_words *verdict)
{
    const struct snap_explain_walk *walk = verdict->walk;

    if (verdict->forecast->limits.no_output_timer && walk->longest != SNAP_NO_FACT &&
        walk->steps[walk->longest].kind == SNAP_EXPLAIN_QUEUE)
        snap_text_add_string(verdict->text,
                             " Before Flink 1.16 only inputs have the timer of "
                             "aligned-checkpoint-timeout: in an output queue the barrier waits "
                             "until it has come through.");
}

static void add_startup(const struct snap_verdict_words *verdict)
{
    snap_text_printf(verdict->text,
                     "Start-up: %s had not begun its work. Subtasks begin it up to %s after they "
                     "run, and take no barrier before: no setting of checkpoints or buffers "
                     "changes that, and it says nothing about later checkpoints.",
                     snap_verdict_culprit(verdict),
                     snap_verdict_took(verdict, verdict->facts->settings.startup_max_ns));
}

/* Without a plan any subtask may be a source. */
static void add_first_barrier(const struct snap_verdict_words *verdict)
{
    snap_ns begun_ns = verdict->culprit->begun_ns;

    if (begun_ns == SNAP_UNKNOWN)
        snap_text_printf(verdict->text, "%s never acknowledged.", verdict->culprit->name);
    else
        snap_text_printf(verdict->text, "Start delay: %s began it only %s after the trigger.",
                         verdict->culprit->name, snap_verdict_took(verdict, begun_ns));
    snap_text_add_string(verdict->text, " Without the job plan it is not known whether it is a "
                                        "source that was at work, or waited for barriers of "
                                        "others.");
}

static void add_trigger(const struct snap_verdict_words *verdict)
{
    snap_ns begun_ns = verdict->culprit->begun_ns;
    bool too_late =
        verdict->facts->status == SNAP_FACTS_FAILED && begun_ns > verdict->facts->duration_ns;

    if (verdict->facts->origin == SNAP_FACTS_OF_FLINK && begun_ns == SNAP_UNKNOWN)
        snap_text_printf(verdict->text,
                         "%s, a source, never acknowledged. Flink's answers do not tell how far it "
                         "came: it took no trigger (a record or a mail kept it), or its snapshot "
                         "or the storage hung.",
                         verdict->culprit->name);
    else if (begun_ns == SNAP_UNKNOWN)
        snap_text_printf(verdict->text, "The trigger: %s, a source, never took it.",
                         verdict->culprit->name);
    else if (too_late)
        snap_text_printf(verdict->text,
                         "The trigger: %s, a source, took it only after the checkpoint had been "
                         "given up.",
                         verdict->culprit->name);
    else
        snap_text_printf(verdict->text,
                         "The trigger: %s took it only %s after the JobManager had "
                         "sent it.",
                         verdict->culprit->name, snap_verdict_took(verdict, begun_ns));
    snap_text_add_string(verdict->text, " A source takes it between two records: a record that "
                                        "takes long, or outputs without room, hold it up.");
}

static void add_sync(const struct snap_verdict_words *verdict)
{
    snap_text_printf(verdict->text,
                     "The synchronous part of %s: %s of %s. Meanwhile the subtask processes "
                     "nothing.",
                     snap_verdict_culprit(verdict),
                     snap_verdict_took(verdict, verdict->walk->total_ns[SNAP_EXPLAIN_SYNC]),
                     snap_verdict_took(verdict, verdict->facts->duration_ns));
}

static void add_ack(const struct snap_verdict_words *verdict)
{
    if (verdict->culprit && verdict->culprit->ack_lost)
        snap_text_printf(verdict->text, "The acknowledgement of %s was lost on its way.",
                         verdict->culprit->name);
    else if (verdict->facts->origin == SNAP_FACTS_OF_FLINK)
        snap_text_printf(verdict->text,
                         "%s of %s went by between the parts of %s that Flink measures and its "
                         "acknowledgement: waiting for a thread, messages, a busy JobManager.",
                         snap_verdict_took(verdict, verdict->walk->total_ns[SNAP_EXPLAIN_ACK]),
                         snap_verdict_took(verdict, verdict->facts->duration_ns),
                         snap_verdict_culprit(verdict));
    else
        snap_text_printf(verdict->text,
                         "The acknowledgement of %s took %s to the JobManager: messages are slow, "
                         "or the JobManager is busy.",
                         snap_verdict_culprit(verdict),
                         snap_verdict_took(verdict, verdict->walk->total_ns[SNAP_EXPLAIN_ACK]));
}

static void add_held(const struct snap_verdict_words *verdict)
{
    const struct snap_explain_step *step = &verdict->walk->steps[verdict->walk->longest];
    const struct snap_fact_task *task = &verdict->facts->tasks[step->task];

    if (step->kind == SNAP_EXPLAIN_ASYNC)
        snap_text_printf(verdict->text,
                         "%s was at work when its snapshot was stored: the record in work is "
                         "finished before it hears of that and acknowledges, here %s later than "
                         "the storage needs.",
                         task->name, snap_verdict_took(verdict, verdict->walk->heard_late_ns));
    else if (task->timed_out_ns != SNAP_UNKNOWN)
        snap_text_printf(verdict->text,
                         "The timeout of aligned checkpoints: %s waited for its other barriers "
                         "until it was over, %s after the trigger, and overtook from there on.",
                         task->name, snap_verdict_took(verdict, task->timed_out_ns));
    else
        snap_text_printf(verdict->text,
                         "%s had the barrier and sent its own %s later: the record or the mail in "
                         "work is finished first.",
                         task->name, snap_verdict_took(verdict, step->to_ns - step->from_ns));
    snap_verdict_add_unknown_timeout(verdict);
}

/* Sums of vertices tell who was last, not why. */
static void add_unknown(const struct snap_verdict_words *verdict)
{
    const struct snap_facts *facts = verdict->facts;
    uint32_t last = snap_facts_last_vertex(facts);

    if (last == SNAP_NO_FACT) {
        snap_text_add_string(verdict->text, "Too little is known to say what took the time.");
        return;
    }
    snap_text_printf(verdict->text,
                     "%s acknowledged last, after %s. Whether it waited for barriers, took its "
                     "snapshot or wrote it all that time only the answers about its subtasks tell.",
                     facts->vertices[last].name,
                     snap_verdict_took(verdict, facts->vertices[last].last_ack_ns));
}

static void add_cause(const struct snap_verdict_words *verdict)
{
    switch (verdict->walk->slow) {
    case SNAP_SLOW_QUEUES:
        add_queues(verdict);
        break;
    case SNAP_SLOW_SUBTASK:
        add_subtask(verdict);
        break;
    case SNAP_SLOW_CHANNEL:
        add_channel(verdict);
        break;
    case SNAP_SLOW_TRIGGER:
        if (verdict->facts->planless)
            add_first_barrier(verdict);
        else
            add_trigger(verdict);
        break;
    case SNAP_SLOW_STARTUP:
        add_startup(verdict);
        break;
    case SNAP_SLOW_RECOVERY:
        snap_verdict_add_recovery(verdict);
        break;
    case SNAP_SLOW_HELD:
        add_held(verdict);
        break;
    case SNAP_SLOW_TURN:
        snap_verdict_add_turn(verdict);
        break;
    case SNAP_SLOW_PAUSE:
        snap_verdict_add_pause(verdict);
        break;
    case SNAP_SLOW_SYNC:
        add_sync(verdict);
        break;
    case SNAP_SLOW_STORAGE:
        snap_verdict_add_storage(verdict);
        break;
    case SNAP_SLOW_ACK:
        add_ack(verdict);
        break;
    case SNAP_SLOW_DECLINED:
        snap_text_printf(verdict->text, "%s declined the checkpoint; that says nothing about time.",
                         snap_verdict_culprit(verdict));
        break;
    case SNAP_SLOW_FAILOVER:
        snap_text_printf(verdict->text,
                         "The job %s while the checkpoint was under way: it was given up with it, "
                         "and is not slow by itself.",
                         verdict->facts->end == SNAP_END_STOOD_STILL ? "was stopped or had ended"
                                                                     : "failed");
        break;
    case SNAP_SLOW_UNKNOWN:
    case SNAP_SLOW_COUNT:
        add_unknown(verdict);
        break;
    }
}

static void add_expired(const struct snap_verdict_words *verdict)
{
    const struct snap_fact_settings *settings = &verdict->facts->settings;

    if (!verdict->walk->expired)
        return;
    snap_text_printf(verdict->text, " The checkpoint timeout%s%s ended it.",
                     settings->timeout_ns > 0 ? " of " : "",
                     settings->timeout_ns > 0 ? snap_verdict_took(verdict, settings->timeout_ns)
                                              : "");
}

void snap_explanation_verdict(struct snap_text *text, const struct snap_explanation *explanation,
                              struct snap_arena *arena)
{
    const struct snap_explain_walk *walk = explanation->walk;
    struct snap_verdict_words verdict = {
        text, explanation->facts, walk, explanation->forecast, NULL, arena};

    if (walk->culprit != SNAP_NO_FACT)
        verdict.culprit = &explanation->facts->tasks[walk->culprit];
    add_cause(&verdict);
    add_not_overtaken(&verdict);
    add_old_outputs(&verdict);
    snap_verdict_add_windows(&verdict);
    if (walk->slow != SNAP_SLOW_PAUSE)
        snap_verdict_add_pause(&verdict);
    add_expired(&verdict);
}
