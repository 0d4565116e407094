// SPDX-License-Identifier: Apache-2.0
#include "runtime/resume.h"

#include <string.h>

#include "base/check.h"
#include "jobmanager/job_manager.h"
#include "task/task.h"

/* A new submission is no faster than a message. */
static snap_ns submission_ns(const struct snap_world *world)
{
    return snap_ns_max(world->sim->model.network_latency_ns, 1);
}

static bool restarts(const struct snap_world *world, const struct snap_mail *mail)
{
    return mail->kind == SNAP_MAIL_ACTION &&
           world->timeline.actions[mail->request].kind == SNAP_ACTION_RESTART_FROM;
}

bool snap_resume_find(struct snap_world *ended, uint32_t *action, snap_ns *start_ns)
{
    struct snap_job_manager *jm = ended->job_manager;
    snap_ns earliest = snap_ns_add(jm->ended_ns, submission_ns(ended));
    struct snap_mail *mail;

    *action = jm->restart_action;
    *start_ns = earliest;
    while (*action == SNAP_NO_INDEX &&
           (mail = snap_inbox_take(&jm->actor.inbox, jm->actor.blocks, SNAP_NEVER))) {
        if (restarts(ended, mail) && mail->arrives_ns < snap_simulation_end_ns(ended->sim) &&
            snap_watch_take_action(&jm->actor, mail)) {
            *action = (uint32_t)mail->request;
            *start_ns = snap_ns_max(earliest, mail->arrives_ns);
        }
        snap_task_snapshot_free(mail->snapshot);
        snap_actor_free_mail(&jm->actor, mail);
    }
    return *action != SNAP_NO_INDEX && *start_ns < snap_simulation_end_ns(ended->sim);
}

static bool retains(const struct snap_checkpoint_config *config, enum snap_job_status status)
{
    return config->retention == SNAP_RETAIN_ON_CANCELLATION ||
           (config->retention == SNAP_RETAIN_ON_FAILURE && status == SNAP_JOB_FAILED);
}

/* There is no such checkpoint: says why. */
static void refuse_checkpoint(const struct snap_world *ended, const struct snap_action *wanted,
                              struct snap_error *error)
{
    enum snap_job_status status = ended->job_manager->status;
    const char *how = status == SNAP_JOB_FAILED     ? "failed"
                      : status == SNAP_JOB_CANCELED ? "was cancelled"
                                                    : "has finished";

    if (ended->job_manager->has_none)
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no %s to restart from: the job had completed no checkpoint",
                       wanted->savepoint);
    else if (status == SNAP_JOB_FINISHED || !retains(&ended->sim->config.checkpoint, status))
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no %s to restart from: the job %s, and then "
                       "execution.checkpointing.externalized-checkpoint-retention lets no "
                       "checkpoint stay%s",
                       wanted->savepoint, how,
                       status == SNAP_JOB_CANCELED ? "; RETAIN_ON_CANCELLATION does" : "");
    else
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no %s to restart from: it is not among those that "
                       "execution.checkpointing.num-retained kept",
                       wanted->savepoint);
}

static double seconds(snap_ns at_ns)
{
    return (double)at_ns / 1e9;
}

/* There is no such savepoint: says what became of it. */
static void refuse_savepoint(const struct snap_world *ended, const char *name,
                             struct snap_error *error)
{
    const struct snap_savepoint_wish *wish = snap_savepoints_wish(ended->savepoints, name);
    snap_ns now_ns = ended->job_manager->ended_ns;

    if (!wish || wish->failed_ns == SNAP_NEVER)
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no savepoint \"%s\" to restart from: when the job had ended, at "
                       "%.3f s, nobody had asked for it",
                       name, seconds(now_ns));
    else if (wish->reason == SNAP_FAILURE_CHECKPOINT_COORDINATOR_SUSPEND &&
             wish->failed_ns >= ended->job_manager->restart_cancel_ns)
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "savepoint \"%s\" was not complete at %.3f s, when the job was cancelled to "
                       "restart from it: it had been under way since %.3f s; let the restart come "
                       "later, or \"when: savepoint completed\"",
                       name, seconds(wish->failed_ns), seconds(wish->asked_ns));
    else
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no savepoint \"%s\" to restart from: what was asked for at %.3f s "
                       "failed at %.3f s (%s)",
                       name, seconds(wish->asked_ns), seconds(wish->failed_ns),
                       snap_failure_reason_name(wish->reason));
}

/* A job that ended before its first checkpoint left what it had started from as it was. */
static const struct snap_savepoint *find_checkpoint(const struct snap_world *ended,
                                                    snap_checkpoint_id id)
{
    if (id != SNAP_LATEST_CHECKPOINT)
        return snap_savepoints_find_checkpoint(ended->savepoints, id);
    if (ended->job_manager->took_none && ended->job_manager->status != SNAP_JOB_FINISHED)
        return ended->resume->savepoint;
    return snap_savepoints_latest_checkpoint(ended->savepoints, ended->execution);
}

static const struct snap_savepoint *find_snapshot(const struct snap_world *ended,
                                                  const struct snap_action *wanted,
                                                  struct snap_error *error)
{
    const struct snap_savepoint *found =
        wanted->from_checkpoint ? find_checkpoint(ended, wanted->checkpoint)
                                : snap_savepoints_find(ended->savepoints, wanted->savepoint);

    if (!found && wanted->optional)
        return NULL;
    if (!found && wanted->from_checkpoint)
        refuse_checkpoint(ended, wanted, error);
    else if (!found)
        refuse_savepoint(ended, wanted->savepoint, error);
    return found;
}

struct snap_resume *snap_resume_prepare(struct snap_world *ended, uint32_t action, snap_ns start_ns,
                                        struct snap_error *error)
{
    const struct snap_action *wanted = &ended->timeline.actions[action];
    struct snap_resume *resume = SNAP_ARENA_NEW(&ended->arena, struct snap_resume);
    struct snap_assignment_input in = {.to = wanted->restart,
                                       .config = &ended->sim->config.checkpoint};

    resume->before = ended;
    resume->claim = SNAP_NO_CLAIM;
    resume->job = wanted->restart->job;
    resume->action = action;
    resume->start_ns = start_ns;
    snap_job_manager_retain(ended->job_manager);
    resume->savepoint = find_snapshot(ended, wanted, error);
    in.from = resume->savepoint;
    if (!resume->savepoint || !snap_savepoint_assign(&in, &ended->arena, &resume->assigned, error))
        return NULL;
    return resume;
}

void snap_resume_world(struct snap_world *world)
{
    const struct snap_resume *resume = world->resume;
    uint32_t attempt = 0;

    if (!resume->before)
        return;
    for (uint32_t r = 0; r < resume->before->job_manager->region_count; r++)
        if (resume->before->job_manager->regions[r].attempt > attempt)
            attempt = resume->before->job_manager->regions[r].attempt;
    world->job = resume->job;
    world->timeline =
        snap_timeline_translate(&world->sim->timeline, world->sim->job, world->job, &world->arena);
    world->execution = resume->before->execution + 1;
    world->first_attempt = attempt + 1;
    world->start_ns = resume->start_ns;
    world->follows = true;
    world->started_by = resume->action;
}

static uint32_t place_in(const struct snap_vertex *vertex, uint32_t operator_index)
{
    uint32_t place = 0;

    while (vertex->operators[place] != operator_index)
        place++;
    return place;
}

static struct snap_task_slot *slot_in(const struct snap_world *world,
                                      const struct snap_operator *op, uint32_t subtask)
{
    const struct snap_vertex *vertex = &world->job->vertices[op->vertex];

    return &world->tasks[vertex->task_first + subtask].slots[place_in(vertex, op->index)];
}

/* The operator of the same uid and type in another job. */
static const struct snap_operator *same_in(const struct snap_job *job,
                                           const struct snap_operator *op)
{
    const struct snap_operator *same = snap_job_find_operator(job, op->uid);

    return same && same->type == op->type ? same : NULL;
}

static struct snap_world *world_before(const struct snap_world *world)
{
    return world->resume ? world->resume->before : NULL;
}

/* The world memory of the operator's subtask: of the last execution that had it. */
static struct snap_task_slot *earlier_slot(const struct snap_world *world,
                                           const struct snap_operator *op, uint32_t subtask)
{
    for (struct snap_world *at = world_before(world); at; at = world_before(at)) {
        const struct snap_operator *same = same_in(at->job, op);
        struct snap_task_slot *slot = NULL;

        if (same && subtask < same->parallelism)
            slot = slot_in(at, same, subtask);
        if (slot && !slot->moved)
            return slot;
    }
    return NULL;
}

static uint32_t most_subtasks(const struct snap_world *world, const struct snap_operator *op)
{
    uint32_t most = op->parallelism;

    for (struct snap_world *at = world_before(world); at; at = world_before(at)) {
        const struct snap_operator *same = same_in(at->job, op);

        if (same && same->parallelism > most)
            most = same->parallelism;
    }
    return most;
}

static void move_slot(struct snap_task_slot *from, struct snap_task_slot *to)
{
    snap_string_pool_fini(&to->strings);
    *to = *from;
    memset(from, 0, sizeof(*from));
    from->moved = true;
}

/* What the savepoint has of the operator's subtask, or NULL. */
static const struct snap_operator_state *saved_state(const struct snap_savepoint *savepoint,
                                                     const struct snap_operator *op,
                                                     uint32_t subtask)
{
    const struct snap_operator *same = same_in(savepoint->job, op);
    const struct snap_vertex *vertex;
    const struct snap_task_snapshot *snapshot;

    if (!same || subtask >= same->parallelism)
        return NULL;
    vertex = &savepoint->job->vertices[same->vertex];
    snapshot = savepoint->tasks[vertex->task_first + subtask];
    return snapshot ? &snapshot->operators[place_in(vertex, same->index)] : NULL;
}

/* Which execution took the snapshot that this one starts from; SNAP_NO_INDEX: another run did, the
 * first execution had it from files. */
static uint32_t taken_in(const struct snap_world *world)
{
    const struct snap_savepoint *savepoint = world->resume->savepoint;
    const struct snap_world *first = world;

    while (world_before(first))
        first = world_before(first);
    return first->resume && first->resume->savepoint == savepoint ? SNAP_NO_INDEX
                                                                  : savepoint->execution;
}

/* Lets the operator put the world memory of all subtasks there ever were to the savepoint. */
static void hand_over(struct snap_world *world, const struct snap_operator *op)
{
    const struct snap_operator_class *class = snap_operator_class_of(op);
    uint32_t most = most_subtasks(world, op);
    struct snap_world_place *places =
        SNAP_ARENA_ARRAY(&world->arena, struct snap_world_place, op->parallelism);

    for (uint32_t s = 0; s < op->parallelism; s++)
        places[s] = (struct snap_world_place){slot_in(world, op, s)->world,
                                              &slot_in(world, op, s)->strings};
    for (uint32_t s = 0; s < most; s++) {
        struct snap_task_slot *slot =
            s < op->parallelism ? slot_in(world, op, s) : earlier_slot(world, op, s);
        struct snap_operator_context context = {.job = world->job,
                                                .op = op,
                                                .subtask = s,
                                                .execution = world->execution,
                                                .taken_in = taken_in(world)};

        if (!slot)
            continue;
        context.strings = &slot->strings;
        context.world = slot->world;
        context.restored = saved_state(world->resume->savepoint, op, s);
        class->hand_over(&context, places);
    }
}

/* Machines of the earlier execution are those of this one. */
static void note_machines(struct snap_world *world, const struct snap_world *before)
{
    for (uint32_t t = 0; t < world->job->task_count; t++)
        for (uint32_t b = 0; b < before->job->task_count; b++)
            if (before->job->task_manager[b] == world->job->task_manager[t])
                world->tasks[t].machines_lost = before->tasks[b].machines_lost;
}

void snap_resume_memory(struct snap_world *world)
{
    const struct snap_resume *resume = world->resume;

    if (resume->before)
        memcpy(world->watch.occasions, resume->before->watch.occasions,
               world->timeline.count * sizeof(*world->watch.occasions));
    if (resume->before && world->sim->model.storage_is_local)
        note_machines(world, resume->before);
    for (uint32_t i = 0; i < world->job->operator_count; i++) {
        const struct snap_operator *op = &world->job->operators[i];

        for (uint32_t s = 0; s < op->parallelism; s++) {
            struct snap_task_slot *earlier = earlier_slot(world, op, s);

            if (earlier)
                move_slot(earlier, slot_in(world, op, s));
        }
        if (snap_operator_class_of(op)->hand_over)
            hand_over(world, op);
    }
}
