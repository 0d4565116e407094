// SPDX-License-Identifier: Apache-2.0
#include "view/summary_json.h"

#include <math.h>

#include "model/names.h"
#include "view/reasons.h"
#include "view/total_text.h"

static void add_ms(struct snap_json *json, const char *key, snap_ns ns)
{
    snap_json_double(json, key, (double)ns / (double)SNAP_MS);
}

static void add_counter(struct snap_json *json, const char *key, int64_t value)
{
    if (value == SNAP_UNJUDGED)
        snap_json_null(json, key);
    else
        snap_json_number(json, key, value);
}

static void add_counters(struct snap_json *json, const int64_t *counters)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        add_counter(json, snap_counter_name((enum snap_counter)c),
                    counters ? counters[c] : SNAP_UNJUDGED);
}

static void add_judgement(struct snap_json *json, const struct snap_job *job,
                          const struct snap_judgement *judgement)
{
    static const char *const doubts[] = {
        [SNAP_DOUBT_TRUSTED] = "trusted",
        [SNAP_DOUBT_AT_LEAST_ONCE] = "at-least-once",
        [SNAP_DOUBT_DIFFERS] = "differs",
    };

    snap_json_object_begin(json, NULL);
    snap_json_inline(json);
    snap_json_string(json, "uid", snap_judged_operator(judgement, job)->uid);
    snap_json_string(json, "kind", judgement->kind == SNAP_JUDGED_STATE ? "state" : "sink");
    add_counters(json, judgement->counters);
    add_counter(json, "processed", judgement->processed);
    add_counter(json, "affected", judgement->affected);
    if (judgement->late != SNAP_UNJUDGED)
        snap_json_number(json, "late", judgement->late);
    if (judgement->doubt != SNAP_DOUBT_NONE)
        snap_json_string(json, "began_with", doubts[judgement->doubt]);
    if (judgement->is_unread)
        snap_json_bool(json, "unread", true);
    if (judgement->removed)
        snap_json_bool(json, "removed", true);
    if (judgement->is_half_restarted)
        snap_json_bool(json, "half_restarted", true);
    snap_json_object_end(json);
}

static void add_verdict(struct snap_json *json, const struct snap_summary *summary)
{
    const struct snap_verdict *verdict = summary->verdict;

    snap_json_object_begin(json, "verdict");
    add_counters(json, verdict ? verdict->counters : NULL);
    snap_json_array_begin(json, "by");
    for (uint32_t i = 0; verdict && i < verdict->judgement_count; i++)
        add_judgement(json, summary->statistics->job, &verdict->judgements[i]);
    snap_json_array_end(json);
    snap_total_json(json, verdict);
    snap_json_object_end(json);
}

/* Each oracle by name: null if it could not judge the run, else how often it objects, and why. */
static void add_oracles(struct snap_json *json, const struct snap_verdict *verdict)
{
    snap_json_object_begin(json, "oracles");
    for (unsigned i = 0; verdict && i < SNAP_ORACLE_COUNT; i++) {
        const struct snap_oracle_result *result = &verdict->oracles[i];
        const char *name = snap_oracle_name((enum snap_oracle_id)i);

        if (!result->judged) {
            snap_json_null(json, name);
            continue;
        }
        snap_json_object_begin(json, name);
        snap_json_inline(json);
        snap_json_number(json, "objections", (int64_t)result->objections);
        snap_json_string(json, "first", result->objections > 0 ? result->first : NULL);
        snap_json_object_end(json);
    }
    snap_json_object_end(json);
}

/* Why an oracle is null above. */
static void add_not_judged(struct snap_json *json, const struct snap_verdict *verdict)
{
    snap_json_object_begin(json, "not_judged");
    for (unsigned i = 0; verdict && i < SNAP_ORACLE_COUNT; i++)
        if (!verdict->oracles[i].judged)
            snap_json_string(json, snap_oracle_name((enum snap_oracle_id)i),
                             verdict->oracles[i].why_not);
    snap_json_object_end(json);
}

static void add_culprit(struct snap_json *json, const struct snap_summary *summary)
{
    const struct snap_culprit *culprit = summary->verdict ? &summary->verdict->culprit : NULL;
    const struct snap_job *job = summary->statistics->job;
    struct snap_arena arena;

    if (!culprit || !culprit->found) {
        snap_json_null(json, "first_culprit");
        return;
    }
    snap_arena_init(&arena);
    snap_json_object_begin(json, "first_culprit");
    snap_json_string(json, "uid", culprit->uid);
    snap_json_number(json, "subtask", culprit->subtask);
    snap_json_string(json, "kind", snap_counter_name(culprit->counter));
    snap_json_string(json, "origin", snap_origin_name(job, culprit->origin, &arena));
    if (culprit->checkpoint == SNAP_NO_CHECKPOINT)
        snap_json_null(json, "checkpoint");
    else
        snap_json_number(json, "checkpoint", culprit->checkpoint);
    add_ms(json, "at_ms", culprit->at_ns);
    snap_json_string(json, "story", culprit->story);
    snap_json_object_end(json);
    snap_arena_fini(&arena);
}

/* Why it was not as expected, or what of the expectation nobody could check. */
static void add_texts(struct snap_json *json, const char *key, const struct snap_summary *summary,
                      struct snap_reasons (*find)(const struct snap_summary *, struct snap_arena *))
{
    struct snap_arena arena;
    struct snap_reasons found;

    snap_arena_init(&arena);
    found = find(summary, &arena);
    snap_json_array_begin(json, key);
    for (uint32_t i = 0; i < found.count; i++)
        snap_json_string(json, NULL, found.texts[i]);
    snap_json_array_end(json);
    snap_arena_fini(&arena);
}

static void add_latencies(struct snap_json *json, const struct snap_summary *summary)
{
    snap_json_array_begin(json, "latency");
    for (uint32_t i = 0; i < summary->latency_count; i++) {
        const struct snap_latency_sink *sink = &summary->latencies[i];

        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_string(json, "uid",
                         summary->statistics->job->operators[sink->operator_index].uid);
        snap_json_number(json, "records", sink->count);
        snap_json_unsigned(json, "one_in", summary->latency_one_in);
        if (sink->count > 0) {
            add_ms(json, "p50_ms", sink->p50_ns);
            add_ms(json, "p90_ms", sink->p90_ns);
            add_ms(json, "p99_ms", sink->p99_ns);
            add_ms(json, "max_ms", sink->max_ns);
        }
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

/* What `expect` can speak of, under its names; times in milliseconds. */
static void add_numbers(struct snap_json *json, const struct snap_run_numbers *numbers)
{
    if (!numbers)
        return;
    snap_json_object_begin(json, "numbers");
    for (unsigned n = 0; n < SNAP_NUMBER_COUNT; n++) {
        const struct snap_number_info *info = snap_number_info_get((enum snap_number)n);
        double value = numbers->values[n];

        if (isnan(value) || value == SNAP_NUMBER_UNMEASURED)
            snap_json_null(json, info->name);
        else if (info->unit == SNAP_NUMBER_NS)
            snap_json_double(json, info->name, value / (double)SNAP_MS);
        else
            snap_json_double(json, info->name, value);
    }
    snap_json_object_end(json);
}

static void add_measures(struct snap_json *json, const struct snap_measures *measures)
{
    if (!measures)
        return;
    snap_json_object_begin(json, "measures");
    add_ms(json, "warm_up_ms", measures->warm_up_ns);
    for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++) {
        const char *key = snap_measure_info_get((enum snap_measure)m)->key;

        if (isnan(measures->values[m]))
            snap_json_null(json, key);
        else
            snap_json_double(json, key, measures->values[m]);
    }
    snap_json_object_end(json);
}

static void add_subtask(struct snap_json *json, uint32_t index,
                        const struct snap_subtask_totals *totals)
{
    snap_json_object_begin(json, NULL);
    snap_json_inline(json);
    snap_json_number(json, "index", index);
    snap_json_number(json, "records_in", totals->records_in);
    snap_json_number(json, "records_out", totals->records_out);
    add_ms(json, "busy_ms", totals->busy_ns);
    add_ms(json, "backpressured_ms", totals->backpressured_ns);
    add_ms(json, "idle_ms", totals->idle_ns);
    add_ms(json, "down_ms", totals->down_ns);
    add_ms(json, "initializing_ms", totals->initializing_ns);
    add_ms(json, "finished_ms", totals->finished_ns);
    snap_json_object_end(json);
}

static void add_id(struct snap_json *json, const struct snap_operator_id *id)
{
    char text[33];

    snap_id_text(id, text);
    snap_json_string(json, "id", text);
}

static void add_vertex(struct snap_json *json, const struct snap_statistics *statistics,
                       const struct snap_vertex *vertex)
{
    const struct snap_job *job = statistics->job;

    snap_json_object_begin(json, NULL);
    add_id(json, &vertex->id);
    snap_json_string(json, "name", vertex->name);
    snap_json_number(json, "parallelism", vertex->parallelism);
    snap_json_number(json, "max_parallelism", vertex->max_parallelism);
    snap_json_array_begin(json, "operators");
    for (uint32_t i = 0; i < vertex->operator_count; i++) {
        const struct snap_operator *op = &job->operators[vertex->operators[i]];

        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_string(json, "uid", op->uid);
        add_id(json, &op->id);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
    snap_json_array_begin(json, "subtasks");
    for (uint32_t i = 0; i < vertex->parallelism; i++)
        add_subtask(json, i, &statistics->subtasks[vertex->task_first + i].totals);
    snap_json_array_end(json);
    snap_json_object_end(json);
}

static void add_vertices(struct snap_json *json, const struct snap_statistics *statistics)
{
    snap_json_array_begin(json, "vertices");
    for (uint32_t i = 0; i < statistics->job->vertex_count; i++)
        add_vertex(json, statistics, &statistics->job->vertices[i]);
    snap_json_array_end(json);
}

/* Executions of the job that ended before the last one, which the other members are about. */
static void add_earlier(struct snap_json *json, const struct snap_summary *summary)
{
    if (summary->earlier_count == 0)
        return;
    snap_json_array_begin(json, "earlier_executions");
    for (uint32_t i = 0; i < summary->earlier_count; i++) {
        const struct snap_statistics *statistics = summary->earlier[i];

        snap_json_object_begin(json, NULL);
        snap_json_string(json, "job_status", snap_job_status_name(statistics->job_status));
        add_ms(json, "ended_ms", statistics->end_ns);
        snap_json_number(json, "restarts", statistics->restart_count);
        if (summary->dropped_behind && summary->dropped_behind[i])
            snap_json_string(json, "dropped_behind", summary->dropped_behind[i]);
        add_vertices(json, statistics);
        snap_checkpoints_json(json, summary, i);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

bool snap_summary_has_missed(const struct snap_summary *summary)
{
    for (uint32_t i = 0; i < summary->unfired_count; i++)
        if (!summary->unfired[i].optional)
            return true;
    return false;
}

void snap_summary_text(struct snap_text *text, const struct snap_summary *summary)
{
    const struct snap_simulation *simulation = summary->simulation;
    char hash[SNAP_TRACE_HASH_DIGITS + 1];
    struct snap_json json;

    if (summary->hash)
        snap_trace_hash_text(summary->hash, hash);
    snap_json_init(&json, text, SNAP_JSON_INDENTED);
    snap_json_object_begin(&json, NULL);
    snap_json_string(&json, "scenario", simulation->name);
    snap_json_string(&json, "variant", simulation->variant);
    snap_json_string(&json, "runtime", snap_runtime_kind_name(summary->runtime));
    snap_json_unsigned(&json, "seed", simulation->seed);
    snap_json_string(&json, "flink_version", snap_flink_version_name(simulation->config.version));
    snap_json_string(&json, "trace_hash", summary->hash ? hash : NULL);
    add_ms(&json, "elapsed_ms", summary->statistics->end_ns);
    snap_json_string(&json, "job_status", snap_job_status_name(summary->statistics->job_status));
    add_verdict(&json, summary);
    if (summary->interrupted)
        snap_json_null(&json, "expectation_met");
    else
        snap_json_bool(&json, "expectation_met", summary->expectation_met);
    snap_json_array_begin(&json, "unfired");
    for (uint32_t i = 0; i < summary->unfired_count; i++)
        snap_json_string(&json, NULL, summary->unfired[i].text);
    snap_json_array_end(&json);
    add_texts(&json, "reasons", summary, snap_reasons_of);
    add_texts(&json, "unchecked", summary, snap_unchecked_of);
    add_culprit(&json, summary);
    snap_json_number(&json, "restarts", summary->statistics->restart_count);
    add_latencies(&json, summary);
    add_measures(&json, summary->measures);
    add_numbers(&json, summary->verdict ? summary->verdict->numbers : NULL);
    add_vertices(&json, summary->statistics);
    snap_checkpoints_json(&json, summary, summary->earlier_count);
    add_earlier(&json, summary);
    add_oracles(&json, summary->verdict);
    add_not_judged(&json, summary->verdict);
    snap_settings_json(&json, simulation);
    snap_json_object_end(&json);
    snap_text_add_string(text, "\n");
}
