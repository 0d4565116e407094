// SPDX-License-Identifier: Apache-2.0
#include "runtime/threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "runtime/world_life.h"
#include "base/heap.h"
#include "task/task.h"

enum {
    BLOCKS_KEPT = 64,
    /* Shorter waits cost more than they are: such costs are paid together. */
    SLEEP_LEAST_NS = 50000,
    INTERRUPT_CHECK_NS = 50000000,
};

/* One actor's thread and post box. */
struct actor_thread {
    struct snap_actor *actor;
    pthread_t thread;
    bool created; /* set and read by who starts and joins threads */
    struct snap_block_pool blocks;
    snap_ns busy_until_ns;  /* costs are spent up to here */
    snap_ns sent_ns;        /* instant of the last mail that keeps its order */
    struct snap_mail taken; /* see struct snap_inbox */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    struct snap_mail *first;
    struct snap_mail *last;
    bool parked;
    atomic_bool waiting; /* mail is in the box, or stop: read without the lock between spans */
    bool stop;
};

struct threads_runtime {
    struct timespec start;
    struct actor_thread *threads; /* by actor */
    pthread_mutex_t lock;         /* guards what follows */
    pthread_cond_t over_changed;
    bool over;
    struct snap_error error; /* a thread could not be started, which ends the run */
};

static struct threads_runtime *runtime_of(const struct snap_world *world)
{
    return world->runtime_state;
}

static struct actor_thread *thread_of(struct snap_actor *actor)
{
    return actor->thread;
}

static snap_ns now_of(const struct threads_runtime *runtime)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - runtime->start.tv_sec) * SNAP_SECOND + now.tv_nsec -
           runtime->start.tv_nsec;
}

static struct timespec absolute(const struct threads_runtime *runtime, snap_ns at_ns)
{
    snap_ns ns = snap_ns_add(runtime->start.tv_nsec, at_ns);
    struct timespec at = {runtime->start.tv_sec + ns / SNAP_SECOND, ns % SNAP_SECOND};

    return at;
}

static snap_ns clock_of_actor(struct snap_actor *actor)
{
    return snap_ns_max(actor->now_ns, now_of(runtime_of(actor->world)));
}

/* Puts a mail into the box and wakes the owner only if it is parked. */
static void post(struct actor_thread *box, struct snap_mail *mail)
{
    bool wake;

    pthread_mutex_lock(&box->lock);
    mail->next = NULL;
    if (box->last)
        box->last->next = mail;
    else
        box->first = mail;
    box->last = mail;
    atomic_store_explicit(&box->waiting, true, memory_order_release);
    wake = box->parked;
    pthread_mutex_unlock(&box->lock);
    if (wake)
        pthread_cond_signal(&box->wake);
}

/* Moves what is in the box into the actor's inbox; returns whether the owner must stop. */
static bool collect(struct actor_thread *box)
{
    struct snap_mail *mail;
    bool stop;

    pthread_mutex_lock(&box->lock);
    mail = box->first;
    box->first = NULL;
    box->last = NULL;
    atomic_store_explicit(&box->waiting, false, memory_order_relaxed);
    stop = box->stop;
    pthread_mutex_unlock(&box->lock);
    while (mail) {
        struct snap_mail *next = mail->next;

        mail->next = NULL;
        snap_inbox_add(&box->actor->inbox, &box->blocks, mail);
        mail = next;
    }
    return stop;
}

/* Waits until there is mail, a stop, or the instant has come. */
static void park(struct actor_thread *box, snap_ns until_ns)
{
    const struct threads_runtime *runtime = runtime_of(box->actor->world);
    struct timespec until = absolute(runtime, until_ns);
    int result = 0;

    pthread_mutex_lock(&box->lock);
    box->parked = true;
    while (!box->first && !box->stop && result != ETIMEDOUT) {
        if (until_ns == SNAP_NEVER)
            pthread_cond_wait(&box->wake, &box->lock);
        else
            result = pthread_cond_clockwait(&box->wake, &box->lock, CLOCK_MONOTONIC, &until);
    }
    box->parked = false;
    pthread_mutex_unlock(&box->lock);
}

static bool is_job_manager(const struct snap_actor *actor)
{
    return actor->id == snap_job_manager_actor(actor->world->job);
}

/* A task's thread ends with its attempt, unless that has finished: then it still serves credits. */
static bool attempt_is_over(struct snap_actor *actor)
{
    return !is_job_manager(actor) && !snap_task_of(actor)->has_attempt;
}

static void tell_over(struct threads_runtime *runtime)
{
    pthread_mutex_lock(&runtime->lock);
    runtime->over = true;
    pthread_cond_signal(&runtime->over_changed);
    pthread_mutex_unlock(&runtime->lock);
}

static void *thread_main(void *argument)
{
    struct actor_thread *box = argument;
    struct snap_actor *actor = box->actor;

    while (!collect(box)) {
        actor->now_ns = clock_of_actor(actor);
        actor->horizon_ns = actor->now_ns + 1;
        snap_actor_step(actor);
        if (is_job_manager(actor) && snap_world_is_over(actor->world)) {
            tell_over(runtime_of(actor->world));
            break;
        }
        if (attempt_is_over(actor))
            break;
        if (actor->next_ns > clock_of_actor(actor))
            park(box, actor->next_ns);
    }
    return NULL;
}

static void start_thread(struct actor_thread *box)
{
    struct threads_runtime *runtime = runtime_of(box->actor->world);
    int result = pthread_create(&box->thread, NULL, thread_main, box);

    box->created = result == 0;
    if (box->created)
        return;
    pthread_mutex_lock(&runtime->lock);
    snap_error_set(
        &runtime->error, SNAP_ERROR_MEMORY,
        "cannot start a thread for each of the %u subtasks: %s; fewer subtasks, a higher "
        "limit (ulimit -u, -v), or virtual time would do",
        box->actor->world->job->task_count, strerror(result));
    runtime->over = true;
    pthread_cond_signal(&runtime->over_changed);
    pthread_mutex_unlock(&runtime->lock);
}

static void join_thread(struct actor_thread *box)
{
    if (!box->created)
        return;
    pthread_join(box->thread, NULL);
    box->created = false;
}

/* A deployment starts the task's thread; that of an attempt that failed has ended by then. */
static void deploy(struct actor_thread *box, bool alive)
{
    if (alive)
        return;
    join_thread(box);
    start_thread(box);
}

/* What a source sends to one actor must not overtake: its instants may not fall. An action has its
 * own. Items of links that change lie in the receiver's inbox for so long as they are under way:
 * there each channel keeps its order, and nothing else goes from a sender to its receiver. */
static bool keeps_its_order(const struct snap_mail *mail, const struct snap_world *world)
{
    return mail->kind != SNAP_MAIL_ACTION && (mail->kind != SNAP_MAIL_ITEM || !world->links_change);
}

static void deliver(struct snap_actor *from, struct snap_mail *mail)
{
    struct actor_thread *to = thread_of(from->world->actors[mail->target]);
    bool deploys = mail->kind == SNAP_MAIL_DEPLOY;
    bool alive = mail->alive;

    if (mail->target == from->id) {
        snap_inbox_add(&from->inbox, from->blocks, mail);
        return;
    }
    if (keeps_its_order(mail, from->world)) {
        SNAP_CHECK(mail->arrives_ns >= thread_of(from)->sent_ns);
        thread_of(from)->sent_ns = mail->arrives_ns;
    }
    post(to, mail);
    if (deploys)
        deploy(to, alive);
}

static bool has_mail(struct snap_actor *actor)
{
    return atomic_load_explicit(&thread_of(actor)->waiting, memory_order_acquire);
}

/* Costs are paid by waiting for an absolute instant, so that late wake-ups do not add up. */
static void spend(struct snap_actor *actor, snap_ns cost_ns)
{
    struct actor_thread *box = thread_of(actor);
    const struct threads_runtime *runtime = runtime_of(actor->world);
    struct timespec until;

    if (cost_ns == 0)
        return;
    box->busy_until_ns = snap_ns_max(box->busy_until_ns, actor->now_ns) + cost_ns;
    if (actor->world->sim->model.cost_mode == SNAP_COST_SPIN) {
        while (now_of(runtime) < box->busy_until_ns)
            continue;
        return;
    }
    if (box->busy_until_ns - now_of(runtime) < SLEEP_LEAST_NS)
        return;
    until = absolute(runtime, box->busy_until_ns);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}

static const struct snap_runtime threads_functions = {
    .deliver = deliver, .clock = clock_of_actor, .spend = spend, .has_mail = has_mail};

void snap_threads_init(struct snap_world *world)
{
    struct threads_runtime *runtime = snap_heap_zeroed(1, sizeof(*runtime));

    runtime->threads = snap_heap_zeroed(world->actor_count, sizeof(*runtime->threads));
    pthread_mutex_init(&runtime->lock, NULL);
    pthread_cond_init(&runtime->over_changed, NULL);
    clock_gettime(CLOCK_MONOTONIC, &runtime->start);
    /* The clock goes on where the last execution left it. */
    runtime->start.tv_sec -= world->start_ns / SNAP_SECOND;
    runtime->start.tv_nsec -= world->start_ns % SNAP_SECOND;
    if (runtime->start.tv_nsec < 0) {
        runtime->start.tv_nsec += SNAP_SECOND;
        runtime->start.tv_sec--;
    }
    world->runtime = &threads_functions;
    world->runtime_state = runtime;
    for (uint32_t i = 0; i < world->actor_count; i++) {
        struct actor_thread *box = &runtime->threads[i];

        box->actor = world->actors[i];
        box->actor->inbox.taken = &box->taken;
        snap_block_pool_init(&box->blocks, BLOCKS_KEPT);
        pthread_mutex_init(&box->lock, NULL);
        pthread_cond_init(&box->wake, NULL);
        world->actors[i]->blocks = &box->blocks;
        world->actors[i]->thread = box;
    }
}

void snap_threads_fini(struct snap_world *world)
{
    struct threads_runtime *runtime = runtime_of(world);

    for (uint32_t i = 0; i < world->actor_count; i++) {
        struct actor_thread *box = &runtime->threads[i];

        SNAP_CHECK(!box->created && !box->first);
        snap_block_pool_fini(&box->blocks);
        pthread_mutex_destroy(&box->lock);
        pthread_cond_destroy(&box->wake);
    }
    pthread_mutex_destroy(&runtime->lock);
    pthread_cond_destroy(&runtime->over_changed);
    free(runtime->threads);
    free(runtime);
    world->runtime_state = NULL;
}

static void ask_to_stop(struct actor_thread *box)
{
    pthread_mutex_lock(&box->lock);
    box->stop = true;
    atomic_store_explicit(&box->waiting, true, memory_order_release);
    pthread_mutex_unlock(&box->lock);
    pthread_cond_signal(&box->wake);
}

/* Waits until the job is over, `until` has passed or somebody interrupts. */
static void await_end(struct snap_world *world, bool (*interrupted)(void))
{
    struct threads_runtime *runtime = runtime_of(world);
    snap_ns until_ns = snap_simulation_end_ns(world->sim);

    pthread_mutex_lock(&runtime->lock);
    while (!runtime->over && now_of(runtime) < until_ns && !(interrupted && interrupted())) {
        snap_ns next =
            interrupted ? snap_ns_min(until_ns, now_of(runtime) + INTERRUPT_CHECK_NS) : until_ns;
        struct timespec at = absolute(runtime, next);

        if (next == SNAP_NEVER)
            pthread_cond_wait(&runtime->over_changed, &runtime->lock);
        else
            pthread_cond_clockwait(&runtime->over_changed, &runtime->lock, CLOCK_MONOTONIC, &at);
    }
    pthread_mutex_unlock(&runtime->lock);
}

snap_ns snap_threads_run(struct snap_world *world, bool (*interrupted)(void),
                         struct snap_error *error)
{
    struct threads_runtime *runtime = runtime_of(world);
    uint32_t job_manager = snap_job_manager_actor(world->job);
    snap_ns end;

    start_thread(&runtime->threads[job_manager]);
    await_end(world, interrupted);
    /* The JobManager first: it alone starts other threads. */
    ask_to_stop(&runtime->threads[job_manager]);
    join_thread(&runtime->threads[job_manager]);
    /* All tasks hear of it before the first one is waited for. */
    for (uint32_t t = 0; t < world->job->task_count; t++)
        ask_to_stop(&runtime->threads[t]);
    for (uint32_t t = 0; t < world->job->task_count; t++)
        join_thread(&runtime->threads[t]);
    for (uint32_t i = 0; i < world->actor_count; i++)
        collect(&runtime->threads[i]);
    end = now_of(runtime);
    snap_world_close(world, end);
    *error = runtime->error;
    return end;
}
