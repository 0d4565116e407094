// SPDX-License-Identifier: Apache-2.0
/*
 * Real threads come and go: what many starts, crashes, restarts and stops leave behind, and how
 * soon a stop is done. Links that a timeline makes slow.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "swarm/swarm_run.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_OWN_ALLOCATOR true /* of a sanitizer, which looks for leaks itself */
#else
#define HAS_OWN_ALLOCATOR false
#endif

enum { CYCLES = 200, CYCLES_WARM = 20, CYCLES_OVERTAKEN = 60, GROWTH_BYTES_MAX = 16384 };

static const char crash_and_stop[] =
    "name: crash and stop\n"
    "until: 25 ms\n"
    "config: {parallelism.default: 2, execution.checkpointing.interval: 10 ms,\n"
    "         pipeline.operator-chaining.enabled: false,\n"
    "         restart-strategy.type: fixed-delay, restart-strategy.fixed-delay.delay: 1 ms,\n"
    "         restart-strategy.fixed-delay.attempts: 1000}\n"
    "model: {storage: {latency: 100 us}}\n"
    "operators:\n"
    "  - {uid: numbers, type: sequence, count: 100000, keys: 10, rate: 50000/s}\n"
    "  - {uid: counts, type: count, input: numbers, ship: hash}\n"
    "  - {uid: out, type: file-sink, input: counts, path: out}\n"
    "  - {uid: seen, type: collect, input: counts}\n"
    "timeline:\n"
    "  - {at: 5 ms, crash: \"counts[1]\", optional: true}\n"
    "  - {when: \"checkpoint any completed\", crash: \"out[0]\", optional: true}\n";

/* Barriers overtake, and what they overtook is put back. */
static const char crash_and_overtake[] =
    "name: crash and overtake\n"
    "until: 60 ms\n"
    "config: {parallelism.default: 2, execution.checkpointing.interval: 10 ms,\n"
    "         execution.checkpointing.unaligned.enabled: true,\n"
    "         execution.checkpointing.aligned-checkpoint-timeout: 1 ms,\n"
    "         taskmanager.memory.segment-size: 4 kb, pipeline.operator-chaining.enabled: false,\n"
    "         restart-strategy.type: fixed-delay, restart-strategy.fixed-delay.delay: 1 ms,\n"
    "         restart-strategy.fixed-delay.attempts: 1000}\n"
    "model: {storage: {latency: 100 us}}\n"
    "operators:\n"
    "  - {uid: numbers, type: sequence, count: 100000, keys: 10, record-size: 1 kb}\n"
    "  - {uid: counts, type: count, input: numbers, ship: hash, record-size: 1 kb}\n"
    "  - {uid: out, type: file-sink, input: counts, ship: hash, path: out, cost: 200 us}\n"
    "timeline:\n"
    "  - {when: \"checkpoint any completed\", crash: \"out[0]\", optional: true}\n"
    "  - {when: \"after restore of checkpoint any at counts[1]\", crash: \"counts[1]\","
    " optional: true}\n";

/* What a process has: threads, descriptors, memory. */
struct belongings {
    int threads;
    int descriptors;
    size_t bytes;
};

static int count_entries(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static struct belongings look(void)
{
    struct belongings now = {.threads = count_entries("/proc/self/task"),
                             .descriptors = count_entries("/proc/self/fd")};

    if (!HAS_OWN_ALLOCATOR)
        now.bytes = mallinfo2().uordblks;
    return now;
}

static int asked;

/* The second time is some 50 ms after the start. */
static bool is_asked_twice(void)
{
    return ++asked > 1;
}

/* Some runs are stopped by their `until`, some from outside. */
static bool run_cycle(const char *text, unsigned cycle)
{
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_THREADS};
    struct snap_built built;
    struct swarm_run run;
    bool restarted = false;

    asked = 0;
    assert_true(swarm_build(text, &built));
    if (cycle % 8 == 0) {
        built.sim.until_ns = SNAP_NEVER;
        options.interrupted = is_asked_twice;
    }
    swarm_run_perform(&run, &built.sim, &options);
    assert_int_equal(run.result.error.code, SNAP_OK);
    assert_int_not_equal(run.result.status, SNAP_JOB_FAILED);
    assert_int_equal(run.result.interrupted, cycle % 8 == 0);
    for (uint64_t i = 0; i < run.event_count; i++)
        restarted = restarted || run.events[i].type == SNAP_EVENT_FAILOVER;
    swarm_run_fini(&run);
    snap_built_fini(&built);
    return restarted;
}

static void check_cycles(const char *text, unsigned cycles)
{
    struct belongings before;
    struct belongings after;
    unsigned restarted = 0;

    for (unsigned i = 0; i < CYCLES_WARM; i++)
        run_cycle(text, i);
    before = look();
    for (unsigned i = 0; i < cycles; i++)
        restarted += run_cycle(text, i);
    after = look();
    assert_int_equal(before.threads, after.threads);
    assert_int_equal(before.descriptors, after.descriptors);
    /* The C library itself keeps a little for each thread it has seen. */
    if (after.bytes > before.bytes + GROWTH_BYTES_MAX)
        fail_msg("%zu bytes before, %zu after %u cycles", before.bytes, after.bytes, cycles);
    /* On a busy machine many runs are over before their crash. */
    assert_true(restarted > cycles / 20);
}

static void test_cycles_leave_nothing_behind(void **state)
{
    (void)state;
    check_cycles(crash_and_stop, CYCLES);
}

static void test_cycles_with_data_in_flight_leave_nothing_behind(void **state)
{
    (void)state;
    check_cycles(crash_and_overtake, CYCLES_OVERTAKEN);
}

static const char slow_records[] =
    "name: slow records\n"
    "config: {parallelism.default: 4, pipeline.operator-chaining.enabled: false,\n"
    "         execution.buffer-timeout.interval: 0 ms}\n"
    "operators:\n"
    "  - {uid: numbers, type: sequence, count: 100000, keys: 10, rate: 2000/s}\n"
    "  - {uid: first, type: pass-through, input: numbers, ship: rebalance, cost: 400 ms}\n"
    "  - {uid: second, type: pass-through, input: first, ship: rebalance, cost: 400 ms}\n"
    "  - {uid: out, type: discard, input: second, cost: 300 ms}\n";

enum { SLOWEST_RECORD_MS = 400, STOP_MS_MAX = 1000 };

static struct timespec stop_time;

/* Stops when all subtasks have a record in work. */
static bool is_time_to_stop(void)
{
    if (++asked < 30)
        return false;
    if (asked == 30)
        clock_gettime(CLOCK_MONOTONIC, &stop_time);
    return true;
}

static void test_stop_waits_for_no_more_than_the_record_in_work(void **state)
{
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_THREADS,
                                        .interrupted = is_time_to_stop};
    struct snap_built built;
    struct swarm_run run;
    struct timespec end;
    long long ms;

    (void)state;
    asked = 0;
    assert_true(swarm_build(slow_records, &built));
    swarm_run_perform(&run, &built.sim, &options);
    clock_gettime(CLOCK_MONOTONIC, &end);
    ms = (end.tv_sec - stop_time.tv_sec) * 1000LL + (end.tv_nsec - stop_time.tv_nsec) / 1000000;
    assert_true(run.result.interrupted);
    if (ms > SLOWEST_RECORD_MS + STOP_MS_MAX)
        fail_msg("the stop took %lld ms", ms);
    swarm_run_fini(&run);
    snap_built_fini(&built);
}

static const char slow_links[] =
    "name: slow links\n"
    "seed: 3\n"
    "config: {parallelism.default: 2, execution.buffer-timeout.interval: 5 ms,\n"
    "         execution.checkpointing.interval: 50 ms}\n"
    "model: {network: {latency: 1 ms, local-latency: 1 ms}}\n"
    "operators:\n"
    "  - {uid: numbers, type: sequence, count: 2000, keys: 20, rate: 4000/s}\n"
    "  - {uid: counts, type: count, input: numbers, ship: hash}\n"
    "  - {uid: out, type: file-sink, input: counts, path: out}\n"
    "timeline:\n"
    "  - {at: 100 ms, pause: {from: \"numbers[0]\", to: \"counts[1]\", for: 200 ms}}\n"
    "  - {at: 150 ms, speed: {from: \"numbers[1]\", factor: 0.02, for: 100 ms}}\n";

/* What the sender and the receiver of one channel tell of its buffers. */
struct channel_events {
    uint32_t from;
    uint32_t to;
    snap_ns sent_ns[2000];
    snap_ns received_ns[2000];
    unsigned sent;
    unsigned received;
};

static void gather(struct channel_events *channel, const struct swarm_run *run)
{
    for (uint64_t i = 0; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];

        if (event->type == SNAP_EVENT_BUFFER_SENT && event->actor == channel->from &&
            event->args[0] == channel->to)
            channel->sent_ns[channel->sent++] = event->at_ns;
        if (event->type == SNAP_EVENT_BUFFER_RECEIVED && event->actor == channel->to &&
            event->args[0] == channel->from)
            channel->received_ns[channel->received++] = event->at_ns;
    }
    assert_int_equal(channel->sent, channel->received);
    assert_true(channel->sent > 10);
}

static snap_ns instant_of(const struct swarm_run *run, enum snap_event_type type)
{
    for (uint64_t i = 0; i < run->event_count; i++)
        if (run->events[i].type == type)
            return run->events[i].at_ns;
    fail();
    return SNAP_NEVER;
}

/* What is sent while the channel stands still arrives when that is over; what a slow link takes
 * more than an undisturbed one, 49 ms, is waited for. Nothing of it is an error. */
static void test_links_are_slow_and_stand_still(void **state)
{
    static struct channel_events paused = {.from = 0, .to = 3};
    static struct channel_events slow = {.from = 1, .to = 2};
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_THREADS, .records_wanted = true};
    struct snap_built built;
    struct swarm_run run;
    unsigned kept = 0;
    unsigned late = 0;
    snap_ns pause_ns;
    snap_ns slow_ns;

    (void)state;
    assert_true(swarm_build(slow_links, &built));
    swarm_run_perform(&run, &built.sim, &options);
    assert_int_equal(run.result.status, SNAP_JOB_FINISHED);
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        assert_true(run.verdict.counters[c] <= 0);
    gather(&paused, &run);
    gather(&slow, &run);
    pause_ns = instant_of(&run, SNAP_EVENT_LINK_PAUSED);
    for (unsigned i = 0; i < paused.sent; i++) {
        if (paused.sent_ns[i] <= pause_ns || paused.sent_ns[i] >= pause_ns + 200 * SNAP_MS)
            continue;
        kept++;
        assert_true(paused.received_ns[i] >= pause_ns + 200 * SNAP_MS);
    }
    slow_ns = instant_of(&run, SNAP_EVENT_LINK_SPEED);
    for (unsigned i = 0; i < slow.sent; i++) {
        if (slow.sent_ns[i] <= slow_ns || slow.sent_ns[i] >= slow_ns + 100 * SNAP_MS)
            continue;
        late++;
        assert_true(slow.received_ns[i] >= slow.sent_ns[i] + 49 * SNAP_MS);
    }
    assert_true(kept > 0 && late > 0);
    swarm_run_fini(&run);
    snap_built_fini(&built);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cycles_leave_nothing_behind),
        cmocka_unit_test(test_cycles_with_data_in_flight_leave_nothing_behind),
        cmocka_unit_test(test_stop_waits_for_no_more_than_the_record_in_work),
        cmocka_unit_test(test_links_are_slow_and_stand_still),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
