// SPDX-License-Identifier: Apache-2.0
// The decider against a plain second writing of its rules: an unsorted list that is searched.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/rng.h"
#include "protocol/request_decider.h"

enum { QUEUED_MAX = 6, ROUNDS = 300, STEPS = 60 };

struct model {
    struct snap_trigger_request waiting[QUEUED_MAX + 1];
    uint32_t count;
};

/* The four things a request is ranked by, most important first; smaller runs first. */
static int64_t rank(const struct snap_trigger_request *request, int which)
{
    const int64_t ranks[] = {snap_kind_is_savepoint(request->kind) ? 0 : 1, request->forced ? 0 : 1,
                             request->periodic ? 1 : 0, request->asked_ns, (int64_t)request->id};

    return ranks[which];
}

static uint32_t find(const struct model *model, int sign)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < model->count; i++)
        for (int which = 0; which < 5; which++) {
            int64_t a = sign * rank(&model->waiting[i], which);
            int64_t b = sign * rank(&model->waiting[best], which);

            if (a < b)
                best = i;
            if (a != b)
                break;
        }
    return best;
}

static struct snap_trigger_request take(struct model *model, uint32_t at)
{
    struct snap_trigger_request request = model->waiting[at];

    model->waiting[at] = model->waiting[--model->count];
    return request;
}

/* What the rules say runs now; UINT64_MAX for nothing. */
static uint64_t choose(struct model *model, const struct snap_decider_limits *limits,
                       const struct snap_decider_situation *now)
{
    uint32_t first;
    struct snap_trigger_request request;
    bool in_pause = now->now_ns < now->last_completion_ns + limits->min_pause_ns;

    if (now->starting || !model->count || now->cleaning > limits->concurrent_max)
        return UINT64_MAX;
    first = find(model, 1);
    if (now->pending >= limits->concurrent_max && !model->waiting[first].forced)
        return UINT64_MAX;
    request = take(model, first);
    return request.periodic && !request.forced && in_pause ? UINT64_MAX : request.id;
}

static uint64_t submit(struct model *model, const struct snap_trigger_request *request,
                       const struct snap_decider_limits *limits,
                       const struct snap_decider_situation *now)
{
    if (model->count == QUEUED_MAX && !model->waiting[find(model, -1)].periodic)
        return UINT64_MAX;
    model->waiting[model->count++] = *request;
    if (model->count > QUEUED_MAX)
        take(model, find(model, -1));
    return choose(model, limits, now);
}

static void play(struct snap_rng *rng)
{
    struct snap_decider_limits limits = {.concurrent_max = 1 + (uint32_t)snap_rng_below(rng, 3),
                                         .queued_max = QUEUED_MAX,
                                         .min_pause_ns = snap_rng_between(rng, 0, 30)};
    struct snap_request_decider decider;
    struct snap_decider_situation now = {0};
    struct model model = {0};
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_decider_init(&decider, &arena, &limits);
    for (uint64_t id = 0; id < STEPS; id++) {
        struct snap_trigger_request request = {.id = id, .periodic = snap_rng_below(rng, 2)};
        struct snap_decision decision;
        uint64_t expected;

        now.now_ns += snap_rng_between(rng, 0, 10);
        now.last_completion_ns = now.now_ns - snap_rng_between(rng, 0, 40);
        now.starting = !snap_rng_below(rng, 5);
        now.pending = (uint32_t)snap_rng_below(rng, 4);
        now.cleaning = (uint32_t)snap_rng_below(rng, 5);
        request.asked_ns = now.now_ns;
        request.kind = !request.periodic && snap_rng_below(rng, 2) ? SNAP_KIND_SAVEPOINT
                                                                   : SNAP_KIND_CHECKPOINT;
        request.forced = request.kind == SNAP_KIND_SAVEPOINT && snap_rng_below(rng, 2);
        if (snap_rng_below(rng, 3)) {
            decision = snap_decider_submit(&decider, &request, &now);
            expected = submit(&model, &request, &limits, &now);
        } else {
            decision = snap_decider_poll(&decider, &now);
            expected = choose(&model, &limits, &now);
        }
        assert_int_equal(decision.execute ? decision.request.id : UINT64_MAX, expected);
        assert_int_equal(decider.queued, model.count);
    }
    snap_arena_fini(&arena);
}

static void test_agrees_with_a_search(void **state)
{
    struct snap_rng rng;

    (void)state;
    snap_rng_init(&rng, 11, 0, 0);
    for (int i = 0; i < ROUNDS; i++)
        play(&rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_agrees_with_a_search)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
