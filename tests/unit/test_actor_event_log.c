// SPDX-License-Identifier: Apache-2.0
/* Logs of any lengths are merged in the order in which sorting all their events puts them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "actor/event_log.h"

enum { LOGS_MAX = 20, EVENTS_MAX = 2000, ROUNDS = 5, SEEDS = 200 };

/* What was told, beside the logs. */
struct lab {
    struct snap_event_log logs[LOGS_MAX];
    struct snap_event_merge merge;
    uint32_t log_count;
    uint64_t sequence;
    snap_ns now_ns[LOGS_MAX];
    struct snap_event told[EVENTS_MAX];
    uint32_t told_count;
    uint32_t merged_count;
};

static void tell(struct lab *lab, uint32_t actor)
{
    struct snap_event *event = snap_event_log_add(&lab->logs[actor], lab->now_ns[actor]);

    memset(event->args, 0, sizeof(event->args));
    event->actor = actor;
    event->sequence = lab->sequence++;
    event->type = SNAP_EVENT_ACK_SENT;
    assert_true(lab->told_count < EVENTS_MAX);
    lab->told[lab->told_count++] = *event;
}

static int compare(const void *a, const void *b)
{
    return snap_event_compare(a, b);
}

/* What comes out is what comes next of all that was told. */
static void merge(struct lab *lab, snap_ns before_ns)
{
    const struct snap_event *event;
    uint32_t due = 0;

    qsort(lab->told, lab->told_count, sizeof(lab->told[0]), compare);
    while (due < lab->told_count && lab->told[due].at_ns < before_ns)
        due++;
    snap_event_merge_begin(&lab->merge, before_ns);
    for (uint32_t i = 0; i < lab->log_count; i++)
        snap_event_merge_add(&lab->merge, &lab->logs[i]);
    snap_event_merge_ready(&lab->merge);
    while ((event = snap_event_merge_next(&lab->merge))) {
        assert_true(lab->merged_count < due);
        assert_memory_equal(event, &lab->told[lab->merged_count], sizeof(*event));
        lab->merged_count++;
    }
    assert_int_equal(lab->merged_count, due);
}

/* Actors run ahead of each other, with many events at one instant; nobody falls behind the merge.
 */
static void run(uint64_t seed)
{
    struct lab *lab = calloc(1, sizeof(*lab));
    struct snap_rng rng;

    snap_rng_init(&rng, seed, 0, 0);
    lab->log_count = 1 + (uint32_t)(seed % LOGS_MAX);
    for (snap_ns round = 1; round <= ROUNDS; round++) {
        snap_ns before_ns = round * 10;

        for (uint32_t actor = 0; actor < lab->log_count; actor++) {
            uint64_t count = snap_rng_below(&rng, 4) == 0 ? 0 : snap_rng_below(&rng, 20);

            for (; count > 0; count--) {
                lab->now_ns[actor] += (snap_ns)snap_rng_below(&rng, 3);
                tell(lab, actor);
            }
            lab->now_ns[actor] = snap_ns_max(lab->now_ns[actor], before_ns);
        }
        merge(lab, before_ns);
    }
    merge(lab, SNAP_NEVER);
    assert_int_equal(lab->merged_count, lab->told_count);
    for (uint32_t i = 0; i < lab->log_count; i++) {
        assert_int_equal(lab->logs[i].count, 0);
        snap_event_log_fini(&lab->logs[i]);
    }
    snap_event_merge_fini(&lab->merge);
    free(lab);
}

static void logs_are_merged_as_sorting_would(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        run(seed);
}

/* An actor that is always ahead keeps what is not merged yet, no more. */
static void a_log_does_not_grow_by_what_was_merged(void **state)
{
    struct lab *lab = calloc(1, sizeof(*lab));

    (void)state;
    lab->log_count = 1;
    for (snap_ns at_ns = 1; at_ns < EVENTS_MAX; at_ns++) {
        lab->now_ns[0] = at_ns;
        tell(lab, 0);
        merge(lab, at_ns - 4);
    }
    assert_in_range(lab->logs[0].capacity, 5, 16);
    snap_event_log_fini(&lab->logs[0]);
    snap_event_merge_fini(&lab->merge);
    free(lab);
}

static void events_behind_the_end_are_cut(void **state)
{
    struct lab *lab = calloc(1, sizeof(*lab));

    (void)state;
    lab->log_count = 1;
    for (snap_ns at_ns = 1; at_ns <= 5; at_ns++) {
        lab->now_ns[0] = at_ns;
        tell(lab, 0);
    }
    merge(lab, 2);
    snap_event_log_cut(&lab->logs[0], 3);
    assert_int_equal(snap_event_log_latest_ns(&lab->logs[0]), 3);
    snap_event_log_cut(&lab->logs[0], 0);
    assert_int_equal(snap_event_log_latest_ns(&lab->logs[0]), 0);
    snap_event_log_fini(&lab->logs[0]);
    snap_event_merge_fini(&lab->merge);
    free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logs_are_merged_as_sorting_would),
        cmocka_unit_test(a_log_does_not_grow_by_what_was_merged),
        cmocka_unit_test(events_behind_the_end_are_cut),
    };

    return cmocka_run_group_tests_name("runtime_event_log", tests, NULL, NULL);
}
