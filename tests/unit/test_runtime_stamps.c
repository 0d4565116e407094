// SPDX-License-Identifier: Apache-2.0
/* Whether records have the column of stamps changes nothing of what a job does. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/hash.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"

#define FIXTURES SNAP_SOURCE_DIR "/tests/fixtures/swarm/"

struct seen {
    uint64_t hash;
    uint64_t events;
};

static void keep(void *context, const struct snap_event *event)
{
    struct seen *seen = context;
    const struct snap_event_info *info = snap_event_info_get(event->type);

    if (info->level > SNAP_TRACE_BUFFERS)
        return;
    seen->hash = snap_hash_feed(seen->hash, &event->at_ns, sizeof(event->at_ns));
    seen->hash = snap_hash_feed(seen->hash, &event->actor, sizeof(event->actor));
    seen->hash = snap_hash_feed(seen->hash, event->args, sizeof(int64_t) * info->arg_count);
    seen->events++;
}

static void add_entry(void *context, const struct snap_state_entry *entry)
{
    struct seen *seen = context;

    seen->hash = snap_mix64(seen->hash + entry->key_group + entry->operator_index);
}

/* Who watches records gets the stamps. */
static void look_away(void *context, const struct snap_span *span)
{
    (void)context;
    (void)span;
}

static struct seen run(const char *path, bool watched)
{
    struct seen seen = {.hash = SNAP_HASH_START};
    struct snap_scenario *scenario;
    struct snap_error error = {0};
    struct snap_built built = {0};
    struct snap_fs *fs = snap_fs_memory_create(NULL);
    struct snap_observer observer = {.context = &seen,
                                     .merged = keep,
                                     .span = watched ? look_away : NULL,
                                     .buffers_wanted = true,
                                     .digests_wanted = true};
    struct snap_run_options options = {
        .runtime = SNAP_RUNTIME_VIRTUAL, .fs = fs, .observers = &observer, .observer_count = 1};
    struct snap_run *run;

    assert_true(snap_scenario_read(path, snap_operator_catalogue_get(), &scenario, &error));
    assert_true(snap_scenario_build(scenario, NULL, &built, &error));
    built.sim.ledger = SNAP_LEDGER_OFF;
    run = snap_run_create(&built.sim, &options);
    snap_run_execute(run);
    snap_run_each_state_entry(run, add_entry, &seen);
    snap_run_destroy(run);
    snap_fs_destroy(fs);
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    return seen;
}

static void stamps_change_nothing(void **state)
{
    static const char *const paths[] = {
        FIXTURES "expanded-spans.yaml",
        FIXTURES "filtered-spans.yaml",
        FIXTURES "recovered-buffers-written-over.yaml",
        FIXTURES "restored-as-finished.yaml",
        FIXTURES "results-before-another-parallelism.yaml",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct seen without = run(paths[i], false);
        struct seen with = run(paths[i], true);

        if (without.events == 0 || without.events != with.events || without.hash != with.hash)
            fail_msg("%s: %llu events without stamps, %llu with them, or others", paths[i],
                     (unsigned long long)without.events, (unsigned long long)with.events);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stamps_change_nothing)};

    return cmocka_run_group_tests_name("runtime_stamps", tests, NULL, NULL);
}
