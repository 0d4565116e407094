// SPDX-License-Identifier: Apache-2.0
#include "runtime/mail.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

static bool is_before(const struct snap_mail *a, const struct snap_mail *b)
{
    if (a->arrives_ns != b->arrives_ns)
        return a->arrives_ns < b->arrives_ns;
    if (a->source != b->source)
        return a->source < b->source;
    return a->sequence < b->sequence;
}

void snap_inbox_fini(struct snap_inbox *inbox)
{
    SNAP_CHECK(inbox->count == 0 && !inbox->put_back);
    free(inbox->heap);
    memset(inbox, 0, sizeof(*inbox));
}

void snap_inbox_add(struct snap_inbox *inbox, struct snap_mail *mail)
{
    uint32_t at = inbox->count++;

    if (at == inbox->capacity) {
        inbox->capacity = inbox->capacity ? inbox->capacity * 2 : 16;
        inbox->heap = snap_memory_resize(inbox->heap, inbox->capacity * sizeof(struct snap_mail *));
    }
    while (at > 0 && is_before(mail, inbox->heap[(at - 1) / 2])) {
        inbox->heap[at] = inbox->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    inbox->heap[at] = mail;
}

static struct snap_mail *remove_first(struct snap_inbox *inbox)
{
    struct snap_mail *first = inbox->heap[0];
    struct snap_mail *last = inbox->heap[--inbox->count];
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= inbox->count)
            break;
        if (child + 1 < inbox->count && is_before(inbox->heap[child + 1], inbox->heap[child]))
            child++;
        if (!is_before(inbox->heap[child], last))
            break;
        inbox->heap[at] = inbox->heap[child];
        at = child;
    }
    inbox->heap[at] = last;
    return first;
}

struct snap_mail *snap_inbox_take_new(struct snap_inbox *inbox, snap_ns now_ns)
{
    if (inbox->count == 0 || inbox->heap[0]->arrives_ns > now_ns)
        return NULL;
    return remove_first(inbox);
}

struct snap_mail *snap_inbox_take(struct snap_inbox *inbox, snap_ns now_ns)
{
    struct snap_mail *mail = inbox->put_back;

    if (!mail)
        return snap_inbox_take_new(inbox, now_ns);
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
