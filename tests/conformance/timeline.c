// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "coordinator_rig.h"
#include "snapshot_names.h"

enum { EVENTS_MAX = 4096, NEVER_ACKNOWLEDGES = -1, DECLINES = -2, DECLINE_AFTER_MS = 5 };

/* Something the case lets happen: an action, or a task's answer. */
struct happening {
    snap_ns due_ns;
    int64_t order;        /* among things due at the same time: as they were planned */
    uint64_t planned;     /* so many were planned before; decides where the order is the same */
    const json_t *action; /* or NULL: an answer */
    snap_checkpoint_id checkpoint;
    bool declines;
};

struct player {
    struct coordinator_rig rig;
    const json_t *latency;
    struct happening *happenings; /* those to come, in no order */
    size_t count;
    uint64_t planned;  /* so far */
    uint64_t requests; /* of the user so far */
    json_t *log;
};

static void add_happening(struct player *player, struct happening happening)
{
    SNAP_CHECK(player->count < EVENTS_MAX);
    happening.planned = player->planned++;
    player->happenings[player->count++] = happening;
}

static bool is_before(const struct happening *a, const struct happening *b)
{
    if (a->due_ns != b->due_ns)
        return a->due_ns < b->due_ns;
    return a->order != b->order ? a->order < b->order : a->planned < b->planned;
}

static struct happening *first_happening(struct player *player)
{
    struct happening *first = player->count ? player->happenings : NULL;

    for (size_t i = 1; i < player->count; i++)
        if (is_before(&player->happenings[i], first))
            first = &player->happenings[i];
    return first;
}

/* Plans the tasks' answer to a trigger. */
static void plan_answer(struct player *player, snap_checkpoint_id checkpoint)
{
    size_t entry = (size_t)(checkpoint - 1) % json_array_size(player->latency);
    int64_t latency = json_integer_value(json_array_get(player->latency, entry));
    struct happening answer = {.checkpoint = checkpoint,
                               .order = (int64_t)player->rig.coordinator.order_next,
                               .declines = latency == DECLINES};

    if (latency == NEVER_ACKNOWLEDGES)
        return;
    if (answer.declines)
        latency = DECLINE_AFTER_MS;
    answer.due_ns = player->rig.now_ns + latency * SNAP_MS;
    add_happening(player, answer);
}

static void log_entry(struct player *player, const char *word, json_t *third, json_t *fourth)
{
    json_t *entry = json_pack("[I,s]", (json_int_t)(player->rig.now_ns / SNAP_MS), word);

    json_array_append_new(entry, third);
    if (fourth)
        json_array_append_new(entry, fourth);
    json_array_append_new(player->log, entry);
}

/* Logs one action, in the words of the cases. */
static void take_action(struct player *player, const struct snap_coordinator_action *action)
{
    json_t *id = json_integer(action->checkpoint);
    bool task = action->verdict == SNAP_VERDICT_FAIL_TASK;

    if (action->type == SNAP_COORDINATOR_TRIGGER_TASK) {
        plan_answer(player, action->checkpoint);
        log_entry(player, "trigger", json_incref(id),
                  json_string(conform_snapshot_name(action->barrier.options.kind)));
    }
    if (action->type == SNAP_COORDINATOR_CHECKPOINT_COMPLETED)
        log_entry(player, "completed", json_incref(id), NULL);
    if (action->type == SNAP_COORDINATOR_CHECKPOINT_ABORTED)
        log_entry(player, "aborted", json_incref(id),
                  json_string(snap_failure_reason_name(action->reason)));
    if (action->type == SNAP_COORDINATOR_FAIL_JOB)
        log_entry(player, "fail_job", json_string(task ? "task" : "job"), NULL);
    json_decref(id);
}

static void take_actions(struct player *player)
{
    uint32_t count;
    const struct snap_coordinator_action *actions =
        snap_coordinator_actions(&player->rig.coordinator, &count);

    for (uint32_t i = 0; i < count; i++)
        take_action(player, &actions[i]);
}

static void run_backlog(struct player *player, const json_t *action, bool begins)
{
    uint32_t source = (uint32_t)json_integer_value(json_array_get(action, 2));

    if (begins)
        snap_coordinator_backlog_begins(&player->rig.coordinator, player->rig.now_ns, source);
    else
        snap_coordinator_backlog_ends(&player->rig.coordinator, player->rig.now_ns, source);
}

static void run_action(struct player *player, const json_t *action)
{
    struct snap_coordinator *coordinator = &player->rig.coordinator;
    const char *op = json_string_value(json_array_get(action, 1));
    snap_ns now_ns = player->rig.now_ns;

    if (!strcmp(op, "start_scheduler"))
        snap_coordinator_start_scheduler(coordinator, now_ns, player->rig.initial_delay_ns);
    else if (!strcmp(op, "stop_scheduler"))
        snap_coordinator_stop_scheduler(coordinator, now_ns);
    else if (!strcmp(op, "backlog_on") || !strcmp(op, "backlog_off"))
        run_backlog(player, action, !strcmp(op, "backlog_on"));
    else
        snap_coordinator_trigger(coordinator, now_ns, conform_snapshot_kind(op),
                                 ++player->requests);
}

static void run_answer(struct player *player, const struct happening *answer)
{
    struct snap_coordinator *coordinator = &player->rig.coordinator;
    struct snap_task_decline decline = {answer->checkpoint, 0, SNAP_FAILURE_CHECKPOINT_DECLINED};

    if (answer->declines) {
        snap_coordinator_decline(coordinator, player->rig.now_ns, &decline);
        return;
    }
    for (uint32_t task = 0; task < player->rig.graph.task_count; task++) {
        struct snap_task_ack ack = {.task = task,
                                    .attempt = RIG_ATTEMPT,
                                    .state = coordinator_rig_handle(answer->checkpoint, task)};

        snap_coordinator_ack(coordinator, player->rig.now_ns, answer->checkpoint, &ack);
    }
}

/* The coordinator's next timer as a happening; due SNAP_NEVER if there is none. */
static struct happening next_timer(const struct snap_coordinator *coordinator)
{
    const struct snap_checkpoint_record *record = coordinator->pending.first;
    /* An answer has the order that the next timer gets: it comes before that one. */
    struct happening periodic = {.due_ns = SNAP_NEVER, .planned = UINT64_MAX};
    struct happening timeout = {.due_ns = SNAP_NEVER, .planned = UINT64_MAX};

    if (coordinator->periodic.armed) {
        periodic.due_ns = coordinator->periodic.due_ns;
        periodic.order = (int64_t)coordinator->periodic.order;
    }
    if (record) {
        timeout.due_ns = record->timeout_due_ns;
        timeout.order = (int64_t)record->timeout_order;
    }
    return is_before(&timeout, &periodic) ? timeout : periodic;
}

/* Lets the next thing happen; false if none is due by the end. */
static bool step(struct player *player, snap_ns until_ns)
{
    struct happening timer = next_timer(&player->rig.coordinator);
    struct happening *first = first_happening(player);
    struct happening now;

    if (first && is_before(first, &timer)) {
        if (first->due_ns > until_ns)
            return false;
        now = *first;
        *first = player->happenings[--player->count];
        player->rig.now_ns = now.due_ns;
        if (now.action)
            run_action(player, now.action);
        else
            run_answer(player, &now);
    } else {
        if (timer.due_ns > until_ns)
            return false;
        player->rig.now_ns = timer.due_ns;
        snap_coordinator_advance_one(&player->rig.coordinator, timer.due_ns);
    }
    take_actions(player);
    return true;
}

static void compare(const struct player *player, const json_t *json, struct snap_text *why)
{
    const struct snap_coordinator *coordinator = &player->rig.coordinator;
    json_t *pending = coordinator_rig_ids(&coordinator->pending);
    json_t *retained = coordinator_rig_ids(&coordinator->store.kept);
    json_t *next = coordinator->periodic_next_ns == SNAP_NEVER
                       ? json_null()
                       : json_integer(coordinator->periodic_next_ns / SNAP_MS);
    size_t length = json_array_size(conform_array(json, "log"));

    for (size_t i = 0; i < length || i < json_array_size(player->log); i++)
        if (!conform_same_json(why, "log", json_array_get(conform_array(json, "log"), i),
                               json_array_get(player->log, i)))
            break;
    conform_same_json(why, "next_periodic_trigger", json_object_get(json, "next_periodic_trigger"),
                      next);
    conform_same_integer(why, "queued", conform_integer(json, "queued"),
                         coordinator->decider.queued);
    conform_same_json(why, "pending", conform_array(json, "pending"), pending);
    conform_same_json(why, "retained", conform_array(json, "retained"), retained);
    json_decref(pending);
    json_decref(retained);
    json_decref(next);
}

enum conform_result conform_timeline_case(const struct conform_case *at, struct snap_text *why)
{
    struct player player = {.latency = conform_array(at->json, "latency"), .log = json_array()};
    json_t *action;
    size_t i;

    player.happenings = calloc(EVENTS_MAX, sizeof(*player.happenings));
    SNAP_CHECK(player.happenings);
    coordinator_rig_init(&player.rig, json_object_get(at->json, "config"));
    json_array_foreach(conform_array(at->json, "actions"), i, action)
    {
        struct happening happening = {.action = action};

        /* They were planned before anything else, in the order in which they stand. */
        happening.due_ns = json_integer_value(json_array_get(action, 0)) * SNAP_MS;
        happening.order = (int64_t)i - EVENTS_MAX;
        add_happening(&player, happening);
    }
    while (step(&player, conform_integer(at->json, "until") * SNAP_MS))
        ;
    compare(&player, at->json, why);
    coordinator_rig_fini(&player.rig);
    json_decref(player.log);
    free(player.happenings);
    return conform_verdict(why);
}
