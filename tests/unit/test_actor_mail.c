// SPDX-License-Identifier: Apache-2.0
/*
 * An inbox gives its mails in the order (arrival, source, sequence), however they come, each with
 * all that it carried.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "actor/mail.h"

enum { MAILS_MAX = 1000, ROUNDS = 400 };

/* The kinds that lie in their place, and one that does not. */
static const enum snap_mail_kind kinds[] = {SNAP_MAIL_ITEM,   SNAP_MAIL_CONNECT,   SNAP_MAIL_CREDIT,
                                            SNAP_MAIL_RESUME, SNAP_MAIL_PROCESSED, SNAP_MAIL_STORE};

/* How a round's mails come: which share out of order, and by how much at most. */
struct habit {
    const char *name;
    uint32_t late_percent;
    uint32_t late_ns_max;
    uint32_t take_percent; /* after an addition so many of the mails that have arrived are taken */
};

static const struct habit habits[] = {
    {"all in order, taken at the end", 0, 1, 0},
    {"all in order, taken at once", 0, 1, 100},
    {"few out of order, by little", 5, 3, 30},
    {"half of them out of order, by much", 50, 1000, 30},
    {"all out of order, taken at the end", 100, 100000, 0},
};

struct rig {
    struct snap_block_pool pool;
    struct snap_inbox inbox;
    struct snap_mail taken;
    struct snap_rng rng;
    struct snap_mail expected[MAILS_MAX]; /* in the inbox now, in any order */
    uint32_t count;
    uint64_t sequence;
};

static bool is_before(const struct snap_mail *a, const struct snap_mail *b)
{
    if (a->arrives_ns != b->arrives_ns)
        return a->arrives_ns < b->arrives_ns;
    return a->source != b->source ? a->source < b->source : a->sequence < b->sequence;
}

static void add(struct rig *rig, snap_ns at_ns)
{
    struct snap_mail *mail = snap_mail_get(&rig->pool);

    mail->arrives_ns = at_ns;
    mail->sequence = rig->sequence++;
    mail->source = (uint32_t)snap_rng_below(&rig->rng, 5);
    mail->attempt = (uint32_t)snap_rng_below(&rig->rng, 3);
    mail->channel = (uint32_t)snap_rng_below(&rig->rng, 1000);
    mail->kind = kinds[snap_rng_below(&rig->rng, sizeof(kinds) / sizeof(kinds[0]))];
    if (mail->kind == SNAP_MAIL_ITEM) {
        mail->item = snap_buffer_get_event(&rig->pool, SNAP_ITEM_BARRIER);
    } else if (mail->kind == SNAP_MAIL_STORE) {
        mail->bytes = (int64_t)snap_rng_next(&rig->rng);
    } else {
        mail->count = (uint32_t)snap_rng_below(&rig->rng, 9);
        mail->other = (uint32_t)snap_rng_below(&rig->rng, 9);
    }
    rig->expected[rig->count++] = *mail;
    snap_inbox_add(&rig->inbox, &rig->pool, mail);
}

static void take_one(struct rig *rig, const char *name)
{
    uint32_t least = 0;
    struct snap_mail *mail;
    const struct snap_mail *wanted;

    for (uint32_t i = 1; i < rig->count; i++)
        if (is_before(&rig->expected[i], &rig->expected[least]))
            least = i;
    wanted = &rig->expected[least];
    assert_int_equal(snap_inbox_peek(&rig->inbox), wanted->arrives_ns);
    assert_null(snap_inbox_take(&rig->inbox, &rig->pool, wanted->arrives_ns - 1));
    mail = snap_inbox_take(&rig->inbox, &rig->pool, wanted->arrives_ns);
    assert_non_null(mail);
    if (mail->sequence != wanted->sequence || mail->source != wanted->source ||
        mail->attempt != wanted->attempt || mail->channel != wanted->channel ||
        mail->kind != wanted->kind || mail->count != wanted->count ||
        mail->other != wanted->other || mail->item != wanted->item || mail->bytes != wanted->bytes)
        fail_msg("%s: mail %u of source %u came instead of %u of %u", name,
                 (unsigned)mail->sequence, mail->source, (unsigned)wanted->sequence,
                 wanted->source);
    snap_buffer_put(&rig->pool, mail->item);
    snap_mail_put(&rig->pool, mail);
    rig->expected[least] = rig->expected[--rig->count];
}

static void mails_come_out_in_their_order(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    (void)state;
    assert_non_null(rig);
    snap_block_pool_init(&rig->pool, UINT32_MAX);
    rig->inbox.taken = &rig->taken;
    snap_rng_init(&rig->rng, 7, 0, 0);
    for (size_t h = 0; h < sizeof(habits) / sizeof(habits[0]); h++) {
        const struct habit *habit = &habits[h];
        snap_ns at_ns = 1000000;

        for (uint32_t i = 0; i < ROUNDS; i++) {
            bool late = snap_rng_below(&rig->rng, 100) < habit->late_percent;

            at_ns += (snap_ns)snap_rng_below(&rig->rng, 3);
            add(rig, late ? at_ns - (snap_ns)snap_rng_below(&rig->rng, habit->late_ns_max) : at_ns);
            while (rig->count > 0 && snap_rng_below(&rig->rng, 100) < habit->take_percent)
                take_one(rig, habit->name);
        }
        while (rig->count > 0)
            take_one(rig, habit->name);
        assert_int_equal(snap_inbox_peek(&rig->inbox), SNAP_NEVER);
    }
    snap_inbox_fini(&rig->inbox);
    snap_block_pool_fini(&rig->pool);
    free(rig);
}

/* A mail of the far future, as the timeline puts it there, does not send all others to the heap. */
static void a_mail_of_the_far_future_stays_the_last_in_the_line(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    (void)state;
    assert_non_null(rig);
    snap_block_pool_init(&rig->pool, UINT32_MAX);
    rig->inbox.taken = &rig->taken;
    snap_rng_init(&rig->rng, 8, 0, 0);
    add(rig, SNAP_SECOND);
    for (uint32_t i = 0; i < ROUNDS; i++)
        add(rig, 1000 + 10 * (snap_ns)i);
    assert_int_equal(rig->inbox.heap_count, 0);
    while (rig->count > 0)
        take_one(rig, "far future");
    snap_inbox_fini(&rig->inbox);
    snap_block_pool_fini(&rig->pool);
    free(rig);
}

/* Who holds an event puts it back; the last one gives its memory back, as a sanitizer would see. */
static void an_event_has_as_many_holders_as_it_was_shared_with(void **state)
{
    struct snap_block_pool pool;
    struct snap_buffer *event;
    struct snap_buffer *own;

    (void)state;
    snap_block_pool_init(&pool, 0);
    event = snap_buffer_get_event(&pool, SNAP_ITEM_BARRIER);
    event->barrier.checkpoint = 3;
    for (uint32_t i = 0; i < 3; i++)
        assert_ptr_equal(snap_buffer_share(event), event);
    own = snap_buffer_unshare(&pool, event);
    assert_ptr_not_equal(own, event);
    assert_true(snap_buffer_is_same_event(own, event));
    own->barrier.checkpoint = 4;
    assert_false(snap_buffer_is_same_event(own, event));
    snap_buffer_put(&pool, event);
    snap_buffer_put(&pool, event);
    assert_ptr_equal(snap_buffer_unshare(&pool, event), event);
    snap_buffer_put(&pool, event);
    snap_buffer_put(&pool, own);
    snap_block_pool_fini(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_come_out_in_their_order),
        cmocka_unit_test(a_mail_of_the_far_future_stays_the_last_in_the_line),
        cmocka_unit_test(an_event_has_as_many_holders_as_it_was_shared_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
