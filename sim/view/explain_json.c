// SPDX-License-Identifier: Apache-2.0
/* An explanation as JSON. Times in nanoseconds from the trigger; null is not known. */
#include <math.h>

#include "base/json.h"
#include "view/explanation.h"

static void add_number(struct snap_json *json, const char *key, int64_t number)
{
    if (number == SNAP_UNKNOWN)
        snap_json_null(json, key);
    else
        snap_json_number(json, key, number);
}

static void add_real(struct snap_json *json, const char *key, double number)
{
    if (isfinite(number))
        snap_json_double(json, key, number);
    else
        snap_json_null(json, key);
}

static void add_task_name(struct snap_json *json, const char *key, const struct snap_facts *facts,
                          uint32_t task)
{
    snap_json_string(json, key, task == SNAP_NO_FACT ? NULL : facts->tasks[task].name);
}

static void add_amount(struct snap_json *json, const char *key,
                       const struct snap_fact_amount *amount)
{
    snap_json_object_begin(json, key);
    add_number(json, "buffers", amount->buffers);
    add_number(json, "records", amount->records);
    add_number(json, "bytes", amount->bytes);
    snap_json_object_end(json);
}

static void add_checkpoint(struct snap_json *json, const struct snap_facts *facts)
{
    static const char *const statuses[] = {"IN_PROGRESS", "COMPLETED", "FAILED"};

    snap_json_string(json, "of", facts->origin == SNAP_FACTS_OF_FLINK ? "flink" : "run");
    snap_json_string(json, "job", facts->job);
    if (facts->execution_count > 0) {
        snap_json_number(json, "execution", facts->execution);
        snap_json_number(json, "executions", facts->execution_count);
    }
    snap_json_number(json, "checkpoint", facts->checkpoint);
    snap_json_string(json, "kind", facts->kind);
    snap_json_string(json, "alignment", facts->alignment);
    snap_json_string(json, "status", statuses[facts->status]);
    snap_json_string(json, "reason", facts->reason);
    add_number(json, "triggered_at_ns", facts->triggered_at_ns);
    add_number(json, "end_to_end_duration_ns", facts->duration_ns);
    add_number(json, "in_flight_bytes_at_trigger", facts->in_flight_bytes);
    snap_json_number(json, "queued_mean_over_ns", facts->around_ns);
}

static void add_steps(struct snap_json *json, const struct snap_explain_walk *walk)
{
    static const char *const kinds[] = {"trigger", "held",  "turn",           "queue",
                                        "sync",    "async", "acknowledgement"};

    snap_json_array_begin(json, "steps");
    for (uint32_t i = 0; i < walk->step_count; i++) {
        const struct snap_explain_step *step = &walk->steps[i];

        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_string(json, "kind", kinds[step->kind]);
        add_task_name(json, "subtask", walk->facts, step->task);
        add_task_name(json, "from", walk->facts, step->hop ? step->hop->from : SNAP_NO_FACT);
        snap_json_number(json, "from_ns", step->from_ns);
        snap_json_number(json, "to_ns", step->to_ns);
        snap_json_bool(json, "open", step->open);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

static void add_hop(struct snap_json *json, const struct snap_explanation *explanation,
                    const struct snap_hop_form *form)
{
    const struct snap_explain_step *step = &explanation->walk->steps[form->step];
    const struct snap_fact_task *task = &explanation->facts->tasks[step->task];

    snap_json_object_begin(json, NULL);
    add_task_name(json, "from", explanation->facts, step->hop->from);
    add_task_name(json, "to", explanation->facts, step->task);
    snap_json_bool(json, "inferred", step->hop->inferred);
    add_number(json, "sent_ns", step->hop->sent_ns);
    add_number(json, "received_ns", step->hop->received_ns);
    snap_json_number(json, "waited_ns", form->waited_ns);
    snap_json_number(json, "turn_ns", form->turn_ns);
    add_number(json, "predicted_ns", form->form_ns);
    add_amount(json, "before_it_on_channel", &step->hop->channel);
    add_amount(json, "before_it_on_all_channels", &step->hop->all);
    add_amount(json, "used_up_meanwhile", &step->hop->taken);
    add_amount(json, "queued_at_trigger", &task->queued);
    snap_json_bool(json, "queued_is_mean_of_vertex", task->queued_is_mean);
    snap_json_bool(json, "rate_is_mean_of_vertex", task->rate_is_mean);
    add_real(json, "records_per_s", task->records_per_s);
    add_real(json, "bytes_per_s", task->bytes_per_s);
    add_real(json, "busy", task->busy);
    add_real(json, "backpressured", task->backpressured);
    snap_json_object_end(json);
}

static void add_last(struct snap_json *json, const struct snap_facts *facts, uint32_t index)
{
    const struct snap_fact_task *task;

    snap_json_object_begin(json, "last");
    add_task_name(json, "subtask", facts, index);
    if (index != SNAP_NO_FACT) {
        task = &facts->tasks[index];
        snap_json_bool(json, "acknowledged", task->acknowledged);
        snap_json_bool(json, "unaligned", task->unaligned);
        add_number(json, "start_delay_ns", task->start_delay_ns);
        add_number(json, "alignment_ns", task->alignment_ns);
        add_number(json, "timed_out_ns", task->timed_out_ns);
        add_number(json, "sync_ns", task->sync_ns);
        add_number(json, "async_ns", task->async_ns);
        add_number(json, "state_bytes", task->state_bytes);
        add_number(json, "processed_bytes", task->processed_bytes);
        add_number(json, "persisted_bytes", task->persisted_bytes);
    }
    snap_json_object_end(json);
}

static void add_verdict(struct snap_json *json, const struct snap_explanation *explanation)
{
    const struct snap_explain_walk *walk = explanation->walk;
    struct snap_text words = {0};
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_explanation_verdict(&words, explanation, &arena);
    snap_json_object_begin(json, "verdict");
    snap_json_string(json, "slow", snap_slow_key(walk->slow));
    snap_json_bool(json, "expired", walk->expired);
    add_task_name(json, "subtask", walk->facts, walk->culprit);
    add_real(json, "behind_factor", walk->behind_factor);
    add_real(json, "queued_factor", walk->queued_factor);
    add_real(json, "rate_factor", walk->rate_factor);
    add_real(json, "records_factor", walk->records_factor);
    snap_json_string(json, "words", snap_text_get(&words));
    snap_json_object_end(json);
    snap_text_fini(&words);
    snap_arena_fini(&arena);
}

static const char *limit_key(enum snap_knob_limit limit)
{
    static const char *const limits[] = {
        NULL,           "savepoint",    "not overtaken", "at least once", "not full",
        "below target", "table timers", "passed",        "throttled",     "writing unknown"};

    return limits[limit];
}

static void add_advice(struct snap_json *json, const struct snap_forecast *forecast)
{
    snap_json_array_begin(json, "advice");
    for (uint32_t i = 0; i < forecast->advice_count; i++) {
        const struct snap_advice *advice = &forecast->advices[i];

        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_string(json, "with", snap_knob_key(advice->knob));
        snap_json_string(json, "limit", limit_key(advice->limit));
        add_number(json, "predicted_ns", advice->predicted_ns);
        add_number(json, "had_ns", advice->had_ns);
        add_number(json, "against_ns", advice->against_ns);
        add_number(json, "setting_ns", advice->setting_ns);
        add_number(json, "setting_bytes", advice->setting_bytes);
        add_number(json, "persisted_bytes", advice->persisted_bytes);
        snap_json_bool(json, "persisted_measured", advice->persisted_measured);
        add_number(json, "restore_ns", advice->restore_ns);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

static void add_limits(struct snap_json *json, const struct snap_explanation *explanation)
{
    const struct snap_form_limits *limits = &explanation->forecast->limits;
    const struct snap_facts *facts = explanation->facts;

    snap_json_object_begin(json, "limits");
    snap_json_inline(json);
    snap_json_bool(json, "skew", limits->skew);
    snap_json_string(json, "fan_out",
                     limits->fan_out == SNAP_NO_FACT ? NULL
                                                     : facts->vertices[limits->fan_out].name);
    snap_json_string(json, "windows",
                     limits->windows == SNAP_NO_FACT ? NULL
                                                     : facts->vertices[limits->windows].name);
    add_task_name(json, "uneven", facts, limits->uneven);
    snap_json_number(json, "uneven_ns", limits->uneven_ns);
    snap_json_bool(json, "not_overtaken", limits->not_overtaken);
    snap_json_bool(json, "startup", limits->startup);
    snap_json_bool(json, "recovery", limits->recovery);
    snap_json_bool(json, "queues_filling", limits->filling);
    snap_json_bool(json, "at_least_once", limits->at_least_once);
    snap_json_bool(json, "no_output_timer", limits->no_output_timer);
    snap_json_bool(json, "work_in_progress", limits->in_work);
    snap_json_bool(json, "timeout_unknown", limits->timeout_unknown);
    snap_json_bool(json, "storage_faulty", limits->storage_faulty);
    add_task_name(json, "hindered", facts, limits->hindered);
    snap_json_number(json, "hindered_ns", limits->hindered_ns);
    add_task_name(json, "paused", facts,
                  limits->paused ? explanation->walk->stood.task : SNAP_NO_FACT);
    snap_json_number(json, "paused_ns", limits->paused ? explanation->walk->stood.stood_ns : 0);
    snap_json_bool(json, "debloat_settles", explanation->forecast->debloat_settles);
    snap_json_string(json, "never_unaligned", limit_key(explanation->forecast->never_unaligned));
    snap_json_object_end(json);
}

void snap_explanation_json(struct snap_text *text, const struct snap_explanation *explanation)
{
    const struct snap_facts *facts = explanation->facts;
    const struct snap_forecast *forecast = explanation->forecast;
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_INDENTED);
    snap_json_object_begin(&json, NULL);
    add_checkpoint(&json, facts);
    add_last(&json, facts, explanation->walk->target);
    add_steps(&json, explanation->walk);
    snap_json_array_begin(&json, "hops");
    for (uint32_t i = 0; i < forecast->hop_count; i++)
        add_hop(&json, explanation, &forecast->hops[i]);
    snap_json_array_end(&json);
    add_verdict(&json, explanation);
    add_advice(&json, forecast);
    add_limits(&json, explanation);
    snap_json_array_begin(&json, "not_known");
    for (uint32_t i = 0; i < facts->missing_count; i++)
        snap_json_string(&json, NULL, facts->missing[i]);
    snap_json_array_end(&json);
    snap_json_object_end(&json);
    snap_text_add_string(text, "\n");
}
