// SPDX-License-Identifier: Apache-2.0
/*
 * mail.h: every message between actors (tasks and the JobManager), and an actor's inbox.
 *
 * - Nothing acts across actors but a mail, and a mail takes more than no time.
 * - Mails are taken in the order (arrives_ns, source, sequence); a source numbers what it sends.
 *   A source's mails to one actor never overtake each other.
 * - Mails between tasks carry the attempt of their sender: who is in another attempt drops them,
 *   or keeps them until it is deployed.
 * - A mail that carries a buffer or a snapshot hands it over.
 * - An inbox is touched by its actor's thread only (threads: see threads.h for the hand-over).
 * Flink: TaskMailbox, and all of Flink's RPCs and network messages.
 */
#ifndef SNAP_ACTOR_MAIL_H
#define SNAP_ACTOR_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/block_pool.h"
#include "base/error.h"
#include "base/time.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/failure_reason.h"
#include "protocol/buffer.h"

struct snap_task_snapshot;

enum snap_mail_kind {
    /* Between tasks. */
    SNAP_MAIL_ITEM,          /* channel of the receiver; item */
    SNAP_MAIL_CONNECT,       /* channel of the sender; count = first credit */
    SNAP_MAIL_CREDIT,        /* channel of the sender; count = credits, other = segments */
    SNAP_MAIL_BUFFER_SIZE,   /* channel of the sender; count = bytes of buffers to come */
    SNAP_MAIL_RESUME,        /* channel of the sender */
    SNAP_MAIL_PROCESSED,     /* all data of the channel is used up. Flink: notifyAllDataProcessed */
    SNAP_MAIL_BARRIER_TAKEN, /* local channel of the sender; barrier.checkpoint was taken */
    /* From the JobManager to a task. */
    SNAP_MAIL_DEPLOY,          /* attempt; snapshot or NULL; flag = it had finished */
    SNAP_MAIL_CANCEL,          /* attempt */
    SNAP_MAIL_TRIGGER,         /* barrier */
    SNAP_MAIL_NOTIFY_COMPLETE, /* barrier.checkpoint */
    SNAP_MAIL_NOTIFY_ABORTED,  /* barrier.checkpoint */
    SNAP_MAIL_STORAGE_DONE,    /* request; flag = it failed */
    /* From a task to the JobManager. */
    SNAP_MAIL_STATUS,  /* status, cause */
    SNAP_MAIL_ACK,     /* barrier.checkpoint; snapshot; of itself: channel = the task */
    SNAP_MAIL_DECLINE, /* barrier.checkpoint, reason */
    SNAP_MAIL_STORE,   /* request; bytes to write or read; flag = it is to be read;
                        * barrier.checkpoint = data in flight of that one; 0: other state */
    SNAP_MAIL_MATCH,   /* request = index of the action whose event was seen */
    /* From the timeline. */
    SNAP_MAIL_ACTION, /* request = index of the action */
};

struct snap_mail {
    snap_ns arrives_ns;
    uint64_t sequence; /* of the source */
    uint32_t source;   /* actor id */
    uint32_t target;   /* actor id */
    uint32_t attempt;  /* of the sending or addressed task */
    uint32_t channel;
    uint32_t count;
    uint32_t other;
    /* Small, so that a mail fits 128 bytes. */
    enum snap_mail_kind kind : 8;
    enum snap_task_status status : 8;
    enum snap_failure_cause cause : 8;
    enum snap_failure_reason reason : 8;
    bool flag;
    bool lent; /* its memory is not the pool's: who keeps it needs snap_mail_own */
    enum snap_stored_damage damage : 8; /* DEPLOY: of what is stored of the snapshot */
    bool alive; /* DEPLOY: the last attempt has finished and still serves its channels */
    uint64_t request;
    int64_t bytes;
    struct snap_barrier barrier;
    struct snap_buffer *item;
    struct snap_task_snapshot *snapshot;
    struct snap_error *error; /* STATUS: the task's, which stands until it is deployed again */
    struct snap_mail *next;
};

/*
 * A mail's place in an inbox. Mails between tasks, of which there may be one for each of many
 * channels, lie in their place as a whole; the others in memory of their own.
 */
struct snap_inbox_place {
    snap_ns arrives_ns;
    uint64_t sequence;
    uint32_t source;
    uint32_t attempt;
    uint32_t channel;
    enum snap_mail_kind kind;
    union {
        struct {
            uint32_t count;
            uint32_t other;
        };
        struct snap_buffer *item; /* of an ITEM */
        struct snap_mail *mail;   /* of a kind that does not lie here; owned */
    };
};

enum { SNAP_INBOX_PIECE_PLACES = 12 };

/* A piece of a line, so long that it fits 512 bytes. */
struct snap_inbox_piece {
    struct snap_inbox_piece *next;
    struct snap_inbox_piece *previous; /* of any but the first */
    struct snap_inbox_place places[SNAP_INBOX_PIECE_PLACES];
};

/*
 * Most mails come in their order, or nearly: those stand in a line, in pieces of the pool's memory.
 * The others are in a heap.
 */
struct snap_inbox {
    struct snap_inbox_piece *first; /* NULL: nobody stands in the line */
    struct snap_inbox_piece *last;
    uint32_t first_at;  /* of the first piece: the first place that is not taken */
    uint32_t last_used; /* of the last piece: places in use */
    uint32_t heap_count;
    uint32_t heap_capacity;
    struct snap_inbox_place *heap;
    struct snap_mail *put_back; /* taken before their time had come; first in, first out */
    struct snap_mail *put_back_tail;
    struct snap_mail *taken; /* borrowed: what the last one that had its place here is lent in */
};

void snap_inbox_fini(struct snap_inbox *inbox);

/* Adds a mail, whose memory goes to the pool or stays with the inbox. Here and in what follows the
 * pool is that of the inbox's owner. */
void snap_inbox_add(struct snap_inbox *inbox, struct snap_block_pool *pool, struct snap_mail *mail);

/* Returns the arrival of the next mail that was not put back. */
static inline snap_ns snap_inbox_peek_new(const struct snap_inbox *inbox)
{
    snap_ns next = inbox->first ? inbox->first->places[inbox->first_at].arrives_ns : SNAP_NEVER;

    return inbox->heap_count > 0 ? snap_ns_min(next, inbox->heap[0].arrives_ns) : next;
}

/* Returns the arrival of the next mail, also one that was put back; SNAP_NEVER if none. */
static inline snap_ns snap_inbox_peek(const struct snap_inbox *inbox)
{
    return inbox->put_back ? inbox->put_back->arrives_ns : snap_inbox_peek_new(inbox);
}

/* A place in the line of an inbox that is looked at, not taken. */
struct snap_inbox_walk {
    const struct snap_inbox_piece *piece;
    uint32_t at;
};

/* Returns the next place in the line; NULL behind the last one. */
static inline const struct snap_inbox_place *snap_inbox_walk_on(const struct snap_inbox *inbox,
                                                                struct snap_inbox_walk *walk)
{
    if (walk->piece && walk->at == SNAP_INBOX_PIECE_PLACES) {
        walk->piece = walk->piece == inbox->last ? NULL : walk->piece->next;
        walk->at = 0;
    }
    if (!walk->piece || (walk->piece == inbox->last && walk->at == inbox->last_used))
        return NULL;
    return &walk->piece->places[walk->at++];
}

/* Returns the first place in the line, not the one put back; NULL if nobody stands there. */
static inline const struct snap_inbox_place *snap_inbox_walk_line(const struct snap_inbox *inbox,
                                                                  struct snap_inbox_walk *walk)
{
    walk->piece = inbox->first;
    walk->at = inbox->first_at;
    return snap_inbox_walk_on(inbox, walk);
}

/* Takes the next mail that has arrived by `now_ns`; put back ones first. NULL if there is none.
 * Its target is not told: that is the owner. It may be lent, until the next one is taken. */
struct snap_mail *snap_inbox_take(struct snap_inbox *inbox, struct snap_block_pool *pool,
                                  snap_ns now_ns);

/* The same, but leaves those that were put back. */
struct snap_mail *snap_inbox_take_new(struct snap_inbox *inbox, struct snap_block_pool *pool,
                                      snap_ns now_ns);

/* Keeps a mail that was taken, and is owned, for later, behind those already put back. */
void snap_inbox_put_back(struct snap_inbox *inbox, struct snap_mail *mail);

/* Returns a zeroed mail. */
struct snap_mail *snap_mail_get(struct snap_block_pool *pool);

/* Whether all that a mail of the kind carries fits a place of an inbox. */
static inline bool snap_mail_fits_place(enum snap_mail_kind kind)
{
    return kind <= SNAP_MAIL_PROCESSED;
}

/* Returns the mail, in memory of the pool that the caller owns, for later. */
struct snap_mail *snap_mail_own(struct snap_block_pool *pool, struct snap_mail *mail);

/* Gives a mail back, without what it carries. */
void snap_mail_put(struct snap_block_pool *pool, struct snap_mail *mail);

#endif
