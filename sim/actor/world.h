// SPDX-License-Identifier: Apache-2.0
/*
 * world.h: one execution of a job: all actors, what outlives every attempt, and the seam to the
 * runtime. It is built and ended by world_life.h.
 *
 * - Actors are the tasks (ids 0 .. task_count - 1) and the JobManager (id task_count).
 * - An actor's time: it has done everything before now_ns and nothing at or after horizon_ns.
 *   next_ns is its next boundary with something to do, promise_ns the earliest instant at which
 *   it sends anything of its own accord.
 * - What is constant (simulation, job, latencies) may be read by every thread; the rest of an
 *   actor is its own thread's.
 * - The runtime adds time, scheduling and wake-ups only: struct snap_runtime.
 */
#ifndef SNAP_ACTOR_WORLD_H
#define SNAP_ACTOR_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fs.h"
#include "model/observer.h"
#include "model/simulation.h"
#include "actor/event_log.h"
#include "actor/faults.h"
#include "actor/mail.h"

struct snap_world;

struct snap_actor {
    struct snap_world *world;
    uint32_t id;
    snap_ns now_ns;
    snap_ns next_ns;
    snap_ns promise_ns;
    snap_ns horizon_ns;
    bool may_wait; /* what sends nothing before the horizon may be left for a later step */
    struct snap_inbox inbox;
    uint64_t mail_sequence;
    uint64_t event_sequence;
    struct snap_event_log log;
    struct snap_block_pool *blocks; /* for mails and buffers */
    void *thread;                   /* the threads runtime's own */
};

/* What a runtime adds to the task loop. */
struct snap_runtime {
    /* Delivers the mail (handed over) to its target. */
    void (*deliver)(struct snap_actor *from, struct snap_mail *mail);
    /* Returns the actor's current instant; never falls. */
    snap_ns (*clock)(struct snap_actor *actor);
    /* Spends `cost_ns` of real time for records that were just processed. NULL in virtual time. */
    void (*spend)(struct snap_actor *actor, snap_ns cost_ns);
    /* Whether mail is waiting that ends a span. NULL in virtual time: the inbox tells. */
    bool (*has_mail)(struct snap_actor *actor);
};

/* Who is handed events of one type: places among the observers, in their order. */
struct snap_event_route {
    uint8_t local_count;
    uint8_t merged_count;
    uint8_t local[SNAP_OBSERVERS_MAX];
    uint8_t merged[SNAP_OBSERVERS_MAX];
};

struct snap_task;
struct snap_job_manager;
struct snap_resume;
struct snap_savepoints;
struct snap_checkpoint_files;
struct snap_large_states;

struct snap_world {
    const struct snap_simulation *sim;
    const struct snap_job *job;
    struct snap_timeline timeline; /* as the job has it */
    const struct snap_runtime *runtime;
    void *runtime_state;
    struct snap_arena arena;                /* world memory: outlives every attempt */
    uint32_t execution;                     /* of the run, from 0 */
    uint32_t first_attempt;                 /* attempts of earlier executions have lower numbers */
    snap_ns start_ns;                       /* when the execution begins */
    bool follows;                           /* it is not the first one of the run */
    uint32_t started_by;                    /* if so, the action of the timeline that wanted it */
    const struct snap_resume *resume;       /* NULL in the first execution */
    struct snap_savepoints *savepoints;     /* of the run */
    struct snap_checkpoint_files *files;    /* of the run; NULL: none are written */
    struct snap_large_states *large_states; /* of the run */
    struct snap_fs *fs;                     /* where sinks write; borrowed, may be NULL */
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    uint32_t observer_count;
    const uint8_t **key_lanes;      /* by edge, HASH: see partition.h; of the world arena */
    const uint32_t **group_targets; /* by edge, HASH only: snap_partition_group_targets */
    bool event_time;                /* some operator makes or uses watermarks */
    struct snap_columns columns;    /* lineage: a ledger watches, and there are copies or children;
                                     * stamps: somebody looks at them */
    bool records_wanted;
    bool told[SNAP_EVENT_COUNT];                      /* somebody wants events of the type */
    struct snap_event_route routes[SNAP_EVENT_COUNT]; /* of what is told */
    bool spans_wanted;                                /* by some observer, or for record events */
    bool instants_wanted;                             /* of the records in spans */
    bool stints_wanted;
    bool passages_wanted;
    struct snap_watch watch;
    bool links_change;           /* the timeline makes some slower or faster */
    int64_t link_permille_least; /* no message takes less than so many thousandths of its latency */
    struct snap_task *tasks;
    struct snap_job_manager *job_manager;
    struct snap_actor **actors; /* by id */
    uint32_t actor_count;
    struct snap_event_merge merge;
    /* One thread runs all actors, or none at all: of the mails that fit a place, the one that is
     * being sent, and the one that was taken. */
    struct snap_mail outgoing;
    struct snap_mail taken;
};

/* Hands all events before the instant to the observers, in order. */
void snap_world_merge_events(struct snap_world *world, snap_ns before_ns);

/* Returns a zeroed mail of the kind; it is sent before the next one is made. */
struct snap_mail *snap_actor_new_mail(struct snap_actor *actor, enum snap_mail_kind kind,
                                      uint32_t target);

/* Sends the mail at `at_ns`; it arrives `latency_ns` (> 0) later. */
void snap_actor_send(struct snap_actor *actor, struct snap_mail *mail, snap_ns at_ns,
                     snap_ns latency_ns);

/* Gives a mail back, without what it carries. */
void snap_actor_free_mail(struct snap_actor *actor, struct snap_mail *mail);

/* Emits an event that somebody wants; see snap_actor_event. */
void snap_actor_tell(struct snap_actor *actor, enum snap_event_type type, snap_ns at_ns,
                     const int64_t args[static SNAP_EVENT_ARGS_MAX]);

/* Emits an event at the instant; `args` are the type's arguments, with zeros behind them. */
static inline void snap_actor_event(struct snap_actor *actor, enum snap_event_type type,
                                    snap_ns at_ns, const int64_t args[static SNAP_EVENT_ARGS_MAX])
{
    if (actor->world->told[type])
        snap_actor_tell(actor, type, at_ns, args);
}

#define SNAP_EVENT(actor, type, at_ns, ...)                                                        \
    snap_actor_event(actor, SNAP_EVENT_##type, at_ns,                                              \
                     (const int64_t[SNAP_EVENT_ARGS_MAX]){__VA_ARGS__})

/* Returns the latency between two actors: local inside one TaskManager, else the network's. */
snap_ns snap_world_latency(const struct snap_world *world, uint32_t from, uint32_t to);

/* Returns the time of a message between a subtask and the storage, whose model is the
 * JobManager's: it goes over the network, not through the JobManager's calls. */
snap_ns snap_world_storage_latency(const struct snap_world *world);

#endif
