// SPDX-License-Identifier: Apache-2.0
/*
 * The storage's model against one that moves each request by itself, and by hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/rng.h"
#include "jobmanager/storage_model.h"

enum { REQUESTS_MAX = 1024, STEPS = 700 };

/* A request of the plain model. */
struct plain_request {
    uint64_t number;
    snap_ns starts_ns;
    snap_ns left_ns;
};

struct plain_model {
    struct snap_cost_model costs;
    snap_ns now_ns;
    snap_ns slow_until_ns;
    int64_t slow_permille;
    snap_ns stalled_until_ns;
    struct plain_request requests[REQUESTS_MAX]; /* in the order they came */
    uint32_t count;
};

static int64_t pace(const struct plain_model *plain, snap_ns at_ns)
{
    return at_ns < plain->slow_until_ns ? plain->slow_permille : 1000;
}

static uint32_t shares(const struct plain_model *plain)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < plain->count; i++)
        count += plain->requests[i].starts_ns <= plain->now_ns;
    return count;
}

static snap_ns next_due(const struct plain_model *plain)
{
    snap_ns due = SNAP_NEVER;

    if (plain->now_ns < plain->stalled_until_ns)
        return plain->count > 0 ? plain->stalled_until_ns : SNAP_NEVER;
    for (uint32_t i = 0; i < plain->count; i++) {
        const struct plain_request *at = &plain->requests[i];
        __int128 ns = (__int128)at->left_ns * shares(plain) * pace(plain, plain->now_ns);

        due = snap_ns_min(due, at->starts_ns > plain->now_ns
                                   ? at->starts_ns
                                   : plain->now_ns + (snap_ns)((ns + 999) / 1000));
    }
    if (due != SNAP_NEVER && plain->now_ns < plain->slow_until_ns)
        due = snap_ns_min(due, plain->slow_until_ns);
    return due;
}

static void move_to(struct plain_model *plain, snap_ns at_ns)
{
    __int128 parts = (__int128)shares(plain) * pace(plain, plain->now_ns);

    for (uint32_t i = 0; i < plain->count && plain->now_ns >= plain->stalled_until_ns; i++) {
        struct plain_request *at = &plain->requests[i];

        if (at->starts_ns <= plain->now_ns)
            at->left_ns = snap_ns_max(
                0, at->left_ns - (snap_ns)((__int128)(at_ns - plain->now_ns) * 1000 / parts));
    }
    plain->now_ns = at_ns;
}

static void advance(struct plain_model *plain, snap_ns now_ns)
{
    snap_ns due;

    while ((due = next_due(plain)) <= now_ns && due > plain->now_ns)
        move_to(plain, due);
    if (now_ns > plain->now_ns && next_due(plain) > now_ns)
        move_to(plain, now_ns);
}

static void add(struct plain_model *plain, uint64_t number, int64_t bytes, snap_ns now_ns)
{
    struct plain_request *at;

    assert_true(plain->count < REQUESTS_MAX);
    advance(plain, now_ns);
    at = &plain->requests[plain->count++];
    at->number = number;
    at->starts_ns = now_ns + plain->costs.storage_latency_ns * pace(plain, now_ns) / 1000;
    at->left_ns = plain->costs.storage_file_ns +
                  (snap_ns)((__int128)bytes * SNAP_SECOND / plain->costs.storage_bytes_per_second);
}

/* Returns the number of one that has ended; 0: none. */
static uint64_t take_done(struct plain_model *plain, snap_ns now_ns)
{
    for (;;) {
        for (uint32_t i = 0; i < plain->count; i++) {
            struct plain_request at = plain->requests[i];

            if (at.starts_ns > plain->now_ns || at.left_ns > 0 ||
                plain->now_ns < plain->stalled_until_ns)
                continue;
            memmove(&plain->requests[i], &plain->requests[i + 1],
                    (plain->count - i - 1) * sizeof(at));
            plain->count--;
            return at.number;
        }
        if (plain->count == 0 || next_due(plain) > now_ns)
            return 0;
        move_to(plain, next_due(plain));
    }
}

/* Both take what has ended by the instant: the same, in the same order. */
static void take_all(struct snap_storage_model *storage, struct plain_model *plain, snap_ns now_ns)
{
    struct snap_storage_request done;
    uint64_t number;

    do {
        number = take_done(plain, now_ns);
        if (snap_storage_model_take_done(storage, now_ns, &done))
            assert_int_equal(done.request, number);
        else
            assert_int_equal(0, number);
    } while (number > 0);
    assert_int_equal(snap_storage_model_next_due(storage), next_due(plain));
}

static void one_step(struct snap_storage_model *storage, struct plain_model *plain,
                     struct snap_rng *rng, uint64_t number, snap_ns now_ns)
{
    struct snap_storage_request request = {.request = number};
    int64_t bytes = snap_rng_between(rng, 0, 3) * snap_rng_between(rng, 0, 5000);
    snap_ns until = snap_rng_between(rng, 0, 200000);

    switch (snap_rng_below(rng, 12)) {
    case 0:
        snap_storage_model_stall(storage, now_ns, until);
        advance(plain, now_ns);
        plain->stalled_until_ns = now_ns + until;
        return;
    case 1:
        snap_storage_model_slow(storage, now_ns, until, 2500);
        advance(plain, now_ns);
        plain->slow_until_ns = now_ns + until;
        plain->slow_permille = 2500;
        return;
    default:
        snap_storage_model_add(storage, &request, bytes, now_ns);
        add(plain, number, bytes, now_ns);
    }
}

static void test_as_one_by_one(void **state)
{
    static struct plain_model plain;

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        const struct snap_cost_model costs = {
            .storage_latency_ns = seed % 3 == 0 ? 0 : 10000,
            .storage_file_ns = seed % 2 == 0 ? 0 : 700,
            .storage_bytes_per_second = 100 * 1000 * 1000,
        };
        struct snap_storage_model storage;
        struct snap_rng rng;
        snap_ns now_ns = 0;

        memset(&plain, 0, sizeof(plain));
        plain.costs = costs;
        plain.slow_permille = 1000;
        snap_storage_model_init(&storage, &costs);
        snap_rng_init(&rng, seed, 0, 0);
        for (uint64_t i = 1; i <= STEPS; i++) {
            now_ns += snap_rng_between(&rng, 0, seed % 5 == 0 ? 20000 : 60000);
            if (snap_rng_below(&rng, 3) > 0)
                take_all(&storage, &plain, now_ns);
            one_step(&storage, &plain, &rng, i, now_ns);
        }
        take_all(&storage, &plain, now_ns + 10 * SNAP_SECOND);
        assert_int_equal(0, plain.count);
        snap_storage_model_fini(&storage);
    }
}

/* 1,000 and 3,000 bytes at 1 byte a nanosecond, both from 10 on: the first has had its 1,000 when
 * both have, at 2,010; the second is then alone for 2,000. */
static void test_by_hand(void **state)
{
    const struct snap_cost_model costs = {.storage_latency_ns = 10,
                                          .storage_bytes_per_second = SNAP_SECOND};
    struct snap_storage_model storage;
    struct snap_storage_request done;

    (void)state;
    snap_storage_model_init(&storage, &costs);
    snap_storage_model_add(&storage, &(struct snap_storage_request){.request = 1}, 1000, 0);
    snap_storage_model_add(&storage, &(struct snap_storage_request){.request = 2}, 3000, 0);
    assert_false(snap_storage_model_take_done(&storage, 2009, &done));
    assert_int_equal(2010, snap_storage_model_next_due(&storage));
    assert_true(snap_storage_model_take_done(&storage, 2010, &done));
    assert_int_equal(1, done.request);
    assert_int_equal(4010, snap_storage_model_next_due(&storage));
    assert_true(snap_storage_model_take_done(&storage, 4010, &done));
    assert_int_equal(2, done.request);
    assert_int_equal(SNAP_NEVER, snap_storage_model_next_due(&storage));
    snap_storage_model_fini(&storage);
}

/* So slow, or so much, that it never ends in a run: it must not come out as fast. */
static void test_slower_than_a_run(void **state)
{
    const struct snap_cost_model costs = {
        .storage_latency_ns = SNAP_DAY, .storage_file_ns = SNAP_DAY, .storage_bytes_per_second = 1};
    const struct snap_storage_request request = {.request = 1};
    struct snap_storage_model storage;
    struct snap_storage_request done;

    (void)state;
    snap_storage_model_init(&storage, &costs);
    snap_storage_model_add(&storage, &request, INT64_MAX, 5);
    assert_false(snap_storage_model_take_done(&storage, SNAP_DURATION_MAX, &done));
    assert_true(snap_storage_model_next_due(&storage) > SNAP_DURATION_MAX);
    snap_storage_model_fini(&storage);

    snap_storage_model_init(&storage, &costs);
    snap_storage_model_slow(&storage, 0, SNAP_DURATION_MAX, INT64_C(1000000000));
    snap_storage_model_add(&storage, &request, 0, 5);
    assert_false(snap_storage_model_take_done(&storage, SNAP_DURATION_MAX - 1, &done));
    snap_storage_model_fini(&storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_one_by_one),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_slower_than_a_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
