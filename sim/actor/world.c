// SPDX-License-Identifier: Apache-2.0
#include "actor/world.h"

#include <string.h>

#include "base/check.h"

snap_ns snap_world_latency(const struct snap_world *world, uint32_t from, uint32_t to)
{
    const struct snap_job *job = world->job;
    const struct snap_cost_model *model = &world->sim->model;
    snap_ns latency = model->network_latency_ns;

    if (from >= job->task_count || to >= job->task_count)
        latency = model->job_manager_latency_ns;
    else if (job->task_manager[from] == job->task_manager[to])
        latency = model->network_local_latency_ns;
    return snap_ns_max(latency, 1);
}

snap_ns snap_world_storage_latency(const struct snap_world *world)
{
    return snap_ns_max(world->sim->model.network_latency_ns, 1);
}

struct snap_mail *snap_actor_new_mail(struct snap_actor *actor, enum snap_mail_kind kind,
                                      uint32_t target)
{
    struct snap_mail *mail = &actor->world->outgoing;

    if (snap_mail_fits_place(kind) && !actor->world->runtime->spend) {
        mail->lent = true;
        mail->attempt = 0;
        mail->channel = 0;
        mail->count = 0;
        mail->other = 0;
        mail->item = NULL;
    } else {
        mail = snap_mail_get(actor->blocks);
    }
    mail->kind = kind;
    mail->source = actor->id;
    mail->target = target;
    return mail;
}

void snap_actor_free_mail(struct snap_actor *actor, struct snap_mail *mail)
{
    snap_mail_put(actor->blocks, mail);
}

void snap_actor_send(struct snap_actor *actor, struct snap_mail *mail, snap_ns at_ns,
                     snap_ns latency_ns)
{
    const struct snap_world *world = actor->world;

    SNAP_CHECK(latency_ns > 0 && mail->target < world->actor_count);
    /* On real threads the machine itself takes the time. */
    mail->arrives_ns = world->runtime->spend ? at_ns : snap_ns_add(at_ns, latency_ns);
    mail->sequence = actor->mail_sequence++;
    world->runtime->deliver(actor, mail);
}

/* On real threads the instants of records are worked out from their costs, and short costs are paid
 * together, later: what is told then must not lie before the records. */
static snap_ns told_ns(const struct snap_actor *actor, snap_ns at_ns)
{
    if (!actor->world->runtime->spend)
        return at_ns;
    return snap_ns_max(at_ns, snap_event_log_latest_ns(&actor->log));
}

/* What comes of it may append events of the actor. */
static void tell_watch(struct snap_actor *actor, struct snap_event event)
{
    snap_watch_event(actor, &event);
}

void snap_actor_tell(struct snap_actor *actor, enum snap_event_type type, snap_ns at_ns,
                     const int64_t args[static SNAP_EVENT_ARGS_MAX])
{
    struct snap_world *world = actor->world;
    const struct snap_event_route *route = &world->routes[type];
    struct snap_event *event = snap_event_log_add(&actor->log, told_ns(actor, at_ns));

    event->sequence = actor->event_sequence++;
    event->actor = actor->id;
    event->type = type;
    memcpy(event->args, args, sizeof(event->args));
    for (uint32_t i = 0; i < route->local_count; i++) {
        const struct snap_observer *observer = &world->observers[route->local[i]];

        observer->local(observer->context, event);
    }
    if (world->watch.events[type])
        tell_watch(actor, *event);
}

void snap_world_merge_events(struct snap_world *world, snap_ns before_ns)
{
    struct snap_event_merge *merge = &world->merge;
    const struct snap_event *event;

    snap_event_merge_begin(merge, before_ns);
    for (uint32_t i = 0; i < world->actor_count; i++)
        snap_event_merge_add(merge, &world->actors[i]->log);
    snap_event_merge_ready(merge);
    while ((event = snap_event_merge_next(merge))) {
        const struct snap_event_route *route = &world->routes[event->type];

        for (uint32_t i = 0; i < route->merged_count; i++) {
            const struct snap_observer *observer = &world->observers[route->merged[i]];

            observer->merged(observer->context, event);
        }
    }
}
