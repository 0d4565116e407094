// SPDX-License-Identifier: Apache-2.0
// The store against its promises under random snapshots: nothing is lost, nothing comes out twice,
// and no checkpoint is deleted while an older one is kept.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/rng.h"
#include "protocol/completed_store.h"

enum { SNAPSHOTS = 40, ROUNDS = 500 };

struct world {
    struct snap_checkpoint_record records[SNAPSHOTS];
    struct snap_completed_store store;
    int outs[SNAPSHOTS]; /* how often each was handed out */
};

static void take_out(struct world *world, struct snap_store_outcome *outcome)
{
    struct snap_checkpoint_record *record;

    while ((record = snap_record_list_take(&outcome->deleted))) {
        assert_false(snap_record_is_savepoint(record));
        world->outs[record - world->records]++;
    }
    while ((record = snap_record_list_take(&outcome->released)))
        world->outs[record - world->records]++;
}

static bool keeps_older_checkpoint(const struct world *world, snap_checkpoint_id id)
{
    for (const struct snap_checkpoint_record *at = world->store.kept.first; at; at = at->next)
        if (!snap_record_is_savepoint(at) && at->id < id)
            return true;
    return false;
}

static void add(struct world *world, struct snap_checkpoint_record *record)
{
    struct snap_store_outcome outcome = snap_completed_store_add(&world->store, record);

    for (const struct snap_checkpoint_record *at = outcome.deleted.first; at; at = at->next)
        assert_false(keeps_older_checkpoint(world, at->id));
    take_out(world, &outcome);
    assert_ptr_equal(snap_completed_store_latest(&world->store), record);
    assert_true(world->store.kept.count <= world->store.config.retained_max + 1);
}

static void play(struct snap_rng *rng)
{
    struct world world = {0};
    struct snap_store_config config = {
        .kind = (enum snap_store_kind)snap_rng_below(rng, 3),
        .retention = (enum snap_retention)snap_rng_below(rng, 3),
        .retained_max = 1 + (uint32_t)snap_rng_below(rng, 4),
    };
    struct snap_store_outcome outcome;

    snap_completed_store_init(&world.store, &config);
    for (int i = 0; i < SNAPSHOTS; i++) {
        world.records[i].id = i + 1;
        if (!snap_rng_below(rng, 3))
            world.records[i].kind = (enum snap_snapshot_kind)snap_rng_below(rng, 5);
        world.records[i].unclaimed = !snap_rng_below(rng, 20);
        add(&world, &world.records[i]);
    }
    outcome =
        snap_completed_store_shutdown(&world.store, (enum snap_job_end)snap_rng_below(rng, 4));
    take_out(&world, &outcome);
    assert_int_equal(snap_completed_store_latest_id(&world.store), 0);
    for (int i = 0; i < SNAPSHOTS; i++)
        assert_int_equal(world.outs[i], 1);
}

static void test_each_comes_out_once(void **state)
{
    struct snap_rng rng;

    (void)state;
    snap_rng_init(&rng, 3, 0, 0);
    for (int i = 0; i < ROUNDS; i++)
        play(&rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_comes_out_once)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
