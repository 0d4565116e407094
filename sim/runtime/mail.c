// SPDX-License-Identifier: Apache-2.0
#include "runtime/mail.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

/* A mail joins the line if at most so many of the last ones have to make room. */
enum { LINE_STEPS_MAX = 4, CAPACITY_FIRST = 16 };

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
    snap_block_pool_put(pool, mail_class(), mail);
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
    SNAP_CHECK(inbox->line_count == 0 && inbox->heap_count == 0 && !inbox->put_back);
    snap_memory_give_back(inbox->line);
    snap_memory_give_back(inbox->heap);
    memset(inbox, 0, sizeof(*inbox));
}

/* Whether all that the kind carries fits the place. */
static bool fits_place(enum snap_mail_kind kind)
{
    return kind <= SNAP_MAIL_PROCESSED;
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

    if (!fits_place(mail->kind))
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

static struct snap_mail *unpack(struct snap_block_pool *pool, const struct snap_inbox_place *place)
{
    struct snap_mail *mail;

    if (!fits_place(place->kind))
        return place->mail;
    mail = snap_mail_get(pool);
    mail->arrives_ns = place->arrives_ns;
    mail->sequence = place->sequence;
    mail->source = place->source;
    mail->attempt = place->attempt;
    mail->channel = place->channel;
    mail->kind = place->kind;
    if (place->kind == SNAP_MAIL_ITEM) {
        mail->item = place->item;
        return mail;
    }
    mail->count = place->count;
    mail->other = place->other;
    return mail;
}

static void make_room_in_line(struct snap_inbox *inbox)
{
    if (inbox->line_first + inbox->line_count < inbox->line_capacity)
        return;
    if (inbox->line_count > 0 && inbox->line_first >= inbox->line_count) {
        memcpy(inbox->line, inbox->line + inbox->line_first,
               inbox->line_count * sizeof(*inbox->line));
        inbox->line_first = 0;
        return;
    }
    inbox->line_capacity = inbox->line_capacity ? inbox->line_capacity * 2 : CAPACITY_FIRST;
    inbox->line = snap_memory_resize(inbox->line, inbox->line_capacity * sizeof(*inbox->line));
}

/* Returns whether the place has been put into the line: near its end, where it belongs. */
static bool join_line(struct snap_inbox *inbox, const struct snap_inbox_place *place)
{
    uint32_t steps = 0;
    struct snap_inbox_place *at;

    if (inbox->line_count == 0)
        inbox->line_first = 0;
    make_room_in_line(inbox);
    at = inbox->line + inbox->line_first + inbox->line_count;
    while (steps < inbox->line_count && is_before(place, at - steps - 1))
        if (++steps > LINE_STEPS_MAX)
            return false;
    memmove(at - steps + 1, at - steps, steps * sizeof(*at));
    at[-(ptrdiff_t)steps] = *place;
    inbox->line_count++;
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

    if (!join_line(inbox, &place))
        join_heap(inbox, &place);
}

static struct snap_inbox_place leave_line(struct snap_inbox *inbox)
{
    inbox->line_count--;
    return inbox->line[inbox->line_first++];
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

    if (snap_inbox_peek_new(inbox) > now_ns || inbox->line_count + inbox->heap_count == 0)
        return NULL;
    if (inbox->heap_count == 0 ||
        (inbox->line_count > 0 && is_before(&inbox->line[inbox->line_first], &inbox->heap[0])))
        place = leave_line(inbox);
    else
        place = leave_heap(inbox);
    return unpack(pool, &place);
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
