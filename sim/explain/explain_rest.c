// SPDX-License-Identifier: Apache-2.0
#include "explain/explain_rest.h"

#include <string.h>

#include "explain/explain_rest_parts.h"
#include "explain/explain_settings.h"
#include "explain/json_pick.h"

/* The time between two stamps in milliseconds; SNAP_UNKNOWN if they cannot be stamps of one. */
static snap_ns between(int64_t earlier_ms, int64_t later_ms)
{
    if (earlier_ms < 0 || later_ms < earlier_ms || later_ms - earlier_ms > SNAP_NEVER / SNAP_MS)
        return SNAP_UNKNOWN;
    return (later_ms - earlier_ms) * SNAP_MS;
}

/* ---- subtasks ---- */

static void read_acknowledged(const struct snap_rest *rest, struct snap_fact_task *task,
                              const json_t *subtask)
{
    const json_t *alignment = json_object_get(subtask, "alignment");
    const json_t *parts = json_object_get(subtask, "checkpoint");
    snap_ns trigger_ms = snap_pick_number(rest->chosen, "trigger_timestamp");

    task->acknowledged = true;
    task->unaligned = json_is_true(json_object_get(subtask, "unaligned_checkpoint"));
    task->start_delay_ns = snap_pick_ms(subtask, "start_delay");
    task->alignment_ns = snap_pick_ms(alignment, "duration");
    task->sync_ns = snap_pick_ms(parts, "sync");
    task->async_ns = snap_pick_ms(parts, "async");
    task->state_bytes = snap_pick_number(subtask, "checkpointed_size");
    if (task->state_bytes == SNAP_UNKNOWN)
        task->state_bytes = snap_pick_number(subtask, "state_size");
    task->processed_bytes = snap_pick_number(alignment, "processed");
    task->persisted_bytes = snap_pick_number(alignment, "persisted");
    task->ack_ns = between(trigger_ms, snap_pick_number(subtask, "ack_timestamp"));
    /* Flink keeps figures of acknowledgements that came behind the end. */
    if (rest->facts->status == SNAP_FACTS_FAILED && task->ack_ns > rest->facts->duration_ns)
        task->acknowledged = false;
    if (task->start_delay_ns == SNAP_UNKNOWN)
        return;
    task->begun_ns = task->start_delay_ns;
    task->ready_ns = task->begun_ns + (task->alignment_ns > 0 ? task->alignment_ns : 0);
    task->sent_ns = task->unaligned ? task->begun_ns : task->ready_ns;
    if (task->sync_ns != SNAP_UNKNOWN)
        task->synced_ns = task->sent_ns + task->sync_ns;
    if (task->async_ns != SNAP_UNKNOWN && task->synced_ns != SNAP_UNKNOWN)
        task->stored_ns = task->synced_ns + task->async_ns;
}

static void read_subtasks(struct snap_rest *rest, uint32_t vertex, const json_t *body)
{
    struct snap_facts *facts = rest->facts;
    const json_t *subtasks = json_object_get(body, "subtasks");

    for (size_t i = 0; i < json_array_size(subtasks); i++) {
        const json_t *subtask = json_array_get(subtasks, i);
        int64_t index = snap_pick_number(subtask, "index");

        if (index < 0 || index >= facts->vertices[vertex].parallelism)
            continue;
        if (json_object_get(subtask, "ack_timestamp"))
            read_acknowledged(rest, &facts->tasks[facts->vertices[vertex].task_first + index],
                              subtask);
    }
}

static bool is_same(const json_t *one, const json_t *other, const char *key)
{
    return snap_pick_number(one, key) == snap_pick_number(other, key);
}

/* Whether the answer is about this vertex of the chosen checkpoint. Without a name it is so if its
 * sums are those of the vertex. */
static bool is_about(const struct snap_rest *rest, const struct snap_rest_answer *answer,
                     const char *vertex)
{
    const json_t *sums = json_object_get(json_object_get(rest->chosen, "tasks"), vertex);

    if (answer->kind != SNAP_REST_SUBTASKS || !snap_rest_is_of(answer, rest->job) ||
        !is_same(answer->body, rest->chosen, "id"))
        return false;
    if (answer->vertex)
        return strcmp(answer->vertex, vertex) == 0;
    return is_same(answer->body, sums, "latest_ack_timestamp") &&
           is_same(answer->body, sums, "state_size") &&
           is_same(answer->body, sums, "end_to_end_duration") &&
           is_same(answer->body, sums, "num_subtasks");
}

/* An answer that is older than the details (the checkpoint was under way) counts if no other
 * does.*/
static void read_vertex(struct snap_rest *rest, uint32_t vertex)
{
    const json_t *body = NULL;

    for (uint32_t i = 0; i < rest->answers.count; i++) {
        const struct snap_rest_answer *answer = &rest->answers.items[i];

        if (is_about(rest, answer, rest->ids[vertex]) &&
            (!body || snap_pick_is(body, "status", "IN_PROGRESS")))
            body = answer->body;
    }
    if (body)
        read_subtasks(rest, vertex, body);
    else
        snap_facts_miss(rest->facts,
                        "No subtasks of %s (/jobs/ID/checkpoints/details/%lld/subtasks/%s).",
                        rest->facts->vertices[vertex].name, (long long)rest->facts->checkpoint,
                        rest->ids[vertex]);
}

/* Where no subtasks are told, the sums of the vertex tell whether all had acknowledged. */
static void read_sums(struct snap_rest *rest, uint32_t vertex)
{
    const json_t *sums = json_object_get(json_object_get(rest->chosen, "tasks"), rest->ids[vertex]);
    struct snap_facts *facts = rest->facts;
    int64_t acknowledged = snap_pick_number(sums, "num_acknowledged_subtasks");
    bool all = facts->status == SNAP_FACTS_COMPLETED ||
               (acknowledged > 0 && acknowledged == snap_pick_number(sums, "num_subtasks"));

    for (uint32_t i = 0; i < facts->vertices[vertex].parallelism; i++)
        facts->tasks[facts->vertices[vertex].task_first + i].acknowledged = all;
    facts->vertices[vertex].acknowledged_count = (uint32_t)snap_ns_max(0, acknowledged);
    facts->vertices[vertex].state_bytes = snap_pick_number(sums, "state_size");
    facts->vertices[vertex].persisted_bytes = snap_pick_number(sums, "persisted_data");
    if (acknowledged > 0)
        facts->vertices[vertex].last_ack_ns = snap_pick_ms(sums, "end_to_end_duration");
}

/* The walk starts at the last acknowledgement that is known. */
static void check_last(struct snap_rest *rest)
{
    struct snap_facts *facts = rest->facts;
    snap_ns latest_ns = between(snap_pick_number(rest->chosen, "trigger_timestamp"),
                                snap_pick_number(rest->chosen, "latest_ack_timestamp"));
    bool known = false;
    bool any = false;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        known = known || facts->tasks[i].ack_ns >= latest_ns;
        any = any || facts->tasks[i].ack_ns != SNAP_UNKNOWN;
    }
    facts->last_untold = !known && facts->status == SNAP_FACTS_COMPLETED;
    if (facts->last_untold && any)
        snap_facts_miss(facts, "The subtask that acknowledged last is not among those that are "
                               "told: the walk starts at the last of these.");
}

/* ---- what else is there ---- */

static void read_backpressure(struct snap_rest *rest, uint32_t vertex)
{
    const struct snap_rest_answer *answer =
        snap_rest_find(&rest->answers, SNAP_REST_BACKPRESSURE, rest->job, rest->ids[vertex]);
    const json_t *subtasks = answer ? json_object_get(answer->body, "subtasks") : NULL;
    struct snap_facts *facts = rest->facts;

    for (size_t i = 0; i < json_array_size(subtasks); i++) {
        const json_t *subtask = json_array_get(subtasks, i);
        int64_t index = snap_pick_number(subtask, "subtask");
        struct snap_fact_task *task;

        if (index < 0 || index >= facts->vertices[vertex].parallelism)
            continue;
        task = &facts->tasks[facts->vertices[vertex].task_first + index];
        task->busy = snap_pick_double(subtask, "busyRatio");
        task->backpressured = snap_pick_double(subtask, "ratio");
    }
}

/* Totals of a vertex' subtasks give rates over the time that it ran. */
static void read_metrics(struct snap_rest *rest, uint32_t vertex)
{
    const struct snap_rest_answer *answer =
        snap_rest_find(&rest->answers, SNAP_REST_VERTEX, rest->job, rest->ids[vertex]);
    const json_t *subtasks = answer ? json_object_get(answer->body, "subtasks") : NULL;
    struct snap_facts *facts = rest->facts;

    for (size_t i = 0; i < json_array_size(subtasks); i++) {
        const json_t *subtask = json_array_get(subtasks, i);
        const json_t *metrics = json_object_get(subtask, "metrics");
        int64_t index = snap_pick_number(subtask, "subtask");
        double ran_s = (double)snap_pick_number(subtask, "duration") / 1e3;
        struct snap_fact_task *task;

        if (index < 0 || index >= facts->vertices[vertex].parallelism || !(ran_s > 0))
            continue;
        task = &facts->tasks[facts->vertices[vertex].task_first + index];
        task->records_in = snap_pick_number(metrics, "read-records");
        task->records_out = snap_pick_number(metrics, "write-records");
        if (task->records_in > 0) {
            task->records_per_s = (double)task->records_in / ran_s;
            task->bytes_per_s = (double)snap_pick_number(metrics, "read-bytes") / ran_s;
        }
    }
}

static enum snap_facts_end end_of(const struct snap_facts *facts)
{
    static const struct {
        const char *part; /* of Flink's message */
        enum snap_facts_end end;
    } ends[] = {
        {"expired", SNAP_END_EXPIRED},          {"eclined", SNAP_END_DECLINED},
        {"Asynchronous", SNAP_END_STORAGE},     {"finalize", SNAP_END_STORAGE},
        {"Task has failed", SNAP_END_FAILOVER}, {"failover", SNAP_END_FAILOVER},
        {"suspended", SNAP_END_STOOD_STILL},    {"shutdown", SNAP_END_STOOD_STILL},
    };

    if (facts->status != SNAP_FACTS_FAILED)
        return SNAP_END_NONE;
    for (size_t i = 0; facts->reason && i < sizeof(ends) / sizeof(ends[0]); i++)
        if (strstr(facts->reason, ends[i].part))
            return ends[i].end;
    return SNAP_END_OTHER;
}

/* Flink: CompletedCheckpointStats has its duration until the last acknowledgement, a pending one
 * without any has -1. What is none, or ends before that, was broken on its way. */
static void read_duration(struct snap_rest *rest)
{
    struct snap_facts *facts = rest->facts;
    snap_ns until_ack_ns = between(snap_pick_number(rest->chosen, "trigger_timestamp"),
                                   snap_pick_number(rest->chosen, "latest_ack_timestamp"));

    facts->duration_ns = snap_pick_ms(rest->chosen, "end_to_end_duration");
    if (facts->status == SNAP_FACTS_COMPLETED && facts->duration_ns < until_ack_ns) {
        facts->duration_ns = until_ack_ns;
        snap_facts_miss(facts,
                        "The checkpoint's end_to_end_duration is not the time until its last "
                        "acknowledgement: that of the timestamps is taken.");
    } else if (facts->status != SNAP_FACTS_IN_PROGRESS && facts->duration_ns == SNAP_UNKNOWN) {
        snap_facts_miss(facts, "The checkpoint's end_to_end_duration is no time: how long it took "
                               "is not known.");
    }
}

static bool check_status(const struct snap_rest *rest, const char *directory,
                         struct snap_error *error)
{
    static const char *const known[] = {"COMPLETED", "FAILED", "IN_PROGRESS"};
    const char *status = snap_pick_text(rest->chosen, "status");

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (snap_pick_is(rest->chosen, "status", known[i]))
            return true;
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "%s: checkpoint %lld has %s%s%s; Flink tells COMPLETED, FAILED or "
                          "IN_PROGRESS",
                          directory, (long long)snap_pick_number(rest->chosen, "id"),
                          status ? "the status \"" : "no status", status ? status : "",
                          status ? "\"" : "");
}

static void read_checkpoint(struct snap_rest *rest)
{
    const json_t *chosen = rest->chosen;
    struct snap_facts *facts = rest->facts;
    const char *reason = snap_pick_text(chosen, "failure_message");

    facts->checkpoint = snap_pick_number(chosen, "id");
    facts->savepoint = json_is_true(json_object_get(chosen, "is_savepoint"));
    facts->kind = facts->savepoint ? "Savepoint" : "Checkpoint";
    facts->status = snap_pick_is(chosen, "status", "COMPLETED") ? SNAP_FACTS_COMPLETED
                    : snap_pick_is(chosen, "status", "FAILED")  ? SNAP_FACTS_FAILED
                                                                : SNAP_FACTS_IN_PROGRESS;
    facts->reason = reason ? snap_arena_strdup(&facts->arena, reason) : NULL;
    facts->end = end_of(facts);
    read_duration(rest);
    facts->subtask_count = (uint32_t)snap_ns_max(0, snap_pick_number(chosen, "num_subtasks"));
    facts->acknowledged_count =
        (uint32_t)snap_ns_max(0, snap_pick_number(chosen, "num_acknowledged_subtasks"));
}

static void read_config(struct snap_rest *rest)
{
    const struct snap_rest_answer *answer =
        snap_rest_find(&rest->answers, SNAP_REST_CONFIG, rest->job, NULL);

    if (answer)
        snap_fact_settings_of_rest(&rest->facts->settings, answer->body);
    else
        snap_facts_miss(rest->facts, "No settings of the checkpoints "
                                     "(/jobs/ID/checkpoints/config): interval, timeout and mode "
                                     "are not known.");
}

/* The trigger of the checkpoint behind it, if the history has that; savepoints come in between. */
static void read_next(struct snap_rest *rest)
{
    const struct snap_rest_answer *answer =
        snap_rest_find(&rest->answers, SNAP_REST_HISTORY, rest->job, NULL);
    const json_t *history = answer ? json_object_get(answer->body, "history") : NULL;
    int64_t next = INT64_MAX;

    for (size_t h = 0; h < json_array_size(history); h++) {
        const json_t *entry = json_array_get(history, h);
        int64_t id = snap_pick_number(entry, "id");

        if (id <= rest->facts->checkpoint || id >= next ||
            json_is_true(json_object_get(entry, "is_savepoint")))
            continue;
        next = id;
        rest->facts->next_trigger_ns = between(snap_pick_number(rest->chosen, "trigger_timestamp"),
                                               snap_pick_number(entry, "trigger_timestamp"));
    }
}

static void read_name(struct snap_rest *rest)
{
    const struct snap_rest_answer *answer =
        snap_rest_find(&rest->answers, SNAP_REST_JOB, rest->job, NULL);
    const char *name = answer ? snap_pick_text(answer->body, "name") : NULL;

    if (!name && (answer = snap_rest_find(&rest->answers, SNAP_REST_PLAN, rest->job, NULL)))
        name = snap_pick_text(json_object_get(answer->body, "plan"), "name");
    if (!name)
        name = rest->job ? rest->job : "a job";
    rest->facts->job = snap_arena_strdup(&rest->facts->arena, name);
}

/* Other jobs' answers are not mixed in; a reader should know that they are there. */
static void note_other_jobs(struct snap_rest *rest)
{
    for (uint32_t i = 0; i < rest->answers.count; i++)
        if (!snap_rest_is_of(&rest->answers.items[i], rest->job)) {
            snap_facts_miss(rest->facts,
                            "The folder has answers of several jobs: only those of "
                            "job %s were used.",
                            rest->job);
            return;
        }
}

static bool read_all(struct snap_rest *rest, const char *directory, struct snap_error *error)
{
    struct snap_facts *facts = rest->facts;

    if (!check_status(rest, directory, error))
        return false;
    read_name(rest);
    read_checkpoint(rest);
    for (uint32_t i = 0; i < rest->answers.note_count; i++)
        snap_facts_miss(facts, "%s", rest->answers.notes[i]);
    note_other_jobs(rest);
    if (!rest->has_details)
        snap_facts_miss(facts,
                        "No details of the checkpoint (/jobs/ID/checkpoints/details/%lld): "
                        "only its entry in the history.",
                        (long long)facts->checkpoint);
    if (!snap_rest_read_graph(rest, directory, error))
        return false;
    read_config(rest);
    read_next(rest);
    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        read_sums(rest, v);
        read_vertex(rest, v);
        read_backpressure(rest, v);
        read_metrics(rest, v);
    }
    check_last(rest);
    snap_facts_miss(facts, "Flink does not tell what lay before a barrier, nor from whom the last "
                           "one came: the sender is the one that had sent it last.");
    return true;
}

bool snap_explain_rest_read(struct snap_facts *facts, const char *directory, int64_t checkpoint,
                            struct snap_error *error)
{
    struct snap_rest rest = {.facts = facts};
    bool good;

    if (!snap_rest_answers_open(&rest.answers, directory, error))
        return false;
    good =
        snap_rest_choose(&rest, directory, checkpoint, error) && read_all(&rest, directory, error);
    snap_rest_answers_close(&rest.answers);
    return good;
}
