// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "coordinator_rig.h"
#include "pending_unit.h"
#include "snapshot_names.h"

/* One case being played. */
struct player {
    struct coordinator_rig rig;
    bool hold_operators; /* the case answers for operator coordinators itself */
    json_t *events;      /* of the step */
};

static uint32_t number_of(const json_t *step, const char *key)
{
    return (uint32_t)strtoul(conform_string(step, key) + 1, NULL, 10);
}

static json_t *named(char letter, uint64_t number)
{
    return json_sprintf("%c%" PRIu64, letter, number);
}

static json_t *id_or_null(snap_checkpoint_id id)
{
    return id == SNAP_NO_CHECKPOINT ? json_null() : json_integer(id);
}

static const char *alignment_name(enum snap_alignment alignment)
{
    static const char *const names[] = {"at_least_once", "aligned", "unaligned", "forced_aligned"};

    return names[alignment];
}

static int by_text(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

/* Adjacent discards are one event, its handles sorted by name. */
static void add_discard(struct player *player, const struct snap_coordinator_action *action)
{
    json_t *handle = json_sprintf("cp%" PRId64 "/t%" PRIu32, action->checkpoint, action->index);
    size_t count = json_array_size(player->events);
    json_t *last = count ? json_array_get(player->events, count - 1) : NULL;
    json_t *list = json_object_get(last, "handles");
    json_t *sorted[1024];
    size_t handles;

    SNAP_CHECK(action->state == coordinator_rig_handle(action->checkpoint, action->index));
    if (!list) {
        json_array_append_new(player->events,
                              json_pack("{s:s,s:[o]}", "ev", "discard_state", "handles", handle));
        return;
    }
    json_array_append_new(list, handle);
    handles = json_array_size(list);
    SNAP_CHECK(handles <= 1024);
    for (size_t i = 0; i < handles; i++)
        sorted[i] = json_incref(json_array_get(list, i));
    qsort(sorted, handles, sizeof(sorted[0]), by_text);
    json_array_clear(list);
    for (size_t i = 0; i < handles; i++)
        json_array_append_new(list, sorted[i]);
}

static json_t *notify_event(const struct snap_coordinator_action *action, const char *event,
                            const char *other)
{
    return json_pack("{s:s,s:o,s:I,s:o}", "ev", event, "task", named('t', action->index),
                     "checkpoint", (json_int_t)action->checkpoint, other,
                     id_or_null(action->other));
}

static json_t *operator_event(const struct snap_coordinator_action *action, const char *event)
{
    json_t *json = json_pack("{s:s,s:o}", "ev", event, "coordinator", named('c', action->index));

    if (action->checkpoint != SNAP_NO_CHECKPOINT)
        json_object_set_new(json, "checkpoint", json_integer(action->checkpoint));
    return json;
}

static json_t *reset_event(const struct snap_coordinator_action *action)
{
    json_t *json = operator_event(action, "coordinator_reset");

    json_object_set_new(json, "checkpoint", id_or_null(action->checkpoint));
    json_object_set_new(
        json, "state",
        action->state ? json_sprintf("c%" PRIu32 "@%" PRId64, action->index, action->checkpoint)
                      : json_null());
    return json;
}

static json_t *request_event(const struct snap_coordinator_action *action)
{
    json_t *json =
        json_pack("{s:s,s:o}", "ev", "request_done", "request", named('q', action->request));

    if (action->checkpoint != SNAP_NO_CHECKPOINT)
        json_object_set_new(json, "completed", json_integer(action->checkpoint));
    else
        json_object_set_new(json, "failed", json_string(snap_failure_reason_name(action->reason)));
    return json;
}

static json_t *fail_event(const struct snap_coordinator_action *action)
{
    bool task = action->verdict == SNAP_VERDICT_FAIL_TASK;
    json_t *json = json_pack("{s:s,s:s}", "ev", "fail_job", "level", task ? "task" : "job");

    if (task)
        json_object_set_new(json, "task", named('t', action->index));
    return json;
}

static json_t *trigger_event(const struct snap_coordinator_action *action)
{
    const struct snap_checkpoint_options *options = &action->barrier.options;

    return json_pack("{s:s,s:o,s:I,s:s,s:s}", "ev", "trigger_task", "task",
                     named('t', action->index), "checkpoint", (json_int_t)action->checkpoint,
                     "snapshot", conform_snapshot_name(options->kind), "alignment",
                     alignment_name(options->alignment));
}

/* Returns the event that a case records for the action, NULL if it records none. */
static json_t *event_of(const struct snap_coordinator_action *action)
{
    switch (action->type) {
    case SNAP_COORDINATOR_CHECKPOINT_STARTED:
    case SNAP_COORDINATOR_CHECKPOINT_COMPLETED:
    case SNAP_COORDINATOR_CHECKPOINT_ABORTED:
    case SNAP_COORDINATOR_CHECKPOINT_RELEASED:
    case SNAP_COORDINATOR_DISCARD_OPERATOR_STATE:
    case SNAP_COORDINATOR_DISCARD_STATE:
        return NULL;
    case SNAP_COORDINATOR_REQUEST_DONE:
        return request_event(action);
    case SNAP_COORDINATOR_FAIL_JOB:
        return fail_event(action);
    case SNAP_COORDINATOR_TRIGGER_TASK:
        return trigger_event(action);
    case SNAP_COORDINATOR_NOTIFY_COMPLETE:
        return notify_event(action, "notify_complete", "last_subsumed");
    case SNAP_COORDINATOR_NOTIFY_ABORTED:
        return notify_event(action, "notify_aborted", "latest_completed");
    case SNAP_COORDINATOR_OPERATOR_SNAPSHOT:
        return operator_event(action, "coordinator_snapshot");
    case SNAP_COORDINATOR_OPERATOR_NOTIFY_COMPLETE:
        return operator_event(action, "coordinator_notify_complete");
    case SNAP_COORDINATOR_OPERATOR_NOTIFY_ABORTED:
        return operator_event(action, "coordinator_notify_aborted");
    case SNAP_COORDINATOR_OPERATOR_ABORT_TRIGGERING:
        return operator_event(action, "coordinator_abort_triggering");
    case SNAP_COORDINATOR_OPERATOR_RESET:
        return reset_event(action);
    }
    SNAP_CHECK(false);
    return NULL;
}

/* Records the actions of the last event; returns the checkpoint whose operators were asked. */
static snap_checkpoint_id record_actions(struct player *player)
{
    snap_checkpoint_id asked = SNAP_NO_CHECKPOINT;
    uint32_t count;
    const struct snap_coordinator_action *actions =
        snap_coordinator_actions(&player->rig.coordinator, &count);

    for (uint32_t i = 0; i < count; i++) {
        json_t *event = event_of(&actions[i]);

        if (actions[i].type == SNAP_COORDINATOR_DISCARD_STATE)
            add_discard(player, &actions[i]);
        else if (event)
            json_array_append_new(player->events, event);
        if (actions[i].type == SNAP_COORDINATOR_OPERATOR_SNAPSHOT)
            asked = actions[i].checkpoint;
    }
    return asked;
}

/* Operator coordinators that the case does not hold back answer at once. */
static void settle(struct player *player)
{
    struct snap_coordinator *coordinator = &player->rig.coordinator;
    snap_checkpoint_id asked = record_actions(player);

    while (asked != SNAP_NO_CHECKPOINT && !player->hold_operators) {
        snap_checkpoint_id next = SNAP_NO_CHECKPOINT;

        for (uint32_t i = 0; i < coordinator->config.operator_coordinators; i++) {
            struct snap_operator_answer answer = {.checkpoint = asked, .coordinator = i};
            snap_checkpoint_id then;

            answer.state = coordinator_rig_handle(asked, i);
            snap_coordinator_operator_done(coordinator, player->rig.now_ns, &answer);
            then = record_actions(player);
            next = then == SNAP_NO_CHECKPOINT ? next : then;
        }
        asked = next;
    }
}

static void run_ack(struct player *player, const json_t *step, struct snap_text *why)
{
    snap_checkpoint_id checkpoint = conform_integer(step, "checkpoint");
    struct snap_task_ack ack = {.task = number_of(step, "task"), .attempt = RIG_ATTEMPT};
    bool result;

    if (!strcmp(conform_string(step, "op"), "ack_from_unknown_attempt"))
        ack.attempt++;
    ack.state = coordinator_rig_handle(checkpoint, ack.task);
    result = snap_coordinator_ack(&player->rig.coordinator, player->rig.now_ns, checkpoint, &ack);
    conform_same_integer(why, "returns", conform_boolean(step, "returns"), result);
}

static enum snap_failure_reason reason_of(const json_t *step)
{
    enum snap_failure_reason reason = SNAP_FAILURE_TRIGGER_CHECKPOINT_FAILURE;

    if (json_object_get(step, "reason"))
        SNAP_CHECK(snap_failure_reason_parse(conform_string(step, "reason"), &reason));
    return reason;
}

static void run_operator(struct player *player, const json_t *step)
{
    struct snap_operator_answer answer = {.checkpoint = conform_integer(step, "checkpoint"),
                                          .coordinator = number_of(step, "coordinator"),
                                          .reason = reason_of(step)};

    answer.failed = !strcmp(conform_string(step, "op"), "coordinator_fails");
    answer.state = coordinator_rig_handle(answer.checkpoint, answer.coordinator);
    snap_coordinator_operator_done(&player->rig.coordinator, player->rig.now_ns, &answer);
}

static void run_restore(struct player *player, const json_t *step, struct snap_text *why)
{
    struct snap_coordinator *coordinator = &player->rig.coordinator;
    bool global = !strcmp(conform_string(step, "op"), "restore_global");
    const struct snap_checkpoint_record *record =
        global ? snap_coordinator_restore_global(coordinator, player->rig.now_ns)
               : snap_coordinator_restore_region(coordinator, player->rig.now_ns);
    snap_checkpoint_id id = record ? record->id : SNAP_NO_CHECKPOINT;
    json_t *returns = global ? json_boolean(record != NULL) : id_or_null(id);
    json_t *restored = json_object();

    for (uint32_t task = 0; task < player->rig.graph.task_count; task++) {
        json_t *name = named('t', task);
        bool has_state = record && record->task_states[task] == coordinator_rig_handle(id, task);

        json_object_set_new(restored, json_string_value(name),
                            has_state ? json_integer(id) : json_null());
        json_decref(name);
    }
    conform_same_json(why, "returns", json_object_get(step, "returns"), returns);
    conform_same_json(why, "restored", json_object_get(step, "restored"), restored);
    json_decref(returns);
    json_decref(restored);
}

static void run_advance(struct player *player, const json_t *step)
{
    snap_ns until_ns = player->rig.now_ns + conform_integer(step, "ms") * SNAP_MS;

    while (snap_coordinator_advance_one(&player->rig.coordinator, until_ns)) {
        player->rig.now_ns = player->rig.coordinator.now_ns;
        settle(player);
    }
    player->rig.now_ns = until_ns;
}

static bool run_op(struct player *player, const json_t *step, struct snap_text *why)
{
    struct snap_coordinator *coordinator = &player->rig.coordinator;
    const char *op = conform_string(step, "op");
    snap_ns now_ns = player->rig.now_ns;

    if (!strcmp(op, "trigger")) {
        snap_coordinator_trigger(coordinator, now_ns,
                                 conform_snapshot_kind(conform_string(step, "snapshot")),
                                 number_of(step, "request"));
    } else if (!strcmp(op, "ack") || !strcmp(op, "ack_from_unknown_attempt")) {
        run_ack(player, step, why);
    } else if (!strcmp(op, "decline")) {
        struct snap_task_decline decline = {conform_integer(step, "checkpoint"),
                                            number_of(step, "task"), reason_of(step)};

        snap_coordinator_decline(coordinator, now_ns, &decline);
    } else if (!strcmp(op, "coordinator_done") || !strcmp(op, "coordinator_fails")) {
        run_operator(player, step);
    } else if (!strcmp(op, "abort_pending")) {
        snap_coordinator_abort_pending(coordinator, now_ns, reason_of(step));
    } else if (!strcmp(op, "start_scheduler")) {
        snap_coordinator_start_scheduler(coordinator, now_ns, player->rig.initial_delay_ns);
    } else if (!strcmp(op, "stop_scheduler")) {
        snap_coordinator_stop_scheduler(coordinator, now_ns);
    } else if (!strcmp(op, "shutdown")) {
        snap_coordinator_shutdown(coordinator, now_ns);
    } else if (!strcmp(op, "restore_global") || !strcmp(op, "restore_region")) {
        run_restore(player, step, why);
    } else {
        return false;
    }
    settle(player);
    return true;
}

static void compare(struct player *player, const json_t *step, struct snap_text *why)
{
    const struct snap_coordinator *coordinator = &player->rig.coordinator;
    json_t *pending = coordinator_rig_ids(&coordinator->pending);
    json_t *retained = coordinator_rig_ids(&coordinator->store.kept);

    conform_same_json(why, "events", conform_array(step, "events"), player->events);
    conform_same_json(why, "pending", conform_array(step, "pending"), pending);
    conform_same_json(why, "retained", conform_array(step, "retained"), retained);
    conform_same_integer(why, "queued", conform_integer(step, "queued"),
                         coordinator->decider.queued);
    json_decref(pending);
    json_decref(retained);
}

/* Whether a checkpoint's operator coordinators are asked in the step without an answer in it. */
static bool step_holds_operators(const json_t *step)
{
    int64_t asked = SNAP_NO_CHECKPOINT;
    int64_t triggered = SNAP_NO_CHECKPOINT;
    json_t *event;
    size_t i;

    json_array_foreach(conform_array(step, "events"), i, event)
    {
        const char *name = conform_string(event, "ev");

        if (!strcmp(name, "coordinator_snapshot"))
            asked = conform_integer(event, "checkpoint");
        if (!strcmp(name, "trigger_task"))
            triggered = conform_integer(event, "checkpoint");
    }
    return asked != SNAP_NO_CHECKPOINT && triggered != asked;
}

static bool holds_operators(const json_t *json)
{
    json_t *step;
    size_t i;

    json_array_foreach(conform_array(json, "steps"), i, step)
    {
        if (step_holds_operators(step))
            return true;
    }
    return false;
}

static void run_sequence(const json_t *json, struct snap_text *why)
{
    struct player player = {.hold_operators = holds_operators(json)};
    json_t *step;
    size_t i;

    coordinator_rig_init(&player.rig, json_object_get(json, "config"));
    json_array_foreach(conform_array(json, "steps"), i, step)
    {
        player.events = json_array();
        if (!strcmp(conform_string(step, "op"), "advance"))
            run_advance(&player, step);
        else if (!run_op(&player, step, why))
            snap_text_printf(why, "op %s not known\n", conform_string(step, "op"));
        compare(&player, step, why);
        json_decref(player.events);
        if (why->length) {
            snap_text_printf(why, "at step %zu (%s)\n", i, conform_string(step, "op"));
            break;
        }
    }
    coordinator_rig_fini(&player.rig);
}

enum conform_result conform_pending_checkpoint_case(const struct conform_case *at,
                                                    struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");

    if (!strcmp(kind, "coordinator_sequence"))
        run_sequence(at->json, why);
    else if (!strcmp(kind, "pending_unit"))
        conform_pending_unit(at->json, why);
    else
        return conform_skip(why, kind);
    return conform_verdict(why);
}
