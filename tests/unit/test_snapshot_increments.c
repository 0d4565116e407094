// SPDX-License-Identifier: Apache-2.0
/*
 * What an incremental checkpoint writes: entries that changed since the last snapshot, again those
 * that nobody has confirmed, and all of them for a savepoint.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "snapshot/increments.h"

enum { ENTRIES = 100, ENTRY_BYTES = 10, ALL = ENTRIES * ENTRY_BYTES };

struct rig {
    struct snap_increments increments;
    struct snap_keyed_entry entries[ENTRIES];
    uint32_t starts[2];
    struct snap_keyed_snapshot table;
    struct snap_operator_state state;
};

static void set_up(struct rig *rig)
{
    *rig = (struct rig){.starts = {0, ENTRIES}};
    for (int i = 0; i < ENTRIES; i++)
        rig->entries[i].key.number = i;
    rig->table = (struct snap_keyed_snapshot){.name = "sum",
                                              .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
                                              .group_count = 1,
                                              .group_starts = rig->starts,
                                              .entries = rig->entries};
    rig->state = (struct snap_operator_state){.keyed = &rig->table, .keyed_count = 1, .bytes = ALL};
}

/* One step of a table: so many entries change, then a snapshot is taken; confirmed ones first. */
struct step {
    int changed;
    snap_checkpoint_id confirmed; /* 0: none */
    enum snap_snapshot_kind kind;
    int64_t written;
};

static const struct {
    const char *name;
    struct step steps[5]; /* until one writes -1 */
} rows[] = {
    {"what changed",
     {{0, 0, SNAP_KIND_CHECKPOINT, ALL},
      {7, 1, SNAP_KIND_CHECKPOINT, 7 * ENTRY_BYTES},
      {0, 2, SNAP_KIND_CHECKPOINT, 0},
      {.written = -1}}},
    {"what nobody has confirmed, again",
     {{0, 0, SNAP_KIND_CHECKPOINT, ALL},
      {7, 1, SNAP_KIND_CHECKPOINT, 7 * ENTRY_BYTES},
      {5, 0, SNAP_KIND_CHECKPOINT, 12 * ENTRY_BYTES},
      {1, 3, SNAP_KIND_CHECKPOINT, 1 * ENTRY_BYTES},
      {.written = -1}}},
    {"never more than all",
     {{0, 0, SNAP_KIND_CHECKPOINT, ALL}, {60, 0, SNAP_KIND_CHECKPOINT, ALL}, {.written = -1}}},
    {"a savepoint writes all and confirms nothing",
     {{0, 0, SNAP_KIND_CHECKPOINT, ALL},
      {3, 1, SNAP_KIND_SAVEPOINT, ALL},
      {2, 0, SNAP_KIND_CHECKPOINT, 3 * ENTRY_BYTES},
      {.written = -1}}},
    {"a full checkpoint",
     {{0, 0, SNAP_KIND_CHECKPOINT, ALL},
      {3, 1, SNAP_KIND_FULL_CHECKPOINT, ALL},
      {2, 2, SNAP_KIND_CHECKPOINT, 2 * ENTRY_BYTES},
      {.written = -1}}},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct rig rig;

        set_up(&rig);
        snap_increments_begin(&rig.increments, NULL);
        for (int i = 0; rows[r].steps[i].written >= 0; i++) {
            const struct step *step = &rows[r].steps[i];
            int64_t written;

            if (step->confirmed)
                snap_increments_confirm(&rig.increments, step->confirmed);
            for (int e = 0; e < step->changed; e++)
                rig.entries[e].value.number += 1000;
            written = snap_increments_take(&rig.increments, &rig.state, i + 1, step->kind);
            if (written != step->written)
                fail_msg("%s, step %d: %lld bytes instead of %lld", rows[r].name, i,
                         (long long)written, (long long)step->written);
        }
        snap_increments_fini(&rig.increments);
    }
}

/* Who begins with a state has its tables. */
static void test_restored(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    snap_increments_begin(&rig.increments, &rig.state);
    rig.entries[4].value.number = 1;
    assert_int_equal(snap_increments_take(&rig.increments, &rig.state, 9, SNAP_KIND_CHECKPOINT),
                     ENTRY_BYTES);
    snap_increments_begin(&rig.increments, NULL);
    assert_int_equal(snap_increments_take(&rig.increments, &rig.state, 10, SNAP_KIND_CHECKPOINT),
                     ALL);
    snap_increments_fini(&rig.increments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_restored)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
