// SPDX-License-Identifier: Apache-2.0
/* What would help, and where the closed forms fail. */
#include <string.h>

#include "explain/explain_slow.h"
#include "view/explanation.h"
#include "view/table.h"
#include "view/units.h"

/* ---- the table ---- */

static const char *setting_name(const struct snap_advice *advice, struct snap_arena *arena)
{
    switch (advice->knob) {
    case SNAP_KNOB_AS_IT_WAS:
        return "as it was, by closed form";
    case SNAP_KNOB_UNALIGNED:
        return advice->setting_ns == 0 ? "unaligned at once, aligned-checkpoint-timeout 0"
                                       : "unaligned checkpoints";
    case SNAP_KNOB_ALIGNED_TIMEOUT:
        return snap_arena_printf(arena, "unaligned, with aligned-checkpoint-timeout %s",
                                 snap_duration_name(advice->setting_ns, arena));
    case SNAP_KNOB_DEBLOAT:
        return snap_arena_printf(arena, "buffer debloating, target %s",
                                 snap_duration_name(advice->setting_ns, arena));
    case SNAP_KNOB_SEGMENTS:
        return snap_arena_printf(arena, "segments of %s",
                                 snap_size_name(advice->setting_bytes, arena));
    case SNAP_KNOB_INTERRUPTIBLE_TIMERS:
        return "interruptible timers";
    case SNAP_KNOB_EVEN:
        return "the load spread evenly";
    case SNAP_KNOB_ALIGNED:
        return "aligned checkpoints";
    case SNAP_KNOB_NO_SYNC:
        return "no synchronous part";
    case SNAP_KNOB_NO_PAUSE:
        return "no pause, or a short one";
    case SNAP_KNOB_STORAGE_LATENCY:
        return "half the storage latency";
    case SNAP_KNOB_STORAGE_BANDWIDTH:
        return "half the bytes, or twice the bandwidth";
    case SNAP_KNOB_CHECKPOINT_TIMEOUT:
        return "as it was, without a timeout";
    case SNAP_KNOB_CADENCE:
        return snap_arena_printf(arena, "trigger to trigger (interval %s)",
                                 snap_duration_name(advice->setting_ns, arena));
    case SNAP_KNOB_COUNT:
        break;
    }
    return NULL;
}

/* What it should have taken, what it needs and how often it comes are no changes. */
static bool is_change(const struct snap_advice *advice)
{
    return advice->knob != SNAP_KNOB_AS_IT_WAS && advice->knob != SNAP_KNOB_CHECKPOINT_TIMEOUT &&
           advice->knob != SNAP_KNOB_CADENCE;
}

static bool is_shown(const struct snap_advice *advice)
{
    return !is_change(advice) || snap_advice_gains(advice->predicted_ns, advice->against_ns);
}

/* What people would try in vain is told apart from what helps. */
static void add_useless(struct snap_text *text, const struct snap_forecast *forecast,
                        struct snap_arena *arena)
{
    struct snap_text words = {0};

    for (uint32_t i = 0; i < forecast->advice_count; i++) {
        const struct snap_advice *advice = &forecast->advices[i];

        if (!is_shown(advice))
            snap_text_printf(
                &words, "%s%s (%s)", words.length > 0 ? ", " : "Would not help (estimates): ",
                setting_name(advice, arena), snap_duration_name(advice->predicted_ns, arena));
    }
    if (words.length > 0) {
        snap_text_add_string(&words, ".");
        snap_paragraph_text(words.data, SNAP_EXPLANATION_WIDTH, text);
    }
    snap_text_fini(&words);
}

/* It takes longer than what is predicted, nobody knows by how much. */
static bool is_least(const struct snap_advice *advice)
{
    return advice->limit == SNAP_LIMIT_WRITING || advice->limit == SNAP_LIMIT_PASSED;
}

static bool shows_none(const struct snap_forecast *forecast)
{
    for (uint32_t i = 0; i < forecast->advice_count; i++)
        if (is_shown(&forecast->advices[i]))
            return false;
    return true;
}

static void add_table(struct snap_text *text, const struct snap_explanation *explanation)
{
    const struct snap_forecast *forecast = explanation->forecast;
    bool under_way = explanation->facts->status == SNAP_FACTS_IN_PROGRESS;
    const struct snap_table_column columns[] = {
        {"With", SNAP_TABLE_LEFT, 0},
        {"Predicted", SNAP_TABLE_RIGHT, 0},
        {under_way ? "So Far" : "It Had", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    if (shows_none(forecast))
        return;
    snap_table_init(&table, columns, 3);
    for (uint32_t i = 0; i < forecast->advice_count; i++) {
        const struct snap_advice *advice = &forecast->advices[i];

        if (!is_shown(advice))
            continue;
        snap_table_cell(&table, setting_name(advice, &table.arena));
        snap_table_printf(&table, "%s%s", is_least(advice) ? "over " : "",
                          snap_duration_name(advice->predicted_ns, &table.arena));
        snap_table_cell(&table, snap_duration_name(advice->had_ns, &table.arena));
    }
    snap_table_text(&table, SNAP_EXPLANATION_WIDTH, text);
    snap_table_fini(&table);
}

/* Which figures nobody has seen. */
static void add_sources(struct snap_text *text, const struct snap_explanation *explanation)
{
    bool of_run = explanation->facts->origin == SNAP_FACTS_OF_RUN;
    bool under_way = explanation->facts->status == SNAP_FACTS_IN_PROGRESS;
    struct snap_text words = {0};

    if (shows_none(explanation->forecast))
        return;
    snap_text_printf(&words, "Predicted: estimates by closed form. %s: measured in the %s.",
                     under_way ? "So Far" : "It Had", of_run ? "run" : "job");
    snap_paragraph_text(words.data, SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&words);
}

/* ---- remarks ---- */

static const char *limit_words(enum snap_knob_limit limit)
{
    switch (limit) {
    case SNAP_LIMIT_SAVEPOINT:
        return "A savepoint is never unaligned, whatever is set.";
    case SNAP_LIMIT_NOT_OVERTAKEN:
        return "Barriers do not overtake before a subtask with a pointwise (forward, rescale) or "
               "broadcast input, not even on its other inputs: these hops wait as before.";
    case SNAP_LIMIT_AT_LEAST_ONCE:
        return "With at-least-once there are no unaligned checkpoints: the barrier waits in the "
               "same queues.";
    case SNAP_LIMIT_NOT_FULL:
        return "The buffers are left less than half full: smaller segments hold the same data. A "
               "shorter buffer timeout or fewer buffers would not shorten the wait either.";
    case SNAP_LIMIT_BELOW_TARGET:
        return "No hop waited as long as debloating's default target of 1 s: only a smaller target "
               "is sure to change something.";
    case SNAP_LIMIT_TABLE_TIMERS:
        return "Interruptible timers: "
               "execution.checkpointing.unaligned.interruptible-timers.enabled lets a barrier "
               "through between two windows of an operator that allows it: those of the DataStream "
               "API do not, windows of Flink SQL do (api: table).";
    case SNAP_LIMIT_PASSED:
        return "It takes longer than that: by closed form the barrier that is on its way should "
               "have come, so there is more in its way than the form knows of.";
    case SNAP_LIMIT_THROTTLED:
        return "Sources wait for room: with an even load they send more, until the queues are as "
               "full as before. It makes the job faster rather than its checkpoints.";
    case SNAP_LIMIT_WRITING:
        return "How much data is in flight is not known: writing it comes on top of what is "
               "predicted for unaligned.";
    case SNAP_LIMIT_NONE:
        break;
    }
    return NULL;
}

static bool is_first_with_limit(const struct snap_forecast *forecast, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (forecast->advices[i].limit == forecast->advices[index].limit)
            return false;
    return true;
}

static void add_price(struct snap_text *text, const struct snap_advice *advice,
                      struct snap_arena *arena)
{
    struct snap_text words = {0};

    if (advice->persisted_bytes == SNAP_UNKNOWN)
        snap_text_printf(&words, "Unaligned has its price at a restore");
    else
        snap_text_printf(&words,
                         "Unaligned, this checkpoint saves %s of data in flight (%s; another one "
                         "as much as it finds), and has its price at a restore",
                         snap_size_name(advice->persisted_bytes, arena),
                         advice->persisted_measured ? "measured" : "estimated");
    snap_text_printf(
        &words,
        ": what was saved is read back and used up before new input, some %s (estimated).%s",
        snap_duration_name(advice->restore_ns, arena),
        advice->persisted_bytes == SNAP_UNKNOWN
            ? ""
            : " There may be less of it then: an alignment fills queues that wait for it.");
    snap_paragraph_text(words.data, SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&words);
}

/* Flink: starting-segment-size is there from 2.0 on. */
static const char *debloat_words(const char *rules)
{
    if (rules && strcmp(rules, "2.3") == 0)
        return "Debloating begins with buffers of taskmanager.memory.starting-segment-size, 1 KB "
               "by default, when subtasks start, and finds their size within some seconds: "
               "that early less lies in queues than its target says.";
    return "Debloating begins with full buffers when subtasks start, and finds their size within "
           "some seconds: that early more lies in queues than its target says.";
}

/* One subtask lags without more records: single ones may take long, which no form knows. */
static bool may_have_long_records(const struct snap_explanation *explanation)
{
    const struct snap_explain_walk *walk = explanation->walk;

    return walk->slow == SNAP_SLOW_SUBTASK && !explanation->forecast->limits.skew &&
           explanation->forecast->limits.hindered == SNAP_NO_FACT &&
           explanation->facts->tasks[walk->culprit].busy >= SNAP_BUSY_MIN;
}

static void add_long_records(struct snap_text *text, const struct snap_explanation *explanation,
                             struct snap_arena *arena)
{
    if (may_have_long_records(explanation))
        snap_paragraph_text(
            snap_arena_printf(arena,
                              "A barrier that overtakes waits for the record in work: where single "
                              "records of %s take long, that comes on top.",
                              explanation->facts->tasks[explanation->walk->culprit].name),
            SNAP_EXPLANATION_WIDTH, text);
}

static void add_remarks(struct snap_text *text, const struct snap_explanation *explanation,
                        struct snap_arena *arena)
{
    const struct snap_forecast *forecast = explanation->forecast;
    const char *never = limit_words(forecast->never_unaligned);
    bool priced = false;

    if (never)
        snap_paragraph_text(never, SNAP_EXPLANATION_WIDTH, text);
    if (forecast->debloat_settles)
        snap_paragraph_text(debloat_words(explanation->facts->settings.network_rules),
                            SNAP_EXPLANATION_WIDTH, text);
    if (forecast->fill_unknown)
        snap_paragraph_text("How full the buffers are is not known: whether smaller segments would "
                            "help cannot be said.",
                            SNAP_EXPLANATION_WIDTH, text);
    for (uint32_t i = 0; i < forecast->advice_count; i++) {
        const struct snap_advice *advice = &forecast->advices[i];
        const char *words = limit_words(advice->limit);

        if (words && is_first_with_limit(forecast, i))
            snap_paragraph_text(words, SNAP_EXPLANATION_WIDTH, text);
        if (advice->restore_ns != SNAP_UNKNOWN && !priced && is_shown(advice)) {
            add_price(text, advice, arena);
            add_long_records(text, explanation, arena);
            priced = true;
        }
        if (advice->knob == SNAP_KNOB_CADENCE)
            snap_paragraph_text("A checkpoint longer than the interval is followed by the next one "
                                "only when it is over and the pause behind it: the interval is not "
                                "kept.",
                                SNAP_EXPLANATION_WIDTH, text);
    }
}

/* ---- where forms fail ---- */

static void add_fan_out(struct snap_text *text, const struct snap_explanation *explanation)
{
    const struct snap_form_limits *limits = &explanation->forecast->limits;
    struct snap_text words = {0};

    snap_text_printf(&words,
                     "Fan-out: %s makes %.0f records of one. A record in work is finished before a "
                     "barrier is taken, so the barrier may have to wait in the middle of one.",
                     explanation->facts->vertices[limits->fan_out].name, limits->fan_out_factor);
    snap_paragraph_text(words.data, SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&words);
}

static void add_uneven(struct snap_text *text, const struct snap_explanation *explanation,
                       struct snap_arena *arena)
{
    const struct snap_form_limits *limits = &explanation->forecast->limits;
    struct snap_text words = {0};

    snap_text_printf(&words,
                     "Uneven queues: on this way last barriers came %s later than those of the "
                     "same vertices in the mean, most of all that of %s. What lies before a single "
                     "subtask only `--trace buffers` tells; the forms take the mean.",
                     snap_duration_name(limits->uneven_ns, arena),
                     explanation->facts->tasks[limits->uneven].name);
    snap_paragraph_text(snap_text_get(&words), SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&words);
}

static void add_hindered(struct snap_text *text, const struct snap_explanation *explanation,
                         struct snap_arena *arena)
{
    const struct snap_form_limits *limits = &explanation->forecast->limits;
    struct snap_text words = {0};

    snap_text_printf(
        &words,
        "Held up: %s stood still, was slowed down, or what it sent did not arrive, for "
        "%s of the checkpoint: a fault of the timeline. No form knows that, and no "
        "mode or size of buffers makes up for it.",
        explanation->facts->tasks[limits->hindered].name,
        snap_duration_name(limits->hindered_ns, arena));
    snap_paragraph_text(snap_text_get(&words), SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&words);
}

static void add_failing(struct snap_text *text, const struct snap_explanation *explanation,
                        struct snap_arena *arena)
{
    const struct snap_form_limits *limits = &explanation->forecast->limits;
    const struct {
        bool here;
        const char *words;
    } failings[] = {
        {limits->skew, "Skew: means over subtasks do not hold; the forms take the figures of the "
                       "slow one."},
        {limits->startup, "Start-up: no form knows when a subtask begins its work."},
        {limits->recovery, "Recovery: no form knows how long restored data takes."},
        {limits->filling, "The queues were still filling when it was triggered: what lay there "
                          "then is less than the barrier met."},
        {limits->at_least_once,
         "At-least-once: channels whose barrier has passed go on, and their records compete with "
         "those before the other barriers: it takes longer than the form says."},
        {limits->no_output_timer && limits->output_guessed,
         "No timer in output queues: a barrier waits there as if aligned, and how much of what "
         "waits lies there is not known. The forms guess three quarters."},
        {limits->no_output_timer && !limits->output_guessed,
         "No timer in output queues: a barrier waits there as if aligned, and how much of what "
         "waits lies there is not known. The forms estimate it by the buffers that full queues "
         "have on either side."},
        {limits->in_work, "Work in progress: a record, a mail or timers that fire are finished "
                          "before a barrier is taken; no form knows how long that takes."},
        {limits->paused, "Pauses: nobody knows how many fall into a checkpoint, and the forms have "
                         "those before the trigger as a part of the rates. A barrier that "
                         "overtakes waits for the end of a pause, too."},
        {limits->storage_faulty, "The storage was slower than its model, or failed, at that time."},
    };
    struct snap_text all = {0};

    for (size_t i = 0; i < sizeof(failings) / sizeof(failings[0]); i++)
        if (failings[i].here)
            snap_paragraph_text(failings[i].words, SNAP_EXPLANATION_WIDTH, &all);
    if (limits->hindered != SNAP_NO_FACT)
        add_hindered(&all, explanation, arena);
    if (limits->uneven != SNAP_NO_FACT)
        add_uneven(&all, explanation, arena);
    if (limits->windows != SNAP_NO_FACT)
        snap_paragraph_text(
            snap_arena_printf(arena,
                              explanation->facts->vertices[limits->windows].windows_interruptible
                                  ? "Windows: those of %s that end at one watermark fire one by "
                                    "one. If they did while the barrier waited, it waited until "
                                    "what comes of one of them was out; no form has that."
                                  : "Windows: all of %s that end at one watermark fire in one "
                                    "piece of work. If they did while the barrier waited, it "
                                    "waited until what comes of them was out; no form has that.",
                              explanation->facts->vertices[limits->windows].windows),
            SNAP_EXPLANATION_WIDTH, &all);
    if (limits->fan_out != SNAP_NO_FACT)
        add_fan_out(&all, explanation);
    if (all.length > 0)
        snap_text_printf(text, "\nWhere the closed forms fail here\n%s", all.data);
    snap_text_fini(&all);
}

/* Nothing is offered that would make it quicker. */
static bool helps_only_itself(const struct snap_forecast *forecast)
{
    for (uint32_t i = 0; i < forecast->advice_count; i++)
        if (forecast->advices[i].knob == SNAP_KNOB_CHECKPOINT_TIMEOUT ||
            (is_change(&forecast->advices[i]) && is_shown(&forecast->advices[i])))
            return false;
    return true;
}

void snap_explanation_advice(struct snap_text *text, const struct snap_explanation *explanation,
                             struct snap_arena *arena)
{
    const struct snap_forecast *forecast = explanation->forecast;

    if (forecast->advice_count == 0)
        return;
    snap_text_add_string(text, helps_only_itself(forecast) ? "\nBy closed form\n"
                                                           : "\nWhat would help\n");
    add_table(text, explanation);
    add_sources(text, explanation);
    add_useless(text, forecast, arena);
    add_remarks(text, explanation, arena);
    if (forecast->storage_guessed && forecast->storage_latency_ns != SNAP_UNKNOWN)
        snap_paragraph_text("Storage latency and bandwidth are guessed from the asynchronous parts "
                            "that were seen.",
                            SNAP_EXPLANATION_WIDTH, text);
    add_failing(text, explanation, arena);
}
