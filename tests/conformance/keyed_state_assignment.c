// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <string.h>

#include "base/check.h"
#include "protocol/finished_state.h"
#include "protocol/keyed_state_assignment.h"
#include "protocol/restore_check.h"

enum { LIST_MAX = 128 };

static uint32_t number(const json_t *json, const char *key)
{
    return (uint32_t)conform_integer(json, key);
}

static bool is_listed(const json_t *list, uint32_t value)
{
    json_t *at;
    size_t i;

    json_array_foreach(list, i, at)
    {
        if (json_integer_value(at) == value)
            return true;
    }
    return false;
}

static json_t *pair(struct snap_key_group_range range)
{
    return json_pack("[i,i]", (int)range.first, (int)range.last);
}

static json_t *ranges(struct snap_parallelism parallelism)
{
    json_t *list = json_array();

    for (uint32_t s = 0; s < parallelism.subtasks; s++)
        json_array_append_new(list, pair(snap_key_group_range(s, parallelism)));
    return list;
}

static json_t *assigned(const struct snap_keyed_rescale *rescale)
{
    struct snap_keyed_piece pieces[LIST_MAX];
    json_t *all = json_array();

    for (uint32_t s = 0; s < rescale->to.subtasks; s++) {
        uint32_t count = snap_keyed_state_assign(rescale, s, pieces);
        json_t *list = json_array();

        for (uint32_t i = 0; i < count; i++)
            json_array_append_new(
                list, json_pack("[i,i,i]", (int)rescale->handles[pieces[i].handle].subtask,
                                (int)pieces[i].range.first, (int)pieces[i].range.last));
        json_array_append_new(all, list);
    }
    return all;
}

static void run_keyed(const json_t *json, struct snap_text *why)
{
    struct snap_parallelism old = {number(json, "old_parallelism"),
                                   number(json, "max_parallelism")};
    struct snap_keyed_handle handles[LIST_MAX];
    struct snap_keyed_rescale rescale = {
        .handles = handles,
        .old_parallelism = old.subtasks,
        .to = {number(json, "new_parallelism"), old.max},
    };
    json_t *actual = ranges(old);

    SNAP_CHECK(old.subtasks <= LIST_MAX);
    conform_same_json(why, "old_ranges", conform_array(json, "old_ranges"), actual);
    json_decref(actual);
    actual = ranges(rescale.to);
    conform_same_json(why, "new_ranges", conform_array(json, "new_ranges"), actual);
    json_decref(actual);
    for (uint32_t s = 0; s < old.subtasks; s++)
        if (!is_listed(conform_array(json, "old_subtasks_without_state"), s))
            handles[rescale.handle_count++] = (struct snap_keyed_handle){
                .subtask = s,
                .range = snap_key_group_range(s, old),
                .incremental = !strcmp(conform_string(json, "handle_type"), "incremental"),
            };
    actual = assigned(&rescale);
    conform_same_json(why, "assigned", conform_array(json, "assigned"), actual);
    json_decref(actual);
}

static struct snap_stored_operator stored_as(const char *state)
{
    struct snap_stored_operator stored = {0};

    stored.has_subtask_state = !strcmp(state, "subtask_state");
    stored.has_subtasks = stored.has_subtask_state || !strcmp(state, "empty_subtasks");
    stored.has_coordinator_state = !strcmp(state, "coordinator_state");
    stored.fully_finished = !strcmp(state, "fully_finished");
    return stored;
}

static const char *refusal_name(enum snap_restore_refusal refusal)
{
    switch (refusal) {
    case SNAP_RESTORE_OK:
        return "ok";
    case SNAP_RESTORE_MAX_PARALLELISM_DIFFERS:
        return "explicit_max_parallelism_differs";
    case SNAP_RESTORE_PARALLELISM_TOO_HIGH:
        return "state_max_parallelism_below_new_parallelism";
    case SNAP_RESTORE_STATE_WITHOUT_OPERATOR:
        return "state_without_operator";
    }
    return "?";
}

/* The recorded keyword tells at which step a snapshot was refused. */
static void compare_load(const json_t *json, enum snap_restore_refusal refusal,
                         struct snap_text *why)
{
    struct snap_text name = {0};

    snap_text_printf(&name, "%s%s", refusal_name(refusal),
                     refusal == SNAP_RESTORE_OK ? "" : "_at_load");
    conform_same_string(why, "load", conform_string(json, "load"), snap_text_get(&name));
    snap_text_fini(&name);
}

static void run_parallelism(const json_t *json, struct snap_text *why)
{
    struct snap_stored_operator stored = stored_as(conform_string(json, "state"));
    struct snap_restoring_operator op = {
        .parallelism = number(json, "new_parallelism"),
        .max_parallelism = number(json, "vertex_max_parallelism"),
        .max_parallelism_configured =
            !json_is_null(json_object_get(json, "configured_max_parallelism")),
    };
    struct snap_restore_check check = {&stored, 1, &op, 1, SNAP_NON_RESTORED_REFUSED};
    uint32_t max = op.max_parallelism;
    uint32_t culprit;
    bool kept;

    stored.max_parallelism = number(json, "state_max_parallelism");
    compare_load(json, snap_restore_load(&check, &kept, &culprit), why);
    conform_same_string(why, "assign", conform_string(json, "assign"),
                        refusal_name(snap_restore_assign(&stored, &op, &max)));
    conform_same_integer(why, "vertex_max_parallelism_after",
                         conform_integer(json, "vertex_max_parallelism_after"), max);
}

static struct snap_operator_id id_of(const char *uid)
{
    return snap_operator_id_of_uid(uid, strlen(uid));
}

static void compare_kept(const json_t *json, const bool *kept, struct snap_text *why)
{
    json_t *names = json_array();
    json_t *op;
    size_t i;

    json_array_foreach(conform_array(json, "snapshot_operators"), i, op)
    {
        if (kept[i])
            json_array_append(names, json_object_get(op, "uid"));
    }
    conform_same_json(why, "operators_kept_by_load", conform_array(json, "operators_kept_by_load"),
                      names);
    json_decref(names);
}

static void run_non_restored(const json_t *json, struct snap_text *why)
{
    struct snap_stored_operator stored[LIST_MAX] = {0};
    struct snap_restoring_operator operators[LIST_MAX] = {0};
    struct snap_restore_check check = {.stored = stored, .operators = operators};
    enum snap_restore_refusal refusal;
    bool kept[LIST_MAX];
    uint32_t culprit;
    json_t *at;
    size_t i;

    json_array_foreach(conform_array(json, "job_operators"), i, at)
    {
        operators[check.operator_count].parallelism = 1;
        operators[check.operator_count++].id = id_of(json_string_value(at));
    }
    json_array_foreach(conform_array(json, "snapshot_operators"), i, at)
    {
        stored[i] = stored_as(conform_string(at, "state"));
        stored[i].id = id_of(conform_string(at, "uid"));
        check.stored_count++;
    }
    check.non_restored = conform_boolean(json, "allow_non_restored_state")
                             ? SNAP_NON_RESTORED_ALLOWED
                             : SNAP_NON_RESTORED_REFUSED;
    refusal = snap_restore_load(&check, kept, &culprit);
    compare_load(json, refusal, why);
    if (refusal == SNAP_RESTORE_OK)
        compare_kept(json, kept, why);
    conform_same_string(why, "assign_unfiltered", conform_string(json, "assign_unfiltered"),
                        refusal_name(snap_restore_complete(&check, &culprit)));
}

static struct snap_operator_id parse_id(const char *text)
{
    struct snap_operator_id id;

    SNAP_CHECK(snap_operator_id_parse(text, &id));
    return id;
}

static void run_uid(const json_t *json, struct snap_text *why)
{
    const char *user = conform_string_or(json, "user_defined_id", NULL);
    struct snap_operator_id user_id;
    struct snap_stored_operator stored[LIST_MAX] = {0};
    struct snap_restoring_operator op = {.id = parse_id(conform_string(json, "generated_id")),
                                         .parallelism = 1};
    struct snap_restore_check check = {.stored = stored, .operators = &op, .operator_count = 1};
    char text[SNAP_OPERATOR_ID_TEXT_BYTES] = "none";
    enum snap_restore_refusal refusal;
    uint32_t source;
    uint32_t culprit;
    json_t *at;
    size_t i;

    if (user) {
        user_id = parse_id(user);
        op.user_id = &user_id;
    }
    json_array_foreach(conform_array(json, "stored_ids"), i, at)
    {
        stored[check.stored_count++].id = parse_id(json_string_value(at));
    }
    refusal = snap_restore_complete(&check, &culprit);
    conform_same_string(why, "assign", conform_string(json, "assign"), refusal_name(refusal));
    source = snap_restore_source(&check, 0);
    /* Nothing is assigned when something is refused. */
    if (refusal == SNAP_RESTORE_OK && source != SNAP_NO_STORED)
        snap_operator_id_format(&stored[source].id, text);
    conform_same_string(why, "restored_from_id",
                        conform_string_or(json, "restored_from_id", "none"), text);
}

static uint32_t read_states(const json_t *list, enum snap_finished_state *states)
{
    static const char *const names[] = {"absent", "running", "partly_finished", "fully_finished"};
    json_t *at;
    size_t i;

    json_array_foreach(list, i, at)
    {
        states[i] = SNAP_FINISHED_PARTLY; /* what all_subtasks_finished is, too */
        for (uint32_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            if (!strcmp(json_string_value(at), names[n]))
                states[i] = (enum snap_finished_state)n;
    }
    return (uint32_t)json_array_size(list);
}

static const char *finished_name(enum snap_finished_refusal refusal)
{
    switch (refusal) {
    case SNAP_FINISHED_OK:
        return "ok";
    case SNAP_FINISHED_OPERATORS_DIFFER:
        return "operators_of_one_vertex_differ_in_finished_state";
    case SNAP_FINISHED_FEEDER_OF_FULL:
        return "predecessor_of_fully_finished_not_fully_finished";
    case SNAP_FINISHED_FEEDER_OF_ALL_TO_ALL:
        return "predecessor_of_partly_finished_over_all_to_all_not_fully_finished";
    case SNAP_FINISHED_FEEDER_OF_POINTWISE:
        return "predecessor_of_partly_finished_over_pointwise_all_running";
    }
    return "?";
}

static json_t *deploy_names(const struct snap_finished_vertex *vertices, uint32_t parallelism)
{
    static const char *const names[] = {"no_restore", "restored", "finished"};
    json_t *list = json_array();

    for (uint32_t v = 0; v < 2; v++) {
        enum snap_deploy_as as;

        if (!snap_finished_deploy(&vertices[v], &as)) {
            json_decref(list);
            return json_null();
        }
        for (uint32_t i = 0; i < parallelism; i++)
            json_array_append_new(list, json_string(names[as]));
    }
    return list;
}

static void run_finished_check(const json_t *json, struct snap_text *why)
{
    uint32_t parallelism = number(json, "parallelism");
    struct snap_plan_vertex plan[2] = {{0, parallelism}, {parallelism, parallelism}};
    struct snap_plan_edge edge = {
        .from = 0, .to = 1, .all_to_all = !strcmp(conform_string(json, "edge"), "all_to_all")};
    struct snap_plan_graph graph = {plan, &edge, 2, 1, 2 * parallelism};
    enum snap_finished_state states[2][LIST_MAX];
    struct snap_finished_vertex vertices[2];
    json_t *deployed;

    vertices[0].operators = states[0];
    vertices[0].operator_count = read_states(conform_array(json, "upstream_operators"), states[0]);
    vertices[1].operators = states[1];
    vertices[1].operator_count =
        read_states(conform_array(json, "downstream_operators"), states[1]);
    conform_same_string(why, "check", conform_string(json, "check"),
                        finished_name(snap_finished_check(&graph, vertices)));
    deployed = deploy_names(vertices, parallelism);
    conform_same_json(why, "tasks_deployed_as", json_object_get(json, "tasks_deployed_as"),
                      deployed);
    conform_same_string(why, "assign", conform_string(json, "assign"),
                        json_is_null(deployed)
                            ? "operators_of_one_vertex_differ_in_finished_state_at_assignment"
                            : "ok");
    json_decref(deployed);
}

static const char *problem_name(enum snap_finish_problem problem)
{
    switch (problem) {
    case SNAP_FINISH_OK:
        return "ok";
    case SNAP_FINISH_UNION_SOME_FINISHED:
        return "union_state_and_some_tasks_finished";
    case SNAP_FINISH_UNION_SOME_CALLED:
        return "union_state_and_some_tasks_called_finish";
    case SNAP_FINISH_STATE_OF_FINISHED:
        return "state_reported_for_fully_finished_operator";
    }
    return "?";
}

static json_t *stored_names(const enum snap_stored_task *stored, uint32_t count)
{
    static const char *const names[] = {"none", "state", "finished"};
    json_t *list = json_array();
    bool any = false;

    for (uint32_t i = 0; i < count; i++) {
        any = any || stored[i] != SNAP_STORED_NONE;
        json_array_append_new(list, json_string(names[stored[i]]));
    }
    if (any)
        return list;
    json_decref(list);
    return json_string("no_state");
}

static void run_finished_plan(const json_t *json, struct snap_text *why)
{
    struct snap_task_end tasks[LIST_MAX] = {0};
    enum snap_stored_task stored[LIST_MAX];
    struct snap_finish_input in = {.tasks = tasks};
    enum snap_finish_problem problem;
    bool fully;
    json_t *actual;
    json_t *at;
    size_t i;

    json_array_foreach(conform_array(json, "tasks"), i, at)
    {
        const char *name = json_string_value(at);

        tasks[i].finished = !strcmp(name, "finished");
        tasks[i].restored_finished = !strcmp(name, "restored_finished");
        tasks[i].finish_called = !strncmp(name, "finish_called", strlen("finish_called"));
        tasks[i].has_union_list = strstr(name, "_union") != NULL;
        in.task_count++;
    }
    in.after_tasks_finish = conform_boolean(json, "checkpoints_after_tasks_finish");
    problem = snap_finished_store(&in, stored, &fully);
    conform_same_string(why, "result", conform_string(json, "result"), problem_name(problem));
    if (problem != SNAP_FINISH_OK) {
        conform_same_string(why, "failure_reason",
                            conform_string_or(json, "failure_reason", "none"),
                            snap_failure_reason_name(snap_finish_problem_reason(problem)));
        return;
    }
    actual = fully ? json_string("fully_finished") : stored_names(stored, in.task_count);
    conform_same_json(why, "operator_state_after", json_object_get(json, "operator_state_after"),
                      actual);
    json_decref(actual);
}

enum conform_result conform_keyed_state_assignment_case(const struct conform_case *at,
                                                        struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");

    if (!strcmp(kind, "keyed_assignment"))
        run_keyed(at->json, why);
    else if (!strcmp(kind, "parallelism_check"))
        run_parallelism(at->json, why);
    else if (!strcmp(kind, "non_restored_state"))
        run_non_restored(at->json, why);
    else if (!strcmp(kind, "uid_mapping"))
        run_uid(at->json, why);
    else if (!strcmp(kind, "finished_check"))
        run_finished_check(at->json, why);
    else if (!strcmp(kind, "finished_plan"))
        run_finished_plan(at->json, why);
    else
        return conform_skip(why, kind);
    return conform_verdict(why);
}
