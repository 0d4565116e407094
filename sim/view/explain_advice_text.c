// SPDX-License-Identifier: Apache-2.0
/* What would help, and where the closed forms fail. */
#include "view/explanation.h"
#include "view/table.h"
#include "view/units.h"

/* ---- the table ---- */

static void add_setting(struct snap_table *table, const struct snap_advice *advice)
{
    struct snap_arena *arena = &table->arena;

    switch (advice->knob) {
    case SNAP_KNOB_AS_IT_WAS:
        snap_table_cell(table, "as it was, by closed form");
        return;
    case SNAP_KNOB_UNALIGNED:
        snap_table_cell(table, advice->setting_ns == 0
                                   ? "unaligned at once, aligned-checkpoint-timeout 0"
                                   : "unaligned checkpoints");
        return;
    case SNAP_KNOB_ALIGNED_TIMEOUT:
        snap_table_printf(table, "unaligned, with aligned-checkpoint-timeout %s",
                          snap_duration_name(advice->setting_ns, arena));
        return;
    case SNAP_KNOB_DEBLOAT:
        snap_table_printf(table, "buffer debloating, target %s",
                          snap_duration_name(advice->setting_ns, arena));
        return;
    case SNAP_KNOB_SEGMENTS:
        snap_table_printf(table, "segments of %s", snap_size_name(advice->setting_bytes, arena));
        return;
    case SNAP_KNOB_EVEN:
        snap_table_cell(table, "the load spread evenly");
        return;
    case SNAP_KNOB_ALIGNED:
        snap_table_cell(table, "aligned checkpoints");
        return;
    case SNAP_KNOB_NO_SYNC:
        snap_table_cell(table, "no synchronous part");
        return;
    case SNAP_KNOB_STORAGE_LATENCY:
        snap_table_cell(table, "half the storage latency");
        return;
    case SNAP_KNOB_STORAGE_BANDWIDTH:
        snap_table_cell(table, "half the bytes, or twice the bandwidth");
        return;
    case SNAP_KNOB_CHECKPOINT_TIMEOUT:
        snap_table_cell(table, "as it was, without a timeout");
        return;
    case SNAP_KNOB_CADENCE:
        snap_table_printf(table, "trigger to trigger (interval %s)",
                          snap_duration_name(advice->setting_ns, arena));
        return;
    case SNAP_KNOB_COUNT:
        break;
    }
}

static void add_table(struct snap_text *text, const struct snap_forecast *forecast)
{
    static const struct snap_table_column columns[] = {
        {"With", SNAP_TABLE_LEFT, 0},
        {"Predicted", SNAP_TABLE_RIGHT, 0},
        {"It Had", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, columns, 3);
    for (uint32_t i = 0; i < forecast->advice_count; i++) {
        const struct snap_advice *advice = &forecast->advices[i];

        add_setting(&table, advice);
        snap_table_printf(&table, "%s%s", advice->limit == SNAP_LIMIT_WRITING ? "over " : "",
                          snap_duration_name(advice->predicted_ns, &table.arena));
        snap_table_cell(&table, snap_duration_name(advice->had_ns, &table.arena));
    }
    snap_table_text(&table, SNAP_EXPLANATION_WIDTH, text);
    snap_table_fini(&table);
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
        return "No hop waited as long as debloating's default target of 1 s: with that it changes "
               "nothing here, a smaller target is needed.";
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
                         "Unaligned writes %s of data in flight with each checkpoint, and has its "
                         "price at a restore",
                         snap_size_name(advice->persisted_bytes, arena));
    snap_text_printf(&words, ": what was saved is read back and used up before new input, some %s.",
                     snap_duration_name(advice->restore_ns, arena));
    snap_paragraph_text(words.data, SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&words);
}

static void add_remarks(struct snap_text *text, const struct snap_explanation *explanation,
                        struct snap_arena *arena)
{
    const struct snap_forecast *forecast = explanation->forecast;
    const char *never = limit_words(forecast->never_unaligned);
    bool priced = false;

    if (never)
        snap_paragraph_text(never, SNAP_EXPLANATION_WIDTH, text);
    for (uint32_t i = 0; i < forecast->advice_count; i++) {
        const struct snap_advice *advice = &forecast->advices[i];
        const char *words = limit_words(advice->limit);

        if (words && is_first_with_limit(forecast, i))
            snap_paragraph_text(words, SNAP_EXPLANATION_WIDTH, text);
        if (advice->restore_ns != SNAP_UNKNOWN && !priced) {
            add_price(text, advice, arena);
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

static void add_failing(struct snap_text *text, const struct snap_explanation *explanation)
{
    const struct snap_form_limits *limits = &explanation->forecast->limits;
    const struct {
        bool here;
        const char *words;
    } failings[] = {
        {limits->skew, "Skew: means over subtasks do not hold; the forms take the figures of the "
                       "slow one."},
        {limits->filling, "The queues were still filling when it was triggered: what lay there "
                          "then is less than the barrier met."},
        {limits->at_least_once,
         "At-least-once: channels whose barrier has passed go on, and their records compete with "
         "those before the other barriers: it takes longer than the form says."},
        {limits->storage_faulty, "The storage was slower than its model, or failed, at that time."},
    };
    struct snap_text all = {0};

    for (size_t i = 0; i < sizeof(failings) / sizeof(failings[0]); i++)
        if (failings[i].here)
            snap_paragraph_text(failings[i].words, SNAP_EXPLANATION_WIDTH, &all);
    if (limits->fan_out != SNAP_NO_FACT)
        add_fan_out(&all, explanation);
    if (all.length > 0)
        snap_text_printf(text, "\nWhere the closed forms fail here\n%s", all.data);
    snap_text_fini(&all);
}

static bool helps_only_itself(const struct snap_forecast *forecast)
{
    return forecast->advice_count == 1 && forecast->advices[0].knob == SNAP_KNOB_AS_IT_WAS;
}

void snap_explanation_advice(struct snap_text *text, const struct snap_explanation *explanation,
                             struct snap_arena *arena)
{
    const struct snap_forecast *forecast = explanation->forecast;

    if (forecast->advice_count == 0)
        return;
    snap_text_add_string(text, helps_only_itself(forecast) ? "\nBy closed form\n"
                                                           : "\nWhat would help\n");
    add_table(text, forecast);
    add_remarks(text, explanation, arena);
    if (forecast->storage_guessed && forecast->storage_latency_ns != SNAP_UNKNOWN)
        snap_paragraph_text("Storage latency and bandwidth are guessed from the asynchronous parts "
                            "that were seen.",
                            SNAP_EXPLANATION_WIDTH, text);
    add_failing(text, explanation);
}
