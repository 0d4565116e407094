// SPDX-License-Identifier: Apache-2.0
#include "runtime/world_life.h"

#include <string.h>

#include "base/check.h"
#include "jobmanager/job_manager.h"
#include "runtime/resume.h"
#include "task/task.h"
#include "task/task_passed.h"

static void add_actor(struct snap_world *world, struct snap_actor *actor)
{
    world->actors[actor->id] = actor;
    actor->inbox.taken = &world->taken;
}

/* Which subtask a key, or key group, belongs to is the same for all producers of an edge. */
static void make_targets(struct snap_world *world)
{
    const struct snap_job *job = world->job;

    world->group_targets = SNAP_ARENA_ARRAY(&world->arena, const uint32_t *, job->edge_count);
    world->key_lanes = SNAP_ARENA_ARRAY(&world->arena, const uint8_t *, job->edge_count);
    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        const struct snap_operator *consumer = &job->operators[edge->consumer];

        if (edge->ship != SNAP_SHIP_HASH || edge->chained)
            continue;
        world->group_targets[e] = snap_partition_group_targets(&world->arena, consumer);
        world->key_lanes[e] =
            snap_partition_key_lanes(&world->arena, &job->operators[edge->producer], consumer);
    }
}

/* Whether a record may have more than one copy or child: only then lineages tell them apart, else
 * all are 0 and need no column. See model/lineage.h. */
static bool makes_lineages(const struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];
        const struct snap_operator_rules rules = snap_operator_rules_of(op);

        if (rules.expands || rules.kind == SNAP_RULE_WINDOW)
            return true;
    }
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (job->edges[e].ship == SNAP_SHIP_BROADCAST || job->edges[e].way != 0)
            return true;
    return false;
}

/* Whether somebody looks at timestamps and origins of records: an operator, or who watches. */
static bool needs_stamps(const struct snap_world *world)
{
    const struct snap_job *job = world->job;

    if (world->spans_wanted || world->passages_wanted || world->event_time)
        return true;
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (!snap_operator_class_of(&job->operators[i])->ignores_stamps)
            return true;
    return false;
}

void snap_world_init(struct snap_world *world, const struct snap_simulation *sim,
                     const struct snap_world_options *options)
{
    SNAP_CHECK(options->observer_count <= SNAP_OBSERVERS_MAX);
    memset(world, 0, sizeof(*world));
    world->sim = sim;
    world->resume = options->resume;
    world->job = sim->job;
    snap_arena_init(&world->arena);
    world->timeline = snap_timeline_translate(&sim->timeline, sim->job, world->job, &world->arena);
    world->savepoints = options->savepoints;
    world->large_states = options->large_states;
    world->files = options->files;
    if (options->resume)
        snap_resume_world(world);
    world->fs = options->fs;
    world->observer_count = options->observer_count;
    for (uint32_t i = 0; i < options->observer_count; i++) {
        world->observers[i] = options->observers[i];
        world->records_wanted = world->records_wanted || world->observers[i].records_wanted;
        world->spans_wanted =
            world->spans_wanted || world->observers[i].span || world->observers[i].records_wanted;
        world->stints_wanted = world->stints_wanted || world->observers[i].stint;
        world->passages_wanted = world->passages_wanted || world->observers[i].passage;
        world->instants_wanted = world->instants_wanted || world->observers[i].records_wanted ||
                                 world->observers[i].instants_wanted;
    }
    make_targets(world);
    for (uint32_t i = 0; i < world->job->operator_count; i++)
        if (snap_operator_time_needs(&world->job->operators[i]).event_time)
            world->event_time = true;
    world->columns.lineage = sim->ledger != SNAP_LEDGER_OFF && makes_lineages(world->job);
    snap_watch_init(world);
    world->columns.stamps = needs_stamps(world);
    world->actor_count = world->job->task_count + 1;
    world->actors = SNAP_ARENA_ARRAY(&world->arena, struct snap_actor *, world->actor_count);
    world->tasks = SNAP_ARENA_ARRAY(&world->arena, struct snap_task, world->job->task_count);
    for (uint32_t t = 0; t < world->job->task_count; t++) {
        snap_task_init(&world->tasks[t], world, t);
        add_actor(world, &world->tasks[t].actor);
    }
    world->job_manager = SNAP_ARENA_NEW(&world->arena, struct snap_job_manager);
    snap_job_manager_init(world->job_manager, world);
    add_actor(world, &world->job_manager->actor);
    if (world->resume)
        snap_resume_memory(world);
}

static void free_inbox(struct snap_actor *actor)
{
    struct snap_mail *mail;

    while ((mail = snap_inbox_take(&actor->inbox, actor->blocks, SNAP_NEVER))) {
        snap_buffer_put(actor->blocks, mail->item);
        if (mail->kind == SNAP_MAIL_ACK)
            snap_task_snapshot_free(mail->snapshot);
        snap_actor_free_mail(actor, mail);
    }
}

void snap_world_fini(struct snap_world *world)
{
    for (uint32_t i = 0; i < world->actor_count; i++)
        free_inbox(world->actors[i]);
    for (uint32_t t = 0; t < world->job->task_count; t++)
        snap_task_fini(&world->tasks[t]);
    snap_job_manager_fini(world->job_manager);
    snap_event_merge_fini(&world->merge);
    snap_arena_fini(&world->arena);
}

/* Which types of events are told at all. On real threads events are kept until the end, so bytes
 * in flight are added up only where all buffer events are wanted. */
static void choose_events(struct snap_world *world)
{
    bool buffers = false;
    bool in_flight = false;
    bool metrics = false;
    bool watched = false;
    bool digests = world->records_wanted;

    for (uint32_t i = 0; i < world->observer_count; i++) {
        watched = watched || world->observers[i].merged || world->observers[i].local;
        buffers = buffers || world->observers[i].buffers_wanted;
        in_flight = in_flight || world->observers[i].in_flight_wanted;
        metrics = metrics || world->observers[i].metrics_wanted;
        digests = digests || world->observers[i].digests_wanted;
    }
    for (unsigned type = 0; type < SNAP_EVENT_COUNT; type++) {
        const bool wanted[] = {
            [SNAP_TRACE_OFF] = false,
            [SNAP_TRACE_CHECKPOINTS] = watched,
            [SNAP_TRACE_BUFFERS] = buffers,
            [SNAP_TRACE_RECORDS] = world->records_wanted,
        };
        enum snap_trace_level level = snap_event_info_get((enum snap_event_type)type)->level;

        world->told[type] = world->watch.events[type] || wanted[level];
    }
    world->told[SNAP_EVENT_STATE_TAKEN] = digests;
    world->told[SNAP_EVENT_STATE_STORED] = digests;
    world->told[SNAP_EVENT_STATE_RESTORED] = digests;
    world->told[SNAP_EVENT_TASK_METRICS] = world->told[SNAP_EVENT_TASK_METRICS] || metrics;
    world->told[SNAP_EVENT_GATE_DEBLOATED] = world->told[SNAP_EVENT_GATE_DEBLOATED] || metrics;
    if (in_flight && !world->runtime->spend) {
        world->told[SNAP_EVENT_BUFFER_QUEUED] = true;
        world->told[SNAP_EVENT_BUFFER_RECOVERED] = true;
        world->told[SNAP_EVENT_BUFFER_TAKEN] = true;
    }
}

/* Events of level `checkpoints` are handed on where they happen, too. */
static void choose_routes(struct snap_world *world)
{
    for (unsigned t = 0; t < SNAP_EVENT_COUNT; t++) {
        enum snap_event_type type = (enum snap_event_type)t;
        const struct snap_event_info *info = snap_event_info_get(type);
        struct snap_event_route *route = &world->routes[type];

        *route = (struct snap_event_route){0};
        for (uint32_t i = 0; i < world->observer_count; i++) {
            const struct snap_observer *observer = &world->observers[i];

            if (observer->local && info->level == SNAP_TRACE_CHECKPOINTS)
                route->local[route->local_count++] = (uint8_t)i;
            if (observer->merged && (!observer->takes || observer->takes(observer->context, type)))
                route->merged[route->merged_count++] = (uint8_t)i;
        }
    }
}

void snap_world_start(struct snap_world *world)
{
    choose_events(world);
    choose_routes(world);
    snap_watch_start(world);
    for (uint32_t t = 0; t < world->job->task_count; t++) {
        SNAP_EVENT(&world->tasks[t].actor, TASK_STATUS, world->start_ns, 0, SNAP_TASK_CREATED,
                   SNAP_CAUSE_NONE);
    }
    snap_job_manager_start(world->job_manager);
    world->job_manager->actor.next_ns = world->start_ns;
    world->job_manager->actor.promise_ns = world->start_ns;
}

bool snap_world_is_over(const struct snap_world *world)
{
    return world->job_manager->ended_ns != SNAP_NEVER;
}

enum snap_job_status snap_world_job_status(const struct snap_world *world)
{
    return world->job_manager->status;
}

snap_ns snap_world_ended_ns(const struct snap_world *world)
{
    return world->job_manager->ended_ns;
}

void snap_world_close(struct snap_world *world, snap_ns at_ns)
{
    for (uint32_t i = 0; i < world->actor_count; i++)
        snap_event_log_cut(&world->actors[i]->log, at_ns);
    for (uint32_t t = 0; t < world->job->task_count; t++)
        snap_task_close(&world->tasks[t], at_ns);
    snap_world_merge_events(world, SNAP_NEVER);
}

void snap_actor_step(struct snap_actor *actor)
{
    if (actor->id == snap_job_manager_actor(actor->world->job))
        snap_job_manager_step(actor->world->job_manager);
    else
        snap_task_step(snap_task_of(actor));
}

bool snap_actor_may_answer(const struct snap_actor *actor, const struct snap_mail *mail)
{
    return actor->id == snap_job_manager_actor(actor->world->job) ||
           snap_task_may_answer(&actor->world->tasks[actor->id], mail);
}
