// SPDX-License-Identifier: Apache-2.0
#include "actor/mail.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"

/* A mail joins the line if at most so many of the last ones have to make room. */
enum { LINE_STEPS_MAX = 4, CAPACITY_FIRST = 4 };

static uint32_t mail_class(void)
{
    return snap_block_class(sizeof(struct snap_mail));
}

struct snap_mail *snap_mail_get(struct snap_block_pool *pool)
{
    return memset(snap_block_pool_get(pool, mail_class()), 0, sizeof(struct snap_mail));
}

void snap_mail_put(struct snap_block_pool *pool, struct snap_mail *mail)
{
    if (!mail->lent)
        snap_block_pool_put(pool, mail_class(), mail);
}

struct snap_mail *snap_mail_own(struct snap_block_pool *pool, struct snap_mail *mail)
{
    struct snap_mail *own;

    if (!mail->lent)
        return mail;
    own = snap_block_pool_get(pool, mail_class());
    *own = *mail;
    own->lent = false;
    return own;
}

static bool is_before(const struct snap_inbox_place *a, const struct snap_inbox_place *b)
{
    if (a->arrives_ns != b->arrives_ns)
        return a->arrives_ns < b->arrives_ns;
    if (a->source != b->source)
        return a->source < b->source;
    return a->sequence < b->sequence;
}

void snap_inbox_fini(struct snap_inbox *inbox)
{
    SNAP_CHECK(!inbox->first && inbox->heap_count == 0 && !inbox->put_back);
    snap_memory_give_back(inbox->heap);
    memset(inbox, 0, sizeof(*inbox));
}

static struct snap_inbox_place pack(struct snap_block_pool *pool, struct snap_mail *mail)
{
    struct snap_inbox_place place = {
        .arrives_ns = mail->arrives_ns,
        .sequence = mail->sequence,
        .source = mail->source,
        .kind = mail->kind,
        .mail = mail,
    };

    if (!snap_mail_fits_place(mail->kind))
        return place;
    place.attempt = mail->attempt;
    place.channel = mail->channel;
    place.count = mail->count;
    place.other = mail->other;
    if (mail->kind == SNAP_MAIL_ITEM)
        place.item = mail->item;
    snap_mail_put(pool, mail);
    return place;
}

/* What the place does not have is 0 in the mail that is lent at all times. */
static struct snap_mail *unpack(struct snap_inbox *inbox, const struct snap_inbox_place *place)
{
    struct snap_mail *mail = inbox->taken;

    if (!snap_mail_fits_place(place->kind))
        return place->mail;
    mail->lent = true;
    mail->arrives_ns = place->arrives_ns;
    mail->sequence = place->sequence;
    mail->source = place->source;
    mail->attempt = place->attempt;
    mail->channel = place->channel;
    mail->kind = place->kind;
    if (place->kind == SNAP_MAIL_ITEM) {
        mail->item = place->item;
        mail->count = 0;
        mail->other = 0;
        return mail;
    }
    mail->item = NULL;
    mail->count = place->count;
    mail->other = place->other;
    return mail;
}

static uint32_t piece_class(void)
{
    return snap_block_class(sizeof(struct snap_inbox_piece));
}

static void append(struct snap_inbox *inbox, struct snap_block_pool *pool,
                   const struct snap_inbox_place *place)
{
    if (!inbox->first || inbox->last_used == SNAP_INBOX_PIECE_PLACES) {
        struct snap_inbox_piece *piece = snap_block_pool_get(pool, piece_class());

        piece->next = NULL;
        piece->previous = inbox->last;
        if (inbox->first)
            inbox->last->next = piece;
        else
            inbox->first = piece;
        inbox->last = piece;
        inbox->last_used = 0;
    }
    inbox->last->places[inbox->last_used++] = *place;
}

/* Returns whether the place has been put into the line: at its end or a few places before. */
static bool join_line(struct snap_inbox *inbox, struct snap_block_pool *pool,
                      const struct snap_inbox_place *place)
{
    struct snap_inbox_piece *piece = inbox->last;
    uint32_t least = inbox->first == inbox->last ? inbox->first_at : 0;
    uint32_t end = inbox->last_used;
    uint32_t at = end;

    if (!inbox->first || !is_before(place, &piece->places[at - 1])) {
        append(inbox, pool, place);
        return true;
    }
    while (at > least && is_before(place, &piece->places[at - 1]))
        if (end - --at > LINE_STEPS_MAX)
            return false;
    if (at == 0 && inbox->first != piece &&
        is_before(place, &piece->previous->places[SNAP_INBOX_PIECE_PLACES - 1]))
        return false;
    /* The last one moves on, perhaps into a new piece. */
    append(inbox, pool, &piece->places[end - 1]);
    memmove(&piece->places[at + 1], &piece->places[at],
            (end - 1 - at) * sizeof(struct snap_inbox_place));
    piece->places[at] = *place;
    return true;
}

static void join_heap(struct snap_inbox *inbox, const struct snap_inbox_place *place)
{
    uint32_t at = inbox->heap_count++;

    if (at == inbox->heap_capacity) {
        inbox->heap_capacity = inbox->heap_capacity ? inbox->heap_capacity * 2 : CAPACITY_FIRST;
        inbox->heap = snap_memory_resize(inbox->heap, inbox->heap_capacity * sizeof(*inbox->heap));
    }
    while (at > 0 && is_before(place, &inbox->heap[(at - 1) / 2])) {
        inbox->heap[at] = inbox->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    inbox->heap[at] = *place;
}

void snap_inbox_add(struct snap_inbox *inbox, struct snap_block_pool *pool, struct snap_mail *mail)
{
    struct snap_inbox_place place = pack(pool, mail);

    if (!join_line(inbox, pool, &place))
        join_heap(inbox, &place);
}

static struct snap_inbox_place leave_line(struct snap_inbox *inbox, struct snap_block_pool *pool)
{
    struct snap_inbox_piece *piece = inbox->first;
    struct snap_inbox_place place = piece->places[inbox->first_at++];

    if (inbox->first_at == (piece == inbox->last ? inbox->last_used : SNAP_INBOX_PIECE_PLACES)) {
        inbox->first = piece->next;
        inbox->first_at = 0;
        snap_block_pool_put(pool, piece_class(), piece);
    }
    return place;
}

static struct snap_inbox_place leave_heap(struct snap_inbox *inbox)
{
    const struct snap_inbox_place first = inbox->heap[0];
    const struct snap_inbox_place last = inbox->heap[--inbox->heap_count];
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= inbox->heap_count)
            break;
        if (child + 1 < inbox->heap_count &&
            is_before(&inbox->heap[child + 1], &inbox->heap[child]))
            child++;
        if (!is_before(&inbox->heap[child], &last))
            break;
        inbox->heap[at] = inbox->heap[child];
        at = child;
    }
    inbox->heap[at] = last;
    return first;
}

struct snap_mail *snap_inbox_take_new(struct snap_inbox *inbox, struct snap_block_pool *pool,
                                      snap_ns now_ns)
{
    struct snap_inbox_place place;

    if (snap_inbox_peek_new(inbox) > now_ns || (!inbox->first && inbox->heap_count == 0))
        return NULL;
    if (inbox->heap_count == 0 ||
        (inbox->first && is_before(&inbox->first->places[inbox->first_at], &inbox->heap[0])))
        place = leave_line(inbox, pool);
    else
        place = leave_heap(inbox);
    return unpack(inbox, &place);
}

struct snap_mail *snap_inbox_take(struct snap_inbox *inbox, struct snap_block_pool *pool,
                                  snap_ns now_ns)
{
    struct snap_mail *mail = inbox->put_back;

    if (!mail)
        return snap_inbox_take_new(inbox, pool, now_ns);
    SNAP_CHECK(mail->arrives_ns <= now_ns);
    inbox->put_back = mail->next;
    if (!inbox->put_back)
        inbox->put_back_tail = NULL;
    mail->next = NULL;
    return mail;
}

void snap_inbox_put_back(struct snap_inbox *inbox, struct snap_mail *mail)
{
    mail->next = NULL;
    if (inbox->put_back_tail)
        inbox->put_back_tail->next = mail;
    else
        inbox->put_back = mail;
    inbox->put_back_tail = mail;
}
