// SPDX-License-Identifier: Apache-2.0
#include "runtime/virtual.h"

#include <stdlib.h>

#include "base/check.h"

/* Events are handed on when this many passes were made. */
enum { PASSES_A_MERGE = 512 };

struct virtual_runtime {
    struct snap_block_pool blocks;
    snap_ns window_ns; /* W: nobody sends before this */
    snap_ns end_ns;    /* no boundary at or after this */
};

static struct virtual_runtime *runtime_of(const struct snap_world *world)
{
    return world->runtime_state;
}

static void deliver(struct snap_actor *from, struct snap_mail *mail)
{
    struct snap_actor *to = from->world->actors[mail->target];
    snap_ns at = snap_ns_max(to->now_ns, mail->arrives_ns);

    SNAP_CHECK(mail->arrives_ns - runtime_of(from->world)->window_ns > 0);
    SNAP_CHECK(mail->arrives_ns >= to->horizon_ns);
    snap_inbox_add(&to->inbox, mail);
    to->next_ns = snap_ns_min(to->next_ns, at);
    to->promise_ns = snap_ns_min(to->promise_ns, at);
}

static snap_ns clock(struct snap_actor *actor)
{
    return actor->now_ns;
}

static const struct snap_runtime virtual_functions = {.deliver = deliver, .clock = clock};

void snap_virtual_init(struct snap_world *world)
{
    struct virtual_runtime *runtime = calloc(1, sizeof(*runtime));

    SNAP_CHECK(runtime);
    snap_block_pool_init(&runtime->blocks, UINT32_MAX);
    runtime->end_ns = world->sim->until_ns;
    world->runtime = &virtual_functions;
    world->runtime_state = runtime;
    for (uint32_t i = 0; i < world->actor_count; i++)
        world->actors[i]->blocks = &runtime->blocks;
}

void snap_virtual_fini(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);

    snap_block_pool_fini(&runtime->blocks);
    free(runtime);
    world->runtime_state = NULL;
}

static void step_ahead(struct snap_world *world)
{
    struct virtual_runtime *runtime = runtime_of(world);
    snap_ns window = SNAP_NEVER;

    for (uint32_t i = 0; i < world->actor_count; i++)
        window = snap_ns_min(window, world->actors[i]->promise_ns);
    SNAP_CHECK(window >= runtime->window_ns);
    runtime->window_ns = window;
    for (uint32_t i = 0; i < world->actor_count; i++) {
        struct snap_actor *actor = world->actors[i];

        actor->horizon_ns =
            snap_ns_min(snap_ns_add(window, actor->latency_in_ns), runtime->end_ns);
    }
    for (uint32_t i = 0; i < world->actor_count; i++)
        if (world->actors[i]->next_ns < world->actors[i]->horizon_ns)
            snap_actor_step(world->actors[i]);
}

static void step_next(struct snap_world *world)
{
    struct snap_actor *next = world->actors[0];

    for (uint32_t i = 1; i < world->actor_count; i++)
        if (world->actors[i]->next_ns < next->next_ns)
            next = world->actors[i];
    runtime_of(world)->window_ns = next->next_ns;
    next->horizon_ns = snap_ns_min(snap_ns_add(next->next_ns, 1), runtime_of(world)->end_ns);
    snap_actor_step(next);
}

static snap_ns earliest(const struct snap_world *world)
{
    snap_ns next = SNAP_NEVER;

    for (uint32_t i = 0; i < world->actor_count; i++)
        next = snap_ns_min(next, world->actors[i]->next_ns);
    return next;
}

snap_ns snap_virtual_run(struct snap_world *world, enum snap_pace pace, bool (*interrupted)(void))
{
    struct virtual_runtime *runtime = runtime_of(world);
    uint64_t passes = 0;
    snap_ns next;

    while ((next = earliest(world)) < runtime->end_ns) {
        if (pace == SNAP_PACE_RUN_AHEAD)
            step_ahead(world);
        else
            step_next(world);
        /* The end of the job is the end of the run, for everybody at the same instant. */
        if (snap_world_is_over(world))
            runtime->end_ns = snap_ns_min(runtime->end_ns, snap_world_ended_ns(world) + 1);
        if (++passes % PASSES_A_MERGE == 0) {
            snap_world_merge_events(world, snap_ns_min(runtime->window_ns, earliest(world)));
            if (interrupted && interrupted()) {
                snap_world_close(world, next);
                return next;
            }
        }
    }
    /* A job in which nothing can ever happen again would be a bug of ours. */
    SNAP_CHECK(runtime->end_ns != SNAP_NEVER);
    next = snap_world_is_over(world) ? snap_world_ended_ns(world) : runtime->end_ns;
    snap_world_close(world, next);
    return next;
}
