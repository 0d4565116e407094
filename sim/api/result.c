// SPDX-License-Identifier: Apache-2.0
#include "api/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "base/check.h"
#include "model/names.h"

const char *snapsim_version(void)
{
    return SNAP_VERSION;
}

void snapsim_result_destroy(struct snapsim_result *result)
{
    if (!result)
        return;
    snap_run_destroy(result->run);
    snap_restored_close(result->restored);
    snap_fs_destroy(result->memory);
    snap_fs_destroy(result->real);
    snap_built_fini(&result->built);
    snap_arena_fini(&result->told);
    free(result);
}

static bool is_counter(enum snapsim_counter counter)
{
    return (unsigned)counter < SNAPSIM_COUNTER_COUNT;
}

static enum snap_counter counter_in(enum snapsim_counter counter)
{
    static const enum snap_counter counters[SNAPSIM_COUNTER_COUNT] = {
        [SNAPSIM_LOST] = SNAP_COUNTER_LOST,
        [SNAPSIM_DUPLICATED] = SNAP_COUNTER_DUPLICATED,
        [SNAPSIM_OUT_OF_ORDER] = SNAP_COUNTER_OUT_OF_ORDER,
        [SNAPSIM_WRONG_STATE] = SNAP_COUNTER_WRONG_STATE,
        [SNAPSIM_UNCOMMITTED] = SNAP_COUNTER_UNCOMMITTED,
        [SNAPSIM_PENDING] = SNAP_COUNTER_PENDING,
    };

    SNAP_CHECK(is_counter(counter));
    return counters[counter];
}

const char *snapsim_counter_name(enum snapsim_counter counter)
{
    return is_counter(counter) ? snap_counter_name(counter_in(counter)) : NULL;
}

/* The judgement on the state or sink, NULL if it is neither. */
static const struct snap_judgement *find_judgement(const struct snapsim_result *result,
                                                   const char *uid)
{
    const struct snap_operator *op = snap_job_find_operator(result->job, uid);

    for (uint32_t i = 0; i < result->verdict.judgement_count; i++) {
        const struct snap_judgement *at = &result->verdict.judgements[i];

        if (op ? at->operator_index == op->index
               : at->removed && strcmp(at->removed->uid, uid) == 0)
            return at;
    }
    return NULL;
}

int64_t snapsim_result_counter(const struct snapsim_result *result, const char *uid,
                               enum snapsim_counter counter)
{
    const struct snap_judgement *judgement;

    if (!is_counter(counter))
        return SNAPSIM_UNJUDGED;
    if (!uid)
        return result->verdict.counters[counter_in(counter)];
    judgement = find_judgement(result, uid);
    return judgement ? judgement->counters[counter_in(counter)] : SNAPSIM_UNJUDGED;
}

int64_t snapsim_result_processed(const struct snapsim_result *result, const char *uid)
{
    const struct snap_judgement *judgement = find_judgement(result, uid);

    return judgement ? judgement->processed : SNAPSIM_UNJUDGED;
}

bool snapsim_result_met(const struct snapsim_result *result)
{
    return result->met;
}

const char *snapsim_result_status(const struct snapsim_result *result)
{
    return snap_job_status_name(result->ended.status);
}

int64_t snapsim_result_elapsed_ns(const struct snapsim_result *result)
{
    return result->ended.elapsed_ns;
}

const char *snapsim_result_story(const struct snapsim_result *result)
{
    return result->verdict.culprit.found ? result->verdict.culprit.story : NULL;
}

const char *snapsim_result_objection(const struct snapsim_result *result, const char *oracle)
{
    for (unsigned id = 0; id < SNAP_ORACLE_COUNT; id++) {
        const struct snap_oracle_result *said = &result->verdict.oracles[id];

        if (said->objections > 0 &&
            (!oracle || strcmp(snap_oracle_name((enum snap_oracle_id)id), oracle) == 0))
            return said->first;
    }
    return NULL;
}

const char *snapsim_result_note(const struct snapsim_result *result, uint32_t index)
{
    uint32_t of_job = result->built.note_count;

    if (index < of_job)
        return result->built.notes[index].text;
    return index - of_job < result->note_count ? result->notes[index - of_job] : NULL;
}

const struct snapsim_snapshot *snapsim_result_snapshot(const struct snapsim_result *result,
                                                       uint32_t index)
{
    return index < result->snapshot_count ? &result->snapshots[index] : NULL;
}

const char *snapsim_result_started_from(const struct snapsim_result *result)
{
    return result->started_from;
}

uint64_t snapsim_result_hash(const struct snapsim_result *result)
{
    return result->runtime == SNAP_RUNTIME_VIRTUAL ? snap_trace_hash_value(&result->hash) : 0;
}

/* ---- states and lines ---- */

struct visit {
    const struct snap_operator *op;
    const struct snapsim_visitor *visitor;
    const char *state; /* a named one */
};

static bool fail(struct snapsim_error *error, enum snapsim_error_code code, const char *message)
{
    if (error) {
        error->code = code;
        snprintf(error->message, sizeof(error->message), "%s", message);
    }
    return false;
}

static bool find_operator(const struct snapsim_result *result, const char *uid, struct visit *visit,
                          struct snapsim_error *error)
{
    char message[256];

    if (!visit->visitor || !visit->visitor->visit)
        return fail(error, SNAPSIM_ERROR_USAGE, "there is nobody to visit: the visitor is NULL");
    visit->op = uid ? snap_job_find_operator(result->job, uid) : NULL;
    if (visit->op)
        return true;
    snprintf(message, sizeof(message), "there is no operator \"%s\"", uid ? uid : "");
    return fail(error, SNAPSIM_ERROR_USAGE, message);
}

static void visit_entry(void *to, const struct snap_state_entry *entry)
{
    const struct visit *visit = to;
    struct snap_schema schema = visit->op->schema;

    if (entry->operator_index == visit->op->index)
        visit->visitor->visit(visit->visitor->to, entry->subtask,
                              snap_api_value_out(schema.key, entry->key),
                              snap_api_value_out(schema.value, entry->value));
}

bool snapsim_result_state(struct snapsim_result *result, const char *uid,
                          const struct snapsim_visitor *visitor, struct snapsim_error *error)
{
    struct visit visit = {.visitor = visitor};

    if (!find_operator(result, uid, &visit, error))
        return false;
    snap_run_each_state_entry(result->run, visit_entry, &visit);
    return true;
}

static bool declares(const struct snap_operator *op, const char *state)
{
    const struct snapsim_operator_type *type =
        snap_operator_class_of(op)->each_named_entry ? snap_api_type_of(op) : NULL;

    for (uint32_t i = 0; type && state && i < type->state_count; i++)
        if (strcmp(type->states[i].name, state) == 0)
            return true;
    return false;
}

static void visit_named(void *to, const struct snap_named_entry *entry)
{
    const struct visit *visit = to;

    if (entry->operator_index == visit->op->index && strcmp(entry->state, visit->state) == 0)
        visit->visitor->visit(visit->visitor->to, entry->subtask,
                              snap_api_value_out(visit->op->schema.key, entry->key),
                              snapsim_text(entry->content));
}

bool snapsim_result_named(struct snapsim_result *result, const char *uid, const char *state,
                          const struct snapsim_visitor *visitor, struct snapsim_error *error)
{
    struct visit visit = {.visitor = visitor, .state = state};
    char message[256];

    if (!find_operator(result, uid, &visit, error))
        return false;
    if (!declares(visit.op, state)) {
        snprintf(message, sizeof(message), "the operator \"%s\" has no state \"%s\"", uid,
                 state ? state : "");
        return fail(error, SNAPSIM_ERROR_USAGE, message);
    }
    snap_run_each_named_entry(result->run, visit_named, &visit);
    return true;
}

static void visit_part(void *to, const struct snap_sink_part *part)
{
    const struct visit *visit = to;

    if (part->operator_index != visit->op->index || part->phase != SNAP_PART_VISIBLE)
        return; /* lines of an earlier run have no text here */
    for (uint64_t i = 0; part->lines && i < part->line_count; i++)
        visit->visitor->visit(visit->visitor->to, part->subtask, snapsim_long((int64_t)i),
                              snapsim_text(part->lines[i]));
}

bool snapsim_result_lines(struct snapsim_result *result, const char *uid,
                          const struct snapsim_visitor *visitor, struct snapsim_error *error)
{
    struct visit visit = {.visitor = visitor};
    struct snap_error found = {.code = SNAP_OK};

    if (!find_operator(result, uid, &visit, error))
        return false;
    if (snap_run_each_part(result->run, visit_part, &visit, &found))
        return true;
    return fail(error, SNAPSIM_ERROR_IO, found.message);
}
